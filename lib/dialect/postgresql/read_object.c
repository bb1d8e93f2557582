/* All that is a SchemaObject. The queries compose the definitions (object_*.sql), so that they can be read and run in
 * psql; all but the last two have one shape. */
#include "base/error.h"
#include "dialect/postgresql/inspector.h"
#include "embedded.h"

static gboolean ignored(const InspectOptions *options, const char *table_name)
{
    return table_name && options && options->ignore_tables && g_strv_contains(options->ignore_tables, table_name);
}

static gboolean add_object(PgInspector *inspector, Result *row, GError **error)
{
    enum { KEY, KIND, SCHEMA, NAME, TABLE_NAME, DEFINITION, COMMENT };
    const char *kind = result_text(row, KIND), *name = result_text(row, NAME);
    const char *table_name = result_text(row, TABLE_NAME), *definition = result_text(row, DEFINITION);

    if (ignored(inspector->options, table_name))
        return TRUE;
    if (!definition) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG, "the catalog gives no definition of %s '%s'", kind,
                    name);
        return FALSE;
    }
    SchemaObject *object = schema_object_new(kind, result_text(row, SCHEMA), name, definition);
    object->table_name = g_strdup(table_name);
    object->comment = g_strdup(result_text(row, COMMENT));
    g_ptr_array_add(inspector->metadata->objects, object);
    if (!inspector->objects)
        inspector->objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(inspector->objects, g_strdup(result_text(row, KEY)), object);
    return TRUE;
}

static gboolean read_objects(PgInspector *inspector, Result *result, GError **error)
{
    int more;

    while ((more = result_next(result, error)) > 0)
        if (!add_object(inspector, result, error))
            return FALSE;
    return more == 0;
}

/* Rows of a key and a name that it uses. Keys of what was left out (functions of a range type …) are met as well. */
static gboolean read_dependencies(PgInspector *inspector, Result *result, GError **error)
{
    int more;

    while ((more = result_next(result, error)) > 0) {
        SchemaObject *object =
            inspector->objects ? g_hash_table_lookup(inspector->objects, result_text(result, 0)) : NULL;
        if (object)
            g_ptr_array_add(object->depends_on, g_strdup(result_text(result, 1)));
    }
    return more == 0;
}

static void add_grant(GPtrArray **grants, Result *row)
{
    enum { KEY, POSITION, BEFORE, BEHIND };
    if (!*grants)
        *grants = options_new();
    options_append(*grants, result_text(row, BEFORE), result_text(row, BEHIND));
}

/* What has none but the usual has an empty list: that is known then. */
static void know_grants(const PgInspector *inspector)
{
    for (guint i = 0; i < inspector->metadata->objects->len; i++) {
        SchemaObject *object = inspector->metadata->objects->pdata[i];
        object->grants = object->grants ? object->grants : options_new();
    }
}

static gboolean read_grants(PgInspector *inspector, Result *result, GError **error)
{
    int more;

    know_grants(inspector);
    while ((more = result_next(result, error)) > 0) {
        const char *key = result_text(result, 0);
        SchemaObject *object = inspector->objects ? g_hash_table_lookup(inspector->objects, key) : NULL;
        Table *table = *key == 'c' ? g_hash_table_lookup(inspector->tables, key + 1) : NULL;
        if (object)
            add_grant(&object->grants, result);
        else if (table)
            add_grant(&table->grants, result);
    }
    return more == 0;
}

const PgQuery postgresql_object_queries[] = {
    {embedded_lib_dialect_postgresql_object_schemas_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_types_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_views_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_routines_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_triggers_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_others_sql, read_objects},
    {embedded_lib_dialect_postgresql_object_depends_sql, read_dependencies},
    {embedded_lib_dialect_postgresql_object_grants_sql, read_grants},
    {NULL, NULL},
};
