/*
 * What git knows, by libgit2 and without the git program. Only this room includes libgit2's headers. Built WITH_GIT=0
 * there is no repository anywhere: repository_discover() finds none, and says why when it was asked for.
 *
 * Commit and blob ids are 40 hex digits. Paths are relative to the root of the repository, with '/'
 * ("db/versions/3f2a_x.sql"), unless they are said to be absolute. Nothing here writes to a repository but
 * repository_stage() and repository_commit_files().
 */
#ifndef MIGRATE_GIT_REPOSITORY_H
#define MIGRATE_GIT_REPOSITORY_H

#include <glib.h>

#include "base/tree.h"

typedef struct Repository Repository;

/* The repository that a folder (absolute) lies in: a working folder, one of a worktree or a submodule, or a bare
 * repository itself. NULL without an error: none. REPOSITORY_ERROR_OWNER for one of another user that safe.directory
 * does not name, _UNSUPPORTED for a format that libgit2 cannot read (SHA-256, reftable): the messages say what to do.
 */
Repository *repository_discover(const char *folder, GError **error);
/* The same where there has to be one: REPOSITORY_ERROR_NOT_FOUND, REPOSITORY_ERROR_NOT_BUILT. */
Repository *repository_open(const char *folder, GError **error);
void repository_free(Repository *repository);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Repository, repository_free)

/* The working folder, absolute, without a '/' at its end; of a bare repository its own folder. Links in it are
 * resolved. */
const char *repository_root(const Repository *repository);
gboolean repository_is_bare(const Repository *repository);
gboolean repository_is_shallow(const Repository *repository); /* history ends early: fetch-depth of a CI */
/* The path relative to the root; NULL: it is outside. New string. */
char *repository_relative(const Repository *repository, const char *absolute);
char *repository_absolute(const Repository *repository, const char *relative); /* new string */
/* The name of the branch that HEAD is on, also an unborn one; NULL when HEAD is detached. New string. */
char *repository_branch(const Repository *repository);

/* ---- commits and references ---- */

typedef struct Commit {
    char *id;
    char *author, *email; /* valid UTF-8, whatever the commit says */
    char *date;           /* "2026-11-21T08:15:00+01:00": the author's */
    char *summary;        /* first line of its message, valid UTF-8 */
} Commit;
void commit_free(Commit *commit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Commit, commit_free)
/* "3f2a9c1b by Ada <ada@example.org>, 2026-11-21": new string. */
char *commit_describe(const Commit *commit);

/* The commit of a REF: a branch, a tag, remote/branch, an id or its unique beginning, HEAD~2 and so on
 * (gitrevisions(7)). REPOSITORY_ERROR_NOT_FOUND says what to do: fetch it, fetch-depth in a shallow clone, an unborn
 * branch. New string. */
char *repository_resolve(const Repository *repository, const char *ref, GError **error);
Commit *repository_commit(const Repository *repository, const char *id, GError **error);

typedef enum ReferenceKind {
    REFERENCE_BRANCH = 1 << 0,
    REFERENCE_REMOTE = 1 << 1, /* remote-tracking, without the remotes' HEAD */
    REFERENCE_TAG = 1 << 2,
} ReferenceKind;
typedef struct Reference {
    char *name;   /* "main", "origin/main", "v1.2" */
    char *commit; /* that it leads to */
    ReferenceKind kind;
} Reference;
/* Reference*, new array: branches first, then remote ones, then tags, each by name. What leads to no commit is left
 * out. */
GPtrArray *repository_references(const Repository *repository, guint kinds, GError **error);
/* The default branch of the remote (refs/remotes/origin/HEAD; else origin/main, origin/master), "origin/main". NULL
 * without an error: not known. New string. */
char *repository_default_branch(const Repository *repository, GError **error);

/* The newest common ancestor; NULL without an error: none (REPOSITORY_ERROR_INCOMPLETE when a shallow clone may be
 * why). Several (a criss-cross): any. New string. */
char *repository_merge_base(const Repository *repository, const char *ours, const char *theirs, GError **error);

/* ---- trees ---- */

/* The files of a commit. The repository must outlive it. `name` is for messages: what the person called it, or NULL.
 * What a shallow or partial clone lacks is REPOSITORY_ERROR_INCOMPLETE and names the object, when it is read. */
FileTree *repository_tree(Repository *repository, const char *commit, const char *name, GError **error);
/* The files of the merge of two commits, made in memory. Where both sides changed the same lines, the tree has `ours`,
 * and *conflicts (char*, new array) has the path. Without a common ancestor every file of both is new. */
FileTree *repository_merge_tree(Repository *repository, const char *ours, const char *theirs, GPtrArray **conflicts,
                                GError **error);

/* ---- what became of files ---- */

/* The newest commit, reachable from `from`, that changed each of the files below the folders ("" or "." is all; a file
 * stands for itself), path -> Commit*, also of those that are no longer there. For what `git log -1 -- PATH` finds it
 * is that commit: where a merge has a file as one of its parents has it, only that parent's history counts, so the
 * merge itself counts only where it differs from each of its parents. git log finds nothing of a file that was gone
 * before its branch was merged: here it is the newest commit that changed it. A child is newer than its parents,
 * whatever their dates say. A shallow clone's oldest commit counts as the one that brought what it has.
 *
 * With `first`, the oldest commit of all that changed the file. Where that moved the file, unchanged, from another name
 * (a folder was renamed), it is the oldest of that name, and so on: who wrote it, not who moved it. */
GHashTable *repository_last_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                    gboolean first, GError **error);
/* Both in one walk: the oldest commits in *first, the newest in *last; either may be NULL. New, unless it fails. */
gboolean repository_all_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                GHashTable **first, GHashTable **last, GError **error);
/* The same of one file, or of one that is gone; NULL without an error: none. */
Commit *repository_last_change(const Repository *repository, const char *from, const char *path, GError **error);

/* A file that was found somewhere in history. */
typedef struct FoundFile {
    char *path, *blob;     /* blob: its id. The path is the hint, or "", where no commit has the blob */
    Commit *commit;        /* that brought this content; NULL: no commit is known that has it */
    GPtrArray *references; /* char*: names of branches and tags ("HEAD" when it is detached, "stash") that have it at
                              their tip now, by this path or another, else of those that reach `commit`; may be empty */
    gboolean at_tip;       /* the former */
    char *bytes;           /* with a NUL behind it */
    gsize length;
} FoundFile;
void found_file_free(FoundFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FoundFile, found_file_free)
/* TRUE for the file that is looked for. */
typedef gboolean (*FileMatch)(const char *path, const char *bytes, gsize length, void *data);
/* Looks for a file: with `blob` for that content wherever it is, also when no commit has it; else, and when nothing has
 * that blob, for what `match` (NULL: nothing) says yes to: at the tips of all references first, then in all history
 * that references, HEAD's reflog and stashes reach, the newest first. In both, the file with the path `hint` comes
 * first, then those with its name, then others. Each content is asked about once. `match` is only asked about files
 * whose names end with one of `suffixes` (NULL-terminated; NULL: all). NULL without an error: nowhere;
 * REPOSITORY_ERROR_INCOMPLETE: not in what a shallow or partial clone has of it. */
FoundFile *repository_find_file(Repository *repository, const char *blob, const char *hint, const char *const *suffixes,
                                FileMatch match, void *data, GError **error);
/* The content of a blob; REPOSITORY_ERROR_NOT_FOUND, _INCOMPLETE. */
gboolean repository_read_blob(const Repository *repository, const char *blob, char **bytes, gsize *length,
                              GError **error);

/* A unified diff of two texts, without a header, "" when they are equal; lines end with \n. New string. NULL where this
 * build has no libgit2. */
char *repository_diff_texts(const char *old_text, gsize old_length, const char *new_text, gsize new_length);

/* ---- writing ---- */

/* Whether `path` (absolute; the file need not be there yet) could be staged, or with `commit` committed, as far as that
 * can be known before: REPOSITORY_ERROR_WRITE for all that the two below refuse for another reason than the content. */
gboolean repository_can_write(Repository *repository, const char *path, gboolean commit, GError **error);
/* Puts files (char*, absolute) into the index as `git add` does, ignored ones too; one that is gone is taken out of it.
 * What libgit2 does not do to files (filters of .gitattributes such as LFS, other encodings in the working folder), a
 * file of a submodule, and an index that another git has locked are REPOSITORY_ERROR_WRITE. */
gboolean repository_stage(Repository *repository, const GPtrArray *paths, GError **error);
/* Commits these files alone onto HEAD, as `git commit --only` does: what else is staged stays staged. By user.name and
 * user.email as git finds them (GIT_AUTHOR_NAME … included), else REPOSITORY_ERROR_WRITE says how to set them; the same
 * where commits have to be signed (commit.gpgsign), where hooks would have to run, or a merge or rebase is in progress.
 * New string: the commit's id. */
char *repository_commit_files(Repository *repository, const GPtrArray *paths, const char *message, GError **error);

#endif
