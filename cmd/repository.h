/* What commands ask of git: the repository of the project, --ref, and script directories of other commits. */
#ifndef MIGRATE_CMD_REPOSITORY_H
#define MIGRATE_CMD_REPOSITORY_H

#include "command.h"

/* The row of the option; invocation_open() does what it says. */
#define OPTION_REF                                                                                                     \
    {                                                                                                                  \
        "ref", 0, OPTION_STRING, "REF",                                                                                \
            "take revisions and models from this commit, tag or branch, not from the working folder", NULL             \
    }

/* The repository that migrate.ini (without one, the current folder) lies in; opened once, the invocation's. NULL
 * without an error: there is none. */
Repository *invocation_repository(Invocation *invocation, GError **error);
/* The same where there has to be one. */
Repository *invocation_need_repository(Invocation *invocation, GError **error);

/* What a command's description says of it. */
#define REF_DESCRIPTION                                                                                                \
    "\n\nWith --ref, the revisions and the models are those of a commit, a tag or a branch of the repository that "    \
    "migrate.ini lies in; nothing is checked out, and the repository may be bare. Where they are (script_location, "   \
    "version_locations, models) and what names they make (naming_convention) says the commit's own migrate.ini, the "  \
    "present one where the commit has none; the url and all other keys are the present one's, if there is one on "     \
    "disk."

/* --ref REF, or NULL without it or in a command that does not have it. */
const char *invocation_ref(const Invocation *invocation);
/* The commit that a command speaks of: of --ref, else of HEAD. Needs a repository. New string. */
char *invocation_commit(Invocation *invocation, GError **error);
/* With --ref: opens repository and tree, before the configuration is looked for. */
gboolean invocation_open_tree(Invocation *invocation, GError **error);

/* The script directory as a tree has it: where it is says the tree's own migrate.ini, or the present one where the tree
 * has none. Without the version folders it is an error. New. */
ScriptDirectory *script_directory_at(Invocation *invocation, const FileTree *tree, GError **error);
/* The configuration that says so. NULL without an error: the tree has none. New. */
Config *config_at(Invocation *invocation, const FileTree *tree, GError **error);
/* Its version locations, relative to the root of the repository: char*, new array; those outside are left out. */
GPtrArray *version_folders(const Repository *repository, const ScriptDirectory *directory);

#endif
