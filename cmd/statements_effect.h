/* What statements did to a schema, seen by comparing it before and behind them. */
#ifndef MIGRATE_CMD_STATEMENTS_EFFECT_H
#define MIGRATE_CMD_STATEMENTS_EFFECT_H

#include "dialect/dialect.h"
#include "operations/operations.h"

/* What `statements` (char*) changed: MigrateOp*, new array; of tables, only those are compared that they can have
 * changed. `before` and `after` are as the database tells them, neither is changed. Renames are those that the
 * statements say. NULL with the error of the comparison. */
GPtrArray *statements_effect(const Dialect *dialect, const GPtrArray *statements, const MetaData *before,
                             const MetaData *after, GError **error);

#endif
