/* Statements in flight when the client, or the server, is killed: the journal's verdict leads to the end that the
 * statement would have had. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/child.h"
#include "support/connection.h"
#include "support/mysql.h"

enum { ROUNDS = 2, POLL = 20000 /* µs */ };

static char *state_of(const char *url, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = test_connect(url);
    char *state = NULL;
    if (!mariadb_dialect.state_before(connection, sql, strlen(sql), &state, &error))
        fail_msg("%s: %s", sql, error->message);
    return state;
}

static void resume(const char *url, const char *sql, const char *state, StatementOutcome *outcome)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = test_connect(url);
    if (!mariadb_dialect.resume_statement(connection, sql, strlen(sql), state, outcome, &error))
        fail_msg("%s: %s", sql, error->message);
}

/* The child that sends the statement, holding the migration lock as a run does; it is on its way. */
static pid_t send(const char *url, const char *sql)
{
    g_autofree char *lock = mariadb_dialect.lock->try_query("journal");
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        g_autoptr(Connection) connection = test_connect(url);
        g_autofree char *locked = connection_scalar(connection, lock, NULL);
        if (g_strcmp0(locked, "1") != 0 || write(ready[1], "x", 1) != 1)
            child_exit(2);
        child_exit(connection_execute(connection, sql, NULL) ? 0 : 1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

/* --- the client dies --- */

static gboolean try_lock(const char *url)
{
    g_autoptr(Connection) connection = test_connect(url);
    g_autofree char *lock = mariadb_dialect.lock->try_query("journal");
    g_autofree char *locked = connection_scalar(connection, lock, NULL);
    return g_strcmp0(locked, "1") == 0;
}

static gboolean is_running(const char *url)
{
    g_autofree char *rows = mysql_rows(url, "SELECT count(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE "
                                            "'ALTER TABLE%'");
    return strcmp(rows, "0\n") != 0;
}

static void test_client_dies(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("journal");
    const char *sql = "ALTER TABLE big ADD COLUMN c INT, ALGORITHM=COPY";
    gboolean went_on = FALSE;
    mysql_run(url, "CREATE TABLE big AS SELECT seq, repeat('x', 200) AS t FROM seq_1_to_150000");
    g_autofree char *before = state_of(url, sql);
    pid_t child = send(url, sql);
    while (!is_running(url))
        g_usleep(POLL);
    child_kill(child);
    /* Nobody gets the lock while the server goes on, so nobody looks too early. */
    while (!try_lock(url)) {
        went_on = went_on || is_running(url);
        g_usleep(POLL);
    }
    assert_false(is_running(url));
    StatementOutcome outcome = {0};
    resume(url, sql, before, &outcome);
    g_autofree char *rows = mysql_rows(url, "SELECT count(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                                            "database() AND TABLE_NAME = 'big' AND COLUMN_NAME = 'c'");
    assert_int_equal(outcome.effect, strcmp(rows, "1\n") == 0 ? EFFECT_DONE : EFFECT_NONE);
    print_message("the server went on: %d, took effect: %d\n", went_on, outcome.effect == EFFECT_DONE);
}

/* --- the server dies --- */

static void kill_server(void)
{
    g_autofree char *path = g_build_filename(mysql_folder(), "pid", NULL);
    g_autofree char *pid = NULL;
    assert_true(g_file_get_contents(path, &pid, NULL, NULL));
    kill(atoi(pid), SIGKILL);
}

static double milliseconds_of(const char *url, const char *sql)
{
    gint64 start = g_get_monotonic_time();
    mysql_run(url, sql);
    return (double)(g_get_monotonic_time() - start) / 1000;
}

/* What a statement leaves, as another tool sees it. */
static char *picture(const char *url)
{
    return mysql_rows(url, "SELECT concat_ws(' ', t.TABLE_NAME, t.TABLE_TYPE, (SELECT group_concat(concat(COLUMN_NAME, "
                           "' ', COLUMN_TYPE) ORDER BY ORDINAL_POSITION) FROM information_schema.COLUMNS c "
                           "WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME), (SELECT "
                           "group_concat(DISTINCT INDEX_NAME) FROM information_schema.STATISTICS s "
                           "WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME)) "
                           "FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = database() ORDER BY 1");
}

static const char tables[] = "CREATE TABLE big AS SELECT seq, repeat('x', 100) AS t FROM seq_1_to_20000;"
                             "CREATE TABLE a (x INT); CREATE TABLE b (y INT); CREATE TABLE c (z INT);"
                             "CREATE VIEW v AS SELECT 1 AS one";

static void run_crash(const char *sql, const char *expected, double milliseconds)
{
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, tables);
    g_autofree char *before = state_of(url, sql);
    StatementOutcome outcome = {0};
    pid_t child = send(url, sql);
    g_usleep((gulong)(1000 * g_random_double() * milliseconds));
    kill_server();
    child_wait(child);
    mysql_kill_server();
    resume(url, sql, before, &outcome);
    if (outcome.effect == EFFECT_UNKNOWN)
        fail_msg("%s: %s", sql, outcome.reason);
    if (outcome.effect != EFFECT_DONE)
        mysql_run(url, outcome.effect == EFFECT_PARTLY ? outcome.rest : sql);
    statement_outcome_clear(&outcome);
    g_autofree char *after = picture(url);
    assert_string_equal(after, expected);
}

/* CREATE OR REPLACE TABLE is not among them: a server that dies in it may leave a file that is in the way of every
 * table of that name (errno 184). */
static void test_server_dies(void **state)
{
    static const char *const statements[] = {
        "ALTER TABLE big ADD COLUMN c INT FIRST, ADD INDEX i (t), ALGORITHM=COPY",
        "ALTER TABLE big ADD INDEX i (t), MODIFY seq BIGINT NOT NULL",
        "ALTER TABLE big ADD COLUMN c INT, RENAME TO bigger, ALGORITHM=COPY",
        "CREATE TABLE x AS SELECT * FROM big",
        "RENAME TABLE a TO d, b TO a, c TO b",
        "DROP TABLE a, b, c, big",
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autofree char *url = mysql_database("journal");
        mysql_run(url, tables);
        double milliseconds = milliseconds_of(url, statements[i]);
        g_autofree char *expected = picture(url);
        for (int round = 0; round < ROUNDS; round++)
            run_crash(statements[i], expected, milliseconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_dies),
        cmocka_unit_test(test_server_dies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
