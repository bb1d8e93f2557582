/*
 * The schema as the revision files say it is at some point of a history, for operations, which are compiled for the
 * schema before them. It comes from the files alone, so that a plan is the same with and without a database. On
 * dialects with DIALECT_MEMORY_SCRATCH the DDL of everything applied can be replayed into a database in memory, which
 * is asked about what SQL has made; what operations make is folded into the MetaData. Elsewhere all that is known is
 * folded; a table that a statement may have changed is forgotten there.
 */
#ifndef MIGRATE_RUNTIME_SCHEMA_STATE_H
#define MIGRATE_RUNTIME_SCHEMA_STATE_H

#include "dialect/dialect.h"
#include "runtime/runtime.h"

typedef struct SchemaState SchemaState;
/* An empty schema. */
SchemaState *schema_state_new(const Dialect *dialect, GError **error);
void schema_state_free(SchemaState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SchemaState, schema_state_free)

/* The schema now; owned by the state, valid until it changes. */
const MetaData *schema_state_metadata(SchemaState *state, GError **error);
/* The part of it that matters to the operations (new), with partial tables for what they are about and nobody knows. */
MetaData *schema_state_before(SchemaState *state, const GPtrArray *operations, GError **error);
/* TRUE when a table that is not in it does not exist; else it is only not known. */
gboolean schema_state_is_whole(const SchemaState *state);

/* A statement of a person's took place. What cannot be replayed leaves a doubt about the tables that it mentions;
 * `source` is the file's name for it. */
void schema_state_run(SchemaState *state, const PlanStatement *statement, const char *source);
/* Operations took place, for which `blocks` (SqlBlock*) were compiled. An error is one of the database in memory. */
gboolean schema_state_apply(SchemaState *state, const OpsStep *step, const GPtrArray *blocks, GError **error);
/* Nothing that was said of the tables in `sql` holds any more; `why` is a whole sentence. */
void schema_state_doubt(SchemaState *state, const char *sql, const char *why);
/* The doubt about a table of the operations, or NULL. Owned by the state. */
const char *schema_state_find_doubt(const SchemaState *state, const GPtrArray *operations);
/* All doubts, a line each. New string, NULL without any. */
char *schema_state_doubts(const SchemaState *state);
/* Tables and objects of a live schema that the files do not know, or that there is a doubt about, are from now on as
 * they are there. Only where schema_state_is_whole(). */
gboolean schema_state_add_live(SchemaState *state, const MetaData *live, GError **error);

/* What takes place between the two is forgotten, and may be about those tables only whose names are words in `text`.
 * They do not nest. */
gboolean schema_state_mark(SchemaState *state, const char *text, GError **error);
gboolean schema_state_return(SchemaState *state, GError **error);

#endif
