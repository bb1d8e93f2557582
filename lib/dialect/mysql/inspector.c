#include "dialect/mysql/mysql.h"

#include "base/error.h"

MetaData *mysql_inspect(Connection *connection, const InspectOptions *options, MysqlFlavour flavour, GError **error)
{
    (void)connection;
    (void)options;
    (void)flavour;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return NULL;
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
