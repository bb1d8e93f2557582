/*
 * What the git program says of a repository: the other judge of our answers. And repositories at random for both.
 */
#ifndef MIGRATE_TESTS_GIT_ANSWERS_H
#define MIGRATE_TESTS_GIT_ANSWERS_H

#include "git/repository.h"
#include "support/git_repository.h"

/* repository_open(), which must not fail. */
Repository *git_tests_open(const char *path);
/* Standard output of `git -C FOLDER …` (for a shell), without the newline at its end; the test fails when git does. New
 * string. */
char *git_says(const char *folder, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Its lines. */
GStrv git_lines(const char *folder, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The lines that are not empty, sorted, one string: git sorts folders as if their names ended with a '/'. */
char *git_sorted(const char *text);

/* Commits at random onto the branches "main", "b0", "b1" and so on: files below db/ and src/ that come, change (their
 * modes, too), move and go, few contents for many files, merges of two and three parents that take either side's files
 * or neither's, roots beside the first, and clocks that go back. */
void git_random_history(GitFixture *fixture, guint seed, guint commits);

#endif
