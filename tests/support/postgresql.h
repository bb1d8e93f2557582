/*
 * A PostgreSQL server of the test program's own, and an oracle that goes through libpq alone. No server, or a failing
 * statement, fails the running test. In builds with PostgreSQL only: name the test file *postgresql*.
 */
#ifndef MIGRATE_TESTS_POSTGRESQL_H
#define MIGRATE_TESTS_POSTGRESQL_H

#include <glib.h>

/* The superuser's URL of database "postgres": postgresql://postgres@127.0.0.1:PORT/postgres. Starts the server on first
 * use; it ends, and its folder goes, when this program does, however it does. Clears the environment of libpq's
 * variables. */
const char *postgresql_start(void);
/* Where its socket, log and data are. */
const char *postgresql_folder(void);
int postgresql_port(void);
/* The URL of a pgbouncer in transaction mode in front of the server (two connections for each database); started on
 * first use, ends with the server. */
const char *postgresql_pooler(void);
/* A new empty database in place of one of that name: its URL, new string. */
char *postgresql_database(const char *name);
/* Runs a script: one implicit transaction, unless it holds BEGIN or COMMIT. */
void postgresql_run(const char *url, const char *sql);
/* The rows of a query: columns separated by '|', NULL as "NULL", each row with a line end. New string. */
char *postgresql_rows(const char *url, const char *query);

#endif
