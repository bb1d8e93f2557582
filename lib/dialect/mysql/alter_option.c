/* Options, comments, partitions and system versioning of tables. */
#include "dialect/mysql/compiler.h"

#include <string.h>

#include "base/error.h"

/* --- options --- */

static gboolean differs(const Table *from, const Table *to, const char *option)
{
    return g_strcmp0(options_get(from->options, option), options_get(to->options, option)) != 0;
}

gboolean mysql_collation_differs(const Table *from, const Table *to)
{
    return differs(from, to, "charset") || differs(from, to, "collate");
}

/* The value that takes an option away. */
static const char *default_value(const char *name)
{
    static const char *const zero[] = {"key_block_size", "max_rows",       "min_rows",        "avg_row_length",
                                       "checksum",       "table_checksum", "delay_key_write", NULL};
    static const char *const none[] = {"compression",      "comment", "connection", "secondary_engine_attribute",
                                       "engine_attribute", NULL};
    if (strcmp(name, "engine") == 0)
        return "InnoDB";
    if (strcmp(name, "encryption") == 0)
        return "N";
    if (g_strv_contains(none, name))
        return "";
    return g_strv_contains(zero, name) ? "0" : "DEFAULT";
}

static void option_clause(const char *name, const char *value, GPtrArray *clauses)
{
    char *clause = mysql_option_sql(name, value);
    if (clause)
        g_ptr_array_add(clauses, clause);
}

/* With what the database says, nobody here knows what that is: MariaDB has a word for it, MySQL has none (8.0 manual,
 * "ALTER TABLE Statement": [DEFAULT] CHARACTER SET [=] charset_name). */
static gboolean collation_clause(const Table *from, const Table *to, MysqlFlavour flavour, GPtrArray *clauses,
                                 GError **error)
{
    const char *charset = options_get(to->options, "charset"), *collation = options_get(to->options, "collate");
    if (!mysql_collation_differs(from, to))
        return TRUE;
    if (!charset && !collation && flavour == FLAVOUR_MYSQL) {
        g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                            "MySQL cannot give a table the database's own character set again; say it: options charset "
                            "and collate");
        return FALSE;
    }
    if (!charset && !collation)
        g_ptr_array_add(clauses, g_strdup("DEFAULT CHARACTER SET DEFAULT"));
    else
        g_ptr_array_add(clauses,
                        g_strdup_printf("DEFAULT%s%s%s%s", charset ? " CHARACTER SET " : "", charset ? charset : "",
                                        collation ? " COLLATE " : "", collation ? collation : ""));
    return TRUE;
}

static gboolean refuse_periods(const Table *from, const Table *to, GError **error)
{
    if (!differs(from, to, "period_for_system_time"))
        return TRUE;
    g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                        "the period of system time of a table is not changed; write it into a revision by hand");
    return FALSE;
}

/* "name (start, end)" */
static void period_clauses(const Table *from, const Table *to, GPtrArray *clauses)
{
    const char *before = options_get(from->options, "period"), *now = options_get(to->options, "period");
    if (g_strcmp0(before, now) == 0)
        return;
    const char *columns = before ? strrchr(before, '(') : NULL;
    if (columns)
        g_ptr_array_add(clauses, g_strdup_printf("DROP PERIOD FOR %.*s", (int)(columns - before - 1), before));
    if (now)
        g_ptr_array_add(clauses, g_strdup_printf("ADD PERIOD FOR %s", now));
}

gboolean mysql_option_clauses(const Table *from, const Table *to, MysqlFlavour flavour, GPtrArray *clauses,
                              GError **error)
{
    if (!refuse_periods(from, to, error) || !collation_clause(from, to, flavour, clauses, error))
        return FALSE;
    period_clauses(from, to, clauses);
    for (guint i = 0; i < from->options->len; i++) {
        const Option *option = from->options->pdata[i];
        if (!options_get(to->options, option->name) && strcmp(option->name, "charset") != 0 &&
            strcmp(option->name, "collate") != 0)
            option_clause(option->name, default_value(option->name), clauses);
    }
    for (guint i = 0; i < to->options->len; i++) {
        const Option *option = to->options->pdata[i];
        if (differs(from, to, option->name) && strcmp(option->name, "charset") != 0 &&
            strcmp(option->name, "collate") != 0)
            option_clause(option->name, option->value ? option->value : "1", clauses);
    }
    if (g_strcmp0(from->comment ? from->comment : "", to->comment ? to->comment : "") != 0) {
        g_autofree char *comment = mysql_quote_literal(to->comment ? to->comment : "");
        g_ptr_array_add(clauses, g_strdup_printf("COMMENT=%s", comment));
    }
    return TRUE;
}

/* --- partitions --- */

static void add_partition_clause(MysqlCompiler *compiler, const Table *table, char *clause)
{
    g_autoptr(GPtrArray) clauses = strings_new();
    g_ptr_array_add(clauses, clause);
    mysql_add_alter(compiler, table->name, "", clauses);
}

/* The partitions that `to` has behind all of `from`'s, with the final parenthesis; NULL: something else differs. */
static const char *added_partitions(const char *from, const char *to)
{
    gsize length = strlen(from), position = 0;
    gsize to_length = strlen(to), to_position = 0;
    int depth = 0;
    for (;;) {
        SqlToken token = sql_next_significant(&mariadb_dialect, from, length, &position);
        SqlToken other = sql_next_significant(&mariadb_dialect, to, to_length, &to_position);
        if (sql_token_is(&token, from, "("))
            depth++;
        else if (sql_token_is(&token, from, ")"))
            depth--;
        gsize behind = position;
        if (sql_token_is(&token, from, ")") && depth == 0 && sql_token_is(&other, to, ",") &&
            sql_next_significant(&mariadb_dialect, from, length, &behind).kind == SQL_TOKEN_END)
            return to + to_position;
        if (token.kind == SQL_TOKEN_END || token.kind != other.kind || token.length != other.length ||
            g_ascii_strncasecmp(from + token.start, to + other.start, token.length) != 0)
            return NULL;
    }
}

/* Only RANGE and LIST have partitions with values; what ADD PARTITION does to others moves rows. */
static gboolean takes_more_partitions(const char *text)
{
    return g_ascii_strncasecmp(text, "RANGE", 5) == 0 || g_ascii_strncasecmp(text, "LIST", 4) == 0;
}

/* A key that partitions need comes before them, and goes behind them. */
void mysql_partition_before(MysqlCompiler *compiler, const Table *from, const Table *to, gboolean others)
{
    const char *before = options_get(from->options, "partition_by"), *now = options_get(to->options, "partition_by");
    if (!before || g_strcmp0(before, now) == 0 || (now && (!others || added_partitions(before, now))))
        return;
    add_partition_clause(compiler, to, g_strdup("REMOVE PARTITIONING"));
}

/* Dropped partitions would take their rows along: all rows are divided anew instead, and the server refuses one that
 * fits nowhere. */
void mysql_partition_behind(MysqlCompiler *compiler, const Table *from, const Table *to)
{
    const char *before = options_get(from->options, "partition_by"), *now = options_get(to->options, "partition_by");
    if (!now || g_strcmp0(before, now) == 0)
        return;
    const char *added = before && takes_more_partitions(now) ? added_partitions(before, now) : NULL;
    if (!added)
        add_partition_clause(compiler, to, g_strdup_printf("PARTITION BY %s", now));
    else
        add_partition_clause(compiler, to, g_strdup_printf("ADD PARTITION (%s", added + strspn(added, " \t\r\n")));
}
