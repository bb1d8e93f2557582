/* Applied revisions that the version locations lack: how git is asked for them, and how they are told. */
#ifndef MIGRATE_CMD_MISSING_H
#define MIGRATE_CMD_MISSING_H

#include <cjson/cJSON.h>

#include "command.h"

/* Looks in the repository of the invocation, which is opened when the first revision is asked for. */
RevisionFinder invocation_finder(const Invocation *invocation);

/* "not in versions/: on branch 'billing', commit 3f2a9c1b": for a line of a list. New string. */
char *missing_mark(const MissingRevision *missing);
/* {"path", "commit", "author", "date", "references", "blob", "matches"}; null when it was found nowhere. */
cJSON *missing_to_json(const MissingRevision *missing);
/* The same without "matches"; `found` may be NULL. */
cJSON *found_to_json(const FoundRevision *found);
/* Says on stderr where one that was found nowhere was looked for; of one that is recorded with -v. */
void missing_explain_one(const MissingRevision *missing);
/* The same of all. `missing`: id -> MissingRevision*, or NULL. */
void missing_explain(GHashTable *missing);

#endif
