#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "git/repository.h"
#include "support/git_answers.h"

static Repository *open_of(const GitFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Repository *repository = repository_open(fixture->folder, &error);
    if (!repository)
        fail_msg("%s", error->message);
    return repository;
}

#define assert_error(error, domain_, code_, word)                                                                      \
    do {                                                                                                               \
        assert_non_null(error);                                                                                        \
        assert_int_equal((error)->domain, domain_);                                                                    \
        assert_int_equal((error)->code, code_);                                                                        \
        if (!strstr((error)->message, word))                                                                           \
            fail_msg("'%s' does not hold '%s'", (error)->message, word);                                               \
    } while (0)

/* ---- references and commits ---- */

static void test_resolve(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("resolve");
    g_autoptr(Repository) repository = open_of(fixture);
    g_autoptr(GError) error = NULL;
    assert_null(repository_resolve(repository, "HEAD", &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "has no commit yet");
    g_autofree char *unborn = repository_branch(repository);
    assert_string_equal(unborn, "main");

    g_free(git_fixture_commit(fixture, "main", "one", "a", "a", NULL));
    g_free(git_fixture_commit(fixture, "main", "two", "a", "b", NULL));
    g_free(git_fixture_commit(fixture, "feature/x", "three", "c", "c", NULL));
    git_fixture_tag(fixture, "v1", "main~1", "the first");
    git_fixture_tag(fixture, "light", "feature/x", NULL);
    static const char *const refs[] = {"HEAD",        "main",         "main~1",  "main^",    "v1",
                                       "v1^{commit}", "feature/x",    "light",   "main@{0}", "@",
                                       "heads/main",  "refs/tags/v1", ":/three", "v1^{/o}",  "feature/x^"};
    for (gsize i = 0; i < G_N_ELEMENTS(refs); i++) {
        g_autofree char *expected = git_fixture_ask(fixture, "rev-list -1 '%s'", refs[i]);
        g_autofree char *id = repository_resolve(repository, refs[i], &error);
        if (g_strcmp0(id, expected) != 0)
            fail_msg("'%s' is %s, not %s", refs[i], id, expected);
        g_autofree char *prefix = g_strndup(expected, 7), *by_prefix = repository_resolve(repository, prefix, NULL);
        assert_string_equal(by_prefix, expected);
    }
    static const char *const nothing[] = {"nothing",  "main~7", "",           "main..feature/x",
                                          "ffffffff", "v1:a",   "HEAD^{tree}"};
    for (gsize i = 0; i < G_N_ELEMENTS(nothing); i++) {
        g_clear_error(&error);
        assert_null(repository_resolve(repository, nothing[i], &error));
        assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, nothing[i]);
    }
    git_fixture_checkout(fixture, "v1");
    assert_null(repository_branch(repository));
}

static void test_remote_branch_is_named(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("origin");
    g_autofree char *path = git_tests_path("of-origin");
    g_free(git_fixture_commit(fixture, "main", "one", "a", "a", NULL));
    git_fixture_branch(fixture, "side", "main");
    git_fixture_tag(fixture, "v1", "main", "tag");
    g_autoptr(GitFixture) clone = git_fixture_clone(fixture->folder, path, FALSE);
    g_autoptr(Repository) repository = open_of(clone);
    g_autoptr(GError) error = NULL;
    assert_null(repository_resolve(repository, "side", &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "there is 'origin/side'");
    g_autofree char *branch = repository_default_branch(repository, NULL);
    assert_string_equal(branch, "origin/main");
    g_autoptr(Repository) source = open_of(fixture);
    assert_null(repository_default_branch(source, NULL));

    g_autoptr(GPtrArray) all =
        repository_references(repository, REFERENCE_BRANCH | REFERENCE_REMOTE | REFERENCE_TAG, NULL);
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", ((Reference *)all->pdata[i])->name);
    assert_string_equal(names->str, "main origin/main origin/side v1");
    g_string_free(names, TRUE);
    g_autoptr(GPtrArray) tags = repository_references(repository, REFERENCE_TAG, NULL);
    g_autofree char *id = git_fixture_id(clone, "v1");
    assert_int_equal(tags->len, 1);
    assert_string_equal(((Reference *)tags->pdata[0])->commit, id);
}

static void test_commit(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("commit");
    git_fixture_author(fixture, "Zoë Müller <zoe@example.org>", "2026-11-21T08:15:00+01:00");
    g_autofree char *utf8 = git_fixture_commit(fixture, "main", "first line\n\nmore", "a", "a", NULL);
    git_fixture_author(fixture, "Zo\xeb <z\xeb@example.org>", "2026-11-21T23:30:00-03:30");
    g_autofree char *latin1 = git_fixture_commit(fixture, "main", "caf\xe9", "a", "b", NULL);
    fixture->encoding = g_strdup("ISO-8859-2");
    git_fixture_author(fixture, "\xa3ukasz <l@example.org>", NULL);
    g_autofree char *latin2 = git_fixture_commit(fixture, "main", "\xb1", "a", "c", NULL);
    g_autoptr(Repository) repository = open_of(fixture);
    g_autoptr(Commit) one = repository_commit(repository, utf8, NULL),
                      two = repository_commit(repository, latin1, NULL),
                      three = repository_commit(repository, latin2, NULL);
    assert_string_equal(one->author, "Zoë Müller");
    assert_string_equal(one->date, "2026-11-21T08:15:00+01:00");
    assert_string_equal(one->summary, "first line");
    assert_string_equal(two->author, "Zoë");
    assert_string_equal(two->email, "zë@example.org");
    assert_string_equal(two->date, "2026-11-21T23:30:00-03:30");
    assert_string_equal(two->summary, "café");
    assert_string_equal(three->author, "Łukasz");
    assert_string_equal(three->summary, "ą");
    g_autofree char *text = commit_describe(one), *expected = g_strdup_printf("%.8s by Zoë Müller <zoe@example.org>, "
                                                                              "2026-11-21",
                                                                              utf8);
    assert_string_equal(text, expected);
    g_autoptr(GError) error = NULL;
    assert_null(repository_commit(repository, "abc", &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "abc");
}

static void test_merge_base(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("base");
    g_autofree char *base = git_fixture_commit(fixture, "main", "base", "a", "a", NULL);
    g_autofree char *side = git_fixture_commit(fixture, "side", "side", "b", "b", NULL);
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "c", "c", NULL);
    git_fixture_unborn(fixture, "alien");
    g_autofree char *alien = git_fixture_commit(fixture, "alien", "alien", "d", "d", NULL);
    g_autoptr(Repository) repository = open_of(fixture);
    g_autofree char *found = repository_merge_base(repository, ours, side, NULL);
    assert_string_equal(found, base);
    g_autoptr(GError) error = NULL;
    assert_null(repository_merge_base(repository, ours, alien, &error));
    assert_null(error);
    assert_null(repository_merge_base(repository, ours, "0123456789012345678901234567890123456789", &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, "cannot be read");
}

/* ---- files ---- */

static char *in_fixture(const GitFixture *fixture, const char *path)
{
    return g_build_filename(fixture->folder, path, NULL);
}

static void test_files(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("files");
    g_autofree char *id = git_fixture_commit(fixture, "main", "files", "db/versions/a.sql", "SELECT 1;\n",
                                             "db/\xe9.sql", "latin", "db/l", "link:versions", "db/x", "file",
                                             "db/x.sql", "beside", "db/x-y", "beside", "empty", "", NULL);
    g_autofree char *swapped = git_fixture_commit(fixture, "main", "swap", "db/x", NULL, "db/x/inner", "folder",
                                                  "db/versions/a.sql", NULL, "db/versions", "a file now", NULL);
    g_autoptr(Repository) repository = open_of(fixture);
    g_autoptr(FileTree) tree = repository_tree(repository, id, "v1", NULL);
    g_autoptr(FileTree) after = repository_tree(repository, swapped, NULL, NULL);
    g_autofree char *expected_name = g_strdup_printf("v1 (%.8s)", id);
    assert_string_equal(tree->name, expected_name);
    assert_string_equal(tree->root, fixture->folder);
    g_autofree char *db = in_fixture(fixture, "db"), *x = in_fixture(fixture, "db/x");
    g_autofree char *sql = in_fixture(fixture, "db/l/a.sql"), *versions = in_fixture(fixture, "db/versions");
    g_autoptr(GPtrArray) entries = file_tree_list(tree, db, NULL);
    static const char *const names[] = {"l", "versions", "x", "x-y", "x.sql", "\xe9.sql"};
    assert_int_equal(entries->len, G_N_ELEMENTS(names));
    for (guint i = 0; i < entries->len; i++)
        assert_string_equal(((FileEntry *)entries->pdata[i])->name, names[i]);
    assert_int_equal(file_tree_kind(tree, x), FILE_KIND_FILE);
    assert_int_equal(file_tree_kind(after, x), FILE_KIND_FOLDER);
    assert_int_equal(file_tree_kind(tree, versions), FILE_KIND_FOLDER);
    assert_int_equal(file_tree_kind(after, versions), FILE_KIND_FILE);
    g_autofree char *text = NULL, *blob = file_tree_blob_id(tree, sql), *same = file_blob_id("SELECT 1;\n", 10);
    gsize length = 0;
    assert_true(file_tree_read_text(tree, sql, &text, &length, NULL));
    assert_string_equal(text, "SELECT 1;\n");
    assert_int_equal(length, 10);
    assert_string_equal(blob, same);
    assert_int_equal(file_tree_kind(after, sql), FILE_KIND_NONE);
    g_autoptr(GError) error = NULL;
    g_autofree char *none = NULL;
    assert_false(file_tree_read(after, sql, &none, &length, &error));
    assert_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "is not in");
    g_clear_error(&error);
    assert_null(file_tree_list(after, versions, &error));
    assert_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "is not in");
}

static void test_empty_folder_and_large_file(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("large");
    g_free(git_fixture_commit(fixture, "main", "one", "a", "a", NULL));
    g_autofree char *tree_id = git_fixture_ask(
        fixture,
        "hash-object -w -t tree /dev/null >&2; { printf '040000 tree %%s\\tempty\\n' $(git hash-object -t tree "
        "/dev/null); printf '100644 blob %%s\\tlarge\\n' $(head -c %u /dev/zero | git -C '%s' -c "
        "core.compression=1 hash-object -w --stdin); } | git -C '%s' mktree",
        FILE_MAX_BYTES + 1, fixture->folder, fixture->folder);
    git_oid tree_oid;
    assert_int_equal(git_oid_fromstr(&tree_oid, tree_id), 0);
    git_oid commit = git_fixture_commit_tree(fixture, &tree_oid, NULL, 0, "odd");
    g_autofree char *id = git_fixture_text(&commit);
    g_autoptr(Repository) repository = open_of(fixture);
    g_autoptr(FileTree) tree = repository_tree(repository, id, NULL, NULL);
    g_autofree char *empty = in_fixture(fixture, "empty"), *large = in_fixture(fixture, "large"), *bytes = NULL;
    assert_int_equal(file_tree_kind(tree, empty), FILE_KIND_FOLDER);
    g_autoptr(GPtrArray) entries = file_tree_list(tree, empty, NULL);
    assert_int_equal(entries->len, 0);
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    assert_false(file_tree_read(tree, large, &bytes, &length, &error));
    assert_error(error, BASE_ERROR, BASE_ERROR_IO, "too large");
}

static void test_broken_object(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("broken");
    g_autofree char *id = git_fixture_commit(fixture, "main", "one", "db/a", "content", NULL);
    g_autofree char *blob = file_blob_id("content", 7), *file = in_fixture(fixture, "db/a");
    g_autofree char *folder = git_fixture_ask(fixture, "rev-parse HEAD:db");
    g_autofree char *object = g_strdup_printf("%s/.git/objects/%.2s/%s", fixture->folder, blob, blob + 2);
    g_autofree char *folder_object = g_strdup_printf("%s/.git/objects/%.2s/%s", fixture->folder, folder, folder + 2);
    assert_int_equal(remove(object), 0);
    assert_true(g_file_set_contents(object, "rubbish", -1, NULL));
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    {
        g_autoptr(Repository) repository = open_of(fixture);
        g_autoptr(FileTree) tree = repository_tree(repository, id, NULL, NULL);
        assert_false(file_tree_read(tree, file, &text, &length, &error));
        assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, blob);
    }
    g_clear_error(&error);
    assert_int_equal(remove(folder_object), 0);
    g_autoptr(Repository) repository = open_of(fixture);
    g_autoptr(FileTree) tree = repository_tree(repository, id, NULL, NULL);
    g_autofree char *db = in_fixture(fixture, "db");
    assert_false(file_tree_read(tree, file, &text, &length, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, folder);
    g_clear_error(&error);
    assert_null(file_tree_list(tree, db, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, folder);
}

/* ---- whatever there is, as git says it ---- */

static void list_all(FileTree *tree, const char *path, GString *text)
{
    g_autofree char *absolute = *path ? g_build_filename(tree->root, path, NULL) : g_strdup(tree->root);
    g_autoptr(GPtrArray) entries = file_tree_list(tree, absolute, NULL);
    assert_non_null(entries);
    for (guint i = 0; i < entries->len; i++) {
        const FileEntry *entry = entries->pdata[i];
        g_autofree char *inner = *path ? g_strdup_printf("%s/%s", path, entry->name) : g_strdup(entry->name);
        if (entry->kind == FILE_KIND_FOLDER) {
            list_all(tree, inner, text);
            continue;
        }
        g_autofree char *id = tree->class->blob_id(tree, inner), *bytes = NULL;
        gsize length = 0;
        assert_true(tree->class->read(tree, inner, &bytes, &length, NULL));
        g_autofree char *of_bytes = file_blob_id(bytes, length);
        assert_string_equal(id, of_bytes);
        g_string_append_printf(text, "%s %s %s\n", entry->kind == FILE_KIND_LINK ? "120000" : "100644", id, inner);
    }
}

static void test_random_trees(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(20260101);
    g_autoptr(GitFixture) fixture = git_tests_fixture("random");
    g_autoptr(Repository) repository = open_of(fixture);
    static const char *const names[] = {"a", "a.b", "a-b", "a0", "b", "B", "é", "a b", "ab"};
    for (int round = 0; round < 60; round++) {
        GString *path = g_string_new(NULL);
        int depth = g_rand_int_range(random, 1, 5);
        for (int i = 0; i < depth; i++)
            g_string_append_printf(path, "%s%s", i > 0 ? "/" : "",
                                   names[g_rand_int_range(random, 0, G_N_ELEMENTS(names))]);
        g_autofree char *content = g_strdup_printf("%s%d", g_rand_int_range(random, 0, 5) ? "" : "link:", round);
        g_free(git_fixture_commit(fixture, "store", "random", path->str, content, NULL));
        g_string_free(path, TRUE);
        if (round % 10 != 9)
            continue;
        g_autofree char *id = repository_resolve(repository, "store", NULL);
        g_autofree char *git = git_fixture_ask(fixture, "-c core.quotepath=off ls-tree -r "
                                                        "--format='%%(objectmode) %%(objectname) %%(path)' store");
        g_autoptr(FileTree) tree = repository_tree(repository, id, NULL, NULL);
        GString *text = g_string_new(NULL);
        list_all(tree, "", text);
        g_autofree char *ours = git_sorted(text->str), *expected = git_sorted(git);
        assert_string_equal(ours, expected);
        assert_true(strlen(ours) > 100);
        g_string_free(text, TRUE);
        if (round == 39)
            git_fixture_pack(fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_remote_branch_is_named),
        cmocka_unit_test(test_commit),
        cmocka_unit_test(test_merge_base),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_broken_object),
        cmocka_unit_test(test_empty_folder_and_large_file),
        cmocka_unit_test(test_random_trees),
    };
    return cmocka_run_group_tests(tests, git_tests_setup, git_tests_teardown);
}
