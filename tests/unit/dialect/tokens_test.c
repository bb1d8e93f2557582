/* What all dialects share, with SQLite's tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"

static void assert_normal(const char *text, const char *expected)
{
    g_autofree char *normal = sql_normalise(&sqlite_dialect, text);
    assert_string_equal(normal, expected);
    /* What is normal stays as it is. */
    g_autofree char *again = sql_normalise(&sqlite_dialect, normal);
    assert_string_equal(again, expected);
}

static void test_normalise(void **state)
{
    (void)state;
    assert_normal("Total>=0 AND\n\t\"Name\" != 'It''s  X' -- c\n", "total >= 0 and name <> 'It''s  X'");
    assert_normal("((a) + (b))", "( a ) + ( b )");
    assert_normal("(a) + (b)", "( a ) + ( b )");
    assert_normal("(((a)))", "a");
    assert_normal("((a)", "( ( a )");
    assert_normal("()", "( )");
    assert_normal("(())", "( )");
    assert_normal("", "");
    assert_normal(" /* c */ ; ;", "");
    assert_normal("a == X'AB' and [b c] = `d`", "a = x'ab' and \"b c\" = d");
    assert_normal("\"Select\" = \"A\"\"B\"", "\"select\" = \"a\"\"b\"");
    assert_normal("1E5 + 0x1F", "1E5 + 0x1F");
    assert_normal("'never ends", "'never ends");
}

static void test_equal(void **state)
{
    (void)state;
    const Dialect *dialect = &sqlite_dialect;
    assert_true(sql_equal(dialect, NULL, NULL));
    assert_false(sql_equal(dialect, NULL, ""));
    assert_false(sql_equal(dialect, "a", NULL));
    assert_true(sql_equal(dialect, "(a > 0)", "A>0"));
    assert_true(sql_equal(dialect, "CREATE VIEW \"v\" AS SELECT 1;", "create view v as\nselect 1"));
    assert_false(sql_equal(dialect, "'A'", "'a'"));
    assert_false(sql_equal(dialect, "a b", "ab"));
    assert_false(sql_equal(dialect, "1.0", "1"));
    assert_false(sql_equal(dialect, "a", "'a'"));
    assert_false(sql_equal(dialect, "a - -1", "a -- -1"));
}

static char *hash(const char *text)
{
    return sql_token_hash(&sqlite_dialect, text, strlen(text));
}

static void assert_hash(const char *a, const char *b, gboolean same)
{
    g_autofree char *hash_a = hash(a);
    g_autofree char *hash_b = hash(b);
    assert_int_equal(strlen(hash_a), 64);
    if ((strcmp(hash_a, hash_b) == 0) != same)
        fail_msg("'%s' and '%s'", a, b);
}

static void test_hash(void **state)
{
    (void)state;
    assert_hash("SELECT 1;\nSELECT 2;\n", "-- c\r\nSELECT\t1 /* d */;\r\nSELECT 2", TRUE);
    assert_hash("SELECT 1", "\xEF\xBB\xBFSELECT 1;;", TRUE);
    assert_hash("", " -- nothing", TRUE);
    assert_hash("SELECT 1", "select 1", FALSE);
    assert_hash("SELECT 'a\nb'", "SELECT 'a\r\nb'", FALSE);
    assert_hash("SELECT 'a'", "SELECT 'a '", FALSE);
    assert_hash("SELECT a b", "SELECT ab", FALSE);
    assert_hash("SELECT 1; SELECT 2", "SELECT 1 SELECT 2", FALSE);
    assert_hash("SELECT \"a\"", "SELECT a", FALSE);
    assert_hash("a'b'", "a 'b'", TRUE);
    /* Hashes are kept in databases: they never change. */
    g_autofree char *fixed = hash("SELECT 1;");
    assert_string_equal(fixed, "7ad65f73cf6acfd85d1240a579325180605e52b8ca561ea1fdc127e84abdbdde");
}

static void test_identifiers(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) names =
        sql_identifiers(&sqlite_dialect, "CREATE VIEW v AS SELECT a.\"X y\", 'str' FROM [A] JOIN `b` /* c */ ON 1=x.v");
    const char *const expected[] = {"CREATE", "VIEW", "v", "AS", "SELECT", "a", "X y", "FROM", "JOIN", "b", "ON", "x"};
    assert_int_equal(names->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < names->len; i++)
        assert_string_equal(names->pdata[i], expected[i]);
}

static void test_token_identifier(void **state)
{
    (void)state;
    const char *const cases[][2] = {{"abc", "abc"},      {"\"a\"\"b\"", "a\"b"}, {"[a]", "a"},      {"`a``b`", "a`b"},
                                    {"'it''s'", "it's"}, {"\"\"", ""},           {"\"\"\"\"", "\""}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        SqlToken token = sqlite_dialect.next_token(cases[i][0], strlen(cases[i][0]), 0);
        g_autofree char *name = sql_token_identifier(&token, cases[i][0]);
        assert_string_equal(name, cases[i][1]);
    }
}

static void test_quoting(void **state)
{
    (void)state;
    const char *const names[][2] = {{"orders", "orders"},   {"Orders_2", "Orders_2"},
                                    {"order", "\"order\""}, {"a b", "\"a b\""},
                                    {"a\"b", "\"a\"\"b\""}, {"", "\"\""},
                                    {"2a", "\"2a\""},       {"\xC3\xA4", "\"\xC3\xA4\""},
                                    {"a$", "\"a$\""},       {"key", "key"},
                                    {"End", "\"End\""}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *quoted = sqlite_dialect.quote_identifier(names[i][0]);
        assert_string_equal(quoted, names[i][1]);
    }
    g_autofree char *literal = sqlite_dialect.quote_literal("it's");
    assert_string_equal(literal, "'it''s'");
    g_autofree char *null = sqlite_dialect.quote_literal(NULL);
    assert_string_equal(null, "NULL");
}

static void test_registry(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_ptr_equal(dialect_find("sqlite", NULL), &sqlite_dialect);
    assert_ptr_equal(dialect_find("SQLite", NULL), &sqlite_dialect);
    assert_null(dialect_find("oracle", &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_DIALECT));
    assert_non_null(strstr(error->message, "'oracle'"));
    assert_non_null(strstr(error->message, "sqlite"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalise),        cmocka_unit_test(test_equal),   cmocka_unit_test(test_hash),
        cmocka_unit_test(test_identifiers),      cmocka_unit_test(test_quoting), cmocka_unit_test(test_registry),
        cmocka_unit_test(test_token_identifier),
    };
    return cmocka_run_group_tests_name("dialect/tokens", tests, NULL, NULL);
}
