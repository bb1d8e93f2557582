#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "exit.h"
#include "output.h"
#include "tamper.h"

static const char *verdict_name(InterruptionVerdict verdict)
{
    switch (verdict) {
    case VERDICT_NOTHING:
        return "nothing in flight";
    case VERDICT_TOOK_EFFECT:
        return "took effect";
    case VERDICT_NO_EFFECT:
        return "did not take effect";
    case VERDICT_PARTLY:
        return "took effect in part";
    case VERDICT_SEND:
        return "to be sent";
    case VERDICT_UNKNOWN:
        return "unknown";
    case VERDICT_EDITED:
        return "took effect, edited since";
    }
    return "";
}

static cJSON *interruption_to_json(const Interruption *interruption)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "revision", interruption->revision);
    json_add_string(item, "direction", interruption->direction);
    cJSON_AddNumberToObject(item, "done", (double)interruption->done);
    cJSON_AddNumberToObject(item, "total", (double)interruption->total);
    json_add_string(item, "place", interruption->place);
    json_add_string(item, "statement", interruption->statement);
    json_add_string(item, "verdict", verdict_name(interruption->verdict));
    json_add_string(item, "reason", interruption->reason);
    json_add_string(item, "stopped_at", interruption->stopped_at);
    cJSON_AddBoolToObject(item, "undecided", interruption_is_undecided(interruption));
    return item;
}

static void print_indented(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        printf("    %s\n", lines[i]);
}

static void print_advice(const Interruption *interruption)
{
    gboolean up = g_str_equal(interruption->direction, "up");
    if (!interruption_is_undecided(interruption)) {
        printf("  run migrate %s: it goes on by itself\n", up ? "upgrade" : "downgrade");
        return;
    }
    puts("  look at the database, and say which it is:");
    puts("  migrate repair --done   it is done: go on behind it");
    puts("  migrate repair --retry  it is not: send it again");
}

static void print_interruption(const Interruption *interruption)
{
    printf("%s half %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " statements done\n", interruption->revision,
           g_str_equal(interruption->direction, "up") ? "applied" : "taken down", interruption->done,
           interruption->total);
    if (interruption->stopped_at)
        printf("  stopped at %s\n", interruption->stopped_at);
    if (interruption->place)
        printf("  %s\n", interruption->place);
    if (interruption->statement)
        print_indented(interruption->statement);
    printf("  %s%s%s\n", verdict_name(interruption->verdict), interruption->reason ? ": " : "",
           interruption->reason ? interruption->reason : "");
    print_advice(interruption);
}

static int show(const Invocation *invocation, GError **error)
{
    g_autoptr(GPtrArray) found = migration_interrupted(invocation->context, error);
    if (!found)
        return -1;
    cJSON *document = invocation->json ? cJSON_CreateObject() : NULL;
    cJSON *list = document ? cJSON_AddArrayToObject(document, "interrupted") : NULL;
    for (guint i = 0; i < found->len; i++) {
        if (list)
            cJSON_AddItemToArray(list, interruption_to_json(found->pdata[i]));
        else
            print_interruption(found->pdata[i]);
    }
    if (document)
        output_json(document);
    else if (found->len == 0)
        puts("nothing is interrupted");
    return found->len > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int decide(const Invocation *invocation, gboolean done, GError **error)
{
    g_autoptr(Interruption) decided = NULL;
    if (!migration_repair(invocation->context, done, &decided, error))
        return -1;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "repaired", decided ? interruption_to_json(decided) : cJSON_CreateNull());
        json_add_string(document, "decision", decided ? (done ? "done" : "retry") : NULL);
        output_json(document);
    } else if (!decided) {
        puts("nothing is interrupted");
    } else {
        printf("%s: %s %s; run migrate %s to go on\n", decided->revision,
               decided->place ? decided->place : "the statement in flight",
               done ? "counts as done" : "will be sent again",
               g_str_equal(decided->direction, "up") ? "upgrade" : "downgrade");
    }
    return EXIT_DONE;
}

/* ---- an edited file ---- */

static cJSON *accepted_to_json(const Tampering *tampering, gboolean accepted)
{
    cJSON *document = cJSON_CreateObject();
    cJSON_AddBoolToObject(document, "accepted", accepted);
    json_add_string(document, "revision", tampering->edited->revision->id);
    cJSON_AddItemToObject(document, "edited", tampering_to_json(tampering));
    return document;
}

static int accept_edit(Invocation *invocation, GError **error)
{
    gboolean dry = option_flag(invocation, "dry-run");
    g_autoptr(EditedRevision) edited = migration_find_edited(invocation->context, argument_at(invocation, 0), error);
    if (!edited)
        return -1;
    g_autoptr(Tampering) tampering = tampering_new(invocation, edited);
    g_autofree char *text = invocation->json ? NULL : tampering_text(invocation, tampering, TRUE, TRUE);
    if (text)
        fputs(text, stdout);
    fflush(stdout);
    if (!dry && !migration_accept_edit(invocation->context, edited, error))
        return -1;
    if (invocation->json)
        output_json(accepted_to_json(tampering, !dry));
    else
        printf("%s: its file %s as what was applied%s\n", edited->revision->id, dry ? "would count" : "counts",
               dry ? "; nothing was changed" : "; the history table keeps what was recorded before");
    return EXIT_DONE;
}

static int fail_usage(const char *message, GError **error)
{
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, message);
    return -1;
}

static int run(Invocation *invocation, GError **error)
{
    gboolean done = option_flag(invocation, "done"), retry = option_flag(invocation, "retry");
    gboolean accept = option_flag(invocation, "accept-edit");
    if (done + retry + accept > 1)
        return fail_usage("--done, --retry and --accept-edit exclude each other", error);
    if (accept && argument_count(invocation) != 1)
        return fail_usage("--accept-edit takes one revision at a time, read by the person who accepts its edit: "
                          "migrate repair REVISION --accept-edit",
                          error);
    if (!accept && argument_count(invocation) > 0)
        return fail_usage("a REVISION is named only to accept its edited file: migrate repair REVISION --accept-edit",
                          error);
    if (!accept && option_flag(invocation, "dry-run"))
        return fail_usage("option '--dry-run' has a meaning only with --accept-edit", error);
    if (accept)
        return accept_edit(invocation, error);
    return done || retry ? decide(invocation, done, error) : show(invocation, error);
}

static const OptionSpec options[] = {
    {"done", 0, OPTION_FLAG, NULL, "the statement in flight took effect: go on behind it", NULL},
    {"accept-edit", 0, OPTION_FLAG, NULL, "the file of REVISION, edited since, counts as what was applied", NULL},
    {"dry-run", 0, OPTION_FLAG, NULL, "with --accept-edit: show what was edited, change nothing", NULL},
    {"retry", 0, OPTION_FLAG, NULL, "the statement in flight did not take effect: send it again", NULL},
    {0},
};

static const ArgumentSpec arguments[] = {
    {"REVISION", "with --accept-edit: the one revision whose edited file is accepted", TRUE, TRUE},
    {0},
};

const Command command_repair = {
    .name = "repair",
    .summary = "show what was interrupted, decide what nobody can know, accept an edit",
    .description =
        "Where DDL commits by itself (MySQL, MariaDB), a run that was killed may have had a statement in flight. The "
        "next upgrade or downgrade asks the catalog whether it took effect, and goes on. For some statements the "
        "catalog cannot tell (a CALL, rows of a table whose engine has no transactions), or the file says another "
        "statement in its place now. Then somebody has to look, and to say so: --done or --retry.\n\n"
        "Without an option nothing is changed: each interrupted revision is shown with its statement in flight, what "
        "the catalog says of it, and what to do. With one, the journal is changed, and nothing runs; it is refused "
        "where the catalog knows the answer.\n\n"
        "With --accept-edit, the file of one applied revision, which was edited since, counts as what was applied, "
        "after the difference was shown: for the database where somebody has made the same change by hand, or an edit "
        "that changes nothing there. Nothing runs. The history table gets a row of its own for it (direction edit, by "
        "whom and when) with the file's blob id and its way down, which downgrade takes from now on; the rows before "
        "it stay.",
    .examples = "migrate repair\nmigrate repair --done\nmigrate repair --retry\n"
                "migrate repair 1975ea --accept-edit --dry-run\nmigrate repair 1975ea --accept-edit",
    .exits = "without an option: a revision is interrupted; or another run held the lock longer than lock_wait",
    .options = options,
    .arguments = arguments,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION,
    .run = run,
};
