/* A lock that ends with its transaction: that transaction stays open, on a connection that does nothing else: behind a
 * transaction pooler the server's connection is ours as long, and a killed process takes it along. Or a lock of the
 * connection that does the work, whatever its transactions. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/internal.h"

#define NOTICE_AFTER 1.0 /* seconds */

struct ServerLock {
    Engine *engine;
    Connection *connection; /* our own one, unless the lock is on_session */
    char *name;
    gboolean is_ours;
    Connection *asking; /* NULL: nothing was asked yet, or it does not work */
    gboolean is_mute;   /* it does not work */
    const Dialect *dialect;
};

/* ---- questions ---- */

static char *ask_texts(Connection *connection, const char *sql, GError **error)
{
    g_autoptr(Result) result = connection_query(connection, sql, error);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    while (result && result_next(result, NULL) == 1)
        if (result_text(result, 0))
            g_ptr_array_add(texts, g_strdup(result_text(result, 0)));
    return texts->len > 0 ? text_list(texts, "; ") : NULL;
}

/* A server without a connection left, or a pooler, is asked once. */
char *server_lock_ask(ServerLock *lock, const char *sql)
{
    GError *failure = NULL;
    char *answer = NULL;
    if (lock->is_mute)
        return NULL;
    if (!lock->asking)
        lock->asking = engine_connect(lock->engine, ENGINE_USE_ASKING, &failure);
    if (lock->asking)
        answer = ask_texts(lock->asking, sql, &failure);
    if (lock->asking)
        trace_connection_set_quiet(lock->asking, TRUE);
    if (failure) {
        log_detail("who is in the way is not known: %s", failure->message);
        g_clear_pointer(&lock->asking, connection_close);
        lock->is_mute = TRUE;
        g_error_free(failure);
    }
    return answer;
}

/* Between two tries the lock's connection is in no transaction. */
static char *describe_holder(const ServerLock *lock, const char *name)
{
    g_autofree char *sql = lock->dialect->lock->holder_query(name);
    char *holder = ask_texts(lock->connection, sql, NULL);
    return holder ? holder : g_strdup("another run");
}

/* ---- the lock ---- */

static void set_held_error(const ServerLock *lock, const char *name, GError **error)
{
    g_autofree char *database = engine_describe(lock->engine);
    g_autofree char *holder = describe_holder(lock, name);
    if (engine_interrupted())
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED,
                    "interrupted while waiting for the migration lock of '%s', held by %s", database, holder);
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                    "the migration lock of '%s' is held by %s\nwaited %g s (lock_wait); nothing was changed; run again "
                    "when it has finished",
                    database, holder, engine_options(lock->engine)->lock_wait);
}

/* A transaction, the query and what gives its snapshot back, in one round trip. */
static Result *begin_and_try(const ServerLock *lock, const char *query, GError **error)
{
    const DialectLock *words = lock->dialect->lock;
    guint n = words->begin ? g_strv_length((char **)words->begin) : 0, asked = n;
    g_autofree Request *requests = g_new0(Request, n + 2);
    g_autofree Result **results = g_new0(Result *, n + 2);
    for (guint i = 0; i < n; i++)
        requests[i].sql = words->begin[i];
    requests[n++].sql = query;
    if (words->rest)
        requests[n++].sql = words->rest;
    if (!connection_run_many(lock->connection, requests, n, results, NULL, error))
        return NULL;
    for (guint i = 0; i < n; i++)
        if (i != asked)
            result_free(results[i]);
    return results[asked];
}

/* 1 it is ours, 0 somebody has it, -1 error. A transaction that stays open in vain would keep a connection of a pooler,
 * which the holder may need, and CREATE INDEX CONCURRENTLY that has met its query's snapshot. */
static int try_lock(const ServerLock *lock, const char *query, GError **error)
{
    g_autoptr(Result) result = begin_and_try(lock, query, error);
    int more = result ? result_next(result, error) : -1;
    if (more < 0)
        return -1;
    const char *value = more == 1 ? result_text(result, 0) : NULL;
    const char *warning = value && result_n_columns(result) > 1 ? result_text(result, 1) : NULL;
    gboolean is_ours = g_strcmp0(value, "t") == 0 || g_strcmp0(value, "1") == 0;
    if (is_ours && warning)
        log_warning("%s", warning);
    if (is_ours)
        return 1;
    return lock->dialect->lock->on_session || connection_execute(lock->connection, lock->dialect->rollback, error) ? 0
                                                                                                                   : -1;
}

static int poll_lock(const ServerLock *lock, const char *name, GError **error)
{
    g_autofree char *query = lock->dialect->lock->try_query(name);
    double wait = engine_options(lock->engine)->lock_wait;
    gint64 start = g_get_monotonic_time();
    gboolean noticed = FALSE;
    int ours = try_lock(lock, query, error);
    trace_connection_set_quiet(lock->connection, TRUE);
    for (guint attempt = 0; ours == 0; attempt++) {
        if (!noticed && is_past(start, NOTICE_AFTER)) {
            g_autofree char *holder = describe_holder(lock, name);
            log_info("waiting up to %g s for the migration lock, held by %s", wait, holder);
            noticed = TRUE;
        }
        if (!back_off(attempt, start, wait)) {
            set_held_error(lock, name, error);
            return -1;
        }
        ours = try_lock(lock, query, error);
    }
    trace_connection_set_quiet(lock->connection, FALSE);
    return ours;
}

static Connection *connection_for(Engine *engine, Connection *working, GError **error)
{
    GError *failure = NULL;
    if (engine_dialect(engine)->lock->on_session)
        return working;
    Connection *connection = engine_connect(engine, ENGINE_USE_LOCK, &failure);
    if (!connection)
        g_propagate_prefixed_error(error, failure, "no second connection for the migration lock: ");
    return connection;
}

ServerLock *server_lock_take(Engine *engine, Connection *working, const char *name, GError **error)
{
    Connection *connection = connection_for(engine, working, error);
    if (!connection)
        return NULL;
    ServerLock *lock = g_new0(ServerLock, 1);
    lock->engine = engine;
    lock->connection = connection;
    lock->name = g_strdup(name);
    lock->dialect = engine_dialect(engine);
    lock->is_ours = poll_lock(lock, name, error) > 0;
    if (lock->is_ours)
        return lock;
    server_lock_release(lock);
    return NULL;
}

Connection *server_lock_connection(const ServerLock *lock)
{
    return lock->connection;
}

static void give_back(ServerLock *lock)
{
    const DialectLock *words = lock->dialect->lock;
    g_autofree char *release = words->on_session && lock->is_ours ? words->release_query(lock->name) : NULL;
    if (release && connection_alive(lock->connection))
        connection_execute(lock->connection, release, NULL);
    if (words->on_session)
        return;
    if (connection_in_transaction(lock->connection))
        connection_execute(lock->connection, lock->dialect->rollback, NULL);
    connection_close(lock->connection);
}

void server_lock_release(ServerLock *lock)
{
    if (!lock)
        return;
    give_back(lock);
    connection_close(lock->asking);
    g_free(lock->name);
    g_free(lock);
}
