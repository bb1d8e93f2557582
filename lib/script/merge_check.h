/*
 * What is wrong with the revisions of a merge: those of a branch (ours) brought together with those of a reference
 * (theirs) in trees that need not be on disk. Knows no git and no database: what reads the trees says what is in them,
 * and tells whether two revisions run the same.
 */
#ifndef MIGRATE_SCRIPT_MERGE_CHECK_H
#define MIGRATE_SCRIPT_MERGE_CHECK_H

#include <glib.h>

#include "script/script.h"

/* A file in a version folder of a tree. */
typedef struct MergeFile {
    char *path, *blob;        /* `blob`: equal for equal bytes */
    const Revision *revision; /* its header, not owned: files with the same bytes share it; NULL: it cannot be read */
    char *problem;            /* why it, or what is behind the header, cannot be read: "FILE:LINE: …"; else NULL */
    gboolean is_kept;         /* of theirs: the merge has it as it is; set by merge_check() */
    gboolean is_theirs;       /* theirs as it is; set by merge_check(), and TRUE for all of `theirs` */
} MergeFile;
MergeFile *merge_file_new(char *path, char *blob); /* takes both */
void merge_file_free(MergeFile *file);

typedef enum MergeFindingKind {
    MERGE_FINDING_HEADS,     /* one line has several heads */
    MERGE_FINDING_DUPLICATE, /* one id in two files */
    MERGE_FINDING_EDITED,    /* a revision of theirs that says something else */
    MERGE_FINDING_DELETED,   /* one that is gone */
    MERGE_FINDING_RENAMED,   /* one whose file has another path */
    MERGE_FINDING_PARENT,    /* a new one on what is no head of theirs */
    MERGE_FINDING_GRAPH,     /* what cannot be read, or makes no graph */
    MERGE_FINDING_CONFIG,    /* migrate.ini */
} MergeFindingKind;
enum { MERGE_FINDING_KINDS = MERGE_FINDING_CONFIG + 1 };
const char *merge_finding_kind_name(MergeFindingKind kind);    /* "heads" */
const char *merge_finding_kind_summary(MergeFindingKind kind); /* one line, lower case */

typedef enum MergeFindingLevel { MERGE_NOTE, MERGE_WARNING, MERGE_ERROR } MergeFindingLevel;

typedef struct MergeFinding {
    MergeFindingKind kind;
    MergeFindingLevel level;
    char *revision;         /* its id, or NULL */
    const MergeFile *file;  /* what it is about: of `merged`, or of `theirs` when it is gone; NULL: no file */
    const MergeFile *other; /* what it collides with or was; or NULL */
    const char *header;     /* key whose line matters ("Revises"), or NULL */
    gboolean is_gone;       /* `file` is where it was on theirs */
    char *message, *advice; /* one line each; advice: what to do, or NULL */
} MergeFinding;
MergeFinding *merge_finding_new(MergeFindingKind kind, MergeFindingLevel level);
void merge_finding_free(MergeFinding *finding);

typedef struct MergeCheck {
    const char *ref;                  /* what theirs is called: "origin/main" */
    const GPtrArray *theirs, *merged; /* MergeFile*, by path */
    GHashTable *conflicts;            /* set of paths (char*) where both sides changed the same lines; or NULL */
    /* Whether the merged tree has the file, in whatever folder. */
    gboolean (*exists)(const char *path, void *data);
    /* RevisionChange bits of what a file of theirs and one of the merge say; the headers were compared already. */
    gboolean (*compare)(const MergeFile *theirs, const MergeFile *merged, guint *changes, void *data, GError **error);
    void *data;
} MergeCheck;

/* A head after the merge. */
typedef struct MergeHead {
    const MergeFile *file;
    char *line; /* the labels of its branch, sorted: "a,b"; "" without any. Heads of one line collide. */
} MergeHead;

typedef struct MergeResult {
    GPtrArray *findings; /* MergeFinding*: errors first, then by kind and path */
    GPtrArray *brought;  /* const MergeFile*, of `merged`: revisions that theirs does not have */
    GPtrArray *heads;    /* MergeHead*: all after the merge */
} MergeResult;
/* Never fails: what is wrong is a finding. The lists must outlive the result. */
MergeResult *merge_check(const MergeCheck *check);
void merge_result_free(MergeResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MergeResult, merge_result_free)

/* What two branches, each checked with the same `theirs`, do to each other when both are merged: heads and duplicates.
 * MergeFinding*, new array: `file` is of `ours`, `other` of `others`. */
GPtrArray *merge_check_pair(const MergeResult *ours, const char *our_name, const MergeResult *others,
                            const char *other_name);

#endif
