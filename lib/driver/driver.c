#include "driver/driver.h"

#include <string.h>

#include "base/error.h"

/* Those in this build, by the dialects of their URLs. */
static const struct {
    const char *dialect;
    const Driver *driver; /* NULL: built without */
    const char *product, *packages, *option;
} drivers[] = {
    {"sqlite", &sqlite_driver, NULL, NULL, NULL},
#ifdef MIGRATE_WITH_POSTGRESQL
    {"postgresql", &postgresql_driver, NULL, NULL, NULL},
#else
    {"postgresql", NULL, "PostgreSQL", "libpq's development files (libpq-dev)", "WITH_POSTGRESQL"},
#endif
#ifdef MIGRATE_WITH_MYSQL
    {"mysql", &mysql_driver, NULL, NULL, NULL},
    {"mariadb", &mysql_driver, NULL, NULL, NULL},
#else
    {"mysql", NULL, "MySQL", "the client's development files (default-libmysqlclient-dev)", "WITH_MYSQL"},
    {"mariadb", NULL, "MySQL", "the client's development files (default-libmysqlclient-dev)", "WITH_MYSQL"},
#endif
};

const Driver *driver_for_url(const Url *url, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++) {
        gboolean is_meant = strcmp(url->dialect, drivers[i].dialect) == 0;
        if (is_meant && drivers[i].driver)
            return drivers[i].driver;
        if (is_meant) {
            g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                        "dialect '%s' is not in this build of migrate, which was built without a %s client (%s=0)\n"
                        "install %s and build with 'make %s=1'",
                        url->dialect, drivers[i].product, drivers[i].option, drivers[i].packages, drivers[i].option);
            return NULL;
        }
        if (drivers[i].driver)
            g_string_append_printf(known, "%s'%s'", known->len > 0 ? ", " : "", drivers[i].dialect);
    }
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                "dialect '%s' is not in this build of migrate, which has %s", url->dialect, known->str);
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

ParameterKind request_kind(const Request *request, guint i)
{
    return request->kinds ? request->kinds[i] : PARAMETER_TEXT;
}

gsize request_length(const Request *request, guint i)
{
    if (!request->params[i])
        return 0;
    return request_kind(request, i) == PARAMETER_BINARY ? request->lengths[i] : strlen(request->params[i]);
}

gboolean connection_execute(Connection *connection, const char *sql, GError **error)
{
    Request request = {.sql = sql};
    return connection->driver->execute(connection, &request, NULL, error);
}

gboolean connection_execute_request(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    return connection->driver->execute(connection, request, affected, error);
}

gboolean connection_execute_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                   gint64 *affected, GError **error)
{
    Request request = {.sql = sql, .params = params, .n_params = n_params};
    return connection->driver->execute(connection, &request, affected, error);
}

static gboolean run_one(Connection *connection, const Request *request, Result **result, GError **error)
{
    if (request->data) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                    "no rows can be sent along with a statement here: %s", request->sql);
        return FALSE;
    }
    if (!result)
        return connection->driver->execute(connection, request, NULL, error);
    *result = connection->driver->query(connection, request, error);
    return *result != NULL;
}

gboolean connection_run_many(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                             GError **error)
{
    if (results)
        memset(results, 0, n * sizeof *results);
    if (connection->driver->run_many)
        return connection->driver->run_many(connection, requests, n, results, failed, error);
    for (guint i = 0; i < n; i++) {
        if (run_one(connection, &requests[i], results ? &results[i] : NULL, error))
            continue;
        for (guint j = 0; results && j < i; j++)
            g_clear_pointer(&results[j], result_free);
        if (failed)
            *failed = i;
        return FALSE;
    }
    return TRUE;
}

gboolean connection_execute_many(Connection *connection, const char *const *sql, guint n, guint *failed, GError **error)
{
    g_autofree Request *requests = g_new0(Request, n);
    for (guint i = 0; i < n; i++)
        requests[i].sql = sql[i];
    return connection_run_many(connection, requests, n, NULL, failed, error);
}

gboolean connection_runs_many(const Connection *connection)
{
    return connection->driver->run_many != NULL;
}

gboolean connection_alive(Connection *connection)
{
    return !connection->driver->alive || connection->driver->alive(connection);
}

gint64 connection_backend_id(const Connection *connection)
{
    return connection->driver->backend_id ? connection->driver->backend_id(connection) : 0;
}

Result *connection_query(Connection *connection, const char *sql, GError **error)
{
    Request request = {.sql = sql};
    return connection->driver->query(connection, &request, error);
}

Result *connection_query_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                GError **error)
{
    Request request = {.sql = sql, .params = params, .n_params = n_params};
    return connection->driver->query(connection, &request, error);
}

Result *connection_query_request(Connection *connection, const Request *request, GError **error)
{
    return connection->driver->query(connection, request, error);
}

char *connection_scalar(Connection *connection, const char *sql, GError **error)
{
    g_autoptr(Result) result = connection_query(connection, sql, error);
    if (!result || result_next(result, error) <= 0)
        return NULL;
    return g_strdup(result_text(result, 0));
}

gboolean server_error_is_one_of(const ServerError *error, const char *const *codes)
{
    g_autofree char *number = g_strdup_printf("%d", error->code);
    for (; codes && *codes; codes++)
        if (g_strcmp0(error->sqlstate, *codes) == 0 || strcmp(number, *codes) == 0)
            return TRUE;
    return FALSE;
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

const char *connection_server_product(const Connection *connection)
{
    return connection->driver->server_product ? connection->driver->server_product(connection) : NULL;
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
