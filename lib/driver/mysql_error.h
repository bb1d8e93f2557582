/*
 * What the servers' and the client's error numbers mean; private to mysql*.c, knows no client library. Numbers: MySQL
 * manual, "MySQL Error Message Reference" (server and client); MariaDB Knowledge Base, "MariaDB Error Codes".
 */
#ifndef MIGRATE_DRIVER_MYSQL_ERROR_H
#define MIGRATE_DRIVER_MYSQL_ERROR_H

#include <glib.h>

#include "base/error.h"

#pragma GCC visibility push(hidden)

/* Why a statement was killed from here. */
typedef enum MysqlKill { KILL_NOT, KILL_CANCELLED, KILL_TIMEOUT } MysqlKill;

/* DRIVER_ERROR_STATEMENT for what is in no list. `words`: the server's. */
DriverError mysql_error_class(guint code, const char *words, MysqlKill kill);
/* What to do about it; NULL for most. */
const char *mysql_error_hint(guint code, const char *words, MysqlKill kill);
/* The same for a connection that was not made: `words` are the library's. */
const char *mysql_connect_hint(guint code, const char *words);
/* The connection cannot be used any more. */
gboolean mysql_error_is_lost(guint code);
/* The byte offset in `sql` that the words of a syntax error (… near 'TEXT' at line N) are about; -1 unknown. TEXT may
 * go on behind `sql`, with what travelled with it. */
int mysql_error_position(const char *sql, guint code, const char *words);

#pragma GCC visibility pop

#endif
