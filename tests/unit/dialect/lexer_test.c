/* SQLite's tokens and statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"

#define DIALECT sqlite_dialect
#include "lexing.h"

static void test_tokens(void **state)
{
    (void)state;
    assert_kinds("SELECT a1$, _b, \xC3\xA4 FROM t;", "w wo wo w w w;");
    assert_kinds("'it''s' \"a\"\"b\" [a]b] `c``d`", "s q qw! q");
    assert_kinds("x'00ff' X'' x'0' x'zz' xyz", "s s ! ! w");
    assert_kinds("1 1.5 .5 1. 1e5 1E-5 1e 0x1F 0xg 1_000 1__0 12ab", "n n n n n n ! n ! n ! !");
    assert_kinds("a->b->>c||d<=e>=f==g!=h<>i<<j>>k", "wowowowowowowowowowow");
    assert_kinds("a-b - -1 -- c\n--", "wow o on c c");
    assert_kinds("a/b/*c*/d/**/e/*/f*/", "wowcwcwc");
    assert_kinds("a /* never ends", "w c");
    assert_kinds("a /*", "w oo");
    assert_kinds("?1 ? :a @a $a $a::b(c) #1 : ::", "p p p p p p p ! !!");
    assert_kinds("\xEF\xBB\xBFSELECT\r\n\t\f1", " w n");
    assert_kinds("'never ends", "u");
    assert_kinds("\"never ends", "u");
    assert_kinds("[never ends", "u");
    assert_kinds("x'12", "u");
    assert_kinds("\\ ! ^ {", "! ! ! !");
    assert_kinds("", "");
}

static void test_nul_bytes_and_length(void **state)
{
    (void)state;
    g_autofree char *found = kinds("a\0b", 3);
    assert_string_equal(found, "w!w");
    g_autofree char *cut = kinds("'abc' more", 4);
    assert_string_equal(cut, "u");
    g_autofree char *arrow = kinds("->>", 2);
    assert_string_equal(arrow, "o");
    g_autofree char *mark = kinds("\xEF\xBB\xBF", 2);
    assert_string_equal(mark, "w");
    g_autofree char *blob = kinds("x'", 1);
    assert_string_equal(blob, "w");
}

/* Statements joined by "|", each as it stands in the text. */
static char *split(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(text, strlen(text), &error);
    if (statements == NULL)
        return g_strdup_printf("error: %s", error->message);
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_string_append_printf(joined, "%s%.*s", i ? "|" : "", (int)statement->length, text + statement->start);
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
    assert_split(" ;; -- nothing\n ; /* at all", "");
    assert_split("SELECT 1; SELECT 2", "SELECT 1|SELECT 2");
    assert_split("-- first\nSELECT ';' /* ; */ , \";\" -- last\n;\r\n/* c */ SELECT [;]",
                 "SELECT ';' /* ; */ , \";\"|SELECT [;]");
    assert_split("\xEF\xBB\xBFSELECT 1;", "SELECT 1");
    assert_split("BEGIN; SELECT 1; END; COMMIT;", "BEGIN|SELECT 1|END|COMMIT");
    assert_split("CREATE TABLE trigger_t (\"begin\" INT); SELECT 1", "CREATE TABLE trigger_t (\"begin\" INT)|SELECT 1");
    assert_split("SELECT 1 /* runs to the end; SELECT 2", "SELECT 1");
}

static void test_split_triggers(void **state)
{
    (void)state;
    const char *const triggers[] = {
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END",
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "create /* c */ temporary trigger if not exists t insert on a begin select 1; end",
        "EXPLAIN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END; SELECT 1; END",
        "CREATE TRIGGER t AFTER INSERT ON a WHEN CASE WHEN new.x THEN 1 END BEGIN UPDATE a SET end = 1, b = 2; END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = \"end\" WHERE begin = end; -- END;\n SELECT 1; END",
        "CREATE TRIGGER begin AFTER INSERT ON a BEGIN DELETE FROM end; END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; -- here ;\n END",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN END",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(triggers); i++) {
        g_autofree char *text = g_strdup_printf("SELECT 0;\n%s;\nSELECT 9;", triggers[i]);
        g_autofree char *expected = g_strdup_printf("SELECT 0|%s|SELECT 9", triggers[i]);
        assert_split(text, expected);
        assert_split(triggers[i], triggers[i]);
    }
    /* Without BEGIN it is an error, but SQLite's to report. */
    assert_split("CREATE TRIGGER t; SELECT 1", "CREATE TRIGGER t|SELECT 1");
}

static void test_split_positions(void **state)
{
    (void)state;
    const char *text = "\xEF\xBB\xBFSELECT 1; SELECT\r\n 2;\r\n\r\n  -- \xC3\xA4\n /* \xC3\xA4 */ SELECT 3;\n";
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(text, strlen(text), NULL);
    const int places[][2] = {{1, 1}, {1, 11}, {5, 10}};

    assert_int_equal(statements->len, 3);
    for (guint i = 0; i < 3; i++) {
        const SqlStatement *statement = statements->pdata[i];
        assert_int_equal(statement->line, places[i][0]);
        assert_int_equal(statement->column, places[i][1]);
        assert_memory_equal(text + statement->start, "SELECT", 6);
    }
}

static void assert_split_error(const char *text, gsize length, const char *place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(text, length, &error);
    assert_null(statements);
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX));
    if (!g_str_has_prefix(error->message, place))
        fail_msg("'%s' does not start with '%s'", error->message, place);
}

static void test_split_errors(void **state)
{
    (void)state;
    assert_split_error("SELECT 1;\nSELECT 'abc;\n", 23, "2:8: unfinished string");
    assert_split_error("SELECT \"abc;\n", 13, "1:8: unfinished name");
    assert_split_error("SELECT 1;\n\n CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;\nSELECT 2;", 70,
                       "3:2: unfinished trigger");
    assert_split_error("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 'x", 60, "1:59: unfinished string");
    assert_split_error("SELECT 1;\nSELECT \0 2", 20, "2:8: a NUL byte");
}

/* Each of these took quadratic time if the rest of the text were read again for every token. */
static void test_long_texts(void **state)
{
    (void)state;
    const char *const pieces[] = {"(",  "/",  "'", "-", "x'", "[", "$a(", "SELECT 1;\n", "CREATE TRIGGER ",
                                  "/*", "1e", "::"};
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (guint n = 0; n < 200000; n++)
            g_string_append(text, pieces[i]);
        gint64 start = g_get_monotonic_time();
        g_autofree char *normal = sql_normalise(&sqlite_dialect, text->str);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) statements = sqlite_dialect.split(text->str, text->len, &error);
        assert_non_null(normal);
        assert_true((statements != NULL) != (error != NULL));
        assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
    }
}

static void test_transaction_words(void **state)
{
    (void)state;
    const struct {
        const char *sql;
        gboolean refuses, controls;
    } cases[] = {
        {"VACUUM", TRUE, FALSE},
        {" /* c */ vacuum main INTO 'x'", TRUE, FALSE},
        {"ATTACH 'x' AS y", TRUE, FALSE},
        {"DETACH DATABASE y", TRUE, FALSE},
        {"PRAGMA foreign_keys = OFF", TRUE, FALSE},
        {"PRAGMA foreign_keys", FALSE, FALSE},
        {"pragma main.Journal_Mode(WAL)", TRUE, FALSE},
        {"PRAGMA synchronous=0", TRUE, FALSE},
        {"PRAGMA wal_checkpoint", TRUE, FALSE},
        {"PRAGMA user_version = 3", FALSE, FALSE},
        {"PRAGMA legacy_alter_table = ON", FALSE, FALSE},
        {"PRAGMA", FALSE, FALSE},
        {"BEGIN IMMEDIATE", FALSE, TRUE},
        {"-- c\ncommit", FALSE, TRUE},
        {"END", FALSE, TRUE},
        {"ROLLBACK TO s", FALSE, TRUE},
        {"SAVEPOINT s", FALSE, TRUE},
        {"RELEASE s", FALSE, TRUE},
        {"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", FALSE, FALSE},
        {"\"BEGIN\"", FALSE, FALSE},
        {"", FALSE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize length = strlen(cases[i].sql);
        if (sqlite_dialect.refuses_transaction(cases[i].sql, length) != cases[i].refuses ||
            sqlite_dialect.controls_transaction(cases[i].sql, length) != cases[i].controls)
            fail_msg("%s", cases[i].sql);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),          cmocka_unit_test(test_nul_bytes_and_length),
        cmocka_unit_test(test_split),           cmocka_unit_test(test_split_triggers),
        cmocka_unit_test(test_split_positions), cmocka_unit_test(test_split_errors),
        cmocka_unit_test(test_long_texts),      cmocka_unit_test(test_transaction_words),
    };
    return cmocka_run_group_tests_name("dialect/lexer", tests, NULL, NULL);
}
