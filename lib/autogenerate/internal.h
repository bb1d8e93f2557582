/* Shared by the files of autogenerate/. */
#ifndef MIGRATE_AUTOGENERATE_INTERNAL_H
#define MIGRATE_AUTOGENERATE_INTERNAL_H

#include "autogenerate/autogenerate.h"

/* One comparison on its way. */
typedef struct Comparing {
    const Dialect *dialect;
    const CompareOptions *options;
    const MetaData *model;
    const MetaData *live; /* with the renames done */
    MetaData *renamed;    /* `live`, when a rename made a copy necessary */
    gboolean ignore_case;
    const char *verdict;   /* of differences in texts: "tokens", or "canonical" in the second stage */
    GPtrArray *operations; /* MigrateOp* */
    Comparison *result;
} Comparing;

/* --- comparison.c --- */
void add_finding(Comparison *comparison, const char *verdict, char *subject, char *text); /* takes the strings */
void add_op(GPtrArray *ops, MigrateOp *op, const char *verdict);
char *fold_name(const char *name, gboolean ignore_case);

/* --- filter.c --- */
gboolean in_scope(const Comparing *comparing, const char *schema, const char *table_name);
/* By the table it hangs on, a view by its own name. */
gboolean object_in_scope(const Comparing *comparing, const SchemaObject *object);

/* --- rename.c --- */
/* Adds the operations of confirmed renames (renamed_from, --rename) and does them on comparing->live. */
gboolean resolve_renames(Comparing *comparing, GError **error);

/* --- likely.c --- */
/* Looks for pairs among the drops and adds in comparing->operations. */
void find_likely_renames(Comparing *comparing);

/* --- column.c --- */
void compare_columns(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);

/* --- keys.c: constraints and indexes --- */
void compare_primary_key(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
void compare_constraints(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
void compare_indexes(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);

/* --- table.c --- */
/* What of `live` must change to become `model`. */
void compare_table(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops);
/* All tables, both stages: appends to comparing->operations. */
gboolean compare_tables(Comparing *comparing, GError **error);
/* The model's table as an operation's definition: without hints for the comparison. */
MigrateOp *new_create_table(const Table *model);

/* --- object.c --- */
/* Views, triggers …, among them those that must step aside for comparing->operations. */
gboolean compare_objects(Comparing *comparing, GError **error);
/* Only creates what `live` lacks. */
void compare_missing_objects(const Comparing *comparing);

/* --- scratch.c --- */
typedef struct Scratch Scratch;
/* *scratch is new, or NULL where the dialect has no scratch database to spare, which is no error. */
gboolean scratch_open(const Dialect *dialect, Scratch **scratch, GError **error);
void scratch_free(Scratch *scratch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scratch, scratch_free)
/* The error names the part of the table that the database does not take. */
gboolean scratch_create_table(Scratch *scratch, const Table *table, GError **error);
gboolean scratch_create_object(Scratch *scratch, const SchemaObject *object, GError **error);
MetaData *scratch_inspect(Scratch *scratch, GError **error);

#endif
