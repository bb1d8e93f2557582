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

gboolean history_walk(const Repository *repository, History *history, const GPtrArray *folders, GHashTable *newest,
                      GHashTable *oldest, GError **error)
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
