#include <string.h>

#include "runtime/internal.h"

/* The columns in the order of history_create_sql(); what is asked often stands first, the long texts last. */
enum {
    COLUMN_ID,
    COLUMN_REVISION,
    COLUMN_DIRECTION,
    COLUMN_STATE,
    COLUMN_DONE,
    COLUMN_TOTAL,
    COLUMN_REVISES,
    COLUMN_DEPENDS_ON,
    COLUMN_BLOB_ID,
    COLUMN_TOKEN_HASH,
    COLUMN_DONE_HASH,
    COLUMN_STARTED,
    COLUMN_FINISHED,
    COLUMN_WHO,
    COLUMN_TOOL_VERSION,
    COLUMN_MESSAGE,
    COLUMN_ERROR,
    COLUMN_DOWN,
    COLUMN_IN_FLIGHT, /* only where DDL commits by itself */
    COLUMN_COUNT
};
static const struct {
    const char *name, *type;
} columns[COLUMN_COUNT] = {
    [COLUMN_ID] = {"id", "INTEGER NOT NULL"},
    [COLUMN_REVISION] = {"revision", "VARCHAR(32) NOT NULL"},
    [COLUMN_DIRECTION] = {"direction", "VARCHAR(5) NOT NULL"},
    [COLUMN_STATE] = {"state", "VARCHAR(7) NOT NULL"},
    [COLUMN_DONE] = {"statements_done", "INTEGER NOT NULL"},
    [COLUMN_TOTAL] = {"statements_total", "INTEGER NOT NULL"},
    [COLUMN_REVISES] = {"revises", "TEXT NOT NULL"},
    [COLUMN_DEPENDS_ON] = {"depends_on", "TEXT NOT NULL"},
    [COLUMN_BLOB_ID] = {"blob_id", "VARCHAR(40)"},
    [COLUMN_TOKEN_HASH] = {"token_hash", "VARCHAR(64)"},
    [COLUMN_DONE_HASH] = {"done_hash", "VARCHAR(64)"},
    [COLUMN_STARTED] = {"started_at", "VARCHAR(30) NOT NULL"},
    [COLUMN_FINISHED] = {"finished_at", "VARCHAR(30)"},
    [COLUMN_WHO] = {"applied_by", "VARCHAR(255)"},
    [COLUMN_TOOL_VERSION] = {"tool_version", "VARCHAR(40)"},
    [COLUMN_MESSAGE] = {"message", "TEXT"},
    [COLUMN_ERROR] = {"error", "TEXT"},
    [COLUMN_DOWN] = {"down_script", "TEXT"},
    [COLUMN_IN_FLIGHT] = {"in_flight", "TEXT"},
};

const char *direction_name(StepDirection direction)
{
    switch (direction) {
    case STEP_UP:
        return "up";
    case STEP_DOWN:
        return "down";
    case STEP_STAMP:
        return "stamp";
    case STEP_EDIT:
        return "edit";
    }
    return "";
}

/* The last column is not everywhere. */
static guint column_count(const MigrationContext *context)
{
    return commits_ddl(context->dialect) ? COLUMN_COUNT : COLUMN_IN_FLIGHT;
}

/* What is written for later is not gone on with. */
static gboolean has_marks(const MigrationContext *context)
{
    return commits_ddl(context->dialect) && !session_is_offline(context->session);
}

char *history_create_sql(const MigrationContext *context)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "CREATE TABLE IF NOT EXISTS %s (\n", context->history_name);
    const char *long_text = context->dialect->long_text_type;
    for (guint i = 0; i < column_count(context); i++)
        g_string_append_printf(sql, "    %s %s,\n", columns[i].name,
                               long_text != NULL && strcmp(columns[i].type, "TEXT") == 0 ? long_text : columns[i].type);
    g_autofree char *constraint = g_strconcat(context->history_table, "_pkc", NULL);
    g_autofree char *quoted = context->dialect->quote_identifier(constraint);
    const char *suffix = context->dialect->own_table_suffix;
    g_string_append_printf(sql, "    CONSTRAINT %s PRIMARY KEY (id)\n)%s", quoted, suffix != NULL ? suffix : "");
    return g_string_free(sql, FALSE);
}

/* ---- writing ---- */

static void append_literal(GString *sql, const MigrationContext *context, const char *value)
{
    g_autofree char *literal = context->dialect->quote_literal(value);
    g_string_append(sql, literal);
}

/* On the way down that of operations is kept while it runs, and what sections say is in the file. */
static const char *stored_script(const PlanStep *step)
{
    gboolean is_ops = step->revision != NULL && step->revision->is_ops;
    return step->direction != STEP_DOWN || is_ops ? step->down_text : NULL;
}

/* One row; the id is the next one, which the migration lock makes safe on every engine. */
static char *insert_sql(const MigrationContext *context, const PlanStep *step, const char *state, const char *failure,
                        const char *in_flight)
{
    gboolean is_over = strcmp(state, "started") != 0;
    const char *texts[COLUMN_COUNT] = {
        [COLUMN_REVISION] = step->id,
        [COLUMN_DIRECTION] = direction_name(step->direction),
        [COLUMN_STATE] = state,
        [COLUMN_REVISES] = step->revises,
        [COLUMN_DEPENDS_ON] = step->depends_on,
        [COLUMN_BLOB_ID] = step->blob_id,
        [COLUMN_TOKEN_HASH] = step->token_hash,
        [COLUMN_WHO] = context->who,
        [COLUMN_TOOL_VERSION] = context->tool_version,
        [COLUMN_MESSAGE] = step->message,
        [COLUMN_ERROR] = failure,
        [COLUMN_DOWN] = stored_script(step),
        [COLUMN_IN_FLIGHT] = has_marks(context) ? in_flight : NULL,
    };
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "INSERT INTO %s (", context->history_name);
    for (guint i = 0; i < column_count(context); i++)
        g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", columns[i].name);
    g_string_append(sql, ")\nSELECT coalesce(max(id), 0) + 1");
    for (guint i = 1; i < column_count(context); i++) {
        g_string_append(sql, ", ");
        if (i == COLUMN_DONE)
            g_string_append_c(sql, '0');
        else if (i == COLUMN_TOTAL)
            g_string_append_printf(sql, "%u", step->total);
        else if (i == COLUMN_STARTED || (i == COLUMN_FINISHED && is_over))
            g_string_append(sql, context->dialect->now_utc);
        else
            append_literal(sql, context, texts[i]);
    }
    g_string_append_printf(sql, " FROM %s", context->history_name);
    return g_string_free(sql, FALSE);
}

char *history_started_sql(const MigrationContext *context, const PlanStep *step, const char *in_flight)
{
    return insert_sql(context, step, "started", NULL, in_flight);
}

char *history_stamp_sql(const MigrationContext *context, const PlanStep *step)
{
    return insert_sql(context, step, "done", NULL, NULL);
}

/* A revision has one started row at most, so no id is needed, which SQL written beforehand could not know. */
static void append_where_started(GString *sql, const MigrationContext *context, const PlanStep *step)
{
    g_string_append(sql, " WHERE state = 'started' AND revision = ");
    append_literal(sql, context, step->id);
    g_string_append_printf(sql, " AND direction = '%s'", direction_name(step->direction));
}

char *history_progress_sql(const MigrationContext *context, const PlanStep *step, guint before, guint done,
                           const char *done_hash, const char *in_flight)
{
    return history_stopped_sql(context, step, before, done, done_hash, in_flight, NULL);
}

char *history_stopped_sql(const MigrationContext *context, const PlanStep *step, guint before, guint done,
                          const char *done_hash, const char *in_flight, const char *text)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql,
                           "UPDATE %s SET statements_done = CASE WHEN statements_done = %u THEN %u END, done_hash = ",
                           context->history_name, before, done);
    append_literal(sql, context, done_hash);
    if (has_marks(context)) {
        g_string_append(sql, ", in_flight = ");
        append_literal(sql, context, in_flight);
    }
    g_string_append(sql, ", error = ");
    append_literal(sql, context, text);
    append_where_started(sql, context, step);
    return g_string_free(sql, FALSE);
}

/* What a resumed step ran may be of a file that was corrected since, so the file's ids are written again. */
char *history_finish_sql(const MigrationContext *context, const PlanStep *step)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "UPDATE %s SET state = 'done', statements_done = %u, finished_at = %s, error = NULL",
                           context->history_name, step->total, context->dialect->now_utc);
    if (has_marks(context))
        g_string_append(sql, ", in_flight = NULL");
    if (step->started) {
        g_string_append_printf(sql, ", statements_total = %u, blob_id = ", step->total);
        append_literal(sql, context, step->blob_id);
        g_string_append(sql, ", token_hash = ");
        append_literal(sql, context, step->token_hash);
        g_string_append(sql, ", down_script = ");
        append_literal(sql, context, stored_script(step));
    }
    append_where_started(sql, context, step);
    return g_string_free(sql, FALSE);
}

char *history_failure_sql(const MigrationContext *context, const PlanStep *step, gboolean journalled, const char *text)
{
    if (!journalled)
        return insert_sql(context, step, "failed", text, NULL);
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "UPDATE %s SET error = ", context->history_name);
    append_literal(sql, context, text);
    append_where_started(sql, context, step);
    return g_string_free(sql, FALSE);
}

char *history_taken_back_sql(const MigrationContext *context, const PlanStep *step)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(
        sql, "UPDATE %s SET state = 'failed', statements_done = %u, finished_at = %s, error = 'taken back'",
        context->history_name, step->taken->up->done, context->dialect->now_utc);
    append_where_started(sql, context, step->taken->up);
    return g_string_free(sql, FALSE);
}

char *history_give_up_sql(const MigrationContext *context)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql,
                           "UPDATE %s SET state = 'failed', finished_at = %s, error = 'given up by stamp' "
                           "WHERE state = 'started'",
                           context->history_name, context->dialect->now_utc);
    return g_string_free(sql, FALSE);
}

char *statement_chain(const Dialect *dialect, const char *before, const char *sql)
{
    g_autofree char *tokens = sql_token_hash(dialect, sql, strlen(sql));
    g_autofree char *both = g_strconcat(before != NULL ? before : "", tokens, NULL);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
}

char *statement_chain_with_data(const Dialect *dialect, const char *before, const PlanStatement *statement)
{
    g_autofree char *chain = statement_chain(dialect, before, statement->sql);
    if (statement->data == NULL)
        return g_steal_pointer(&chain);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)chain, -1);
    const char *end = statement->data + statement->data_length;
    for (const char *line = statement->data; line < end;) {
        const char *next = memchr(line, '\r', (gsize)(end - line));
        const char *stop = next != NULL ? next : end;
        g_checksum_update(checksum, (const guchar *)line, stop - line);
        line = next != NULL ? next + 1 : end;
    }
    return g_strdup(g_checksum_get_string(checksum));
}

/* ---- reading ---- */

void history_row_free(HistoryRow *row)
{
    if (row == NULL)
        return;
    char *texts[] = {row->revision,   row->direction, row->state,     row->revises,  row->depends_on, row->blob_id,
                     row->token_hash, row->done_hash, row->started,   row->finished, row->who,        row->tool_version,
                     row->message,    row->error,     row->down_text, row->in_flight};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(row);
}

static double seconds_between(const char *started, const char *finished)
{
    if (started == NULL || finished == NULL)
        return 0;
    g_autoptr(GDateTime) begin = g_date_time_new_from_iso8601(started, NULL);
    g_autoptr(GDateTime) end = g_date_time_new_from_iso8601(finished, NULL);
    if (begin == NULL || end == NULL)
        return 0;
    return (double)g_date_time_difference(end, begin) / G_USEC_PER_SEC;
}

static HistoryRow *row_read(Result *result)
{
    HistoryRow *row = g_new0(HistoryRow, 1);
    char **targets[COLUMN_COUNT] = {
        [COLUMN_REVISION] = &row->revision,
        [COLUMN_DIRECTION] = &row->direction,
        [COLUMN_STATE] = &row->state,
        [COLUMN_REVISES] = &row->revises,
        [COLUMN_DEPENDS_ON] = &row->depends_on,
        [COLUMN_BLOB_ID] = &row->blob_id,
        [COLUMN_TOKEN_HASH] = &row->token_hash,
        [COLUMN_DONE_HASH] = &row->done_hash,
        [COLUMN_STARTED] = &row->started,
        [COLUMN_FINISHED] = &row->finished,
        [COLUMN_WHO] = &row->who,
        [COLUMN_TOOL_VERSION] = &row->tool_version,
        [COLUMN_MESSAGE] = &row->message,
        [COLUMN_ERROR] = &row->error,
        [COLUMN_DOWN] = &row->down_text,
        [COLUMN_IN_FLIGHT] = &row->in_flight,
    };
    row->id = result_integer(result, COLUMN_ID);
    row->done = result_integer(result, COLUMN_DONE);
    row->total = result_integer(result, COLUMN_TOTAL);
    for (guint i = 0; i < COLUMN_COUNT; i++)
        if (targets[i] != NULL)
            *targets[i] = g_strdup(result_text(result, i));
    /* NOT NULL in the table, but somebody may have made the table. */
    char **required[] = {&row->revision, &row->direction, &row->state, &row->revises, &row->depends_on, &row->started};
    for (guint i = 0; i < G_N_ELEMENTS(required); i++)
        if (*required[i] == NULL)
            *required[i] = g_strdup("");
    row->seconds = seconds_between(row->started, row->finished);
    return row;
}

char *history_query_sql(const MigrationContext *context, HistoryPart part)
{
    GString *sql = g_string_new("SELECT ");
    for (guint i = 0; i < COLUMN_COUNT; i++)
        g_string_append_printf(
            sql, "%s%s", i > 0 ? ", " : "",
            (i == COLUMN_DOWN && part != HISTORY_WHOLE) || i >= column_count(context) ? "NULL" : columns[i].name);
    g_string_append_printf(sql, " FROM %s%s ORDER BY id", context->history_name,
                           part == HISTORY_STARTED ? " WHERE state = 'started'" : "");
    return g_string_free(sql, FALSE);
}

static GPtrArray *rows_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)history_row_free);
}

static GPtrArray *rows_of(Result *result, GError **error)
{
    g_autoptr(GPtrArray) rows = rows_new();
    int more;
    while ((more = result_next(result, error)) == 1)
        g_ptr_array_add(rows, row_read(result));
    return more == 0 ? g_steal_pointer(&rows) : NULL;
}

static GPtrArray *rows_read(MigrationContext *context, HistoryPart part, GError **error)
{
    g_autofree char *sql = history_query_sql(context, part);
    g_autoptr(Result) result = connection_query(session_connection(context->session), sql, error);
    return result != NULL ? rows_of(result, error) : NULL;
}

GPtrArray *migration_history(MigrationContext *context, GError **error)
{
    gboolean version, history;
    if (!context_find_tables(context, &version, &history, error))
        return NULL;
    return history ? rows_read(context, HISTORY_WHOLE, error) : rows_new();
}

static void history_put_in_force(History *history, HistoryRow *row)
{
    if (strcmp(row->direction, "edit") == 0)
        row->accepted = g_hash_table_lookup(history->applied, row->revision);
    g_hash_table_insert(history->applied, row->revision, row);
}

History *history_new(GPtrArray *rows)
{
    History *history = g_new0(History, 1);
    history->applied = g_hash_table_new(g_str_hash, g_str_equal);
    history->started = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        HistoryRow *row = g_ptr_array_index(rows, i);
        if (strcmp(row->state, "started") == 0)
            g_ptr_array_add(history->started, row);
        if (strcmp(row->state, "done") != 0)
            continue;
        if (strcmp(row->direction, "down") == 0)
            g_hash_table_remove(history->applied, row->revision);
        else
            history_put_in_force(history, row);
    }
    history->rows = rows;
    return history;
}

History *history_of(Result *result, GError **error)
{
    GPtrArray *rows = result != NULL ? rows_of(result, error) : rows_new();
    return rows != NULL ? history_new(rows) : NULL;
}

gboolean history_read(MigrationContext *context, gboolean has_version, gboolean has_history, HistoryPart part,
                      char ***rows, History **history, GError **error)
{
    g_autofree char *rows_sql = context->session != NULL ? context_rows_sql(context) : NULL;
    g_autofree char *history_sql = context->session != NULL ? history_query_sql(context, part) : NULL;
    Request requests[2] = {0};
    Result *results[2] = {NULL, NULL};
    guint n = 0;
    *rows = NULL;
    *history = NULL;
    if (has_version)
        requests[n++].sql = rows_sql;
    if (has_history)
        requests[n++].sql = history_sql;
    if (n > 0 && !connection_run_many(session_connection(context->session), requests, n, results, NULL, error))
        return FALSE;
    g_autoptr(Result) first = results[0];
    g_autoptr(Result) second = results[1];
    *rows = has_version ? context_rows_of(first, error) : g_new0(char *, 1);
    if (*rows != NULL)
        *history = history_of(has_version || !has_history ? second : first, error);
    return *rows != NULL && *history != NULL;
}

void history_free(History *history)
{
    if (history == NULL)
        return;
    g_hash_table_unref(history->applied);
    g_ptr_array_unref(history->started);
    g_ptr_array_unref(history->rows);
    g_free(history);
}

const HistoryRow *history_find_started(const History *history, const char *revision, StepDirection direction)
{
    for (guint i = 0; i < history->started->len; i++) {
        const HistoryRow *row = g_ptr_array_index(history->started, i);
        if (strcmp(row->revision, revision) == 0 && strcmp(row->direction, direction_name(direction)) == 0)
            return row;
    }
    return NULL;
}

const HistoryRow *history_find_up(const History *history, const char *revision)
{
    for (guint i = history->rows->len; i > 0; i--) {
        const HistoryRow *row = g_ptr_array_index(history->rows, i - 1);
        if (strcmp(row->revision, revision) == 0 && strcmp(row->direction, "up") == 0)
            return row;
    }
    return NULL;
}

const HistoryRow *history_row_applied(const HistoryRow *row)
{
    while (row->accepted != NULL)
        row = row->accepted;
    return row;
}

static void append_when(GString *text, const char *what, const HistoryRow *row)
{
    g_string_append_printf(text, "%s %s", what, row->started);
    if (row->who != NULL)
        g_string_append_printf(text, " by %s", row->who);
}

char *history_row_describe(const HistoryRow *row)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const HistoryRow *applied = history_row_applied(row);
    append_when(text, "applied", applied);
    if (applied != row)
        append_when(text, ", edit accepted", row);
    return g_strdup(text->str);
}
