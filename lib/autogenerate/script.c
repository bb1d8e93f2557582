/* A whole schema as the statements that create it. */
#include "autogenerate/autogenerate.h"

static void append(const Dialect *dialect, GString *script, const char *sql)
{
    g_string_append_c(script, '\n');
    if (dialect->append_statement)
        dialect->append_statement(script, sql);
    else
        g_string_append_printf(script, "%s;\n", sql);
}

static void append_head(const Dialect *dialect, GString *script)
{
    g_string_append_printf(script, "-- Schema for %s, written by migrate (inspect --format sql).\n", dialect->name);
    for (const char *const *setting = dialect->script_setup; setting && *setting; setting++)
        append(dialect, script, *setting);
}

char *schema_script(const Dialect *dialect, const MetaData *schema, GError **error)
{
    const CompareOptions everything = {.compare_type = TRUE};
    g_autoptr(MetaData) empty = metadata_new(schema->ignore_case);
    empty->folds_names = schema->folds_names;
    empty->backticks = schema->backticks;
    empty->collation = g_strdup(schema->collation);
    empty->charset = g_strdup(schema->charset);
    /* The order of what operations are made from is that of the script, as far as they do not need each other. */
    g_autoptr(MetaData) sorted = metadata_copy(schema);
    metadata_sort(sorted);
    g_autoptr(Comparison) comparison = autogenerate_missing(dialect, sorted, empty, &everything, error);
    g_autoptr(GPtrArray) blocks = comparison ? dialect->compile(comparison->operations, empty, error) : NULL;
    if (!blocks)
        return NULL;
    GString *script = g_string_new(NULL);
    append_head(dialect, script);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            append(dialect, script, block->statements->pdata[j]);
    }
    return g_string_free(script, FALSE);
}
