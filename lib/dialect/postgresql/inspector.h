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
} PgInspector;

/* A catalog query and who reads it. The queries run in the order of the list. Each has two parameters: $1 the names of
 * the schemas to look at as a text[] literal, or NULL for the default schema; $2 the default schema or NULL for
 * current_schema() ("pg_temp": the session's temporary schema). */
typedef struct PgQuery {
    const char *sql;
    gboolean (*read)(PgInspector *inspector, Result *result, GError **error);
} PgQuery;

/* read_table.c: tables, columns, constraints, indexes, sequences, enums; read_object.c: all that is a SchemaObject.
 * Lists end with a NULL sql. Together at most 15. */
extern const PgQuery postgresql_table_queries[];
extern const PgQuery postgresql_object_queries[];

/* The schema to report: NULL for the default one. Not new. */
const char *inspector_schema(const PgInspector *inspector, const char *schema);

#pragma GCC visibility pop

#endif
