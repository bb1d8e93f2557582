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

static gboolean run_all(const Dialect *dialect, Session *session, const GPtrArray *sources, GError **error)
{
    for (guint i = 0; i < sources->len; i++) {
        const ModelSource *source = sources->pdata[i];
        if (source->is_sql && !run_sql(dialect, session, source, error))
            return FALSE;
    }
    return TRUE;
}

static MetaData *read_memory(const Dialect *dialect, const GPtrArray *sources, GError **error)
{
    const InspectOptions everything = {.ignore_tables = NULL};
    g_autoptr(Session) session = engine_open_scratch(dialect, error);
    return session && run_all(dialect, session, sources, error)
               ? dialect->inspect(session_connection(session), &everything, error)
               : NULL;
}

/* By a connection of its own, so that what the model has SET does not count. */
static MetaData *reflect(const Dialect *dialect, Engine *engine, GError **error)
{
    const InspectOptions everything = {.ignore_tables = NULL};
    g_autoptr(Session) session = session_open(engine, error);
    return session ? dialect->inspect(session_connection(session), &everything, error) : NULL;
}

static gboolean run_on(const Dialect *dialect, Engine *engine, const GPtrArray *sources, GError **error)
{
    g_autoptr(Session) session = session_open(engine, error);
    gboolean done = session && run_all(dialect, session, sources, error);
    if (session)
        session_discard(session);
    return done;
}

MetaData *models_read_sql(const Dialect *dialect, Engine *beside, const GPtrArray *sources, GError **error)
{
    if (dialect->capabilities & DIALECT_MEMORY_SCRATCH)
        return read_memory(dialect, sources, error);
    if (!beside) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "models: a model in SQL is for the dialect of the database itself, not for %s: "
                    "give the model as JSON ('migrate inspect' prints a live schema as such)",
                    dialect->name);
        return NULL;
    }
    g_autoptr(ScratchDatabase) scratch = scratch_database_new(beside, error);
    Engine *engine = scratch ? scratch_database_engine(scratch) : NULL;
    return engine && run_on(dialect, engine, sources, error) ? reflect(dialect, engine, error) : NULL;
}
