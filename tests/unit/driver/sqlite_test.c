#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "driver/driver.h"

static char *folder;

static Connection *open_with(const char *name, const char *options, ConnectOptions connect, GError **error)
{
    g_autofree char *url_text = g_strdup_printf("sqlite:///%s/%s%s", folder, name, options);
    g_autoptr(Url) url = url_parse(url_text, error);
    return url ? connection_open(&sqlite_driver, url, &connect, error) : NULL;
}

static Connection *open_memory(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse("sqlite://", &error);
    assert_non_null(url);
    ConnectOptions options = {0};
    Connection *connection = connection_open(&sqlite_driver, url, &options, &error);
    assert_null(error);
    return connection;
}

static void refuses(Connection *connection, const char *sql, int code, const char *text)
{
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute(connection, sql, &error));
    assert_int_equal(error->domain, DRIVER_ERROR);
    assert_int_equal(error->code, code);
    assert_non_null(strstr(error->message, text));
}

static void test_values(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    const char *params[] = {"it's", NULL};
    g_autoptr(Result) result =
        connection_query_params(connection, "SELECT ?1, ?2, 7 AS seven, x'610062'", params, 2, NULL);
    assert_int_equal(result_next(result, NULL), 1);
    assert_int_equal(result_n_columns(result), 4);
    assert_string_equal(result_column_name(result, 2), "seven");
    assert_string_equal(result_text(result, 0), "it's");
    assert_null(result_text(result, 1));
    assert_int_equal(result_integer(result, 2), 7);
    assert_int_equal(result_bytes(result, 3), 3);
    assert_int_equal(result_next(result, NULL), 0);
    assert_int_equal(result_next(result, NULL), 0); /* and does not start again */
    g_autoptr(Result) bytes = connection_query(connection, "SELECT CAST(x'610062' AS TEXT), '', NULL", NULL);
    assert_int_equal(result_next(bytes, NULL), 1);
    assert_memory_equal(result_text(bytes, 0), "a\0b", 4);
    assert_int_equal(result_bytes(bytes, 0), 3);
    assert_string_equal(result_text(bytes, 1), "");
    assert_null(result_text(bytes, 2));
    assert_int_equal(result_integer(bytes, 2), 0);
    assert_int_equal(result_bytes(bytes, 2), 0);
}

/* As SQLite itself says what it got. */
static void test_kinds_of_parameters(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    const char *params[] = {"7", "1.50", "a\0b\xFF", "", NULL, "1.50", "9223372036854775808", "-9223372036854775808"};
    const ParameterKind kinds[] = {PARAMETER_INTEGER, PARAMETER_REAL, PARAMETER_BINARY,  PARAMETER_BINARY,
                                   PARAMETER_BINARY,  PARAMETER_TEXT, PARAMETER_INTEGER, PARAMETER_INTEGER};
    const gsize lengths[] = {0, 0, 4, 0, 0, 0, 0, 0};
    Request request = {.sql = "CREATE TABLE t AS SELECT ?1 a, ?2 b, ?3 c, ?4 d, ?5 e, ?6 f, ?7 g, ?8 h",
                       .params = params,
                       .n_params = G_N_ELEMENTS(params),
                       .kinds = kinds,
                       .lengths = lengths};
    assert_true(connection_execute_request(connection, &request, NULL, NULL));
    g_autofree char *types = connection_scalar(
        connection,
        "SELECT group_concat(typeof(a) || typeof(b) || typeof(c) || typeof(d) || typeof(e) || typeof(f) || typeof(g) "
        "|| typeof(h)) FROM t",
        NULL);
    assert_string_equal(types, "integerrealblobblobnulltextrealinteger");
    g_autofree char *values = connection_scalar(
        connection, "SELECT a || ' ' || b || ' ' || hex(c) || ' ' || length(d) || ' ' || f || ' ' || h FROM t", NULL);
    assert_string_equal(values, "7 1.5 610062FF 0 1.50 -9223372036854775808");
    request.sql = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8";
    g_autoptr(Result) result = connection_query_request(connection, &request, NULL);
    assert_int_equal(result_next(result, NULL), 1);
    assert_int_equal(result_bytes(result, 2), 4);
    assert_memory_equal(result_text(result, 2), "a\0b\xFF", 4);
}

/* A parameter without a value would be NULL for SQLite. */
static void test_parameters_are_counted(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    const char *params[] = {"1", "2"};
    refuses(connection, "SELECT :name", DRIVER_ERROR_STATEMENT, "':name'");
    refuses(connection, "SELECT ?", DRIVER_ERROR_STATEMENT, "parameter");
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute_params(connection, "SELECT ?1", params, 2, NULL, &error));
    assert_non_null(strstr(error->message, "2 values"));
    assert_true(connection_execute_params(connection, "SELECT ?2, ?1, ?2", params, 2, NULL, NULL));
}

/* As on a server, and before somebody relies on the rows. */
static void test_query_fails_at_once(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    g_autoptr(GError) error = NULL;
    assert_null(connection_query(connection, "SELECT abs(-9223372036854775808)", &error));
    assert_non_null(strstr(error->message, "overflow"));
    g_clear_error(&error);
    const char *later = "WITH n(i) AS (VALUES (1), (-9223372036854775808)) SELECT abs(i) FROM n";
    g_autoptr(Result) result = connection_query(connection, later, &error);
    assert_null(error);
    assert_int_equal(result_next(result, NULL), 1);
    assert_int_equal(result_next(result, &error), -1);
    assert_non_null(error);
    assert_int_equal(result_next(result, NULL), 0);
}

static void test_results_survive_their_connection(void **state)
{
    (void)state;
    Connection *connection = open_memory();
    Result *result = connection_query(connection, "VALUES (1), (2)", NULL);
    assert_int_equal(result_next(result, NULL), 1);
    connection_close(connection);
    g_autoptr(GError) error = NULL;
    assert_int_equal(result_next(result, &error), -1);
    assert_non_null(strstr(error->message, "closed"));
    assert_int_equal(result_n_columns(result), 0);
    assert_null(result_column_name(result, 0));
    assert_null(result_text(result, 0));
    assert_int_equal(result_integer(result, 0), 0);
    assert_int_equal(result_bytes(result, 0), 0);
    result_free(result);
    connection_close(NULL);
    result_free(NULL);
}

static void test_affected_and_scalar(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    gint64 affected = 0;
    assert_true(connection_execute(connection, "CREATE TABLE t (x)", NULL));
    assert_true(connection_execute_params(connection, "INSERT INTO t VALUES (1), (2)", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 2);
    assert_true(connection_execute_params(connection, "UPDATE t SET x = x WHERE x > 9", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 0);
    assert_true(connection_execute_params(connection, "DELETE FROM t WHERE x = 2", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 1);
    affected = 9;
    assert_true(connection_execute_params(connection, "CREATE TABLE u (x)", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 0); /* not the number of the statement before */
    assert_true(connection_execute(connection, "INSERT INTO t VALUES (2)", NULL));
    g_autofree char *sum = connection_scalar(connection, "SELECT sum(x) FROM t", NULL);
    assert_string_equal(sum, "3");
    g_autoptr(GError) error = NULL;
    assert_null(connection_scalar(connection, "SELECT x FROM t WHERE x > 9", &error));
    assert_null(error);
}

static void test_one_statement_only(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    refuses(connection, "CREATE TABLE a (x); CREATE TABLE b (x)", DRIVER_ERROR_STATEMENT, "more than one");
    assert_int_equal(connection_last_error(connection)->position, 20);
    refuses(connection, "CREATE TABLE a (x); /* ; */ garbage", DRIVER_ERROR_STATEMENT, "more than one");
    refuses(connection, "", DRIVER_ERROR_STATEMENT, "no statement");
    refuses(connection, " -- only a comment", DRIVER_ERROR_STATEMENT, "no statement");
    g_autoptr(GError) error = NULL;
    assert_null(connection_query(connection, "SELECT 1; SELECT 2", &error));
    assert_non_null(error);
    g_autofree char *tables = connection_scalar(connection, "SELECT count(*) FROM sqlite_master", NULL);
    assert_string_equal(tables, "0");
    assert_true(connection_execute(connection, "CREATE TABLE a (x); -- and a comment", NULL));
    assert_true(connection_execute(connection, "CREATE TABLE b (x) ; /* two */ ; -- and more\n ; /* no end", NULL));
}

static void test_error_details(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    refuses(connection, "SELECT 1 FROM nowhere", DRIVER_ERROR_STATEMENT, "nowhere");
    refuses(connection, "SELECT 1 +", DRIVER_ERROR_STATEMENT, "incomplete");
    refuses(connection, "SELECT no_such_column", DRIVER_ERROR_STATEMENT, "no_such_column");
    const ServerError *details = connection_last_error(connection);
    assert_string_equal(details->sqlstate, "SQLITE_ERROR");
    assert_int_equal(details->position, 7);
    assert_true(connection_execute(connection, "CREATE TABLE t (x CHECK (x > 0))", NULL));
    refuses(connection, "INSERT INTO t VALUES (-1)", DRIVER_ERROR_CONSTRAINT, "CHECK");
    assert_string_equal(connection_last_error(connection)->sqlstate, "SQLITE_CONSTRAINT_CHECK");
    assert_true(connection_execute(connection, "SELECT 1", NULL));
    assert_null(connection_last_error(connection)->message);
    assert_int_equal(connection_last_error(connection)->position, -1);
}

static void test_full(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    assert_true(connection_execute(connection, "CREATE TABLE t (x)", NULL));
    assert_true(connection_execute(connection, "PRAGMA max_page_count = 4", NULL));
    refuses(connection, "INSERT INTO t VALUES (zeroblob(100000))", DRIVER_ERROR_FULL, "full");
    assert_non_null(connection_last_error(connection)->hint);
}

static void test_busy(void **state)
{
    (void)state;
    ConnectOptions impatient = {0}, patient = {.lock_timeout = 0.2};
    g_autoptr(Connection) first = open_with("busy.db", "", impatient, NULL);
    g_autoptr(Connection) second = open_with("busy.db", "", impatient, NULL);
    g_autoptr(Connection) third = open_with("busy.db", "", patient, NULL);
    g_autoptr(Connection) fourth = open_with("busy.db", "?timeout=0.2", impatient, NULL);
    assert_true(connection_execute(first, "BEGIN IMMEDIATE", NULL));
    gint64 start = g_get_monotonic_time();
    refuses(second, "BEGIN IMMEDIATE", DRIVER_ERROR_BUSY, "locked");
    assert_true(g_get_monotonic_time() - start < 150000);
    assert_string_equal(connection_last_error(second)->sqlstate, "SQLITE_BUSY");
    assert_non_null(strstr(connection_last_error(second)->hint, "lock_timeout"));
    refuses(third, "BEGIN IMMEDIATE", DRIVER_ERROR_BUSY, "locked");
    assert_true(g_get_monotonic_time() - start >= 200000);
    refuses(fourth, "BEGIN IMMEDIATE", DRIVER_ERROR_BUSY, "locked");
    assert_true(g_get_monotonic_time() - start >= 400000);
    assert_true(connection_in_transaction(first));
    assert_false(connection_in_transaction(second));
}

/* The exclusive lock keeps even readers out: the connection opens, its statements wait. */
static void test_open_while_locked(void **state)
{
    (void)state;
    ConnectOptions impatient = {0};
    g_autoptr(Connection) first = open_with("exclusive.db", "", impatient, NULL);
    assert_true(connection_execute(first, "CREATE TABLE t (x)", NULL));
    assert_true(connection_execute(first, "BEGIN EXCLUSIVE", NULL));
    g_autoptr(Connection) second = open_with("exclusive.db", "", impatient, NULL);
    assert_non_null(second);
    refuses(second, "SELECT * FROM t", DRIVER_ERROR_BUSY, "locked");
}

/* An open query of the same connection is nothing to wait for. */
static void test_own_query_in_the_way(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    assert_true(connection_execute(connection, "CREATE TABLE t (x)", NULL));
    assert_true(connection_execute(connection, "INSERT INTO t VALUES (1), (2)", NULL));
    g_autoptr(Result) result = connection_query(connection, "SELECT * FROM t", NULL);
    assert_non_null(result);
    refuses(connection, "DROP TABLE t", DRIVER_ERROR_STATEMENT, "locked");
}

static void test_statement_timeout(void **state)
{
    (void)state;
    ConnectOptions options = {.statement_timeout = 0.05};
    g_autoptr(Connection) connection = open_with("timeout.db", "", options, NULL);
    refuses(connection, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
            DRIVER_ERROR_STATEMENT, "statement_timeout");
    assert_true(connection_execute(connection, "SELECT 1", NULL));
}

static gpointer cancel_soon(gpointer connection)
{
    for (int i = 0; i < 20; i++) {
        g_usleep(10000);
        connection_cancel(connection);
    }
    return NULL;
}

static void test_cancel(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    connection_cancel(connection); /* nothing runs: nothing happens */
    assert_true(connection_execute(connection, "SELECT 1", NULL));
    GThread *thread = g_thread_new("cancel", cancel_soon, connection);
    refuses(connection, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
            DRIVER_ERROR_CANCELLED, "interrupted");
    assert_string_equal(connection_last_error(connection)->sqlstate, "SQLITE_INTERRUPT");
    g_thread_join(thread);
    assert_true(connection_execute(connection, "SELECT 1", NULL));
}

/* The wait for a lock ends as well, long before lock_timeout. */
static void test_cancel_while_waiting(void **state)
{
    (void)state;
    ConnectOptions patient = {.lock_timeout = 30};
    g_autoptr(Connection) first = open_with("wait.db", "", patient, NULL);
    g_autoptr(Connection) second = open_with("wait.db", "", patient, NULL);
    assert_true(connection_execute(first, "BEGIN IMMEDIATE", NULL));
    gint64 start = g_get_monotonic_time();
    GThread *thread = g_thread_new("cancel", cancel_soon, second);
    refuses(second, "BEGIN IMMEDIATE", DRIVER_ERROR_CANCELLED, "waiting for a lock");
    g_thread_join(thread);
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
}

static void test_text_connection(void **state)
{
    (void)state;
    g_autoptr(GString) output = g_string_new(NULL);
    g_autoptr(Connection) connection = text_connection_new(output, NULL);
    assert_true(connection_execute(connection, "SELECT 'a;b'", NULL));
    assert_string_equal(output->str, "SELECT 'a;b';\n");
    g_autoptr(GError) error = NULL;
    assert_null(connection_query(connection, "SELECT 1", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED));
    g_clear_error(&error);
    const char *params[] = {"1"};
    assert_false(connection_execute_params(connection, "SELECT ?", params, 1, NULL, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED));
    assert_string_equal(output->str, "SELECT 'a;b';\n");
    g_string_truncate(output, 0);
    const Request requests[] = {{.sql = "BEGIN"},
                                {.sql = "COPY t FROM STDIN", .data = "1\ta\n2\tb", .data_length = 7},
                                {.sql = "SELECT ?", .params = params, .n_params = 1}};
    guint failed = 9;
    g_clear_error(&error);
    assert_false(connection_run_many(connection, requests, 3, NULL, &failed, &error));
    assert_int_equal(failed, 2);
    assert_string_equal(output->str, "BEGIN;\nCOPY t FROM STDIN;\n1\ta\n2\tb\n\\.\n");
    assert_null(connection_last_error(connection)->message);
    connection_cancel(connection);
}

static void collect(const char *sql, double seconds, const GError *error, void *data)
{
    assert_true(seconds >= 0);
    g_string_append_printf(data, "%s%s|", sql, error ? "!" : "");
}

static void test_trace(void **state)
{
    (void)state;
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(Connection) connection = trace_connection_new(open_memory(), collect, seen);
    const char *statements[] = {"CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)"};
    guint failed = 99;
    assert_false(connection_execute_many(connection, statements, 3, &failed, NULL));
    assert_int_equal(failed, 2);
    assert_string_equal(connection_last_error(connection)->sqlstate, "SQLITE_ERROR");
    assert_false(connection_in_transaction(connection));
    g_autofree char *value = connection_scalar(connection, "SELECT x FROM t", NULL);
    assert_string_equal(value, "1");
    assert_true(connection_server_version(connection) > 3000000);
    connection_cancel(connection);
    assert_string_equal(seen->str,
                        "CREATE TABLE t (x)|INSERT INTO t VALUES (1)|INSERT INTO u VALUES (1)!|SELECT x FROM t|");
}

static void test_trace_of_parameters(void **state)
{
    (void)state;
    enum { N = 30 };
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(Connection) connection = trace_connection_new(open_memory(), collect, seen);
    const char *params[N] = {
        "it's\nhere", "5", NULL, "\x01\x02", "1.5", "ääääääääääääääääääääääääääääääääääääääääää", "0123456789abcdefg"};
    const ParameterKind kinds[N] = {PARAMETER_TEXT, PARAMETER_INTEGER, PARAMETER_TEXT,  PARAMETER_BINARY,
                                    PARAMETER_REAL, PARAMETER_TEXT,    PARAMETER_BINARY};
    const gsize lengths[N] = {0, 0, 0, 2, 0, 0, 17};
    Request request = {.sql = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7",
                       .params = params,
                       .n_params = 7,
                       .kinds = kinds,
                       .lengths = lengths};
    g_autoptr(Result) result = connection_query_request(connection, &request, NULL);
    assert_non_null(result);
    assert_string_equal(seen->str, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7\n-- 1: 'it''s here', 2: 5, 3: NULL, 4: 0x0102, "
                                   "5: 1.5, 6: 'ääääääääääääääääääääääääääääääääääääääää'… (84 bytes), "
                                   "7: 0x30313233343536373839616263646566… (17 bytes)|");
    g_string_truncate(seen, 0);
    request = (Request){.sql = "SELECT ?30", .params = params, .n_params = N, .kinds = kinds, .lengths = lengths};
    assert_true(connection_execute_request(connection, &request, NULL, NULL));
    assert_true(g_str_has_suffix(seen->str, ", 20: NULL, … (30 in all)|"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_kinds_of_parameters),
        cmocka_unit_test(test_parameters_are_counted),
        cmocka_unit_test(test_query_fails_at_once),
        cmocka_unit_test(test_results_survive_their_connection),
        cmocka_unit_test(test_affected_and_scalar),
        cmocka_unit_test(test_one_statement_only),
        cmocka_unit_test(test_error_details),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_open_while_locked),
        cmocka_unit_test(test_own_query_in_the_way),
        cmocka_unit_test(test_statement_timeout),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_while_waiting),
        cmocka_unit_test(test_text_connection),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_trace_of_parameters),
    };
    folder = g_dir_make_tmp("migrate-driver.XXXXXX", NULL);
    int status = cmocka_run_group_tests_name("driver/sqlite", tests, NULL, NULL);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
    g_free(folder);
    return status;
}
