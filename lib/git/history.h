/*
 * Commits and how they follow each other, and what differs between two trees. libgit2's own walk stops with an error
 * where a shallow clone's history ends: this one ends there. Private to the room.
 */
#ifndef MIGRATE_GIT_HISTORY_H
#define MIGRATE_GIT_HISTORY_H

#include "git/internal.h"

/* git_failed() of an object that was to be read: kind "commit", "tree", "blob". */
gboolean git_object_failed(const Repository *repository, int code, const char *kind, const git_oid *id, GError **error);

typedef struct HistoryCommit HistoryCommit;
struct HistoryCommit {
    git_oid id, tree;
    gint64 time;             /* the committer's, seconds since 1970 */
    HistoryCommit **parents; /* none where history begins, and where a shallow clone ends */
    guint parent_count;
    guint position; /* in History.commits */
    guint children; /* private to history.c */
};

/* Every commit that some reach: each before its parents, and as far as that allows the newest first. */
typedef struct History {
    GPtrArray *commits; /* HistoryCommit* */
    GHashTable *by_id;  /* const git_oid* -> HistoryCommit* */
} History;
/* `starts`: git_oid. */
History *commit_history_load(const Repository *repository, const GArray *starts, GError **error);
void commit_history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, commit_history_free)

/* Adds path -> position + 1 (GUINT_TO_POINTER) of the newest commit that changed each path below `folders` (as
 * repository_last_changes() has them), and of the oldest one, to `newest` and `oldest`, whose keys are theirs; either
 * may be NULL. The history is that of one start. */
gboolean history_walk(const Repository *repository, History *history, const GPtrArray *folders, GHashTable *newest,
                      GHashTable *oldest, GError **error);

/* What is at a path of a tree. */
typedef struct TreePlace {
    git_filemode_t mode; /* GIT_FILEMODE_UNREADABLE: nothing */
    git_oid id;
} TreePlace;
gboolean tree_place_equal(const TreePlace *a, const TreePlace *b);
/* "" and "." are the tree itself. */
gboolean tree_place(const Repository *repository, const git_oid *tree, const char *path, TreePlace *place,
                    GError **error);

/* A file (a link, a submodule) that one of two trees has and the other has not, or has otherwise. `old_entry`,
 * `new_entry`: NULL for none. */
typedef void (*TreeChange)(const char *path, const git_tree_entry *old_entry, const git_tree_entry *new_entry,
                           void *data);
/* Calls for each difference below two trees (NULL: an empty one); what is equal is not read. `path`: of the trees, in
 * front of the names of what is in them. */
gboolean trees_compare(const Repository *repository, const char *path, const git_oid *old_tree, const git_oid *new_tree,
                       TreeChange change, void *data, GError **error);

#endif
