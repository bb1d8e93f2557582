#include <mysql.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "driver/url.h"
#include "support/mysql.h"
#include "support/server.h"

static TestServer server;
static char *server_url, *server_socket;
static int server_port;

static void clear_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "MYSQL") || g_str_has_prefix(*name, "MARIADB"))
            g_unsetenv(*name);
}

const char *mysql_start(void)
{
    if (server_url)
        return server_url;
    clear_environment();
    test_server_init(&server, "mysql.sh", "/tmp/mmy.XXXXXX");
    server_url = test_server_command(&server, "start");
    server_port = atoi(strrchr(server_url, ':') + 1);
    server_socket = g_build_filename(server.folder, "socket", NULL);
    return server_url;
}

const char *mysql_folder(void)
{
    mysql_start();
    return server.folder;
}

int mysql_server_port(void)
{
    mysql_start();
    return server_port;
}

const char *mysql_server_socket(void)
{
    mysql_start();
    return server_socket;
}

void mysql_kill_server(void)
{
    mysql_start();
    g_free(test_server_command(&server, "stop"));
    g_free(test_server_command(&server, "again"));
}

static void add_rows(GString *rows, MYSQL_RES *result)
{
    MYSQL_ROW row;
    g_string_truncate(rows, 0);
    while ((row = mysql_fetch_row(result))) {
        unsigned long *lengths = mysql_fetch_lengths(result);
        for (guint i = 0; i < mysql_num_fields(result); i++) {
            g_string_append(rows, i ? "|" : "");
            g_string_append_len(rows, row[i] ? row[i] : "NULL", row[i] ? (gssize)lengths[i] : (gssize)strlen("NULL"));
        }
        g_string_append_c(rows, '\n');
    }
}

static gboolean connect_to(MYSQL *client, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse(text, &error);
    if (!url)
        fail_msg("%s", error->message);
    const char *socket = url_option(url, "unix_socket");
    mysql_options(client, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    return mysql_real_connect(client, url->n_hosts && !socket ? url->hosts[0].host : NULL, url->username, url->password,
                              url->database, url->n_hosts ? (guint)url->hosts[0].port : 0, socket,
                              CLIENT_MULTI_STATEMENTS) != NULL;
}

/* New string, of what went wrong; NULL rows: none are wanted. */
static char *run(const char *url, const char *sql, GString *rows)
{
    MYSQL *client = mysql_init(NULL);
    int next = connect_to(client, url) ? mysql_real_query(client, sql, strlen(sql)) : 1;
    while (next == 0) {
        MYSQL_RES *result = mysql_store_result(client);
        if (result && rows)
            add_rows(rows, result);
        mysql_free_result(result);
        /* Also what fails while its rows are fetched has failed. */
        next = !result && mysql_errno(client) ? 1 : mysql_next_result(client);
    }
    char *failure = next > 0 ? g_strdup(mysql_error(client)) : NULL;
    mysql_close(client);
    return failure;
}

void mysql_run(const char *url, const char *sql)
{
    g_autofree char *failure = run(url, sql, NULL);
    if (failure)
        fail_msg("%s\n%s", failure, sql);
}

char *mysql_rows(const char *url, const char *query)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autofree char *failure = run(url, query, rows);
    if (failure)
        fail_msg("%s\n%s", failure, query);
    return g_strdup(rows->str);
}

char *mysql_database(const char *name)
{
    const char *url = mysql_start();
    g_autofree char *script =
        g_strdup_printf("DROP DATABASE IF EXISTS `%s`; CREATE DATABASE `%s` CHARACTER SET utf8mb4 "
                        "COLLATE utf8mb4_general_ci",
                        name, name);
    mysql_run(url, script);
    g_autofree char *encoded = g_uri_escape_string(name, NULL, FALSE);
    return g_strdup_printf("mysql://root@127.0.0.1:%d/%s", server_port, encoded);
}
