#include "base/error.h"
#include "dialect/sqlite/sqlite.h"

GPtrArray *sqlite_compile(const GPtrArray *ops, const MetaData *before, GError **error)
{
    (void)ops;
    (void)before;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "the SQLite compiler is not written yet");
    return NULL;
}
