#include <signal.h>
#include <sys/wait.h>

#include "project.h"
#include "support/child.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"
#define HISTORY "SELECT revision, direction, state, statements_done, statements_total FROM migrate_history ORDER BY id"

static gint holding;

static void write_three(const Project *project)
{
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x INTEGER);\n-- migrate:down\nDROP TABLE a;\n");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n"
                  "-- migrate:down\nDELETE FROM a;\n");
    project_write(project, "cccc", "bbbb",
                  "-- migrate:up\nCREATE INDEX ix ON a (x);\n-- migrate:down\nDROP INDEX ix;\n");
}

static void test_up_and_down(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "+2", "aaaa bbbb");
    assert_query(project, VERSIONS, "bbbb");
    assert_run(project, STEP_UP, "head", "cccc");
    assert_query(project, VERSIONS, "cccc");
    assert_query(project, "SELECT count(*), sum(x) FROM a", "2|3");
    assert_run(project, STEP_DOWN, "-1", "cccc");
    assert_run(project, STEP_DOWN, "base", "bbbb aaaa");
    assert_query(project, VERSIONS, "");
    assert_query(project, HISTORY,
                 "aaaa|up|done|1|1\nbbbb|up|done|2|2\ncccc|up|done|1|1\n"
                 "cccc|down|done|1|1\nbbbb|down|done|1|1\naaaa|down|done|1|1");
    assert_query(project, "SELECT name FROM sqlite_master WHERE name IN ('a', 'ix')", "");
}

/* Alembic must be able to go on with the table. */
static void test_version_table_is_alembics(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project->options.version_table = "alembic_version";
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    assert_query(project, "SELECT name, type, \"notnull\", pk FROM pragma_table_info('alembic_version')",
                 "version_num|VARCHAR(32)|1|1");
    assert_query(project,
                 "SELECT sql LIKE '%CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)%' FROM "
                 "sqlite_master WHERE name = 'alembic_version'",
                 "1");
}

static void test_history_row(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(
        project, "aaaa", "",
        "-- migrate:up\nCREATE TABLE a (x TEXT DEFAULT 'it''s');\n\n-- migrate:down\nDROP TABLE a; -- 'gone'\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = migration_history(project->context, &error);
    assert_no_error(error);
    assert_int_equal(rows->len, 1);
    const HistoryRow *row = rows->pdata[0];
    assert_string_equal(row->message, "about aaaa");
    assert_string_equal(row->who, "ada@here");
    assert_string_equal(row->tool_version, "0.0");
    assert_string_equal(row->down_text, "-- migrate:down\nDROP TABLE a; -- 'gone'\n");
    assert_int_equal(strlen(row->blob_id), 40);
    assert_int_equal(strlen(row->token_hash), 64);
    assert_int_equal(strlen(row->started), strlen("2026-11-21T08:15:00.000Z"));
    assert_true(row->seconds >= 0 && row->seconds < 60);
    assert_null(row->error);
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    assert_run(project, STEP_UP, "head", "");
    assert_query(project, "SELECT count(*) FROM sqlite_master", "0");
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    /* Another connection writes and holds on to its lock: somebody with nothing to do must not care. */
    g_autoptr(Session) other = session_open(project->engine, NULL);
    assert_true(session_begin(other, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(RunResult) result = migration_upgrade(project->context, "head", NULL, NULL, &error);
    assert_no_error(error);
    assert_int_equal(result->steps->len, 0);
    assert_false(result->waited);
    assert_string_equal(result->heads[0], "cccc");
    g_clear_pointer(&other, session_close);
}

static void test_locked_by_another(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    g_autoptr(Session) other = session_open(project->engine, NULL);
    assert_true(session_begin(other, NULL));
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", NULL, NULL, &error));
    assert_fails(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD, "lock", NULL);
    session_rollback(other);
    g_clear_pointer(&other, session_close);
    assert_query(project, HISTORY, "aaaa|up|done|1|1");
    assert_run(project, STEP_UP, "head", "bbbb cccc");
}

/* A run that writes much keeps readers away for longer than lock_timeout. */
static gpointer hold_for_a_while(gpointer data)
{
    Project other = *(const Project *)data;
    other.context = NULL;
    other.session = NULL;
    other.engine = NULL;
    other.directory = NULL;
    project_open(&other);
    assert_true(session_lock(other.session, "migrate_version", NULL));
    project_execute(&other, "BEGIN EXCLUSIVE");
    g_atomic_int_set(&holding, 1);
    g_usleep(600000);
    project_execute(&other, "COMMIT");
    session_unlock(other.session);
    project_close(&other);
    return NULL;
}

static void test_waits_for_a_writer(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    project->lock_wait = 20;
    g_atomic_int_set(&holding, 0);
    GThread *thread = g_thread_new("holder", hold_for_a_while, project);
    while (!g_atomic_int_get(&holding))
        g_usleep(1000);
    assert_run(project, STEP_UP, "head", "bbbb cccc");
    g_thread_join(thread);
    /* Somebody else, who knows nothing of the migration lock, is waited for as long as a statement waits. */
    g_autoptr(Session) other = session_open(project->engine, NULL);
    assert_true(connection_execute(session_connection(other), "BEGIN EXCLUSIVE", NULL));
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", NULL, NULL, &error));
    assert_fails(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD, "locked", NULL);
    error = NULL;
    assert_null(migration_stamp(project->context, "base", FALSE, &error));
    assert_fails(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD, "locked", NULL);
    g_clear_pointer(&other, session_close);
}

static void interrupt_second(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data)
{
    (void)step;
    (void)total;
    (void)seconds;
    (void)data;
    if (index == 1 && !done)
        raise(SIGINT);
}

/* In a process of its own, which stays interrupted. */
static void test_interrupted(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    pid_t child = fork();
    if (child == 0) {
        g_autoptr(GError) error = NULL;
        project_open(project);
        engine_handle_interrupts(project->session);
        RunResult *result = migration_upgrade(project->context, "head", interrupt_second, NULL, &error);
        gboolean right = result == NULL && g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED) &&
                         strstr(error->message, "interrupted in revision 'bbbb'") != NULL &&
                         strstr(error->message, "'aaaa' is applied") != NULL;
        project_close(project);
        child_exit(right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    project_open(project);
    assert_query(project, VERSIONS, "aaaa");
    assert_query(project, HISTORY, "aaaa|up|done|1|1");
    assert_run(project, STEP_UP, "head", "bbbb cccc");
}

static void test_failing_statement(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up\nINSERT INTO a VALUES (1);\n\nINSERT INTO a\n\tSELECT nope FROM a;\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "revision 'bbbb': statement failed\n",
                 "bbbb.sql:9:9:", "    \tSELECT nope FROM a\n    \t       ^\n", "no such column: nope", "SQLITE_ERROR",
                 "'bbbb' was rolled back; 'aaaa' is applied", "migrate upgrade", NULL);
    assert_query(project, VERSIONS, "aaaa");
    assert_query(project, "SELECT count(*) FROM a", "0");
    assert_query(project, HISTORY, "aaaa|up|done|1|1\nbbbb|up|failed|0|2");
    assert_query(project, "SELECT error LIKE '%no such column: nope%' FROM migrate_history WHERE state = 'failed'",
                 "1");
    write_three(project);
    assert_run(project, STEP_UP, "head", "bbbb cccc");
}

/* A long statement is not printed whole, yet the place of the mistake is. */
static void test_long_statement(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(GString) body = g_string_new("-- migrate:up\nSELECT\n");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(body, "    %d AS c%d,\n", i, i);
    g_string_append(body, "    nope\n");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(body, "    , %d AS d%d\n", i, i);
    project_write(project, "aaaa", "", body->str);
    GError *error = project_fail(project, STEP_UP, "head");
    guint lines = 0;
    for (const char *c = error->message; (c = strchr(c, '\n')) != NULL; c++)
        lines++;
    assert_true(lines < 20);
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "aaaa.sql:67:5:", "        nope\n        ^\n", NULL);
}

static void test_foreign_keys_are_enforced(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\n"
                  "CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nINSERT INTO c VALUES (7);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_non_null(strstr(error->message, "FOREIGN KEY constraint failed"));
    assert_non_null(strstr(error->message, "commit failed"));
    g_error_free(error);
    assert_query(project, VERSIONS, "aaaa");
    assert_query(project, "SELECT count(*) FROM c", "0");
    assert_query(project, "SELECT state FROM migrate_history WHERE revision = 'bbbb'", "failed");
}

static const char rebuild[] = "-- migrate:up foreign-keys:off\n"
                              "CREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT);\n"
                              "INSERT INTO n SELECT id, 'x' FROM p;\n"
                              "DROP TABLE p;\n"
                              "ALTER TABLE n RENAME TO p;\n";

static void test_foreign_keys_off(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\n"
                  "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\n"
                  "CREATE VIEW v AS SELECT id FROM p;\n"
                  "INSERT INTO p VALUES (1), (2);\nINSERT INTO c VALUES (1), (2), (2);\n");
    project_write(project, "bbbb", "aaaa", rebuild);
    assert_run(project, STEP_UP, "head", "aaaa bbbb");
    assert_query(project, "SELECT count(*) FROM c", "3");
    assert_query(project, "PRAGMA foreign_keys", "1");
    assert_query(project, "PRAGMA legacy_alter_table", "0");
    /* A rebuild that loses a parent row is found before the commit. */
    project_write(project, "cccc", "bbbb",
                  "-- migrate:up foreign-keys:off\nCREATE TABLE n (id INTEGER PRIMARY KEY);\n"
                  "INSERT INTO n SELECT id FROM p WHERE id < 2;\nDROP TABLE p;\nALTER TABLE n RENAME TO p;\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, DIALECT_ERROR, DIALECT_ERROR_CHECK, "'cccc'", "check before the commit", "rolled back", NULL);
    assert_query(project, "SELECT count(*) FROM p", "2");
    assert_query(project, VERSIONS, "bbbb");
    assert_query(project, "PRAGMA foreign_keys", "1");
    assert_query(project, "PRAGMA legacy_alter_table", "0");
    /* A failing statement in the middle leaves the switches as they were, too. */
    project_write(project, "cccc", "bbbb",
                  "-- migrate:up foreign-keys:off\nDROP TABLE c;\nALTER TABLE nope RENAME TO p;\n");
    g_error_free(project_fail(project, STEP_UP, "head"));
    assert_query(project, "SELECT count(*) FROM c", "3");
    assert_query(project, "PRAGMA foreign_keys", "1");
    assert_query(project, "PRAGMA legacy_alter_table", "0");
}

static void test_one_transaction(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project->options.one_transaction = TRUE;
    write_three(project);
    project_write(project, "dddd", "cccc", "-- migrate:up\nINSERT INTO nope VALUES (1);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "everything was rolled back", NULL);
    assert_query(project, VERSIONS, "");
    assert_query(project, HISTORY, "dddd|up|failed|0|1");
    project_write(project, "dddd", "cccc", "-- migrate:up\nSELECT 1;\n-- migrate:up transaction:false\nVACUUM;\n");
    error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "dddd.sql:", "transaction = all", NULL);
    project_write(project, "dddd", "cccc",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\n"
                  "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\n"
                  "INSERT INTO p VALUES (1);\nINSERT INTO c VALUES (1);\n");
    project_write(project, "eeee", "dddd", rebuild);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc dddd eeee");
    assert_query(project, "SELECT count(*) FROM c", "1");
    assert_query(project, "PRAGMA foreign_keys", "1");
    assert_query(project, VERSIONS, "eeee");
}

/* Alembic, or a person, writes the version table between our look and our transaction. */
static void change_behind(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data)
{
    (void)step;
    (void)total;
    (void)seconds;
    if (index == 1 && !done)
        project_execute(data, "UPDATE migrate_version SET version_num = 'other'");
}

static void test_version_table_changed_behind_our_back(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project_open(project);
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", change_behind, project, &error));
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "'migrate_version'", "'other'", NULL);
    assert_query(project, "SELECT count(*) FROM a", "0");
}

static void test_branches_and_merge(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project_write(project, "xxxx", "aaaa", "-- migrate:up\nCREATE TABLE x (y);\n-- migrate:down\nDROP TABLE x;\n");
    project_write(project, "mmmm", "cccc, xxxx", "-- migrate:up\n-- migrate:down\n");
    assert_run(project, STEP_UP, "cccc", "aaaa bbbb cccc");
    assert_run(project, STEP_UP, "xxxx", "xxxx");
    assert_query(project, VERSIONS, "cccc\nxxxx");
    assert_run(project, STEP_UP, "head", "mmmm");
    assert_query(project, VERSIONS, "mmmm");
    assert_run(project, STEP_DOWN, "-1", "mmmm");
    assert_query(project, VERSIONS, "cccc\nxxxx");
}

static void test_disk_full(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project_write(project, "dddd", "cccc",
                  "-- migrate:up\nCREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                  "WHERE i < 1000) SELECT i, hex(randomblob(500)) AS h FROM n;\n");
    assert_run(project, STEP_UP, "cccc", "aaaa bbbb cccc");
    project_execute(project, "PRAGMA max_page_count = 20");
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", NULL, NULL, &error));
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "full", "hint: ", "rolled back", NULL);
    assert_query(project, "PRAGMA integrity_check", "ok");
    assert_query(project, VERSIONS, "cccc");
}

static void test_read_only(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    project_execute(project, "PRAGMA query_only = ON");
    GError *error = NULL;
    assert_null(migration_upgrade(project->context, "head", NULL, NULL, &error));
    assert_non_null(error);
    assert_non_null(strstr(error->message, "read"));
    g_error_free(error);
    assert_query(project, VERSIONS, "aaaa");
}

static void test_ensure_version(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    gboolean created;
    project_open(project);
    assert_true(migration_context_ensure_version(project->context, &created, NULL));
    assert_true(created);
    assert_true(migration_context_ensure_version(project->context, &created, NULL));
    assert_false(created);
    assert_query(project, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1",
                 "migrate_history\nmigrate_version");
}

static void test_awkward_table_names(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project->options.version_table = "ver \"1\" of 'x'";
    project->options.history_table = "select";
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    assert_run(project, STEP_DOWN, "base", "cccc bbbb aaaa");
    assert_query(project, "SELECT count(*) FROM \"select\"", "6");
}

int main(void)
{
    signal(SIGINT, SIG_DFL); /* a background job of a shell ignores it */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_and_down),
        cmocka_unit_test(test_version_table_is_alembics),
        cmocka_unit_test(test_history_row),
        cmocka_unit_test(test_nothing_to_do),
        cmocka_unit_test(test_locked_by_another),
        cmocka_unit_test(test_waits_for_a_writer),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_failing_statement),
        cmocka_unit_test(test_long_statement),
        cmocka_unit_test(test_foreign_keys_are_enforced),
        cmocka_unit_test(test_foreign_keys_off),
        cmocka_unit_test(test_one_transaction),
        cmocka_unit_test(test_version_table_changed_behind_our_back),
        cmocka_unit_test(test_branches_and_merge),
        cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_ensure_version),
        cmocka_unit_test(test_awkward_table_names),
    };
    return cmocka_run_group_tests_name("runtime/runner", tests, NULL, NULL);
}
