/*
 * Operations become statements one by one, in their order: PostgreSQL alters in place. Each is applied to a copy of the
 * schema behind its statements, so that the next one knows what it finds.
 */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/compiler.h"

/* --- blocks --- */

void compiler_add(PgCompiler *compiler, char *sql)
{
    SqlBlock *block = compiler->blocks->len ? compiler->blocks->pdata[compiler->blocks->len - 1] : NULL;
    if (!block || !block->transactional) {
        block = sql_block_new(TRUE, FALSE);
        g_ptr_array_add(compiler->blocks, block);
    }
    g_ptr_array_add(block->statements, sql);
}

void compiler_add_alone(PgCompiler *compiler, char *sql)
{
    SqlBlock *block = sql_block_new(FALSE, FALSE);
    g_ptr_array_add(block->statements, sql);
    g_ptr_array_add(compiler->blocks, block);
}

void compiler_comment(PgCompiler *compiler, const char *target, const char *comment)
{
    /* To the server, an empty comment is none. */
    g_autofree char *literal = postgresql_quote_literal(comment && *comment ? comment : NULL);
    compiler_add(compiler, g_strdup_printf("COMMENT ON %s IS %s", target, literal));
}

Table *compiler_table(const PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    Table *table = metadata_find_table(compiler->database, op->schema, op->table_name);
    if (!table)
        g_set_error(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT, "%s: table '%s' does not exist",
                    migrate_op_name(op), op->table_name);
    return table;
}

/* --- execute --- */

static gboolean compile_statement(PgCompiler *compiler, const char *text, const SqlStatement *statement, GError **error)
{
    if (statement->has_data) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "execute: COPY … FROM STDIN with its rows is not possible in an operation; use INSERT, or put it "
                    "into a revision written in SQL");
        return FALSE;
    }
    char *sql = g_strndup(text + statement->start, statement->length);
    if (postgresql_dialect.refuses_transaction(sql, statement->length))
        compiler_add_alone(compiler, sql);
    else
        compiler_add(compiler, sql);
    return TRUE;
}

static gboolean compile_execute(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (!op->sql)
        return TRUE;
    g_autoptr(GPtrArray) statements = postgresql_split(op->sql, strlen(op->sql), error);
    if (!statements) {
        g_prefix_error(error, "execute: ");
        return FALSE;
    }
    for (guint i = 0; i < statements->len; i++)
        if (!compile_statement(compiler, op->sql, statements->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* --- operations --- */

static gboolean write_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    switch (op->kind) {
    case OP_CREATE_TABLE:
        return compile_create_table(compiler, op, error);
    case OP_DROP_TABLE:
        return compile_drop_table(compiler, op, error);
    case OP_RENAME_TABLE:
    case OP_ALTER_TABLE_OPTIONS:
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
        return compile_table_op(compiler, op, error);
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
    case OP_RENAME_CONSTRAINT:
        return compile_key_op(compiler, op, error);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
        return compile_enum_op(compiler, op, error);
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        return compile_sequence_op(compiler, op, error);
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        return compile_object_op(compiler, op, error);
    case OP_EXECUTE:
        return compile_execute(compiler, op, error);
    case OP_ADD_COLUMN:
    case OP_DROP_COLUMN:
    case OP_ALTER_COLUMN:
        break; /* compile_op() */
    }
    g_return_val_if_reached(FALSE);
}

/* Those with IF EXISTS or IF NOT EXISTS. */
static const guint asking_kinds = 1U << OP_CREATE_TABLE | 1U << OP_DROP_TABLE | 1U << OP_ADD_COLUMN |
                                  1U << OP_DROP_COLUMN | 1U << OP_CREATE_INDEX | 1U << OP_DROP_INDEX |
                                  1U << OP_DROP_CONSTRAINT;

static gboolean compile_op(PgCompiler *compiler, const MigrateOp *op, GError **error)
{
    if (!dialect_check_existence(op, asking_kinds, "PostgreSQL", error))
        return FALSE;
    gboolean column = op->kind == OP_ADD_COLUMN || op->kind == OP_DROP_COLUMN || op->kind == OP_ALTER_COLUMN;
    if (column) /* in several steps, each applied behind its statements */
        return compile_column_op(compiler, op, error);
    if (!write_op(compiler, op, error) || !migrate_op_apply(op, compiler->database, error))
        return FALSE;
    if (op->kind == OP_CREATE_TABLE || op->kind == OP_CREATE_CONSTRAINT)
        compiler_name_constraints(metadata_find_table(compiler->database, op->schema, op->table_name));
    return TRUE;
}

GPtrArray *postgresql_compile(const GPtrArray *ops, const MetaData *before, GError **error)
{
    g_autoptr(MetaData) database = operations_learn(ops, before);
    g_autoptr(GPtrArray) blocks = g_ptr_array_new_with_free_func((GDestroyNotify)sql_block_free);
    g_autoptr(GPtrArray) late = strings_new();
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func((GDestroyNotify)schema_object_free);
    PgCompiler compiler = {.ops = ops, .database = database, .blocks = blocks, .dropped = dropped, .late = late};
    for (guint i = 0; i < database->tables->len; i++)
        compiler_name_constraints(database->tables->pdata[i]);
    for (guint i = 0; i < ops->len; i++) {
        compiler.position = i;
        if (!compile_op(&compiler, ops->pdata[i], error))
            return NULL;
    }
    for (guint i = 0; i < late->len; i++)
        compiler_add(&compiler, g_strdup(late->pdata[i]));
    return g_steal_pointer(&blocks);
}
