#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "runtime/internal.h"

gboolean graph_is_applied(const RevisionMap *map, char **rows, const Revision *revision)
{
    for (guint i = 0; rows[i] != NULL; i++) {
        const Revision *row = revision_map_get(map, rows[i]);
        g_autoptr(GHashTable) ancestors = row != NULL ? revision_map_ancestors(map, row) : NULL;
        if (ancestors != NULL && g_hash_table_contains(ancestors, revision))
            return TRUE;
    }
    return FALSE;
}

gboolean graph_has_files(RevisionMap *map, const char *const *rows)
{
    for (guint i = 0; rows != NULL && rows[i] != NULL; i++)
        if (revision_map_get(map, rows[i]) == NULL)
            return FALSE;
    return TRUE;
}

static void append_header(GString *text, const char *key, const char *value)
{
    if (value != NULL && *value != '\0')
        g_string_append_printf(text, "-- %s: %s\n", key, value);
}

Revision *revision_from_history(const MigrationContext *context, const HistoryRow *row, int *header_lines,
                                GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_header(text, "Revision", row->revision);
    append_header(text, "Revises", row->revises);
    append_header(text, "Depends-On", row->depends_on);
    g_string_append(text, "-- migrate:up\n");
    int lines = 0;
    for (const char *at = text->str; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    if (header_lines != NULL)
        *header_lines = lines;
    if (row->down_text != NULL)
        g_string_append(text, row->down_text);
    g_autofree char *name = g_strdup_printf("down script of '%s' in table '%s'", row->revision, context->history_table);
    Revision *revision = revision_parse(name, text->str, text->len, error);
    if (revision == NULL)
        return NULL;
    g_free(revision->message);
    revision->message = g_strdup(row->message != NULL ? row->message : "");
    return revision;
}

static void fail_unknown(const MigrationContext *context, const char *id, const char *child, GError **error)
{
    g_autofree char *where = child != NULL ? g_strdup_printf("applied revision '%s' builds on '%s', which", child, id)
                                           : g_strdup_printf("the database stands at revision '%s', which", id);
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN,
                "%s no file in '%s' and no row of table '%s' knows\n"
                "it was applied from another branch, or from a release that was rolled back here\n"
                "bring its file back (git log --all --oneline -- '*%s*' finds it), or, when the schema is known to "
                "match another revision, say so: migrate stamp --purge REVISION",
                where, script_directory_location(context->directory), context->history_table, id);
}

/* What a search through history works on. */
typedef struct Search {
    MigrationContext *context;
    RevisionMap *files;
    const History *history;
    GHashTable *missing;  /* ids found, owned */
    GPtrArray *revisions; /* Revision*, owned */
} Search;

static gboolean search_add(Search *search, const char *id, const char *child, GError **error);

static gboolean search_add_all(Search *search, const GPtrArray *ids, const char *child, GError **error)
{
    for (guint i = 0; i < ids->len; i++)
        if (!search_add(search, g_ptr_array_index(ids, i), child, error))
            return FALSE;
    return TRUE;
}

/* Adds a revision that no file holds, and what it stands on, as far as no file holds that either. */
static gboolean search_add(Search *search, const char *id, const char *child, GError **error)
{
    if (revision_map_get(search->files, id) != NULL || g_hash_table_contains(search->missing, id))
        return TRUE;
    const HistoryRow *row = g_hash_table_lookup(search->history->applied, id);
    if (row == NULL) {
        fail_unknown(search->context, id, child, error);
        return FALSE;
    }
    Revision *revision = revision_from_history(search->context, row, NULL, error);
    if (revision == NULL)
        return FALSE;
    g_hash_table_add(search->missing, g_strdup(id));
    g_ptr_array_add(search->revisions, revision);
    return search_add_all(search, revision->down_revisions, id, error) &&
           search_add_all(search, revision->depends_on, id, error);
}

/* A map owns its revisions, so those of the files are read once more. */
static RevisionMap *merge(const Search *search, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    const GPtrArray *files = revision_map_all(search->files);
    for (guint i = 0; i < files->len; i++) {
        Revision *copy = revision_read_header(((const Revision *)g_ptr_array_index(files, i))->path, error);
        if (copy == NULL)
            return NULL;
        g_ptr_array_add(all, copy);
    }
    while (search->revisions->len > 0)
        g_ptr_array_add(all, g_ptr_array_steal_index(search->revisions, search->revisions->len - 1));
    return revision_map_new(g_steal_pointer(&all), error);
}

RevisionMap *graph_find(MigrationContext *context, const char *const *rows, const History *history,
                        GHashTable **missing, GError **error)
{
    *missing = NULL;
    RevisionMap *files = script_directory_map(context->directory, error);
    if (files == NULL || graph_has_files(files, rows))
        return files;
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    Search search = {context, files, history, ids, revisions};
    for (guint i = 0; rows[i] != NULL; i++)
        if (!search_add(&search, rows[i], NULL, error))
            return NULL;
    RevisionMap *map = merge(&search, error);
    if (map == NULL)
        return NULL;
    g_ptr_array_add(context->maps, map);
    *missing = g_steal_pointer(&ids);
    return map;
}

void standing_clear(Standing *standing)
{
    g_clear_pointer(&standing->rows, g_strfreev);
    g_clear_pointer(&standing->history, history_free);
    g_clear_pointer(&standing->missing, g_hash_table_unref);
}

gboolean standing_read(Standing *standing, MigrationContext *context, GError **error)
{
    gboolean has_version, has_history;
    if (!context_find_tables(context, &has_version, &has_history, error) ||
        !history_read(context, has_version, has_history, HISTORY_WHOLE, &standing->rows, &standing->history, error))
        return FALSE;
    const char *const *rows = (const char *const *)standing->rows;
    standing->map = graph_find(context, rows, standing->history, &standing->missing, error);
    return standing->map != NULL;
}
