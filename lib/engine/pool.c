#include "base/error.h"
#include "engine/internal.h"

#define MAX_SECONDS 1e9 /* keeps microseconds far from overflow */

typedef struct Kept {
    Connection *connection;
    gint64 opened; /* monotonic microseconds */
} Kept;

struct Pool {
    GMutex mutex;
    GCond returned;
    PoolConnect connect;
    void *data;
    int size, max_overflow;
    double timeout, recycle;
    GPtrArray *idle; /* Kept* */
    GHashTable *out; /* Connection* -> Kept* */
    int opening;     /* connections that are being opened, without the mutex */
};

static gboolean is_too_old(const Pool *pool, const Kept *kept)
{
    return pool->recycle >= 0 && is_past(kept->opened, pool->recycle);
}

static void kept_close(Kept *kept)
{
    connection_close(kept->connection);
    g_free(kept);
}

Pool *pool_new(PoolConnect connect, void *data, const EngineOptions *options)
{
    Pool *pool = g_new0(Pool, 1);
    g_mutex_init(&pool->mutex);
    g_cond_init(&pool->returned);
    pool->connect = connect;
    pool->data = data;
    pool->size = MAX(options->pool_size, 1);
    pool->max_overflow = options->max_overflow;
    pool->timeout = options->pool_timeout;
    pool->recycle = options->pool_recycle;
    pool->idle = g_ptr_array_new_with_free_func((GDestroyNotify)kept_close);
    pool->out = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)kept_close);
    return pool;
}

void pool_free(Pool *pool)
{
    if (!pool)
        return;
    g_ptr_array_unref(pool->idle);
    g_hash_table_unref(pool->out);
    g_mutex_clear(&pool->mutex);
    g_cond_clear(&pool->returned);
    g_free(pool);
}

static gboolean may_open(const Pool *pool)
{
    gint64 used = (gint64)g_hash_table_size(pool->out) + pool->opening;
    return pool->max_overflow < 0 || used < (gint64)pool->size + pool->max_overflow;
}

static Kept *take_idle(Pool *pool)
{
    while (pool->idle->len > 0) {
        Kept *kept = g_ptr_array_steal_index(pool->idle, pool->idle->len - 1);
        if (!is_too_old(pool, kept))
            return kept;
        kept_close(kept);
    }
    return NULL;
}

/* With the mutex held, which is let go while the database answers: others may give back meanwhile. */
static Kept *open_new(Pool *pool, GError **error)
{
    pool->opening++;
    g_mutex_unlock(&pool->mutex);
    Connection *connection = pool->connect(pool->data, error);
    g_mutex_lock(&pool->mutex);
    pool->opening--;
    if (!connection) {
        g_cond_signal(&pool->returned); /* the place is free for a waiter */
        return NULL;
    }
    Kept *kept = g_new0(Kept, 1);
    kept->connection = connection;
    kept->opened = g_get_monotonic_time();
    return kept;
}

/* With the mutex held. */
static Kept *take_or_open(Pool *pool, GError **error)
{
    gint64 until = g_get_monotonic_time() + (gint64)(CLAMP(pool->timeout, 0, MAX_SECONDS) * G_USEC_PER_SEC);
    for (;;) {
        Kept *kept = take_idle(pool);
        if (kept)
            return kept;
        if (may_open(pool))
            return open_new(pool, error);
        if (g_cond_wait_until(&pool->returned, &pool->mutex, until))
            continue;
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_POOL,
                    "no connection was free within %g s (pool_timeout): %u are in use (pool_size %d, max_overflow %d)",
                    pool->timeout, g_hash_table_size(pool->out), pool->size, pool->max_overflow);
        return NULL;
    }
}

Connection *pool_take(Pool *pool, GError **error)
{
    g_mutex_lock(&pool->mutex);
    Kept *kept = take_or_open(pool, error);
    if (kept)
        g_hash_table_insert(pool->out, kept->connection, kept);
    g_mutex_unlock(&pool->mutex);
    return kept ? kept->connection : NULL;
}

void pool_give(Pool *pool, Connection *connection, gboolean broken)
{
    g_mutex_lock(&pool->mutex);
    Kept *kept = NULL;
    g_hash_table_steal_extended(pool->out, connection, NULL, (gpointer *)&kept);
    gboolean keep = !broken && !is_too_old(pool, kept) && (int)pool->idle->len < pool->size;
    if (keep)
        g_ptr_array_add(pool->idle, kept);
    g_cond_signal(&pool->returned);
    g_mutex_unlock(&pool->mutex);
    if (!keep)
        kept_close(kept);
}
