/* What MariaDB stores of a bulk_insert. */
#include "bulk_rows.h"

#include "support/mysql.h"

static void test_rows(void **state)
{
    (void)state;
    g_autofree char *database = mysql_database("bulk");
    g_autoptr(Url) url = url_parse(database, NULL);
    ConnectOptions options = {0};
    g_autoptr(Connection) connection = connection_open(&mysql_driver, url, &options, NULL);
    assert_non_null(connection);
    mysql_run(database,
              "CREATE TABLE literals (id INT, r NUMERIC(10, 2), f DOUBLE, s VARCHAR(80), b BLOB, t DATETIME, d "
              "DATE, o BOOLEAN, j JSON, u UUID, `order` BIGINT); CREATE TABLE parameters LIKE literals; "
              "CREATE TABLE chunks (a INT, b LONGTEXT); CREATE TABLE defaults (a INT DEFAULT 7)");
    store_twice(&mariadb_dialect, connection);
    static const char expected[] =
        "1|-12.50|1500|it's \"\\n\" ä😀 -- ? $1 %s|00275CFF|2026-01-02 03:04:05|2026-01-02|1|{\"a\": [1, \"it's "
        "\\\"\\\\\"]}|550e8400-e29b-41d4-a716-446655440000|-9223372036854775808\n"
        "2|0.05|7|||2026-12-31 23:59:59|NULL|0|null|NULL|9223372036854775807\n"
        "3|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n";
    g_autofree char *literals =
        mysql_rows(database, "SELECT id, r, f, s, HEX(b), t, d, o, j, u, `order` FROM literals ORDER BY id");
    g_autofree char *parameters =
        mysql_rows(database, "SELECT id, r, f, s, HEX(b), t, d, o, j, u, `order` FROM parameters ORDER BY id");
    assert_string_equal(literals, expected);
    assert_string_equal(parameters, expected);
    store_chunks(&mariadb_dialect, connection, 2 + (70000 - 7 + 32766) / 32767);
    store_defaults(&mariadb_dialect, connection);
    g_autofree char *chunks =
        mysql_rows(database, "SELECT count(*), sum(length(b)), (SELECT sum(a) FROM defaults) FROM chunks");
    assert_string_equal(chunks, "70000|3069998|14\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests_name("dialect/mysql_bulk_insert", tests, NULL, NULL);
}
