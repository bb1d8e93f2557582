/*
 * What a SQLite database is, straight from its catalog and rows, without a line of the library: the tests' independent
 * judge. Order of columns, white space, comments, quotes and the case of words do not count.
 */
#ifndef MIGRATE_TESTS_FINGERPRINT_H
#define MIGRATE_TESTS_FINGERPRINT_H

#include <glib.h>

/* One line per fact about tables, columns, keys, constraints, indexes, views and triggers, sorted; the tool's own
 * tables left out. New string. */
char *fingerprint_schema(const char *path);
/* "table.column" -> all cells with their storage class, in order of the column `id` where there is one. Besides
 * "table.(sequence)" -> the last number of AUTOINCREMENT. New table, owns both. */
GHashTable *fingerprint_cells(const char *path);
/* Runs statements; fails the running cmocka test with the message otherwise. */
void database_run(const char *path, const GPtrArray *statements);

/* The same of a PostgreSQL database, by fingerprint-postgresql.sql. New string. */
char *fingerprint_postgresql(const char *url);
/* The same of a MySQL or MariaDB database, by information_schema and SHOW CREATE. New string. */
char *fingerprint_mysql(const char *url);

#endif
