/* Events: schedule, status, body. */
#include "dialect/mysql/object.h"

#include <string.h>

#include "base/error.h"

static const char *const clauses[] = {"STARTS", "ENDS", "ON", "ENABLE", "DISABLE", "COMMENT", "DO", NULL};

/* --- times --- */

/* The catalog tells the time that an expression has given, not the expression. */
static gboolean refuse_expression(const ObjectReader *reading, const char *clause, const char *found, GError **error)
{
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "event '%s': %s %s is another time whenever the event is created, so nothing can be compared with it: "
                "write the time as 'YYYY-MM-DD hh:mm:ss'",
                reading->object->name, clause, found);
    return FALSE;
}

static gboolean is_now(const char *text)
{
    static const char *const spellings[] = {"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP()", "NOW()", NULL};
    for (guint i = 0; spellings[i] != NULL; i++)
        if (g_ascii_strcasecmp(text, spellings[i]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean take_time(ObjectReader *reading, const char *clause, GError **error)
{
    SqlReader *reader = &reading->reader;
    SqlReader ahead = *reader;
    gboolean typed = sql_reader_take(&ahead, "TIMESTAMP");
    SqlToken literal = ahead.token;
    g_autofree char *written = object_take_until(reading, clauses);
    if (typed || literal.kind == SQL_TOKEN_STRING)
        sql_reader_advance(&ahead);
    if (literal.kind != SQL_TOKEN_STRING || ahead.token.start != reader->token.start)
        return refuse_expression(reading, clause, written, error);
    g_autofree char *value = mysql_literal_value(reader->sql + literal.start, literal.length);
    gboolean date = strlen(value) == strlen("YYYY-MM-DD");
    g_string_append_printf(reading->text, " %s '%s%s'", clause, value, date ? " 00:00:00" : "");
    return TRUE;
}

static gboolean take_starts(ObjectReader *reading, GError **error)
{
    ObjectReader ahead = *reading;
    g_autofree char *written = object_take_until(&ahead, clauses);
    if (!is_now(written))
        return take_time(reading, "STARTS", error);
    *reading = ahead;
    return TRUE;
}

/* --- EVERY --- */

/* '1 10:05' and '1 10:5' are one interval: numbers lose their zeros in front, as in the catalog. */
static char *without_zeros(const char *value)
{
    GString *text = g_string_new(NULL);
    for (const char *at = value; *at != '\0'; at++) {
        gboolean first = text->len == 0 || !g_ascii_isdigit(text->str[text->len - 1]);
        if (*at != '0' || !first || !g_ascii_isdigit(at[1]))
            g_string_append_c(text, *at);
    }
    return g_string_free(text, FALSE);
}

static gboolean take_interval(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    const SqlToken value = reader->token;
    if (value.kind != SQL_TOKEN_STRING && value.kind != SQL_TOKEN_NUMBER)
        return object_expected(reading, "the interval as a number or string", error);
    sql_reader_advance(reader);
    if (reader->token.kind != SQL_TOKEN_WORD)
        return object_expected(reading, "the interval's unit", error);
    g_autofree char *unit = g_ascii_strup(reader->sql + reader->token.start, (gssize)reader->token.length);
    sql_reader_advance(reader);
    g_autofree char *written = value.kind == SQL_TOKEN_STRING
                                   ? mysql_literal_value(reader->sql + value.start, value.length)
                                   : g_strndup(reader->sql + value.start, value.length);
    g_autofree char *number = without_zeros(written);
    gboolean several = strchr(unit, '_') != NULL;
    g_string_append_printf(reading->text, several ? " EVERY '%s' %s" : " EVERY %s %s", number, unit);
    return TRUE;
}

static gboolean take_schedule(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    if (!object_take(reading, "ON", error) || !object_take(reading, "SCHEDULE", error))
        return FALSE;
    g_string_append(reading->text, "\nON SCHEDULE");
    if (sql_reader_take(reader, "AT"))
        return take_time(reading, "AT", error);
    if (!sql_reader_take(reader, "EVERY"))
        return object_expected(reading, "AT or EVERY", error);
    if (!take_interval(reading, error))
        return FALSE;
    if (sql_reader_take(reader, "STARTS") && !take_starts(reading, error))
        return FALSE;
    return !sql_reader_take(reader, "ENDS") || take_time(reading, "ENDS", error);
}

/* --- the rest --- */

static gboolean take_completion(ObjectReader *reading, GError **error)
{
    if (!sql_reader_take_words(&reading->reader, "ON", "COMPLETION"))
        return TRUE;
    gboolean gone = sql_reader_take(&reading->reader, "NOT");
    if (!gone)
        g_string_append(reading->text, "\nON COMPLETION PRESERVE");
    return object_take(reading, "PRESERVE", error);
}

/* ON SLAVE and ON REPLICA are one state: the newer word is MySQL 8.4's alone, the older one its manual has as
 * deprecated ("CREATE EVENT Statement"). */
static gboolean take_status(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    if (sql_reader_take(reader, "ENABLE") || !sql_reader_take(reader, "DISABLE"))
        return TRUE;
    g_string_append(reading->text, "\nDISABLE");
    if (!sql_reader_take(reader, "ON"))
        return TRUE;
    g_string_append(reading->text, " ON SLAVE");
    return sql_reader_take(reader, "REPLICA") || object_take(reading, "SLAVE", error);
}

gboolean object_read_event(ObjectReader *reading, GError **error)
{
    g_autofree char *name = mysql_quote_identifier(reading->object->name);
    g_string_append_printf(reading->text, "CREATE EVENT %s", name);
    if (!take_schedule(reading, error) || !take_completion(reading, error) || !take_status(reading, error) ||
        (sql_reader_take(&reading->reader, "COMMENT") && !object_take_comment(reading, error)) ||
        !object_take(reading, "DO", error))
        return FALSE;
    object_write_comment(reading);
    g_string_append(reading->text, "\nDO ");
    return object_take_body(reading, error);
}
