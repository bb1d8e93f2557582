#include "engine/engine.h"

#include "base/error.h"
#include "engine/internal.h"

#define ASKING_TIMEOUT 2.0 /* seconds */

struct Engine {
    Url *url;
    const Dialect *dialect;
    const Driver *driver; /* NULL: not in this build, which only matters when a connection is to be opened */
    EngineOptions options;
    Pool *pool;
    Session *watcher; /* not owned */
    char *path;       /* NULL: in memory, or not a file */
    char *description;
};

EngineOptions engine_options_default(void)
{
    return (EngineOptions){
        .lock_wait = 60,
        .lock_timeout = 5,
        .pool_size = 5,
        .max_overflow = 10,
        .pool_timeout = 30,
        .pool_recycle = -1,
    };
}

static void on_waiting(Connection *connection, double seconds, void *data)
{
    const Engine *engine = data;
    (void)seconds;
    if (engine->watcher)
        session_note_waiting(engine->watcher, connection);
}

static gboolean set_up(const Engine *engine, Connection *connection, GError **error)
{
    if (!engine->dialect->connection_setup)
        return TRUE;
    g_auto(GStrv) setup =
        engine->dialect->connection_setup(engine->options.lock_timeout, engine->options.statement_timeout);
    return connection_execute_many(connection, (const char *const *)setup, g_strv_length(setup), NULL, error);
}

Connection *engine_connect(Engine *engine, EngineUse use, GError **error)
{
    ConnectOptions options = {
        .lock_timeout = engine->options.lock_timeout,
        .statement_timeout = engine->options.statement_timeout,
        .read_only = engine->options.read_only,
        .wants_database = !engine->options.any_database,
        .answer_timeout = use == ENGINE_USE_ASKING ? ASKING_TIMEOUT : 0,
        .waiting = use == ENGINE_USE_SESSION ? on_waiting : NULL,
        .waiting_data = engine,
    };
    const Driver *driver = engine->driver ? engine->driver : driver_for_url(engine->url, error);
    Connection *connection = driver ? connection_open(driver, engine->url, &options, error) : NULL;
    if (!connection)
        return NULL;
    if (engine->dialect->of_server)
        engine->dialect = engine->dialect->of_server(connection);
    if (engine->options.echo)
        connection = trace_connection_new(connection, engine->options.echo, engine->options.echo_data);
    if (set_up(engine, connection, error))
        return connection;
    connection_close(connection);
    return NULL;
}

static Connection *open_connection(void *data, GError **error)
{
    return engine_connect(data, ENGINE_USE_SESSION, error);
}

/* From here on the URL names the absolute file. */
static gboolean resolve_path(Engine *engine, const char *base_folder, GError **error)
{
    g_autofree char *path = NULL;
    if (!engine->driver)
        return TRUE;
    if (!driver_file_path(engine->driver, engine->url, &path, error))
        return FALSE;
    if (path && base_folder && !g_path_is_absolute(path)) {
        engine->path = g_build_filename(base_folder, path, NULL);
        g_free(engine->url->database);
        engine->url->database = g_strdup(engine->path);
    } else {
        engine->path = g_steal_pointer(&path);
    }
    return TRUE;
}

static Engine *new_of_url(Url *url, const char *base_folder, const EngineOptions *options,
                          GError **error) /* takes it */
{
    g_autoptr(Url) parsed = url;
    const Dialect *dialect = dialect_find(parsed->dialect, error);
    if (!dialect)
        return NULL;
    g_autoptr(Engine) engine = g_new0(Engine, 1);
    engine->description = url_to_string(parsed);
    engine->driver = driver_for_url(parsed, NULL);
    engine->url = g_steal_pointer(&parsed);
    engine->dialect = dialect;
    engine->options = *options;
    if (!resolve_path(engine, base_folder, error))
        return NULL;
    /* To close the connection would be to lose a database in memory. */
    if (!engine->path && (dialect->capabilities & DIALECT_MEMORY_SCRATCH))
        engine->options.pool_recycle = -1;
    engine->pool = pool_new(open_connection, engine, &engine->options);
    return g_steal_pointer(&engine);
}

Engine *engine_new(const char *url, const char *base_folder, const EngineOptions *options, GError **error)
{
    Url *parsed = url_parse(url, error);
    return parsed ? new_of_url(parsed, base_folder, options, error) : NULL;
}

Engine *engine_new_for_database(const Engine *engine, const char *database, GError **error)
{
    Url *url = url_parse(engine->url->original, error);
    if (!url)
        return NULL;
    g_free(url->database);
    url->database = g_strdup(database);
    return new_of_url(url, NULL, &engine->options, error);
}

void engine_free(Engine *engine)
{
    if (!engine)
        return;
    pool_free(engine->pool);
    url_free(engine->url);
    g_free(engine->path);
    g_free(engine->description);
    g_free(engine);
}

const Dialect *engine_dialect(const Engine *engine)
{
    return engine->dialect;
}

const Url *engine_url(const Engine *engine)
{
    return engine->url;
}

char *engine_describe(const Engine *engine)
{
    return g_strdup(engine->description);
}

const EngineOptions *engine_options(const Engine *engine)
{
    return &engine->options;
}

Pool *engine_pool(const Engine *engine)
{
    return engine->pool;
}

void engine_set_watcher(Engine *engine, Session *session)
{
    engine->watcher = session;
}

Session *engine_watcher(const Engine *engine)
{
    return engine->watcher;
}

const char *engine_database_path(const Engine *engine)
{
    return engine->path;
}

gboolean engine_database_missing(const Engine *engine)
{
    return engine->path && !g_file_test(engine->path, G_FILE_TEST_EXISTS);
}
