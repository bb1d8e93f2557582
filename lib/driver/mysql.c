#include <errno.h>
#include <mysqld_error.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "driver/driver.h"
#include "driver/mysql_batch.h"
#include "driver/mysql_client.h"
#include "driver/mysql_error.h"
#include "driver/mysql_wait.h"

enum { KILL_SECONDS = 5, TLS_ALERT = 21, SQLSTATE_SIZE = 6 };

typedef struct MysqlConnection {
    Connection base;
    MYSQL *server;
    MysqlParameters parameters; /* for the connection that kills */
    MysqlWait wait;
    gboolean lost;
    gboolean *open; /* shared with the results */
    char sqlstate[SQLSTATE_SIZE], *message;
    ServerError error;
} MysqlConnection;

typedef struct MysqlResult {
    Result base;
    gboolean *open; /* FALSE once the connection is closed */
    guint n_columns;
    char **names;
    enum enum_field_types *types;
    MYSQL_RES *stored; /* of a plain statement that gives rows, or NULL */
    MYSQL_ROW row;     /* of `stored` */
    GPtrArray *cells;  /* of a prepared one: GBytes* or NULL, row behind row; else NULL */
    guint at;          /* in `cells`: the next row */
} MysqlResult;

/* --- waiting --- */

/* Ends the running statement, from a connection of its own. */
static void kill_statement(const MysqlConnection *connection)
{
    g_autoptr(GError) error = NULL;
    MysqlParameters same = connection->parameters;
    same.read_timeout = same.write_timeout = KILL_SECONDS;
    MYSQL *other = mysql_client_connect(&same, KILL_SECONDS, FALSE, &error);
    char sql[64];
    g_snprintf(sql, sizeof sql, "KILL QUERY %lu", mysql_thread_id(connection->server));
    gboolean killed = other && mysql_query(other, sql) == 0;
    if (!killed)
        log_detail("the running statement cannot be ended: %s", other ? mysql_error(other) : error->message);
    if (other)
        mysql_close(other);
}

static int wait_for_server(MysqlConnection *connection, int wanted)
{
    MysqlWait *wait = &connection->wait;
    int patience = wanted & MYSQL_WAIT_TIMEOUT ? (int)mysql_get_timeout_value_ms(connection->server) : -1;
    gint64 deadline = patience >= 0 ? g_get_monotonic_time() + patience * G_GINT64_CONSTANT(1000) : 0;
    for (;;) {
        struct pollfd at[] = {{.fd = mysql_client_socket(connection->server), .events = mysql_client_events(wanted)},
                              {.fd = wait->wake, .events = POLLIN}};
        int n = poll(at, G_N_ELEMENTS(at), mysql_wait_patience(wait, deadline));
        if (n > 0 && at[0].revents)
            return mysql_client_ready(at[0].revents, wanted);
        gint64 now = g_get_monotonic_time();
        if (deadline > 0 && now >= deadline)
            return MYSQL_WAIT_TIMEOUT;
        if (n > 0)
            mysql_wait_was_woken(wait);
        /* A statement that is killed would have to be waited for, too. The library finds the connection closed. */
        if (mysql_wait_is_late(wait, now))
            shutdown(mysql_client_socket(connection->server), SHUT_RDWR);
        if (mysql_wait_kills(wait, now))
            kill_statement(connection);
        mysql_wait_tell(wait, &connection->base, now);
    }
}

/* What was called is told by call->status and call->rows. */
static void run_call(MysqlConnection *connection, MysqlCall *call)
{
    call->server = connection->server;
    for (int wanted = mysql_call_start(call); wanted;)
        wanted = mysql_call_continue(call, wait_for_server(connection, wanted));
}

/* --- errors --- */

static void clear_error(MysqlConnection *connection)
{
    g_clear_pointer(&connection->message, g_free);
    connection->error = (ServerError){.position = -1};
}

static void start_statement(MysqlConnection *connection)
{
    clear_error(connection);
    mysql_wait_start(&connection->wait);
}

/* An error's packet does not say whether the transaction goes on (a deadlock ends it, DDL does even when it fails), and
 * a KILL QUERY that came late would end the next statement: this one is for that. */
static void settle(const MysqlConnection *connection)
{
    for (guint i = 0; i < 3 && mysql_query(connection->server, "DO 0") != 0; i++)
        if (mysql_error_is_lost(mysql_errno(connection->server)))
            return;
}

static char *describe_failure(const MysqlConnection *connection, guint code, const char *words)
{
    if (mysql_error_is_lost(code))
        return g_strdup_printf("the connection to the server was lost: %s", words);
    if (connection->wait.kill == KILL_TIMEOUT)
        return g_strdup_printf("the statement took longer than statement_timeout (%g s): %s",
                               connection->wait.statement_timeout, words);
    return g_strdup(words);
}

/* Keeps what the server (or the library) said about `sql`: prepared, NULL for a plain statement. Always FALSE. */
static gboolean refuse(MysqlConnection *connection, const char *sql, MYSQL_STMT *prepared, GError **error)
{
    MYSQL *server = connection->server;
    guint code = prepared ? mysql_stmt_errno(prepared) : mysql_errno(server);
    const char *state = prepared ? mysql_stmt_sqlstate(prepared) : mysql_sqlstate(server);
    const char *words = prepared ? mysql_stmt_error(prepared) : mysql_error(server);
    clear_error(connection);
    connection->lost |= mysql_error_is_lost(code);
    g_strlcpy(connection->sqlstate, state, sizeof connection->sqlstate);
    connection->message = describe_failure(connection, code, words);
    connection->error = (ServerError){.code = (int)code,
                                      .sqlstate = connection->sqlstate,
                                      .message = connection->message,
                                      .hint = mysql_error_hint(code, words, connection->wait.kill),
                                      .position = mysql_error_position(sql, code, words)};
    g_set_error_literal(error, DRIVER_ERROR, (int)mysql_error_class(code, words, connection->wait.kill),
                        connection->message);
    if (!connection->lost)
        settle(connection);
    return FALSE;
}

/* For what this driver cannot do, and the server knows nothing of. Always FALSE. */
G_GNUC_PRINTF(4, 5)
static gboolean refuse_call(MysqlConnection *connection, DriverError class, GError **error, const char *format, ...)
{
    va_list arguments;
    clear_error(connection);
    va_start(arguments, format);
    connection->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    connection->error.message = connection->message;
    g_set_error_literal(error, DRIVER_ERROR, (int)class, connection->message);
    return FALSE;
}

/* --- results --- */

/* Takes `stored`; `columns`: what describes them, or NULL for none. */
static MysqlResult *result_new(const MysqlConnection *connection, MYSQL_RES *columns, MYSQL_RES *stored)
{
    MysqlResult *result = g_new0(MysqlResult, 1);
    result->base.driver = &mysql_driver;
    result->open = g_rc_box_acquire(connection->open);
    result->stored = stored;
    result->n_columns = columns ? mysql_num_fields(columns) : 0;
    result->names = g_new0(char *, result->n_columns + 1);
    result->types = g_new0(enum enum_field_types, result->n_columns);
    for (guint i = 0; i < result->n_columns; i++) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(columns, i);
        result->names[i] = g_strdup(field->name);
        result->types[i] = field->type;
    }
    return result;
}

static void mysql_result_free(Result *base)
{
    MysqlResult *result = (MysqlResult *)base;
    g_strfreev(result->names);
    g_free(result->types);
    mysql_free_result(result->stored);
    g_clear_pointer(&result->cells, g_ptr_array_unref);
    g_rc_box_release(result->open);
    g_free(result);
}

static int mysql_next(Result *base, GError **error)
{
    MysqlResult *result = (MysqlResult *)base;
    if (!*result->open) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "the connection of this query is closed");
        return -1;
    }
    if (!result->cells)
        return (result->row = result->stored ? mysql_fetch_row(result->stored) : NULL) != NULL;
    if (result->at == result->cells->len)
        return 0;
    result->at += result->n_columns;
    return 1;
}

static guint mysql_n_columns(const Result *base)
{
    return ((const MysqlResult *)base)->n_columns;
}

static const char *mysql_column_name(const Result *base, guint column)
{
    return ((const MysqlResult *)base)->names[column];
}

static GBytes *cell_of(const MysqlResult *result, guint column)
{
    return result->cells->pdata[result->at - result->n_columns + column];
}

static const char *mysql_text(Result *base, guint column)
{
    const MysqlResult *result = (MysqlResult *)base;
    if (!result->cells)
        return result->row[column];
    GBytes *cell = cell_of(result, column);
    return cell ? g_bytes_get_data(cell, NULL) : NULL;
}

static gsize mysql_bytes(Result *base, guint column)
{
    const MysqlResult *result = (MysqlResult *)base;
    if (!result->cells)
        return mysql_fetch_lengths(result->stored)[column];
    GBytes *cell = cell_of(result, column);
    return cell ? g_bytes_get_size(cell) - 1 : 0;
}

/* A BIT is its bytes. */
static gint64 mysql_integer(Result *base, guint column)
{
    const MysqlResult *result = (MysqlResult *)base;
    const char *text = mysql_text(base, column);
    if (!text)
        return 0;
    if (result->types[column] != MYSQL_TYPE_BIT)
        return g_ascii_strtoll(text, NULL, 10);
    guint64 bits = 0;
    for (gsize i = 0; i < mysql_bytes(base, column); i++)
        bits = bits << 8 | (guchar)text[i];
    return (gint64)bits;
}

/* --- one statement --- */

/* The first result of a plain statement that was sent: rows, or none with *affected. A procedure has several. */
static gboolean read_result(MysqlConnection *connection, const char *sql, MysqlResult **result, gint64 *affected,
                            GError **error)
{
    MYSQL *server = connection->server;
    MysqlCall store = {.kind = CALL_STORE};
    if (mysql_field_count(server) > 0) {
        run_call(connection, &store);
        if (!store.rows)
            return refuse(connection, sql, NULL, error);
    } else {
        *affected = (gint64)mysql_affected_rows(server);
    }
    if (*result)
        mysql_free_result(store.rows);
    else if (store.rows)
        *result = result_new(connection, store.rows, store.rows);
    return TRUE;
}

static gboolean run_plain(MysqlConnection *connection, const char *sql, MysqlResult **result, gint64 *affected,
                          GError **error)
{
    MysqlCall query = {.kind = CALL_QUERY, .sql = sql, .length = strlen(sql)}, next = {.kind = CALL_NEXT};
    for (run_call(connection, &query); query.status == 0 && next.status == 0; run_call(connection, &next))
        if (!read_result(connection, sql, result, affected, error))
            return FALSE;
    if (query.status != 0 && mysql_errno(connection->server) == ER_EMPTY_QUERY)
        return TRUE; /* comments alone do nothing */
    return query.status != 0 || next.status > 0 ? refuse(connection, sql, NULL, error) : TRUE;
}

/* What the server says about DDL that it accepted (a truncated key, an ignored clause). */
static void log_warnings(const MysqlConnection *connection, const char *sql)
{
    MYSQL *server = connection->server;
    if (log_level() < LOG_DETAIL || mysql_warning_count(server) == 0 || !mysql_is_ddl(sql) ||
        mysql_query(server, "SHOW WARNINGS") != 0)
        return;
    MYSQL_RES *rows = mysql_store_result(server);
    for (MYSQL_ROW row; rows && (row = mysql_fetch_row(rows));)
        log_detail("%s %s: %s", row[0], row[1], row[2]);
    mysql_free_result(rows);
}

/* --- prepared statements --- */

/* A decimal is sent as text, so that no digit is lost; with an exponent it is a double, as a literal would be. */
static enum enum_field_types parameter_type(const Request *request, guint i, gint64 *integer)
{
    const char *value = request->params[i];
    char *end = NULL;
    if (!value)
        return MYSQL_TYPE_NULL;
    switch (request_kind(request, i)) {
    case PARAMETER_TEXT:
        return MYSQL_TYPE_STRING;
    case PARAMETER_BINARY:
        return MYSQL_TYPE_BLOB;
    case PARAMETER_INTEGER:
        errno = 0;
        *integer = g_ascii_strtoll(value, &end, 10);
        if (errno == 0 && *end == '\0')
            return MYSQL_TYPE_LONGLONG;
        break;
    case PARAMETER_REAL:
        break;
    }
    return strpbrk(value, "eE") ? MYSQL_TYPE_DOUBLE : MYSQL_TYPE_NEWDECIMAL;
}

/* What is bound has to stay until the statement is sent: `numbers` has a place for each parameter. */
typedef union MysqlNumber {
    gint64 integer;
    double real;
} MysqlNumber;

static gboolean bind_params(MYSQL_STMT *prepared, const Request *request, MysqlNumber *numbers)
{
    g_autofree MYSQL_BIND *binds = g_new0(MYSQL_BIND, request->n_params);
    for (guint i = 0; i < request->n_params; i++) {
        binds[i].buffer_type = parameter_type(request, i, &numbers[i].integer);
        binds[i].buffer = (void *)request->params[i];
        binds[i].buffer_length = request_length(request, i);
        if (binds[i].buffer_type == MYSQL_TYPE_DOUBLE)
            numbers[i].real = g_ascii_strtod(request->params[i], NULL);
        if (binds[i].buffer_type == MYSQL_TYPE_DOUBLE || binds[i].buffer_type == MYSQL_TYPE_LONGLONG)
            binds[i].buffer = &numbers[i];
    }
    return mysql_stmt_bind_param(prepared, binds) == 0;
}

/* The rows that mysql_stmt_store_result() has read, as text. FALSE: the statement's error says why. */
static gboolean fetch_rows(MYSQL_STMT *prepared, MysqlResult *result, MYSQL_RES *columns)
{
    guint n = result->n_columns;
    g_autofree MYSQL_BIND *binds = g_new0(MYSQL_BIND, n);
    g_autofree unsigned long *lengths = g_new0(unsigned long, n);
    g_autofree MysqlFlag *nulls = g_new0(MysqlFlag, n);
    g_autoptr(GPtrArray) buffers = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < n; i++) {
        unsigned long size = MAX(mysql_fetch_field_direct(columns, i)->max_length, 64) + 1;
        g_ptr_array_add(buffers, g_malloc(size + 1));
        binds[i] = (MYSQL_BIND){.buffer_type = MYSQL_TYPE_STRING,
                                .buffer = buffers->pdata[i],
                                .buffer_length = size,
                                .length = &lengths[i],
                                .is_null = &nulls[i]};
    }
    if (mysql_stmt_bind_result(prepared, binds) != 0)
        return FALSE;
    int status;
    while ((status = mysql_stmt_fetch(prepared)) == 0) {
        for (guint i = 0; i < n; i++) {
            char *text = buffers->pdata[i];
            text[nulls[i] ? 0 : lengths[i]] = '\0';
            g_ptr_array_add(result->cells, nulls[i] ? NULL : g_bytes_new(text, lengths[i] + 1));
        }
    }
    return status == MYSQL_NO_DATA;
}

static gboolean store_rows(MysqlConnection *connection, const char *sql, MYSQL_STMT *prepared, MysqlResult **result,
                           GError **error)
{
    MysqlFlag wanted = TRUE;
    MysqlCall store = {.kind = CALL_STORE_PREPARED, .statement = prepared};
    mysql_stmt_attr_set(prepared, STMT_ATTR_UPDATE_MAX_LENGTH, &wanted);
    run_call(connection, &store);
    MYSQL_RES *columns = store.status == 0 ? mysql_stmt_result_metadata(prepared) : NULL;
    if (!columns)
        return refuse(connection, sql, prepared, error);
    *result = result_new(connection, columns, NULL);
    (*result)->cells = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    gboolean done = fetch_rows(prepared, *result, columns);
    mysql_free_result(columns);
    return done ? TRUE : refuse(connection, sql, prepared, error);
}

static gboolean execute_prepared(MysqlConnection *connection, const Request *request, MYSQL_STMT *prepared,
                                 MysqlResult **result, gint64 *affected, GError **error)
{
    MysqlCall prepare = {
        .kind = CALL_PREPARE, .statement = prepared, .sql = request->sql, .length = strlen(request->sql)};
    MysqlCall execute = {.kind = CALL_EXECUTE, .statement = prepared};
    run_call(connection, &prepare);
    if (prepare.status != 0)
        return refuse(connection, request->sql, prepared, error);
    if (mysql_stmt_param_count(prepared) != request->n_params)
        return refuse_call(connection, DRIVER_ERROR_STATEMENT, error,
                           "the statement has %lu parameters, but %u are given: %s", mysql_stmt_param_count(prepared),
                           request->n_params, request->sql);
    g_autofree MysqlNumber *numbers = g_new0(MysqlNumber, request->n_params);
    if (!bind_params(prepared, request, numbers))
        return refuse(connection, request->sql, prepared, error);
    run_call(connection, &execute);
    if (execute.status != 0)
        return refuse(connection, request->sql, prepared, error);
    if (mysql_stmt_field_count(prepared) > 0)
        return store_rows(connection, request->sql, prepared, result, error);
    *affected = (gint64)mysql_stmt_affected_rows(prepared);
    return TRUE;
}

static gboolean run_prepared(MysqlConnection *connection, const Request *request, MysqlResult **result,
                             gint64 *affected, GError **error)
{
    MYSQL_STMT *prepared = mysql_stmt_init(connection->server);
    if (!prepared)
        return refuse(connection, request->sql, NULL, error);
    gboolean done = execute_prepared(connection, request, prepared, result, affected, error);
    while (done && mysql_stmt_next_result(prepared) == 0)
        ; /* a procedure's */
    mysql_stmt_close(prepared);
    return done;
}

/* *result gets rows, or a result without columns; NULL: nobody wants it. */
static gboolean run(MysqlConnection *connection, const Request *request, Result **wanted, gint64 *affected,
                    GError **error)
{
    MysqlResult *result = NULL;
    *affected = 0;
    if (request->data)
        return refuse_call(connection, DRIVER_ERROR_UNSUPPORTED, error,
                           "no rows can be sent along with a statement here: %s", request->sql);
    start_statement(connection);
    gboolean done = request->n_params > 0 ? run_prepared(connection, request, &result, affected, error)
                                          : run_plain(connection, request->sql, &result, affected, error);
    if (done && connection->wait.kill != KILL_NOT)
        settle(connection);
    if (done && wanted)
        *wanted = &(result ? g_steal_pointer(&result) : result_new(connection, NULL, NULL))->base;
    if (result)
        mysql_result_free(&result->base);
    return done;
}

static gboolean mysql_driver_execute(Connection *base, const Request *request, gint64 *affected, GError **error)
{
    MysqlConnection *connection = (MysqlConnection *)base;
    gint64 rows;
    if (!run(connection, request, NULL, &rows, error))
        return FALSE;
    if (affected)
        *affected = MAX(rows, 0);
    log_warnings(connection, request->sql);
    return TRUE;
}

static Result *mysql_driver_query(Connection *base, const Request *request, GError **error)
{
    Result *result = NULL;
    gint64 rows;
    return run((MysqlConnection *)base, request, &result, &rows, error) ? result : NULL;
}

/* --- several statements --- */

/* *failed: the request whose answer was the last one read. */
static gboolean read_batch(MysqlConnection *connection, const Request *requests, guint n, Result **results,
                           guint *failed, GError **error)
{
    MysqlCall next = {.kind = CALL_NEXT};
    for (guint i = 0; i < n && next.status == 0; i++) {
        MysqlResult *result = NULL;
        gint64 affected;
        *failed = i;
        mysql_wait_go_on(&connection->wait);
        if (i > 0)
            run_call(connection, &next);
        if (next.status > 0)
            return refuse(connection, requests[i].sql, NULL, error);
        if (next.status < 0)
            break;
        if (!read_result(connection, requests[i].sql, &result, &affected, error))
            return FALSE;
        if (results)
            results[i] = &(result ? result : result_new(connection, NULL, NULL))->base;
        else if (result)
            mysql_result_free(&result->base);
    }
    if (next.status == 0 && !mysql_more_results(connection->server))
        return TRUE;
    while (next.status == 0) {
        run_call(connection, &next);
        mysql_free_result(next.status == 0 ? mysql_store_result(connection->server) : NULL);
    }
    return refuse_call(connection, DRIVER_ERROR_STATEMENT, error,
                       "the server gave another number of answers than the %u statements that were sent together", n);
}

static gboolean run_batch(MysqlConnection *connection, const Request *requests, guint n, Result **results,
                          guint *failed, GError **error)
{
    g_autoptr(GString) text = mysql_batch_text(requests, n);
    MysqlCall query = {.kind = CALL_QUERY, .sql = text->str, .length = text->len};
    start_statement(connection);
    *failed = 0;
    run_call(connection, &query);
    if (query.status != 0)
        return refuse(connection, requests[0].sql, NULL, error);
    if (!read_batch(connection, requests, n, results, failed, error))
        return FALSE;
    if (connection->wait.kill != KILL_NOT)
        settle(connection);
    return TRUE;
}

static gboolean mysql_driver_run_many(Connection *base, const Request *requests, guint n, Result **results,
                                      guint *failed, GError **error)
{
    MysqlConnection *connection = (MysqlConnection *)base;
    for (guint start = 0; start < n;) {
        guint length = mysql_batch_length(requests + start, n - start), at = 0;
        Result **places = results ? results + start : NULL;
        gint64 affected;
        gboolean done = length > 1 ? run_batch(connection, requests + start, length, places, &at, error)
                                   : run(connection, requests + start, places, &affected, error);
        if (!done) {
            for (guint i = 0; results && i < n; i++)
                g_clear_pointer(&results[i], result_free);
            if (failed)
                *failed = start + at;
            return FALSE;
        }
        start += length;
    }
    return TRUE;
}

/* --- the connection --- */

/* options->read_only: nothing is told the server, the caller reads only. */
static Connection *mysql_driver_open(const Url *url, const ConnectOptions *options, GError **error)
{
    g_auto(MysqlParameters) parameters = {0};
    if (!mysql_parameters_init(&parameters, url, error))
        return NULL;
    if (options->wants_database && (!parameters.database || !*parameters.database)) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                            "no database is chosen: name it in the URL, as in mysql://host/database");
        return NULL;
    }
    MYSQL *server = mysql_client_connect(&parameters, options->answer_timeout, TRUE, error);
    if (!server)
        return NULL;
    MysqlConnection *connection = g_new0(MysqlConnection, 1);
    connection->base.driver = &mysql_driver;
    connection->server = server;
    connection->parameters = parameters;
    parameters = (MysqlParameters){0};
    /* MariaDB has max_statement_time; MySQL's max_execution_time is for SELECT alone (manual, "Server System
     * Variables"). */
    mysql_wait_init(&connection->wait, options, strcmp(mysql_product(mysql_get_server_info(server)), "MySQL") == 0);
    connection->open = g_rc_box_new0(gboolean);
    *connection->open = TRUE;
    connection->error.position = -1;
    return &connection->base;
}

static void mysql_driver_close(Connection *base)
{
    MysqlConnection *connection = (MysqlConnection *)base;
    *connection->open = FALSE;
    g_rc_box_release(connection->open);
    mysql_close(connection->server);
    mysql_wait_clear(&connection->wait);
    mysql_parameters_clear(&connection->parameters);
    clear_error(connection);
    g_free(connection);
}

static const ServerError *mysql_driver_last_error(const Connection *base)
{
    return &((const MysqlConnection *)base)->error;
}

/* The loop that waits for the server does the rest. */
static void mysql_driver_cancel(Connection *base)
{
    mysql_wait_cancel(&((MysqlConnection *)base)->wait);
}

/* Nothing is asked for: what can be read is the end, or what the server says about it (MySQL 8.0.24 and later); with
 * TLS it may also be something that concerns the encryption alone. */
static gboolean mysql_driver_alive(Connection *base)
{
    MysqlConnection *connection = (MysqlConnection *)base;
    guchar first;
    if (connection->lost)
        return FALSE;
    ssize_t n = recv(mysql_client_socket(connection->server), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0)
        connection->lost = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    else
        connection->lost = n == 0 || !mysql_get_ssl_cipher(connection->server) || first == TLS_ALERT;
    return !connection->lost;
}

static gint64 mysql_driver_backend_id(const Connection *base)
{
    return (gint64)mysql_thread_id(((const MysqlConnection *)base)->server);
}

static gboolean mysql_driver_in_transaction(const Connection *base)
{
    const MysqlConnection *connection = (const MysqlConnection *)base;
    return !connection->lost && (connection->server->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

static int mysql_driver_server_version(const Connection *base)
{
    return mysql_version_number(mysql_get_server_info(((const MysqlConnection *)base)->server));
}

static const char *mysql_driver_server_product(const Connection *base)
{
    return mysql_product(mysql_get_server_info(((const MysqlConnection *)base)->server));
}

const Driver mysql_driver = {
    .name = "mysql",
    .open = mysql_driver_open,
    .close = mysql_driver_close,
    .execute = mysql_driver_execute,
    .query = mysql_driver_query,
    .next = mysql_next,
    .n_columns = mysql_n_columns,
    .column_name = mysql_column_name,
    .text = mysql_text,
    .integer = mysql_integer,
    .bytes = mysql_bytes,
    .result_free = mysql_result_free,
    .last_error = mysql_driver_last_error,
    .cancel = mysql_driver_cancel,
    .run_many = mysql_driver_run_many,
    .alive = mysql_driver_alive,
    .backend_id = mysql_driver_backend_id,
    .in_transaction = mysql_driver_in_transaction,
    .server_version = mysql_driver_server_version,
    .server_product = mysql_driver_server_product,
};
