/* Triggers, and the order of those that one event fires. */
#include "dialect/mysql/object.h"

#include <string.h>

#include "base/error.h"

/* --- adapting --- */

/* "BEFORE INSERT". NULL with an error. New string. */
static char *take_event(ObjectReader *reading, GError **error)
{
    static const char *const times[] = {"BEFORE", "AFTER"}, *const events[] = {"INSERT", "UPDATE", "DELETE"};
    const char *when = NULL, *event = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(times) && when == NULL; i++)
        if (sql_reader_take(&reading->reader, times[i]))
            when = times[i];
    for (gsize i = 0; i < G_N_ELEMENTS(events) && when != NULL && event == NULL; i++)
        if (sql_reader_take(&reading->reader, events[i]))
            event = events[i];
    if (event != NULL)
        return g_strdup_printf("%s %s", when, event);
    object_expected(reading, when != NULL ? "INSERT, UPDATE or DELETE" : "BEFORE or AFTER", error);
    return NULL;
}

static gboolean take_order(ObjectReader *reading, GError **error)
{
    gboolean precedes = sql_reader_take(&reading->reader, "PRECEDES");
    if (!precedes && !sql_reader_take(&reading->reader, "FOLLOWS"))
        return TRUE;
    g_autofree char *other = object_take_name(reading, "the other trigger", error);
    if (other == NULL)
        return FALSE;
    g_autofree char *quoted = mysql_quote_identifier(other);
    g_string_append_printf(reading->text, "%s %s ", precedes ? "PRECEDES" : "FOLLOWS", quoted);
    return TRUE;
}

static gboolean take_table(ObjectReader *reading, GError **error)
{
    SchemaObject *object = reading->object;
    g_autofree char *table = object_take_name(reading, "its table", error);
    if (table == NULL)
        return FALSE;
    if (object->table_name != NULL && strcmp(object->table_name, table) != 0) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "trigger '%s': its definition is ON '%s', not '%s'",
                    object->name, table, object->table_name);
        return FALSE;
    }
    g_autofree char *quoted = mysql_quote_identifier(table);
    g_string_append_printf(reading->text, "%s ", quoted);
    g_free(object->table_name);
    object->table_name = g_steal_pointer(&table);
    return TRUE;
}

/* The servers keep the whole statement: lines and spaces in front of the body as they are. Always TRUE. */
static gboolean take_lines(ObjectReader *reading)
{
    const SqlReader *reader = &reading->reader;
    gsize end = reader->token.start, start = end;
    while (start > 0 && g_ascii_isspace(reader->sql[start - 1]))
        start--;
    reading->lines_at = reading->text->len - 1;
    if (start == end || reading->unified)
        return TRUE;
    g_string_truncate(reading->text, reading->lines_at);
    g_string_append_len(reading->text, reader->sql + start, (gssize)(end - start));
    return TRUE;
}

gboolean object_read_trigger(ObjectReader *reading, GError **error)
{
    g_autofree char *name = mysql_quote_identifier(reading->object->name);
    g_autofree char *event = take_event(reading, error);
    if (event == NULL)
        return FALSE;
    g_string_append_printf(reading->text, "CREATE TRIGGER %s %s ON ", name, event);
    if (!object_take(reading, "ON", error) || !take_table(reading, error) || !object_take(reading, "FOR", error) ||
        !object_take(reading, "EACH", error) || !object_take(reading, "ROW", error))
        return FALSE;
    g_string_append(reading->text, "FOR EACH ROW ");
    return take_order(reading, error) && take_lines(reading) && object_take_body(reading, error);
}

/* --- parts --- */

void mysql_trigger_clear(MysqlTrigger *trigger)
{
    g_clear_pointer(&trigger->event, g_free);
    g_clear_pointer(&trigger->table, g_free);
    g_clear_pointer(&trigger->other, g_free);
}

static gboolean read_parts(SqlReader *reader, MysqlTrigger *trigger)
{
    g_autofree char *name =
        sql_reader_take_words(reader, "CREATE", "TRIGGER") ? sql_reader_take_identifier(reader) : NULL;
    g_autofree char *when = name != NULL ? sql_reader_take_identifier(reader) : NULL;
    g_autofree char *event = when != NULL ? sql_reader_take_identifier(reader) : NULL;
    if (event == NULL || !sql_reader_take(reader, "ON"))
        return FALSE;
    trigger->event = g_strdup_printf("%s %s", when, event);
    trigger->table = sql_reader_take_identifier(reader);
    if (!sql_reader_take_words(reader, "FOR", "EACH") || !sql_reader_take(reader, "ROW"))
        return FALSE;
    trigger->order = reader->token.start;
    while (trigger->order > 0 && g_ascii_isspace(reader->sql[trigger->order - 1]))
        trigger->order--;
    trigger->precedes = sql_reader_take(reader, "PRECEDES");
    if (trigger->precedes || sql_reader_take(reader, "FOLLOWS"))
        trigger->other = sql_reader_take_identifier(reader);
    trigger->body_at = reader->token.start;
    while (g_ascii_isspace(reader->sql[trigger->body_at - 1]))
        trigger->body_at--;
    return trigger->table != NULL;
}

gboolean mysql_trigger_read(const SchemaObject *object, MysqlTrigger *trigger, GError **error)
{
    const char *text = object->definition != NULL ? object->definition : "";
    SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text));
    *trigger = (MysqlTrigger){.event = NULL};
    if (read_parts(&reader, trigger))
        return TRUE;
    mysql_trigger_clear(trigger);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "trigger '%s': its definition cannot be read",
                object->name);
    return FALSE;
}

char *mysql_trigger_ordered(const SchemaObject *object, const MysqlTrigger *trigger, const char *word,
                            const char *other)
{
    GString *text = g_string_new_len(object->definition, (gssize)trigger->order);
    g_autofree char *quoted = word != NULL ? mysql_quote_identifier(other) : NULL;
    if (word != NULL)
        g_string_append_printf(text, " %s %s", word, quoted);
    g_string_append(text, object->definition + trigger->body_at);
    return g_string_free(text, FALSE);
}

/* --- the order in a model --- */

typedef struct Placing {
    SchemaObject *object;
    MysqlTrigger parts;
    gboolean placed;
} Placing;

static void placing_free(Placing *placing)
{
    mysql_trigger_clear(&placing->parts);
    g_free(placing);
}

static gboolean same_group(const Placing *a, const Placing *b)
{
    return strcmp(a->parts.table, b->parts.table) == 0 && strcmp(a->parts.event, b->parts.event) == 0;
}

static int position_of(const GPtrArray *row, const char *name)
{
    for (guint i = 0; i < row->len; i++)
        if (strcmp(((const Placing *)row->pdata[i])->object->name, name) == 0)
            return (int)i;
    return -1;
}

/* Those of one group in the order in which the server would fire them: as declared, but for FOLLOWS and PRECEDES. */
static GPtrArray *order_group(const GPtrArray *all, const Placing *first, GError **error)
{
    g_autoptr(GPtrArray) row = g_ptr_array_new();
    Placing *waiting = NULL;
    gboolean moved;
    do {
        moved = FALSE;
        waiting = NULL;
        for (guint i = 0; i < all->len; i++) {
            Placing *placing = all->pdata[i];
            if (placing->placed || !same_group(placing, first))
                continue;
            const char *other = placing->parts.other;
            int position = other != NULL ? position_of(row, other) : (int)row->len;
            if (position < 0) {
                waiting = placing;
                continue;
            }
            int behind = other != NULL && !placing->parts.precedes ? 1 : 0;
            g_ptr_array_insert(row, MIN(position + behind, (int)row->len), placing);
            placing->placed = moved = TRUE;
        }
    } while (moved && waiting != NULL);
    if (waiting == NULL)
        return g_steal_pointer(&row);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "trigger '%s' %s '%s', but the model has no such trigger %s on '%s'", waiting->object->name,
                waiting->parts.precedes ? "PRECEDES" : "FOLLOWS", waiting->parts.other, waiting->parts.event,
                waiting->parts.table);
    return NULL;
}

static GPtrArray *read_triggers(const MetaData *model, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)placing_free);
    for (guint i = 0; i < model->objects->len; i++) {
        SchemaObject *object = model->objects->pdata[i];
        if (strcmp(object->kind, "trigger") != 0)
            continue;
        Placing *placing = g_new0(Placing, 1);
        placing->object = object;
        g_ptr_array_add(all, placing);
        if (!mysql_trigger_read(object, &placing->parts, error))
            return NULL;
    }
    return g_steal_pointer(&all);
}

static void write_order(const GPtrArray *row)
{
    for (guint i = 0; i < row->len; i++) {
        Placing *placing = row->pdata[i];
        const Placing *before = i > 0 ? row->pdata[i - 1] : NULL;
        char *definition = mysql_trigger_ordered(placing->object, &placing->parts, before ? "FOLLOWS" : NULL,
                                                 before ? before->object->name : NULL);
        g_free(placing->object->definition);
        placing->object->definition = definition;
    }
}

gboolean mysql_order_triggers(MetaData *model, GError **error)
{
    g_autoptr(GPtrArray) all = read_triggers(model, error);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const Placing *first = all->pdata[i];
        if (first->placed)
            continue;
        g_autoptr(GPtrArray) row = order_group(all, first, error);
        if (row == NULL)
            return FALSE;
        write_order(row);
    }
    return all != NULL;
}
