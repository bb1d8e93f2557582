#include "base_reference.h"

#include <string.h>

#include "base/error.h"

/* The variables in which CI systems name the branch that a pull request is to be merged into. Those of GitHub, GitLab,
 * Bitbucket, Azure, Jenkins, Buildkite and Woodpecker, which are empty otherwise. */
static const char *const branch_variables[] = {
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "CHANGE_TARGET",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "CI_COMMIT_TARGET_BRANCH",
};

void base_reference_clear(BaseReference *base)
{
    g_clear_pointer(&base->ref, g_free);
    g_clear_pointer(&base->origin, g_free);
}

static const char *variable(const char *name)
{
    const char *value = g_getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

/* The branch as the remote has it, before one of the same name that somebody has here. */
static char *find_branch(const Repository *repository, const char *branch, GError **error)
{
    const char *name = g_str_has_prefix(branch, "refs/heads/") ? branch + strlen("refs/heads/") : branch;
    g_autofree char *remote = g_strconcat("origin/", name, NULL);
    const char *const refs[] = {remote, name};
    for (guint i = 0; i < G_N_ELEMENTS(refs); i++) {
        g_autofree char *commit = repository_resolve(repository, refs[i], NULL);
        if (commit != NULL)
            return g_strdup(refs[i]);
    }
    g_free(repository_resolve(repository, remote, error)); /* its error says what to do */
    return NULL;
}

/* TRUE when a variable names the branch, also where it cannot be found. */
static gboolean from_variables(const Repository *repository, BaseReference *base, GError **error)
{
    static const char last_resort[] = "CI_MERGE_REQUEST_DIFF_BASE_SHA";
    for (guint i = 0; i < G_N_ELEMENTS(branch_variables); i++) {
        const char *name = branch_variables[i], *branch = variable(name);
        if (branch == NULL)
            continue;
        GError *failure = NULL;
        base->origin = g_strdup(name);
        base->ref = find_branch(repository, branch, &failure);
        const char *commit = variable(last_resort);
        g_autofree char *known = base->ref == NULL && commit ? repository_resolve(repository, commit, NULL) : NULL;
        if (known != NULL) {
            g_clear_error(&failure);
            g_free(base->origin);
            base->origin = g_strdup(last_resort);
            base->ref = g_strdup(commit);
        }
        if (base->ref == NULL)
            g_propagate_prefixed_error(error, failure, "%s is '%s': ", name, branch);
        return TRUE;
    }
    return FALSE;
}

gboolean base_reference_find(const Repository *repository, const char *given, const char *option, BaseReference *base,
                             GError **error)
{
    *base = (BaseReference){0};
    if (given != NULL) {
        base->ref = g_strdup(given);
        return TRUE;
    }
    if (from_variables(repository, base, error))
        return base->ref != NULL;
    GError *failure = NULL;
    base->ref = repository_default_branch(repository, &failure);
    base->origin = g_strdup("the remote's default branch");
    if (failure != NULL)
        g_propagate_error(error, failure);
    else if (base->ref == NULL)
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND,
                    "which branch this one is for is not known: '%s' has no remote 'origin' with a default branch\n"
                    "name it with %s REF, or run 'git remote set-head origin --auto'",
                    repository_root(repository), option);
    return base->ref != NULL;
}
