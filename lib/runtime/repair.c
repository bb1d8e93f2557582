#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

void interruption_free(Interruption *interruption)
{
    if (interruption == NULL)
        return;
    char *texts[] = {interruption->revision,  interruption->direction, interruption->place,
                     interruption->statement, interruption->reason,    interruption->stopped_at};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(interruption);
}

static Interruption *interruption_new(const HistoryRow *row)
{
    Interruption *interruption = g_new0(Interruption, 1);
    interruption->revision = g_strdup(row->revision);
    interruption->direction = g_strdup(row->direction);
    interruption->stopped_at = g_strdup(row->error);
    interruption->done = row->done;
    interruption->total = row->total;
    return interruption;
}

static InterruptionVerdict verdict_of(const Mark *mark, const StatementOutcome *outcome, gboolean is_same)
{
    if (mark->kind == MARK_SEND)
        return VERDICT_SEND;
    switch (outcome->effect) {
    case EFFECT_NONE:
        return mark->kind == MARK_ASKED ? VERDICT_SEND : VERDICT_NO_EFFECT;
    case EFFECT_DONE:
        return is_same ? VERDICT_TOOK_EFFECT : VERDICT_EDITED;
    case EFFECT_PARTLY:
        return is_same ? VERDICT_PARTLY : VERDICT_EDITED;
    case EFFECT_UNKNOWN:
        break;
    }
    return VERDICT_UNKNOWN;
}

static gboolean judge(Interruption *interruption, const MigrationContext *context, const HistoryRow *row,
                      const PlanStep *step, GError **error)
{
    g_auto(Mark) mark = {0};
    StatementOutcome outcome = {0};
    const PlanStatement *statement = plan_step_statement(step, step->done);
    if (statement != NULL) {
        interruption->place = report_place(step, statement);
        interruption->statement = g_strdup(statement->sql);
    }
    if (step->in_flight == NULL)
        return TRUE;
    g_autofree char *chain =
        statement != NULL
            ? statement_chain_with_data(context->dialect, step->done > 0 ? row->done_hash : NULL, statement)
            : NULL;
    if (!mark_read(step->in_flight, &mark, error) ||
        !mark_outcome(context, &mark, statement != NULL ? statement->sql : NULL, &outcome, error))
        return FALSE;
    interruption->verdict = verdict_of(&mark, &outcome, g_strcmp0(chain, mark.chain) == 0);
    interruption->reason = g_strdup(outcome.reason);
    statement_outcome_clear(&outcome);
    return TRUE;
}

/* The interrupted step of a row and what is to be said of it; NULL with an error when the files do not fit. */
static Interruption *examine(MigrationContext *context, const Standing *look, const HistoryRow *row, PlanStep **step,
                             GError **error)
{
    g_autoptr(Interruption) interruption = interruption_new(row);
    PlanBase base = {context, look->map, look->missing, look->history, (const char *const *)look->rows, NULL, NULL};
    *step = plan_interrupted(&base, row, error);
    if (*step == NULL || !judge(interruption, context, row, *step, error))
        return NULL;
    return g_steal_pointer(&interruption);
}

static GPtrArray *examine_all(MigrationContext *context, GError **error)
{
    g_auto(Standing) look = {0};
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)interruption_free);
    if (!standing_read(&look, context, error))
        return NULL;
    for (guint i = 0; i < look.history->started->len; i++) {
        g_autoptr(PlanStep) step = NULL;
        Interruption *interruption = examine(context, &look, g_ptr_array_index(look.history->started, i), &step, error);
        if (interruption == NULL)
            return NULL;
        g_ptr_array_add(found, interruption);
    }
    return g_steal_pointer(&found);
}

/* Without a lock, what is at work right now would look interrupted. */
static gboolean lock_if_started(MigrationContext *context, gboolean *started, GError **error)
{
    g_auto(GStrv) rows = NULL;
    g_autoptr(History) history = NULL;
    gboolean has_version, has_history;
    if (!context_find_tables(context, &has_version, &has_history, error) ||
        !history_read(context, has_version, has_history, HISTORY_STARTED, &rows, &history, error))
        return FALSE;
    *started = history->started->len > 0;
    return !*started || migration_lock(context, error);
}

GPtrArray *migration_interrupted(MigrationContext *context, GError **error)
{
    gboolean started;
    if (!lock_if_started(context, &started, error))
        return NULL;
    if (!started)
        return g_ptr_array_new_with_free_func((GDestroyNotify)interruption_free);
    GPtrArray *found = examine_all(context, error);
    session_unlock(context->session);
    return found;
}

gboolean interruption_is_undecided(const Interruption *interruption)
{
    return interruption->verdict == VERDICT_UNKNOWN || interruption->verdict == VERDICT_EDITED;
}

/* ---- deciding ---- */

static gboolean refuse_decided(const Interruption *interruption, GError **error)
{
    static const char *const words[] = {
        [VERDICT_NOTHING] = "nothing of it is in flight",
        [VERDICT_TOOK_EFFECT] = "the statement in flight took effect",
        [VERDICT_NO_EFFECT] = "the statement in flight did not take effect",
        [VERDICT_PARTLY] = "the statement in flight took effect in part, and what remains is known",
        [VERDICT_SEND] = "its next statement will be sent",
        [VERDICT_UNKNOWN] = "",
        [VERDICT_EDITED] = "",
    };
    gboolean up = strcmp(interruption->direction, "up") == 0;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "revision '%s' needs no decision: %s; nothing was changed\n"
                "run migrate %s again, which knows that by itself",
                interruption->revision, words[interruption->verdict], up ? "upgrade" : "downgrade");
    return FALSE;
}

static char *decision_sql(const MigrationContext *context, const HistoryRow *row, const PlanStep *step, gboolean done,
                          GError **error)
{
    const PlanStatement *statement = plan_step_statement(step, step->done);
    const char *before = step->done > 0 ? row->done_hash : NULL;
    g_autofree char *chain =
        statement != NULL ? statement_chain_with_data(context->dialect, before, statement) : g_strdup("-");
    if (done && statement != NULL)
        return history_progress_sql(context, step, step->done, step->done + 1, chain, NULL);
    if (!done) {
        g_autofree char *mark = mark_text(MARK_SEND, chain, NULL);
        return history_progress_sql(context, step, step->done, step->done, before, mark);
    }
    g_set_error(
        error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED,
        "revision '%s': the file has no statement in the place of the one that was in flight: restore it first, "
        "or say --retry: there is nothing to be sent then",
        row->revision);
    return NULL;
}

static gboolean decide(MigrationContext *context, const Standing *look, const HistoryRow *row, gboolean done,
                       Interruption **decided, GError **error)
{
    g_autoptr(PlanStep) step = NULL;
    g_autoptr(Interruption) interruption = examine(context, look, row, &step, error);
    if (interruption == NULL)
        return FALSE;
    if (!interruption_is_undecided(interruption))
        return refuse_decided(interruption, error);
    g_autofree char *sql = decision_sql(context, row, step, done, error);
    if (sql == NULL || !session_run_transaction(context->session, (const char *const *)&sql, 1, error))
        return FALSE;
    log_info("revision '%s': statement %u %s", row->revision, step->done + 1,
             done ? "counts as done" : "will be sent again");
    *decided = g_steal_pointer(&interruption);
    return TRUE;
}

/* A run is refused while any revision is half done, so there is one row but for a table that people have changed. */
static gboolean repair_locked(MigrationContext *context, gboolean done, Interruption **decided, GError **error)
{
    g_auto(Standing) look = {0};
    if (!standing_read(&look, context, error))
        return FALSE;
    if (look.history->started->len == 1)
        return decide(context, &look, g_ptr_array_index(look.history->started, 0), done, decided, error);
    if (look.history->started->len == 0)
        return TRUE;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "table '%s' says that %u revisions are half done, and which "
                "one is meant is not known; nothing was changed\nsay where the database stands: migrate stamp REVISION",
                context->history_table, look.history->started->len);
    return FALSE;
}

gboolean migration_repair(MigrationContext *context, gboolean done, Interruption **decided, GError **error)
{
    gboolean started;
    *decided = NULL;
    if (!lock_if_started(context, &started, error))
        return FALSE;
    if (!started)
        return TRUE;
    gboolean repaired = repair_locked(context, done, decided, error);
    session_unlock(context->session);
    return repaired;
}
