#include "dialect/mysql/mysql.h"

#include "base/error.h"

GPtrArray *mysql_compile(const GPtrArray *ops, const MetaData *before, MysqlFlavour flavour, GError **error)
{
    (void)ops;
    (void)before;
    (void)flavour;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "not in this build yet");
    return NULL;
}
