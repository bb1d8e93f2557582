/*
 * Constraints and indexes come and go by statements of their own. The comparison knows no change of them: it drops the
 * former and creates the new one. Where the server can turn the one into the other, both ops together become that: the
 * drop writes nothing and the create writes the change.
 */
#include <string.h>

#include "base/text.h"
#include "dialect/postgresql/compiler.h"

/* --- pairs --- */

static gboolean on_table(const MigrateOp *op, const char *schema, const char *table)
{
    return g_strcmp0(op->schema, schema) == 0 && g_strcmp0(op->table_name, table) == 0;
}

static gboolean parents_differ(const GPtrArray *a, const GPtrArray *b)
{
    return !a || !b || g_strcmp0(options_get(a, "partition_of"), options_get(b, "partition_of")) != 0 ||
           g_strcmp0(options_get(a, "inherits"), options_get(b, "inherits")) != 0;
}

/* What may stand between the two on the same table, or on the one that a foreign key refers to, without needing that
 * the former is really gone. */
static gboolean is_harmless(const MigrateOp *op)
{
    if (op->kind == OP_ALTER_COLUMN)
        return !column_is_rewritten(op->existing, op->column) && strcmp(op->existing->name, op->column->name) == 0;
    if (op->kind == OP_ALTER_TABLE_OPTIONS)
        return !parents_differ(op->existing_options, op->options);
    return op->kind == OP_ADD_COLUMN || op->kind == OP_CREATE_INDEX || op->kind == OP_CREATE_CONSTRAINT ||
           op->kind == OP_CREATE_TABLE || op->kind == OP_CREATE_TABLE_COMMENT || op->kind == OP_DROP_TABLE_COMMENT;
}

/* A comment changes nothing that a key or an index is made of. */
static gboolean is_comment_only(const MigrateOp *op)
{
    if (op->kind == OP_ALTER_ENUM)
        return strcmp(op->existing_enum->name, op->enum_type->name) == 0 &&
               g_strcmp0(op->existing_enum->schema, op->enum_type->schema) == 0 &&
               strings_equal(op->existing_enum->values, op->enum_type->values, FALSE);
    return op->kind == OP_REPLACE_OBJECT && strcmp(op->existing_object->name, op->object->name) == 0 &&
           sql_equal(&postgresql_dialect, op->existing_object->definition, op->object->definition);
}

/* Another key or index gets another name. */
static gboolean renames_another(const MigrateOp *op, const MigrateOp *pair)
{
    const char *name = pair->constraint ? pair->constraint->name : pair->index->name;
    return (op->kind == OP_RENAME_INDEX || op->kind == OP_RENAME_CONSTRAINT) && g_strcmp0(op->name, name) != 0 &&
           g_strcmp0(op->new_name, name) != 0;
}

static gboolean has_expression(const MigrateOp *pair)
{
    if (pair->constraint)
        return pair->constraint->expression != NULL;
    for (guint i = 0; i < pair->index->columns->len; i++)
        if (((const IndexColumn *)pair->index->columns->pdata[i])->expression)
            return TRUE;
    return pair->index->where != NULL;
}

/* What calls a function may have gone only to let it be created anew. */
static gboolean drops_function(const MigrateOp *op)
{
    return op->kind == OP_DROP_OBJECT && strcmp(op->existing_object->kind, "function") == 0;
}

static gboolean stands_between(const MigrateOp *op, const MigrateOp *pair)
{
    const Constraint *constraint = pair->constraint;
    gboolean foreign = constraint && constraint->kind == CONSTRAINT_FOREIGN_KEY;
    if (op->kind == OP_EXECUTE || (drops_function(op) && has_expression(pair)))
        return TRUE;
    if (renames_another(op, pair))
        return FALSE;
    if (foreign && on_table(op, constraint->referred_schema, constraint->referred_table))
        return !is_harmless(op);
    if (on_table(op, pair->schema, pair->table_name))
        return !is_harmless(op) && op->kind != OP_DROP_INDEX && op->kind != OP_DROP_CONSTRAINT;
    return (op->kind == OP_ALTER_ENUM || op->kind == OP_REPLACE_OBJECT) && !is_comment_only(op);
}

typedef gboolean (*PairFunction)(const MigrateOp *drop, const MigrateOp *create);

/* Those that ask first, or go outside transactions, are what they say. */
static gboolean is_plain(const MigrateOp *op)
{
    return !op->if_exists && !op->if_not_exists && !op->concurrently;
}

static gboolean is_pair(const MigrateOp *drop, const MigrateOp *create, PairFunction can_change)
{
    if (!is_plain(drop) || !is_plain(create))
        return FALSE;
    return g_strcmp0(drop->schema, create->schema) == 0 && g_strcmp0(drop->table_name, create->table_name) == 0 &&
           can_change(drop, create);
}

/* The create behind the drop at `position`, or the drop before the create there, that makes a change with it. */
static const MigrateOp *find_partner(const PgCompiler *compiler, OpKind wanted, PairFunction can_change)
{
    const MigrateOp *op = compiler->ops->pdata[compiler->position];
    gboolean forwards = op->kind == OP_DROP_CONSTRAINT || op->kind == OP_DROP_INDEX;
    for (guint i = compiler->position; forwards ? ++i < compiler->ops->len : i-- > 0;) {
        const MigrateOp *other = compiler->ops->pdata[i];
        if (other->kind == wanted && (forwards ? is_pair(op, other, can_change) : is_pair(other, op, can_change)))
            return other;
        if (stands_between(other, op))
            return NULL;
    }
    return NULL;
}

/* --- constraints --- */

static void remove_changeable(GPtrArray *options)
{
    for (guint i = options->len; i-- > 0;) {
        const Option *option = options->pdata[i];
        if (g_str_has_prefix(option->name, "with.") || strcmp(option->name, "tablespace") == 0)
            g_ptr_array_remove_index(options, i);
    }
}

/* VALIDATE CONSTRAINT goes one way only; ALTER CONSTRAINT knows foreign keys only. */
static gboolean can_change_constraint(const MigrateOp *drop, const MigrateOp *create)
{
    const Constraint *from = drop->constraint, *to = create->constraint;
    gboolean deferred = !from->deferrable != !to->deferrable || g_strcmp0(from->initially, to->initially) != 0;
    gboolean unvalidated = options_get(from->options, "not_valid") != NULL;
    if (from->kind != to->kind || !from->name || g_strcmp0(from->name, to->name) != 0 ||
        (deferred && from->kind != CONSTRAINT_FOREIGN_KEY) || (!unvalidated && options_get(to->options, "not_valid")))
        return FALSE;
    g_autoptr(Constraint) rest = constraint_copy(from), wanted = constraint_copy(to);
    remove_changeable(rest->options);
    remove_changeable(wanted->options);
    if (!options_get(to->options, "not_valid"))
        options_remove(rest->options, "not_valid");
    rest->deferrable = to->deferrable;
    g_free(rest->initially);
    rest->initially = g_strdup(to->initially);
    if (!options_equal(rest->options, wanted->options))
        return FALSE;
    g_autofree char *before = postgresql_constraint_sql(rest), *after = postgresql_constraint_sql(wanted);
    return sql_equal(&postgresql_dialect, before, after);
}

static void change_constraint(PgCompiler *compiler, const Table *table, const Constraint *from, const Constraint *to)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *constraint = postgresql_quote_identifier(to->name);
    g_autofree char *index = postgresql_qualified(table->schema, to->name);
    g_autofree char *target = g_strdup_printf("INDEX %s", index);
    if (!from->deferrable != !to->deferrable || g_strcmp0(from->initially, to->initially) != 0)
        compiler_add(compiler,
                     g_strdup_printf("ALTER TABLE %s ALTER CONSTRAINT %s %sDEFERRABLE INITIALLY %s", name, constraint,
                                     to->deferrable ? "" : "NOT ", to->initially ? to->initially : "IMMEDIATE"));
    if (options_get(from->options, "not_valid") && !options_get(to->options, "not_valid"))
        compiler_add(compiler, g_strdup_printf("ALTER TABLE %s VALIDATE CONSTRAINT %s", name, constraint));
    compiler_change_storage(compiler, target, from->options, to->options);
    compiler_change_tablespace(compiler, target, from->options, to->options);
    if (g_strcmp0(from->comment, to->comment) != 0)
        compiler_comment_constraint(compiler, table, to);
}

static void compile_constraint(PgCompiler *compiler, const Table *table, const MigrateOp *op)
{
    gboolean drops = op->kind == OP_DROP_CONSTRAINT;
    const MigrateOp *partner =
        find_partner(compiler, drops ? OP_CREATE_CONSTRAINT : OP_DROP_CONSTRAINT, can_change_constraint);
    if (partner && !drops)
        change_constraint(compiler, table, partner->constraint, op->constraint);
    else if (!partner && drops)
        compiler_drop_constraint(compiler, table, op->constraint, op->if_exists ? "IF EXISTS " : "");
    else if (!partner)
        compiler_add_constraint(compiler, table, op->constraint);
}

static void rename_constraint(PgCompiler *compiler, const Table *table, const MigrateOp *op)
{
    g_autofree char *name = postgresql_table_name(table);
    g_autofree char *from = postgresql_quote_identifier(op->name), *to = postgresql_quote_identifier(op->new_name);
    compiler_add(compiler, g_strdup_printf("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", name, from, to));
}

/* --- indexes --- */

/* The statement without what ALTER INDEX can change. */
static char *index_core(const Index *index)
{
    g_autoptr(Table) table = table_new(NULL, "t");
    g_autoptr(Index) core = index_copy(index);
    remove_changeable(core->options);
    return postgresql_index_sql(table, core, "");
}

static gboolean can_change_index(const MigrateOp *drop, const MigrateOp *create)
{
    if (strcmp(drop->index->name, create->index->name) != 0 || options_get(drop->index->options, "invalid") ||
        options_get(create->index->options, "invalid"))
        return FALSE;
    g_autofree char *before = index_core(drop->index), *after = index_core(create->index);
    return sql_equal(&postgresql_dialect, before, after);
}

static void change_index(PgCompiler *compiler, const Table *table, const Index *from, const Index *to)
{
    g_autofree char *name = postgresql_qualified(table->schema, to->name);
    g_autofree char *target = g_strdup_printf("INDEX %s", name);
    compiler_change_storage(compiler, target, from->options, to->options);
    compiler_change_tablespace(compiler, target, from->options, to->options);
    if (g_strcmp0(from->comment, to->comment) != 0)
        compiler_comment_index(compiler, table, to);
}

/* What an interrupted CREATE INDEX CONCURRENTLY has left has the name, but is no index. */
static void drop_invalid(PgCompiler *compiler, Table *table, const char *name)
{
    Index *existing = table_find_index(table, name);
    if (!existing || !options_get(existing->options, "invalid"))
        return;
    compiler_drop_index(compiler, table, existing);
    g_ptr_array_remove(table->indexes, existing);
}

static void compile_index(PgCompiler *compiler, Table *table, const MigrateOp *op)
{
    gboolean drops = op->kind == OP_DROP_INDEX;
    const MigrateOp *partner = find_partner(compiler, drops ? OP_CREATE_INDEX : OP_DROP_INDEX, can_change_index);
    if (drops && !partner) {
        compiler_drop_index_as(compiler, table, op->index, op);
    } else if (!drops && partner) {
        change_index(compiler, table, partner->index, op->index);
    } else if (!drops) {
        drop_invalid(compiler, table, op->index->name);
        compiler_create_index_as(compiler, table, op->index, op);
    }
}

static void rename_index(PgCompiler *compiler, const Table *table, const MigrateOp *op)
{
    g_autofree char *from = postgresql_qualified(table->schema, op->name);
    g_autofree char *to = postgresql_quote_identifier(op->new_name);
    compiler_add(compiler, g_strdup_printf("ALTER INDEX %s RENAME TO %s", from, to));
}

gboolean compile_key_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    Table *table = compiler_table(compiler, op, error);
    if (!table)
        return FALSE;
    if (op->kind == OP_RENAME_CONSTRAINT)
        rename_constraint(compiler, table, op);
    else if (op->kind == OP_RENAME_INDEX)
        rename_index(compiler, table, op);
    else if (op->constraint)
        compile_constraint(compiler, table, op);
    else
        compile_index(compiler, table, op);
    return TRUE;
}
