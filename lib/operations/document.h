/*
 * The operations of a revision file in JSON, under Alembic's names and arguments (Alembic docs, "Operation Reference";
 * migrate-revisions(5) has all of them). The file says them once for all dialects; what they are on one of them, and
 * what an argument leaves unsaid (the former definition of a dropped column), is settled by ops_document_resolve().
 */
#ifndef MIGRATE_OPERATIONS_DOCUMENT_H
#define MIGRATE_OPERATIONS_DOCUMENT_H

#include "base/json.h"
#include "operations/operations.h"
#include "schema/naming.h"

typedef struct OpsDocument OpsDocument;

/* Parses a revision file (comments allowed) and checks every op and argument that can be checked without a database,
 * for each dialect. OPERATIONS_ERROR_SYNTAX with all mistakes, a line each: "FILE:LINE:COLUMN: upgrade[2].columns[0]:
 * …"; an unknown op or argument names the nearest known one. The keys of the header ("revision" …) belong to script/
 * and are only known here. */
OpsDocument *ops_document_parse(const char *path, const char *text, gsize length, GError **error);
void ops_document_free(OpsDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpsDocument, ops_document_free)
const JsonDocument *ops_document_json(const OpsDocument *document); /* for the header; owned by the document */
guint ops_document_count(const OpsDocument *document, gboolean up); /* number of ops */
/* Everything that counts of one direction, without comments, white space and the order of an op's keys, for hashes.
 * New string. */
char *ops_document_canonical(const OpsDocument *document, gboolean up);

/* What operations need to know of a dialect. */
typedef struct OpsTarget {
    const char *dialect; /* "sqlite" … : chooses among values given per dialect, as models do */
    gboolean ignore_case, names_in_characters;
    guint max_identifier_length;               /* 0 none */
    gboolean backticks;                        /* MetaData.backticks */
    const NamingConvention *naming_convention; /* for what has no name; NULL: SQLAlchemy's */
    /* Dialect.adapt: makes a MetaData say what the database can store. */
    gboolean (*adapt)(MetaData *model, GPtrArray *notes, GError **error);
    /* The state that is handed in is all there is: a table that is not in it does not exist. Without it, it is unknown:
     * the op's own arguments (existing_type …) must do, and a Table with `partial` stands for it. */
    gboolean state_is_whole;
    /* Neighbouring ops that alter one table are one step, as if they stood in a batch_alter_table: where tables are
     * rebuilt (DIALECT_TABLE_REBUILD), one rebuild serves them all. */
    gboolean joins_alters;
    /* Neighbouring alter_columns of a foreign key's column and the one that it refers to are one step, with what is
     * altered between them: where their types must be the same at any time (DIALECT_EXACT_REFERENCES). */
    gboolean joins_references;
} OpsTarget;

/* A value of bulk_insert. The type of its column tells JSON's strings apart (Date, LargeBinary …). */
typedef enum BulkValueKind {
    BULK_NULL,
    BULK_TEXT,    /* strings, dates, times, uuids, intervals: as the database reads them from text */
    BULK_NUMBER,  /* digits as written */
    BULK_BOOLEAN, /* text "true" or "false" */
    BULK_BINARY,  /* bytes; written in base64 or hex in the file */
    BULK_JSON,    /* a JSON text */
} BulkValueKind;
typedef struct BulkValue {
    BulkValueKind kind;
    char *text; /* NULL for BULK_NULL; bytes of BULK_BINARY, with a NUL behind them */
    gsize length;
} BulkValue;
typedef struct BulkInsert {
    char *schema, *table_name;
    GPtrArray *columns; /* char* */
    GPtrArray *types;   /* SqlType* or NULL (not known), parallel to columns */
    GPtrArray *rows;    /* BulkValue[columns->len] each; what a row leaves out of `columns` is in another BulkInsert */
} BulkInsert;
void bulk_insert_free(BulkInsert *insert);

/* What ops become on one dialect: operations, statements or inserts; nothing of all when this dialect has no part in
 * it.
 */
typedef struct OpsStep {
    GPtrArray *operations; /* MigrateOp*, adapted, in the file's order, to be compiled together; NULL: none */
    /* MigrateOp*: enums where the dialect has no such types. Not compiled; the state keeps them for later columns.
     * NULL: none. */
    GPtrArray *declared;
    gboolean outside_transactions; /* postgresql_concurrently: these statements refuse transactions */
    GPtrArray *statements;         /* char*: of an execute (one for each of its texts); else NULL */
    GPtrArray *inserts;            /* BulkInsert*, in the order of the rows; else NULL */
    int line, column;              /* of the op in the file, from 1 */
    GPtrArray *notes;              /* char*: what the dialect cannot store and leaves out; never NULL */
} OpsStep;
void ops_step_free(OpsStep *step);
/* Changes `state` as the step does: operations and declared. */
gboolean ops_step_apply(const OpsStep *step, MetaData *state, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpsStep, ops_step_free)

/* Reads on from op number *index (from 0), which moves behind what was read: one op, or several neighbouring ones about
 * the same table (batch_alter_table, joins_alters) or key (joins_references). `state` is the schema before them, with
 * the enums of all create_enum ops before, also where the dialect has no such types (keep state->enums when the rest is
 * inspected anew); it is not changed: ops_step_apply() does that. NULL at the end, without an error, or with
 * OPERATIONS_ERROR_CONFLICT "FILE:LINE:COLUMN: …" where an op does not fit the state or the dialect, a line for each
 * mistake. */
OpsStep *ops_document_resolve(const OpsDocument *document, gboolean up, guint *index, const OpsTarget *target,
                              const MetaData *state, GError **error);

#endif
