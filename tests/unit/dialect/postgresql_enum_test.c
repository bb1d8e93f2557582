/* Enums change under rows that use them. */
#include "postgresql_change.h"

#define MOOD(values) "{'name': 'mood', 'values': [" values "]}"
#define MODEL(enums, tables) "{'enums': [" enums "], 'tables': [" tables "]}"
#define LABELS "SELECT string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum"

static char *check_change(const char *script, const char *before, const char *after, const char *query,
                          const char *expected)
{
    Change change;
    change_init(&change, "enum", script, before, after);
    char *up = change_up(&change);
    check_rows(change.url, query, expected);
    G_GNUC_UNUSED g_autofree char *down = change_down(&change);
    change_clear(&change);
    return up;
}

static void check_sql(const char *sql, const char *expected)
{
    if (strcmp(sql, expected) != 0)
        fail_msg("found\n%s\nexpected\n%s", sql, expected);
}

static void test_create(void **state)
{
    (void)state;
    g_autofree char *sql = check_change(
        "CREATE SCHEMA \"Shop\"", "{}",
        "{'enums': [{'name': 'Order', 'schema': 'Shop', 'values': ['it^s', ''], 'comment': 'c'}]}", LABELS, "it's \n");
    check_sql(sql, "CREATE TYPE \"Shop\".\"Order\" AS ENUM ('it''s', '');\n"
                   "COMMENT ON TYPE \"Shop\".\"Order\" IS 'c';\n");
    g_autofree char *dropped =
        check_change("CREATE TYPE mood AS ENUM ('a'); COMMENT ON TYPE mood IS 'x'",
                     "{'enums': [{'name': 'mood', 'values': ['a'], 'comment': 'x'}]}", "{}", LABELS, "NULL\n");
    check_sql(dropped, "DROP TYPE mood;\n");
}

/* Several at once, each at its place. */
static void test_add(void **state)
{
    (void)state;
    g_autofree char *sql =
        check_change("CREATE TYPE mood AS ENUM ('b', 'd')", MODEL(MOOD("'b', 'd'"), ""),
                     MODEL(MOOD("'a', 'a2', 'b', 'c', 'd', 'e', 'f'"), ""), LABELS, "a a2 b c d e f\n");
    check_sql(sql, "ALTER TYPE mood ADD VALUE 'a' BEFORE 'b';\nALTER TYPE mood ADD VALUE 'a2' AFTER 'a';\n"
                   "ALTER TYPE mood ADD VALUE 'c' AFTER 'b';\nALTER TYPE mood ADD VALUE 'e';\n"
                   "ALTER TYPE mood ADD VALUE 'f';\n");
}

/* A value that something of the same revision names must be there for good before. */
static void test_add_and_use(void **state)
{
    (void)state;
    static const char before[] =
        MODEL(MOOD("'a', 'b'"), "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)'}]}");
    static const char *const after[] = {
        MODEL(MOOD("'a', 'x', 'b', 'y'"), "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)', "
                                          "'server_default': '^x^'}]}"),
        MODEL(MOOD("'a', 'x', 'b', 'y'"),
              "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)'}, {'name': 'n', 'type': "
              "'Enum(mood)', 'server_default': '^x^::mood'}]}"),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(after); i++) {
        g_autofree char *sql =
            check_change("CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood); INSERT INTO t VALUES ('b')",
                         before, after[i], LABELS, "a x b y\n");
        assert_true(g_str_has_prefix(sql, "[alone] ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x' AFTER 'a';\n"
                                          "ALTER TYPE mood ADD VALUE 'y';\n"));
    }
}

#define MOOD_TABLE(value)                                                                                              \
    "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)', 'server_default': '" value "'}]}"

static void test_rename(void **state)
{
    (void)state;
    g_autofree char *values = check_change(
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'b'); INSERT INTO t VALUES ('a'), ('b');",
        MODEL(MOOD("'a', 'b'"), MOOD_TABLE("^b^::mood")),
        MODEL("{'name': 'mood', 'values': ['a', 'better', 'c'], 'renamed_values': {'b': 'better', 'gone': 'a'}}",
              MOOD_TABLE("^b^::mood")),
        "SELECT string_agg(m::text, ' ' ORDER BY m) || ' ' || (SELECT count(*) FROM pg_enum) FROM t", "a better 3\n");
    check_sql(values, "ALTER TYPE mood RENAME VALUE 'b' TO 'better';\nALTER TYPE mood ADD VALUE 'c';\n");
    g_autofree char *type =
        check_change("CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood)", MODEL(MOOD("'a'"), ""),
                     "{'enums': [{'name': 'My Mood', 'values': ['a'], 'comment': 'new'}]}",
                     "SELECT typname FROM pg_type WHERE typcategory = 'E' AND typname ~ 'ood'", "My Mood\n");
    check_sql(type, "ALTER TYPE mood RENAME TO \"My Mood\";\nCOMMENT ON TYPE \"My Mood\" IS 'new';\n");
}

/* Everything that can name the type in a table: arrays, a key, defaults, checks, predicates, generated columns, foreign
 * keys, a partition. */
static const char used_type[] =
    "CREATE TYPE mood AS ENUM ('a', 'b', 'c');"
    "CREATE TABLE p (m mood PRIMARY KEY, n integer);"
    "CREATE TABLE t (id integer, m mood DEFAULT 'a' NOT NULL REFERENCES p, ms mood[] DEFAULT '{a,b}', "
    "CONSTRAINT ck_t CHECK (m <> 'c'::mood OR id > 0), EXCLUDE USING btree (m WITH =) WHERE (id < 0),"
    "g boolean GENERATED ALWAYS AS (m = 'a'::mood) STORED NOT NULL, CONSTRAINT uq_g UNIQUE (g, id));"
    "CREATE INDEX ix_plain ON t (m); CREATE INDEX ix_when ON t (id) WHERE m = 'a'::mood;"
    "CREATE INDEX ix_less ON t ((m < 'b'::mood)); COMMENT ON INDEX ix_less IS 'less'; COMMENT ON COLUMN t.g IS 'is a';"
    "INSERT INTO p VALUES ('a', 1), ('b', 2);"
    "INSERT INTO t VALUES (1, 'a', '{b,a}'), (2, 'b', NULL), (3, DEFAULT, DEFAULT);"
    "CREATE TABLE part (id integer, m mood) PARTITION BY LIST (id);"
    "CREATE TABLE part_1 PARTITION OF part (CONSTRAINT ck_part CHECK (m <> 'b'::mood)) FOR VALUES IN (1);"
    "INSERT INTO part VALUES (1, 'a');";
#define USING_TABLES                                                                                                   \
    "{'name': 'p', 'columns': [{'name': 'm', 'type': 'Enum(mood)', 'primary_key': true}, {'name': 'n', 'type': "       \
    "'Integer'}]}, {'name': 't', 'columns': [{'name': 'id', 'type': 'Integer'}, {'name': 'm', 'type': 'Enum(mood)', "  \
    "'server_default': '^a^::mood', 'nullable': false}, {'name': 'ms', 'type': 'ARRAY(Enum(mood))', "                  \
    "'server_default': '^{a,b}^::mood[]'}, {'name': 'g', 'type': 'Boolean', 'nullable': false, 'comment': 'is a', "    \
    "'computed': {'expression': 'm = ^a^::mood', 'persisted': true}}], 'unique_constraints': [{'name': 'uq_g', "       \
    "'columns': ['g', 'id']}], 'foreign_keys': [{'name': 't_m_fkey', 'columns': ['m'], 'referred_table': 'p', "        \
    "'referred_columns': ['m']}], 'check_constraints': [{'name': 'ck_t', 'expression': 'm <> ^c^::mood OR id > 0'}], " \
    "'exclude_constraints': [{'name': 't_m_excl', 'expression': 'USING btree (m WITH =) WHERE (id < 0)'}], "           \
    "'indexes': [{'name': 'ix_plain', 'columns': ['m']}, {'name': 'ix_when', 'columns': ['id'], 'where': "             \
    "'m = ^a^::mood'}, {'name': 'ix_less', 'columns': [{'expression': '(m < ^b^::mood)'}], 'comment': 'less'}]}, "     \
    "{'name': 'part', 'columns': [{'name': 'id', 'type': 'Integer'}, {'name': 'm', 'type': 'Enum(mood)'}], "           \
    "'options': {'postgresql': {'partition_by': 'LIST (id)'}}}, {'name': 'part_1', 'columns': [], "                    \
    "'check_constraints': [{'name': 'ck_part', 'expression': 'm <> ^b^::mood'}], 'options': {'postgresql': "           \
    "{'partition_of': 'part', 'partition_bound': 'FOR VALUES IN (1)'}}}"

static void test_swap(void **state)
{
    (void)state;
    static const char rows[] = "SELECT id, m, ms, g, (SELECT string_agg(enumlabel, '' ORDER BY enumsortorder) FROM "
                               "pg_enum) FROM t ORDER BY id";
    g_autofree char *reordered =
        check_change(used_type, MODEL(MOOD("'a', 'b', 'c'"), USING_TABLES), MODEL(MOOD("'c', 'b', 'a'"), USING_TABLES),
                     rows, "1|a|{b,a}|t|cba\n2|b|NULL|f|cba\n3|a|{a,b}|t|cba\n");
    assert_non_null(strstr(reordered, "ALTER TABLE t ALTER COLUMN ms TYPE mood[] USING ms::text[]::mood[];"));
    g_autofree char *replaced =
        check_change(used_type, MODEL(MOOD("'a', 'b', 'c'"), USING_TABLES),
                     MODEL("{'name': 'mood', 'values': ['a', 'b', 'z', 'c', 'y'], 'comment': 'all'}", USING_TABLES),
                     rows, "1|a|{b,a}|t|abzcy\n2|b|NULL|f|abzcy\n3|a|{a,b}|t|abzcy\n");
    assert_null(strstr(replaced, "ALTER COLUMN"));
}

/* The new default stands in a later operation; the former one has no value any more. */
static void test_removed_default(void **state)
{
    (void)state;
    g_autofree char *sql = check_change(
        "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood DEFAULT 'b'::mood); INSERT INTO t VALUES ('a');",
        MODEL(MOOD("'a', 'b'"),
              "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)', 'server_default': '^b^::mood'}]}"),
        MODEL(MOOD("'a'"),
              "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)', 'server_default': '^a^::mood'}]}"),
        "SELECT m, pg_get_expr(adbin, adrelid) FROM t, pg_attrdef", "a|'a'::mood\n");
    check_sql(sql, "ALTER TYPE mood RENAME TO mood__old;\nCREATE TYPE mood AS ENUM ('a');\n"
                   "ALTER TABLE t ALTER COLUMN m DROP DEFAULT;\n"
                   "ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;\nDROP TYPE mood__old;\n"
                   "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'a'::mood;\n");
}

/* A removed value that a row has: nothing changes. */
static void test_removed_in_use(void **state)
{
    (void)state;
    Change change;
    change_init(&change, "enum", used_type, MODEL(MOOD("'a', 'b', 'c'"), USING_TABLES),
                MODEL(MOOD("'a', 'c'"), USING_TABLES));
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "invalid input value for enum mood: \"b\""));
    g_autofree char *dump = pg_dump(change.url);
    assert_string_equal(dump, change.dump);
    check_rows(change.url, "SELECT count(*) FROM t WHERE m = 'b'", "1\n");
    change_clear(&change);
}

static void test_partition_key(void **state)
{
    (void)state;
    static const char table[] = "{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)'}], 'options': "
                                "{'postgresql': {'partition_by': 'LIST (m)'}}}";
    Change change;
    g_autofree char *before = g_strdup_printf(MODEL(MOOD("'a', 'b'"), "%s"), table);
    g_autofree char *after = g_strdup_printf(MODEL(MOOD("'b', 'a'"), "%s"), table);
    change_init(&change, "enum", "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (m mood) PARTITION BY LIST (m);",
                before, after);
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "column 't.m': the table is partitioned by it"));
    change_clear(&change);
}

/* In a schema, with quotes, from 63 bytes. */
static void test_names(void **state)
{
    (void)state;
    static const char type[] = "A Mood whose name is as long as it can be, which is 63 bytes...";
    g_autofree char *script =
        g_strdup_printf("CREATE SCHEMA \"My Shop\"; CREATE TYPE \"My Shop\".\"%s\" AS ENUM ('it''s', '\\');"
                        "CREATE TABLE t (m \"My Shop\".\"%s\"); INSERT INTO t VALUES ('it''s'), ('\\');",
                        type, type);
#define LONG_MODEL(values)                                                                                             \
    "{'enums': [{'name': '%s', 'schema': 'My Shop', 'values': [" values "]}], 'tables': [{'name': 't', 'columns': "    \
    "[{'name': 'm', 'type': 'Enum(\\'My Shop.%s\\')'}]}]}"
    g_autofree char *before = g_strdup_printf(LONG_MODEL("'it^s', '\\\\'"), type, type);
    g_autofree char *after = g_strdup_printf(LONG_MODEL("'\\\\', 'it^s'"), type, type);
    G_GNUC_UNUSED g_autofree char *sql =
        check_change(script, before, after, "SELECT m FROM t ORDER BY m", "\\\nit's\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),         cmocka_unit_test(test_add),
        cmocka_unit_test(test_add_and_use),    cmocka_unit_test(test_rename),
        cmocka_unit_test(test_swap),           cmocka_unit_test(test_removed_default),
        cmocka_unit_test(test_removed_in_use), cmocka_unit_test(test_partition_key),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
