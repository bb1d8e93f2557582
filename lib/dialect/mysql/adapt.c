#include "dialect/mysql/mysql.h"

#include "base/error.h"

gboolean mysql_adapt(MetaData *model, MysqlFlavour flavour, GPtrArray *notes, GError **error)
{
    (void)model;
    (void)flavour;
    (void)notes;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return FALSE;
}
