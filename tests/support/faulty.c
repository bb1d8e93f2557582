#include "support/faulty.h"

#include "base/error.h"

static FaultKind fault_kind;
static guint fault_at, calls;
static GPtrArray *log_lines;
static Driver faulty_driver;

/* Whether this call works; *vanish: it works, but nobody will hear of it. */
static gboolean pass(const char *sql, gboolean *vanish, GError **error)
{
    calls++;
    g_ptr_array_add(log_lines, g_strdup(sql));
    *vanish = fault_at > 0 && calls == fault_at && fault_kind == FAULT_VANISH;
    gboolean fails = fault_at > 0 && (fault_kind == FAULT_REFUSE ? calls == fault_at : calls >= fault_at);
    if (!fails || *vanish)
        return TRUE;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT, "made to fail at call %u", calls);
    return FALSE;
}

static gboolean faulty_execute(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    gboolean vanish;
    if (!pass(request->sql, &vanish, error))
        return FALSE;
    gboolean executed = sqlite_driver.execute(connection, request, affected, vanish ? NULL : error);
    if (vanish)
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT, "made to vanish at call %u", calls);
    return executed && !vanish;
}

static Result *faulty_query(Connection *connection, const Request *request, GError **error)
{
    gboolean vanish;
    if (!pass(request->sql, &vanish, error))
        return NULL;
    if (!vanish)
        return sqlite_driver.query(connection, request, error);
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_STATEMENT, "made to vanish at call %u", calls);
    return NULL;
}

void faulty_arm(Connection *connection, FaultKind kind, guint at)
{
    g_clear_pointer(&log_lines, g_ptr_array_unref);
    log_lines = g_ptr_array_new_with_free_func(g_free);
    faulty_driver = sqlite_driver;
    faulty_driver.execute = faulty_execute;
    faulty_driver.query = faulty_query;
    faulty_driver.run_many = NULL;
    fault_kind = kind;
    fault_at = at;
    calls = 0;
    connection->driver = &faulty_driver;
}

guint faulty_calls(void)
{
    return calls;
}

const GPtrArray *faulty_log(void)
{
    return log_lines;
}

void faulty_disarm(Connection *connection)
{
    connection->driver = &sqlite_driver;
    g_clear_pointer(&log_lines, g_ptr_array_unref);
}
