/* What a column that takes no NULL gets when it comes back in a downgrade: the server must take it for every type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/postgresql/compiler.h"
#include "schema/model.h"
#include "support/postgresql.h"

static char *value_of(const MetaData *database, const char *spelling)
{
    g_autoptr(SqlType) type = postgresql_type_from_sql(spelling);
    return postgresql_neutral_value(database, type);
}

/* As the column comes back: into a table with a row, with a default for a moment. Gives what the row has then. */
static char *fill(const char *url, const char *spelling, const char *value)
{
    g_autofree char *script =
        g_strdup_printf("DROP TABLE IF EXISTS t; CREATE TABLE t (id integer); INSERT INTO t VALUES (1); "
                        "ALTER TABLE t ADD COLUMN c %s DEFAULT %s NOT NULL; ALTER TABLE t ALTER COLUMN c DROP DEFAULT",
                        spelling, value);
    postgresql_run(url, script);
    return g_strchomp(postgresql_rows(url, "SELECT c::text FROM t"));
}

/* aclitem must name a role; the others take no input. */
static void test_every_builtin_type(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("neutral_builtin");
    g_autofree char *rows = postgresql_rows(
        url, "SELECT format_type(oid, NULL) FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND "
             "typtype IN ('b', 'r', 'm') AND typname !~ "
             "'^(gtsvector|pg_.*_list|pg_brin.*|pg_n.*|pg_dep.*)$' AND "
             "typname <> 'aclitem' AND typcategory NOT IN ('A', 'Z') ORDER BY 1");
    g_auto(GStrv) names = g_strsplit(g_strchomp(rows), "\n", -1);
    g_autoptr(MetaData) database = metadata_new(FALSE);
    assert_true(g_strv_length(names) > 60);
    for (guint i = 0; names[i]; i++) {
        g_autofree char *value = value_of(database, names[i]);
        if (!value)
            fail_msg("%s has no value", names[i]);
        g_free(fill(url, names[i], value));
    }
}

static void assert_fills(const char *url, const MetaData *database, const char *spelling, const char *wanted)
{
    g_autofree char *value = value_of(database, spelling);
    if (!value)
        fail_msg("%s has no value", spelling);
    g_autofree char *found = fill(url, spelling, value);
    assert_string_equal(found, wanted);
}

static void test_arguments(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("neutral_arguments");
    g_autoptr(MetaData) database = metadata_new(FALSE);
    assert_fills(url, database, "bit", "0");
    assert_fills(url, database, "bit(5)", "00000");
    assert_fills(url, database, "varbit(5)", "");
    assert_fills(url, database, "char(6)", "");
    assert_fills(url, database, "numeric(4, 2)", "0.00");
    assert_fills(url, database, "interval hour to minute", "00:00:00");
    assert_fills(url, database, "interval second(3)", "00:00:00");
    assert_fills(url, database, "int4range", "empty");
    assert_fills(url, database, "jsonb", "{}");
    assert_fills(url, database, "json[]", "{}");
}

static void add_object(const char *url, const MetaData *database, const char *kind, const char *schema,
                       const char *name, const char *definition)
{
    postgresql_run(url, definition);
    g_ptr_array_add(database->objects, schema_object_new(kind, schema, name, definition));
}

static void test_own_types(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("neutral_own");
    g_autoptr(MetaData) database = metadata_new(FALSE);
    postgresql_run(url, "CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('it''s', 'ok')");
    EnumType *mood = enum_type_new("app", "mood");
    g_ptr_array_add(mood->values, g_strdup("it's"));
    g_ptr_array_add(mood->values, g_strdup("ok"));
    g_ptr_array_add(database->enums, mood);
    add_object(url, database, "domain", NULL, "Short text",
               "CREATE DOMAIN \"Short text\" AS varchar(30) CONSTRAINT not_x CHECK (VALUE <> 'x')");
    add_object(url, database, "domain", "app", "octet", "CREATE DOMAIN app.octet AS bit(8)");
    add_object(url, database, "domain", NULL, "own", "CREATE DOMAIN own AS integer DEFAULT 7 CHECK (VALUE > 5)");
    add_object(url, database, "range_type", NULL, "span", "CREATE TYPE span AS RANGE (SUBTYPE = time)");
    assert_fills(url, database, "\"Short text\"", "");
    assert_fills(url, database, "app.octet", "00000000");
    assert_fills(url, database, "span", "empty");
    g_autofree char *with_default = value_of(database, "own"), *unknown = value_of(database, "app.unknown");
    assert_null(with_default);
    assert_null(unknown);
    g_autoptr(SqlType) type = sql_type_new(SQL_TYPE_ENUM);
    type->name = g_strdup("app.mood");
    g_autofree char *value = postgresql_neutral_value(database, type);
    g_autofree char *found = fill(url, "app.mood", value);
    assert_string_equal(found, "it's");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_builtin_type),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_own_types),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_neutral", tests, NULL, NULL);
}
