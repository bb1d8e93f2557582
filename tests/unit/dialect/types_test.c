/* Types in SQLite's spelling and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"

static SqlType *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    SqlType *type = sql_type_parse(text, &error);
    if (type == NULL)
        fail_msg("%s", error->message);
    return type;
}

/* As SQLAlchemy 2.0's SQLite compiler writes them. */
static const char *const spellings[][2] = {
    {"Integer", "INTEGER"},
    {"SmallInteger", "SMALLINT"},
    {"BigInteger", "BIGINT"},
    {"Float", "FLOAT"},
    {"Float(53)", "FLOAT"},
    {"Double", "DOUBLE"},
    {"Numeric", "NUMERIC"},
    {"Numeric(10)", "NUMERIC(10)"},
    {"Numeric(10, 2)", "NUMERIC(10, 2)"},
    {"Boolean", "BOOLEAN"},
    {"String", "VARCHAR"},
    {"String(20)", "VARCHAR(20)"},
    {"Text", "TEXT"},
    {"Unicode(7)", "VARCHAR(7)"},
    {"UnicodeText", "TEXT"},
    {"LargeBinary", "BLOB"},
    {"Date", "DATE"},
    {"Time", "TIME"},
    {"DateTime", "DATETIME"},
    {"DateTime(timezone=true)", "DATETIME"},
    {"Interval", "DATETIME"},
    {"JSON", "JSON"},
    {"Uuid", "CHAR(32)"},
    {"Enum('a', 'b\xC3\xA4r')", "VARCHAR(3)"},
    {"NullType", ""},
    {"UNSIGNED BIG INT", "UNSIGNED BIG INT"},
};

static void test_spellings(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_autoptr(SqlType) type = parse(spellings[i][0]);
        g_autofree char *sql = sqlite_dialect.type_sql(type, NULL);
        assert_non_null(sql);
        assert_string_equal(sql, spellings[i][1]);
        g_autoptr(SqlType) back = sqlite_dialect.type_from_sql(sql);
        assert_true(sqlite_dialect.type_equal(type, back));
        g_autofree char *again = sqlite_dialect.type_sql(back, NULL);
        assert_string_equal(again, sql);
    }
}

static void test_unsupported(void **state)
{
    (void)state;
    const char *const texts[] = {"ARRAY(Integer)", "Enum(order_status)"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SqlType) type = parse(texts[i]);
        assert_null(sqlite_dialect.type_sql(type, &error));
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
        assert_true(sqlite_dialect.type_equal(type, type));
    }
}

/* A catalog spelling and how a model says it. */
static void test_from_sql(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"integer", "Integer"},
        {"VarChar ( 20 )", "String(20)"},
        {"NUMERIC(10,2)", "Numeric(10, 2)"},
        {"numeric( 10 )", "Numeric(10)"},
        {"", "NullType"},
        {"int", "INT"},
        {"Double\n/* c */ Precision", "DOUBLE PRECISION"},
        {"decimal(10,5)", "DECIMAL(10, 5)"},
        {"DECIMAL(-1, +5)", "DECIMAL(-1, +5)"},
        {"INTEGER(11)", "INTEGER(11)"},
        {"VARCHAR(007)", "VARCHAR(007)"},
        {"VARCHAR(99999999999999999999)", "VARCHAR(99999999999999999999)"},
        {"VARCHAR(1, 2)", "VARCHAR(1, 2)"},
        {"CHAR(32)", "CHAR(32)"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SqlType) type = sqlite_dialect.type_from_sql(cases[i][0]);
        g_autofree char *text = sql_type_to_string(type);
        assert_string_equal(text, cases[i][1]);
    }
}

static void test_equal(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        gboolean equal;
    } cases[] = {
        {"String(20)", "VARCHAR(20)", TRUE},
        {"Uuid", "CHAR(32)", TRUE},
        {"DECIMAL(10,5)", "DECIMAL( 10, 5 )", TRUE},
        {"String(20)", "String(21)", FALSE},
        {"Unicode", "String", TRUE},
        {"String", "Text", FALSE},
        {"Integer", "INT", FALSE},
        {"Integer", "BIGINT", FALSE},
        {"Interval", "DateTime", TRUE},
        {"Numeric(10)", "Numeric(10, 0)", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SqlType) a = parse(cases[i].a);
        g_autoptr(SqlType) b = parse(cases[i].b);
        if (sqlite_dialect.type_equal(a, b) != cases[i].equal || sqlite_dialect.type_equal(b, a) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_from_sql),
        cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests_name("dialect/types", tests, NULL, NULL);
}
