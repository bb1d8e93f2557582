/* The schema that operations are compiled for: what is folded is what the database would say, and a mark forgets. */
#include "autogenerate/autogenerate.h"
#include "unit/runtime/ops.h"

static OpsDocument *parse(const char *ops)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("{'revision': 'a', 'upgrade': [%s]}", ops);
    g_strdelimit(text, "'", '"');
    g_strdelimit(text, "`", '\'');
    OpsDocument *document = ops_document_parse("a.json", text, strlen(text), &error);
    assert_no_error(error);
    return document;
}

/* Goes on with operations as a plan does; returns how many statements they are. */
static guint follow(SchemaState *state, const Dialect *dialect, const char *ops)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OpsDocument) document = parse(ops);
    guint statements = 0;
    for (guint index = 0;;) {
        const MetaData *metadata = schema_state_metadata(state, &error);
        assert_no_error(error);
        OpsTarget target = {.dialect = dialect->name,
                            .ignore_case = metadata->ignore_case,
                            .backticks = metadata->backticks,
                            .adapt = dialect->adapt,
                            .state_is_whole = schema_state_is_whole(state)};
        g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, metadata, &error);
        assert_no_error(error);
        if (step == NULL)
            return statements;
        g_autoptr(GPtrArray) blocks = NULL;
        if (step->operations != NULL) {
            g_autoptr(MetaData) before = schema_state_before(state, step->operations, &error);
            assert_no_error(error);
            blocks = dialect->compile(step->operations, before, &error);
            assert_no_error(error);
            for (guint i = 0; i < blocks->len; i++)
                statements += ((const SqlBlock *)g_ptr_array_index(blocks, i))->statements->len;
        }
        schema_state_apply(state, step, blocks, &error);
        assert_no_error(error);
    }
}

static void run_sql(SchemaState *state, const char *sql)
{
    PlanStatement statement = {.sql = (char *)sql, .line = 3, .column = 1};
    schema_state_run(state, &statement, "b.sql");
}

/* Makes the state ask its database. */
static void forget_folded(SchemaState *state)
{
    run_sql(state, "CREATE VIEW forget AS SELECT 1");
    run_sql(state, "DROP VIEW forget");
}

static void assert_same(const MetaData *folded, const MetaData *told)
{
    g_autoptr(GError) error = NULL;
    CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE};
    const MetaData *const sides[] = {folded, told, folded};
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Comparison) comparison =
            autogenerate_compare(&sqlite_dialect, sides[i], sides[i + 1], &options, &error);
        assert_no_error(error);
        if (comparison->operations->len > 0) {
            g_autofree char *what = migrate_op_describe(g_ptr_array_index(comparison->operations, 0));
            fail_msg("folded and told differ: %s", what);
        }
    }
    assert_int_equal(folded->tables->len, told->tables->len);
}

static const char *const histories[] = {
    "{'op': 'create_table', 'table_name': 'a', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true},"
    " {'name': 'b', 'type': 'Boolean', 'nullable': false}, {'name': 'e', 'type': 'Enum(`x`, `y`)'},"
    " {'name': 'n', 'type': 'Numeric(10, 2)', 'server_default': '0'}, {'name': 'd', 'type': 'DateTime'}],"
    " 'check_constraints': [{'name': 'ck', 'expression': 'n >= 0'}]},"
    "{'op': 'create_index', 'index_name': 'ix', 'table_name': 'a', 'columns': ['d', 'n'], 'unique': true}",
    "{'op': 'create_table', 'table_name': 'c', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true},"
    " {'name': 'a_id', 'type': 'Integer', 'foreign_key': 'a.id', 'ondelete': 'CASCADE'}]}",
    "{'op': 'add_column', 'table_name': 'a', 'column': {'name': 't', 'type': 'Text', 'nullable': false,"
    " 'server_default': '`it is`'}}",
    "{'op': 'alter_column', 'table_name': 'a', 'column_name': 'n', 'new_column_name': 'amount'}",
    "{'op': 'alter_column', 'table_name': 'a', 'column_name': 'd', 'type_': 'Date', 'nullable': false}",
    "{'op': 'rename_table', 'old_table_name': 'a', 'new_table_name': 'parent'}",
    "{'op': 'batch_alter_table', 'table_name': 'c', 'operations': ["
    "{'op': 'add_column', 'column': {'name': 'u', 'type': 'String(5)'}},"
    "{'op': 'create_unique_constraint', 'constraint_name': 'uq_c', 'columns': ['u', 'a_id']}]}",
    "{'op': 'create_object', 'kind': 'view', 'name': 'v', 'definition': 'CREATE VIEW v AS SELECT amount FROM parent'}",
    "{'op': 'rename_table', 'old_table_name': 'parent', 'new_table_name': 'elders'}",
    "{'op': 'alter_column', 'table_name': 'elders', 'column_name': 'amount', 'new_column_name': 'sum'}",
    "{'op': 'add_column', 'table_name': 'elders', 'column': {'name': 'w', 'type': 'Integer'}}",
    "{'op': 'drop_constraint', 'constraint_name': 'uq_c', 'table_name': 'c', 'type_': 'unique'}",
    "{'op': 'drop_index', 'index_name': 'ix', 'table_name': 'elders'}",
    "{'op': 'drop_column', 'table_name': 'c', 'column_name': 'u'}",
    "{'op': 'drop_table', 'table_name': 'c'}",
};

static void test_folded_is_told(void **data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SchemaState) state = schema_state_new(&sqlite_dialect, &error);
    assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(histories); i++) {
        assert_true(follow(state, &sqlite_dialect, histories[i]) > 0);
        g_autoptr(MetaData) folded = metadata_copy(schema_state_metadata(state, &error));
        assert_no_error(error);
        forget_folded(state);
        const MetaData *told = schema_state_metadata(state, &error);
        assert_no_error(error);
        assert_same(folded, told);
    }
}

/* Behind a mark only what is named is there; afterwards all is as before, whether the database was asked or not. */
static void test_marks(void **data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SchemaState) state = schema_state_new(&sqlite_dialect, &error);
    assert_no_error(error);
    follow(state, &sqlite_dialect, histories[0]);
    follow(state, &sqlite_dialect, histories[1]);
    follow(state, &sqlite_dialect,
           "{'op': 'create_table', 'table_name': 'z', 'columns': [{'name': 'x', 'type': 'Text'}]}");
    g_autoptr(MetaData) before = metadata_copy(schema_state_metadata(state, &error));
    for (guint asks = 0; asks < 3; asks++) {
        assert_true(schema_state_mark(state, "{\"table_name\": \"A\"}", &error));
        const MetaData *part = schema_state_metadata(state, &error);
        assert_non_null(metadata_find_table(part, NULL, "a"));
        assert_non_null(metadata_find_table(part, NULL, "c"));
        assert_null(metadata_find_table(part, NULL, "z"));
        follow(state, &sqlite_dialect,
               "{'op': 'drop_index', 'index_name': 'ix', 'table_name': 'a'},"
               "{'op': 'drop_column', 'table_name': 'a', 'column_name': 'd'}");
        for (guint i = 0; i < asks; i++)
            forget_folded(state);
        assert_null(table_find_column(metadata_find_table(schema_state_metadata(state, &error), NULL, "a"), "d"));
        assert_true(schema_state_return(state, &error));
        assert_no_error(error);
        assert_same(before, schema_state_metadata(state, &error));
        forget_folded(state);
        assert_same(before, schema_state_metadata(state, &error));
    }
}

/* What SQL has made of a table is asked for again, and that alone gives what reading everything gives. */
static void test_sql_between(void **data)
{
    (void)data;
    static const char *const statements[] = {
        "CREATE TABLE s (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))",
        "ALTER TABLE \"A\" ADD COLUMN made TEXT DEFAULT 'x'",
        "create unique index if not exists main.ix_s on S (a_id)",
        "/* c */ ALTER TABLE a RENAME TO b",
        "ALTER TABLE b RENAME COLUMN e TO f",
        "DROP INDEX ix",
        "CREATE TABLE \"odd \"\" name\" (x)",
        "DROP TABLE IF EXISTS s",
        "CREATE TRIGGER tr AFTER INSERT ON b BEGIN SELECT 1; END",
        "ALTER TABLE b DROP COLUMN made",
        "DROP TABLE b",
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(SchemaState) state = schema_state_new(&sqlite_dialect, &error);
    g_autoptr(SchemaState) other = schema_state_new(&sqlite_dialect, &error);
    assert_no_error(error);
    follow(state, &sqlite_dialect, histories[0]);
    follow(other, &sqlite_dialect, histories[0]);
    for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
        run_sql(state, statements[i]);
        run_sql(other, statements[i]);
        assert_null(schema_state_doubts(state));
        forget_folded(other);
        const MetaData *asked = schema_state_metadata(state, &error), *told = schema_state_metadata(other, &error);
        assert_no_error(error);
        assert_same(asked, told);
        for (guint j = 0; j < told->tables->len; j++) {
            const Table *table = g_ptr_array_index(told->tables, j);
            assert_non_null(metadata_find_table(asked, NULL, table->name));
        }
    }
}

static void test_doubts(void **data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SchemaState) state = schema_state_new(&sqlite_dialect, &error);
    assert_no_error(error);
    follow(state, &sqlite_dialect, histories[0]);
    run_sql(state, "INSERT INTO nowhere VALUES (1)");
    run_sql(state, "PRAGMA journal_mode = WAL");
    run_sql(state, "ATTACH '/nowhere/at/all.db' AS other");
    assert_null(schema_state_doubts(state));
    run_sql(state, "ALTER TABLE \"A\" ADD COLUMN x REFERENCES (");
    g_autofree char *doubts = schema_state_doubts(state);
    assert_non_null(doubts);
    assert_true(g_str_has_prefix(doubts, "b.sql:3:1: "));
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) table = table_new(NULL, "a");
    g_autoptr(Table) other = table_new(NULL, "q");
    Column *column = column_new("n", NULL);
    g_ptr_array_add(ops, migrate_op_drop_column(other, column));
    assert_null(schema_state_find_doubt(state, ops));
    g_ptr_array_add(ops, migrate_op_drop_column(table, column));
    column_free(column);
    assert_string_equal(schema_state_find_doubt(state, ops), doubts);
    /* What is live settles it. */
    g_autoptr(MetaData) plain = metadata_new(TRUE);
    metadata_add_table(plain, table_new(NULL, "l"));
    Column *only = column_new("x", sql_type_new(SQL_TYPE_INTEGER));
    g_ptr_array_add(((Table *)g_ptr_array_index(plain->tables, 0))->columns, only);
    metadata_add_table(plain, table_copy(g_ptr_array_index(schema_state_metadata(state, &error)->tables, 0)));
    assert_true(schema_state_add_live(state, plain, &error));
    assert_no_error(error);
    assert_null(schema_state_find_doubt(state, ops));
    assert_non_null(metadata_find_table(schema_state_metadata(state, &error), NULL, "l"));
    assert_non_null(metadata_find_table(schema_state_metadata(state, &error), NULL, "a"));
}

/* On servers: what SQL may have changed is forgotten; what it reads, and its rows, do not matter. */
static void test_forgotten(void **data)
{
    (void)data;
    const Dialect *const servers[] = {&postgresql_dialect, &mariadb_dialect};
    for (guint i = 0; i < G_N_ELEMENTS(servers); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SchemaState) state = schema_state_new(servers[i], &error);
        assert_no_error(error);
        assert_false(schema_state_is_whole(state));
        follow(state, servers[i], histories[0]);
        follow(state, servers[i], histories[1]);
        run_sql(state, "INSERT INTO a (id) VALUES (1)");
        run_sql(state, "CREATE TABLE other (x integer REFERENCES a (id))");
        run_sql(state, "CREATE OR REPLACE VIEW v AS SELECT * FROM a");
        run_sql(state, "ALTER TABLE other ADD FOREIGN KEY (x) REFERENCES a (id)");
        run_sql(state, "UPDATE other SET x = (SELECT max(id) FROM a)");
        const MetaData *metadata = schema_state_metadata(state, &error);
        assert_non_null(metadata_find_table(metadata, NULL, "a"));
        run_sql(state, "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'ALTER TABLE A DROP COLUMN n'");
        assert_null(metadata_find_table(metadata, NULL, "a"));
        assert_non_null(metadata_find_table(metadata, NULL, "c"));
        /* By name it can still be dropped and added to. */
        assert_true(follow(state, servers[i], "{'op': 'drop_column', 'table_name': 'a', 'column_name': 't'}") > 0);
        assert_true(follow(state, servers[i], histories[2]) > 0);
        assert_true(metadata_find_table(schema_state_metadata(state, &error), NULL, "a")->partial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folded_is_told), cmocka_unit_test(test_marks),     cmocka_unit_test(test_sql_between),
        cmocka_unit_test(test_doubts),         cmocka_unit_test(test_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
