/* Tokens of a text as letters, for the tests of every dialect's lexer. DIALECT is defined before this is included, and
 * cmocka.h. */
#ifndef MIGRATE_TESTS_DIALECT_LEXING_H
#define MIGRATE_TESTS_DIALECT_LEXING_H

#include <string.h>

#include "dialect/dialect.h"

/* One letter per token, in the order of SqlTokenKind; all bytes belong to exactly one token. */
static const char letters[] = "wqsnpo; cu!e";

static char *kinds(const char *text, gsize length)
{
    GString *found = g_string_new(NULL);
    gsize position = 0;

    for (;;) {
        SqlToken token = DIALECT.next_token(text, length, position);
        assert_int_equal(token.start, position);
        if (token.kind == SQL_TOKEN_END) {
            assert_int_equal(token.length, 0);
            return g_string_free(found, FALSE);
        }
        assert_true(token.length > 0 && token.length <= length - position);
        g_string_append_c(found, letters[token.kind]);
        position += token.length;
    }
}

static void assert_kinds(const char *text, const char *expected)
{
    g_autofree char *found = kinds(text, strlen(text));
    if (strcmp(found, expected) != 0)
        fail_msg("%s: '%s', not '%s'", text, found, expected);
}

#endif
