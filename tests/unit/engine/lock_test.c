/* One run at a time, whatever happens to the others. */
#include "unit/engine/fixture.h"

#include "base/log.h"

static void lock_refused(const char *name, const char *text)
{
    g_autoptr(Engine) engine = open_engine(name, quick());
    g_autoptr(Session) session = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_false(session_lock(session, "migrate_version", &error));
    assert_false(session_locked(session));
    assert_contains(error, text);
}

static void test_excludes(void **state)
{
    (void)state;
    g_autoptr(Engine) first_engine = open_engine("lock.db", quick());
    g_autoptr(Engine) second_engine = open_engine("lock.db", quick());
    g_autoptr(Session) first = open_session(first_engine);
    g_autoptr(Session) second = open_session(second_engine);
    g_autoptr(GError) error = NULL;
    assert_true(session_lock(first, "migrate_version", NULL));
    assert_true(session_lock(first, "migrate_version", NULL)); /* it is ours already */
    assert_true(session_locked(first));
    gint64 start = g_get_monotonic_time();
    assert_false(session_lock(second, "migrate_version", &error));
    assert_in_range(g_get_monotonic_time() - start, 200000, 2000000);
    assert_true(g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD));
    g_autofree char *holder = g_strdup_printf("process %d on %s, since 2", (int)getpid(), g_get_host_name());
    assert_contains(error, holder);
    session_unlock(first);
    session_unlock(first);
    assert_true(session_lock(second, "migrate_version", NULL));
    session_unlock(second);
    g_autofree char *path = path_of("lock.db.migrate-lock");
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_no_wait(void **state)
{
    (void)state;
    EngineOptions options = quick();
    options.lock_wait = 0;
    pid_t child = child_start("nowait.db", take_lock);
    g_autoptr(Engine) engine = open_engine("nowait.db", options);
    g_autoptr(Session) session = open_session(engine);
    gint64 start = g_get_monotonic_time();
    assert_false(session_lock(session, "migrate_version", NULL));
    assert_true(g_get_monotonic_time() - start < 100000);
    child_kill(child);
    assert_true(session_lock(session, "migrate_version", NULL));
}

/* A killed holder leaves a file, but no lock. */
static void test_killed_holder(void **state)
{
    (void)state;
    pid_t child = child_start("killed.db", take_lock);
    g_autofree char *holder = g_strdup_printf("held by process %d on", (int)child);
    lock_refused("killed.db", holder);
    child_kill(child);
    g_autofree char *path = path_of("killed.db.migrate-lock");
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_autoptr(Engine) engine = open_engine("killed.db", quick());
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_lock(session, "migrate_version", NULL));
    g_autofree char *card = NULL;
    assert_true(g_file_get_contents(path, &card, NULL, NULL));
    g_autofree char *ours = g_strdup_printf("process %d on", (int)getpid());
    assert_true(g_str_has_prefix(card, ours));
    session_unlock(session);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static gpointer kill_soon(gpointer child)
{
    g_usleep(100000);
    kill((pid_t)GPOINTER_TO_INT(child), SIGKILL);
    return NULL;
}

static void test_waits_for_the_holder(void **state)
{
    (void)state;
    pid_t child = child_start("wait.db", take_lock);
    GThread *thread = g_thread_new("kill", kill_soon, GINT_TO_POINTER((int)child));
    g_autoptr(Engine) engine = open_engine("wait.db", patient());
    g_autoptr(Session) session = open_session(engine);
    gint64 start = g_get_monotonic_time();
    assert_true(session_lock(session, "migrate_version", NULL));
    assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
    g_thread_join(thread);
    child_wait(child);
}

static void keep_log(LogLevel level, const char *text, void *data)
{
    assert_int_equal(level, LOG_INFO);
    g_ptr_array_add(data, g_strdup(text));
}

static void test_says_that_it_waits(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    pid_t child = child_start("notice.db", take_lock);
    EngineOptions options = quick();
    options.lock_wait = 1.6;
    g_autoptr(Engine) engine = open_engine("notice.db", options);
    g_autoptr(Session) session = open_session(engine);
    log_set_handler(keep_log, lines);
    assert_false(session_lock(session, "migrate_version", NULL));
    log_set_handler(NULL, NULL);
    child_kill(child);
    assert_int_equal(lines->len, 1);
    g_autofree char *holder = g_strdup_printf("held by process %d on", (int)child);
    assert_non_null(strstr(lines->pdata[0], holder));
}

/* Eight processes add one to a number under the lock, without a transaction of the database. */
static void test_eight_at_once(void **state)
{
    (void)state;
    g_autofree char *path = path_of("counter");
    assert_true(g_file_set_contents(path, "0", -1, NULL));
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        Session *session = open_session(open_engine("eight.db", patient()));
        for (int round = 0; round < 5; round++) {
            g_autofree char *text = NULL;
            if (!session_lock(session, "migrate_version", NULL) || !g_file_get_contents(path, &text, NULL, NULL))
                child_exit(1);
            g_autofree char *next = g_strdup_printf("%d", atoi(text) + 1);
            g_file_set_contents(path, next, -1, NULL);
            session_unlock(session);
        }
        child_exit(0);
    }
    for (int i = 0; i < 8; i++) {
        assert_int_equal(child_wait(children[i]), 0);
    }
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "40");
    g_autofree char *lock = path_of("eight.db.migrate-lock");
    assert_false(g_file_test(lock, G_FILE_TEST_EXISTS));
}

static void test_links_are_one_database(void **state)
{
    (void)state;
    g_autofree char *link = path_of("link.db"), *sub = path_of("sub"), *second = path_of("sub/second.db");
    assert_int_equal(g_mkdir(sub, 0755), 0);
    assert_int_equal(symlink("real.db", link), 0); /* the database does not exist yet */
    assert_int_equal(symlink("../link.db", second), 0);
    g_autoptr(Engine) engine = open_engine("real.db", quick());
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_lock(session, "migrate_version", NULL));
    lock_refused("link.db", "held by process");
    lock_refused("sub/second.db", "held by process");
    lock_refused("sub/../real.db", "held by process");
    lock_refused("file:real.db?uri=true", "held by process");
    session_unlock(session);
    pid_t child = child_start("sub/second.db", take_lock);
    assert_false(session_lock(session, "migrate_version", NULL));
    child_kill(child);
}

/* The path is resolved before anything creates the database. */
static void test_lock_of_a_missing_database(void **state)
{
    (void)state;
    g_autofree char *link = path_of("dangling.db"), *target = path_of("later.db");
    assert_int_equal(symlink("later.db", link), 0);
    g_autoptr(Engine) engine = open_engine("dangling.db", quick());
    g_autoptr(Session) session = open_session(engine);
    assert_int_equal(g_remove(target), 0);
    assert_true(session_lock(session, "migrate_version", NULL));
    g_autofree char *lock = path_of("later.db.migrate-lock");
    assert_true(g_file_test(lock, G_FILE_TEST_EXISTS));
}

static void test_something_in_the_way(void **state)
{
    (void)state;
    g_autofree char *taken = path_of("taken.db.migrate-lock"), *linked = path_of("linked.db.migrate-lock");
    g_autofree char *precious = path_of("precious"), *text = NULL;
    assert_int_equal(g_mkdir(taken, 0755), 0);
    lock_refused("taken.db", "something else has its name");
    assert_true(g_file_set_contents(precious, "data", -1, NULL));
    assert_int_equal(symlink(precious, linked), 0);
    lock_refused("linked.db", "something else has its name");
    assert_true(g_file_get_contents(precious, &text, NULL, NULL));
    assert_string_equal(text, "data");
}

/* Somebody removes the file of a holder by hand, and another run makes its own: that one is not ours to remove. */
static void test_replaced_file(void **state)
{
    (void)state;
    g_autofree char *path = path_of("replaced.db.migrate-lock");
    g_autoptr(Engine) engine = open_engine("replaced.db", quick());
    g_autoptr(Session) session = open_session(engine);
    assert_true(session_lock(session, "migrate_version", NULL));
    assert_int_equal(g_remove(path), 0);
    pid_t child = child_start("replaced.db", take_lock);
    session_unlock(session);
    assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    lock_refused("replaced.db", "held by process");
    child_kill(child);
}

/* What others write into the file is shown as one short line. */
static void test_strange_card(void **state)
{
    (void)state;
    pid_t child = child_start("strange.db", take_lock);
    g_autofree char *path = path_of("strange.db.migrate-lock");
    g_autoptr(GString) card = g_string_new("\x1b[31m");
    for (int i = 0; i < 1000; i++)
        g_string_append(card, "long ");
    FILE *file = g_fopen(path, "w"); /* in place: the inode stays */
    assert_non_null(file);
    fputs(card->str, file);
    fclose(file);
    g_autoptr(Engine) engine = open_engine("strange.db", quick());
    g_autoptr(Session) session = open_session(engine);
    g_autoptr(GError) error = NULL;
    assert_false(session_lock(session, "migrate_version", &error));
    assert_contains(error, "held by ?[31mlong long");
    assert_true(strlen(error->message) < 800);
    child_kill(child);
}

static int lock_without_permission(void)
{
    static const struct {
        const char *name, *text;
    } cases[] = {{"closed/old.db", "must be writable"}, {"foreign.db", "left by another user"}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Session *session = open_session(open_engine(cases[i].name, quick()));
        g_autoptr(GError) error = NULL;
        if (session_lock(session, "migrate_version", &error) || !strstr(error->message, cases[i].text))
            return (int)i + 1;
    }
    return 0;
}

static void create(const char *name)
{
    g_autoptr(Engine) engine = open_engine(name, quick());
    g_autoptr(Session) session = open_session(engine);
    execute(session, "CREATE TABLE t (x)");
}

static void test_permissions(void **state)
{
    (void)state;
    g_autofree char *closed = path_of("closed"), *foreign = path_of("foreign.db.migrate-lock");
    assert_int_equal(g_mkdir(closed, 0755), 0);
    create("closed/old.db");
    create("foreign.db");
    assert_true(g_file_set_contents_full(foreign, "", -1, G_FILE_SET_CONTENTS_NONE, 0400, NULL));
    assert_int_equal(g_chmod(closed, 0555) + g_chmod(folder, 0755) + (geteuid() ? g_chmod(foreign, 0) : 0), 0);
    assert_int_equal(child_run_as_nobody(lock_without_permission), 0);
    assert_int_equal(g_chmod(closed, 0755), 0);
}

/* Locking and unlocking must leave SQLite's own locks on the database alone. */
static void test_keeps_the_databases_locks(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine("own.db", quick());
    g_autoptr(Session) writer = open_session(engine);
    g_autoptr(Session) other = open_session(engine);
    assert_true(session_begin(writer, NULL));
    assert_true(session_lock(other, "migrate_version", NULL));
    session_unlock(other);
    pid_t child = fork();
    if (child == 0) {
        Session *session = open_session(open_engine("own.db", quick()));
        child_exit(session_begin(session, NULL) ? 1 : 0);
    }
    assert_int_equal(child_wait(child), 0);
}

static void test_memory_needs_none(void **state)
{
    (void)state;
    g_autoptr(Engine) engine = open_engine(":memory:", quick());
    g_autoptr(Session) first = open_session(engine);
    g_autoptr(Session) second = open_session(engine);
    assert_true(session_lock(first, "migrate_version", NULL));
    assert_true(session_lock(second, "migrate_version", NULL));
    assert_false(g_file_test(":memory:.migrate-lock", G_FILE_TEST_EXISTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_excludes),
        cmocka_unit_test(test_no_wait),
        cmocka_unit_test(test_killed_holder),
        cmocka_unit_test(test_waits_for_the_holder),
        cmocka_unit_test(test_says_that_it_waits),
        cmocka_unit_test(test_eight_at_once),
        cmocka_unit_test(test_links_are_one_database),
        cmocka_unit_test(test_lock_of_a_missing_database),
        cmocka_unit_test(test_something_in_the_way),
        cmocka_unit_test(test_replaced_file),
        cmocka_unit_test(test_strange_card),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_keeps_the_databases_locks),
        cmocka_unit_test(test_memory_needs_none),
    };
    folder_make();
    int status = cmocka_run_group_tests_name("engine/lock", tests, NULL, NULL);
    folder_remove();
    return status;
}
