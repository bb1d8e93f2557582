#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <string.h>

#include "base/error.h"
#include "git/internal.h"
#include "git/moved.h"
#include "git/objects.h"

typedef struct MergeTree {
    FileTree tree;
    Repository *repository;
    git_repository *git; /* a handle of its own, whose new objects stay in memory */
    git_index *index;    /* owns what `files` points to */
    GPtrArray *files;    /* const git_index_entry *, by path */
    GPtrArray *moved;    /* git_index_entry *: those that the index has elsewhere */
} MergeTree;

/* ---- reading it ---- */

/* Of the first file whose path is not before it. */
static guint lower_bound(const MergeTree *self, const char *path)
{
    guint low = 0, high = self->files->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const git_index_entry *entry = self->files->pdata[middle];
        if (strcmp(entry->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const git_index_entry *file_at(const MergeTree *self, const char *path)
{
    guint i = lower_bound(self, path);
    const git_index_entry *entry = i < self->files->len ? self->files->pdata[i] : NULL;
    return entry && strcmp(entry->path, path) == 0 ? entry : NULL;
}

/* "folder/", and "" for the root. */
static char *prefix_of(const char *folder)
{
    return *folder ? g_strconcat(folder, "/", NULL) : g_strdup("");
}

static gboolean has_folder(const MergeTree *self, const char *path)
{
    g_autofree char *prefix = prefix_of(path);
    guint i = lower_bound(self, prefix);
    return !*path ||
           (i < self->files->len && g_str_has_prefix(((const git_index_entry *)self->files->pdata[i])->path, prefix));
}

static FileKind merge_tree_kind(const FileTree *tree, const char *path)
{
    const MergeTree *self = (const MergeTree *)tree;
    const git_index_entry *entry = *path ? file_at(self, path) : NULL;
    if (entry)
        return git_kind_of_mode(entry->mode);
    return has_folder(self, path) ? FILE_KIND_FOLDER : FILE_KIND_NONE;
}

static gboolean merge_tree_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error)
{
    const MergeTree *self = (const MergeTree *)tree;
    const git_index_entry *entry = file_at(self, path);
    if (!entry || entry->mode == GIT_FILEMODE_COMMIT)
        return git_no_such(tree, "file", path, error);
    g_autofree char *name = g_strdup_printf("%s:%s", tree->name, path);
    return git_read_blob(self->repository, self->git, &entry->id, name, bytes, length, error);
}

static GPtrArray *merge_tree_list(const FileTree *tree, const char *path, GError **error)
{
    const MergeTree *self = (const MergeTree *)tree;
    g_autofree char *prefix = prefix_of(path);
    if (!has_folder(self, path)) {
        git_no_such(tree, "folder", path, error);
        return NULL;
    }
    GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)file_entry_free);
    for (guint i = lower_bound(self, prefix); i < self->files->len;) {
        const git_index_entry *entry = self->files->pdata[i];
        if (!g_str_has_prefix(entry->path, prefix))
            break;
        const char *name = entry->path + strlen(prefix), *slash = strchr(name, '/');
        if (!slash) {
            git_add_entry(entries, name, git_kind_of_mode(entry->mode),
                          entry->mode != GIT_FILEMODE_COMMIT ? &entry->id : NULL);
            i++;
            continue;
        }
        g_autofree char *folder = g_strndup(name, (gsize)(slash - name));
        git_add_entry(entries, folder, FILE_KIND_FOLDER, NULL);
        g_autofree char *behind = g_strdup_printf("%s%s%c", prefix, folder, '/' + 1);
        i = lower_bound(self, behind);
    }
    return entries;
}

static char *merge_tree_blob_id(const FileTree *tree, const char *path)
{
    const git_index_entry *entry = file_at((const MergeTree *)tree, path);
    return entry && entry->mode != GIT_FILEMODE_COMMIT ? git_id_text(&entry->id) : NULL;
}

static void merge_tree_free(FileTree *tree)
{
    MergeTree *self = (MergeTree *)tree;
    g_ptr_array_unref(self->files);
    g_ptr_array_unref(self->moved);
    git_index_free(self->index);
    git_repository_free(self->git);
    g_free(self);
}

static const FileTreeClass merge_tree_class = {merge_tree_kind, merge_tree_read, merge_tree_list, merge_tree_blob_id,
                                               merge_tree_free};

/* ---- making it ---- */

/* libgit2 writes the files that it merges into the object database: here, one whose new objects stay in memory. */
static git_repository *open_in_memory(const Repository *repository, GError **error)
{
    g_autoptr(git_repository) git = NULL;
    g_autoptr(git_odb) odb = NULL;
    git_odb_backend *memory = NULL;
    int code = git_repository_open(&git, git_repository_path(repository->git));
    if (code == 0) {
        git_add_quarantine(git);
        code = git_repository_odb(&odb, git);
    }
    if (code == 0)
        code = git_mempack_new(&memory);
    if (code == 0)
        code = git_odb_add_backend(odb, memory, 1000);
    if (code == 0)
        return g_steal_pointer(&git);
    git_failed(repository, code, error, "the repository '%s' cannot be read", repository->root);
    return NULL;
}

typedef struct Sides {
    git_commit *our_commit, *their_commit;
    git_tree *base, *ours, *theirs; /* base: NULL: no common ancestor */
    gboolean criss_cross;           /* it is one of several */
} Sides;

static void sides_clear(Sides *sides)
{
    git_commit_free(sides->our_commit);
    git_commit_free(sides->their_commit);
    git_tree_free(sides->base);
    git_tree_free(sides->ours);
    git_tree_free(sides->theirs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sides, sides_clear)

/* FALSE without an error: there is none. */
static gboolean find_base(const Repository *repository, Sides *sides, git_oid *base, GError **error)
{
    const git_oid *ours = git_commit_id(sides->our_commit), *theirs = git_commit_id(sides->their_commit);
    if (repository->shallow) {
        g_autofree char *our_id = git_id_text(ours), *their_id = git_id_text(theirs);
        g_autofree char *id = repository_merge_base(repository, our_id, their_id, error);
        return id && git_oid_fromstr(base, id) == 0;
    }
    git_oidarray bases = {0};
    int code = git_merge_bases(&bases, repository->git, ours, theirs);
    if (code != 0)
        return git_find_base(repository, ours, theirs, base, error);
    git_oid_cpy(base, &bases.ids[0]);
    sides->criss_cross = bases.count > 1;
    git_oidarray_dispose(&bases);
    return TRUE;
}

static gboolean read_sides(const Repository *repository, const char *ours, const char *theirs, Sides *sides,
                           GError **error)
{
    git_oid base;
    GError *failed = NULL;
    sides->our_commit = git_commit_by_id(repository, ours, error);
    sides->their_commit = sides->our_commit ? git_commit_by_id(repository, theirs, error) : NULL;
    if (!sides->their_commit)
        return FALSE;
    g_autoptr(git_commit) base_commit = NULL;
    int code = 0;
    if (find_base(repository, sides, &base, &failed)) {
        code = git_commit_lookup(&base_commit, repository->git, &base);
        if (code == 0)
            code = git_commit_tree(&sides->base, base_commit);
    } else if (failed) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (code == 0)
        code = git_commit_tree(&sides->ours, sides->our_commit);
    if (code == 0)
        code = git_commit_tree(&sides->theirs, sides->their_commit);
    return code == 0 || git_failed(repository, code, error, "%.8s and %.8s cannot be merged", ours, theirs);
}

static int merge_sides(git_repository *git, const Sides *sides, git_index **index)
{
    git_merge_options options;
    git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
    return sides->criss_cross ? git_merge_commits(index, git, sides->our_commit, sides->their_commit, &options)
                              : git_merge_trees(index, git, sides->base, sides->ours, sides->theirs, &options);
}

/* ---- what libgit2 leaves open ---- */

/* Of what is in conflict, `ours` is taken. */
static void collect(MergeTree *self, GPtrArray *conflicts)
{
    gsize n = git_index_entrycount(self->index);
    const char *last = NULL;
    for (gsize i = 0; i < n; i++) {
        const git_index_entry *entry = git_index_get_byindex(self->index, i);
        int stage = git_index_entry_stage(entry);
        if (stage == 0 || stage == 2)
            g_ptr_array_add(self->files, (void *)entry);
        if (stage != 0 && g_strcmp0(last, entry->path) != 0)
            g_ptr_array_add(conflicts, g_strdup(entry->path));
        if (stage != 0)
            last = entry->path;
    }
}

static gint compare_files(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const git_index_entry *const *)a)->path, (*(const git_index_entry *const *)b)->path);
}

/* merge.directoryRenames: "conflict" unless it is set. */
static char *folder_renames(git_repository *git)
{
    g_autoptr(git_config) config = NULL, snapshot = NULL;
    const char *value = NULL;
    if (git_repository_config(&config, git) != 0 || git_config_snapshot(&snapshot, config) != 0 ||
        git_config_get_string(&value, snapshot, "merge.directoryrenames") != 0)
        return g_strdup("conflict");
    int flag = 0;
    if (git_config_parse_bool(&flag, value) == 0)
        return g_strdup(flag ? "true" : "false");
    return g_strdup(value);
}

static void entry_free(git_index_entry *entry)
{
    g_free((char *)entry->path);
    g_free(entry);
}

/* A new file in a folder that the other side renamed comes into the renamed one, as git does it; libgit2 does not. */
static int move_files(MergeTree *self, const Sides *sides, GPtrArray *conflicts)
{
    g_autofree char *how = folder_renames(self->git);
    g_autoptr(GPtrArray) moved = g_ptr_array_new_with_free_func((GDestroyNotify)git_moved_file_free);
    if (!sides->base || strcmp(how, "false") == 0)
        return 0;
    int code = git_find_moved(self->git, sides->base, sides->ours, sides->theirs, moved);
    if (code == 0)
        code = git_find_moved(self->git, sides->base, sides->theirs, sides->ours, moved);
    for (guint i = 0; i < moved->len; i++) {
        const MovedFile *file = moved->pdata[i];
        guint at = lower_bound(self, file->from);
        const git_index_entry *old = at < self->files->len ? self->files->pdata[at] : NULL;
        if (!old || strcmp(old->path, file->from) != 0)
            continue;
        git_index_entry *entry = g_new0(git_index_entry, 1);
        *entry = (git_index_entry){.mode = old->mode, .id = old->id, .path = g_strdup(file->to)};
        g_ptr_array_add(self->moved, entry);
        self->files->pdata[at] = entry;
        g_ptr_array_sort(self->files, compare_files);
        if (strcmp(how, "true") != 0)
            g_ptr_array_add(conflicts, g_strdup(file->to));
    }
    return code;
}

/* Where one side has a file and the other a folder of its name, it is what `ours` has. */
static void settle_swapped(MergeTree *self, const Sides *sides, GPtrArray *conflicts)
{
    for (guint i = 0; i + 1 < self->files->len; i++) {
        const git_index_entry *file = self->files->pdata[i];
        g_autofree char *prefix = g_strconcat(file->path, "/", NULL);
        guint from = lower_bound(self, prefix), to = from;
        while (to < self->files->len &&
               g_str_has_prefix(((const git_index_entry *)self->files->pdata[to])->path, prefix))
            to++;
        if (from == to)
            continue;
        g_autoptr(git_tree_entry) mine = NULL;
        gboolean is_folder =
            git_tree_entry_bypath(&mine, sides->ours, file->path) == 0 && git_tree_entry_type(mine) == GIT_OBJECT_TREE;
        g_ptr_array_add(conflicts, g_strdup(file->path));
        if (is_folder)
            g_ptr_array_remove_index(self->files, i--);
        else
            g_ptr_array_remove_range(self->files, from, to - from);
    }
}

static gint compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_and_unite(GPtrArray *paths)
{
    g_ptr_array_sort(paths, compare_strings);
    for (guint i = paths->len; i > 1; i--)
        if (strcmp(paths->pdata[i - 1], paths->pdata[i - 2]) == 0)
            g_ptr_array_remove_index(paths, i - 1);
}

static FileTree *new_merge_tree(Repository *repository, git_repository *git, git_index *index, const char *ours,
                                const char *theirs)
{
    MergeTree *self = g_new0(MergeTree, 1);
    self->tree.class = &merge_tree_class;
    self->tree.root = g_strdup(repository->root);
    self->tree.name = g_strdup_printf("the merge of %.8s and %.8s", ours, theirs);
    self->repository = repository;
    self->git = git;
    self->index = index;
    self->files = g_ptr_array_new();
    self->moved = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    return &self->tree;
}

FileTree *repository_merge_tree(Repository *repository, const char *ours, const char *theirs, GPtrArray **conflicts,
                                GError **error)
{
    g_autoptr(git_repository) git = open_in_memory(repository, error);
    if (!git)
        return NULL;
    Repository in_memory = *repository;
    in_memory.git = git;
    g_auto(Sides) sides = {0};
    git_index *index = NULL;
    if (!read_sides(&in_memory, ours, theirs, &sides, error))
        return NULL;
    int code = merge_sides(git, &sides, &index);
    if (code != 0) {
        git_failed(repository, code, error, "%.8s and %.8s cannot be merged", ours, theirs);
        return NULL;
    }
    g_autoptr(FileTree) tree = new_merge_tree(repository, g_steal_pointer(&git), index, ours, theirs);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    MergeTree *self = (MergeTree *)tree;
    collect(self, paths);
    code = move_files(self, &sides, paths);
    if (code != 0) {
        git_failed(repository, code, error, "%.8s and %.8s cannot be merged", ours, theirs);
        return NULL;
    }
    settle_swapped(self, &sides, paths);
    sort_and_unite(paths);
    if (conflicts)
        *conflicts = g_steal_pointer(&paths);
    return g_steal_pointer(&tree);
}
