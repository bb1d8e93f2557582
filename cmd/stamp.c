#include <string.h>

#include "base/error.h"
#include "commands.h"
#include "running.h"

/* The arguments for --sql: one start before all of them, "A:b, c" of "A:b" "A:c". New string. */
static char *offline_range(const Invocation *invocation, GError **error)
{
    g_autofree char *from = NULL;
    g_autoptr(GString) targets = g_string_new(NULL);
    for (guint i = 0; i < argument_count(invocation); i++) {
        const char *range = argument_at(invocation, i);
        const char *colon = strchr(range, ':');
        g_autofree char *start = colon ? g_strndup(range, (gsize)(colon - range)) : NULL;
        if (start && from && strcmp(start, from) != 0) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                        "a stamp with --sql starts from one place, not from '%s' and '%s'", from, start);
            return NULL;
        }
        if (start && !from)
            from = g_steal_pointer(&start);
        g_string_append_printf(targets, "%s%s", i > 0 ? ", " : "", colon ? colon + 1 : range);
    }
    return from ? g_strconcat(from, ":", targets->str, NULL) : g_strdup(targets->str);
}

static int run(Invocation *invocation, GError **error)
{
    gboolean purge = option_flag(invocation, "purge");
    if (invocation->offline) {
        g_autofree char *range = offline_range(invocation, error);
        return range && migration_offline_stamp(invocation->context, range, purge, error) ? print_offline(invocation)
                                                                                          : -1;
    }
    g_autofree char *targets = argument_list(invocation);
    g_autoptr(RunResult) result = migration_stamp(invocation->context, targets, purge, error);
    return result ? print_run_result(invocation, STEP_STAMP, result, error) : -1;
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_FLAG, NULL, "print the SQL instead of running it; REVISION may be A:B", NULL},
    OPTION_TAG,
    {"purge", 0, OPTION_FLAG, NULL, "empty the version table first", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "where the database stands: heads, base, or one revision of each branch", FALSE, TRUE},
    {0},
};

const Command command_stamp = {
    .name = "stamp",
    .summary = "say where the database stands, run nothing",
    .description =
        "Writes REVISION into the version table without running any revision. For a database whose schema is already "
        "there. Rows of branches that no REVISION is about stay, but with --purge, which also forgets rows that no "
        "file holds.\n\n"
        "--sql connects to nothing and prints the statements: for a database at base, or, with A:B, at A.",
    .examples = "migrate stamp head\nmigrate stamp 1975ea billing@head\nmigrate stamp --purge 1975ea\n"
                "migrate stamp --sql 1975ea:head",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION_ONLINE,
    .run = run,
};
