#include "git/internal.h"

#include <string.h>

#include "base/error.h"

enum { MAX_CACHED_TREE = 512 * 1024, MAX_CACHE = 96 * 1024 * 1024 }; /* bytes */

void git_library_start(void)
{
    static gsize started = 0;
    if (!g_once_init_enter(&started))
        return;
    git_libgit2_init();
    /* Their meaning is git's alone: which objects to fetch on demand, what not to delete, where sparse checkout is
     * configured. Reading commits is not touched by them. */
    const char *extensions[] = {"partialclone", "preciousobjects", "worktreeconfig", "relativeworktrees"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, G_N_ELEMENTS(extensions));
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* repository_discover() does it */
    /* By default no folder of more than some 80 files is kept, and read again and again. */
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)MAX_CACHED_TREE);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)MAX_CACHE);
    /* As git reads objects: a damaged one does not inflate. To hash them all takes longer than all else. */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    g_once_init_leave(&started, 1);
}

gboolean git_failed(const Repository *repository, int code, GError **error, const char *format, ...)
{
    const git_error *last = git_error_last();
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *words = g_utf8_make_valid(last && last->message ? last->message : "no reason is known", -1);
    gboolean missing = code == GIT_ENOTFOUND && repository;
    if (missing && repository->partial)
        g_set_error(
            error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
            "%s: %s\nthis is a partial clone, for which git fetches what it reads, and libgit2 does not: 'git fetch "
            "--refetch --no-filter' (git 2.36) brings all; in CI: a checkout without a filter",
            what, words);
    else if (missing && repository->shallow)
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
                    "%s: %s\nthis is a shallow clone, which lacks older commits: 'git fetch --unshallow' brings them; "
                    "in CI: fetch-depth: 0 (GitHub Actions), GIT_DEPTH: 0 (GitLab)",
                    what, words);
    else
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ, "%s: %s", what, words);
    return FALSE;
}

gboolean git_id_from_text(const char *text, git_oid *id, GError **error)
{
    if (strlen(text) == GIT_OID_HEXSZ && git_oid_fromstr(id, text) == 0)
        return TRUE;
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "'%s' is no id of an object: 40 hex digits are",
                text);
    return FALSE;
}

char *git_id_text(const git_oid *id)
{
    char text[GIT_OID_HEXSZ + 1];
    git_oid_tostr(text, sizeof text, id);
    return g_strdup(text);
}

guint git_id_hash(gconstpointer id)
{
    guint hash;
    memcpy(&hash, ((const git_oid *)id)->id, sizeof hash);
    return hash;
}

gboolean git_id_equal(gconstpointer a, gconstpointer b)
{
    return git_oid_equal(a, b);
}
