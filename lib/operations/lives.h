/*
 * What became of each table, column, key, index, view … while operations changed a schema: which of them made it, which
 * changed it, and under which names.
 */
#ifndef MIGRATE_OPERATIONS_LIVES_H
#define MIGRATE_OPERATIONS_LIVES_H

#include "operations/operations.h"

/* Something that happened. `step` is the caller's number for when. */
typedef struct LifeEvent {
    guint step;
    char *text; /* one line: "add column users.email VARCHAR(20)" */
} LifeEvent;

typedef struct Life Life;
struct Life {
    char *kind;          /* "table", "column", "index", "primary key", "foreign key", "unique constraint" …, "enum",
                            "sequence", or the kind of an object with spaces: "materialized view" */
    char *schema, *name; /* as they are now, or were at last; name NULL: a constraint without one */
    Life *table;         /* of a column, key or index; NULL: it stands by itself; not owned */
    GPtrArray *parts;    /* Life*, of a table; not owned; also those that are gone */
    GPtrArray *events;   /* LifeEvent*, oldest first; an object that no operation has made may begin anywhere */
    GPtrArray *former;   /* char*: names it had before, oldest first */
    gboolean gone;       /* it was dropped */
    Constraint *constraint; /* of a constraint, with the names its columns have now; else NULL */
};
/* "users.email", "unique (a, b)", "billing.orders": new string. */
char *life_label(const Life *life);

typedef struct Lives Lives;
/* `type_sql` (Dialect.type_sql) writes the types of columns; NULL: as models do. */
Lives *lives_new(gboolean ignore_case, char *(*type_sql)(const SqlType *type, GError **error));
void lives_free(Lives *lives);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lives, lives_free)
const GPtrArray *lives_all(const Lives *lives); /* Life*, in the order in which they began */

/* The operation took place. What it is about and nobody knows begins here, too. */
void lives_follow(Lives *lives, const MigrateOp *op, guint step);
/* Something else happened to it: `text` is copied. */
void life_add(Life *life, guint step, const char *text);

/* What stands by itself and has this name (schema NULL: any); when there is none, what had it when it was dropped, the
 * last one; else NULL. */
Life *lives_find(const Lives *lives, const char *schema, const char *name);
/* What has another name now, and no longer has this one. */
Life *lives_find_former(const Lives *lives, const char *schema, const char *name);
/* A column in the same way, by its name now, else by a former one. */
Life *lives_find_column(const Lives *lives, const Life *table, const char *name);

#endif
