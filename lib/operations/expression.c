/* Renaming a column inside expressions. The dialects' lexers stand above this room, so it reads just what all of them
 * agree on: words, numbers, strings, quoted identifiers and comments. */
#include <string.h>

#include "base/text.h"
#include "operations/internal.h"

static char closing_quote(char open)
{
    return (char)(open == '[' ? ']' : open);
}

/* Behind the closing quote of the quoted text that starts at `at`; a doubled quote stays inside, and what stands behind
 * a backslash where `escapes`. */
static const char *skip_quoted(const char *at, gboolean escapes)
{
    char close = closing_quote(*at);
    for (at++; *at; at++) {
        if (escapes && *at == '\\' && at[1]) {
            at++;
            continue;
        }
        if (*at != close)
            continue;
        if (close == ']' || at[1] != close)
            return at + 1;
        at++;
    }
    return at;
}

static const char *skip_comment(const char *at)
{
    const char *end = strstr(at + 2, *at == '-' ? "\n" : "*/");
    if (!end)
        return at + strlen(at);
    return end + (*at == '-' ? 1 : 2);
}

static gboolean word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (c & 0x80);
}

static char *unquote(const char *start, const char *end)
{
    char close = closing_quote(*start);
    GString *name = g_string_new(NULL);
    for (const char *at = start + 1; at < end - 1; at++) {
        g_string_append_c(name, *at);
        if (*at == close && at[1] == close)
            at++;
    }
    return g_string_free(name, FALSE);
}

static void append_quoted(GString *text, const char *name, char open)
{
    char close = closing_quote(open);
    g_string_append_c(text, open);
    for (; *name; name++) {
        g_string_append_c(text, *name);
        if (*name == close)
            g_string_append_c(text, *name);
    }
    g_string_append_c(text, close);
}

static gboolean is_call(const char *behind)
{
    while (g_ascii_isspace(*behind))
        behind++;
    return *behind == '(';
}

char *expression_rename(const char *text, const char *old_name, const char *new_name, gboolean ignore_case,
                        gboolean backticks)
{
    const char *names = backticks ? "`" : "\"`[";
    if (!text)
        return NULL;
    GString *result = g_string_new(NULL);
    for (const char *at = text, *end = NULL; *at; at = end) {
        g_autofree char *name = NULL;
        end = at + 1;
        if (*at == '\'' || (*at == '"' && backticks)) {
            end = skip_quoted(at, backticks);
        } else if (strchr(names, *at)) {
            end = skip_quoted(at, FALSE);
            name = unquote(at, end);
        } else if (g_str_has_prefix(at, "--") || g_str_has_prefix(at, "/*")) {
            end = skip_comment(at);
        } else if (word_byte(*at)) {
            while (word_byte(*end))
                end++;
            if (!g_ascii_isdigit(*at) && !is_call(end))
                name = g_strndup(at, (gsize)(end - at));
        }
        if (name && name_equal(name, old_name, ignore_case))
            append_quoted(result, new_name, (char)(backticks ? '`' : strchr("`[", *at) ? *at : '"'));
        else
            g_string_append_len(result, at, end - at);
    }
    return g_string_free(result, FALSE);
}
