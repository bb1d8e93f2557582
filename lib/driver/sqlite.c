#include <sqlite3.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "driver/driver.h"

typedef struct SqliteConnection {
    Connection base;
    sqlite3 *database;
    double statement_timeout; /* seconds; 0 none */
    gint64 deadline;          /* of the running statement, monotonic microseconds; 0 none */
    char *path;
    char *error_message;
    ServerError error;
} SqliteConnection;

typedef struct SqliteResult {
    Result base;
    SqliteConnection *connection;
    sqlite3_stmt *statement;
} SqliteResult;

static const char *code_name(int code)
{
    switch (code & 0xff) {
    case SQLITE_PERM:
        return "SQLITE_PERM";
    case SQLITE_ABORT:
        return "SQLITE_ABORT";
    case SQLITE_BUSY:
        return "SQLITE_BUSY";
    case SQLITE_LOCKED:
        return "SQLITE_LOCKED";
    case SQLITE_NOMEM:
        return "SQLITE_NOMEM";
    case SQLITE_READONLY:
        return "SQLITE_READONLY";
    case SQLITE_INTERRUPT:
        return "SQLITE_INTERRUPT";
    case SQLITE_IOERR:
        return "SQLITE_IOERR";
    case SQLITE_CORRUPT:
        return "SQLITE_CORRUPT";
    case SQLITE_FULL:
        return "SQLITE_FULL";
    case SQLITE_CANTOPEN:
        return "SQLITE_CANTOPEN";
    case SQLITE_SCHEMA:
        return "SQLITE_SCHEMA";
    case SQLITE_TOOBIG:
        return "SQLITE_TOOBIG";
    case SQLITE_CONSTRAINT:
        return "SQLITE_CONSTRAINT";
    case SQLITE_MISMATCH:
        return "SQLITE_MISMATCH";
    case SQLITE_AUTH:
        return "SQLITE_AUTH";
    case SQLITE_RANGE:
        return "SQLITE_RANGE";
    case SQLITE_NOTADB:
        return "SQLITE_NOTADB";
    default:
        return "SQLITE_ERROR";
    }
}

static DriverError error_class(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
        return DRIVER_ERROR_BUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return DRIVER_ERROR_READ_ONLY;
    case SQLITE_FULL:
        return DRIVER_ERROR_FULL;
    case SQLITE_INTERRUPT:
        return DRIVER_ERROR_CANCELLED;
    case SQLITE_CONSTRAINT:
        return DRIVER_ERROR_CONSTRAINT;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
        return DRIVER_ERROR_CONNECT;
    default:
        return DRIVER_ERROR_STATEMENT;
    }
}

static void clear_error(SqliteConnection *connection)
{
    g_clear_pointer(&connection->error_message, g_free);
    connection->error = (ServerError){.position = -1};
}

static int error_position(sqlite3 *database)
{
#if SQLITE_VERSION_NUMBER >= 3038000
    return sqlite3_error_offset(database);
#else
    (void)database;
    return -1;
#endif
}

static const char *error_hint(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "make room on the disk, or raise max_page_count";
    case SQLITE_BUSY:
        return "another connection writes; wait for it, or raise lock_timeout";
    case SQLITE_READONLY:
        return "the database file or its folder cannot be written by this user";
    case SQLITE_CORRUPT:
        return "run PRAGMA integrity_check, and restore the database from a backup";
    default:
        return NULL;
    }
}

/* Keeps what SQLite says and turns it into a GError. */
static gboolean refuse(SqliteConnection *connection, const char *message, GError **error)
{
    int code = sqlite3_extended_errcode(connection->database);
    gboolean timed_out =
        (code & 0xff) == SQLITE_INTERRUPT && connection->deadline && g_get_monotonic_time() >= connection->deadline;
    int position = error_position(connection->database);
    clear_error(connection);
    connection->error_message =
        timed_out ? g_strdup_printf("statement timed out after %g s (statement_timeout)", connection->statement_timeout)
                  : g_strdup(message ? message : sqlite3_errmsg(connection->database));
    connection->error = (ServerError){.code = code,
                                      .sqlstate = code_name(code),
                                      .message = connection->error_message,
                                      .hint = error_hint(code),
                                      .position = position};
    DriverError class = timed_out ? DRIVER_ERROR_STATEMENT : error_class(code);
    g_set_error_literal(error, DRIVER_ERROR, (int)class, connection->error_message);
    return FALSE;
}

static int check_deadline(void *data)
{
    const SqliteConnection *connection = data;
    return connection->deadline && g_get_monotonic_time() >= connection->deadline;
}

static void start_clock(SqliteConnection *connection)
{
    if (connection->statement_timeout > 0)
        connection->deadline = g_get_monotonic_time() + (gint64)(connection->statement_timeout * G_USEC_PER_SEC);
}

/* --- open --- */

static gboolean check_options(const Url *url, GError **error)
{
    static const char *const known[] = {"mode", "cache", "immutable", "timeout", "uri", "vfs", "nolock", "psow", NULL};
    for (guint i = 0; i < url->names->len; i++) {
        const char *name = url->names->pdata[i];
        if (g_strv_contains(known, name))
            continue;
        const char *nearest = text_nearest(name, known, -1);
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "unknown sqlite option '%s' in the URL%s%s%s", name,
                    nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        return FALSE;
    }
    return TRUE;
}

static gboolean open_flags(const Url *url, const ConnectOptions *options, int *flags, GError **error)
{
    const char *mode = url_option(url, "mode");
    *flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (options->read_only || g_strcmp0(mode, "ro") == 0 || url_option(url, "immutable"))
        *flags = SQLITE_OPEN_READONLY;
    else if (g_strcmp0(mode, "rw") == 0)
        *flags = SQLITE_OPEN_READWRITE;
    else if (g_strcmp0(mode, "memory") == 0)
        *flags |= SQLITE_OPEN_MEMORY;
    else if (mode && strcmp(mode, "rwc") != 0) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                    "sqlite option 'mode' is one of ro, rw, rwc, memory, not '%s'", mode);
        return FALSE;
    }
    return TRUE;
}

/* The URI form carries the options that only SQLite itself understands. */
static char *file_name(const Url *url)
{
    static const char *const passed_on[] = {"cache", "immutable", "vfs", "nolock", "psow"};
    if (!url->database || strcmp(url->database, ":memory:") == 0)
        return g_strdup(":memory:");
    if (g_str_has_prefix(url->database, "file:"))
        return g_strdup(url->database);
    GString *uri = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(passed_on); i++) {
        const char *value = url_option(url, passed_on[i]);
        if (!value)
            continue;
        if (!uri) {
            g_autofree char *path = g_uri_escape_string(url->database, "/", TRUE);
            uri = g_string_new("file:");
            g_string_append(uri, path);
        }
        g_autofree char *escaped = g_uri_escape_string(value, NULL, TRUE);
        g_string_append_printf(uri, "%c%s=%s", strchr(uri->str, '?') ? '&' : '?', passed_on[i], escaped);
    }
    return uri ? g_string_free(uri, FALSE) : g_strdup(url->database);
}

static char *open_failure_reason(const char *path, int code)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup("it is a folder");
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        return g_strdup_printf("folder '%s' does not exist", folder);
    if (!g_file_test(path, G_FILE_TEST_EXISTS) && (code & 0xff) == SQLITE_CANTOPEN)
        return g_strdup("the file does not exist, or cannot be created");
    return NULL;
}

static void open_error(const SqliteConnection *connection, int code, GError **error)
{
    g_autofree char *reason = open_failure_reason(connection->path, code);
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database '%s' cannot be opened: %s", connection->path,
                reason ? reason : sqlite3_errmsg(connection->database));
}

static void sqlite_close(Connection *base)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    sqlite3_close_v2(connection->database);
    g_free(connection->path);
    g_free(connection->error_message);
    g_free(connection);
}

/* SQLite opens lazily; reading the header now tells a folder or a text file from a database. */
static gboolean read_header(SqliteConnection *connection, GError **error)
{
    char *message = NULL;
    int code = sqlite3_exec(connection->database, "PRAGMA schema_version", NULL, NULL, &message);
    sqlite3_free(message);
    if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY)
        return TRUE;
    open_error(connection, code, error);
    return FALSE;
}

static Connection *sqlite_open(const Url *url, const ConnectOptions *options, GError **error)
{
    int flags;
    if (!check_options(url, error) || !open_flags(url, options, &flags, error))
        return NULL;
    SqliteConnection *connection = g_new0(SqliteConnection, 1);
    connection->base.driver = &sqlite_driver;
    connection->statement_timeout = options->statement_timeout;
    connection->path = file_name(url);
    connection->error.position = -1;
    int code =
        sqlite3_open_v2(connection->path, &connection->database, flags | SQLITE_OPEN_URI, url_option(url, "vfs"));
    if (code != SQLITE_OK) {
        open_error(connection, code, error);
        sqlite_close(&connection->base);
        return NULL;
    }
    sqlite3_extended_result_codes(connection->database, 1);
    const char *timeout = url_option(url, "timeout");
    double seconds = timeout ? g_ascii_strtod(timeout, NULL) : options->lock_timeout;
    sqlite3_busy_timeout(connection->database, (int)(CLAMP(seconds, 0, 86400) * 1000));
    if (connection->statement_timeout > 0)
        sqlite3_progress_handler(connection->database, 1000, check_deadline, connection);
    if (!read_header(connection, error)) {
        sqlite_close(&connection->base);
        return NULL;
    }
    return &connection->base;
}

/* --- statements --- */

static gboolean is_blank(const char *tail)
{
    for (; *tail; tail++)
        if (!g_ascii_isspace(*tail) && *tail != ';')
            return FALSE;
    return TRUE;
}

/* What stands behind the first statement may only be space and comments: nothing is cut silently. */
static gboolean is_single(SqliteConnection *connection, const char *tail)
{
    if (is_blank(tail))
        return TRUE;
    sqlite3_stmt *rest = NULL;
    int code = sqlite3_prepare_v2(connection->database, tail, -1, &rest, NULL);
    gboolean single = code == SQLITE_OK && !rest;
    sqlite3_finalize(rest);
    return single;
}

static sqlite3_stmt *prepare(SqliteConnection *connection, const char *sql, const char *const *params, guint n_params,
                             GError **error)
{
    sqlite3_stmt *statement = NULL;
    const char *tail = "";
    clear_error(connection);
    start_clock(connection);
    if (sqlite3_prepare_v2(connection->database, sql, -1, &statement, &tail) != SQLITE_OK) {
        refuse(connection, NULL, error);
        return NULL;
    }
    if (!is_single(connection, tail)) {
        sqlite3_finalize(statement);
        refuse(connection, "more than one statement in one call", error);
        return NULL;
    }
    if (!statement) {
        refuse(connection, "no statement: the text is empty", error);
        return NULL;
    }
    for (guint i = 0; i < n_params; i++)
        if (params[i])
            sqlite3_bind_text(statement, (int)i + 1, params[i], -1, SQLITE_TRANSIENT);
    return statement;
}

static gboolean sqlite_execute(Connection *base, const char *sql, const char *const *params, guint n_params,
                               gint64 *affected, GError **error)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    sqlite3_stmt *statement = prepare(connection, sql, params, n_params, error);
    if (!statement)
        return FALSE;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    }
    gboolean done = code == SQLITE_DONE || refuse(connection, NULL, error);
    sqlite3_finalize(statement);
    if (done && affected)
        *affected = sqlite3_changes64(connection->database);
    return done;
}

static Result *sqlite_query(Connection *base, const char *sql, const char *const *params, guint n_params,
                            GError **error)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    sqlite3_stmt *statement = prepare(connection, sql, params, n_params, error);
    if (!statement)
        return NULL;
    SqliteResult *result = g_new0(SqliteResult, 1);
    result->base.driver = &sqlite_driver;
    result->connection = connection;
    result->statement = statement;
    return &result->base;
}

static int sqlite_next(Result *base, GError **error)
{
    SqliteResult *result = (SqliteResult *)base;
    int code = sqlite3_step(result->statement);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    refuse(result->connection, NULL, error);
    return -1;
}

static guint sqlite_n_columns(const Result *base)
{
    return (guint)sqlite3_column_count(((const SqliteResult *)base)->statement);
}

static const char *sqlite_column_name_of(const Result *base, guint column)
{
    return sqlite3_column_name(((const SqliteResult *)base)->statement, (int)column);
}

static const char *sqlite_text(Result *base, guint column)
{
    return (const char *)sqlite3_column_text(((SqliteResult *)base)->statement, (int)column);
}

static gint64 sqlite_integer(Result *base, guint column)
{
    return sqlite3_column_int64(((SqliteResult *)base)->statement, (int)column);
}

static gsize sqlite_bytes(Result *base, guint column)
{
    return (gsize)sqlite3_column_bytes(((SqliteResult *)base)->statement, (int)column);
}

static void sqlite_result_free(Result *base)
{
    sqlite3_finalize(((SqliteResult *)base)->statement);
    g_free(base);
}

static const ServerError *sqlite_last_error(const Connection *base)
{
    return &((const SqliteConnection *)base)->error;
}

static void sqlite_cancel(Connection *base)
{
    sqlite3_interrupt(((SqliteConnection *)base)->database);
}

static gboolean sqlite_in_transaction(const Connection *base)
{
    return !sqlite3_get_autocommit(((const SqliteConnection *)base)->database);
}

static int sqlite_server_version(const Connection *base)
{
    (void)base;
    return sqlite3_libversion_number();
}

const Driver sqlite_driver = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .execute = sqlite_execute,
    .query = sqlite_query,
    .next = sqlite_next,
    .n_columns = sqlite_n_columns,
    .column_name = sqlite_column_name_of,
    .text = sqlite_text,
    .integer = sqlite_integer,
    .bytes = sqlite_bytes,
    .result_free = sqlite_result_free,
    .last_error = sqlite_last_error,
    .cancel = sqlite_cancel,
    .in_transaction = sqlite_in_transaction,
    .server_version = sqlite_server_version,
};
