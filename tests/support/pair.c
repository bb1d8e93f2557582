#include "support/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/cells.h"
#include "support/project.h"

static const TestBackend *backend;
static char *label;            /* for messages */
static char *database, *fresh; /* URLs of this pair */

static void start_project(const char *format)
{
    g_clear_pointer(&database, g_free); /* creating may end the test */
    g_clear_pointer(&fresh, g_free);
    database = backend->create(project_folder(), "app");
    fresh = backend->create(project_folder(), "fresh");
    g_autofree char *settings = g_strdup_printf("url = %s\nrevision_format = %s\n", database, format);
    project_new("model.json", settings);
}

/* For a comparison of databases with different pasts, or of one that has come back. */
static char *schema_without_past(const char *url)
{
    g_autofree char *schema = backend->schema(url);
    return backend->without_past ? backend->without_past(schema) : g_steal_pointer(&schema);
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
            fail_msg("%s: %s: column %s is gone", label, what, name);
        g_autofree char *wanted_values = cells_values(cells, FALSE);
        g_autofree char *found_values = cells_values(found, FALSE);
        if (strcmp(wanted_values, found_values) != 0)
            fail_msg("%s: %s: cells of %s\n%sbecame\n%s", label, what, name, (char *)cells, found);
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

static const cJSON *find_named(const cJSON *list, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (g_strcmp0(cJSON_GetStringValue(cJSON_GetObjectItem(item, "name")), name) == 0)
            return item;
    }
    return NULL;
}

/* "table.part:new": what a flag says of something in the model. A model may name what never was; a flag may not. */
static void add_flag(GPtrArray *arguments, const cJSON *live, const cJSON *table, const cJSON *part)
{
    const char *table_name = cJSON_GetStringValue(cJSON_GetObjectItem(table, "name"));
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(part, "name"));
    const char *former = cJSON_GetStringValue(cJSON_GetObjectItem(part, "renamed_from"));
    if (!former || !find_named(live, former))
        return;
    g_ptr_array_add(arguments, g_strdup("--rename"));
    g_ptr_array_add(arguments, part == table ? g_strdup_printf("%s:%s", former, name)
                                             : g_strdup_printf("%s.%s:%s", table_name, former, name));
}

/* Renamed tables and columns, whose rows tell whether they are; anything else may be dropped and made anew. */
static void add_flags(GPtrArray *arguments, const cJSON *model, const cJSON *changed)
{
    const cJSON *tables = cJSON_GetObjectItem(model, "tables"), *table, *column;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(changed, "tables"))
    {
        const char *former = cJSON_GetStringValue(cJSON_GetObjectItem(table, "renamed_from"));
        const cJSON *live = former ? find_named(tables, former) : NULL;
        add_flag(arguments, tables, table, table);
        if (!live)
            live = find_named(tables, cJSON_GetStringValue(cJSON_GetObjectItem(table, "name")));
        cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
        {
            add_flag(arguments, cJSON_GetObjectItem(live, "columns"), table, column);
        }
    }
}

/* With `model` model B is SQL. */
static void autogenerate_b(const cJSON *changed, const cJSON *model)
{
    static const char *const words[] = {"revision", "--autogenerate", "-m", "b", "--no-rename", "--rev-id", "b"};
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(arguments, g_strdup(words[i]));
    if (model)
        add_flags(arguments, model, changed);
    g_ptr_array_add(arguments, NULL);
    project_expect(label, 0, "autogenerate B", (const char *const *)arguments->pdata);
}

/* The model is then SQL, until the project is a new one. */
static void use_sql_model(void)
{
    PROJECT_EXPECT(label, 0, "inspect B", "--url", fresh, "inspect", "--format", "sql", "-o", "model.sql");
    PROJECT_EXPECT(label, 0, "check what was inspected", "--url", fresh, "-x", "models=model.sql", "diff");
    project_use_model("model.sql");
}

/* With `model`, which is A, model B is SQL. */
static void change_and_return(const cJSON *changed, const char *schema_a, const char *dump_a, GHashTable *cells_a,
                              const cJSON *model)
{
    project_write_model(changed, "model.json");
    PROJECT_EXPECT(label, 0, "create_all of B", "create_all", "--url", fresh);
    if (model)
        use_sql_model();
    autogenerate_b(changed, model);
    PROJECT_EXPECT(label, 0, "upgrade to B", "upgrade", "head");
    PROJECT_EXPECT(label, 0, "check B", "check");
    if (model)
        PROJECT_EXPECT(label, 0, "check B, in JSON", "-x", "models=model.json", "check");
    g_autofree char *schema_b = schema_without_past(database);
    g_autofree char *schema_fresh = schema_without_past(fresh);
    project_assert_same(label, "upgraded B, and B created afresh", schema_fresh, schema_b);
    g_autofree char *dump_b = dump_a ? backend->dump(database) : NULL;
    g_autofree char *dump_fresh = dump_a ? backend->dump(fresh) : NULL;
    if (dump_a)
        project_assert_same(label, "dumps of upgraded B, and of B created afresh", dump_fresh, dump_b);
    g_autoptr(GHashTable) cells_b = backend->cells(database);
    assert_cells_survived("upgrade to B", cells_a, cells_b, changed);
    PROJECT_EXPECT(label, 0, "downgrade to A", "downgrade", "a");
    g_autofree char *schema_back = schema_without_past(database);
    project_assert_same(label, "A before and after", schema_a, schema_back);
    g_autofree char *dump_back = dump_a ? backend->dump(database) : NULL;
    if (dump_a)
        project_assert_same(label, "dump of A before and after", dump_a, dump_back);
    g_autoptr(GHashTable) cells_back = backend->cells(database);
    forget_dropped(cells_a, changed);
    assert_cells_survived("downgrade to A", cells_a, cells_back, NULL);
}

void pair_run(const TestBackend *on, const char *name, const char *format, const cJSON *model, const cJSON *changed,
              const GPtrArray *rows, PairOptions options)
{
    backend = on;
    g_free(label);
    label = g_strdup_printf("%s, %s", on->name, name);
    start_project(format);
    project_write_model(changed, "changed.json");
    project_write_model(model, "model.json");
    g_autofree char *schema_empty = backend->schema(database);
    PROJECT_EXPECT(label, 0, "autogenerate A", "revision", "--autogenerate", "-m", "a", "--rev-id", "a");
    PROJECT_EXPECT(label, 0, "upgrade to A", "upgrade", "head");
    PROJECT_EXPECT(label, 0, "check A", "check");
    g_autofree char *schema_a = schema_without_past(database);
    g_autofree char *dump_a = (options & PAIR_DUMPED) && backend->dump ? backend->dump(database) : NULL;
    backend->run(database, rows);
    g_autoptr(GHashTable) cells_a = backend->cells(database);
    change_and_return(changed, schema_a, dump_a, cells_a, options & PAIR_SQL_MODEL ? model : NULL);
    PROJECT_EXPECT(label, 0, "downgrade to base", "downgrade", "base");
    g_autofree char *schema_base = backend->schema(database);
    project_assert_same(label, "base", schema_empty, schema_base);
}

void pair_start(void)
{
    project_start();
}

void pair_end(void)
{
    project_end();
    g_clear_pointer(&label, g_free);
    g_clear_pointer(&database, g_free);
    g_clear_pointer(&fresh, g_free);
}
