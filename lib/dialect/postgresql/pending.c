/* What the compiler does not do yet. Each function goes to the file that compiler.h names for it. */
#include "base/error.h"
#include "dialect/postgresql/compiler.h"

static gboolean unsupported(const MigrateOp *op, GError **error)
{
    g_autofree char *what = migrate_op_describe(op);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: not possible on PostgreSQL yet", what);
    return FALSE;
}

gboolean compile_column_type(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}

gboolean compile_column_numbering(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}

gboolean compile_enum_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}

gboolean compile_sequence_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}

gboolean compile_object_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    (void)compiler;
    return unsupported(op, error);
}

char *postgresql_sequence_options_sql(const SequenceOptions *options)
{
    const struct {
        const char *words, *value;
    } given[] = {
        {"START WITH", options->start},  {"INCREMENT BY", options->increment},
        {"MINVALUE", options->minvalue}, {"MAXVALUE", options->maxvalue},
        {"CACHE", options->cache},
    };
    GString *sql = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(given); i++)
        if (given[i].value)
            g_string_append_printf(sql, " %s %s", given[i].words, given[i].value);
    if (options->cycle)
        g_string_append(sql, " CYCLE");
    return g_string_free(sql, FALSE);
}
