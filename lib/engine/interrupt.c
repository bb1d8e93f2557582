#include <signal.h>
#include <stddef.h>

#include "engine/engine.h"
#include "engine/internal.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction former[G_N_ELEMENTS(signals)];
static gboolean installed;
static volatile sig_atomic_t interrupted;
static Connection *volatile running;

static void restore(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &former[i], NULL);
}

/* The first signal cancels; a second one acts as it would without us. */
static void on_signal(int number)
{
    (void)number;
    restore();
    interrupted = 1;
    Connection *connection = running;
    if (connection)
        connection_cancel(connection);
}

/* A signal that our parent made us ignore (nohup, a shell's background job) stays ignored. */
static void install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], NULL, &former[i]);
        if (former[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    installed = TRUE;
}

void engine_handle_interrupts(Session *session)
{
    running = session ? session_connection(session) : NULL;
    if (session && !installed) {
        install();
    } else if (!session && installed) {
        restore();
        installed = FALSE;
    }
}

void interrupt_forget(const Connection *connection)
{
    if (running == connection)
        running = NULL;
}

gboolean engine_interrupted(void)
{
    return interrupted != 0;
}
