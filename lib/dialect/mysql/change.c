/* What the operations since the last flush do to each table, by name: what its columns and indexes were called. */
#include <string.h>

#include "base/error.h"
#include "dialect/mysql/compiler.h"

/* --- names --- */

void mysql_name_free(MysqlName *name)
{
    if (!name)
        return;
    g_free(name->former);
    g_free(name->current);
    g_clear_pointer(&name->renamed_values, g_ptr_array_unref);
    g_free(name);
}

static MysqlName *add_name(GPtrArray *names, const char *former, const char *current)
{
    MysqlName *name = g_new0(MysqlName, 1);
    name->former = g_strdup(former);
    name->current = g_strdup(current);
    g_ptr_array_add(names, name);
    return name;
}

static GPtrArray *names_copy(const GPtrArray *names)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_name_free);
    for (guint i = 0; i < names->len; i++) {
        const MysqlName *name = names->pdata[i];
        MysqlName *added = add_name(copy, name->former, name->current);
        added->altered = name->altered;
        added->renamed_values = name->renamed_values ? options_copy(name->renamed_values) : NULL;
    }
    return copy;
}

static MysqlName *find_current(const GPtrArray *names, const char *current)
{
    for (guint i = 0; i < names->len; i++) {
        MysqlName *name = names->pdata[i];
        if (g_strcmp0(name->current, current) == 0)
            return name;
    }
    return NULL;
}

const char *mysql_former_name(const GPtrArray *names, const char *current)
{
    const MysqlName *name = find_current(names, current);
    return name ? name->former : NULL;
}

const char *mysql_current_name(const GPtrArray *names, const char *former)
{
    for (guint i = 0; i < names->len; i++) {
        const MysqlName *name = names->pdata[i];
        if (strcmp(name->former, former) == 0)
            return name->current;
    }
    return former;
}

/* `current` NULL: it is dropped. What is new has no pair. */
static void change_name(const GPtrArray *names, const char *from, const char *current)
{
    MysqlName *name = find_current(names, from);
    if (!name)
        return;
    g_free(name->current);
    name->current = g_strdup(current);
}

/* --- tables --- */

void mysql_table_change_free(MysqlTableChange *change)
{
    if (!change)
        return;
    g_free(change->former);
    g_free(change->name);
    g_ptr_array_unref(change->columns);
    g_ptr_array_unref(change->indexes);
    g_ptr_array_unref(change->restored);
    g_ptr_array_unref(change->placed);
    g_free(change);
}

const MysqlTableChange *mysql_change_of(const MysqlCompiler *compiler, const char *former)
{
    for (guint i = 0; i < compiler->changes->len; i++) {
        const MysqlTableChange *change = compiler->changes->pdata[i];
        if (g_strcmp0(change->former, former) == 0)
            return change;
    }
    return NULL;
}

MysqlTableChange *mysql_table_change_new(const char *name, const Table *table)
{
    MysqlTableChange *change = g_new0(MysqlTableChange, 1);
    change->former = g_strdup(table ? name : NULL);
    change->name = g_strdup(name);
    change->columns = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_name_free);
    change->indexes = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_name_free);
    change->restored = strings_new();
    change->placed = strings_new();
    for (guint i = 0; table && i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        add_name(change->columns, column->name, column->name);
    }
    for (guint i = 0; table && i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        add_name(change->indexes, index->name, index->name);
    }
    return change;
}

MysqlTableChange *mysql_table_change_copy(const MysqlTableChange *change)
{
    MysqlTableChange *copy = g_new0(MysqlTableChange, 1);
    copy->former = g_strdup(change->former);
    copy->name = g_strdup(change->name);
    copy->columns = names_copy(change->columns);
    copy->indexes = names_copy(change->indexes);
    copy->restored = strings_copy(change->restored);
    copy->placed = strings_copy(change->placed);
    return copy;
}

/* The one of the table that is called `name` now. A table that no op was about yet is called what it was; that there is
 * one, migrate_op_apply() finds out. */
static MysqlTableChange *change_for(MysqlCompiler *compiler, const char *name)
{
    for (guint i = 0; i < compiler->changes->len; i++) {
        MysqlTableChange *change = compiler->changes->pdata[i];
        if (g_strcmp0(change->name, name) == 0)
            return change;
    }
    MysqlTableChange *change = mysql_table_change_new(name, metadata_find_table(compiler->written, NULL, name));
    g_ptr_array_add(compiler->changes, change);
    return change;
}

static gboolean note_rename(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    const MysqlTableChange *other = mysql_change_of(compiler, op->new_name);
    if (other && !other->name && !mysql_flush(compiler, error))
        return FALSE;
    MysqlTableChange *change = change_for(compiler, op->table_name);
    if (change->former)
        add_name(compiler->renames, op->table_name, op->new_name);
    g_free(change->name);
    change->name = g_strdup(op->new_name);
    return TRUE;
}

static gboolean note_drop(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    MysqlTableChange *change = change_for(compiler, op->table_name);
    if (!change->former) {
        g_ptr_array_remove(compiler->changes, change);
        return TRUE;
    }
    if (strcmp(change->former, change->name) != 0) {
        if (!mysql_flush(compiler, error))
            return FALSE;
        change = change_for(compiler, op->table_name);
    }
    g_clear_pointer(&change->name, g_free);
    g_ptr_array_add(compiler->dropped, g_strdup(change->former));
    return TRUE;
}

/* A type that is known of neither can be any for the rest. */
static void give_any_type(Column *a, Column *b)
{
    if (a->type->kind == SQL_TYPE_NULL && b->type->kind == SQL_TYPE_NULL)
        a->type->kind = b->type->kind = SQL_TYPE_INTEGER;
}

gboolean mysql_column_differs(const Column *former, const Column *now, MysqlFlavour flavour)
{
    g_autoptr(Table) nothing = table_new(NULL, "t"); /* whose checks are looked at later */
    g_autoptr(Column) existing = column_copy(former), column = column_copy(now);
    columns_settle(existing, column);
    give_any_type(existing, column);
    g_free(existing->name);
    existing->name = g_strdup(column->name);
    g_autofree char *before = mysql_column_sql(nothing, existing, flavour, NULL);
    g_autofree char *behind = mysql_column_sql(nothing, column, flavour, NULL);
    return !before || !behind || strcmp(before, behind) != 0;
}

static void note_alter_column(const MysqlCompiler *compiler, const MysqlTableChange *change, const MigrateOp *op)
{
    g_assert(op->existing != NULL && op->column != NULL);
    MysqlName *name = find_current(change->columns, op->existing->name);
    if (name && mysql_column_differs(op->existing, op->column, compiler->flavour))
        name->altered = TRUE;
    if (name && op->renamed_values) {
        g_clear_pointer(&name->renamed_values, g_ptr_array_unref);
        name->renamed_values = options_copy(op->renamed_values);
    }
    change_name(change->columns, op->existing->name, op->column->name);
}

static void note_column(MysqlCompiler *compiler, const MigrateOp *op)
{
    MysqlTableChange *change = change_for(compiler, op->table_name);
    if (op->kind == OP_DROP_COLUMN)
        change_name(change->columns, op->existing->name, NULL);
    else if (op->kind == OP_ALTER_COLUMN)
        note_alter_column(compiler, change, op);
    if (op->restores && op->kind == OP_ADD_COLUMN)
        g_ptr_array_add(change->restored, g_strdup(op->column->name));
    if (op->insert_before || op->insert_after)
        g_ptr_array_add(change->placed, g_strdup(op->column->name));
}

static void note_index(MysqlCompiler *compiler, const MigrateOp *op)
{
    MysqlTableChange *change = change_for(compiler, op->table_name);
    if (op->kind == OP_DROP_INDEX)
        change_name(change->indexes, op->index->name, NULL);
    else if (op->kind == OP_RENAME_INDEX)
        change_name(change->indexes, op->name, op->new_name);
}

gboolean mysql_note_change(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->kind == OP_CREATE_TABLE)
        g_ptr_array_add(compiler->changes, mysql_table_change_new(op->table_name, NULL));
    else if (op->kind == OP_DROP_TABLE)
        return note_drop(compiler, op, error);
    else if (op->kind == OP_RENAME_TABLE)
        return note_rename(compiler, op, error);
    else if (op->kind == OP_ADD_COLUMN || op->kind == OP_DROP_COLUMN || op->kind == OP_ALTER_COLUMN)
        note_column(compiler, op);
    else if (op->kind == OP_CREATE_INDEX || op->kind == OP_DROP_INDEX || op->kind == OP_RENAME_INDEX)
        note_index(compiler, op);
    else
        change_for(compiler, op->table_name);
    return TRUE;
}
