/* What upgrade, downgrade and stamp share: progress, results, SQL output. */
#ifndef MIGRATE_CMD_RUNNING_H
#define MIGRATE_CMD_RUNNING_H

#include <cjson/cJSON.h>

#include "command.h"

/* Runs REVISION upwards or downwards: online, as --dry-run, or as --sql. Exit status or -1 with error. */
int run_revisions(Invocation *invocation, StepDirection direction, GError **error);
/* Progress on stdout; `data` is the Invocation. */
void print_progress(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data);
/* A step of a plan with its statements: text, or the node of a document. */
void print_plan_step(const PlanStep *step);
cJSON *plan_step_to_json(const PlanStep *step);
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
