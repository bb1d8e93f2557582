/*
 * What the files of SQLite's dialect share: the functions behind sqlite_dialect (dialect.h says what each does), and
 * the reader of stored DDL.
 */
#ifndef MIGRATE_DIALECT_SQLITE_SQLITE_H
#define MIGRATE_DIALECT_SQLITE_SQLITE_H

#include <glib.h>

#include "dialect/dialect.h"

#pragma GCC visibility push(hidden)

/*
 * Options (schema/metadata.h) that the inspector reports, adapt() accepts from a model and the compiler writes:
 * - table: "strict", "without_rowid" = "true"
 * - column: "nullable_key" = "true": in the primary key without NOT NULL (Column.nullable is FALSE all the same);
 *   "on_conflict_not_null" = "ROLLBACK", "FAIL", "IGNORE" or "REPLACE" (ABORT, the default, is not an option)
 * - primary key, unique constraint: "on_conflict" as above; "sort": what stands behind each column, separated by
 *   commas, in order ("COLLATE NOCASE,,DESC"); primary key: "not_rowid" = "true": INTEGER PRIMARY KEY DESC in the
 *   column itself, which is not the rowid (sqlite.org/lang_createtable.html#rowid)
 */

/* --- lexer.c --- */
SqlToken sqlite_next_token(const char *text, gsize length, gsize position);
GPtrArray *sqlite_split(const char *text, gsize length, GError **error);
/* TRUE when the word is a keyword that cannot stand for a name without quotes. */
gboolean sqlite_is_keyword(const char *word, gsize length);

/* --- sql_model.c --- */
void sqlite_read_model_statement(ModelScript *script, const char *sql, gsize length, ModelStatement *answer);

/* --- sqlite.c --- */
char *sqlite_quote_identifier(const char *name);
char *sqlite_quote_literal(const char *value);
/* Dialect.estimate_rows: counted, and of many what ANALYZE has found. */
gboolean sqlite_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error);
gboolean sqlite_refuses_transaction(const char *sql, gsize length);
gboolean sqlite_controls_transaction(const char *sql, gsize length);
gboolean sqlite_sets_session(const char *sql, gsize length);

/* --- types.c --- */
char *sqlite_type_sql(const SqlType *type, GError **error);
SqlType *sqlite_type_from_sql(const char *spelling);
gboolean sqlite_type_equal(const SqlType *a, const SqlType *b);

/* --- read_table.c, read_index.c: definitions as sqlite_schema keeps them, see ddl_reader.h --- */
/* Fills the empty `table` from CREATE TABLE; its name stays what it is. A default and a check come without the
 * parentheses around them, expressions otherwise as written. */
gboolean sqlite_read_table(Table *table, const char *sql, GError **error);
/* The index of CREATE INDEX on `table`, which says what is a column. New. */
Index *sqlite_read_index(const Table *table, const char *name, const char *sql, GError **error);

/* --- inspector.c --- */
MetaData *sqlite_inspect(Connection *connection, const InspectOptions *options, GError **error);
GPtrArray *sqlite_existing_tables(Connection *connection, const char *schema, const char *const *names, GError **error);

/* --- adapt.c, compiler.c, checks.c --- */
gboolean sqlite_adapt(MetaData *model, GPtrArray *notes, GError **error);
GPtrArray *sqlite_compile(const GPtrArray *ops, const MetaData *before, GError **error);
gboolean sqlite_check_begin(Connection *connection, gpointer *baseline, GError **error);
gboolean sqlite_check_end(Connection *connection, gpointer baseline, GError **error);
void sqlite_baseline_free(gpointer baseline);

#pragma GCC visibility pop

#endif
