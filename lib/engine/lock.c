/* An fcntl lock that belongs to the open file, not to the process (OFD), on a file of our own: closing another
 * descriptor of it drops nothing, and the database file with SQLite's own locks is never touched. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "engine/internal.h"

struct FileLock {
    int fd;
    char *path;
};

gboolean is_past(gint64 start, double seconds)
{
    return (double)(g_get_monotonic_time() - start) >= seconds * G_USEC_PER_SEC;
}

void back_off(guint attempt)
{
    gulong ceiling = MIN(250000ul, 5000ul << MIN(attempt, 6u));
    g_usleep(ceiling / 2 + (gulong)g_random_int_range(0, (gint32)(ceiling / 2)));
}

/* Symbolic links to one database must lead to one lock. */
static char *lock_path(const char *database_path)
{
    g_autofree char *folder = g_path_get_dirname(database_path);
    g_autofree char *name = g_path_get_basename(database_path);
    char *resolved = realpath(database_path, NULL);
    if (resolved) {
        char *path = g_strconcat(resolved, ".migrate-lock", NULL);
        free(resolved);
        return path;
    }
    g_autofree char *joined = g_build_filename(folder, name, NULL);
    return g_strconcat(joined, ".migrate-lock", NULL);
}

static gboolean try_lock(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* Its former holder may have removed the file between our open and our lock. */
static gboolean is_current(int fd, const char *path)
{
    struct stat ours, present;
    return fstat(fd, &ours) == 0 && stat(path, &present) == 0 && ours.st_ino == present.st_ino &&
           ours.st_dev == present.st_dev;
}

static void write_holder(int fd)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *since = g_date_time_format_iso8601(now);
    g_autofree char *text = g_strdup_printf("process %d on %s, since %s\n", (int)getpid(), g_get_host_name(), since);
    /* Only for the message of those who wait: a failure changes nothing. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
}

static char *read_holder(const char *path)
{
    g_autofree char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, NULL) && *g_strstrip(text))
        return g_steal_pointer(&text);
    return g_strdup("an unknown process");
}

static int open_lock_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "lock file '%s' cannot be opened: %s", path, g_strerror(errno));
    return fd;
}

/* 1 locked, 0 held by somebody else, -1 error. */
static int attempt_lock(const char *path, int *fd, GError **error)
{
    *fd = open_lock_file(path, error);
    if (*fd < 0)
        return -1;
    if (try_lock(*fd)) {
        if (is_current(*fd, path))
            return 1;
    } else if (errno != EAGAIN && errno != EACCES) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "lock file '%s' cannot be locked: %s", path, g_strerror(errno));
        close(*fd);
        return -1;
    }
    close(*fd);
    return 0;
}

FileLock *file_lock_take(const char *database_path, double wait, GError **error)
{
    g_autofree char *path = lock_path(database_path);
    gint64 start = g_get_monotonic_time();
    for (guint attempt = 0;; attempt++) {
        int fd;
        int locked = attempt_lock(path, &fd, error);
        if (locked < 0)
            return NULL;
        if (locked) {
            write_holder(fd);
            FileLock *lock = g_new0(FileLock, 1);
            lock->fd = fd;
            lock->path = g_steal_pointer(&path);
            return lock;
        }
        if (engine_interrupted()) {
            g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted while waiting for the lock");
            return NULL;
        }
        if (is_past(start, wait)) {
            g_autofree char *holder = read_holder(path);
            g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                        "the migration lock of '%s' is held by %s\nwaited %g s (lock_wait); nothing was changed; run "
                        "again when it has finished",
                        database_path, holder, wait);
            return NULL;
        }
        back_off(attempt);
    }
}

void file_lock_release(FileLock *lock)
{
    if (!lock)
        return;
    unlink(lock->path); /* while it is still locked: a waiter that has it open sees that it is gone */
    close(lock->fd);
    g_free(lock->path);
    g_free(lock);
}
