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
    char *former, *current; /* current NULL: dropped */
} MysqlName;

/* A table that operations are about since the last flush. */
typedef struct MysqlTableChange {
    char *former;        /* in `written`; NULL: it is new */
    char *name;          /* in `database`; NULL: it is dropped */
    GPtrArray *columns;  /* MysqlName* */
    GPtrArray *indexes;  /* MysqlName* */
    GPtrArray *restored; /* char*: added columns that come back without their values */
} MysqlTableChange;

typedef struct MysqlCompiler {
    MysqlFlavour flavour;
    const GPtrArray *ops;   /* all, sorted */
    guint position;         /* of the current one */
    MetaData *database;     /* with all ops before the current one applied, those too that are not written yet */
    MetaData *written;      /* as what is written leaves it */
    GPtrArray *changes;     /* MysqlTableChange*: what is not written yet, in the order of the ops */
    GPtrArray *renames;     /* MysqlName*: of tables that are not new, in the order of the ops */
    GPtrArray *blocks;      /* SqlBlock* */
    gboolean keeps_history; /* system_versioning_alter_history is set */
} MysqlCompiler;

/* --- compiler.c --- */
/* Adds a statement (taken), behind what is written. */
void mysql_add(MysqlCompiler *compiler, char *sql);

/* --- change.c --- */
/* Notes what the table op changes, before it is applied to `database`; flushes first where it needs a name that is not
 * free yet. */
gboolean mysql_note_change(MysqlCompiler *compiler, const MigrateOp *op, GError **error);
void mysql_table_change_free(MysqlTableChange *change);
void mysql_name_free(MysqlName *name);
/* The former name of what is called `current`, or NULL: it is new. */
const char *mysql_former_name(const GPtrArray *names, const char *current);
/* What `former` is called now; itself when there is no such pair. NULL: it is dropped. */
const char *mysql_current_name(const GPtrArray *names, const char *former);
/* The change of the table called `former` in `written`, or NULL. */
const MysqlTableChange *mysql_change_of(const MysqlCompiler *compiler, const char *former);

/* --- alter_table.c --- */
/* Writes the statements of all table operations so far, so that what is added next finds their effect. */
gboolean mysql_flush(MysqlCompiler *compiler, GError **error);

/* --- write_object.c: views, triggers, routines, events, sequences --- */
/* Write the statements of the op (mysql_add()); the caller applies it to both schemas behind. A dropped object and a
 * new or changed sequence are written in front of the table operations that are not written yet; before all others the
 * caller has flushed. */
gboolean mysql_write_object_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error);
gboolean mysql_write_sequence_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error);

#pragma GCC visibility pop

#endif
