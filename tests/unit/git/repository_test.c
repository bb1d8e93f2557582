#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "git/repository.h"
#include "support/git_answers.h"

#define assert_error(error, domain_, code_, word)                                                                      \
    do {                                                                                                               \
        assert_non_null(error);                                                                                        \
        assert_int_equal((error)->domain, domain_);                                                                    \
        assert_int_equal((error)->code, code_);                                                                        \
        if (!strstr((error)->message, word))                                                                           \
            fail_msg("'%s' does not hold '%s'", (error)->message, word);                                               \
    } while (0)

static void write_file(const char *path, const char *text)
{
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* ---- where ---- */

static void test_no_repository(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(repository_discover(git_tests_folder, &error));
    assert_null(error);
    assert_null(repository_open(git_tests_folder, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "is not in a git repository");
}

static void test_root_and_paths(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("paths");
    g_free(git_fixture_commit(fixture, "main", "one", "db/versions/a.sql", "a", "db/link.sql", "link:versions/a.sql",
                              "versions", "link:db/versions", NULL));
    g_autofree char *below = git_tests_path("paths/db/versions"), *link = git_tests_path("link"),
                    *root = git_tests_path("paths");
    assert_int_equal(symlink(below, link), 0);
    g_autofree char *to_be_made = git_tests_path("paths/db/of/the/future");
    const char *starts[] = {root, below, link, to_be_made};
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autoptr(Repository) repository = git_tests_open(starts[i]);
        assert_string_equal(repository_root(repository), root);
        assert_false(repository_is_bare(repository));
        assert_false(repository_is_shallow(repository));
        g_autofree char *branch = repository_branch(repository);
        assert_string_equal(branch, "main");
        static const char *const pairs[][2] = {{"paths/db/versions/a.sql", "db/versions/a.sql"},
                                               {"link/a.sql", "db/versions/a.sql"},
                                               {"link/gone.sql", "db/versions/gone.sql"},
                                               {"paths/db/link.sql", "db/link.sql"},
                                               {"paths/versions", "db/versions"},
                                               {"paths/versions/a.sql", "db/versions/a.sql"},
                                               {"paths", ""},
                                               {"paths/x/../db/y", "db/y"}};
        for (gsize j = 0; j < G_N_ELEMENTS(pairs); j++) {
            g_autofree char *path = git_tests_path(pairs[j][0]), *relative = repository_relative(repository, path);
            assert_string_equal(relative, pairs[j][1]);
        }
        g_autofree char *sibling = git_tests_path("paths2/a");
        assert_null(repository_relative(repository, sibling));
        g_autofree char *absolute = repository_absolute(repository, "db/y"), *expected = git_tests_path("paths/db/y");
        assert_string_equal(absolute, expected);
    }
}

static void test_bare(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("for-bare");
    g_autofree char *id = git_fixture_commit(fixture, "main", "one", "a", "a", NULL),
                    *path = git_tests_path("bare.git");
    git_fixture_free(git_fixture_clone(fixture->folder, path, TRUE));
    g_autoptr(Repository) repository = git_tests_open(path);
    assert_true(repository_is_bare(repository));
    assert_string_equal(repository_root(repository), path);
    g_autofree char *head = repository_resolve(repository, "main", NULL);
    assert_string_equal(head, id);
    g_autoptr(FileTree) tree = repository_tree(repository, head, "main", NULL);
    g_autofree char *file = git_tests_path("bare.git/a");
    assert_int_equal(file_tree_kind(tree, file), FILE_KIND_FILE);
}

static void test_worktree_and_submodule(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("top"), other = git_tests_fixture("other");
    g_free(git_fixture_commit(fixture, "main", "one", "a", "a", NULL));
    g_autofree char *inner = git_fixture_commit(other, "main", "inner", "b", "b", NULL),
                    *path = git_tests_path("worktree");
    git_fixture_free(git_fixture_worktree(fixture, path, "side"));
    g_autoptr(Repository) repository = git_tests_open(path);
    assert_string_equal(repository_root(repository), path);
    g_autofree char *branch = repository_branch(repository);
    assert_string_equal(branch, "side");
    git_fixture_submodule(fixture, other->folder, "modules/m");
    g_autofree char *inside = git_tests_path("top/modules/m"), *top = git_tests_path("top");
    g_autoptr(Repository) submodule = git_tests_open(inside), outer = git_tests_open(top);
    assert_string_equal(repository_root(submodule), inside);
    g_autofree char *head = repository_resolve(submodule, "HEAD", NULL);
    assert_string_equal(head, inner);
    g_autofree char *outer_head = repository_resolve(outer, "HEAD", NULL);
    g_autoptr(FileTree) tree = repository_tree(outer, outer_head, NULL, NULL);
    assert_int_equal(file_tree_kind(tree, inside), FILE_KIND_OTHER);

    /* In a hook. */
    g_autofree char *git = git_tests_path("top/.git/worktrees/worktree");
    g_setenv("GIT_DIR", git, TRUE);
    g_autoptr(Repository) in_hook = git_tests_open(path);
    g_unsetenv("GIT_DIR");
    assert_string_equal(repository_root(in_hook), path);
    g_autofree char *branch_in_hook = repository_branch(in_hook);
    assert_string_equal(branch_in_hook, "side");

    /* A worktree whose repository went away. */
    g_autofree char *gone = git_tests_path("gone");
    assert_int_equal(rename(top, gone), 0);
    g_autoptr(GError) error = NULL;
    assert_null(repository_discover(path, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, "git worktree repair");
}

/* As git makes them. */
static void test_worktree_of_bare(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("source");
    g_autofree char *id = git_fixture_commit(fixture, "main", "one", "a", "a", NULL);
    g_autofree char *bare = git_tests_path("store.git"), *tree = git_tests_path("store-tree");
    g_autofree char *command =
        g_strdup_printf("git clone -q --bare '%s' '%s' && git -C '%s' config extensions.worktreeConfig true && git -C "
                        "'%s' config core.repositoryformatversion 1 && git -C '%s' worktree add '%s' main >&2",
                        fixture->folder, bare, bare, bare, bare, tree);
    assert_int_equal(system(command), 0);
    g_autoptr(Repository) repository = git_tests_open(tree), store = git_tests_open(bare);
    assert_string_equal(repository_root(repository), tree);
    assert_false(repository_is_bare(repository));
    assert_true(repository_is_bare(store));
    g_autofree char *head = repository_resolve(repository, "HEAD", NULL);
    assert_string_equal(head, id);
}

static void test_environment(void **state)
{
    (void)state;
    git_fixture_free(git_tests_fixture("env"));
    g_autoptr(GitFixture) other = git_tests_fixture("env-other");
    g_autofree char *below = git_tests_path("env/below"), *root = git_tests_path("env"),
                    *work = git_tests_path("env-work");
    g_autofree char *git = git_tests_path("env/.git"), *deploy = git_tests_path("env-work/app");
    assert_int_equal(g_mkdir_with_parents(below, 0755) + g_mkdir_with_parents(deploy, 0755), 0);
    g_setenv("GIT_CEILING_DIRECTORIES", root, TRUE);
    assert_null(repository_discover(below, NULL));
    g_unsetenv("GIT_CEILING_DIRECTORIES");
    g_autoptr(Repository) found = repository_discover(below, NULL);
    assert_non_null(found);

    /* A hook of one repository that runs this in another one's folder: the folder decides. */
    g_setenv("GIT_DIR", git, TRUE);
    g_autoptr(Repository) elsewhere = repository_discover(other->folder, NULL);
    assert_string_equal(repository_root(elsewhere), other->folder);
    g_setenv("GIT_WORK_TREE", work, TRUE);
    g_autoptr(Repository) deployed = repository_discover(deploy, NULL);
    assert_non_null(deployed);
    assert_string_equal(repository_root(deployed), work);
    g_unsetenv("GIT_WORK_TREE");
    g_setenv("GIT_DIR", below, TRUE);
    g_autoptr(GError) error = NULL;
    assert_null(repository_discover(root, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, "GIT_DIR");
    g_unsetenv("GIT_DIR");
}

/* ---- what libgit2 does not open ---- */

static void test_owner(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    g_autoptr(GitFixture) fixture = git_tests_fixture("owned by another");
    g_autofree char *id = git_fixture_commit(fixture, "main", "one", "a", "a", NULL);
    g_free(git_fixture_commit(fixture, "side", "two", "b", "b", NULL));
    g_autofree char *command = g_strdup_printf("chown -R 4242:4242 '%s'", fixture->folder);
    g_autofree char *config = git_tests_path("home/.gitconfig"),
                    *above = g_strdup_printf("[safe]\n\tdirectory = %s/*\n", git_tests_folder);
    assert_int_equal(system(command), 0);
    g_autoptr(GError) error = NULL;
    assert_null(repository_discover(fixture->folder, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_OWNER, "git config --global --add safe.directory '");
    assert_non_null(strstr(error->message, fixture->folder));

    write_file(config, "[safe]\n\tdirectory = /elsewhere\n");
    assert_null(repository_discover(fixture->folder, NULL));
    g_autofree char *exact = g_strdup_printf("[safe]\n\tdirectory = %s\n", fixture->folder);
    const char *texts[] = {exact, above, "[safe]\n\tdirectory = *\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        write_file(config, texts[i]);
        g_autoptr(Repository) repository = repository_discover(fixture->folder, NULL);
        assert_non_null(repository);
        g_autofree char *side = repository_resolve(repository, "side", NULL);
        g_autoptr(FileTree) merged = repository_merge_tree(repository, id, side, NULL, NULL);
        assert_non_null(merged);
    }
    write_file(config, "[safe]\n\tdirectory = *\n\tdirectory =\n");
    assert_null(repository_discover(fixture->folder, NULL));
    assert_int_equal(unlink(config), 0);
    g_setenv("SUDO_UID", "4242", TRUE);
    g_autoptr(Repository) of_caller = repository_discover(fixture->folder, NULL);
    assert_non_null(of_caller);
    g_setenv("SUDO_UID", "4243", TRUE);
    assert_null(repository_discover(fixture->folder, NULL));
    g_unsetenv("SUDO_UID");
    g_setenv("GIT_CONFIG_COUNT", "1", TRUE);
    g_setenv("GIT_CONFIG_KEY_0", "safe.directory", TRUE);
    g_setenv("GIT_CONFIG_VALUE_0", fixture->folder, TRUE);
    g_autoptr(Repository) repository = repository_discover(fixture->folder, NULL);
    assert_non_null(repository);
    g_unsetenv("GIT_CONFIG_COUNT");
}

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *key, *value, *word;
    } formats[] = {{"extensions.objectformat", "sha256", "not SHA-1"},
                   {"extensions.refstorage", "reftable", "reftable"},
                   {"extensions.somethingnew", "true", "somethingnew"}};
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *name = g_strdup_printf("format-%d", (int)i);
        g_autoptr(GitFixture) fixture = git_tests_fixture(name);
        g_free(git_fixture_commit(fixture, "main", "one", "a", "a", NULL));
        git_fixture_config(fixture, "core.repositoryformatversion", "1");
        git_fixture_config(fixture, formats[i].key, formats[i].value);
        g_autoptr(GError) error = NULL;
        assert_null(repository_discover(fixture->folder, &error));
        assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_UNSUPPORTED, formats[i].word);
        assert_non_null(strstr(error->message, "git worktree add"));
    }
    static const char *const harmless[] = {"extensions.worktreeconfig", "extensions.preciousobjects"};
    for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
        g_autofree char *name = g_strdup_printf("harmless-%d", (int)i);
        g_autoptr(GitFixture) fixture = git_tests_fixture(name);
        git_fixture_config(fixture, "core.repositoryformatversion", "1");
        git_fixture_config(fixture, harmless[i], "true");
        repository_free(git_tests_open(fixture->folder));
    }
    /* As git makes it. */
    g_autofree char *sha256 = git_tests_path("sha256");
    g_autofree char *command = g_strdup_printf("git init -q --object-format=sha256 '%s'", sha256);
    assert_int_equal(system(command), 0);
    g_autoptr(GError) error = NULL;
    assert_null(repository_discover(sha256, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_UNSUPPORTED, "not SHA-1");
}

static void test_shallow(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("deep");
    g_autofree char *base = git_fixture_commit(fixture, "main", "base", "a", "a\n", NULL);
    g_autofree char *fork = git_fixture_commit(fixture, "main", "fork", "a", "b\n", NULL);
    g_autofree char *side = git_fixture_commit(fixture, "side", "side", "s", "s\n", NULL);
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "o", "o\n", NULL);
    git_fixture_checkout(fixture, "main");
    g_free(git_fixture_merge(fixture, "side", "merge", NULL));
    g_autofree char *deep = git_tests_path("shallow-3"), *flat = git_tests_path("shallow-2");
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, deep, 3, NULL));
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, flat, 2, NULL));
    g_autoptr(Repository) repository = git_tests_open(deep), flatter = git_tests_open(flat);
    assert_true(repository_is_shallow(repository));
    g_autoptr(GError) error = NULL;
    assert_null(repository_resolve(repository, base, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "fetch-depth: 0");
    g_autofree char *found = repository_merge_base(repository, ours, side, NULL);
    assert_string_equal(found, fork);
    g_autoptr(GPtrArray) conflicts = NULL;
    g_autoptr(FileTree) tree = repository_merge_tree(repository, ours, side, &conflicts, NULL);
    assert_int_equal(conflicts->len, 0);
    g_autofree char *o = git_tests_path("shallow-3/o"), *s = git_tests_path("shallow-3/s");
    assert_int_equal(file_tree_kind(tree, o), FILE_KIND_FILE);
    assert_int_equal(file_tree_kind(tree, s), FILE_KIND_FILE);
    g_clear_error(&error);
    assert_null(repository_merge_base(flatter, ours, side, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE, "git fetch --unshallow");
    assert_null(repository_commit(flatter, base, NULL));
}

/* The nearest common ancestor, not the one with the latest date. */
static void test_shallow_with_lying_clocks(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("clocks");
    g_free(git_fixture_commit(fixture, "main", "root", "a", "a\n", NULL));
    g_autofree char *base = git_fixture_commit(fixture, "main", "base", "a", "b\n", NULL);
    fixture->date -= (gint64)24 * 60 * 60;
    g_autofree char *fork = git_fixture_commit(fixture, "main", "fork", "a", "c\n", NULL);
    g_autofree char *side = git_fixture_commit(fixture, "side", "side", "s", "s\n", NULL);
    g_autofree char *ours = git_fixture_commit(fixture, "main", "ours", "o", "o\n", NULL);
    git_fixture_checkout(fixture, "main");
    g_free(git_fixture_merge(fixture, "side", "merge", NULL));
    g_autofree char *path = git_tests_path("clocks-4");
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, path, 4, NULL));
    g_autoptr(Repository) repository = git_tests_open(path);
    assert_true(repository_is_shallow(repository));
    g_autoptr(Commit) older = repository_commit(repository, base, NULL);
    assert_non_null(older);
    g_autofree char *found = repository_merge_base(repository, ours, side, NULL);
    assert_string_equal(found, fork);
}

static void test_partial(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("full");
    g_autofree char *old = git_fixture_commit(fixture, "main", "old", "a", "old\n", NULL);
    g_autofree char *new = git_fixture_commit(fixture, "main", "new", "a", "new\n", NULL),
                    *path = git_tests_path("partial");
    git_fixture_free(git_fixture_clone_partial(fixture->folder, path));
    g_autoptr(Repository) repository = git_tests_open(path);
    g_autofree char *file = git_tests_path("partial/a"), *text = NULL;
    gsize length = 0;
    g_autoptr(FileTree) there = repository_tree(repository, new, NULL, NULL);
    assert_true(file_tree_read_text(there, file, &text, &length, NULL));
    assert_string_equal(text, "new\n");
    g_autoptr(FileTree) lacks = repository_tree(repository, old, "v1", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *none = NULL;
    assert_int_equal(file_tree_kind(lacks, file), FILE_KIND_FILE);
    assert_false(file_tree_read_text(lacks, file, &none, &length, &error));
    assert_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE, "this is a partial clone");
    assert_non_null(strstr(error->message, "v1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_repository),
        cmocka_unit_test(test_root_and_paths),
        cmocka_unit_test(test_bare),
        cmocka_unit_test(test_worktree_and_submodule),
        cmocka_unit_test(test_worktree_of_bare),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_shallow),
        cmocka_unit_test(test_shallow_with_lying_clocks),
        cmocka_unit_test(test_partial),
    };
    return cmocka_run_group_tests(tests, git_tests_setup, git_tests_teardown);
}
