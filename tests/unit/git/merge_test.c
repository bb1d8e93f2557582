#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "git/repository.h"
#include "support/git_answers.h"

static void list_all(FileTree *tree, const char *path, GString *text)
{
    g_autofree char *absolute = *path ? g_build_filename(tree->root, path, NULL) : g_strdup(tree->root);
    g_autoptr(GPtrArray) entries = file_tree_list(tree, absolute, NULL);
    assert_non_null(entries);
    for (guint i = 0; i < entries->len; i++) {
        const FileEntry *entry = entries->pdata[i];
        g_autofree char *inner = *path ? g_strdup_printf("%s/%s", path, entry->name) : g_strdup(entry->name);
        assert_int_equal(tree->class->kind(tree, inner), entry->kind);
        if (entry->kind == FILE_KIND_FOLDER) {
            list_all(tree, inner, text);
            continue;
        }
        g_autofree char *id = tree->class->blob_id(tree, inner);
        g_string_append_printf(text, "%s %s\n", id, inner);
    }
}

/* A merge as this room makes it. */
typedef struct Merged {
    Repository *repository;
    FileTree *tree;
    GPtrArray *conflicts;
    char *files; /* all of them, "BLOB PATH" in each line */
} Merged;

static void merged_clear(Merged *merged)
{
    file_tree_free(merged->tree);
    repository_free(merged->repository);
    g_ptr_array_unref(merged->conflicts);
    g_free(merged->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merged, merged_clear)

static Merged merge(const GitFixture *fixture, const char *ours, const char *theirs)
{
    Merged merged = {0};
    g_autoptr(GError) error = NULL;
    merged.repository = repository_open(fixture->folder, &error);
    assert_non_null(merged.repository);
    g_autofree char *one = repository_resolve(merged.repository, ours, &error);
    g_autofree char *other = repository_resolve(merged.repository, theirs, &error);
    merged.tree = repository_merge_tree(merged.repository, one, other, &merged.conflicts, &error);
    if (!merged.tree)
        fail_msg("%s", error->message);
    GString *text = g_string_new(NULL);
    list_all(merged.tree, "", text);
    merged.files = git_sorted(text->str);
    g_string_free(text, TRUE);
    return merged;
}

/* The same by git; NULL: it has conflicts. */
static char *merge_by_git(GitFixture *fixture, const char *ours, const char *theirs)
{
    g_autofree char *out = git_fixture_ask(fixture, "merge-tree --write-tree %s %s 2>&1 || test $? = 1", ours, theirs);
    g_auto(GStrv) lines = g_strsplit(out, "\n", 2);
    if (lines[1])
        return NULL;
    g_autofree char *files =
        git_fixture_ask(fixture, "-c core.quotepath=off ls-tree -r --format='%%(objectname) %%(path)' %s", lines[0]);
    return git_sorted(files);
}

static void assert_as_git(GitFixture *fixture, const char *ours, const char *theirs)
{
    g_auto(Merged) merged = merge(fixture, ours, theirs);
    g_autofree char *expected = merge_by_git(fixture, ours, theirs);
    assert_non_null(expected);
    assert_string_equal(merged.files, expected);
    assert_int_equal(merged.conflicts->len, 0);
}

static char *content(const Merged *merged, const char *path)
{
    g_autofree char *absolute = g_build_filename(merged->tree->root, path, NULL);
    char *text = NULL;
    gsize length = 0;
    return file_tree_read(merged->tree, absolute, &text, &length, NULL) ? text : NULL;
}

static void assert_conflicts(const Merged *merged, const char *paths)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < merged->conflicts->len; i++)
        g_ptr_array_add(words, merged->conflicts->pdata[i]);
    g_ptr_array_add(words, NULL);
    g_autofree char *text = g_strjoinv(" ", (char **)words->pdata);
    assert_string_equal(text, paths);
}

#define LINES "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"

static void test_clean(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("clean");
    g_free(git_fixture_commit(fixture, "main", "base", "db/a.sql", LINES, "db/b.sql", "b\n", "src/x", "x", NULL));
    git_fixture_branch(fixture, "theirs", "main");
    g_free(git_fixture_commit(fixture, "theirs", "theirs", "db/a.sql", LINES "eleven\n", "db/c.sql", "c\n", "src/x",
                              NULL, NULL));
    g_free(git_fixture_commit(fixture, "main", "ours", "db/a.sql", "zero\n" LINES, "db/d.sql", "d\n", NULL));
    assert_as_git(fixture, "main", "theirs");
    assert_as_git(fixture, "theirs", "main");
    assert_as_git(fixture, "main", "main");
    assert_as_git(fixture, "main", "main~1");
    g_auto(Merged) merged = merge(fixture, "main", "theirs");
    g_autofree char *a = content(&merged, "db/a.sql");
    assert_string_equal(a, "zero\n" LINES "eleven\n");
}

static char *count_objects(GitFixture *fixture)
{
    return git_fixture_ask(fixture, "count-objects -v");
}

static void test_nothing_is_written(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("nothing");
    g_free(git_fixture_commit(fixture, "main", "base", "a", LINES, NULL));
    git_fixture_branch(fixture, "theirs", "main");
    g_free(git_fixture_commit(fixture, "theirs", "theirs", "a", LINES "eleven\n", NULL));
    g_free(git_fixture_commit(fixture, "main", "ours", "a", "zero\n" LINES, NULL));
    g_autofree char *before = count_objects(fixture), *list = NULL, *after_list = NULL;
    g_autofree char *find = g_strdup_printf("find '%s' -type f | sort", fixture->folder);
    char *argv[] = {"/bin/sh", "-c", find, NULL};
    g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &list, NULL, NULL, NULL);
    g_auto(Merged) merged = merge(fixture, "main", "theirs");
    g_autofree char *text = content(&merged, "a"), *after = count_objects(fixture);
    assert_string_equal(text, "zero\n" LINES "eleven\n");
    g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &after_list, NULL, NULL, NULL);
    assert_string_equal(after, before);
    assert_string_equal(after_list, list);
}

static void test_conflicts(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("conflicts");
    g_free(git_fixture_commit(fixture, "main", "base", "both", "b\n", "mine-gone", "m\n", "theirs-gone", "t\n", "plain",
                              "p\n", NULL));
    git_fixture_branch(fixture, "theirs", "main");
    g_free(git_fixture_commit(fixture, "theirs", "theirs", "both", "theirs\n", "mine-gone", "changed\n", "theirs-gone",
                              NULL, "new", "their new\n", "f", "a file", "g/x", "in a folder", "other", "o\n", NULL));
    g_free(git_fixture_commit(fixture, "main", "ours", "both", "ours\n", "mine-gone", NULL, "theirs-gone", "kept\n",
                              "new", "our new\n", "f/x", "in a folder", "g", "a file", NULL));
    g_auto(Merged) merged = merge(fixture, "main", "theirs");
    assert_conflicts(&merged, "both f g mine-gone new theirs-gone");
    assert_null(merge_by_git(fixture, "main", "theirs"));
    static const char *const expected[][2] = {
        {"both", "ours\n"}, {"mine-gone", NULL}, {"new", "our new\n"},   {"theirs-gone", "kept\n"},
        {"plain", "p\n"},   {"other", "o\n"},    {"f/x", "in a folder"}, {"g", "a file"},
        {"f", NULL},        {"g/x", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *text = content(&merged, expected[i][0]);
        if (g_strcmp0(text, expected[i][1]) != 0)
            fail_msg("'%s' is '%s'", expected[i][0], text);
    }
}

static void test_criss_cross(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("criss-cross");
    g_free(git_fixture_commit(fixture, "main", "base", "a", LINES, "b", LINES, NULL));
    git_fixture_branch(fixture, "other", "main");
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "a", "zero\n" LINES, NULL);
    g_autofree char *theirs = git_fixture_commit(fixture, "other", "theirs", "a", LINES "eleven\n", NULL);
    g_free(git_fixture_merge(fixture, theirs, "cross", NULL));
    git_fixture_checkout(fixture, "other");
    g_free(git_fixture_merge(fixture, ours, "criss", NULL));
    g_free(git_fixture_commit(fixture, "main", "on", "b", "zero\n" LINES, NULL));
    g_free(git_fixture_commit(fixture, "other", "on", "b", LINES "eleven\n", "c", "c", NULL));
    g_autofree char *bases = git_fixture_ask(fixture, "merge-base --all main other | wc -l");
    assert_string_equal(bases, "2");
    assert_as_git(fixture, "main", "other");
    assert_as_git(fixture, "other", "main");
}

static void test_renames(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("renames");
    g_free(git_fixture_commit(fixture, "main", "base", "versions/a.sql", LINES "a\n", "versions/b.sql", LINES "b\n",
                              "versions/deep/c.sql", LINES "c\n", "x", "x", NULL));
    git_fixture_branch(fixture, "theirs", "main");
    g_free(git_fixture_commit(fixture, "theirs", "theirs", "versions/a.sql", "zero\n" LINES "a\n", "versions/new.sql",
                              "new\n", "versions/deep/er/new.sql", "deep\n", NULL));
    g_free(git_fixture_commit(fixture, "main", "the folder moves", "versions/a.sql", NULL, "versions/b.sql", NULL,
                              "versions/deep/c.sql", NULL, "db/v/a.sql", LINES "a\n", "db/v/b.sql", LINES "b\n",
                              "db/v/deep/c.sql", LINES "c\n", NULL));
    g_auto(Merged) merged = merge(fixture, "main", "theirs");
    g_autofree char *a = content(&merged, "db/v/a.sql"), *new = content(&merged, "db/v/new.sql");
    g_autofree char *deep = content(&merged, "db/v/deep/er/new.sql");
    assert_string_equal(a, "zero\n" LINES "a\n");
    assert_string_equal(new, "new\n");
    assert_string_equal(deep, "deep\n");
    assert_conflicts(&merged, "db/v/deep/er/new.sql db/v/new.sql");
    assert_null(merge_by_git(fixture, "main", "theirs"));
    g_auto(Merged) turned = merge(fixture, "theirs", "main");
    assert_string_equal(turned.files, merged.files);
    git_fixture_config(fixture, "merge.directoryRenames", "true");
    assert_as_git(fixture, "main", "theirs");
    assert_as_git(fixture, "theirs", "main");
    git_fixture_config(fixture, "merge.directoryRenames", "false");
    assert_as_git(fixture, "main", "theirs");
}

static void test_unrelated(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("unrelated");
    g_free(git_fixture_commit(fixture, "main", "one", "a", "a", "same", "s", "differs", "1", NULL));
    git_fixture_unborn(fixture, "alien");
    g_free(git_fixture_commit(fixture, "alien", "two", "b", "b", "same", "s", "differs", "2", NULL));
    g_auto(Merged) merged = merge(fixture, "main", "alien");
    assert_conflicts(&merged, "differs");
    g_autofree char *a = content(&merged, "a"), *b = content(&merged, "b"), *differs = content(&merged, "differs");
    assert_string_equal(a, "a");
    assert_string_equal(b, "b");
    assert_string_equal(differs, "1");
}

static void test_shallow_without_base(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("deep");
    g_autofree char *path = git_tests_path("shallow");
    g_free(git_fixture_commit(fixture, "main", "base", "a", "a", NULL));
    g_autofree char *side = git_fixture_commit(fixture, "side", "side", "b", "b", NULL);
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "c", "c", NULL);
    git_fixture_checkout(fixture, "main");
    g_free(git_fixture_merge(fixture, "side", "merge", NULL));
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, path, 2, NULL));
    g_autoptr(Repository) repository = repository_open(path, NULL);
    g_autoptr(GError) error = NULL;
    assert_null(repository_merge_tree(repository, ours, side, NULL, &error));
    assert_non_null(error);
    assert_int_equal(error->code, REPOSITORY_ERROR_INCOMPLETE);
}

/* ---- whatever two branches do, as git merges it ---- */

/* Ten files of ten lines that share nothing. */
static char *random_file(int file, int changed_line, int by)
{
    GString *text = g_string_new(NULL);
    for (int line = 0; line < 12; line++)
        g_string_append_printf(text, line == changed_line ? "file %d line %d changed by %d\n" : "file %d line %d %d\n",
                               file * 7919, line * 104729 + file, line == changed_line ? by : file);
    return g_string_free(text, FALSE);
}

static const char *const paths[] = {"db/versions/a.sql",
                                    "db/versions/b.sql",
                                    "db/c.sql",
                                    "db/d.sql",
                                    "src/e/f/g",
                                    "src/e/h",
                                    "i",
                                    "db-2/j.sql",
                                    "src/k",
                                    "src/e/f/l"};

static void random_changes(GitFixture *fixture, const char *branch, GRand *random, int by)
{
    int n = g_rand_int_range(random, 1, 8);
    for (int i = 0; i < n; i++) {
        int file = g_rand_int_range(random, 0, G_N_ELEMENTS(paths));
        g_autofree char *text = random_file(file, g_rand_int_range(random, 0, 12), by);
        g_autofree char *new_path = g_strdup_printf("db/versions/new-%d-%d.sql", by, i);
        g_autofree char *same_path = g_strdup_printf("src/new-%d", g_rand_int_range(random, 0, 4));
        switch (g_rand_int_range(random, 0, 4)) {
        case 0:
        case 1:
            g_free(git_fixture_commit(fixture, branch, "change", paths[file], text, NULL));
            break;
        case 2:
            g_free(git_fixture_commit(fixture, branch, "delete", paths[file], NULL, NULL));
            break;
        default:
            g_free(git_fixture_commit(fixture, branch, "add", new_path, new_path, same_path,
                                      g_rand_boolean(random) ? "same" : branch, NULL));
            break;
        }
    }
}

static void test_random_merges(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(4711);
    int clean = 0, in_conflict = 0;
    g_autoptr(GitFixture) fixture = git_tests_fixture("random");
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *text = random_file((int)i, -1, 0);
        g_free(git_fixture_commit(fixture, "main", "base", paths[i], text, NULL));
    }
    for (int round = 0; round < 60; round++) {
        g_autofree char *ours = g_strdup_printf("ours-%d", round), *theirs = g_strdup_printf("theirs-%d", round);
        git_fixture_branch(fixture, ours, "main");
        git_fixture_branch(fixture, theirs, "main");
        random_changes(fixture, ours, random, 1);
        random_changes(fixture, theirs, random, 2);
        g_auto(Merged) merged = merge(fixture, ours, theirs);
        g_autofree char *by_git = merge_by_git(fixture, ours, theirs);
        if ((merged.conflicts->len == 0) != (by_git != NULL))
            fail_msg("round %d: %u conflicts here, git has %s", round, merged.conflicts->len, by_git ? "none" : "some");
        if (by_git)
            assert_string_equal(merged.files, by_git);
        clean += by_git != NULL;
        in_conflict += by_git == NULL;
    }
    assert_true(clean > 10);
    assert_true(in_conflict > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_nothing_is_written),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_criss_cross),
        cmocka_unit_test(test_renames),
        cmocka_unit_test(test_unrelated),
        cmocka_unit_test(test_shallow_without_base),
        cmocka_unit_test(test_random_merges),
    };
    return cmocka_run_group_tests(tests, git_tests_setup, git_tests_teardown);
}
