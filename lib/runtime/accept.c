/* An edited file that counts as what was applied, because somebody says so. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

static Revision *find_one(const Standing *standing, const char *spec, GError **error)
{
    g_autoptr(GPtrArray) found = revision_map_range(standing->map, spec, (const char *const *)standing->rows, error);
    if (found == NULL)
        return NULL;
    if (found->len == 1)
        return g_ptr_array_index(found, 0);
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "'%s' is %u revisions: an edit is accepted one revision at a time, by somebody who has read it", spec,
                found->len);
    return NULL;
}

static gboolean refuse(GError **error, const Revision *revision, const char *why)
{
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "revision '%s' %s; nothing was changed", revision->id, why);
    return FALSE;
}

/* Whether there is a file and a record that can be compared. */
static gboolean check_comparable(const MigrationContext *context, const Standing *standing, const Revision *revision,
                                 GError **error)
{
    if (history_find_started(standing->history, revision->id, STEP_UP) != NULL ||
        history_find_started(standing->history, revision->id, STEP_DOWN) != NULL)
        return refuse(error, revision,
                      "was interrupted half-way, and what was applied of it is in the journal: run migrate upgrade or "
                      "downgrade again, or see migrate repair");
    if (standing->missing != NULL && g_hash_table_contains(standing->missing, revision->id))
        return refuse(error, revision, "has no file here that could be accepted: bring its file back first");
    if (!graph_is_applied(standing->map, standing->rows, revision))
        return refuse(error, revision, "is not applied, so its file may be edited as you like: nothing to accept");
    const HistoryRow *row = g_hash_table_lookup(standing->history->applied, revision->id);
    if (row != NULL && row->token_hash != NULL)
        return TRUE;
    g_autofree char *why = g_strdup_printf(
        "is applied, but table '%s' %s (the database was adopted or stamped, or the revision imported): its file was "
        "compared with nothing, and there is nothing to accept",
        context->history_table, row == NULL ? "has no row of it" : "has no statements of it");
    return refuse(error, revision, why);
}

static EditedRevision *examine(MigrationContext *context, const Standing *standing, Revision *revision, GError **error)
{
    gboolean edited;
    if (!check_comparable(context, standing, revision, error))
        return NULL;
    const HistoryRow *row = g_hash_table_lookup(standing->history->applied, revision->id);
    if (!revision_is_edited(context, revision, row, &edited, error))
        return NULL;
    if (edited)
        return edited_revision_new(revision, row, error);
    refuse(error, revision,
           "is not edited: its file has the statements that were applied (comments, white space and the way down do "
           "not count): nothing to accept");
    return NULL;
}

EditedRevision *migration_find_edited(MigrationContext *context, const char *spec, GError **error)
{
    g_auto(Standing) standing = {0};
    if (!standing_read(&standing, context, error))
        return NULL;
    Revision *revision = find_one(&standing, spec, error);
    return revision != NULL ? examine(context, &standing, revision, error) : NULL;
}

static gboolean is_same(const EditedRevision *a, const EditedRevision *b)
{
    return g_strcmp0(a->recorded_blob, b->recorded_blob) == 0 && strcmp(a->recorded_hash, b->recorded_hash) == 0 &&
           strcmp(a->file_blob, b->file_blob) == 0;
}

static gboolean fail_moved(const Revision *revision, GError **error)
{
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_MOVED,
                "revision '%s' or what history says of it has changed since it was looked at; nothing was changed\n"
                "run again, and read it again",
                revision->id);
    return FALSE;
}

static gboolean accept_locked(MigrationContext *context, const EditedRevision *seen, GError **error)
{
    g_auto(Standing) standing = {0};
    if (!standing_read(&standing, context, error))
        return FALSE;
    Revision *revision = revision_map_get(standing.map, seen->revision->id);
    if (revision == NULL)
        return refuse(error, seen->revision, "has no file any more");
    g_autoptr(EditedRevision) now = examine(context, &standing, revision, error);
    if (now == NULL)
        return FALSE;
    PlanBase base = {.context = context,
                     .map = standing.map,
                     .missing = standing.missing,
                     .history = standing.history,
                     .rows = (const char *const *)standing.rows};
    if (!is_same(seen, now))
        return fail_moved(revision, error);
    g_autoptr(PlanStep) step = plan_edit_step(&base, revision, error);
    if (step == NULL)
        return FALSE;
    if (strcmp(step->blob_id, seen->file_blob) != 0)
        return fail_moved(revision, error);
    g_autofree char *sql = history_stamp_sql(context, step);
    return session_run_transaction(context->session, (const char *const *)&sql, 1, error);
}

gboolean migration_accept_edit(MigrationContext *context, const EditedRevision *edited, GError **error)
{
    if (!migration_lock(context, error))
        return FALSE;
    gboolean accepted = accept_locked(context, edited, error);
    session_unlock(context->session);
    return accepted;
}
