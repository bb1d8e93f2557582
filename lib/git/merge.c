#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <string.h>

#include "base/error.h"
#include "git/internal.h"
#include "git/objects.h"

typedef struct MergeTree {
    FileTree tree;
    Repository *repository;
    git_repository *git; /* a handle of its own, whose new objects stay in memory */
    git_index *index;    /* owns what `files` points to */
    GPtrArray *files;    /* const git_index_entry *, by path */
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
    /* Whether this one may be read has been looked at. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    int code = git_repository_open(&git, git_repository_path(repository->git));
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
    if (code == 0)
        code = git_repository_odb(&odb, git);
    if (code == 0)
        code = git_mempack_new(&memory);
    if (code == 0)
        code = git_odb_add_backend(odb, memory, 1000);
    if (code == 0)
        return g_steal_pointer(&git);
    git_failed(repository, code, error, "the repository '%s' cannot be read", repository->root);
    return NULL;
}

/* A shallow clone's history ends where libgit2 does not expect it: it is given the common ancestor. */
static int merge_shallow(const Repository *repository, git_repository *git, const git_commit *ours,
                         const git_commit *theirs, git_index **index)
{
    g_autoptr(git_commit) base = NULL;
    g_autoptr(git_tree) base_tree = NULL, our_tree = NULL, their_tree = NULL;
    g_autoptr(GError) failed = NULL;
    git_oid id;
    int code = 0;
    if (git_find_base(repository, git_commit_id(ours), git_commit_id(theirs), &id, &failed)) {
        code = git_commit_lookup(&base, git, &id);
        if (code == 0)
            code = git_commit_tree(&base_tree, base);
    } else if (failed) {
        return GIT_ERROR;
    }
    if (code == 0)
        code = git_commit_tree(&our_tree, ours);
    if (code == 0)
        code = git_commit_tree(&their_tree, theirs);
    git_merge_options options;
    git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
    return code == 0 ? git_merge_trees(index, git, base_tree, our_tree, their_tree, &options) : code;
}

static git_index *merge(const Repository *repository, git_repository *git, const char *ours, const char *theirs,
                        GError **error)
{
    Repository in_memory = *repository;
    in_memory.git = git;
    git_merge_options options;
    git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
    g_autoptr(git_commit) our_commit = git_commit_by_id(&in_memory, ours, error);
    g_autoptr(git_commit) their_commit = our_commit ? git_commit_by_id(&in_memory, theirs, error) : NULL;
    git_index *index = NULL;
    if (!their_commit)
        return NULL;
    int code = repository->shallow ? merge_shallow(repository, git, our_commit, their_commit, &index)
                                   : git_merge_commits(&index, git, our_commit, their_commit, &options);
    if (code != 0)
        git_failed(repository, code, error, "%.8s and %.8s cannot be merged", ours, theirs);
    return index;
}

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
        if (stage != 0 && conflicts && g_strcmp0(last, entry->path) != 0)
            g_ptr_array_add(conflicts, g_strdup(entry->path));
        if (stage != 0)
            last = entry->path;
    }
}

FileTree *repository_merge_tree(Repository *repository, const char *ours, const char *theirs, GPtrArray **conflicts,
                                GError **error)
{
    g_autoptr(git_repository) git = open_in_memory(repository, error);
    g_autoptr(git_index) index = git ? merge(repository, git, ours, theirs, error) : NULL;
    if (!index)
        return NULL;
    MergeTree *self = g_new0(MergeTree, 1);
    self->tree.class = &merge_tree_class;
    self->tree.root = g_strdup(repository->root);
    self->tree.name = g_strdup_printf("the merge of %.8s and %.8s", ours, theirs);
    self->repository = repository;
    self->git = g_steal_pointer(&git);
    self->index = g_steal_pointer(&index);
    self->files = g_ptr_array_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    collect(self, paths);
    if (conflicts)
        *conflicts = g_steal_pointer(&paths);
    return &self->tree;
}
