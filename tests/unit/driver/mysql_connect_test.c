/* What a mysql URL may ask for, and what is said when there is no connection. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "driver/driver.h"
#include "support/mysql.h"
#include "support/server.h"

/* A second server, with TLS, that calls itself MySQL. */
static TestServer other;
static char *other_port;

static Connection *try_open(const char *text, const ConnectOptions *options, GError **error)
{
    g_autoptr(Url) url = url_parse(text, error);
    const Driver *driver = url ? driver_for_url(url, error) : NULL;
    ConnectOptions defaults = {0};
    return driver ? connection_open(driver, url, options ? options : &defaults, error) : NULL;
}

/* PORT, SOCKET and FOLDER are the first server's; TLSPORT and TLSFILES (its folder of certificates) the other's. New
 * string. */
static char *fill(const char *template)
{
    g_autofree char *port = g_strdup_printf("%d", mysql_server_port());
    GString *text = g_string_new(template);
    if (other_port) {
        g_autofree char *tls = g_build_filename(other.folder, "tls", NULL);
        g_string_replace(text, "TLSPORT", other_port, 0);
        g_string_replace(text, "TLSFILES", tls, 0);
    }
    g_string_replace(text, "PORT", port, 0);
    g_string_replace(text, "SOCKET", mysql_server_socket(), 0);
    g_string_replace(text, "FOLDER", mysql_folder(), 0);
    return g_string_free(text, FALSE);
}

static void assert_connects(const char *template, const char *query, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(template);
    g_autoptr(Connection) connection = try_open(url, NULL, &error);
    g_autofree char *value = connection ? connection_scalar(connection, query, &error) : NULL;
    if (error)
        fail_msg("%s\n%s", error->message, url);
    if (g_strcmp0(value, expected) != 0)
        fail_msg("'%s' instead of '%s': %s", value, expected, url);
}

static void assert_fails(const char *template, DriverError class, const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(template);
    g_autoptr(Connection) connection = try_open(url, NULL, &error);
    if (connection)
        fail_msg("connected to %s", url);
    if (!g_error_matches(error, DRIVER_ERROR, (int)class))
        fail_msg("class %d: %s", error->code, error->message);
    for (; *words; words++) {
        g_autofree char *expected = fill(*words);
        if (!strstr(error->message, expected))
            fail_msg("no '%s' in\n%s", expected, error->message);
    }
    assert_null(strstr(error->message, "geheim"));
}
#define FAILS(url, class, ...) assert_fails(url, class, (const char *const[]){__VA_ARGS__, NULL})

#define CIPHER "SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'"
#define SERVER "mysql://root@127.0.0.1:PORT/"

static void test_options(void **state)
{
    (void)state;
    const char *charset = "SELECT @@character_set_client";
    assert_connects(SERVER, "SELECT DATABASE()", NULL);
    assert_connects(SERVER "mysql", "SELECT DATABASE()", "mysql");
    assert_connects("mariadb+mariadbconnector://root@127.0.0.1:PORT/mysql", "SELECT DATABASE()", "mysql");
    assert_connects("mysql+pymysql://root@127.0.0.1:PORT/?charset=utf8&local_infile=0&use_unicode=1", charset,
                    "utf8mb4");
    assert_connects(SERVER "?connect_timeout=3&read_timeout=5&write_timeout=5", charset, "utf8mb4");
    FAILS(SERVER "?ssl_moed=REQUIRED", DRIVER_ERROR_URL, "'ssl_moed'", "'ssl_mode'");
    FAILS(SERVER "?charset=latin1", DRIVER_ERROR_URL, "'charset'", "'latin1'");
    FAILS(SERVER "?local_infile=1", DRIVER_ERROR_URL, "'local_infile'");
    FAILS(SERVER "?ssl_mode=must", DRIVER_ERROR_URL, "'ssl_mode'", "VERIFY_IDENTITY", "'must'");
    FAILS(SERVER "?ssl=perhaps", DRIVER_ERROR_URL, "'ssl'", "true or false", "'perhaps'");
    FAILS(SERVER "?connect_timeout=soon", DRIVER_ERROR_URL, "'connect_timeout'", "seconds", "'soon'");
    FAILS(SERVER "?read_default_group=x", DRIVER_ERROR_URL, "read_default_file");
}

static void test_read_timeout(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(SERVER "?read_timeout=1");
    g_autoptr(Connection) connection = try_open(url, NULL, &error);
    assert_non_null(connection);
    gint64 start = g_get_monotonic_time();
    assert_false(connection_execute(connection, "DO SLEEP(30)", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
}

static void test_socket(void **state)
{
    (void)state;
    const char *query = "SELECT SUBSTRING_INDEX(USER(), '@', -1)";
    assert_connects("mysql://root@/?unix_socket=SOCKET", query, "localhost");
    assert_connects("mysql://root@localhost/?unix_socket=SOCKET", query, "localhost");
    assert_connects("mysql://root@localhost:PORT/", query, "127.0.0.1"); /* a port is TCP's */
    FAILS("mysql://root@/app?unix_socket=FOLDER/none", DRIVER_ERROR_CONNECT, "database 'app' on socket 'FOLDER/none'",
          "unix_socket");
    FAILS("mysql://root@/?unix_socket=SOCKET&ssl_mode=VERIFY_IDENTITY", DRIVER_ERROR_URL, "VERIFY_IDENTITY", "host");
}

static void test_missing(void **state)
{
    (void)state;
    FAILS("mysql://root@127.0.0.1:PORT/nowhere", DRIVER_ERROR_CONNECT,
          "database 'nowhere' on host '127.0.0.1', port PORT "
          "as user 'root'",
          "Unknown database 'nowhere'", "CREATE DATABASE");
    FAILS("mysql://nobody:geheim@127.0.0.1:PORT/", DRIVER_ERROR_CONNECT, "Access denied for user 'nobody'",
          "percent-encoded");
    FAILS("mysql://root:geheim@127.0.0.1:1/app", DRIVER_ERROR_CONNECT, "Can't connect", "start the server");
    FAILS("mysql://root@host.invalid/app", DRIVER_ERROR_CONNECT, "'host.invalid', port 3306", "correct the host");
}

static void test_password(void **state)
{
    (void)state;
    mysql_run(mysql_start(), "CREATE USER alice@'%' IDENTIFIED BY 'geheim/@:'");
    assert_connects("mysql://alice:geheim%2F%40%3A@127.0.0.1:PORT/", "SELECT CURRENT_USER()", "alice@%");
    FAILS("mysql://alice:geheimer@127.0.0.1:PORT/", DRIVER_ERROR_CONNECT, "using password: YES");
    FAILS("mysql://alice@127.0.0.1:PORT/", DRIVER_ERROR_CONNECT, "using password: NO");
    g_setenv("MYSQL_PWD", "geheim/@:", TRUE);
    assert_connects("mysql://alice@127.0.0.1:PORT/", "SELECT CURRENT_USER()", "alice@%");
    g_unsetenv("MYSQL_PWD");
}

/* --- option files --- */

static void write_file(const char *path, const char *text)
{
    g_autofree char *where = fill(path), *content = fill(text);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents_full(where, content, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
        fail_msg("%s", error->message);
}

static void test_option_file(void **state)
{
    (void)state;
    const char *query = "SELECT CONCAT(CURRENT_USER(), ' ', DATABASE())";
    mysql_run(mysql_start(), "CREATE USER 'o#f'@'%' IDENTIFIED BY 'a\\\\b #\"; c'; CREATE DATABASE of; CREATE DATABASE "
                             "url; GRANT ALL ON *.* TO 'o#f'@'%'");
    write_file("FOLDER/client.cnf",
               "# comment\n[mysqld]\nuser = nobody\nport=1\n[client]\nhost=127.0.0.1\nport = PORT\n"
               "user=o#f # a comment\npassword = \"a\\\\b #\\\"; c\"\nno_such_option\n"
               "init-command = DROP DATABASE of\n; comment\n[client-mariadb]\ndatabase=of\n");
    assert_connects("mysql://?read_default_file=FOLDER/client.cnf", query, "o#f@% of");
    assert_connects("mysql:///url?read_default_file=FOLDER/client.cnf", query, "o#f@% url");
    assert_connects("mysql://root:@/url?read_default_file=FOLDER/client.cnf", query, "root@127.0.0.1 url");
    write_file("FOLDER/groups.cnf", "!include FOLDER/client.cnf\n[migrate]\ndatabase=url\n!includedir FOLDER/conf.d\n");
    assert_connects("mysql:///?read_default_file=FOLDER/groups.cnf", query, "o#f@% of");
    assert_connects("mysql:///?read_default_file=FOLDER/groups.cnf&read_default_group=migrate", query, "o#f@% url");
    g_autofree char *folder = fill("FOLDER/conf.d");
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    write_file("FOLDER/conf.d/a.cnf", "[client]\ndatabase=mysql\n");
    write_file("FOLDER/conf.d/a.txt", "[client]\ndatabase=nowhere\n");
    assert_connects("mysql:///?read_default_file=FOLDER/groups.cnf", query, "o#f@% mysql");
    FAILS("mysql:///?read_default_file=FOLDER/none.cnf", DRIVER_ERROR_URL, "FOLDER/none.cnf");
    write_file("FOLDER/bad.cnf", "\n[client\n");
    FAILS("mysql:///?read_default_file=FOLDER/bad.cnf", DRIVER_ERROR_URL, "FOLDER/bad.cnf", "line 2");
    write_file("FOLDER/bad.cnf", "[client]\nport=many\n");
    FAILS("mysql:///?read_default_file=FOLDER/bad.cnf", DRIVER_ERROR_URL, "FOLDER/bad.cnf", "'many'");
    write_file("FOLDER/loop.cnf", "!include FOLDER/loop.cnf\n");
    FAILS("mysql:///?read_default_file=FOLDER/loop.cnf", DRIVER_ERROR_URL, "FOLDER/loop.cnf");
}

static void test_option_file_in_home(void **state)
{
    (void)state;
    g_autofree char *home = fill("FOLDER");
    g_setenv("HOME", home, TRUE); /* before the first question for it */
    write_file("FOLDER/.my.cnf", "[client]\nsocket=SOCKET\nuser=root\n");
    const char *query = "SELECT SUBSTRING_INDEX(USER(), '@', -1)";
    assert_connects("mysql:///?read_default_file=~/.my.cnf", query, "localhost");
    assert_connects("mysql://root@127.0.0.1:PORT/?read_default_file=~/.my.cnf", query, "127.0.0.1");
    FAILS("mysql://alice@localhost:1/", DRIVER_ERROR_CONNECT, "port 1"); /* without being told, none is read */
}

/* --- connecting takes time --- */

/* Takes connections and says nothing: its port. */
static int listen_silently(int *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(*listener, 8), 0);
    assert_int_equal(getsockname(*listener, (struct sockaddr *)&address, &length), 0);
    return ntohs(address.sin_port);
}

static void test_timeout(void **state)
{
    (void)state;
    int listener, silent = listen_silently(&listener);
    gint64 start = g_get_monotonic_time();
    g_autofree char *url = g_strdup_printf("mysql://root@127.0.0.1:%d/?connect_timeout=1", silent);
    FAILS(url, DRIVER_ERROR_CONNECT, "connect_timeout");
    g_autofree char *patient = g_strdup_printf("mysql://root@127.0.0.1:%d/?connect_timeout=0", silent);
    g_autoptr(GError) error = NULL;
    ConnectOptions options = {.answer_timeout = 1};
    assert_null(try_open(patient, &options, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
    close(listener);
}

static void on_alarm(int number)
{
    (void)number;
}

static void test_interrupt(void **state)
{
    (void)state;
    int listener, silent = listen_silently(&listener);
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, former;
    sigaction(SIGALRM, &action, &former);
    struct itimerval timer = {.it_value = {.tv_usec = 200000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    g_autofree char *url = g_strdup_printf("mysql://root@127.0.0.1:%d/app", silent);
    FAILS(url, DRIVER_ERROR_CANCELLED, "interrupted while connecting to database 'app' on host '127.0.0.1'");
    sigaction(SIGALRM, &former, NULL);
    close(listener);
}

/* --- TLS --- */

/* An authority ("ca") that has signed the server's certificate, for localhost and db.example, and a client's; another
 * ("wrong") that has not. */
static const char certificates[] =
    "mkdir \"$1/tls\" && cd \"$1/tls\" || exit 1\n"
    "authority() { openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$1 -keyout $1.key -out $1.pem; }\n"
    "signed() { openssl req -newkey rsa:2048 -nodes -subj /CN=$1 -keyout $1.key -out request.pem &&\n"
    "    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out "
    "$1.pem\n"
    "}\n"
    "{ echo subjectAltName=DNS:db.example,DNS:localhost >names && authority ca && authority wrong && signed server &&\n"
    "    signed client && chmod a+r * && chmod a+rx \"$1\" .; } 2>log\n"
    "\"$2\" start \"$1\" version=8.0.36-28.1 \"ssl_ca=$1/tls/ca.pem\" \"ssl_cert=$1/tls/server.pem\" "
    "\"ssl_key=$1/tls/server.key\" >/dev/null\n";

static int start_other(void **state)
{
    (void)state;
    mysql_start();
    test_server_init(&other, "mysql.sh", "/tmp/mmy.XXXXXX");
    const char *arguments[] = {"/bin/sh", "-c", certificates, "sh", other.folder, other.script, NULL};
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        fail_msg("%s", error->message);
    g_autofree char *port = g_build_filename(other.folder, "port", NULL);
    assert_true(g_file_get_contents(port, &other_port, NULL, NULL));
    g_strstrip(other_port);
    return 0;
}

#define TLS_SERVER "mysql://root@127.0.0.1:TLSPORT/"
#define TLS_LOCALHOST "mysql://root@localhost:TLSPORT/"

static void test_encryption(void **state)
{
    (void)state;
    assert_connects(TLS_SERVER, CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl_mode=PREFERRED", CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl_mode=required", CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl=true", CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl_mode=DISABLED", CIPHER, "0");
    assert_connects(TLS_SERVER "?ssl_disabled=true", CIPHER, "0");
    assert_connects(TLS_SERVER "?ssl=0", CIPHER, "0");
    assert_connects(TLS_SERVER "?ssl=0&ssl_mode=REQUIRED", CIPHER, "1"); /* the strictest counts */
    assert_connects(TLS_SERVER "?ssl_cipher=TLS_AES_128_GCM_SHA256", CIPHER, "1");
    assert_connects(SERVER, CIPHER, "0");
    assert_connects(SERVER "?ssl_mode=PREFERRED", CIPHER, "0");
    FAILS(SERVER "?ssl_mode=REQUIRED", DRIVER_ERROR_CONNECT, "SSL is required", "ssl_mode=DISABLED");
    FAILS(SERVER "?ssl_mode=VERIFY_IDENTITY", DRIVER_ERROR_CONNECT, "SSL is required");
    FAILS(SERVER "?ssl_ca=TLSFILES/ca.pem", DRIVER_ERROR_CONNECT, "SSL is required");
}

static void test_verification(void **state)
{
    (void)state;
    assert_connects(TLS_SERVER "?ssl_ca=TLSFILES/ca.pem", CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl_ca=TLSFILES/ca.pem&ssl_mode=VERIFY_CA", CIPHER, "1");
    assert_connects(TLS_SERVER "?ssl_ca=TLSFILES/ca.pem&ssl_check_hostname=false", CIPHER, "1");
    FAILS(TLS_SERVER "?ssl_ca=TLSFILES/wrong.pem", DRIVER_ERROR_CONNECT, "certificate", "ssl_ca");
    FAILS(TLS_SERVER "?ssl_ca=TLSFILES/wrong.pem&ssl_mode=VERIFY_CA", DRIVER_ERROR_CONNECT, "certificate", "ssl_ca");
    FAILS(TLS_LOCALHOST "?ssl_ca=TLSFILES/wrong.pem&ssl_mode=VERIFY_IDENTITY", DRIVER_ERROR_CONNECT, "certificate");
    FAILS(TLS_SERVER "?ssl_mode=VERIFY_CA", DRIVER_ERROR_URL, "VERIFY_CA", "ssl_ca");
    FAILS(TLS_SERVER "?ssl_verify_cert=true", DRIVER_ERROR_URL, "VERIFY_CA", "ssl_ca");
    assert_connects(TLS_LOCALHOST "?ssl_ca=TLSFILES/ca.pem&ssl_mode=VERIFY_IDENTITY", CIPHER, "1");
    assert_connects(TLS_LOCALHOST "?ssl_ca=TLSFILES/ca.pem&ssl_verify_identity=1", CIPHER, "1");
    FAILS(TLS_SERVER "?ssl_ca=TLSFILES/ca.pem&ssl_mode=VERIFY_IDENTITY", DRIVER_ERROR_CONNECT, "certificate",
          "host name");
    FAILS(TLS_LOCALHOST "?ssl_mode=VERIFY_IDENTITY", DRIVER_ERROR_CONNECT, "certificate", "ssl_ca");
    FAILS(TLS_SERVER "?ssl_ca=TLSFILES/none.pem", DRIVER_ERROR_CONNECT, "No such file");
    g_autofree char *root = fill(TLS_SERVER);
    mysql_run(root, "CREATE USER certified@'%' REQUIRE X509");
    assert_connects("mysql://certified@127.0.0.1:TLSPORT/?ssl_cert=TLSFILES/client.pem&ssl_key=TLSFILES/client.key",
                    CIPHER, "1");
    FAILS("mysql://certified@127.0.0.1:TLSPORT/", DRIVER_ERROR_CONNECT, "Access denied", "X509");
    FAILS("mysql://certified@127.0.0.1:TLSPORT/?ssl_cert=TLSFILES/client.pem", DRIVER_ERROR_CONNECT, "ssl_key");
    FAILS("mysql://certified@127.0.0.1:TLSPORT/?ssl_cert=TLSFILES/client.pem&ssl_key=TLSFILES/server.key",
          DRIVER_ERROR_CONNECT, "ssl_key is not the key");
}

static gpointer cancel_later(gpointer connection)
{
    g_usleep(300000);
    connection_cancel(connection);
    return NULL;
}

static void count_wait(Connection *connection, double seconds, void *data)
{
    assert_true(connection_backend_id(connection) > 0);
    assert_true(seconds > 0);
    ++*(guint *)data;
}

/* The library must not sit in a read. */
static void test_waiting_over_tls(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    guint waits = 0;
    g_autofree char *url = fill(TLS_SERVER "?ssl_mode=REQUIRED");
    ConnectOptions options = {.lock_timeout = 0.2, .waiting = count_wait, .waiting_data = &waits};
    g_autoptr(Connection) connection = try_open(url, &options, &error);
    assert_non_null(connection);
    for (guint i = 0; i < 3; i++) {
        gint64 start = g_get_monotonic_time();
        GThread *thread = g_thread_new("cancel", cancel_later, connection);
        assert_false(connection_execute(connection, "SELECT SLEEP(30)", &error));
        g_thread_join(thread);
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED));
        g_clear_error(&error);
        assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
        assert_true(waits > i);
        const char *params[] = {"0"};
        assert_true(connection_execute_params(connection, "DO SLEEP(?)", params, 1, NULL, NULL));
    }
}

static void test_statements_over_tls(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(TLS_SERVER "?ssl_mode=REQUIRED");
    g_autoptr(Connection) connection = try_open(url, NULL, &error);
    assert_non_null(connection);
    assert_true(connection_alive(connection));
    Request requests[] = {{.sql = "SELECT REPEAT('x', 1000000)"}, {.sql = "DO SLEEP(0.3)"}, {.sql = "SELECT 2"}};
    Result *results[3];
    if (!connection_run_many(connection, requests, 3, results, NULL, &error))
        fail_msg("%s", error->message);
    assert_int_equal(result_next(results[0], NULL), 1);
    assert_int_equal(result_bytes(results[0], 0), 1000000);
    for (guint i = 0; i < 3; i++)
        result_free(results[i]);
    assert_true(connection_alive(connection));
    g_autofree char *kill = g_strdup_printf("KILL %" G_GINT64_FORMAT, connection_backend_id(connection));
    g_autofree char *root = fill(TLS_SERVER);
    mysql_run(root, kill);
    for (guint i = 0; i < 100 && connection_alive(connection); i++)
        g_usleep(50000);
    assert_false(connection_alive(connection));
    for (guint i = 0; i < 3; i++) {
        assert_false(connection_execute(connection, "DO 0", &error)); /* and no SIGPIPE */
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
        g_clear_error(&error);
    }
}

/* --- what calls itself MySQL --- */

static void test_product(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(TLS_SERVER);
    ConnectOptions options = {.statement_timeout = 0.5};
    g_autoptr(Connection) connection = try_open(url, &options, &error);
    assert_non_null(connection);
    assert_string_equal(connection_server_product(connection), "MySQL");
    assert_int_equal(connection_server_version(connection), 80036);
    assert_true(connection_execute(connection, "DO SLEEP(0.1)", &error));
    gint64 start = g_get_monotonic_time();
    assert_false(connection_execute(connection, "SELECT SLEEP(30)", &error));
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT));
    assert_non_null(strstr(error->message, "statement_timeout (0.5 s)"));
    assert_true(connection_execute(connection, "DO SLEEP(0.1)", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_option_file_in_home),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_read_timeout),
        cmocka_unit_test(test_socket),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_option_file),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_encryption),
        cmocka_unit_test(test_verification),
        cmocka_unit_test(test_waiting_over_tls),
        cmocka_unit_test(test_statements_over_tls),
        cmocka_unit_test(test_product),
    };
    return cmocka_run_group_tests(tests, start_other, NULL);
}
