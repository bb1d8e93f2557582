/* Statements of MySQL and MariaDB; the server says what is one, and mysqldump writes what has to be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <mysql.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/mysql.h"
#include "support/scale.h"

/* Statements joined by "|", each as it stands in the text. */
static char *split(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = mariadb_dialect.split(text, strlen(text), &error);
    if (statements == NULL) {
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_SYNTAX));
        return g_strdup_printf("error: %s", error->message);
    }
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_string_append_printf(joined, "%s%.*s", i ? "|" : "", (int)statement->length, text + statement->start);
    }
    return g_string_free(joined, FALSE);
}

static void assert_split(const char *text, const char *expected)
{
    g_autofree char *found = split(text);
    if (strcmp(found, expected) != 0)
        fail_msg("%s\n'%s', not\n'%s'", text, found, expected);
}

static void test_plain(void **state)
{
    (void)state;
    assert_split("", "");
    assert_split(" ;; -- c\n; # d\n /* e */ ;", "");
    assert_split("SELECT 1; SELECT 2 -- c\n;\nSELECT ';' /* ; */, \";\\\";\", `;`",
                 "SELECT 1|SELECT 2|SELECT ';' /* ; */, \";\\\";\", `;`");
    assert_split("\xEF\xBB\xBF# c\nA;B", "A|B");
    assert_split("SELECT begin FROM t; SELECT 2; SELECT end, if(a, b, c) FROM t; SELECT 3",
                 "SELECT begin FROM t|SELECT 2|SELECT end, if(a, b, c) FROM t|SELECT 3");
    assert_split("BEGIN; INSERT INTO t VALUES (1); COMMIT; START TRANSACTION; COMMIT",
                 "BEGIN|INSERT INTO t VALUES (1)|COMMIT|START TRANSACTION|COMMIT");
    assert_split("CREATE TABLE begin (end INT); CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END; DROP TABLE begin",
                 "CREATE TABLE begin (end INT)|CREATE VIEW v AS SELECT CASE WHEN 1 THEN 2 END|DROP TABLE begin");
    assert_split("SELECT 1) ; SELECT (2", "SELECT 1)|SELECT (2"); /* the server says what is wrong */
}

/* Each is one statement with its ';' inside, and something follows it. */
static const char *const bodies[] = {
    "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
    "CREATE OR REPLACE DEFINER=`root`@`localhost` PROCEDURE p(IN a DECIMAL(10,2), OUT b CHAR(3)) COMMENT 'x' "
    "LANGUAGE SQL NOT DETERMINISTIC READS SQL DATA SQL SECURITY INVOKER BEGIN SET b = 'a;'; END",
    "CREATE DEFINER = CURRENT_USER() FUNCTION f(a INT) RETURNS CHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin "
    "DETERMINISTIC BEGIN IF a > 1 THEN RETURN 'x'; ELSEIF a < 0 THEN RETURN if(a = -1, 'y', 'z'); ELSE BEGIN END; "
    "END IF; RETURN 'w'; END",
    "CREATE FUNCTION f() RETURNS SET('a','b') RETURN CASE WHEN 1 THEN 'a' ELSE 'b' END",
    "CREATE FUNCTION IF NOT EXISTS f(begin INT, end INT) RETURNS INT RETURN begin + CASE end WHEN begin THEN end ELSE "
    "begin END",
    "CREATE PROCEDURE p() main: BEGIN DECLARE i INT DEFAULT 0; l: LOOP SET i = i + 1; IF i > 3 THEN LEAVE l; END IF; "
    "ITERATE l; END LOOP l; WHILE i > 0 DO SET i = i - 1; END WHILE; REPEAT SET i = i + 1; UNTIL i > 2 END REPEAT; "
    "CASE i WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE; CASE WHEN i = 3 THEN SELECT repeat('x', 3); END CASE; "
    "END main",
    "CREATE PROCEDURE p() BEGIN DECLARE x CONDITION FOR SQLSTATE '45000'; DECLARE done INT DEFAULT 0; DECLARE c CURSOR "
    "FOR SELECT id FROM t; DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; DECLARE EXIT HANDLER FOR SQLSTATE "
    "VALUE "
    "'23000', 1062, x BEGIN ROLLBACK; END; DECLARE EXIT HANDLER FOR SQLEXCEPTION IF done THEN "
    "SELECT "
    "1; END IF; OPEN c; FETCH c INTO done; CLOSE c; END",
    "CREATE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; FOR r IN (SELECT a FROM t) DO SELECT r.a; END FOR; "
    "DO sleep(0); END",
    "CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS begin; CREATE TABLE IF NOT EXISTS begin (end INT, `if` INT); "
    "SELECT begin.end FROM begin; REPLACE INTO begin VALUES (1, 2); SELECT replace('a', 'b', 'c'), CASE WHEN end > 1 "
    "THEN end ELSE 0 END AS end FROM begin; IF EXISTS (SELECT 1) THEN SELECT 1; END IF; END",
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; END",
    "CREATE TRIGGER begin BEFORE INSERT ON t FOR EACH ROW FOLLOWS other IF NEW.a THEN SET NEW.a = 1; END IF",
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = (SELECT begin FROM u)",
    "CREATE TRIGGER tr AFTER DELETE ON t FOR EACH ROW PRECEDES b INSERT INTO log SELECT begin FROM t",
    "CREATE EVENT begin ON SCHEDULE EVERY 1 DAY STARTS now() + INTERVAL 1 HOUR COMMENT ';' DO BEGIN DELETE FROM t; "
    "DELETE FROM u; END",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM begin",
    "ALTER EVENT e ON SCHEDULE EVERY 2 DAY DO BEGIN DELETE FROM t; END",
    "BEGIN NOT ATOMIC DECLARE i INT; SET i = 1; BEGIN SET i = 2; END; END",
    "BEGIN NOT ATOMIC l: BEGIN SELECT 1; END l; END",
    "IF 1 THEN SELECT 1; ELSE IF 2 THEN SELECT 2; END IF; END IF",
    "WHILE 0 DO SELECT 1; END WHILE",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN "
    "SET NEW.a = 1; END */",
    "CREATE PACKAGE BODY p AS PROCEDURE a AS BEGIN SELECT 1; END; FUNCTION b RETURN INT AS BEGIN RETURN 1; END; END",
    "CREATE PACKAGE p AS PROCEDURE a; FUNCTION b RETURN INT; END",
    "CREATE FUNCTION udf RETURNS STRING SONAME 'x.so'",
};

static void test_bodies(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        g_autofree char *text = g_strdup_printf("%s; SELECT 2; %s ;\nSELECT 3", bodies[i], bodies[i]);
        g_autofree char *expected = g_strdup_printf("%s|SELECT 2|%s|SELECT 3", bodies[i], bodies[i]);
        assert_split(text, expected);
        g_autofree char *delimited =
            g_strdup_printf("DELIMITER $$\n%s$$\nSELECT 2;$$ %s; $$\n delimiter ;\nSELECT 3;", bodies[i], bodies[i]);
        assert_split(delimited, expected);
    }
}

static void test_delimiters(void **state)
{
    (void)state;
    assert_split("DELIMITER //\nSELECT 4/2//\nSELECT '//'//DELIMITER ;\nSELECT 1; SELECT 2",
                 "SELECT 4/2|SELECT '//'|SELECT 1|SELECT 2");
    assert_split("delimiter ;;  \r\nCREATE PROCEDURE p() SELECT 1; ;;\r\nDELIMITER ;\r\nA;",
                 "CREATE PROCEDURE p() SELECT 1|A");
    /* what is not seen as a body here is one there */
    assert_split("DELIMITER |\nCREATE PROCEDURE p() UNHEARD OF; END|\nDROP PROCEDURE p; SELECT 1|",
                 "CREATE PROCEDURE p() UNHEARD OF; END|DROP PROCEDURE p|SELECT 1");
    assert_split("DELIMITER END\nSELECT 1 ENDSELECT 2 END", "SELECT 1|SELECT 2");
    assert_split("SELECT 1 AS delimiter; SELECT\ndelimiter FROM t", "SELECT 1 AS delimiter|SELECT\ndelimiter FROM t");
    assert_split("DELIMITER $$\nSELECT 1", "SELECT 1");
    assert_split("SELECT 1;\nDELIMITER \n;", "error: 2:1: DELIMITER needs a delimiter behind it, on its line");
    assert_split("DELIMITER a'\n", "error: 1:12: no delimiter has a quote, a '#', a backslash or a NUL byte in it");
    assert_split("DELIMITER $$\nCREATE PROCEDURE p() SELECT 1;\nSELECT 2",
                 "error: 2:1: unfinished statement: no delimiter '$$' stands behind it");
}

static void test_conditions(void **state)
{
    (void)state;
    assert_split("/*!40101 SET NAMES utf8 */;\n/*!40101 */;\n/*M!999999\\- enable the sandbox mode */ \nSELECT 1",
                 "/*!40101 SET NAMES utf8 */|SELECT 1");
    assert_split("CREATE TABLE t (a INT) /*!50100 PARTITION BY HASH (a) */; A",
                 "CREATE TABLE t (a INT) /*!50100 PARTITION BY HASH (a) */|A");
    assert_split("A;\n /*!40101 SET a = 1; SET b = 2 */;",
                 "error: 2:20: a statement ends here inside of a comment for servers\n"
                 "write a comment of its own for each statement, and the ';' behind it");
    assert_split("A;\n /*!40101 SET a = 1", "error: 2:2: unfinished comment: it is never closed");
    assert_split("A */;", "error: 1:3: no comment begins that this '*/' could end");
}

static void test_errors(void **state)
{
    (void)state;
    assert_split("A;\n  'b", "error: 2:3: unfinished string: the quote that opens here is never closed");
    assert_split("A; SELECT `b", "error: 1:11: unfinished name: the quote that opens here is never closed");
    assert_split("A; SELECT @@`b", "error: 1:11: unfinished name: the quote that opens here is never closed");
    assert_split("A; SELECT @'b", "error: 1:11: unfinished string: the quote that opens here is never closed");
    assert_split("A; /* b", "error: 1:4: unfinished comment: it is never closed");
    assert_split("CREATE PROCEDURE p()\nBEGIN\n IF 1 THEN SELECT 1;\nEND",
                 "error: 2:1: unfinished body: what opens here has no END");
    assert_split("CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW\nWHILE 1 DO SELECT 1;",
                 "error: 2:1: unfinished body: what opens here has no END WHILE");
    assert_split("A;\nsource x.sql;", "error: 2:1: 'source' is a command of the mysql client, no SQL\n"
                                      "put the statements themselves here, or into a section of their own");
    assert_split("A;\n--b\nC;", "error: 2:1: a comment needs white space behind its '--'");
    assert_split("SELECT 1 --1;\nB", "SELECT 1 --1|B");
    assert_split("SELECT 1\\G",
                 "error: 1:9: '\\G' is a command of the mysql client, no SQL\nend the statement with ';'");
    assert_split("\\", "error: 1:1: '\\' is a command of the mysql client, no SQL\n"
                       "delete it: only SQL is sent to the server");
    assert_split("tee x", "error: 1:1: 'tee' is a command of the mysql client, no SQL\n"
                          "delete it: only SQL is sent to the server");
    g_autoptr(GError) error = NULL;
    assert_null(mariadb_dialect.split("SELECT '\0'", 10, &error));
    assert_string_equal(error->message, "1:9: a NUL byte stands here: write \\0 in a string, or a blob as x'…'");
}

static void test_places(void **state)
{
    (void)state;
    const char *text = "-- c\n  SELECT 1;\nDELIMITER //\n\n /*!50003 CREATE*/ PROCEDURE p()\nBEGIN END //";
    g_autoptr(GPtrArray) statements = mysql_dialect.split(text, strlen(text), NULL);
    assert_int_equal(statements->len, 2);
    const SqlStatement *first = statements->pdata[0], *second = statements->pdata[1];
    assert_int_equal(first->line * 100 + first->column, 203);
    assert_int_equal(second->line * 100 + second->column, 502);
}

/* --- what mysqldump writes --- */

static void check(MYSQL *server, gboolean ok, const char *sql)
{
    if (!ok)
        fail_msg("%s\n%s", mysql_error(server), sql);
}

/* One statement at a time, on one connection. */
static void feed(const char *database, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = mariadb_dialect.split(text, strlen(text), &error);
    if (!statements)
        fail_msg("%s", error->message);
    MYSQL *server = mysql_init(NULL);
    const char *socket = mysql_server_socket();
    check(server, mysql_real_connect(server, NULL, "root", "", database, 0, socket, 0) != NULL, "connect");
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        const char *sql = text + statement->start;
        check(server, mysql_real_query(server, sql, statement->length) == 0, sql);
        do {
            mysql_free_result(mysql_store_result(server));
        } while (mysql_next_result(server) == 0);
    }
    mysql_close(server);
}

static char *dump(const char *database)
{
    g_autofree char *socket = g_strdup_printf("--socket=%s", mysql_server_socket());
    const char *const argv[] = {"mariadb-dump", "--no-defaults",   socket,   "--user=root", "--routines", "--triggers",
                                "--events",     "--skip-comments", database, NULL};
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int status;
    gboolean ok = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
    if (!ok || !g_spawn_check_wait_status(status, &error))
        fail_msg("mariadb-dump: %s", error->message);
    return out;
}

static void test_dump(void **state)
{
    (void)state;
    static const char objects[] =
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(50) DEFAULT 'x;y', `b``;` INT, CHECK (a <> ';')) "
        "COMMENT 'it''s; \\\\'; CREATE TABLE u (id INT, FOREIGN KEY (id) REFERENCES t (id)); "
        "INSERT INTO t (a) VALUES ('a;\\'\\\\'), ('/* ; */'), ('-- ;\\n;'); "
        "CREATE VIEW v AS SELECT id, CASE a WHEN ';' THEN 'x' END AS c FROM t; "
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 'x'; IF NEW.id > 5 THEN SET NEW.a = ';'; "
        "END IF; END; CREATE TRIGGER tr2 AFTER DELETE ON t FOR EACH ROW DELETE FROM u; "
        "CREATE PROCEDURE p(IN a INT, OUT b INT) COMMENT ';' l: BEGIN /* ; */ DECLARE i INT DEFAULT 0; DECLARE EXIT "
        "HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; WHILE i < 3 DO SET i = i + 1; END WHILE; CASE i WHEN 1 THEN "
        "SELECT 1; ELSE LEAVE l; END CASE; REPEAT SET b = repeat('1', 2); UNTIL b END REPEAT; FOR j IN 1..2 DO SELECT "
        "j; "
        "END FOR; END; CREATE FUNCTION f(a INT) RETURNS VARCHAR(20) CHARSET latin1 DETERMINISTIC RETURN if(a, 'x', "
        "';'); "
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE DO BEGIN DELETE FROM u; DELETE FROM t; "
        "END; "
        "CREATE SEQUENCE s START WITH 5";
    g_autofree char *original = mysql_database("split_original");
    mysql_run(original, objects);
    g_autofree char *written = dump("split_original");
    assert_non_null(strstr(written, "DELIMITER ;;"));
    g_autofree char *copy = mysql_database("split_copy");
    feed("split_copy", written);
    g_autofree char *again = dump("split_copy");
    assert_string_equal(again, written);
    g_autofree char *names = mysql_rows(copy, "SELECT routine_name FROM information_schema.routines WHERE "
                                              "routine_schema = 'split_copy' UNION SELECT trigger_name FROM "
                                              "information_schema.triggers WHERE trigger_schema = 'split_copy' UNION "
                                              "SELECT event_name FROM information_schema.events WHERE event_schema = "
                                              "'split_copy' ORDER BY 1");
    assert_string_equal(names, "e\nf\np\ntr\ntr2\n");
}

/* The bodies that the server takes without objects of their own: one by one, so that each has to be whole. */
static void test_server_takes_bodies(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("split_bodies");
    mysql_run(url, "CREATE TABLE t (id INT, a INT, b INT); CREATE TABLE u (begin INT); CREATE TABLE log (a INT); "
                   "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DO 1");
    guint taken = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        if (strstr(bodies[i], "PACKAGE") || strstr(bodies[i], "SONAME") || strstr(bodies[i], "FOLLOWS other") ||
            strstr(bodies[i], "PRECEDES b") || strstr(bodies[i], "CREATE EVENT e"))
            continue;
        g_autofree char *text =
            g_strdup_printf("%s; DROP PROCEDURE IF EXISTS p; DROP FUNCTION IF EXISTS f; DROP TRIGGER "
                            "IF EXISTS tr; DO 1;",
                            bodies[i]);
        feed("split_bodies", text);
        taken++;
    }
    assert_true(taken >= 18);
}

/* What is written for the client, it takes: the same objects as when the statements are sent one by one; and what was
 * written is read back. */
static void test_appended_for_client(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("split_appended");
    const char *const statements[] = {
        "CREATE TABLE t (a VARCHAR(20) DEFAULT ';$$')",
        "CREATE PROCEDURE p() BEGIN SELECT '$$', ';'; SELECT 2; END",
        "/*!50003 CREATE*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = '$$1'; END */",
        "INSERT INTO t VALUES ('b')",
    };
    g_autoptr(GString) script = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
        mariadb_dialect.append_statement(script, statements[i]);
    assert_true(
        g_str_has_prefix(script->str, "CREATE TABLE t (a VARCHAR(20) DEFAULT ';$$');\nDELIMITER $$1\nCREATE PROC"));
    g_autofree char *expected =
        g_strjoinv("|", (char **)(const char *[]){statements[0], statements[1], statements[2], statements[3], NULL});
    assert_split(script->str, expected);

    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "mysql_split_test.XXXXXX", NULL);
    int file = g_mkstemp(path);
    assert_true(file >= 0 && write(file, script->str, script->len) == (gssize)script->len);
    close(file);
    g_autofree char *command =
        g_strdup_printf("mariadb --no-defaults --socket='%s' -uroot split_appended <'%s'", mysql_server_socket(), path);
    const char *const argv[] = {"sh", "-c", command, NULL};
    g_autoptr(GError) error = NULL;
    int status;
    gboolean ok = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
    ok = ok && g_spawn_check_wait_status(status, &error);
    unlink(path);
    if (!ok)
        fail_msg("mariadb: %s", error->message);
    g_autofree char *rows =
        mysql_rows(url, "SELECT a FROM t UNION ALL SELECT count(*) FROM information_schema.routines "
                        "WHERE routine_schema = 'split_appended'");
    assert_string_equal(rows, "$$1\n1\n");
}

/* Nothing takes time that grows with the square of the text. */
static void test_long_texts(void **state)
{
    (void)state;
    const char *const pieces[] = {
        "a;",    "(",     "CASE ", "BEGIN ", "/*!40101 ", "1e1",  ".1",  "@",       "/*",
        "*/ ",   "--",    "#\n",   "`",      "'",         "x:",   "IF ", "END ",    "DELIMITER a\n",
        "/**/;", "l:IF ", "0x",    "a.1",    "DO ",       "a';'", "\\",  "/*!99999"};
    guint length = test_scale(100000, 5000);
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new("BEGIN NOT ATOMIC ");
        for (guint n = 0; n < length; n++)
            g_string_append(text, pieces[i]);
        gint64 start = g_get_monotonic_time();
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) statements = mariadb_dialect.split(text->str, text->len, &error);
        g_autofree char *normal = sql_normalise(&mariadb_dialect, text->str);
        assert_true((statements != NULL) != (error != NULL) && normal);
        if (g_get_monotonic_time() - start > 20 * G_USEC_PER_SEC)
            fail_msg("'%s' takes too long", pieces[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_delimiters), cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_errors),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_dump),       cmocka_unit_test(test_server_takes_bodies),
        cmocka_unit_test(test_long_texts), cmocka_unit_test(test_appended_for_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
