/* Shared by the files of operations/. */
#ifndef MIGRATE_OPERATIONS_INTERNAL_H
#define MIGRATE_OPERATIONS_INTERNAL_H

#include "operations/operations.h"

/* The SQL expression `text` with every identifier `old_name` written as `new_name` (quoted, so that any name is fine;
 * with `backticks` so, and then "x" is a string and [ no quote). Function names, strings and comments stay. Meant for
 * expressions that can only name columns of one table: checks, generated columns, indexes. New string; NULL gives NULL.
 */
char *expression_rename(const char *text, const char *old_name, const char *new_name, gboolean ignore_case,
                        gboolean backticks);

/* The constraint of `table` that `like` means: by its name, or without one by its structure. NULL when not there. */
Constraint *constraint_lookup(const Table *table, const Constraint *like);

/* --- rank.c --- */
/* Which objects tables are built from, and which are built on tables. */
typedef enum ObjectRank {
    RANK_BEFORE_TABLES, /* created before them, dropped behind them */
    RANK_AMONG_TABLES,  /* uses some of them, and is used by others */
    RANK_BEHIND_TABLES,
} ObjectRank;
typedef struct Ranks Ranks;
Ranks *ranks_new(const MigrateOp *const *ops, guint n);
void ranks_free(Ranks *ranks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ranks, ranks_free)
ObjectRank object_rank(const Ranks *ranks, const MigrateOp *op); /* of an object's op */
/* "f" of "schema.f(integer)". New string. */
char *plain_name(const char *name);

/* --- needs.c --- */
/* Moves, among `n` operations in the order of their phases, those that need what another one gives, or still has,
 * behind or before it. Nothing moves where there is no object among them. */
void operations_order_needs(gpointer *ops, guint n);

#endif
