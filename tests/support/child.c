#include "support/child.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void child_exit(int status)
{
    char command[] = "exit 000";
    command[5] = (char)('0' + status / 100 % 10);
    command[6] = (char)('0' + status / 10 % 10);
    command[7] = (char)('0' + status % 10);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

int child_wait(pid_t child)
{
    int status = -1;
    if (waitpid(child, &status, 0) != child)
        return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int run(int (*function)(void), gboolean as_nobody)
{
    pid_t child = fork();
    if (child != 0)
        return child_wait(child);
    alarm(60);
    if (as_nobody && geteuid() == 0 && setuid(65534) != 0)
        child_exit(125);
    child_exit(function());
}

int child_run(int (*function)(void))
{
    return run(function, FALSE);
}

int child_run_as_nobody(int (*function)(void))
{
    return run(function, TRUE);
}

void child_kill(pid_t child)
{
    kill(child, SIGKILL);
    child_wait(child);
}
