/*
 * Reading a statement token by token, for all dialects.
 */
#ifndef MIGRATE_DIALECT_READER_H
#define MIGRATE_DIALECT_READER_H

#include "dialect/dialect.h"

/* A place in a text. Copying it keeps the place. */
typedef struct SqlReader {
    const Dialect *dialect;
    const char *sql;        /* not owned */
    gsize length, position; /* behind `token` */
    gsize previous_end;     /* behind the token before it */
    SqlToken token;         /* the current one; neither space nor comment, nor SQL_TOKEN_CONDITION */
} SqlReader;

SqlReader sql_reader_new(const Dialect *dialect, const char *sql, gsize length); /* at the first token */
void sql_reader_advance(SqlReader *reader);
/* The current token is this word or operator, whatever its case. */
gboolean sql_reader_is(const SqlReader *reader, const char *word);
gboolean sql_reader_is_one_of(const SqlReader *reader, const char *const *words); /* NULL-terminated */
gboolean sql_reader_take(SqlReader *reader, const char *word);                    /* and goes behind it when it is */
gboolean sql_reader_take_words(SqlReader *reader, const char *first, const char *second); /* both or none */
gboolean sql_reader_at_end(const SqlReader *reader); /* of the text, or of the statement */
/* One name (WORD or QUOTED), without its quotes. NULL when none stands here. New string. */
char *sql_reader_take_identifier(SqlReader *reader);
/* A name, also a qualified one, with quotes only where needed, and with `fold` its unquoted parts in lower case, as
 * PostgreSQL spells it. NULL when none stands here. New string. */
char *sql_reader_take_name(SqlReader *reader, gboolean fold);
/* At "(": goes behind its ")". FALSE when no "(" stands here, or it is never closed. */
gboolean sql_reader_skip_parentheses(SqlReader *reader);
/* "(name, name = value …)" at "(": TRUE when option `name` stands there, and whether it is on. Goes behind it. */
gboolean sql_reader_take_option(SqlReader *reader, const char *name, gboolean *on);
/* A word anywhere outside of parentheses in the rest of the statement. */
gboolean sql_reader_has_word(SqlReader reader, const char *word);

#endif
