/* Operations on tables that nobody knows, those that ask first, CONCURRENTLY and USING: what is written, and that the
 * server takes it, on a table that does have what they are about. */
#include "partial_ops.h"

#include "support/postgresql.h"

static char *database;

static void run_one(const MetaData *before, MigrateOp *op, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compiled(&postgresql_dialect, before, one_op(op), &error);
    if (!text)
        fail_msg("%s", error->message);
    assert_string_equal(text, expected);
    g_auto(GStrv) statements = g_strsplit(text, ";\n", -1);
    for (char **statement = statements; **statement; statement++)
        postgresql_run(database, *statement + (g_str_has_prefix(*statement, "[alone] ") ? strlen("[alone] ") : 0));
}

static void set_up_table(void)
{
    g_free(database);
    database = postgresql_database("partial");
    postgresql_run(
        database, "CREATE TABLE t (id integer CONSTRAINT pk PRIMARY KEY, a varchar(10) DEFAULT '5', b integer NOT NULL "
                  "DEFAULT 1, c integer, d text, CONSTRAINT uq UNIQUE (b), CONSTRAINT ck CHECK (b > 0)); CREATE INDEX "
                  "ix ON t (c); CREATE INDEX ix_a ON t (a); COMMENT ON COLUMN t.c IS 'old'; INSERT INTO t VALUES (1, "
                  "'7', 2, 3, 'x')");
}

static void test_alter_columns(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    run_one(before, alteration("t", &(Alteration){.name = "a", .nullable = 0}, NULL),
            "ALTER TABLE t ALTER COLUMN a SET NOT NULL;\n");
    run_one(before, alteration("t", &(Alteration){.name = "b", .nullable = 1}, NULL),
            "ALTER TABLE t ALTER COLUMN b DROP NOT NULL;\n");
    run_one(before, alteration("t", &(Alteration){.name = "b", .nullable = -1, .server_default = ""}, NULL),
            "ALTER TABLE t ALTER COLUMN b DROP DEFAULT;\n");
    run_one(before, alteration("t", &(Alteration){.name = "c", .nullable = -1, .server_default = "9"}, NULL),
            "ALTER TABLE t ALTER COLUMN c SET DEFAULT 9;\n");
    run_one(before, alteration("t", &(Alteration){.name = "c", .nullable = -1, .comment = ""}, NULL),
            "COMMENT ON COLUMN t.c IS NULL;\n");
    run_one(before,
            alteration("t", &(Alteration){.name = "c", .new_name = "e", .nullable = -1, .type = "BigInteger"}, NULL),
            "ALTER TABLE t RENAME COLUMN c TO e;\nALTER TABLE t ALTER COLUMN e TYPE BIGINT;\n");
    run_one(before,
            alteration("t",
                       &(Alteration){.name = "a",
                                     .new_name = "f",
                                     .nullable = -1,
                                     .type = "Integer",
                                     .server_default = "6",
                                     .using = "a::integer + 1"},
                       NULL),
            "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;\n"
            "ALTER TABLE t ALTER COLUMN a TYPE INTEGER USING a::integer + 1;\n"
            "ALTER TABLE t ALTER COLUMN a SET DEFAULT 6;\nALTER TABLE t RENAME COLUMN a TO f;\n");
    g_autofree char *columns = postgresql_rows(
        database, "SELECT column_name, data_type, is_nullable, column_default, col_description('t'::regclass, "
                  "ordinal_position) FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position");
    assert_string_equal(columns, "id|integer|NO|NULL|NULL\nf|integer|NO|6|NULL\nb|integer|YES|NULL|NULL\n"
                                 "e|bigint|YES|9|NULL\nd|text|YES|NULL|NULL\n");
    g_autofree char *rows = postgresql_rows(database, "SELECT f, e FROM t");
    assert_string_equal(rows, "8|3\n");
}

static void test_by_name(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    run_one(before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_CHECK, "uq", NULL),
            "ALTER TABLE t DROP CONSTRAINT uq;\n");
    run_one(before, rename_op(OP_RENAME_CONSTRAINT, "t", "ck", "ck2"), "ALTER TABLE t RENAME CONSTRAINT ck TO ck2;\n");
    run_one(before, constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "d"),
            "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (d);\n");
    run_one(before, index_op(OP_DROP_INDEX, "t", "ix", NULL), "DROP INDEX ix;\n");
    run_one(before, rename_op(OP_RENAME_INDEX, "t", "ix_a", "ix_b"), "ALTER INDEX ix_a RENAME TO ix_b;\n");
    run_one(before, index_op(OP_CREATE_INDEX, "t", "ix", "d"), "CREATE INDEX ix ON t (d);\n");
    run_one(before, add_column("t", "n"), "ALTER TABLE t ADD COLUMN n INTEGER;\n");
    run_one(before, drop_column("t", "c"), "ALTER TABLE t DROP COLUMN c;\n");
    run_one(before, rename_op(OP_RENAME_TABLE, "t", NULL, "u"), "ALTER TABLE t RENAME TO u;\n");
    g_autoptr(Table) table = table_new(NULL, "u");
    g_autoptr(MetaData) then = unknown_table("u");
    run_one(then, migrate_op_drop_table(table), "DROP TABLE u;\n");
}

/* Twice: the second time there is nothing to do. */
static void test_asking(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    g_autoptr(Table) made = table_new(NULL, "made");
    g_ptr_array_add(made->columns, column_new("a", sql_type_new(SQL_TYPE_INTEGER)));
    Index *index = index_new("ix_made");
    g_ptr_array_add(index->columns, index_column_new("a", NULL));
    g_ptr_array_add(made->indexes, index);
    for (guint i = 0; i < 2; i++) {
        run_one(
            before, asking(migrate_op_create_table(made)),
            "CREATE TABLE IF NOT EXISTS made (\n    a INTEGER\n);\nCREATE INDEX IF NOT EXISTS ix_made ON made (a);\n");
        run_one(before, asking(add_column("t", "n")), "ALTER TABLE t ADD COLUMN IF NOT EXISTS n INTEGER;\n");
        run_one(before, asking(index_op(OP_CREATE_INDEX, "t", "ix_n", "n")),
                "CREATE INDEX IF NOT EXISTS ix_n ON t (n);\n");
    }
    g_autofree char *there =
        postgresql_rows(database, "SELECT count(*) FROM pg_class WHERE relname IN ('made', 'ix_n')");
    assert_string_equal(there, "2\n");
    for (guint i = 0; i < 2; i++) {
        run_one(before, asking(migrate_op_drop_table(made)), "DROP TABLE IF EXISTS made;\n");
        run_one(before, asking(index_op(OP_DROP_INDEX, "t", "ix_n", NULL)), "DROP INDEX IF EXISTS ix_n;\n");
        run_one(before, asking(drop_column("t", "n")), "ALTER TABLE t DROP COLUMN IF EXISTS n;\n");
        run_one(before, asking(constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", NULL)),
                "ALTER TABLE t DROP CONSTRAINT IF EXISTS uq;\n");
    }
    g_autofree char *gone =
        postgresql_rows(database, "SELECT count(*) FROM pg_class WHERE relname IN ('made', 'ix_n', 'uq')");
    assert_string_equal(gone, "0\n");
    assert_not_compiled(
        &postgresql_dialect, before, asking(constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "d")),
        "create unique constraint uq on t if it does not exist: PostgreSQL has no IF NOT EXISTS for this: "
        "leave 'if_not_exists' out");
}

static void test_concurrently(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    MigrateOp *create = asking(index_op(OP_CREATE_INDEX, "t", "ix_d", "d"));
    create->concurrently = create->index->unique = TRUE;
    create->index->comment = g_strdup("why");
    g_autoptr(MigrateOp) drop = migrate_op_reverse(create, NULL);
    run_one(before, create,
            "[alone] CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix_d ON t (d);\n"
            "COMMENT ON INDEX ix_d IS 'why';\n");
    run_one(before, g_steal_pointer(&drop), "[alone] DROP INDEX CONCURRENTLY IF EXISTS ix_d;\n");
    /* It stays what it is beside others, also where a change in place would do. */
    g_autoptr(GError) error = NULL;
    GPtrArray *ops = one_op(index_op(OP_DROP_INDEX, "t", "ix", "c"));
    MigrateOp *again = index_op(OP_CREATE_INDEX, "t", "ix", "c");
    again->concurrently = TRUE;
    g_ptr_array_add(ops, again);
    g_ptr_array_add(ops, add_column("t", "n"));
    g_autofree char *text = compiled(&postgresql_dialect, before, ops, &error);
    assert_string_equal(text, "DROP INDEX ix;\n[alone] CREATE INDEX CONCURRENTLY ix ON t (c);\n"
                              "ALTER TABLE t ADD COLUMN n INTEGER;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alter_columns),
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_asking),
        cmocka_unit_test(test_concurrently),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_partial", tests, NULL, NULL);
}
