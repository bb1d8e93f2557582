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

gboolean graph_has_files(RevisionMap *map, const char *const *rows, const History *history)
{
    for (guint i = 0; history != NULL && i < history->started->len; i++)
        if (revision_map_get(map, ((const HistoryRow *)g_ptr_array_index(history->started, i))->revision) == NULL)
            return FALSE;
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

/* Where the file of a revision was looked for, or why the one that was found cannot be used. New string. */
static char *explain_unknown(const char *id, const MissingFile *file)
{
    if (file->problem != NULL)
        return g_strdup_printf("its file %s cannot be used: %s", file->found->where, file->problem);
    if (file->looked != NULL)
        return g_strdup(file->looked);
    return g_strdup_printf("bring its file back (git log --all --oneline -- '*%s*' finds it)", id);
}

static void fail_unknown(MigrationContext *context, const char *id, const char *child, GError **error)
{
    g_autofree char *where = child != NULL ? g_strdup_printf("applied revision '%s' builds on '%s', which", child, id)
                                           : g_strdup_printf("the database stands at revision '%s', which", id);
    g_autofree char *why = explain_unknown(id, missing_file_get(context, id, NULL));
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN,
                "%s no file in '%s' and no row of table '%s' knows\n"
                "it was applied from another branch, or from a release that was rolled back here\n"
                "%s\n"
                "only when the schema is known to match another revision, say so: migrate stamp --purge REVISION; that "
                "runs nothing, and what '%s' has made stays",
                where, script_directory_location(context->directory), context->history_table, why, id);
}

/* What a search through history works on. */
typedef struct Search {
    MigrationContext *context;
    RevisionMap *files;
    const History *history;
    GHashTable *seen;     /* char*: ids of `revisions`; not owned */
    GHashTable *missing;  /* ids of those that have only what is recorded, owned */
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

/* What it depends on may be written as a label or as the beginning of an id. */
static gboolean search_add_dependencies(Search *search, const Revision *revision, GError **error)
{
    for (guint i = 0; i < revision->depends_on->len; i++) {
        const char *name = g_ptr_array_index(revision->depends_on, i);
        if (revision_map_find(search->files, name, NULL) == NULL && !search_add(search, name, revision->id, error))
            return FALSE;
    }
    return TRUE;
}

/* Takes the revision, and adds what it stands on. */
static gboolean search_take(Search *search, Revision *revision, gboolean recorded, GError **error)
{
    g_hash_table_add(search->seen, revision->id);
    if (recorded)
        g_hash_table_add(search->missing, g_strdup(revision->id));
    g_ptr_array_add(search->revisions, revision);
    return search_add_all(search, revision->down_revisions, revision->id, error) &&
           search_add_dependencies(search, revision, error);
}

/* Adds a revision that no file holds, and what it stands on, as far as no file holds that either. */
static gboolean search_add(Search *search, const char *id, const char *child, GError **error)
{
    if (revision_map_get(search->files, id) != NULL || g_hash_table_contains(search->seen, id))
        return TRUE;
    const HistoryRow *row = g_hash_table_lookup(search->history->applied, id);
    const MissingFile *file = missing_file_get(search->context, id, row);
    Revision *revision = missing_file_revision(file, row);
    gboolean recorded = row != NULL && (row->down_text != NULL || revision == NULL);
    if (revision == NULL && row != NULL &&
        (revision = revision_from_history(search->context, row, NULL, error)) == NULL)
        return FALSE;
    if (revision == NULL) {
        fail_unknown(search->context, id, child, error);
        return FALSE;
    }
    return search_take(search, revision, recorded, error);
}

/* Forgets what was added behind the first `n` revisions. */
static void search_return(Search *search, guint n)
{
    for (guint i = n; i < search->revisions->len; i++) {
        const Revision *revision = g_ptr_array_index(search->revisions, i);
        g_hash_table_remove(search->seen, revision->id);
        g_hash_table_remove(search->missing, revision->id);
    }
    g_ptr_array_set_size(search->revisions, (gint)n);
}

/* A half-applied revision is no version row; nothing but its file says what it was to become. */
static void search_add_started(Search *search)
{
    for (guint i = 0; i < search->history->started->len; i++) {
        const HistoryRow *row = g_ptr_array_index(search->history->started, i);
        if (revision_map_get(search->files, row->revision) != NULL ||
            g_hash_table_contains(search->seen, row->revision))
            continue;
        const HistoryRow *up = history_find_up(search->history, row->revision);
        const HistoryRow *recorded = up != NULL ? up : row;
        Revision *revision =
            missing_file_revision(missing_file_get(search->context, row->revision, recorded), recorded);
        guint n = search->revisions->len;
        if (revision != NULL && !search_take(search, revision, FALSE, NULL))
            search_return(search, n);
    }
}

static gboolean search_add_rows(Search *search, const char *const *rows, GHashTable *unknown, GError **error)
{
    for (guint i = 0; rows[i] != NULL; i++) {
        guint n = search->revisions->len;
        if (search_add(search, rows[i], NULL, unknown != NULL ? NULL : error))
            continue;
        if (unknown == NULL)
            return FALSE;
        search_return(search, n);
        g_hash_table_add(unknown, g_strdup(rows[i]));
    }
    return TRUE;
}

/* A map owns its revisions, so those of the files are read once more. */
static RevisionMap *merge(const Search *search, GError **error)
{
    g_autoptr(GPtrArray) all = script_directory_read(search->context->directory, NULL, error);
    if (all == NULL)
        return NULL;
    while (search->revisions->len > 0)
        g_ptr_array_add(all, g_ptr_array_steal_index(search->revisions, search->revisions->len - 1));
    return revision_map_new(g_steal_pointer(&all), error);
}

RevisionMap *graph_find(MigrationContext *context, const char *const *rows, const History *history, GHashTable *unknown,
                        GHashTable **missing, GError **error)
{
    *missing = NULL;
    RevisionMap *files = script_directory_map(context->directory, error);
    if (files == NULL || graph_has_files(files, rows, history))
        return files;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    Search search = {context, files, history, seen, ids, revisions};
    if (!search_add_rows(&search, rows, unknown, error))
        return NULL;
    search_add_started(&search);
    if (revisions->len == 0)
        return files;
    RevisionMap *map = merge(&search, error);
    if (map == NULL)
        return NULL;
    g_ptr_array_add(context->maps, map);
    if (g_hash_table_size(ids) > 0)
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
    standing->map = graph_find(context, rows, standing->history, NULL, &standing->missing, error);
    return standing->map != NULL;
}

static void add_missing(GHashTable *table, MigrationContext *context, const char *id, const History *history)
{
    const HistoryRow *row = g_hash_table_lookup(history->applied, id);
    if (row == NULL)
        row = history_find_up(history, id);
    g_hash_table_insert(table, g_strdup(id), missing_revision_new(context, id, row));
}

/* What the map has and the files have not, and what is in nobody's map. */
static GHashTable *missing_table(MigrationContext *context, const RevisionMap *files, const RevisionMap *map,
                                 GHashTable *unknown, const History *history)
{
    g_autoptr(GHashTable) table =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)missing_revision_free);
    const GPtrArray *all = revision_map_all(map);
    for (guint i = 0; map != files && i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);
        if (revision_map_get(files, revision->id) == NULL)
            add_missing(table, context, revision->id, history);
    }
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, unknown);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        add_missing(table, context, id, history);
    return g_hash_table_size(table) > 0 ? g_steal_pointer(&table) : NULL;
}

RevisionMap *migration_map(MigrationContext *context, char ***rows, GHashTable **missing, GError **error)
{
    *missing = NULL;
    *rows = migration_context_current(context, error);
    RevisionMap *files = *rows != NULL ? script_directory_map(context->directory, error) : NULL;
    const char *const *found = (const char *const *)*rows;
    if (files == NULL || graph_has_files(files, found, NULL))
        return files;
    g_autoptr(GPtrArray) all = migration_history(context, error);
    g_autoptr(History) history = all != NULL ? history_new(g_steal_pointer(&all)) : NULL;
    g_autoptr(GHashTable) unknown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) recorded = NULL;
    RevisionMap *map = history != NULL ? graph_find(context, found, history, unknown, &recorded, error) : NULL;
    if (map != NULL)
        *missing = missing_table(context, files, map, unknown, history);
    return map;
}
