/* What statements and operations of revision files tell a dialect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "autogenerate/autogenerate.h"
#include "base/json.h"

static FileNames *tell(const Dialect *dialect, const char *sql)
{
    g_autoptr(GError) error = NULL;
    FileNames *names = file_names_new(dialect);
    if (!file_names_add_sql(names, "a.sql", sql, strlen(sql), &error))
        fail_msg("%s", error->message);
    return names;
}

static void test_created_and_dropped(void **state)
{
    (void)state;
    g_autoptr(FileNames) names = tell(
        &postgresql_dialect, "CREATE VIEW v AS SELECT 1; CREATE OR REPLACE VIEW s.v AS SELECT 2;\n"
                             "CREATE TABLE \"Tab\" (a INTEGER, CONSTRAINT ck_tab CHECK (a > 0));\n"
                             "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON \"Tab\" (a);\n"
                             "CREATE SEQUENCE q; DROP SEQUENCE IF EXISTS q; CREATE MATERIALIZED VIEW mv AS SELECT 3");
    assert_string_equal(file_names_definition(names, "view", "V"), "CREATE OR REPLACE VIEW s.v AS SELECT 2");
    assert_non_null(file_names_definition(names, "table", "tab"));
    assert_non_null(file_names_definition(names, "index", "ix"));
    assert_non_null(file_names_definition(names, "materialized_view", "mv"));
    assert_null(file_names_definition(names, "view", "mv"));
    assert_null(file_names_definition(names, "sequence", "q"));
    assert_true(file_names_has(names, "CK_TAB"));
    assert_true(file_names_has(names, "q"));
    assert_false(file_names_has(names, "other"));
}

static void expect_enum(const char *sql, const char *name, const char *values)
{
    g_autoptr(FileNames) names = tell(&postgresql_dialect, sql);
    g_autoptr(MetaData) metadata = metadata_new(FALSE);
    file_names_add_enums(names, metadata);
    const EnumType *type = metadata_find_enum(metadata, NULL, name);
    if (!values) {
        assert_null(type);
        return;
    }
    assert_non_null(type);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < type->values->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (char *)type->values->pdata[i]);
    assert_string_equal(text->str, values);
    g_string_free(text, TRUE);
}

#define MOOD "CREATE TYPE mood AS ENUM ('ok', 'it''s');"

static void test_enums(void **state)
{
    (void)state;
    expect_enum(MOOD, "mood", "ok it's");
    expect_enum(MOOD "DROP TYPE mood", "mood", NULL);
    expect_enum(MOOD "ALTER TYPE mood ADD VALUE 'c'", "mood", "ok it's c");
    expect_enum(MOOD "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'c' BEFORE 'ok'", "mood", "c ok it's");
    expect_enum(MOOD "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok'", "mood", "ok it's");
    expect_enum(MOOD "ALTER TYPE mood ADD VALUE 'c' AFTER 'ok'", "mood", "ok c it's");
    expect_enum(MOOD "ALTER TYPE mood RENAME VALUE 'it''s' TO 'bad'", "mood", "ok bad");
    expect_enum(MOOD "ALTER TYPE mood RENAME TO state", "mood", NULL);
    expect_enum(MOOD "ALTER TYPE mood RENAME TO state", "state", "ok it's");
    /* made anew under its name */
    expect_enum(MOOD "ALTER TYPE mood RENAME TO mood__old; CREATE TYPE mood AS ENUM ('x'); DROP TYPE mood__old", "mood",
                "x");
    /* not understood: then nothing is said */
    expect_enum(MOOD "ALTER TYPE mood ADD VALUE 'c' AFTER 'nowhere'", "mood", NULL);
    expect_enum("CREATE TYPE point3 AS (x integer, y integer)", "point3", NULL);
}

#define VIEW "{\"op\": \"create_object\", \"kind\": \"view\", \"name\": \"v\", \"definition\": "
#define TEXTS "{\"default\": [\"CREATE VIEW v\", \"AS SELECT 1\"], \"mysql\": \"CREATE VIEW v AS SELECT 2\"}}"
static const char view_operation[] = VIEW TEXTS;

static void test_operations(void **state)
{
    (void)state;
    static const char *const operations[] = {
        "{\"op\": \"create_enum\", \"name\": \"mood\", \"values\": [\"ok\"]}",
        "{\"op\": \"create_table\", \"table_name\": {\"sqlite\": \"t\", \"default\": \"u\"}, \"comment\": \"Rows\"}",
        view_operation, "{\"op\": \"create_sequence\", \"name\": \"q\"}",
        "{\"op\": \"drop_sequence\", \"name\": \"q\"}"};
    g_autoptr(FileNames) names = file_names_new(&postgresql_dialect), other = file_names_new(&mariadb_dialect);
    for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
        g_autoptr(cJSON) operation = cJSON_Parse(operations[i]);
        assert_non_null(operation);
        file_names_add_operation(names, operation);
        file_names_add_operation(other, operation);
    }
    assert_string_equal(file_names_definition(names, "type", "mood"), "");
    assert_string_equal(file_names_definition(names, "view", "v"), "CREATE VIEW v\nAS SELECT 1");
    assert_string_equal(file_names_definition(other, "view", "v"), "CREATE VIEW v AS SELECT 2");
    assert_null(file_names_definition(names, "sequence", "q"));
    assert_true(file_names_has(names, "u"));
    assert_true(file_names_has_string(names, "Rows"));
    assert_false(file_names_has_string(names, "rows"));
}

static void test_unfinished(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(FileNames) names = file_names_new(&postgresql_dialect);
    assert_false(file_names_add_sql(names, "b.sql", "SELECT 'x", 9, &error));
    assert_non_null(strstr(error->message, "b.sql:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_created_and_dropped),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_unfinished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
