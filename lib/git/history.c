#include "git/history.h"

gboolean git_object_failed(const Repository *repository, int code, const char *kind, const git_oid *id, GError **error)
{
    g_autofree char *text = git_id_text(id);
    return git_failed(repository, code, error, "%s '%s' cannot be read", kind, text);
}

static git_tree *read_tree(const Repository *repository, const git_oid *id, GError **error)
{
    git_tree *tree = NULL;
    int code = git_tree_lookup(&tree, repository->git, id);
    if (code != 0)
        git_object_failed(repository, code, "tree", id, error);
    return tree;
}

static void history_commit_free(void *data)
{
    HistoryCommit *commit = data;
    g_free(commit->parents);
    g_free(commit);
}

void commit_history_free(History *history)
{
    g_ptr_array_unref(history->commits);
    g_hash_table_unref(history->by_id);
    g_free(history);
}

/* The commit of an id, to be read when it is new. */
static HistoryCommit *meet(History *history, const git_oid *id, GPtrArray *unread)
{
    HistoryCommit *commit = g_hash_table_lookup(history->by_id, id);
    if (commit)
        return commit;
    commit = g_new0(HistoryCommit, 1);
    commit->id = *id;
    g_hash_table_insert(history->by_id, &commit->id, commit);
    g_ptr_array_add(history->commits, commit);
    g_ptr_array_add(unread, commit);
    return commit;
}

static gboolean read_commit(const Repository *repository, History *history, HistoryCommit *commit, GPtrArray *unread,
                            GError **error)
{
    g_autoptr(git_commit) read = NULL;
    int code = git_commit_lookup(&read, repository->git, &commit->id);
    if (code != 0)
        return git_object_failed(repository, code, "commit", &commit->id, error);
    g_autoptr(GArray) parents = git_commit_parents(repository, read);
    commit->tree = *git_commit_tree_id(read);
    commit->time = git_commit_time(read);
    commit->parent_count = parents->len;
    commit->parents = g_new(HistoryCommit *, parents->len);
    for (guint i = 0; i < parents->len; i++) {
        commit->parents[i] = meet(history, &g_array_index(parents, git_oid, i), unread);
        commit->parents[i]->children++;
    }
    return TRUE;
}

static int newest_first(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    const HistoryCommit *x = a, *y = b;
    return x->time > y->time ? -1 : x->time < y->time;
}

/* Children before parents, whatever the dates say: clocks lie. */
static void history_sort(History *history)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new_full(history->commits->len, history_commit_free);
    GSequence *ready = g_sequence_new(NULL);
    for (guint i = 0; i < history->commits->len; i++) {
        HistoryCommit *commit = g_ptr_array_index(history->commits, i);
        if (commit->children == 0)
            g_sequence_insert_sorted(ready, commit, newest_first, NULL);
    }
    while (!g_sequence_is_empty(ready)) {
        GSequenceIter *next = g_sequence_get_begin_iter(ready);
        HistoryCommit *commit = g_sequence_get(next);
        g_sequence_remove(next);
        commit->position = sorted->len;
        g_ptr_array_add(sorted, commit);
        for (guint i = 0; i < commit->parent_count; i++)
            if (--commit->parents[i]->children == 0)
                g_sequence_insert_sorted(ready, commit->parents[i], newest_first, NULL);
    }
    g_sequence_free(ready);
    g_ptr_array_set_free_func(history->commits, NULL);
    g_ptr_array_unref(history->commits);
    history->commits = g_steal_pointer(&sorted);
}

History *commit_history_load(const Repository *repository, const GArray *starts, GError **error)
{
    g_autoptr(History) history = g_new0(History, 1);
    history->commits = g_ptr_array_new_with_free_func(history_commit_free);
    history->by_id = g_hash_table_new(git_id_hash, git_id_equal);

    g_autoptr(GPtrArray) unread = g_ptr_array_new();
    for (guint i = 0; i < starts->len; i++)
        meet(history, &g_array_index(starts, git_oid, i), unread);
    while (unread->len > 0) {
        HistoryCommit *commit = g_ptr_array_steal_index(unread, unread->len - 1);
        if (!read_commit(repository, history, commit, unread, error))
            return NULL;
    }
    history_sort(history);
    return g_steal_pointer(&history);
}

gboolean tree_place_equal(const TreePlace *a, const TreePlace *b)
{
    return a->mode == b->mode && (a->mode == GIT_FILEMODE_UNREADABLE || git_id_equal(&a->id, &b->id));
}

gboolean tree_place(const Repository *repository, const git_oid *tree, const char *path, TreePlace *place,
                    GError **error)
{
    *place = (TreePlace){.mode = GIT_FILEMODE_UNREADABLE};
    if (path[0] == '\0' || g_str_equal(path, ".")) {
        *place = (TreePlace){.mode = GIT_FILEMODE_TREE, .id = *tree};
        return TRUE;
    }
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    git_oid folder = *tree;
    for (guint i = 0; names[i]; i++) {
        g_autoptr(git_tree) read = read_tree(repository, &folder, error);
        if (!read)
            return FALSE;
        const git_tree_entry *entry = git_tree_entry_byname(read, names[i]);
        TreePlace found = {.mode = GIT_FILEMODE_UNREADABLE};
        if (entry)
            found = (TreePlace){.mode = git_tree_entry_filemode(entry), .id = *git_tree_entry_id(entry)};
        if (!names[i + 1])
            *place = found;
        if (found.mode != GIT_FILEMODE_TREE)
            return TRUE;
        folder = found.id;
    }
    return TRUE;
}

/* ---- what differs between two trees ---- */

typedef struct Comparison {
    const Repository *repository;
    GString *path;
    TreeChange change;
    void *data;
} Comparison;

static gboolean compare_trees(Comparison *comparison, const git_oid *old_tree, const git_oid *new_tree, GError **error);

static const git_oid *subtree_of(const git_tree_entry *entry)
{
    return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE ? git_tree_entry_id(entry) : NULL;
}

/* Of one name: entries of the same kind, or one that is NULL. */
static gboolean compare_entries(Comparison *comparison, const git_tree_entry *old_entry,
                                const git_tree_entry *new_entry, GError **error)
{
    if (old_entry && new_entry && git_id_equal(git_tree_entry_id(old_entry), git_tree_entry_id(new_entry)) &&
        git_tree_entry_filemode(old_entry) == git_tree_entry_filemode(new_entry))
        return TRUE;

    gsize length = comparison->path->len;
    if (length > 0)
        g_string_append_c(comparison->path, '/');
    g_string_append(comparison->path, git_tree_entry_name(old_entry ? old_entry : new_entry));
    const git_oid *old_tree = subtree_of(old_entry), *new_tree = subtree_of(new_entry);
    gboolean ok = TRUE;
    if (old_tree || new_tree)
        ok = compare_trees(comparison, old_tree, new_tree, error);
    else
        comparison->change(comparison->path->str, old_entry, new_entry, comparison->data);
    g_string_truncate(comparison->path, length);
    return ok;
}

/* Both are sorted as git_tree_entry_cmp() says, by which a file and a folder of one name are two. */
static gboolean merge_entries(Comparison *comparison, const git_tree *old_tree, const git_tree *new_tree,
                              GError **error)
{
    gsize old_count = old_tree ? git_tree_entrycount(old_tree) : 0;
    gsize new_count = new_tree ? git_tree_entrycount(new_tree) : 0;
    for (gsize i = 0, j = 0; i < old_count || j < new_count;) {
        const git_tree_entry *old_entry = i < old_count ? git_tree_entry_byindex(old_tree, i) : NULL;
        const git_tree_entry *new_entry = j < new_count ? git_tree_entry_byindex(new_tree, j) : NULL;
        int order = !old_entry ? 1 : !new_entry ? -1 : git_tree_entry_cmp(old_entry, new_entry);
        if (!compare_entries(comparison, order <= 0 ? old_entry : NULL, order >= 0 ? new_entry : NULL, error))
            return FALSE;
        i += order <= 0;
        j += order >= 0;
    }
    return TRUE;
}

static gboolean compare_trees(Comparison *comparison, const git_oid *old_id, const git_oid *new_id, GError **error)
{
    if (old_id && new_id && git_id_equal(old_id, new_id))
        return TRUE;
    g_autoptr(git_tree) old_tree = old_id ? read_tree(comparison->repository, old_id, error) : NULL;
    if (old_id && !old_tree)
        return FALSE;
    g_autoptr(git_tree) new_tree = new_id ? read_tree(comparison->repository, new_id, error) : NULL;
    if (new_id && !new_tree)
        return FALSE;
    return merge_entries(comparison, old_tree, new_tree, error);
}

gboolean trees_compare(const Repository *repository, const char *path, const git_oid *old_tree, const git_oid *new_tree,
                       TreeChange change, void *data, GError **error)
{
    g_autoptr(GString) start = g_string_new(g_str_equal(path, ".") ? "" : path);
    Comparison comparison = {repository, start, change, data};
    return compare_trees(&comparison, old_tree, new_tree, error);
}
