/* Revisions of operations on SQLite: the schema they are compiled for, and their way down. */
#include "unit/runtime/ops.h"

#define CREATE_T                                                                                                       \
    "{'op': 'create_table', 'table_name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true},"    \
    " {'name': 'a', 'type': 'String(10)'}]}"
#define DROP_T "{'op': 'drop_table', 'table_name': 't'}"
#define WIDEN(table)                                                                                                   \
    "{'op': 'alter_column', 'table_name': '" table "', 'column_name': 'a', 'type_': 'String(20)', 'nullable': false}"
#define NARROW(table)                                                                                                  \
    "{'op': 'alter_column', 'table_name': '" table "', 'column_name': 'a', 'type_': 'String(10)', 'nullable': true}"

static void run(Project *project, StepDirection direction, const char *spec, const char *ids)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *ran = project_run(project, direction, spec, &error);
    assert_no_error(error);
    assert_string_equal(ran, ids);
}

static GError *refused(Project *project, StepDirection direction, const char *spec)
{
    GError *error = NULL;
    g_autofree char *ran = project_run(project, direction, spec, &error);
    assert_null(ran);
    return error;
}

static char *offline(Project *project, const char *range, StepDirection direction, GError **error)
{
    g_autoptr(GString) output = g_string_new(NULL);
    EngineOptions options = engine_options_default();
    g_autoptr(Session) session = session_open_offline(&sqlite_dialect, &options, output);
    g_autoptr(MigrationContext) context = migration_context_new(session, project->directory, &project->options);
    return migration_offline(context, range, direction, error) ? g_strdup(output->str) : NULL;
}

static void remove_ops(const Project *project, const char *id)
{
    g_autofree char *path = ops_path(project, id);
    assert_int_equal(g_unlink(path), 0);
}

/* ---- the schema before ---- */

static void test_unknown_to_history(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    project_open(project);
    project_execute(project, "CREATE TABLE old (id INTEGER PRIMARY KEY, a VARCHAR(10), b TEXT DEFAULT 'x')");
    project_execute(project, "CREATE INDEX ix_old ON old (b)");
    project_execute(project, "CREATE TABLE log (n)");
    project_execute(project, "CREATE TRIGGER tr AFTER DELETE ON old BEGIN INSERT INTO log VALUES (old.id); END");
    project_execute(project, "INSERT INTO old (id, a) VALUES (1, 'one'), (2, 'two')");
    ops_write(project, "aaaa", "null", WIDEN("old"), NARROW("old"));
    run(project, STEP_UP, "head", "aaaa");
    assert_query(project, "SELECT * FROM old", "1|one|x\n2|two|x");
    assert_query(project, "SELECT type FROM pragma_table_info('old') WHERE name = 'a'", "VARCHAR(20)");
    assert_query(project, "SELECT name FROM sqlite_schema WHERE tbl_name = 'old' AND type <> 'table' ORDER BY 1",
                 "ix_old\ntr");
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = offline(project, "head", STEP_UP, &error);
    assert_null(sql);
    assert_fails(g_steal_pointer(&error), RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "aaaa.json:2:", "'old'", NULL);
    run(project, STEP_DOWN, "base", "aaaa");
    assert_query(project, "SELECT type FROM pragma_table_info('old') WHERE name = 'a'", "VARCHAR(10)");
}

/* Somebody's own index and trigger on a table that history knows. */
static void test_made_by_hand(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    run(project, STEP_UP, "head", "aaaa");
    project_execute(project, "CREATE INDEX by_hand ON t (a)");
    project_execute(project, "CREATE VIEW seen AS SELECT a FROM t");
    project_execute(project, "CREATE TRIGGER tr AFTER DELETE ON t BEGIN SELECT 1; END");
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    run(project, STEP_UP, "head", "bbbb");
    assert_query(project, "SELECT name FROM sqlite_schema WHERE type <> 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
                 "by_hand\nseen\ntr");
}

/* SQL among operations: what it makes is known, in the same run and later. */
static void test_sql_between(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    project_write(
        project, "aaaa", "",
        "-- migrate:up\nCREATE TABLE s (id INTEGER PRIMARY KEY, a VARCHAR(10));\nINSERT INTO s VALUES (1, 'x');\n"
        "-- migrate:down\nDROP TABLE s;\n");
    ops_write(project, "bbbb", "'aaaa'", WIDEN("s"), NARROW("s"));
    project_write(project, "cccc", "bbbb",
                  "-- migrate:up foreign-keys:off\nCREATE TABLE n (id INTEGER PRIMARY KEY, a VARCHAR(20), c TEXT);\n"
                  "INSERT INTO n SELECT id, a, 'c' FROM s;\nDROP TABLE s;\nALTER TABLE n RENAME TO s;\n"
                  "-- migrate:down\nALTER TABLE s DROP COLUMN c;\n");
    ops_write(project, "dddd", "'cccc'", "{'op': 'drop_column', 'table_name': 's', 'column_name': 'c'}",
              "{'op': 'add_column', 'table_name': 's', 'column': {'name': 'c', 'type': 'Text'}}");
    run(project, STEP_UP, "head", "aaaa bbbb cccc dddd");
    assert_query(project, "SELECT * FROM s", "1|x");
    run(project, STEP_DOWN, "base", "dddd cccc bbbb aaaa");
    run(project, STEP_UP, "cccc", "aaaa bbbb cccc");
    run(project, STEP_UP, "head", "dddd");
    run(project, STEP_DOWN, "aaaa", "dddd cccc bbbb");
    assert_query(project, "SELECT type FROM pragma_table_info('s') WHERE name = 'a'", "VARCHAR(10)");
}

/* What cannot be replayed matters only to who needs it. */
static void test_not_replayed(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    project_open(project);
    project_execute(project, "CREATE TABLE source (a VARCHAR(10))");
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE copy AS SELECT a FROM source;\nCREATE TABLE u (a VARCHAR(10));\n"
                  "-- migrate:down\nDROP TABLE copy;\nDROP TABLE u;\n");
    ops_write(project, "bbbb", "'aaaa'", WIDEN("u"), NARROW("u"));
    ops_write(project, "cccc", "'bbbb'", WIDEN("copy"), NARROW("copy"));
    run(project, STEP_UP, "aaaa", "aaaa");
    g_autoptr(GError) error = NULL;
    g_autofree char *good = offline(project, "bbbb", STEP_UP, &error);
    assert_no_error(error);
    assert_non_null(strstr(good, "VARCHAR(20)"));
    g_autofree char *bad = offline(project, "cccc", STEP_UP, &error);
    assert_null(bad);
    assert_fails(g_steal_pointer(&error), RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                 "cccc.json:2:", "aaaa.sql:6:1:", "no such table: source", NULL);
    run(project, STEP_UP, "head", "bbbb cccc");
    assert_query(project, "SELECT type FROM pragma_table_info('copy') WHERE name = 'a'", "VARCHAR(20)");
}

static void test_branches(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    ops_write(project, "bbbb", "'aaaa'", "{'op': 'rename_table', 'old_table_name': 't', 'new_table_name': 'u'}",
              "{'op': 'rename_table', 'old_table_name': 'u', 'new_table_name': 't'}");
    ops_write(project, "xxxx", "'aaaa'",
              "{'op': 'create_table', 'table_name': 'x', 'columns': [{'name': 'a', 'type': "
              "'String(10)'}]}",
              "{'op': 'drop_table', 'table_name': 'x'}");
    ops_write(project, "yyyy", "'xxxx'", WIDEN("x"), NARROW("x"));
    ops_write(project, "mmmm", "['bbbb', 'yyyy']", WIDEN("u"), NARROW("u"));
    run(project, STEP_UP, "yyyy", "aaaa xxxx yyyy");
    run(project, STEP_UP, "head", "bbbb mmmm");
    g_autoptr(GError) error = NULL;
    g_autofree char *ran = project_run(project, STEP_DOWN, "base", &error);
    assert_no_error(error);
    assert_query(project, "SELECT count(*) FROM sqlite_schema WHERE name IN ('t', 'u', 'x')", "0");
    g_free(g_steal_pointer(&ran));
    ran = project_run(project, STEP_UP, "head", &error);
    assert_no_error(error);
    assert_query(project, "SELECT name FROM sqlite_schema WHERE name IN ('t', 'u', 'x') ORDER BY 1", "u\nx");
}

static void test_enums(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", "{'op': 'create_enum', 'name': 'mood', 'values': ['sad', 'ok']}",
              "{'op': 'drop_enum', 'name': 'mood'}");
    ops_write(project, "bbbb", "'aaaa'",
              "{'op': 'create_table', 'table_name': 'm', 'columns': [{'name': 'a', 'type': 'Enum(mood)'}]}",
              "{'op': 'drop_table', 'table_name': 'm'}");
    run(project, STEP_UP, "aaaa", "aaaa");
    run(project, STEP_UP, "head", "bbbb");
    assert_query(project, "SELECT sql LIKE '%''sad''%' FROM sqlite_schema WHERE name = 'm'", "1");
    run(project, STEP_DOWN, "base", "bbbb aaaa");
}

/* ---- the same offline ---- */

static void test_plan_is_what_is_printed(void **state)
{
    g_autoptr(Project) project = project_new();
    g_autoptr(GError) error = NULL;
    (void)state;
    ops_write(project, "aaaa", "null",
              CREATE_T ",\n{'op': 'bulk_insert', 'table_name': 't', 'rows': [{'id': 1, 'a': 'x'}]}", DROP_T);
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    project_open(project);
    g_autoptr(Plan) plan = migration_plan(project->context, "head", STEP_UP, &error);
    assert_no_error(error);
    g_autofree char *sql = offline(project, "head", STEP_UP, &error);
    assert_no_error(error);
    guint n = 0;
    const char *at = sql;
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        for (guint j = 0; j < step->total; j++, n++) {
            const PlanStatement *statement = plan_step_statement(step, j);
            at = strstr(at, statement->sql);
            if (at == NULL)
                fail_msg("not printed, or not in order: %s", statement->sql);
            assert_int_equal(statement->line, i == 0 && j == 1 ? 3 : 2);
            assert_int_equal(statement->column, 1);
        }
    }
    assert_true(n > 4);
    const PlanStatement *insert = plan_step_statement(g_ptr_array_index(plan->steps, 0), 1);
    assert_non_null(strstr(insert->sql, "(1, 'x')"));
    assert_non_null(insert->parameters);
    assert_non_null(strstr(insert->parameters->prepared, "?"));
}

/* ---- the way down ---- */

static void test_no_downgrade(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, NULL);
    ops_write(project, "bbbb", "'aaaa'", "{'op': 'execute', 'sqltext': 'INSERT INTO t (a) VALUES (1)'}", "");
    run(project, STEP_UP, "head", "aaaa bbbb");
    run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_fails(refused(project, STEP_DOWN, "base"), RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'aaaa'",
                 "it has no \"downgrade\"", NULL);
}

static void test_cannot_be_compiled(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T,
              "{'op': 'drop_column', 'table_name': 't', 'column_name': 'nothing'}, " DROP_T);
    run(project, STEP_UP, "head", "aaaa");
    assert_fails(refused(project, STEP_DOWN, "base"), RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "aaaa.json:4:", "nothing",
                 NULL);
    remove_ops(project, "aaaa");
    assert_fails(refused(project, STEP_DOWN, "base"), RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'aaaa'",
                 "aaaa.json:4:", "nothing", NULL);
}

/* A text that would be read as a marker is not stored as a script. */
static void test_marker_inside(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T,
              "{'op': 'execute', 'sqltext': ['DELETE FROM t WHERE a = `', '-- migrate:up', '`']}, " DROP_T);
    g_autofree char *path = ops_path(project, "aaaa"), *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_strdelimit(text, "`", '\'');
    assert_true(g_file_set_contents(path, text, -1, NULL));
    run(project, STEP_UP, "head", "aaaa");
    remove_ops(project, "aaaa");
    assert_fails(refused(project, STEP_DOWN, "base"), RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "migrate:", NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    run(project, STEP_DOWN, "base", "aaaa");
}

static void test_recorded(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    run(project, STEP_UP, "head", "aaaa bbbb");
    project_execute(project, "INSERT INTO t VALUES (1, 'x')");
    remove_ops(project, "bbbb");
    run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_query(project, "SELECT type FROM pragma_table_info('t') WHERE name = 'a'", "VARCHAR(10)");
    assert_query(project, "SELECT * FROM t", "1|x");
    remove_ops(project, "aaaa");
    run(project, STEP_DOWN, "base", "aaaa");
}

static void test_stamped(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    project_open(project);
    project_execute(project, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a VARCHAR(20) NOT NULL)");
    run(project, STEP_STAMP, "head", "bbbb");
    remove_ops(project, "bbbb");
    run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_query(project, "SELECT type FROM pragma_table_info('t') WHERE name = 'a'", "VARCHAR(10)");
}

/* ---- edited ---- */

static void test_edited(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    run(project, STEP_UP, "head", "aaaa");
    /* Other order, spaces and comments, and another way down. */
    ops_write(project, "aaaa", "null",
              "/* the same */ {'columns': [{'type': 'Integer', 'name': 'id',  'primary_key': true},\n"
              " {'name': 'a', 'type': 'String(10)'}], 'table_name': 't', 'op': 'create_table'}",
              "");
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    run(project, STEP_UP, "head", "bbbb");
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t") ", " WIDEN("t"), NARROW("t"));
    ops_write(project, "cccc", "'bbbb'", "", "");
    assert_fails(refused(project, STEP_UP, "head"), RUNTIME_ERROR, RUNTIME_ERROR_EDITED, "'bbbb'", "bbbb.json", NULL);
    run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_query(project, "SELECT type FROM pragma_table_info('t') WHERE name = 'a'", "VARCHAR(10)");
}

/* An applied file that says something else now is not what the table is like. */
static void test_edited_below(void **state)
{
    g_autoptr(Project) project = project_new();
    (void)state;
    ops_write(project, "aaaa", "null", CREATE_T, DROP_T);
    ops_write(project, "bbbb", "'aaaa'", WIDEN("t"), NARROW("t"));
    run(project, STEP_UP, "head", "aaaa bbbb");
    project_execute(project, "INSERT INTO t VALUES (1, 'x')");
    ops_write(project, "aaaa", "null",
              "{'op': 'create_table', 'table_name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': "
              "true}, {'name': 'a', 'type': 'String(10)'}, {'name': 'late', 'type': 'Text'}]}",
              DROP_T);
    run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_query(project, "SELECT * FROM t", "1|x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_to_history),
        cmocka_unit_test(test_made_by_hand),
        cmocka_unit_test(test_sql_between),
        cmocka_unit_test(test_not_replayed),
        cmocka_unit_test(test_branches),
        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_plan_is_what_is_printed),
        cmocka_unit_test(test_no_downgrade),
        cmocka_unit_test(test_cannot_be_compiled),
        cmocka_unit_test(test_marker_inside),
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_stamped),
        cmocka_unit_test(test_edited),
        cmocka_unit_test(test_edited_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
