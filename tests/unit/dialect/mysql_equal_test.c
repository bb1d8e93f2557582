/* What is the same text for MySQL and MariaDB; the server says what it makes of both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "dialect/dialect.h"
#include "support/mysql.h"

static void assert_normal(const char *text, const char *expected)
{
    g_autofree char *normal = sql_normalise(&mariadb_dialect, text);
    g_autofree char *again = sql_normalise(&mariadb_dialect, normal);
    if (strcmp(normal, expected) != 0)
        fail_msg("%s: '%s', not '%s'", text, normal, expected);
    assert_string_equal(again, normal);
}

/* Expressions over a INT, b INT, s VARCHAR(20) that mean the same. */
static const char *const same[][2] = {
    {"a && b || a", "a AND b OR a"},
    {"a != b", "`A` <> `b`"},
    {"a MOD b", "a % b"},
    {"`a` mod (b)", "a MOD (b)"},
    {"s RLIKE \"x\"", "s regexp 'x'"},
    {"s = _utf8mb4'x'", "s = 'x'"},
    {"s = _utf8'x'", "s = _utf8'x'"},
    {"s = 'a' \"b\"  'c'", "s = 'abc'"},
    {"s = 'it\\'s \\\" \\n\\t\\%\\x'", "s = \"it's \"\" \n\t\\\\%x\""},
    {"s = 'a\\\\'", "s = \"a\\\\\""},
    {"s = 'a\\0b'", "s = \"a\\0b\""},
    {"s = N'it\\'s'", "s = n'it''s'"},
    {"lcase(s) = ucase(s)", "lower(s) = UPPER(s)"},
    {"mid(s, 1, 2)", "substring(s, 1, 2)"},
    {"substr(s, 1, 2)", "SUBSTRING(s, 1, 2)"},
    {"power(a, 2) + ceiling(b)", "pow(a, 2) + ceil(b)"},
    {"character_length(s) > octet_length(s)", "char_length(s) > length(s)"},
    {"cast(s AS SIGNED INTEGER)", "cast(s as signed)"},
    {"cast(s AS CHARACTER(3) CHARACTER SET utf8)", "cast(s as char(3) charset utf8mb3)"},
    {"cast(s AS DEC(5,2))", "cast(s as decimal(5,2))"},
    {"convert(s USING utf8)", "convert(s using utf8mb3)"},
    {"s = convert('x' using utf8) COLLATE utf8_bin", "s = convert('x' using utf8mb3) collate utf8mb3_bin"},
    {"now() > curdate()", "current_timestamp > current_date()"},
    {"localtimestamp = LOCALTIME()", "now() = current_timestamp(0)"},
    {"now(6)", "CURRENT_TIMESTAMP(6)"},
    {"utc_timestamp()", "utc_timestamp"},
    {"schema() = session_user()", "database() = system_user()"},
};

static void test_same(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        if (!sql_equal(&mysql_dialect, same[i][0], same[i][1])) {
            g_autofree char *first = sql_normalise(&mysql_dialect, same[i][0]);
            g_autofree char *second = sql_normalise(&mysql_dialect, same[i][1]);
            fail_msg("'%s' is not '%s'", first, second);
        }
}

/* Neither names nor anything else that only looks alike. */
static void test_different(void **state)
{
    (void)state;
    const char *const texts[][2] = {
        {"0", "0.0"},
        {"1e5", "100000"},
        {"'A'", "'a'"},
        {"a", "'a'"},
        {"t.now()", "now()"},
        {"a IS TRUE", "a IS 1"},
        {"mod(a, b)", "a % b"},
        {"_latin1'x'", "'x'"},
        {"'a' , 'b'", "'ab'"},
        {"now", "current_timestamp"},
        {"t.`integer`", "t.`int`"},
        {"(a)+b", "a+b"},
        {"INSERT INTO mid (a) VALUES (1)", "INSERT INTO substr (a) VALUES (1)"},
        {"x'41'", "'A'"},
        {"'a\\\\%'", "'a%'"},
        {"N'a'", "'a'"},
        {"'a\\0'", "'a0'"},
        {"now(6)", "now()"},
        {"!a", "not a"},
        {"/*!50000 a */", "a"},
        {"'\\\\n'", "'\\n'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (sql_equal(&mariadb_dialect, texts[i][0], texts[i][1]))
            fail_msg("'%s' is not '%s'", texts[i][0], texts[i][1]);
}

static void test_normal(void **state)
{
    (void)state;
    assert_normal("`Order` = \"X\" AND @Abc > 1E5", "`order` = 'X' and @abc > 1e5");
    assert_normal("TRUE", "1");
    assert_normal("(false)", "0");
    assert_normal("now ()()", "current_timestamp");
    assert_normal("a INNER JOIN b LEFT OUTER JOIN c ORDER BY x ASC, y DESC",
                  "a join b left join c order by x , y desc");
    assert_normal("inner inner join", "join");
    assert_normal("'a' _utf8mb4 _utf8mb4 'b' asc 'c'", "'abc'");
    assert_normal("/*M!100100 CHARACTER SET = UTF8 */", "/*M!100100 charset = utf8mb3 */");
    assert_normal("\\N", "null");
    assert_normal("'never ends", "'never ends");
    assert_normal("t.asc, t.integer, t.inner join", "t . asc , t . integer , t . inner join");
    assert_normal("t.1e5a = t.`1E5A`", "t . `1e5a` = t . `1e5a`");
    assert_normal("t.\\N", "t . \\N");
    assert_normal("'", "'");
    assert_normal("''", "''");
    assert_normal("", "");
}

/* A view of either is the same for the server. */
static void test_server_agrees(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("test_equal");
    mysql_run(url, "CREATE TABLE t (a INT, b INT, s VARCHAR(20))");
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *script = g_strdup_printf(
            "CREATE OR REPLACE VIEW v AS SELECT %s AS x FROM t; CREATE OR REPLACE VIEW w AS SELECT %s AS x FROM t",
            same[i][0], same[i][1]);
        mysql_run(url, script);
        g_autofree char *first = mysql_rows(url, "SELECT lower(view_definition) FROM information_schema.views "
                                                 "WHERE table_schema = database() AND table_name = 'v'");
        g_autofree char *second = mysql_rows(url, "SELECT lower(view_definition) FROM information_schema.views "
                                                  "WHERE table_schema = database() AND table_name = 'w'");
        assert_non_null(strstr(first, "select"));
        if (strcmp(first, second) != 0)
            fail_msg("%s: %s%s: %s", same[i][0], first, same[i][1], second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_different),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_server_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
