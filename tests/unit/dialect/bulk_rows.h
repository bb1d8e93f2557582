/* Rows of every kind of value, and the same rows stored twice: from literals and from parameters. */
#ifndef MIGRATE_TESTS_DIALECT_BULK_ROWS_H
#define MIGRATE_TESTS_DIALECT_BULK_ROWS_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "base/error.h"
#include "dialect/bulk_insert.h"

#define UNUSED __attribute__((unused))

typedef struct BulkColumn {
    const char *name, *type; /* NULL type: not known */
} BulkColumn;
static const BulkColumn every_column[] = {
    {"id", "Integer"},    {"r", "Numeric(10, 2)"}, {"f", "Double"},         {"s", "String(80)"},
    {"b", "LargeBinary"}, {"t", "DateTime"},       {"d", "Date"},           {"o", "Boolean"},
    {"j", "JSON"},        {"u", "Uuid"},           {"order", "BigInteger"},
};
static const BulkValue every_value[][G_N_ELEMENTS(every_column)] = {
    {{BULK_NUMBER, (char *)"1", 0},
     {BULK_NUMBER, (char *)"-12.50", 0},
     {BULK_NUMBER, (char *)"1.5e3", 0},
     {BULK_TEXT, (char *)"it's \"\\n\" ä😀 -- ? $1 %s", 0},
     {BULK_BINARY, (char *)"\0'\\\xFF", 4},
     {BULK_TEXT, (char *)"2026-01-02T03:04:05", 0},
     {BULK_TEXT, (char *)"2026-01-02", 0},
     {BULK_BOOLEAN, (char *)"true", 0},
     {BULK_JSON, (char *)"{\"a\": [1, \"it's \\\"\\\\\"]}", 0},
     {BULK_TEXT, (char *)"550e8400-e29b-41d4-a716-446655440000", 0},
     {BULK_NUMBER, (char *)"-9223372036854775808", 0}},
    {{BULK_NUMBER, (char *)"2", 0},
     {BULK_TEXT, (char *)"0.05", 0},
     {BULK_NUMBER, (char *)"7", 0},
     {BULK_TEXT, (char *)"", 0},
     {BULK_BINARY, (char *)"", 0},
     {BULK_TEXT, (char *)"2026-12-31 23:59:59", 0},
     {BULK_NULL, NULL, 0},
     {BULK_NUMBER, (char *)"0", 0},
     {BULK_JSON, (char *)"null", 0},
     {BULK_NULL, NULL, 0},
     {BULK_NUMBER, (char *)"9223372036854775807", 0}},
    {{BULK_NUMBER, (char *)"3", 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0},
     {BULK_NULL, NULL, 0}},
};

static UNUSED void free_type(gpointer type)
{
    sql_type_free(type);
}

static BulkInsert *new_insert(const char *table, const BulkColumn *columns, guint n)
{
    BulkInsert *insert = g_new0(BulkInsert, 1);
    insert->table_name = g_strdup(table);
    insert->columns = strings_new();
    insert->types = g_ptr_array_new_with_free_func(free_type);
    insert->rows = g_ptr_array_new();
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(insert->columns, g_strdup(columns[i].name));
        g_ptr_array_add(insert->types, columns[i].type ? sql_type_parse(columns[i].type, NULL) : NULL);
    }
    return insert;
}

/* Their rows are not the insert's own here. */
static void end_insert(BulkInsert *insert)
{
    g_free(insert->schema);
    g_free(insert->table_name);
    g_ptr_array_unref(insert->columns);
    g_ptr_array_unref(insert->types);
    g_ptr_array_unref(insert->rows);
    g_free(insert);
}

static GPtrArray *statements_of(const Dialect *dialect, const BulkInsert *insert)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *statements = bulk_insert_statements(dialect, insert, &error);
    if (!statements)
        fail_msg("%s", error->message);
    return statements;
}

static void send(Connection *connection, const Request *request)
{
    g_autoptr(GError) error = NULL;
    if (!connection_execute_request(connection, request, NULL, &error))
        fail_msg("%s\n%s", error->message, request->sql);
}

static UNUSED void run(Connection *connection, const char *sql)
{
    Request request = {.sql = sql};
    send(connection, &request);
}

/* Into table `literals` by literals and into table `parameters` by parameters. */
static UNUSED void store_twice(const Dialect *dialect, Connection *connection)
{
    for (guint way = 0; way < 2; way++) {
        BulkInsert *insert = new_insert(way ? "parameters" : "literals", every_column, G_N_ELEMENTS(every_column));
        for (guint i = 0; i < G_N_ELEMENTS(every_value); i++)
            g_ptr_array_add(insert->rows, (gpointer)every_value[i]);
        g_autoptr(GPtrArray) statements = statements_of(dialect, insert);
        assert_int_equal(statements->len, 1);
        Request request = bulk_statement_request(statements->pdata[0]);
        Request literal = {.sql = ((const BulkStatement *)statements->pdata[0])->sql};
        send(connection, way ? &request : &literal);
        end_insert(insert);
    }
}

/* Rows without a value, and one that no chunk has room for, twice. */
static UNUSED void store_chunks(const Dialect *dialect, Connection *connection, guint expected)
{
    enum { ROWS = 70000 };
    static const BulkColumn columns[] = {{"a", "Integer"}, {"b", NULL}};
    BulkInsert *insert = new_insert("chunks", columns, G_N_ELEMENTS(columns));
    g_autofree char *long_text = g_strnfill(1500000, 'x');
    const BulkValue small[] = {{BULK_NUMBER, (char *)"1", 0}, {BULK_TEXT, (char *)"y", 0}};
    const BulkValue large[] = {{BULK_NULL, NULL, 0}, {BULK_TEXT, long_text, 0}};
    for (guint i = 0; i < ROWS; i++)
        g_ptr_array_add(insert->rows, (gpointer)(i == 5 || i == 6 ? large : small));
    g_autoptr(GPtrArray) statements = statements_of(dialect, insert);
    guint rows = 0;
    for (guint i = 0; i < statements->len; i++) {
        const BulkStatement *statement = statements->pdata[i];
        Request request = bulk_statement_request(statement);
        assert_true(request.n_params <= dialect->value_style->max_parameters);
        assert_int_equal(request.n_params, 2 * statement->n_rows);
        send(connection, &request);
        rows += statement->n_rows;
    }
    assert_int_equal(rows, ROWS);
    assert_int_equal(statements->len, expected);
    end_insert(insert);
}

static UNUSED void store_defaults(const Dialect *dialect, Connection *connection)
{
    BulkInsert *insert = new_insert("defaults", NULL, 0);
    g_ptr_array_add(insert->rows, (gpointer)every_value[0]);
    g_ptr_array_add(insert->rows, (gpointer)every_value[0]);
    g_autoptr(GPtrArray) statements = statements_of(dialect, insert);
    assert_int_equal(statements->len, 2);
    for (guint i = 0; i < statements->len; i++)
        run(connection, ((const BulkStatement *)statements->pdata[i])->prepared);
    end_insert(insert);
}

#endif
