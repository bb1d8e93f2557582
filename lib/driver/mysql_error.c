#include "driver/mysql_error.h"

#include <string.h>

enum {
    ER_PARSE_ERROR = 1064,
    ER_OPTION_PREVENTS_STATEMENT = 1290,
    ER_QUERY_INTERRUPTED = 1317,
    ER_QUERY_TIMEOUT = 3024,
    ER_STATEMENT_TIMEOUT = 1969,
    ER_TLS = 2026
};

#define HINT_LOCK "another session holds a lock; wait for it to finish, or raise lock_timeout"
#define HINT_READ_ONLY                                                                                                 \
    "the server is a replica, or read_only, super_read_only or a read-only transaction is set: use one that can be "   \
    "written"
#define HINT_FULL "make room on the server's disk, or in its tablespace"
#define HINT_PACKET                                                                                                    \
    "the server's max_allowed_packet is smaller than the statement: raise it there, or split the statement"
#define HINT_SERVER "start the server, or correct host, port or unix_socket in the URL"
#define HINT_TIMEOUT "a statement_timeout (of migrate.ini) or max_statement_time (of the user or the server) ended it"
#define HINT_GONE "it was ended, restarted or timed out; what was in flight may have taken effect"

static const struct {
    guint code;
    DriverError class;
    const char *hint;
} meanings[] = {
    {1020, DRIVER_ERROR_BUSY, NULL}, /* MariaDB: innodb_snapshot_isolation */
    {1205, DRIVER_ERROR_BUSY, HINT_LOCK},
    {1213, DRIVER_ERROR_BUSY, NULL},
    {1412, DRIVER_ERROR_BUSY, NULL}, /* the table changed under a transaction */
    {1689, DRIVER_ERROR_BUSY, HINT_LOCK},
    {3058, DRIVER_ERROR_BUSY, NULL}, /* a deadlock of user-level locks */
    {3101, DRIVER_ERROR_BUSY, NULL}, /* MySQL: group replication refused the commit */
    {3572, DRIVER_ERROR_BUSY, HINT_LOCK},
    {1022, DRIVER_ERROR_CONSTRAINT, NULL},
    {1048, DRIVER_ERROR_CONSTRAINT, NULL},
    {1062, DRIVER_ERROR_CONSTRAINT, NULL},
    {1138, DRIVER_ERROR_CONSTRAINT, NULL},
    {1169, DRIVER_ERROR_CONSTRAINT, NULL},
    {1216, DRIVER_ERROR_CONSTRAINT, NULL},
    {1217, DRIVER_ERROR_CONSTRAINT, NULL},
    {1263, DRIVER_ERROR_CONSTRAINT, NULL},
    {1264, DRIVER_ERROR_CONSTRAINT, NULL},
    {1265, DRIVER_ERROR_CONSTRAINT, NULL},
    {1292, DRIVER_ERROR_CONSTRAINT, NULL},
    {1364, DRIVER_ERROR_CONSTRAINT, NULL},
    {1366, DRIVER_ERROR_CONSTRAINT, NULL},
    {1369, DRIVER_ERROR_CONSTRAINT, NULL}, /* WITH CHECK OPTION of a view */
    {1406, DRIVER_ERROR_CONSTRAINT, NULL},
    {1411, DRIVER_ERROR_CONSTRAINT, NULL},
    {1451, DRIVER_ERROR_CONSTRAINT, NULL},
    {1452, DRIVER_ERROR_CONSTRAINT, NULL},
    {1526, DRIVER_ERROR_CONSTRAINT, NULL}, /* no partition for the value */
    {1557, DRIVER_ERROR_CONSTRAINT, NULL},
    {1586, DRIVER_ERROR_CONSTRAINT, NULL},
    {1690, DRIVER_ERROR_CONSTRAINT, NULL},
    {1761, DRIVER_ERROR_CONSTRAINT, NULL},
    {1762, DRIVER_ERROR_CONSTRAINT, NULL},
    {3140, DRIVER_ERROR_CONSTRAINT, NULL}, /* invalid JSON text */
    {3819, DRIVER_ERROR_CONSTRAINT, NULL},
    {4025, DRIVER_ERROR_CONSTRAINT, NULL},
    {1036, DRIVER_ERROR_READ_ONLY, NULL},
    {ER_OPTION_PREVENTS_STATEMENT, DRIVER_ERROR_READ_ONLY, HINT_READ_ONLY},
    {1792, DRIVER_ERROR_READ_ONLY, HINT_READ_ONLY},
    {1836, DRIVER_ERROR_READ_ONLY, HINT_READ_ONLY},
    {3, DRIVER_ERROR_FULL, HINT_FULL},
    {1021, DRIVER_ERROR_FULL, HINT_FULL},
    {1114, DRIVER_ERROR_FULL, HINT_FULL},
    {ER_STATEMENT_TIMEOUT, DRIVER_ERROR_STATEMENT, HINT_TIMEOUT},
    {ER_QUERY_TIMEOUT, DRIVER_ERROR_STATEMENT, HINT_TIMEOUT},
    {1044, DRIVER_ERROR_STATEMENT, "the user has no right to do this in the database: GRANT it"},
    {1153, DRIVER_ERROR_STATEMENT, HINT_PACKET},
    {1820, DRIVER_ERROR_STATEMENT, "the password has expired: ALTER USER … IDENTIFIED BY …"},
    {2020, DRIVER_ERROR_STATEMENT, HINT_PACKET},
};

/* Where no connection was made. */
static const struct {
    guint code;
    const char *hint;
} connect_hints[] = {
    {1040, "wait until other programs are done, or raise max_connections of the server"},
    {1044, "the user has no right to use the database: GRANT … ON database.* TO the user"},
    {1045,
     "correct the user or the password (in a URL, a password's '@', '/', '?', '#' and '%' are percent-encoded), or let "
     "the user come from this host: CREATE USER 'name'@'host'; an account with REQUIRE SSL or X509 wants "
     "ssl_mode=REQUIRED, "
     "or ssl_cert and ssl_key as well"},
    {1049, "create it first, as with CREATE DATABASE, or correct the database in the URL"},
    {1129, "FLUSH HOSTS on the server lets this host in again"},
    {1130, "let the user come from this host: CREATE USER 'name'@'host'"},
    {1203, "the user has as many connections as max_user_connections allows"},
    {1226, "a limit of the user (MAX_USER_CONNECTIONS, MAX_QUERIES_PER_HOUR …) is reached"},
    {1698,
     "the user comes in through the unix socket, and under the same name of the system only: another user is needed"},
    {1862, "the password has expired: ALTER USER … IDENTIFIED BY …"},
    {3118, "the account is locked: ALTER USER … ACCOUNT UNLOCK"},
    {3159, "the server takes encrypted connections only: ssl_mode=REQUIRED in the URL"},
    {4151, "the account is locked: ALTER USER … ACCOUNT UNLOCK"},
    {2002, HINT_SERVER},
    {2003, HINT_SERVER},
    {2005, "correct the host in the URL"},
    {2059, "the client library lacks the plugin that the user's authentication needs"},
};

/* The server ended the session, or nobody answers any more. */
static const guint lost[] = {1053, 1077, 1079, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2027, 2055, 4031};

gboolean mysql_error_is_lost(guint code)
{
    for (guint i = 0; i < G_N_ELEMENTS(lost); i++)
        if (lost[i] == code)
            return TRUE;
    return FALSE;
}

/* One number for every option of the server that forbids something. */
static gboolean is_meant(guint code, const char *words)
{
    return code != ER_OPTION_PREVENTS_STATEMENT || strstr(words, "read-only") || strstr(words, "read_only");
}

DriverError mysql_error_class(guint code, const char *words, MysqlKill kill)
{
    if (mysql_error_is_lost(code))
        return DRIVER_ERROR_CONNECT;
    if (code == ER_QUERY_INTERRUPTED)
        return kill == KILL_CANCELLED ? DRIVER_ERROR_CANCELLED : DRIVER_ERROR_STATEMENT;
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].code == code && is_meant(code, words))
            return meanings[i].class;
    return DRIVER_ERROR_STATEMENT;
}

const char *mysql_error_hint(guint code, const char *words, MysqlKill kill)
{
    if (mysql_error_is_lost(code))
        return HINT_GONE;
    if (code == ER_QUERY_INTERRUPTED && kill != KILL_CANCELLED)
        return kill == KILL_TIMEOUT ? "the statement_timeout of migrate.ini ended it"
                                    : "another session ended it with KILL QUERY";
    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].code == code && is_meant(code, words))
            return meanings[i].hint;
    return NULL;
}

const char *mysql_connect_hint(guint code, const char *words)
{
    static const struct {
        const char *words, *hint;
    } hints[] = {
        {"certificate in certificate chain",
         "name the certificate of the authority that signed the server's: ssl_ca=FILE "
         "in the URL, or verify nothing: ssl_mode=REQUIRED without ssl_ca"},
        {"certificate verify failed",
         "the server's certificate is not signed by an authority in ssl_ca: correct one of "
         "them"},
        {"Validation of SSL server certificate failed",
         "ssl_mode=VERIFY_IDENTITY wants a host name that the server's certificate is for; VERIFY_CA does not look at "
         "it"},
        {"SSL is required", "without encryption: ssl_mode=DISABLED or ssl_mode=PREFERRED in the URL"},
        {"key values mismatch", "ssl_key is not the key of the certificate in ssl_cert"},
        {"unsupported", "ssl_cert and ssl_key belong together: is one of them missing in the URL?"},
        {"No such file", "correct ssl_ca, ssl_cert or ssl_key in the URL"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(connect_hints); i++)
        if (connect_hints[i].code == code)
            return connect_hints[i].hint;
    for (guint i = 0; code == ER_TLS && i < G_N_ELEMENTS(hints); i++)
        if (strstr(words, hints[i].words))
            return hints[i].hint;
    return NULL;
}

/* Whether `near` is what stands at `at`, which may end sooner: then what follows is a statement's end. */
static gboolean stands_at(const char *at, const char *near, gsize length)
{
    gsize rest = strlen(at);
    if (rest >= length)
        return memcmp(at, near, length) == 0;
    return memcmp(at, near, rest) == 0 && rest > 0 && strchr(";\n", near[rest]) != NULL;
}

static gsize find_near(const char *sql, const char *near, gsize length, guint64 wanted_line, guint *found)
{
    gsize first = 0;
    guint64 line = 1;
    *found = 0;
    for (const char *at = sql; *at; line += *at++ == '\n') {
        if (!stands_at(at, near, length))
            continue;
        if (line == wanted_line) {
            *found = 1;
            return (gsize)(at - sql);
        }
        first = (*found)++ == 0 ? (gsize)(at - sql) : first;
    }
    return first;
}

int mysql_error_position(const char *sql, guint code, const char *words)
{
    const char *near = code == ER_PARSE_ERROR ? strstr(words, " near '") : NULL;
    const char *end = near ? g_strrstr(near, "' at line ") : NULL;
    if (!end)
        return -1;
    near += strlen(" near '");
    if (end < near)
        return -1;
    gsize length = (gsize)(end - near);
    if (length == 0)
        return (int)strlen(sql);
    guint found;
    gsize offset = find_near(sql, near, length, g_ascii_strtoull(end + strlen("' at line "), NULL, 10), &found);
    return found == 1 ? (int)offset : -1;
}
