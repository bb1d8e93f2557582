/* check --base and --all-branches: what a merge would do to the revisions, without one. */
#ifndef MIGRATE_CMD_CHECK_BASE_H
#define MIGRATE_CMD_CHECK_BASE_H

#include "base_reference.h"
#include "finding_places.h"

/* Both print their findings; exit status, or -1 with error. */
int check_base(Invocation *invocation, GError **error);
int check_all_branches(Invocation *invocation, GError **error);

/* What branches are compared with. */
typedef struct CheckedBase {
    Invocation *invocation;
    Repository *repository; /* the invocation's */
    BaseReference reference;
    char *commit;
    MergeReader *reader;
    MergeSide *side; /* its files, read */
    ChangeFinder *changes;
} CheckedBase;
/* Opens what --base says, or the base that is meant without it. */
gboolean checked_base_open(CheckedBase *base, Invocation *invocation, GError **error);
void checked_base_clear(CheckedBase *base);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckedBase, checked_base_clear)

/* A commit merged with the base. */
typedef struct CheckedMerge {
    char *commit;
    MergeSide *side; /* the merge, read */
    MergeResult *result;
} CheckedMerge;
void checked_merge_free(CheckedMerge *merge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckedMerge, checked_merge_free)
/* NULL with an error: a tree cannot be read, or a shallow clone lacks the common ancestor. */
CheckedMerge *checked_merge_new(CheckedBase *base, const char *commit, GError **error);

#endif
