#include "base/error.h"
#include "base/log.h"
#include "engine/internal.h"

struct ScratchDatabase {
    Engine *engine;
    Session *home; /* where it is created and dropped; NULL: in memory */
    char *name;    /* NULL: there is nothing to drop */
};

char *scratch_database_name(void)
{
    return g_strdup_printf("migrate_scratch_%08x", g_random_int());
}

static gboolean send(Connection *home, char **statements, GError **error)
{
    for (guint i = 0; statements[i]; i++)
        if (!connection_execute(home, statements[i], error))
            return FALSE;
    return TRUE;
}

static void drop(const Dialect *dialect, Connection *home, const char *name)
{
    g_autoptr(GError) failure = NULL;
    g_auto(GStrv) statements = dialect->scratch_database_drop(home, name);
    if (!send(home, statements, &failure))
        log_warning("scratch database '%s' could not be dropped: %s", name, failure->message);
}

/* What killed runs have left is nobody's; failing to drop it is no reason to fail. */
void scratch_databases_drop_left(const Dialect *dialect, Connection *home)
{
    g_autoptr(GPtrArray) names = strings_new();
    const char *query = dialect->scratch_left_query;
    g_autoptr(Result) result = query ? connection_query(home, query, NULL) : NULL;
    while (result && result_next(result, NULL) == 1)
        g_ptr_array_add(names, g_strdup(result_text(result, 0)));
    g_clear_pointer(&result, result_free);
    for (guint i = 0; i < names->len; i++) {
        log_detail("dropping scratch database '%s', which a killed run has left", (char *)names->pdata[i]);
        drop(dialect, home, names->pdata[i]);
    }
}

static gboolean create(ScratchDatabase *scratch, Engine *beside, GError **error)
{
    g_autoptr(GError) failure = NULL;
    Connection *home = session_connection(scratch->home);
    const Dialect *dialect = session_dialect(scratch->home);
    g_autofree char *name = scratch_database_name();
    g_auto(GStrv) statements = dialect->scratch_database_create(home, name, error);
    if (!statements)
        return FALSE;
    scratch_databases_drop_left(dialect, home);
    if (send(home, statements, &failure)) {
        scratch->name = g_steal_pointer(&name);
        return TRUE;
    }
    g_autofree char *where = engine_describe(beside);
    gboolean forbidden = server_error_is_one_of(connection_last_error(home), dialect->forbidden_errors);
    g_set_error(error, failure->domain, failure->code, "no scratch database beside '%s': %s%s%s%s", where,
                failure->message, forbidden ? "\nthe user needs " : "",
                forbidden ? dialect->scratch_database_right : "",
                forbidden ? "; or set scratch_url in migrate.ini to a database of another server of the same kind and "
                            "version, where that is allowed"
                          : "");
    return FALSE;
}

ScratchDatabase *scratch_database_new(Engine *beside, GError **error)
{
    g_autoptr(ScratchDatabase) scratch = g_new0(ScratchDatabase, 1);
    const Dialect *dialect = engine_dialect(beside);
    if (dialect->capabilities & DIALECT_MEMORY_SCRATCH) {
        g_autofree char *url = g_strconcat(dialect->name, "://", NULL);
        EngineOptions options = *engine_options(beside);
        options.read_only = FALSE;
        scratch->engine = engine_new(url, NULL, &options, error);
        return scratch->engine ? g_steal_pointer(&scratch) : NULL;
    }
    scratch->home = session_open(beside, error);
    if (!scratch->home) {
        g_autofree char *where = engine_describe(beside);
        g_prefix_error(error, "no scratch database beside '%s': ", where);
        return NULL;
    }
    if (!create(scratch, beside, error))
        return NULL;
    scratch->engine = engine_new_for_database(beside, scratch->name, error);
    return scratch->engine ? g_steal_pointer(&scratch) : NULL;
}

void scratch_database_free(ScratchDatabase *scratch)
{
    if (!scratch)
        return;
    engine_free(scratch->engine);
    if (scratch->name)
        drop(session_dialect(scratch->home), session_connection(scratch->home), scratch->name);
    session_close(scratch->home);
    g_free(scratch->name);
    g_free(scratch);
}

Engine *scratch_database_engine(const ScratchDatabase *scratch)
{
    return scratch->engine;
}
