/* Changes of a column's type, collation and generation expression. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

/* --- generated columns --- */

static gboolean computed_differs(const Column *a, const Column *b)
{
    if (!a->computed || !b->computed)
        return a->computed != b->computed;
    return !a->computed->persisted != !b->computed->persisted ||
           !sql_equal(&postgresql_dialect, a->computed->expression, b->computed->expression);
}

/* Drops the column and adds it again as op->column says, with everything that uses it. */
static gboolean make_anew(PgCompiler *compiler, const Table *table, const MigrateOp *op, const char *comment,
                          const char *fill, GError **error)
{
    g_autoptr(PgDependents) users = dependents_new();
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *column = postgresql_quote_identifier(op->column->name);
    dependents_add_generated(users, compiler->database, table, op->existing->name);
    dependents_add_users(users, compiler->database, table, op->existing->name);
    dependents_drop(compiler, users);
    compiler_add(compiler, g_strdup_printf("%sALTER TABLE %s DROP COLUMN %s", comment, name, column));
    g_autoptr(Column) added = column_copy(op->column);
    if (fill)
        added->nullable = TRUE;
    if (!compile_add_column(compiler, table, added, error))
        return FALSE;
    if (fill)
        compiler_add(compiler, g_strdup_printf("UPDATE %s SET %s = %s", name, column, fill));
    if (fill && !op->column->nullable)
        compiler_alter_column(compiler, table, op->column->name, "SET NOT NULL");
    return dependents_restore(compiler, users, error);
}

static gboolean become_computed(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    if (is_computed_later(compiler, table, op->column))
        return TRUE;
    if (op->existing->computed)
        return make_anew(compiler, table, op, "", NULL, error);
    g_autofree char *comment = g_strdup_printf(
        "-- The values of '%s' are dropped: from here on they are computed, and they cannot come back.\n",
        op->column->name);
    return make_anew(compiler, table, op, strchr(op->column->name, '\n') ? "" : comment, NULL, error);
}

/* --- foreign keys --- */

static gboolean is_alter_of(const MigrateOp *op, const char *schema, const char *table_name, const GPtrArray *columns)
{
    if (op->kind != OP_ALTER_COLUMN || g_strcmp0(op->schema, schema) != 0 || strcmp(op->table_name, table_name) != 0 ||
        postgresql_type_equal(op->existing->type, op->column->type))
        return FALSE;
    return has_name(columns, op->existing->name) || has_name(columns, op->column->name);
}

/* The columns that a foreign key refers to, also when it only says the table. */
static const GPtrArray *referred_columns(const MetaData *database, const Constraint *constraint)
{
    const Table *referred = metadata_find_table(database, constraint->referred_schema, constraint->referred_table);
    if (constraint->referred_columns->len || !referred || !referred->primary_key)
        return constraint->referred_columns;
    return referred->primary_key->columns;
}

/* Between two types that do not compare the server refuses the foreign key: so it is gone from the first change of one
 * of its columns up to the last. */
static void sort_foreign_key(const PgCompiler *compiler, const Table *table, const Constraint *constraint,
                             PgDependents *first, PgDependents *last)
{
    const GPtrArray *referred = referred_columns(compiler->database, constraint);
    guint before = 0, behind = 0;
    gboolean current = FALSE;
    for (guint i = 0; i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        if (!is_alter_of(op, table->schema, table->name, constraint->columns) &&
            !is_alter_of(op, constraint->referred_schema, constraint->referred_table, referred))
            continue;
        if (i == compiler->position)
            current = TRUE;
        else if (i < compiler->position)
            before++;
        else
            behind++;
    }
    if (!current || before + behind == 0)
        return;
    if (before == 0)
        dependents_add_constraint(first, table, constraint);
    if (behind == 0)
        dependents_add_constraint(last, table, constraint);
}

static void find_foreign_keys(const PgCompiler *compiler, PgDependents *first, PgDependents *last)
{
    for (guint i = 0; i < compiler->database->tables->len; i++) {
        const Table *table = compiler->database->tables->pdata[i];
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
                sort_foreign_key(compiler, table, constraint, first, last);
        }
    }
}

/* --- types --- */

/* "TYPE text COLLATE "C" USING x::text". New string. */
static char *type_action(const Column *column, const char *cast, GError **error)
{
    g_autofree char *type = postgresql_type_sql(column->type, error);
    if (!type)
        return NULL;
    GString *action = g_string_new("TYPE ");
    g_string_append(action, type);
    if (column->collation) {
        g_autofree char *collation = postgresql_quote_identifier(column->collation);
        g_string_append_printf(action, " COLLATE %s", collation);
    }
    if (cast)
        g_string_append_printf(action, " USING %s", cast);
    return g_string_free(action, FALSE);
}

static gboolean is_serial(const Column *column)
{
    return column->autoincrement == AUTOINCREMENT_TRUE && !column->identity;
}

/* A default's expression is of the former type, and stays so where the server can convert it: it is set anew. */
static gboolean convert(PgCompiler *compiler, const Table *table, const MigrateOp *op, const char *cast, GError **error)
{
    const Column *existing = op->existing, *column = op->column;
    gboolean has_default = existing->server_default && !existing->computed && !existing->identity;
    g_autofree char *action = type_action(column, cast, error);
    if (!action)
        return FALSE;
    if (numbering_ends_first(op))
        compiler_end_numbering(compiler, table, existing);
    if (has_default && !is_serial(existing))
        compiler_set_default(compiler, table, column->name, NULL);
    compiler_alter_column(compiler, table, column->name, action);
    if (is_serial(existing) && is_serial(column))
        compiler_retype_serial(compiler, table, column);
    if (column->server_default && !column->computed && !column->identity && !is_serial(column))
        compiler_set_default(compiler, table, column->name, column->server_default);
    return TRUE;
}

static gboolean change_type(PgCompiler *compiler, const Table *table, const MigrateOp *op, GError **error)
{
    g_autoptr(PgDependents) dependents = dependents_new(), first = dependents_new(), last = dependents_new();
    g_autofree char *quoted = postgresql_quote_identifier(op->column->name);
    g_autofree char *cast = NULL;
    if (!check_partition_key(compiler->database, table, op->column->name, error))
        return FALSE;
    if (op->using) {
        cast = g_strdup(op->using);
    } else if (op->existing->type->kind != SQL_TYPE_NULL &&
               !postgresql_cast(quoted, op->existing->type, op->column->type, &cast, error)) {
        g_prefix_error(error, "column '%s.%s': ", table->name, op->column->name);
        return FALSE;
    }
    if (op->column->computed && cast) /* USING is not for generated columns */
        return make_anew(compiler, table, op, "", NULL, error);
    dependents_add_generated(dependents, compiler->database, table, op->column->name);
    if (!postgresql_same_operators(op->existing->type, op->column->type))
        dependents_add_expressions(dependents, compiler->database, table, op->column->name);
    find_foreign_keys(compiler, first, last);
    dependents_drop(compiler, first);
    dependents_drop(compiler, dependents);
    if (!convert(compiler, table, op, cast, error) || !dependents_restore(compiler, dependents, error))
        return FALSE;
    return dependents_restore(compiler, last, error);
}

static gboolean same_column_type(const Table *table, const Column *column)
{
    const Column *current = table_find_column(table, column->name);
    return current && postgresql_type_equal(current->type, column->type) &&
           g_strcmp0(current->collation, column->collation) == 0;
}

gboolean compile_column_type(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    const Table *table = metadata_find_table(compiler->database, op->schema, op->table_name);
    if (op->column->computed && computed_differs(op->existing, op->column))
        return become_computed(compiler, table, op, error);
    if (op->existing->computed && !op->column->computed) {
        if (!op->existing->computed->persisted) /* DROP EXPRESSION needs stored values */
            return make_anew(compiler, table, op, "", op->existing->computed->expression, error);
        compiler_alter_column(compiler, table, op->column->name, "DROP EXPRESSION IF EXISTS");
    }
    if (op->using || !same_column_type(table, op->column))
        return change_type(compiler, table, op, error);
    if (op->column->server_default && g_strcmp0(op->existing->server_default, op->column->server_default) != 0 &&
        !is_serial(op->column))
        compiler_set_default(compiler, table, op->column->name, op->column->server_default);
    else if (op->existing->server_default && !op->column->server_default)
        compiler_set_default(compiler, table, op->column->name, NULL);
    return TRUE;
}
