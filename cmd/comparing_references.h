/* The models of two commits, for diff. */
#ifndef MIGRATE_CMD_COMPARING_REFERENCES_H
#define MIGRATE_CMD_COMPARING_REFERENCES_H

#include "comparing.h"

/* `range`: "A..B", "A.." (to HEAD), "..B" (from HEAD), or "A" (to the working folder). What is `live` in the result is
 * the first one's model. Texts are compared word by word, for no database has read them. */
ModelComparison *compare_references(Invocation *invocation, const char *range, GError **error);

#endif
