/* What the compiler does not do yet. Each function goes to the file that compiler.h names for it. */
#include "base/error.h"
#include "dialect/postgresql/compiler.h"

static gboolean unsupported(const MigrateOp *op, GError **error)
{
    g_autofree char *what = migrate_op_describe(op);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: not possible on PostgreSQL yet", what);
    return FALSE;
}

gboolean compile_object_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}
