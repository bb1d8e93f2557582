/* The two dialects' structs. Functions of a dialect know no flavour, so each has its own small ones. */
#include "dialect/mysql/mysql.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* --- quoting --- */

static gboolean needs_quotes(const char *name)
{
    gboolean only_digits = TRUE;
    for (const char *at = name; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && *at != '_')
            return TRUE;
        only_digits = only_digits && g_ascii_isdigit(*at);
    }
    /* 1e5 would be a number. */
    return only_digits || g_ascii_isdigit(*name) || mysql_is_reserved(name, strlen(name));
}

char *mysql_quote_identifier(const char *name)
{
    return needs_quotes(name) ? sql_quote(name, '`') : g_strdup(name);
}

char *mysql_quote_literal(const char *value)
{
    if (value == NULL)
        return g_strdup("NULL");
    g_autoptr(GString) literal = g_string_new(value);
    g_string_replace(literal, "\\", "\\\\", 0);
    return sql_quote(literal->str, '\'');
}

/* --- connections --- */

static const char *const script_setup_mysql[] = {"SET NAMES utf8mb4", "SET sql_mode = '" MYSQL_SQL_MODE "'", NULL};
static const char *const script_setup_mariadb[] = {"SET NAMES utf8mb4", "SET sql_mode = '" MARIADB_SQL_MODE "'", NULL};

/* Both time-outs: lock_wait_timeout is for metadata locks, the other one for rows. Whole seconds, one at least. */
static GString *setup_common(MysqlFlavour flavour, double lock_timeout)
{
    int seconds = MAX(1, (int)ceil(MIN(lock_timeout, 31536000)));
    GString *sql = g_string_new("SET NAMES utf8mb4");
    g_string_append_printf(
        sql,
        ", sql_mode = '%s', foreign_key_checks = 1, unique_checks = 1, autocommit = 1, sql_quote_show_create = 1, "
        "lock_wait_timeout = %d, innodb_lock_wait_timeout = %d",
        mysql_own_sql_mode(flavour), seconds, seconds);
    return sql;
}

static char **setup_of(GString *sql) /* takes it */
{
    char **setup = g_new0(char *, 2);
    setup[0] = g_string_free(sql, FALSE);
    return setup;
}

/* max_execution_time is for SELECT only (MySQL 8.0 manual, "Server System Variables"): the driver has to end the
 * others. */
static char **setup_mysql(double lock_timeout, double statement_timeout)
{
    (void)statement_timeout;
    return setup_of(setup_common(FLAVOUR_MYSQL, lock_timeout));
}

static char **setup_mariadb(double lock_timeout, double statement_timeout)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    GString *sql = setup_common(FLAVOUR_MARIADB, lock_timeout);
    g_ascii_formatd(number, sizeof number, "%.3f", statement_timeout);
    g_string_append_printf(sql, ", max_statement_time = %s", number);
    return setup_of(sql);
}

static const Dialect *dialect_of_server(Connection *connection)
{
    return g_strcmp0(connection_server_product(connection), "MariaDB") == 0 ? &mariadb_dialect : &mysql_dialect;
}

/* --- the lock: of the connection that does the work, since the server goes on with its statement when the client has
 * died --- */

/* A lock's name holds for the whole server, whatever the database; 64 characters at most (MySQL), compared without case
 * by one product and with it by the other. */
static char *lock_name_sql(const char *name)
{
    g_autofree char *literal = mysql_quote_literal(name);
    return g_strdup_printf("concat('migrate.', left(sha2(concat(database(), '.', %s), 256), 40))", literal);
}

static char *lock_try_query(const char *name)
{
    g_autofree char *lock = lock_name_sql(name);
    return g_strdup_printf("SELECT GET_LOCK(%s, 0)", lock);
}

/* Without the variable in this build of the server there is no row. */
static char *lock_try_query_mariadb(const char *name)
{
    g_autofree char *query = lock_try_query(name);
    return g_strconcat(query,
                       ", (SELECT if(variable_value = 'ON', 'this server is a node of a Galera cluster, where the "
                       "migration lock holds on this node only: let all runs use the same one', NULL) FROM "
                       "information_schema.global_variables WHERE variable_name = 'WSREP_ON')",
                       NULL);
}

static char *lock_release_query(const char *name)
{
    g_autofree char *lock = lock_name_sql(name);
    return g_strdup_printf("DO RELEASE_LOCK(%s)", lock);
}

/* Of another account only PROCESS shows more than the connection's id. */
static char *lock_holder_query(const char *name)
{
    g_autofree char *lock = lock_name_sql(name);
    return g_strdup_printf(
        "SELECT concat('connection ', l.id, coalesce(concat(' (user ', p.user, ', ', p.host, "
        "'), for ', p.time, ' s', coalesce(concat(' at: ', trim(replace(left(p.info, 100), '\n', ' '))), '')), '')) "
        "FROM (SELECT IS_USED_LOCK(%s) AS id) l "
        "LEFT JOIN information_schema.processlist p ON p.id = l.id WHERE l.id IS NOT NULL",
        lock);
}

static const DialectLock named_lock = {
    .on_session = TRUE,
    .try_query = lock_try_query,
    .holder_query = lock_holder_query,
    .release_query = lock_release_query,
};
static const DialectLock named_lock_mariadb = {
    .on_session = TRUE,
    .try_query = lock_try_query_mariadb,
    .holder_query = lock_holder_query,
    .release_query = lock_release_query,
};

/* --- scratch database: its name is locked while it is in use, so that what a killed run has left is known --- */

/* ER_DBACCESS_DENIED_ERROR, ER_ACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR */
static const char *const forbidden_errors[] = {"1044", "1045", "1227", NULL};

static GPtrArray *append(GPtrArray *statements, char *sql)
{
    g_ptr_array_add(statements, sql);
    return statements;
}

static char **finish(GPtrArray *statements)
{
    return (char **)g_ptr_array_free(append(statements, NULL), FALSE);
}

/* What has no collation of its own takes it from the database. A name from the catalog needs no quotes. */
static GPtrArray *create_scratch(Connection *like, const char *database)
{
    g_autofree char *name = mysql_quote_identifier(database);
    g_autofree char *collation = connection_scalar(like, "SELECT @@collation_database", NULL);
    GPtrArray *statements = g_ptr_array_new();
    append(statements, g_strdup_printf("DO GET_LOCK('%s', 0)", database));
    return append(statements, g_strdup_printf("CREATE DATABASE %s%s%s", name, collation ? " COLLATE " : "",
                                              collation ? collation : ""));
}

static GPtrArray *drop_scratch(const char *database)
{
    g_autofree char *name = mysql_quote_identifier(database);
    return append(g_ptr_array_new(), g_strdup_printf("DROP DATABASE IF EXISTS %s", name));
}

static char **scratch_database_create(Connection *home, const char *name, GError **error)
{
    (void)error;
    return finish(create_scratch(home, name));
}

static char **scratch_database_drop(Connection *home, const char *name)
{
    (void)home;
    return finish(append(drop_scratch(name), g_strdup_printf("DO RELEASE_LOCK('%s')", name)));
}

static char **scratch_begin(Connection *live, const char *schema, gboolean temporary)
{
    if (temporary)
        return NULL;
    g_autofree char *name = mysql_quote_identifier(schema);
    return finish(append(create_scratch(live, schema), g_strdup_printf("USE %s", name)));
}

static char **scratch_end(const char *schema, const char *home)
{
    g_autofree char *back = mysql_quote_identifier(home);
    GPtrArray *statements = append(drop_scratch(schema), g_strdup_printf("USE %s", back));
    return finish(append(statements, g_strdup_printf("DO RELEASE_LOCK('%s')", schema)));
}

/* The bodies of triggers, routines and events are kept as they were written. */
static const char *const scratch_kinds[] = {"view", NULL};

/* --- one small function for each flavour --- */

#define FLAVOURED(product, flavour)                                                                                    \
    static char *product##_type_sql(const SqlType *type, GError **error)                                               \
    {                                                                                                                  \
        return mysql_type_sql(type, flavour, error);                                                                   \
    }                                                                                                                  \
    static SqlType *product##_type_from_sql(const char *spelling)                                                      \
    {                                                                                                                  \
        return mysql_type_from_sql(spelling, flavour);                                                                 \
    }                                                                                                                  \
    static gboolean product##_type_equal(const SqlType *a, const SqlType *b)                                           \
    {                                                                                                                  \
        return mysql_type_equal(a, b, flavour);                                                                        \
    }                                                                                                                  \
    static gboolean product##_adapt(MetaData *model, GPtrArray *notes, GError **error)                                 \
    {                                                                                                                  \
        return mysql_adapt(model, flavour, notes, error);                                                              \
    }                                                                                                                  \
    static gboolean product##_adapt_to_live(MetaData *model, const MetaData *live, GError **error)                     \
    {                                                                                                                  \
        return mysql_adapt_to_live(model, live, flavour, error);                                                       \
    }                                                                                                                  \
    static MetaData *product##_inspect(Connection *connection, const InspectOptions *options, GError **error)          \
    {                                                                                                                  \
        return mysql_inspect(connection, options, flavour, error);                                                     \
    }                                                                                                                  \
    static GPtrArray *product##_compile(const GPtrArray *ops, const MetaData *before, GError **error)                  \
    {                                                                                                                  \
        return mysql_compile(ops, before, flavour, error);                                                             \
    }
FLAVOURED(oracle, FLAVOUR_MYSQL)
FLAVOURED(mariadb, FLAVOUR_MARIADB)

/* A prepared statement counts its parameters in 16 bits (manual, "COM_STMT_PREPARE"). */
#define COMMON_VALUE_STYLE                                                                                             \
    .max_parameters = 65535, .space_before_time = TRUE, .no_time_zones = TRUE, .binary_prefix = "X'",                  \
    .binary_suffix = "'", .default_row = " () VALUES ()"
static const ValueStyle value_style_mysql = {COMMON_VALUE_STYLE, .uuid_digits = TRUE};
static const ValueStyle value_style_mariadb = {COMMON_VALUE_STYLE};

/* What is the same for both. */
#define COMMON_CAPABILITIES                                                                                            \
    (DIALECT_COMMENTS | DIALECT_NAMES_IN_CHARACTERS | DIALECT_OBJECTS_BY_NAME | DIALECT_KEYS_IGNORE_CASE |             \
     DIALECT_EXACT_REFERENCES | DIALECT_SQL_MODE)
#define COMMON                                                                                                         \
    .max_identifier_length = 64, .next_token = mysql_next_token, .split = mysql_split,                                 \
    .split_model = mysql_split_model, .read_model_statement = mysql_read_model_statement,                              \
    .append_statement = mysql_append_statement, .unify = mysql_unify, .object_equal = mysql_object_equal,              \
    .quote_identifier = mysql_quote_identifier, .quote_literal = mysql_quote_literal, .begin = "START TRANSACTION",    \
    .commit = "COMMIT", .rollback = "ROLLBACK", .of_server = dialect_of_server, .scratch_begin = scratch_begin,        \
    .scratch_end = scratch_end, .scratch_kinds = scratch_kinds, .scratch_database_create = scratch_database_create,    \
    .scratch_database_drop = scratch_database_drop,                                                                    \
    .scratch_database_right = "the rights CREATE and DROP on `migrate_scratch_%`.*",                                   \
    .forbidden_errors = forbidden_errors,                                                                              \
    .scratch_left_query = "SELECT schema_name FROM information_schema.schemata WHERE schema_name REGEXP "              \
                          "'^migrate_scratch_[0-9a-f]{8}$' AND IS_FREE_LOCK(schema_name) = 1",                         \
    .state_before = mysql_state_before, .resume_statement = mysql_resume_statement, .find_effect = mysql_find_effect,  \
    .share_object = mysql_share_object, .rolls_back = mysql_rolls_back,                                                \
    .refuses_transaction = mysql_refuses_transaction, .may_commit = mysql_may_commit,                                  \
    .controls_transaction = mysql_controls_transaction, .sets_session = mysql_sets_session, .refusal = mysql_refusal,  \
    .reaches_beyond = mysql_reaches_beyond, .estimate_rows = mysql_estimate_rows, .fold = mysql_fold,                  \
    .existing_tables = mysql_existing_tables, .default_schema_query = "SELECT database()",                             \
    .long_text_type = "LONGTEXT", .own_table_suffix = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",    \
    .now_utc = "concat(left(date_format(utc_timestamp(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"

const Dialect mysql_dialect = {
    .name = "mysql",
    .capabilities = COMMON_CAPABILITIES,
    COMMON,
    .value_style = &value_style_mysql,
    .script_setup = script_setup_mysql,
    .lock = &named_lock,
    .connection_setup = setup_mysql,
    .blockers_query = mysql_blockers_query,
    .type_sql = oracle_type_sql,
    .type_from_sql = oracle_type_from_sql,
    .type_equal = oracle_type_equal,
    .adapt = oracle_adapt,
    .adapt_to_live = oracle_adapt_to_live,
    .inspect = oracle_inspect,
    .compile = oracle_compile,
};

const Dialect mariadb_dialect = {
    .name = "mariadb",
    .capabilities = COMMON_CAPABILITIES | DIALECT_SEQUENCES,
    COMMON,
    .value_style = &value_style_mariadb,
    .script_setup = script_setup_mariadb,
    .lock = &named_lock_mariadb,
    .connection_setup = setup_mariadb,
    .blockers_query = mariadb_blockers_query,
    .type_sql = mariadb_type_sql,
    .type_from_sql = mariadb_type_from_sql,
    .type_equal = mariadb_type_equal,
    .adapt = mariadb_adapt,
    .adapt_to_live = mariadb_adapt_to_live,
    .inspect = mariadb_inspect,
    .compile = mariadb_compile,
};
