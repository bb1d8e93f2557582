/* How many rows tables have. */
#include "dialect/sqlite/sqlite.h"

static void append_count(GString *sql, const RowQuestion *question, const char *name, const char *count)
{
    (void)question;
    (void)name;
    g_string_append_printf(sql, "(%s)", count);
}

/* What ANALYZE has found: a statistic's first number is the table's rows (sqlite.org/fileformat2.html, "The
 * sqlite_stat1 table"). */
static void append_statistic(GString *sql, const RowQuestion *question, const char *name, const char *count)
{
    g_autofree char *table = sqlite_quote_literal(question->table);
    (void)name;
    (void)count;
    g_string_append_printf(sql, "(SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = %s COLLATE NOCASE)",
                           table);
}

static gboolean ask(Connection *connection, RowQuestion *questions, guint n, RowQueryAppend append, GError **error)
{
    g_autofree char *sql = row_query(&sqlite_dialect, questions, n, append);
    g_autoptr(Result) result = connection_query(connection, sql, error);
    return result && row_query_read(result, questions, n, error);
}

gboolean sqlite_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error)
{
    if (!ask(connection, questions, n, append_count, error))
        return FALSE;
    gboolean many = FALSE;
    for (guint i = 0; i < n; i++)
        many = many || questions[i].rows.at_least;
    g_autofree RowQuestion *analyzed = g_memdup2(questions, n * sizeof *questions);
    /* Not there without ANALYZE: then what was counted is what is known. */
    if (!many || !ask(connection, analyzed, n, append_statistic, NULL))
        return TRUE;
    for (guint i = 0; i < n; i++)
        if (questions[i].rows.at_least && analyzed[i].rows.rows > ROWS_COUNTED)
            questions[i].rows = (RowEstimate){TRUE, FALSE, analyzed[i].rows.rows};
    return TRUE;
}
