#include "base/error.h"
#include "base/log.h"
#include "engine/internal.h"

struct ScratchDatabase {
    Engine *engine;
    Session *home; /* where it is created and dropped; NULL: in memory */
    char *name;    /* NULL: there is nothing to drop */
};

static gboolean send(const ScratchDatabase *scratch, char **statements, GError **error)
{
    for (guint i = 0; statements[i]; i++)
        if (!connection_execute(session_connection(scratch->home), statements[i], error))
            return FALSE;
    return TRUE;
}

static void drop(const ScratchDatabase *scratch, const char *name)
{
    g_autoptr(GError) failure = NULL;
    Connection *home = session_connection(scratch->home);
    g_auto(GStrv) statements = session_dialect(scratch->home)->scratch_database_drop(home, name);
    if (!send(scratch, statements, &failure))
        log_warning("scratch database '%s' could not be dropped: %s", name, failure->message);
}

/* What killed runs have left is nobody's; failing to drop it is no reason to fail. */
static void drop_left(const ScratchDatabase *scratch)
{
    g_autoptr(GPtrArray) names = strings_new();
    const char *query = session_dialect(scratch->home)->scratch_left_query;
    g_autoptr(Result) result = query ? connection_query(session_connection(scratch->home), query, NULL) : NULL;
    while (result && result_next(result, NULL) == 1)
        g_ptr_array_add(names, g_strdup(result_text(result, 0)));
    g_clear_pointer(&result, result_free);
    for (guint i = 0; i < names->len; i++) {
        log_detail("dropping scratch database '%s', which a killed run has left", (char *)names->pdata[i]);
        drop(scratch, names->pdata[i]);
    }
}

/* Codes of a server that refuses for want of a right: 42501 and MySQL's 1044, 1045, 1227. */
static gboolean is_forbidden(const Connection *connection)
{
    const ServerError *last = connection_last_error(connection);
    return g_strcmp0(last->sqlstate, "42501") == 0 || last->code == 1044 || last->code == 1045 || last->code == 1227;
}

static gboolean create(ScratchDatabase *scratch, Engine *beside, GError **error)
{
    g_autoptr(GError) failure = NULL;
    Connection *home = session_connection(scratch->home);
    const Dialect *dialect = session_dialect(scratch->home);
    g_autofree char *name = g_strdup_printf("migrate_scratch_%08x", g_random_int());
    g_auto(GStrv) statements = dialect->scratch_database_create(home, name, error);
    if (!statements)
        return FALSE;
    drop_left(scratch);
    if (send(scratch, statements, &failure)) {
        scratch->name = g_steal_pointer(&name);
        return TRUE;
    }
    g_autofree char *where = engine_describe(beside);
    gboolean forbidden = is_forbidden(home);
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
    if (!scratch->home || !create(scratch, beside, error))
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
        drop(scratch, scratch->name);
    session_close(scratch->home);
    g_free(scratch->name);
    g_free(scratch);
}

Engine *scratch_database_engine(const ScratchDatabase *scratch)
{
    return scratch->engine;
}
