/* What becomes of the statements of dumps that are models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/dialect.h"

typedef struct Case {
    const char *sql;
    ModelFate fate;
    const char *sent; /* NULL: the statement as it is */
} Case;

/* One script: what one statement says counts for those behind it. */
static void check(const Dialect *dialect, const Case *cases, gsize n)
{
    ModelScript script = {0};
    for (gsize i = 0; i < n; i++) {
        g_auto(ModelStatement) answer = {0};
        dialect->read_model_statement(&script, cases[i].sql, strlen(cases[i].sql), &answer);
        if (answer.fate != cases[i].fate)
            print_error("'%s'\n", cases[i].sql);
        assert_int_equal(answer.fate, cases[i].fate);
        if (cases[i].sent)
            assert_string_equal(answer.sql, cases[i].sent);
        else
            assert_null(answer.sql);
        if (answer.fate == MODEL_SKIP || answer.fate == MODEL_REFUSE)
            assert_non_null(answer.reason);
    }
    g_free(script.database);
}

static void test_sqlite(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"CREATE TABLE t (a)", MODEL_RUN, NULL},
        {"CREATE TABLE sqlite_sequence(name,seq)", MODEL_SKIP, NULL},
        {"CREATE TABLE IF NOT EXISTS main.\"sqlite_stat1\"(tbl,idx,stat)", MODEL_SKIP, NULL},
        {"INSERT INTO t VALUES (1)", MODEL_ROWS, NULL},
        {"INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table','f','f',0,'x')", MODEL_RUN, NULL},
        {"PRAGMA writable_schema=OFF", MODEL_RUN, "PRAGMA writable_schema = RESET"},
        {"PRAGMA writable_schema=ON", MODEL_RUN, NULL},
        {"PRAGMA foreign_keys=OFF", MODEL_RUN, NULL},
        {"BEGIN TRANSACTION", MODEL_SKIP, NULL},
        {"ATTACH 'x' AS y", MODEL_REFUSE, NULL},
        {"ROLLBACK", MODEL_REFUSE, NULL},
        {".read x.sql", MODEL_REFUSE, NULL},
    };
    check(&sqlite_dialect, cases, G_N_ELEMENTS(cases));
}

static void test_postgresql(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"ALTER TABLE ONLY public.t DROP CONSTRAINT k", MODEL_SKIP, NULL}, /* of --clean */
        {"DROP SCHEMA public", MODEL_SKIP, NULL},
        {"CREATE OR REPLACE VIEW v AS SELECT NULL::integer AS a", MODEL_SKIP, NULL},
        {"CREATE SCHEMA s AUTHORIZATION \"some one\"", MODEL_TRY, "CREATE SCHEMA s "},
        {"CREATE SCHEMA AUTHORIZATION s", MODEL_TRY, "CREATE SCHEMA s"},
        {"CREATE SCHEMA IF NOT EXISTS s", MODEL_TRY, NULL},
        {"CREATE TABLE t (owner int)", MODEL_RUN, NULL},
        {"ALTER TABLE t OWNER TO r", MODEL_SKIP, NULL},
        {"ALTER TABLE t ALTER COLUMN owner SET NOT NULL", MODEL_RUN, NULL},
        {"ALTER SEQUENCE s OWNED BY t.id", MODEL_RUN, NULL},
        {"ALTER TABLE t DROP CONSTRAINT k", MODEL_RUN, NULL},
        {"DROP TABLE t", MODEL_RUN, NULL},
        {"ALTER TYPE m ADD VALUE 'x'", MODEL_TRY, NULL},
        {"SET LOCAL search_path = a", MODEL_TRY, "SET SESSION search_path = a"},
        {"SET SESSION AUTHORIZATION 'r'", MODEL_SKIP, NULL},
        {"SET CONSTRAINTS ALL DEFERRED", MODEL_SKIP, NULL},
        {"SELECT pg_catalog.set_config('search_path', '', false)", MODEL_RUN, NULL},
        {"SELECT pg_catalog.setval('s', 1, false)", MODEL_SKIP, NULL},
        {"SELECT f()", MODEL_READS, NULL},
        {"DO $$ BEGIN PERFORM dblink_exec('x', 'y'); END $$", MODEL_REFUSE, NULL},
        {"COPY t (a) FROM stdin", MODEL_ROWS, NULL},
        {"COPY t TO '/tmp/x'", MODEL_SKIP, NULL},
        {"COPY t FROM PROGRAM 'rm x'", MODEL_SKIP, NULL},
        {"CREATE USER MAPPING FOR r SERVER s", MODEL_SKIP, NULL},
        {"CREATE USER r", MODEL_REFUSE, NULL},
        {"ALTER ROLE r IN DATABASE d SET x = 1", MODEL_SKIP, NULL},
        {"ALTER ROLE r SET x = 1", MODEL_REFUSE, NULL},
        {"\\restrict abc", MODEL_SKIP, NULL},
        {"\\connect -reuse-previous=on \"dbname='a b'\"", MODEL_SKIP, NULL},
        {"\\connect other", MODEL_REFUSE, NULL},
        {"\\i x.sql", MODEL_REFUSE, NULL},
    };
    check(&postgresql_dialect, cases, G_N_ELEMENTS(cases));
}

static void test_mysql(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `app`", MODEL_SKIP, NULL},
        {"USE `app`", MODEL_SKIP, NULL},
        {"CREATE TABLE t (definer int)", MODEL_RUN, NULL},
        {"CREATE TABLE app.t (a int)", MODEL_RUN, "CREATE TABLE     t (a int)"},
        {"CREATE TABLE other.t (a int)", MODEL_REFUSE, NULL},
        {"CREATE DEFINER=`a`@`b` PROCEDURE p() SELECT app.f()", MODEL_RUN,
         "CREATE                 PROCEDURE p() SELECT app.f()"},
        {"/*!50013 DEFINER=`a`@`b` SQL SECURITY DEFINER */", MODEL_TRY, NULL},
        {"CREATE DEFINER=`root`@`%` VIEW v AS SELECT 1", MODEL_RUN, "CREATE                    VIEW v AS SELECT 1"},
        {"SET @@GLOBAL.GTID_PURGED='x'", MODEL_SKIP, NULL},
        {"SET @@SESSION.SQL_LOG_BIN= 0", MODEL_SKIP, NULL},
        {"SET autocommit=0", MODEL_SKIP, NULL},
        {"/*!40103 SET TIME_ZONE='+00:00' */", MODEL_TRY, NULL},
        {"/*!40000 ALTER TABLE `t` DISABLE KEYS */", MODEL_SKIP, NULL},
        {"ALTER DATABASE `app` CHARACTER SET latin1", MODEL_SKIP, NULL},
        {"DO SETVAL(`s`, 1, 0)", MODEL_SKIP, NULL},
        {"CALL p()", MODEL_READS, NULL},
        {"INSERT INTO t VALUES (1)", MODEL_ROWS, NULL},
        {"LOCK TABLES t WRITE", MODEL_SKIP, NULL},
        {"CREATE USER u", MODEL_REFUSE, NULL},
        {"CREATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", MODEL_REFUSE, NULL},
        {"USE other", MODEL_REFUSE, NULL},
        {"source x.sql", MODEL_REFUSE, NULL},
    };
    check(&mariadb_dialect, cases, G_N_ELEMENTS(cases));
    check(&mysql_dialect, cases, G_N_ELEMENTS(cases));
}

/* Commands of the clients end with their line, and nothing else changes. */
static void test_split(void **state)
{
    (void)state;
    static const char psql[] =
        "\\restrict abc\r\nSELECT 1;\n\\connect a\nCREATE TABLE t (a text DEFAULT '\\x')\n;\n\\q";
    static const char mysql[] = "source a.sql\nSELECT 1;\n\\. b.sql\nDELIMITER //\nSELECT 'source'//";
    g_autoptr(GPtrArray) a = postgresql_dialect.split_model(psql, strlen(psql), NULL);
    g_autoptr(GPtrArray) b = mariadb_dialect.split_model(mysql, strlen(mysql), NULL);
    assert_int_equal(a->len, 5);
    const SqlStatement *first = a->pdata[0], *third = a->pdata[2];
    assert_int_equal(first->length, strlen("\\restrict abc"));
    assert_int_equal(third->line, 3);
    assert_int_equal(b->len, 4);
    assert_null(postgresql_dialect.split(psql, strlen(psql), NULL));
    assert_null(mariadb_dialect.split(mysql, strlen(mysql), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_postgresql),
        cmocka_unit_test(test_mysql),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests_name("dialect/model_statements", tests, NULL, NULL);
}
