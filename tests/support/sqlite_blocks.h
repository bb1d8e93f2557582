/* A SQLite database in memory, and compiled blocks run on it as the runner runs them. */
#ifndef MIGRATE_TESTS_SQLITE_BLOCKS_H
#define MIGRATE_TESTS_SQLITE_BLOCKS_H

#include "dialect/dialect.h"

/* Foreign keys on. Fails the running test when it cannot. */
Connection *memory_open(void);
/* Runs the statements of a script one after the other; fails the running test with SQLite's message. */
void memory_run(Connection *connection, const char *script);
/* The rows of a query: columns separated by '|', NULL as "NULL", each row with a line end. New string. */
char *memory_rows(Connection *connection, const char *query);
/* Each block in its transaction, with the dialect's pragmas and checks around blocks with foreign keys off. A failing
 * block is rolled back and ends it. */
gboolean blocks_run(Connection *connection, const GPtrArray *blocks, GError **error);
/* All statements with ";\n" behind each, "[off]\n" before those of a block with foreign keys off. New string. */
char *blocks_text(const GPtrArray *blocks);

#endif
