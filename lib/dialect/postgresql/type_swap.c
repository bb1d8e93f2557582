/*
 * A type that the server does not alter while it is in use, or not at all. Columns of it, and of the domains, composite
 * and range types that contain it, hold their values as text meanwhile: every type reads what it has written.
 */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/object.h"

struct PgTypeSwap {
    PgCompiler *compiler;
    gboolean anew;
    GPtrArray *names; /* char*: base names of the type and of those that contain it */
    GPtrArray *types; /* const SchemaObject*: those that contain it, each behind what it contains */
    GArray *columns;  /* PgTypedColumn: hold text */
    GArray *defaults; /* PgTypedColumn: of other types, with a default that names one of the types */
    PgDependents *dependents;
    GPtrArray *standing; /* SchemaObject* */
    guint late;          /* of `standing`, those from here on go before `dependents`, the others behind them */
};

void type_swap_free(PgTypeSwap *swap)
{
    if (!swap)
        return;
    g_ptr_array_unref(swap->names);
    g_ptr_array_unref(swap->types);
    g_array_unref(swap->columns);
    g_array_unref(swap->defaults);
    dependents_free(swap->dependents);
    if (swap->standing)
        g_ptr_array_unref(swap->standing);
    g_free(swap);
}

/* --- types that contain it --- */

static gboolean mentions_any(const char *text, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++)
        if (postgresql_mentions(text, names->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean is_container(const SchemaObject *object)
{
    static const char *const kinds[] = {"domain", "composite_type", "range_type", NULL};
    return object->definition && g_strv_contains(kinds, object->kind);
}

/* The one that CREATE TYPE … AS RANGE makes beside it; NULL for a type of another kind. New string. */
static char *multirange_name(const SchemaObject *type)
{
    static const char word[] = "range";
    g_autoptr(PgDefinition) definition =
        strcmp(type->kind, "range_type") == 0 ? postgresql_definition_read(type, NULL) : NULL;
    if (!definition)
        return NULL;
    for (guint i = 0; i < definition->tokens->len; i++)
        if (definition_is(definition, i, "MULTIRANGE_TYPE_NAME"))
            return definition_identifier(definition, definition_is(definition, i + 3, ".") ? i + 4 : i + 2);
    const char *range = strstr(type->name, word);
    if (!range)
        return postgresql_object_name(type->name, NULL, "multirange");
    g_autofree char *front = g_strndup(type->name, (gsize)(range - type->name));
    return g_strconcat(front, "multirange", range + strlen(word), NULL);
}

static void find_columns(const PgTypeSwap *swap, const char *type)
{
    PgTypedColumn found;
    for (guint i = 0; (found.column = object_column_of_type(swap->compiler->database, type, i, &found.table)); i++)
        g_array_append_val(swap->columns, found);
}

static void add_multirange(const PgTypeSwap *swap, const SchemaObject *type)
{
    char *name = multirange_name(type);
    if (!name)
        return;
    g_autofree char *qualified = postgresql_qualified(type->schema, name);
    g_ptr_array_add(swap->names, name);
    find_columns(swap, qualified);
}

static gboolean find_container(const PgTypeSwap *swap)
{
    const GPtrArray *objects = swap->compiler->database->objects;
    for (guint i = 0; i < objects->len; i++) {
        const SchemaObject *object = objects->pdata[i];
        if (!is_container(object) || has_name(swap->names, object->name) ||
            !mentions_any(object->definition, swap->names))
            continue;
        g_ptr_array_add(swap->types, (gpointer)object);
        g_ptr_array_add(swap->names, g_strdup(object->name));
        add_multirange(swap, object);
        return TRUE;
    }
    return FALSE;
}

static gboolean contains_one_of(const SchemaObject *object, const GPtrArray *types)
{
    for (guint i = 0; i < types->len; i++) {
        const SchemaObject *other = types->pdata[i];
        if (other != object && postgresql_mentions(object->definition, other->name))
            return TRUE;
    }
    return FALSE;
}

static void find_containers(PgTypeSwap *swap)
{
    while (find_container(swap))
        ;
    g_autoptr(GPtrArray) open = swap->types;
    swap->types = g_ptr_array_new();
    while (open->len > 0) {
        guint next = 0;
        while (next + 1 < open->len && contains_one_of(open->pdata[next], open))
            next++;
        g_ptr_array_add(swap->types, g_ptr_array_remove_index(open, next));
    }
}

gboolean postgresql_is_in_type(const MetaData *database, const char *name)
{
    for (guint i = 0; i < database->objects->len; i++) {
        const SchemaObject *object = database->objects->pdata[i];
        if (is_container(object) && strcmp(object->name, name) != 0 && postgresql_mentions(object->definition, name))
            return TRUE;
    }
    return FALSE;
}

/* --- columns --- */

static gboolean is_parked(const PgTypeSwap *swap, const Column *column)
{
    for (guint i = 0; i < swap->columns->len; i++)
        if (g_array_index(swap->columns, PgTypedColumn, i).column == column)
            return TRUE;
    return FALSE;
}

static void find_defaults(const PgTypeSwap *swap)
{
    for (guint i = 0; i < swap->compiler->database->tables->len; i++) {
        PgTypedColumn found = {swap->compiler->database->tables->pdata[i], NULL};
        for (guint j = 0; j < found.table->columns->len; j++) {
            found.column = found.table->columns->pdata[j];
            if (mentions_any(found.column->server_default, swap->names) && !is_parked(swap, found.column))
                g_array_append_val(swap->defaults, found);
        }
    }
}

static gboolean find_dependents(PgTypeSwap *swap, GError **error)
{
    const MetaData *database = swap->compiler->database;
    for (guint i = 0; i < swap->columns->len; i++) {
        PgTypedColumn found = g_array_index(swap->columns, PgTypedColumn, i);
        const char *name = found.column->name;
        if (!check_partition_key(database, found.table, name, error))
            return FALSE;
        if (found.column->computed)
            dependents_add_column(swap->dependents, found.table, found.column);
        dependents_add_users(swap->dependents, database, found.table, name);
        dependents_add_generated(swap->dependents, database, found.table, name);
        dependents_add_expressions(swap->dependents, database, found.table, name);
    }
    if (swap->anew)
        for (guint i = 0; i < swap->names->len; i++)
            dependents_add_mentions(swap->dependents, database, swap->names->pdata[i]);
    return TRUE;
}

static void park(const PgTypeSwap *swap, const PgTypedColumn *found)
{
    g_autofree char *quoted = postgresql_quote_identifier(found->column->name);
    g_autofree char *action = g_strdup_printf("TYPE text USING %s::text", quoted);
    if (found->column->computed)
        return;
    if (found->column->server_default)
        compiler_set_default(swap->compiler, found->table, found->column->name, NULL);
    compiler_alter_column(swap->compiler, found->table, found->column->name, action);
}

/* The default that the column is to have until the ops behind are done. */
static void restore_default(const PgTypeSwap *swap, const PgTypedColumn *found)
{
    const MigrateOp *later = later_column_op(swap->compiler, found->table, found->column->name);
    const char *expression = found->column->server_default;
    if (later && (!later->column || g_strcmp0(later->column->server_default, expression) != 0))
        return;
    if (expression)
        compiler_set_default(swap->compiler, found->table, found->column->name, expression);
}

static gboolean goes_away(const PgTypeSwap *swap, const PgTypedColumn *found)
{
    const MigrateOp *later = later_column_op(swap->compiler, found->table, found->column->name);
    return later ? !later->column : later_table_drop(swap->compiler, found->table);
}

static gboolean unpark(const PgTypeSwap *swap, const PgTypedColumn *found, GError **error)
{
    const Column *column = found->column;
    if (column->computed || goes_away(swap, found))
        return TRUE;
    g_autofree char *type = postgresql_type_sql(column->type, error);
    if (!type)
        return FALSE;
    g_autofree char *quoted = postgresql_quote_identifier(column->name);
    g_autofree char *collation = column->collation ? postgresql_quote_identifier(column->collation) : NULL;
    g_autofree char *action = g_strdup_printf("TYPE %s%s%s USING %s::%s", type, collation ? " COLLATE " : "",
                                              collation ? collation : "", quoted, type);
    compiler_alter_column(swap->compiler, found->table, column->name, action);
    restore_default(swap, found);
    if (column->options->len)
        compiler_finish_column(swap->compiler, found->table, column);
    return TRUE;
}

/* --- begin and end --- */

static gboolean is_routine(const SchemaObject *object)
{
    static const char *const kinds[] = {"function", "procedure", NULL};
    return g_strv_contains(kinds, object->kind);
}

/* Tables may use routines in what is set aside of them, and views may use what is. */
static gboolean set_aside(PgTypeSwap *swap, GError **error)
{
    const GPtrArray *standing = swap->standing;
    for (swap->late = standing->len; swap->late > 0 && !is_routine(standing->pdata[swap->late - 1]); swap->late--)
        if (!object_drop(swap->compiler, standing->pdata[swap->late - 1], error))
            return FALSE;
    dependents_drop(swap->compiler, swap->dependents);
    for (guint i = swap->late; i-- > 0;)
        if (!object_drop(swap->compiler, standing->pdata[i], error))
            return FALSE;
    return TRUE;
}

static gboolean drop_containers(const PgTypeSwap *swap, GError **error)
{
    for (guint i = swap->types->len; swap->anew && i-- > 0;)
        if (!object_drop(swap->compiler, swap->types->pdata[i], error))
            return FALSE;
    return TRUE;
}

static PgTypeSwap *swap_new(PgCompiler *compiler, const char *schema, const char *name, gboolean anew)
{
    PgTypeSwap *swap = g_new0(PgTypeSwap, 1);
    g_autofree char *qualified = postgresql_qualified(schema, name);
    swap->compiler = compiler;
    swap->anew = anew;
    swap->names = strings_new();
    swap->types = g_ptr_array_new();
    swap->columns = g_array_new(FALSE, FALSE, sizeof(PgTypedColumn));
    swap->defaults = g_array_new(FALSE, FALSE, sizeof(PgTypedColumn));
    swap->dependents = dependents_new();
    const SchemaObject *range = metadata_find_object(compiler->database, "range_type", schema, name);
    g_ptr_array_add(swap->names, g_strdup(name));
    if (range)
        add_multirange(swap, range);
    find_containers(swap);
    find_columns(swap, qualified);
    for (guint i = 0; i < swap->types->len; i++) {
        g_autofree char *type = object_qualified_name(swap->types->pdata[i]);
        find_columns(swap, type);
    }
    if (anew)
        find_defaults(swap);
    return swap;
}

PgTypeSwap *type_swap_begin(PgCompiler *compiler, const char *schema, const char *name, gboolean anew, GError **error)
{
    g_autoptr(PgTypeSwap) swap = swap_new(compiler, schema, name, anew);
    swap->standing = standing_on_types(compiler->database, swap->names, swap->columns, anew);
    for (guint i = 0; i < swap->standing->len; i++) {
        g_autofree char *routine = postgresql_object_base_name(swap->standing->pdata[i]);
        if (is_routine(swap->standing->pdata[i]))
            dependents_add_mentions(swap->dependents, compiler->database, routine);
    }
    if (!find_dependents(swap, error) || !set_aside(swap, error))
        return NULL;
    for (guint i = 0; i < swap->columns->len; i++)
        park(swap, &g_array_index(swap->columns, PgTypedColumn, i));
    for (guint i = 0; i < swap->defaults->len; i++) {
        const PgTypedColumn *found = &g_array_index(swap->defaults, PgTypedColumn, i);
        compiler_set_default(compiler, found->table, found->column->name, NULL);
    }
    return drop_containers(swap, error) ? g_steal_pointer(&swap) : NULL;
}

gboolean type_swap_end(const PgTypeSwap *swap, GError **error)
{
    for (guint i = 0; swap->anew && i < swap->types->len; i++)
        if (!object_create(swap->compiler, swap->types->pdata[i], error))
            return FALSE;
    for (guint i = 0; i < swap->columns->len; i++)
        if (!unpark(swap, &g_array_index(swap->columns, PgTypedColumn, i), error))
            return FALSE;
    for (guint i = 0; i < swap->defaults->len; i++)
        restore_default(swap, &g_array_index(swap->defaults, PgTypedColumn, i));
    for (guint i = 0; i < swap->standing->len; i++) {
        if (i == swap->late && !dependents_restore(swap->compiler, swap->dependents, error))
            return FALSE;
        if (!object_create(swap->compiler, swap->standing->pdata[i], error))
            return FALSE;
    }
    return swap->late < swap->standing->len || dependents_restore(swap->compiler, swap->dependents, error);
}
