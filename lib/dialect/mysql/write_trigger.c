/* Triggers and the order in which those for one event fire. */
#include "dialect/mysql/write_object.h"

#include <string.h>

#include "base/error.h"

/* --- the row of triggers that stands, by compiler->written --- */

/* One of the others for the same event of the same table: the one that FOLLOWS `name`, or with NULL the first. NULL:
 * none. */
static SchemaObject *standing_behind(const MysqlCompiler *compiler, const SchemaObject *like, const char *event,
                                     const char *name)
{
    for (guint i = 0; i < compiler->written->objects->len; i++) {
        SchemaObject *object = compiler->written->objects->pdata[i];
        g_auto(MysqlTrigger) parts = {.event = NULL};
        if (strcmp(object->kind, "trigger") != 0 || strcmp(object->name, like->name) == 0 ||
            g_strcmp0(object->table_name, like->table_name) != 0 || !mysql_trigger_read(object, &parts, NULL))
            continue;
        if (strcmp(parts.event, event) == 0 && g_strcmp0(parts.other, name) == 0)
            return object;
    }
    return NULL;
}

/* `object`, which may be NULL, stands behind `name` now; NULL: it is the first. */
static void put_behind(SchemaObject *object, const char *name)
{
    g_auto(MysqlTrigger) parts = {.event = NULL};
    if (object == NULL || !mysql_trigger_read(object, &parts, NULL))
        return;
    char *definition = mysql_trigger_ordered(object, &parts, name != NULL ? "FOLLOWS" : NULL, name);
    g_free(object->definition);
    object->definition = definition;
}

static SchemaObject *written_trigger(const MysqlCompiler *compiler, const SchemaObject *like)
{
    return metadata_find_object(compiler->written, "trigger", NULL, like->name);
}

/* --- statements --- */

/* The trigger's CREATE, which puts it where its definition says. */
static char *create_sql(const SchemaObject *object, const MysqlTrigger *parts, const SchemaObject *first)
{
    if (parts->other != NULL || first == NULL)
        return g_strdup(object->definition);
    return mysql_trigger_ordered(object, parts, "PRECEDES", first->name);
}

static void note_created(const SchemaObject *object, const MysqlTrigger *parts, SchemaObject *first,
                         SchemaObject *behind)
{
    if (parts->other == NULL)
        put_behind(first, object->name);
    else if (!parts->precedes)
        put_behind(behind, object->name);
}

/* A definition that nobody has adapted may be read, too. */
static SchemaObject *adapted(const MysqlCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autoptr(SchemaObject) copy = schema_object_copy(object);
    return mysql_adapt_object(copy, compiler->flavour, NULL, error) ? g_steal_pointer(&copy) : NULL;
}

gboolean mysql_create_trigger(MysqlCompiler *compiler, const SchemaObject *object, GError **error)
{
    g_autoptr(SchemaObject) trigger = adapted(compiler, object, error);
    g_auto(MysqlTrigger) parts = {.event = NULL};
    if (trigger == NULL || !mysql_trigger_read(trigger, &parts, error))
        return FALSE;
    SchemaObject *first = standing_behind(compiler, trigger, parts.event, NULL);
    SchemaObject *behind = standing_behind(compiler, trigger, parts.event, parts.other);
    mysql_add_in_mode(compiler, trigger, create_sql(trigger, &parts, first));
    note_created(trigger, &parts, first, behind);
    return TRUE;
}

static void note_dropped(const MysqlCompiler *compiler, const SchemaObject *existing)
{
    const SchemaObject *trigger = written_trigger(compiler, existing);
    g_auto(MysqlTrigger) parts = {.event = NULL};
    if (trigger != NULL && mysql_trigger_read(trigger, &parts, NULL))
        put_behind(standing_behind(compiler, trigger, parts.event, trigger->name), parts.other);
}

gboolean mysql_drop_trigger(MysqlCompiler *compiler, const SchemaObject *existing, GError **error)
{
    note_dropped(compiler, existing);
    return mysql_drop_object(compiler, existing, error);
}

/* --- replace --- */

static gboolean is_changed_later(const MysqlCompiler *compiler, const SchemaObject *trigger)
{
    for (guint i = compiler->position + 1; i < compiler->ops->len; i++) {
        const MigrateOp *op = compiler->ops->pdata[i];
        const SchemaObject *object = op->existing_object;
        if (object != NULL && strcmp(object->kind, "trigger") == 0 && strcmp(object->name, trigger->name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Where it stands behind another one than before, what stood behind it goes along, unless that is changed later. */
gboolean mysql_replace_trigger(MysqlCompiler *compiler, const SchemaObject *existing, const SchemaObject *object,
                               GError **error)
{
    g_autoptr(SchemaObject) trigger = adapted(compiler, object, error);
    const SchemaObject *standing = written_trigger(compiler, existing);
    g_auto(MysqlTrigger) parts = {.event = NULL}, before = {.event = NULL};
    if (trigger == NULL || !mysql_trigger_read(trigger, &parts, error) ||
        !mysql_trigger_read(standing != NULL ? standing : existing, &before, error))
        return FALSE;
    gboolean moves = strcmp(parts.event, before.event) != 0 || g_strcmp0(parts.other, before.other) != 0 ||
                     g_strcmp0(existing->table_name, trigger->table_name) != 0;
    SchemaObject *follower = standing_behind(compiler, existing, before.event, existing->name);
    g_autoptr(SchemaObject) along =
        moves && follower != NULL && !is_changed_later(compiler, follower) ? schema_object_copy(follower) : NULL;
    note_dropped(compiler, existing);
    SchemaObject *first = standing_behind(compiler, trigger, parts.event, NULL);
    SchemaObject *behind = standing_behind(compiler, trigger, parts.event, parts.other);
    if (!mysql_replace_by(compiler, existing, trigger, create_sql(trigger, &parts, first), error))
        return FALSE;
    note_created(trigger, &parts, first, behind);
    put_behind(written_trigger(compiler, existing), parts.precedes ? NULL : parts.other);
    if (along == NULL || strcmp(parts.event, before.event) != 0)
        return TRUE;
    return mysql_replace_trigger(compiler, along, along, error);
}
