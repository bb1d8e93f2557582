/*
 * What the files of PostgreSQL's dialect share: the functions behind postgresql_dialect (dialect.h says what each
 * does). Servers 12 to 18.
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_POSTGRESQL_H
#define MIGRATE_DIALECT_POSTGRESQL_POSTGRESQL_H

#include <glib.h>

#include "dialect/dialect.h"

#pragma GCC visibility push(hidden)

/*
 * Options (schema/metadata.h) that the inspector reports, adapt() accepts from a model and the compiler writes. What
 * has its default is no option.
 * - table: "unlogged", "row_security", "force_row_security" = "true"; "partition_by" = "RANGE (created_at)";
 *   "partition_of" = the parent (qualified outside the default schema) and "partition_bound" = "FOR VALUES FROM (…) TO
 *   (…)" or "DEFAULT"; "inherits" = "a, b"; "tablespace"; "with.NAME" = storage parameters ("with.fillfactor" = "70",
 *   "with.toast.NAME" for those of the TOAST table)
 *   "column_default.NAME" = an expression, or "NULL", and "column_not_null.NAME" = "true", of a table with parents,
 *   where a column that is theirs has another default, or is NOT NULL and theirs is not
 *   A partition, and a child of INHERITS, is reported with what it has of its own only: no inherited columns,
 *   constraints, and no indexes that belong to a parent's index.
 * - column: "storage" = "PLAIN" …, when it is not the type's; "compression"; "statistics" = "500"
 *   A serial column has autoincrement TRUE, no default and no identity, and its sequence is not among the sequences:
 * the column is NOT NULL and its default nextval() of a sequence that the column owns, with the options that SERIAL
 * gives it (before server 10, all of them were bigint). Any other sequence is reported with "owned_by". An integer
 * column that is a primary key of its own but does not count has autoincrement FALSE, since a model's would. Enum types
 * are named with their schema outside the default one, unless that schema is not looked at and the search path finds
 * the type.
 * - constraint: "include" = "a, b" (names quoted where needed); "nulls_not_distinct", "not_valid", "no_inherit" =
 *   "true"; "with.NAME", "tablespace" of the index behind a key. ON DELETE SET NULL (a, b) is in Constraint.ondelete.
 *   Constraint.expression of an exclusion constraint starts at USING and ends before DEFERRABLE.
 * - index: "with.NAME", "tablespace", "nulls_not_distinct" = "true", "invalid" = "true" (an interrupted CREATE INDEX
 *   CONCURRENTLY). IndexColumn.opclass holds its parameters, too: "gist_trgm_ops(siglen='32')"; NULL for the type's
 *   default. IndexColumn.nulls is NULL where it is what ASC or DESC implies. Index.using is NULL for btree.
 * - sequence: only what differs from the type's defaults.
 * Also reported, so that they are not lost in silence, and refused by adapt() and the compiler: table "of_type" (CREATE
 * TABLE … OF) and "using" (an access method other than heap), constraint "not_enforced" and "period" (WITHOUT OVERLAPS,
 * PERIOD) of server 18.
 * Not looked at, because it is no part of the schema that a model describes: owners and privileges, replica identity,
 * CLUSTER ON, extended statistics and n_distinct, defaults that a partition has for a column of its parent, comments of
 * sequences that belong to serial and identity columns. A partition whose DETACH CONCURRENTLY was interrupted is
 * still one.
 * Identifiers in options and definitions are qualified only outside the default schema.
 */

/* --- lexer.c --- */
SqlToken postgresql_next_token(const char *text, gsize length, gsize position);
/* TRUE when the word is a keyword that cannot stand for a table's or column's name without quotes. */
gboolean postgresql_is_reserved(const char *word, gsize length);

/* --- split.c --- */
GPtrArray *postgresql_split(const char *text, gsize length, GError **error);
GPtrArray *postgresql_split_model(const char *text, gsize length, GError **error);
gboolean postgresql_inline_data(const char *text, gsize length, gsize statement, gsize terminator, SqlInlineData *data);

/* --- statements.c --- */
/* Dialect.estimate_rows: of pg_class, or counted. */
gboolean postgresql_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error);
/* Dialect.reaches_beyond: roles, databases, tablespaces, settings of the server, files. */
const char *postgresql_reaches_beyond(const char *sql, gsize length);
gboolean postgresql_refuses_transaction(const char *sql, gsize length);
gboolean postgresql_may_commit(const char *sql, gsize length);
gboolean postgresql_controls_transaction(const char *sql, gsize length);
gboolean postgresql_sets_session(const char *sql, gsize length);

/* --- sql_model.c --- */
void postgresql_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *answer);
char **postgresql_model_setup(Connection *live, char **schema, GError **error);

/* --- postgresql.c: quoting, lock and transactions --- */
char *postgresql_quote_identifier(const char *name);
char *postgresql_quote_literal(const char *value);
/* "schema.name" with quotes where needed; schema NULL: only the name. New string. */
char *postgresql_qualified(const char *schema, const char *name);

/* --- types.c --- */
char *postgresql_type_sql(const SqlType *type, GError **error);
SqlType *postgresql_type_from_sql(const char *spelling);
gboolean postgresql_type_equal(const SqlType *a, const SqlType *b);

/* --- equal.c --- */
void postgresql_unify(GPtrArray *words);

/* --- inspector.c --- */
MetaData *postgresql_inspect(Connection *connection, const InspectOptions *options, GError **error);
GPtrArray *postgresql_existing_tables(Connection *connection, const char *schema, const char *const *names,
                                      GError **error);

/* --- adapt.c, compiler.c --- */
gboolean postgresql_adapt(MetaData *model, GPtrArray *notes, GError **error);
GPtrArray *postgresql_compile(const GPtrArray *ops, const MetaData *before, GError **error);

/* --- object_model.c, definition.c: objects that are known by their text --- */
gboolean postgresql_has_object_kind(const char *kind);
/* Makes a model's definition say what the inspector reports, where words make the only difference: OR REPLACE
 * (functions and procedures have it, all else has not), IF NOT EXISTS, CONCURRENTLY, EXECUTE PROCEDURE, SCHEMA public;
 * adds a line to `notes` for what is left out (an extension's VERSION …). DIALECT_ERROR_SYNTAX when it is no CREATE
 * statement of that kind and name. */
gboolean postgresql_adapt_object(SchemaObject *object, GPtrArray *notes, GError **error);

/* --- resume.c --- */
gboolean postgresql_resume_statement(Connection *connection, const char *sql, gsize length, const char *state,
                                     StatementOutcome *outcome, GError **error);

#pragma GCC visibility pop

#endif
