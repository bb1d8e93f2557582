/* The change on a dialect without its database: former and new schema, compared by tokens. */
#include <string.h>

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

static OtherChange *other_change_alloc(void)
{
    OtherChange *other = g_new0(OtherChange, 1);
    other->doubts = g_ptr_array_new_with_free_func(g_free);
    other->notes = g_ptr_array_new_with_free_func(g_free);
    other->unknown = g_ptr_array_new_with_free_func(g_free);
    return other;
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

static void forget_hints_of_enums(const GPtrArray *enums)
{
    for (guint i = 0; i < enums->len; i++) {
        EnumType *type = enums->pdata[i];
        g_clear_pointer(&type->renamed_from, g_free);
        g_ptr_array_set_size(type->renamed_values, 0);
    }
}

static void forget_hints(const MetaData *metadata)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        Table *table = metadata->tables->pdata[i];
        g_clear_pointer(&table->renamed_from, g_free);
        for (guint j = 0; j < table->columns->len; j++)
            g_clear_pointer(&((Column *)table->columns->pdata[j])->renamed_from, g_free);
        for (guint j = 0; j < table->indexes->len; j++)
            g_clear_pointer(&((Index *)table->indexes->pdata[j])->renamed_from, g_free);
        for (guint j = 0; j < table->constraints->len; j++)
            g_clear_pointer(&((Constraint *)table->constraints->pdata[j])->renamed_from, g_free);
        if (table->primary_key)
            g_clear_pointer(&table->primary_key->renamed_from, g_free);
    }
    forget_hints_of_enums(metadata->enums);
    forget_hints_of_enums(metadata->column_enums);
    for (guint i = 0; i < metadata->sequences->len; i++)
        g_clear_pointer(&((Sequence *)metadata->sequences->pdata[i])->renamed_from, g_free);
    for (guint i = 0; i < metadata->objects->len; i++)
        g_clear_pointer(&((SchemaObject *)metadata->objects->pdata[i])->renamed_from, g_free);
}

/* The model as it was, and as it is; not adapted. */
static OtherChange *take_back(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                              const FileNames *files, GError **error)
{
    g_autoptr(OtherChange) other = other_change_alloc();
    other->after = metadata_copy(model);
    hint_at_renames(change->operations, other->after);
    other->before = former_model(change, dialect, model, files, other->doubts, error);
    if (!other->before)
        return NULL;
    forget_hints(other->before);
    model_add_schemas(dialect, other->before);
    model_add_schemas(dialect, other->after);
    return g_steal_pointer(&other);
}

static OtherChange *compared(OtherChange *taken, const FoundChange *change, const Dialect *dialect,
                             const FileNames *files, const CompareOptions *options, GError **error)
{
    g_autoptr(OtherChange) other = taken;
    g_autoptr(Comparison) comparison = compare_by_tokens(dialect, other->after, other->before, options, error);
    if (!comparison)
        return NULL;
    if (files && !(change->dialect->capabilities & DIALECT_COMMENTS))
        find_comments(files, other->before, other->unknown);
    other->operations = g_ptr_array_ref(comparison->operations);
    other->reverse = downgrade_operations(dialect, other->operations, error);
    return other->reverse ? g_steal_pointer(&other) : NULL;
}

OtherChange *other_change_new(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                              const FileNames *files, const CompareOptions *options, GError **error)
{
    g_autoptr(OtherChange) other = take_back(change, dialect, model, files, error);
    g_autoptr(GPtrArray) ignored = g_ptr_array_new_with_free_func(g_free);
    if (!other || !dialect->adapt(other->before, ignored, error) || !dialect->adapt(other->after, other->notes, error))
        return NULL;
    return compared(g_steal_pointer(&other), change, dialect, files, options, error);
}

/* A model may have all of this; what a dialect has not is left out when the operation runs there. */
static Dialect generic_dialect(const Dialect *dialect)
{
    Dialect generic = *dialect;
    generic.capabilities &= DIALECT_IGNORE_CASE | DIALECT_OBJECTS_BY_NAME;
    generic.capabilities |= DIALECT_COMMENTS | DIALECT_SCHEMAS | DIALECT_ENUM_TYPES | DIALECT_SEQUENCES;
    generic.type_equal = sql_type_equal;
    return generic;
}

/* Where primary keys have no names of their own, none is to be renamed. */
static gboolean is_nameless_key(const MetaData *after, const MetaData *adapted, const MigrateOp *op)
{
    if (op->kind != OP_RENAME_CONSTRAINT)
        return FALSE;
    const Table *said = metadata_find_table(after, op->schema, op->table_name);
    const Table *stored = metadata_find_table(adapted, op->schema, op->table_name);
    return said && said->primary_key && g_strcmp0(said->primary_key->name, op->new_name) == 0 && stored &&
           stored->primary_key && !stored->primary_key->name;
}

static gboolean has_source(const Column *column)
{
    return column->server_default || column->computed || column->identity;
}

static gboolean is_single_key(const Table *table, const char *column)
{
    return table->primary_key && table->primary_key->columns->len == 1 && table_in_primary_key(table, column) &&
           !table_column_refers(table, column);
}

/* A key that nothing else gives its value counts by itself, and does not where something does: an operation has to say
 * that, as it changes nothing that it leaves unsaid. */
static void say_numbering(const MetaData *after, const MigrateOp *op)
{
    const Table *table = op->kind == OP_ALTER_COLUMN ? metadata_find_table(after, op->schema, op->table_name) : NULL;
    if (!table || !is_single_key(table, op->column->name) || op->existing->autoincrement != AUTOINCREMENT_AUTO ||
        op->column->autoincrement != AUTOINCREMENT_AUTO || has_source(op->existing) == has_source(op->column))
        return;
    Column *given = has_source(op->existing) ? op->existing : op->column;
    given->autoincrement = AUTOINCREMENT_FALSE;
}

static OtherChange *compared_generic(OtherChange *taken, const FoundChange *change, const Dialect *dialect,
                                     const FileNames *files, const CompareOptions *options, GError **error)
{
    const Dialect generic = generic_dialect(dialect);
    CompareOptions as_said = *options;
    as_said.as_said = TRUE;
    g_autoptr(OtherChange) other = compared(taken, change, &generic, files, &as_said, error);
    g_autoptr(MetaData) adapted = other ? metadata_copy(other->after) : NULL;
    if (!other || !dialect->adapt(adapted, other->notes, error))
        return NULL;
    for (guint i = other->operations->len; i-- > 0;)
        if (is_nameless_key(other->after, adapted, other->operations->pdata[i]))
            g_ptr_array_remove_index(other->operations, i);
    for (guint i = 0; i < other->operations->len; i++)
        say_numbering(other->after, other->operations->pdata[i]);
    g_ptr_array_unref(other->reverse);
    other->reverse = downgrade_operations(&generic, other->operations, error);
    return other->reverse ? g_steal_pointer(&other) : NULL;
}

OtherChange *portable_change_new(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                                 const FileNames *files, const CompareOptions *options, GError **error)
{
    OtherChange *other = take_back(change, dialect, model, files, error);
    return other ? compared_generic(other, change, dialect, files, options, error) : NULL;
}

OtherChange *portable_change_since(const FoundChange *change, const Dialect *dialect, const MetaData *model,
                                   MetaData *before, const CompareOptions *options, GError **error)
{
    OtherChange *other = other_change_alloc();
    other->before = before;
    other->after = metadata_copy(model);
    hint_at_renames(change->operations, other->after);
    model_add_schemas(dialect, other->after);
    return compared_generic(other, change, dialect, NULL, options, error);
}

/* --- what was told and what is there --- */

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What each operation is about, but not what it says: the database has its own words for that. */
static GPtrArray *subjects_of(const GPtrArray *operations)
{
    GPtrArray *subjects = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = operations->pdata[i];
        g_ptr_array_add(subjects, op->kind == OP_ALTER_COLUMN
                                      ? g_strdup_printf("%s.%s", op->table_name, op->existing->name)
                                      : migrate_op_describe(op));
    }
    g_ptr_array_sort(subjects, compare_texts);
    return subjects;
}

gboolean explains_database(const FoundChange *change, const MetaData *model, const MetaData *before,
                           const CompareOptions *options, GError **error)
{
    g_autoptr(MetaData) then = metadata_copy(before), now = metadata_copy(model);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    hint_at_renames(change->operations, now);
    model_add_schemas(change->dialect, now);
    if (!change->dialect->adapt(then, notes, error) || !change->dialect->adapt(now, notes, error))
        return FALSE;
    g_autoptr(Comparison) comparison = compare_by_tokens(change->dialect, now, then, options, error);
    if (!comparison)
        return FALSE;
    g_autoptr(GPtrArray) told = subjects_of(comparison->operations), found = subjects_of(change->operations);
    return strings_equal(told, found, FALSE);
}
