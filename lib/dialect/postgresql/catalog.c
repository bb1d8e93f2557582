/* Values as the catalog holds them. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"

const char *inspector_schema(const PgInspector *inspector, const char *schema)
{
    return g_strcmp0(schema, inspector->default_schema) == 0 ? NULL : schema;
}

gboolean inspector_flag(Result *row, guint column)
{
    const char *text = result_text(row, column);
    return text != NULL && *text == 't';
}

/* --- arrays --- */

/* One element from *at, which moves behind it. NULL for NULL, which is never quoted. */
static char *array_element(const char **at)
{
    g_autoptr(GString) element = g_string_new(NULL);
    gboolean quoted = **at == '"';
    const char *p = *at + (quoted ? 1 : 0);

    while (*p != '\0' && (quoted ? *p != '"' : *p != ',' && *p != '}')) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        g_string_append_c(element, *p++);
    }
    *at = quoted && *p == '"' ? p + 1 : p;
    if (!quoted && strcmp(element->str, "NULL") == 0)
        return NULL;
    return g_string_free(g_steal_pointer(&element), FALSE);
}

GPtrArray *inspector_array(const char *literal)
{
    GPtrArray *elements = strings_new();
    const char *at = literal ? strchr(literal, '{') : NULL; /* "[0:1]={1,2}": bounds may stand before */

    while (at != NULL && (*at == '{' || *at == ',') && at[1] != '}') {
        at++;
        g_ptr_array_add(elements, array_element(&at));
    }
    return elements;
}

char *inspector_array_literal(const char *const *elements)
{
    if (elements == NULL)
        return NULL;
    GString *literal = g_string_new("{");
    for (guint i = 0; elements[i] != NULL; i++) {
        g_string_append(literal, i > 0 ? ",\"" : "\"");
        for (const char *p = elements[i]; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                g_string_append_c(literal, '\\');
            g_string_append_c(literal, *p);
        }
        g_string_append_c(literal, '"');
    }
    g_string_append_c(literal, '}');
    return g_string_free(literal, FALSE);
}

/* --- names --- */

char *inspector_names(const PgInspector *inspector, const GPtrArray *schemas, const GPtrArray *names)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++) {
        const char *schema = schemas ? inspector_schema(inspector, schemas->pdata[i]) : NULL;
        g_autofree char *name = postgresql_qualified(schema, names->pdata[i]);
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", name);
    }
    return g_string_free(list, FALSE);
}

const char *inspector_column_name(const PgInspector *inspector, const char *table_oid, const char *number,
                                  GError **error)
{
    const GPtrArray *names = table_oid ? g_hash_table_lookup(inspector->columns, table_oid) : NULL;
    guint64 position = number ? g_ascii_strtoull(number, NULL, 10) : 0;

    if (names != NULL && position > 0 && position < names->len && names->pdata[position] != NULL)
        return names->pdata[position];
    const Table *table = table_oid ? g_hash_table_lookup(inspector->tables, table_oid) : NULL;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                "the catalog refers to column %s of table '%s', which is "
                "not there",
                number ? number : "?",
                table       ? table->name
                : table_oid ? table_oid
                            : "?");
    return NULL;
}

gboolean inspector_column_names(const PgInspector *inspector, const char *table_oid, const char *numbers,
                                GPtrArray *names, GError **error)
{
    g_autoptr(GPtrArray) elements = inspector_array(numbers);

    for (guint i = 0; i < elements->len; i++) {
        const char *name = inspector_column_name(inspector, table_oid, elements->pdata[i], error);
        if (name == NULL)
            return FALSE;
        g_ptr_array_add(names, g_strdup(name));
    }
    return TRUE;
}

/* --- the rest --- */

void inspector_storage_parameters(GPtrArray *options, const char *prefix, const char *reloptions)
{
    g_autoptr(GPtrArray) parameters = inspector_array(reloptions);

    for (guint i = 0; i < parameters->len; i++) {
        const char *parameter = parameters->pdata[i];
        const char *equals = parameter ? strchr(parameter, '=') : NULL;
        if (equals == NULL)
            continue;
        g_autofree char *name = g_strdup_printf("%s.%.*s", prefix, (int)(equals - parameter), parameter);
        options_set(options, name, equals + 1);
    }
}

gboolean inspector_unknown(const char *what, const char *name, const char *value, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG,
                "%s '%s' is '%s' in the catalog, which this version of migrate does not know", what, name ? name : "",
                value ? value : "NULL");
    return FALSE;
}
