/* The command line, read against the declarations in command.h. */
#ifndef MIGRATE_CMD_OPTIONS_H
#define MIGRATE_CMD_OPTIONS_H

#include "command.h"

typedef struct ParsedOptions ParsedOptions;

/* Reads argv[1..]: global options anywhere, the command's name first among the words, its options and arguments.
 * "-1" and "+1" are arguments, "--" ends the options. *command is NULL when no command was named. BASE_ERROR_USAGE
 * names the nearest command or option. */
ParsedOptions *options_parse(int argc, char **argv, const Command **command, GError **error);
void parsed_options_free(ParsedOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ParsedOptions, parsed_options_free)

const GPtrArray *parsed_values(const ParsedOptions *options, const char *name); /* char*, or NULL */
const GPtrArray *parsed_arguments(const ParsedOptions *options);
/* --help wants no complete arguments; everything else does. */
gboolean options_check_arguments(const ParsedOptions *options, const Command *command, GError **error);

/* A command by name, with '-' as '_', or by unique prefix. BASE_ERROR_USAGE names the candidates or the nearest. */
const Command *command_find(const char *name, GError **error);
/* The option as the command (or everybody) declares it; NULL when it is unknown. */
const OptionSpec *option_find(const Command *command, const char *name, gssize length);

#endif
