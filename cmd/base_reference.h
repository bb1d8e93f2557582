/* The branch that a change is meant for: what `check --base` and `rebase` take without a REF. */
#ifndef MIGRATE_CMD_BASE_REFERENCE_H
#define MIGRATE_CMD_BASE_REFERENCE_H

#include "git/repository.h"

typedef struct BaseReference {
    char *ref;    /* "origin/main"; what repository_resolve() takes */
    char *origin; /* why: "GITHUB_BASE_REF", "the remote's default branch"; NULL: the person named it */
} BaseReference;
void base_reference_clear(BaseReference *base);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BaseReference, base_reference_clear)

/* `given`, else in CI the target branch of the pull request, else the remote's default branch. `option` ("--onto") is
 * what the error names where none of them is known: REPOSITORY_ERROR_NOT_FOUND. */
gboolean base_reference_find(const Repository *repository, const char *given, const char *option, BaseReference *base,
                             GError **error);

#endif
