#include "commands.h"

#include <stdio.h>

#include "base/error.h"
#include "exit.h"
#include "help.h"
#include "output.h"

static int run(Invocation *invocation, GError **error)
{
    const char *shell = argument_at(invocation, 0);
    g_autofree char *script = completion_script(shell);
    if (!script) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "no completion for shell '%s', there is bash, zsh and fish",
                    shell);
        return -1;
    }
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "script", script);
        output_json(document);
    } else {
        fputs(script, stdout);
    }
    return EXIT_DONE;
}

static const ArgumentSpec arguments[] = {
    {"SHELL", "bash, zsh or fish", FALSE, FALSE},
    {0},
};

const Command command_completion = {
    .name = "completion",
    .summary = "print a shell's completion script",
    .examples = "source <(migrate completion bash)",
    .arguments = arguments,
    .needs = NEEDS_NOTHING,
    .run = run,
};
