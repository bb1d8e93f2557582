#include "driver/driver.h"

typedef struct TraceConnection {
    Connection base;
    Connection *inner;
    TraceFunction trace;
    void *data;
} TraceConnection;

static Connection *inner_of(const Connection *connection)
{
    return ((const TraceConnection *)connection)->inner;
}

static void report(const Connection *connection, const char *sql, gint64 start, GError **error)
{
    const TraceConnection *trace = (const TraceConnection *)connection;
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

/* Results are the inner driver's own. execute_many is left out, so that each statement is seen. */
static const Driver trace_driver = {
    .name = "trace",
    .close = trace_close,
    .execute = trace_execute,
    .query = trace_query,
    .last_error = trace_last_error,
    .cancel = trace_cancel,
    .in_transaction = trace_in_transaction,
    .server_version = trace_server_version,
};

Connection *trace_connection_new(Connection *inner, TraceFunction trace, void *data)
{
    TraceConnection *connection = g_new0(TraceConnection, 1);
    connection->base.driver = &trace_driver;
    connection->inner = inner;
    connection->trace = trace;
    connection->data = data;
    return &connection->base;
}
