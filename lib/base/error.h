/*
 * Error domains of the rooms. Every failure travels up as a GError whose text is lower case, has no full
 * stop and quotes its subject; it is printed once, by cmd/main.c. A message may hold several lines: the
 * first says what is wrong, the rest where, what remains and what to do next.
 * cmd/exit.c alone maps domain and code to an exit status.
 */
#ifndef MIGRATE_BASE_ERROR_H
#define MIGRATE_BASE_ERROR_H

#include <glib.h>

#define BASE_ERROR (base_error_quark())
typedef enum {
    BASE_ERROR_IO,        /* the system refused: message names the file and strerror */
    BASE_ERROR_NOT_FOUND, /* no such file */
    BASE_ERROR_EXISTS,    /* would overwrite a file */
    BASE_ERROR_SYNTAX,    /* FILE:LINE:COLUMN in the message */
    BASE_ERROR_CONFIG,    /* unknown key, missing value; FILE:LINE in the message */
    BASE_ERROR_USAGE,     /* wrong use of the command line: exit 2 */
} BaseError;
GQuark base_error_quark(void);

#define SCHEMA_ERROR (schema_error_quark())
typedef enum {
    SCHEMA_ERROR_MODEL, /* one or more mistakes in a model, one line each, FILE:LINE:COLUMN: path: … */
    SCHEMA_ERROR_TYPE,  /* a type's text cannot be read */
} SchemaError;
GQuark schema_error_quark(void);

#define OPERATIONS_ERROR (operations_error_quark())
typedef enum {
    OPERATIONS_ERROR_CONFLICT,     /* the operation does not fit the MetaData it is applied to */
    OPERATIONS_ERROR_IRREVERSIBLE, /* the operation cannot say its reverse */
    OPERATIONS_ERROR_CYCLE,        /* no order satisfies the dependencies */
    OPERATIONS_ERROR_SYNTAX,       /* JSON form cannot be read */
} OperationsError;
GQuark operations_error_quark(void);

#define DRIVER_ERROR (driver_error_quark())
typedef enum {
    DRIVER_ERROR_URL,         /* the URL cannot be read */
    DRIVER_ERROR_CONNECT,     /* no connection */
    DRIVER_ERROR_STATEMENT,   /* the server refused a statement; details in connection_last_error() */
    DRIVER_ERROR_CONSTRAINT,  /* a constraint refused the data */
    DRIVER_ERROR_BUSY,        /* somebody else holds a lock: worth a retry */
    DRIVER_ERROR_READ_ONLY,   /* the database or this connection cannot be written */
    DRIVER_ERROR_FULL,        /* disk full or size limit reached */
    DRIVER_ERROR_CANCELLED,   /* interrupted by connection_cancel() */
    DRIVER_ERROR_UNSUPPORTED, /* no such driver in this build, or it cannot do this */
} DriverError;
GQuark driver_error_quark(void);

#define DIALECT_ERROR (dialect_error_quark())
typedef enum {
    DIALECT_ERROR_SYNTAX,      /* SQL text cannot be split or read: LINE:COLUMN in the message */
    DIALECT_ERROR_UNSUPPORTED, /* this dialect has no such thing */
    DIALECT_ERROR_CATALOG,     /* the catalog says something the inspector does not understand */
    DIALECT_ERROR_CHECK,       /* an after-check of the dialect failed (foreign keys, broken views) */
} DialectError;
GQuark dialect_error_quark(void);

#define ENGINE_ERROR (engine_error_quark())
typedef enum {
    ENGINE_ERROR_LOCK_HELD, /* another run holds the lock after lock_wait: exit 3 */
    ENGINE_ERROR_POOL,      /* no connection free within pool_timeout */
    ENGINE_ERROR_LOCK_LOST, /* the connection that holds the migration lock is gone */
    ENGINE_ERROR_DIALECT,   /* unknown dialect in a URL */
} EngineError;
GQuark engine_error_quark(void);

#define REPOSITORY_ERROR (repository_error_quark())
typedef enum {
    REPOSITORY_ERROR_NOT_BUILT,   /* this program was built without libgit2 */
    REPOSITORY_ERROR_NOT_FOUND,   /* no repository, or nothing in it by this name */
    REPOSITORY_ERROR_INCOMPLETE,  /* a shallow or partial clone lacks it */
    REPOSITORY_ERROR_UNSUPPORTED, /* a format of repository that libgit2 cannot read */
    REPOSITORY_ERROR_OWNER,       /* another user's, which safe.directory does not name */
    REPOSITORY_ERROR_READ,        /* git's files cannot be read: libgit2's words */
    REPOSITORY_ERROR_WRITE,       /* nothing was committed or staged, and why */
} RepositoryError;
GQuark repository_error_quark(void);

#define SCRIPT_ERROR (script_error_quark())
typedef enum {
    SCRIPT_ERROR_FILE,           /* a revision file cannot be read: FILE:LINE in the message */
    SCRIPT_ERROR_DUPLICATE,      /* two files with one id, or two labels */
    SCRIPT_ERROR_MISSING,        /* Revises or Depends-On names a revision that is not there */
    SCRIPT_ERROR_CYCLE,          /* the revisions revise each other */
    SCRIPT_ERROR_SPEC,           /* a revision spec that names nothing or cannot be read */
    SCRIPT_ERROR_AMBIGUOUS,      /* a spec that could mean two things; candidates in the message */
    SCRIPT_ERROR_MULTIPLE_HEADS, /* "head" with several heads; heads in the message */
    SCRIPT_ERROR_RANGE,          /* the revision is not above or below the current one */
} ScriptError;
GQuark script_error_quark(void);

#define AUTOGENERATE_ERROR (autogenerate_error_quark())
typedef enum {
    AUTOGENERATE_ERROR_RENAME,     /* likely renames that nobody confirmed; --rename flags in the message */
    AUTOGENERATE_ERROR_OPERATIONS, /* what revisions in SQL made, operations cannot change */
} AutogenerateError;
GQuark autogenerate_error_quark(void);

#define RUNTIME_ERROR (runtime_error_quark())
typedef enum {
    RUNTIME_ERROR_STATEMENT,    /* a statement of a revision failed: FILE:LINE, statement, server's words */
    RUNTIME_ERROR_EDITED,       /* an applied file has other tokens than when it was applied */
    RUNTIME_ERROR_UNKNOWN,      /* the database stands at a revision that no file and no history row has */
    RUNTIME_ERROR_IRREVERSIBLE, /* a down section says so, or there is none */
    RUNTIME_ERROR_INTERRUPTED,  /* a half-done transaction:false section stands in the way */
    RUNTIME_ERROR_UNDECIDED,    /* the catalog cannot tell whether the statement in flight took effect: repair may */
    RUNTIME_ERROR_MOVED,        /* the database moved on before the first step: worth another look */
    RUNTIME_ERROR_PLAN,         /* the steps cannot be planned (BEGIN or COMMIT inside a revision, …) */
} RuntimeError;
GQuark runtime_error_quark(void);

#endif
