/* What only SHOW CREATE TABLE tells: partitions as they were declared (information_schema.PARTITIONS has neither the
 * interval of SYSTEM_TIME nor what tells DEFAULT from IN (0)), the parsers of FULLTEXT keys, periods of an application
 * (MariaDB). */
#include <string.h>

#include "base/error.h"
#include "dialect/mysql/inspector.h"
#include "dialect/reader.h"

/* --- the items between CREATE TABLE's parentheses --- */

/* To the "," behind this item, or to the ")" behind the last. */
static void skip_item(SqlReader *reader)
{
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, ",") && !sql_reader_is(reader, ")"))
        if (!sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
}

/* Behind FULLTEXT. */
static void read_fulltext(SqlReader *reader, const Table *table)
{
    sql_reader_take(reader, "KEY");
    g_autofree char *name = sql_reader_take_identifier(reader);
    const Index *index = name ? table_find_index(table, name) : NULL;

    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, ",") && !sql_reader_is(reader, ")")) {
        if (sql_reader_take_words(reader, "WITH", "PARSER")) {
            g_autofree char *parser = sql_reader_take_identifier(reader);
            if (index != NULL && parser != NULL)
                options_set(index->options, "with_parser", parser);
        } else if (!sql_reader_skip_parentheses(reader)) {
            sql_reader_advance(reader);
        }
    }
}

/* The server keeps the order of a period's columns as a check of the table that has the period's name. */
static void forget_check(const Table *table, const char *name)
{
    for (guint i = table->constraints->len; i > 0; i--) {
        const Constraint *check = table->constraints->pdata[i - 1];
        if (check->kind == CONSTRAINT_CHECK && g_strcmp0(check->name, name) == 0 &&
            options_get(check->options, "column") == NULL)
            g_ptr_array_remove_index(table->constraints, i - 1);
    }
}

/* Behind PERIOD FOR: name (start, end). */
static void read_period(SqlReader *reader, Table *table)
{
    g_autofree char *period = sql_reader_take_identifier(reader);

    if (period == NULL || g_ascii_strcasecmp(period, "SYSTEM_TIME") == 0 || !sql_reader_take(reader, "("))
        return;
    g_autofree char *start = sql_reader_take_identifier(reader);
    gboolean more = sql_reader_take(reader, ",");
    g_autofree char *end = more ? sql_reader_take_identifier(reader) : NULL;
    if (start == NULL || end == NULL || !sql_reader_take(reader, ")"))
        return;
    g_autofree char *name = mysql_quote_identifier(period), *from = mysql_quote_identifier(start);
    g_autofree char *to = mysql_quote_identifier(end);
    g_autofree char *text = g_strdup_printf("%s (%s, %s)", name, from, to);
    options_set(table->options, "period", text);
    forget_check(table, period);
}

/* A unique key: … (a, p WITHOUT OVERLAPS), which the catalog tells as one of a, the period's end and its start. */
static void read_unique(SqlReader *reader, const Table *table)
{
    sql_reader_take(reader, "KEY");
    g_autofree char *name = sql_reader_take_identifier(reader), *last = NULL;
    const Index *index = name ? table_find_index(table, name) : NULL;

    if (index == NULL || !sql_reader_take(reader, "("))
        return;
    while (!sql_reader_at_end(reader) && !sql_reader_is(reader, ")")) {
        if (last != NULL && index->columns->len >= 2 && sql_reader_take_words(reader, "WITHOUT", "OVERLAPS")) {
            options_set(index->options, "without_overlaps", last);
            g_ptr_array_set_size(index->columns, (int)index->columns->len - 2);
            continue;
        }
        g_clear_pointer(&last, g_free);
        last = sql_reader_take_identifier(reader);
        if (last == NULL && !sql_reader_skip_parentheses(reader))
            sql_reader_advance(reader);
    }
    sql_reader_take(reader, ")");
}

static void read_item(SqlReader *reader, Table *table)
{
    if (sql_reader_take(reader, "FULLTEXT"))
        read_fulltext(reader, table);
    else if (sql_reader_take_words(reader, "PERIOD", "FOR"))
        read_period(reader, table);
    else if (sql_reader_take(reader, "UNIQUE"))
        read_unique(reader, table);
    skip_item(reader);
}

/* --- all together --- */

static void read_partitions(const SqlReader *reader, Table *table)
{
    const char *engine = options_get(table->options, "engine");
    g_autofree char *text = mysql_partition_by(reader->sql + reader->token.start, engine);
    options_set(table->options, "partition_by", text);
}

static void read_create(const MysqlInspector *inspector, const char *sql, Table *table)
{
    SqlReader reader = sql_reader_new(inspector_dialect(inspector), sql, strlen(sql));

    while (!sql_reader_at_end(&reader) && !sql_reader_is(&reader, "("))
        sql_reader_advance(&reader);
    do {
        sql_reader_advance(&reader);
        read_item(&reader, table);
    } while (sql_reader_is(&reader, ","));
    while (!sql_reader_at_end(&reader) && !sql_reader_take_words(&reader, "PARTITION", "BY"))
        if (!sql_reader_skip_parentheses(&reader))
            sql_reader_advance(&reader);
    if (!sql_reader_at_end(&reader))
        read_partitions(&reader, table);
}

/* Its check is one of the table that compares two columns with <. */
static gboolean may_have_period(const MysqlInspector *inspector, const Table *table)
{
    for (guint i = 0; inspector->flavour == FLAVOUR_MARIADB && i < table->constraints->len; i++) {
        const Constraint *check = table->constraints->pdata[i];
        if (check->kind != CONSTRAINT_CHECK || options_get(check->options, "column") != NULL)
            continue;
        SqlReader reader = sql_reader_new(inspector_dialect(inspector), check->expression, strlen(check->expression));
        g_autofree char *start = sql_reader_take_identifier(&reader);
        gboolean less = sql_reader_take(&reader, "<");
        g_autofree char *end = less ? sql_reader_take_identifier(&reader) : NULL;
        if (start != NULL && end != NULL && sql_reader_at_end(&reader))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_fulltext(const Table *table)
{
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        if (g_strcmp0(options_get(index->options, "prefix"), "FULLTEXT") == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean read_answers(const MysqlInspector *inspector, const GPtrArray *tables, Result **results, GError **error)
{
    enum { NAME, SQL };

    for (guint i = 0; i < tables->len; i++) {
        int more = result_next(results[i], error);
        if (more > 0)
            read_create(inspector, result_text(results[i], SQL), tables->pdata[i]);
        if (more <= 0)
            return FALSE;
    }
    return TRUE;
}

gboolean mysql_read_creates(MysqlInspector *inspector, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new(), texts = strings_new();
    g_autofree char *database = sql_quote(inspector->database, '`');

    for (guint i = 0; i < inspector->metadata->tables->len; i++) {
        Table *table = inspector->metadata->tables->pdata[i];
        if (!g_hash_table_contains(inspector->partitioned, table) && !has_fulltext(table) &&
            !may_have_period(inspector, table))
            continue;
        g_autofree char *name = sql_quote(table->name, '`');
        g_ptr_array_add(tables, table);
        g_ptr_array_add(texts, g_strdup_printf("SHOW CREATE TABLE %s.%s", database, name));
    }
    if (tables->len == 0)
        return TRUE;
    g_autofree Request *requests = g_new0(Request, tables->len);
    g_autofree Result **results = g_new0(Result *, tables->len);
    for (guint i = 0; i < tables->len; i++)
        requests[i].sql = texts->pdata[i];
    gboolean done = connection_run_many(inspector->connection, requests, tables->len, results, NULL, error);
    done = done && read_answers(inspector, tables, results, error);
    for (guint i = 0; i < tables->len; i++)
        result_free(results[i]);
    return done;
}
