/* What revisions revise once they stand on the heads of another branch. */
#include "script/rebase.h"

#include "unit/script/graph.h"

typedef struct Case {
    const char *ours, *theirs, *head;
    gboolean move_bases;
} Case;

/* "c: b; d: b, e" of the moves; or the error, behind "!". */
static char *moves(const Case *one)
{
    g_autoptr(GPtrArray) ours = graph_revisions(one->ours);
    g_autoptr(RevisionMap) theirs = graph_map(one->theirs);
    const Rebase rebase = {ours, theirs, "main", one->head, one->move_bases};
    g_autoptr(GError) error = NULL;
    g_autoptr(RebasePlan) plan = rebase_plan(&rebase, &error);
    if (plan == NULL)
        return g_strconcat("!", error->message, NULL);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plan->moves->len; i++) {
        const RebaseMove *move = plan->moves->pdata[i];
        g_string_append_printf(text, "%s%s:", i > 0 ? "; " : "", move->revision->id);
        for (guint k = 0; k < move->parents->len; k++)
            g_string_append_printf(text, "%s %s", k > 0 ? "," : "", (const char *)move->parents->pdata[k]);
    }
    return g_string_free(text, FALSE);
}

static void expect(Case one, const char *expected)
{
    g_autofree char *text = moves(&one);
    if (*expected == '!' ? *text != '!' || strstr(text, expected + 1) == NULL : strcmp(text, expected) != 0)
        fail_msg("%s onto %s: '%s' instead of '%s'", one.ours, one.theirs, text, expected);
}

#define EXPECT(expected, our_text, their_text, ...)                                                                    \
    expect((Case){.ours = our_text, .theirs = their_text, __VA_ARGS__}, expected)

static void test_lines(void **state)
{
    (void)state;
    EXPECT("", "a <", "a <; b < a");
    EXPECT("", "a <; x < a", "a <");
    EXPECT("x: b", "a <; x < a", "a <; b < a");
    EXPECT("x: c", "a <; x < a; y < x; z < y", "a <; b < a; c < b");
    /* after git's rebase theirs is in the folder, too */
    EXPECT("x: c", "a <; b < a; c < b; x < a; y < x", "a <; b < a; c < b");
    EXPECT("", "a <; b < a; x < b", "a <; b < a");
    /* done, and theirs not yet in the folder */
    EXPECT("", "a <; x < b", "a <; b < a");
    /* in any order of files, two lines of its own, one of them on the head */
    EXPECT("y: b; x: b", "y < a; x2 < x; x < a; a <", "a <; b < a");
    EXPECT("x: b", "x < a; y < b; a <", "a <; b < a");
    /* a revision of both sides that differs stays */
    EXPECT("x: c", "a <; b < ; x < b", "a <; b < a; c < b");
}

static void test_merges(void **state)
{
    (void)state;
    /* the merge of b, which x stands on afterwards */
    EXPECT("x: b; m: x", "a <; b < a; x < a; m < x, b", "a <; b < a");
    EXPECT("x: c; m: x", "a <; b < a; x < a; m < b, x", "a <; b < a; c < b");
    /* of a head that is another branch's */
    EXPECT("x: b", "a <; p <; x < a; m < x, p", "a <; b < a; p <");
    EXPECT("x: b; m: x, q", "a <; p <; x < a; m < x, p", "a <; b < a; p <; q < p");
    /* of two of theirs that became one line */
    EXPECT("m: c", "a <; b <; m < a, b", "a <; b <; c < a, b");
    EXPECT("", "a <; b <; m < a, b", "a <; b <");
    EXPECT("x: c", "a <; x < a", "a <; b1 < a; b2 < a; c < b1, b2");
    /* of its own two lines */
    EXPECT("x: b; y: b", "a <; x < a; y < a; m < x, y", "a <; b < a");
}

static void test_heads(void **state)
{
    (void)state;
    EXPECT(
        "!'x' revises 'a', on which main has several heads:\n  'b' in 'b.sql'\n  'c' in 'c.sql'\nname the one that it "
        "is to revise, as in --head b",
        "a <; x < a", "a <; b < a; c < a");
    EXPECT("x: c", "a <; x < a", "a <; b < a; c < a", "c");
    EXPECT("x: c; y: d", "a <; x < a; y < e; e <", "a <; b < a; c < a; e <; d < e", "c");
    EXPECT("x: c", "a <; x < a", "a <; b < a #new; c < a");
    EXPECT("x: b", "a <; x < a", "a <; b < a #new; c < a", "new@head");
    EXPECT("x: d", "a < #one; c < #two; x < a", "a < #one; d < a; c < #two; e < c");
    EXPECT("!'a' is not one head of main, which are:\n  'b' in 'b.sql'", "a <; x < a", "a <; b < a", "a");
    EXPECT("!no revision of this branch could revise 'q'", "a <; x < a", "a <; b < a; q <", "q");
    EXPECT("!zz", "a <; x < a", "a <; b < a", "zzzzz");
}

static void test_bases(void **state)
{
    (void)state;
    EXPECT("", "x <; y < x", "a <; b < a");
    EXPECT("x: b", "x <; y < x", "a <; b < a", .move_bases = TRUE);
    EXPECT("", "x < #new; y < x", "a <; b < a", .move_bases = TRUE);
    EXPECT("", "x <; y < x", "", .move_bases = TRUE);
    EXPECT("!'x' is a base, and main has several heads", "x <; y < x", "a <; b <", .move_bases = TRUE);
    EXPECT("x: b", "x <; y < x", "a <; b <", .head = "b", .move_bases = TRUE);
}

static void test_broken(void **state)
{
    (void)state;
    EXPECT("!'x' in 'x.sql' revises 'q', which neither main nor this folder has", "a <; x < q", "a <");
    EXPECT("!revision 'x' is in two files", "a <; x < a; x < a", "a <");
    EXPECT("!revises itself", "a <; x < y; y < x", "a <");
}

static void test_applied(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ours = graph_revisions("a <; x < a; y < x + d; z < y");
    g_autoptr(RevisionMap) theirs = graph_map("a <; b < a; d <");
    const Rebase rebase = {.ours = ours, .theirs = theirs, .name = "main"};
    g_autoptr(GHashTable) applied = rebase_applied(&rebase, (const char *[]){"y", "gone", NULL});
    const char *const yes[] = {"a", "x", "y", "d", "gone"}, *const no[] = {"z", "b"};
    for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
        assert_true(g_hash_table_contains(applied, yes[i]));
    for (guint i = 0; i < G_N_ELEMENTS(no); i++)
        assert_false(g_hash_table_contains(applied, no[i]));

    /* dependencies by label and by the beginning of an id: a row of what depends on them stands for them */
    g_autoptr(GPtrArray) named = graph_revisions("a <; x1 < a #billing; abcd < a; r < + billing,abc,late");
    g_autoptr(RevisionMap) others = graph_map("a <; b < a #late; c < b");
    const Rebase second = {.ours = named, .theirs = others, .name = "main"};
    g_autoptr(GHashTable) all = rebase_applied(&second, (const char *[]){"r", NULL});
    const char *const below[] = {"r", "x1", "abcd", "b", "a"};
    for (guint i = 0; i < G_N_ELEMENTS(below); i++)
        assert_true(g_hash_table_contains(all, below[i]));
    assert_int_equal(g_hash_table_size(all), G_N_ELEMENTS(below));
}

/* Random branches: whatever is rebased is one graph with theirs, with no more heads than both have, its own chains in
 * their order, and rebasing again finds nothing to do. */
static char *random_side(GRand *rand, const char *prefix, guint n, const char *const *below, guint below_count)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_string_append_printf(text, "; %s%u <", prefix, i);
        if (i > 0 && g_rand_boolean(rand))
            g_string_append_printf(text, " %s%u", prefix, g_rand_int_range(rand, 0, (gint32)i));
        else if (below_count > 0)
            g_string_append_printf(text, " %s", below[g_rand_int_range(rand, 0, (gint32)below_count)]);
        else if (i > 0)
            g_string_append_printf(text, " %s%u", prefix, i - 1);
    }
    return g_string_free(text, FALSE);
}

static GPtrArray *apply_moves(const char *ours, const RebasePlan *plan)
{
    GPtrArray *revisions = graph_revisions(ours);
    for (guint i = 0; i < revisions->len; i++) {
        Revision *revision = revisions->pdata[i];
        for (guint k = 0; k < plan->moves->len; k++) {
            const RebaseMove *move = plan->moves->pdata[k];
            if (strcmp(move->revision->id, revision->id) != 0)
                continue;
            g_ptr_array_unref(revision->down_revisions);
            revision->down_revisions = g_ptr_array_copy(move->parents, (GCopyFunc)(void (*)(void))g_strdup, NULL);
            g_ptr_array_set_free_func(revision->down_revisions, g_free);
        }
    }
    return revisions;
}

static void check_random(GRand *rand)
{
    static const char *const base[] = {"a", "b"};
    g_autofree char *theirs_text = random_side(rand, "t", (guint)g_rand_int_range(rand, 0, 5), NULL, 0);
    g_autofree char *theirs_line = g_strconcat("a <; b < a", theirs_text, NULL);
    char *first = strstr(theirs_line, "t0 <");
    g_autoptr(GString) theirs_all = g_string_new(theirs_line);
    if (first != NULL)
        g_string_insert(theirs_all, first - theirs_line + 4, " b");
    g_autofree char *own = random_side(rand, "o", (guint)g_rand_int_range(rand, 1, 6), base, 2);
    g_autofree char *ours_text = g_strconcat("a <; b < a", own, NULL);
    g_autoptr(GPtrArray) ours = graph_revisions(ours_text);
    g_autoptr(RevisionMap) theirs = graph_map(theirs_all->str);
    g_autoptr(GPtrArray) heads = revision_map_heads(theirs);
    const char *head = ((const Revision *)heads->pdata[0])->id;
    const Rebase rebase = {ours, theirs, "main", heads->len > 1 ? head : NULL, FALSE};
    g_autoptr(GError) error = NULL;
    g_autoptr(RebasePlan) plan = rebase_plan(&rebase, &error);
    if (plan == NULL)
        fail_msg("%s onto %s: %s", ours_text, theirs_all->str, error->message);

    g_autoptr(GPtrArray) again = apply_moves(ours_text, plan);
    const Rebase second = {again, theirs, "main", NULL, FALSE};
    g_autoptr(RebasePlan) nothing = rebase_plan(&second, &error);
    assert_non_null(nothing);
    assert_int_equal(nothing->moves->len, 0);
    for (guint i = 0; i < again->len; i++) {
        const Revision *now = again->pdata[i], *before = ours->pdata[i];
        if (now->id[0] == 'o' && before->down_revisions->len > 0) {
            const char *parent = now->down_revisions->pdata[0], *old = before->down_revisions->pdata[0];
            if (old[0] == 'o')
                assert_string_equal(parent, old);
            else
                assert_string_equal(parent, head);
        }
    }
}

static void test_random(void **state)
{
    (void)state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (guint i = 0; i < 1000; i++)
        check_random(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),  cmocka_unit_test(test_merges), cmocka_unit_test(test_heads),
        cmocka_unit_test(test_bases),  cmocka_unit_test(test_broken), cmocka_unit_test(test_applied),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests_name("script/rebase", tests, NULL, NULL);
}
