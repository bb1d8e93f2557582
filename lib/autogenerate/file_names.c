/* Names in the statements of revision files. */
#include <string.h>

#include "autogenerate/internal.h"
#include "schema/model.h"

struct FileNames {
    const Dialect *dialect;
    GHashTable *words;   /* lower-case names that stand somewhere */
    GHashTable *strings; /* as they are */
    GHashTable *created; /* "view paid_orders" -> how it was created, or "" */
};

FileNames *file_names_new(const Dialect *dialect)
{
    FileNames *names = g_new0(FileNames, 1);
    names->dialect = dialect;
    names->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    names->strings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    names->created = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return names;
}

void file_names_free(FileNames *names)
{
    if (!names)
        return;
    g_hash_table_unref(names->words);
    g_hash_table_unref(names->strings);
    g_hash_table_unref(names->created);
    g_free(names);
}

static char *created_key(const char *kind, const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    return g_strconcat(kind, " ", folded, NULL);
}

gboolean file_names_has(const FileNames *names, const char *name)
{
    g_autofree char *folded = g_ascii_strdown(name, -1);
    return g_hash_table_contains(names->words, folded);
}

gboolean file_names_has_string(const FileNames *names, const char *text)
{
    return g_hash_table_contains(names->strings, text);
}

const char *file_names_definition(const FileNames *names, const char *kind, const char *name)
{
    g_autofree char *key = created_key(kind, name);
    return g_hash_table_lookup(names->created, key);
}

static void add_word(FileNames *names, const char *word)
{
    g_hash_table_add(names->words, g_ascii_strdown(word, -1));
}

/* --- statements --- */

/* A statement while it is read, token by token. */
typedef struct Reading {
    const Dialect *dialect;
    const char *text;
    gsize length, position;
    SqlToken token;
} Reading;

static void next(Reading *reading)
{
    reading->token = sql_next_significant(reading->dialect, reading->text, reading->length, &reading->position);
}

static gboolean is(const Reading *reading, const char *word)
{
    return sql_token_is(&reading->token, reading->text, word);
}

static gboolean skip(Reading *reading, const char *word)
{
    if (!is(reading, word))
        return FALSE;
    next(reading);
    return TRUE;
}

static gboolean is_name(const Reading *reading)
{
    return reading->token.kind == SQL_TOKEN_WORD || reading->token.kind == SQL_TOKEN_QUOTED;
}

/* The kind of what CREATE, ALTER or DROP is about, which stands after a few words such as OR REPLACE or TEMPORARY. */
static const char *read_kind(Reading *reading)
{
    static const char *const kinds[] = {"table",    "type",      "sequence",  "view",   "trigger",
                                        "function", "procedure", "domain",    "schema", "extension",
                                        "policy",   "event",     "aggregate", "rule",   "index"};
    enum { WORDS_MAX = 16 }; /* DEFINER = `user`@`host` SQL SECURITY … */
    gboolean materialized = FALSE;
    for (guint n = 0; n < WORDS_MAX && reading->token.kind != SQL_TOKEN_END; n++) {
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
            if (skip(reading, kinds[i]))
                return materialized ? "materialized_view" : kinds[i];
        materialized = materialized || is(reading, "materialized");
        next(reading);
    }
    return NULL;
}

/* "schema.name" is known as name. New string, or NULL. */
static char *read_name(Reading *reading)
{
    g_autofree char *name = NULL;
    while (is_name(reading)) {
        g_free(name);
        name = sql_token_identifier(&reading->token, reading->text);
        next(reading);
        if (!skip(reading, "."))
            break;
    }
    return g_steal_pointer(&name);
}

static void skip_conditions(Reading *reading)
{
    static const char *const words[] = {"concurrently", "if", "not", "exists"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        skip(reading, words[i]);
}

/* "CREATE TYPE order_status AS ENUM ('pending', 'paid')"; NULL when it is something else. */
static EnumType *read_enum(const FileNames *names, const char *sql)
{
    Reading reading = {.dialect = names->dialect, .text = sql, .length = strlen(sql)};
    next(&reading);
    if (!skip(&reading, "create") || !skip(&reading, "type"))
        return NULL;
    g_autofree char *name = read_name(&reading);
    if (!name || !skip(&reading, "as") || !skip(&reading, "enum"))
        return NULL;
    EnumType *type = enum_type_new(NULL, name);
    for (; reading.token.kind != SQL_TOKEN_END; next(&reading))
        if (reading.token.kind == SQL_TOKEN_STRING)
            g_ptr_array_add(type->values, sql_token_identifier(&reading.token, sql));
    return type;
}

/* The statement that would have created it so. New string. */
static char *enum_sql(const FileNames *names, const EnumType *type)
{
    g_autofree char *name = names->dialect->quote_identifier(type->name);
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "CREATE TYPE %s AS ENUM (", name);
    for (guint i = 0; i < type->values->len; i++) {
        g_autofree char *value = names->dialect->quote_literal(type->values->pdata[i]);
        g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", value);
    }
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static void read_rename(FileNames *names, Reading *reading, const char *kind, const char *name)
{
    if (!skip(reading, "rename") || !skip(reading, "to"))
        return;
    g_autofree char *new_name = read_name(reading);
    g_autofree char *key = created_key(kind, name);
    const char *created = g_hash_table_lookup(names->created, key);
    if (!new_name || !created)
        return;
    EnumType *type = strcmp(kind, "type") == 0 ? read_enum(names, created) : NULL;
    if (type) {
        g_free(type->name);
        type->name = g_strdup(new_name);
    }
    char *renamed = type ? enum_sql(names, type) : g_strdup("");
    enum_type_free(type);
    g_hash_table_remove(names->created, key);
    g_hash_table_replace(names->created, created_key(kind, new_name), renamed);
}

static char *read_string(Reading *reading)
{
    if (reading->token.kind != SQL_TOKEN_STRING)
        return NULL;
    char *text = sql_token_identifier(&reading->token, reading->text);
    next(reading);
    return text;
}

static int find_value(const EnumType *type, const char *value)
{
    for (guint i = 0; value && i < type->values->len; i++)
        if (strcmp(type->values->pdata[i], value) == 0)
            return (int)i;
    return -1;
}

/* ADD VALUE 'b' AFTER 'a', RENAME VALUE 'a' TO 'b'; FALSE when it is something else. */
static gboolean alter_values(Reading *reading, EnumType *type)
{
    gboolean add = skip(reading, "add");
    if ((!add && !skip(reading, "rename")) || !skip(reading, "value"))
        return FALSE;
    skip_conditions(reading);
    g_autofree char *value = read_string(reading);
    if (!value || (add && find_value(type, value) >= 0)) /* IF NOT EXISTS */
        return value != NULL;
    gboolean before = skip(reading, "before"), beside = before || skip(reading, "after");
    if (!add && !skip(reading, "to"))
        return FALSE;
    g_autofree char *other = read_string(reading);
    int at = find_value(type, add ? other : value);
    if (add && !beside) {
        g_ptr_array_add(type->values, g_steal_pointer(&value));
    } else if (at < 0 || !other) {
        return FALSE;
    } else if (add) {
        g_ptr_array_insert(type->values, before ? at : at + 1, g_steal_pointer(&value));
    } else {
        g_free(type->values->pdata[at]);
        type->values->pdata[at] = g_steal_pointer(&other);
    }
    return TRUE;
}

/* A type with other values is as if it had been created with them, where that is understood. */
static void read_alter(FileNames *names, Reading *reading, const char *kind, const char *name)
{
    g_autofree char *key = created_key(kind, name);
    const char *created = strcmp(kind, "type") == 0 ? g_hash_table_lookup(names->created, key) : NULL;
    EnumType *type = created ? read_enum(names, created) : NULL;
    Reading values = *reading;
    if (type && alter_values(&values, type)) {
        g_hash_table_replace(names->created, g_steal_pointer(&key), enum_sql(names, type));
    } else if (is(reading, "rename")) {
        read_rename(names, reading, kind, name);
    } else if (created) {
        g_hash_table_replace(names->created, g_steal_pointer(&key), g_strdup(""));
    }
    enum_type_free(type);
}

static void read_statement(FileNames *names, const char *text, gsize length)
{
    Reading reading = {.dialect = names->dialect, .text = text, .length = length};
    next(&reading);
    gboolean create = is(&reading, "create"), drop = is(&reading, "drop"), alter = is(&reading, "alter");
    if (!create && !drop && !alter)
        return;
    next(&reading);
    const char *kind = read_kind(&reading);
    if (!kind)
        return;
    skip_conditions(&reading);
    g_autofree char *name = read_name(&reading);
    if (!name)
        return;
    if (create)
        g_hash_table_replace(names->created, created_key(kind, name), g_strndup(text, length));
    if (drop) {
        g_autofree char *key = created_key(kind, name);
        g_hash_table_remove(names->created, key);
    }
    if (alter)
        read_alter(names, &reading, kind, name);
}

static void add_words_of(FileNames *names, const char *text, gsize length)
{
    Reading reading = {.dialect = names->dialect, .text = text, .length = length};
    for (next(&reading); reading.token.kind != SQL_TOKEN_END; next(&reading)) {
        gboolean string = reading.token.kind == SQL_TOKEN_STRING;
        g_autofree char *word = string || is_name(&reading) ? sql_token_identifier(&reading.token, text) : NULL;
        if (word && string)
            g_hash_table_add(names->strings, g_steal_pointer(&word));
        else if (word)
            add_word(names, word);
    }
}

gboolean file_names_add_sql(FileNames *names, const char *file, const char *sql, gsize length, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) statements = names->dialect->split(sql, length, &failure);
    if (!statements) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s:", file);
        return FALSE;
    }
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        read_statement(names, sql + statement->start, statement->length);
        add_words_of(names, sql + statement->start, statement->length);
    }
    return TRUE;
}

void file_names_add_enums(const FileNames *names, const MetaData *metadata)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(names->created), (GCompareFunc)strcmp);
    for (const GList *key = keys; key; key = key->next) {
        EnumType *type = read_enum(names, g_hash_table_lookup(names->created, key->data));
        EnumType *known = type ? metadata_find_enum(metadata, NULL, type->name) : NULL;
        if (!type)
            continue;
        if (!known) {
            g_ptr_array_add(metadata->enums, type);
            continue;
        }
        g_ptr_array_unref(known->values);
        known->values = g_ptr_array_ref(type->values);
        g_ptr_array_set_size(known->renamed_values, 0);
        enum_type_free(type);
    }
}

/* --- operations --- */

/* A name, or the names by dialect. */
static void add_names(FileNames *names, const cJSON *node)
{
    if (cJSON_IsString(node)) {
        add_word(names, node->valuestring);
        g_hash_table_add(names->strings, g_strdup(node->valuestring));
    }
    for (const cJSON *child = node->child; child; child = child->next)
        add_names(names, child);
}

/* A text, or its lines. New string; "" when it is neither. */
static char *definition_of(const FileNames *names, const cJSON *operation)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(operation, "definition"), *line;
    node = model_value_for(node, names->dialect->name);
    if (cJSON_IsString(node))
        return g_strdup(node->valuestring);
    GString *text = g_string_new(NULL);
    cJSON_ArrayForEach(line, node)
    {
        if (cJSON_IsString(line))
            g_string_append_printf(text, "%s%s", line == node->child ? "" : "\n", line->valuestring);
    }
    return g_string_free(text, FALSE);
}

static const char *text_of(const FileNames *names, const cJSON *operation, const char *key)
{
    const cJSON *node = model_value_for(cJSON_GetObjectItemCaseSensitive(operation, key), names->dialect->name);
    return cJSON_IsString(node) ? node->valuestring : NULL;
}

void file_names_add_operation(FileNames *names, const cJSON *operation)
{
    const char *op = text_of(names, operation, "op"), *name = text_of(names, operation, "name");
    const char *what = op ? strchr(op, '_') : NULL, *kind = NULL;
    add_names(names, operation);
    if (g_strcmp0(what, "_index") == 0)
        name = text_of(names, operation, "index_name");
    if (!what || !name)
        return;
    if (strcmp(what, "_enum") == 0)
        kind = "type";
    else if (strcmp(what, "_sequence") == 0)
        kind = "sequence";
    else if (strcmp(what, "_index") == 0)
        kind = "index";
    else if (strcmp(what, "_object") == 0)
        kind = text_of(names, operation, "kind");
    if (!kind)
        return;
    char *key = created_key(kind, name);
    if (!g_str_has_prefix(op, "drop_")) {
        g_hash_table_replace(names->created, key, definition_of(names, operation));
        return;
    }
    g_hash_table_remove(names->created, key);
    g_free(key);
}
