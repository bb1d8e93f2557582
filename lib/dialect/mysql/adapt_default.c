/* Defaults (MySQL 8.0 manual, "Data Type Default Values"; MariaDB manual, "CREATE TABLE", "DEFAULT Column Option"). */
#include <string.h>

#include "dialect/mysql/adapt.h"
#include "dialect/mysql/spelling.h"
#include "dialect/reader.h"

/* --- CURRENT_TIMESTAMP --- */

/* CURRENT_TIMESTAMP and its other names, with the digits of fractional seconds. NULL: none stands here. */
static char *take_now(SqlReader *reader)
{
    static const char *const names[] = {"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP", NULL};
    SqlReader ahead = *reader;
    g_autofree char *digits = NULL;
    if (!sql_reader_is_one_of(&ahead, names))
        return NULL;
    gboolean call_only = sql_reader_take(&ahead, "NOW");
    if (!call_only)
        sql_reader_advance(&ahead);
    if (sql_reader_take(&ahead, "(")) {
        if (ahead.token.kind == SQL_TOKEN_NUMBER) {
            digits = g_strndup(ahead.sql + ahead.token.start, ahead.token.length);
            sql_reader_advance(&ahead);
        }
        if (!sql_reader_take(&ahead, ")"))
            return NULL;
    } else if (call_only)
        return NULL;
    *reader = ahead;
    return digits && strcmp(digits, "0") != 0 ? g_strdup_printf("CURRENT_TIMESTAMP(%s)", digits)
                                              : g_strdup("CURRENT_TIMESTAMP");
}

static char *now_of(const char *text)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text));
    g_autofree char *now = take_now(&reader);
    return now && sql_reader_at_end(&reader) ? g_steal_pointer(&now) : NULL;
}

/* "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP" is how SQLAlchemy's users write both. */
static void split_on_update(char **server_default, GPtrArray *options)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, *server_default, strlen(*server_default));
    g_autofree char *now = take_now(&reader);
    gsize end = reader.token.start;
    if (!now) {
        while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "ON"))
            sql_reader_advance(&reader);
        end = reader.token.start;
    }
    if (!sql_reader_take_words(&reader, "ON", "UPDATE"))
        return;
    g_autofree char *update = take_now(&reader);
    if (!update || !sql_reader_at_end(&reader))
        return;
    options_set(options, "on_update", update);
    char *rest = g_strndup(*server_default, end);
    g_free(*server_default);
    *server_default = g_strchomp(rest);
    adapter_drop_ordinary(server_default, "");
}

/* --- literals --- */

typedef struct Literal {
    SqlTokenKind kind; /* STRING or NUMBER; WORD: true, false, null */
    char *value;       /* what the string says; the number with its "-"; the word in capitals */
} Literal;

static void literal_clear(Literal *literal)
{
    g_free(literal->value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Literal, literal_clear)

/* 'x' and nothing that has a meaning in strings: what most defaults are, and needs no lexer. */
static gboolean is_plain_string(const char *text)
{
    gsize length = strlen(text);
    return length >= 2 && *text == '\'' && strcspn(text + 1, "'\\") == length - 2 && text[length - 1] == '\'';
}

/* Only plain literals: FALSE for N'x', b'1', DATE '2020-01-01' and all else. */
static gboolean read_literal(const char *text, Literal *literal)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text));
    gboolean minus = sql_reader_take(&reader, "-");
    gboolean sign = minus || sql_reader_take(&reader, "+");
    const char *start = text + reader.token.start;
    literal->kind = reader.token.kind;
    if (literal->kind == SQL_TOKEN_NUMBER) {
        g_autofree char *digits = g_strndup(start, reader.token.length);
        literal->value = g_strconcat(minus ? "-" : "", digits, NULL);
    } else if (literal->kind == SQL_TOKEN_STRING && !sign && (*start == '\'' || *start == '"')) {
        literal->value = mysql_string_value(start, reader.token.length);
    } else if (literal->kind == SQL_TOKEN_WORD && !sign) {
        static const char *const words[] = {"TRUE", "FALSE", "NULL", NULL};
        literal->value =
            sql_reader_is_one_of(&reader, words) ? g_ascii_strup(start, (gssize)reader.token.length) : NULL;
    }
    sql_reader_advance(&reader);
    return literal->value && sql_reader_at_end(&reader);
}

static gboolean is_number(const char *text)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*text) && *text != '-' && *text != '+' && *text != '.')
        return FALSE;
    g_ascii_strtod(text, &end);
    return *end == '\0' && !strpbrk(text, "xX");
}

/* The server keeps as many digits behind the point as the column has. */
static char *decimal(const char *number, int scale)
{
    const char *point = strchr(number, '.');
    int digits = point ? (int)strlen(point + 1) : 0;
    if (strpbrk(number, "eE") || digits > scale || scale < 0)
        return g_strdup(number);
    GString *text = g_string_new(number);
    if (!point && scale > 0)
        g_string_append_c(text, '.');
    for (; digits < scale; digits++)
        g_string_append_c(text, '0');
    return g_string_free(text, FALSE);
}

typedef enum TypeClass { OF_NUMBERS, OF_TEXTS, OF_LONG_VALUES, OF_ANYTHING_ELSE } TypeClass;

static TypeClass class_of(const char *word)
{
    static const char *const numbers[] = {"TINYINT", "SMALLINT", "MEDIUMINT", "INTEGER", "BIGINT",
                                          "DECIMAL", "FLOAT",    "DOUBLE",    NULL};
    static const char *const texts[] = {"CHAR", "VARCHAR", "ENUM", "SET", NULL};
    static const char *const others[] = {"BINARY",    "VARBINARY", "BIT",  "DATE",  "TIME",  "DATETIME",
                                         "TIMESTAMP", "YEAR",      "UUID", "INET4", "INET6", NULL};
    if (g_strv_contains(numbers, word))
        return OF_NUMBERS;
    if (g_strv_contains(texts, word))
        return OF_TEXTS;
    return g_strv_contains(others, word) ? OF_ANYTHING_ELSE : OF_LONG_VALUES;
}

/* What the server will say of a plain literal. */
static char *literal_default(const Literal *literal, const Column *column, TypeClass class, MysqlFlavour flavour)
{
    const char *value = literal->value;
    if (literal->kind == SQL_TOKEN_WORD && strcmp(value, "NULL") == 0)
        return column->nullable ? NULL : g_strdup(value);
    if (literal->kind == SQL_TOKEN_WORD)
        value = strcmp(value, "TRUE") == 0 ? "1" : "0";
    g_autofree char *quoted = mysql_quote_literal(value);
    gboolean bare = class == OF_NUMBERS ? is_number(value) : literal->kind != SQL_TOKEN_STRING;
    if (class == OF_NUMBERS && bare)
        return column->type->kind == SQL_TYPE_NUMERIC && column->type->precision >= 0
                   ? decimal(value + (*value == '+'), MAX(column->type->scale, 0))
                   : g_strdup(value + (*value == '+'));
    if (class == OF_TEXTS)
        return g_steal_pointer(&quoted);
    if (class == OF_LONG_VALUES && flavour == FLAVOUR_MYSQL) /* there they take expressions only */
        return g_strdup_printf("(%s)", bare ? value : quoted);
    return bare ? g_strdup(value) : g_steal_pointer(&quoted);
}

/* --- all together --- */

/* Expressions need parentheses, on both. */
static char *in_parentheses(const char *expression)
{
    if (sql_is_enclosed(&mysql_dialect, expression))
        return g_strdup(expression);
    GString *sql = g_string_new("(");
    sql_append(&mysql_dialect, sql, expression);
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

/* TRUE when one token, with an introducer or the name of a type before it, is all: N'x', b'1', DATE '2020-01-01'. */
static gboolean is_one_literal(const char *text)
{
    SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text));
    static const char *const types[] = {"DATE", "TIME", "TIMESTAMP", NULL};
    if (sql_reader_is_one_of(&reader, types) || (reader.token.kind == SQL_TOKEN_WORD && *text == '_'))
        sql_reader_advance(&reader);
    gboolean literal = reader.token.kind == SQL_TOKEN_STRING;
    sql_reader_advance(&reader);
    return literal && sql_reader_at_end(&reader);
}

static char *adapted_default(const Column *column, const char *text, TypeClass class, MysqlFlavour flavour)
{
    g_auto(Literal) literal = {0};
    if (is_plain_string(text)) {
        literal = (Literal){SQL_TOKEN_STRING, g_strndup(text + 1, strlen(text) - 2)};
        return literal_default(&literal, column, class, flavour);
    }
    /* MySQL tells an expression from a literal, MariaDB does not. */
    gboolean enclosed = sql_is_enclosed(&mysql_dialect, text);
    if (enclosed && flavour == FLAVOUR_MYSQL)
        return g_strdup(text);
    g_autofree char *inner = sql_without_parentheses(&mysql_dialect, text);
    char *now = now_of(inner);
    if (now)
        return now;
    if (read_literal(inner, &literal))
        return literal_default(&literal, column, class, flavour);
    if (is_one_literal(inner) && !(class == OF_LONG_VALUES && flavour == FLAVOUR_MYSQL))
        return g_strdup(inner);
    return in_parentheses(text);
}

void mysql_adapt_default(const Column *column, MysqlFlavour flavour, char **server_default, GPtrArray *options)
{
    const char *on_update = options_get(options, "on_update");
    g_autofree char *update = on_update ? now_of(on_update) : NULL;
    if (update)
        options_set(options, "on_update", update);
    if (*server_default && !is_plain_string(*server_default))
        split_on_update(server_default, options);
    if (!*server_default)
        return;
    g_autofree char *word = mysql_type_word(column, flavour);
    char *adapted = adapted_default(column, *server_default, class_of(word), flavour);
    g_free(*server_default);
    *server_default = adapted;
}
