#include "commands.h"
#include "output.h"

static int run(Invocation *invocation, GError **error)
{
    (void)error;
    guint n;
    const Template *templates = templates_list(&n);
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    const char *headings[] = {"NAME", "SUMMARY", NULL};
    g_autoptr(OutputTable) table = document ? NULL : output_table_new(headings);
    for (guint i = 0; i < n; i++) {
        if (document) {
            cJSON *item = cJSON_CreateObject();
            json_add_string(item, "name", templates[i].name);
            json_add_string(item, "summary", templates[i].summary);
            cJSON_AddItemToArray(document, item);
        } else {
            output_table_row(table, STYLE_PLAIN, (const char *[]){templates[i].name, templates[i].summary});
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
    .needs = NEEDS_NOTHING,
    .run = run,
};
