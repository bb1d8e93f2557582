#include "support/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *folder, *program;
static const TestBackend *backend;
static const char *label;
static char *database, *fresh; /* URLs of this pair */

static void remove_tree(const char *path)
{
    const char *argv[] = {"rm", "-rf", path, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Runs the program in the project folder. Its exit status; *output gets both streams. */
static int migrate(char **output, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, program);
    for (; *arguments; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    g_autofree char *out = NULL, *err = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_sync(folder, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error))
        fail_msg("%s", error->message);
    *output = g_strconcat(out, err, NULL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void expect(int wanted, const char *what, const char *const *arguments)
{
    g_autofree char *output = NULL;
    int status = migrate(&output, arguments);
    if (status != wanted)
        fail_msg("%s, %s: %s: exit %d instead of %d\n%s", backend->name, label, what, status, wanted, output);
}

#define EXPECT(status, what, ...) expect(status, what, (const char *const[]){__VA_ARGS__, NULL})

static char *in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void write_model(const cJSON *model, const char *name)
{
    cJSON *copy = cJSON_Duplicate(model, TRUE);
    cJSON *table;
    cJSON_DeleteItemFromObject(copy, "dials"); /* the generator's own notes */
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(copy, "tables"))
    {
        cJSON_DeleteItemFromObject(table, "composite");
    }
    char *text = cJSON_Print(copy);
    g_autofree char *path = in_folder(name);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    free(text);
    cJSON_Delete(copy);
}

static void start_project(void)
{
    g_autofree char *versions = in_folder("versions");
    g_autofree char *config = in_folder("migrate.ini");
    remove_tree(versions);
    assert_int_equal(g_mkdir_with_parents(versions, 0700), 0);
    g_clear_pointer(&database, g_free); /* creating may end the test */
    g_clear_pointer(&fresh, g_free);
    database = backend->create(folder, "app");
    fresh = backend->create(folder, "fresh");
    g_autofree char *text = g_strdup_printf("[migrate]\nscript_location = %%(here)s\nurl = %s\n"
                                            "models = %%(here)s/model.json\n",
                                            database);
    assert_true(g_file_set_contents(config, text, -1, NULL));
}

/* For a comparison of databases with different pasts, or of one that has come back. */
static char *schema_without_past(const char *url)
{
    g_autofree char *schema = backend->schema(url);
    return backend->without_past ? backend->without_past(schema) : g_steal_pointer(&schema);
}

static void assert_same_schema(const char *what, const char *wanted, const char *found)
{
    if (strcmp(wanted, found) == 0)
        return;
    g_auto(GStrv) a = g_strsplit(wanted, "\n", -1);
    g_auto(GStrv) b = g_strsplit(found, "\n", -1);
    GString *report = g_string_new(NULL);
    for (guint i = 0; a[i]; i++)
        if (!g_strv_contains((const char *const *)b, a[i]))
            g_string_append_printf(report, "- %s\n", a[i]);
    for (guint i = 0; b[i]; i++)
        if (!g_strv_contains((const char *const *)a, b[i]))
            g_string_append_printf(report, "+ %s\n", b[i]);
    fail_msg("%s, %s: %s: the schema differs\n%s", backend->name, label, what, report->str);
}

/* "old table.old column" -> its name in the changed model, or NULL when it is gone. */
static char *name_after(const cJSON *changed, const char *table_column)
{
    g_auto(GStrv) parts = g_strsplit(table_column, ".", 2);
    const cJSON *table, *column;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(changed, "tables"))
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(table, "name"));
        const char *former = cJSON_GetStringValue(cJSON_GetObjectItem(table, "renamed_from"));
        if (strcmp(former ? former : name, parts[0]) != 0)
            continue;
        cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
        {
            const char *column_name = cJSON_GetStringValue(cJSON_GetObjectItem(column, "name"));
            const char *column_former = cJSON_GetStringValue(cJSON_GetObjectItem(column, "renamed_from"));
            if (strcmp(column_former ? column_former : column_name, parts[1]) == 0)
                return g_strdup_printf("%s.%s", name, column_name);
        }
    }
    return NULL;
}

/* A change of type may change the storage class (a number becomes its text); the value may not. */
static char *values_only(const char *cells)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(cells, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (strchr(lines[i], ':'))
            g_string_append_printf(text, "%s\n", strchr(lines[i], ':') + 1);
    return g_strdup(text->str);
}

static void assert_cells_survived(const char *what, GHashTable *before, GHashTable *after, const cJSON *changed)
{
    GHashTableIter iter;
    gpointer key, cells;
    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, &key, &cells)) {
        g_autofree char *name = changed ? name_after(changed, key) : g_strdup(key);
        const char *found = name ? g_hash_table_lookup(after, name) : NULL;
        if (!name)
            continue;
        if (!found)
            fail_msg("%s, %s: %s: column %s is gone", backend->name, label, what, name);
        g_autofree char *wanted_values = values_only(cells);
        g_autofree char *found_values = values_only(found);
        if (strcmp(wanted_values, found_values) != 0)
            fail_msg("%s, %s: %s: cells of %s\n%sbecame\n%s", backend->name, label, what, name, (char *)cells, found);
    }
}

/* Only what both models have comes back with its cells. */
static void forget_dropped(GHashTable *cells, const cJSON *changed)
{
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, cells);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autofree char *name = name_after(changed, key);
        if (!name)
            g_hash_table_iter_remove(&iter);
    }
}

static void change_and_return(const cJSON *changed, const char *schema_a, const char *dump_a, GHashTable *cells_a)
{
    write_model(changed, "model.json");
    EXPECT(0, "autogenerate B", "revision", "--autogenerate", "-m", "b", "--no-rename", "--rev-id", "b");
    EXPECT(0, "upgrade to B", "upgrade", "head");
    EXPECT(0, "check B", "check");
    EXPECT(0, "create_all of B", "create_all", "--url", fresh);
    g_autofree char *schema_b = schema_without_past(database);
    g_autofree char *schema_fresh = schema_without_past(fresh);
    assert_same_schema("upgraded B, and B created afresh", schema_fresh, schema_b);
    g_autofree char *dump_b = dump_a ? backend->dump(database) : NULL;
    g_autofree char *dump_fresh = dump_a ? backend->dump(fresh) : NULL;
    if (dump_a)
        assert_same_schema("dumps of upgraded B, and of B created afresh", dump_fresh, dump_b);
    g_autoptr(GHashTable) cells_b = backend->cells(database);
    assert_cells_survived("upgrade to B", cells_a, cells_b, changed);
    EXPECT(0, "downgrade to A", "downgrade", "a");
    g_autofree char *schema_back = schema_without_past(database);
    assert_same_schema("A before and after", schema_a, schema_back);
    g_autofree char *dump_back = dump_a ? backend->dump(database) : NULL;
    if (dump_a)
        assert_same_schema("dump of A before and after", dump_a, dump_back);
    g_autoptr(GHashTable) cells_back = backend->cells(database);
    forget_dropped(cells_a, changed);
    assert_cells_survived("downgrade to A", cells_a, cells_back, NULL);
}

void pair_run(const TestBackend *on, const char *name, const cJSON *model, const cJSON *changed, const GPtrArray *rows,
              gboolean dumped)
{
    backend = on;
    label = name;
    start_project();
    write_model(changed, "changed.json");
    write_model(model, "model.json");
    g_autofree char *schema_empty = backend->schema(database);
    EXPECT(0, "autogenerate A", "revision", "--autogenerate", "-m", "a", "--rev-id", "a");
    EXPECT(0, "upgrade to A", "upgrade", "head");
    EXPECT(0, "check A", "check");
    g_autofree char *schema_a = schema_without_past(database);
    g_autofree char *dump_a = dumped && backend->dump ? backend->dump(database) : NULL;
    backend->run(database, rows);
    g_autoptr(GHashTable) cells_a = backend->cells(database);
    change_and_return(changed, schema_a, dump_a, cells_a);
    EXPECT(0, "downgrade to base", "downgrade", "base");
    g_autofree char *schema_base = backend->schema(database);
    assert_same_schema("base", schema_empty, schema_base);
}

void pair_start(void)
{
    const char *keep = g_getenv("MIGRATE_TEST_KEEP");
    folder = keep ? g_strdup(keep) : g_dir_make_tmp("migrate-pairs.XXXXXX", NULL);
    program = g_canonicalize_filename(g_getenv("MIGRATE") ? g_getenv("MIGRATE") : "build/migrate", NULL);
    g_unsetenv("DATABASE_URL");
    g_unsetenv("MIGRATE_CONFIG");
}

void pair_end(void)
{
    if (!g_getenv("MIGRATE_TEST_KEEP"))
        remove_tree(folder);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&program, g_free);
    g_clear_pointer(&database, g_free);
    g_clear_pointer(&fresh, g_free);
}
