/* What a sqlite URL may say, and every way in which a file can be no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "driver/driver.h"
#include "support/child.h"

static char *folder;
static const ConnectOptions plain, read_only = {.read_only = TRUE};

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static Connection *open_url(const char *text, ConnectOptions options, GError **error)
{
    g_autoptr(Url) url = url_parse(text, error);
    return url ? connection_open(&sqlite_driver, url, &options, error) : NULL;
}

static Connection *open_file(const char *name, ConnectOptions options, GError **error)
{
    g_autofree char *url = g_strdup_printf("sqlite:///%s/%s", folder, name);
    return open_url(url, options, error);
}

static void creates(const char *name, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_file(name, plain, &error);
    assert_null(error);
    assert_true(connection_execute(connection, sql, &error));
}

static void cannot_open(const char *name, ConnectOptions options, int code, const char *text)
{
    g_autoptr(GError) error = NULL;
    assert_null(open_file(name, options, &error));
    assert_int_equal(error->domain, DRIVER_ERROR);
    assert_int_equal(error->code, code);
    if (!strstr(error->message, text))
        fail_msg("'%s' is not in: %s", text, error->message);
}

static void test_absent(void **state)
{
    (void)state;
    cannot_open("absent.db", read_only, DRIVER_ERROR_CONNECT, "absent.db' cannot be opened: the file does not exist");
    cannot_open("absent.db?mode=ro", plain, DRIVER_ERROR_CONNECT, "does not exist");
    cannot_open("absent.db?mode=rw", plain, DRIVER_ERROR_CONNECT, "does not exist");
    cannot_open("absent.db?immutable=1", plain, DRIVER_ERROR_CONNECT, "does not exist");
    g_autofree char *missing = g_strdup_printf("folder '%s/none' does not exist", folder);
    cannot_open("none/x.db", plain, DRIVER_ERROR_CONNECT, missing);
    g_autofree char *absent = path_of("absent.db");
    assert_false(g_file_test(absent, G_FILE_TEST_EXISTS));
}

static void test_no_database(void **state)
{
    (void)state;
    g_autofree char *text = path_of("text.db"), *pipe = path_of("pipe.db");
    cannot_open("", plain, DRIVER_ERROR_CONNECT, "it is a folder");
    assert_true(g_file_set_contents(text, "this is a text of some length and no database at all, really", -1, NULL));
    cannot_open("text.db", plain, DRIVER_ERROR_CONNECT, "not a database");
    cannot_open("text.db", read_only, DRIVER_ERROR_CONNECT, "not a database");
    cannot_open("text.db/x.db", plain, DRIVER_ERROR_CONNECT, "is not a folder");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    cannot_open("pipe.db", plain, DRIVER_ERROR_CONNECT, "not a regular file");
    cannot_open("pipe.db", read_only, DRIVER_ERROR_CONNECT, "not a regular file");
}

static void test_bad_options(void **state)
{
    (void)state;
    cannot_open("x.db?mod=rw", plain, DRIVER_ERROR_URL, "did you mean 'mode'");
    cannot_open("x.db?quite_another=1", plain, DRIVER_ERROR_URL, "known are");
    cannot_open("x.db?mode=rx", plain, DRIVER_ERROR_URL, "ro, rw, rwc or memory, not 'rx'");
    cannot_open("x.db?cache=none", plain, DRIVER_ERROR_URL, "shared or private");
    cannot_open("x.db?immutable=maybe", plain, DRIVER_ERROR_URL, "true or false");
    cannot_open("x.db?timeout=soon", plain, DRIVER_ERROR_URL, "number of seconds");
    cannot_open("x.db?timeout=-1", plain, DRIVER_ERROR_URL, "number of seconds");
    cannot_open("x.db?timeout=nan", plain, DRIVER_ERROR_URL, "number of seconds");
    cannot_open("x.db?timeout=", plain, DRIVER_ERROR_URL, "number of seconds");
    cannot_open("x.db?vfs=none", plain, DRIVER_ERROR_CONNECT, "no such vfs");
    g_autoptr(GError) error = NULL;
    assert_null(open_url("sqlite:///file:x.db", plain, &error));
    assert_non_null(strstr(error->message, "uri=true"));
    g_clear_error(&error);
    assert_null(open_url("sqlite:///file://elsewhere/x.db?uri=true", plain, &error));
    assert_non_null(strstr(error->message, "another host"));
}

static void test_good_options(void **state)
{
    (void)state;
    creates("good.db", "CREATE TABLE t (x)");
    static const char *const options[] = {
        "mode=rwc",
        "mode=rw",
        "mode=ro",
        "cache=shared",
        "immutable=0&nolock=0&psow=1",
        "timeout=1.5",
        "check_same_thread=false&isolation_level=IMMEDIATE&detect_types=1&cached_statements=9",
        "vfs=unix",
        "uri=true",
    };
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *name = g_strconcat("good.db?", options[i], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = open_file(name, plain, &error);
        assert_null(error);
        assert_true(connection_execute(connection, "SELECT * FROM t", &error));
    }
}

static void test_uri(void **state)
{
    (void)state;
    creates("space%20here.db", "CREATE TABLE t (x)");
    static const char *const forms[] = {"file:%s/space%%20here.db?uri=true", "file://%s/space%%20here.db?uri=true",
                                        "file://localhost%s/space%%20here.db?uri=true&cache=private"};
    for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *form = g_strdup_printf("sqlite:///%s", forms[i]);
        g_autoptr(GString) url = g_string_new(form);
        g_string_replace(url, "%%", "%", 0);
        g_string_replace(url, "%s", folder, 1);
        g_autoptr(GError) error = NULL;
        g_autoptr(Connection) connection = open_url(url->str, plain, &error);
        assert_null(error);
        assert_true(connection_execute(connection, "SELECT * FROM t", &error));
    }
}

static void in_memory(const char *url, gboolean expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) parsed = url_parse(url, &error);
    assert_null(error);
    g_autofree char *path = NULL;
    assert_true(driver_file_path(&sqlite_driver, parsed, &path, &error));
    assert_int_equal(path == NULL, expected);
    if (!expected)
        return;
    g_autoptr(Connection) connection = connection_open(&sqlite_driver, parsed, &plain, &error);
    assert_null(error);
    assert_true(connection_execute(connection, "CREATE TABLE t (x)", &error));
}

static void test_memory(void **state)
{
    (void)state;
    in_memory("sqlite://", TRUE);
    in_memory("sqlite:///:memory:", TRUE);
    in_memory("sqlite:///x.db?mode=memory", TRUE);
    in_memory("sqlite:///file:shared?mode=memory&cache=shared&uri=true", TRUE);
    in_memory("sqlite:///file::memory:?cache=shared&uri=true", TRUE);
    in_memory("sqlite:///x.db", FALSE);
    in_memory("sqlite:////tmp/x.db", FALSE);
    in_memory("sqlite:///file:x.db?uri=true", FALSE);
    assert_false(g_file_test("x.db", G_FILE_TEST_EXISTS));
    assert_false(g_file_test("shared", G_FILE_TEST_EXISTS));
}

/* One name, one database, as long as somebody has it open. */
static void test_shared_memory(void **state)
{
    (void)state;
    const char *url = "sqlite:///file:common?mode=memory&cache=shared&uri=true";
    g_autoptr(Connection) first = open_url(url, plain, NULL);
    g_autoptr(Connection) second = open_url(url, plain, NULL);
    assert_true(connection_execute(first, "CREATE TABLE t (x)", NULL));
    assert_true(connection_execute(second, "SELECT * FROM t", NULL));
}

static void test_read_only(void **state)
{
    (void)state;
    creates("readonly.db", "CREATE TABLE t (x)");
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_file("readonly.db", read_only, &error);
    assert_null(error);
    assert_true(connection_execute(connection, "SELECT * FROM t", NULL));
    assert_false(connection_execute(connection, "INSERT INTO t VALUES (1)", &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_READ_ONLY));
    assert_non_null(strstr(error->message, "readonly.db"));
    assert_non_null(strstr(connection_last_error(connection)->hint, "opened read only"));
}

static gboolean says(const char *name, const char *sql, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_file(name, plain, &error);
    if (connection && sql)
        connection_execute(connection, sql, &error);
    if (!error || !strstr(error->message, text) || !strstr(error->message, name))
        g_printerr("'%s' is not in: %s\n", text, error ? error->message : "(no error)");
    return error && strstr(error->message, text) && strstr(error->message, name);
}

static int without_permission(void)
{
    if (!says("secret.db", NULL, "Permission denied"))
        return 1;
    if (!says("locked/new.db", NULL, "cannot be written: Permission denied"))
        return 2;
    if (!says("locked/old.db", "CREATE TABLE u (x)", "readonly"))
        return 3;
    return 0;
}

static void test_permissions(void **state)
{
    (void)state;
    g_autofree char *locked = path_of("locked"), *old = path_of("locked/old.db"), *secret = path_of("secret.db");
    creates("secret.db", "CREATE TABLE t (x)");
    assert_int_equal(g_mkdir(locked, 0755), 0);
    creates("locked/old.db", "CREATE TABLE t (x)");
    assert_int_equal(g_chmod(folder, 0755) + g_chmod(secret, 0) + g_chmod(old, 0444) + g_chmod(locked, 0555), 0);
    assert_int_equal(child_run_as_nobody(without_permission), 0);
    assert_int_equal(g_chmod(secret, 0644) + g_chmod(locked, 0755), 0);
}

/* A writer killed in mid-transaction leaves a journal that must be rolled back before anybody can read. */
static void test_hot_journal(void **state)
{
    (void)state;
    creates("hot.db", "CREATE TABLE t (x)");
    creates("hot.db", "INSERT INTO t VALUES ('kept')");
    pid_t child = fork();
    if (child == 0) {
        Connection *connection = open_file("hot.db", plain, NULL);
        connection_execute(connection, "PRAGMA cache_size = 2", NULL);
        connection_execute(connection, "BEGIN IMMEDIATE", NULL);
        connection_execute(connection, "UPDATE t SET x = 'lost'", NULL);
        connection_execute(connection,
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) "
                           "INSERT INTO t SELECT hex(zeroblob(500)) FROM n",
                           NULL);
        child_exit(0);
    }
    child_wait(child);
    g_autofree char *journal = path_of("hot.db-journal");
    assert_true(g_file_test(journal, G_FILE_TEST_EXISTS));
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_file("hot.db", read_only, &error);
    assert_null(error);
    g_autofree char *value = connection_scalar(connection, "SELECT group_concat(x) FROM t", &error);
    assert_null(error);
    assert_string_equal(value, "kept");
    assert_false(connection_execute(connection, "INSERT INTO t VALUES (1)", NULL));
}

static void test_damaged(void **state)
{
    (void)state;
    creates("damaged.db", "CREATE TABLE t (x)");
    g_autofree char *path = path_of("damaged.db"), *bytes = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    memset(bytes + 100, 0xff, length - 100);
    assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_file("damaged.db", plain, &error);
    assert_null(error);
    assert_false(connection_execute(connection, "SELECT * FROM t", &error));
    assert_non_null(strstr(error->message, "damaged.db"));
    assert_non_null(strstr(connection_last_error(connection)->hint, "integrity_check"));
}

static void test_other_dialect(void **state)
{
    (void)state;
    g_autoptr(Url) url = url_parse("oracle://localhost/x", NULL);
    g_autoptr(GError) error = NULL;
    assert_null(driver_for_url(url, &error));
    assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent),        cmocka_unit_test(test_no_database), cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_good_options),  cmocka_unit_test(test_uri),         cmocka_unit_test(test_memory),
        cmocka_unit_test(test_shared_memory), cmocka_unit_test(test_read_only),   cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_hot_journal),   cmocka_unit_test(test_damaged),     cmocka_unit_test(test_other_dialect),
    };
    folder = g_dir_make_tmp("migrate-open.XXXXXX", NULL);
    int status = cmocka_run_group_tests_name("driver/sqlite_open", tests, NULL, NULL);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
    g_free(folder);
    return status;
}
