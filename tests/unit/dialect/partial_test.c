/* Operations on SQLite's tables that nobody knows, those that ask first, "recreate", and any order of a file's
 * operations: what is written, and that SQLite takes it. */
#include "partial_ops.h"

#include "support/sqlite_blocks.h"

static Connection *open_with(const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse("sqlite://", NULL);
    ConnectOptions options = {0};
    Connection *connection = connection_open(&sqlite_driver, url, &options, NULL);
    g_auto(GStrv) statements = g_strsplit(sql, ";", -1);
    for (char **statement = statements; *statement; statement++)
        if (**statement && !connection_execute(connection, *statement, &error))
            fail_msg("%s\n%s", error->message, *statement);
    return connection;
}

static MetaData *inspected(Connection *connection)
{
    g_autoptr(GError) error = NULL;
    MetaData *metadata = sqlite_dialect.inspect(connection, NULL, &error);
    assert_non_null(metadata);
    return metadata;
}

/* `ops` is taken. */
static char *run_all(Connection *connection, const MetaData *before, GPtrArray *ops)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compiled(&sqlite_dialect, before, ops, &error);
    if (!text)
        fail_msg("%s", error->message);
    g_auto(GStrv) statements = g_strsplit(text, ";\n", -1);
    for (char **statement = statements; **statement; statement++)
        if (!connection_execute(connection, *statement + (g_str_has_prefix(*statement, "[off] ") ? 6 : 0), &error))
            fail_msg("%s\n%s", error->message, *statement);
    return g_steal_pointer(&text);
}

static void run_one(Connection *connection, const MetaData *before, MigrateOp *op, const char *expected)
{
    g_autofree char *text = run_all(connection, before, one_op(op));
    assert_string_equal(text, expected);
}

static void assert_scalar(Connection *connection, const char *query, const char *expected)
{
    g_autofree char *value = connection_scalar(connection, query, NULL);
    assert_string_equal(value, expected);
}

static void test_partial(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);"
                                                 "CREATE INDEX ix ON t (a);INSERT INTO t VALUES (1, 'a', 'b', 'c')");
    g_autoptr(MetaData) before = unknown_table("t");
    run_one(connection, before, add_column("t", "n"), "ALTER TABLE t ADD COLUMN n INTEGER;\n");
    run_one(connection, before, index_op(OP_CREATE_INDEX, "t", "ix_n", "n"), "CREATE INDEX ix_n ON t (n);\n");
    run_one(connection, before, index_op(OP_DROP_INDEX, "t", "ix", NULL), "DROP INDEX ix;\n");
    run_one(connection, before, drop_column("t", "a"), "ALTER TABLE t DROP COLUMN a;\n");
    run_one(connection, before, alteration("t", &(Alteration){.name = "b", .new_name = "d", .nullable = -1}, NULL),
            "ALTER TABLE t RENAME COLUMN b TO d;\n");
    run_one(connection, before, rename_op(OP_RENAME_TABLE, "t", NULL, "u"), "ALTER TABLE t RENAME TO u;\n");
    assert_scalar(connection, "SELECT d || c FROM u", "bc");
    assert_not_compiled(&sqlite_dialect, before, alteration("t", &(Alteration){.name = "c", .nullable = 0}, NULL),
                        "alter column t.c: not null: SQLite rebuilds the table for this, and the definition of 't' is "
                        "not known here");
    assert_not_compiled(&sqlite_dialect, before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", NULL),
                        "drop unique constraint uq on t: SQLite rebuilds the table for this, and the definition of 't' "
                        "is not known here");
}

static void test_asking(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (id INTEGER, n INTEGER)");
    g_autoptr(MetaData) before = inspected(connection);
    g_autoptr(Table) made = table_new(NULL, "made");
    g_ptr_array_add(made->columns, column_new("a", sql_type_new(SQL_TYPE_INTEGER)));
    Index *index = index_new("ix_made");
    g_ptr_array_add(index->columns, index_column_new("a", NULL));
    index->unique = TRUE;
    g_ptr_array_add(made->indexes, index);
    for (guint i = 0; i < 2; i++) {
        run_one(connection, before, asking(migrate_op_create_table(made)),
                "CREATE TABLE IF NOT EXISTS made (\n    a INTEGER\n);\n"
                "CREATE UNIQUE INDEX IF NOT EXISTS ix_made ON made (a);\n");
        run_one(connection, before, asking(index_op(OP_CREATE_INDEX, "t", "ix_n", "n")),
                "CREATE INDEX IF NOT EXISTS ix_n ON t (n);\n");
    }
    for (guint i = 0; i < 2; i++) {
        run_one(connection, before, asking(migrate_op_drop_table(made)), "DROP TABLE IF EXISTS made;\n");
        run_one(connection, before, asking(index_op(OP_DROP_INDEX, "t", "ix_n", NULL)), "DROP INDEX IF EXISTS ix_n;\n");
    }
    assert_scalar(connection, "SELECT count(*) FROM sqlite_schema", "1");
    assert_not_compiled(&sqlite_dialect, before, asking(drop_column("t", "n")),
                        "drop column t.n if it exists: SQLite has no IF EXISTS for this: leave 'if_exists' out");
}

static MigrateOp *with_recreate(MigrateOp *op, Recreate recreate)
{
    op->recreate = recreate;
    return op;
}

static void test_recreate(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (id INTEGER, n INTEGER);CREATE INDEX ix ON t (n);"
                                                 "INSERT INTO t VALUES (1, 2)");
    g_autoptr(MetaData) before = inspected(connection);
    const Table *table = metadata_find_table(before, NULL, "t");
    /* What ALTER TABLE could do; and nothing at all. */
    g_autofree char *added = run_all(connection, before, one_op(with_recreate(add_column("t", "m"), RECREATE_ALWAYS)));
    assert_non_null(strstr(added, "-- Table t is rebuilt, as its revision file says, and keeps its rows:"));
    assert_non_null(strstr(added, "CREATE INDEX ix ON t (n)"));
    g_autoptr(MetaData) now = inspected(connection);
    g_autofree char *nothing = run_all(
        connection, now,
        one_op(with_recreate(migrate_op_alter_table_options(table, table->options, table->options), RECREATE_ALWAYS)));
    assert_non_null(strstr(nothing, "INSERT INTO"));
    assert_scalar(connection, "SELECT id || n || coalesce(m, 'x') FROM t", "12x");
    assert_scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'ix'", "1");
    assert_compiles(&sqlite_dialect, now, with_recreate(add_column("t", "q"), RECREATE_NEVER),
                    "ALTER TABLE t ADD COLUMN q INTEGER;\n");
    assert_not_compiled(
        &sqlite_dialect, now,
        with_recreate(constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "n"), RECREATE_NEVER),
        "create unique constraint uq on t: SQLite rebuilds the table for this, which \"recreate\": "
        "\"never\" forbids: leave it out");
}

/* As a file has them: what is dropped stands behind what is made in its place, columns behind their indexes. */
static void test_any_order(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (id INTEGER, a INTEGER, b TEXT);"
                                                 "CREATE INDEX ix ON t (a);INSERT INTO t VALUES (1, 2, 'x')");
    g_autoptr(MetaData) before = inspected(connection);
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, add_column("t", "c"));
    ((MigrateOp *)ops->pdata[0])->insert_after = g_strdup("id");
    g_ptr_array_add(ops, index_op(OP_CREATE_INDEX, "t", "ix_c", "c"));
    g_ptr_array_add(ops, constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_CHECK, "ck", "c <> 3"));
    g_ptr_array_add(ops, index_op(OP_DROP_INDEX, "t", "ix", "a"));
    g_ptr_array_add(ops, alteration("t", &(Alteration){.name = "a", .new_name = "d", .nullable = 0},
                                    table_find_column(metadata_find_table(before, NULL, "t"), "a")));
    g_ptr_array_add(ops, index_op(OP_CREATE_INDEX, "t", "ix", "d"));
    g_ptr_array_add(ops, drop_column("t", "b"));
    g_ptr_array_add(ops, constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "d"));
    g_autofree char *text = run_all(connection, before, ops);
    assert_non_null(strstr(text, "CREATE TABLE"));
    assert_scalar(connection, "SELECT group_concat(name) FROM pragma_table_info('t')", "id,c,d");
    assert_scalar(connection,
                  "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE sql LIKE "
                  "'CREATE INDEX%' ORDER BY name)",
                  "ix,ix_c");
    assert_scalar(connection, "SELECT id || d FROM t", "12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_asking),
        cmocka_unit_test(test_recreate),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests_name("dialect/partial", tests, NULL, NULL);
}
