/* Depends-On: what it brings along, what it keeps from going down, and which version rows it hides. */
#include "unit/script/traversal.h"

#define TWO "a1 < #core; a2 < a1; a3 < a2; b1 < #app; b2 < b1 + a2; b3 < b2"
static void test_two_lines(void **state)
{
    (void)state;
    traversal(TWO, "", "upgrade app@head", "a1 a2 b1 b2 b3 | b3");
    traversal(TWO, "b3", "current", "| a2 b3");
    traversal(TWO, "b3", "upgrade core@+1", "a3 | a3 b3");
    traversal(TWO, "b3", "upgrade a2", "| b3");
    traversal(TWO, "a1", "upgrade app@+1", "b1 | a1 b1");
    traversal(TWO, "a1 b1", "upgrade app@+1", "a2 b2 | b2");
    /* The branch that is depended on may go down as far as it is not needed; further, and what needs it comes along. */
    traversal(TWO, "a3 b3", "downgrade a2", "a3 | b3");
    traversal(TWO, "a3 b3", "downgrade core@-1", "a3 | b3");
    traversal(TWO, "b3", "downgrade a2", "| b3");
    traversal(TWO, "a3 b3", "downgrade a1", "a3 b3 b2 a2 | a1 b1");
    traversal(TWO, "b3", "downgrade core@-1", "b3 b2 a2 | a1 b1");
    traversal(TWO, "b3", "downgrade core@base", "b3 b2 a2 a1 | b1");
    traversal(TWO, "b3", "downgrade app@base", "b3 b2 b1 | a2");
    traversal(TWO, "a3 b3", "downgrade b1", "b3 b2 | a3 b1");
    traversal(TWO, "b3", "downgrade b1", "b3 b2 | a2 b1");
}

/* Each revision of one branch names the same dependency again. */
#define AGAIN "a1 <; a2 < a1; a3 < a2; b1 <; b2 < b1 + a2; b3 < b2 + a3; b4 < b3 + a3; b5 < b4 + a3"
static void test_the_same_dependency_again(void **state)
{
    (void)state;
    traversal(AGAIN, "", "upgrade heads", "a1 a2 a3 b1 b2 b3 b4 b5 | b5");
    traversal(AGAIN, "b5", "downgrade b4", "b5 | b4");
    traversal(AGAIN, "b4", "upgrade heads", "b5 | b5");
    traversal(AGAIN, "b5", "downgrade -2", "b5 b4 | b3");
    traversal(AGAIN, "b3", "downgrade -1", "b3 | a3 b2");
    traversal(AGAIN, "a3 b2", "downgrade b1", "b2 | a3 b1");
}

/* A branch goes to its head again after another one was applied that depends on it. */
static void test_head_that_is_depended_on(void **state)
{
    (void)state;
    static const char *const graph = "c1 < #core; x1 < #ext; x2 < x1 + core";
    traversal(graph, "c1", "upgrade core@head", "| c1");
    traversal(graph, "c1", "upgrade ext@head", "x1 x2 | x2");
    traversal(graph, "x2", "upgrade core@head", "| x2");
    traversal(graph, "x2", "downgrade c1", "| x2");
    traversal(graph, "x2", "downgrade -1", "x2 | c1 x1");
    traversal(graph, "x2", "downgrade heads", "| x2");
    traversal(graph, "", "stamp heads", "| x2");
    g_autoptr(RevisionMap) map = graph_map(graph);
    g_autoptr(GPtrArray) heads = revision_map_heads(map);
    g_autoptr(GPtrArray) real_heads = revision_map_real_heads(map);
    g_autofree char *ids = graph_ids(heads);
    g_autofree char *real_ids = graph_ids(real_heads);
    assert_string_equal(ids, "c1 x2");
    assert_string_equal(real_ids, "x2");
}

/* One side of a merge depends on the other: below it only the upper one is a row. */
static void test_merge_with_a_dependency(void **state)
{
    (void)state;
    static const char *const graph = "a1 <; b1 < + a1; m < a1,b1";
    traversal(graph, "", "upgrade head", "a1 b1 m | m");
    traversal(graph, "m", "downgrade b1", "m | b1");
    traversal(graph, "b1", "upgrade head", "m | m");
    traversal(graph, "m", "downgrade -1", "m | b1");
    traversal(graph, "m", "downgrade a1", "m | b1");
}

/* A revision depends on a sibling branch, inside of one tree. */
#define INSIDE "a <; b1 < a #left; b2 < b1; c1 < a #right; c2 < c1 + b1; m < b2,c2"
static void test_inside_one_tree(void **state)
{
    (void)state;
    traversal(INSIDE, "", "upgrade right@head-1", "a b1 c1 c2 | c2");
    traversal(INSIDE, "c1", "upgrade c2", "b1 c2 | c2");
    traversal(INSIDE, "c2", "upgrade left@+1", "b2 | b2 c2");
    traversal(INSIDE, "c2", "upgrade m", "b2 m | m");
    traversal(INSIDE, "b2 c2", "downgrade left@a", "b2 c2 b1 | c1");
    traversal(INSIDE, "b2 c2", "downgrade c1", "c2 | b2 c1");
    traversal(INSIDE, "m", "downgrade a", "m b2 c2 c1 b1 | a");
}

/* Across three lines, and what a stamp keeps. */
#define THREE "a1 < #aa; a2 < a1; b1 < #bb; b2 < b1 + a2; c1 < #cc; c2 < c1 + b2"
static void test_three_lines(void **state)
{
    (void)state;
    traversal(THREE, "", "upgrade cc@head", "a1 a2 b1 b2 c1 c2 | c2");
    traversal(THREE, "c2", "current", "| a2 b2 c2");
    traversal(THREE, "c2", "downgrade aa@base", "c2 b2 a2 a1 | b1 c1");
    traversal(THREE, "c2", "downgrade b1", "c2 b2 | a2 b1 c1");
    traversal(THREE, "a1", "stamp b2", "| b2");
    traversal(THREE, "c2", "stamp bb@base", "| a2 c1");
    traversal(THREE, "", "stamp a2 b1", "| b1 a2");
    traversal(THREE, "", "stamp a2 c2", "!which overlap: 'c2' ('c2.sql') stands on 'a2' ('a2.sql')");
    traversal(THREE, "a2 b2", "upgrade heads", "!correct it with: migrate stamp --purge 'b2'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_lines),
        cmocka_unit_test(test_the_same_dependency_again),
        cmocka_unit_test(test_head_that_is_depended_on),
        cmocka_unit_test(test_merge_with_a_dependency),
        cmocka_unit_test(test_inside_one_tree),
        cmocka_unit_test(test_three_lines),
    };
    return cmocka_run_group_tests_name("script/traversal_dependencies", tests, NULL, NULL);
}
