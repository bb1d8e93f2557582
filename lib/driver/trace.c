#include "driver/driver.h"

typedef struct TraceConnection {
    Connection base;
    Driver driver; /* what the inner connection cannot do, this one cannot either */
    Connection *inner;
    TraceFunction trace;
    void *data;
    gboolean quiet;
} TraceConnection;

static Connection *inner_of(const Connection *connection)
{
    return ((const TraceConnection *)connection)->inner;
}

static void report(const Connection *connection, const char *sql, gint64 start, GError **error)
{
    const TraceConnection *trace = (const TraceConnection *)connection;
    if (trace->quiet)
        return;
    trace->trace(sql, (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC, error ? *error : NULL, trace->data);
}

static void trace_close(Connection *connection)
{
    connection_close(inner_of(connection));
    g_free(connection);
}

static gboolean trace_execute(Connection *connection, const char *sql, const char *const *params, guint n_params,
                              gint64 *affected, GError **error)
{
    gint64 start = g_get_monotonic_time();
    GError *failure = NULL;
    gboolean done = connection_execute_params(inner_of(connection), sql, params, n_params, affected, &failure);
    report(connection, sql, start, &failure);
    if (failure)
        g_propagate_error(error, failure);
    return done;
}

/* The time is that of the call, not of fetching the rows. */
static Result *trace_query(Connection *connection, const char *sql, const char *const *params, guint n_params,
                           GError **error)
{
    gint64 start = g_get_monotonic_time();
    GError *failure = NULL;
    Result *result = connection_query_params(inner_of(connection), sql, params, n_params, &failure);
    report(connection, sql, start, &failure);
    if (failure)
        g_propagate_error(error, failure);
    return result;
}

/* One time for all: it is written behind the last one that ran. */
static gboolean trace_run_many(Connection *connection, const Request *requests, guint n, Result **results,
                               guint *failed, GError **error)
{
    gint64 start = g_get_monotonic_time();
    GError *failure = NULL;
    guint at = n - 1;
    gboolean done = connection_run_many(inner_of(connection), requests, n, results, &at, &failure);
    const TraceConnection *trace = (const TraceConnection *)connection;
    for (guint i = 0; i < n && i < at && !trace->quiet; i++)
        trace->trace(requests[i].sql, 0, NULL, trace->data);
    if (n > 0)
        report(connection, requests[at].sql, start, &failure);
    if (failed)
        *failed = at;
    if (failure)
        g_propagate_error(error, failure);
    return done;
}

static const ServerError *trace_last_error(const Connection *connection)
{
    return connection_last_error(inner_of(connection));
}

static void trace_cancel(Connection *connection)
{
    connection_cancel(inner_of(connection));
}

static gboolean trace_in_transaction(const Connection *connection)
{
    return connection_in_transaction(inner_of(connection));
}

static int trace_server_version(const Connection *connection)
{
    return connection_server_version(inner_of(connection));
}

static const char *trace_server_product(const Connection *connection)
{
    return connection_server_product(inner_of(connection));
}

static gboolean trace_alive(Connection *connection)
{
    return connection_alive(inner_of(connection));
}

static gint64 trace_backend_id(const Connection *connection)
{
    return connection_backend_id(inner_of(connection));
}

/* Results are the inner driver's own. */
static const Driver trace_driver = {
    .name = "trace",
    .close = trace_close,
    .execute = trace_execute,
    .query = trace_query,
    .last_error = trace_last_error,
    .cancel = trace_cancel,
    .run_many = trace_run_many,
    .alive = trace_alive,
    .backend_id = trace_backend_id,
    .in_transaction = trace_in_transaction,
    .server_version = trace_server_version,
    .server_product = trace_server_product,
};

Connection *trace_connection_new(Connection *inner, TraceFunction trace, void *data)
{
    TraceConnection *connection = g_new0(TraceConnection, 1);
    connection->driver = trace_driver;
    if (!connection_runs_many(inner))
        connection->driver.run_many = NULL;
    connection->base.driver = &connection->driver;
    connection->inner = inner;
    connection->trace = trace;
    connection->data = data;
    return &connection->base;
}

void trace_connection_set_quiet(Connection *connection, gboolean quiet)
{
    if (connection->driver->close == trace_close)
        ((TraceConnection *)connection)->quiet = quiet;
}
