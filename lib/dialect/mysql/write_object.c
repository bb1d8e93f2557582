#include "dialect/mysql/compiler.h"

#include "base/error.h"

gboolean mysql_write_object_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: not in this build yet", migrate_op_name(op));
    return FALSE;
}

gboolean mysql_write_sequence_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: not in this build yet", migrate_op_name(op));
    return FALSE;
}
