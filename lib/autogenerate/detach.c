/* Tables step aside for functions: a default, a check, an index or a generated column goes before the function that it
 * calls is dropped, and is there again when the function is. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

typedef struct Detaching {
    const Comparing *comparing;
    GHashTable *names; /* folded: functions that are created anew */
    const Table *live, *model;
    gboolean columns; /* out: a column was dropped and added */
} Detaching;

/* --- what calls one of them --- */

static void find_name(char **text, gpointer data)
{
    add_words(((gpointer *)data)[0], *text, TRUE, ((gpointer *)data)[1]);
}

static gboolean has_one(const Detaching *detaching, GHashTable *words)
{
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, detaching->names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(words, name))
            return TRUE;
    return FALSE;
}

static gboolean text_calls(const Detaching *detaching, const char *text)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (text)
        add_words(detaching->comparing, text, TRUE, words);
    return has_one(detaching, words);
}

static gboolean index_calls(const Detaching *detaching, Index *index)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gpointer data[] = {(gpointer)detaching->comparing, words};
    index_texts(index, find_name, data);
    return has_one(detaching, words);
}

static gboolean constraint_calls(const Detaching *detaching, Constraint *constraint)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gpointer data[] = {(gpointer)detaching->comparing, words};
    constraint_texts(constraint, find_name, data);
    return has_one(detaching, words);
}

/* --- operations there are --- */

static gboolean is_on(const MigrateOp *op, const Table *table)
{
    return g_strcmp0(op->table_name, table->name) == 0 && g_strcmp0(op->schema, table->schema) == 0;
}

/* The one that alters or drops the column. */
static MigrateOp *column_op(const Detaching *detaching, const Column *column)
{
    const GPtrArray *ops = detaching->comparing->operations;
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        if ((op->kind == OP_ALTER_COLUMN || op->kind == OP_DROP_COLUMN) && is_on(op, detaching->live) &&
            strcmp(op->existing->name, column->name) == 0)
            return op;
    }
    return NULL;
}

static gboolean is_dropped(const Detaching *detaching, OpKind kind, const char *name)
{
    const GPtrArray *ops = detaching->comparing->operations;
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        if (op->kind != kind || !is_on(op, detaching->live))
            continue;
        const char *dropped = kind == OP_DROP_INDEX ? op->index->name : op->constraint->name;
        if (g_strcmp0(dropped, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static void add(const Detaching *detaching, MigrateOp *op)
{
    add_op(detaching->comparing->operations, op, "structure");
}

/* --- parts of a table --- */

static void detach_index(const Detaching *detaching, const Index *index)
{
    if (is_dropped(detaching, OP_DROP_INDEX, index->name))
        return;
    add(detaching, migrate_op_drop_index(detaching->live, index));
    add(detaching, migrate_op_create_index(detaching->live, index));
}

static void detach_constraint(const Detaching *detaching, const Constraint *constraint)
{
    if (is_dropped(detaching, OP_DROP_CONSTRAINT, constraint->name))
        return;
    add(detaching, migrate_op_drop_constraint(detaching->live, constraint));
    add(detaching, migrate_op_create_constraint(detaching->live, constraint));
}

/* The default goes with an operation of its own, and comes with that which changes the column anyway. */
static void detach_default(const Detaching *detaching, const Column *column)
{
    MigrateOp *op = column_op(detaching, column);
    guint at = 0;
    if (op && (op->kind == OP_DROP_COLUMN || !op->column->server_default))
        return;
    g_autoptr(Column) without = column_copy(op ? op->existing : column);
    g_clear_pointer(&without->server_default, g_free);
    add(detaching, migrate_op_alter_column(detaching->live, op ? op->existing : column, without));
    if (!op) {
        add(detaching, migrate_op_alter_column(detaching->live, without, column));
        return;
    }
    GPtrArray *ops = detaching->comparing->operations;
    g_clear_pointer(&op->existing->server_default, g_free);
    g_ptr_array_find(ops, op, &at);
    g_ptr_array_insert(ops, (int)at, g_ptr_array_steal_index(ops, ops->len - 1));
}

static gboolean names_column(const Comparing *comparing, const GPtrArray *columns, const char *expression,
                             const char *name)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (expression)
        add_words(comparing, expression, FALSE, words);
    return g_ptr_array_find_with_equal_func((GPtrArray *)columns, name, g_str_equal, NULL) ||
           mentions(comparing, words, name);
}

static gboolean index_names(const Comparing *comparing, const Index *index, const char *name)
{
    for (guint i = 0; i < index->columns->len; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        if (g_strcmp0(column->name, name) == 0 || names_column(comparing, index->include, column->expression, name))
            return TRUE;
    }
    return names_column(comparing, index->include, index->where, name);
}

/* What is computed is computed again: nothing of it is lost. Keys and indexes on it come back with it. */
static void detach_computed(Detaching *detaching, const Column *column)
{
    const Table *live = detaching->live;
    MigrateOp *op = column_op(detaching, column);
    if (op && (op->kind == OP_DROP_COLUMN || !op->column->computed))
        return;
    for (guint i = 0; i < live->constraints->len; i++) {
        const Constraint *constraint = live->constraints->pdata[i];
        if (names_column(detaching->comparing, constraint->columns, constraint->expression, column->name))
            detach_constraint(detaching, constraint);
    }
    for (guint i = 0; i < live->indexes->len; i++)
        if (index_names(detaching->comparing, live->indexes->pdata[i], column->name))
            detach_index(detaching, live->indexes->pdata[i]);
    add(detaching, migrate_op_add_column(live, op ? op->column : column));
    if (op) {
        op->kind = OP_DROP_COLUMN;
        g_clear_pointer(&op->column, column_free);
    } else {
        add(detaching, migrate_op_drop_column(live, column));
    }
    detaching->columns = TRUE;
}

static void detach_table(Detaching *detaching)
{
    const Table *live = detaching->live;
    for (guint i = 0; i < live->indexes->len; i++)
        if (index_calls(detaching, live->indexes->pdata[i]))
            detach_index(detaching, live->indexes->pdata[i]);
    for (guint i = 0; i < live->constraints->len; i++)
        if (constraint_calls(detaching, live->constraints->pdata[i]))
            detach_constraint(detaching, live->constraints->pdata[i]);
    for (guint i = 0; i < live->columns->len; i++) {
        const Column *column = live->columns->pdata[i];
        if (column->computed && text_calls(detaching, column->computed->expression))
            detach_computed(detaching, column);
        else if (text_calls(detaching, column->server_default))
            detach_default(detaching, column);
    }
}

gboolean detach_tables(const Comparing *comparing, GHashTable *names)
{
    Detaching detaching = {.comparing = comparing, .names = names};
    for (guint i = 0; g_hash_table_size(names) && i < comparing->live->tables->len; i++) {
        detaching.live = comparing->live->tables->pdata[i];
        if (metadata_find_table(comparing->model, detaching.live->schema, detaching.live->name))
            detach_table(&detaching);
    }
    return detaching.columns;
}
