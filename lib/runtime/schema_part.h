/* The part of a schema that a few tables have to do with: a history has many steps, and each is about little. */
#ifndef MIGRATE_RUNTIME_SCHEMA_PART_H
#define MIGRATE_RUNTIME_SCHEMA_PART_H

#include "dialect/dialect.h"
#include "operations/operations.h"
#include "runtime/schema_index.h"

/* Of words in lower case (sql_all_words()). */
gboolean schema_has_word(GHashTable *words, const char *name); /* name NULL: FALSE */

/* sql_all_words() of a statement, of the tables that it may change: of those that it only reads, or writes rows of,
 * none. Empty when it changes no table. */
GHashTable *schema_changed_words(const Dialect *dialect, const char *sql);

/* The name in lower case of the table that a statement creates, alters, drops or indexes, when it does that and nothing
 * else; else NULL. New string. */
char *schema_only_table(const Dialect *dialect, const char *sql);

/* A copy of the tables whose names are among the words, of those that refer to them or that they refer to, and of all
 * that is no table (triggers and the like only of these tables). `index` is that of the metadata. */
MetaData *schema_part(const MetaData *metadata, SchemaIndex *index, GHashTable *words);
/* The same of nothing but the tables that have one of the names. */
MetaData *schema_part_named(const MetaData *metadata, GHashTable *words);
/* What operations are about, as schema_part(). */
MetaData *schema_part_of(const MetaData *metadata, SchemaIndex *index, const GPtrArray *operations);

#endif
