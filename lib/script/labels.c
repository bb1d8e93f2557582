#include <string.h>

#include "script/internal.h"

static gint compare_labels(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_labels(GHashTable *labels, Revision *revision, const GPtrArray *names)
{
    GPtrArray *list = g_hash_table_lookup(labels, revision);
    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(labels, revision, list);
    }
    for (guint i = 0; i < names->len; i++)
        if (!g_ptr_array_find_with_equal_func(list, g_ptr_array_index(names, i), g_str_equal, NULL))
            g_ptr_array_add(list, g_ptr_array_index(names, i));
}

/* Where something else begins or ends: a label goes no further down. */
static gboolean parts(const Revision *revision)
{
    return revision->children->len + revision->dependents->len > 1 || revision->parents->len > 1;
}

static void spread_labels(GHashTable *labels, Revision *labelled)
{
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    g_ptr_array_add(start, labelled);
    g_autoptr(GHashTable) above = revisions_reach(start, EDGES_UP);
    gboolean is_line = TRUE;
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, above);
    while (g_hash_table_iter_next(&iter, &revision, NULL)) {
        add_labels(labels, revision, labelled->branch_labels);
        is_line = is_line && !parts(revision);
    }
    for (Revision *at = labelled; is_line && at->parents->len > 0;) {
        at = g_ptr_array_index(at->parents, 0);
        if (parts(at))
            break;
        add_labels(labels, at, labelled->branch_labels);
    }
}

GHashTable *revision_map_branch_labels(const RevisionMap *map)
{
    GHashTable *labels = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < map->all->len; i++) {
        Revision *revision = g_ptr_array_index(map->all, i);
        if (revision->branch_labels->len > 0)
            spread_labels(labels, revision);
    }
    GHashTableIter iter;
    gpointer list;
    g_hash_table_iter_init(&iter, labels);
    while (g_hash_table_iter_next(&iter, NULL, &list))
        g_ptr_array_sort(list, compare_labels);
    return labels;
}
