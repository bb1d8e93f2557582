/* A throw-away database that says how it writes down what the model says. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"

struct Scratch {
    const Dialect *dialect;
    Session *session;
};

gboolean scratch_open(const Dialect *dialect, Scratch **scratch, GError **error)
{
    *scratch = NULL;
    if (!(dialect->capabilities & DIALECT_MEMORY_SCRATCH))
        return TRUE;
    Session *session = engine_open_scratch(dialect, error);
    if (!session)
        return FALSE;
    *scratch = g_new0(Scratch, 1);
    (*scratch)->dialect = dialect;
    (*scratch)->session = session;
    return TRUE;
}

void scratch_free(Scratch *scratch)
{
    if (!scratch)
        return;
    session_close(scratch->session);
    g_free(scratch);
}

static gboolean run_op(Scratch *scratch, MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(MetaData) nothing = metadata_new((scratch->dialect->capabilities & DIALECT_IGNORE_CASE) != 0);
    g_ptr_array_add(ops, op);
    g_autoptr(GPtrArray) blocks = scratch->dialect->compile(ops, nothing, error);
    if (!blocks)
        return FALSE;
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            if (!connection_execute(session_connection(scratch->session), block->statements->pdata[j], error))
                return FALSE;
    }
    return TRUE;
}

static gboolean can_create(const Dialect *dialect, const Table *table)
{
    g_autoptr(Scratch) scratch = NULL;
    return scratch_open(dialect, &scratch, NULL) && scratch && run_op(scratch, migrate_op_create_table(table), NULL);
}

/* --- whose fault it is: the part without which the table can be created --- */

static char *blame_constraint(const Dialect *dialect, const Table *table)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        g_autoptr(Table) without = table_copy(table);
        g_ptr_array_remove_index(without->constraints, i);
        if (!can_create(dialect, without))
            continue;
        return g_strdup_printf("%s '%s'", constraint->kind == CONSTRAINT_CHECK ? "check constraint" : "constraint",
                               constraint->name ? constraint->name : constraint->expression);
    }
    return NULL;
}

static char *blame_column(const Dialect *dialect, const Table *table)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        g_autoptr(Table) without = table_copy(table);
        Column *plain = without->columns->pdata[i];
        if (!column->server_default && !column->computed)
            continue;
        g_clear_pointer(&plain->server_default, g_free);
        g_clear_pointer(&plain->computed, computed_free);
        if (can_create(dialect, without))
            return g_strdup_printf("%s of column '%s'", column->computed ? "computed expression" : "server_default",
                                   column->name);
    }
    return NULL;
}

static char *blame_index(const Dialect *dialect, const Table *table)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        g_autoptr(Table) without = table_copy(table);
        g_ptr_array_remove_index(without->indexes, i);
        if (can_create(dialect, without))
            return g_strdup_printf("index '%s'", ((const Index *)table->indexes->pdata[i])->name);
    }
    return NULL;
}

gboolean scratch_create_table(Scratch *scratch, const Table *table, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (run_op(scratch, migrate_op_create_table(table), &failure))
        return TRUE;
    g_autofree char *part = blame_constraint(scratch->dialect, table);
    if (!part)
        part = blame_column(scratch->dialect, table);
    if (!part)
        part = blame_index(scratch->dialect, table);
    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s%stable '%s': ", part ? part : "",
                               part ? " of " : "", table->name);
    return FALSE;
}

gboolean scratch_create_object(Scratch *scratch, const SchemaObject *object, GError **error)
{
    return run_op(scratch, migrate_op_create_object(object), error);
}

MetaData *scratch_inspect(Scratch *scratch, GError **error)
{
    InspectOptions options = {NULL, NULL, NULL};
    return scratch->dialect->inspect(session_connection(scratch->session), &options, error);
}
