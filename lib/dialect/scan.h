/*
 * What the dialects' lexers share: for their own files. `i` is an offset in `text`.
 */
#ifndef MIGRATE_DIALECT_SCAN_H
#define MIGRATE_DIALECT_SCAN_H

#include "dialect/dialect.h"

/* The byte at `i`, NUL behind the end. Inline: lexers ask it for nearly every byte. */
static inline char byte_at(const char *text, gsize length, gsize i)
{
    return i < length ? text[i] : '\0';
}

/* Space and line ends as all servers have them. */
static inline gboolean is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Space at `start`: *end is behind it. */
static inline gboolean scan_space(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start;
    while (i < length && is_space(text[i]))
        i++;
    if (i > start)
        *end = i;
    return i > start;
}

/* What kind of token begins at `start`; *end: behind it. */
typedef SqlTokenKind (*ScanFunction)(const char *text, gsize length, gsize start, gsize *end);
/* The token at `position`. Inline, so that `scan` is, too. */
static inline SqlToken scan_token(ScanFunction scan, const char *text, gsize length, gsize position)
{
    SqlToken token = {SQL_TOKEN_END, length, 0};
    if (position >= length)
        return token;

    gsize end = position;
    token.kind = scan(text, length, position, &end);
    token.start = position;
    token.length = end - position;
    return token;
}

/* Where the digits of the exponent at `i` begin, or `i` when there is none. */
gsize scan_exponent(const char *text, gsize length, gsize i);
/* A text that ends at the quote it begins with at `start`, which stands for itself when doubled, and from a backslash
 * on where `escapes`: `kind`, or SQL_TOKEN_UNFINISHED. *end: behind it. */
SqlTokenKind scan_quoted(const char *text, gsize length, gsize start, gboolean escapes, SqlTokenKind kind, gsize *end);

#endif
