#include <string.h>

#include "autogenerate/internal.h"

static void table_pair_free(TablePair *pair)
{
    g_ptr_array_unref(pair->ops);
    g_free(pair);
}

MigrateOp *new_create_table(const Table *model)
{
    MigrateOp *op = migrate_op_create_table(model);
    g_clear_pointer(&op->table->renamed_from, g_free);
    for (guint i = 0; i < op->table->columns->len; i++)
        g_clear_pointer(&((Column *)op->table->columns->pdata[i])->renamed_from, g_free);
    for (guint i = 0; i < op->table->indexes->len; i++)
        g_clear_pointer(&((Index *)op->table->indexes->pdata[i])->renamed_from, g_free);
    for (guint i = 0; i < op->table->constraints->len; i++)
        g_clear_pointer(&((Constraint *)op->table->constraints->pdata[i])->renamed_from, g_free);
    if (op->table->primary_key)
        g_clear_pointer(&op->table->primary_key->renamed_from, g_free);
    return op;
}

static void compare_comment(const Table *model, const Table *live, GPtrArray *ops)
{
    if (comment_equal(model->comment, live->comment))
        return;
    gboolean none = comment_equal(model->comment, NULL);
    MigrateOp *op = migrate_op_new(none ? OP_DROP_TABLE_COMMENT : OP_CREATE_TABLE_COMMENT);
    op->schema = g_strdup(live->schema);
    op->table_name = g_strdup(live->name);
    op->comment = none ? NULL : g_strdup(model->comment);
    op->existing_comment = comment_equal(live->comment, NULL) ? NULL : g_strdup(live->comment);
    add_op(ops, op, "structure");
}

void compare_table(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    compare_columns(comparing, model, live, ops);
    compare_primary_key(comparing, model, live, ops);
    compare_constraints(comparing, model, live, ops);
    compare_indexes(comparing, model, live, ops);
    compare_comment(model, live, ops);
    if (!options_equal(model->options, live->options))
        add_op(ops, migrate_op_alter_table_options(live, live->options, model->options), "structure");
    rename_keys(comparing, model, live, ops);
}

static void add_pair(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    TablePair *pair = g_new0(TablePair, 1);
    pair->model = model;
    pair->live = live;
    pair->ops = ops;
    g_ptr_array_add(comparing->pairs, pair);
}

void match_tables(Comparing *comparing)
{
    g_autoptr(GPtrArray) ops = operations_new();
    comparing->pairs = g_ptr_array_new_with_free_func((GDestroyNotify)table_pair_free);
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!in_scope(comparing, model->schema, model->name))
            continue;
        const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
        if (live)
            compare_table(comparing, model, live, ops);
        if (live && ops->len == 0)
            continue;
        add_pair(comparing, model, live, g_steal_pointer(&ops));
        ops = operations_new();
    }
}

void add_table_ops(const Comparing *comparing)
{
    for (guint i = 0; i < comparing->pairs->len; i++) {
        const TablePair *pair = comparing->pairs->pdata[i];
        if (!pair->live)
            add_op(comparing->operations, new_create_table(pair->model), "structure");
        else
            g_ptr_array_extend_and_steal(comparing->operations, g_ptr_array_ref(pair->ops));
    }
    for (guint i = 0; i < comparing->live->tables->len; i++) {
        const Table *live = comparing->live->tables->pdata[i];
        if (in_scope(comparing, live->schema, live->name) &&
            !metadata_find_table(comparing->model, live->schema, live->name))
            add_op(comparing->operations, migrate_op_drop_table(live), "structure");
    }
}
