#include "support.h"

#include <glib/gstdio.h>

#include "base/file.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("migrate-models-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    for (const char *name = NULL; (name = g_dir_read_name(files));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return 0;
}

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* `name` within the folder, unless it is a command. */
static MetaData *load(const char *first, const char *second, GError **error)
{
    g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func(g_free);
    const char *const names[] = {first, second};
    for (guint i = 0; i < 2 && names[i]; i++)
        g_ptr_array_add(models, g_str_has_prefix(names[i], "exec:") ? g_strdup(names[i])
                                                                    : g_build_filename(folder, names[i], NULL));
    ModelOptions options = {.models = models, .folder = folder};
    return models_load(&sqlite_dialect, &options, error);
}

static void assert_loads(const char *first, const char *second, const char *const *tables)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) model = load(first, second, &error);
    assert_no_error(error);
    assert_int_equal(model->tables->len, g_strv_length((char **)tables));
    for (guint i = 0; tables[i]; i++)
        assert_non_null(metadata_find_table(model, NULL, tables[i]));
}

static void assert_fails(const char *first, const char *second, const char *expected)
{
    g_autoptr(GError) error = NULL;
    assert_null(load(first, second, &error));
    assert_non_null(error);
    if (!strstr(error->message, expected))
        fail_msg("'%s' does not hold '%s'", error->message, expected);
}

#define A "{\"tables\": [{\"name\": \"a\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\"}]}]}"
#define B_TO_A                                                                                                         \
    "{\"tables\": [{\"name\": \"b\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"foreign_key\": "        \
    "\"a.id\"}]}]}"

static void test_json(void **state)
{
    (void)state;
    write_file("a.json", A);
    write_file("b.json", B_TO_A);
    assert_loads("a.json", NULL, (const char *const[]){"a", NULL});
    assert_loads("?.json", NULL, (const char *const[]){"a", "b", NULL});
    assert_loads("b.json", "a.json", (const char *const[]){"a", "b", NULL});
    assert_fails("b.json", NULL, "b.json:1:");
    assert_fails("nothing-*.json", NULL, "no file matches");
    assert_fails("nothing.json", NULL, "nothing.json");
    assert_fails("a.json", "a.json", "a.json");
}

static void test_sql(void **state)
{
    (void)state;
    write_file("1.sql", "-- first\nCREATE TABLE c (id INTEGER PRIMARY KEY);\nCREATE INDEX ix ON c (id);");
    write_file("2.sql", "\xEF\xBB\xBF"
                        "CREATE TABLE d (c_id INTEGER REFERENCES c);\r\nCREATE VIEW v AS SELECT * FROM c;\r\n");
    write_file("bad.sql", "CREATE TABLE x (a);\n\n  CREATE TABEL y (a);\n");
    write_file("open.sql", "CREATE TABLE x (a);\nSELECT 'abc");
    assert_loads("1.sql", "2.sql", (const char *const[]){"c", "d", NULL});
    assert_loads("[12].sql", NULL, (const char *const[]){"c", "d", NULL});
    assert_fails("bad.sql", NULL, "bad.sql:3:10: ");
    assert_fails("open.sql", NULL, "open.sql:2:");
    write_file("a.json", A);
    assert_loads("a.json", "1.sql", (const char *const[]){"a", "c", NULL});
    write_file("a.sql", "CREATE TABLE A (id);");
    assert_fails("a.json", "a.sql", "in a JSON model and in an SQL model");
}

static void test_exec(void **state)
{
    (void)state;
    write_file("a.json", A);
    assert_loads("exec:cat a.json", NULL, (const char *const[]){"a", NULL});
    assert_fails("exec:echo 'cannot import' >&2; exit 3", NULL, "failed with exit status 3:\ncannot import");
    assert_fails("exec:kill -9 $$", NULL, "was ended by signal 9");
    assert_fails("exec:true", NULL, "exec:true");
    assert_fails("exec:echo '{'", NULL, "exec:echo '{':");
    assert_fails("exec:printf '\\377'", NULL, "not UTF-8");
    assert_fails("exec:no-such-command-here", NULL, "failed with exit status 127");
}

static void test_no_models(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    ModelOptions options = {.folder = folder};
    assert_null(models_load(&sqlite_dialect, &options, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONFIG));
}

static void test_naming(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) keys = words("pk", NULL), formats = words("%(table_name)s_key", NULL);
    write_file("key.json", "{\"tables\": [{\"name\": \"k\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", "
                           "\"primary_key\": true}]}]}");
    g_autofree char *path = g_build_filename(folder, "key.json", NULL);
    g_autoptr(GPtrArray) models = words(path, NULL);
    ModelOptions options = {.models = models, .folder = folder, .naming_keys = keys, .naming_formats = formats};
    g_autoptr(MetaData) model = models_load(&sqlite_dialect, &options, &error);
    assert_no_error(error);
    assert_string_equal(metadata_find_table(model, NULL, "k")->primary_key->name, "k_key");
    formats->pdata[0] = (gpointer) "%(nothing)s";
    assert_null(models_load(&sqlite_dialect, &options, &error));
    assert_non_null(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),      cmocka_unit_test(test_sql),    cmocka_unit_test(test_exec),
        cmocka_unit_test(test_no_models), cmocka_unit_test(test_naming),
    };
    return cmocka_run_group_tests_name("autogenerate/models", tests, make_folder, remove_folder);
}
