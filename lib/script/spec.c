#include <string.h>

#include "base/error.h"
#include "script/internal.h"

enum { SHOWN = 16 }; /* candidates in a message */

static void *spec_fail(GError **error, ScriptError code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void *spec_fail(GError **error, ScriptError code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, SCRIPT_ERROR, (int)code, text);
    return NULL;
}

static GPtrArray *list_of(Revision *revision)
{
    GPtrArray *list = g_ptr_array_new();
    if (revision != NULL)
        g_ptr_array_add(list, revision);
    return list;
}

/* ---- reading ---- */

void spec_clear(Spec *spec)
{
    g_clear_pointer(&spec->branch, g_free);
    g_clear_pointer(&spec->symbol, g_free);
}

static gboolean is_name(const RevisionMap *map, const char *word)
{
    return g_hash_table_contains(map->by_id, word) || g_hash_table_contains(map->by_label, word);
}

/* "ID+2", "+2", "-1": FALSE when `text` is nothing of that kind. */
static gboolean parse_steps(const char *text, Spec *spec)
{
    const char *sign = text + strlen(text);
    while (sign > text && g_ascii_isdigit(sign[-1]))
        sign--;
    if (sign == text || *sign == '\0' || (sign[-1] != '+' && sign[-1] != '-'))
        return FALSE;
    guint64 steps = 0;
    if (!g_ascii_string_to_unsigned(sign, 10, 0, G_MAXINT, &steps, NULL))
        return FALSE;
    spec->relative = TRUE;
    spec->steps = sign[-1] == '+' ? (int)steps : -(int)steps;
    if (sign - 1 > text)
        spec->symbol = g_strndup(text, (gsize)(sign - 1 - text));
    return TRUE;
}

gboolean spec_parse(const RevisionMap *map, const char *text, Spec *spec, GError **error)
{
    *spec = (Spec){0};
    g_autofree char *copy = g_strstrip(g_strdup(text));
    const char *rest = copy;
    const char *at = strchr(copy, '@');
    if (*copy == '\0')
        spec_fail(error, SCRIPT_ERROR_SPEC, "an empty text names no revision");
    else if (strchr(copy, ':') != NULL)
        spec_fail(error, SCRIPT_ERROR_SPEC, "'%s' is a range, and one revision is wanted here", copy);
    else if (at != NULL && (at == copy || at[1] == '\0'))
        spec_fail(error, SCRIPT_ERROR_SPEC,
                  "'%s' cannot be read: a branch is written BRANCH@head, BRANCH@base or "
                  "BRANCH@+1",
                  copy);
    else if (at != NULL && strchr(at + 1, '@') != NULL)
        spec_fail(error, SCRIPT_ERROR_SPEC, "'%s' cannot be read: it holds '@' twice", copy);
    else {
        if (at != NULL) {
            spec->branch = g_strndup(copy, (gsize)(at - copy));
            rest = at + 1;
        }
        if (is_name(map, rest) || !parse_steps(rest, spec))
            spec->symbol = g_strdup(rest);
        return TRUE;
    }
    return FALSE;
}

char **spec_words(const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(text, ", \t", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    guint count = 0;
    for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0') {
            g_strv_builder_add(words, parts[i]);
            count++;
        }
    if (count == 0)
        return spec_fail(error, SCRIPT_ERROR_SPEC, "an empty text names no revision");
    return g_strv_builder_end(words);
}

/* ---- branches ---- */

static GHashTable *lineage_of(Revision *branch)
{
    g_autoptr(GPtrArray) start = list_of(branch);
    GHashTable *lineage = revisions_reach(start, EDGES_DOWN);
    g_autoptr(GHashTable) above = revisions_reach(start, EDGES_UP);
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, above);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        g_hash_table_add(lineage, revision);
    return lineage;
}

/* *lineage stays NULL without a branch. */
static gboolean find_branch(const RevisionMap *map, const char *name, Revision **branch, GHashTable **lineage,
                            GError **error)
{
    *branch = NULL;
    *lineage = NULL;
    if (name == NULL)
        return TRUE;
    *branch = revision_map_find(map, name, error);
    if (*branch == NULL)
        return FALSE;
    *lineage = lineage_of(*branch);
    return TRUE;
}

/* Keeps those of `revisions` that are in `set` (NULL: all). New array. */
static GPtrArray *filter(const GPtrArray *revisions, GHashTable *set)
{
    GPtrArray *kept = g_ptr_array_new();
    for (guint i = 0; i < revisions->len; i++)
        if (set == NULL || g_hash_table_contains(set, g_ptr_array_index(revisions, i)))
            g_ptr_array_add(kept, g_ptr_array_index(revisions, i));
    return kept;
}

/* The version rows on a branch; without one, the tips of what is applied of it: a revision of another branch that is
 * applied may depend on them. */
static GPtrArray *tips_of_branch(const RevisionMap *map, const GPtrArray *rows, GHashTable *lineage, gboolean up)
{
    g_autoptr(GPtrArray) on_branch = filter(rows, lineage);
    if (on_branch->len > 0)
        return g_steal_pointer(&on_branch);
    g_autoptr(GHashTable) applied = revisions_reach(rows, EDGES_ANCESTORS);
    if (up) {
        revision_set_filter(applied, lineage, TRUE);
        return revision_map_tips(map, applied, EDGES_DESCENDANTS);
    }
    g_autoptr(GPtrArray) tips = revision_map_tips(map, applied, EDGES_UP);
    return filter(tips, lineage);
}

/* ---- symbols ---- */

static GPtrArray *known_rows(const RevisionMap *map, const char *spec, const char *const *current, GError **error)
{
    if (current == NULL)
        return spec_fail(error, SCRIPT_ERROR_SPEC,
                         "'%s' counts from where the database stands, which is not known here: name the revision",
                         spec);
    return revision_map_rows(map, current, error);
}

static GPtrArray *several_heads(const Spec *spec, const GPtrArray *heads, GError **error)
{
    g_autofree char *list = revisions_list(heads, SHOWN);
    return spec_fail(error, SCRIPT_ERROR_MULTIPLE_HEADS,
                     "there are several heads%s%s%s:%s\nname one of them, BRANCH@head or heads, or join them with "
                     "'migrate merge'",
                     spec->branch != NULL ? " in branch '" : "", spec->branch != NULL ? spec->branch : "",
                     spec->branch != NULL ? "'" : "", list);
}

/* The revisions a symbol means; empty for base. */
static GPtrArray *resolve_symbol(const RevisionMap *map, const Spec *spec, GHashTable *lineage,
                                 const char *const *current, GError **error)
{
    const char *symbol = spec->symbol;
    if (strcmp(symbol, "base") == 0)
        return g_ptr_array_new();
    if (strcmp(symbol, "current") == 0) {
        g_autoptr(GPtrArray) rows = known_rows(map, symbol, current, error);
        return rows != NULL ? filter(rows, lineage) : NULL;
    }
    if (strcmp(symbol, "head") == 0 || strcmp(symbol, "heads") == 0) {
        g_autoptr(GPtrArray) all = revision_map_heads(map);
        g_autoptr(GPtrArray) heads = filter(all, lineage);
        if (heads->len <= 1 || strcmp(symbol, "heads") == 0)
            return g_steal_pointer(&heads);
        return several_heads(spec, heads, error);
    }
    Revision *revision = revision_map_find_among(map, symbol, lineage, error);
    if (revision == NULL)
        return NULL;
    if (lineage != NULL && !g_hash_table_contains(lineage, revision))
        return spec_fail(error, SCRIPT_ERROR_SPEC, "revision '%s' is not in branch '%s'", revision->id, spec->branch);
    return list_of(revision);
}

/* ---- walking ---- */

/* Goes `steps` up (or down, negative) from `start`, NULL being base. *end is NULL when the walk ends at base, *last is
 * then the base revision it came through. With `clamp` a walk that is too long ends where it can go no further. */
static gboolean walk(const RevisionMap *map, const char *text, Revision *start, int steps, GHashTable *lineage,
                     gboolean clamp, Revision **end, Revision **last, GError **error)
{
    g_autoptr(GPtrArray) bases = revision_map_bases(map);
    Revision *at = start;
    *last = start;
    int left = ABS(steps);
    for (; left > 0; left--) {
        if (at == NULL && steps < 0)
            break;
        g_autoptr(GPtrArray) next = filter(at == NULL ? bases : steps > 0 ? at->children : at->parents, lineage);
        if (next->len > 1) {
            g_autofree char *list = revisions_list(next, SHOWN);
            spec_fail(error, SCRIPT_ERROR_AMBIGUOUS, "'%s' is ambiguous: %s '%s' stand%s\nname a revision, or a branch",
                      text, steps > 0 ? "above" : "below", at != NULL ? at->id : "base", list);
            return FALSE;
        }
        if (next->len == 0 && steps > 0)
            break;
        at = next->len > 0 ? g_ptr_array_index(next, 0) : NULL;
        if (at != NULL)
            *last = at;
    }
    *end = at;
    if (left == 0 || clamp)
        return TRUE;
    int walked = ABS(steps) - left;
    g_autofree char *count = walked == 0   ? g_strdup("is no revision")
                             : walked == 1 ? g_strdup("is only 1 revision")
                                           : g_strdup_printf("are only %d revisions", walked);
    spec_fail(error, SCRIPT_ERROR_RANGE, "'%s' leads past the %s: there %s %s '%s'", text, steps > 0 ? "head" : "base",
              count, steps > 0 ? "above" : "down from", start != NULL ? start->id : "base");
    return FALSE;
}

/* The one revision of `starts`, NULL for none (base); several are an error. */
static gboolean only_one(const char *text, const Spec *spec, const GPtrArray *starts, Revision **start, GError **error)
{
    *start = starts->len > 0 ? g_ptr_array_index(starts, 0) : NULL;
    if (starts->len <= 1)
        return TRUE;
    g_autofree char *list = revisions_list(starts, SHOWN);
    g_autofree char *steps = spec->relative ? g_strdup_printf("%+d", spec->steps) : g_strdup("head");
    spec_fail(error, SCRIPT_ERROR_AMBIGUOUS,
              "'%s' is ambiguous: it could count from any of these:%s\nsay from which, as in '%s%s%s'", text, list,
              (*start)->id, spec->symbol == NULL ? "@" : "", steps);
    return FALSE;
}

gboolean spec_walk(const RevisionMap *map, const char *text, const Spec *spec, const GPtrArray *starts, gboolean clamp,
                   Revision **end, Revision **last, GError **error)
{
    Revision *branch, *start;
    g_autoptr(GHashTable) lineage = NULL;
    return find_branch(map, spec->branch, &branch, &lineage, error) && only_one(text, spec, starts, &start, error) &&
           walk(map, text, start, spec->steps, lineage, clamp, end, last, error);
}

/* Where a spec without a symbol counts from. */
static GPtrArray *relative_starts(const RevisionMap *map, const char *text, const Spec *spec,
                                  const char *const *current, GError **error)
{
    Revision *branch;
    g_autoptr(GHashTable) lineage = NULL;
    g_autoptr(GPtrArray) rows = known_rows(map, text, current, error);
    if (rows == NULL || !find_branch(map, spec->branch, &branch, &lineage, error))
        return NULL;
    if (branch == NULL)
        return g_steal_pointer(&rows);
    return tips_of_branch(map, rows, lineage, spec->steps >= 0);
}

/* The start of a relative spec with a symbol. */
static GPtrArray *symbol_starts(const RevisionMap *map, const Spec *spec, const char *const *current, GError **error)
{
    Revision *branch;
    g_autoptr(GHashTable) lineage = NULL;
    if (!find_branch(map, spec->branch, &branch, &lineage, error))
        return NULL;
    return resolve_symbol(map, spec, lineage, current, error);
}

GPtrArray *spec_targets(const RevisionMap *map, const char *text, const char *const *current, gboolean clamp,
                        GError **error)
{
    g_auto(Spec) spec = {0};
    if (!spec_parse(map, text, &spec, error))
        return NULL;
    g_autoptr(GPtrArray) starts = spec.symbol != NULL ? symbol_starts(map, &spec, current, error)
                                                      : relative_starts(map, text, &spec, current, error);
    if (starts == NULL || !spec.relative)
        return g_steal_pointer(&starts);
    Revision *end, *last;
    if (!spec_walk(map, text, &spec, starts, clamp, &end, &last, error))
        return NULL;
    return list_of(end);
}

/* ---- upgrade and downgrade ---- */

GPtrArray *revision_map_upgrade_targets(const RevisionMap *map, const char *text, const char *const *current,
                                        GError **error)
{
    g_auto(Spec) spec = {0};
    if (!spec_parse(map, text, &spec, error))
        return NULL;
    if (spec.symbol == NULL && spec.steps < 0)
        return spec_fail(error, SCRIPT_ERROR_RANGE,
                         "'%s' leads down from where the database stands: use 'migrate downgrade %s'", text, text);
    return spec_targets(map, text, current, FALSE, error);
}

void downgrade_target_clear(DowngradeTarget *target)
{
    g_clear_pointer(&target->roots, g_ptr_array_unref);
}

/* "-2": takes down the last two revisions; what else stands on them comes down with them. */
static gboolean downgrade_steps(const RevisionMap *map, const char *text, Spec *spec, const char *const *current,
                                DowngradeTarget *target, GError **error)
{
    if (spec->steps > 0) {
        spec_fail(error, SCRIPT_ERROR_RANGE,
                  "'%s' leads up from where the database stands: use 'migrate upgrade %s', or '-%d' to go down", text,
                  text, spec->steps);
        return FALSE;
    }
    target->roots = g_ptr_array_new();
    if (spec->steps == 0)
        return TRUE;
    g_autoptr(GPtrArray) starts = relative_starts(map, text, spec, current, error);
    if (starts == NULL)
        return FALSE;
    if (starts->len == 0) {
        spec_fail(error, SCRIPT_ERROR_RANGE, "'%s' has nothing to take down: no revision%s%s%s is applied", text,
                  spec->branch != NULL ? " of branch '" : "", spec->branch != NULL ? spec->branch : "",
                  spec->branch != NULL ? "'" : "");
        return FALSE;
    }
    /* The last step ends below a revision, however many parents that one has: a merge can be taken down. */
    Revision *end, *last, *start;
    if (!only_one(text, spec, starts, &start, error))
        return FALSE;
    g_return_val_if_fail(start != NULL, FALSE);
    int steps = spec->steps++;
    if (!spec_walk(map, text, spec, starts, TRUE, &end, &last, error))
        return FALSE;
    if (end == NULL) {
        spec_fail(error, SCRIPT_ERROR_RANGE, "'%s' leads past the base: there are not %d revisions down from '%s'",
                  text, -steps, start->id);
        return FALSE;
    }
    g_ptr_array_add(target->roots, end);
    return TRUE;
}

gboolean revision_map_downgrade_target(const RevisionMap *map, const char *text, const char *const *current,
                                       DowngradeTarget *target, GError **error)
{
    g_auto(Spec) spec = {0};
    Revision *branch, *end = NULL, *last = NULL;
    g_autoptr(GHashTable) lineage = NULL;
    *target = (DowngradeTarget){0};
    if (!spec_parse(map, text, &spec, error))
        return FALSE;
    if (spec.symbol == NULL)
        return downgrade_steps(map, text, &spec, current, target, error);
    if (!find_branch(map, spec.branch, &branch, &lineage, error))
        return FALSE;
    /* "heads" can be gone down to where the other heads are what the one depends on. */
    gboolean heads = lineage == NULL && strcmp(spec.symbol, "heads") == 0;
    g_autoptr(GPtrArray) starts =
        heads ? revision_map_real_heads(map) : resolve_symbol(map, &spec, lineage, current, error);
    if (starts == NULL)
        return FALSE;
    if (!spec.relative && strcmp(spec.symbol, "current") == 0) {
        /* Down to where it stands: nothing. */
        target->roots = g_ptr_array_new();
        return TRUE;
    }
    if (!spec.relative && starts->len > 1) {
        several_heads(&spec, starts, error);
        return FALSE;
    }
    if (!spec_walk(map, text, &spec, starts, FALSE, &end, &last, error))
        return FALSE;
    target->target = end;
    if (end != NULL) {
        target->roots = filter(end->children, lineage);
    } else if (last != NULL) {
        target->roots = list_of(last);
    } else {
        g_autoptr(GPtrArray) bases = revision_map_bases(map);
        target->roots = filter(bases, lineage);
    }
    return TRUE;
}
