/* "CHAIN KIND STATE": which statement, and what is known of it from before. */
#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

static const char *const kind_names[] = {
    [MARK_STATE] = "state", [MARK_HARMLESS] = "harmless", [MARK_ROWS] = "rows",
    [MARK_ASKED] = "asked", [MARK_TOLD] = "told",         [MARK_SEND] = "send",
};

char *mark_text(MarkKind kind, const char *chain, const char *state)
{
    return g_strdup_printf("%s %s%s%s", chain, kind_names[kind], state != NULL ? " " : "", state != NULL ? state : "");
}

void mark_clear(Mark *mark)
{
    g_clear_pointer(&mark->chain, g_free);
}

gboolean mark_read(const char *text, Mark *mark, GError **error)
{
    gsize length = strcspn(text, " ");
    const char *word = text + length + (text[length] == ' ');
    gsize word_length = strcspn(word, " ");
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++) {
        if (strlen(kind_names[i]) != word_length || strncmp(kind_names[i], word, word_length) != 0)
            continue;
        mark->kind = (MarkKind)i;
        mark->chain = g_strndup(text, length);
        mark->state = word + word_length + (word[word_length] == ' ');
        return TRUE;
    }
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "the history table's column 'in_flight' holds what this version does not understand: '%.80s'\n"
                "run the version that wrote it",
                text);
    return FALSE;
}

/* What a question needs at least. */
static gboolean ask(const MigrationContext *context, const Mark *mark, const char *sql, StatementOutcome *outcome,
                    GError **error)
{
    const Dialect *dialect = context->dialect;
    Connection *connection = session_connection(context->session);
    const char *text = sql != NULL ? sql : "";
    if (mark->kind == MARK_ASKED && sql != NULL && dialect->find_effect != NULL)
        return dialect->find_effect(connection, text, strlen(text), outcome, error);
    if (mark->kind == MARK_STATE && dialect->resume_statement != NULL)
        return dialect->resume_statement(connection, text, strlen(text), mark->state, outcome, error);
    outcome->effect = EFFECT_UNKNOWN;
    outcome->reason = g_strdup("the catalog was not asked before the statement was sent");
    return TRUE;
}

gboolean mark_outcome(const MigrationContext *context, const Mark *mark, const char *sql, StatementOutcome *outcome,
                      GError **error)
{
    switch (mark->kind) {
    case MARK_HARMLESS:
    case MARK_SEND:
        outcome->effect = EFFECT_NONE;
        return TRUE;
    case MARK_ROWS:
        outcome->effect = EFFECT_UNKNOWN;
        outcome->reason = g_strdup("it changes rows of a table that no transaction rolls back");
        return TRUE;
    case MARK_TOLD:
        outcome->effect = EFFECT_UNKNOWN;
        outcome->reason = g_strdup(mark->state);
        return TRUE;
    case MARK_STATE:
    case MARK_ASKED:
        break;
    }
    return ask(context, mark, sql, outcome, error);
}
