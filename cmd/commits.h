/* Which commits made the revisions' files what they are, for people and documents. */
#ifndef MIGRATE_CMD_COMMITS_H
#define MIGRATE_CMD_COMMITS_H

#include <cjson/cJSON.h>

#include "command.h"
#include "git/repository.h"

/* {"id", "author", "email", "date"}; null for NULL. */
cJSON *commit_to_json(const Commit *commit);

/* invocation_commit(), but NULL without an error where the branch has no commit yet. New string. */
char *invocation_newest_commit(Invocation *invocation, GError **error);

/* Whether the commit whose files `head` has (NULL: none) holds the file as it is on disk; line ends do not count, for
 * git changes them on its way there (core.autocrlf). `path` is absolute. */
gboolean commit_has_file(const Repository *repository, const FileTree *head, const char *path);

typedef struct RevisionCommits RevisionCommits;
/* What brought and last changed each revision file, by a walk through all commits. NULL: there is no repository; one
 * that cannot be read is told as a warning. The invocation must outlive it. */
RevisionCommits *revision_commits_new(Invocation *invocation);
void revision_commits_free(RevisionCommits *commits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RevisionCommits, revision_commits_free)
/* The one that brought the file, as far as HEAD has it; NULL: none, and with NULL. */
const Commit *revision_commits_first(const RevisionCommits *commits, const Revision *revision);
/* "Commit: 3f2a9c1b by Ada <ada@example.org>, 2026-11-21\n", or "Commit: not committed\n"; and, where another commit
 * changed the file last, or none has the changes yet, a line "Changed: …". New string; "" with NULL, and for what lies
 * outside the repository. */
char *revision_commits_text(const RevisionCommits *commits, const Revision *revision);
/* The same as members "commit" and "changed" (null: not committed; "changed" only where the line is); none with NULL.
 */
void revision_commits_add(const RevisionCommits *commits, const Revision *revision, cJSON *item);

#endif
