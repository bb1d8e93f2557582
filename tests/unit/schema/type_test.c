#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "schema/type.h"

/* Reads `text`, writes it, and reads what was written. */
static SqlType *parse(const char *text, const char *written)
{
    g_autoptr(GError) error = NULL;
    SqlType *type = sql_type_parse(text, &error);
    if (error)
        fail_msg("%s", error->message);
    g_autofree char *out = sql_type_to_string(type);
    assert_string_equal(out, written);
    g_autoptr(SqlType) again = sql_type_parse(out, &error);
    assert_null(error);
    assert_true(sql_type_equal(type, again));
    g_autoptr(SqlType) copy = sql_type_copy(type);
    assert_true(sql_type_equal(type, copy));
    return type;
}

static void check(const char *text, const char *written, SqlTypeKind kind)
{
    g_autoptr(SqlType) type = parse(text, written);
    assert_int_equal(type->kind, kind);
}

static void check_mistake(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    assert_null(sql_type_parse(text, &error));
    assert_true(g_error_matches(error, SCHEMA_ERROR, SCHEMA_ERROR_TYPE));
    if (!strstr(error->message, expected))
        fail_msg("'%s' does not say '%s'", error->message, expected);
}

static void test_generic(void **state)
{
    (void)state;
    static const char *const plain[] = {"Integer",     "SmallInteger", "BigInteger", "Float",    "Double",
                                        "Numeric",     "Boolean",      "String",     "Text",     "Unicode",
                                        "UnicodeText", "LargeBinary",  "Date",       "Time",     "DateTime",
                                        "Interval",    "JSON",         "Uuid",       "NullType", NULL};
    for (int i = 0; plain[i]; i++) {
        g_autoptr(SqlType) type = parse(plain[i], plain[i]);
        assert_int_not_equal(type->kind, SQL_TYPE_NATIVE);
    }
    check(" Numeric ( 10 ,2 ) ", "Numeric(10, 2)", SQL_TYPE_NUMERIC);
    check("Numeric(precision=10, scale=2)", "Numeric(10, 2)", SQL_TYPE_NUMERIC);
    check("Numeric(10)", "Numeric(10)", SQL_TYPE_NUMERIC);
    check("String(length=20)", "String(20)", SQL_TYPE_STRING);
    check("String()", "String", SQL_TYPE_STRING);
    check("DateTime(timezone=True)", "DateTime(timezone=true)", SQL_TYPE_DATE_TIME);
    check("DateTime(precision=6, timezone=true)", "DateTime(timezone=true, precision=6)", SQL_TYPE_DATE_TIME);
    check("DateTime(timezone=false)", "DateTime", SQL_TYPE_DATE_TIME);
    check("Interval(precision=3)", "Interval(precision=3)", SQL_TYPE_INTERVAL);
    check("Float(53)", "Float(53)", SQL_TYPE_FLOAT);
    check("ARRAY(ARRAY(String(20)))", "ARRAY(ARRAY(String(20)))", SQL_TYPE_ARRAY);
    check("ARRAY(Enum('a'))", "ARRAY(Enum('a'))", SQL_TYPE_ARRAY);
}

static void test_enum(void **state)
{
    (void)state;
    g_autoptr(SqlType) values = parse("Enum('a','it''s', '', 'b)')", "Enum('a', 'it''s', '', 'b)')");
    assert_int_equal(g_strv_length(values->values), 4);
    assert_string_equal(values->values[1], "it's");
    assert_null(values->name);
    g_autoptr(SqlType) named = parse("Enum( order_status )", "Enum(order_status)");
    assert_string_equal(named->name, "order_status");
    assert_null(named->values);
    g_autoptr(SqlType) quoted = parse("Enum(\"my \"\"mood\"\"\")", "Enum(\"my \"\"mood\"\"\")");
    assert_string_equal(quoted->name, "my \"mood\"");
    g_autoptr(SqlType) both = parse("Enum('a', 'b', name=mood)", "Enum('a', 'b', name=mood)");
    assert_string_equal(both->name, "mood");
    assert_int_equal(g_strv_length(both->values), 2);
    check("Enum(app.mood)", "Enum(app.mood)", SQL_TYPE_ENUM);
}

static void test_native(void **state)
{
    (void)state;
    check("VARCHAR(20)", "VARCHAR(20)", SQL_TYPE_NATIVE);
    check("INTEGER UNSIGNED", "INTEGER UNSIGNED", SQL_TYPE_NATIVE);
    check("DOUBLE PRECISION", "DOUBLE PRECISION", SQL_TYPE_NATIVE);
    check("JSONB", "JSONB", SQL_TYPE_NATIVE);
    check("TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP(3) WITH TIME ZONE", SQL_TYPE_NATIVE);
    check("ENUM('a)', 'b;--')", "ENUM('a)', 'b;--')", SQL_TYPE_NATIVE);
    check("character varying(20)", "character varying(20)", SQL_TYPE_NATIVE);
    check("INTEGER[]", "INTEGER[]", SQL_TYPE_NATIVE);
    check("_INT4", "_INT4", SQL_TYPE_NATIVE);
    check("Native('mood')", "Native('mood')", SQL_TYPE_NATIVE);
    check("Native('VARCHAR(3)')", "VARCHAR(3)", SQL_TYPE_NATIVE);
    check("ARRAY(VARCHAR(20))", "ARRAY(VARCHAR(20))", SQL_TYPE_ARRAY);
    check("ARRAY(Native('it''s'))", "ARRAY(Native('it''s'))", SQL_TYPE_ARRAY);
}

/* Whatever a catalog spells comes back. */
static void test_native_round_trip(void **state)
{
    (void)state;
    static const char *const spellings[] = {"text",  "JSON",  "Integer", "A;B",  "A)",        "(",    "' '",
                                            "ARRAY", "x'y'z", "A -- b",  " A ",  "my.Type",   "A\nB", "Date",
                                            "A,B",   "A(",    "Enum(",   "A\"b", "Native(1)", "é",    NULL};
    for (int i = 0; spellings[i]; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SqlType) type = sql_type_new_native(spellings[i]);
        g_autoptr(SqlType) array = sql_type_new(SQL_TYPE_ARRAY);
        array->item = sql_type_copy(type);
        g_autofree char *text = sql_type_to_string(type), *array_text = sql_type_to_string(array);
        g_autoptr(SqlType) back = sql_type_parse(text, &error);
        g_autoptr(SqlType) array_back = error ? NULL : sql_type_parse(array_text, &error);
        if (error)
            fail_msg("%s", error->message);
        assert_true(sql_type_equal(type, back));
        assert_true(sql_type_equal(array, array_back));
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    check_mistake("", "missing");
    check_mistake("(", "expected the name");
    check_mistake("Integr", "did you mean 'Integer'?");
    check_mistake("integer", "did you mean 'Integer'?");
    check_mistake("varchar(20)", "in capitals");
    check_mistake("Integer(4)", "takes no arguments");
    check_mistake("Integer unsigned", "unexpected 'unsigned'");
    check_mistake("String(-1)", "'-1'");
    check_mistake("String(99999999999)", "'99999999999'");
    check_mistake("String(20", "closing )");
    check_mistake("String(20))", "unexpected ')'");
    check_mistake("String(20,3)", "too many");
    check_mistake("String(,)", "missing");
    check_mistake("Numeric(scale=2)", "needs a precision");
    check_mistake("Numeric(10, precision=9)", "twice");
    check_mistake("DateTime(6)", "write precision=6");
    check_mistake("DateTime(true)", "write timezone=true");
    check_mistake("DateTime(timezone=1)", "true or false");
    check_mistake("DateTime(zone=true)", "expected timezone or precision");
    check_mistake("Enum", "Enum('a', 'b')");
    check_mistake("Enum()", "expected values");
    check_mistake("Enum('a", "closing '");
    check_mistake("Enum('a', 'a')", "twice");
    check_mistake("Enum('a', b)", "name=");
    check_mistake("Enum(\"\")", "empty");
    check_mistake("ARRAY", "needs an argument");
    check_mistake("ARRAY()", "expected the name");
    check_mistake("ARRAY(Integer", "closing )");
    check_mistake("VARCHAR(20", "closing )");
    check_mistake("VARCHAR 20)", "too many");
    check_mistake("INTEGER; DROP TABLE t", "';'");
    check_mistake("INTEGER -- x", "comment");
    check_mistake("Native('')", "empty");
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(deep, "ARRAY(");
    check_mistake(deep->str, "arrays in each other");
}

static void test_equal(void **state)
{
    (void)state;
    g_autoptr(SqlType) a = sql_type_parse("Enum('a', 'b')", NULL), b = sql_type_parse("Enum('b', 'a')", NULL);
    g_autoptr(SqlType) c = sql_type_parse("Enum(a)", NULL), d = sql_type_parse("ARRAY(Integer)", NULL);
    g_autoptr(SqlType) e = sql_type_parse("ARRAY(Text)", NULL);
    assert_false(sql_type_equal(a, b));
    assert_false(sql_type_equal(a, c));
    assert_false(sql_type_equal(d, e));
    assert_false(sql_type_equal(a, NULL));
    assert_true(sql_type_equal(NULL, NULL));
    assert_null(sql_type_copy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generic),           cmocka_unit_test(test_enum),     cmocka_unit_test(test_native),
        cmocka_unit_test(test_native_round_trip), cmocka_unit_test(test_mistakes), cmocka_unit_test(test_equal),
    };
    return cmocka_run_group_tests_name("schema/type", tests, NULL, NULL);
}
