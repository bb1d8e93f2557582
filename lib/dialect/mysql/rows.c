/* How many rows tables have. */
#include "dialect/mysql/mysql.h"

/* InnoDB's table_rows is an estimate that is far off for small tables: these are counted. */
static void append_rows(GString *sql, const RowQuestion *question, const char *name, const char *count)
{
    g_autofree char *table = mysql_quote_literal(question->table);
    (void)name;
    g_string_append_printf(sql,
                           "IF(table_rows > %d, table_rows, (%s)) FROM information_schema.tables "
                           "WHERE table_schema = DATABASE() AND table_name = %s",
                           ROWS_COUNTED, count, table);
}

gboolean mysql_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error)
{
    g_autofree char *sql = row_query(&mysql_dialect, questions, n, append_rows);
    g_autoptr(Result) result = connection_query(connection, sql, error);
    return result && row_query_read(result, questions, n, error);
}
