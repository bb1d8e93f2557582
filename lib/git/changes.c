#include "git/history.h"

/*
 * Each path starts at the newest commit and goes to the first parent that has the same of it, as git-log(1) simplifies
 * history: where none has, that commit changed it. Most paths go one way, from commit to first parent: that crowd is
 * not kept anywhere; only who left it is, in `apart`. What is gone, and was never on that way, has been on a branch
 * that was merged without it: for it the newest commit that changed it counts.
 */
typedef struct PathState {
    guint found;    /* position + 1 of the commit; 0: none yet */
    guint met;      /* position + 1 of the first commit of all that changed it */
    guint oldest;   /* and of the last */
    gboolean apart; /* has left the crowd */
} PathState;

typedef struct Walk {
    const Repository *repository;
    History *history;
    const GPtrArray *folders;
    GPtrArray *paths;    /* char* */
    GHashTable *numbers; /* path -> its index in `paths` and `states`, plus 1 */
    GArray *states;      /* PathState */
    TreePlace **places;  /* of each commit: what is at `folders`; NULL: not asked yet, or not needed any more */
    GHashTable **apart;  /* of each commit: numbers of the paths that came here beside the crowd; or NULL */
    gboolean *crowd;     /* of each commit */
} Walk;

static guint path_number(Walk *walk, const char *path)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(walk->numbers, path));
    if (number)
        return number - 1;
    PathState state = {0};
    g_ptr_array_add(walk->paths, g_strdup(path));
    g_array_append_val(walk->states, state);
    g_hash_table_insert(walk->numbers, g_ptr_array_index(walk->paths, walk->paths->len - 1),
                        GUINT_TO_POINTER(walk->paths->len));
    return walk->paths->len - 1;
}

static PathState *path_state(Walk *walk, guint number)
{
    return &g_array_index(walk->states, PathState, number);
}

static gboolean walk_places(Walk *walk, const HistoryCommit *commit, const TreePlace **places, GError **error)
{
    TreePlace **kept = &walk->places[commit->position];
    if (!*kept) {
        g_autofree TreePlace *read = g_new(TreePlace, walk->folders->len);
        for (guint i = 0; i < walk->folders->len; i++)
            if (!tree_place(walk->repository, &commit->tree, g_ptr_array_index(walk->folders, i), &read[i], error))
                return FALSE;
        *kept = g_steal_pointer(&read);
    }
    *places = *kept;
    return TRUE;
}

/* ---- what a commit changed ---- */

typedef struct Changed {
    Walk *walk;
    GHashTable *numbers; /* as a set */
} Changed;

static void add_change(const char *path, const git_tree_entry *old_entry, const git_tree_entry *new_entry, void *data)
{
    (void)old_entry, (void)new_entry;
    Changed *changed = data;
    g_hash_table_add(changed->numbers, GUINT_TO_POINTER(path_number(changed->walk, path)));
}

static gboolean compare_places(Changed *changed, const char *path, const TreePlace *old_place,
                               const TreePlace *new_place, GError **error)
{
    if (tree_place_equal(old_place, new_place))
        return TRUE;
    gboolean old_folder = old_place->mode == GIT_FILEMODE_TREE, new_folder = new_place->mode == GIT_FILEMODE_TREE;
    if ((!old_folder && old_place->mode != GIT_FILEMODE_UNREADABLE) ||
        (!new_folder && new_place->mode != GIT_FILEMODE_UNREADABLE))
        add_change(path, NULL, NULL, changed);
    if (!old_folder && !new_folder)
        return TRUE;
    return trees_compare(changed->walk->repository, path, old_folder ? &old_place->id : NULL,
                         new_folder ? &new_place->id : NULL, add_change, changed, error);
}

/* The paths that differ from a parent (NULL: from nothing), a new set. */
static GHashTable *changed_paths(Walk *walk, const HistoryCommit *parent, const HistoryCommit *commit, GError **error)
{
    const TreePlace nothing = {.mode = GIT_FILEMODE_UNREADABLE};
    const TreePlace *old_places = NULL, *new_places = NULL;
    if (!walk_places(walk, commit, &new_places, error) || (parent && !walk_places(walk, parent, &old_places, error)))
        return NULL;
    g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
    Changed changed = {walk, numbers};
    for (guint i = 0; i < walk->folders->len; i++)
        if (!compare_places(&changed, g_ptr_array_index(walk->folders, i), old_places ? &old_places[i] : &nothing,
                            &new_places[i], error))
            return NULL;
    return g_steal_pointer(&numbers);
}

/* ---- where the paths go ---- */

static void send(Walk *walk, const HistoryCommit *commit, guint number)
{
    GHashTable **apart = &walk->apart[commit->position];
    if (!*apart)
        *apart = g_hash_table_new(NULL, NULL);
    g_hash_table_add(*apart, GUINT_TO_POINTER(number));
    path_state(walk, number)->apart = TRUE;
}

/* A path that differs from the first parent. */
static void place_change(Walk *walk, const HistoryCommit *commit, const GPtrArray *changes, guint number)
{
    PathState *state = path_state(walk, number);
    const HistoryCommit *same = NULL;
    for (guint i = 1; i < changes->len && !same; i++)
        if (!g_hash_table_contains(g_ptr_array_index(changes, i), GUINT_TO_POINTER(number)))
            same = commit->parents[i];
    if (!same && !state->met)
        state->met = commit->position + 1;
    if (!same)
        state->oldest = commit->position + 1;

    gboolean here =
        walk->apart[commit->position] && g_hash_table_remove(walk->apart[commit->position], GUINT_TO_POINTER(number));
    here = here || (walk->crowd[commit->position] && !state->apart);
    if (here && same) {
        send(walk, same, number);
    } else if (here) {
        state->found = commit->position + 1;
        state->apart = TRUE;
    }
}

/* All that came here and is the same in the first parent goes on to it. */
static void pass_on(Walk *walk, const HistoryCommit *commit)
{
    if (commit->parent_count == 0)
        return;
    guint from = commit->position, to = commit->parents[0]->position;
    walk->crowd[to] = walk->crowd[to] || walk->crowd[from];
    if (!walk->apart[from])
        return;
    if (!walk->apart[to]) {
        walk->apart[to] = g_steal_pointer(&walk->apart[from]);
        return;
    }
    GHashTableIter iter;
    gpointer number;
    g_hash_table_iter_init(&iter, walk->apart[from]);
    while (g_hash_table_iter_next(&iter, &number, NULL))
        g_hash_table_add(walk->apart[to], number);
}

static gboolean walk_commit(Walk *walk, const HistoryCommit *commit, GError **error)
{
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < MAX(commit->parent_count, 1); i++) {
        GHashTable *changed = changed_paths(walk, commit->parent_count > 0 ? commit->parents[i] : NULL, commit, error);
        if (!changed)
            return FALSE;
        g_ptr_array_add(changes, changed);
    }
    GHashTableIter iter;
    gpointer number;
    g_hash_table_iter_init(&iter, g_ptr_array_index(changes, 0));
    while (g_hash_table_iter_next(&iter, &number, NULL))
        place_change(walk, commit, changes, GPOINTER_TO_UINT(number));
    pass_on(walk, commit);
    g_clear_pointer(&walk->places[commit->position], g_free);
    g_clear_pointer(&walk->apart[commit->position], g_hash_table_unref);
    return TRUE;
}

static void walk_clear(Walk *walk)
{
    for (guint i = 0; i < walk->history->commits->len; i++) {
        g_free(walk->places[i]);
        if (walk->apart[i])
            g_hash_table_unref(walk->apart[i]);
    }
    g_free(walk->places);
    g_free(walk->apart);
    g_free(walk->crowd);
    g_hash_table_unref(walk->numbers);
    g_ptr_array_unref(walk->paths);
    g_array_unref(walk->states);
}

static void add_position(GHashTable *positions, const char *path, guint position)
{
    if (positions && position)
        g_hash_table_insert(positions, g_strdup(path), GUINT_TO_POINTER(position));
}

/* Adds path -> position + 1 of its newest commit, and of its oldest one, for each path below `folders`; either may be
 * NULL. */
static gboolean walk_history(const Repository *repository, History *history, const GPtrArray *folders,
                             GHashTable *newest, GHashTable *oldest, GError **error)
{
    guint count = history->commits->len;
    Walk walk = {.repository = repository, .history = history, .folders = folders};
    walk.paths = g_ptr_array_new_with_free_func(g_free);
    walk.numbers = g_hash_table_new(g_str_hash, g_str_equal);
    walk.states = g_array_new(FALSE, FALSE, sizeof(PathState));
    walk.places = g_new0(TreePlace *, count);
    walk.apart = g_new0(GHashTable *, count);
    walk.crowd = g_new0(gboolean, count);
    walk.crowd[0] = TRUE; /* of one start alone all others are ancestors: it is the first */

    gboolean ok = TRUE;
    for (guint i = 0; i < count && ok; i++)
        ok = walk_commit(&walk, g_ptr_array_index(history->commits, i), error);
    for (guint i = 0; i < walk.paths->len && ok; i++) {
        const PathState *state = path_state(&walk, i);
        add_position(newest, g_ptr_array_index(walk.paths, i), state->found ? state->found : state->met);
        add_position(oldest, g_ptr_array_index(walk.paths, i), state->oldest);
    }
    walk_clear(&walk);
    return ok;
}

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
        if (!walk_history(names->repository, names->history, folders, NULL, names->positions, error))
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
    if (!history || !walk_history(repository, history, folders, newest, oldest, error) ||
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
