/* Models and operations on a PostgreSQL server, with pg_dump as the judge. */
#ifndef MIGRATE_TESTS_POSTGRESQL_BLOCKS_H
#define MIGRATE_TESTS_POSTGRESQL_BLOCKS_H

#include "dialect/dialect.h"

/* The MetaData of a models.json text for PostgreSQL, with ' for " and ` for ', so that C need not escape them. Mistakes
 * fail the running test. */
MetaData *postgresql_read_model(const char *text);
/* The same, adapted. */
MetaData *postgresql_model(const char *text);
/* Sorts the ops and compiles them: all statements with ";\n" behind each, "[alone]\n" before those of a block without
 * a transaction. New string. */
char *postgresql_compiled(GPtrArray *ops, const MetaData *before);
/* Runs such a text. A statement that the server refuses fails the running test. */
void postgresql_run_compiled(const char *url, const char *text);
/* Creates everything in `model`, enums first. */
void postgresql_create(const char *url, const MetaData *model);
/* pg_dump --schema-only. New string. */
char *postgresql_dump(const char *url);
/* Runs `ops` (sorted in place) on a new database with `before`, then their reverse, and once more: the dumps must be
 * equal each time, up and down. The texts of both directions come back, `down` may be NULL. New strings. */
void postgresql_there_and_back(const MetaData *before, GPtrArray *ops, char **up, char **down);

#endif
