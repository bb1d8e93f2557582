#include <string.h>

#include "base/error.h"
#include "engine/engine.h"
#include "engine/internal.h"

struct Session {
    Engine *engine; /* NULL: offline or scratch */
    const Dialect *dialect;
    Connection *connection;
    FileLock *lock;
    GString *output; /* of an offline session, not owned */
    gboolean offline, locked, in_transaction;
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
    if (session->in_transaction && !session->offline)
        session_rollback(session);
    session_unlock(session);
    if (session->engine)
        pool_give(engine_pool(session->engine), session->connection, FALSE);
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

/* Runs BEGIN or COMMIT, again and again while somebody else's transaction stands in the way. */
static gboolean execute_patiently(Session *session, const char *sql, GError **error)
{
    gint64 start = g_get_monotonic_time();
    double wait = lock_wait_of(session);
    for (guint attempt = 0;; attempt++) {
        g_autoptr(GError) failure = NULL;
        if (connection_execute(session->connection, sql, &failure))
            return TRUE;
        gboolean busy = g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY);
        if (busy && !is_past(start, wait) && !engine_interrupted()) {
            back_off(attempt);
            continue;
        }
        if (busy)
            g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                        "another connection keeps the database locked: %s\nwaited %g s (lock_wait); nothing of this "
                        "transaction was applied; run again when it has finished",
                        failure->message, wait);
        else
            g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
}

gboolean session_begin(Session *session, GError **error)
{
    if (!execute_patiently(session, session->dialect->begin, error))
        return FALSE;
    session->in_transaction = TRUE;
    return TRUE;
}

gboolean session_commit(Session *session, GError **error)
{
    if (!execute_patiently(session, session->dialect->commit, error))
        return FALSE;
    session->in_transaction = FALSE;
    return TRUE;
}

/* An error may have ended the transaction already (disk full, interrupt), so only an open one is rolled back. */
void session_rollback(Session *session)
{
    if (session->offline || connection_in_transaction(session->connection))
        connection_execute(session->connection, session->dialect->rollback, NULL);
    session->in_transaction = FALSE;
}

gboolean session_in_transaction(const Session *session)
{
    return session->in_transaction;
}
