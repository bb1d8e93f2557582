/* Compares a model with the live schema and says the difference as Operations. */
#ifndef MIGRATE_AUTOGENERATE_AUTOGENERATE_H
#define MIGRATE_AUTOGENERATE_AUTOGENERATE_H

#include <glib.h>

#include "base/tree.h"
#include "engine/engine.h"
#include "operations/operations.h"

typedef struct CompareOptions {
    gboolean compare_type, compare_server_default;
    const GPtrArray *include_tables, *exclude_tables; /* char* globs, or NULL */
    const GPtrArray *renames; /* char* "old:new" or "table.old:table.new" / "table.old:new" from --rename, or NULL */
    /* Neither side is adapted: keys may count by themselves, and autoincrement FALSE is something else than AUTO. */
    gboolean as_said;
    gboolean assume_no_renames; /* likely renames become drop and add (a person at the terminal said so) */
    /* On a server: the live session, for the second stage. NULL: no second stage there. It must not be in a
     * transaction, and is not in one afterwards; nothing in its database is changed or locked. */
    Session *session;
    /* Where the second stage may create its database instead (scratch_url); only for dialects with scratch_end. NULL:
     * on `session`'s connection. Not connected to before it is needed. */
    Engine *scratch_engine;
} CompareOptions;

/* Something that was seen and makes no DDL. */
typedef struct Finding {
    char *subject; /* "orders.total" */
    char *text;
    const char *verdict; /* "unknown" or "note" */
} Finding;

/* A drop and an add that look like one thing under another name. */
typedef struct LikelyRename {
    const char *kind; /* "table", "column", "enum", "enum value", "sequence", or that of an object; static */
    char *owner;      /* the table or enum that it is part of; NULL: none */
    char *old_name, *new_name;
    char *rename;     /* "orders.amount:orders.total" */
    char *flag;       /* "--rename orders.amount:orders.total", as a shell takes it */
    gboolean follows; /* seen when those before it were taken for granted */
} LikelyRename;

typedef struct Comparison {
    GPtrArray *operations;     /* MigrateOp*, sorted, ready to compile */
    GPtrArray *likely_renames; /* LikelyRename*; non-empty: `operations` treats them as drop and add, ask first. Those
                                  that only show when the first are done follow them */
    GPtrArray *findings;       /* Finding* */
    GPtrArray *out_of_scope;   /* char*: live tables, views … that include_tables and exclude_tables leave alone */
} Comparison;
void comparison_free(Comparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, comparison_free)

/* `model` is adapted already (dialect->adapt). Stage 1: tokens. Stage 2: what still differs, and what is new, is
 * created in a scratch database (in memory, or in a transaction on options->session that is rolled back) and read back;
 * a table that it does not take is an error that names the part at fault and gives the server's words. A role that may
 * create nothing at all gets findings ("unknown") for texts that differ, and no operations. An unused --rename is an
 * error (AUTOGENERATE_ERROR_RENAME). What `live` has beyond the model is dropped, as far as include_tables and
 * exclude_tables reach: leave the tool's own tables out of `live`. */
Comparison *autogenerate_compare(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error);
/* create_all: only what is missing from `live`; changes and drops nothing. */
Comparison *autogenerate_missing(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error);
/* Asks the database how many rows have values that operations lose (drops, and types that get narrower), into their
 * `rows`. What cannot be read stays unknown. `session` is in no transaction, before and behind it. */
void comparison_estimate_rows(const Comparison *comparison, const Dialect *dialect, const MetaData *live,
                              Session *session);
/* The operations of a downgrade: the reverse of `ops`, in an order that runs (with DIALECT_OBJECTS_BY_NAME what is put
 * back of views, triggers … comes last). OPERATIONS_ERROR_IRREVERSIBLE. New array. */
GPtrArray *downgrade_operations(const Dialect *dialect, const GPtrArray *ops, GError **error);
/* A whole schema (adapted, as the inspector gives it) as a script for the product's own client, which is as good as a
 * model: what others need first, else by name; foreign keys last where tables refer to each other in a circle. The same
 * schema gives the same bytes, whatever the age of its objects. DIALECT_ERROR_UNSUPPORTED. New string. */
char *schema_script(const Dialect *dialect, const MetaData *schema, GError **error);
/* "column 'orders.amount'". New string. */
char *likely_rename_subject(const LikelyRename *rename);
/* The error that lists likely renames with the flags to pass. */
void comparison_rename_error(const Comparison *comparison, GError **error);

/*
 * Other dialects than that of the database which was compared. What they looked like before is not known from a
 * database, but from the model as it is for them, with the operations taken back that were found, and from what the
 * revision files told them.
 */

/* What the files of earlier revisions tell one dialect: which names, and how its objects were last created. */
typedef struct FileNames FileNames;
FileNames *file_names_new(const Dialect *dialect);
void file_names_free(FileNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileNames, file_names_free)
/* In the order in which revisions are applied: statements for this dialect (`file` is the name for messages), or an
 * operation of a file in JSON. */
gboolean file_names_add_sql(FileNames *names, const char *file, const char *sql, gsize length, GError **error);
void file_names_add_operation(FileNames *names, const cJSON *operation);
gboolean file_names_has(const FileNames *names, const char *name);        /* ASCII case does not count */
gboolean file_names_has_string(const FileNames *names, const char *text); /* as a literal, byte for byte */
/* `kind`: "type", "sequence", "index" or that of an object. NULL: not created, or dropped again; "": created, and the
 * statement is not known. */
const char *file_names_definition(const FileNames *names, const char *kind, const char *name);
/* Adds the enums that were created by statements and that `metadata` does not have, as far as their values are known;
 * those that it has get these values. */
void file_names_add_enums(const FileNames *names, const MetaData *metadata);

/* A change that was found in a database. */
typedef struct FoundChange {
    const Dialect *dialect;      /* of the database */
    const MetaData *live;        /* as it was */
    const GPtrArray *operations; /* MigrateOp*: what the model wants of it */
    const FileNames *files;      /* what they tell this dialect */
} FoundChange;

/* `model` (for `dialect`, not adapted) as it would have been before the change, in generic types. `doubts` (char*) gets
 * a line for each former definition that is known only in the words of the database's dialect. OPERATIONS_ERROR_…. */
MetaData *former_model(const FoundChange *change, const Dialect *dialect, const MetaData *model, const FileNames *files,
                       GPtrArray *doubts, GError **error);

/* The same change on another dialect. */
typedef struct OtherChange {
    MetaData *before, *after;        /* adapted */
    GPtrArray *operations, *reverse; /* MigrateOp* */
    GPtrArray *doubts;               /* char*: why `reverse` is not to be trusted; empty: it is */
    GPtrArray *notes;                /* char*: what the dialect cannot store */
    GPtrArray *unknown;              /* char*: comments that are new in the files, where the database has none */
} OtherChange;
void other_change_free(OtherChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OtherChange, other_change_free)
OtherChange *other_change_new(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                              const FileNames *files, const CompareOptions *options, GError **error);
/* The change in the words of a model, for operations that each dialect adapts when they run: nothing is adapted, and
 * `dialect` (which may be the database's own) only chooses among what the model says per dialect. */
OtherChange *portable_change_new(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                                 const FileNames *files, const CompareOptions *options, GError **error);
/* The same where it is known what the model was (taken). Only the renames of `change` count. */
OtherChange *portable_change_since(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                                   MetaData *before, const CompareOptions *options, GError **error);
/* TRUE when the model as it was, adapted, leads to the same operations as the database has: it explains the database.
 */
gboolean explains_database(const FoundChange *change, const MetaData *model, const MetaData *before,
                           const CompareOptions *options, GError **error);

/* Models: reads the config's list (absolute files or globs of *.json and *.sql, "exec:COMMAND" run in `folder`) into
 * one MetaData for the dialect, not adapted yet. */
typedef struct ModelOptions {
    const GPtrArray *models; /* char* */
    const char *folder;
    const FileTree *tree; /* where the files are; NULL: on disk. An `exec:` runs only there, and is refused elsewhere */
    const GPtrArray *naming_keys, *naming_formats; /* naming_convention.* of the config, or NULL */
    /* Beside which SQL models are run in a scratch database (scratch_database_new()); connected to only when there are
     * any. NULL: only where a scratch database is in memory, elsewhere they are refused. */
    Engine *scratch_beside;
    /* Of the database that the model is for: names without a schema mean in SQL what they mean there. NULL: unknown. */
    Session *live;
    const char *const *ignore_tables; /* left out of SQL models (a dump has the tool's own), as in InspectOptions */
} ModelOptions;
/* What a model says to be in `schema` is in the default schema: loses its schema. */
void model_use_default_schema(MetaData *model, const char *schema);
/* The schemas that a model names, in order of their first use; *has_default (may be NULL): something is in none. New
 * array of char*. */
GPtrArray *model_schemas(const MetaData *model, gboolean *has_default);
/* A schema that has tables, types or objects is an object of the model, named as such or not. */
void model_add_schemas(const Dialect *dialect, MetaData *model);
MetaData *models_load(const Dialect *dialect, const ModelOptions *options, GError **error);

#endif
