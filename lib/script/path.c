#include <string.h>

#include "base/error.h"
#include "script/internal.h"

enum { SHOWN = 8 };

GPtrArray *revision_map_upgrade_path(const RevisionMap *map, const char *spec, const char *const *current,
                                     GError **error)
{
    g_autoptr(GPtrArray) rows = revision_map_rows(map, current, error);
    if (rows == NULL ||
        !revisions_check_overlap(rows, "the version table holds", "correct it with: migrate stamp --purge", error))
        return NULL;
    g_autoptr(GPtrArray) targets = revision_map_upgrade_targets(map, spec, current, error);
    if (targets == NULL)
        return NULL;
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    g_autoptr(GHashTable) wanted = revisions_reach(targets, EDGES_ANCESTORS);
    revision_set_filter(wanted, applied, FALSE);
    return revision_map_ordered(map, wanted, FALSE);
}

/* What of `applied` comes down to reach `spec`: set of Revision*. */
static GHashTable *downgrade_set(const RevisionMap *map, const char *spec, const char *const *current,
                                 const GPtrArray *rows, GHashTable *applied, GError **error)
{
    g_auto(DowngradeTarget) target = {0};
    if (!revision_map_downgrade_target(map, spec, current, &target, error))
        return NULL;
    if (target.target != NULL && !g_hash_table_contains(applied, target.target)) {
        g_autofree char *stand = rows->len > 0 ? revisions_quote(rows, SHOWN) : g_strdup("base");
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_RANGE,
                    "cannot go down to '%s': it is not applied (the database stands at %s)\n"
                    "'migrate upgrade %s' applies it; 'migrate current' shows what is applied",
                    target.target->id, stand, target.target->id);
        return NULL;
    }
    g_autoptr(GHashTable) down = revisions_reach(target.roots, EDGES_DESCENDANTS);
    revision_set_filter(down, applied, TRUE);
    return g_steal_pointer(&down);
}

GPtrArray *revision_map_downgrade_path(const RevisionMap *map, const char *spec, const char *const *current,
                                       GError **error)
{
    if (current == NULL) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC,
                    "a downgrade to '%s' needs to know where to start: write FROM:%s", spec, spec);
        return NULL;
    }
    g_autoptr(GPtrArray) rows = revision_map_rows(map, current, error);
    if (rows == NULL)
        return NULL;
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    g_autoptr(GHashTable) down = downgrade_set(map, spec, current, rows, applied, error);
    return down != NULL ? revision_map_ordered(map, down, TRUE) : NULL;
}

/* ---- switch ---- */

/* The revisions of `map` that `files` has: set. */
static GHashTable *shared_set(const RevisionMap *map, const RevisionMap *files)
{
    GHashTable *shared = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < map->all->len; i++) {
        Revision *revision = g_ptr_array_index(map->all, i);
        if (revision_map_get(files, revision->id) != NULL)
            g_hash_table_add(shared, revision);
    }
    return shared;
}

gboolean revision_map_switch_paths(const RevisionMap *map, const RevisionMap *files, const char *const *current,
                                   GPtrArray **down, GPtrArray **up, GError **error)
{
    *down = *up = NULL;
    g_autoptr(GPtrArray) rows = revision_map_rows(map, current, error);
    if (rows == NULL ||
        !revisions_check_overlap(rows, "the version table holds", "correct it with: migrate stamp --purge", error))
        return FALSE;
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    g_autoptr(GHashTable) wanted = shared_set(map, files);
    g_autoptr(GHashTable) foreign = revisions_reach(rows, EDGES_ANCESTORS);
    revision_set_filter(foreign, wanted, FALSE);
    g_autoptr(GPtrArray) roots = revision_map_ordered(map, foreign, TRUE);
    g_autoptr(GHashTable) leaving = revisions_reach(roots, EDGES_DESCENDANTS);
    revision_set_filter(leaving, applied, TRUE);
    revision_set_filter(applied, leaving, FALSE);
    revision_set_filter(wanted, applied, FALSE);
    *down = revision_map_ordered(map, leaving, TRUE);
    *up = revision_map_ordered(map, wanted, FALSE);
    return TRUE;
}

/* ---- stamp ---- */

/* Those of `revisions` that no other of them has below it. */
static GPtrArray *topmost(const RevisionMap *map, const GPtrArray *revisions)
{
    g_autoptr(GPtrArray) below = g_ptr_array_new();
    g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        const GPtrArray *edges[] = {revision->parents, revision->dependencies};
        for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
            for (guint k = 0; k < edges[e]->len; k++)
                g_ptr_array_add(below, g_ptr_array_index(edges[e], k));
    }
    g_autoptr(GHashTable) covered = revisions_reach(below, EDGES_ANCESTORS);
    for (guint i = 0; i < revisions->len; i++)
        if (!g_hash_table_contains(covered, g_ptr_array_index(revisions, i)))
            g_hash_table_add(set, g_ptr_array_index(revisions, i));
    return revision_map_ordered(map, set, FALSE);
}

/* The rows of other branches than that of a "BRANCH@base". */
static GPtrArray *other_rows(const RevisionMap *map, const char *branch_name, const GPtrArray *rows, GError **error)
{
    Revision *branch = revision_map_find(map, branch_name, error);
    if (branch == NULL)
        return NULL;
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    g_ptr_array_add(start, branch);
    g_autoptr(GHashTable) below = revisions_reach(start, EDGES_ANCESTORS);
    g_autoptr(GHashTable) above = revisions_reach(start, EDGES_DESCENDANTS);
    GPtrArray *others = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        Revision *row = g_ptr_array_index(rows, i);
        if (!g_hash_table_contains(below, row) && !g_hash_table_contains(above, row))
            g_ptr_array_add(others, row);
    }
    return others;
}

/* `stamp` of what a downgrade would leave: "-1", "BRANCH@base". */
static GPtrArray *stamp_down(const RevisionMap *map, const char *text, const Spec *spec, const char *const *current,
                             const GPtrArray *rows, GError **error)
{
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    g_autoptr(GHashTable) down = downgrade_set(map, text, current, rows, applied, error);
    g_autoptr(GPtrArray) others = down == NULL ? NULL
                                  : spec->symbol != NULL && spec->branch != NULL
                                      ? other_rows(map, spec->branch, rows, error)
                                      : g_ptr_array_new();
    if (others == NULL)
        return NULL;
    g_autoptr(GHashTable) kept = revisions_reach(others, EDGES_ANCESTORS);
    revision_set_filter(down, kept, FALSE);
    revision_set_filter(applied, down, FALSE);
    return revision_map_tips(map, applied, EDGES_DESCENDANTS);
}

/* The targets, and the rows that have nothing to do with any of them. */
static GPtrArray *stamp_to(const RevisionMap *map, const GPtrArray *targets, const GPtrArray *rows)
{
    g_autoptr(GHashTable) below = revisions_reach(targets, EDGES_ANCESTORS);
    g_autoptr(GHashTable) above = revisions_reach(targets, EDGES_DESCENDANTS);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; i < targets->len; i++)
        g_ptr_array_add(all, g_ptr_array_index(targets, i));
    for (guint i = 0; i < rows->len; i++) {
        Revision *row = g_ptr_array_index(rows, i);
        if (!g_hash_table_contains(below, row) && !g_hash_table_contains(above, row))
            g_ptr_array_add(all, row);
    }
    return topmost(map, all);
}

/* Whether a spec takes away instead of naming what shall be there. */
static gboolean leads_down(const Spec *spec)
{
    return spec->symbol == NULL ? spec->steps < 0 : strcmp(spec->symbol, "base") == 0 && !spec->relative;
}

GPtrArray *revision_map_stamp_targets(const RevisionMap *map, const char *text, const char *const *current,
                                      GError **error)
{
    g_autoptr(GPtrArray) rows = revision_map_rows(map, current, error);
    g_auto(GStrv) words = rows != NULL ? spec_words(text, error) : NULL;
    if (words == NULL)
        return NULL;
    g_autoptr(GPtrArray) targets = g_ptr_array_new();
    gboolean several = words[1] != NULL;
    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(Spec) spec = {0};
        if (!spec_parse(map, words[i], &spec, error))
            return NULL;
        if (leads_down(&spec) && several) {
            g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "'%s' cannot be combined with other revisions",
                        words[i]);
            return NULL;
        }
        if (leads_down(&spec))
            return spec.branch == NULL && spec.symbol != NULL ? g_ptr_array_new()
                                                              : stamp_down(map, words[i], &spec, current, rows, error);
        g_autoptr(GPtrArray) found = revision_map_upgrade_targets(map, words[i], current, error);
        if (found == NULL)
            return NULL;
        for (guint k = 0; k < found->len; k++)
            if (!g_ptr_array_find(targets, g_ptr_array_index(found, k), NULL))
                g_ptr_array_add(targets, g_ptr_array_index(found, k));
    }
    if (several && !revisions_check_overlap(targets, "a stamp cannot be of", "it is enough to name", error))
        return NULL;
    if (targets->len == 0) /* "heads" without any revision, "ID-2" that ends at base */
        return g_ptr_array_new();
    return stamp_to(map, targets, rows);
}

/* ---- history -r ---- */

/* One end of a range, parsed. */
typedef struct RangeEnd {
    Spec spec;
    char *text;
    GPtrArray *revisions; /* resolved; empty for base */
} RangeEnd;

static void range_end_clear(RangeEnd *end)
{
    spec_clear(&end->spec);
    g_clear_pointer(&end->text, g_free);
    g_clear_pointer(&end->revisions, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RangeEnd, range_end_clear)

static gboolean range_end_init(RangeEnd *end, const RevisionMap *map, const char *text, gsize length,
                               const char *fallback, GError **error)
{
    g_autofree char *copy = g_strstrip(g_strndup(text, length));
    end->text = g_strdup(*copy != '\0' ? copy : fallback);
    return spec_parse(map, end->text, &end->spec, error);
}

static gboolean range_end_resolve(RangeEnd *end, const RevisionMap *map, const char *const *current, GError **error)
{
    end->revisions = spec_targets(map, end->text, current, TRUE, error);
    return end->revisions != NULL;
}

/* "-3" of "-3:current", "+2" of "ae10:+2": counts from the other end. */
static gboolean range_end_resolve_from(RangeEnd *end, const RevisionMap *map, const RangeEnd *other, GError **error)
{
    Revision *stop, *last;
    if (!spec_walk(map, end->text, &end->spec, other->revisions, TRUE, &stop, &last, error))
        return FALSE;
    end->revisions = g_ptr_array_new();
    if (stop != NULL)
        g_ptr_array_add(end->revisions, stop);
    return TRUE;
}

static gboolean range_resolve(RangeEnd *lower, RangeEnd *upper, const RevisionMap *map, const char *const *current,
                              GError **error)
{
    gboolean lower_counts = lower->spec.symbol == NULL && lower->spec.steps < 0 && upper->spec.symbol != NULL;
    gboolean upper_counts = upper->spec.symbol == NULL && upper->spec.steps > 0 && lower->spec.symbol != NULL;
    if (lower_counts)
        return range_end_resolve(upper, map, current, error) && range_end_resolve_from(lower, map, upper, error);
    if (!range_end_resolve(lower, map, current, error))
        return FALSE;
    return upper_counts ? range_end_resolve_from(upper, map, lower, error)
                        : range_end_resolve(upper, map, current, error);
}

/* "billing@base:" goes to the heads of that branch, not to all. */
static gboolean range_narrow(RangeEnd *upper, const RangeEnd *lower, const RevisionMap *map, GError **error)
{
    if (lower->spec.branch == NULL || strcmp(upper->text, "heads") != 0)
        return TRUE;
    g_autofree char *narrowed = g_strdup_printf("%s@heads", lower->spec.branch);
    spec_clear(&upper->spec);
    g_free(upper->text);
    upper->text = g_steal_pointer(&narrowed);
    return spec_parse(map, upper->text, &upper->spec, error);
}

static GPtrArray *range_between(const RevisionMap *map, const GPtrArray *lower, const GPtrArray *upper, GError **error)
{
    g_autoptr(GHashTable) below = revisions_reach(upper, EDGES_ANCESTORS);
    if (lower->len == 0)
        return revision_map_ordered(map, below, TRUE);
    for (guint i = 0; i < lower->len; i++) {
        const Revision *revision = g_ptr_array_index(lower, i);
        if (g_hash_table_contains(below, revision))
            continue;
        g_autofree char *names = upper->len > 0 ? revisions_quote(upper, SHOWN) : g_strdup("base");
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_RANGE,
                    "revision '%s' is not below %s: a range goes from the older to the newer, OLDER:NEWER",
                    revision->id, names);
        return NULL;
    }
    g_autoptr(GHashTable) above = revisions_reach(lower, EDGES_UP);
    revision_set_filter(above, below, TRUE);
    return revision_map_ordered(map, above, TRUE);
}

GPtrArray *revision_map_range(const RevisionMap *map, const char *range, const char *const *current, GError **error)
{
    g_auto(RangeEnd) lower = {0};
    g_auto(RangeEnd) upper = {0};
    const char *colon = strchr(range, ':');
    if (colon == NULL) {
        g_autoptr(GPtrArray) found = spec_targets(map, range, current, FALSE, error);
        if (found == NULL)
            return NULL;
        g_autoptr(GHashTable) set = g_hash_table_new(NULL, NULL);
        for (guint i = 0; i < found->len; i++)
            g_hash_table_add(set, g_ptr_array_index(found, i));
        return revision_map_ordered(map, set, TRUE);
    }
    if (!range_end_init(&lower, map, range, (gsize)(colon - range), "base", error) ||
        !range_end_init(&upper, map, colon + 1, strlen(colon + 1), "heads", error) ||
        !range_narrow(&upper, &lower, map, error) || !range_resolve(&lower, &upper, map, current, error))
        return NULL;
    return range_between(map, lower.revisions, upper.revisions, error);
}

/* ---- version rows ---- */

static gboolean is_row(const char *const *current, const char *id)
{
    return current != NULL && g_strv_contains(current, id);
}

/* Whether something but `without` stands on `revision`, seen from those that remain: the other rows, and the other
 * revisions that become rows. Asked only where a branch starts, for it searches. */
static gboolean is_covered(const RevisionMap *map, Revision *revision, const Revision *without, const GPtrArray *below,
                           const char *const *current)
{
    if (revision->children->len + revision->dependents->len <= 1)
        return FALSE;
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    for (guint i = 0; i < below->len; i++)
        if (g_ptr_array_index(below, i) != revision)
            g_ptr_array_add(start, g_ptr_array_index(below, i));
    for (guint i = 0; current != NULL && current[i] != NULL; i++) {
        Revision *row = revision_map_get(map, current[i]);
        if (row != NULL && row != without && row != revision)
            g_ptr_array_add(start, row);
    }
    g_autoptr(GHashTable) reached = revisions_reach(start, EDGES_ANCESTORS);
    return g_hash_table_contains(reached, revision);
}

void revision_map_head_change(const RevisionMap *map, const Revision *revision, gboolean up, const char *const *current,
                              GPtrArray **delete_ids, GPtrArray **insert_ids)
{
    *delete_ids = g_ptr_array_new_with_free_func(g_free);
    *insert_ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) below = g_ptr_array_new();
    const GPtrArray *edges[] = {revision->parents, revision->dependencies};
    for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
        for (guint i = 0; i < edges[e]->len; i++)
            if (!g_ptr_array_find(below, g_ptr_array_index(edges[e], i), NULL))
                g_ptr_array_add(below, g_ptr_array_index(edges[e], i));
    /* The rows are the tips of what is applied, so only a direct ancestor can be a row that this revision covers. */
    for (guint i = 0; i < below->len; i++) {
        Revision *other = g_ptr_array_index(below, i);
        if (up && is_row(current, other->id))
            g_ptr_array_add(*delete_ids, g_strdup(other->id));
        else if (!up && !is_row(current, other->id) && !is_covered(map, other, revision, below, current))
            g_ptr_array_add(*insert_ids, g_strdup(other->id));
    }
    if (up && !is_row(current, revision->id))
        g_ptr_array_add(*insert_ids, g_strdup(revision->id));
    if (!up && is_row(current, revision->id))
        g_ptr_array_add(*delete_ids, g_strdup(revision->id));
}
