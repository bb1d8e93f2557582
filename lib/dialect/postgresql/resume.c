/* What became of a statement outside transactions whose run died. Its server process may still be at work: it goes on
 * until it wants to answer. */
#include <string.h>

#include "dialect/postgresql/postgresql.h"
#include "dialect/reader.h"

/* One value of a query that is made by printf; every argument is quoted as a literal. NULL without a row. */
static gboolean ask(Connection *connection, const char *format, const char *a, const char *b, char **answer,
                    GError **error)
{
    GError *failure = NULL;
    g_autofree char *literal_a = postgresql_quote_literal(a);
    g_autofree char *literal_b = postgresql_quote_literal(b);
    g_autoptr(GString) sql = g_string_new(format);

    g_string_replace(sql, "{a}", literal_a, 0);
    g_string_replace(sql, "{b}", literal_b, 0);
    *answer = connection_scalar(connection, sql->str, &failure);
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

/* The last part of a qualified name, without quotes. */
static char *plain_name(const char *qualified)
{
    SqlReader reader = sql_reader_new(&postgresql_dialect, qualified, strlen(qualified));
    char *name = NULL;

    for (; !sql_reader_at_end(&reader); sql_reader_advance(&reader)) {
        if (reader.token.kind == SQL_TOKEN_OPERATOR)
            continue;
        g_free(name);
        name = sql_token_identifier(&reader.token, qualified);
    }
    return name;
}

/* CREATE INDEX CONCURRENTLY keeps a lock on its table to its end, whatever it commits meanwhile. */
static gboolean wait_for_table(Connection *connection, const char *table, GError **error)
{
    g_autofree char *lock = g_strdup_printf("LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE", table);

    if (!connection_execute(connection, "BEGIN", error))
        return FALSE;
    gboolean locked = connection_execute(connection, lock, error);
    return connection_execute(connection, "ROLLBACK", locked ? error : NULL) && locked;
}

static gboolean drop_index(Connection *connection, const char *index, GError **error)
{
    g_autofree char *sql = g_strconcat("DROP INDEX CONCURRENTLY IF EXISTS ", index, NULL);
    return connection_execute(connection, sql, error);
}

/* Behind CREATE INDEX CONCURRENTLY. */
static gboolean resume_create_index(Connection *connection, SqlReader *reader, gboolean *done, GError **error)
{
    /* "t" for a valid index, else the name of the invalid one. */
    static const char sql[] = "SELECT CASE WHEN i.indisvalid THEN 't' ELSE i.indexrelid::pg_catalog.regclass::text END "
                              "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                              "WHERE c.relname = {a}::name AND i.indrelid = pg_catalog.to_regclass({b})";
    if (sql_reader_take_words(reader, "IF", "NOT"))
        sql_reader_take(reader, "EXISTS");
    if (sql_reader_is(reader, "ON")) /* the server chooses the name */
        return TRUE;
    g_autofree char *name = sql_reader_take_name(reader, TRUE);
    if (name == NULL || !sql_reader_take(reader, "ON"))
        return TRUE;
    sql_reader_take(reader, "ONLY");
    g_autofree char *table = sql_reader_take_name(reader, TRUE);
    g_autofree char *plain = plain_name(name);
    g_autofree char *first = NULL, *second = NULL;
    if (table == NULL)
        return TRUE;
    if (!ask(connection, sql, plain, table, &first, error))
        return FALSE;
    *done = g_strcmp0(first, "t") == 0;
    if (first == NULL || *done)
        return TRUE;
    if (!wait_for_table(connection, table, error) || !ask(connection, sql, plain, table, &second, error))
        return FALSE;
    *done = g_strcmp0(second, "t") == 0;
    return second == NULL || *done || drop_index(connection, second, error);
}

/* Behind DROP INDEX CONCURRENTLY: what is left of one is dropped by sending it again. */
static gboolean resume_drop_index(Connection *connection, SqlReader *reader, gboolean *done, GError **error)
{
    sql_reader_take_words(reader, "IF", "EXISTS");
    g_autofree char *name = sql_reader_take_name(reader, TRUE);
    g_autofree char *gone = NULL;

    if (name == NULL)
        return TRUE;
    if (!ask(connection, "SELECT 't' WHERE pg_catalog.to_regclass({a}) IS NULL", name, NULL, &gone, error))
        return FALSE;
    *done = gone != NULL;
    return TRUE;
}

/* Invalid copies that REINDEX CONCURRENTLY leaves behind (the manual's page on REINDEX). */
static gboolean drop_copies(Connection *connection, const char *condition, const char *name, GError **error)
{
    g_autofree char *literal = postgresql_quote_literal(name);
    g_autoptr(GString) sql = g_string_new(
        "SELECT i.indexrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index i "
        "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND n.nspname <> 'pg_toast' AND ");
    g_autoptr(GPtrArray) indexes = g_ptr_array_new_with_free_func(g_free);
    int row = 0;

    g_string_append(sql, condition);
    g_string_replace(sql, "{a}", literal, 0);
    g_autoptr(Result) result = connection_query(connection, sql->str, error);
    if (result == NULL)
        return FALSE;
    while ((row = result_next(result, error)) > 0)
        g_ptr_array_add(indexes, g_strdup(result_text(result, 0)));
    g_clear_pointer(&result, result_free);
    for (guint i = 0; row == 0 && i < indexes->len; i++)
        if (!drop_index(connection, indexes->pdata[i], error))
            return FALSE;
    return row == 0;
}

/* Behind REINDEX. */
static gboolean resume_reindex(Connection *connection, SqlReader *reader, GError **error)
{
    static const struct {
        const char *kind, *condition;
    } kinds[] = {
        {"INDEX", "i.indrelid = (SELECT k.indrelid FROM pg_catalog.pg_index k "
                  "WHERE k.indexrelid = pg_catalog.to_regclass({a}))"},
        {"TABLE", "i.indrelid = pg_catalog.to_regclass({a})"},
        {"SCHEMA", "n.nspname = {a}"},
        {"DATABASE", "true"},
    };
    gboolean concurrently = FALSE;

    if (sql_reader_is(reader, "("))
        sql_reader_take_option(reader, "CONCURRENTLY", &concurrently);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!sql_reader_take(reader, kinds[i].kind))
            continue;
        concurrently = sql_reader_take(reader, "CONCURRENTLY") || concurrently;
        g_autofree char *name = sql_reader_take_name(reader, TRUE);
        if (!concurrently || name == NULL)
            return TRUE;
        g_autofree char *plain = plain_name(name);
        gboolean is_schema = strcmp(kinds[i].kind, "SCHEMA") == 0;
        return drop_copies(connection, kinds[i].condition, is_schema ? plain : name, error);
    }
    return TRUE;
}

/* Behind ALTER TABLE. A partition that is detached in part must be detached to the end. */
static gboolean resume_detach(Connection *connection, SqlReader *reader, gboolean *done, GError **error)
{
    /* No row: it is no partition (of this table) any more. */
    static const char sql[] = "SELECT coalesce((SELECT inhdetachpending::text FROM pg_catalog.pg_inherits "
                              "WHERE inhparent = p AND inhrelid = c), 'detached') "
                              "FROM pg_catalog.to_regclass({a}) p, pg_catalog.to_regclass({b}) c "
                              "WHERE p IS NOT NULL AND c IS NOT NULL";
    sql_reader_take_words(reader, "IF", "EXISTS");
    sql_reader_take(reader, "ONLY");
    g_autofree char *table = sql_reader_take_name(reader, TRUE);
    sql_reader_take(reader, "*");
    gboolean detach = sql_reader_take_words(reader, "DETACH", "PARTITION");
    g_autofree char *partition = detach ? sql_reader_take_name(reader, TRUE) : NULL;
    g_autofree char *state = NULL;
    if (table == NULL || partition == NULL || connection_server_version(connection) < 140000)
        return TRUE;
    if (!sql_reader_is(reader, "CONCURRENTLY") && !sql_reader_is(reader, "FINALIZE"))
        return TRUE;
    if (!ask(connection, sql, table, partition, &state, error))
        return FALSE;
    *done = g_strcmp0(state, "detached") == 0;
    if (g_strcmp0(state, "true") != 0)
        return TRUE;
    g_autofree char *finalize = g_strdup_printf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", table, partition);
    *done = connection_execute(connection, finalize, error);
    return *done;
}

/* Behind CREATE DATABASE and DROP DATABASE. */
static gboolean resume_database(Connection *connection, SqlReader *reader, gboolean created, gboolean *done,
                                GError **error)
{
    sql_reader_take_words(reader, "IF", "EXISTS");
    g_autofree char *name = sql_reader_take_name(reader, TRUE);
    g_autofree char *plain = name ? plain_name(name) : NULL;
    g_autofree char *found = NULL;

    if (plain == NULL)
        return TRUE;
    if (!ask(connection, "SELECT 't' FROM pg_catalog.pg_database WHERE datname = {a}::name", plain, NULL, &found,
             error))
        return FALSE;
    *done = (found != NULL) == created;
    return TRUE;
}

static gboolean resume(Connection *connection, SqlReader *reader, gboolean *done, GError **error)
{
    if (sql_reader_take_words(reader, "CREATE", "DATABASE"))
        return resume_database(connection, reader, TRUE, done, error);
    if (sql_reader_take_words(reader, "DROP", "DATABASE"))
        return resume_database(connection, reader, FALSE, done, error);
    if (sql_reader_take_words(reader, "ALTER", "TABLE"))
        return resume_detach(connection, reader, done, error);
    if (sql_reader_take(reader, "REINDEX"))
        return resume_reindex(connection, reader, error);
    if (sql_reader_take(reader, "CREATE")) {
        sql_reader_take(reader, "UNIQUE");
        return !sql_reader_take_words(reader, "INDEX", "CONCURRENTLY") ||
               resume_create_index(connection, reader, done, error);
    }
    if (sql_reader_take(reader, "DROP") && sql_reader_take_words(reader, "INDEX", "CONCURRENTLY"))
        return resume_drop_index(connection, reader, done, error);
    return TRUE;
}

/* Every other statement outside transactions is harmless to repeat, or fails then and says why. */
gboolean postgresql_resume_statement(Connection *connection, const char *sql, gsize length, const char *state,
                                     StatementOutcome *outcome, GError **error)
{
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);
    gboolean done = FALSE;

    (void)state;
    if (!resume(connection, &reader, &done, error))
        return FALSE;
    outcome->effect = done ? EFFECT_DONE : EFFECT_NONE;
    return TRUE;
}
