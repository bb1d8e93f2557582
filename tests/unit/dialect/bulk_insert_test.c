/* The rows of a bulk_insert as text and as parameters; what SQLite stores of them. */
#include "bulk_rows.h"

static Connection *open_memory(void)
{
    g_autoptr(Url) url = url_parse("sqlite://", NULL);
    ConnectOptions options = {0};
    Connection *connection = connection_open(&sqlite_driver, url, &options, NULL);
    assert_non_null(connection);
    return connection;
}

static char *scalar(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    char *value = connection_scalar(connection, sql, &error);
    if (error)
        fail_msg("%s\n%s", error->message, sql);
    return value;
}

static void test_sqlite(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    for (guint way = 0; way < 2; way++) {
        g_autofree char *create = g_strdup_printf(
            "CREATE TABLE %s (id INTEGER, r NUMERIC(10, 2), f DOUBLE, s VARCHAR(80), b BLOB, t DATETIME, d DATE, o "
            "BOOLEAN, j JSON, u CHAR(32), \"order\" BIGINT)",
            way ? "parameters" : "literals");
        run(connection, create);
    }
    store_twice(&sqlite_dialect, connection);
    static const char rows[] =
        "SELECT group_concat(id || quote(r) || typeof(r) || quote(f) || typeof(f) || quote(s) || "
        "quote(b) || typeof(b) || quote(t) || quote(d) || quote(o) || quote(j) || quote(u) || "
        "quote(\"order\") || typeof(\"order\"), '|') FROM ";
    static const char expected[] =
        "1-12.5real1500.0real'it''s \"\\n\" ä😀 -- ? $1 %s'X'00275CFF'blob'2026-01-02 03:04:05''2026-01-02'1"
        "'{\"a\": [1, \"it''s \\\"\\\\\"]}''550e8400e29b41d4a716446655440000'-9223372036854775808integer|"
        "20.05real7.0real''X''blob'2026-12-31 23:59:59'NULL0'null'NULL9223372036854775807integer|"
        "3NULLnullNULLnullNULLNULLnullNULLNULLNULLNULLNULLNULLnull";
    for (guint way = 0; way < 2; way++) {
        g_autofree char *query = g_strconcat(rows, way ? "parameters" : "literals", NULL);
        g_autofree char *found = scalar(connection, query);
        assert_string_equal(found, expected);
    }
}

static void test_chunks(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_memory();
    run(connection, "CREATE TABLE chunks (a INTEGER, b TEXT)");
    run(connection, "CREATE TABLE defaults (a DEFAULT 7)");
    store_chunks(&sqlite_dialect, connection, 2 + (70000 - 7 + 16382) / 16383);
    store_defaults(&sqlite_dialect, connection);
    g_autofree char *found = scalar(connection, "SELECT count(*) || ' ' || sum(length(b)) FROM chunks");
    assert_string_equal(found, "70000 3069998");
    g_autofree char *defaults = scalar(connection, "SELECT group_concat(a) FROM defaults");
    assert_string_equal(defaults, "7,7");
}

/* --- the text --- */

static void assert_statement(const Dialect *dialect, const BulkColumn *columns, const BulkValue *values, guint n,
                             const char *sql, const char *prepared)
{
    BulkInsert *insert = new_insert("My table", columns, n);
    insert->schema = g_strdup("app");
    g_ptr_array_add(insert->rows, (gpointer)values);
    g_autoptr(GPtrArray) statements = statements_of(dialect, insert);
    assert_int_equal(statements->len, 1);
    assert_string_equal(((const BulkStatement *)statements->pdata[0])->sql, sql);
    assert_string_equal(((const BulkStatement *)statements->pdata[0])->prepared, prepared);
    end_insert(insert);
}

static const BulkColumn some_columns[] = {{"select", NULL}, {"a", "Boolean"}, {"b", NULL}};
static const BulkValue some_values[] = {
    {BULK_TEXT, (char *)"a\\b'c", 0}, {BULK_NUMBER, (char *)"1", 0}, {BULK_BINARY, (char *)"\0\xFE", 2}};

static void test_text(void **state)
{
    (void)state;
    assert_statement(&sqlite_dialect, some_columns, some_values, 3,
                     "INSERT INTO app.\"My table\" (\"select\", a, b) VALUES ('a\\b''c', 1, X'00fe')",
                     "INSERT INTO app.\"My table\" (\"select\", a, b) VALUES (?, ?, ?)");
    BulkInsert *none = new_insert("t", some_columns, 3);
    g_autoptr(GPtrArray) statements = statements_of(&sqlite_dialect, none);
    assert_int_equal(statements->len, 0);
    end_insert(none);
}

#ifdef MIGRATE_WITH_POSTGRESQL
static void test_text_for_postgresql(void **state)
{
    (void)state;
    assert_statement(&postgresql_dialect, some_columns, some_values, 3,
                     "INSERT INTO app.\"My table\" (\"select\", a, b) VALUES ('a\\b''c', true, '\\x00fe'::bytea)",
                     "INSERT INTO app.\"My table\" (\"select\", a, b) VALUES ($1, $2, $3)");
}
#endif

#ifdef MIGRATE_WITH_MYSQL
static void test_text_for_mysql(void **state)
{
    (void)state;
    assert_statement(&mysql_dialect, some_columns, some_values, 3,
                     "INSERT INTO app.`My table` (`select`, a, b) VALUES ('a\\\\b''c', 1, X'00fe')",
                     "INSERT INTO app.`My table` (`select`, a, b) VALUES (?, ?, ?)");
    static const BulkColumn times[] = {{"a", "DateTime"}, {"b", "Time"}, {"c", "DateTime(timezone=true)"}};
    const BulkValue utc[] = {{BULK_TEXT, (char *)"2026-01-02T03:04:05.123Z", 0},
                             {BULK_TEXT, (char *)"03:04:05+00:00", 0},
                             {BULK_TEXT, (char *)"2026-01-02", 0}};
    assert_statement(
        &mariadb_dialect, times, utc, 3,
        "INSERT INTO app.`My table` (a, b, c) VALUES ('2026-01-02 03:04:05.123', '03:04:05', '2026-01-02')",
        "INSERT INTO app.`My table` (a, b, c) VALUES (?, ?, ?)");
    const BulkValue elsewhere[] = {
        {BULK_NULL, NULL, 0}, {BULK_NULL, NULL, 0}, {BULK_TEXT, (char *)"2026-01-02 03:04:05+02:00", 0}};
    BulkInsert *insert = new_insert("t", times, 3);
    g_ptr_array_add(insert->rows, (gpointer)utc);
    g_ptr_array_add(insert->rows, (gpointer)elsewhere);
    g_autoptr(GError) error = NULL;
    assert_null(bulk_insert_statements(&mysql_dialect, insert, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    assert_string_equal(error->message,
                        "bulk_insert: row 2, column 'c': '2026-01-02 03:04:05+02:00' has an offset from UTC, which "
                        "this database cannot store: write the time in UTC");
    end_insert(insert);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_text),
#ifdef MIGRATE_WITH_POSTGRESQL
        cmocka_unit_test(test_text_for_postgresql),
#endif
#ifdef MIGRATE_WITH_MYSQL
        cmocka_unit_test(test_text_for_mysql),
#endif
    };
    return cmocka_run_group_tests_name("dialect/bulk_insert", tests, NULL, NULL);
}
