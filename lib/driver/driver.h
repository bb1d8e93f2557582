/*
 * A Connection to a database and what a Driver must offer. No SQL text is written in this room.
 * A driver's const struct is the only symbol its file exports.
 */
#ifndef MIGRATE_DRIVER_DRIVER_H
#define MIGRATE_DRIVER_DRIVER_H

#include <glib.h>

#include "driver/url.h"

typedef struct Connection Connection;
typedef struct Result Result;
typedef struct Driver Driver;

/* Called about once a second while the server has not answered a statement, `seconds` after it was sent; for the first
 * time after half of lock_timeout, if that is sooner. It must not use this connection, another one is fine. */
typedef void (*WaitingFunction)(Connection *connection, double seconds, void *data);

typedef struct ConnectOptions {
    double lock_timeout;      /* seconds a statement waits for somebody else's lock; 0: not at all. Servers are told by
                                 Dialect.transaction_setup instead */
    double statement_timeout; /* seconds one statement may run; 0: no limit. Servers: as lock_timeout, but for MySQL,
                                 which has no such setting for all statements: its driver ends them */
    gboolean read_only;       /* the connection must not write, and must not create the database. The servers' drivers
                                 do not hold the caller to it: that would cost a round trip, and PostgreSQL's poolers
                                 refuse it as a startup parameter */
    double answer_timeout;    /* seconds until a server that neither accepts the connection nor answers is given up, and
                                 the connection with it; 0: no limit. For questions that are not worth waiting for: a
                                 pooler may have no connection left. Drivers of files need not know it */
    gboolean wants_database;  /* a URL that names none is refused, where a server would go on without (MySQL) */
    WaitingFunction waiting;  /* NULL: nobody wants to know */
    void *waiting_data;
} ConnectOptions;

/* What a parameter is sent as. */
typedef enum ParameterKind {
    PARAMETER_TEXT,    /* converted by the server to what stands in its place */
    PARAMETER_INTEGER, /* decimal digits, maybe with a sign. More than 64 bits hold are sent as PARAMETER_REAL */
    PARAMETER_REAL,    /* decimal text ("1.50", "1e-7"), to the servers without loss; SQLite takes the nearest double */
    PARAMETER_BINARY,
} ParameterKind;

/* One statement with its parameters. */
typedef struct Request {
    const char *sql;
    const char *const *params; /* NULL: SQL NULL; may be NULL itself when n_params is 0 */
    guint n_params;
    const ParameterKind *kinds; /* of params; NULL: all are text */
    const gsize *lengths;       /* of params, for PARAMETER_BINARY; may be NULL without one */
    const char *data;           /* not NULL: the rows that go with COPY … FROM STDIN, without the final "\\." */
    gsize data_length;
} Request;

/* Of parameter number `i`, from 0. */
ParameterKind request_kind(const Request *request, guint i);
gsize request_length(const Request *request, guint i); /* bytes; 0 for NULL */

/* What the server said about the last failing call; strings owned by the connection until its next call. */
typedef struct ServerError {
    int code;             /* SQLite: extended result code; MySQL: error number; PostgreSQL: 0 */
    const char *sqlstate; /* "42P01", or NULL; SQLite: the extended code's name, "SQLITE_CONSTRAINT_UNIQUE" */
    const char *message, *detail, *hint; /* NULL where the server gave none */
    int position;                        /* byte offset into the statement, -1 unknown */
} ServerError;
/* Whether the error has one of the codes: SQLSTATEs, or numbers where the server's errors have them ("1044").
 * NULL-terminated; NULL: none. */
gboolean server_error_is_one_of(const ServerError *error, const char *const *codes);

struct Driver {
    const char *name; /* "sqlite" */
    /* Optional, for databases that are files: *path is the file a URL names (new string), NULL for one in memory.
     * Opens nothing. DRIVER_ERROR_URL for bad options. */
    gboolean (*file_path)(const Url *url, char **path, GError **error);
    Connection *(*open)(const Url *url, const ConnectOptions *options, GError **error);
    void (*close)(Connection *connection);
    /* One statement. *affected may be NULL. */
    gboolean (*execute)(Connection *connection, const Request *request, gint64 *affected, GError **error);
    /* A statement that the server refuses fails here, at the latest with its first row. */
    Result *(*query)(Connection *connection, const Request *request, GError **error);
    /* Next row: 1 there is one, 0 no more, -1 error. */
    int (*next)(Result *result, GError **error);
    guint (*n_columns)(const Result *result);
    const char *(*column_name)(const Result *result, guint column);
    const char *(*text)(Result *result, guint column); /* NULL for SQL NULL; valid until the next row */
    gint64 (*integer)(Result *result, guint column);   /* 0 for SQL NULL; 1 and 0 for a boolean */
    gsize (*bytes)(Result *result, guint column);      /* length of text(), for values that hold NUL bytes */
    void (*result_free)(Result *result);
    const ServerError *(*last_error)(const Connection *connection);
    /* Optional: stops the running statement; the only call allowed from another thread or a signal handler. */
    void (*cancel)(Connection *connection);
    /* Optional: several statements, in order, in as few round trips as the server allows; the first that fails ends
     * it: *failed (may be NULL) gets its index, and last_error() is about it. `results` NULL, or n places that get a
     * Result each, to be freed in any order, also after other calls (without columns where a statement gives no rows);
     * after a failure all are NULL. Without this member the statements are sent one after the other. PostgreSQL makes
     * one transaction of what travels together outside of one, and refuses there what refuses transactions (CREATE
     * INDEX CONCURRENTLY): send that alone. */
    gboolean (*run_many)(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                         GError **error);
    /* Optional: FALSE when the connection is known to be gone. Asks the socket, not the server: no round trip. */
    gboolean (*alive)(Connection *connection);
    /* Optional: the server's number for this connection (a process or thread id), for looking it up in the catalog; 0
     * unknown. Behind a pooler it is the pooler's, which no catalog knows. */
    gint64 (*backend_id)(const Connection *connection);
    gboolean (*in_transaction)(const Connection *connection);
    int (*server_version)(const Connection *connection); /* 34001 for SQLite 3.40.1 is 3040001, as the library says;
                                                            MySQL 8.0.36 is 80036, MariaDB 10.11.19 is 101119 */
    /* Optional: the product that answers, where several speak one protocol: "MySQL", "MariaDB". Static. */
    const char *(*server_product)(const Connection *connection);
};

/* The first member of every driver's own Connection and Result. */
struct Connection {
    const Driver *driver;
};
struct Result {
    const Driver *driver;
};

extern const Driver sqlite_driver;
extern const Driver postgresql_driver; /* not with WITH_POSTGRESQL=0 */
extern const Driver mysql_driver;      /* for mysql:// and mariadb://; not with WITH_MYSQL=0 */

/* NULL: the URL's driver is not in this build (DRIVER_ERROR_UNSUPPORTED says what to install or build with). */
const Driver *driver_for_url(const Url *url, GError **error);

/* See Driver.file_path; NULL path where the driver's databases are no files. */
gboolean driver_file_path(const Driver *driver, const Url *url, char **path, GError **error);

Connection *connection_open(const Driver *driver, const Url *url, const ConnectOptions *options, GError **error);
/* NULL is fine. Rolls back what is open; results that are not freed yet give no more rows. */
void connection_close(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_close)

gboolean connection_execute(Connection *connection, const char *sql, GError **error);
/* All parameters are texts. */
gboolean connection_execute_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                   gint64 *affected, GError **error);
/* *affected (may be NULL): the number of rows it has written. */
gboolean connection_execute_request(Connection *connection, const Request *request, gint64 *affected, GError **error);
gboolean connection_run_many(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                             GError **error);
/* The same for plain statements whose results nobody wants. */
gboolean connection_execute_many(Connection *connection, const char *const *sql, guint n, guint *failed,
                                 GError **error);
/* Whether several statements share a round trip; else there is nothing to gain from sending them together. */
gboolean connection_runs_many(const Connection *connection);
gboolean connection_alive(Connection *connection);          /* TRUE where the driver cannot know */
gint64 connection_backend_id(const Connection *connection); /* 0 where the driver cannot know */
Result *connection_query(Connection *connection, const char *sql, GError **error);
Result *connection_query_params(Connection *connection, const char *sql, const char *const *params, guint n_params,
                                GError **error);
Result *connection_query_request(Connection *connection, const Request *request, GError **error);
/* The first column of the first row, NULL without a row or for SQL NULL (error unset). New string. */
char *connection_scalar(Connection *connection, const char *sql, GError **error);
const ServerError *connection_last_error(const Connection *connection); /* never NULL */
void connection_cancel(Connection *connection);
gboolean connection_in_transaction(const Connection *connection);
int connection_server_version(const Connection *connection);
const char *connection_server_product(const Connection *connection); /* NULL where there is one product only */

int result_next(Result *result, GError **error);
guint result_n_columns(const Result *result);
const char *result_column_name(const Result *result, guint column);
const char *result_text(Result *result, guint column);
gint64 result_integer(Result *result, guint column);
gsize result_bytes(Result *result, guint column);
void result_free(Result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

/* text.c: a connection that collects statements (each ended with ";\n", or as `append` adds them; rows behind their
 * COPY with "\\.\n") in `output` instead of sending them; a query on it fails with DRIVER_ERROR_UNSUPPORTED, as does a
 * statement with parameters: literals have to stand in it. `output` stays the caller's. */
typedef void (*TextAppend)(GString *output, const char *sql);
Connection *text_connection_new(GString *output, TextAppend append); /* NULL: with ";\n" */

/* trace.c: wraps `inner` (ownership moves in) and calls `trace` behind every statement. Parameters follow on a line of
 * their own, as a comment: "-- 1: 'text', 2: 5, 3: 0x0102… (2000 bytes), 4: NULL"; long ones and many are cut short. */
typedef void (*TraceFunction)(const char *sql, double seconds, const GError *error, void *data);
Connection *trace_connection_new(Connection *inner, TraceFunction trace, void *data);
/* What is said again and again need not be told each time. Nothing on connections without a trace. */
void trace_connection_set_quiet(Connection *connection, gboolean quiet);

#endif
