#include "missing.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "output.h"
#include "repository.h"

enum { SHORT_ID = 8 };

/* ---- telling where a file is ---- */

/* "branch 'x'", "tag 'v1'". New string. */
static char *reference_text(const GPtrArray *references, const char *name)
{
    for (guint i = 0; i < references->len; i++) {
        const Reference *reference = references->pdata[i];
        if (strcmp(reference->name, name) == 0)
            return g_strdup_printf("%s '%s'",
                                   reference->kind == REFERENCE_BRANCH   ? "branch"
                                   : reference->kind == REFERENCE_REMOTE ? "remote branch"
                                                                         : "tag",
                                   name);
    }
    return g_strdup_printf("'%s'", name);
}

/* "branch 'x' and 2 more". New string. */
static char *references_text(Repository *repository, const FoundFile *file)
{
    g_autoptr(GPtrArray) all =
        repository_references(repository, REFERENCE_BRANCH | REFERENCE_REMOTE | REFERENCE_TAG, NULL);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autofree char *first = reference_text(all ? all : none, file->references->pdata[0]);
    return file->references->len > 1 ? g_strdup_printf("%s and %u more", first, file->references->len - 1)
                                     : g_steal_pointer(&first);
}

/* What stands in front of ", commit …": new string. */
static char *place_text(Repository *repository, const FoundFile *file)
{
    g_autofree char *references = file->references->len ? references_text(repository, file) : NULL;
    if (references)
        return g_strdup_printf(file->at_tip ? "on %s" : "in the past of %s", references);
    return g_strdup(file->at_tip ? "in HEAD" : "on no branch or tag any more");
}

static gboolean is_checked_out(Repository *repository, const FoundFile *file)
{
    g_autofree char *branch = repository_branch(repository);
    return file->at_tip && (!file->references->len ||
                            (branch && g_ptr_array_find_with_equal_func(file->references, branch, g_str_equal, NULL)));
}

/* The command that brings the file here. New string. */
static char *bring_text(Repository *repository, const FoundFile *file)
{
    if (!file->commit)
        return g_strdup_printf("git cat-file blob %.*s >FILE", SHORT_ID, file->blob);
    gboolean here = is_checked_out(repository, file);
    g_autofree char *path = g_strconcat(":/", file->path, NULL);
    g_autofree char *word = text_shell_word(path);
    if (here)
        return g_strdup_printf("git checkout HEAD -- %s", word);
    if (file->at_tip) {
        g_autofree char *reference = text_shell_word(file->references->pdata[0]);
        return g_strdup_printf("git merge %s", reference);
    }
    return g_strdup_printf("git checkout %.*s -- %s", SHORT_ID, file->commit->id, word);
}

/* Git's own name for it where it has one; the end of a file's name says what it holds. New string. */
static char *name_text(const FoundFile *file)
{
    if (file->commit)
        return g_strdup_printf("%.*s:%s", SHORT_ID, file->commit->id, file->path);
    const char *start = file->bytes;
    while (g_ascii_isspace(*start))
        start++;
    return g_strdup_printf("%.*s.%s", SHORT_ID, file->blob, *start == '{' ? "json" : "sql");
}

static FoundRevision *found_revision_new(Repository *repository, FoundFile *file)
{
    FoundRevision *found = g_new0(FoundRevision, 1);
    const Commit *commit = file->commit;
    if (commit) {
        g_autofree char *place = place_text(repository, file);
        g_autofree char *by = commit_describe(commit);
        found->place = g_strdup_printf("%s, commit %.*s", place, SHORT_ID, commit->id);
        found->where = g_strdup_printf("%s, commit %s", place, by);
        found->path = g_strdup(file->path);
        found->commit = g_strdup(commit->id);
        found->author = g_strdup_printf("%s <%s>", commit->author, commit->email);
        found->date = g_strdup(commit->date);
    } else {
        found->place = g_strdup_printf("in no commit that is known, only as blob %.*s", SHORT_ID, file->blob);
        found->where = g_strdup(found->place);
    }
    found->name = name_text(file);
    found->bring = bring_text(repository, file);
    found->blob_id = g_strdup(file->blob);
    found->references = g_ptr_array_ref(file->references);
    found->bytes = g_steal_pointer(&file->bytes);
    found->length = file->length;
    return found;
}

/* ---- finding ---- */

/* Whether a file is the revision with the id `data`. Most files do not even have its letters. */
static gboolean holds_revision(const char *path, const char *bytes, gsize length, void *data)
{
    const char *id = data;
    if (!memmem(bytes, length, id, strlen(id)))
        return FALSE;
    g_autoptr(Revision) revision = revision_parse(path, bytes, length, NULL);
    return revision && strcmp(revision->id, id) == 0;
}

static guint count_references(Repository *repository, ReferenceKind kind)
{
    g_autoptr(GPtrArray) references = repository_references(repository, kind, NULL);
    return references ? references->len : 0;
}

/* Where it was looked for, or with `failure` why that is not all. New string. */
static char *looked_text(Repository *repository, const char *id, const GError *failure)
{
    g_autofree char *counts =
        g_strdup_printf("git has no file of '%s': looked in '%s' (branches: %u, remote branches: %u, tags: %u) and in "
                        "all of their history",
                        id, repository_root(repository), count_references(repository, REFERENCE_BRANCH),
                        count_references(repository, REFERENCE_REMOTE), count_references(repository, REFERENCE_TAG));
    return g_strdup_printf("%s%s\nfetch what is elsewhere (git fetch --tags origin "
                           "'+refs/heads/*:refs/remotes/origin/*'), or look in the clone where it was written",
                           failure ? "its file was looked for in git: " : counts, failure ? failure->message : "");
}

static FoundRevision *find_revision(const char *id, const char *blob_id, char **looked, void *data)
{
    Invocation *invocation = data;
    g_autoptr(GError) failure = NULL;
    Repository *repository = invocation_need_repository(invocation, &failure);
    g_autoptr(FoundFile) file = repository ? repository_find_file(repository, blob_id, id, revision_suffixes,
                                                                  holds_revision, (void *)id, &failure)
                                           : NULL;
    if (file)
        return found_revision_new(repository, file);
    if (g_error_matches(failure, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND) && !repository)
        *looked = g_strdup("its file cannot be looked for in git, for migrate.ini is in no repository: run this in a "
                           "clone of the project's, which finds the file on any branch, or bring the file back");
    else
        *looked = repository ? looked_text(repository, id, failure)
                             : g_strdup_printf("its file cannot be looked for in git: %s", failure->message);
    return NULL;
}

RevisionFinder invocation_finder(const Invocation *invocation)
{
    return (RevisionFinder){find_revision, (void *)invocation};
}

/* ---- telling ---- */

char *missing_mark(const MissingRevision *missing)
{
    if (!missing->found)
        return g_strdup(missing->applied ? "not in versions/, only in the history table"
                                         : "not in versions/, and found nowhere");
    return g_strdup_printf("not in versions/: %s%s",
                           missing->match == FOUND_OTHER ? "with other statements than those applied " : "",
                           missing->found->place);
}

static const char *match_name(FoundMatch match)
{
    switch (match) {
    case FOUND_NOWHERE:
    case FOUND_UNRECORDED:
        return NULL;
    case FOUND_SAME:
        return "bytes";
    case FOUND_SAME_TOKENS:
        return "statements";
    case FOUND_OTHER:
        return "nothing";
    }
    return NULL;
}

cJSON *found_to_json(const FoundRevision *found)
{
    if (!found)
        return cJSON_CreateNull();
    cJSON *item = cJSON_CreateObject();
    json_add_string(item, "path", found->path);
    json_add_string(item, "commit", found->commit);
    json_add_string(item, "author", found->author);
    json_add_string(item, "date", found->date);
    cJSON_AddItemToObject(item, "references", json_string_array_of(found->references));
    json_add_string(item, "blob", found->blob_id);
    return item;
}

cJSON *missing_to_json(const MissingRevision *missing)
{
    if (!missing || !missing->found)
        return cJSON_CreateNull();
    cJSON *item = found_to_json(missing->found);
    json_add_string(item, "matches", match_name(missing->match));
    return item;
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids, sorted: char*, new array, not owned. */
static GPtrArray *sorted_ids(GHashTable *missing)
{
    GPtrArray *ids = g_ptr_array_new();
    GHashTableIter iter;
    gpointer id;
    if (missing) {
        g_hash_table_iter_init(&iter, missing);
        while (g_hash_table_iter_next(&iter, &id, NULL))
            g_ptr_array_add(ids, id);
    }
    g_ptr_array_sort(ids, compare_ids);
    return ids;
}

void missing_explain_one(const MissingRevision *missing)
{
    /* What is recorded can be taken down without its file. */
    if (!missing->found && missing->looked)
        log_message(missing->applied ? LOG_DETAIL : LOG_INFO, "%s\n%s", missing->detail, missing->looked);
}

void missing_explain(GHashTable *missing)
{
    g_autoptr(GPtrArray) ids = sorted_ids(missing);
    for (guint i = 0; i < ids->len; i++) {
        const MissingRevision *entry = g_hash_table_lookup(missing, ids->pdata[i]);
        missing_explain_one(entry);
    }
}
