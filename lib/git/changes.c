#include "git/history.h"

/* ---- what files were called before ---- */

/* Where the files of a commit were before it moved them: new path -> old path. */
typedef struct Moves {
    GHashTable *added;   /* path -> git_oid* */
    GHashTable *removed; /* git_oid* -> GPtrArray of char*: paths */
} Moves;

static void moves_free(void *data)
{
    Moves *moves = data;
    g_hash_table_unref(moves->added);
    g_hash_table_unref(moves->removed);
    g_free(moves);
}

static void add_move(const char *path, const git_tree_entry *old_entry, const git_tree_entry *new_entry, void *data)
{
    Moves *moves = data;
    const git_oid *id = git_tree_entry_id(old_entry ? old_entry : new_entry);
    if (old_entry && new_entry)
        return;
    if (new_entry) {
        g_hash_table_insert(moves->added, g_strdup(path), g_memdup2(id, sizeof(*id)));
        return;
    }
    GPtrArray *paths = g_hash_table_lookup(moves->removed, id);
    if (!paths) {
        paths = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(moves->removed, g_memdup2(id, sizeof(*id)), paths);
    }
    g_ptr_array_add(paths, g_strdup(path));
}

static Moves *commit_moves(const Repository *repository, const HistoryCommit *commit, GError **error)
{
    Moves *moves = g_new0(Moves, 1);
    moves->added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    moves->removed = g_hash_table_new_full(git_id_hash, git_id_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    if (trees_compare(repository, "", &commit->parents[0]->tree, &commit->tree, add_move, moves, error))
        return moves;
    moves_free(moves);
    return NULL;
}

/* The one with the same name in another folder before others. */
static const char *moved_from(const Moves *moves, const char *path)
{
    const git_oid *id = g_hash_table_lookup(moves->added, path);
    const GPtrArray *paths = id ? g_hash_table_lookup(moves->removed, id) : NULL;
    if (!paths)
        return NULL;
    g_autofree char *name = g_path_get_basename(path);
    for (guint i = 0; i < paths->len; i++) {
        g_autofree char *other = g_path_get_basename(g_ptr_array_index(paths, i));
        if (g_str_equal(other, name))
            return g_ptr_array_index(paths, i);
    }
    return g_ptr_array_index(paths, 0);
}

typedef struct Names {
    const Repository *repository;
    History *history;
    GHashTable *positions; /* path -> position + 1, of all names met so far */
    GHashTable *moves;     /* HistoryCommit* -> Moves* */
    GHashTable *walked;    /* folders, as a set */
} Names;

/* The name that a file had before the commit that brought its name, NULL: none. FALSE with an error. */
static gboolean name_before(Names *names, const char *path, const char **before, GError **error)
{
    *before = NULL;
    guint position = GPOINTER_TO_UINT(g_hash_table_lookup(names->positions, path));
    const HistoryCommit *commit = position ? g_ptr_array_index(names->history->commits, position - 1) : NULL;
    if (!commit || commit->parent_count != 1)
        return TRUE;
    Moves *moves = g_hash_table_lookup(names->moves, commit);
    if (!moves) {
        moves = commit_moves(names->repository, commit, error);
        if (!moves)
            return FALSE;
        g_hash_table_insert(names->moves, (gpointer)commit, moves);
    }
    *before = moved_from(moves, path);
    return TRUE;
}

/* The oldest commit of a file by any of its names: position + 1. With a name that has not been looked for, its folder
 * is put into `folders`. */
static gboolean first_position(Names *names, const char *path, GPtrArray *folders, guint *position, GError **error)
{
    *position = GPOINTER_TO_UINT(g_hash_table_lookup(names->positions, path));
    for (const char *before = path; before;) {
        if (!name_before(names, before, &before, error))
            return FALSE;
        guint older = before ? GPOINTER_TO_UINT(g_hash_table_lookup(names->positions, before)) : 0;
        if (before && !older) {
            g_autofree char *folder = g_path_get_dirname(before);
            const char *look = g_str_equal(folder, ".") ? before : folder;
            if (g_hash_table_add(names->walked, g_strdup(look)))
                g_ptr_array_add(folders, g_strdup(look));
        }
        if (older <= *position) /* a name that came back later */
            break;
        *position = older;
    }
    return TRUE;
}

/* Follows the files of `positions` to the names that they had before. */
static gboolean follow_moves(Names *names, GHashTable *positions, GError **error)
{
    for (;;) {
        g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
        GHashTableIter iter;
        gpointer path, value;
        g_hash_table_iter_init(&iter, positions);
        while (g_hash_table_iter_next(&iter, &path, &value)) {
            guint position = 0;
            if (!first_position(names, path, folders, &position, error))
                return FALSE;
            g_hash_table_iter_replace(&iter, GUINT_TO_POINTER(position));
        }
        if (folders->len == 0)
            return TRUE;
        if (!history_walk(names->repository, names->history, folders, NULL, names->positions, error))
            return FALSE;
    }
}

static void copy_position(gpointer path, gpointer position, gpointer copy)
{
    g_hash_table_insert(copy, g_strdup(path), position);
}

static gboolean follow_names(const Repository *repository, History *history, const GPtrArray *folders,
                             GHashTable *positions, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) moves = g_hash_table_new_full(NULL, NULL, NULL, moves_free);
    g_autoptr(GHashTable) walked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < folders->len; i++)
        g_hash_table_add(walked, g_strdup(g_ptr_array_index(folders, i)));
    g_hash_table_foreach(positions, copy_position, known);
    Names names = {repository, history, known, moves, walked};
    return follow_moves(&names, positions, error);
}

/* ---- the answers ---- */

static History *history_of(const Repository *repository, const char *from, GError **error)
{
    git_oid id;
    if (!git_id_from_text(from, &id, error))
        return NULL;
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(git_oid));
    g_array_append_val(starts, id);
    return commit_history_load(repository, starts, error);
}

static Commit *commit_of(const Repository *repository, const git_oid *id, GError **error)
{
    g_autofree char *text = git_id_text(id);
    return repository_commit(repository, text, error);
}

/* path -> Commit* of path -> position + 1. */
static GHashTable *commits_of(const Repository *repository, const History *history, GHashTable *positions,
                              GError **error)
{
    g_autoptr(GHashTable) changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)commit_free);
    GHashTableIter iter;
    gpointer path, position;
    g_hash_table_iter_init(&iter, positions);
    while (g_hash_table_iter_next(&iter, &path, &position)) {
        const HistoryCommit *commit = g_ptr_array_index(history->commits, GPOINTER_TO_UINT(position) - 1);
        Commit *read = commit_of(repository, &commit->id, error);
        if (!read)
            return NULL;
        g_hash_table_insert(changes, g_strdup(path), read);
    }
    return g_steal_pointer(&changes);
}

gboolean repository_all_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                GHashTable **first, GHashTable **last, GError **error)
{
    g_autoptr(GHashTable) newest = last ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) : NULL;
    g_autoptr(GHashTable) oldest = first ? g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) : NULL;
    g_autoptr(GHashTable) last_commits = NULL, first_commits = NULL;
    g_autoptr(History) history = history_of(repository, from, error);
    if (!history || !history_walk(repository, history, folders, newest, oldest, error) ||
        (first && !follow_names(repository, history, folders, oldest, error)) ||
        (last && !(last_commits = commits_of(repository, history, newest, error))) ||
        (first && !(first_commits = commits_of(repository, history, oldest, error))))
        return FALSE;
    if (last)
        *last = g_steal_pointer(&last_commits);
    if (first)
        *first = g_steal_pointer(&first_commits);
    return TRUE;
}

GHashTable *repository_last_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                    gboolean first, GError **error)
{
    GHashTable *changes = NULL;
    repository_all_changes(repository, from, folders, first ? &changes : NULL, first ? NULL : &changes, error);
    return changes;
}

/* A commit's parents, and what it has at a path. */
static gboolean read_step(const Repository *repository, const git_oid *id, const char *path, GArray **parents,
                          TreePlace *place, GError **error)
{
    g_autoptr(git_commit) commit = NULL;
    int code = git_commit_lookup(&commit, repository->git, id);
    if (code != 0) {
        git_object_failed(repository, code, "commit", id, error);
        return FALSE;
    }
    *parents = git_commit_parents(repository, commit);
    return tree_place(repository, git_commit_tree_id(commit), path, place, error);
}

/* From commit to the parent that has the same of a path, until none has: *id is where that ends. `none`: it had nothing
 * of it to the end. */
static gboolean follow_path(const Repository *repository, git_oid *id, const char *path, gboolean *none, GError **error)
{
    g_autoptr(GArray) parents = NULL;
    TreePlace here;
    if (!read_step(repository, id, path, &parents, &here, error))
        return FALSE;
    for (gboolean same = TRUE; same;) {
        g_autoptr(GArray) next = NULL;
        same = FALSE;
        for (guint i = 0; i < parents->len && !same; i++) {
            TreePlace there;
            g_clear_pointer(&next, g_array_unref);
            if (!read_step(repository, &g_array_index(parents, git_oid, i), path, &next, &there, error))
                return FALSE;
            same = tree_place_equal(&here, &there);
            if (same)
                *id = g_array_index(parents, git_oid, i);
        }
        if (same) {
            g_array_unref(parents);
            parents = g_steal_pointer(&next);
        }
    }
    *none = parents->len == 0 && here.mode == GIT_FILEMODE_UNREADABLE;
    return TRUE;
}

Commit *repository_last_change(const Repository *repository, const char *from, const char *path, GError **error)
{
    git_oid id;
    gboolean none = FALSE;
    if (!git_id_from_text(from, &id, error) || !follow_path(repository, &id, path, &none, error))
        return NULL;
    if (!none)
        return commit_of(repository, &id, error);

    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, (gpointer)path);
    g_autoptr(GHashTable) changes = repository_last_changes(repository, from, paths, FALSE, error);
    Commit *commit = NULL;
    g_autofree gpointer key = NULL;
    if (changes)
        g_hash_table_steal_extended(changes, path, &key, (gpointer *)&commit);
    return commit;
}
