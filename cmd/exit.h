/* What a GError means for the shell. */
#ifndef MIGRATE_CMD_EXIT_H
#define MIGRATE_CMD_EXIT_H

#include <glib.h>

typedef enum ExitStatus {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_FOUND = 3, /* done, and found something; or the lock is held */
    EXIT_INTERRUPTED = 130,
} ExitStatus;

int exit_status_of(const GError *error);
/* "usage", "failed", "locked", "interrupted": for --json. */
const char *exit_status_name(int status);

#endif
