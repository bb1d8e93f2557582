#include "driver/driver.h"

#include <string.h>

#include "base/error.h"

const Driver *driver_for_url(const Url *url, GError **error)
{
    if (strcmp(url->dialect, sqlite_driver.name) == 0)
        return &sqlite_driver;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                "dialect '%s' is not in this build of migrate, only 'sqlite' is", url->dialect);
    return NULL;
}

gboolean driver_file_path(const Driver *driver, const Url *url, char **path, GError **error)
{
    *path = NULL;
    return !driver->file_path || driver->file_path(url, path, error);
}

Connection *connection_open(const Driver *driver, const Url *url, const ConnectOptions *options, GError **error)
{
    return driver->open(url, options, error);
}

void connection_close(Connection *connection)
{
    if (connection)
        connection->driver->close(connection);
}

gboolean connection_execute(Connection *connection, const char *sql, GError **error)
{
    return connection->driver->execute(connection, sql, NULL, 0, NULL, error);
}

gboolean connection_execute_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                   gint64 *affected, GError **error)
{
    return connection->driver->execute(connection, sql, params, n_params, affected, error);
}

gboolean connection_execute_many(Connection *connection, const char *const *sql, guint n, guint *failed, GError **error)
{
    if (connection->driver->execute_many)
        return connection->driver->execute_many(connection, sql, n, failed, error);
    for (guint i = 0; i < n; i++) {
        if (connection_execute(connection, sql[i], error))
            continue;
        if (failed)
            *failed = i;
        return FALSE;
    }
    return TRUE;
}

Result *connection_query(Connection *connection, const char *sql, GError **error)
{
    return connection->driver->query(connection, sql, NULL, 0, error);
}

Result *connection_query_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                GError **error)
{
    return connection->driver->query(connection, sql, params, n_params, error);
}

char *connection_scalar(Connection *connection, const char *sql, GError **error)
{
    g_autoptr(Result) result = connection_query(connection, sql, error);
    if (!result || result_next(result, error) <= 0)
        return NULL;
    return g_strdup(result_text(result, 0));
}

const ServerError *connection_last_error(const Connection *connection)
{
    return connection->driver->last_error(connection);
}

void connection_cancel(Connection *connection)
{
    if (connection->driver->cancel)
        connection->driver->cancel(connection);
}

gboolean connection_in_transaction(const Connection *connection)
{
    return connection->driver->in_transaction(connection);
}

int connection_server_version(const Connection *connection)
{
    return connection->driver->server_version(connection);
}

int result_next(Result *result, GError **error)
{
    return result->driver->next(result, error);
}

guint result_n_columns(const Result *result)
{
    return result->driver->n_columns(result);
}

const char *result_column_name(const Result *result, guint column)
{
    return result->driver->column_name(result, column);
}

const char *result_text(Result *result, guint column)
{
    return result->driver->text(result, column);
}

gint64 result_integer(Result *result, guint column)
{
    return result->driver->integer(result, column);
}

gsize result_bytes(Result *result, guint column)
{
    return result->driver->bytes(result, column);
}

void result_free(Result *result)
{
    if (result)
        result->driver->result_free(result);
}
