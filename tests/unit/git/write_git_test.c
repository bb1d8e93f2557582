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
#include "base/file.h"
#include "git/repository.h"
#include "support/git_answers.h"

/* With a commit "base" of v/a.sql on main, checked out. */
static GitFixture *fixture_new(const char *name)
{
    GitFixture *fixture = git_tests_fixture(name);
    g_free(git_fixture_commit(fixture, "main", "base", "v/a.sql", "-- a\n", NULL));
    git_fixture_checkout(fixture, "main");
    return fixture;
}

static void write_file(const GitFixture *fixture, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    if (!file_write(path, text, strlen(text), FILE_WRITE_REPLACE, &error))
        fail_msg("%s", error->message);
}

static void make_executable(const GitFixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    assert_int_equal(chmod(path, 0755), 0);
}

/* Of the files of a fixture, names ended by NULL. */
static GPtrArray *paths_of(const char *root, va_list names)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = va_arg(names, const char *); name; name = va_arg(names, const char *))
        g_ptr_array_add(paths, g_build_filename(root, name, NULL));
    return paths;
}

static char *commit(const GitFixture *fixture, GError **error, const char *message, ...) G_GNUC_NULL_TERMINATED;
static char *commit(const GitFixture *fixture, GError **error, const char *message, ...)
{
    va_list names;
    va_start(names, message);
    g_autoptr(GPtrArray) paths = paths_of(fixture->folder, names);
    va_end(names);
    g_autoptr(Repository) repository = repository_open(fixture->folder, error);
    return repository ? repository_commit_files(repository, paths, message, error) : NULL;
}

/* One file: what is committed is HEAD, and the repository is sound. */
static void must_commit(const GitFixture *fixture, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = commit(fixture, &error, "one file", name, NULL);
    if (!id)
        fail_msg("%s", error->message);
    g_autofree char *head = git_says(fixture->folder, "rev-parse HEAD");
    assert_string_equal(id, head);
    g_free(git_says(fixture->folder, "fsck --strict --no-dangling"));
}

static void assert_refused(const GitFixture *fixture, const char *name, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *before = git_says(fixture->folder, "for-each-ref"),
                    *status = git_says(fixture->folder, "status --porcelain --ignore-submodules=none");
    g_autofree char *id = commit(fixture, &error, "refused", name, NULL);
    assert_null(id);
    if (!g_error_matches(error, REPOSITORY_ERROR, REPOSITORY_ERROR_WRITE) || !strstr(error->message, expected))
        fail_msg("'%s' is not in '%s'", expected, error->message);
    g_autofree char *after = git_says(fixture->folder, "for-each-ref"),
                    *status_after = git_says(fixture->folder, "status --porcelain --ignore-submodules=none");
    assert_string_equal(before, after);
    assert_string_equal(status, status_after);
}

static void assert_git(const GitFixture *fixture, const char *arguments, const char *expected)
{
    g_autofree char *answer = git_says(fixture->folder, "%s", arguments);
    assert_string_equal(answer, expected);
}

/* ---- what is committed ---- */

static void other_staged_changes_stay_staged(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("only");
    write_file(fixture, "v/staged.sql", "-- staged\n");
    write_file(fixture, "v/a.sql", "-- a staged\n");
    g_free(git_says(fixture->folder, "add v/staged.sql v/a.sql"));
    write_file(fixture, "v/b.sql", "-- b\n");
    write_file(fixture, "untracked", "");
    must_commit(fixture, "v/b.sql");
    assert_git(fixture, "show --format=%an:%s --name-status HEAD", "Ada:one file\n\nA\tv/b.sql");
    assert_git(fixture, "status --porcelain", "M  v/a.sql\nA  v/staged.sql\n?? untracked");
    assert_git(fixture, "reflog -1 --format=%gs:%gn:%ge HEAD", "commit: one file:Ada:ada@example.org");
    assert_git(fixture, "reflog -1 --format=%gs main", "commit: one file");
    assert_git(fixture, "symbolic-ref HEAD", "refs/heads/main");
    must_commit(fixture, "v/a.sql");
    assert_git(fixture, "status --porcelain", "A  v/staged.sql\n?? untracked");
}

static void files_are_written_as_git_add_does(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("add");
    write_file(fixture, ".gitattributes", "*.sql text eol=crlf\n*.id ident\n");
    write_file(fixture, ".gitignore", "ignored*\n");
    g_free(git_fixture_commit_all(fixture, "attributes"));
    write_file(fixture, "v/ignored.sql", "-- x\r\n-- y\r\n");
    must_commit(fixture, "v/ignored.sql");
    assert_git(fixture, "cat-file blob HEAD:v/ignored.sql", "-- x\n-- y");
    write_file(fixture, "x.id", "$Id: 0123 $\n");
    make_executable(fixture, "x.id");
    must_commit(fixture, "x.id");
    assert_git(fixture, "cat-file blob HEAD:x.id", "$Id$");
    assert_git(fixture, "ls-tree --format=%\\(objectmode\\) HEAD x.id", "100755");
    g_autofree char *link = g_build_filename(fixture->folder, "link.txt", NULL);
    assert_int_equal(symlink("v/a.sql", link), 0);
    must_commit(fixture, "link.txt");
    assert_git(fixture, "ls-tree --format=%\\(objectmode\\) HEAD link.txt", "120000");
    assert_git(fixture, "cat-file blob HEAD:link.txt", "v/a.sql");
    write_file(fixture, "v/\xe9t\xe9.sql", "");
    must_commit(fixture, "v/\xe9t\xe9.sql");
    assert_git(fixture, "-c core.quotePath=true show --format= --name-only HEAD", "\"v/\\351t\\351.sql\"");
    git_fixture_config(fixture, "core.autocrlf", "input");
    write_file(fixture, "crlf.txt", "a\r\nb\r\n");
    must_commit(fixture, "crlf.txt");
    assert_git(fixture, "cat-file blob HEAD:crlf.txt", "a\nb");
    assert_git(fixture, "status --porcelain", "");
}

static void a_file_that_is_gone_is_taken_out(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("renamed");
    g_autofree char *old_path = g_build_filename(fixture->folder, "v/a.sql", NULL);
    g_autofree char *new_path = g_build_filename(fixture->folder, "v/b.sql", NULL);
    assert_int_equal(rename(old_path, new_path), 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *id = commit(fixture, &error, "renamed\n\n\nwith a body  \n", "v/a.sql", "v/b.sql", NULL);
    assert_non_null(id);
    assert_git(fixture, "show -M --format=%B --name-status", "renamed\n\nwith a body\n\n\nR100\tv/a.sql\tv/b.sql");
    assert_git(fixture, "status --porcelain", "");
    assert_refused(fixture, "v/a.sql", "does not exist, and the repository does not have it");
    assert_refused(fixture, "v/b.sql", "there is nothing to commit");
    assert_refused(fixture, "v", "is a folder");
}

static void files_are_reached_through_links(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("linked");
    g_autofree char *inside = g_build_filename(fixture->folder, "link", NULL);
    g_autofree char *beside = git_tests_path("linked-from-outside");
    assert_int_equal(symlink("v", inside), 0);
    assert_int_equal(symlink("linked", beside), 0);
    write_file(fixture, "v/b.sql", "-- b\n");
    must_commit(fixture, "link/b.sql");
    assert_git(fixture, "show --format= --name-status HEAD", "A\tv/b.sql");
    g_free(git_says(fixture->folder, "clean -qf link"));
    g_free(git_says(fixture->folder, "rm -q --cached v/a.sql"));
    g_autofree char *command = g_strdup_printf("rm -r '%s/v'", fixture->folder);
    assert_int_equal(system(command), 0); /* the git_tests_folder is gone with its file */
    g_autofree char *through = g_build_filename("..", "linked-from-outside", "v", "b.sql", NULL);
    must_commit(fixture, through);
    assert_git(fixture, "show --format= --name-status HEAD", "D\tv/b.sql");
    assert_git(fixture, "status --porcelain", "D  v/a.sql");
}

static void staging_is_git_add(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("stage");
    write_file(fixture, "v/a.sql", "-- a, changed\n");
    write_file(fixture, "v/b.sql", "-- b\n");
    write_file(fixture, "other", "");
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(paths, g_build_filename(fixture->folder, "v/a.sql", NULL));
    g_ptr_array_add(paths, g_build_filename(fixture->folder, "v/../v/b.sql", NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(Repository) repository = repository_open(fixture->folder, &error);
    assert_true(repository_stage(repository, paths, &error));
    assert_git(fixture, "status --porcelain", "M  v/a.sql\nA  v/b.sql\n?? other");
    assert_git(fixture, "log --format=%s", "base");
}

static void the_first_commit_has_no_parent(void **state)
{
    (void)state;
    g_autofree char *path = git_tests_path("unborn");
    g_autoptr(GitFixture) fixture = git_fixture_new(path, FALSE);
    write_file(fixture, "staged", "");
    g_free(git_says(path, "add staged"));
    write_file(fixture, "v/a.sql", "-- a\n");
    must_commit(fixture, "v/a.sql");
    assert_git(fixture, "show --format=%P%s --name-status main", "one file\n\nA\tv/a.sql");
    assert_git(fixture, "status --porcelain", "A  staged");
    assert_git(fixture, "reflog -1 --format=%gs", "commit (initial): one file");
}

static void a_detached_head_moves_alone(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("detached");
    g_autofree char *id = git_fixture_id(fixture, "main");
    git_fixture_checkout(fixture, id);
    write_file(fixture, "v/b.sql", "-- b\n");
    must_commit(fixture, "v/b.sql");
    assert_git(fixture, "rev-parse main", id);
    assert_git(fixture, "rev-parse HEAD~1", id);
    assert_git(fixture, "status --porcelain", "");
}

static void worktrees_and_submodules_have_commits_of_their_own(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("outer"), inner = fixture_new("inner");
    g_autofree char *path = git_tests_path("beside");
    g_autoptr(GitFixture) worktree = git_fixture_worktree(fixture, path, "side");
    write_file(worktree, "v/b.sql", "-- b\n");
    must_commit(worktree, "v/b.sql");
    assert_git(fixture, "log --format=%s side", "one file\nbase");
    assert_git(fixture, "log --format=%s main", "base");
    g_autofree char *outside = g_build_filename("..", "beside", "v", "b.sql", NULL);
    assert_refused(fixture, outside, "outside of the repository");

    git_fixture_submodule(fixture, inner->folder, "vendor/inner");
    write_file(fixture, "vendor/inner/v/c.sql", "-- c\n");
    assert_refused(fixture, "vendor/inner/v/c.sql", "a repository of its own");
    g_autofree char *module = g_build_filename(fixture->folder, "vendor/inner", NULL);
    g_autoptr(GitFixture) submodule = git_fixture_open(module);
    git_fixture_config(submodule, "user.name", "Ada");
    git_fixture_config(submodule, "user.email", "ada@example.org");
    must_commit(submodule, "v/c.sql");
    assert_git(submodule, "log --format=%s", "one file\nbase");
    assert_git(fixture, "status --porcelain", " M vendor/inner");
}

/* ---- who commits ---- */

static void identity_is_found_as_git_finds_it(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("identity");
    g_free(git_says(fixture->folder, "config --remove-section user"));
    write_file(fixture, "v/b.sql", "-- b\n");
    assert_refused(fixture, "v/b.sql", "git config --global user.name");

    g_autofree char *included = g_build_filename(git_tests_folder, "home", "work.conf", NULL);
    assert_true(
        file_write(included, "[user]\n name = Grace\n email = grace@example.org\n", 47, FILE_WRITE_REPLACE, NULL));
    g_autofree char *global = g_build_filename(git_tests_folder, "home", ".gitconfig", NULL);
    assert_true(file_write(global, "[include]\n path = work.conf\n", 28, FILE_WRITE_REPLACE, NULL));
    must_commit(fixture, "v/b.sql");
    assert_git(fixture, "log -1 --format='%an <%ae> %cn <%ce>'", "Grace <grace@example.org> Grace <grace@example.org>");

    g_setenv("GIT_AUTHOR_NAME", "Edsger", TRUE);
    g_setenv("GIT_COMMITTER_EMAIL", "ci@example.org", TRUE);
    g_setenv("GIT_AUTHOR_DATE", "2026-11-21T08:15:00+01:00", TRUE);
    g_setenv("GIT_COMMITTER_DATE", "1795250100 -0330", TRUE);
    write_file(fixture, "v/c.sql", "-- c\n");
    must_commit(fixture, "v/c.sql");
    assert_git(fixture, "log -1 --format='%an <%ae> %cn <%ce> %aI %ct'",
               "Edsger <grace@example.org> Grace <ci@example.org> 2026-11-21T08:15:00+01:00 1795250100");
    assert_git(fixture, "log -1 --format=%ci", "2026-11-21 05:05:00 -0330");
    g_setenv("GIT_AUTHOR_DATE", "the day before yesterday", TRUE);
    write_file(fixture, "v/d.sql", "-- d\n");
    g_autoptr(GError) error = NULL;
    assert_null(commit(fixture, &error, "refused", "v/d.sql", NULL));
    assert_non_null(strstr(error->message, "GIT_AUTHOR_DATE 'the day before yesterday'"));
    const char *const names[] = {"GIT_AUTHOR_NAME", "GIT_COMMITTER_EMAIL", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
    assert_int_equal(unlink(global), 0);
}

/* ---- what only git can do ---- */

static void hooks_and_signatures_are_left_to_git(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("hooks");
    write_file(fixture, "v/b.sql", "-- b\n");
    write_file(fixture, ".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    make_executable(fixture, ".git/hooks/pre-commit");
    assert_refused(fixture, "v/b.sql", ".git/hooks/pre-commit' has to run");
    write_file(fixture, "hooks/commit-msg", "#!/bin/sh\nexit 0\n");
    make_executable(fixture, "hooks/commit-msg");
    git_fixture_config(fixture, "core.hooksPath", "hooks"); /* the other one does not count any more */
    assert_refused(fixture, "v/b.sql", "hooks/commit-msg' has to run");
    git_fixture_config(fixture, "core.hooksPath", "no-hooks");
    git_fixture_config(fixture, "commit.gpgsign", "true");
    assert_refused(fixture, "v/b.sql", "commit.gpgsign");
    git_fixture_config(fixture, "commit.gpgsign", "false");
    write_file(fixture, "no-hooks/pre-commit", "#!/bin/sh\nexit 0\n"); /* not executable */
    must_commit(fixture, "v/b.sql");
}

static void filters_are_left_to_git(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("filters");
    write_file(fixture, ".gitattributes",
               "*.big filter=lfs\n*.txt working-tree-encoding=UTF-16\n*.sql filter=unknown\n");
    write_file(fixture, "x.big", "x");
    write_file(fixture, "x.txt", "x");
    write_file(fixture, "x.sql", "x");
    git_fixture_config(fixture, "filter.lfs.clean", "cat");
    assert_refused(fixture, "x.big", "the filter 'lfs'");
    g_autoptr(GError) error = NULL;
    assert_null(commit(fixture, &error, "refused", "x.txt", NULL)); /* git status itself complains of the encoding */
    assert_non_null(strstr(error->message, "UTF-16"));
    must_commit(fixture, "x.sql"); /* a filter that is not configured does nothing, with git too */
}

static void what_is_unfinished_is_finished_first(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("unfinished");
    git_fixture_branch(fixture, "side", "main");
    g_free(git_fixture_commit(fixture, "side", "theirs", "v/a.sql", "-- theirs\n", NULL));
    g_free(git_fixture_commit(fixture, "main", "ours", "v/a.sql", "-- ours\n", NULL));
    git_fixture_checkout(fixture, "main");
    write_file(fixture, "v/b.sql", "-- b\n");
    g_free(git_says(fixture->folder, "merge side >/dev/null || true"));
    assert_refused(fixture, "v/b.sql", "a merge is in progress");
    g_free(git_says(fixture->folder, "merge --abort"));
    g_free(git_says(fixture->folder, "rebase side >/dev/null 2>&1 || true"));
    assert_refused(fixture, "v/b.sql", "git rebase --abort");
    g_free(git_says(fixture->folder, "rebase --abort"));
    g_free(git_says(fixture->folder, "cherry-pick side >/dev/null 2>&1 || true"));
    assert_refused(fixture, "v/b.sql", "git cherry-pick --abort");
    g_autofree char *head = g_build_filename(fixture->folder, ".git", "CHERRY_PICK_HEAD", NULL);
    assert_int_equal(unlink(head), 0); /* as a stash that did not apply leaves the index */
    assert_refused(fixture, "v/b.sql", "has files with conflicts");
    g_free(git_says(fixture->folder, "reset -q --hard"));
    must_commit(fixture, "v/b.sql");
}

static void a_lock_of_another_git_is_told(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = fixture_new("locked");
    write_file(fixture, "v/b.sql", "-- b\n");
    write_file(fixture, ".git/index.lock", "");
    assert_refused(fixture, "v/b.sql", "another git is at work");
    g_autofree char *lock = g_build_filename(fixture->folder, ".git", "index.lock", NULL);
    assert_int_equal(unlink(lock), 0);
    write_file(fixture, ".git/refs/heads/main.lock", "");
    g_autoptr(GError) error = NULL;
    assert_null(commit(fixture, &error, "refused", "v/b.sql", NULL));
    assert_non_null(strstr(error->message, "staged, but nothing was committed"));
    assert_git(fixture, "status --porcelain", "A  v/b.sql");
    assert_git(fixture, "log --format=%s", "base");
    g_autofree char *reference = g_build_filename(fixture->folder, ".git", "refs", "heads", "main.lock", NULL);
    assert_int_equal(unlink(reference), 0);
    must_commit(fixture, "v/b.sql");
}

static void a_bare_repository_has_nothing_to_commit_from(void **state)
{
    (void)state;
    g_autofree char *path = git_tests_path("bare.git");
    g_autoptr(GitFixture) fixture = git_fixture_new(path, TRUE);
    g_autoptr(GError) error = NULL;
    assert_null(commit(fixture, &error, "refused", "a.sql", NULL));
    assert_true(g_error_matches(error, REPOSITORY_ERROR, REPOSITORY_ERROR_WRITE));
    assert_non_null(strstr(error->message, "is bare"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_staged_changes_stay_staged),
        cmocka_unit_test(files_are_written_as_git_add_does),
        cmocka_unit_test(a_file_that_is_gone_is_taken_out),
        cmocka_unit_test(files_are_reached_through_links),
        cmocka_unit_test(staging_is_git_add),
        cmocka_unit_test(the_first_commit_has_no_parent),
        cmocka_unit_test(a_detached_head_moves_alone),
        cmocka_unit_test(worktrees_and_submodules_have_commits_of_their_own),
        cmocka_unit_test(identity_is_found_as_git_finds_it),
        cmocka_unit_test(hooks_and_signatures_are_left_to_git),
        cmocka_unit_test(filters_are_left_to_git),
        cmocka_unit_test(what_is_unfinished_is_finished_first),
        cmocka_unit_test(a_lock_of_another_git_is_told),
        cmocka_unit_test(a_bare_repository_has_nothing_to_commit_from),
    };
    return cmocka_run_group_tests_name("git write", tests, git_tests_setup, git_tests_teardown);
}
