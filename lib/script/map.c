#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

enum { PREFIX_LENGTH = 4 }; /* of names: what is shorter has to be written whole, as in Alembic */
enum { SHOWN = 16 };        /* candidates in a message */

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
                        near != NULL ? "'"
                                     : "\nadd the missing file (after 'migrate rebase', git rebase or git merge "
                                       "brings it), or correct what it revises");
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
    g_ptr_array_remove_range(trail, 0, from);
    g_autofree char *list = revisions_list(trail, G_MAXUINT);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_CYCLE, "%s:%s\ncorrect what one of them revises or depends on",
                trail->len == 1 ? "a revision revises or depends on itself"
                                : "these revisions revise or depend on each other",
                list);
}

/* Kahn's algorithm: whether every revision can be reached after what it stands on. */
static gboolean check_cycles(const GPtrArray *sorted_by_id, GError **error)
{
    g_autofree guint *open = g_new(guint, sorted_by_id->len);
    g_autoptr(GPtrArray) ready = g_ptr_array_sized_new(sorted_by_id->len);
    for (guint i = 0; i < sorted_by_id->len; i++) {
        Revision *revision = g_ptr_array_index(sorted_by_id, i);
        open[i] = revision->parents->len + revision->dependencies->len;
        if (open[i] == 0)
            g_ptr_array_add(ready, revision);
    }
    for (guint done = 0; done < ready->len; done++) {
        const Revision *revision = g_ptr_array_index(ready, done);
        const GPtrArray *edges[] = {revision->children, revision->dependents};
        for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
            for (guint i = 0; i < edges[e]->len; i++) {
                Revision *next = g_ptr_array_index(edges[e], i);
                if (--open[next->position] == 0)
                    g_ptr_array_add(ready, next);
            }
    }
    if (ready->len == sorted_by_id->len)
        return TRUE;
    g_autoptr(GHashTable) waiting = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < sorted_by_id->len; i++)
        if (open[i] > 0)
            g_hash_table_add(waiting, g_ptr_array_index(sorted_by_id, i));
    cycle_error(waiting, sorted_by_id, error);
    return FALSE;
}

/* Fills map->all, and says in each revision where it stands there. */
static void set_order(RevisionMap *map, const GPtrArray *sorted_by_id)
{
    g_autoptr(GPtrArray) newest =
        revisions_newest_first((Revision *const *)sorted_by_id->pdata, sorted_by_id->len, NULL);
    for (guint i = newest->len; i-- > 0;) {
        Revision *revision = g_ptr_array_index(newest, i);
        revision->position = map->all->len;
        g_ptr_array_add(map->all, revision);
    }
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
        revision->position = i;
        if (!link_parents(map, revision, error) || !link_dependencies(map, revision, error))
            return NULL;
    }
    if (!check_cycles(sorted, error))
        return NULL;
    set_order(map, sorted);
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

static gboolean is_real_head(const Revision *revision)
{
    return revision->children->len == 0 && revision->dependents->len == 0;
}

/* New array, by id. */
static GPtrArray *select_by_id(const RevisionMap *map, gboolean (*wanted)(const Revision *))
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < map->all->len; i++)
        if (wanted(g_ptr_array_index(map->all, i)))
            g_ptr_array_add(found, g_ptr_array_index(map->all, i));
    g_ptr_array_sort(found, compare_ids);
    return found;
}

GPtrArray *revision_map_heads(const RevisionMap *map)
{
    return select_by_id(map, revision_is_head);
}

GPtrArray *revision_map_bases(const RevisionMap *map)
{
    return select_by_id(map, revision_is_base);
}

GPtrArray *revision_map_real_heads(const RevisionMap *map)
{
    return select_by_id(map, is_real_head);
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

/* The revisions whose id, or a label of theirs, begins with `name`: new array, by id. */
static GPtrArray *find_beginnings(const RevisionMap *map, const char *name, GHashTable *among)
{
    GPtrArray *found = g_ptr_array_new();
    GHashTable *tables[] = {map->by_id, map->by_label};
    for (guint t = 0; t < G_N_ELEMENTS(tables) && *name != '\0'; t++) {
        GHashTableIter iter;
        gpointer word, revision;
        g_hash_table_iter_init(&iter, tables[t]);
        while (g_hash_table_iter_next(&iter, &word, &revision))
            if (g_str_has_prefix(word, name) && strlen(word) >= PREFIX_LENGTH &&
                (among == NULL || g_hash_table_contains(among, revision)) && !g_ptr_array_find(found, revision, NULL))
                g_ptr_array_add(found, revision);
    }
    g_ptr_array_sort(found, compare_ids);
    return found;
}

Revision *revision_map_find_among(const RevisionMap *map, const char *name, GHashTable *among, GError **error)
{
    Revision *revision = g_hash_table_lookup(map->by_id, name);
    if (revision == NULL)
        revision = g_hash_table_lookup(map->by_label, name);
    if (revision != NULL)
        return revision;
    g_autoptr(GPtrArray) candidates = find_beginnings(map, name, among);
    if (candidates->len == 1)
        return g_ptr_array_index(candidates, 0);
    if (error == NULL)
        return NULL;
    if (candidates->len > 1) {
        g_autofree char *list = revisions_list(candidates, SHOWN);
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_AMBIGUOUS, "'%s' could be any of these:%s\nwrite more of it",
                    name, list);
        return NULL;
    }
    const char *near = find_nearest(map, name);
    g_autofree char *hint = near != NULL ? g_strdup_printf("did you mean '%s'?", near) : NULL;
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "no revision or branch '%s': %s", name,
                hint != NULL ? hint : "'migrate history' lists what there is");
    return NULL;
}

Revision *revision_map_find(const RevisionMap *map, const char *name, GError **error)
{
    return revision_map_find_among(map, name, NULL, error);
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

void revision_set_filter(GHashTable *set, GHashTable *other, gboolean keep)
{
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        if (g_hash_table_contains(other, revision) != keep)
            g_hash_table_iter_remove(&iter);
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
    gboolean all = g_hash_table_size(set) == map->all->len;
    GPtrArray *list = revisions_newest_first((Revision *const *)map->all->pdata, map->all->len, all ? NULL : set);
    for (guint i = 0; !newest_first && i < list->len / 2; i++) {
        gpointer kept = list->pdata[i];
        list->pdata[i] = list->pdata[list->len - 1 - i];
        list->pdata[list->len - 1 - i] = kept;
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

GPtrArray *revision_map_all_current(const RevisionMap *map, const char *const *current, GError **error)
{
    g_autoptr(GPtrArray) rows = revision_map_rows(map, current, error);
    if (rows == NULL)
        return NULL;
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    GPtrArray *tips = revision_map_tips(map, applied, EDGES_UP);
    g_ptr_array_sort(tips, compare_ids);
    return tips;
}

gboolean revisions_check_overlap(const GPtrArray *revisions, const char *what, const char *advice, GError **error)
{
    for (guint i = 0; i < revisions->len; i++) {
        Revision *upper = g_ptr_array_index(revisions, i);
        g_autoptr(GPtrArray) start = g_ptr_array_new();
        g_ptr_array_add(start, upper);
        g_autoptr(GHashTable) below = revisions->len > 1 ? revisions_reach(start, EDGES_ANCESTORS) : NULL;
        for (guint k = 0; below != NULL && k < revisions->len; k++) {
            const Revision *lower = g_ptr_array_index(revisions, k);
            if (lower == upper || !g_hash_table_contains(below, lower))
                continue;
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_RANGE,
                        "%s '%s' and '%s', which overlap: '%s' ('%s') stands on '%s' ('%s')\n%s '%s'", what, lower->id,
                        upper->id, upper->id, revision_place(upper), lower->id, revision_place(lower), advice,
                        upper->id);
            return FALSE;
        }
    }
    return TRUE;
}
