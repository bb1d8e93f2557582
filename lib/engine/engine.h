/*
 * Engine: where the database is and how to talk to it (Url + Dialect + Driver + Pool). Session: one connection, its
 * migration lock and its transaction. Scratch: a throw-away database of the same kind.
 */
#ifndef MIGRATE_ENGINE_ENGINE_H
#define MIGRATE_ENGINE_ENGINE_H

#include <glib.h>

#include "dialect/dialect.h"
#include "driver/driver.h"

typedef struct EngineOptions {
    double lock_wait;         /* seconds to wait for another run; 0: not at all */
    double lock_timeout;      /* seconds a statement waits for a database lock */
    double statement_timeout; /* 0: none */
    gboolean read_only;
    gboolean any_database; /* the URL need not name one (scratch_url): see ConnectOptions.wants_database */
    TraceFunction echo;    /* NULL: no --echo */
    void *echo_data;
    int pool_size, max_overflow;       /* connections kept, and opened beyond that; max_overflow -1: no limit */
    double pool_timeout, pool_recycle; /* seconds; pool_recycle -1: never */
} EngineOptions;
EngineOptions engine_options_default(
    void); /* lock_wait 60, lock_timeout 5, pool_size 5, max_overflow 10, pool_timeout 30, pool_recycle -1 */

typedef struct Engine Engine;
/* `base_folder`: a relative sqlite path is relative to it (NULL: the current folder). Connects to nothing yet; that
 * this build has no driver for the URL is said when a connection is to be opened. */
Engine *engine_new(const char *url, const char *base_folder, const EngineOptions *options, GError **error);
void engine_free(Engine *engine); /* closes the pool; sessions must be closed before */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Engine, engine_free)
/* By the URL; from the first connection on, of the server that answered (Dialect.of_server). */
const Dialect *engine_dialect(const Engine *engine);
const Url *engine_url(const Engine *engine);
const EngineOptions *engine_options(const Engine *engine);
char *engine_describe(const Engine *engine); /* the URL without password: new string */
/* TRUE when there is nothing to reflect yet (a sqlite file that does not exist). */
gboolean engine_database_missing(const Engine *engine);

typedef struct Session Session;
/* Takes a connection from the engine's pool. */
Session *session_open(Engine *engine, GError **error);
/* A session that writes SQL text into `output` instead of sending it (upgrade --sql). Needs no client library. Of
 * `options` (copied) only the timeouts count, which are written behind each BEGIN. */
Session *session_open_offline(const Dialect *dialect, const EngineOptions *options, GString *output);
void session_close(Session *session); /* NULL is fine. Rolls back, unlocks, gives the connection back */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_close)
/* Its connection is closed, not kept, when the session is: others must not meet what was SET on it. */
void session_discard(Session *session);
Connection *session_connection(Session *session);
const Dialect *session_dialect(const Session *session);
gboolean session_is_offline(const Session *session);
/* A "-- text" line in the output of an offline session; nothing on others. */
void session_comment(Session *session, const char *text);

/* The migration lock: one run at a time per database and `name` (of a file: per file). Waits up to lock_wait, polling;
 * ENGINE_ERROR_LOCK_HELD names the holder (pid and host, since when) where it can be known. The system, or the server,
 * releases it when the process dies. Where the server keeps it (Dialect.lock), it belongs to a connection of its own
 * that is in a transaction as long as the lock is held, so it is safe behind a transaction pooler; or to the session's
 * own connection (DialectLock.on_session). */
gboolean session_lock(Session *session, const char *name, GError **error);
void session_unlock(Session *session);
gboolean session_locked(const Session *session);
/* ENGINE_ERROR_LOCK_LOST when the lock's connection is known to be gone, and with it the lock. No round trip. */
gboolean session_lock_alive(Session *session, GError **error);
/* Who kept a statement of this session waiting at last ("pid 4711 (psql, …): UPDATE …"), asked on a connection
 * of its own about once a second while a statement waits, and said once per blocker. NULL: nobody known. */
const char *session_blockers(const Session *session);
/* Forgets them: what waits next is another story. */
void session_forget_blockers(Session *session);

/* dialect->begin with transaction_setup, and so on; BEGIN is retried while busy, up to lock_wait. Each is one round
 * trip where the connection runs many. */
gboolean session_begin(Session *session, GError **error);
/* The same with a query behind it; *result is its Result, to be freed. After a failure no transaction is open. */
gboolean session_begin_with(Session *session, const char *query, Result **result, GError **error);
gboolean session_commit(Session *session, GError **error);
/* Sends `requests` and COMMIT. *failed is the request that failed, `n` for the COMMIT itself. */
gboolean session_commit_with(Session *session, const Request *requests, guint n, guint *failed, GError **error);
/* A whole transaction of such statements, rolled back after a failure. */
gboolean session_run_transaction(Session *session, const char *const *sql, guint n, GError **error);
void session_rollback(Session *session);
gboolean session_in_transaction(const Session *session);
/* Between two tries of a step that met somebody's lock, the first of which failed at `start` (monotonic microseconds):
 * sleeps half a second to ten, longer each time, with jitter, so that those who queue behind it get their turn. FALSE
 * at once when lock_wait is over, or the run was interrupted. */
gboolean session_back_off(Session *session, guint attempt, gint64 start);

/* Ctrl-C, SIGTERM and a terminal that is closed (SIGHUP) cancel the running statement of this session (NULL: none).
 * engine_interrupted() tells afterwards.
 */
void engine_handle_interrupts(Session *session);
gboolean engine_interrupted(void);

/* An empty database in memory (DIALECT_MEMORY_SCRATCH) for reading canonical forms. */
Session *engine_open_scratch(const Dialect *dialect, GError **error);

/* An empty throw-away database of the same kind, encoding and collation, for what needs more than one connection or
 * its own transactions: SQL models, and running revisions to see what they make. */
typedef struct ScratchDatabase ScratchDatabase;
/* In memory where the dialect has that (then `beside` is only asked for its dialect). On a server it is created where
 * `beside` is, which is the engine of scratch_url or of the live database (not in a transaction there, and neither is
 * anything else in its database changed); what killed runs have left there is dropped. An error says which right is
 * missing. One that is freed is dropped, after a failure and after an interruption as well. */
ScratchDatabase *scratch_database_new(Engine *beside, GError **error);
void scratch_database_free(ScratchDatabase *scratch); /* NULL is fine; its sessions must be closed before */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScratchDatabase, scratch_database_free)
/* Sessions are opened on it as on any engine; of one in memory a single one at a time, and each sees what the one
 * before has left. */
Engine *scratch_database_engine(const ScratchDatabase *scratch);
/* For one that is created otherwise (Dialect.scratch_begin): a new name that no other has, new string; and what drops
 * those that killed runs have left where `home` is connected to. One that cannot be dropped is a warning. */
char *scratch_database_name(void);
void scratch_databases_drop_left(const Dialect *dialect, Connection *home);

#endif
