#include <string.h>

#include "support.h"

#include "operations/internal.h"

static void assert_renamed(const char *text, const char *expected)
{
    g_autofree char *renamed = expression_rename(text, "total", "sum of", TRUE, FALSE);
    assert_string_equal(renamed, expected);
}

static void test_words(void **state)
{
    (void)state;
    assert_renamed("total >= 0", "\"sum of\" >= 0");
    assert_renamed("TOTAL>=0 AND x<total", "\"sum of\">=0 AND x<\"sum of\"");
    assert_renamed("subtotal + total_1 + totals + 1total", "subtotal + total_1 + totals + 1total");
    assert_renamed("größe_total > 0", "größe_total > 0");
    assert_renamed("", "");
    assert_null(expression_rename(NULL, "a", "b", TRUE, FALSE));
}

static void test_functions_strings_comments(void **state)
{
    (void)state;
    assert_renamed("total(x) + total (y)", "total(x) + total (y)");
    assert_renamed("a = 'total' AND b = 'it''s total'", "a = 'total' AND b = 'it''s total'");
    assert_renamed("/* total */ total -- total\n+ total", "/* total */ \"sum of\" -- total\n+ \"sum of\"");
}

static void test_quotes_are_kept(void **state)
{
    (void)state;
    assert_renamed("\"total\" > [total] * `Total`", "\"sum of\" > [sum of] * `sum of`");
    assert_renamed("\"to\"\"tal\" > 0", "\"to\"\"tal\" > 0");
    g_autofree char *quote = expression_rename("a > 0", "a", "b\"c", FALSE, FALSE);
    assert_string_equal(quote, "\"b\"\"c\" > 0");
    g_autofree char *case_counts = expression_rename("A > a", "a", "b", FALSE, FALSE);
    assert_string_equal(case_counts, "A > \"b\"");
}

static void test_backticks(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"total > 0", "`sum of` > 0"},
        {"`total` > \"total\"", "`sum of` > \"total\""},
        {"a = 'it\\'s total' and total", "a = 'it\\'s total' and `sum of`"},
        {"a[total]", "a[`sum of`]"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *renamed = expression_rename(texts[i][0], "total", "sum of", FALSE, TRUE);
        assert_string_equal(renamed, texts[i][1]);
    }
}

/* Text that no database would take must still come back whole. */
static void test_unfinished(void **state)
{
    (void)state;
    static const char *const texts[] = {"'total", "\"total x", "`",  "[",        "\"",       "'",  "/*",   "/*/",
                                        "--",     "a[",        "x'", "/* total", "-- total", "((", "'a'''"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_renamed(texts[i], texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),           cmocka_unit_test(test_functions_strings_comments),
        cmocka_unit_test(test_quotes_are_kept), cmocka_unit_test(test_backticks),
        cmocka_unit_test(test_unfinished),
    };
    return cmocka_run_group_tests_name("operations/expression", tests, NULL, NULL);
}
