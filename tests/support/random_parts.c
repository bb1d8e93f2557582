#include "support/random_parts.h"

#include <string.h>

gboolean chance(GRand *random, int percent)
{
    return g_rand_int_range(random, 0, 100) < percent;
}

const char *pick(GRand *random, const char *const *words, int n)
{
    return words[g_rand_int_range(random, 0, n)];
}

const char *text(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(object, key));
}

gboolean flag(const cJSON *object, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItem(object, key));
}

cJSON *find(const cJSON *array, const char *key, const char *value)
{
    cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (g_strcmp0(text(item, key), value) == 0)
            return item;
    }
    return NULL;
}

cJSON *list(cJSON *object, const char *key)
{
    cJSON *array = cJSON_GetObjectItem(object, key);
    return array ? array : cJSON_AddArrayToObject(object, key);
}

char *quote(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
    g_autofree char *doubled = g_strjoinv("\"\"", parts);
    return g_strdup_printf("\"%s\"", doubled);
}

void set_string(cJSON *object, const char *key, const char *value)
{
    cJSON_DeleteItemFromObject(object, key);
    cJSON_AddStringToObject(object, key, value);
}

static const char *const table_names[] = {"users", "orders", "Group By", "items", "order", "tags", "notes", "parts"};

void drop_random(cJSON *table, const char *key, GRand *random)
{
    cJSON *array = cJSON_GetObjectItem(table, key);
    if (array && cJSON_GetArraySize(array) > 0)
        cJSON_DeleteItemFromArray(array, g_rand_int_range(random, 0, cJSON_GetArraySize(array)));
}

void drop_duplicate_names(cJSON *table, const char *key)
{
    cJSON *array = cJSON_GetObjectItem(table, key);
    for (int i = cJSON_GetArraySize(array) - 1; i > 0; i--) {
        const char *name = text(cJSON_GetArrayItem(array, i), "name");
        if (name && find(array, "name", name) != cJSON_GetArrayItem(array, i))
            cJSON_DeleteItemFromArray(array, i);
    }
}

static gboolean is_referred(const cJSON *model, const char *name, Quote quoted)
{
    g_autofree char *print = cJSON_PrintUnformatted(model);
    g_autofree char *reference = g_strdup_printf("\"%s.id\"", name);
    g_autofree char *in_sql = quoted(name);
    g_autofree char *in_json = g_strescape(in_sql, NULL);
    return strstr(print, reference) || strstr(print, in_json);
}

const char *free_name(const cJSON *columns, const char *const *names, int n, GRand *random)
{
    for (int i = 0; i < 60; i++) {
        const char *name = pick(random, names, n);
        if (!find(columns, "name", name) && !find(columns, "renamed_from", name))
            return name;
    }
    return NULL;
}

cJSON *options_of(cJSON *object, const char *dialect)
{
    cJSON *options = cJSON_GetObjectItem(object, "options");
    if (!options)
        options = cJSON_AddObjectToObject(object, "options");
    cJSON *own = cJSON_GetObjectItem(options, dialect);
    return own ? own : cJSON_AddObjectToObject(options, dialect);
}

const char *free_table_name(const cJSON *tables, GRand *random)
{
    return FREE_NAME(tables, table_names, random);
}

gboolean is_plain(const cJSON *column)
{
    return !flag(column, "primary_key") && !cJSON_GetObjectItem(column, "computed") &&
           !cJSON_GetObjectItem(column, "foreign_key");
}

cJSON *plain_column(const cJSON *table, GRand *random)
{
    const cJSON *columns = cJSON_GetObjectItem(table, "columns");
    for (int i = 0; i < 20; i++) {
        cJSON *column = cJSON_GetArrayItem(columns, g_rand_int_range(random, 0, cJSON_GetArraySize(columns)));
        if (is_plain(column))
            return column;
    }
    return NULL;
}

/* Does anything of the table but its column entry speak of the column? */
gboolean is_used(const cJSON *table, const char *name)
{
    cJSON *rest = cJSON_Duplicate(table, TRUE);
    cJSON_DeleteItemFromObject(rest, "columns");
    g_autofree char *print = cJSON_PrintUnformatted(rest);
    cJSON_Delete(rest);
    g_auto(GStrv) parts = g_strsplit(name, "\"", -1);
    g_autofree char *escaped = g_strjoinv("\\\"", parts);
    if (strstr(print, escaped))
        return TRUE;
    const cJSON *column;
    cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
    {
        const cJSON *computed = cJSON_GetObjectItem(column, "computed");
        if (computed && strstr(text(computed, "expression"), name))
            return TRUE;
    }
    return FALSE;
}

void add_object(cJSON *model, const char *kind, const char *name, const char *table, char *definition)
{
    g_autofree char *taken = definition;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", kind);
    cJSON_AddStringToObject(object, "name", name);
    if (table)
        cJSON_AddStringToObject(object, "table_name", table);
    cJSON_AddStringToObject(object, "definition", taken);
    cJSON_AddItemToArray(list(model, "objects"), object);
}

const cJSON *any_table(const cJSON *model, GRand *random)
{
    const cJSON *tables = cJSON_GetObjectItem(model, "tables");
    return cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
}

void add_conventions(cJSON *model)
{
    cJSON *convention = cJSON_AddObjectToObject(model, "naming_convention");
    cJSON_AddStringToObject(convention, "pk", "pk_%(table_name)s");
    cJSON_AddStringToObject(convention, "fk", "fk_%(table_name)s_%(column_0_name)s");
    cJSON_AddStringToObject(convention, "ix", "ix_%(table_name)s_%(column_0_name)s");
}

void toggle(cJSON *object, const char *key, const char *value)
{
    if (cJSON_GetObjectItem(object, key))
        cJSON_DeleteItemFromObject(object, key);
    else
        cJSON_AddStringToObject(object, key, value);
}

void drop_column(cJSON *table, GRand *random)
{
    cJSON *column = plain_column(table, random);
    if (column && !is_used(table, text(column, "name")))
        cJSON_Delete(cJSON_DetachItemViaPointer(cJSON_GetObjectItem(table, "columns"), column));
}

/* References, and the objects, which say a table's name in quotes or as the table they hang on. */
static void rename_table(cJSON *model, cJSON *table, const char *name, Quote quoted)
{
    g_autofree char *old_name = g_strdup(text(table, "name"));
    g_autofree char *from = quoted(old_name);
    g_autofree char *to = quoted(name);
    set_string(table, "name", name);
    cJSON_AddStringToObject(table, "renamed_from", old_name);
    cJSON *object;
    cJSON_ArrayForEach(object, cJSON_GetObjectItem(model, "objects"))
    {
        g_auto(GStrv) parts = g_strsplit(text(object, "definition"), from, -1);
        g_autofree char *definition = g_strjoinv(to, parts);
        set_string(object, "definition", definition);
        if (g_strcmp0(text(object, "table_name"), old_name) == 0)
            set_string(object, "table_name", name);
    }
    cJSON *other, *column;
    cJSON_ArrayForEach(other, cJSON_GetObjectItem(model, "tables"))
        cJSON_ArrayForEach(column, cJSON_GetObjectItem(other, "columns"))
    {
        g_autofree char *reference = g_strdup_printf("%s.id", old_name);
        g_autofree char *renamed = g_strdup_printf("%s.id", name);
        if (g_strcmp0(text(column, "foreign_key"), reference) == 0)
            set_string(column, "foreign_key", renamed);
    }
}

/* A reference in the place of a dropped column would be a foreign key for values that refer to nothing. */
void add_new_reference(const cJSON *model, cJSON *table, const cJSON *former,
                       void (*add)(cJSON *table, const cJSON *tables, GRand *random), GRand *random)
{
    cJSON *columns = cJSON_GetObjectItem(table, "columns");
    int n = cJSON_GetArraySize(columns);
    add(table, cJSON_GetObjectItem(model, "tables"), random);
    const cJSON *added = cJSON_GetArrayItem(columns, n);
    if (added && find(former, "name", text(added, "name")))
        cJSON_DeleteItemFromArray(columns, n);
}

cJSON *changed_model(const cJSON *model, const Changes *changes, GRand *random)
{
    cJSON *changed = cJSON_Duplicate(model, TRUE);
    cJSON *tables = cJSON_GetObjectItem(changed, "tables");
    if (chance(random, 20)) {
        cJSON *table = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
        if (cJSON_GetArraySize(tables) > 1 && !is_referred(changed, text(table, "name"), changes->quoted))
            cJSON_Delete(cJSON_DetachItemViaPointer(tables, table));
    }
    if (chance(random, 20)) {
        cJSON *table = cJSON_GetArrayItem(tables, g_rand_int_range(random, 0, cJSON_GetArraySize(tables)));
        const char *name = free_table_name(tables, random);
        if (name && !find(cJSON_GetObjectItem(model, "tables"), "name", name))
            rename_table(changed, table, name, changes->quoted);
    }
    cJSON *table;
    cJSON_ArrayForEach(table, tables)
    {
        if (chance(random, 60))
            changes->change_table(changed, table, random);
        drop_duplicate_names(table, "indexes");
        drop_duplicate_names(table, "check_constraints");
    }
    const char *name = chance(random, 30) ? free_table_name(tables, random) : NULL;
    if (name && !find(cJSON_GetObjectItem(model, "tables"), "name", name))
        changes->new_table(tables, name, random);
    changes->change_objects(changed, random);
    return changed;
}

static char *insert_statement(const cJSON *table, int row, Quote quoted, const char *before_values, AppendValue append)
{
    g_autofree char *name = quoted(text(table, "name"));
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GString) values = g_string_new(NULL);
    const cJSON *column;
    cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
    {
        if (cJSON_GetObjectItem(column, "computed"))
            continue;
        g_autofree char *column_name = quoted(text(column, "name"));
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", column_name);
        if (values->len)
            g_string_append(values, ", ");
        if (flag(column, "primary_key"))
            g_string_append_printf(values, "%d", row * 3);
        else if (cJSON_GetObjectItem(column, "foreign_key"))
            g_string_append(values, row % 2 ? "NULL" : "3");
        else
            append(values, column, row);
    }
    return g_strdup_printf("INSERT INTO %s (%s) %s (%s)", name, names->str, before_values, values->str);
}

GPtrArray *rows_of(const cJSON *model, Quote quoted, const char *before_values, AppendValue append, GRand *random)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
    const cJSON *table;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(model, "tables"))
    {
        int n = g_rand_int_range(random, 1, 6);
        for (int row = 1; row <= n; row++)
            g_ptr_array_add(rows, insert_statement(table, row, quoted, before_values, append));
    }
    return rows;
}
