/*
 * What ALTER TABLE's clauses are compared with: one table as the catalog has it now. Private to find_effect.
 */
#ifndef MIGRATE_DIALECT_MYSQL_TABLE_FACTS_H
#define MIGRATE_DIALECT_MYSQL_TABLE_FACTS_H

#include "dialect/mysql/effects.h"

#pragma GCC visibility push(hidden)

/* A row of information_schema.COLUMNS. */
typedef struct ColumnFacts {
    char *name, *type;
    char *server_default; /* as SQL; NULL: none. Of MySQL, which keeps the bare value, also "'value'" */
    char *collation;      /* NULL: no text */
    char *extra, *comment;
    gboolean nullable, in_primary_key;
} ColumnFacts;

typedef struct TableFacts {
    gboolean exists;
    MysqlFlavour flavour;
    GPtrArray *columns;        /* ColumnFacts*, in their order */
    GHashTable *indexes;       /* folded name -> its columns as mysql_index_columns() has them */
    GHashTable *checks, *keys; /* folded names of CHECK and of foreign keys */
    GHashTable *partitions;    /* folded names */
    char *engine, *row_format, *collation, *comment;
} TableFacts;

/* Five queries in one round trip: information_schema.COLUMNS, STATISTICS, TABLE_CONSTRAINTS, PARTITIONS and TABLES. */
TableFacts *mysql_table_facts_read(Connection *connection, const Target *table, GError **error);
void mysql_table_facts_free(TableFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableFacts, mysql_table_facts_free)

/* Names of columns, indexes and constraints compare without case. */
char *mysql_fold_name(const char *name);
/* NULL: there is none of that name. *position (may be NULL) counts from 0. */
const ColumnFacts *mysql_column_facts(const TableFacts *facts, const char *name, guint *position);

/* --- alter_effect.c --- */
/* EFFECT_DONE, EFFECT_NONE or EFFECT_UNKNOWN with the reason, for the clauses of ALTER TABLE at `reader`. */
void mysql_find_alter_effect(const TableFacts *facts, SqlReader reader, StatementOutcome *outcome);
/* At the "(" of an index's columns: "a,b(10),c desc", folded; goes behind it. NULL: an expression is among them, or it
 * cannot be read. New string. */
char *mysql_index_columns(SqlReader *reader);

/* --- column_effect.c --- */
typedef enum Standing {
    STANDING_NEUTRAL, /* the catalog never shows it (ALGORITHM=…) */
    STANDING_SET,     /* in place */
    STANDING_OPEN,    /* not in place */
    STANDING_UNREAD,  /* cannot be told */
} Standing;
/* Whether the column is as the definition (type, attributes, FIRST or AFTER) at `reader` says; goes behind it. */
Standing mysql_compare_column(const TableFacts *facts, const char *name, SqlReader *reader);
/* Whether the default is the expression between the readers; `expression` NULL: no default. */
Standing mysql_compare_default(const TableFacts *facts, const ColumnFacts *column, const char *expression);

#pragma GCC visibility pop

#endif
