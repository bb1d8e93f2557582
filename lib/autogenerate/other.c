/* The change on a dialect without its database: former and new schema, compared by tokens. */
#include "autogenerate/internal.h"

void other_change_free(OtherChange *change)
{
    if (!change)
        return;
    metadata_free(change->before);
    metadata_free(change->after);
    g_clear_pointer(&change->operations, g_ptr_array_unref);
    g_clear_pointer(&change->reverse, g_ptr_array_unref);
    g_ptr_array_unref(change->doubts);
    g_ptr_array_unref(change->notes);
    g_ptr_array_unref(change->unknown);
    g_free(change);
}

static void set_former_name(char **place, const char *name)
{
    if (!*place)
        *place = g_strdup(name);
}

/* What was confirmed to be a rename is one on every dialect. */
static void hint_at_renames(const GPtrArray *operations, MetaData *model)
{
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = operations->pdata[i];
        const char *name = op->kind == OP_RENAME_TABLE ? op->new_name : op->table_name;
        Table *table = name ? metadata_find_table(model, op->schema, name) : NULL;
        if (table && op->kind == OP_RENAME_TABLE)
            set_former_name(&table->renamed_from, op->table_name);
        Column *column = table && op->kind == OP_ALTER_COLUMN ? table_find_column(table, op->column->name) : NULL;
        if (column && g_strcmp0(op->existing->name, op->column->name) != 0)
            set_former_name(&column->renamed_from, op->existing->name);
    }
}

/* No database is asked, not even one in memory: what it would say of texts is that they differ. */
static Comparison *compare_by_tokens(const Dialect *dialect, const MetaData *model, const MetaData *before,
                                     const CompareOptions *options, GError **error)
{
    Dialect silent = *dialect;
    CompareOptions offline = *options;
    silent.capabilities &= ~(guint)DIALECT_MEMORY_SCRATCH;
    offline.session = NULL;
    offline.scratch_engine = NULL;
    offline.renames = NULL;
    offline.assume_no_renames = TRUE;
    return autogenerate_compare(&silent, model, before, &offline, error);
}

static void find_comment(const FileNames *files, const char *comment, const char *table, const char *column,
                         GPtrArray *unknown)
{
    if (comment && *comment && !file_names_has_string(files, comment))
        g_ptr_array_add(unknown, g_strjoin(".", table, column, NULL));
}

/* Comments of what was there, which the database that was compared does not store. */
static void find_comments(const FileNames *files, const MetaData *before, GPtrArray *unknown)
{
    for (guint i = 0; i < before->tables->len; i++) {
        const Table *table = before->tables->pdata[i];
        find_comment(files, table->comment, table->name, NULL, unknown);
        for (guint j = 0; j < table->columns->len; j++) {
            const Column *column = table->columns->pdata[j];
            find_comment(files, column->comment, table->name, column->name, unknown);
        }
    }
}

OtherChange *other_change_new(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                              const FileNames *files, const CompareOptions *options, GError **error)
{
    g_autoptr(OtherChange) other = g_new0(OtherChange, 1);
    other->doubts = g_ptr_array_new_with_free_func(g_free);
    other->notes = g_ptr_array_new_with_free_func(g_free);
    other->unknown = g_ptr_array_new_with_free_func(g_free);
    other->after = metadata_copy(model);
    hint_at_renames(change->operations, other->after);
    other->before = former_model(change, dialect, model, files, other->doubts, error);
    if (!other->before)
        return NULL;
    model_add_schemas(dialect, other->before);
    model_add_schemas(dialect, other->after);
    g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(g_free);
    if (!dialect->adapt(other->before, ignored, error) || !dialect->adapt(other->after, other->notes, error))
        return NULL;
    g_autoptr(Comparison) comparison = compare_by_tokens(dialect, other->after, other->before, options, error);
    if (!comparison)
        return NULL;
    if (!(change->dialect->capabilities & DIALECT_COMMENTS))
        find_comments(files, other->before, other->unknown);
    other->operations = g_ptr_array_ref(comparison->operations);
    other->reverse = downgrade_operations(dialect, other->operations, error);
    return other->reverse ? g_steal_pointer(&other) : NULL;
}
