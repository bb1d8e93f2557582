/* Signals, each in a child of its own: the first one is remembered for good. */
#include "unit/engine/fixture.h"

static const char *const endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

/* From another process, as signals come. */
static pid_t send_soon(int number, int times)
{
    pid_t target = getpid(), child = fork();
    if (child != 0)
        return child;
    for (int i = 0; i < times; i++) {
        g_usleep(100000);
        kill(target, number);
    }
    child_exit(0);
}

static int cancels(int number)
{
    Session *session = open_session(open_engine("signal.db", quick()));
    engine_handle_interrupts(session);
    if (engine_interrupted())
        return 1;
    send_soon(number, 1);
    g_autoptr(GError) error = NULL;
    if (connection_execute(session_connection(session), endless, &error))
        return 2;
    if (!g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED))
        return 3;
    return engine_interrupted() ? 0 : 4;
}

static int cancel_by_interrupt(void)
{
    return cancels(SIGINT);
}

static int cancel_by_terminate(void)
{
    return cancels(SIGTERM);
}

static void test_cancels_the_statement(void **state)
{
    (void)state;
    assert_int_equal(child_run(cancel_by_interrupt), 0);
    assert_int_equal(child_run(cancel_by_terminate), 0);
}

static int second_signal(void)
{
    Session *session = open_session(open_engine("signal.db", quick()));
    engine_handle_interrupts(session);
    send_soon(SIGINT, 2);
    while (!connection_execute(session_connection(session), endless, NULL)) {
    }
    return 1;
}

static void test_second_signal_kills(void **state)
{
    (void)state;
    assert_int_equal(child_run(second_signal), -SIGINT);
}

static int ignored_signal(void)
{
    signal(SIGINT, SIG_IGN);
    Session *session = open_session(open_engine("signal.db", quick()));
    engine_handle_interrupts(session);
    raise(SIGINT);
    return engine_interrupted() ? 1 : 0;
}

static void test_ignored_stays_ignored(void **state)
{
    (void)state;
    assert_int_equal(child_run(ignored_signal), 0);
}

static int restored(void)
{
    Engine *engine = open_engine("signal.db", quick());
    Session *session = open_session(engine);
    engine_handle_interrupts(session);
    engine_handle_interrupts(NULL);
    engine_handle_interrupts(NULL);
    raise(SIGTERM);
    return 1;
}

static void test_restored(void **state)
{
    (void)state;
    assert_int_equal(child_run(restored), -SIGTERM);
}

static int closed_session(void)
{
    Engine *engine = open_engine("signal.db", quick());
    Session *session = open_session(engine);
    engine_handle_interrupts(session);
    session_close(session);
    engine_free(engine);
    raise(SIGINT);
    return engine_interrupted() ? 0 : 1;
}

static void test_after_the_session(void **state)
{
    (void)state;
    assert_int_equal(child_run(closed_session), 0);
}

static int stops_waiting(const char *name, gboolean (*wait)(Session *, GError **), const char *text)
{
    EngineOptions options = patient();
    options.lock_timeout = 30;
    Session *session = open_session(open_engine(name, options));
    engine_handle_interrupts(session);
    send_soon(SIGINT, 1);
    gint64 start = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    if (wait(session, &error) || !g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED))
        return 1;
    if (!strstr(error->message, text))
        return 2;
    return g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC ? 0 : 3;
}

static gboolean lock(Session *session, GError **error)
{
    return session_lock(session, "migrate_version", error);
}

static int stop_locking(void)
{
    return stops_waiting("locked.db", lock, "migration lock");
}

static int stop_beginning(void)
{
    return stops_waiting("begun.db", session_begin, "waiting");
}

static void test_stops_waiting(void **state)
{
    (void)state;
    pid_t child = child_start("locked.db", take_lock);
    assert_int_equal(child_run(stop_locking), 0);
    child_kill(child);
    child = child_start("begun.db", take_transaction);
    assert_int_equal(child_run(stop_beginning), 0);
    child_kill(child);
}

int main(void)
{
    signal(SIGINT, SIG_DFL); /* a background job of a shell ignores it */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancels_the_statement), cmocka_unit_test(test_second_signal_kills),
        cmocka_unit_test(test_ignored_stays_ignored), cmocka_unit_test(test_restored),
        cmocka_unit_test(test_after_the_session),     cmocka_unit_test(test_stops_waiting),
    };
    folder_make();
    int status = cmocka_run_group_tests_name("engine/interrupt", tests, NULL, NULL);
    folder_remove();
    return status;
}
