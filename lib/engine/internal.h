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
/* Waits up to the engine's lock_wait, polling; errors as of file_lock_take(). */
ServerLock *server_lock_take(Engine *engine, const char *name, GError **error);
void server_lock_release(ServerLock *lock); /* NULL is fine */
/* The connection, idle and in a transaction. */
Connection *server_lock_connection(const ServerLock *lock);
/* The texts that `sql`, a short query, gives on the lock's connection, joined by "; ". New string; NULL when there are
 * none, or the query fails. */
char *server_lock_ask(const ServerLock *lock, const char *sql);

/* "process 12 (sqlite3) and process 13 (python3)": who holds locks on a SQLite database (with `writers_only`, those for
 * writing). New string; NULL when none is known. */
char *database_blockers(const char *path, gboolean writers_only);

/* `connection` is about to go: a signal must not find it any more. */
void interrupt_forget(const Connection *connection);

/* A connection beside the pool. `is_watched`: the watching session hears when a statement on it has to wait. */
Connection *engine_connect(const Engine *engine, gboolean is_watched, GError **error);
/* The session that hears of waiting statements: the one with the migration lock. NULL: none. */
void engine_set_watcher(Engine *engine, Session *session);
Session *engine_watcher(const Engine *engine);
/* A statement on `connection`, or on what it wraps, has waited for a second or more. */
void session_note_waiting(Session *session, Connection *connection);
Pool *engine_pool(const Engine *engine);
/* The file that a lock file stands beside; NULL for a database in memory. */
const char *engine_database_path(const Engine *engine);

#endif
