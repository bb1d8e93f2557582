/* Operations on tables that nobody knows, those that ask first, and places of columns: what is written, and that
 * MariaDB takes it, on a table that does have what they are about. */
#include "partial_ops.h"

#include "support/mysql.h"

static char *database;

static void run_one(const MetaData *before, MigrateOp *op, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compiled(&mariadb_dialect, before, one_op(op), &error);
    if (!text)
        fail_msg("%s", error->message);
    assert_string_equal(text, expected);
    mysql_run(database, text);
}

static void set_up_table(void)
{
    g_free(database);
    database = mysql_database("partial");
    mysql_run(database,
              "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(10) DEFAULT '5', b INT NOT NULL DEFAULT 1, c INT "
              "COMMENT 'old', d VARCHAR(20), CONSTRAINT uq UNIQUE (b), CONSTRAINT ck CHECK (b > 0)); CREATE "
              "INDEX ix ON t (c); CREATE INDEX ix_a ON t (a); CREATE TABLE p (id INT PRIMARY KEY); ALTER TABLE "
              "t ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id)");
}

static void assert_columns(const char *expected)
{
    g_autofree char *rows =
        mysql_rows(database, "SELECT column_name, column_type, is_nullable, column_default, column_comment FROM "
                             "information_schema.columns WHERE table_schema = database() AND table_name = 't' ORDER BY "
                             "ordinal_position");
    assert_string_equal(rows, expected);
}

static Column *known_column(const char *name, const char *type)
{
    return column_new(name, sql_type_parse(type, NULL));
}

static void test_alter_columns(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    run_one(before, alteration("t", &(Alteration){.name = "b", .nullable = -1, .server_default = "7"}, NULL),
            "ALTER TABLE t ALTER COLUMN b SET DEFAULT 7;\n");
    run_one(before, alteration("t", &(Alteration){.name = "a", .nullable = -1, .server_default = ""}, NULL),
            "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;\n");
    run_one(before, alteration("t", &(Alteration){.name = "d", .new_name = "e", .nullable = -1}, NULL),
            "ALTER TABLE t RENAME COLUMN d TO e;\n");
    g_autoptr(Column) whole = known_column("a", "String(10)");
    run_one(before, alteration("t", &(Alteration){.name = "a", .nullable = 0, .type = "String(30)"}, whole),
            "ALTER TABLE t MODIFY COLUMN a VARCHAR(30) NOT NULL;\n");
    assert_columns("id|int(11)|NO|NULL|\na|varchar(30)|NO|NULL|\nb|int(11)|NO|7|\nc|int(11)|YES|NULL|old\n"
                   "e|varchar(20)|YES|NULL|\n");
}

static void test_what_is_missing(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = unknown_table("t");
    assert_not_compiled(&mariadb_dialect, before, alteration("t", &(Alteration){.name = "a", .nullable = 0}, NULL),
                        "table 't': column 'a': MODIFY states a column anew, and what it was is not known here: add "
                        "existing_type, existing_server_default and existing_comment (null for none)");
    assert_not_compiled(
        &mysql_dialect, before, alteration("t", &(Alteration){.name = "a", .nullable = -1, .type = "Integer"}, NULL),
        "table 't': column 'a': MODIFY states a column anew, and what it was is not known here: add existing_nullable, "
        "existing_server_default, existing_comment and existing_autoincrement (null for none)");
    g_autoptr(Column) partly = known_column("a", "String(10)");
    partly->unknown = COLUMN_COMMENT | COLUMN_AUTOINCREMENT;
    assert_not_compiled(&mariadb_dialect, before, alteration("t", &(Alteration){.name = "a", .nullable = 0}, partly),
                        "table 't': column 'a': MODIFY states a column anew, and what it was is not known here: add "
                        "existing_comment (null for none)");
}

static void test_by_name(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    run_one(before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_FOREIGN_KEY, "fk", NULL),
            "ALTER TABLE t DROP FOREIGN KEY fk;\n");
    run_one(before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_CHECK, "ck", NULL),
            "ALTER TABLE t DROP CONSTRAINT ck;\n");
    run_one(before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", NULL),
            "ALTER TABLE t DROP INDEX uq;\n");
    run_one(before, constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_PRIMARY_KEY, "pk", NULL),
            "ALTER TABLE t DROP PRIMARY KEY;\n");
    run_one(before, constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "d"),
            "ALTER TABLE t ADD UNIQUE KEY uq (d);\n");
    run_one(before, index_op(OP_DROP_INDEX, "t", "ix", NULL), "ALTER TABLE t DROP INDEX ix;\n");
    run_one(before, rename_op(OP_RENAME_INDEX, "t", "ix_a", "ix_b"), "ALTER TABLE t RENAME INDEX ix_a TO ix_b;\n");
    run_one(before, index_op(OP_CREATE_INDEX, "t", "ix", "d"), "ALTER TABLE t ADD KEY ix (d);\n");
    run_one(before, add_column("t", "n"), "ALTER TABLE t ADD COLUMN n INTEGER;\n");
    run_one(before, drop_column("t", "c"), "ALTER TABLE t DROP COLUMN c;\n");
    run_one(before, rename_op(OP_RENAME_TABLE, "t", NULL, "u"), "RENAME TABLE t TO u;\n");
    g_autoptr(Table) table = table_new(NULL, "u");
    g_autoptr(MetaData) then = unknown_table("u");
    run_one(then, migrate_op_drop_table(table), "DROP TABLE u;\n");
}

static MigrateOp *placed(const char *name, const char *before, const char *after)
{
    MigrateOp *op = add_column("t", name);
    op->insert_before = g_strdup(before);
    op->insert_after = g_strdup(after);
    return op;
}

static void test_places(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) unknown = unknown_table("t"), known = metadata_new(FALSE);
    Table *table = table_new(NULL, "t");
    static const char *const names[] = {"id", "a", "m", "b", "c", "d"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_ptr_array_add(table->columns, known_column(names[i], "Integer"));
    metadata_add_table(known, table);
    run_one(unknown, placed("m", NULL, "a"), "ALTER TABLE t ADD COLUMN m INTEGER AFTER a;\n");
    run_one(known, placed("n", "id", NULL), "ALTER TABLE t ADD COLUMN n INTEGER FIRST;\n");
    run_one(known, placed("o", "c", NULL), "ALTER TABLE t ADD COLUMN o INTEGER AFTER b;\n");
    g_autofree char *order = mysql_rows(database, "SELECT group_concat(column_name ORDER BY ordinal_position) FROM "
                                                  "information_schema.columns WHERE table_schema = database() AND "
                                                  "table_name = 't'");
    assert_string_equal(order, "n,id,a,m,b,o,c,d\n");
    assert_not_compiled(&mariadb_dialect, unknown, placed("q", "c", NULL),
                        "add_column: 'insert_before' needs the table's columns, which are not known here: use "
                        "'insert_after'");
}

/* Twice: the second time there is nothing to do. */
static void test_asking(void **state)
{
    (void)state;
    set_up_table();
    g_autoptr(MetaData) before = unknown_table("t");
    g_autoptr(Table) made = table_new(NULL, "made");
    g_ptr_array_add(made->columns, known_column("a", "Integer"));
    Index *index = index_new("ix_made");
    g_ptr_array_add(index->columns, index_column_new("a", NULL));
    g_ptr_array_add(made->indexes, index);
    for (guint i = 0; i < 2; i++) {
        run_one(before, asking(migrate_op_create_table(made)),
                "CREATE TABLE IF NOT EXISTS made (\n    a INTEGER,\n    KEY ix_made (a)\n) ENGINE=InnoDB;\n");
        run_one(before, asking(add_column("t", "n")), "ALTER TABLE t ADD COLUMN IF NOT EXISTS n INTEGER;\n");
        MigrateOp *create = asking(index_op(OP_CREATE_INDEX, "t", "ix_n", "n"));
        create->index->unique = TRUE;
        run_one(before, create, "ALTER TABLE t ADD UNIQUE KEY IF NOT EXISTS ix_n (n);\n");
    }
    for (guint i = 0; i < 2; i++) {
        run_one(before, asking(migrate_op_drop_table(made)), "DROP TABLE IF EXISTS made;\n");
        run_one(before, asking(index_op(OP_DROP_INDEX, "t", "ix_n", NULL)),
                "ALTER TABLE t DROP INDEX IF EXISTS ix_n;\n");
        run_one(before, asking(drop_column("t", "n")), "ALTER TABLE t DROP COLUMN IF EXISTS n;\n");
        run_one(before, asking(constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", NULL)),
                "ALTER TABLE t DROP CONSTRAINT IF EXISTS uq;\n");
        run_one(before, asking(constraint_op(OP_DROP_CONSTRAINT, "t", CONSTRAINT_FOREIGN_KEY, "fk", NULL)),
                "ALTER TABLE t DROP CONSTRAINT IF EXISTS fk;\n");
    }
    g_autofree char *gone = mysql_rows(database, "SELECT count(*) FROM information_schema.table_constraints WHERE "
                                                 "constraint_schema = database() AND constraint_name IN ('uq', 'fk')");
    assert_string_equal(gone, "0\n");
    assert_compiles(&mysql_dialect, before, asking(migrate_op_drop_table(made)), "DROP TABLE IF EXISTS made;\n");
    assert_not_compiled(&mysql_dialect, before, asking(drop_column("t", "n")),
                        "drop column t.n if it exists: MySQL has no IF EXISTS for this: leave 'if_exists' out");
    assert_not_compiled(&mariadb_dialect, before,
                        asking(constraint_op(OP_CREATE_CONSTRAINT, "t", CONSTRAINT_UNIQUE, "uq", "d")),
                        "create unique constraint uq on t if it does not exist: MariaDB has no IF NOT EXISTS for this: "
                        "leave 'if_not_exists' out");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alter_columns), cmocka_unit_test(test_what_is_missing), cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_places),        cmocka_unit_test(test_asking),
    };
    return cmocka_run_group_tests_name("dialect/mysql_partial", tests, NULL, NULL);
}
