/* What the files of merge_check.h share; nobody else includes it. */
#ifndef MIGRATE_SCRIPT_MERGE_INTERNAL_H
#define MIGRATE_SCRIPT_MERGE_INTERNAL_H

#include "script/merge_check.h"

/* The revisions of one tree. Files that cannot be read are not in it, but for those that theirs can be taken for. */
typedef struct MergeGraph {
    GPtrArray *nodes;    /* MergeNode*, owned: one per id, by path */
    GHashTable *by_id;   /* id -> MergeNode* */
    GHashTable *revised; /* id -> MergeNode* of a revision that revises it */
} MergeGraph;
typedef struct MergeNode {
    const MergeFile *file;
    const Revision *revision;
    guint colour, edge; /* of a walk */
} MergeNode;

/* A check in progress. */
typedef struct Merging {
    const MergeCheck *check;
    MergeGraph theirs, merged;
    GPtrArray *unreadable; /* const MergeFile* of the merge */
    GHashTable *moved;     /* folder of theirs -> folder where its files are now; char*, owned */
    MergeResult *result;
} Merging;

/* Adds a finding of `file` (NULL: none); the message is formatted. */
MergeFinding *merging_add(Merging *merging, MergeFindingKind kind, MergeFindingLevel level, const MergeFile *file,
                          const char *format, ...) G_GNUC_PRINTF(5, 6);
/* `path`, which starts at the repository's top folder, as a pathspec that git takes in any folder; for a shell. New
 * string. */
char *merge_pathspec(const char *path);
/* The file with this path, or NULL. */
MergeFile *merge_files_find(const GPtrArray *files, const char *path);
MergeNode *merge_graph_get(const MergeGraph *graph, const char *id); /* or NULL */

/* Revisions of theirs that are gone, moved or edited. */
void merging_check_theirs(Merging *merging);
/* Several heads in a line, and the new revisions that they come from. */
void merging_check_heads(Merging *merging);
/* What makes no graph: parents and dependencies that are not there, labels that stand twice, cycles. */
void merging_check_graph(Merging *merging);

#endif
