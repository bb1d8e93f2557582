/* What SQLite does not have: comments, enums, sequences, references checked at once, no scratch database. Compared with
 * a dialect that has SQLite's lexer and types, and more capabilities. */
#include "support.h"

static Dialect demanding_dialect(void)
{
    Dialect dialect = sqlite_dialect;
    dialect.name = "demanding";
    dialect.capabilities =
        DIALECT_TRANSACTIONAL_DDL | DIALECT_COMMENTS | DIALECT_SCHEMAS | DIALECT_ENUM_TYPES | DIALECT_SEQUENCES;
    return dialect;
}

static Table *add_table(MetaData *metadata, const char *schema, const char *name)
{
    Table *table = table_new(schema, name);
    g_ptr_array_add(table->columns, column_new("id", sql_type_new(SQL_TYPE_INTEGER)));
    g_ptr_array_add(table->columns, column_new("a", sql_type_new(SQL_TYPE_INTEGER)));
    metadata_add_table(metadata, table);
    return table;
}

static void add_foreign_key(Table *table, const char *name, const char *schema, const char *referred)
{
    Constraint *key = constraint_new(CONSTRAINT_FOREIGN_KEY, name);
    g_ptr_array_add(key->columns, g_strdup("a"));
    key->referred_schema = g_strdup(schema);
    key->referred_table = g_strdup(referred);
    g_ptr_array_add(key->referred_columns, g_strdup("id"));
    g_ptr_array_add(table->constraints, key);
}

static EnumType *add_enum(MetaData *metadata, const char *name, const char *value)
{
    EnumType *type = enum_type_new(NULL, name);
    g_ptr_array_add(type->values, g_strdup(value));
    g_ptr_array_add(metadata->enums, type);
    return type;
}

static Sequence *add_sequence(MetaData *metadata, const char *name, const char *start)
{
    Sequence *sequence = sequence_new(NULL, name);
    sequence->options.start = g_strdup(start);
    g_ptr_array_add(metadata->sequences, sequence);
    return sequence;
}

/* Compares, checks the text, applies, compares again, and goes back. */
static void assert_there_and_back(const MetaData *model, const MetaData *live, const char *expected)
{
    g_autoptr(GError) error = NULL;
    const Dialect dialect = demanding_dialect();
    g_autoptr(Comparison) comparison = autogenerate_compare(&dialect, model, live, &compare_all, &error);
    assert_no_error(error);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, expected);
    g_autoptr(MetaData) copy = metadata_copy(live);
    operations_apply(comparison->operations, copy, &error);
    assert_no_error(error);
    g_autoptr(Comparison) none = autogenerate_compare(&dialect, model, copy, &compare_all, &error);
    assert_int_equal(none->operations->len, 0);
    g_autoptr(GPtrArray) reverse = operations_reverse(comparison->operations, &error);
    operations_apply(reverse, copy, &error);
    assert_no_error(error);
    g_autoptr(Comparison) back = autogenerate_compare(&dialect, live, copy, &compare_all, &error);
    assert_int_equal(back->operations->len, 0);
}

static void test_comments(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    static const char *const comments[][2] = {
        {"new", NULL}, {NULL, "old"}, {"new", "old"}, {"same", "same"}, {"", NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(comments); i++) {
        g_autofree char *name = g_strdup_printf("t%u", i);
        add_table(model, NULL, name)->comment = g_strdup(comments[i][0]);
        add_table(live, NULL, name)->comment = g_strdup(comments[i][1]);
    }
    ((Column *)((Table *)model->tables->pdata[3])->columns->pdata[0])->comment = g_strdup("a number");
    assert_there_and_back(model, live,
                          "comment table t0\ndrop comment of table t1\ncomment table t2\n"
                          "alter column t3.id: comment none -> a number\n");
}

static void test_enums_and_sequences(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_enum(model, "created", "x");
    add_enum(model, "changed", "x");
    add_enum(model, "same", "x");
    add_enum(live, "changed", "y");
    add_enum(live, "same", "x");
    add_enum(live, "dropped", "x");
    add_sequence(model, "s_created", NULL);
    add_sequence(model, "s_changed", "1");
    add_sequence(live, "s_changed", "2");
    add_sequence(live, "s_dropped", NULL);
    assert_there_and_back(model, live,
                          "create enum created\nalter enum changed\ncreate sequence s_created\n"
                          "alter sequence s_changed\ndrop enum dropped\ndrop sequence s_dropped\n"
                          "? --rename dropped:created\n? --rename changed.y:changed.x\n"
                          "? --rename s_dropped:s_created\n");
}

static void test_schemas(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_table(model, "s", "t")->renamed_from = g_strdup("old");
    add_table(model, NULL, "t");
    add_table(live, "s", "old");
    add_table(live, NULL, "t");
    add_table(live, "r", "old");
    assert_there_and_back(model, live, "rename table s.old to t\ndrop table r.old\n");
}

static void test_case_counts(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_table(model, NULL, "T");
    add_table(live, NULL, "t");
    assert_there_and_back(model, live, "drop table t\ncreate table T\n? --rename t:T\n");
}

static void test_cycles_are_split(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_foreign_key(add_table(model, NULL, "a"), "fk_a", NULL, "b");
    add_foreign_key(add_table(model, NULL, "b"), "fk_b", NULL, "a");
    assert_there_and_back(model, live, "create table b\ncreate table a\ncreate foreign key fk_b on b\n");
    assert_there_and_back(live, model, "drop foreign key fk_a on a\ndrop table b\ndrop table a\n");
}

static void add_view(MetaData *metadata, const char *name, const char *definition)
{
    g_ptr_array_add(metadata->objects, schema_object_new("view", NULL, name, definition));
}

/* Where tables are not rebuilt, the type of a column that a view uses is fixed. */
static void test_view_steps_aside_for_type(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    Column *column = add_table(model, NULL, "t")->columns->pdata[1];
    add_table(live, NULL, "t");
    sql_type_free(column->type);
    column->type = sql_type_new(SQL_TYPE_TEXT);
    add_view(model, "v", "CREATE VIEW v AS SELECT a FROM t");
    add_view(live, "v", "CREATE VIEW v AS SELECT a FROM t");
    add_view(model, "w", "CREATE VIEW w AS SELECT id FROM t");
    add_view(live, "w", "CREATE VIEW w AS SELECT id FROM t");
    assert_there_and_back(model, live, "drop view v\nalter column t.a: type Integer -> Text\ncreate view v\n");
}

/* Functions that tables may use come before them, those that say they use tables behind. */
static void test_functions(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    SchemaObject *late = schema_object_new("function", NULL, "late", "CREATE FUNCTION late …");
    add_table(model, NULL, "t");
    g_ptr_array_add(late->depends_on, g_strdup("t"));
    g_ptr_array_add(model->objects, late);
    g_ptr_array_add(model->objects, schema_object_new("function", NULL, "early", "CREATE FUNCTION early …"));
    assert_there_and_back(model, live, "create function early\ncreate table t\ncreate function late\n");
    assert_there_and_back(live, model, "drop function late\ndrop table t\ndrop function early\n");
}

static void test_verdict_without_scratch(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    const Dialect dialect = demanding_dialect();
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    ((Column *)add_table(model, NULL, "t")->columns->pdata[1])->server_default = g_strdup("1");
    add_table(live, NULL, "t");
    g_autoptr(Comparison) comparison = autogenerate_compare(&dialect, model, live, &compare_all, &error);
    assert_no_error(error);
    assert_string_equal(((const MigrateOp *)comparison->operations->pdata[0])->verdict, "tokens");
}

static SchemaObject *add_object(MetaData *metadata, const char *kind, const char *name, const char *definition)
{
    SchemaObject *object = schema_object_new(kind, NULL, name, definition);
    g_ptr_array_add(metadata->objects, object);
    return object;
}

/* Functions that tables use and that use tables stand among them. */
static void test_functions_among_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    Table *a = add_table(model, NULL, "a");
    ((Column *)a->columns->pdata[1])->server_default = g_strdup("count_b(1)");
    add_table(model, NULL, "b");
    SchemaObject *between = add_object(model, "function", "count_b", "CREATE FUNCTION count_b (x) RETURNS b");
    g_ptr_array_add(between->depends_on, g_strdup("base"));
    add_object(model, "function", "base", "CREATE FUNCTION base ()");
    add_object(model, "domain", "d", "CREATE DOMAIN d AS integer");
    add_sequence(model, "s", NULL);
    add_object(model, "schema", "sales", "CREATE SCHEMA sales");
    assert_there_and_back(model, live,
                          "create schema sales\ncreate sequence s\ncreate function base\ncreate domain d\n"
                          "create table b\ncreate function count_b\ncreate table a\n");
}

/* Partitions come behind their parent, and go before it. */
static void test_partitions(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    options_set(add_table(model, NULL, "a")->options, "partition_of", "b");
    add_table(model, NULL, "b");
    assert_there_and_back(model, live, "create table b\ncreate table a\n");
    assert_there_and_back(live, model, "drop table a\ndrop table b\n");
}

/* The sequence is there for the column's default, and owned when the column is there. */
static void test_owned_sequence(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    ((Column *)add_table(model, NULL, "t")->columns->pdata[1])->server_default = g_strdup("nextval('s')");
    Sequence *sequence = add_sequence(model, "s", NULL);
    sequence->owned_by_table = g_strdup("t");
    sequence->owned_by_column = g_strdup("a");
    assert_there_and_back(model, live, "create sequence s\ncreate table t\nalter sequence s\n");
    assert_there_and_back(live, model, "alter sequence s\ndrop table t\ndrop sequence s\n");
}

/* With the types of its arguments or without, a routine alone under its name is the same. */
static void test_names_of_functions(void **state)
{
    (void)state;
    static const char definition[] = "CREATE FUNCTION f (x integer) AS 'x'";
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_object(model, "function", "f", definition);
    add_object(live, "function", "f(integer)", definition);
    assert_there_and_back(model, live, "");
    assert_there_and_back(live, model, "");
    add_object(live, "function", "f(text)", "CREATE FUNCTION f (x text) AS 'x'");
    g_autoptr(MetaData) other = metadata_new(FALSE);
    add_object(other, "function", "f", "CREATE FUNCTION f (y boolean) AS 'x'");
    assert_there_and_back(other, live, "drop function f(integer)\ndrop function f(text)\ncreate function f\n");
    assert_there_and_back(model, live, "drop function f(text)\n");
}

/* Triggers may stay where only the body of their function is replaced, not where its result is another. */
static void test_replaced_functions(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE), other = metadata_new(FALSE);
    MetaData *const all[] = {model, live, other};
    static const char *const definitions[] = {"CREATE FUNCTION f () RETURNS x AS 'new'",
                                              "CREATE FUNCTION f () RETURNS x AS 'old'",
                                              "CREATE FUNCTION f () RETURNS y AS 'old'"};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        add_table(all[i], NULL, "t");
        add_object(all[i], "function", "f", definitions[i]);
        add_object(all[i], "trigger", "tr", "CREATE TRIGGER tr ON t EXECUTE f ()")->table_name = g_strdup("t");
    }
    assert_there_and_back(model, live, "change function f\n");
    assert_there_and_back(model, other, "drop trigger tr\ndrop function f\ncreate function f\ncreate trigger tr\n");
}

/* Values that are only added leave views alone. */
static void test_enum_swap_disturbs(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    MetaData *const both[] = {model, live};
    for (guint i = 0; i < G_N_ELEMENTS(both); i++) {
        SqlType **type = &((Column *)add_table(both[i], NULL, "t")->columns->pdata[1])->type;
        sql_type_free(*type);
        *type = sql_type_new(SQL_TYPE_ENUM);
        (*type)->name = g_strdup("mood");
        add_enum(both[i], "mood", "x");
        add_view(both[i], "v", "CREATE VIEW v AS SELECT a FROM t");
        add_view(both[i], "w", "CREATE VIEW w AS SELECT id FROM t");
    }
    g_ptr_array_add(((EnumType *)model->enums->pdata[0])->values, g_strdup("y"));
    assert_there_and_back(model, live, "alter enum mood\n");
    assert_there_and_back(live, model, "drop view v\nalter enum mood\ncreate view v\n");
}

/* What was there before the model is not the model's to drop. */
static void test_extensions_left_alone(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    const Dialect dialect = demanding_dialect();
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    add_object(live, "extension", "e", "CREATE EXTENSION e");
    g_autoptr(Comparison) none = autogenerate_compare(&dialect, model, live, &compare_all, &error);
    assert_int_equal(none->operations->len, 0);
    assert_int_equal(none->findings->len, 1);
    add_object(model, "extension", "f", "CREATE EXTENSION f");
    g_autoptr(Comparison) named = autogenerate_compare(&dialect, model, live, &compare_all, &error);
    g_autofree char *text = describe_all(named);
    assert_string_equal(text, "create extension f\ndrop extension e\n");
}

/* An enum that a table out of scope uses is not dropped. */
static void test_scope_of_types(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    const Dialect dialect = demanding_dialect();
    g_autoptr(MetaData) model = metadata_new(FALSE), live = metadata_new(FALSE);
    ((Column *)add_table(live, NULL, "theirs")->columns->pdata[1])->server_default = g_strdup("used('x')");
    add_enum(live, "used", "x");
    add_enum(live, "unused", "x");
    g_autoptr(GPtrArray) exclude = words("theirs", NULL);
    const CompareOptions options = {.exclude_tables = exclude};
    g_autoptr(Comparison) comparison = autogenerate_compare(&dialect, model, live, &options, &error);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, "drop enum unused\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_enums_and_sequences),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_case_counts),
        cmocka_unit_test(test_cycles_are_split),
        cmocka_unit_test(test_view_steps_aside_for_type),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_verdict_without_scratch),
        cmocka_unit_test(test_functions_among_tables),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_owned_sequence),
        cmocka_unit_test(test_names_of_functions),
        cmocka_unit_test(test_replaced_functions),
        cmocka_unit_test(test_enum_swap_disturbs),
        cmocka_unit_test(test_extensions_left_alone),
        cmocka_unit_test(test_scope_of_types),
    };
    return cmocka_run_group_tests_name("autogenerate/other_dialect", tests, NULL, NULL);
}
