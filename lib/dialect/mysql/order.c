/* The way back is the way there in reverse, so that what was replaced last is replaced first: before the tables are
 * again what the former definitions name. The server looks at a view's tables when the view is made, and at a trigger's
 * table, so these go behind. */
#include "dialect/mysql/compiler.h"

#include <string.h>

static gboolean is_object_op(const MigrateOp *op)
{
    return op->kind == OP_CREATE_OBJECT || op->kind == OP_DROP_OBJECT || op->kind == OP_REPLACE_OBJECT;
}

static gboolean uses_any(const MigrateOp *op, const GPtrArray *others)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; op->object && i < others->len; i++) {
        const MigrateOp *other = others->pdata[i];
        if (other != op && other->object)
            g_ptr_array_add(names, other->object->name);
    }
    return op->object && mysql_mentions(op->object->definition, names);
}

/* Moves the ops of `tail` behind `result`, each behind those that it uses, else as they stand. */
static void add_sorted(GPtrArray *result, GPtrArray *tail)
{
    while (tail->len > 0) {
        guint next = 0;
        while (next < tail->len && uses_any(tail->pdata[next], tail))
            next++;
        g_ptr_array_add(result, g_ptr_array_remove_index(tail, next < tail->len ? next : 0));
    }
}

/* Nobody looks at what a routine or an event does when it is made: it goes behind the tables, so that their changes are
 * written together. Not when something that stays, from `i` to `behind`, is about it. */
static gboolean can_wait(const GPtrArray *ops, guint i, guint behind)
{
    static const char *const kinds[] = {"function", "procedure", "event", NULL};
    const MigrateOp *op = ops->pdata[i];
    if (op->kind != OP_CREATE_OBJECT || !g_strv_contains(kinds, op->object->kind))
        return FALSE;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_ptr_array_add(names, op->object->name);
    for (i++; i < behind; i++) {
        const MigrateOp *other = ops->pdata[i];
        const SchemaObject *object = other->object ? other->object : other->existing_object;
        if (is_object_op(other) && other->kind != OP_REPLACE_OBJECT &&
            (!object || strcmp(object->name, op->object->name) == 0 ||
             (!g_strv_contains(kinds, object->kind) && mysql_mentions(object->definition, names))))
            return FALSE;
    }
    return TRUE;
}

static gboolean takes_name(const MigrateOp *op, const char *name)
{
    return (op->kind == OP_CREATE_SEQUENCE && strcmp(op->sequence->name, name) == 0) ||
           (op->kind == OP_ALTER_SEQUENCE && strcmp(op->sequence->name, name) == 0) ||
           (op->kind == OP_CREATE_TABLE && g_strcmp0(op->table_name, name) == 0) ||
           (op->kind == OP_RENAME_TABLE && g_strcmp0(op->new_name, name) == 0) ||
           (op->kind == OP_CREATE_OBJECT && strcmp(op->object->name, name) == 0);
}

/* A sequence goes when no default of a table names it any more, unless its name is wanted. */
static gboolean can_go_last(const GPtrArray *ops, guint i, guint to)
{
    const MigrateOp *op = ops->pdata[i];
    if (op->kind != OP_DROP_SEQUENCE)
        return FALSE;
    for (guint j = i + 1; j < to; j++)
        if (takes_name(ops->pdata[j], op->existing_sequence->name))
            return FALSE;
    return TRUE;
}

/* Of ops without an execute among them. */
static void add_segment(GPtrArray *result, const GPtrArray *ops, guint from, guint to)
{
    g_autoptr(GPtrArray) tail = g_ptr_array_new();
    guint behind = to; /* the last op that is not about an object stands in front of it */
    while (behind > from && is_object_op(ops->pdata[behind - 1]))
        behind--;
    for (guint i = from; i < behind; i++) {
        const MigrateOp *op = ops->pdata[i];
        gboolean waits = op->kind == OP_REPLACE_OBJECT || can_wait(ops, i, behind) || can_go_last(ops, i, to);
        g_ptr_array_add(waits ? tail : result, ops->pdata[i]);
    }
    gboolean moved = tail->len > 0;
    for (guint i = behind; i < to; i++)
        g_ptr_array_add(tail, ops->pdata[i]);
    if (moved)
        add_sorted(result, tail);
    else
        g_ptr_array_extend(result, tail, NULL, NULL);
}

GPtrArray *mysql_ops_in_order(const GPtrArray *ops)
{
    GPtrArray *result = g_ptr_array_new();
    for (guint from = 0; from < ops->len;) {
        guint to = from;
        while (to < ops->len && ((const MigrateOp *)ops->pdata[to])->kind != OP_EXECUTE)
            to++;
        add_segment(result, ops, from, to);
        if (to < ops->len)
            g_ptr_array_add(result, ops->pdata[to]);
        from = to + 1;
    }
    return result;
}
