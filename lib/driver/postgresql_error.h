/* What SQLSTATEs mean; private to postgresql*.c, knows no libpq. Codes: PostgreSQL manual, appendix A. */
#ifndef MIGRATE_DRIVER_POSTGRESQL_ERROR_H
#define MIGRATE_DRIVER_POSTGRESQL_ERROR_H

#include <glib.h>

#include "base/error.h"

#pragma GCC visibility push(hidden)

/* `cancelled`: connection_cancel() was called for the statement. NULL sqlstate: DRIVER_ERROR_STATEMENT. */
DriverError postgresql_error_class(const char *sqlstate, gboolean cancelled);
/* Where the server gives no hint of its own; NULL for most. */
const char *postgresql_error_hint(const char *sqlstate, gboolean cancelled);
/* The byte offset of the server's `position` (characters from 1, in decimal; NULL: none) in `sql`; -1 unknown. */
int postgresql_error_position(const char *sql, const char *position);

#pragma GCC visibility pop

#endif
