#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "git/history.h"
#include "git/objects.h"

void found_file_free(FoundFile *file)
{
    if (!file)
        return;
    g_free(file->path);
    g_free(file->blob);
    commit_free(file->commit);
    g_ptr_array_unref(file->references);
    g_free(file->bytes);
    g_free(file);
}

/* Objects are not hashed as they are read; this is for what somebody wants by its id. */
static gboolean check_blob(const git_blob *blob, const git_oid *id, const char *text, GError **error)
{
    git_oid found;
    if (git_odb_hash(&found, git_blob_rawcontent(blob), (gsize)git_blob_rawsize(blob), GIT_OBJECT_BLOB) == 0 &&
        git_oid_equal(&found, id))
        return TRUE;
    g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ,
                "the blob '%s' is damaged: its content is another one\n'git fsck' says what else is", text);
    return FALSE;
}

gboolean repository_read_blob(const Repository *repository, const char *blob, char **bytes, gsize *length,
                              GError **error)
{
    git_oid id;
    if (!git_id_from_text(blob, &id, error))
        return FALSE;
    g_autoptr(git_blob) read = NULL;
    int code = git_blob_lookup(&read, repository->git, &id);
    if (code == GIT_ENOTFOUND && !repository->partial && !repository->shallow) {
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND, "the repository '%s' has no blob '%s'",
                    repository->root, blob);
        return FALSE;
    }
    if (code != 0)
        return git_object_failed(repository, code, "blob", &id, error);
    if (!check_blob(read, &id, blob, error))
        return FALSE;
    git_copy_blob(read, bytes, length);
    return TRUE;
}

/* ---- where to look: what references lead to ---- */

typedef struct Tip {
    char *name; /* NULL: HEAD, where it is on a branch */
    git_oid commit, tree;
} Tip;

static void tip_clear(void *tip)
{
    g_free(((Tip *)tip)->name);
}

static void add_tip(const Repository *repository, GArray *tips, const char *name, const git_oid *id)
{
    g_autoptr(git_commit) commit = NULL;
    if (git_commit_lookup(&commit, repository->git, id) != 0)
        return; /* a reflog remembers what has been pruned, a stash what was cleared */
    Tip tip = {g_strdup(name), *id, *git_commit_tree_id(commit)};
    g_array_append_val(tips, tip);
}

static void add_reference(const Repository *repository, GArray *tips, const char *name, const char *reference)
{
    git_oid id;
    if (git_reference_name_to_id(&id, repository->git, reference) == 0)
        add_tip(repository, tips, name, &id);
}

/* HEAD first, then as repository_references() has them, then the stash. */
static GArray *tips_of(const Repository *repository, GError **error)
{
    g_autoptr(GPtrArray) references =
        repository_references(repository, REFERENCE_BRANCH | REFERENCE_REMOTE | REFERENCE_TAG, error);
    if (!references)
        return NULL;
    GArray *tips = g_array_new(FALSE, FALSE, sizeof(Tip));
    g_array_set_clear_func(tips, tip_clear);
    gboolean detached = git_repository_head_detached(repository->git) == 1;
    add_reference(repository, tips, detached ? "HEAD" : NULL, "HEAD");
    for (guint i = 0; i < references->len; i++) {
        const Reference *reference = g_ptr_array_index(references, i);
        git_oid id;
        if (git_oid_fromstr(&id, reference->commit) == 0)
            add_tip(repository, tips, reference->name, &id);
    }
    add_reference(repository, tips, "stash", "refs/stash");
    return tips;
}

/* Commits that HEAD or the stash was at, and no reference may reach any more. */
static void add_reflog(const Repository *repository, GArray *starts, const char *name)
{
    git_reflog *log = NULL;
    if (git_reflog_read(&log, repository->git, name) != 0)
        return;
    for (gsize i = 0; i < git_reflog_entrycount(log); i++) {
        const git_reflog_entry *entry = git_reflog_entry_byindex(log, i);
        const git_oid *ids[] = {git_reflog_entry_id_new(entry), git_reflog_entry_id_old(entry)};
        for (guint j = 0; j < G_N_ELEMENTS(ids); j++) {
            g_autoptr(git_commit) commit = NULL;
            if (!git_oid_is_zero(ids[j]) && git_commit_lookup(&commit, repository->git, ids[j]) == 0)
                g_array_append_vals(starts, ids[j], 1);
        }
    }
    git_reflog_free(log);
}

/* Where a file is looked for, and afterwards who has it. */
typedef struct Places {
    const Repository *repository;
    GArray *tips;     /* Tip */
    History *history; /* NULL: not needed yet */
} Places;

static void places_clear(Places *places)
{
    g_clear_pointer(&places->tips, g_array_unref);
    g_clear_pointer(&places->history, commit_history_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Places, places_clear)

/* All that the tips and the reflogs reach. */
static const History *whole_history(Places *places, GError **error)
{
    const GArray *tips = places->tips;
    if (places->history)
        return places->history;
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(git_oid));
    for (guint i = 0; i < tips->len; i++)
        g_array_append_val(starts, g_array_index(tips, Tip, i).commit);
    add_reflog(places->repository, starts, "HEAD");
    add_reflog(places->repository, starts, "refs/stash");
    places->history = commit_history_load(places->repository, starts, error);
    return places->history;
}

/* ---- looking through trees, each once ---- */

/* A file that could be the one. */
typedef struct Candidate {
    char *path;
    git_oid blob, commit;
} Candidate;

static void candidate_free(void *data)
{
    Candidate *candidate = data;
    g_free(candidate->path);
    g_free(candidate);
}

typedef struct Search {
    const Repository *repository;
    const git_oid *blob; /* that is looked for by id; NULL: by `match` */
    const char *hint, *hint_name;
    const char *const *suffixes;
    FileMatch match;
    void *data;
    git_oid commit;    /* whose tree is being read */
    GHashTable *trees; /* git_oid of those read, as a set */
    GHashTable *names; /* "BLOB NAME" of the candidates, as a set */
    GPtrArray *hinted; /* Candidate*: by the hint's path or name */
    GPtrArray *others; /* Candidate* */
    guint missing;     /* blobs and trees that the clone lacks */
    GString *path;
} Search;

static gboolean has_suffix(const Search *search, const char *name)
{
    for (guint i = 0; search->suffixes && search->suffixes[i]; i++)
        if (g_str_has_suffix(name, search->suffixes[i]))
            return TRUE;
    return !search->suffixes;
}

static void consider(Search *search, const git_tree_entry *entry)
{
    const char *name = git_tree_entry_name(entry);
    const git_oid *id = git_tree_entry_id(entry);
    if (search->blob ? !git_id_equal(id, search->blob) : !has_suffix(search, name))
        return;
    g_autofree char *text = git_id_text(id);
    g_autofree char *key = g_strconcat(text, " ", search->blob ? search->path->str : name, NULL);
    if (!g_hash_table_add(search->names, g_steal_pointer(&key)))
        return;
    Candidate *candidate = g_new(Candidate, 1);
    *candidate = (Candidate){g_strdup(search->path->str), *id, search->commit};
    gboolean hinted = search->hint_name && g_str_equal(name, search->hint_name);
    g_ptr_array_add(hinted ? search->hinted : search->others, candidate);
}

static void search_tree(Search *search, const git_oid *id)
{
    if (g_hash_table_contains(search->trees, id))
        return;
    g_hash_table_add(search->trees, g_memdup2(id, sizeof(*id)));
    g_autoptr(git_tree) tree = NULL;
    if (git_tree_lookup(&tree, search->repository->git, id) != 0) {
        search->missing++;
        return;
    }
    gsize length = search->path->len;
    for (gsize i = 0; i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        if (length > 0)
            g_string_append_c(search->path, '/');
        g_string_append(search->path, git_tree_entry_name(entry));
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            search_tree(search, git_tree_entry_id(entry));
        else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && git_tree_entry_filemode(entry) != GIT_FILEMODE_LINK)
            consider(search, entry);
        g_string_truncate(search->path, length);
    }
}

static void search_start(Search *search)
{
    search->trees = g_hash_table_new_full(git_id_hash, git_id_equal, g_free, NULL);
    search->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    search->hinted = g_ptr_array_new_with_free_func(candidate_free);
    search->others = g_ptr_array_new_with_free_func(candidate_free);
    search->path = g_string_new(NULL);
}

static void search_clear(Search *search)
{
    g_hash_table_unref(search->trees);
    g_hash_table_unref(search->names);
    g_ptr_array_unref(search->hinted);
    g_ptr_array_unref(search->others);
    g_string_free(search->path, TRUE);
}

/* TRUE also for one that cannot be read where the clone lacks it: that is counted. */
static gboolean matches(Search *search, const Candidate *candidate, gboolean *yes, GError **error)
{
    if (search->blob) {
        *yes = TRUE;
        return TRUE;
    }
    g_autoptr(git_blob) blob = NULL;
    int code = git_blob_lookup(&blob, search->repository->git, &candidate->blob);
    if (code == GIT_ENOTFOUND && search->repository->partial) {
        search->missing++;
        return TRUE;
    }
    if (code != 0)
        return git_object_failed(search->repository, code, "blob", &candidate->blob, error);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    git_copy_blob(blob, &bytes, &length);
    *yes = search->match(candidate->path, bytes, length, search->data);
    return TRUE;
}

/* The first candidate that matches, taken out; the others that were asked are dropped. NULL: none. */
static gboolean first_match(Search *search, GPtrArray *candidates, Candidate **found, GError **error)
{
    for (guint i = 0; i < candidates->len && !*found; i++) {
        gboolean yes = FALSE;
        if (!matches(search, g_ptr_array_index(candidates, i), &yes, error))
            return FALSE;
        if (yes)
            *found = g_ptr_array_steal_index(candidates, i);
    }
    if (!*found)
        g_ptr_array_set_size(candidates, 0);
    return TRUE;
}

static int exact_path_first(gconstpointer a, gconstpointer b, gpointer hint)
{
    const Candidate *x = *(Candidate *const *)a, *y = *(Candidate *const *)b;
    return g_str_equal(y->path, hint) - g_str_equal(x->path, hint);
}

static gboolean choose(Search *search, Candidate **found, GError **error)
{
    if (search->hint)
        g_ptr_array_sort_with_data(search->hinted, exact_path_first, (gpointer)search->hint);
    return first_match(search, search->hinted, found, error) &&
           (*found || first_match(search, search->others, found, error));
}

/* At the tips, then in all history. *found stays NULL when it is nowhere. */
static gboolean search_all(Search *search, Places *places, Candidate **found, GError **error)
{
    const GArray *tips = places->tips;
    for (guint i = 0; i < tips->len; i++) {
        search->commit = g_array_index(tips, Tip, i).commit;
        search_tree(search, &g_array_index(tips, Tip, i).tree);
    }
    if (!choose(search, found, error))
        return FALSE;
    if (*found)
        return TRUE;
    const History *history = whole_history(places, error);
    if (!history)
        return FALSE;
    for (guint i = 0; i < history->commits->len; i++) {
        const HistoryCommit *commit = g_ptr_array_index(history->commits, i);
        search->commit = commit->id;
        search_tree(search, &commit->tree);
    }
    return choose(search, found, error);
}

static gboolean search_for(Search *search, Places *places, Candidate **found, GError **error)
{
    search_start(search);
    gboolean ok = search_all(search, places, found, error);
    search_clear(search);
    return ok;
}

/* ---- who has it ---- */

/* `without`: git_oid of trees that are known not to have it. What a clone lacks has nothing. */
static gboolean tree_has(const Repository *repository, const git_oid *id, const git_oid *blob, GHashTable *without)
{
    g_autoptr(git_tree) tree = NULL;
    if (g_hash_table_contains(without, id) || git_tree_lookup(&tree, repository->git, id) != 0)
        return FALSE;
    for (gsize i = 0; i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const git_oid *other = git_tree_entry_id(entry);
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE ? tree_has(repository, other, blob, without)
                                                          : git_oid_equal(other, blob))
            return TRUE;
    }
    g_hash_table_add(without, g_memdup2(id, sizeof(*id)));
    return FALSE;
}

/* References with the blob in the tree they lead to: by its path, else by any. */
static gboolean tips_having(const Places *places, const Candidate *found, GPtrArray *references, gboolean *at_tip,
                            GError **error)
{
    const Repository *repository = places->repository;
    const GArray *tips = places->tips;
    g_autoptr(GHashTable) without = g_hash_table_new_full(git_id_hash, git_id_equal, g_free, NULL);
    for (guint i = 0; i < tips->len; i++) {
        const Tip *tip = &g_array_index(tips, Tip, i);
        TreePlace place;
        if (!tree_place(repository, &tip->tree, found->path, &place, error))
            return FALSE;
        gboolean has = (place.mode != GIT_FILEMODE_UNREADABLE && git_oid_equal(&place.id, &found->blob)) ||
                       tree_has(repository, &tip->tree, &found->blob, without);
        *at_tip = *at_tip || has;
        if (has && tip->name)
            g_ptr_array_add(references, g_strdup(tip->name));
    }
    return TRUE;
}

/* References that a commit is an ancestor of. */
static gboolean tips_reaching(Places *places, const git_oid *commit, GPtrArray *references, GError **error)
{
    const GArray *tips = places->tips;
    const History *history = whole_history(places, error);
    if (!history)
        return FALSE;
    const HistoryCommit *start = g_hash_table_lookup(history->by_id, commit);
    if (!start)
        return TRUE;
    g_autofree gboolean *reaches = g_new0(gboolean, history->commits->len);
    reaches[start->position] = TRUE;
    for (guint i = start->position; i-- > 0;) {
        const HistoryCommit *child = g_ptr_array_index(history->commits, i);
        for (guint j = 0; j < child->parent_count; j++)
            reaches[i] = reaches[i] || reaches[child->parents[j]->position];
    }
    for (guint i = 0; i < tips->len; i++) {
        const Tip *tip = &g_array_index(tips, Tip, i);
        const HistoryCommit *at = g_hash_table_lookup(history->by_id, &tip->commit);
        if (tip->name && at && reaches[at->position])
            g_ptr_array_add(references, g_strdup(tip->name));
    }
    return TRUE;
}

/* Of a candidate (NULL: a blob without a path) all that is known. */
static FoundFile *describe(Places *places, const Candidate *found, const git_oid *blob, const char *hint,
                           GError **error)
{
    const Repository *repository = places->repository;
    g_autoptr(FoundFile) file = g_new0(FoundFile, 1);
    file->path = g_strdup(found ? found->path : hint ? hint : "");
    file->blob = git_id_text(blob);
    file->references = g_ptr_array_new_with_free_func(g_free);
    if (found) {
        g_autofree char *from = git_id_text(&found->commit);
        file->commit = repository_last_change(repository, from, found->path, error);
        git_oid id;
        if (!file->commit || !tips_having(places, found, file->references, &file->at_tip, error) ||
            !git_id_from_text(file->commit->id, &id, error) ||
            (!file->at_tip && !tips_reaching(places, &id, file->references, error)))
            return NULL;
    }
    g_autoptr(GError) failed = NULL;
    if (repository_read_blob(repository, file->blob, &file->bytes, &file->length, &failed))
        return g_steal_pointer(&file);
    if (found && g_error_matches(failed, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE)) {
        g_autofree char *object = g_strdup_printf("%.8s:%s", file->commit->id, file->path);
        g_autofree char *word = text_shell_word(object);
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
                    "'%s' is in commit %.8s, but the repository '%s' is a partial clone, which has not fetched its "
                    "content: fetch it with git show %s, and try again",
                    file->path, file->commit->id, repository->root, word);
    } else {
        g_propagate_error(error, g_steal_pointer(&failed));
    }
    return NULL;
}

static FoundFile *not_found(const Repository *repository, const char *hint, guint missing, GError **error)
{
    const char *name = hint ? hint : "the file";
    if (repository_is_shallow(repository))
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
                    "'%s' is in no commit of '%s', but that is a shallow clone, which lacks the older ones: fetch them "
                    "with 'git fetch --unshallow' (in CI: fetch-depth: 0, GIT_DEPTH: 0) and try again",
                    name, repository_root(repository));
    else if (missing > 0)
        g_set_error(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE,
                    "'%s' was not found in '%s', but that clone lacks files that it could be (%u): fetch them with "
                    "'git fetch --refetch --no-filter' and try again",
                    name, repository_root(repository), missing);
    return NULL;
}

FoundFile *repository_find_file(Repository *repository, const char *blob, const char *hint, const char *const *suffixes,
                                FileMatch match, void *data, GError **error)
{
    g_auto(Places) places = {.repository = repository, .tips = tips_of(repository, error)};
    if (!places.tips)
        return NULL;
    g_autofree char *hint_name = hint ? g_path_get_basename(hint) : NULL;
    Search search = {.repository = repository, .hint = hint, .hint_name = hint_name};
    Candidate *found = NULL;
    git_oid id;
    g_autoptr(git_odb) objects = NULL;
    gboolean named = blob && git_oid_fromstr(&id, blob) == 0;
    int code = git_repository_odb(&objects, repository->git);
    if (code != 0) {
        git_failed(repository, code, error, "the objects of '%s' cannot be read", repository->root);
        return NULL;
    }
    gboolean there = named && git_odb_exists(objects, &id);
    if (named && (there || repository->partial)) {
        search.blob = &id;
        if (!search_for(&search, &places, &found, error))
            return NULL;
    }
    if (!there && !found && match) {
        search.blob = NULL;
        search.suffixes = suffixes;
        search.match = match;
        search.data = data;
        if (!search_for(&search, &places, &found, error))
            return NULL;
    }
    FoundFile *file = NULL;
    if (found || there)
        file = describe(&places, found, found ? &found->blob : &id, hint, error);
    else
        not_found(repository, hint, search.missing, error);
    if (found)
        candidate_free(found);
    return file;
}
