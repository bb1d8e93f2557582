/* What kind of statement it is, by its tokens. What commits is in both manuals ("Statements That Cause an Implicit
 * Commit", MySQL 8.0: 15.3.3), and was tried with MariaDB 10.11. */
#include <string.h>

#include "dialect/mysql/mysql.h"
#include "dialect/reader.h"

/* At the verb: behind parentheses and MariaDB's SET STATEMENT … FOR. */
static SqlReader reader_at_verb(const char *sql, gsize length)
{
    SqlReader reader = sql_reader_new(&mariadb_dialect, sql, length);

    while (sql_reader_take(&reader, "("))
        continue;
    while (sql_reader_take_words(&reader, "SET", "STATEMENT")) {
        while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "FOR"))
            if (!sql_reader_skip_parentheses(&reader))
                sql_reader_advance(&reader);
        sql_reader_take(&reader, "FOR");
    }
    return reader;
}

/* --- what commits --- */

static gboolean create_refuses(SqlReader *reader)
{
    sql_reader_take_words(reader, "OR", "REPLACE");
    return !sql_reader_is(reader, "TEMPORARY");
}

/* DROP PREPARE is DEALLOCATE PREPARE. */
static gboolean drop_refuses(const SqlReader *reader)
{
    return !sql_reader_is(reader, "TEMPORARY") && !sql_reader_is(reader, "PREPARE");
}

/* ANALYZE SELECT … of MariaDB is an EXPLAIN. */
static gboolean maintenance_refuses(SqlReader *reader)
{
    static const char *const kinds[] = {"TABLE", "TABLES", "VIEW", NULL};

    if (!sql_reader_take(reader, "NO_WRITE_TO_BINLOG"))
        sql_reader_take(reader, "LOCAL");
    return sql_reader_is_one_of(reader, kinds);
}

gboolean mysql_refuses_transaction(const char *sql, gsize length)
{
    static const char *const always[] = {"ALTER",  "BACKUP",   "CACHE",  "CHANGE",    "CLONE", "FLUSH",   "GRANT",
                                         "IMPORT", "INSTALL",  "LOCK",   "RENAME",    "RESET", "RESTART", "REVOKE",
                                         "STOP",   "TRUNCATE", "UNLOCK", "UNINSTALL", NULL};
    static const char *const maintenance[] = {"ANALYZE", "CHECK", "OPTIMIZE", "REPAIR", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    if (sql_reader_take(&reader, "CREATE"))
        return create_refuses(&reader);
    if (sql_reader_take(&reader, "DROP"))
        return drop_refuses(&reader);
    if (sql_reader_is_one_of(&reader, maintenance)) {
        sql_reader_advance(&reader);
        return maintenance_refuses(&reader);
    }
    if (sql_reader_take(&reader, "SET"))
        return sql_reader_is(&reader, "PASSWORD") || sql_reader_take_words(&reader, "DEFAULT", "ROLE");
    if (sql_reader_take(&reader, "START")) /* REPLICA */
        return !sql_reader_is(&reader, "TRANSACTION");
    return sql_reader_is_one_of(&reader, always) || sql_reader_take_words(&reader, "LOAD", "INDEX");
}

gboolean mysql_may_commit(const char *sql, gsize length)
{
    static const char *const words[] = {"CALL", "EXECUTE", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    return sql_reader_is_one_of(&reader, words) || sql_reader_take_words(&reader, "BEGIN", "NOT");
}

/* --- SET --- */

typedef enum SetScope {
    SET_SESSION, /* or a user variable */
    SET_GLOBAL,  /* also PERSIST */
} SetScope;

typedef struct SetItem {
    SetScope scope;
    char *name; /* a system variable's, or with "@" in front */
} SetItem;

/* @@global.x and GLOBAL x. */
static SetScope take_scope(SqlReader *reader)
{
    static const char *const server[] = {"GLOBAL", "PERSIST", "PERSIST_ONLY", NULL};

    if (sql_reader_is_one_of(reader, server)) {
        sql_reader_advance(reader);
        return SET_GLOBAL;
    }
    if (!sql_reader_take(reader, "SESSION"))
        sql_reader_take(reader, "LOCAL");
    return SET_SESSION;
}

static const char *without_prefix(const char *name, const char *prefix)
{
    return g_ascii_strncasecmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : NULL;
}

/* The next assignment of a SET behind SET or ","; goes behind it. FALSE: there is none. */
static gboolean take_item(SqlReader *reader, SetItem *item)
{
    static const char *const prefixes[] = {"@@global.", "@@persist.", "@@persist_only."};
    static const char *const session_prefixes[] = {"@@session.", "@@local.", "@@"};

    if (sql_reader_at_end(reader))
        return FALSE;
    item->scope = take_scope(reader);
    g_autofree char *written = sql_token_identifier(&reader->token, reader->sql);
    const char *name = NULL;
    for (gsize i = 0; !name && i < G_N_ELEMENTS(prefixes); i++)
        if ((name = without_prefix(written, prefixes[i])) != NULL)
            item->scope = SET_GLOBAL;
    for (gsize i = 0; !name && i < G_N_ELEMENTS(session_prefixes); i++)
        name = without_prefix(written, session_prefixes[i]);
    item->name = g_strdup(name ? name : written);
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, ","))
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
    sql_reader_take(reader, ",");
    return TRUE;
}

/* SET TRANSACTION, without a scope, is for one transaction. */
static gboolean assigns(const SqlReader *reader)
{
    static const char *const others[] = {"PASSWORD", "DEFAULT", "RESOURCE", "TRANSACTION", NULL};
    return !sql_reader_is_one_of(reader, others);
}

/* TRUE when one of the assignments is of that scope, and with `variable` of that one. */
static gboolean sets_in(SqlReader reader, SetScope scope, const char *variable)
{
    SetItem item;
    gboolean found = FALSE;

    while (!found && take_item(&reader, &item)) {
        found = item.scope == scope && (variable == NULL || g_ascii_strcasecmp(item.name, variable) == 0);
        g_free(item.name);
    }
    return found;
}

static gboolean sets(SqlReader reader, const char *variable)
{
    return sets_in(reader, SET_SESSION, variable);
}

gboolean mysql_sets_variable(const char *sql, gsize length, const char *variable)
{
    SqlReader reader = reader_at_verb(sql, length);
    return sql_reader_take(&reader, "SET") && assigns(&reader) && sets(reader, variable);
}

gboolean mysql_sets_server(const char *sql, gsize length)
{
    SqlReader reader = reader_at_verb(sql, length);
    return sql_reader_take(&reader, "SET") && assigns(&reader) && sets_in(reader, SET_GLOBAL, NULL);
}

/* LOCK TABLES and FLUSH TABLES WITH READ LOCK would keep the run from its own tables. */
gboolean mysql_controls_transaction(const char *sql, gsize length)
{
    static const char *const words[] = {"COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA", "LOCK", "UNLOCK", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    if (sql_reader_take(&reader, "BEGIN"))
        return !sql_reader_is(&reader, "NOT");
    if (sql_reader_take(&reader, "START"))
        return sql_reader_is(&reader, "TRANSACTION");
    if (sql_reader_take(&reader, "FLUSH"))
        return sql_reader_has_word(reader, "LOCK") || sql_reader_has_word(reader, "EXPORT");
    if (sql_reader_take(&reader, "SET"))
        return assigns(&reader) && sets(reader, "autocommit");
    return sql_reader_is_one_of(&reader, words);
}

/* PREPARE runs nothing; a temporary table is not enough to be made again: its rows are gone with the connection. */
const char *mysql_refusal(const char *sql, gsize length)
{
    static const char *const locks[] = {"LOCK", "UNLOCK", "FLUSH", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    if (sql_reader_is(&reader, "USE"))
        return "it would lead away from the database whose version and history tables are kept\n"
               "take it out, and write the other database in front of the names: other.table";
    if (sql_reader_is_one_of(&reader, locks) && mysql_controls_transaction(sql, length))
        return "it would lock the run out of its own version and history tables\n"
               "take it out, and its UNLOCK TABLES (mysqldump leaves both out with --skip-add-locks)";
    return NULL;
}
gboolean mysql_sets_session(const char *sql, gsize length)
{
    static const char *const words[] = {"USE", "PREPARE", "DEALLOCATE", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    if (sql_reader_take(&reader, "SET"))
        return assigns(&reader) && sets(reader, NULL);
    return sql_reader_is_one_of(&reader, words) || sql_reader_take_words(&reader, "DROP", "PREPARE");
}

/* --- what reaches beyond the database --- */

static gboolean sets_server(SqlReader reader)
{
    if (!assigns(&reader))
        return sql_reader_is(&reader, "PASSWORD") || sql_reader_take_words(&reader, "DEFAULT", "ROLE");
    return sets_in(reader, SET_GLOBAL, NULL);
}

/* ALTER DATABASE without a name is about the current one. */
static gboolean names_database(SqlReader reader)
{
    static const char *const properties[] = {"DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "COMMENT", NULL};

    if (!sql_reader_take(&reader, "DATABASE") && !sql_reader_take(&reader, "SCHEMA"))
        return FALSE;
    return !sql_reader_is_one_of(&reader, properties);
}

static const char *definition_reaches(SqlReader *reader)
{
    static const char *const verbs[] = {"CREATE", "ALTER", "DROP", "RENAME", NULL};
    static const char *const users[] = {"USER", "ROLE", NULL};
    static const char *const server[] = {"SERVER", "TABLESPACE", "LOGFILE", "UNDO", "INSTANCE", NULL};

    if (!sql_reader_is_one_of(reader, verbs))
        return NULL;
    sql_reader_advance(reader);
    sql_reader_take_words(reader, "OR", "REPLACE");
    if (sql_reader_is_one_of(reader, users))
        return "users, who belong to the whole server";
    if (names_database(*reader))
        return "a database by its name";
    return sql_reader_is_one_of(reader, server) ? "what belongs to the whole server" : NULL;
}

/* "name.name" behind a word behind which stands what is written. ON DUPLICATE KEY UPDATE has columns behind it. */
static gboolean writes_elsewhere(const char *sql, gsize length)
{
    static const char *const words[] = {"TABLE",    "INTO",    "UPDATE", "VIEW",     "TRIGGER", "PROCEDURE",
                                        "FUNCTION", "EVENT",   "EXISTS", "SEQUENCE", "IGNORE",  "RENAME",
                                        "TRUNCATE", "REPLACE", "DELETE", "TO",       NULL};
    static const char *const list[] = {"DROP", "RENAME", NULL};
    SqlReader reader = reader_at_verb(sql, length);
    gboolean lists = sql_reader_is_one_of(&reader, list), deletes = sql_reader_is(&reader, "DELETE");
    gboolean hangs = sql_reader_is(&reader, "CREATE") || sql_reader_is(&reader, "DROP");
    gboolean of_key = FALSE;

    while (!sql_reader_at_end(&reader)) {
        gboolean target = (sql_reader_is_one_of(&reader, words) && !of_key) || (lists && sql_reader_is(&reader, ",")) ||
                          (deletes && sql_reader_is(&reader, "FROM"));
        target = target || (hangs && sql_reader_is(&reader, "ON"));
        of_key = sql_reader_is(&reader, "KEY");
        if (sql_reader_is(&reader, "ON") || sql_reader_is(&reader, "SELECT"))
            hangs = FALSE; /* from here on it is a join's */
        sql_reader_advance(&reader);
        SqlReader name = reader;
        g_autofree char *database = target ? sql_reader_take_identifier(&name) : NULL;
        if (database && sql_reader_take(&name, ".") && !sql_reader_is(&name, "*"))
            return TRUE;
    }
    return FALSE;
}

const char *mysql_reaches_beyond(const char *sql, gsize length)
{
    static const char *const server[] = {"GRANT",     "REVOKE", "PURGE", "RESET", "SHUTDOWN", "RESTART", "KILL",
                                         "UNINSTALL", "CHANGE", "CLONE", "START", "STOP",     "INSTALL", NULL};
    SqlReader reader = reader_at_verb(sql, length);

    if (sql_reader_is_one_of(&reader, server))
        return "what belongs to the whole server";
    if (sql_reader_take(&reader, "SET"))
        return sets_server(reader) ? "the settings of the whole server" : NULL;
    const char *what = definition_reaches(&reader);
    if (!what && writes_elsewhere(sql, length))
        what = "another database, whose name stands in it";
    return what;
}
