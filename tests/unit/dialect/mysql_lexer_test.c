/* Tokens of MySQL and MariaDB; the server says which words are reserved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/mysql.h"

#define DIALECT mariadb_dialect
#include "lexing.h"

static void test_tokens(void **state)
{
    (void)state;
    assert_kinds("SELECT a1$, _b, \xC3\xA4$, $c FROM t;", "w wo wo wo w w w;");
    assert_kinds("\xEF\xBB\xBFSELECT\r\n\t\f1", " w n");
    assert_kinds("'it''s' 'a\\' \"' \"a\"\"b\\\"\" `a``b` `a\\`", "s s s q q");
    assert_kinds("N'a\\'b' n'' _utf8mb4'x' X'4F' x'' b'01' B'1' _latin1 x'41'", "s s ws s s s s w s");
    assert_kinds("{ d '2020-01-01' } \\N ? !a ~b \\ \x01", "o w s o o p ow ow ! !");
    assert_kinds("", "");
}

static void test_numbers(void **state)
{
    (void)state;
    assert_kinds("1 1.5 .5 1. 1e5 1.e-5 1E+5 .5e1 0x1F 0b10", "n n n n n n n n n n");
    assert_kinds("1a 1e 0X1F 0B1 0xg 0b2 0x 1_0 12ab $1", "w w w w w w w w w w");
    assert_kinds("1e5a 1.5b 1-1 1..5", "nw nw non nn");
    assert_kinds("t.1a t.1e5 `t`.1 t.5 (.5) t .5", "wow wow qow wow ono w n");
}

static void test_variables(void **state)
{
    (void)state;
    assert_kinds("@a @a.b$1 @`a``b` @'a\\'' @\"a\" @@x @@global.x @@`x` @", "p p p p p p p p o");
    assert_kinds("`root`@`%` root@localhost 'a'@'10.0.%' @x:=1 @@ @1", "qp wp sp pon o p");
}

static void test_operators(void **state)
{
    (void)state;
    assert_kinds("a<=>b->>'$.x'->c:=d<=e>=f<>g!=h<<i>>j&&k||l", "wowosowowowowowowowowowow");
    assert_kinds("a%b^c&d|e=f<g>h*i/j+k-l", "wowowowowowowowowowowow");
    assert_kinds("<==> a--1 a- -1", "ooo woon wo on");
}

static void test_comments(void **state)
{
    (void)state;
    assert_kinds("1 -- c\n2 --\t# c\n--\n3 # d\r\n4--", "n c n c c n c nc");
    assert_kinds("a/*c*/b/**/c/* /* ; */ d /*+ hint */ ' */", "wcwcwc w c u");
    assert_kinds("--x --\x01 ; \n1", "oow c n");
    assert_kinds("-- a\r1\n2", "c n");
}

static void test_conditions(void **state)
{
    (void)state;
    assert_kinds("/*!40101 SET a='*/' */;", "e w wos e;");
    assert_kinds("/*!40101SET*/ /*! a */ /*M! b */ /*M!100100+1*/ /*!4000 +1 */", "ewe e w e e w e eone en on e");
    assert_kinds("/*!50003 a /* b */ c */ /*!100100 d*/", "e w c w e e we");
    assert_kinds("/*M!999999\\- enable the sandbox mode */ /*!99999 don't */ /*!999998 x*/", "c c e we");
    assert_kinds("3 */*c*/ 2", "n oc n");
    assert_kinds("/*!40101 a *//*!40101 b */", "e w ee w e");
}

static void test_unfinished(void **state)
{
    (void)state;
    const char *const texts[] = {"'a",   "\"a",  "`a",  "'a\\'", "/*",   "/* *",      "X'1", "n'a\\'",
                                 "`a``", "'a''", "@`a", "@'a",   "b'01", "/*!99999 ", "'\\"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_kinds(texts[i], "u");
}

static void test_nul_bytes_and_length(void **state)
{
    (void)state;
    g_autofree char *found = kinds("a\0b", 3);
    assert_string_equal(found, "w!w");
    const struct {
        const char *text;
        gsize length;
        const char *kinds;
    } cut[] = {{"'abc' more", 4, "u"}, {"->>", 2, "o"},  {"\xEF\xBB\xBF", 2, "w"}, {"x'", 1, "w"},  {"--a", 2, "c"},
               {"/*!50100", 7, "en"},  {"/*", 1, "o"},   {"1e5", 2, "w"},          {"@@a", 2, "o"}, {"*/", 1, "o"},
               {"0x1", 2, "w"},        {"/*M!", 3, "u"}, {"\\N", 1, "!"},          {".5", 1, "o"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cut); i++) {
        g_autofree char *exact = g_memdup2(cut[i].text, cut[i].length); /* a sanitizer sees what is read behind it */
        g_autofree char *kind = kinds(exact, cut[i].length);
        if (strcmp(kind, cut[i].kinds) != 0)
            fail_msg("%s up to %zu: '%s', not '%s'", cut[i].text, cut[i].length, kind, cut[i].kinds);
    }
}

static char *hash(const char *text)
{
    return sql_token_hash(&DIALECT, text, strlen(text));
}

/* What a server executes counts; no other comment does. */
static void test_hash(void **state)
{
    (void)state;
    g_autofree char *a = hash("CREATE TABLE t (a INT) /*!50100 PARTITION BY HASH (a) */");
    g_autofree char *other_version = hash("CREATE TABLE t (a INT) /*!50200 PARTITION BY HASH (a) */");
    g_autofree char *without = hash("CREATE TABLE t (a INT)");
    g_autofree char *spaced = hash("CREATE TABLE t (a INT) # c\n-- d\n/*!50100 PARTITION /* e */ BY HASH(a)*/;");
    assert_string_not_equal(a, other_version);
    assert_string_not_equal(a, without);
    assert_string_equal(a, spaced);
}

static void test_appended(void **state)
{
    (void)state;
    g_autoptr(GString) sql = g_string_new(NULL);
    sql_append(&DIALECT, sql, "a # c");
    sql_append(&DIALECT, sql, "b /* c */");
    sql_append(&DIALECT, sql, "c -- d");
    assert_string_equal(sql->str, "a # c\nb /* c */c -- d\n");
}

/* Every word that the server knows: refused as a name without quotes exactly when is it reserved (or MySQL has reserved
 * it), and then quoted by us. */
static void test_reserved_words(void **state)
{
    (void)state;
    const char *url = mysql_start();
    g_autofree char *rows = mysql_rows(url, "SELECT lower(word) FROM information_schema.keywords "
                                            "WHERE word REGEXP '^[A-Za-z_]+$'");
    g_auto(GStrv) words = g_strsplit(rows, "\n", -1);
    GString *procedure = g_string_new("CREATE DATABASE words; CREATE TABLE words.refused (word VARCHAR(64)); "
                                      "CREATE PROCEDURE words.try_word(w VARCHAR(64)) BEGIN "
                                      "DECLARE CONTINUE HANDLER FOR 1064 INSERT INTO words.refused VALUES (w); "
                                      "EXECUTE IMMEDIATE concat('CREATE TEMPORARY TABLE words.t (', w, ' INT)'); "
                                      "DROP TEMPORARY TABLE IF EXISTS words.t; END;");
    for (gsize i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            g_string_append_printf(procedure, "CALL words.try_word('%s');", words[i]);
    mysql_run(url, procedure->str);
    g_string_free(procedure, TRUE);
    g_autofree char *refused_rows = mysql_rows(url, "SELECT word FROM words.refused");
    g_auto(GStrv) refused = g_strsplit(refused_rows, "\n", -1);
    assert_true(g_strv_length(refused) > 200);
    for (gsize i = 0; refused[i] != NULL && *refused[i] != '\0'; i++) {
        g_autofree char *quoted = DIALECT.quote_identifier(refused[i]);
        if (*quoted != '`')
            fail_msg("%s is reserved", refused[i]);
    }
    const char *const names[] = {"id", "name", "type", "user", "status", "date", "timestamp", "comment", "value"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *plain = DIALECT.quote_identifier(names[i]);
        assert_string_equal(plain, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),         cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_variables),      cmocka_unit_test(test_operators),
        cmocka_unit_test(test_comments),       cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_unfinished),     cmocka_unit_test(test_nul_bytes_and_length),
        cmocka_unit_test(test_hash),           cmocka_unit_test(test_appended),
        cmocka_unit_test(test_reserved_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
