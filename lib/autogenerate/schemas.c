/* The schemas that a model names. */
#include <string.h>

#include "autogenerate/internal.h"

typedef void (*SchemaFunction)(char **schema, gpointer data);

/* Tables only where `tables`: their place in the MetaData depends on it. */
static void each_schema(const MetaData *model, gboolean tables, SchemaFunction function, gpointer data)
{
    for (guint i = 0; tables && i < model->tables->len; i++)
        function(&((Table *)model->tables->pdata[i])->schema, data);
    for (guint i = 0; i < model->enums->len; i++)
        function(&((EnumType *)model->enums->pdata[i])->schema, data);
    for (guint i = 0; i < model->sequences->len; i++)
        function(&((Sequence *)model->sequences->pdata[i])->schema, data);
    for (guint i = 0; i < model->objects->len; i++) {
        SchemaObject *object = model->objects->pdata[i];
        if (strcmp(object->kind, "schema") != 0 && strcmp(object->kind, "extension") != 0)
            function(&object->schema, data);
    }
}

typedef struct Seen {
    GPtrArray *schemas;
    GHashTable *names;
    gboolean has_default;
} Seen;

static void see(char **schema, gpointer data)
{
    Seen *seen = data;
    if (!*schema)
        seen->has_default = TRUE;
    else if (g_hash_table_add(seen->names, *schema))
        g_ptr_array_add(seen->schemas, g_strdup(*schema));
}

GPtrArray *model_schemas(const MetaData *model, gboolean *has_default)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    Seen seen = {strings_new(), names, FALSE};
    each_schema(model, TRUE, see, &seen);
    if (has_default)
        *has_default = seen.has_default;
    return seen.schemas;
}

static void forget(char **schema, gpointer data)
{
    if (g_strcmp0(*schema, data) == 0)
        g_clear_pointer(schema, g_free);
}

/* "public.mood" of an enum's type. */
static void forget_in_type(SqlType *type, const char *schema)
{
    gsize length = strlen(schema);
    for (; type; type = type->item) {
        if (type->kind != SQL_TYPE_ENUM || !type->name || strncmp(type->name, schema, length) != 0 ||
            type->name[length] != '.')
            continue;
        char *name = g_strdup(type->name + length + 1);
        g_free(type->name);
        type->name = name;
    }
}

static void forget_in_table(Table *table, const char *schema)
{
    forget(&table->schema, (gpointer)schema);
    for (guint i = 0; i < table->columns->len; i++)
        forget_in_type(((Column *)table->columns->pdata[i])->type, schema);
    for (guint i = 0; i < table->constraints->len; i++)
        forget(&((Constraint *)table->constraints->pdata[i])->referred_schema, (gpointer)schema);
}

void model_use_default_schema(MetaData *model, const char *schema)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    each_schema(model, FALSE, forget, (gpointer)schema);
    while (model->tables->len) {
        const Table *first = model->tables->pdata[0];
        g_ptr_array_add(tables, metadata_steal_table(model, first->schema, first->name));
    }
    for (guint i = 0; i < tables->len; i++) {
        forget_in_table(tables->pdata[i], schema);
        metadata_add_table(model, tables->pdata[i]);
    }
}

void model_add_schemas(const Dialect *dialect, MetaData *model)
{
    g_autoptr(GPtrArray) schemas = model_schemas(model, NULL);
    for (guint i = 0; i < schemas->len; i++) {
        const char *schema = schemas->pdata[i];
        g_autofree char *quoted = dialect->quote_identifier(schema);
        g_autofree char *definition = g_strdup_printf("CREATE SCHEMA %s", quoted);
        if (metadata_find_object(model, "schema", NULL, schema))
            continue;
        SchemaObject *object = schema_object_new("schema", NULL, schema, definition);
        object->implied = TRUE;
        g_ptr_array_add(model->objects, object);
    }
}
