/* Tokens of JSON text with comments, and the check that they make one value; private to json*.c. */
#ifndef MIGRATE_BASE_JSON_SCAN_H
#define MIGRATE_BASE_JSON_SCAN_H

#include <glib.h>

typedef enum JsonTokenKind {
    JSON_TOKEN_END,
    JSON_TOKEN_OPEN_OBJECT,
    JSON_TOKEN_CLOSE_OBJECT,
    JSON_TOKEN_OPEN_ARRAY,
    JSON_TOKEN_CLOSE_ARRAY,
    JSON_TOKEN_COLON,
    JSON_TOKEN_COMMA,
    JSON_TOKEN_STRING,
    JSON_TOKEN_NUMBER,
    JSON_TOKEN_LITERAL, /* true, false, null */
    JSON_TOKEN_WRONG,   /* `wrong` says why */
} JsonTokenKind;

typedef struct JsonToken {
    JsonTokenKind kind;
    gsize start, length;
    const char *wrong;
} JsonToken;

/* The token at or behind `position`, which must lie outside of strings and comments. */
JsonToken json_next_token(const char *text, gsize length, gsize position);

/* Checks that `text` (valid UTF-8 without NUL) is one JSON value and nothing else. `blanked` gets a copy of `length`
 * bytes in which everything but tokens is a space. BASE_ERROR_SYNTAX with FILE:LINE:COLUMN. */
gboolean json_check(const char *file, const char *text, gsize length, char **blanked, GError **error);

#endif
