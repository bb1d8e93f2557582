/* The live schema: all catalog queries in one round trip, of one snapshot, and then what each of them tells. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"
#include "embedded.h"

/* The catalog itself is never locked for long, but the server's functions that write expressions lock the table: behind
 * somebody's ACCESS EXCLUSIVE they would wait for ever. The rest makes texts the same for every session. */
static const char settings[] =
    "SELECT set_config('lock_timeout', '5s', true), set_config('jit', 'off', true), "
    "set_config('quote_all_identifiers', 'off', true), set_config('datestyle', 'ISO', true), "
    "set_config('intervalstyle', 'postgres', true), set_config('timezone', 'UTC', true), "
    "set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), "
    "set_config('standard_conforming_strings', 'on', true)";

/* Inside somebody's transaction a savepoint takes the settings back. */
typedef struct Frame {
    const char *before[2], *after[2], *failed[2]; /* NULL: fewer */
} Frame;
static const Frame frame_alone = {
    {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", settings}, {"COMMIT", NULL}, {"ROLLBACK", NULL}};
static const Frame frame_inside = {{"SAVEPOINT migrate_inspect", settings},
                                   {"ROLLBACK TO SAVEPOINT migrate_inspect", "RELEASE SAVEPOINT migrate_inspect"},
                                   {"ROLLBACK TO SAVEPOINT migrate_inspect", "RELEASE SAVEPOINT migrate_inspect"}};

static const Frame frame_last = {{"SAVEPOINT migrate_inspect", settings}, {"ROLLBACK", NULL}, {"ROLLBACK", NULL}};

/* --- the default schema --- */

static gboolean read_default_schema(PgInspector *inspector, Result *result, GError **error)
{
    const InspectOptions *options = inspector->options;
    int more = result_next(result, error);

    if (more > 0)
        inspector->default_schema = g_strdup(result_text(result, 0));
    else if (more == 0 && options->include_schemas == NULL && options->default_schema != NULL)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "there is no schema '%s'", options->default_schema);
    else if (more == 0 && options->include_schemas == NULL)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                    "no schema of the search_path exists (or may be used): create one, set the search_path, or name "
                    "schemas in include_schemas");
    return more > 0 || (more == 0 && options->include_schemas != NULL);
}

static const PgQuery default_schema_query = {embedded_lib_dialect_postgresql_default_schema_sql, read_default_schema};

static GArray *all_queries(void)
{
    GArray *queries = g_array_new(FALSE, FALSE, sizeof(PgQuery));

    g_array_append_val(queries, default_schema_query);
    for (const PgQuery *query = postgresql_table_queries; query->sql != NULL; query++)
        g_array_append_val(queries, *query);
    for (const PgQuery *query = postgresql_object_queries; query->sql != NULL; query++)
        g_array_append_val(queries, *query);
    return queries;
}

/* --- the round trip --- */

typedef struct Trip {
    GArray *requests; /* Request */
    Result **results; /* as many */
} Trip;

static void trip_clear(Trip *trip)
{
    for (guint i = 0; trip->results != NULL && i < trip->requests->len; i++)
        result_free(trip->results[i]);
    g_free(trip->results);
    g_array_unref(trip->requests);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trip, trip_clear)

static void add_plain(Trip *trip, const char *const statements[2])
{
    for (guint i = 0; i < 2 && statements[i] != NULL; i++) {
        const Request request = {.sql = statements[i]};
        g_array_append_val(trip->requests, request);
    }
}

/* The failed statement has ended the transaction for all but this. */
static void clean_up(Connection *connection, const Frame *frame)
{
    for (guint i = 0; i < 2 && frame->failed[i] != NULL && connection_in_transaction(connection); i++)
        if (!connection_execute(connection, frame->failed[i], NULL))
            return;
}

static const Frame *find_frame(const Connection *connection, const InspectOptions *options)
{
    if (!connection_in_transaction(connection))
        return &frame_alone;
    return options->roll_back ? &frame_last : &frame_inside;
}

static gboolean run_queries(Connection *connection, const Frame *frame, const GArray *queries,
                            const char *const *params, Trip *trip, GError **error)
{
    add_plain(trip, frame->before);
    for (guint i = 0; i < queries->len; i++) {
        const Request request = {.sql = g_array_index(queries, PgQuery, i).sql, .params = params, .n_params = 2};
        g_array_append_val(trip->requests, request);
    }
    add_plain(trip, frame->after);
    trip->results = g_new0(Result *, trip->requests->len);
    if (connection_run_many(connection, (const Request *)(void *)trip->requests->data, trip->requests->len,
                            trip->results, NULL, error))
        return TRUE;
    g_prefix_error(error, "cannot read the catalog: ");
    clean_up(connection, frame);
    return FALSE;
}

/* --- order --- */

static int compare_constraints(gconstpointer a, gconstpointer b)
{
    const Constraint *x = *(Constraint *const *)a, *y = *(Constraint *const *)b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->name, y->name);
}

static int compare_indexes(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Index *const *)a)->name, (*(Index *const *)b)->name);
}

static void sort_all(MetaData *metadata)
{
    g_ptr_array_sort(metadata->tables, metadata_compare_tables);
    g_ptr_array_sort(metadata->enums, metadata_compare_enums);
    g_ptr_array_sort(metadata->sequences, metadata_compare_sequences);
    g_ptr_array_sort(metadata->objects, metadata_compare_objects);
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        g_ptr_array_sort(table->constraints, compare_constraints);
        g_ptr_array_sort(table->indexes, compare_indexes);
    }
}

/* --- all together --- */

static void inspector_init(PgInspector *inspector, const InspectOptions *options)
{
    static const InspectOptions none = {.ignore_tables = NULL};

    inspector->options = options ? options : &none;
    inspector->metadata = metadata_new(FALSE);
    inspector->default_schema = NULL;
    inspector->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    inspector->columns =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)(void (*)(void))g_ptr_array_unref);
    inspector->indexes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    inspector->objects = NULL;
}

static void inspector_clear(PgInspector *inspector)
{
    metadata_free(inspector->metadata);
    g_free(inspector->default_schema);
    g_hash_table_unref(inspector->tables);
    g_hash_table_unref(inspector->columns);
    g_hash_table_unref(inspector->indexes);
    g_clear_pointer(&inspector->objects, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PgInspector, inspector_clear)

static gboolean read_not_modelled(Connection *connection, const char *const *params, const PgInspector *inspector,
                                  GError **error)
{
    if (!inspector->options->not_modelled)
        return TRUE;
    g_autoptr(Result) rows =
        connection_query_params(connection, embedded_lib_dialect_postgresql_not_modelled_sql, params, 2, error);
    return rows != NULL && dialect_read_not_modelled(rows, inspector->options, inspector->metadata, error);
}

MetaData *postgresql_inspect(Connection *connection, const InspectOptions *options, GError **error)
{
    g_autoptr(GArray) queries = all_queries();
    g_auto(Trip) trip = {.requests = g_array_new(FALSE, FALSE, sizeof(Request))};
    g_auto(PgInspector) inspector;

    inspector_init(&inspector, options);
    g_autofree char *schemas = inspector_array_literal(inspector.options->include_schemas);
    const char *params[] = {schemas, inspector.options->default_schema};
    if (!run_queries(connection, find_frame(connection, inspector.options), queries, params, &trip, error))
        return NULL;
    for (guint i = 0; i < queries->len; i++)
        if (!g_array_index(queries, PgQuery, i).read(&inspector, trip.results[2 + i], error))
            return NULL;
    sort_all(inspector.metadata);
    if (!read_not_modelled(connection, params, &inspector, error))
        return NULL;
    return g_steal_pointer(&inspector.metadata);
}

/* A view or a sequence stands in the way of a table as much as a table does. */
GPtrArray *postgresql_existing_tables(Connection *connection, const char *schema, const char *const *names,
                                      GError **error)
{
    g_autofree char *literal = inspector_array_literal(names);
    const char *params[] = {literal, schema};
    g_autoptr(Result) rows = connection_query_params(connection, embedded_lib_dialect_postgresql_existing_tables_sql,
                                                     params, G_N_ELEMENTS(params), error);
    if (rows == NULL)
        return NULL;

    g_autoptr(GPtrArray) existing = strings_new();
    int more;
    while ((more = result_next(rows, error)) > 0)
        g_ptr_array_add(existing, g_strdup(result_text(rows, 0)));
    return more < 0 ? NULL : g_steal_pointer(&existing);
}
