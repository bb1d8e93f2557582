#include "unit/engine/fixture.h"

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
    g_clear_error(&error);
    assert_null(engine_new("sqlite:///x.db?mod=ro", NULL, &options, &error)); /* before anything is opened */
    assert_contains(error, "did you mean 'mode'");
}

static void test_description(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("some.db?mode=rw", quick());
    g_autofree char *text = engine_describe(engine);
    assert_string_equal(text, "sqlite:///some.db?mode=rw");
    assert_ptr_equal(engine_dialect(engine), &sqlite_dialect);
    g_autofree char *path = path_of("some.db");
    assert_string_equal(engine_url(engine)->database, path);
    g_autoptr(Engine) uri = open_engine("file:other.db?uri=true", quick());
    assert_true(engine_database_missing(uri));
    g_autoptr(Session) session = open_session(uri);
    execute(session, "CREATE TABLE t (x)");
    g_autofree char *other = path_of("other.db");
    assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
}

static void keep(const char *sql, double seconds, const GError *error, void *data)
{
    (void)seconds;
    g_string_append_printf(data, "%s%s|", sql, error ? "!" : "");
}

static void test_echo(void **state)
{
    (void)state;
    g_autoptr(GString) seen = g_string_new(NULL);
    EngineOptions options = quick();
    options.echo = keep;
    options.echo_data = seen;
    g_autoptr(Engine) engine = open_engine("echo.db", options);
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_begin(session, NULL));
    assert_false(connection_execute(session_connection(session), "SELECT * FROM nowhere", NULL));
    assert_true(session_commit(session, NULL));
    assert_string_equal(seen->str, "BEGIN IMMEDIATE|SELECT * FROM nowhere!|COMMIT|");
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
    gint64 start = g_get_monotonic_time();
    assert_false(session_begin(waiter, &error));
    assert_true(g_get_monotonic_time() - start >= 200000);
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    assert_contains(error, "kept locked by another connection: database is locked");
    assert_false(session_in_transaction(waiter));
    session_rollback(holder);
    assert_true(session_begin(waiter, NULL));
    session_rollback(waiter);
}

static void test_begin_waits(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        Session *session = open_session(open_engine("retry.db", quick()));
        gboolean begun = session_begin(session, NULL);
        g_usleep(300000);
        child_exit(begun && session_commit(session, NULL) ? 0 : 1);
    }
    g_usleep(100000);
    g_autoptr(Engine) engine = open_engine("retry.db", patient());
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_begin(session, NULL));
    assert_int_equal(child_wait(child), 0);
}

static gboolean is_named(const GError *error, pid_t child)
{
    g_autofree char *name = g_strdup_printf("kept locked by process %d (", (int)child);
    return strstr(error->message, name) != NULL;
}

static void begin_names(const char *name, pid_t child)
{
    g_autoptr(Engine) engine = open_engine(name, quick());
    g_autoptr(Session) session = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_false(session_begin(session, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    assert_true(is_named(error, child) || !g_file_test("/proc/locks", G_FILE_TEST_EXISTS));
    child_kill(child);
    assert_true(session_begin(session, NULL));
}

static gboolean take_wal_transaction(Session *session)
{
    execute(session, "PRAGMA journal_mode = WAL");
    return session_begin(session, NULL);
}

static void test_begin_names_the_writer(void **state)
{
    (void)state;
    begin_names("writer.db", child_start("writer.db", take_transaction));
    begin_names("wal.db", child_start("wal.db", take_wal_transaction));
}

static gboolean read_on(Session *session)
{
    execute(session, "BEGIN");
    return count(session, "SELECT count(*) FROM t") == 0;
}

/* A reader lets the transaction begin, and stands in the way of its end. */
static void test_commit_names_the_reader(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("reader.db", quick());
    g_autoptr(Session) session = open_session(engine);
    execute(session, "CREATE TABLE t (x)");
    pid_t child = child_start("reader.db", read_on);
    g_autoptr(GError) error = NULL;
    assert_true(session_begin(session, NULL));
    execute(session, "INSERT INTO t VALUES (1)");
    assert_false(session_commit(session, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    assert_true(is_named(error, child) || !g_file_test("/proc/locks", G_FILE_TEST_EXISTS));
    assert_true(session_in_transaction(session));
    child_kill(child);
    assert_true(session_commit(session, NULL));
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 1);
}

/* What a statement began, a returned connection must not carry on. */
static void test_closing_ends_any_transaction(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("any.db", quick());
    Session *first = open_session(engine);
    execute(first, "CREATE TABLE t (x)");
    execute(first, "BEGIN");
    assert_true(session_in_transaction(first));
    execute(first, "INSERT INTO t VALUES (1)");
    session_close(first);
    g_autoptr(Session) second = open_session(engine);
    assert_false(session_in_transaction(second));
    assert_int_equal(count(second, "SELECT count(*) FROM t"), 0);
}

/* SQLite rolls the transaction back by itself when the disk is full. */
static void test_full(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("full.db", quick());
    g_autoptr(Session) session = open_session(engine);
    execute(session, "CREATE TABLE t (x)");
    execute(session, "PRAGMA max_page_count = 4");
    assert_true(session_begin(session, NULL));
    execute(session, "INSERT INTO t VALUES (1)");
    g_autoptr(GError) error = NULL;
    assert_false(connection_execute(session_connection(session), "INSERT INTO t VALUES (zeroblob(100000))", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_FULL));
    assert_contains(error, "full.db");
    session_rollback(session);
    assert_false(session_in_transaction(session));
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 0);
    g_autoptr(GError) none = NULL;
    assert_false(session_commit(session, &none));
    assert_contains(none, "no transaction");
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
    assert_non_null(first);
    Session *second = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_null(session_open(engine, &error));
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_POOL));
    session_close(second);
    g_autoptr(Session) third = open_session(engine);
    assert_non_null(third);
}

/* One session after the other sees the same database in memory, whatever pool_recycle says. */
static void test_memory_is_kept(void **state)
{
    (void)state;
    EngineOptions options = quick();
    options.pool_recycle = 0;
    g_autoptr(Engine) engine = open_engine("", options);
    Session *first = open_session(engine);
    assert_false(engine_database_missing(engine));
    execute(first, "CREATE TABLE t (x)");
    session_close(first);
    g_autoptr(Session) second = open_session(engine);
    assert_int_equal(count(second, "SELECT count(*) FROM t"), 0);
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
    EngineOptions options = quick();
    g_autoptr(Session) session = session_open_offline(&sqlite_dialect, &options, output);
    assert_true(session_is_offline(session));
    assert_true(session_begin(session, NULL));
    execute(session, "CREATE TABLE t (x)");
    assert_true(session_commit(session, NULL));
    assert_false(session_in_transaction(session));
    assert_string_equal(output->str, "BEGIN IMMEDIATE;\nCREATE TABLE t (x);\nCOMMIT;\n");
    session_rollback(session); /* nothing is open */
    assert_true(session_begin(session, NULL));
    assert_true(session_in_transaction(session));
    session_rollback(session);
    assert_true(g_str_has_suffix(output->str, "COMMIT;\nBEGIN IMMEDIATE;\nROLLBACK;\n"));
    assert_true(session_lock(session, "migrate_version", NULL));
}

static void test_scratch(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) session = engine_open_scratch(&sqlite_dialect, &error);
    assert_null(error);
    execute(session, "CREATE TABLE t (x)");
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 0);
    assert_true(session_begin(session, NULL));
    execute(session, "DROP TABLE t");
    session_rollback(session);
    assert_int_equal(count(session, "SELECT count(*) FROM t"), 0);
    session_close(NULL);
    engine_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relative_path),
        cmocka_unit_test(test_unknown_dialect),
        cmocka_unit_test(test_description),
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_transaction),
        cmocka_unit_test(test_closing_rolls_back),
        cmocka_unit_test(test_busy_begin),
        cmocka_unit_test(test_begin_waits),
        cmocka_unit_test(test_begin_names_the_writer),
        cmocka_unit_test(test_commit_names_the_reader),
        cmocka_unit_test(test_closing_ends_any_transaction),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_pool_limit),
        cmocka_unit_test(test_memory_is_kept),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_offline),
        cmocka_unit_test(test_scratch),
    };
    folder_make();
    int status = cmocka_run_group_tests_name("engine/engine", tests, NULL, NULL);
    folder_remove();
    return status;
}
