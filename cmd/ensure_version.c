#include "commands.h"

#include <stdio.h>

#include "exit.h"
#include "output.h"

static int run(Invocation *invocation, GError **error)
{
    gboolean created;
    if (!migration_context_ensure_version(invocation->context, &created, error))
        return -1;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddBoolToObject(document, "created", created);
        output_json(document);
    } else {
        puts(created ? "version and history tables created" : "version and history tables are there");
    }
    return EXIT_DONE;
}

const Command command_ensure_version = {
    .name = "ensure_version",
    .summary = "create the version and history tables where missing",
    .description = "Creates what upgrade would create, and nothing else. A second call changes nothing.",
    .needs = NEEDS_CONFIG | NEEDS_SESSION,
    .run = run,
};
