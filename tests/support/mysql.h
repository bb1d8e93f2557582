/*
 * A MariaDB server of the test program's own, and an oracle that goes through the client library alone. No server, or a
 * failing statement, fails the running test. In builds with MySQL only: name the test file *mysql*.
 */
#ifndef MIGRATE_TESTS_MYSQL_H
#define MIGRATE_TESTS_MYSQL_H

#include <glib.h>

/* root's URL without a database and a password: mysql://root@127.0.0.1:PORT/. Starts the server on first use; it ends,
 * and its folder goes, when this program does, however it does. Clears the environment of the client's variables. */
const char *mysql_start(void);
/* Where its socket, log, option file (my.cnf) and data are. */
const char *mysql_folder(void);
int mysql_server_port(void);
/* The path of its socket. */
const char *mysql_server_socket(void);
/* Kills the server (SIGKILL) and starts it again on its data: what was committed is there. */
void mysql_kill_server(void);
/* A new empty database (utf8mb4, utf8mb4_general_ci) in place of one of that name: its URL, new string. */
char *mysql_database(const char *name);
/* Runs a script of statements separated by ';' (bodies with BEGIN … END are fine without DELIMITER); ends at the first
 * that fails. */
void mysql_run(const char *url, const char *sql);
/* The rows of a query (of the last one in a script): columns separated by '|', NULL as "NULL", each row with a line
 * end. New string. */
char *mysql_rows(const char *url, const char *query);

#endif
