#include "support/backend.h"

#include <string.h>

#include <glib/gstdio.h>

#include "support/client.h"
#include "support/fingerprint.h"
#include "support/random_model.h"

/* --- SQLite --- */

static const char *path_of(const char *url)
{
    return url + strlen("sqlite:///");
}

static char *sqlite_create(const char *folder, const char *name)
{
    g_autofree char *path = g_strdup_printf("%s/%s.db", folder, name);
    g_unlink(path);
    return g_strdup_printf("sqlite:///%s", path);
}

static char *sqlite_schema(const char *url)
{
    return fingerprint_schema(path_of(url));
}

static GHashTable *sqlite_cells(const char *url)
{
    return fingerprint_cells(path_of(url));
}

static void sqlite_run(const char *url, const GPtrArray *statements)
{
    database_run(path_of(url), statements);
}

static char *sqlite_load(const char *url, const char *file)
{
    const char *const argv[] = {"sqlite3", "-batch", "-bail", path_of(url), NULL};
    return client_run(argv, file);
}

const TestBackend sqlite_backend = {
    .name = "sqlite",
    .pairs = 300,
    .ops_pairs = 3,
    .create = sqlite_create,
    .schema = sqlite_schema,
    .cells = sqlite_cells,
    .run = sqlite_run,
    .model = random_model,
    .change = random_change,
    .rows = random_rows,
    .sql_pairs = "sqlite",
    .n_sql_pairs = 70,
    .load = sqlite_load,
};

const TestBackend *const test_backends[] = {
    &sqlite_backend,
#ifdef MIGRATE_WITH_POSTGRESQL
    &postgresql_backend,
#endif
#ifdef MIGRATE_WITH_MYSQL
    &mysql_backend,
#endif
    NULL,
};
