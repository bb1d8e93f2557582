#include <string.h>

#include "base/log.h"
#include "check_base.h"
#include "exit.h"

/* A branch that brings changes of the version folders. */
typedef struct OpenBranch {
    char *name;
    ReferenceKind kind;
    CheckedMerge *merge;
} OpenBranch;

static void open_branch_free(OpenBranch *branch)
{
    g_free(branch->name);
    checked_merge_free(branch->merge);
    g_free(branch);
}

/* ---- which ---- */

/* Whether the branch changed a revision file since it left the base; *related: whether it left it at all. */
static gboolean changes_revisions(CheckedBase *base, const Reference *branch, gboolean *changes, GError **error)
{
    GError *failure = NULL;
    g_autofree char *ancestor = repository_merge_base(base->repository, branch->commit, base->commit, &failure);
    if (failure) {
        g_propagate_prefixed_error(error, failure, "branch '%s': ", branch->name);
        return FALSE;
    }
    *changes = FALSE;
    if (!ancestor) {
        log_detail("branch '%s' has no common ancestor with '%s', and is left out", branch->name, base->reference.ref);
        return TRUE;
    }
    if (strcmp(ancestor, branch->commit) == 0) /* merged */
        return TRUE;
    FileTree *tree = repository_tree(base->repository, branch->commit, branch->name, error);
    g_autoptr(MergeSide) side = tree ? merge_reader_list(base->reader, tree, error) : NULL;
    FileTree *former_tree = side ? repository_tree(base->repository, ancestor, NULL, error) : NULL;
    g_autoptr(MergeSide) former = former_tree ? merge_reader_list(base->reader, former_tree, error) : NULL;
    *changes = former && !merge_side_equal(side, former);
    return former != NULL;
}

/* OpenBranch*, new array. */
static GPtrArray *find_branches(CheckedBase *base, GError **error)
{
    g_autoptr(GPtrArray) references =
        repository_references(base->repository, REFERENCE_BRANCH | REFERENCE_REMOTE, error);
    g_autoptr(GPtrArray) branches = g_ptr_array_new_with_free_func((GDestroyNotify)open_branch_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(seen, base->commit);
    for (guint i = 0; references && i < references->len; i++) {
        const Reference *reference = references->pdata[i];
        gboolean changes = FALSE;
        if (!g_hash_table_add(seen, reference->commit))
            continue;
        if (!changes_revisions(base, reference, &changes, error))
            return NULL;
        if (!changes)
            continue;
        CheckedMerge *merge = checked_merge_new(base, reference->commit, error);
        if (!merge)
            return NULL;
        OpenBranch *branch = g_new0(OpenBranch, 1);
        branch->name = g_strdup(reference->name);
        branch->kind = reference->kind;
        branch->merge = merge;
        g_ptr_array_add(branches, branch);
    }
    return references ? g_steal_pointer(&branches) : NULL;
}

/* ---- findings ---- */

/* A branch and what a remote has of it, which the next push replaces: "work" and "origin/work". */
static gboolean is_same_branch(const OpenBranch *local, const OpenBranch *remote)
{
    const char *slash = strchr(remote->name, '/');
    return local->kind == REFERENCE_BRANCH && remote->kind == REFERENCE_REMOTE && slash &&
           strcmp(slash + 1, local->name) == 0;
}

static void place_pair(CheckedBase *base, const GPtrArray *found, const OpenBranch *one, const OpenBranch *other,
                       GPtrArray *placed)
{
    for (guint i = 0; i < found->len; i++) {
        const MergeFinding *finding = found->pdata[i];
        PlacedFinding *place = g_new0(PlacedFinding, 1);
        place->found = finding;
        place->branch = one->name;
        place->line = merge_side_line(one->merge->side, finding->file, finding->header);
        place->other_line = merge_side_line(other->merge->side, finding->other, finding->header);
        place->commit = change_finder_find(base->changes, one->merge->commit, finding->file->path);
        place->other_commit = change_finder_find(base->changes, other->merge->commit, finding->other->path);
        g_ptr_array_add(placed, place);
    }
}

static char *summary_text(const CheckedBase *base, const GPtrArray *branches, const GPtrArray *placed)
{
    g_autoptr(GHashTable) colliding = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < placed->len; i++) {
        const PlacedFinding *finding = placed->pdata[i];
        if (finding->found->level != MERGE_NOTE)
            g_hash_table_add(colliding, (gpointer)finding->branch);
    }
    return g_strdup_printf("%u open branch%s with revisions beside '%s' (%.8s), findings in %u", branches->len,
                           branches->len == 1 ? "" : "es", base->reference.ref, base->commit,
                           g_hash_table_size(colliding));
}

static int report(CheckedBase *base, const GPtrArray *branches, const GPtrArray *placed)
{
    g_autofree char *summary = summary_text(base, branches, placed);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < branches->len; i++)
        g_ptr_array_add(names, ((const OpenBranch *)branches->pdata[i])->name);
    FindingsReport text = {.findings = placed,
                           .base = base->reference.ref,
                           .base_commit = base->commit,
                           .origin = base->reference.origin,
                           .branches = names,
                           .summary = summary};
    return findings_print(base->invocation, &text);
}

int check_all_branches(Invocation *invocation, GError **error)
{
    g_auto(CheckedBase) base = {0};
    if (!findings_check_format(invocation, error) || !checked_base_open(&base, invocation, error))
        return -1;
    g_autoptr(GPtrArray) branches = find_branches(&base, error);
    if (!branches)
        return -1;
    g_autoptr(GPtrArray) placed = g_ptr_array_new_with_free_func((GDestroyNotify)placed_finding_free);
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < branches->len; i++) {
        const OpenBranch *one = branches->pdata[i];
        findings_place(base.changes, one->merge->result->findings, base.side, base.commit, one->merge->side,
                       one->merge->commit, one->name, placed);
        for (guint k = i + 1; k < branches->len; k++) {
            const OpenBranch *other = branches->pdata[k];
            if (is_same_branch(one, other)) /* local ones come first */
                continue;
            GPtrArray *found = merge_check_pair(one->merge->result, one->name, other->merge->result, other->name);
            g_ptr_array_add(pairs, found);
            place_pair(&base, found, one, other, placed);
        }
    }
    return report(&base, branches, placed);
}
