/* Tokens cover the text without a gap; statements lie in it, in order, and SQLite agrees that its own are complete; the
 * comparable form is its own; the hash does not see comments. */
#include <sqlite3.h>
#include <string.h>

#include "base/text.h"
#include "dialect/dialect.h"
#include "fuzz.h"

typedef struct Seen {
    gboolean unfinished, semicolon;
} Seen;

static Seen check_tokens(const Dialect *dialect, const char *text, gsize length)
{
    Seen seen = {FALSE, FALSE};
    gsize position = 0;
    for (;;) {
        SqlToken token = dialect->next_token(text, length, position);
        promise(token.start == position);
        if (token.kind == SQL_TOKEN_END)
            break;
        promise(token.length > 0 && token.start + token.length <= length);
        g_autofree char *name = sql_token_identifier(&token, text);
        promise(name);
        seen.unfinished = seen.unfinished || token.kind == SQL_TOKEN_UNFINISHED;
        seen.semicolon = seen.semicolon || token.kind == SQL_TOKEN_SEMICOLON;
        position += token.length;
    }
    promise(position == length);
    return seen;
}

static void check_statement(const Dialect *dialect, const char *text, const SqlStatement *statement)
{
    g_autofree char *sql = g_strndup(text + statement->start, statement->length);
    gsize position = 0;
    SqlToken token = sql_next_significant(dialect, sql, statement->length, &position);

    promise(token.start == 0 && token.kind != SQL_TOKEN_END);
    dialect->refuses_transaction(sql, statement->length);
    dialect->controls_transaction(sql, statement->length);
    if (dialect->may_commit)
        dialect->may_commit(sql, statement->length);
    if (dialect->sets_session)
        dialect->sets_session(sql, statement->length);
    if (dialect != &sqlite_dialect)
        return;
    /* sqlite3_complete() also waits for the END of a trigger that has no body. */
    if (sql_token_is(&token, sql, "CREATE") || sql_token_is(&token, sql, "EXPLAIN"))
        return;
    if (g_str_has_suffix(sql, "/*")) /* a comment only with something behind it */
        return;
    while (token.kind != SQL_TOKEN_END) { /* nor does it know Tcl's $name(index) */
        if (token.kind == SQL_TOKEN_ILLEGAL || token.kind == SQL_TOKEN_PARAMETER)
            return;
        token = sql_next_significant(dialect, sql, statement->length, &position);
    }
    g_autofree char *ended = g_strconcat(sql, ";", NULL);
    promise(sqlite3_complete(ended));
}

static void check_split(const Dialect *dialect, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = dialect->split(text, length, &error);
    gsize end = 0;

    promise_one(statements, error);
    for (guint i = 0; statements && i < statements->len; i++) {
        const SqlStatement *statement = g_ptr_array_index(statements, i);
        promise(statement->start >= end && statement->length > 0 && statement->start + statement->length <= length);
        promise(statement->line > 0 && statement->column > 0);
        end = statement->start + statement->length;
        promise(!statement->has_data || (statement->data_start > end && statement->data_length <= length &&
                                         statement->data_start + statement->data_length <= length));
        end += statement->has_data ? statement->data_start + statement->data_length - end : 0;
        check_statement(dialect, text, statement);
    }
}

static void check_text(const Dialect *dialect, const uint8_t *data, size_t size)
{
    Seen seen = check_tokens(dialect, (const char *)data, size);

    g_autofree char *text = g_strndup((const char *)data, size);
    gsize length = strlen(text);
    check_split(dialect, (const char *)data, size);
    if (length != size)
        return;

    g_autofree char *normal = sql_normalise(dialect, text);
    g_autofree char *twice = sql_normalise(dialect, normal);
    promise(seen.semicolon || seen.unfinished || strcmp(normal, twice) == 0);
    promise(sql_equal(dialect, text, text));

    g_autofree char *commented = g_strconcat("-- x\n/* ; */ ", text, NULL);
    g_autofree char *hash = sql_token_hash(dialect, text, length);
    g_autofree char *same = sql_token_hash(dialect, commented, strlen(commented));
    promise(strcmp(hash, same) == 0);
    g_autoptr(GPtrArray) identifiers = sql_identifiers(dialect, text);
    promise(identifiers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (gsize i = 0; dialects[i] != NULL; i++)
        if (dialects[i] != &mysql_dialect) /* MariaDB's has the same functions for texts */
            check_text(dialects[i], data, size);
    return 0;
}
