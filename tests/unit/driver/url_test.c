#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "driver/url.h"

static Url *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    Url *url = url_parse(text, &error);
    if (!url)
        fail_msg("'%s': %s", text, error->message);
    return url;
}

/* All parts in one line: dialect+driver user=… pw=… hosts=… db=… name=value … */
static char *describe(const Url *url)
{
    GString *text = g_string_new(url->dialect);
    if (url->driver)
        g_string_append_printf(text, "+%s", url->driver);
    if (url->username)
        g_string_append_printf(text, " user=%s", url->username);
    if (url->password)
        g_string_append_printf(text, " pw=%s", url->password);
    for (guint i = 0; i < url->n_hosts; i++)
        g_string_append_printf(text, " host=%s|%d", url->hosts[i].host, url->hosts[i].port);
    if (url->database)
        g_string_append_printf(text, " db=%s", url->database);
    for (guint i = 0; i < url->names->len; i++)
        g_string_append_printf(text, " %s=%s", (char *)url->names->pdata[i], (char *)url->values->pdata[i]);
    return g_string_free(text, FALSE);
}

static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *parts, *shown; /* shown NULL: as text */
    } rows[] = {
        {"sqlite://", "sqlite", NULL},
        {"sqlite:///", "sqlite", "sqlite://"},
        {"sqlite:///:memory:", "sqlite", "sqlite://"},
        {"sqlite:///app.db", "sqlite db=app.db", NULL},
        {"sqlite:///../a/app.db", "sqlite db=../a/app.db", NULL},
        {"sqlite:////var/app.db", "sqlite db=/var/app.db", NULL},
        {"SQLite+aiosqlite:///a%20b#c@d.db?mode=ro&x",
         "sqlite+aiosqlite db=a b#c@d.db mode=ro x=", "sqlite+aiosqlite:///a%20b%23c%40d.db?mode=ro&x="},
        {"sqlite:///100%.db", "sqlite db=100%.db", "sqlite:///100%25.db"},
        {"sqlite:///file:x?mode=memory&cache=shared", "sqlite db=file:x mode=memory cache=shared", NULL},
        {"postgres://me@h/shop", "postgresql user=me host=h|0 db=shop", "postgresql://me@h/shop"},
        {"postgresql+psycopg2://me:p%40ss%2Fw%3ao%23rd@h:5433/shop",
         "postgresql+psycopg2 user=me pw=p@ss/w:o#rd host=h|5433 db=shop", "postgresql+psycopg2://me:***@h:5433/shop"},
        {"postgresql://me:50%@h/d", "postgresql user=me pw=50% host=h|0 db=d", "postgresql://me:***@h/d"},
        {"postgresql://me:a:b@h/d", "postgresql user=me pw=a:b host=h|0 db=d", "postgresql://me:***@h/d"},
        {"postgresql://me:@h/d", "postgresql user=me pw= host=h|0 db=d", "postgresql://me:***@h/d"},
        {"postgresql://:pw@h", "postgresql pw=pw host=h|0", "postgresql://:***@h"},
        {"postgresql://u%3Aser@h", "postgresql user=u:ser host=h|0", "postgresql://u%3Aser@h"},
        {"postgresql://h1:1,h2:2,[::1]:3,h4/d?target_session_attrs=any",
         "postgresql host=h1|1 host=h2|2 host=::1|3 host=h4|0 db=d target_session_attrs=any", NULL},
        {"postgresql://me@[2001:db8::1]/d", "postgresql user=me host=2001:db8::1|0 db=d", NULL},
        {"postgresql:///d?host=/var/run/postgresql&options=-c%20x%3D1",
         "postgresql db=d host=/var/run/postgresql options=-c x=1",
         "postgresql:///d?host=/var/run/postgresql&options=-c%20x%3D1"},
        {"postgresql://%2Fvar%2Frun/d", "postgresql host=/var/run|0 db=d", NULL},
        {"postgresql://", "postgresql", NULL},
        {"postgresql://h:/d", "postgresql host=h|0 db=d", "postgresql://h/d"},
        {"postgresql:///?service=shop", "postgresql service=shop", "postgresql://?service=shop"},
        {"postgresql:///d?password=geheim&sslpassword=x&user=me",
         "postgresql db=d password=geheim sslpassword=x user=me",
         "postgresql:///d?password=***&sslpassword=***&user=me"},
        {"mysql+pymysql://root:pw@127.0.0.1:3306/shop?charset=utf8mb4&ssl_ca=/a+b.pem",
         "mysql+pymysql user=root pw=pw host=127.0.0.1|3306 db=shop charset=utf8mb4 ssl_ca=/a+b.pem",
         "mysql+pymysql://root:***@127.0.0.1:3306/shop?charset=utf8mb4&ssl_ca=/a%2Bb.pem"},
        {"mariadb://h/gr%C3%B6\xC3\x9F"
         "e",
         "mariadb host=h|0 db=gr\xC3\xB6\xC3\x9F"
         "e",
         "mariadb://h/gr\xC3\xB6\xC3\x9F"
         "e"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Url) url = parse(rows[i].text);
        g_autofree char *parts = describe(url), *shown = url_to_string(url);
        assert_string_equal(parts, rows[i].parts);
        assert_string_equal(shown, rows[i].shown ? rows[i].shown : rows[i].text);
        assert_string_equal(url->original, rows[i].text);
        /* What is shown is a URL of the same place. */
        g_autoptr(Url) again = parse(shown);
        g_autofree char *shown_again = url_to_string(again);
        assert_string_equal(shown_again, shown);
    }
}

static void test_options(void **state)
{
    (void)state;
    g_autoptr(Url) url = parse("mysql://h/d?a=1&b=2&a=3&&c=x=y");
    assert_string_equal(url_option(url, "a"), "3");
    assert_string_equal(url_option(url, "c"), "x=y");
    assert_null(url_option(url, "A"));
    assert_int_equal(url->names->len, 4);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word;
    } rows[] = {
        {"", "empty"},
        {"app.db", "must start with its dialect"},
        {"/var/app.db", "must start with its dialect"},
        {"host=h password=SECRET", "must start with its dialect"},
        {"://h/d", "must start with its dialect"},
        {"post gres://h/d", "must start with its dialect"},
        {"postgresql+://h/d", "must start with its dialect"},
        {"sqlite:app.db", "'sqlite:' must be followed by '//'"},
        {"sqlite://app.db", "three slashes"},
        {"sqlite:///a%00b", "%00"},
        {" sqlite:///a", "a space before"},
        {"sqlite:///a\n", "control character"},
        {"sqlite:///\xFF", "not UTF-8"},
        {"postgresql://me:SECRET@x@h/d", "more than one '@'"},
        {"postgresql://me:SE/CRET@h/d", "the port is no number"},
        {"postgresql://me:12/SECRET@h/d", "an '@' behind the host"},
        {"postgresql://me:SE#CRET@h/d", "'#' must be written %23"},
        {"postgresql://me:SE?CRET@h/d", "the port is no number"},
        {"postgresql://me:12?SECRET@h/d", "an '@' behind a '?'"},
        {"postgresql://me:SECRET@h:70000/d", "larger than 65535"},
        {"postgresql://me:SECRET@h:0/d", "port 0"},
        {"postgresql://me:SECRET@h:-1/d", "the port is no number"},
        {"postgresql://me:SECRET@[::1/d", "has no ']'"},
        {"postgresql://me:SECRET@[::1]x/d", "stand alone"},
        {"postgresql://me:SECRET@[]/d", "stand alone"},
        {"postgresql://me:SECRET@::1/d", "IPv6"},
        {"postgresql://me:SEC%00RET@h/d", "%00"},
        {"postgresql://me:SECRET@h h/d", "a character that no host"},
        {"mysql://me:SECRET@h1,h2/d", "only postgresql"},
        {"mysql://me:SECRET@h/d?=SECRET", "no name"},
        {"mysql://me:SECRET@h/d?x=SECRET%00", "%00"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Url) url = url_parse(rows[i].text, &error);
        if (url)
            fail_msg("accepted '%s'", rows[i].text);
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_URL));
        if (!strstr(error->message, rows[i].word))
            fail_msg("'%s' gave '%s'", rows[i].text, error->message);
        assert_null(strstr(error->message, "SE"));
        assert_null(strstr(error->message, "CRET"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests_name("driver/url", tests, NULL, NULL);
}
