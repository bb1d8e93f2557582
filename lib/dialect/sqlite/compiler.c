/* Operations become statements; what is written when is flush.h's. */
#include <string.h>

#include "base/error.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/flush.h"
#include "dialect/sqlite/sqlite.h"

static gboolean compile_drop_table(Compiler *compiler, const MigrateOp *op, GError **error)
{
    gboolean exists = metadata_find_table(compiler->live, NULL, op->table_name) != NULL;
    sqlite_forget_touched(compiler, op->table_name);
    if (!migrate_op_apply(op, compiler->state, error))
        return FALSE;
    if (!exists)
        return TRUE;
    /* DROP TABLE with foreign keys on deletes the rows first, with all that follows from it in tables that stay. */
    if (sqlite_referred_to(compiler->live, op->table_name, NULL))
        sqlite_need_foreign_keys_off(compiler);
    g_autofree char *name = sqlite_quote_identifier(op->table_name);
    sqlite_emit(compiler, g_strdup_printf("DROP TABLE %s", name));
    return migrate_op_apply(op, compiler->live, error);
}

static void rename_in_stored_text(Compiler *compiler, const char *from, const char *to)
{
    MetaData *both[] = {compiler->live, compiler->state};
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
        sqlite_rename_table_in_table(metadata_find_table(both[i], NULL, to), from, to);
    for (guint i = 0; i < compiler->live->objects->len; i++) {
        SchemaObject *object = compiler->live->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0)
            sqlite_take_trigger_text(compiler, object, sqlite_rename_table_in_trigger(object->definition, from, to));
    }
}

static gboolean compile_rename_table(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!sqlite_flush_table(compiler, op->table_name, error) || !migrate_op_apply(op, compiler->state, error) ||
        !migrate_op_apply(op, compiler->live, error))
        return FALSE;
    g_autofree char *from = sqlite_quote_identifier(op->table_name);
    g_autofree char *to = sqlite_quote_identifier(op->new_name);
    if (strcmp(op->table_name, op->new_name) == 0)
        return TRUE;
    if (name_equal(op->table_name, op->new_name, TRUE)) {
        /* SQLite takes a name that differs in case only for a taken one. */
        g_autofree char *between = g_strdup_printf("_migrate_new_%s", op->new_name);
        g_autofree char *quoted = sqlite_quote_identifier(between);
        sqlite_emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", from, quoted));
        sqlite_emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", quoted, to));
    } else {
        sqlite_emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", from, to));
    }
    rename_in_stored_text(compiler, op->table_name, op->new_name);
    return TRUE;
}

/* The part of an alter_column that only renames. */
static MigrateOp *rename_part(const MigrateOp *op)
{
    MigrateOp *part = migrate_op_copy(op);
    column_free(part->column);
    part->column = column_copy(op->existing);
    g_free(part->column->name);
    part->column->name = g_strdup(op->column->name);
    return part;
}

static gboolean compile_rename_column(Compiler *compiler, const MigrateOp *op, GError **error)
{
    const char *from = op->existing->name, *to = op->column->name;
    g_autoptr(MigrateOp) rename = rename_part(op);
    if (!sqlite_flush_table(compiler, op->table_name, error))
        return FALSE;
    const Table *table = metadata_find_table(compiler->live, NULL, op->table_name);
    for (guint i = 0; table && i < compiler->live->objects->len; i++) {
        SchemaObject *object = compiler->live->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0)
            sqlite_take_trigger_text(compiler, object,
                                     sqlite_rename_column_in_trigger(compiler->live, object, table, from, to));
    }
    /* The op's own idea of the column must not replace what the database has of it. */
    const Column *stored = table ? table_find_column(table, from) : NULL;
    if (stored) {
        column_free(rename->column);
        rename->column = column_copy(stored);
        g_free(rename->column->name);
        rename->column->name = g_strdup(to);
    }
    if (!migrate_op_apply(rename, compiler->state, error) || !migrate_op_apply(rename, compiler->live, error))
        return FALSE;
    g_autofree char *quoted_table = sqlite_quote_identifier(op->table_name);
    g_autofree char *quoted_from = sqlite_quote_identifier(from);
    g_autofree char *quoted_to = sqlite_quote_identifier(to);
    sqlite_emit_rename(compiler,
                       g_strdup_printf("ALTER TABLE %s RENAME COLUMN %s TO %s", quoted_table, quoted_from, quoted_to));
    return TRUE;
}

static RenamedValues *renamed_values_new(const char *column, const GPtrArray *pairs)
{
    RenamedValues *moved = g_new0(RenamedValues, 1);
    moved->column = g_strdup(column);
    moved->pairs = options_copy(pairs);
    return moved;
}

static gboolean compile_table_change(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!migrate_op_apply(op, compiler->state, error))
        return FALSE;
    const Touched *touched = sqlite_touch(compiler, op->table_name, op);
    if (op->kind == OP_ADD_COLUMN && op->restores)
        g_ptr_array_add(touched->restored, g_strdup(op->column->name));
    if (op->kind == OP_ALTER_COLUMN && op->renamed_values)
        g_ptr_array_add(touched->moved, renamed_values_new(op->column->name, op->renamed_values));
    return TRUE;
}

static gboolean compile_alter_column(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (strcmp(op->existing->name, op->column->name) == 0)
        return compile_table_change(compiler, op, error);
    g_autoptr(MigrateOp) rest = migrate_op_copy(op);
    g_free(rest->existing->name);
    rest->existing->name = g_strdup(op->column->name);
    return compile_rename_column(compiler, op, error) && compile_table_change(compiler, rest, error);
}

/* A column that takes the place of a dropped one must not inherit its values. */
static gboolean compile_add_column(Compiler *compiler, const MigrateOp *op, GError **error)
{
    const Table *live = metadata_find_table(compiler->live, NULL, op->table_name);
    if (live && table_find_column(live, op->column->name) && !sqlite_flush_table(compiler, op->table_name, error))
        return FALSE;
    return compile_table_change(compiler, op, error);
}

static gboolean uses_enum(const Table *table, const EnumType *type)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (column->type->kind == SQL_TYPE_ENUM && !column->type->values &&
            name_equal(column->type->name, type->name, TRUE))
            return TRUE;
    }
    return FALSE;
}

/* SQLite has no enums: a changed one changes the checks of the columns that use it. */
static gboolean compile_enum(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!sqlite_flush(compiler, error) || !migrate_op_apply(op, compiler->state, error))
        return FALSE;
    for (guint i = 0; op->kind == OP_ALTER_ENUM && i < compiler->state->tables->len; i++) {
        const Table *table = compiler->state->tables->pdata[i];
        if (uses_enum(table, op->existing_enum))
            sqlite_touch(compiler, table->name, op);
    }
    return sqlite_flush(compiler, error) && migrate_op_apply(op, compiler->live, error);
}

/* --- execute --- */

static void add_own_block(Compiler *compiler, char *sql)
{
    SqlBlock *block = sql_block_new(FALSE, FALSE);
    sqlite_end_block(compiler);
    g_ptr_array_add(block->statements, sql);
    g_ptr_array_add(compiler->blocks, block);
}

/* Statements of people run with foreign keys on, as in any other revision. */
static gboolean compile_execute(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!sqlite_flush(compiler, error))
        return FALSE;
    if (!op->sql)
        return TRUE;
    g_autoptr(GPtrArray) statements = sqlite_split(op->sql, strlen(op->sql), error);
    if (!statements) {
        g_prefix_error(error, "execute: ");
        return FALSE;
    }
    if (compiler->foreign_keys_off)
        sqlite_end_block(compiler);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        char *sql = g_strndup(op->sql + statement->start, statement->length);
        if (sqlite_refuses_transaction(sql, statement->length))
            add_own_block(compiler, sql);
        else
            sqlite_emit(compiler, sql);
        compiler->executes = TRUE;
    }
    return TRUE;
}

/* --- operations that ask first: statements of their own --- */

static gboolean ask_create_table(Compiler *compiler, const MigrateOp *op, GError **error)
{
    g_autoptr(Table) table = table_copy(op->table);
    if (!sqlite_adapt_table(table, compiler->state, error))
        return FALSE;
    char *sql = sql_with_words(sqlite_create_table_sql(table, table->name, error), "CREATE TABLE ", "IF NOT EXISTS ");
    if (!sql)
        return FALSE;
    sqlite_emit(compiler, sql);
    for (guint i = 0; i < table->indexes->len; i++)
        sqlite_emit(compiler, sql_with_words(sqlite_create_index_sql(table, table->indexes->pdata[i]), "INDEX ",
                                             "IF NOT EXISTS "));
    return TRUE;
}

static gboolean ask_create_index(Compiler *compiler, const MigrateOp *op)
{
    g_autoptr(Table) table = table_new(NULL, op->table_name);
    sqlite_emit(compiler, sql_with_words(sqlite_create_index_sql(table, op->index), "INDEX ", "IF NOT EXISTS "));
    return TRUE;
}

static gboolean ask_drop(Compiler *compiler, const MigrateOp *op)
{
    g_autofree char *name = sqlite_quote_identifier(op->kind == OP_DROP_TABLE ? op->table_name : op->index->name);
    if (op->kind == OP_DROP_TABLE && sqlite_referred_to(compiler->live, op->table_name, NULL))
        sqlite_need_foreign_keys_off(compiler);
    sqlite_emit(compiler, g_strdup_printf("DROP %s IF EXISTS %s", op->kind == OP_DROP_TABLE ? "TABLE" : "INDEX", name));
    return TRUE;
}

static gboolean compile_asking(Compiler *compiler, const MigrateOp *op, GError **error)
{
    static const guint kinds =
        1U << OP_CREATE_TABLE | 1U << OP_DROP_TABLE | 1U << OP_CREATE_INDEX | 1U << OP_DROP_INDEX;
    if (!dialect_check_existence(op, kinds, "SQLite", error) || !sqlite_flush_table(compiler, op->table_name, error))
        return FALSE;
    gboolean written = op->kind == OP_CREATE_TABLE   ? ask_create_table(compiler, op, error)
                       : op->kind == OP_CREATE_INDEX ? ask_create_index(compiler, op)
                                                     : ask_drop(compiler, op);
    return written && migrate_op_apply(op, compiler->state, error) && migrate_op_apply(op, compiler->live, error);
}

static gboolean compile_op(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (op->if_exists || op->if_not_exists)
        return compile_asking(compiler, op, error);
    switch (op->kind) {
    case OP_DROP_TABLE:
        return compile_drop_table(compiler, op, error);
    case OP_RENAME_TABLE:
        return compile_rename_table(compiler, op, error);
    case OP_ALTER_COLUMN:
        return compile_alter_column(compiler, op, error);
    case OP_ADD_COLUMN:
        return compile_add_column(compiler, op, error);
    case OP_CREATE_TABLE:
    case OP_ALTER_TABLE_OPTIONS:
    case OP_DROP_COLUMN:
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_RENAME_INDEX:
    case OP_CREATE_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
    case OP_RENAME_CONSTRAINT:
        return compile_table_change(compiler, op, error);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_ALTER_ENUM:
        return compile_enum(compiler, op, error);
    case OP_CREATE_OBJECT:
    case OP_DROP_OBJECT:
    case OP_REPLACE_OBJECT:
        return sqlite_compile_object(compiler, op, error);
    case OP_CREATE_TABLE_COMMENT:
    case OP_DROP_TABLE_COMMENT:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_ALTER_SEQUENCE:
        /* What adapt() leaves out of a model: such an op of a history for several databases makes no statement. */
        return migrate_op_apply(op, compiler->state, error);
    case OP_EXECUTE:
        return compile_execute(compiler, op, error);
    }
    g_return_val_if_reached(FALSE);
}

/* Only "main" exists, which is the same as no schema. */
static MigrateOp *without_schema(const MigrateOp *op, GError **error)
{
    g_autoptr(MigrateOp) copy = migrate_op_copy(op);
    char **places[] = {&copy->schema, copy->table ? &copy->table->schema : NULL,
                       copy->object ? &copy->object->schema : NULL,
                       copy->existing_object ? &copy->existing_object->schema : NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        if (!places[i] || !*places[i])
            continue;
        if (g_ascii_strcasecmp(*places[i], "main") != 0) {
            g_autofree char *what = migrate_op_describe(op);
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                        "%s: SQLite has no schema '%s' (only 'main', the default); leave it out", what, *places[i]);
            return NULL;
        }
        g_clear_pointer(places[i], g_free);
    }
    return g_steal_pointer(&copy);
}

static gboolean has_schema(const MigrateOp *op)
{
    return op->schema || (op->table && op->table->schema) || (op->object && op->object->schema) ||
           (op->existing_object && op->existing_object->schema);
}

GPtrArray *sqlite_compile(const GPtrArray *ops, const MetaData *before, GError **error)
{
    g_auto(Compiler) compiler;
    sqlite_compiler_init(&compiler, ops, before);
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        g_autoptr(MigrateOp) unqualified = has_schema(op) ? without_schema(op, error) : NULL;
        if (has_schema(op) && !unqualified)
            return NULL;
        if (!compile_op(&compiler, unqualified ? unqualified : op, error))
            return NULL;
    }
    if (!sqlite_flush(&compiler, error))
        return NULL;
    sqlite_end_block(&compiler);
    return g_steal_pointer(&compiler.blocks);
}
