#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

/* Sets an error about `path` from `number` (an errno). Always FALSE. */
static gboolean fail(GError **error, int number, const char *what, const char *path)
{
    int code = number == ENOENT || number == ENOTDIR ? BASE_ERROR_NOT_FOUND : BASE_ERROR_IO;
    g_set_error(error, BASE_ERROR, code, "%s '%s': %s", what, path, g_strerror(number));
    return FALSE;
}

static gboolean check_readable(int fd, const char *path, gsize *size, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fail(error, errno, "cannot read", path);
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot read '%s': it is %s, not a file", path,
                    S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe");
        return FALSE;
    }
    if (status.st_size > (off_t)FILE_MAX_BYTES) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot read '%s': it is larger than %u MiB", path,
                    FILE_MAX_BYTES / (1024 * 1024));
        return FALSE;
    }
    *size = (gsize)status.st_size;
    return TRUE;
}

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define AUTO_CLOSE __attribute__((cleanup(close_file))) int

/* `size`: what is expected, 0 when unknown. */
static gboolean read_all(int fd, const char *path, gsize size, char **text, gsize *length, GError **error)
{
    gsize done = 0;
    /* One byte more than expected shows a file that grows meanwhile. */
    g_autofree char *bytes = g_malloc(size + 2);
    for (;;) {
        gssize got = read(fd, bytes + done, size + 1 - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(error, errno, "cannot read", path);
        if (got == 0)
            break;
        done += (gsize)got;
        if (done <= size)
            continue;
        if (done > FILE_MAX_BYTES) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot read '%s': it is larger than %u MiB", path,
                        FILE_MAX_BYTES / (1024 * 1024));
            return FALSE;
        }
        size = MIN((gsize)FILE_MAX_BYTES, size * 2 + 4096);
        bytes = g_realloc(bytes, size + 2);
    }
    bytes[done] = '\0';
    *text = g_steal_pointer(&bytes);
    *length = done;
    return TRUE;
}

gboolean file_read(const char *path, char **text, gsize *length, GError **error)
{
    gsize size = 0;
    /* Not blocking, so that a pipe by that name is refused and not waited for. */
    AUTO_CLOSE fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(error, errno, "cannot read", path);
    return check_readable(fd, path, &size, error) && read_all(fd, path, size, text, length, error);
}

gboolean file_take_text(const char *path, char *read, gsize size, char **text, gsize *length, GError **error)
{
    g_autofree char *bytes = read;
    const char *invalid = NULL;

    if (!g_utf8_validate_len(bytes, size, &invalid)) {
        TextPosition position = text_position(bytes, size, (gsize)(invalid - bytes));
        g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d:%d: %s", path, position.line, position.column,
                    *invalid == '\0' ? "a NUL byte: this is no text file" : "the text is not UTF-8");
        return FALSE;
    }
    const char *start = text_skip_bom(bytes, &size);
    memmove(bytes, start, size + 1);
    *text = g_steal_pointer(&bytes);
    *length = size;
    return TRUE;
}

gboolean file_read_text(const char *path, char **text, gsize *length, GError **error)
{
    char *bytes = NULL;
    gsize size = 0;
    return file_read(path, &bytes, &size, error) && file_take_text(path, bytes, size, text, length, error);
}

gboolean file_read_text_from(int fd, const char *name, char **text, gsize *length, GError **error)
{
    char *bytes = NULL;
    gsize size = 0;
    return read_all(fd, name, 0, &bytes, &size, error) && file_take_text(name, bytes, size, text, length, error);
}

gboolean file_read_input(const char *path, char **text, gsize *length, GError **error)
{
    return strcmp(path, "-") == 0 ? file_read_text_from(STDIN_FILENO, path, text, length, error)
                                  : file_read_text(path, text, length, error);
}

/* --- writing --- */

/* What is there already under the name to be written. */
typedef struct Target {
    char *path; /* behind symbolic links, so that a link stays one */
    gboolean exists;
    mode_t mode;
} Target;

static gboolean sync_folder(const char *folder, GError **error)
{
    AUTO_CLOSE fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(error, errno, "cannot open folder", folder);
    /* Some file systems (FUSE, network) cannot sync a folder and say so with these. */
    if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EROFS)
        return fail(error, errno, "cannot sync folder", folder);
    return TRUE;
}

/* Makes `folder` and what is missing above it; `made` gets the new ones, outermost first. */
static gboolean make_folders(const char *folder, GPtrArray *made, GError **error)
{
    struct stat status;
    if (stat(folder, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return TRUE;
        return fail(error, ENOTDIR, "cannot make folder", folder);
    }
    if (errno != ENOENT)
        return fail(error, errno, "cannot make folder", folder);
    g_autofree char *parent = g_path_get_dirname(folder);
    if (strcmp(parent, folder) == 0)
        return fail(error, ENOENT, "cannot make folder", folder);
    if (!make_folders(parent, made, error))
        return FALSE;
    if (mkdir(folder, 0777) != 0) {
        if (errno == EEXIST)
            return TRUE;
        return fail(error, errno, "cannot make folder", folder);
    }
    g_ptr_array_add(made, g_strdup(folder));
    return sync_folder(parent, error);
}

/* Opens a new file beside `path` with the mode that umask gives new files. */
static int open_beside(const char *path, char **beside, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = -1;

    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        g_free(*beside);
        *beside = g_strdup_printf("%s/.migrate-%08x.tmp", folder, g_random_int());
        fd = open(*beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        fail(error, errno, "cannot write", path);
        g_clear_pointer(beside, g_free);
    }
    return fd;
}

static gboolean write_bytes(int fd, const char *path, const char *text, gsize length, GError **error)
{
    for (gsize done = 0; done < length;) {
        gssize put = write(fd, text + done, length - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(error, errno, "cannot write", path);
        done += (gsize)put;
    }
    if (fsync(fd) != 0)
        return fail(error, errno, "cannot write", path);
    return TRUE;
}

static gboolean fail_exists(GError **error, const char *path)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_EXISTS, "'%s' exists already and is not overwritten", path);
    return FALSE;
}

/* Gives the file its name, at once or not at all. */
static gboolean move_in_place(const char *beside, const char *path, FileWriteMode mode, GError **error)
{
    if (mode == FILE_WRITE_REPLACE)
        return rename(beside, path) == 0 || fail(error, errno, "cannot write", path);

    if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return TRUE;
    if (errno == EINVAL || errno == ENOSYS || errno == ENOTSUP) { /* older kernels, some file systems */
        if (link(beside, path) == 0)
            return unlink(beside) == 0 || fail(error, errno, "cannot remove", beside);
    }
    return errno == EEXIST ? fail_exists(error, path) : fail(error, errno, "cannot write", path);
}

static gboolean look_at_target(const char *path, FileWriteMode mode, Target *target, GError **error)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        target->path = g_strdup(path);
        return errno == ENOENT || fail(error, errno, "cannot write", path);
    }
    if (mode == FILE_WRITE_NEW)
        return fail_exists(error, path);

    char *behind = realpath(path, NULL);
    if (!behind || stat(behind, &status) != 0) {
        int number = errno;
        free(behind);
        return fail(error, number, "cannot write", path);
    }
    target->path = g_strdup(behind);
    free(behind);
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot write '%s': it is %s, not a file", path,
                    S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe");
        return FALSE;
    }
    if (access(target->path, W_OK) != 0)
        return fail(error, errno, "cannot write", path);
    target->exists = TRUE;
    target->mode = status.st_mode & 07777;
    return TRUE;
}

static gboolean write_beside_and_move(const Target *target, const char *text, gsize length, FileWriteMode mode,
                                      GError **error)
{
    g_autofree char *beside = NULL;
    g_autofree char *folder = g_path_get_dirname(target->path);
    AUTO_CLOSE fd = open_beside(target->path, &beside, error);
    if (fd < 0)
        return FALSE;

    gboolean done = TRUE;
    if (target->exists && fchmod(fd, target->mode) != 0)
        done = fail(error, errno, "cannot write", target->path);
    done =
        done && write_bytes(fd, target->path, text, length, error) && move_in_place(beside, target->path, mode, error);
    if (!done) {
        unlink(beside);
        return FALSE;
    }
    if (sync_folder(folder, error))
        return TRUE;
    if (mode == FILE_WRITE_NEW)
        unlink(target->path);
    return FALSE;
}

gboolean file_write(const char *path, const char *text, gsize length, FileWriteMode mode, GError **error)
{
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = g_path_get_dirname(path);
    Target target = {NULL, FALSE, 0};

    gboolean done = make_folders(folder, made, error) && look_at_target(path, mode, &target, error) &&
                    write_beside_and_move(&target, text, length, mode, error);
    g_free(target.path);
    for (guint i = made->len; !done && i > 0; i--)
        rmdir(g_ptr_array_index(made, i - 1));
    return done;
}

/* --- names --- */

char *file_blob_id(const char *bytes, gsize length)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
    g_autofree char *header = g_strdup_printf("blob %" G_GSIZE_FORMAT, length);

    g_checksum_update(checksum, (const guchar *)header, (gssize)strlen(header) + 1);
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    return g_strdup(g_checksum_get_string(checksum));
}

static gboolean is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

char *file_real_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (real) {
        char *copy = g_strdup(real);
        free(real);
        return copy;
    }
    g_autofree char *parent = g_path_get_dirname(path);
    if (strcmp(parent, path) == 0 || strcmp(parent, ".") == 0)
        return g_canonicalize_filename(path, NULL);
    g_autofree char *folder = file_real_path(parent);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *joined = g_build_filename(folder, name, NULL);
    return g_canonicalize_filename(joined, NULL);
}

const char *file_path_below(const char *root, const char *path)
{
    gsize length = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(path, root, length) != 0)
        return NULL;
    return path[length] == '/' ? path + length + 1 : path[length] == '\0' ? path + length : NULL;
}

static int compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static _Thread_local int glob_errno; /* glob() hands its callback no data */

static int stop_at_unreadable(const char *path, int number)
{
    (void)path;
    if (number == ENOENT || number == ENOTDIR)
        return 0;
    glob_errno = number;
    return 1;
}

GPtrArray *file_glob(const char *pattern, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    if (!strpbrk(pattern, "*?[") || is_file(pattern)) {
        g_ptr_array_add(paths, g_strdup(pattern));
        return g_steal_pointer(&paths);
    }

    glob_t found = {0};
    int status = glob(pattern, GLOB_NOSORT | GLOB_NOESCAPE, stop_at_unreadable, &found);
    if (status == 0) {
        for (gsize i = 0; i < found.gl_pathc; i++) {
            if (is_file(found.gl_pathv[i]))
                g_ptr_array_add(paths, g_strdup(found.gl_pathv[i]));
        }
    }
    globfree(&found);
    if (status != 0 && status != GLOB_NOMATCH) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot look for '%s': %s", pattern,
                    g_strerror(status == GLOB_ABORTED ? glob_errno : ENOMEM));
        return NULL;
    }
    g_ptr_array_sort(paths, compare_paths);
    return g_steal_pointer(&paths);
}
