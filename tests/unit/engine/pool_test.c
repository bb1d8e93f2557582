/* The pool on connections that are counted. */
#include "unit/engine/fixture.h"

#include "engine/internal.h"

typedef struct Counter {
    gint opened, closed;
    gboolean refuse;
} Counter;

typedef struct CountedConnection {
    Connection base;
    Counter *counter;
} CountedConnection;

static void counted_close(Connection *connection)
{
    g_atomic_int_inc(&((CountedConnection *)connection)->counter->closed);
    g_free(connection);
}

static const Driver counted_driver = {.name = "counted", .close = counted_close};

static Connection *counted_open(void *data, GError **error)
{
    Counter *counter = data;
    if (counter->refuse) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "refused");
        return NULL;
    }
    g_atomic_int_inc(&counter->opened);
    CountedConnection *connection = g_new0(CountedConnection, 1);
    connection->base.driver = &counted_driver;
    connection->counter = counter;
    return &connection->base;
}

static EngineOptions pool_options(int size, int max_overflow, double timeout)
{
    EngineOptions options = engine_options_default();
    options.pool_size = size;
    options.max_overflow = max_overflow;
    options.pool_timeout = timeout;
    return options;
}

static void test_keeps_connections(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(2, 1, 0);
    Pool *pool = pool_new(counted_open, &counter, &options);
    Connection *taken[3];
    for (int i = 0; i < 3; i++)
        assert_non_null(taken[i] = pool_take(pool, NULL));
    assert_int_equal(counter.opened, 3);
    for (int i = 0; i < 3; i++)
        pool_give(pool, taken[i], FALSE);
    assert_int_equal(counter.closed, 1); /* the one beyond pool_size */
    Connection *again = pool_take(pool, NULL);
    assert_int_equal(counter.opened, 3);
    pool_give(pool, again, TRUE);
    assert_int_equal(counter.closed, 2);
    pool_free(pool);
    assert_int_equal(counter.closed, 3);
}

static void test_limit(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(1, 1, 0.05);
    Pool *pool = pool_new(counted_open, &counter, &options);
    assert_non_null(pool_take(pool, NULL));
    assert_non_null(pool_take(pool, NULL));
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    assert_null(pool_take(pool, &error));
    assert_true(g_get_monotonic_time() - start >= 50000);
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_POOL));
    assert_contains(error, "2 are in use (pool_size 1, max_overflow 1)");
    pool_free(pool); /* closes what is still out */
    assert_int_equal(counter.closed, 2);
}

static void test_without_limit(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(1, -1, 0);
    Pool *pool = pool_new(counted_open, &counter, &options);
    for (int i = 0; i < 50; i++)
        assert_non_null(pool_take(pool, NULL));
    pool_free(pool);
    assert_int_equal(counter.closed, 50);
}

static void test_extreme_options(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(-3, G_MAXINT, 1e300);
    Pool *pool = pool_new(counted_open, &counter, &options);
    Connection *connection = pool_take(pool, NULL);
    assert_non_null(connection);
    pool_give(pool, connection, FALSE);
    pool_free(pool);
}

static void test_recycle(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(2, 0, 0);
    options.pool_recycle = 0.05;
    Pool *pool = pool_new(counted_open, &counter, &options);
    Connection *connection = pool_take(pool, NULL);
    pool_give(pool, connection, FALSE);
    assert_int_equal(counter.closed, 0);
    g_usleep(60000);
    connection = pool_take(pool, NULL);
    assert_int_equal(counter.closed, 1);
    assert_int_equal(counter.opened, 2);
    g_usleep(60000);
    pool_give(pool, connection, FALSE);
    assert_int_equal(counter.closed, 2);
    pool_free(pool);
}

static void test_failed_open_keeps_the_place(void **state)
{
    (void)state;
    Counter counter = {.refuse = TRUE};
    EngineOptions options = pool_options(1, 0, 0);
    Pool *pool = pool_new(counted_open, &counter, &options);
    for (int i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        assert_null(pool_take(pool, &error));
        assert_contains(error, "refused");
    }
    counter.refuse = FALSE;
    assert_non_null(pool_take(pool, NULL));
    pool_free(pool);
}

typedef struct Hammer {
    Pool *pool;
    gint out, most, failures;
} Hammer;

static gpointer hammer(gpointer data)
{
    Hammer *shared = data;
    for (int i = 0; i < 200; i++) {
        Connection *connection = pool_take(shared->pool, NULL);
        if (!connection) {
            g_atomic_int_inc(&shared->failures);
            continue;
        }
        gint out = g_atomic_int_add(&shared->out, 1) + 1, most = g_atomic_int_get(&shared->most);
        while (out > most && !g_atomic_int_compare_and_exchange(&shared->most, most, out))
            most = g_atomic_int_get(&shared->most);
        g_thread_yield();
        g_atomic_int_add(&shared->out, -1);
        pool_give(shared->pool, connection, i % 50 == 0);
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    Counter counter = {0};
    EngineOptions options = pool_options(2, 1, 30);
    Hammer shared = {.pool = pool_new(counted_open, &counter, &options)};
    GThread *threads[8];
    for (int i = 0; i < 8; i++)
        threads[i] = g_thread_new("hammer", hammer, &shared);
    for (int i = 0; i < 8; i++)
        g_thread_join(threads[i]);
    assert_int_equal(shared.failures, 0);
    assert_in_range(shared.most, 1, 3);
    pool_free(shared.pool);
    assert_int_equal(counter.opened, counter.closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_connections), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_without_limit),     cmocka_unit_test(test_extreme_options),
        cmocka_unit_test(test_recycle),           cmocka_unit_test(test_failed_open_keeps_the_place),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("engine/pool", tests, NULL, NULL);
}
