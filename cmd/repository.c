#include "repository.h"

#include "base/error.h"
#include "opening.h"
#include "options.h"

const char *invocation_ref(const Invocation *invocation)
{
    return option_find(invocation->command, "ref", -1) ? option_string(invocation, "ref") : NULL;
}

/* The folder of migrate.ini as far as it is known. New string. */
static char *project_folder(const Invocation *invocation)
{
    if (invocation->config)
        return g_strdup(config_folder(invocation->config));
    g_autofree char *path = config_find(option_string(invocation, "config"), NULL);
    g_autofree char *folder = path ? g_path_get_dirname(path) : g_strdup(".");
    return g_canonicalize_filename(folder, NULL);
}

Repository *invocation_repository(Invocation *invocation, GError **error)
{
    if (invocation->looked_for_repository)
        return invocation->repository;
    GError *failure = NULL;
    g_autofree char *folder = project_folder(invocation);
    invocation->repository = repository_discover(folder, &failure);
    invocation->looked_for_repository = failure == NULL;
    if (failure)
        g_propagate_error(error, failure);
    return invocation->repository;
}

Repository *invocation_need_repository(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    if (!invocation_repository(invocation, &failure) && !failure) {
        g_autofree char *folder = project_folder(invocation);
        invocation->repository = repository_open(folder, &failure);
    }
    if (failure)
        g_propagate_error(error, failure);
    return invocation->repository;
}

char *invocation_commit(Invocation *invocation, GError **error)
{
    const char *ref = invocation_ref(invocation);
    if (!invocation_need_repository(invocation, error))
        return NULL;
    return repository_resolve(invocation->repository, ref ? ref : "HEAD", error);
}

gboolean invocation_open_tree(Invocation *invocation, GError **error)
{
    const char *ref = invocation_ref(invocation);
    if (!ref)
        return TRUE;
    if (!invocation_need_repository(invocation, error))
        return FALSE;
    g_autofree char *commit = repository_resolve(invocation->repository, ref, error);
    if (!commit)
        return FALSE;
    invocation->tree = repository_tree(invocation->repository, commit, ref, error);
    return invocation->tree != NULL;
}

Config *config_at(Invocation *invocation, const FileTree *tree, GError **error)
{
    const char *given = config_path(invocation->config);
    g_autofree char *absolute = given ? g_canonicalize_filename(given, NULL) : NULL;
    g_autofree char *relative = absolute ? file_tree_relative(tree, absolute) : NULL;
    if (!relative || file_tree_kind(tree, absolute) != FILE_KIND_FILE)
        return NULL;
    return invocation_load_config(invocation, tree, absolute, error);
}

ScriptDirectory *script_directory_at(Invocation *invocation, const FileTree *tree, GError **error)
{
    GError *failure = NULL;
    g_autoptr(Config) own = config_at(invocation, tree, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    return open_script_directory(own ? own : invocation->config, tree, error);
}

GPtrArray *version_folders(const Repository *repository, const ScriptDirectory *directory)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *locations = script_directory_version_locations(directory);
    for (guint i = 0; i < locations->len; i++) {
        char *relative = repository_relative(repository, locations->pdata[i]);
        if (relative)
            g_ptr_array_add(folders, relative);
    }
    return folders;
}
