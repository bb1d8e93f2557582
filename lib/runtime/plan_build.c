#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

/* ---- resuming ---- */

/* Goes on behind what the journal says is done, if that is still what the file says. */
static gboolean plan_resume(const PlanBase *base, PlanStep *step, GError **error)
{
    const HistoryRow *row = history_find_started(base->history, step->id, step->direction);
    if (row == NULL)
        return TRUE;
    step->started = TRUE;
    step->in_flight = g_strdup(row->in_flight);
    g_autofree char *chain = NULL;
    for (gint64 i = 0; i < row->done && i < step->total; i++) {
        g_autofree char *before = g_steal_pointer(&chain);
        chain = statement_chain_with_data(base->context->dialect, before, plan_step_statement(step, (guint)i));
    }
    if (row->done <= step->total && g_strcmp0(chain, row->done > 0 ? row->done_hash : NULL) == 0) {
        step->done = (guint)row->done;
        return TRUE;
    }
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_EDITED,
                "revision '%s' was interrupted after %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                " statements, and those were edited since: %s\n"
                "restore them (what follows may be changed) and run again; or finish or undo the revision by hand and "
                "say where the database stands: migrate stamp REVISION",
                row->revision, row->done, row->total, step->source);
    return FALSE;
}

static gboolean in_path(const GPtrArray *path, const char *id)
{
    for (guint i = 0; i < path->len; i++)
        if (strcmp(((const Revision *)g_ptr_array_index(path, i))->id, id) == 0)
            return TRUE;
    return FALSE;
}

/* "merge-1" would be ambiguous, so there one parent is named. */
static char *down_command(const HistoryRow *row)
{
    const char *comma = strchr(row->revises, ',');
    return comma != NULL ? g_strdup_printf("migrate downgrade %.*s", (int)(comma - row->revises), row->revises)
                         : g_strdup_printf("migrate downgrade %s-1", row->revision);
}

/* The command that goes on with an interrupted step, and where there is one, that takes it back. */
static char *continue_commands(const MigrationContext *context, const HistoryRow *row)
{
    g_autofree char *down = down_command(row);
    if (strcmp(row->direction, "up") != 0)
        return g_strdup_printf("finish it first: %s", down);
    if (!commits_ddl(context->dialect))
        return g_strdup_printf("finish it first: migrate upgrade %s", row->revision);
    return g_strdup_printf("finish it first: migrate upgrade %s; or take it back: %s", row->revision, down);
}

/* A line about the file of a half-done step that is not here; "" when it is. New string. */
static char *where_it_lives(const PlanBase *base, const HistoryRow *row)
{
    const Revision *revision = revision_map_get(base->map, row->revision);
    if (revision != NULL && !missing_file_has(base->context, revision))
        return g_strdup("");
    const HistoryRow *up = history_find_up(base->history, row->revision);
    g_autoptr(MissingRevision) missing = missing_revision_new(base->context, row->revision, up != NULL ? up : row);
    return missing->found != NULL ? g_strdup_printf("%s; bring it here: %s\n", missing->detail, missing->found->bring)
           : missing->looked != NULL ? g_strdup_printf("%s\n%s\n", missing->detail, missing->looked)
                                     : g_strdup_printf("%s\n", missing->detail);
}

/* A half-done step stands in the way of everything but its own continuation. */
static gboolean refuse_interrupted(const PlanBase *base, const GPtrArray *path, StepDirection direction, GError **error)
{
    for (guint i = 0; i < base->history->started->len; i++) {
        const HistoryRow *row = g_ptr_array_index(base->history->started, i);
        gboolean goes_on = strcmp(row->direction, direction_name(direction)) == 0;
        if ((goes_on || row == base->half) && in_path(path, row->revision))
            continue;
        gboolean up = strcmp(row->direction, "up") == 0;
        g_autofree char *how = continue_commands(base->context, row);
        g_autofree char *lives = where_it_lives(base, row);
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_INTERRUPTED,
                    "revision '%s' is half %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                    " statements are done; nothing was run%s%s\n"
                    "%s%s; or finish or undo it by hand and say where the database stands: migrate "
                    "stamp REVISION",
                    row->revision, up ? "applied" : "taken down", row->done, row->total,
                    row->error != NULL ? "\nit stopped at " : "", row->error != NULL ? row->error : "", lives, how);
        return FALSE;
    }
    return TRUE;
}

/* ---- the whole ---- */

/* A file of another branch is not applied by this one, however it was begun. */
static gboolean refuse_found(const MigrationContext *context, const Revision *revision, GError **error)
{
    const MissingFile *file = g_hash_table_lookup(context->missing_files, revision->id);
    if (!missing_file_has(context, revision))
        return TRUE;
    g_autofree char *back =
        commits_ddl(context->dialect)
            ? g_strdup_printf("; or take back what is done of it: migrate downgrade %s-1", revision->id)
            : g_strdup("");
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN,
                "revision '%s' cannot be applied: its file is not here; it is %s\nbring it here: %s%s", revision->id,
                file->found->where, file->found->bring, back);
    return FALSE;
}

/* One transaction around everything leaves no place for what must stand outside. */
static gboolean check_one_transaction(const MigrationContext *context, const PlanStep *step, GError **error)
{
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(step->groups, i);
        if (group->transactional && !step->started)
            continue;
        if (commits_ddl(context->dialect))
            g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                        "%s:%d: this statement of revision '%s' commits by itself on this server (%s), which no "
                        "transaction can hold back, but migrate.ini says transaction = all; nothing was run\n"
                        "say transaction = revision (-x transaction=revision): each statement is journalled, and "
                        "upgrade goes on where it stopped",
                        step->source, group->section_line, step->id, context->dialect->name);
        else
            g_set_error(
                error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "%s:%d: revision '%s' has a section outside transactions, but migrate.ini says transaction = all; "
                "nothing was run\n"
                "run it by itself with transaction = revision (-x transaction=revision)",
                step->source, group->section_line, step->id);
        return FALSE;
    }
    return TRUE;
}

/* How many revisions of the path there are up to the last one of operations: until then the schema matters. */
static guint count_with_ops(const GPtrArray *path)
{
    guint n = path->len;
    while (n > 0 && !((const Revision *)g_ptr_array_index(path, n - 1))->is_ops)
        n--;
    return n;
}

/* The base with the schema of the applied revisions, which the caller frees. */
static gboolean base_with_state(const PlanBase *base, PlanBase *with, GError **error)
{
    *with = *base;
    with->state = applied_schema(base, error);
    return with->state != NULL;
}

/* A plan as far as it is built. */
typedef struct Building {
    PlanBase *base;
    Plan *plan;
    char **rows;    /* behind its last step */
    guint with_ops; /* as many steps need the schema */
} Building;

static void building_clear(Building *building)
{
    g_clear_pointer(&building->plan, plan_free);
    g_clear_pointer(&building->rows, g_strfreev);
    g_clear_pointer(&building->base->state, schema_state_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Building, building_clear)

static gboolean building_init(Building *building, guint with_ops, GError **error)
{
    PlanBase *base = building->base;
    building->with_ops = with_ops;
    building->plan = g_new0(Plan, 1);
    building->plan->steps = g_ptr_array_new_with_free_func((GDestroyNotify)plan_step_free);
    building->rows = g_strdupv((char **)base->rows);
    base->state = NULL;
    return with_ops == 0 || (base->state = applied_schema(base, error)) != NULL;
}

static gboolean building_add(Building *building, Revision *revision, StepDirection direction, GError **error)
{
    PlanBase *base = building->base;
    const char *const *rows = (const char *const *)building->rows;
    if (building->plan->steps->len == building->with_ops)
        g_clear_pointer(&base->state, schema_state_free);
    if (direction == STEP_UP && !refuse_found(base->context, revision, error))
        return FALSE;
    PlanStep *step = direction == STEP_UP ? plan_step_up(base, revision, error) : plan_step_down(base, revision, error);
    if (step == NULL)
        return FALSE;
    g_ptr_array_add(building->plan->steps, step);
    if ((base->history != NULL && !plan_resume(base, step, error)) ||
        (base->context->one_transaction && !check_one_transaction(base->context, step, error)))
        return FALSE;
    g_ptr_array_unref(step->delete_ids);
    g_ptr_array_unref(step->insert_ids);
    revision_map_head_change(base->map, revision, direction == STEP_UP, rows, &step->delete_ids, &step->insert_ids);
    char **changed = rows_change(rows, step->delete_ids, step->insert_ids);
    g_strfreev(building->rows);
    building->rows = changed;
    if (step->taken != NULL) {
        g_ptr_array_set_size(step->delete_ids, 0);
        g_ptr_array_set_size(step->insert_ids, 0);
    }
    return TRUE;
}

static gboolean building_add_all(Building *building, const GPtrArray *path, StepDirection direction, GError **error)
{
    for (guint i = 0; i < path->len; i++)
        if (!building_add(building, g_ptr_array_index(path, i), direction, error))
            return FALSE;
    return TRUE;
}

Plan *plan_build(const PlanBase *given, const GPtrArray *path, StepDirection direction, GError **error)
{
    PlanBase base = *given;
    g_auto(Building) building = {.base = &base};
    if (base.history != NULL && !refuse_interrupted(&base, path, direction, error))
        return NULL;
    if (!building_init(&building, count_with_ops(path), error) || !building_add_all(&building, path, direction, error))
        return NULL;
    return g_steal_pointer(&building.plan);
}

Plan *plan_build_switch(const PlanBase *given, const GPtrArray *down, const GPtrArray *up, GError **error)
{
    PlanBase base = *given;
    g_auto(Building) building = {.base = &base};
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    const GPtrArray *begins = down->len > 0 ? down : up;
    if (begins->len > 0)
        g_ptr_array_add(first, g_ptr_array_index(begins, 0));
    if (!refuse_interrupted(&base, first, begins == down ? STEP_DOWN : STEP_UP, error))
        return NULL;
    guint ups = count_with_ops(up);
    guint with_ops = ups > 0 ? down->len + ups : count_with_ops(down);
    if (!building_init(&building, with_ops, error) || !building_add_all(&building, down, STEP_DOWN, error) ||
        !building_add_all(&building, up, STEP_UP, error))
        return NULL;
    return g_steal_pointer(&building.plan);
}

PlanStep *plan_interrupted(PlanBase *base, const HistoryRow *row, GError **error)
{
    Revision *revision = revision_map_get(base->map, row->revision);
    gboolean up = strcmp(row->direction, "up") == 0;
    if (revision == NULL) {
        g_autofree char *lives = where_it_lives(base, row);
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN,
                    "revision '%s' is half done, and its file is missing\n%sbring it back, or say where the database "
                    "stands: migrate stamp REVISION",
                    row->revision, lives);
        return NULL;
    }
    if (!up && commits_ddl(base->context->dialect) && !graph_is_applied(base->map, (char **)base->rows, revision))
        base->half = row;
    PlanBase own = *base;
    if (revision->is_ops && !base_with_state(base, &own, error))
        return NULL;
    g_autoptr(SchemaState) state G_GNUC_UNUSED = own.state;
    g_autoptr(PlanStep) step = up ? plan_step_up(&own, revision, error) : plan_step_down(&own, revision, error);
    return step != NULL && plan_resume(base, step, error) ? g_steal_pointer(&step) : NULL;
}
