/* Types in PostgreSQL's spelling and back; the server's format_type() is the oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/postgresql.h"

static SqlType *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    SqlType *type = sql_type_parse(text, &error);
    if (type == NULL)
        fail_msg("%s", error->message);
    return type;
}

/* As SQLAlchemy 2.0's PostgreSQL compiler writes them. */
static const char *const spellings[][2] = {
    {"Integer", "INTEGER"},
    {"SmallInteger", "SMALLINT"},
    {"BigInteger", "BIGINT"},
    {"Float", "FLOAT"},
    {"Float(24)", "FLOAT(24)"},
    {"Double", "DOUBLE PRECISION"},
    {"Numeric", "NUMERIC"},
    {"Numeric(10)", "NUMERIC(10)"},
    {"Numeric(10, 2)", "NUMERIC(10, 2)"},
    {"Boolean", "BOOLEAN"},
    {"String", "VARCHAR"},
    {"String(20)", "VARCHAR(20)"},
    {"Text", "TEXT"},
    {"Unicode(7)", "VARCHAR(7)"},
    {"UnicodeText", "TEXT"},
    {"LargeBinary(7)", "BYTEA"},
    {"Date", "DATE"},
    {"Time", "TIME WITHOUT TIME ZONE"},
    {"Time(timezone=true, precision=3)", "TIME(3) WITH TIME ZONE"},
    {"DateTime", "TIMESTAMP WITHOUT TIME ZONE"},
    {"DateTime(timezone=true)", "TIMESTAMP WITH TIME ZONE"},
    {"DateTime(precision=0)", "TIMESTAMP(0) WITHOUT TIME ZONE"},
    {"Interval", "INTERVAL"},
    {"Interval(precision=2)", "INTERVAL(2)"},
    {"JSON", "JSON"},
    {"Uuid", "UUID"},
    {"Enum(mood)", "mood"},
    {"Enum('a', name=mood)", "mood"},
    {"Enum(\"My mood\")", "\"My mood\""},
    {"Enum(app.mood)", "app.mood"},
    {"ARRAY(Integer)", "INTEGER[]"},
    {"ARRAY(ARRAY(String(3)))", "VARCHAR(3)[][]"},
    {"JSONB", "JSONB"},
    {"Native('mood')", "mood"},
};

static void test_spellings(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_autoptr(SqlType) type = parse(spellings[i][0]);
        g_autofree char *sql = postgresql_dialect.type_sql(type, NULL);
        assert_string_equal(sql, spellings[i][1]);
    }
    const char *const none[] = {"NullType", "Enum('a', 'b')"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SqlType) type = parse(none[i]);
        assert_null(postgresql_dialect.type_sql(type, &error));
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
        assert_true(postgresql_dialect.type_equal(type, type));
    }
}

/* Users' spellings and the catalog's, and the type they stand for. */
static const char *const read_as[][2] = {
    {"integer", "Integer"},
    {"int", "Integer"},
    {"INT4", "Integer"},
    {"pg_catalog.int4", "Integer"},
    {"\"int4\"", "Integer"},
    {"int2", "SmallInteger"},
    {"int8", "BigInteger"},
    {"real", "Float(24)"},
    {"float4", "Float(24)"},
    {"float(1)", "Float(24)"},
    {"float", "Double"},
    {"float(25)", "Double"},
    {"float8", "Double"},
    {"double  precision", "Double"},
    {"decimal", "Numeric"},
    {"numeric( 10 , 2 )", "Numeric(10, 2)"},
    {"dec(10)", "Numeric(10, 0)"},
    {"numeric(3,-2)", "NUMERIC(3,-2)"},
    {"bool", "Boolean"},
    {"character varying", "String"},
    {"varchar(20)", "String(20)"},
    {"char varying(20)", "String(20)"},
    {"national character varying(20)", "String(20)"},
    {"text", "Text"},
    {"bytea", "LargeBinary"},
    {"date", "Date"},
    {"time", "Time"},
    {"time(3) with time zone", "Time(timezone=true, precision=3)"},
    {"timetz(3)", "Time(timezone=true, precision=3)"},
    {"timestamp", "DateTime"},
    {"timestamp without time zone", "DateTime"},
    {"timestamptz", "DateTime(timezone=true)"},
    {"timestamp(0) with time zone", "DateTime(timezone=true, precision=0)"},
    {"interval", "Interval"},
    {"interval(3)", "Interval(precision=3)"},
    {"interval day to second(3)", "INTERVAL DAY TO SECOND(3)"},
    {"interval hour", "INTERVAL HOUR"},
    {"json", "JSON"},
    {"jsonb", "JSONB"},
    {"uuid", "Uuid"},
    {"integer[]", "ARRAY(Integer)"},
    {"int array[3]", "ARRAY(Integer)"},
    {"varchar(3)[][4]", "ARRAY(String(3))"},
    {"timestamptz[]", "ARRAY(DateTime(timezone=true))"},
    {"inet[]", "ARRAY(INET)"},
    {"character(10)", "CHARACTER(10)"},
    {"char", "CHARACTER(1)"},
    {"bpchar", "BPCHAR"},
    {"bpchar(10)", "CHARACTER(10)"},
    {"\"char\"", "Native('\"char\"')"},
    {"bit", "BIT(1)"},
    {"varbit(5)", "BIT VARYING(5)"},
    {"\"bit\"", "Native('\"bit\"')"},
    {"int4range", "INT4RANGE"},
    {"tsvector", "TSVECTOR"},
    {"serial", "Native('serial')"},
    {"mood", "Native('mood')"},
    {"Mood", "Native('mood')"},
    {"\"Mood\"", "Native('\"Mood\"')"},
    {"app.\"mood\"", "Native('app.mood')"},
    {"geometry(Point,4326)", "Native('geometry(point,4326)')"},
    {"hstore", "Native('hstore')"},
};

static void test_read(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(read_as); i++) {
        g_autoptr(SqlType) type = postgresql_dialect.type_from_sql(read_as[i][0]);
        g_autofree char *text = sql_type_to_string(type);
        g_autoptr(SqlType) expected = parse(read_as[i][1]);
        g_autoptr(SqlType) native = sql_type_new_native(read_as[i][0]);
        if (!sql_type_equal(type, expected) || !postgresql_dialect.type_equal(type, native))
            fail_msg("%s is read as %s", read_as[i][0], text);
        g_autoptr(SqlType) again = parse(text);
        assert_true(sql_type_equal(type, again));
    }
}

static void test_equal(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        gboolean equal;
    } cases[] = {
        {"Numeric(10)", "DECIMAL(10,0)", TRUE},
        {"Numeric(10, 2)", "NUMERIC(10,3)", FALSE},
        {"Float(24)", "REAL", TRUE},
        {"Float(25)", "Double", TRUE},
        {"Float", "FLOAT8", TRUE},
        {"String(20)", "VARCHAR(20)", TRUE},
        {"String(20)", "Unicode(20)", TRUE},
        {"String(20)", "VARCHAR(21)", FALSE},
        {"String", "Text", FALSE},
        {"DateTime(precision=6)", "DateTime", FALSE},
        {"DateTime(timezone=true)", "TIMESTAMPTZ", TRUE},
        {"DateTime(timezone=true)", "DateTime", FALSE},
        {"ARRAY(ARRAY(Integer))", "INT4[]", TRUE},
        {"ARRAY(Integer)", "ARRAY(BigInteger)", FALSE},
        {"Enum(mood)", "Native('mood')", TRUE},
        {"Enum(\"Mood\")", "Native('mood')", FALSE},
        {"Enum(app.mood)", "Native('\"app\".mood')", TRUE},
        {"Enum('a', name=mood)", "Enum(mood)", TRUE},
        {"CHAR", "CHARACTER(1)", TRUE},
        {"CHAR", "Native('\"char\"')", FALSE},
        {"BPCHAR", "CHAR", FALSE},
        {"BIT VARYING( 5 )", "VARBIT(5)", TRUE},
        {"INTERVAL  SECOND (3)", "Native('interval second(3)')", TRUE},
        {"Native('geometry(Point, 4326)')", "Native('geometry(Point,4326)')", TRUE},
        {"Native('\"text\"')", "Text", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SqlType) a = parse(cases[i].a);
        g_autoptr(SqlType) b = parse(cases[i].b);
        if (postgresql_dialect.type_equal(a, b) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
}

/* What the server makes of a type, NULL when it has none of that name. */
static char *format_type(const char *url, const char *spelling)
{
    g_autofree char *create = g_strdup_printf("DROP TABLE IF EXISTS t; CREATE TABLE t (a %s)", spelling);
    postgresql_run(url, create);
    char *rows = postgresql_rows(url, "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                                      "WHERE attrelid = 't'::regclass AND attnum = 1");
    return g_strchomp(rows);
}

static void test_server_agrees(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("types");
    postgresql_run(url, "CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('a'); CREATE TYPE app.mood AS ENUM ('a'); "
                        "CREATE TYPE \"Mood\" AS ENUM ('a'); CREATE TYPE \"My mood\" AS ENUM ('a')");
    for (gsize i = 0; i < G_N_ELEMENTS(read_as) + G_N_ELEMENTS(spellings); i++) {
        gboolean own = i >= G_N_ELEMENTS(read_as);
        const char *spelling = own ? spellings[i - G_N_ELEMENTS(read_as)][1] : read_as[i][0];
        if (strcmp(spelling, "serial") == 0 || strcmp(spelling, "hstore") == 0 || strstr(spelling, "geometry"))
            continue;
        g_autofree char *formatted = format_type(url, spelling);
        g_autoptr(SqlType) ours = postgresql_dialect.type_from_sql(spelling);
        g_autoptr(SqlType) theirs = postgresql_dialect.type_from_sql(formatted);
        if (!sql_type_equal(ours, theirs) || !postgresql_dialect.type_equal(ours, theirs))
            fail_msg("%s is %s", spelling, formatted);
        g_autofree char *written = postgresql_dialect.type_sql(theirs, NULL);
        g_autofree char *again = format_type(url, written);
        assert_string_equal(again, formatted);
    }
}

/* All that a column can be of: each built-in type, and its array. */
static void test_every_builtin_type(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("builtin");
    g_autofree char *rows = postgresql_rows(
        url,
        "SELECT format_type(oid, NULL) FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND "
        "typtype IN ('b', 'r', 'm') AND typname !~ '^_?(pg_|gtsvector|cstring)' AND typcategory <> 'Z' ORDER BY 1");
    g_auto(GStrv) names = g_strsplit(g_strchomp(rows), "\n", -1);
    g_autoptr(GString) create = g_string_new("CREATE TABLE t (");
    assert_true(g_strv_length(names) > 100);
    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(SqlType) type = postgresql_dialect.type_from_sql(names[i]);
        g_autofree char *sql = postgresql_dialect.type_sql(type, NULL);
        g_string_append_printf(create, "%sc%u %s", i ? ", " : "", i, sql);
    }
    g_string_append_c(create, ')');
    postgresql_run(url, create->str);
    g_autofree char *found =
        postgresql_rows(url, "SELECT format_type(atttypid, NULL), format_type(atttypid, atttypmod) "
                             "FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 "
                             "ORDER BY attnum");
    g_auto(GStrv) columns = g_strsplit(g_strchomp(found), "\n", -1);
    for (guint i = 0; names[i] != NULL; i++) {
        g_auto(GStrv) both = g_strsplit(columns[i], "|", 2);
        assert_string_equal(both[0], names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_server_agrees),
        cmocka_unit_test(test_every_builtin_type),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_types", tests, NULL, NULL);
}
