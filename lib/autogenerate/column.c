#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* SQLite's own truth about a key column (the inspector reports every key column as NOT NULL, as models do). */
#define NULLABLE_KEY "nullable_key"

gboolean computed_equal(const Comparing *comparing, const Computed *a, const Computed *b)
{
    if (!a || !b)
        return a == b;
    return a->persisted == b->persisted && sql_equal(comparing->dialect, a->expression, b->expression);
}

static gboolean column_options_equal(const Column *model, const Column *live)
{
    if (model->options->len == 0 && live->options->len == 0)
        return TRUE;
    if (!options_get(live->options, NULLABLE_KEY) || options_get(model->options, NULLABLE_KEY))
        return options_equal(model->options, live->options);
    g_autoptr(GPtrArray) rest = options_copy(live->options);
    options_remove(rest, NULLABLE_KEY);
    return options_equal(model->options, rest);
}

gboolean comment_equal(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* What a token comparison (or the database) has to say. */
static gboolean texts_equal(const Comparing *comparing, const Column *model, const Column *live)
{
    const CompareOptions *options = comparing->options;
    if (options->compare_type && !comparing->dialect->type_equal(model->type, live->type))
        return FALSE;
    if (options->compare_server_default && !sql_equal(comparing->dialect, model->server_default, live->server_default))
        return FALSE;
    return computed_equal(comparing, model->computed, live->computed);
}

static gboolean numbering_equal(const Comparing *comparing, const Column *model, const Column *live)
{
    if (comparing->options->as_said)
        return model->autoincrement == live->autoincrement;
    return (model->autoincrement == AUTOINCREMENT_TRUE) == (live->autoincrement == AUTOINCREMENT_TRUE);
}

static gboolean structure_equal(const Comparing *comparing, const Column *model, const Column *live)
{
    return model->nullable == live->nullable && numbering_equal(comparing, model, live) &&
           name_equal(model->collation, live->collation, TRUE) && identity_equal(model->identity, live->identity) &&
           comment_equal(model->comment, live->comment) && column_options_equal(model, live);
}

/* The model's column, with the live values of what is not to be compared. */
static Column *wanted_column(const Comparing *comparing, const Column *model, const Column *live)
{
    Column *column = column_copy(model);
    g_clear_pointer(&column->renamed_from, g_free);
    if (!comparing->options->compare_type) {
        sql_type_free(column->type);
        column->type = sql_type_copy(live->type);
    }
    if (!comparing->options->compare_server_default && !column->computed && !live->computed) {
        g_free(column->server_default);
        column->server_default = g_strdup(live->server_default);
    }
    if (options_get(live->options, NULLABLE_KEY) && !column->nullable)
        options_set(column->options, NULLABLE_KEY, options_get(live->options, NULLABLE_KEY));
    return column;
}

static const Column *column_at(const Table *table, guint position, const char *name)
{
    if (position < table->columns->len) {
        const Column *column = table->columns->pdata[position];
        if (name_equal(column->name, name, table->ignore_case))
            return column;
    }
    return table_find_column(table, name);
}

static void compare_column(const Comparing *comparing, const Table *table, const Column *model, const Column *live,
                           GPtrArray *ops)
{
    gboolean same_texts = texts_equal(comparing, model, live);
    g_autoptr(GPtrArray) renamed = renamed_values(comparing, table, model, live);
    if (same_texts && structure_equal(comparing, model, live) && !renamed)
        return;
    g_autoptr(Column) column = wanted_column(comparing, model, live);
    g_free(column->name); /* another spelling of the same name is no rename */
    column->name = g_strdup(live->name);
    MigrateOp *op = migrate_op_alter_column(table, live, column);
    op->renamed_values = g_steal_pointer(&renamed);
    add_op(ops, op, same_texts ? "structure" : comparing->verdict);
}

void compare_columns(const Comparing *comparing, const Table *model, const Table *live, GPtrArray *ops)
{
    guint found = 0;
    for (guint i = 0; i < model->columns->len; i++) {
        const Column *column = model->columns->pdata[i];
        const Column *existing = column_at(live, i, column->name);
        if (existing) {
            found++;
            compare_column(comparing, live, column, existing, ops);
            continue;
        }
        MigrateOp *op = migrate_op_add_column(live, column);
        g_clear_pointer(&op->column->renamed_from, g_free);
        add_op(ops, op, "structure");
    }
    for (guint i = 0; found < live->columns->len && i < live->columns->len; i++) {
        const Column *existing = live->columns->pdata[i];
        if (!column_at(model, i, existing->name))
            add_op(ops, migrate_op_drop_column(live, existing), "structure");
    }
}
