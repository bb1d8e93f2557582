/* What kind of statement it is, by its tokens. What is refused in a transaction was tried with 15, and read in the
 * manual's pages of the commands for the others. */
#include <string.h>

#include "dialect/postgresql/postgresql.h"

typedef struct Reader {
    const char *sql;
    gsize length, position;
    SqlToken token; /* the current one */
} Reader;

static void advance(Reader *reader)
{
    reader->token = sql_next_significant(&postgresql_dialect, reader->sql, reader->length, &reader->position);
}

static Reader reader_at_start(const char *sql, gsize length)
{
    Reader reader = {.sql = sql, .length = length};
    advance(&reader);
    return reader;
}

static gboolean is(const Reader *reader, const char *word)
{
    return sql_token_is(&reader->token, reader->sql, word);
}

static gboolean take(Reader *reader, const char *word)
{
    if (!is(reader, word))
        return FALSE;
    advance(reader);
    return TRUE;
}

static gboolean at_end(const Reader *reader)
{
    return reader->token.kind == SQL_TOKEN_END || reader->token.kind == SQL_TOKEN_SEMICOLON;
}

static gboolean is_one_of(const Reader *reader, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is(reader, *words))
            return TRUE;
    return FALSE;
}

/* "(name, name = value …)": TRUE when option `name` stands there, and whether it is on. Ends behind the parentheses. */
static gboolean take_option(Reader *reader, const char *name, gboolean *on)
{
    static const char *const off_words[] = {"FALSE", "OFF", "0", NULL};
    gboolean found = FALSE;
    guint depth = 0;

    do {
        if (is(reader, "("))
            depth++;
        else if (is(reader, ")"))
            depth--;
        if (depth != 1 || !is(reader, name)) {
            advance(reader);
            continue;
        }
        advance(reader);
        take(reader, "=");
        const char *value = reader->sql + reader->token.start;
        found = TRUE;
        *on = !is_one_of(reader, off_words) && strncmp(value, "0", reader->token.length) != 0 &&
              g_ascii_strncasecmp(value, "'false'", reader->token.length) != 0 &&
              g_ascii_strncasecmp(value, "'off'", reader->token.length) != 0;
    } while (depth > 0 && !at_end(reader));
    return found;
}

/* A word anywhere outside of parentheses in the rest. */
static gboolean has_word(Reader reader, const char *word)
{
    guint depth = 0;

    for (; !at_end(&reader); advance(&reader)) {
        if (is(&reader, "("))
            depth++;
        else if (depth > 0 && is(&reader, ")"))
            depth--;
        else if (depth == 0 && is(&reader, word))
            return TRUE;
    }
    return FALSE;
}

static gboolean create_refuses(Reader *reader)
{
    gboolean on = TRUE;

    take(reader, "UNIQUE");
    if (take(reader, "INDEX"))
        return is(reader, "CONCURRENTLY");
    if (is(reader, "DATABASE") || is(reader, "TABLESPACE"))
        return TRUE;
    if (!take(reader, "SUBSCRIPTION"))
        return FALSE;
    while (!at_end(reader) && !is(reader, "WITH"))
        advance(reader);
    if (!take(reader, "WITH") || !is(reader, "("))
        return TRUE;
    Reader again = *reader;
    if (take_option(&again, "connect", &on) && !on)
        return FALSE;
    return !(take_option(reader, "create_slot", &on) && !on);
}

static gboolean drop_refuses(Reader *reader)
{
    static const char *const kinds[] = {"DATABASE", "TABLESPACE", "SUBSCRIPTION", NULL};

    if (take(reader, "INDEX"))
        return is(reader, "CONCURRENTLY");
    return is_one_of(reader, kinds);
}

static gboolean alter_refuses(Reader *reader)
{
    if (is(reader, "SYSTEM"))
        return TRUE;
    if (take(reader, "DATABASE")) {
        advance(reader);
        return take(reader, "SET") && is(reader, "TABLESPACE");
    }
    if (take(reader, "SUBSCRIPTION")) {
        advance(reader);
        return is(reader, "REFRESH");
    }
    return take(reader, "TABLE") && has_word(*reader, "DETACH") && has_word(*reader, "CONCURRENTLY");
}

static gboolean reindex_refuses(Reader *reader)
{
    static const char *const many[] = {"DATABASE", "SCHEMA", "SYSTEM", NULL};
    gboolean on = FALSE;

    if (is(reader, "(") && take_option(reader, "CONCURRENTLY", &on) && on)
        return TRUE;
    if (is_one_of(reader, many))
        return TRUE;
    advance(reader);
    return is(reader, "CONCURRENTLY");
}

static gboolean cluster_refuses(Reader *reader)
{
    gboolean on;

    if (is(reader, "("))
        take_option(reader, "", &on);
    else
        take(reader, "VERBOSE");
    return at_end(reader);
}

gboolean postgresql_refuses_transaction(const char *sql, gsize length)
{
    Reader reader = reader_at_start(sql, length);

    if (take(&reader, "CREATE"))
        return create_refuses(&reader);
    if (take(&reader, "DROP"))
        return drop_refuses(&reader);
    if (take(&reader, "ALTER"))
        return alter_refuses(&reader);
    if (take(&reader, "REINDEX"))
        return reindex_refuses(&reader);
    if (take(&reader, "CLUSTER"))
        return cluster_refuses(&reader);
    if (take(&reader, "DISCARD"))
        return is(&reader, "ALL");
    return is(&reader, "VACUUM");
}

gboolean postgresql_controls_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"BEGIN", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", NULL};
    Reader reader = reader_at_start(sql, length);

    if (take(&reader, "START") || take(&reader, "PREPARE"))
        return is(&reader, "TRANSACTION");
    return is_one_of(&reader, words);
}

gboolean postgresql_sets_session(const char *sql, gsize length)
{
    static const char *const words[] = {"RESET", "LOAD", "LISTEN", "UNLISTEN", NULL};
    static const char *const not_session[] = {"LOCAL", "TRANSACTION", "CONSTRAINTS", NULL};
    Reader reader = reader_at_start(sql, length);

    if (take(&reader, "SET"))
        return !is_one_of(&reader, not_session);
    return is_one_of(&reader, words);
}
