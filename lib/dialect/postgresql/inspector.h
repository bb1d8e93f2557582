/*
 * How the files of the inspector share the work: all catalog queries travel in one round trip, and every reader fills
 * its part of the MetaData from its Results.
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_INSPECTOR_H
#define MIGRATE_DIALECT_POSTGRESQL_INSPECTOR_H

#include "dialect/postgresql/postgresql.h"

#pragma GCC visibility push(hidden)

typedef struct PgInspector {
    const InspectOptions *options;
    MetaData *metadata;
    char *default_schema; /* as the server names it */
    GHashTable *tables;   /* oid as text -> Table*; the reader of tables fills it, those behind it look there */
    GHashTable *columns;  /* oid of a table as text -> GPtrArray of its columns' names by number (the first is at 1),
                             also  of tables that only foreign keys refer to */
    GHashTable *indexes;  /* oid as text -> Index* */
    GHashTable *objects;  /* read_object.c's: the catalog's key -> SchemaObject*; NULL at first, unref'd by the frame */
} PgInspector;

/* A catalog query and who reads it. The queries run in the order of the list. Each has two parameters: $1 the names of
 * the schemas to look at as a text[] literal, or NULL for the default schema; $2 the default schema or NULL for
 * current_schema() ("pg_temp": the session's temporary schema). */
typedef struct PgQuery {
    const char *sql;
    gboolean (*read)(PgInspector *inspector, Result *result, GError **error);
} PgQuery;

/* read_table.c: tables, columns, constraints, indexes, sequences, enums; read_object.c: all that is a SchemaObject.
 * Lists end with a NULL sql. Together at most 16. */
extern const PgQuery postgresql_table_queries[];
extern const PgQuery postgresql_object_queries[];

/*
 * SchemaObjects are reported as a model would say them, so that their definitions can be run as they are:
 * - A definition may hold several statements, separated by ";\n": a CREATE and what CREATE cannot say. That is the
 * state of a trigger or rule that is not the usual one (ALTER TABLE t DISABLE TRIGGER n), a domain's constraint that is
 * NOT VALID, defaults and comments of a view's columns, comments on a composite type's attributes and on a domain's
 *   constraints, an index's tablespace.
 * - Names of functions, procedures and aggregates hold the argument types where the schema has namesakes.
 * - Extensions are reported wherever their objects are, without schema: SCHEMA stands in the definition when it is
 *   neither the default schema nor "public" and the extension leaves the choice; no version. plpgsql is left out.
 * - Schemas are those of $1 but the default one and "public", which every database has from its start.
 * - depends_on holds names without schema, of what is in the schemas looked at; the table it hangs on is not among
 * them.
 */

/* --- catalog.c: values of the catalog --- */
/* The schema to report: NULL for the default one. Not new. */
const char *inspector_schema(const PgInspector *inspector, const char *schema);
gboolean inspector_flag(Result *row, guint column); /* a boolean; FALSE for NULL */
/* The elements of an array as the server writes it ("{a,\"b c\",NULL}"; of one dimension): new array of char*, NULL for
 * NULL; empty for NULL instead of an array. */
GPtrArray *inspector_array(const char *literal);
/* The array literal of NULL-terminated `elements`; NULL for NULL. New string. */
char *inspector_array_literal(const char *const *elements);
/* "a, s.b": names quoted where needed, with their schema outside the default one; `schemas` NULL: without any. New. */
char *inspector_names(const PgInspector *inspector, const GPtrArray *schemas, const GPtrArray *names);
/* Sets options "PREFIX.fillfactor" = "70" from reloptions ("{fillfactor=70}"). */
void inspector_storage_parameters(GPtrArray *options, const char *prefix, const char *reloptions);
/* The name of a table's column by its number; NULL with DIALECT_ERROR_CATALOG. Not new. */
const char *inspector_column_name(const PgInspector *inspector, const char *table_oid, const char *number,
                                  GError **error);
/* Adds the names of a table's columns to `names`; `numbers` is an array ("{1,3}"). */
gboolean inspector_column_names(const PgInspector *inspector, const char *table_oid, const char *numbers,
                                GPtrArray *names, GError **error);
/* FALSE with DIALECT_ERROR_CATALOG: `value` of `what` ("the kind of constraint 'ck'") is not known. */
gboolean inspector_unknown(const char *what, const char *name, const char *value, GError **error);

/* --- read_table.c … read_sequence.c: see the .sql file of each --- */
gboolean read_columns(PgInspector *inspector, Result *result, GError **error);
gboolean read_constraints(PgInspector *inspector, Result *result, GError **error);
gboolean read_indexes(PgInspector *inspector, Result *result, GError **error);
gboolean read_index_columns(PgInspector *inspector, Result *result, GError **error);
gboolean read_sequences(PgInspector *inspector, Result *result, GError **error);
gboolean read_enums(PgInspector *inspector, Result *result, GError **error);

#pragma GCC visibility pop

#endif
