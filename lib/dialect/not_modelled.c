/* What a live database has beyond what a MetaData holds. */
#include <string.h>

#include "base/text.h"
#include "dialect/dialect.h"

static gboolean ignores(const InspectOptions *options, const char *table_name, const MetaData *metadata)
{
    const char *const *name = table_name ? options->ignore_tables : NULL;

    for (; name != NULL && *name != NULL; name++)
        if (name_equal(*name, table_name, metadata->ignore_case || metadata->folds_names))
            return TRUE;
    return FALSE;
}

static gboolean is_modelled(const MetaData *metadata, const char *kind, const char *schema, const char *name)
{
    if (kind == NULL || name == NULL)
        return FALSE;
    return strcmp(kind, "sequence") == 0 ? metadata_find_sequence(metadata, schema, name) != NULL
                                         : metadata_find_object(metadata, kind, schema, name) != NULL;
}

gboolean dialect_read_not_modelled(Result *rows, const InspectOptions *options, MetaData *metadata, GError **error)
{
    enum { SUBJECT, TEXT, TABLE_NAME, KIND, SCHEMA, NAME };
    int more;

    while ((more = result_next(rows, error)) > 0) {
        const char *kind = result_text(rows, KIND);
        gboolean out_of_scope = g_strcmp0(kind, "out of scope") == 0;
        if (ignores(options, result_text(rows, TABLE_NAME), metadata) ||
            is_modelled(metadata, kind, result_text(rows, SCHEMA), result_text(rows, NAME)))
            continue;
        metadata_add_not_modelled(metadata, result_text(rows, SUBJECT), result_text(rows, TEXT), out_of_scope);
    }
    return more == 0;
}
