#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "driver/driver.h"
#include "driver/sqlite_url.h"

#define MAX_SECONDS 1e9 /* keeps microseconds far from overflow */

typedef struct SqliteConnection {
    Connection base;
    sqlite3 *database;
    char *path; /* NULL in memory */
    gboolean read_only;
    double lock_timeout, statement_timeout; /* seconds */
    gint64 waiting_since, deadline;         /* monotonic microseconds; deadline 0: none */
    volatile sig_atomic_t cancelled;        /* the running statement */
    GPtrArray *results;                     /* SqliteResult* not freed yet; not owned */
    char *message, *hint;
    ServerError error;
} SqliteConnection;

typedef struct SqliteResult {
    Result base;
    SqliteConnection *connection; /* NULL once it is closed, as is the statement */
    sqlite3_stmt *statement;
    int first; /* what the first step said, SQLITE_DONE without a row; SQLITE_OK when it has been given out */
    gboolean finished;
} SqliteResult;

static gint64 microseconds(double seconds)
{
    return (gint64)(CLAMP(seconds, 0, MAX_SECONDS) * G_USEC_PER_SEC);
}

/* --- errors --- */

#define CODE(code)                                                                                                     \
    {                                                                                                                  \
        code, #code                                                                                                    \
    }
static const struct {
    int code;
    const char *name;
} code_names[] = {
    CODE(SQLITE_ERROR),
    CODE(SQLITE_INTERNAL),
    CODE(SQLITE_PERM),
    CODE(SQLITE_ABORT),
    CODE(SQLITE_BUSY),
    CODE(SQLITE_LOCKED),
    CODE(SQLITE_NOMEM),
    CODE(SQLITE_READONLY),
    CODE(SQLITE_INTERRUPT),
    CODE(SQLITE_IOERR),
    CODE(SQLITE_CORRUPT),
    CODE(SQLITE_NOTFOUND),
    CODE(SQLITE_FULL),
    CODE(SQLITE_CANTOPEN),
    CODE(SQLITE_PROTOCOL),
    CODE(SQLITE_SCHEMA),
    CODE(SQLITE_TOOBIG),
    CODE(SQLITE_CONSTRAINT),
    CODE(SQLITE_MISMATCH),
    CODE(SQLITE_MISUSE),
    CODE(SQLITE_NOLFS),
    CODE(SQLITE_AUTH),
    CODE(SQLITE_RANGE),
    CODE(SQLITE_NOTADB),
    CODE(SQLITE_BUSY_RECOVERY),
    CODE(SQLITE_BUSY_SNAPSHOT),
    CODE(SQLITE_LOCKED_SHAREDCACHE),
    CODE(SQLITE_LOCKED_VTAB),
    CODE(SQLITE_READONLY_RECOVERY),
    CODE(SQLITE_READONLY_CANTLOCK),
    CODE(SQLITE_READONLY_ROLLBACK),
    CODE(SQLITE_READONLY_DBMOVED),
    CODE(SQLITE_READONLY_CANTINIT),
    CODE(SQLITE_READONLY_DIRECTORY),
    CODE(SQLITE_ABORT_ROLLBACK),
    CODE(SQLITE_IOERR_READ),
    CODE(SQLITE_IOERR_SHORT_READ),
    CODE(SQLITE_IOERR_WRITE),
    CODE(SQLITE_IOERR_FSYNC),
    CODE(SQLITE_IOERR_DIR_FSYNC),
    CODE(SQLITE_IOERR_TRUNCATE),
    CODE(SQLITE_IOERR_LOCK),
    CODE(SQLITE_IOERR_RDLOCK),
    CODE(SQLITE_IOERR_SHMOPEN),
    CODE(SQLITE_IOERR_SHMMAP),
    CODE(SQLITE_IOERR_NOMEM),
    CODE(SQLITE_IOERR_DELETE),
    CODE(SQLITE_CANTOPEN_ISDIR),
    CODE(SQLITE_CANTOPEN_FULLPATH),
    CODE(SQLITE_CANTOPEN_NOTEMPDIR),
    CODE(SQLITE_CORRUPT_VTAB),
    CODE(SQLITE_CONSTRAINT_CHECK),
    CODE(SQLITE_CONSTRAINT_COMMITHOOK),
    CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
    CODE(SQLITE_CONSTRAINT_FUNCTION),
    CODE(SQLITE_CONSTRAINT_NOTNULL),
    CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
    CODE(SQLITE_CONSTRAINT_TRIGGER),
    CODE(SQLITE_CONSTRAINT_UNIQUE),
    CODE(SQLITE_CONSTRAINT_VTAB),
    CODE(SQLITE_CONSTRAINT_ROWID),
#ifdef SQLITE_CONSTRAINT_DATATYPE
    CODE(SQLITE_CONSTRAINT_DATATYPE),
#endif
};
#undef CODE

static const char *code_name(int code)
{
    for (guint i = 0; i < G_N_ELEMENTS(code_names); i++)
        if (code_names[i].code == code)
            return code_names[i].name;
    return code == (code & 0xff) ? "SQLITE_ERROR" : code_name(code & 0xff);
}

/* SQLITE_LOCKED is a statement of this very connection in the way: waiting does not help. */
static DriverError error_class(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL:
        return DRIVER_ERROR_BUSY;
    case SQLITE_LOCKED:
        return code == SQLITE_LOCKED_SHAREDCACHE ? DRIVER_ERROR_BUSY : DRIVER_ERROR_STATEMENT;
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

static const char *error_hint(const SqliteConnection *connection, int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
        return "another connection holds a lock; wait for it to finish, or raise lock_timeout";
    case SQLITE_LOCKED:
        return "a query of this connection is still open, or another one shares its cache";
    case SQLITE_READONLY:
        return connection->read_only ? "the connection was opened read only"
                                     : "this user cannot write the database file, or its folder";
    case SQLITE_FULL:
        return "make room on the disk, or raise PRAGMA max_page_count";
    case SQLITE_CANTOPEN:
        return "the database, its journal or a temporary file cannot be opened: look at the folder's permissions";
    case SQLITE_CORRUPT:
        return "run PRAGMA integrity_check, and restore the database from a backup";
    default:
        return NULL;
    }
}

/* Errors that speak of the file rather than of the statement: their message has to name it. */
static gboolean concerns_file(int code)
{
    switch (code & 0xff) {
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
        return TRUE;
    default:
        return FALSE;
    }
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

static void clear_error(SqliteConnection *connection)
{
    g_clear_pointer(&connection->message, g_free);
    g_clear_pointer(&connection->hint, g_free);
    connection->error = (ServerError){.position = -1};
}

/* Takes `message`. Always FALSE. */
static gboolean keep_error(SqliteConnection *connection, int code, DriverError class, char *message, int position,
                           GError **error)
{
    clear_error(connection);
    connection->message = message;
    connection->hint = g_strdup(error_hint(connection, code));
    connection->error = (ServerError){.code = code,
                                      .sqlstate = code_name(code),
                                      .message = connection->message,
                                      .hint = connection->hint,
                                      .position = position};
    if (concerns_file(code) && connection->path)
        g_set_error(error, DRIVER_ERROR, (int)class, "database '%s': %s", connection->path, message);
    else
        g_set_error_literal(error, DRIVER_ERROR, (int)class, message);
    return FALSE;
}

static gboolean is_late(const SqliteConnection *connection)
{
    return connection->deadline && g_get_monotonic_time() >= connection->deadline;
}

/* "disk I/O error (No space left on device)" */
static char *library_message(sqlite3 *database)
{
    int primary = sqlite3_errcode(database) & 0xff;
    int system = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN ? sqlite3_system_errno(database) : 0;
    if (system != 0)
        return g_strdup_printf("%s (%s)", sqlite3_errmsg(database), g_strerror(system));
    return g_strdup(sqlite3_errmsg(database));
}

/* Turns what SQLite says into a GError. */
static gboolean refuse(SqliteConnection *connection, GError **error)
{
    int code = sqlite3_extended_errcode(connection->database);
    int position = error_position(connection->database);
    if ((code & 0xff) == SQLITE_INTERRUPT && !connection->cancelled && is_late(connection))
        return keep_error(
            connection, code, DRIVER_ERROR_STATEMENT,
            g_strdup_printf("statement timed out after %g s (statement_timeout)", connection->statement_timeout),
            position, error);
    if ((code & 0xff) == SQLITE_BUSY && connection->cancelled)
        return keep_error(connection, SQLITE_INTERRUPT, DRIVER_ERROR_CANCELLED,
                          g_strdup("interrupted while waiting for a lock"), position, error);
    return keep_error(connection, code, error_class(code), library_message(connection->database), position, error);
}

/* A mistake that SQLite would let pass. */
static gboolean refuse_call(SqliteConnection *connection, int position, char *message, GError **error)
{
    return keep_error(connection, SQLITE_MISUSE, DRIVER_ERROR_STATEMENT, message, position, error);
}

/* --- waiting --- */

static int check_deadline(void *data)
{
    return is_late(data);
}

/* In place of sqlite3_busy_timeout(), which goes on waiting when the statement is cancelled. */
static int wait_for_lock(void *data, int attempt)
{
    SqliteConnection *connection = data;
    gint64 now = g_get_monotonic_time();
    if (attempt == 0)
        connection->waiting_since = now;
    gint64 left = connection->waiting_since + microseconds(connection->lock_timeout) - now;
    if (left <= 0 || connection->cancelled)
        return 0;
    gint64 pause = (gint64)1000 << MIN(attempt, 5);
    pause = pause / 2 + g_random_int_range(0, (gint32)pause);
    g_usleep((gulong)MIN(pause, left));
    return 1;
}

static void start_statement(SqliteConnection *connection)
{
    clear_error(connection);
    connection->cancelled = 0;
    if (connection->statement_timeout > 0)
        connection->deadline = g_get_monotonic_time() + microseconds(connection->statement_timeout);
}

/* --- open and close --- */

static char *missing_file_reason(const char *path, gboolean may_create)
{
    g_autofree char *folder = g_path_get_dirname(path);
    if (!g_file_test(folder, G_FILE_TEST_EXISTS))
        return g_strdup_printf("folder '%s' does not exist", folder);
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        return g_strdup_printf("'%s' is not a folder", folder);
    if (!may_create)
        return g_strdup("the file does not exist");
    if (access(folder, W_OK | X_OK) != 0)
        return g_strdup_printf("folder '%s' cannot be written: %s", folder, g_strerror(errno));
    return NULL;
}

/* What the system says about a file that SQLite refused; NULL when it sees nothing wrong. */
static char *open_failure_reason(const char *path, gboolean may_create)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR ? missing_file_reason(path, may_create)
                                                   : g_strdup(g_strerror(errno));
    if (S_ISDIR(info.st_mode))
        return g_strdup("it is a folder");
    if (!S_ISREG(info.st_mode))
        return g_strdup("it is not a regular file");
    return access(path, R_OK) == 0 ? NULL : g_strdup(g_strerror(errno));
}

/* Always FALSE. */
static gboolean set_open_error(const SqliteConnection *connection, const SqliteTarget *target, GError **error)
{
    int code = sqlite3_errcode(connection->database) & 0xff;
    gboolean may_create = target->mode == SQLITE_TARGET_CREATE && !connection->read_only;
    g_autofree char *reason = NULL;
    if (code == SQLITE_NOTADB)
        reason = g_strdup("the file is not a database (or it is encrypted)");
    else if (target->path && !target->vfs)
        reason = open_failure_reason(target->path, may_create);
    if (!reason)
        reason = library_message(connection->database);
    if (target->path)
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database '%s' cannot be opened: %s", target->path,
                    reason);
    else
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database in memory cannot be opened: %s", reason);
    return FALSE;
}

/* Before SQLite touches it: to open a named pipe would wait for its other end. */
static gboolean is_regular_or_new(const SqliteTarget *target, GError **error)
{
    struct stat info;
    if (!target->path || target->vfs || stat(target->path, &info) != 0 || S_ISREG(info.st_mode))
        return TRUE;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "database '%s' cannot be opened: %s", target->path,
                S_ISDIR(info.st_mode) ? "it is a folder" : "it is not a regular file");
    return FALSE;
}

/* A query that is still open ends here, so that the file is closed and unlocked now and not some time later. */
static void sqlite_close(Connection *base)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    for (guint i = 0; i < connection->results->len; i++) {
        SqliteResult *result = connection->results->pdata[i];
        g_clear_pointer(&result->statement, sqlite3_finalize);
        result->connection = NULL;
    }
    sqlite3_close_v2(connection->database);
    g_ptr_array_unref(connection->results);
    g_free(connection->path);
    g_free(connection->message);
    g_free(connection->hint);
    g_free(connection);
}

static int check_header(sqlite3 *database)
{
    return sqlite3_exec(database, "PRAGMA schema_version", NULL, NULL, NULL);
}

/* What a killed writer left half-done can only be rolled back by a connection that may write; until then nobody can
 * read. */
static void recover(const SqliteTarget *target)
{
    sqlite3 *database = NULL;
    if (sqlite3_open_v2(target->name, &database, SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE, target->vfs) == SQLITE_OK)
        check_header(database);
    sqlite3_close_v2(database);
}

/* SQLite opens lazily; reading the header now tells a text file from a database. A lock can wait for the first
 * statement. */
static gboolean read_header(const SqliteConnection *connection, const SqliteTarget *target, GError **error)
{
    int code = check_header(connection->database);
    if ((code & 0xff) == SQLITE_READONLY && target->mode != SQLITE_TARGET_READ) {
        recover(target);
        code = check_header(connection->database);
    }
    if (code == SQLITE_OK || error_class(code) == DRIVER_ERROR_BUSY)
        return TRUE;
    return set_open_error(connection, target, error);
}

static int open_flags(const SqliteTarget *target, gboolean read_only)
{
    int flags = SQLITE_OPEN_URI;
    if (read_only)
        return flags | SQLITE_OPEN_READONLY;
    return flags | SQLITE_OPEN_READWRITE | (target->mode == SQLITE_TARGET_CREATE ? SQLITE_OPEN_CREATE : 0);
}

static Connection *sqlite_open(const Url *url, const ConnectOptions *options, GError **error)
{
    g_auto(SqliteTarget) target;
    if (!sqlite_target_init(&target, url, error) || !is_regular_or_new(&target, error))
        return NULL;
    SqliteConnection *connection = g_new0(SqliteConnection, 1);
    g_autoptr(Connection) guard = &connection->base;
    connection->base.driver = &sqlite_driver;
    connection->path = g_strdup(target.path);
    connection->read_only = target.mode == SQLITE_TARGET_READ || (options->read_only && !target.memory);
    connection->lock_timeout = target.lock_timeout >= 0 ? target.lock_timeout : options->lock_timeout;
    connection->statement_timeout = options->statement_timeout;
    connection->results = g_ptr_array_new();
    connection->error.position = -1;
    int flags = open_flags(&target, connection->read_only);
    if (sqlite3_open_v2(target.name, &connection->database, flags, target.vfs) != SQLITE_OK) {
        set_open_error(connection, &target, error);
        return NULL;
    }
    sqlite3_extended_result_codes(connection->database, 1);
    if (!target.memory && !read_header(connection, &target, error))
        return NULL;
    sqlite3_busy_handler(connection->database, wait_for_lock, connection);
    if (connection->statement_timeout > 0)
        sqlite3_progress_handler(connection->database, 1000, check_deadline, connection);
    g_steal_pointer(&guard);
    return &connection->base;
}

static gboolean sqlite_file_path(const Url *url, char **path, GError **error)
{
    g_auto(SqliteTarget) target;
    if (!sqlite_target_init(&target, url, error))
        return FALSE;
    *path = g_steal_pointer(&target.path);
    return TRUE;
}

/* --- statements --- */

/* The rest of a text behind space, comments and semicolons. Not asked of SQLite: some pragmas act when prepared. */
static const char *skip_insignificant(const char *text)
{
    for (;;) {
        const char *end = NULL;
        if (g_ascii_isspace(*text) || *text == ';')
            end = text;
        else if (g_str_has_prefix(text, "--"))
            end = strchr(text, '\n');
        else if (g_str_has_prefix(text, "/*"))
            end = (end = strstr(text + 2, "*/")) ? end + 1 : NULL;
        else
            return text;
        if (!end)
            return text + strlen(text);
        text = end + 1;
    }
}

static int bind_one(sqlite3_stmt *statement, const Request *request, guint i)
{
    const char *value = request->params[i];
    ParameterKind kind = request_kind(request, i);
    char *end = NULL;
    int at = (int)i + 1;
    if (!value)
        return SQLITE_OK; /* NULL unless it is bound */
    if (kind == PARAMETER_BINARY)
        return sqlite3_bind_blob64(statement, at, value, request_length(request, i), SQLITE_TRANSIENT);
    if (kind == PARAMETER_TEXT)
        return sqlite3_bind_text(statement, at, value, -1, SQLITE_TRANSIENT);
    errno = 0;
    gint64 integer = g_ascii_strtoll(value, &end, 10);
    if (kind == PARAMETER_INTEGER && errno == 0 && *end == '\0')
        return sqlite3_bind_int64(statement, at, integer);
    return sqlite3_bind_double(statement, at, g_ascii_strtod(value, NULL));
}

static gboolean bind(SqliteConnection *connection, sqlite3_stmt *statement, const Request *request, GError **error)
{
    guint n_params = request->n_params;
    guint wanted = (guint)sqlite3_bind_parameter_count(statement);
    if (wanted > n_params) {
        /* SQLite would take NULL for it. */
        const char *name = sqlite3_bind_parameter_name(statement, (int)n_params + 1);
        return refuse_call(connection, -1, g_strdup_printf("no value for parameter '%s'", name ? name : "?"), error);
    }
    if (wanted < n_params)
        return refuse_call(connection, -1,
                           g_strdup_printf("%u values for a statement with %u parameters", n_params, wanted), error);
    for (guint i = 0; i < n_params; i++)
        if (bind_one(statement, request, i) != SQLITE_OK)
            return refuse(connection, error);
    return TRUE;
}

static sqlite3_stmt *prepare(SqliteConnection *connection, const Request *request, GError **error)
{
    const char *sql = request->sql;
    sqlite3_stmt *statement = NULL;
    const char *tail = "";
    start_statement(connection);
    if (sqlite3_prepare_v2(connection->database, sql, -1, &statement, &tail) != SQLITE_OK) {
        refuse(connection, error);
        return NULL;
    }
    tail = skip_insignificant(tail);
    gboolean fine;
    if (*tail)
        fine = refuse_call(connection, (int)(tail - sql), g_strdup("more than one statement in one call"), error);
    else if (!statement)
        fine = refuse_call(connection, -1, g_strdup("the text holds no statement"), error);
    else
        fine = bind(connection, statement, request, error);
    if (!fine)
        g_clear_pointer(&statement, sqlite3_finalize);
    return statement;
}

static gint64 total_changes(sqlite3 *database)
{
#if SQLITE_VERSION_NUMBER >= 3037000
    return sqlite3_total_changes64(database);
#else
    return sqlite3_total_changes(database);
#endif
}

static gint64 changes(sqlite3 *database)
{
#if SQLITE_VERSION_NUMBER >= 3037000
    return sqlite3_changes64(database);
#else
    return sqlite3_changes(database);
#endif
}

static gboolean sqlite_execute(Connection *base, const Request *request, gint64 *affected, GError **error)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    gint64 before = total_changes(connection->database);
    sqlite3_stmt *statement = prepare(connection, request, error);
    if (!statement)
        return FALSE;
    int code;
    do {
        code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
    gboolean done = code == SQLITE_DONE || refuse(connection, error);
    sqlite3_finalize(statement);
    /* DDL leaves the count of the statement before it. */
    if (done && affected)
        *affected = total_changes(connection->database) == before ? 0 : changes(connection->database);
    return done;
}

/* The first row is fetched at once: a statement that fails, fails here, as it does on a server. */
static Result *sqlite_query(Connection *base, const Request *request, GError **error)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    sqlite3_stmt *statement = prepare(connection, request, error);
    if (!statement)
        return NULL;
    int first = sqlite3_step(statement);
    if (first != SQLITE_ROW && first != SQLITE_DONE) {
        refuse(connection, error);
        sqlite3_finalize(statement);
        return NULL;
    }
    SqliteResult *result = g_new0(SqliteResult, 1);
    result->base.driver = &sqlite_driver;
    result->connection = connection;
    result->statement = statement;
    result->first = first;
    g_ptr_array_add(connection->results, result);
    return &result->base;
}

static int sqlite_next(Result *base, GError **error)
{
    SqliteResult *result = (SqliteResult *)base;
    if (!result->statement) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "the connection of this query is closed");
        return -1;
    }
    if (result->finished) /* SQLite would start again */
        return 0;
    int code = result->first ? result->first : sqlite3_step(result->statement);
    result->first = SQLITE_OK;
    if (code == SQLITE_ROW)
        return 1;
    result->finished = TRUE;
    if (code == SQLITE_DONE)
        return 0;
    refuse(result->connection, error);
    return -1;
}

static guint sqlite_n_columns(const Result *base)
{
    return (guint)sqlite3_column_count(((const SqliteResult *)base)->statement);
}

static const char *sqlite_result_column_name(const Result *base, guint column)
{
    sqlite3_stmt *statement = ((const SqliteResult *)base)->statement;
    return statement ? sqlite3_column_name(statement, (int)column) : NULL;
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
    SqliteResult *result = (SqliteResult *)base;
    if (result->connection)
        g_ptr_array_remove_fast(result->connection->results, result);
    sqlite3_finalize(result->statement);
    g_free(result);
}

static const ServerError *sqlite_last_error(const Connection *base)
{
    return &((const SqliteConnection *)base)->error;
}

static void sqlite_cancel(Connection *base)
{
    SqliteConnection *connection = (SqliteConnection *)base;
    connection->cancelled = 1;
    sqlite3_interrupt(connection->database);
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
    .file_path = sqlite_file_path,
    .open = sqlite_open,
    .close = sqlite_close,
    .execute = sqlite_execute,
    .query = sqlite_query,
    .next = sqlite_next,
    .n_columns = sqlite_n_columns,
    .column_name = sqlite_result_column_name,
    .text = sqlite_text,
    .integer = sqlite_integer,
    .bytes = sqlite_bytes,
    .result_free = sqlite_result_free,
    .last_error = sqlite_last_error,
    .cancel = sqlite_cancel,
    .in_transaction = sqlite_in_transaction,
    .server_version = sqlite_server_version,
};
