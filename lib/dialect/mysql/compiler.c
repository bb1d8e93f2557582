#include "dialect/mysql/compiler.h"

#include <string.h>

#include "base/error.h"

void mysql_add(MysqlCompiler *compiler, char *sql)
{
    if (compiler->blocks->len == 0)
        g_ptr_array_add(compiler->blocks, sql_block_new(TRUE, FALSE));
    const SqlBlock *block = compiler->blocks->pdata[0];
    g_ptr_array_add(block->statements, sql);
}

static gboolean compile_execute(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (!op->sql)
        return TRUE;
    g_autoptr(GPtrArray) statements = mysql_split(op->sql, strlen(op->sql), error);
    if (!statements) {
        g_prefix_error(error, "execute: ");
        return FALSE;
    }
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        mysql_add(compiler, g_strndup(op->sql + statement->start, statement->length));
    }
    return TRUE;
}

static gboolean apply_to_both(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    return migrate_op_apply(op, compiler->database, error) && migrate_op_apply(op, compiler->written, error);
}

/* Tables and sequences share their names. */
static gboolean needs_free_name(const MysqlCompiler *compiler, const MigrateOp *op)
{
    return op->kind == OP_DROP_SEQUENCE || mysql_change_of(compiler, op->sequence->name) != NULL;
}

static gboolean refuse(const MigrateOp *op, const char *why, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: %s", migrate_op_name(op), why);
    return FALSE;
}

/* --- unique constraints are indexes --- */

static void unique_to_indexes(Table *table)
{
    for (guint i = 0; i < table->constraints->len;) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind != CONSTRAINT_UNIQUE) {
            i++;
            continue;
        }
        g_ptr_array_add(table->indexes, mysql_unique_index(table, constraint));
        g_ptr_array_remove_index(table->constraints, i);
    }
}

static void read_before(MetaData *metadata, MysqlFlavour flavour)
{
    metadata->backticks = TRUE;
    for (guint i = 0; i < metadata->tables->len; i++) {
        unique_to_indexes(metadata->tables->pdata[i]);
        mysql_name_constraints(metadata->tables->pdata[i], flavour);
    }
    mysql_mark_constraints(metadata);
}

/* The unique index that is dropped: by its name, or by its columns. */
static const Index *find_unique(const Table *table, const Constraint *constraint)
{
    if (constraint->name)
        return table_find_index(table, constraint->name);
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        gboolean same = index->unique && index->columns->len == constraint->columns->len;
        for (guint j = 0; same && j < index->columns->len; j++)
            same = g_strcmp0(((const IndexColumn *)index->columns->pdata[j])->name, constraint->columns->pdata[j]) == 0;
        if (same)
            return index;
    }
    return NULL;
}

/* The op as it is carried out here: a copy, or NULL where it can stay as it is. */
static MigrateOp *in_own_terms(const MysqlCompiler *compiler, const MigrateOp *op)
{
    const Table *table = metadata_find_table(compiler->database, NULL, op->table_name);
    if (op->kind == OP_CREATE_TABLE) {
        MigrateOp *copy = migrate_op_copy(op);
        unique_to_indexes(copy->table);
        return copy;
    }
    if (!table || !op->constraint || op->constraint->kind != CONSTRAINT_UNIQUE)
        return NULL;
    if (op->kind == OP_DROP_CONSTRAINT) {
        const Index *index = find_unique(table, op->constraint);
        MigrateOp *drop = index ? migrate_op_drop_index(table, index) : NULL;
        if (drop)
            drop->if_exists = op->if_exists;
        return drop;
    }
    if (mysql_asks(op)) /* which is refused */
        return NULL;
    g_autoptr(Index) index = mysql_unique_index(table, op->constraint);
    return migrate_op_create_index(table, index);
}

static gboolean compile_table_op(MysqlCompiler *compiler, const MigrateOp *given, GError **error)
{
    if (given->schema)
        return refuse(given, "tables of another database are not changed", error);
    g_autoptr(MigrateOp) own = in_own_terms(compiler, given);
    const MigrateOp *op = own ? own : given;
    if (mysql_asks(op))
        return mysql_compile_asking(compiler, op, error);
    if (op->insert_before && metadata_find_table(compiler->database, NULL, op->table_name) &&
        metadata_find_table(compiler->database, NULL, op->table_name)->partial)
        return refuse(op, "'insert_before' needs the table's columns, which are not known here: use 'insert_after'",
                      error);
    if (!mysql_note_change(compiler, op, error) || !migrate_op_apply(op, compiler->database, error))
        return FALSE;
    if (op->kind == OP_RENAME_TABLE)
        mysql_rename_constraints(metadata_find_table(compiler->database, NULL, op->new_name), op->table_name,
                                 compiler->flavour);
    else if (op->kind == OP_RENAME_CONSTRAINT)
        mysql_forget_name(metadata_find_table(compiler->database, NULL, op->table_name), op->new_name);
    return TRUE;
}

/* --- operations --- */

static gboolean compile_op(MysqlCompiler *compiler, const MigrateOp *op, GError **error)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE:
    case OP_RENAME_TABLE:
    case OP_ALTER_TABLE_OPTIONS:
    case OP_ADD_COLUMN:
    case OP_DROP_COLUMN:
    case OP_ALTER_COLUMN:
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
    case OP_RENAME_CONSTRAINT:
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        return compile_table_op(compiler, op, error);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
        return refuse(op, "an enum is the type of a column here, nothing of its own", error);
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        return (!needs_free_name(compiler, op) || mysql_flush(compiler, error)) &&
               mysql_write_sequence_op(compiler, op, error) && apply_to_both(compiler, op, error);
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        return (op->kind == OP_DROP_OBJECT || mysql_flush(compiler, error)) &&
               mysql_write_object_op(compiler, op, error) && apply_to_both(compiler, op, error);
    case OP_EXECUTE:
        return mysql_flush(compiler, error) && compile_execute(compiler, op, error);
    }
    g_return_val_if_reached(FALSE);
}

GPtrArray *mysql_compile(const GPtrArray *ops, const MetaData *before, MysqlFlavour flavour, GError **error)
{
    g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func((GDestroyNotify)sql_block_free);
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_table_change_free);
    g_autoptr(GPtrArray) renames = g_ptr_array_new_with_free_func((GDestroyNotify)mysql_name_free);
    g_autoptr(GPtrArray) dropped = strings_new(), ordered = mysql_ops_in_order(ops);
    MysqlCompiler compiler = {
        .flavour = flavour,
        .ops = ordered,
        .database = operations_learn(ordered, before),
        .changes = changes,
        .renames = renames,
        .dropped = dropped,
        .blocks = blocks,
    };
    read_before(compiler.database, flavour);
    compiler.written = metadata_copy(compiler.database);
    gboolean compiled = TRUE;
    for (guint i = 0; compiled && i < ordered->len; i++) {
        compiler.position = i;
        compiled = compile_op(&compiler, ordered->pdata[i], error);
    }
    compiled = compiled && mysql_flush(&compiler, error);
    metadata_free(compiler.database);
    metadata_free(compiler.written);
    return compiled ? g_steal_pointer(&blocks) : NULL;
}
