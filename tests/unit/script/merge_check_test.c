/*
 * Trees are written "a < ; x/b.sql: b < a !up": a graph of graph.h, each revision with the path of its file in front
 * (else v/ID.sql) and behind '!' what was done to it: "up", "down", "comment" (other bytes), "bad" (it cannot be read),
 * "broken" (its sections cannot).
 */
#include "script/merge_check.h"

#include "unit/script/graph.h"

typedef struct Tree {
    GPtrArray *files, *revisions;
} Tree;

static void tree_clear(Tree *tree)
{
    g_ptr_array_unref(tree->files);
    g_ptr_array_unref(tree->revisions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tree, tree_clear)

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const MergeFile *const *)a)->path, (*(const MergeFile *const *)b)->path);
}

static Tree tree_new(const char *text)
{
    Tree tree = {g_ptr_array_new_with_free_func((GDestroyNotify)merge_file_free),
                 g_ptr_array_new_with_free_func((GDestroyNotify)revision_free)};
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        char *done = g_strstrip(graph_cut(parts[i], '!'));
        char *colon = strchr(parts[i], ':');
        char *graph = colon != NULL ? colon + 1 : parts[i];
        g_autoptr(GPtrArray) one = graph_revisions(graph);
        if (one->len == 0)
            continue;
        Revision *revision = g_ptr_array_steal_index(one, 0);
        g_ptr_array_add(tree.revisions, revision);
        g_autofree char *path =
            colon != NULL ? g_strndup(parts[i], (gsize)(colon - parts[i])) : g_strdup_printf("v/%s.sql", revision->id);
        g_autofree char *blob = g_strconcat(revision->text, "!", done, NULL);
        MergeFile *file = merge_file_new(g_steal_pointer(&path), g_steal_pointer(&blob));
        g_strstrip(file->path);
        file->revision = strcmp(done, "bad") != 0 ? revision : NULL;
        file->problem = file->revision == NULL ? g_strdup_printf("%s:3: bad", file->path) : NULL;
        g_ptr_array_add(tree.files, file);
    }
    g_ptr_array_sort(tree.files, compare_paths);
    return tree;
}

static gboolean compare(const MergeFile *theirs, const MergeFile *merged, guint *changes, void *data, GError **error)
{
    (void)theirs, (void)data;
    const char *done = strchr(merged->blob, '!') + 1;
    *changes = strcmp(done, "up") == 0 ? REVISION_CHANGE_UP : strcmp(done, "down") == 0 ? REVISION_CHANGE_DOWN : 0;
    if (strcmp(done, "broken") != 0)
        return TRUE;
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "%s:9: broken", merged->path);
    return FALSE;
}

/* The files outside of the version folders, for `exists`. */
static gboolean is_elsewhere(const char *path, void *data)
{
    const char *elsewhere = data;
    return elsewhere != NULL && strcmp(elsewhere, path) == 0;
}

/* "error heads b v/b.sql v/c.sql; …" of all findings. */
static char *describe(const GPtrArray *findings)
{
    static const char *const levels[] = {"note", "warning", "error"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const MergeFinding *finding = g_ptr_array_index(findings, i);
        g_string_append_printf(
            text, "%s%s %s %s %s %s", i > 0 ? "; " : "", levels[finding->level], merge_finding_kind_name(finding->kind),
            finding->revision != NULL ? finding->revision : "-", finding->file != NULL ? finding->file->path : "-",
            finding->other != NULL ? finding->other->path : "-");
    }
    return g_string_free(text, FALSE);
}

typedef struct Case {
    const char *theirs, *merged, *expected;
    const char *words;     /* in some message or advice */
    const char *conflict;  /* path */
    const char *elsewhere; /* path */
} Case;

static void expect_words(const GPtrArray *findings, const char *words)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const MergeFinding *finding = g_ptr_array_index(findings, i);
        g_string_append_printf(all, "%s\n%s\n", finding->message, finding->advice != NULL ? finding->advice : "");
    }
    if (strstr(all->str, words) == NULL)
        fail_msg("'%s' is not in: %s", words, all->str);
}

static void expect(const Case *item)
{
    g_auto(Tree) theirs = tree_new(item->theirs), merged = tree_new(item->merged);
    g_autoptr(GHashTable) conflicts = g_hash_table_new(g_str_hash, g_str_equal);
    if (item->conflict != NULL)
        g_hash_table_add(conflicts, (gpointer)item->conflict);
    MergeCheck check = {"main", theirs.files, merged.files, conflicts, is_elsewhere, compare, (void *)item->elsewhere};
    g_autoptr(MergeResult) result = merge_check(&check);
    g_autofree char *found = describe(result->findings);
    if (strcmp(found, item->expected) != 0)
        fail_msg("%s -> %s\n  expected: %s\n  found:    %s", item->theirs, item->merged, item->expected, found);
    if (item->words != NULL)
        expect_words(result->findings, item->words);
}

static void expect_cases(const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++)
        expect(&cases[i]);
}

static void test_nothing(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"", "", "", NULL, NULL, NULL},
        {"", "a <; b < a", "", NULL, NULL, NULL},
        {"a <", "a <; b < a", "", NULL, NULL, NULL},
        {"a <; b < a", "a < !comment; b < a", "", NULL, NULL, NULL},
        /* A merge revision joins both. */
        {"a <; b < a", "a <; b < a; c < a; m < b,c", "", NULL, NULL, NULL},
        /* A head for each label. */
        {"a <", "a <; x < #lab; y < x", "", NULL, NULL, NULL},
        {"a <; b < a; x < #lab", "a <; b < a; x < #lab; c < b; y < x", "", NULL, NULL, NULL},
        {"a <; b < a", "a <; b < a; x < a #lab", "", NULL, NULL, NULL},
        {"a <; b < a; c < b", "a <; b < a; c < b; d < c + b", "", NULL, NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void test_heads(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"a <; b < a", "a <; b < a; c < a", "error heads c v/c.sql v/b.sql; warning parent c v/c.sql v/b.sql",
         "2 heads after the merge: 'c' and 'b' of main", NULL, NULL},
        {"a <; b < a", "a <; b < a; c < a; d < c", "error heads d v/d.sql v/b.sql; warning parent c v/c.sql v/b.sql",
         "migrate rebase --onto main", NULL, NULL},
        /* Two of the branch's own. */
        {"a <", "a <; b < a; c < a", "error heads c v/c.sql v/b.sql", "migrate merge c b", NULL, NULL},
        {"", "a <; b <", "error heads b v/b.sql v/a.sql", NULL, NULL, NULL},
        /* What theirs has by itself is a note, and what is added to it is not. */
        {"a <; b < a; c < a", "a <; b < a; c < a", "note heads b v/b.sql v/c.sql", "main has 2 heads by itself", NULL,
         NULL},
        {"a <; b < a; c < a", "a <; b < a; c < a; d < b", "note heads c v/c.sql v/d.sql", NULL, NULL, NULL},
        {"a <; b < a; c < a", "a <; b < a; c < a; d < a",
         "error heads d v/d.sql v/b.sql; warning parent d v/d.sql v/c.sql", "3 heads", NULL, NULL},
        /* In one of several labelled lines. */
        {"a <; x < #lab; y < x", "a <; x < #lab; y < x; z < x; b < a",
         "error heads z v/z.sql v/y.sql; warning parent z v/z.sql v/y.sql", "heads of branch 'lab'", NULL, NULL},
        /* A merge revision that was taken away parts what it had joined. */
        {"a <; b < a; c < a; m < b,c", "a <; b < a; c < a",
         "error heads b v/b.sql v/c.sql; error deleted m v/m.sql v/m.sql", NULL, NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void test_duplicates(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"v/a_one.sql: a <", "v/a_one.sql: a <; v/a_two.sql: a < !up", "error duplicate a v/a_two.sql v/a_one.sql",
         "give 'v/a_two.sql' another id", NULL, NULL},
        /* The new one is the subject, also when its name comes first. */
        {"v/a_two.sql: a <", "v/a_one.sql: a < !up; v/a_two.sql: a <", "error duplicate a v/a_one.sql v/a_two.sql",
         NULL, NULL, NULL},
        {"v/a.sql: a <", "v/a.sql: a <; v/b.sql: a <", "error duplicate a v/b.sql v/a.sql", "git rm :/v/b.sql", NULL,
         NULL},
        {"v/a.sql: a <; v/b.sql: a < !up", "v/a.sql: a <; v/b.sql: a < !up", "warning duplicate a v/b.sql v/a.sql",
         "already by itself", NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void test_edited(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"a <; b < a", "a < !up; b < a", "error edited a v/a.sql v/a.sql", "git checkout main -- :/v/a.sql", NULL,
         NULL},
        {"a <", "a < !down", "note edited a v/a.sql v/a.sql", "only its way down", NULL, NULL},
        {"a <", "a < !up", "error edited a v/a.sql v/a.sql", "both sides edited it", "v/a.sql", NULL},
        {"a <", "a < !comment", "error edited a v/a.sql v/a.sql", "the merge stops at it", "v/a.sql", NULL},
        {"a <; b <; c < a,b", "a <; b <; c < b,a", "", NULL, NULL, NULL},
        {"a <; b < a; c < b", "a <; b < a; c < a", "error heads b v/b.sql v/c.sql; error edited c v/c.sql v/c.sql",
         "'Revises' was changed from 'b' to 'a'", NULL, NULL},
        {"a <; b < a; c < b", "a <; b < a; c < b + a", "error edited c v/c.sql v/c.sql", "'Depends-On' was changed",
         NULL, NULL},
        {"a <", "a < #x", "error edited a v/a.sql v/a.sql", "'Branch-Labels' was changed from '' to 'x'", NULL, NULL},
        {"v/a.sql: a <", "v/a.sql: b <", "error edited a v/a.sql v/a.sql", "it has the id 'b' now", NULL, NULL},
        {"a <", "a < !broken", "error graph a v/a.sql v/a.sql", "v/a.sql:9: broken", NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void test_moved(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"a <; b < a", "a <", "error deleted b v/b.sql v/b.sql", "git checkout main -- :/v/b.sql", NULL, NULL},
        {"a <; b < a", "a <", "error deleted b v/b.sql v/b.sql", "it was edited there", "v/b.sql", NULL},
        {"a <; b < a", "a <; v/other.sql: b < a", "warning renamed b v/other.sql v/b.sql", " mv v/other.sql v/b.sql",
         NULL, NULL},
        {"a <; b < a", "w/a.sql: a <; w/b.sql: b < a", "note renamed - w/a.sql v/a.sql",
         "the version folder 'v' of main was renamed to 'w'", NULL, NULL},
        /* One of them was edited on the way. */
        {"a <; b < a", "w/a.sql: a < !up; w/b.sql: b < a",
         "error edited a w/a.sql v/a.sql; note renamed - w/a.sql v/a.sql",
         "git show main:v/a.sql >\"$(git rev-parse --show-toplevel)\"/w/a.sql", NULL, NULL},
        /* What theirs adds to the former folder is not found there. */
        {"a <; b < a", "w/a.sql: a <", "error deleted b v/b.sql -; note renamed - w/a.sql v/a.sql", " mv v/b.sql w",
         NULL, "v/b.sql"},
        {"a <; b < a", "a <; w/b.sql: b < a", "warning renamed b w/b.sql v/b.sql", NULL, NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void test_graphs(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"a <", "a <; c < b", "error heads c v/c.sql v/a.sql; error graph c v/c.sql -", "no file holds that revision",
         NULL, NULL},
        {"a <", "a <; b < a + zzzz", "error graph b v/b.sql -", "depends on 'zzzz'", NULL, NULL},
        {"a < #x", "a < #x; b < a #x", "error graph b v/b.sql v/a.sql", "branch label 'x' stands in 'v/b.sql'", NULL,
         NULL},
        {"a <", "a <; b < c; c < b", "error graph b v/b.sql -", "'b' stands on 'c' stands on 'b'", NULL, NULL},
        {"a <", "a <; b < a + c; c < b", "error graph b v/b.sql -", "stand on each other", NULL, NULL},
        /* The rest is told as well; what theirs says stands for what cannot be read. */
        {"a <; b < a; c < b", "a <; b < a !bad; c < b; d < a",
         "error heads d v/d.sql v/c.sql; error graph - v/b.sql -; warning parent d v/d.sql v/b.sql", "v/b.sql:3: bad",
         NULL, NULL},
        {"a <; b < a !bad", "a <; b < a !bad; c < b", "error heads c v/c.sql v/a.sql; warning graph - v/b.sql -",
         "already on main", NULL, NULL},
    };
    expect_cases(cases, G_N_ELEMENTS(cases));
}

static void expect_pair(const char *theirs_text, const char *ours_text, const char *others_text, const char *expected)
{
    g_auto(Tree) theirs = tree_new(theirs_text), ours = tree_new(ours_text), others = tree_new(others_text);
    MergeCheck check = {"main", theirs.files, ours.files, NULL, NULL, compare, NULL}, other_check = check;
    other_check.merged = others.files;
    g_autoptr(MergeResult) result = merge_check(&check), other_result = merge_check(&other_check);
    g_autoptr(GPtrArray) findings = merge_check_pair(result, "one", other_result, "two");
    g_autofree char *found = describe(findings);
    assert_string_equal(found, expected);
}

static void test_pairs(void **state)
{
    (void)state;
    expect_pair("a <", "a <; b < a", "a <; c < a", "error heads b v/b.sql v/c.sql");
    expect_pair("a <", "a <; b < a", "a <", "");
    /* One stands on the other. */
    expect_pair("a <", "a <; b < a", "a <; b < a; c < b", "");
    expect_pair("a <", "a <; b < a; d < b", "a <; b < a; c < b", "error heads d v/d.sql v/c.sql");
    expect_pair("a <; x < #lab", "a <; x < #lab; b < a", "a <; x < #lab; y < x", "");
    expect_pair("a <", "a <; v/b_one.sql: b < a", "a <; v/b_two.sql: b < a !up",
                "error duplicate b v/b_one.sql v/b_two.sql");
    expect_pair("a <", "a <; b < a", "a <; b < a", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_heads), cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_edited),  cmocka_unit_test(test_moved), cmocka_unit_test(test_graphs),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
