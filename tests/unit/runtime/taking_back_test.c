/* Where DDL commits by itself: a half-applied revision taken back, and what only a person can decide. */
#include "committing.h"

#define TABLES                                                                                                         \
    "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name NOT LIKE '%migrate%' ORDER BY 1)"

static const char two_tables[] = "-- migrate:up\nCREATE TABLE a (n);\nCREATE TABLE b (n);\nCREATE TABLE c (n);\n"
                                 "-- migrate:down\nDROP TABLE c;\nDROP TABLE b;\nDROP TABLE a;\n";

static void write_base(const Project *project)
{
    project_write(project, "bbbb", "", "-- migrate:up\nCREATE TABLE z (n);\n-- migrate:down\nDROP TABLE z;\n");
}

static Project *half_applied(const char *body, const char *dies_behind)
{
    Project *project = committing_project();
    write_base(project);
    project_write(project, "rrrr", "bbbb", body);
    die_behind(project, STEP_UP, "head", dies_behind);
    return project;
}

static void test_taken_back(void **state)
{
    (void)state;
    static const char *const dies[] = {"CREATE TABLE a", "CREATE TABLE b", "CREATE TABLE c"};
    static const char *const specs[] = {"-1", "rrrr-1", "bbbb"};
    for (guint i = 0; i < G_N_ELEMENTS(dies); i++) {
        g_autoptr(Project) project = half_applied(two_tables, dies[i]);
        assert_run(project, STEP_DOWN, specs[i], "rrrr");
        assert_query(project, TABLES, "z");
        assert_query(project, VERSIONS, "bbbb");
        assert_query(project,
                     "SELECT state, error, statements_done FROM migrate_history WHERE revision = 'rrrr' ORDER "
                     "BY id",
                     i == 0   ? "failed|taken back|1\ndone|NULL|3"
                     : i == 1 ? "failed|taken back|2\ndone|NULL|3"
                              : "failed|taken back|3\ndone|NULL|3");
        assert_run(project, STEP_UP, "head", "rrrr");
        assert_query(project, TABLES, "a,b,c,z");
        assert_run(project, STEP_DOWN, "bbbb", "rrrr");
    }
}

/* Also to a parent by its name, and further down. */
static void test_further_down(void **state)
{
    (void)state;
    g_autoptr(Project) project = half_applied(two_tables, "CREATE TABLE b");
    GError *error = project_fail(project, STEP_UP, "bbbb");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'rrrr' is half applied: 1 of 3",
                 "finish it first: migrate upgrade rrrr", "take it back: migrate downgrade rrrr-1", NULL);
    g_autoptr(Status) status = migration_status(project->context, NULL);
    assert_int_equal(status->interrupted, 1);
    assert_run(project, STEP_DOWN, "-2", "rrrr bbbb");
    g_autofree char *tables = project_query(project, TABLES);
    assert_string_equal(tables, "NULL");
    assert_query(project, VERSIONS, "");
}

/* Dies at every call of the way back; going on must take all of it back. */
static void test_dies_everywhere(void **state)
{
    (void)state;
    gboolean hit = TRUE;
    for (guint at = 1; hit; at++) {
        g_autoptr(Project) project = half_applied(two_tables, "CREATE TABLE b");
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) again = NULL;
        project_open(project);
        faulty_arm(session_connection(project->session), at % 2 == 1 ? FAULT_VANISH : FAULT_DIE, (at + 1) / 2);
        g_autoptr(RunResult) G_GNUC_UNUSED result = migration_downgrade(project->context, "bbbb", NULL, NULL, &error);
        hit = faulty_calls() >= (at + 1) / 2;
        faulty_disarm(session_connection(project->session));
        g_autofree char *ran = project_run(project, STEP_DOWN, "bbbb", &again);
        if (again != NULL || ran == NULL)
            fail_msg("at %u: %s", at, again != NULL ? again->message : "");
        assert_query(project, TABLES, "z");
        assert_query(project, VERSIONS, "bbbb");
        assert_query(project, "SELECT state FROM migrate_history WHERE revision = 'rrrr' ORDER BY id", "failed\ndone");
    }
}

static void test_in_the_way_while_taken_back(void **state)
{
    (void)state;
    g_autoptr(Project) project = half_applied(two_tables, "CREATE TABLE b");
    die_behind(project, STEP_DOWN, "-1", "DROP TABLE b");
    project_open(project);
    assert_query(project, JOURNAL, "bbbb|up|done|1|1\nrrrr|up|failed|2|3\nrrrr|down|started|1|3");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'rrrr' is half taken down",
                 "migrate downgrade rrrr-1", NULL);
    assert_run(project, STEP_DOWN, "rrrr-1", "rrrr");
    assert_query(project, TABLES, "z");
    assert_run(project, STEP_UP, "head", "rrrr");
}

static void test_irreversible(void **state)
{
    (void)state;
    g_autoptr(Project) project =
        half_applied("-- migrate:up\nCREATE TABLE a (n);\nCREATE TABLE b (n);\n", "CREATE TABLE a");
    GError *error = project_fail(project, STEP_DOWN, "-1");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'rrrr'", NULL);
    assert_query(project, JOURNAL, "bbbb|up|done|1|1\nrrrr|up|started|0|2");
    assert_run(project, STEP_UP, "head", "rrrr");
}

static const char with_rows[] = "-- migrate:up\nCREATE TABLE a (n);\nINSERT INTO z VALUES (1);\nCREATE TABLE b (n);\n"
                                "-- migrate:down\nDROP TABLE b;\nDELETE FROM z;\nDROP TABLE a;\n";

static void decide(Project *project, gboolean done)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Interruption) decided = NULL;
    project_open(project);
    migration_repair(project->context, done, &decided, &error);
    assert_no_error(error);
    assert_non_null(decided);
    assert_true(interruption_is_undecided(decided));
}

/* Rows leave no trace, unless all of the way up was done. */
static void test_rows_taken_back(void **state)
{
    (void)state;
    for (gboolean done = FALSE; done <= TRUE; done++) {
        g_autoptr(Project) project = half_applied(with_rows, "INSERT INTO z");
        GError *error = project_fail(project, STEP_DOWN, "-1");
        assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, "rrrr.sql:11:1", "DELETE FROM z",
                     "rows leave no trace", "has still to be run", "migrate downgrade rrrr-1", "repair --done",
                     "repair --retry", NULL);
        decide(project, done);
        assert_run(project, STEP_DOWN, "-1", "rrrr");
        assert_query(project, TABLES, "z");
        /* The INSERT was rolled back with its journal row; whoever says DONE keeps what is there. */
        assert_query(project, "SELECT count(*) FROM z", "0");
    }
    g_autoptr(Project) project = half_applied(with_rows, "CREATE TABLE b");
    assert_run(project, STEP_DOWN, "-1", "rrrr");
    assert_query(project, TABLES, "z");
    assert_query(project, "SELECT count(*) FROM z", "0");
}

/* ---- repair ---- */

static const char opaque[] = "-- migrate:up\nCREATE TABLE a (n);\nPRAGMA user_version = 7;\nCREATE TABLE b (n);\n"
                             "-- migrate:down\nDROP TABLE b;\nPRAGMA user_version = 0;\nDROP TABLE a;\n";

static void assert_interrupted(Project *project, InterruptionVerdict verdict, const char *place)
{
    g_autoptr(GError) error = NULL;
    project_open(project);
    g_autoptr(GPtrArray) found = migration_interrupted(project->context, &error);
    assert_no_error(error);
    assert_int_equal(found->len, 1);
    const Interruption *interruption = g_ptr_array_index(found, 0);
    assert_int_equal(interruption->verdict, verdict);
    assert_true(g_str_has_suffix(interruption->place, place));
    assert_false(session_locked(project->session));
}

static void test_decided(void **state)
{
    (void)state;
    for (gboolean done = FALSE; done <= TRUE; done++) {
        g_autoptr(Project) project = half_applied(opaque, "PRAGMA user_version");
        assert_interrupted(project, VERDICT_UNKNOWN, "rrrr.sql:7:1");
        project_execute(project, "PRAGMA user_version = 1");
        decide(project, done);
        assert_query(project, JOURNAL,
                     done ? "bbbb|up|done|1|1\nrrrr|up|started|2|3" : "bbbb|up|done|1|1\nrrrr|up|started|1|3");
        if (!done)
            assert_interrupted(project, VERDICT_SEND, "rrrr.sql:7:1");
        assert_run(project, STEP_UP, "head", "rrrr");
        assert_query(project, "PRAGMA user_version", done ? "1" : "7");
    }
}

/* The way back needs a word on the way up's statement in flight, and then on its own. */
static void test_decided_on_the_way_back(void **state)
{
    (void)state;
    g_autoptr(Project) project = half_applied(opaque, "PRAGMA user_version");
    GError *error = project_fail(project, STEP_DOWN, "-1");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, "rrrr.sql:7:1", "took effect", "migrate downgrade",
                 NULL);
    decide(project, TRUE);
    error = project_fail(project, STEP_DOWN, "-1");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNDECIDED, "rrrr.sql:11:1", "user_version = 0", NULL);
    assert_interrupted(project, VERDICT_UNKNOWN, "rrrr.sql:11:1");
    decide(project, FALSE);
    assert_interrupted(project, VERDICT_SEND, "rrrr.sql:11:1");
    assert_run(project, STEP_DOWN, "-1", "rrrr");
    assert_query(project, "PRAGMA user_version", "0");
    assert_query(project, TABLES, "z");
}

static void test_edited_decided(void **state)
{
    (void)state;
    g_autoptr(Project) project = half_applied(two_tables, "CREATE TABLE a");
    project_write(project, "rrrr", "bbbb", "-- migrate:up\nCREATE TABLE a (n, m);\nCREATE TABLE b (n);\n");
    assert_interrupted(project, VERDICT_EDITED, "rrrr.sql:6:1");
    decide(project, TRUE);
    assert_run(project, STEP_UP, "head", "rrrr");
    assert_query(project, "SELECT count(*) FROM pragma_table_info('a')", "1");
}

static void test_refuses(void **state)
{
    (void)state;
    g_autoptr(Project) project = half_applied(two_tables, "CREATE TABLE b");
    g_autoptr(Interruption) decided = NULL;
    GError *error = NULL;
    assert_interrupted(project, VERDICT_TOOK_EFFECT, "rrrr.sql:7:1");
    for (gboolean done = FALSE; done <= TRUE; done++) {
        assert_false(migration_repair(project->context, done, &decided, &error));
        assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "took effect", "nothing was changed", "migrate upgrade",
                     NULL);
        error = NULL;
        assert_query(project, MARK, "1");
    }
    project_execute(project, "DROP TABLE b");
    assert_interrupted(project, VERDICT_NO_EFFECT, "rrrr.sql:7:1");
    assert_run(project, STEP_UP, "head", "rrrr");
    assert_true(migration_repair(project->context, TRUE, &decided, &error));
    assert_null(decided);
}

/* Where DDL rolls back, the next run knows, and there is no such column. */
static void test_transactional(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Interruption) decided = NULL;
    project_write(
        project, "aaaa", "",
        "-- migrate:up transaction:false\nCREATE TABLE a (n);\nDROP TABLE nope;\n-- migrate:down\nSELECT 1;\n");
    GError *error = project_fail(project, STEP_UP, "head");
    g_clear_error(&error);
    assert_interrupted(project, VERDICT_NOTHING, "aaaa.sql:7:1");
    assert_false(migration_repair(project->context, TRUE, &decided, &error));
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "nothing of it is in flight", NULL);
    assert_query(project, "SELECT count(*) FROM pragma_table_info('migrate_history') WHERE name = 'in_flight'", "0");
    error = project_fail(project, STEP_DOWN, "base");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED, "'aaaa' is half applied", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken_back),      cmocka_unit_test(test_further_down),
        cmocka_unit_test(test_dies_everywhere), cmocka_unit_test(test_in_the_way_while_taken_back),
        cmocka_unit_test(test_irreversible),    cmocka_unit_test(test_rows_taken_back),
        cmocka_unit_test(test_decided),         cmocka_unit_test(test_decided_on_the_way_back),
        cmocka_unit_test(test_edited_decided),  cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_transactional),
    };
    return cmocka_run_group_tests_name("runtime/taking_back", tests, NULL, NULL);
}
