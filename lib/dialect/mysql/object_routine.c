/* Functions and procedures: parameters, result, characteristics. */
#include "dialect/mysql/object.h"

#include <string.h>

/* --- types --- */

typedef struct RoutineType {
    char *spelling;          /* without character set and collation */
    char *charset, *collate; /* NULL: not said */
    gboolean anchored;       /* TYPE OF t.c, ROW … (MariaDB): kept as it is written */
} RoutineType;

static void routine_type_clear(RoutineType *type)
{
    g_free(type->spelling);
    g_free(type->charset);
    g_free(type->collate);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RoutineType, routine_type_clear)

/* A name or a string, in lower case; utf8 is the former name of utf8mb3. */
static char *take_charset(SqlReader *reader)
{
    g_autofree char *written = sql_token_identifier(&reader->token, reader->sql);
    g_autofree char *name = g_ascii_strdown(written, -1);
    sql_reader_advance(reader);
    if (strcmp(name, "utf8") == 0 || g_str_has_prefix(name, "utf8_"))
        return g_strconcat("utf8mb3", name + strlen("utf8"), NULL);
    return g_steal_pointer(&name);
}

static gboolean take_charset_clause(SqlReader *reader, RoutineType *type)
{
    char **place = NULL;
    if (sql_reader_take(reader, "CHARSET") || sql_reader_take_words(reader, "CHARACTER", "SET"))
        place = &type->charset;
    else if (sql_reader_take(reader, "COLLATE"))
        place = &type->collate;
    if (place == NULL)
        return FALSE;
    g_free(*place);
    *place = take_charset(reader);
    return TRUE;
}

static void append_token(GString *text, const SqlReader *reader)
{
    if (text->len > 0)
        g_string_append_c(text, ' ');
    g_string_append_len(text, reader->sql + reader->token.start, (gssize)reader->token.length);
}

/* "(10, 2)" as it is written. */
static gboolean append_parentheses(GString *text, SqlReader *reader)
{
    gsize start = reader->token.start;
    SqlReader ahead = *reader;
    if (!sql_reader_skip_parentheses(&ahead))
        return FALSE;
    gsize end = start;
    for (; reader->token.start < ahead.token.start; sql_reader_advance(reader))
        end = reader->token.start + reader->token.length;
    g_string_append_len(text, reader->sql + start, (gssize)(end - start));
    return TRUE;
}

/* One or two words, (…), and attributes. */
static void take_type_words(SqlReader *reader, GString *text, gboolean anchored)
{
    static const char *const second[] = {"PRECISION", "VARYING",   "VARCHAR", "VARCHARACTER", "CHAR",
                                         "CHARACTER", "VARBINARY", "TYPE",    "OF",           NULL};
    static const char *const attributes[] = {"UNSIGNED", "SIGNED",  "ZEROFILL", "BINARY",
                                             "ASCII",    "UNICODE", "BYTE",     NULL};
    append_token(text, reader);
    sql_reader_advance(reader);
    while (sql_reader_is_one_of(reader, second)) {
        SqlReader ahead = *reader;
        if (sql_reader_take_words(&ahead, "CHARACTER", "SET"))
            break;
        append_token(text, reader);
        sql_reader_advance(reader);
    }
    g_autofree char *of = anchored ? sql_reader_take_name(reader, FALSE) : NULL;
    if (of != NULL)
        g_string_append_printf(text, " %s", of);
    append_parentheses(text, reader);
    while (sql_reader_is_one_of(reader, attributes)) {
        append_token(text, reader);
        sql_reader_advance(reader);
    }
}

/* The catalog has a collation for every type of text; the one of JSON is JSON's alone. */
static gboolean is_json(const RoutineType *type, MysqlFlavour flavour)
{
    return flavour == FLAVOUR_MARIADB && g_ascii_strcasecmp(type->spelling, "LONGTEXT") == 0 &&
           g_strcmp0(type->collate, "utf8mb4_bin") == 0;
}

static char *type_sql(const RoutineType *type, MysqlFlavour flavour)
{
    if (is_json(type, flavour))
        return g_strdup("JSON");
    SqlType *read = type->anchored ? NULL : mysql_type_from_sql(type->spelling, flavour);
    g_autofree char *spelled = read != NULL ? mysql_type_sql(read, flavour, NULL) : NULL;
    sql_type_free(read);
    GString *sql = g_string_new(spelled != NULL ? spelled : type->spelling);
    const char *charset = type->charset;
    g_autofree char *implied =
        charset == NULL && type->collate != NULL ? g_strndup(type->collate, strcspn(type->collate, "_")) : NULL;
    if (charset != NULL || implied != NULL)
        g_string_append_printf(sql, " CHARSET %s", charset != NULL ? charset : implied);
    if (type->collate != NULL)
        g_string_append_printf(sql, " COLLATE %s", type->collate);
    return g_string_free(sql, FALSE);
}

/* What a type without them has where it is created. */
static gboolean drop_ordinary_charset(RoutineType *type, const MetaData *live)
{
    gboolean ordinary = type->collate != NULL ? g_strcmp0(type->collate, live->collation) == 0
                                              : type->charset != NULL && g_strcmp0(type->charset, live->charset) == 0;
    if (!ordinary)
        return FALSE;
    g_clear_pointer(&type->charset, g_free);
    g_clear_pointer(&type->collate, g_free);
    return TRUE;
}

static gboolean take_type(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    g_auto(RoutineType) type = {.spelling = NULL};
    if (reader->token.kind != SQL_TOKEN_WORD)
        return object_expected(reading, "a type", error);
    g_autoptr(GString) text = g_string_new(NULL);
    type.anchored = sql_reader_is(reader, "TYPE") || sql_reader_is(reader, "ROW");
    take_type_words(reader, text, type.anchored);
    type.spelling = g_strdup(text->str);
    while (take_charset_clause(reader, &type))
        continue;
    if (reading->live != NULL && drop_ordinary_charset(&type, reading->live))
        reading->changed = TRUE;
    g_autofree char *sql = type_sql(&type, reading->flavour);
    g_string_append(reading->text, sql);
    return TRUE;
}

/* --- parameters --- */

static void take_mode(ObjectReader *reading)
{
    static const char *const modes[] = {"OUT", "INOUT"};
    if (sql_reader_take(&reading->reader, "IN"))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++)
        if (sql_reader_take(&reading->reader, modes[i]))
            g_string_append_printf(reading->text, "%s ", modes[i]);
}

/* DEFAULT: MariaDB 11.8 and later. */
static gboolean take_parameter(ObjectReader *reading, GError **error)
{
    static const char *const none[] = {NULL};
    take_mode(reading);
    g_autofree char *name = object_take_name(reading, "a parameter's name", error);
    if (name == NULL)
        return FALSE;
    g_autofree char *quoted = mysql_quote_identifier(name);
    g_string_append_printf(reading->text, "%s ", quoted);
    if (!take_type(reading, error))
        return FALSE;
    if (sql_reader_take(&reading->reader, "DEFAULT")) {
        g_autofree char *value = object_take_until(reading, none);
        g_string_append_printf(reading->text, " DEFAULT %s", value);
    }
    return TRUE;
}

static gboolean take_parameters(ObjectReader *reading, GError **error)
{
    SqlReader *reader = &reading->reader;
    gsize start = reader->token.start + 1;
    reading->changed = FALSE;
    if (!object_take(reading, "(", error))
        return FALSE;
    g_string_append_c(reading->text, '(');
    reading->parameters_at = reading->text->len;
    for (gboolean more = !sql_reader_is(reader, ")"); more; more = sql_reader_take(reader, ",")) {
        if (reading->text->len > reading->parameters_at)
            g_string_append(reading->text, ", ");
        if (!take_parameter(reading, error))
            return FALSE;
    }
    gsize end = reader->token.start;
    if (!object_take(reading, ")", error))
        return FALSE;
    if (!reading->unified && !reading->changed) {
        g_string_truncate(reading->text, reading->parameters_at);
        g_string_append_len(reading->text, reader->sql + start, (gssize)(end - start));
    }
    reading->parameters = reading->text->len - reading->parameters_at;
    g_string_append_c(reading->text, ')');
    return TRUE;
}

/* --- characteristics --- */

typedef struct Characteristics {
    gboolean deterministic, invoker;
    const char *access; /* NULL: CONTAINS SQL */
} Characteristics;

static gboolean take_access(SqlReader *reader, Characteristics *found)
{
    static const char *const data[] = {"READS", "MODIFIES"}, *const data_access[] = {"READS SQL DATA",
                                                                                     "MODIFIES SQL DATA"};
    if (sql_reader_take_words(reader, "CONTAINS", "SQL"))
        found->access = NULL;
    else if (sql_reader_take_words(reader, "NO", "SQL"))
        found->access = "NO SQL";
    else {
        for (gsize i = 0; i < G_N_ELEMENTS(data); i++)
            if (sql_reader_take_words(reader, data[i], "SQL")) {
                found->access = data_access[i];
                return sql_reader_take(reader, "DATA");
            }
        return FALSE;
    }
    return TRUE;
}

/* FALSE with an error, or without one: none stands here. */
static gboolean take_characteristic(ObjectReader *reading, Characteristics *found, GError **error)
{
    SqlReader *reader = &reading->reader;
    if (sql_reader_take(reader, "DETERMINISTIC"))
        found->deterministic = TRUE;
    else if (sql_reader_take_words(reader, "NOT", "DETERMINISTIC"))
        found->deterministic = FALSE;
    else if (sql_reader_take(reader, "LANGUAGE"))
        return object_take(reading, "SQL", error);
    else if (sql_reader_take_words(reader, "SQL", "SECURITY")) {
        found->invoker = sql_reader_take(reader, "INVOKER");
        return found->invoker || object_take(reading, "DEFINER", error);
    } else if (sql_reader_take(reader, "COMMENT"))
        return object_take_comment(reading, error);
    else
        return take_access(reader, found);
    return TRUE;
}

static gboolean take_characteristics(ObjectReader *reading, GError **error)
{
    Characteristics found = {.invoker = reading->invoker};
    g_autoptr(GError) failure = NULL;
    while (take_characteristic(reading, &found, &failure))
        continue;
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (found.deterministic)
        g_string_append(reading->text, "\nDETERMINISTIC");
    if (found.access != NULL)
        g_string_append_printf(reading->text, "\n%s", found.access);
    if (found.invoker)
        g_string_append(reading->text, "\nSQL SECURITY INVOKER");
    object_write_comment(reading);
    g_string_append_c(reading->text, '\n');
    return TRUE;
}

gboolean object_read_routine(ObjectReader *reading, GError **error)
{
    gboolean function = strcmp(reading->object->kind, "function") == 0;
    g_autofree char *name = mysql_quote_identifier(reading->object->name);
    g_string_append_printf(reading->text, "CREATE %s%s %s", reading->aggregate ? "AGGREGATE " : "",
                           function ? "FUNCTION" : "PROCEDURE", name);
    if (!take_parameters(reading, error))
        return FALSE;
    if (function) {
        if (!object_take(reading, "RETURNS", error))
            return FALSE;
        g_string_append(reading->text, " RETURNS ");
        if (!take_type(reading, error))
            return FALSE;
    }
    return take_characteristics(reading, error) && object_take_body(reading, error);
}
