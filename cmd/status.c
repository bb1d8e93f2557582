#include "commands.h"

#include <stdio.h>

#include "base/text.h"
#include "exit.h"
#include "missing.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"
#include "tamper.h"

static const char *state_name(RevisionState state)
{
    switch (state) {
    case REVISION_APPLIED:
        return "applied";
    case REVISION_PENDING:
        return "pending";
    case REVISION_EDITED:
        return "edited";
    case REVISION_MISSING:
        return "missing";
    case REVISION_INTERRUPTED:
        return "interrupted";
    }
    return "";
}

static OutputStyle state_style(RevisionState state)
{
    switch (state) {
    case REVISION_APPLIED:
        return STYLE_PLAIN;
    case REVISION_PENDING:
        return STYLE_MARK;
    case REVISION_EDITED:
    case REVISION_MISSING:
    case REVISION_INTERRUPTED:
        return STYLE_BAD;
    }
    return STYLE_PLAIN;
}

static cJSON *status_to_json(Invocation *invocation, const Status *status, const char *database)
{
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "database", database);
    cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)status->current));
    cJSON_AddItemToObject(document, "heads", revision_ids_to_json(status->heads));
    cJSON_AddNumberToObject(document, "applied", status->applied);
    cJSON_AddNumberToObject(document, "pending", status->pending);
    cJSON_AddNumberToObject(document, "edited", status->edited);
    cJSON_AddNumberToObject(document, "missing", status->missing);
    cJSON_AddNumberToObject(document, "interrupted", status->interrupted);
    cJSON *revisions = cJSON_AddArrayToObject(document, "revisions");
    for (guint i = 0; i < status->revisions->len; i++) {
        const RevisionStatus *row = status->revisions->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "revision", row->id);
        json_add_string(item, "state", state_name(row->state));
        json_add_string(item, "message", row->revision ? row->revision->message : NULL);
        json_add_string(item, "applied_at", row->applied_at);
        json_add_string(item, "applied_by", row->who);
        json_add_string(item, "detail", row->detail);
        g_autoptr(Tampering) tampering = row->edited ? tampering_new(invocation, row->edited) : NULL;
        cJSON_AddItemToObject(item, "edited", tampering ? tampering_to_json(tampering) : cJSON_CreateNull());
        cJSON_AddItemToObject(item, "found_in", missing_to_json(row->missing));
        cJSON_AddItemToArray(revisions, item);
    }
    return document;
}

static void print_status(const Status *status, const char *database)
{
    const char *headings[] = {"REVISION", "STATE", "APPLIED", "MESSAGE", "DETAIL", NULL};
    g_autofree char *current = g_strjoinv(", ", status->current);
    if (output_is_terminal())
        printf("%s is at %s\n\n", database, *current ? current : "base");
    g_autoptr(OutputTable) table = output_table_new(headings);
    for (guint i = 0; i < status->revisions->len; i++) {
        const RevisionStatus *row = status->revisions->pdata[i];
        g_autofree char *title = text_first_line(row->revision ? row->revision->message : NULL);
        const char *cells[] = {row->id, state_name(row->state), row->applied_at, title, row->detail};
        output_table_row(table, state_style(row->state), cells);
    }
    output_table_print(table);
    if (output_is_terminal())
        printf("\n%u applied, %u pending, %u edited, %u missing, %u interrupted\n", status->applied, status->pending,
               status->edited, status->missing, status->interrupted);
}

static void print_edited(Invocation *invocation, const Status *status)
{
    g_autoptr(GPtrArray) edited = g_ptr_array_new();
    for (guint i = 0; i < status->revisions->len; i++) {
        const RevisionStatus *row = status->revisions->pdata[i];
        if (row->edited)
            g_ptr_array_add(edited, row->edited);
    }
    if (edited->len == 0)
        return;
    g_autofree char *report = tamper_report(invocation, edited, TRUE);
    printf("\n%s", report);
}

/* On stderr: where files that were found nowhere were looked for. */
static void explain_missing(const Status *status)
{
    for (guint i = 0; i < status->revisions->len; i++) {
        const RevisionStatus *row = status->revisions->pdata[i];
        if (row->missing)
            missing_explain_one(row->missing);
    }
}

static int run(Invocation *invocation, GError **error)
{
    g_autofree char *database = engine_describe(invocation->engine);
    g_autoptr(Status) status = migration_status(invocation->context, error);
    if (!status)
        return -1;
    explain_missing(status);
    if (invocation->json) {
        output_json(status_to_json(invocation, status, database));
    } else {
        print_status(status, database);
        if (!invocation->quiet)
            print_edited(invocation, status);
    }
    return status->edited || status->missing || status->interrupted ? EXIT_FOUND : EXIT_DONE;
}

const Command command_status = {
    .name = "status",
    .summary = "tell what is applied, pending, edited or missing",
    .description =
        "One line per revision: applied; pending; edited (the file's statements are not those that were "
        "applied; comments "
        "and line ends do not count); missing (applied, but its file is not here: the branch and the commit of git "
        "that "
        "have it are named); interrupted (a revision is "
        "half applied or half taken down: migrate upgrade or downgrade goes on, migrate repair tells more).\n\n"
        "Below the table, each edited file is told of, but for -q: the commit that changed it last, with "
        "author and date, a unified diff with the file as it was applied, which git has by its blob id, and "
        "the two ways out: the git command that puts it back, and migrate repair REVISION --accept-edit. "
        "Of a long difference 40 lines are shown, of many files five; all with -v.",
    .exits = "a revision is edited, missing or interrupted",
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION | NEEDS_READ_ONLY,
    .run = run,
};
