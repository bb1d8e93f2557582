/* Child processes of tests: killed holders of locks, signals, users without rights. */
#ifndef MIGRATE_TESTS_CHILD_H
#define MIGRATE_TESTS_CHILD_H

#include <glib.h>
#include <sys/types.h>

/* Ends a forked child without looking back: what its parent's frames own is no leak of the child's, which valgrind
 * and sanitizers would report with _exit(). */
G_NORETURN void child_exit(int status);

/* Runs `function` in a child, for a minute at most: its result as exit status, or minus the signal that ended it. */
int child_run(int (*function)(void));
/* The same as a user without privileges. */
int child_run_as_nobody(int (*function)(void));
/* The status of a child that ends by itself, as child_run() gives it. */
int child_wait(pid_t child);
void child_kill(pid_t child);

#endif
