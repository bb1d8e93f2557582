/* One JSON for several dialects, from what it is for each of them: what differs is given per dialect. */
#include <string.h>

#include "schema/model.h"

/* The same place in the trees of all dialects; NULL where one has none. */
typedef struct Places {
    const cJSON **nodes;
    const char *const *dialects;
    guint n;
} Places;

static Places places_new(const Places *like)
{
    return (Places){g_new0(const cJSON *, like->n), like->dialects, like->n};
}

static void places_clear(Places *places)
{
    g_free(places->nodes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Places, places_clear)

static cJSON *merge(const Places *places, const char *key);

static gboolean same(const cJSON *a, const cJSON *b)
{
    return a && b && cJSON_Compare(a, b, TRUE);
}

static const cJSON *first_of(const Places *places)
{
    for (guint i = 0; i < places->n; i++)
        if (places->nodes[i])
            return places->nodes[i];
    return NULL;
}

static gboolean is_complete(const Places *places)
{
    for (guint i = 0; i < places->n; i++)
        if (!places->nodes[i])
            return FALSE;
    return TRUE;
}

static gboolean all_same(const Places *places)
{
    for (guint i = 0; i < places->n; i++)
        if (!same(places->nodes[0], places->nodes[i]))
            return FALSE;
    return TRUE;
}

static gboolean all_are(const Places *places, cJSON_bool (*is)(const cJSON *))
{
    for (guint i = 0; i < places->n; i++)
        if (places->nodes[i] && !is(places->nodes[i]))
            return FALSE;
    return TRUE;
}

/* --- values per dialect --- */

/* What most of them have; NULL when one of them has none. */
static const cJSON *most_frequent(const Places *places)
{
    const cJSON *best = NULL;
    guint most = 0;
    for (guint i = 0; is_complete(places) && i < places->n; i++) {
        guint n = 0;
        for (guint j = 0; j < places->n; j++)
            n += same(places->nodes[i], places->nodes[j]) ? 1 : 0;
        if (n > most)
            best = places->nodes[i];
        most = MAX(most, n);
    }
    return most > 1 ? best : NULL;
}

static int place_of(const Places *places, const char *dialect)
{
    for (guint i = 0; i < places->n; i++)
        if (strcmp(places->dialects[i], dialect) == 0)
            return (int)i;
    return -1;
}

const cJSON *model_value_for(const cJSON *map, const char *dialect)
{
    if (!cJSON_IsObject(map))
        return map;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(map, dialect);
    if (!value && strcmp(dialect, "mariadb") == 0)
        value = cJSON_GetObjectItemCaseSensitive(map, "mysql");
    return value ? value : cJSON_GetObjectItemCaseSensitive(map, "default");
}

static cJSON *by_dialect(const Places *places)
{
    static const char *const order[] = {"sqlite", "postgresql", "mysql", "mariadb"};
    const cJSON *usual = most_frequent(places);
    cJSON *map = cJSON_CreateObject();
    if (usual)
        cJSON_AddItemToObject(map, "default", cJSON_Duplicate(usual, TRUE));
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        int place = place_of(places, order[i]);
        const cJSON *value = place >= 0 ? places->nodes[place] : NULL, *taken = model_value_for(map, order[i]);
        if (place < 0 || (value ? same(value, taken) : !taken))
            continue;
        cJSON_AddItemToObject(map, order[i], value ? cJSON_Duplicate(value, TRUE) : cJSON_CreateNull());
    }
    return map;
}

/* {"mysql": {…}} of each: side by side. */
static cJSON *merge_options(const Places *places)
{
    g_auto(Places) inner = places_new(places);
    for (guint i = 0; i < places->n; i++)
        inner.nodes[i] = cJSON_GetObjectItemCaseSensitive(places->nodes[i], places->dialects[i]);
    cJSON *map = by_dialect(&inner);
    cJSON_DeleteItemFromObjectCaseSensitive(map, "default");
    for (guint i = 0; i < places->n; i++) {
        const cJSON *taken = model_value_for(map, places->dialects[i]);
        if (inner.nodes[i] && !same(inner.nodes[i], taken))
            cJSON_AddItemToObject(map, places->dialects[i], cJSON_Duplicate(inner.nodes[i], TRUE));
    }
    for (cJSON *child = map->child; child; child = child->next)
        if (cJSON_IsNull(child))
            child->type = cJSON_Object;
    return map;
}

/* Flags cannot be given per dialect. Left out, "persisted" means true on PostgreSQL and false elsewhere, and so it does
 * where they differ, but for a false that was said. */
static cJSON *merge_flag(const Places *places, const char *key)
{
    const cJSON *first = first_of(places);
    for (guint i = 0; strcmp(key, "persisted") == 0 && i < places->n; i++) {
        if (cJSON_IsFalse(places->nodes[i]))
            return cJSON_CreateFalse();
        first = !places->nodes[i] ? NULL : first;
    }
    return first ? cJSON_Duplicate(first, TRUE) : NULL;
}

/* --- lists --- */

static gboolean same_name(const cJSON *a, const cJSON *b)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(b, "name");
    return name && !cJSON_IsNull(name) ? same(cJSON_GetObjectItemCaseSensitive(a, "name"), name) : same(a, b);
}

static const cJSON *find_named(const cJSON *list, const cJSON *like)
{
    const cJSON *child;
    cJSON_ArrayForEach(child, list)
    {
        if (same_name(child, like))
            return child;
    }
    return NULL;
}

static gboolean same_length(const Places *places)
{
    for (guint i = 0; i < places->n; i++)
        if (cJSON_GetArraySize(places->nodes[i]) != cJSON_GetArraySize(places->nodes[0]))
            return FALSE;
    return is_complete(places);
}

static cJSON *merge_in_step(const Places *places)
{
    cJSON *list = cJSON_CreateArray();
    int n = cJSON_GetArraySize(places->nodes[0]);
    for (int k = 0; k < n; k++) {
        g_auto(Places) items = places_new(places);
        for (guint i = 0; i < places->n; i++)
            items.nodes[i] = cJSON_GetArrayItem(places->nodes[i], k);
        cJSON_AddItemToArray(list, merge(&items, ""));
    }
    return list;
}

/* The items of all lists, each once and behind what stands before it in its own list. */
static GPtrArray *items_in_order(const Places *places)
{
    GPtrArray *order = g_ptr_array_new();
    for (guint i = 0; i < places->n; i++) {
        const cJSON *item;
        guint next = 0;
        cJSON_ArrayForEach(item, places->nodes[i])
        {
            guint at = 0;
            while (at < order->len && !same_name(order->pdata[at], item))
                at++;
            if (at == order->len) {
                g_ptr_array_insert(order, (int)next, (gpointer)item);
                at = next;
            }
            next = at + 1;
        }
    }
    return order;
}

/* What only some dialects have has its name for them only. */
static cJSON *merge_by_name(const Places *places)
{
    cJSON *list = cJSON_CreateArray();
    g_autoptr(GPtrArray) order = items_in_order(places);
    for (guint i = 0; i < order->len; i++) {
        g_auto(Places) items = places_new(places);
        for (guint j = 0; j < places->n; j++)
            items.nodes[j] = find_named(places->nodes[j], order->pdata[i]);
        cJSON_AddItemToArray(list, merge(&items, ""));
    }
    return list;
}

static gboolean names_agree(const Places *places)
{
    for (guint i = 1; i < places->n; i++) {
        const cJSON *item;
        cJSON_ArrayForEach(item, places->nodes[i])
        {
            if (!find_named(places->nodes[0], item))
                return FALSE;
        }
    }
    return TRUE;
}

static cJSON *merge_lists(const Places *places)
{
    const cJSON *first = first_of(places);
    gboolean objects = cJSON_IsObject(first->child) && cJSON_GetObjectItemCaseSensitive(first->child, "name");
    if (same_length(places) && (!objects || names_agree(places)))
        return objects ? merge_by_name(places) : merge_in_step(places);
    if (objects)
        return merge_by_name(places);
    return cJSON_Duplicate(first, TRUE);
}

/* --- objects --- */

static gboolean is_known(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

static void merge_key(const Places *places, const char *key, cJSON *object)
{
    g_auto(Places) values = places_new(places);
    for (guint i = 0; i < places->n; i++)
        values.nodes[i] = places->nodes[i] ? cJSON_GetObjectItemCaseSensitive(places->nodes[i], key) : NULL;
    /* An object that only some have stands for them alone by its name, and needs nothing else per dialect. */
    if (strcmp(key, "name") != 0 && !is_complete(places)) {
        const cJSON *any = NULL;
        for (guint i = 0; i < places->n; i++)
            any = values.nodes[i] ? values.nodes[i] : any;
        for (guint i = 0; i < places->n; i++)
            values.nodes[i] = places->nodes[i] ? values.nodes[i] : any;
    }
    cJSON *merged = merge(&values, key);
    if (merged)
        cJSON_AddItemToObject(object, key, merged);
}

static cJSON *merge_objects(const Places *places)
{
    cJSON *object = cJSON_CreateObject();
    for (guint i = 0; i < places->n; i++) {
        const cJSON *child;
        cJSON_ArrayForEach(child, places->nodes[i])
        {
            if (!is_known(object, child->string))
                merge_key(places, child->string, object);
        }
    }
    return object;
}

static cJSON *merge(const Places *places, const char *key)
{
    const cJSON *first = first_of(places);
    if (strcmp(key, "options") == 0)
        return merge_options(places);
    if (all_same(places))
        return cJSON_Duplicate(first, TRUE);
    if (all_are(places, cJSON_IsBool))
        return merge_flag(places, key);
    if (all_are(places, cJSON_IsObject))
        return merge_objects(places);
    return all_are(places, cJSON_IsArray) ? merge_lists(places) : by_dialect(places);
}

cJSON *model_merge_json(const cJSON *const *nodes, const char *const *dialects, guint n)
{
    g_autofree const cJSON **copy = g_new0(const cJSON *, n + 1);
    for (guint i = 0; i < n; i++)
        copy[i] = nodes[i];
    const Places places = {copy, dialects, n};
    return merge(&places, "");
}
