/*
 * Where the body of a routine, trigger or event ends: what its words open and close. Private to the files of MySQL's
 * and MariaDB's dialect.
 */
#ifndef MIGRATE_DIALECT_MYSQL_BODY_H
#define MIGRATE_DIALECT_MYSQL_BODY_H

#include "dialect/mysql/mysql.h"

#pragma GCC visibility push(hidden)

typedef enum MysqlBodyPhase {
    BODY_BEGINNING, /* no token yet */
    BODY_CREATE,    /* behind CREATE, or ALTER: what, is not known yet */
    BODY_HEADER,    /* of something that has a body */
    BODY_INSIDE,
    BODY_OTHER, /* a statement without a body */
} MysqlBodyPhase;

typedef enum MysqlBlock {
    BLOCK_BEGIN,
    BLOCK_IF,
    BLOCK_CASE,
    BLOCK_LOOP,
    BLOCK_WHILE,
    BLOCK_REPEAT,
    BLOCK_FOR,
    BLOCK_PACKAGE,
    BLOCK_EXPRESSION, /* a CASE that is none of a statement */
} MysqlBlock;

typedef struct MysqlOpenBlock {
    MysqlBlock block;
    gsize offset;   /* of the word that opened it */
    gboolean until; /* REPEAT: its condition has begun */
} MysqlOpenBlock;

/* What FOR of a handler waits for. */
typedef enum MysqlHandler { HANDLER_NONE, HANDLER_FOR, HANDLER_CONDITION, HANDLER_STATEMENT } MysqlHandler;

typedef struct MysqlBody {
    const char *text; /* not owned */
    MysqlBodyPhase phase;
    const char *kind;     /* the word in the header: "TRIGGER"; static */
    GArray *open;         /* MysqlOpenBlock, the innermost last */
    guint parentheses;    /* open ones since the last statement of the body began */
    gboolean parameters;  /* the header's parentheses are behind us */
    gboolean at_start;    /* the next token begins a statement of the body */
    MysqlHandler handler; /* where DECLARE … HANDLER FOR has got to */
    SqlToken last, prev;  /* the last two tokens */
} MysqlBody;

void mysql_body_init(MysqlBody *body, const char *text);
void mysql_body_clear(MysqlBody *body);
/* For the next statement of the same text. */
void mysql_body_restart(MysqlBody *body);
/* The next token of the statement: no space, no comment, no SQL_TOKEN_CONDITION. */
void mysql_body_feed(MysqlBody *body, const SqlToken *token);
/* The statement is one that may hold others (whether it does or not). */
gboolean mysql_body_has(const MysqlBody *body);
/* Something is open: a semicolon does not end the statement. NULL: nothing; else the innermost. */
const MysqlOpenBlock *mysql_body_innermost(const MysqlBody *body);

#pragma GCC visibility pop

#endif
