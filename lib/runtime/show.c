#include "base/error.h"
#include "runtime/internal.h"

/* As the history table would get it. */
static char *show_down(MigrationContext *context, const Revision *revision, SchemaState *state)
{
    return ops_has_direction(revision, FALSE) ? ops_down_text(context, revision, state) : NULL;
}

static char **ids_below(const Revision *revision)
{
    const GPtrArray *below[] = {revision->parents, revision->dependencies};
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
    for (guint i = 0; i < G_N_ELEMENTS(below); i++)
        for (guint j = 0; j < below[i]->len; j++)
            g_strv_builder_add(ids, ((const Revision *)g_ptr_array_index(below[i], j))->id);
    return g_strv_builder_end(ids);
}

static gboolean show_ops(MigrationContext *context, RevisionMap *map, Revision *revision, char **up, char **down,
                         GError **error)
{
    g_auto(GStrv) rows = ids_below(revision);
    PlanBase base = {.context = context, .map = map, .rows = (const char *const *)rows};
    g_autoptr(SchemaState) state = applied_schema(&base, error);
    g_autoptr(GPtrArray) groups = state != NULL ? ops_group(context, revision, TRUE, state, error) : NULL;
    *up = groups != NULL ? groups_to_sections(context->dialect, groups, TRUE, error) : NULL;
    if (*up == NULL)
        return FALSE;
    *down = show_down(context, revision, state);
    return TRUE;
}

gboolean migration_show(MigrationContext *context, Revision *revision, char **up, char **down, GError **error)
{
    RevisionMap *map = script_directory_map(context->directory, error);
    *up = *down = NULL;
    if (map == NULL || !revision_load(revision, error))
        return FALSE;
    if (revision->is_ops)
        return show_ops(context, map, revision, up, down, error);
    *up = sections_text(context->dialect, revision, TRUE);
    *down = sections_text(context->dialect, revision, FALSE);
    return TRUE;
}
