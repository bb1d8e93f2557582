#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/log.h"

static void collect(LogLevel level, const char *text, void *data)
{
    (void)level;
    g_string_append_printf(data, "<%s>", text);
}

static void test_levels_and_prefixes(void **state)
{
    (void)state;
    g_autoptr(GString) seen = g_string_new(NULL);
    log_set_handler(collect, seen);

    log_message(LOG_ERROR, "cannot read '%s'\nsecond", "a");
    log_warning("careful");
    log_info("done\n");
    log_detail("not at this level");
    assert_string_equal(seen->str, "<error: cannot read 'a'\n  second><warning: careful><done>");

    g_string_truncate(seen, 0);
    log_set_level(LOG_ERROR);
    log_warning("hidden");
    log_message(LOG_ERROR, "shown");
    log_set_level(LOG_DETAIL);
    log_detail("%s", "");
    log_set_level(LOG_INFO);
    assert_string_equal(seen->str, "<error: shown><>");
    log_set_handler(NULL, NULL);
}

static void test_terminal_is_not_driven(void **state)
{
    (void)state;
    g_autoptr(GString) seen = g_string_new(NULL);
    log_set_handler(collect, seen);
    log_set_colour(TRUE);
    log_info("a\x1B[2Jb\rc\td\xC3\xBC\r\ne");
    log_set_colour(FALSE);
    log_set_handler(NULL, NULL);
    assert_string_equal(seen->str, "<a\\x1b[2Jb\\x0dc\td\xC3\xBC\n  e>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_and_prefixes),
        cmocka_unit_test(test_terminal_is_not_driven),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
