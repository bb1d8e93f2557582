/*
 * What the servers of test programs have in common: a script of tests/support starts and stops them, and none outlives
 * the program that started it. A failure fails the running test.
 */
#ifndef MIGRATE_TESTS_SERVER_H
#define MIGRATE_TESTS_SERVER_H

#include <glib.h>

typedef struct TestServer {
    char *script, *folder;
} TestServer;

/* A folder from `template` (as for g_mkdtemp), in which tests/support/`script` may start servers: when this program
 * ends, by exit, failure or signal, `script` stop FOLDER is run and the folder goes. */
void test_server_init(TestServer *server, const char *script, const char *template);
/* Runs `script` COMMAND FOLDER: what it prints, without the line's end. New string. */
char *test_server_command(const TestServer *server, const char *command);

#endif
