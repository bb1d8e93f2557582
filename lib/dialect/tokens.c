/* What all dialects do with tokens. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "dialect/scan.h"

SqlToken sql_next_significant(const Dialect *dialect, const char *text, gsize length, gsize *position)
{
    SqlToken token;

    do {
        token = dialect->next_token(text, length, *position);
        *position = token.start + token.length;
    } while (token.kind == SQL_TOKEN_SPACE || token.kind == SQL_TOKEN_COMMENT);
    return token;
}

gsize scan_exponent(const char *text, gsize length, gsize i)
{
    if (g_ascii_tolower(byte_at(text, length, i)) != 'e')
        return i;
    char next = byte_at(text, length, i + 1);
    gsize digits = next == '+' || next == '-' ? i + 2 : i + 1;
    return g_ascii_isdigit(byte_at(text, length, digits)) ? digits : i;
}

SqlTokenKind scan_quoted(const char *text, gsize length, gsize start, gboolean escapes, SqlTokenKind kind, gsize *end)
{
    char quote = text[start];

    for (gsize i = start + 1; i < length; i++) {
        if (escapes && text[i] == '\\') {
            i++;
        } else if (text[i] == quote) {
            if (byte_at(text, length, i + 1) != quote) {
                *end = i + 1;
                return kind;
            }
            i++;
        }
    }
    *end = length;
    return SQL_TOKEN_UNFINISHED;
}

char *sql_quote(const char *text, char mark)
{
    GString *quoted = g_string_sized_new(strlen(text) + 3);
    g_string_append_c(quoted, mark);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == mark)
            g_string_append_c(quoted, mark);
        g_string_append_c(quoted, *c);
    }
    g_string_append_c(quoted, mark);
    return g_string_free(quoted, FALSE);
}

static int compare_word(const void *word, const void *other)
{
    return g_ascii_strcasecmp(word, *(const char *const *)other);
}

gboolean sql_is_word_of(const char *word, gsize length, const char *const *words, gsize n_words)
{
    char copy[32]; /* longer than any keyword */
    if (length >= sizeof copy)
        return FALSE;
    memcpy(copy, word, length);
    copy[length] = '\0';
    return bsearch(copy, words, n_words, sizeof *words, compare_word) != NULL;
}

gboolean sql_token_is(const SqlToken *token, const char *text, const char *word)
{
    const char *bytes = text + token->start;

    if (token->kind != SQL_TOKEN_WORD && token->kind != SQL_TOKEN_OPERATOR && token->kind != SQL_TOKEN_SEMICOLON)
        return FALSE;
    /* Readers ask this dozens of times per token: nearly always the first letter says no. */
    if (g_ascii_tolower(*bytes) != g_ascii_tolower(*word))
        return FALSE;
    return g_ascii_strncasecmp(bytes, word, token->length) == 0 && word[token->length] == '\0';
}

/* \0061 and \+000061 become UTF-8, \\ one backslash (U&"…"; another UESCAPE is not looked for). */
static char *unescape_unicode(char *name)
{
    GString *plain = g_string_new(NULL);

    for (const char *c = name; *c != '\0';) {
        gsize digits = c[1] == '+' ? 6 : 4;
        const char *number = c[1] == '+' ? c + 2 : c + 1;
        gsize n = 0;
        while (*c == '\\' && n < digits && g_ascii_isxdigit(number[n]))
            n++;
        g_autofree char *hex = g_strndup(number, n);
        gunichar code = n == digits ? (gunichar)strtoul(hex, NULL, 16) : 0;
        if (code != 0 && g_unichar_validate(code)) {
            g_string_append_unichar(plain, code);
            c = number + digits;
            continue;
        }
        if (*c == '\\' && c[1] == '\\')
            c++;
        g_string_append_c(plain, *c++);
    }
    g_free(name);
    return g_string_free(plain, FALSE);
}

char *sql_token_identifier(const SqlToken *token, const char *text)
{
    const char *name = text + token->start;
    char quote = token->length > 0 ? *name : '\0';

    if (token->length > 3 && (quote == 'U' || quote == 'u') && name[1] == '&' && name[2] == '"') {
        SqlToken quoted = {token->kind, token->start + 2, token->length - 2};
        return unescape_unicode(sql_token_identifier(&quoted, text));
    }
    if (token->length < 2 || (quote != '"' && quote != '`' && quote != '\'' && quote != '['))
        return g_strndup(name, token->length);
    if (quote == '[')
        return g_strndup(name + 1, token->length - 2);
    char *plain = g_malloc0(token->length - 1), *end = plain;
    for (gsize i = 1; i + 1 < token->length; i++) {
        *end++ = name[i];
        if (name[i] == quote)
            i++;
    }
    return plain;
}

/* --- places --- */

void sql_lines_init(SqlLines *lines, const char *text, gsize length)
{
    gsize left = length;
    *lines = (SqlLines){.text = text, .length = length, .position = {1, 1}};
    lines->counted = (gsize)(text_skip_bom(text, &left) - text);
}

TextPosition sql_lines_at(SqlLines *lines, gsize offset)
{
    if (offset < lines->counted)
        return text_position(lines->text, lines->length, offset);
    TextPosition moved =
        text_position(lines->text + lines->counted, lines->length - lines->counted, offset - lines->counted);
    if (moved.line > 1) {
        lines->position.line += moved.line - 1;
        lines->position.column = moved.column;
    } else {
        lines->position.column += moved.column - 1;
    }
    lines->counted = offset;
    return lines->position;
}

gboolean sql_lines_refuse(SqlLines *lines, gsize offset, const char *what, GError **error)
{
    TextPosition at = sql_lines_at(lines, offset);
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX, "%d:%d: %s", at.line, at.column, what);
    return FALSE;
}

/* --- expressions in comparable form --- */

static GArray *significant_tokens(const Dialect *dialect, const char *text)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(SqlToken));
    gsize length = strlen(text), position = 0;

    for (;;) {
        SqlToken token = sql_next_significant(dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        g_array_append_val(tokens, token);
    }
    while (tokens->len > 0 && g_array_index(tokens, SqlToken, tokens->len - 1).kind == SQL_TOKEN_SEMICOLON)
        g_array_set_size(tokens, tokens->len - 1);
    return tokens;
}

/* How many parentheses enclose all of `tokens`. */
static guint enclosing_parentheses(const GArray *tokens, const char *text)
{
    guint n = tokens->len, opened = 0, enclosing = 0;
    g_autofree guint *partners = g_new0(guint, n + 1), *stack = g_new(guint, n + 1);

    for (guint i = 0; i < n; i++) {
        const SqlToken *token = &g_array_index(tokens, SqlToken, i);
        if (sql_token_is(token, text, "("))
            stack[opened++] = i;
        else if (opened > 0 && sql_token_is(token, text, ")"))
            partners[stack[--opened]] = i;
    }
    while (enclosing + 1 < n - enclosing && partners[enclosing] == n - 1 - enclosing)
        enclosing++;
    /* "()" encloses nothing. */
    return n > 0 && 2 * enclosing == n ? enclosing - 1 : enclosing;
}

char *sql_without_parentheses(const Dialect *dialect, const char *text)
{
    g_autoptr(GArray) tokens = significant_tokens(dialect, text);
    guint enclosing = enclosing_parentheses(tokens, text);
    if (enclosing == 0)
        return g_strdup(text);

    const SqlToken *first = &g_array_index(tokens, SqlToken, enclosing);
    const SqlToken *last = &g_array_index(tokens, SqlToken, tokens->len - 1 - enclosing);
    return g_strndup(text + first->start, last->start + last->length - first->start);
}

static void append_lower(GString *out, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        g_string_append_c(out, g_ascii_tolower(text[i]));
}

static void append_identifier(GString *out, const Dialect *dialect, const SqlToken *token, const char *text)
{
    g_autofree char *name = sql_token_identifier(token, text);

    /* Where case counts, only a name that is lower case already means the same without its quotes. */
    if (dialect->capabilities & DIALECT_IGNORE_CASE)
        for (char *c = name; *c != '\0'; c++)
            *c = g_ascii_tolower(*c);
    g_autofree char *quoted = dialect->quote_identifier(name);
    g_string_append(out, quoted);
}

static void append_normalised(GString *out, const Dialect *dialect, const SqlToken *token, const char *text)
{
    const char *bytes = text + token->start;

    if (token->kind == SQL_TOKEN_QUOTED)
        append_identifier(out, dialect, token, text);
    else if (token->kind == SQL_TOKEN_WORD)
        append_lower(out, bytes, token->length);
    else if (token->kind == SQL_TOKEN_STRING && (*bytes == 'x' || *bytes == 'X'))
        append_lower(out, bytes, token->length);
    else if (sql_token_is(token, text, "!="))
        g_string_append(out, "<>");
    else if (sql_token_is(token, text, "=="))
        g_string_append_c(out, '=');
    else
        g_string_append_len(out, bytes, (gssize)token->length);
}

char *sql_normalise(const Dialect *dialect, const char *text)
{
    g_autoptr(GArray) tokens = significant_tokens(dialect, text);
    g_autoptr(GPtrArray) words = strings_new();
    guint enclosing = enclosing_parentheses(tokens, text);
    GString *out = g_string_sized_new(strlen(text) + 16);

    for (guint i = enclosing; i < tokens->len - enclosing; i++) {
        GString *word = g_string_new(NULL);
        append_normalised(word, dialect, &g_array_index(tokens, SqlToken, i), text);
        g_ptr_array_add(words, g_string_free(word, FALSE));
    }
    if (dialect->unify)
        dialect->unify(words);
    for (guint i = 0; i < words->len; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        g_string_append(out, words->pdata[i]);
    }
    return g_string_free(out, FALSE);
}

gboolean sql_equal(const Dialect *dialect, const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (strcmp(a, b) == 0)
        return TRUE;
    g_autofree char *normal_a = sql_normalise(dialect, a);
    g_autofree char *normal_b = sql_normalise(dialect, b);
    return strcmp(normal_a, normal_b) == 0;
}

gboolean sql_same_tokens(const Dialect *dialect, const char *a, const char *b)
{
    g_autoptr(GArray) tokens_a = significant_tokens(dialect, a), tokens_b = significant_tokens(dialect, b);
    if (tokens_a->len != tokens_b->len)
        return FALSE;
    for (guint i = 0; i < tokens_a->len; i++) {
        const SqlToken *token = &g_array_index(tokens_a, SqlToken, i), *other = &g_array_index(tokens_b, SqlToken, i);
        if (token->length != other->length || memcmp(a + token->start, b + other->start, token->length) != 0)
            return FALSE;
    }
    return TRUE;
}

void sql_append(const Dialect *dialect, GString *sql, const char *text)
{
    gsize length = strlen(text), position = 0;
    SqlToken token, last = {SQL_TOKEN_END, 0, 0};

    while ((token = dialect->next_token(text, length, position)).kind != SQL_TOKEN_END) {
        position = token.start + token.length;
        last = token;
    }
    g_string_append(sql, text);
    if (last.kind == SQL_TOKEN_COMMENT && text[last.start] != '/')
        g_string_append_c(sql, '\n');
}

gboolean sql_is_enclosed(const Dialect *dialect, const char *text)
{
    g_autoptr(GArray) tokens = significant_tokens(dialect, text);
    return enclosing_parentheses(tokens, text) > 0;
}

/* One piece of what counts; a NUL ends it so that "a b" is not "ab". */
static void add_piece(GChecksum *checksum, const char *bytes, gsize length)
{
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    g_checksum_update(checksum, (const guchar *)"", 1);
}

/* Rows byte for byte, but for the CR that an editor may put at each line's end. */
static void add_data(GChecksum *checksum, const char *data, gsize length)
{
    for (gsize line = 0; line < length;) {
        const char *newline = memchr(data + line, '\n', length - line);
        gsize next = newline ? (gsize)(newline - data) + 1 : length;
        gboolean carriage = newline && newline > data + line && newline[-1] == '\r';
        gsize end = carriage ? next - 2 : next;
        g_checksum_update(checksum, (const guchar *)data + line, (gssize)(end - line));
        if (carriage)
            g_checksum_update(checksum, (const guchar *)"\n", 1);
        line = next;
    }
    add_piece(checksum, "", 0);
}

char *sql_token_hash(const Dialect *dialect, const char *text, gsize length)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize position = 0, terminators = 0, statement = 0;
    SqlInlineData data;

    for (;;) {
        SqlToken token = sql_next_significant(dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        if (token.kind == SQL_TOKEN_SEMICOLON) {
            terminators++;
            if (dialect->inline_data && dialect->inline_data(text, length, statement, token.start, &data)) {
                add_data(checksum, text + data.start, data.length);
                position = data.behind;
            }
            statement = position;
            continue;
        }
        /* Those at the end were not meant to count. */
        for (; terminators > 0; terminators--)
            add_piece(checksum, ";", 1);
        add_piece(checksum, text + token.start, token.length);
    }
    return g_strdup(g_checksum_get_string(checksum));
}

GPtrArray *sql_identifiers(const Dialect *dialect, const char *text)
{
    gboolean ignore_case = (dialect->capabilities & DIALECT_IGNORE_CASE) != 0;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *names = strings_new();
    gsize length = strlen(text), position = 0;

    for (;;) {
        SqlToken token = sql_next_significant(dialect, text, length, &position);
        if (token.kind == SQL_TOKEN_END)
            return names;
        if (token.kind != SQL_TOKEN_WORD && token.kind != SQL_TOKEN_QUOTED)
            continue;
        char *name = sql_token_identifier(&token, text);
        if (g_hash_table_add(seen, ignore_case ? g_ascii_strdown(name, -1) : g_strdup(name)))
            g_ptr_array_add(names, name);
        else
            g_free(name);
    }
}
