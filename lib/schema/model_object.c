/* Enums, sequences, and objects that are known by their text. */
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

/* {"former value": "new value"} */
static void read_renamed_values(ModelReader *reader, const cJSON *node, EnumType *type)
{
    if (!node)
        return;
    if (!cJSON_IsObject(node)) {
        model_wrong(reader, node, "an object, {\"former value\": \"new value\"}");
        return;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        if (!model_check_text(reader, child))
            continue;
        if (!g_ptr_array_find_with_equal_func(type->values, child->valuestring, g_str_equal, NULL))
            MODEL_MISTAKE(reader, child, "the enum has no value '%s'", child->valuestring);
        else
            options_set(type->renamed_values, child->string, child->valuestring);
    }
}

void model_read_enum(ModelReader *reader, const cJSON *node)
{
    enum { NAME, SCHEMA, VALUES, RENAMED_FROM, RENAMED_VALUES, COMMENT, INFO, KEYS };
    static const char *const keys[] = {"name",           "schema",  "values", "renamed_from",
                                       "renamed_values", "comment", "info",   NULL};
    const cJSON *fields[KEYS];
    gboolean wrong = FALSE;

    if (!model_fields(reader, node, keys, fields))
        return;
    EnumType *type = enum_type_new(NULL, NULL);
    gboolean wanted = model_required_name(reader, node, fields[NAME], &type->name, &wrong);
    type->schema = model_optional_text(reader, fields[SCHEMA]);
    model_name(reader, fields[RENAMED_FROM], &type->renamed_from);
    type->comment = model_optional_text(reader, fields[COMMENT]);

    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean list = model_is_list(reader, fields[VALUES]);
    for (const cJSON *child = list && fields[VALUES] ? fields[VALUES]->child : NULL; child; child = child->next) {
        if (!model_check_text(reader, child))
            continue;
        if (!g_hash_table_add(seen, child->valuestring))
            MODEL_MISTAKE(reader, child, "the value '%s' stands twice", child->valuestring);
        g_ptr_array_add(type->values, g_strdup(child->valuestring));
    }
    if (list && !fields[VALUES]) /* an empty list is fine: PostgreSQL has enums that are to get their values later */
        MODEL_MISTAKE(reader, node, "an enum without values");
    read_renamed_values(reader, fields[RENAMED_VALUES], type);
    if (wanted && model_claim(reader, "enum", type->schema, type->name, "enum", fields[NAME]))
        g_ptr_array_add(reader->metadata->enums, type);
    else
        enum_type_free(type);
}

/* "table.column" */
static void read_owner(ModelReader *reader, const cJSON *node, Sequence *sequence)
{
    g_autofree char *owner = model_optional_text(reader, node);
    const char *dot = owner ? strrchr(owner, '.') : NULL;
    if (!owner)
        return;
    if (!dot || dot == owner || !dot[1]) {
        model_wrong(reader, node, "the column that owns the sequence, \"table.column\"");
        return;
    }
    sequence->owned_by_table = g_strndup(owner, (gsize)(dot - owner));
    sequence->owned_by_column = g_strdup(dot + 1);
}

void model_read_sequence(ModelReader *reader, const cJSON *node)
{
    enum { NAME = 6, SCHEMA, TYPE, OWNED_BY, UNLOGGED, RENAMED_FROM, COMMENT, INFO, KEYS };
    static const char *const keys[] = {MODEL_SEQUENCE_KEYS, "name",         "schema",  "type", "owned_by",
                                       "unlogged",          "renamed_from", "comment", "info", NULL};
    const cJSON *fields[KEYS];
    gboolean wrong = FALSE;

    if (!model_fields(reader, node, keys, fields))
        return;
    Sequence *sequence = sequence_new(NULL, NULL);
    gboolean wanted = model_required_name(reader, node, fields[NAME], &sequence->name, &wrong);
    sequence->schema = model_optional_text(reader, fields[SCHEMA]);
    model_name(reader, fields[RENAMED_FROM], &sequence->renamed_from);
    sequence->comment = model_optional_text(reader, fields[COMMENT]);
    sequence->type = model_optional_text(reader, fields[TYPE]);
    read_owner(reader, fields[OWNED_BY], sequence);
    sequence->unlogged = model_flag(reader, fields[UNLOGGED], FALSE);
    model_sequence_options(reader, fields, node, &sequence->options);
    if (wanted && model_claim(reader, "relation", sequence->schema, sequence->name, "sequence", fields[NAME]))
        g_ptr_array_add(reader->metadata->sequences, sequence);
    else
        sequence_free(sequence);
}

/* --- the table of a trigger or policy: what stands behind ON, FROM or the like is for the dialect to know --- */

static void skip_comment(const char **at)
{
    const char *end = (*at)[0] == '-' ? strchr(*at, '\n') : strstr(*at + 2, "*/");
    *at = !end ? *at + strlen(*at) : end + (*end == '\n' ? 1 : 2);
}

static gboolean is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* The next word, or quoted identifier without its quotes (*quoted), or single byte. New string; NULL at the end. */
static char *next_token(const char **at, gboolean *quoted)
{
    *quoted = FALSE;
    for (;;) {
        while (g_ascii_isspace(**at))
            (*at)++;
        if (g_str_has_prefix(*at, "--") || g_str_has_prefix(*at, "/*"))
            skip_comment(at);
        else
            break;
    }
    const char *start = *at;
    if (!*start)
        return NULL;
    if (*start == '"' || *start == '`' || *start == '[' || *start == '\'') {
        char end = *start == '[' ? ']' : *start;
        const char *close = strchr(start + 1, end);
        *at = close ? close + 1 : start + strlen(start);
        *quoted = TRUE;
        return g_strndup(start + 1, (gsize)((close ? close : *at) - start - 1));
    }
    (*at)++;
    while (is_word_byte(*start) && is_word_byte(**at))
        (*at)++;
    return g_strndup(start, (gsize)(*at - start));
}

/* "CREATE TRIGGER t AFTER UPDATE OF c ON schema.table …": the name behind the first ON. New string or NULL. */
static char *find_table_name(const char *definition)
{
    gboolean quoted;
    const char *at = definition;
    for (;;) {
        g_autofree char *token = next_token(&at, &quoted);
        if (!token)
            return NULL;
        if (!quoted && g_ascii_strcasecmp(token, "ON") == 0)
            break;
    }
    char *name = next_token(&at, &quoted);
    for (;;) {
        const char *behind = at;
        g_autofree char *dot = next_token(&behind, &quoted);
        if (!dot || quoted || strcmp(dot, ".") != 0)
            return name;
        g_free(name);
        name = next_token(&behind, &quoted);
        at = behind;
    }
}

/* --- objects --- */

static const char *const object_kinds[] = {
    "view",           "materialized_view", "function",   "procedure", "aggregate",     "trigger", "domain",
    "composite_type", "range_type",        "extension",  "schema",    "policy",        "rule",    "event",
    "index",          "event_trigger",     "statistics", "collation", "virtual_table", NULL};

/* Kinds that hang on a table or view, which stands behind the first ON. */
static const char *const kinds_of_tables[] = {"trigger", "policy", "rule", "index", NULL};

/* A text, or its lines in an array. */
static gboolean check_definition(ModelReader *reader, const cJSON *value)
{
    if (!cJSON_IsArray(value))
        return model_check_filled_text(reader, value);
    for (const cJSON *line = value->child; line; line = line->next) {
        if (!model_check_text(reader, line))
            return FALSE;
    }
    if (!value->child)
        MODEL_MISTAKE(reader, value, "the text is empty");
    return value->child != NULL;
}

static char *definition_text(const cJSON *value)
{
    GString *text = g_string_new(cJSON_IsArray(value) ? NULL : value->valuestring);
    for (const cJSON *line = cJSON_IsArray(value) ? value->child : NULL; line; line = line->next)
        g_string_append_printf(text, "%s%s", line->valuestring, line->next ? "\n" : "");
    while (text->len > 0 && (text->str[text->len - 1] == ';' || g_ascii_isspace(text->str[text->len - 1])))
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

static char *read_definition(ModelReader *reader, const cJSON *object, const cJSON *node)
{
    const cJSON *value;
    Picked picked = model_pick(reader, node, check_definition, &value);
    if (picked == PICKED_ABSENT)
        MODEL_MISTAKE(reader, object, "the key 'definition' is missing");
    else if (picked == PICKED_NULL && value == node)
        model_wrong(reader, node, "a text");
    if (picked != PICKED_VALUE)
        return NULL;
    char *text = definition_text(value);
    if (*text)
        return text;
    MODEL_MISTAKE(reader, value, "the text is empty");
    g_free(text);
    return NULL;
}

static gboolean is_word(const char *word, const char *const *words)
{
    return word && g_strv_contains(words, word);
}

/* Names are unique among tables and views; of functions there may be several with one name. */
static gboolean claim_object(ModelReader *reader, const SchemaObject *object, const cJSON *node)
{
    static const char *const relations[] = {"view", "materialized_view", "virtual_table", NULL};
    static const char *const repeated[] = {"function", "procedure", "aggregate", NULL};
    g_autofree char *space = NULL;
    if (is_word(object->kind, repeated))
        return TRUE;
    if (is_word(object->kind, relations))
        return model_claim(reader, "relation", object->schema, object->name, object->kind, node);
    gboolean per_table = strcmp(object->kind, "policy") == 0 || strcmp(object->kind, "rule") == 0 ||
                         (strcmp(object->kind, "trigger") == 0 && strcmp(reader->dialect, "postgresql") == 0);
    space = g_strjoin(" ", object->kind, per_table ? object->table_name : NULL, NULL);
    return model_claim(reader, space, object->schema, object->name, object->kind, node);
}

static void add_dependencies(ModelReader *reader, const SchemaObject *object, const cJSON *list)
{
    const cJSON *node = list ? list->child : NULL;
    for (guint i = 0; node && i < object->depends_on->len; i++, node = node->next) {
        const ModelReference reference = {.kind = REFERENCE_DEPENDS_ON,
                                          .document = reader->current,
                                          .node = node,
                                          .name = object->depends_on->pdata[i]};
        g_array_append_val(reader->references, reference);
    }
}

static const char *read_kind(ModelReader *reader, const cJSON *object, const cJSON *node)
{
    if (!node)
        MODEL_MISTAKE(reader, object, "the key 'kind' is missing");
    else if (!cJSON_IsString(node))
        model_wrong(reader, node, "the kind of the object");
    else if (g_strv_contains(object_kinds, node->valuestring))
        return node->valuestring;
    else
        model_word(reader, node, object_kinds, NULL);
    return NULL;
}

gboolean model_is_object_kind(const char *kind)
{
    return g_strv_contains(object_kinds, kind);
}

void model_read_object(ModelReader *reader, const cJSON *node)
{
    enum { KIND, NAME, SCHEMA, TABLE_NAME, DEFINITION, DEPENDS_ON, RENAMED_FROM, COMMENT, SQL_MODE, INFO, KEYS };
    static const char *const keys[] = {"kind",         "name",    "schema",   "table_name", "definition", "depends_on",
                                       "renamed_from", "comment", "sql_mode", "info",       NULL};
    const cJSON *fields[KEYS];
    gboolean wrong = FALSE;
    g_autofree char *name = NULL;

    if (!model_fields(reader, node, keys, fields))
        return;
    const char *kind = read_kind(reader, node, fields[KIND]);
    gboolean wanted = model_required_name(reader, node, fields[NAME], &name, &wrong);
    g_autofree char *schema = model_optional_text(reader, fields[SCHEMA]);
    g_autofree char *definition = read_definition(reader, node, fields[DEFINITION]);
    g_autoptr(SchemaObject) object = schema_object_new(kind ? kind : "", schema, name, definition);
    object->table_name = model_optional_text(reader, fields[TABLE_NAME]);
    object->comment = model_optional_text(reader, fields[COMMENT]);
    object->sql_mode = model_optional_text(reader, fields[SQL_MODE]);
    model_name(reader, fields[RENAMED_FROM], &object->renamed_from);
    model_names(reader, fields[DEPENDS_ON], object->depends_on);
    if (!wanted || !definition || !kind) {
        model_elsewhere(reader, fields[NAME]);
        return;
    }
    if (!object->table_name && is_word(kind, kinds_of_tables))
        object->table_name = find_table_name(definition);
    if (!claim_object(reader, object, fields[NAME]))
        return;
    add_dependencies(reader, object, fields[DEPENDS_ON]);
    g_ptr_array_add(reader->metadata->objects, g_steal_pointer(&object));
}
