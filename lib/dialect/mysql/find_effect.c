/* Whether what a statement wants is so already, when nobody has written down how it was before. */
#include "dialect/mysql/effects.h"

#include "base/error.h"

gboolean mysql_find_effect(Connection *connection, const char *sql, gsize length, StatementOutcome *outcome,
                           GError **error)
{
    (void)connection;
    (void)sql;
    (void)length;
    (void)outcome;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return FALSE;
}
