/* What refers to other things of the model, maybe in another file. */
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

static const char *nearest_name(const ModelReader *reader, const char *name, const GPtrArray *names)
{
    if (json_mistakes_count(reader->mistakes) >= MODEL_GUESSES_MAX)
        return NULL;
    return text_nearest(name, (const char *const *)names->pdata, names->len);
}

static char *qualified(const char *schema, const char *name)
{
    return schema ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name);
}

static void unknown(ModelReader *reader, const cJSON *node, const char *what, const char *name, const GPtrArray *names)
{
    const char *nearest = nearest_name(reader, name, names);
    if (nearest)
        MODEL_MISTAKE(reader, node, "%s '%s', did you mean '%s'?", what, name, nearest);
    else
        MODEL_MISTAKE(reader, node, "%s '%s'", what, name);
}

/* --- foreign keys --- */

static void unknown_table(ModelReader *reader, const cJSON *node, const Constraint *key)
{
    g_autoptr(GPtrArray) names = strings_new();
    g_autofree char *name = qualified(key->referred_schema, key->referred_table);
    for (guint i = 0; i < reader->metadata->tables->len; i++) {
        const Table *table = reader->metadata->tables->pdata[i];
        g_ptr_array_add(names, qualified(table->schema, table->name));
    }
    unknown(reader, node, "the model has no table", name, names);
}

static void check_referred_columns(ModelReader *reader, const cJSON *node, const Constraint *key, const Table *referred)
{
    for (guint i = 0; i < key->referred_columns->len; i++) {
        const char *name = key->referred_columns->pdata[i];
        if (table_find_column(referred, name) || table_inherits(referred))
            continue;
        g_autofree char *what = g_strdup_printf("the table '%s' has no column", referred->name);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        for (guint j = 0; j < referred->columns->len; j++)
            g_ptr_array_add(names, ((const Column *)referred->columns->pdata[j])->name);
        unknown(reader, node, what, name, names);
    }
    if (key->referred_columns->len > 0)
        return;
    guint n = referred->primary_key ? referred->primary_key->columns->len : 0;
    if (n != key->columns->len && key->columns->len > 0)
        MODEL_MISTAKE(reader, node, "%u %s to the primary key of '%s', which has %u: name the referred_columns",
                      key->columns->len, key->columns->len == 1 ? "column refers" : "columns refer", referred->name, n);
}

/* For the name, left out columns are those of the primary key. */
static void name_foreign_key(ModelReader *reader, const ModelReference *reference, const Table *referred)
{
    Constraint *key = reference->constraint;
    GPtrArray *given = key->referred_columns;
    if (given->len == 0 && referred && referred->primary_key)
        key->referred_columns = referred->primary_key->columns;
    g_free(key->name);
    key->name = naming_constraint_name(reference->document->convention, reference->table, key, reader->name_limit);
    key->referred_columns = given;
    if (key->name && !*key->name)
        MODEL_MISTAKE(reader, reference->node, "the naming convention makes an empty name: give it one");
}

void model_settle_foreign_key(ModelReader *reader, const ModelReference *reference, const Table *referred)
{
    const char *key = model_key(reader, reference->node, "referred_columns");
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(reference->node, key);
    if (referred && !referred->partial)
        check_referred_columns(reader, columns ? columns : reference->node, reference->constraint, referred);
    if (reference->needs_name)
        name_foreign_key(reader, reference, referred);
}

static void check_foreign_key(ModelReader *reader, const ModelReference *reference)
{
    const Constraint *key = reference->constraint;
    const Table *referred = metadata_find_table(reader->metadata, key->referred_schema, key->referred_table);
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(reference->node, "referred_table");
    const cJSON *external =
        cJSON_GetObjectItemCaseSensitive(reference->node, model_key(reader, reference->node, "external"));
    if (referred || cJSON_IsTrue(external))
        model_settle_foreign_key(reader, reference, referred);
    else
        unknown_table(reader, node ? node : reference->node, key);
}

/* --- enums and dependencies --- */

/* A name with a dot may be one in a schema. */
static char *schema_of(const char *name, const char **rest)
{
    const char *dot = strchr(name, '.');
    *rest = dot ? dot + 1 : name;
    return dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
}

static void check_enum(ModelReader *reader, const ModelReference *reference)
{
    const char *name;
    g_autofree char *schema = schema_of(reference->name, &name);
    if (metadata_find_enum(reader->metadata, NULL, reference->name) ||
        (schema && metadata_find_enum(reader->metadata, schema, name)))
        return;
    g_autoptr(GPtrArray) names = strings_new();
    for (guint i = 0; i < reader->metadata->enums->len; i++) {
        const EnumType *type = reader->metadata->enums->pdata[i];
        g_ptr_array_add(names, qualified(type->schema, type->name));
    }
    unknown(reader, reference->node, "the model has no enum", reference->name, names);
}

/* The names that an object may depend on, plain and with their schema, to the names as written. */
static void add_name(GHashTable *names, GPtrArray *list, const char *schema, const char *name)
{
    char *full = qualified(schema, name);
    g_ptr_array_add(list, full);
    g_hash_table_add(names, full);
    if (schema) {
        char *plain = g_strdup(name);
        g_ptr_array_add(list, plain);
        g_hash_table_add(names, plain);
    }
}

static void add_all_names(const MetaData *metadata, GHashTable *names, GPtrArray *list)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        add_name(names, list, table->schema, table->name);
    }
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        add_name(names, list, object->schema, object->name);
    }
    for (guint i = 0; i < metadata->enums->len; i++) {
        const EnumType *type = metadata->enums->pdata[i];
        add_name(names, list, type->schema, type->name);
    }
    for (guint i = 0; i < metadata->sequences->len; i++) {
        const Sequence *sequence = metadata->sequences->pdata[i];
        add_name(names, list, sequence->schema, sequence->name);
    }
}

static void check_dependencies(ModelReader *reader)
{
    g_autoptr(GPtrArray) list = strings_new();
    g_autoptr(GHashTable) names = model_name_table(reader->ignore_case);
    for (guint i = 0; i < reader->references->len; i++) {
        const ModelReference *reference = &g_array_index(reader->references, ModelReference, i);
        if (reference->kind != REFERENCE_DEPENDS_ON)
            continue;
        if (list->len == 0)
            add_all_names(reader->metadata, names, list);
        reader->current = reference->document;
        if (!g_hash_table_contains(names, reference->name) &&
            !g_hash_table_contains(reader->elsewhere, reference->name))
            unknown(reader, reference->node, "the model has nothing named", reference->name, list);
    }
}

void model_check_references(ModelReader *reader)
{
    for (guint i = 0; i < reader->references->len; i++) {
        const ModelReference *reference = &g_array_index(reader->references, ModelReference, i);
        reader->current = reference->document;
        if (reference->kind == REFERENCE_FOREIGN_KEY)
            check_foreign_key(reader, reference);
        else if (reference->kind == REFERENCE_ENUM)
            check_enum(reader, reference);
    }
    check_dependencies(reader);
}
