/* Findings about revisions in git, for people and for CI systems. */
#ifndef MIGRATE_CMD_FINDINGS_OUTPUT_H
#define MIGRATE_CMD_FINDINGS_OUTPUT_H

#include "command.h"
#include "git/repository.h"
#include "script/merge_check.h"

/* The row of the option. */
#define OPTION_FORMAT                                                                                                  \
    {                                                                                                                  \
        "format", 0, OPTION_STRING, "FORMAT",                                                                          \
            "of --base and --all-branches: annotations of a GitHub workflow, GitLab's Code Quality report, or SARIF",  \
            "text|json|github|gitlab|sarif"                                                                            \
    }

/* A finding with its places. */
typedef struct PlacedFinding {
    const MergeFinding *found; /* not owned */
    const char *branch;        /* whose finding it is, with --all-branches; not owned, or NULL */
    int line, other_line;      /* from 1; other_line 0: all of the file is meant */
    Commit *commit;            /* that brought the file, or took it away; NULL: not known */
    Commit *other_commit;      /* that brought the other file */
} PlacedFinding;
void placed_finding_free(PlacedFinding *finding);

typedef struct FindingsReport {
    const GPtrArray *findings;               /* PlacedFinding* */
    const char *base, *base_commit, *origin; /* origin: why this base, NULL: the person named it */
    const char *head, *head_commit;          /* NULL with --all-branches */
    const GPtrArray *branches;               /* char*: those that were looked at, with --all-branches; else NULL */
    const char *summary;                     /* one line for people */
} FindingsReport;

/* Whether --format and --json go together; BASE_ERROR_USAGE. */
gboolean findings_check_format(const Invocation *invocation, GError **error);
/* Prints it as --format or --json say, and returns the exit status. */
int findings_print(const Invocation *invocation, const FindingsReport *report);

#endif
