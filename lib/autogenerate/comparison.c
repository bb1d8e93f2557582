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
    g_free(rename->owner);
    g_free(rename->old_name);
    g_free(rename->new_name);
    g_free(rename->rename);
    g_free(rename->flag);
    g_free(rename);
}

static Comparison *comparison_new(void)
{
    Comparison *comparison = g_new0(Comparison, 1);
    comparison->operations = operations_new();
    comparison->likely_renames = g_ptr_array_new_with_free_func((GDestroyNotify)likely_rename_free);
    comparison->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    comparison->out_of_scope = strings_new();
    return comparison;
}

void comparison_free(Comparison *comparison)
{
    if (!comparison)
        return;
    g_ptr_array_unref(comparison->operations);
    g_ptr_array_unref(comparison->likely_renames);
    g_ptr_array_unref(comparison->findings);
    g_ptr_array_unref(comparison->out_of_scope);
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
        .original = live,
        .ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0,
        .verdict = "tokens",
        .operations = result->operations,
        .result = result,
    };
}

static gboolean sort_result(const Comparing *comparing, GError **error)
{
    if (!(comparing->dialect->capabilities & (DIALECT_OBJECTS_BY_NAME | DIALECT_TABLE_REBUILD)))
        split_table_cycles(comparing);
    complete_dependencies(comparing, comparing->operations);
    return operations_sort(comparing->operations, !(comparing->dialect->capabilities & DIALECT_LATE_REFERENCES), error);
}

/* To drop the one and create the other would lose the table, if the server were not to refuse it. */
static gboolean refuse_other_case(const MetaData *model, const MetaData *live, GError **error)
{
    g_autoptr(GHashTable) folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; live->folds_names && i < live->tables->len; i++) {
        Table *table = live->tables->pdata[i];
        if (!table->schema)
            g_hash_table_insert(folded, g_utf8_strdown(table->name, -1), table);
    }
    for (guint i = 0; live->folds_names && i < model->tables->len; i++) {
        const Table *table = model->tables->pdata[i];
        g_autofree char *name = g_utf8_strdown(table->name, -1);
        const Table *other = table->schema ? NULL : g_hash_table_lookup(folded, name);
        if (!other || strcmp(other->name, table->name) == 0)
            continue;
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                    "table '%s' is '%s' in the database, which compares names of tables without case: write '%s' in "
                    "the model",
                    table->name, other->name, other->name);
        return FALSE;
    }
    return TRUE;
}

/* --- the two entries --- */

static gboolean compare_everything(Comparing *comparing, GError **error)
{
    if (!refuse_other_case(comparing->model, comparing->live, error) || !apply_rename_flags(comparing, error) ||
        !resolve_renames(comparing, error))
        return FALSE;
    match_tables(comparing);
    match_objects(comparing);
    if (!ask_database(comparing, error))
        return FALSE;
    add_table_ops(comparing);
    forget_useless_renames(comparing);
    detach_references(comparing);
    compare_enums(comparing);
    compare_sequences(comparing);
    add_object_ops(comparing);
    find_out_of_scope(comparing, comparing->result->out_of_scope);
    if (!comparing->options->assume_no_renames)
        find_likely_renames(comparing);
    return sort_result(comparing, error);
}

static Comparison *compare_once(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                const CompareOptions *options, GError **error)
{
    g_autoptr(Comparison) result = comparison_new();
    Comparing comparing = comparing_new(dialect, model, live, options, result);
    gboolean compared = compare_everything(&comparing, error);
    g_clear_pointer(&comparing.outside, g_hash_table_unref);
    g_clear_pointer(&comparing.pairs, g_ptr_array_unref);
    g_clear_pointer(&comparing.subjects, g_ptr_array_unref);
    metadata_free(comparing.renamed);
    metadata_free(comparing.flagged);
    metadata_free(comparing.canonical);
    return compared ? g_steal_pointer(&result) : NULL;
}

#define MAX_ROUNDS 4 /* a table's columns, a view on them, a view on that … */

/* A renamed table may have renamed columns, a view on it another name: that shows when the first is taken for granted.
 */
static void find_following(const Dialect *dialect, const MetaData *model, const MetaData *live,
                           const CompareOptions *options, const Comparison *result)
{
    g_autoptr(GPtrArray) renames = g_ptr_array_new();
    CompareOptions assuming = *options;
    assuming.renames = renames;
    for (guint i = 0; options->renames && i < options->renames->len; i++)
        g_ptr_array_add(renames, options->renames->pdata[i]);
    for (guint round = 0, seen = 0; round < MAX_ROUNDS && seen < result->likely_renames->len; round++) {
        for (; seen < result->likely_renames->len; seen++)
            g_ptr_array_add(renames, ((const LikelyRename *)result->likely_renames->pdata[seen])->rename);
        g_autoptr(Comparison) next = compare_once(dialect, model, live, &assuming, NULL);
        for (guint i = 0; next && i < next->likely_renames->len; i++) {
            LikelyRename *rename = next->likely_renames->pdata[i];
            rename->follows = TRUE;
        }
        if (next)
            g_ptr_array_extend_and_steal(result->likely_renames, g_ptr_array_ref(next->likely_renames));
    }
}

Comparison *autogenerate_compare(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error)
{
    Comparison *result = compare_once(dialect, model, live, options, error);
    if (result && result->likely_renames->len > 0)
        find_following(dialect, model, live, options, result);
    return result;
}

Comparison *autogenerate_missing(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                 const CompareOptions *options, GError **error)
{
    g_autoptr(Comparison) result = comparison_new();
    Comparing comparing = comparing_new(dialect, model, live, options, result);
    if (!refuse_other_case(model, live, error))
        return NULL;
    for (guint i = 0; i < model->tables->len; i++) {
        const Table *table = model->tables->pdata[i];
        if (in_scope(&comparing, table->schema, table->name) && !metadata_find_table(live, table->schema, table->name))
            add_op(result->operations, new_create_table(table), "structure");
    }
    compare_missing_types(&comparing);
    compare_missing_objects(&comparing);
    if (!sort_result(&comparing, error))
        return NULL;
    return g_steal_pointer(&result);
}

char *likely_rename_subject(const LikelyRename *rename)
{
    g_autofree char *kind = g_strdup(rename->kind);
    g_strdelimit(kind, "_", ' ');
    return g_strdup_printf("%s '%s%s%s'", kind, rename->owner ? rename->owner : "", rename->owner ? "." : "",
                           rename->old_name);
}

void comparison_rename_error(const Comparison *comparison, GError **error)
{
    g_autoptr(GString) text = g_string_new("a drop and an add look like a rename, which would lose the data");
    for (guint i = 0; i < comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->likely_renames->pdata[i];
        g_autofree char *subject = likely_rename_subject(rename);
        g_string_append_printf(text, "\n  %s -> '%s': pass %s", subject, rename->new_name, rename->flag);
    }
    g_string_append(
        text,
        "\nor write \"renamed_from\" into the model (in SQL a comment, -- renamed from: OLD); --no-rename drops and "
        "adds");
    g_set_error_literal(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_RENAME, text->str);
}
