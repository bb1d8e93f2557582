#include "dialect/mysql/mysql.h"

#include "base/error.h"

gboolean mysql_state_before(Connection *connection, const char *sql, gsize length, char **state, GError **error)
{
    (void)connection;
    (void)sql;
    (void)length;
    *state = NULL;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return FALSE;
}

gboolean mysql_resume_statement(Connection *connection, const char *sql, gsize length, const char *state,
                                StatementOutcome *outcome, GError **error)
{
    (void)connection;
    (void)sql;
    (void)length;
    (void)state;
    (void)outcome;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return FALSE;
}

gboolean mysql_find_effect(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                           GError **error)
{
    return mysql_resume_statement(connection, sql, length, NULL, outcome, error);
}
