/* A build without libgit2: there is no repository anywhere, so what needs one is never reached with one. */
#include "base/error.h"
#include "git/repository.h"

static void *not_built(GError **error)
{
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_BUILT,
                "this program was built without libgit2, so it knows nothing of git\n"
                "build it with libgit2's development files (libgit2-dev) and without WITH_GIT=0");
    return NULL;
}

Repository *repository_discover(const char *folder, GError **error)
{
    (void)folder, (void)error;
    return NULL;
}

Repository *repository_open(const char *folder, GError **error)
{
    (void)folder;
    return not_built(error);
}

void repository_free(Repository *repository)
{
    (void)repository;
}

const char *repository_root(const Repository *repository)
{
    (void)repository;
    return NULL;
}

gboolean repository_is_bare(const Repository *repository)
{
    (void)repository;
    return FALSE;
}

gboolean repository_is_shallow(const Repository *repository)
{
    (void)repository;
    return FALSE;
}

char *repository_relative(const Repository *repository, const char *absolute)
{
    (void)repository, (void)absolute;
    return NULL;
}

char *repository_absolute(const Repository *repository, const char *relative)
{
    (void)repository;
    return g_strdup(relative);
}

char *repository_branch(const Repository *repository)
{
    (void)repository;
    return NULL;
}

void commit_free(Commit *commit)
{
    (void)commit;
}

char *commit_describe(const Commit *commit)
{
    return g_strdup(commit->id);
}

char *repository_resolve(const Repository *repository, const char *ref, GError **error)
{
    (void)repository, (void)ref;
    return not_built(error);
}

Commit *repository_commit(const Repository *repository, const char *id, GError **error)
{
    (void)repository, (void)id;
    return not_built(error);
}

GPtrArray *repository_references(const Repository *repository, guint kinds, GError **error)
{
    (void)repository, (void)kinds;
    return not_built(error);
}

char *repository_default_branch(const Repository *repository, GError **error)
{
    (void)repository;
    return not_built(error);
}

char *repository_merge_base(const Repository *repository, const char *ours, const char *theirs, GError **error)
{
    (void)repository, (void)ours, (void)theirs;
    return not_built(error);
}

FileTree *repository_tree(Repository *repository, const char *commit, const char *name, GError **error)
{
    (void)repository, (void)commit, (void)name;
    return not_built(error);
}

FileTree *repository_merge_tree(Repository *repository, const char *ours, const char *theirs, GPtrArray **conflicts,
                                GError **error)
{
    (void)repository, (void)ours, (void)theirs, (void)conflicts;
    return not_built(error);
}

GHashTable *repository_last_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                    gboolean first, GError **error)
{
    (void)repository, (void)from, (void)folders, (void)first;
    return not_built(error);
}

gboolean repository_all_changes(const Repository *repository, const char *from, const GPtrArray *folders,
                                GHashTable **first, GHashTable **last, GError **error)
{
    (void)repository, (void)from, (void)folders, (void)first, (void)last;
    return not_built(error) != NULL;
}

Commit *repository_last_change(const Repository *repository, const char *from, const char *path, GError **error)
{
    (void)repository, (void)from, (void)path;
    return not_built(error);
}

void found_file_free(FoundFile *file)
{
    (void)file;
}

FoundFile *repository_find_file(Repository *repository, const char *blob, const char *hint, const char *const *suffixes,
                                FileMatch match, void *data, GError **error)
{
    (void)repository, (void)blob, (void)hint, (void)suffixes, (void)match, (void)data;
    return not_built(error);
}

gboolean repository_read_blob(const Repository *repository, const char *blob, char **bytes, gsize *length,
                              GError **error)
{
    (void)repository, (void)blob, (void)bytes, (void)length;
    return not_built(error) != NULL;
}

char *repository_diff_texts(const char *old_text, gsize old_length, const char *new_text, gsize new_length)
{
    (void)old_text, (void)old_length, (void)new_text, (void)new_length;
    return NULL;
}

gboolean repository_can_write(Repository *repository, const char *path, gboolean commit, GError **error)
{
    (void)repository, (void)path, (void)commit;
    return not_built(error) != NULL;
}

gboolean repository_stage(Repository *repository, const GPtrArray *paths, GError **error)
{
    (void)repository, (void)paths;
    return not_built(error) != NULL;
}

char *repository_commit_files(Repository *repository, const GPtrArray *paths, const char *message, GError **error)
{
    (void)repository, (void)paths, (void)message;
    return not_built(error);
}
