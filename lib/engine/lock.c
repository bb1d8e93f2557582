/* An fcntl lock that belongs to the open file, not to the process (OFD), on a file of our own: closing another
 * descriptor of it drops nothing, and the database file with SQLite's own locks is never touched. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "engine/internal.h"

#define MAX_LINKS 40
#define MAX_TRIES 20 /* at a file that is removed each time we have locked it */
#define MAX_HOLDER_BYTES 300
#define NOTICE_AFTER 1.0 /* seconds */

struct FileLock {
    int fd;
    char *path;
};

/* --- time --- */

gboolean is_past(gint64 start, double seconds)
{
    return (double)(g_get_monotonic_time() - start) >= seconds * G_USEC_PER_SEC;
}

/* In slices: a signal need not wait for the end. */
static void pause_for(double seconds)
{
    gint64 start = g_get_monotonic_time();
    while (!is_past(start, seconds) && !engine_interrupted()) {
        double left = seconds - (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        g_usleep((gulong)(CLAMP(left, 0, 0.1) * G_USEC_PER_SEC));
    }
}

gboolean back_off_between(guint attempt, gint64 start, double seconds, double shortest, double longest)
{
    double left = seconds - (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    if (left <= 0 || engine_interrupted())
        return FALSE;
    double ceiling = MIN(longest, shortest * (double)(1U << MIN(attempt, 10U)));
    pause_for(MIN(left, g_random_double_range(ceiling / 2, ceiling)));
    return TRUE;
}

gboolean back_off(guint attempt, gint64 start, double seconds)
{
    return back_off_between(attempt, start, seconds, 0.02, 0.25);
}

/* --- the path --- */

/* Symbolic links to one database must lead to one lock, also while the database does not exist yet. */
static char *resolve(const char *path, guint depth)
{
    char *resolved = realpath(path, NULL);
    if (resolved)
        return resolved;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *target = depth < MAX_LINKS ? g_file_read_link(path, NULL) : NULL;
    if (target) {
        g_autofree char *joined =
            g_path_is_absolute(target) ? g_strdup(target) : g_build_filename(folder, target, NULL);
        return resolve(joined, depth + 1);
    }
    resolved = realpath(folder, NULL);
    g_autofree char *name = g_path_get_basename(path);
    char *joined = g_build_filename(resolved ? resolved : folder, name, NULL);
    free(resolved);
    return joined;
}

static char *lock_path(const char *database_path)
{
    g_autofree char *resolved = resolve(database_path, 0);
    return g_strconcat(resolved, ".migrate-lock", NULL);
}

/* --- the holder's card --- */

static void write_holder(int fd)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *since = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *text = g_strdup_printf("process %d on %s, since %s\n", (int)getpid(), g_get_host_name(), since);
    /* Only for the message of those who wait: a failure changes nothing. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
}

/* The file is somebody else's: one line of sane length, without control characters. */
static char *read_holder(const char *path)
{
    char text[MAX_HOLDER_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = fd < 0 ? 0 : read(fd, text, MAX_HOLDER_BYTES);
    if (fd >= 0)
        close(fd);
    text[MAX(length, 0)] = '\0';
    text[strcspn(text, "\n")] = '\0';
    for (char *c = text; *c; c++)
        if (!g_ascii_isprint(*c))
            *c = '?';
    return g_strdup(*text ? text : "another run");
}

/* --- the lock --- */

/* 1 locked, 0 held by somebody else, -1 errno. */
static int try_lock(int fd)
{
#ifdef F_OFD_SETLK
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return 1;
#else
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 1;
#endif
    return errno == EAGAIN || errno == EACCES || errno == EINTR ? 0 : -1;
}

/* Its former holder may have removed the file between our open and our lock. */
static gboolean is_current(int fd, const char *path)
{
    struct stat ours, present;
    return fstat(fd, &ours) == 0 && lstat(path, &present) == 0 && ours.st_ino == present.st_ino &&
           ours.st_dev == present.st_dev;
}

static void set_open_error(const char *path, int number, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    struct stat info;
    gboolean exists = lstat(path, &info) == 0;
    if (number == ELOOP || number == EISDIR || (exists && !S_ISREG(info.st_mode)))
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "lock file '%s' cannot be used: something else has its name\nremove it and run again", path);
    else if (exists && number == EACCES)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "lock file '%s' cannot be opened: %s\nit was left by another user; remove it when no migration is "
                    "running",
                    path, g_strerror(number));
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                    "lock file '%s' cannot be created: %s\nthe folder '%s' must be writable for migrations, as it must "
                    "be for SQLite's journal",
                    path, g_strerror(number), folder);
}

static int open_lock_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    struct stat info;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    int number = errno;
    if (fd >= 0)
        close(fd);
    set_open_error(path, number, error);
    return -1;
}

/* 1 locked, 0 held by somebody else, -1 error. */
static int attempt_lock(const char *path, int *fd, GError **error)
{
    for (guint tries = 0; tries < MAX_TRIES; tries++) {
        *fd = open_lock_file(path, error);
        if (*fd < 0)
            return -1;
        int locked = try_lock(*fd);
        if (locked > 0 && is_current(*fd, path))
            return 1;
        int number = errno;
        close(*fd);
        if (locked > 0)
            continue; /* it was just released: not held by anybody */
        if (locked < 0)
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                        "lock file '%s' cannot be locked: %s\nthe file system must support file locks", path,
                        g_strerror(number));
        return locked;
    }
    return 0;
}

static void set_held_error(const char *database_path, const char *path, double wait, GError **error)
{
    g_autofree char *holder = read_holder(path);
    if (engine_interrupted())
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED,
                    "interrupted while waiting for the migration lock of '%s', held by %s", database_path, holder);
    else
        g_set_error(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
                    "the migration lock of '%s' is held by %s\nwaited %g s (lock_wait); nothing was changed; run again "
                    "when it has finished",
                    database_path, holder, wait);
}

FileLock *file_lock_take(const char *database_path, double wait, GError **error)
{
    g_autofree char *path = lock_path(database_path);
    gint64 start = g_get_monotonic_time();
    gboolean noticed = FALSE;
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
        if (!noticed && is_past(start, NOTICE_AFTER)) {
            g_autofree char *holder = read_holder(path);
            log_info("waiting up to %g s for the migration lock, held by %s", wait, holder);
            noticed = TRUE;
        }
        if (!back_off(attempt, start, wait)) {
            set_held_error(database_path, path, wait, error);
            return NULL;
        }
    }
}

void file_lock_release(FileLock *lock)
{
    if (!lock)
        return;
    /* While it is still locked: a waiter that has it open sees that it is gone. Not when somebody has put another file
     * in its place, which may be locked in turn. */
    if (is_current(lock->fd, lock->path))
        unlink(lock->path);
    close(lock->fd);
    g_free(lock->path);
    g_free(lock);
}
