/* What PostgreSQL stores of a bulk_insert. */
#include "bulk_rows.h"

#include "support/postgresql.h"

static void test_rows(void **state)
{
    (void)state;
    g_autofree char *database = postgresql_database("bulk");
    g_autoptr(Url) url = url_parse(database, NULL);
    ConnectOptions options = {0};
    g_autoptr(Connection) connection = connection_open(&postgresql_driver, url, &options, NULL);
    assert_non_null(connection);
    postgresql_run(database,
                   "CREATE TABLE literals (id integer, r numeric(10, 2), f double precision, s varchar(80), b "
                   "bytea, t timestamp, d date, o boolean, j json, u uuid, \"order\" bigint); CREATE TABLE "
                   "parameters (LIKE literals); CREATE TABLE chunks (a integer, b text); CREATE TABLE "
                   "defaults (a integer DEFAULT 7)");
    store_twice(&postgresql_dialect, connection);
    static const char expected[] =
        "1|-12.50|1500|it's \"\\n\" ä😀 -- ? $1 %s|\\x00275cff|2026-01-02 03:04:05|2026-01-02|t|{\"a\": [1, \"it's "
        "\\\"\\\\\"]}|550e8400-e29b-41d4-a716-446655440000|-9223372036854775808\n"
        "2|0.05|7||\\x|2026-12-31 23:59:59|NULL|f|null|NULL|9223372036854775807\n"
        "3|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n";
    g_autofree char *literals = postgresql_rows(database, "SELECT * FROM literals ORDER BY id");
    g_autofree char *parameters = postgresql_rows(database, "SELECT * FROM parameters ORDER BY id");
    assert_string_equal(literals, expected);
    assert_string_equal(parameters, expected);
    store_chunks(&postgresql_dialect, connection, 2 + (70000 - 7 + 32766) / 32767);
    store_defaults(&postgresql_dialect, connection);
    g_autofree char *chunks =
        postgresql_rows(database, "SELECT count(*), sum(length(b)), (SELECT sum(a) FROM defaults) FROM chunks");
    assert_string_equal(chunks, "70000|3069998|14\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests_name("dialect/postgresql_bulk_insert", tests, NULL, NULL);
}
