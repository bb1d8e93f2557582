#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "git/repository.h"
#include "support/git_answers.h"

static char *diff(const char *old_text, const char *new_text)
{
    return repository_diff_texts(old_text, strlen(old_text), new_text, strlen(new_text));
}

static void assert_diff(const char *old_text, const char *new_text, const char *expected)
{
    g_autofree char *text = diff(old_text, new_text);
    assert_string_equal(text, expected);
}

static void there_is_no_header_and_nothing_for_equal_texts(void **state)
{
    (void)state;
    assert_diff("", "", "");
    assert_diff("a\n", "a\n", "");
    assert_diff("a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
    assert_diff("", "a\n", "@@ -0,0 +1 @@\n+a\n");
    assert_diff("a\n", "", "@@ -1 +0,0 @@\n-a\n");
    assert_diff("a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
    assert_diff("--- a\n", "+++ b\n", "@@ -1 +1 @@\n---- a\n++++ b\n"); /* lines that look like a header */
    assert_diff("\xff\xfe\n", "\xff\n", "@@ -1 +1 @@\n-\xff\xfe\n+\xff\n");
    g_autofree char *with_nul = repository_diff_texts("a\0b\n", 4, "a\n", 2);
    assert_true(g_str_has_prefix(with_nul, "@@ -1 +1 @@\n-a"));
}

/* Applied by git, the difference of two random texts makes one into the other. */
static void what_git_applies_makes_the_new_text(void **state)
{
    (void)state;
    git_fixture_free(git_fixture_new(git_tests_folder, FALSE));
    g_autofree char *file = git_tests_path("x.sql"), *patch = git_tests_path("x.patch");
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (guint turn = 0; turn < 30; turn++) {
        g_autoptr(GString) old_text = g_string_new(NULL), new_text = g_string_new(NULL);
        for (gint32 i = g_rand_int_range(random, 1, 60); i > 0; i--) {
            gint32 what = g_rand_int_range(random, 0, 10);
            if (what > 0)
                g_string_append_printf(old_text, "line %d\n", i % 7);
            if (what != 1)
                g_string_append_printf(new_text, what == 2 ? "changed %d\n" : "line %d\n", i % 7);
        }
        if (turn % 3 == 0 && new_text->len > 0)
            g_string_truncate(new_text, new_text->len - 1);
        g_autofree char *text = diff(old_text->str, new_text->str);
        if (!*text || old_text->len == 0 || new_text->len == 0)
            continue;
        g_autofree char *whole = g_strdup_printf("--- a/x.sql\n+++ b/x.sql\n%s", text);
        assert_true(file_write(file, old_text->str, old_text->len, FILE_WRITE_REPLACE, NULL));
        assert_true(file_write(patch, whole, strlen(whole), FILE_WRITE_REPLACE, NULL));
        g_free(git_says(git_tests_folder, "apply x.patch"));
        g_autofree char *made = NULL;
        gsize length = 0;
        assert_true(file_read(file, &made, &length, NULL));
        assert_string_equal(made, new_text->str);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_no_header_and_nothing_for_equal_texts),
        cmocka_unit_test(what_git_applies_makes_the_new_text),
    };
    return cmocka_run_group_tests_name("git diff", tests, git_tests_setup, git_tests_teardown);
}
