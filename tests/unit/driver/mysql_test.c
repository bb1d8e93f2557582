/* MySQL's and MariaDB's driver on a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/mysql.h"

static void test_server(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("one");
    mysql_run(url, "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, NULL), (2, 'x')");
    g_autofree char *rows = mysql_rows(url, "SELECT * FROM t ORDER BY a");
    assert_string_equal(rows, "1|NULL\n2|x\n");
    mysql_kill_server();
    g_autofree char *after = mysql_rows(url, "SELECT * FROM t ORDER BY a");
    assert_string_equal(after, "1|NULL\n2|x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_server)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
