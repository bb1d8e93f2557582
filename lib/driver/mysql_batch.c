#include "driver/mysql_batch.h"

#include <string.h>

enum { BATCH_BYTES = 128 * 1024 };

/* Behind white space and comments; comments that the server executes are none. */
static const char *skip_comments(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n\f\v");
        const char *end = NULL;
        if (*text == '#' || (g_str_has_prefix(text, "--") && (text[2] == '\0' || g_ascii_isspace(text[2]))))
            end = strchr(text, '\n');
        else if (g_str_has_prefix(text, "/*") && text[2] != '!' && !g_str_has_prefix(text, "/*M!"))
            end = (end = strstr(text + 2, "*/")) ? end + 1 : NULL;
        if (!end)
            return text;
        text = end + 1;
    }
}

static gboolean is_word(const char *text, const char *word)
{
    gsize length = strlen(word);
    return g_ascii_strncasecmp(text, word, length) == 0 && !g_ascii_isalnum(text[length]) && text[length] != '_';
}

static gboolean begins_with(const char *sql, const char *const *words)
{
    const char *first = skip_comments(sql);
    for (; *words; words++)
        if (is_word(first, *words))
            return TRUE;
    return FALSE;
}

gboolean mysql_is_ddl(const char *sql)
{
    static const char *const words[] = {"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", NULL};
    return begins_with(sql, words);
}

/* BEGIN may begin a compound statement, SET STATEMENT … FOR anything. */
static gboolean gives_one_answer(const char *sql)
{
    static const char *const words[] = {"INSERT", "UPDATE",   "DELETE",    "REPLACE", "SELECT", "START", "COMMIT",
                                        "DO",     "ROLLBACK", "SAVEPOINT", "RELEASE", "SHOW",   "USE",   NULL};
    const char *first = skip_comments(sql);
    if (is_word(first, "SET"))
        return !is_word(skip_comments(first + strlen("SET")), "STATEMENT");
    return mysql_is_ddl(sql) || begins_with(sql, words);
}

guint mysql_batch_length(const Request *requests, guint n)
{
    gsize bytes = 0;
    guint length = 0;
    for (; length < n; length++) {
        const Request *request = &requests[length];
        bytes += strlen(request->sql);
        if (request->n_params > 0 || request->data || bytes > BATCH_BYTES || !gives_one_answer(request->sql))
            break;
    }
    return MAX(length, 1);
}

GString *mysql_batch_text(const Request *requests, guint n)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_string_append(text, i ? "\n;\n" : "");
        g_string_append(text, requests[i].sql);
        while (text->len > 0 && strchr("; \t\r\n", text->str[text->len - 1]))
            g_string_truncate(text, text->len - 1);
    }
    return text;
}
