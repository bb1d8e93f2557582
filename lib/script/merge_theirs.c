#include <string.h>

#include "base/text.h"
#include "script/merge_internal.h"

/* The repository's top folder, in a command that is run in any folder of it. */
#define TOP_FOLDER "\"$(git rev-parse --show-toplevel)\""

/* ---- headers ---- */

static gboolean contains_all(GPtrArray *names, const GPtrArray *of)
{
    for (guint i = 0; i < of->len; i++)
        if (!g_ptr_array_find_with_equal_func(names, g_ptr_array_index(of, i), g_str_equal, NULL))
            return FALSE;
    return names->len == of->len;
}

static char *names_text(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)g_ptr_array_index(names, i));
    return g_string_free(text, FALSE);
}

/* The first header that says something else: "Revises"; NULL: none. *change: "from 'a' to 'b'". */
static const char *header_change(const Revision *before, const Revision *after, char **change)
{
    const struct {
        const char *header;
        GPtrArray *before, *after;
    } lists[] = {{"Revises", before->down_revisions, after->down_revisions},
                 {"Depends-On", before->depends_on, after->depends_on},
                 {"Branch-Labels", before->branch_labels, after->branch_labels}};
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (contains_all(lists[i].before, lists[i].after))
            continue;
        g_autofree char *old = names_text(lists[i].before), *new = names_text(lists[i].after);
        *change = g_strdup_printf("from '%s' to '%s'", old, new);
        return lists[i].header;
    }
    return NULL;
}

/* ---- edited ---- */

static gboolean is_conflict(const Merging *merging, const char *path)
{
    return merging->check->conflicts != NULL && g_hash_table_contains(merging->check->conflicts, path);
}

static MergeFinding *add_edited(Merging *merging, MergeFindingLevel level, const MergeNode *theirs,
                                const MergeFile *file, const char *what)
{
    const char *id = theirs->revision->id, *ref = merging->check->ref;
    gboolean conflict = is_conflict(merging, file->path);
    MergeFinding *finding =
        merging_add(merging, MERGE_FINDING_EDITED, level, file, "revision '%s' is on %s, and was edited here: %s%s", id,
                    ref, what, conflict ? "; both sides edited it, and the edits conflict" : "");
    g_free(finding->revision);
    finding->revision = g_strdup(id);
    finding->other = theirs->file;
    if (level == MERGE_NOTE)
        return finding;
    const char *rest = "; what it should do otherwise goes into a new revision";
    g_autofree char *word = text_shell_word(ref), *pathspec = merge_pathspec(file->path);
    g_autofree char *object = g_strdup_printf("%s:%s", ref, theirs->file->path);
    g_autofree char *source = text_shell_word(object), *target = text_shell_word(file->path);
    finding->advice = strcmp(file->path, theirs->file->path) == 0
                          ? g_strdup_printf("git checkout %s -- %s%s", word, pathspec, rest)
                          : g_strdup_printf("git show %s >" TOP_FOLDER "/%s%s", source, target, rest);
    return finding;
}

static void check_edited(Merging *merging, const MergeNode *theirs, const MergeFile *file)
{
    if (strcmp(theirs->file->blob, file->blob) == 0 || file->revision == NULL || file->problem != NULL)
        return;
    g_autofree char *change = NULL;
    const char *header = header_change(theirs->revision, file->revision, &change);
    if (header != NULL) {
        g_autofree char *what = g_strdup_printf("'%s' was changed %s", header, change);
        add_edited(merging, MERGE_ERROR, theirs, file, what)->header = header;
        return;
    }
    guint changes = 0;
    g_autoptr(GError) problem = NULL;
    if (!merging->check->compare(theirs->file, file, &changes, merging->check->data, &problem))
        merging_add(merging, MERGE_FINDING_GRAPH, MERGE_ERROR, file, "%s", problem->message)->other = theirs->file;
    else if ((changes & REVISION_CHANGE_UP) != 0)
        add_edited(merging, MERGE_ERROR, theirs, file, "what its way up says");
    else if (is_conflict(merging, file->path))
        add_edited(merging, MERGE_ERROR, theirs, file, "the merge stops at it");
    else if ((changes & REVISION_CHANGE_DOWN) != 0)
        add_edited(merging, MERGE_NOTE, theirs, file,
                   "only its way down, of which databases that have it keep the one they recorded");
}

/* ---- moved ---- */

/* Folders whose files are all somewhere else now, under the same names. */
static void find_moved_folders(Merging *merging)
{
    const MergeGraph *theirs = &merging->theirs;
    g_autoptr(GHashTable) staying = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < merging->check->merged->len; i++) {
        const MergeFile *file = g_ptr_array_index(merging->check->merged, i);
        g_hash_table_add(staying, g_path_get_dirname(file->path));
    }
    for (guint i = 0; i < theirs->nodes->len; i++) {
        const MergeNode *node = g_ptr_array_index(theirs->nodes, i), *now;
        if (merge_files_find(merging->check->merged, node->file->path) ||
            (now = merge_graph_get(&merging->merged, node->revision->id)) == NULL)
            continue;
        g_autofree char *old_folder = g_path_get_dirname(node->file->path);
        g_autofree char *old_name = g_path_get_basename(node->file->path);
        g_autofree char *new_name = g_path_get_basename(now->file->path);
        if (!g_hash_table_contains(staying, old_folder) && strcmp(old_name, new_name) == 0 &&
            !g_hash_table_contains(merging->moved, old_folder))
            g_hash_table_insert(merging->moved, g_steal_pointer(&old_folder), g_path_get_dirname(now->file->path));
    }
}

static void check_renamed(Merging *merging, const MergeNode *theirs, const MergeFile *file, GHashTable *told)
{
    if (strcmp(theirs->file->path, file->path) == 0 || merge_files_find(merging->check->merged, theirs->file->path))
        return;
    const char *id = theirs->revision->id, *ref = merging->check->ref;
    g_autofree char *old_folder = g_path_get_dirname(theirs->file->path), *folder = g_path_get_dirname(file->path);
    g_autofree char *old_name = g_path_get_basename(theirs->file->path), *name = g_path_get_basename(file->path);
    const char *moved = g_hash_table_lookup(merging->moved, old_folder);
    MergeFinding *finding;
    if (moved != NULL && strcmp(moved, folder) == 0 && strcmp(old_name, name) == 0) {
        if (!g_hash_table_add(told, (gpointer)moved))
            return;
        finding = merging_add(merging, MERGE_FINDING_RENAMED, MERGE_NOTE, file,
                              "the version folder '%s' of %s was renamed to '%s'", old_folder, ref, folder);
        g_clear_pointer(&finding->revision, g_free);
    } else {
        finding = merging_add(merging, MERGE_FINDING_RENAMED, MERGE_WARNING, file,
                              "revision '%s' is '%s' on %s, and was renamed to '%s'", id, theirs->file->path, ref,
                              file->path);
        g_autofree char *from = text_shell_word(file->path), *to = text_shell_word(theirs->file->path);
        finding->advice = g_strdup_printf("git -C " TOP_FOLDER " mv %s %s", from, to);
        g_free(finding->revision);
        finding->revision = g_strdup(id);
    }
    finding->other = theirs->file;
}

/* ---- gone ---- */

static void add_out_of_folders(Merging *merging, const MergeNode *theirs)
{
    const char *path = theirs->file->path, *ref = merging->check->ref;
    g_autofree char *folder = g_path_get_dirname(path);
    const char *moved = g_hash_table_lookup(merging->moved, folder);
    MergeFinding *finding =
        merging_add(merging, MERGE_FINDING_DELETED, MERGE_ERROR, theirs->file,
                    "revision '%s' of %s is in '%s', which is no version location of the merge's migrate.ini%s%s%s",
                    theirs->revision->id, ref, folder, moved != NULL ? " (its files are in '" : "",
                    moved != NULL ? moved : "", moved != NULL ? "' now)" : "");
    if (moved == NULL) {
        finding->advice = g_strdup_printf("merge %s, then move '%s' to a version location", ref, path);
        return;
    }
    g_autofree char *word = text_shell_word(ref), *from = text_shell_word(path), *to = text_shell_word(moved);
    finding->advice = g_strdup_printf("git merge %s && git -C " TOP_FOLDER " mv %s %s", word, from, to);
}

static void add_deleted(Merging *merging, const MergeNode *theirs)
{
    const char *path = theirs->file->path, *id = theirs->revision->id, *ref = merging->check->ref;
    const MergeFile *now = merge_files_find(merging->check->merged, path);
    if (now != NULL && now->revision != NULL) {
        g_autofree char *what = g_strdup_printf("it has the id '%s' now", now->revision->id);
        add_edited(merging, MERGE_ERROR, theirs, now, what)->header = "Revision";
        return;
    }
    if (now != NULL)
        return; /* it cannot be read, which was said */
    if (merging->check->exists != NULL && merging->check->exists(path, merging->check->data)) {
        add_out_of_folders(merging, theirs);
        return;
    }
    MergeFinding *finding =
        merging_add(merging, MERGE_FINDING_DELETED, MERGE_ERROR, theirs->file,
                    "revision '%s' ('%s') is on %s, and was deleted here%s", id, path, ref,
                    is_conflict(merging, path) ? "; it was edited there, and the merge conflicts" : "");
    finding->is_gone = TRUE;
    finding->other = theirs->file;
    g_autofree char *word = text_shell_word(ref), *pathspec = merge_pathspec(path);
    finding->advice = g_strdup_printf("git checkout %s -- %s", word, pathspec);
}

void merging_check_theirs(Merging *merging)
{
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean looked = FALSE;
    for (guint i = 0; i < merging->theirs.nodes->len; i++) {
        const MergeNode *theirs = g_ptr_array_index(merging->theirs.nodes, i);
        if (theirs->file->is_kept)
            continue;
        if (!looked)
            find_moved_folders(merging);
        looked = TRUE;
        const MergeFile *same = merge_files_find(merging->check->merged, theirs->file->path);
        const MergeNode *now = merge_graph_get(&merging->merged, theirs->revision->id);
        if (now == NULL) {
            add_deleted(merging, theirs);
            continue;
        }
        gboolean is_here =
            same != NULL && same->revision != NULL && strcmp(same->revision->id, theirs->revision->id) == 0;
        const MergeFile *file = is_here ? same : now->file;
        check_renamed(merging, theirs, file, told);
        check_edited(merging, theirs, file);
    }
}
