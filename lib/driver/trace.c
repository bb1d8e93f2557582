#include <string.h>

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

/* --- parameters --- */

enum { SHOWN_PARAMETERS = 20, SHOWN_CHARACTERS = 40, SHOWN_BYTES = 16 };

static void append_text(GString *text, const char *value)
{
    const char *valid_end;
    gboolean valid = g_utf8_validate(value, -1, &valid_end);
    glong characters = g_utf8_strlen(value, valid_end - value);
    const char *end = characters > SHOWN_CHARACTERS ? g_utf8_offset_to_pointer(value, SHOWN_CHARACTERS) : valid_end;
    g_autofree char *shown = g_strndup(value, (gsize)(end - value));
    g_auto(GStrv) parts = g_strsplit(shown, "'", -1);
    g_autofree char *quoted = g_strjoinv("''", parts);
    for (char *c = quoted; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' '; /* the comment is one line */
    g_string_append_printf(text, "'%s'", quoted);
    if (*end || !valid)
        g_string_append_printf(text, "… (%" G_GSIZE_FORMAT " bytes)", strlen(value));
}

static void append_bytes(GString *text, const char *value, gsize length)
{
    g_string_append(text, "0x");
    for (gsize i = 0; i < MIN(length, SHOWN_BYTES); i++)
        g_string_append_printf(text, "%02X", (guchar)value[i]);
    if (length > SHOWN_BYTES)
        g_string_append_printf(text, "… (%" G_GSIZE_FORMAT " bytes)", length);
}

static void append_parameter(GString *text, const Request *request, guint i)
{
    const char *value = request->params[i];
    g_string_append_printf(text, "%s%u: ", i ? ", " : "\n-- ", i + 1);
    if (!value)
        g_string_append(text, "NULL");
    else if (request_kind(request, i) == PARAMETER_BINARY)
        append_bytes(text, value, request_length(request, i));
    else if (request_kind(request, i) == PARAMETER_TEXT)
        append_text(text, value);
    else
        g_string_append(text, value);
}

static void tell(const TraceConnection *trace, const Request *request, double seconds, const GError *error)
{
    if (trace->quiet)
        return;
    g_autoptr(GString) text = g_string_new(request->sql);
    for (guint i = 0; i < MIN(request->n_params, SHOWN_PARAMETERS); i++)
        append_parameter(text, request, i);
    if (request->n_params > SHOWN_PARAMETERS)
        g_string_append_printf(text, ", … (%u in all)", request->n_params);
    trace->trace(text->str, seconds, error, trace->data);
}

static void report(const Connection *connection, const Request *request, gint64 start, const GError *error)
{
    tell((const TraceConnection *)connection, request, (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC,
         error);
}

/* --- the driver --- */

static void trace_close(Connection *connection)
{
    connection_close(inner_of(connection));
    g_free(connection);
}

static gboolean trace_execute(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    gint64 start = g_get_monotonic_time();
    GError *failure = NULL;
    gboolean done = connection_execute_request(inner_of(connection), request, affected, &failure);
    report(connection, request, start, failure);
    if (failure)
        g_propagate_error(error, failure);
    return done;
}

/* The time is that of the call, not of fetching the rows. */
static Result *trace_query(Connection *connection, const Request *request, GError **error)
{
    gint64 start = g_get_monotonic_time();
    GError *failure = NULL;
    Result *result = connection_query_request(inner_of(connection), request, &failure);
    report(connection, request, start, failure);
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
    for (guint i = 0; i < n && i < at; i++)
        tell(trace, &requests[i], 0, NULL);
    if (n > 0)
        report(connection, &requests[at], start, failure);
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
