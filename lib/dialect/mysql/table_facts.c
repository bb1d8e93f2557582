#include "dialect/mysql/table_facts.h"

#include <string.h>

enum { QUERY_TABLE, QUERY_COLUMNS, QUERY_INDEXES, QUERY_CONSTRAINTS, QUERY_PARTITIONS, N_QUERIES };

static const char *const queries[N_QUERIES] = {
    [QUERY_TABLE] = "SELECT ENGINE, ROW_FORMAT, TABLE_COLLATION, TABLE_COMMENT FROM information_schema.TABLES "
                    "WHERE {}",
    [QUERY_COLUMNS] = "SELECT COLUMN_NAME, COLUMN_TYPE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA, COLUMN_COMMENT, "
                      "IS_NULLABLE = 'YES', COLUMN_KEY = 'PRI' FROM information_schema.COLUMNS "
                      "WHERE {} ORDER BY ORDINAL_POSITION",
    [QUERY_INDEXES] = "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART, COLLATION = 'D' FROM information_schema.STATISTICS "
                      "WHERE {} ORDER BY INDEX_NAME, SEQ_IN_INDEX",
    [QUERY_CONSTRAINTS] = "SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE = 'CHECK' FROM "
                          "information_schema.TABLE_CONSTRAINTS "
                          "WHERE {} AND CONSTRAINT_TYPE IN ('CHECK', 'FOREIGN KEY')",
    [QUERY_PARTITIONS] = "SELECT DISTINCT PARTITION_NAME FROM information_schema.PARTITIONS "
                         "WHERE {} AND PARTITION_NAME IS NOT NULL",
};

static void column_facts_free(gpointer data)
{
    ColumnFacts *column = data;
    g_free(column->name);
    g_free(column->type);
    g_free(column->server_default);
    g_free(column->collation);
    g_free(column->extra);
    g_free(column->comment);
    g_free(column);
}

void mysql_table_facts_free(TableFacts *facts)
{
    if (facts == NULL)
        return;
    g_ptr_array_unref(facts->columns);
    g_hash_table_unref(facts->indexes);
    g_hash_table_unref(facts->checks);
    g_hash_table_unref(facts->keys);
    g_hash_table_unref(facts->partitions);
    g_free(facts->engine);
    g_free(facts->row_format);
    g_free(facts->collation);
    g_free(facts->comment);
    g_free(facts);
}

char *mysql_fold_name(const char *name)
{
    return g_utf8_casefold(name, -1);
}

const ColumnFacts *mysql_column_facts(const TableFacts *facts, const char *name, guint *position)
{
    g_autofree char *folded = mysql_fold_name(name);
    for (guint i = 0; i < facts->columns->len; i++) {
        const ColumnFacts *column = facts->columns->pdata[i];
        g_autofree char *other = mysql_fold_name(column->name);
        if (strcmp(folded, other) != 0)
            continue;
        if (position != NULL)
            *position = i;
        return column;
    }
    return NULL;
}

/* --- reading --- */

/* MySQL keeps the bare value of a literal; EXTRA says DEFAULT_GENERATED for an expression (8.0 manual, "The
 * INFORMATION_SCHEMA COLUMNS Table"). MariaDB says NULL for the default that every nullable column has. */
static char *default_of(const TableFacts *facts, const char *text, const char *extra)
{
    if (text == NULL || (facts->flavour == FLAVOUR_MARIADB && g_ascii_strcasecmp(text, "NULL") == 0))
        return NULL;
    if (facts->flavour == FLAVOUR_MARIADB || strstr(extra, "DEFAULT_GENERATED") != NULL)
        return g_strdup(text);
    return mysql_quote_literal(text);
}

static void read_row(TableFacts *facts, guint query, Result *row)
{
    const char *name = result_text(row, 0);
    char *folded = name != NULL && query != QUERY_TABLE ? mysql_fold_name(name) : NULL;

    switch (query) {
    case QUERY_TABLE:
        facts->exists = TRUE;
        facts->engine = g_strdup(name);
        facts->row_format = g_strdup(result_text(row, 1));
        facts->collation = g_strdup(result_text(row, 2));
        facts->comment = g_strdup(result_text(row, 3));
        return;
    case QUERY_COLUMNS: {
        ColumnFacts *column = g_new0(ColumnFacts, 1);
        column->name = g_strdup(name);
        column->type = g_strdup(result_text(row, 1));
        column->extra = g_ascii_strup(result_text(row, 4), -1);
        column->server_default = default_of(facts, result_text(row, 2), column->extra);
        column->collation = g_strdup(result_text(row, 3));
        column->comment = g_strdup(result_text(row, 5));
        column->nullable = result_integer(row, 6) != 0;
        column->in_primary_key = result_integer(row, 7) != 0;
        g_ptr_array_add(facts->columns, column);
        break;
    }
    case QUERY_INDEXES: {
        const char *before = g_hash_table_lookup(facts->indexes, folded);
        g_autofree char *part = mysql_fold_name(result_text(row, 1) != NULL ? result_text(row, 1) : "()");
        g_autofree char *prefix = result_text(row, 2) != NULL ? g_strdup_printf("(%s)", result_text(row, 2)) : NULL;
        char *columns = g_strconcat(before != NULL ? before : "", before != NULL ? "," : "", part,
                                    prefix != NULL ? prefix : "", result_integer(row, 3) != 0 ? " desc" : "", NULL);
        g_hash_table_replace(facts->indexes, g_steal_pointer(&folded), columns);
        break;
    }
    case QUERY_CONSTRAINTS:
        g_hash_table_add(result_integer(row, 1) != 0 ? facts->checks : facts->keys, g_steal_pointer(&folded));
        break;
    default:
        g_hash_table_add(facts->partitions, g_steal_pointer(&folded));
    }
    g_free(folded);
}

static gboolean read_rows(TableFacts *facts, Result **results, GError **error)
{
    for (guint i = 0; i < N_QUERIES; i++) {
        int row = 0;
        while ((row = result_next(results[i], error)) > 0)
            read_row(facts, i, results[i]);
        if (row < 0)
            return FALSE;
    }
    return TRUE;
}

static GHashTable *new_names(GDestroyNotify value_free)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
}

TableFacts *mysql_table_facts_read(Connection *connection, const Target *table, GError **error)
{
    g_autoptr(TableFacts) facts = g_new0(TableFacts, 1);
    g_autofree char *schema = table->schema != NULL ? mysql_quote_literal(table->schema) : g_strdup("database()");
    g_autofree char *name = mysql_quote_literal(table->name);
    g_autofree char *where = g_strdup_printf("TABLE_SCHEMA = %s AND TABLE_NAME = %s", schema, name);
    g_autoptr(GPtrArray) sql = g_ptr_array_new_with_free_func(g_free);
    Request requests[N_QUERIES] = {0};
    Result *results[N_QUERIES] = {NULL};

    facts->flavour = g_strcmp0(connection_server_product(connection), "MariaDB") == 0 ? FLAVOUR_MARIADB : FLAVOUR_MYSQL;
    facts->columns = g_ptr_array_new_with_free_func(column_facts_free);
    facts->indexes = new_names(g_free);
    facts->checks = new_names(NULL);
    facts->keys = new_names(NULL);
    facts->partitions = new_names(NULL);
    for (guint i = 0; i < N_QUERIES; i++) {
        g_autoptr(GString) query = g_string_new(queries[i]);
        g_string_replace(query, "{}", where, 1);
        g_ptr_array_add(sql, g_strdup(query->str));
        requests[i].sql = sql->pdata[i];
    }
    if (!connection_run_many(connection, requests, N_QUERIES, results, NULL, error))
        return NULL;
    gboolean read = read_rows(facts, results, error);
    for (guint i = 0; i < N_QUERIES; i++)
        result_free(results[i]);
    return read ? g_steal_pointer(&facts) : NULL;
}
