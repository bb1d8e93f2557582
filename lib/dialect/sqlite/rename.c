/* SQLite rewrites stored triggers when a table or column is renamed. A trigger that has to be made again in the same
 * revision needs that text before it exists, so the same is done here for words whose meaning is beyond doubt. */
#include <string.h>

#include "base/text.h"
#include "dialect/sqlite/compiler.h"
#include "dialect/sqlite/sqlite.h"

typedef struct Words {
    const char *text;
    GArray *tokens; /* SqlToken: the significant ones */
} Words;

static void words_init(Words *words, const char *text)
{
    gsize length = strlen(text), position = 0;
    words->text = text;
    words->tokens = g_array_new(FALSE, FALSE, sizeof(SqlToken));
    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return;
        g_array_append_val(words->tokens, token);
    }
}

static void words_clear(Words *words)
{
    g_array_unref(words->tokens);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static gboolean word_is(const Words *words, guint at, const char *word)
{
    return at < words->tokens->len && sql_token_is(&g_array_index(words->tokens, SqlToken, at), words->text, word);
}

/* An identifier's name, NULL for anything else (a keyword can only be a name when it is quoted). New string. */
static char *name_at(const Words *words, guint at)
{
    if (at >= words->tokens->len)
        return NULL;
    const SqlToken *token = &g_array_index(words->tokens, SqlToken, at);
    if (token->kind == SQL_TOKEN_QUOTED)
        return sql_token_identifier(token, words->text);
    if (token->kind != SQL_TOKEN_WORD)
        return NULL;
    g_autofree char *name = g_strndup(words->text + token->start, token->length);
    g_autofree char *quoted = sqlite_quote_identifier(name);
    return strcmp(name, quoted) == 0 ? g_steal_pointer(&name) : NULL;
}

static gboolean is_named(const Words *words, guint at, const char *name)
{
    g_autofree char *found = name_at(words, at);
    return name_equal(found, name, TRUE);
}

gboolean sqlite_mentions(const char *text, const char *name)
{
    g_auto(Words) words;
    words_init(&words, text);
    for (guint i = 0; i < words.tokens->len; i++)
        if (is_named(&words, i, name))
            return TRUE;
    return FALSE;
}

/* What a token that has the renamed thing's name means. */
typedef enum Meaning { MEANING_OTHER, MEANING_RENAMED, MEANING_UNKNOWN } Meaning;
typedef Meaning (*MeaningOf)(const Words *words, guint at, const void *data);

/* `text` with the tokens that mean the renamed thing replaced; NULL when one is in doubt. */
static char *replace_names(const char *text, const char *from, const char *to, MeaningOf meaning_of, const void *data)
{
    g_auto(Words) words;
    g_autoptr(GString) result = g_string_new(NULL);
    g_autofree char *quoted = sqlite_quote_identifier(to);
    gsize copied = 0;
    words_init(&words, text);
    for (guint i = 0; i < words.tokens->len; i++) {
        const SqlToken *token = &g_array_index(words.tokens, SqlToken, i);
        if (!is_named(&words, i, from))
            continue;
        Meaning meaning = meaning_of(&words, i, data);
        if (meaning == MEANING_UNKNOWN)
            return NULL;
        if (meaning == MEANING_OTHER)
            continue;
        g_string_append_len(result, text + copied, (gssize)(token->start - copied));
        g_string_append(result, quoted);
        copied = token->start + token->length;
    }
    g_string_append(result, text + copied);
    return g_strdup(result->str);
}

/* --- tables --- */

static Meaning qualifier_meaning(const Words *words, guint at, const void *data)
{
    (void)data;
    return word_is(words, at + 1, ".") ? MEANING_RENAMED : MEANING_OTHER;
}

static void rename_qualifier(char **text, const char *from, const char *to)
{
    if (!*text)
        return;
    char *renamed = replace_names(*text, from, to, qualifier_meaning, NULL);
    g_free(*text);
    *text = renamed;
}

void sqlite_rename_table_in_table(Table *table, const char *from, const char *to)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        if (column->computed)
            rename_qualifier(&column->computed->expression, from, to);
    }
    for (guint i = 0; i < table->constraints->len; i++) {
        Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_CHECK)
            rename_qualifier(&constraint->expression, from, to);
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        Index *index = table->indexes->pdata[i];
        rename_qualifier(&index->where, from, to);
        for (guint j = 0; j < index->columns->len; j++) {
            IndexColumn *column = index->columns->pdata[j];
            rename_qualifier(&column->expression, from, to);
        }
    }
}

static Meaning table_meaning(const Words *words, guint at, const void *data)
{
    static const char *const before_table[] = {"on", "from", "join", "into", "update"};
    (void)data;
    if (at > 0 && word_is(words, at - 1, "."))
        return at > 1 && word_is(words, at - 2, "main") ? MEANING_RENAMED : MEANING_OTHER;
    if (word_is(words, at + 1, "."))
        return MEANING_RENAMED;
    for (gsize i = 0; at > 0 && i < G_N_ELEMENTS(before_table); i++)
        if (word_is(words, at - 1, before_table[i]))
            return MEANING_RENAMED;
    return MEANING_UNKNOWN;
}

char *sqlite_rename_table_in_trigger(const char *text, const char *from, const char *to)
{
    return replace_names(text, from, to, table_meaning, NULL);
}

/* --- columns --- */

typedef struct ColumnRename {
    const char *table;
    gboolean own;            /* the trigger hangs on the table */
    gboolean only_candidate; /* no other table in the trigger can have a column of that name */
} ColumnRename;

static Meaning column_meaning(const Words *words, guint at, const void *data)
{
    const ColumnRename *rename = data;
    if (at > 1 && word_is(words, at - 1, ".")) {
        if (word_is(words, at - 2, "new") || word_is(words, at - 2, "old"))
            return rename->own ? MEANING_RENAMED : MEANING_OTHER;
        return is_named(words, at - 2, rename->table) ? MEANING_RENAMED : MEANING_UNKNOWN;
    }
    if (word_is(words, at + 1, "(") || word_is(words, at + 1, "."))
        return word_is(words, at + 1, "(") ? MEANING_OTHER : MEANING_UNKNOWN;
    if (at > 0 && (word_is(words, at - 1, "as") || word_is(words, at - 1, "trigger")))
        return MEANING_UNKNOWN;
    return rename->only_candidate ? MEANING_RENAMED : MEANING_UNKNOWN;
}

/* TRUE when no other table or view that the trigger mentions has, or may have, a column of that name. */
static gboolean is_only_candidate(const MetaData *metadata, const SchemaObject *trigger, const Table *table,
                                  const char *column)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, "view") == 0 && sqlite_mentions(trigger->definition, object->name))
            return FALSE;
    }
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *other = metadata->tables->pdata[i];
        if (other != table && table_find_column(other, column) && sqlite_mentions(trigger->definition, other->name))
            return FALSE;
    }
    return TRUE;
}

char *sqlite_rename_column_in_trigger(const MetaData *metadata, const SchemaObject *trigger, const Table *table,
                                      const char *from, const char *to)
{
    ColumnRename rename = {table->name, name_equal(trigger->table_name, table->name, TRUE), FALSE};
    if (!sqlite_mentions(trigger->definition, from) ||
        (!rename.own && !sqlite_mentions(trigger->definition, table->name)))
        return g_strdup(trigger->definition);
    rename.only_candidate = is_only_candidate(metadata, trigger, table, from);
    return replace_names(trigger->definition, from, to, column_meaning, &rename);
}
