/* What stands behind PARTITION BY, in one form: SHOW CREATE TABLE's words, without what says nothing. */
#include <string.h>

#include "dialect/mysql/mysql.h"
#include "dialect/reader.h"

/* Sorted, for sql_is_word_of(). */
static const char *const keywords[] = {
    "ALGORITHM",  "AND",    "AUTO",      "BY",        "COLUMNS",      "COMMENT",       "CURRENT",
    "DATA",       "DAY",    "DEFAULT",   "DIRECTORY", "DIV",          "ENGINE",        "HASH",
    "HISTORY",    "HOUR",   "IN",        "INDEX",     "INTERVAL",     "KEY",           "LESS",
    "LIMIT",      "LINEAR", "LIST",      "MAXVALUE",  "MAX_ROWS",     "MINUTE",        "MIN_ROWS",
    "MOD",        "MONTH",  "NODEGROUP", "NULL",      "PARTITION",    "PARTITIONS",    "QUARTER",
    "RANGE",      "SECOND", "STARTS",    "STORAGE",   "SUBPARTITION", "SUBPARTITIONS", "SYSTEM_TIME",
    "TABLESPACE", "THAN",   "TIMESTAMP", "VALUES",    "WEEK",         "YEAR",
};
static const char *const settings[] = {"ALGORITHM", "COMMENT",   "DIRECTORY",  "ENGINE", "MAX_ROWS",
                                       "MIN_ROWS",  "NODEGROUP", "TABLESPACE", NULL};

typedef struct Writer {
    SqlReader reader;
    GString *text;
    gboolean glued;    /* nothing comes between the last token and the next */
    gboolean function; /* the last token is a function's name, or that of none of the words */
    gboolean operand;  /* the last token is a value or a name, so that "-" behind it takes something away */
} Writer;

static gboolean is_keyword(const char *word)
{
    return sql_is_word_of(word, strlen(word), keywords, G_N_ELEMENTS(keywords));
}

/* YEAR (…) is a function, and a unit of time behind a number. */
static gboolean is_function(const Writer *writer, const char *word)
{
    static const char *const both[] = {"DAY", "HOUR", "MINUTE", "MOD", "MONTH", "QUARTER", "SECOND", "WEEK", "YEAR"};
    SqlReader ahead = writer->reader;

    sql_reader_advance(&ahead);
    return !writer->operand && sql_reader_is(&ahead, "(") &&
           (!is_keyword(word) || sql_is_word_of(word, strlen(word), both, G_N_ELEMENTS(both)));
}

static void write_text(Writer *writer, const char *text, gboolean glue_before, gboolean glue_behind)
{
    if (!writer->glued && !glue_before && writer->text->len > 0)
        g_string_append_c(writer->text, ' ');
    g_string_append(writer->text, text);
    writer->glued = glue_behind;
}

static void write_name(Writer *writer)
{
    SqlReader ahead = writer->reader;
    g_autofree char *name = sql_reader_take_identifier(&ahead);
    g_autofree char *quoted = is_keyword(name) ? sql_quote(name, '`') : mysql_quote_identifier(name);

    write_text(writer, quoted, FALSE, FALSE);
    writer->function = FALSE;
    writer->operand = TRUE;
}

static void write_word(Writer *writer, const char *word)
{
    SqlReader ahead = writer->reader;
    gboolean function = is_function(writer, word), keyword = !function && is_keyword(word);
    g_autofree char *written = function  ? g_ascii_strdown(word, -1)
                               : keyword ? g_ascii_strup(word, -1)
                                         : g_strdup(word);

    write_text(writer, written, FALSE, FALSE);
    writer->function = function;
    writer->operand = !keyword;
    sql_reader_advance(&ahead);
    if (keyword && sql_reader_is_one_of(&writer->reader, settings) && !sql_reader_is(&ahead, "="))
        write_text(writer, "=", FALSE, FALSE);
}

static void write_operator(Writer *writer, const char *text)
{
    gboolean opening = strcmp(text, "(") == 0, closing = strcmp(text, ")") == 0;
    gboolean sign = strcmp(text, "-") == 0 && !writer->operand;

    write_text(writer, text, closing || strcmp(text, ",") == 0 || (opening && writer->function), opening || sign);
    writer->function = FALSE;
    writer->operand = closing;
}

/* [STORAGE] ENGINE [=] name: all partitions have the table's. */
static gboolean skip_engine(SqlReader *reader, const char *engine)
{
    SqlReader ahead = *reader;

    sql_reader_take(&ahead, "STORAGE");
    if (!sql_reader_take(&ahead, "ENGINE"))
        return FALSE;
    sql_reader_take(&ahead, "=");
    g_autofree char *name = sql_reader_take_identifier(&ahead);
    if (name == NULL || g_ascii_strcasecmp(name, engine) != 0)
        return FALSE;
    *reader = ahead;
    return TRUE;
}

/* STARTS [TIMESTAMP] 'time': the server adds the time of the statement where there is none. */
static gboolean skip_starts(SqlReader *reader)
{
    SqlReader ahead = *reader;

    if (!sql_reader_take(&ahead, "STARTS"))
        return FALSE;
    sql_reader_take(&ahead, "TIMESTAMP");
    if (ahead.token.kind != SQL_TOKEN_STRING)
        return FALSE;
    sql_reader_advance(&ahead);
    *reader = ahead;
    return TRUE;
}

/* PARTITIONS 1, SUBPARTITIONS 1: so many there are without it. */
static gboolean skip_single(SqlReader *reader)
{
    SqlReader ahead = *reader;

    if (!sql_reader_take(&ahead, "PARTITIONS") && !sql_reader_take(&ahead, "SUBPARTITIONS"))
        return FALSE;
    if (ahead.token.kind != SQL_TOKEN_NUMBER || ahead.token.length != 1 || ahead.sql[ahead.token.start] != '1')
        return FALSE;
    sql_reader_advance(&ahead);
    *reader = ahead;
    return TRUE;
}

static void write_token(Writer *writer)
{
    const SqlToken *token = &writer->reader.token;
    g_autofree char *text = g_strndup(writer->reader.sql + token->start, token->length);

    if (token->kind == SQL_TOKEN_QUOTED) {
        write_name(writer);
    } else if (token->kind == SQL_TOKEN_WORD) {
        write_word(writer, text);
    } else if (token->kind == SQL_TOKEN_OPERATOR) {
        write_operator(writer, text);
    } else {
        write_text(writer, text, FALSE, FALSE);
        writer->function = FALSE;
        writer->operand = TRUE;
    }
    sql_reader_advance(&writer->reader);
}

/* The server writes NULL as the first value of a list (not so of LIST COLUMNS). */
static void put_null_first(GString *text)
{
    static const char in[] = "VALUES IN (", null[] = ", NULL";

    for (char *at = strstr(text->str, in); at != NULL; at = strstr(at, in)) {
        at += strlen(in);
        char *found = g_strstr_len(at, (gssize)strcspn(at, ")"), null);
        if (found == NULL || g_ascii_isalnum(found[strlen(null)]))
            continue;
        memmove(at + strlen("NULL, "), at, (gsize)(found - at));
        memcpy(at, "NULL, ", strlen("NULL, "));
    }
}

char *mysql_partition_by(const char *text, const char *engine)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Writer writer = {.reader = sql_reader_new(&mysql_dialect, text, strlen(text)), .text = out};

    while (!sql_reader_at_end(&writer.reader))
        if (!skip_engine(&writer.reader, engine ? engine : "InnoDB") && !skip_starts(&writer.reader) &&
            !skip_single(&writer.reader))
            write_token(&writer);
    if (g_str_has_prefix(out->str, "RANGE ("))
        g_string_replace(out, "LESS THAN (MAXVALUE)", "LESS THAN MAXVALUE", 0);
    if (g_str_has_prefix(out->str, "LIST ("))
        put_null_first(out);
    return g_strdup(out->str);
}
