/* The revisions of trees that are about to be merged, as merge_check() wants them, and where in them a finding is. */
#ifndef MIGRATE_CMD_MERGE_TREES_H
#define MIGRATE_CMD_MERGE_TREES_H

#include "command.h"
#include "git/repository.h"
#include "script/merge_check.h"

/* Reads trees of one repository; each content once. */
typedef struct MergeReader MergeReader;
MergeReader *merge_reader_new(Invocation *invocation, Repository *repository);
void merge_reader_free(MergeReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MergeReader, merge_reader_free)

/* A tree that was read. Its files' revisions are the reader's. */
typedef struct MergeSide {
    FileTree *tree;
    ScriptDirectory *directory; /* NULL: the tree has no script_location */
    GPtrArray *files;           /* MergeFile*, by path */
    GHashTable *links;          /* set of the paths (char*) of those that are symbolic links */
} MergeSide;
void merge_side_free(MergeSide *side);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MergeSide, merge_side_free)
/* Lists the revision files of a tree, which is the side's from now on, also after an error; reads none yet. */
MergeSide *merge_reader_list(MergeReader *reader, FileTree *tree, GError **error);
/* Reads their headers; with `whole`, what no side before it had is read whole. Files that are no revisions go away. */
gboolean merge_reader_read(MergeReader *reader, MergeSide *side, gboolean whole, GError **error);
/* Whether both list the same files with the same contents. */
gboolean merge_side_equal(const MergeSide *a, const MergeSide *b);

/* RevisionChange bits: MergeCheck.compare, with the sides that the files are of. */
gboolean merge_sides_compare(const MergeSide *theirs, const MergeFile *their_file, const MergeSide *merged,
                             const MergeFile *merged_file, guint *changes, GError **error);
/* The line of a header ("Revises") in a file of the side, from 1; 1 without one. */
int merge_side_line(const MergeSide *side, const MergeFile *file, const char *header);
/* The line of `finding->file` in `merged` (in `theirs` when it is not there) that the finding is about, from 1. */
int merge_finding_line(const MergeFinding *finding, const MergeSide *theirs, const MergeSide *merged);

#endif
