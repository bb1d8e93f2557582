/*
 * The live schema from one query: SQLite keeps the text of every CREATE statement, and reading that (read_table.c,
 * read_index.c) tells more than the PRAGMAs, which cost a query per table inside SQLite.
 * tests/unit/dialect/inspector_test.c holds the reader against the PRAGMAs.
 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/ddl_reader.h"
#include "dialect/sqlite/sqlite.h"
#include "embedded.h"

typedef struct Inspection {
    MetaData *metadata;
    const InspectOptions *options;
    GHashTable *others; /* set of lower-case names: tables that are there and left out */
} Inspection;

static gboolean ignored(const InspectOptions *options, const char *table_name)
{
    const char *const *name = options ? options->ignore_tables : NULL;

    for (; name != NULL && *name != NULL; name++)
        if (name_equal(*name, table_name, TRUE))
            return TRUE;
    return FALSE;
}

static gboolean add_table(Inspection *inspection, const char *name, const char *sql, GError **error)
{
    g_autoptr(Table) table = table_new(NULL, name);

    /* Names already compare without case while the table is read. */
    table->ignore_case = TRUE;
    if (!sqlite_read_table(table, sql, error)) {
        g_prefix_error(error, "the stored definition of table '%s' cannot be read: ", name);
        return FALSE;
    }
    metadata_add_table(inspection->metadata, g_steal_pointer(&table));
    return TRUE;
}

static gboolean add_index(Inspection *inspection, const char *name, const char *table_name, const char *sql,
                          GError **error)
{
    Table *table = metadata_find_table(inspection->metadata, NULL, table_name);
    if (table == NULL)
        return TRUE;
    Index *index = sqlite_read_index(table, name, sql, error);
    if (index == NULL) {
        g_prefix_error(error, "the stored definition of index '%s' cannot be read: ", name);
        return FALSE;
    }
    g_ptr_array_add(table->indexes, index);
    return TRUE;
}

/* SQLite keeps comments behind a view's last word (`.schema` of the shell writes one there); whatever sends statements
 * one by one does not. New string. */
static char *without_comment_at_end(const char *sql)
{
    gsize position = 0, end = 0, length = strlen(sql);
    for (SqlToken token = sql_next_significant(&sqlite_dialect, sql, length, &position); token.kind != SQL_TOKEN_END;
         token = sql_next_significant(&sqlite_dialect, sql, length, &position))
        end = token.start + token.length;
    return g_strndup(sql, end);
}

static void add_object(Inspection *inspection, const char *kind, const char *name, const char *table_name,
                       const char *sql)
{
    g_autofree char *definition = without_comment_at_end(sql);
    SchemaObject *object = schema_object_new(kind, NULL, name, definition);

    if (strcmp(kind, "trigger") == 0)
        object->table_name = g_strdup(table_name);
    g_ptr_array_add(inspection->metadata->objects, object);
}

static gboolean add_row(Inspection *inspection, Result *row, GError **error)
{
    const char *type = result_text(row, 0), *name = result_text(row, 1);
    const char *table_name = result_text(row, 2), *sql = result_text(row, 3);

    if (type == NULL || name == NULL || table_name == NULL || sql == NULL) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                    "sqlite_schema holds a row without type, name or definition ('%s'): the database is damaged, run "
                    "PRAGMA integrity_check",
                    name ? name : "");
        return FALSE;
    }
    if (strcmp(type, "shadow") == 0 || ignored(inspection->options, table_name)) {
        g_hash_table_add(inspection->others, g_ascii_strdown(name, -1));
        return TRUE;
    }
    if (strcmp(type, "table") == 0)
        return add_table(inspection, name, sql, error);
    if (strcmp(type, "index") == 0)
        return add_index(inspection, name, table_name, sql, error);
    add_object(inspection, type, name, table_name, sql);
    return TRUE;
}

static void remember_name(GHashTable *names, const char *name)
{
    g_hash_table_insert(names, g_ascii_strdown(name, -1), g_strdup(name));
}

/* Lower-case names of tables, virtual tables and views -> as they are written. New. */
static GHashTable *names_of(const MetaData *metadata)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < metadata->tables->len; i++)
        remember_name(names, ((Table *)metadata->tables->pdata[i])->name);
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, "trigger") != 0)
            remember_name(names, object->name);
    }
    return names;
}

/* Views and triggers depend on every table and view whose name stands in their text. */
static void find_dependencies(const MetaData *metadata, GHashTable *names)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        SchemaObject *object = metadata->objects->pdata[i];
        g_autoptr(GPtrArray) mentioned = sql_identifiers(&sqlite_dialect, object->definition);
        for (guint j = 0; j < mentioned->len; j++) {
            g_autofree char *lower = g_ascii_strdown(mentioned->pdata[j], -1);
            const char *name = g_hash_table_lookup(names, lower);
            gboolean itself = object->table_name == NULL && name_equal(name, object->name, TRUE);
            if (name != NULL && !itself)
                g_ptr_array_add(object->depends_on, g_strdup(name));
        }
    }
}

static gboolean read_not_modelled(Connection *connection, const InspectOptions *options, MetaData *metadata,
                                  GError **error)
{
    if (options == NULL || !options->not_modelled)
        return TRUE;
    g_autoptr(Result) rows = connection_query(connection, embedded_lib_dialect_sqlite_not_modelled_sql, error);
    return rows != NULL && dialect_read_not_modelled(rows, options, metadata, error);
}

/* The table or view that a statement reads or writes, behind FROM, JOIN, INTO or UPDATE, in lower case; not a subquery,
 * a function, or UPDATE OF and UPDATE OR. A list of columns may follow INTO's. NULL: none. New string. */
static char *take_subject(SqlReader *reader, gboolean into)
{
    static const char *const others[] = {"OF", "OR", "ON", "SET", NULL};

    if (!ddl_at_name(reader) || sql_reader_is_one_of(reader, others))
        return NULL;
    g_autofree char *name = sql_reader_take_identifier(reader);
    while (name != NULL && sql_reader_take(reader, ".")) {
        g_free(name);
        name = sql_reader_take_identifier(reader);
    }
    gboolean is_function = !into && sql_reader_is(reader, "(");
    return name == NULL || is_function ? NULL : g_ascii_strdown(name, -1);
}

/* Common tables have names of their own: a text with WITH is not looked at. */
static gboolean names_what_is_missing(const Inspection *inspection, GHashTable *names, const char *definition)
{
    static const char *const words[] = {"FROM", "JOIN", "INTO", "UPDATE", NULL};
    SqlReader reader = ddl_reader_new(definition);

    if (sqlite_mentions(definition, "with"))
        return FALSE;
    while (reader.token.kind != SQL_TOKEN_END) {
        gboolean into = sql_reader_is(&reader, "INTO");
        gboolean found = sql_reader_is_one_of(&reader, words);
        sql_reader_advance(&reader);
        g_autofree char *name = found ? take_subject(&reader, into) : NULL;
        if (name != NULL && !g_str_has_prefix(name, "sqlite_") && !g_hash_table_contains(names, name) &&
            !g_hash_table_contains(inspection->others, name))
            return TRUE;
    }
    return FALSE;
}

static void find_broken(const Inspection *inspection, GHashTable *names)
{
    const GPtrArray *objects = inspection->metadata->objects;

    for (guint i = 0; i < objects->len; i++) {
        SchemaObject *object = objects->pdata[i];
        object->broken =
            strcmp(object->kind, "virtual_table") != 0 && names_what_is_missing(inspection, names, object->definition);
    }
}

MetaData *sqlite_inspect(Connection *connection, const InspectOptions *options, GError **error)
{
    const char *const only[] = {options ? options->only_table : NULL};
    g_autoptr(Result) rows =
        connection_query_params(connection, embedded_lib_dialect_sqlite_objects_sql, only, 1, error);
    if (rows == NULL)
        return NULL;

    g_autoptr(MetaData) metadata = metadata_new(TRUE);
    g_autoptr(GHashTable) others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Inspection inspection = {.metadata = metadata, .options = options, .others = others};
    int more;
    while ((more = result_next(rows, error)) > 0)
        if (!add_row(&inspection, rows, error))
            return NULL;
    if (more < 0)
        return NULL;
    if (metadata->objects->len > 0) {
        g_autoptr(GHashTable) names = names_of(metadata);
        find_dependencies(metadata, names);
        if (only[0] == NULL)
            find_broken(&inspection, names);
    }
    if (!read_not_modelled(connection, options, metadata, error))
        return NULL;
    return g_steal_pointer(&metadata);
}

GPtrArray *sqlite_existing_tables(Connection *connection, const char *schema, const char *const *names, GError **error)
{
    g_autofree char *quoted = sqlite_quote_identifier(schema ? schema : "main");
    g_autoptr(GString) sql = g_string_new(NULL);
    g_autoptr(GPtrArray) existing = strings_new();
    guint n = 0;

    /* A view stands in the way of a table as much as a table does. */
    g_string_printf(
        sql, "SELECT name FROM %s.sqlite_schema WHERE type IN ('table', 'view') AND name COLLATE NOCASE IN (", quoted);
    for (; names[n] != NULL; n++)
        g_string_append(sql, n > 0 ? ", ?" : "?");
    g_string_append_c(sql, ')');

    g_autoptr(Result) rows = connection_query_params(connection, sql->str, names, n, error);
    if (rows == NULL)
        return NULL;
    int more;
    while ((more = result_next(rows, error)) > 0)
        for (guint i = 0; i < n; i++)
            if (name_equal(names[i], result_text(rows, 0), TRUE))
                g_ptr_array_add(existing, g_strdup(names[i]));
    return more < 0 ? NULL : g_steal_pointer(&existing);
}
