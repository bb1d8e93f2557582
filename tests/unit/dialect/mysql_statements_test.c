/* What kind of statement it is; whether it commits, the server shows: a row that was inserted before it is there after
 * ROLLBACK or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <mysql.h>

#include "dialect/dialect.h"
#include "support/mysql.h"

static const Dialect *const dialect = &mariadb_dialect;

static void run(MYSQL *server, const char *sql, gboolean may_fail)
{
    if (mysql_query(server, sql) != 0) {
        if (!may_fail)
            fail_msg("%s: %s", sql, mysql_error(server));
        if (mysql_errno(server) == 1064)
            fail_msg("%s: %s", sql, mysql_error(server));
        return;
    }
    do {
        mysql_free_result(mysql_store_result(server));
    } while (mysql_next_result(server) == 0);
}

/* They commit also where they fail, unless the server does not understand them. */
static gboolean commits(MYSQL *server, const char *sql)
{
    run(server, "UNLOCK TABLES", FALSE);
    run(server, "DELETE FROM kept", FALSE);
    run(server, "SET autocommit = 1", FALSE);
    run(server, "START TRANSACTION", FALSE);
    run(server, "INSERT INTO kept VALUES (1)", FALSE);
    run(server, sql, TRUE);
    run(server, "ROLLBACK", FALSE);
    run(server, "UNLOCK TABLES", FALSE);
    run(server, "BACKUP STAGE END", TRUE);
    if (mysql_query(server, "SELECT * FROM kept") != 0)
        fail_msg("%s: %s", sql, mysql_error(server));
    MYSQL_RES *result = mysql_store_result(server);
    gboolean kept = mysql_num_rows(result) > 0;
    mysql_free_result(result);
    return kept;
}

static void assert_is(const char *sql, gboolean found, gboolean expected, const char *what)
{
    if (found != expected)
        fail_msg("%s: %s%s", sql, expected ? "" : "not ", what);
}

static const char *const committing[] = {
    "CREATE TABLE a (x INT)",
    "create or replace table a (x int)",
    "CREATE TABLE IF NOT EXISTS a (x INT)",
    "CREATE TABLE a2 AS SELECT 1",
    "/* c */ CREATE /* d */ TABLE -- e\n a3 (x INT)",
    "/*!40101 CREATE TABLE a4 (x INT) */",
    "/*!40101 CREATE */ /*!50001 TABLE a5 (x INT) */",
    "CREATE INDEX i ON a (x)",
    "DROP INDEX i ON a",
    "CREATE VIEW v AS SELECT 1",
    "ALTER VIEW v AS SELECT 2",
    "DROP VIEW v",
    "CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1",
    "DROP TRIGGER tr",
    "CREATE PROCEDURE p() SELECT 1",
    "ALTER PROCEDURE p COMMENT 'x'",
    "DROP PROCEDURE p",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
    "DROP FUNCTION f",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DO 1",
    "ALTER EVENT e COMMENT 'x'",
    "DROP EVENT e",
    "CREATE SEQUENCE s",
    "ALTER SEQUENCE s RESTART 5",
    "DROP SEQUENCE s",
    "CREATE DATABASE d",
    "ALTER DATABASE d CHARACTER SET latin1",
    "DROP DATABASE d",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')",
    "ALTER SERVER s OPTIONS (HOST '127.0.0.2')",
    "DROP SERVER s",
    "CREATE USER u",
    "ALTER USER u PASSWORD EXPIRE",
    "GRANT SELECT ON *.* TO u",
    "REVOKE SELECT ON *.* FROM u",
    "SET PASSWORD FOR u = PASSWORD('x')",
    "RENAME USER u TO u2",
    "DROP USER u2",
    "CREATE ROLE r",
    "DROP ROLE r",
    "ALTER TABLE a ADD y INT",
    "ALTER TABLE missing ADD y INT",
    "ALTER IGNORE TABLE a ADD z INT",
    "SET STATEMENT max_statement_time = 10, sql_mode = concat('', 'ANSI') FOR ALTER TABLE a DROP z",
    "RENAME TABLE a TO b",
    "TRUNCATE TABLE b",
    "TRUNCATE b",
    "ANALYZE TABLE b",
    "ANALYZE LOCAL TABLE b",
    "CHECK TABLE b",
    "CHECK VIEW b",
    "OPTIMIZE NO_WRITE_TO_BINLOG TABLE b",
    "REPAIR TABLE b",
    "FLUSH STATUS",
    "FLUSH TABLES",
    "RESET QUERY CACHE",
    "INSTALL SONAME 'missing'",
    "UNINSTALL SONAME 'missing'",
    "INSTALL PLUGIN x SONAME 'missing'",
    "BACKUP STAGE START",
    "DROP TABLE b",
    "DROP TABLE IF EXISTS missing",
    "RESET SLAVE",
};

static const char *const keeping[] = {
    "SELECT 1",
    "(SELECT 1)",
    "((SELECT 1) UNION (SELECT 2))",
    "WITH c AS (SELECT 1) SELECT * FROM c",
    "VALUES (1)",
    "INSERT INTO kept VALUES (2)",
    "REPLACE INTO kept VALUES (2)",
    "UPDATE kept SET a = 3",
    "DELETE FROM kept WHERE a = 2",
    "CREATE TEMPORARY TABLE tmp (a INT)",
    "CREATE OR REPLACE TEMPORARY TABLE tmp (a INT)",
    "CREATE TEMPORARY TABLE IF NOT EXISTS tmp (a INT)",
    "DROP TEMPORARY TABLE tmp",
    "DROP TEMPORARY TABLE IF EXISTS tmp",
    "SET @a = 1",
    "SET NAMES utf8mb4",
    "SET SESSION sort_buffer_size = 65536",
    "SET ROLE NONE",
    "SET STATEMENT max_statement_time = 10 FOR SELECT 1",
    "USE test_statements",
    "ANALYZE SELECT 1",
    "ANALYZE FORMAT=JSON SELECT 1",
    "EXPLAIN SELECT 1",
    "DESCRIBE kept",
    "SHOW TABLES",
    "CHECKSUM TABLE kept",
    "DO 1",
    "PREPARE st FROM 'SELECT 1'",
    "DEALLOCATE PREPARE st",
    "PREPARE st FROM 'SELECT 1'",
    "DROP PREPARE st",
    "DO GET_LOCK('x', 0)",
    "SHOW CREATE TABLE kept",
    "HELP 'x'",
    "KILL 1234567",
    "HANDLER kept OPEN",
    "HANDLER kept CLOSE",
    "SIGNAL SQLSTATE '45000'",
    "PURGE BINARY LOGS TO 'x'",
    "LOAD DATA INFILE '/missing' INTO TABLE kept",
};

static void test_implicit_commit(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("test_statements");
    mysql_run(url, "CREATE TABLE kept (a INT) ENGINE=InnoDB");
    MYSQL *server = mysql_init(NULL);
    assert_non_null(mysql_real_connect(server, NULL, "root", "", "test_statements", 0, mysql_server_socket(),
                                       CLIENT_MULTI_RESULTS));
    for (gsize i = 0; i < G_N_ELEMENTS(committing); i++) {
        assert_is(committing[i], commits(server, committing[i]), TRUE, "committed by the server");
        assert_is(committing[i], dialect->refuses_transaction(committing[i], strlen(committing[i])), TRUE, "refused");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(keeping); i++) {
        assert_is(keeping[i], commits(server, keeping[i]), FALSE, "committed by the server");
        assert_is(keeping[i], dialect->refuses_transaction(keeping[i], strlen(keeping[i])), FALSE, "refused");
        assert_is(keeping[i], dialect->may_commit(keeping[i], strlen(keeping[i])), FALSE, "taken for one that may");
    }
    mysql_close(server);
}

/* Of MySQL's manual alone. */
static void test_implicit_commit_of_mysql(void **state)
{
    (void)state;
    const char *const texts[] = {
        "CACHE INDEX b IN default",
        "LOAD INDEX INTO CACHE b",
        "START REPLICA",
        "STOP REPLICA",
        "START GROUP_REPLICATION",
        "CHANGE MASTER TO master_user = 'x'",
        "CHANGE REPLICATION SOURCE TO SOURCE_USER = 'x'",
        "SET DEFAULT ROLE NONE TO u",
        "CREATE TABLESPACE t ADD DATAFILE 't.ibd'",
        "INSTALL COMPONENT 'file://x'",
        "IMPORT TABLE FROM 'x'",
        "CLONE LOCAL DATA DIRECTORY = '/x'",
        "CREATE SPATIAL REFERENCE SYSTEM 5000 NAME 'x'",
        "ALTER INSTANCE ROTATE INNODB MASTER KEY",
        "DROP RESOURCE GROUP g",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_is(texts[i], mysql_dialect.refuses_transaction(texts[i], strlen(texts[i])), TRUE, "refused");
}

static void test_may_commit(void **state)
{
    (void)state;
    const char *const texts[] = {"CALL p()",
                                 "/*!40101 CALL p() */",
                                 "EXECUTE st USING @a",
                                 "EXECUTE IMMEDIATE 'CREATE TABLE t (a INT)'",
                                 "SET STATEMENT max_statement_time = 1 FOR CALL p()",
                                 "BEGIN NOT ATOMIC CREATE TABLE t (a INT); END",
                                 "IF 1 THEN CREATE TABLE t (a INT); END IF",
                                 "WHILE 0 DO SELECT 1; END WHILE"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_is(texts[i], dialect->may_commit(texts[i], strlen(texts[i])), TRUE, "taken for one that may commit");
        assert_is(texts[i], dialect->controls_transaction(texts[i], strlen(texts[i])), FALSE, "taken for control");
    }
    const char *const others[] = {"BEGIN", "SELECT if(1, 2, 3)", "REPLACE INTO t VALUES (1)",
                                  "INSERT INTO t VALUES (1)"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_is(others[i], dialect->may_commit(others[i], strlen(others[i])), FALSE, "taken for one that may commit");
}

static void test_controls_transaction(void **state)
{
    (void)state;
    const char *const texts[] = {"BEGIN",
                                 "begin work",
                                 "START TRANSACTION READ ONLY",
                                 "COMMIT AND CHAIN",
                                 "ROLLBACK TO SAVEPOINT a",
                                 "SAVEPOINT a",
                                 "RELEASE SAVEPOINT a",
                                 "XA START 'x'",
                                 "SET autocommit = 0",
                                 "SET SESSION autocommit=ON",
                                 "SET @@autocommit = 0",
                                 "SET @@session.AUTOCOMMIT := 0",
                                 "SET `autocommit` = 0",
                                 "SET @a = (SELECT max(a, 1)), autocommit = 0, @b = 1",
                                 "/*!40101 SET @OLD = @@AUTOCOMMIT, AUTOCOMMIT = 0 */",
                                 "LOCK TABLES t WRITE",
                                 "UNLOCK TABLES",
                                 "FLUSH TABLES WITH READ LOCK",
                                 "FLUSH TABLES t FOR EXPORT"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_is(texts[i], dialect->controls_transaction(texts[i], strlen(texts[i])), TRUE, "control");
    const char *const others[] = {"SET GLOBAL autocommit = 0",
                                  "SET @@global.autocommit = 0",
                                  "SET @autocommit = 0",
                                  "SET @a = autocommit",
                                  "SET @a = f(1, autocommit)",
                                  "SET NAMES utf8mb4",
                                  "START SLAVE",
                                  "FLUSH TABLES",
                                  "SELECT 1",
                                  "SET TRANSACTION READ ONLY",
                                  "BEGIN NOT ATOMIC DO 1; END",
                                  "SET PASSWORD = 'x'",
                                  "SET",
                                  ""};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_is(others[i], dialect->controls_transaction(others[i], strlen(others[i])), FALSE, "control");
}

static void test_sets_session(void **state)
{
    (void)state;
    const char *const texts[] = {"SET foreign_key_checks = 0",
                                 "SET @a = 1",
                                 "SET LOCAL sql_mode = ''",
                                 "SET @@session.sql_mode = ''",
                                 "SET NAMES utf8mb4",
                                 "SET CHARACTER SET utf8mb4",
                                 "SET ROLE r",
                                 "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                                 "SET GLOBAL a = 1, SESSION b = 2",
                                 "USE d",
                                 "PREPARE s FROM 'SELECT 1'",
                                 "DEALLOCATE PREPARE s",
                                 "DROP PREPARE s",
                                 "/*!40101 SET NAMES utf8 */"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_is(texts[i], dialect->sets_session(texts[i], strlen(texts[i])), TRUE, "of the session");
    const char *const others[] = {"SET GLOBAL a = 1",
                                  "SET @@global.a = 1",
                                  "SET PERSIST a = 1",
                                  "SET @@persist_only.a = 1",
                                  "SET TRANSACTION READ ONLY",
                                  "SET PASSWORD = 'x'",
                                  "SET DEFAULT ROLE r",
                                  "SET STATEMENT a = 1 FOR SELECT 1",
                                  "CREATE TEMPORARY TABLE t (a INT)",
                                  "EXECUTE s",
                                  "DROP TABLE t",
                                  "UPDATE t SET a = 1"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_is(others[i], dialect->sets_session(others[i], strlen(others[i])), FALSE, "of the session");
}

static void test_refusal(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *words;
    } refused[] = {
        {"USE d", "other.table"},
        {"LOCK TABLES t WRITE", "--skip-add-locks"},
        {"LOCK TABLE t READ", "--skip-add-locks"},
        {"/*!40000 LOCK TABLES t WRITE */", "--skip-add-locks"},
        {"UNLOCK TABLES", "--skip-add-locks"},
        {"FLUSH TABLES WITH READ LOCK", "--skip-add-locks"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        const char *reason = dialect->refusal(refused[i].sql, strlen(refused[i].sql));
        assert_non_null(reason);
        assert_non_null(strstr(reason, refused[i].words));
    }
    const char *const others[] = {"COMMIT", "FLUSH TABLES t", "SET @a = 1", "UPDATE t SET a = 1", "SELECT 'USE d'", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_null(dialect->refusal(others[i], strlen(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_implicit_commit), cmocka_unit_test(test_implicit_commit_of_mysql),
        cmocka_unit_test(test_may_commit),      cmocka_unit_test(test_controls_transaction),
        cmocka_unit_test(test_refusal),         cmocka_unit_test(test_sets_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
