/*
 * What each revision does to the schema, as operations. Those of a file of operations are the file's own; what SQL does
 * is seen by running it in a scratch database and comparing the schema before and behind it.
 */
#ifndef MIGRATE_CMD_EFFECTS_H
#define MIGRATE_CMD_EFFECTS_H

#include "replay.h"

typedef struct RevisionEffect {
    const Revision *revision; /* of the script directory's map */
    GPtrArray *operations;    /* MigrateOp* */
    GPtrArray *statements;    /* char*: SQL that a person wrote, of the file; rows to be inserted as an INSERT */
} RevisionEffect;

typedef struct Effects {
    const Dialect *dialect;
    GPtrArray *revisions; /* RevisionEffect*, in the order in which they ran */
    MetaData *after;      /* the schema behind the last one */
} Effects;
void effects_free(Effects *effects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Effects, effects_free)

/* What a command's description says of it. */
#define EFFECTS_DESCRIPTION                                                                                            \
    "What a revision does is known from its operations, and of SQL by running all revisions in a scratch database: "   \
    "in memory for SQLite, beside the live database or on the server of scratch_url for others, as 'check "            \
    "--against-history' does it. Nothing is read of the live database. Where no url is set, --dialect says which "     \
    "kind "                                                                                                            \
    "of database the revisions are for; files of operations need no server."

/* Runs the revisions up to each of `specs` (NULL-terminated) one after the other. `wanted` (set of Revision*, NULL:
 * all) are those whose operations are asked for; the others only run. Without a url (and scratch_url) --dialect says
 * what they are for: where a server would be needed, files of operations do without, SQL is an error that says so. */
Effects *effects_read(Invocation *invocation, const char *const *specs, GHashTable *wanted, GError **error);

#endif
