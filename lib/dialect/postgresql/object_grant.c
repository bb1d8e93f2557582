/* Owners and privileges go with what is dropped; they are given back to what is created in its place. */
#include <string.h>

#include "dialect/postgresql/object.h"

/* "GRANT SELECT (a) ON TABLE": TRUE when the definition names `a`. */
static gboolean has_column(const char *before, const char *definition)
{
    const char *open = strchr(before, '('), *close = open ? strrchr(open, ')') : NULL;
    if (!close || !definition)
        return TRUE;
    g_autofree char *inside = g_strndup(open + 1, (gsize)(close - open) - 1);
    g_autoptr(GPtrArray) names = sql_identifiers(&postgresql_dialect, inside);
    return names->len == 0 || strchr(definition, '*') || postgresql_mentions(definition, names->pdata[0]);
}

void compiler_grant(PgCompiler *compiler, const GPtrArray *grants, const char *name, const char *definition)
{
    for (guint i = 0; grants && i < grants->len; i++) {
        const Option *grant = grants->pdata[i];
        if (has_column(grant->name, definition))
            compiler_add(compiler, g_strdup_printf("%s %s %s", grant->name, name, grant->value));
    }
}

/* The last one dropped of that kind and schema, and of that name: with the same arguments, else with any. */
static const SchemaObject *find_dropped(const PgCompiler *compiler, const SchemaObject *object)
{
    const SchemaObject *found = NULL;
    g_autofree char *name = postgresql_object_base_name(object);
    for (guint i = 0; i < compiler->dropped->len; i++) {
        const SchemaObject *dropped = compiler->dropped->pdata[i];
        g_autofree char *other = postgresql_object_base_name(dropped);
        if (strcmp(dropped->kind, object->kind) != 0 || strcmp(other, name) != 0 ||
            g_strcmp0(dropped->schema, object->schema) != 0 || g_strcmp0(dropped->table_name, object->table_name) != 0)
            continue;
        if (strcmp(dropped->name, object->name) == 0)
            return dropped;
        found = dropped;
    }
    return found;
}

gboolean object_grant(PgCompiler *compiler, const SchemaObject *object, GError **error)
{
    static const char *const routines[] = {"function", "procedure", "aggregate", NULL};
    const SchemaObject *dropped = object->grants ? NULL : find_dropped(compiler, object);
    const GPtrArray *grants = dropped ? dropped->grants : object->grants;
    if (!grants || grants->len == 0)
        return TRUE;
    g_autofree char *name = object_qualified_name(object);
    gboolean routine = g_strv_contains(routines, object->kind);
    g_autofree char *arguments = routine ? postgresql_routine_arguments(object, error) : g_strdup("");
    if (!arguments)
        return FALSE;
    g_autofree char *whole = g_strconcat(name, arguments, NULL);
    compiler_grant(compiler, grants, whole, routine ? NULL : object->definition);
    return TRUE;
}
