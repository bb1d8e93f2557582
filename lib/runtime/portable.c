#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "dialect/ops_target.h"
#include "runtime/internal.h"

/* The operations of one direction while they become groups. */
typedef struct Portable {
    const MigrationContext *context;
    const Dialect *dialect;
    const Revision *revision;
    gboolean up;
    SchemaState *state;
    GPtrArray *groups;
} Portable;

/* "FILE:LINE:COLUMN: " in front of what went wrong (taken) with an op. Always FALSE. */
static gboolean fail_step(const Portable *portable, const OpsStep *step, GError *failure, GError **error)
{
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "%s:%d:%d: %s", portable->revision->path, step->line,
                step->column, failure->message);
    g_error_free(failure);
    return FALSE;
}

static StatementSource source_of(const Portable *portable, const OpsStep *step, gboolean transactional,
                                 gboolean foreign_keys_off)
{
    return (StatementSource){.dialect = portable->dialect,
                             .name = portable->revision->path,
                             .up = portable->up,
                             .transactional = transactional,
                             .foreign_keys_off = foreign_keys_off,
                             .is_ops = TRUE,
                             .line = step->line};
}

static PlanStatement *statement_new(const OpsStep *step, const char *sql)
{
    PlanStatement *statement = g_new0(PlanStatement, 1);
    statement->sql = g_strdup(sql);
    statement->line = step->line;
    statement->column = step->column;
    statement->of_op = TRUE;
    return statement;
}

/* ---- operations ---- */

static gboolean add_blocks(const Portable *portable, const OpsStep *step, const GPtrArray *blocks, GError **error)
{
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = g_ptr_array_index(blocks, i);
        if (block->statements->len == 0)
            continue;
        StatementSource source = source_of(portable, step, block->transactional, block->foreign_keys_off);
        PlanGroup *group = groups_open(portable->groups, &source);
        for (guint j = 0; j < block->statements->len; j++)
            if (!groups_add(portable->groups, group, &source,
                            statement_new(step, g_ptr_array_index(block->statements, j)), error))
                return FALSE;
    }
    return TRUE;
}

/* An altered table whose definition is doubtful would be rebuilt from what it is not. */
static gboolean check_doubt(const Portable *portable, const OpsStep *step, GError **error)
{
    const char *doubt = schema_state_find_doubt(portable->state, step->operations);
    if (doubt == NULL)
        return TRUE;
    g_autofree char *what = migrate_op_describe(g_ptr_array_index(step->operations, 0));
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "%s:%d:%d: %s: the table's definition is not known\n%s",
                portable->revision->path, step->line, step->column, what, doubt);
    return FALSE;
}

static gboolean add_operations(const Portable *portable, const OpsStep *step, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) blocks = NULL;
    if (step->operations != NULL) {
        if (!check_doubt(portable, step, error))
            return FALSE;
        g_autoptr(MetaData) before = schema_state_before(portable->state, step->operations, &failure);
        blocks = before != NULL ? portable->dialect->compile(step->operations, before, &failure) : NULL;
        if (blocks == NULL)
            return fail_step(portable, step, failure, error);
        if (!add_blocks(portable, step, blocks, error))
            return FALSE;
    }
    return schema_state_apply(portable->state, step, blocks, &failure) || fail_step(portable, step, failure, error);
}

/* ---- execute ---- */

static gboolean add_text(const Portable *portable, const OpsStep *step, const char *text, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) found = portable->dialect->split(text, strlen(text), &failure);
    if (found == NULL)
        return fail_step(portable, step, failure, error);
    StatementSource source = source_of(portable, step, TRUE, FALSE);
    PlanGroup *group = found->len > 0 ? groups_open(portable->groups, &source) : NULL;
    for (guint i = 0; i < found->len; i++) {
        const SqlStatement *place = g_ptr_array_index(found, i);
        g_autofree char *sql = g_strndup(text + place->start, place->length);
        PlanStatement *statement = statement_new(step, sql);
        if (place->has_data) {
            statement->data = g_strndup(text + place->data_start, place->data_length);
            statement->data_length = place->data_length;
        }
        if (!groups_add(portable->groups, group, &source, statement, error))
            return FALSE;
        schema_state_run(portable->state, statement, portable->revision->path);
    }
    return TRUE;
}

/* ---- bulk_insert ---- */

static gboolean add_insert(const Portable *portable, const OpsStep *step, const BulkInsert *insert, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) chunks = bulk_insert_statements(portable->dialect, insert, &failure);
    if (chunks == NULL)
        return fail_step(portable, step, failure, error);
    StatementSource source = source_of(portable, step, TRUE, FALSE);
    PlanGroup *group = chunks->len > 0 ? groups_open(portable->groups, &source) : NULL;
    while (chunks->len > 0) {
        PlanStatement *statement = statement_new(step, NULL);
        statement->parameters = g_ptr_array_steal_index(chunks, 0);
        statement->sql = g_steal_pointer(&statement->parameters->sql);
        if (!groups_add(portable->groups, group, &source, statement, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- all ---- */

static gboolean add_step(const Portable *portable, const OpsStep *step, GError **error)
{
    for (guint i = 0; i < step->notes->len; i++)
        log_detail("%s:%d:%d: %s", portable->revision->path, step->line, step->column,
                   (const char *)g_ptr_array_index(step->notes, i));
    if ((step->operations != NULL || step->declared != NULL) && !add_operations(portable, step, error))
        return FALSE;
    for (guint i = 0; step->statements != NULL && i < step->statements->len; i++)
        if (!add_text(portable, step, g_ptr_array_index(step->statements, i), error))
            return FALSE;
    for (guint i = 0; step->inserts != NULL && i < step->inserts->len; i++)
        if (!add_insert(portable, step, g_ptr_array_index(step->inserts, i), error))
            return FALSE;
    return TRUE;
}

/* An op that does not fit the state, with what is not known of that. Always FALSE. */
static gboolean fail_resolve(const Portable *portable, GError *failure, GError **error)
{
    g_autofree char *doubts = schema_state_doubts(portable->state);
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN, "%s%s%s", failure->message, doubts != NULL ? "\n" : "",
                doubts != NULL ? doubts : "");
    g_error_free(failure);
    return FALSE;
}

static OpsTarget target_of(const MigrationContext *context, const SchemaState *state, const MetaData *before)
{
    OpsTarget target = ops_target_for(context->dialect);
    target.backticks = before->backticks;
    target.naming_convention = context->naming_convention;
    target.state_is_whole = schema_state_is_whole(state);
    return target;
}

static gboolean add_all(const Portable *portable, GError **error)
{
    for (guint index = 0;;) {
        GError *failure = NULL;
        const MetaData *before = schema_state_metadata(portable->state, error);
        if (before == NULL)
            return FALSE;
        OpsTarget target = target_of(portable->context, portable->state, before);
        g_autoptr(OpsStep) step =
            ops_document_resolve(portable->revision->ops, portable->up, &index, &target, before, &failure);
        if (step == NULL)
            return failure == NULL || fail_resolve(portable, failure, error);
        if (!add_step(portable, step, error))
            return FALSE;
    }
}

GPtrArray *ops_group(const MigrationContext *context, const Revision *revision, gboolean up, SchemaState *state,
                     GError **error)
{
    g_autoptr(GPtrArray) groups = groups_new();
    Portable portable = {context, context->dialect, revision, up, state, groups};
    if (!add_all(&portable, error))
        return NULL;
    groups_finish(groups);
    return g_steal_pointer(&groups);
}

char *ops_hash(const Revision *revision)
{
    g_autofree char *text = ops_document_canonical(revision->ops, TRUE);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}
