/* From where a database stands to all that some files have. */
#include "unit/script/graph.h"

/* `map` has what `files` has and what the database stands on; `expected`: "ids down : ids up". */
static void expect(const char *map_text, const char *files_text, const char *current, const char *expected)
{
    g_autoptr(RevisionMap) map = graph_map(map_text);
    g_autoptr(RevisionMap) files = graph_map(files_text);
    g_auto(GStrv) rows = *current != '\0' ? g_strsplit(current, " ", -1) : g_new0(char *, 1);
    g_autoptr(GPtrArray) down = NULL, up = NULL;
    g_autoptr(GError) error = NULL;
    if (!revision_map_switch_paths(map, files, (const char *const *)rows, &down, &up, &error))
        fail_msg("from '%s': %s", current, error->message);
    g_autofree char *left = graph_ids(down), *right = graph_ids(up);
    g_autofree char *found = g_strdup_printf("%s : %s", left, right);
    assert_string_equal(found, expected);
}

static void test_paths(void **state)
{
    (void)state;
    static const char files[] = "a <; b < a; c < b";
    expect(files, files, "c", " : ");
    expect(files, files, "a", " : b c");
    expect(files, files, "", " : a b c");
    expect("a <; b < a; c < b; x < a; y < x", files, "y", "y x : b c");
    expect("a <; b < a; c < b; x < c", files, "x", "x : ");
    /* Several heads of the files, and one that stays. */
    expect("a <; b < a; d < a; x < b", "a <; b < a; d < a", "x", "x : d");
    expect("a <; b < a; d < a; x < a", "a <; b < a; d < a", "d x", "x : b");
    /* A whole line of its own, and a merge. */
    expect("a <; x <; y < x", "a <", "y", "y x : a");
    expect("a <; b < a; x < a; m < b,x", "a <; b < a", "m", "m x : ");
    expect("a <; b < a; x < a; m < b,x; n < m", "a <; b < a; x < a", "n", "n m : ");
    /* What is depended on. */
    expect("a <; x <; y < x + a", "a <", "y", "y x : ");
    expect("a <; b <; x < a + b", "a <; b <", "x", "x : ");
    expect("", "", "", " : ");
}

/* Rows of which one stands on the other, and such as nobody knows. */
static void test_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"b a", "nope"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(RevisionMap) map = graph_map("a <; b < a");
        g_auto(GStrv) rows = g_strsplit(cases[i], " ", -1);
        g_autoptr(GPtrArray) down = NULL, up = NULL;
        g_autoptr(GError) error = NULL;
        assert_false(revision_map_switch_paths(map, map, (const char *const *)rows, &down, &up, &error));
        assert_int_equal(error->domain, SCRIPT_ERROR);
        assert_null(down);
        assert_null(up);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests_name("script/switch", tests, NULL, NULL);
}
