#include <string.h>

#include "autogenerate/internal.h"

/* A table on both sides that differs. */
typedef struct TablePair {
    const Table *model, *live;
    GPtrArray *ops;
} TablePair;

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
    return op;
}

static gboolean is_empty(const char *text)
{
    return !text || !*text;
}

static void compare_comment(const Table *model, const Table *live, GPtrArray *ops)
{
    if (is_empty(model->comment) ? is_empty(live->comment) : g_strcmp0(model->comment, live->comment) == 0)
        return;
    MigrateOp *op = migrate_op_new(is_empty(model->comment) ? OP_DROP_TABLE_COMMENT : OP_CREATE_TABLE_COMMENT);
    op->schema = g_strdup(live->schema);
    op->table_name = g_strdup(live->name);
    op->comment = is_empty(model->comment) ? NULL : g_strdup(model->comment);
    op->existing_comment = is_empty(live->comment) ? NULL : g_strdup(live->comment);
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
}

/* Second stage: the model's tables as the database itself writes them down. */
static gboolean ask_database(Comparing *comparing, const GPtrArray *pairs, GError **error)
{
    g_autoptr(Scratch) scratch = NULL;
    if (!scratch_open(comparing->dialect, &scratch, error))
        return FALSE;
    if (!scratch)
        return TRUE;
    for (guint i = 0; i < pairs->len; i++)
        if (!scratch_create_table(scratch, ((const TablePair *)pairs->pdata[i])->model, error))
            return FALSE;
    g_autoptr(MetaData) canonical = scratch_inspect(scratch, error);
    if (!canonical)
        return FALSE;
    comparing->verdict = "canonical";
    for (guint i = 0; i < pairs->len; i++) {
        TablePair *pair = pairs->pdata[i];
        const Table *table = metadata_find_table(canonical, pair->model->schema, pair->model->name);
        if (!table)
            continue;
        g_ptr_array_set_size(pair->ops, 0);
        compare_table(comparing, table, pair->live, pair->ops);
    }
    comparing->verdict = "tokens";
    return TRUE;
}

static void compare_existing(const Comparing *comparing, GPtrArray *pairs)
{
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!in_scope(comparing, model->schema, model->name))
            continue;
        const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
        if (!live) {
            add_op(comparing->operations, new_create_table(model), "structure");
            continue;
        }
        compare_table(comparing, model, live, ops);
        if (ops->len == 0)
            continue;
        TablePair *pair = g_new0(TablePair, 1);
        pair->model = model;
        pair->live = live;
        pair->ops = g_steal_pointer(&ops);
        g_ptr_array_add(pairs, pair);
        ops = operations_new();
    }
}

gboolean compare_tables(Comparing *comparing, GError **error)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func((GDestroyNotify)table_pair_free);
    compare_existing(comparing, pairs);
    if (pairs->len && !ask_database(comparing, pairs, error))
        return FALSE;
    for (guint i = 0; i < pairs->len; i++) {
        TablePair *pair = pairs->pdata[i];
        g_ptr_array_extend_and_steal(comparing->operations, g_ptr_array_ref(pair->ops));
    }
    for (guint i = 0; i < comparing->live->tables->len; i++) {
        const Table *live = comparing->live->tables->pdata[i];
        if (in_scope(comparing, live->schema, live->name) &&
            !metadata_find_table(comparing->model, live->schema, live->name))
            add_op(comparing->operations, migrate_op_drop_table(live), "structure");
    }
    return TRUE;
}
