#include "merge_auto.h"

#include <stdio.h>
#include <string.h>

#include "autogenerate/autogenerate.h"
#include "base/text.h"
#include "commits.h"
#include "merge_touches.h"
#include "output.h"
#include "revisions.h"

typedef struct Side {
    const Revision *head;
    GHashTable *ancestors; /* Revision*, itself included */
    Effects *effects;
    GPtrArray *touches; /* Touch* */
} Side;

struct AutoMerge {
    GPtrArray *sides;    /* Side* */
    GHashTable *known;   /* names in lower case */
    GPtrArray *doubts;   /* Doubt* */
    GPtrArray *overlaps; /* Overlap* */
    char *difference;    /* what keeps the two orders from making the same; NULL: they do, or were not run */
    RevisionCommits *commits;
    gboolean has_commits;
};

/* An object that two sides touch. */
typedef struct Overlap {
    char *name;
    GPtrArray *touches; /* const Touch*, not owned */
} Overlap;

/* ---- memory ---- */

static void side_free(gpointer data)
{
    Side *side = data;
    g_hash_table_unref(side->ancestors);
    effects_free(side->effects);
    g_ptr_array_unref(side->touches);
    g_free(side);
}

static void overlap_free(gpointer data)
{
    Overlap *overlap = data;
    g_free(overlap->name);
    g_ptr_array_unref(overlap->touches);
    g_free(overlap);
}

void auto_merge_free(AutoMerge *merge)
{
    if (!merge)
        return;
    g_ptr_array_unref(merge->sides);
    g_hash_table_unref(merge->known);
    g_ptr_array_unref(merge->doubts);
    g_ptr_array_unref(merge->overlaps);
    g_free(merge->difference);
    revision_commits_free(merge->commits);
    g_free(merge);
}

/* ---- sides ---- */

static Side *side_new(const RevisionMap *map, const Revision *head)
{
    Side *side = g_new0(Side, 1);
    side->head = head;
    side->ancestors = revision_map_ancestors(map, head);
    side->touches = g_ptr_array_new_with_free_func(touch_free);
    return side;
}

/* Whether a revision is one of this side, and not of all. */
static gboolean is_own(const AutoMerge *merge, const Side *side, const Revision *revision)
{
    gboolean of_all = TRUE;
    for (guint i = 0; i < merge->sides->len; i++)
        of_all &= g_hash_table_contains(((const Side *)merge->sides->pdata[i])->ancestors, revision);
    return !of_all && g_hash_table_contains(side->ancestors, revision);
}

static gboolean read_side(const AutoMerge *merge, Invocation *invocation, Side *side, GError **error)
{
    const char *const specs[] = {side->head->id, NULL};
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, side->ancestors);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        if (is_own(merge, side, revision))
            g_hash_table_add(wanted, revision);
    side->effects = effects_read(invocation, specs, wanted, error);
    return side->effects != NULL;
}

/* ---- what sides have in common ---- */

static void add_touch(AutoMerge *merge, const Touch *touched)
{
    Overlap *overlap = NULL;
    for (guint i = 0; i < merge->overlaps->len && !overlap; i++) {
        Overlap *other = merge->overlaps->pdata[i];
        overlap = strcmp(other->name, touched->name) == 0 ? other : NULL;
    }
    if (!overlap) {
        overlap = g_new0(Overlap, 1);
        overlap->name = g_strdup(touched->name);
        overlap->touches = g_ptr_array_new();
        g_ptr_array_add(merge->overlaps, overlap);
    }
    for (guint i = 0; i < overlap->touches->len; i++) {
        const Touch *other = overlap->touches->pdata[i];
        if (other->revision == touched->revision)
            return;
    }
    g_ptr_array_add(overlap->touches, (gpointer)touched);
}

static void compare_sides(AutoMerge *merge, const Side *a, const Side *b)
{
    for (guint i = 0; i < a->touches->len; i++) {
        const Touch *ours = a->touches->pdata[i];
        if (g_hash_table_contains(b->ancestors, ours->revision))
            continue;
        for (guint k = 0; k < b->touches->len; k++) {
            const Touch *theirs = b->touches->pdata[k];
            if (g_hash_table_contains(a->ancestors, theirs->revision) || strcmp(ours->name, theirs->name) != 0)
                continue;
            add_touch(merge, ours);
            add_touch(merge, theirs);
        }
    }
}

/* ---- both orders ---- */

static Effects *run_order(const AutoMerge *merge, Invocation *invocation, gboolean backwards, GError **error)
{
    g_autoptr(GHashTable) none = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) specs = g_ptr_array_new();
    for (guint i = 0; i < merge->sides->len; i++) {
        const Side *side = merge->sides->pdata[backwards ? merge->sides->len - 1 - i : i];
        g_ptr_array_add(specs, side->head->id);
    }
    g_ptr_array_add(specs, NULL);
    return effects_read(invocation, (const char *const *)specs->pdata, none, error);
}

/* FALSE with an error that is none of the revisions'. */
static gboolean prove(AutoMerge *merge, Invocation *invocation, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(Effects) there = run_order(merge, invocation, FALSE, &failure);
    g_autoptr(Effects) back = there ? run_order(merge, invocation, TRUE, &failure) : NULL;
    if (!back && engine_interrupted()) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!back) {
        merge->difference = g_strdup_printf("one after the other they do not run: %s", failure->message);
        return TRUE;
    }
    there->after->canonical = TRUE;
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .assume_no_renames = TRUE};
    g_autoptr(Comparison) comparison = autogenerate_compare(there->dialect, there->after, back->after, &options, error);
    if (comparison && comparison->operations->len > 0) {
        g_autofree char *first = migrate_op_describe(comparison->operations->pdata[0]);
        merge->difference = g_strdup_printf("the two orders make different schemas, %u operation%s apart: %s%s",
                                            comparison->operations->len, comparison->operations->len == 1 ? "" : "s",
                                            first, comparison->operations->len == 1 ? "" : " …");
    }
    return comparison != NULL;
}

AutoMerge *auto_merge_check(Invocation *invocation, const GPtrArray *heads, GError **error)
{
    const RevisionMap *map = script_directory_map(invocation->directory, error);
    g_autoptr(AutoMerge) merge = g_new0(AutoMerge, 1);
    merge->sides = g_ptr_array_new_with_free_func(side_free);
    merge->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge->doubts = g_ptr_array_new_with_free_func(doubt_free);
    merge->overlaps = g_ptr_array_new_with_free_func(overlap_free);
    for (guint i = 0; map && i < heads->len; i++)
        g_ptr_array_add(merge->sides, side_new(map, heads->pdata[i]));
    for (guint i = 0; i < merge->sides->len; i++)
        if (!read_side(merge, invocation, merge->sides->pdata[i], error))
            return NULL;
    for (guint i = 0; i < merge->sides->len; i++)
        known_names_add(merge->known, ((const Side *)merge->sides->pdata[i])->effects);
    for (guint i = 0; i < merge->sides->len; i++) {
        const Side *side = merge->sides->pdata[i];
        touches_read(side->effects, merge->known, side->touches, merge->doubts);
    }
    for (guint i = 0; i < merge->sides->len; i++)
        for (guint k = i + 1; k < merge->sides->len; k++)
            compare_sides(merge, merge->sides->pdata[i], merge->sides->pdata[k]);
    if (!map || (auto_merge_is_clean(merge) && !prove(merge, invocation, error)))
        return NULL;
    return g_steal_pointer(&merge);
}

gboolean auto_merge_is_clean(const AutoMerge *merge)
{
    return !merge->overlaps->len && !merge->doubts->len && !merge->difference;
}

/* ---- telling ---- */

static const Commit *commit_of(AutoMerge *merge, Invocation *invocation, const Revision *revision)
{
    if (!merge->has_commits)
        merge->commits = revision_commits_new(invocation);
    merge->has_commits = TRUE;
    return revision_commits_first(merge->commits, revision);
}

/* "  0002 add mail (3f2a9c1b by Ada <ada@example.org>, 2026-11-21): …". */
static void print_line(AutoMerge *merge, Invocation *invocation, const Revision *revision, const char *text)
{
    const Commit *commit = commit_of(merge, invocation, revision);
    g_autofree char *title = text_first_line(revision->message);
    g_autofree char *described = commit ? commit_describe(commit) : NULL;
    g_autofree char *by = described        ? g_strdup_printf(" (%s)", described)
                          : merge->commits ? g_strdup(" (not committed)")
                                           : g_strdup("");
    g_autofree char *line = g_strdup_printf("%s%s%s%s: %s", revision->id, *title ? " " : "", title, by, text);
    g_autofree char *clean = output_clean(line);
    printf("    %s\n", clean);
}

void auto_merge_print(AutoMerge *merge, Invocation *invocation)
{
    if (merge->overlaps->len)
        puts("the sides touch the same objects, so nothing is written:");
    for (guint i = 0; i < merge->overlaps->len; i++) {
        const Overlap *overlap = merge->overlaps->pdata[i];
        printf("  %s\n", overlap->name);
        for (guint k = 0; k < overlap->touches->len; k++) {
            const Touch *touched = overlap->touches->pdata[k];
            print_line(merge, invocation, touched->revision, touched->how);
        }
    }
    if (merge->doubts->len)
        puts("what these statements touch cannot be told, so nothing is written:");
    for (guint i = 0; i < merge->doubts->len; i++) {
        const Doubt *doubt = merge->doubts->pdata[i];
        print_line(merge, invocation, doubt->revision, doubt->text);
    }
    if (merge->difference)
        printf("nothing is written: %s\nthe sides:\n", merge->difference);
    for (guint i = 0; merge->difference && i < merge->sides->len; i++) {
        const Side *side = merge->sides->pdata[i];
        g_autofree char *count = g_strdup_printf("head of %u revision%s", side->effects->revisions->len,
                                                 side->effects->revisions->len == 1 ? "" : "s");
        print_line(merge, invocation, side->head, count);
    }
    puts("look at these revisions; when both orders are right, 'migrate merge' without --auto joins them, and what has "
         "to be done where they meet can stand in that revision");
}

static cJSON *entry_to_json(AutoMerge *merge, Invocation *invocation, const Revision *revision)
{
    cJSON *entry = cJSON_CreateObject();
    g_autofree char *title = text_first_line(revision->message);
    json_add_string(entry, "revision", revision->id);
    json_add_string(entry, "message", title);
    json_add_string(entry, "path", revision->path);
    const Commit *commit = commit_of(merge, invocation, revision);
    if (merge->commits)
        cJSON_AddItemToObject(entry, "commit", commit_to_json(commit));
    return entry;
}

void auto_merge_add_json(AutoMerge *merge, Invocation *invocation, cJSON *document)
{
    cJSON *heads = cJSON_AddArrayToObject(document, "heads"), *overlaps = cJSON_AddArrayToObject(document, "overlaps");
    for (guint i = 0; i < merge->sides->len; i++)
        cJSON_AddItemToArray(heads, entry_to_json(merge, invocation, ((const Side *)merge->sides->pdata[i])->head));
    for (guint i = 0; i < merge->overlaps->len; i++) {
        const Overlap *overlap = merge->overlaps->pdata[i];
        cJSON *item = cJSON_CreateObject();
        json_add_string(item, "object", overlap->name);
        cJSON *revisions = cJSON_AddArrayToObject(item, "revisions");
        for (guint k = 0; k < overlap->touches->len; k++) {
            const Touch *touched = overlap->touches->pdata[k];
            cJSON *entry = entry_to_json(merge, invocation, touched->revision);
            json_add_string(entry, "did", touched->how);
            cJSON_AddItemToArray(revisions, entry);
        }
        cJSON_AddItemToArray(overlaps, item);
    }
    cJSON *doubts = cJSON_AddArrayToObject(document, "cannot_be_told");
    for (guint i = 0; i < merge->doubts->len; i++) {
        const Doubt *doubt = merge->doubts->pdata[i];
        cJSON *entry = entry_to_json(merge, invocation, doubt->revision);
        json_add_string(entry, "statement", doubt->text);
        cJSON_AddItemToArray(doubts, entry);
    }
    if (merge->overlaps->len || merge->doubts->len)
        cJSON_AddNullToObject(document, "both_orders_agree");
    else
        cJSON_AddBoolToObject(document, "both_orders_agree", !merge->difference);
    json_add_string(document, "difference", merge->difference);
}
