#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "comparing.h"
#include "exit.h"
#include "output.h"

static int print_json(const ModelComparison *result)
{
    const GPtrArray *operations = result->comparison->operations;
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "dialect", result->dialect->name);
    cJSON_AddItemToObject(document, "operations", operations_to_json(operations, result->dialect->name));
    cJSON_AddItemToObject(document, "findings", findings_to_json(result));
    cJSON_AddItemToObject(document, "likely_renames", likely_renames_to_json(result));
    cJSON_AddItemToObject(document, "notes", json_string_array_of(result->notes));
    output_json(document);
    return operations->len ? EXIT_FOUND : EXIT_DONE;
}

static void print_operations(const GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++) {
        g_autofree char *text = operation_line(operations->pdata[i]);
        puts(text);
    }
}

static int run(Invocation *invocation, GError **error)
{
    const char *format = option_string(invocation, "format");
    g_autoptr(ModelComparison) result = compare_model(invocation, COMPARE_REPORT, NULL, error);
    if (!result)
        return -1;
    if (invocation->json || g_strcmp0(format, "json") == 0)
        return print_json(result);
    log_findings(result, LOG_DETAIL);
    if (g_strcmp0(format, "ops") == 0) {
        print_operations(result->comparison->operations);
    } else {
        g_autofree char *sql = operations_sql(result, error);
        if (!sql)
            return -1;
        fputs(sql, stdout);
    }
    return result->comparison->operations->len ? EXIT_FOUND : EXIT_DONE;
}

static const OptionSpec options[] = {
    {"format", 0, OPTION_STRING, "FORMAT", "how to print the difference (default: sql)", "sql|ops|json"},
    {"rename", 0, OPTION_STRINGS, "OLD:NEW",
     "a renamed table, view, type … (old:new), column, index … (table.old:new) or enum value (type.old:new)", NULL},
    {0},
};

const Command command_diff = {
    .name = "diff",
    .summary = "print what would make the database match the model",
    .description =
        "Prints the difference as the SQL of an upgrade, as one line per operation, or as JSON with a "
        "verdict for each. "
        "Revisions are not looked at, and nothing is changed.\n\n"
        "What drops a table or a column, or makes a type narrower, says about how many rows there are: by the "
        "catalog's estimate, or counted up to 100,000. In JSON these are \"rows\", with \"estimated\", and "
        "\"at_least\" where they were not counted further.",
    .examples = "migrate diff\nmigrate diff --format ops\nmigrate diff --json",
    .exits = "model and database differ",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_URL_ONLY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
