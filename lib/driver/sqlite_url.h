/* What a sqlite URL asks for, read and checked; private to sqlite*.c. */
#ifndef MIGRATE_DRIVER_SQLITE_URL_H
#define MIGRATE_DRIVER_SQLITE_URL_H

#include <glib.h>

#include "driver/url.h"

#pragma GCC visibility push(hidden)

typedef enum { SQLITE_TARGET_CREATE, SQLITE_TARGET_WRITE, SQLITE_TARGET_READ } SqliteTargetMode;

typedef struct SqliteTarget {
    char *path;      /* the file; NULL in memory */
    char *name;      /* what sqlite3_open_v2() gets: the path, ":memory:" or a URI */
    const char *vfs; /* the URL's, or NULL */
    SqliteTargetMode mode;
    gboolean memory;
    double lock_timeout; /* seconds; -1 where the URL gives none */
} SqliteTarget;

/* Options are SQLAlchemy's: mode=ro|rw|rwc|memory, cache, immutable, nolock, psow, vfs, timeout, and uri=true with a
 * database "file:PATH". DRIVER_ERROR_URL for an unknown option (with the nearest known one) or a bad value. */
gboolean sqlite_target_init(SqliteTarget *target, const Url *url, GError **error);
void sqlite_target_clear(SqliteTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SqliteTarget, sqlite_target_clear)

#pragma GCC visibility pop

#endif
