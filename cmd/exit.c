#include "exit.h"

#include "base/error.h"

int exit_status_of(const GError *error)
{
    if (g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE))
        return EXIT_USAGE;
    if (g_error_matches(error, ENGINE_ERROR, ENGINE_ERROR_LOCK_HELD) ||
        g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_BUSY))
        return EXIT_FOUND;
    if (g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_CANCELLED))
        return EXIT_INTERRUPTED;
    return EXIT_FAILED;
}

const char *exit_status_name(int status)
{
    switch (status) {
    case EXIT_USAGE:
        return "usage";
    case EXIT_FOUND:
        return "locked";
    case EXIT_INTERRUPTED:
        return "interrupted";
    default:
        return "failed";
    }
}
