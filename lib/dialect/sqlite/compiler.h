/*
 * What the files of SQLite's compiler share: DDL text of single things (ddl_writer.c), renames inside stored SQL text
 * (rename.c), the model as SQLite can store it (adapt.c), and the table rebuild (rebuild.c).
 */
#ifndef MIGRATE_DIALECT_SQLITE_COMPILER_H
#define MIGRATE_DIALECT_SQLITE_COMPILER_H

#include <glib.h>

#include "schema/metadata.h"

#pragma GCC visibility push(hidden)

/* --- ddl_writer.c: tables must be adapted (sqlite_adapt_table) --- */

/* "CREATE TABLE name (…)", a column or constraint per line; `name` may differ from the table's own. New string, or NULL
 * with DIALECT_ERROR_UNSUPPORTED. */
char *sqlite_create_table_sql(const Table *table, const char *name, GError **error);
/* The same text for tables that are the same for SQLite: without the table's name, constraints in any order,
 * expressions as sql_normalise() has them. New string; NULL when the table cannot be written. */
char *sqlite_definition(const Table *table);
char *sqlite_create_index_sql(const Table *table, const Index *index);
char *sqlite_drop_index_sql(const Index *index);
/* "ALTER TABLE t ADD COLUMN …" with those single-column foreign keys and checks of `table` that are in `inline_with`
 * (Constraint*). */
char *sqlite_add_column_sql(const Table *table, const Column *column, const GPtrArray *inline_with, GError **error);

/* TRUE when `column` is the table's rowid under another name: the only column of the primary key, declared INTEGER. */
gboolean sqlite_is_rowid_alias(const Table *table, const Column *column);
/* The column that is the rowid's alias, or NULL. */
const Column *sqlite_rowid_alias(const Table *table);
/* TRUE without NOT NULL, which a primary key implies in a model but not in SQLite (option "nullable_key"). */
gboolean sqlite_accepts_null(const Table *table, const Column *column);
gboolean sqlite_is_without_rowid(const Table *table);
gboolean sqlite_has_autoincrement(const Table *table);
/* A default that ADD COLUMN takes for existing rows: a number, a string, a blob, TRUE, FALSE or NULL. */
gboolean sqlite_default_is_constant(const char *text);
gboolean sqlite_default_is_null(const char *text);
/* A default's text where an expression is expected: a bare word that DEFAULT takes as a string becomes one. New
 * string. */
char *sqlite_default_expression(const char *text);

/* --- rename.c --- */

/* TRUE when an identifier in `text` is `name`. */
gboolean sqlite_mentions(const char *text, const char *name);
/* Rewrites qualified columns ("t.x") in the checks, computed columns and indexes of `table` as RENAME TO does. */
void sqlite_rename_table_in_table(Table *table, const char *from, const char *to);
/* The text of a trigger behind such a rename; NULL when only SQLite itself can tell which words are meant. New
 * string. */
char *sqlite_rename_table_in_trigger(const char *text, const char *from, const char *to);
char *sqlite_rename_column_in_trigger(const MetaData *metadata, const SchemaObject *trigger, const Table *table,
                                      const char *from, const char *to);

/* --- adapt.c --- */

/* As Dialect.adapt for one table; enums are looked up in `model`. */
gboolean sqlite_adapt_table(Table *table, const MetaData *model, GError **error);

/* TRUE for views and triggers: the other kinds do not exist. */
gboolean sqlite_has_object_kind(const char *kind);

/* --- alter.c --- */

/* Adds the statements that turn `old` into `table` (same name, both adapted, indexes left alone) when ALTER TABLE can,
 * also none when there is nothing to do; else *done is FALSE. */
gboolean sqlite_alter(const MetaData *database, const Table *old, const Table *table, GPtrArray *statements,
                      gboolean *done, GError **error);
/* TRUE when a foreign key refers to the table, and to that column of it (NULL: any). */
gboolean sqlite_referred_to(const MetaData *metadata, const char *table, const char *column);

/* --- rebuild.c --- */

typedef struct RenamedValues {
    char *column;
    GPtrArray *pairs; /* Option*: former value = new value */
} RenamedValues;

typedef struct RebuildNeeds {
    const MetaData *database;  /* asked for names that are taken */
    const Table *old, *table;  /* from and to: same name, both adapted */
    const GPtrArray *reasons;  /* char*: lines for the comment */
    const GPtrArray *restored; /* char*: columns that come back without their values */
    const GPtrArray *triggers; /* SchemaObject* of the table, to be made again */
    const GPtrArray *moved;    /* RenamedValues*: columns whose values change */
    gboolean wanted;           /* a revision file says so, whatever ALTER TABLE can do */
} RebuildNeeds;

/* Adds the statements (char*) of the rebuild to `statements`. They need foreign_keys=OFF and legacy_alter_table=ON. */
gboolean sqlite_rebuild(const RebuildNeeds *needs, GPtrArray *statements, GError **error);

#pragma GCC visibility pop

#endif
