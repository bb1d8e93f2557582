/* What a statement changes beyond the database it runs in: nothing for a throw-away one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/dialect.h"

static void check(const Dialect *dialect, const char *const *statements, gboolean reaches)
{
    for (; *statements; statements++) {
        const char *what = dialect->reaches_beyond(*statements, strlen(*statements));
        if ((what != NULL) != reaches)
            fail_msg("%s: %s: %s", dialect->name, *statements, what ? what : "reaches nothing");
    }
}

static void test_sqlite(void **state)
{
    (void)state;
    static const char *const beyond[] = {"ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'",
                                         "/* now */ vacuum main into 'copy.db'", NULL};
    static const char *const within[] = {"VACUUM", "INSERT INTO t VALUES ('VACUUM INTO')", "DETACH other", NULL};
    check(&sqlite_dialect, beyond, TRUE);
    check(&sqlite_dialect, within, FALSE);
}

static void test_postgresql(void **state)
{
    (void)state;
    static const char *const beyond[] = {"CREATE ROLE app LOGIN",
                                         "alter user app SET search_path = x",
                                         "DROP GROUP g",
                                         "GRANT reader TO app",
                                         "REVOKE reader FROM app",
                                         "CREATE DATABASE other",
                                         "ALTER DATABASE shop SET timezone = 'UTC'",
                                         "DROP TABLESPACE fast",
                                         "ALTER SYSTEM SET work_mem = '1GB'",
                                         "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
                                         "COMMENT ON ROLE app IS 'x'",
                                         NULL};
    static const char *const within[] = {"GRANT SELECT ON t TO app",
                                         "GRANT USAGE ON SCHEMA s TO app",
                                         "CREATE TABLE role (id int)",
                                         "CREATE USER MAPPING FOR app SERVER s",
                                         "ALTER TABLE t OWNER TO app",
                                         "COMMENT ON TABLE t IS 'ROLE'",
                                         "INSERT INTO other.t VALUES (1)",
                                         "DROP SCHEMA s",
                                         NULL};
    check(&postgresql_dialect, beyond, TRUE);
    check(&postgresql_dialect, within, FALSE);
}

static void test_mysql(void **state)
{
    (void)state;
    static const char *const beyond[] = {"CREATE USER app",
                                         "CREATE OR REPLACE ROLE r",
                                         "GRANT SELECT ON shop.* TO app",
                                         "SET GLOBAL max_connections = 5",
                                         "SET @x = 1, @@global.sql_mode = ''",
                                         "SET PASSWORD FOR app = ''",
                                         "DROP DATABASE shop",
                                         "ALTER DATABASE shop COLLATE utf8mb4_bin",
                                         "CREATE TABLE shop.orders (id INT)",
                                         "CREATE TABLE IF NOT EXISTS `archive`.orders (id INT)",
                                         "INSERT INTO archive . orders SELECT * FROM orders",
                                         "UPDATE shop.orders SET n = 1",
                                         "DELETE FROM shop.orders",
                                         "DROP TABLE a, shop.b",
                                         "RENAME TABLE orders TO archive.orders",
                                         "TRUNCATE shop.orders",
                                         "CREATE INDEX i ON shop.orders (n)",
                                         "CREATE TRIGGER t BEFORE INSERT ON shop.orders FOR EACH ROW SET NEW.n = 1",
                                         "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW INSERT INTO log.x "
                                         "VALUES (NEW.n)",
                                         "INSTALL SONAME 'x'",
                                         NULL};
    static const char *const within[] = {
        "CREATE TABLE orders (id INT, n INT, FOREIGN KEY (n) REFERENCES o (id) ON "
        "UPDATE CASCADE ON DELETE CASCADE)",
        "CREATE VIEW v AS SELECT a.n FROM a JOIN b ON a.id = b.id",
        "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW UPDATE a JOIN b ON a.id "
        "= b.id SET a.n = NEW.n",
        "INSERT INTO a (n) VALUES (1) ON DUPLICATE KEY UPDATE a.n = 2",
        "INSERT INTO a SELECT * FROM information_schema.tables",
        "ALTER DATABASE CHARACTER SET utf8mb4",
        "SET @x = 1, sql_mode = ''",
        "SET NAMES utf8mb4",
        "DELETE a.* FROM a JOIN b ON a.id = b.id",
        "ALTER TABLE a RENAME COLUMN b TO c",
        "UPDATE a SET a.n = REPLACE(a.n, 'x', 'y')",
        NULL};
    check(&mysql_dialect, beyond, TRUE);
    check(&mariadb_dialect, beyond, TRUE);
    check(&mysql_dialect, within, FALSE);
    check(&mariadb_dialect, within, FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_postgresql),
        cmocka_unit_test(test_mysql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
