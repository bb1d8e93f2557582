/* What goes without saying in one database, and not in another: its character set and collation. */
#include <string.h>

#include "dialect/mysql/adapt.h"
#include "dialect/mysql/object.h"

/* A character set alone stands for its own collation, whatever the database's is. */
static gboolean is_ordinary(const MetaData *live, const char *charset, const char *collation)
{
    return collation ? g_strcmp0(collation, live->collation) == 0 : charset && g_strcmp0(charset, live->charset) == 0;
}

static void drop_from_column(const MetaData *live, Column *column)
{
    if (!is_ordinary(live, options_get(column->options, "charset"), column->collation))
        return;
    options_remove(column->options, "charset");
    g_clear_pointer(&column->collation, g_free);
}

/* A column's are compared with its table's, so that only a table that has the database's passes them on. */
static void drop_from_table(const MetaData *live, Table *table)
{
    const char *charset = options_get(table->options, "charset"), *collation = options_get(table->options, "collate");
    if (is_ordinary(live, charset, collation)) {
        options_remove(table->options, "charset");
        options_remove(table->options, "collate");
    } else if (charset || collation) {
        return;
    }
    for (guint i = 0; i < table->columns->len; i++)
        drop_from_column(live, table->columns->pdata[i]);
}

gboolean mysql_adapt_to_live(MetaData *model, const MetaData *live, MysqlFlavour flavour, GError **error)
{
    for (guint i = 0; live->collation && i < model->tables->len; i++)
        drop_from_table(live, model->tables->pdata[i]);
    for (guint i = 0; live->collation && i < model->objects->len; i++) {
        SchemaObject *object = model->objects->pdata[i];
        gboolean routine = strcmp(object->kind, "function") == 0 || strcmp(object->kind, "procedure") == 0;
        if (routine && !mysql_adapt_object_to_live(object, flavour, live, error))
            return FALSE;
    }
    return TRUE;
}
