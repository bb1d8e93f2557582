/*
 * Git repositories for tests, built by libgit2 without the git program. Nothing depends on the clock or on who runs it:
 * commits are by Ada <ada@example.org>, from 2026-01-01T00:00:00Z on, a minute apart, unless somebody else is named.
 * What fails ends the program with libgit2's words.
 */
#ifndef MIGRATE_TESTS_GIT_REPOSITORY_H
#define MIGRATE_TESTS_GIT_REPOSITORY_H

#include <git2.h>
#include <glib.h>

/* The result of a libgit2 function; a failure ends the program. */
#define git_must(code) git_must_at((code), __FILE__, __LINE__)
int git_must_at(int code, const char *file, int line);
char *git_fixture_text(const git_oid *id); /* 40 hex digits: new string */

/* For cmocka_run_group_tests(): a temporary folder without links in its path, and with a space; "home" in it is HOME:
 * nobody's git configuration but the test's. */
extern char *git_tests_folder;
int git_tests_setup(void **state);
int git_tests_teardown(void **state);
char *git_tests_path(const char *name); /* in that folder; new string */

typedef struct GitFixture {
    git_repository *git;
    char *folder;         /* the working folder; of a bare repository its own */
    char *author, *email; /* of the next commits */
    char *encoding;       /* said in the next commits; NULL: UTF-8 */
    gint64 date;          /* of the next commit, seconds since 1970; each commit adds a minute */
    int offset;           /* of its time zone, minutes */
} GitFixture;

/* Makes a repository on the unborn branch "main"; folders are made. */
GitFixture *git_fixture_new(const char *folder, gboolean bare);
GitFixture *git_tests_fixture(const char *name); /* the same in git_tests_folder */
/* The one that is there; dates go on behind HEAD's. */
GitFixture *git_fixture_open(const char *folder);
void git_fixture_free(GitFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitFixture, git_fixture_free)

/* "Grace Hopper <grace@example.org>"; date as "2026-02-03T04:05:06+01:00" or NULL: as it goes on. */
void git_fixture_author(GitFixture *fixture, const char *author, const char *date);

/* Commits onto a branch, without a working folder: pairs of a path and its content, "" for an empty file, NULL to
 * delete; ended by a NULL path. A content "link:TARGET" is a symbolic link. A new branch starts at HEAD, or as a root
 * commit where HEAD has none. Returns the id: new string. The working folder follows where the branch is checked out.
 */
char *git_fixture_commit(GitFixture *fixture, const char *branch, const char *message, ...) G_GNUC_NULL_TERMINATED;
/* Commits all of the working folder onto HEAD, as `git add --all && git commit --allow-empty` do. */
char *git_fixture_commit_all(GitFixture *fixture, const char *message);
/* A commit of exactly these parents (git_oid) with this tree; a root commit without any. */
git_oid git_fixture_commit_tree(GitFixture *fixture, const git_oid *tree, const git_oid *parents, gsize n_parents,
                                const char *message);

git_oid git_fixture_resolve(GitFixture *fixture, const char *ref);               /* the commit */
char *git_fixture_id(GitFixture *fixture, const char *ref);                      /* its id: new string */
void git_fixture_branch(GitFixture *fixture, const char *name, const char *ref); /* an existing one is moved */
/* A branch by its name; anything else detaches HEAD. Local changes are lost. */
void git_fixture_checkout(GitFixture *fixture, const char *ref);
/* HEAD on a branch that has no commit; the working folder stays. */
void git_fixture_unborn(GitFixture *fixture, const char *branch);
/* Merges a commit into HEAD; where both changed the same, `ours` or `theirs` ("ours", NULL) is taken. Always a commit
 * of two parents. New string. */
char *git_fixture_merge(GitFixture *fixture, const char *ref, const char *message, const char *favor);
/* An annotated tag, or with a NULL message a light one. */
void git_fixture_tag(GitFixture *fixture, const char *name, const char *ref, const char *message);
void git_fixture_config(GitFixture *fixture, const char *key, const char *value);

/* All objects and references into one pack and packed-refs; nothing loose stays. */
void git_fixture_pack(GitFixture *fixture);
GitFixture *git_fixture_clone(const char *from, const char *folder, gboolean bare);
/* What `git clone --depth` has: `depth` commits of one branch (NULL: HEAD's) and .git/shallow. */
GitFixture *git_fixture_clone_shallow(const char *from, const char *folder, guint depth, const char *branch);
/* What `git clone --filter=blob:none` has: all commits and trees, and HEAD's blobs. */
GitFixture *git_fixture_clone_partial(const char *from, const char *folder);
/* A worktree in `folder`, with `branch` checked out (made at HEAD where it is new). */
GitFixture *git_fixture_worktree(GitFixture *fixture, const char *folder, const char *branch);
/* Adds another repository as a submodule, and commits that. */
void git_fixture_submodule(GitFixture *fixture, const char *from, const char *path);

/* Many commits onto HEAD, fast and packed: `revisions` of them bring a revision file into `folder` ("db/versions"), in
 * one line of history whose ids are 000000000001 and so on (in hex), the others change a file among src/. */
void git_fixture_history(GitFixture *fixture, guint commits, guint revisions, const char *folder);

/* What the git program says in the repository's folder, without the line ends behind it; it must succeed. The command
 * is a shell's. For cross-checks only: new string. */
char *git_fixture_ask(GitFixture *fixture, const char *command, ...) G_GNUC_PRINTF(2, 3);

#endif
