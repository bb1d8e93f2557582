/*
 * How the files of the inspector share the work: all queries travel in one round trip (a few tables need another), and
 * every reader fills its part of the MetaData from its Result. Each query says database() for the database looked at,
 * which the frame replaces when it is another one; the servers look a comparison with it up like one with a constant
 * (EXPLAIN: "Scanned 1 database"). Every column has an alias: MySQL 8 gives them capitals.
 */
#ifndef MIGRATE_DIALECT_MYSQL_INSPECTOR_H
#define MIGRATE_DIALECT_MYSQL_INSPECTOR_H

#include "dialect/mysql/mysql.h"

#pragma GCC visibility push(hidden)

typedef struct MysqlInspector {
    Connection *connection; /* for its version; queries have run before anything is read */
    MysqlFlavour flavour;
    const InspectOptions *options; /* never NULL */
    char *database;                /* the one looked at */
    char *collation;               /* its default: "utf8mb4_general_ci" */
    gboolean fold_names;           /* lower_case_table_names is not 0: names of tables compare without case */
    MetaData *metadata;
    GHashTable *by_folded_name; /* name in small letters -> Table*; NULL unless fold_names */
    GHashTable *collations;     /* Table* -> its collation (owned), from the reader of tables on */
    GHashTable *partitioned;    /* set of Table*, from the reader of tables on */
} MysqlInspector;

/* A query of information_schema and who reads it; they run in the order of the list. */
typedef struct MysqlQuery {
    const char *sql[2]; /* by MysqlFlavour; NULL: the product has no such thing */
    gboolean (*read)(MysqlInspector *inspector, Result *result, GError **error);
} MysqlQuery;

/* read_table.c: tables, columns, keys, foreign keys, checks, geometry (8 with the frame's own); read_object.c: views,
 * routines, triggers, events, sequences. Lists end with a NULL read. Together at most 12. */
extern const MysqlQuery mysql_table_queries[];
extern const MysqlQuery mysql_object_queries[];

/* Adds a table to the MetaData; takes it. */
void inspector_add_table(MysqlInspector *inspector, Table *table);
/* The table of that name; NULL when it is ignored, a view, or cannot be seen. */
Table *inspector_table(const MysqlInspector *inspector, const char *name);
/* Whether it is among InspectOptions.ignore_tables. */
gboolean inspector_ignores(const MysqlInspector *inspector, const char *name);

/* The collation of a table that was read. Not new. */
const char *inspector_table_collation(const MysqlInspector *inspector, const Table *table);

/* --- read_text.c --- */
const Dialect *inspector_dialect(const MysqlInspector *inspector);
/* An expression without parentheses around it, and without the database before names in backticks; of MySQL also
 * without the escapes that its information_schema writes (\'a\') and the introducer _utf8mb4. New string. */
char *inspector_expression(const MysqlInspector *inspector, const char *text);

/* --- read_column.c, read_key.c, read_constraint.c: see the .sql file of each --- */
gboolean mysql_read_columns(MysqlInspector *inspector, Result *result, GError **error);
gboolean mysql_read_geometry(MysqlInspector *inspector, Result *result, GError **error);
gboolean mysql_read_keys(MysqlInspector *inspector, Result *result, GError **error);
gboolean mysql_read_foreign_keys(MysqlInspector *inspector, Result *result, GError **error);
gboolean mysql_read_foreign_key_columns(MysqlInspector *inspector, Result *result, GError **error);
gboolean mysql_read_checks(MysqlInspector *inspector, Result *result, GError **error);

/* --- read_create.c --- */
/* One more round trip, when there are tables that information_schema does not tell all of: SHOW CREATE TABLE for each
 * that is partitioned, has FULLTEXT keys, or may have a period of MariaDB's. */
gboolean mysql_read_creates(MysqlInspector *inspector, GError **error);

#pragma GCC visibility pop

#endif
