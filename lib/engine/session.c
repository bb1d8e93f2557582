#include "base/error.h"
#include "engine/engine.h"
#include "engine/internal.h"

struct Session {
    Engine *engine; /* NULL: offline or scratch */
    const Dialect *dialect;
    Connection *connection;
    FileLock *lock;
    GString *output; /* of an offline session, not owned */
    gboolean offline, locked;
    gboolean in_transaction; /* offline only */
};

Session *session_open(Engine *engine, GError **error)
{
    Connection *connection = pool_take(engine_pool(engine), error);
    if (!connection)
        return NULL;
    Session *session = g_new0(Session, 1);
    session->engine = engine;
    session->dialect = engine_dialect(engine);
    session->connection = connection;
    return session;
}

static Session *session_new_own(const Dialect *dialect, Connection *connection, gboolean offline)
{
    Session *session = g_new0(Session, 1);
    session->dialect = dialect;
    session->connection = connection;
    session->offline = offline;
    return session;
}

Session *session_open_offline(const Dialect *dialect, GString *output)
{
    Session *session = session_new_own(dialect, text_connection_new(output), TRUE);
    session->output = output;
    return session;
}

Session *engine_open_scratch(const Dialect *dialect, GError **error)
{
    if (!(dialect->capabilities & DIALECT_MEMORY_SCRATCH)) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "dialect '%s' has no database in memory",
                    dialect->name);
        return NULL;
    }
    g_autofree char *text = g_strconcat(dialect->name, "://", NULL);
    g_autoptr(Url) url = url_parse(text, error);
    const Driver *driver = url ? driver_for_url(url, error) : NULL;
    ConnectOptions options = {0};
    Connection *connection = driver ? connection_open(driver, url, &options, error) : NULL;
    return connection ? session_new_own(dialect, connection, FALSE) : NULL;
}

void session_close(Session *session)
{
    if (!session)
        return;
    interrupt_forget(session->connection);
    if (!session->offline)
        session_rollback(session);
    session_unlock(session);
    if (session->engine)
        pool_give(engine_pool(session->engine), session->connection, session_in_transaction(session));
    else
        connection_close(session->connection);
    g_free(session);
}

Connection *session_connection(Session *session)
{
    return session->connection;
}

const Dialect *session_dialect(const Session *session)
{
    return session->dialect;
}

gboolean session_is_offline(const Session *session)
{
    return session->offline;
}

void session_comment(Session *session, const char *text)
{
    if (!session->offline)
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_string_append_printf(session->output, "-- %s\n", lines[i]);
}

gboolean session_lock(Session *session, GError **error)
{
    if (session->locked)
        return TRUE;
    const char *path = session->engine ? engine_database_path(session->engine) : NULL;
    if (path && !(session->lock = file_lock_take(path, engine_options(session->engine)->lock_wait, error)))
        return FALSE;
    session->locked = TRUE;
    return TRUE;
}

void session_unlock(Session *session)
{
    g_clear_pointer(&session->lock, file_lock_release);
    session->locked = FALSE;
}

gboolean session_locked(const Session *session)
{
    return session->locked;
}

static double lock_wait_of(const Session *session)
{
    return session->engine ? engine_options(session->engine)->lock_wait : 0;
}

static void set_busy_error(const Session *session, const char *message, gboolean writers_only, GError **error)
{
    const char *path = session->engine ? engine_database_path(session->engine) : NULL;
    g_autofree char *blockers = database_blockers(path, writers_only);
    if (engine_interrupted())
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted while waiting for the database: %s",
                    message);
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                    "database '%s' is kept locked by %s: %s\nwaited %g s (lock_wait); nothing of this transaction was "
                    "applied; run again when it has finished",
                    path ? path : "in memory", blockers ? blockers : "another connection", message,
                    lock_wait_of(session));
}

/* Runs BEGIN or COMMIT, again and again while somebody else's transaction stands in the way. */
static gboolean execute_patiently(Session *session, const char *sql, gboolean writers_only, GError **error)
{
    gint64 start = g_get_monotonic_time();
    for (guint attempt = 0;; attempt++) {
        g_autoptr(GError) failure = NULL;
        if (connection_execute(session->connection, sql, &failure))
            return TRUE;
        if (!g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (!back_off(attempt, start, lock_wait_of(session))) {
            set_busy_error(session, failure->message, writers_only, error);
            return FALSE;
        }
    }
}

gboolean session_begin(Session *session, GError **error)
{
    if (!execute_patiently(session, session->dialect->begin, TRUE, error))
        return FALSE;
    session->in_transaction = TRUE;
    return TRUE;
}

/* What delays a COMMIT are readers. */
gboolean session_commit(Session *session, GError **error)
{
    if (!execute_patiently(session, session->dialect->commit, FALSE, error))
        return FALSE;
    session->in_transaction = FALSE;
    return TRUE;
}

void session_rollback(Session *session)
{
    if (session_in_transaction(session))
        connection_execute(session->connection, session->dialect->rollback, NULL);
    session->in_transaction = FALSE;
}

/* The connection knows better than we: an error may have ended the transaction (disk full, interrupt), and a statement
 * may have begun one. */
gboolean session_in_transaction(const Session *session)
{
    return session->offline ? session->in_transaction : connection_in_transaction(session->connection);
}
