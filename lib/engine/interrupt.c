#include <signal.h>
#include <stddef.h>

#include "engine/engine.h"

static volatile sig_atomic_t interrupted;
static Connection *volatile running;

/* The first signal cancels, the second ends the process as it would without us. */
static void on_signal(int number)
{
    if (interrupted) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    interrupted = 1;
    Connection *connection = running;
    if (connection)
        connection_cancel(connection);
}

void engine_handle_interrupts(Session *session)
{
    running = session ? session_connection(session) : NULL;
    struct sigaction action = {.sa_handler = session ? on_signal : SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

gboolean engine_interrupted(void)
{
    return interrupted != 0;
}
