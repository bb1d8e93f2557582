/* What a postgresql URL asks of libpq, and what is said when that fails; private to postgresql*.c, knows no libpq. */
#ifndef MIGRATE_DRIVER_POSTGRESQL_URL_H
#define MIGRATE_DRIVER_POSTGRESQL_URL_H

#include <glib.h>

#include "driver/url.h"

#pragma GCC visibility push(hidden)

/* The arrays that PQconnectStartParams() wants: both end with NULL, of two values for one keyword the later counts. */
typedef struct PostgresqlParameters {
    GPtrArray *keywords, *values; /* strings not owned: the URL's, or in `owned` */
    GPtrArray *owned;
} PostgresqlParameters;

/* Every option of the URL as it stands there, in place of what the URL's other parts say. SQLAlchemy's several
 * host=NAME:PORT options become one list, ssl=true is sslmode=require (both as libpq's own URLs have it). The session
 * is always in UTF-8. `known`: libpq's keywords. DRIVER_ERROR_URL for an option that is none of them, with the nearest.
 * The URL must outlive the parameters. */
gboolean postgresql_parameters_init(PostgresqlParameters *parameters, const Url *url, const char *const *known,
                                    guint n_known, GError **error);
void postgresql_parameters_clear(PostgresqlParameters *parameters);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PostgresqlParameters, postgresql_parameters_clear)

/* Leaves a host out of the lists (as libpq's PQconninfo() and PQhost(), PQport() give them). FALSE when it is the only
 * one, or not found. */
gboolean postgresql_parameters_skip_host(PostgresqlParameters *parameters, const char *hosts, const char *addresses,
                                         const char *ports, const char *host, const char *port);

/* "database 'app' on host 'db1', port 5432 as user 'bob'", from libpq's values; NULL or "" where it has none.
 * New string. */
char *postgresql_describe(const char *hosts, const char *ports, const char *database, const char *user);

/* What to do about a connection that failed with these words of libpq; NULL when they say it all. */
const char *postgresql_connect_hint(const char *words, gboolean needs_password);

#pragma GCC visibility pop

#endif
