/*
 * What a mysql or mariadb URL asks for; private to mysql*.c, knows no client library. Options have the names of
 * SQLAlchemy's drivers (PyMySQL, mysqlclient) and of MySQL's own clients.
 */
#ifndef MIGRATE_DRIVER_MYSQL_URL_H
#define MIGRATE_DRIVER_MYSQL_URL_H

#include <glib.h>

#include "driver/url.h"

#pragma GCC visibility push(hidden)

/* MySQL manual, "Command Options for Encrypted Connections": --ssl-mode. */
typedef enum MysqlSslMode { /* the values are those of MySQL's library */
                            TLS_DISABLED = 1,
                            TLS_PREFERRED,
                            TLS_REQUIRED,
                            TLS_VERIFY_CA,
                            TLS_VERIFY_IDENTITY,
} MysqlSslMode;

enum { MYSQL_DEFAULT_CONNECT_TIMEOUT = 10 };

/* NULL and 0: not given. Strings are owned. */
typedef struct MysqlParameters {
    char *host, *user, *password, *database, *socket;
    int port;
    char *ssl_ca, *ssl_capath, *ssl_cert, *ssl_key, *ssl_cipher;
    MysqlSslMode ssl_mode;
    guint connect_timeout, read_timeout, write_timeout; /* seconds; 0: none */
} MysqlParameters;

/* The URL, and behind it what an option file (read_default_file, groups client, client-server, client-mariadb and
 * read_default_group) says. Without ssl_mode it is VERIFY_CA where ssl_ca or ssl_capath is given, else PREFERRED on the
 * network and DISABLED on a socket. DRIVER_ERROR_URL for an option that is unknown (with the nearest), or has no such
 * value. */
gboolean mysql_parameters_init(MysqlParameters *parameters, const Url *url, GError **error);
void mysql_parameters_clear(MysqlParameters *parameters);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MysqlParameters, mysql_parameters_clear)

/* Whether the connection goes through a unix socket: one is named, or the host is none or "localhost" without a port
 * (MySQL manual, "Connecting to the MySQL Server Using Command Options"). */
gboolean mysql_parameters_use_socket(const MysqlParameters *parameters);

/* "database 'app' on host 'db1', port 3306 as user 'bob'". New string. */
char *mysql_describe(const MysqlParameters *parameters);

typedef enum MysqlAttempt { ATTEMPT_CONNECTED, ATTEMPT_FAILED, ATTEMPT_LATE, ATTEMPT_INTERRUPTED } MysqlAttempt;
/* Why there is no connection: after `timeout` seconds, or as the library says by `code` and `words`. */
void mysql_set_connect_error(const MysqlParameters *parameters, MysqlAttempt attempt, guint timeout, guint code,
                             const char *words, GError **error);

/* 101119 for "10.11.19-MariaDB-log", also behind "5.5.5-"; 80036 for "8.0.36-28.1"; 0 for what is missing. */
int mysql_version_number(const char *text);
/* "MariaDB" or "MySQL", by what the server calls its version. Static. */
const char *mysql_product(const char *version);

/* --- mysql_option_file.c --- */
/* `set` is called for each option of the groups, in order; names have '-' for '_'. A value is NULL where there is no
 * '='. FALSE ends the reading. */
typedef gboolean (*MysqlOptionFunction)(const char *name, const char *value, void *data, GError **error);
/* MySQL manual, "Using Option Files": comments, quotes, escapes, !include and !includedir. `path` may begin with "~/".
 * DRIVER_ERROR_URL when it cannot be read. `groups`: NULL-terminated. */
gboolean mysql_option_file_read(const char *path, const char *const *groups, MysqlOptionFunction set, void *data,
                                GError **error);

#pragma GCC visibility pop

#endif
