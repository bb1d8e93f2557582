/* Help, man pages and shell completion, all made from the declarations in command.h. */
#ifndef MIGRATE_CMD_HELP_H
#define MIGRATE_CMD_HELP_H

#include <stdio.h>

#include "command.h"

/* The same on stdout, as a document with --json. */
void help_show(const Invocation *invocation, const Command *command);
/* The two lines for a call without a command. */
void help_print_usage(FILE *stream);
/* "migrate upgrade [OPTIONS] REVISION": new string. */
char *help_synopsis(const Command *command);
/* "-m, --message TEXT": new string. */
char *help_option_usage(const OptionSpec *option);

/* The man page of a command (migrate-NAME(1)), or of the whole (NULL: migrate(1)), in man(7) macros. New string. */
char *man_page(const Command *command);
/* The section of migrate.ini(5) that lists every key. New string. */
char *man_config_keys(void);

/* The completion script for "bash", "zsh" or "fish"; NULL for another shell. New string. */
char *completion_script(const char *shell);

#endif
