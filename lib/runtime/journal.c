/* A step where DDL commits by itself. Nothing is begun that is not in the journal: before a statement that commits, the
 * history row says, committed, what is done and what is in flight; all others run in a transaction with their journal
 * progress. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/running.h"

/* ---- what was in flight ---- */

/* The statement took effect, or needs none. */
static void count_done(Runner *runner, const PlanStatement *statement)
{
    reach_statement(runner, statement);
    runner->done = runner->reached;
    g_free(runner->done_chain);
    runner->done_chain = g_strdup(runner->chain);
}

static char *chain_behind(const Runner *runner, const PlanStatement *statement)
{
    return statement_chain_with_data(runner->dialect, runner->done_chain, statement);
}

static gboolean send_rest(Runner *runner, const PlanStatement *statement, const char *rest, GError **error)
{
    PlanStatement remaining = *statement;
    remaining.sql = (char *)rest;
    remaining.data = NULL;
    remaining.parameters = NULL;
    log_info("statement %u of revision '%s' took effect in part before the interruption, what remains: %s",
             runner->done + 1, runner->step->id, rest);
    if (run_bare(runner, &remaining, error))
        return TRUE;
    g_free(runner->mark);
    runner->mark = g_strdup(runner->step->in_flight);
    runner->keeps_mark = TRUE;
    return FALSE;
}

static gboolean resolve(Runner *runner, const Mark *mark, const PlanStatement *statement, GError **error)
{
    GError *cause = NULL;
    StatementOutcome outcome = {0};
    g_autofree char *chain = statement != NULL ? chain_behind(runner, statement) : NULL;
    gboolean is_same = statement != NULL && g_strcmp0(chain, mark->chain) == 0;
    if (!mark_outcome(runner->context, mark, statement != NULL ? statement->sql : NULL, &outcome, &cause))
        return fail_action(runner, "looking for what an interrupted statement has left", cause, error);
    gboolean resolved = TRUE;
    if (outcome.effect == EFFECT_UNKNOWN) {
        report_undecided(runner->step, statement, mark->kind == MARK_ASKED || mark->kind == MARK_TOLD, outcome.reason,
                         error);
        resolved = FALSE;
    } else if (outcome.effect != EFFECT_NONE && !is_same) {
        report_edited_in_flight(runner->step, statement, error);
        resolved = FALSE;
    } else if (outcome.effect == EFFECT_PARTLY) {
        resolved = send_rest(runner, statement, outcome.rest, error);
    } else if (outcome.effect == EFFECT_DONE) {
        log_info("statement %u of revision '%s' took effect before the interruption", runner->done + 1,
                 runner->step->id);
    }
    if (resolved && outcome.effect == EFFECT_NONE)
        runner->must_send = runner->done;
    else if (resolved)
        count_done(runner, statement);
    statement_outcome_clear(&outcome);
    return resolved;
}

static gboolean resolve_in_flight(Runner *runner, const Part *part, GError **error)
{
    (void)part;
    g_auto(Mark) mark = {0};
    GError *cause = NULL;
    if (!mark_read(runner->step->in_flight, &mark, &cause))
        return fail_action(runner, "going on", cause, error);
    return resolve(runner, &mark, plan_step_statement(runner->step, runner->done), error);
}

/* Of the way up only counts whether its last statement took effect; half an effect is for the way down to find. */
static gboolean resolve_taken(Runner *runner, const Part *part, GError **error)
{
    (void)part;
    PlanTaken *taken = runner->step->taken;
    PlanStep *up = taken->up;
    const PlanStatement *statement = plan_step_statement(up, up->done);
    g_auto(Mark) mark = {0};
    StatementOutcome outcome = {0};
    GError *cause = NULL;
    if (!mark_read(up->in_flight, &mark, &cause) ||
        !mark_outcome(runner->context, &mark, statement != NULL ? statement->sql : NULL, &outcome, &cause))
        return fail_action(runner, "looking for what an interrupted statement has left", cause, error);
    gboolean is_known = outcome.effect != EFFECT_UNKNOWN;
    if (!is_known)
        report_undecided(runner->step, statement, FALSE, outcome.reason, error);
    if (outcome.effect == EFFECT_DONE) {
        up->done++;
        taken->complete = up->done == up->total;
    }
    statement_outcome_clear(&outcome);
    return is_known;
}

/* ---- taking back ---- */

static gboolean asks_first(const Runner *runner)
{
    return runner->step->taken != NULL && !runner->step->taken->complete && !runner->offline;
}

/* The journal says what cannot be told, for repair. */
static gboolean stop_undecided(Runner *runner, const PlanStatement *statement, MarkKind kind, const char *reason,
                               GError **error)
{
    Part part = {0};
    g_autofree char *chain = chain_behind(runner, statement);
    g_free(runner->mark);
    runner->mark = mark_text(kind, chain, kind == MARK_TOLD ? reason : NULL);
    runner->reached = runner->done;
    if (!run_part(runner, runner->has_row ? run_progress : run_started, &part, error))
        return FALSE;
    report_undecided(runner->step, statement, TRUE, reason, error);
    return FALSE;
}

/* What a statement of the way up would have made is there although it never ran: it is older than the revision, or
 * somebody else's, and the way down must not take it for the revision's own. *reason (new) stays NULL otherwise. */
static gboolean find_never_ran(Runner *runner, const PlanStatement *statement, char **reason, GError **error)
{
    const Dialect *dialect = runner->dialect;
    const PlanStep *up = runner->step->taken->up;
    gsize length = strlen(statement->sql);
    for (guint i = up->done; i < up->total && dialect->share_object != NULL && *reason == NULL; i++) {
        const PlanStatement *other = plan_step_statement(up, i);
        gsize other_length = strlen(other->sql);
        StatementOutcome outcome = {0};
        GError *cause = NULL;
        if (!dialect->share_object(statement->sql, length, other->sql, other_length))
            continue;
        if (!dialect->find_effect(runner->connection, other->sql, other_length, &outcome, &cause))
            return fail_action(runner, "looking what there was before the revision", cause, error);
        if (outcome.effect == EFFECT_DONE || outcome.effect == EFFECT_PARTLY)
            *reason =
                g_strdup_printf("statement %u of the way up never ran, but what it would make is so already: it is "
                                "older than the revision, or somebody else's",
                                i + 1);
        statement_outcome_clear(&outcome);
    }
    return TRUE;
}

/* Whether the statement of a way down has to be sent: not when there is nothing to be taken back, and then it counts as
 * done. */
static gboolean find_needed(Runner *runner, const PlanStatement *statement, gboolean *needed, GError **error)
{
    const Dialect *dialect = runner->dialect;
    gsize length = strlen(statement->sql);
    StatementOutcome outcome = {0};
    GError *cause = NULL;
    *needed = TRUE;
    if (!asks_first(runner) || runner->done == runner->must_send ||
        (dialect->sets_session != NULL && dialect->sets_session(statement->sql, length)))
        return TRUE;
    if (runner->step->taken->nothing)
        outcome.effect = EFFECT_DONE;
    else if (dialect->find_effect == NULL)
        return stop_undecided(runner, statement, MARK_ASKED, "this dialect cannot tell", error);
    else if (!dialect->find_effect(runner->connection, statement->sql, length, &outcome, &cause))
        return fail_action(runner, "looking whether there is anything to be taken back", cause, error);
    gboolean is_known = outcome.effect == EFFECT_DONE || outcome.effect == EFFECT_NONE;
    g_autofree char *older = NULL;
    if (outcome.effect == EFFECT_NONE) {
        is_known = find_never_ran(runner, statement, &older, error) &&
                   (older == NULL || stop_undecided(runner, statement, MARK_TOLD, older, error));
    } else if (outcome.effect == EFFECT_DONE) {
        g_autofree char *place = report_place(runner->step, statement);
        log_info("%s: nothing to be taken back", place);
        count_done(runner, statement);
        *needed = FALSE;
    } else {
        stop_undecided(runner, statement, MARK_ASKED,
                       outcome.reason != NULL ? outcome.reason : "it took effect in part", error);
    }
    statement_outcome_clear(&outcome);
    return is_known;
}

/* ---- statements that commit ---- */

/* `before` is the chain of what stands before the statement. NULL, with an error in *cause: the catalog cannot be
 * asked.
 */
static char *new_mark(const Runner *runner, const PlanStatement *statement, MarkKind kind, const char *before,
                      GError **cause)
{
    const Dialect *dialect = runner->dialect;
    g_autofree char *state = NULL;
    if (kind == MARK_STATE && dialect->state_before != NULL) {
        if (!dialect->state_before(runner->connection, statement->sql, strlen(statement->sql), &state, cause))
            return NULL;
        kind = state != NULL ? MARK_STATE : MARK_HARMLESS;
    }
    g_autofree char *chain = statement_chain_with_data(dialect, before, statement);
    return mark_text(kind, chain, state);
}

static gboolean make_mark(Runner *runner, const Part *part, GError **error)
{
    GError *cause = NULL;
    g_clear_pointer(&runner->mark, g_free);
    if (runner->offline)
        return TRUE;
    runner->mark = new_mark(runner, part->statement, part->kind, runner->done_chain, &cause);
    return runner->mark != NULL || fail_action(runner, "looking at what the next statement is about", cause, error);
}

/* A line for who reads the SQL before it runs. */
static void comment_commit(const Runner *runner)
{
    session_comment(runner->session, "commits by itself: what ran before it in this revision stays");
}

/* The mark is committed before the statement begins; both travel together. */
static gboolean send_marked(Runner *runner, const PlanStatement *statement, GError **error)
{
    char *progress = history_progress_sql(runner->context, runner->step, runner->written, runner->done,
                                          runner->done_chain, runner->mark);
    if (!send_own(runner, progress, "writing the history table", error))
        return FALSE;
    if (runner->offline && !send_waiting(runner, error))
        return FALSE;
    comment_commit(runner);
    return send_statement(runner, statement, error) && send_waiting(runner, error);
}

/* The end of the step before may have written the row and the mark already. */
static gboolean send_first(Runner *runner, const Part *part, GError **error)
{
    if (!runner->has_row && !run_started(runner, part, error))
        return FALSE;
    comment_commit(runner);
    return run_bare(runner, part->statement, error);
}

/* Replaces the failure by one that says more. */
static void add_line(GError **error, const char *line)
{
    if (error == NULL || *error == NULL)
        return;
    GError *longer = g_error_new((*error)->domain, (*error)->code, "%s\n%s", (*error)->message, line);
    g_error_free(*error);
    *error = longer;
}

/* What the server refuses has no effect, but for DROP of several objects and their like: then the mark stays, and the
 * next run finds out what is left. */
static void look_after_failure(Runner *runner, const PlanStatement *statement, GError **error)
{
    g_auto(Mark) mark = {0};
    StatementOutcome outcome = {0};
    if (!runner->refused)
        return;
    runner->written = runner->done;
    if (!mark_read(runner->mark, &mark, NULL) || !mark_outcome(runner->context, &mark, statement->sql, &outcome, NULL))
        return;
    runner->keeps_mark = outcome.effect == EFFECT_DONE || outcome.effect == EFFECT_PARTLY;
    runner->busy = runner->busy && !runner->keeps_mark;
    if (outcome.effect == EFFECT_DONE)
        add_line(error, "it took effect all the same: leave it as it is, the next run goes on behind it");
    else if (outcome.effect == EFFECT_PARTLY)
        add_line(error, "it took effect in part all the same: leave it as it is, the next run sends what remains");
    else if (outcome.effect == EFFECT_UNKNOWN)
        add_line(error, "what it did before it failed may stay, which the catalog cannot tell: look before it is sent "
                        "again");
    statement_outcome_clear(&outcome);
}

static gboolean run_marked(Runner *runner, const Part *part, GError **error)
{
    gboolean begun = runner->begun == runner->step;
    runner->begun = NULL; /* another try looks again */
    if (!begun && !make_mark(runner, part, error))
        return FALSE;
    if (!(runner->has_row && !begun ? send_marked(runner, part->statement, error) : send_first(runner, part, error))) {
        if (runner->mark != NULL)
            look_after_failure(runner, part->statement, error);
        return FALSE;
    }
    runner->written = runner->done;
    count_done(runner, part->statement);
    g_clear_pointer(&runner->mark, g_free);
    return TRUE;
}

/* ---- statements in transactions ---- */

static gboolean find_rolls_back(Runner *runner, const PlanStatement *statement, gboolean *does, GError **error)
{
    GError *cause = NULL;
    *does = TRUE;
    if (runner->offline || runner->dialect->rolls_back == NULL ||
        runner->dialect->rolls_back(runner->connection, statement->sql, strlen(statement->sql), does, &cause))
        return TRUE;
    return fail_action(runner, "looking whether a statement can be rolled back", cause, error);
}

/* The names in a statement: those that say the same are about the same tables, as the many INSERTs of a seed are. */
static char *names_of(const Dialect *dialect, const char *sql)
{
    GString *names = g_string_new(NULL);
    gsize length = strlen(sql), position = 0;
    SqlToken token;
    do {
        token = sql_next_significant(dialect, sql, length, &position);
        gboolean is_name = token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED;
        if (is_name || sql_token_is(&token, sql, "."))
            g_string_append_len(names, sql + token.start, (gssize)token.length);
        if (is_name)
            g_string_append_c(names, ' ');
    } while (token.kind != SQL_TOKEN_END && token.kind != SQL_TOKEN_UNFINISHED);
    return g_string_free(names, FALSE);
}

/* How many statements of the group from `from` on share a transaction; 0: the first one is in none. */
static gboolean count_together(Runner *runner, const PlanGroup *group, guint from, guint *n, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint most = asks_first(runner) ? 1 : G_MAXUINT;
    gboolean does = TRUE;
    for (*n = 0; does && *n < most && from + *n < group->statements->len; *n += does) {
        const PlanStatement *statement = g_ptr_array_index(group->statements, from + *n);
        if (!g_hash_table_add(known, names_of(runner->dialect, statement->sql)))
            continue;
        if (!find_rolls_back(runner, statement, &does, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_done(Runner *runner, const Part *part, GError **error)
{
    (void)part;
    char *progress =
        history_progress_sql(runner->context, runner->step, runner->written, runner->done, runner->done_chain, NULL);
    if (!send_own(runner, progress, "writing the history table", error) || !send_waiting(runner, error))
        return FALSE;
    runner->written = runner->done;
    return TRUE;
}

/* What is done outside is written before a transaction begins that may take long. */
static gboolean run_slice(Runner *runner, const Part *part, guint from, guint n, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new();
    for (guint i = from; i < from + n; i++)
        g_ptr_array_add(statements, g_ptr_array_index(part->group->statements, i));
    PlanGroup group = *part->group;
    group.statements = statements;
    Part slice = {.group = &group, .first = part->first + from};
    slice.last = part->last && from + n == part->group->statements->len;
    runner->reached = runner->done;
    PartFunction write = runner->has_row ? write_done : run_started;
    return (runner->written == runner->done || run_part(runner, write, &slice, error)) &&
           run_part(runner, run_transactional, &slice, error);
}

static gboolean run_rows(Runner *runner, const Part *part, gboolean *finished, GError **error)
{
    const GPtrArray *statements = part->group->statements;
    guint i = MIN(runner->done > part->first ? runner->done - part->first : 0, statements->len), n;
    *finished = FALSE;
    do {
        gboolean needed = TRUE;
        if (i < statements->len && !find_needed(runner, g_ptr_array_index(statements, i), &needed, error))
            return FALSE;
        if (!needed) {
            i++;
            continue;
        }
        if (!count_together(runner, part->group, i, &n, error))
            return FALSE;
        if (n > 0 || i == statements->len) {
            if (!run_slice(runner, part, i, n, error))
                return FALSE;
            *finished = part->last && i + n == statements->len;
        } else {
            Part alone = {.statement = g_ptr_array_index(statements, i), .first = part->first + i, .kind = MARK_ROWS};
            if (!run_part(runner, run_marked, &alone, error))
                return FALSE;
        }
        i += MAX(n, 1);
    } while (i < statements->len);
    return TRUE;
}

/* ---- the step ---- */

static gboolean run_group(Runner *runner, const Part *part, gboolean *finished, GError **error)
{
    const GPtrArray *statements = part->group->statements;
    guint skipped = runner->done > part->first ? runner->done - part->first : 0;
    if (part->group->transactional)
        return (skipped >= statements->len && !part->last) || run_rows(runner, part, finished, error);
    for (guint i = skipped; i < statements->len; i++) {
        Part one = {.statement = g_ptr_array_index(statements, i), .first = part->first + i, .kind = MARK_STATE};
        gboolean needed;
        if (!find_needed(runner, one.statement, &needed, error) ||
            (needed && !run_part(runner, run_marked, &one, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean repeat_session(Runner *runner, GError **error)
{
    for (guint i = 0; i < runner->done; i++)
        if (!repeat_session_state(runner, plan_step_statement(runner->step, i), error))
            return FALSE;
    return TRUE;
}

static gboolean refuse_rows(Runner *runner, const PlanStatement *statement, GError **error)
{
    gboolean does;
    if (!find_rolls_back(runner, statement, &does, error))
        return FALSE;
    if (does)
        return TRUE;
    g_autofree char *place = report_place(runner->step, statement);
    GError *cause = g_error_new(RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                                "%s changes a table that no transaction rolls back, but migrate.ini says transaction = "
                                "all",
                                place);
    return fail_action(runner, "begin", cause, error);
}

/* transaction = all: the plan has seen to it that nothing commits. */
static gboolean run_in_one(Runner *runner, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new();
    PlanGroup all = {.transactional = TRUE, .statements = statements};
    Part part = {.group = &all, .last = TRUE};
    for (guint i = 0; i < runner->step->total; i++) {
        const PlanStatement *statement = plan_step_statement(runner->step, i);
        if (!refuse_rows(runner, statement, error))
            return FALSE;
        g_ptr_array_add(statements, (gpointer)statement);
    }
    return run_part(runner, run_transactional, &part, error);
}

/* The statement that the next step certainly begins with, where that commits by itself. NULL: it is another one, or not
 * to be sent yet. */
static const PlanStatement *first_of_next(const Runner *runner)
{
    const PlanStep *next = runner->next;
    if (next == NULL || next->started || next->taken != NULL || engine_interrupted())
        return NULL;
    const PlanGroup *group = g_ptr_array_index(next->groups, 0);
    return !group->transactional && group->statements->len > 0 ? g_ptr_array_index(group->statements, 0) : NULL;
}

/* The end of a step and the beginning of the next one are one commit, as long as nothing is in the way of looking at
 * what the next one is about: if there is, the next one shall say so. */
static gboolean finish_step(Runner *runner, const Part *part, GError **error)
{
    const PlanStatement *first = first_of_next(runner);
    gboolean asks = first != NULL && !runner->offline;
    g_autofree char *mark = asks ? new_mark(runner, first, MARK_STATE, NULL, NULL) : NULL;
    if (first == NULL || (asks && mark == NULL))
        return run_finish(runner, part, error);
    if (!begin_own(runner, FALSE, error) || !send_finish(runner, error) ||
        !send_own(runner, history_started_sql(runner->context, runner->next, mark), "writing the history table",
                  error) ||
        !commit_own(runner, error))
        return FALSE;
    runner->begun = runner->next;
    g_free(runner->mark);
    runner->mark = g_steal_pointer(&mark);
    return TRUE;
}

gboolean journal_run(Runner *runner, GError **error)
{
    const PlanStep *step = runner->step;
    Part part = {0};
    gboolean finished = FALSE;
    if (runner->context->one_transaction)
        return run_in_one(runner, error);
    if (step->in_flight != NULL && !run_part(runner, resolve_in_flight, &part, error))
        return FALSE;
    if (step->taken != NULL && step->taken->up->in_flight != NULL && !run_part(runner, resolve_taken, &part, error))
        return FALSE;
    if (!repeat_session(runner, error))
        return FALSE;
    for (guint i = 0; i < step->groups->len; i++) {
        part.group = g_ptr_array_index(step->groups, i);
        part.last = i + 1 == step->groups->len;
        if (!run_group(runner, &part, &finished, error))
            return FALSE;
        part.first += part.group->statements->len;
    }
    runner->reached = runner->done;
    return finished || ((runner->has_row || run_part(runner, run_started, &part, error)) &&
                        run_part(runner, finish_step, &part, error));
}
