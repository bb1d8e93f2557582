/* Models in SQL: run in a scratch database and read back. */
#include "autogenerate/internal.h"
#include "base/error.h"

static gboolean run_sql(const Dialect *dialect, Session *session, const ModelSource *source, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) statements = dialect->split(source->text, source->length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:", source->name);
        return FALSE;
    }
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(source->text + statement->start, statement->length);
        if (connection_execute(session_connection(session), sql, &failure))
            continue;
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:%d:%d: ", source->name, statement->line,
                                   statement->column);
        return FALSE;
    }
    return TRUE;
}

MetaData *models_read_sql(const Dialect *dialect, const GPtrArray *sources, GError **error)
{
    InspectOptions everything = {.ignore_tables = NULL};
    if (!(dialect->capabilities & DIALECT_MEMORY_SCRATCH)) {
        g_set_error(
            error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
            "models: a model in SQL is read by running it in a scratch database, which there is not for %s yet: "
            "give the model as JSON ('migrate inspect' prints a live schema as such)",
            dialect->name);
        return NULL;
    }
    g_autoptr(Session) session = engine_open_scratch(dialect, error);
    if (!session)
        return NULL;
    for (guint i = 0; i < sources->len; i++) {
        const ModelSource *source = sources->pdata[i];
        if (source->is_sql && !run_sql(dialect, session, source, error))
            return NULL;
    }
    return dialect->inspect(session_connection(session), &everything, error);
}
