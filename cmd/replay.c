#include "replay.h"

#include <string.h>

#include "base/error.h"
#include "comparing.h"
#include "opening.h"

static void close_session(Replay *replay)
{
    g_clear_pointer(&replay->invocation.session, session_close);
}

void replay_clear(Replay *replay)
{
    close_session(replay);
    g_clear_pointer(&replay->database, scratch_database_free);
    g_clear_pointer(&replay->beside, engine_free);
}

gboolean replay_open_kind(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    g_autofree char *scratch = config_string(invocation->config, "migrate", "scratch_url", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (invocation_open_engine(invocation, scratch ? NULL : error))
        return TRUE;
    if (!scratch) {
        g_prefix_error(error, "no kind of database to run the revisions in (the key 'scratch_url' says it, too): ");
        return FALSE;
    }
    EngineOptions options = engine_options_default();
    options.any_database = TRUE;
    invocation->engine = engine_new(scratch, config_folder(invocation->config), &options, error);
    if (!invocation->engine)
        g_prefix_error(error, "scratch_url: ");
    return invocation->engine != NULL;
}

/* ---- which kind of database ---- */

/* invocation->engine for --dialect: in memory, or of scratch_url. None: nothing can be run. */
static gboolean open_for_dialect(Invocation *invocation, const Dialect *dialect, GError **error)
{
    g_autofree char *memory =
        (dialect->capabilities & DIALECT_MEMORY_SCRATCH) ? g_strconcat(dialect->name, "://", NULL) : NULL;
    GError *failure = NULL;
    g_autofree char *scratch = memory ? NULL : config_string(invocation->config, "migrate", "scratch_url", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (!memory && !scratch)
        return TRUE;
    EngineOptions options = engine_options_default();
    options.any_database = TRUE;
    invocation->engine = engine_new(memory ? memory : scratch, config_folder(invocation->config), &options, error);
    if (invocation->engine &&
        engine_dialect(invocation->engine)->scratch_database_create != dialect->scratch_database_create)
        g_clear_pointer(&invocation->engine, engine_free); /* scratch_url is one of another kind */
    else if (!invocation->engine)
        return FALSE;
    return TRUE;
}

gboolean replay_open_dialect(Invocation *invocation, const Dialect **dialect, GError **error)
{
    const char *name = option_string(invocation, "dialect");
    if (name) {
        *dialect = dialect_find(name, error);
        return *dialect && (invocation->engine || open_for_dialect(invocation, *dialect, error));
    }
    if (!invocation->engine && !config_is_set(invocation->config, "migrate", "url") &&
        !config_is_set(invocation->config, "migrate", "scratch_url")) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "no kind of database: set the key 'url' in %s, pass --url, or pass "
                    "--dialect NAME (sqlite needs no server)",
                    config_path(invocation->config) ? config_path(invocation->config) : "migrate.ini");
        return FALSE;
    }
    if (!invocation->engine && !replay_open_kind(invocation, error))
        return FALSE;
    *dialect = engine_dialect(invocation->engine);
    return TRUE;
}

/* ---- running ---- */

gboolean replay_open(Replay *replay, Invocation *invocation, GError **error)
{
    if (!open_scratch_engine(invocation, engine_dialect(invocation->engine), &replay->beside, error))
        return FALSE;
    replay->database = scratch_database_new(replay->beside ? replay->beside : invocation->engine, error);
    if (!replay->database)
        return FALSE;
    replay->invocation = *invocation;
    replay->invocation.session = NULL;
    replay->invocation.context = NULL;
    replay->invocation.engine = scratch_database_engine(replay->database);
    const char *name = engine_url(invocation->engine)->database;
    replay->invocation.stands_for = name ? name : "";
    return TRUE;
}

gboolean replay_open_session(Replay *replay, GError **error)
{
    close_session(replay);
    replay->invocation.session = session_open(replay->invocation.engine, error);
    if (replay->invocation.session)
        engine_handle_interrupts(replay->invocation.session);
    return replay->invocation.session != NULL;
}

/* Beside the live database lie others, and what belongs to them all. */
static gboolean check_statement(const Replay *replay, const PlanStep *step, const PlanStatement *statement,
                                GError **error)
{
    const Dialect *dialect = engine_dialect(replay->invocation.engine);
    const char *what = dialect->reaches_beyond ? dialect->reaches_beyond(statement->sql, strlen(statement->sql)) : NULL;
    if (!what)
        return TRUE;
    gboolean memory = (dialect->capabilities & DIALECT_MEMORY_SCRATCH) != 0;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "%s:%d:%d: this statement would change more than the scratch database: %s%s", step->source,
                statement->line, statement->column, what,
                memory ? "" : "\nset scratch_url to a server where nothing is lost: there it runs");
    return FALSE;
}

static gboolean check_step(const Replay *replay, const PlanStep *step, GError **error)
{
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint j = 0; j < group->statements->len; j++)
            if (!check_statement(replay, step, group->statements->pdata[j], error))
                return FALSE;
    }
    return TRUE;
}

/* Before anything runs. On the server of scratch_url, everything may. */
static gboolean check_reach(const Replay *replay, MigrationContext *context, const char *spec, GError **error)
{
    if (replay->beside)
        return TRUE;
    g_autoptr(Plan) plan = migration_plan(context, spec, STEP_UP, error);
    for (guint i = 0; plan && i < plan->steps->len; i++)
        if (!check_step(replay, plan->steps->pdata[i], error))
            return FALSE;
    return plan != NULL;
}

/* What the runner advises is about a database that stays. */
static gboolean fail_replay(GError **error)
{
    if (error && *error) {
        g_autoptr(GError) failure = g_steal_pointer(error);
        g_set_error(error, failure->domain, failure->code,
                    "running the revisions in a scratch database: %s\nall this happened in the scratch database, which "
                    "is gone; no other is changed: correct the revision, then try again",
                    failure->message);
    }
    return FALSE;
}

gboolean replay_upgrade(const Replay *replay, const char *const *specs, ProgressFunction progress, void *data,
                        GError **error)
{
    g_autoptr(MigrationContext) context =
        invocation_context_new(&replay->invocation, replay->invocation.session, error);
    if (!context)
        return FALSE;
    for (guint i = 0; specs[i]; i++) {
        g_autoptr(RunResult) result = check_reach(replay, context, specs[i], error)
                                          ? migration_upgrade(context, specs[i], progress, data, error)
                                          : NULL;
        if (result)
            continue;
        return fail_replay(error);
    }
    return TRUE;
}

gboolean replay_revisions(Replay *replay, const char *const *specs, GError **error)
{
    if (!replay_open_session(replay, error) || !replay_upgrade(replay, specs, NULL, NULL, error))
        return FALSE;
    if (!(engine_dialect(replay->invocation.engine)->capabilities & DIALECT_MEMORY_SCRATCH))
        session_discard(replay->invocation.session);
    return replay_open_session(replay, error);
}
