/* A database in memory that DDL is replayed into: what the tables of a history are like, in the database's own words.
 */
#ifndef MIGRATE_RUNTIME_MEMORY_SCHEMA_H
#define MIGRATE_RUNTIME_MEMORY_SCHEMA_H

#include "dialect/dialect.h"

typedef struct MemorySchema MemorySchema;
/* Empty. Only for dialects with DIALECT_MEMORY_SCRATCH. */
MemorySchema *memory_schema_new(const Dialect *dialect, GError **error);
void memory_schema_free(MemorySchema *memory);

/* A statement that took place; it is sent when the database is asked. `foreign_keys_off`: its section says
 * foreign-keys:off. */
void memory_schema_add(MemorySchema *memory, const char *sql, gboolean foreign_keys_off);
/* Sends what was added. After a failure the statements behind it are forgotten. */
gboolean memory_schema_flush(MemorySchema *memory, GError **error);
/* `table` NULL: everything. */
MetaData *memory_schema_inspect(MemorySchema *memory, const char *table, GError **error);

/* What is added between the two is forgotten. They do not nest. */
void memory_schema_mark(MemorySchema *memory);
gboolean memory_schema_return(MemorySchema *memory, GError **error);

#endif
