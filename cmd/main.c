/* The dispatcher: finds the command, opens what it needs, runs it, prints the one error. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "command.h"
#include "exit.h"
#include "help.h"
#include "opening.h"
#include "options.h"
#include "output.h"

static void print_error(const Invocation *invocation, const GError *error, int status)
{
    if (invocation->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON *details = cJSON_AddObjectToObject(document, "error");
        cJSON_AddStringToObject(details, "kind", exit_status_name(status));
        cJSON_AddStringToObject(details, "domain", g_quark_to_string(error->domain));
        cJSON_AddNumberToObject(details, "code", error->code);
        cJSON_AddStringToObject(details, "message", error->message);
        output_json(document);
    }
    log_message(LOG_ERROR, "%s", error->message);
}

/* For commands that only read; a run says more about its lock. */
static void explain_busy(GError **error)
{
    if (!g_error_matches(*error, DRIVER_ERROR, DRIVER_ERROR_BUSY))
        return;
    GError *busy = g_error_new((*error)->domain, (*error)->code,
                               "%s\nanother program keeps it locked: run again when it has finished, or raise "
                               "lock_timeout",
                               (*error)->message);
    g_error_free(*error);
    *error = busy;
}

/* A path in a message is not that on disk then. */
static void explain_ref(const Invocation *invocation, GError **error)
{
    if (!invocation->tree)
        return;
    GError *failure = g_error_new((*error)->domain, (*error)->code,
                                  "%s\n(revisions and models are those of %s, not those of the working folder)",
                                  (*error)->message, invocation->tree->name);
    g_error_free(*error);
    *error = failure;
}

static int run_command(Invocation *invocation, GError **error)
{
    if (!options_check_arguments(invocation->parsed, invocation->command, error) || !invocation_open(invocation, error))
        return -1;
    return invocation->command->run(invocation, error);
}

/* What was printed and could not be written (a full disk behind a redirect) is a failure, too. */
static int flush_stdout(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    log_message(LOG_ERROR, "standard output cannot be written");
    return status == EXIT_DONE ? EXIT_FAILED : status;
}

static void print_version(const Invocation *invocation)
{
    if (!invocation->json) {
        printf("migrate %s\n", MIGRATE_VERSION);
        return;
    }
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "version", MIGRATE_VERSION);
    output_json(document);
}

static int dispatch(Invocation *invocation, GError **error)
{
    const ParsedOptions *parsed = invocation->parsed;
    if (parsed_values(parsed, "version")) {
        print_version(invocation);
        return EXIT_DONE;
    }
    if (parsed_values(parsed, "help")) {
        help_show(invocation, invocation->command);
        return EXIT_DONE;
    }
    if (!invocation->command && invocation->json) {
        g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "no command was given, see 'migrate --help'");
        return -1;
    }
    if (!invocation->command) {
        help_print_usage(stderr);
        return EXIT_USAGE;
    }
    return run_command(invocation, error);
}

static void set_global_options(Invocation *invocation)
{
    const ParsedOptions *parsed = invocation->parsed;
    invocation->json = parsed_values(parsed, "json") != NULL;
    invocation->quiet = parsed_values(parsed, "quiet") != NULL;
    invocation->verbose = parsed_values(parsed, "verbose") != NULL;
    invocation->echo = parsed_values(parsed, "echo") != NULL;
    const GPtrArray *colour = parsed_values(parsed, "color");
    output_set_colour(colour ? colour->pdata[colour->len - 1] : NULL);
    log_set_level(invocation->quiet ? LOG_ERROR : invocation->verbose ? LOG_DETAIL : LOG_INFO);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Invocation invocation = {0};
    int status = -1;
    g_set_prgname("migrate");
    invocation.parsed = options_parse(argc, argv, &invocation.command, &error);
    if (invocation.parsed) {
        set_global_options(&invocation);
        status = dispatch(&invocation, &error);
    } else {
        output_set_colour(NULL);
        for (int i = 1; i < argc; i++)
            invocation.json |= strcmp(argv[i], "--json") == 0;
    }
    if (error) {
        explain_busy(&error);
        explain_ref(&invocation, &error);
        status = exit_status_of(error);
        print_error(&invocation, error, status);
    }
    invocation_close(&invocation);
    parsed_options_free(invocation.parsed);
    return flush_stdout(status);
}
