#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

enum { PREFIX_LENGTH = 4 }; /* shorter words are no prefixes, as in Alembic */
enum { SHOWN = 8 };         /* candidates in a message */

static const char *revision_place(const Revision *revision)
{
    return revision->path != NULL ? revision->path : "history";
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Revision *const *)a)->id, (*(const Revision *const *)b)->id);
}

/* ---- building ---- */

static gboolean index_ids(RevisionMap *map, const GPtrArray *revisions, GError **error)
{
    for (guint i = 0; i < revisions->len; i++) {
        Revision *revision = g_ptr_array_index(revisions, i);
        const Revision *other = g_hash_table_lookup(map->by_id, revision->id);
        if (other != NULL) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_DUPLICATE,
                        "revision '%s' stands in two files: '%s' and '%s'\n"
                        "give one of them another id, or remove the copy",
                        revision->id, revision_place(other), revision_place(revision));
            return FALSE;
        }
        g_hash_table_insert(map->by_id, revision->id, revision);
    }
    return TRUE;
}

static gboolean index_labels(RevisionMap *map, const GPtrArray *revisions, GError **error)
{
    for (guint i = 0; i < revisions->len; i++) {
        Revision *revision = g_ptr_array_index(revisions, i);
        for (guint k = 0; k < revision->branch_labels->len; k++) {
            char *label = g_ptr_array_index(revision->branch_labels, k);
            const Revision *other = g_hash_table_lookup(map->by_label, label);
            if (other == NULL)
                other = g_hash_table_lookup(map->by_id, label);
            if (other != NULL) {
                g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_DUPLICATE,
                            "branch label '%s' of revision '%s' ('%s') is taken by revision '%s' ('%s')", label,
                            revision->id, revision_place(revision), other->id, revision_place(other));
                return FALSE;
            }
            g_hash_table_insert(map->by_label, label, revision);
        }
    }
    return TRUE;
}

static gboolean link_parents(RevisionMap *map, Revision *revision, GError **error)
{
    for (guint i = 0; i < revision->down_revisions->len; i++) {
        const char *id = g_ptr_array_index(revision->down_revisions, i);
        Revision *parent = g_hash_table_lookup(map->by_id, id);
        if (parent == NULL) {
            const Revision *near = revision_map_find(map, id, NULL);
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_MISSING,
                        "'%s' revises '%s', and no file holds that revision%s%s%s", revision_place(revision), id,
                        near != NULL ? ": write the whole id '" : "", near != NULL ? near->id : "",
                        near != NULL ? "'" : "\nadd the missing file, or correct its Revises line");
            return FALSE;
        }
        g_ptr_array_add(revision->parents, parent);
        g_ptr_array_add(parent->children, revision);
    }
    return TRUE;
}

static gboolean link_dependencies(RevisionMap *map, Revision *revision, GError **error)
{
    for (guint i = 0; i < revision->depends_on->len; i++) {
        const char *name = g_ptr_array_index(revision->depends_on, i);
        g_autoptr(GError) problem = NULL;
        Revision *dependency = revision_map_find(map, name, &problem);
        if (dependency == NULL) {
            g_return_val_if_fail(problem != NULL, FALSE);
            g_set_error(error, SCRIPT_ERROR,
                        problem->code == SCRIPT_ERROR_AMBIGUOUS ? SCRIPT_ERROR_AMBIGUOUS : SCRIPT_ERROR_MISSING,
                        "'%s' depends on '%s': %s", revision_place(revision), name, problem->message);
            return FALSE;
        }
        if (g_ptr_array_find(revision->dependencies, dependency, NULL))
            continue;
        g_ptr_array_add(revision->dependencies, dependency);
        g_ptr_array_add(dependency->dependents, revision);
    }
    return TRUE;
}

/* Follows unfinished ancestors from any unfinished revision until one comes back: that is a cycle. */
static void cycle_error(GHashTable *waiting, const GPtrArray *sorted_by_id, GError **error)
{
    g_autoptr(GPtrArray) trail = g_ptr_array_new();
    Revision *at = NULL;
    for (guint i = 0; at == NULL; i++)
        if (g_hash_table_contains(waiting, g_ptr_array_index(sorted_by_id, i)))
            at = g_ptr_array_index(sorted_by_id, i);
    guint from = 0;
    while (!g_ptr_array_find(trail, at, &from)) {
        g_return_if_fail(at != NULL);
        g_ptr_array_add(trail, at);
        Revision *next = NULL;
        const GPtrArray *edges[] = {at->parents, at->dependencies};
        for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
            for (guint i = 0; i < edges[e]->len && next == NULL; i++)
                if (g_hash_table_contains(waiting, g_ptr_array_index(edges[e], i)))
                    next = g_ptr_array_index(edges[e], i);
        at = next;
    }
    g_autoptr(GString) text = g_string_new(trail->len - from == 1 ? "a revision revises or depends on itself:"
                                                                  : "these revisions revise or depend on each other:");
    for (guint i = from; i < trail->len && i - from < 2 * SHOWN; i++) {
        const Revision *revision = g_ptr_array_index(trail, i);
        g_string_append_printf(text, "\n  '%s' in '%s'", revision->id, revision_place(revision));
    }
    if (trail->len - from > 2 * SHOWN)
        g_string_append_printf(text, "\n  and %u more", trail->len - from - 2 * SHOWN);
    g_string_append(text, "\ncorrect the Revises or Depends-On line of one of them");
    g_set_error_literal(error, SCRIPT_ERROR, SCRIPT_ERROR_CYCLE, text->str);
}

static gint compare_ids_in_tree(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    return strcmp(((const Revision *)a)->id, ((const Revision *)b)->id);
}

/* Kahn's algorithm; of those that are ready the smallest id goes first. `waiting`: edges that are still open. */
static gboolean sort_topologically(RevisionMap *map, GPtrArray *sorted_by_id, GError **error)
{
    g_autoptr(GHashTable) waiting = g_hash_table_new(NULL, NULL);
    GSequence *ready = g_sequence_new(NULL);
    for (guint i = 0; i < sorted_by_id->len; i++) {
        Revision *revision = g_ptr_array_index(sorted_by_id, i);
        guint open = revision->parents->len + revision->dependencies->len;
        if (open == 0)
            g_sequence_append(ready, revision);
        else
            g_hash_table_insert(waiting, revision, GUINT_TO_POINTER(open));
    }
    while (!g_sequence_is_empty(ready)) {
        GSequenceIter *first = g_sequence_get_begin_iter(ready);
        Revision *revision = g_sequence_get(first);
        g_sequence_remove(first);
        g_ptr_array_add(map->all, revision);
        const GPtrArray *edges[] = {revision->children, revision->dependents};
        for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
            for (guint i = 0; i < edges[e]->len; i++) {
                Revision *next = g_ptr_array_index(edges[e], i);
                guint open = GPOINTER_TO_UINT(g_hash_table_lookup(waiting, next)) - 1;
                g_hash_table_insert(waiting, next, GUINT_TO_POINTER(open));
                if (open > 0)
                    continue;
                g_hash_table_remove(waiting, next);
                g_sequence_insert_sorted(ready, next, compare_ids_in_tree, NULL);
            }
    }
    g_sequence_free(ready);
    if (g_hash_table_size(waiting) == 0)
        return TRUE;
    cycle_error(waiting, sorted_by_id, error);
    return FALSE;
}

RevisionMap *revision_map_new(GPtrArray *revisions, GError **error)
{
    g_autoptr(RevisionMap) map = g_new0(RevisionMap, 1);
    map->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    map->by_label = g_hash_table_new(g_str_hash, g_str_equal);
    map->all = g_ptr_array_sized_new(revisions->len);
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(revisions->len);
    for (guint i = 0; i < revisions->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(revisions, i));
    g_ptr_array_set_free_func(revisions, NULL);
    g_ptr_array_unref(revisions);
    /* Until the order is known, and when it is not, `sorted` owns the revisions. */
    g_ptr_array_set_free_func(sorted, (GDestroyNotify)revision_free);
    g_ptr_array_sort(sorted, compare_ids);
    if (!index_ids(map, sorted, error) || !index_labels(map, sorted, error))
        return NULL;
    for (guint i = 0; i < sorted->len; i++) {
        Revision *revision = g_ptr_array_index(sorted, i);
        if (!link_parents(map, revision, error) || !link_dependencies(map, revision, error))
            return NULL;
    }
    if (!sort_topologically(map, sorted, error))
        return NULL;
    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_set_free_func(map->all, (GDestroyNotify)revision_free);
    return g_steal_pointer(&map);
}

void revision_map_free(RevisionMap *map)
{
    if (map == NULL)
        return;
    g_hash_table_unref(map->by_id);
    g_hash_table_unref(map->by_label);
    g_ptr_array_unref(map->all);
    g_free(map);
}

/* ---- looking up ---- */

const GPtrArray *revision_map_all(const RevisionMap *map)
{
    return map->all;
}

GPtrArray *revision_map_heads(const RevisionMap *map)
{
    GPtrArray *heads = g_ptr_array_new();
    for (guint i = 0; i < map->all->len; i++)
        if (revision_is_head(g_ptr_array_index(map->all, i)))
            g_ptr_array_add(heads, g_ptr_array_index(map->all, i));
    return heads;
}

GPtrArray *revision_map_bases(const RevisionMap *map)
{
    GPtrArray *bases = g_ptr_array_new();
    for (guint i = 0; i < map->all->len; i++)
        if (revision_is_base(g_ptr_array_index(map->all, i)))
            g_ptr_array_add(bases, g_ptr_array_index(map->all, i));
    return bases;
}

Revision *revision_map_get(const RevisionMap *map, const char *id)
{
    return g_hash_table_lookup(map->by_id, id);
}

/* The nearest id or label, for a message. */
static const char *find_nearest(const RevisionMap *map, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTable *tables[] = {map->by_label, map->by_id};
    for (guint t = 0; t < G_N_ELEMENTS(tables); t++) {
        g_autoptr(GList) words = g_list_sort(g_hash_table_get_keys(tables[t]), (GCompareFunc)strcmp);
        for (const GList *word = words; word != NULL; word = word->next)
            g_ptr_array_add(names, word->data);
    }
    return text_nearest(name, (const char *const *)names->pdata, names->len);
}

Revision *revision_map_find(const RevisionMap *map, const char *name, GError **error)
{
    Revision *revision = g_hash_table_lookup(map->by_id, name);
    if (revision == NULL)
        revision = g_hash_table_lookup(map->by_label, name);
    if (revision != NULL)
        return revision;
    gsize length = strlen(name);
    g_autoptr(GPtrArray) candidates = g_ptr_array_new();
    GHashTableIter iter;
    gpointer id, value;
    g_hash_table_iter_init(&iter, map->by_id);
    while (length >= PREFIX_LENGTH && g_hash_table_iter_next(&iter, &id, &value))
        if (strncmp(id, name, length) == 0)
            g_ptr_array_add(candidates, value);
    if (candidates->len == 1)
        return g_ptr_array_index(candidates, 0);
    if (candidates->len > 1) {
        g_ptr_array_sort(candidates, compare_ids);
        g_autofree char *list = revisions_quote(candidates, SHOWN);
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_AMBIGUOUS, "'%s' could be %s: write more of the id", name, list);
        return NULL;
    }
    if (error == NULL)
        return NULL;
    const char *near = find_nearest(map, name);
    g_autofree char *hint = near != NULL             ? g_strdup_printf(": did you mean '%s'", near)
                            : length < PREFIX_LENGTH ? g_strdup(": a beginning of an id needs at least 4 characters")
                                                     : g_strdup(": 'migrate history' lists what there is");
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "no revision or branch '%s'%s", name, hint);
    return NULL;
}

GPtrArray *revision_map_rows(const RevisionMap *map, const char *const *current, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (guint i = 0; current != NULL && current[i] != NULL; i++) {
        Revision *revision = revision_map_get(map, current[i]);
        if (revision == NULL) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC,
                        "the database stands at revision '%s', and no revision file holds that id\n"
                        "it was applied from another branch, or from a release that was rolled back here: "
                        "bring its file back, or take it down (migrate downgrade)",
                        current[i]);
            return NULL;
        }
        if (!g_ptr_array_find(rows, revision, NULL))
            g_ptr_array_add(rows, revision);
    }
    return g_steal_pointer(&rows);
}

/* ---- sets ---- */

GHashTable *revisions_reach(const GPtrArray *start, guint edges)
{
    GHashTable *set = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) todo = g_ptr_array_new();
    for (guint i = 0; i < start->len; i++)
        g_ptr_array_add(todo, g_ptr_array_index(start, i));
    while (todo->len > 0) {
        Revision *revision = g_ptr_array_steal_index_fast(todo, todo->len - 1);
        if (!g_hash_table_add(set, revision))
            continue;
        const GPtrArray *next[] = {(edges & EDGES_DOWN) != 0 ? revision->parents : NULL,
                                   (edges & EDGES_DEPENDENCIES) != 0 ? revision->dependencies : NULL,
                                   (edges & EDGES_UP) != 0 ? revision->children : NULL,
                                   (edges & EDGES_DEPENDENTS) != 0 ? revision->dependents : NULL};
        for (guint e = 0; e < G_N_ELEMENTS(next); e++)
            for (guint i = 0; next[e] != NULL && i < next[e]->len; i++)
                g_ptr_array_add(todo, g_ptr_array_index(next[e], i));
    }
    return set;
}

GHashTable *revision_map_ancestors(const RevisionMap *map, const Revision *revision)
{
    (void)map;
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    g_ptr_array_add(start, (gpointer)revision);
    return revisions_reach(start, EDGES_ANCESTORS);
}

GPtrArray *revision_map_ordered(const RevisionMap *map, GHashTable *set, gboolean newest_first)
{
    GPtrArray *list = g_ptr_array_new();
    for (guint i = 0; i < map->all->len; i++) {
        Revision *revision = g_ptr_array_index(map->all, newest_first ? map->all->len - 1 - i : i);
        if (g_hash_table_contains(set, revision))
            g_ptr_array_add(list, revision);
    }
    return list;
}

static gboolean any_in(const GPtrArray *revisions, GHashTable *set)
{
    for (guint i = 0; i < revisions->len; i++)
        if (g_hash_table_contains(set, g_ptr_array_index(revisions, i)))
            return TRUE;
    return FALSE;
}

GPtrArray *revision_map_tips(const RevisionMap *map, GHashTable *set, guint up_edges)
{
    GPtrArray *tips = g_ptr_array_new();
    for (guint i = 0; i < map->all->len; i++) {
        Revision *revision = g_ptr_array_index(map->all, i);
        if (g_hash_table_contains(set, revision) && !((up_edges & EDGES_UP) != 0 && any_in(revision->children, set)) &&
            !((up_edges & EDGES_DEPENDENTS) != 0 && any_in(revision->dependents, set)))
            g_ptr_array_add(tips, revision);
    }
    return tips;
}
