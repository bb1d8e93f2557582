/* PostgreSQL's tokens (the manual's section 4.1; scan.l). */
#include <stdlib.h>
#include <string.h>

#include "dialect/postgresql/postgresql.h"
#include "dialect/scan.h"

#define BOM "\xEF\xBB\xBF"
#define OPERATOR_BYTES "~!@#^&|`?+-*/%<>="
#define OPERATOR_MAX 63 /* bytes: a longer one is an error of the server, and reading on would be quadratic */

/* Keywords of servers 12 to 18 that are not "non-reserved" (the manual's appendix C), which quote_identifier() quotes,
 * too. Sorted. */
/* clang-format off */
static const char *const reserved[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group",
    "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval",
    "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral",
    "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national",
    "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only",
    "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real",
    "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some",
    "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing",
    "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when",
    "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
    "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
};
/* clang-format on */

gboolean postgresql_is_reserved(const char *word, gsize length)
{
    return sql_is_word_of(word, length, reserved, G_N_ELEMENTS(reserved));
}

/* --- tokens --- */

static gboolean is_name_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || ((guchar)c & 0x80) != 0;
}

static gboolean is_name_part(char c)
{
    return is_name_start(c) || g_ascii_isdigit(c) || c == '$';
}

static gboolean is_operator_byte(char c)
{
    return c != '\0' && strchr(OPERATOR_BYTES, c) != NULL;
}

static gsize skip_name(const char *text, gsize length, gsize i)
{
    while (i < length && is_name_part(text[i]))
        i++;
    return i;
}

/* Digits from `i`, each group may have one underscore before it but for the first. */
static gsize skip_digits(const char *text, gsize length, gsize i, int base)
{
    for (;; i++) {
        gsize digit = byte_at(text, length, i) == '_' ? i + 1 : i;
        int value = g_ascii_xdigit_value(byte_at(text, length, digit));
        if (value < 0 || value >= base)
            return i;
        i = digit;
    }
}

static int radix_of(const char *text, gsize length, gsize start)
{
    if (text[start] != '0')
        return 10;
    switch (g_ascii_tolower(byte_at(text, length, start + 1))) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

/* Behind the exponent at `i`, or `i` when there is none. */
static gsize skip_exponent(const char *text, gsize length, gsize i)
{
    gsize digits = scan_exponent(text, length, i);
    return digits > i ? skip_digits(text, length, digits, 10) : i;
}

static SqlTokenKind scan_number(const char *text, gsize length, gsize start, gsize *end)
{
    int radix = radix_of(text, length, start);
    gsize i = start;

    if (radix != 10) {
        i = skip_digits(text, length, start + 2, radix);
    } else {
        if (text[i] != '.')
            i = skip_digits(text, length, i, 10);
        /* 1..10 is a range of numbers in PL/pgSQL. */
        if (byte_at(text, length, i) == '.' && byte_at(text, length, i + 1) != '.') {
            i++;
            if (g_ascii_isdigit(byte_at(text, length, i)))
                i = skip_digits(text, length, i, 10);
        }
        i = skip_exponent(text, length, i);
    }
    *end = skip_name(text, length, i);
    return *end == i && (radix == 10 || i > start + 2) ? SQL_TOKEN_NUMBER : SQL_TOKEN_ILLEGAL;
}

static gsize line_end(const char *text, gsize length, gsize i)
{
    while (i < length && text[i] != '\n' && text[i] != '\r')
        i++;
    return i;
}

/* Where a string goes on that ended at `i`: at a quote behind white space with a line end in it. Else `i`. */
static gsize continuation(const char *text, gsize length, gsize i)
{
    gboolean line_ended = FALSE;
    gsize at = i;

    for (;;) {
        char c = byte_at(text, length, at);
        if (is_space(c)) {
            line_ended = line_ended || c == '\n' || c == '\r';
            at++;
        } else if (c == '-' && byte_at(text, length, at + 1) == '-') {
            at = line_end(text, length, at);
        } else {
            return c == '\'' && line_ended ? at : i;
        }
    }
}

/* E'…': all its parts are one token, because backslashes count in each of them. */
static SqlTokenKind scan_escapes(const char *text, gsize length, gsize quote, gsize *end)
{
    for (;;) {
        SqlTokenKind kind = scan_quoted(text, length, quote, TRUE, SQL_TOKEN_STRING, end);
        if (kind != SQL_TOKEN_STRING)
            return kind;
        quote = continuation(text, length, *end);
        if (quote == *end)
            return kind;
    }
}

/* E'…' B'…' X'…' N'…' U&'…' U&"…"; FALSE when the letter at `start` begins a plain word. */
static gboolean scan_prefixed(const char *text, gsize length, gsize start, SqlTokenKind *kind, gsize *end)
{
    char letter = g_ascii_tolower(text[start]), next = byte_at(text, length, start + 1);

    if (letter == 'u' && next == '&') {
        char quote = byte_at(text, length, start + 2);
        if (quote != '\'' && quote != '"')
            return FALSE;
        SqlTokenKind whole = quote == '"' ? SQL_TOKEN_QUOTED : SQL_TOKEN_STRING;
        *kind = scan_quoted(text, length, start + 2, FALSE, whole, end);
        return TRUE;
    }
    if (next != '\'' || strchr("ebxn", letter) == NULL)
        return FALSE;
    *kind = letter == 'e' ? scan_escapes(text, length, start + 1, end)
                          : scan_quoted(text, length, start + 1, FALSE, SQL_TOKEN_STRING, end);
    return TRUE;
}

/* $tag$…$tag$ or $1. */
static SqlTokenKind scan_dollar(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start + 1;

    if (g_ascii_isdigit(byte_at(text, length, i))) {
        while (g_ascii_isdigit(byte_at(text, length, i)))
            i++;
        *end = skip_name(text, length, i);
        return *end == i ? SQL_TOKEN_PARAMETER : SQL_TOKEN_ILLEGAL;
    }
    while (i < length && is_name_part(text[i]) && text[i] != '$')
        i++;
    if (byte_at(text, length, i) != '$') {
        *end = start + 1;
        return SQL_TOKEN_ILLEGAL;
    }
    gsize tag = i + 1 - start, body = start + tag;
    const char *close = memmem(text + body, length - body, text + start, tag);
    *end = close ? (gsize)(close - text) + tag : length;
    return close ? SQL_TOKEN_STRING : SQL_TOKEN_UNFINISHED;
}

/* Block comments nest. */
static SqlTokenKind scan_block_comment(const char *text, gsize length, gsize start, gsize *end)
{
    guint depth = 0;
    gsize i = start;

    do {
        char c = text[i], next = byte_at(text, length, i + 1);
        gboolean opens = c == '/' && next == '*', closes = c == '*' && next == '/';
        if (opens)
            depth++;
        else if (closes)
            depth--;
        i += opens || closes ? 2 : 1;
    } while (depth > 0 && i < length);
    *end = i;
    return depth == 0 ? SQL_TOKEN_COMMENT : SQL_TOKEN_UNFINISHED;
}

/* The longest run of operator bytes that holds no start of a comment; of several bytes it ends with + or - only when
 * one of ~ ! @ # ^ & | ` ? % is in it. */
static gsize operator_length(const char *text, gsize left)
{
    gsize n = 0;
    gboolean special = FALSE;

    while (n < left && n < OPERATOR_MAX && is_operator_byte(text[n])) {
        char next = byte_at(text, left, n + 1);
        if (n > 0 && ((text[n] == '-' && next == '-') || (text[n] == '/' && next == '*')))
            break;
        special = special || strchr("~!@#^&|`?%", text[n]) != NULL;
        n++;
    }
    while (n > 1 && !special && (text[n - 1] == '+' || text[n - 1] == '-'))
        n--;
    return n;
}

static SqlTokenKind scan_punctuation(const char *text, gsize length, gsize start, gsize *end)
{
    static const char *const pairs[] = {"::", ":=", ".."};
    const char *at = text + start;
    gsize left = length - start;

    *end = start + 1;
    if (*at == ';')
        return SQL_TOKEN_SEMICOLON;
    for (gsize i = 0; left > 1 && i < G_N_ELEMENTS(pairs); i++) {
        if (memcmp(at, pairs[i], 2) == 0) {
            *end = start + 2;
            return SQL_TOKEN_OPERATOR;
        }
    }
    if (*at != '\0' && strchr(",()[].:", *at) != NULL)
        return SQL_TOKEN_OPERATOR;
    if (!is_operator_byte(*at))
        return SQL_TOKEN_ILLEGAL;
    *end = start + operator_length(at, left);
    return SQL_TOKEN_OPERATOR;
}

static SqlTokenKind scan(const char *text, gsize length, gsize start, gsize *end)
{
    char c = text[start], next = byte_at(text, length, start + 1);
    SqlTokenKind kind = SQL_TOKEN_WORD;

    if (scan_space(text, length, start, end))
        return SQL_TOKEN_SPACE;
    if (length - start >= strlen(BOM) && memcmp(text + start, BOM, strlen(BOM)) == 0) {
        *end = start + strlen(BOM);
        return SQL_TOKEN_SPACE;
    }
    if (is_name_start(c)) {
        if (!scan_prefixed(text, length, start, &kind, end))
            *end = skip_name(text, length, start + 1);
        return kind;
    }
    if (c == '-' && next == '-') {
        *end = line_end(text, length, start);
        return SQL_TOKEN_COMMENT;
    }
    if (c == '/' && next == '*')
        return scan_block_comment(text, length, start, end);
    if (c == '\'')
        return scan_quoted(text, length, start, FALSE, SQL_TOKEN_STRING, end);
    if (c == '"')
        return scan_quoted(text, length, start, FALSE, SQL_TOKEN_QUOTED, end);
    if (g_ascii_isdigit(c) || (c == '.' && g_ascii_isdigit(next)))
        return scan_number(text, length, start, end);
    if (c == '$')
        return scan_dollar(text, length, start, end);
    return scan_punctuation(text, length, start, end);
}

SqlToken postgresql_next_token(const char *text, gsize length, gsize position)
{
    return scan_token(scan, text, length, position);
}
