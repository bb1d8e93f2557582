/* Finds the tables that names have to do with, without a look at every table of a schema. */
#ifndef MIGRATE_RUNTIME_SCHEMA_INDEX_H
#define MIGRATE_RUNTIME_SCHEMA_INDEX_H

#include "operations/operations.h"

typedef struct SchemaIndex SchemaIndex;
/* Of all tables of a schema, which it does not keep: each call is handed the MetaData as it is then. */
SchemaIndex *schema_index_new(const MetaData *metadata);
void schema_index_free(SchemaIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SchemaIndex, schema_index_free)

/* A table that was added or changed. What is gone may stay: it is not found any more. */
void schema_index_add(SchemaIndex *index, const Table *table);
/* The operations took place in the schema. */
void schema_index_follow(SchemaIndex *index, const MetaData *metadata, const GPtrArray *operations);

/* Adds the tables (Table*, owned by the metadata) with that name (in lower case), in any schema and case, to the set.
 */
void schema_index_named(SchemaIndex *index, const MetaData *metadata, const char *word, GHashTable *tables);
/* The same for those that refer to a table of that name, or once did. */
void schema_index_referring(SchemaIndex *index, const MetaData *metadata, const char *word, GHashTable *tables);
/* The same for those that a part of the schema has whatever its names: tables that inherit, or that begin with "_". */
void schema_index_always(SchemaIndex *index, const MetaData *metadata, GHashTable *tables);
/* The tables of a set in the order in which they were added. New array, not owned. */
GPtrArray *schema_index_sort(SchemaIndex *index, GHashTable *tables);

#endif
