#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/flush.h"
#include "dialect/sqlite/sqlite.h"

typedef struct Statement {
    char *sql;
    gboolean renames; /* SQLite has to rewrite what refers to the renamed thing */
} Statement;

static void statement_free(gpointer data)
{
    Statement *statement = data;
    g_free(statement->sql);
    g_free(statement);
}

static void renamed_values_free(gpointer data)
{
    RenamedValues *moved = data;
    g_free(moved->column);
    g_ptr_array_unref(moved->pairs);
    g_free(moved);
}

static void touched_free(gpointer data)
{
    Touched *touched = data;
    g_free(touched->name);
    g_ptr_array_unref(touched->reasons);
    g_ptr_array_unref(touched->restored);
    g_ptr_array_unref(touched->moved);
    g_free(touched);
}

void sqlite_compiler_init(Compiler *compiler, const GPtrArray *ops, const MetaData *before)
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

void sqlite_compiler_clear(Compiler *compiler)
{
    metadata_free(compiler->live);
    metadata_free(compiler->state);
    g_ptr_array_unref(compiler->touched);
    g_ptr_array_unref(compiler->stale_triggers);
    g_ptr_array_unref(compiler->statements);
    g_clear_pointer(&compiler->blocks, g_ptr_array_unref);
}

/* --- blocks --- */

void sqlite_emit(Compiler *compiler, char *sql)
{
    Statement *statement = g_new0(Statement, 1);
    statement->sql = sql;
    g_ptr_array_add(compiler->statements, statement);
}

void sqlite_emit_rename(Compiler *compiler, char *sql)
{
    sqlite_emit(compiler, sql);
    Statement *statement = compiler->statements->pdata[compiler->statements->len - 1];
    statement->renames = TRUE;
}

/* Ends the block being written. A section with foreign keys off runs under legacy_alter_table, in which a rename leaves
 * views, triggers and foreign keys behind: renames are sections of their own (one transaction takes all of them). */
void sqlite_end_block(Compiler *compiler)
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

void sqlite_need_foreign_keys_off(Compiler *compiler)
{
    if (compiler->executes)
        sqlite_end_block(compiler);
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

const Touched *sqlite_touch(Compiler *compiler, const char *name, const MigrateOp *op)
{
    guint position = 0;
    Touched *found = find_touched(compiler, name, &position);
    if (!found) {
        Touched *touched = g_new0(Touched, 1);
        touched->name = g_strdup(name);
        touched->reasons = strings_new();
        touched->restored = strings_new();
        touched->moved = g_ptr_array_new_with_free_func(renamed_values_free);
        g_ptr_array_add(compiler->touched, touched);
        found = touched;
    }
    g_ptr_array_add(found->reasons, migrate_op_describe(op));
    if (op->recreate != RECREATE_AUTO)
        found->recreate = op->recreate;
    return found;
}

void sqlite_forget_touched(Compiler *compiler, const char *name)
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

gboolean sqlite_is_trigger_of(const SchemaObject *object, const char *table)
{
    return strcmp(object->kind, "trigger") == 0 && name_equal(object->table_name, table, TRUE);
}

gboolean sqlite_triggers_of(const Compiler *compiler, const char *table, GPtrArray *triggers, GError **error)
{
    for (guint i = 0; i < compiler->live->objects->len; i++) {
        SchemaObject *object = compiler->live->objects->pdata[i];
        if (!sqlite_is_trigger_of(object, table))
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

void sqlite_take_trigger_text(Compiler *compiler, SchemaObject *trigger, char *text)
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
        sqlite_emit(compiler, sqlite_drop_index_sql(index));
        g_ptr_array_remove_index(old->indexes, i);
    }
}

static void create_indexes(Compiler *compiler, const Table *old, const Table *table)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (!has_index(old, table, index))
            sqlite_emit(compiler, sqlite_create_index_sql(table, index));
    }
}

/* --- writing touched tables --- */

static void emit_all(Compiler *compiler, GPtrArray *statements)
{
    for (guint i = 0; i < statements->len; i++)
        sqlite_emit(compiler, g_steal_pointer(&statements->pdata[i]));
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
                          .moved = touched->moved,
                          .triggers = triggers,
                          .wanted = touched->recreate == RECREATE_ALWAYS};
    if (!sqlite_triggers_of(compiler, table->name, triggers, error) || !sqlite_rebuild(&needs, statements, error))
        return FALSE;
    sqlite_need_foreign_keys_off(compiler);
    emit_all(compiler, statements);
    return TRUE;
}

static gboolean emit_create_table(Compiler *compiler, const Table *table, GError **error)
{
    char *sql = sqlite_create_table_sql(table, table->name, error);
    if (!sql)
        return FALSE;
    sqlite_emit(compiler, sql);
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
    gboolean in_place = touched->recreate != RECREATE_ALWAYS && touched->moved->len == 0;
    if (in_place && !sqlite_alter(compiler->live, old, table, statements, &altered, error))
        return FALSE;
    if (!altered)
        return emit_rebuild(compiler, old, table, touched, error);
    emit_all(compiler, statements);
    create_indexes(compiler, old, table);
    return TRUE;
}

gboolean sqlite_flush_table(Compiler *compiler, const char *name, GError **error)
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
        sqlite_emit(compiler, sqlite_drop_index_sql(index));
        g_ptr_array_remove_index(old->indexes, i);
    }
}

gboolean sqlite_flush(Compiler *compiler, GError **error)
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
