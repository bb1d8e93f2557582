/* Whether statements have taken effect, told by the catalog of a real server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/connection.h"
#include "support/mysql.h"

static char *state_of(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    char *state = NULL;
    if (!mariadb_dialect.state_before(connection, sql, strlen(sql), &state, &error))
        fail_msg("%s: %s", sql, error->message);
    if (state != NULL)
        assert_null(strchr(state, '\n'));
    return state;
}

/* None, Done, Partly, Unknown. */
static char letter_of(const StatementOutcome *outcome)
{
    const char letters[] = {[EFFECT_NONE] = 'N', [EFFECT_DONE] = 'D', [EFFECT_PARTLY] = 'P', [EFFECT_UNKNOWN] = 'U'};
    assert_true((outcome->effect == EFFECT_UNKNOWN) == (outcome->reason != NULL));
    assert_true((outcome->effect == EFFECT_PARTLY) == (outcome->rest != NULL));
    return letters[outcome->effect];
}

static void assert_resumed(Connection *connection, const char *sql, const char *state, char expected)
{
    g_autoptr(GError) error = NULL;
    StatementOutcome outcome = {0};
    if (!mariadb_dialect.resume_statement(connection, sql, strlen(sql), state, &outcome, &error))
        fail_msg("%s: %s", sql, error->message);
    char letter = letter_of(&outcome);
    if (letter != expected)
        fail_msg("%s: resume says %c (%s), not %c; %s", sql, letter, outcome.reason ? outcome.reason : "", expected,
                 state);
    statement_outcome_clear(&outcome);
}

static void assert_found(Connection *connection, const char *sql, const char *when, char expected)
{
    g_autoptr(GError) error = NULL;
    StatementOutcome outcome = {0};
    if (!mariadb_dialect.find_effect(connection, sql, strlen(sql), &outcome, &error))
        fail_msg("%s: %s", sql, error->message);
    char letter = letter_of(&outcome);
    if (letter != expected)
        fail_msg("%s: %s, find_effect says %c (%s), not %c", sql, when, letter, outcome.reason ? outcome.reason : "",
                 expected);
    statement_outcome_clear(&outcome);
}

/* --- a statement before and after it was sent --- */

static const char fixture[] =
    "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20) DEFAULT 'AUTO_INCREMENT=5' COMMENT 'b''c', "
    "b INT, n INT NOT NULL DEFAULT 3, KEY ix (a), CONSTRAINT positive CHECK (b > 0));"
    "INSERT INTO t (a) VALUES ('x'), ('y');"
    "CREATE TABLE u (id INT PRIMARY KEY, t_id INT, CONSTRAINT fk FOREIGN KEY (t_id) REFERENCES t (id));"
    "CREATE TABLE w1 (id INT); CREATE TABLE w2 (id INT); CREATE TABLE d1 (x INT); CREATE TABLE empty (x INT);"
    "INSERT INTO w1 VALUES (1); INSERT INTO w2 VALUES (2);"
    "CREATE TABLE parts (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES "
    "LESS THAN (20)); INSERT INTO parts VALUES (1), (11);"
    "CREATE TABLE `o``d d` (x INT);"
    "CREATE VIEW v AS SELECT id FROM t; CREATE VIEW v2 AS SELECT 2 AS two;"
    "CREATE TRIGGER tr BEFORE INSERT ON w1 FOR EACH ROW SET @x = 1;"
    "CREATE PROCEDURE pr() SELECT 1;"
    "CREATE FUNCTION fn() RETURNS INT RETURN 1;"
    "CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DO SELECT 1;"
    "CREATE SEQUENCE s;"
    "CREATE OR REPLACE DATABASE journal_b";

typedef struct Case {
    const char *sql;
    char before, after;             /* resume_statement */
    char found_before, found_after; /* find_effect */
} Case;

static void run_case(const Case *test)
{
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, fixture);
    g_autoptr(Connection) connection = test_connect(url);
    assert_found(connection, test->sql, "before", test->found_before);
    g_autofree char *state = state_of(connection, test->sql);
    /* Applications go on meanwhile. */
    mysql_run(url, "INSERT INTO t (a) SELECT 'z' FROM t; SELECT nextval(s)");
    assert_resumed(connection, test->sql, state, test->before);
    mysql_run(url, test->sql);
    assert_resumed(connection, test->sql, state, test->after);
    assert_found(connection, test->sql, "after", test->found_after);
    g_autofree char *mode = connection_scalar(connection, "SELECT @migrate_sql_mode", NULL);
    assert_null(mode);
}

static void run_cases(const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++)
        run_case(&cases[i]);
}

static void test_tables(void **state)
{
    static const Case cases[] = {
        {"CREATE TABLE x (id INT PRIMARY KEY, a INT)", 'N', 'D', 'N', 'D'},
        {"create table if not exists journal_b.x2 (id int)", 'N', 'D', 'N', 'D'},
        {"CREATE TABLE x LIKE t", 'N', 'D', 'N', 'D'},
        {"CREATE TABLE x AS SELECT * FROM t", 'N', 'D', 'N', 'D'},
        {"CREATE TABLE IF NOT EXISTS t (id INT)", 'N', 'N', 'U', 'U'},
        {"CREATE OR REPLACE TABLE d1 (x INT, y INT)", 'N', 'D', 'U', 'U'},
        {"CREATE OR REPLACE TABLE w1 (id INT)", 'U', 'N', 'U', 'U'},
        {"CREATE OR REPLACE TABLE x (id INT)", 'N', 'D', 'N', 'U'},
        {"DROP TABLE d1", 'N', 'D', 'N', 'D'},
        {"DROP TABLE IF EXISTS d1, nothing, empty", 'N', 'D', 'N', 'D'},
        {"DROP TABLE IF EXISTS nothing", 'N', 'N', 'D', 'D'},
        {"DROP TABLE `o``d d` RESTRICT", 'N', 'D', 'N', 'D'},
        {"RENAME TABLE d1 TO d2", 'N', 'D', 'N', 'D'},
        {"RENAME TABLE d1 TO d2, empty TO d1", 'N', 'D', 'N', 'D'},
        {"RENAME TABLE w1 TO w3, w2 TO w1, w3 TO w2", 'U', 'U', 'U', 'U'},
        {"RENAME TABLE t TO w3, w2 TO t, w3 TO w2", 'N', 'D', 'U', 'U'},
        {"TRUNCATE TABLE w2", 'U', 'N', 'U', 'U'},
        {"TRUNCATE empty", 'N', 'N', 'U', 'U'},
        {"/*!50001 CREATE TABLE x (id INT) */", 'N', 'D', 'N', 'D'},
        {"SET STATEMENT max_statement_time = 100 FOR CREATE TABLE x (id INT)", 'N', 'D', 'N', 'D'},
        {"CREATE TEMPORARY TABLE x (id INT)", 'N', 'N', 'N', 'N'},
    };
    (void)state;
    run_cases(cases, G_N_ELEMENTS(cases));
}

static void test_alter_table(void **state)
{
    static const Case cases[] = {
        {"ALTER TABLE t ADD COLUMN c INT", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD c INT NOT NULL DEFAULT 1 FIRST, ADD COLUMN (d INT, e INT)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD COLUMN IF NOT EXISTS b INT", 'N', 'N', 'D', 'D'},
        {"ALTER TABLE t DROP COLUMN n", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t DROP n, ADD COLUMN n INT NOT NULL DEFAULT 3", 'U', 'U', 'U', 'U'},
        {"ALTER TABLE t RENAME COLUMN b TO bb", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY a VARCHAR(30) NOT NULL DEFAULT 'x'", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY COLUMN a VARCHAR(20) DEFAULT 'AUTO_INCREMENT=5' COMMENT 'new'", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY n BIGINT NOT NULL DEFAULT 3", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY n INT NULL", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t CHANGE n m INT NOT NULL DEFAULT 3", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t\n    MODIFY COLUMN a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL DEFAULT 'x' "
         "COMMENT "
         "'it''s'",
         'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY id INT NOT NULL AUTO_INCREMENT COMMENT 'x', ADD FULLTEXT KEY ft (a)", 'N', 'D', 'N',
         'D'},
        {"ALTER TABLE t MODIFY b TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), DROP "
         "CONSTRAINT positive",
         'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY n DECIMAL(10,2) UNSIGNED NOT NULL DEFAULT 1.5 AFTER id", 'N', 'D', 'N', 'U'},
        {"ALTER TABLE t MODIFY b ENUM('a','b') DEFAULT 'b' FIRST, DROP CONSTRAINT positive", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t MODIFY b INT GENERATED ALWAYS AS (n + 1) STORED", 'N', 'D', 'U', 'U'},
        {"ALTER TABLE t DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, COMMENT=''", 'N', 'D', 'U', 'D'},
        {"ALTER TABLE t DEFAULT CHARSET = latin1 COLLATE = latin1_bin ROW_FORMAT=COMPACT", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE u DROP PRIMARY KEY, ADD PRIMARY KEY (t_id, id)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ALTER COLUMN n SET DEFAULT 4", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ALTER n DROP DEFAULT", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD INDEX ib (b)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD UNIQUE KEY ub (b), DROP KEY ix", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD INDEX (b)", 'N', 'D', 'U', 'U'},
        {"ALTER TABLE t DROP INDEX ix, ADD INDEX ix (a, b)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t DROP INDEX ix, ADD COLUMN b2 INT", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t RENAME INDEX ix TO iy", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t DROP CONSTRAINT positive", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ADD CONSTRAINT small CHECK (b < 100)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE u DROP FOREIGN KEY fk", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE u ADD CONSTRAINT fk2 FOREIGN KEY (id) REFERENCES t (id)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE u DROP PRIMARY KEY", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE w2 ADD PRIMARY KEY (id)", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE d1 RENAME TO d2", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE d1 ADD COLUMN y INT, RENAME d2", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t COMMENT = 'hello'", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t ENGINE=InnoDB", 'N', 'N', 'D', 'D'},
        {"ALTER TABLE d1 ENGINE = Aria", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE", 'N', 'N', 'U', 'U'},
        {"ALTER TABLE t AUTO_INCREMENT = 1000", 'N', 'N', 'U', 'U'},
        {"ALTER TABLE parts ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE parts DROP PARTITION p1", 'N', 'D', 'N', 'D'},
        {"ALTER TABLE parts TRUNCATE PARTITION p0", 'U', 'U', 'U', 'U'},
        {"ALTER TABLE parts EXCHANGE PARTITION p0 WITH TABLE w2", 'U', 'U', 'U', 'U'},
        {"ALTER TABLE parts REMOVE PARTITIONING", 'N', 'D', 'N', 'D'},
        {"CREATE INDEX ib ON t (b)", 'N', 'D', 'N', 'D'},
        {"CREATE UNIQUE INDEX ib USING BTREE ON t (b)", 'N', 'D', 'N', 'D'},
        {"DROP INDEX ix ON journal.t", 'N', 'D', 'N', 'D'},
        {"DROP INDEX IF EXISTS nothing ON t", 'N', 'N', 'D', 'D'},
    };
    (void)state;
    run_cases(cases, G_N_ELEMENTS(cases));
}

static void test_objects(void **state)
{
    static const Case cases[] = {
        {"CREATE VIEW x AS SELECT 1", 'N', 'D', 'N', 'D'},
        {"CREATE OR REPLACE VIEW v AS SELECT id, a FROM t", 'N', 'D', 'N', 'N'},
        {"CREATE OR REPLACE VIEW v AS SELECT id FROM t", 'N', 'N', 'N', 'N'},
        {"ALTER VIEW v AS SELECT a FROM t", 'N', 'D', 'N', 'N'},
        {"DROP VIEW v, v2", 'N', 'D', 'N', 'D'},
        {"CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW SET @a = 1", 'N', 'D', 'N', 'D'},
        {"DROP TRIGGER tr", 'N', 'D', 'N', 'D'},
        {"CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON w1 FOR EACH ROW SET @x = 2", 'N', 'D', 'N', 'N'},
        {"CREATE DEFINER=CURRENT_USER() PROCEDURE x(a INT) BEGIN SELECT a; END", 'N', 'D', 'N', 'D'},
        {"ALTER PROCEDURE pr COMMENT 'x'", 'N', 'D', 'N', 'N'},
        {"DROP PROCEDURE IF EXISTS pr", 'N', 'D', 'N', 'D'},
        {"CREATE DEFINER=`root`@`localhost` FUNCTION x() RETURNS INT DETERMINISTIC RETURN 2", 'N', 'D', 'N', 'D'},
        {"DROP FUNCTION fn", 'N', 'D', 'N', 'D'},
        {"CREATE EVENT x ON SCHEDULE EVERY 1 HOUR DO SET @a = 1", 'N', 'D', 'N', 'D'},
        {"ALTER EVENT ev DISABLE", 'N', 'D', 'N', 'N'},
        {"ALTER EVENT ev RENAME TO ev2", 'N', 'D', 'N', 'D'},
        {"DROP EVENT ev", 'N', 'D', 'N', 'D'},
        {"CREATE SEQUENCE x", 'N', 'D', 'N', 'D'},
        {"ALTER SEQUENCE s CACHE 10", 'N', 'D', 'N', 'N'},
        {"ALTER SEQUENCE s RESTART 500", 'U', 'U', 'U', 'U'},
        {"CREATE OR REPLACE SEQUENCE s START 100", 'U', 'D', 'U', 'U'},
        {"DROP SEQUENCE s", 'N', 'D', 'N', 'D'},
        {"DROP DATABASE journal_b", 'N', 'D', 'N', 'D'},
        {"CREATE DATABASE journal_c", 'N', 'D', 'N', 'D'},
        {"ALTER DATABASE CHARACTER SET latin1", 'N', 'N', 'N', 'N'},
    };
    (void)state;
    run_cases(cases, G_N_ELEMENTS(cases));
}

static void test_accounts(void **state)
{
    static const Case cases[] = {
        {"CREATE USER journal_u@localhost IDENTIFIED BY 'x', 'journal_v'@'%' IDENTIFIED BY 'y'", 'N', 'D', 'N', 'D'},
        {"GRANT SELECT ON journal.* TO journal_u@localhost", 'N', 'N', 'N', 'N'},
        {"REVOKE SELECT ON journal.* FROM journal_u@localhost", 'N', 'D', 'U', 'U'},
        {"ALTER USER journal_u@localhost IDENTIFIED BY 'z'", 'N', 'N', 'N', 'N'},
        {"RENAME USER journal_u@localhost TO `journal_w`@localhost", 'N', 'D', 'N', 'D'},
        {"DROP USER journal_w@localhost, journal_v", 'N', 'D', 'N', 'D'},
        {"CREATE ROLE journal_r", 'N', 'D', 'N', 'D'},
        {"DROP ROLE journal_r", 'N', 'D', 'N', 'D'},
        {"CREATE SERVER journal_s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', DATABASE 'd')", 'N', 'D', 'N', 'D'},
        {"DROP SERVER journal_s", 'N', 'D', 'N', 'D'},
    };
    (void)state;
    run_cases(cases, G_N_ELEMENTS(cases));
}

static void test_no_trace(void **state)
{
    static const Case cases[] = {
        {"INSERT INTO w1 VALUES (5)", 'U', 'U', 'U', 'U'},
        {"WITH x AS (SELECT 1) SELECT * FROM x", 'U', 'U', 'U', 'U'},
        {"(SELECT 1)", 'U', 'U', 'U', 'U'},
        {"CALL pr()", 'U', 'U', 'U', 'U'},
        {"EXECUTE IMMEDIATE 'CREATE TABLE x (a INT)'", 'U', 'U', 'U', 'U'},
        {"BEGIN NOT ATOMIC CREATE TABLE x (a INT); END", 'U', 'U', 'U', 'U'},
        {"HANDLER t OPEN", 'U', 'U', 'U', 'U'},
        {"ANALYZE TABLE t", 'N', 'N', 'N', 'N'},
        {"CHECK TABLE t", 'N', 'N', 'N', 'N'},
        {"OPTIMIZE TABLE t", 'N', 'N', 'N', 'N'},
        {"FLUSH TABLES", 'N', 'N', 'N', 'N'},
        {"SET @a = 1", 'N', 'N', 'N', 'N'},
    };
    (void)state;
    run_cases(cases, G_N_ELEMENTS(cases));
}

/* --- states that only a crash makes --- */

static void assert_rest(Connection *connection, const char *sql, const char *state, const char *expected)
{
    g_autoptr(GError) error = NULL;
    StatementOutcome outcome = {0};
    if (!mariadb_dialect.resume_statement(connection, sql, strlen(sql), state, &outcome, &error))
        fail_msg("%s: %s", sql, error->message);
    assert_int_equal(outcome.effect, EFFECT_PARTLY);
    assert_string_equal(outcome.rest, expected);
    statement_outcome_clear(&outcome);
}

static void test_partly(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, fixture);
    g_autoptr(Connection) connection = test_connect(url);
    const char *drop = "DROP TABLE IF EXISTS d1, nothing, journal.`o``d d`, w1";
    g_autofree char *tables = state_of(connection, drop);
    g_autofree char *views = state_of(connection, "DROP VIEW v, v2");
    mysql_run(url, "DROP TABLE d1; DROP VIEW v");
    /* The statement may have been edited since. */
    assert_rest(connection, "", tables, "DROP TABLE `journal`.`o``d d`, `w1`");
    assert_rest(connection, "DROP VIEW v, v2", views, "DROP VIEW `v2`");
    assert_found(connection, drop, "in part", 'N'); /* IF EXISTS: all of it may be sent */
    assert_found(connection, "DROP VIEW v, v2", "in part", 'U');

    /* CREATE OR REPLACE TABLE drops first. */
    const char *replace = "CREATE OR REPLACE TABLE w1 (id INT)";
    g_autofree char *replaced = state_of(connection, replace);
    mysql_run(url, "DROP TABLE w1");
    assert_resumed(connection, replace, replaced, 'N');

    const char *rename = "RENAME TABLE w2 TO x, t TO y";
    g_autofree char *renamed = state_of(connection, rename);
    mysql_run(url, "RENAME TABLE w2 TO x");
    assert_resumed(connection, rename, renamed, 'U');
    assert_resumed(connection, "", "no JSON", 'U');
    assert_resumed(connection, "", "{\"class\": \"alter\", \"objects\": [{\"kind\": \"thing\"}]}", 'U');
}

/* A session's settings do not make a table look changed. */
static void test_settings(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, fixture);
    g_autoptr(Connection) connection = test_connect(url);
    const char *sql = "ALTER TABLE t ADD COLUMN c INT, RENAME TO x";
    const char *settings = "SET sql_mode = 'ANSI_QUOTES', sql_quote_show_create = 0";
    g_autofree char *before = state_of(connection, sql);
    assert_true(connection_execute(connection, settings, NULL));
    assert_resumed(connection, sql, before, 'N');
    g_autofree char *again = state_of(connection, sql);
    assert_string_equal(before, again);
    g_autofree char *mode = connection_scalar(connection, "SELECT concat(@@sql_mode, @@sql_quote_show_create)", NULL);
    assert_string_equal(mode, "ANSI_QUOTESOFF");
}

static void test_temporary(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, fixture);
    g_autoptr(Connection) connection = test_connect(url);
    assert_true(connection_execute(connection, "CREATE TEMPORARY TABLE t (a INT)", NULL));
    g_autofree char *before = state_of(connection, "ALTER TABLE t ADD COLUMN c INT");
    g_autoptr(Connection) other = test_connect(url);
    assert_resumed(other, "ALTER TABLE t ADD COLUMN c INT", before, 'U');
}

/* What the role may not read is not taken for unchanged. */
static void test_unreadable(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("journal");
    mysql_run(url, fixture);
    mysql_run(url, "CREATE OR REPLACE USER journal_p@'%'; GRANT EXECUTE ON journal.* TO journal_p@'%'; "
                   "GRANT INSERT ON journal.v TO journal_p@'%'");
    g_autofree char *poor = g_strdup_printf("mysql://journal_p@127.0.0.1:%d/journal", mysql_server_port());
    g_autoptr(Connection) connection = test_connect(poor);
    const char *const statements[] = {"ALTER PROCEDURE pr COMMENT 'x'", "ALTER VIEW v AS SELECT 1",
                                      "REVOKE EXECUTE ON journal.* FROM root@localhost"};
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autofree char *before = state_of(connection, statements[i]);
        assert_resumed(connection, statements[i], before, 'U');
        assert_found(connection, statements[i], "unreadable", 'U');
    }
    mysql_run(url, "DROP USER journal_p@'%'");
}

/* --- rolls_back --- */

static void assert_rolls_back(Connection *connection, const char *sql, gboolean expected)
{
    g_autoptr(GError) error = NULL;
    gboolean does = !expected;
    if (!mariadb_dialect.rolls_back(connection, sql, strlen(sql), &does, &error))
        fail_msg("%s: %s", sql, error->message);
    if (does != expected)
        fail_msg("%s: %s", sql, does ? "rolls back" : "does not roll back");
}

static void test_rolls_back(void **state)
{
    (void)state;
    g_autofree char *other = mysql_database("journal_b");
    g_autofree char *url = mysql_database("journal");
    mysql_run(other, "CREATE TABLE far (a INT) ENGINE=MyISAM; CREATE TABLE near (a INT)");
    mysql_run(url, "CREATE TABLE i (a INT, mem INT); CREATE TABLE m (a INT) ENGINE=MyISAM; "
                   "CREATE TABLE ar (a INT) ENGINE=Aria; CREATE TABLE mem (a INT) ENGINE=MEMORY; "
                   "CREATE TABLE `key` (a INT NOT NULL) ENGINE=CSV; CREATE VIEW v AS SELECT * FROM i; "
                   "CREATE TABLE p (a INT) PARTITION BY HASH (a) PARTITIONS 2; CREATE SEQUENCE s");
    g_autoptr(Connection) connection = test_connect(url);
    assert_rolls_back(connection, "INSERT INTO i VALUES (1, 'm')", TRUE);
    assert_rolls_back(connection, "INSERT INTO i VALUES (1, \"m\") /* m */", TRUE);
    assert_rolls_back(connection, "INSERT INTO p SELECT nextval(s) FROM v", TRUE);
    assert_rolls_back(connection, "SELECT 1", TRUE);
    assert_rolls_back(connection, "UPDATE nothing SET x = 1", TRUE);
    assert_rolls_back(connection, "INSERT INTO m VALUES (1)", FALSE);
    assert_rolls_back(connection, "DELETE FROM i WHERE a IN (SELECT a FROM `ar`)", FALSE);
    assert_rolls_back(connection, "UPDATE mem SET a = 1", FALSE);
    assert_rolls_back(connection, "UPDATE `key` SET a = 1", FALSE);
    assert_rolls_back(connection, "UPDATE journal . key SET a = 1", FALSE);
    assert_rolls_back(connection, "INSERT INTO journal_b.far VALUES (1)", FALSE);
    assert_rolls_back(connection, "INSERT INTO journal_b.near VALUES (1)", TRUE);
    assert_rolls_back(connection, "INSERT INTO far VALUES (1)", TRUE);
    assert_rolls_back(connection, "UPDATE i SET i.a = 1", TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rolls_back), cmocka_unit_test(test_tables),   cmocka_unit_test(test_alter_table),
        cmocka_unit_test(test_objects),    cmocka_unit_test(test_accounts), cmocka_unit_test(test_no_trace),
        cmocka_unit_test(test_partly),     cmocka_unit_test(test_settings), cmocka_unit_test(test_temporary),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
