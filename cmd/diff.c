#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "comparing.h"
#include "comparing_references.h"
#include "exit.h"
#include "output.h"
#include "replay.h"

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

static gboolean check_options(const Invocation *invocation, const char *range, GError **error)
{
    if (range || !option_string(invocation, "dialect"))
        return TRUE;
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE,
                        "option '--dialect' has a meaning only with REF1..REF2: a database says itself of what kind it "
                        "is");
    return FALSE;
}

static guint needs_by_options(const Invocation *invocation)
{
    return argument_count(invocation) ? 0 : NEEDS_SESSION | NEEDS_READ_ONLY;
}

static int run(Invocation *invocation, GError **error)
{
    const char *format = option_string(invocation, "format");
    const char *range = argument_at(invocation, 0);
    if (!check_options(invocation, range, error))
        return -1;
    g_autoptr(ModelComparison) result =
        range ? compare_references(invocation, range, error) : compare_model(invocation, COMPARE_REPORT, NULL, error);
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
    OPTION_DIALECT,
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REF1..REF2", "two commits, tags or branches whose models are compared, instead of model and database", TRUE,
     FALSE},
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
        "\"at_least\" where they were not counted further.\n\n"
        "With REF1..REF2, the models of two commits of the git repository are compared: what would make a schema of "
        "REF1's models one of REF2's. REF1.. is up to HEAD, ..REF2 from HEAD, and REF1 alone up to the models in the "
        "working folder. No database is asked: the url or --dialect says which kind of database the models are for. "
        "Models in SQL run in a scratch database, as ever. Which files the models are says each commit's own "
        "migrate.ini.",
    .examples = "migrate diff\nmigrate diff --format ops\nmigrate diff --json\n"
                "# what changed in the models since a release\nmigrate diff v1.2..HEAD --format ops",
    .exits = "model and database, or the two models, differ",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_URL_ONLY,
    .needs_by_options = needs_by_options,
    .run = run,
};
