/* Tables, and the list of all that this part of the inspector asks. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"
#include "embedded.h"

enum {
    OID,
    SCHEMA,
    NAME,
    COMMENT,
    PERSISTENCE,
    ROW_SECURITY,
    FORCE_ROW_SECURITY,
    RELOPTIONS,
    TOAST_RELOPTIONS,
    TABLESPACE,
    PARTITION_BY,
    PARTITION_BOUND,
    PARENT_SCHEMAS,
    PARENT_NAMES,
    ACCESS_METHOD,
    OF_TYPE,
};

static gboolean is_ignored(const PgInspector *inspector, const char *name)
{
    const char *const *ignored = inspector->options->ignore_tables;
    return ignored != NULL && g_strv_contains(ignored, name);
}

static void set_text(GPtrArray *options, const char *name, const char *value)
{
    if (value != NULL)
        options_set(options, name, value);
}

static void set_flag(GPtrArray *options, const char *name, gboolean value)
{
    if (value)
        options_set(options, name, "true");
}

static void read_parents(const PgInspector *inspector, Result *row, Table *table)
{
    g_autoptr(GPtrArray) schemas = inspector_array(result_text(row, PARENT_SCHEMAS));
    g_autoptr(GPtrArray) names = inspector_array(result_text(row, PARENT_NAMES));

    if (names->len == 0)
        return;
    g_autofree char *parents = inspector_names(inspector, schemas, names);
    const char *bound = result_text(row, PARTITION_BOUND);
    options_set(table->options, bound ? "partition_of" : "inherits", parents);
    set_text(table->options, "partition_bound", bound);
}

static gboolean read_table(PgInspector *inspector, Result *row, GError **error)
{
    const char *name = result_text(row, NAME), *persistence = result_text(row, PERSISTENCE);
    if (is_ignored(inspector, name))
        return TRUE;
    if (persistence == NULL || strchr("put", *persistence) == NULL)
        return inspector_unknown("the persistence of table", name, persistence, error);

    Table *table = table_new(inspector_schema(inspector, result_text(row, SCHEMA)), name);
    GPtrArray *options = table->options;
    metadata_add_table(inspector->metadata, table);
    g_hash_table_insert(inspector->tables, g_strdup(result_text(row, OID)), table);
    table->comment = g_strdup(result_text(row, COMMENT));
    set_flag(options, "unlogged", *persistence == 'u');
    set_text(options, "partition_by", result_text(row, PARTITION_BY));
    read_parents(inspector, row, table);
    set_text(options, "of_type", result_text(row, OF_TYPE));
    set_text(options, "using", result_text(row, ACCESS_METHOD));
    inspector_storage_parameters(options, "with", result_text(row, RELOPTIONS));
    inspector_storage_parameters(options, "with.toast", result_text(row, TOAST_RELOPTIONS));
    set_text(options, "tablespace", result_text(row, TABLESPACE));
    set_flag(options, "row_security", inspector_flag(row, ROW_SECURITY));
    set_flag(options, "force_row_security", inspector_flag(row, FORCE_ROW_SECURITY));
    return TRUE;
}

static gboolean read_tables(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0)
        if (!read_table(inspector, result, error))
            return FALSE;
    return more == 0;
}

const PgQuery postgresql_table_queries[] = {
    {embedded_lib_dialect_postgresql_tables_sql, read_tables},
    {embedded_lib_dialect_postgresql_columns_sql, read_columns},
    {embedded_lib_dialect_postgresql_constraints_sql, read_constraints},
    {embedded_lib_dialect_postgresql_indexes_sql, read_indexes},
    {embedded_lib_dialect_postgresql_index_columns_sql, read_index_columns},
    {embedded_lib_dialect_postgresql_sequences_sql, read_sequences}, /* behind the columns that own them */
    {embedded_lib_dialect_postgresql_enums_sql, read_enums},
    {NULL, NULL},
};
