/* --commit and --stage of commands that write revision files. */
#ifndef MIGRATE_CMD_COMMITTING_H
#define MIGRATE_CMD_COMMITTING_H

#include <cjson/cJSON.h>

#include "command.h"

#define OPTION_COMMIT                                                                                                  \
    {                                                                                                                  \
        "commit", 0, OPTION_FLAG, NULL, "commit the written file alone, as git's user.name and user.email", NULL       \
    }
#define OPTION_STAGE                                                                                                   \
    {                                                                                                                  \
        "stage", 0, OPTION_FLAG, NULL, "put the written file into git's index", NULL                                   \
    }
/* What a command's description says of them. */
#define COMMITTING_DESCRIPTION                                                                                         \
    "\n\nWith --commit the file is committed, and nothing else, with the message of the revision; with --stage it is " \
    "put into git's index. What stands in the way (no repository, no identity, commits that have to be signed, hooks " \
    "of git, a merge in progress) is told before anything is written; see migrate-git(7)."

/* What the person wants, and what came of it; zeroed: nothing. */
typedef struct Committing {
    Repository *repository; /* the invocation's; NULL: neither option */
    gboolean commit;        /* FALSE: only staged */
    char *id;               /* of the commit that was made, or NULL */
} Committing;
void committing_clear(Committing *committing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Committing, committing_clear)

/* Reads the options. Where both are given it is BASE_ERROR_USAGE. */
gboolean committing_init(Committing *committing, Invocation *invocation, GError **error);
/* repository_can_write(), where one of the options is given. */
gboolean committing_check(const Committing *committing, const char *path, GError **error);
/* The same of a new revision file, which goes to the version location, or to `version_path` (NULL: not said). */
gboolean committing_check_new(const Committing *committing, const Invocation *invocation, const char *version_path,
                              GError **error);
/* Stages or commits the files (char*, absolute). The error says that they stay. */
gboolean committing_finish(Committing *committing, const GPtrArray *paths, const char *message, GError **error);
/* The same of a new revision file: by its message. */
gboolean committing_finish_new(Committing *committing, const char *path, GError **error);
/* "staged" and "commit", where one of the options is given. */
void committing_add_json(const Committing *committing, cJSON *document);

#endif
