#include <string.h>

#include "base/error.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/flush.h"
#include "dialect/sqlite/sqlite.h"

static SchemaObject *live_object(const Compiler *compiler, const SchemaObject *object)
{
    return metadata_find_object(compiler->live, object->kind, NULL, object->name);
}

/* A trigger goes with its table or view, and a view's triggers with the view. */
static void emit_drop_object(Compiler *compiler, const SchemaObject *object)
{
    SchemaObject *live = live_object(compiler, object);
    if (!live)
        return;
    g_autofree char *name = sqlite_quote_identifier(object->name);
    gboolean view = strcmp(object->kind, "view") == 0, table = strcmp(object->kind, "virtual_table") == 0;
    sqlite_emit(compiler, g_strdup_printf("DROP %s %s", view ? "VIEW" : table ? "TABLE" : "TRIGGER", name));
    g_ptr_array_remove(compiler->live->objects, live);
    for (guint i = compiler->live->objects->len; view && i-- > 0;)
        if (sqlite_is_trigger_of(compiler->live->objects->pdata[i], object->name))
            g_ptr_array_remove_index(compiler->live->objects, i);
}

static gboolean emit_create_object(Compiler *compiler, const SchemaObject *object, GError **error)
{
    if (!object->definition) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s' has no definition for sqlite",
                    object->kind, object->name);
        return FALSE;
    }
    sqlite_emit(compiler, g_strdup(object->definition));
    g_ptr_array_add(compiler->live->objects, schema_object_copy(object));
    guint position = 0;
    if (g_ptr_array_find_with_equal_func(compiler->stale_triggers, object->name, g_str_equal, &position))
        g_ptr_array_remove_index(compiler->stale_triggers, position);
    return TRUE;
}

/* DROP VIEW takes the view's triggers along; they are not what the op replaces. */
static gboolean emit_replace_object(Compiler *compiler, const MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GPtrArray) triggers = g_ptr_array_new_with_free_func((GDestroyNotify)schema_object_free);
    if (strcmp(op->object->kind, "view") == 0 && !sqlite_triggers_of(compiler, op->existing_object->name, found, error))
        return FALSE;
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(triggers, schema_object_copy(found->pdata[i]));
    emit_drop_object(compiler, op->existing_object);
    if (!emit_create_object(compiler, op->object, error))
        return FALSE;
    for (guint i = 0; i < triggers->len; i++)
        if (!emit_create_object(compiler, triggers->pdata[i], error))
            return FALSE;
    return TRUE;
}

gboolean sqlite_compile_object(Compiler *compiler, const MigrateOp *op, GError **error)
{
    const SchemaObject *object = op->object ? op->object : op->existing_object;
    if (op->kind != OP_DROP_OBJECT && !sqlite_flush(compiler, error))
        return FALSE;
    if (!sqlite_has_object_kind(object->kind))
        return migrate_op_apply(op, compiler->state, error);
    if (op->kind == OP_DROP_OBJECT || !op->object)
        emit_drop_object(compiler, op->existing_object ? op->existing_object : op->object);
    else if (op->kind == OP_REPLACE_OBJECT ? !emit_replace_object(compiler, op, error)
                                           : !emit_create_object(compiler, op->object, error))
        return FALSE;
    return migrate_op_apply(op, compiler->state, error);
}
