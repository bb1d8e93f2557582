/* Keys: the primary one, and indexes of all kinds. */
#include <string.h>

#include "dialect/mysql/inspector.h"

enum { TABLE, NAME, NON_UNIQUE, TYPE, COMMENT, INVISIBLE, COLUMN, COLLATION, SUB_PART, EXPRESSION };

static gboolean is_type(Result *row, const char *type)
{
    return g_ascii_strcasecmp(result_text(row, TYPE), type) == 0;
}

/* SUB_PART of a spatial key is the 32 bytes of its rectangle. */
static int prefix_length(Result *row)
{
    return is_type(row, "SPATIAL") || is_type(row, "RTREE") ? 0 : (int)result_integer(row, SUB_PART);
}

static gboolean is_descending(Result *row)
{
    const char *collation = result_text(row, COLLATION);
    return collation != NULL && strcmp(collation, "D") == 0;
}

/* --- the primary key --- */

/* The model's primary keys have columns only; what is more than that is kept as it would be written. */
static void add_primary_part(Table *table, Result *row)
{
    Constraint *key = table->primary_key;
    const char *column = result_text(row, COLUMN);
    g_autoptr(GString) parts = g_string_new(NULL);

    for (guint i = 0; i < key->columns->len; i++) {
        g_autofree char *name = mysql_quote_identifier(key->columns->pdata[i]);
        g_string_append_printf(parts, "%s, ", name);
    }
    const char *before = options_get(key->options, "key_parts");
    if (before != NULL)
        g_string_printf(parts, "%s, ", before);
    g_ptr_array_add(key->columns, g_strdup(column));
    if (before == NULL && prefix_length(row) == 0 && !is_descending(row))
        return;
    g_autofree char *name = mysql_quote_identifier(column);
    g_string_append(parts, name);
    if (prefix_length(row) != 0)
        g_string_append_printf(parts, "(%d)", prefix_length(row));
    g_string_append(parts, is_descending(row) ? " DESC" : "");
    options_set(key->options, "key_parts", parts->str);
}

static void read_primary_key(Table *table, Result *row)
{
    const char *comment = result_text(row, COMMENT);

    if (table->primary_key == NULL) {
        table->primary_key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
        table->primary_key->comment = comment != NULL && *comment != '\0' ? g_strdup(comment) : NULL;
    }
    add_primary_part(table, row);
}

/* --- indexes --- */

static gboolean has_hash_keys(const Table *table)
{
    const char *engine = options_get(table->options, "engine");
    return engine != NULL && g_ascii_strcasecmp(engine, "MEMORY") == 0;
}

static Index *add_index(Table *table, Result *row)
{
    Index *index = index_new(result_text(row, NAME));
    const char *comment = result_text(row, COMMENT);

    g_ptr_array_add(table->indexes, index);
    index->comment = comment != NULL && *comment != '\0' ? g_strdup(comment) : NULL;
    index->unique = result_integer(row, NON_UNIQUE) == 0;
    if (result_integer(row, INVISIBLE) != 0)
        options_set(index->options, "invisible", "true");
    if (is_type(row, "FULLTEXT"))
        options_set(index->options, "prefix", "FULLTEXT");
    else if (is_type(row, "SPATIAL") || is_type(row, "RTREE"))
        options_set(index->options, "prefix", "SPATIAL");
    else if (is_type(row, "BTREE") && has_hash_keys(table))
        index->using = g_strdup("btree");
    return index;
}

static void read_part(const MysqlInspector *inspector, Table *table, Index **last, Result *row)
{
    const char *name = result_text(row, NAME), *expression = result_text(row, EXPRESSION);

    if (strcmp(name, "PRIMARY") == 0) {
        read_primary_key(table, row);
        return;
    }
    if (*last == NULL || strcmp((*last)->name, name) != 0)
        *last = add_index(table, row);
    g_autofree char *text = expression ? inspector_expression(inspector, expression) : NULL;
    IndexColumn *part = index_column_new(text ? NULL : result_text(row, COLUMN), text);
    g_ptr_array_add((*last)->columns, part);
    part->descending = is_descending(row);
    part->length = prefix_length(row);
}

gboolean mysql_read_keys(MysqlInspector *inspector, Result *result, GError **error)
{
    const Table *of = NULL;
    Index *last = NULL;
    int more;

    while ((more = result_next(result, error)) > 0) {
        Table *table = inspector_table(inspector, result_text(result, TABLE));
        last = table == of ? last : NULL;
        of = table;
        if (table != NULL)
            read_part(inspector, table, &last, result);
    }
    return more == 0;
}
