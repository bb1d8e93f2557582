/* The comparison as a whole. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"

static void finding_free(Finding *finding)
{
    g_free(finding->subject);
    g_free(finding->text);
    g_free(finding);
}

static void likely_rename_free(LikelyRename *rename)
{
    g_free(rename->table_name);
    g_free(rename->old_name);
    g_free(rename->new_name);
    g_free(rename->flag);
    g_free(rename);
}

static Comparison *comparison_new(void)
{
    Comparison *comparison = g_new0(Comparison, 1);
    comparison->operations = operations_new();
    comparison->likely_renames = g_ptr_array_new_with_free_func((GDestroyNotify)likely_rename_free);
    comparison->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return comparison;
}

void comparison_free(Comparison *comparison)
{
    if (!comparison)
        return;
    g_ptr_array_unref(comparison->operations);
    g_ptr_array_unref(comparison->likely_renames);
    g_ptr_array_unref(comparison->findings);
    g_free(comparison);
}

void add_finding(Comparison *comparison, const char *verdict, char *subject, char *text)
{
    Finding *finding = g_new0(Finding, 1);
    finding->verdict = verdict;
    finding->subject = subject;
    finding->text = text;
    g_ptr_array_add(comparison->findings, finding);
}

void add_op(GPtrArray *ops, MigrateOp *op, const char *verdict)
{
    op->verdict = verdict;
    g_ptr_array_add(ops, op);
}

char *fold_name(const char *name, gboolean ignore_case)
{
    return ignore_case ? g_ascii_strdown(name, -1) : g_strdup(name);
}

static Comparing comparing_new(const Dialect *dialect, const MetaData *model, const MetaData *live,
                               const CompareOptions *options, Comparison *result)
{
    return (Comparing){
        .dialect = dialect,
        .options = options,
        .model = model,
        .live = live,
        .ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0,
        .verdict = "tokens",
        .operations = result->operations,
        .result = result,
    };
}

static gboolean sort_result(const Comparing *comparing, GError **error)
{
    return operations_sort(comparing->operations, !(comparing->dialect->capabilities & DIALECT_LATE_REFERENCES), error);
}

/* --- enums and sequences --- */

static MigrateOp *enum_op(OpKind kind, const EnumType *existing, const EnumType *type)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_enum = existing ? enum_type_copy(existing) : NULL;
    op->enum_type = type ? enum_type_copy(type) : NULL;
    return op;
}

static void compare_enums(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->enums->len; i++) {
        const EnumType *type = model->enums->pdata[i];
        const EnumType *existing = metadata_find_enum(live, type->schema, type->name);
        if (!existing)
            add_op(comparing->operations, enum_op(OP_CREATE_ENUM, NULL, type), "structure");
        else if (!strings_equal(existing->values, type->values, FALSE) ||
                 g_strcmp0(existing->comment, type->comment) != 0)
            add_op(comparing->operations, enum_op(OP_ALTER_ENUM, existing, type), "structure");
    }
    for (guint i = 0; i < live->enums->len; i++) {
        const EnumType *existing = live->enums->pdata[i];
        if (!metadata_find_enum(model, existing->schema, existing->name))
            add_op(comparing->operations, enum_op(OP_DROP_ENUM, existing, NULL), "structure");
    }
}

static MigrateOp *sequence_op(OpKind kind, const Sequence *existing, const Sequence *sequence)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_sequence = existing ? sequence_copy(existing) : NULL;
    op->sequence = sequence ? sequence_copy(sequence) : NULL;
    return op;
}

static gboolean sequence_equal(const Sequence *a, const Sequence *b)
{
    Identity first = {FALSE, a->options}, second = {FALSE, b->options};
    return identity_equal(&first, &second) && g_strcmp0(a->comment, b->comment) == 0;
}

static void compare_sequences(const Comparing *comparing)
{
    const MetaData *model = comparing->model, *live = comparing->live;
    for (guint i = 0; i < model->sequences->len; i++) {
        const Sequence *sequence = model->sequences->pdata[i];
        const Sequence *existing = metadata_find_sequence(live, sequence->schema, sequence->name);
        if (!existing)
            add_op(comparing->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, sequence), "structure");
        else if (!sequence_equal(existing, sequence))
            add_op(comparing->operations, sequence_op(OP_ALTER_SEQUENCE, existing, sequence), "structure");
    }
    for (guint i = 0; i < live->sequences->len; i++) {
        const Sequence *existing = live->sequences->pdata[i];
        if (!metadata_find_sequence(model, existing->schema, existing->name))
            add_op(comparing->operations, sequence_op(OP_DROP_SEQUENCE, existing, NULL), "structure");
    }
}

/* --- the two entries --- */

static gboolean compare_everything(Comparing *comparing, GError **error)
{
    if (!resolve_renames(comparing, error) || !compare_tables(comparing, error))
        return FALSE;
    compare_enums(comparing);
    compare_sequences(comparing);
    if (!compare_objects(comparing, error))
        return FALSE;
    if (!comparing->options->assume_no_renames)
        find_likely_renames(comparing);
    return sort_result(comparing, error);
}

Comparison *autogenerate_compare(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error)
{
    g_autoptr(Comparison) result = comparison_new();
    Comparing comparing = comparing_new(dialect, model, live, options, result);
    gboolean compared = compare_everything(&comparing, error);
    metadata_free(comparing.renamed);
    return compared ? g_steal_pointer(&result) : NULL;
}

Comparison *autogenerate_missing(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error)
{
    g_autoptr(Comparison) result = comparison_new();
    Comparing comparing = comparing_new(dialect, model, live, options, result);
    for (guint i = 0; i < model->tables->len; i++) {
        const Table *table = model->tables->pdata[i];
        if (in_scope(&comparing, table->schema, table->name) && !metadata_find_table(live, table->schema, table->name))
            add_op(result->operations, new_create_table(table), "structure");
    }
    for (guint i = 0; i < model->enums->len; i++) {
        const EnumType *type = model->enums->pdata[i];
        if (!metadata_find_enum(live, type->schema, type->name))
            add_op(result->operations, enum_op(OP_CREATE_ENUM, NULL, type), "structure");
    }
    for (guint i = 0; i < model->sequences->len; i++) {
        const Sequence *sequence = model->sequences->pdata[i];
        if (!metadata_find_sequence(live, sequence->schema, sequence->name))
            add_op(result->operations, sequence_op(OP_CREATE_SEQUENCE, NULL, sequence), "structure");
    }
    compare_missing_objects(&comparing);
    if (!sort_result(&comparing, error))
        return NULL;
    return g_steal_pointer(&result);
}

void comparison_rename_error(const Comparison *comparison, GError **error)
{
    g_autoptr(GString) text = g_string_new("a drop and an add look like a rename, which would lose the data");
    for (guint i = 0; i < comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->likely_renames->pdata[i];
        g_string_append_printf(text, "\n  %s '%s%s%s' -> '%s': pass %s", rename->table_name ? "column" : "table",
                               rename->table_name ? rename->table_name : "", rename->table_name ? "." : "",
                               rename->old_name, rename->new_name, rename->flag);
    }
    g_string_append(text, "\nor write \"renamed_from\" into the model; --no-rename drops and adds");
    g_set_error_literal(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_RENAME, text->str);
}
