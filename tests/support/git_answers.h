/*
 * What the git program says of a repository: the other judge of our answers. And repositories at random for both.
 */
#ifndef MIGRATE_TESTS_GIT_ANSWERS_H
#define MIGRATE_TESTS_GIT_ANSWERS_H

#include "support/git_repository.h"

/* A new folder for repositories, its links resolved, with an environment in which nobody's configuration counts: HOME
 * is "home" below it. New string. */
char *git_test_folder(void);
void git_test_folder_remove(const char *folder);
/* Standard output of `git -C FOLDER …` (for a shell), without the newline at its end; the test fails when git does. New
 * string. */
char *git_says(const char *folder, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Its lines. */
GStrv git_lines(const char *folder, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Commits at random onto the branches "main", "b0", "b1" and so on: files below db/ and src/ that come, change (their
 * modes, too), move and go, few contents for many files, merges of two and three parents that take either side's files
 * or neither's, roots beside the first, and clocks that go back. */
void git_random_history(GitFixture *fixture, guint seed, guint commits);

#endif
