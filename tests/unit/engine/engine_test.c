#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/engine.h"

static char *folder;

static Engine *open_engine(const char *name, EngineOptions options)
{
    g_autofree char *url = g_strconcat("sqlite:///", name, NULL);
    g_autoptr(GError) error = NULL;
    Engine *engine = engine_new(url, folder, &options, &error);
    assert_null(error);
    return engine;
}

static Session *open_session(Engine *engine)
{
    g_autoptr(GError) error = NULL;
    Session *session = session_open(engine, &error);
    assert_null(error);
    return session;
}

static void execute(Session *session, const char *sql)
{
    g_autoptr(GError) error = NULL;
    connection_execute(session_connection(session), sql, &error);
    assert_null(error);
}

static gint64 count(Session *session, const char *sql)
{
    g_autofree char *value = connection_scalar(session_connection(session), sql, NULL);
    assert_non_null(value);
    return g_ascii_strtoll(value, NULL, 10);
}

static EngineOptions quick(void)
{
    EngineOptions options = engine_options_default();
    options.lock_wait = 0.2;
    options.lock_timeout = 0.05;
    return options;
}

static void test_relative_path(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("relative.db", quick());
    assert_true(engine_database_missing(engine));
    g_autoptr(Session) session = open_session(engine);
    execute(session, "CREATE TABLE t (x)");
    assert_false(engine_database_missing(engine));
    g_autofree char *path = g_build_filename(folder, "relative.db", NULL);
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_unknown_dialect(void **state)
{
    (void)state;
    EngineOptions options = quick();
    g_autoptr(GError) error = NULL;
    assert_null(engine_new("sqlight:///x.db", NULL, &options, &error));
    assert_non_null(error);
}

static void test_transaction(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("transaction.db", quick());
    g_autoptr(Session) session = open_session(engine);
    execute(session, "CREATE TABLE t (x)");
    assert_true(session_begin(session, NULL));
    execute(session, "INSERT INTO t VALUES (1)");
    session_rollback(session);
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 0);
    assert_true(session_begin(session, NULL));
    execute(session, "INSERT INTO t VALUES (1)");
    assert_true(session_commit(session, NULL));
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 1);
}

static void test_closing_rolls_back(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("closing.db", quick());
    Session *first = open_session(engine);
    execute(first, "CREATE TABLE t (x)");
    assert_true(session_begin(first, NULL));
    execute(first, "INSERT INTO t VALUES (1)");
    session_close(first);
    g_autoptr(Session) second = open_session(engine);
    assert_int_equal(count(second, "SELECT count(*) FROM t"), 0);
}

static void test_busy_begin(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("busy.db", quick());
    g_autoptr(Session) holder = open_session(engine);
    g_autoptr(Session) waiter = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_true(session_begin(holder, NULL));
    assert_false(session_begin(waiter, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    session_rollback(holder);
    assert_true(session_begin(waiter, NULL));
    session_rollback(waiter);
}

static void test_lock_excludes(void **state)
{
    (void)state;
    g_autoptr(Engine) first_engine = open_engine("lock.db", quick());
    g_autoptr(Engine) second_engine = open_engine("lock.db", quick());
    g_autoptr(Session) first = open_session(first_engine);
    g_autoptr(Session) second = open_session(second_engine);
    g_autoptr(GError) error = NULL;
    assert_true(session_lock(first, NULL));
    assert_true(session_locked(first));
    assert_false(session_lock(second, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    g_autofree char *holder = g_strdup_printf("process %d on ", (int)getpid());
    assert_non_null(strstr(error->message, holder));
    session_unlock(first);
    assert_true(session_lock(second, NULL));
    session_unlock(second);
    g_autofree char *path = g_build_filename(folder, "lock.db.migrate-lock", NULL);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* A killed holder leaves a file, but no lock. */
static void test_killed_holder(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        Engine *engine = open_engine("killed.db", quick());
        Session *session = open_session(engine);
        if (session_lock(session, NULL) && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    g_autoptr(Engine) engine = open_engine("killed.db", quick());
    g_autoptr(Session) session = open_session(engine);
    assert_false(session_lock(session, NULL));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(session_lock(session, NULL));
    close(ready[0]);
    close(ready[1]);
}

/* Eight processes add one to a number under the lock, without a transaction of the database. */
static void test_eight_at_once(void **state)
{
    (void)state;
    g_autofree char *path = g_build_filename(folder, "counter", NULL);
    assert_true(g_file_set_contents(path, "0", -1, NULL));
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        EngineOptions options = quick();
        options.lock_wait = 30;
        Engine *engine = open_engine("eight.db", options);
        Session *session = open_session(engine);
        for (int round = 0; round < 5; round++) {
            g_autofree char *text = NULL;
            if (!session_lock(session, NULL) || !g_file_get_contents(path, &text, NULL, NULL))
                _exit(1);
            g_autofree char *next = g_strdup_printf("%d", atoi(text) + 1);
            g_file_set_contents(path, next, -1, NULL);
            session_unlock(session);
        }
        _exit(0);
    }
    for (int i = 0; i < 8; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "40");
}

static void test_pool_limit(void **state)
{
    (void)state;
    EngineOptions options = quick();
    options.pool_size = 1;
    options.max_overflow = 1;
    options.pool_timeout = 0.05;
    g_autoptr(Engine) engine = open_engine("pool.db", options);
    g_autoptr(Session) first = open_session(engine);
    Session *second = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_null(session_open(engine, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_POOL));
    session_close(second);
    g_autoptr(Session) third = open_session(engine);
    assert_non_null(third);
}

static void test_read_only(void **state)
{
    (void)state;
    EngineOptions options = quick();
    options.read_only = TRUE;
    g_autoptr(Engine) missing = open_engine("missing.db", options);
    g_autoptr(GError) error = NULL;
    assert_null(session_open(missing, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CONNECT));
    assert_true(engine_database_missing(missing));
    g_autoptr(Engine) writer = open_engine("readonly.db", quick());
    g_autoptr(Session) session = open_session(writer);
    execute(session, "CREATE TABLE t (x)");
    g_autoptr(Engine) engine = open_engine("readonly.db", options);
    g_autoptr(Session) reader = open_session(engine);
    g_autoptr(GError) refused = NULL;
    assert_false(connection_execute(session_connection(reader), "INSERT INTO t VALUES (1)", &refused));
    assert_true(g_error_matches(refused, DRIVER_ERROR, DRIVER_ERROR_READ_ONLY));
}

static void test_offline(void **state)
{
    (void)state;
    g_autoptr(GString) output = g_string_new(NULL);
    g_autoptr(Session) session = session_open_offline(&sqlite_dialect, output);
    assert_true(session_is_offline(session));
    assert_true(session_begin(session, NULL));
    execute(session, "CREATE TABLE t (x)");
    assert_true(session_commit(session, NULL));
    assert_string_equal(output->str, "BEGIN IMMEDIATE;\nCREATE TABLE t (x);\nCOMMIT;\n");
}

static void test_scratch(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) session = engine_open_scratch(&sqlite_dialect, &error);
    assert_null(error);
    execute(session, "CREATE TABLE t (x)");
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relative_path), cmocka_unit_test(test_unknown_dialect),
        cmocka_unit_test(test_transaction),   cmocka_unit_test(test_closing_rolls_back),
        cmocka_unit_test(test_busy_begin),    cmocka_unit_test(test_lock_excludes),
        cmocka_unit_test(test_killed_holder), cmocka_unit_test(test_eight_at_once),
        cmocka_unit_test(test_pool_limit),    cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_offline),       cmocka_unit_test(test_scratch),
    };
    folder = g_dir_make_tmp("migrate-engine.XXXXXX", NULL);
    int status = cmocka_run_group_tests_name("engine/engine", tests, NULL, NULL);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
    g_free(folder);
    return status;
}
