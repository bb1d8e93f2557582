/*
 * How the files of the compiler share the work. Private to the files of mysql_compile().
 *
 * A table is altered by one statement, whatever the operations: they are applied to a copy of the schema, and what was
 * before and what is behind them make the clauses. That goes on until something has to stand between: an execute, a new
 * view or trigger, a name that is used again. Then, and at the end, the statements are written (mysql_flush()):
 * foreign keys that go or stand in the way, RENAME TABLE, dropped tables whose name is used again, ALTER TABLE of each
 * table, CREATE TABLE, foreign keys that come, dropped tables.
 */
#ifndef MIGRATE_DIALECT_MYSQL_COMPILER_H
#define MIGRATE_DIALECT_MYSQL_COMPILER_H

#include "dialect/mysql/mysql.h"

#pragma GCC visibility push(hidden)

/* What becomes of names: pairs of the former and the current one. Without a pair: it is new. */
typedef struct MysqlName {
    char *former, *current;    /* current NULL: dropped */
    gboolean altered;          /* of a column: its definition has changed, beside the name */
    GPtrArray *renamed_values; /* of a column: Option*, former value = new value; NULL: none */
} MysqlName;

/* A table that operations are about since the last flush. */
typedef struct MysqlTableChange {
    char *former;        /* in `written`; NULL: it is new */
    char *name;          /* in `database`; NULL: it is dropped */
    GPtrArray *columns;  /* MysqlName* */
    GPtrArray *indexes;  /* MysqlName* */
    GPtrArray *restored; /* char*: added columns that come back without their values */
    GPtrArray *placed;   /* char*: added columns that do not stand at the end */
} MysqlTableChange;

typedef struct MysqlCompiler {
    MysqlFlavour flavour;
    const GPtrArray *ops;   /* all, in their order */
    guint position;         /* of the current one */
    MetaData *database;     /* with all ops before the current one applied, those too that are not written yet */
    MetaData *written;      /* as what is written leaves it */
    GPtrArray *changes;     /* MysqlTableChange*: what is not written yet, in the order of the ops */
    GPtrArray *renames;     /* MysqlName*: of tables that are not new, in the order of the ops */
    GPtrArray *dropped;     /* char*: tables that go, by their former names, in the order of the ops */
    GPtrArray *blocks;      /* SqlBlock* */
    gboolean keeps_history; /* system_versioning_alter_history is set */
} MysqlCompiler;

/* --- compiler.c --- */
/* Adds a statement (taken), behind what is written. */
void mysql_add(MysqlCompiler *compiler, char *sql);

/* --- order.c --- */
/* The ops with what replaces views, triggers … behind the tables that they name, as far as an execute lets them. A
 * container only. */
GPtrArray *mysql_ops_in_order(const GPtrArray *ops);

/* --- write_table.c: what stands inside CREATE TABLE and behind ADD --- */
/* "name VARCHAR(20) COLLATE … NOT NULL DEFAULT …", every attribute, with the check that belongs to the column. New. */
char *mysql_column_sql(const Table *table, const Column *column, MysqlFlavour flavour, GError **error);
/* TRUE when its values are text in a character set. */
gboolean mysql_is_text(const Column *column, MysqlFlavour flavour);
/* A default as DEFAULT takes it: in parentheses where it is more than a literal. New. */
char *mysql_default_sql(const SqlType *type, const char *expression, MysqlFlavour flavour);
/* "ROW_FORMAT=DYNAMIC" of an option; NULL for one that is no NAME=VALUE (partition_by, system_versioning …). New. */
char *mysql_option_sql(const char *name, const char *value);
/* The CREATE TABLE, with the foreign keys for which `inlines` says so. New. */
char *mysql_create_table_sql(const Table *table, MysqlFlavour flavour,
                             gboolean (*inlines)(const Constraint *constraint, void *data), void *data, GError **error);

/* --- write_key.c: constraints and indexes --- */
/* "PRIMARY KEY (a)", "CONSTRAINT n CHECK (…)", "CONSTRAINT n FOREIGN KEY …": behind ADD too. New. */
char *mysql_constraint_sql(const Constraint *constraint, GError **error);
/* "UNIQUE KEY n (a(10), b DESC) …". New. */
char *mysql_index_sql(const Table *table, const Index *index, MysqlFlavour flavour, GError **error);
/* " IGNORED", " INVISIBLE", " NOT IGNORED", " VISIBLE". Static. */
const char *mysql_index_visibility(gboolean invisible, MysqlFlavour flavour);
/* The name it has on the server: its own, or for one without the one that is written (name_constraints()). */
const char *mysql_constraint_name(const Constraint *constraint);
/* Gives constraints without a name the one that the server would choose, so that it is known when they go. */
void mysql_name_constraints(const Table *table, MysqlFlavour flavour);
/* The server renames what it has named after the table (t_ibfk_1, MySQL's t_chk_1) along with it. `table` is renamed
 * already. */
void mysql_rename_constraints(const Table *table, const char *former, MysqlFlavour flavour);
/* The constraint is called `name` from now on, whatever the server has called it so far. */
void mysql_forget_name(const Table *table, const char *name);
/* Gives each constraint a mark, by which a copy of the schema finds it again however it has changed. */
void mysql_mark_constraints(const MetaData *metadata);
/* The constraint of `table` with the same mark as `like`, or NULL. */
const Constraint *mysql_same_constraint(const Table *table, const Constraint *like);
/* `constraint` is `from` again. */
void mysql_take_mark(const Constraint *constraint, const Constraint *from);
gboolean mysql_is_marked(const Constraint *constraint); /* FALSE: it is new since the last flush */
/* TRUE when the SQL text names one of the char* `names`. */
gboolean mysql_mentions(const char *text, const GPtrArray *names);
gboolean mysql_has_name(const GPtrArray *names, const char *name);
/* A unique constraint as the index that it is: its name, or without one the server's choice for `table`. New. */
Index *mysql_unique_index(const Table *table, const Constraint *constraint);

/* --- change.c --- */
/* Notes what the table op changes, before it is applied to `database`; flushes first where it needs a name that is not
 * free yet. */
gboolean mysql_note_change(MysqlCompiler *compiler, const MigrateOp *op, GError **error);
/* Nothing is changed yet. `table`: as it is; NULL: it is new. */
MysqlTableChange *mysql_table_change_new(const char *name, const Table *table);
MysqlTableChange *mysql_table_change_copy(const MysqlTableChange *change);
void mysql_table_change_free(MysqlTableChange *change);
void mysql_name_free(MysqlName *name);
/* The former name of what is called `current`, or NULL: it is new. */
const char *mysql_former_name(const GPtrArray *names, const char *current);
/* What `former` is called now; itself when there is no such pair. NULL: it is dropped. */
const char *mysql_current_name(const GPtrArray *names, const char *former);
/* The change of the table called `former` in `written`, or NULL. */
const MysqlTableChange *mysql_change_of(const MysqlCompiler *compiler, const char *former);

/* TRUE when the columns differ in more than the name, as far as they are known. */
gboolean mysql_column_differs(const Column *existing, const Column *column, MysqlFlavour flavour);

/* --- neutral.c --- */
/* What rows hold in a column of the type that takes no NULL when its values are gone, as an SQL expression. *filled
 * says whether the server fills it in by itself when nobody says anything; NULL: nothing that is known. New. */
char *mysql_neutral_value(const SqlType *type, MysqlFlavour flavour, gboolean *filled);

/* --- alter_clauses.c --- */
/* "ALTER TABLE t CLAUSE", several on lines of their own; nothing for none. `comment` ("" or "-- …\n") goes in front. */
void mysql_add_alter(MysqlCompiler *compiler, const char *table, const char *comment, const GPtrArray *clauses);
/* The ALTER TABLE statements, but for foreign keys, of a table that was `from` and is `to`. */
gboolean mysql_alter_table(MysqlCompiler *compiler, const MysqlTableChange *change, const Table *from, const Table *to,
                           GError **error);

/* --- alter_column.c --- */
/* Columns of `from` that are dropped and added again, since MODIFY cannot do it: generated ones that are stored or
 * virtual only now, and those computed from them. Former names; container owns them. */
GPtrArray *mysql_rewritten_columns(const MysqlTableChange *change, const Table *from, const Table *to,
                                   MysqlFlavour flavour);

/* --- alter_option.c --- */
/* Clauses for table options and comment. */
gboolean mysql_option_clauses(const Table *from, const Table *to, MysqlFlavour flavour, GPtrArray *clauses,
                              GError **error);
/* Statements for partitions in front of the other clauses (`others`: there are some), and behind them. */
void mysql_partition_before(MysqlCompiler *compiler, const Table *from, const Table *to, gboolean others);
void mysql_partition_behind(MysqlCompiler *compiler, const Table *from, const Table *to);
gboolean mysql_collation_differs(const Table *from, const Table *to);

/* --- alter_reference.c: foreign keys --- */
/* Those that go, and those that stand in the way of what else changes, and then those that come, and come back. */
typedef struct MysqlReferences {
    GPtrArray *drops, *adds; /* MysqlReference*: one ALTER TABLE for each table */
} MysqlReferences;
MysqlReferences *mysql_references_new(const MysqlCompiler *compiler);
void mysql_references_free(MysqlReferences *references);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MysqlReferences, mysql_references_free)
gboolean mysql_add_references(MysqlCompiler *compiler, const MysqlReferences *references, GError **error);
void mysql_drop_references(MysqlCompiler *compiler, const MysqlReferences *references);
/* TRUE when the new table's CREATE TABLE can hold the foreign key: what it refers to is there already. */
gboolean mysql_is_inline(const MysqlCompiler *compiler, const Table *table, const Constraint *constraint);
/* TRUE when a dropped table goes first: its name, or that of one of its constraints, is used again. */
gboolean mysql_goes_early(const MysqlCompiler *compiler, const Table *dropped);

/* --- alter_table.c --- */
/* Writes the statements of all table operations so far, so that what is added next finds their effect. */
gboolean mysql_flush(MysqlCompiler *compiler, GError **error);
/* What is in `database` is what the statements so far leave. */
void mysql_is_written(MysqlCompiler *compiler);
/* Once in front of the first statement that alters a versioned table: the SET that it needs. NULL is no such table. */
void mysql_keep_history(MysqlCompiler *compiler, const Table *table);

/* --- ask.c --- */
/* TRUE for if_exists and if_not_exists. */
gboolean mysql_asks(const MigrateOp *op);
/* Writes such an op, in own terms (unique constraints are indexes), and applies it. */
gboolean mysql_compile_asking(MysqlCompiler *compiler, const MigrateOp *op, GError **error);

/* --- write_object.c: views, triggers, routines, events, sequences --- */
/* Write the statements of the op (mysql_add()); the caller applies it to both schemas behind. A dropped object and a
 * new or changed sequence are written in front of the table operations that are not written yet; before all others the
 * caller has flushed. */
gboolean mysql_write_object_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error);
gboolean mysql_write_sequence_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error);

#pragma GCC visibility pop

#endif
