/* The commands, one const Command each, in cmd/NAME.c. */
#ifndef MIGRATE_CMD_COMMANDS_H
#define MIGRATE_CMD_COMMANDS_H

#include "command.h"

extern const Command command_init, command_list_templates, command_revision, command_upgrade, command_downgrade,
    command_stamp, command_current, command_history, command_heads, command_branches, command_graph, command_merge,
    command_rebase, command_edit, command_show, command_switch, command_status, command_check, command_diff,
    command_inspect, command_split, command_repair, command_ensure_version, command_create_all, command_import,
    command_completion, command_help, command_blame, command_log;

#endif
