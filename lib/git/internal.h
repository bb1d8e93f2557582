/* What the files of this room share: libgit2's objects, and its errors as ours. */
#ifndef MIGRATE_GIT_INTERNAL_H
#define MIGRATE_GIT_INTERNAL_H

#include <git2.h>

#include "git/repository.h"

struct Repository {
    git_repository *git;
    char *root;
    GHashTable *shallow; /* git_oid: commits whose parents this clone lacks; NULL: it is not shallow */
    gboolean partial;    /* objects may be missing: they are fetched on demand, by git */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_repository, git_repository_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_object, git_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_commit, git_commit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree, git_tree_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree_entry, git_tree_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_blob, git_blob_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_odb, git_odb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_index, git_index_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config, git_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference, git_reference_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference_iterator, git_reference_iterator_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(git_buf, git_buf_dispose)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(git_strarray, git_strarray_dispose)

/* Before anything else of libgit2; as often as one likes. */
void git_library_start(void);

/* Sets the error of a libgit2 function that returned `code`: what was to be done ("commit '3f2a' cannot be read"), then
 * libgit2's words. An object that a shallow or partial clone lacks is REPOSITORY_ERROR_INCOMPLETE with what to do; else
 * it is REPOSITORY_ERROR_READ. `repository` may be NULL. FALSE always. */
gboolean git_failed(const Repository *repository, int code, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* 40 hex digits (REPOSITORY_ERROR_NOT_FOUND for anything else). */
gboolean git_id_from_text(const char *text, git_oid *id, GError **error);
char *git_id_text(const git_oid *id); /* new string */
/* GHashFunc and GEqualFunc of git_oid. */
guint git_id_hash(gconstpointer id);
gboolean git_id_equal(gconstpointer a, gconstpointer b);

git_commit *git_commit_by_id(const Repository *repository, const char *id, GError **error);
/* Its parents as this clone has them: those of a shallow clone's oldest commits are not there. git_oid, new array. */
GArray *git_commit_parents(const Repository *repository, const git_commit *commit);

/* repository_merge_base(); FALSE without an error: none that this clone has. */
gboolean git_find_base(const Repository *repository, const git_oid *ours, const git_oid *theirs, git_oid *base,
                       GError **error);

/* Lets a repository that was just opened read what a push brings, which lies apart until the server's hooks have taken
 * it: git-receive-pack(1), "Quarantine environment". */
void git_add_quarantine(git_repository *git);

#endif
