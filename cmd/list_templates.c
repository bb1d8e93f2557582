#include "commands.h"
#include "output.h"
#include "templates.h"

const char *own_templates(void)
{
    const char *folder = g_getenv(TEMPLATES_VARIABLE);
    return folder && *folder ? folder : NULL;
}

static int run(Invocation *invocation, GError **error)
{
    g_autoptr(GPtrArray) templates = templates_list(own_templates(), error);
    if (!templates)
        return -1;
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    const char *headings[] = {"NAME", "SUMMARY", "FOLDER", NULL};
    g_autoptr(OutputTable) table = document ? NULL : output_table_new(headings);
    for (guint i = 0; i < templates->len; i++) {
        const Template *template = templates->pdata[i];
        if (document) {
            cJSON *item = cJSON_CreateObject();
            json_add_string(item, "name", template->name);
            json_add_string(item, "summary", template->summary);
            json_add_string(item, "folder", template->folder);
            cJSON_AddItemToArray(document, item);
        } else {
            output_table_row(table, STYLE_PLAIN, (const char *[]){template->name, template->summary, template->folder});
        }
    }
    if (document)
        output_json(document);
    else
        output_table_print(table);
    return 0;
}

const Command command_list_templates = {
    .name = "list_templates",
    .summary = "list the templates that init can start from",
    .description = "Those built in, and your own: the folders in the one that " TEMPLATES_VARIABLE
                   " names. An own one hides a built-in one of the same name. What a template describes itself with is "
                   "the first line of its README.",
    .examples = "migrate list_templates\nmigrate list_templates --json",
    .needs = NEEDS_NOTHING,
    .run = run,
};
