/* Composite and range types, and what all types share: columns that use them, comments on their parts. */
#include "dialect/postgresql/object.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* --- columns --- */

static gboolean is_of_type(const Column *column, const char *type)
{
    g_autofree char *spelling = postgresql_type_sql(column->type, NULL);
    if (!spelling || !g_str_has_prefix(spelling, type))
        return FALSE;
    const char *rest = spelling + strlen(type);
    return *rest == '\0' || *rest == '[';
}

const Column *object_column_of_type(const MetaData *database, const char *type, guint index, const Table **table)
{
    for (guint i = 0; i < database->tables->len; i++) {
        *table = database->tables->pdata[i];
        for (guint j = 0; j < (*table)->columns->len; j++)
            if (is_of_type((*table)->columns->pdata[j], type) && index-- == 0)
                return (*table)->columns->pdata[j];
    }
    return NULL;
}

/* Says which column is in the way, when there is one. */
static gboolean check_unused(const ObjectChange *change, const char *what, GError **error)
{
    const Table *table = NULL;
    g_autofree char *type = object_qualified_name(change->existing);
    const Column *column = object_column_of_type(change->compiler->database, type, 0, &table);
    if (!column)
        return TRUE;
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "%s '%s': %s cannot change while column '%s.%s' uses it; create a type of another name, move the "
                "column to it, then drop this one",
                change->object->kind, change->object->name, what, table->name, column->name);
    return FALSE;
}

/* --- comments --- */

/* "COMMENT ON COLUMN t.a" of a comment's statement; NULL for other statements. New string. */
static char *comment_target(const char *statement)
{
    if (g_ascii_strncasecmp(statement, "COMMENT ", strlen("COMMENT ")) != 0)
        return NULL;
    gsize length = strlen(statement), position = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&postgresql_dialect, statement, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return NULL;
        if (sql_token_is(&token, statement, "IS"))
            return g_strchomp(g_strndup(statement, token.start));
    }
}

static gboolean has_comment(const PgDefinition *definition, const char *target)
{
    for (guint i = 1; i < definition->statements->len; i++) {
        g_autofree char *other = comment_target(definition->statements->pdata[i]);
        if (other && sql_equal(&postgresql_dialect, other, target))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_statement(const PgDefinition *definition, const char *statement)
{
    for (guint i = 1; i < definition->statements->len; i++)
        if (sql_equal(&postgresql_dialect, definition->statements->pdata[i], statement))
            return TRUE;
    return FALSE;
}

void object_clear_comments(const ObjectChange *change)
{
    for (guint i = 1; i < change->from->statements->len; i++) {
        g_autofree char *target = comment_target(change->from->statements->pdata[i]);
        if (target && !has_comment(change->to, target))
            compiler_add(change->compiler, g_strdup_printf("%s IS NULL", target));
    }
}

void object_set_comments(const ObjectChange *change, gboolean again)
{
    for (guint i = 1; i < change->to->statements->len; i++) {
        const char *statement = change->to->statements->pdata[i];
        g_autofree char *target = comment_target(statement);
        if (target && (again || !has_statement(change->from, statement)))
            compiler_add(change->compiler, g_strdup(statement));
    }
}

/* --- composite types --- */

typedef struct Attribute {
    char *name;
    PgSpan type; /* with its COLLATE */
} Attribute;

static void clear_attribute(gpointer attribute)
{
    g_free(((Attribute *)attribute)->name);
}

static GArray *read_attributes(const PgDefinition *definition)
{
    GArray *attributes = g_array_new(FALSE, FALSE, sizeof(Attribute));
    g_array_set_clear_func(attributes, clear_attribute);
    g_autoptr(GArray) list = definition_list(definition, definition->name.to + 1);
    for (guint i = 0; i < list->len; i++) {
        const PgSpan item = g_array_index(list, PgSpan, i);
        const Attribute attribute = {definition_identifier(definition, item.from), {item.from + 1, item.to}};
        if (attribute.name)
            g_array_append_val(attributes, attribute);
    }
    return attributes;
}

static const Attribute *find_attribute(const GArray *attributes, const char *name)
{
    for (guint i = 0; i < attributes->len; i++)
        if (strcmp(g_array_index(attributes, Attribute, i).name, name) == 0)
            return &g_array_index(attributes, Attribute, i);
    return NULL;
}

/* New attributes can be added behind the others only, and none changes its place. */
static gboolean keeps_order(const GArray *from, const GArray *to)
{
    guint at = 0;
    for (guint i = 0; i < from->len; i++) {
        const char *name = g_array_index(from, Attribute, i).name;
        if (!find_attribute(to, name))
            continue;
        if (strcmp(g_array_index(to, Attribute, at).name, name) != 0)
            return FALSE;
        at++;
    }
    return TRUE;
}

static gboolean same_type(const ObjectChange *change, const Attribute *from, const Attribute *to)
{
    g_autofree char *former = definition_text(change->from, from->type), *type = definition_text(change->to, to->type);
    g_autoptr(SqlType) a = postgresql_type_from_sql(former);
    g_autoptr(SqlType) b = postgresql_type_from_sql(type);
    return sql_equal(&postgresql_dialect, former, type) || postgresql_type_equal(a, b);
}

/* "DROP ATTRIBUTE a, ADD ATTRIBUTE c integer", which rows may hold. New string. */
static char *part_actions(const ObjectChange *change, const GArray *from, const GArray *to)
{
    g_autoptr(GPtrArray) actions = strings_new();
    for (guint i = 0; i < from->len; i++) {
        const Attribute *former = &g_array_index(from, Attribute, i);
        g_autofree char *name = postgresql_quote_identifier(former->name);
        if (!find_attribute(to, former->name))
            g_ptr_array_add(actions, g_strdup_printf("DROP ATTRIBUTE %s", name));
    }
    for (guint i = 0; i < to->len; i++) {
        const Attribute *now = &g_array_index(to, Attribute, i);
        g_autofree char *name = postgresql_quote_identifier(now->name);
        g_autofree char *type = definition_text(change->to, now->type);
        if (!find_attribute(from, now->name))
            g_ptr_array_add(actions, g_strdup_printf("ADD ATTRIBUTE %s %s", name, type));
    }
    return text_list(actions, ", ");
}

/* "ALTER ATTRIBUTE b TYPE text", which rows may not. New string. */
static char *type_actions(const ObjectChange *change, const GArray *from, const GArray *to)
{
    g_autoptr(GPtrArray) actions = strings_new();
    for (guint i = 0; i < to->len; i++) {
        const Attribute *now = &g_array_index(to, Attribute, i), *former = find_attribute(from, now->name);
        if (!former || same_type(change, former, now))
            continue;
        g_autofree char *name = postgresql_quote_identifier(now->name);
        g_autofree char *type = definition_text(change->to, now->type);
        g_ptr_array_add(actions, g_strdup_printf("ALTER ATTRIBUTE %s TYPE %s", name, type));
    }
    return text_list(actions, ", ");
}

static void alter_type(const ObjectChange *change, const char *actions)
{
    if (*actions)
        compiler_add(change->compiler, g_strdup_printf("ALTER %s %s", change->target, actions));
}

static gboolean retype_attributes(const ObjectChange *change, const char *actions, GError **error)
{
    const SchemaObject *existing = change->existing;
    if (!*actions)
        return TRUE;
    g_autoptr(PgTypeSwap) swap = type_swap_begin(change->compiler, existing->schema, existing->name, FALSE, error);
    if (!swap)
        return FALSE;
    alter_type(change, actions);
    return type_swap_end(swap, error);
}

gboolean object_alter_composite_type(ObjectChange *change, GError **error)
{
    g_autoptr(GArray) from = read_attributes(change->from), to = read_attributes(change->to);
    if (!keeps_order(from, to)) {
        change->recreate = TRUE;
        return check_unused(change, "the order of its attributes", error);
    }
    g_autofree char *parts = part_actions(change, from, to), *types = type_actions(change, from, to);
    object_clear_comments(change);
    alter_type(change, parts);
    if (!retype_attributes(change, types, error))
        return FALSE;
    object_set_comments(change, FALSE);
    return TRUE;
}

/* --- range types --- */

gboolean object_alter_range_type(ObjectChange *change, GError **error)
{
    const SchemaObject *existing = change->existing;
    g_autoptr(PgTypeSwap) swap = type_swap_begin(change->compiler, existing->schema, existing->name, TRUE, error);
    return swap && object_drop(change->compiler, existing, error) &&
           object_create(change->compiler, change->object, error) && type_swap_end(swap, error);
}
