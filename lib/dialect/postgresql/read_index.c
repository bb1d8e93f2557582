/* Indexes and what they are made of. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"

/* --- indexes --- */

enum {
    INDEX,
    TABLE,
    NAME,
    COMMENT,
    METHOD,
    UNIQUE,
    PREDICATE,
    RELOPTIONS,
    TABLESPACE,
    NULLS_NOT_DISTINCT,
    VALID,
};

static void read_index(PgInspector *inspector, Result *row, Table *table)
{
    Index *index = index_new(result_text(row, NAME));
    const char *method = result_text(row, METHOD), *predicate = result_text(row, PREDICATE);
    const char *tablespace = result_text(row, TABLESPACE);

    g_ptr_array_add(table->indexes, index);
    g_hash_table_insert(inspector->indexes, g_strdup(result_text(row, INDEX)), index);
    index->comment = g_strdup(result_text(row, COMMENT));
    index->unique = inspector_flag(row, UNIQUE);
    index->using = strcmp(method, "btree") == 0 ? NULL : g_strdup(method);
    index->where = predicate ? sql_without_parentheses(&postgresql_dialect, predicate) : NULL;
    inspector_storage_parameters(index->options, "with", result_text(row, RELOPTIONS));
    if (tablespace != NULL)
        options_set(index->options, "tablespace", tablespace);
    if (inspector_flag(row, NULLS_NOT_DISTINCT))
        options_set(index->options, "nulls_not_distinct", "true");
    if (!inspector_flag(row, VALID))
        options_set(index->options, "invalid", "true");
}

gboolean read_indexes(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Table *table = g_hash_table_lookup(inspector->tables, result_text(result, TABLE));
        if (table != NULL)
            read_index(inspector, result, table);
    }
    return more == 0;
}

/* --- their columns --- */

enum {
    COLUMN_INDEX,
    COLUMN_TABLE,
    NUMBER,
    INCLUDED,
    EXPRESSION,
    ORDER,
    ORDERED,
    OPCLASS,
    OPCLASS_SCHEMA,
    OPCLASS_OPTIONS,
    COLLATION,
    COLLATION_SCHEMA,
    DEFINITION,
};

/* pg_index.indoption */
#define DESCENDING 1
#define NULLS_FIRST 2

static void read_order(Result *row, IndexColumn *column)
{
    gint64 order = result_integer(row, ORDER);

    if (!inspector_flag(row, ORDERED))
        return;
    column->descending = (order & DESCENDING) != 0;
    gboolean nulls_first = (order & NULLS_FIRST) != 0;
    if (!nulls_first != !column->descending)
        column->nulls = g_strdup(nulls_first ? "FIRST" : "LAST");
}

/* As pg_get_indexdef() writes it: "gist_trgm_ops(siglen='32')". */
static char *read_opclass(Result *row)
{
    const char *name = result_text(row, OPCLASS);
    if (name == NULL)
        return NULL;

    g_autofree char *qualified = postgresql_qualified(result_text(row, OPCLASS_SCHEMA), name);
    g_autoptr(GPtrArray) parameters = inspector_array(result_text(row, OPCLASS_OPTIONS));
    GString *out = g_string_new(qualified);
    for (guint i = 0; i < parameters->len; i++) {
        const char *parameter = parameters->pdata[i];
        const char *equals = strchr(parameter, '=');
        const char *value = equals ? equals + 1 : "";
        g_autofree char *identifier = postgresql_quote_identifier(value);
        g_autofree char *literal = postgresql_quote_literal(value);
        g_string_append_printf(out, "%s%.*s=%s", i > 0 ? ", " : "(", (int)strcspn(parameter, "="), parameter,
                               strcmp(identifier, value) == 0 ? value : literal);
    }
    if (parameters->len > 0)
        g_string_append_c(out, ')');
    return g_string_free(out, FALSE);
}

/* What an expression's own collation is, the catalog does not tell: it is another one where the index says COLLATE
 * behind it. */
static char *read_collation(Result *row)
{
    const char *name = result_text(row, COLLATION), *schema = result_text(row, COLLATION_SCHEMA);
    const char *expression = result_text(row, EXPRESSION), *definition = result_text(row, DEFINITION);

    if (name == NULL)
        return NULL;
    if (expression != NULL) {
        g_autofree char *said = g_strconcat(expression, " COLLATE ", NULL);
        if (definition == NULL || strstr(definition, said) == NULL)
            return NULL;
    }
    return schema ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name);
}

static gboolean read_index_column(const PgInspector *inspector, Result *row, Index *index, GError **error)
{
    const char *expression = result_text(row, EXPRESSION), *name = NULL;
    g_autofree char *inside = expression ? sql_without_parentheses(&postgresql_dialect, expression) : NULL;

    if (expression == NULL) {
        name = inspector_column_name(inspector, result_text(row, COLUMN_TABLE), result_text(row, NUMBER), error);
        if (name == NULL)
            return FALSE;
    }
    if (inspector_flag(row, INCLUDED)) {
        g_ptr_array_add(index->include, g_strdup(name));
        return TRUE;
    }
    IndexColumn *column = index_column_new(name, inside);
    g_ptr_array_add(index->columns, column);
    read_order(row, column);
    column->opclass = read_opclass(row);
    column->collation = read_collation(row);
    return TRUE;
}

gboolean read_index_columns(PgInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Index *index = g_hash_table_lookup(inspector->indexes, result_text(result, COLUMN_INDEX));
        if (index != NULL && !read_index_column(inspector, result, index, error)) {
            g_prefix_error(error, "index '%s': ", index->name);
            return FALSE;
        }
    }
    return more == 0;
}
