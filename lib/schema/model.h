/* models.json (DESIGN section 3): reading with every mistake reported at once, and writing. */
#ifndef MIGRATE_SCHEMA_MODEL_H
#define MIGRATE_SCHEMA_MODEL_H

#include "base/json.h"
#include "schema/metadata.h"
#include "schema/naming.h"

typedef struct ModelReader ModelReader;

/* A reader for one MetaData from several documents (files may refer to each other's tables and enums). `dialect`
 * ("sqlite" …) chooses among per-dialect values: exact name, else (mariadb) "mysql", else "default"; all alternatives
 * are checked. What has no name, expression or definition for this dialect is left out. `convention` is the config's
 * (NULL: SQLAlchemy's); each document's own naming_convention wins for its tables. Unnamed constraints are named by the
 * convention; an explicit name is kept as it is, and "name": null keeps a constraint unnamed. max_name_length: of the
 * dialect, 0 none. */
ModelReader *model_reader_new(const char *dialect, gboolean ignore_case, const NamingConvention *convention,
                              guint max_name_length);
/* max_name_length counts characters; without this, bytes. */
void model_reader_count_characters(ModelReader *reader);
void model_reader_free(ModelReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelReader, model_reader_free)
/* Reads one document; mistakes are collected. FALSE only when the JSON itself cannot be parsed. */
gboolean model_reader_add(ModelReader *reader, const char *file, const char *text, gsize length, GError **error);
/* Resolves references (foreign keys to nowhere, unknown enums, duplicate tables), names constraints, and returns the
 * MetaData, or NULL with SCHEMA_ERROR_MODEL listing every mistake of every document. */
MetaData *model_reader_finish(ModelReader *reader, GError **error);

/* The models.json of `metadata` (with not_modelled where it has that, which the reader skips), which model_reader reads
 * back as the same MetaData: only what is not the default, tables sorted by name, a line for each column, constraint
 * and index that fits into 120 columns. `dialect` names the key that options are written under. Names that are NULL are
 * written as null. New string. */
char *model_write(const MetaData *metadata, const char *dialect);

/* Adds a thing of a document in that layout, `indent` columns to the right: what fits into 120 columns is on one line,
 * but for a table (`depth` 0), which has a line for each of its columns, constraints and indexes; `depth` 1: only what
 * is too long is broken. */
void model_append_json(GString *out, const cJSON *node, guint depth, guint indent);

/* The same keys for single things, for operations' JSON codec. New trees. */
cJSON *model_column_to_json(const Column *column, const char *dialect);
cJSON *model_constraint_to_json(const Constraint *constraint, const char *dialect);
cJSON *model_index_to_json(const Index *index, const char *dialect);
cJSON *model_table_to_json(const Table *table, const char *dialect);
cJSON *model_enum_to_json(const EnumType *type);
cJSON *model_sequence_to_json(const Sequence *sequence);
cJSON *model_object_to_json(const SchemaObject *object);
cJSON *model_not_modelled_to_json(const NotModelled *thing); /* {"subject", "text"}, and "out_of_scope" */

/* What stands there for a dialect: of an object the value under its name, else (mariadb) "mysql", else "default"; NULL:
 * nothing. Anything else stands for all. */
const cJSON *model_value_for(const cJSON *map, const char *dialect);
/* One tree for `n` dialects from that of each (NULL: it has none), written with these keys: what differs stands per
 * dialect, what only some have has its name for them alone. `dialects` are their names. New tree. */
cJSON *model_merge_json(const cJSON *const *nodes, const char *const *dialects, guint n);

#endif
