/* What kind of statement it is, by its tokens. What is refused in a transaction was tried with 15, and read in the
 * manual's pages of the commands for the others. */
#include <string.h>

#include "dialect/postgresql/statements.h"

void pg_reader_advance(PgReader *reader)
{
    reader->token = sql_next_significant(&postgresql_dialect, reader->sql, reader->length, &reader->position);
}

PgReader pg_reader_new(const char *sql, gsize length)
{
    PgReader reader = {.sql = sql, .length = length};
    pg_reader_advance(&reader);
    return reader;
}

gboolean pg_reader_is(const PgReader *reader, const char *word)
{
    return sql_token_is(&reader->token, reader->sql, word);
}

gboolean pg_reader_take(PgReader *reader, const char *word)
{
    if (!pg_reader_is(reader, word))
        return FALSE;
    pg_reader_advance(reader);
    return TRUE;
}

gboolean pg_reader_take_words(PgReader *reader, const char *first, const char *second)
{
    PgReader ahead = *reader;
    if (!pg_reader_take(&ahead, first) || !pg_reader_take(&ahead, second))
        return FALSE;
    *reader = ahead;
    return TRUE;
}

gboolean pg_reader_at_end(const PgReader *reader)
{
    return reader->token.kind == SQL_TOKEN_END || reader->token.kind == SQL_TOKEN_SEMICOLON;
}

gboolean pg_reader_is_one_of(const PgReader *reader, const char *const *words)
{
    for (; *words != NULL; words++)
        if (pg_reader_is(reader, *words))
            return TRUE;
    return FALSE;
}

char *pg_reader_take_name(PgReader *reader)
{
    g_autoptr(GString) name = g_string_new(NULL);

    do {
        if (reader->token.kind != SQL_TOKEN_WORD && reader->token.kind != SQL_TOKEN_QUOTED)
            return NULL;
        g_autofree char *written = sql_token_identifier(&reader->token, reader->sql);
        g_autofree char *folded =
            reader->token.kind == SQL_TOKEN_WORD ? g_ascii_strdown(written, -1) : g_strdup(written);
        g_autofree char *quoted = postgresql_quote_identifier(folded);
        g_string_append_printf(name, "%s%s", name->len > 0 ? "." : "", quoted);
        pg_reader_advance(reader);
    } while (pg_reader_take(reader, "."));
    return g_strdup(name->str);
}

gboolean pg_reader_take_option(PgReader *reader, const char *name, gboolean *on)
{
    static const char *const off[] = {"false", "off", "0", "'false'", "'off'", "'0'", NULL};
    gboolean found = FALSE;
    guint depth = 0;

    do {
        if (pg_reader_is(reader, "("))
            depth++;
        else if (pg_reader_is(reader, ")"))
            depth--;
        if (depth != 1 || !pg_reader_is(reader, name)) {
            pg_reader_advance(reader);
            continue;
        }
        pg_reader_advance(reader);
        pg_reader_take(reader, "=");
        g_autofree char *value = g_ascii_strdown(reader->sql + reader->token.start, (gssize)reader->token.length);
        found = TRUE;
        *on = !g_strv_contains(off, value);
    } while (depth > 0 && !pg_reader_at_end(reader));
    return found;
}

/* A word anywhere outside of parentheses in the rest. */
static gboolean has_word(PgReader reader, const char *word)
{
    guint depth = 0;

    for (; !pg_reader_at_end(&reader); pg_reader_advance(&reader)) {
        if (pg_reader_is(&reader, "("))
            depth++;
        else if (depth > 0 && pg_reader_is(&reader, ")"))
            depth--;
        else if (depth == 0 && pg_reader_is(&reader, word))
            return TRUE;
    }
    return FALSE;
}

static gboolean create_refuses(PgReader *reader)
{
    gboolean on = TRUE;

    pg_reader_take(reader, "UNIQUE");
    if (pg_reader_take(reader, "INDEX"))
        return pg_reader_is(reader, "CONCURRENTLY");
    if (pg_reader_is(reader, "DATABASE") || pg_reader_is(reader, "TABLESPACE"))
        return TRUE;
    if (!pg_reader_take(reader, "SUBSCRIPTION"))
        return FALSE;
    while (!pg_reader_at_end(reader) && !pg_reader_is(reader, "WITH"))
        pg_reader_advance(reader);
    if (!pg_reader_take(reader, "WITH") || !pg_reader_is(reader, "("))
        return TRUE;
    PgReader again = *reader;
    if (pg_reader_take_option(&again, "connect", &on) && !on)
        return FALSE;
    return !(pg_reader_take_option(reader, "create_slot", &on) && !on);
}

static gboolean drop_refuses(PgReader *reader)
{
    static const char *const kinds[] = {"DATABASE", "TABLESPACE", "SUBSCRIPTION", NULL};

    if (pg_reader_take(reader, "INDEX"))
        return pg_reader_is(reader, "CONCURRENTLY");
    return pg_reader_is_one_of(reader, kinds);
}

static gboolean alter_refuses(PgReader *reader)
{
    if (pg_reader_is(reader, "SYSTEM"))
        return TRUE;
    if (pg_reader_take(reader, "DATABASE")) {
        pg_reader_advance(reader);
        return pg_reader_take(reader, "SET") && pg_reader_is(reader, "TABLESPACE");
    }
    if (pg_reader_take(reader, "SUBSCRIPTION")) {
        pg_reader_advance(reader);
        return pg_reader_is(reader, "REFRESH");
    }
    return pg_reader_take(reader, "TABLE") && has_word(*reader, "DETACH") && has_word(*reader, "CONCURRENTLY");
}

static gboolean reindex_refuses(PgReader *reader)
{
    static const char *const many[] = {"DATABASE", "SCHEMA", "SYSTEM", NULL};
    gboolean on = FALSE;

    if (pg_reader_is(reader, "(") && pg_reader_take_option(reader, "CONCURRENTLY", &on) && on)
        return TRUE;
    if (pg_reader_is_one_of(reader, many))
        return TRUE;
    pg_reader_advance(reader);
    return pg_reader_is(reader, "CONCURRENTLY");
}

static gboolean cluster_refuses(PgReader *reader)
{
    gboolean on;

    if (pg_reader_is(reader, "("))
        pg_reader_take_option(reader, "", &on);
    else
        pg_reader_take(reader, "VERBOSE");
    return pg_reader_at_end(reader);
}

gboolean postgresql_refuses_transaction(const char *sql, gsize length)
{
    PgReader reader = pg_reader_new(sql, length);

    if (pg_reader_take(&reader, "CREATE"))
        return create_refuses(&reader);
    if (pg_reader_take(&reader, "DROP"))
        return drop_refuses(&reader);
    if (pg_reader_take(&reader, "ALTER"))
        return alter_refuses(&reader);
    if (pg_reader_take(&reader, "REINDEX"))
        return reindex_refuses(&reader);
    if (pg_reader_take(&reader, "CLUSTER"))
        return cluster_refuses(&reader);
    if (pg_reader_take(&reader, "DISCARD"))
        return pg_reader_is(&reader, "ALL");
    return pg_reader_is(&reader, "VACUUM");
}

/* DO may, too, but hardly any does: it stays in a transaction with its journal row, so that it runs exactly once. */
gboolean postgresql_may_commit(const char *sql, gsize length)
{
    PgReader reader = pg_reader_new(sql, length);

    return pg_reader_is(&reader, "CALL");
}

gboolean postgresql_controls_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"BEGIN", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", NULL};
    PgReader reader = pg_reader_new(sql, length);

    if (pg_reader_take(&reader, "START") || pg_reader_take(&reader, "PREPARE"))
        return pg_reader_is(&reader, "TRANSACTION");
    return pg_reader_is_one_of(&reader, words);
}

gboolean postgresql_sets_session(const char *sql, gsize length)
{
    static const char *const words[] = {"RESET", "LOAD", "LISTEN", "UNLISTEN", NULL};
    static const char *const not_session[] = {"LOCAL", "TRANSACTION", "CONSTRAINTS", NULL};
    PgReader reader = pg_reader_new(sql, length);

    if (pg_reader_take(&reader, "SET"))
        return !pg_reader_is_one_of(&reader, not_session);
    return pg_reader_is_one_of(&reader, words);
}
