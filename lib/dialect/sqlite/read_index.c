/* CREATE INDEX as SQLite stores it. */
#include <string.h>

#include "dialect/sqlite/ddl_reader.h"
#include "dialect/sqlite/sqlite.h"

/* Cuts the parentheses that enclose a single name: SQLite does not see them either. */
static gboolean single_name(const char *text, DdlSpan span, SqlToken *name)
{
    gsize position = span.start;
    guint opened = 0;

    do {
        *name = sql_next_significant(&sqlite_dialect, text, span.end, &position);
    } while (sql_token_is(name, text, "(") && ++opened > 0);
    if (name->kind != SQL_TOKEN_WORD && name->kind != SQL_TOKEN_QUOTED)
        return FALSE;
    for (;;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, text, span.end, &position);
        if (token.kind == SQL_TOKEN_END)
            return opened == 0;
        if (!sql_token_is(&token, text, ")") || opened-- == 0)
            return FALSE;
    }
}

/* The last tokens of an index column, which say its order and collation. */
typedef struct Tail {
    SqlToken tokens[4]; /* the last ones, oldest first */
    guint n;
} Tail;

static void tail_push(Tail *tail, SqlToken token)
{
    if (tail->n == G_N_ELEMENTS(tail->tokens)) {
        memmove(tail->tokens, tail->tokens + 1, sizeof tail->tokens - sizeof *tail->tokens);
        tail->n--;
    }
    tail->tokens[tail->n++] = token;
}

static gsize token_end(SqlToken token)
{
    return token.start + token.length;
}

/* expression [COLLATE name] [ASC | DESC] in `span`. */
static IndexColumn *read_index_column(const SqlReader *reader, const Table *table, DdlSpan span)
{
    const char *sql = reader->sql;
    g_autofree char *collation = NULL;
    gboolean descending = FALSE;
    Tail tail = {.n = 0};

    for (gsize position = span.start; position < span.end;) {
        SqlToken token = sql_next_significant(&sqlite_dialect, sql, span.end, &position);
        if (token.kind != SQL_TOKEN_END)
            tail_push(&tail, token);
    }
    if (tail.n > 1 &&
        (sql_token_is(&tail.tokens[tail.n - 1], sql, "DESC") || sql_token_is(&tail.tokens[tail.n - 1], sql, "ASC"))) {
        descending = sql_token_is(&tail.tokens[--tail.n], sql, "DESC");
        span.end = token_end(tail.tokens[tail.n - 1]);
    }
    if (tail.n > 2 && sql_token_is(&tail.tokens[tail.n - 2], sql, "COLLATE")) {
        collation = sql_token_identifier(&tail.tokens[tail.n - 1], sql);
        span.end = token_end(tail.tokens[tail.n - 3]);
    }

    SqlToken token;
    g_autofree char *name = single_name(sql, span, &token) ? sql_token_identifier(&token, sql) : NULL;
    g_autofree char *expression = ddl_text(reader, span);
    const Column *column = name ? table_find_column(table, name) : NULL;
    /* A quoted word that is no column is a string to SQLite; `rowid` and the like are refused there. */
    IndexColumn *index_column = column ? index_column_new(column->name, NULL) : index_column_new(NULL, expression);
    index_column->descending = descending;
    index_column->collation = g_steal_pointer(&collation);
    return index_column;
}

static gboolean read_index_columns(SqlReader *reader, const Table *table, Index *index, GError **error)
{
    if (!ddl_expect(reader, "(", error))
        return FALSE;
    do {
        DdlSpan span = ddl_skip_item(reader);
        if (span.end == span.start)
            return ddl_failed(reader, "a column or expression", error);
        g_ptr_array_add(index->columns, read_index_column(reader, table, span));
    } while (sql_reader_take(reader, ","));
    return ddl_expect(reader, ")", error);
}

static gboolean read_index(SqlReader *reader, const Table *table, Index *index, GError **error)
{
    if (!ddl_expect(reader, "CREATE", error))
        return FALSE;
    index->unique = sql_reader_take(reader, "UNIQUE");
    if (!ddl_expect(reader, "INDEX", error))
        return FALSE;
    g_autofree char *name = ddl_read_name(reader, "the index's name", error);
    if (name == NULL || !ddl_expect(reader, "ON", error))
        return FALSE;
    g_autofree char *table_name = ddl_read_name(reader, "the table's name", error);
    if (table_name == NULL || !read_index_columns(reader, table, index, error))
        return FALSE;
    if (sql_reader_take(reader, "WHERE")) {
        DdlSpan span = {reader->token.start, 0};
        if (reader->token.kind == SQL_TOKEN_END)
            return ddl_failed(reader, "a condition", error);
        while (reader->token.kind != SQL_TOKEN_END)
            sql_reader_advance(reader);
        span.end = reader->previous_end;
        index->where = ddl_text(reader, span);
    }
    return reader->token.kind == SQL_TOKEN_END || ddl_failed(reader, "WHERE or the end", error);
}

Index *sqlite_read_index(const Table *table, const char *name, const char *sql, GError **error)
{
    g_autoptr(Index) index = index_new(name);
    SqlReader reader = ddl_reader_new(sql);

    return read_index(&reader, table, index, error) ? g_steal_pointer(&index) : NULL;
}
