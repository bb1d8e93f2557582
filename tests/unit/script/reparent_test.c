/* Other parents in a revision file: nothing else of it changes. */
#include "unit/script/graph.h"

enum { FILES = 3000 };

static GPtrArray *words(const char *list)
{
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(list, " ", -1);
    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
            g_ptr_array_add(array, g_strdup(parts[i]));
    return array;
}

static void check(const char *path, const char *text, const char *parents, const char *expected)
{
    g_autoptr(GPtrArray) ids = words(parents);
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    g_autofree char *result = revision_text_reparent(path, text, strlen(text), ids, &length, &error);
    if (result == NULL)
        fail_msg("%s\nin: %s", error->message, text);
    assert_string_equal(result, expected);
    assert_int_equal(length, strlen(expected));
    g_autoptr(Revision) revision = revision_parse(path, result, length, &error);
    assert_non_null(revision);
    assert_int_equal(revision->down_revisions->len, ids->len);
    for (guint i = 0; i < ids->len; i++)
        assert_string_equal(revision->down_revisions->pdata[i], ids->pdata[i]);
}

static void refuse(const char *path, const char *text, const char *parents, const char *words_of_error)
{
    g_autoptr(GPtrArray) ids = words(parents);
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    assert_null(revision_text_reparent(path, text, strlen(text), ids, &length, &error));
    assert_true(g_error_matches(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE));
    if (strstr(error->message, words_of_error) == NULL)
        fail_msg("'%s' is not in: %s", words_of_error, error->message);
}

#define REST "-- Created: 2026-01-01\n\n-- migrate:up\n-- Revises: no header\nSELECT 1;\n"

static void test_sql(void **state)
{
    (void)state;
    check("x.sql", "-- Revision: c\n-- Revises: a\n" REST, "b", "-- Revision: c\n-- Revises: b\n" REST);
    check("x.sql", "-- Revision: c\n-- Revises: a, b\n" REST, "b", "-- Revision: c\n-- Revises: b\n" REST);
    check("x.sql", "-- Revision: c\n-- Revises: a\n" REST, "a b", "-- Revision: c\n-- Revises: a, b\n" REST);
    check("x.sql", "-- Revision: c\n-- Revises:\n" REST, "a", "-- Revision: c\n-- Revises: a\n" REST);
    check("x.sql", "-- Revision: c\n-- Revises: \n" REST, "a", "-- Revision: c\n-- Revises: a\n" REST);
    check("x.sql", "-- Revision: c\n-- Revises: a\n" REST, "", "-- Revision: c\n-- Revises: \n" REST);
    check("x.sql", "-- Revision: c\n" REST, "a", "-- Revision: c\n-- Revises: a\n" REST);
    check("x.sql", "-- Revision: c\r\n" REST, "a b", "-- Revision: c\r\n-- Revises: a, b\r\n" REST);
    check("x.sql", "\xEF\xBB\xBF--revises:a\t\r\n\t--Revision:c\r\n" REST, "b",
          "\xEF\xBB\xBF--revises: b\t\r\n\t--Revision:c\r\n" REST);
    check("x.sql", "/* -- Revises: z */ -- Revision: c\n/*\n-- Revises: y\n*/ -- Revises:  a \n" REST, "b",
          "/* -- Revises: z */ -- Revision: c\n/*\n-- Revises: y\n*/ -- Revises:  b \n" REST);
}

static void test_ops(void **state)
{
    (void)state;
    check("x.json", "{\"revision\": \"c\", \"down_revision\": \"a\", \"upgrade\": []}", "b",
          "{\"revision\": \"c\", \"down_revision\": \"b\", \"upgrade\": []}");
    check("x.json", "{\"revision\": \"c\", \"down_revision\" : null, \"upgrade\": []}", "a b",
          "{\"revision\": \"c\", \"down_revision\" : [\"a\", \"b\"], \"upgrade\": []}");
    check("x.json", "{\"revision\": \"c\", \"down_revision\": \"a\", \"upgrade\": []}", "",
          "{\"revision\": \"c\", \"down_revision\": null, \"upgrade\": []}");
    check("x.json", "{\"down_revision\": [\n \"a\", // one\n \"b\" /* two */ ], \"revision\": \"c\", \"upgrade\": []}",
          "d b", "{\"down_revision\": [\n \"d\", // one\n \"b\" /* two */ ], \"revision\": \"c\", \"upgrade\": []}");
    check("x.json", "{\"down_revision\": [\"a\", \"b\" /* two */ ], \"revision\": \"c\", \"upgrade\": []}", "d",
          "{\"down_revision\": [\"d\" /* two */ ], \"revision\": \"c\", \"upgrade\": []}");
    check("x.json", "{\"down_revision\": [ \"a\", \"b\" ], \"revision\": \"c\", \"upgrade\": []}", "",
          "{\"down_revision\": [  ], \"revision\": \"c\", \"upgrade\": []}");
    check("x.json", "{\"down_revision\": [ ], \"revision\": \"c\", \"upgrade\": []}", "a b",
          "{\"down_revision\": [\"a\", \"b\" ], \"revision\": \"c\", \"upgrade\": []}");
    check("x.json", "{\"down_revision\": [\"a\" // one\n], \"revision\": \"c\", \"upgrade\": []}", "d b",
          "{\"down_revision\": [\"d\", \"b\" // one\n], \"revision\": \"c\", \"upgrade\": []}");
    check("x.json", "\xEF\xBB\xBF{\r\n  \"revision\": \"c\", // down_revision\r\n  \"upgrade\": []\r\n}\r\n", "a",
          "\xEF\xBB\xBF{\r\n  \"revision\": \"c\",\r\n  \"down_revision\": \"a\", // down_revision\r\n"
          "  \"upgrade\": []\r\n}\r\n");
    check("x.json", "{\"upgrade\": [], \"revision\": \"c\"}", "a",
          "{\"upgrade\": [], \"revision\": \"c\", \"down_revision\": \"a\"}");
    check("x.json",
          "{\"upgrade\": [{\"op\": \"execute\", \"sql\": \"down_revision\"}], \"message\": "
          "\"\\\"down_revision\\\": \\\"a\\\"\", \"revision\": \"c\", \"down_revision\": \"\\u0061\"}",
          "b",
          "{\"upgrade\": [{\"op\": \"execute\", \"sql\": \"down_revision\"}], \"message\": "
          "\"\\\"down_revision\\\": \\\"a\\\"\", \"revision\": \"c\", \"down_revision\": \"b\"}");
}

static void test_refused(void **state)
{
    (void)state;
    refuse("x.sql", "-- Revision: c\nSELECT 1;\n-- migrate:up\n", "a", "x.sql:2: SQL before the first marker");
    refuse("x.sql", "-- Revision: c\n-- Revise: a\n-- migrate:up\n", "b", "did you mean 'Revises:'");
    refuse("x.sql", "-- Revision: c\n-- Revises: a\n-- migrate:up\n\xFF\n", "b", "UTF-8");
    refuse("x.sql", "-- Revision: c\n-- Revises: a\n-- migrate:up\n", "b b", "names 'b' twice");
    refuse("x.sql", "-- Revision: c\n-- Revises: a\n-- migrate:up\n", "b;", "may hold only");
    refuse("x.json", "{\"revision\": \"c\", \"down_revision\": 1, \"upgrade\": []}", "b", "x.json:1:36:");
    refuse("x.json", "{\"revision\": \"c\", \"down_revision\": \"a\", \"down_revision\": \"a\", \"upgrade\": []}", "b",
           "down_revision");
}

/* ---- random files, made together with what is expected of them ---- */

typedef struct Pair {
    GRand *rand;
    GString *old, *expected;
} Pair;

static guint pick(const Pair *pair, guint n)
{
    return (guint)g_rand_int_range(pair->rand, 0, (gint32)n);
}

static void both(const Pair *pair, const char *text)
{
    g_string_append(pair->old, text);
    g_string_append(pair->expected, text);
}

static void one_of(const Pair *pair, const char *const *texts, guint n)
{
    both(pair, texts[pick(pair, n)]);
}
#define ONE_OF(pair, ...)                                                                                              \
    do {                                                                                                               \
        const char *const texts[] = {__VA_ARGS__};                                                                     \
        one_of(pair, texts, G_N_ELEMENTS(texts));                                                                      \
    } while (0)

static char *random_ids(const Pair *pair)
{
    static const char *const ids[] = {"a", "3f2a9c1b7d04", "x_1", "ABC"};
    GString *list = g_string_new(NULL);
    guint n = pick(pair, 4), first = pick(pair, 4);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? " " : "", ids[(first + i) % 4]);
    return g_string_free(list, FALSE);
}

static void shuffle(const Pair *pair, guint *order, guint n)
{
    for (guint i = n; i > 1; i--) {
        guint k = pick(pair, i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

static void sql_line(const Pair *pair, guint which, const char *old_ids, const char *new_ids, const char *line_end)
{
    switch (which) {
    case 0: {
        ONE_OF(pair, "-- ", "--", "\t--   ", "/* c */ -- ");
        ONE_OF(pair, "Revises:", "revises:", "REVISES:");
        g_auto(GStrv) old_words = g_strsplit(old_ids, " ", -1);
        g_auto(GStrv) new_words = g_strsplit(new_ids, " ", -1);
        g_autofree char *old_list = g_strjoinv(", ", old_words);
        g_autofree char *new_list = g_strjoinv(", ", new_words);
        gboolean space = pick(pair, 2);
        g_string_append_printf(pair->old, "%s%s", space ? "  " : "", old_list);
        g_string_append_printf(pair->expected, "%s%s", space ? "  " : *new_list ? " " : "", new_list);
        if (*old_ids != '\0')
            ONE_OF(pair, "", " ", "\t ");
        break;
    }
    case 1:
        ONE_OF(pair, "-- Revision: me", "--revision:me ", "/* -- Revises: no */ -- Revision: me");
        break;
    case 2:
        ONE_OF(pair, "-- Message: Revises: all", "-- Message:", "-- a comment", "", "/* -- Revises: none", " \t");
        if (g_str_has_suffix(pair->old->str, "none")) {
            both(pair, line_end);
            both(pair, "*/");
        }
        break;
    case 3:
        ONE_OF(pair, "-- Created: 2026-01-01", "-- Depends-On: q, r", "-- Branch-Labels: billing", "-- Reviewer: me");
        break;
    default:
        ONE_OF(pair, "-- \xC3\xA9t\xC3\xA9", "--", "-- https://example.org/?Revises:");
        break;
    }
    both(pair, line_end);
}

static void random_sql(const Pair *pair, const char *old_ids, const char *new_ids)
{
    guint order[] = {0, 1, 2, 3, 4};
    ONE_OF(pair, "", "\xEF\xBB\xBF");
    shuffle(pair, order, G_N_ELEMENTS(order));
    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        sql_line(pair, order[i], old_ids, new_ids, pick(pair, 3) ? "\n" : "\r\n");
    ONE_OF(pair, "-- migrate:up\n-- Revises: a\nSELECT '-- Revises: b';\r\n", "-- migrate:up transaction:false\r\n",
           "-- migrate:down\n/* */");
    ONE_OF(pair, "", "\n\n-- Revises: zz\n", "-- migrate:down\nDROP TABLE t;");
}

static void json_value(const Pair *pair, const char *old_ids, const char *new_ids)
{
    g_auto(GStrv) old_words = g_strsplit(old_ids, " ", -1);
    g_auto(GStrv) new_words = g_strsplit(new_ids, " ", -1);
    g_autofree char *old_list = g_strjoinv("\", \"", old_words);
    g_autofree char *new_list = g_strjoinv("\", \"", new_words);
    guint olds = g_strv_length(old_words), news = g_strv_length(new_words);
    gboolean is_list = olds > 1 || pick(pair, 2);
    g_string_append_printf(pair->old, !olds ? "null" : is_list ? "[\"%s\"]" : "\"%s\"", old_list);
    g_string_append_printf(pair->expected,
                           olds && is_list ? (news ? "[\"%s\"]" : "[]")
                           : !news         ? "null"
                           : news > 1      ? "[\"%s\"]"
                                           : "\"%s\"",
                           new_list);
}

static void json_space(const Pair *pair)
{
    ONE_OF(pair, "", " ", "\n  ", "\r\n\t", " /* \"down_revision\": 1, */ ", " // ]}\n");
}

static void random_json(const Pair *pair, const char *old_ids, const char *new_ids)
{
    guint order[] = {0, 1, 2, 3};
    ONE_OF(pair, "{", "\xEF\xBB\xBF{", "// {\n{ ");
    shuffle(pair, order, G_N_ELEMENTS(order));
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        if (i > 0)
            both(pair, ",");
        json_space(pair);
        if (order[i] == 0) {
            both(pair, "\"down_revision\"");
            json_space(pair);
            both(pair, ":");
            json_space(pair);
            json_value(pair, old_ids, new_ids);
        } else if (order[i] == 1) {
            both(pair, "\"revision\": \"me\"");
        } else if (order[i] == 2) {
            ONE_OF(pair, "\"message\": \"\\\"down_revision\\\": \\\"a\\\"\"", "\"branch_labels\": [\"down_revision\"]",
                   "\"create_date\": null", "\"depends_on\": [\"q\"]");
        } else {
            ONE_OF(pair, "\"upgrade\": []", "\"downgrade\": [{\"op\": \"execute\", \"sql\": \"down_revision\"}]");
        }
        json_space(pair);
    }
    both(pair, "}");
    ONE_OF(pair, "", "\n", "\r\n// down_revision\r\n");
}

static void test_random(void **state)
{
    (void)state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);
    for (guint i = 0; i < FILES; i++) {
        g_autoptr(GString) old = g_string_new(NULL);
        g_autoptr(GString) expected = g_string_new(NULL);
        Pair pair = {rand, old, expected};
        g_autofree char *old_ids = random_ids(&pair);
        g_autofree char *new_ids = random_ids(&pair);
        gboolean is_json = i % 2;
        if (is_json)
            random_json(&pair, old_ids, new_ids);
        else
            random_sql(&pair, old_ids, new_ids);
        check(is_json ? "r.json" : "r.sql", old->str, new_ids, expected->str);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sql),
        cmocka_unit_test(test_ops),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests_name("script/reparent", tests, NULL, NULL);
}
