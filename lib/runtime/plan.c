#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

PlanStep *plan_step_new(StepDirection direction, const char *id, const char *message)
{
    PlanStep *step = g_new0(PlanStep, 1);
    step->direction = direction;
    step->id = g_strdup(id);
    step->message = g_strdup(message);
    step->delete_ids = g_ptr_array_new_with_free_func(g_free);
    step->insert_ids = g_ptr_array_new_with_free_func(g_free);
    step->revises = g_strdup("");
    step->depends_on = g_strdup("");
    return step;
}

void plan_step_free(PlanStep *step)
{
    if (step == NULL)
        return;
    g_clear_pointer(&step->groups, g_ptr_array_unref);
    g_clear_pointer(&step->delete_ids, g_ptr_array_unref);
    g_clear_pointer(&step->insert_ids, g_ptr_array_unref);
    if (step->taken != NULL)
        plan_step_free(step->taken->up);
    g_free(step->taken);
    char *texts[] = {step->id,      step->message,    step->source,    step->revises,  step->depends_on,
                     step->blob_id, step->token_hash, step->down_text, step->in_flight};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_free(step);
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->steps);
    g_free(plan);
}

static char *join_ids(const GPtrArray *revisions)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < revisions->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               ((const Revision *)g_ptr_array_index(revisions, i))->id);
    return g_strdup(text->str);
}

/* A step without its groups. */
static PlanStep *step_of(StepDirection direction, Revision *revision, gboolean missing)
{
    PlanStep *step = plan_step_new(direction, revision->id, revision->message);
    step->revision = missing ? NULL : revision;
    step->source = g_strdup(revision->path);
    g_free(step->revises);
    step->revises = join_ids(revision->parents);
    g_free(step->depends_on);
    step->depends_on = join_ids(revision->dependencies);
    return step;
}

/* What history keeps of a file. */
static gboolean step_describe_file(PlanStep *step, const MigrationContext *context, Revision *revision, GError **error)
{
    if (!revision_load(revision, error) || (step->blob_id = revision_blob_id(revision, error)) == NULL)
        return FALSE;
    /* What only stands for SQL may be filled in later. */
    if (sections_imported(context->dialect, revision) == NULL)
        step->token_hash = sections_hash(context->dialect, revision);
    /* That of operations needs the schema behind them. */
    step->down_text = revision->is_ops ? NULL : revision_down_text(revision);
    return TRUE;
}

static void step_describe_recorded(PlanStep *step, const HistoryRow *row)
{
    step->blob_id = g_strdup(row->blob_id);
    step->token_hash = g_strdup(row->token_hash);
    step->down_text = g_strdup(row->down_text);
}

static gboolean is_missing(const PlanBase *base, const Revision *revision)
{
    return base->missing != NULL && g_hash_table_contains(base->missing, revision->id);
}

static guint count_statements(const GPtrArray *groups)
{
    guint n = 0;
    for (guint i = 0; i < groups->len; i++)
        n += ((const PlanGroup *)g_ptr_array_index(groups, i))->statements->len;
    return n;
}

/* The statements of one direction; *found tells whether the revision speaks of it. The schema that operations are for
 * goes on with them. */
static GPtrArray *revision_group(const PlanBase *base, Revision *revision, gboolean up, const char *source,
                                 int skip_lines, gboolean *found, GError **error)
{
    if (revision->is_ops) {
        *found = ops_has_direction(revision, up);
        return ops_group(base->context, revision, up, base->state, error);
    }
    GPtrArray *groups = sections_group(base->context, revision, up, source, skip_lines, found, error);
    if (groups != NULL && base->state != NULL)
        applied_schema_run(base->state, groups, source);
    return groups;
}

/* ---- up ---- */

/* To apply nothing would be to say that it is applied. */
static gboolean refuse_imported(const MigrationContext *context, const Revision *revision, GError **error)
{
    const Section *section = sections_imported(context->dialect, revision);
    if (section == NULL)
        return TRUE;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "revision '%s' cannot be applied: it was imported from '%s', and its SQL for %s is not here; nothing "
                "was run\n"
                "%s:%d: write the SQL behind this marker and take 'imported' out of it; or import again with "
                "--sql; where the schema is there already: migrate stamp %s",
                revision->id, section->imported, context->dialect->name, revision->path, section->marker_line,
                revision->id);
    return FALSE;
}

PlanStep *plan_step_up(const PlanBase *base, Revision *revision, GError **error)
{
    gboolean missing = is_missing(base, revision);
    g_autoptr(PlanStep) step = step_of(STEP_UP, revision, missing);
    if (missing) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_UNKNOWN,
                    "revision '%s' cannot be applied: its file is missing, and history keeps only the way down",
                    revision->id);
        return NULL;
    }
    if (!step_describe_file(step, base->context, revision, error) || !refuse_imported(base->context, revision, error))
        return NULL;
    gboolean found;
    step->groups = revision_group(base, revision, TRUE, revision->path, 0, &found, error);
    if (step->groups == NULL)
        return NULL;
    if (revision->is_ops)
        step->down_text = ops_down_text(base->context, revision, base->state);
    step->total = count_statements(step->groups);
    return g_steal_pointer(&step);
}

/* ---- down ---- */

static void fail_irreversible(const PlanStep *step, const char *reason, GError **error)
{
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_IRREVERSIBLE,
                "revision '%s' cannot be taken down: %s\n"
                "%s; nothing was run; write a new revision that undoes what is to be undone",
                step->id, reason, step->source);
}

/* Reads the down sections of `revision` into the step. `has_up`: there is something to be undone. */
static gboolean fill_down(PlanStep *step, const PlanBase *base, Revision *revision, int skip_lines, gboolean has_up,
                          GError **error)
{
    const char *reason = sections_irreversible(base->context->dialect, revision);
    if (reason != NULL) {
        fail_irreversible(step, reason, error);
        return FALSE;
    }
    gboolean found;
    step->groups = revision_group(base, revision, FALSE, step->source, skip_lines, &found, error);
    if (step->groups == NULL)
        return FALSE;
    if (!found && has_up) {
        g_autofree char *text = revision->is_ops ? g_strdup("it has no \"downgrade\"")
                                                 : g_strdup_printf("it has no '-- migrate:down' section for %s",
                                                                   base->context->dialect->name);
        fail_irreversible(step, text, error);
        return FALSE;
    }
    step->total = count_statements(step->groups);
    return TRUE;
}

static gboolean has_up(const PlanBase *base, const Revision *revision, gboolean *has, GError **error)
{
    if (revision->is_ops) {
        *has = ops_document_count(revision->ops, TRUE) > 0;
        return TRUE;
    }
    gboolean found;
    g_autoptr(GPtrArray) up = sections_group(base->context, revision, TRUE, revision->path, 0, &found, error);
    *has = up != NULL && count_statements(up) > 0;
    return up != NULL;
}

/* What an interrupted way down of operations was compiled to, when its file is as it was then: the schema that they are
 * compiled for may be known otherwise from where the run stopped than from where it began. NULL without an error: it is
 * for the file to say. */
static GPtrArray *begun_down(const PlanBase *base, const Revision *revision, const PlanStep *step, GError **error)
{
    const HistoryRow *row = base->history != NULL ? history_find_started(base->history, revision->id, STEP_DOWN) : NULL;
    if (!revision->is_ops || row == NULL || row->down_text == NULL || g_strcmp0(row->blob_id, step->blob_id) != 0)
        return NULL;
    int lines;
    gboolean found;
    g_autoptr(Revision) recorded = revision_from_history(base->context, row, &lines, error);
    return recorded != NULL ? sections_group(base->context, recorded, FALSE, recorded->path, lines, &found, error)
                            : NULL;
}

static gboolean go_on_down(PlanStep *step, const PlanBase *base, const Revision *revision, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) begun = begun_down(base, revision, step, &failure);
    if (begun == NULL) {
        if (failure != NULL)
            g_propagate_error(error, failure);
        return failure == NULL;
    }
    g_clear_pointer(&step->groups, g_ptr_array_unref);
    step->groups = g_steal_pointer(&begun);
    step->total = count_statements(step->groups);
    return TRUE;
}

static gboolean fill_down_from_file(PlanStep *step, const PlanBase *base, Revision *revision, GError **error)
{
    gboolean has;
    if (!has_up(base, revision, &has, error) || !step_describe_file(step, base->context, revision, error) ||
        !fill_down(step, base, revision, 0, has, error))
        return FALSE;
    if (!go_on_down(step, base, revision, error))
        return FALSE;
    if (revision->is_ops)
        step->down_text = groups_to_sections(base->context->dialect, step->groups, FALSE, NULL);
    return TRUE;
}

static gboolean fill_down_from_history(PlanStep *step, const PlanBase *base, const HistoryRow *row, GError **error)
{
    int lines;
    g_autoptr(Revision) recorded = revision_from_history(base->context, row, &lines, error);
    if (recorded == NULL)
        return FALSE;
    g_free(step->source);
    step->source = g_strdup(recorded->path);
    step_describe_recorded(step, row);
    return fill_down(step, base, recorded, lines, row->total > 0 || strcmp(row->direction, "stamp") == 0, error);
}

static gboolean is_half(const PlanBase *base, const Revision *revision)
{
    return base->half != NULL && strcmp(base->half->revision, revision->id) == 0;
}

/* The way up as far as it has come: what was in flight is known by what it has left, whatever the file says now. */
static PlanTaken *plan_taken(const PlanBase *base, Revision *revision, const HistoryRow *row, GError **error)
{
    PlanStep *up = plan_step_up(base, revision, error);
    if (up == NULL)
        return NULL;
    PlanTaken *taken = g_new0(PlanTaken, 1);
    taken->up = up;
    taken->begun = strcmp(base->half->direction, "down") == 0;
    taken->complete = row->done == row->total && row->done == up->total;
    taken->nothing = row->done == 0 && row->in_flight == NULL;
    up->done = (guint)row->done;
    up->in_flight = taken->begun ? NULL : g_strdup(row->in_flight);
    return taken;
}

PlanStep *plan_step_down(const PlanBase *base, Revision *revision, GError **error)
{
    gboolean missing = is_missing(base, revision);
    gboolean half = is_half(base, revision);
    const HistoryRow *row = base->history == NULL ? NULL
                            : half                ? history_find_up(base->history, revision->id)
                                                  : g_hash_table_lookup(base->history->applied, revision->id);
    g_autoptr(PlanStep) step = step_of(STEP_DOWN, revision, missing);
    if (missing_file_has(base->context, revision))
        step->found = ((const MissingFile *)g_hash_table_lookup(base->context->missing_files, revision->id))->found;
    gboolean edited = FALSE;
    if (!missing && !revision_load(revision, error))
        return NULL;
    if (!missing && !revision_is_edited(base->context, revision, row, &edited, error))
        return NULL;
    if (half && row != NULL && (step->taken = plan_taken(base, revision, row, error)) == NULL)
        return NULL;
    if (half && row == NULL && base->state != NULL)
        applied_schema_follow(base->state, base->context, revision, TRUE);
    if (edited)
        log_warning("revision '%s' was edited after it was applied: it is taken down with the down script that was "
                    "recorded then, not with %s",
                    revision->id, revision->path);
    gboolean filled = row != NULL && (missing || edited) ? fill_down_from_history(step, base, row, error)
                                                         : fill_down_from_file(step, base, revision, error);
    return filled ? g_steal_pointer(&step) : NULL;
}

const PlanStatement *plan_step_statement(const PlanStep *step, guint index)
{
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(step->groups, i);
        if (index < group->statements->len)
            return g_ptr_array_index(group->statements, index);
        index -= group->statements->len;
    }
    return NULL;
}

/* ---- stamped and accepted ---- */

/* The way down as it is with nothing else applied than the revision and what it stands on. */
static char *stamped_down_text(const PlanBase *base, const Revision *revision, GError **error)
{
    const char *const rows[] = {revision->id, NULL};
    PlanBase own = *base;
    own.rows = rows;
    own.half = NULL;
    g_autoptr(SchemaState) state = applied_schema(&own, error);
    return state != NULL ? ops_down_text(base->context, revision, state) : NULL;
}

PlanStep *plan_edit_step(const PlanBase *base, Revision *revision, GError **error)
{
    g_autoptr(PlanStep) step = plan_stamp_step(base, revision, error);
    if (step == NULL)
        return NULL;
    step->direction = STEP_EDIT;
    if (revision->is_ops) {
        step->total = ops_document_count(revision->ops, TRUE);
        return g_steal_pointer(&step);
    }
    gboolean found;
    g_autoptr(GPtrArray) up = sections_group(base->context, revision, TRUE, revision->path, 0, &found, error);
    if (up == NULL)
        return NULL;
    step->total = count_statements(up);
    return g_steal_pointer(&step);
}

PlanStep *plan_stamp_step(const PlanBase *base, Revision *revision, GError **error)
{
    gboolean missing = is_missing(base, revision);
    g_autoptr(PlanStep) step = step_of(STEP_STAMP, revision, missing);
    if (missing)
        step_describe_recorded(step, g_hash_table_lookup(base->history->applied, revision->id));
    else if (!step_describe_file(step, base->context, revision, error))
        return NULL;
    if (!missing && revision->is_ops && (step->down_text = stamped_down_text(base, revision, error)) == NULL)
        return NULL;
    return g_steal_pointer(&step);
}
