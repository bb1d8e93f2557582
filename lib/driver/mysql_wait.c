#include "driver/mysql_wait.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

void mysql_wait_init(MysqlWait *wait, const ConnectOptions *options, gboolean watches)
{
    double patience = options->lock_timeout > 0 ? CLAMP(options->lock_timeout / 2, 0.05, 1) : 1;
    *wait = (MysqlWait){
        .waiting = options->waiting,
        .waiting_data = options->waiting_data,
        .patience = (gint64)(patience * G_USEC_PER_SEC),
        .limit = (gint64)(options->answer_timeout * G_USEC_PER_SEC),
        .statement_timeout = watches ? options->statement_timeout : 0,
        .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
}

void mysql_wait_clear(MysqlWait *wait)
{
    if (wait->wake >= 0)
        close(wait->wake);
    wait->wake = -1;
}

/* A statement that waits for less than a second is heard of, too. */
void mysql_wait_go_on(MysqlWait *wait)
{
    wait->since = g_get_monotonic_time();
    wait->told = wait->since - G_USEC_PER_SEC + wait->patience;
}

void mysql_wait_start(MysqlWait *wait)
{
    wait->cancelled = 0;
    wait->kill = KILL_NOT;
    wait->kill_tried = 0;
    mysql_wait_go_on(wait);
}

static gint64 timeout_of(const MysqlWait *wait)
{
    return wait->since + (gint64)(wait->statement_timeout * G_USEC_PER_SEC);
}

int mysql_wait_patience(const MysqlWait *wait, gint64 deadline)
{
    gint64 now = g_get_monotonic_time(), next = deadline > 0 ? deadline : G_MAXINT64;
    if (wait->waiting)
        next = MIN(next, wait->told + G_USEC_PER_SEC);
    if (wait->limit > 0)
        next = MIN(next, wait->since + wait->limit);
    if (wait->kill != KILL_NOT)
        next = MIN(next, wait->kill_tried + G_USEC_PER_SEC);
    else if (wait->statement_timeout > 0)
        next = MIN(next, timeout_of(wait));
    return next == G_MAXINT64 ? -1 : (int)(CLAMP(next - now, 0, G_USEC_PER_SEC) / 1000) + 1;
}

gboolean mysql_wait_is_late(const MysqlWait *wait, gint64 now)
{
    return wait->limit > 0 && now - wait->since > wait->limit;
}

gboolean mysql_wait_kills(MysqlWait *wait, gint64 now)
{
    if (wait->kill == KILL_NOT && wait->cancelled)
        wait->kill = KILL_CANCELLED;
    if (wait->kill == KILL_NOT && wait->statement_timeout > 0 && now >= timeout_of(wait))
        wait->kill = KILL_TIMEOUT;
    if (wait->kill == KILL_NOT || now - wait->kill_tried < G_USEC_PER_SEC)
        return FALSE;
    wait->kill_tried = now;
    return TRUE;
}

void mysql_wait_tell(MysqlWait *wait, Connection *connection, gint64 now)
{
    if (!wait->waiting || now - wait->told < G_USEC_PER_SEC)
        return;
    wait->told = now;
    wait->waiting(connection, (double)(now - wait->since) / G_USEC_PER_SEC, wait->waiting_data);
}

void mysql_wait_cancel(MysqlWait *wait)
{
    guint64 one = 1;
    int saved = errno;
    wait->cancelled = 1;
    if (write(wait->wake, &one, sizeof one) < 0)
        wait->cancelled = 1; /* full: whoever waits is awake already */
    errno = saved;
}

void mysql_wait_was_woken(const MysqlWait *wait)
{
    guint64 count;
    if (read(wait->wake, &count, sizeof count) < 0)
        return; /* nobody has: poll() told it before */
}
