#include "unit/script/graph.h"

static void refuse(const char *graph, ScriptError code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RevisionMap) map = revision_map_new(graph_revisions(graph), &error);
    assert_null(map);
    assert_non_null(error);
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error->message);
    assert_true(g_error_matches(error, SCRIPT_ERROR, (int)code));
}

static void expect_all(const char *graph, const char *ids, const char *heads, const char *bases)
{
    g_autoptr(RevisionMap) map = graph_map(graph);
    g_autofree char *all_ids = graph_ids(revision_map_all(map));
    assert_string_equal(all_ids, ids);
    g_autoptr(GPtrArray) head_list = revision_map_heads(map);
    g_autofree char *head_ids = graph_ids(head_list);
    assert_string_equal(head_ids, heads);
    g_autoptr(GPtrArray) base_list = revision_map_bases(map);
    g_autofree char *base_ids = graph_ids(base_list);
    assert_string_equal(base_ids, bases);
}

static void test_order(void **state)
{
    (void)state;
    expect_all("", "", "", "");
    expect_all("a <", "a", "a", "a");
    expect_all("c < b; b < a; a <", "a b c", "c", "a");
    expect_all("z <; y < z; x < z; m < x,y", "z y x m", "m", "z");
    /* Depends-On counts for the order, not for heads and bases. */
    expect_all("a < + b; b <", "b a", "a b", "a b");
    expect_all("a1 <; a2 < a1 + b2; b1 <; b2 < b1", "b1 b2 a1 a2", "a2 b2", "a1 b1");
    expect_all("a <; b < a + a", "a b", "b", "a");
    expect_all("abcdef <; b < + abcd #lab; c < + lab", "abcdef b c", "abcdef b c", "abcdef b c");
}

static void test_broken_graphs(void **state)
{
    (void)state;
    refuse("a <; a <", SCRIPT_ERROR_DUPLICATE, "revision 'a' stands in two files: 'a.sql' and 'a.sql'");
    refuse("a < #x; b < a #x", SCRIPT_ERROR_DUPLICATE, "branch label 'x' of revision 'b' ('b.sql') is taken");
    refuse("a < #b; b < a", SCRIPT_ERROR_DUPLICATE, "branch label 'b'");
    refuse("b < a", SCRIPT_ERROR_MISSING, "'b.sql' revises 'a', and no file holds that revision");
    refuse("abcdef <; b < abcd", SCRIPT_ERROR_MISSING, "write the whole id 'abcdef'");
    refuse("b < + zzzz", SCRIPT_ERROR_MISSING, "'b.sql' depends on 'zzzz': no revision");
    refuse("abcd1 <; abcd2 <; b < + abcd", SCRIPT_ERROR_AMBIGUOUS,
           "could be any of these:\n  'abcd1' in 'abcd1.sql'\n  'abcd2' in 'abcd2.sql'\nwrite more");
    refuse("a < a", SCRIPT_ERROR_CYCLE, "'a' in 'a.sql'");
    refuse("a < + a", SCRIPT_ERROR_CYCLE, "a revision revises or depends on itself");
    refuse("z <; a < z,c; b < a; c < b; d < c", SCRIPT_ERROR_CYCLE,
           "\n  'a' in 'a.sql'\n  'c' in 'c.sql'\n  'b' in 'b.sql'");
    refuse("a <; b < a + d; c < a; d < c + b", SCRIPT_ERROR_CYCLE, "each other");
}

static void expect_find(const RevisionMap *map, const char *name, const char *id, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    const Revision *revision = revision_map_find(map, name, &error);
    if (id != NULL) {
        assert_non_null(revision);
        assert_string_equal(revision->id, id);
        return;
    }
    assert_null(revision);
    assert_true(g_error_matches(error, SCRIPT_ERROR, code));
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error->message);
}

static void test_find(void **state)
{
    (void)state;
    g_autoptr(RevisionMap) map = graph_map("ae1027; ae10ff < ae1027 #billing; ae10; b <");
    expect_find(map, "ae1027", "ae1027", 0, NULL);
    expect_find(map, "ae102", "ae1027", 0, NULL);
    expect_find(map, "ae10", "ae10", 0, NULL);
    expect_find(map, "b", "b", 0, NULL);
    expect_find(map, "billing", "ae10ff", 0, NULL);
    expect_find(map, "ae1", NULL, SCRIPT_ERROR_AMBIGUOUS, "'ae10ff'");
    expect_find(map, "biling", NULL, SCRIPT_ERROR_SPEC, "did you mean 'billing'");
    expect_find(map, "bill", "ae10ff", 0, NULL);
    expect_find(map, "", NULL, SCRIPT_ERROR_SPEC, "no revision or branch ''");
    assert_null(revision_map_get(map, "ae102"));
    g_autoptr(RevisionMap) two = graph_map("ae1027 <; ae1028 <");
    expect_find(two, "ae10", NULL, SCRIPT_ERROR_AMBIGUOUS,
                "could be any of these:\n  'ae1027' in 'ae1027.sql'\n  'ae1028' in 'ae1028.sql'");
}

static void test_large_graph(void **state)
{
    (void)state;
    /* A long line: nothing may recurse, or take time that grows with the square. */
    GString *text = g_string_new("r00000 <");
    for (int i = 1; i < 10000; i++)
        g_string_append_printf(text, "; r%05d < r%05d", i, i - 1);
    g_autoptr(RevisionMap) map = graph_map(text->str);
    g_string_free(text, TRUE);
    const char *const none[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) path = revision_map_upgrade_path(map, "head", none, &error);
    assert_int_equal(path->len, 10000);
    g_autofree char *row = NULL;
    for (guint i = 0; i < path->len; i++) {
        const char *const current[] = {row, NULL};
        g_autoptr(GPtrArray) gone = NULL;
        g_autoptr(GPtrArray) new = NULL;
        revision_map_head_change(map, g_ptr_array_index(path, i), TRUE, current, &gone, &new);
        assert_int_equal(new->len, 1);
        assert_int_equal(gone->len, i == 0 ? 0 : 1);
        g_free(row);
        row = g_strdup(g_ptr_array_index(new, 0));
    }
    assert_string_equal(row, "r09999");
}

/* Many lines that wait for each other: a base with as many branches, and two lines that depend on each other at each
 * step. */
static void test_wide_graphs(void **state)
{
    (void)state;
    enum { MANY = 4000 };
    g_autoptr(GString) star = g_string_new("r0000 <");
    g_autoptr(GString) ladder = g_string_new("r0000 <; r0001 < + r0000");
    for (int i = 1; i < MANY; i++)
        g_string_append_printf(star, "; r%04d < r0000", i);
    for (int i = 2; i < MANY; i++)
        g_string_append_printf(ladder, "; r%04d < r%04d + r%04d", i, i - 2, i - 1);
    g_autoptr(RevisionMap) of_star = graph_map(star->str);
    g_autoptr(RevisionMap) of_ladder = graph_map(ladder->str);
    const GPtrArray *all = revision_map_all(of_star);
    assert_int_equal(all->len, MANY);
    assert_string_equal(((const Revision *)g_ptr_array_index(all, 0))->id, "r0000");
    assert_string_equal(((const Revision *)g_ptr_array_index(all, 1))->id, "r3999");
    assert_string_equal(((const Revision *)g_ptr_array_index(all, MANY - 1))->id, "r0001");
    all = revision_map_all(of_ladder);
    assert_int_equal(all->len, MANY);
    for (guint i = 0; i < all->len; i++) {
        g_autofree char *id = g_strdup_printf("r%04u", i);
        assert_string_equal(((const Revision *)g_ptr_array_index(all, i))->id, id);
    }
}

/* The whole cycle is listed, however long it is, and nothing beside it. */
static void test_long_cycle(void **state)
{
    (void)state;
    g_autoptr(GString) graph = g_string_new("first <; top < c39; c00 < first,c39");
    for (int i = 1; i < 40; i++)
        g_string_append_printf(graph, "; c%02d < %sc%02d", i, i % 2 == 0 ? "+ " : "", i - 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(RevisionMap) map = revision_map_new(graph_revisions(graph->str), &error);
    assert_null(map);
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    assert_int_equal(g_strv_length(lines), 42);
    assert_non_null(strstr(error->message, "\n  'c17' in 'c17.sql'\n"));
    assert_null(strstr(error->message, "'top'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),       cmocka_unit_test(test_broken_graphs), cmocka_unit_test(test_find),
        cmocka_unit_test(test_large_graph), cmocka_unit_test(test_wide_graphs),   cmocka_unit_test(test_long_cycle),
    };
    return cmocka_run_group_tests_name("script/map", tests, NULL, NULL);
}
