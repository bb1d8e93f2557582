/* MySQL's and MariaDB's driver on a real server: statements, results, errors, waiting and the end of a connection. */
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
#include "support/mysql.h"

static char *database;

static Connection *open_with(const ConnectOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse(database, NULL);
    ConnectOptions defaults = {0};
    Connection *connection = connection_open(&mysql_driver, url, options ? options : &defaults, &error);
    if (!connection)
        fail_msg("%s", error->message);
    return connection;
}

static int set_up(void **state)
{
    (void)state;
    g_free(database);
    database = mysql_database("driver");
    return 0;
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

static void assert_rows(const char *query, const char *expected)
{
    g_autofree char *rows = mysql_rows(database, query);
    assert_string_equal(rows, expected);
}

static void assert_refused(Connection *connection, const char *sql, DriverError class, int code, const char *sqlstate)
{
    g_autoptr(GError) error = NULL;
    if (connection_execute(connection, sql, &error))
        fail_msg("not refused: %s", sql);
    if (!g_error_matches(error, DRIVER_ERROR, (int)class))
        fail_msg("class %d of '%s'\n%s", error->code, error->message, sql);
    const ServerError *server = connection_last_error(connection);
    assert_string_equal(server->message, error->message);
    assert_int_equal(server->code, code);
    assert_string_equal(server->sqlstate, sqlstate);
}

/* --- statements and results --- */

static void test_server(void **state)
{
    (void)state;
    mysql_run(database, "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, NULL), (2, 'x')");
    assert_rows("SELECT * FROM t ORDER BY a", "1|NULL\n2|x\n");
    mysql_kill_server();
    assert_rows("SELECT * FROM t ORDER BY a", "1|NULL\n2|x\n");
}

static void test_basics(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    assert_true(connection_server_version(connection) >= 100600);
    assert_string_equal(connection_server_product(connection), "MariaDB");
    assert_true(connection_alive(connection));
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, connection_backend_id(connection));
    assert_scalar(connection, "SELECT CONNECTION_ID()", id);
    assert_scalar(connection, "SELECT @@character_set_client", "utf8mb4");
    assert_scalar(connection, "SELECT @@character_set_results", "utf8mb4");
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))");
    gint64 affected = -1;
    assert_true(
        connection_execute_params(connection, "INSERT INTO t VALUES (1, 'a'), (2, 'b')", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 2);
    /* Rows that were found, though they do not change. */
    assert_true(
        connection_execute_params(connection, "UPDATE t SET name = 'a' WHERE id = 1", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 1);
    assert_true(connection_execute_params(connection, "SELECT * FROM t", NULL, 0, &affected, NULL));
    assert_int_equal(affected, 0);
    run(connection, "");
    run(connection, "-- nothing");
    assert_scalar(connection, "SELECT COUNT(*) FROM t", "2");
}

static void test_results(void **state)
{
    (void)state;
    Connection *connection = open_with(NULL);
    g_autoptr(Result) first =
        connection_query(connection, "SELECT 1 AS a, 'ä😀' AS b, NULL AS c UNION ALL SELECT 2, '', NULL", NULL);
    g_autoptr(Result) second =
        connection_query(connection, "SELECT true, false, 9223372036854775807, b'101', 'a\\0b'", NULL);
    g_autoptr(Result) none = connection_query(connection, "SET @a = 1", NULL);
    assert_int_equal(result_n_columns(none), 0);
    assert_int_equal(result_next(none, NULL), 0);
    assert_int_equal(result_n_columns(first), 3);
    assert_string_equal(result_column_name(first, 1), "b");
    assert_int_equal(result_next(first, NULL), 1);
    assert_string_equal(result_text(first, 1), "ä😀");
    assert_int_equal(result_bytes(first, 1), 6);
    assert_null(result_text(first, 2));
    assert_int_equal(result_integer(first, 2), 0);
    assert_int_equal(result_next(second, NULL), 1);
    assert_int_equal(result_integer(second, 0), 1);
    assert_int_equal(result_integer(second, 1), 0);
    assert_true(result_integer(second, 2) == G_MAXINT64);
    assert_int_equal(result_bytes(second, 4), 3);
    assert_memory_equal(result_text(second, 4), "a\0b", 4);
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

static void test_bits(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "CREATE TABLE bits (a BIT(1), b BIT(12))");
    run(connection, "INSERT INTO bits VALUES (1, 2731)");
    g_autoptr(Result) result = connection_query(connection, "SELECT a, b FROM bits", NULL);
    assert_int_equal(result_next(result, NULL), 1);
    assert_int_equal(result_integer(result, 0), 1);
    assert_int_equal(result_integer(result, 1), 2731);
}

static void test_params(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GError) error = NULL;
    run(connection,
        "CREATE TABLE p (id INT, name VARCHAR(50), raw VARBINARY(20), at DATETIME(6), d DOUBLE, j LONGTEXT)");
    const char *params[] = {"1", "x'\"\\ ä😀 ? -- \n", "\x01\xFF\x80", "2026-01-02 03:04:05.000006", "1.5", NULL};
    gint64 affected = 0;
    if (!connection_execute_params(connection, "INSERT INTO p VALUES (?, ?, ?, ?, ?, ?)", params, 6, &affected, &error))
        fail_msg("%s", error->message);
    assert_int_equal(affected, 1);
    assert_rows("SELECT id, HEX(name), HEX(raw), at, d, j FROM p",
                "1|7827225C20C3A4F09F9880203F202D2D200A|01FF80|2026-01-02 03:04:05.000006|1.5|NULL\n");
    g_autoptr(Result) result = connection_query_params(
        connection, "SELECT id, name, raw, at, d, j, REPEAT('y', 100000), id = ? FROM p WHERE id = ? OR name = ?",
        (const char *const[]){"1", "1", NULL}, 3, &error);
    if (!result)
        fail_msg("%s", error->message);
    run(connection, "DO 1"); /* the result stays */
    assert_int_equal(result_n_columns(result), 8);
    assert_string_equal(result_column_name(result, 3), "at");
    assert_int_equal(result_next(result, NULL), 1);
    assert_int_equal(result_integer(result, 0), 1);
    assert_string_equal(result_text(result, 1), params[1]);
    assert_int_equal(result_bytes(result, 2), 3);
    assert_string_equal(result_text(result, 3), params[3]);
    assert_string_equal(result_text(result, 4), "1.5");
    assert_null(result_text(result, 5));
    assert_int_equal(result_bytes(result, 5), 0);
    assert_int_equal(result_bytes(result, 6), 100000);
    assert_int_equal(result_integer(result, 7), 1);
    assert_int_equal(result_next(result, NULL), 0);
    assert_null(connection_query_params(connection, "SELECT ?", params, 2, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT));
    g_clear_error(&error);
    assert_null(connection_query_params(connection, "SELEC ?", params, 1, &error));
    assert_int_equal(connection_last_error(connection)->code, 1064);
    assert_int_equal(connection_last_error(connection)->position, 0);
}

/* Columns without a type of their own take that of the value. */
static void test_kinds_of_parameters(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GError) error = NULL;
    const char *params[] = {"7", "1.50", "a\0b\xFF", "", NULL, "1.50", "9223372036854775808", "-9223372036854775808"};
    const ParameterKind kinds[] = {PARAMETER_INTEGER, PARAMETER_REAL, PARAMETER_BINARY,  PARAMETER_BINARY,
                                   PARAMETER_BINARY,  PARAMETER_TEXT, PARAMETER_INTEGER, PARAMETER_INTEGER};
    const gsize lengths[] = {0, 0, 4, 0, 0, 0, 0, 0};
    const char *more[] = {"12345678901234567890.5", "1e3"};
    const ParameterKind more_kinds[] = {PARAMETER_REAL, PARAMETER_REAL};
    run(connection,
        "CREATE TABLE k (a BIGINT, b DECIMAL(5, 2), c BLOB, d BLOB, e BLOB, f TEXT, g DECIMAL(30), h BIGINT,"
        " i DECIMAL(30, 1), j DOUBLE)");
    const Request requests[] = {
        {.sql = "INSERT INTO k (a, b, c, d, e, f, g, h) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
         .params = params,
         .n_params = G_N_ELEMENTS(params),
         .kinds = kinds,
         .lengths = lengths},
        {.sql = "UPDATE k SET i = ?, j = ?", .params = more, .n_params = 2, .kinds = more_kinds}};
    if (!connection_run_many(connection, requests, 2, NULL, NULL, &error))
        fail_msg("%s", error->message);
    assert_rows("SELECT a, b, HEX(c), HEX(d), e, f, g, h, i, j FROM k",
                "7|1.50|610062FF||NULL|1.50|9223372036854775808|-9223372036854775808|12345678901234567890.5|1000\n");
    /* Half of an integer is no text. */
    Request rounded = {.sql = "UPDATE k SET a = ?", .params = more + 1, .n_params = 1, .kinds = more_kinds};
    assert_true(connection_execute_request(connection, &rounded, NULL, NULL));
    assert_scalar(connection, "SELECT a FROM k", "1000");
}

static void test_procedure(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
    run(connection, "CREATE PROCEDURE two(a INT) BEGIN SELECT a; INSERT INTO t VALUES (a); SELECT a + 1; END");
    assert_scalar(connection, "CALL two(1)", "1");
    run(connection, "CALL two(2)");
    const char *params[] = {"3"};
    assert_true(connection_execute_params(connection, "CALL two(?)", params, 1, NULL, NULL));
    assert_refused(connection, "CALL two(1)", DRIVER_ERROR_CONSTRAINT, 1062, "23000");
    assert_scalar(connection, "SELECT GROUP_CONCAT(id) FROM t", "1,2,3");
}

static void test_transaction(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
    assert_false(connection_in_transaction(connection));
    run(connection, "BEGIN");
    assert_true(connection_in_transaction(connection));
    assert_refused(connection, "SELECT nothing", DRIVER_ERROR_STATEMENT, 1054, "42S22");
    assert_true(connection_in_transaction(connection));
    run(connection, "CREATE TABLE commits (id INT)");
    assert_false(connection_in_transaction(connection));
    run(connection, "BEGIN");
    assert_refused(connection, "CREATE TABLE t (id INT)", DRIVER_ERROR_STATEMENT, 1050, "42S01");
    assert_false(connection_in_transaction(connection)); /* DDL that fails has committed */
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t VALUES (1)");
    run(connection, "ROLLBACK");
    assert_false(connection_in_transaction(connection));
    assert_scalar(connection, "SELECT COUNT(*) FROM t", "0");
    const char *statements[] = {"BEGIN", "INSERT INTO t VALUES (1)"};
    assert_true(connection_execute_many(connection, statements, 2, NULL, NULL));
    assert_true(connection_in_transaction(connection));
}

/* --- errors --- */

static void assert_position(Connection *connection, const char *sql, int expected)
{
    assert_refused(connection, sql, DRIVER_ERROR_STATEMENT, 1064, "42000");
    if (connection_last_error(connection)->position != expected)
        fail_msg("position %d: %s", connection_last_error(connection)->position, sql);
}

static void test_errors(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(3) NOT NULL, CONSTRAINT c CHECK (id < 10))");
    run(connection, "CREATE TABLE child (t INT, FOREIGN KEY (t) REFERENCES t (id))");
    run(connection, "INSERT INTO t VALUES (1, 'a')");
    run(connection, "INSERT INTO child VALUES (1)");
    assert_refused(connection, "INSERT INTO t VALUES (1, 'b')", DRIVER_ERROR_CONSTRAINT, 1062, "23000");
    assert_refused(connection, "INSERT INTO t VALUES (2, NULL)", DRIVER_ERROR_CONSTRAINT, 1048, "23000");
    assert_refused(connection, "INSERT INTO t (id) VALUES (2)", DRIVER_ERROR_CONSTRAINT, 1364, "HY000");
    assert_refused(connection, "INSERT INTO t VALUES (2, 'long')", DRIVER_ERROR_CONSTRAINT, 1406, "22001");
    assert_refused(connection, "INSERT INTO t VALUES ('x', 'b')", DRIVER_ERROR_CONSTRAINT, 1366, "22007");
    assert_refused(connection, "INSERT INTO t VALUES (20, 'b')", DRIVER_ERROR_CONSTRAINT, 4025, "23000");
    assert_refused(connection, "INSERT INTO t VALUES (99999999999, 'b')", DRIVER_ERROR_CONSTRAINT, 1264, "22003");
    assert_refused(connection, "INSERT INTO child VALUES (7)", DRIVER_ERROR_CONSTRAINT, 1452, "23000");
    assert_refused(connection, "DELETE FROM t", DRIVER_ERROR_CONSTRAINT, 1451, "23000");
    assert_refused(connection, "SELECT * FROM missing", DRIVER_ERROR_STATEMENT, 1146, "42S02");
    assert_refused(connection, "CREATE TABLE missing.t (id INT)", DRIVER_ERROR_STATEMENT, 1049, "42000");
    run(connection, "SET SESSION TRANSACTION READ ONLY");
    assert_refused(connection, "DELETE FROM child", DRIVER_ERROR_READ_ONLY, 1792, "25006");
    assert_non_null(connection_last_error(connection)->hint);
    run(connection, "SET SESSION TRANSACTION READ WRITE");
    run(connection, "DELETE FROM child");
    assert_null(connection_last_error(connection)->message);
    assert_int_equal(connection_last_error(connection)->position, -1);
}

static void test_positions(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    assert_position(connection, "SELEC 1", 0);
    assert_position(connection, "SELECT 'ä', FROM t", 13);
    assert_position(connection, "SELECT a\nFROM t\nWHER a = 1 AND b = 'a = 1 AND b'", 21);
    assert_position(connection, "CREATE TABLE t (", 16);
    g_autofree char *filler = g_strnfill(3000, ' '), *late = g_strdup_printf("SELECT 1,%s FROM\n t x y z", filler);
    assert_position(connection, late, 3010);
    const char *statements[] = {"DO 1", "DO\n bad bad -- 'x'", "DO 2"};
    guint failed = 9;
    assert_false(connection_execute_many(connection, statements, 3, &failed, NULL));
    assert_int_equal(failed, 1);
    assert_int_equal(connection_last_error(connection)->position, 8);
}

static void test_busy(void **state)
{
    (void)state;
    g_autoptr(Connection) one = open_with(NULL);
    g_autoptr(Connection) two = open_with(NULL);
    run(one, "CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    run(one, "INSERT INTO t VALUES (1, 1), (2, 2)");
    run(one, "BEGIN");
    run(one, "UPDATE t SET n = 2 WHERE id = 1");
    run(two, "SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1");
    assert_refused(two, "UPDATE t SET n = 3 WHERE id = 1", DRIVER_ERROR_BUSY, 1205, "HY000");
    assert_refused(two, "ALTER TABLE t ADD x INT", DRIVER_ERROR_BUSY, 1205, "HY000");
    assert_non_null(strstr(connection_last_error(two)->hint, "lock_timeout"));
}

/* --- several statements --- */

static void test_run_many(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GError) error = NULL;
    const char *params[] = {"7", NULL};
    Request requests[] = {
        {.sql = "CREATE TABLE t (id INT, name TEXT) -- ends in a comment"},
        {.sql = "INSERT INTO t VALUES (1, ';'); "},
        {.sql = "/* ; */ SELECT id, name FROM t"},
        {.sql = "INSERT INTO t VALUES (?, ?)", .params = params, .n_params = 2},
        {.sql = "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END"},
        {.sql = "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END"},
        {.sql = "CALL p()"},
        {.sql = "# the last\nSELECT COUNT(*) FROM t"},
        {.sql = "DO 0"},
    };
    enum { N = G_N_ELEMENTS(requests) };
    Result *results[N];
    if (!connection_run_many(connection, requests, N, results, NULL, &error))
        fail_msg("%s", error->message);
    assert_true(connection_runs_many(connection));
    for (guint i = 0; i < N; i++)
        assert_int_equal(result_n_columns(results[i]), i == 2 ? 2 : i == 6 || i == 7 ? 1 : 0);
    assert_int_equal(result_next(results[7], NULL), 1);
    assert_int_equal(result_integer(results[7], 0), 2);
    assert_int_equal(result_next(results[2], NULL), 1);
    assert_string_equal(result_text(results[2], 1), ";");
    for (guint i = 0; i < N; i++)
        result_free(results[i]);
    assert_rows("SELECT * FROM t", "1|;\n7|NULL\n");
}

static void test_failing_request(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY)");
    for (guint bad = 0; bad < 5; bad++) {
        Request requests[5];
        Result *results[5];
        g_autoptr(GError) error = NULL;
        guint failed = 99;
        run(connection, "DELETE FROM t");
        g_autofree char *rows[5] = {NULL};
        for (guint i = 0; i < 5; i++) {
            rows[i] =
                i == bad ? g_strdup("INSERT INTO t VALUES (NULL)") : g_strdup_printf("INSERT INTO t VALUES (%u)", i);
            requests[i] = (Request){.sql = rows[i]};
        }
        assert_false(connection_run_many(connection, requests, 5, results, &failed, &error));
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONSTRAINT));
        assert_int_equal(failed, bad);
        assert_int_equal(connection_last_error(connection)->code, 1048);
        for (guint i = 0; i < 5; i++)
            assert_null(results[i]);
        g_autofree char *count = g_strdup_printf("%u", bad);
        assert_scalar(connection, "SELECT COUNT(*) FROM t", count);
        for (guint i = 0; i < 5; i++)
            g_clear_pointer(&rows[i], g_free);
    }
}

static void test_large_batch(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GError) error = NULL;
    enum { N = 3000 };
    g_autofree char *text = g_strnfill(900, 'x');
    g_autofree char *sql = g_strdup_printf("INSERT INTO t VALUES ('%s')", text);
    g_autofree const char **statements = g_new(const char *, N);
    for (guint i = 0; i < N; i++)
        statements[i] = sql;
    run(connection, "CREATE TABLE t (a TEXT)");
    run(connection, "BEGIN");
    if (!connection_execute_many(connection, statements, N, NULL, &error))
        fail_msg("%s", error->message);
    run(connection, "COMMIT");
    assert_scalar(connection, "SELECT COUNT(*) FROM t", "3000");
}

/* --- waiting, cancelling, losing --- */

static gpointer cancel_later(gpointer connection)
{
    g_usleep(300000);
    connection_cancel(connection);
    return NULL;
}

static void assert_cancelled(Connection *connection, const char *sql)
{
    gint64 start = g_get_monotonic_time();
    GThread *thread = g_thread_new("cancel", cancel_later, connection);
    assert_refused(connection, sql, DRIVER_ERROR_CANCELLED, 1317, "70100");
    g_thread_join(thread);
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
    for (guint i = 0; i < 20; i++)
        run(connection, "DO 0"); /* the kill was for that statement alone */
}

static void test_cancel(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(Connection) holder = open_with(NULL);
    assert_cancelled(connection, "SELECT SLEEP(30)");
    run(holder, "CREATE TABLE t (id INT)");
    run(holder, "BEGIN");
    run(holder, "INSERT INTO t VALUES (1)");
    assert_cancelled(connection, "ALTER TABLE t ADD x INT");
    const char *statements[] = {"DO 1", "SELECT SLEEP(30)", "CREATE TABLE never (id INT)"};
    guint failed = 9;
    g_autoptr(GError) error = NULL;
    GThread *thread = g_thread_new("cancel", cancel_later, connection);
    assert_false(connection_execute_many(connection, statements, 3, &failed, &error));
    g_thread_join(thread);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED));
    assert_int_equal(failed, 1);
    run(holder, "COMMIT");
    assert_rows("SHOW TABLES", "t\n");
    connection_cancel(connection); /* nothing runs */
    run(connection, "DO 0");
}

static Connection *signalled;

static void on_alarm(int number)
{
    (void)number;
    connection_cancel(signalled);
}

static void test_cancel_from_signal(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, former;
    struct itimerval timer = {.it_value = {.tv_usec = 200000}};
    signalled = connection;
    sigaction(SIGALRM, &action, &former);
    setitimer(ITIMER_REAL, &timer, NULL);
    assert_refused(connection, "SELECT SLEEP(30)", DRIVER_ERROR_CANCELLED, 1317, "70100");
    sigaction(SIGALRM, &former, NULL);
    assert_scalar(connection, "SELECT 1", "1");
}

static void test_killed_by_another(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autofree char *sql = g_strdup_printf("KILL QUERY %" G_GINT64_FORMAT, connection_backend_id(connection));
    g_autofree char *event = g_strdup_printf("SET GLOBAL event_scheduler = ON; CREATE EVENT k ON SCHEDULE AT NOW() + "
                                             "INTERVAL 1 SECOND DO %s",
                                             sql);
    mysql_run(database, event);
    assert_refused(connection, "SELECT SLEEP(30)", DRIVER_ERROR_STATEMENT, 1317, "70100");
    assert_non_null(strstr(connection_last_error(connection)->hint, "KILL QUERY"));
}

typedef struct Waits {
    guint n;
    double last;
} Waits;

static void count_wait(Connection *connection, double seconds, void *data)
{
    Waits *waits = data;
    assert_true(connection_backend_id(connection) > 0);
    assert_true(seconds > waits->last);
    waits->last = seconds;
    waits->n++;
}

static void test_waiting(void **state)
{
    (void)state;
    Waits waits = {0};
    ConnectOptions options = {.lock_timeout = 0.4, .waiting = count_wait, .waiting_data = &waits};
    g_autoptr(Connection) connection = open_with(&options);
    run(connection, "DO 0");
    assert_int_equal(waits.n, 0);
    run(connection, "DO SLEEP(2.5)");
    assert_in_range(waits.n, 3, 4);
    waits = (Waits){0};
    const char *params[] = {"0.5"};
    assert_true(connection_execute_params(connection, "DO SLEEP(?)", params, 1, NULL, NULL));
    assert_int_equal(waits.n, 1);
}

static void test_answer_timeout(void **state)
{
    (void)state;
    ConnectOptions options = {.answer_timeout = 0.5};
    g_autoptr(Connection) connection = open_with(&options);
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    run(connection, "DO 0");
    assert_false(connection_execute(connection, "DO SLEEP(30)", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
    assert_false(connection_alive(connection));
}

static void test_max_statement_time(void **state)
{
    (void)state;
    ConnectOptions options = {.statement_timeout = 0.2}; /* MariaDB is told by its dialect */
    g_autoptr(Connection) connection = open_with(&options);
    run(connection, "DO SLEEP(0.5)");
    run(connection, "SET SESSION max_statement_time = 0.3");
    assert_refused(connection, "SELECT SLEEP(30)", DRIVER_ERROR_STATEMENT, 1969, "70100");
    assert_non_null(strstr(connection_last_error(connection)->hint, "statement_timeout"));
}

static void test_lost(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    run(connection, "BEGIN");
    g_autofree char *sql = g_strdup_printf("KILL CONNECTION %" G_GINT64_FORMAT, connection_backend_id(connection));
    mysql_run(database, sql);
    for (guint i = 0; i < 100 && connection_alive(connection); i++)
        g_usleep(50000);
    assert_false(connection_alive(connection));
    assert_false(connection_in_transaction(connection));
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute(connection, "SELECT 1", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_true(g_str_has_prefix(error->message, "the connection to the server was lost"));
    assert_false(connection_execute(connection, "SELECT 1", NULL));
}

static gpointer kill_server_later(gpointer data)
{
    (void)data;
    g_usleep(300000);
    mysql_kill_server();
    return NULL;
}

static void test_lost_while_running(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GError) error = NULL;
    GThread *thread = g_thread_new("kill", kill_server_later, NULL);
    assert_false(connection_execute(connection, "SELECT SLEEP(30)", &error));
    g_thread_join(thread);
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_false(connection_alive(connection));
}

static void keep_log(LogLevel level, const char *text, void *data)
{
    if (level == LOG_DETAIL)
        g_string_append_printf(data, "%s\n", text);
}

static void test_warnings(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(NULL);
    g_autoptr(GString) log = g_string_new(NULL);
    log_set_handler(keep_log, log);
    run(connection, "DROP TABLE IF EXISTS nothing");
    assert_string_equal(log->str, "");
    log_set_level(LOG_DETAIL);
    run(connection, "DROP TABLE IF EXISTS nothing");
    log_set_level(LOG_INFO);
    log_set_handler(NULL, NULL);
    assert_non_null(strstr(log->str, "Note 1051: Unknown table 'driver.nothing'"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_server),
        TEST(test_basics),
        TEST(test_results),
        TEST(test_bits),
        TEST(test_params),
        TEST(test_kinds_of_parameters),
        TEST(test_procedure),
        TEST(test_transaction),
        TEST(test_errors),
        TEST(test_positions),
        TEST(test_busy),
        TEST(test_run_many),
        TEST(test_failing_request),
        TEST(test_large_batch),
        TEST(test_cancel),
        TEST(test_cancel_from_signal),
        TEST(test_killed_by_another),
        TEST(test_waiting),
        TEST(test_answer_timeout),
        TEST(test_max_statement_time),
        TEST(test_lost),
        TEST(test_lost_while_running),
        TEST(test_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
