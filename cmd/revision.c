#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "committing.h"
#include "exit.h"
#include "hooks.h"
#include "output.h"
#include "revision_contents.h"
#include "revisions.h"

static void log_operations(const Dialect *dialect, const GPtrArray *operations)
{
    gboolean narrows = !(dialect->capabilities & DIALECT_LOOSE_VALUES);
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = operations->pdata[i];
        g_autofree char *text = operation_line(op);
        if (!migrate_op_loses_data(op) && migrate_op_risks_data(op, narrows))
            log_warning("detected: %s; values that do not fit are cut, rounded or refused", text);
        else if (migrate_op_loses_data(op))
            log_warning("detected: %s; its data is lost on upgrade, and the downgrade cannot bring it back", text);
        else
            log_info("detected: %s", text);
    }
}

static char *write_revision(Invocation *invocation, const RevisionContents *contents, Committing *committing,
                            GError **error)
{
    NewRevision revision = {
        .message = option_string(invocation, "message"),
        .rev_id = option_string(invocation, "rev-id"),
        .head = option_string(invocation, "head"),
        .splice = option_flag(invocation, "splice"),
        .version_path = option_string(invocation, "version-path"),
        .branch_labels = option_strings(invocation, "branch-label"),
        .depends_on = option_strings(invocation, "depends-on"),
        .sections = contents->sections,
        .is_ops = contents->is_ops,
        .upgrade = contents->upgrade,
        .downgrade = contents->downgrade,
        .upgrade_notes = contents->upgrade_notes,
        .downgrade_notes = contents->downgrade_notes,
    };
    g_autofree char *path = script_directory_create_revision(invocation->directory, &revision, error);
    if (!path || !hooks_run(invocation->config, path, error) || !committing_finish_new(committing, path, error))
        return NULL;
    return g_steal_pointer(&path);
}

static int print_result(const Invocation *invocation, const char *path, const ModelComparison *result,
                        const Committing *committing)
{
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "path", path);
        cJSON_AddItemToObject(document, "operations",
                              result ? operations_to_json(result->comparison->operations, result->dialect->name)
                                     : cJSON_CreateArray());
        if (result)
            cJSON_AddItemToObject(document, "findings", findings_to_json(result));
        committing_add_json(committing, document);
        output_json(document);
    } else if (path) {
        printf("%s\n", path);
    }
    return EXIT_DONE;
}

static void not_at_head(const GPtrArray *pending, GError **error)
{
    g_autofree char *list = pending_lines(pending);
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "the database is not at head, so it cannot be compared with the model\n"
                "%u revision%s to apply first:\n%srun 'migrate upgrade heads', then this again",
                pending->len, pending->len == 1 ? "" : "s", list);
}

static int run_autogenerate(Invocation *invocation, const RevisionFormat *format, Committing *committing,
                            GError **error)
{
    g_autoptr(GPtrArray) pending = NULL;
    g_autoptr(ModelComparison) result = compare_model(invocation, COMPARE_CONFIRM, &pending, error);
    if (!result) {
        if (pending && pending->len > 0)
            not_at_head(pending, error);
        return -1;
    }
    log_findings(result, LOG_INFO);
    g_auto(RevisionContents) contents = {0};
    gboolean found = result->comparison->operations->len > 0;
    gboolean several = format->dialects && format->dialects->len > 1; /* others may have changed alone */
    if (format->is_ops && !contents_of_operations(invocation, result, format, &contents, error))
        return -1;
    if (!format->is_ops && (found || several) && !contents_of_sections(invocation, result, format, &contents, error))
        return -1;
    if (!found && !contents_say_something(&contents)) {
        log_info("model and database agree: no revision written");
        return print_result(invocation, NULL, result, committing);
    }
    g_autofree char *path = write_revision(invocation, &contents, committing, error);
    if (path)
        log_operations(result->dialect, result->comparison->operations);
    if (path && !found)
        log_info("detected: a change that does not show on %s; the file says it", result->dialect->name);
    return path ? print_result(invocation, path, result, committing) : -1;
}

/* What cannot be written is refused before anything is written. */
static gboolean read_settings(const Invocation *invocation, RevisionFormat *format, GError **error)
{
    GError *failure = NULL;
    format->dialects = config_list(invocation->config, "migrate", "dialects", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    for (guint i = 0; format->dialects && i < format->dialects->len; i++) {
        if (dialect_find(format->dialects->pdata[i], error))
            continue;
        g_autofree char *where = config_origin(invocation->config, "migrate", "dialects");
        g_prefix_error(error, "%s: dialects: ", where);
        return FALSE;
    }
    return revision_format(invocation, option_string(invocation, "format"), &format->is_ops, error) &&
           hooks_check(invocation->config, error);
}

static int run(Invocation *invocation, GError **error)
{
    g_auto(RevisionFormat) format = {0};
    g_auto(Committing) committing = {0};
    if (!read_settings(invocation, &format, error) || !committing_init(&committing, invocation, error) ||
        !committing_check_new(&committing, invocation, option_string(invocation, "version-path"), error))
        return -1;
    if (option_flag(invocation, "autogenerate"))
        return run_autogenerate(invocation, &format, &committing, error);
    if (option_strings(invocation, "rename") || option_flag(invocation, "no-rename")) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "--rename and --no-rename need --autogenerate");
        return -1;
    }
    g_autofree char *path =
        write_revision(invocation, &(RevisionContents){.is_ops = format.is_ops}, &committing, error);
    return path ? print_result(invocation, path, NULL, &committing) : -1;
}

static guint needs_by_options(const Invocation *invocation)
{
    return option_flag(invocation, "autogenerate") ? NEEDS_SESSION | NEEDS_READ_ONLY : 0;
}

static const OptionSpec options[] = {
    {"message", 'm', OPTION_STRING, "TEXT", "what the revision does, for its header and file name", NULL},
    {"autogenerate", 0, OPTION_FLAG, NULL, "fill it with the difference of model and database", NULL},
    {"format", 0, OPTION_STRING, "FORMAT", "sections of SQL or portable operations, instead of the key revision_format",
     "sql|ops"},
    {"rev-id", 0, OPTION_STRING, "ID", "this id instead of a random one", NULL},
    {"head", 0, OPTION_STRING, "REV", "the revision it builds on, or several to merge: heads (default: head)", NULL},
    {"splice", 0, OPTION_FLAG, NULL, "--head may name a revision that is no head: a branch starts there", NULL},
    {"branch-label", 0, OPTION_STRINGS, "LABEL", "a name for the branch that starts here", NULL},
    {"depends-on", 0, OPTION_STRINGS, "REV", "a revision of another branch that has to be applied first", NULL},
    {"version-path", 0, OPTION_STRING, "FOLDER", "which of several version_locations the file goes to", NULL},
    {"file-template", 0, OPTION_STRING, "NAME", "how the file is called, instead of the key file_template", NULL},
    {"rename", 0, OPTION_STRINGS, "OLD:NEW",
     "a renamed table, view, type … (old:new), column, index … (table.old:new) or enum value (type.old:new)", NULL},
    {"no-rename", 0, OPTION_FLAG, NULL, "what looks renamed is to be dropped and added", NULL},
    OPTION_COMMIT,
    OPTION_STAGE,
    {0},
};

const Command command_revision = {
    .name = "revision",
    .summary = "write a new revision file",
    .description =
        "Writes a revision file and prints its path. Without --autogenerate it is empty, to be filled in.\n\n"
        "With --autogenerate the model is compared with the database, which must be at head; the difference becomes "
        "the "
        "upgrade, its reverse with every former definition the downgrade. When there is none, nothing is written.\n\n"
        "Above what drops a table or a column, or makes a type narrower, stands a comment with about how many rows "
        "that "
        "is about; in the downgrade, what does not come back, and what of later is lost.\n\n"
        "Operations (--format ops, revision_format = ops) are written for all dialects that the model is for, or for "
        "`dialects`, in the words of the model. Where all earlier revisions are operations, the change is that of the "
        "model since them, also in what this database does not show.\n\n"
        "With several `dialects` in migrate.ini, each gets SQL sections of its own, from this one comparison: "
        "migrate-revisions(5), SEVERAL DIALECTS, says what cannot be known without their databases.\n\n"
        "Something dropped and something alike added may be a rename. Say which it is with renamed_from in the model, "
        "with --rename, or with --no-rename; on a terminal you are asked, elsewhere the command fails and names the "
        "flag." COMMITTING_DESCRIPTION,
    .examples = "migrate revision -m \"backfill totals\"\nmigrate revision --autogenerate -m \"add order status\"\n"
                "migrate revision --autogenerate -m \"rename\" --rename orders.amount:total\n"
                "migrate revision --head billing@head -m \"invoices\"",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY,
    .needs_by_options = needs_by_options,
    .run = run,
};
