#include <stdio.h>

#include "base/text.h"
#include "commands.h"
#include "exit.h"
#include "missing.h"
#include "output.h"
#include "repository.h"
#include "running.h"
#include "tamper.h"

/* What of a run has been done. */
typedef struct Progress {
    Invocation *invocation;
    cJSON *down, *up; /* ids */
} Progress;

static void note_progress(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data)
{
    Progress *progress = data;
    if (done)
        cJSON_AddItemToArray(step->direction == STEP_UP ? progress->up : progress->down, cJSON_CreateString(step->id));
    print_progress(step, index, total, done, seconds, progress->invocation);
}

static cJSON *document_new(cJSON *down, cJSON *up)
{
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "command", "switch");
    cJSON_AddItemToObject(document, "down", down);
    cJSON_AddItemToObject(document, "up", up);
    return document;
}

/* ---- --dry-run ---- */

static cJSON *step_document(const MigrationContext *context, const PlanStep *step)
{
    cJSON *item = plan_step_to_json(step);
    g_autoptr(GPtrArray) drops = migration_drops(context, step);
    cJSON_AddItemToObject(item, "drops", json_string_array_of(drops));
    return item;
}

static void print_step(const MigrationContext *context, const PlanStep *step)
{
    g_autoptr(GPtrArray) drops = migration_drops(context, step);
    g_autofree char *list = text_list(drops, ", ");
    print_plan_step(step);
    if (*list)
        printf("-- drops: %s\n", list);
}

static int show_plan(Invocation *invocation, GError **error)
{
    g_autoptr(Plan) plan = migration_switch_plan(invocation->context, error);
    if (!plan)
        return -1;
    cJSON *down = cJSON_CreateArray(), *up = cJSON_CreateArray();
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        if (invocation->json)
            cJSON_AddItemToArray(step->direction == STEP_UP ? up : down, step_document(invocation->context, step));
        else
            print_step(invocation->context, step);
    }
    cJSON *document = document_new(down, up);
    if (invocation->json) {
        output_json(document);
        return EXIT_DONE;
    }
    cJSON_Delete(document);
    if (plan->steps->len == 0)
        puts("nothing to do");
    return EXIT_DONE;
}

/* ---- the run ---- */

static int do_switch(Invocation *invocation, GError **error)
{
    Progress progress = {invocation, cJSON_CreateArray(), cJSON_CreateArray()};
    g_autoptr(RunResult) result = migration_switch(invocation->context, note_progress, &progress, error);
    cJSON *document = document_new(progress.down, progress.up);
    if (result && invocation->json) {
        cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)result->heads));
        cJSON_AddBoolToObject(document, "waited", result->waited);
        output_json(document);
        return EXIT_DONE;
    }
    cJSON_Delete(document);
    return result ? print_run_result(invocation, STEP_UP, result, error) : -1;
}

static int run(Invocation *invocation, GError **error)
{
    int status = option_flag(invocation, "dry-run") ? show_plan(invocation, error) : do_switch(invocation, error);
    if (status < 0)
        tamper_explain(invocation, error);
    return status;
}

static const OptionSpec options[] = {
    {"dry-run", 0, OPTION_FLAG, NULL, "print the plan for this database, change nothing", NULL},
    OPTION_TAG,
    OPTION_REF,
    {"allow-edited", 0, OPTION_FLAG, NULL, "go on although applied revision files were edited since", NULL},
    {0},
};

const Command command_switch = {
    .name = "switch",
    .summary = "take down what these files lack, and upgrade to their heads",
    .description =
        "For a database that stands on another branch's revisions, after git checkout: takes down what is applied and "
        "has no file here, newest first, then applies all that the files hold. With nothing to do it takes no lock and "
        "says so.\n\n"
        "What is taken down by: the way down that was recorded in the history table when it was applied; where "
        "nothing is recorded, the file itself, which is looked for in git, on all branches, remote branches and tags, "
        "in their past, and among what has no name any more. A file of git that says other statements than those "
        "applied is not used.\n\n"
        "One lock is held around both halves. All that can be refused is refused before the first statement: a way "
        "down that is irreversible or known to nobody, edited files, a revision that another run has left half done. "
        "A statement that fails stops the run there; what was done before stays done, and switch goes on from "
        "there.\n\n"
        "As downgrade, it does not ask: dropping tables and columns is what ways down do, and their rows are gone. "
        "--dry-run changes nothing and prints the plan in order, with where each way down comes from and the tables "
        "and columns that it drops.\n\n"
        "A post-checkout hook does it at each git checkout, for a database of your own (never for a shared one). "
        ".git/hooks/post-checkout, executable; the third argument is 1 for a checkout of a branch, 0 for one of "
        "files:\n\n"
        "    #!/bin/sh\n"
        "    [ \"$3\" = 1 ] || exit 0\n"
        "    migrate switch\n\n"
        "With git worktree, each working folder has a database of its own when the url is relative to it: "
        "url = sqlite:///%(here)s/app.db in migrate.ini, or for a server url = postgresql:///app_${APP_BRANCH:-main} "
        "with the variable set by each folder's environment." REF_DESCRIPTION,
    .examples = "migrate switch --dry-run\nmigrate switch\n# a release is rolled back to v1.2\n"
                "migrate switch --ref v1.2 --tag rollback",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION,
    .run = run,
};
