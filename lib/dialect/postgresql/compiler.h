/*
 * How the files of the compiler share the work: each writes the statements of some operations. Private to the files of
 * postgresql_compile().
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_COMPILER_H
#define MIGRATE_DIALECT_POSTGRESQL_COMPILER_H

#include "dialect/postgresql/postgresql.h"

#pragma GCC visibility push(hidden)

typedef struct PgCompiler {
    const GPtrArray *ops; /* all, sorted */
    MetaData *database;   /* as it looks before the current op: every op is applied to it behind its statements */
    GPtrArray *blocks;    /* SqlBlock* */
} PgCompiler;

/* --- compiler.c --- */
/* Adds a statement (taken) to the current block. */
void compiler_add(PgCompiler *compiler, char *sql);
/* Adds one that must have a transaction of its own, or cannot run in one: a block with transactional FALSE. */
void compiler_add_alone(PgCompiler *compiler, char *sql);
/* "COMMENT ON TABLE t IS '…'"; `comment` NULL takes it away. `target` is "TABLE t", quoted. */
void compiler_comment(PgCompiler *compiler, const char *target, const char *comment);

/* --- write_table.c: what stands inside CREATE TABLE and behind ADD --- */
/* "name type COLLATE … DEFAULT … NOT NULL GENERATED …". New string. */
char *postgresql_column_sql(const Table *table, const Column *column, GError **error);
/* "CONSTRAINT n UNIQUE (a, b) …". New string. */
char *postgresql_constraint_sql(const Constraint *constraint);
char *postgresql_index_sql(const Table *table, const Index *index); /* CREATE INDEX; new string */
gboolean compile_create_table(PgCompiler *compiler, const Table *table, GError **error);
gboolean compile_drop_table(PgCompiler *compiler, const Table *table, GError **error);

/* --- alter_table.c: options, partitions, constraints, indexes, renames, comments of tables --- */
gboolean compile_table_op(PgCompiler *compiler, const MigrateOp *op, GError **error);

/* --- alter_column.c: add, drop, alter: type with USING, default, null, serial, identity, computed, storage … --- */
gboolean compile_column_op(PgCompiler *compiler, const MigrateOp *op, GError **error);

/* --- enum.c, sequence.c --- */
gboolean compile_enum_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
gboolean compile_sequence_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* " START WITH 1 INCREMENT BY 2 …", what is given only. New string. */
char *postgresql_sequence_options_sql(const SequenceOptions *options);

/* --- object.c: SchemaObjects of every kind --- */
gboolean compile_object_op(PgCompiler *compiler, const MigrateOp *op, GError **error);

#pragma GCC visibility pop

#endif
