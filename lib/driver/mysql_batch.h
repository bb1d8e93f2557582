/*
 * Which statements can travel in one packet (MySQL manual, "Multiple Statement Execution Support"); private to
 * mysql*.c, knows no client library.
 */
#ifndef MIGRATE_DRIVER_MYSQL_BATCH_H
#define MIGRATE_DRIVER_MYSQL_BATCH_H

#include <glib.h>

#include "driver/driver.h"

#pragma GCC visibility push(hidden)

/* How many of the first requests can go together: at least 1. Only those that surely give one answer each (CALL and
 * compound statements give several, and nobody could tell whose they are), without parameters, of some 100 KB. */
guint mysql_batch_length(const Request *requests, guint n);
/* Their text: new. A statement may end in a line comment, or with a ';' of its own. */
GString *mysql_batch_text(const Request *requests, guint n);

/* CREATE, ALTER, DROP, RENAME or TRUNCATE … */
gboolean mysql_is_ddl(const char *sql);

#pragma GCC visibility pop

#endif
