/*
 * The statements of a bulk_insert, in a dialect's words: for each chunk of rows one with literals (for SQL text) and
 * one with parameters (for a Connection), which store the same.
 */
#ifndef MIGRATE_DIALECT_BULK_INSERT_H
#define MIGRATE_DIALECT_BULK_INSERT_H

#include "dialect/dialect.h"
#include "operations/document.h"

typedef struct BulkStatement {
    char *sql;         /* "INSERT INTO t (a, b) VALUES (1, 'x'), …", without terminator */
    char *prepared;    /* the same with the dialect's placeholders */
    GPtrArray *values; /* char* or NULL: the parameters in order, bytes with a NUL behind them */
    GArray *kinds;     /* ParameterKind, parallel to values */
    GArray *lengths;   /* gsize, parallel to values */
    guint n_rows;
} BulkStatement;
void bulk_statement_free(BulkStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BulkStatement, bulk_statement_free)

/* For connection_execute_request() and connection_run_many(); points into the statement. */
Request bulk_statement_request(const BulkStatement *statement);

/* New GPtrArray of BulkStatement*, in the order of the rows; empty without rows. A chunk has as many rows as
 * ValueStyle.max_parameters and about 1 MB of values allow, one at least. DIALECT_ERROR_UNSUPPORTED with row (from 1)
 * and column for a value that the database cannot store: a time with an offset from UTC where there are no time
 * zones. */
GPtrArray *bulk_insert_statements(const Dialect *dialect, const BulkInsert *insert, GError **error);

#endif
