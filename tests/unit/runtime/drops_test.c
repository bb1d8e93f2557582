/* What is told of statements that take tables, columns or rows away. */
#include "project.h"

static char *drops_of(Project *project, const char *down)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *body = g_strdup_printf("-- migrate:up\nSELECT 1;\n-- migrate:down\n%s", down);
    project_write(project, "aaaa", "", body);
    assert_run(project, STEP_STAMP, "aaaa", "aaaa");
    project_open(project);
    g_autoptr(Plan) plan = migration_plan(project->context, "base", STEP_DOWN, &error);
    assert_no_error(error);
    g_autoptr(GPtrArray) drops = migration_drops(project->context, g_ptr_array_index(plan->steps, 0));
    g_ptr_array_add(drops, NULL);
    return g_strjoinv("; ", (char **)drops->pdata);
}

static void test_drops(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"DROP TABLE a;", "table a"},
        {"drop /* x */ table if exists \"A b\", c;", "table \"A b\"; table c"},
        {"ALTER TABLE a DROP COLUMN b;", "column a.b"},
        {"ALTER TABLE a DROP b, ADD COLUMN c INTEGER DEFAULT (1), DROP COLUMN d;", "column a.b; column a.d"},
        {"ALTER TABLE a DROP CONSTRAINT b, DROP DEFAULT;", ""},
        {"ALTER TABLE a RENAME COLUMN b TO c;", ""},
        {"DELETE FROM a WHERE x = 'DROP TABLE y';", "rows of a"},
        {"CREATE TABLE n (x); INSERT INTO n SELECT * FROM a; DROP TABLE a; ALTER TABLE n RENAME TO a;", ""},
        {"CREATE TEMP TABLE IF NOT EXISTS t (x); DROP TABLE t; DROP TABLE u;", "table u"},
        {"DROP INDEX i; DROP VIEW v; UPDATE a SET x = 'DROP TABLE a';", ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Project) project = project_new();
        g_autofree char *found = drops_of(project, cases[i][0]);
        assert_string_equal(found, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_drops)};
    return cmocka_run_group_tests_name("runtime/drops", tests, NULL, NULL);
}
