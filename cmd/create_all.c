#include "commands.h"

#include <stdio.h>

#include "base/log.h"
#include "comparing.h"
#include "exit.h"
#include "output.h"
#include "running.h"

/* All of the statements and the COMMIT travel together where the connection runs many. */
static gboolean execute_blocks(Invocation *invocation, const GPtrArray *blocks, GError **error)
{
    g_autoptr(GArray) requests = g_array_new(FALSE, TRUE, sizeof(Request));
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++) {
            Request request = {.sql = block->statements->pdata[j]};
            g_array_append_val(requests, request);
        }
    }
    guint failed;
    g_autoptr(GError) failure = NULL;
    const Request *all = (const Request *)(const void *)requests->data;
    if (session_commit_with(invocation->session, all, requests->len, &failed, &failure))
        return TRUE;
    gboolean is_statement = failed < requests->len;
    g_set_error(error, failure->domain, failure->code, "nothing was created: %s%s%s", failure->message,
                is_statement ? "\n" : "", is_statement ? all[failed].sql : "");
    return FALSE;
}

/* All or nothing, under the lock, after a second look: another run may have created them meanwhile. */
static ModelComparison *create_locked(Invocation *invocation, GError **error)
{
    g_autoptr(ModelComparison) result = compare_model(invocation, COMPARE_MISSING, NULL, error);
    if (!result)
        return NULL;
    log_findings(result, LOG_INFO);
    if (result->comparison->operations->len == 0)
        return g_steal_pointer(&result);
    g_autoptr(GPtrArray) blocks = result->dialect->compile(result->comparison->operations, result->live, error);
    if (!blocks || !session_begin(invocation->session, error))
        return NULL;
    if (!execute_blocks(invocation, blocks, error)) {
        session_rollback(invocation->session);
        return NULL;
    }
    return g_steal_pointer(&result);
}

static void print_created(const Invocation *invocation, const ModelComparison *result, char **heads)
{
    const GPtrArray *operations = result->comparison->operations;
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "operations", operations_to_json(operations, result->dialect->name));
        cJSON_AddItemToObject(document, "stamped", json_string_array((const char *const *)heads));
        output_json(document);
        return;
    }
    for (guint i = 0; i < operations->len; i++) {
        g_autofree char *text = migrate_op_describe(operations->pdata[i]);
        printf("%s\n", text);
    }
    if (operations->len == 0)
        puts("nothing is missing");
    if (heads) {
        g_autofree char *list = g_strjoinv(", ", heads);
        printf("stamped %s\n", *list ? list : "base");
    }
}

static int run(Invocation *invocation, GError **error)
{
    if (!migration_lock(invocation->context, error))
        return -1;
    g_autoptr(ModelComparison) result = create_locked(invocation, error);
    session_unlock(invocation->session);
    if (!result)
        return -1;
    g_autoptr(RunResult) stamped = NULL;
    if (option_flag(invocation, "stamp")) {
        stamped = migration_stamp(invocation->context, "heads", FALSE, error);
        if (!stamped)
            return -1;
    }
    print_created(invocation, result, stamped ? stamped->heads : NULL);
    return EXIT_DONE;
}

static guint needs_by_options(const Invocation *invocation)
{
    return option_flag(invocation, "stamp") ? NEEDS_SCRIPT_DIRECTORY : 0;
}

static const OptionSpec options[] = {
    {"stamp", 0, OPTION_FLAG, NULL, "then put the version at head, without running revisions", NULL},
    {0},
};

const Command command_create_all = {
    .name = "create_all",
    .summary = "create what the model has and the database lacks",
    .description =
        "Creates missing tables with their indexes, views and triggers, as SQLAlchemy's MetaData.create_all(): what is "
        "there is neither changed nor dropped. All of it happens in one transaction, "
        "but for MySQL and MariaDB, where DDL commits by itself: after a failure run it again, it creates what is "
        "missing.\n\nThe recipe for a new database, "
        "instead of running years of revisions: create_all --stamp.",
    .examples = "migrate create_all --stamp",
    .exits = "another run held the lock longer than lock_wait",
    .options = options,
    .needs = NEEDS_CONFIG | NEEDS_SESSION,
    .needs_by_options = needs_by_options,
    .run = run,
};
