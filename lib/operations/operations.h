/*
 * What changes, as data: a MigrateOp can be applied to a MetaData, reversed, ordered, and written as JSON under
 * Alembic's names (Alembic docs, "Operation Reference"). Compiling to SQL is the dialect's work.
 */
#ifndef MIGRATE_OPERATIONS_OPERATIONS_H
#define MIGRATE_OPERATIONS_OPERATIONS_H

#include <cjson/cJSON.h>
#include <glib.h>

#include "schema/metadata.h"

typedef enum OpKind {
    OP_CREATE_TABLE,         /* table (with its indexes; foreign keys inside unless split off) */
    OP_DROP_TABLE,           /* table: the former definition */
    OP_RENAME_TABLE,         /* table_name -> new_name */
    OP_ALTER_TABLE_OPTIONS,  /* options, existing_options */
    OP_ADD_COLUMN,           /* column */
    OP_DROP_COLUMN,          /* existing: the former definition */
    OP_ALTER_COLUMN,         /* existing -> column: both full definitions; the names differ on a rename. On a partial
                                table Column.unknown says what of `existing` nobody knows, and what of `column` stays
                                as it is */
    OP_CREATE_INDEX,         /* index */
    OP_DROP_INDEX,           /* index: the former definition */
    OP_RENAME_INDEX,         /* name -> new_name */
    OP_CREATE_CONSTRAINT,    /* constraint; Alembic: create_primary_key, create_unique_constraint … by its kind */
    OP_DROP_CONSTRAINT,      /* constraint: the former definition */
    OP_RENAME_CONSTRAINT,    /* name -> new_name */
    OP_CREATE_TABLE_COMMENT, /* comment, existing_comment */
    OP_DROP_TABLE_COMMENT,   /* existing_comment */
    OP_CREATE_ENUM,
    OP_DROP_ENUM,
    OP_ALTER_ENUM, /* enum_type, existing_enum */
    OP_CREATE_SEQUENCE,
    OP_DROP_SEQUENCE,
    OP_ALTER_SEQUENCE, /* sequence, existing_sequence */
    OP_CREATE_OBJECT,
    OP_DROP_OBJECT,
    OP_REPLACE_OBJECT, /* object, existing_object */
    OP_EXECUTE,        /* sql */
} OpKind;

/* Whether a table is made anew where the dialect cannot alter it in place (SQLite): batch_alter_table's "recreate". */
typedef enum Recreate {
    RECREATE_AUTO,   /* where it cannot be done otherwise */
    RECREATE_ALWAYS, /* in any case; an alter_table_options that changes nothing does nothing else */
    RECREATE_NEVER,  /* rather an error */
} Recreate;

/* About how many rows a table has. */
typedef struct RowEstimate {
    gboolean known;
    gboolean at_least; /* they were not counted further */
    gint64 rows;
} RowEstimate;

typedef struct MigrateOp {
    OpKind kind;
    char *schema, *table_name; /* the table it is about, by the name it has when the op runs; NULL for objects */
    char *name, *new_name;
    Table *table;
    Column *column, *existing;
    Constraint *constraint;
    Index *index;
    GPtrArray *options, *existing_options;
    char *comment, *existing_comment;
    EnumType *enum_type, *existing_enum;
    Sequence *sequence, *existing_sequence;
    SchemaObject *object, *existing_object;
    char *sql;
    /* Table ops: names of types, sequences, functions … and tables (a partition's parent) that it needs; for the order
     * only, not written anywhere. NULL: none. Objects have a list of their own. */
    GPtrArray *depends_on;          /* char*: what stands behind the op needs them */
    GPtrArray *existing_depends_on; /* char*: what stood before it did */
    /* add_column: the column was dropped and comes back; its values are gone, so rows get a neutral value where the
     * column takes no NULL and has no default. */
    gboolean restores;
    /* create_…: not where there is one of that name; drop_…: only where there is one. Only from revision files. */
    gboolean if_not_exists, if_exists;
    /* How it is done, where the dialect knows the like; others do without. Nothing of it is in the schema, and only
     * revision files say so. */
    /* create_index, drop_index: PostgreSQL's CONCURRENTLY, outside transactions. alter_enum: outside, too: statements
     * that are not compiled with it use new values. */
    gboolean concurrently;
    char *using; /* alter_column: the former value as the new type, PostgreSQL's USING; NULL: the compiler's */
    /* alter_column: Option*, former value = new value: rows that hold the one get the other. NULL: none. Of a column
     * whose values are listed in its type or in a check. */
    GPtrArray *renamed_values;
    char *insert_before, *insert_after; /* add_column: beside that column; NULL: at the end. PostgreSQL: at the end */
    Recreate recreate; /* of ops on one table compiled together, one that says more than AUTO decides */
    /* Why it exists, for `diff --json`: "structure", "tokens", "canonical"; static string or NULL. */
    const char *verdict;
    /* Of the table, in the database that was compared; asked where migrate_op_risks_data(). */
    RowEstimate rows;
    /* A line for people, which compilers leave alone: sql_blocks_add_notes() writes it above the statement. NULL. */
    char *note;
} MigrateOp;

MigrateOp *migrate_op_new(OpKind kind);
void migrate_op_free(MigrateOp *op);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MigrateOp, migrate_op_free)
MigrateOp *migrate_op_copy(const MigrateOp *op);
GPtrArray *operations_new(void); /* a GPtrArray that frees its MigrateOps */

/* Constructors that copy what they are given. */
MigrateOp *migrate_op_create_table(const Table *table);
MigrateOp *migrate_op_drop_table(const Table *table);
MigrateOp *migrate_op_rename_table(const Table *table, const char *new_name);
MigrateOp *migrate_op_add_column(const Table *table, const Column *column);
MigrateOp *migrate_op_drop_column(const Table *table, const Column *existing);
MigrateOp *migrate_op_alter_column(const Table *table, const Column *existing, const Column *column);
MigrateOp *migrate_op_create_index(const Table *table, const Index *index);
MigrateOp *migrate_op_drop_index(const Table *table, const Index *index);
MigrateOp *migrate_op_create_constraint(const Table *table, const Constraint *constraint);
MigrateOp *migrate_op_drop_constraint(const Table *table, const Constraint *constraint);
MigrateOp *migrate_op_alter_table_options(const Table *table, const GPtrArray *existing, const GPtrArray *options);
MigrateOp *migrate_op_create_object(const SchemaObject *object);
MigrateOp *migrate_op_drop_object(const SchemaObject *existing);
MigrateOp *migrate_op_replace_object(const SchemaObject *existing, const SchemaObject *object);

/* Changes `metadata` as the op would change the database. A column rename also renames it in keys, indexes, checks and
 * generated columns of its table and in foreign keys that refer to it; a table rename in foreign keys and in what hangs
 * on the table; an enum's in the columns of that type; sequences follow the column that owns them. The definitions of
 * views, triggers … stay as written. A column that a key, constraint or index still uses cannot be dropped.
 * A table that is `partial` may have what it does not list: to drop, alter or rename that is fine. So are if_exists and
 * if_not_exists, which then change nothing. OPERATIONS_ERROR_CONFLICT when the op does not fit. */
gboolean migrate_op_apply(const MigrateOp *op, MetaData *metadata, GError **error);
gboolean operations_apply(const GPtrArray *ops, MetaData *metadata, GError **error);
/* Adds an empty partial Table for each table that the ops need and `metadata` does not have; and the enum, sequence or
 * object that the first op alters, replaces or drops, as it says that it was. */
void operations_assume_tables(const GPtrArray *ops, MetaData *metadata);
/* A copy of `before` whose partial tables have what the ops drop, rename and alter, as these say it was (existing …):
 * for compilers. */
MetaData *operations_learn(const GPtrArray *ops, const MetaData *before);
/* Makes the two columns of an alter_column comparable: what is not known of either becomes the same, what `column` says
 * and nobody knows of `existing` becomes something else ("unknown"); but for the type, which stays SQL_TYPE_NULL. */
void columns_settle(Column *existing, Column *column);

/* The op that takes it back, or NULL with OPERATIONS_ERROR_IRREVERSIBLE (execute). */
MigrateOp *migrate_op_reverse(const MigrateOp *op, GError **error);
GPtrArray *operations_reverse(const GPtrArray *ops, GError **error); /* in reverse order */
/* TRUE when running it loses data that the reverse cannot bring back (drop_table, drop_column). */
gboolean migrate_op_loses_data(const MigrateOp *op);

/* --- loss.c --- */
/* TRUE when values of the one may not fit into the other, which a server then cuts, rounds or refuses. FALSE where that
 * cannot be known (a dialect's own types). */
gboolean sql_type_narrows(const SqlType *from, const SqlType *to);
/* migrate_op_loses_data(), and with `narrows` (a value must fit its column's type there) types that get narrower. */
gboolean migrate_op_risks_data(const MigrateOp *op, gboolean narrows);
/* "about 12,300 rows", "more than 100,000 rows", "no rows"; NULL: not known. New string. */
char *row_estimate_text(const RowEstimate *estimate);
/* Writes what rows and values an upgrade (or with `back` its downgrade) loses into the notes of `ops`. */
void operations_set_notes(const GPtrArray *ops, gboolean back, gboolean narrows);
/* The rows that are known of the same change in another list. */
void operations_take_rows(const GPtrArray *ops, const GPtrArray *from);

/* Sorts in place into an order that runs, deterministic and stable: dropped views and triggers first, then renames
 * (everything else uses the new names), dropped keys and indexes, what is added and altered, created tables behind the
 * tables they refer to, dropped columns, foreign keys, dropped tables behind those that refer to them, at last created
 * views (by depends_on) and triggers. An execute stays between what stands before and behind it. With `split_cycles`,
 * foreign keys that close a cycle between new (or dropped) tables become create/drop_constraint ops of their own; a
 * dialect that resolves references late (SQLite) needs no split. OPERATIONS_ERROR_CYCLE when names change places in a
 * circle. */
gboolean operations_sort(GPtrArray *ops, gboolean split_cycles, GError **error);

/* "add_column", "create_foreign_key" … Alembic's name. Static. */
const char *migrate_op_name(const MigrateOp *op);
/* One line for people, without SQL: "add column orders.status". New string. */
char *migrate_op_describe(const MigrateOp *op);
cJSON *migrate_op_to_json(const MigrateOp *op, const char *dialect);
cJSON *operations_to_json(const GPtrArray *ops, const char *dialect); /* an array */

#endif
