/* Dialect.estimate_rows: what the dialects share. */
#include "dialect/dialect.h"

static char *quoted_name(const Dialect *dialect, const RowQuestion *question)
{
    g_autofree char *table = dialect->quote_identifier(question->table);
    g_autofree char *schema = question->schema ? dialect->quote_identifier(question->schema) : NULL;
    return schema ? g_strconcat(schema, ".", table, NULL) : g_steal_pointer(&table);
}

char *row_query(const Dialect *dialect, const RowQuestion *questions, guint n, RowQueryAppend append)
{
    GString *sql = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = quoted_name(dialect, &questions[i]);
        g_autofree char *count =
            g_strdup_printf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) counted", name, ROWS_COUNTED + 1);
        g_string_append_printf(sql, "%sSELECT %u, ", i ? "\nUNION ALL " : "", i);
        append(sql, &questions[i], name, count);
    }
    return g_string_free(sql, FALSE);
}

gboolean row_query_read(Result *result, RowQuestion *questions, guint n, GError **error)
{
    int more;
    while ((more = result_next(result, error)) == 1) {
        gint64 number = result_integer(result, 0), rows = result_integer(result, 1);
        if (number < 0 || number >= n || rows < 0 || !result_text(result, 1))
            continue;
        gboolean at_least = rows == ROWS_COUNTED + 1;
        questions[number].rows = (RowEstimate){TRUE, at_least, at_least ? ROWS_COUNTED : rows};
    }
    return more == 0;
}
