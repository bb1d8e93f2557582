#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/internal.h"

struct Session {
    Engine *engine; /* NULL: offline or scratch */
    const Dialect *dialect;
    Connection *connection;
    FileLock *lock;
    ServerLock *server_lock;
    char **setup; /* of each transaction; NULL: none */
    char *blockers;
    gint64 asked;    /* for them, monotonic microseconds */
    GString *output; /* of an offline session, not owned */
    gboolean offline, locked, discarded;
    gboolean in_transaction; /* offline only */
};

static char **setup_of(const Dialect *dialect, const EngineOptions *options)
{
    return dialect->transaction_setup ? dialect->transaction_setup(options->lock_timeout, options->statement_timeout)
                                      : NULL;
}

Session *session_open(Engine *engine, GError **error)
{
    Connection *connection = pool_take(engine_pool(engine), error);
    if (!connection)
        return NULL;
    Session *session = g_new0(Session, 1);
    session->engine = engine;
    session->dialect = engine_dialect(engine);
    session->connection = connection;
    session->setup = setup_of(session->dialect, engine_options(engine));
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

Session *session_open_offline(const Dialect *dialect, const EngineOptions *options, GString *output)
{
    Session *session = session_new_own(dialect, text_connection_new(output, dialect->append_statement), TRUE);
    session->output = output;
    session->setup = setup_of(dialect, options);
    if (dialect->connection_setup) {
        g_auto(GStrv) once = dialect->connection_setup(options->lock_timeout, options->statement_timeout);
        connection_execute_many(session->connection, (const char *const *)once, g_strv_length(once), NULL, NULL);
    }
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
        pool_give(engine_pool(session->engine), session->connection,
                  session->discarded || session_in_transaction(session) || !connection_alive(session->connection));
    else
        connection_close(session->connection);
    g_strfreev(session->setup);
    g_free(session);
}

void session_discard(Session *session)
{
    session->discarded = TRUE;
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

gboolean session_lock(Session *session, const char *name, GError **error)
{
    if (session->locked)
        return TRUE;
    Engine *engine = session->engine;
    const char *path = engine ? engine_database_path(engine) : NULL;
    if (path && !(session->lock = file_lock_take(path, engine_options(engine)->lock_wait, error)))
        return FALSE;
    if (engine && session->dialect->lock) {
        session->server_lock = server_lock_take(engine, session->connection, name, error);
        if (!session->server_lock) {
            session_unlock(session);
            return FALSE;
        }
        engine_set_watcher(engine, session);
    }
    session->locked = TRUE;
    return TRUE;
}

void session_unlock(Session *session)
{
    if (session->engine && engine_watcher(session->engine) == session)
        engine_set_watcher(session->engine, NULL);
    g_clear_pointer(&session->lock, file_lock_release);
    g_clear_pointer(&session->server_lock, server_lock_release);
    session_forget_blockers(session);
    session->locked = FALSE;
}

gboolean session_locked(const Session *session)
{
    return session->locked;
}

gboolean session_lock_alive(Session *session, GError **error)
{
    if (!session->server_lock || connection_alive(server_lock_connection(session->server_lock)))
        return TRUE;
    g_set_error_literal(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_LOST,
                        "the connection that held the migration lock is gone, and another run may have begun\n"
                        "what this run has committed stays; look who ended the connection (a timeout of the server or "
                        "of a pooler?) and run again");
    return FALSE;
}

/* ---- who is in the way ---- */

/* "pid 4711 (psql, idle in transaction for 75 s): …" is the same one a second later. */
static gboolean is_same_blocker(const char *a, const char *b)
{
    gsize length = strcspn(a, "(");
    return length == strcspn(b, "(") && strncmp(a, b, length) == 0;
}

/* `connection` may be what the session's own one wraps: both have the server's number. */
void session_note_waiting(Session *session, Connection *connection)
{
    gint64 backend = connection_backend_id(connection);
    gboolean is_ours = connection == session->connection || backend == connection_backend_id(session->connection);
    if (!is_ours || !session->dialect->blockers_query || !session->server_lock)
        return;
    if (session->asked > 0 && !is_past(session->asked, 0.9))
        return;
    session->asked = g_get_monotonic_time();
    g_autofree char *sql = session->dialect->blockers_query(backend);
    char *blockers = server_lock_ask(session->server_lock, sql);
    if (!blockers)
        return;
    if (!session->blockers || !is_same_blocker(session->blockers, blockers))
        log_info("waiting for a lock: held by %s", blockers);
    g_free(session->blockers);
    session->blockers = blockers;
}

const char *session_blockers(const Session *session)
{
    return session->blockers;
}

void session_forget_blockers(Session *session)
{
    g_clear_pointer(&session->blockers, g_free);
    session->asked = 0;
}

/* ---- transactions ---- */

static double lock_wait_of(const Session *session)
{
    return session->engine ? engine_options(session->engine)->lock_wait : 0;
}

static void set_busy_error(const Session *session, const char *message, gboolean writers_only, GError **error)
{
    const char *path = session->engine ? engine_database_path(session->engine) : NULL;
    g_autofree char *blockers = database_blockers(path, writers_only);
    g_autofree char *name = path || !session->engine ? g_strdup(path) : engine_describe(session->engine);
    if (engine_interrupted())
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted while waiting for the database: %s",
                    message);
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                    "database '%s' is kept locked by %s: %s\nwaited %g s (lock_wait); nothing of this transaction was "
                    "applied; run again when it has finished",
                    name ? name : "in memory", blockers ? blockers : "another connection", message,
                    lock_wait_of(session));
}

/* What is tried again and again while somebody else's transaction stands in the way. */
typedef gboolean (*Attempt)(Session *session, const char *query, Result **result, GError **error);

static gboolean attempt_patiently(Session *session, Attempt attempt, gboolean writers_only, const char *query,
                                  Result **result, GError **error)
{
    gint64 start = g_get_monotonic_time();
    for (guint n = 0;; n++) {
        g_autoptr(GError) failure = NULL;
        if (attempt(session, query, result, &failure))
            return TRUE;
        if (!g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (!back_off(n, start, lock_wait_of(session))) {
            set_busy_error(session, failure->message, writers_only, error);
            return FALSE;
        }
    }
}

/* BEGIN and what the dialect wants behind it. */
static GArray *begin_requests(const Session *session, const char *query)
{
    GArray *requests = g_array_new(FALSE, TRUE, sizeof(Request));
    Request begin = {.sql = session->dialect->begin};
    g_array_append_val(requests, begin);
    for (char **sql = session->setup; sql && *sql; sql++) {
        Request request = {.sql = *sql};
        g_array_append_val(requests, request);
    }
    Request last = {.sql = query};
    if (query)
        g_array_append_val(requests, last);
    return requests;
}

static gboolean begin_together(Session *session, const char *query, Result **result, GError **error)
{
    g_autoptr(GArray) requests = begin_requests(session, query);
    g_autofree Result **results = g_new0(Result *, requests->len);
    if (!connection_run_many(session->connection, (const Request *)requests->data, requests->len,
                             query ? results : NULL, NULL, error))
        return FALSE;
    for (guint i = 0; query && i + 1 < requests->len; i++)
        result_free(results[i]);
    if (query)
        *result = results[requests->len - 1];
    return TRUE;
}

static gboolean begin_one_by_one(Session *session, const char *query, Result **result, GError **error)
{
    g_autoptr(GArray) requests = begin_requests(session, NULL);
    for (guint i = 0; i < requests->len; i++)
        if (!connection_execute(session->connection, g_array_index(requests, Request, i).sql, error))
            return FALSE;
    return !query || (*result = connection_query(session->connection, query, error)) != NULL;
}

static gboolean attempt_begin(Session *session, const char *query, Result **result, GError **error)
{
    gboolean together = connection_runs_many(session->connection);
    if (together ? begin_together(session, query, result, error) : begin_one_by_one(session, query, result, error))
        return TRUE;
    session_rollback(session);
    return FALSE;
}

gboolean session_begin_with(Session *session, const char *query, Result **result, GError **error)
{
    if (!attempt_patiently(session, attempt_begin, TRUE, query, result, error))
        return FALSE;
    session->in_transaction = TRUE;
    return TRUE;
}

gboolean session_begin(Session *session, GError **error)
{
    return session_begin_with(session, NULL, NULL, error);
}

static gboolean attempt_commit(Session *session, const char *query, Result **result, GError **error)
{
    (void)query;
    (void)result;
    return connection_execute(session->connection, session->dialect->commit, error);
}

/* What delays a COMMIT are readers. */
gboolean session_commit(Session *session, GError **error)
{
    if (!attempt_patiently(session, attempt_commit, FALSE, NULL, NULL, error))
        return FALSE;
    session->in_transaction = FALSE;
    return TRUE;
}

gboolean session_commit_with(Session *session, const Request *requests, guint n, guint *failed, GError **error)
{
    *failed = n;
    if (!connection_runs_many(session->connection))
        return connection_run_many(session->connection, requests, n, NULL, failed, error) &&
               ((*failed = n), session_commit(session, error));
    g_autofree Request *all = g_new0(Request, n + 1);
    if (n > 0)
        memcpy(all, requests, n * sizeof *all);
    all[n].sql = session->dialect->commit;
    if (!connection_run_many(session->connection, all, n + 1, NULL, failed, error))
        return FALSE;
    session->in_transaction = FALSE;
    return TRUE;
}

static gboolean run_one_by_one(Session *session, const char *const *sql, guint n, GError **error)
{
    if (!session_begin(session, error))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (!connection_execute(session->connection, sql[i], error))
            return FALSE;
    return session_commit(session, error);
}

gboolean session_run_transaction(Session *session, const char *const *sql, guint n, GError **error)
{
    gboolean done;
    if (connection_runs_many(session->connection)) {
        g_autoptr(GArray) requests = begin_requests(session, NULL);
        for (guint i = 0; i <= n; i++) {
            Request request = {.sql = i < n ? sql[i] : session->dialect->commit};
            g_array_append_val(requests, request);
        }
        done =
            connection_run_many(session->connection, (const Request *)requests->data, requests->len, NULL, NULL, error);
    } else {
        done = run_one_by_one(session, sql, n, error);
    }
    if (!done)
        session_rollback(session);
    return done;
}

gboolean session_back_off(Session *session, guint attempt, gint64 start)
{
    return back_off_between(attempt, start, lock_wait_of(session), 0.5, 10);
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
