/* Running where DDL commits by itself. */
#include "committing.h"

static const char mixed[] = "-- migrate:up\nCREATE TABLE log (n INTEGER);\nINSERT INTO log VALUES (1);\n"
                            "INSERT INTO log VALUES (2);\nALTER TABLE log ADD COLUMN t TEXT;\n"
                            "INSERT INTO log VALUES (3, 'x');\n"
                            "-- migrate:up transaction:false\nINSERT INTO log VALUES (4, 'y');\n"
                            "INSERT INTO log VALUES (5, 'z');\nVACUUM;\nCREATE INDEX ix ON log (n);\n"
                            "-- migrate:down\nDROP INDEX ix;\nDELETE FROM log WHERE n > 2;\nDROP TABLE log;\n";

static void write_history(const Project *project)
{
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p INTEGER);\n"
                  "-- migrate:down\nDROP TABLE c;\nDROP TABLE p;\n");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up\nINSERT INTO p VALUES (1), (2);\nINSERT INTO c SELECT id FROM p;\n"
                  "-- migrate:down\nDELETE FROM c;\nDELETE FROM p;\n");
    project_write(project, "cccc", "bbbb", mixed);
}

static char *groups_of(const Plan *plan)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        for (guint j = 0; j < step->groups->len; j++) {
            const PlanGroup *group = g_ptr_array_index(step->groups, j);
            g_string_append_printf(text, "%s%u", group->transactional ? "t" : "b", group->statements->len);
        }
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, FALSE);
}

static void test_groups(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    g_autoptr(GError) error = NULL;
    write_history(project);
    project_write(project, "dddd", "cccc",
                  "-- migrate:up\nINSERT INTO p VALUES (8);\n-- migrate:up\nINSERT INTO p VALUES (9);\n"
                  "-- migrate:up transaction:false\nDELETE FROM p;\n-- migrate:up\nDELETE FROM c;\n");
    project_write(project, "eeee", "dddd", "-- migrate:up\n");
    project_open(project);
    g_autoptr(Plan) plan = migration_plan(project->context, "head", STEP_UP, &error);
    assert_no_error(error);
    g_autofree char *groups = groups_of(plan);
    assert_string_equal(groups, "b2 t2 b1t2b1t1t1t1b2 t2t1t1 t0 ");
}

static char *project_state(const Project *project)
{
    return project_query(project,
                         "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%migrate%' UNION ALL "
                         "SELECT 'version', coalesce(group_concat(version_num), '') FROM migrate_version UNION ALL "
                         "SELECT 'started', count(*) FROM migrate_history WHERE state = 'started' UNION ALL "
                         "SELECT 'marks', count(*) FROM migrate_history WHERE in_flight IS NOT NULL AND state = "
                         "'done' ORDER BY 1");
}

static char *project_data(const Project *project)
{
    return project_query(project,
                         "SELECT 'p', id FROM p UNION ALL SELECT 'c', p FROM c UNION ALL SELECT 'l', n FROM log");
}

/* Fails or dies at call `at`; FALSE when the run had fewer calls. A run that goes on must reach `state`. */
static gboolean try_at(StepDirection direction, FaultKind kind, guint at, const char *state, const char *data)
{
    g_autoptr(Project) project = committing_project();
    g_autoptr(GError) error = NULL;
    const char *spec = direction == STEP_UP ? "head" : "base";
    write_history(project);
    if (direction == STEP_DOWN)
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    project_open(project);
    faulty_arm(session_connection(project->session), kind, at);
    g_autoptr(RunResult) G_GNUC_UNUSED result = direction == STEP_UP
                                                    ? migration_upgrade(project->context, spec, NULL, NULL, &error)
                                                    : migration_downgrade(project->context, spec, NULL, NULL, &error);
    gboolean hit = faulty_calls() >= at;
    faulty_disarm(session_connection(project->session));
    if (!hit)
        assert_no_error(error);
    g_autoptr(GError) again = NULL;
    g_autofree G_GNUC_UNUSED char *ran = project_run(project, direction, spec, &again);
    if (again != NULL)
        fail_msg("kind %d at %u: %s\nbefore: %s", (int)kind, at, again->message, error ? error->message : "");
    g_autofree char *found = project_state(project);
    if (strcmp(found, state) != 0)
        fail_msg("kind %d at %u: %s\n--- expected:\n%s", (int)kind, at, found, state);
    g_autofree char *rows = data != NULL ? project_data(project) : NULL;
    if (data != NULL && strcmp(rows, data) != 0)
        fail_msg("kind %d at %u: %s\n--- expected:\n%s", (int)kind, at, rows, data);
    return hit;
}

static void try_everywhere(StepDirection direction, FaultKind kind)
{
    g_autofree char *state = NULL;
    g_autofree char *data = NULL;
    {
        g_autoptr(Project) project = committing_project();
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

/* k statements cost k + 1 commits: the first mark comes with the started row, the last with the version row. */
static void test_marks(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    g_autoptr(GError) error = NULL;
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n);\nCREATE TABLE b (n);\nCREATE TABLE d (n);\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE e (n);\n");
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up\nCREATE TABLE e (n);\nCREATE TABLE f (n);\nCREATE TABLE g (n);\n");
    project_open(project);
    faulty_arm(session_connection(project->session), FAULT_REFUSE, 0);
    g_autoptr(RunResult) G_GNUC_UNUSED result = migration_upgrade(project->context, "head", NULL, NULL, &error);
    assert_no_error(error);
    guint commits = 0, marks = 0, tables = 0;
    const GPtrArray *log = faulty_log();
    for (guint i = 0; i < log->len; i++) {
        const char *sql = log->pdata[i];
        gboolean creates = g_str_has_prefix(sql, "CREATE TABLE");
        commits += strcmp(sql, "COMMIT") == 0;
        marks += strstr(sql, "in_flight = '") != NULL;
        tables += creates;
        /* The mark is right before its statement. */
        if (creates && tables > 1)
            assert_non_null(strstr(log->pdata[i - 1], "in_flight = '"));
        else if (creates)
            assert_string_equal(log->pdata[i - 1], "COMMIT");
    }
    assert_int_equal(tables, 3);
    assert_int_equal(marks, 2);
    assert_int_equal(commits, 2);
    faulty_disarm(session_connection(project->session));
    assert_query(project, "SELECT count(*) FROM migrate_history WHERE in_flight IS NOT NULL", "0");
}

static void test_unknown(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (n);\nPRAGMA user_version = 7;\nDROP TABLE a;\n");
    die_behind(project, STEP_UP, "head", "PRAGMA user_version");
    for (guint i = 0; i < 2; i++) {
        GError *error = project_fail(project, STEP_UP, "head");
        assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, "'aaaa'", "aaaa.sql:7:1", "PRAGMA user_version = 7",
                     "leaves no trace", "migrate repair --done", "migrate repair --retry", NULL);
        assert_query(project, JOURNAL, "aaaa|up|started|1|3");
        assert_query(project, MARK, "1");
    }
}

static void test_in_flight_edited(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (n);\nCREATE TABLE b (n);\n");
    die_behind(project, STEP_UP, "head", "CREATE TABLE a");
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (m);\nCREATE TABLE b (n);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED, "'aaaa'", "aaaa.sql:6:1", "CREATE TABLE a (m)",
                 "repair --done", "repair --retry", NULL);
    /* Without effect it may be another one now. */
    project_execute(project, "DROP TABLE a");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT name FROM pragma_table_info('a')", "m");
    assert_query(project, JOURNAL, "aaaa|up|done|2|2");
}

static void test_partly(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (n);\nCREATE TABLE b (n);\n");
    die_behind(project, STEP_UP, "head", "CREATE TABLE a");
    forced_rest = "nonsense";
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "nonsense", "aaaa.sql:6:1", NULL);
    assert_query(project, MARK, "1");
    forced_rest = "CREATE TABLE rest (n)";
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT count(*) FROM rest", "0");
    assert_query(project, JOURNAL, "aaaa|up|done|2|2");
}

/* The server has said no: nothing is in flight, and the statement may be corrected. */
static void test_refused(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n);\nDROP TABLE nope;\nINSERT INTO a VALUES (1);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "half applied: 1 of 3 statements are done",
                 "goes on with statement 2", NULL);
    assert_query(project, JOURNAL, "aaaa|up|started|1|3");
    assert_query(project, MARK, "0");
    assert_query(project, "SELECT error LIKE '%nope%' FROM migrate_history", "1");
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (n);\nINSERT INTO a VALUES (2);\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT n FROM a", "2");
    assert_query(project, JOURNAL, "aaaa|up|done|2|2");
}

/* DROP TABLE a, missing: the server says no, but has dropped a table. */
static void test_refused_with_effect(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (n);\nDROP TABLE nope;\nCREATE TABLE b (n);\n");
    forced_rest = "CREATE TABLE rest (n)";
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT, "no such table: nope", "took effect in part", NULL);
    assert_query(project, JOURNAL, "aaaa|up|started|1|3");
    assert_query(project, MARK, "1");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b', 'rest')", "3");
}

/* The bare statement before a group that fails is done, and stays so. */
static void test_refused_rows(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n PRIMARY KEY);\nINSERT INTO a VALUES (1);\n"
                  "INSERT INTO a VALUES (1);\n");
    g_error_free(project_fail(project, STEP_UP, "head"));
    assert_query(project, JOURNAL, "aaaa|up|started|1|3");
    assert_query(project, "SELECT count(*) FROM a", "0");
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (n PRIMARY KEY);\nINSERT INTO a VALUES (1);\n"
                  "INSERT INTO a VALUES (2);\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT count(*) FROM a", "2");
}

static void test_rows_that_stay(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE plain (n);\nCREATE TABLE a (n);\nINSERT INTO a VALUES (1);\n"
                  "INSERT INTO plain VALUES (1);\nINSERT INTO a VALUES (2);\n");
    die_behind(project, STEP_UP, "head", "INSERT INTO plain");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, "no transaction rolls back", "INSERT INTO plain", NULL);
    assert_query(project, JOURNAL, "aaaa|up|started|3|5");
}

static void test_one_transaction(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project->options.one_transaction = TRUE;
    project_write(project, "aaaa", "", "-- migrate:up\nSELECT 1;\n-- migrate:up transaction:false\nSELECT 2;\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nSELECT 1;\nCREATE TABLE a (n);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "bbbb.sql:7", "commits by itself", "transaction = all",
                 "nothing was run", NULL);
    assert_run(project, STEP_UP, "aaaa", "aaaa");
    assert_query(project, JOURNAL, "aaaa|up|done|2|2");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nINSERT INTO plain VALUES (1);\n");
    project_execute(project, "CREATE TABLE plain (n)");
    error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "bbbb.sql:6:1", "no transaction rolls back", NULL);
    assert_query(project, "SELECT count(*) FROM plain", "0");
}

static void test_session_is_said_again(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nPRAGMA cache_size = 123;\nCREATE TABLE a (n);\nDROP TABLE nope;\n");
    g_error_free(project_fail(project, STEP_UP, "head"));
    project_write(project, "aaaa", "", "-- migrate:up\nPRAGMA cache_size = 123;\nCREATE TABLE a (n);\n");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "PRAGMA cache_size", "123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_refused_everywhere),
        cmocka_unit_test(test_dead_everywhere),
        cmocka_unit_test(test_vanished_everywhere),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_in_flight_edited),
        cmocka_unit_test(test_partly),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_refused_with_effect),
        cmocka_unit_test(test_refused_rows),
        cmocka_unit_test(test_rows_that_stay),
        cmocka_unit_test(test_one_transaction),
        cmocka_unit_test(test_session_is_said_again),
    };
    return cmocka_run_group_tests_name("runtime/committing", tests, NULL, NULL);
}
