#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

char *help_option_usage(const OptionSpec *option)
{
    GString *usage = g_string_new(NULL);
    if (option->short_name)
        g_string_append_printf(usage, "-%c%s", option->short_name, *option->name ? ", " : "");
    else
        g_string_append(usage, "    ");
    if (*option->name)
        g_string_append_printf(usage, "--%s", option->name);
    if (option->argument)
        g_string_append_printf(usage, option->kind == OPTION_OPTIONAL ? " [%s]" : " %s", option->argument);
    return g_string_free(usage, FALSE);
}

char *help_synopsis(const Command *command)
{
    GString *synopsis = g_string_new("migrate");
    if (!command) {
        g_string_append(synopsis, " [OPTIONS] COMMAND [ARGUMENTS]");
        return g_string_free(synopsis, FALSE);
    }
    g_string_append_printf(synopsis, " %s [OPTIONS]", command->name);
    for (const ArgumentSpec *argument = command->arguments; argument && argument->name; argument++)
        g_string_append_printf(synopsis, argument->optional ? " [%s%s]" : " %s%s", argument->name,
                               argument->repeated ? " ..." : "");
    return g_string_free(synopsis, FALSE);
}

static void print_options(FILE *stream, const char *heading, const OptionSpec *options)
{
    if (!options || !options->name)
        return;
    fprintf(stream, "\n%s:\n", heading);
    for (; options->name; options++) {
        g_autofree char *usage = help_option_usage(options);
        fprintf(stream, "  %-26s %s%s%s%s\n", usage, options->summary, options->choices ? " (" : "",
                options->choices ? options->choices : "", options->choices ? ")" : "");
    }
}

static void print_overview(FILE *stream)
{
    fputs("migrate: schema migrations for SQLite, PostgreSQL, MySQL and MariaDB, with Alembic's workflow\n\n"
          "usage: migrate [OPTIONS] COMMAND [ARGUMENTS]\n\ncommands:\n",
          stream);
    for (guint i = 0; commands[i]; i++)
        fprintf(stream, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    print_options(stream, "options, for every command", global_options);
    fputs("\nexit status: 0 done; 1 failed; 2 wrong usage; 3 done, and found something (or the lock is held)\n"
          "'migrate COMMAND --help' tells more; so does 'man migrate-COMMAND'.\n",
          stream);
}

/* --help of a command, or of the whole (NULL). */
static void help_print(FILE *stream, const Command *command)
{
    if (!command) {
        print_overview(stream);
        return;
    }
    g_autofree char *synopsis = help_synopsis(command);
    fprintf(stream, "usage: %s\n\n%s\n", synopsis, command->summary);
    if (command->description)
        fprintf(stream, "\n%s\n", command->description);
    if (command->arguments)
        fputs("\narguments:\n", stream);
    for (const ArgumentSpec *argument = command->arguments; argument && argument->name; argument++)
        fprintf(stream, "  %-26s %s\n", argument->name, argument->summary);
    print_options(stream, "options", command->options);
    print_options(stream, "options, for every command", global_options);
    if (command->examples)
        fprintf(stream, "\nexamples:\n%s\n", command->examples);
    fprintf(stream, "\nexit status: 0 done; 1 failed; 2 wrong usage%s%s\n", command->exits ? "; 3 " : "",
            command->exits ? command->exits : "");
}

void help_show(const Invocation *invocation, const Command *command)
{
    if (!invocation->json) {
        help_print(stdout, command);
        return;
    }
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    if (!stream)
        g_error("out of memory");
    help_print(stream, command);
    fclose(stream);
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "help", text);
    free(text);
    output_json(document);
}

void help_print_usage(FILE *stream)
{
    fputs("usage: migrate [OPTIONS] COMMAND [ARGUMENTS]\n'migrate --help' lists the commands.\n", stream);
}
