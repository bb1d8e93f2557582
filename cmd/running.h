/* What upgrade, downgrade and stamp share: progress, results, SQL output. */
#ifndef MIGRATE_CMD_RUNNING_H
#define MIGRATE_CMD_RUNNING_H

#include "command.h"

/* Runs REVISION upwards or downwards: online, as --dry-run, or as --sql. Exit status or -1 with error. */
int run_revisions(Invocation *invocation, StepDirection direction, GError **error);
/* What was collected with --sql: text, behind the tag as a comment, or a JSON document. Exit status. */
int print_offline(Invocation *invocation);
/* "at head 3f2a…" and so on, or the JSON document. */
int print_run_result(Invocation *invocation, StepDirection direction, const RunResult *result, GError **error);

/* The row of an option that upgrade, downgrade and stamp have. */
#define OPTION_TAG                                                                                                     \
    {                                                                                                                  \
        "tag", 0, OPTION_STRING, "WORD", "a release or ticket, kept with who ran it in the history table", NULL        \
    }

#endif
