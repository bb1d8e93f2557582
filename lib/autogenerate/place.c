/* Texts on their way into the scratch and back: what is created there must not land beside it, nor hang on what is
 * live. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* The significant tokens of a text. */
typedef struct Tokens {
    const Comparing *comparing;
    const char *text;
    GArray *array; /* SqlToken */
} Tokens;

static void tokens_init(Tokens *tokens, const Comparing *comparing, const char *text)
{
    gsize length = strlen(text), position = 0;
    tokens->comparing = comparing;
    tokens->text = text;
    tokens->array = g_array_new(FALSE, FALSE, sizeof(SqlToken));
    for (;;) {
        SqlToken token = sql_next_significant(comparing->dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return;
        g_array_append_val(tokens->array, token);
    }
}

static void tokens_clear(Tokens *tokens)
{
    g_array_unref(tokens->array);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tokens, tokens_clear)

static const SqlToken *token_at(const Tokens *tokens, guint i)
{
    static const SqlToken end = {SQL_TOKEN_END, 0, 0};
    return i < tokens->array->len ? &g_array_index(tokens->array, SqlToken, i) : &end;
}

static gboolean is_word(const Tokens *tokens, guint i, const char *word)
{
    return sql_token_is(token_at(tokens, i), tokens->text, word);
}

static gboolean is_one_of(const Tokens *tokens, guint i, const char *const *words)
{
    for (; *words; words++)
        if (is_word(tokens, i, *words))
            return TRUE;
    return FALSE;
}

/* The name in a token, NULL when it is none. An unquoted one means its lower case. New string. */
static char *name_at(const Tokens *tokens, guint i)
{
    const SqlToken *token = token_at(tokens, i);
    if (token->kind != SQL_TOKEN_WORD && token->kind != SQL_TOKEN_QUOTED)
        return NULL;
    g_autofree char *name = sql_token_identifier(token, tokens->text);
    if (token->kind == SQL_TOKEN_WORD || tokens->comparing->ignore_case)
        return g_ascii_strdown(name, -1);
    return g_steal_pointer(&name);
}

char *scratch_key(const Comparing *comparing, const char *schema, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s.%s", schema ? schema : "", name);
    return fold_name(key, comparing->ignore_case);
}

static gboolean is_placed(const Comparing *comparing, const Wanted *wanted, const char *schema, const char *name)
{
    g_autofree char *key = scratch_key(comparing, schema, name);
    return g_hash_table_contains(wanted->names, key);
}

const char *scratch_schema(const Wanted *wanted, const char *schema)
{
    for (guint i = 0; schema && i < wanted->schemas->len; i++)
        if (strcmp(wanted->schemas->pdata[i], schema) == 0)
            return wanted->stands->pdata[i];
    return schema;
}

/* --- there --- */

/* 's.name' of a sequence, as nextval() takes it. */
static char *placed_string(const Comparing *comparing, const Wanted *wanted, const char *string)
{
    const char *dot = strchr(string, '.');
    g_autofree char *schema = dot && *string == '\'' ? g_strndup(string + 1, (gsize)(dot - string) - 1) : NULL;
    g_autofree char *name = schema ? g_strndup(dot + 1, strlen(dot + 1) - 1) : NULL;
    if (!name || !is_placed(comparing, wanted, schema, name))
        return NULL;
    return g_strdup_printf("'%s.%s'", scratch_schema(wanted, schema), name);
}

/* Of how many tokens the qualifier at `i` consists that has to go, and what takes its place (new, or NULL: nothing). */
static guint placed_qualifier(const Tokens *tokens, const Wanted *wanted, GHashTable *defaults, guint i, char **stand)
{
    *stand = NULL;
    if (i && is_word(tokens, i - 1, "."))
        return 0;
    g_autofree char *schema = is_word(tokens, i + 1, ".") ? name_at(tokens, i) : NULL;
    g_autofree char *name = schema ? name_at(tokens, i + 2) : NULL;
    if (!name)
        return 0;
    if (g_hash_table_contains(defaults, schema) && is_placed(tokens->comparing, wanted, NULL, name))
        return 2;
    if (!is_placed(tokens->comparing, wanted, schema, name))
        return 0;
    *stand = g_strdup_printf("%s.", scratch_schema(wanted, schema));
    return 2;
}

/* `defaults`: names of schemas that stand for none. New string. */
static char *placed_text(const Tokens *tokens, const Wanted *wanted, GHashTable *defaults)
{
    GString *result = g_string_new(NULL);
    gsize copied = 0;
    for (guint i = 0; i < tokens->array->len; i++) {
        const SqlToken *token = token_at(tokens, i);
        g_autofree char *stand = NULL;
        guint n = placed_qualifier(tokens, wanted, defaults, i, &stand);
        if (token->kind == SQL_TOKEN_STRING) {
            g_autofree char *string = g_strndup(tokens->text + token->start, token->length);
            stand = placed_string(tokens->comparing, wanted, string);
            n = stand ? 1 : 0;
        }
        if (n == 0)
            continue;
        const SqlToken *last = token_at(tokens, i + n - 1);
        g_string_append_len(result, tokens->text + copied, (gssize)(token->start - copied));
        g_string_append(result, stand ? stand : "");
        copied = last->start + last->length;
        i += n - 1;
    }
    g_string_append(result, tokens->text + copied);
    return g_string_free(result, FALSE);
}

char *place_text(const Comparing *comparing, const Wanted *wanted, const char *text)
{
    g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, text);
    return placed_text(&tokens, wanted, none);
}

/* The position of the object's own name. */
static guint own_name(const Tokens *tokens)
{
    static const char *const kinds[] = {"create",  "or",       "replace",    "temp",         "temporary", "recursive",
                                        "view",    "function", "procedure",  "materialized", "aggregate", "domain",
                                        "type",    "trigger",  "event",      "constraint",   "policy",    "rule",
                                        "index",   "unique",   "if",         "not",          "exists",    "only",
                                        "definer", "unlogged", "statistics", "collation",    NULL};
    guint i = 0;
    while (token_at(tokens, i)->kind == SQL_TOKEN_WORD && is_one_of(tokens, i, kinds) && !is_word(tokens, i + 1, "."))
        i++;
    return i;
}

/* The position of the table it hangs on, behind ON or TO; 0 when it is not there. */
static guint target_name(const Tokens *tokens, const char *table_name)
{
    static const char *const before[] = {"on", "to", "only", NULL};
    for (guint i = 1; i < tokens->array->len; i++) {
        guint at = is_word(tokens, i + 1, ".") ? i + 2 : i;
        g_autofree char *name = is_one_of(tokens, i - 1, before) ? name_at(tokens, at) : NULL;
        if (name && name_equal(name, table_name, tokens->comparing->ignore_case))
            return i;
    }
    return 0;
}

/* A schema that is only named because it is the default one. */
static void add_default(const Tokens *tokens, guint i, GHashTable *defaults)
{
    char *schema = is_word(tokens, i + 1, ".") ? name_at(tokens, i) : NULL;
    if (schema)
        g_hash_table_add(defaults, schema);
}

/* Where a definition ends without WITH [NO] DATA. */
static gsize end_without_data(const Tokens *tokens)
{
    guint n = tokens->array->len;
    if (n && is_word(tokens, n - 1, ";"))
        n--;
    if (n > 2 && is_word(tokens, n - 1, "data") && is_word(tokens, n - 2, "with"))
        n -= 2;
    else if (n > 3 && is_word(tokens, n - 1, "data") && is_word(tokens, n - 2, "no") && is_word(tokens, n - 3, "with"))
        n -= 3;
    const SqlToken *last = token_at(tokens, n - 1);
    return n ? last->start + last->length : 0;
}

char *cut_data_clause(const Comparing *comparing, const char *text)
{
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, text);
    return g_strndup(text, end_without_data(&tokens));
}

/* The rows of a materialized view would be computed, and may call anything. */
static char *without_data(const Comparing *comparing, const char *text)
{
    g_autofree char *query = cut_data_clause(comparing, text);
    return g_strconcat(query, " WITH NO DATA", NULL);
}

char *place_definition(const Comparing *comparing, const Wanted *wanted, const SchemaObject *object)
{
    g_autoptr(GHashTable) defaults = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, object->definition);
    guint target = object->table_name ? target_name(&tokens, object->table_name) : 0;
    if (object->table_name && (!target || !is_placed(comparing, wanted, object->schema, object->table_name)))
        return NULL;
    if (!object->schema) {
        add_default(&tokens, own_name(&tokens), defaults);
        if (target)
            add_default(&tokens, target, defaults);
    }
    if (wanted->home)
        g_hash_table_add(defaults, g_strdup(wanted->home));
    char *text = placed_text(&tokens, wanted, defaults);
    if (strcmp(object->kind, "materialized_view") != 0)
        return text;
    g_autofree char *filled = text;
    return without_data(comparing, filled);
}

/* --- renames --- */

/* The token before the name at `i`, schema included. */
static guint before_name(const Tokens *tokens, guint i)
{
    guint first = i > 1 && is_word(tokens, i - 1, ".") ? i - 2 : i;
    return first > 0 ? first - 1 : tokens->array->len;
}

/* "x.name" is a column of x, unless x is the schema; and behind AS the name is an alias. */
static gboolean is_relation(const Tokens *tokens, guint i, const char *schema)
{
    g_autofree char *qualifier = i > 1 && is_word(tokens, i - 1, ".") ? name_at(tokens, i - 2) : NULL;
    if (qualifier)
        return strcmp(qualifier, schema ? schema : "public") == 0;
    return i == 0 || !is_word(tokens, i - 1, "as");
}

/* Types stand behind ::, and where routines, domains and other types are declared. */
static gboolean is_type(const Tokens *tokens, guint i)
{
    static const char *const heads[] = {"function", "procedure", "aggregate", "domain", "type", NULL};
    if (is_word(tokens, before_name(tokens, i), "::"))
        return TRUE;
    guint own = own_name(tokens);
    if (!is_word(tokens, 0, "create") || i <= own + 1 || own == 0 || !is_one_of(tokens, own - 1, heads))
        return FALSE;
    g_autofree char *name = name_at(tokens, i), *next = name_at(tokens, i + 1);
    return g_strcmp0(name, next) != 0; /* a parameter called as its type */
}

static gboolean has_role(const Tokens *tokens, guint i, NameRole role, const char *schema)
{
    switch (role) {
    case NAME_OF_RELATION:
        return is_relation(tokens, i, schema);
    case NAME_OF_COLUMN:
        return TRUE;
    case NAME_OF_TYPE:
        return is_type(tokens, i);
    case NAME_OF_ROUTINE:
        return is_word(tokens, i + 1, "(");
    }
    g_return_val_if_reached(FALSE);
}

char *rename_in_text(const Comparing *comparing, const char *text, const Renaming *renaming)
{
    g_autofree char *quoted = comparing->dialect->quote_identifier(renaming->new_name);
    GString *result = g_string_new(NULL);
    gsize copied = 0;
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, text);
    for (guint i = 0; i < tokens.array->len; i++) {
        const SqlToken *token = token_at(&tokens, i);
        g_autofree char *name = name_at(&tokens, i);
        if (!name || !name_equal(name, renaming->old_name, comparing->ignore_case) ||
            !has_role(&tokens, i, renaming->role, renaming->schema))
            continue;
        g_string_append_len(result, text + copied, (gssize)(token->start - copied));
        g_string_append(result, quoted);
        copied = token->start + token->length;
    }
    g_string_append(result, text + copied);
    return g_string_free(result, FALSE);
}

char *rename_own(const Comparing *comparing, const char *definition, const char *new_name)
{
    g_autofree char *quoted = comparing->dialect->quote_identifier(new_name);
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, definition);
    guint own = own_name(&tokens);
    if (is_word(&tokens, own + 1, "."))
        own += 2;
    const SqlToken *token = token_at(&tokens, own);
    return g_strdup_printf("%.*s%s%s", (int)token->start, definition, quoted,
                           definition + token->start + token->length);
}

void rename_target(const Comparing *comparing, SchemaObject *trigger, const char *new_name)
{
    g_autofree char *quoted = comparing->dialect->quote_identifier(new_name);
    g_autofree char *text = trigger->definition;
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, text);
    guint i = 0;
    while (i < tokens.array->len && !is_word(&tokens, i, "on"))
        i++;
    if (i + 1 >= tokens.array->len) {
        trigger->definition = g_steal_pointer(&text);
        return;
    }
    const SqlToken *target = token_at(&tokens, i + 1);
    trigger->definition =
        g_strdup_printf("%.*s%s%s", (int)target->start, text, quoted, text + target->start + target->length);
}

/* --- routines --- */

char *routine_signature(const Comparing *comparing, const char *definition)
{
    static const char *const behind[] = {"as",     "language",  "immutable", "stable", "volatile",  "strict",   "begin",
                                         "return", "called",    "security",  "cost",   "rows",      "parallel", "set",
                                         "not",    "leakproof", "external",  "window", "transform", "support",  NULL};
    int depth = 0;
    g_auto(Tokens) tokens;
    tokens_init(&tokens, comparing, definition);
    guint first = own_name(&tokens), i = first;
    for (; i < tokens.array->len; i++) {
        depth += is_word(&tokens, i, "(") - is_word(&tokens, i, ")");
        if (i > first && depth == 0 && is_one_of(&tokens, i, behind))
            break;
    }
    gsize start = token_at(&tokens, first)->start;
    gsize end = i < tokens.array->len ? token_at(&tokens, i)->start : strlen(definition);
    return g_strndup(definition + start, end - start);
}

/* --- and back --- */

typedef struct Back {
    const Comparing *comparing;
    const Wanted *wanted;
} Back;

static void replace_all(char **text, const char *from, const char *to)
{
    if (!strstr(*text, from))
        return;
    GString *result = g_string_new(*text);
    g_string_replace(result, from, to, 0);
    g_free(*text);
    *text = g_string_free(result, FALSE);
}

/* The names are random: nothing else looks like them. */
static void text_back(char **text, gpointer data)
{
    const Back *back = data;
    const Wanted *wanted = back->wanted;
    for (guint i = 0; i < wanted->stands->len; i++) {
        g_autofree char *stand = g_strdup_printf("%s.", (const char *)wanted->stands->pdata[i]);
        g_autofree char *quoted = back->comparing->dialect->quote_identifier(wanted->schemas->pdata[i]);
        g_autofree char *schema = g_strdup_printf("%s.", quoted);
        replace_all(text, stand, schema);
    }
    g_autofree char *main = g_strdup_printf("%s.", wanted->main);
    replace_all(text, main, "");
}

static void schema_back(const Wanted *wanted, char **schema)
{
    if (g_strcmp0(*schema, wanted->main) == 0)
        g_clear_pointer(schema, g_free);
    for (guint i = 0; *schema && i < wanted->stands->len; i++)
        if (strcmp(wanted->stands->pdata[i], *schema) == 0) {
            g_free(*schema);
            *schema = g_strdup(wanted->schemas->pdata[i]);
            return;
        }
}

static void objects_back(const Back *back, const GPtrArray *objects)
{
    for (guint i = 0; i < objects->len; i++) {
        SchemaObject *object = objects->pdata[i];
        schema_back(back->wanted, &object->schema);
        text_back(&object->definition, (gpointer)back);
        text_back(&object->name, (gpointer)back);
    }
}

MetaData *place_back(const Comparing *comparing, const Wanted *wanted, MetaData *read)
{
    if (!wanted->main)
        return read;
    Back back = {comparing, wanted};
    MetaData *canonical = metadata_new(comparing->ignore_case);
    while (read->tables->len) {
        const Table *first = read->tables->pdata[0];
        Table *table = metadata_steal_table(read, first->schema, first->name);
        schema_back(wanted, &table->schema);
        table_texts(table, text_back, &back);
        metadata_add_table(canonical, table);
    }
    for (guint i = 0; i < read->sequences->len; i++)
        schema_back(wanted, &((Sequence *)read->sequences->pdata[i])->schema);
    objects_back(&back, read->objects);
    g_ptr_array_extend_and_steal(canonical->sequences, g_steal_pointer(&read->sequences));
    g_ptr_array_extend_and_steal(canonical->objects, g_steal_pointer(&read->objects));
    read->sequences = g_ptr_array_new();
    read->objects = g_ptr_array_new();
    metadata_free(read);
    return canonical;
}
