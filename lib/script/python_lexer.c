#include <string.h>

#include "script/python.h"

enum { PREFIX_MAX = 2 };

static char at(const PythonLexer *lexer, gsize position)
{
    return position < lexer->length ? lexer->text[position] : '\0';
}

static gboolean is_name_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || ((guchar)c & 0x80) != 0;
}

static gboolean is_name(char c)
{
    return is_name_start(c) || g_ascii_isdigit(c);
}

/* Bytes of the line end at `position`, 0 for none. */
static gsize line_end(const PythonLexer *lexer, gsize position)
{
    char c = at(lexer, position);
    if (c == '\r')
        return at(lexer, position + 1) == '\n' ? 2 : 1;
    return c == '\n' ? 1 : 0;
}

/* ---- strings ---- */

/* Bytes of a string's prefix at `position` when quotes follow; -1: no string starts here. */
static int string_prefix(const PythonLexer *lexer, gsize position)
{
    int length = 0;
    while (length <= PREFIX_MAX && at(lexer, position + (gsize)length) != '\0' &&
           strchr("rRbBuUfF", at(lexer, position + (gsize)length)) != NULL)
        length++;
    char quote = at(lexer, position + (gsize)length);
    return length <= PREFIX_MAX && (quote == '"' || quote == '\'') ? length : -1;
}

static gboolean has_prefix(const char *string, int length, char letter)
{
    for (int i = 0; i < length; i++)
        if (g_ascii_tolower(string[i]) == letter)
            return TRUE;
    return FALSE;
}

static gsize quotes_of(const PythonLexer *lexer, gsize position)
{
    char quote = at(lexer, position);
    return at(lexer, position + 1) == quote && at(lexer, position + 2) == quote ? 3 : 1;
}

static gsize string_end(const PythonLexer *lexer, gsize start, const char **wrong);

/* Behind a string inside a field of an f-string, which may use the same quotes since Python 3.12; `position` when there
 * is none. */
static gsize skip_nested(const PythonLexer *lexer, gsize position)
{
    const char *wrong = NULL;
    gsize end = string_end(lexer, position, &wrong);
    return end > 0 ? end : position;
}

/* Where the string that starts at `start` ends; 0 with *wrong. */
static gsize string_end(const PythonLexer *lexer, gsize start, const char **wrong)
{
    int prefix = string_prefix(lexer, start);
    if (prefix < 0)
        return 0;
    gboolean formatted = has_prefix(lexer->text + start, prefix, 'f');
    gsize position = start + (gsize)prefix;
    char quote = at(lexer, position);
    gsize quotes = quotes_of(lexer, position);
    int fields = 0;
    for (position += quotes; position < lexer->length;) {
        char c = lexer->text[position];
        if (fields > 0 && (c == '"' || c == '\'')) {
            gsize behind = skip_nested(lexer, position);
            if (behind > position) {
                position = behind;
                continue;
            }
        }
        if (c == quote && (quotes == 1 || quotes_of(lexer, position) == 3))
            return position + quotes;
        if (quotes == 1 && line_end(lexer, position) > 0 && fields == 0)
            break;
        if (c == '\\' && position + 1 < lexer->length) {
            position += 1 + MAX(line_end(lexer, position + 1), 1);
            continue;
        }
        if (formatted && (c == '{' || c == '}')) {
            if (fields == 0 && at(lexer, position + 1) == c)
                position++;
            else
                fields = MAX(fields + (c == '{' ? 1 : -1), 0);
        }
        position++;
    }
    *wrong = quotes == 3 ? "this string is never closed" : "this string is not closed on its line";
    return 0;
}

/* The digits of \xhh, \ooo, \uXXXX and \UXXXXXXXX: how many were read. */
static gsize read_digits(const char *text, gsize length, guint base, gsize most, gunichar *c)
{
    gsize n = 0;
    for (*c = 0; n < most && n < length && g_ascii_isxdigit(text[n]); n++) {
        guint digit = (guint)g_ascii_xdigit_value(text[n]);
        if (digit >= base)
            break;
        *c = *c * base + digit;
    }
    return n;
}

/* One escape, `text` being behind its backslash; bytes read, 0: it means nothing. */
static gsize append_escape(const char *text, gsize length, GString *value)
{
    static const char letters[] = "\\'\"abfnrtv", meanings[] = "\\'\"\a\b\f\n\r\t\v";
    const char *letter = strchr(letters, text[0]);
    if (letter != NULL) {
        g_string_append_c(value, meanings[letter - letters]);
        return 1;
    }
    if (text[0] == '\r' || text[0] == '\n')
        return length > 1 && text[0] == '\r' && text[1] == '\n' ? 2 : 1;
    gunichar c = 0;
    gsize digits = 0, before = 1, wanted = text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : text[0] == 'U' ? 8 : 0;
    if (wanted > 0) {
        digits = read_digits(text + 1, length - 1, 16, wanted, &c);
    } else if (text[0] >= '0' && text[0] <= '7') {
        before = 0;
        digits = wanted = read_digits(text, length, 8, 3, &c);
    } else {
        /* Python keeps the backslash of what is no escape; the names of \N{…} are not known here. */
        g_string_append_c(value, '\\');
        g_string_append_c(value, text[0]);
        return 1;
    }
    if (digits != wanted || c == 0 || !g_unichar_validate(c))
        return 0;
    g_string_append_unichar(value, c);
    return before + digits;
}

gboolean python_string_value(const char *text, const PythonToken *token, GString *value, const char **wrong)
{
    const PythonLexer lexer = {.text = text, .length = token->start + token->length};
    int prefix = string_prefix(&lexer, token->start);
    const char *letters = text + token->start;
    gboolean raw = has_prefix(letters, prefix, 'r'), formatted = has_prefix(letters, prefix, 'f');
    *wrong = has_prefix(letters, prefix, 'b') ? "bytes are no string" : NULL;
    gsize quotes = quotes_of(&lexer, token->start + (gsize)prefix);
    /* "" is an opening quote and a closing one. */
    if (token->length < (gsize)prefix + 2 * quotes)
        quotes = 1;
    gsize end = lexer.length - quotes;
    for (gsize i = token->start + (gsize)prefix + quotes; i < end && *wrong == NULL;) {
        gsize ends = line_end(&lexer, i);
        if (text[i] == '\\' && !raw) {
            gsize read = i + 1 < end ? append_escape(text + i + 1, end - i - 1, value) : 0;
            if (read == 0)
                *wrong = "an escape in this string cannot be read";
            i += 1 + read;
        } else if (formatted && (text[i] == '{' || text[i] == '}')) {
            if (i + 1 >= end || text[i + 1] != text[i])
                *wrong = "an f-string with fields is known only when it runs";
            g_string_append_c(value, text[i]);
            i += 2;
        } else if (ends > 0) {
            g_string_append_c(value, '\n');
            i += ends;
        } else {
            g_string_append_c(value, text[i++]);
        }
    }
    return *wrong == NULL;
}

/* ---- tokens ---- */

/* Goes behind space, comments and joined lines, and inside brackets behind line ends. FALSE: a backslash that joins
 * nothing. */
static gboolean skip_space(PythonLexer *lexer)
{
    for (;;) {
        char c = at(lexer, lexer->position);
        gsize ends = line_end(lexer, lexer->position);
        if (c == ' ' || c == '\t' || c == '\f') {
            lexer->position++;
        } else if (c == '#') {
            while (lexer->position < lexer->length && line_end(lexer, lexer->position) == 0)
                lexer->position++;
        } else if (ends > 0 && (lexer->depth > 0 || !lexer->in_line)) {
            lexer->position += ends;
        } else if (c == '\\') {
            ends = line_end(lexer, lexer->position + 1);
            if (ends == 0)
                return FALSE;
            lexer->position += 1 + ends;
        } else {
            return TRUE;
        }
    }
}

static PythonToken token_of(PythonLexer *lexer, PythonTokenKind kind, gsize length)
{
    PythonToken token = {.kind = kind, .start = lexer->position, .length = length, .depth = lexer->depth};
    lexer->position += length;
    lexer->in_line = kind != PYTHON_NEWLINE;
    return token;
}

static PythonToken wrong_token(PythonLexer *lexer, const char *wrong)
{
    PythonToken token = token_of(lexer, PYTHON_WRONG, 0);
    token.wrong = wrong;
    lexer->position = lexer->length;
    return token;
}

static PythonToken operator_token(PythonLexer *lexer)
{
    char c = at(lexer, lexer->position), next = at(lexer, lexer->position + 1);
    if (c == '\0')
        return wrong_token(lexer, "a NUL byte");
    if (strchr("([{", c) != NULL) {
        PythonToken open = token_of(lexer, PYTHON_OPERATOR, 1);
        lexer->depth++;
        return open;
    }
    if (strchr(")]}", c) != NULL) {
        if (lexer->depth == 0)
            return wrong_token(lexer, "this bracket closes nothing");
        lexer->depth--;
        return token_of(lexer, PYTHON_OPERATOR, 1);
    }
    if (c == '.' && next == '.' && at(lexer, lexer->position + 2) == '.')
        return token_of(lexer, PYTHON_OPERATOR, 3);
    if (strchr("=!<>+-*/%&|^@:", c) != NULL && next == '=')
        return token_of(lexer, PYTHON_OPERATOR, 2);
    if (c == '-' && next == '>')
        return token_of(lexer, PYTHON_OPERATOR, 2);
    if (strchr("=<>+-*/%&|^@:~.,;", c) != NULL)
        return token_of(lexer, PYTHON_OPERATOR, 1);
    return wrong_token(lexer, "no Python starts with this character");
}

PythonToken python_next_token(PythonLexer *lexer)
{
    if (!skip_space(lexer))
        return wrong_token(lexer, "a backslash here must be the last of its line");
    if (lexer->position >= lexer->length) {
        if (lexer->depth > 0)
            return wrong_token(lexer, "a bracket is never closed");
        return token_of(lexer, lexer->in_line ? PYTHON_NEWLINE : PYTHON_END, 0);
    }
    gsize ends = line_end(lexer, lexer->position);
    if (ends > 0)
        return token_of(lexer, PYTHON_NEWLINE, ends);
    if (string_prefix(lexer, lexer->position) >= 0) {
        const char *wrong = NULL;
        gsize end = string_end(lexer, lexer->position, &wrong);
        return end > 0 ? token_of(lexer, PYTHON_STRING, end - lexer->position) : wrong_token(lexer, wrong);
    }
    char c = at(lexer, lexer->position);
    gboolean fraction = c == '.' && g_ascii_isdigit(at(lexer, lexer->position + 1));
    if (!is_name(c) && !fraction)
        return operator_token(lexer);
    gsize end = lexer->position + 1;
    gboolean number = !is_name_start(c);
    while (end < lexer->length && (is_name(lexer->text[end]) || (number && lexer->text[end] == '.')))
        end++;
    return token_of(lexer, number ? PYTHON_NUMBER : PYTHON_NAME, end - lexer->position);
}
