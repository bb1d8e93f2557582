/* PostgreSQL's tokens and statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/scale.h"

#define DIALECT postgresql_dialect
#include "lexing.h"

static void test_tokens(void **state)
{
    (void)state;
    assert_kinds("SELECT a1$, _b, \xC3\xA4$ FROM t;", "w wo wo w w w;");
    assert_kinds("\xEF\xBB\xBFSELECT\r\n\t\f1", " w n");
    assert_kinds("'it''s' 'a\\' \"a\"\"b\"", "s s q");
    assert_kinds("E'it\\'s' e'\\\\' E'''' e 'x'", "s s s w s");
    assert_kinds("B'01' x'00ff' N'n' U&'d\\0061' u&\"a\"\"\" u&x U&", "s s s s q wow wo");
    assert_kinds("'a'\n'b' 'a' 'b'", "s s s s");
    assert_kinds("1 1.5 .5 1. 1e5 1.e-5 1E+5 1_000 0x1F 0o17 0b10 1_000.000_1", "n n n n n n n n n n n n");
    assert_kinds("1e 0x 0b2 1__0 1_ 12ab 0xg", "! ! ! ! ! ! !");
    assert_kinds("1..10 a.b.1 a[1:2] $1 $1a $a", "non wown wonono p ! !w");
    assert_kinds("a::int b:=1 c=>2 d->>e f!=g", "wow won won wow wow");
    assert_kinds("a-b - -1 -- c\n--", "wow o on c c");
    assert_kinds("a/b/*c*/d/**/e/*/f*/*/g", "wowcwcwcow");
    assert_kinds("/* /* ; */ ' */ 1", "c n");
    assert_kinds("-- a\r1", "c n");
    assert_kinds("{ } \\ \x01", "! ! ! !");
    assert_kinds("", "");
}

static void test_unfinished(void **state)
{
    (void)state;
    const char *const texts[] = {"'a",   "\"a", "E'a\\'", "$$a",  "$a$ $A$", "/* /* */", "X'1",  "U&\"a",
                                 "$a$a", "/*",  "'a''",   "E'\\", "$$$",     "N'",       "b'01", "e'a'\n'b\\'"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_kinds(texts[i], "u");
}

static void assert_first(const char *text, const char *expected)
{
    SqlToken token = postgresql_dialect.next_token(text, strlen(text), 0);
    g_autofree char *found = g_strndup(text, token.length);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s', not '%s'", text, found, expected);
}

static void test_extents(void **state)
{
    (void)state;
    /* an operator ends with + or - only when it holds certain bytes; a comment ends it anywhere */
    assert_first("*-1", "*");
    assert_first("+-+1", "+");
    assert_first("<-1", "<");
    assert_first("@-1", "@-");
    assert_first("=>-1", "=>");
    assert_first("<->x", "<->");
    assert_first("||/--c", "||/");
    assert_first("@/*c*/", "@");
    assert_first("#>>'{a}'", "#>>");
    assert_first("?|array", "?|");
    assert_first("::=", "::");
    assert_first("--c\n1", "--c");
    /* dollar quotes */
    assert_first("$$a$b$$c$$", "$$a$b$$");
    assert_first("$a$ $b$ $$ $A$ $a$ x", "$a$ $b$ $$ $A$ $a$");
    assert_first("$\xC3\xA4$;$\xC3\xA4$;", "$\xC3\xA4$;$\xC3\xA4$");
    assert_first("a$$b$$", "a$$b$$"); /* a word */
    /* E'…' goes on behind a line end, and there backslashes count, too */
    assert_first("E'a' -- c\n  'b\\'c' d", "E'a' -- c\n  'b\\'c'");
    assert_first("E'a' 'b'", "E'a'");
    assert_first("E'a'\n-- c", "E'a'");
    assert_first("'a'\n'b'", "'a'");
    assert_first("1..2", "1");
    assert_first("1.5e3.2", "1.5e3");
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
    } cut[] = {{"'abc' more", 4, "u"}, {"->>", 2, "o"},   {"\xEF\xBB\xBF", 2, "w"}, {"x'", 1, "w"},
               {"U&'a'", 2, "wo"},     {"E'\\'", 3, "u"}, {"$a$b$a$", 6, "u"},      {"$a$", 2, "!w"},
               {"/*", 1, "o"},         {"1e5", 2, "!"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cut); i++) {
        g_autofree char *exact = g_memdup2(cut[i].text, cut[i].length); /* a sanitizer sees what is read behind it */
        g_autofree char *kind = kinds(exact, cut[i].length);
        assert_string_equal(kind, cut[i].kinds);
    }
}

/* Statements joined by "|", each as it stands in the text, rows in {}. */
static char *split(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = postgresql_dialect.split(text, strlen(text), &error);
    if (statements == NULL)
        return g_strdup_printf("error: %s", error->message);
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_string_append_printf(joined, "%s%.*s", i ? "|" : "", (int)statement->length, text + statement->start);
        if (statement->has_data)
            g_string_append_printf(joined, "{%.*s}", (int)statement->data_length, text + statement->data_start);
    }
    return g_string_free(joined, FALSE);
}

static void assert_split(const char *text, const char *expected)
{
    g_autofree char *found = split(text);
    assert_string_equal(found, expected);
}

static void test_split(void **state)
{
    (void)state;
    assert_split("", "");
    assert_split(" ;; -- nothing\n ; /* at all */", "");
    assert_split("SELECT 1; SELECT 2", "SELECT 1|SELECT 2");
    assert_split("SELECT ';', \";\", $$;$$, E'\\';', $a$;$$;$a$ /* ; /* */ ; */ -- ;\n; SELECT 2;",
                 "SELECT ';', \";\", $$;$$, E'\\';', $a$;$$;$a$|SELECT 2");
    assert_split("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
                 "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|SELECT 3");
    assert_split("BEGIN; SELECT 1; END; COMMIT;", "BEGIN|SELECT 1|END|COMMIT");
    assert_split("DO $$ BEGIN PERFORM 1; END $$; SELECT 2", "DO $$ BEGIN PERFORM 1; END $$|SELECT 2");
    assert_split("SELECT 1); SELECT (2)", "SELECT 1)|SELECT (2)"); /* the server's to report */
}

static void test_split_bodies(void **state)
{
    (void)state;
    const char *const bodies[] = {
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "create or replace /* c */ procedure p() begin /* c */ atomic end",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC; END",
        "CREATE FUNCTION f() RETURNS int LANGUAGE SQL BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END "
        "END;"
        " SELECT 1; END",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT t.end, t.case FROM t; END",
        "CREATE FUNCTION f(\"end\" int DEFAULT CASE WHEN true THEN 1 END) RETURNS int BEGIN ATOMIC SELECT 1; END",
        "CREATE FUNCTION begin() RETURNS int RETURN 1",
        "CREATE TABLE atomic (begin int, atomic int)",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *text = g_strdup_printf("SELECT 0;\n%s;\nSELECT 9;", bodies[i]);
        g_autofree char *expected = g_strdup_printf("SELECT 0|%s|SELECT 9", bodies[i]);
        assert_split(text, expected);
        assert_split(bodies[i], bodies[i]);
    }
}

static void test_split_rows(void **state)
{
    (void)state;
    assert_split("COPY t FROM stdin;\n1\t'\n;--\\.\n\\.\nSELECT 1;", "COPY t FROM stdin{1\t'\n;--\\.\n}|SELECT 1");
    assert_split("COPY t (\"from\", stdin) FROM STDIN (FORMAT csv) ; -- c\r\na\r\n\\.\r\nSELECT 1",
                 "COPY t (\"from\", stdin) FROM STDIN (FORMAT csv){a\r\n}|SELECT 1");
    assert_split("COPY t FROM stdin;\n\\.", "COPY t FROM stdin{}");
    assert_split("COPY t FROM stdin;\n\n\\.x\n\\.\n", "COPY t FROM stdin{\n\\.x\n}");
    assert_split("COPY t TO stdout; COPY t FROM 'stdin'; COPY (SELECT 1 FROM stdin) TO STDOUT; COPY t FROM PROGRAM 'x'",
                 "COPY t TO stdout|COPY t FROM 'stdin'|COPY (SELECT 1 FROM stdin) TO STDOUT|COPY t FROM PROGRAM 'x'");
    assert_split("SELECT copy FROM stdin; SELECT 1", "SELECT copy FROM stdin|SELECT 1");

    g_autoptr(GPtrArray) none = postgresql_dialect.split("SELECT 1", 8, NULL);
    const SqlStatement *statement = none->pdata[0];
    assert_true(!statement->has_data && statement->data_start == 0 && statement->data_length == 0);
}

static void test_split_positions(void **state)
{
    (void)state;
    const char *text = "\xEF\xBB\xBFSELECT 1; SELECT\r\n 2;\r\n\r\n  -- \xC3\xA4\n /* \xC3\xA4 */ SELECT 3;\n"
                       "COPY t FROM stdin;\na\nb\n\\.\n SELECT 4";
    g_autoptr(GPtrArray) statements = postgresql_dialect.split(text, strlen(text), NULL);
    const int places[][2] = {{1, 1}, {1, 11}, {5, 10}, {6, 1}, {10, 2}};

    assert_int_equal(statements->len, G_N_ELEMENTS(places));
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        const SqlStatement *statement = statements->pdata[i];
        assert_int_equal(statement->line, places[i][0]);
        assert_int_equal(statement->column, places[i][1]);
    }
}

static void test_split_errors(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"SELECT 1;\nSELECT 'abc;\n", "2:8: unfinished string"},
        {"SELECT $a$abc$b$;\n", "1:8: unfinished string"},
        {"SELECT \"abc;\n", "1:8: unfinished name"},
        {"SELECT U&\"abc;\n", "1:8: unfinished name"},
        {"SELECT 1; /* /* */", "1:11: unfinished comment"},
        {"SELECT 1;\n CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;", "2:2: unfinished body"},
        {"SELECT (1, (2);\nSELECT 3;", "1:8: unfinished statement"},
        {"SELECT 1;\nCOPY t FROM stdin;\n1\n", "2:1: unfinished COPY"},
        {"COPY t FROM stdin", "1:1: unfinished COPY"},
        {"COPY t FROM stdin; SELECT 1;\n\\.\n", "1:20: this stands behind COPY"},
        {"SELECT 1;\n\\connect x\n", "2:1: '\\connect' is a command of psql, no SQL\none revision"},
        {"\\i x.sql\n", "1:1: '\\i' is a command of psql, no SQL\nput the statements"},
        {"SELECT 1 \\gexec\n", "1:10: '\\gexec' is"},
        {"\\restrict abc\n", "1:1: '\\restrict' is a command of psql, no SQL\ndelete the line"},
        {"\\copy t from x\n", "1:1: '\\copy' is a command of psql, no SQL\nwrite COPY"},
        {"\\.\n", "1:1: '\\.' is a command of psql, no SQL\nno COPY"},
        {"\\!ls\n", "1:1: '\\!' is a command of psql, no SQL\ndelete it"},
        {"\\", "1:1: '\\' is"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(postgresql_dialect.split(cases[i][0], strlen(cases[i][0]), &error));
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX));
        if (!g_str_has_prefix(error->message, cases[i][1]))
            fail_msg("'%s' does not start with '%s'", error->message, cases[i][1]);
    }
    g_autoptr(GError) error = NULL;
    assert_null(postgresql_dialect.split("SELECT 1;\nSELECT '\0'", 19, &error));
    assert_true(g_str_has_prefix(error->message, "2:9: a NUL byte"));
}

static char *hash_of(const char *text)
{
    return sql_token_hash(&postgresql_dialect, text, strlen(text));
}

static void test_hash_counts_rows(void **state)
{
    (void)state;
    static const char text[] = "COPY t FROM stdin;\na 'b -- c\n\\.\nSELECT 1;";
    g_autofree char *hash = hash_of(text);
    const struct {
        const char *text;
        gboolean same;
    } cases[] = {
        {"-- c\nCOPY  t FROM stdin ; -- d\na 'b -- c\n\\.\n\nSELECT /**/ 1", TRUE},
        {"COPY t FROM stdin;\r\na 'b -- c\r\n\\.\r\nSELECT 1;\r\n", TRUE},
        {"COPY t FROM stdin;\na 'b -- d\n\\.\nSELECT 1;", FALSE},
        {"COPY t FROM stdin;\na  'b -- c\n\\.\nSELECT 1;", FALSE},
        {"COPY t FROM stdin;\na 'b -- c\n\n\\.\nSELECT 1;", FALSE},
        {"COPY t FROM stdin;\na 'b -- c\n\\.\nSELECT 2;", FALSE},
        {"COPY t FROM stdin;\na 'b -- c\nSELECT 1;", FALSE},
        {"COPY t FROM stdin;\na \r'b -- c\n\\.\nSELECT 1;", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *other = hash_of(cases[i].text);
        if ((strcmp(hash, other) == 0) != cases[i].same)
            fail_msg("%s", cases[i].text);
    }
    g_autofree char *plain = hash_of("SELECT 1");
    g_autofree char *ended = hash_of("SELECT 1;;");
    assert_string_equal(plain, ended);
}

static void test_normalised(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"((A  +\n\"b\" <> 'x'))", "a + b <> 'x'"},
        {"\"A\" != U&\"a\\0062\"", "\"A\" <> ab"},
        {"x :: TEXT -- c", "x :: text"},
        {"\"select\"", "\"select\""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *normal = sql_normalise(&postgresql_dialect, cases[i][0]);
        assert_string_equal(normal, cases[i][1]);
    }
}

static void test_synonyms(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"a < now()", "a < current_timestamp"},
        {"(Now ( ))", "current_timestamp"},
        {"\"now\"() - transaction_timestamp()", "current_timestamp - current_timestamp"},
        {"CURRENT_TIMESTAMP(3)", "current_timestamp ( 3 )"},
        {"f(USER, current_role, session_user)", "f ( current_user , current_user , session_user )"},
        {"\"current_schema\"() || current_database()", "current_schema || current_catalog"},
        /* Names, not what they would mean alone. */
        {"s.now()", "s . now ( )"},
        {"t.user", "t . user"},
        {"1 AS user", "1 as user"},
        {"\"user\"", "\"user\""},
        {"'now()'", "'now()'"},
        {"now(1)", "now ( 1 )"},
        {"now", "now"},
        {"now(", "now ("},
        {"EXECUTE FUNCTION now()", "execute function now ( )"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *normal = sql_normalise(&postgresql_dialect, cases[i][0]);
        assert_string_equal(normal, cases[i][1]);
        g_autofree char *again = sql_normalise(&postgresql_dialect, normal);
        assert_string_equal(again, normal);
    }
}

static void test_array_casts(void **state)
{
    (void)state;
    const char *const cases[][2] = {
        {"a = ANY ((ARRAY['x'::varchar, f(1, b)])::text[])",
         "a = any ( array [ ( 'x' :: varchar ) :: text , ( f ( 1 , b ) ) :: text ] )"},
        {"a = ANY (ARRAY['x'::varchar, b]::text[])", "a = any ( array [ 'x' :: varchar :: text , b :: text ] )"},
        {"(ARRAY[1])::numeric(10,2)[]", "array [ ( 1 ) :: numeric ( 10 , 2 ) ]"},
        {"(ARRAY[now()])::s.\"T\"[] || x", "array [ ( current_timestamp ) :: s . \"T\" ] || x"},
        /* Nothing to move, or not by the elements alone. */
        {"ARRAY[]::text[]", "array [ ] :: text [ ]"},
        {"ARRAY[1]::text", "array [ 1 ] :: text"},
        {"ARRAY[1]::text[][]", "array [ 1 ] :: text [ ] [ ]"},
        {"ARRAY[1]::", "array [ 1 ] ::"},
        {"ARRAY[(1]::text[]", "array [ ( 1 ] :: text [ ]"},
        {"ARRAY[1", "array [ 1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *normal = sql_normalise(&postgresql_dialect, cases[i][0]);
        assert_string_equal(normal, cases[i][1]);
    }
}

static void test_long_array_casts(void **state)
{
    (void)state;
    const char *const pieces[] = {"now() ", "ARRAY[", "ARRAY[1]::t[] ", "((ARRAY[a])::t[]) ", "(ARRAY[now()", "a,"};
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new("SELECT (ARRAY[");
        for (guint n = 0; n < 200000; n++)
            g_string_append(text, pieces[i]);
        g_string_append(text, "1])::text[]");
        gint64 start = g_get_monotonic_time();
        g_autofree char *normal = sql_normalise(&postgresql_dialect, text->str);
        assert_true(strlen(normal) >= text->len / 2);
        if (g_get_monotonic_time() - start > 20 * G_USEC_PER_SEC)
            fail_msg("'%s' takes too long", pieces[i]);
    }
}

/* Each of these took quadratic time if the rest of the text were read again for every token. */
static void test_long_texts(void **state)
{
    (void)state;
    const char *const pieces[] = {"(",       "/",   "'",        "-",  "x'",     "+",
                                  "*-",      "$a(", "$a$ $b$ ", "$",  "/* ",    "SELECT 1;\n",
                                  "CREATE ", "/*/", "1e",       "::", "E'a'\n", "COPY t FROM stdin;",
                                  "\\.\n",   "<",   "$a",       "1_", "U&'",    "COPY t FROM stdin;\n\\.\n"};
    guint length = test_scale(200000, 5000);
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint n = 0; n < length; n++)
            g_string_append(text, pieces[i]);
        gint64 start = g_get_monotonic_time();
        g_autofree char *normal = sql_normalise(&postgresql_dialect, text->str);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) statements = postgresql_dialect.split(text->str, text->len, &error);
        g_autofree char *hash = hash_of(text->str);
        assert_true(normal && hash);
        assert_true((statements != NULL) != (error != NULL));
        if (g_get_monotonic_time() - start > 20 * G_USEC_PER_SEC)
            fail_msg("'%s' takes too long", pieces[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),       cmocka_unit_test(test_unfinished),
        cmocka_unit_test(test_extents),      cmocka_unit_test(test_nul_bytes_and_length),
        cmocka_unit_test(test_split),        cmocka_unit_test(test_split_bodies),
        cmocka_unit_test(test_split_rows),   cmocka_unit_test(test_split_positions),
        cmocka_unit_test(test_split_errors), cmocka_unit_test(test_hash_counts_rows),
        cmocka_unit_test(test_normalised),   cmocka_unit_test(test_synonyms),
        cmocka_unit_test(test_array_casts),  cmocka_unit_test(test_long_array_casts),
        cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_lexer", tests, NULL, NULL);
}
