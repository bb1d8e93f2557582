#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("migrate-file-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    int status = system(command);
    g_free(folder);
    return status;
}

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static guint count_entries(const char *path)
{
    guint n = 0;
    GDir *dir = g_dir_open(path, 0, NULL);
    assert_non_null(dir);
    while (g_dir_read_name(dir))
        n++;
    g_dir_close(dir);
    return n;
}

#define assert_error(error, code_, word)                                                                               \
    do {                                                                                                               \
        assert_non_null(error);                                                                                        \
        assert_int_equal((error)->code, code_);                                                                        \
        if (!strstr((error)->message, word))                                                                           \
            fail_msg("'%s' does not hold '%s'", (error)->message, word);                                               \
    } while (0)

static void test_read_what_is_no_file(void **state)
{
    (void)state;
    char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) missing = NULL, directory = NULL, device = NULL, pipe_error = NULL, below = NULL;
    g_autofree char *absent = path_of("absent"), *pipe_path = path_of("pipe"), *file = path_of("plain");
    g_autofree char *under = path_of("plain/x");

    assert_false(file_read(absent, &text, &length, &missing));
    assert_error(missing, BASE_ERROR_NOT_FOUND, absent);
    assert_false(file_read(folder, &text, &length, &directory));
    assert_error(directory, BASE_ERROR_IO, "folder");
    assert_false(file_read("/dev/zero", &text, &length, &device));
    assert_error(device, BASE_ERROR_IO, "device");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_false(file_read(pipe_path, &text, &length, &pipe_error));
    assert_error(pipe_error, BASE_ERROR_IO, "pipe");
    assert_true(file_write(file, "x", 1, FILE_WRITE_NEW, NULL));
    assert_false(file_read(under, &text, &length, &below));
    assert_error(below, BASE_ERROR_NOT_FOUND, "plain/x");
    assert_null(text);
    unlink(pipe_path);
    unlink(file);
}

static void test_read_bytes_and_text(void **state)
{
    (void)state;
    g_autofree char *path = path_of("bytes");
    g_autofree char *bytes = NULL, *text = NULL;
    gsize length = 0;
    g_autoptr(GError) nul = NULL, latin = NULL;

    assert_true(file_write(path, "a\0b", 3, FILE_WRITE_REPLACE, NULL));
    assert_true(file_read(path, &bytes, &length, NULL));
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    assert_false(file_read_text(path, &text, &length, &nul));
    assert_error(nul, BASE_ERROR_SYNTAX, ":1:2: a NUL byte");
    assert_true(file_write(path, "a\nb\xFC", 4, FILE_WRITE_REPLACE, NULL));
    assert_false(file_read_text(path, &text, &length, &latin));
    assert_error(latin, BASE_ERROR_SYNTAX, ":2:2: the text is not UTF-8");
    assert_true(file_write(path, "\xEF\xBB\xBFx\n", 5, FILE_WRITE_REPLACE, NULL));
    assert_true(file_read_text(path, &text, &length, NULL));
    assert_string_equal(text, "x\n");
    assert_int_equal(length, 2);
    unlink(path);
}

static void test_new_never_overwrites(void **state)
{
    (void)state;
    g_autofree char *path = path_of("once"), *dangling = path_of("dangling"), *text = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL, link_error = NULL;

    assert_true(file_write(path, "first", 5, FILE_WRITE_NEW, NULL));
    assert_false(file_write(path, "second", 6, FILE_WRITE_NEW, &error));
    assert_error(error, BASE_ERROR_EXISTS, path);
    assert_true(file_read(path, &text, &length, NULL));
    assert_string_equal(text, "first");
    assert_int_equal(symlink("nowhere", dangling), 0);
    assert_false(file_write(dangling, "x", 1, FILE_WRITE_NEW, &link_error));
    assert_error(link_error, BASE_ERROR_EXISTS, "dangling");
    assert_int_equal(count_entries(folder), 2);
    unlink(path);
    unlink(dangling);
}

static gpointer write_new(gpointer path)
{
    return GINT_TO_POINTER(file_write(path, "x", 1, FILE_WRITE_NEW, NULL));
}

static void test_one_of_many_writers_wins(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        g_autofree char *path = path_of("race");
        GThread *threads[8];
        int winners = 0;
        for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
            threads[i] = g_thread_new("writer", write_new, path);
        for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
            winners += GPOINTER_TO_INT(g_thread_join(threads[i]));
        assert_int_equal(winners, 1);
        assert_int_equal(count_entries(folder), 1);
        unlink(path);
    }
}

static void test_replace_keeps_mode_and_link(void **state)
{
    (void)state;
    g_autofree char *path = path_of("real"), *link_path = path_of("link"), *text = NULL;
    gsize length = 0;
    struct stat status;

    assert_true(file_write(path, "a", 1, FILE_WRITE_NEW, NULL));
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink("real", link_path), 0);
    assert_true(file_write(link_path, "bc", 2, FILE_WRITE_REPLACE, NULL));
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_true(file_read(path, &text, &length, NULL));
    assert_string_equal(text, "bc");
    assert_int_equal(count_entries(folder), 2);
    unlink(path);
    unlink(link_path);
}

static void test_folders_are_made_and_taken_back(void **state)
{
    (void)state;
    g_autofree char *path = path_of("a/b/c.sql"), *blocked = path_of("a/b/c.sql/d/e.sql"), *top = path_of("a");
    g_autofree char *long_name = g_strnfill(300, 'x'), *sub = g_build_filename(folder, "n/m", long_name, NULL);
    g_autofree char *left = path_of("n");
    g_autoptr(GError) error = NULL, long_error = NULL, folder_error = NULL;

    assert_true(file_write(path, "", 0, FILE_WRITE_NEW, NULL));
    assert_false(file_write(blocked, "x", 1, FILE_WRITE_NEW, &error));
    assert_non_null(strstr(error->message, "c.sql"));
    assert_false(file_write(sub, "x", 1, FILE_WRITE_NEW, &long_error));
    assert_non_null(long_error);
    assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    assert_false(file_write(top, "x", 1, FILE_WRITE_REPLACE, &folder_error));
    assert_error(folder_error, BASE_ERROR_IO, "folder");
}

static void test_blob_id(void **state)
{
    (void)state;
    g_autofree char *empty = file_blob_id("", 0), *hello = file_blob_id("hello\n", 6);
    assert_string_equal(empty, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    assert_string_equal(hello, "ce013625030ba8dba906f756967f9e9ca394464a");
}

static void test_glob(void **state)
{
    (void)state;
    static const char *const names[] = {"g/b.json", "g/a.json", "g/c.sql", "g/d.json/x", "h/a.json", "g/[1].json"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_of(names[i]);
        assert_true(file_write(path, "", 0, FILE_WRITE_NEW, NULL));
    }
    static const struct {
        const char *pattern, *found;
    } rows[] = {{"g/*.json", "[1].json a.json b.json"},
                {"?/a.json", "a.json a.json"},
                {"g/[ab].json", "a.json b.json"},
                {"g/none*", ""},
                {"none/*.json", ""},
                {"g/nothing.json", "nothing.json"},
                {"g/[1].json", "[1].json"},
                {"g/a.json/*", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *pattern = path_of(rows[i].pattern);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) paths = file_glob(pattern, &error);
        g_autoptr(GString) found = g_string_new(NULL);
        if (!paths)
            fail_msg("'%s': %s", rows[i].pattern, error->message);
        for (guint j = 0; j < paths->len; j++) {
            g_autofree char *name = g_path_get_basename(g_ptr_array_index(paths, j));
            g_string_append_printf(found, "%s%s", j ? " " : "", name);
        }
        assert_string_equal(found->str, rows[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_what_is_no_file),
        cmocka_unit_test(test_read_bytes_and_text),
        cmocka_unit_test(test_new_never_overwrites),
        cmocka_unit_test(test_one_of_many_writers_wins),
        cmocka_unit_test(test_replace_keeps_mode_and_link),
        cmocka_unit_test(test_folders_are_made_and_taken_back),
        cmocka_unit_test(test_blob_id),
        cmocka_unit_test(test_glob),
    };
    return cmocka_run_group_tests_name("base/file", tests, make_folder, remove_folder);
}
