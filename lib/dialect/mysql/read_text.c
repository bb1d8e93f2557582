/* Expressions as information_schema holds them. */
#include <string.h>

#include "dialect/mysql/inspector.h"
#include "dialect/reader.h"

const Dialect *inspector_dialect(const MysqlInspector *inspector)
{
    return inspector->flavour == FLAVOUR_MARIADB ? &mariadb_dialect : &mysql_dialect;
}

/* --- MySQL's escapes --- */

static char escaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'Z':
        return '\032';
    default:
        return c;
    }
}

/* Expressions of MySQL's data dictionary are written like the inside of a string: concat(\'a\',`b`). */
static char *without_escapes(const char *text)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++)
        g_string_append_c(plain, *p == '\\' && p[1] != '\0' ? escaped(*++p) : *p);
    return g_string_free(plain, FALSE);
}

/* --- what every reader of an expression leaves out --- */

static gboolean is_token(const SqlReader *reader, const char *text)
{
    return reader->token.length == strlen(text) &&
           g_ascii_strncasecmp(reader->sql + reader->token.start, text, reader->token.length) == 0;
}

/* Behind `database`. at such a name; else it stays where it is. */
static gboolean take_qualifier(SqlReader *reader, const char *database)
{
    SqlReader ahead = *reader;

    if (reader->token.kind != SQL_TOKEN_QUOTED || reader->sql[reader->token.start] != '`')
        return FALSE;
    g_autofree char *name = sql_reader_take_identifier(&ahead);
    if (g_strcmp0(name, database) != 0 || !is_token(&ahead, "."))
        return FALSE;
    sql_reader_advance(&ahead);
    if (ahead.token.kind != SQL_TOKEN_QUOTED && ahead.token.kind != SQL_TOKEN_WORD)
        return FALSE;
    *reader = ahead;
    return TRUE;
}

/* MySQL writes _utf8mb4 before every string, whatever was said, when that is the connection's set. */
static gboolean take_introducer(SqlReader *reader)
{
    SqlReader ahead = *reader;

    if (!is_token(reader, "_utf8mb4"))
        return FALSE;
    sql_reader_advance(&ahead);
    if (ahead.token.kind != SQL_TOKEN_STRING)
        return FALSE;
    *reader = ahead;
    return TRUE;
}

static char *unqualified(const Dialect *dialect, const char *text, const char *database, gboolean introducers)
{
    SqlReader reader = sql_reader_new(dialect, text, strlen(text));
    g_autoptr(GString) kept = g_string_new(NULL);
    gsize from = 0;

    while (reader.token.kind != SQL_TOKEN_END) {
        gsize start = reader.token.start;
        if (take_qualifier(&reader, database) || (introducers && take_introducer(&reader))) {
            g_string_append_len(kept, text + from, (gssize)(start - from));
            from = reader.token.start;
        } else {
            sql_reader_advance(&reader);
        }
    }
    g_string_append(kept, text + from);
    return g_strdup(kept->str);
}

char *inspector_expression(const MysqlInspector *inspector, const char *text)
{
    const Dialect *dialect = inspector_dialect(inspector);
    gboolean mysql = inspector->flavour == FLAVOUR_MYSQL;
    g_autofree char *plain = mysql ? without_escapes(text) : g_strdup(text);
    g_autofree char *kept = unqualified(dialect, plain, inspector->database, mysql);
    return sql_without_parentheses(dialect, kept);
}

char *mysql_without_database(const char *expression, const char *database)
{
    return unqualified(&mysql_dialect, expression, database, FALSE);
}
