#include <mysql.h>

#include "base/error.h"
#include "driver/driver.h"

static Connection *mysql_open(const Url *url, const ConnectOptions *options, GError **error)
{
    (void)url;
    (void)options;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_UNSUPPORTED, "not in this build yet (client %s)",
                mysql_get_client_info());
    return NULL;
}

const Driver mysql_driver = {
    .name = "mysql",
    .open = mysql_open,
};
