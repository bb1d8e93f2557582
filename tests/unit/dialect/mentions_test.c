#include "dialect/mentions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *renames(const Dialect *dialect, const char *sql)
{
    g_autoptr(GPtrArray) found = sql_renames(dialect, sql);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        const SqlRename *rename = g_ptr_array_index(found, i);
        g_string_append_printf(text, "%s%s %s%s%s>%s", i > 0 ? "; " : "", rename->kind,
                               rename->table != NULL ? rename->table : "", rename->table != NULL ? "." : "",
                               rename->old_name, rename->new_name);
    }
    return g_string_free(text, FALSE);
}

static void test_renames(void **state)
{
    (void)state;
    static const struct {
        const Dialect *dialect;
        const char *sql, *expected;
    } cases[] = {
        {&sqlite_dialect, "ALTER TABLE people RENAME TO users", "table people>users"},
        {&sqlite_dialect, "ALTER TABLE \"a b\" RENAME x TO y", "column a b.x>y"},
        {&sqlite_dialect, "ALTER TABLE t RENAME COLUMN x TO y", "column t.x>y"},
        {&sqlite_dialect, "ALTER TABLE t ADD COLUMN rename TEXT", ""},
        {&postgresql_dialect, "ALTER TABLE IF EXISTS ONLY s.t RENAME CONSTRAINT a TO b", "constraint t.a>b"},
        {&postgresql_dialect, "ALTER INDEX s.a RENAME TO b", "index a>b"},
        {&postgresql_dialect, "ALTER MATERIALIZED VIEW a RENAME TO b", "view a>b"},
        {&postgresql_dialect, "ALTER TYPE mood RENAME TO moods", "type mood>moods"},
        {&postgresql_dialect, "ALTER TYPE mood RENAME VALUE 'a' TO 'b'", ""},
        {&postgresql_dialect, "CREATE TABLE t (a integer)", ""},
        {&mysql_dialect, "RENAME TABLE a TO b, c TO `d e`", "table a>b; table c>d e"},
        {&mysql_dialect, "ALTER TABLE t CHANGE a b INT (1), RENAME INDEX i TO j, RENAME AS u",
         "column t.a>b; index t.i>j; table t>u"},
        {&mysql_dialect, "ALTER TABLE t RENAME u", "table t>u"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = renames(cases[i].dialect, cases[i].sql);
        assert_string_equal(found, cases[i].expected);
    }
}

static void add_table(MetaData *metadata, const char *name, const char *column)
{
    Table *table = table_new(NULL, name);
    g_ptr_array_add(table->columns, column_new(column, sql_type_parse("Integer", NULL)));
    metadata_add_table(metadata, table);
}

/* A name may change twice, and a table that is made anew under another name has no former one. */
static void test_marks(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "ALTER TABLE a RENAME COLUMN x TO y", "ALTER TABLE a RENAME TO b",     "ALTER TABLE b RENAME COLUMN y TO z",
        "ALTER TABLE b RENAME TO c",          "ALTER TABLE new_t RENAME TO t",
    };
    g_autoptr(MetaData) before = metadata_new(TRUE), after = metadata_new(TRUE);
    g_autoptr(GPtrArray) all = sql_renames(&sqlite_dialect, statements[0]);
    add_table(before, "a", "x");
    add_table(before, "t", "i");
    add_table(after, "c", "z");
    add_table(after, "t", "i");
    for (guint i = 1; i < G_N_ELEMENTS(statements); i++)
        g_ptr_array_extend_and_steal(all, sql_renames(&sqlite_dialect, statements[i]));
    sql_renames_mark(all, before, after);
    const Table *c = metadata_find_table(after, NULL, "c");
    assert_string_equal(c->renamed_from, "a");
    assert_string_equal(table_find_column(c, "z")->renamed_from, "x");
    assert_null(metadata_find_table(after, NULL, "t")->renamed_from);
}

static void test_written_tables(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"INSERT OR IGNORE INTO main.t VALUES (1)", "insert into", "t"},
        {"UPDATE ONLY s.t SET a = 1", "update", "t"},
        {"WITH x AS (SELECT 1 FROM u) DELETE FROM t WHERE a IN (SELECT * FROM x)", "delete from", "t"},
        {"TRUNCATE TABLE t", "truncate", "t"},
        {"CREATE TABLE t (a integer)", NULL, NULL},
        {"WITH x AS (SELECT 1) SELECT * FROM x", NULL, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *verb = NULL;
        g_autofree char *table = sql_written_table(&postgresql_dialect, cases[i][0], &verb);
        if (cases[i][2] == NULL) {
            assert_null(table);
            continue;
        }
        assert_string_equal(table, cases[i][2]);
        assert_string_equal(verb, cases[i][1]);
    }
}

static gboolean mentions(const Dialect *dialect, const char *sql, const char *name)
{
    g_autoptr(GHashTable) names = sql_mentions(dialect, sql);
    return g_hash_table_contains(names, name);
}

static void test_mentions(void **state)
{
    (void)state;
    assert_true(mentions(&sqlite_dialect, "UPDATE A SET x = (SELECT max(y) FROM \"B\")", "b"));
    assert_false(mentions(&sqlite_dialect, "INSERT INTO a VALUES ('orders') -- users", "orders"));
    assert_false(mentions(&sqlite_dialect, "INSERT INTO a VALUES ('orders') -- users", "users"));
    assert_true(mentions(&postgresql_dialect,
                         "CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1 FROM orders $$ LANGUAGE sql",
                         "orders"));
    assert_true(mentions(&postgresql_dialect, "DO $$ BEGIN UPDATE orders SET a = 1; END $$", "orders"));
    assert_false(mentions(&postgresql_dialect, "CREATE TABLE t (a text DEFAULT 'orders')", "orders"));
    assert_true(mentions(&postgresql_dialect,
                         "CREATE PROCEDURE p() LANGUAGE sql AS $procedure$DELETE FROM orders$procedure$", "orders"));
    assert_true(mentions(&postgresql_dialect, "SELECT f('public.\"Orders\"'::regclass)", "orders"));
    assert_true(mentions(&postgresql_dialect, "SELECT setval('orders_id_seq', 3)", "orders_id_seq"));
    assert_false(mentions(&postgresql_dialect, "SELECT lower('orders')", "orders"));
}

/* "table:1 other:2", 1 for rows that are added and 2 for those that change, in the order of their names. */
static void assert_writes(const Dialect *dialect, const char *sql, const char *expected)
{
    g_autoptr(GHashTable) writes = sql_writes(dialect, sql);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(writes), (GCompareFunc)strcmp);
    g_autoptr(GString) found = g_string_new(NULL);
    for (const GList *at = names; at != NULL; at = at->next)
        g_string_append_printf(found, "%s%s:%u", found->len > 0 ? " " : "", (const char *)at->data,
                               GPOINTER_TO_UINT(g_hash_table_lookup(writes, at->data)));
    assert_string_equal(found->str, expected);
}

static void test_writes(void **state)
{
    (void)state;
    static const struct {
        const Dialect *dialect;
        const char *sql, *expected;
    } cases[] = {
        {&postgresql_dialect, "INSERT INTO s.\"T\" SELECT * FROM u FOR UPDATE", "t:1"},
        {&postgresql_dialect, "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "t:2"},
        {&postgresql_dialect, "WITH x AS (INSERT INTO t VALUES (1) RETURNING a) DELETE FROM u WHERE a IN (TABLE x)",
         "t:1 u:2"},
        {&postgresql_dialect, "DO $$ BEGIN UPDATE t SET a = 1; END $$", "t:2"},
        {&postgresql_dialect, "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'TRUNCATE t, u'", "t:2 u:2"},
        {&postgresql_dialect,
         "CREATE TRIGGER x AFTER INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION f()", ""},
        {&postgresql_dialect, "CREATE OR REPLACE VIEW v AS SELECT replace(a, 'x', 'y') FROM t", ""},
        {&postgresql_dialect, "CREATE TABLE t (a integer REFERENCES u ON DELETE CASCADE ON UPDATE SET NULL)", ""},
        {&postgresql_dialect, "GRANT INSERT, UPDATE, DELETE ON t TO x", ""},
        {&postgresql_dialect, "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "t:2"},
        {&mariadb_dialect, "UPDATE t JOIN u USING (a) SET t.b = 1", "t:2 u:2"},
        {&mariadb_dialect, "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "t:2"},
        {&mariadb_dialect, "REPLACE INTO t VALUES (1)", "t:2"},
        {&mariadb_dialect, "LOAD DATA INFILE 'x' INTO TABLE t", "t:2"},
        {&mariadb_dialect, "CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (1); DELETE FROM u; END", "t:1 u:2"},
        {&mariadb_dialect, "INSERT INTO t VALUES ('DELETE FROM u')", "t:1"},
        {&sqlite_dialect, "INSERT OR REPLACE INTO t VALUES (1)", "t:2"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_writes(cases[i].dialect, cases[i].sql, cases[i].expected);
}

static void test_built_sql(void **state)
{
    (void)state;
    static const struct {
        const Dialect *dialect;
        const char *sql;
        gboolean told;
    } cases[] = {
        {&postgresql_dialect, "DO $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$", FALSE},
        {&postgresql_dialect, "DO $x$ BEGIN EXECUTE format('DROP TABLE %I', t); END $x$", FALSE},
        {&postgresql_dialect, "DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$", TRUE},
        {&postgresql_dialect, "DO $$ BEGIN UPDATE t SET a = 1; END $$", TRUE},
        {&postgresql_dialect, "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()", TRUE},
        {&postgresql_dialect, "GRANT EXECUTE ON FUNCTION f() TO someone", TRUE},
        {&postgresql_dialect, "CREATE FUNCTION f() RETURNS void AS $$ BEGIN EXECUTE q; END $$ LANGUAGE plpgsql", FALSE},
        {&postgresql_dialect, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO x", FALSE},
        {&postgresql_dialect, "GRANT ALL PRIVILEGES ON t TO x", TRUE},
        {&postgresql_dialect, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x", FALSE},
        {&mysql_dialect, "PREPARE s FROM @sql", FALSE},
        {&mysql_dialect, "PREPARE s FROM 'DROP TABLE t'", TRUE},
        {&mysql_dialect, "INSERT INTO t VALUES ('EXECUTE x')", TRUE},
        {&mariadb_dialect, "EXECUTE IMMEDIATE CONCAT('DROP TABLE ', @t)", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(sql_cannot_be_told(cases[i].dialect, cases[i].sql) == NULL, cases[i].told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renames),  cmocka_unit_test(test_marks),     cmocka_unit_test(test_written_tables),
        cmocka_unit_test(test_mentions), cmocka_unit_test(test_built_sql), cmocka_unit_test(test_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
