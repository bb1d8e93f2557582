/* The engines' own client programs. */
#ifndef MIGRATE_TESTS_CLIENT_H
#define MIGRATE_TESTS_CLIENT_H

#include <glib.h>

/* Runs the program with `file` as its standard input: NULL when it ended well, else what it said (new string). */
char *client_run(const char *const *argv, const char *file);

#endif
