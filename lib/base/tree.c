#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"

enum { MAX_LINKS = 16 }; /* on the way to one file, as the kernel has a limit, too */

void file_entry_free(FileEntry *entry)
{
    if (!entry)
        return;
    g_free(entry->name);
    g_free(entry->blob);
    g_free(entry);
}

void file_tree_free(FileTree *tree)
{
    if (!tree)
        return;
    char *root = tree->root, *name = tree->name;
    tree->class->free(tree);
    g_free(root);
    g_free(name);
}

char *file_tree_relative(const FileTree *tree, const char *path)
{
    if (!tree)
        return NULL;
    g_autofree char *plain = g_canonicalize_filename(path, NULL);
    const char *inside = file_path_below(tree->root, plain);
    g_autofree char *real = inside ? NULL : file_real_path(plain);
    return g_strdup(inside ? inside : file_path_below(tree->root, real));
}

/* ---- links ---- */

static char *read_link(const FileTree *tree, const char *path)
{
    char *target = NULL;
    gsize length = 0;
    return tree->class->read(tree, path, &target, &length, NULL) ? target : NULL;
}

/* What is behind a link's target as seen from the link, absolute; what follows the link in the path stays behind it. */
static char *follow(const FileTree *tree, const char *link, const char *rest)
{
    g_autofree char *target = read_link(tree, link);
    if (!target)
        return NULL;
    g_autofree char *absolute = g_build_filename(tree->root, link, NULL);
    g_autofree char *folder = g_path_get_dirname(absolute);
    g_autofree char *resolved = g_canonicalize_filename(target, folder);
    return g_build_filename(resolved, rest, NULL);
}

/* The path with the first of its parts that is a link replaced by what it leads to; NULL: none is. */
static char *follow_first(const FileTree *tree, const char *relative)
{
    for (const char *at = relative; *at;) {
        const char *slash = strchr(at, '/');
        g_autofree char *part = slash ? g_strndup(relative, (gsize)(slash - relative)) : g_strdup(relative);
        if (tree->class->kind(tree, part) == FILE_KIND_LINK)
            return follow(tree, part, slash ? slash + 1 : "");
        if (!slash)
            return NULL;
        at = slash + 1;
    }
    return NULL;
}

/* Where the path is when its links are followed: relative to the tree in *relative, or on disk, then in *disk. */
static gboolean resolve(const FileTree *tree, const char *path, char **relative, char **disk)
{
    g_autofree char *at = g_strdup(path);
    *relative = *disk = NULL;
    for (int links = 0; links < MAX_LINKS; links++) {
        g_autofree char *inside = file_tree_relative(tree, at);
        if (!inside) {
            *disk = g_steal_pointer(&at);
            return TRUE;
        }
        char *next = follow_first(tree, inside);
        if (!next) {
            *relative = g_steal_pointer(&inside);
            return TRUE;
        }
        g_free(at);
        at = next;
    }
    return FALSE;
}

/* ---- the disk ---- */

static FileKind kind_of_mode(mode_t mode)
{
    if (S_ISREG(mode))
        return FILE_KIND_FILE;
    if (S_ISDIR(mode))
        return FILE_KIND_FOLDER;
    return S_ISLNK(mode) ? FILE_KIND_LINK : FILE_KIND_OTHER;
}

static FileKind disk_kind(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return kind_of_mode(status.st_mode);
    return lstat(path, &status) == 0 ? FILE_KIND_LINK : FILE_KIND_NONE;
}

/* Not every file system says it while it lists. */
static FileKind kind_of_entry(const char *folder, const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_REG:
        return FILE_KIND_FILE;
    case DT_DIR:
        return FILE_KIND_FOLDER;
    case DT_LNK:
        return FILE_KIND_LINK;
    case DT_UNKNOWN:
        break;
    default:
        return FILE_KIND_OTHER;
    }
    struct stat status;
    g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);
    return lstat(path, &status) == 0 ? kind_of_mode(status.st_mode) : FILE_KIND_NONE;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

static GPtrArray *disk_list(const char *folder, GError **error)
{
    g_autoptr(DIR) dir = opendir(folder);
    if (!dir) {
        int number = errno;
        g_set_error(error, BASE_ERROR, number == ENOENT || number == ENOTDIR ? BASE_ERROR_NOT_FOUND : BASE_ERROR_IO,
                    "folder '%s' cannot be read: %s", folder, g_strerror(number));
        return NULL;
    }
    GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)file_entry_free);
    for (const struct dirent *found = readdir(dir); found; found = readdir(dir)) {
        if (g_str_equal(found->d_name, ".") || g_str_equal(found->d_name, ".."))
            continue;
        FileEntry *entry = g_new0(FileEntry, 1);
        entry->name = g_strdup(found->d_name);
        entry->kind = kind_of_entry(folder, found);
        g_ptr_array_add(entries, entry);
    }
    return entries;
}

/* ---- both ---- */

/* A tree's own errors name its path, which says nothing of which tree it is. */
static gboolean fail_missing(const FileTree *tree, const char *path, const char *what, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s '%s' is not in %s", what, path, tree->name);
    return FALSE;
}

FileKind file_tree_kind(const FileTree *tree, const char *path)
{
    g_autofree char *relative = NULL, *disk = NULL;
    if (!tree)
        return disk_kind(path);
    if (!resolve(tree, path, &relative, &disk))
        return FILE_KIND_LINK;
    if (disk)
        return disk_kind(disk);
    FileKind kind = tree->class->kind(tree, relative);
    if (kind != FILE_KIND_NONE)
        return kind;
    g_autofree char *itself = file_tree_relative(tree, path);
    return itself && tree->class->kind(tree, itself) == FILE_KIND_LINK ? FILE_KIND_LINK : FILE_KIND_NONE;
}

/* There may be more to say than that it is not there: a folder on the way may not be readable. */
static gboolean read_in(const FileTree *tree, const char *relative, const char *path, char **bytes, gsize *length,
                        GError **error)
{
    GError *failed = NULL;
    if (tree->class->read(tree, relative, bytes, length, &failed))
        return TRUE;
    if (!g_error_matches(failed, BASE_ERROR, BASE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    g_error_free(failed);
    return fail_missing(tree, path, "file", error);
}

gboolean file_tree_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error)
{
    g_autofree char *relative = NULL, *disk = NULL;
    if (!tree)
        return file_read(path, bytes, length, error);
    if (!resolve(tree, path, &relative, &disk))
        return fail_missing(tree, path, "what the link leads to,", error);
    if (disk)
        return file_read(disk, bytes, length, error);
    FileKind kind = tree->class->kind(tree, relative);
    if (kind == FILE_KIND_FILE || kind == FILE_KIND_NONE)
        return read_in(tree, relative, path, bytes, length, error);
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot read '%s' of %s: it is not a file", path, tree->name);
    return FALSE;
}

gboolean file_tree_read_text(const FileTree *tree, const char *path, char **text, gsize *length, GError **error)
{
    if (!tree)
        return file_read_text(path, text, length, error);
    char *bytes = NULL;
    gsize size = 0;
    return file_tree_read(tree, path, &bytes, &size, error) && file_take_text(path, bytes, size, text, length, error);
}

static gint compare_entries(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const FileEntry *const *)a)->name, (*(const FileEntry *const *)b)->name);
}

static GPtrArray *list_unsorted(const FileTree *tree, const char *folder, GError **error)
{
    g_autofree char *relative = NULL, *disk = NULL;
    if (!tree)
        return disk_list(folder, error);
    if (!resolve(tree, folder, &relative, &disk)) {
        fail_missing(tree, folder, "what the link leads to,", error);
        return NULL;
    }
    if (disk)
        return disk_list(disk, error);
    if (tree->class->kind(tree, relative) == FILE_KIND_FOLDER)
        return tree->class->list(tree, relative, error);
    fail_missing(tree, folder, "folder", error);
    return NULL;
}

GPtrArray *file_tree_list(const FileTree *tree, const char *folder, GError **error)
{
    GPtrArray *entries = list_unsorted(tree, folder, error);
    if (entries)
        g_ptr_array_sort(entries, compare_entries);
    return entries;
}

char *file_tree_real_path(const FileTree *tree, const char *path)
{
    g_autofree char *relative = NULL, *disk = NULL;
    if (tree && !resolve(tree, path, &relative, &disk))
        return NULL;
    if (relative)
        return tree->class->kind(tree, relative) != FILE_KIND_NONE ? g_build_filename(tree->root, relative, NULL)
                                                                   : NULL;
    char *real = realpath(disk ? disk : path, NULL);
    char *copy = g_strdup(real);
    free(real);
    return copy;
}

char *file_tree_blob_id(const FileTree *tree, const char *path)
{
    g_autofree char *relative = NULL, *disk = NULL, *bytes = NULL;
    gsize length = 0;
    if (tree && !resolve(tree, path, &relative, &disk))
        return NULL;
    if (relative)
        return tree->class->blob_id(tree, relative);
    return file_read(disk ? disk : path, &bytes, &length, NULL) ? file_blob_id(bytes, length) : NULL;
}

/* ---- patterns ---- */

/* The paths that match the parts of a pattern from `part` on, below `folder`. */
static gboolean glob_below(const FileTree *tree, const char *folder, char **parts, GPtrArray *found, GError **error)
{
    gboolean last = parts[1] == NULL;
    if (!strpbrk(parts[0], "*?[")) {
        g_autofree char *path = g_build_filename(folder, parts[0], NULL);
        if (!last)
            return glob_below(tree, path, parts + 1, found, error);
        if (file_tree_kind(tree, path) == FILE_KIND_FILE)
            g_ptr_array_add(found, g_steal_pointer(&path));
        return TRUE;
    }
    if (file_tree_kind(tree, folder) != FILE_KIND_FOLDER)
        return TRUE;
    g_autoptr(GPtrArray) entries = file_tree_list(tree, folder, error);
    for (guint i = 0; entries && i < entries->len; i++) {
        const FileEntry *entry = entries->pdata[i];
        if (fnmatch(parts[0], entry->name, FNM_PERIOD | FNM_NOESCAPE) != 0)
            continue;
        g_autofree char *path = g_build_filename(folder, entry->name, NULL);
        if (last && file_tree_kind(tree, path) == FILE_KIND_FILE)
            g_ptr_array_add(found, g_steal_pointer(&path));
        else if (!last && !glob_below(tree, path, parts + 1, found, error))
            return FALSE;
    }
    return entries != NULL;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *file_tree_glob(const FileTree *tree, const char *pattern, GError **error)
{
    if (!tree || !strpbrk(pattern, "*?["))
        return file_glob(pattern, error);
    g_autofree char *inside = file_tree_relative(tree, pattern);
    if (!inside)
        return file_glob(pattern, error);
    g_auto(GStrv) parts = g_strsplit(inside, "/", -1);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    if (!glob_below(tree, tree->root, parts, found, error))
        return NULL;
    g_ptr_array_sort(found, compare_paths);
    return g_steal_pointer(&found);
}
