#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "base/log.h"
#include "output.h"

static int run(Invocation *invocation, GError **error)
{
    const char *given = argument_at(invocation, 0);
    const char *template = option_string(invocation, "template");
    g_autofree char *folder = g_get_current_dir();
    g_autoptr(GPtrArray) written = NULL;
    if (!template_write(template ? template : "generic", folder, given ? given : "migrations",
                        option_string(invocation, "url"), &written, error))
        return -1;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "created", json_string_array_of(written));
        output_json(document);
        return 0;
    }
    for (guint i = 0; i < written->len; i++)
        printf("created %s\n", (char *)written->pdata[i]);
    log_info("next: describe your tables in the model, then run 'migrate revision --autogenerate -m \"first tables\"'");
    return 0;
}

static const OptionSpec options[] = {
    {"template", 't', OPTION_STRING, "NAME", "the template to start from, see 'migrate list_templates'", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"DIRECTORY", "the script directory to create (default: migrations)", TRUE, FALSE},
    {0},
};

const Command command_init = {
    .name = "init",
    .summary = "create migrate.ini and a script directory",
    .description = "Writes a commented migrate.ini into the current folder, and beside it a script directory with a "
                   "model to fill in and a folder for revisions.\n\nNothing is ever overwritten: when one of the files "
                   "exists, none is written. With --url the URL goes into migrate.ini; without, migrate.ini reads "
                   "DATABASE_URL.",
    .examples = "migrate init\nmigrate init --url sqlite:///shop.db db/migrations\n"
                "migrate init --url postgresql://deploy@db/shop\nmigrate init --url mysql://deploy@db/shop",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_NOTHING,
    .run = run,
};
