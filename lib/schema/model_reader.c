/* The document: its lists, the names that stand once, and the end. */
#include <string.h>

#include "base/error.h"
#include "schema/model_reader.h"

/* Where a name was met first. */
typedef struct Claim {
    const JsonDocument *document;
    const cJSON *node;
    const char *label;
} Claim;

static void document_free(gpointer data)
{
    ModelDocument *document = data;
    if (!document->borrowed)
        json_document_free(document->json);
    naming_convention_free(document->convention);
    g_free(document);
}

static void free_type(gpointer type)
{
    sql_type_free(type);
}

ModelReader *model_reader_new(const char *dialect, gboolean ignore_case, const NamingConvention *convention,
                              guint max_name_length)
{
    ModelReader *reader = g_new0(ModelReader, 1);
    reader->dialect = g_strdup(dialect);
    reader->ignore_case = ignore_case;
    reader->name_limit.length = max_name_length;
    reader->convention = convention ? naming_convention_copy(convention) : naming_convention_new_default();
    reader->documents = g_ptr_array_new_with_free_func(document_free);
    reader->mistakes = json_mistakes_new();
    reader->metadata = metadata_new(ignore_case);
    reader->references = g_array_new(FALSE, FALSE, sizeof(ModelReference));
    reader->claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    reader->elsewhere = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_type);
    return reader;
}

ModelReader *model_reader_new_for_parts(JsonDocument *json, const char *dialect, gboolean ignore_case,
                                        const NamingConvention *convention, NameLimit limit)
{
    /* PostgreSQL's models are refused least. */
    ModelReader *reader = model_reader_new(dialect ? dialect : "postgresql", ignore_case, convention, limit.length);
    reader->name_limit = limit;
    reader->any_dialect = dialect == NULL;
    ModelDocument *document = g_new0(ModelDocument, 1);
    document->json = json;
    document->borrowed = TRUE;
    document->convention = naming_convention_copy(reader->convention);
    g_ptr_array_add(reader->documents, document);
    reader->current = document;
    return reader;
}

void model_reader_count_characters(ModelReader *reader)
{
    reader->name_limit.in_characters = TRUE;
}

void model_reader_free(ModelReader *reader)
{
    if (!reader)
        return;
    g_free(reader->dialect);
    naming_convention_free(reader->convention);
    g_ptr_array_unref(reader->documents);
    json_mistakes_free(reader->mistakes);
    metadata_free(reader->metadata);
    g_array_unref(reader->references);
    g_hash_table_unref(reader->claims);
    g_hash_table_unref(reader->elsewhere);
    g_hash_table_unref(reader->types);
    g_free(reader);
}

/* --- names that stand once --- */

gboolean model_claim(ModelReader *reader, const char *space, const char *schema, const char *name, const char *label,
                     const cJSON *node)
{
    char *key = g_strjoin("\x1f", space, schema ? schema : "", name, NULL);
    for (char *p = key; reader->ignore_case && *p; p++)
        *p = g_ascii_tolower(*p);

    const Claim *first = g_hash_table_lookup(reader->claims, key);
    if (first) {
        /* Finding a place takes a walk through the text: not for more mistakes than anybody reads. */
        g_autofree char *place = json_mistakes_count(reader->mistakes) < MODEL_GUESSES_MAX
                                     ? json_document_locate(first->document, first->node, FALSE)
                                     : g_strdup(json_document_file(first->document));
        MODEL_MISTAKE(reader, node, "the name '%s' of this %s is taken by the %s at %s", name, label, first->label,
                      place);
        g_free(key);
        return FALSE;
    }
    Claim *claim = g_new(Claim, 1);
    *claim = (Claim){.document = reader->current->json, .node = node, .label = label};
    g_hash_table_insert(reader->claims, key, claim);
    return TRUE;
}

void model_elsewhere(ModelReader *reader, const cJSON *name)
{
    if (cJSON_IsString(name))
        g_hash_table_add(reader->elsewhere, g_strdup(name->valuestring));
    for (const cJSON *child = cJSON_IsObject(name) ? name->child : NULL; child; child = child->next)
        model_elsewhere(reader, child);
}

static guint hash_ignore_case(gconstpointer name)
{
    guint hash = 5381;
    for (const char *p = name; *p; p++)
        hash = hash * 33 + (guchar)g_ascii_tolower(*p);
    return hash;
}

static gboolean equal_ignore_case(gconstpointer a, gconstpointer b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}

GHashTable *model_name_table(gboolean ignore_case)
{
    return ignore_case ? g_hash_table_new(hash_ignore_case, equal_ignore_case)
                       : g_hash_table_new(g_str_hash, g_str_equal);
}

/* --- the document --- */

static void read_convention(ModelReader *reader, const cJSON *node, NamingConvention *convention)
{
    static const char *const keys[] = {"ix", "uq", "ck", "fk", "pk", NULL};
    if (!node || cJSON_IsNull(node))
        return;
    if (!cJSON_IsObject(node)) {
        model_wrong(reader, node, "an object");
        return;
    }
    json_mistakes_check_keys(reader->mistakes, reader->current->json, node, keys);
    for (const cJSON *child = node->child; child; child = child->next) {
        g_autoptr(GError) error = NULL;
        if (!g_strv_contains(keys, child->string))
            continue;
        if (!cJSON_IsNull(child) && !model_check_text(reader, child))
            continue;
        if (!naming_convention_set(convention, child->string, child->valuestring, &error))
            MODEL_MISTAKE(reader, child, "%s", error->message);
    }
}

static void read_list(ModelReader *reader, const cJSON *node, void (*read)(ModelReader *, const cJSON *))
{
    if (!model_is_list(reader, node) || !node)
        return;
    for (const cJSON *child = node->child; child; child = child->next)
        read(reader, child);
}

gboolean model_reader_add(ModelReader *reader, const char *file, const char *text, gsize length, GError **error)
{
    enum { CONVENTION, ENUMS, TABLES, SEQUENCES, OBJECTS, SCHEMA, NOT_MODELLED, KEYS };
    static const char *const keys[] = {"naming_convention", "enums",   "tables",       "sequences",
                                       "objects",           "$schema", "not_modelled", NULL};
    const cJSON *fields[KEYS];

    JsonDocument *json = json_document_parse(file, text, length, error);
    if (!json)
        return FALSE;
    ModelDocument *document = g_new0(ModelDocument, 1);
    document->json = json;
    document->convention = naming_convention_copy(reader->convention);
    g_ptr_array_add(reader->documents, document);
    reader->current = document;

    if (!model_fields(reader, json_document_root(json), keys, fields))
        return TRUE;
    read_convention(reader, fields[CONVENTION], document->convention);
    read_list(reader, fields[ENUMS], model_read_enum);
    read_list(reader, fields[TABLES], model_read_table);
    read_list(reader, fields[SEQUENCES], model_read_sequence);
    read_list(reader, fields[OBJECTS], model_read_object);
    return TRUE;
}

MetaData *model_reader_finish(ModelReader *reader, GError **error)
{
    model_check_references(reader);
    reader->current = NULL;
    gboolean ok = json_mistakes_finish(reader->mistakes, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, error);
    g_hash_table_remove_all(reader->claims);
    g_array_set_size(reader->references, 0);
    g_ptr_array_set_size(reader->documents, 0);
    if (!ok)
        return NULL;
    MetaData *metadata = reader->metadata;
    reader->metadata = metadata_new(reader->ignore_case);
    return metadata;
}
