#include "project.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"

static GError *fail_to_plan(Project *project, StepDirection direction, const char *spec)
{
    GError *error = NULL;
    project_open(project);
    g_autoptr(Plan) plan = migration_plan(project->context, spec, direction, &error);
    assert_null(plan);
    return error;
}

static void test_plan(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nSELECT 1; SELECT\n 2;\n\n-- migrate:up foreign-keys:off\n  SELECT 3;\n"
                  "-- migrate:up transaction:false\nVACUUM;\n-- migrate:up dialect:postgresql\nSELECT 'pg';\n"
                  "-- migrate:up dialect:postgresql,sqlite\nSELECT 'both'\n-- migrate:down\n");
    project_open(project);
    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = migration_plan(project->context, "head", STEP_UP, &error);
    assert_no_error(error);
    assert_int_equal(plan->steps->len, 1);
    const PlanStep *step = plan->steps->pdata[0];
    assert_int_equal(step->total, 5);
    assert_int_equal(step->groups->len, 3);
    const PlanGroup *first = step->groups->pdata[0], *second = step->groups->pdata[1], *third = step->groups->pdata[2];
    assert_true(first->transactional && first->foreign_keys_off && first->statements->len == 3);
    assert_true(!second->transactional && second->statements->len == 1);
    assert_true(third->transactional && !third->foreign_keys_off && third->statements->len == 1);
    const PlanStatement *two = first->statements->pdata[1], *three = first->statements->pdata[2];
    assert_string_equal(two->sql, "SELECT\n 2");
    assert_int_equal(two->line, 6);
    assert_int_equal(two->column, 11);
    assert_false(two->foreign_keys_off);
    assert_int_equal(three->line, 10);
    assert_int_equal(three->column, 3);
    assert_true(three->foreign_keys_off);
    assert_string_equal(((const PlanStatement *)third->statements->pdata[0])->sql, "SELECT 'both'");
    assert_string_equal(step->insert_ids->pdata[0], "aaaa");
    /* A plan changes nothing. */
    assert_query(project, "SELECT count(*) FROM sqlite_master", "0");
}

/* What cannot be run is refused before anything has run, with the place. */
static void test_refused_statements(void **state)
{
    (void)state;
    static const struct {
        const char *body, *place, *word;
        GQuark (*domain)(void);
        int code;
    } cases[] = {
        {"-- migrate:up\nSELECT 1;\n  BEGIN;\n", "bbbb.sql:7:3:", "'BEGIN'", runtime_error_quark, RUNTIME_ERROR_PLAN},
        {"-- migrate:up\ncommit;\n", "bbbb.sql:6:1:", "'COMMIT'", runtime_error_quark, RUNTIME_ERROR_PLAN},
        {"-- migrate:up transaction:false\nSAVEPOINT x;\n", "bbbb.sql:6:1:", "'SAVEPOINT'", runtime_error_quark,
         RUNTIME_ERROR_PLAN},
        {"-- migrate:up\n/* why */ VACUUM;\n", "bbbb.sql:6:11:", "transaction:false", runtime_error_quark,
         RUNTIME_ERROR_PLAN},
        {"-- migrate:up\nPRAGMA foreign_keys = OFF;\n", "bbbb.sql:6:1:", "transaction:false", runtime_error_quark,
         RUNTIME_ERROR_PLAN},
        {"-- migrate:up foreign-keys:off transaction:false\nSELECT 1;\n", "bbbb.sql:5:", "both", runtime_error_quark,
         RUNTIME_ERROR_PLAN},
        {"-- migrate:up\nSELECT 1;\nSELECT 'open;\n", "bbbb.sql:7:8", "", dialect_error_quark, DIALECT_ERROR_SYNTAX},
    };
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        project_write(project, "bbbb", "aaaa", cases[i].body);
        GError *error = project_fail(project, STEP_UP, "head");
        assert_fails(error, cases[i].domain(), cases[i].code, cases[i].place, cases[i].word, NULL);
        assert_query(project, "SELECT count(*) FROM sqlite_master", "0");
    }
}

static void test_irreversible(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down irreversible:\"too old\"\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE b (x);\n");
    project_write(project, "cccc", "bbbb", "-- migrate:up dialect:mysql\nSELECT 1;\n");
    project_write(project, "dddd", "cccc", "-- migrate:up\nCREATE TABLE d (x);\n-- migrate:down\n");
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc dddd");
    GError *error = project_fail(project, STEP_DOWN, "base");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'bbbb'", "migrate:down", "bbbb.sql", NULL);
    assert_query(project, VERSIONS, "dddd");
    /* An empty down section is a decision, and what did nothing needs none. */
    assert_run(project, STEP_DOWN, "bbbb", "dddd cccc");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n");
    error = project_fail(project, STEP_DOWN, "base");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'aaaa'", "too old", NULL);
    assert_query(project, VERSIONS, "bbbb");
    assert_run(project, STEP_DOWN, "-1", "bbbb");
}

/* What stands for SQL of elsewhere is never applied, and refused before anything runs; where the SQL is, it runs. */
static void test_imported(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up imported:\"old/b.py\"\n-- migrate:down irreversible:\"imported\"\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "'bbbb'", "'old/b.py'", "bbbb.sql:5:", NULL);
    assert_query(project, "SELECT count(*) FROM sqlite_master", "0");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up dialect:sqlite\nCREATE TABLE b (x);\n"
                  "-- migrate:up dialect:postgresql,mysql imported:\"old/b.py\"\n");
    assert_run(project, STEP_UP, "head", "aaaa bbbb");
    assert_query(project, VERSIONS, "bbbb");
}

static void test_unreadable_file(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x);\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up colour:red\nSELECT 1;\n");
    GError *error = fail_to_plan(project, STEP_UP, "head");
    assert_fails(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "bbbb.sql:5", NULL);
}

static void test_triggers_and_comments(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\r\n-- the log;\r\nCREATE TABLE l (x);\r\nCREATE TABLE a (x);\r\n"
                  "CREATE TRIGGER t AFTER INSERT ON a BEGIN\r\n  INSERT INTO l VALUES (CASE WHEN 1 THEN ';' END);\r\n"
                  "  INSERT INTO l VALUES (2);\r\nEND;\r\n/* ; */ INSERT INTO a VALUES (1) -- no terminator");
    assert_run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT group_concat(x, '|') FROM l", ";|2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_refused_statements),
        cmocka_unit_test(test_irreversible),
        cmocka_unit_test(test_imported),
        cmocka_unit_test(test_unreadable_file),
        cmocka_unit_test(test_triggers_and_comments),
    };
    return cmocka_run_group_tests_name("runtime/plan", tests, NULL, NULL);
}
