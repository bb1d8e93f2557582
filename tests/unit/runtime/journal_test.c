#include "project.h"
#include "support/faulty.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"
#define JOURNAL "SELECT revision, direction, state, statements_done, statements_total FROM migrate_history ORDER BY id"

static const char three_groups[] = "-- migrate:up\nCREATE TABLE log (n INTEGER);\n"
                                   "-- migrate:up transaction:false\n"
                                   "INSERT INTO log VALUES (1);\nVACUUM;\nINSERT INTO log VALUES (2);\n"
                                   "-- migrate:up\nINSERT INTO log VALUES (3);\nINSERT INTO log VALUES (4);\n"
                                   "-- migrate:down transaction:false\nDELETE FROM log WHERE n > 2;\nVACUUM;\n"
                                   "-- migrate:down\nDROP TABLE log;\n";

static void write_history(const Project *project)
{
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES (1), (2);\n"
                  "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\nINSERT INTO c VALUES (1), (2);\n"
                  "-- migrate:down\nDROP TABLE c;\nDROP TABLE p;\n");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up foreign-keys:off\nCREATE TABLE n (id INTEGER PRIMARY KEY, t TEXT);\n"
                  "INSERT INTO n SELECT id, 'x' FROM p;\nDROP TABLE p;\nALTER TABLE n RENAME TO p;\n"
                  "-- migrate:down foreign-keys:off\nCREATE TABLE n (id INTEGER PRIMARY KEY);\n"
                  "INSERT INTO n SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE n RENAME TO p;\n");
    project_write(project, "cccc", "bbbb", three_groups);
}

static char *project_state(const Project *project)
{
    g_autofree char *schema =
        project_query(project, "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY 1");
    g_autofree char *rows = project_query(project, "SELECT coalesce((SELECT group_concat(version_num) FROM "
                                                   "migrate_version), ''), (SELECT count(*) FROM migrate_history WHERE "
                                                   "state = 'started')");
    return g_strjoin("\n", schema, rows, NULL);
}

static char *project_data(const Project *project)
{
    return project_query(project,
                         "SELECT 'p', id FROM p UNION ALL SELECT 'c', p FROM c UNION ALL SELECT 'l', n FROM log");
}

/* Fails or dies at call `at`; FALSE when the run had fewer calls. The database must then be whole: a run that goes on
 * reaches `state`. */
static gboolean try_at(StepDirection direction, FaultKind kind, guint at, const char *state, const char *data)
{
    g_autoptr(Project) project = project_new();
    g_autoptr(GError) error = NULL;
    const char *spec = direction == STEP_UP ? "head" : "base";
    project->options.one_transaction = FALSE;
    write_history(project);
    if (direction == STEP_DOWN)
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    project_open(project);
    faulty_arm(session_connection(project->session), kind, at);
    g_autoptr(RunResult) result = direction == STEP_UP
                                      ? migration_upgrade(project->context, spec, NULL, NULL, &error)
                                      : migration_downgrade(project->context, spec, NULL, NULL, &error);
    gboolean hit = faulty_calls() >= at;
    faulty_disarm(session_connection(project->session));
    /* The call that failed may have been one whose result does not matter, such as the note of a failure. */
    if (!hit)
        assert_no_error(error);
    else if (result == NULL)
        assert_non_null(error);
    g_autoptr(GError) again = NULL;
    g_autofree G_GNUC_UNUSED char *ran = project_run(project, direction, spec, &again);
    if (again != NULL)
        fail_msg("kind %d at %u: %s\nbefore: %s", (int)kind, at, again->message, error ? error->message : "");
    g_autofree char *found = project_state(project);
    if (strcmp(found, state) != 0)
        fail_msg("kind %d at %u: %s\n--- expected:\n%s", (int)kind, at, found, state);
    if (data != NULL) {
        g_autofree char *rows = project_data(project);
        if (strcmp(rows, data) != 0)
            fail_msg("kind %d at %u: %s\n--- expected:\n%s", (int)kind, at, rows, data);
    }
    return hit;
}

static void try_everywhere(StepDirection direction, FaultKind kind)
{
    g_autofree char *state = NULL;
    g_autofree char *data = NULL;
    {
        g_autoptr(Project) project = project_new();
        write_history(project);
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
        if (direction == STEP_UP)
            data = project_data(project);
        else
            assert_run(project, STEP_DOWN, "base", "cccc bbbb aaaa");
        state = project_state(project);
    }
    guint at = 1;
    while (try_at(direction, kind, at, state, data))
        at++;
    assert_true(at > 40);
}

static void test_refused_everywhere(void **state)
{
    (void)state;
    try_everywhere(STEP_UP, FAULT_REFUSE);
    try_everywhere(STEP_DOWN, FAULT_REFUSE);
}

static void test_dead_everywhere(void **state)
{
    (void)state;
    try_everywhere(STEP_UP, FAULT_DIE);
    try_everywhere(STEP_DOWN, FAULT_DIE);
}

static void test_vanished_everywhere(void **state)
{
    (void)state;
    try_everywhere(STEP_UP, FAULT_VANISH);
    try_everywhere(STEP_DOWN, FAULT_VANISH);
}

static const char failing[] = "-- migrate:up transaction:false\n"
                              "CREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (1);\nINSERT INTO nope VALUES (1);\n"
                              "INSERT INTO a VALUES (3);\n"
                              "-- migrate:down\nDROP TABLE a;\n";
static const char corrected[] = "-- migrate:up transaction:false\n"
                                "CREATE TABLE a (n INTEGER); -- the table\nINSERT INTO a\n  VALUES (1);\n"
                                "INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (3);\nINSERT INTO a VALUES (4);\n"
                                "-- migrate:down\nDROP TABLE a;\n";

static void test_stop_correct_resume(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", failing);
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "half applied: 2 of 4 statements are done",
                 "goes on with statement 3", NULL);
    assert_query(project, VERSIONS, "");
    assert_query(project, JOURNAL, "aaaa|up|started|2|4");
    assert_query(project, "SELECT error LIKE '%nope%' FROM migrate_history", "1");
    project_write(project, "aaaa", "", corrected);
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT group_concat(n) FROM a", "1,2,3,4");
    assert_query(project, JOURNAL, "aaaa|up|done|5|5");
    assert_query(project, "SELECT error FROM migrate_history", "NULL");
    /* What was recorded at last is the corrected file. */
    g_autoptr(Status) status = migration_status(project->context, NULL);
    assert_int_equal(status->applied, 1);
    assert_int_equal(status->edited, 0);
}

static void test_done_statements_edited(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", failing);
    g_error_free(project_fail(project, STEP_UP, "head"));
    project_write(project, "aaaa", "",
                  "-- migrate:up transaction:false\nCREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (9);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED, "'aaaa'", "2 of 4", "stamp", NULL);
    /* Fewer statements than are done. */
    project_write(project, "aaaa", "", "-- migrate:up transaction:false\nCREATE TABLE a (n INTEGER);\n");
    error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED, "'aaaa'", NULL);
    assert_query(project, "SELECT n FROM a", "1");
}

/* The half-done revision stands in the way of everything but its own end, or of the person's word. */
static void test_in_the_way(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n");
    project_write(project, "bbbb", "aaaa", failing);
    project_write(project, "xxxx", "aaaa", "-- migrate:up\nSELECT 3;\n");
    g_error_free(project_fail(project, STEP_UP, "bbbb"));
    GError *error = project_fail(project, STEP_DOWN, "base");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'bbbb' is half applied: 2 of 4",
                 "migrate upgrade bbbb", "migrate stamp", NULL);
    error = project_fail(project, STEP_UP, "xxxx");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'bbbb'", NULL);
    /* Nothing to do is no excuse either. */
    error = project_fail(project, STEP_UP, "aaaa");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'bbbb'", NULL);
    g_autoptr(Status) status = migration_status(project->context, NULL);
    assert_int_equal(status->interrupted, 1);
    assert_run(project, STEP_STAMP, "bbbb", "bbbb");
    assert_query(project, JOURNAL, "aaaa|up|done|1|1\nbbbb|up|failed|2|4\nbbbb|stamp|done|0|0");
    assert_run(project, STEP_DOWN, "base", "bbbb aaaa");
}

static void test_half_taken_down(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n);\n-- migrate:down transaction:false\nDELETE FROM a;\n"
                  "DROP TABLE nope;\nDROP TABLE a;\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    g_error_free(project_fail(project, STEP_DOWN, "base"));
    assert_query(project, VERSIONS, "aaaa");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'aaaa' is half taken down: 1 of 3",
                 "migrate downgrade aaaa-1", NULL);
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n);\n-- migrate:down transaction:false\nDELETE FROM a;\n"
                  "DROP TABLE a;\n");
    assert_run(project, STEP_DOWN, "base", "aaaa");
    assert_query(project, VERSIONS, "");
    assert_query(project, JOURNAL, "aaaa|up|done|1|1\naaaa|down|done|2|2");
}

/* A resumed run has a new connection: without the PRAGMA, dropping the parent would delete the children's rows. */
static void test_pragma_is_said_again(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    const char *format = "-- migrate:up transaction:false\nPRAGMA foreign_keys = OFF;\n"
                         "CREATE TABLE n (id INTEGER PRIMARY KEY);\nINSERT INTO n SELECT id FROM p;\n%sDROP TABLE p;\n"
                         "ALTER TABLE n RENAME TO p;\nPRAGMA foreign_keys = ON;\n";
    g_autofree char *stops = g_strdup_printf(format, "SELECT nope;\n");
    g_autofree char *goes_on = g_strdup_printf(format, "");
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nINSERT INTO p VALUES (1), (2);\n"
                  "CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\nINSERT INTO c VALUES (1), (2);\n");
    project_write(project, "bbbb", "aaaa", stops);
    g_error_free(project_fail(project, STEP_UP, "head"));
    assert_query(project, "SELECT state, statements_done FROM migrate_history WHERE revision = 'bbbb'", "started|3");
    project_write(project, "bbbb", "aaaa", goes_on);
    assert_run(project, STEP_UP, "head", "bbbb");
    assert_query(project, "SELECT count(*) FROM c", "2");
    assert_query(project, "PRAGMA foreign_keys", "1");
}

typedef struct Racer {
    Project project; /* a copy with handles of its own */
    RunResult *result;
    GError *error;
} Racer;

static gpointer race(gpointer data)
{
    Racer *racer = data;
    project_open(&racer->project);
    racer->result = migration_upgrade(racer->project.context, "head", NULL, NULL, &racer->error);
    project_close(&racer->project);
    return NULL;
}

static void test_two_at_once(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project->lock_wait = project->lock_timeout = 20;
    write_history(project);
    Racer racers[4];
    GThread *threads[4];
    guint ran = 0;
    for (guint i = 0; i < G_N_ELEMENTS(racers); i++) {
        racers[i] = (Racer){.project = *project};
        threads[i] = g_thread_new("racer", race, &racers[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(racers); i++) {
        g_thread_join(threads[i]);
        assert_no_error(racers[i].error);
        assert_true(racers[i].result->steps->len == 0 || racers[i].result->steps->len == 3);
        assert_string_equal(racers[i].result->heads[0], "cccc");
        ran += racers[i].result->steps->len;
        run_result_free(racers[i].result);
    }
    assert_int_equal(ran, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_everywhere),
        cmocka_unit_test(test_dead_everywhere),
        cmocka_unit_test(test_vanished_everywhere),
        cmocka_unit_test(test_stop_correct_resume),
        cmocka_unit_test(test_done_statements_edited),
        cmocka_unit_test(test_in_the_way),
        cmocka_unit_test(test_half_taken_down),
        cmocka_unit_test(test_pragma_is_said_again),
        cmocka_unit_test(test_two_at_once),
    };
    return cmocka_run_group_tests_name("runtime/journal", tests, NULL, NULL);
}
