/* Models in SQL: run in a scratch database and read back. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"
#include "base/log.h"

/* Statements that share a round trip: a server has few locks for one transaction (PostgreSQL's
 * max_locks_per_transaction). */
enum { TOGETHER = 100 };

/* A statement of a source. */
typedef struct Step {
    const ModelSource *source;
    const SqlStatement *statement; /* of a list in Loader.lists */
    ModelStatement what;
    char *sql; /* what is sent */
} Step;

static void step_free(Step *step)
{
    model_statement_clear(&step->what);
    g_free(step->sql);
    g_free(step);
}

typedef struct Loader {
    const Dialect *dialect;
    Connection *connection;
    GPtrArray *lists; /* GPtrArray* of SqlStatement* */
    GPtrArray *steps; /* Step* */
} Loader;

static void loader_clear(Loader *loader)
{
    g_clear_pointer(&loader->steps, g_ptr_array_unref);
    g_clear_pointer(&loader->lists, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loader, loader_clear)

/* --- where and why --- */

/* Byte `offset` of a statement. Always FALSE. */
static gboolean fail_at(const Step *step, gsize offset, GError *failure, GError **error) /* takes the failure */
{
    SqlLines lines;
    sql_lines_init(&lines, step->source->text, step->source->length);
    TextPosition at = sql_lines_at(&lines, step->statement->start + offset);
    g_set_error(error, failure->domain, failure->code, "%s:%d:%d: %s%s%s", step->source->name, at.line, at.column,
                failure->message, step->what.advice ? "\n" : "", step->what.advice ? step->what.advice : "");
    g_error_free(failure);
    return FALSE;
}

static gboolean check_interrupt(GError **error)
{
    if (!engine_interrupted())
        return TRUE;
    g_set_error_literal(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED, "interrupted: the model is not read");
    return FALSE;
}

/* The server's position, as long as what it got is as long as what stands in the file. */
static gboolean fail_sent(const Loader *loader, const Step *step, GError *failure, GError **error)
{
    int position = connection_last_error(loader->connection)->position;
    gboolean same = strlen(step->sql) == step->statement->length;
    if (!check_interrupt(error)) {
        g_error_free(failure);
        return FALSE;
    }
    return fail_at(step, same && position > 0 ? (gsize)position : 0, failure, error);
}

/* --- what there is to do --- */

static Step *add_step(Loader *loader, ModelScript *script, const ModelSource *source, const SqlStatement *statement)
{
    Step *step = g_new0(Step, 1);
    const char *sql = source->text + statement->start;
    step->source = source;
    step->statement = statement;
    loader->dialect->read_model_statement(script, sql, statement->length, &step->what);
    step->sql = step->what.sql ? g_steal_pointer(&step->what.sql) : g_strndup(sql, statement->length);
    g_ptr_array_add(loader->steps, step);
    return step;
}

static gboolean plan_source(Loader *loader, ModelScript *script, const ModelSource *source, GError **error)
{
    g_autoptr(GError) failure = NULL;
    const Dialect *dialect = loader->dialect;
    GPtrArray *statements =
        (dialect->split_model ? dialect->split_model : dialect->split)(source->text, source->length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:", source->name);
        return FALSE;
    }
    g_ptr_array_add(loader->lists, statements);
    for (guint i = 0; i < statements->len; i++) {
        const Step *step = add_step(loader, script, source, statements->pdata[i]);
        if (step->what.fate != MODEL_REFUSE)
            continue;
        GError *refused = g_error_new_literal(DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, step->what.reason);
        return fail_at(step, 0, refused, error);
    }
    return TRUE;
}

/* Rows are written where something behind them may read them. */
static void settle_rows(const Loader *loader)
{
    gboolean read = FALSE;
    for (guint i = loader->steps->len; i-- > 0;) {
        Step *step = loader->steps->pdata[i];
        read = read || step->what.fate == MODEL_READS;
        if (step->what.fate == MODEL_ROWS && !read)
            step->what.fate = MODEL_SKIP;
    }
}

static gboolean plan(Loader *loader, const GPtrArray *sources, GError **error)
{
    ModelScript script = {0};
    gboolean planned = TRUE;
    for (guint i = 0; i < sources->len && planned; i++) {
        const ModelSource *source = sources->pdata[i];
        planned = !source->is_sql || plan_source(loader, &script, source, error);
    }
    g_free(script.database);
    settle_rows(loader);
    return planned;
}

/* --- sending --- */

static Request request_of(const Step *step)
{
    Request request = {.sql = step->sql};
    if (step->statement->has_data) {
        request.data = step->source->text + step->statement->data_start;
        request.data_length = step->statement->data_length;
    }
    return request;
}

static gboolean send_one(const Loader *loader, Step *step, GError **error)
{
    g_autoptr(GError) failure = NULL;
    Request request = request_of(step);
    if (!check_interrupt(error))
        return FALSE;
    if (connection_execute_request(loader->connection, &request, NULL, &failure))
        return TRUE;
    if (!server_error_is_one_of(connection_last_error(loader->connection), step->what.forgiven))
        return fail_sent(loader, step, g_steal_pointer(&failure), error);
    log_detail("%s:%d:%d: left out: %s", step->source->name, step->statement->line, step->statement->column,
               failure->message);
    step->what.fate = MODEL_SKIP;
    return TRUE;
}

static gboolean send_each(const Loader *loader, guint first, guint end, GError **error)
{
    for (guint i = first; i < end; i++) {
        Step *step = loader->steps->pdata[i];
        if (step->what.fate != MODEL_SKIP && !send_one(loader, step, error))
            return FALSE;
    }
    return TRUE;
}

/* Where DDL is transactional, what travels together is one transaction, which some statements cannot share: after a
 * failure each is sent as the product's client would, and that says which one is at fault. */
static gboolean send_together(const Loader *loader, guint first, guint end, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) sent = g_ptr_array_new();
    g_autofree Request *requests = g_new0(Request, end - first);
    guint failed = 0;
    for (guint i = first; i < end; i++) {
        Step *step = loader->steps->pdata[i];
        if (step->what.fate == MODEL_SKIP)
            continue;
        requests[sent->len] = request_of(step);
        g_ptr_array_add(sent, step);
    }
    if (!check_interrupt(error))
        return FALSE;
    if (sent->len == 0 || connection_run_many(loader->connection, requests, sent->len, NULL, &failed, &failure))
        return TRUE;
    if (sent->len > 1 && connection_runs_many(loader->connection) &&
        (loader->dialect->capabilities & DIALECT_TRANSACTIONAL_DDL) && connection_alive(loader->connection) &&
        !engine_interrupted())
        return send_each(loader, first, end, error);
    return fail_sent(loader, sent->pdata[failed], g_steal_pointer(&failure), error);
}

static gboolean is_sent_alone(const Loader *loader, const Step *step)
{
    const Dialect *dialect = loader->dialect;
    if (step->what.fate == MODEL_TRY || step->what.fate == MODEL_READS || step->statement->has_data)
        return TRUE;
    return (dialect->capabilities & DIALECT_TRANSACTIONAL_DDL) && step->what.fate == MODEL_RUN &&
           dialect->refuses_transaction(step->sql, strlen(step->sql));
}

static gboolean send_all(const Loader *loader, GError **error)
{
    guint first = 0, waiting = 0;
    for (guint i = 0; i < loader->steps->len; i++) {
        const Step *step = loader->steps->pdata[i];
        if (step->what.fate == MODEL_SKIP)
            continue;
        gboolean alone = is_sent_alone(loader, step);
        if (alone || ++waiting > TOGETHER) {
            if (!send_together(loader, first, i, error))
                return FALSE;
            first = i;
            waiting = 1;
        }
        if (!alone)
            continue;
        if (!send_each(loader, i, i + 1, error))
            return FALSE;
        first = i + 1;
        waiting = 0;
    }
    return send_together(loader, first, loader->steps->len, error);
}

/* --- what was left out --- */

/* "schema.sql: left out, as no part of the schema: rows (120), privileges (4)" */
static void tell_left_out(const Loader *loader, const ModelSource *source)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new();
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < loader->steps->len; i++) {
        const Step *step = loader->steps->pdata[i];
        guint at = 0, one = 1;
        if (step->source != source || step->what.fate != MODEL_SKIP)
            continue;
        if (g_ptr_array_find_with_equal_func(reasons, step->what.reason, g_str_equal, &at)) {
            g_array_index(counts, guint, at)++;
            continue;
        }
        g_ptr_array_add(reasons, step->what.reason);
        g_array_append_val(counts, one);
    }
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < reasons->len; i++)
        g_string_append_printf(text, "%s%s (%u)", i ? ", " : "", (char *)reasons->pdata[i],
                               g_array_index(counts, guint, i));
    if (text->len)
        log_detail("%s: left out, as no part of the schema: %s", source->name, text->str);
}

/* What a dump that failed has left looks the same as the wish to drop everything. */
static void warn_of_nothing(const Loader *loader, const GPtrArray *sources)
{
    for (guint i = 0; i < loader->steps->len; i++)
        if (((const Step *)loader->steps->pdata[i])->what.fate != MODEL_SKIP)
            return;
    for (guint i = 0; i < sources->len; i++) {
        const ModelSource *source = sources->pdata[i];
        if (source->is_sql)
            log_warning("%s: no statement in it creates anything", source->name);
    }
}

static gboolean run_all(const Dialect *dialect, Session *session, const GPtrArray *sources, GError **error)
{
    g_auto(Loader) loader = {
        .dialect = dialect,
        .connection = session_connection(session),
        .lists = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))g_ptr_array_unref),
        .steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free),
    };
    if (!plan(&loader, sources, error) || !send_all(&loader, error))
        return FALSE;
    for (guint i = 0; i < sources->len; i++)
        tell_left_out(&loader, sources->pdata[i]);
    warn_of_nothing(&loader, sources);
    return TRUE;
}

/* --- where --- */

static MetaData *read_memory(const Dialect *dialect, const ModelOptions *options, const GPtrArray *sources,
                             GError **error)
{
    const InspectOptions everything = {.ignore_tables = options->ignore_tables};
    g_autoptr(Session) session = engine_open_scratch(dialect, error);
    return session && run_all(dialect, session, sources, error)
               ? dialect->inspect(session_connection(session), &everything, error)
               : NULL;
}

/* By a connection of its own, so that what the model has SET does not count. `schema`: the default one, or NULL. */
static MetaData *reflect(Engine *engine, const ModelOptions *options, const char *schema, GError **error)
{
    InspectOptions everything = {.ignore_tables = options->ignore_tables, .default_schema = schema};
    g_autoptr(Session) session = session_open(engine, error);
    g_autoptr(GPtrArray) schemas = NULL;
    const Dialect *dialect = engine_dialect(engine); /* of several that a URL may mean, the one that answered */
    if (session && dialect->user_schemas_query) {
        schemas = dialect_user_schemas(dialect, session_connection(session), error);
        if (!schemas)
            return NULL;
        everything.include_schemas = (const char *const *)schemas->pdata;
    }
    return session ? dialect->inspect(session_connection(session), &everything, error) : NULL;
}

static gboolean set_up(const Dialect *dialect, Session *session, const ModelOptions *options, char **schema,
                       GError **error)
{
    if (!dialect->model_setup)
        return TRUE;
    Connection *live = options->live ? session_connection(options->live) : NULL;
    g_auto(GStrv) statements = dialect->model_setup(live, schema, error);
    return statements && connection_execute_many(session_connection(session), (const char *const *)statements,
                                                 g_strv_length(statements), NULL, error);
}

/* Ctrl-C cancels what runs here, as long as it runs. */
static gboolean run_on(Engine *engine, const ModelOptions *options, const GPtrArray *sources, char **schema,
                       GError **error)
{
    g_autoptr(Session) session = session_open(engine, error);
    if (!session)
        return FALSE;
    if (options->live)
        engine_handle_interrupts(session);
    const Dialect *dialect = engine_dialect(engine);
    gboolean done = set_up(dialect, session, options, schema, error) && run_all(dialect, session, sources, error);
    if (options->live)
        engine_handle_interrupts(options->live);
    session_discard(session);
    return done;
}

MetaData *models_read_sql(const Dialect *dialect, const ModelOptions *options, const GPtrArray *sources, GError **error)
{
    g_autofree char *schema = NULL;
    if (dialect->capabilities & DIALECT_MEMORY_SCRATCH)
        return read_memory(dialect, options, sources, error);
    if (!options->scratch_beside) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "models: a model in SQL is for the dialect of the database itself, not for %s: "
                    "give the model as JSON ('migrate inspect' prints a live schema as such)",
                    dialect->name);
        return NULL;
    }
    g_autoptr(ScratchDatabase) scratch = scratch_database_new(options->scratch_beside, error);
    Engine *engine = scratch ? scratch_database_engine(scratch) : NULL;
    return engine && run_on(engine, options, sources, &schema, error) ? reflect(engine, options, schema, error) : NULL;
}
