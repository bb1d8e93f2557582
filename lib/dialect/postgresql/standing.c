/*
 * Objects that use a type, or a column of it, stand in the way when another type takes its place. On the way up the
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

static gboolean uses_column(const Standing *standing, const GArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        const PgTypedColumn *found = &g_array_index(columns, PgTypedColumn, i);
        if (says(standing, found->table->name) && says(standing, found->column->name))
            return TRUE;
    }
    return FALSE;
}

static gboolean names_type(const Standing *standing, const GPtrArray *types, gboolean routines)
{
    static const char *const kinds[] = {"procedure", "function", NULL};
    if (!routines && g_strv_contains(kinds, standing->object->kind))
        return FALSE;
    for (guint i = 0; i < types->len; i++)
        if (says(standing, types->pdata[i]))
            return TRUE;
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

static guint find_users(GArray *all, const GPtrArray *types, const GArray *columns, gboolean routines)
{
    guint n = 0, before;
    for (guint i = 0; i < all->len; i++) {
        Standing *standing = &g_array_index(all, Standing, i);
        standing->found = names_type(standing, types, routines) || uses_column(standing, columns);
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

GPtrArray *standing_on_types(const MetaData *database, const GPtrArray *types, const GArray *columns, gboolean routines)
{
    g_autoptr(GArray) all = read_objects(database);
    GPtrArray *ordered = g_ptr_array_new();
    for (guint n = find_users(all, types, columns, routines); n > 0; n--) {
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
