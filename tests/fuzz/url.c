/* What parses is shown as a URL of the same parts, without the password; a refusal does not quote it. */
#include <string.h>

#include "driver/url.h"
#include "fuzz.h"

static gboolean same(const char *a, const char *b)
{
    return g_strcmp0(a, b) == 0;
}

static void compare(const Url *url, const Url *shown)
{
    promise(same(url->dialect, shown->dialect) && same(url->driver, shown->driver));
    promise(same(url->database, shown->database));
    promise(same(url->username, shown->username));
    promise((url->password == NULL) == (shown->password == NULL));
    promise(url->n_hosts == shown->n_hosts && url->names->len == shown->names->len);
    for (guint i = 0; i < url->n_hosts; i++)
        promise(same(url->hosts[i].host, shown->hosts[i].host) && url->hosts[i].port == shown->hosts[i].port);
    for (guint i = 0; i < url->names->len; i++)
        promise(same(url->names->pdata[i], shown->names->pdata[i]));
}

static void check_secret_is_kept(const char *text)
{
    static const char *const shapes[] = {"postgresql://u:SECRET%s@h/d", "postgresql://u:%sSECRET@h/d",
                                         "mysql://%s:SECRET@h/d"};
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_auto(GStrv) around = g_strsplit(shapes[i], "%s", 2);
        g_autofree char *given = g_strconcat(around[0], text, around[1], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Url) url = url_parse(given, &error);
        promise_one(url, error);
        promise(!error || !strstr(error->message, "SECRET"));
        g_autofree char *shown = url ? url_to_string(url) : NULL;
        promise(!shown || !url->password || !strstr(url->password, "SECRET") || strstr(text, "SECRET") ||
                !strstr(shown, "SECRET"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL, again_error = NULL;
    g_autoptr(Url) url = url_parse(text, &error);

    promise_one(url, error);
    check_secret_is_kept(text);
    if (!url)
        return 0;
    g_autofree char *shown = url_to_string(url);
    g_autoptr(Url) again = url_parse(shown, &again_error);
    if (!again)
        g_printerr("'%s' gave '%s': %s\n", text, shown, again_error->message);
    promise(again);
    compare(url, again);
    return 0;
}
