/* What goes without saying in one database, and not in another: its character set and collation, its name; and what of
 * a name means nothing: the number that the server gave a foreign key, the case of a column's letters. */
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

/* --- names --- */

static gboolean equal_but_for_case(const char *a, const char *b)
{
    g_autofree char *first = g_utf8_casefold(a, -1), *second = g_utf8_casefold(b, -1);
    return strcmp(first, second) == 0;
}

/* To the server it is the same column: it is renamed, and keeps its values. */
static void rename_by_case(const Table *model, const Table *live)
{
    for (guint i = 0; i < model->columns->len; i++) {
        Column *column = model->columns->pdata[i];
        if (column->renamed_from || table_find_column(live, column->name))
            continue;
        for (guint j = 0; j < live->columns->len && !column->renamed_from; j++) {
            const Column *existing = live->columns->pdata[j];
            if (equal_but_for_case(column->name, existing->name) && !table_find_column(model, existing->name))
                column->renamed_from = g_strdup(existing->name);
        }
    }
}

/* t_ibfk_7 */
static gboolean is_numbered(const Table *table, const Constraint *constraint)
{
    g_autofree char *prefix = g_strdup_printf("%s_ibfk_", table->name);
    const char *number =
        constraint->name && g_str_has_prefix(constraint->name, prefix) ? constraint->name + strlen(prefix) : "";
    return constraint->kind == CONSTRAINT_FOREIGN_KEY && *number && number[strspn(number, "0123456789")] == '\0';
}

static gboolean is_same_reference(const Constraint *a, const Constraint *b)
{
    return strings_equal(a->columns, b->columns, TRUE) && g_strcmp0(a->referred_schema, b->referred_schema) == 0 &&
           g_strcmp0(a->referred_table, b->referred_table) == 0 &&
           strings_equal(a->referred_columns, b->referred_columns, TRUE) && g_strcmp0(a->ondelete, b->ondelete) == 0 &&
           g_strcmp0(a->onupdate, b->onupdate) == 0;
}

/* A number that no other has. New string. */
static char *free_number(const Table *model, const Table *live)
{
    char *name = NULL;
    for (guint number = 1; !name; number++) {
        name = g_strdup_printf("%s_ibfk_%u", model->name, number);
        if (table_find_constraint(model, name) || table_find_constraint(live, name))
            g_clear_pointer(&name, g_free);
    }
    return name;
}

/* Each gets the number that its like has in the database; a new one whose own is in use there, another one. */
static void number_references(const Table *model, const Table *live)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < model->constraints->len; i++) {
        Constraint *constraint = model->constraints->pdata[i];
        const Constraint *like = NULL;
        if (!is_numbered(model, constraint))
            continue;
        for (guint j = 0; j < live->constraints->len && !like; j++) {
            const Constraint *existing = live->constraints->pdata[j];
            if (is_numbered(live, existing) && is_same_reference(constraint, existing) &&
                g_hash_table_add(taken, (gpointer)existing))
                like = existing;
        }
        char *name = like                                            ? g_strdup(like->name)
                     : table_find_constraint(live, constraint->name) ? free_number(model, live)
                                                                     : g_strdup(constraint->name);
        g_free(constraint->name);
        constraint->name = name;
    }
}

/* A dump writes them with the database that it was taken from. */
static void drop_database(const Table *table, const char *database)
{
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (!column->server_default || !strchr(column->server_default, '.'))
            continue;
        char *plain = mysql_without_database(column->server_default, database);
        g_free(column->server_default);
        column->server_default = plain;
    }
}

static void adapt_names(const MetaData *model, const MetaData *live)
{
    for (guint i = 0; i < model->tables->len; i++) {
        const Table *table = model->tables->pdata[i];
        const Table *existing = metadata_find_table(live, table->schema, table->name);
        if (live->database)
            drop_database(table, live->database);
        if (!existing)
            continue;
        rename_by_case(table, existing);
        number_references(table, existing);
    }
}

/* What a model does not say stays as it is, as long as the text means the same. */
static void take_mode(SchemaObject *object, const MetaData *live)
{
    const SchemaObject *existing = metadata_find_same_object(live, object);
    if (!existing || strcmp(object->kind, "view") == 0)
        return;
    if (object->sql_mode ? !mysql_mode_same_code(object->sql_mode, existing->sql_mode)
                         : mysql_mode_reads_otherwise(existing->sql_mode))
        return;
    g_free(object->sql_mode);
    object->sql_mode = g_strdup(existing->sql_mode);
}

gboolean mysql_adapt_to_live(MetaData *model, const MetaData *live, MysqlFlavour flavour, GError **error)
{
    adapt_names(model, live);
    for (guint i = 0; i < model->objects->len; i++)
        take_mode(model->objects->pdata[i], live);
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
