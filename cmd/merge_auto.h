/* merge --auto: whether the sides of a merge have nothing to do with each other. */
#ifndef MIGRATE_CMD_MERGE_AUTO_H
#define MIGRATE_CMD_MERGE_AUTO_H

#include <cjson/cJSON.h>

#include "command.h"

/* What the sides of a merge have in common, and what cannot be told of them. */
typedef struct AutoMerge AutoMerge;
/* Runs each of `heads` (Revision*, two or more) in a scratch database, and what they do not share beside each other. A
 * side touches what its operations change or refer to, and every known name in its SQL. When nothing stands in the way,
 * the sides run in both orders, which must make the same schema. */
AutoMerge *auto_merge_check(Invocation *invocation, const GPtrArray *heads, GError **error);
void auto_merge_free(AutoMerge *merge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AutoMerge, auto_merge_free)
/* Nothing is in common, nothing in doubt, and both orders make the same. */
gboolean auto_merge_is_clean(const AutoMerge *merge);
/* Why not: objects, revisions, commits and authors. */
void auto_merge_print(AutoMerge *merge, Invocation *invocation);
/* Members "heads", "overlaps", "cannot_be_told", "both_orders_agree" (null: not run) and "difference". */
void auto_merge_add_json(AutoMerge *merge, Invocation *invocation, cJSON *document);

#endif
