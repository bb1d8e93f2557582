/* What kind of statement it is, by its tokens. What is refused in a transaction was tried with 15, and read in the
 * manual's pages of the commands for the others. */
#include "dialect/postgresql/postgresql.h"
#include "dialect/reader.h"

static gboolean create_refuses(SqlReader *reader)
{
    gboolean on = TRUE;

    sql_reader_take(reader, "UNIQUE");
    if (sql_reader_take(reader, "INDEX"))
        return sql_reader_is(reader, "CONCURRENTLY");
    if (sql_reader_is(reader, "DATABASE") || sql_reader_is(reader, "TABLESPACE"))
        return TRUE;
    if (!sql_reader_take(reader, "SUBSCRIPTION"))
        return FALSE;
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, "WITH"))
        sql_reader_advance(reader);
    if (!sql_reader_take(reader, "WITH") || !sql_reader_is(reader, "("))
        return TRUE;
    SqlReader again = *reader;
    if (sql_reader_take_option(&again, "connect", &on) && !on)
        return FALSE;
    return !(sql_reader_take_option(reader, "create_slot", &on) && !on);
}

static gboolean drop_refuses(SqlReader *reader)
{
    static const char *const kinds[] = {"DATABASE", "TABLESPACE", "SUBSCRIPTION", NULL};

    if (sql_reader_take(reader, "INDEX"))
        return sql_reader_is(reader, "CONCURRENTLY");
    return sql_reader_is_one_of(reader, kinds);
}

static gboolean alter_refuses(SqlReader *reader)
{
    if (sql_reader_is(reader, "SYSTEM"))
        return TRUE;
    if (sql_reader_take(reader, "DATABASE")) {
        sql_reader_advance(reader);
        return sql_reader_take(reader, "SET") && sql_reader_is(reader, "TABLESPACE");
    }
    if (sql_reader_take(reader, "SUBSCRIPTION")) {
        sql_reader_advance(reader);
        return sql_reader_is(reader, "REFRESH");
    }
    return sql_reader_take(reader, "TABLE") && sql_reader_has_word(*reader, "DETACH") &&
           sql_reader_has_word(*reader, "CONCURRENTLY");
}

static gboolean reindex_refuses(SqlReader *reader)
{
    static const char *const many[] = {"DATABASE", "SCHEMA", "SYSTEM", NULL};
    gboolean on = FALSE;

    if (sql_reader_is(reader, "(") && sql_reader_take_option(reader, "CONCURRENTLY", &on) && on)
        return TRUE;
    if (sql_reader_is_one_of(reader, many))
        return TRUE;
    sql_reader_advance(reader);
    return sql_reader_is(reader, "CONCURRENTLY");
}

static gboolean cluster_refuses(SqlReader *reader)
{
    gboolean on;

    if (sql_reader_is(reader, "("))
        sql_reader_take_option(reader, "", &on);
    else
        sql_reader_take(reader, "VERBOSE");
    return sql_reader_at_end(reader);
}

gboolean postgresql_refuses_transaction(const char *sql, gsize length)
{
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);

    if (sql_reader_take(&reader, "CREATE"))
        return create_refuses(&reader);
    if (sql_reader_take(&reader, "DROP"))
        return drop_refuses(&reader);
    if (sql_reader_take(&reader, "ALTER"))
        return alter_refuses(&reader);
    if (sql_reader_take(&reader, "REINDEX"))
        return reindex_refuses(&reader);
    if (sql_reader_take(&reader, "CLUSTER"))
        return cluster_refuses(&reader);
    if (sql_reader_take(&reader, "DISCARD"))
        return sql_reader_is(&reader, "ALL");
    return sql_reader_is(&reader, "VACUUM");
}

/* DO may, too, but hardly any does: it stays in a transaction with its journal row, so that it runs exactly once. */
gboolean postgresql_may_commit(const char *sql, gsize length)
{
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);

    return sql_reader_is(&reader, "CALL");
}

gboolean postgresql_controls_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"BEGIN", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", NULL};
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);

    if (sql_reader_take(&reader, "START") || sql_reader_take(&reader, "PREPARE"))
        return sql_reader_is(&reader, "TRANSACTION");
    return sql_reader_is_one_of(&reader, words);
}

gboolean postgresql_sets_session(const char *sql, gsize length)
{
    static const char *const words[] = {"RESET", "LOAD", "LISTEN", "UNLISTEN", NULL};
    static const char *const not_session[] = {"LOCAL", "TRANSACTION", "CONSTRAINTS", NULL};
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);

    if (sql_reader_take(&reader, "SET"))
        return !sql_reader_is_one_of(&reader, not_session);
    return sql_reader_is_one_of(&reader, words);
}

/* GRANT and REVOKE without ON are about membership in roles. */
static gboolean grants_role(SqlReader reader)
{
    return !sql_reader_has_word(reader, "ON");
}

const char *postgresql_reaches_beyond(const char *sql, gsize length)
{
    static const char *const verbs[] = {"CREATE", "ALTER", "DROP", NULL};
    static const char *const roles[] = {"ROLE", "USER", "GROUP", NULL};
    SqlReader reader = sql_reader_new(&postgresql_dialect, sql, length);

    if ((sql_reader_take(&reader, "GRANT") || sql_reader_take(&reader, "REVOKE")) && grants_role(reader))
        return "membership in roles, which belong to the whole server";
    if (sql_reader_take_words(&reader, "COMMENT", "ON") && sql_reader_is(&reader, "ROLE"))
        return "a role, which belongs to the whole server";
    if (!sql_reader_is_one_of(&reader, verbs))
        return NULL;
    sql_reader_advance(&reader);
    if (sql_reader_take_words(&reader, "USER", "MAPPING"))
        return NULL;
    if (sql_reader_is_one_of(&reader, roles))
        return "roles, which belong to the whole server";
    if (sql_reader_is(&reader, "DATABASE"))
        return "a database by its name";
    if (sql_reader_is(&reader, "TABLESPACE"))
        return "tablespaces, which belong to the whole server";
    if (sql_reader_is(&reader, "SUBSCRIPTION"))
        return "a subscription, which connects to another server";
    return sql_reader_is(&reader, "SYSTEM") ? "the settings of the whole server" : NULL;
}
