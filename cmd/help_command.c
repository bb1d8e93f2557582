#include "commands.h"

#include <stdio.h>

#include "exit.h"
#include "help.h"
#include "options.h"

static int run(Invocation *invocation, GError **error)
{
    const char *name = argument_at(invocation, 0);
    const Command *command = name ? command_find(name, error) : NULL;
    if (name && !command)
        return -1;
    help_show(invocation, command);
    return EXIT_DONE;
}

static const ArgumentSpec arguments[] = {
    {"COMMAND", "the command to explain", TRUE, FALSE},
    {0},
};

const Command command_help = {
    .name = "help",
    .summary = "explain a command",
    .arguments = arguments,
    .needs = NEEDS_NOTHING,
    .run = run,
};
