/* What models say and what comes of it; mistakes are in model_mistakes_test.c. */
#include "schema/model.h"
#include "unit/schema/random_metadata.h"

static MetaData *read_for(const char *dialect, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new(dialect, strcmp(dialect, "sqlite") == 0, NULL, 0);
    if (!model_reader_add(reader, "m.json", text, strlen(text), &error))
        fail_msg("%s", error->message);
    MetaData *metadata = model_reader_finish(reader, &error);
    if (!metadata)
        fail_msg("%s", error->message);
    return metadata;
}

static MetaData *read_model(const char *text)
{
    return read_for("sqlite", text);
}

static Table *table_of(const MetaData *metadata, const char *name)
{
    Table *table = metadata_find_table(metadata, NULL, name);
    assert_non_null(table);
    return table;
}

static Column *column_of(const MetaData *metadata, const char *table, const char *name)
{
    Column *column = table_find_column(table_of(metadata, table), name);
    assert_non_null(column);
    return column;
}

static void check_type(const Column *column, const char *expected)
{
    g_autofree char *text = sql_type_to_string(column->type);
    assert_string_equal(text, expected);
}

static Constraint *constraint_of(const Table *table, const char *name)
{
    Constraint *constraint = table_find_constraint(table, name);
    if (!constraint)
        fail_msg("no constraint '%s'", name);
    return constraint;
}

/* The example of the manual. */
static const char example[] =
    "{\"naming_convention\": {\"ix\": \"ix_%(table_name)s_%(column_0_name)s\", \"pk\": \"pk_%(table_name)s\"},\n"
    " \"enums\": [{\"name\": \"order_status\", \"values\": [\"pending\", \"paid\", \"shipped\"], "
    "\"renamed_values\": {\"sent\": \"shipped\"}}],\n"
    " \"tables\": [\n"
    "  {\"name\": \"customers\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}]},\n"
    "  {\"name\": \"p\", \"columns\": [{\"name\": \"x\", \"type\": \"Integer\", \"primary_key\": true},\n"
    "                              {\"name\": \"y\", \"type\": \"Integer\", \"primary_key\": true}]},\n"
    "  {\"name\": \"orders\", \"schema\": null, \"comment\": \"…\", \"renamed_from\": \"purchases\", // a comment\n"
    "   \"columns\": [\n"
    "    {\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true, \"autoincrement\": true},\n"
    "    {\"name\": \"a\", \"type\": \"Integer\"}, {\"name\": \"b\", \"type\": \"Text\"},\n"
    "    {\"name\": \"c\", \"type\": \"VARCHAR(20)\"}, {\"name\": \"d\", \"type\": \"Integer\"},\n"
    "    {\"name\": \"status\", \"type\": \"Enum(order_status)\", \"nullable\": false, \"server_default\": "
    "\"'pending'\"},\n"
    "    {\"name\": \"customer_id\", \"type\": \"Integer\", \"foreign_key\": \"customers.id\", \"ondelete\": "
    "\"CASCADE\", \"index\": true},\n"
    "    {\"name\": \"total\", \"type\": \"Numeric(10, 2)\", \"comment\": \"…\", \"renamed_from\": \"amount\"},\n"
    "    {\"name\": \"payload\", \"type\": {\"default\": \"JSON\", \"postgresql\": \"JSONB\"}},\n"
    "    {\"name\": \"search\", \"type\": \"Text\", \"computed\": {\"expression\": \"lower(name)\", \"persisted\": "
    "true}},\n"
    "    {\"name\": \"n\", \"type\": \"BigInteger\", \"identity\": {\"always\": true, \"start\": 1, \"increment\": "
    "1}}],\n"
    "   \"primary_key\": {\"name\": \"pk_orders\", \"columns\": [\"id\"]},\n"
    "   \"unique_constraints\": [{\"name\": \"uq\", \"columns\": [\"a\", \"b\"], \"deferrable\": true, \"initially\": "
    "\"DEFERRED\"}],\n"
    "   \"foreign_keys\": [{\"name\": \"fk\", \"columns\": [\"a\", \"b\"], \"referred_schema\": null, "
    "\"referred_table\": \"p\", \"referred_columns\": [\"x\", \"y\"], \"ondelete\": \"CASCADE\", \"onupdate\": null, "
    "\"deferrable\": true, \"initially\": \"DEFERRED\", \"match\": \"FULL\"}],\n"
    "   \"check_constraints\": [{\"name\": \"ck\", \"expression\": \"total >= 0\"}],\n"
    "   \"indexes\": [{\"name\": \"ix\", \"columns\": [\"a\", {\"expression\": \"lower(b)\"}, {\"column\": \"c\", "
    "\"order\": \"desc\", \"nulls\": \"last\", \"opclass\": \"text_pattern_ops\", \"length\": 10}], \"unique\": false, "
    "\"where\": \"deleted_at IS NULL\", \"using\": \"GIN\", \"include\": [\"d\"]}],\n"
    "   \"options\": {\"mysql\": {\"engine\": \"InnoDB\", \"charset\": \"utf8mb4\"}, \"sqlite\": {\"strict\": true, "
    "\"without_rowid\": true}, \"postgresql\": {\"partition_by\": \"RANGE (created_at)\", \"with\": {\"fillfactor\": "
    "70}}}}],\n"
    " \"sequences\": [{\"name\": \"s\", \"start\": 1, \"increment\": 1}],\n"
    " \"objects\": [{\"kind\": \"view\", \"name\": \"paid_orders\", \"definition\": {\"default\": \"CREATE VIEW d\", "
    "\"sqlite\": \"CREATE VIEW s;\"}, \"depends_on\": [\"orders\"]}]}";

static void test_example(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model(example);
    const Table *orders = table_of(metadata, "orders");
    assert_null(orders->schema);
    assert_string_equal(orders->renamed_from, "purchases");
    assert_int_equal(orders->columns->len, 11);

    const Column *id = column_of(metadata, "orders", "id");
    assert_int_equal(id->autoincrement, AUTOINCREMENT_TRUE);
    assert_false(id->nullable);
    assert_string_equal(orders->primary_key->name, "pk_orders");
    assert_string_equal(column_of(metadata, "orders", "status")->server_default, "'pending'");
    assert_false(column_of(metadata, "orders", "status")->nullable);
    assert_true(column_of(metadata, "orders", "a")->nullable);
    check_type(column_of(metadata, "orders", "payload"), "JSON");
    assert_string_equal(column_of(metadata, "orders", "search")->computed->expression, "lower(name)");
    const Column *n = column_of(metadata, "orders", "n");
    assert_true(n->identity->always);
    assert_string_equal(n->identity->options.start, "1");
    assert_false(n->nullable);

    const Constraint *fk = constraint_of(orders, "fk");
    assert_string_equal(fk->referred_table, "p");
    assert_string_equal(fk->ondelete, "CASCADE");
    assert_null(fk->onupdate);
    assert_string_equal(fk->match, "FULL");
    assert_true(fk->deferrable);
    const Constraint *inline_key = constraint_of(orders, "fk_orders_customer_id_customers");
    assert_string_equal(inline_key->ondelete, "CASCADE");
    assert_string_equal(inline_key->referred_columns->pdata[0], "id");
    assert_string_equal(constraint_of(orders, "uq")->initially, "DEFERRED");
    assert_string_equal(constraint_of(orders, "ck")->expression, "total >= 0");

    assert_non_null(table_find_index(orders, "ix_orders_customer_id"));
    const Index *ix = table_find_index(orders, "ix");
    const IndexColumn *third = ix->columns->pdata[2];
    assert_string_equal(((IndexColumn *)ix->columns->pdata[1])->expression, "lower(b)");
    assert_true(third->descending);
    assert_string_equal(third->nulls, "LAST");
    assert_int_equal(third->length, 10);
    assert_string_equal(ix->using, "gin");
    assert_string_equal(options_get(orders->options, "strict"), "true");
    assert_null(options_get(orders->options, "engine"));
    assert_string_equal(metadata_find_object(metadata, "view", NULL, "paid_orders")->definition, "CREATE VIEW s");
}

static void test_example_for_others(void **state)
{
    (void)state;
    g_autoptr(MetaData) postgresql = read_for("postgresql", example);
    check_type(column_of(postgresql, "orders", "payload"), "JSONB");
    assert_string_equal(options_get(table_of(postgresql, "orders")->options, "with.fillfactor"), "70");
    assert_string_equal(metadata_find_object(postgresql, "view", NULL, "paid_orders")->definition, "CREATE VIEW d");
    g_autoptr(MetaData) mariadb = read_for("mariadb", example);
    assert_string_equal(options_get(table_of(mariadb, "orders")->options, "engine"), "InnoDB");
}

#define ONE(columns) "{\"tables\": [{\"name\": \"t\", \"columns\": [" columns "]}]}"

static void test_server_default(void **state)
{
    (void)state;
    static const struct {
        const char *json, *expected;
    } cases[] = {
        {"0", "0"},
        {"-12", "-12"},
        {"1.5", "1.5"},
        {"0.1", "0.1"},
        {"9007199254740993", "9007199254740993"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"true", "true"},
        {"false", "false"},
        {"null", NULL},
        {"\"''\"", "''"},
        {"\"now()\"", "now()"},
        {"{\"default\": 1, \"sqlite\": 2}", "2"},
        {"{\"default\": 1, \"sqlite\": null}", NULL},
        {"{\"default\": \"x()\", \"mysql\": 1}", "x()"},
        {"{\"postgresql\": 1}", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf(ONE("{\"name\": \"a\", \"type\": \"Integer\", \"server_default\": %s}"), cases[i].json);
        g_autoptr(MetaData) metadata = read_model(text);
        const char *found = column_of(metadata, "t", "a")->server_default;
        if (g_strcmp0(found, cases[i].expected) != 0)
            fail_msg("%s became %s", cases[i].json, found ? found : "none");
    }
}

static void test_column_flags(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model(
        ONE("{\"name\": \"b\", \"type\": \"Integer\", \"primary_key\": true, \"nullable\": true},"
            "{\"name\": \"a\", \"type\": \"Integer\", \"primary_key\": true, \"autoincrement\": \"auto\"},"
            "{\"name\": \"u\", \"type\": \"Text\", \"unique\": true, \"default\": {\"any\": 1}, \"info\": [1], "
            "\"doc\": \"x\"},"
            "{\"name\": \"ui\", \"type\": \"Text\", \"unique\": true, \"index\": true},"
            "{\"name\": \"i\", \"type\": \"Text\", \"index\": true, \"unique\": false, \"primary_key\": false}"));
    const Table *table = table_of(metadata, "t");
    assert_string_equal(table->primary_key->name, "pk_t");
    assert_int_equal(table->primary_key->columns->len, 2);
    assert_string_equal(table->primary_key->columns->pdata[0], "b");
    assert_true(column_of(metadata, "t", "b")->nullable);
    assert_false(column_of(metadata, "t", "a")->nullable);
    assert_int_equal(table->constraints->len, 1);
    assert_int_equal(constraint_of(table, "uq_t_u")->kind, CONSTRAINT_UNIQUE);
    assert_int_equal(table->indexes->len, 2);
    assert_true(table_find_index(table, "ix_t_ui")->unique);
    assert_false(table_find_index(table, "ix_t_i")->unique);
}

static void test_names(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model(
        "{\"naming_convention\": {\"uq\": null, \"fk\": \"fk_%(column_0_name)s_%(referred_column_0_name)s\"},"
        " \"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"a\", \"type\": \"Text\", \"unique\": true},"
        "  {\"name\": \"b\", \"type\": \"Text\"}],"
        "  \"primary_key\": {\"name\": null, \"columns\": [\"a\"]},"
        "  \"foreign_keys\": [{\"columns\": [\"b\"], \"referred_table\": \"t\"}],"
        "  \"check_constraints\": [{\"name\": null, \"expression\": \"a > 1\"}, {\"expression\": \"a > 2\"},"
        "   {\"expression\": \"a > 3\"}, {\"name\": \"given\", \"expression\": \"a > 4\"},"
        "   {\"name\": {\"default\": \"d\", \"sqlite\": null}, \"expression\": \"a > 5\"},"
        "   {\"name\": {\"postgresql\": \"d\"}, \"expression\": \"a > 6\"}]}]}");
    const Table *table = table_of(metadata, "t");
    assert_null(table->primary_key->name);
    static const char *const expected[] = {NULL, "fk_b_a", NULL, "ck_t_a", "ck_t_a_2", "given", NULL};
    assert_int_equal(table->constraints->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (g_strcmp0(constraint->name, expected[i]) != 0)
            fail_msg("constraint %u is named '%s'", i, constraint->name ? constraint->name : "(none)");
    }
    assert_int_equal(((Constraint *)table->constraints->pdata[1])->referred_columns->len, 0);
}

/* What has no value for this dialect is not there. */
static void test_left_out(void **state)
{
    (void)state;
    const char *text =
        "{\"tables\": [{\"name\": {\"postgresql\": \"only\"}, \"columns\": [{\"name\": \"a\", \"type\": \"Text\","
        "  \"foreign_key\": \"t.pg\"}]},"
        " {\"name\": {\"default\": \"t\", \"mysql\": \"T1\"}, \"columns\": [{\"name\": \"a\", \"type\": \"Text\"},"
        "  {\"name\": {\"postgresql\": \"pg\"}, \"type\": {\"postgresql\": \"TSVECTOR\", \"default\": \"Text\"}}],"
        "  \"check_constraints\": [{\"name\": \"ck\", \"expression\": {\"postgresql\": \"x\"}}],"
        "  \"indexes\": [{\"name\": {\"postgresql\": \"ix\"}, \"columns\": [\"a\"]},"
        "   {\"name\": \"iy\", \"columns\": [{\"expression\": {\"postgresql\": \"x\"}}]},"
        "   {\"name\": \"iz\", \"columns\": [{\"default\": \"a\", \"mysql\": \"b\"}], \"where\": {\"mysql\": "
        "\"x\"}}]}],"
        " \"objects\": [{\"kind\": \"function\", \"name\": \"f\", \"definition\": {\"postgresql\": \"CREATE f\"}},"
        "  {\"kind\": \"view\", \"name\": \"v\", \"definition\": \"CREATE VIEW v\", \"depends_on\": [\"f\", "
        "\"only\"]}]}";
    g_autoptr(MetaData) metadata = read_model(text);
    assert_int_equal(metadata->tables->len, 1);
    const Table *table = table_of(metadata, "t");
    assert_int_equal(table->columns->len, 1);
    assert_int_equal(table->constraints->len, 0);
    assert_int_equal(table->indexes->len, 1);
    assert_null(table_find_index(table, "iz")->where);
    assert_int_equal(metadata->objects->len, 1);
    g_autoptr(MetaData) postgresql = read_for("postgresql", text);
    assert_int_equal(postgresql->tables->len, 2);
    assert_int_equal(table_of(postgresql, "t")->indexes->len, 3);
    assert_int_equal(postgresql->objects->len, 2);
}

static void test_objects(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model(
        "{\"objects\": [{\"kind\": \"trigger\", \"name\": \"a\", \"definition\": [\"CREATE TRIGGER a -- on x\","
        " \"AFTER UPDATE OF \\\"on\\\" /* on y */ ON main.\\\"My Table\\\"\", \"BEGIN SELECT 1; END;\", \"\"]},"
        "{\"kind\": \"trigger\", \"name\": \"b\", \"table_name\": \"given\", \"definition\": \"CREATE … ON x\"},"
        "{\"kind\": \"trigger\", \"name\": \"c\", \"definition\": \"CREATE\"},"
        "{\"kind\": \"view\", \"name\": \"v\", \"definition\": \"CREATE VIEW v AS SELECT 1 ON x ; ; \"}]}");
    const SchemaObject *a = metadata_find_object(metadata, "trigger", NULL, "a");
    assert_string_equal(a->table_name, "My Table");
    assert_true(g_str_has_suffix(a->definition, "\nBEGIN SELECT 1; END"));
    assert_string_equal(metadata_find_object(metadata, "trigger", NULL, "b")->table_name, "given");
    assert_null(metadata_find_object(metadata, "trigger", NULL, "c")->table_name);
    const SchemaObject *v = metadata_find_object(metadata, "view", NULL, "v");
    assert_null(v->table_name);
    assert_string_equal(v->definition, "CREATE VIEW v AS SELECT 1 ON x");
}

/* Files refer to each other in any order, and have their own conventions. */
static void test_several_documents(void **state)
{
    (void)state;
    static const char first[] =
        "{\"naming_convention\": {\"fk\": \"first_%(referred_table_name)s\"}, \"tables\": [{\"name\": \"a\","
        " \"columns\": [{\"name\": \"b_id\", \"type\": \"Enum(mood)\", \"foreign_key\": \"app.b.id\"}]}]}";
    static const char second[] =
        "{\"enums\": [{\"name\": \"mood\", \"values\": [\"x\"]}], \"tables\": [{\"name\": \"b\", \"schema\": \"app\","
        " \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"
        " {\"name\": \"a_id\", \"type\": \"Text\", \"foreign_key\": \"a.b_id\"}]}]}";
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, NULL, 0);
    assert_true(model_reader_add(reader, "1.json", first, strlen(first), &error));
    assert_true(model_reader_add(reader, "2.json", second, strlen(second), &error));
    g_autoptr(MetaData) metadata = model_reader_finish(reader, &error);
    if (!metadata)
        fail_msg("%s", error->message);
    const Constraint *key = constraint_of(table_of(metadata, "a"), "first_b");
    assert_string_equal(key->referred_schema, "app");
    constraint_of(metadata_find_table(metadata, "app", "b"), "fk_b_a_id_a");
}

static void test_empty(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model("{}");
    g_autofree char *text = model_write(metadata, "sqlite");
    assert_string_equal(text, "{\"tables\": []}\n");
    g_autoptr(MetaData) again = read_model(text);
    assert_int_equal(again->tables->len, 0);
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, NULL, 0);
    g_autoptr(MetaData) nothing = model_reader_finish(reader, NULL);
    assert_non_null(nothing);
}

static void test_layout(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = read_model(
        "{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", "
        "\"primary_key\": true}, {\"name\": \"a\", \"type\": \"Text\", \"nullable\": false, \"unique\": true, "
        "\"index\": true}]}, {\"name\": \"a\", \"columns\": [{\"name\": \"x\", \"type\": \"Text\", \"comment\": "
        "\"a long comment that does not fit into the line together with the column's name and its type and so "
        "on\"}]}]}");
    g_autofree char *text = model_write(metadata, "sqlite");
    assert_string_equal(text, "{\n"
                              "  \"tables\": [\n"
                              "    {\n"
                              "      \"name\": \"a\",\n"
                              "      \"columns\": [\n"
                              "        {\n"
                              "          \"name\": \"x\",\n"
                              "          \"type\": \"Text\",\n"
                              "          \"comment\": \"a long comment that does not fit into the line together with "
                              "the column's name and its type and so on\"\n"
                              "        }\n"
                              "      ]\n"
                              "    },\n"
                              "    {\n"
                              "      \"name\": \"t\",\n"
                              "      \"columns\": [\n"
                              "        {\"name\": \"id\", \"type\": \"Integer\"},\n"
                              "        {\"name\": \"a\", \"type\": \"Text\", \"nullable\": false}\n"
                              "      ],\n"
                              "      \"primary_key\": {\"name\": \"pk_t\", \"columns\": [\"id\"]},\n"
                              "      \"indexes\": [\n"
                              "        {\"name\": \"ix_t_a\", \"columns\": [\"a\"], \"unique\": true}\n"
                              "      ]\n"
                              "    }\n"
                              "  ]\n"
                              "}\n");
}

/* model_reader(model_write(x)) == x, and written again it is the same bytes. */
static void test_round_trip(void **state)
{
    (void)state;
    guint tables = 0;
    for (guint32 seed = 1; seed <= 500; seed++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MetaData) metadata = random_metadata(seed);
        g_autofree char *text = model_write(metadata, "mysql");
        g_autoptr(ModelReader) reader = model_reader_new("mysql", metadata->ignore_case, NULL, 0);
        assert_true(model_reader_add(reader, "random.json", text, strlen(text), NULL));
        g_autoptr(MetaData) back = model_reader_finish(reader, &error);
        if (!back)
            fail_msg("seed %u: %s\n%s", seed, error->message, text);
        assert_metadata_equal(metadata, back);
        g_autofree char *again = model_write(back, "mysql");
        assert_string_equal(text, again);
        tables += metadata->tables->len;
    }
    assert_true(tables > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),        cmocka_unit_test(test_example_for_others),
        cmocka_unit_test(test_server_default), cmocka_unit_test(test_column_flags),
        cmocka_unit_test(test_names),          cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_objects),        cmocka_unit_test(test_several_documents),
        cmocka_unit_test(test_empty),          cmocka_unit_test(test_layout),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests_name("schema/model", tests, NULL, NULL);
}
