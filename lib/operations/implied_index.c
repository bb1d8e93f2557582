/* Indexes that nobody wrote down: a foreign key brings one along where none serves it (MySQL). */
#include <string.h>

#include "operations/reader.h"

static gboolean begins_with(const Index *index, const GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        const IndexColumn *column = i < index->columns->len ? index->columns->pdata[i] : NULL;
        if (!column || g_strcmp0(column->name, columns->pdata[i]) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_op(const cJSON *node, const char *name)
{
    const cJSON *op = cJSON_GetObjectItemCaseSensitive(node, "op");
    return cJSON_IsString(op) && strcmp(op->valuestring, name) == 0;
}

static gboolean are_names(const cJSON *list, const GPtrArray *names)
{
    guint i = 0;
    for (const cJSON *child = list ? list->child : NULL; child; child = child->next, i++)
        if (i >= names->len || !cJSON_IsString(child) || strcmp(child->valuestring, names->pdata[i]) != 0)
            return FALSE;
    return i == names->len;
}

/* It is dropped by an op of its own, or serves another foreign key of the table. */
static gboolean is_settled_later(const OpReader *reader, const Index *index, const GPtrArray *columns,
                                 const char *table_name)
{
    for (const cJSON *later = reader->node->next; later; later = later->next) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(later, "index_name");
        const cJSON *table = cJSON_GetObjectItemCaseSensitive(later, "source_table");
        if (is_op(later, "drop_index") && cJSON_IsString(name) && strcmp(name->valuestring, index->name) == 0)
            return TRUE;
        if (is_op(later, "create_foreign_key") &&
            (reader->batch || (cJSON_IsString(table) && strcmp(table->valuestring, table_name) == 0)) &&
            are_names(cJSON_GetObjectItemCaseSensitive(later, "local_cols"), columns))
            return TRUE;
    }
    return FALSE;
}

/* An index that came with a foreign key goes with the last one that needs it, be it said or not. */
void op_drop_implied_index(OpReader *reader, const Table *table, const GPtrArray *columns)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        gboolean needed = !index->implied || !begins_with(index, columns);
        for (guint j = 0; !needed && j < table->constraints->len; j++) {
            const Constraint *key = table->constraints->pdata[j];
            needed = key->kind == CONSTRAINT_FOREIGN_KEY && begins_with(index, key->columns);
        }
        if (needed)
            continue;
        if (!is_settled_later(reader, index, columns, table->name))
            op_emit(reader, migrate_op_drop_index(table, index));
        return;
    }
}

/* The names of `columns` stand first in the list, which may hold further ones. */
static gboolean begins_with_names(const cJSON *list, const GPtrArray *columns)
{
    guint i = 0;
    for (const cJSON *child = list ? list->child : NULL; child && i < columns->len; child = child->next, i++) {
        const IndexColumn *column = columns->pdata[i];
        if (!cJSON_IsString(child) || g_strcmp0(child->valuestring, column->name) != 0)
            return FALSE;
    }
    return i == columns->len;
}

gboolean op_index_comes_later(const OpReader *reader, const Index *implied, const char *table_name)
{
    for (const cJSON *later = reader->node->next; later; later = later->next) {
        const cJSON *table = cJSON_GetObjectItemCaseSensitive(later, "table_name");
        if (!is_op(later, "create_index") && !is_op(later, "create_unique_constraint"))
            continue;
        if ((reader->batch || (cJSON_IsString(table) && strcmp(table->valuestring, table_name) == 0)) &&
            begins_with_names(cJSON_GetObjectItemCaseSensitive(later, "columns"), implied->columns))
            return TRUE;
    }
    return FALSE;
}

static gboolean serves(const Index *index, const Index *implied)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    for (guint i = 0; i < implied->columns->len; i++)
        g_ptr_array_add(columns, ((const IndexColumn *)implied->columns->pdata[i])->name);
    return implied->implied && implied != index && begins_with(index, columns);
}

void op_drop_served_indexes(OpReader *reader, const Table *table, const Index *index)
{
    for (guint i = 0; i < table->indexes->len; i++)
        if (serves(index, table->indexes->pdata[i]))
            op_emit(reader, migrate_op_drop_index(table, table->indexes->pdata[i]));
}
