#include "commands.h"

#include <stdio.h>

#include "exit.h"
#include "output.h"
#include "running.h"

static int run(Invocation *invocation, GError **error)
{
    gboolean created;
    if (!migration_context_ensure_version(invocation->context, &created, error))
        return -1;
    if (invocation->offline)
        return print_offline(invocation);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddBoolToObject(document, "created", created);
        output_json(document);
    } else {
        puts(created ? "version and history tables created" : "version and history tables are there");
    }
    return EXIT_DONE;
}

static const OptionSpec options[] = {
    {"sql", 0, OPTION_FLAG, NULL, "print the SQL instead of running it", NULL},
    {0},
};

const Command command_ensure_version = {
    .name = "ensure_version",
    .summary = "create the version and history tables where missing",
    .description = "Creates what upgrade would create, and nothing else. A second call changes nothing.",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SESSION_ONLINE,
    .run = run,
};
