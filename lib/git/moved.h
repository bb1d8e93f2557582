/* Folders that one side of a merge renamed, while the other side put new files into them. */
#ifndef MIGRATE_GIT_MOVED_H
#define MIGRATE_GIT_MOVED_H

#include "git/internal.h"

typedef struct MovedFile {
    char *from, *to;
} MovedFile;
void git_moved_file_free(MovedFile *file);

/* Adds to `moved` (MovedFile*) the new files of `other` that belong elsewhere, because `side` has renamed their folder:
 * as git merge (ort) finds it, by where most of the folder's files went. Returns libgit2's code. */
int git_find_moved(git_repository *git, git_tree *base, git_tree *side, git_tree *other, GPtrArray *moved);

#endif
