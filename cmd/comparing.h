/* Model against database, for revision --autogenerate, check, diff and create_all. */
#ifndef MIGRATE_CMD_COMPARING_H
#define MIGRATE_CMD_COMPARING_H

#include "autogenerate/autogenerate.h"
#include "base/log.h"
#include "command.h"

typedef struct ModelComparison {
    const Dialect *dialect;
    MetaData *live; /* the schema in the database, without the tool's own tables */
    Comparison *comparison;
    GPtrArray *notes; /* char*: parts of the model that the dialect cannot store */
} ModelComparison;

typedef enum CompareMode {
    COMPARE_REPORT,  /* all differences; likely renames are left as drop and add, and said */
    COMPARE_CONFIRM, /* as before, but likely renames are asked for on a terminal, refused elsewhere */
    COMPARE_MISSING, /* only what is to be created */
} CompareMode;

/* --rename and --no-rename are read where the command declares them. With `pending` the database must stand at the
 * heads of the script directory: else *pending gets what it lacks (Revision*, new array) and the answer is NULL without
 * an error. */
ModelComparison *compare_model(Invocation *invocation, CompareMode mode, GPtrArray **pending, GError **error);
ModelComparison *model_comparison_new(const Dialect *dialect); /* nothing compared yet */
void model_comparison_free(ModelComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelComparison, model_comparison_free)

/* The model as it is for a dialect, not adapted. Without an engine, SQL models are refused but where a scratch database
 * is in memory. */
MetaData *read_model(const Invocation *invocation, const Dialect *dialect, GError **error);
/* The model without a database to compare with; with `adapted` as the dialect stores it. *dialect: that of the server
 * that scratch databases are on, where the URL leaves that open. */
MetaData *read_model_alone(const Invocation *invocation, gboolean adapted, const Dialect **dialect, GError **error);
/* What the configuration says of comparing; `include` and `exclude` (new) are what the options point to. */
gboolean read_compare_options(const Invocation *invocation, CompareOptions *options, GPtrArray **include,
                              GPtrArray **exclude, GError **error);

/* The engine of scratch_url, new; *engine is NULL where it is not set, or the dialect needs none. */
gboolean open_scratch_engine(const Invocation *invocation, const Dialect *dialect, Engine **engine, GError **error);

/* The live schema; empty without a database. With -v also what of the database is not modelled. */
MetaData *inspect_live(Invocation *invocation, GError **error);
/* The same, where what belongs to other tables than this one (NULL: none) may be left out. */
MetaData *inspect_live_table(Invocation *invocation, const char *table, GError **error);
/* Writes into the notes of operations what rows and values they lose; `back`: they are a downgrade's. */
void set_notes(const Dialect *dialect, const GPtrArray *operations, gboolean back);

/* --- comparing_output.c --- */
/* What of `live` is not modelled, on the log in detail, and behind it one line of what is out of scope (`out_of_scope`:
 * more of it; char*, or NULL). */
void log_not_modelled(const MetaData *live, const GPtrArray *out_of_scope);
cJSON *not_modelled_to_json(const MetaData *live); /* [{"subject", "text"}]; empty without -v */
/* Notes (at the level given) and findings, on the log: what the database cannot store is told when something is
 * written, and elsewhere with -v. In detail also what is not modelled and what is out of scope. */
void log_findings(const ModelComparison *comparison, LogLevel notes);
cJSON *findings_to_json(const ModelComparison *comparison);
/* Drops and adds that look like a rename, each with the flag that says so. */
cJSON *likely_renames_to_json(const ModelComparison *comparison);
/* The SQL of the operations, each statement ended with ";\n". New string. */
char *operations_sql(const ModelComparison *comparison, GError **error);
/* migrate_op_describe() with the rows whose values it loses: "drop table orders, about 12,300 rows". New string. */
char *operation_line(const MigrateOp *op);
/* A line of id and title for each of the pending revisions, indented. New string. */
char *pending_lines(const GPtrArray *pending);

#endif
