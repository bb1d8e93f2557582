/* include_tables and exclude_tables: what is outside is neither created, changed nor dropped. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

static gboolean matches(const GPtrArray *globs, const char *name, const char *qualified, gboolean ignore_case)
{
    for (guint i = 0; i < globs->len; i++) {
        g_autofree char *glob = fold_name(globs->pdata[i], ignore_case);
        if (text_glob_match(glob, name) || (qualified && text_glob_match(glob, qualified)))
            return TRUE;
    }
    return FALSE;
}

gboolean in_scope(const Comparing *comparing, const char *schema, const char *table_name)
{
    const GPtrArray *include = comparing->options->include_tables, *exclude = comparing->options->exclude_tables;
    gboolean includes = include && include->len, excludes = exclude && exclude->len;
    if (!includes && !excludes)
        return TRUE;
    g_autofree char *name = fold_name(table_name, comparing->ignore_case);
    g_autofree char *qualified = NULL;
    if (schema) {
        g_autofree char *joined = g_strdup_printf("%s.%s", schema, table_name);
        qualified = fold_name(joined, comparing->ignore_case);
    }
    return (!includes || matches(include, name, qualified, comparing->ignore_case)) &&
           (!excludes || !matches(exclude, name, qualified, comparing->ignore_case));
}

static void find_words(char **text, gpointer data)
{
    const Comparing *comparing = data;
    add_words(comparing, *text, TRUE, comparing->outside);
}

gboolean used_out_of_scope(const Comparing *comparing, const char *name)
{
    Comparing *cache = (Comparing *)comparing;
    if (!comparing->outside) {
        cache->outside = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < comparing->live->tables->len; i++) {
            Table *table = comparing->live->tables->pdata[i];
            if (!in_scope(comparing, table->schema, table->name))
                table_texts(table, find_words, cache);
        }
    }
    return mentions(comparing, comparing->outside, name);
}

gboolean object_in_scope(const Comparing *comparing, const SchemaObject *object)
{
    if (object->table_name)
        return in_scope(comparing, object->schema, object->table_name);
    static const char *const relations[] = {"view", "materialized_view", "virtual_table", NULL};
    if (g_strv_contains(relations, object->kind))
        return in_scope(comparing, object->schema, object->name);
    return TRUE;
}

static void add_name(GPtrArray *names, const char *schema, const char *name)
{
    g_ptr_array_add(names, schema ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name));
}

void find_out_of_scope(const Comparing *comparing, GPtrArray *names)
{
    for (guint i = 0; i < comparing->original->tables->len; i++) {
        const Table *table = comparing->original->tables->pdata[i];
        if (!in_scope(comparing, table->schema, table->name))
            add_name(names, table->schema, table->name);
    }
    for (guint i = 0; i < comparing->original->objects->len; i++) {
        const SchemaObject *object = comparing->original->objects->pdata[i];
        if (!object->table_name && !object_in_scope(comparing, object))
            add_name(names, object->schema, object->name);
    }
}
