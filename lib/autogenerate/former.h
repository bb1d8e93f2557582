/* Private to former*.c: the schema before a change, for a dialect whose database was not looked at. */
#ifndef MIGRATE_AUTOGENERATE_FORMER_H
#define MIGRATE_AUTOGENERATE_FORMER_H

#include "autogenerate/internal.h"

typedef struct Former {
    const FoundChange *change;
    const Dialect *dialect;
    gboolean same; /* as the database's: what it says of what was is as good as a model */
    const FileNames *files;
    MetaData *before;        /* from the model back to what was, operation by operation */
    GHashTable *enum_values; /* "table.column" -> GPtrArray of char*: the values that a dropped check listed */
    GPtrArray *doubts;       /* char* */
} Former;

/* --- former_text.c: former definitions, in words that any dialect takes --- */
void former_doubt(const Former *former, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Changes a definition of the database's dialect; what cannot be told otherwise stays as it is, with a doubt. */
void former_column(const Former *former, const Table *table, Column *column);
void former_constraint(const Former *former, const Table *table, Constraint *constraint);
void former_index(const Former *former, const Table *table, Index *index);
void former_table(const Former *former, Table *table);
/* Where unique constraints are indexes, the database compared does not tell which it was: a constraint when the files
 * told this dialect its name, and not as an index. */
gboolean former_is_unique_key(const Former *former, const Index *index);
Constraint *former_unique_key(const Index *index); /* new */

/* --- former_enum.c: enums that the database keeps as something else --- */
/* Whether the constraint lists the values of a column: *column (new) and `values` (char*; NULL: not wanted); `dialect`:
 * whose words it has. */
gboolean is_enum_check(const Dialect *dialect, const Constraint *constraint, char **column, GPtrArray *values);
gboolean former_is_enum_check(const Former *former, const Constraint *constraint, char **column, GPtrArray *values);
/* Collects what dropped checks listed from the operations that take the change back. */
void former_collect_enums(Former *former, const GPtrArray *reversed);
/* What taking back such a check means for the column, which is an enum in the model; FALSE: nothing, it is a check. */
gboolean former_take_back_check(Former *former, const MigrateOp *op);
/* The values that the enum of a column had. */
void former_set_values(const Former *former, Column *column, const GPtrArray *values);
/* A column that is no enum any more becomes one of these values again, with the name that it had. */
void former_restore_enum(const Former *former, const char *table, Column *column, const GPtrArray *values);

/* --- former_ops.c --- */
void former_take_back(Former *former, const MigrateOp *op);

#endif
