#include <string.h>

#include "base/text.h"
#include "script/merge_internal.h"

enum { PREFIX_LENGTH = 4 }; /* of a name in Depends-On */
enum { WHITE, GREY, BLACK };

/* Whether a file that cannot be read may be the one that has the id. */
static gboolean may_be_unreadable(const Merging *merging, const char *id)
{
    for (guint i = 0; i < merging->unreadable->len; i++) {
        const MergeFile *file = g_ptr_array_index(merging->unreadable, i);
        g_autofree char *name = g_path_get_basename(file->path);
        if (strstr(name, id) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* Theirs already and all of them: then it is not this branch's. */
static MergeFindingLevel level_of(const MergeFile *file)
{
    return file->is_theirs ? MERGE_WARNING : MERGE_ERROR;
}

static void check_parents(Merging *merging, const MergeNode *node)
{
    const GPtrArray *parents = node->revision->down_revisions;
    for (guint i = 0; i < parents->len; i++) {
        const char *id = g_ptr_array_index(parents, i);
        /* What is gone was told where it went. */
        if (merge_graph_get(&merging->merged, id) != NULL || merge_graph_get(&merging->theirs, id) != NULL ||
            may_be_unreadable(merging, id))
            continue;
        MergeFinding *finding = merging_add(
            merging, MERGE_FINDING_GRAPH, level_of(node->file), node->file,
            "revision '%s' revises '%s', and no file holds that revision after the merge", node->revision->id, id);
        finding->header = "Revises";
        finding->advice = g_strdup("add the missing file to the commit, or correct what it revises");
    }
}

/* ---- labels and dependencies ---- */

static GHashTable *check_labels(Merging *merging)
{
    GHashTable *labels = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < merging->merged.nodes->len; i++) {
        MergeNode *node = g_ptr_array_index(merging->merged.nodes, i);
        for (guint k = 0; k < node->revision->branch_labels->len; k++) {
            char *label = g_ptr_array_index(node->revision->branch_labels, k);
            const MergeNode *other = g_hash_table_lookup(labels, label);
            if (other == NULL)
                other = merge_graph_get(&merging->merged, label);
            if (other == NULL) {
                g_hash_table_insert(labels, label, node);
                continue;
            }
            const MergeNode *ours = node->file->is_theirs ? other : node;
            MergeFinding *finding = merging_add(merging, MERGE_FINDING_GRAPH, level_of(ours->file), ours->file,
                                                "branch label '%s' stands in '%s' and in '%s' after the merge", label,
                                                ours->file->path, (ours == node ? other : node)->file->path);
            finding->other = (ours == node ? other : node)->file;
            finding->header = "Branch-Labels";
            finding->advice = g_strdup("give one of the two branches another label");
        }
    }
    return labels;
}

static MergeNode *find_beginning(GHashTable *names, const char *name, MergeNode *found)
{
    GHashTableIter iter;
    gpointer word, node;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &word, &node))
        if (g_str_has_prefix(word, name))
            found = node;
    return found;
}

/* By id, label, or the beginning of either. */
static MergeNode *find_dependency(const Merging *merging, GHashTable *labels, const char *name)
{
    MergeNode *node = merge_graph_get(&merging->merged, name);
    if (node == NULL)
        node = g_hash_table_lookup(labels, name);
    if (node == NULL && strlen(name) >= PREFIX_LENGTH)
        node = find_beginning(labels, name, find_beginning(merging->merged.by_id, name, NULL));
    return node;
}

static void check_dependencies(Merging *merging, const MergeNode *node, GHashTable *labels)
{
    const GPtrArray *names = node->revision->depends_on;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (find_dependency(merging, labels, name) != NULL || merge_graph_get(&merging->theirs, name) != NULL ||
            may_be_unreadable(merging, name))
            continue;
        MergeFinding *finding =
            merging_add(merging, MERGE_FINDING_GRAPH, level_of(node->file), node->file,
                        "revision '%s' depends on '%s', and no file holds such a revision or branch after the merge",
                        node->revision->id, name);
        finding->header = "Depends-On";
        finding->advice = g_strdup("add the missing file to the commit, or correct what it depends on");
    }
}

/* ---- cycles ---- */

static MergeNode *next_below(const Merging *merging, GHashTable *labels, MergeNode *node)
{
    const GPtrArray *parents = node->revision->down_revisions, *names = node->revision->depends_on;
    while (node->edge < parents->len + names->len) {
        guint edge = node->edge++;
        MergeNode *below = edge < parents->len
                               ? merge_graph_get(&merging->merged, g_ptr_array_index(parents, edge))
                               : find_dependency(merging, labels, g_ptr_array_index(names, edge - parents->len));
        if (below != NULL)
            return below;
    }
    return NULL;
}

/* `path` ends with the node that leads back to `first`, which is on it. */
static void add_cycle(Merging *merging, GPtrArray *path, MergeNode *first)
{
    g_autoptr(GString) list = g_string_new(NULL);
    const MergeNode *subject = first;
    guint from = 0;
    g_ptr_array_find(path, first, &from);
    for (guint i = from; i < path->len; i++) {
        const MergeNode *node = g_ptr_array_index(path, i);
        if (subject->file->is_theirs && !node->file->is_theirs)
            subject = node;
        g_string_append_printf(list, "'%s' stands on ", node->revision->id);
    }
    MergeFinding *finding =
        merging_add(merging, MERGE_FINDING_GRAPH, level_of(subject->file), subject->file,
                    "revisions stand on each other after the merge: %s'%s'", list->str, first->revision->id);
    finding->header = "Revises";
    finding->advice = g_strdup("correct what one of them revises or depends on");
}

/* From `start` down: all that can be reached has been looked at afterwards. */
static void check_cycles(Merging *merging, GHashTable *labels, MergeNode *start, GPtrArray *path)
{
    g_ptr_array_set_size(path, 0);
    g_ptr_array_add(path, start);
    start->colour = GREY;
    while (path->len > 0) {
        MergeNode *node = g_ptr_array_index(path, path->len - 1), *below = next_below(merging, labels, node);
        if (below == NULL) {
            node->colour = BLACK;
            g_ptr_array_set_size(path, (gint)path->len - 1);
        } else if (below->colour == GREY) {
            add_cycle(merging, path, below);
        } else if (below->colour == WHITE) {
            below->colour = GREY;
            g_ptr_array_add(path, below);
        }
    }
}

void merging_check_graph(Merging *merging)
{
    g_autoptr(GHashTable) labels = check_labels(merging);
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    for (guint i = 0; i < merging->merged.nodes->len; i++) {
        MergeNode *node = g_ptr_array_index(merging->merged.nodes, i);
        check_parents(merging, node);
        check_dependencies(merging, node, labels);
        if (node->colour == WHITE)
            check_cycles(merging, labels, node, path);
    }
}
