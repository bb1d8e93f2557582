#include "check_base.h"

#include "base/error.h"
#include "base/log.h"
#include "repository.h"

/* ---- the base ---- */

static gboolean find_base(CheckedBase *base, GError **error)
{
    const char *given = option_string(base->invocation, "base");
    if (!base_reference_find(base->repository, given && *given ? given : NULL, "--base", &base->reference, error))
        return FALSE;
    base->commit = repository_resolve(base->repository, base->reference.ref, error);
    if (!base->commit)
        return FALSE;
    if (base->reference.origin)
        log_detail("the base is '%s' (%.8s), by %s", base->reference.ref, base->commit, base->reference.origin);
    return TRUE;
}

gboolean checked_base_open(CheckedBase *base, Invocation *invocation, GError **error)
{
    base->invocation = invocation;
    base->repository = invocation_need_repository(invocation, error);
    if (!base->repository || !find_base(base, error))
        return FALSE;
    base->reader = merge_reader_new(invocation, base->repository);
    base->changes = change_finder_new(base->repository);
    FileTree *tree = repository_tree(base->repository, base->commit, base->reference.ref, error);
    base->side = tree ? merge_reader_list(base->reader, tree, error) : NULL;
    return base->side && merge_reader_read(base->reader, base->side, FALSE, error);
}

void checked_base_clear(CheckedBase *base)
{
    base_reference_clear(&base->reference);
    g_clear_pointer(&base->commit, g_free);
    g_clear_pointer(&base->side, merge_side_free);
    g_clear_pointer(&base->changes, change_finder_free);
    g_clear_pointer(&base->reader, merge_reader_free);
}

/* ---- the merge ---- */

void checked_merge_free(CheckedMerge *merge)
{
    if (!merge)
        return;
    g_free(merge->commit);
    merge_result_free(merge->result);
    merge_side_free(merge->side);
    g_free(merge);
}

typedef struct BothSides {
    const MergeSide *theirs, *merged;
} BothSides;

static gboolean exists_in_merge(const char *path, void *data)
{
    const FileTree *tree = ((const BothSides *)data)->merged->tree;
    return tree->class->kind(tree, path) != FILE_KIND_NONE;
}

static gboolean compare(const MergeFile *theirs, const MergeFile *merged, guint *changes, void *data, GError **error)
{
    const BothSides *sides = data;
    return merge_sides_compare(sides->theirs, theirs, sides->merged, merged, changes, error);
}

/* Whose migrate.ini it is where both sides changed it. */
static void add_config_conflict(const CheckedBase *base, const MergeSide *side, GHashTable *conflicts,
                                MergeResult *result)
{
    const char *config = config_path(base->invocation->config);
    g_autofree char *path = config ? file_tree_relative(side->tree, config) : NULL;
    if (!path || !g_hash_table_contains(conflicts, path))
        return;
    MergeFinding *finding = merge_finding_new(MERGE_FINDING_CONFIG, MERGE_NOTE);
    finding->message = g_strdup_printf("'%s' is in conflict with %s: where revisions are, this side's says", path,
                                       base->reference.ref);
    g_ptr_array_add(result->findings, finding);
}

/* A shallow clone may lack the common ancestor, which makes everything look new. */
static gboolean check_related(const CheckedBase *base, const char *commit, GError **error)
{
    GError *failure = NULL;
    g_autofree char *ancestor = repository_merge_base(base->repository, commit, base->commit, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (!ancestor)
        log_warning("%.8s and '%s' have no common ancestor: what both sides have differently is in conflict", commit,
                    base->reference.ref);
    return TRUE;
}

CheckedMerge *checked_merge_new(CheckedBase *base, const char *commit, GError **error)
{
    g_autoptr(CheckedMerge) merge = g_new0(CheckedMerge, 1);
    g_autoptr(GPtrArray) conflicts = NULL;
    merge->commit = g_strdup(commit);
    if (repository_is_shallow(base->repository) && !check_related(base, commit, error))
        return NULL;
    FileTree *tree = repository_merge_tree(base->repository, commit, base->commit, &conflicts, error);
    if (!tree)
        return NULL;
    merge->side = merge_reader_list(base->reader, tree, error);
    if (!merge->side || !merge_reader_read(base->reader, merge->side, TRUE, error) ||
        (conflicts->len > 0 && !check_related(base, commit, error)))
        return NULL;
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < conflicts->len; i++)
        g_hash_table_add(paths, conflicts->pdata[i]);
    BothSides sides = {base->side, merge->side};
    MergeCheck check = {
        base->reference.ref, base->side->files, merge->side->files, paths, exists_in_merge, compare, &sides};
    merge->result = merge_check(&check);
    add_config_conflict(base, merge->side, paths, merge->result);
    return g_steal_pointer(&merge);
}

/* ---- check --base ---- */

/* "2 errors and 1 warning"; NULL: neither. New string. */
static char *count_text(const GPtrArray *findings)
{
    guint n[3] = {0};
    for (guint i = 0; i < findings->len; i++)
        n[((const PlacedFinding *)findings->pdata[i])->found->level]++;
    g_autofree char *errors = g_strdup_printf("%u error%s", n[MERGE_ERROR], n[MERGE_ERROR] == 1 ? "" : "s");
    g_autofree char *warnings = g_strdup_printf("%u warning%s", n[MERGE_WARNING], n[MERGE_WARNING] == 1 ? "" : "s");
    if (n[MERGE_ERROR] && n[MERGE_WARNING])
        return g_strdup_printf("%s and %s", errors, warnings);
    return n[MERGE_ERROR] ? g_steal_pointer(&errors) : n[MERGE_WARNING] ? g_steal_pointer(&warnings) : NULL;
}

static char *summary_text(const CheckedBase *base, const CheckedMerge *merge, const char *head,
                          const GPtrArray *findings)
{
    guint brought = merge->result->brought->len;
    g_autofree char *count = count_text(findings);
    if (count)
        return g_strdup_printf("%s in the merge of '%s' (%.8s) and '%s' (%.8s)", count, head, merge->commit,
                               base->reference.ref, base->commit);
    return g_strdup_printf("the merge of '%s' (%.8s) and '%s' (%.8s) is good: %u new revision%s", head, merge->commit,
                           base->reference.ref, base->commit, brought, brought == 1 ? "" : "s");
}

int check_base(Invocation *invocation, GError **error)
{
    g_auto(CheckedBase) base = {0};
    if (!findings_check_format(invocation, error))
        return -1;
    g_autofree char *commit = invocation_commit(invocation, error);
    if (!commit || !checked_base_open(&base, invocation, error))
        return -1;
    g_autoptr(CheckedMerge) merge = checked_merge_new(&base, commit, error);
    if (!merge)
        return -1;
    g_autofree char *branch = repository_branch(base.repository);
    const char *ref = invocation_ref(invocation), *head = ref ? ref : branch ? branch : "HEAD";
    g_autoptr(GPtrArray) placed = g_ptr_array_new_with_free_func((GDestroyNotify)placed_finding_free);
    findings_place(base.changes, merge->result->findings, base.side, base.commit, merge->side, commit, NULL, placed);
    g_autofree char *summary = summary_text(&base, merge, head, placed);
    FindingsReport report = {.findings = placed,
                             .base = base.reference.ref,
                             .base_commit = base.commit,
                             .origin = base.reference.origin,
                             .head = head,
                             .head_commit = commit,
                             .summary = summary};
    return findings_print(invocation, &report);
}
