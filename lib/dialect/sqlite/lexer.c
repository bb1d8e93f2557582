/* SQLite's tokens (tokenize.c) and statements (complete.c). */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/scan.h"
#include "dialect/sqlite/sqlite.h"

#define BOM "\xEF\xBB\xBF"

static gboolean is_name_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || ((guchar)c & 0x80) != 0;
}

static gboolean is_name_part(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || ((guchar)c & 0x80) != 0;
}

static gsize skip_digits(const char *text, gsize length, gsize i)
{
    while (i < length && (g_ascii_isdigit(text[i]) || (text[i] == '_' && g_ascii_isdigit(text[i - 1]) &&
                                                       g_ascii_isdigit(byte_at(text, length, i + 1)))))
        i++;
    return i;
}

/* Behind the exponent at `i`, or `i` when there is none. */
static gsize skip_exponent(const char *text, gsize length, gsize i)
{
    gsize digits = scan_exponent(text, length, i);
    return digits > i ? skip_digits(text, length, digits + 1) : i;
}

static SqlTokenKind scan_number(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start;

    if (text[i] == '0' && g_ascii_tolower(byte_at(text, length, i + 1)) == 'x' &&
        g_ascii_isxdigit(byte_at(text, length, i + 2))) {
        for (i += 3; i < length &&
                     (g_ascii_isxdigit(text[i]) || (text[i] == '_' && g_ascii_isxdigit(byte_at(text, length, i + 1))));)
            i++;
    } else {
        if (text[i] != '.')
            i = skip_digits(text, length, i + 1);
        if (byte_at(text, length, i) == '.') {
            i++;
            if (g_ascii_isdigit(byte_at(text, length, i)))
                i = skip_digits(text, length, i + 1);
        }
        i = skip_exponent(text, length, i);
    }
    gsize number_end = i;
    while (i < length && is_name_part(text[i]))
        i++;
    *end = i;
    return i == number_end ? SQL_TOKEN_NUMBER : SQL_TOKEN_ILLEGAL;
}

/* A text that ends at `quote`, which stands for itself when doubled (never for ']'). */
static SqlTokenKind scan_until(const char *text, gsize length, gsize start, char quote, SqlTokenKind kind, gsize *end)
{
    gsize i = start + 1;

    for (;;) {
        const char *found = i < length ? memchr(text + i, quote, length - i) : NULL;
        if (found == NULL) {
            *end = length;
            return SQL_TOKEN_UNFINISHED;
        }
        i = (gsize)(found - text) + 1;
        if (quote == ']' || byte_at(text, length, i) != quote)
            break;
        i++;
    }
    *end = i;
    return kind;
}

static SqlTokenKind scan_blob(const char *text, gsize length, gsize start, gsize *end)
{
    SqlTokenKind kind = scan_until(text, length, start + 1, '\'', SQL_TOKEN_STRING, end);
    if (kind != SQL_TOKEN_STRING)
        return kind;
    for (gsize i = start + 2; i + 1 < *end; i++)
        if (!g_ascii_isxdigit(text[i]))
            kind = SQL_TOKEN_ILLEGAL;
    return (*end - start) % 2 == 1 ? kind : SQL_TOKEN_ILLEGAL;
}

/* A block comment may lack its end: SQLite lets it run to the end of the text. */
static gsize scan_block_comment(const char *text, gsize length, gsize start)
{
    gsize i = start + 2;

    while (i < length) {
        const char *star = memchr(text + i, '*', length - i);
        if (star == NULL)
            return length;
        i = (gsize)(star - text) + 1;
        if (byte_at(text, length, i) == '/')
            return i + 1;
    }
    return length;
}

/* ?1, :name, @name, #name, $name; Tcl's $ns::name(index) too. */
static SqlTokenKind scan_parameter(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start + 1, letters = 0;

    if (text[start] == '?') {
        while (i < length && g_ascii_isdigit(text[i]))
            i++;
        *end = i;
        return SQL_TOKEN_PARAMETER;
    }
    for (; i < length; i++) {
        if (is_name_part(text[i])) {
            letters++;
        } else if (text[i] == '(' && letters > 0) {
            gsize close = i + 1;
            while (close < length && !is_space(text[close]) && text[close] != ')')
                close++;
            gboolean closed = byte_at(text, length, close) == ')';
            *end = closed ? close + 1 : close;
            return closed ? SQL_TOKEN_PARAMETER : SQL_TOKEN_ILLEGAL;
        } else if (text[i] == ':' && byte_at(text, length, i + 1) == ':') {
            i++;
        } else {
            break;
        }
    }
    *end = i;
    return letters > 0 ? SQL_TOKEN_PARAMETER : SQL_TOKEN_ILLEGAL;
}

/* The length of the operator at `text`, 0 when none starts there. */
static gsize operator_length(const char *text, gsize left)
{
    static const char *const operators[] = {"->>", "->", "||", "<=", "<>", "<<", ">=", ">>", "==", "!="};

    if (left > 1 && strchr("->|<=!", *text) != NULL && strchr(">|=<", text[1]) != NULL) {
        for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
            gsize n = strlen(operators[i]);
            if (n <= left && memcmp(text, operators[i], n) == 0)
                return n;
        }
    }
    return *text != '\0' && strchr("-+*/%=<>|,&~().", *text) != NULL ? 1 : 0;
}

static SqlTokenKind scan_word(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start + 1;

    while (i < length && is_name_part(text[i]))
        i++;
    *end = i;
    return SQL_TOKEN_WORD;
}

static SqlTokenKind scan(const char *text, gsize length, gsize start, gsize *end)
{
    char c = text[start], next = byte_at(text, length, start + 1);

    if (scan_space(text, length, start, end))
        return SQL_TOKEN_SPACE;
    if (g_ascii_isalpha(c) && next != '\'')
        return scan_word(text, length, start, end);
    if (c == '-' && next == '-') {
        const char *line_end = memchr(text + start, '\n', length - start);
        *end = line_end ? (gsize)(line_end - text) : length;
        return SQL_TOKEN_COMMENT;
    }
    if (c == '/' && next == '*' && start + 2 < length) {
        *end = scan_block_comment(text, length, start);
        return SQL_TOKEN_COMMENT;
    }
    if (c == '\'')
        return scan_until(text, length, start, c, SQL_TOKEN_STRING, end);
    if (c == '"' || c == '`')
        return scan_until(text, length, start, c, SQL_TOKEN_QUOTED, end);
    if (c == '[')
        return scan_until(text, length, start, ']', SQL_TOKEN_QUOTED, end);
    if ((c == 'x' || c == 'X') && next == '\'')
        return scan_blob(text, length, start, end);
    if (g_ascii_isdigit(c) || (c == '.' && g_ascii_isdigit(next)))
        return scan_number(text, length, start, end);
    if (length - start >= strlen(BOM) && memcmp(text + start, BOM, strlen(BOM)) == 0) {
        *end = start + strlen(BOM);
        return SQL_TOKEN_SPACE;
    }
    if (is_name_start(c))
        return scan_word(text, length, start, end);
    if (c == '?' || c == ':' || c == '@' || c == '#' || c == '$')
        return scan_parameter(text, length, start, end);
    *end = start + 1;
    if (c == ';')
        return SQL_TOKEN_SEMICOLON;
    gsize n = operator_length(text + start, length - start);
    if (n == 0)
        return SQL_TOKEN_ILLEGAL;
    *end = start + n;
    return SQL_TOKEN_OPERATOR;
}

SqlToken sqlite_next_token(const char *text, gsize length, gsize position)
{
    return scan_token(scan, text, length, position);
}

/* --- statements --- */

/* Where a statement stands: only CREATE [TEMP] TRIGGER holds terminators, and ends with "; END". */
typedef enum {
    STATE_START,
    STATE_EXPLAIN,
    STATE_CREATE,
    STATE_PLAIN,
    STATE_TRIGGER,       /* before the body */
    STATE_TRIGGER_BEGIN, /* the last token was BEGIN */
    STATE_TRIGGER_BODY,
    STATE_TRIGGER_SEMICOLON, /* the last token was a terminator inside the body */
    STATE_TRIGGER_END,       /* the last token was the END behind it */
} State;

typedef struct Splitter {
    const char *text;
    gsize length;
    GPtrArray *statements;
    State state;
    gsize start, end; /* of the statement: its first token and behind its last one */
    gboolean open;    /* there is a first token */
    SqlLines lines;
} Splitter;

static void finish_statement(Splitter *splitter)
{
    if (splitter->open) {
        SqlStatement *statement = g_new(SqlStatement, 1);
        TextPosition position = sql_lines_at(&splitter->lines, splitter->start);
        *statement = (SqlStatement){.start = splitter->start,
                                    .length = splitter->end - splitter->start,
                                    .line = position.line,
                                    .column = position.column};
        g_ptr_array_add(splitter->statements, statement);
    }
    splitter->open = FALSE;
    splitter->state = STATE_START;
}

/* The state behind a token that is no terminator. END and BEGIN are names, too, so that only their place tells. */
static State next_state(State state, const char *text, const SqlToken *token)
{
    switch (state) {
    case STATE_START:
        if (sql_token_is(token, text, "EXPLAIN"))
            return STATE_EXPLAIN;
        return sql_token_is(token, text, "CREATE") ? STATE_CREATE : STATE_PLAIN;
    case STATE_EXPLAIN:
        if (sql_token_is(token, text, "QUERY") || sql_token_is(token, text, "PLAN"))
            return STATE_EXPLAIN;
        return sql_token_is(token, text, "CREATE") ? STATE_CREATE : STATE_PLAIN;
    case STATE_CREATE:
        if (sql_token_is(token, text, "TEMP") || sql_token_is(token, text, "TEMPORARY"))
            return STATE_CREATE;
        return sql_token_is(token, text, "TRIGGER") ? STATE_TRIGGER : STATE_PLAIN;
    case STATE_TRIGGER:
        return sql_token_is(token, text, "BEGIN") ? STATE_TRIGGER_BEGIN : STATE_TRIGGER;
    case STATE_TRIGGER_BEGIN:
    case STATE_TRIGGER_SEMICOLON:
        return sql_token_is(token, text, "END") ? STATE_TRIGGER_END : STATE_TRIGGER_BODY;
    case STATE_TRIGGER_BODY:
    case STATE_TRIGGER_END:
        return sql_token_is(token, text, "BEGIN") ? STATE_TRIGGER_BEGIN : STATE_TRIGGER_BODY;
    case STATE_PLAIN:
        break;
    }
    return STATE_PLAIN;
}

static gboolean in_body(State state)
{
    return state == STATE_TRIGGER_BEGIN || state == STATE_TRIGGER_BODY || state == STATE_TRIGGER_SEMICOLON;
}

static gboolean split_token(Splitter *splitter, const SqlToken *token, GError **error)
{
    char first = splitter->text[token->start];
    const char *nul = memchr(splitter->text + token->start, '\0', token->length);

    if (nul != NULL) /* also in a string or a comment */
        return sql_lines_refuse(&splitter->lines, (gsize)(nul - splitter->text),
                                "a NUL byte stands here, SQLite would read no further", error);
    if (token->kind == SQL_TOKEN_SPACE || token->kind == SQL_TOKEN_COMMENT)
        return TRUE;
    if (token->kind == SQL_TOKEN_UNFINISHED)
        return sql_lines_refuse(&splitter->lines, token->start,
                                first == '"' || first == '`' || first == '['
                                    ? "unfinished name: the quote that opens here is never closed"
                                    : "unfinished string: the quote that opens here is never closed",
                                error);
    if (token->kind == SQL_TOKEN_SEMICOLON) {
        if (in_body(splitter->state)) {
            splitter->state = STATE_TRIGGER_SEMICOLON;
            splitter->end = token->start + token->length;
        } else {
            finish_statement(splitter);
        }
        return TRUE;
    }
    if (!splitter->open) {
        splitter->open = TRUE;
        splitter->start = token->start;
    }
    splitter->end = token->start + token->length;
    splitter->state = next_state(splitter->state, splitter->text, token);
    return TRUE;
}

GPtrArray *sqlite_split(const char *text, gsize length, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    Splitter splitter = {.text = text, .length = length, .statements = statements, .state = STATE_START};

    sql_lines_init(&splitter.lines, text, length);
    for (gsize position = 0; position < length;) {
        SqlToken token = sqlite_next_token(text, length, position);
        if (!split_token(&splitter, &token, error))
            return NULL;
        position = token.start + token.length;
    }
    if (in_body(splitter.state)) {
        sql_lines_refuse(&splitter.lines, splitter.start, "unfinished trigger: its body has no END", error);
        return NULL;
    }
    finish_statement(&splitter);
    return g_steal_pointer(&statements);
}
