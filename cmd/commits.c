#include "commits.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "output.h"
#include "repository.h"

cJSON *commit_to_json(const Commit *commit)
{
    if (!commit)
        return cJSON_CreateNull();
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "id", commit->id);
    json_add_string(item, "author", commit->author);
    json_add_string(item, "email", commit->email);
    json_add_string(item, "date", commit->date);
    return item;
}

char *invocation_newest_commit(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    char *commit = invocation_commit(invocation, &failure);
    if (!invocation_ref(invocation) && g_error_matches(failure, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND))
        g_clear_error(&failure);
    if (failure)
        g_propagate_error(error, failure);
    return commit;
}

/* ---- what is committed ---- */

gboolean commit_has_file(const Repository *repository, const FileTree *head, const char *path)
{
    g_autofree char *relative = repository_relative(repository, path);
    g_autofree char *place = relative && head ? repository_absolute(repository, relative) : NULL;
    g_autofree char *here = NULL, *there = NULL;
    gsize here_length = 0, there_length = 0;
    if (!place || !file_tree_read(NULL, path, &here, &here_length, NULL) ||
        !file_tree_read(head, place, &there, &there_length, NULL))
        return FALSE;
    here_length = text_drop_returns(here, here_length);
    there_length = text_drop_returns(there, there_length);
    return here_length == there_length && memcmp(here, there, here_length) == 0;
}

/* ---- of all revisions ---- */

struct RevisionCommits {
    const Repository *repository;
    GHashTable *first, *last; /* path -> Commit* */
    FileTree *head;           /* NULL: no commit yet */
};

void revision_commits_free(RevisionCommits *commits)
{
    if (!commits)
        return;
    g_clear_pointer(&commits->first, g_hash_table_unref);
    g_clear_pointer(&commits->last, g_hash_table_unref);
    g_clear_pointer(&commits->head, file_tree_free);
    g_free(commits);
}

static gboolean commits_read(RevisionCommits *commits, Invocation *invocation, Repository *repository, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) folders = version_folders(repository, invocation->directory);
    g_autofree char *from = invocation_newest_commit(invocation, &failure);
    commits->repository = repository;
    if (from) {
        commits->head = repository_tree(repository, from, NULL, &failure);
        if (!failure)
            repository_all_changes(repository, from, folders, &commits->first, &commits->last, &failure);
    }
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

RevisionCommits *revision_commits_new(Invocation *invocation)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(RevisionCommits) commits = NULL;
    Repository *repository = invocation_repository(invocation, &failure);
    if (repository) {
        commits = g_new0(RevisionCommits, 1);
        if (commits_read(commits, invocation, repository, &failure) && repository_is_shallow(repository))
            log_info("this clone is shallow: what its oldest commit has may be older, and of somebody else (git fetch "
                     "--unshallow; fetch-depth: 0 in a CI)");
    }
    if (!failure)
        return g_steal_pointer(&commits);
    log_warning("commits and authors are not shown: %s", failure->message);
    return NULL;
}

/* What is known of one file. */
typedef struct FileCommits {
    const Commit *first, *last;
    gboolean committed; /* it is in HEAD, or in the commit of --ref */
    gboolean changed;   /* since `last`, in the working folder */
} FileCommits;

/* Who brought it and who changed it last; FALSE: the repository has no such place. */
static gboolean find_commits(const RevisionCommits *commits, const Revision *revision, FileCommits *file)
{
    *file = (FileCommits){0};
    g_autofree char *path = commits && revision->path ? repository_relative(commits->repository, revision->path) : NULL;
    if (!path)
        return FALSE;
    g_autofree char *place = repository_absolute(commits->repository, path);
    file->committed = commits->head && file_tree_kind(commits->head, place) == FILE_KIND_FILE;
    if (!file->committed)
        return TRUE;
    file->first = g_hash_table_lookup(commits->first, path);
    file->last = g_hash_table_lookup(commits->last, path);
    return TRUE;
}

/* The same, and whether the file is another one now, for which it is read. */
static gboolean file_commits(const RevisionCommits *commits, const Revision *revision, FileCommits *file)
{
    if (!find_commits(commits, revision, file))
        return FALSE;
    file->changed =
        file->committed && !revision->tree && !commit_has_file(commits->repository, commits->head, revision->path);
    return TRUE;
}

/* Who brought it; NULL: not committed. */
static const Commit *brought_by(const FileCommits *file)
{
    return file->first ? file->first : file->last;
}

const Commit *revision_commits_first(const RevisionCommits *commits, const Revision *revision)
{
    FileCommits file;
    return find_commits(commits, revision, &file) ? brought_by(&file) : NULL;
}

static gboolean has_changed(const FileCommits *file)
{
    return file->changed || (file->first && file->last && strcmp(file->first->id, file->last->id) != 0);
}

static void append_commit(GString *text, const char *key, const Commit *commit)
{
    g_autofree char *described = commit ? commit_describe(commit) : NULL;
    g_autofree char *clean = output_clean(described ? described : "not committed");
    g_string_append_printf(text, "%s: %s\n", key, clean);
}

char *revision_commits_text(const RevisionCommits *commits, const Revision *revision)
{
    FileCommits file;
    if (!file_commits(commits, revision, &file))
        return g_strdup("");
    g_autoptr(GString) text = g_string_new(NULL);
    append_commit(text, "Commit", brought_by(&file));
    if (has_changed(&file))
        append_commit(text, "Changed", file.changed ? NULL : file.last);
    return g_strdup(text->str);
}

void revision_commits_add(const RevisionCommits *commits, const Revision *revision, cJSON *item)
{
    FileCommits file;
    if (!file_commits(commits, revision, &file))
        return;
    cJSON_AddItemToObject(item, "commit", commit_to_json(brought_by(&file)));
    if (has_changed(&file))
        cJSON_AddItemToObject(item, "changed", commit_to_json(file.changed ? NULL : file.last));
}
