/* Names in the statements of revision files. */
#include <string.h>

#include "autogenerate/internal.h"

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

static void read_rename(FileNames *names, Reading *reading, const char *kind, const char *name)
{
    if (!skip(reading, "rename") || !skip(reading, "to"))
        return;
    g_autofree char *new_name = read_name(reading);
    g_autofree char *key = created_key(kind, name);
    if (new_name && g_hash_table_remove(names->created, key))
        g_hash_table_replace(names->created, created_key(kind, new_name), g_strdup(""));
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
        read_rename(names, &reading, kind, name);
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

void file_names_add_operation(FileNames *names, const cJSON *operation)
{
    static const struct {
        const char *prefix, *kind;
        gboolean created;
    } about[] = {
        {"create_enum", "type", TRUE},
        {"drop_enum", "type", FALSE},
        {"create_sequence", "sequence", TRUE},
        {"drop_sequence", "sequence", FALSE},
    };
    const cJSON *op = cJSON_GetObjectItemCaseSensitive(operation, "op");
    add_names(names, operation);
    for (gsize i = 0; cJSON_IsString(op) && i < G_N_ELEMENTS(about); i++) {
        if (strcmp(op->valuestring, about[i].prefix) != 0)
            continue;
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(operation, "name");
        g_autofree char *key = cJSON_IsString(name) ? created_key(about[i].kind, name->valuestring) : NULL;
        if (key && about[i].created)
            g_hash_table_replace(names->created, g_steal_pointer(&key), g_strdup(""));
        else if (key)
            g_hash_table_remove(names->created, key);
    }
}
