#include "git/moved.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_diff, git_diff_free)

void git_moved_file_free(MovedFile *file)
{
    g_free(file->from);
    g_free(file->to);
    g_free(file);
}

static gboolean has(const git_tree *tree, const char *path, gboolean folder)
{
    g_autoptr(git_tree_entry) entry = NULL;
    return git_tree_entry_bypath(&entry, tree, path) == 0 && (!folder || git_tree_entry_type(entry) == GIT_OBJECT_TREE);
}

/* The folder of the base that a new file was put into, when `side` has it no more; NULL: none such. New string. */
static char *lost_folder(const git_tree *base, const git_tree *side, const char *path)
{
    g_autofree char *folder = g_strdup(path);
    for (char *slash = strrchr(folder, '/'); slash; slash = strrchr(folder, '/')) {
        *slash = '\0';
        if (has(base, folder, TRUE))
            return has(side, folder, TRUE) ? NULL : g_steal_pointer(&folder);
    }
    return NULL;
}

/* Where a renamed file says that its folder went; NULL: it does not. New string, "" for the root. */
static char *new_folder(const char *folder, const char *from, const char *to)
{
    gsize length = strlen(folder);
    if (strncmp(from, folder, length) != 0 || from[length] != '/')
        return NULL;
    const char *rest = from + length, *slash = strrchr(to, '/');
    if (g_str_has_suffix(to, rest))
        return g_strndup(to, strlen(to) - strlen(rest));
    if (strcmp(to, rest + 1) == 0)
        return g_strdup("");
    if (strchr(rest + 1, '/'))
        return NULL;
    return slash ? g_strndup(to, (gsize)(slash - to)) : g_strdup("");
}

/* Where most of its files went; NULL: they did not, or there is no majority. New string. */
static char *most_frequent(GHashTable *counts)
{
    const char *best = NULL;
    guint most = 0;
    gboolean tie = FALSE;
    GHashTableIter each;
    void *key, *value;
    g_hash_table_iter_init(&each, counts);
    while (g_hash_table_iter_next(&each, &key, &value)) {
        guint n = GPOINTER_TO_UINT(value);
        tie = n == most || (tie && n < most);
        if (n > most) {
            best = key;
            most = n;
        }
    }
    return tie ? NULL : g_strdup(best);
}

static void count_folder(GHashTable *counts, const char *folder, const char *from, const char *to)
{
    char *target = new_folder(folder, from, to);
    if (target)
        g_hash_table_replace(counts, target,
                             GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, target)) + 1));
}

/* By the files that were renamed and not changed. */
static char *target_by_content(git_diff *diff, const char *folder)
{
    g_autoptr(GHashTable) added = g_hash_table_new(git_id_hash, git_id_equal);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < git_diff_num_deltas(diff); i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        if (delta->status == GIT_DELTA_ADDED)
            g_hash_table_insert(added, (void *)&delta->new_file.id, (void *)delta->new_file.path);
    }
    for (gsize i = 0; i < git_diff_num_deltas(diff); i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        const char *to = delta->status == GIT_DELTA_DELETED ? g_hash_table_lookup(added, &delta->old_file.id) : NULL;
        if (to)
            count_folder(counts, folder, delta->old_file.path, to);
    }
    return most_frequent(counts);
}

/* Also by those that were changed, which costs more. */
static char *target_by_likeness(git_diff *diff, const char *folder)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    git_diff_find_options options;
    git_diff_find_options_init(&options, GIT_DIFF_FIND_OPTIONS_VERSION);
    options.flags = GIT_DIFF_FIND_RENAMES;
    if (git_diff_find_similar(diff, &options) != 0)
        return NULL;
    for (gsize i = 0; i < git_diff_num_deltas(diff); i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        if (delta->status == GIT_DELTA_RENAMED)
            count_folder(counts, folder, delta->old_file.path, delta->new_file.path);
    }
    return most_frequent(counts);
}

/* "" where the folder went nowhere that is known: kept in `targets`. */
static const char *target_of(GHashTable *targets, git_diff *side_diff, const char *folder)
{
    const char *known = g_hash_table_lookup(targets, folder);
    if (known)
        return known;
    char *target = target_by_content(side_diff, folder);
    if (!target)
        target = target_by_likeness(side_diff, folder);
    /* What went to the root is as good as a folder of no name, but needs no '/'. */
    char *prefix = !target ? g_strdup("") : *target ? g_strconcat(target, "/", NULL) : g_strdup("/");
    g_free(target);
    g_hash_table_insert(targets, g_strdup(folder), prefix);
    return prefix;
}

int git_find_moved(git_repository *git, git_tree *base, git_tree *side, git_tree *other, GPtrArray *moved)
{
    g_autoptr(git_diff) side_diff = NULL, other_diff = NULL;
    g_autoptr(GHashTable) targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int code = git_diff_tree_to_tree(&other_diff, git, base, other, NULL);
    if (code == 0)
        code = git_diff_tree_to_tree(&side_diff, git, base, side, NULL);
    for (gsize i = 0; code == 0 && i < git_diff_num_deltas(other_diff); i++) {
        const git_diff_delta *delta = git_diff_get_delta(other_diff, i);
        const char *path = delta->new_file.path;
        g_autofree char *folder = delta->status == GIT_DELTA_ADDED ? lost_folder(base, side, path) : NULL;
        if (!folder)
            continue;
        const char *prefix = target_of(targets, side_diff, folder);
        if (!*prefix)
            continue;
        g_autofree char *to = g_strconcat(strcmp(prefix, "/") == 0 ? "" : prefix, path + strlen(folder) + 1, NULL);
        if (has(side, to, FALSE) || has(other, to, FALSE))
            continue;
        MovedFile *file = g_new0(MovedFile, 1);
        file->from = g_strdup(path);
        file->to = g_steal_pointer(&to);
        g_ptr_array_add(moved, file);
    }
    return code;
}
