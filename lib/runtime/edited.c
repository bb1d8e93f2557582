#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "runtime/internal.h"

char *revision_blob_id(const Revision *revision, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!file_tree_read(revision->tree, revision->path, &bytes, &length, error))
        return NULL;
    /* The revision's text lacks a byte order mark only. */
    gsize extra = length >= revision->length ? length - revision->length : 0;
    if (length < revision->length || extra > 3 || memcmp(bytes + extra, revision->text, revision->length) != 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "file '%s' is being changed: run again", revision->path);
        return NULL;
    }
    return file_blob_id(bytes, length);
}

/* Most applied files are as they were, byte for byte: then nothing of them is parsed. */
static gboolean is_same_file(const Revision *revision, const HistoryRow *row)
{
    if (row->blob_id == NULL || revision->path == NULL)
        return FALSE;
    g_autofree char *blob_id = file_tree_blob_id(revision->tree, revision->path);
    return g_strcmp0(blob_id, row->blob_id) == 0;
}

gboolean revision_is_edited(const MigrationContext *context, Revision *revision, const HistoryRow *row,
                            gboolean *edited, GError **error)
{
    *edited = FALSE;
    if (row == NULL || row->token_hash == NULL || is_same_file(revision, row))
        return TRUE;
    if (!revision_load(revision, error))
        return FALSE;
    g_autofree char *hash = sections_hash(context->dialect, revision);
    *edited = strcmp(hash, row->token_hash) != 0;
    return TRUE;
}

GPtrArray *applied_revisions(const PlanBase *base, gboolean missing)
{
    g_autoptr(GHashTable) applied = g_hash_table_new(NULL, NULL);
    for (guint i = 0; base->rows[i] != NULL; i++) {
        Revision *revision = revision_map_get(base->map, base->rows[i]);
        if (revision == NULL || g_hash_table_contains(applied, revision))
            continue;
        g_autoptr(GHashTable) ancestors = revision_map_ancestors(base->map, revision);
        GHashTableIter iter;
        gpointer ancestor;
        g_hash_table_iter_init(&iter, ancestors);
        while (g_hash_table_iter_next(&iter, &ancestor, NULL))
            g_hash_table_add(applied, ancestor);
    }
    const GPtrArray *all = revision_map_all(base->map);
    GPtrArray *ordered = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        Revision *revision = g_ptr_array_index(all, i);
        gboolean is_missing = base->missing != NULL && g_hash_table_contains(base->missing, revision->id);
        if ((missing || !is_missing) && g_hash_table_contains(applied, revision))
            g_ptr_array_add(ordered, revision);
    }
    return ordered;
}

void edited_revision_free(EditedRevision *edited)
{
    if (edited == NULL)
        return;
    g_free(edited->applied);
    g_free(edited->recorded_blob);
    g_free(edited->recorded_hash);
    g_free(edited->file_blob);
    g_free(edited);
}

EditedRevision *edited_revision_new(Revision *revision, const HistoryRow *row, GError **error)
{
    g_autoptr(EditedRevision) edited = g_new0(EditedRevision, 1);
    edited->revision = revision;
    edited->applied = history_row_describe(row);
    edited->recorded_blob = g_strdup(row->blob_id);
    edited->recorded_hash = g_strdup(row->token_hash);
    edited->file_blob = revision_blob_id(revision, error);
    return edited->file_blob != NULL ? g_steal_pointer(&edited) : NULL;
}

char *edited_revision_hash(const MigrationContext *context, const EditedRevision *edited, const char *path,
                           const char *text, gsize length)
{
    const char *start = text_skip_bom(text, &length);
    if (g_strstr_len(start, (gssize)length, edited->revision->id) == NULL)
        return NULL;
    g_autoptr(Revision) revision = revision_parse(path, start, length, NULL);
    if (revision == NULL || strcmp(revision->id, edited->revision->id) != 0)
        return NULL;
    return sections_hash(context->dialect, revision);
}

gboolean edited_revision_matches(const MigrationContext *context, const EditedRevision *edited, const char *path,
                                 const char *text, gsize length)
{
    g_autofree char *hash = edited_revision_hash(context, edited, path, text, length);
    return hash != NULL && strcmp(hash, edited->recorded_hash) == 0;
}

const GPtrArray *migration_edited(const MigrationContext *context)
{
    return context->edited;
}

/* Puts the edited files among the applied revisions into the context. */
static gboolean find_edited(const PlanBase *base, GError **error)
{
    GPtrArray *found = base->context->edited;
    g_autoptr(GPtrArray) applied = applied_revisions(base, FALSE);
    g_ptr_array_set_size(found, 0);
    for (guint i = 0; i < applied->len; i++) {
        Revision *revision = g_ptr_array_index(applied, i);
        const HistoryRow *row = g_hash_table_lookup(base->history->applied, revision->id);
        gboolean edited;
        if (!revision_is_edited(base->context, revision, row, &edited, error))
            return FALSE;
        EditedRevision *entry = edited ? edited_revision_new(revision, row, error) : NULL;
        if (edited && entry == NULL)
            return FALSE;
        if (entry != NULL)
            g_ptr_array_add(found, entry);
    }
    return TRUE;
}

gboolean refuse_edited(const PlanBase *base, GError **error)
{
    if (!find_edited(base, error))
        return FALSE;
    const GPtrArray *found = base->context->edited;
    if (found->len == 0)
        return TRUE;
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        const EditedRevision *edited = g_ptr_array_index(found, i);
        g_string_append_printf(list, "\n  '%s': %s (%s)", edited->revision->id, edited->revision->path,
                               edited->applied);
    }
    const char *what = found->len == 1 ? "a revision was edited after it was applied"
                                       : "revisions were edited after they were applied";
    if (base->context->allow_edited) {
        log_warning("%s:%s", what, list->str);
        g_ptr_array_set_size(base->context->edited, 0);
        return TRUE;
    }
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED,
                "%s; nothing was run:%s\n"
                "restore the file (comments and white space may differ) and put the change into a new revision; "
                "--allow-edited goes on as it is",
                what, list->str);
    return FALSE;
}
