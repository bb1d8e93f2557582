/*
 * Reading a statement token by token. Private to the files of PostgreSQL's dialect.
 */
#ifndef MIGRATE_DIALECT_POSTGRESQL_STATEMENTS_H
#define MIGRATE_DIALECT_POSTGRESQL_STATEMENTS_H

#include "dialect/postgresql/postgresql.h"

#pragma GCC visibility push(hidden)

typedef struct PgReader {
    const char *sql; /* not owned */
    gsize length, position;
    SqlToken token; /* the current one; neither space nor comment */
} PgReader;

PgReader pg_reader_new(const char *sql, gsize length); /* at the first token */
void pg_reader_advance(PgReader *reader);
/* The current token is this word or operator, whatever its case. */
gboolean pg_reader_is(const PgReader *reader, const char *word);
gboolean pg_reader_is_one_of(const PgReader *reader, const char *const *words); /* NULL-terminated */
gboolean pg_reader_take(PgReader *reader, const char *word);                    /* and goes behind it when it is */
gboolean pg_reader_take_words(PgReader *reader, const char *first, const char *second);
gboolean pg_reader_at_end(const PgReader *reader);
/* A name, also a qualified one, as the server would spell it: folded, quotes only where needed. NULL when none stands
 * here. New string. */
char *pg_reader_take_name(PgReader *reader);
/* "(name, name = value …)" at "(": TRUE when option `name` stands there, and whether it is on. Goes behind it. */
gboolean pg_reader_take_option(PgReader *reader, const char *name, gboolean *on);

#pragma GCC visibility pop

#endif
