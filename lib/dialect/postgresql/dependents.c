/* What belongs to tables and has to be dropped and created again around a change of a column. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

/* One of constraint, index and column. */
typedef struct Item {
    const Table *table;
    const Constraint *constraint;
    const Index *index;
    const Column *column;
} Item;

PgDependents *dependents_new(void)
{
    PgDependents *dependents = g_new0(PgDependents, 1);
    dependents->items = g_ptr_array_new_with_free_func(g_free);
    return dependents;
}

void dependents_free(PgDependents *dependents)
{
    if (!dependents)
        return;
    g_ptr_array_unref(dependents->items);
    g_free(dependents);
}

static gboolean add_item(PgDependents *dependents, Item item)
{
    for (guint i = 0; i < dependents->items->len; i++) {
        const Item *other = dependents->items->pdata[i];
        if (other->constraint == item.constraint && other->index == item.index && other->column == item.column)
            return FALSE;
    }
    g_ptr_array_add(dependents->items, g_memdup2(&item, sizeof(item)));
    return TRUE;
}

void dependents_add_column(PgDependents *dependents, const Table *table, const Column *column)
{
    add_item(dependents, (Item){.table = table, .column = column});
}

void dependents_add_constraint(PgDependents *dependents, const Table *table, const Constraint *constraint)
{
    add_item(dependents, (Item){.table = table, .constraint = constraint});
}

static void add_index(PgDependents *dependents, const Table *table, const Index *index)
{
    add_item(dependents, (Item){.table = table, .index = index});
}

/* --- who names a column --- */

gboolean postgresql_mentions(const char *text, const char *name)
{
    gboolean found = FALSE;
    if (!text)
        return FALSE;
    g_autoptr(GPtrArray) identifiers = sql_identifiers(&postgresql_dialect, text);
    for (guint i = 0; i < identifiers->len && !found; i++)
        found = g_ascii_strcasecmp(identifiers->pdata[i], name) == 0;
    return found;
}

gboolean has_name(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean constraint_names(const Constraint *constraint, const char *column)
{
    return has_name(constraint->columns, column) || postgresql_mentions(constraint->expression, column) ||
           postgresql_mentions(options_get(constraint->options, "include"), column);
}

static gboolean index_computes_with(const Index *index, const char *column)
{
    for (guint i = 0; i < index->columns->len; i++)
        if (postgresql_mentions(((const IndexColumn *)index->columns->pdata[i])->expression, column))
            return TRUE;
    return postgresql_mentions(index->where, column);
}

static gboolean index_names(const Index *index, const char *column)
{
    for (guint i = 0; i < index->columns->len; i++)
        if (g_strcmp0(((const IndexColumn *)index->columns->pdata[i])->name, column) == 0)
            return TRUE;
    return has_name(index->include, column) || index_computes_with(index, column);
}

/* Partitions have indexes and constraints of their own; their columns are the parent's. */
static gboolean is_partition_of(const Table *table, const Table *parent)
{
    const char *name = options_get(table->options, "partition_of");
    g_autofree char *parent_name = name ? postgresql_table_name(parent) : NULL;
    return name && sql_equal(&postgresql_dialect, name, parent_name);
}

static gboolean refers_to_column(const Constraint *constraint, const Table *target, const char *column)
{
    if (constraint->kind != CONSTRAINT_FOREIGN_KEY || strcmp(constraint->referred_table, target->name) != 0 ||
        g_strcmp0(constraint->referred_schema, target->schema) != 0)
        return FALSE;
    return constraint->referred_columns->len ? has_name(constraint->referred_columns, column)
                                             : table_in_primary_key(target, column);
}

static void add_references(PgDependents *dependents, const MetaData *database, const Table *table, const char *column)
{
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *other = database->tables->pdata[i];
        for (guint j = 0; j < other->constraints->len; j++)
            if (refers_to_column(other->constraints->pdata[j], table, column))
                dependents_add_constraint(dependents, other, other->constraints->pdata[j]);
    }
}

void dependents_add_users(PgDependents *dependents, const MetaData *database, const Table *table, const char *column)
{
    add_references(dependents, database, table, column);
    if (table->primary_key && constraint_names(table->primary_key, column))
        dependents_add_constraint(dependents, table, table->primary_key);
    for (guint i = 0; i < table->constraints->len; i++)
        if (constraint_names(table->constraints->pdata[i], column))
            dependents_add_constraint(dependents, table, table->constraints->pdata[i]);
    for (guint i = 0; i < table->indexes->len; i++)
        if (index_names(table->indexes->pdata[i], column))
            add_index(dependents, table, table->indexes->pdata[i]);
}

void dependents_add_generated(PgDependents *dependents, const MetaData *database, const Table *table,
                              const char *column)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *generated = table->columns->pdata[i];
        if (!generated->computed || !postgresql_mentions(generated->computed->expression, column))
            continue;
        dependents_add_column(dependents, table, generated);
        dependents_add_users(dependents, database, table, generated->name);
    }
}

void dependents_add_expressions(PgDependents *dependents, const MetaData *database, const Table *table,
                                const char *column)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (postgresql_mentions(constraint->expression, column))
            dependents_add_constraint(dependents, table, constraint);
    }
    for (guint i = 0; i < table->indexes->len; i++)
        if (index_computes_with(table->indexes->pdata[i], column))
            add_index(dependents, table, table->indexes->pdata[i]);
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *partition = database->tables->pdata[i];
        if (is_partition_of(partition, table))
            dependents_add_expressions(dependents, database, partition, column);
    }
}

void dependents_add_mentions(PgDependents *dependents, const MetaData *database, const char *name)
{
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *table = database->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            if (postgresql_mentions(constraint->expression, name))
                dependents_add_constraint(dependents, table, constraint);
        }
        for (guint j = 0; j < table->indexes->len; j++)
            if (index_computes_with(table->indexes->pdata[j], name))
                add_index(dependents, table, table->indexes->pdata[j]);
        dependents_add_generated(dependents, database, table, name);
    }
}

gboolean check_partition_key(const MetaData *database, const Table *table, const char *column, GError **error)
{
    if (postgresql_mentions(options_get(table->options, "partition_by"), column)) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "column '%s.%s': the table is partitioned by it, so its type cannot change: create a new table and "
                    "move the rows",
                    table->name, column);
        return FALSE;
    }
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *partition = database->tables->pdata[i];
        if (is_partition_of(partition, table) && !check_partition_key(database, partition, column, error))
            return FALSE;
    }
    return TRUE;
}

/* --- dropping and creating --- */

static gboolean is_foreign_key(const Item *item)
{
    return item->constraint && item->constraint->kind == CONSTRAINT_FOREIGN_KEY;
}

/* A foreign key goes before the key it refers to, a key before its columns. */
static int step_of(const Item *item)
{
    if (is_foreign_key(item))
        return 0;
    return item->constraint ? 1 : item->index ? 2 : 3;
}

const MigrateOp *later_column_op(const PgCompiler *compiler, const Table *table, const char *column)
{
    for (guint i = compiler->position + 1; i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        if ((op->kind == OP_ALTER_COLUMN || op->kind == OP_DROP_COLUMN) && strcmp(op->table_name, table->name) == 0 &&
            g_strcmp0(op->schema, table->schema) == 0 && strcmp(op->existing->name, column) == 0)
            return op;
    }
    return NULL;
}

gboolean later_table_drop(const PgCompiler *compiler, const Table *table)
{
    for (guint i = compiler->position + 1; i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        if (op->kind == OP_DROP_TABLE && strcmp(op->table_name, table->name) == 0 &&
            g_strcmp0(op->schema, table->schema) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean is_computed_later(const PgCompiler *compiler, const Table *table, const Column *column)
{
    for (guint i = 0; column->computed && i < table->columns->len; i++) {
        const Column *source = table->columns->pdata[i];
        if (!postgresql_mentions(column->computed->expression, source->name))
            continue;
        const MigrateOp *later = later_column_op(compiler, table, source->name);
        if (later && later->column && !postgresql_type_equal(later->existing->type, later->column->type))
            return TRUE;
    }
    return FALSE;
}

static gboolean computes_the_same(const Column *a, const Column *b)
{
    return b->computed && !a->computed->persisted == !b->computed->persisted &&
           sql_equal(&postgresql_dialect, a->computed->expression, b->computed->expression);
}

static gboolean becomes_plain(const PgCompiler *compiler, const Item *item)
{
    const MigrateOp *later = later_column_op(compiler, item->table, item->column->name);
    return later && later->column && !later->column->computed;
}

static void drop_item(PgCompiler *compiler, const Item *item)
{
    if (item->constraint) {
        compiler_drop_constraint(compiler, item->table, item->constraint, "");
    } else if (item->index) {
        compiler_drop_index(compiler, item->table, item->index);
    } else if (becomes_plain(compiler, item)) {
        compiler_alter_column(compiler, item->table, item->column->name, "DROP EXPRESSION IF EXISTS");
    } else {
        g_autofree char *table = postgresql_table_name(item->table);
        g_autofree char *column = postgresql_quote_identifier(item->column->name);
        compiler_add(compiler, g_strdup_printf("ALTER TABLE %s DROP COLUMN %s", table, column));
    }
}

void dependents_drop(PgCompiler *compiler, PgDependents *dependents)
{
    for (int step = 0; step <= 3; step++)
        for (guint i = 0; i < dependents->items->len; i++)
            if (step_of(dependents->items->pdata[i]) == step)
                drop_item(compiler, dependents->items->pdata[i]);
}

/* What a later op takes away or computes otherwise may not be computable with the new type: until then the column is
 * there, and empty. */
static gboolean restore_column(PgCompiler *compiler, const Item *item, GError **error)
{
    const MigrateOp *later = later_column_op(compiler, item->table, item->column->name);
    if (becomes_plain(compiler, item))
        return TRUE;
    if (!later || (later->column && computes_the_same(item->column, later->column)))
        return compile_add_column(compiler, item->table, item->column, error);
    return compile_placeholder(compiler, item->table, item->column, error);
}

static gboolean restore_item(PgCompiler *compiler, const Item *item, GError **error)
{
    if (later_table_drop(compiler, item->table))
        return TRUE;
    if (item->constraint)
        compiler_add_constraint(compiler, item->table, item->constraint);
    else if (item->index)
        compiler_create_index(compiler, item->table, item->index);
    else
        return restore_column(compiler, item, error);
    return TRUE;
}

gboolean dependents_restore(PgCompiler *compiler, PgDependents *dependents, GError **error)
{
    for (int step = 3; step >= 0; step--)
        for (guint i = 0; i < dependents->items->len; i++)
            if (step_of(dependents->items->pdata[i]) == step &&
                !restore_item(compiler, dependents->items->pdata[i], error))
                return FALSE;
    return TRUE;
}
