/* How commands print revisions. */
#ifndef MIGRATE_CMD_REVISIONS_H
#define MIGRATE_CMD_REVISIONS_H

#include <cjson/cJSON.h>

#include "command.h"

/* "1975ea83b712", "<base>", or "a, b" for a merge: what a revision revises. New string. */
char *revision_parents_text(const Revision *revision);
/* "(head)", "(branchpoint)", "(mergepoint)", labels: each with a space before. New string. */
char *revision_marks(const Revision *revision, gboolean is_current);
/* Alembic's paragraph: Rev, Parent, Labels, Path, message. */
void revision_print_details(const Revision *revision, gboolean is_current);
cJSON *revision_to_json(const Revision *revision);
cJSON *revision_ids_to_json(const GPtrArray *revisions); /* of Revision*: an array of their ids */

#endif
