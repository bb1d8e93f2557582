/*
 * Reading definitions as sqlite_schema keeps them: what read_table.c and read_index.c share. SQLite has accepted the
 * text: what is checked is only what the reader needs to go on, and whatever it does not know is an error
 * (DIALECT_ERROR_CATALOG with LINE:COLUMN), never skipped.
 */
#ifndef MIGRATE_DIALECT_SQLITE_DDL_READER_H
#define MIGRATE_DIALECT_SQLITE_DDL_READER_H

#include <glib.h>

#include "dialect/reader.h"

#pragma GCC visibility push(hidden)

/* A stretch of the text without the space and comments around it. */
typedef struct DdlSpan {
    gsize start, end;
} DdlSpan;

SqlReader ddl_reader_new(const char *sql); /* at the first token */
gboolean ddl_at_name(const SqlReader *reader);
/* FALSE, with the error that `expected` is missing here. */
gboolean ddl_failed(const SqlReader *reader, const char *expected, GError **error);
gboolean ddl_expect(SqlReader *reader, const char *word, GError **error);
/* A name in any of the four quotes, or in none; `expected` says whose. New string. */
char *ddl_read_name(SqlReader *reader, const char *expected, GError **error);
/* "( … )", as the stretch inside. */
gboolean ddl_read_parenthesised(SqlReader *reader, DdlSpan *inside, GError **error);
/* Reads up to a comma or closing parenthesis of this level, or to the end. */
DdlSpan ddl_skip_item(SqlReader *reader);
char *ddl_text(const SqlReader *reader, DdlSpan span); /* new string */

/* [ON CONFLICT …], as the value of an option; ABORT is the default and no option. `options` may be NULL. */
gboolean ddl_read_on_conflict(SqlReader *reader, GPtrArray *options, const char *option, GError **error);
/* "(a, b)". */
gboolean ddl_read_names(SqlReader *reader, GPtrArray *names, GError **error);
/* "(a COLLATE c DESC, b)": what stands behind the names is kept as option "sort". */
gboolean ddl_read_key_columns(SqlReader *reader, Constraint *constraint, gboolean *autoincrement, GError **error);
/* What stands behind REFERENCES. */
gboolean ddl_read_reference(SqlReader *reader, Constraint *constraint, GError **error);
/* [NOT] DEFERRABLE [INITIALLY …], if it stands here. `constraint` may be NULL: SQLite takes the clause behind no key,
 * too. */
gboolean ddl_take_deferral(SqlReader *reader, Constraint *constraint);

#pragma GCC visibility pop

#endif
