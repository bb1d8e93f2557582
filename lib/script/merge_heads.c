#include <string.h>

#include "base/text.h"
#include "script/merge_internal.h"

static gint compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What `start` stands on through Revises, itself included: MergeNode*, the nearest first. New array, not owned. */
static GPtrArray *find_ancestors(const MergeGraph *graph, MergeNode *start)
{
    GPtrArray *found = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_hash_table_add(seen, start);
    g_ptr_array_add(found, start);
    for (guint i = 0; i < found->len; i++) {
        const MergeNode *node = g_ptr_array_index(found, i);
        for (guint k = 0; k < node->revision->down_revisions->len; k++) {
            MergeNode *parent = merge_graph_get(graph, g_ptr_array_index(node->revision->down_revisions, k));
            if (parent != NULL && g_hash_table_add(seen, parent))
                g_ptr_array_add(found, parent);
        }
    }
    return found;
}

/* The labels of the branch that a head ends: all that stand on it or below it. New string. */
static char *find_line(const MergeGraph *graph, MergeNode *head)
{
    g_autoptr(GPtrArray) ancestors = find_ancestors(graph, head), labels = g_ptr_array_new();
    for (guint i = 0; i < ancestors->len; i++) {
        const MergeNode *node = g_ptr_array_index(ancestors, i);
        for (guint k = 0; k < node->revision->branch_labels->len; k++)
            g_ptr_array_add(labels, g_ptr_array_index(node->revision->branch_labels, k));
    }
    g_ptr_array_sort(labels, compare_words);
    return text_list(labels, ",");
}

static gboolean has_labels(const MergeGraph *graph)
{
    for (guint i = 0; i < graph->nodes->len; i++)
        if (((const MergeNode *)g_ptr_array_index(graph->nodes, i))->revision->branch_labels->len > 0)
            return TRUE;
    return FALSE;
}

/* The heads of one line. */
typedef struct MergeLine {
    GPtrArray *heads; /* MergeNode* */
} MergeLine;
static void merge_line_free(MergeLine *line)
{
    g_ptr_array_unref(line->heads);
    g_free(line);
}

/* line -> MergeLine*; *order (char*, not owned) has the lines by their first head. */
static GHashTable *find_lines(const MergeGraph *graph, GPtrArray *order)
{
    GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)merge_line_free);
    gboolean labels = has_labels(graph);
    for (guint i = 0; i < graph->nodes->len; i++) {
        MergeNode *node = g_ptr_array_index(graph->nodes, i);
        if (g_hash_table_contains(graph->revised, node->revision->id))
            continue;
        char *name = labels ? find_line(graph, node) : g_strdup("");
        MergeLine *line = g_hash_table_lookup(lines, name);
        if (line == NULL) {
            line = g_new0(MergeLine, 1);
            line->heads = g_ptr_array_new();
            g_hash_table_insert(lines, name, line);
            g_ptr_array_add(order, name);
        } else {
            g_free(name);
            name = NULL;
        }
        g_ptr_array_add(line->heads, node);
    }
    return lines;
}

/* ---- findings ---- */

static gboolean is_new(const Merging *merging, const MergeNode *node)
{
    return merge_graph_get(&merging->theirs, node->revision->id) == NULL;
}

static MergeNode *find_other_head(const Merging *merging, const MergeLine *line, const MergeNode *head)
{
    MergeNode *other = NULL;
    for (guint i = 0; i < line->heads->len; i++) {
        MergeNode *node = g_ptr_array_index(line->heads, i);
        if (node != head && (other == NULL || (is_new(merging, other) && !is_new(merging, node))))
            other = node;
    }
    return other;
}

static char *of_line(const char *name)
{
    return *name != '\0' ? g_strdup_printf(" of branch '%s'", name) : g_strdup("");
}

/* New revisions below a head whose parent is one of theirs that has been revised there. */
static void check_parents(Merging *merging, MergeNode *head, GHashTable *told)
{
    g_autoptr(GPtrArray) ancestors = find_ancestors(&merging->merged, head);
    for (guint i = 0; i < ancestors->len; i++) {
        const MergeNode *node = g_ptr_array_index(ancestors, i);
        if (!is_new(merging, node) || node->revision->branch_labels->len > 0 || !g_hash_table_add(told, (gpointer)node))
            continue;
        for (guint k = 0; k < node->revision->down_revisions->len; k++) {
            const char *id = g_ptr_array_index(node->revision->down_revisions, k), *ref = merging->check->ref;
            g_autofree char *word = text_shell_word(ref);
            const MergeNode *child = g_hash_table_lookup(merging->theirs.revised, id);
            if (child == NULL || merge_graph_get(&merging->theirs, id) == NULL)
                continue;
            MergeFinding *finding =
                merging_add(merging, MERGE_FINDING_PARENT, MERGE_WARNING, node->file,
                            "new revision '%s' revises '%s', which is no head of %s: '%s' revises it there",
                            node->revision->id, id, ref, child->revision->id);
            finding->other = child->file;
            finding->header = "Revises";
            finding->advice = g_strdup_printf("migrate rebase --onto %s", word);
        }
    }
}

static void add_heads(Merging *merging, const MergeLine *line, const char *name, gboolean is_theirs,
                      const MergeNode *head)
{
    g_autofree char *of = of_line(name);
    const MergeNode *other = find_other_head(merging, line, head);
    const char *ref = merging->check->ref;
    g_autofree char *word = text_shell_word(ref);
    MergeFinding *finding;
    if (is_theirs) {
        finding = merging_add(merging, MERGE_FINDING_HEADS, MERGE_NOTE, head->file,
                              "%s has %u heads%s by itself, '%s' and '%s'%s", ref, line->heads->len, of,
                              head->revision->id, other->revision->id, line->heads->len > 2 ? " among them" : "");
        finding->advice = g_strdup_printf("migrate merge %s %s", head->revision->id, other->revision->id);
    } else {
        finding = merging_add(merging, MERGE_FINDING_HEADS, MERGE_ERROR, head->file,
                              "%u heads%s after the merge: '%s' and '%s'%s%s%s", line->heads->len, of,
                              head->revision->id, other->revision->id, is_new(merging, other) ? "" : " of ",
                              is_new(merging, other) ? "" : ref, line->heads->len > 2 ? ", and more" : "");
        finding->advice = is_new(merging, other)
                              ? g_strdup_printf("migrate merge %s %s", head->revision->id, other->revision->id)
                              : g_strdup_printf("migrate rebase --onto %s, or git merge %s && migrate merge %s %s",
                                                word, word, head->revision->id, other->revision->id);
    }
    const MergeNode *as_theirs = merge_graph_get(&merging->theirs, other->revision->id);
    finding->other = as_theirs != NULL ? as_theirs->file : other->file;
    finding->header = "Revises";
    g_free(finding->revision);
    finding->revision = g_strdup(head->revision->id);
}

static void check_line(Merging *merging, const char *name, const MergeLine *line, guint before)
{
    if (line->heads->len <= 1)
        return;
    if (before > 1 && line->heads->len <= before) {
        add_heads(merging, line, name, TRUE, g_ptr_array_index(line->heads, 0));
        return;
    }
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
    gboolean any = FALSE;
    for (guint i = 0; i < line->heads->len; i++) {
        MergeNode *head = g_ptr_array_index(line->heads, i);
        /* Of two that are both new the second one says it. */
        if (!is_new(merging, head) ||
            (!any && i + 1 < line->heads->len && is_new(merging, find_other_head(merging, line, head))))
            continue;
        add_heads(merging, line, name, FALSE, head);
        check_parents(merging, head, told);
        any = TRUE;
    }
    if (!any) /* what joined them is gone */
        add_heads(merging, line, name, FALSE, g_ptr_array_index(line->heads, 0));
}

void merging_check_heads(Merging *merging)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new(), before_order = g_ptr_array_new();
    g_autoptr(GHashTable) lines = find_lines(&merging->merged, order);
    g_autoptr(GHashTable) before = find_lines(&merging->theirs, before_order);
    for (guint i = 0; i < order->len; i++) {
        const char *name = g_ptr_array_index(order, i);
        const MergeLine *line = g_hash_table_lookup(lines, name), *former = g_hash_table_lookup(before, name);
        check_line(merging, name, line, former != NULL ? former->heads->len : 0);
        for (guint k = 0; k < line->heads->len; k++) {
            MergeHead *head = g_new0(MergeHead, 1);
            head->file = ((const MergeNode *)g_ptr_array_index(line->heads, k))->file;
            head->line = g_strdup(name);
            g_ptr_array_add(merging->result->heads, head);
        }
    }
}
