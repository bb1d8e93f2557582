/* How often a run asks its server, and what it does when a lock is in its way. */
#include "project.h"
#include "support/postgresql.h"

/* The session's connection, counting what goes back and forth. */
static guint trips;
static Driver counting;

static gboolean count_execute(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    trips++;
    return postgresql_driver.execute(connection, request, affected, error);
}

static Result *count_query(Connection *connection, const Request *request, GError **error)
{
    trips++;
    return postgresql_driver.query(connection, request, error);
}

static gboolean count_run_many(Connection *connection, const Request *requests, guint n, Result **results,
                               guint *failed, GError **error)
{
    trips++;
    return postgresql_driver.run_many(connection, requests, n, results, failed, error);
}

static Project *server_project(const char *database)
{
    Project *project = project_new();
    project->url = postgresql_database(database);
    project->lock_wait = 5;
    project->lock_timeout = 5;
    return project;
}

static guint count_upgrade(Project *project, guint steps)
{
    g_autoptr(GError) error = NULL;
    project_open(project);
    counting = postgresql_driver;
    counting.execute = count_execute;
    counting.query = count_query;
    counting.run_many = count_run_many;
    session_connection(project->session)->driver = &counting;
    trips = 0;
    g_autoptr(RunResult) result = migration_upgrade(project->context, "head", NULL, NULL, &error);
    assert_no_error(error);
    assert_int_equal(result->steps->len, steps);
    session_connection(project->session)->driver = &postgresql_driver;
    return trips;
}

static void write_chain(const Project *project, guint n)
{
    g_autofree char *before = g_strdup("");
    for (guint i = 1; i <= n; i++) {
        g_autofree char *id = g_strdup_printf("r%03u", i);
        g_autofree char *body = g_strdup_printf("-- migrate:up\nCREATE TABLE t%u (x integer);\nINSERT INTO t%u VALUES "
                                                "(1);\nCREATE INDEX ON t%u (x);\n-- migrate:down\nDROP TABLE t%u;\n",
                                                i, i, i, i);
        project_write(project, id, before, body);
        g_free(before);
        before = g_steal_pointer(&id);
    }
}

static void test_round_trips(void **state)
{
    (void)state;
    g_autoptr(Project) project = server_project("trips");
    write_chain(project, 10);
    /* A look at what tables there are, before and under the lock, and their creation; two for each revision. */
    assert_true(count_upgrade(project, 10) <= 3 + 2 * 10);
    assert_true(count_upgrade(project, 0) <= 2);
    write_chain(project, 11);
    /* The second look needs one. */
    assert_true(count_upgrade(project, 1) <= 3 + 2);
}

/* What the journal needs in between is not counted as a round trip less, but each part has two at most. */
static void test_journal(void **state)
{
    (void)state;
    g_autoptr(Project) project = server_project("journal");
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (x integer);\n-- migrate:up transaction:false\n"
                  "CREATE INDEX CONCURRENTLY ix ON a (x);\nINSERT INTO a VALUES (1);\nNOT SQL;\n"
                  "-- migrate:up\nINSERT INTO a VALUES (3);\n-- migrate:down\nDROP TABLE a;\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "3 of 5 statements are done",
                 "goes on with statement 4", NULL);
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (x integer);\n-- migrate:up transaction:false\n"
                  "CREATE INDEX CONCURRENTLY ix ON a (x);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n"
                  "-- migrate:up\nINSERT INTO a VALUES (3);\n-- migrate:down\nDROP TABLE a;\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    g_autofree char *rows = postgresql_rows(project->url, "SELECT x FROM a ORDER BY x");
    assert_string_equal(rows, "1\n2\n3\n");
    g_autofree char *history = postgresql_rows(project->url, "SELECT state, statements_done FROM migrate_history");
    assert_string_equal(history, "done|5\n");
}

/* A killed run's statements that the server had already got are finished there, behind the next run's look. */
static gpointer finish_orphan(gpointer data)
{
    postgresql_run(data, "BEGIN; UPDATE migrate_version SET version_num = 'r002';"
                         "INSERT INTO migrate_history SELECT id + 1, 'r002', direction, state, statements_done, "
                         "statements_total, 'r001', depends_on, NULL, NULL, done_hash, started_at, "
                         "finished_at, applied_by, tool_version, message, error, down_script FROM migrate_history;"
                         "CREATE TABLE t2 (x integer); SELECT pg_sleep(1); COMMIT");
    return NULL;
}

static void test_orphan(void **state)
{
    (void)state;
    g_autoptr(Project) project = server_project("orphan");
    write_chain(project, 1);
    assert_run(project, STEP_UP, "head", "r001");
    write_chain(project, 3);
    GThread *thread = g_thread_new("orphan", finish_orphan, project->url);
    g_usleep(300000);
    assert_run(project, STEP_UP, "head", "r003");
    g_thread_join(thread);
    g_autofree char *rows = postgresql_rows(project->url, "SELECT version_num FROM migrate_version");
    assert_string_equal(rows, "r003\n");
}

/* The server does what it is told, but its answer to the COMMIT never comes. */
static gboolean lose_commit(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                            GError **error)
{
    if (!postgresql_driver.run_many(connection, requests, n, results, failed, error))
        return FALSE;
    if (results != NULL || strcmp(requests[n - 1].sql, "COMMIT") != 0 || strstr(requests[0].sql, "BEGIN") != NULL)
        return TRUE;
    *failed = n - 1;
    g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "the connection to the server was lost: no answer");
    return FALSE;
}

static void test_lost_commit(void **state)
{
    (void)state;
    g_autoptr(Project) project = server_project("lost");
    write_chain(project, 2);
    project_open(project);
    counting = postgresql_driver;
    counting.run_many = lose_commit;
    session_connection(project->session)->driver = &counting;
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", NULL, NULL, &error));
    session_connection(project->session)->driver = &postgresql_driver;
    assert_fails(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT, "connection lost (commit)",
                 "whether the server has committed the transaction is unknown", "run 'migrate upgrade r001' again",
                 NULL);
    assert_run(project, STEP_UP, "head", "r002");
    g_autofree char *rows = postgresql_rows(project->url, "SELECT revision, state FROM migrate_history ORDER BY id");
    assert_string_equal(rows, "r001|done\nr002|done\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_journal),
        cmocka_unit_test(test_orphan),
        cmocka_unit_test(test_lost_commit),
    };
    return cmocka_run_group_tests_name("runtime/postgresql_runner", tests, NULL, NULL);
}
