#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "git/internal.h"
#include "git/objects.h"

typedef struct CommitTree {
    FileTree tree;
    Repository *repository;
    /* libgit2 keeps no large tree: a folder of thousands of files would be read again for each of them. Path ->
     * git_tree. */
    GHashTable *folders;
} CommitTree;

FileKind git_kind_of_mode(guint mode)
{
    switch (mode) {
    case GIT_FILEMODE_TREE:
        return FILE_KIND_FOLDER;
    case GIT_FILEMODE_LINK:
        return FILE_KIND_LINK;
    case GIT_FILEMODE_COMMIT:
        return FILE_KIND_OTHER;
    default:
        return FILE_KIND_FILE;
    }
}

void git_copy_blob(const git_blob *blob, char **bytes, gsize *length)
{
    *length = (gsize)git_blob_rawsize(blob);
    *bytes = g_malloc(*length + 1);
    if (*length > 0)
        memcpy(*bytes, git_blob_rawcontent(blob), *length);
    (*bytes)[*length] = '\0';
}

gboolean git_read_blob(const Repository *repository, git_repository *git, const git_oid *id, const char *path,
                       char **bytes, gsize *length, GError **error)
{
    g_autoptr(git_blob) blob = NULL;
    int code = git_blob_lookup(&blob, git, id);
    if (code != 0) {
        g_autofree char *text = git_id_text(id);
        return git_failed(repository, code, error, "file '%s' (object %s) cannot be read", path, text);
    }
    /* To ask for the size first would unpack it twice. */
    if (git_blob_rawsize(blob) > FILE_MAX_BYTES) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "file '%s' is too large: %" G_GINT64_FORMAT " bytes of at most %u", path,
                    (gint64)git_blob_rawsize(blob), FILE_MAX_BYTES);
        return FALSE;
    }
    git_copy_blob(blob, bytes, length);
    return TRUE;
}

/* NULL without an error: there is no such folder. */
static git_tree *folder_at(CommitTree *self, const char *path, GError **error)
{
    git_tree *known = g_hash_table_lookup(self->folders, path);
    if (known || !*path)
        return known;
    const char *slash = strrchr(path, '/');
    g_autofree char *parent_path = slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup("");
    git_tree *parent = folder_at(self, parent_path, error);
    const git_tree_entry *entry = parent ? git_tree_entry_byname(parent, slash ? slash + 1 : path) : NULL;
    if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
        return NULL;
    git_tree *folder = NULL;
    int code = git_tree_lookup(&folder, self->repository->git, git_tree_entry_id(entry));
    if (code != 0) {
        g_autofree char *id = git_id_text(git_tree_entry_id(entry));
        git_failed(self->repository, code, error, "folder '%s' of %s (object %s) cannot be read", path, self->tree.name,
                   id);
        return NULL;
    }
    g_hash_table_insert(self->folders, g_strdup(path), folder);
    return folder;
}

/* NULL without an error: there is none. */
static const git_tree_entry *entry_at(const FileTree *tree, const char *path, GError **error)
{
    const char *slash = strrchr(path, '/');
    g_autofree char *parent = slash ? g_strndup(path, (gsize)(slash - path)) : g_strdup("");
    git_tree *folder = folder_at((CommitTree *)tree, parent, error);
    return folder ? git_tree_entry_byname(folder, slash ? slash + 1 : path) : NULL;
}

static FileKind commit_tree_kind(const FileTree *tree, const char *path)
{
    if (!*path)
        return FILE_KIND_FOLDER;
    const git_tree_entry *entry = entry_at(tree, path, NULL);
    return entry ? git_kind_of_mode(git_tree_entry_filemode(entry)) : FILE_KIND_NONE;
}

gboolean git_no_such(const FileTree *tree, const char *what, const char *path, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s '%s' does not exist in %s", what, *path ? path : ".",
                tree->name);
    return FALSE;
}

static gboolean commit_tree_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error)
{
    GError *failed = NULL;
    const git_tree_entry *entry = entry_at(tree, path, &failed);
    if (failed) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return git_no_such(tree, "file", path, error);
    const Repository *repository = ((const CommitTree *)tree)->repository;
    g_autofree char *name = g_strdup_printf("%s:%s", tree->name, path);
    return git_read_blob(repository, repository->git, git_tree_entry_id(entry), name, bytes, length, error);
}

static GPtrArray *commit_tree_list(const FileTree *tree, const char *path, GError **error)
{
    GError *failed = NULL;
    git_tree *folder = folder_at((CommitTree *)tree, path, &failed);
    if (!folder) {
        if (failed)
            g_propagate_error(error, failed);
        else
            git_no_such(tree, "folder", path, error);
        return NULL;
    }
    gsize n = git_tree_entrycount(folder);
    GPtrArray *entries = g_ptr_array_new_full((guint)n, (GDestroyNotify)file_entry_free);
    for (gsize i = 0; i < n; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(folder, i);
        gboolean blob = git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
        git_add_entry(entries, git_tree_entry_name(entry), git_kind_of_mode(git_tree_entry_filemode(entry)),
                      blob ? git_tree_entry_id(entry) : NULL);
    }
    return entries;
}

void git_add_entry(GPtrArray *entries, const char *name, FileKind kind, const git_oid *blob)
{
    FileEntry *entry = g_new0(FileEntry, 1);
    entry->name = g_strdup(name);
    entry->kind = kind;
    entry->blob = blob ? git_id_text(blob) : NULL;
    g_ptr_array_add(entries, entry);
}

static char *commit_tree_blob_id(const FileTree *tree, const char *path)
{
    const git_tree_entry *entry = *path ? entry_at(tree, path, NULL) : NULL;
    gboolean blob = entry && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
    return blob ? git_id_text(git_tree_entry_id(entry)) : NULL;
}

static void commit_tree_free(FileTree *tree)
{
    g_hash_table_unref(((CommitTree *)tree)->folders);
    g_free(tree);
}

static const FileTreeClass commit_tree_class = {commit_tree_kind, commit_tree_read, commit_tree_list,
                                                commit_tree_blob_id, commit_tree_free};

static char *tree_name(const char *commit, const char *name)
{
    return name ? g_strdup_printf("%s (%.8s)", name, commit) : g_strdup_printf("%.8s", commit);
}

FileTree *repository_tree(Repository *repository, const char *commit, const char *name, GError **error)
{
    g_autoptr(git_commit) found = git_commit_by_id(repository, commit, error);
    g_autoptr(git_tree) root = NULL;
    if (!found)
        return NULL;
    int code = git_commit_tree(&root, found);
    if (code != 0) {
        git_failed(repository, code, error, "the files of commit '%s' cannot be read", commit);
        return NULL;
    }
    CommitTree *self = g_new0(CommitTree, 1);
    self->tree.class = &commit_tree_class;
    self->tree.root = g_strdup(repository->root);
    self->tree.name = tree_name(commit, name);
    self->repository = repository;
    self->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)git_tree_free);
    g_hash_table_insert(self->folders, g_strdup(""), g_steal_pointer(&root));
    return &self->tree;
}
