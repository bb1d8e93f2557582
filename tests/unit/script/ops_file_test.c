/* The header of a revision file in JSON. */
#include <glib/gstdio.h>

#include "unit/script/graph.h"

typedef struct File {
    char *folder, *path;
} File;

static int setup(void **state)
{
    File *file = g_new0(File, 1);
    file->folder = g_dir_make_tmp("ops-XXXXXX", NULL);
    file->path = g_build_filename(file->folder, "a.json", NULL);
    *state = file;
    return 0;
}

static int teardown(void **state)
{
    File *file = *state;
    g_remove(file->path);
    g_rmdir(file->folder);
    g_free(file->path);
    g_free(file->folder);
    g_free(file);
    return 0;
}

static Revision *read_text(const File *file, const char *text, GError **error)
{
    assert_true(g_file_set_contents(file->path, text, -1, NULL));
    return revision_read_header(file->path, error);
}

static void expect_error(const File *file, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = read_text(file, text, &error);
    assert_null(revision);
    assert_true(g_error_matches(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE));
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error->message);
}

static void expect_names(const GPtrArray *names, const char *wanted)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (const char *)g_ptr_array_index(names, i));
    assert_string_equal(text->str, wanted);
}

static void test_every_key(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision =
        read_text(*state,
                  "\xEF\xBB\xBF// made by hand\r\n"
                  "{\"message\": [\"two\", \"lines\"], \"create_date\": \"2026-11-21T08:15:00Z\", \"upgrade\": [],\r\n"
                  " \"downgrade\": [], \"branch_labels\": [\"billing\"], \"depends_on\": [\"0aa1\", \"shop\"],\r\n"
                  " /* a merge */ \"down_revision\": [\"a\", \"b\"], \"revision\": \"c\"}\r\n",
                  &error);
    assert_null(error);
    assert_true(revision->is_ops);
    assert_string_equal(revision->id, "c");
    assert_string_equal(revision->message, "two\nlines");
    assert_string_equal(revision->created, "2026-11-21T08:15:00Z");
    expect_names(revision->down_revisions, "a b");
    expect_names(revision->branch_labels, "billing");
    expect_names(revision->depends_on, "0aa1 shop");
}

static void test_alembics_forms(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) base =
        read_text(*state,
                  "{\"revision\": \"a\", \"down_revision\": null, \"branch_labels\": null, \"depends_on\": null,"
                  " \"message\": \"one\\ntwo\", \"upgrade\": [], \"downgrade\": []}",
                  &error);
    assert_null(error);
    assert_int_equal(base->down_revisions->len, 0);
    assert_string_equal(base->message, "one\ntwo");
    assert_null(base->created);
    g_autoptr(Revision) child = read_text(
        *state, "{\"revision\": \"b\", \"down_revision\": \"a\", \"branch_labels\": \"x\", \"upgrade\": []}", &error);
    assert_null(error);
    expect_names(child->down_revisions, "a");
    expect_names(child->branch_labels, "x");
    assert_string_equal(child->message, "");
}

static void test_mistakes(void **state)
{
    expect_error(*state, "{\"revision\": \"a b\"}", "a.json:1:14: revision: revision id 'a b' may hold only");
    expect_error(*state, "{\"revision\": \"head\"}", "is a reserved word");
    expect_error(*state, "{\"revision\": \"a\", \"revision\": \"b\"}", "a.json:1:19: ");
    expect_error(*state, "{\"revision\": \"a\",\n \"down_revison\": null}", "a.json:2:2: ");
    expect_error(*state, "{\"revision\": \"a\",\n \"down_revison\": null}", "down_revision");
    expect_error(*state, "{\"revision\": \"a\", \"down_revision\": [\"b\", \"b\"]}",
                 "down_revision[1]: 'b' stands twice");
    expect_error(*state, "{\"revision\": \"a\", \"down_revision\": [1]}", "down_revision[0]: a string is expected");
    expect_error(*state, "{\"revision\": \"a\", \"depends_on\": {}}", "depends_on: null, a string or a list");
    expect_error(*state, "{\"revision\": \"a\", \"message\": 1}", "message: a string, or a list of lines");
    expect_error(*state, "{\"revision\": \"a\", \"message\": [1]}", "message[0]: a string is expected");
    expect_error(*state, "{\"revision\": \"a\", \"create_date\": 1}", "create_date: a string is expected");
    expect_error(*state, "{\"revision\": \"a\", \"upgrade\": {}}", "upgrade: a list of operations is expected");
    expect_error(*state, "{\"down_revision\": null, \"upgrade\": []}", "there is no \"revision\"");
    expect_error(*state, "{\"revision\": \"a\", \"down_revision\": null}",
                 "there is neither \"upgrade\" nor \"downgrade\"");
    expect_error(*state, "{\"revision\": \"a\"", "a.json:1:17: ");
    expect_error(*state, "{\"revision\": 1, \"message\": 2}", "a.json:1:28: message:");
}

/* Where the keys stand, and how long the file is, makes no difference: only the first block may be read. */
static void test_keys_in_front_and_behind(void **state)
{
    static const char *const front = "\"revision\": \"abcd\", \"down_revision\": [\"a\", \"b\"], "
                                     "\"branch_labels\": [\"x\"], \"message\": \"\\\"upgrade\\\": \\u00e4\"";
    static const char *const late = "\"depends_on\": [\"c\"]";
    for (guint i = 0; i < 4; i++) {
        gboolean is_behind = (i & 1) != 0;
        g_autofree char *filler = g_strnfill((i & 2) != 0 ? 9000 : 10, 'x');
        g_autofree char *text = g_strdup_printf(
            "{%s%s%s, /* } */ \"upgrade\": [{\"op\": \"execute\", \"sqltext\": \"%s\"}]%s%s}", front,
            is_behind ? "" : ", ", is_behind ? "" : late, filler, is_behind ? ", " : "", is_behind ? late : "");
        g_autoptr(GError) error = NULL;
        g_autoptr(Revision) revision = read_text(*state, text, &error);
        assert_null(error);
        assert_string_equal(revision->id, "abcd");
        assert_string_equal(revision->message, "\"upgrade\": \303\244");
        expect_names(revision->down_revisions, "a b");
        expect_names(revision->branch_labels, "x");
        expect_names(revision->depends_on, "c");
    }
    expect_error(*state,
                 "{\"revision\": \"a-b\", \"down_revision\": null, \"branch_labels\": [], \"depends_on\": [], "
                 "\"message\": \"\", \"upgrade\": []}",
                 "a.json:1:14");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_key, setup, teardown),
        cmocka_unit_test_setup_teardown(test_alembics_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_keys_in_front_and_behind, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
