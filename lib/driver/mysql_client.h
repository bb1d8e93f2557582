/*
 * MariaDB's Connector/C and MySQL's own library behind one face: connecting, and the calls that wait for the server;
 * private to mysql*.c. What else they are called for is the same in both.
 */
#ifndef MIGRATE_DRIVER_MYSQL_CLIENT_H
#define MIGRATE_DRIVER_MYSQL_CLIENT_H

#include <glib.h>
#include <mysql.h>
#include <stdbool.h>

#include "driver/mysql_url.h"

#pragma GCC visibility push(hidden)

#ifdef LIBMARIADB
typedef my_bool MysqlFlag;
#else
typedef bool MysqlFlag;
enum { MYSQL_WAIT_READ = 1, MYSQL_WAIT_WRITE = 2, MYSQL_WAIT_EXCEPT = 4, MYSQL_WAIT_TIMEOUT = 8 };
#define mysql_get_timeout_value_ms(server) 0U /* no call wants MYSQL_WAIT_TIMEOUT */
#endif

/* `answer_timeout`: seconds, 0 for connect_timeout alone. `interruptible`: a handled signal ends it. NULL with an
 * error. */
MYSQL *mysql_client_connect(const MysqlParameters *parameters, double answer_timeout, gboolean interruptible,
                            GError **error);
int mysql_client_socket(MYSQL *server);

/* MYSQL_WAIT_… as poll()'s events, and back: what of `wanted` poll() has found. */
short mysql_client_events(int wanted);
int mysql_client_ready(short events, int wanted);

typedef enum { CALL_QUERY, CALL_STORE, CALL_NEXT, CALL_PREPARE, CALL_EXECUTE, CALL_STORE_PREPARED } MysqlCallKind;

typedef struct MysqlCall {
    MysqlCallKind kind;
    MYSQL *server;
    MYSQL_STMT *statement; /* of the last three */
    const char *sql;       /* of CALL_QUERY and CALL_PREPARE */
    gsize length;
    int status; /* what the function returned: CALL_NEXT gives -1 where there is no more */
    MYSQL_RES *rows;
} MysqlCall;

/* Both give what to wait for (MYSQL_WAIT_…) before mysql_call_continue() is told what was found; 0: call->status and
 * call->rows are there. */
int mysql_call_start(MysqlCall *call);
int mysql_call_continue(MysqlCall *call, int ready);

#pragma GCC visibility pop

#endif
