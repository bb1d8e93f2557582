#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/log.h"
#include "driver/driver.h"
#include "support/postgresql.h"

static Connection *try_open(const char *text, const ConnectOptions *options, GError **error)
{
    g_autoptr(Url) url = url_parse(text, error);
    const Driver *driver = url ? driver_for_url(url, error) : NULL;
    ConnectOptions defaults = {0};
    return driver ? connection_open(driver, url, options ? options : &defaults, error) : NULL;
}

static Connection *open_database(const ConnectOptions *options)
{
    g_autoptr(GError) error = NULL;
    Connection *connection = try_open(postgresql_start(), options, &error);
    if (!connection)
        fail_msg("%s", error->message);
    return connection;
}

static void run(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!connection_execute(connection, sql, &error))
        fail_msg("%s\n%s", error->message, sql);
}

static void assert_scalar(Connection *connection, const char *sql, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = connection_scalar(connection, sql, &error);
    if (error)
        fail_msg("%s\n%s", error->message, sql);
    assert_string_equal(value, expected);
}

static void test_basics(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    assert_true(connection_server_version(connection) >= 120000);
    assert_true(connection_alive(connection));
    g_autofree char *pid = g_strdup_printf("%" G_GINT64_FORMAT, connection_backend_id(connection));
    assert_scalar(connection, "SELECT pg_backend_pid()", pid);
    assert_scalar(connection, "SELECT current_setting('application_name')", "migrate");
    assert_scalar(connection, "SELECT current_setting('client_encoding')", "UTF8");
    gint64 affected = -1;
    run(connection, "CREATE TEMP TABLE t (id int, name text)");
    const char *params[] = {"1", NULL};
    assert_true(
        connection_execute_params(connection, "INSERT INTO t VALUES ($1, $2), (2, 'b')", params, 2, &affected, NULL));
    assert_int_equal(affected, 2);
    assert_true(connection_execute_params(connection, "SELECT * FROM t", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 0);
    run(connection, "");
}

/* A place that takes anything tells what it got. */
static void test_kinds_of_parameters(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    g_autoptr(GError) error = NULL;
    const char *params[] = {"7", "1.50", "a\0b\xFF", "", NULL, "1.50", "9223372036854775808", "-9223372036854775808"};
    const ParameterKind kinds[] = {PARAMETER_INTEGER, PARAMETER_REAL, PARAMETER_BINARY,  PARAMETER_BINARY,
                                   PARAMETER_BINARY,  PARAMETER_TEXT, PARAMETER_INTEGER, PARAMETER_INTEGER};
    const gsize lengths[] = {0, 0, 4, 0, 0, 0, 0, 0};
    Request request = {.sql = "SELECT pg_typeof($1), pg_typeof($2), pg_typeof($3), pg_typeof($4), $5::bytea IS NULL, "
                              "$6 || '', pg_typeof($7), $8 - 0, encode($3, 'hex'), length($4), $2",
                       .params = params,
                       .n_params = G_N_ELEMENTS(params),
                       .kinds = kinds,
                       .lengths = lengths};
    static const char *const expected[] = {
        "bigint", "numeric", "bytea", "bytea", "t", "1.50", "numeric", "-9223372036854775808", "610062ff", "0", "1.50"};
    g_autoptr(Result) result = connection_query_request(connection, &request, &error);
    if (!result)
        fail_msg("%s", error->message);
    assert_int_equal(result_next(result, NULL), 1);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_string_equal(result_text(result, i), expected[i]);
    /* The same casts as of literals, also in a pipeline. */
    run(connection, "CREATE TEMP TABLE k (a smallint, b integer, c bytea, d text, e numeric)");
    const char *row[] = {"7", "1.50", "a\0b\xFF", "5", "12345678901234567890.5"};
    const ParameterKind row_kinds[] = {PARAMETER_INTEGER, PARAMETER_REAL, PARAMETER_BINARY, PARAMETER_INTEGER,
                                       PARAMETER_REAL};
    const gsize row_lengths[] = {0, 0, 4, 0, 0};
    Request insert = {.sql = "INSERT INTO k VALUES ($1, $2, $3, $4, $5)",
                      .params = row,
                      .n_params = 5,
                      .kinds = row_kinds,
                      .lengths = row_lengths};
    const Request requests[] = {insert,
                                insert,
                                {.sql = "INSERT INTO k VALUES (7, 1.50, '\\x610062ff', 5, "
                                        "12345678901234567890.5)"}};
    if (!connection_run_many(connection, requests, 3, NULL, NULL, &error))
        fail_msg("%s", error->message);
    assert_scalar(connection, "SELECT count(*) FROM k", "3");
    assert_scalar(connection, "SELECT DISTINCT concat_ws(' ', a, b, encode(c, 'hex'), d, e) FROM k",
                  "7 2 610062ff 5 12345678901234567890.5");
}

static void test_results(void **state)
{
    (void)state;
    Connection *connection = open_database(NULL);
    g_autoptr(Result) first =
        connection_query(connection, "SELECT 1 AS a, 'ä'::text AS b, NULL AS c UNION ALL SELECT 2, '', NULL", NULL);
    g_autoptr(Result) second = connection_query(connection, "SELECT true, false, 9223372036854775807", NULL);
    g_autoptr(Result) none = connection_query(connection, "SET LOCAL work_mem = 1000", NULL);
    assert_int_equal(result_n_columns(none), 0);
    assert_int_equal(result_next(none, NULL), 0);
    assert_int_equal(result_n_columns(first), 3);
    assert_string_equal(result_column_name(first, 1), "b");
    assert_int_equal(result_next(first, NULL), 1);
    assert_string_equal(result_text(first, 1), "ä");
    assert_int_equal(result_bytes(first, 1), 2);
    assert_null(result_text(first, 2));
    assert_int_equal(result_integer(first, 2), 0);
    assert_int_equal(result_next(second, NULL), 1);
    assert_int_equal(result_integer(second, 0), 1);
    assert_int_equal(result_integer(second, 1), 0);
    assert_true(result_integer(second, 2) == G_MAXINT64);
    assert_int_equal(result_next(first, NULL), 1);
    assert_int_equal(result_integer(first, 0), 2);
    assert_string_equal(result_text(first, 1), "");
    assert_int_equal(result_next(first, NULL), 0);
    assert_int_equal(result_next(first, NULL), 0);
    connection_close(connection);
    g_autoptr(GError) error = NULL;
    assert_int_equal(result_next(second, &error), -1);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
}

/* --- errors --- */

static void assert_refused(Connection *connection, const char *sql, DriverError class, const char *sqlstate)
{
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute(connection, sql, &error));
    if (!g_error_matches(error, DRIVER_ERROR, (int)class))
        fail_msg("class %d of '%s'\n%s", error->code, error->message, sql);
    const ServerError *server = connection_last_error(connection);
    assert_string_equal(server->sqlstate, sqlstate);
    assert_string_equal(server->message, error->message);
    assert_int_equal(server->code, 0);
}

static void test_errors(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    run(connection, "CREATE TEMP TABLE t (id int PRIMARY KEY, name text)");
    run(connection, "INSERT INTO t VALUES (1, 'a')");
    assert_refused(connection, "INSERT INTO t VALUES (1, 'b')", DRIVER_ERROR_CONSTRAINT, "23505");
    assert_string_equal(connection_last_error(connection)->detail, "Key (id)=(1) already exists.");
    assert_int_equal(connection_last_error(connection)->position, -1);
    const char *missing = "SELECT 'äöü€', nmae FROM t";
    assert_refused(connection, missing, DRIVER_ERROR_STATEMENT, "42703");
    assert_int_equal(connection_last_error(connection)->position, strstr(missing, "nmae") - missing);
    assert_non_null(strstr(connection_last_error(connection)->hint, "t.name"));
    const char *end = "SELECT 'ä' FROM";
    assert_refused(connection, end, DRIVER_ERROR_STATEMENT, "42601");
    assert_int_equal(connection_last_error(connection)->position, strlen(end));
    assert_refused(connection, "SELECT 1; SELECT 2", DRIVER_ERROR_STATEMENT, "42601");
    assert_refused(connection, "DO $$ BEGIN EXECUTE 'SELEC 1'; END $$", DRIVER_ERROR_STATEMENT, "42601");
    assert_int_equal(connection_last_error(connection)->position, -1);
    assert_non_null(strstr(connection_last_error(connection)->detail, "PL/pgSQL function"));
    run(connection, "SELECT 1");
    assert_null(connection_last_error(connection)->message);
    assert_null(connection_last_error(connection)->sqlstate);
}

static void test_transaction(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    assert_false(connection_in_transaction(connection));
    run(connection, "BEGIN READ ONLY");
    assert_true(connection_in_transaction(connection));
    assert_refused(connection, "CREATE TABLE read_only (id int)", DRIVER_ERROR_READ_ONLY, "25006");
    assert_true(connection_in_transaction(connection));
    run(connection, "ROLLBACK");
    assert_false(connection_in_transaction(connection));
}

static void test_busy(void **state)
{
    (void)state;
    g_autoptr(Connection) holder = open_database(NULL), waiter = open_database(NULL);
    run(holder, "CREATE TABLE busy (id int)");
    run(holder, "BEGIN");
    run(holder, "LOCK TABLE busy");
    run(waiter, "SET lock_timeout = '50ms'");
    assert_refused(waiter, "LOCK TABLE busy", DRIVER_ERROR_STATEMENT, "25P01");
    assert_refused(waiter, "SELECT * FROM busy", DRIVER_ERROR_BUSY, "55P03");
    assert_non_null(connection_last_error(waiter)->hint);
    run(waiter, "SET statement_timeout = '40ms'");
    assert_refused(waiter, "SELECT pg_sleep(10)", DRIVER_ERROR_STATEMENT, "57014");
    assert_non_null(strstr(connection_last_error(waiter)->message, "statement timeout"));
    run(holder, "ROLLBACK");
    run(holder, "DROP TABLE busy");
}

/* --- several at once --- */

static void test_run_many(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    const char *params[] = {"7"};
    const Request requests[] = {{.sql = "CREATE TEMP TABLE t (id int)"},
                                {.sql = "INSERT INTO t VALUES ($1)", .params = params, .n_params = 1},
                                {.sql = ""},
                                {.sql = "SELECT id FROM t"}};
    Result *results[4];
    g_autoptr(GError) error = NULL;
    if (!connection_run_many(connection, requests, 4, results, NULL, &error))
        fail_msg("%s", error->message);
    for (guint i = 0; i < 3; i++)
        assert_int_equal(result_n_columns(results[i]), 0);
    run(connection, "DROP TABLE t");
    assert_int_equal(result_next(results[3], NULL), 1);
    assert_int_equal(result_integer(results[3], 0), 7);
    for (guint i = 0; i < 4; i++)
        result_free(results[i]);
    assert_true(connection_run_many(connection, requests, 0, NULL, NULL, NULL));
}

static void test_failing_request(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    const char *sql[] = {"BEGIN", "CREATE TABLE failing (id int)", "SELECT 'ä', x", "COMMIT"};
    for (guint i = 0; i < 2; i++) {
        const Request requests[] = {{.sql = sql[0]}, {.sql = sql[1]}, {.sql = sql[2]}, {.sql = sql[3]}};
        Result *results[4];
        guint failed = 9;
        g_autoptr(GError) error = NULL;
        assert_false(connection_run_many(connection, requests, 4, i ? results : NULL, &failed, &error));
        assert_int_equal(failed, 2);
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT));
        assert_string_equal(connection_last_error(connection)->sqlstate, "42703");
        assert_int_equal(connection_last_error(connection)->position, strlen("SELECT 'ä', "));
        for (guint j = 0; i && j < 4; j++)
            assert_null(results[j]);
        assert_true(connection_in_transaction(connection));
        run(connection, "ROLLBACK");
    }
    assert_scalar(connection, "SELECT to_regclass('failing') IS NULL", "t");
}

/* Outside of a transaction what travels together ends together, where deferred constraints are looked at. */
static void test_failure_at_end(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    run(connection, "CREATE TEMP TABLE t (id int PRIMARY KEY, t int REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
    const char *sql[] = {"INSERT INTO t VALUES (1, 2)", "SELECT 1"};
    guint failed = 9;
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute_many(connection, sql, 2, &failed, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONSTRAINT));
    assert_int_equal(failed, 1);
    assert_scalar(connection, "SELECT count(*) FROM t", "0");
}

/* libpq itself refuses it: what was sent before is answered, nothing hangs. */
static void test_unsendable_request(void **state)
{
    (void)state;
    enum { N = 70000 };
    g_autoptr(Connection) connection = open_database(NULL);
    g_autofree const char **params = g_new0(const char *, N);
    const Request requests[] = {
        {.sql = "SELECT 1"}, {.sql = "SELECT 2", .params = params, .n_params = N}, {.sql = "SELECT 3"}};
    Result *results[3];
    guint failed = 9;
    g_autoptr(GError) error = NULL;
    assert_false(connection_run_many(connection, requests, 3, results, &failed, &error));
    assert_int_equal(failed, 1);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT));
    assert_non_null(strstr(error->message, "parameters"));
    assert_null(results[0]);
    run(connection, "SELECT 1");
}

static void test_large_batch(void **state)
{
    (void)state;
    enum { N = 3000 };
    g_autoptr(Connection) connection = open_database(NULL);
    g_autofree char *filler = g_strnfill(4000, 'x');
    g_autofree char *query = g_strdup_printf("SELECT '%s', repeat('y', 4000)", filler);
    g_autofree Request *requests = g_new0(Request, N);
    for (guint i = 0; i < N; i++)
        requests[i].sql = query;
    g_autofree Result **results = g_new0(Result *, N);
    g_autoptr(GError) error = NULL;
    if (!connection_run_many(connection, requests, N, results, NULL, &error))
        fail_msg("%s", error->message);
    for (guint i = 0; i < N; i++) {
        assert_int_equal(result_next(results[i], NULL), 1);
        assert_int_equal(result_bytes(results[i], 1), 4000);
        result_free(results[i]);
    }
}

static void test_copy(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    g_autoptr(GString) rows = g_string_new("0\t\\N\n");
    for (guint i = 1; i < 20000; i++)
        g_string_append_printf(rows, "%u\tname ä\n", i);
    Request requests[] = {
        {.sql = "CREATE TEMP TABLE t (id int, name text)"},
        {.sql = "BEGIN"},
        {.sql = "COPY t FROM STDIN", .data = rows->str, .data_length = rows->len},
        {.sql = "COMMIT"},
        {.sql = "SELECT count(*), count(name) FROM t"},
    };
    Result *results[5];
    g_autoptr(GError) error = NULL;
    if (!connection_run_many(connection, requests, 5, results, NULL, &error))
        fail_msg("%s", error->message);
    assert_int_equal(result_next(results[4], NULL), 1);
    assert_int_equal(result_integer(results[4], 0), 20000);
    assert_int_equal(result_integer(results[4], 1), 19999);
    for (guint i = 0; i < 5; i++)
        result_free(results[i]);
    requests[0].sql = "SELECT 1";
    requests[2].data = "1\tx\nz\ty\n";
    requests[2].data_length = strlen(requests[2].data);
    guint failed = 0;
    assert_false(connection_run_many(connection, requests, 5, results, &failed, &error));
    assert_int_equal(failed, 2);
    assert_string_equal(connection_last_error(connection)->sqlstate, "22P02");
    assert_non_null(strstr(connection_last_error(connection)->detail, "COPY t, line 2"));
    run(connection, "ROLLBACK");
    assert_scalar(connection, "SELECT count(*) FROM t", "20000");
}

static void test_copy_without_rows(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    run(connection, "CREATE TEMP TABLE t (id int)");
    const char *sql[] = {"SELECT 1", " -- a\n/* b */ copy t FROM STDIN"};
    guint failed = 0;
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute_many(connection, sql, 2, &failed, &error));
    assert_int_equal(failed, 1);
    assert_non_null(strstr(error->message, "no rows were sent"));
    g_clear_error(&error);
    assert_false(connection_execute(connection, "COPY pg_class TO STDOUT", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED));
    run(connection, "SELECT 1");
}

/* --- while it runs --- */

static void *cancel_later(void *data)
{
    g_usleep(G_USEC_PER_SEC / 5);
    connection_cancel(data);
    return NULL;
}

static void test_cancel(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    GThread *thread = g_thread_new("cancel", cancel_later, connection);
    gint64 start = g_get_monotonic_time();
    assert_refused(connection, "SELECT pg_sleep(30)", DRIVER_ERROR_CANCELLED, "57014");
    assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
    g_thread_join(thread);
    const char *sql[] = {"SELECT 1", "SELECT pg_sleep(30)", "SELECT 2"};
    guint failed = 0;
    g_autoptr(GError) error = NULL;
    thread = g_thread_new("cancel", cancel_later, connection);
    assert_false(connection_execute_many(connection, sql, 3, &failed, &error));
    g_thread_join(thread);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED));
    assert_int_equal(failed, 1);
    run(connection, "SELECT 1");
}

static Connection *volatile alarmed;

static void on_alarm(int number)
{
    (void)number;
    connection_cancel(alarmed);
}

static void test_cancel_from_signal(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    alarmed = connection;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, former;
    sigaction(SIGALRM, &action, &former);
    struct itimerval timer = {.it_value = {.tv_usec = 200000}};
    setitimer(ITIMER_REAL, &timer, NULL);
    assert_refused(connection, "SELECT pg_sleep(30)", DRIVER_ERROR_CANCELLED, "57014");
    sigaction(SIGALRM, &former, NULL);
    /* Somebody else's cancelling is a failure like any other. */
    g_autofree char *other = g_strdup_printf("SELECT pg_cancel_backend(%" G_GINT64_FORMAT "), pg_sleep(5)",
                                             connection_backend_id(connection));
    assert_refused(connection, other, DRIVER_ERROR_STATEMENT, "57014");
}

static void count_waiting(Connection *connection, double seconds, void *data)
{
    (void)connection;
    g_array_append_val((GArray *)data, seconds);
}

static void test_waiting(void **state)
{
    (void)state;
    g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(double));
    ConnectOptions options = {.waiting = count_waiting, .waiting_data = calls};
    g_autoptr(Connection) connection = open_database(&options);
    run(connection, "SELECT pg_sleep(0.5)");
    assert_int_equal(calls->len, 0);
    run(connection, "SELECT pg_sleep(2.5)");
    assert_int_equal(calls->len, 2);
    assert_true(g_array_index(calls, double, 0) >= 1 && g_array_index(calls, double, 0) < 2);
    assert_true(g_array_index(calls, double, 1) >= 2 && g_array_index(calls, double, 1) < 2.5);
}

static void keep_log(LogLevel level, const char *text, void *data)
{
    GPtrArray *lines = data;
    g_ptr_array_add(lines, g_strdup_printf("%d %s", level, text));
}

static void test_notices(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Connection) connection = open_database(NULL);
    log_set_level(LOG_DETAIL);
    log_set_handler(keep_log, lines);
    run(connection, "DROP TABLE IF EXISTS nothing");
    run(connection, "DO $$ BEGIN RAISE WARNING 'careful'; END $$");
    run(connection, "SET client_min_messages = log");
    run(connection, "DO $$ BEGIN RAISE LOG 'only logged'; END $$");
    log_set_handler(NULL, NULL);
    log_set_level(LOG_INFO);
    assert_int_equal(lines->len, 3);
    g_autofree char *info = g_strdup_printf("%d notice: table \"nothing\" does not exist, skipping", LOG_INFO);
    assert_string_equal(lines->pdata[0], info);
    assert_int_equal(((char *)lines->pdata[1])[0] - '0', LOG_WARNING);
    assert_non_null(strstr(lines->pdata[1], "careful"));
    assert_int_equal(((char *)lines->pdata[2])[0] - '0', LOG_DETAIL);
    assert_non_null(strstr(lines->pdata[2], "only logged"));
}

static void terminate(Connection *connection)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_terminate_backend(%" G_GINT64_FORMAT ", 5000)", connection_backend_id(connection));
    g_autofree char *done = postgresql_rows(postgresql_start(), sql);
    assert_string_equal(done, "t\n");
}

static void ignore_log(LogLevel level, const char *text, void *data)
{
    (void)level;
    (void)text;
    (void)data;
}

static void test_lost(void **state)
{
    (void)state;
    const char *sql[] = {"SELECT 1", "SELECT 2"};
    log_set_handler(ignore_log, NULL);
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Connection) connection = open_database(NULL);
        g_autoptr(GError) error = NULL;
        assert_true(connection_alive(connection));
        terminate(connection);
        guint failed = 9;
        if (i == 0)
            assert_false(connection_alive(connection));
        if (i < 2)
            assert_false(connection_execute(connection, "SELECT 1", &error));
        else
            assert_false(connection_execute_many(connection, sql, 2, &failed, &error));
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
        assert_non_null(strstr(error->message, "the connection to the server was lost"));
        assert_false(connection_alive(connection));
        assert_false(connection_in_transaction(connection));
        connection_cancel(connection);
    }
    log_set_handler(NULL, NULL);
}

static void *terminate_later(void *data)
{
    g_usleep(G_USEC_PER_SEC / 5);
    terminate(data);
    return NULL;
}

static void test_lost_while_running(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(NULL);
    GThread *thread = g_thread_new("terminate", terminate_later, connection);
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute(connection, "SELECT pg_sleep(30)", &error));
    g_thread_join(thread);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_string_equal(error->message, "the connection to the server was lost: terminating connection due to "
                                        "administrator command");
    assert_string_equal(connection_last_error(connection)->sqlstate, "57P01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basics),
        cmocka_unit_test(test_kinds_of_parameters),
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_transaction),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_run_many),
        cmocka_unit_test(test_failing_request),
        cmocka_unit_test(test_failure_at_end),
        cmocka_unit_test(test_unsendable_request),
        cmocka_unit_test(test_large_batch),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_copy_without_rows),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_from_signal),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_notices),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_lost_while_running),
    };
    return cmocka_run_group_tests_name("driver/postgresql", tests, NULL, NULL);
}
