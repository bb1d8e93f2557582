#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/running.h"

static void runner_clear(Runner *runner)
{
    g_clear_pointer(&runner->rows, g_strfreev);
    g_clear_pointer(&runner->chain, g_free);
    g_clear_pointer(&runner->done_chain, g_free);
    g_clear_pointer(&runner->mark, g_free);
    g_clear_pointer(&runner->summary, g_free);
    g_clear_pointer(&runner->busy_place, g_free);
    g_clear_pointer(&runner->result, run_result_free);
    g_clear_pointer(&runner->requests, g_array_unref);
    g_clear_pointer(&runner->purposes, g_array_unref);
    g_clear_pointer(&runner->texts, g_ptr_array_unref);
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

/* ---- parts of a step ---- */

gboolean begin_own(Runner *runner, gboolean keys_off, GError **error)
{
    return runner->context->one_transaction || transaction_begin(runner, keys_off, error);
}

gboolean commit_own(Runner *runner, GError **error)
{
    if (runner->context->one_transaction)
        return send_waiting(runner, error);
    if (!transaction_commit(runner, error))
        return FALSE;
    runner->has_row = TRUE;
    runner->done = runner->written = runner->reached;
    g_free(runner->done_chain);
    runner->done_chain = g_strdup(runner->chain);
    return TRUE;
}

static gboolean send_started(Runner *runner, GError **error)
{
    const PlanStep *step = runner->step;
    gboolean takes_back = !runner->has_row && step->taken != NULL && !step->taken->begun;
    if (takes_back &&
        !send_own(runner, history_taken_back_sql(runner->context, step), "writing the history table", error))
        return FALSE;
    return runner->has_row || send_own(runner, history_started_sql(runner->context, runner->step, runner->mark),
                                       "writing the history table", error);
}

static gboolean send_progress(Runner *runner, GError **error)
{
    char *sql = history_progress_sql(runner->context, runner->step, runner->written, runner->reached, runner->chain,
                                     runner->mark);
    return send_own(runner, sql, "writing the history table", error);
}

gboolean send_finish(Runner *runner, GError **error)
{
    const PlanStep *step = runner->step;
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    context_change_sql(runner->context, step->delete_ids, step->insert_ids, rows);
    for (guint i = 0; i < rows->len; i++) {
        if (!send_own(runner, g_ptr_array_index(rows, i), "writing the version table", error)) {
            for (guint j = i + 1; j < rows->len; j++)
                g_free(g_ptr_array_index(rows, j));
            return FALSE;
        }
    }
    return send_own(runner, history_finish_sql(runner->context, step), "writing the history table", error);
}

/* The history row comes first: what a killed run has left to the server holds it, and is waited for. */
gboolean run_transactional(Runner *runner, const Part *part, GError **error)
{
    const GPtrArray *statements = part->group->statements;
    guint skipped = runner->done > part->first ? runner->done - part->first : 0;
    for (guint i = skipped; i < statements->len; i++)
        reach_statement(runner, g_ptr_array_index(statements, i));
    if (!begin_own(runner, part->group->foreign_keys_off, error) ||
        !(runner->has_row ? send_progress(runner, error) : send_started(runner, error)))
        return FALSE;
    for (guint i = skipped; i < statements->len; i++) {
        const PlanStatement *statement = g_ptr_array_index(statements, i);
        if (!send_section_switch(runner, statement->foreign_keys_off, error) ||
            !send_statement(runner, statement, error))
            return FALSE;
    }
    if (!send_section_switch(runner, FALSE, error) || (part->last && !send_finish(runner, error)) ||
        (!part->last && !runner->has_row && !send_progress(runner, error)))
        return FALSE;
    return commit_own(runner, error);
}

gboolean run_started(Runner *runner, const Part *part, GError **error)
{
    (void)part;
    return begin_own(runner, FALSE, error) && send_started(runner, error) &&
           (runner->reached == runner->written || send_progress(runner, error)) && commit_own(runner, error);
}

static gboolean run_together(Runner *runner, const Part *part, GError **error)
{
    reach_statement(runner, part->statement);
    return begin_own(runner, FALSE, error) && send_progress(runner, error) &&
           send_statement(runner, part->statement, error) && commit_own(runner, error);
}

/* Of a statement that ran alone: another try has forgotten that it was reached. */
gboolean run_progress(Runner *runner, const Part *part, GError **error)
{
    if (part->statement != NULL && runner->reached == part->first)
        reach_statement(runner, part->statement);
    return begin_own(runner, FALSE, error) && send_progress(runner, error) && commit_own(runner, error);
}

gboolean run_finish(Runner *runner, const Part *part, GError **error)
{
    (void)part;
    return begin_own(runner, FALSE, error) && send_finish(runner, error) && commit_own(runner, error);
}

/* An earlier try may have done it without anybody having written it down, or have left it half-made. */
static gboolean look_in_flight(Runner *runner, const PlanStatement *statement, gboolean *done, GError **error)
{
    const Dialect *dialect = runner->dialect;
    GError *cause = NULL;
    StatementOutcome outcome = {0};
    if (dialect->resume_statement == NULL || runner->offline)
        return TRUE;
    gboolean looked =
        dialect->resume_statement(runner->connection, statement->sql, strlen(statement->sql), NULL, &outcome, &cause);
    *done = outcome.effect == EFFECT_DONE;
    statement_outcome_clear(&outcome);
    if (looked)
        return TRUE;
    return fail_action(runner, "looking for what an interrupted statement has left", cause, error);
}

static gboolean run_alone(Runner *runner, const Part *part, GError **error)
{
    gboolean done = FALSE;
    if (runner->in_flight == part->first && !look_in_flight(runner, part->statement, &done, error))
        return FALSE;
    runner->in_flight = part->first;
    if (!done) {
        if (!run_bare(runner, part->statement, error))
            return FALSE;
        reach_statement(runner, part->statement);
        return TRUE;
    }
    log_info("statement %u of revision '%s' took effect before the interruption", part->first + 1, runner->step->id);
    reach_statement(runner, part->statement);
    return TRUE;
}

/* ---- tries ---- */

/* Where the step stands is again what is committed. */
static void runner_restart(Runner *runner)
{
    runner->reached = runner->done;
    g_free(runner->chain);
    runner->chain = g_strdup(runner->done_chain);
}

/* The failure, with how long it was tried. */
static void fail_tries(const Runner *runner, GError *failure, guint tries, gint64 start, GError **error)
{
    const char *blockers = session_blockers(runner->session);
    g_autofree char *holder = blockers != NULL ? g_strdup_printf(", held by %s", blockers) : g_strdup("");
    double seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    g_set_error(error, failure->domain, failure->code,
                "%s\nanother session's lock is in the way%s; tried %u time%s in %.1f s (lock_timeout, lock_wait)",
                failure->message, holder, tries, tries > 1 ? "s" : "", seconds);
    g_error_free(failure);
}

/* Takes the failure of a try. TRUE: it was somebody's lock, everything is as before, and it is time to try again. */
static gboolean try_again(Runner *runner, GError *failure, guint tries, gint64 begun, gint64 failed, GError **error)
{
    if (!runner->busy || runner->offline) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    transaction_abandon(runner);
    gboolean again = session_back_off(runner->session, tries - 1, failed);
    if (!again && engine_interrupted()) {
        g_error_free(failure);
        return fail_interrupted(runner, error);
    }
    if (!again) {
        fail_tries(runner, failure, tries, begun, error);
        return FALSE;
    }
    const char *blockers = session_blockers(runner->session);
    log_warning("%s: somebody's lock is in the way%s%s: rolled back, trying again (%u)",
                runner->busy_place != NULL ? runner->busy_place : runner->step->id,
                blockers != NULL ? ", held by " : "", blockers != NULL ? blockers : "", tries + 1);
    g_error_free(failure);
    return TRUE;
}

static gboolean check_lock(Runner *runner, GError **error)
{
    GError *cause = NULL;
    return session_lock_alive(runner->session, &cause) ||
           fail_action(runner, "keeping the migration lock", cause, error);
}

gboolean run_part(Runner *runner, PartFunction run, const Part *part, GError **error)
{
    gint64 begun = g_get_monotonic_time(), failed = 0;
    session_forget_blockers(runner->session);
    for (guint tries = 1;; tries++) {
        GError *failure = NULL;
        runner->busy = runner->refused = FALSE;
        if (check_lock(runner, &failure) && run(runner, part, &failure))
            return TRUE;
        if (runner->context->one_transaction) {
            g_propagate_error(error, failure);
            return FALSE;
        }
        failed = failed > 0 ? failed : g_get_monotonic_time();
        if (!try_again(runner, failure, tries, begun, failed, error))
            return FALSE;
        runner_restart(runner);
    }
}

/* ---- groups ---- */

/* The statement and its journal entry in one transaction where that is possible: then it runs exactly once, come what
 * may. One that refuses transactions is journalled behind it and, after a crash in between, is looked for, or runs a
 * second time. */
static gboolean run_journalled(Runner *runner, const PlanStatement *statement, guint index, GError **error)
{
    gboolean together = !statement->bare && (runner->dialect->capabilities & DIALECT_TRANSACTIONAL_DDL) != 0;
    Part part = {.statement = statement, .first = index};
    if (together)
        return run_part(runner, run_together, &part, error);
    return run_part(runner, run_alone, &part, error) && run_part(runner, run_progress, &part, error);
}

gboolean repeat_session_state(Runner *runner, const PlanStatement *statement, GError **error)
{
    if (runner->dialect->sets_session == NULL || !runner->dialect->sets_session(statement->sql, strlen(statement->sql)))
        return TRUE;
    return repeat_statement(runner, statement, error);
}

static gboolean run_outside(Runner *runner, const Part *part, GError **error)
{
    const GPtrArray *statements = part->group->statements;
    gboolean bare = FALSE;
    if (!runner->has_row && !run_part(runner, run_started, part, error))
        return FALSE;
    for (guint i = 0; i < statements->len; i++) {
        const PlanStatement *statement = g_ptr_array_index(statements, i);
        guint index = part->first + i;
        bare = bare || statement->bare;
        if (!(index < runner->done ? repeat_session_state(runner, statement, error)
                                   : run_journalled(runner, statement, index, error)))
            return FALSE;
    }
    GError *cause = NULL;
    if (bare && !execute_list(runner, runner->dialect->session_setup, &cause))
        return fail_action(runner, "setting the session up", cause, error);
    return !part->last || run_part(runner, run_finish, part, error);
}

static gboolean run_groups(Runner *runner, GError **error)
{
    const GPtrArray *groups = runner->step->groups;
    Part part = {0};
    for (guint i = 0; i < groups->len; i++) {
        part.group = g_ptr_array_index(groups, i);
        part.last = i + 1 == groups->len;
        guint next = part.first + part.group->statements->len;
        gboolean is_done = !part.last && part.group->transactional && next <= runner->done;
        if (!is_done && !(part.group->transactional ? run_part(runner, run_transactional, &part, error)
                                                    : run_outside(runner, &part, error)))
            return FALSE;
        part.first = next;
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
    runner->journalled = step->groups->len > 1 || !first->transactional || commits_ddl(runner->dialect);
    runner->has_row = step->started || runner->begun == step;
    runner->done = runner->written = runner->reached = step->done;
    runner->keeps_mark = FALSE;
    runner->must_send = G_MAXUINT;
    if (runner->begun != step)
        g_clear_pointer(&runner->mark, g_free);
    runner->in_flight = step->started ? step->done : G_MAXUINT;
    g_clear_pointer(&runner->chain, g_free);
    guint left = step->done;
    for (guint i = 0; i < step->groups->len && left > 0; i++) {
        const PlanGroup *group = g_ptr_array_index(step->groups, i);
        for (guint j = 0; j < group->statements->len && left > 0; j++, left--) {
            const PlanStatement *statement = g_ptr_array_index(group->statements, j);
            g_autofree char *before = g_steal_pointer(&runner->chain);
            runner->chain = statement_chain_with_data(runner->dialect, before, statement);
        }
    }
    g_free(runner->done_chain);
    runner->done_chain = g_strdup(runner->chain);
}

static void step_leave(Runner *runner)
{
    const PlanStep *step = runner->step;
    char **rows = rows_change((const char *const *)runner->rows, step->delete_ids, step->insert_ids);
    g_strfreev(runner->rows);
    runner->rows = rows;
    g_ptr_array_add(runner->result->steps, g_strdup(step->id));
    runner->result->down += step->direction == STEP_DOWN;
}

static gboolean run_step(Runner *runner, const PlanStep *step, GError **error)
{
    step_enter(runner, step);
    comment_step(runner);
    if (!(commits_ddl(runner->dialect) ? journal_run(runner, error) : run_groups(runner, error)))
        return FALSE;
    step_leave(runner);
    return TRUE;
}

/* Where DDL commits by itself, what is known to be done is said as well, and that nothing is in flight any more. */
static char *failure_sql(const Runner *runner)
{
    if (!runner->has_row || !commits_ddl(runner->dialect))
        return history_failure_sql(runner->context, runner->step, runner->has_row, runner->summary);
    return history_stopped_sql(runner->context, runner->step, runner->written, runner->done, runner->done_chain,
                               runner->keeps_mark ? runner->mark : NULL, runner->summary);
}

/* For people who look at the history table. Failing to write it must not hide why the step failed. */
static void note_failure(Runner *runner, const GError *failure)
{
    gboolean is_held = failure->domain == ENGINE_ERROR;
    gboolean is_lost = g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_CONNECT);
    gboolean is_moved = g_error_matches(failure, RUNTIME_ERROR, RUNTIME_ERROR_MOVED);
    if (runner->summary == NULL || is_held || is_lost || is_moved || runner->offline || engine_interrupted())
        return;
    g_autoptr(GError) ignored = NULL;
    g_autofree char *sql = failure_sql(runner);
    if (!session_run_transaction(runner->session, (const char *const *)&sql, 1, &ignored))
        log_detail("the failure could not be noted in table '%s': %s", runner->context->history_table,
                   ignored->message);
}

/* Who is told of the progress. */
typedef struct Listener {
    ProgressFunction progress; /* NULL: nobody */
    void *data;
    double *seconds; /* of each step, for a run of one transaction: what is not committed is not told as done */
} Listener;

static void tell(Runner *runner, const Listener *listener, guint index, guint total, gboolean done, double seconds)
{
    guint *told = done ? &runner->done_steps : &runner->started_steps;
    if (index < *told)
        return;
    *told = index + 1;
    if (listener->progress != NULL)
        listener->progress(runner->step, index, total, done, seconds, listener->data);
}

static gboolean run_steps(Runner *runner, const Plan *plan, const Listener *listener, GError **error)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        gint64 start = g_get_monotonic_time();
        runner->step = g_ptr_array_index(plan->steps, i);
        runner->next = i + 1 < plan->steps->len ? g_ptr_array_index(plan->steps, i + 1) : NULL;
        tell(runner, listener, i, plan->steps->len, FALSE, 0);
        if (!run_step(runner, runner->step, error))
            return FALSE;
        listener->seconds[i] = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        if (!runner->context->one_transaction)
            tell(runner, listener, i, plan->steps->len, TRUE, listener->seconds[i]);
    }
    return TRUE;
}

static void tell_all_done(Runner *runner, const Plan *plan, const Listener *listener)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        runner->step = g_ptr_array_index(plan->steps, i);
        tell(runner, listener, i, plan->steps->len, TRUE, listener->seconds[i]);
    }
}

/* transaction = all: foreign keys are off for the whole run when one section wants them off. */
static gboolean try_in_one(Runner *runner, const Plan *plan, const Listener *listener, GError **error)
{
    gboolean keys_off = FALSE;
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        for (guint j = 0; j < step->groups->len; j++)
            keys_off = keys_off || ((const PlanGroup *)g_ptr_array_index(step->groups, j))->foreign_keys_off;
    }
    runner->step = g_ptr_array_index(plan->steps, 0);
    return transaction_begin(runner, keys_off, error) && run_steps(runner, plan, listener, error) &&
           transaction_commit(runner, error);
}

static gboolean run_in_one(Runner *runner, const Plan *plan, const Listener *listener, GError **error)
{
    gint64 begun = g_get_monotonic_time(), failed = 0;
    for (guint tries = 1;; tries++) {
        GError *failure = NULL;
        runner->busy = FALSE;
        if (try_in_one(runner, plan, listener, &failure)) {
            tell_all_done(runner, plan, listener);
            return TRUE;
        }
        failed = failed > 0 ? failed : g_get_monotonic_time();
        if (!try_again(runner, failure, tries, begun, failed, error))
            return FALSE;
        g_strfreev(runner->rows);
        runner->rows = g_strdupv(runner->result->heads);
        g_ptr_array_set_size(runner->result->steps, 0);
        runner->result->down = 0;
    }
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
        .together = connection_runs_many(session_connection(context->session)),
        .requests = g_array_new(FALSE, FALSE, sizeof(Request)),
        .purposes = g_array_new(FALSE, FALSE, sizeof(Purpose)),
        .texts = g_ptr_array_new_with_free_func(g_free),
        .rows = g_strdupv((char **)rows),
        .result = run_result_new(rows),
    };
    g_autofree double *seconds = g_new0(double, plan->steps->len);
    Listener listener = {progress, data, seconds};
    GError *failure = NULL;
    gboolean ran = plan->steps->len == 0;
    if (!ran && execute_list(&runner, context->dialect->session_setup, &failure))
        ran = context->one_transaction ? run_in_one(&runner, plan, &listener, &failure)
                                       : run_steps(&runner, plan, &listener, &failure);
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
