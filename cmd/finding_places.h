/* Where findings about a merge are, and who brought them. */
#ifndef MIGRATE_CMD_FINDING_PLACES_H
#define MIGRATE_CMD_FINDING_PLACES_H

#include "findings_output.h"
#include "merge_trees.h"

/* Looks for the commits that changed files; history is walked only when it is asked. */
typedef struct ChangeFinder ChangeFinder;
ChangeFinder *change_finder_new(Repository *repository);
void change_finder_free(ChangeFinder *finder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChangeFinder, change_finder_free)
/* The newest commit that `from` reaches and that changed the file; NULL: it is not known. New. */
Commit *change_finder_find(ChangeFinder *finder, const char *from, const char *path);

/* Adds a PlacedFinding for each finding (MergeFinding*) of the merge of two commits. */
void findings_place(ChangeFinder *finder, const GPtrArray *found, const MergeSide *theirs, const char *their_commit,
                    const MergeSide *merged, const char *our_commit, const char *branch, GPtrArray *placed);

#endif
