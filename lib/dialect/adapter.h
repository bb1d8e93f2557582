/*
 * What the dialects' adapt() functions share: notes about what is left out of a model, options, and enums as VARCHAR
 * with a check.
 */
#ifndef MIGRATE_DIALECT_ADAPTER_H
#define MIGRATE_DIALECT_ADAPTER_H

#include "dialect/dialect.h"

typedef struct Adapter {
    const Dialect *dialect;
    const char *product;   /* "SQLite": for messages */
    const MetaData *model; /* whose enums columns refer to; NULL: none */
    GArray *left_out;      /* private: kinds of things with their numbers, in order of appearance */
} Adapter;

/* `model` must outlive the adapter. */
void adapter_init(Adapter *adapter, const Dialect *dialect, const char *product, const MetaData *model);
void adapter_clear(Adapter *adapter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Adapter, adapter_clear)

/* Counts one thing that is left out: "comment is", "comments are", "SQLite stores none". Static strings. */
void adapter_leave_out(Adapter *adapter, const char *one, const char *many, const char *why);
/* The same when there is a text, which is freed and set to NULL. */
void adapter_drop_text(Adapter *adapter, char **text, const char *one, const char *many, const char *why);
/* Adds a line for each kind: "3 comments are left out: SQLite stores none". `notes` may be NULL. */
void adapter_write_notes(const Adapter *adapter, GPtrArray *notes);

/* FALSE with DIALECT_ERROR_UNSUPPORTED. */
gboolean adapter_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Frees a text that says what goes without saying, and sets it to NULL; `ordinary` "": an empty one. */
void adapter_drop_ordinary(char **text, const char *ordinary);
/* What SQLAlchemy numbers without being asked, when its type can be numbered: the one column of the primary key,
 * without a default, and not in a foreign key. */
gboolean adapter_is_numbered_key(const Table *table, const Column *column);

/* An option that is unknown is a mistake, not a wish to be dropped in silence: DIALECT_ERROR_UNSUPPORTED, naming the
 * nearest. `known` is NULL-terminated; "with." stands for all names that start so. `what` is "table 'orders'". */
gboolean adapter_check_options(const Adapter *adapter, const GPtrArray *options, const char *const *known,
                               const char *what, GError **error);
/* A switch is on when it is there: "false" takes it away, whatever else becomes "true". */
void adapter_normalise_switch(GPtrArray *options, const char *name);

/* The values of an enum type, NULL-terminated, borrowed; the array is new. Notes the name of a declared one in the
 * column (enum_name). NULL when it is not declared: DIALECT_ERROR_UNSUPPORTED. */
const char **adapter_enum_values(const Adapter *adapter, const Table *table, Column *column, GError **error);
/* Where enums are no types of their own: moves them to column_enums. */
void adapter_take_enums(const MetaData *model);
/* An enum column becomes VARCHAR, as long as its longest value, with a check of its values, as in SQLAlchemy.
 * DIALECT_ERROR_UNSUPPORTED when it names an enum that is not declared. */
gboolean adapter_enum_to_check(const Adapter *adapter, Table *table, Column *column, GError **error);
/* Takes the type. */
void adapter_set_type(Column *column, SqlType *type);

#endif
