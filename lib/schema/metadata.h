/*
 * A database schema as plain data, in SQLAlchemy's terms: MetaData holds Tables, a Table holds Columns, Constraints
 * and Indexes. Knows no database. Everything here owns what it points to; `copy` is deep; `free` takes NULL.
 * A MetaData is made for one dialect: texts that a model gives per dialect are resolved when it is read.
 */
#ifndef MIGRATE_SCHEMA_METADATA_H
#define MIGRATE_SCHEMA_METADATA_H

#include <glib.h>

#include "schema/type.h"

/* A dialect's own setting of a table, column, index or constraint ("strict" = "true"); value NULL: a flag. */
typedef struct Option {
    char *name, *value;
} Option;

typedef enum Autoincrement { AUTOINCREMENT_AUTO, AUTOINCREMENT_FALSE, AUTOINCREMENT_TRUE } Autoincrement;

typedef struct Computed {
    char *expression;
    gboolean persisted; /* STORED; FALSE: VIRTUAL */
} Computed;

typedef struct SequenceOptions { /* numbers as text: BIGINT's range does not fit a double; NULL: the default */
    char *start, *increment, *minvalue, *maxvalue, *cache;
    gboolean cycle;
} SequenceOptions;

typedef struct Identity {
    gboolean always;
    SequenceOptions options;
} Identity;

/* What of a column of a partial table may not be known. */
typedef enum ColumnFacet {
    COLUMN_TYPE = 1 << 0, /* as is said by SQL_TYPE_NULL, too */
    COLUMN_NULLABLE = 1 << 1,
    COLUMN_SERVER_DEFAULT = 1 << 2,
    COLUMN_COMMENT = 1 << 3,
    COLUMN_AUTOINCREMENT = 1 << 4,
    COLUMN_EVERYTHING = (1 << 5) - 1,
} ColumnFacet;

typedef struct Column {
    char *name;
    char *renamed_from; /* the former name, from a model; NULL */
    char *comment;
    SqlType *type;
    gboolean nullable; /* FALSE for primary key columns of a model */
    Autoincrement autoincrement;
    char *server_default; /* an SQL expression as text ("'pending'", "CURRENT_TIMESTAMP"), or NULL */
    char *collation;
    Computed *computed; /* or NULL */
    Identity *identity; /* or NULL */
    GPtrArray *options; /* Option*, never NULL */
    char *enum_name; /* of an adapted model: the enum with a name whose values the dialect has written into the column
                        or beside it (MetaData.column_enums); NULL */
    guint unknown;   /* ColumnFacet: only in partial tables; what these members hold then means nothing */
} Column;

typedef enum ConstraintKind {
    CONSTRAINT_PRIMARY_KEY,
    CONSTRAINT_UNIQUE,
    CONSTRAINT_FOREIGN_KEY,
    CONSTRAINT_CHECK,
    CONSTRAINT_EXCLUDE,
} ConstraintKind;

typedef struct Constraint {
    ConstraintKind kind;
    char *name;          /* NULL: the database has it without a name, or the model says "name": null */
    gboolean exact_name; /* of a model in SQL: without a name it is another constraint than one that has a name */
    char *renamed_from;  /* the former name, from a model; NULL */
    char *comment;
    GPtrArray *columns; /* char*; empty for CHECK and EXCLUDE; never NULL */
    char *expression;   /* CHECK: the condition without its parentheses; EXCLUDE: all behind the word */
    char *referred_schema, *referred_table; /* FOREIGN_KEY */
    GPtrArray *referred_columns;            /* char*; never NULL; empty: the referred primary key */
    char *ondelete, *onupdate, *match;      /* upper case; NULL for NO ACTION / SIMPLE, the default */
    gboolean deferrable;
    char *initially;    /* "DEFERRED" or NULL (IMMEDIATE) */
    GPtrArray *options; /* Option*, never NULL ("on_conflict" on SQLite, "include" on PostgreSQL …) */
} Constraint;

typedef struct IndexColumn {
    char *name; /* one of name and expression */
    char *expression;
    gboolean descending;
    char *nulls; /* "FIRST", "LAST" or NULL */
    char *collation, *opclass;
    int length; /* MySQL prefix; 0 none */
} IndexColumn;

typedef struct Index {
    char *name;
    char *renamed_from;
    char *comment;
    GPtrArray *columns; /* IndexColumn* */
    gboolean unique;
    char *where;        /* predicate, or NULL */
    char *using;        /* access method in lower case, or NULL */
    GPtrArray *include; /* char*; never NULL */
    GPtrArray *options; /* Option*; never NULL */
    gboolean implied;   /* nobody wrote it down: a foreign key brings it along (MySQL); any index of the table that
                           begins with these columns is as good */
} Index;

typedef struct Table {
    char *schema; /* NULL: the default schema */
    char *name;
    char *renamed_from;
    char *comment;
    GPtrArray *columns;      /* Column*, in order */
    Constraint *primary_key; /* or NULL */
    GPtrArray *constraints;  /* Constraint*, without the primary key */
    GPtrArray *indexes;      /* Index* */
    GPtrArray *options;      /* Option* */
    gboolean ignore_case;    /* names compare without ASCII case; set by the MetaData it is added to */
    GPtrArray *grants;       /* Option*, as those of a SchemaObject; NULL: not known */
    gboolean partial;        /* only what operations said of it is known: it may have more columns, keys, indexes */
} Table;

typedef struct EnumType {
    char *schema, *name, *renamed_from, *comment;
    GPtrArray *values;         /* char* */
    GPtrArray *renamed_values; /* Option*: former value = new value, from a model; never NULL */
} EnumType;

typedef struct Sequence {
    char *schema, *name, *renamed_from, *comment;
    char *type;                             /* "smallint", "integer"; NULL: bigint */
    char *owned_by_table, *owned_by_column; /* dropped with that column (same schema); NULL: on its own */
    gboolean unlogged;                      /* PostgreSQL 15: CREATE UNLOGGED SEQUENCE */
    SequenceOptions options;
} Sequence;

/* A view, trigger, function …: known by its text only. */
typedef struct SchemaObject {
    char *kind; /* "view", "trigger", "materialized_view", "function", "procedure", "aggregate", "domain",
                   "composite_type", "range_type", "extension", "schema", "policy", "rule", "event", "event_trigger",
                   "statistics", "collation", "index" (on a materialized view), "virtual_table" (SQLite) */
    char *schema, *name, *renamed_from; /* overloaded functions have their argument types in the name: "f(integer)" */
    char *comment;
    char *table_name;      /* trigger, policy, rule, index: the table (or view) it hangs on; else NULL */
    char *definition;      /* the whole CREATE statement, without the final semicolon */
    GPtrArray *depends_on; /* char*: names of tables and objects; never NULL */
    gboolean implied;      /* nobody wrote it down: what a model has is in it (a schema) */
    char *sql_mode;  /* of routines, triggers and events, with DIALECT_SQL_MODE: the modes in which the server reads
                        their text, where they are not those of every connection; NULL */
    gboolean broken; /* of a live schema: it names a table or view that does not exist (SQLite) */
    /* Option*: "GRANT SELECT ON TABLE" = "TO reader", what stands before and behind its name in statements that give it
     * its owner and privileges back when it has to be created anew. Known of a live schema only, not compared, in no
     * models.json. NULL: not known. */
    GPtrArray *grants;
} SchemaObject;

/* Something that a live database has and a MetaData has no place for: the tool neither compares nor touches it. */
typedef struct NotModelled {
    char *subject;         /* "orders.total", "feed" */
    char *text;            /* what of it: "REPLICA IDENTITY FULL", "publication" */
    gboolean out_of_scope; /* a model could say it, but it was not looked at: another schema */
} NotModelled;

typedef struct MetaData {
    GPtrArray *tables;       /* Table*, in order of declaration */
    GPtrArray *enums;        /* EnumType* */
    GPtrArray *column_enums; /* EnumType*: of an adapted model, where enums are no types of their own; else empty */
    GPtrArray *sequences;    /* Sequence* */
    GPtrArray *objects;      /* SchemaObject* */
    gboolean ignore_case;    /* identifiers compare without ASCII case (SQLite) */
    gboolean folds_names;    /* of a live schema: names of tables that differ in case only are one (MySQL, where
                                lower_case_table_names says so) */
    char *collation;         /* of a live schema: what new tables and texts have that do not say (MySQL); NULL */
    char *charset;           /* the character set that by itself means this collation; NULL: none does */
    gboolean canonical;      /* of a model: read back from a database of the same kind, its texts are in the database's
                                own words already */
    char *database;          /* of a live schema: its own name, which texts may qualify names with (MySQL); NULL */
    gboolean backticks;      /* names are quoted `x`, and "x" is a string with backslash escapes (MySQL) */
    GHashTable *by_name;     /* private: table index */

    GPtrArray *not_modelled; /* NotModelled*, sorted; of a live schema that was asked for it, else NULL */
} MetaData;

MetaData *metadata_new(gboolean ignore_case);
void metadata_free(MetaData *metadata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MetaData, metadata_free)
MetaData *metadata_copy(const MetaData *metadata);
Table *metadata_find_table(const MetaData *metadata, const char *schema, const char *name); /* or NULL; O(1) */
void metadata_add_table(MetaData *metadata, Table *table);                                  /* takes it */
/* Takes `table` out and hands it to the caller; NULL when not there. */
Table *metadata_steal_table(MetaData *metadata, const char *schema, const char *name);
/* Gives a table of this MetaData another name (references in foreign keys and objects are not touched). */
void metadata_rename_table(MetaData *metadata, Table *table, const char *new_name);
EnumType *metadata_find_enum(const MetaData *metadata, const char *schema, const char *name);
Sequence *metadata_find_sequence(const MetaData *metadata, const char *schema, const char *name);
SchemaObject *metadata_find_object(const MetaData *metadata, const char *kind, const char *schema, const char *name);
/* The one of the same kind, schema, name and table: triggers, rules and policies of several tables may share a name. */
SchemaObject *metadata_find_same_object(const MetaData *metadata, const SchemaObject *like);

/* Copies the texts; makes the list when it is the first. */
void metadata_add_not_modelled(MetaData *metadata, const char *subject, const char *text, gboolean out_of_scope);

Table *table_new(const char *schema, const char *name);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)
Table *table_copy(const Table *table);
Column *table_find_column(const Table *table, const char *name);
Constraint *table_find_constraint(const Table *table, const char *name); /* primary key included */
Index *table_find_index(const Table *table, const char *name);
gboolean table_column_refers(const Table *table, const char *column_name); /* it is one of a foreign key's */
/* TRUE when columns may be those of another table and not listed (PostgreSQL's partitions and INHERITS: options
 * "partition_of", "inherits"). */
gboolean table_inherits(const Table *table);
gboolean table_in_primary_key(const Table *table, const char *column_name);

Column *column_new(const char *name, SqlType *type); /* takes the type; nullable */
void column_free(Column *column);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Column, column_free)
Column *column_copy(const Column *column);
Computed *computed_new(const char *expression, gboolean persisted);
void computed_free(Computed *computed);
void identity_free(Identity *identity);
Identity *identity_copy(const Identity *identity);
gboolean identity_equal(const Identity *a, const Identity *b);
void sequence_options_clear(SequenceOptions *options);
void sequence_options_copy(SequenceOptions *to, const SequenceOptions *from);

Constraint *constraint_new(ConstraintKind kind, const char *name);
void constraint_free(Constraint *constraint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Constraint, constraint_free)
Constraint *constraint_copy(const Constraint *constraint);

Index *index_new(const char *name);
void index_free(Index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Index, index_free)
Index *index_copy(const Index *index);
IndexColumn *index_column_new(const char *name, const char *expression);
void index_column_free(IndexColumn *column);

EnumType *enum_type_new(const char *schema, const char *name);
void enum_type_free(EnumType *type);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnumType, enum_type_free)
EnumType *enum_type_copy(const EnumType *type);
Sequence *sequence_new(const char *schema, const char *name);
void sequence_free(Sequence *sequence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sequence, sequence_free)
Sequence *sequence_copy(const Sequence *sequence);
SchemaObject *schema_object_new(const char *kind, const char *schema, const char *name, const char *definition);
void schema_object_free(SchemaObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SchemaObject, schema_object_free)
SchemaObject *schema_object_copy(const SchemaObject *object);

/* For g_ptr_array_sort(): by schema (NULL first) and name; objects by kind before that and by table behind it. */
int metadata_compare_tables(gconstpointer a, gconstpointer b);
int metadata_compare_enums(gconstpointer a, gconstpointer b);
int metadata_compare_sequences(gconstpointer a, gconstpointer b);
int metadata_compare_objects(gconstpointer a, gconstpointer b);

/* All of that, and constraints (by kind and name, without a name by what they say), indexes and options of each table:
 * an order that does not depend on when something was made. Columns stay where they are. */
void metadata_sort(MetaData *metadata);

/* Option lists: set replaces; get gives the value, "" for a flag, NULL when absent. */
GPtrArray *options_new(void);
void options_set(GPtrArray *options, const char *name, const char *value);
void options_remove(GPtrArray *options, const char *name);
const char *options_get(const GPtrArray *options, const char *name);
gboolean options_equal(const GPtrArray *a, const GPtrArray *b);
GPtrArray *options_copy(const GPtrArray *options);
/* Adds one behind the others, though one of that name may be there. */
void options_append(GPtrArray *options, const char *name, const char *value);
/* A GPtrArray that owns its strings, and a deep copy of one. */
GPtrArray *strings_new(void);
GPtrArray *strings_copy(const GPtrArray *strings);
gboolean strings_equal(const GPtrArray *a, const GPtrArray *b, gboolean ignore_case);

#endif
