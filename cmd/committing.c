#include "committing.h"

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "git/repository.h"
#include "output.h"
#include "repository.h"

void committing_clear(Committing *committing)
{
    g_clear_pointer(&committing->id, g_free);
}

gboolean committing_init(Committing *committing, Invocation *invocation, GError **error)
{
    *committing = (Committing){.commit = option_flag(invocation, "commit")};
    gboolean stage = option_flag(invocation, "stage");
    if (committing->commit && stage) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "--commit and --stage exclude each other");
        return FALSE;
    }
    if (committing->commit || stage)
        committing->repository = invocation_need_repository(invocation, error);
    return committing->repository || !(committing->commit || stage);
}

gboolean committing_check(const Committing *committing, const char *path, GError **error)
{
    if (!committing->repository || repository_can_write(committing->repository, path, committing->commit, error))
        return TRUE;
    g_prefix_error(error, "%s is not possible, and nothing was written: ", committing->commit ? "--commit" : "--stage");
    return FALSE;
}

gboolean committing_check_new(const Committing *committing, const Invocation *invocation, const char *version_path,
                              GError **error)
{
    if (!committing->repository)
        return TRUE;
    /* Among several locations the file goes beside what it revises, which is found out when it is written. */
    const GPtrArray *locations = script_directory_version_locations(invocation->directory);
    const char *folder = version_path          ? version_path
                         : locations->len == 1 ? locations->pdata[0]
                                               : repository_root(committing->repository);
    g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
    g_autofree char *path = g_build_filename(absolute, "*.sql", NULL); /* any name, for what holds for some */
    return committing_check(committing, path, error);
}

gboolean committing_finish(Committing *committing, const GPtrArray *paths, const char *message, GError **error)
{
    if (!committing->repository)
        return TRUE;
    if (committing->commit)
        committing->id = repository_commit_files(committing->repository, paths, message, error);
    if (committing->commit ? committing->id != NULL : repository_stage(committing->repository, paths, error)) {
        log_info("%s%s", committing->commit ? "committed as " : "staged", committing->commit ? committing->id : "");
        return TRUE;
    }
    g_autofree char *list = text_list(paths, "', '");
    g_prefix_error(error, "'%s' %s written and stay%s, but %s not %s: ", list, paths->len == 1 ? "is" : "are",
                   paths->len == 1 ? "s" : "", paths->len == 1 ? "is" : "are",
                   committing->commit ? "committed" : "staged");
    return FALSE;
}

gboolean committing_finish_new(Committing *committing, const char *path, GError **error)
{
    if (!committing->repository)
        return TRUE;
    g_autoptr(Revision) revision = revision_read_header(path, error);
    if (!revision)
        return FALSE;
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_ptr_array_add(paths, (gpointer)path);
    g_autofree char *message =
        *revision->message ? g_strdup(revision->message) : g_strdup_printf("Add revision %s", revision->id);
    return committing_finish(committing, paths, message, error);
}

void committing_add_json(const Committing *committing, cJSON *document)
{
    if (!committing->repository)
        return;
    cJSON_AddBoolToObject(document, "staged", !committing->commit);
    json_add_string(document, "commit", committing->id);
}
