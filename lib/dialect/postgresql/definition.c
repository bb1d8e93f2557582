/* Definitions as tokens. */
#include "dialect/postgresql/definition.h"

#include <string.h>

#include "base/error.h"

static const struct {
    const char *kind, *words;
} kinds[] = {
    {"view", "VIEW"},
    {"materialized_view", "MATERIALIZED VIEW"},
    {"function", "FUNCTION"},
    {"procedure", "PROCEDURE"},
    {"aggregate", "AGGREGATE"},
    {"trigger", "TRIGGER"},
    {"domain", "DOMAIN"},
    {"composite_type", "TYPE"},
    {"range_type", "TYPE"},
    {"extension", "EXTENSION"},
    {"schema", "SCHEMA"},
    {"policy", "POLICY"},
    {"rule", "RULE"},
    {"index", "INDEX"},
    {"statistics", "STATISTICS"},
    {"collation", "COLLATION"},
    {"event_trigger", "EVENT TRIGGER"},
};

const char *postgresql_object_words(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].words;
    return NULL;
}

gboolean postgresql_has_object_kind(const char *kind)
{
    return postgresql_object_words(kind) != NULL;
}

/* --- tokens --- */

static const SqlToken *token_at(const PgDefinition *definition, guint token)
{
    return token < definition->tokens->len ? &g_array_index(definition->tokens, SqlToken, token) : NULL;
}

gboolean definition_is(const PgDefinition *definition, guint token, const char *word)
{
    const SqlToken *found = token_at(definition, token);
    return found && sql_token_is(found, definition->create, word);
}

char *definition_text(const PgDefinition *definition, PgSpan span)
{
    if (span.from >= span.to)
        return g_strdup("");
    const SqlToken *first = token_at(definition, span.from), *last = token_at(definition, span.to - 1);
    return g_strndup(definition->create + first->start, last->start + last->length - first->start);
}

char *definition_identifier(const PgDefinition *definition, guint token)
{
    const SqlToken *found = token_at(definition, token);
    if (!found || (found->kind != SQL_TOKEN_WORD && found->kind != SQL_TOKEN_QUOTED))
        return NULL;
    char *name = sql_token_identifier(found, definition->create);
    for (char *c = name; found->kind == SQL_TOKEN_WORD && *c; c++)
        *c = g_ascii_tolower(*c);
    return name;
}

gboolean definition_spans_equal(const PgDefinition *a, PgSpan first, const PgDefinition *b, PgSpan second)
{
    g_autofree char *text_a = definition_text(a, first), *text_b = definition_text(b, second);
    return sql_equal(&postgresql_dialect, text_a, text_b);
}

/* What the token does to the depth of nesting. */
static int nesting(const PgDefinition *definition, guint token)
{
    if (definition_is(definition, token, "(") || definition_is(definition, token, "[") ||
        definition_is(definition, token, "CASE"))
        return 1;
    if (definition_is(definition, token, ")") || definition_is(definition, token, "]") ||
        definition_is(definition, token, "END"))
        return -1;
    return 0;
}

guint definition_find(const PgDefinition *definition, PgSpan span, const char *const *words)
{
    int depth = 0;
    for (guint i = span.from; i < span.to; i++) {
        for (guint j = 0; depth == 0 && words[j]; j++)
            if (definition_is(definition, i, words[j]))
                return i;
        depth += nesting(definition, i);
    }
    return span.to;
}

guint definition_behind_group(const PgDefinition *definition, guint open)
{
    int depth = 0;
    for (guint i = open; i < definition->tokens->len; i++) {
        depth += nesting(definition, i);
        if (depth == 0)
            return i + 1;
    }
    return definition->tokens->len;
}

GArray *definition_list(const PgDefinition *definition, guint open)
{
    static const char *const comma[] = {",", NULL};
    GArray *list = g_array_new(FALSE, FALSE, sizeof(PgSpan));
    guint end = definition_behind_group(definition, open) - 1;
    for (guint from = open + 1; from < end;) {
        const PgSpan item = {from, definition_find(definition, (PgSpan){from, end}, comma)};
        g_array_append_val(list, item);
        from = item.to + 1;
    }
    return list;
}

/* --- reading --- */

void postgresql_definition_free(PgDefinition *definition)
{
    if (!definition)
        return;
    g_ptr_array_unref(definition->statements);
    g_array_unref(definition->tokens);
    g_free(definition->base_name);
    g_free(definition);
}

static GPtrArray *split_definition(const char *text, GError **error)
{
    g_autoptr(GPtrArray) found = postgresql_split(text, strlen(text), error);
    if (!found)
        return NULL;
    GPtrArray *statements = strings_new();
    for (guint i = 0; i < found->len; i++) {
        const SqlStatement *statement = found->pdata[i];
        g_ptr_array_add(statements, g_strndup(text + statement->start, statement->length));
    }
    return statements;
}

static void read_tokens(PgDefinition *definition)
{
    gsize length = strlen(definition->create), position = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&postgresql_dialect, definition->create, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return;
        g_array_append_val(definition->tokens, token);
    }
}

/* CREATE, words of the kind and what may stand among them, the name. */
static gboolean find_name(PgDefinition *definition, const char *words)
{
    const char *last = strrchr(words, ' ') ? strrchr(words, ' ') + 1 : words;
    guint i = 1;
    if (!definition_is(definition, 0, "CREATE"))
        return FALSE;
    while (!definition_is(definition, i, last))
        if (++i >= definition->tokens->len || i > 6)
            return FALSE;
    i++;
    if (definition_is(definition, i, "CONCURRENTLY"))
        i++;
    if (definition_is(definition, i, "IF") && definition_is(definition, i + 1, "NOT"))
        i += 3;
    definition->name = (PgSpan){i, definition_is(definition, i + 1, ".") ? i + 3 : i + 1};
    definition->base_name = definition_identifier(definition, definition->name.to - 1);
    return definition->base_name != NULL;
}

PgDefinition *postgresql_definition_read(const SchemaObject *object, GError **error)
{
    if (!object->definition) {
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s '%s' has no definition for postgresql",
                    object->kind, object->name);
        return NULL;
    }
    GPtrArray *statements = split_definition(object->definition, error);
    if (!statements) {
        g_prefix_error(error, "%s '%s': ", object->kind, object->name);
        return NULL;
    }
    g_autoptr(PgDefinition) definition = g_new0(PgDefinition, 1);
    definition->statements = statements;
    definition->create = statements->len ? statements->pdata[0] : "";
    definition->tokens = g_array_new(FALSE, FALSE, sizeof(SqlToken));
    read_tokens(definition);
    const char *words = postgresql_object_words(object->kind);
    if (words && find_name(definition, words))
        return g_steal_pointer(&definition);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%s '%s': its definition is no CREATE %s with a name",
                object->kind, object->name, words ? words : object->kind);
    return NULL;
}

/* --- names and arguments --- */

static gboolean is_routine(const SchemaObject *object)
{
    static const char *const routines[] = {"function", "procedure", "aggregate", NULL};
    return g_strv_contains(routines, object->kind);
}

/* Where the argument types begin in the name of one of several functions, or NULL. */
static const char *types_in_name(const SchemaObject *object)
{
    return is_routine(object) && g_str_has_suffix(object->name, ")") ? strchr(object->name, '(') : NULL;
}

char *postgresql_object_base_name(const SchemaObject *object)
{
    const char *types = types_in_name(object);
    return types ? g_strndup(object->name, (gsize)(types - object->name)) : g_strdup(object->name);
}

static char *parameters(const PgDefinition *definition)
{
    static const char *const defaults[] = {"DEFAULT", "=", NULL};
    g_autoptr(GArray) list = definition_list(definition, definition->name.to);
    GString *text = g_string_new("(");
    for (guint i = 0; i < list->len; i++) {
        PgSpan parameter = g_array_index(list, PgSpan, i);
        parameter.to = definition_find(definition, parameter, defaults);
        g_autofree char *one = definition_text(definition, parameter);
        g_string_append_printf(text, "%s%s", i ? ", " : "", one);
    }
    g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

char *postgresql_routine_arguments(const SchemaObject *object, GError **error)
{
    const char *types = types_in_name(object);
    gboolean aggregate = strcmp(object->kind, "aggregate") == 0;
    gboolean unknown = !object->definition || !*object->definition;
    if (unknown && types)
        return g_strdup(aggregate && strcmp(types, "()") == 0 ? "(*)" : types);
    if (unknown && object->definition && !aggregate) /* an operation that says no more: the server knows the only one */
        return g_strdup("");
    g_autoptr(PgDefinition) definition = postgresql_definition_read(object, error);
    if (!definition)
        return NULL;
    guint open = definition->name.to, behind = definition_behind_group(definition, open);
    if (definition_is(definition, open, "(") && (!aggregate || definition_is(definition, behind, "(")))
        return aggregate ? definition_text(definition, (PgSpan){open, behind}) : parameters(definition);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX,
                "%s '%s': its definition has no argument types in parentheses behind the name", object->kind,
                object->name);
    return NULL;
}

/* Replaces the name where it stands in a statement that follows the CREATE. */
static char *renamed_statement(const char *sql, const char *from, const char *to)
{
    GString *text = g_string_new(NULL);
    gsize length = strlen(sql), position = 0;
    for (;;) {
        SqlToken token = postgresql_next_token(sql, length, position);
        if (token.kind == SQL_TOKEN_END)
            return g_string_free(text, FALSE);
        position = token.start + token.length;
        gboolean name = token.kind == SQL_TOKEN_WORD || token.kind == SQL_TOKEN_QUOTED;
        g_autofree char *found = name ? sql_token_identifier(&token, sql) : NULL;
        if (found && strcmp(found, from) == 0)
            g_string_append(text, to);
        else
            g_string_append_len(text, sql + token.start, (gssize)token.length);
    }
}

char *postgresql_definition_renamed(const SchemaObject *object, const SchemaObject *renamed, GError **error)
{
    g_autoptr(PgDefinition) definition = postgresql_definition_read(object, error);
    if (!definition)
        return NULL;
    g_autofree char *base_name = postgresql_object_base_name(renamed);
    g_autofree char *quoted = postgresql_quote_identifier(base_name);
    const SqlToken *name = token_at(definition, definition->name.to - 1);
    GString *text = g_string_new_len(definition->create, (gssize)name->start);
    g_string_append_printf(text, "%s%s", quoted, definition->create + name->start + name->length);
    for (guint i = 1; i < definition->statements->len; i++) {
        g_autofree char *statement = renamed_statement(definition->statements->pdata[i], definition->base_name, quoted);
        g_string_append_printf(text, ";\n%s", statement);
    }
    return g_string_free(text, FALSE);
}
