/*
 * The order of revisions, newest first, is Alembic's: a line is followed down until it meets a revision on which
 * another line still stands; then that other line is followed. Where Alembic goes by the order in which the folder
 * lists its files, here it is by id.
 */
#include <string.h>

#include "script/internal.h"

enum { BETWEEN = 1, WANTED };

typedef struct Walk {
    Revision *const *revisions; /* by Revision.position */
    guint n;
    const GHashTable *wanted; /* NULL: all */
    guint8 *inside;           /* WANTED, BETWEEN two of those, or 0, also when passed */
    guint *open;              /* edges from above whose upper end was not passed yet */
    guint8 *listed;           /* in `lines` */
    guint *seen;              /* number of the last search that came by */
    guint search;
    GPtrArray *lines; /* Revision*: where each line stands */
    guint at;         /* the line that is followed */
    GPtrArray *todo;  /* of a search */
    GPtrArray *order; /* the result */
} Walk;

static void walk_clear(Walk *walk)
{
    g_free(walk->inside);
    g_free(walk->open);
    g_free(walk->listed);
    g_free(walk->seen);
    g_ptr_array_unref(walk->lines);
    g_ptr_array_unref(walk->todo);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static gboolean is_wanted(const Walk *walk, const Revision *revision)
{
    return walk->wanted == NULL || g_hash_table_contains((GHashTable *)walk->wanted, revision);
}

static gboolean any_marked(const GPtrArray *revisions, const guint8 *marks)
{
    for (guint i = 0; i < revisions->len; i++)
        if (marks[((const Revision *)g_ptr_array_index(revisions, i))->position])
            return TRUE;
    return FALSE;
}

/* What lies between two wanted revisions is no part of a line, but an order through it counts. The positions are in
 * topological order then. */
static void mark_inside(Walk *walk)
{
    if (walk->wanted == NULL) {
        for (guint i = 0; i < walk->n; i++)
            walk->inside[i] = WANTED;
        return;
    }
    g_autofree guint8 *above = g_malloc0(walk->n);
    g_autofree guint8 *below = g_malloc0(walk->n);
    for (guint i = 0; i < walk->n; i++)
        above[i] = is_wanted(walk, walk->revisions[i]) || any_marked(walk->revisions[i]->parents, above) ||
                   any_marked(walk->revisions[i]->dependencies, above);
    for (guint i = walk->n; i-- > 0;)
        below[i] = is_wanted(walk, walk->revisions[i]) || any_marked(walk->revisions[i]->children, below) ||
                   any_marked(walk->revisions[i]->dependents, below);
    for (guint i = 0; i < walk->n; i++)
        if (above[i] && below[i])
            walk->inside[i] = is_wanted(walk, walk->revisions[i]) ? WANTED : BETWEEN;
}

/* How many of `revisions` are marked with `mark` or more. */
static guint count_inside(const Walk *walk, const GPtrArray *revisions, guint8 mark)
{
    guint count = 0;
    for (guint i = 0; i < revisions->len; i++)
        count += walk->inside[((const Revision *)g_ptr_array_index(revisions, i))->position] >= mark;
    return count;
}

static void add_line(Walk *walk, Revision *revision)
{
    walk->listed[revision->position] = TRUE;
    g_ptr_array_add(walk->lines, revision);
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Revision *const *)a)->id, (*(const Revision *const *)b)->id);
}

/* ---- the line that goes first ---- */

/* Stops at `goal` (NULL: none). */
static void search_push(Walk *walk, const GPtrArray *revisions, const Revision *goal)
{
    for (guint i = 0; i < revisions->len && (goal == NULL || walk->seen[goal->position] != walk->search); i++) {
        Revision *revision = g_ptr_array_index(revisions, i);
        if (!walk->inside[revision->position] || walk->seen[revision->position] == walk->search)
            continue;
        walk->seen[revision->position] = walk->search;
        g_ptr_array_add(walk->todo, revision);
    }
}

static gboolean was_seen(const Walk *walk, const Revision *revision)
{
    return walk->seen[revision->position] == walk->search;
}

/* The first line that stands on what the current one has come to. Often that is the first of all, and the search is
 * over as soon as it comes by. */
static guint line_above(Walk *walk, const Revision *revision)
{
    const Revision *first = g_ptr_array_index(walk->lines, walk->at == 0 ? 1 : 0);
    walk->search++;
    search_push(walk, revision->children, first);
    search_push(walk, revision->dependents, first);
    while (walk->todo->len > 0 && !was_seen(walk, first)) {
        const Revision *next = g_ptr_array_steal_index_fast(walk->todo, walk->todo->len - 1);
        search_push(walk, next->children, first);
        search_push(walk, next->dependents, first);
    }
    g_ptr_array_set_size(walk->todo, 0);
    guint line = walk->at == 0 ? 1 : 0;
    while (!was_seen(walk, g_ptr_array_index(walk->lines, line)))
        line++;
    return line;
}

/* Whether a revision below this one, through Revises, has the same dependency: then that is where it belongs. */
static gboolean is_inherited(Walk *walk, const Revision *revision, const Revision *dependency)
{
    if (dependency->dependents->len == 1)
        return FALSE;
    gboolean found = FALSE;
    walk->search++;
    search_push(walk, revision->parents, NULL);
    while (walk->todo->len > 0) {
        const Revision *next = g_ptr_array_steal_index_fast(walk->todo, walk->todo->len - 1);
        found = found || g_ptr_array_find(next->dependencies, dependency, NULL);
        if (!found)
            search_push(walk, next->parents, NULL);
    }
    return found;
}

/* Whether a line comes by from above. */
static gboolean is_reached(Walk *walk, const Revision *revision)
{
    if (count_inside(walk, revision->children, WANTED) > 0)
        return TRUE;
    for (guint i = 0; i < revision->dependents->len; i++) {
        const Revision *dependent = g_ptr_array_index(revision->dependents, i);
        if (walk->inside[dependent->position] == WANTED && !is_inherited(walk, dependent, revision))
            return TRUE;
    }
    return FALSE;
}

static void walk_start(Walk *walk)
{
    mark_inside(walk);
    for (guint i = 0; i < walk->n; i++) {
        Revision *revision = walk->revisions[i];
        if (!walk->inside[i])
            continue;
        walk->open[i] =
            count_inside(walk, revision->children, BETWEEN) + count_inside(walk, revision->dependents, BETWEEN);
        if (walk->inside[i] == WANTED && !is_reached(walk, revision))
            add_line(walk, revision);
    }
    g_ptr_array_sort(walk->lines, compare_ids);
}

/* ---- one step ---- */

/* What lies between is passed as soon as all above it is. */
static void pass_edges(Walk *walk, const GPtrArray *below)
{
    for (guint i = 0; i < below->len; i++) {
        Revision *next = g_ptr_array_index(below, i);
        if (walk->inside[next->position] != 0 && --walk->open[next->position] == 0 &&
            walk->inside[next->position] == BETWEEN)
            g_ptr_array_add(walk->todo, next);
    }
}

static void pass(Walk *walk, Revision *revision)
{
    g_ptr_array_add(walk->todo, revision);
    while (walk->todo->len > 0) {
        const Revision *next = g_ptr_array_steal_index_fast(walk->todo, walk->todo->len - 1);
        walk->inside[next->position] = 0;
        pass_edges(walk, next->parents);
        pass_edges(walk, next->dependencies);
    }
}

/* The first revision below continues the line, the others begin new ones. */
static void continue_with(Walk *walk, Revision *next, gboolean *continued)
{
    if (walk->inside[next->position] != WANTED || walk->listed[next->position])
        return;
    if (*continued) {
        add_line(walk, next);
        return;
    }
    walk->listed[next->position] = TRUE;
    walk->lines->pdata[walk->at] = next;
    *continued = TRUE;
}

static void step_down(Walk *walk, Revision *revision)
{
    g_ptr_array_add(walk->order, revision);
    pass(walk, revision);
    gboolean continued = FALSE;
    for (guint i = 0; i < revision->parents->len; i++)
        continue_with(walk, g_ptr_array_index(revision->parents, i), &continued);
    for (guint i = 0; i < revision->dependencies->len; i++) {
        Revision *dependency = g_ptr_array_index(revision->dependencies, i);
        if (!is_inherited(walk, revision, dependency))
            continue_with(walk, dependency, &continued);
    }
    if (continued)
        return;
    g_ptr_array_remove_index(walk->lines, walk->at);
    if (walk->at > 0)
        walk->at--;
}

GPtrArray *revisions_newest_first(Revision *const *revisions, guint n, const GHashTable *wanted)
{
    g_auto(Walk) walk = {.revisions = revisions, .n = n, .wanted = wanted};
    walk.inside = g_new0(guint8, n);
    walk.listed = g_new0(guint8, n);
    walk.open = g_new0(guint, n);
    walk.seen = g_new0(guint, n);
    walk.lines = g_ptr_array_new();
    walk.todo = g_ptr_array_new();
    walk.order = g_ptr_array_sized_new(n);
    walk_start(&walk);
    while (walk.lines->len > 0) {
        Revision *revision = g_ptr_array_index(walk.lines, walk.at);
        if (walk.open[revision->position] > 0)
            walk.at = line_above(&walk, revision);
        else
            step_down(&walk, revision);
    }
    return walk.order;
}
