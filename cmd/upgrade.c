#include "commands.h"
#include "repository.h"
#include "running.h"

static int run(Invocation *invocation, GError **error)
{
    return run_revisions(invocation, STEP_UP, error);
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_FLAG, NULL, "print the SQL instead of running it; REVISION may be A:B", NULL},
    OPTION_TAG,
    OPTION_REF,
    {"dry-run", 0, OPTION_FLAG, NULL, "print the plan for this database, change nothing", NULL},
    {"allow-edited", 0, OPTION_FLAG, NULL, "go on although applied revision files were edited since", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "how far up: head, heads, an id or its unique beginning, +N, BRANCH@head; with --sql also A:B", FALSE,
     FALSE},
    {0},
};

const Command command_upgrade = {
    .name = "upgrade",
    .summary = "apply revisions up to one",
    .description =
        "Applies what the database lacks. Each revision runs in a transaction of its own together with its version and "
        "history rows: it is applied whole or not at all (transaction = all in migrate.ini: one transaction around "
        "everything). Statements of transaction:false sections are journalled one by one; after a crash the next "
        "upgrade goes on where it stopped.\n\n"
        "Where DDL commits by itself (MySQL, MariaDB), a revision is cut into steps, and every step is journalled. One "
        "that fails leaves its revision half applied: correct the file or the data and run upgrade again, which goes "
        "on behind what is done, or take it back with downgrade. What nobody but you can know is for migrate "
        "repair.\n\n"
        "With nothing to do it takes no lock and answers at once. Otherwise it takes the migration lock, waits up to "
        "lock_wait for another run, and looks again at what is left to do.\n\n"
        "--sql connects to nothing and prints exactly the statements that a run sends. From base: --sql head; from a "
        "known revision: --sql 1975ea:head." REF_DESCRIPTION,
    .examples = "migrate upgrade head\nmigrate upgrade +1\nmigrate upgrade --sql 1975ea:head >release.sql",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION_ONLINE,
    .run = run,
};
