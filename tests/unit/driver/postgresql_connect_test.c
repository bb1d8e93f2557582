/* What a URL may ask of libpq, and what is said when there is no connection. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "driver/driver.h"
#include "support/postgresql.h"

static Connection *try_open(const char *text, GError **error)
{
    g_autoptr(Url) url = url_parse(text, error);
    const Driver *driver = url ? driver_for_url(url, error) : NULL;
    ConnectOptions options = {0};
    return driver ? connection_open(driver, url, &options, error) : NULL;
}

/* PORT and FOLDER are the server's. New string. */
static char *fill(const char *template)
{
    g_autofree char *port = g_strdup_printf("%d", postgresql_port());
    GString *text = g_string_new(template);
    g_string_replace(text, "PORT", port, 0);
    g_string_replace(text, "FOLDER", postgresql_folder(), 0);
    return g_string_free(text, FALSE);
}

static void assert_connects(const char *template, const char *query, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(template);
    g_autoptr(Connection) connection = try_open(url, &error);
    g_autofree char *value = connection ? connection_scalar(connection, query, &error) : NULL;
    if (error)
        fail_msg("%s\n%s", error->message, url);
    assert_string_equal(value, expected);
}

static void assert_fails(const char *template, DriverError class, const char *const *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = fill(template);
    g_autoptr(Connection) connection = try_open(url, &error);
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

static void test_options(void **state)
{
    (void)state;
    const char *schema = "SELECT current_setting('search_path')", *name = "SELECT current_setting('application_name')";
    assert_connects("postgresql://postgres@127.0.0.1:PORT/postgres?options=-csearch_path%3Dfoo", schema, "foo");
    assert_connects("postgres://postgres@127.0.0.1:PORT/postgres?application_name=shop", name, "shop");
    assert_connects("postgresql+psycopg2://postgres@127.0.0.1:PORT/postgres?client_encoding=utf8", name, "migrate");
    assert_connects("postgresql:///?host=127.0.0.1&port=PORT&user=postgres&dbname=postgres", name, "migrate");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?sslmod=require", DRIVER_ERROR_URL, "'sslmod'", "'sslmode'");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?client_encoding=latin1", DRIVER_ERROR_URL, "'latin1'");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=requir", DRIVER_ERROR_CONNECT,
          "invalid sslmode value: \"requir\"");
}

static void test_unix_socket(void **state)
{
    (void)state;
    const char *query = "SELECT inet_server_addr() IS NULL";
    assert_connects("postgresql://postgres@:PORT/postgres?host=FOLDER", query, "t");
    g_autofree char *folder = g_uri_escape_string(postgresql_folder(), NULL, FALSE);
    g_autofree char *url = g_strdup_printf("postgresql://postgres@%s:PORT/postgres", folder);
    assert_connects(url, query, "t");
    FAILS("postgresql://postgres@/postgres?host=FOLDER/none", DRIVER_ERROR_CONNECT,
          "database 'postgres' on host 'FOLDER/none'", "No such file or directory");
}

static void test_hosts(void **state)
{
    (void)state;
    const char *port = "SELECT inet_server_port() > 0";
    assert_connects("postgresql://postgres@127.0.0.1:1,127.0.0.1:PORT/postgres", port, "t");
    assert_connects("postgresql://postgres@127.0.0.1:1,127.0.0.1:PORT/postgres?target_session_attrs=read-write", port,
                    "t");
    assert_connects("postgresql://postgres@/postgres?host=127.0.0.1:1&host=127.0.0.1:PORT", port, "t");
    assert_connects("postgresql://postgres@/postgres?host=127.0.0.1,127.0.0.1&port=1,PORT", port, "t");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?target_session_attrs=standby", DRIVER_ERROR_CONNECT,
          "server is not in hot standby mode");
    FAILS("postgresql://postgres:geheim@127.0.0.1:1,localhost:2/app", DRIVER_ERROR_CONNECT,
          "database 'app' on host '127.0.0.1,localhost', port 1,2 as user 'postgres'", "Connection refused", "port 1 ",
          "port 2 ");
}

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
    g_autofree char *alone = g_strdup_printf("postgresql://postgres@127.0.0.1:%d/postgres?connect_timeout=1", silent);
    FAILS(alone, DRIVER_ERROR_CONNECT, "gave no answer within 1 seconds (connect_timeout)");
    g_autofree char *first = g_strdup_printf(
        "postgresql://postgres@127.0.0.1:%d,127.0.0.1:1,127.0.0.1:PORT/postgres?connect_timeout=1", silent);
    assert_connects(first, "SELECT 1", "1");
    g_autofree char *addresses = g_strdup_printf("postgresql://postgres@db1.example:%d,db2.example:PORT/postgres?"
                                                 "hostaddr=127.0.0.1,127.0.0.1&connect_timeout=1",
                                                 silent);
    assert_connects(addresses, "SELECT 1", "1");
    gint64 seconds = (g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    assert_true(seconds >= 3 && seconds < 15);
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
    g_autofree char *url = g_strdup_printf("postgresql://postgres@127.0.0.1:%d/postgres", silent);
    FAILS(url, DRIVER_ERROR_CANCELLED, "interrupted while connecting to database 'postgres' on host '127.0.0.1'");
    sigaction(SIGALRM, &former, NULL);
    close(listener);
}

static void test_missing(void **state)
{
    (void)state;
    FAILS("postgresql://postgres@127.0.0.1:PORT/nowhere", DRIVER_ERROR_CONNECT, "database 'nowhere'",
          "host '127.0.0.1'", "port PORT", "user 'postgres'", "database \"nowhere\" does not exist", "createdb");
    FAILS("postgresql://nobody:geheim@127.0.0.1:PORT/postgres", DRIVER_ERROR_CONNECT, "role \"nobody\" does not exist",
          "createuser");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=require", DRIVER_ERROR_CONNECT,
          "server does not support SSL", "sslmode=disable");
}

static void write_file(const char *path, const char *text)
{
    g_autofree char *content = fill(text);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents_full(path, content, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error))
        fail_msg("%s", error->message);
}

static void test_service(void **state)
{
    (void)state;
    g_autofree char *file = fill("FOLDER/service"), *database = postgresql_database("from_service");
    assert_non_null(strstr(database, "/from_service"));
    write_file(file, "[shop]\nhost=127.0.0.1\nport=PORT\nuser=postgres\ndbname=from_service\n");
    g_setenv("PGSERVICEFILE", file, TRUE);
    assert_connects("postgresql:///?service=shop", "SELECT current_database()", "from_service");
    assert_connects("postgresql://?service=shop", "SELECT current_database()", "from_service");
    assert_connects("postgresql:///postgres?service=shop", "SELECT current_database()", "postgres");
    FAILS("postgresql:///?service=other", DRIVER_ERROR_CONNECT, "service \"other\" not found");
    g_unsetenv("PGSERVICEFILE");
}

static void reload(void)
{
    g_autofree char *done = postgresql_rows(postgresql_start(), "SELECT pg_reload_conf(), pg_sleep(0.2)");
    assert_true(g_str_has_prefix(done, "t|"));
}

static void test_password(void **state)
{
    (void)state;
    g_autofree char *access = fill("FOLDER/data/pg_hba.conf"), *file = fill("FOLDER/pgpass"), *former = NULL;
    postgresql_run(postgresql_start(), "SET password_encryption = 'scram-sha-256'; CREATE ROLE alice LOGIN PASSWORD "
                                       "'geheim/@:'");
    assert_true(g_file_get_contents(access, &former, NULL, NULL));
    FILE *opened = fopen(access, "w"); /* its owner stays the server's */
    assert_non_null(opened);
    fprintf(opened, "host all alice 127.0.0.1/32 scram-sha-256\n%s", former);
    fclose(opened);
    reload();
    g_setenv("PGPASSFILE", "/nonexistent", TRUE);
    FAILS("postgresql://alice@127.0.0.1:PORT/postgres", DRIVER_ERROR_CONNECT, "no password supplied", "PGPASSWORD",
          ".pgpass");
    FAILS("postgresql://alice:geheimer@127.0.0.1:PORT/postgres", DRIVER_ERROR_CONNECT,
          "password authentication failed for user \"alice\"", "percent-encoded");
    const char *query = "SELECT current_user", *plain = "postgresql://alice@127.0.0.1:PORT/postgres";
    assert_connects("postgresql://alice:geheim%2F%40%3A@127.0.0.1:PORT/postgres", query, "alice");
    write_file(file, "127.0.0.1:PORT:*:alice:geheim/@\\:\n");
    g_setenv("PGPASSFILE", file, TRUE);
    assert_connects(plain, query, "alice");
    g_unsetenv("PGPASSFILE");
    assert_connects("postgresql://alice@127.0.0.1:PORT/postgres?passfile=FOLDER/pgpass", query, "alice");
    g_setenv("PGPASSWORD", "geheim/@:", TRUE);
    assert_connects(plain, query, "alice");
    FAILS("postgresql://alice@127.0.0.1:PORT/postgres?sslmode=disable&channel_binding=require", DRIVER_ERROR_CONNECT,
          "channel binding required");
    g_unsetenv("PGPASSWORD");
}

/* A certificate for host db.example, signed by itself. */
static void switch_ssl_on(void)
{
    g_autofree char *command = fill(
        "cd FOLDER/data && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db.example -addext "
        "subjectAltName=DNS:db.example -keyout server.key -out server.crt 2>../openssl.log && chmod 600 server.key && "
        "chown --reference=PG_VERSION server.key server.crt && cp server.crt ..");
    assert_int_equal(system(command), 0);
    postgresql_run(postgresql_start(), "ALTER SYSTEM SET ssl = on");
    reload();
}

static void test_ssl(void **state)
{
    (void)state;
    switch_ssl_on();
    const char *query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_connects("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=disable", query, "f");
    assert_connects("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=require", query, "t");
    assert_connects("postgresql://postgres@127.0.0.1:PORT/postgres?ssl=true", query, "t");
    assert_connects("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=verify-ca&sslrootcert=FOLDER/server.crt",
                    query, "t");
    assert_connects("postgresql://postgres@db.example:PORT/postgres?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert="
                    "FOLDER/server.crt",
                    query, "t");
    assert_connects("postgresql://alice:geheim%2F%40%3A@127.0.0.1:PORT/postgres?channel_binding=require", query, "t");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=verify-full&sslrootcert=FOLDER/server.crt",
          DRIVER_ERROR_CONNECT, "server certificate for \"db.example\"", "does not match host name \"127.0.0.1\"",
          "verify-full wants a host name");
    FAILS("postgresql://postgres@127.0.0.1:PORT/postgres?sslmode=verify-full&sslrootcert=FOLDER/none",
          DRIVER_ERROR_CONNECT, "root certificate file \"FOLDER/none\" does not exist", "sslrootcert=FILE");
}

static char *round_trips_of(const char *const *sql, guint n)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL), *folder = g_path_get_dirname(self);
    g_autofree char *proxy = g_build_filename(folder, "../../support/delay-proxy", NULL);
    g_autofree char *port_file = fill("FOLDER/proxy-port"), *target = fill("PORT"), *port = NULL;
    const char *arguments[] = {proxy, port_file, target, "20", NULL};
    g_autoptr(GError) error = NULL;
    GPid child;
    int output;
    unlink(port_file);
    if (!g_spawn_async_with_pipes(NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL,
                                  &output, NULL, &error))
        fail_msg("%s", error->message);
    for (guint i = 0; i < 500 && !g_file_get_contents(port_file, &port, NULL, NULL); i++)
        g_usleep(10000);
    assert_non_null(port);
    g_autofree char *url = g_strdup_printf("postgresql://postgres@127.0.0.1:%s/postgres?sslmode=disable&gssencmode="
                                           "disable",
                                           g_strstrip(port));
    Connection *connection = try_open(url, &error);
    gint64 start = g_get_monotonic_time();
    if (!connection || !connection_execute_many(connection, sql, n, NULL, &error))
        fail_msg("%s", error->message);
    assert_true(g_get_monotonic_time() - start >= 20000);
    kill(child, SIGTERM);
    char text[32] = "";
    assert_true(read(output, text, sizeof text - 1) > 0);
    close(output);
    g_spawn_close_pid(child);
    connection_close(connection);
    return g_strdup(g_strstrip(text));
}

static void test_round_trips(void **state)
{
    (void)state;
    const char *many[] = {"BEGIN", "SELECT 1", "SELECT 2", "CREATE TEMP TABLE t (id int)", "SELECT * FROM t", "COMMIT"};
    g_autofree char *one = round_trips_of(many + 1, 1), *all = round_trips_of(many, G_N_ELEMENTS(many));
    assert_string_equal(one, "1");
    assert_string_equal(all, "1");
}

static void *cancel_later(void *data)
{
    g_usleep(G_USEC_PER_SEC / 5);
    connection_cancel(data);
    return NULL;
}

static void test_pooler(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = try_open(postgresql_pooler(), &error);
    if (!connection)
        fail_msg("%s", error->message);
    const Request requests[] = {{.sql = "BEGIN"},
                                {.sql = "CREATE TABLE pooled (id int)"},
                                {.sql = "COPY pooled FROM STDIN", .data = "1\n2\n", .data_length = 4},
                                {.sql = "COMMIT"},
                                {.sql = "SELECT count(*) FROM pooled"}};
    Result *results[5];
    if (!connection_run_many(connection, requests, 5, results, NULL, &error))
        fail_msg("%s", error->message);
    assert_int_equal(result_next(results[4], NULL), 1);
    assert_int_equal(result_integer(results[4], 0), 2);
    for (guint i = 0; i < 5; i++)
        result_free(results[i]);
    const char *failing[] = {"BEGIN", "DROP TABLE pooled", "SELECT x", "COMMIT"};
    guint failed = 9;
    assert_false(connection_execute_many(connection, failing, 4, &failed, NULL));
    assert_int_equal(failed, 2);
    assert_true(connection_execute(connection, "ROLLBACK", NULL));
    GThread *thread = g_thread_new("cancel", cancel_later, connection);
    assert_false(connection_execute(connection, "SELECT pg_sleep(30)", &error));
    g_thread_join(thread);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED));
    assert_true(connection_execute(connection, "DROP TABLE pooled", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),     cmocka_unit_test(test_unix_socket), cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_timeout),     cmocka_unit_test(test_interrupt),   cmocka_unit_test(test_missing),
        cmocka_unit_test(test_service),     cmocka_unit_test(test_password),    cmocka_unit_test(test_ssl),
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_pooler),
    };
    return cmocka_run_group_tests_name("driver/postgresql_connect", tests, NULL, NULL);
}
