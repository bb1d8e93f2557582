/*
 * Files as they are on disk, or as they are somewhere else: in a commit, or in a merge that nobody has made. Paths are
 * absolute in both cases; what is not below the root of such a tree is on disk.
 */
#ifndef MIGRATE_BASE_TREE_H
#define MIGRATE_BASE_TREE_H

#include <glib.h>

typedef enum FileKind {
    FILE_KIND_NONE,
    FILE_KIND_FILE,
    FILE_KIND_FOLDER,
    FILE_KIND_LINK,  /* symbolic */
    FILE_KIND_OTHER, /* a device, a submodule */
} FileKind;

typedef struct FileEntry {
    char *name;
    FileKind kind;
    char *blob; /* the id of a file's content (of a link's target), where the tree knows it; else NULL */
} FileEntry;
void file_entry_free(FileEntry *entry);

/* NULL stands for the disk in all functions below. */
typedef struct FileTree FileTree;
/* What a kind of tree does; `path` is relative to the root, without "." and "..", "" for the root itself. Symbolic
 * links are followed by what calls them. */
typedef struct FileTreeClass {
    FileKind (*kind)(const FileTree *tree, const char *path);
    /* A file, or the target of a link, as it is: new memory with a NUL behind it. */
    gboolean (*read)(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error);
    /* FileEntry*, new array in any order; BASE_ERROR_NOT_FOUND. */
    GPtrArray *(*list)(const FileTree *tree, const char *path, GError **error);
    char *(*blob_id)(const FileTree *tree, const char *path); /* new string, or NULL */
    void (*free)(FileTree *tree);
} FileTreeClass;
struct FileTree {
    const FileTreeClass *class;
    char *root; /* absolute, without a '/' at its end */
    char *name; /* for messages: "v1.2 (3f2a9c1b)" */
};
void file_tree_free(FileTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileTree, file_tree_free)

/* The path below the tree's root, without "." and "..", also by way of links on disk: new string; NULL: it is on disk.
 */
char *file_tree_relative(const FileTree *tree, const char *path);
/* Of what a link leads to; FILE_KIND_LINK for one that leads nowhere. */
FileKind file_tree_kind(const FileTree *tree, const char *path);
/* file_read() and file_read_text(). */
gboolean file_tree_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error);
gboolean file_tree_read_text(const FileTree *tree, const char *path, char **text, gsize *length, GError **error);
/* What a folder holds, but for "." and "..", sorted by name; links are FILE_KIND_LINK. FileEntry*, new array;
 * BASE_ERROR_NOT_FOUND, BASE_ERROR_IO. */
GPtrArray *file_tree_list(const FileTree *tree, const char *folder, GError **error);
/* file_glob(). */
GPtrArray *file_tree_glob(const FileTree *tree, const char *pattern, GError **error);
/* The path without symbolic links, where it leads to something; else NULL. New string. */
char *file_tree_real_path(const FileTree *tree, const char *path);
/* file_blob_id() of the file; NULL when it cannot be read. New string. */
char *file_tree_blob_id(const FileTree *tree, const char *path);

#endif
