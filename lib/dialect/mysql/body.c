/* The servers take a body apart with their grammar; here, a word opens something only where a statement of the body can
 * begin, since most of these words may be names and functions as well (begin, end, if(), repeat(), replace()). */
#include "dialect/mysql/body.h"

#include <string.h>

void mysql_body_init(MysqlBody *body, const char *text)
{
    *body = (MysqlBody){.text = text, .open = g_array_new(FALSE, FALSE, sizeof(MysqlOpenBlock))};
    mysql_body_restart(body);
}

void mysql_body_clear(MysqlBody *body)
{
    g_array_unref(body->open);
}

void mysql_body_restart(MysqlBody *body)
{
    g_array_set_size(body->open, 0);
    body->phase = BODY_BEGINNING;
    body->kind = NULL;
    body->parentheses = 0;
    body->parameters = body->at_start = FALSE;
    body->handler = HANDLER_NONE;
    body->last = body->prev = (SqlToken){SQL_TOKEN_END, 0, 0};
}

gboolean mysql_body_has(const MysqlBody *body)
{
    return body->phase == BODY_HEADER || body->phase == BODY_INSIDE;
}

const MysqlOpenBlock *mysql_body_innermost(const MysqlBody *body)
{
    return body->open->len > 0 ? &g_array_index(body->open, MysqlOpenBlock, body->open->len - 1) : NULL;
}

static gboolean is(const MysqlBody *body, const SqlToken *token, const char *word)
{
    return sql_token_is(token, body->text, word);
}

static gboolean is_one_of(const MysqlBody *body, const SqlToken *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is(body, token, *words))
            return TRUE;
    return FALSE;
}

/* --- what is open --- */

static void push(MysqlBody *body, MysqlBlock block, const SqlToken *token)
{
    MysqlOpenBlock open = {.block = block, .offset = token->start};
    g_array_append_val(body->open, open);
}

static void pop(MysqlBody *body)
{
    g_array_set_size(body->open, body->open->len - 1);
}

static gboolean innermost_is(const MysqlBody *body, MysqlBlock block)
{
    const MysqlOpenBlock *open = mysql_body_innermost(body);
    return open && open->block == block;
}

static const struct {
    const char *word;
    MysqlBlock block;
    gboolean begins; /* a statement stands right behind the word */
} openers[] = {
    {"BEGIN", BLOCK_BEGIN, TRUE}, {"IF", BLOCK_IF, FALSE},       {"CASE", BLOCK_CASE, FALSE},
    {"LOOP", BLOCK_LOOP, TRUE},   {"WHILE", BLOCK_WHILE, FALSE}, {"REPEAT", BLOCK_REPEAT, TRUE},
    {"FOR", BLOCK_FOR, FALSE},
};

/* The first word of a statement. */
static void feed_first(MysqlBody *body, const SqlToken *token)
{
    body->at_start = is(body, token, "ELSE"); /* of what began before */
    body->parentheses = is(body, token, "(") ? 1 : 0;
    if (is(body, token, "END") && body->open->len > 0) {
        pop(body);
        return;
    }
    if (is(body, token, "UNTIL") && innermost_is(body, BLOCK_REPEAT))
        g_array_index(body->open, MysqlOpenBlock, body->open->len - 1).until = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(openers); i++) {
        if (!is(body, token, openers[i].word))
            continue;
        push(body, openers[i].block, token);
        body->at_start = openers[i].begins;
    }
}

/* --- inside a statement --- */

/* Behind these an operand must follow: END is a name there. */
static gboolean wants_operand(const MysqlBody *body)
{
    static const char *const words[] = {"CASE", "WHEN",    "THEN", "ELSE", "AND",    "OR",    "NOT", "XOR", "IS",
                                        "LIKE", "BETWEEN", "DIV",  "MOD",  "REGEXP", "RLIKE", "AS",  NULL};
    if (body->last.kind == SQL_TOKEN_OPERATOR)
        return !is(body, &body->last, ")");
    return is_one_of(body, &body->last, words);
}

/* CASE and END of expressions, and the END of REPEAT behind its condition. TRUE when it was one of them. */
static gboolean feed_expression(MysqlBody *body, const SqlToken *token)
{
    const MysqlOpenBlock *open = mysql_body_innermost(body);

    if (is(body, token, "CASE") && !is(body, &body->last, ".") && !is(body, &body->last, "END")) {
        push(body, BLOCK_EXPRESSION, token);
        return TRUE;
    }
    if (!open || !is(body, token, "END") || wants_operand(body))
        return FALSE;
    if (open->block != BLOCK_EXPRESSION && !(open->block == BLOCK_REPEAT && open->until))
        return FALSE;
    pop(body);
    return TRUE;
}

/* DECLARE … HANDLER FOR SQLSTATE [VALUE] 'x', 1051, NOT FOUND, name statement. TRUE while no statement has begun. */
static gboolean feed_handler(MysqlBody *body, const SqlToken *token)
{
    static const char *const more[] = {"SQLSTATE", "VALUE", "NOT", NULL};

    switch (body->handler) {
    case HANDLER_NONE:
        if (is(body, token, "HANDLER") && is(body, &body->prev, "DECLARE"))
            body->handler = HANDLER_FOR;
        return body->handler != HANDLER_NONE;
    case HANDLER_FOR:
        body->handler = is(body, token, "FOR") ? HANDLER_CONDITION : HANDLER_NONE;
        return TRUE;
    case HANDLER_CONDITION:
        if (!is_one_of(body, token, more))
            body->handler = HANDLER_STATEMENT;
        return TRUE;
    case HANDLER_STATEMENT:
        body->handler = is(body, token, ",") ? HANDLER_CONDITION : HANDLER_NONE;
        return body->handler != HANDLER_NONE;
    }
    return FALSE;
}

/* TRUE when a statement of the body begins behind `token`. */
static gboolean leads_to_statement(const MysqlBody *body, const SqlToken *token)
{
    if (body->parentheses > 0 || innermost_is(body, BLOCK_EXPRESSION))
        return FALSE;
    if (is(body, token, "THEN") || is(body, token, "ELSE"))
        return innermost_is(body, BLOCK_IF) || innermost_is(body, BLOCK_CASE);
    /* A label, the body of WHILE and FOR, and of an event that is made in a body. */
    return is(body, token, ":") || is(body, token, "DO");
}

static void feed_inside(MysqlBody *body, const SqlToken *token)
{
    if (token->kind == SQL_TOKEN_SEMICOLON) {
        while (innermost_is(body, BLOCK_EXPRESSION)) /* never closed: the server will say so */
            pop(body);
        body->at_start = TRUE;
        body->handler = HANDLER_NONE;
        return;
    }
    gboolean waited = body->handler == HANDLER_STATEMENT;
    if (!body->at_start && feed_handler(body, token))
        return;
    if (body->at_start || waited) {
        feed_first(body, token);
        return;
    }
    if (is(body, token, "("))
        body->parentheses++;
    else if (body->parentheses > 0 && is(body, token, ")"))
        body->parentheses--;
    if (innermost_is(body, BLOCK_BEGIN) && is(body, token, "ATOMIC") && is(body, &body->last, "NOT"))
        body->at_start = TRUE;
    else if (innermost_is(body, BLOCK_PACKAGE) && is(body, token, "BEGIN")) /* of a routine in it */
        feed_first(body, token);
    else if (!feed_expression(body, token))
        body->at_start = leads_to_statement(body, token);
}

/* --- the header --- */

/* With what a routine's only statement can begin. */
static gboolean is_verb(const MysqlBody *body, const SqlToken *token)
{
    static const char *const verbs[] = {
        "ALTER",    "ANALYZE", "BEGIN",    "CALL",      "CASE",   "COMMIT", "CREATE", "DELETE",  "DO",
        "DROP",     "EXECUTE", "FLUSH",    "FOR",       "GET",    "GRANT",  "IF",     "INSERT",  "KILL",
        "LOAD",     "LOOP",    "OPTIMIZE", "PREPARE",   "RENAME", "REPAIR", "REPEAT", "REPLACE", "RESIGNAL",
        "RETURN",   "REVOKE",  "ROLLBACK", "SAVEPOINT", "SELECT", "SET",    "SHOW",   "SIGNAL",  "START",
        "TRUNCATE", "UPDATE",  "VALUES",   "WHILE",     "WITH",   NULL};
    static const char *const charsets[] = {"CHARACTER", "CHAR", "RETURNS", NULL};

    if (is(body, token, "SET") && is_one_of(body, &body->last, charsets)) /* CHARACTER SET, and the type */
        return FALSE;
    return is_one_of(body, token, verbs);
}

static gboolean names_follow(const MysqlBody *body)
{
    static const char *const words[] = {"EVENT", "EXISTS", "TO", ".", NULL};
    return is_one_of(body, &body->last, words);
}

/* TRUE when the body begins at `token`. */
static gboolean begins_body(const MysqlBody *body, const SqlToken *token)
{
    if (strcmp(body->kind, "TRIGGER") == 0) {
        if (is(body, &body->last, "ROW") && is(body, &body->prev, "EACH"))
            return !is(body, token, "FOLLOWS") && !is(body, token, "PRECEDES");
        return is(body, &body->prev, "FOLLOWS") || is(body, &body->prev, "PRECEDES");
    }
    if (strcmp(body->kind, "EVENT") == 0)
        return FALSE; /* behind its DO */
    return body->parameters && body->parentheses == 0 && (is_verb(body, token) || is(body, &body->last, ":"));
}

static void feed_header(MysqlBody *body, const SqlToken *token)
{
    if (begins_body(body, token)) {
        body->phase = BODY_INSIDE;
        feed_first(body, token);
    } else if (is(body, token, "(")) {
        body->parentheses++;
    } else if (body->parentheses > 0 && is(body, token, ")")) {
        body->parameters = --body->parentheses == 0 || body->parameters;
    } else if (strcmp(body->kind, "EVENT") == 0 && body->parentheses == 0 && is(body, token, "DO") &&
               !names_follow(body)) {
        body->phase = BODY_INSIDE;
        body->at_start = TRUE;
    }
}

static void feed_create(MysqlBody *body, const SqlToken *token)
{
    static const char *const kinds[] = {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"};
    static const char *const before[] = {"OR", "REPLACE", "AGGREGATE", "DEFINER", "CURRENT_USER", "CURRENT_ROLE", NULL};

    if (token->kind != SQL_TOKEN_WORD || is(body, &body->last, "=") || is_one_of(body, token, before)) {
        if (token->kind == SQL_TOKEN_SEMICOLON)
            body->phase = BODY_OTHER;
        return;
    }
    body->phase = BODY_OTHER;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!is(body, token, kinds[i]))
            continue;
        body->phase = BODY_HEADER;
        body->kind = kinds[i];
    }
    if (body->phase == BODY_HEADER && strcmp(body->kind, "PACKAGE") == 0) {
        push(body, BLOCK_PACKAGE, token);
        body->phase = BODY_INSIDE;
    }
}

/* MariaDB runs the statements of bodies outside of them as well: BEGIN NOT ATOMIC, IF … END IF; but with
 * no label. */
static void feed_beginning(MysqlBody *body, const SqlToken *token)
{
    static const char *const compound[] = {"IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR", NULL};

    body->phase = BODY_OTHER;
    if (is(body, token, "CREATE") || is(body, token, "ALTER")) {
        body->phase = BODY_CREATE;
    } else if (is_one_of(body, token, compound)) {
        body->phase = BODY_INSIDE;
        feed_first(body, token);
    }
}

/* BEGIN alone is a transaction's. */
static void feed_other(MysqlBody *body, const SqlToken *token)
{
    gboolean second = body->prev.kind == SQL_TOKEN_END;

    if (second && is(body, &body->last, "BEGIN") && is(body, token, "NOT")) {
        body->phase = BODY_INSIDE;
        push(body, BLOCK_BEGIN, &body->last);
    }
}

void mysql_body_feed(MysqlBody *body, const SqlToken *token)
{
    switch (body->phase) {
    case BODY_BEGINNING:
        feed_beginning(body, token);
        break;
    case BODY_CREATE:
        feed_create(body, token);
        break;
    case BODY_HEADER:
        feed_header(body, token);
        break;
    case BODY_INSIDE:
        feed_inside(body, token);
        break;
    case BODY_OTHER:
        feed_other(body, token);
        break;
    }
    body->prev = body->last;
    body->last = *token;
}
