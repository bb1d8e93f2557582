#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

/* One run of a plan. Of the current step, `done` counts what is committed; what a transaction has reached beyond that
 * is in `reached`. */
typedef struct Runner {
    MigrationContext *context;
    Session *session;
    Connection *connection;
    const Dialect *dialect;
    gboolean offline;
    char **rows;
    RunResult *result;

    const PlanStep *step;
    gboolean journalled; /* the step has more than one transaction */
    gboolean has_row;    /* its started row is there and stays */
    guint done, reached;
    char *chain; /* stands for the statements reached; only when journalled */

    gboolean keys_off;   /* foreign keys are off around this transaction */
    gboolean in_section; /* section_begin was sent, section_end was not */
    gpointer baseline;   /* of check_begin */
    char *summary;       /* of the failure, for the history table */
} Runner;

static void runner_clear(Runner *runner)
{
    g_clear_pointer(&runner->rows, g_strfreev);
    g_clear_pointer(&runner->chain, g_free);
    g_clear_pointer(&runner->summary, g_free);
    g_clear_pointer(&runner->result, run_result_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Runner, runner_clear)

RunResult *run_result_new(const char *const *rows)
{
    RunResult *result = g_new0(RunResult, 1);
    result->steps = g_ptr_array_new_with_free_func(g_free);
    result->heads = g_strdupv((char **)rows);
    return result;
}

void run_result_free(RunResult *result)
{
    if (result == NULL)
        return;
    g_ptr_array_unref(result->steps);
    g_strfreev(result->heads);
    g_free(result);
}

static Remains remains_of(const Runner *runner)
{
    return (Remains){.applied = runner->result->steps,
                     .one_transaction = runner->context->one_transaction,
                     .journalled = runner->has_row,
                     .done = runner->done};
}

/* FALSE for `return`: the cause with what remains, for what is no statement of the file. */
static gboolean fail_action(Runner *runner, const char *action, GError *cause, GError **error)
{
    Remains remains = remains_of(runner);
    if (g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CANCELLED) && engine_interrupted())
        report_interrupt(runner->step, &remains, error);
    else
        report_action(runner->step, action, &remains, cause, &runner->summary, error);
    g_error_free(cause);
    return FALSE;
}

static gboolean execute_list(const Runner *runner, const char *const *list, GError **error)
{
    for (guint i = 0; list != NULL && list[i] != NULL; i++)
        if (!connection_execute(runner->connection, list[i], error))
            return FALSE;
    return TRUE;
}

/* ---- transactions ---- */

/* A driver that has opened a transaction by itself would make the switch a silent no-op, and a table rebuild would then
 * delete the rows that refer to the table. */
static gboolean switch_keys_off(Runner *runner, GError **error)
{
    runner->keys_off = TRUE;
    if (!execute_list(runner, runner->dialect->before_foreign_keys_off, error))
        return FALSE;
    if (runner->offline || runner->dialect->foreign_keys_query == NULL)
        return TRUE;
    GError *failure = NULL;
    g_autofree char *value = connection_scalar(runner->connection, runner->dialect->foreign_keys_query, &failure);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (g_strcmp0(value, "0") == 0)
        return TRUE;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "foreign keys cannot be switched off on this connection, and a foreign-keys:off section would delete "
                "rows with them on");
    return FALSE;
}

static gboolean switch_keys_on(Runner *runner, GError **error)
{
    if (!runner->keys_off)
        return TRUE;
    runner->keys_off = FALSE;
    return execute_list(runner, runner->dialect->after_foreign_keys_off, error);
}

/* The migration lock keeps other runs away, but Alembic or a person may write the version table too. */
static gboolean verify_rows(Runner *runner, GError **error)
{
    g_auto(GStrv) rows = context_read_rows(runner->context, error);
    if (rows == NULL)
        return FALSE;
    if (g_strv_equal((const char *const *)rows, (const char *const *)runner->rows))
        return TRUE;
    g_autofree char *found = g_strjoinv(", ", rows);
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "another program has changed table '%s' meanwhile, it holds '%s' now: look who did, and run again",
                runner->context->version_table, found);
    return FALSE;
}

static gboolean transaction_begin(Runner *runner, gboolean keys_off, GError **error)
{
    GError *cause = NULL;
    if (keys_off && !switch_keys_off(runner, &cause))
        return fail_action(runner, "switching foreign keys off", cause, error);
    if (!session_begin(runner->session, &cause))
        return fail_action(runner, "begin", cause, error);
    if (runner->offline)
        return TRUE;
    if (!verify_rows(runner, &cause))
        return fail_action(runner, "begin", cause, error);
    if (keys_off && runner->dialect->check_begin != NULL &&
        !runner->dialect->check_begin(runner->connection, &runner->baseline, &cause))
        return fail_action(runner, "check before the first statement", cause, error);
    return TRUE;
}

static void baseline_clear(Runner *runner)
{
    if (runner->baseline != NULL && runner->dialect->baseline_free != NULL)
        runner->dialect->baseline_free(runner->baseline);
    runner->baseline = NULL;
}

static gboolean transaction_commit(Runner *runner, GError **error)
{
    GError *cause = NULL;
    gboolean check = runner->keys_off && !runner->offline && runner->dialect->check_end != NULL;
    if (check && !runner->dialect->check_end(runner->connection, runner->baseline, &cause))
        return fail_action(runner, "check before the commit", cause, error);
    baseline_clear(runner);
    if (!session_commit(runner->session, &cause))
        return fail_action(runner, "commit", cause, error);
    if (!switch_keys_on(runner, &cause))
        return fail_action(runner, "switching foreign keys on again", cause, error);
    return TRUE;
}

/* Leaves the connection as it was before the transaction, whatever has gone wrong. */
static void transaction_abandon(Runner *runner)
{
    baseline_clear(runner);
    if (session_in_transaction(runner->session) && !runner->offline)
        session_rollback(runner->session);
    if (runner->in_section && runner->dialect->section_end != NULL)
        connection_execute(runner->connection, runner->dialect->section_end, NULL);
    runner->in_section = FALSE;
    switch_keys_on(runner, NULL);
}

/* ---- statements ---- */

static gboolean switch_section(Runner *runner, gboolean on, GError **error)
{
    if (runner->in_section == on)
        return TRUE;
    const char *sql = on ? runner->dialect->section_begin : runner->dialect->section_end;
    GError *cause = NULL;
    if (sql != NULL && !connection_execute(runner->connection, sql, &cause))
        return fail_action(runner, sql, cause, error);
    runner->in_section = on;
    return TRUE;
}

static gboolean run_statement(Runner *runner, const PlanStatement *statement, GError **error)
{
    Remains remains = remains_of(runner);
    if (engine_interrupted()) {
        report_interrupt(runner->step, &remains, error);
        return FALSE;
    }
    g_autoptr(GError) cause = NULL;
    if (!connection_execute(runner->connection, statement->sql, &cause)) {
        if (g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CANCELLED) && engine_interrupted())
            report_interrupt(runner->step, &remains, error);
        else
            report_statement(runner->connection, runner->step, statement, &remains, cause, &runner->summary, error);
        return FALSE;
    }
    runner->reached++;
    if (runner->journalled) {
        g_autofree char *before = g_steal_pointer(&runner->chain);
        runner->chain = statement_chain(runner->dialect, before, statement->sql);
    }
    return TRUE;
}

static gboolean insert_row(Runner *runner, GError **error)
{
    GError *cause = NULL;
    if (runner->has_row || history_insert_started(runner->context, runner->step, &cause))
        return TRUE;
    return fail_action(runner, "writing the history table", cause, error);
}

static gboolean update_journal(Runner *runner, GError **error)
{
    GError *cause = NULL;
    if (history_update_progress(runner->context, runner->step, runner->reached, runner->chain, &cause))
        return TRUE;
    return fail_action(runner, "writing the history table", cause, error);
}

static gboolean finish_step(Runner *runner, GError **error)
{
    GError *cause = NULL;
    const PlanStep *step = runner->step;
    if (!context_change_rows(runner->context, step->delete_ids, step->insert_ids, &cause))
        return fail_action(runner, "writing the version table", cause, error);
    if (!history_finish(runner->context, step, &cause))
        return fail_action(runner, "writing the history table", cause, error);
    return TRUE;
}

static gboolean begin_own(Runner *runner, gboolean keys_off, GError **error)
{
    return runner->context->one_transaction || transaction_begin(runner, keys_off, error);
}

/* What a committed transaction leaves: the journal row, and as many statements done as were reached in it. */
static gboolean commit_own(Runner *runner, GError **error)
{
    if (runner->context->one_transaction)
        return TRUE;
    if (!transaction_commit(runner, error))
        return FALSE;
    runner->has_row = TRUE;
    runner->done = runner->reached;
    return TRUE;
}

/* ---- groups ---- */

static gboolean run_transactional(Runner *runner, const PlanGroup *group, guint first, gboolean last, GError **error)
{
    if (!begin_own(runner, group->foreign_keys_off, error) || !insert_row(runner, error))
        return FALSE;
    for (guint i = 0; i < group->statements->len; i++) {
        const PlanStatement *statement = g_ptr_array_index(group->statements, i);
        if (first + i < runner->done)
            continue;
        if (!switch_section(runner, statement->foreign_keys_off, error) || !run_statement(runner, statement, error))
            return FALSE;
    }
    if (!switch_section(runner, FALSE, error))
        return FALSE;
    if (!(last ? finish_step(runner, error) : update_journal(runner, error)))
        return FALSE;
    return commit_own(runner, error);
}

/* The statement and its journal entry in one transaction where that is possible: then it runs exactly once, come what
 * may. One that refuses transactions is journalled behind it and, after a crash in between, runs a second time. */
static gboolean run_journalled(Runner *runner, const PlanStatement *statement, GError **error)
{
    gboolean together = !statement->bare && (runner->dialect->capabilities & DIALECT_TRANSACTIONAL_DDL) != 0;
    if (together)
        return begin_own(runner, FALSE, error) && run_statement(runner, statement, error) &&
               update_journal(runner, error) && commit_own(runner, error);
    return run_statement(runner, statement, error) && begin_own(runner, FALSE, error) &&
           update_journal(runner, error) && commit_own(runner, error);
}

/* What the interrupted run had told its connection (PRAGMA foreign_keys=OFF …) is said again to this one. */
static gboolean repeat_session_state(Runner *runner, const PlanStatement *statement, GError **error)
{
    if (runner->dialect->sets_session == NULL || !runner->dialect->sets_session(statement->sql, strlen(statement->sql)))
        return TRUE;
    g_autoptr(GError) cause = NULL;
    if (connection_execute(runner->connection, statement->sql, &cause))
        return TRUE;
    Remains remains = remains_of(runner);
    report_statement(runner->connection, runner->step, statement, &remains, cause, &runner->summary, error);
    return FALSE;
}

static gboolean run_outside(Runner *runner, const PlanGroup *group, guint first, gboolean last, GError **error)
{
    gboolean bare = FALSE;
    if (!runner->has_row &&
        !(begin_own(runner, FALSE, error) && insert_row(runner, error) && commit_own(runner, error)))
        return FALSE;
    for (guint i = 0; i < group->statements->len; i++) {
        const PlanStatement *statement = g_ptr_array_index(group->statements, i);
        bare = bare || statement->bare;
        if (!(first + i < runner->done ? repeat_session_state(runner, statement, error)
                                       : run_journalled(runner, statement, error)))
            return FALSE;
    }
    GError *cause = NULL;
    if (bare && !execute_list(runner, runner->dialect->session_setup, &cause))
        return fail_action(runner, "setting the session up", cause, error);
    return !last || (begin_own(runner, FALSE, error) && finish_step(runner, error) && commit_own(runner, error));
}

static gboolean run_groups(Runner *runner, GError **error)
{
    const GPtrArray *groups = runner->step->groups;
    guint first = 0;
    for (guint i = 0; i < groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(groups, i);
        gboolean last = i + 1 == groups->len;
        guint next = first + group->statements->len;
        gboolean is_done = !last && group->transactional && next <= runner->done;
        if (!is_done && !(group->transactional ? run_transactional(runner, group, first, last, error)
                                               : run_outside(runner, group, first, last, error)))
            return FALSE;
        first = next;
    }
    return TRUE;
}

/* ---- steps ---- */

static void comment_step(const Runner *runner)
{
    const PlanStep *step = runner->step;
    gboolean up = step->direction == STEP_UP;
    g_autofree char *text =
        g_strdup_printf("Running %s %s -> %s%s%s", up ? "upgrade" : "downgrade", up ? step->revises : step->id,
                        up ? step->id : step->revises, *step->message != '\0' ? ", " : "", step->message);
    session_comment(runner->session, text);
}

static void step_enter(Runner *runner, const PlanStep *step)
{
    const PlanGroup *first = g_ptr_array_index(step->groups, 0);
    runner->step = step;
    runner->journalled = step->groups->len > 1 || !first->transactional;
    runner->has_row = step->started;
    runner->done = runner->reached = step->done;
    g_clear_pointer(&runner->chain, g_free);
    guint left = step->done;
    for (guint i = 0; i < step->groups->len && left > 0; i++) {
        const PlanGroup *group = g_ptr_array_index(step->groups, i);
        for (guint j = 0; j < group->statements->len && left > 0; j++, left--) {
            const PlanStatement *statement = g_ptr_array_index(group->statements, j);
            g_autofree char *before = g_steal_pointer(&runner->chain);
            runner->chain = statement_chain(runner->dialect, before, statement->sql);
        }
    }
}

static void step_leave(Runner *runner)
{
    const PlanStep *step = runner->step;
    char **rows = rows_change((const char *const *)runner->rows, step->delete_ids, step->insert_ids);
    g_strfreev(runner->rows);
    runner->rows = rows;
    g_ptr_array_add(runner->result->steps, g_strdup(step->id));
}

static gboolean run_step(Runner *runner, const PlanStep *step, GError **error)
{
    step_enter(runner, step);
    comment_step(runner);
    if (!run_groups(runner, error))
        return FALSE;
    step_leave(runner);
    return TRUE;
}

/* For people who look at the history table. Failing to write it must not hide why the step failed. */
static void note_failure(Runner *runner, const GError *failure)
{
    gboolean is_held = failure->domain == ENGINE_ERROR;
    if (runner->summary == NULL || is_held || runner->offline || engine_interrupted())
        return;
    g_autoptr(GError) ignored = NULL;
    gboolean written =
        session_begin(runner->session, &ignored) &&
        history_note_failure(runner->context, runner->step, runner->has_row, runner->summary, &ignored) &&
        session_commit(runner->session, &ignored);
    if (written)
        return;
    session_rollback(runner->session);
    log_detail("the failure could not be noted in table '%s': %s", runner->context->history_table, ignored->message);
}

static gboolean run_steps(Runner *runner, const Plan *plan, ProgressFunction progress, void *data, GError **error)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        gint64 start = g_get_monotonic_time();
        if (progress != NULL)
            progress(step, i, plan->steps->len, FALSE, 0, data);
        if (!run_step(runner, step, error))
            return FALSE;
        double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        if (progress != NULL)
            progress(step, i, plan->steps->len, TRUE, seconds, data);
    }
    return TRUE;
}

/* transaction = all: foreign keys are off for the whole run when one section wants them off. */
static gboolean run_in_one(Runner *runner, const Plan *plan, ProgressFunction progress, void *data, GError **error)
{
    gboolean keys_off = FALSE;
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        for (guint j = 0; j < step->groups->len; j++)
            keys_off = keys_off || ((const PlanGroup *)g_ptr_array_index(step->groups, j))->foreign_keys_off;
    }
    runner->step = g_ptr_array_index(plan->steps, 0);
    if (!transaction_begin(runner, keys_off, error) || !run_steps(runner, plan, progress, data, error))
        return FALSE;
    return transaction_commit(runner, error);
}

RunResult *plan_run(MigrationContext *context, const Plan *plan, const char *const *rows, ProgressFunction progress,
                    void *data, GError **error)
{
    g_auto(Runner) runner = {
        .context = context,
        .session = context->session,
        .connection = session_connection(context->session),
        .dialect = context->dialect,
        .offline = session_is_offline(context->session),
        .rows = g_strdupv((char **)rows),
        .result = run_result_new(rows),
    };
    GError *failure = NULL;
    gboolean ran = plan->steps->len == 0;
    if (!ran && execute_list(&runner, context->dialect->session_setup, &failure))
        ran = context->one_transaction ? run_in_one(&runner, plan, progress, data, &failure)
                                       : run_steps(&runner, plan, progress, data, &failure);
    if (!ran) {
        transaction_abandon(&runner);
        note_failure(&runner, failure);
        g_propagate_error(error, failure);
        return NULL;
    }
    g_strfreev(runner.result->heads);
    runner.result->heads = g_steal_pointer(&runner.rows);
    return g_steal_pointer(&runner.result);
}
