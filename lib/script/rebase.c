#include "script/rebase.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "script/internal.h"

enum { LISTED = 8 };

/* A plan while it is made. */
typedef struct Planning {
    const Rebase *rebase;
    Revision *head;      /* of theirs, for Rebase.head; NULL */
    gboolean head_fits;  /* something could revise it */
    GHashTable *ours;    /* id -> Revision* */
    GHashTable *labels;  /* of theirs; NULL until wanted */
    GHashTable *visited; /* Revision*: own ones whose parents are being looked at, or were */
    GHashTable *parents; /* id -> GPtrArray of char*: what the own ones that are done are to revise */
    RebasePlan *plan;
} Planning;

static void move_free(RebaseMove *move)
{
    g_ptr_array_unref(move->parents);
    g_free(move);
}

void rebase_plan_free(RebasePlan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->own);
    g_ptr_array_unref(plan->moves);
    g_ptr_array_unref(plan->bases);
    g_free(plan);
}

static void planning_clear(Planning *planning)
{
    GHashTable *tables[] = {planning->ours, planning->labels, planning->visited, planning->parents};
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if (tables[i] != NULL)
            g_hash_table_unref(tables[i]);
    rebase_plan_free(planning->plan);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Planning, planning_clear)

static gboolean is_own(const Planning *planning, const char *id)
{
    return g_hash_table_contains(planning->ours, id) && revision_map_get(planning->rebase->theirs, id) == NULL;
}

/* ---- which head ---- */

/* The heads of theirs that stand on `parent` (NULL: all). New array of Revision*, by id. */
static GPtrArray *heads_above(const Planning *planning, Revision *parent)
{
    GPtrArray *heads = revision_map_heads(planning->rebase->theirs);
    if (parent == NULL)
        return heads;
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    g_ptr_array_add(start, parent);
    g_autoptr(GHashTable) above = revisions_reach(start, EDGES_UP);
    for (guint i = heads->len; i > 0; i--)
        if (!g_hash_table_contains(above, g_ptr_array_index(heads, i - 1)))
            g_ptr_array_remove_index(heads, i - 1);
    return heads;
}

static gboolean same_labels(Planning *planning, const Revision *a, const Revision *b)
{
    if (planning->labels == NULL)
        planning->labels = revision_map_branch_labels(planning->rebase->theirs);
    const GPtrArray *first = g_hash_table_lookup(planning->labels, a);
    const GPtrArray *second = g_hash_table_lookup(planning->labels, b);
    g_autofree char *first_text = text_list(first, ",");
    g_autofree char *second_text = text_list(second, ",");
    return strcmp(first_text, second_text) == 0;
}

/* Takes the others out where one head alone goes on with the labels of `parent`: the others are branches of it. */
static void keep_line(Planning *planning, GPtrArray *heads, const Revision *parent)
{
    Revision *same = NULL;
    for (guint i = 0; parent != NULL && i < heads->len; i++) {
        Revision *head = g_ptr_array_index(heads, i);
        if (!same_labels(planning, parent, head))
            continue;
        if (same != NULL)
            return;
        same = head;
    }
    if (same == NULL)
        return;
    g_ptr_array_set_size(heads, 0);
    g_ptr_array_add(heads, same);
}

/* What `revision` is to revise instead of `parent` (NULL: it is a base); NULL with an error. */
static Revision *choose_head(Planning *planning, const Revision *revision, Revision *parent, GError **error)
{
    const Rebase *rebase = planning->rebase;
    g_autoptr(GPtrArray) heads = heads_above(planning, parent);
    if (planning->head != NULL && g_ptr_array_find(heads, planning->head, NULL)) {
        planning->head_fits = TRUE;
        return planning->head;
    }
    if (heads->len > 1)
        keep_line(planning, heads, parent);
    if (heads->len == 1)
        return g_ptr_array_index(heads, 0);
    g_autofree char *list = revisions_list(heads, LISTED);
    const Revision *first = g_ptr_array_index(heads, 0);
    g_autofree char *what = parent != NULL ? g_strdup_printf("revises '%s', on which %s has", parent->id, rebase->name)
                                           : g_strdup_printf("is a base, and %s has", rebase->name);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_MULTIPLE_HEADS,
                "'%s' %s several heads:%s\nname the one that it is to revise, as in --head %s, or join them on %s "
                "first with 'migrate merge'",
                revision->id, what, list, first->id, rebase->name);
    return NULL;
}

static gboolean find_head(Planning *planning, GError **error)
{
    const Rebase *rebase = planning->rebase;
    if (rebase->head == NULL)
        return TRUE;
    g_autoptr(GPtrArray) found = spec_targets(rebase->theirs, rebase->head, NULL, FALSE, error);
    if (found == NULL)
        return FALSE;
    planning->head = found->len == 1 ? g_ptr_array_index(found, 0) : NULL;
    if (planning->head != NULL && revision_is_head(planning->head))
        return TRUE;
    g_autoptr(GPtrArray) heads = revision_map_heads(rebase->theirs);
    g_autofree char *list = revisions_list(heads, LISTED);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "'%s' is not one head of %s, which are:%s", rebase->head,
                rebase->name, list);
    return FALSE;
}

/* ---- parents ---- */

static const GPtrArray *parents_of(const Planning *planning, const char *id)
{
    const GPtrArray *parents = g_hash_table_lookup(planning->parents, id);
    const Revision *theirs = revision_map_get(planning->rebase->theirs, id);
    return parents != NULL ? parents : theirs != NULL ? theirs->down_revisions : NULL;
}

/* Whether `id` is below one of the others in `parents`, as they are to be. */
static gboolean is_below_another(const Planning *planning, const char *id, const GPtrArray *parents)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    for (guint i = 0; i < parents->len; i++)
        if (strcmp(g_ptr_array_index(parents, i), id) != 0)
            g_ptr_array_add(stack, g_ptr_array_index(parents, i));
    while (stack->len > 0) {
        char *at = g_ptr_array_steal_index(stack, stack->len - 1);
        if (strcmp(at, id) == 0)
            return TRUE;
        const GPtrArray *below = g_hash_table_add(seen, at) ? parents_of(planning, at) : NULL;
        for (guint i = 0; below != NULL && i < below->len; i++)
            g_ptr_array_add(stack, g_ptr_array_index(below, i));
    }
    return FALSE;
}

static void add_parent(GPtrArray *parents, const char *id)
{
    if (!g_ptr_array_find_with_equal_func(parents, id, g_str_equal, NULL))
        g_ptr_array_add(parents, g_strdup(id));
}

static gboolean add_head(Planning *planning, const Revision *revision, Revision *parent, GPtrArray *parents,
                         GError **error)
{
    const Revision *head = choose_head(planning, revision, parent, error);
    if (head != NULL)
        add_parent(parents, head->id);
    return head != NULL;
}

static gboolean choose_parents(Planning *planning, Revision *revision, GPtrArray *parents, GError **error)
{
    const Rebase *rebase = planning->rebase;
    for (guint i = 0; i < revision->down_revisions->len; i++) {
        const char *id = g_ptr_array_index(revision->down_revisions, i);
        Revision *theirs = revision_map_get(rebase->theirs, id);
        if (theirs != NULL && !add_head(planning, revision, theirs, parents, error))
            return FALSE;
        if (theirs == NULL)
            add_parent(parents, id);
    }
    if (revision_is_base(revision) && revision_map_all(rebase->theirs)->len > 0) {
        if (!rebase->move_bases || revision->branch_labels->len > 0)
            g_ptr_array_add(planning->plan->bases, revision);
        else if (!add_head(planning, revision, NULL, parents, error))
            return FALSE;
    }
    for (guint i = parents->len; i > 0 && parents->len > 1; i--)
        if (is_below_another(planning, g_ptr_array_index(parents, i - 1), parents))
            g_ptr_array_remove_index(parents, i - 1);
    return TRUE;
}

static gboolean same_parents(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
    return same;
}

/* ---- the walk ---- */

static gboolean check_own_parents(Planning *planning, const Revision *revision, GError **error);

static gboolean plan_one(Planning *planning, Revision *revision, GError **error)
{
    if (g_hash_table_contains(planning->parents, revision->id))
        return TRUE;
    if (!g_hash_table_add(planning->visited, revision)) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_CYCLE, "'%s' revises itself by way of others: see '%s'",
                    revision->id, revision_place(revision));
        return FALSE;
    }
    g_autoptr(GPtrArray) parents = g_ptr_array_new_with_free_func(g_free);
    if (!check_own_parents(planning, revision, error) || !choose_parents(planning, revision, parents, error))
        return FALSE;
    g_ptr_array_add(planning->plan->own, revision);
    g_hash_table_insert(planning->parents, revision->id, g_ptr_array_ref(parents));
    if (same_parents(parents, revision->down_revisions))
        return TRUE;
    RebaseMove *move = g_new(RebaseMove, 1);
    *move = (RebaseMove){revision, g_steal_pointer(&parents)};
    g_ptr_array_add(planning->plan->moves, move);
    return TRUE;
}

/* What it stands on goes first. */
static gboolean check_own_parents(Planning *planning, const Revision *revision, GError **error)
{
    const Rebase *rebase = planning->rebase;
    for (guint i = 0; i < revision->down_revisions->len; i++) {
        const char *id = g_ptr_array_index(revision->down_revisions, i);
        if (is_own(planning, id)) {
            if (!plan_one(planning, g_hash_table_lookup(planning->ours, id), error))
                return FALSE;
        } else if (revision_map_get(rebase->theirs, id) == NULL) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_MISSING,
                        "'%s' in '%s' revises '%s', which neither %s nor this folder has\n"
                        "rebase onto the branch that has it, or correct what '%s' revises",
                        revision->id, revision_place(revision), id, rebase->name, revision->id);
            return FALSE;
        }
    }
    return TRUE;
}

static GHashTable *index_ours(const GPtrArray *ours, GError **error)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < ours->len; i++) {
        Revision *revision = g_ptr_array_index(ours, i);
        const Revision *other = g_hash_table_lookup(by_id, revision->id);
        if (other != NULL) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_DUPLICATE, "revision '%s' is in two files: '%s' and '%s'",
                        revision->id, revision_place(other), revision_place(revision));
            return NULL;
        }
        g_hash_table_insert(by_id, revision->id, revision);
    }
    return g_steal_pointer(&by_id);
}

RebasePlan *rebase_plan(const Rebase *rebase, GError **error)
{
    g_auto(Planning) planning = {.rebase = rebase, .ours = index_ours(rebase->ours, error)};
    if (planning.ours == NULL || !find_head(&planning, error))
        return NULL;
    planning.visited = g_hash_table_new(NULL, NULL);
    planning.parents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    planning.plan = g_new(RebasePlan, 1);
    *planning.plan = (RebasePlan){.own = g_ptr_array_new(),
                                  .moves = g_ptr_array_new_with_free_func((GDestroyNotify)move_free),
                                  .bases = g_ptr_array_new()};
    for (guint i = 0; i < rebase->ours->len; i++) {
        Revision *revision = g_ptr_array_index(rebase->ours, i);
        if (is_own(&planning, revision->id) && !plan_one(&planning, revision, error))
            return NULL;
    }
    if (planning.head != NULL && !planning.head_fits && planning.plan->own->len > 0) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC,
                    "no revision of this branch could revise '%s': none revises what it stands on", planning.head->id);
        return NULL;
    }
    return g_steal_pointer(&planning.plan);
}

/* ---- what is applied ---- */

static gboolean is_called(const Revision *revision, const char *name)
{
    return g_str_has_prefix(revision->id, name) ||
           g_ptr_array_find_with_equal_func(revision->branch_labels, name, g_str_equal, NULL);
}

/* The files here come first: what is applied was applied from them. NULL: no file holds it. */
static const Revision *find_id(const Rebase *rebase, GHashTable *ours, const char *id)
{
    const Revision *here = g_hash_table_lookup(ours, id);
    return here != NULL ? here : revision_map_get(rebase->theirs, id);
}

/* As Depends-On may name one. */
static const Revision *find_name(const Rebase *rebase, GHashTable *ours, const char *name)
{
    const Revision *found = find_id(rebase, ours, name);
    for (guint i = 0; found == NULL && i < rebase->ours->len; i++)
        if (is_called(g_ptr_array_index(rebase->ours, i), name))
            found = g_ptr_array_index(rebase->ours, i);
    return found != NULL ? found : revision_map_find(rebase->theirs, name, NULL);
}

GHashTable *rebase_applied(const Rebase *rebase, const char *const *rows)
{
    g_autoptr(GHashTable) ours = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < rebase->ours->len; i++) {
        Revision *revision = g_ptr_array_index(rebase->ours, i);
        g_hash_table_insert(ours, revision->id, revision);
    }
    GHashTable *applied = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    for (guint i = 0; rows[i] != NULL; i++)
        g_ptr_array_add(stack, (gpointer)rows[i]);
    while (stack->len > 0) {
        const char *id = g_ptr_array_steal_index(stack, stack->len - 1);
        const Revision *revision = find_id(rebase, ours, id);
        if (!g_hash_table_add(applied, g_strdup(id)) || revision == NULL)
            continue;
        for (guint i = 0; i < revision->down_revisions->len; i++)
            g_ptr_array_add(stack, g_ptr_array_index(revision->down_revisions, i));
        for (guint i = 0; i < revision->depends_on->len; i++) {
            const Revision *below = find_name(rebase, ours, g_ptr_array_index(revision->depends_on, i));
            if (below != NULL)
                g_ptr_array_add(stack, below->id);
        }
    }
    return applied;
}
