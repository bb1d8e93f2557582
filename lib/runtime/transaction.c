#include <string.h>

#include "base/error.h"
#include "runtime/running.h"

/* What waits is sent when it has grown to this. */
enum { MAX_WAITING = 250, MAX_WAITING_BYTES = 4 << 20 };

static Remains remains_of(const Runner *runner)
{
    return (Remains){.steps = runner->result->steps,
                     .down = runner->result->down,
                     .one_transaction = runner->context->one_transaction,
                     .journalled = runner->has_row,
                     .done = runner->done,
                     .commits = commits_ddl(runner->dialect)};
}

static gboolean is_interrupt(const GError *cause)
{
    return g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CANCELLED) && engine_interrupted();
}

/* Without the server's own word about its end, everything that was sent may still have been done. Where DDL commits by
 * itself there is no such word: a client library's errors have states, too (HY000). */
static gboolean is_told(const Runner *runner)
{
    const char *state = connection_last_error(runner->connection)->sqlstate;
    return state != NULL && !g_str_has_prefix(state, "08") && !commits_ddl(runner->dialect);
}

/* A row of the tool's own is there already, or is not what it was. */
static gboolean is_moved(const Purpose *purpose, const GError *cause)
{
    return purpose->is_row && g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CONSTRAINT);
}

static void fail_moved(const Runner *runner, const char *found, GError **error)
{
    gboolean is_first = runner->result->steps->len == 0;
    g_set_error(error, RUNTIME_ERROR, is_first ? RUNTIME_ERROR_MOVED : RUNTIME_ERROR_PLAN,
                "revision '%s': begin failed: another program has changed table '%s' meanwhile, %s: look who did, and "
                "run again",
                runner->step->id, runner->context->version_table, found);
}

/* Says what has failed; takes the cause. `commits`: a COMMIT was on its way, too. */
static gboolean fail_sent(Runner *runner, const Purpose *purpose, gboolean commits, GError *cause, GError **error)
{
    g_autoptr(GError) owned G_GNUC_UNUSED = cause;
    Remains remains = remains_of(runner);
    runner->busy = g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_BUSY);
    runner->refused = purpose->statement != NULL && !is_interrupt(cause) &&
                      !g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CONNECT);
    g_clear_pointer(&runner->busy_place, g_free);
    if (runner->busy)
        runner->busy_place =
            purpose->statement != NULL ? report_place(runner->step, purpose->statement) : g_strdup(purpose->action);
    if (is_interrupt(cause))
        report_interrupt(runner->step, &remains, error);
    else if (g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_CONNECT))
        report_lost(runner->step, purpose->statement, purpose->action, commits && !is_told(runner), &remains, cause,
                    error);
    else if (is_moved(purpose, cause))
        fail_moved(runner, cause->message, error);
    else if (purpose->statement != NULL)
        report_statement(runner->connection, runner->step, purpose->statement, &remains, cause, &runner->summary,
                         error);
    else
        report_action(runner->step, purpose->action, &remains, cause, &runner->summary, error);
    return FALSE;
}

gboolean fail_action(Runner *runner, const char *action, GError *cause, GError **error)
{
    Purpose purpose = {NULL, action, FALSE};
    return fail_sent(runner, &purpose, FALSE, cause, error);
}

gboolean execute_list(const Runner *runner, const char *const *list, GError **error)
{
    for (guint i = 0; list != NULL && list[i] != NULL; i++)
        if (!connection_execute(runner->connection, list[i], error))
            return FALSE;
    return TRUE;
}

/* ---- sending ---- */

static void forget_waiting(Runner *runner)
{
    g_array_set_size(runner->requests, 0);
    g_array_set_size(runner->purposes, 0);
    g_ptr_array_set_size(runner->texts, 0);
    runner->size = 0;
}

gboolean fail_interrupted(Runner *runner, GError **error)
{
    Remains remains = remains_of(runner);
    report_interrupt(runner->step, &remains, error);
    return FALSE;
}

static gboolean refuse_interrupted(Runner *runner, GError **error)
{
    return engine_interrupted() && !fail_interrupted(runner, error);
}

/* The tool's own words behind a statement that is done are sent in spite of an interrupt. */
static gboolean holds_statement(const Runner *runner)
{
    for (guint i = 0; i < runner->purposes->len; i++)
        if (g_array_index(runner->purposes, Purpose, i).statement != NULL)
            return TRUE;
    return FALSE;
}

static gboolean flush(Runner *runner, gboolean commits, GError **error)
{
    static const Purpose commit = {NULL, "commit", FALSE};
    guint n = runner->requests->len, failed = n;
    GError *cause = NULL;
    gboolean done = TRUE;
    if (runner->together && holds_statement(runner) && refuse_interrupted(runner, error))
        return FALSE;
    const Request *requests = (const Request *)(const void *)runner->requests->data;
    if (commits)
        done = session_commit_with(runner->session, requests, n, &failed, &cause);
    else if (n > 0)
        done = connection_run_many(runner->connection, requests, n, NULL, &failed, &cause);
    if (!done)
        fail_sent(runner, failed < n ? &g_array_index(runner->purposes, Purpose, failed) : &commit, commits, cause,
                  error);
    forget_waiting(runner);
    return done;
}

gboolean send_waiting(Runner *runner, GError **error)
{
    return flush(runner, FALSE, error);
}

static gsize parameters_size(const Request *request)
{
    gsize size = 0;
    for (guint i = 0; i < request->n_params; i++)
        size += request_length(request, i);
    return size;
}

static gboolean send(Runner *runner, const Request *request, Purpose purpose, GError **error)
{
    g_array_append_vals(runner->requests, request, 1);
    g_array_append_val(runner->purposes, purpose);
    runner->size += strlen(request->sql) + request->data_length + parameters_size(request);
    gboolean waits = runner->together && runner->requests->len < MAX_WAITING && runner->size < MAX_WAITING_BYTES;
    return waits || flush(runner, FALSE, error);
}

gboolean send_own(Runner *runner, char *sql, const char *action, GError **error)
{
    g_ptr_array_add(runner->texts, sql);
    Request request = {.sql = sql};
    return send(runner, &request, (Purpose){NULL, action, TRUE}, error);
}

gboolean send_section_switch(Runner *runner, gboolean on, GError **error)
{
    if (runner->in_section == on)
        return TRUE;
    const char *sql = on ? runner->dialect->section_begin : runner->dialect->section_end;
    Request request = {.sql = sql};
    if (sql != NULL && !send(runner, &request, (Purpose){NULL, sql, FALSE}, error))
        return FALSE;
    runner->in_section = on;
    return TRUE;
}

void reach_statement(Runner *runner, const PlanStatement *statement)
{
    runner->reached++;
    if (!runner->journalled)
        return;
    g_autofree char *before = g_steal_pointer(&runner->chain);
    runner->chain = statement_chain_with_data(runner->dialect, before, statement);
}

/* What is written for later has its values inside. */
static Request request_of(const Runner *runner, const PlanStatement *statement)
{
    if (statement->parameters != NULL && !runner->offline)
        return bulk_statement_request(statement->parameters);
    return (Request){.sql = statement->sql, .data = statement->data, .data_length = statement->data_length};
}

gboolean send_statement(Runner *runner, const PlanStatement *statement, GError **error)
{
    if (refuse_interrupted(runner, error))
        return FALSE;
    Request request = request_of(runner, statement);
    return send(runner, &request, (Purpose){statement, "running a statement", FALSE}, error);
}

gboolean repeat_statement(Runner *runner, const PlanStatement *statement, GError **error)
{
    GError *cause = NULL;
    Purpose purpose = {statement, "running a statement", FALSE};
    Request request = request_of(runner, statement);
    gboolean done = request.data != NULL ? connection_run_many(runner->connection, &request, 1, NULL, NULL, &cause)
                                         : connection_execute_request(runner->connection, &request, NULL, &cause);
    return done || fail_sent(runner, &purpose, FALSE, cause, error);
}

gboolean run_bare(Runner *runner, const PlanStatement *statement, GError **error)
{
    return !refuse_interrupted(runner, error) && repeat_statement(runner, statement, error);
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
static gboolean verify_rows(Runner *runner, Result *result, GError **error)
{
    g_auto(GStrv) rows = context_rows_of(result, error);
    if (rows == NULL)
        return FALSE;
    if (g_strv_equal((const char *const *)rows, (const char *const *)runner->rows))
        return TRUE;
    g_autofree char *found = g_strjoinv(", ", rows);
    gboolean is_first = runner->result->steps->len == 0;
    g_set_error(error, RUNTIME_ERROR, is_first ? RUNTIME_ERROR_MOVED : RUNTIME_ERROR_PLAN,
                "another program has changed table '%s' meanwhile, it holds '%s' now: look who did, and run again",
                runner->context->version_table, found);
    return FALSE;
}

gboolean transaction_begin(Runner *runner, gboolean keys_off, GError **error)
{
    GError *cause = NULL;
    g_autoptr(Result) rows = NULL;
    g_autofree char *sql = runner->offline ? NULL : context_rows_sql(runner->context);
    if (keys_off && !switch_keys_off(runner, &cause))
        return fail_action(runner, "switching foreign keys off", cause, error);
    if (!session_begin_with(runner->session, sql, &rows, &cause))
        return fail_action(runner, "begin", cause, error);
    if (runner->offline)
        return TRUE;
    if (!verify_rows(runner, rows, &cause))
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

gboolean transaction_commit(Runner *runner, GError **error)
{
    GError *cause = NULL;
    if (runner->keys_off && !runner->offline && runner->dialect->check_end != NULL) {
        if (!send_waiting(runner, error))
            return FALSE;
        if (!runner->dialect->check_end(runner->connection, runner->baseline, &cause))
            return fail_action(runner, "check before the commit", cause, error);
    }
    baseline_clear(runner);
    if (!flush(runner, TRUE, error))
        return FALSE;
    if (!switch_keys_on(runner, &cause))
        return fail_action(runner, "switching foreign keys on again", cause, error);
    return TRUE;
}

void transaction_abandon(Runner *runner)
{
    forget_waiting(runner);
    baseline_clear(runner);
    if (session_in_transaction(runner->session) && !runner->offline)
        session_rollback(runner->session);
    if (runner->in_section && runner->dialect->section_end != NULL)
        connection_execute(runner->connection, runner->dialect->section_end, NULL);
    runner->in_section = FALSE;
    switch_keys_on(runner, NULL);
}
