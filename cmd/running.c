#include "running.h"

#include <stdio.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "exit.h"
#include "missing.h"
#include "options.h"
#include "output.h"
#include "tamper.h"

static const char *direction_word(StepDirection direction)
{
    switch (direction) {
    case STEP_UP:
        return "upgrade";
    case STEP_DOWN:
        return "downgrade";
    case STEP_STAMP:
        return "stamp";
    case STEP_EDIT:
        return "edit";
    }
    return "";
}

/* " add status": the first line of the message behind a space; "" without one. New string. */
static char *step_title(const PlanStep *step)
{
    g_autofree char *line = text_first_line(step->message);
    return *line ? g_strconcat(" ", line, NULL) : g_strdup("");
}

void print_progress(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data)
{
    const Invocation *invocation = data;
    g_autofree char *title = step_title(step);
    if (!done) {
        log_detail("running %s %s%s (%u of %u)", direction_word(step->direction), step->id, title, index + 1, total);
        return;
    }
    if (invocation->json)
        return;
    g_autofree char *word = output_styled(STYLE_GOOD, step->direction == STEP_UP ? "upgraded" : "downgraded");
    printf("%s %s%s (%.0f ms)\n", word, step->id, title, seconds * 1000);
    fflush(stdout);
}

static void print_heads(const RunResult *result, StepDirection direction)
{
    g_autofree char *heads = g_strjoinv(", ", result->heads);
    if (result->steps->len == 0)
        printf("nothing to do: at %s%s\n", *heads ? heads : "base",
               result->waited ? " (another run has just done it)" : "");
    else if (direction == STEP_STAMP)
        printf("stamped %s\n", *heads ? heads : "base");
    else
        printf("now at %s\n", *heads ? heads : "base");
}

int print_run_result(Invocation *invocation, StepDirection direction, const RunResult *result, GError **error)
{
    (void)error;
    if (!invocation->json) {
        print_heads(result, direction);
        return EXIT_DONE;
    }
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "command", direction_word(direction));
    cJSON_AddItemToObject(document, "revisions", json_string_array_of(result->steps));
    cJSON_AddItemToObject(document, "current", json_string_array((const char *const *)result->heads));
    cJSON_AddBoolToObject(document, "waited", result->waited);
    output_json(document);
    return EXIT_DONE;
}

int print_offline(Invocation *invocation)
{
    const char *tag = option_find(invocation->command, "tag", -1) ? option_string(invocation, "tag") : NULL;
    g_autofree char *sql =
        tag ? g_strdup_printf("-- tag: %s\n%s", tag, invocation->offline->str) : g_strdup(invocation->offline->str);
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "sql", sql);
        output_json(document);
    } else {
        fputs(sql, stdout);
    }
    return EXIT_DONE;
}

cJSON *plan_step_to_json(const PlanStep *step)
{
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "revision", step->id);
    json_add_string(item, "message", step->message);
    json_add_string(item, "source", step->source);
    cJSON_AddItemToObject(item, "found_in", found_to_json(step->found));
    cJSON *statements = cJSON_AddArrayToObject(item, "statements");
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint j = 0; j < group->statements->len; j++) {
            const PlanStatement *statement = group->statements->pdata[j];
            cJSON *entry = cJSON_CreateObject();
            cJSON_AddNumberToObject(entry, "line", statement->line);
            cJSON_AddBoolToObject(entry, "transactional", group->transactional);
            json_add_string(entry, "sql", statement->sql);
            if (statement->data)
                json_add_string(entry, "data", statement->data);
            cJSON_AddItemToArray(statements, entry);
        }
    }
    return item;
}

void print_plan_step(const PlanStep *step)
{
    g_autofree char *title = step_title(step);
    printf("-- %s %s%s\n", direction_word(step->direction), step->id, title);
    if (step->found)
        printf("-- not in versions/: %s\n", step->found->where);
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint j = 0; j < group->statements->len; j++) {
            const PlanStatement *statement = group->statements->pdata[j];
            printf("-- %s:%d%s\n%s;\n", step->source, statement->line,
                   group->transactional ? "" : ", outside a transaction", statement->sql);
            if (statement->data)
                printf("%s\\.\n", statement->data);
        }
    }
}

static int run_dry(Invocation *invocation, StepDirection direction, const char *spec, GError **error)
{
    g_autoptr(Plan) plan = migration_plan(invocation->context, spec, direction, error);
    if (!plan)
        return -1;
    cJSON *document = invocation->json ? cJSON_CreateArray() : NULL;
    for (guint i = 0; i < plan->steps->len; i++) {
        if (document)
            cJSON_AddItemToArray(document, plan_step_to_json(plan->steps->pdata[i]));
        else
            print_plan_step(plan->steps->pdata[i]);
    }
    if (document)
        output_json(document);
    else if (plan->steps->len == 0)
        puts("nothing to do");
    return EXIT_DONE;
}

static int run_any(Invocation *invocation, StepDirection direction, GError **error)
{
    const char *spec = argument_at(invocation, 0);
    if (option_flag(invocation, "sql")) {
        if (option_flag(invocation, "dry-run")) {
            g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "--sql and --dry-run exclude each other");
            return -1;
        }
        return migration_offline(invocation->context, spec, direction, error) ? print_offline(invocation) : -1;
    }
    if (option_flag(invocation, "dry-run"))
        return run_dry(invocation, direction, spec, error);
    g_autoptr(RunResult) result =
        direction == STEP_UP ? migration_upgrade(invocation->context, spec, print_progress, invocation, error)
                             : migration_downgrade(invocation->context, spec, print_progress, invocation, error);
    return result ? print_run_result(invocation, direction, result, error) : -1;
}

int run_revisions(Invocation *invocation, StepDirection direction, GError **error)
{
    int status = run_any(invocation, direction, error);
    if (status < 0)
        tamper_explain(invocation, error);
    return status;
}
