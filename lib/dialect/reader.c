/* Reading a statement token by token. */
#include "dialect/reader.h"

void sql_reader_advance(SqlReader *reader)
{
    reader->previous_end = reader->token.start + reader->token.length;
    do
        reader->token = sql_next_significant(reader->dialect, reader->sql, reader->length, &reader->position);
    while (reader->token.kind == SQL_TOKEN_CONDITION);
}

SqlReader sql_reader_new(const Dialect *dialect, const char *sql, gsize length)
{
    SqlReader reader = {.dialect = dialect, .sql = sql, .length = length};
    sql_reader_advance(&reader);
    return reader;
}

gboolean sql_reader_is(const SqlReader *reader, const char *word)
{
    return sql_token_is(&reader->token, reader->sql, word);
}

gboolean sql_reader_take(SqlReader *reader, const char *word)
{
    if (!sql_reader_is(reader, word))
        return FALSE;
    sql_reader_advance(reader);
    return TRUE;
}

gboolean sql_reader_take_words(SqlReader *reader, const char *first, const char *second)
{
    SqlReader ahead = *reader;
    if (!sql_reader_take(&ahead, first) || !sql_reader_take(&ahead, second))
        return FALSE;
    *reader = ahead;
    return TRUE;
}

gboolean sql_reader_at_end(const SqlReader *reader)
{
    return reader->token.kind == SQL_TOKEN_END || reader->token.kind == SQL_TOKEN_SEMICOLON;
}

gboolean sql_reader_is_one_of(const SqlReader *reader, const char *const *words)
{
    for (; *words != NULL; words++)
        if (sql_reader_is(reader, *words))
            return TRUE;
    return FALSE;
}

static gboolean at_name(const SqlReader *reader)
{
    return reader->token.kind == SQL_TOKEN_WORD || reader->token.kind == SQL_TOKEN_QUOTED;
}

char *sql_reader_take_identifier(SqlReader *reader)
{
    if (!at_name(reader))
        return NULL;
    char *name = sql_token_identifier(&reader->token, reader->sql);
    sql_reader_advance(reader);
    return name;
}

char *sql_reader_take_name(SqlReader *reader, gboolean fold)
{
    g_autoptr(GString) name = g_string_new(NULL);

    do {
        if (!at_name(reader))
            return NULL;
        gboolean lower = fold && reader->token.kind == SQL_TOKEN_WORD;
        g_autofree char *written = sql_reader_take_identifier(reader);
        g_autofree char *folded = lower ? g_ascii_strdown(written, -1) : g_strdup(written);
        g_autofree char *quoted = reader->dialect->quote_identifier(folded);
        g_string_append_printf(name, "%s%s", name->len > 0 ? "." : "", quoted);
    } while (sql_reader_take(reader, "."));
    return g_strdup(name->str);
}

gboolean sql_reader_skip_parentheses(SqlReader *reader)
{
    guint depth = 0;

    if (!sql_reader_is(reader, "("))
        return FALSE;
    do {
        if (reader->token.kind == SQL_TOKEN_END)
            return FALSE;
        if (sql_reader_is(reader, "("))
            depth++;
        else if (sql_reader_is(reader, ")"))
            depth--;
        sql_reader_advance(reader);
    } while (depth > 0);
    return TRUE;
}

gboolean sql_reader_take_option(SqlReader *reader, const char *name, gboolean *on)
{
    static const char *const off[] = {"false", "off", "0", "'false'", "'off'", "'0'", NULL};
    gboolean found = FALSE;
    guint depth = 0;

    do {
        if (sql_reader_is(reader, "("))
            depth++;
        else if (sql_reader_is(reader, ")"))
            depth--;
        if (depth != 1 || !sql_reader_is(reader, name)) {
            sql_reader_advance(reader);
            continue;
        }
        sql_reader_advance(reader);
        sql_reader_take(reader, "=");
        g_autofree char *value = g_ascii_strdown(reader->sql + reader->token.start, (gssize)reader->token.length);
        found = TRUE;
        *on = !g_strv_contains(off, value);
    } while (depth > 0 && !sql_reader_at_end(reader));
    return found;
}

gboolean sql_reader_has_word(SqlReader reader, const char *word)
{
    guint depth = 0;

    for (; !sql_reader_at_end(&reader); sql_reader_advance(&reader)) {
        if (sql_reader_is(&reader, "("))
            depth++;
        else if (depth > 0 && sql_reader_is(&reader, ")"))
            depth--;
        else if (depth == 0 && sql_reader_is(&reader, word))
            return TRUE;
    }
    return FALSE;
}
