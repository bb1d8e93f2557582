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

gboolean is_referred(const cJSON *model, const char *name)
{
    g_autofree char *print = cJSON_PrintUnformatted(model);
    g_autofree char *reference = g_strdup_printf("\"%s.id\"", name);
    g_autofree char *quoted = g_strdup_printf("\\\"%s\\\"", name);
    return strstr(print, reference) || strstr(print, quoted);
}

const char *free_table_name(const cJSON *tables, GRand *random)
{
    for (int i = 0; i < 40; i++) {
        const char *name = PICK(random, table_names);
        if (!find(tables, "name", name) && !find(tables, "renamed_from", name))
            return name;
    }
    return NULL;
}
