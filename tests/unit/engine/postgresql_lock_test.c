/* The migration lock that a PostgreSQL server keeps. */
#include "unit/engine/fixture.h"

#include "support/postgresql.h"

#define LOCKS "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"

static char *url;

static Engine *server_engine(double lock_wait)
{
    EngineOptions options = quick();
    options.lock_wait = lock_wait;
    g_autoptr(GError) error = NULL;
    Engine *engine = engine_new(url, NULL, &options, &error);
    assert_null(error);
    return engine;
}

static void assert_locks(const char *n)
{
    g_autofree char *rows = postgresql_rows(url, LOCKS);
    g_autofree char *expected = g_strconcat(n, "\n", NULL);
    assert_string_equal(rows, expected);
}

static void test_exclusive(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = server_engine(0.3);
    g_autoptr(Session) first = open_session(engine);
    g_autoptr(Session) second = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_true(session_lock(first, "a", NULL));
    assert_true(session_lock(first, "a", NULL));
    assert_locks("1");
    gint64 start = g_get_monotonic_time();
    assert_false(session_lock(second, "a", &error));
    assert_true(g_get_monotonic_time() - start >= 300000);
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    assert_contains(error, "is held by pid ");
    assert_contains(error, "(migrate, user postgres");
    assert_true(session_lock(second, "b", NULL)); /* another version table */
    session_unlock(second);
    session_unlock(first);
    assert_locks("0");
    assert_true(session_lock(second, "a", NULL));
}

/* While it waits, and while it holds the lock, it must not keep CREATE INDEX CONCURRENTLY of others waiting. */
static void test_no_snapshot(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = server_engine(5);
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_lock(session, "a", NULL));
    g_autofree char *rows = postgresql_rows(url, "SELECT state, backend_xmin FROM pg_stat_activity WHERE pid = "
                                                 "(SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
    assert_string_equal(rows, "idle in transaction|NULL\n");
}

static void test_lost(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = server_engine(1);
    g_autoptr(Session) session = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_true(session_lock(session, "a", NULL));
    assert_true(session_lock_alive(session, NULL));
    g_autofree G_GNUC_UNUSED char *ended =
        postgresql_rows(url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'");
    assert_false(session_lock_alive(session, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_LOST));
    session_unlock(session);
    assert_true(session_lock(session, "a", NULL));
}

static void test_killed(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        Session *session = open_session(server_engine(1));
        if (session_lock(session, "a", NULL) && write(ready[1], "x", 1) == 1)
            pause();
        child_exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    child_kill(child);
    g_autoptr(Engine) engine = server_engine(5);
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_lock(session, "a", NULL));
}

/* BEGIN brings the timeouts along, which end with the transaction. */
static void test_settings(void **state)
{
    (void)state;
    EngineOptions options = quick();
    options.lock_timeout = 2;
    options.statement_timeout = 7;
    g_autoptr(Engine) engine = engine_new(url, NULL, &options, NULL);
    g_autoptr(Session) session = open_session(engine);
    g_autoptr(Result) result = NULL;
    assert_true(session_begin_with(
        session, "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')", &result,
        NULL));
    assert_int_equal(result_next(result, NULL), 1);
    assert_string_equal(result_text(result, 0), "2s 7s");
    assert_true(session_commit(session, NULL));
    assert_int_equal(count(session, "SELECT current_setting('lock_timeout')::int"), 0);
    g_autoptr(GError) error = NULL;
    assert_false(session_begin_with(session, "SELECT nope", &result, &error));
    assert_false(session_in_transaction(session));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exclusive), cmocka_unit_test(test_no_snapshot), cmocka_unit_test(test_lost),
        cmocka_unit_test(test_killed),    cmocka_unit_test(test_settings),
    };
    url = postgresql_database("locks");
    int status = cmocka_run_group_tests_name("engine/postgresql_lock", tests, NULL, NULL);
    g_free(url);
    return status;
}
