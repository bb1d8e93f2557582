/* The model as the operations of earlier revisions have made it. */
#include <string.h>

#include "dialect/ops_target.h"
#include "opening.h"
#include "revision_contents.h"

/* A history while it is read, for one dialect. */
typedef struct Telling {
    const Dialect *dialect;
    OpsTarget target;
    MetaData *state;
    gboolean untold; /* something changed the schema that no operation tells */
} Telling;

/* What operations say is taken as it is said: for all dialects, and not for what this one makes of it. */
static gboolean as_it_is(MetaData *model, GPtrArray *notes, GError **error)
{
    (void)model;
    (void)notes;
    (void)error;
    return TRUE;
}

/* What it does to the schema cannot be told. */
static gboolean may_change_schema(const Dialect *dialect, const char *sql, gsize length)
{
    static const char *const words[] = {"insert", "update", "delete", "replace", "select", "set", "analyze"};
    gsize position = 0;
    SqlToken token = sql_next_significant(dialect, sql, length, &position);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (sql_token_is(&token, sql, words[i]))
            return FALSE;
    return TRUE;
}

static gboolean tell_sql(Telling *telling, const char *file, const char *sql, gsize length, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) statements = telling->dialect->split(sql, length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:", file);
        return FALSE;
    }
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        telling->untold =
            telling->untold || may_change_schema(telling->dialect, sql + statement->start, statement->length);
    }
    return TRUE;
}

static gboolean tell_step(Telling *telling, const Revision *revision, const OpsStep *step, GError **error)
{
    if (!ops_step_apply(step, telling->state, error))
        return FALSE;
    for (guint i = 0; step->statements && i < step->statements->len; i++) {
        const char *sql = step->statements->pdata[i];
        if (!tell_sql(telling, revision->path, sql, strlen(sql), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean tell_operations(Telling *telling, const Revision *revision, GError **error)
{
    for (guint index = 0;;) {
        GError *failure = NULL;
        g_autoptr(OpsStep) step =
            ops_document_resolve(revision->ops, TRUE, &index, &telling->target, telling->state, &failure);
        if (failure)
            g_propagate_error(error, failure);
        if (!step)
            return failure == NULL;
        if (!tell_step(telling, revision, step, error))
            return FALSE;
    }
}

static gboolean tell(Telling *telling, Revision *revision, GError **error)
{
    if (!revision_load(revision, error))
        return FALSE;
    if (revision->is_ops)
        return tell_operations(telling, revision, error);
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = revision->sections->pdata[i];
        if (section->up && section_is_for(section, telling->dialect->name) &&
            !tell_sql(telling, revision->path, revision->text + section->start, section->length, error))
            return FALSE;
    }
    return TRUE;
}

gboolean read_told_model(const Invocation *invocation, const Dialect *dialect, MetaData **model, GError **error)
{
    g_autoptr(NamingConvention) convention = read_naming_convention(invocation->layout, error);
    RevisionMap *map = convention ? script_directory_map(invocation->directory, error) : NULL;
    Telling telling = {.dialect = dialect, .target = ops_target_for(dialect)};
    g_autoptr(MetaData) state = telling.state = metadata_new(telling.target.ignore_case);
    state->backticks = telling.target.backticks = dialect_has_backticks(dialect);
    telling.target.naming_convention = convention;
    telling.target.adapt = as_it_is;
    telling.target.state_is_whole = TRUE;
    telling.target.joins_alters = FALSE;
    *model = NULL;
    if (!map)
        return FALSE;
    const GPtrArray *revisions = revision_map_all(map);
    for (guint i = 0; !telling.untold && i < revisions->len; i++) {
        GError *failure = NULL;
        if (tell(&telling, revisions->pdata[i], &failure))
            continue;
        log_detail("%s: %s", dialect->name, failure->message);
        g_error_free(failure);
        telling.untold = TRUE;
    }
    if (!telling.untold)
        *model = g_steal_pointer(&state);
    return TRUE;
}
