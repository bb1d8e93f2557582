#include "support/server.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The program's own path leads to the source tree, wherever the test has gone. */
static char *find_script(const char *name)
{
    g_autofree char *at = g_file_read_link("/proc/self/exe", NULL);
    while (at && strlen(at) > 1) {
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
        g_autofree char *path = g_build_filename(at, "tests/support", name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&path);
    }
    fail_msg("tests/support/%s is not above this program", name);
    return NULL;
}

/* Its standard input ends when this process has ended. */
static void start_watchdog(const TestServer *server)
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
    execl("/bin/sh", "sh", "-c", command, "watchdog", server->script, server->folder, (char *)NULL);
    _exit(127);
}

void test_server_init(TestServer *server, const char *script, const char *template)
{
    server->script = find_script(script);
    server->folder = g_strdup(template);
    assert_non_null(g_mkdtemp(server->folder));
    start_watchdog(server);
}

char *test_server_command(const TestServer *server, const char *command)
{
    const char *arguments[] = {server->script, command, server->folder, NULL};
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        fail_msg("%s %s: %s", server->script, command, error->message);
    return g_strstrip(output);
}
