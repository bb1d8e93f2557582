/* Applied revisions that no file holds, and a finder that knows where they live. */
#include "base/file.h"
#include "project.h"

#define VERSIONS "SELECT version_num FROM migrate_version ORDER BY 1"

/* What the finder has: id -> text of the file. */
typedef struct Store {
    GHashTable *files;
    guint asked;
    GString *log; /* "id blob", a line for each question */
} Store;

static FoundRevision *find(const char *id, const char *blob_id, char **looked, void *data)
{
    Store *store = data;
    const char *text = g_hash_table_lookup(store->files, id);
    store->asked++;
    g_string_append_printf(store->log, "%s %s\n", id, blob_id != NULL ? blob_id : "-");
    if (text == NULL) {
        *looked = g_strdup("looked under every stone");
        return NULL;
    }
    FoundRevision *found = g_new0(FoundRevision, 1);
    gboolean ops = *text == '{';
    found->name = g_strdup_printf("c0ffee:old/%s.%s", id, ops ? "json" : "sql");
    found->bytes = g_strdup(text);
    found->length = strlen(text);
    found->blob_id = file_blob_id(text, found->length);
    found->place = g_strdup("on branch 'old', commit c0ffee");
    found->where = g_strdup("on branch 'old', commit c0ffee by Ada");
    found->bring = g_strdup("git merge old");
    found->references = g_ptr_array_new_with_free_func(g_free);
    return found;
}

static Store *store_new(Project *project)
{
    Store *store = g_new0(Store, 1);
    store->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->log = g_string_new(NULL);
    project->options.finder = (RevisionFinder){find, store};
    return store;
}

static void store_free(Store *store)
{
    g_hash_table_unref(store->files);
    g_string_free(store->log, TRUE);
    g_free(store);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* The file is no longer here, but in the store. */
static void move_away(const Project *project, Store *store, const char *id)
{
    g_autofree char *path = project_file(project, id);
    char *text;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_hash_table_insert(store->files, g_strdup(id), text);
    project_remove(project, id);
}

/* As move_away(), with other text in it. */
static void move_edited(const Project *project, Store *store, const char *id, const char *old_text,
                        const char *new_text)
{
    move_away(project, store, id);
    g_autoptr(GString) text = g_string_new(g_hash_table_lookup(store->files, id));
    assert_int_equal(g_string_replace(text, old_text, new_text, 1), 1);
    g_hash_table_insert(store->files, g_strdup(id), g_strdup(text->str));
}

static void write_three(const Project *project)
{
    project_write(project, "aaaa", "", "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\n");
    project_write(project, "bbbb", "aaaa", "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n");
    project_write(project, "cccc", "bbbb", "-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\nDROP TABLE c;\n");
}

static void assert_logged(const Project *project, const char *text)
{
    if (strstr(project->log->str, text) == NULL)
        fail_msg("'%s' is not in: %s", text, project->log->str);
}

static void test_not_asked(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    assert_run(project, STEP_DOWN, "aaaa", "cccc bbbb");
    assert_int_equal(store->asked, 0);
}

/* History has the way down, the finder says where the file is; each revision is looked for once. */
static void test_recorded(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    move_away(project, store, "cccc");
    move_edited(project, store, "bbbb", "DROP TABLE b;", "SELECT 'another way down';");
    assert_run(project, STEP_UP, "head", "");
    assert_logged(project, "revision 'cccc' has no file here (applied ");
    assert_logged(project, "by ada@here): it is on branch 'old', commit c0ffee by Ada");
    assert_int_equal(store->asked, 2);
    assert_non_null(strstr(store->log->str, "cccc "));
    assert_null(strstr(store->log->str, " -\n"));
    assert_run(project, STEP_DOWN, "aaaa", "cccc bbbb");
    assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name IN ('b', 'c')", "0");
}

/* Without history, the files that were found are the way down, as far as files here are reached. */
static void test_not_recorded(void **state)
{
    (void)state;
    static const char *const empty[] = {"DROP TABLE migrate_history", "DELETE FROM migrate_history"};
    for (guint i = 0; i < G_N_ELEMENTS(empty); i++) {
        g_autoptr(Project) project = project_new();
        g_autoptr(Store) store = store_new(project);
        write_three(project);
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
        move_away(project, store, "cccc");
        move_away(project, store, "bbbb");
        project_execute(project, empty[i]);
        assert_run(project, STEP_DOWN, "aaaa", "cccc bbbb");
        assert_logged(project, "'cccc' has no file here and no row in the history table: it is on branch 'old'");
        assert_query(project, VERSIONS, "aaaa");
        assert_query(project, "SELECT count(*) FROM sqlite_master WHERE name IN ('b', 'c')", "0");
        assert_query(project, "SELECT revision, state, blob_id IS NOT NULL FROM migrate_history ORDER BY id",
                     "cccc|done|1\nbbbb|done|1");
    }
}

static void test_nowhere(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    move_away(project, store, "cccc");
    project_remove(project, "bbbb");
    project_execute(project, "DROP TABLE migrate_history");
    GError *error = project_fail(project, STEP_DOWN, "aaaa");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN, "'cccc' builds on 'bbbb'", "looked under every stone",
                 "migrate stamp --purge", NULL);
    assert_query(project, VERSIONS, "cccc");
}

/* What was recorded wins over a file with other statements, which is told. */
static void test_other_statements(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    move_edited(project, store, "cccc", "CREATE TABLE c (x)", "CREATE TABLE c (x, y)");
    assert_run(project, STEP_UP, "head", "");
    assert_logged(project, "says other statements than those applied, so that one is not used");
    project_execute(project, "UPDATE migrate_history SET down_script = NULL WHERE revision = 'cccc'");
    GError *error = project_fail(project, STEP_DOWN, "bbbb");
    assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE, "'cccc'", NULL);
    /* Comments and line ends are no other statements. */
    g_string_truncate(project->log, 0);
    g_hash_table_insert(store->files, g_strdup("cccc"),
                        g_strdup("-- Message: x\r\n-- Revision: cccc\r\n-- Revises: elsewhere\r\n-- migrate:up\r\n"
                                 "CREATE TABLE c /* ! */ (x);\r\n-- migrate:down\r\nDROP TABLE c;\r\n"));
    assert_run(project, STEP_DOWN, "bbbb", "cccc");
    assert_null(strstr(project->log->str, "other statements"));
}

static void test_broken(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "-- Revision: cccc\nno section\n",
        "-- Message: x\n-- Revision: dddd\n-- Revises: bbbb\n-- migrate:up\n-- migrate:down\n",
        "\xff\xfe",
        "",
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Project) project = project_new();
        g_autoptr(Store) store = store_new(project);
        write_three(project);
        assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
        project_remove(project, "cccc");
        g_hash_table_insert(store->files, g_strdup("cccc"), g_strdup(texts[i]));
        project_execute(project, "DROP TABLE migrate_history");
        GError *error = project_fail(project, STEP_DOWN, "bbbb");
        assert_fails(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN, "'cccc'", "c0ffee", "cannot be used", NULL);
    }
}

/* Labels of a branch that is not here are not in the way of those that are; what a revision was applied on counts. */
static void test_labels_and_parents(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    move_edited(project, store, "cccc", "-- Revises: bbbb", "-- Revises: ffff\n-- Branch-Labels: billing");
    project_write(project, "dddd", "bbbb",
                  "-- Branch-Labels: billing\n-- migrate:up\nCREATE TABLE d (x);\n-- migrate:down\nDROP TABLE d;\n");
    GError *error = project_fail(project, STEP_UP, "head");
    assert_fails(error, SCRIPT_ERROR, SCRIPT_ERROR_MULTIPLE_HEADS, "on branch 'old'", "migrate switch",
                 "migrate downgrade cccc-1", "git merge old", NULL);
    assert_run(project, STEP_UP, "billing@head", "dddd");
    assert_run(project, STEP_DOWN, "cccc-1", "cccc dddd");
    assert_query(project, VERSIONS, "bbbb");
}

static void test_operations(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    static const char ops[] =
        "{\"revision\": \"bbbb\", \"down_revision\": \"aaaa\", \"message\": \"ops\",\n"
        "\"upgrade\": [{\"op\": \"add_column\", \"table_name\": \"a\", \"column\": {\"name\": \"y\", \"type\": "
        "\"Integer\"}}],\n"
        "\"downgrade\": [{\"op\": \"drop_column\", \"table_name\": \"a\", \"column_name\": \"y\"}]}\n";
    g_autofree char *path = g_build_filename(project->versions, "bbbb.json", NULL);
    project_write(project, "aaaa", "",
                  "-- migrate:up\nCREATE TABLE a (x INTEGER NOT NULL PRIMARY KEY);\n-- migrate:down\nDROP TABLE a;\n");
    assert_true(g_file_set_contents(path, ops, -1, NULL));
    assert_run(project, STEP_UP, "head", "aaaa bbbb");
    g_hash_table_insert(store->files, g_strdup("bbbb"), g_strdup(ops));
    assert_int_equal(g_unlink(path), 0);
    project_execute(project, "DROP TABLE migrate_history");
    assert_run(project, STEP_DOWN, "aaaa", "bbbb");
    assert_query(project, "SELECT group_concat(name) FROM pragma_table_info('a')", "x");
}

static void test_told(void **state)
{
    (void)state;
    g_autoptr(Project) project = project_new();
    g_autoptr(Store) store = store_new(project);
    g_autoptr(GError) error = NULL;
    write_three(project);
    assert_run(project, STEP_UP, "head", "aaaa bbbb cccc");
    move_away(project, store, "cccc");
    move_away(project, store, "bbbb");
    project_execute(project, "DELETE FROM migrate_history");
    project_open(project);
    g_autoptr(Status) status = migration_status(project->context, &error);
    assert_no_error(error);
    assert_int_equal(status->missing, 2);
    assert_int_equal(status->applied, 1);
    const RevisionStatus *last = g_ptr_array_index(status->revisions, 2);
    assert_string_equal(last->id, "cccc");
    assert_string_equal(last->detail, "no file, and history does not know it; it is on branch 'old', commit c0ffee by "
                                      "Ada");
    assert_int_equal(last->missing->match, FOUND_UNRECORDED);

    g_autoptr(GHashTable) missing = NULL;
    g_auto(GStrv) rows = NULL;
    const RevisionMap *map = migration_map(project->context, &rows, &missing, &error);
    assert_no_error(error);
    assert_int_equal(revision_map_all(map)->len, 3);
    assert_int_equal(g_hash_table_size(missing), 2);
    assert_string_equal(rows[0], "cccc");

    /* What nobody knows is told, and hides nothing. */
    g_autoptr(GHashTable) unknown = NULL;
    g_auto(GStrv) again = NULL;
    project_execute(project, "INSERT INTO migrate_version VALUES ('feed')");
    map = migration_map(project->context, &again, &unknown, &error);
    assert_no_error(error);
    assert_int_equal(revision_map_all(map)->len, 3);
    const MissingRevision *feed = g_hash_table_lookup(unknown, "feed");
    assert_int_equal(feed->match, FOUND_NOWHERE);
    assert_string_equal(feed->looked, "looked under every stone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_asked),
        cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_not_recorded),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_other_statements),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_labels_and_parents),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_told),
    };
    return cmocka_run_group_tests_name("runtime/missing_file", tests, NULL, NULL);
}
