#include <string.h>

#include "script/internal.h"

static gint compare_labels(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* `list` (NULL: empty) with `more` in it, sorted: itself where nothing is added. Revisions share their lists, for most
 * have that of what they revise. New reference. */
static GPtrArray *list_with(GPtrArray *list, const GPtrArray *more)
{
    GPtrArray *whole = NULL;
    for (guint i = 0; i < more->len; i++) {
        gpointer label = g_ptr_array_index(more, i);
        if (list != NULL && g_ptr_array_find_with_equal_func(list, label, g_str_equal, NULL))
            continue;
        if (whole == NULL)
            whole = list != NULL ? g_ptr_array_copy(list, NULL, NULL) : g_ptr_array_new();
        g_ptr_array_add(whole, label);
    }
    if (whole == NULL)
        return list != NULL ? g_ptr_array_ref(list) : NULL;
    g_ptr_array_sort(whole, compare_labels);
    return whole;
}

static void add_labels(GHashTable *labels, Revision *revision, const GPtrArray *more)
{
    GPtrArray *list = list_with(g_hash_table_lookup(labels, revision), more);
    if (list != NULL)
        g_hash_table_replace(labels, revision, list);
}

/* Where something else begins or ends: a label goes no further down. */
static gboolean parts(const Revision *revision)
{
    return revision->children->len + revision->dependents->len > 1 || revision->parents->len > 1;
}

/* Whether all that stands on `revision` is one line. */
static gboolean is_line(const Revision *revision)
{
    while (!parts(revision)) {
        if (revision->children->len == 0)
            return TRUE;
        revision = g_ptr_array_index(revision->children, 0);
    }
    return FALSE;
}

static void spread_down(GHashTable *labels, const Revision *labelled)
{
    if (!is_line(labelled))
        return;
    for (const Revision *at = labelled; at->parents->len > 0;) {
        Revision *below = g_ptr_array_index(at->parents, 0);
        if (parts(below))
            return;
        add_labels(labels, below, labelled->branch_labels);
        at = below;
    }
}

GHashTable *revision_map_branch_labels(const RevisionMap *map)
{
    GHashTable *labels = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    if (g_hash_table_size(map->by_label) == 0)
        return labels;
    for (guint i = 0; i < map->all->len; i++) {
        Revision *revision = g_ptr_array_index(map->all, i);
        for (guint k = 0; k < revision->parents->len; k++) {
            const GPtrArray *below = g_hash_table_lookup(labels, g_ptr_array_index(revision->parents, k));
            if (below != NULL && !g_hash_table_contains(labels, revision))
                g_hash_table_insert(labels, revision, g_ptr_array_ref((GPtrArray *)below));
            else if (below != NULL)
                add_labels(labels, revision, below);
        }
        add_labels(labels, revision, revision->branch_labels);
    }
    for (guint i = 0; i < map->all->len; i++) {
        const Revision *revision = g_ptr_array_index(map->all, i);
        if (revision->branch_labels->len > 0)
            spread_down(labels, revision);
    }
    return labels;
}
