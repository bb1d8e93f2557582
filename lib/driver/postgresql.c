#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "driver/driver.h"
#include "driver/postgresql_error.h"
#include "driver/postgresql_url.h"

enum { BOOLOID = 16, BYTEAOID = 17, INT8OID = 20, NUMERICOID = 1700, COPY_CHUNK = 64 * 1024 };

typedef struct PostgresqlConnection {
    Connection base;
    PGconn *server;
    PGcancel *cancel;
    WaitingFunction waiting;
    void *waiting_data;
    gint64 patience;                 /* microseconds before the first call of `waiting` */
    gint64 limit;                    /* microseconds for an answer; 0: none */
    gint64 since, told;              /* monotonic microseconds: the statement was sent, `waiting` was called */
    volatile sig_atomic_t cancelled; /* the running statement */
    gboolean *open;                  /* shared with the results */
    char sqlstate[6], *message, *detail, *hint;
    ServerError error;
} PostgresqlConnection;

typedef struct PostgresqlResult {
    Result base;
    gboolean *open; /* FALSE once the connection is closed */
    PGresult *rows;
    int row; /* -1 before the first */
} PostgresqlResult;

/* --- errors --- */

static void clear_error(PostgresqlConnection *connection)
{
    g_clear_pointer(&connection->message, g_free);
    g_clear_pointer(&connection->detail, g_free);
    g_clear_pointer(&connection->hint, g_free);
    connection->sqlstate[0] = '\0';
    connection->error = (ServerError){.position = -1};
}

static gboolean is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

static gboolean is_lost(const PostgresqlConnection *connection, const PGresult *result)
{
    const char *severity = result ? PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED) : NULL;
    return PQstatus(connection->server) == CONNECTION_BAD || g_strcmp0(severity, "FATAL") == 0 ||
           g_strcmp0(severity, "PANIC") == 0;
}

/* Detail and context are one text: both say where the server was. */
static char *detail_of(const PGresult *result)
{
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    if (!detail && !context)
        return NULL;
    return g_strdup_printf("%s%s%s", detail ? detail : "", detail && context ? "\n" : "", context ? context : "");
}

/* Client-side failures have libpq's words only. */
static char *words_of(const PostgresqlConnection *connection, const PGresult *result)
{
    const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (primary)
        return g_strdup(primary);
    const char *words = result ? PQresultErrorMessage(result) : "";
    return text_first_line(*words ? words : PQerrorMessage(connection->server));
}

/* Keeps what the server said about `sql`; NULL result: what libpq said. Always FALSE. */
static gboolean refuse(PostgresqlConnection *connection, const char *sql, const PGresult *result, GError **error)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    g_autofree char *words = words_of(connection, result);
    clear_error(connection);
    if (state)
        g_strlcpy(connection->sqlstate, state, sizeof connection->sqlstate);
    DriverError class = postgresql_error_class(state, connection->cancelled);
    if (is_lost(connection, result)) {
        class = DRIVER_ERROR_CONNECT;
        connection->message = g_strdup_printf("the connection to the server was lost: %s", words);
    } else {
        connection->message = g_steal_pointer(&words);
    }
    const char *hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    connection->hint = g_strdup(hint ? hint : postgresql_error_hint(state, connection->cancelled));
    connection->detail = result ? detail_of(result) : NULL;
    const char *position = result ? PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) : NULL;
    connection->error = (ServerError){.sqlstate = state ? connection->sqlstate : NULL,
                                      .message = connection->message,
                                      .detail = connection->detail,
                                      .hint = connection->hint,
                                      .position = postgresql_error_position(sql, position)};
    g_set_error_literal(error, DRIVER_ERROR, class, connection->message);
    return FALSE;
}

/* For what this driver cannot do, and the server knows nothing of. Always FALSE. */
static gboolean refuse_call(PostgresqlConnection *connection, const char *message, GError **error)
{
    clear_error(connection);
    connection->message = g_strdup(message);
    connection->error.message = connection->message;
    g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED, message);
    return FALSE;
}

static void on_notice(void *data, const PGresult *notice)
{
    (void)data;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL);
    g_autofree char *first = message ? g_strdup(message) : text_first_line(PQresultErrorMessage(notice));
    g_autofree char *text = g_strdup_printf("%s%s%s", first, detail ? "\n" : "", detail ? detail : "");
    if (g_strcmp0(severity, "NOTICE") == 0 || g_strcmp0(severity, "INFO") == 0)
        log_info("notice: %s", text);
    else if (g_strcmp0(severity, "LOG") == 0 || g_strcmp0(severity, "DEBUG") == 0)
        log_detail("%s", text);
    else
        log_warning("%s", text);
}

/* --- waiting --- */

static void tell_waiting(PostgresqlConnection *connection)
{
    gint64 now = g_get_monotonic_time();
    if (!connection->waiting || now - connection->told < G_USEC_PER_SEC)
        return;
    connection->told = now;
    connection->waiting(&connection->base, (double)(now - connection->since) / G_USEC_PER_SEC,
                        connection->waiting_data);
}

static int until_waiting(const PostgresqlConnection *connection)
{
    gint64 now = g_get_monotonic_time(), left = G_MAXINT64;
    if (!connection->waiting && connection->limit == 0)
        return -1;
    if (connection->waiting)
        left = connection->told + G_USEC_PER_SEC - now;
    if (connection->limit > 0)
        left = MIN(left, connection->since + connection->limit - now);
    return (int)(CLAMP(left, 0, G_USEC_PER_SEC) / 1000) + 1;
}

/* A cancelled statement would have to be waited for, too. libpq finds the connection closed. */
static void give_up_late(const PostgresqlConnection *connection)
{
    if (connection->limit > 0 && g_get_monotonic_time() - connection->since > connection->limit)
        shutdown(PQsocket(connection->server), SHUT_RDWR);
}

/* Until the socket can be read or, if wanted, written. What has come is read in any case: a server that cannot get rid
 * of its results reads nothing more. */
static void wait_for_server(PostgresqlConnection *connection, gboolean write)
{
    struct pollfd socket = {.fd = PQsocket(connection->server), .events = (short)(POLLIN | (write ? POLLOUT : 0))};
    int ready = poll(&socket, 1, until_waiting(connection));
    if (ready > 0 && (socket.revents & ~POLLOUT))
        PQconsumeInput(connection->server);
    give_up_late(connection);
    tell_waiting(connection);
}

static gboolean is_up(const PostgresqlConnection *connection)
{
    return PQstatus(connection->server) == CONNECTION_OK;
}

/* FALSE when nothing can be sent any more; the reason comes with the next result. */
static gboolean send_all(PostgresqlConnection *connection)
{
    int unsent = 0;
    while (is_up(connection) && (unsent = PQflush(connection->server)) > 0)
        wait_for_server(connection, TRUE);
    return is_up(connection) && unsent == 0;
}

/* NULL at the end of a statement's results. */
static PGresult *next_result(PostgresqlConnection *connection)
{
    send_all(connection);
    while (is_up(connection) && PQisBusy(connection->server))
        wait_for_server(connection, FALSE);
    return PQgetResult(connection->server);
}

/* A statement that waits for less than a second is heard of, too. */
static void start_waiting(PostgresqlConnection *connection)
{
    connection->since = g_get_monotonic_time();
    connection->told = connection->since - G_USEC_PER_SEC + connection->patience;
}

static void start_statement(PostgresqlConnection *connection)
{
    clear_error(connection);
    connection->cancelled = 0;
    start_waiting(connection);
}

/* --- connecting --- */

typedef enum { ATTEMPT_CONNECTED, ATTEMPT_FAILED, ATTEMPT_LATE, ATTEMPT_INTERRUPTED } Attempt;

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val ? options->val : "";
    return "";
}

/* Seconds for each host; 0: no limit. */
static int connect_timeout(PGconn *server)
{
    PQconninfoOption *options = PQconninfo(server);
    gint64 seconds = g_ascii_strtoll(option_value(options, "connect_timeout"), NULL, 10);
    PQconninfoFree(options);
    return (int)CLAMP(seconds, 0, G_MAXINT / 1000);
}

/* Changes when libpq goes on to another address: new string. */
static char *current_address(const PGconn *server)
{
    const char *host = PQhost(server), *address = PQhostaddr(server), *port = PQport(server);
    return g_strdup_printf("%s %s %s", host ? host : "", address ? address : "", port ? port : "");
}

/* A signal that is handled is one that ends the run: nobody else can tell while there is no Connection to cancel.
 * `answer_timeout`: without connect_timeout. */
static Attempt wait_for_connection(PGconn *server, double answer_timeout)
{
    int given = connect_timeout(server), timeout = given > 0 ? given : (int)answer_timeout;
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    g_autofree char *address = current_address(server);
    gint64 start = g_get_monotonic_time();
    if (PQstatus(server) == CONNECTION_BAD)
        return ATTEMPT_FAILED;
    while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING) {
        struct pollfd socket = {.fd = PQsocket(server), .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        gint64 left = (start - g_get_monotonic_time()) / 1000 + timeout * G_GINT64_CONSTANT(1000);
        if (timeout > 0 && left <= 0)
            return ATTEMPT_LATE;
        int ready = poll(&socket, 1, timeout > 0 ? (int)left : -1);
        if (ready < 0 && errno == EINTR)
            return ATTEMPT_INTERRUPTED;
        if (ready <= 0)
            continue;
        wanted = PQconnectPoll(server);
        g_autofree char *now = current_address(server);
        if (strcmp(now, address) != 0) {
            start = g_get_monotonic_time();
            g_free(address);
            address = g_steal_pointer(&now);
        }
    }
    return wanted == PGRES_POLLING_OK ? ATTEMPT_CONNECTED : ATTEMPT_FAILED;
}

/* libpq's lines, without its indentation. Appended to `words`. */
static void add_words(GString *words, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line) != '\0')
            g_string_append_printf(words, "\n%s", *line);
}

static void set_connect_error(PGconn *server, Attempt attempt, const GString *former, GError **error)
{
    PQconninfoOption *options = PQconninfo(server);
    g_autofree char *target = postgresql_describe(option_value(options, "host"), option_value(options, "port"),
                                                  option_value(options, "dbname"), option_value(options, "user"));
    PQconninfoFree(options);
    if (attempt == ATTEMPT_INTERRUPTED) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted while connecting to %s", target);
        return;
    }
    g_autoptr(GString) words = g_string_new(former->str);
    add_words(words, PQerrorMessage(server));
    const char *hint = postgresql_connect_hint(words->str, PQconnectionNeedsPassword(server));
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "%s cannot be connected to%s%s%s", target, words->str,
                hint ? "\n" : "", hint ? hint : "");
}

static gboolean init_parameters(PostgresqlParameters *parameters, const Url *url, GError **error)
{
    PQconninfoOption *options = PQconndefaults();
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (const PQconninfoOption *option = options; option && option->keyword; option++)
        g_ptr_array_add(known, option->keyword);
    gboolean done = postgresql_parameters_init(parameters, url, (const char *const *)known->pdata, known->len, error);
    PQconninfoFree(options);
    return done;
}

static PGconn *start_connecting(const PostgresqlParameters *parameters)
{
    PGconn *server = PQconnectStartParams((const char *const *)parameters->keywords->pdata,
                                          (const char *const *)parameters->values->pdata, 0);
    if (!server)
        g_error("out of memory");
    PQsetNoticeReceiver(server, on_notice, NULL);
    return server;
}

/* libpq's blocking functions go on to the next host when one gives no answer in time, PQconnectPoll() does not. */
static gboolean skip_host(PostgresqlParameters *parameters, PGconn *server, GString *words)
{
    const char *host = PQhost(server), *port = PQport(server);
    if (!host || !port)
        return FALSE;
    g_string_append_printf(words, "\nhost '%s', port %s gave no answer within %d seconds (connect_timeout)", host, port,
                           connect_timeout(server));
    PQconninfoOption *options = PQconninfo(server);
    gboolean skipped =
        postgresql_parameters_skip_host(parameters, option_value(options, "host"), option_value(options, "hostaddr"),
                                        option_value(options, "port"), host, port);
    PQconninfoFree(options);
    return skipped;
}

static PGconn *connect_to_server(const Url *url, double answer_timeout, GError **error)
{
    g_auto(PostgresqlParameters) parameters = {0};
    if (!init_parameters(&parameters, url, error))
        return NULL;
    g_autoptr(GString) words = g_string_new(NULL);
    for (;;) {
        PGconn *server = start_connecting(&parameters);
        Attempt attempt = wait_for_connection(server, answer_timeout);
        if (attempt == ATTEMPT_CONNECTED && PQsetnonblocking(server, 1) == 0)
            return server;
        if (attempt != ATTEMPT_LATE || !skip_host(&parameters, server, words)) {
            set_connect_error(server, attempt, words, error);
            PQfinish(server);
            return NULL;
        }
        PQfinish(server);
    }
}

/* options->read_only: there is nothing to tell the server without a round trip or a startup parameter that a pooler
 * refuses; the caller reads only. options->statement_timeout is Dialect.transaction_setup's. */
static Connection *postgresql_open(const Url *url, const ConnectOptions *options, GError **error)
{
    PGconn *server = connect_to_server(url, options->answer_timeout, error);
    if (!server)
        return NULL;
    PostgresqlConnection *connection = g_new0(PostgresqlConnection, 1);
    connection->base.driver = &postgresql_driver;
    connection->server = server;
    connection->cancel = PQgetCancel(server);
    connection->waiting = options->waiting;
    connection->patience =
        (gint64)((options->lock_timeout > 0 ? CLAMP(options->lock_timeout / 2, 0.05, 1) : 1) * G_USEC_PER_SEC);
    connection->limit = (gint64)(options->answer_timeout * G_USEC_PER_SEC);
    connection->waiting_data = options->waiting_data;
    connection->open = g_rc_box_new0(gboolean);
    *connection->open = TRUE;
    connection->error.position = -1;
    return &connection->base;
}

static void postgresql_close(Connection *base)
{
    PostgresqlConnection *connection = (PostgresqlConnection *)base;
    *connection->open = FALSE;
    g_rc_box_release(connection->open);
    PQfreeCancel(connection->cancel);
    PQfinish(connection->server);
    clear_error(connection);
    g_free(connection);
}

/* --- one statement --- */

/* Chunks, so that results and notices are read in between. */
static void send_rows(PostgresqlConnection *connection, const char *data, gsize length)
{
    for (gsize sent = 0; sent < length;) {
        int chunk = (int)MIN(length - sent, COPY_CHUNK), put = PQputCopyData(connection->server, data + sent, chunk);
        if (put < 0 || !send_all(connection))
            return;
        if (put > 0)
            sent += (gsize)chunk;
    }
    while (PQputCopyEnd(connection->server, NULL) == 0 && send_all(connection))
        ;
}

static void discard_rows(PostgresqlConnection *connection)
{
    char *row = NULL;
    int length;
    while ((length = PQgetCopyData(connection->server, &row, 1)) >= 0 && is_up(connection)) {
        if (length == 0)
            wait_for_server(connection, FALSE);
        PQfreemem(row);
        row = NULL;
    }
}

/* The one result of a statement, or its failure; NULL: libpq could not say more than PQerrorMessage(). */
static PGresult *collect(PostgresqlConnection *connection, const Request *request, gboolean *copied_out)
{
    PGresult *kept = NULL, *result;
    while ((result = next_result(connection))) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN && request->data)
            send_rows(connection, request->data, request->data_length);
        else if (status == PGRES_COPY_IN)
            PQputCopyEnd(connection->server, "no rows were sent along with the statement");
        else if (status == PGRES_COPY_OUT)
            discard_rows(connection);
        *copied_out |= status == PGRES_COPY_OUT;
        if (kept && is_failure(kept)) {
            PQclear(result);
        } else {
            PQclear(kept);
            kept = result;
        }
        if ((status == PGRES_COPY_IN || status == PGRES_COPY_OUT) && !is_up(connection))
            break; /* or PQgetResult() says so for ever */
    }
    return kept;
}

static Oid parameter_type(const Request *request, guint i)
{
    char *end = NULL;
    switch (request_kind(request, i)) {
    case PARAMETER_TEXT:
        break;
    case PARAMETER_BINARY:
        return BYTEAOID;
    case PARAMETER_INTEGER:
        errno = 0;
        if (request->params[i])
            (void)g_ascii_strtoll(request->params[i], &end, 10);
        return errno == 0 && (!end || *end == '\0') ? INT8OID : NUMERICOID;
    case PARAMETER_REAL:
        return NUMERICOID;
    }
    return 0; /* what the place needs */
}

/* Numbers have the types of literals, so that the same casts bring them into a column; bytes go as they are. NULL is
 * of any type. */
static gboolean send_statement(PostgresqlConnection *connection, const Request *request)
{
    if (!request->kinds)
        return PQsendQueryParams(connection->server, request->sql, (int)request->n_params, NULL, request->params, NULL,
                                 NULL, 0);
    g_autofree Oid *types = g_new0(Oid, request->n_params);
    g_autofree int *lengths = g_new0(int, request->n_params), *formats = g_new0(int, request->n_params);
    for (guint i = 0; i < request->n_params; i++) {
        types[i] = request->params[i] ? parameter_type(request, i) : 0;
        lengths[i] = (int)MIN(request_length(request, i), G_MAXINT);
        formats[i] = request->params[i] && request_kind(request, i) == PARAMETER_BINARY;
    }
    return PQsendQueryParams(connection->server, request->sql, (int)request->n_params, types, request->params, lengths,
                             formats, 0);
}

/* The result of the statement, which did not fail; NULL with `error`. */
static PGresult *run(PostgresqlConnection *connection, const Request *request, GError **error)
{
    start_statement(connection);
    PGresult *result = NULL;
    gboolean copied_out = FALSE;
    if (send_statement(connection, request))
        result = collect(connection, request, &copied_out);
    if (result && !is_failure(result) && is_up(connection) && !copied_out)
        return result;
    if (copied_out && is_up(connection) && !is_failure(result))
        refuse_call(connection, "the rows of COPY … TO STDOUT have nowhere to go", error);
    else
        refuse(connection, request->sql, result, error);
    PQclear(result);
    return NULL;
}

/* What SELECT, FETCH and MOVE count was read, not changed. */
static gint64 affected_rows(PGresult *result)
{
    static const char *const readers[] = {"SELECT", "FETCH", "MOVE"};
    const char *tag = PQcmdStatus(result);
    for (guint i = 0; i < G_N_ELEMENTS(readers); i++)
        if (g_str_has_prefix(tag, readers[i]))
            return 0;
    return g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
}

static gboolean postgresql_execute(Connection *base, const Request *request, gint64 *affected, GError **error)
{
    PGresult *result = run((PostgresqlConnection *)base, request, error);
    if (!result)
        return FALSE;
    if (affected)
        *affected = affected_rows(result);
    PQclear(result);
    return TRUE;
}

/* Takes `rows`. */
static Result *result_new(const PostgresqlConnection *connection, PGresult *rows)
{
    PostgresqlResult *result = g_new0(PostgresqlResult, 1);
    result->base.driver = &postgresql_driver;
    result->open = g_rc_box_acquire(connection->open);
    result->rows = rows;
    result->row = -1;
    return &result->base;
}

static Result *postgresql_query(Connection *base, const Request *request, GError **error)
{
    PostgresqlConnection *connection = (PostgresqlConnection *)base;
    PGresult *rows = run(connection, request, error);
    return rows ? result_new(connection, rows) : NULL;
}

/* --- several statements --- */

static gboolean run_alone(PostgresqlConnection *connection, const Request *request, Result **result, GError **error)
{
    PGresult *rows = run(connection, request, error);
    if (!rows)
        return FALSE;
    if (result)
        *result = result_new(connection, rows);
    else
        PQclear(rows);
    return TRUE;
}

#ifdef LIBPQ_HAS_PIPELINING

/* What has been sent of a pipeline: the number of requests. */
static guint send_pipeline(PostgresqlConnection *connection, const Request *requests, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (!send_statement(connection, &requests[i]) || !send_all(connection))
            return i;
    }
    return n;
}

/* Reads up to the answer to Sync. The first failure (also one at Sync, where an implicit transaction ends) is returned
 * with the index of its request. */
static PGresult *read_pipeline(PostgresqlConnection *connection, guint n, Result **results, guint *failed)
{
    PGresult *failure = NULL;
    for (guint at = 0, empty = 0; empty <= n + 1;) {
        PGresult *result = next_result(connection);
        start_waiting(connection);
        ExecStatusType status = PQresultStatus(result);
        if (!result) {
            at++;
            empty++;
        } else if (is_failure(result) && !failure) {
            failure = result;
            *failed = MIN(at, n - 1);
            continue;
        } else if (results && !failure && at < n &&
                   (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)) {
            results[at] = result_new(connection, result);
            continue;
        }
        PQclear(result);
        if (status == PGRES_PIPELINE_SYNC || (!result && !is_up(connection)))
            break;
    }
    return failure;
}

static gboolean run_pipeline(PostgresqlConnection *connection, const Request *requests, guint n, Result **results,
                             guint *failed, GError **error)
{
    start_statement(connection);
    *failed = 0;
    if (!PQenterPipelineMode(connection->server))
        return refuse(connection, requests[0].sql, NULL, error);
    g_autoptr(GError) unsent = NULL;
    guint sent = send_pipeline(connection, requests, n);
    if (sent < n)
        refuse(connection, requests[sent].sql, NULL, &unsent);
    PQpipelineSync(connection->server);
    *failed = sent;
    PGresult *failure = read_pipeline(connection, n, results, failed);
    if (!failure && is_up(connection) && !unsent) {
        PQexitPipelineMode(connection->server);
        return TRUE;
    }
    *failed = MIN(*failed, n - 1);
    if (unsent && !failure)
        g_propagate_error(error, g_steal_pointer(&unsent));
    else
        refuse(connection, requests[*failed].sql, failure, error);
    PQclear(failure);
    PQexitPipelineMode(connection->server);
    return FALSE;
}

/* COPY leaves a pipeline in a state that libpq cannot get out of. Comments before it are nobody's habit, but may be in
 * a revision file. */
static gboolean is_copy(const Request *request)
{
    const char *text = request->sql;
    for (;;) {
        text += strspn(text, " \t\r\n\f");
        const char *end = NULL;
        if (g_str_has_prefix(text, "--"))
            end = strchr(text, '\n');
        else if (g_str_has_prefix(text, "/*"))
            end = (end = strstr(text + 2, "*/")) ? end + 1 : NULL;
        if (!end)
            break;
        text = end + 1;
    }
    return request->data || g_ascii_strncasecmp(text, "copy", strlen("copy")) == 0;
}

static guint pipeline_length(const Request *requests, guint n)
{
    guint length = 0;
    while (length < n && !is_copy(&requests[length]))
        length++;
    return length;
}

#else

static guint pipeline_length(const Request *requests, guint n)
{
    (void)requests;
    (void)n;
    return 0;
}

static gboolean run_pipeline(PostgresqlConnection *connection, const Request *requests, guint n, Result **results,
                             guint *failed, GError **error)
{
    (void)n;
    *failed = 0;
    return run_alone(connection, requests, results, error);
}

#endif

static gboolean postgresql_run_many(Connection *base, const Request *requests, guint n, Result **results, guint *failed,
                                    GError **error)
{
    PostgresqlConnection *connection = (PostgresqlConnection *)base;
    for (guint start = 0; start < n;) {
        guint length = pipeline_length(requests + start, n - start), at = 0;
        Result **places = results ? results + start : NULL;
        gboolean done = length > 1 ? run_pipeline(connection, requests + start, length, places, &at, error)
                                   : run_alone(connection, requests + start, places, error);
        if (!done) {
            for (guint i = 0; results && i < n; i++)
                g_clear_pointer(&results[i], result_free);
            if (failed)
                *failed = start + at;
            return FALSE;
        }
        start += MAX(length, 1);
    }
    return TRUE;
}

/* --- results --- */

static int postgresql_next(Result *base, GError **error)
{
    PostgresqlResult *result = (PostgresqlResult *)base;
    if (!*result->open) {
        g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "the connection of this query is closed");
        return -1;
    }
    if (result->row + 1 >= PQntuples(result->rows))
        return 0;
    result->row++;
    return 1;
}

static guint postgresql_n_columns(const Result *base)
{
    return (guint)PQnfields(((const PostgresqlResult *)base)->rows);
}

static const char *postgresql_column_name(const Result *base, guint column)
{
    return PQfname(((const PostgresqlResult *)base)->rows, (int)column);
}

static const char *postgresql_text(Result *base, guint column)
{
    const PostgresqlResult *result = (PostgresqlResult *)base;
    if (PQgetisnull(result->rows, result->row, (int)column))
        return NULL;
    return PQgetvalue(result->rows, result->row, (int)column);
}

static gint64 postgresql_integer(Result *base, guint column)
{
    const PostgresqlResult *result = (PostgresqlResult *)base;
    const char *text = postgresql_text(base, column);
    if (!text)
        return 0;
    if (PQftype(result->rows, (int)column) == BOOLOID)
        return *text == 't';
    return g_ascii_strtoll(text, NULL, 10);
}

static gsize postgresql_bytes(Result *base, guint column)
{
    const PostgresqlResult *result = (PostgresqlResult *)base;
    return (gsize)PQgetlength(result->rows, result->row, (int)column);
}

static void postgresql_result_free(Result *base)
{
    PostgresqlResult *result = (PostgresqlResult *)base;
    PQclear(result->rows);
    g_rc_box_release(result->open);
    g_free(result);
}

/* --- the connection's state --- */

static const ServerError *postgresql_last_error(const Connection *base)
{
    return &((const PostgresqlConnection *)base)->error;
}

static void postgresql_cancel(Connection *base)
{
    PostgresqlConnection *connection = (PostgresqlConnection *)base;
    char words[256];
    connection->cancelled = 1;
    PQcancel(connection->cancel, words, sizeof words);
}

/* What the server said before it closed the socket is read, too. */
static gboolean postgresql_alive(Connection *base)
{
    PostgresqlConnection *connection = (PostgresqlConnection *)base;
    while (is_up(connection)) {
        struct pollfd socket = {.fd = PQsocket(connection->server), .events = POLLIN};
        if (poll(&socket, 1, 0) <= 0)
            return TRUE;
        if (!PQconsumeInput(connection->server))
            return FALSE;
        PQisBusy(connection->server);
    }
    return FALSE;
}

static gint64 postgresql_backend_id(const Connection *base)
{
    return PQbackendPID(((const PostgresqlConnection *)base)->server);
}

static gboolean postgresql_in_transaction(const Connection *base)
{
    switch (PQtransactionStatus(((const PostgresqlConnection *)base)->server)) {
    case PQTRANS_ACTIVE:
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
        return TRUE;
    case PQTRANS_IDLE:
    case PQTRANS_UNKNOWN:
        break;
    }
    return FALSE;
}

static int postgresql_server_version(const Connection *base)
{
    return PQserverVersion(((const PostgresqlConnection *)base)->server);
}

const Driver postgresql_driver = {
    .name = "postgresql",
    .open = postgresql_open,
    .close = postgresql_close,
    .execute = postgresql_execute,
    .query = postgresql_query,
    .next = postgresql_next,
    .n_columns = postgresql_n_columns,
    .column_name = postgresql_column_name,
    .text = postgresql_text,
    .integer = postgresql_integer,
    .bytes = postgresql_bytes,
    .result_free = postgresql_result_free,
    .last_error = postgresql_last_error,
    .cancel = postgresql_cancel,
    .run_many = postgresql_run_many,
    .alive = postgresql_alive,
    .backend_id = postgresql_backend_id,
    .in_transaction = postgresql_in_transaction,
    .server_version = postgresql_server_version,
};
