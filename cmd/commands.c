#include "commands.h"

const Command *const commands[] = {
    &command_init,           &command_list_templates, &command_revision,
    &command_merge,          &command_rebase,         &command_upgrade,
    &command_downgrade,      &command_stamp,          &command_current,
    &command_history,        &command_heads,          &command_branches,
    &command_graph,          &command_show,           &command_edit,
    &command_status,         &command_repair,         &command_check,
    &command_diff,           &command_inspect,        &command_split,
    &command_ensure_version, &command_create_all,     &command_import,
    &command_completion,     &command_help,           NULL,
};
