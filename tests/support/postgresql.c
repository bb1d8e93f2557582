#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "support/postgresql.h"

static char *server_url, *pooler_url, *server_folder, *script;
static int server_port;

/* The program's own path leads to the source tree, wherever the test has gone. */
static char *find_script(void)
{
    g_autofree char *at = g_file_read_link("/proc/self/exe", NULL);
    while (at && strlen(at) > 1) {
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
        g_autofree char *path = g_build_filename(at, "tests/support/postgresql.sh", NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&path);
    }
    fail_msg("tests/support/postgresql.sh is not above this program");
    return NULL;
}

/* Its standard input ends when this process has ended: by exit, failure or signal. */
static void start_watchdog(void)
{
    static const char command[] = "read -r line; \"$1\" stop \"$2\"; rm -rf \"$2\"";
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) {
        close(ends[0]);
        return; /* the other end stays open as long as we live */
    }
    setsid();
    dup2(ends[0], STDIN_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", command, "watchdog", script, server_folder, (char *)NULL);
    _exit(127);
}

static void clear_environment(void)
{
    g_auto(GStrv) names = g_listenv();
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "PG"))
            g_unsetenv(*name);
}

/* The URL that the script prints: new string. */
static char *run_script(const char *command)
{
    const char *arguments[] = {script, command, server_folder, NULL};
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        fail_msg("postgresql.sh %s: %s", command, error->message);
    return g_strstrip(output);
}

const char *postgresql_start(void)
{
    if (server_url)
        return server_url;
    clear_environment();
    script = find_script();
    server_folder = g_strdup("/tmp/mpg.XXXXXX");
    assert_non_null(g_mkdtemp(server_folder));
    start_watchdog();
    server_url = run_script("start");
    server_port = atoi(strrchr(server_url, ':') + 1);
    return server_url;
}

const char *postgresql_pooler(void)
{
    postgresql_start();
    if (!pooler_url)
        pooler_url = run_script("pool");
    return pooler_url;
}

const char *postgresql_folder(void)
{
    postgresql_start();
    return server_folder;
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
    PGconn *server = PQconnectdb(url);
    char *failure = PQstatus(server) == CONNECTION_OK ? NULL : g_strdup(PQerrorMessage(server));
    PQsetNoticeProcessor(server, ignore_notice, NULL);
    PGresult *result = failure ? NULL : PQexec(server, sql);
    ExecStatusType status = PQresultStatus(result);
    if (!failure && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        failure = g_strdup(PQerrorMessage(server));
    for (int row = 0; rows && row < PQntuples(result); row++) {
        for (int i = 0; i < PQnfields(result); i++)
            g_string_append_printf(rows, "%s%s", i ? "|" : "",
                                   PQgetisnull(result, row, i) ? "NULL" : PQgetvalue(result, row, i));
        g_string_append_c(rows, '\n');
    }
    PQclear(result);
    PQfinish(server);
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
