/* Whether what a statement writes would be rolled back. */
#include "dialect/mysql/mysql.h"

/* Names that may be a table's, as conditions of a query: each of its own, since the servers open the files of all
 * tables for a list. */
typedef struct Lookups {
    GHashTable *seen; /* the conditions */
    GString *sql;
} Lookups;

static void look_up(Lookups *lookups, const char *schema, const char *table)
{
    g_autofree char *schema_sql = schema != NULL ? mysql_quote_literal(schema) : g_strdup("database()");
    g_autofree char *table_sql = mysql_quote_literal(table);
    char *condition = g_strdup_printf("TABLE_SCHEMA = %s AND TABLE_NAME = %s", schema_sql, table_sql);

    if (!g_hash_table_add(lookups->seen, condition))
        return;
    g_string_append_printf(lookups->sql, "%sSELECT ENGINE FROM information_schema.TABLES WHERE %s",
                           lookups->sql->len > 0 ? " UNION ALL " : "", condition);
}

static gboolean is_name(const SqlToken *token, const char *sql)
{
    return token->kind == SQL_TOKEN_QUOTED ||
           (token->kind == SQL_TOKEN_WORD && !mysql_is_reserved(sql + token->start, token->length));
}

static char *lookups_of(const char *sql, gsize length)
{
    Lookups lookups = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), g_string_new(NULL)};
    g_autofree char *schema = NULL; /* in front of the dot */
    SqlToken token, before = {.kind = SQL_TOKEN_END};
    gsize position = 0;

    do {
        token = sql_next_significant(&mysql_dialect, sql, length, &position);
        gboolean behind_dot = sql_token_is(&before, sql, ".");
        /* Behind a dot, reserved words are names, too. */
        if (is_name(&token, sql) || (behind_dot && token.kind == SQL_TOKEN_WORD)) {
            g_autofree char *name = sql_token_identifier(&token, sql);
            look_up(&lookups, behind_dot ? schema : NULL, name);
            g_free(schema);
            schema = g_steal_pointer(&name);
        }
        before = token;
    } while (token.kind != SQL_TOKEN_END && token.kind != SQL_TOKEN_UNFINISHED);
    g_hash_table_unref(lookups.seen);
    return g_string_free(lookups.sql, FALSE);
}

gboolean mysql_rolls_back(Connection *connection, const char *sql, gsize length, gboolean *does, GError **error)
{
    GError *failure = NULL;
    g_autofree char *lookups = lookups_of(sql, length);

    *does = TRUE;
    if (*lookups == '\0')
        return TRUE;
    g_autofree char *query =
        g_strdup_printf("SELECT 1 FROM (%s) t JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE "
                        "WHERE coalesce(e.TRANSACTIONS, 'NO') <> 'YES' LIMIT 1",
                        lookups);
    g_autofree char *found = connection_scalar(connection, query, &failure);
    *does = found == NULL;
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
