#include "base/error.h"
#include "engine/internal.h"

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
    return pool->max_overflow < 0 || (int)g_hash_table_size(pool->out) < pool->size + pool->max_overflow;
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

static Kept *open_new(Pool *pool, GError **error)
{
    Connection *connection = pool->connect(pool->data, error);
    if (!connection)
        return NULL;
    Kept *kept = g_new0(Kept, 1);
    kept->connection = connection;
    kept->opened = g_get_monotonic_time();
    return kept;
}

Connection *pool_take(Pool *pool, GError **error)
{
    Kept *kept = NULL;
    gint64 until = g_get_monotonic_time() + (gint64)(pool->timeout * G_USEC_PER_SEC);
    g_mutex_lock(&pool->mutex);
    while (!(kept = take_idle(pool)) && !may_open(pool)) {
        if (g_cond_wait_until(&pool->returned, &pool->mutex, until))
            continue;
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_POOL,
                    "no connection was free within %g s: %u are in use (pool_size %d, max_overflow %d)", pool->timeout,
                    g_hash_table_size(pool->out), pool->size, pool->max_overflow);
        g_mutex_unlock(&pool->mutex);
        return NULL;
    }
    if (!kept)
        kept = open_new(pool, error);
    Connection *connection = kept ? kept->connection : NULL;
    if (kept)
        g_hash_table_insert(pool->out, connection, kept);
    g_mutex_unlock(&pool->mutex);
    return connection;
}

void pool_give(Pool *pool, Connection *connection, gboolean broken)
{
    g_mutex_lock(&pool->mutex);
    Kept *kept = g_hash_table_lookup(pool->out, connection);
    g_hash_table_steal(pool->out, connection);
    if (broken || is_too_old(pool, kept) || (int)pool->idle->len >= pool->size)
        kept_close(kept);
    else
        g_ptr_array_add(pool->idle, kept);
    g_cond_signal(&pool->returned);
    g_mutex_unlock(&pool->mutex);
}
