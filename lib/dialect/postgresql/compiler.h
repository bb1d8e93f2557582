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
    guint position;       /* of the current one */
    MetaData *database;   /* as it looks before the current op: every op is applied to it behind its statements */
    GPtrArray *blocks;    /* SqlBlock* */
    GPtrArray *dropped;   /* SchemaObject*: as they were known when they were dropped, for what comes back */
    GPtrArray *late;      /* char*: statements that follow all others: what they name is created by later ops */
} PgCompiler;

/* --- compiler.c --- */
/* Adds a statement (taken) to the current block. */
void compiler_add(PgCompiler *compiler, char *sql);
/* Adds one that must have a transaction of its own, or cannot run in one: a block with transactional FALSE. */
void compiler_add_alone(PgCompiler *compiler, char *sql);
/* "COMMENT ON TABLE t IS '…'"; `comment` NULL takes it away. `target` is "TABLE t", quoted. */
void compiler_comment(PgCompiler *compiler, const char *target, const char *comment);
/* The table in `database` that the op is about; OPERATIONS_ERROR_CONFLICT when it is not there. */
Table *compiler_table(const PgCompiler *compiler, const MigrateOp *op, GError **error);

/* --- write_table.c: what stands inside CREATE TABLE and behind ADD --- */
/* "name type COLLATE … DEFAULT … NOT NULL GENERATED …". New string. */
char *postgresql_column_sql(const Table *table, const Column *column, GError **error);
/* "SERIAL", "BIGSERIAL", "SMALLSERIAL"; NULL for a type that cannot be numbered. Static. */
const char *postgresql_serial_type(const SqlType *type);
/* The table's name as statements need it: postgresql_qualified() of schema and name. New string. */
char *postgresql_table_name(const Table *table);
gboolean compile_create_table(PgCompiler *compiler, const MigrateOp *op, GError **error);
gboolean compile_drop_table(PgCompiler *compiler, const MigrateOp *op, GError **error);

/* --- write_key.c: constraints and indexes --- */
/* "fillfactor=70, toast.autovacuum_enabled=false" from the options with.NAME; NULL when there are none. New string. */
char *postgresql_storage_sql(const GPtrArray *options);
/* One of those: "fillfactor=70". `name` is without "with.". New string. */
char *postgresql_storage_parameter(const char *name, const char *value);
/* "CONSTRAINT n UNIQUE (a, b) …". New string. */
char *postgresql_constraint_sql(const Constraint *constraint);
/* CREATE INDEX, with `words` ("", "CONCURRENTLY ", "IF NOT EXISTS ") in front of the name. New string. */
char *postgresql_index_sql(const Table *table, const Index *index, const char *words);
/* Notes, for constraints of a table in `database` that have no name, what the server calls them: it keeps that name
 * through renames of tables and columns. */
void compiler_name_constraints(const Table *table);
/* How the server names what has no name (NAME1_NAME2_LABEL; `name2` may be NULL): the longer one of the names is cut
 * until it fits into 63 bytes. New string. */
char *postgresql_object_name(const char *name1, const char *name2, const char *label);
/* ADD CONSTRAINT and its comment, CREATE INDEX and its comment, and their drops. */
void compiler_add_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint);
/* `words`: "" or "IF EXISTS ". */
void compiler_drop_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint,
                              const char *words);
void compiler_create_index(PgCompiler *compiler, const Table *table, const Index *index);
void compiler_drop_index(PgCompiler *compiler, const Table *table, const Index *index);
/* The same in the manner of `op`: CONCURRENTLY and outside transactions, IF NOT EXISTS, IF EXISTS. */
void compiler_create_index_as(PgCompiler *compiler, const Table *table, const Index *index, const MigrateOp *op);
void compiler_drop_index_as(PgCompiler *compiler, const Table *table, const Index *index, const MigrateOp *op);
void compiler_comment_constraint(PgCompiler *compiler, const Table *table, const Constraint *constraint);
void compiler_comment_index(PgCompiler *compiler, const Table *table, const Index *index);

/* --- alter_table.c: options, partitions, renames, comments of tables --- */
gboolean compile_table_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* SET and RESET of what differs of with.NAME, SET TABLESPACE; `target` is "TABLE t" or "INDEX i", quoted. */
void compiler_change_storage(PgCompiler *compiler, const char *target, const GPtrArray *from, const GPtrArray *to);
void compiler_change_tablespace(PgCompiler *compiler, const char *target, const GPtrArray *from, const GPtrArray *to);
/* The column of the table that `table` is a partition or child of, or of that one's parents; NULL: it has none. */
const Column *compiler_inherited_column(const PgCompiler *compiler, const Table *table, const char *column);
/* TRUE when `table` is a partition or child of `parent`, or of one that is. */
gboolean compiler_descends_from(const PgCompiler *compiler, const Table *table, const Table *parent);
/* The names of a list such as "a, \"B\".c", with quotes where they are needed; none for NULL. New array. */
GPtrArray *postgresql_names_in(const char *text);

/* --- own_settings.c: the options "column_default.NAME" and "column_not_null.NAME" of tables with parents --- */
/* All of the table's. */
void compiler_set_own_settings(PgCompiler *compiler, const Table *table);
/* What differs between the options; what goes becomes what the parent has. */
void compiler_change_own_settings(PgCompiler *compiler, const Table *table, const GPtrArray *from, const GPtrArray *to);
/* Once more, for all below `parent`, behind a change of its column: ALTER COLUMN reaches them, too. */
void compiler_keep_own_settings(PgCompiler *compiler, const Table *parent, const char *column);
/* The parent's column as `table` has it. New. */
Column *compiler_column_with_own_settings(const Table *table, const Column *inherited);
/* Defaults and NOT NULL of the columns of a table that becomes a partition with the options `to`: its parent's. */
void compiler_adopt_settings(PgCompiler *compiler, const Table *table, const GPtrArray *to);

/* --- alter_key.c: constraints and indexes come, go and change --- */
gboolean compile_key_op(PgCompiler *compiler, const MigrateOp *op, GError **error);

/* --- alter_column.c: add, drop, rename, default, null, storage, comment --- */
/* Applies the op itself, in the steps that it takes. */
gboolean compile_column_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* TRUE when the type, the collation or the generation expression differs. */
gboolean column_is_rewritten(const Column *from, const Column *to);
/* What stands behind the column's definition: storage, compression, statistics, comment. */
void compiler_finish_column(PgCompiler *compiler, const Table *table, const Column *column);
/* ADD COLUMN with all that belongs to the column: storage, comment. `table`: by its current name. */
gboolean compile_add_column(PgCompiler *compiler, const Table *table, const Column *column, GError **error);
/* ADD COLUMN of an empty column with the name and type of a generated one that a later op adds or drops. */
gboolean compile_placeholder(PgCompiler *compiler, const Table *table, const Column *column, GError **error);
/* "ALTER TABLE t ALTER COLUMN c ACTION", where `action` is "SET DEFAULT 1", "TYPE text" … */
void compiler_alter_column(PgCompiler *compiler, const Table *table, const char *column, const char *action);
/* SET DEFAULT, or DROP DEFAULT for NULL. */
void compiler_set_default(PgCompiler *compiler, const Table *table, const char *column, const char *expression);

/* The parts of an alter_column with files of their own. `op` is without its rename, which is written and applied to
 * `database` before: both names are the new one. Nothing else of `op` is applied yet: the table in `database` has the
 * existing column. The order is: SET NOT NULL, type, numbering, default, DROP NOT NULL, storage, comment. */

/* --- alter_column_type.c: called when the type, the collation or the generation expression differs. --- */
/* Behind it the column has the type, collation, expression and server_default of op->column. A column that becomes
 * computed, or is computed by another expression, was dropped and is there again whole (compile_add_column()). */
gboolean compile_column_type(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* --- identity.c: called when the identity or autoincrement TRUE (serial) differs, behind the change of type. --- */
/* A default that goes is dropped before it, one that comes is set behind it. */
gboolean compile_column_numbering(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* TRUE when the numbering of `op` ends and the new type cannot be numbered: compile_column_type() ends it then, before
 * it changes the type, by compiler_end_numbering(). */
gboolean numbering_ends_first(const MigrateOp *op);
void compiler_end_numbering(PgCompiler *compiler, const Table *table, const Column *existing);
/* A serial column has got another integer type: so must its sequence. */
void compiler_retype_serial(PgCompiler *compiler, const Table *table, const Column *column);

/* --- cast.c: how values of one type become values of another --- */

/* What has to stand behind USING for `column` (quoted) of type `from` to become `to`; NULL in *expression when the
 * server converts by itself (pg_cast: implicit and assignment casts). DIALECT_ERROR_UNSUPPORTED naming both types when
 * no cast leads there. Between types that this program does not know the server decides. */
gboolean postgresql_cast(const char *column, const SqlType *from, const SqlType *to, char **expression, GError **error);
/* TRUE when what compares the one compares the other, too: checks, predicates and expressions stay valid. */
gboolean postgresql_same_operators(const SqlType *from, const SqlType *to);
/* TRUE when `type` is the enum, or an array of it. */
gboolean postgresql_type_is_enum(const SqlType *type, const EnumType *enum_type);

/* --- dependents.c: what of the tables stands in the way of a column's new type --- */

typedef struct PgDependents {
    GPtrArray *items; /* of compiler->database, which must not change while they are set aside */
} PgDependents;

PgDependents *dependents_new(void);
void dependents_free(PgDependents *dependents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgDependents, dependents_free)
/* Generated columns that are computed from `column`, with all that uses those. The server refuses otherwise. */
void dependents_add_generated(PgDependents *dependents, const MetaData *database, const Table *table,
                              const char *column);
/* Checks, exclusion constraints, and indexes with expressions or a predicate that name `column`: the server writes them
 * anew with the operators of the former type. Of the table and its partitions. */
void dependents_add_expressions(PgDependents *dependents, const MetaData *database, const Table *table,
                                const char *column);
/* Everything that names `column`, in this table and others: it goes when the column is dropped. */
void dependents_add_users(PgDependents *dependents, const MetaData *database, const Table *table, const char *column);
/* Checks, exclusion constraints, indexes and generated columns of all tables that name a type or function. */
void dependents_add_mentions(PgDependents *dependents, const MetaData *database, const char *name);
void dependents_add_column(PgDependents *dependents, const Table *table, const Column *column);
void dependents_add_constraint(PgDependents *dependents, const Table *table, const Constraint *constraint);
/* Adds the statements that drop them, and those that create them again. */
void dependents_drop(PgCompiler *compiler, PgDependents *dependents);
gboolean dependents_restore(PgCompiler *compiler, PgDependents *dependents, GError **error);
/* The op behind the current one that alters or drops the column, or NULL. */
const MigrateOp *later_column_op(const PgCompiler *compiler, const Table *table, const char *column);
/* TRUE when an op behind the current one gives a column that `column` is computed from another type: that one drops
 * `column` and adds it again, computed as `database` says then. Until then the expression may not even be valid. */
gboolean is_computed_later(const PgCompiler *compiler, const Table *table, const Column *column);
/* TRUE when an op behind the current one drops the table. */
gboolean later_table_drop(const PgCompiler *compiler, const Table *table);
/* TRUE when `name` is among the char* of `names`. */
gboolean has_name(const GPtrArray *names, const char *name);
/* TRUE when an identifier in the SQL text is `name`; FALSE for NULL. */
gboolean postgresql_mentions(const char *text, const char *name);
/* DIALECT_ERROR_UNSUPPORTED when the table, or a partition of it, is partitioned by the column. */
gboolean check_partition_key(const MetaData *database, const Table *table, const char *column, GError **error);

/* --- neutral.c --- */
/* What rows can hold in a column of the type that takes no NULL when its values are gone, as an SQL expression: 0, '',
 * an enum's first value, what a domain's base type has. NULL: nothing that is known, or the domain has a default. New
 * string. */
char *postgresql_neutral_value(const MetaData *database, const SqlType *type);

/* --- standing.c: objects that use a type --- */
/* A column, and its table, of compiler->database. */
typedef struct PgTypedColumn {
    const Table *table;
    const Column *column;
} PgTypedColumn;
/* Views, policies, triggers, routines … of `database` that name one of the types (char*; routines only with `routines`)
 * or one of the columns (PgTypedColumn), and what uses those: each behind what it uses. Container only. */
GPtrArray *standing_on_types(const MetaData *database, const GPtrArray *types, const GArray *columns,
                             gboolean routines);
gboolean standing_drop(PgCompiler *compiler, const GPtrArray *objects, GError **error);
gboolean standing_restore(PgCompiler *compiler, const GPtrArray *objects, GError **error);

/* --- type_swap.c: types that cannot be altered while they are in use --- */
typedef struct PgTypeSwap PgTypeSwap;
/* Drops what stands on the type and sets aside what of the tables uses it; its columns become text. With `anew` the
 * types that contain it are dropped, too, so that it can be dropped and created. */
PgTypeSwap *type_swap_begin(PgCompiler *compiler, const char *schema, const char *name, gboolean anew, GError **error);
/* Puts everything back. */
gboolean type_swap_end(const PgTypeSwap *swap, GError **error);
void type_swap_free(PgTypeSwap *swap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgTypeSwap, type_swap_free)
/* TRUE when a domain, composite or range type is made of the type. */
gboolean postgresql_is_in_type(const MetaData *database, const char *name);

/* --- enum.c, sequence.c --- */
gboolean compile_enum_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
gboolean compile_sequence_op(PgCompiler *compiler, const MigrateOp *op, GError **error);
/* " START WITH 1 INCREMENT BY 2 …", what is given only. New string. */
char *postgresql_sequence_options_sql(const SequenceOptions *options);
/* What ALTER SEQUENCE needs to make one of the other, `prefix` before each option (" " or " SET "); "" when nothing
 * differs. New string. */
char *postgresql_sequence_changes_sql(const SequenceOptions *before, const SequenceOptions *after, const char *prefix);
/* "SELECT setval(…)" where the current value may be outside of the new limits; `sequence` is an SQL expression for its
 * name. New string, or NULL. */
char *postgresql_sequence_advance_sql(const char *sequence, const SequenceOptions *before,
                                      const SequenceOptions *after);

/* "ALTER WHAT former SET SCHEMA …" and "… RENAME TO …", where they differ; `what` is "SEQUENCE", "TYPE" … */
gboolean compiler_move(PgCompiler *compiler, const char *what, const char *schema, const char *name,
                       const char *new_schema, const char *new_name, GError **error);

/* --- object_grant.c --- */
/* The statements of `grants` (Option*, may be NULL) for `name` (as statements need it). `definition`: a privilege on a
 * column that it does not name is left out; NULL: none is. */
void compiler_grant(PgCompiler *compiler, const GPtrArray *grants, const char *name, const char *definition);

/* --- object.c: SchemaObjects of every kind --- */
gboolean compile_object_op(PgCompiler *compiler, const MigrateOp *op, GError **error);

#pragma GCC visibility pop

#endif
