#include "commands.h"

#include <stdio.h>

#include "against_history.h"
#include "base/error.h"
#include "check_base.h"
#include "comparing.h"
#include "exit.h"
#include "output.h"
#include "repository.h"
#include "revisions.h"

static int print_pending(const Invocation *invocation, const GPtrArray *pending)
{
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddBoolToObject(document, "equal", FALSE);
        cJSON *items = cJSON_AddArrayToObject(document, "pending");
        for (guint i = 0; i < pending->len; i++)
            cJSON_AddItemToArray(items, revision_to_json(pending->pdata[i]));
        cJSON_AddItemToObject(document, "operations", cJSON_CreateArray());
        cJSON_AddItemToObject(document, "findings", cJSON_CreateArray());
        output_json(document);
        return EXIT_FOUND;
    }
    printf("the database is not at head, %u revision%s pending:\n", pending->len, pending->len == 1 ? "" : "s");
    g_autofree char *lines = pending_lines(pending);
    printf("%srun 'migrate upgrade heads', then check again\n", lines);
    return EXIT_FOUND;
}

static void print_differences(const GPtrArray *operations)
{
    printf("model and database differ, %u operation%s:\n", operations->len, operations->len == 1 ? "" : "s");
    for (guint i = 0; i < operations->len; i++) {
        g_autofree char *text = operation_line(operations->pdata[i]);
        printf("  %s\n", text);
    }
    puts("run 'migrate revision --autogenerate -m \"…\"' to write them as a revision");
}

/* Options that say what is checked: at most one of these. */
static gboolean check_options(const Invocation *invocation, GError **error)
{
    gboolean branches = option_flag(invocation, "all-branches");
    gboolean git = branches || option_flag(invocation, "base");
    if (git && (option_flag(invocation, "against-history") || option_flag(invocation, "no-database")))
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "%s looks at git alone, and goes with no other check: leave --against-history and --no-database "
                    "out",
                    branches ? "--all-branches" : "--base");
    else if (git && option_strings(invocation, "rename"))
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s compares no models: leave --rename out",
                    branches ? "--all-branches" : "--base");
    else if (branches && invocation_ref(invocation))
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE,
                            "--all-branches looks at all of them: leave --ref out");
    else if (!git && option_string(invocation, "format"))
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "--format needs --base or --all-branches");
    else
        return TRUE;
    return FALSE;
}

static int run(Invocation *invocation, GError **error)
{
    if (!check_options(invocation, error))
        return -1;
    if (option_flag(invocation, "all-branches"))
        return check_all_branches(invocation, error);
    if (option_flag(invocation, "base"))
        return check_base(invocation, error);
    if (option_flag(invocation, "against-history"))
        return check_against_history(invocation, error);
    if (option_flag(invocation, "no-database")) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "--no-database needs --against-history");
        return -1;
    }
    g_autoptr(GPtrArray) pending = NULL;
    g_autoptr(ModelComparison) result = compare_model(invocation, COMPARE_REPORT, &pending, error);
    if (!result)
        return pending && pending->len > 0 ? print_pending(invocation, pending) : -1;
    log_findings(result, LOG_DETAIL);
    const GPtrArray *operations = result->comparison->operations;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddBoolToObject(document, "equal", operations->len == 0);
        cJSON_AddItemToObject(document, "pending", cJSON_CreateArray());
        cJSON_AddItemToObject(document, "operations", operations_to_json(operations, result->dialect->name));
        cJSON_AddItemToObject(document, "findings", findings_to_json(result));
        cJSON_AddItemToObject(document, "likely_renames", likely_renames_to_json(result));
        if (invocation->verbose)
            cJSON_AddItemToObject(document, "not_modelled", not_modelled_to_json(result->live));
        output_json(document);
    } else if (operations->len == 0) {
        puts("model and database agree");
    } else {
        print_differences(operations);
    }
    return operations->len ? EXIT_FOUND : EXIT_DONE;
}

static guint needs_by_options(const Invocation *invocation)
{
    if (option_flag(invocation, "base") || option_flag(invocation, "all-branches"))
        return 0;
    guint needs = option_flag(invocation, "against-history") ? against_history_needs(invocation)
                                                             : NEEDS_SESSION | NEEDS_READ_ONLY;
    return needs | NEEDS_SCRIPT_DIRECTORY;
}

static const OptionSpec options[] = {
    {"against-history", 0, OPTION_FLAG, NULL, "run the revisions in an empty scratch database, and compare with that",
     NULL},
    {"no-database", 0, OPTION_FLAG, NULL, "with --against-history: leave the database out, compare only the models",
     NULL},
    {"base", 0, OPTION_OPTIONAL, "REF",
     "check the revisions of the merge with this branch, without a database; REF is the target of the pull request in "
     "CI, else the remote's default branch",
     NULL},
    {"all-branches", 0, OPTION_FLAG, NULL, "check which open branches will collide with the base and with each other",
     NULL},
    OPTION_FORMAT,
    OPTION_REF,
    {"rename", 0, OPTION_STRINGS, "OLD:NEW",
     "a renamed table, view, type … (old:new), column, index … (table.old:new) or enum value (type.old:new)", NULL},
    {0},
};

const Command command_check = {
    .name = "check",
    .summary = "tell whether a new revision would be needed",
    .description =
        "Compares the model with the database, which must be at head, and writes nothing. For CI: exit 0 means "
        "that no autogenerated revision was forgotten. With -v also what in the database is not modelled, and so left "
        "alone, and what is out of scope is listed on stderr (the former with --json as \"not_modelled\").\n\n"
        "With --against-history the revisions run in an empty scratch database (in memory on SQLite; on a server "
        "beside "
        "the database, or where scratch_url says; it is dropped whatever happens). What they make is compared with the "
        "models, and what the applied ones make with the database: what was changed by hand is found there, and "
        "revisions that are pending are only listed. Each difference stands under a heading that says which side has "
        "what, as the operation that would make the second side what the first says, with its verdict. With --json "
        "\"models\" and \"database\" have the operations and findings of each (\"database\" is null when it is not "
        "compared), and \"pending\" the revisions.\n\n"
        "With --no-database, or without a url, only the models are compared; the kind of database is that of the url, "
        "or of scratch_url when there is none." REF_DESCRIPTION "\n\n"
        "With --base, no database, url or model is needed: HEAD (or the commit of --ref) is merged with REF in memory, "
        "and the revisions of the result are looked at. It finds several heads in a line that had one (compared within "
        "a branch label), one id in two files, revisions of REF that were edited (comments, white space and line ends "
        "do not count), deleted or renamed, new revisions whose parent is no head of REF, and whatever makes no graph "
        "or cannot be read, each with its file, line, commit and author, and the command that helps. Errors and "
        "warnings give exit 3, notes do not. What is not committed is not looked at; conflicts in other files do not "
        "matter. A shallow clone may lack the common ancestor: fetch-depth: 0.\n\n"
        "With --all-branches, every local and remote-tracking branch that changes revisions and is not merged yet is "
        "checked so with the base, and with every other one; a branch is not held against what a remote has of it.",
    .examples = "migrate check\nmigrate check --against-history\nmigrate check --against-history --no-database --json\n"
                "migrate check --base origin/main\nmigrate check --base --format github\nmigrate check --all-branches",
    .exits = "model and database differ, or revisions are pending; with --against-history: models, revisions and "
             "database differ; with --base and --all-branches: errors or warnings",
    .options = options,
    .needs = NEEDS_CONFIG,
    .needs_by_options = needs_by_options,
    .run = run,
};
