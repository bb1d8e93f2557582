/* A person's own templates, and the skeleton of new revisions. */
#include <glib/gstdio.h>
#include <unistd.h>

#include "script/internal.h"
#include "script/template_internal.h"
#include "unit/script/graph.h"

static int setup(void **state)
{
    *state = g_dir_make_tmp("template-XXXXXX", NULL);
    return *state == NULL;
}

static int teardown(void **state)
{
    g_autofree char *folder = *state;
    const char *arguments[] = {"rm", "-r", folder, NULL};
    assert_true(g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
    return 0;
}

static void put(const char *folder, const char *path, const char *text, gssize length)
{
    g_autofree char *full = g_build_filename(folder, path, NULL);
    g_autofree char *parent = g_path_get_dirname(full);
    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(full, text, length, NULL));
}

/* ---- folders ---- */

static void test_folder(void **state)
{
    const char *folder = *state;
    put(folder, "b/c/deep", "1", -1);
    put(folder, "b.sql", "\0\xff", 2);
    put(folder, "a~", "backup", -1);
    put(folder, ".git/config", "x", -1);
    put(folder, ".editorconfig", "y", -1);
    put(folder, "run", "#!/bin/sh\n", -1);
    g_autofree char *program = g_build_filename(folder, "run", NULL);
    assert_int_equal(g_chmod(program, 0755), 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files = template_folder_read(folder, &error);
    assert_non_null(files);
    static const char *const paths[] = {".editorconfig", "b.sql", "b/c/deep", "run"};
    assert_int_equal(files->len, G_N_ELEMENTS(paths));
    for (guint i = 0; i < files->len; i++) {
        const TemplateFile *file = g_ptr_array_index(files, i);
        assert_string_equal(file->path, paths[i]);
        assert_int_equal(file->executable, strcmp(file->path, "run") == 0);
    }
    const TemplateFile *bytes = g_ptr_array_index(files, 1);
    assert_int_equal(bytes->length, 2);
    assert_memory_equal(bytes->text, "\0\xff", 2);
    /* A link that leads back never ends. */
    g_autofree char *loop = g_build_filename(folder, "b", "loop", NULL);
    assert_int_equal(symlink("..", loop), 0);
    assert_null(template_folder_read(folder, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
    assert_int_equal(unlink(loop), 0);
    g_clear_error(&error);
    /* A link to nowhere is said, not left out. */
    assert_int_equal(symlink("nowhere", loop), 0);
    assert_null(template_folder_read(folder, &error));
    assert_non_null(strstr(error->message, "b/loop' cannot be read"));
}

static void test_summary(void **state)
{
    static const struct {
        const char *file, *text, *summary;
    } rows[] = {
        {"README.txt", "plain\nsecond\n", "plain"},
        {"README.md", "\n\n## A heading\t\r\nsecond\n", "A heading"},
        {"README", "wins", "wins"},
        {"README", "", ""},
    };
    const char *folder = *state;
    g_autofree char *none = template_folder_summary(folder);
    assert_string_equal(none, "");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        put(folder, rows[i].file, rows[i].text, -1);
        g_autofree char *summary = template_folder_summary(folder);
        assert_string_equal(summary, rows[i].summary);
    }
}

static void test_list(void **state)
{
    const char *folder = *state;
    put(folder, "zeta/README", "last", -1);
    put(folder, "ops/README", "mine", -1);
    put(folder, ".hidden/README", "x", -1);
    put(folder, "file", "x", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = templates_list(folder, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const Template *template = g_ptr_array_index(list, i);
        g_string_append_printf(text, "%s%s ", template->name, template->folder != NULL ? "*" : "");
        if (template->folder != NULL)
            assert_true(g_str_has_prefix(template->folder, folder));
    }
    assert_string_equal(text->str, "generic sql ops* zeta* ");
    assert_string_equal(((const Template *)g_ptr_array_index(list, 2))->summary, "mine");
    assert_null(templates_list("/nowhere", &error));
    assert_non_null(strstr(error->message, "'/nowhere'"));
}

/* ---- the skeleton ---- */

static char *apply(const char *folder, gboolean is_ops, const char *skeleton, const char *text, GError **error)
{
    if (skeleton != NULL)
        put(folder, is_ops ? SKELETON_OPS : SKELETON_SQL, skeleton, -1);
    g_autoptr(ScriptDirectory) directory = script_directory_open(&(ScriptDirectoryOptions){.location = folder}, error);
    assert_non_null(directory);
    return skeleton_apply(directory, is_ops, "new.sql", text, error);
}

#define HEADER                                                                                                         \
    "-- Message: two\n-- Message: lines of @UPGRADE@\n-- Revision: abcd\n-- Revises: 1234, 5678\n"                     \
    "-- Branch-Labels: l\n-- Depends-On: dddd\n-- Created: 2026-01-01T00:00:00Z\n"
#define UPGRADE                                                                                                        \
    "-- migrate:up dialect:sqlite\nCREATE TABLE a (x);\n\n-- migrate:up transaction:false dialect:mysql\n"             \
    "CREATE TABLE a (x INTEGER);\n"
#define DOWNGRADE "-- migrate:down irreversible:\"no\"\n"

static void test_skeleton(void **state)
{
    const char *folder = *state;
    const char *text = HEADER "\n" UPGRADE "\n" DOWNGRADE;
    g_autoptr(GError) error = NULL;
    g_autofree char *without = apply(folder, FALSE, NULL, text, &error);
    assert_string_equal(without, text);
    g_autofree char *same = apply(folder, FALSE, "@HEADER@\n\n@UPGRADE@\n\n@DOWNGRADE@\n", text, &error);
    assert_string_equal(same, text);
    g_autofree char *more =
        apply(folder, FALSE, "-- Copyright\n@HEADER@\n-- Ticket:\n\n  @UPGRADE@ \n-- why\n\n@DOWNGRADE@\n-- end", text,
              &error);
    assert_string_equal(more, "-- Copyright\n" HEADER "-- Ticket:\n\n" UPGRADE "-- why\n\n" DOWNGRADE "-- end");
    /* What one wrote on another system. */
    g_autofree char *crlf = apply(folder, FALSE, "@HEADER@\r\n@UPGRADE@\r\n@DOWNGRADE@\r\n", text, &error);
    assert_string_equal(crlf, HEADER UPGRADE DOWNGRADE);
    /* A revision that leads nowhere down has an empty place. */
    g_autofree char *up_only =
        apply(folder, FALSE, "@HEADER@\n@UPGRADE@\n@DOWNGRADE@\n", "-- Revision: a\n\n-- migrate:up\n", &error);
    assert_string_equal(up_only, "-- Revision: a\n-- migrate:up\n\n");
    assert_null(error);
}

static void test_skeletons_that_are_none(void **state)
{
    static const struct {
        const char *skeleton, *problem;
    } rows[] = {
        {"", "@HEADER@"},
        {"@HEADER@\n@UPGRADE@\n", "the line @DOWNGRADE@ has to stand in it once, alone, not never"},
        {"@HEADER@\n@UPGRADE@\n-- @DOWNGRADE@\n", "the line @DOWNGRADE@ has to stand"},
        {"@HEADER@\n@HEADER@\n@UPGRADE@\n@DOWNGRADE@\n", "the line @HEADER@ has to stand in it once, alone, not sev"},
        {"@UPGRADE@\n@DOWNGRADE@\n@HEADER@\n", "would not be one"},
        {"@HEADER@\nSELECT 1;\n@UPGRADE@\n@DOWNGRADE@\n", "would not be one"},
        {"@HEADER@\n-- Revision: other\n@UPGRADE@\n@DOWNGRADE@\n", "would not be one"},
        {"-- Message: mine\n@HEADER@\n@UPGRADE@\n@DOWNGRADE@\n", "it changes the header"},
        {"@HEADER@\n@UPGRADE@\n@DOWNGRADE@\n\xff", "UTF-8"},
    };
    const char *folder = *state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = apply(folder, FALSE, rows[i].skeleton, HEADER "\n" UPGRADE "\n" DOWNGRADE, &error);
        if (text != NULL)
            fail_msg("row %u gave\n%s", i, text);
        if (strstr(error->message, rows[i].problem) == NULL || strstr(error->message, "script.sql") == NULL)
            fail_msg("row %u: %s", i, error->message);
    }
}

static void test_skeleton_of_operations(void **state)
{
    const char *folder = *state;
    const char *text = "{\n  \"revision\": \"a\",\n  \"upgrade\": []\n}\n";
    g_autoptr(GError) error = NULL;
    g_autofree char *filled = apply(folder, TRUE, "/* Ticket: */\n@REVISION@\n// end\n", text, &error);
    assert_string_equal(filled, "/* Ticket: */\n{\n  \"revision\": \"a\",\n  \"upgrade\": []\n}\n// end\n");
    static const char *const bad[][2] = {{"", "never"},
                                         {"@REVISION@\n@REVISION@\n", "several times"},
                                         {"[\n@REVISION@\n]\n", "only comments may stand around @REVISION@"},
                                         {"@REVISION@\n{}", "only comments may stand around @REVISION@"}};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *none = apply(folder, TRUE, bad[i][0], text, &error);
        assert_null(none);
        assert_non_null(strstr(error->message, bad[i][1]));
        g_clear_error(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_skeleton, setup, teardown),
        cmocka_unit_test_setup_teardown(test_skeletons_that_are_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_skeleton_of_operations, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
