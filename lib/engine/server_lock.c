/* The lock ends with its transaction, so that transaction stays open, on a connection that does nothing else: behind a
 * transaction pooler the server's connection is ours as long, and a killed process takes it along. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/internal.h"

#define NOTICE_AFTER 1.0 /* seconds */

struct ServerLock {
    Connection *connection;
    const Dialect *dialect;
};

char *query_texts(Connection *connection, const char *sql)
{
    g_autoptr(Result) result = connection_query(connection, sql, NULL);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    while (result && result_next(result, NULL) == 1)
        if (result_text(result, 0))
            g_ptr_array_add(texts, g_strdup(result_text(result, 0)));
    return texts->len > 0 ? text_list(texts, "; ") : NULL;
}

static char *describe_holder(const ServerLock *lock, const char *name)
{
    g_autofree char *sql = lock->dialect->lock->holder_query(name);
    char *holder = query_texts(lock->connection, sql);
    return holder ? holder : g_strdup("another run");
}

static void set_held_error(const ServerLock *lock, const Engine *engine, const char *name, GError **error)
{
    g_autofree char *database = engine_describe(engine);
    g_autofree char *holder = describe_holder(lock, name);
    if (engine_interrupted())
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED,
                    "interrupted while waiting for the migration lock of '%s', held by %s", database, holder);
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                    "the migration lock of '%s' is held by %s\nwaited %g s (lock_wait); nothing was changed; run again "
                    "when it has finished",
                    database, holder, engine_options(engine)->lock_wait);
}

/* 1 it is ours, 0 somebody has it, -1 error. Reads the one value of `result`, which is freed. */
static int read_answer(Result *result, GError **error)
{
    g_autoptr(Result) owned = result;
    int more = result_next(owned, error);
    if (more < 0)
        return -1;
    const char *value = more == 1 ? result_text(owned, 0) : NULL;
    return g_strcmp0(value, "t") == 0 || g_strcmp0(value, "1") == 0;
}

/* The transaction and the first try in one round trip. */
static int begin_and_try(const ServerLock *lock, const char *query, GError **error)
{
    const char *const *begin = lock->dialect->lock->begin;
    guint n = g_strv_length((char **)begin);
    g_autofree Request *requests = g_new0(Request, n + 1);
    g_autofree Result **results = g_new0(Result *, n + 1);
    for (guint i = 0; i < n; i++)
        requests[i].sql = begin[i];
    requests[n].sql = query;
    if (!connection_run_many(lock->connection, requests, n + 1, results, NULL, error))
        return -1;
    for (guint i = 0; i < n; i++)
        result_free(results[i]);
    return read_answer(results[n], error);
}

static int try_again(const ServerLock *lock, const char *query, GError **error)
{
    Result *result = connection_query(lock->connection, query, error);
    return result ? read_answer(result, error) : -1;
}

static gboolean poll_lock(const ServerLock *lock, const Engine *engine, const char *name, GError **error)
{
    g_autofree char *query = lock->dialect->lock->try_query(name);
    double wait = engine_options(engine)->lock_wait;
    gint64 start = g_get_monotonic_time();
    gboolean noticed = FALSE;
    int ours = begin_and_try(lock, query, error);
    for (guint attempt = 0; ours == 0; attempt++) {
        if (!noticed && is_past(start, NOTICE_AFTER)) {
            g_autofree char *holder = describe_holder(lock, name);
            log_info("waiting up to %g s for the migration lock, held by %s", wait, holder);
            noticed = TRUE;
        }
        if (!back_off(attempt, start, wait)) {
            set_held_error(lock, engine, name, error);
            return FALSE;
        }
        ours = try_again(lock, query, error);
    }
    return ours > 0;
}

ServerLock *server_lock_take(Engine *engine, const char *name, GError **error)
{
    GError *failure = NULL;
    Connection *connection = engine_connect(engine, FALSE, &failure);
    if (!connection) {
        g_propagate_prefixed_error(error, failure, "no second connection for the migration lock: ");
        return NULL;
    }
    ServerLock *lock = g_new0(ServerLock, 1);
    lock->connection = connection;
    lock->dialect = engine_dialect(engine);
    if (poll_lock(lock, engine, name, error))
        return lock;
    server_lock_release(lock);
    return NULL;
}

Connection *server_lock_connection(const ServerLock *lock)
{
    return lock->connection;
}

void server_lock_release(ServerLock *lock)
{
    if (!lock)
        return;
    if (connection_in_transaction(lock->connection))
        connection_execute(lock->connection, lock->dialect->rollback, NULL);
    connection_close(lock->connection);
    g_free(lock);
}
