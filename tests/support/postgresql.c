#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "support/postgresql.h"
#include "support/server.h"

static TestServer server;
static char *server_url, *pooler_url;
static int server_port;

static void clear_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "PG"))
            g_unsetenv(*name);
}

const char *postgresql_start(void)
{
    if (server_url)
        return server_url;
    clear_environment();
    test_server_init(&server, "postgresql.sh", "/tmp/mpg.XXXXXX");
    server_url = test_server_command(&server, "start");
    server_port = atoi(strrchr(server_url, ':') + 1);
    return server_url;
}

const char *postgresql_pooler(void)
{
    postgresql_start();
    if (!pooler_url)
        pooler_url = test_server_command(&server, "pool");
    return pooler_url;
}

const char *postgresql_folder(void)
{
    postgresql_start();
    return server.folder;
}

int postgresql_port(void)
{
    postgresql_start();
    return server_port;
}

static void ignore_notice(void *data, const char *message)
{
    (void)data;
    (void)message;
}

/* New string, of what went wrong; NULL rows: none are wanted. */
static char *run(const char *url, const char *sql, GString *rows)
{
    PGconn *link = PQconnectdb(url);
    char *failure = PQstatus(link) == CONNECTION_OK ? NULL : g_strdup(PQerrorMessage(link));
    PQsetNoticeProcessor(link, ignore_notice, NULL);
    PGresult *result = failure ? NULL : PQexec(link, sql);
    ExecStatusType status = PQresultStatus(result);
    if (!failure && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        failure = g_strdup(PQerrorMessage(link));
    for (int row = 0; rows && row < PQntuples(result); row++) {
        for (int i = 0; i < PQnfields(result); i++)
            g_string_append_printf(rows, "%s%s", i ? "|" : "",
                                   PQgetisnull(result, row, i) ? "NULL" : PQgetvalue(result, row, i));
        g_string_append_c(rows, '\n');
    }
    PQclear(result);
    PQfinish(link);
    return failure;
}

void postgresql_run(const char *url, const char *sql)
{
    g_autofree char *failure = run(url, sql, NULL);
    if (failure)
        fail_msg("%s\n%s", failure, sql);
}

char *postgresql_rows(const char *url, const char *query)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autofree char *failure = run(url, query, rows);
    if (failure)
        fail_msg("%s\n%s", failure, query);
    return g_strdup(rows->str);
}

char *postgresql_database(const char *name)
{
    const char *url = postgresql_start();
    g_autofree char *drop = g_strdup_printf("DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", name);
    g_autofree char *create = g_strdup_printf("CREATE DATABASE \"%s\"", name);
    postgresql_run(url, drop);
    postgresql_run(url, create);
    g_autofree char *encoded = g_uri_escape_string(name, NULL, FALSE);
    return g_strdup_printf("postgresql://postgres@127.0.0.1:%d/%s", server_port, encoded);
}
