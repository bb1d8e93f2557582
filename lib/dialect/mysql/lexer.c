/* Tokens of MySQL and MariaDB (the manual's chapter "Language Structure"; MySQL 8.0: 9, MariaDB: "SQL Language
 * Structure"), tried with MariaDB 10.11. */
#include <string.h>

#include "dialect/mysql/mysql.h"
#include "dialect/scan.h"

#define BOM "\xEF\xBB\xBF"

/* The reserved words of MySQL 8.0 to 9 (the manual's section 9.3) and of MariaDB 10.11 (all that it refuses as a name
 * of a column, with sql_cache and its like, which it only takes for something else). Sorted. */
/* clang-format off */
static const char *const reserved[] = {
    "accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive", "before", "between",
    "bigint", "binary", "blob", "both", "by", "call", "cascade", "case", "change", "char", "character", "check",
    "collate", "column", "condition", "constraint", "continue", "convert", "create", "cross", "cube",
    "cume_dist", "current_date", "current_role", "current_time", "current_timestamp", "current_user", "cursor",
    "database", "databases", "day_hour", "day_microsecond", "day_minute", "day_second", "dec", "decimal",
    "declare", "default", "delayed", "delete", "delete_domain_id", "dense_rank", "desc", "describe",
    "deterministic", "distinct", "distinctrow", "div", "do_domain_ids", "double", "drop", "dual", "each",
    "else", "elseif", "empty", "enclosed", "escaped", "except", "exists", "exit", "explain", "false", "fetch",
    "first_value", "float", "float4", "float8", "for", "force", "foreign", "from", "fulltext", "function",
    "generated", "get", "grant", "group", "grouping", "groups", "having", "high_priority", "hour_microsecond",
    "hour_minute", "hour_second", "if", "ignore", "ignore_domain_ids", "in", "index", "infile", "inner",
    "inout", "insensitive", "insert", "int", "int1", "int2", "int3", "int4", "int8", "integer", "intersect",
    "interval", "into", "io_after_gtids", "io_before_gtids", "is", "iterate", "join", "json_table", "key",
    "keys", "kill", "lag", "last_value", "lateral", "lead", "leading", "leave", "left", "library", "like",
    "limit", "linear", "lines", "load", "localtime", "localtimestamp", "lock", "long", "longblob", "longtext",
    "loop", "low_priority", "manual", "master_bind", "master_demote_to_replica", "master_demote_to_slave",
    "master_ssl_verify_server_cert", "match", "maxvalue", "mediumblob", "mediumint", "mediumtext", "middleint",
    "minute_microsecond", "minute_second", "mod", "modifies", "natural", "no_write_to_binlog", "not",
    "nth_value", "ntile", "null", "numeric", "of", "offset", "on", "optimize", "optimizer_costs", "optionally",
    "or", "order", "out", "outer", "outfile", "over", "page_checksum", "parallel", "parse_vcol_expr",
    "partition", "percent_rank", "portion", "precision", "primary", "procedure", "purge", "qualify", "range",
    "rank", "read", "read_write", "reads", "real", "recursive", "ref_system_id", "references", "regexp",
    "release", "rename", "repeat", "replace", "require", "resignal", "restrict", "return", "returning",
    "revoke", "right", "rlike", "row", "row_number", "rows", "schema", "schemas", "second_microsecond",
    "select", "sensitive", "separator", "set", "show", "signal", "smallint", "spatial", "specific", "sql",
    "sql_big_result", "sql_buffer_result", "sql_cache", "sql_calc_found_rows", "sql_no_cache",
    "sql_small_result", "sqlexception", "sqlstate", "sqlwarning", "ssl", "starting", "stats_auto_recalc",
    "stats_persistent", "stats_sample_pages", "stored", "straight_join", "system", "table", "tablesample",
    "terminated", "then", "tinyblob", "tinyint", "tinytext", "to", "trailing", "trigger", "true", "undo",
    "union", "unique", "unlock", "unsigned", "update", "usage", "use", "using", "utc_date", "utc_time",
    "utc_timestamp", "values", "varbinary", "varchar", "varcharacter", "varying", "virtual", "when", "where",
    "while", "window", "with", "write", "xor", "year_month", "zerofill",
};
/* clang-format on */

gboolean mysql_is_reserved(const char *word, gsize length)
{
    return sql_is_word_of(word, length, reserved, G_N_ELEMENTS(reserved));
}

/* --- tokens --- */

static gboolean is_name_part(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || ((guchar)c & 0x80) != 0;
}

static gsize skip_name(const char *text, gsize length, gsize i)
{
    while (i < length && is_name_part(text[i]))
        i++;
    return i;
}

static gsize skip_digits(const char *text, gsize length, gsize i)
{
    while (i < length && g_ascii_isdigit(text[i]))
        i++;
    return i;
}

/* Behind the exponent at `i`, or `i` when there is none. */
static gsize skip_exponent(const char *text, gsize length, gsize i)
{
    gsize digits = scan_exponent(text, length, i);
    return digits > i ? skip_digits(text, length, digits) : i;
}

/* 0x1F and 0b10, with small letters only; 0x1g is a name. */
static gboolean is_prefixed_number(const char *text, gsize start, gsize end)
{
    if (end - start < 3 || text[start] != '0' || (text[start + 1] != 'x' && text[start + 1] != 'b'))
        return FALSE;
    for (gsize i = start + 2; i < end; i++)
        if (text[start + 1] == 'x' ? !g_ascii_isxdigit(text[i]) : text[i] != '0' && text[i] != '1')
            return FALSE;
    return TRUE;
}

/* A number, or a name that begins with digits: 1a is one, and so is 1e; 1e5a is 1e5 and a. */
static SqlTokenKind scan_digits(const char *text, gsize length, gsize start, gsize *end)
{
    gsize digits = skip_digits(text, length, start), exponent = skip_exponent(text, length, digits);

    *end = skip_name(text, length, digits);
    if (start > 0 && text[start - 1] == '.') /* a number would have begun with the dot: it is t.1e5 */
        return SQL_TOKEN_WORD;
    if (is_prefixed_number(text, start, *end))
        return SQL_TOKEN_NUMBER;
    if (exponent > digits) {
        *end = exponent;
        return SQL_TOKEN_NUMBER;
    }
    if (*end > digits)
        return SQL_TOKEN_WORD;
    if (byte_at(text, length, digits) == '.')
        *end = skip_exponent(text, length, skip_digits(text, length, digits + 1));
    return SQL_TOKEN_NUMBER;
}

/* A dot between a name and digits: t.1a, `t`.1 */
static gboolean is_qualifying_dot(const char *text, gsize start)
{
    return start > 0 && (is_name_part(text[start - 1]) || text[start - 1] == '`');
}

static SqlTokenKind scan_word(const char *text, gsize length, gsize start, gsize *end)
{
    if (byte_at(text, length, start + 1) == '\'' && strchr("nNxXbB", text[start]) != NULL)
        return scan_quoted(text, length, start + 1, strchr("nN", text[start]) != NULL, SQL_TOKEN_STRING, end);
    *end = skip_name(text, length, start);
    return SQL_TOKEN_WORD;
}

/* @user_var @'quoted' @`quoted` @@name @@global.name and an account's @host; "@" alone is a mark. */
static SqlTokenKind scan_variable(const char *text, gsize length, gsize start, gsize *end)
{
    gsize i = start + (byte_at(text, length, start + 1) == '@' ? 2 : 1);
    char c = byte_at(text, length, i);

    if (c == '`' || (i == start + 1 && (c == '\'' || c == '"')))
        return scan_quoted(text, length, i, c != '`', SQL_TOKEN_PARAMETER, end);
    gsize name = i;
    while (i < length && (is_name_part(text[i]) || text[i] == '.'))
        i++;
    *end = i;
    return i > name ? SQL_TOKEN_PARAMETER : SQL_TOKEN_OPERATOR;
}

/* "#" and "-- ": to the end of the line. */
static SqlTokenKind scan_line_comment(const char *text, gsize length, gsize start, gsize *end)
{
    const char *newline = memchr(text + start, '\n', length - start);
    *end = newline ? (gsize)(newline - text) : length;
    if (*end > start && text[*end - 1] == '\r')
        --*end;
    return SQL_TOKEN_COMMENT;
}

/* The mark that begins a comment for servers only: its length with the version behind it, five digits or six; else 0.
 * *never: no server has that version (99999, 999999), so that it is a plain comment. */
static gsize condition_length(const char *text, gsize length, gsize start, gboolean *never)
{
    gsize i = start + 2 + (byte_at(text, length, start + 2) == 'M' ? 1 : 0), nines = 0;

    if (byte_at(text, length, i) != '!')
        return 0;
    gsize version = ++i;
    while (i < length && i < version + 6 && g_ascii_isdigit(text[i]))
        nines += text[i++] == '9';
    if (i < version + 5)
        i = version;
    *never = i > version && nines == i - version;
    return i - start;
}

static SqlTokenKind scan_block_comment(const char *text, gsize length, gsize start, gsize *end)
{
    gboolean never = FALSE;
    gsize mark = condition_length(text, length, start, &never);

    if (mark > 0 && !never) {
        *end = start + mark;
        return SQL_TOKEN_CONDITION;
    }
    const char *close = memmem(text + start + 2, length - start - 2, "*/", 2);
    *end = close ? (gsize)(close - text) + 2 : length;
    return close ? SQL_TOKEN_COMMENT : SQL_TOKEN_UNFINISHED;
}

static SqlTokenKind scan_punctuation(const char *text, gsize length, gsize start, gsize *end)
{
    static const char *const operators[] = {"<=>", "->>", "->", ":=", "<=", ">=", "<>",
                                            "!=",  "<<",  ">>", "&&", "||", "\\N"};
    const char *at = text + start;
    gsize left = length - start;

    *end = start + 1;
    if (*at == ';')
        return SQL_TOKEN_SEMICOLON;
    if (*at == '?')
        return SQL_TOKEN_PARAMETER;
    if (left > 1 && memcmp(at, "*/", 2) == 0 && byte_at(at, left, 2) != '*') {
        *end = start + 2;
        return SQL_TOKEN_CONDITION;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
        gsize n = strlen(operators[i]);
        if (left >= n && memcmp(at, operators[i], n) == 0) {
            *end = start + n;
            return SQL_TOKEN_OPERATOR;
        }
    }
    return *at != '\0' && strchr("(),.+-*/%=<>!~&|^:{}", *at) != NULL ? SQL_TOKEN_OPERATOR : SQL_TOKEN_ILLEGAL;
}

static gboolean is_line_comment(const char *text, gsize length, gsize start)
{
    if (text[start] == '#')
        return TRUE;
    if (text[start] != '-' || byte_at(text, length, start + 1) != '-')
        return FALSE;
    return start + 2 == length || is_space(text[start + 2]) || g_ascii_iscntrl(text[start + 2]);
}

static SqlTokenKind scan(const char *text, gsize length, gsize start, gsize *end)
{
    char c = text[start], next = byte_at(text, length, start + 1);

    if (scan_space(text, length, start, end))
        return SQL_TOKEN_SPACE;
    if (length - start >= strlen(BOM) && memcmp(text + start, BOM, strlen(BOM)) == 0) {
        *end = start + strlen(BOM);
        return SQL_TOKEN_SPACE;
    }
    if (g_ascii_isdigit(c))
        return scan_digits(text, length, start, end);
    if (is_name_part(c))
        return scan_word(text, length, start, end);
    if (is_line_comment(text, length, start))
        return scan_line_comment(text, length, start, end);
    if (c == '/' && next == '*')
        return scan_block_comment(text, length, start, end);
    if (c == '\'' || c == '"')
        return scan_quoted(text, length, start, TRUE, SQL_TOKEN_STRING, end);
    if (c == '`')
        return scan_quoted(text, length, start, FALSE, SQL_TOKEN_QUOTED, end);
    if (c == '.' && g_ascii_isdigit(next) && !is_qualifying_dot(text, start)) {
        *end = skip_exponent(text, length, skip_digits(text, length, start + 1));
        return SQL_TOKEN_NUMBER;
    }
    if (c == '@')
        return scan_variable(text, length, start, end);
    return scan_punctuation(text, length, start, end);
}

SqlToken mysql_next_token(const char *text, gsize length, gsize position)
{
    return scan_token(scan, text, length, position);
}
