/*
 * Operations become statements in two steps. Each operation changes `state`, what the database shall look like; tables
 * wait, marked as touched, until something needs them as they shall be. Then the table in `live`, what the statements
 * written so far make of the database, is compared with the one in `state`, and what lies between is written: native
 * ALTER TABLE where that is exact, else one rebuild, however many operations there were.
 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

typedef struct Statement {
    char *sql;
    gboolean renames; /* SQLite has to rewrite what refers to the renamed thing */
} Statement;

typedef struct Touched {
    char *name;
    GPtrArray *reasons;  /* char*: the operations in words */
    GPtrArray *restored; /* char*: columns that come back without their values */
    Recreate recreate;
} Touched;

typedef struct Compiler {
    MetaData *live, *state;
    GPtrArray *touched;        /* Touched*, in order */
    GPtrArray *stale_triggers; /* char*: names of triggers whose text in `live` is not known any more */
    GPtrArray *statements;     /* Statement*, of the block being written */
    gboolean foreign_keys_off; /* the block needs it */
    gboolean executes;         /* the block has statements of people, which expect foreign keys to be on */
    GPtrArray *blocks;         /* SqlBlock* */
} Compiler;

static void statement_free(gpointer data)
{
    Statement *statement = data;
    g_free(statement->sql);
    g_free(statement);
}

static void touched_free(gpointer data)
{
    Touched *touched = data;
    g_free(touched->name);
    g_ptr_array_unref(touched->reasons);
    g_ptr_array_unref(touched->restored);
    g_free(touched);
}

static void compiler_init(Compiler *compiler, const GPtrArray *ops, const MetaData *before)
{
    *compiler = (Compiler){
        .live = operations_learn(ops, before),
        .state = operations_learn(ops, before),
        .touched = g_ptr_array_new_with_free_func(touched_free),
        .stale_triggers = strings_new(),
        .statements = g_ptr_array_new_with_free_func(statement_free),
        .blocks = g_ptr_array_new_with_free_func((GDestroyNotify)sql_block_free),
    };
}

static void compiler_clear(Compiler *compiler)
{
    metadata_free(compiler->live);
    metadata_free(compiler->state);
    g_ptr_array_unref(compiler->touched);
    g_ptr_array_unref(compiler->stale_triggers);
    g_ptr_array_unref(compiler->statements);
    g_clear_pointer(&compiler->blocks, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Compiler, compiler_clear)

/* --- blocks --- */

static void emit(Compiler *compiler, char *sql)
{
    Statement *statement = g_new0(Statement, 1);
    statement->sql = sql;
    g_ptr_array_add(compiler->statements, statement);
}

static void emit_rename(Compiler *compiler, char *sql)
{
    emit(compiler, sql);
    Statement *statement = compiler->statements->pdata[compiler->statements->len - 1];
    statement->renames = TRUE;
}

/* Ends the block being written. A section with foreign keys off runs under legacy_alter_table, in which a rename leaves
 * views, triggers and foreign keys behind: renames are sections of their own (one transaction takes all of them). */
static void end_block(Compiler *compiler)
{
    SqlBlock *block = NULL;
    for (guint i = 0; i < compiler->statements->len; i++) {
        Statement *statement = compiler->statements->pdata[i];
        gboolean off = compiler->foreign_keys_off && !statement->renames;
        if (!block || block->foreign_keys_off != off) {
            block = sql_block_new(TRUE, off);
            g_ptr_array_add(compiler->blocks, block);
        }
        g_ptr_array_add(block->statements, g_steal_pointer(&statement->sql));
    }
    g_ptr_array_set_size(compiler->statements, 0);
    compiler->foreign_keys_off = FALSE;
    compiler->executes = FALSE;
}

static void need_foreign_keys_off(Compiler *compiler)
{
    if (compiler->executes)
        end_block(compiler);
    compiler->foreign_keys_off = TRUE;
}

/* --- touched tables --- */

static Touched *find_touched(const Compiler *compiler, const char *name, guint *position)
{
    for (guint i = 0; i < compiler->touched->len; i++) {
        Touched *touched = compiler->touched->pdata[i];
        if (name_equal(touched->name, name, TRUE)) {
            *position = i;
            return touched;
        }
    }
    return NULL;
}

static const Touched *touch(Compiler *compiler, const char *name, const MigrateOp *op)
{
    guint position = 0;
    Touched *found = find_touched(compiler, name, &position);
    if (!found) {
        Touched *touched = g_new0(Touched, 1);
        touched->name = g_strdup(name);
        touched->reasons = strings_new();
        touched->restored = strings_new();
        g_ptr_array_add(compiler->touched, touched);
        found = touched;
    }
    g_ptr_array_add(found->reasons, migrate_op_describe(op));
    if (op->recreate != RECREATE_AUTO)
        found->recreate = op->recreate;
    return found;
}

static void forget_touched(Compiler *compiler, const char *name)
{
    guint position = 0;
    if (find_touched(compiler, name, &position))
        g_ptr_array_remove_index(compiler->touched, position);
}

/* A copy of a table as SQLite can have it; NULL with error unset when there is none. */
static Table *adapted(const MetaData *metadata, const char *name, GError **error)
{
    const Table *table = metadata_find_table(metadata, NULL, name);
    g_autoptr(Table) copy = table ? table_copy(table) : NULL;
    if (copy && !sqlite_adapt_table(copy, metadata, error))
        return NULL;
    if (copy && copy->partial) /* stands for the columns that are not known: before and behind */
        g_ptr_array_insert(copy->columns, 0, column_new("(not known)", sql_type_new(SQL_TYPE_TEXT)));
    return g_steal_pointer(&copy);
}

/* --- triggers --- */

static gboolean is_trigger_of(const SchemaObject *object, const char *table)
{
    return strcmp(object->kind, "trigger") == 0 && name_equal(object->table_name, table, TRUE);
}

/* The triggers of a table or view that are made again. FALSE when the text of one is not known. */
static gboolean triggers_of(const Compiler *compiler, const char *table, GPtrArray *triggers, GError **error)
{
    for (guint i = 0; i < compiler->live->objects->len; i++) {
        SchemaObject *object = compiler->live->objects->pdata[i];
        if (!is_trigger_of(object, table))
            continue;
        if (g_ptr_array_find_with_equal_func(compiler->stale_triggers, object->name, g_str_equal, NULL)) {
            g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                        "trigger '%s': a rename changes its text in a way that only SQLite can tell, and table '%s' is "
                        "rebuilt as well; put the rename into a revision of its own, or drop the trigger and create it "
                        "again in this one",
                        object->name, table);
            return FALSE;
        }
        g_ptr_array_add(triggers, object);
    }
    return TRUE;
}

static void take_trigger_text(Compiler *compiler, SchemaObject *trigger, char *text)
{
    if (!text) {
        g_ptr_array_add(compiler->stale_triggers, g_strdup(trigger->name));
        return;
    }
    g_free(trigger->definition);
    trigger->definition = text;
}

/* --- indexes --- */

static gboolean has_index(const Table *table, const Table *of, const Index *index)
{
    const Index *other = table ? table_find_index(table, index->name) : NULL;
    if (!other)
        return FALSE;
    g_autofree char *sql = sqlite_create_index_sql(of, index);
    g_autofree char *other_sql = sqlite_create_index_sql(table, other);
    return sql_equal(&sqlite_dialect, sql, other_sql);
}

/* Drops the indexes of `old` that `table` has not, and takes them out of `old`. */
static void drop_indexes(Compiler *compiler, Table *old, const Table *table)
{
    for (guint i = 0; i < old->indexes->len;) {
        const Index *index = old->indexes->pdata[i];
        if (has_index(table, old, index)) {
            i++;
            continue;
        }
        emit(compiler, sqlite_drop_index_sql(index));
        g_ptr_array_remove_index(old->indexes, i);
    }
}

static void create_indexes(Compiler *compiler, const Table *old, const Table *table)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (!has_index(old, table, index))
            emit(compiler, sqlite_create_index_sql(table, index));
    }
}

/* --- writing touched tables --- */

static void emit_all(Compiler *compiler, GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        emit(compiler, g_steal_pointer(&statements->pdata[i]));
}

/* A rebuild makes the table of what is known of it. */
static gboolean check_rebuild(const Table *old, const Touched *touched, GError **error)
{
    if (touched->recreate != RECREATE_NEVER && !old->partial)
        return TRUE;
    g_autofree char *reasons = text_list(touched->reasons, ", ");
    if (old->partial)
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "%s: SQLite rebuilds the table for this, and the definition of '%s' is not known here", reasons,
                    old->name);
    else
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "%s: SQLite rebuilds the table for this, which \"recreate\": \"never\" forbids: leave it out",
                    reasons);
    return FALSE;
}

static gboolean emit_rebuild(Compiler *compiler, const Table *old, const Table *table, const Touched *touched,
                             GError **error)
{
    if (!check_rebuild(old, touched, error))
        return FALSE;
    g_autoptr(GPtrArray) triggers = g_ptr_array_new();
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    RebuildNeeds needs = {.database = compiler->live,
                          .old = old,
                          .table = table,
                          .reasons = touched->reasons,
                          .restored = touched->restored,
                          .triggers = triggers,
                          .wanted = touched->recreate == RECREATE_ALWAYS};
    if (!triggers_of(compiler, table->name, triggers, error) || !sqlite_rebuild(&needs, statements, error))
        return FALSE;
    need_foreign_keys_off(compiler);
    emit_all(compiler, statements);
    return TRUE;
}

static gboolean emit_create_table(Compiler *compiler, const Table *table, GError **error)
{
    char *sql = sqlite_create_table_sql(table, table->name, error);
    if (!sql)
        return FALSE;
    emit(compiler, sql);
    create_indexes(compiler, NULL, table);
    return TRUE;
}

/* What is written so far makes the table in the database what it is in `state`. */
static void table_is_written(Compiler *compiler, const char *name)
{
    table_free(metadata_steal_table(compiler->live, NULL, name));
    metadata_add_table(compiler->live, table_copy(metadata_find_table(compiler->state, NULL, name)));
}

static gboolean write_table(Compiler *compiler, const Touched *touched, GError **error)
{
    GError *problem = NULL;
    g_autoptr(Table) old = adapted(compiler->live, touched->name, &problem);
    g_autoptr(Table) table = problem ? NULL : adapted(compiler->state, touched->name, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (!old)
        return emit_create_table(compiler, table, error);
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    gboolean altered = FALSE;
    drop_indexes(compiler, old, table);
    if (touched->recreate != RECREATE_ALWAYS && !sqlite_alter(compiler->live, old, table, statements, &altered, error))
        return FALSE;
    if (!altered)
        return emit_rebuild(compiler, old, table, touched, error);
    emit_all(compiler, statements);
    create_indexes(compiler, old, table);
    return TRUE;
}

static gboolean flush_table(Compiler *compiler, const char *name, GError **error)
{
    guint position = 0;
    const Touched *touched = find_touched(compiler, name, &position);
    if (!touched)
        return TRUE;
    if (!write_table(compiler, touched, error))
        return FALSE;
    table_is_written(compiler, touched->name);
    g_ptr_array_remove_index(compiler->touched, position);
    return TRUE;
}

/* An index name may move from one table to another. */
static void free_index_names(Compiler *compiler, const Touched *touched)
{
    const Table *table = metadata_find_table(compiler->state, NULL, touched->name);
    const Table *old = metadata_find_table(compiler->live, NULL, touched->name);
    for (guint i = 0; old && i < old->indexes->len;) {
        const Index *index = old->indexes->pdata[i];
        if (table_find_index(table, index->name)) {
            i++;
            continue;
        }
        emit(compiler, sqlite_drop_index_sql(index));
        g_ptr_array_remove_index(old->indexes, i);
    }
}

static gboolean flush(Compiler *compiler, GError **error)
{
    for (guint i = 0; i < compiler->touched->len; i++)
        free_index_names(compiler, compiler->touched->pdata[i]);
    for (guint i = 0; i < compiler->touched->len; i++) {
        const Touched *touched = compiler->touched->pdata[i];
        if (!write_table(compiler, touched, error))
            return FALSE;
        table_is_written(compiler, touched->name);
    }
    g_ptr_array_set_size(compiler->touched, 0);
    return TRUE;
}

/* --- operations --- */

static gboolean compile_drop_table(Compiler *compiler, const MigrateOp *op, GError **error)
{
    gboolean exists = metadata_find_table(compiler->live, NULL, op->table_name) != NULL;
    forget_touched(compiler, op->table_name);
    if (!migrate_op_apply(op, compiler->state, error))
        return FALSE;
    if (!exists)
        return TRUE;
    /* DROP TABLE with foreign keys on deletes the rows first, with all that follows from it in tables that stay. */
    if (sqlite_referred_to(compiler->live, op->table_name, NULL))
        need_foreign_keys_off(compiler);
    g_autofree char *name = sqlite_quote_identifier(op->table_name);
    emit(compiler, g_strdup_printf("DROP TABLE %s", name));
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
            take_trigger_text(compiler, object, sqlite_rename_table_in_trigger(object->definition, from, to));
    }
}

static gboolean compile_rename_table(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!flush_table(compiler, op->table_name, error) || !migrate_op_apply(op, compiler->state, error) ||
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
        emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", from, quoted));
        emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", quoted, to));
    } else {
        emit_rename(compiler, g_strdup_printf("ALTER TABLE %s RENAME TO %s", from, to));
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
    if (!flush_table(compiler, op->table_name, error))
        return FALSE;
    const Table *table = metadata_find_table(compiler->live, NULL, op->table_name);
    for (guint i = 0; table && i < compiler->live->objects->len; i++) {
        SchemaObject *object = compiler->live->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0)
            take_trigger_text(compiler, object,
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
    emit_rename(compiler,
                g_strdup_printf("ALTER TABLE %s RENAME COLUMN %s TO %s", quoted_table, quoted_from, quoted_to));
    return TRUE;
}

static gboolean compile_table_change(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!migrate_op_apply(op, compiler->state, error))
        return FALSE;
    const Touched *touched = touch(compiler, op->table_name, op);
    if (op->kind == OP_ADD_COLUMN && op->restores)
        g_ptr_array_add(touched->restored, g_strdup(op->column->name));
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
    if (live && table_find_column(live, op->column->name) && !flush_table(compiler, op->table_name, error))
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
    if (!flush(compiler, error) || !migrate_op_apply(op, compiler->state, error))
        return FALSE;
    for (guint i = 0; op->kind == OP_ALTER_ENUM && i < compiler->state->tables->len; i++) {
        const Table *table = compiler->state->tables->pdata[i];
        if (uses_enum(table, op->existing_enum))
            touch(compiler, table->name, op);
    }
    return flush(compiler, error) && migrate_op_apply(op, compiler->live, error);
}

/* --- views and triggers --- */

static SchemaObject *live_object(const Compiler *compiler, const SchemaObject *object)
{
    return metadata_find_object(compiler->live, object->kind, NULL, object->name);
}

/* A trigger goes with its table or view, and a view's triggers with the view. */
static void emit_drop_object(Compiler *compiler, const SchemaObject *object)
{
    SchemaObject *live = live_object(compiler, object);
    if (!live)
        return;
    g_autofree char *name = sqlite_quote_identifier(object->name);
    gboolean view = strcmp(object->kind, "view") == 0;
    emit(compiler, g_strdup_printf("DROP %s %s", view ? "VIEW" : "TRIGGER", name));
    g_ptr_array_remove(compiler->live->objects, live);
    for (guint i = compiler->live->objects->len; view && i-- > 0;)
        if (is_trigger_of(compiler->live->objects->pdata[i], object->name))
            g_ptr_array_remove_index(compiler->live->objects, i);
}

static gboolean emit_create_object(Compiler *compiler, const SchemaObject *object, GError **error)
{
    if (!object->definition) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s' has no definition for sqlite",
                    object->kind, object->name);
        return FALSE;
    }
    emit(compiler, g_strdup(object->definition));
    g_ptr_array_add(compiler->live->objects, schema_object_copy(object));
    guint position = 0;
    if (g_ptr_array_find_with_equal_func(compiler->stale_triggers, object->name, g_str_equal, &position))
        g_ptr_array_remove_index(compiler->stale_triggers, position);
    return TRUE;
}

/* DROP VIEW takes the view's triggers along; they are not what the op replaces. */
static gboolean emit_replace_object(Compiler *compiler, const MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autoptr(GPtrArray) triggers = g_ptr_array_new_with_free_func((GDestroyNotify)schema_object_free);
    if (strcmp(op->object->kind, "view") == 0 && !triggers_of(compiler, op->existing_object->name, found, error))
        return FALSE;
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(triggers, schema_object_copy(found->pdata[i]));
    emit_drop_object(compiler, op->existing_object);
    if (!emit_create_object(compiler, op->object, error))
        return FALSE;
    for (guint i = 0; i < triggers->len; i++)
        if (!emit_create_object(compiler, triggers->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean compile_object(Compiler *compiler, const MigrateOp *op, GError **error)
{
    const SchemaObject *object = op->object ? op->object : op->existing_object;
    if (op->kind != OP_DROP_OBJECT && !flush(compiler, error))
        return FALSE;
    if (!sqlite_has_object_kind(object->kind))
        return migrate_op_apply(op, compiler->state, error);
    if (op->kind == OP_DROP_OBJECT)
        emit_drop_object(compiler, op->existing_object ? op->existing_object : op->object);
    else if (op->kind == OP_REPLACE_OBJECT ? !emit_replace_object(compiler, op, error)
                                           : !emit_create_object(compiler, op->object, error))
        return FALSE;
    return migrate_op_apply(op, compiler->state, error);
}

/* --- execute --- */

static void add_own_block(Compiler *compiler, char *sql)
{
    SqlBlock *block = sql_block_new(FALSE, FALSE);
    end_block(compiler);
    g_ptr_array_add(block->statements, sql);
    g_ptr_array_add(compiler->blocks, block);
}

/* Statements of people run with foreign keys on, as in any other revision. */
static gboolean compile_execute(Compiler *compiler, const MigrateOp *op, GError **error)
{
    if (!flush(compiler, error))
        return FALSE;
    if (!op->sql)
        return TRUE;
    g_autoptr(GPtrArray) statements = sqlite_split(op->sql, strlen(op->sql), error);
    if (!statements) {
        g_prefix_error(error, "execute: ");
        return FALSE;
    }
    if (compiler->foreign_keys_off)
        end_block(compiler);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        char *sql = g_strndup(op->sql + statement->start, statement->length);
        if (sqlite_refuses_transaction(sql, statement->length))
            add_own_block(compiler, sql);
        else
            emit(compiler, sql);
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
    emit(compiler, sql);
    for (guint i = 0; i < table->indexes->len; i++)
        emit(compiler,
             sql_with_words(sqlite_create_index_sql(table, table->indexes->pdata[i]), "INDEX ", "IF NOT EXISTS "));
    return TRUE;
}

static gboolean ask_create_index(Compiler *compiler, const MigrateOp *op)
{
    g_autoptr(Table) table = table_new(NULL, op->table_name);
    emit(compiler, sql_with_words(sqlite_create_index_sql(table, op->index), "INDEX ", "IF NOT EXISTS "));
    return TRUE;
}

static gboolean ask_drop(Compiler *compiler, const MigrateOp *op)
{
    g_autofree char *name = sqlite_quote_identifier(op->kind == OP_DROP_TABLE ? op->table_name : op->index->name);
    if (op->kind == OP_DROP_TABLE && sqlite_referred_to(compiler->live, op->table_name, NULL))
        need_foreign_keys_off(compiler);
    emit(compiler, g_strdup_printf("DROP %s IF EXISTS %s", op->kind == OP_DROP_TABLE ? "TABLE" : "INDEX", name));
    return TRUE;
}

static gboolean compile_asking(Compiler *compiler, const MigrateOp *op, GError **error)
{
    static const guint kinds =
        1U << OP_CREATE_TABLE | 1U << OP_DROP_TABLE | 1U << OP_CREATE_INDEX | 1U << OP_DROP_INDEX;
    if (!dialect_check_existence(op, kinds, "SQLite", error) || !flush_table(compiler, op->table_name, error))
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
        return compile_object(compiler, op, error);
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
    compiler_init(&compiler, ops, before);
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        g_autoptr(MigrateOp) unqualified = has_schema(op) ? without_schema(op, error) : NULL;
        if (has_schema(op) && !unqualified)
            return NULL;
        if (!compile_op(&compiler, unqualified ? unqualified : op, error))
            return NULL;
    }
    if (!flush(&compiler, error))
        return NULL;
    end_block(&compiler);
    return g_steal_pointer(&compiler.blocks);
}
