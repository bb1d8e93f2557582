/* What the server changes by itself in other triggers than the one an operation is about. */
#include <string.h>

#include "base/text.h"
#include "dialect/mysql/mysql.h"
#include "dialect/mysql/object.h"

/* The word that names the table behind ON becomes the new name. */
static void rename_table(SchemaObject *trigger, const MigrateOp *op)
{
    const char *sql = trigger->definition;
    gboolean on = FALSE;
    for (gsize position = 0;;) {
        SqlToken token = sql_next_significant(&mysql_dialect, sql, strlen(sql), &position);
        if (token.kind == SQL_TOKEN_END || (on && sql_token_is(&token, sql, "FOR")))
            return;
        gboolean named = on && (token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED);
        g_autofree char *name = named ? sql_token_identifier(&token, sql) : NULL;
        on = on || sql_token_is(&token, sql, "ON");
        if (name == NULL || strcmp(name, op->table_name) != 0)
            continue;
        g_autofree char *quoted = mysql_quote_identifier(op->new_name);
        char *renamed = g_strdup_printf("%.*s%s%s", (int)token.start, sql, quoted, sql + token.start + token.length);
        g_free(trigger->definition);
        trigger->definition = renamed;
        return;
    }
}

/* What stood behind `other` (NULL: first) for this event now stands behind `name`. `like` is none of them. */
static void put_behind(const MetaData *state, const SchemaObject *like, const MysqlTrigger *place, const char *other,
                       const char *name)
{
    for (guint i = 0; i < state->objects->len; i++) {
        SchemaObject *object = state->objects->pdata[i];
        g_auto(MysqlTrigger) parts = {.event = NULL};
        if (strcmp(object->kind, "trigger") != 0 || strcmp(object->name, like->name) == 0 ||
            g_strcmp0(object->table_name, like->table_name) != 0 || !mysql_trigger_read(object, &parts, NULL) ||
            parts.precedes || strcmp(parts.event, place->event) != 0 || g_strcmp0(parts.other, other) != 0)
            continue;
        char *definition = mysql_trigger_ordered(object, &parts, name != NULL ? "FOLLOWS" : NULL, name);
        g_free(object->definition);
        object->definition = definition;
    }
}

static void leave(const MetaData *state, const SchemaObject *trigger)
{
    g_auto(MysqlTrigger) parts = {.event = NULL};
    if (strcmp(trigger->kind, "trigger") == 0 && mysql_trigger_read(trigger, &parts, NULL))
        put_behind(state, trigger, &parts, trigger->name, parts.other);
}

static void enter(const MetaData *state, const SchemaObject *trigger)
{
    g_auto(MysqlTrigger) parts = {.event = NULL};
    if (strcmp(trigger->kind, "trigger") == 0 && mysql_trigger_read(trigger, &parts, NULL) && !parts.precedes)
        put_behind(state, trigger, &parts, parts.other, trigger->name);
}

void mysql_fold(const MigrateOp *op, const MetaData *state)
{
    for (guint i = 0; op->kind == OP_RENAME_TABLE && i < state->objects->len; i++) {
        SchemaObject *object = state->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0 && g_strcmp0(object->table_name, op->new_name) == 0)
            rename_table(object, op);
    }
    if ((op->kind == OP_DROP_OBJECT || op->kind == OP_REPLACE_OBJECT) && op->existing_object != NULL)
        leave(state, op->existing_object);
    if (op->kind == OP_CREATE_OBJECT || op->kind == OP_REPLACE_OBJECT)
        enter(state, op->object);
}
