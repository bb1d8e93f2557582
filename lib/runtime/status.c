#include <string.h>

#include "runtime/internal.h"

static void revision_status_free(RevisionStatus *status)
{
    g_free(status->id);
    g_free(status->applied_at);
    g_free(status->who);
    g_free(status->detail);
    edited_revision_free(status->edited);
    missing_revision_free(status->missing);
    g_free(status);
}

void status_free(Status *status)
{
    if (status == NULL)
        return;
    g_strfreev(status->current);
    g_clear_pointer(&status->heads, g_ptr_array_unref);
    g_clear_pointer(&status->revisions, g_ptr_array_unref);
    g_free(status);
}

/* The search for everything that is applied: from the version rows down, by what the files say and by what history
 * recorded, for a file may be gone or may revise something else now. */
typedef struct Walk {
    MigrationContext *context;
    RevisionMap *map;
    const History *history;
    GHashTable *applied; /* set of ids, owned */
    GPtrArray *queue;    /* char*, owned */
    GPtrArray *missing;  /* char*, not owned */
} Walk;

static void walk_push(Walk *walk, const char *id)
{
    if (*id == '\0' || g_hash_table_contains(walk->applied, id))
        return;
    char *copy = g_strdup(id);
    g_hash_table_add(walk->applied, copy);
    g_ptr_array_add(walk->queue, g_strdup(id));
    if (revision_map_get(walk->map, id) == NULL)
        g_ptr_array_add(walk->missing, copy);
}

static void walk_push_list(Walk *walk, const char *ids)
{
    g_auto(GStrv) words = g_strsplit(ids, ", ", -1);
    for (guint i = 0; words[i] != NULL; i++)
        walk_push(walk, words[i]);
}

static void walk_push_ids(Walk *walk, const GPtrArray *ids)
{
    for (guint i = 0; i < ids->len; i++)
        walk_push(walk, g_ptr_array_index(ids, i));
}

/* What neither files nor history know may be known elsewhere. */
static void walk_from_found(Walk *walk, const char *id)
{
    g_autoptr(Revision) found = missing_file_revision(missing_file_get(walk->context, id, NULL), NULL);
    if (found == NULL)
        return;
    walk_push_ids(walk, found->down_revisions);
    for (guint i = 0; i < found->depends_on->len; i++) {
        const Revision *file = revision_map_find(walk->map, g_ptr_array_index(found->depends_on, i), NULL);
        walk_push(walk, file != NULL ? file->id : g_ptr_array_index(found->depends_on, i));
    }
}

static void walk_from(Walk *walk, const char *id)
{
    const Revision *revision = revision_map_get(walk->map, id);
    const HistoryRow *row = g_hash_table_lookup(walk->history->applied, id);
    const GPtrArray *edges[] = {revision != NULL ? revision->parents : NULL,
                                revision != NULL ? revision->dependencies : NULL};
    for (guint e = 0; e < G_N_ELEMENTS(edges); e++)
        for (guint i = 0; edges[e] != NULL && i < edges[e]->len; i++)
            walk_push(walk, ((const Revision *)g_ptr_array_index(edges[e], i))->id);
    if (row != NULL) {
        walk_push_list(walk, row->revises);
        walk_push_list(walk, row->depends_on);
    }
    if (revision == NULL && row == NULL)
        walk_from_found(walk, id);
}

static void walk_run(Walk *walk, char **rows)
{
    for (guint i = 0; rows[i] != NULL; i++)
        walk_push(walk, rows[i]);
    for (guint i = 0; i < walk->queue->len; i++)
        walk_from(walk, g_ptr_array_index(walk->queue, i));
}

static const HistoryRow *find_interrupted(const History *history, const char *id)
{
    const HistoryRow *up = history_find_started(history, id, STEP_UP);
    return up != NULL ? up : history_find_started(history, id, STEP_DOWN);
}

static char *interrupted_detail(const HistoryRow *row)
{
    return g_strdup_printf("%s%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " statements done%s%s%s",
                           strcmp(row->direction, "down") == 0 ? "taken down: " : "", row->done, row->total,
                           row->in_flight != NULL ? ", the next one was in flight (migrate repair tells more)" : "",
                           row->error != NULL ? "; stopped at " : "", row->error != NULL ? row->error : "");
}

static void count(Status *status, RevisionState state)
{
    switch (state) {
    case REVISION_APPLIED:
        status->applied++;
        break;
    case REVISION_PENDING:
        status->pending++;
        break;
    case REVISION_EDITED:
        status->edited++;
        break;
    case REVISION_MISSING:
        status->missing++;
        break;
    case REVISION_INTERRUPTED:
        status->interrupted++;
        break;
    }
}

static char *accepted_detail(const HistoryRow *row)
{
    return g_strdup_printf("edit accepted %s%s%s", row->started, row->who != NULL ? " by " : "",
                           row->who != NULL ? row->who : "");
}

static RevisionStatus *status_add(Status *status, const char *id, const Revision *revision, RevisionState state,
                                  const HistoryRow *row)
{
    RevisionStatus *entry = g_new0(RevisionStatus, 1);
    entry->id = g_strdup(id);
    entry->revision = revision;
    entry->state = state;
    if (row != NULL) {
        const HistoryRow *first = history_row_applied(row);
        entry->applied_at = g_strdup(first->finished != NULL ? first->finished : first->started);
        entry->who = g_strdup(first->who);
        entry->detail = first != row ? accepted_detail(row) : NULL;
    }
    g_ptr_array_add(status->revisions, entry);
    count(status, state);
    return entry;
}

static gboolean status_add_file(Status *status, MigrationContext *context, const Walk *walk, Revision *revision,
                                GError **error)
{
    const HistoryRow *interrupted = find_interrupted(walk->history, revision->id);
    gboolean applied = g_hash_table_contains(walk->applied, revision->id);
    const HistoryRow *row = applied ? g_hash_table_lookup(walk->history->applied, revision->id) : NULL;
    if (interrupted != NULL) {
        RevisionStatus *entry = status_add(status, revision->id, revision, REVISION_INTERRUPTED, row);
        g_free(entry->detail);
        entry->detail = interrupted_detail(interrupted);
        return TRUE;
    }
    gboolean edited = FALSE;
    if (applied && !revision_is_edited(context, revision, row, &edited, error))
        return FALSE;
    RevisionState state = edited ? REVISION_EDITED : applied ? REVISION_APPLIED : REVISION_PENDING;
    RevisionStatus *entry = status_add(status, revision->id, revision, state, row);
    if (!edited)
        return TRUE;
    g_free(entry->detail);
    entry->detail = g_strdup("the file has other statements than those applied");
    entry->edited = edited_revision_new(revision, row, error);
    return entry->edited != NULL;
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One line. New string. */
static char *missing_detail(const MissingRevision *missing)
{
    g_autoptr(GString) text = g_string_new(missing->applied != NULL ? "no file; history knows it" : "no file, and ");
    if (missing->applied == NULL)
        g_string_append(text, "history does not know it");
    else if (missing->message != NULL && *missing->message != '\0')
        g_string_append_printf(text, ": %s", missing->message);
    if (missing->match == FOUND_OTHER)
        g_string_append_printf(text, "; other statements than those applied are %s", missing->found->where);
    else if (missing->found != NULL)
        g_string_append_printf(text, "; it is %s", missing->found->where);
    return g_strdup(text->str);
}

static void status_add_missing(Status *status, const Walk *walk)
{
    g_ptr_array_sort(walk->missing, compare_ids);
    for (guint i = 0; i < walk->missing->len; i++) {
        const char *id = g_ptr_array_index(walk->missing, i);
        const HistoryRow *row = g_hash_table_lookup(walk->history->applied, id);
        const HistoryRow *half = find_interrupted(walk->history, id);
        RevisionStatus *entry =
            status_add(status, id, NULL, half != NULL ? REVISION_INTERRUPTED : REVISION_MISSING, row);
        entry->missing = missing_revision_new(walk->context, id, row);
        g_autofree char *done = half != NULL ? interrupted_detail(half) : NULL, *lives = missing_detail(entry->missing);
        g_free(entry->detail);
        entry->detail = done != NULL ? g_strconcat(done, "; ", lives, NULL) : g_steal_pointer(&lives);
    }
    /* A half-applied revision is no version row yet, so its missing file is found here. */
    for (guint i = 0; i < walk->history->started->len; i++) {
        const HistoryRow *row = g_ptr_array_index(walk->history->started, i);
        if (revision_map_get(walk->map, row->revision) != NULL || g_hash_table_contains(walk->applied, row->revision))
            continue;
        RevisionStatus *entry = status_add(status, row->revision, NULL, REVISION_INTERRUPTED, NULL);
        entry->missing = missing_revision_new(walk->context, row->revision, row);
        g_autofree char *half = interrupted_detail(row), *lives = missing_detail(entry->missing);
        entry->detail = g_strconcat(half, "; ", lives, NULL);
    }
}

Status *migration_status(MigrationContext *context, GError **error)
{
    g_autoptr(Status) status = g_new0(Status, 1);
    g_autoptr(History) history = NULL;
    gboolean has_version, has_history;
    if (!context_find_tables(context, &has_version, &has_history, error) ||
        !history_read(context, has_version, has_history, HISTORY_ROWS, &status->current, &history, error))
        return NULL;
    RevisionMap *map = script_directory_map(context->directory, error);
    if (map == NULL)
        return NULL;
    g_autoptr(GHashTable) applied = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) queue = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    Walk walk = {context, map, history, applied, queue, missing};
    walk_run(&walk, status->current);
    status->heads = revision_map_heads(map);
    status->revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_status_free);
    const GPtrArray *all = revision_map_all(map);
    for (guint i = 0; i < all->len; i++)
        if (!status_add_file(status, context, &walk, g_ptr_array_index(all, i), error))
            return NULL;
    status_add_missing(status, &walk);
    return g_steal_pointer(&status);
}
