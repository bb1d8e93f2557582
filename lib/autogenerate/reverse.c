/* Operations for the way back. */
#include <string.h>

#include "autogenerate/internal.h"

/* The table that a trigger is on has its former name again when the trigger is put back. */
static void follow_object(const Comparing *comparing, SchemaObject *object, const MigrateOp *rename)
{
    if (!object || !name_equal(object->table_name, rename->table_name, comparing->ignore_case))
        return;
    rename_target(comparing, object, rename->new_name);
    g_free(object->table_name);
    object->table_name = g_strdup(rename->new_name);
}

static void follow_renames(const Comparing *comparing, const GPtrArray *objects, const MigrateOp *rename)
{
    for (guint i = 0; i < objects->len; i++) {
        const MigrateOp *op = objects->pdata[i];
        follow_object(comparing, op->object, rename);
        follow_object(comparing, op->existing_object, rename);
    }
}

static void move_all(GPtrArray *to, GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_steal_pointer(&from->pdata[i]));
}

/* What is named in their texts has to be there when they are put back, as on the way there: behind all else. */
static GPtrArray *objects_last(const Comparing *comparing, GPtrArray *ops, GError **error)
{
    g_autoptr(GPtrArray) sorted = operations_new(), objects = operations_new();
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = g_steal_pointer(&ops->pdata[i]);
        gboolean comes_back = op->kind == OP_REPLACE_OBJECT || op->kind == OP_CREATE_OBJECT;
        if (op->kind == OP_RENAME_TABLE)
            follow_renames(comparing, objects, op);
        g_ptr_array_add(comes_back ? objects : sorted, op);
    }
    if (!operations_sort(objects, FALSE, error))
        return NULL;
    move_all(sorted, objects);
    return g_steal_pointer(&sorted);
}

/* What comes back of defaults, checks … may need the values that come back. */
static gboolean brings_values(const MigrateOp *op)
{
    return op->kind == OP_ALTER_ENUM && strcmp(op->existing_enum->name, op->enum_type->name) == 0 &&
           g_strcmp0(op->existing_enum->schema, op->enum_type->schema) == 0 &&
           keeps_values(op->existing_enum, op->enum_type);
}

static GPtrArray *values_first(GPtrArray *ops)
{
    GPtrArray *sorted = operations_new();
    g_autoptr(GPtrArray) others = operations_new();
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = g_steal_pointer(&ops->pdata[i]);
        g_ptr_array_add(brings_values(op) ? sorted : others, op);
    }
    move_all(sorted, others);
    return sorted;
}

GPtrArray *downgrade_operations(const Dialect *dialect, const GPtrArray *ops, GError **error)
{
    const Comparing comparing = {.dialect = dialect, .ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0};
    g_autoptr(GPtrArray) reversed = operations_reverse(ops, error);
    if (!reversed)
        return NULL;
    if (!(dialect->capabilities & DIALECT_OBJECTS_BY_NAME))
        return values_first(reversed);
    return objects_last(&comparing, reversed, error);
}
