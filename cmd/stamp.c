#include "commands.h"
#include "running.h"

static int run(Invocation *invocation, GError **error)
{
    g_autoptr(RunResult) result =
        migration_stamp(invocation->context, argument_at(invocation, 0), option_flag(invocation, "purge"), error);
    return result ? print_run_result(invocation, STEP_STAMP, result, error) : -1;
}

static const OptionSpec options[] = {
    {"purge", 0, OPTION_FLAG, NULL, "empty the version table first", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "where the database stands: head, base, an id or its unique beginning", FALSE, FALSE},
    {0},
};

const Command command_stamp = {
    .name = "stamp",
    .summary = "say where the database stands, run nothing",
    .description = "Writes REVISION into the version table without running any revision. For a database whose schema "
                   "is already there.",
    .examples = "migrate stamp head\nmigrate stamp --purge 1975ea",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION,
    .run = run,
};
