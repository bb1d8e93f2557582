/* How many rows tables have. */
#include "dialect/postgresql/postgresql.h"

/* reltuples is -1 before the first ANALYZE, and old where rows have come since: few are counted. Where row security
 * hides some from this role, counting would miss them. A subquery that is not needed is not run. */
static void append_rows(GString *sql, const RowQuestion *question, const char *name, const char *count)
{
    g_autofree char *literal = postgresql_quote_literal(name);
    (void)question;
    g_string_append_printf(sql,
                           "CASE WHEN reltuples > %d OR row_security_active(oid) THEN reltuples::bigint ELSE (%s) END "
                           "FROM pg_catalog.pg_class WHERE oid = %s::regclass",
                           ROWS_COUNTED, count, literal);
}

/* What travels together is one transaction, so that the time-outs are of it alone. */
gboolean postgresql_estimate_rows(Connection *connection, RowQuestion *questions, guint n, GError **error)
{
    g_autofree char *sql = row_query(&postgresql_dialect, questions, n, append_rows);
    const Request requests[] = {{.sql = "BEGIN READ ONLY"},
                                {.sql = "SET LOCAL lock_timeout = '1s'"},
                                {.sql = "SET LOCAL statement_timeout = '10s'"},
                                {.sql = sql},
                                {.sql = "ROLLBACK"}};
    Result *results[G_N_ELEMENTS(requests)] = {NULL};
    gboolean done = connection_run_many(connection, requests, G_N_ELEMENTS(requests), results, NULL, error) &&
                    row_query_read(results[3], questions, n, error);
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++)
        result_free(results[i]);
    if (connection_in_transaction(connection))
        connection_execute(connection, "ROLLBACK", NULL);
    return done;
}
