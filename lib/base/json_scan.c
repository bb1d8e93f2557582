#include "base/json_scan.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

#define DEPTH_MAX 200
#define NUMBER_MAX 63 /* cJSON copies a number into 64 bytes and drops what is longer */

static JsonToken wrong_token(gsize start, gsize length, const char *why)
{
    JsonToken token = {JSON_TOKEN_WRONG, start, length, why};
    return token;
}

/* Why the escape at `p` (its backslash) is none, or NULL; *size is its length. */
static const char *check_escape(const char *p, gsize left, gsize *size)
{
    *size = 2;
    if (left < 2 || !strchr("\"\\/bfnrtu", p[1]) || p[1] == '\0')
        return "no such escape in a string: \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX exist, a backslash is \\\\";
    if (p[1] != 'u')
        return NULL;
    guint code = 0;
    for (gsize i = 2; i < 6; i++) {
        if (i >= left || !g_ascii_isxdigit(p[i]))
            return "\\u takes four hex digits";
        code = code * 16 + (guint)g_ascii_xdigit_value(p[i]);
    }
    *size = 6;
    if (code == 0)
        return "\\u0000 cannot be part of a text";
    if (code >= 0xDC00 && code <= 0xDFFF)
        return "the second half of a surrogate pair stands alone";
    if (code < 0xD800 || code > 0xDBFF)
        return NULL;
    if (left < 12 || p[6] != '\\' || p[7] != 'u' || !strchr("dD", p[8]) || !strchr("cdefCDEF", p[9]) ||
        !g_ascii_isxdigit(p[10]) || !g_ascii_isxdigit(p[11]))
        return "the first half of a surrogate pair stands alone";
    *size = 12;
    return NULL;
}

static JsonToken string_token(const char *text, gsize length, gsize start)
{
    for (gsize i = start + 1; i < length;) {
        if (text[i] == '"') {
            JsonToken token = {JSON_TOKEN_STRING, start, i + 1 - start, NULL};
            return token;
        }
        if (text[i] == '\n' || text[i] == '\r')
            break;
        if ((guchar)text[i] < 0x20)
            return wrong_token(i, 1, "a control character in a string: write it as an escape such as \\t");
        gsize size = 1;
        const char *why = text[i] == '\\' ? check_escape(text + i, length - i, &size) : NULL;
        if (why)
            return wrong_token(i, size, why);
        i += size;
    }
    return wrong_token(start, 1, "this string has no closing '\"' on its line");
}

/* RFC 8259, section 6. */
static gboolean is_number(const char *p, gsize length)
{
    gsize i = length > 0 && p[0] == '-' ? 1 : 0;
    gsize digits = i;
    while (i < length && g_ascii_isdigit(p[i]))
        i++;
    if (i == digits || (p[digits] == '0' && i > digits + 1))
        return FALSE;
    if (i < length && p[i] == '.') {
        for (digits = ++i; i < length && g_ascii_isdigit(p[i]);)
            i++;
        if (i == digits)
            return FALSE;
    }
    if (i < length && (p[i] == 'e' || p[i] == 'E')) {
        i++;
        if (i < length && (p[i] == '+' || p[i] == '-'))
            i++;
        for (digits = i; i < length && g_ascii_isdigit(p[i]);)
            i++;
        if (i == digits)
            return FALSE;
    }
    return i == length;
}

static JsonToken number_token(const char *text, gsize start, gsize size)
{
    char digits[NUMBER_MAX + 1];

    if (size > NUMBER_MAX)
        return wrong_token(start, size, "a number with more than 63 characters");
    if (!is_number(text + start, size))
        return wrong_token(start, size,
                           "not a number as JSON writes it: digits, then perhaps a fraction and an exponent");
    memcpy(digits, text + start, size);
    digits[size] = '\0';
    if (isinf(g_ascii_strtod(digits, NULL)))
        return wrong_token(start, size, "the number is too large");
    JsonToken token = {JSON_TOKEN_NUMBER, start, size, NULL};
    return token;
}

static JsonToken word_token(const char *text, gsize start, gsize size)
{
    static const char *const literals[] = {"true", "false", "null"};
    static const char *const hints[] = {"write 'true' in lower case", "write 'false' in lower case",
                                        "write 'null' in lower case"};

    for (gsize i = 0; i < G_N_ELEMENTS(literals); i++) {
        if (strlen(literals[i]) != size || g_ascii_strncasecmp(text + start, literals[i], size) != 0)
            continue;
        if (strncmp(text + start, literals[i], size) != 0)
            return wrong_token(start, size, hints[i]);
        JsonToken token = {JSON_TOKEN_LITERAL, start, size, NULL};
        return token;
    }
    if (size == 4 && memcmp(text + start, "None", 4) == 0)
        return wrong_token(start, size, "write 'null'");
    return wrong_token(start, size, "a key or a text needs double quotes");
}

/* Moves *position over white space and comments; FALSE at a comment without an end. */
static gboolean skip_space(const char *text, gsize length, gsize *position)
{
    gsize i = *position;
    for (;;) {
        while (i < length && strchr(" \t\r\n", text[i]))
            i++;
        *position = i;
        if (i + 1 >= length || text[i] != '/')
            return TRUE;
        if (text[i + 1] == '/') {
            while (i < length && text[i] != '\n')
                i++;
        } else if (text[i + 1] == '*') {
            for (i += 2; i + 1 < length && !(text[i] == '*' && text[i + 1] == '/');)
                i++;
            if (i + 1 >= length)
                return FALSE;
            i += 2;
        } else {
            return TRUE;
        }
    }
}

static gsize span(const char *text, gsize length, gsize start, const char *more)
{
    gsize i = start;
    while (i < length && (g_ascii_isalnum(text[i]) || (text[i] && strchr(more, text[i])) || (guchar)text[i] >= 0x80))
        i++;
    return i - start;
}

JsonToken json_next_token(const char *text, gsize length, gsize position)
{
    static const char marks[] = "{}[]:,";
    static const JsonTokenKind kinds[] = {JSON_TOKEN_OPEN_OBJECT, JSON_TOKEN_CLOSE_OBJECT, JSON_TOKEN_OPEN_ARRAY,
                                          JSON_TOKEN_CLOSE_ARRAY, JSON_TOKEN_COLON,        JSON_TOKEN_COMMA};

    if (!skip_space(text, length, &position))
        return wrong_token(position, 2, "this comment has no closing '*/'");
    JsonToken token = {JSON_TOKEN_END, position, 0, NULL};
    if (position >= length)
        return token;

    char first = text[position];
    const char *mark = first ? strchr(marks, first) : NULL;
    if (mark) {
        token.kind = kinds[mark - marks];
        token.length = 1;
        return token;
    }
    if (first == '"')
        return string_token(text, length, position);
    if (first == '-' || first == '+' || first == '.' || g_ascii_isdigit(first))
        return number_token(text, position, span(text, length, position, "+-._"));
    if (first == '\'')
        return wrong_token(position, 1, "texts and keys take double quotes, not single ones");
    if (first == '#')
        return wrong_token(position, 1, "comments start with // or stand between /* and */");
    if (g_ascii_isalpha(first) || first == '_' || first == '$' || (guchar)first >= 0x80)
        return word_token(text, position, span(text, length, position, "_$"));
    return wrong_token(position, 1, "this character cannot stand here");
}

/* --- the check --- */

typedef enum Expected {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END,
    EXPECT_KEY,
    EXPECT_KEY_OR_END,
    EXPECT_COLON,
    EXPECT_COMMA,
    EXPECT_NOTHING
} Expected;

typedef struct Check {
    const char *file, *text;
    gsize length;
    Expected expected;
    JsonToken before;                 /* the token before the current one */
    JsonTokenKind closers[DEPTH_MAX]; /* what ends each open object and array */
    guint depth;
} Check;

static gboolean fail_at(const Check *check, gsize offset, const char *what, GError **error)
{
    TextPosition position = text_position(check->text, check->length, offset);
    g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d:%d: %s", check->file, position.line, position.column,
                what);
    return FALSE;
}

/* The token as a message quotes it. New string. */
static char *describe(const Check *check, const JsonToken *token)
{
    if (token->kind == JSON_TOKEN_END)
        return g_strdup("the end of the text");
    const char *start = check->text + token->start;
    if (g_utf8_strlen(start, (gssize)token->length) <= 30)
        return g_strdup_printf("'%.*s'", (int)token->length, start);
    return g_strdup_printf("'%.*s…'", (int)(g_utf8_offset_to_pointer(start, 28) - start), start);
}

static const char *closer_text(const Check *check)
{
    return check->closers[check->depth - 1] == JSON_TOKEN_CLOSE_OBJECT ? "'}'" : "']'";
}

static gboolean fail_expected(const Check *check, const JsonToken *token, GError **error)
{
    g_autofree char *found = describe(check, token);
    g_autofree char *what = NULL;
    gboolean closes = token->kind == JSON_TOKEN_CLOSE_OBJECT || token->kind == JSON_TOKEN_CLOSE_ARRAY;
    gboolean starts_value = token->kind == JSON_TOKEN_STRING || token->kind == JSON_TOKEN_NUMBER ||
                            token->kind == JSON_TOKEN_LITERAL || token->kind == JSON_TOKEN_OPEN_OBJECT ||
                            token->kind == JSON_TOKEN_OPEN_ARRAY;

    if (token->kind == JSON_TOKEN_END && check->depth == 0)
        what = g_strdup("there is no JSON value: the text is empty");
    else if (closes && check->before.kind == JSON_TOKEN_COMMA)
        return fail_at(check, check->before.start, "remove this comma: nothing follows it", error);
    else if (check->expected == EXPECT_COMMA && starts_value)
        what = g_strdup_printf("expected ',' or %s before %s", closer_text(check), found);
    else if (check->expected == EXPECT_COMMA)
        what = g_strdup_printf("expected ',' or %s, found %s", closer_text(check), found);
    else if (check->expected == EXPECT_KEY || check->expected == EXPECT_KEY_OR_END)
        what = g_strdup_printf("expected a key in double quotes, found %s", found);
    else if (check->expected == EXPECT_COLON)
        what = g_strdup_printf("expected ':' behind the key, found %s", found);
    else if (check->expected == EXPECT_NOTHING)
        what = g_strdup_printf("expected nothing more, found %s: one value ends before it", found);
    else
        what = g_strdup_printf("expected a value, found %s", found);
    return fail_at(check, token->start, what, error);
}

static Expected after_value(const Check *check)
{
    return check->depth == 0 ? EXPECT_NOTHING : EXPECT_COMMA;
}

static gboolean open_nested(Check *check, const JsonToken *token, GError **error)
{
    if (check->expected != EXPECT_VALUE && check->expected != EXPECT_VALUE_OR_END)
        return fail_expected(check, token, error);
    if (check->depth == DEPTH_MAX)
        return fail_at(check, token->start, "nested more than 200 levels deep", error);
    gboolean object = token->kind == JSON_TOKEN_OPEN_OBJECT;
    check->closers[check->depth++] = object ? JSON_TOKEN_CLOSE_OBJECT : JSON_TOKEN_CLOSE_ARRAY;
    check->expected = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return TRUE;
}

static gboolean close_nested(Check *check, const JsonToken *token, GError **error)
{
    gboolean may_end = check->expected == EXPECT_COMMA || check->expected == EXPECT_KEY_OR_END ||
                       check->expected == EXPECT_VALUE_OR_END;
    if (!may_end || check->closers[check->depth - 1] != token->kind)
        return fail_expected(check, token, error);
    check->depth--;
    check->expected = after_value(check);
    return TRUE;
}

static gboolean take_token(Check *check, const JsonToken *token, GError **error)
{
    Expected expected = check->expected;

    switch (token->kind) {
    case JSON_TOKEN_WRONG:
        return fail_at(check, token->start, token->wrong, error);
    case JSON_TOKEN_OPEN_OBJECT:
    case JSON_TOKEN_OPEN_ARRAY:
        return open_nested(check, token, error);
    case JSON_TOKEN_CLOSE_OBJECT:
    case JSON_TOKEN_CLOSE_ARRAY:
        return close_nested(check, token, error);
    case JSON_TOKEN_COLON:
        if (expected != EXPECT_COLON)
            return fail_expected(check, token, error);
        check->expected = EXPECT_VALUE;
        return TRUE;
    case JSON_TOKEN_COMMA:
        if (expected != EXPECT_COMMA)
            return fail_expected(check, token, error);
        check->expected = check->closers[check->depth - 1] == JSON_TOKEN_CLOSE_OBJECT ? EXPECT_KEY : EXPECT_VALUE;
        return TRUE;
    case JSON_TOKEN_STRING:
        if (expected == EXPECT_KEY || expected == EXPECT_KEY_OR_END) {
            check->expected = EXPECT_COLON;
            return TRUE;
        }
        G_GNUC_FALLTHROUGH;
    case JSON_TOKEN_NUMBER:
    case JSON_TOKEN_LITERAL:
        if (expected != EXPECT_VALUE && expected != EXPECT_VALUE_OR_END)
            return fail_expected(check, token, error);
        check->expected = after_value(check);
        return TRUE;
    case JSON_TOKEN_END:
        return expected == EXPECT_NOTHING || fail_expected(check, token, error);
    }
    return FALSE;
}

gboolean json_check(const char *file, const char *text, gsize length, char **blanked, GError **error)
{
    Check check = {.file = file, .text = text, .length = length, .expected = EXPECT_VALUE};
    g_autofree char *copy = g_malloc(length + 1);

    memset(copy, ' ', length);
    copy[length] = '\0';
    for (gsize position = 0;;) {
        JsonToken token = json_next_token(text, length, position);
        if (!take_token(&check, &token, error))
            return FALSE;
        if (token.kind == JSON_TOKEN_END)
            break;
        memcpy(copy + token.start, text + token.start, token.length);
        position = token.start + token.length;
        check.before = token;
    }
    *blanked = g_steal_pointer(&copy);
    return TRUE;
}
