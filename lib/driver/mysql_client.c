#include "driver/mysql_client.h"

#include <errmsg.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "base/error.h"

enum { DEFAULT_PORT = 3306 };

/* --- calls of the library that wait for the server --- */

#ifdef LIBMARIADB
/* MariaDB Connector/C, "Non-blocking API". */
static int start_call(MysqlCall *call)
{
    switch (call->kind) {
    case CALL_QUERY:
        return mysql_real_query_start(&call->status, call->server, call->sql, call->length);
    case CALL_STORE:
        return mysql_store_result_start(&call->rows, call->server);
    case CALL_NEXT:
        return mysql_next_result_start(&call->status, call->server);
    case CALL_PREPARE:
        return mysql_stmt_prepare_start(&call->status, call->statement, call->sql, call->length);
    case CALL_EXECUTE:
        return mysql_stmt_execute_start(&call->status, call->statement);
    case CALL_STORE_PREPARED:
        return mysql_stmt_store_result_start(&call->status, call->statement);
    }
    return 0;
}

int mysql_call_continue(MysqlCall *call, int ready)
{
    switch (call->kind) {
    case CALL_QUERY:
        return mysql_real_query_cont(&call->status, call->server, ready);
    case CALL_STORE:
        return mysql_store_result_cont(&call->rows, call->server, ready);
    case CALL_NEXT:
        return mysql_next_result_cont(&call->status, call->server, ready);
    case CALL_PREPARE:
        return mysql_stmt_prepare_cont(&call->status, call->statement, ready);
    case CALL_EXECUTE:
        return mysql_stmt_execute_cont(&call->status, call->statement, ready);
    case CALL_STORE_PREPARED:
        return mysql_stmt_store_result_cont(&call->status, call->statement, ready);
    }
    return 0;
}
#else
/* MySQL's own library can wait for the first answer to a statement only (its asynchronous functions have none for
 * prepared statements); what comes behind it is read at once. */
static int start_call(MysqlCall *call)
{
    switch (call->kind) {
    case CALL_QUERY:
        call->status = mysql_send_query(call->server, call->sql, call->length);
        return call->status == 0 ? MYSQL_WAIT_READ : 0;
    case CALL_STORE:
        call->rows = mysql_store_result(call->server);
        break;
    case CALL_NEXT:
        call->status = mysql_next_result(call->server);
        break;
    case CALL_PREPARE:
        call->status = mysql_stmt_prepare(call->statement, call->sql, call->length);
        break;
    case CALL_EXECUTE:
        call->status = mysql_stmt_execute(call->statement);
        break;
    case CALL_STORE_PREPARED:
        call->status = mysql_stmt_store_result(call->statement);
        break;
    }
    return 0;
}

int mysql_call_continue(MysqlCall *call, int ready)
{
    (void)ready;
    call->status = mysql_read_query_result(call->server);
    return 0;
}
#endif

int mysql_client_socket(MYSQL *server)
{
#ifdef LIBMARIADB
    return (int)mysql_get_socket(server);
#else
    return (int)server->net.fd;
#endif
}

short mysql_client_events(int wanted)
{
    return (short)((wanted & MYSQL_WAIT_READ ? POLLIN : 0) | (wanted & MYSQL_WAIT_WRITE ? POLLOUT : 0) |
                   (wanted & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
}

int mysql_client_ready(short events, int wanted)
{
    int ready = (events & POLLIN ? MYSQL_WAIT_READ : 0) | (events & POLLOUT ? MYSQL_WAIT_WRITE : 0) |
                (events & POLLPRI ? MYSQL_WAIT_EXCEPT : 0);
    return events & (POLLERR | POLLHUP | POLLNVAL) ? wanted & ~MYSQL_WAIT_TIMEOUT : ready;
}

#ifdef LIBMARIADB
/* With TLS, Connector/C leaves the socket blocking behind the handshake and behind blocking calls, and would sit in a
 * read instead of giving back what to wait for. */
static void make_non_blocking(MYSQL *server)
{
    int flags = mysql_get_ssl_cipher(server) ? fcntl(mysql_client_socket(server), F_GETFL) : -1;
    if (flags >= 0)
        fcntl(mysql_client_socket(server), F_SETFL, flags | O_NONBLOCK);
}
#endif

int mysql_call_start(MysqlCall *call)
{
#ifdef LIBMARIADB
    make_non_blocking(call->server);
#endif
    return start_call(call);
}

/* --- connecting --- */

static void set_text(MYSQL *server, enum mysql_option option, const char *text)
{
    if (text && *text)
        mysql_options(server, option, text);
}

#ifdef LIBMARIADB
/* What Connector/C 3.3 does, as tried out: with a certificate of an authority the server's must be signed by it; only
 * SSL_VERIFY_SERVER_CERT looks at the host's name; only the same refuses a server without TLS (see
 * is_encrypted_as_asked).
 */
static gboolean set_ssl_mode(MYSQL *server, MysqlSslMode mode, GError **error)
{
    enum { CHAIN_ALONE_UNTIL = 30400 };
    int version = mysql_version_number(mysql_get_client_info());
    MysqlFlag enforce = mode >= TLS_PREFERRED, verify = mode == TLS_VERIFY_IDENTITY;
    if (mode == TLS_VERIFY_CA && version >= CHAIN_ALONE_UNTIL) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED,
                    "this client library (%s) cannot verify a certificate without the host's name\n"
                    "use ssl_mode=VERIFY_IDENTITY in the mysql URL, or REQUIRED to verify nothing",
                    mysql_get_client_info());
        return FALSE;
    }
    mysql_options(server, MYSQL_OPT_SSL_ENFORCE, &enforce);
    mysql_options(server, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    return TRUE;
}
#else
static gboolean set_ssl_mode(MYSQL *server, MysqlSslMode mode, GError **error)
{
    unsigned int same = (unsigned int)mode; /* the values are MySQL's */
    (void)error;
    return mysql_options(server, MYSQL_OPT_SSL_MODE, &same) == 0;
}
#endif

static gboolean set_options(MYSQL *server, const MysqlParameters *parameters, GError **error)
{
    unsigned int protocol = mysql_parameters_use_socket(parameters) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    unsigned int off = 0;
    unsigned long packet = 1024UL * 1024 * 1024; /* the server's limit counts */
#ifdef LIBMARIADB
    size_t stack = 512 * 1024; /* of the non-blocking calls: name services, TLS and plugins run on it */
    mysql_options(server, MYSQL_OPT_NONBLOCK, &stack);
#endif
    mysql_options(server, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_options(server, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_options(server, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
    mysql_options(server, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options4(server, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "migrate");
    if (parameters->connect_timeout)
        mysql_options(server, MYSQL_OPT_CONNECT_TIMEOUT, &parameters->connect_timeout);
    if (parameters->read_timeout)
        mysql_options(server, MYSQL_OPT_READ_TIMEOUT, &parameters->read_timeout);
    if (parameters->write_timeout)
        mysql_options(server, MYSQL_OPT_WRITE_TIMEOUT, &parameters->write_timeout);
    if (parameters->ssl_mode != TLS_DISABLED) {
        set_text(server, MYSQL_OPT_SSL_CA, parameters->ssl_ca);
        set_text(server, MYSQL_OPT_SSL_CAPATH, parameters->ssl_capath);
        set_text(server, MYSQL_OPT_SSL_CERT, parameters->ssl_cert);
        set_text(server, MYSQL_OPT_SSL_KEY, parameters->ssl_key);
        set_text(server, MYSQL_OPT_SSL_CIPHER, parameters->ssl_cipher);
    }
    return set_ssl_mode(server, parameters->ssl_mode, error);
}

/* A signal that is handled is one that ends the run: nobody else can tell while there is no Connection to cancel.
 * `timeout`: seconds for the whole, 0 for no limit. */
static MysqlAttempt connect_within(MYSQL *server, const MysqlParameters *parameters, guint timeout,
                                   gboolean interruptible)
{
    enum { FLAGS = CLIENT_MULTI_STATEMENTS | CLIENT_FOUND_ROWS };
    gboolean on_socket = mysql_parameters_use_socket(parameters);
    unsigned int port = on_socket ? 0 : parameters->port ? (unsigned int)parameters->port : DEFAULT_PORT;
    const char *host = parameters->host && !on_socket ? parameters->host : NULL;
    const char *socket = on_socket && parameters->socket && *parameters->socket ? parameters->socket : NULL;
    MysqlAttempt failure = ATTEMPT_FAILED;
    MYSQL *done = NULL;
#ifdef LIBMARIADB
    gint64 start = g_get_monotonic_time();
    int wanted = mysql_real_connect_start(&done, server, host, parameters->user, parameters->password,
                                          parameters->database, port, socket, FLAGS);
    while (wanted) {
        struct pollfd at = {.fd = mysql_client_socket(server), .events = mysql_client_events(wanted)};
        gint64 left = (start - g_get_monotonic_time()) / 1000 + timeout * G_GINT64_CONSTANT(1000);
        int n = timeout > 0 && left <= 0 ? 0 : poll(&at, 1, timeout > 0 ? (int)left : -1);
        gboolean interrupted = n < 0 && errno == EINTR;
        if (interrupted && !interruptible)
            continue;
        if (n <= 0)
            failure = interrupted ? ATTEMPT_INTERRUPTED : ATTEMPT_LATE;
        wanted =
            mysql_real_connect_cont(&done, server, n > 0 ? mysql_client_ready(at.revents, wanted) : MYSQL_WAIT_TIMEOUT);
    }
#else
    (void)timeout;
    (void)interruptible;
    done = mysql_real_connect(server, host, parameters->user, parameters->password, parameters->database, port, socket,
                              FLAGS);
#endif
    return done ? ATTEMPT_CONNECTED : failure;
}

/* Connector/C goes on without TLS where the server has none, whatever was asked for. */
static gboolean is_encrypted_as_asked(MYSQL *server, const MysqlParameters *parameters, GError **error)
{
    if (parameters->ssl_mode < TLS_REQUIRED || mysql_get_ssl_cipher(server))
        return TRUE;
    mysql_set_connect_error(parameters, ATTEMPT_FAILED, 0, CR_SSL_CONNECTION_ERROR,
                            "SSL is required, but the server does not support it", error);
    return FALSE;
}

MYSQL *mysql_client_connect(const MysqlParameters *parameters, double answer_timeout, gboolean interruptible,
                            GError **error)
{
    guint timeout = parameters->connect_timeout, answer = (guint)(answer_timeout + 0.999);
    if (answer > 0 && (timeout == 0 || answer < timeout))
        timeout = answer;
    MYSQL *server = mysql_init(NULL);
    if (!server)
        g_error("out of memory");
    if (set_options(server, parameters, error)) {
        MysqlAttempt attempt = connect_within(server, parameters, timeout, interruptible);
        if (attempt != ATTEMPT_CONNECTED)
            mysql_set_connect_error(parameters, attempt, timeout, mysql_errno(server), mysql_error(server), error);
        else if (is_encrypted_as_asked(server, parameters, error))
            return server;
    }
    mysql_close(server);
    return NULL;
}
