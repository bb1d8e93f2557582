/* The schema that the applied revisions have made, as their files say it. */
#include "base/error.h"
#include "base/log.h"
#include "runtime/internal.h"

void applied_schema_run(SchemaState *state, const GPtrArray *groups, const char *source)
{
    for (guint i = 0; i < groups->len; i++) {
        const PlanGroup *group = g_ptr_array_index(groups, i);
        for (guint j = 0; j < group->statements->len; j++)
            schema_state_run(state, g_ptr_array_index(group->statements, j), source);
    }
}

/* Everything that the text of a revision mentions. */
static void doubt_revision(SchemaState *state, const Revision *revision, const char *why)
{
    if (revision->text != NULL)
        schema_state_doubt(state, revision->text, why);
}

void applied_schema_follow(SchemaState *state, const MigrationContext *context, Revision *revision, gboolean up)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) groups = NULL;
    gboolean found, was_loaded = revision->sections != NULL;
    if (!revision_load(revision, &failure)) {
        log_detail("%s", failure->message);
        return;
    }
    if (revision->is_ops)
        groups = ops_group(context, revision, up, state, &failure);
    else if ((groups = sections_group(context, revision, up, revision->path, 0, &found, &failure)) != NULL)
        applied_schema_run(state, groups, revision->path);
    if (groups == NULL)
        doubt_revision(state, revision, failure->message);
    if (!was_loaded)
        revision_unload(revision);
}

/* What a revision whose file says something else now has done is in the database only. */
static gboolean follow_applied(SchemaState *state, const PlanBase *base, Revision *revision, GError **error)
{
    const HistoryRow *row = base->history != NULL ? g_hash_table_lookup(base->history->applied, revision->id) : NULL;
    gboolean is_missing = base->missing != NULL && g_hash_table_contains(base->missing, revision->id), edited = FALSE;
    if (is_missing && !missing_file_has(base->context, revision)) {
        g_autofree char *why = g_strdup_printf("revision '%s' has no file here", revision->id);
        doubt_revision(state, revision, why);
        return TRUE;
    }
    if (!revision_is_edited(base->context, revision, row, &edited, error))
        return FALSE;
    applied_schema_follow(state, base->context, revision, TRUE);
    if (edited) {
        g_autofree char *why = g_strdup_printf("%s was edited after it was applied", revision->path);
        doubt_revision(state, revision, why);
    }
    return TRUE;
}

static gboolean add_live(SchemaState *state, const MigrationContext *context, GError **error)
{
    const char *const own[] = {context->version_table, context->history_table, NULL};
    const InspectOptions options = {.ignore_tables = own};
    if (!schema_state_is_whole(state) || context->session == NULL || session_is_offline(context->session))
        return TRUE;
    g_autoptr(MetaData) live = context->dialect->inspect(session_connection(context->session), &options, error);
    return live != NULL && schema_state_add_live(state, live, error);
}

SchemaState *applied_schema(const PlanBase *base, GError **error)
{
    g_autoptr(SchemaState) state = schema_state_new(base->context->dialect, error);
    if (state == NULL)
        return NULL;
    g_autoptr(GPtrArray) applied = applied_revisions(base, TRUE);
    for (guint i = 0; i < applied->len; i++) {
        Revision *revision = g_ptr_array_index(applied, i);
        gboolean is_half = base->half != NULL && g_strcmp0(base->half->revision, revision->id) == 0;
        if (!is_half && !follow_applied(state, base, revision, error))
            return NULL;
    }
    return add_live(state, base->context, error) ? g_steal_pointer(&state) : NULL;
}
