#include "dialect/mysql/spelling.h"

#include <string.h>

#include "dialect/mysql/mysql.h"
#include "dialect/reader.h"

void spelling_clear(Spelling *spelling)
{
    g_string_free(spelling->name, TRUE);
    g_ptr_array_unref(spelling->arguments);
    g_free(spelling->charset);
    g_free(spelling->collation);
}

int spelling_number(const Spelling *spelling, guint position)
{
    guint64 number = 0;
    if (position >= spelling->arguments->len ||
        !g_ascii_string_to_unsigned(spelling->arguments->pdata[position], 10, 0, G_MAXINT, &number, NULL))
        return -1;
    return (int)number;
}

/* --- reading --- */

static char *take_name(SqlReader *reader)
{
    char *name = sql_reader_take_identifier(reader);
    if (name == NULL && reader->token.kind == SQL_TOKEN_STRING) { /* COLLATE 'utf8mb4_bin' */
        name = sql_token_identifier(&reader->token, reader->sql);
        sql_reader_advance(reader);
    }
    return name;
}

char *mysql_string_value(const char *literal, gsize length)
{
    static const char escapes[] = "0bnrtZ", meant[] = "\0\b\n\r\t\032";
    char quote = *literal;
    GString *value = g_string_new(NULL);
    for (gsize i = 1; i + 1 < length; i++) {
        if (literal[i] == '\\' && i + 2 < length) {
            const char *escape = strchr(escapes, literal[++i]);
            if (literal[i] == '%' || literal[i] == '_')
                g_string_append_c(value, '\\');
            g_string_append_c(value, escape ? meant[escape - escapes] : literal[i]);
            continue;
        }
        g_string_append_c(value, literal[i]);
        if (literal[i] == quote)
            i++;
    }
    return g_string_free(value, FALSE);
}

static void read_arguments(Spelling *spelling, SqlReader *reader)
{
    while (reader->token.kind != SQL_TOKEN_END && !sql_reader_take(reader, ")")) {
        const char *start = reader->sql + reader->token.start;
        if (reader->token.kind == SQL_TOKEN_STRING && (*start == '\'' || *start == '"'))
            g_ptr_array_add(spelling->arguments, mysql_string_value(start, reader->token.length));
        else if (!sql_reader_is(reader, ","))
            g_ptr_array_add(spelling->arguments, g_strndup(start, reader->token.length));
        sql_reader_advance(reader);
    }
}

static void set_text(char **text, char *value)
{
    g_free(*text);
    *text = value;
}

/* What may follow a type, up to and with its value. FALSE: it is none. */
static gboolean read_attribute(Spelling *spelling, SqlReader *reader)
{
    if (sql_reader_take(reader, "UNSIGNED"))
        spelling->is_unsigned = TRUE;
    else if (sql_reader_take(reader, "ZEROFILL"))
        spelling->is_unsigned = spelling->zerofill = TRUE;
    else if (sql_reader_take(reader, "ASCII"))
        set_text(&spelling->charset, g_strdup("latin1"));
    else if (sql_reader_take(reader, "UNICODE"))
        set_text(&spelling->charset, g_strdup("ucs2"));
    else if (sql_reader_take(reader, "BYTE"))
        set_text(&spelling->charset, g_strdup("binary"));
    else if (sql_reader_take(reader, "BINARY"))
        spelling->binary = TRUE;
    else if (sql_reader_take(reader, "COMPRESSED"))
        spelling->compressed = TRUE;
    else if (sql_reader_take(reader, "CHARSET"))
        set_text(&spelling->charset, take_name(reader));
    else if (sql_reader_take(reader, "COLLATE"))
        set_text(&spelling->collation, take_name(reader));
    else if (sql_reader_take_words(reader, "CHARACTER", "SET") || sql_reader_take_words(reader, "CHAR", "SET"))
        set_text(&spelling->charset, take_name(reader));
    else
        return sql_reader_take(reader, "SIGNED");
    return TRUE;
}

static void read_spelling(Spelling *spelling, const char *text)
{
    gboolean closed = FALSE;
    SqlReader reader = sql_reader_new(&mysql_dialect, text, strlen(text));
    while (reader.token.kind != SQL_TOKEN_END) {
        if (spelling->name->len > 0 && read_attribute(spelling, &reader))
            continue;
        if (!closed && sql_reader_take(&reader, "(")) {
            read_arguments(spelling, &reader);
            closed = TRUE;
            continue;
        }
        spelling->odd = spelling->odd || closed || reader.token.kind != SQL_TOKEN_WORD;
        g_autofree char *word = g_ascii_strup(text + reader.token.start, (gssize)reader.token.length);
        g_string_append_printf(spelling->name, "%s%s", spelling->name->len > 0 ? " " : "", word);
        sql_reader_advance(&reader);
    }
}

/* --- the server's own names --- */

static const char *const other_names[][2] = {
    {"INT", "INTEGER"},
    {"INT4", "INTEGER"},
    {"INT1", "TINYINT"},
    {"INT2", "SMALLINT"},
    {"INT3", "MEDIUMINT"},
    {"MIDDLEINT", "MEDIUMINT"},
    {"INT8", "BIGINT"},
    {"DEC", "DECIMAL"},
    {"NUMERIC", "DECIMAL"},
    {"FIXED", "DECIMAL"},
    {"FLOAT4", "FLOAT"},
    {"FLOAT8", "DOUBLE"},
    {"REAL", "DOUBLE"}, /* without the SQL mode REAL_AS_FLOAT */
    {"DOUBLE PRECISION", "DOUBLE"},
    {"CHARACTER", "CHAR"},
    {"CHAR VARYING", "VARCHAR"},
    {"CHARACTER VARYING", "VARCHAR"},
    {"VARCHARACTER", "VARCHAR"},
    {"LONG", "MEDIUMTEXT"},
    {"LONG VARCHAR", "MEDIUMTEXT"},
    {"LONG VARCHARACTER", "MEDIUMTEXT"},
    {"LONG CHAR VARYING", "MEDIUMTEXT"},
    {"LONG CHARACTER VARYING", "MEDIUMTEXT"},
    {"LONG VARBINARY", "MEDIUMBLOB"},
    {"GEOMCOLLECTION", "GEOMETRYCOLLECTION"}, /* what MySQL 8.0.11 and later calls it */
};

/* Of the character set utf8mb3 (MySQL 8.0 manual, "The National Character Set"). */
static const char *const national_names[][2] = {
    {"NCHAR", "CHAR"},
    {"NATIONAL CHAR", "CHAR"},
    {"NATIONAL CHARACTER", "CHAR"},
    {"NVARCHAR", "VARCHAR"},
    {"NCHAR VARCHAR", "VARCHAR"},
    {"NCHAR VARYING", "VARCHAR"},
    {"NATIONAL VARCHAR", "VARCHAR"},
    {"NATIONAL VARCHARACTER", "VARCHAR"},
    {"NATIONAL CHAR VARYING", "VARCHAR"},
    {"NATIONAL CHARACTER VARYING", "VARCHAR"},
};

/* What BYTE and CHARACTER SET binary make of a type of texts. */
static const char *const binary_names[][2] = {
    {"CHAR", "BINARY"}, {"VARCHAR", "VARBINARY"},     {"TINYTEXT", "TINYBLOB"},
    {"TEXT", "BLOB"},   {"MEDIUMTEXT", "MEDIUMBLOB"}, {"LONGTEXT", "LONGBLOB"},
};

static gboolean rename_by(Spelling *spelling, const char *const (*names)[2], gsize n)
{
    for (gsize i = 0; i < n; i++) {
        if (strcmp(names[i][0], spelling->name->str) != 0)
            continue;
        g_string_assign(spelling->name, names[i][1]);
        return TRUE;
    }
    return FALSE;
}

static void read_names(Spelling *spelling)
{
    GString *name = spelling->name;
    if (strcmp(name->str, "SERIAL") == 0) {
        g_string_assign(name, "BIGINT");
        spelling->serial = spelling->is_unsigned = TRUE;
    } else if (strcmp(name->str, "BOOL") == 0 || strcmp(name->str, "BOOLEAN") == 0) {
        g_string_assign(name, "TINYINT");
        spelling->is_boolean = TRUE;
    }
    rename_by(spelling, other_names, G_N_ELEMENTS(other_names));
    if (rename_by(spelling, national_names, G_N_ELEMENTS(national_names)) && !spelling->charset)
        spelling->charset = g_strdup("utf8mb3");
}

/* --- arguments --- */

static void set_arguments(Spelling *spelling, const char *first, const char *second)
{
    g_ptr_array_set_size(spelling->arguments, 0);
    if (first)
        g_ptr_array_add(spelling->arguments, g_strdup(first));
    if (second)
        g_ptr_array_add(spelling->arguments, g_strdup(second));
}

/* A width says something only where zeros fill it up. */
static gboolean read_integer(Spelling *spelling)
{
    static const struct {
        const char *name, *zerofill_width;
    } integers[] = {
        {"TINYINT", "3"}, {"SMALLINT", "5"}, {"MEDIUMINT", "8"}, {"INTEGER", "10"}, {"BIGINT", "20"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(integers); i++) {
        if (strcmp(integers[i].name, spelling->name->str) != 0)
            continue;
        int width = spelling_number(spelling, 0);
        if (i == 0 && width == 1 && !spelling->is_unsigned)
            spelling->is_boolean = TRUE;
        if (!spelling->zerofill)
            set_arguments(spelling, NULL, NULL);
        else if (width <= 0)
            set_arguments(spelling, integers[i].zerofill_width, NULL);
        return TRUE;
    }
    return FALSE;
}

/* FLOAT(24) is FLOAT, FLOAT(25) is DOUBLE. */
static void read_real(Spelling *spelling)
{
    int bits = spelling_number(spelling, 0);
    if (strcmp(spelling->name->str, "FLOAT") != 0 || spelling->arguments->len != 1 || bits > 53)
        return;
    g_string_assign(spelling->name, bits > 24 ? "DOUBLE" : "FLOAT");
    set_arguments(spelling, NULL, NULL);
}

static void read_decimal(Spelling *spelling)
{
    int precision = spelling_number(spelling, 0), scale = spelling_number(spelling, 1);
    g_autofree char *first = g_strdup_printf("%d", precision <= 0 && scale <= 0 ? 10 : precision);
    g_autofree char *second = g_strdup_printf("%d", MAX(scale, 0));
    set_arguments(spelling, first, second);
}

/* Bytes of a character at most (information_schema.CHARACTER_SETS.MAXLEN). */
static gint64 bytes_of_character(const char *charset)
{
    static const char *const three[] = {"utf8", "utf8mb3", "ujis", "eucjpms", NULL};
    static const char *const two[] = {"ucs2", "big5", "cp932", "sjis", "gbk", "gb2312", "euckr", NULL};
    static const char *const four[] = {"utf8mb4", "utf16", "utf16le", "utf32", "gb18030", NULL};
    if (!charset)
        return 4;
    g_autofree char *name = g_ascii_strdown(charset, -1);
    return g_strv_contains(four, name) ? 4 : g_strv_contains(three, name) ? 3 : g_strv_contains(two, name) ? 2 : 1;
}

static void read_sized(Spelling *spelling)
{
    gboolean text = strcmp(spelling->name->str, "TEXT") == 0;
    gint64 bytes = spelling_number(spelling, 0) * (text ? bytes_of_character(spelling->charset) : 1);
    const char *size = bytes <= 0        ? ""
                       : bytes < 1 << 8  ? "TINY"
                       : bytes < 1 << 16 ? ""
                       : bytes < 1 << 24 ? "MEDIUM"
                                         : "LONG";
    g_string_prepend(spelling->name, size);
    set_arguments(spelling, NULL, NULL);
}

static gboolean is_one_of(const Spelling *spelling, const char *const *names)
{
    return g_strv_contains(names, spelling->name->str);
}

/* The server keeps no spaces at a value's end. */
static void read_values(Spelling *spelling)
{
    for (guint i = 0; i < spelling->arguments->len; i++) {
        char *value = spelling->arguments->pdata[i];
        for (gsize length = strlen(value); length > 0 && value[length - 1] == ' '; length--)
            value[length - 1] = '\0';
    }
}

static void read_argument_list(Spelling *spelling)
{
    static const char *const by_character[] = {"CHAR", "BINARY", "BIT", NULL};
    static const char *const with_fraction[] = {"TIME", "DATETIME", "TIMESTAMP", NULL};
    static const char *const sized[] = {"TEXT", "BLOB", NULL};
    static const char *const lists[] = {"ENUM", "SET", NULL};
    int number = spelling_number(spelling, 0);

    if (read_integer(spelling))
        return;
    read_real(spelling);
    if (strcmp(spelling->name->str, "DECIMAL") == 0)
        read_decimal(spelling);
    else if (is_one_of(spelling, by_character) &&
             (number < 0 || (number == 0 && strcmp(spelling->name->str, "BIT") == 0)))
        set_arguments(spelling, "1", NULL);
    else if ((is_one_of(spelling, with_fraction) && number == 0) ||
             (strcmp(spelling->name->str, "YEAR") == 0 && number != 2))
        set_arguments(spelling, NULL, NULL);
    else if (is_one_of(spelling, sized))
        read_sized(spelling);
    else if (is_one_of(spelling, lists))
        read_values(spelling);
}

void spelling_init(Spelling *spelling, const char *text)
{
    *spelling = (Spelling){.name = g_string_new(NULL), .arguments = g_ptr_array_new_with_free_func(g_free)};
    read_spelling(spelling, text);
    read_names(spelling);
    if (spelling->charset && g_ascii_strcasecmp(spelling->charset, "binary") == 0 &&
        rename_by(spelling, binary_names, G_N_ELEMENTS(binary_names)))
        g_clear_pointer(&spelling->charset, g_free);
    if (!spelling->odd)
        read_argument_list(spelling);
}

char *spelling_text(const Spelling *spelling)
{
    gboolean quoted = strcmp(spelling->name->str, "ENUM") == 0 || strcmp(spelling->name->str, "SET") == 0;
    GString *text = g_string_new(spelling->name->str);
    for (guint i = 0; i < spelling->arguments->len; i++) {
        const char *argument = spelling->arguments->pdata[i];
        g_autofree char *literal = quoted ? mysql_quote_literal(argument) : g_strdup(argument);
        g_string_append_printf(text, "%s%s", i == 0 ? "(" : ",", literal);
    }
    if (spelling->arguments->len > 0)
        g_string_append_c(text, ')');
    g_string_append(text, spelling->is_unsigned ? " UNSIGNED" : "");
    g_string_append(text, spelling->zerofill ? " ZEROFILL" : "");
    return g_string_free(text, FALSE);
}
