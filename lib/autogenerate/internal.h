/* Shared by the files of autogenerate/. */
#ifndef MIGRATE_AUTOGENERATE_INTERNAL_H
#define MIGRATE_AUTOGENERATE_INTERNAL_H

#include "autogenerate/autogenerate.h"

/* One comparison on its way. */
typedef struct Comparing {
    const Dialect *dialect;
    const CompareOptions *options;
    const MetaData *model;
    const MetaData *live;     /* with the renames done */
    const MetaData *original; /* as it was given */
    MetaData *renamed;        /* `live`, when a rename made a copy necessary */
    MetaData *flagged;        /* `model`, when --rename made a copy necessary */
    MetaData *canonical;      /* what the second stage made of what it created; NULL: it was not asked */
    gboolean ignore_case;
    const char *verdict;   /* of differences in texts: "tokens", or "canonical" in the second stage */
    GHashTable *outside;   /* filter.c: what tables out of scope mention; made when needed */
    GPtrArray *pairs;      /* TablePair* */
    GPtrArray *subjects;   /* Subject* */
    GPtrArray *operations; /* MigrateOp* */
    Comparison *result;
} Comparing;

/* --- comparison.c --- */
void add_finding(Comparison *comparison, const char *verdict, char *subject, char *text); /* takes the strings */
void add_op(GPtrArray *ops, MigrateOp *op, const char *verdict);
char *fold_name(const char *name, gboolean ignore_case);

/* --- filter.c --- */
gboolean in_scope(const Comparing *comparing, const char *schema, const char *table_name);
/* TRUE when a live table that is out of scope has the name in a type or an expression. */
gboolean used_out_of_scope(const Comparing *comparing, const char *name);
/* By the table it hangs on, a view by its own name. */
gboolean object_in_scope(const Comparing *comparing, const SchemaObject *object);
/* Adds the names of live tables and views that are out of scope. */
void find_out_of_scope(const Comparing *comparing, GPtrArray *names);

/* --- rename_flags.c --- */
/* Writes each --rename as the former name into a copy of the model. AUTOGENERATE_ERROR_RENAME for one that fits
 * nothing, or several things. */
gboolean apply_rename_flags(Comparing *comparing, GError **error);
/* The live table that the model's is, or was renamed from; NULL: none. */
const Table *former_table_of(const Comparing *comparing, const Table *model);

/* --- renamed_values.c --- */
/* The enum of column_enums that the model's column is of; NULL: none. */
const EnumType *column_enum(const MetaData *model, const Column *column);
/* What values a column may hold, by its type or by a check that lists them: char*, new; none when it may hold any. */
GPtrArray *listed_values(const Comparing *comparing, const Table *table, const Column *column);
/* The values that the live columns of an enum of column_enums have: char*, each once, new. */
GPtrArray *live_values_of(const Comparing *comparing, const EnumType *type);
/* Option*, former value = new value: those that rows of `live` may hold and the model's enum has under another name.
 * New; NULL: none. */
GPtrArray *renamed_values(const Comparing *comparing, const Table *live, const Column *model, const Column *existing);

/* --- rename.c --- */
/* Adds the operations of confirmed renames (renamed_from) and does them on comparing->live; where the server
 * itself writes new names into definitions, there as well. Views and routines have a renamed_from of their own
 * (object.c). */
gboolean resolve_renames(Comparing *comparing, GError **error);

/* --- rename_follow.c --- */
/* Writes the new names of `op` (before it is applied) into the definitions and texts of `live`, as the server does. */
void follow_rename(const Comparing *comparing, const MigrateOp *op, const MetaData *live);

/* --- likely.c --- */
/* Looks for pairs among the drops and adds in comparing->operations. */
void find_likely_renames(Comparing *comparing);
/* A possible rename; of those that want the same thing the best score wins. */
typedef struct LikelyPair {
    guint dropped, added; /* positions in the lists */
    int score;
} LikelyPair;
typedef void (*LikelyFunction)(const Comparing *comparing, const MigrateOp *dropped, const MigrateOp *added);
/* `candidates`: LikelyPair. Best score first, each drop and each add once. */
void choose_likely(const Comparing *comparing, GArray *candidates, const GPtrArray *dropped, const GPtrArray *added,
                   LikelyFunction pair);
typedef struct LikelyNames {
    const char *kind;           /* static */
    const char *schema, *owner; /* or NULL */
    const char *old_name, *new_name;
} LikelyNames;
void add_likely(const Comparing *comparing, const LikelyNames *names);
int name_similarity(const char *a, const char *b); /* in per cent */

/* --- likely_parts.c --- */
void likely_types_and_objects(const Comparing *comparing);

/* --- column.c, keys.c: constraints and indexes --- */
void compare_columns(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
void compare_primary_key(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
void compare_constraints(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
void compare_indexes(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
gboolean computed_equal(const Comparing *comparing, const Computed *a, const Computed *b);
/* Without their names; comments count. */
gboolean constraint_equal(const Comparing *comparing, const Constraint *model, const Constraint *live);
gboolean index_equal(const Comparing *comparing, const Table *model_table, const Index *model, const Table *live_table,
                     const Index *live);
/* The model's constraint as an operation's: without hints for the comparison. */
MigrateOp *new_create_constraint(const Table *table, const Constraint *constraint);
gboolean comment_equal(const char *a, const char *b); /* "" is as good as none */

/* --- key_names.c --- */
/* Turns a drop and a create of the same key or index under two names in `ops` into a rename. */
void rename_keys(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
/* What is renamed only to be dropped and created is dropped under its former name. */
void forget_useless_renames(const Comparing *comparing);
/* Foreign keys that refer to a key that is dropped (to come back in another form) go before it and come back behind. */
void detach_references(const Comparing *comparing);

/* --- table.c --- */
/* A table of the model that differs from the live one, or that the database does not have. */
typedef struct TablePair {
    const Table *model;
    const Table *live; /* NULL: to be created */
    GPtrArray *ops;    /* MigrateOp*; empty for a new one */
} TablePair;
/* What of `live` must change to become `model`. */
void compare_table(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
/* First stage: fills comparing->pairs. */
void match_tables(Comparing *comparing);
/* The operations of comparing->pairs, and of what is dropped. */
void add_table_ops(const Comparing *comparing);
/* The model's table as an operation's definition: without hints for the comparison. */
MigrateOp *new_create_table(const Table *model);

/* --- type.c: enums and sequences --- */
MigrateOp *enum_op(OpKind kind, const EnumType *existing, const EnumType *type);
MigrateOp *sequence_op(OpKind kind, const Sequence *existing, const Sequence *sequence);
gboolean sequence_equal(const Comparing *comparing, const Sequence *a, const Sequence *b);
void compare_enums(const Comparing *comparing);
void compare_sequences(const Comparing *comparing);
void compare_missing_types(const Comparing *comparing);

/* --- object.c --- */
typedef enum Fate { KEEP, DROP, REPLACE, RECREATE } Fate;
/* A live object and what becomes of it. */
typedef struct Subject {
    const SchemaObject *live, *model; /* model NULL: to be dropped */
    const SchemaObject *original;     /* `live` before the renames: what is dropped before them, and comes back after */
    GHashTable *words;                /* folded identifiers of the live definition; made when needed */
    SchemaObject *between; /* a domain without what calls functions that are not there for a while; NULL: as it is */
    Fate fate;
    const char *verdict;
} Subject;
/* It has another name now (rename.c); how the types of arguments are written does not count. */
gboolean is_renamed(const Subject *subject);
/* First stage: fills comparing->subjects. */
void match_objects(Comparing *comparing);
/* Their operations, among them those of objects that must step aside for comparing->operations. */
void add_object_ops(Comparing *comparing);
/* Only creates what `live` lacks. */
void compare_missing_objects(const Comparing *comparing);
gboolean definition_equal(const Comparing *comparing, const SchemaObject *a, const SchemaObject *b);
/* Folded identifiers of its definition, and of what it says it depends on. New. */
GHashTable *object_words(const Comparing *comparing, const SchemaObject *object);
gboolean mentions(const Comparing *comparing, GHashTable *words, const char *name);

/* --- detach.c --- */
/* Adds the operations that drop the parts of tables in which one of `names` (folded, of functions) stands, and create
 * them again. TRUE when columns are among them. */
gboolean detach_tables(const Comparing *comparing, GHashTable *names);

/* --- domain.c --- */
/* The domain without checks and a default in which one of `names` (folded, of functions) stands. New; NULL: it has
 * nothing of the kind. */
SchemaObject *domain_without(const Comparing *comparing, const SchemaObject *domain, GHashTable *names);

/* --- cycle.c --- */
/* What a new table cannot have before a function is there that needs the table itself becomes an operation of its own;
 * likewise what keeps such a function from being dropped before its table. */
void split_table_cycles(const Comparing *comparing);
/* TRUE when an object of the model, which the table's texts mention, needs the table. */
gboolean is_in_cycle(const Comparing *comparing, const Table *table);

/* --- depends.c --- */
/* Adds to every op the names that its texts mention, as far as other ops are about them. */
void complete_dependencies(const Comparing *comparing, const GPtrArray *ops);
/* Values that are new only, or renamed, leave the type as it is. (object.c) */
gboolean keeps_values(const EnumType *existing, const EnumType *type);
/* A function's name without the types of its arguments. New string. */
char *object_base_name(const SchemaObject *object);
/* Folded identifiers in `text`, with `of_strings` also those inside strings (sequence names, function bodies). */
void add_words(const Comparing *comparing, const char *text, gboolean of_strings, GHashTable *words);
/* As object_words(), with what the body of an SQL function mentions: the database looks for that when it is created.
 * New. */
GHashTable *object_needs(const Comparing *comparing, const SchemaObject *object);

/* --- text.c: the SQL texts of schema objects --- */
/* Called with the place of a text, which it may replace. */
typedef void (*TextFunction)(char **text, gpointer data);
void column_texts(Column *column, TextFunction function, gpointer data);
void constraint_texts(Constraint *constraint, TextFunction function, gpointer data);
void index_texts(Index *index, TextFunction function, gpointer data);
/* Type names, expressions and options of a table and all its parts. */
void table_texts(Table *table, TextFunction function, gpointer data);

/* --- second.c: the second stage --- */
/* What still differs in comparing->pairs and comparing->subjects, and what is new, as the database itself writes it
 * down. Changes the pairs' ops and the subjects' fates. Nothing where there is no database to ask. */
gboolean ask_database(Comparing *comparing, GError **error);
/* The model's object as it was read back, or NULL. A function is read back with or without the types of its arguments,
 * as there are others of its name or not. */
const SchemaObject *find_read(const MetaData *canonical, const SchemaObject *model);

/* --- wanted.c: what must be created to ask --- */
/* Whether it is to be asked if these two are the same: they differ in their texts. */
gboolean is_in_question(const Comparing *comparing, const Subject *subject);
typedef struct ScratchItem {
    MigrateOp *op;      /* creates it: under its scratch schema, without foreign keys */
    const Table *model; /* the table it stands for, or NULL */
    gboolean created;
} ScratchItem;
typedef struct Wanted {
    GPtrArray *items;   /* ScratchItem*, in an order that works */
    GPtrArray *schemas; /* char*: schemas of the model that need one of their own in the scratch */
    GPtrArray *stands;  /* char*: their names there */
    GHashTable *names;  /* "schema.name" of all items */
    const char *main;   /* the scratch schema for what has no schema; NULL: no schemas at all */
    const char *home; /* the database that the scratch one stands for, of which nothing is found there; NULL: not so */
    gboolean incomplete; /* what the model has needs something that cannot be created there (extensions) */
} Wanted;
/* `schema`: the scratch schema's name, NULL for a database in memory; `temporary`: all of it in the temporary schema;
 * `home`: Wanted.home. */
Wanted *wanted_new(const Comparing *comparing, const char *schema, gboolean temporary, const char *home);
void wanted_free(Wanted *wanted);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wanted, wanted_free)
/* The name that a constraint without one has in the scratch. New string. */
char *scratch_constraint_name(guint position);

/* --- place.c --- */
char *scratch_key(const Comparing *comparing, const char *schema, const char *name); /* of Wanted.names; new */
/* What stands for a schema in the scratch. */
const char *scratch_schema(const Wanted *wanted, const char *schema);
/* The text with everything that is created in the scratch under its name there. New string. */
char *place_text(const Comparing *comparing, const Wanted *wanted, const char *text);
/* The definition of an object that is created there; NULL where it does not show what it hangs on, or that is not
 * created there. New string. */
char *place_definition(const Comparing *comparing, const Wanted *wanted, const SchemaObject *object);
/* What a name in a text is the name of. */
typedef enum NameRole { NAME_OF_RELATION, NAME_OF_COLUMN, NAME_OF_TYPE, NAME_OF_ROUTINE } NameRole;
typedef struct Renaming {
    NameRole role;
    const char *schema, *old_name, *new_name; /* schema NULL: the default one */
} Renaming;
/* A text of the catalog with the new name, as the server writes it after the rename. New string. */
char *rename_in_text(const Comparing *comparing, const char *text, const Renaming *renaming);
/* A definition under another name of its own. New string. */
char *rename_own(const Comparing *comparing, const char *definition, const char *new_name);
/* The definition of a trigger ON a table that has another name now; its body stays as it is. */
void rename_target(const Comparing *comparing, SchemaObject *trigger, const char *new_name);
/* Name, arguments and result of a function: what CREATE OR REPLACE cannot change. New string. */
char *routine_signature(const Comparing *comparing, const char *definition);
/* A definition without WITH [NO] DATA at its end. New string. */
char *cut_data_clause(const Comparing *comparing, const char *text);
/* Takes what was read back and gives it under the names of the model. */
MetaData *place_back(const Comparing *comparing, const Wanted *wanted, MetaData *read);

/* --- settle.c --- */
/* Options that say where something is stored, not what it is: left out in the scratch. NULL-terminated. */
extern const char *const storage_options[];
/* A copy of the model's table in which everything that the database sees as equal (`canonical` is what it makes of the
 * model's table) is written as in `live`. */
Table *settle_table(const Comparing *comparing, const Table *model, const Table *canonical, const Table *live);
/* The same where the database could not be asked: texts that differ are taken from `live`, and reported. */
Table *settle_unknown(const Comparing *comparing, const Table *model, const Table *live);

/* --- scratch.c --- */
/* Where things are created to be read back, and gone afterwards: a database in memory, or a transaction on the live
 * connection that is rolled back. */
typedef enum ScratchOutcome { SCRATCH_NONE, SCRATCH_READ, SCRATCH_REFUSED } ScratchOutcome;
/* SCRATCH_NONE: the dialect has none, or there is no session. SCRATCH_REFUSED: this role may create none, *reason (new)
 * says why; what an attempt before SCRATCH_READ was refused for may be in it, too. SCRATCH_READ: *canonical (new) is
 * what the database made of comparing's pairs and subjects. FALSE: a table of the model that the database does not
 * take; the error names the part at fault. */
gboolean scratch_read(const Comparing *comparing, ScratchOutcome *outcome, MetaData **canonical, char **reason,
                      GError **error);

/* --- models.c, models_sql.c --- */
/* A text of a model on its way in. */
typedef struct ModelSource {
    char *name; /* for messages */
    char *text;
    gsize length;
    gboolean is_sql;
} ModelSource;
/* What the sources (ModelSource*) in SQL make of an empty database: they run one after the other in one scratch
 * database, so that they may build on each other. Those in JSON are skipped. New. */
MetaData *models_read_sql(const Dialect *dialect, const ModelOptions *options, const GPtrArray *sources,
                          GError **error);

/* --- rename_marks.c --- */
/* Writes the former names that the comments of one SQL source say ("-- renamed from: x") into what was read back.
 * SCHEMA_ERROR_MODEL, FILE:LINE:COLUMN, for a comment that is about nothing. */
gboolean model_apply_rename_comments(const Dialect *dialect, const ModelSource *source, const MetaData *model,
                                     GError **error);

#endif
