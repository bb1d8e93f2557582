#include "finding_places.h"

#include "base/log.h"

enum { ONE_BY_ONE = 6 }; /* files of one commit; when there are more, all of their folder are looked for in one walk */

struct ChangeFinder {
    Repository *repository;
    GHashTable *asked; /* COMMIT -> how many files were looked for one by one */
    GHashTable *known; /* "COMMIT:PATH" -> Commit*, or NULL */
    GHashTable *walks; /* "COMMIT:FOLDER" -> (path -> Commit*) */
};

ChangeFinder *change_finder_new(Repository *repository)
{
    ChangeFinder *finder = g_new0(ChangeFinder, 1);
    finder->repository = repository;
    finder->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    finder->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)commit_free);
    finder->walks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    return finder;
}

void change_finder_free(ChangeFinder *finder)
{
    if (!finder)
        return;
    g_hash_table_unref(finder->asked);
    g_hash_table_unref(finder->known);
    g_hash_table_unref(finder->walks);
    g_free(finder);
}

static Commit *commit_copy(const Commit *commit)
{
    Commit *copy = g_new0(Commit, 1);
    copy->id = g_strdup(commit->id);
    copy->author = g_strdup(commit->author);
    copy->email = g_strdup(commit->email);
    copy->date = g_strdup(commit->date);
    copy->summary = g_strdup(commit->summary);
    return copy;
}

/* Of all files of the folder, in one walk. */
static GHashTable *walk(ChangeFinder *finder, const char *from, const char *folder, GError **error)
{
    g_autofree char *key = g_strconcat(from, ":", folder, NULL);
    GHashTable *changes = g_hash_table_lookup(finder->walks, key);
    if (changes)
        return changes;
    g_autoptr(GPtrArray) folders = g_ptr_array_new();
    g_ptr_array_add(folders, (gpointer)folder);
    changes = repository_last_changes(finder->repository, from, folders, FALSE, error);
    if (changes)
        g_hash_table_insert(finder->walks, g_steal_pointer(&key), changes);
    return changes;
}

/* Whether it is one of the first of its commit; counts it. */
static gboolean is_one_of_few(ChangeFinder *finder, const char *from)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(finder->asked, from));
    g_hash_table_insert(finder->asked, g_strdup(from), GUINT_TO_POINTER(n + 1));
    return n < ONE_BY_ONE;
}

static Commit *find_change(ChangeFinder *finder, const char *from, const char *path)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    Commit *commit = NULL;
    if (is_one_of_few(finder, from) || g_str_equal(folder, ".")) {
        commit = repository_last_change(finder->repository, from, path, &problem);
    } else {
        GHashTable *changes = walk(finder, from, folder, &problem);
        const Commit *found = changes ? g_hash_table_lookup(changes, path) : NULL;
        commit = found ? commit_copy(found) : NULL;
    }
    if (problem)
        log_detail("who changed '%s' is not known: %s", path, problem->message);
    return commit;
}

Commit *change_finder_find(ChangeFinder *finder, const char *from, const char *path)
{
    g_autofree char *key = g_strconcat(from, ":", path, NULL);
    gpointer known = NULL;
    if (!g_hash_table_lookup_extended(finder->known, key, NULL, &known)) {
        known = find_change(finder, from, path);
        g_hash_table_insert(finder->known, g_steal_pointer(&key), known);
    }
    return known ? commit_copy(known) : NULL;
}

/* The other file's line for the header; 0: all of it is meant. */
static int other_line(const MergeFinding *found, const MergeSide *theirs, const MergeSide *merged)
{
    if (!found->other || !found->header)
        return 0;
    return merge_side_line(found->other->is_theirs ? theirs : merged, found->other, found->header);
}

void findings_place(ChangeFinder *finder, const GPtrArray *found, const MergeSide *theirs, const char *their_commit,
                    const MergeSide *merged, const char *our_commit, const char *branch, GPtrArray *placed)
{
    for (guint i = 0; i < found->len; i++) {
        const MergeFinding *finding = found->pdata[i];
        const MergeFile *file = finding->file, *other = finding->other;
        PlacedFinding *place = g_new0(PlacedFinding, 1);
        place->found = finding;
        place->branch = branch;
        place->line = merge_finding_line(finding, theirs, merged);
        place->other_line = other_line(finding, theirs, merged);
        gboolean ours = file && (finding->is_gone || !file->is_theirs);
        if (file)
            place->commit = change_finder_find(finder, ours ? our_commit : their_commit, file->path);
        if (other)
            place->other_commit = change_finder_find(finder, other->is_theirs ? their_commit : our_commit, other->path);
        g_ptr_array_add(placed, place);
    }
}
