/* What the files of engine/ share and nobody else needs. */
#ifndef MIGRATE_ENGINE_INTERNAL_H
#define MIGRATE_ENGINE_INTERNAL_H

#include "engine/engine.h"

/* Connections kept open between uses, as SQLAlchemy's QueuePool. Thread-safe. */
typedef struct Pool Pool;
typedef Connection *(*PoolConnect)(void *data, GError **error);
Pool *pool_new(PoolConnect connect, void *data, const EngineOptions *options);
void pool_free(Pool *pool);
/* A kept connection, or a new one while fewer than pool_size + max_overflow are out; else waits up to pool_timeout:
 * ENGINE_ERROR_POOL. */
Connection *pool_take(Pool *pool, GError **error);
/* Back into the pool; closed instead when the pool is full, the connection too old, or `broken`. */
void pool_give(Pool *pool, Connection *connection, gboolean broken);

/* A lock file beside the database. The system releases the lock when the process dies. */
typedef struct FileLock FileLock;
/* Waits up to `wait` seconds, polling. ENGINE_ERROR_LOCK_HELD names the holder; DRIVER_ERROR_CANCELLED after a signal;
 * BASE_ERROR_IO says why there can be no lock file. */
FileLock *file_lock_take(const char *database_path, double wait, GError **error);
void file_lock_release(FileLock *lock); /* NULL is fine; removes the file */

/* Between two tries of something that may take `seconds` since `start` (monotonic microseconds): sleeps 10 to 250 ms,
 * longer each time, with jitter. FALSE at once when the time is over, or the run was interrupted. */
gboolean back_off(guint attempt, gint64 start, double seconds);
gboolean is_past(gint64 start, double seconds);
/* The same with other pauses: `shortest` seconds at first, doubled each time up to `longest`. */
gboolean back_off_between(guint attempt, gint64 start, double seconds, double shortest, double longest);

/* A lock that the server keeps for a connection of its own (Dialect.lock). */
typedef struct ServerLock ServerLock;
/* Waits up to the engine's lock_wait, polling; errors as of file_lock_take(). `working` is the connection that takes
 * the lock with DialectLock.on_session; it must outlive the lock. */
ServerLock *server_lock_take(Engine *engine, Connection *working, const char *name, GError **error);
void server_lock_release(ServerLock *lock); /* NULL is fine */
/* The connection that holds the lock. One of its own is idle and in a transaction, and nothing is asked on it: a
 * query's snapshot may be what CREATE INDEX CONCURRENTLY of this very run begins to wait for, and it waits for the end
 * of the whole transaction. */
Connection *server_lock_connection(const ServerLock *lock);
/* The texts that `sql`, a short query, gives, joined by "; ". New string; NULL when there are none, or nothing can be
 * asked. On a third connection, which is opened for the first question and kept with the lock, without a transaction.
 */
char *server_lock_ask(ServerLock *lock, const char *sql);

/* "process 12 (sqlite3) and process 13 (python3)": who holds locks on a SQLite database (with `writers_only`, those for
 * writing). New string; NULL when none is known. */
char *database_blockers(const char *path, gboolean writers_only);

/* `connection` is about to go: a signal must not find it any more. */
void interrupt_forget(const Connection *connection);

/* An engine for another database of the same server. */
Engine *engine_new_for_database(const Engine *engine, const char *database, GError **error);

typedef enum EngineUse {
    ENGINE_USE_SESSION, /* the watching session hears when a statement on it has to wait */
    ENGINE_USE_LOCK,
    ENGINE_USE_ASKING, /* given up when the server takes longer than two seconds */
} EngineUse;
/* A connection beside the pool, set up. From the first one on the engine's dialect is the server's. */
Connection *engine_connect(Engine *engine, EngineUse use, GError **error);
/* The session that hears of waiting statements: the one with the migration lock. NULL: none. */
void engine_set_watcher(Engine *engine, Session *session);
Session *engine_watcher(const Engine *engine);
/* A statement on `connection`, or on what it wraps, has waited for a second or more. */
void session_note_waiting(Session *session, Connection *connection);
Pool *engine_pool(const Engine *engine);
/* The file that a lock file stands beside; NULL for a database in memory. */
const char *engine_database_path(const Engine *engine);

#endif
