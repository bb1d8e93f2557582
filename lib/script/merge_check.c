#include "script/merge_check.h"

#include <string.h>

#include "base/text.h"
#include "script/internal.h"
#include "script/merge_internal.h"

/* ---- files and findings ---- */

MergeFile *merge_file_new(char *path, char *blob)
{
    MergeFile *file = g_new0(MergeFile, 1);
    file->path = path;
    file->blob = blob;
    return file;
}

void merge_file_free(MergeFile *file)
{
    if (file == NULL)
        return;
    g_free(file->path);
    g_free(file->blob);
    g_free(file->problem);
    g_free(file);
}

static const struct {
    const char *name, *summary;
} kinds[] = {
    [MERGE_FINDING_HEADS] = {"heads", "a line of revisions has several heads after the merge"},
    [MERGE_FINDING_DUPLICATE] = {"duplicate", "one revision id stands in two files after the merge"},
    [MERGE_FINDING_EDITED] = {"edited", "a revision that exists on the base was edited"},
    [MERGE_FINDING_DELETED] = {"deleted", "a revision that exists on the base is gone"},
    [MERGE_FINDING_RENAMED] = {"renamed", "a revision that exists on the base has another path"},
    [MERGE_FINDING_PARENT] = {"parent", "a new revision does not revise the base's head"},
    [MERGE_FINDING_GRAPH] = {"graph", "the revisions cannot be read, or make no graph"},
    [MERGE_FINDING_CONFIG] = {"config", "migrate.ini differs on both sides"},
};

const char *merge_finding_kind_name(MergeFindingKind kind)
{
    return kinds[kind].name;
}

const char *merge_finding_kind_summary(MergeFindingKind kind)
{
    return kinds[kind].summary;
}

MergeFinding *merge_finding_new(MergeFindingKind kind, MergeFindingLevel level)
{
    MergeFinding *finding = g_new0(MergeFinding, 1);
    finding->kind = kind;
    finding->level = level;
    return finding;
}

void merge_finding_free(MergeFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->revision);
    g_free(finding->message);
    g_free(finding->advice);
    g_free(finding);
}

MergeFinding *merging_add(Merging *merging, MergeFindingKind kind, MergeFindingLevel level, const MergeFile *file,
                          const char *format, ...)
{
    MergeFinding *finding = merge_finding_new(kind, level);
    va_list arguments;
    va_start(arguments, format);
    finding->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finding->file = file;
    finding->revision = file != NULL && file->revision != NULL ? g_strdup(file->revision->id) : NULL;
    g_ptr_array_add(merging->result->findings, finding);
    return finding;
}

static void merge_head_free(MergeHead *head)
{
    g_free(head->line);
    g_free(head);
}

void merge_result_free(MergeResult *result)
{
    if (result == NULL)
        return;
    g_ptr_array_unref(result->findings);
    g_ptr_array_unref(result->brought);
    g_ptr_array_unref(result->heads);
    g_free(result);
}

/* ---- the revisions of a tree ---- */

static void merge_graph_init(MergeGraph *graph)
{
    graph->nodes = g_ptr_array_new_with_free_func(g_free);
    graph->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    graph->revised = g_hash_table_new(g_str_hash, g_str_equal);
}

static void merge_graph_clear(MergeGraph *graph)
{
    g_ptr_array_unref(graph->nodes);
    g_hash_table_unref(graph->by_id);
    g_hash_table_unref(graph->revised);
}

MergeNode *merge_graph_get(const MergeGraph *graph, const char *id)
{
    return g_hash_table_lookup(graph->by_id, id);
}

char *merge_pathspec(const char *path)
{
    g_autofree char *spec = g_strconcat(":/", path, NULL);
    return text_shell_word(spec);
}

MergeFile *merge_files_find(const GPtrArray *files, const char *path)
{
    guint low = 0, high = files->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        MergeFile *file = g_ptr_array_index(files, middle);
        int order = strcmp(file->path, path);
        if (order == 0)
            return file;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The node that has the id already, or NULL. */
static MergeNode *merge_graph_add(MergeGraph *graph, const MergeFile *file, const Revision *revision)
{
    MergeNode *before = merge_graph_get(graph, revision->id);
    if (before != NULL)
        return before;
    MergeNode *node = g_new0(MergeNode, 1);
    node->file = file;
    node->revision = revision;
    g_ptr_array_add(graph->nodes, node);
    g_hash_table_insert(graph->by_id, revision->id, node);
    for (guint i = 0; i < revision->down_revisions->len; i++)
        g_hash_table_insert(graph->revised, g_ptr_array_index(revision->down_revisions, i), node);
    return NULL;
}

static void add_duplicate(Merging *merging, const MergeFile *first, const MergeFile *second)
{
    /* The new one is what the finding is about, whatever their order. */
    const MergeFile *ours = first->is_theirs || !second->is_theirs ? second : first;
    const MergeFile *other = ours == first ? second : first;
    gboolean is_theirs = ours->is_theirs && other->is_theirs, is_copy = strcmp(ours->blob, other->blob) == 0;
    const char *id = ours->revision->id, *ref = merging->check->ref;
    MergeFinding *finding = merging_add(merging, MERGE_FINDING_DUPLICATE, is_theirs ? MERGE_WARNING : MERGE_ERROR, ours,
                                        "revision '%s' stands in two files%s: '%s' and '%s'%s", id,
                                        is_theirs ? " already by itself on the base" : " after the merge", ours->path,
                                        other->path, is_copy ? ", which are the same" : "");
    finding->other = other;
    finding->header = "Revision";
    g_autofree char *word = merge_pathspec(ours->path);
    finding->advice =
        is_copy     ? g_strdup_printf("keep one of them: git rm %s", word)
        : is_theirs ? g_strdup_printf("correct it on %s: one of the two needs another id", ref)
                    : g_strdup_printf("give '%s' another id ('-- Revision:', and '-- Revises:' of what stands on it)",
                                      ours->path);
}

static void read_theirs(Merging *merging)
{
    const GPtrArray *files = merging->check->theirs;
    for (guint i = 0; i < files->len; i++) {
        MergeFile *file = g_ptr_array_index(files, i);
        file->is_theirs = TRUE;
        file->is_kept = FALSE;
        if (file->revision != NULL)
            merge_graph_add(&merging->theirs, file, file->revision);
    }
}

static void add_unreadable(Merging *merging, const MergeFile *file)
{
    const char *ref = merging->check->ref;
    MergeFinding *finding =
        merging_add(merging, MERGE_FINDING_GRAPH, file->is_theirs ? MERGE_WARNING : MERGE_ERROR, file, "%s%s%s",
                    file->problem, file->is_theirs ? ", and so it is already on " : "", file->is_theirs ? ref : "");
    gboolean conflict =
        merging->check->conflicts != NULL && g_hash_table_contains(merging->check->conflicts, file->path);
    finding->advice = conflict ? g_strdup_printf("merge %s, and resolve the conflict in '%s'", ref, file->path)
                               : g_strdup_printf("correct '%s'%s%s", file->path, file->is_theirs ? " on " : "",
                                                 file->is_theirs ? ref : "");
    g_ptr_array_add(merging->unreadable, (gpointer)file);
}

static void read_merged(Merging *merging)
{
    const GPtrArray *files = merging->check->merged, *their_files = merging->check->theirs;
    for (guint i = 0, k = 0; i < files->len; i++) {
        MergeFile *file = g_ptr_array_index(files, i);
        int order = -1;
        while (k < their_files->len &&
               (order = strcmp(((const MergeFile *)g_ptr_array_index(their_files, k))->path, file->path)) < 0)
            k++;
        MergeFile *theirs = k < their_files->len && order == 0 ? g_ptr_array_index(their_files, k) : NULL;
        file->is_theirs = theirs != NULL && strcmp(theirs->blob, file->blob) == 0;
        if (theirs != NULL)
            theirs->is_kept = file->is_theirs;
        if (file->problem != NULL)
            add_unreadable(merging, file);
        /* What theirs says keeps the rest of the graph in one piece. */
        const Revision *revision = file->revision != NULL ? file->revision : theirs != NULL ? theirs->revision : NULL;
        if (revision == NULL)
            continue;
        const MergeNode *before = merge_graph_add(&merging->merged, file, revision);
        if (before != NULL && file->revision != NULL && before->file->revision != NULL)
            add_duplicate(merging, before->file, file);
        if (merge_graph_get(&merging->theirs, revision->id) == NULL)
            g_ptr_array_add(merging->result->brought, file);
    }
}

static gint compare_findings(gconstpointer a, gconstpointer b)
{
    const MergeFinding *first = *(const MergeFinding *const *)a, *second = *(const MergeFinding *const *)b;
    if (first->level != second->level)
        return first->level > second->level ? -1 : 1;
    if (first->kind != second->kind)
        return first->kind < second->kind ? -1 : 1;
    int order =
        g_strcmp0(first->file != NULL ? first->file->path : NULL, second->file != NULL ? second->file->path : NULL);
    return order != 0 ? order : g_strcmp0(first->message, second->message);
}

MergeResult *merge_check(const MergeCheck *check)
{
    MergeResult *result = g_new0(MergeResult, 1);
    result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)merge_finding_free);
    result->brought = g_ptr_array_new();
    result->heads = g_ptr_array_new_with_free_func((GDestroyNotify)merge_head_free);
    Merging merging = {.check = check, .result = result, .unreadable = g_ptr_array_new()};
    merging.moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    merge_graph_init(&merging.theirs);
    merge_graph_init(&merging.merged);
    read_theirs(&merging);
    read_merged(&merging);
    merging_check_theirs(&merging);
    merging_check_heads(&merging);
    merging_check_graph(&merging);
    g_ptr_array_sort(result->findings, compare_findings);
    merge_graph_clear(&merging.theirs);
    merge_graph_clear(&merging.merged);
    g_hash_table_unref(merging.moved);
    g_ptr_array_unref(merging.unreadable);
    return result;
}

/* ---- two branches ---- */

static gboolean is_revised(const GPtrArray *brought, const char *id)
{
    for (guint i = 0; i < brought->len; i++) {
        const MergeFile *file = g_ptr_array_index(brought, i);
        GPtrArray *parents = file->revision != NULL ? file->revision->down_revisions : NULL;
        if (parents != NULL && g_ptr_array_find_with_equal_func(parents, id, g_str_equal, NULL))
            return TRUE;
    }
    return FALSE;
}

/* The heads that the branch brings, and that the other one brings nothing on top of or has itself. */
static GPtrArray *heads_beside(const MergeResult *ours, const MergeResult *others)
{
    GPtrArray *heads = g_ptr_array_new();
    for (guint i = 0; i < ours->heads->len; i++) {
        const MergeHead *head = g_ptr_array_index(ours->heads, i);
        const char *id = head->file->revision != NULL ? head->file->revision->id : NULL;
        if (id == NULL || !g_ptr_array_find(ours->brought, head->file, NULL) || is_revised(others->brought, id))
            continue;
        gboolean is_shared = FALSE;
        for (guint k = 0; k < others->brought->len && !is_shared; k++) {
            const MergeFile *file = g_ptr_array_index(others->brought, k);
            is_shared = file->revision != NULL && strcmp(file->revision->id, id) == 0;
        }
        if (!is_shared)
            g_ptr_array_add(heads, (gpointer)head);
    }
    return heads;
}

static void pair_add(GPtrArray *findings, MergeFindingKind kind, const MergeFile *file, const MergeFile *other,
                     char *message, char *advice)
{
    MergeFinding *finding = merge_finding_new(kind, MERGE_ERROR);
    finding->revision = g_strdup(file->revision->id);
    finding->file = file;
    finding->other = other;
    finding->header = kind == MERGE_FINDING_HEADS ? "Revises" : "Revision";
    finding->message = message;
    finding->advice = advice;
    g_ptr_array_add(findings, finding);
}

static void pair_duplicates(const MergeResult *ours, const char *our_name, const MergeResult *others,
                            const char *other_name, GPtrArray *findings)
{
    for (guint i = 0; i < ours->brought->len; i++) {
        const MergeFile *file = g_ptr_array_index(ours->brought, i);
        for (guint k = 0; k < others->brought->len && file->revision != NULL; k++) {
            const MergeFile *other = g_ptr_array_index(others->brought, k);
            if (other->revision == NULL || strcmp(file->revision->id, other->revision->id) != 0 ||
                (strcmp(file->blob, other->blob) == 0 && strcmp(file->path, other->path) == 0))
                continue;
            pair_add(findings, MERGE_FINDING_DUPLICATE, file, other,
                     g_strdup_printf("'%s' and '%s' both bring a revision '%s', and not the same: '%s' and '%s'",
                                     our_name, other_name, file->revision->id, file->path, other->path),
                     g_strdup("give one of them another id before both are merged"));
        }
    }
}

GPtrArray *merge_check_pair(const MergeResult *ours, const char *our_name, const MergeResult *others,
                            const char *other_name)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)merge_finding_free);
    if (ours->brought->len == 0 || others->brought->len == 0)
        return findings;
    g_autoptr(GPtrArray) our_heads = heads_beside(ours, others), other_heads = heads_beside(others, ours);
    for (guint i = 0; i < our_heads->len; i++)
        for (guint k = 0; k < other_heads->len; k++) {
            const MergeHead *head = g_ptr_array_index(our_heads, i), *other = g_ptr_array_index(other_heads, k);
            if (strcmp(head->line, other->line) != 0)
                continue;
            pair_add(findings, MERGE_FINDING_HEADS, head->file, other->file,
                     g_strdup_printf("'%s' and '%s' both bring a head: '%s' and '%s'", our_name, other_name,
                                     head->file->revision->id, other->file->revision->id),
                     g_strdup_printf("whichever is merged second: migrate rebase"));
            break;
        }
    pair_duplicates(ours, our_name, others, other_name, findings);
    return findings;
}
