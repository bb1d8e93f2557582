/* Operations on a table of which nothing is known but its name. */
#ifndef MIGRATE_TESTS_DIALECT_PARTIAL_OPS_H
#define MIGRATE_TESTS_DIALECT_PARTIAL_OPS_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "base/error.h"
#include "dialect/dialect.h"

#define UNUSED __attribute__((unused))

static UNUSED MetaData *unknown_table(const char *name)
{
    MetaData *metadata = metadata_new(FALSE);
    Table *table = table_new(NULL, name);
    table->partial = TRUE;
    metadata_add_table(metadata, table);
    return metadata;
}

/* The alter_column of a column that is not known. `type` …: what it says; NULL: nothing. nullable -1: nothing. A
 * default or comment of "" is dropped. `known`: ColumnFacets of the former definition that `existing` has right. */
typedef struct Alteration {
    const char *name, *new_name, *type;
    int nullable;
    const char *server_default, *comment, *using;
} Alteration;

static UNUSED void say(Column *column, ColumnFacet facet)
{
    column->unknown &= ~(guint)facet;
}

static UNUSED char *said_text(const char *text)
{
    return *text ? g_strdup(text) : NULL;
}

static UNUSED MigrateOp *alteration(const char *table_name, const Alteration *alteration, const Column *existing)
{
    g_autoptr(Table) table = table_new(NULL, table_name);
    g_autoptr(Column) former =
        existing ? column_copy(existing) : column_new(alteration->name, sql_type_new(SQL_TYPE_NULL));
    if (!existing)
        former->unknown = COLUMN_EVERYTHING;
    g_autoptr(Column) column = column_copy(former);
    if (alteration->new_name) {
        g_free(column->name);
        column->name = g_strdup(alteration->new_name);
    }
    if (alteration->type) {
        sql_type_free(column->type);
        column->type = sql_type_parse(alteration->type, NULL);
        say(column, COLUMN_TYPE);
    }
    if (alteration->nullable >= 0) {
        column->nullable = alteration->nullable;
        say(column, COLUMN_NULLABLE);
    }
    if (alteration->server_default) {
        g_free(column->server_default);
        column->server_default = said_text(alteration->server_default);
        say(column, COLUMN_SERVER_DEFAULT);
    }
    if (alteration->comment) {
        g_free(column->comment);
        column->comment = said_text(alteration->comment);
        say(column, COLUMN_COMMENT);
    }
    MigrateOp *op = migrate_op_alter_column(table, former, column);
    op->using = g_strdup(alteration->using);
    return op;
}

static UNUSED MigrateOp *drop_column(const char *table_name, const char *name)
{
    g_autoptr(Table) table = table_new(NULL, table_name);
    g_autoptr(Column) column = column_new(name, sql_type_new(SQL_TYPE_NULL));
    return migrate_op_drop_column(table, column);
}

static UNUSED MigrateOp *add_column(const char *table_name, const char *name)
{
    g_autoptr(Table) table = table_new(NULL, table_name);
    g_autoptr(Column) column = column_new(name, sql_type_new(SQL_TYPE_INTEGER));
    return migrate_op_add_column(table, column);
}

static UNUSED MigrateOp *index_op(OpKind kind, const char *table_name, const char *name, const char *column)
{
    g_autoptr(Table) table = table_new(NULL, table_name);
    g_autoptr(Index) index = index_new(name);
    if (column)
        g_ptr_array_add(index->columns, index_column_new(column, NULL));
    return kind == OP_CREATE_INDEX ? migrate_op_create_index(table, index) : migrate_op_drop_index(table, index);
}

static UNUSED MigrateOp *constraint_op(OpKind op_kind, const char *table_name, ConstraintKind kind, const char *name,
                                       const char *what)
{
    g_autoptr(Table) table = table_new(NULL, table_name);
    g_autoptr(Constraint) constraint = constraint_new(kind, name);
    if (kind == CONSTRAINT_CHECK)
        constraint->expression = g_strdup(what);
    else if (what)
        g_ptr_array_add(constraint->columns, g_strdup(what));
    return op_kind == OP_CREATE_CONSTRAINT ? migrate_op_create_constraint(table, constraint)
                                           : migrate_op_drop_constraint(table, constraint);
}

static UNUSED MigrateOp *rename_op(OpKind kind, const char *table_name, const char *name, const char *new_name)
{
    MigrateOp *op = migrate_op_new(kind);
    op->table_name = g_strdup(table_name);
    op->name = g_strdup(name);
    op->new_name = g_strdup(new_name);
    return op;
}

static UNUSED MigrateOp *asking(MigrateOp *op)
{
    gboolean drops = op->kind == OP_DROP_TABLE || op->kind == OP_DROP_COLUMN || op->kind == OP_DROP_INDEX ||
                     op->kind == OP_DROP_CONSTRAINT;
    op->if_exists = drops;
    op->if_not_exists = !drops;
    return op;
}

/* Statements with ";\n" behind each, "[alone] " before those of a block without a transaction, "[off] " with foreign
 * keys off. `ops` is taken. New string. */
static char *compiled(const Dialect *dialect, const MetaData *before, GPtrArray *ops, GError **error)
{
    g_autoptr(GPtrArray) owned = ops;
    g_autoptr(GPtrArray) blocks = dialect->compile(owned, before, error);
    if (!blocks)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s%s%s;\n", block->transactional ? "" : "[alone] ",
                                   block->foreign_keys_off ? "[off] " : "", (const char *)block->statements->pdata[j]);
    }
    return g_string_free(text, FALSE);
}

static UNUSED GPtrArray *one_op(MigrateOp *op)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, op);
    return ops;
}

/* `op` is taken. */
static UNUSED void assert_compiles(const Dialect *dialect, const MetaData *before, MigrateOp *op, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compiled(dialect, before, one_op(op), &error);
    if (!text)
        fail_msg("%s", error->message);
    assert_string_equal(text, expected);
}

static UNUSED void assert_not_compiled(const Dialect *dialect, const MetaData *before, MigrateOp *op,
                                       const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = compiled(dialect, before, one_op(op), &error);
    if (text)
        fail_msg("compiled: %s", text);
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    assert_string_equal(error->message, expected);
}

#endif
