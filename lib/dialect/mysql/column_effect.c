/* Whether a column is as a definition in MODIFY or CHANGE says. */
#include "dialect/mysql/object.h"
#include "dialect/mysql/table_facts.h"

#include <string.h>

/* What a definition says; texts NULL: nothing. */
typedef struct Definition {
    char *type, *server_default, *comment, *charset, *collation, *on_update, *after;
    gboolean not_null, null, auto_increment, invisible, first;
    gboolean unread; /* something else */
} Definition;

static void definition_clear(Definition *definition)
{
    g_free(definition->type);
    g_free(definition->server_default);
    g_free(definition->comment);
    g_free(definition->charset);
    g_free(definition->collation);
    g_free(definition->on_update);
    g_free(definition->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Definition, definition_clear)

/* --- reading --- */

static gboolean at_end(const SqlReader *reader)
{
    return sql_reader_at_end(reader) || sql_reader_is(reader, ",") || sql_reader_is(reader, ")");
}

/* What may follow a type or an expression. */
static gboolean at_attribute(const SqlReader *reader)
{
    static const char *const words[] = {"NOT",
                                        "NULL",
                                        "DEFAULT",
                                        "AUTO_INCREMENT",
                                        "COMMENT",
                                        "COLLATE",
                                        "CHARSET",
                                        "UNIQUE",
                                        "KEY",
                                        "GENERATED",
                                        "AS",
                                        "ON",
                                        "CHECK",
                                        "INVISIBLE",
                                        "VISIBLE",
                                        "FIRST",
                                        "AFTER",
                                        "REFERENCES",
                                        "VIRTUAL",
                                        "STORED",
                                        "PERSISTENT",
                                        "CONSTRAINT",
                                        "COLUMN_FORMAT",
                                        "STORAGE",
                                        "SRID",
                                        "WITH",
                                        "WITHOUT",
                                        "COMPRESSED",
                                        "PRIMARY",
                                        "REF_SYSTEM_ID",
                                        NULL};
    SqlReader ahead = *reader;
    return sql_reader_is_one_of(reader, words) || sql_reader_take_words(&ahead, "CHARACTER", "SET");
}

/* One token at least, up to the next attribute. New string. */
static char *take_text(SqlReader *reader)
{
    gsize start = reader->token.start, end = start;

    do {
        if (at_end(reader))
            break;
        SqlReader before = *reader;
        if (!sql_reader_skip_parentheses(reader)) {
            end = reader->token.start + reader->token.length;
            sql_reader_advance(reader);
            continue;
        }
        /* The closing parenthesis is the last token in front of the current one. */
        for (; before.token.start < reader->token.start && !sql_reader_at_end(&before); sql_reader_advance(&before))
            end = before.token.start + before.token.length;
    } while (!at_attribute(reader));
    return g_strndup(reader->sql + start, end - start);
}

static void set_text(char **place, char *text)
{
    g_free(*place);
    *place = text;
}

/* A string literal's value, or a word. */
static char *take_value(SqlReader *reader)
{
    sql_reader_take(reader, "=");
    const char *bytes = reader->sql + reader->token.start;
    char *value = reader->token.kind == SQL_TOKEN_STRING ? mysql_literal_value(bytes, reader->token.length)
                                                         : sql_token_identifier(&reader->token, reader->sql);
    sql_reader_advance(reader);
    return value;
}

static void read_attribute(Definition *definition, SqlReader *reader)
{
    if (sql_reader_take_words(reader, "NOT", "NULL"))
        definition->not_null = TRUE;
    else if (sql_reader_take(reader, "NULL"))
        definition->null = TRUE;
    else if (sql_reader_take(reader, "DEFAULT"))
        set_text(&definition->server_default, take_text(reader));
    else if (sql_reader_take_words(reader, "ON", "UPDATE"))
        set_text(&definition->on_update, take_text(reader));
    else if (sql_reader_take(reader, "COMMENT"))
        set_text(&definition->comment, take_value(reader));
    else if (sql_reader_take(reader, "COLLATE"))
        set_text(&definition->collation, take_value(reader));
    else if (sql_reader_take(reader, "CHARSET") || sql_reader_take_words(reader, "CHARACTER", "SET"))
        set_text(&definition->charset, take_value(reader));
    else if (sql_reader_take(reader, "AUTO_INCREMENT"))
        definition->auto_increment = TRUE;
    else if (sql_reader_take(reader, "INVISIBLE"))
        definition->invisible = TRUE;
    else if (sql_reader_take(reader, "FIRST"))
        definition->first = TRUE;
    else if (sql_reader_take(reader, "AFTER"))
        set_text(&definition->after, sql_reader_take_identifier(reader));
    else {
        definition->unread = TRUE;
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
    }
}

static void read_definition(Definition *definition, SqlReader *reader)
{
    definition->type = take_text(reader);
    while (!at_end(reader))
        read_attribute(definition, reader);
}

/* --- comparing --- */

static Standing standing_of(gboolean same)
{
    return same ? STANDING_SET : STANDING_OPEN;
}

/* The value of a default that is one literal; NULL when it is another expression. */
static char *literal_of(const char *expression, gboolean *is_number)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, expression, strlen(expression));
    SqlToken token = reader.token;

    sql_reader_advance(&reader);
    *is_number = token.kind == SQL_TOKEN_NUMBER;
    if (!sql_reader_at_end(&reader))
        return NULL;
    if (token.kind == SQL_TOKEN_STRING)
        return mysql_literal_value(expression + token.start, token.length);
    return *is_number ? g_strndup(expression + token.start, token.length) : NULL;
}

Standing mysql_compare_default(const TableFacts *facts, const ColumnFacts *column, const char *expression)
{
    const Dialect *dialect = facts->flavour == FLAVOUR_MARIADB ? &mariadb_dialect : &mysql_dialect;
    const char *now = column->server_default;
    gboolean is_number = FALSE, was_number = FALSE;

    if (expression != NULL && g_ascii_strcasecmp(expression, "NULL") == 0)
        expression = NULL;
    if (expression == NULL || now == NULL)
        return standing_of(expression == now);
    g_autofree char *wished = literal_of(expression, &is_number);
    g_autofree char *has = literal_of(now, &was_number);
    if (sql_equal(dialect, expression, now) || (wished != NULL && g_strcmp0(wished, has) == 0))
        return STANDING_SET;
    /* 1.5 is kept as 1.50, '1' of a number as 1: only what no server would write otherwise is another value. */
    gboolean integers = is_number && was_number && strpbrk(wished, ".eExX") == NULL && strpbrk(has, ".eExX") == NULL;
    gboolean strings = wished != NULL && has != NULL && !is_number && !was_number && column->collation != NULL;
    return integers || strings ? STANDING_OPEN : STANDING_UNREAD;
}

static Standing compare_type(const TableFacts *facts, const ColumnFacts *column, const Definition *definition)
{
    g_autoptr(SqlType) wished = mysql_type_from_sql(definition->type, facts->flavour);
    g_autoptr(SqlType) has = mysql_type_from_sql(column->type, facts->flavour);

    /* MariaDB's JSON is LONGTEXT with a check. */
    if (facts->flavour == FLAVOUR_MARIADB && g_ascii_strcasecmp(definition->type, "JSON") == 0)
        return g_ascii_strcasecmp(column->type, "longtext") == 0 ? STANDING_UNREAD : STANDING_OPEN;
    return standing_of(mysql_type_equal(wished, has, facts->flavour));
}

/* Without a word about it, TIMESTAMP may be NOT NULL (explicit_defaults_for_timestamp). */
static Standing compare_null(const ColumnFacts *column, const Definition *definition)
{
    gboolean implied = column->in_primary_key || definition->auto_increment;
    if (!definition->null && !definition->not_null && g_ascii_strncasecmp(definition->type, "TIMESTAMP", 9) == 0)
        return column->nullable ? STANDING_SET : STANDING_UNREAD;
    return standing_of(column->nullable == !(definition->not_null || implied));
}

/* "utf8_bin" and "utf8mb3_bin" are one. */
static gboolean same_collation(const char *a, const char *b)
{
    a += g_ascii_strncasecmp(a, "utf8_", 5) == 0 ? 5 : g_ascii_strncasecmp(a, "utf8mb3_", 8) == 0 ? 8 : 0;
    b += g_ascii_strncasecmp(b, "utf8_", 5) == 0 ? 5 : g_ascii_strncasecmp(b, "utf8mb3_", 8) == 0 ? 8 : 0;
    return g_ascii_strcasecmp(a, b) == 0;
}

static Standing compare_collation(const TableFacts *facts, const ColumnFacts *column, const Definition *definition)
{
    const char *wished = definition->collation != NULL ? definition->collation : facts->collation;

    if (column->collation == NULL || (definition->charset != NULL && definition->collation == NULL))
        return column->collation == NULL ? STANDING_SET : STANDING_UNREAD;
    if (wished != NULL && same_collation(wished, column->collation))
        return STANDING_SET;
    /* MariaDB's UCA collations have more than one name. */
    return definition->collation != NULL && strstr(definition->collation, "uca1400") != NULL ? STANDING_UNREAD
                                                                                             : STANDING_OPEN;
}

static Standing compare_on_update(const ColumnFacts *column, const Definition *definition)
{
    const char *now = strstr(column->extra, "ON UPDATE ");

    if (now == NULL || definition->on_update == NULL)
        return standing_of(now == NULL && definition->on_update == NULL);
    return sql_equal(&mysql_dialect, now + strlen("ON UPDATE "), definition->on_update) ? STANDING_SET
                                                                                        : STANDING_UNREAD;
}

static Standing compare_position(const TableFacts *facts, guint position, const Definition *definition)
{
    guint before = 0;
    if (definition->first)
        return standing_of(position == 0);
    if (definition->after == NULL)
        return STANDING_NEUTRAL;
    return standing_of(mysql_column_facts(facts, definition->after, &before) != NULL && position == before + 1);
}

static Standing compare_flags(const ColumnFacts *column, const Definition *definition)
{
    gboolean generated = strstr(column->extra, "VIRTUAL") != NULL || strstr(column->extra, "STORED") != NULL;
    gboolean comment = g_strcmp0(column->comment, definition->comment != NULL ? definition->comment : "") == 0;
    gboolean counts = strstr(column->extra, "AUTO_INCREMENT") != NULL;
    gboolean hidden = strstr(column->extra, "INVISIBLE") != NULL;

    if (definition->unread)
        return STANDING_UNREAD; /* perhaps GENERATED */
    return standing_of(!generated && comment && counts == definition->auto_increment &&
                       hidden == definition->invisible);
}

Standing mysql_compare_column(const TableFacts *facts, const char *name, SqlReader *reader)
{
    g_auto(Definition) definition = {0};
    guint position = 0;
    Standing worst = STANDING_SET;

    read_definition(&definition, reader);
    const ColumnFacts *column = mysql_column_facts(facts, name, &position);
    if (column == NULL)
        return STANDING_OPEN;
    const Standing standings[] = {compare_type(facts, column, &definition),
                                  compare_null(column, &definition),
                                  mysql_compare_default(facts, column, definition.server_default),
                                  compare_collation(facts, column, &definition),
                                  compare_on_update(column, &definition),
                                  compare_flags(column, &definition),
                                  compare_position(facts, position, &definition)};
    /* One attribute that is surely different says that the clause is not in place. */
    for (gsize i = 0; i < G_N_ELEMENTS(standings); i++) {
        if (standings[i] == STANDING_OPEN)
            return STANDING_OPEN;
        if (standings[i] == STANDING_UNREAD)
            worst = STANDING_UNREAD;
    }
    return worst;
}
