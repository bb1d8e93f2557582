#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "git/repository.h"

#include "support/git_answers.h"
#include "support/scale.h"

static void assert_same_changes(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer path, commit;
    assert_int_equal(g_hash_table_size(a), g_hash_table_size(b));
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &path, &commit)) {
        const Commit *other = g_hash_table_lookup(b, path);
        assert_non_null(other);
        assert_string_equal(((const Commit *)commit)->id, other->id);
    }
}

/* One git_tests_folder or file; both ways to ask say the same. */
static GHashTable *changes_of(const Repository *repository, const char *ref, const char *path, gboolean first)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *from = repository_resolve(repository, ref, &error);
    if (!from)
        fail_msg("%s", error->message);
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, (gpointer)path);
    GHashTable *changes = repository_last_changes(repository, from, paths, first, &error);
    if (!changes)
        fail_msg("%s", error->message);
    g_autoptr(GHashTable) oldest = NULL, newest = NULL;
    if (!repository_all_changes(repository, from, paths, &oldest, &newest, &error))
        fail_msg("%s", error->message);
    assert_same_changes(changes, first ? oldest : newest);
    return changes;
}

static void assert_change(GHashTable *changes, const char *path, const char *expected)
{
    const Commit *commit = g_hash_table_lookup(changes, path);
    if (!commit)
        fail_msg("no commit of '%s' is known", path);
    if (strcmp(commit->id, expected) != 0)
        fail_msg("'%s': %s, not %s", path, commit->id, expected);
}

static void assert_one(const Repository *repository, const char *ref, const char *path, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *from = repository_resolve(repository, ref, &error);
    g_autoptr(Commit) commit = repository_last_change(repository, from, path, &error);
    if (error)
        fail_msg("%s", error->message);
    if (!commit || strcmp(commit->id, expected) != 0)
        fail_msg("'%s': %s, not %s", path, commit ? commit->id : "none", expected);
}

/* ---- at random, against git ---- */

static guint compare_branch(const Repository *repository, const char *root, const char *branch, guint seed)
{
    g_autoptr(GHashTable) changes = changes_of(repository, branch, "db", FALSE);
    g_autoptr(GHashTable) firsts = changes_of(repository, branch, "db", TRUE);
    g_auto(GStrv) paths =
        git_lines(root, "log --full-history -m --no-renames --format= --name-only %s -- db | sort -u", branch);
    guint compared = 0;
    for (guint i = 0; paths[i]; i++) {
        if (!*paths[i])
            continue;
        g_autofree char *id = git_says(root, "log -1 --format=%%H %s -- %s", branch, paths[i]);
        const Commit *commit = g_hash_table_lookup(changes, paths[i]);
        if (!*id) /* on branches only that were merged without it: git says nothing then */
            continue;
        if (!commit || strcmp(commit->id, id) != 0)
            fail_msg("seed %u: %s: '%s': %s, git says %s", seed, branch, paths[i], commit ? commit->id : "none", id);
        assert_one(repository, branch, paths[i], id);
        assert_non_null(g_hash_table_lookup(firsts, paths[i]));
        compared++;
    }
    return compared;
}

static void random_histories_are_simplified_as_git_does(void **state)
{
    (void)state;
    guint compared = 0;
    for (guint seed = 1; seed <= test_scale(8, 3); seed++) {
        g_autofree char *name = g_strdup_printf("random%u", seed);
        g_autoptr(GitFixture) fixture = git_tests_fixture(name);
        git_random_history(fixture, seed, 40);
        if (seed % 2)
            git_fixture_pack(fixture);
        g_autoptr(Repository) repository = git_tests_open(fixture->folder);
        g_auto(GStrv) branches = git_lines(fixture->folder, "for-each-ref --format='%%(refname:short)' refs/heads");
        for (guint i = 0; branches[i]; i++)
            compared += compare_branch(repository, fixture->folder, branches[i], seed);
    }
    assert_true(compared > test_scale(130, 30));
}

/* ---- by hand ---- */

static void a_merge_counts_where_it_differs_from_all_parents(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("merges");
    g_autofree char *base = git_fixture_commit(fixture, "main", "base", "v/a.sql", "1", "v/b.sql", "1", NULL);
    git_fixture_branch(fixture, "side", "main");
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "v/a.sql", "2", NULL);
    g_autofree char *theirs = git_fixture_commit(fixture, "side", "theirs", "v/b.sql", "2", "v/c.sql", "1", NULL);
    git_fixture_checkout(fixture, "main");
    g_free(git_fixture_merge(fixture, "side", "merge", NULL));
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(GHashTable) changes = changes_of(repository, "main", "v", FALSE);
    assert_int_equal(g_hash_table_size(changes), 3);
    assert_change(changes, "v/a.sql", ours);
    assert_change(changes, "v/b.sql", theirs);
    assert_change(changes, "v/c.sql", theirs);
    g_autoptr(GHashTable) firsts = changes_of(repository, "main", "v", TRUE);
    assert_change(firsts, "v/a.sql", base);
    assert_change(firsts, "v/b.sql", base);
    assert_change(firsts, "v/c.sql", theirs);

    /* what a merge itself writes is its own */
    git_oid parents[] = {git_fixture_resolve(fixture, "main"), git_fixture_resolve(fixture, "side")};
    g_free(git_fixture_commit(fixture, "evil", "to have its tree", "v/a.sql", "evil", NULL));
    git_commit *commit = NULL;
    git_oid evil_id = git_fixture_resolve(fixture, "evil");
    assert_int_equal(git_commit_lookup(&commit, fixture->git, &evil_id), 0);
    git_oid made = git_fixture_commit_tree(fixture, git_commit_tree_id(commit), parents, 2, "evil merge");
    git_commit_free(commit);
    char text[GIT_OID_HEXSZ + 1];
    git_oid_tostr(text, sizeof(text), &made);
    assert_one(repository, text, "v/a.sql", text);
    assert_one(repository, text, "v/b.sql", theirs);
}

static void what_was_dropped_by_a_merge_is_found_all_the_same(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("dropped");
    g_free(git_fixture_commit(fixture, "main", "base", "v/a.sql", "1", NULL));
    git_fixture_branch(fixture, "side", "main");
    g_free(git_fixture_commit(fixture, "side", "brings", "v/gone.sql", "1", NULL));
    g_autofree char *removes = git_fixture_commit(fixture, "side", "removes", "v/gone.sql", NULL, NULL);
    g_free(git_fixture_commit(fixture, "main", "ours", "v/a.sql", "2", NULL));
    git_fixture_checkout(fixture, "main");
    g_free(git_fixture_merge(fixture, "side", "merge", NULL));
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autofree char *git = git_says(fixture->folder, "log -1 --format=%%H main -- v/gone.sql");
    assert_string_equal(git, "");
    g_autofree char *full = git_says(fixture->folder, "log -1 --full-history --format=%%H main -- v/gone.sql");
    assert_string_equal(full, removes);
    g_autoptr(GHashTable) changes = changes_of(repository, "main", "v", FALSE);
    assert_change(changes, "v/gone.sql", removes);
    assert_one(repository, "main", "v/gone.sql", removes);
    g_autoptr(GError) error = NULL;
    g_autofree char *from = repository_resolve(repository, "main", NULL);
    assert_null(repository_last_change(repository, from, "v/never.sql", &error));
    assert_null(error);
}

static void the_first_commit_of_a_moved_file_is_that_of_its_content(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("moved");
    g_autofree char *a = git_fixture_commit(fixture, "main", "a", "migrations/a.sql", "a", "x", "1", NULL);
    g_autofree char *b = git_fixture_commit(fixture, "main", "b", "migrations/b.sql", "b", NULL);
    g_autofree char *named =
        git_fixture_commit(fixture, "main", "renamed", "migrations/b.sql", NULL, "migrations/bb.sql", "b", NULL);
    g_autofree char *moves =
        git_fixture_commit(fixture, "main", "moves", "migrations/a.sql", NULL, "migrations/bb.sql", NULL, "db/v/a.sql",
                           "a", "db/v/bb.sql", "b", "db/v/new.sql", "new", NULL);
    g_autofree char *again = git_fixture_commit(fixture, "main", "changes", "db/v/a.sql", "a2", NULL);
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(GHashTable) lasts = changes_of(repository, "main", "db/v", FALSE);
    assert_change(lasts, "db/v/a.sql", again);
    assert_change(lasts, "db/v/bb.sql", moves);
    g_autoptr(GHashTable) firsts = changes_of(repository, "main", "db/v", TRUE);
    assert_int_equal(g_hash_table_size(firsts), 3);
    assert_change(firsts, "db/v/a.sql", a);
    assert_change(firsts, "db/v/bb.sql", b);
    assert_change(firsts, "db/v/new.sql", moves);
    g_autoptr(GHashTable) before = changes_of(repository, "main", "migrations", FALSE);
    assert_change(before, "migrations/a.sql", moves);
    assert_change(before, "migrations/b.sql", named);
}

static void a_shallow_clone_begins_with_its_oldest_commit(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("deep");
    g_free(git_fixture_commit(fixture, "main", "a", "v/a.sql", "a", NULL));
    g_free(git_fixture_commit(fixture, "main", "b", "v/b.sql", "b", NULL));
    g_autofree char *oldest = git_fixture_commit(fixture, "main", "c", "v/c.sql", "c", NULL);
    g_autofree char *newest = git_fixture_commit(fixture, "main", "d", "v/d.sql", "d", NULL);
    g_autofree char *path = git_tests_path("shallow");
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, path, 2, NULL));
    g_autoptr(Repository) repository = git_tests_open(path);
    g_autoptr(GHashTable) changes = changes_of(repository, "HEAD", "v", FALSE);
    assert_change(changes, "v/a.sql", oldest);
    assert_change(changes, "v/b.sql", oldest);
    assert_change(changes, "v/c.sql", oldest);
    assert_change(changes, "v/d.sql", newest);
    assert_one(repository, "HEAD", "v/a.sql", oldest);
}

static void names_need_not_be_utf8(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("latin");
    g_autofree char *id = git_fixture_commit(fixture, "main", "a", "v/\xe9t\xe9.sql", "a", NULL);
    git_fixture_checkout(fixture, id); /* HEAD is detached */
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(GHashTable) changes = changes_of(repository, "HEAD", ".", FALSE);
    assert_change(changes, "v/\xe9t\xe9.sql", id);
}

static void ten_thousand_commits_are_told_as_git_does(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("large");
    g_free(git_fixture_commit(fixture, "main", "root", "README", "1", NULL));
    git_fixture_checkout(fixture, "main");
    git_fixture_history(fixture, test_scale(10000, 1000), test_scale(2000, 200), "db/versions");
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    for (int first = 0; first < 2; first++) {
        g_autoptr(GHashTable) changes = changes_of(repository, "main", "db/versions", first);
        g_auto(GStrv) files = git_lines(fixture->folder, "ls-tree -r --name-only main db/versions");
        assert_int_equal(g_strv_length(files), g_hash_table_size(changes));
        for (guint i = 0; i < g_strv_length(files); i += 97) {
            g_autofree char *id = git_says(fixture->folder, "log -1 --format=%%H main -- %s", files[i]);
            assert_change(changes, files[i], id);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories_are_simplified_as_git_does),
        cmocka_unit_test(a_merge_counts_where_it_differs_from_all_parents),
        cmocka_unit_test(what_was_dropped_by_a_merge_is_found_all_the_same),
        cmocka_unit_test(the_first_commit_of_a_moved_file_is_that_of_its_content),
        cmocka_unit_test(a_shallow_clone_begins_with_its_oldest_commit),
        cmocka_unit_test(names_need_not_be_utf8),
        cmocka_unit_test(ten_thousand_commits_are_told_as_git_does),
    };
    return cmocka_run_group_tests_name("git changes", tests, git_tests_setup, git_tests_teardown);
}
