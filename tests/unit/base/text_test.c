#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void test_position(void **state)
{
    (void)state;
    const char *text = "a\r\nb\xC3\xBC\tc\n\nd";
    static const struct {
        gsize offset;
        int line, column;
    } rows[] = {{0, 1, 1}, {1, 1, 2}, {3, 2, 1}, {6, 2, 3}, {7, 2, 4}, {9, 3, 1}, {10, 4, 1}, {11, 4, 2}, {999, 4, 2}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        TextPosition position = text_position(text, strlen(text), rows[i].offset);
        assert_int_equal(position.line, rows[i].line);
        assert_int_equal(position.column, rows[i].column);
    }
    assert_int_equal(text_position("a\rb", 3, 2).line, 2);
    assert_int_equal(text_position("", 0, 0).column, 1);
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const words[] = {"upgrade", "downgrade", "url", "models", "stamp", "history", NULL};

    assert_string_equal(text_nearest("upgarde", words, -1), "upgrade");
    assert_string_equal(text_nearest("UPGRADE", words, -1), "upgrade");
    assert_string_equal(text_nearest("ulr", words, -1), "url");
    assert_string_equal(text_nearest("model", words, -1), "models");
    assert_string_equal(text_nearest("hsitory", words, -1), "history");
    assert_null(text_nearest("frobnicate", words, -1));
    assert_null(text_nearest("", words, -1));
    assert_null(text_nearest("xyz", words, -1));
    assert_null(text_nearest("models", words, 3));
    assert_null(text_nearest("x", words, 0));
    g_autofree char *endless = g_strnfill(100000, 'u');
    assert_null(text_nearest(endless, words, -1));
}

static void test_join(void **state)
{
    (void)state;
    static const struct {
        const char *words, *joined;
    } rows[] = {{"", ""}, {"a", "a"}, {"a b", "a or b"}, {"a b c", "a, b or c"}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) split = g_strsplit(rows[i].words, " ", -1);
        g_autoptr(GPtrArray) words = g_ptr_array_new();
        for (char **word = split; *word; word++)
            g_ptr_array_add(words, *word);
        g_autofree char *joined = text_join(words, "or");
        assert_string_equal(joined, rows[i].joined);
    }
}

static void test_list_and_first_line(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *none = text_list(words, ", ");
    g_ptr_array_add(words, "a");
    g_ptr_array_add(words, "b");
    g_autofree char *two = text_list(words, ", ");
    assert_string_equal(none, "");
    assert_string_equal(two, "a, b");
    static const char *const lines[][2] = {{NULL, ""}, {"", ""}, {"a b", "a b"}, {"a\nb", "a"}, {"a\r\nb", "a"}};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *line = text_first_line(lines[i][0]);
        assert_string_equal(line, lines[i][1]);
    }
}

static void test_returns(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
        gsize length, left;
    } rows[] = {{"", "", 0, 0},
                {"a\r\nb\r\n", "a\nb\n", 6, 4},
                {"a\rb\r", "a\rb\r", 4, 4},
                {"\r\r\n", "\r\n", 3, 2},
                {"a\0\r\nb", "a\0\nb", 5, 4}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_memdup2(rows[i].text, rows[i].length + 1);
        assert_int_equal(text_drop_returns(text, rows[i].length), rows[i].left);
        assert_memory_equal(text, rows[i].expected, rows[i].left + 1);
    }
}

static void test_glob(void **state)
{
    (void)state;
    static const char *const matching[][2] = {{"", ""},
                                              {"*", ""},
                                              {"*", "a/b"},
                                              {"a*c", "abc"},
                                              {"a*c", "ac"},
                                              {"*b*", "abc"},
                                              {"a?c", "a\xC3\xBC"
                                                      "c"},
                                              {"[abc]x", "bx"},
                                              {"[!abc]x", "dx"},
                                              {"[a-c]x", "bx"},
                                              {"[]]", "]"},
                                              {"[a", "[a"},
                                              {"*_old", "a_old_old"},
                                              {"a*b*c", "aXbXbc"},
                                              {"\\a", "\\a"},
                                              {"[-a]", "-"}};
    static const char *const others[][2] = {{"", "a"},      {"a", ""},     {"a", "A"},      {"a?c", "ac"},
                                            {"[abc]", "d"}, {"[!a]", "a"}, {"a*c", "acd"},  {"a*b", "aXc"},
                                            {"?", ""},      {"[abc]", ""}, {"abc", "abcd"}, {"[!a]", ""}};

    for (gsize i = 0; i < G_N_ELEMENTS(matching); i++) {
        if (!text_glob_match(matching[i][0], matching[i][1]))
            fail_msg("'%s' should match '%s'", matching[i][0], matching[i][1]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        if (text_glob_match(others[i][0], others[i][1]))
            fail_msg("'%s' should not match '%s'", others[i][0], others[i][1]);
    }
    /* The number of stars must not multiply the work. */
    g_autofree char *name = g_strnfill(20000, 'a');
    assert_false(text_glob_match("*a*a*a*a*a*a*a*a*a*a*b", name));
}

static void test_slug(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        gsize max;
        const char *slug;
    } rows[] = {
        {"Add order status", 40, "add_order_status"},
        {"  --Add:  'orders'.\"status\"!", 40, "add_orders_status"},
        {"add_order_status", 40, "add_order_status"},
        {"add order status", 10, "add_order"},
        {"add order status", 9, "add_order"},
        {"add order status", 8, "add"},
        {"abcdefgh", 5, "abcde"},
        {"\xC3\x9C\xC3\x9C", 3, "\xC3\xBC"},
        {"Gr\xC3\xB6\xC3\x9F"
         "e \xC3\x84ndern",
         40,
         "gr\xC3\xB6\xC3\x9F"
         "e_\xC3\xA4ndern"},
        {"../../etc/passwd", 40, "etc_passwd"},
        {"", 40, ""},
        {"!!!", 40, ""},
        {"a\xFF"
         "b",
         40, "a_b"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *slug = text_slug(rows[i].message, rows[i].max);
        assert_string_equal(slug, rows[i].slug);
    }
}

static void test_bom_and_names(void **state)
{
    (void)state;
    gsize length = 4;
    assert_string_equal(text_skip_bom("\xEF\xBB\xBFx", &length), "x");
    assert_int_equal(length, 1);
    length = 2;
    text_skip_bom("\xEF\xBB", &length);
    assert_int_equal(length, 2);

    assert_true(name_equal("Orders", "orders", TRUE));
    assert_false(name_equal("Orders", "orders", FALSE));
    assert_true(name_equal(NULL, NULL, FALSE));
    assert_false(name_equal(NULL, "a", TRUE));
}

static void expect_word(const char *text, const char *expected)
{
    g_autofree char *word = text_shell_word(text);
    assert_string_equal(word, expected);
}

static void test_shell_word(void **state)
{
    (void)state;
    expect_word("origin/release-1.2", "origin/release-1.2");
    expect_word("", "''");
    expect_word("two words", "'two words'");
    expect_word("$(id)", "'$(id)'");
    expect_word("it's", "'it'\\''s'");
    expect_word("~", "'~'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_position),      cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_join),          cmocka_unit_test(test_list_and_first_line),
        cmocka_unit_test(test_glob),          cmocka_unit_test(test_slug),
        cmocka_unit_test(test_bom_and_names), cmocka_unit_test(test_returns),
        cmocka_unit_test(test_shell_word),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
