#include "support/connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

Connection *test_connect(const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) parsed = url_parse(url, &error);
    const Driver *driver = parsed ? driver_for_url(parsed, &error) : NULL;
    const ConnectOptions options = {0};
    Connection *connection = driver ? connection_open(driver, parsed, &options, &error) : NULL;
    if (!connection)
        fail_msg("%s", error->message);
    return connection;
}

Connection *test_connect_set_up(const Dialect *dialect, const char *url)
{
    g_autoptr(GError) error = NULL;
    Connection *connection = test_connect(url);
    g_auto(GStrv) setup = dialect->connection_setup(5, 0);
    if (!connection_execute_many(connection, (const char *const *)setup, g_strv_length(setup), NULL, &error))
        fail_msg("%s", error->message);
    return connection;
}
