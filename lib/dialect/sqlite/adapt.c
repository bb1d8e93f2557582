#include "base/error.h"
#include "dialect/sqlite/sqlite.h"

gboolean sqlite_adapt(MetaData *model, GPtrArray *notes, GError **error)
{
    (void)model;
    (void)notes;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "the SQLite model adapter is not written yet");
    return FALSE;
}
