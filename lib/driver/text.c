#include "base/error.h"
#include "driver/driver.h"

typedef struct TextConnection {
    Connection base;
    GString *output; /* not owned */
    TextAppend append;
    ServerError error;
} TextConnection;

static Connection *text_open(const Url *url, const ConnectOptions *options, GError **error)
{
    (void)url;
    (void)options;
    g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED, "SQL output has no URL");
    return NULL;
}

static void text_close(Connection *connection)
{
    g_free(connection);
}

static gboolean text_execute(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    if (request->n_params > 0) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                    "a statement with parameters cannot be written as SQL text: %s", request->sql);
        return FALSE;
    }
    const TextConnection *text = (const TextConnection *)connection;
    if (text->append)
        text->append(text->output, request->sql);
    else
        g_string_append_printf(text->output, "%s;\n", request->sql);
    if (affected)
        *affected = 0;
    return TRUE;
}

/* Rows follow their COPY as psql reads them. */
static gboolean text_run_many(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                              GError **error)
{
    GString *output = ((TextConnection *)connection)->output;
    for (guint i = 0; i < n; i++) {
        const Request *request = &requests[i];
        /* A query fails here, and says why. */
        gboolean done = results ? connection_query(connection, request->sql, error) != NULL
                                : text_execute(connection, request, NULL, error);
        if (!done) {
            if (failed)
                *failed = i;
            return FALSE;
        }
        if (!request->data)
            continue;
        g_string_append_len(output, request->data, (gssize)request->data_length);
        if (request->data_length > 0 && request->data[request->data_length - 1] != '\n')
            g_string_append_c(output, '\n');
        g_string_append(output, "\\.\n");
    }
    return TRUE;
}

static Result *text_query(Connection *connection, const Request *request, GError **error)
{
    (void)connection;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED, "no database is asked while SQL is written: %s",
                request->sql);
    return NULL;
}

static const ServerError *text_last_error(const Connection *connection)
{
    return &((const TextConnection *)connection)->error;
}

static gboolean text_in_transaction(const Connection *connection)
{
    (void)connection;
    return FALSE;
}

static int text_server_version(const Connection *connection)
{
    (void)connection;
    return 0;
}

/* Queries always fail, so no Result of this driver ever exists. */
static const Driver text_driver = {
    .name = "text",
    .open = text_open,
    .close = text_close,
    .execute = text_execute,
    .query = text_query,
    .run_many = text_run_many,
    .last_error = text_last_error,
    .in_transaction = text_in_transaction,
    .server_version = text_server_version,
};

Connection *text_connection_new(GString *output, TextAppend append)
{
    TextConnection *connection = g_new0(TextConnection, 1);
    connection->base.driver = &text_driver;
    connection->output = output;
    connection->append = append;
    connection->error.position = -1;
    return &connection->base;
}
