/*
 * Reading definitions as sqlite_schema keeps them: what read_table.c and read_index.c share. SQLite has accepted the
 * text: what is checked is only what the reader needs to go on, and whatever it does not know is an error
 * (DIALECT_ERROR_CATALOG with LINE:COLUMN), never skipped.
 */
#ifndef MIGRATE_DIALECT_SQLITE_DDL_READER_H
#define MIGRATE_DIALECT_SQLITE_DDL_READER_H

#include <glib.h>

#include "dialect/dialect.h"

#pragma GCC visibility push(hidden)

/* A place in a text. Copying it keeps the place. */
typedef struct DdlReader {
    const char *sql;
    gsize length, position; /* behind `token` */
    gsize previous_end;     /* behind the token before it */
    SqlToken token;         /* the one to be read next; neither space nor comment */
} DdlReader;

/* A stretch of the text without the space and comments around it. */
typedef struct DdlSpan {
    gsize start, end;
} DdlSpan;

void ddl_reader_init(DdlReader *reader, const char *sql);
void ddl_advance(DdlReader *reader);
gboolean ddl_at(const DdlReader *reader, const char *word);
gboolean ddl_at_any(const DdlReader *reader, const char *const *words);
gboolean ddl_at_name(const DdlReader *reader);
/* Reads a word, or two, if they stand here. */
gboolean ddl_take(DdlReader *reader, const char *word);
gboolean ddl_take_two(DdlReader *reader, const char *first, const char *second);
/* FALSE, with the error that `expected` is missing here. */
gboolean ddl_failed(const DdlReader *reader, const char *expected, GError **error);
gboolean ddl_expect(DdlReader *reader, const char *word, GError **error);
/* A name in any of the four quotes, or in none; `expected` says whose. New string. */
char *ddl_read_name(DdlReader *reader, const char *expected, GError **error);
/* "( … )", as the stretch inside. */
gboolean ddl_read_parenthesised(DdlReader *reader, DdlSpan *inside, GError **error);
/* Reads up to a comma or closing parenthesis of this level, or to the end. */
DdlSpan ddl_skip_item(DdlReader *reader);
char *ddl_text(const DdlReader *reader, DdlSpan span); /* new string */

/* [ON CONFLICT …], as the value of an option; ABORT is the default and no option. `options` may be NULL. */
gboolean ddl_read_on_conflict(DdlReader *reader, GPtrArray *options, const char *option, GError **error);
/* "(a, b)". */
gboolean ddl_read_names(DdlReader *reader, GPtrArray *names, GError **error);
/* "(a COLLATE c DESC, b)": what stands behind the names is kept as option "sort". */
gboolean ddl_read_key_columns(DdlReader *reader, Constraint *constraint, gboolean *autoincrement, GError **error);
/* What stands behind REFERENCES. */
gboolean ddl_read_reference(DdlReader *reader, Constraint *constraint, GError **error);
/* [NOT] DEFERRABLE [INITIALLY …], if it stands here. `constraint` may be NULL: SQLite takes the clause behind no key,
 * too. */
gboolean ddl_take_deferral(DdlReader *reader, Constraint *constraint);

#pragma GCC visibility pop

#endif
