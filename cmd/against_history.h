/* check --against-history: the schema that the revisions make of an empty database, beside what there is. */
#ifndef MIGRATE_CMD_AGAINST_HISTORY_H
#define MIGRATE_CMD_AGAINST_HISTORY_H

#include "command.h"

/* What `check` needs with --against-history: no connection with --no-database, nor without a url. */
guint against_history_needs(const Invocation *invocation);
/* Runs the revisions in a scratch database (scratch_database_new()): first those that are applied in the live one, and
 * what they make is compared with that (not with --no-database, or without a url); then the rest, and that is compared
 * with the models. Prints the result; exit status, or -1 with error. */
int check_against_history(Invocation *invocation, GError **error);

#endif
