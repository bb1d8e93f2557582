/* What the files share that write the clauses of one ALTER TABLE. */
#ifndef MIGRATE_DIALECT_MYSQL_ALTER_H
#define MIGRATE_DIALECT_MYSQL_ALTER_H

#include "dialect/mysql/compiler.h"

#pragma GCC visibility push(hidden)

/* Of one table. */
typedef struct Alter {
    MysqlCompiler *compiler;
    const MysqlTableChange *change;
    const Table *from, *to;
    GPtrArray *rewritten; /* const char*: former names of columns that are dropped and added again */
    GPtrArray *clauses;   /* char* */
    GPtrArray *fulltext;  /* char*: clauses that need statements of their own */
    GPtrArray *finish;    /* char*: clauses of the statement behind */
    GString *comment;     /* in front of the statement */
} Alter;

/* --- alter_clauses.c --- */
/* "WORDS name", quoted. */
void mysql_add_clause(GPtrArray *clauses, const char *words, const char *name);
/* "WORDS DEFINITION"; takes `definition`; FALSE for NULL. */
gboolean mysql_add_definition(GPtrArray *clauses, const char *words, char *definition);

/* --- alter_column.c --- */
/* What the former column is now, or NULL: it is dropped. */
const Column *mysql_column_now(const MysqlTableChange *change, const Table *to, const Column *former);
/* The pair of the column called `former`, or NULL. */
const MysqlName *mysql_column_name(const Alter *alter, const char *former);
/* DROP COLUMN, MODIFY, CHANGE and RENAME; ADD COLUMN. */
gboolean mysql_change_columns(const Alter *alter, GError **error);
gboolean mysql_add_columns(const Alter *alter, GError **error);

/* --- alter_values.c --- */
/* TRUE when rows have to change: values of an ENUM are renamed. */
gboolean mysql_moves_values(const Alter *work);
/* `from` with the former and the new values, and without checks that would refuse these; `first`: the change that
 * makes it. New. */
Table *mysql_table_of_both(const Alter *work, MysqlTableChange *first);
/* The UPDATE of each such column of a table that is `between`. */
void mysql_add_updates(const Alter *work, const Table *between);

#pragma GCC visibility pop

#endif
