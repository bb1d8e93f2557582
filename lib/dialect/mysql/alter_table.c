#include "dialect/mysql/compiler.h"

#include "base/error.h"

gboolean mysql_flush(MysqlCompiler *compiler, GError **error)
{
    if (compiler->changes->len == 0)
        return TRUE;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "tables: not in this build yet");
    return FALSE;
}
