/* Quoting, kinds of statements, the lock and scratch transactions, on a real server. */
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

static void run(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!connection_execute(connection, sql, &error))
        fail_msg("%s\n%s", error->message, sql);
}

static char *scalar(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    char *value = connection_scalar(connection, sql, &error);
    if (error != NULL)
        fail_msg("%s\n%s", error->message, sql);
    return value;
}

static void test_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(dialect_find("postgresql", NULL), &postgresql_dialect);
}

/* Words that became keywords in other versions are quoted everywhere: that is never wrong. */
static void test_keywords(void **state)
{
    (void)state;
    g_autofree char *rows = postgresql_rows(postgresql_start(), "SELECT word, catcode FROM pg_get_keywords()");
    g_auto(GStrv) lines = g_strsplit(g_strchomp(rows), "\n", -1);
    guint reserved = 0;
    assert_true(g_strv_length(lines) > 400);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], "|", 2);
        g_autofree char *quoted = postgresql_dialect.quote_identifier(parts[0]);
        gboolean ours = quoted[0] == '"', theirs = strcmp(parts[1], "U") != 0;
        reserved += theirs;
        if (theirs && !ours)
            fail_msg("%s is not quoted", parts[0]);
        if (ours && !theirs)
            fail_msg("%s is quoted", parts[0]);
    }
    assert_true(reserved > 100);
}

static void test_quoting(void **state)
{
    (void)state;
    const char *const names[] = {"a",    "_a1", "A",      "aB",  "1a",   "a b",  "a\"b", "a$b",  "\xC3\xA4", "select",
                                 "time", "",    "status", "a.b", "user", "name", "\\",   "it's", "a-b",      "value"};
    g_autoptr(Connection) connection = test_connect(postgresql_start());
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *ours = postgresql_dialect.quote_identifier(names[i]);
        g_autofree char *literal = postgresql_dialect.quote_literal(names[i]);
        g_autofree char *query = g_strdup_printf("SELECT quote_ident(%s)", literal);
        g_autofree char *theirs = scalar(connection, query);
        assert_string_equal(ours, theirs);
        g_autofree char *echo = g_strconcat("SELECT ", literal, NULL);
        g_autofree char *echoed = scalar(connection, echo);
        assert_string_equal(echoed, names[i]);
    }
    g_autofree char *null = postgresql_dialect.quote_literal(NULL);
    assert_string_equal(null, "NULL");
}

static const struct {
    const char *sql;
    gboolean refuses;
} in_transaction[] = {
    {"CREATE INDEX CONCURRENTLY i1 ON t (a)", TRUE},
    {"create /* c */ unique index concurrently ON t (a)", TRUE},
    {"CREATE INDEX concurrently_not ON t (a)", FALSE},
    {"CREATE INDEX ON t (a)", FALSE},
    {"DROP INDEX CONCURRENTLY IF EXISTS nothing", TRUE},
    {"DROP INDEX IF EXISTS nothing", FALSE},
    {"REINDEX INDEX CONCURRENTLY i", TRUE},
    {"REINDEX (VERBOSE, CONCURRENTLY) TABLE t", TRUE},
    {"REINDEX (CONCURRENTLY false) TABLE t", FALSE},
    {"REINDEX (CONCURRENTLY 'off') TABLE t", FALSE},
    {"REINDEX TABLE t", FALSE},
    {"REINDEX SCHEMA public", TRUE},
    {"REINDEX DATABASE dialect", TRUE},
    {"REINDEX SYSTEM dialect", TRUE},
    {"ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", TRUE},
    {"ALTER TABLE p DETACH PARTITION p1", FALSE},
    {"ALTER TABLE t ADD CHECK (\"concurrently\" IS NULL)", FALSE},
    {"VACUUM t", TRUE},
    {"VACUUM (FULL)", TRUE},
    {"ANALYZE t", FALSE},
    {"CLUSTER", TRUE},
    {"CLUSTER VERBOSE", TRUE},
    {"CLUSTER t USING i", FALSE},
    {"CLUSTER VERBOSE t USING i", FALSE},
    {"CREATE DATABASE never", TRUE},
    {"DROP DATABASE IF EXISTS never", TRUE},
    {"CREATE TABLESPACE never LOCATION '/nowhere'", TRUE},
    {"DROP TABLESPACE never", TRUE},
    {"ALTER SYSTEM SET work_mem = '8MB'", TRUE},
    {"ALTER DATABASE dialect SET TABLESPACE pg_default", TRUE},
    {"ALTER DATABASE dialect SET work_mem = '8MB'", FALSE},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p", TRUE},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p WITH (copy_data = false)", TRUE},
    {"CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p WITH (enabled = off, connect = false)", FALSE},
    {"DISCARD ALL", TRUE},
    {"DISCARD TEMP", FALSE},
    {"ALTER TYPE mood ADD VALUE 'b'", FALSE},
    {"COMMENT ON TABLE t IS 'VACUUM'", FALSE},
};

static void test_refuses_transaction(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("dialect");
    postgresql_run(url, "CREATE TABLE t (a int, \"concurrently\" int); CREATE INDEX i ON t (a); "
                        "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE p (a int) PARTITION BY LIST (a); "
                        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
    g_autoptr(Connection) connection = test_connect(url);
    for (gsize i = 0; i < G_N_ELEMENTS(in_transaction); i++) {
        const char *sql = in_transaction[i].sql;
        g_autoptr(GError) error = NULL;
        run(connection, "BEGIN");
        gboolean failed = !connection_execute(connection, sql, &error);
        const char *sqlstate = failed ? connection_last_error(connection)->sqlstate : NULL;
        gboolean refused = g_strcmp0(sqlstate, "25001") == 0;
        if (failed && !refused)
            print_message("%s: %s\n", sql, error->message);
        run(connection, "ROLLBACK");
        /* the oracle is the server; what our table says must be the same */
        if (refused != in_transaction[i].refuses && g_strcmp0(sqlstate, "42704") != 0)
            fail_msg("the server says otherwise: %s (%s)", sql, error ? error->message : "runs");
        if (postgresql_dialect.refuses_transaction(sql, strlen(sql)) != in_transaction[i].refuses)
            fail_msg("%s", sql);
    }
    /* what cannot be tried without more */
    assert_true(postgresql_dialect.refuses_transaction("DROP SUBSCRIPTION s", 19));
    assert_true(postgresql_dialect.refuses_transaction("ALTER SUBSCRIPTION s REFRESH PUBLICATION", 40));
    assert_true(postgresql_dialect.refuses_transaction("CLUSTER (VERBOSE)", 17)); /* new in 17 */
    assert_false(postgresql_dialect.refuses_transaction("", 0));
    assert_false(postgresql_dialect.refuses_transaction("REINDEX (", 9));
}

static void test_may_commit(void **state)
{
    (void)state;
    assert_true(postgresql_dialect.may_commit("/* all */ call p(1)", 19));
    assert_false(postgresql_dialect.may_commit("DO 'COMMIT'", 11));
    assert_false(postgresql_dialect.may_commit("SELECT call()", 13));
    assert_false(postgresql_dialect.may_commit("", 0));
}

static void test_kinds(void **state)
{
    (void)state;
    const struct {
        const char *sql;
        gboolean controls, session;
    } cases[] = {
        {"BEGIN", TRUE, FALSE},
        {"start transaction", TRUE, FALSE},
        {"/* c */ COMMIT AND CHAIN", TRUE, FALSE},
        {"END", TRUE, FALSE},
        {"ROLLBACK TO s", TRUE, FALSE},
        {"ABORT", TRUE, FALSE},
        {"SAVEPOINT s", TRUE, FALSE},
        {"RELEASE s", TRUE, FALSE},
        {"PREPARE TRANSACTION 'x'", TRUE, FALSE},
        {"COMMIT PREPARED 'x'", TRUE, FALSE},
        {"PREPARE p AS SELECT 1", FALSE, FALSE},
        {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", FALSE, FALSE},
        {"SET CONSTRAINTS ALL DEFERRED", FALSE, FALSE},
        {"SET LOCAL search_path = a", FALSE, FALSE},
        {"SET search_path = a", FALSE, TRUE},
        {"SET SESSION AUTHORIZATION x", FALSE, TRUE},
        {"RESET ALL", FALSE, TRUE},
        {"LOAD 'x'", FALSE, TRUE},
        {"LISTEN x", FALSE, TRUE},
        {"\"BEGIN\"", FALSE, FALSE},
        {"", FALSE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize length = strlen(cases[i].sql);
        if (postgresql_dialect.controls_transaction(cases[i].sql, length) != cases[i].controls ||
            postgresql_dialect.sets_session(cases[i].sql, length) != cases[i].session)
            fail_msg("%s", cases[i].sql);
    }
}

static void test_transaction_setup(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = test_connect(postgresql_start());
    g_auto(GStrv) setup = postgresql_dialect.transaction_setup(0.0004, 2.5);
    run(connection, postgresql_dialect.begin);
    for (guint i = 0; setup[i] != NULL; i++)
        run(connection, setup[i]);
    g_autofree char *set = scalar(connection, "SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting("
                                              "'statement_timeout'), "
                                              "current_setting('idle_in_transaction_session_timeout'))");
    assert_string_equal(set, "1ms 2500ms 0");
    run(connection, postgresql_dialect.rollback);
    g_auto(GStrv) none = postgresql_dialect.transaction_setup(1e30, 0);
    run(connection, none[0]);
    assert_string_equal(none[1], "SET LOCAL statement_timeout = 0");
    g_autofree char *query = g_strconcat("SELECT ", postgresql_dialect.now_utc, NULL);
    g_autofree char *now = scalar(connection, query);
    assert_true(g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", now, 0, 0));
}

static gboolean try_lock(Connection *connection, const char *name)
{
    g_autofree char *query = postgresql_dialect.lock->try_query(name);
    g_autofree char *locked = scalar(connection, query);
    return strcmp(locked, "t") == 0;
}

static void test_lock(void **state)
{
    (void)state;
    g_autoptr(Connection) first = test_connect(postgresql_start());
    g_autoptr(Connection) second = test_connect(postgresql_start());
    g_autoptr(Connection) third = test_connect(postgresql_start());
    for (guint i = 0; postgresql_dialect.lock->begin[i] != NULL; i++) {
        run(first, postgresql_dialect.lock->begin[i]);
        run(second, postgresql_dialect.lock->begin[i]);
    }
    /* names whose keys are negative and positive */
    const char *const names[] = {"a", "b", "c", "d", "public.migrate_version"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *query = postgresql_dialect.lock->holder_query(names[i]);
        g_autofree char *nobody = scalar(second, query);
        assert_null(nobody);
        assert_true(try_lock(first, names[i]));
        assert_false(try_lock(second, names[i]));
        g_autofree char *holder = scalar(second, query);
        g_autofree char *pid = g_strdup_printf("pid %" G_GINT64_FORMAT " (migrate, user postgres, 127.0.0.1), since ",
                                               connection_backend_id(first));
        if (!g_str_has_prefix(holder, pid))
            fail_msg("%s", holder);
    }
    run(first, postgresql_dialect.lock->rest);
    /* a snapshot of ours would keep concurrent index builds waiting */
    static const char snapshots[] = "SELECT count(*) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND "
                                    "state = 'idle in transaction' AND pid = ";
    g_autofree char *count = g_strdup_printf("%s%" G_GINT64_FORMAT, snapshots, connection_backend_id(first));
    g_autofree char *snapshot = scalar(third, count);
    assert_string_equal(snapshot, "0");
    run(first, "ROLLBACK");
    assert_true(try_lock(second, "a"));
}

static gpointer wait_for_lock(gpointer connection)
{
    return GINT_TO_POINTER(connection_execute(connection, "LOCK TABLE t", NULL));
}

/* The answer once there is one, at most five seconds later. */
static char *poll(Connection *connection, const char *query)
{
    char *answer = NULL;
    for (guint i = 0; answer == NULL && i < 250; i++) {
        g_usleep(20000);
        answer = scalar(connection, query);
    }
    return answer;
}

static void test_blockers(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("blockers");
    g_autoptr(Connection) holder = test_connect(url);
    g_autoptr(Connection) waiter = test_connect(url);
    g_autoptr(Connection) asker = test_connect(url);
    run(holder, "CREATE TABLE t (a int)");
    run(holder, "BEGIN");
    run(holder, "LOCK TABLE t /* for\n   long */");
    run(waiter, "BEGIN");
    g_autofree char *query = postgresql_dialect.blockers_query(connection_backend_id(waiter));
    g_autofree char *pooled = postgresql_dialect.blockers_query(G_MAXINT32); /* a number that a pooler made up */
    g_autofree char *nobody = scalar(asker, query);
    assert_null(nobody);
    GThread *thread = g_thread_new("waiter", wait_for_lock, waiter);
    g_autofree char *answer = poll(asker, query);
    g_autofree char *same = poll(asker, pooled);
    run(holder, "ROLLBACK");
    assert_true(GPOINTER_TO_INT(g_thread_join(thread)));
    g_autofree char *begin = g_strdup_printf("pid %" G_GINT64_FORMAT " (migrate, user postgres, 127.0.0.1), idle in "
                                             "transaction, transaction open for ",
                                             connection_backend_id(holder));
    if (answer == NULL || !g_str_has_prefix(answer, begin) ||
        !g_str_has_suffix(answer, " s: LOCK TABLE t /* for long */"))
        fail_msg("%s", answer);
    assert_non_null(same);
    assert_true(g_str_has_prefix(same, begin));
}

static void test_scratch(void **state)
{
    (void)state;
    const char *const paths[] = {"\"$user\", public", "", "public"};
    g_autofree char *url = postgresql_database("scratch");
    g_autoptr(Connection) connection = test_connect(url);
    run(connection, "CREATE TABLE known (a int)");
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(paths); i++) {
        gboolean temporary = i % 2 == 1;
        g_autofree char *set = g_strdup_printf("SELECT set_config('search_path', '%s', false)", paths[i / 2]);
        run(connection, set);
        g_auto(GStrv) begin = postgresql_dialect.scratch_begin(NULL, "My scratch", temporary);
        for (guint n = 0; begin[n] != NULL; n++)
            run(connection, begin[n]);
        run(connection, "CREATE TABLE made (a int)");
        g_autofree char *schema = scalar(connection, "SELECT nspname FROM pg_class c JOIN pg_namespace n ON n.oid = "
                                                     "relnamespace WHERE c.oid = to_regclass('made')");
        assert_true(temporary ? g_str_has_prefix(schema, "pg_temp") : strcmp(schema, "My scratch") == 0);
        g_autofree char *found = scalar(connection, "SELECT to_regclass('known') IS NOT NULL");
        assert_string_equal(found, *paths[i / 2] ? "t" : "f");
        run(connection, postgresql_dialect.rollback);
    }
    g_autofree char *left = scalar(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = 'My scratch'");
    assert_string_equal(left, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_name),     cmocka_unit_test(test_keywords),
        cmocka_unit_test(test_quoting),           cmocka_unit_test(test_refuses_transaction),
        cmocka_unit_test(test_may_commit),        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_transaction_setup), cmocka_unit_test(test_lock),
        cmocka_unit_test(test_blockers),          cmocka_unit_test(test_scratch),
    };
    return cmocka_run_group_tests_name("dialect/postgresql_dialect", tests, NULL, NULL);
}
