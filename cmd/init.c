#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "base/log.h"
#include "output.h"
#include "templates.h"

static int run(Invocation *invocation, GError **error)
{
    const char *given = argument_at(invocation, 0);
    const char *template = option_string(invocation, "template");
    g_autofree char *folder = g_get_current_dir();
    g_autoptr(GPtrArray) written = NULL;
    const NewProject project = {
        .template = template ? template : "generic",
        .own = own_templates(),
        .folder = folder,
        .location = given ? given : "migrations",
        .url = option_string(invocation, "url"),
    };
    if (!template_write(&project, &written, error))
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
    {"template", 't', OPTION_STRING, "NAME", "a template, see 'migrate list_templates', or the folder of one", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"DIRECTORY", "the script directory to create (default: migrations)", TRUE, FALSE},
    {0},
};

const Command command_init = {
    .name = "init",
    .summary = "create migrate.ini and a script directory",
    .description =
        "Writes a commented migrate.ini into the current folder, and beside it a script directory with a "
        "model to fill in and a folder for revisions.\n\nNothing is ever overwritten: when one of the files "
        "exists, none is written. With --url the URL goes into migrate.ini; without, migrate.ini reads "
        "DATABASE_URL.\n\n"
        "A template is also any folder of yours: -t ./path/to/folder, or -t NAME with " TEMPLATES_VARIABLE
        " naming the folder that holds it. Its files go into the script directory, its migrate.ini beside "
        "it; what it has of migrate.ini, models.json or schema.sql, and versions/ not is that of the template "
        "generic. In text files @SCRIPT_LOCATION@, @MODELS@, @URL@ and @REVISION_FORMAT@ (a line of "
        "migrate.ini) are filled in; the first two begin with %(here)s, the folder of migrate.ini.\n\n"
        "A script.sql in the script directory, as one of a template becomes, is the skeleton of new SQL "
        "revisions: the lines @HEADER@, @UPGRADE@ and @DOWNGRADE@ stand for their parts, and what is around "
        "them (a checklist, a ticket's number to fill in) is in every revision. In script.json, for "
        "revision_format = ops, comments stand around the line @REVISION@.",
    .examples = "migrate init\nmigrate init --url sqlite:///shop.db db/migrations\n"
                "migrate init --url postgresql://deploy@db/shop\nmigrate init --url mysql://deploy@db/shop\n"
                "migrate init -t ops --url sqlite:///shop.db\nmigrate init -t ./company-template",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_NOTHING,
    .run = run,
};
