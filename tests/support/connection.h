/* A connection of the library for a test, which fails where there is none. */
#ifndef MIGRATE_TESTS_CONNECTION_H
#define MIGRATE_TESTS_CONNECTION_H

#include "dialect/dialect.h"

/* To be closed. */
Connection *test_connect(const char *url);
/* The same, with what the dialect sends first. */
Connection *test_connect_set_up(const Dialect *dialect, const char *url);

#endif
