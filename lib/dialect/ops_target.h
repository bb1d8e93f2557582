/* What operations of files need to know of a dialect. */
#ifndef MIGRATE_DIALECT_OPS_TARGET_H
#define MIGRATE_DIALECT_OPS_TARGET_H

#include "dialect/dialect.h"
#include "operations/document.h"

/* All but `backticks`, `naming_convention` and `state_is_whole`, which are not the dialect's to say, and are unset. */
OpsTarget ops_target_for(const Dialect *dialect);

#endif
