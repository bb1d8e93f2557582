#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "git/history.h"

/* ---- a commit ---- */

void commit_free(Commit *commit)
{
    if (!commit)
        return;
    g_free(commit->id);
    g_free(commit->author);
    g_free(commit->email);
    g_free(commit->date);
    g_free(commit->summary);
    g_free(commit);
}

char *commit_describe(const Commit *commit)
{
    return g_strdup_printf("%.8s by %s <%s>, %.10s", commit->id, commit->author, commit->email, commit->date);
}

/* Older commits do not say their encoding, and were written in their author's, which mostly was Latin-1. */
static char *to_utf8(const char *text, const char *encoding)
{
    char *converted = NULL;
    if (!text)
        return g_strdup("");
    if (encoding && g_ascii_strcasecmp(encoding, "UTF-8") != 0)
        converted = g_convert(text, -1, "UTF-8", encoding, NULL, NULL, NULL);
    if (converted)
        return converted;
    if (g_utf8_validate(text, -1, NULL))
        return g_strdup(text);
    converted = g_convert(text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
    return converted ? converted : g_utf8_make_valid(text, -1);
}

static char *date_of(const git_time *when)
{
    gint64 local = when->time + (gint64)when->offset * 60;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(local);
    if (!date)
        return g_strdup("1970-01-01T00:00:00+00:00");
    g_autofree char *text = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");
    int minutes = abs(when->offset);
    return g_strdup_printf("%s%c%02d:%02d", text, when->offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static Commit *commit_info(const git_commit *commit)
{
    const char *encoding = git_commit_message_encoding(commit), *message = git_commit_message(commit);
    const git_signature *author = git_commit_author(commit);
    static const git_signature unknown;
    if (!author)
        author = &unknown;
    g_autofree char *text = to_utf8(message ? message + strspn(message, "\n") : "", encoding);
    Commit *info = g_new0(Commit, 1);
    info->id = git_id_text(git_commit_id(commit));
    info->author = to_utf8(author->name, encoding);
    info->email = to_utf8(author->email, encoding);
    info->date = date_of(&author->when);
    info->summary = text_first_line(text);
    return info;
}

git_commit *git_commit_by_id(const Repository *repository, const char *id, GError **error)
{
    git_oid oid;
    git_commit *commit = NULL;
    if (!git_id_from_text(id, &oid, error))
        return NULL;
    int code = git_commit_lookup(&commit, repository->git, &oid);
    if (code != 0)
        git_failed(repository, code, error, "commit '%s' cannot be read", id);
    return commit;
}

Commit *repository_commit(const Repository *repository, const char *id, GError **error)
{
    g_autoptr(git_commit) commit = git_commit_by_id(repository, id, error);
    return commit ? commit_info(commit) : NULL;
}

GArray *git_commit_parents(const Repository *repository, const git_commit *commit)
{
    GArray *parents = g_array_new(FALSE, FALSE, sizeof(git_oid));
    if (repository->shallow && g_hash_table_contains(repository->shallow, git_commit_id(commit)))
        return parents;
    for (guint i = 0; i < git_commit_parentcount(commit); i++)
        g_array_append_vals(parents, git_commit_parent_id(commit, i), 1);
    return parents;
}

/* ---- by name ---- */

/* The remote branch of this name, that git does not take for it; NULL: none. New string. */
static char *remote_branch(const Repository *repository, const char *ref)
{
    g_auto(git_strarray) remotes = {0};
    if (git_remote_list(&remotes, repository->git) != 0)
        return NULL;
    for (gsize i = 0; i < remotes.count; i++) {
        g_autofree char *name = g_strdup_printf("refs/remotes/%s/%s", remotes.strings[i], ref);
        git_oid id;
        if (git_reference_name_to_id(&id, repository->git, name) == 0)
            return g_strdup(name + strlen("refs/remotes/"));
    }
    return NULL;
}

/* The branch or tag of the most similar name; NULL: none is. New string. */
static char *nearest_reference(const Repository *repository, const char *ref)
{
    g_autoptr(GPtrArray) references =
        repository_references(repository, REFERENCE_BRANCH | REFERENCE_REMOTE | REFERENCE_TAG, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    guint n = references ? references->len : 0;
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(names, ((const Reference *)references->pdata[i])->name);
    const char *near = text_nearest(ref, (const char *const *)names->pdata, (gssize)n);
    if (near)
        return g_strdup(near);
    /* Remote branches by the names that they have there. */
    for (guint i = 0; i < n; i++) {
        const Reference *reference = references->pdata[i];
        const char *slash = reference->kind == REFERENCE_REMOTE ? strchr(reference->name, '/') : NULL;
        names->pdata[i] = (gpointer)(slash ? slash + 1 : reference->name);
    }
    near = text_nearest(ref, (const char *const *)names->pdata, (gssize)n);
    for (guint i = 0; near && i < n; i++)
        if (names->pdata[i] == near)
            return g_strdup(((const Reference *)references->pdata[i])->name);
    return NULL;
}

static void not_found(const Repository *repository, const char *ref, GError **error)
{
    g_autofree char *branch = repository_branch(repository), *remote = remote_branch(repository, ref);
    GString *text = g_string_new(NULL);
    g_autofree char *near = nearest_reference(repository, ref);
    g_string_printf(text, "the repository '%s' has no commit '%s'", repository->root, ref);
    if (near)
        g_string_append_printf(text, ": did you mean '%s'?", near);
    if (git_repository_head_unborn(repository->git) == 1 && (strcmp(ref, "HEAD") == 0 || g_strcmp0(ref, branch) == 0))
        g_string_append_printf(text, "\nits branch '%s' has no commit yet: 'git commit' makes the first", branch);
    else if (remote)
        g_string_append_printf(text, "\nthere is '%s': name it so", remote);
    else if (repository->shallow)
        g_string_append(text,
                        "\nthis is a shallow clone, which lacks older commits and other branches: 'git fetch "
                        "--unshallow' brings them; in CI: fetch-depth: 0 (GitHub Actions), GIT_DEPTH: 0 (GitLab)");
    else
        g_string_append(text,
                        "\n'git fetch --all --tags' brings what the remotes have; 'git branch --all' and 'git tag' "
                        "list what there is");
    g_set_error_literal(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, text->str);
    g_string_free(text, TRUE);
}

char *repository_resolve(const Repository *repository, const char *ref, GError **error)
{
    g_autoptr(git_object) object = NULL, commit = NULL;
    int code = git_revparse_single(&object, repository->git, ref);
    if (code == GIT_EAMBIGUOUS) {
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND,
                    "'%s' is the beginning of several ids in the repository '%s': more of its digits tell which", ref,
                    repository->root);
        return NULL;
    }
    if (code != 0) {
        not_found(repository, ref, error);
        return NULL;
    }
    code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
    if (code == 0)
        return git_id_text(git_object_id(commit));
    if (code == GIT_EPEEL || code == GIT_EINVALIDSPEC)
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND,
                    "'%s' is a %s of the repository '%s', not a commit, a branch or a tag of one", ref,
                    git_object_type2string(git_object_type(object)), repository->root);
    else
        git_failed(repository, code, error, "the commit of '%s' cannot be read", ref);
    return NULL;
}

static void reference_free(Reference *reference)
{
    g_free(reference->name);
    g_free(reference->commit);
    g_free(reference);
}

static guint kind_of(const char *name, const char **short_name)
{
    static const struct {
        const char *prefix;
        ReferenceKind kind;
    } kinds[] = {{"refs/heads/", REFERENCE_BRANCH}, {"refs/remotes/", REFERENCE_REMOTE}, {"refs/tags/", REFERENCE_TAG}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_prefix(name, kinds[i].prefix)) {
            *short_name = name + strlen(kinds[i].prefix);
            return kinds[i].kind;
        }
    return 0;
}

static void add_reference(GPtrArray *references, git_reference *ref, guint kinds)
{
    const char *name = NULL;
    g_autoptr(git_object) commit = NULL;
    guint kind = kind_of(git_reference_name(ref), &name);
    if (!(kind & kinds) || (kind == REFERENCE_REMOTE && g_str_has_suffix(name, "/HEAD")) ||
        git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) != 0)
        return;
    Reference *reference = g_new0(Reference, 1);
    reference->name = g_strdup(name);
    reference->commit = git_id_text(git_object_id(commit));
    reference->kind = kind;
    g_ptr_array_add(references, reference);
}

static gint compare_references(gconstpointer a, gconstpointer b)
{
    const Reference *one = *(Reference *const *)a, *other = *(Reference *const *)b;
    return one->kind != other->kind ? (one->kind < other->kind ? -1 : 1) : strcmp(one->name, other->name);
}

GPtrArray *repository_references(const Repository *repository, guint kinds, GError **error)
{
    g_autoptr(GPtrArray) references = g_ptr_array_new_with_free_func((GDestroyNotify)reference_free);
    g_autoptr(git_reference_iterator) iterator = NULL;
    int code = git_reference_iterator_new(&iterator, repository->git);
    for (git_reference *ref = NULL; code == 0 && (code = git_reference_next(&ref, iterator)) == 0; ref = NULL) {
        add_reference(references, ref, kinds);
        git_reference_free(ref);
    }
    if (code != GIT_ITEROVER) {
        git_failed(NULL, code, error, "the branches and tags of the repository '%s' cannot be read", repository->root);
        return NULL;
    }
    g_ptr_array_sort(references, compare_references);
    return g_steal_pointer(&references);
}

/* "origin", or the only one that there is. */
static char *main_remote(const Repository *repository)
{
    g_auto(git_strarray) remotes = {0};
    if (git_remote_list(&remotes, repository->git) != 0)
        return NULL;
    for (gsize i = 0; i < remotes.count; i++)
        if (strcmp(remotes.strings[i], "origin") == 0)
            return g_strdup("origin");
    return remotes.count == 1 ? g_strdup(remotes.strings[0]) : NULL;
}

char *repository_default_branch(const Repository *repository, GError **error)
{
    (void)error;
    g_autofree char *remote = main_remote(repository);
    if (!remote)
        return NULL;
    static const char *const names[] = {"HEAD", "main", "master"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = g_strdup_printf("refs/remotes/%s/%s", remote, names[i]);
        g_autoptr(git_reference) ref = NULL, target = NULL;
        if (git_reference_lookup(&ref, repository->git, name) != 0 || git_reference_resolve(&target, ref) != 0)
            continue;
        const char *found = git_reference_name(target);
        if (g_str_has_prefix(found, "refs/remotes/") && !g_str_has_suffix(found, "/HEAD"))
            return g_strdup(found + strlen("refs/remotes/"));
    }
    return NULL;
}

static History *history_from(const Repository *repository, const git_oid *start, GError **error)
{
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(git_oid));
    g_array_append_vals(starts, start, 1);
    return commit_history_load(repository, starts, error);
}

/* libgit2 takes a shallow clone's oldest commits for broken ones: their common ancestor is looked for by hand. FALSE
 * without an error: none. */
static gboolean shallow_base(const Repository *repository, const git_oid *ours, const git_oid *theirs, git_oid *base,
                             GError **error)
{
    g_autoptr(History) mine = history_from(repository, ours, error);
    g_autoptr(History) others = mine ? history_from(repository, theirs, error) : NULL;
    for (guint i = 0; others && i < mine->commits->len; i++) {
        const HistoryCommit *commit = g_ptr_array_index(mine->commits, i);
        if (!g_hash_table_contains(others->by_id, &commit->id))
            continue;
        git_oid_cpy(base, &commit->id);
        return TRUE;
    }
    return FALSE;
}

/* libgit2 leaks where one of the two is not there. */
static gboolean has_commit(const Repository *repository, const git_oid *id, GError **error)
{
    g_autoptr(git_commit) commit = NULL;
    int code = git_commit_lookup(&commit, repository->git, id);
    return code == 0 || git_object_failed(repository, code, "commit", id, error);
}

gboolean git_find_base(const Repository *repository, const git_oid *ours, const git_oid *theirs, git_oid *base,
                       GError **error)
{
    if (repository->shallow)
        return shallow_base(repository, ours, theirs, base, error);
    if (!has_commit(repository, ours, error) || !has_commit(repository, theirs, error))
        return FALSE;
    int code = git_merge_base(base, repository->git, ours, theirs);
    if (code == 0)
        return TRUE;
    if (code != GIT_ENOTFOUND || (git_error_last() && git_error_last()->klass == GIT_ERROR_ODB))
        git_failed(repository, code, error, "the history of the repository '%s' cannot be read", repository->root);
    return FALSE;
}

char *repository_merge_base(const Repository *repository, const char *ours, const char *theirs, GError **error)
{
    git_oid one, other, base;
    GError *failed = NULL;
    if (!git_id_from_text(ours, &one, error) || !git_id_from_text(theirs, &other, error))
        return NULL;
    if (git_find_base(repository, &one, &other, &base, &failed))
        return git_id_text(&base);
    if (!failed && repository->shallow)
        g_set_error(
            &failed, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
            "no common ancestor of %.8s and %.8s is in this shallow clone\n'git fetch --unshallow' brings older "
            "commits; in CI: fetch-depth: 0 (GitHub Actions), GIT_DEPTH: 0 (GitLab)",
            ours, theirs);
    if (failed)
        g_propagate_error(error, failed);
    return NULL;
}
