/* MySQL's and MariaDB's statements. A terminator counts outside of bodies (body.c), and the client's DELIMITER is
 * understood, which what mysqldump writes needs, and what was written for the client. */
#include <string.h>

#include "base/error.h"
#include "dialect/mysql/body.h"

typedef struct Splitter {
    const char *text;
    gsize length;
    GPtrArray *statements;
    gboolean started;
    gsize start, end; /* of the statement: its first token and behind its last one but for semicolons */
    gboolean counts;  /* there is more in it than beginnings and ends of comments for servers */
    guint conditions; /* open comments for servers */
    gsize condition;  /* where the innermost of them begins */
    MysqlBody body;
    char *delimiter;   /* instead of ";"; NULL: none */
    gboolean commands; /* the client's are taken as statements of one line */
    SqlLines lines;
} Splitter;

static void finish_statement(Splitter *splitter)
{
    if (splitter->counts) {
        TextPosition at = sql_lines_at(&splitter->lines, splitter->start);
        SqlStatement *statement = g_new0(SqlStatement, 1);
        statement->start = splitter->start;
        statement->length = splitter->end - splitter->start;
        statement->line = at.line;
        statement->column = at.column;
        g_ptr_array_add(splitter->statements, statement);
    }
    splitter->started = splitter->counts = FALSE;
    mysql_body_restart(&splitter->body);
}

static gsize line_end(const Splitter *splitter, gsize offset)
{
    const char *newline = memchr(splitter->text + offset, '\n', splitter->length - offset);
    return newline ? (gsize)(newline - splitter->text) : splitter->length;
}

/* --- the client's commands --- */

static const struct {
    const char *names; /* with a space before and behind each */
    const char *advice;
} client_commands[] = {
    {" source . ", "put the statements themselves here, or into a section of their own"},
    {" connect r ", "one revision runs in one database: the connection is what the url says"},
    {" g G go ego ", "end the statement with ';'"},
    {" charset C ", "texts are utf8mb4 on this connection: delete the line"},
    {" system ! edit e ", "write what is to run into a script of your own, around migrate"},
    {" delimiter d ", "write DELIMITER on a line of its own, behind the end of a statement"},
};

static gboolean client_command_failed(Splitter *splitter, gsize offset, const char *name, gboolean backslash,
                                      GError **error)
{
    const char *advice = "delete it: only SQL is sent to the server";
    g_autofree char *padded = g_strdup_printf(" %s ", name);
    for (gsize i = 0; i < G_N_ELEMENTS(client_commands); i++)
        if (strstr(client_commands[i].names, padded) != NULL)
            advice = client_commands[i].advice;
    g_autofree char *what =
        g_strdup_printf("'%s%s' is a command of the mysql client, no SQL\n%s", backslash ? "\\" : "", name, advice);
    return sql_lines_refuse(&splitter->lines, offset, what, error);
}

/* Words with which no SQL statement begins. */
static gboolean is_client_command(const char *text, const SqlToken *token)
{
    static const char *const words[] = {"charset", "clear",  "connect",   "edit",   "ego",   "exit",    "go",
                                        "nopager", "notee",  "nowarning", "pager",  "print", "prompt",  "quit",
                                        "rehash",  "source", "status",    "system", "tee",   "warnings"};
    return token->kind == SQL_TOKEN_WORD &&
           sql_is_word_of(text + token->start, token->length, words, G_N_ELEMENTS(words));
}

/* DELIMITER and what follows it on its line, up to white space. *position moves behind the line. */
static gboolean take_delimiter(Splitter *splitter, const SqlToken *token, gsize *position, GError **error)
{
    const char *text = splitter->text;
    gsize line = line_end(splitter, token->start), start = token->start + token->length;

    while (start < line && g_ascii_isspace(text[start]))
        start++;
    gsize end = start;
    while (end < line && !g_ascii_isspace(text[end]))
        end++;
    if (end == start)
        return sql_lines_refuse(&splitter->lines, token->start, "DELIMITER needs a delimiter behind it, on its line",
                                error);
    for (gsize i = start; i < end; i++)
        if (text[i] == '\0' || strchr("\\'\"`#", text[i]) != NULL)
            return sql_lines_refuse(&splitter->lines, i,
                                    "no delimiter has a quote, a '#', a backslash or a NUL byte in it", error);
    g_free(splitter->delimiter);
    splitter->delimiter = end == start + 1 && text[start] == ';' ? NULL : g_strndup(text + start, end - start);
    *position = line;
    return TRUE;
}

/* Where the client's own delimiter begins in this token; FALSE: nowhere. It may begin anywhere but in what is quoted,
 * and in comments: in "END$$" there is a "$$". */
static gboolean find_delimiter(const Splitter *splitter, const SqlToken *token, gsize *offset)
{
    const char *text = splitter->text;
    char last = text[token->start + token->length - 1];
    gboolean quoted = token->length > 1 && (last == '\'' || last == '"' || last == '`');
    gsize n = splitter->delimiter ? strlen(splitter->delimiter) : 0;

    if (n == 0 || token->kind == SQL_TOKEN_COMMENT || token->kind == SQL_TOKEN_UNFINISHED || quoted)
        return FALSE;
    for (gsize i = token->start; i < token->start + token->length && i + n <= splitter->length; i++) {
        *offset = i;
        if (memcmp(text + i, splitter->delimiter, n) == 0)
            return TRUE;
    }
    return FALSE;
}

/* --- one token --- */

/* Of a token that begins with one, or with a variable's "@" or "@@" in front of it. */
static char opening_quote(const char *bytes)
{
    while (*bytes == '@')
        bytes++;
    return *bytes;
}

static gboolean token_check(Splitter *splitter, const SqlToken *token, GError **error)
{
    const char *bytes = splitter->text + token->start;
    const char *nul = memchr(bytes, '\0', token->length);

    if (nul != NULL) /* also in a string or a comment */
        return sql_lines_refuse(&splitter->lines, (gsize)(nul - splitter->text),
                                "a NUL byte stands here: write \\0 in a string, or a blob as x'…'", error);
    if (token->kind == SQL_TOKEN_ILLEGAL && *bytes == '\\') {
        gsize behind = token->start + 1;
        g_autofree char *name = g_strndup(bytes + 1, behind < splitter->length && bytes[1] > ' ' ? 1 : 0);
        return client_command_failed(splitter, token->start, name, TRUE, error);
    }
    if (token->kind != SQL_TOKEN_UNFINISHED)
        return TRUE;
    const char *what = "unfinished string: the quote that opens here is never closed";
    if (opening_quote(bytes) == '`')
        what = "unfinished name: the quote that opens here is never closed";
    else if (*bytes == '/')
        what = "unfinished comment: it is never closed";
    return sql_lines_refuse(&splitter->lines, token->start, what, error);
}

static gboolean count_condition(Splitter *splitter, const SqlToken *token, GError **error)
{
    if (splitter->text[token->start] == '/') {
        splitter->conditions++;
        splitter->condition = token->start;
        return TRUE;
    }
    if (splitter->conditions == 0)
        return sql_lines_refuse(&splitter->lines, token->start, "no comment begins that this '*/' could end", error);
    splitter->conditions--;
    return TRUE;
}

static gboolean end_statement(Splitter *splitter, gsize offset, GError **error)
{
    if (splitter->conditions > 0)
        return sql_lines_refuse(&splitter->lines, offset,
                                "a statement ends here inside of a comment for servers\n"
                                "write a comment of its own for each statement, and the ';' behind it",
                                error);
    finish_statement(splitter);
    return TRUE;
}

static gboolean begins_with_dashes(const Splitter *splitter, const SqlToken *token)
{
    return sql_token_is(token, splitter->text, "-") && token->start + 1 < splitter->length &&
           splitter->text[token->start + 1] == '-';
}

static gboolean take_token(Splitter *splitter, const SqlToken *token, GError **error)
{
    if (!token_check(splitter, token, error))
        return FALSE;
    if (token->kind == SQL_TOKEN_SPACE || token->kind == SQL_TOKEN_COMMENT)
        return TRUE;
    gboolean semicolon = token->kind == SQL_TOKEN_SEMICOLON;
    gboolean whole = splitter->delimiter ? mysql_body_has(&splitter->body) : FALSE;
    if (semicolon && !whole && mysql_body_innermost(&splitter->body) == NULL)
        return end_statement(splitter, token->start, error);
    if (token->kind == SQL_TOKEN_CONDITION && !count_condition(splitter, token, error))
        return FALSE;
    if (!splitter->counts && is_client_command(splitter->text, token)) {
        g_autofree char *name = g_ascii_strdown(splitter->text + token->start, (gssize)token->length);
        return client_command_failed(splitter, token->start, name, FALSE, error);
    }
    if (!splitter->counts && begins_with_dashes(splitter, token)) /* the client takes it for a comment */
        return sql_lines_refuse(&splitter->lines, token->start, "a comment needs white space behind its '--'", error);
    if (!splitter->started)
        splitter->start = token->start;
    splitter->started = TRUE;
    if (!semicolon)
        splitter->end = token->start + token->length;
    if (token->kind != SQL_TOKEN_CONDITION) {
        splitter->counts = TRUE;
        mysql_body_feed(&splitter->body, token);
    }
    return TRUE;
}

/* Words, and "\u" and the like. */
static gboolean take_client_command(Splitter *splitter, const SqlToken *token, gsize *position)
{
    gboolean backslash = token->kind == SQL_TOKEN_ILLEGAL && splitter->text[token->start] == '\\';
    if (!splitter->commands || splitter->started || (!backslash && !is_client_command(splitter->text, token)))
        return FALSE;
    *position = line_end(splitter, token->start);
    splitter->started = splitter->counts = TRUE;
    splitter->start = token->start;
    splitter->end = *position;
    finish_statement(splitter);
    return TRUE;
}

static gboolean split_token(Splitter *splitter, SqlToken *token, gsize *position, GError **error)
{
    gsize offset;

    if (take_client_command(splitter, token, position))
        return TRUE;
    if (!splitter->started && token->kind == SQL_TOKEN_WORD && sql_token_is(token, splitter->text, "DELIMITER"))
        return take_delimiter(splitter, token, position, error);
    if (!find_delimiter(splitter, token, &offset))
        return take_token(splitter, token, error);
    token->length = offset - token->start;
    if (token->length > 0 && !take_token(splitter, token, error))
        return FALSE;
    *position = offset + strlen(splitter->delimiter);
    return end_statement(splitter, offset, error);
}

/* --- the whole text --- */

static gboolean end_check(Splitter *splitter, GError **error)
{
    static const char *const ends[] = {
        [BLOCK_BEGIN] = "END",     [BLOCK_IF] = "END IF",       [BLOCK_CASE] = "END CASE",
        [BLOCK_LOOP] = "END LOOP", [BLOCK_WHILE] = "END WHILE", [BLOCK_REPEAT] = "END REPEAT",
        [BLOCK_FOR] = "END FOR",   [BLOCK_PACKAGE] = "END",     [BLOCK_EXPRESSION] = "END",
    };
    const MysqlOpenBlock *open = mysql_body_innermost(&splitter->body);

    if (splitter->conditions > 0)
        return sql_lines_refuse(&splitter->lines, splitter->condition, "unfinished comment: it is never closed", error);
    if (open) {
        g_autofree char *what = g_strdup_printf("unfinished body: what opens here has no %s", ends[open->block]);
        return sql_lines_refuse(&splitter->lines, open->offset, what, error);
    }
    if (splitter->delimiter && mysql_body_has(&splitter->body)) {
        g_autofree char *what =
            g_strdup_printf("unfinished statement: no delimiter '%s' stands behind it", splitter->delimiter);
        return sql_lines_refuse(&splitter->lines, splitter->start, what, error);
    }
    return TRUE;
}

static gboolean split_all(Splitter *splitter, GError **error)
{
    for (gsize position = 0; position < splitter->length;) {
        SqlToken token = mysql_next_token(splitter->text, splitter->length, position);
        position = token.start + token.length;
        if (!split_token(splitter, &token, &position, error))
            return FALSE;
    }
    if (!end_check(splitter, error))
        return FALSE;
    finish_statement(splitter);
    return TRUE;
}

static GPtrArray *split(const char *text, gsize length, gboolean commands, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    Splitter splitter = {.text = text, .length = length, .statements = statements, .commands = commands};

    sql_lines_init(&splitter.lines, text, length);
    mysql_body_init(&splitter.body, text);
    gboolean ok = split_all(&splitter, error);
    mysql_body_clear(&splitter.body);
    g_free(splitter.delimiter);
    return ok ? g_steal_pointer(&statements) : NULL;
}

GPtrArray *mysql_split(const char *text, gsize length, GError **error)
{
    return split(text, length, FALSE, error);
}

GPtrArray *mysql_split_model(const char *text, gsize length, GError **error)
{
    return split(text, length, TRUE, error);
}

void mysql_append_statement(GString *script, const char *sql)
{
    gsize length = strlen(sql), position = 0;
    SqlToken token;

    do {
        token = mysql_next_token(sql, length, position);
        position = token.start + token.length;
    } while (token.kind != SQL_TOKEN_END && token.kind != SQL_TOKEN_SEMICOLON);
    if (token.kind == SQL_TOKEN_END) {
        g_string_append_printf(script, "%s;\n", sql);
        return;
    }
    g_autoptr(GString) delimiter = g_string_new("$$");
    for (guint i = 1; strstr(sql, delimiter->str) != NULL; i++)
        g_string_printf(delimiter, "$$%u", i);
    g_string_append_printf(script, "DELIMITER %s\n%s\n%s\nDELIMITER ;\n", delimiter->str, sql, delimiter->str);
}
