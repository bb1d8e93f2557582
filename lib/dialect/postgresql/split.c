/* PostgreSQL's statements. The server takes whole texts apart with its grammar; who sends them one by one does as psql:
 * a terminator counts outside of parentheses and of BEGIN ATOMIC … END. */
#include <string.h>

#include "base/error.h"
#include "dialect/postgresql/postgresql.h"

/* What a word says about the statement it stands in. */
typedef enum Lead {
    LEAD_NONE,   /* no token yet */
    LEAD_CREATE, /* may hold BEGIN ATOMIC */
    LEAD_COPY,
    LEAD_COPY_FROM,  /* the last word was FROM */
    LEAD_COPY_STDIN, /* its rows follow */
    LEAD_OTHER,
} Lead;

typedef struct Splitter {
    const char *text;
    gsize length;
    GPtrArray *statements;
    Lead lead;
    gsize start, end;    /* of the statement: its first token and behind its last one */
    guint parentheses;   /* open ones */
    gsize opened;        /* where the outermost of them stands */
    guint bodies;        /* BEGIN ATOMIC counts one, each CASE in it another */
    SqlToken last, prev; /* the last two significant tokens of the statement */
    gboolean commands;   /* psql's are taken as statements of one line */
    SqlLines lines;
} Splitter;

static gboolean last_is(const Splitter *splitter, const char *word)
{
    return sql_token_is(&splitter->last, splitter->text, word);
}

/* END and CASE behind "." and AS are names. */
static gboolean is_label(const Splitter *splitter)
{
    return last_is(splitter, ".") || last_is(splitter, "AS");
}

/* Only where a statement of the body could begin, END ends the body: it may as well be a name. */
static void count_bodies(Splitter *splitter, const SqlToken *token)
{
    const char *text = splitter->text;

    if (token->kind != SQL_TOKEN_WORD || splitter->lead != LEAD_CREATE)
        return;
    if (splitter->bodies == 0) {
        if (splitter->parentheses == 0 && sql_token_is(token, text, "ATOMIC") && last_is(splitter, "BEGIN"))
            splitter->bodies = 1;
    } else if (sql_token_is(token, text, "CASE")) {
        if (!is_label(splitter))
            splitter->bodies++;
    } else if (sql_token_is(token, text, "END") && !is_label(splitter)) {
        gboolean between = splitter->last.kind == SQL_TOKEN_SEMICOLON ||
                           (last_is(splitter, "ATOMIC") && sql_token_is(&splitter->prev, text, "BEGIN"));
        if (splitter->bodies > 1 || between)
            splitter->bodies--;
    }
}

static void count_parentheses(Splitter *splitter, const SqlToken *token)
{
    if (sql_token_is(token, splitter->text, "(")) {
        if (splitter->parentheses++ == 0)
            splitter->opened = token->start;
    } else if (splitter->parentheses > 0 && sql_token_is(token, splitter->text, ")")) {
        splitter->parentheses--;
    }
}

static Lead next_lead(const Splitter *splitter, const SqlToken *token)
{
    const char *text = splitter->text;

    switch (splitter->lead) {
    case LEAD_NONE:
        if (sql_token_is(token, text, "CREATE"))
            return LEAD_CREATE;
        return sql_token_is(token, text, "COPY") ? LEAD_COPY : LEAD_OTHER;
    case LEAD_COPY:
    case LEAD_COPY_FROM:
        if (splitter->parentheses > 0)
            return LEAD_COPY;
        if (splitter->lead == LEAD_COPY_FROM && sql_token_is(token, text, "STDIN"))
            return LEAD_COPY_STDIN;
        return sql_token_is(token, text, "FROM") ? LEAD_COPY_FROM : LEAD_COPY;
    case LEAD_CREATE:
    case LEAD_COPY_STDIN:
    case LEAD_OTHER:
        break;
    }
    return splitter->lead;
}

static SqlStatement *finish_statement(Splitter *splitter)
{
    SqlStatement *statement = NULL;

    if (splitter->lead != LEAD_NONE) {
        TextPosition at = sql_lines_at(&splitter->lines, splitter->start);
        statement = g_new0(SqlStatement, 1);
        statement->start = splitter->start;
        statement->length = splitter->end - splitter->start;
        statement->line = at.line;
        statement->column = at.column;
        g_ptr_array_add(splitter->statements, statement);
    }
    splitter->lead = LEAD_NONE;
    splitter->last = splitter->prev = (SqlToken){SQL_TOKEN_END, 0, 0};
    return statement;
}

/* --- rows --- */

/* The rows from `start` end before a line "\." Returns where that line begins, or `length`; *behind is the place behind
 * it. */
static gsize rows_end(const char *text, gsize length, gsize start, gsize *behind)
{
    for (gsize line = start; line < length; line = *behind) {
        const char *newline = memchr(text + line, '\n', length - line);
        gsize end = newline ? (gsize)(newline - text) : length;
        *behind = newline ? end + 1 : length;
        if (end > line && text[end - 1] == '\r')
            end--;
        if (end - line == 2 && text[line] == '\\' && text[line + 1] == '.')
            return line;
    }
    *behind = length;
    return length;
}

/* The line below the one of the terminator that ends before `position`, from where on only white space and comments
 * are fine. Returns where something else stands, or `length` + 1 for nothing. */
static gsize rows_start(const char *text, gsize length, gsize position, gsize *start)
{
    const char *newline = memchr(text + position, '\n', length - position);

    *start = newline ? (gsize)(newline - text) + 1 : length;
    while (position < *start) {
        SqlToken token = postgresql_next_token(text, *start, position);
        if (token.kind != SQL_TOKEN_SPACE && token.kind != SQL_TOKEN_COMMENT)
            return token.start;
        position += token.length;
    }
    return length + 1;
}

static gboolean take_rows(Splitter *splitter, SqlStatement *statement, gsize *position, GError **error)
{
    gsize start, other = rows_start(splitter->text, splitter->length, *position, &start);

    if (other <= splitter->length)
        return sql_lines_refuse(&splitter->lines, other,
                                "this stands behind COPY … FROM stdin, whose rows begin on the line below its ';'",
                                error);
    gsize end = rows_end(splitter->text, splitter->length, start, position);
    if (end == splitter->length)
        return sql_lines_refuse(&splitter->lines, statement->start,
                                "unfinished COPY … FROM stdin: its rows need a line '\\.' behind them", error);
    statement->has_data = TRUE;
    statement->data_start = start;
    statement->data_length = end - start;
    return TRUE;
}

gboolean postgresql_inline_data(const char *text, gsize length, gsize statement, gsize terminator, SqlInlineData *data)
{
    Splitter splitter = {.text = text, .length = length, .lead = LEAD_NONE};
    gsize position = statement;

    while (position < terminator && splitter.lead != LEAD_OTHER && splitter.lead != LEAD_CREATE) {
        SqlToken token = sql_next_significant(&postgresql_dialect, text, terminator, &position);
        if (token.kind == SQL_TOKEN_END)
            break;
        count_parentheses(&splitter, &token);
        splitter.lead = next_lead(&splitter, &token);
    }
    if (splitter.lead != LEAD_COPY_STDIN || splitter.parentheses > 0 || terminator >= length)
        return FALSE;
    rows_start(text, length, terminator + 1, &data->start);
    data->length = rows_end(text, length, data->start, &data->behind) - data->start;
    return TRUE;
}

/* --- what only psql understands --- */

static const struct {
    const char *names; /* with a space before and behind each */
    const char *advice;
} meta_commands[] = {
    {" i ir include include_relative ", "put the statements themselves here, or into a section of their own"},
    {" c connect ", "one revision runs in one database: the connection is what the url says"},
    {" copy ", "write COPY … FROM stdin; with the rows and a line '\\.' below it"},
    {" restrict unrestrict ", "delete the line, which newer versions of pg_dump write for psql"},
    {" gexec ", "write the statements that it would run, or a DO block with EXECUTE"},
    {" if elif else endif ", "write a DO block, or use sections and revisions of their own"},
    {" set unset gset prompt getenv ", "psql's variables do not exist here: write the values themselves"},
    {" . ", "no COPY … FROM stdin; stands before this end of rows"},
};

static gboolean meta_command_failed(Splitter *splitter, gsize offset, GError **error)
{
    const char *advice = "delete it: only SQL is sent to the server";
    gsize end = offset + 1;

    while (end < splitter->length && (g_ascii_isalpha(splitter->text[end]) || splitter->text[end] == '_'))
        end++;
    if (end == offset + 1 && end < splitter->length && g_ascii_isgraph(splitter->text[end]))
        end++;
    g_autofree char *name = g_strndup(splitter->text + offset + 1, end - offset - 1);
    g_autofree char *padded = g_strdup_printf(" %s ", name);
    for (gsize i = 0; i < G_N_ELEMENTS(meta_commands); i++)
        if (*name != '\0' && strstr(meta_commands[i].names, padded) != NULL)
            advice = meta_commands[i].advice;
    g_autofree char *what = g_strdup_printf("'\\%s' is a command of psql, no SQL\n%s", name, advice);
    return sql_lines_refuse(&splitter->lines, offset, what, error);
}

static void take_meta_command(Splitter *splitter, const SqlToken *token, gsize *position)
{
    const char *line = splitter->text + token->start;
    const char *newline = memchr(line, '\n', splitter->length - token->start);

    *position = newline ? (gsize)(newline - splitter->text) : splitter->length;
    splitter->start = token->start;
    splitter->end = *position - (splitter->text[*position - 1] == '\r' ? 1 : 0);
    splitter->lead = LEAD_OTHER;
    finish_statement(splitter);
}

/* --- the whole text --- */

static gboolean token_check(Splitter *splitter, const SqlToken *token, GError **error)
{
    const char *bytes = splitter->text + token->start;
    const char *nul = memchr(bytes, '\0', token->length);

    if (nul != NULL) /* also in a string or a comment */
        return sql_lines_refuse(&splitter->lines, (gsize)(nul - splitter->text),
                                "a NUL byte stands here, PostgreSQL would read no further", error);
    if (token->kind == SQL_TOKEN_ILLEGAL && *bytes == '\\')
        return meta_command_failed(splitter, token->start, error);
    if (token->kind != SQL_TOKEN_UNFINISHED)
        return TRUE;
    const char *what = "unfinished string: the quote that opens here is never closed";
    if (*bytes == '"' || (token->length > 2 && bytes[1] == '&' && bytes[2] == '"'))
        what = "unfinished name: the quote that opens here is never closed";
    else if (*bytes == '/')
        what = "unfinished comment: it is never closed (comments nest)";
    return sql_lines_refuse(&splitter->lines, token->start, what, error);
}

static gboolean end_check(Splitter *splitter, GError **error)
{
    if (splitter->lead == LEAD_NONE)
        return TRUE;
    if (splitter->parentheses > 0)
        return sql_lines_refuse(&splitter->lines, splitter->opened,
                                "unfinished statement: the parenthesis that opens here is never closed", error);
    if (splitter->bodies > 0)
        return sql_lines_refuse(&splitter->lines, splitter->start, "unfinished body: its BEGIN ATOMIC has no END",
                                error);
    if (splitter->lead == LEAD_COPY_STDIN)
        return sql_lines_refuse(&splitter->lines, splitter->start,
                                "unfinished COPY … FROM stdin: a ';' and its rows must follow, and a line '\\.'",
                                error);
    return TRUE;
}

static gboolean split_token(Splitter *splitter, const SqlToken *token, gsize *position, GError **error)
{
    if (splitter->commands && splitter->lead == LEAD_NONE && token->kind == SQL_TOKEN_ILLEGAL &&
        splitter->text[token->start] == '\\') {
        take_meta_command(splitter, token, position);
        return TRUE;
    }
    if (!token_check(splitter, token, error))
        return FALSE;
    if (token->kind == SQL_TOKEN_SPACE || token->kind == SQL_TOKEN_COMMENT)
        return TRUE;
    if (token->kind == SQL_TOKEN_SEMICOLON && splitter->parentheses == 0 && splitter->bodies == 0) {
        gboolean rows = splitter->lead == LEAD_COPY_STDIN;
        SqlStatement *statement = finish_statement(splitter);
        return !rows || take_rows(splitter, statement, position, error);
    }
    if (splitter->lead == LEAD_NONE)
        splitter->start = token->start;
    splitter->end = token->start + token->length;
    count_bodies(splitter, token);
    count_parentheses(splitter, token);
    splitter->lead = next_lead(splitter, token);
    splitter->prev = splitter->last;
    splitter->last = *token;
    return TRUE;
}

static GPtrArray *split(const char *text, gsize length, gboolean commands, GError **error)
{
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    Splitter splitter = {
        .text = text, .length = length, .statements = statements, .lead = LEAD_NONE, .commands = commands};

    sql_lines_init(&splitter.lines, text, length);
    finish_statement(&splitter); /* nothing is open */
    for (gsize position = 0; position < length;) {
        SqlToken token = postgresql_next_token(text, length, position);
        position = token.start + token.length;
        if (!split_token(&splitter, &token, &position, error))
            return NULL;
    }
    if (!end_check(&splitter, error))
        return NULL;
    finish_statement(&splitter);
    return g_steal_pointer(&statements);
}

GPtrArray *postgresql_split(const char *text, gsize length, GError **error)
{
    return split(text, length, FALSE, error);
}

GPtrArray *postgresql_split_model(const char *text, gsize length, GError **error)
{
    return split(text, length, TRUE, error);
}
