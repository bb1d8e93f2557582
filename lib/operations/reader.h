/*
 * What the files that read operations from JSON share. An op is read twice by the same function: when its file is
 * parsed, for mistakes in what it says (op_reader_resolves() FALSE), and for a dialect and a state of the schema, when
 * its MigrateOps are made. Every function that meets a mistake adds it to model->mistakes and goes on.
 */
#ifndef MIGRATE_OPERATIONS_READER_H
#define MIGRATE_OPERATIONS_READER_H

#include "operations/document.h"
#include "schema/model_reader.h"

typedef struct OpReader OpReader;
typedef struct OpSpec OpSpec;

/* How an op is read. */
struct OpSpec {
    const char *name;
    const char *const *keys; /* its own arguments, NULL-terminated: what `fields` holds */
    /* A model's key, the argument that it is here, …, NULL: the functions of the model reader read the op itself, and
     * tell its unknown arguments. NULL: they do not. */
    const char *const *names;
    gboolean dialects; /* takes postgresql_… and the like */
    gboolean changes;  /* only what changes of a column is said */
    gboolean in_batch; /* may stand in a batch_alter_table */
    void (*read)(OpReader *reader, const cJSON *const *fields);
};
extern const OpSpec *const op_specs[]; /* NULL-terminated */

struct OpReader {
    const OpsDocument *document;
    ModelReader *model;
    const OpSpec *spec;
    const cJSON *node;  /* the op */
    const cJSON *batch; /* the batch_alter_table around it; NULL: none */
    /* To resolve it: */
    const OpsTarget *target;
    const MetaData *state;
    MetaData *work; /* copies of those tables of the state that were touched, with what was done to them since */
    OpsStep *step;
};

#define OP_MISTAKE(reader, at, ...) MODEL_MISTAKE((reader)->model, (at), __VA_ARGS__)
static inline gboolean op_reader_resolves(const OpReader *reader)
{
    return reader->state != NULL;
}

/* --- document.c --- */
/* Reads one op of `list`; the batch's own, too. */
void op_read(OpReader *reader, const cJSON *node);
const OpSpec *op_spec_named(const char *name); /* NULL: there is none */

/* --- join.c --- */
/* How many ops from `first` on are one step (joins_alters, joins_references): at least 1. */
guint ops_join(const cJSON *first, const OpsTarget *target, const MetaData *state);

/* --- arguments.c --- */
/* A mistake for each argument of Alembic's that has no meaning here, with what to write instead; they are added to
 * `known`, which owns none, so that they are not said to be unknown as well. */
void op_refuse_arguments(OpReader *reader, GPtrArray *known);
/* The name in argument `key`, required: new string. NULL when this dialect has none, or by a mistake. */
char *op_name(OpReader *reader, const cJSON *node, const char *key);
/* A name that may be missing: NULL, and also when null. */
char *op_optional_name(OpReader *reader, const cJSON *node);
/* The schema and the name of the op's table: of the batch when it stands in one. FALSE when this dialect has none, or
 * by a mistake. */
gboolean op_table_name(OpReader *reader, const cJSON *schema, const cJSON *table, const char *key, char **schema_name,
                       char **table_name);
/* One thing with a model's keys in a nested object (not NULL), as it is on its own, not adapted. NULL by a mistake or
 * when this dialect has none. */
Table *op_read_table(OpReader *reader, const cJSON *node);
Column *op_read_column(OpReader *reader, const cJSON *node);
Index *op_read_index(OpReader *reader, const cJSON *node);
Constraint *op_read_constraint(OpReader *reader, ConstraintKind kind, const cJSON *node);
EnumType *op_read_enum(OpReader *reader, const cJSON *node);
Sequence *op_read_sequence(OpReader *reader, const cJSON *node);
SchemaObject *op_read_object(OpReader *reader, const cJSON *node);
SqlType *op_read_type(OpReader *reader, const cJSON *node);
/* Calls `take` for each argument of this dialect ("postgresql_where": "where"); in parsing for those of all. */
void op_dialect_arguments(OpReader *reader, void (*take)(OpReader *, const cJSON *, const char *name, gpointer),
                          gpointer data);
/* Is `flag` true, and if so: of the op. */
gboolean op_flag(OpReader *reader, const cJSON *node);

/* --- state.c --- */
/* "… 'name', did you mean 'nearest'?" */
void op_unknown(OpReader *reader, const cJSON *at, const char *what, const char *name, const GPtrArray *names);
/* The table as the ops before have left it: of the working copy. NULL when the state has none. */
Table *op_find_table(OpReader *reader, const char *schema, const char *name);
/* The same; where the state is not whole, a partial one takes its place. NULL and a mistake: it does not exist. */
Table *op_need_table(OpReader *reader, const char *schema, const char *name);
/* All columns, keys and indexes of it are known. */
gboolean op_is_known(const Table *table);
/* A mistake when a known table has no such column. */
gboolean op_need_column(OpReader *reader, const Table *table, const char *name, const cJSON *at);
/* Takes `op`, does it in the working copy (a mistake when that fails) and adds it to the step. */
void op_emit(OpReader *reader, MigrateOp *op);
/* Takes `op` into the step without doing it in the working copy: the last of the step on its table. */
void op_emit_only(OpReader *reader, MigrateOp *op);
/* A MetaData with the enums of the state and nothing else, for op_adapt(). */
MetaData *op_small(const OpReader *reader);
/* OpsTarget.adapt; FALSE and a mistake when it fails. */
gboolean op_adapt(OpReader *reader, MetaData *small);
/* `table` (of the working copy, or like it), as the dialect can store it, in a new MetaData whose first table it is;
 * NULL and a mistake. */
MetaData *op_adapt_table(OpReader *reader, const Table *table);
/* Emits what `adapted` has and `before` has not: columns, indexes, constraints. The ops are made as `manner` says (its
 * kind, if_not_exists, concurrently; for columns restores, insert_before, insert_after). */
void op_emit_additions(OpReader *reader, const Table *before, const Table *adapted, const MigrateOp *manner);
/* The check in `table` that stands for the enum type of `column`, whose type says it, where the dialect has none. NULL:
 * there is none. */
const Constraint *op_enum_check(OpReader *reader, const Table *table, const Column *column);
/* The enum as the ops before have left it; NULL: the state has none. */
const EnumType *op_find_enum(const OpReader *reader, const char *schema, const char *name);
/* TRUE when the SQL expression names the column. */
gboolean op_mentions(const OpReader *reader, const char *expression, const char *column);
/* Foreign keys and enums of what was read: names keys by the convention, finds mistakes in names. `self` is the table
 * that is being made or changed. */
void op_settle_references(OpReader *reader, const Table *self);

/* --- implied_index.c --- */
/* Index.implied of a foreign key that is to be created: a later op of the list creates one that serves it, too, and
 * until then the server makes its own, which goes by itself. */
gboolean op_index_comes_later(const OpReader *reader, const Index *implied, const char *table_name);
/* Behind `index`, which was emitted: drops the implied indexes of `table` that it makes needless, as the server would
 * with its own. */
void op_drop_served_indexes(OpReader *reader, const Table *table, const Index *index);
/* Behind a dropped foreign key on `columns` (char*): its implied index goes with the last key that needs it, be it said
 * or not. */
void op_drop_implied_index(OpReader *reader, const Table *table, const GPtrArray *columns);
/* The check of `table` that says `expression`, whether either quotes the name of `column` or not (a rename quotes it).
 */
const Constraint *op_find_check(const OpReader *reader, const Table *table, const char *expression, const char *column);

/* --- read_*.c --- */
/* What drop_constraint's type_ calls each ConstraintKind; NULL-terminated. */
extern const char *const op_constraint_types[];
/* The one that was read last, or the primary key; NULL: none. */
Constraint *op_last_constraint(const Table *table, ConstraintKind kind);
extern const OpSpec op_create_table, op_drop_table, op_rename_table, op_alter_table_options, op_create_table_comment,
    op_drop_table_comment, op_batch_alter_table;
extern const OpSpec op_add_column, op_drop_column, op_alter_column;
extern const OpSpec op_create_index, op_drop_index, op_rename_index;
extern const OpSpec op_create_primary_key, op_create_unique_constraint, op_create_foreign_key,
    op_create_check_constraint, op_create_exclude_constraint, op_drop_constraint, op_rename_constraint;
extern const OpSpec op_create_enum, op_drop_enum, op_alter_enum, op_create_sequence, op_drop_sequence,
    op_alter_sequence, op_create_object, op_drop_object, op_replace_object;
extern const OpSpec op_bulk_insert, op_execute;

/* --- values.c --- */
/* The JSON text of `node`, numbers with all their digits; with `sorted`, the keys of objects are in order. */
void op_append_json(GString *out, JsonDocument *document, const cJSON *node, gboolean sorted);

#endif
