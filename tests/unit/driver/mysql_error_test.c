/* What error numbers mean and where a syntax error is, also those that no server here gives; which statements travel
 * together; what a server's version says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "driver/mysql_batch.h"
#include "driver/mysql_error.h"
#include "driver/mysql_url.h"

static void test_classes(void **state)
{
    (void)state;
    static const struct {
        guint code;
        DriverError class;
        const char *words, *hint;
    } cases[] = {
        {1205, DRIVER_ERROR_BUSY, "", "lock_timeout"},
        {1213, DRIVER_ERROR_BUSY, "", NULL},
        {3572, DRIVER_ERROR_BUSY, "", "lock_timeout"},
        {1062, DRIVER_ERROR_CONSTRAINT, "", NULL},
        {3819, DRIVER_ERROR_CONSTRAINT, "", NULL},
        {1290, DRIVER_ERROR_READ_ONLY, "running with the --super-read-only option", "replica"},
        {1290, DRIVER_ERROR_STATEMENT, "running with the --skip-grant-tables option", NULL},
        {1836, DRIVER_ERROR_READ_ONLY, "", "replica"},
        {1114, DRIVER_ERROR_FULL, "", "room"},
        {3024, DRIVER_ERROR_STATEMENT, "", "statement_timeout"},
        {1153, DRIVER_ERROR_STATEMENT, "", "max_allowed_packet"},
        {2020, DRIVER_ERROR_STATEMENT, "", "max_allowed_packet"},
        {1049, DRIVER_ERROR_STATEMENT, "", NULL},
        {2006, DRIVER_ERROR_CONNECT, "", "taken effect"},
        {4031, DRIVER_ERROR_CONNECT, "", "taken effect"},
        {1064, DRIVER_ERROR_STATEMENT, "", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *hint = mysql_error_hint(cases[i].code, cases[i].words, KILL_NOT);
        assert_int_equal(mysql_error_class(cases[i].code, cases[i].words, KILL_NOT), cases[i].class);
        assert_int_equal(hint != NULL, cases[i].hint != NULL);
        assert_true(!hint || strstr(hint, cases[i].hint));
    }
    assert_int_equal(mysql_error_class(1317, "", KILL_CANCELLED), DRIVER_ERROR_CANCELLED);
    assert_int_equal(mysql_error_class(1317, "", KILL_TIMEOUT), DRIVER_ERROR_STATEMENT);
    assert_int_equal(mysql_error_class(1317, "", KILL_NOT), DRIVER_ERROR_STATEMENT);
    assert_non_null(strstr(mysql_connect_hint(1049, ""), "CREATE DATABASE"));
    assert_null(mysql_connect_hint(2013, ""));
}

static void test_positions(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *near;
        int position;
    } cases[] = {
        {"SELECT 1 x y", "near 'y' at line 1", 11},
        {"a\nb\na", "near 'a' at line 3", 4},
        {"a a", "near 'a' at line 7", -1}, /* two places, and none on the line */
        {"SELECT (", "near '' at line 1", 8},
        {"DO bad", "near 'bad\n;\nDO 2' at line 1", 3}, /* with what travelled behind it */
        {"DO bad", "near 'other' at line 1", -1},
        {"DO 'x'", "near ''x'' at line 1", 3},
        {"DO bad", "near 'bad", -1}, /* cut off */
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = g_strdup_printf("You have an error in your SQL syntax; %s", cases[i].near);
        assert_int_equal(mysql_error_position(cases[i].sql, 1064, words), cases[i].position);
        assert_int_equal(mysql_error_position(cases[i].sql, 1054, words), -1);
    }
}

static void test_batches(void **state)
{
    (void)state;
    static const char *const together[] = {
        "INSERT INTO t VALUES (1)",    "-- c\n/* c */ # c\nupdate t set a = 1",
        "CREATE TABLE t (a INT)",      "SET @a = 1",
        "SELECT 1 -- with a comment;", "DO 1",
    };
    static const char *const alone[] = {
        "CALL p()",
        "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
        "SET STATEMENT max_statement_time=1 FOR CALL p()",
        "EXECUTE s",
        "/*!50000 CALL p() */",
        "/*M!100000 CALL p() */",
        "-- nothing",
        "/* not closed",
        "",
        "SELECTED",
        "IF 1 THEN SELECT 1; END IF",
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "DELIMITER //",
    };
    Request request[2] = {{.sql = "DO 1"}, {.sql = NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(together); i++) {
        request[1].sql = together[i];
        assert_int_equal(mysql_batch_length(request, 2), 2);
    }
    for (guint i = 0; i < G_N_ELEMENTS(alone); i++) {
        request[1].sql = alone[i];
        assert_int_equal(mysql_batch_length(request, 2), 1);
        assert_int_equal(mysql_batch_length(request + 1, 1), 1);
    }
    request[1] = (Request){.sql = "DO ?", .n_params = 1};
    assert_int_equal(mysql_batch_length(request, 2), 1);
    request[1] = (Request){.sql = "DO 2 ; \n"};
    g_autoptr(GString) text = mysql_batch_text(request, 2);
    assert_string_equal(text->str, "DO 1\n;\nDO 2");
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *text, *product;
        int number;
    } cases[] = {
        {"10.11.19-MariaDB-0+deb12u1", "MariaDB", 101119},
        {"5.5.5-10.6.16-MariaDB-log", "MariaDB", 100616},
        {"8.0.36", "MySQL", 80036},
        {"8.0.36-28.1", "MySQL", 80036},
        {"8.0.mysql_aurora.3.04.0", "MySQL", 80000},
        {"11.4.2-mariadb-ubu2404", "MariaDB", 110402},
        {"9.1.0-cloud", "MySQL", 90100},
        {"", "MySQL", 0},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(mysql_version_number(cases[i].text), cases[i].number);
        assert_string_equal(mysql_product(cases[i].text), cases[i].product);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
