/* What --sql prints is what a run sends. */
#include "committing.h"

static void write_all(const Project *project)
{
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER PRIMARY KEY, t TEXT DEFAULT 'a;''b' -- why\n);\n"
                  "INSERT INTO p (id) VALUES (1), (2);\n-- migrate:down\nDROP TABLE p;\n");
    project_write(project, "bbbb", "aaaa",
                  "-- migrate:up foreign-keys:off\nCREATE TABLE n (id INTEGER PRIMARY KEY);\n"
                  "INSERT INTO n SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE n RENAME TO p;\n-- migrate:down\n");
    project_write(project, "cccc", "bbbb",
                  "-- migrate:up transaction:false\nINSERT INTO p VALUES (3);\nVACUUM;\nPRAGMA user_version = 3;\n"
                  "-- migrate:down transaction:false\nDELETE FROM p WHERE id = 3;\nVACUUM;\n");
    project_write(project, "xxxx", "aaaa", "-- migrate:up\nCREATE TABLE x (y);\n-- migrate:down\nDROP TABLE x;\n");
    project_write(project, "mmmm", "cccc, xxxx", "-- migrate:up\n-- migrate:down\n");
}

static char *offline(Project *project, const char *range, StepDirection direction, GError **error)
{
    g_autoptr(GString) output = g_string_new(NULL);
    EngineOptions options = engine_options_default();
    g_autoptr(Session) session =
        session_open_offline(project->dialect != NULL ? project->dialect : &sqlite_dialect, &options, output);
    g_autoptr(MigrationContext) context = migration_context_new(session, project->directory, &project->options);
    return migration_offline(context, range, direction, error) ? g_strdup(output->str) : NULL;
}

/* The statements sent, without what only asks the database (and is no statement of a revision). */
static char *sent(void)
{
    static const char *const questions[] = {"SELECT", "EXPLAIN", "PRAGMA foreign_key_check", NULL};
    GString *text = g_string_new(NULL);
    const GPtrArray *log = faulty_log();
    for (guint i = 0; i < log->len; i++) {
        const char *sql = log->pdata[i];
        gboolean asks = strcmp(sql, "PRAGMA foreign_keys") == 0;
        for (guint j = 0; questions[j] != NULL; j++)
            asks = asks || g_str_has_prefix(sql, questions[j]);
        if (!asks)
            g_string_append_printf(text, "%s;\n", sql);
    }
    return g_string_free(text, FALSE);
}

static char *without_comments(const char *sql)
{
    g_auto(GStrv) lines = g_strsplit(sql, "\n", -1);
    GString *text = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++)
        if (!g_str_has_prefix(lines[i], "-- Running ") && !g_str_has_prefix(lines[i], "-- commits by itself") &&
            (*lines[i] != '\0' || lines[i + 1] != NULL))
            g_string_append_printf(text, "%s\n", lines[i]);
    return g_string_free(text, FALSE);
}

static void test_same_as_online(void **state)
{
    (void)state;
    for (gboolean one = FALSE; one <= TRUE; one++) {
        g_autoptr(Project) project = project_new();
        g_autoptr(GError) error = NULL;
        write_all(project);
        project->options.one_transaction = one;
        const char *up = one ? "bbbb" : "head", *down = one ? "bbbb:base" : "mmmm:base";
        project_open(project);
        g_autofree char *printed = offline(project, up, STEP_UP, &error);
        assert_no_error(error);
        faulty_arm(session_connection(project->session), FAULT_REFUSE, 0);
        g_autoptr(RunResult) G_GNUC_UNUSED ran = migration_upgrade(project->context, up, NULL, NULL, &error);
        assert_no_error(error);
        g_autofree char *executed = sent();
        g_autofree char *bare = without_comments(printed);
        assert_string_equal(bare, executed);
        faulty_arm(session_connection(project->session), FAULT_REFUSE, 0);
        g_autoptr(RunResult) G_GNUC_UNUSED undone = migration_downgrade(project->context, "base", NULL, NULL, &error);
        assert_no_error(error);
        g_autofree char *executed_down = sent();
        faulty_disarm(session_connection(project->session));
        g_autofree char *printed_down = offline(project, down, STEP_DOWN, &error);
        assert_no_error(error);
        g_autofree char *bare_down = without_comments(printed_down);
        /* Only the tables' creation is in the text and not in a run on a database that has them. */
        assert_true(g_str_has_suffix(bare_down, executed_down));
        assert_true(g_str_has_prefix(bare_down, "BEGIN IMMEDIATE;\nCREATE TABLE IF NOT EXISTS migrate_version"));
    }
}

/* Where DDL commits by itself: the same but for the marks of what is in flight, which nobody goes on with. */
static void test_same_as_online_committing(void **state)
{
    (void)state;
    g_autoptr(Project) project = committing_project();
    g_autoptr(GError) error = NULL;
    g_autoptr(GRegex) written = g_regex_new(", in_flight = ('[^']*'|NULL)", 0, 0, NULL);
    g_autoptr(GRegex) inserted = g_regex_new("'[0-9a-f]{64} [a-z]+[^']*' FROM", 0, 0, NULL);
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE p (id INTEGER);\nINSERT INTO p VALUES (1);\nINSERT INTO p VALUES (2);\n"
                  "ALTER TABLE p ADD COLUMN t TEXT;\n-- migrate:up transaction:false\nINSERT INTO p VALUES (3, 'x');\n"
                  "INSERT INTO p VALUES (4, 'y');\nDROP TABLE p;\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE q (id INTEGER);\n");
    project_write(project, "cccc", "bbbb", "-- migrate:up\nINSERT INTO q VALUES (1);\n");
    project_open(project);
    g_autofree char *printed = offline(project, "head", STEP_UP, &error);
    assert_no_error(error);
    assert_null(strstr(printed, "in_flight = "));
    assert_non_null(strstr(printed, "-- commits by itself: what ran before it in this revision stays\nCREATE TABLE p"));
    assert_null(strstr(printed, "stays\nINSERT"));
    faulty_arm(session_connection(project->session), FAULT_REFUSE, 0);
    g_autoptr(RunResult) G_GNUC_UNUSED ran = migration_upgrade(project->context, "head", NULL, NULL, &error);
    assert_no_error(error);
    g_autofree char *executed = sent();
    faulty_disarm(session_connection(project->session));
    g_autofree char *unmarked = g_regex_replace(written, executed, -1, 0, "", 0, NULL);
    g_autofree char *expected = g_regex_replace(inserted, unmarked, -1, 0, "NULL FROM", 0, NULL);
    g_autofree char *bare = without_comments(printed);
    assert_string_equal(bare, expected);
}

/* The text alone, statement by statement on another connection, makes the same database. */
static void test_runs_by_itself(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(GError) error = NULL;
    write_all(project);
    project_open(project);
    g_autofree char *printed = offline(project, "head", STEP_UP, &error);
    assert_no_error(error);
    assert_non_null(strstr(printed, "-- Running upgrade  -> aaaa, about aaaa\n"));
    assert_non_null(strstr(printed, "-- Running upgrade cccc, xxxx -> mmmm, about mmmm\n"));
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(printed, strlen(printed), &error);
    assert_no_error(error);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(printed + statement->start, statement->length);
        project_execute(project, sql);
    }
    assert_query(project, "SELECT version_num FROM migrate_version", "mmmm");
    assert_query(project, "SELECT group_concat(id) FROM p", "1,2,3");
    assert_query(project, "SELECT revision, state, statements_done FROM migrate_history ORDER BY id",
                 "aaaa|done|2\nxxxx|done|1\nbbbb|done|4\ncccc|done|3\nmmmm|done|0");
    assert_query(project, "SELECT name FROM sqlite_master WHERE sql LIKE '%--%'", "");
    assert_run(project, STEP_UP, "head", "");
    assert_run(project, STEP_DOWN, "base", "mmmm cccc bbbb xxxx aaaa");
}

static void test_ranges(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    GError *error = NULL;
    write_all(project);
    project_open(project);
    g_autofree char *part = offline(project, "aaaa:cccc", STEP_UP, &error);
    assert_no_error(error);
    assert_non_null(strstr(part, "-- Running upgrade aaaa -> bbbb"));
    assert_non_null(strstr(part, "UPDATE migrate_version SET version_num = 'bbbb' WHERE version_num = 'aaaa'"));
    assert_null(strstr(part, "-> aaaa"));
    g_autofree char *nothing = offline(project, "head:head", STEP_UP, &error);
    assert_no_error(error);
    assert_string_equal(nothing, "");
    g_autofree char *down = offline(project, "bbbb:-1", STEP_DOWN, &error);
    assert_no_error(error);
    assert_non_null(strstr(down, "-- Running downgrade bbbb -> aaaa"));
    g_autofree char *stamp = offline(project, "aaaa:bbbb", STEP_STAMP, &error);
    assert_no_error(error);
    assert_non_null(strstr(stamp, "UPDATE migrate_version SET version_num = 'bbbb'"));
    assert_null(offline(project, "base", STEP_DOWN, &error));
    assert_fails(error, BASE_ERROR, BASE_ERROR_USAGE, "FROM:TO", NULL);
    error = NULL;
    assert_null(offline(project, "aaaa:", STEP_UP, &error));
    assert_fails(error, BASE_ERROR, BASE_ERROR_USAGE, "FROM:TO", NULL);
    error = NULL;
    assert_null(offline(project, "nope:head", STEP_UP, &error));
    assert_fails(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "nope", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_online),
        cmocka_unit_test(test_same_as_online_committing),
        cmocka_unit_test(test_runs_by_itself),
        cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests_name("runtime/offline", tests, NULL, NULL);
}
