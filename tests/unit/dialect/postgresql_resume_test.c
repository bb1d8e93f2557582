/* What became of statements outside transactions, on a real server. */
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
#include "support/postgresql.h"

static void assert_resumed(Connection *connection, const char *sql, gboolean expected)
{
    g_autoptr(GError) error = NULL;
    StatementOutcome outcome = {.effect = expected ? EFFECT_NONE : EFFECT_DONE};
    if (!postgresql_dialect.resume_statement(connection, sql, strlen(sql), NULL, &outcome, &error))
        fail_msg("%s: %s", sql, error->message);
    if (outcome.effect != (expected ? EFFECT_DONE : EFFECT_NONE))
        fail_msg("%s: %s", sql, expected ? "not done" : "done");
    assert_false(connection_in_transaction(connection));
}

static void assert_indexes(const char *url, const char *expected)
{
    g_autofree char *rows = postgresql_rows(
        url, "SELECT coalesce(string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text), '') "
             "FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relname IN ('t', 'T'))");
    assert_string_equal(g_strchomp(rows), expected);
}

/* What an interrupted build leaves: the server allows its superuser to write that down. */
static void invalidate(const char *url, const char *index)
{
    g_autofree char *sql =
        g_strdup_printf("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '%s'::regclass", index);
    postgresql_run(url, sql);
}

static void test_indexes(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("resume");
    g_autoptr(Connection) connection = test_connect(url);
    postgresql_run(url, "CREATE SCHEMA app; CREATE TABLE t (a int); CREATE TABLE app.\"T\" (a int); "
                        "CREATE INDEX i ON t (a); CREATE INDEX \"I\" ON app.\"T\" (a)");
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY i ON t (a)", TRUE);
    assert_resumed(connection, "create unique index concurrently if not exists I on only T using btree (a)", TRUE);
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY \"I\" ON app.\"T\" (a)", TRUE);
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY \"I\" ON t (a)", FALSE);
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY j ON t (a)", FALSE);
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY ON t (a)", FALSE);
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY j ON nothing (a)", FALSE);
    assert_resumed(connection, "CREATE INDEX i ON t (a)", FALSE);
    assert_indexes(url, "app.\"I\" i");
    invalidate(url, "app.\"I\"");
    assert_resumed(connection, "CREATE INDEX CONCURRENTLY \"I\" ON app.\"T\" (a)", FALSE);
    assert_indexes(url, "i");

    assert_resumed(connection, "DROP INDEX CONCURRENTLY i", FALSE);
    assert_resumed(connection, "DROP INDEX CONCURRENTLY IF EXISTS public.j", TRUE);
    assert_resumed(connection, "DROP INDEX j", FALSE);
}

static void test_reindex(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("resume");
    g_autoptr(Connection) connection = test_connect(url);
    const char *const statements[] = {
        "REINDEX INDEX CONCURRENTLY i",         "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
        "REINDEX TABLE CONCURRENTLY public.t",  "REINDEX SCHEMA CONCURRENTLY public",
        "REINDEX DATABASE CONCURRENTLY resume",
    };
    postgresql_run(url, "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX mine ON t (a); "
                        "CREATE INDEX live_ccnew ON t (a)");
    invalidate(url, "mine");
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        postgresql_run(url, "CREATE INDEX i_ccnew ON t (a); CREATE INDEX i_ccold1 ON t (a)");
        invalidate(url, "i_ccnew");
        invalidate(url, "i_ccold1");
        assert_resumed(connection, "REINDEX TABLE t", FALSE);
        assert_resumed(connection, "REINDEX (CONCURRENTLY off) TABLE t", FALSE);
        assert_indexes(url, "i i_ccnew i_ccold1 live_ccnew mine");
        assert_resumed(connection, statements[i], FALSE);
        assert_indexes(url, "i live_ccnew mine");
    }
}

static void test_detach(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("resume");
    g_autoptr(Connection) connection = test_connect(url);
    if (connection_server_version(connection) < 140000)
        return;
    postgresql_run(url,
                   "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
    const char *detach = "ALTER TABLE IF EXISTS p DETACH PARTITION public.p1 CONCURRENTLY";
    assert_resumed(connection, detach, FALSE);
    assert_resumed(connection, "ALTER TABLE p DETACH PARTITION nothing CONCURRENTLY", FALSE);
    postgresql_run(url, "UPDATE pg_inherits SET inhdetachpending = true");
    assert_resumed(connection, detach, TRUE);
    g_autofree char *rows = postgresql_rows(url, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass");
    assert_string_equal(rows, "0\n");
    assert_resumed(connection, detach, TRUE);
    assert_resumed(connection, "ALTER TABLE p DETACH PARTITION p1", FALSE);
}

static void test_databases(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("resume");
    g_autoptr(Connection) connection = test_connect(url);
    assert_resumed(connection, "CREATE DATABASE resume", TRUE);
    assert_resumed(connection, "CREATE DATABASE \"Resume\" TEMPLATE template0", FALSE);
    assert_resumed(connection, "DROP DATABASE resume", FALSE);
    assert_resumed(connection, "DROP DATABASE IF EXISTS \"it's gone\"", TRUE);
    const char *const others[] = {"VACUUM t",
                                  "ALTER SYSTEM SET a = 1",
                                  "",
                                  "CREATE",
                                  "DROP INDEX CONCURRENTLY",
                                  "CREATE INDEX CONCURRENTLY",
                                  "REINDEX (",
                                  "ALTER TABLE"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        assert_resumed(connection, others[i], FALSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_indexes),
        cmocka_unit_test(test_reindex),
        cmocka_unit_test(test_detach),
        cmocka_unit_test(test_databases),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_resume", tests, NULL, NULL);
}
