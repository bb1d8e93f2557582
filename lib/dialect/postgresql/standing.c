/*
 * Objects that use an enum, or a column of it, stand in the way when another type takes its place. On the way up the
 * comparison drops them before; on the way back of a value that was added nobody has, since adding it disturbed none.
 */
#include <string.h>

#include "dialect/postgresql/object.h"

typedef struct Standing {
    SchemaObject *object;
    GHashTable *words; /* the identifiers of its definition, in lower case */
    gboolean found;
} Standing;

static void standing_clear(gpointer data)
{
    g_hash_table_unref(((Standing *)data)->words);
}

static gboolean says(const Standing *standing, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_contains(standing->words, lower);
}

/* Types have their own ways to follow, and extensions and schemas use none. */
static gboolean can_go(const SchemaObject *object)
{
    static const char *const kinds[] = {"view",    "materialized_view", "index",    "rule", "policy",
                                        "trigger", "procedure",         "function", NULL};
    return object->definition && g_strv_contains(kinds, object->kind);
}

/* Of all objects that can go. */
static GArray *read_objects(const MetaData *database)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Standing));
    g_array_set_clear_func(all, standing_clear);
    for (guint i = 0; i < database->objects->len; i++) {
        Standing standing = {database->objects->pdata[i], NULL, FALSE};
        if (!can_go(standing.object))
            continue;
        g_autoptr(GPtrArray) names = sql_identifiers(&postgresql_dialect, standing.object->definition);
        standing.words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint j = 0; j < names->len; j++)
            g_hash_table_add(standing.words, g_ascii_strdown(names->pdata[j], -1));
        g_array_append_val(all, standing);
    }
    return all;
}

static gboolean uses_column(const Standing *standing, const MetaData *database, const EnumType *type)
{
    for (guint i = 0; i < database->tables->len; i++) {
        const Table *table = database->tables->pdata[i];
        if (!says(standing, table->name))
            continue;
        for (guint j = 0; j < table->columns->len; j++) {
            const Column *column = table->columns->pdata[j];
            if (postgresql_type_is_enum(column->type, type) && says(standing, column->name))
                return TRUE;
        }
    }
    return FALSE;
}

/* TRUE when it uses one that is found, other than itself. */
static gboolean uses_found(const GArray *all, const Standing *standing)
{
    for (guint i = 0; i < all->len; i++) {
        const Standing *base = &g_array_index(all, Standing, i);
        g_autofree char *name = base->found && base != standing ? postgresql_object_base_name(base->object) : NULL;
        if (name && says(standing, name))
            return TRUE;
    }
    return FALSE;
}

static guint find_users(GArray *all, const MetaData *database, const EnumType *type)
{
    guint n = 0, before;
    for (guint i = 0; i < all->len; i++) {
        Standing *standing = &g_array_index(all, Standing, i);
        standing->found = says(standing, type->name) || uses_column(standing, database, type);
        n += standing->found ? 1 : 0;
    }
    do {
        before = n;
        for (guint i = 0; n > 0 && i < all->len; i++) {
            Standing *standing = &g_array_index(all, Standing, i);
            if (standing->found || !uses_found(all, standing))
                continue;
            standing->found = TRUE;
            n++;
        }
    } while (n > before);
    return n;
}

/* The first that uses none of the others; in a cycle, the first. */
static Standing *next_found(const GArray *all)
{
    Standing *first = NULL;
    for (guint i = 0; i < all->len; i++) {
        Standing *standing = &g_array_index(all, Standing, i);
        if (!standing->found)
            continue;
        if (!uses_found(all, standing))
            return standing;
        first = first ? first : standing;
    }
    return first;
}

GPtrArray *standing_on_enum(const MetaData *database, const EnumType *type)
{
    g_autoptr(GArray) all = read_objects(database);
    GPtrArray *ordered = g_ptr_array_new();
    for (guint n = find_users(all, database, type); n > 0; n--) {
        Standing *next = next_found(all);
        next->found = FALSE;
        g_ptr_array_add(ordered, next->object);
    }
    return ordered;
}

gboolean standing_drop(PgCompiler *compiler, const GPtrArray *objects, GError **error)
{
    for (guint i = objects->len; i-- > 0;)
        if (!object_drop(compiler, objects->pdata[i], error))
            return FALSE;
    return TRUE;
}

gboolean standing_restore(PgCompiler *compiler, const GPtrArray *objects, GError **error)
{
    for (guint i = 0; i < objects->len; i++)
        if (!object_create(compiler, objects->pdata[i], error))
            return FALSE;
    return TRUE;
}
