#include "dialect/postgresql/postgresql.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* --- quoting --- */

static gboolean needs_quotes(const char *name)
{
    if (!g_ascii_islower(*name) && *name != '_')
        return TRUE;
    const char *c = name;
    while (g_ascii_islower(*c) || g_ascii_isdigit(*c) || *c == '_')
        c++;
    return *c != '\0' || postgresql_is_reserved(name, (gsize)(c - name));
}

char *postgresql_quote_identifier(const char *name)
{
    return needs_quotes(name) ? sql_quote(name, '"') : g_strdup(name);
}

char *postgresql_quote_literal(const char *value)
{
    return value ? sql_quote(value, '\'') : g_strdup("NULL");
}

char *postgresql_qualified(const char *schema, const char *name)
{
    g_autofree char *quoted = postgresql_quote_identifier(name);
    if (schema == NULL)
        return g_steal_pointer(&quoted);
    g_autofree char *quoted_schema = postgresql_quote_identifier(schema);
    return g_strconcat(quoted_schema, ".", quoted, NULL);
}

/* --- transactions --- */

/* The server counts in whole milliseconds, and 0 means that it waits for ever. */
static int milliseconds(double seconds)
{
    return (int)CLAMP(ceil(seconds * 1000), 1, (double)G_MAXINT);
}

static char **transaction_setup(double lock_timeout, double statement_timeout)
{
    int statement = statement_timeout > 0 ? milliseconds(statement_timeout) : 0;
    GPtrArray *setup = g_ptr_array_new();

    g_ptr_array_add(setup, g_strdup_printf("SET LOCAL lock_timeout = %d", milliseconds(lock_timeout)));
    g_ptr_array_add(setup, g_strdup_printf("SET LOCAL statement_timeout = %d", statement));
    g_ptr_array_add(setup, g_strdup("SET LOCAL idle_in_transaction_session_timeout = 0"));
    g_ptr_array_add(setup, NULL);
    return (char **)g_ptr_array_free(setup, FALSE);
}

/* An empty search_path would leave an empty name behind the comma. */
/* --- scratch database --- */

static const char *const forbidden_errors[] = {"42501", NULL}; /* insufficient_privilege */

/* Two numbers make the advisory lock that tells a database in use from what a killed run has left: this one, and the
 * digits of its name. Locks of all databases are in pg_locks. */
#define SCRATCH_LOCK "1296648018"
#define SCRATCH_LEFT                                                                                                   \
    "SELECT datname FROM pg_catalog.pg_database d WHERE datname ~ '^migrate_scratch_[0-9a-f]{8}$' "                    \
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) "                                \
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.classid = " SCRATCH_LOCK    \
    " AND l.objid::bigint = ('x' || right(datname, 8))::bit(32)::bigint)"

/* "migrate_scratch_0badf00d": the number that its digits are. */
static unsigned long scratch_number(const char *name)
{
    return strtoul(name + strlen(name) - 8, NULL, 16);
}

static char *scratch_key(const char *name)
{
    return g_strdup_printf(SCRATCH_LOCK ", %d", (int)(guint32)scratch_number(name));
}

/* Of template0: template1 may have objects of its own. The columns of other locale providers differ by version. */
static char **scratch_database_create(Connection *home, const char *name, GError **error)
{
    static const char query[] =
        "SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_catalog.pg_encoding_to_char(encoding), datcollate, "
        "datctype) || CASE facts->>'datlocprovider' WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', "
        "coalesce(facts->>'datlocale', facts->>'daticulocale')) WHEN 'b' THEN format(' LOCALE_PROVIDER builtin "
        "BUILTIN_LOCALE %L', facts->>'datlocale') ELSE '' END "
        "FROM (SELECT *, to_jsonb(d) AS facts FROM pg_catalog.pg_database d WHERE datname = current_database()) d";
    GError *failure = NULL;
    g_autofree char *locale = connection_scalar(home, query, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_autofree char *key = scratch_key(name);
    GPtrArray *statements = g_ptr_array_new();
    g_ptr_array_add(statements, g_strdup_printf("SELECT pg_catalog.pg_try_advisory_lock(%s)", key));
    g_ptr_array_add(statements,
                    g_strdup_printf("CREATE DATABASE %s TEMPLATE template0 %s", name, locale ? locale : ""));
    g_ptr_array_add(statements, NULL);
    return (char **)g_ptr_array_free(statements, FALSE);
}

/* What a killed run has left is locked by nobody, and to unlock that makes the server warn. */
static char **scratch_database_drop(Connection *home, const char *name)
{
    gboolean can_force = connection_server_version(home) >= 130000;
    g_autofree char *key = scratch_key(name);
    GPtrArray *statements = g_ptr_array_new();
    g_ptr_array_add(statements,
                    g_strdup_printf("DROP DATABASE IF EXISTS %s%s", name, can_force ? " WITH (FORCE)" : ""));
    g_ptr_array_add(statements, g_strdup_printf("SELECT pg_catalog.pg_advisory_unlock(%s) FROM pg_catalog.pg_locks "
                                                "WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() "
                                                "AND classid = " SCRATCH_LOCK " AND objid::bigint = %lu",
                                                key, scratch_number(name)));
    g_ptr_array_add(statements, NULL);
    return (char **)g_ptr_array_free(statements, FALSE);
}

static char **scratch_begin(Connection *live, const char *schema, gboolean temporary)
{
    (void)live;
    g_autofree char *name = temporary ? g_strdup("pg_temp") : postgresql_quote_identifier(schema);
    g_autofree char *literal = postgresql_quote_literal(name);
    GPtrArray *statements = g_ptr_array_new();

    g_ptr_array_add(statements, g_strdup("BEGIN"));
    g_ptr_array_add(statements, g_strdup("SET LOCAL lock_timeout = 1000"));
    g_ptr_array_add(statements, g_strdup("SET LOCAL check_function_bodies = on"));
    g_ptr_array_add(statements, g_strdup("SET LOCAL standard_conforming_strings = on"));
    if (!temporary)
        g_ptr_array_add(statements, g_strconcat("CREATE SCHEMA ", name, NULL));
    g_ptr_array_add(statements, g_strdup_printf("SELECT set_config('search_path', concat_ws(', ', %s, "
                                                "nullif(current_setting('search_path'), '')), true)",
                                                literal));
    g_ptr_array_add(statements, NULL);
    return (char **)g_ptr_array_free(statements, FALSE);
}

/* --- the lock: of a transaction, so that it is safe behind a pooler that hands out servers by transaction --- */

/* At READ COMMITTED an idle transaction has no snapshot that CREATE INDEX CONCURRENTLY would wait for. The last one:
 * transaction_timeout is new in 17. */
static const char *const lock_begin[] = {
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL statement_timeout = 0",
    "SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'",
    NULL,
};

static guint64 lock_key(const char *name)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    hash[16] = '\0';
    return g_ascii_strtoull(hash, NULL, 16);
}

static char *lock_try_query(const char *name)
{
    return g_strdup_printf("SELECT pg_catalog.pg_try_advisory_xact_lock(%" G_GINT64_FORMAT ")", (gint64)lock_key(name));
}

/* A row of pg_stat_activity `a` in words: "migrate, user deploy, 10.0.0.7"; what others may not see is left out. */
#define WHO                                                                                                            \
    "concat_ws(', ', nullif(a.application_name, ''), 'user ' || a.usename, "                                           \
    "coalesce(host(a.client_addr), nullif(a.client_hostname, '')))"
#define SECONDS(since) "round(extract(epoch FROM clock_timestamp() - " since "))::bigint || ' s'"

/* The key's halves are the catalog's classid and objid (the manual's page on pg_locks). */
static char *lock_holder_query(const char *name)
{
    guint64 key = lock_key(name);
    return g_strdup_printf(
        "SELECT 'pid ' || l.pid || coalesce(' (' || nullif(" WHO ", '') || ')', '') || "
        "coalesce(', since ' || " SECONDS(
            "a.xact_start") ", '') "
                            "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
                            "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %u AND "
                            "l.objid = %u AND "
                            "l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
        (guint)(key >> 32), (guint)(key & G_MAXUINT32));
}

static const DialectLock advisory_lock = {
    .begin = lock_begin,
    .try_query = lock_try_query,
    .holder_query = lock_holder_query,
    .rest = "SET LOCAL idle_in_transaction_session_timeout = 0",
};

/* A pooler tells its clients numbers of its own: then those of our backends that wait are asked about. */
static char *blockers_query(gint64 backend_id)
{
    return g_strdup_printf(
        "SELECT CASE b.pid WHEN 0 THEN 'a prepared transaction (see pg_prepared_xacts)' ELSE 'pid ' || b.pid || "
        "coalesce(' (' || nullif(" WHO ", '') || ')', '') || coalesce(', ' || a.state, '') || "
        "coalesce(', transaction open for ' || " SECONDS(
            "a.xact_start") ", '') || "
                            "coalesce(': ' || nullif(left(btrim(regexp_replace(a.query, '\\s+', ' ', 'g')), 100), ''), "
                            "'') END "
                            "FROM (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids(w.pid)) AS pid FROM "
                            "pg_catalog.pg_stat_activity w "
                            "WHERE w.pid = %" G_GINT64_FORMAT
                            " OR (NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity k WHERE k.pid = "
                            "%" G_GINT64_FORMAT ") AND w.wait_event_type = 'Lock' AND w.usename = current_user AND "
                            "w.datname = current_database() AND w.application_name = "
                            "current_setting('application_name'))) b "
                            "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY b.pid",
        backend_id, backend_id);
}

/* The protocol counts parameters in 16 bits (manual, "Message Formats": Bind). */
static const ValueStyle value_style = {
    .max_parameters = 65535,
    .numbered_parameters = TRUE,
    .boolean_words = TRUE,
    .binary_prefix = "'\\x",
    .binary_suffix = "'::bytea",
    .default_row = " DEFAULT VALUES",
};

/* As pg_dump has them: functions may use each other, and tables that come later. */
static const char *const script_setup[] = {"SET client_encoding = 'UTF8'", "SET standard_conforming_strings = on",
                                           "SET check_function_bodies = false", NULL};

const Dialect postgresql_dialect = {
    .name = "postgresql",
    .capabilities = DIALECT_TRANSACTIONAL_DDL | DIALECT_COMMENTS | DIALECT_SCHEMAS | DIALECT_ENUM_TYPES |
                    DIALECT_SEQUENCES | DIALECT_SERIAL,
    .max_identifier_length = 63,

    .next_token = postgresql_next_token,
    .split = postgresql_split,
    .script_setup = script_setup,
    .inline_data = postgresql_inline_data,
    .split_model = postgresql_split_model,
    .read_model_statement = postgresql_read_model_statement,
    .model_setup = postgresql_model_setup,
    .user_schemas_query =
        "SELECT nspname FROM pg_catalog.pg_namespace n WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' "
        "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass "
        "AND d.objid = n.oid AND d.deptype = 'e') ORDER BY nspname",

    .type_sql = postgresql_type_sql,
    .type_from_sql = postgresql_type_from_sql,
    .type_equal = postgresql_type_equal,
    .unify = postgresql_unify,

    .quote_identifier = postgresql_quote_identifier,
    .quote_literal = postgresql_quote_literal,
    .value_style = &value_style,

    .adapt = postgresql_adapt,
    .inspect = postgresql_inspect,
    .compile = postgresql_compile,

    .estimate_rows = postgresql_estimate_rows,
    .begin = "BEGIN",
    .commit = "COMMIT",
    .rollback = "ROLLBACK",
    .transaction_setup = transaction_setup,
    .lock = &advisory_lock,
    .blockers_query = blockers_query,
    .scratch_begin = scratch_begin,
    .scratch_database_create = scratch_database_create,
    .scratch_database_drop = scratch_database_drop,
    .scratch_database_right = "the right CREATEDB (ALTER ROLE … CREATEDB)",
    .forbidden_errors = forbidden_errors,
    .scratch_left_query = SCRATCH_LEFT,
    .resume_statement = postgresql_resume_statement,

    .refuses_transaction = postgresql_refuses_transaction,
    .reaches_beyond = postgresql_reaches_beyond,
    .may_commit = postgresql_may_commit,
    .controls_transaction = postgresql_controls_transaction,
    .sets_session = postgresql_sets_session,
    .existing_tables = postgresql_existing_tables,
    .default_schema_query = "SELECT current_schema()",
    .now_utc = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
};
