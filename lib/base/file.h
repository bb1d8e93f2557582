/* Files, whole and atomic. */
#ifndef MIGRATE_BASE_FILE_H
#define MIGRATE_BASE_FILE_H

#include <glib.h>

#define FILE_MAX_BYTES (256u * 1024 * 1024) /* larger input is refused with a message, not read */

/* Reads a whole regular file; a folder, a device, a file over FILE_MAX_BYTES, and one that cannot be read give
 * BASE_ERROR_IO or BASE_ERROR_NOT_FOUND with the path quoted. The text gets a NUL behind it; NUL bytes inside
 * are kept and *length tells. New memory in *text. */
gboolean file_read(const char *path, char **text, gsize *length, GError **error);

/* As file_read(), and refuses text that is not UTF-8 or holds a NUL byte (BASE_ERROR_SYNTAX with PATH:LINE:COLUMN).
 * A byte order mark is taken off. */
gboolean file_read_text(const char *path, char **text, gsize *length, GError **error);

/* The same for what was read already: takes `read` over, `size` bytes with a NUL behind them. */
gboolean file_take_text(const char *path, char *read, gsize size, char **text, gsize *length, GError **error);

/* The same for what is open already, a pipe or a terminal as well; `name` is what errors call it. */
gboolean file_read_text_from(int fd, const char *name, char **text, gsize *length, GError **error);

/* The file at `path`, or with "-" the standard input. */
gboolean file_read_input(const char *path, char **text, gsize *length, GError **error);

/* Writes beside, syncs file and folder, renames. With FILE_WRITE_NEW an existing file is BASE_ERROR_EXISTS and
 * stays as it is. Missing folders are made. On failure nothing new is left behind. */
typedef enum { FILE_WRITE_REPLACE, FILE_WRITE_NEW } FileWriteMode;
gboolean file_write(const char *path, const char *text, gsize length, FileWriteMode mode, GError **error);

/* The git blob id (SHA-1 of "blob LENGTH\0" and the bytes) in 40 hex digits. New string. */
char *file_blob_id(const char *bytes, gsize length);

/* The path without symbolic links, "." and "..", as far as it exists. New string. */
char *file_real_path(const char *path);
/* What is behind `root` (without a '/' at its end) in `path`: "" for the root itself, NULL for what is elsewhere. */
const char *file_path_below(const char *root, const char *path);

/* The regular files matching a glob pattern (`*`, `?`, `[]` in the last or in any path element), sorted by bytes.
 * A pattern without wildcard yields itself, even if no such file exists. Strings owned by the array. */
GPtrArray *file_glob(const char *pattern, GError **error);

#endif
