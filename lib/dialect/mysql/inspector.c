/* The live schema: all queries of information_schema in one round trip, and then what each of them tells. Nothing here
 * is locked, and there is no snapshot of a catalog to be had: a table that goes while it is read is left out. */
#include "dialect/mysql/inspector.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/mysql/adapt.h"
#include "embedded.h"

/* --- the database --- */

static gboolean read_database(MysqlInspector *inspector, Result *result, GError **error)
{
    enum { NAME, COLLATION, LOWER_CASE_TABLE_NAMES, IS_DEFAULT };
    const char *wanted = inspector->options->default_schema;
    int more = result_next(result, error);

    if (more > 0) {
        inspector->database = g_strdup(result_text(result, NAME));
        inspector->collation = mysql_charset_name(result_text(result, COLLATION));
        inspector->fold_names = result_integer(result, LOWER_CASE_TABLE_NAMES) != 0;
        inspector->metadata->folds_names = inspector->fold_names;
        inspector->metadata->collation = g_strdup(inspector->collation);
        inspector->metadata->charset =
            g_strcmp0(result_text(result, IS_DEFAULT), "Yes") == 0 ? mysql_charset_of(inspector->collation) : NULL;
    } else if (more == 0 && wanted != NULL) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "there is no database '%s', or it may not be seen",
                    wanted);
    } else if (more == 0) {
        g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                            "no database is chosen: name it in the URL, as in mysql://host/database");
    }
    return more > 0;
}

static const MysqlQuery database_query = {
    {embedded_lib_dialect_mysql_default_database_sql, embedded_lib_dialect_mysql_default_database_sql}, read_database};

/* --- the round trip --- */

typedef struct Trip {
    GPtrArray *texts; /* char* */
    GArray *queries;  /* MysqlQuery: as many */
    Result **results; /* as many */
} Trip;

static void trip_init(Trip *trip)
{
    trip->texts = strings_new();
    trip->queries = g_array_new(FALSE, FALSE, sizeof(MysqlQuery));
    trip->results = NULL;
}

static void trip_clear(Trip *trip)
{
    for (guint i = 0; trip->results != NULL && i < trip->queries->len; i++)
        result_free(trip->results[i]);
    g_free(trip->results);
    g_array_unref(trip->queries);
    g_ptr_array_unref(trip->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trip, trip_clear)

static void add_query(Trip *trip, const MysqlInspector *inspector, const MysqlQuery *query)
{
    const char *sql = query->sql[inspector->flavour];
    if (sql == NULL)
        return;
    GString *text = g_string_new(sql);
    g_strchomp(text->str);
    g_string_truncate(text, strlen(text->str));
    if (g_str_has_suffix(text->str, ";"))
        g_string_truncate(text, text->len - 1);
    if (inspector->options->default_schema != NULL) {
        g_autofree char *literal = mysql_quote_literal(inspector->options->default_schema);
        g_string_replace(text, "database()", literal, 0);
    }
    g_ptr_array_add(trip->texts, g_string_free(text, FALSE));
    g_array_append_val(trip->queries, *query);
}

static void add_queries(Trip *trip, const MysqlInspector *inspector, const MysqlQuery *queries)
{
    for (const MysqlQuery *query = queries; query->read != NULL; query++)
        add_query(trip, inspector, query);
}

static gboolean run_queries(const MysqlInspector *inspector, Trip *trip, GError **error)
{
    guint n = trip->queries->len;
    g_autofree Request *requests = g_new0(Request, n);

    for (guint i = 0; i < n; i++)
        requests[i].sql = trip->texts->pdata[i];
    trip->results = g_new0(Result *, n);
    if (connection_run_many(inspector->connection, requests, n, trip->results, NULL, error))
        return TRUE;
    g_prefix_error(error, "cannot read the catalog: ");
    return FALSE;
}

/* --- what a model would have to say --- */

static gboolean is_integer(const SqlType *type)
{
    static const char *const words[] = {"BIGINT", "INTEGER", "MEDIUMINT", "SMALLINT", "TINYINT"};

    return type->kind == SQL_TYPE_INTEGER || type->kind == SQL_TYPE_SMALL_INTEGER ||
           type->kind == SQL_TYPE_BIG_INTEGER ||
           (type->kind == SQL_TYPE_NATIVE &&
            sql_is_word_of(type->name, strcspn(type->name, " ("), words, G_N_ELEMENTS(words)));
}

/* In a model, the only integer column of a primary key counts unless it says otherwise. */
static void say_what_does_not_count(const Table *table)
{
    if (table->primary_key == NULL || table->primary_key->columns->len != 1)
        return;
    Column *column = table_find_column(table, table->primary_key->columns->pdata[0]);
    if (column == NULL || column->autoincrement != AUTOINCREMENT_AUTO || !adapter_is_numbered_key(table, column))
        return;
    if (is_integer(column->type))
        column->autoincrement = AUTOINCREMENT_FALSE;
}

/* --- order --- */

static int compare_constraints(gconstpointer a, gconstpointer b)
{
    const Constraint *x = *(Constraint *const *)a, *y = *(Constraint *const *)b;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : g_strcmp0(x->name, y->name);
}

static int compare_indexes(gconstpointer a, gconstpointer b)
{
    return strcmp((*(Index *const *)a)->name, (*(Index *const *)b)->name);
}

static void finish(MetaData *metadata)
{
    g_ptr_array_sort(metadata->tables, metadata_compare_tables);
    g_ptr_array_sort(metadata->sequences, metadata_compare_sequences);
    g_ptr_array_sort(metadata->objects, metadata_compare_objects);
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        say_what_does_not_count(table);
        g_ptr_array_sort(table->constraints, compare_constraints);
        g_ptr_array_sort(table->indexes, compare_indexes);
    }
}

/* --- what the readers ask --- */

gboolean inspector_ignores(const MysqlInspector *inspector, const char *name)
{
    const char *const *ignored = inspector->options->ignore_tables;

    for (; ignored != NULL && *ignored != NULL; ignored++)
        if (name_equal(*ignored, name, inspector->fold_names))
            return TRUE;
    return FALSE;
}

void inspector_add_table(MysqlInspector *inspector, Table *table)
{
    metadata_add_table(inspector->metadata, table);
    if (!inspector->fold_names)
        return;
    if (inspector->by_folded_name == NULL)
        inspector->by_folded_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(inspector->by_folded_name, g_utf8_strdown(table->name, -1), table);
}

/* With lower_case_table_names=2 InnoDB keeps names in small letters, and the server as they were given (MySQL 8.0
 * manual, "Identifier Case Sensitivity"): queries need not agree. */
Table *inspector_table(const MysqlInspector *inspector, const char *name)
{
    if (inspector->by_folded_name == NULL)
        return metadata_find_table(inspector->metadata, NULL, name);
    g_autofree char *folded = g_utf8_strdown(name, -1);
    return g_hash_table_lookup(inspector->by_folded_name, folded);
}

const char *inspector_table_collation(const MysqlInspector *inspector, const Table *table)
{
    return g_hash_table_lookup(inspector->collations, table);
}

/* --- all together --- */

static void inspector_init(MysqlInspector *inspector, Connection *connection, const InspectOptions *options,
                           MysqlFlavour flavour)
{
    static const InspectOptions none = {.ignore_tables = NULL};

    *inspector = (MysqlInspector){.connection = connection,
                                  .flavour = flavour,
                                  .options = options ? options : &none,
                                  .metadata = metadata_new(FALSE),
                                  .collations = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                                  .partitioned = g_hash_table_new(NULL, NULL)};
    inspector->metadata->backticks = TRUE;
}

static void inspector_clear(MysqlInspector *inspector)
{
    g_free(inspector->database);
    g_free(inspector->collation);
    metadata_free(inspector->metadata);
    g_hash_table_unref(inspector->collations);
    g_hash_table_unref(inspector->partitioned);
    g_clear_pointer(&inspector->by_folded_name, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MysqlInspector, inspector_clear)

static gboolean read_not_modelled(const MysqlInspector *inspector, GError **error)
{
    static const char *const own[] = {"", embedded_lib_dialect_mysql_not_modelled_mariadb_sql};
    if (!inspector->options->not_modelled)
        return TRUE;
    g_autofree char *query = g_strconcat(embedded_lib_dialect_mysql_not_modelled_sql, own[inspector->flavour],
                                         ") found\nORDER BY 1, 2", NULL);
    g_autoptr(Result) rows = connection_query(inspector->connection, query, error);
    return rows != NULL && dialect_read_not_modelled(rows, inspector->options, inspector->metadata, error);
}

MetaData *mysql_inspect(Connection *connection, const InspectOptions *options, MysqlFlavour flavour, GError **error)
{
    g_auto(MysqlInspector) inspector;
    g_auto(Trip) trip;

    inspector_init(&inspector, connection, options, flavour);
    trip_init(&trip);
    add_query(&trip, &inspector, &database_query);
    add_queries(&trip, &inspector, mysql_table_queries);
    add_queries(&trip, &inspector, mysql_object_queries);
    if (!run_queries(&inspector, &trip, error))
        return NULL;
    for (guint i = 0; i < trip.queries->len; i++)
        if (!g_array_index(trip.queries, MysqlQuery, i).read(&inspector, trip.results[i], error))
            return NULL;
    if (!mysql_read_creates(&inspector, error))
        return NULL;
    inspector.metadata->database = g_strdup(inspector.database);
    finish(inspector.metadata);
    if (!read_not_modelled(&inspector, error))
        return NULL;
    return g_steal_pointer(&inspector.metadata);
}

/* The names are few: a lookup of each, since information_schema then opens no other table. */
GPtrArray *mysql_existing_tables(Connection *connection, const char *schema, const char *const *names, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autofree char *literal = schema != NULL ? mysql_quote_literal(schema) : g_strdup("database()");
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *name = mysql_quote_literal(names[i]);
        g_string_append_printf(sql,
                               "%sSELECT table_name FROM information_schema.tables WHERE table_schema = %s AND "
                               "table_name = %s",
                               i > 0 ? " UNION ALL " : "", literal, name);
    }
    g_autoptr(Result) result = connection_query(connection, sql->str, error);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    int more = result != NULL ? 1 : -1;
    while (more == 1 && (more = result_next(result, error)) == 1)
        g_ptr_array_add(found, g_strdup(result_text(result, 0)));
    return more == 0 ? g_steal_pointer(&found) : NULL;
}
