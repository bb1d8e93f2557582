/* What the files say and what the database remembers: edited, missing, unknown; status and stamp. */
#include "project.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"

static const char body_a[] = "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n";
static const char body_b[] = "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n";
static const char body_c[] = "-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\nDROP TABLE c;\n";

static void write_three(const Project *project)
{
    project_write(project, "aaaa", "", body_a);
    project_write(project, "bbbb", "aaaa", body_b);
    project_write(project, "cccc", "bbbb", body_c);
}

static char *states(Project *project)
{
    g_autoptr(GError) error = NULL;
    project_open(project);
    g_autoptr(Status) status = migration_status(project->context, &error);
    assert_no_error(error);
    static const char letters[] = "APEMI";
    GString *text = g_string_new(NULL);
    guint counts[5] = {0};
    for (guint i = 0; i < status->revisions->len; i++) {
        const RevisionStatus *entry = status->revisions->pdata[i];
        g_string_append_printf(text, "%s%s:%c", i > 0 ? " " : "", entry->id, letters[entry->state]);
        counts[entry->state]++;
        assert_true((entry->revision == NULL) == (entry->state == REVISION_MISSING));
    }
    assert_int_equal(counts[REVISION_APPLIED], status->applied);
    assert_int_equal(counts[REVISION_PENDING], status->pending);
    assert_int_equal(counts[REVISION_EDITED], status->edited);
    assert_int_equal(counts[REVISION_MISSING], status->missing);
    assert_int_equal(counts[REVISION_INTERRUPTED], status->interrupted);
    return g_string_free(text, FALSE);
}

static void assert_states(Project *project, const char *expected)
{
    g_autofree char *found = states(project);
    assert_string_equal(found, expected);
}

static void test_edited(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "bbbb", "aaaa bbbb");
    assert_states(project, "aaaa:A bbbb:A cccc:P");
    /* Comments, white space, line ends and the way down are not what was applied. */
    project_write(project, "aaaa", "",
                  "-- migrate:up\r\n-- a table\r\nCREATE   TABLE a\r\n(x) /* one column */;\r\n-- migrate:down\r\n"
                  "DROP TABLE IF EXISTS a;\r\n");
    assert_states(project, "aaaa:A bbbb:A cccc:P");
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x, y);\n-- migrate:down\nDROP TABLE a;\n");
    assert_states(project, "aaaa:E bbbb:A cccc:P");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED, "'aaaa'", "aaaa.sql", "by ada@here", "--allow-edited",
                 NULL);
    assert_query(project, VERSIONS, "bbbb");
    /* With nothing to do, nothing is read. */
    assert_run(project, STEP_UP, "bbbb", "");
    project->options.allow_edited = TRUE;
    assert_run(project, STEP_UP, "head", "cccc");
    assert_non_null(strstr(project->log->str, "aaaa.sql"));
}

/* An edited file's way down would not fit what was applied. */
static void test_edited_goes_down_as_recorded(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "bbbb", "aaaa bbbb");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE bb (x);\n-- migrate:down\nDROP TABLE bb;\n");
    assert_run(project, STEP_DOWN, "-1", "bbbb");
    assert_non_null(strstr(project->log->str, "'bbbb' was edited"));
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name = 'b'", "0");
    assert_run(project, STEP_UP, "bbbb", "bbbb");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name = 'bb'", "1");
    /* A correction of the way down alone is taken. */
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up\nCREATE TABLE bb (x);\n-- migrate:down\nDROP TABLE bb;\nCREATE TABLE seen (x);\n");
    assert_run(project, STEP_DOWN, "-1", "bbbb");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name = 'seen'", "1");
}

static void test_missing_file_goes_down(void **state)
{
    (void)state;
    static const char *const specs[] = {"-1", "bbbb", "cccc-1", "base"};
    for (guint i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(Project) project = project_new();
        write_three(project);
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
        project_remove(project, "cccc");
        assert_states(project, "aaaa:A bbbb:A cccc:M");
        gboolean base = strcmp(specs[i], "base") == 0;
        assert_run(project, STEP_DOWN, specs[i], base ? "cccc bbbb aaaa" : "cccc");
        assert_query(project, VERSIONS, base ? "" : "bbbb");
        assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name = 'c'", "0");
    }
}

static void test_two_missing_files(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project_write(project, "xxxx", "aaaa", "-- migrate:up\n-- migrate:down\n");
    project_write(project, "mmmm", "xxxx, cccc", "-- migrate:up\n-- migrate:down\n");
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc xxxx mmmm");
    project_remove(project, "mmmm");
    project_remove(project, "cccc");
    project_remove(project, "bbbb");
    assert_states(project, "aaaa:A xxxx:A bbbb:M cccc:M mmmm:M");
    assert_run(project, STEP_DOWN, "-1", "mmmm");
    assert_query(project, VERSIONS, "cccc\nxxxx");
    assert_run(project, STEP_DOWN, "base", "cccc bbbb xxxx aaaa");
    assert_query(project, VERSIONS, "");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b', 'c')", "0");
}

/* A failing recorded script is reported with the place in it. */
static void test_missing_file_fails_going_down(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nSELECT 1;\n  DROP TABLE nope;\n");
    project_write(project, "bbbb", "", "-- migrate:up\nCREATE TABLE b (x);\n");
    assert_run(project, STEP_UP, "heads", "bbbb aaaa");
    project_remove(project, "aaaa");
    GError *error = project_fail(project, STEP_DOWN, "aaaa-1");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_STATEMENT,
                 "down script of 'aaaa' in table 'migrate_history':3:3:", NULL);
    project_remove(project, "bbbb");
    error = project_fail(project, STEP_DOWN, "bbbb-1");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'bbbb'", NULL);
}

/* A release was rolled back: its revision is in the database, its file is not. */
static void test_missing_file_goes_up(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    project_remove(project, "cccc");
    assert_run(project, STEP_UP, "head", "");
    assert_non_null(strstr(project->log->str, "'cccc' has no file here"));
    project_write(project, "dddd", "bbbb", "-- migrate:up\nCREATE TABLE d (x);\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, SCRIPT_ERROR, SCRIPT_ERROR_MULTIPLE_HEADS, "'cccc' has no file here", NULL);
    assert_run(project, STEP_UP, "heads", "dddd");
}

static void test_unknown(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    project_execute(project, "UPDATE migrate_version SET version_num = 'feed'");
    assert_states(project, "aaaa:P bbbb:P cccc:P feed:M");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN, "'feed'", "git log", "stamp --purge", NULL);
    error = project_fail(project, STEP_DOWN, "base");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN, "'feed'", NULL);
    error = project_fail(project, STEP_STAMP, "head");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN, "'feed'", NULL);
    g_autoptr(GError) none = NULL;
    g_autoptr(RunResult) G_GNUC_UNUSED result = migration_stamp(project->context, "head", TRUE, &none);
    assert_no_error(none);
    assert_query(project, VERSIONS, "cccc");
    assert_states(project, "aaaa:A bbbb:A cccc:A");
}

static void test_stamp(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    assert_run(project, STEP_STAMP, "head", "cccc");
    assert_query(project, VERSIONS, "cccc");
    assert_run(project, STEP_STAMP, "head", "");
    assert_states(project, "aaaa:A bbbb:A cccc:A");
    assert_run(project, STEP_STAMP, "aaaa", "aaaa");
    assert_states(project, "aaaa:A bbbb:P cccc:P");
    assert_run(project, STEP_STAMP, "base", "base");
    assert_query(project, VERSIONS, "");
    assert_run(project, STEP_STAMP, "base", "");
    assert_query(project, "SELECT revision, direction FROM migrate_history ORDER BY id",
                 "cccc|stamp\naaaa|stamp\nbase|stamp");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name IN ('a', 'b', 'c')", "0");
    GError *error = project_fail(project, STEP_STAMP, "nope");
    assert_fails(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "nope", NULL);
    assert_query(project, VERSIONS, "");
}

/* A database that Alembic looked after: a version table, no history. */
static void test_adopted(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    write_three(project);
    project->options.version_table = "alembic_version";
    project_open(project);
    project_execute(project, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT "
                             "alembic_version_pkc PRIMARY KEY (version_num))");
    project_execute(project, "INSERT INTO alembic_version VALUES ('bbbb')");
    project_execute(project, "CREATE TABLE b (x)");
    assert_states(project, "aaaa:A bbbb:A cccc:P");
    assert_run(project, STEP_UP, "bbbb", "");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name = 'migrate_history'", "0");
    assert_run(project, STEP_UP, "head", "cccc");
    assert_run(project, STEP_DOWN, "aaaa", "cccc bbbb");
    assert_query(project, "SELECT version_num FROM alembic_version", "aaaa");
}

/* Reading needs no database. */
static void test_no_database(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(GError) error = NULL;
    write_three(project);
    project_open(project);
    g_autoptr(MigrationContext) context = migration_context_new(NULL, project->directory, &project->options);
    g_autoptr(Status) status = migration_status(context, &error);
    assert_no_error(error);
    assert_int_equal(status->pending, 3);
    g_auto(GStrv) current = migration_context_current(context, &error);
    assert_null(current[0]);
    g_autoptr(GPtrArray) history = migration_history(context, &error);
    assert_int_equal(history->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edited),
        cmocka_unit_test(test_edited_goes_down_as_recorded),
        cmocka_unit_test(test_missing_file_goes_down),
        cmocka_unit_test(test_two_missing_files),
        cmocka_unit_test(test_missing_file_fails_going_down),
        cmocka_unit_test(test_missing_file_goes_up),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_adopted),
        cmocka_unit_test(test_no_database),
    };
    return cmocka_run_group_tests_name("runtime/files", tests, NULL, NULL);
}
