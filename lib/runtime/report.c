#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "runtime/internal.h"

enum { SHOWN_LINES = 10, SHOWN_COLUMNS = 160 };

/* What to run to go on; a relative target ("+2") would count from elsewhere now. New string. */
static char *next_command(const PlanStep *step)
{
    return step->direction == STEP_UP ? g_strdup_printf("'migrate upgrade %s'", step->id)
                                      : g_strdup_printf("'migrate downgrade %s-1'", step->id);
}

static void append_marker(GString *text, const char *line, const char *at)
{
    g_string_append(text, "    ");
    for (const char *c = line; c < at; c = g_utf8_next_char(c))
        g_string_append_c(text, *c == '\t' ? '\t' : ' ');
    g_string_append(text, "^\n");
}

/* The statement, shortened, with a mark below the place of the error; the window shows that place when it is known. */
static void append_statement(GString *text, const char *sql, int position)
{
    g_auto(GStrv) lines = g_strsplit(sql, "\n", -1);
    guint n = g_strv_length(lines), marked = G_MAXUINT, column = 0;
    if (position >= 0 && (gsize)position <= strlen(sql)) {
        marked = 0;
        for (gsize left = (gsize)position; marked + 1 < n && left > strlen(lines[marked]); marked++)
            left -= strlen(lines[marked]) + 1;
        const char *line_end = memrchr(sql, '\n', (gsize)position);
        column = (guint)(sql + position - (line_end != NULL ? line_end + 1 : sql));
    }
    guint first = marked != G_MAXUINT && marked >= SHOWN_LINES ? marked - SHOWN_LINES / 2 : 0;
    if (first > 0)
        g_string_append(text, "    …\n");
    for (guint i = first; i < n && i < first + SHOWN_LINES; i++) {
        g_strchomp(lines[i]);
        gboolean cut = g_utf8_strlen(lines[i], -1) > SHOWN_COLUMNS;
        gsize shown = cut ? (gsize)(g_utf8_offset_to_pointer(lines[i], SHOWN_COLUMNS) - lines[i]) : strlen(lines[i]);
        g_string_append_printf(text, "    %.*s%s\n", (int)shown, lines[i], cut ? " …" : "");
        if (i == marked && column <= shown)
            append_marker(text, lines[i], lines[i] + column);
    }
    if (n > first + SHOWN_LINES)
        g_string_append(text, "    …\n");
}

/* "; 'a' and 'b' are applied" of the steps from `first` up to `end`. */
static void append_done(GString *text, const GPtrArray *ids, guint first, guint end, const char *participle)
{
    g_autoptr(GPtrArray) quoted = g_ptr_array_new_with_free_func(g_free);
    for (guint i = first; i < end; i++)
        g_ptr_array_add(quoted, g_strdup_printf("'%s'", (const char *)g_ptr_array_index(ids, i)));
    if (quoted->len == 0)
        return;
    g_autofree char *list = text_join(quoted, "and");
    g_string_append_printf(text, "; %s %s %s", list, quoted->len > 1 ? "are" : "is", participle);
}

static void append_remains(GString *text, const PlanStep *step, const Remains *remains)
{
    const char *participle = step->direction == STEP_UP ? "applied" : "taken down";
    if (remains->one_transaction) {
        gboolean both = remains->down > 0 && step->direction == STEP_UP;
        g_string_append_printf(text, "everything was rolled back: nothing of this run is %s%s", participle,
                               both ? ", or taken down" : "");
        return;
    }
    if (remains->journalled)
        g_string_append_printf(text, "revision '%s' stays half %s: %u of %u statements are done", step->id, participle,
                               remains->done, step->total);
    else
        g_string_append_printf(text, "revision '%s' was rolled back", step->id);
    append_done(text, remains->steps, 0, remains->down, "taken down");
    append_done(text, remains->steps, remains->down, remains->steps->len, "applied");
    if (remains->steps->len == 0 && !remains->journalled)
        g_string_append_printf(text, "; nothing of this run is %s", participle);
}

static void append_advice(GString *text, const PlanStep *step, const Remains *remains, gboolean busy)
{
    g_autofree char *command = next_command(step);
    if (busy && remains->journalled)
        g_string_append_printf(text, "\nrun %s again when the lock is gone: it goes on with statement %u", command,
                               remains->done + 1);
    else if (busy)
        g_string_append_printf(text, "\nrun %s again when the lock is gone", command);
    else if (remains->journalled)
        g_string_append_printf(
            text, "\ncorrect what follows in %s, or the data it meets, and run %s again: it goes on with statement %u",
            step->source, command, remains->done + 1);
    else
        g_string_append_printf(text, "\ncorrect %s, or the data it meets, and run %s again", step->source, command);
    if (remains->journalled && remains->commits && step->direction == STEP_UP)
        g_string_append(text, "\nor take back what is done of it: migrate downgrade -1");
}

/* "SQLITE_ERROR (1): no such table: a": new string. */
static char *server_words(const ServerError *server, const GError *cause)
{
    if (server->sqlstate == NULL)
        return g_strdup(cause->message);
    return server->code != 0 ? g_strdup_printf("%s (%d): %s", server->sqlstate, server->code, cause->message)
                             : g_strdup_printf("%s: %s", server->sqlstate, cause->message);
}

/* "FILE:LINE:COLUMN" of the mistake, or of the statement when the server does not say where it is. New string. */
static char *statement_place(const PlanStep *step, const PlanStatement *statement, int position)
{
    TextPosition place = {1, 1};
    if (position >= 0)
        place = text_position(statement->sql, strlen(statement->sql), (gsize)position);
    int column = place.line == 1 ? statement->column + place.column - 1 : place.column;
    return g_strdup_printf("%s:%d:%d", step->source, statement->line + place.line - 1, column);
}

void report_statement(Connection *connection, const PlanStep *step, const PlanStatement *statement,
                      const Remains *remains, const GError *cause, char **summary, GError **error)
{
    const ServerError *server = connection_last_error(connection);
    g_autofree char *words = server_words(server, cause);
    /* What was sent is another text than the one with the values inside. */
    int position = statement->parameters != NULL ? -1 : server->position;
    g_autofree char *place = statement_place(step, statement, statement->of_op ? -1 : position);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "revision '%s': statement failed\n%s:\n", step->id, place);
    append_statement(text, statement->sql, position);
    g_string_append_printf(text, "%s\n", words);
    if (server->detail != NULL)
        g_string_append_printf(text, "detail: %s\n", server->detail);
    if (server->hint != NULL)
        g_string_append_printf(text, "hint: %s\n", server->hint);
    append_remains(text, step, remains);
    append_advice(text, step, remains, g_error_matches(cause, DRIVER_ERROR, DRIVER_ERROR_BUSY));
    g_free(*summary);
    *summary = g_strdup_printf("%s: %s", place, words);
    g_set_error_literal(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, text->str);
}

/* Nothing but these two, which repair knows. */
static const char repair_ways[] = "migrate repair --done   %s\nmigrate repair --retry  %s";

void report_undecided(const PlanStep *step, const PlanStatement *statement, gboolean asked, const char *reason,
                      GError **error)
{
    g_autofree char *command = next_command(step);
    g_autofree char *place = statement != NULL ? report_place(step, statement) : g_strdup(step->source);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "revision '%s': whether this statement %s cannot be told\n%s:\n", step->id,
                           asked ? "has still to be run" : "took effect", place);
    if (statement != NULL)
        append_statement(text, statement->sql, -1);
    g_string_append_printf(text, "%s\nlook at the database, say which it is, and run %s again:\n", reason, command);
    if (asked)
        g_string_append_printf(text, repair_ways, "what it does is so already: go on behind it", "it is not: send it");
    else
        g_string_append_printf(text, repair_ways, "it took effect: go on behind it", "it did not: send it again");
    g_set_error_literal(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, text->str);
}

void report_edited_in_flight(const PlanStep *step, const PlanStatement *statement, GError **error)
{
    g_autofree char *command = next_command(step);
    g_autofree char *place = statement != NULL ? report_place(step, statement) : g_strdup(step->source);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text,
                           "revision '%s': the statement in flight when the run was interrupted took effect, and was "
                           "edited since\n%s:\n",
                           step->id, place);
    if (statement != NULL)
        append_statement(text, statement->sql, -1);
    g_string_append_printf(text, "restore it and run %s again; or say what counts now:\n", command);
    g_string_append_printf(text, repair_ways, "what stands there now is done: go on behind it",
                           "what stands there now has to be sent");
    g_set_error_literal(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED, text->str);
}

char *report_place(const PlanStep *step, const PlanStatement *statement)
{
    return statement_place(step, statement, -1);
}

void report_lost(const PlanStep *step, const PlanStatement *statement, const char *action, gboolean is_unknown,
                 const Remains *remains, const GError *cause, GError **error)
{
    g_autofree char *command = next_command(step);
    g_autoptr(GString) text = g_string_new(NULL);
    if (statement != NULL) {
        g_autofree char *place = report_place(step, statement);
        g_string_append_printf(text, "revision '%s': connection lost\n%s:\n", step->id, place);
        append_statement(text, statement->sql, -1);
    } else {
        g_string_append_printf(text, "revision '%s': connection lost (%s)\n", step->id, action);
    }
    g_string_append_printf(text, "%s\n", cause->message);
    if (is_unknown) {
        g_string_append_printf(text,
                               "whether the server has committed the transaction is unknown: its answer never came\n"
                               "run %s again: it looks first where the database stands",
                               command);
    } else {
        gboolean goes_on = remains->commits && statement != NULL && statement->bare;
        g_string_append(text, goes_on ? "the server may go on with the statement: "
                                      : "the server rolls back what was not committed: ");
        append_remains(text, step, remains);
        g_string_append_printf(text, "\nrun %s again", command);
        if (remains->journalled)
            g_string_append_printf(text, ": it looks whether statement %u took effect, and goes on", remains->done + 1);
    }
    g_set_error_literal(error, cause->domain, cause->code, text->str);
}

void report_action(const PlanStep *step, const char *action, const Remains *remains, const GError *cause,
                   char **summary, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "revision '%s': %s failed: %s\n", step->id, action, cause->message);
    append_remains(text, step, remains);
    g_free(*summary);
    *summary = g_strdup_printf("%s: %s", action, cause->message);
    g_set_error_literal(error, cause->domain, cause->code, text->str);
}

void report_interrupt(const PlanStep *step, const Remains *remains, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "interrupted in revision '%s'\n", step->id);
    append_remains(text, step, remains);
    g_autofree char *command = next_command(step);
    g_string_append_printf(text, "\nrun %s again to go on", command);
    g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, text->str);
}
