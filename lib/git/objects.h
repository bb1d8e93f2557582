/* Files of git's objects, as a FileTree has them. */
#ifndef MIGRATE_GIT_OBJECTS_H
#define MIGRATE_GIT_OBJECTS_H

#include "git/internal.h"

FileKind git_kind_of_mode(guint mode); /* git_filemode_t */
/* The content, with a NUL behind it: new memory. */
void git_copy_blob(const git_blob *blob, char **bytes, gsize *length);
/* A blob of `git`, which may be another handle of `repository`; `path` is for messages. */
gboolean git_read_blob(const Repository *repository, git_repository *git, const git_oid *id, const char *path,
                       char **bytes, gsize *length, GError **error);
/* BASE_ERROR_NOT_FOUND: "folder 'x' does not exist in v1.2 (3f2a9c1b)"; FALSE. */
gboolean git_no_such(const FileTree *tree, const char *what, const char *path, GError **error);
/* `blob`: of a file; NULL for a folder. */
void git_add_entry(GPtrArray *entries, const char *name, FileKind kind, const git_oid *blob);

#endif
