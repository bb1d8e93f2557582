#include "support/random_parts.h"

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
