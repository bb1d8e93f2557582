/* Columns: types, defaults, and what is stored how. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"

enum {
    TABLE,
    NUMBER,
    NAME,
    IS_LOCAL,
    TYPE,
    BASE_KIND,
    BASE_SCHEMA,
    BASE_NAME,
    IS_ARRAY,
    BASE_VISIBLE,
    NOT_NULL,
    EXPRESSION,
    GENERATED,
    IDENTITY,
    COLLATION,
    COLLATION_SCHEMA,
    STORAGE,
    COMPRESSION,
    STATISTICS,
    COMMENT,
    OWN_DEFAULT,
    OWN_NOT_NULL,
};

/* --- types --- */

/* Enums of a schema that is looked at are found by their schema; of others they are named as the server does. */
static char *enum_name(const PgInspector *inspector, Result *row)
{
    const char *schema = result_text(row, BASE_SCHEMA), *name = result_text(row, BASE_NAME);
    const char *const *included = inspector->options->include_schemas;
    gboolean in_scope = included != NULL && g_strv_contains(included, schema);

    if (inspector_schema(inspector, schema) == NULL || (inspector_flag(row, BASE_VISIBLE) && !in_scope))
        return g_strdup(name);
    return g_strdup_printf("%s.%s", schema, name);
}

/* Types of users never become generic ones, whatever they are called. */
static SqlType *read_type(const PgInspector *inspector, Result *row)
{
    const char *spelling = result_text(row, TYPE);
    gboolean is_array = inspector_flag(row, IS_ARRAY) && g_str_has_suffix(spelling, "[]");
    SqlType *item;

    if (strcmp(result_text(row, BASE_SCHEMA), "pg_catalog") == 0)
        return postgresql_type_from_sql(spelling);
    if (*result_text(row, BASE_KIND) == 'e') {
        item = sql_type_new(SQL_TYPE_ENUM);
        item->name = enum_name(inspector, row);
    } else {
        g_autofree char *element = g_strndup(spelling, strlen(spelling) - (is_array ? 2 : 0));
        item = sql_type_new_native(element);
    }
    if (!is_array)
        return item;
    SqlType *type = sql_type_new(SQL_TYPE_ARRAY);
    type->item = item;
    return type;
}

/* --- the rest of a column --- */

static gboolean read_expression(Result *row, Column *column, GError **error)
{
    const char *expression = result_text(row, EXPRESSION), *generated = result_text(row, GENERATED);

    if (expression == NULL)
        return TRUE;
    if (*generated == '\0') {
        column->server_default = g_strdup(expression);
        return TRUE;
    }
    if (*generated != 's' && *generated != 'v')
        return inspector_unknown("the generation of column", column->name, generated, error);
    g_autofree char *inside = sql_without_parentheses(&postgresql_dialect, expression);
    column->computed = computed_new(inside, *generated == 's');
    return TRUE;
}

static gboolean read_identity(Result *row, Column *column, GError **error)
{
    const char *identity = result_text(row, IDENTITY);

    if (*identity == '\0')
        return TRUE;
    if (*identity != 'a' && *identity != 'd')
        return inspector_unknown("the identity of column", column->name, identity, error);
    column->identity = g_new0(Identity, 1);
    column->identity->always = *identity == 'a';
    return TRUE;
}

typedef struct Word {
    char code;
    const char *word;
} Word;

static gboolean set_word(GPtrArray *options, const char *name, const Word *words, const char *code)
{
    for (; words->word != NULL; words++)
        if (words->code == *code) {
            options_set(options, name, words->word);
            return TRUE;
        }
    return FALSE;
}

static gboolean read_options(Result *row, Column *column, GError **error)
{
    static const Word storages[] = {{'p', "PLAIN"}, {'e', "EXTERNAL"}, {'m', "MAIN"}, {'x', "EXTENDED"}, {0, NULL}};
    static const Word compressions[] = {{'p', "pglz"}, {'l', "lz4"}, {0, NULL}};
    const char *storage = result_text(row, STORAGE), *compression = result_text(row, COMPRESSION);
    const char *statistics = result_text(row, STATISTICS);

    if (storage != NULL && !set_word(column->options, "storage", storages, storage))
        return inspector_unknown("the storage of column", column->name, storage, error);
    if (compression != NULL && !set_word(column->options, "compression", compressions, compression))
        return inspector_unknown("the compression of column", column->name, compression, error);
    if (statistics != NULL)
        options_set(column->options, "statistics", statistics);
    return TRUE;
}

static gboolean read_column(const PgInspector *inspector, Result *row, Table *table, GError **error)
{
    Column *column = column_new(result_text(row, NAME), read_type(inspector, row));
    const char *collation = result_text(row, COLLATION), *schema = result_text(row, COLLATION_SCHEMA);

    g_ptr_array_add(table->columns, column);
    column->nullable = !inspector_flag(row, NOT_NULL);
    column->comment = g_strdup(result_text(row, COMMENT));
    if (collation != NULL)
        column->collation = schema ? g_strdup_printf("%s.%s", schema, collation) : g_strdup(collation);
    if (!read_expression(row, column, error) || !read_identity(row, column, error) ||
        !read_options(row, column, error)) {
        g_prefix_error(error, "table '%s': ", table->name);
        return FALSE;
    }
    return TRUE;
}

/* Of a column that is the parent's. */
static void read_own_settings(Result *row, const Table *table)
{
    const char *name = result_text(row, NAME), *expression = result_text(row, EXPRESSION);
    g_autofree char *own_default = g_strconcat("column_default.", name, NULL);
    g_autofree char *own_not_null = g_strconcat("column_not_null.", name, NULL);
    if (inspector_flag(row, OWN_DEFAULT))
        options_set(table->options, own_default, expression ? expression : "NULL");
    if (inspector_flag(row, OWN_NOT_NULL))
        options_set(table->options, own_not_null, "true");
}

/* Also of columns that are inherited or dropped elsewhere: constraints and indexes know columns by number. */
static void remember_name(PgInspector *inspector, Result *row)
{
    GPtrArray *names = g_hash_table_lookup(inspector->columns, result_text(row, TABLE));
    gint64 number = result_integer(row, NUMBER);

    if (names == NULL) {
        names = strings_new();
        g_hash_table_insert(inspector->columns, g_strdup(result_text(row, TABLE)), names);
    }
    while (names->len < (guint)number)
        g_ptr_array_add(names, NULL);
    g_ptr_array_add(names, g_strdup(result_text(row, NAME)));
}

gboolean read_columns(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Table *table = g_hash_table_lookup(inspector->tables, result_text(result, TABLE));
        remember_name(inspector, result);
        if (table == NULL)
            continue;
        if (!inspector_flag(result, IS_LOCAL))
            read_own_settings(result, table);
        else if (!read_column(inspector, result, table, error))
            return FALSE;
    }
    return more == 0;
}
