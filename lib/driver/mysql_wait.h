/* What is done while a server does not answer, and when; private to mysql*.c, knows no client library. Times are
 * monotonic microseconds. */
#ifndef MIGRATE_DRIVER_MYSQL_WAIT_H
#define MIGRATE_DRIVER_MYSQL_WAIT_H

#include <glib.h>
#include <signal.h>

#include "driver/driver.h"
#include "driver/mysql_error.h"

#pragma GCC visibility push(hidden)

typedef struct MysqlWait {
    WaitingFunction waiting;
    void *waiting_data;
    gint64 patience;                /* before the first call of `waiting` */
    gint64 limit;                   /* for an answer; 0: none */
    double statement_timeout;       /* seconds; 0: the server watches it, or nobody */
    gint64 since, told, kill_tried; /* sent, `waiting` called, KILL QUERY sent */
    int wake;                       /* eventfd: to be read where the server's socket is */
    volatile sig_atomic_t cancelled;
    MysqlKill kill; /* why KILL QUERY was sent for the running statement */
} MysqlWait;

/* `watches`: the statement_timeout is this program's to keep. */
void mysql_wait_init(MysqlWait *wait, const ConnectOptions *options, gboolean watches);
void mysql_wait_clear(MysqlWait *wait);
/* A statement is sent, and nobody has cancelled it. */
void mysql_wait_start(MysqlWait *wait);
/* The next answer of a packet of statements. */
void mysql_wait_go_on(MysqlWait *wait);
/* Milliseconds until something is to be done; -1: only the server's answer counts. `deadline`: another time, 0 none. */
int mysql_wait_patience(const MysqlWait *wait, gint64 deadline);
/* answer_timeout is over. */
gboolean mysql_wait_is_late(const MysqlWait *wait, gint64 now);
/* Whether KILL QUERY is to be sent (again): wait->kill says why. */
gboolean mysql_wait_kills(MysqlWait *wait, gint64 now);
/* Calls `waiting` when it is time. */
void mysql_wait_tell(MysqlWait *wait, Connection *connection, gint64 now);
/* For a signal handler: cancels, and wakes who waits. */
void mysql_wait_cancel(MysqlWait *wait);
void mysql_wait_was_woken(const MysqlWait *wait);

#pragma GCC visibility pop

#endif
