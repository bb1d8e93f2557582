#include "unit/script/graph.h"

/* `expected`: "id:label,label" for each revision that has some, in the map's order. */
static void expect_labels(const char *graph, const char *expected)
{
    g_autoptr(RevisionMap) map = graph_map(graph);
    g_autoptr(GHashTable) labels = revision_map_branch_labels(map);
    const GPtrArray *all = revision_map_all(map);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);
        GPtrArray *list = g_hash_table_lookup(labels, revision);
        if (list == NULL)
            continue;
        g_string_append_printf(text, "%s%s:", text->len > 0 ? " " : "", revision->id);
        for (guint k = 0; k < list->len; k++)
            g_string_append_printf(text, "%s%s", k > 0 ? "," : "", (const char *)g_ptr_array_index(list, k));
    }
    assert_string_equal(text->str, expected);
}

/* What Debian's Alembic prints for the same graphs: tests/cli/alembic_words.t has it beside. */
static void test_labels(void **state)
{
    (void)state;
    expect_labels("a <; b < a", "");
    expect_labels("a <; b < a #lib; c < b", "a:lib b:lib c:lib");
    expect_labels("a <; b < a #lib; c < a #app; d < b", "b:lib d:lib c:app");
    expect_labels("a <; b < a #lib; c < a; m < b,c", "b:lib m:lib");
    expect_labels("a <; b < a; c < b #two; d < c #one", "a:one,two b:one,two c:one,two d:one,two");
    expect_labels("a <; b < a; c < b #up; d < c; e < c", "c:up e:up d:up");
    expect_labels("a <; b < a #dep; c < b; x < + b", "b:dep c:dep");
    expect_labels("a <; b < a #dep; x < + b", "a:dep b:dep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
