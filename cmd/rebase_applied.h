/* Whether revisions that are to get other parents are applied in the configured database. */
#ifndef MIGRATE_CMD_REBASE_APPLIED_H
#define MIGRATE_CMD_REBASE_APPLIED_H

#include "command.h"
#include "script/rebase.h"

/* FALSE and RUNTIME_ERROR_PLAN when one of the plan's moves is applied, or half applied. *database is what was asked
 * (new string), or NULL with --no-database and without a url, which is logged. */
gboolean rebase_check_applied(Invocation *invocation, const Rebase *rebase, const RebasePlan *plan, char **database,
                              GError **error);

#endif
