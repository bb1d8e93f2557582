#include "commands.h"
#include "repository.h"
#include "running.h"

static int run(Invocation *invocation, GError **error)
{
    return run_revisions(invocation, STEP_DOWN, error);
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_FLAG, NULL, "print the SQL instead of running it; REVISION is A:B", NULL}, OPTION_TAG, OPTION_REF,
    {"dry-run", 0, OPTION_FLAG, NULL, "print the plan for this database, change nothing", NULL}, {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "the revision to go back to: base, -N, an id or its unique beginning; with --sql A:B", FALSE, FALSE},
    {0},
};

const Command command_downgrade = {
    .name = "downgrade",
    .summary = "take revisions down, back to one",
    .description =
        "Takes down, newest first, what was applied after REVISION. The down sections of the files run; where a file "
        "is "
        "gone (a rolled-back deploy), or is not what was applied, the down script stored in the history table runs; "
        "where nothing is recorded of a revision, its file is looked for in git: on all branches, remote branches and "
        "tags, in their past, and among what has no name any more. "
        "Where such a file lives is said.\n\n"
        "Everything is checked before the first statement: a revision that cannot be taken down stops the whole "
        "run.\n\n"
        "Where DDL commits by itself (MySQL, MariaDB), a revision that is half applied counts as applied here: -1 "
        "takes "
        "it back. The catalog is asked of each statement of its down sections whether there is anything to be taken "
        "back; what it cannot tell is for migrate repair. What has a name only between two "
        "statements of the way up, and none in the way down, stays." REF_DESCRIPTION,
    .examples = "migrate downgrade -1\nmigrate downgrade base\nmigrate downgrade --sql 3f2a9c:1975ea",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION_ONLINE,
    .run = run,
};
