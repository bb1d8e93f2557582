#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

/* What a killed run had sent to its server is finished there, maybe behind our look: then it is time for another. */
enum { MAX_LOOKS = 3 };

/* Where a database stands and what there is to do. */
typedef struct Situation {
    char **rows;
    gboolean has_version, has_history; /* the tables exist */
    History *history;                  /* NULL: not read yet; else as much as `part` says */
    HistoryPart part;
    RevisionMap *map, *files; /* `files`: the directory's own */
    GHashTable *missing;
    GPtrArray *path; /* Revision*, not owned */
    GPtrArray *down; /* of a switch: what goes down before `path` goes up; else NULL */
    char **counted;  /* for a downgrade, the rows with the half-applied revision; NULL without one */
} Situation;

static void situation_clear(Situation *situation)
{
    g_clear_pointer(&situation->rows, g_strfreev);
    g_clear_pointer(&situation->history, history_free);
    g_clear_pointer(&situation->missing, g_hash_table_unref);
    g_clear_pointer(&situation->path, g_ptr_array_unref);
    g_clear_pointer(&situation->down, g_ptr_array_unref);
    g_clear_pointer(&situation->counted, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Situation, situation_clear)

/* Makes sure that the history is there, `whole` with the down scripts. */
static gboolean situation_read_history(Situation *situation, MigrationContext *context, gboolean whole, GError **error)
{
    if (situation->history != NULL && situation->part >= (whole ? HISTORY_WHOLE : HISTORY_ROWS))
        return TRUE;
    g_autofree char *sql = history_query_sql(context, whole ? HISTORY_WHOLE : HISTORY_ROWS);
    g_autoptr(Result) result = NULL;
    if (situation->has_history) {
        result = connection_query(session_connection(context->session), sql, error);
        if (result == NULL)
            return FALSE;
    }
    g_clear_pointer(&situation->history, history_free);
    situation->history = history_of(result, error);
    situation->part = whole ? HISTORY_WHOLE : HISTORY_ROWS;
    return situation->history != NULL;
}

/* Reads rows and history. Of the history, the down scripts are added only when a row has no file. `rows_matter` is
 * FALSE for what forgets them. `known`: both tables were seen before. */
static gboolean situation_init(Situation *situation, MigrationContext *context, HistoryPart part, gboolean known,
                               gboolean rows_matter, GError **error)
{
    situation->has_version = situation->has_history = known;
    if (!known && !context_find_tables(context, &situation->has_version, &situation->has_history, error))
        return FALSE;
    if (!history_read(context, situation->has_version, situation->has_history, part, &situation->rows,
                      &situation->history, error))
        return FALSE;
    situation->part = part;
    const char *const *rows = (const char *const *)situation->rows;
    RevisionMap *files = script_directory_map(context->directory, error);
    if (files == NULL)
        return FALSE;
    situation->map = situation->files = files;
    if (!rows_matter || graph_has_files(files, rows, situation->history))
        return TRUE;
    if (!situation_read_history(situation, context, TRUE, error))
        return FALSE;
    situation->map = graph_find(context, rows, situation->history, NULL, &situation->missing, error);
    return situation->map != NULL;
}

/* The version rows that have no file: MissingRevision*, new array. */
static GPtrArray *missing_rows(const Situation *situation, MigrationContext *context)
{
    GPtrArray *missing = g_ptr_array_new_with_free_func((GDestroyNotify)missing_revision_free);
    for (guint i = 0; situation->rows[i] != NULL; i++) {
        const char *id = situation->rows[i];
        if (revision_map_get(situation->files, id) == NULL)
            g_ptr_array_add(missing,
                            missing_revision_new(context, id, g_hash_table_lookup(situation->history->applied, id)));
    }
    return missing;
}

/* What is to be told of them, a line each. New string. */
static char *describe_missing(const GPtrArray *missing)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < missing->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               ((const MissingRevision *)g_ptr_array_index(missing, i))->detail);
    return g_strdup(text->str);
}

/* A half-applied revision is no version row, but a downgrade can take it back. */
static void situation_count_half(Situation *situation, const MigrationContext *context)
{
    const GPtrArray *started = situation->history != NULL ? situation->history->started : NULL;
    if (context->session == NULL || !commits_ddl(context->dialect) || started == NULL || started->len != 1)
        return;
    const HistoryRow *row = g_ptr_array_index(started, 0);
    const Revision *revision = revision_map_get(situation->map, row->revision);
    gboolean missing = situation->missing != NULL && g_hash_table_contains(situation->missing, row->revision);
    if (revision == NULL || missing || graph_is_applied(situation->map, situation->rows, revision))
        return;
    g_autoptr(GPtrArray) deleted = NULL, inserted = NULL;
    const char *const *rows = (const char *const *)situation->rows;
    revision_map_head_change(situation->map, revision, TRUE, rows, &deleted, &inserted);
    situation->counted = rows_change(rows, deleted, inserted);
}

/* A half-applied revision is taken back only where it is none of the files'. */
static gboolean situation_find_switch(Situation *situation, MigrationContext *context, gboolean warn, GError **error)
{
    g_autoptr(GPtrArray) missing = missing_rows(situation, context);
    for (guint i = 0; warn && i < missing->len; i++) {
        const MissingRevision *entry = g_ptr_array_index(missing, i);
        if (entry->match == FOUND_OTHER)
            log_warning("%s", entry->detail);
    }
    const GPtrArray *started = situation->history->started;
    const HistoryRow *half = started->len == 1 ? g_ptr_array_index(started, 0) : NULL;
    if (half != NULL && revision_map_get(situation->files, half->revision) == NULL)
        situation_count_half(situation, context);
    return revision_map_switch_paths(
        situation->map, situation->files,
        (const char *const *)(situation->counted != NULL ? situation->counted : situation->rows), &situation->down,
        &situation->path, error);
}

/* `spec`: NULL is a switch. */
static gboolean situation_find_path(Situation *situation, MigrationContext *context, const char *spec,
                                    StepDirection direction, gboolean warn, GError **error)
{
    if (spec == NULL)
        return situation_find_switch(situation, context, warn, error);
    if (direction == STEP_DOWN)
        situation_count_half(situation, context);
    const char *const *rows = (const char *const *)(situation->counted != NULL ? situation->counted : situation->rows);
    GError *failure = NULL;
    situation->path = direction == STEP_UP ? revision_map_upgrade_path(situation->map, spec, rows, &failure)
                                           : revision_map_downgrade_path(situation->map, spec, rows, &failure);
    if (situation->map != situation->files) {
        g_autoptr(GPtrArray) missing = missing_rows(situation, context);
        g_autofree char *detail = describe_missing(missing);
        if (situation->path == NULL && missing->len > 0) {
            g_autofree char *advice = missing_revision_advice(g_ptr_array_index(missing, 0));
            g_set_error(error, failure->domain, failure->code,
                        "%s\n%s\nit was applied from another branch, or from a release that was rolled back here\n%s",
                        failure->message, detail, advice);
            g_error_free(failure);
            return FALSE;
        }
        if (warn && *detail != '\0')
            log_warning("%s", detail);
    }
    if (failure != NULL)
        g_propagate_error(error, failure);
    return situation->path != NULL;
}

static Plan *situation_plan(Situation *situation, MigrationContext *context, StepDirection direction, GError **error)
{
    gboolean goes_down = direction == STEP_DOWN || situation->down != NULL;
    if (!situation_read_history(situation, context, goes_down, error))
        return NULL;
    PlanBase base = {.context = context,
                     .map = situation->map,
                     .missing = situation->missing,
                     .history = situation->history,
                     .rows = (const char *const *)(situation->counted != NULL ? situation->counted : situation->rows)};
    base.half = situation->counted != NULL ? g_ptr_array_index(situation->history->started, 0) : NULL;
    if (direction == STEP_UP && !refuse_edited(&base, error))
        return NULL;
    return situation->down != NULL ? plan_build_switch(&base, situation->down, situation->path, error)
                                   : plan_build(&base, situation->path, direction, error);
}

/* Reads where the database stands and what is to be done. *nothing: the path is empty, and there is no half-done step
 * that has to be spoken of. */
static gboolean situation_look(Situation *situation, MigrationContext *context, const char *spec,
                               StepDirection direction, HistoryPart part, gboolean known, gboolean warn,
                               gboolean *nothing, GError **error)
{
    if (!situation_init(situation, context, part, known, TRUE, error) ||
        !situation_find_path(situation, context, spec, direction, warn, error))
        return FALSE;
    *nothing = situation->path->len == 0 && (situation->down == NULL || situation->down->len == 0) &&
               situation->history->started->len == 0;
    return TRUE;
}

static gboolean situation_ensure_tables(const Situation *situation, MigrationContext *context, GError **error)
{
    return (situation->has_version && situation->has_history) ||
           context_create_tables(context, !situation->has_version, !situation->has_history, error);
}

/* The lock is held. `before`: what was seen without it, with rows NULL when they could not be read for somebody's
 * lock. */
static RunResult *migrate_locked(MigrationContext *context, const char *spec, StepDirection direction,
                                 const Situation *before, ProgressFunction progress, void *data, GError **error)
{
    g_auto(Situation) situation = {0};
    gboolean nothing;
    HistoryPart part = direction == STEP_DOWN || spec == NULL ? HISTORY_WHOLE : HISTORY_ROWS;
    gboolean known = before->rows != NULL && before->has_version && before->has_history;
    if (!situation_look(&situation, context, spec, direction, part, known, before->rows == NULL, &nothing, error))
        return NULL;
    const char *const *rows = (const char *const *)situation.rows;
    g_autoptr(RunResult) result = NULL;
    if (nothing) {
        result = run_result_new(rows);
    } else {
        g_autoptr(Plan) plan = situation_plan(&situation, context, direction, error);
        if (plan == NULL || !situation_ensure_tables(&situation, context, error))
            return NULL;
        result = plan_run(context, plan, rows, progress, data, error);
    }
    if (result != NULL)
        result->waited = before->rows == NULL || !g_strv_equal((const char *const *)before->rows, rows);
    return g_steal_pointer(&result);
}

/* Somebody who is no migration run keeps the database locked: for the caller that is a held lock, too. */
static void propagate_failure(GError *failure, GError **error)
{
    if (g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY)) {
        g_set_error(
            error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD,
            "another program keeps the database locked: %s\nrun again when it has finished, or raise lock_timeout",
            failure->message);
        g_error_free(failure);
    } else {
        g_propagate_error(error, failure);
    }
}

/* A run that writes much may keep readers away for longer than lock_timeout; it is waited for with the migration lock,
 * for lock_wait. */
static RunResult *migrate(MigrationContext *context, const char *spec, StepDirection direction,
                          ProgressFunction progress, void *data, GError **error)
{
    g_auto(Situation) situation = {0};
    gboolean nothing = FALSE;
    GError *failure = NULL;
    gboolean seen =
        situation_look(&situation, context, spec, direction, HISTORY_STARTED, FALSE, TRUE, &nothing, &failure);
    if (!seen && !g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY)) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_clear_error(&failure);
    if (!seen)
        g_clear_pointer(&situation.rows, g_strfreev);
    if (nothing)
        return run_result_new((const char *const *)situation.rows);
    if (!migration_lock(context, error))
        return NULL;
    RunResult *result = NULL;
    for (guint looks = 1;; looks++) {
        result = migrate_locked(context, spec, direction, &situation, progress, data, &failure);
        if (result != NULL || looks == MAX_LOOKS || !g_error_matches(failure, RUNTIME_ERROR, RUNTIME_ERROR_MOVED))
            break;
        log_detail("looking again: %s", failure->message);
        g_clear_error(&failure);
    }
    session_unlock(context->session);
    if (failure != NULL)
        propagate_failure(failure, error);
    return result;
}

RunResult *migration_upgrade(MigrationContext *context, const char *spec, ProgressFunction progress, void *data,
                             GError **error)
{
    return migrate(context, spec, STEP_UP, progress, data, error);
}

RunResult *migration_downgrade(MigrationContext *context, const char *spec, ProgressFunction progress, void *data,
                               GError **error)
{
    return migrate(context, spec, STEP_DOWN, progress, data, error);
}

RunResult *migration_switch(MigrationContext *context, ProgressFunction progress, void *data, GError **error)
{
    return migrate(context, NULL, STEP_UP, progress, data, error);
}

/* ---- stamp ---- */

/* The rows (char*) that are no target. */
static GPtrArray *stamp_deleted(const char *const *rows, const GPtrArray *targets)
{
    GPtrArray *deleted = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; rows[i] != NULL; i++) {
        gboolean stays = FALSE;
        for (guint j = 0; j < targets->len; j++)
            stays = stays || strcmp(((const Revision *)g_ptr_array_index(targets, j))->id, rows[i]) == 0;
        if (!stays)
            g_ptr_array_add(deleted, g_strdup(rows[i]));
    }
    return deleted;
}

/* The steps of a stamp: version rows to write, and a history row for each revision that becomes one. With `purge` the
 * rows do not count; offline nobody knows them. */
static Plan *stamp_plan(Situation *situation, MigrationContext *context, const char *spec, gboolean purge,
                        GError **error)
{
    static const char *const none[] = {NULL};
    const char *const *rows = (const char *const *)situation->rows;
    g_autoptr(GPtrArray) targets = revision_map_stamp_targets(situation->map, spec, purge ? none : rows, error);
    if (targets == NULL)
        return NULL;
    PlanBase base = {context, situation->map, situation->missing, situation->history, rows, NULL, NULL};
    g_autoptr(Plan) plan = g_new0(Plan, 1);
    plan->steps = g_ptr_array_new_with_free_func((GDestroyNotify)plan_step_free);
    g_autoptr(GPtrArray) deleted = stamp_deleted(rows, targets);
    gboolean unknown = purge && session_is_offline(context->session);
    for (guint i = 0; i < targets->len; i++) {
        Revision *target = g_ptr_array_index(targets, i);
        if (g_strv_contains(rows, target->id))
            continue;
        PlanStep *step = plan_stamp_step(&base, target, error);
        if (step == NULL)
            return NULL;
        g_ptr_array_add(plan->steps, step);
        g_ptr_array_add(step->insert_ids, g_strdup(target->id));
    }
    if (plan->steps->len == 0 && (deleted->len > 0 || unknown)) {
        PlanStep *step = plan_step_new(STEP_STAMP, targets->len > 0 ? ((Revision *)targets->pdata[0])->id : "base", "");
        g_ptr_array_add(plan->steps, step);
    }
    if (plan->steps->len > 0) {
        PlanStep *first = g_ptr_array_index(plan->steps, 0);
        g_ptr_array_extend_and_steal(first->delete_ids, g_steal_pointer(&deleted));
    }
    return g_steal_pointer(&plan);
}

/* `sql` (char*): what goes before, in the same transaction. */
static RunResult *stamp_run(MigrationContext *context, const Plan *plan, const char *const *rows, GPtrArray *sql,
                            gboolean give_up, GError **error)
{
    g_auto(GStrv) after = g_strdupv((char **)rows);
    g_autoptr(RunResult) result = run_result_new(rows);
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        context_change_sql(context, step->delete_ids, step->insert_ids, sql);
        g_ptr_array_add(sql, history_stamp_sql(context, step));
    }
    if (give_up)
        g_ptr_array_add(sql, history_give_up_sql(context));
    if (!session_run_transaction(context->session, (const char *const *)sql->pdata, sql->len, error))
        return NULL;
    for (guint i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = g_ptr_array_index(plan->steps, i);
        char **changed = rows_change((const char *const *)after, step->delete_ids, step->insert_ids);
        g_strfreev(after);
        after = changed;
        g_ptr_array_add(result->steps, g_strdup(step->id));
    }
    g_strfreev(result->heads);
    result->heads = g_steal_pointer(&after);
    return g_steal_pointer(&result);
}

static RunResult *stamp_locked(MigrationContext *context, const char *spec, gboolean purge, GError **error)
{
    g_auto(Situation) situation = {0};
    if (!situation_init(&situation, context, HISTORY_WHOLE, FALSE, !purge, error))
        return NULL;
    g_autoptr(Plan) plan = stamp_plan(&situation, context, spec, purge, error);
    if (plan == NULL)
        return NULL;
    const char *const *rows = (const char *const *)situation.rows;
    gboolean give_up = situation.history->started->len > 0;
    if (plan->steps->len == 0 && !give_up)
        return run_result_new(rows);
    if (!situation_ensure_tables(&situation, context, error))
        return NULL;
    g_autoptr(GPtrArray) sql = g_ptr_array_new_with_free_func(g_free);
    return stamp_run(context, plan, rows, sql, give_up, error);
}

RunResult *migration_stamp(MigrationContext *context, const char *spec, gboolean purge, GError **error)
{
    if (!migration_lock(context, error))
        return NULL;
    GError *failure = NULL;
    RunResult *result = stamp_locked(context, spec, purge, &failure);
    session_unlock(context->session);
    if (failure != NULL)
        propagate_failure(failure, error);
    return result;
}

/* ---- plans for people ---- */

Plan *migration_plan(MigrationContext *context, const char *spec, StepDirection direction, GError **error)
{
    g_auto(Situation) situation = {0};
    HistoryPart part = direction == STEP_UP ? HISTORY_ROWS : HISTORY_WHOLE;
    if (!situation_init(&situation, context, part, FALSE, TRUE, error))
        return NULL;
    if (direction == STEP_STAMP)
        return stamp_plan(&situation, context, spec, FALSE, error);
    return situation_find_path(&situation, context, spec, direction, TRUE, error)
               ? situation_plan(&situation, context, direction, error)
               : NULL;
}

Plan *migration_switch_plan(MigrationContext *context, GError **error)
{
    g_auto(Situation) situation = {0};
    return situation_init(&situation, context, HISTORY_WHOLE, FALSE, TRUE, error) &&
                   situation_find_path(&situation, context, NULL, STEP_UP, TRUE, error)
               ? situation_plan(&situation, context, STEP_UP, error)
               : NULL;
}

/* The rows of a database that was upgraded to `from`. */
static char **offline_rows(RevisionMap *map, const char *from, GError **error)
{
    g_autoptr(GPtrArray) revisions = revision_map_stamp_targets(map, from, NULL, error);
    if (revisions == NULL)
        return NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < revisions->len; i++)
        g_strv_builder_add(builder, ((const Revision *)g_ptr_array_index(revisions, i))->id);
    return g_strv_builder_end(builder);
}

static void offline_say_nothing(const Situation *situation, const char *spec, StepDirection direction)
{
    g_autofree char *from = g_strjoinv(", ", situation->rows);
    log_info("nothing to do: no revision is to be %s from %s to %s",
             direction == STEP_UP     ? "applied"
             : direction == STEP_DOWN ? "taken down"
                                      : "stamped",
             *from ? from : "base", spec);
}

static gboolean offline_run(MigrationContext *context, Situation *situation, const char *spec, StepDirection direction,
                            GError **error)
{
    if (!situation_find_path(situation, context, spec, direction, FALSE, error))
        return FALSE;
    const char *const *rows = (const char *const *)situation->rows;
    PlanBase base = {context, situation->map, NULL, NULL, rows, NULL, NULL};
    g_autoptr(Plan) plan = plan_build(&base, situation->path, direction, error);
    if (plan == NULL)
        return FALSE;
    if (plan->steps->len == 0) {
        offline_say_nothing(situation, spec, direction);
        return TRUE;
    }
    if (!context_create_tables(context, TRUE, TRUE, error))
        return FALSE;
    g_autoptr(RunResult) result = plan_run(context, plan, rows, NULL, NULL, error);
    return result != NULL;
}

static gboolean offline_stamp(MigrationContext *context, Situation *situation, const char *spec, gboolean purge,
                              GError **error)
{
    const char *const *rows = (const char *const *)situation->rows;
    g_autoptr(Plan) plan = stamp_plan(situation, context, spec, purge, error);
    if (plan == NULL)
        return FALSE;
    if (plan->steps->len == 0) {
        offline_say_nothing(situation, spec, STEP_STAMP);
        return TRUE;
    }
    if (!context_create_tables(context, TRUE, TRUE, error))
        return FALSE;
    g_autofree char *from = g_strjoinv(", ", situation->rows);
    g_autofree char *comment = g_strdup_printf("Running stamp_revision %s -> %s", from, spec);
    session_comment(context->session, comment);
    g_autoptr(GPtrArray) sql = g_ptr_array_new_with_free_func(g_free);
    if (purge)
        g_ptr_array_add(sql, g_strdup_printf("DELETE FROM %s", context->version_name));
    g_autoptr(RunResult) result = stamp_run(context, plan, rows, sql, FALSE, error);
    return result != NULL;
}

/* Cuts "A:B" (A and B not empty, A base by default) and finds the rows of a database at A. *to points into `range`. */
static gboolean offline_init(Situation *situation, const MigrationContext *context, const char *range,
                             StepDirection direction, const char **to, GError **error)
{
    const char *colon = strchr(range, ':');
    *to = colon != NULL ? colon + 1 : range;
    if (**to == '\0' || (colon == NULL && direction == STEP_DOWN)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    direction == STEP_DOWN
                        ? "'%s': a downgrade without a database needs to know where it starts: FROM:TO"
                        : "'%s': FROM:TO or TO is needed",
                    range);
        return FALSE;
    }
    situation->map = situation->files = script_directory_map(context->directory, error);
    if (situation->map == NULL)
        return FALSE;
    g_autofree char *from =
        colon != NULL && colon > range ? g_strndup(range, (gsize)(colon - range)) : g_strdup("base");
    situation->rows = offline_rows(situation->map, from, error);
    return situation->rows != NULL;
}

gboolean migration_offline(MigrationContext *context, const char *range, StepDirection direction, GError **error)
{
    if (direction == STEP_STAMP)
        return migration_offline_stamp(context, range, FALSE, error);
    g_auto(Situation) situation = {0};
    const char *to;
    return offline_init(&situation, context, range, direction, &to, error) &&
           offline_run(context, &situation, to, direction, error);
}

gboolean migration_offline_stamp(MigrationContext *context, const char *range, gboolean purge, GError **error)
{
    g_auto(Situation) situation = {0};
    const char *to;
    if (!offline_init(&situation, context, range, STEP_STAMP, &to, error))
        return FALSE;
    if (purge && strchr(range, ':') != NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "'%s': with --purge the version table is emptied first, so nothing can stand before the ':'",
                    range);
        return FALSE;
    }
    return offline_stamp(context, &situation, to, purge, error);
}
