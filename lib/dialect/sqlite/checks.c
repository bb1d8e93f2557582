#include "base/error.h"
#include "dialect/sqlite/sqlite.h"

gboolean sqlite_check_begin(Connection *connection, gpointer *baseline, GError **error)
{
    (void)connection;
    *baseline = NULL;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "the SQLite checks are not written yet");
    return FALSE;
}

gboolean sqlite_check_end(Connection *connection, gpointer baseline, GError **error)
{
    (void)connection;
    (void)baseline;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "the SQLite checks are not written yet");
    return FALSE;
}

void sqlite_baseline_free(gpointer baseline)
{
    (void)baseline;
}
