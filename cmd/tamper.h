/* What is told of applied revisions whose files were edited since: by whom, what, and the ways out. */
#ifndef MIGRATE_CMD_TAMPER_H
#define MIGRATE_CMD_TAMPER_H

#include <cjson/cJSON.h>

#include "command.h"
#include "git/repository.h"

/* An edit, as far as git knows it. */
typedef struct Tampering {
    const EditedRevision *edited;
    Commit *commit;       /* that changed the file last; NULL: not known, or none has it */
    gboolean moved;       /* that commit brought its name, with this edit, or with one of before in it */
    gboolean earliest;    /* that commit is where a shallow clone begins: one before it may have edited the file */
    gboolean uncommitted; /* the working folder has changes of it that no commit has */
    char *unknown;        /* one line: why git is not asked, or does not know who edited it; NULL: it does */
    char *diff;           /* unified, clean for a terminal; NULL: none could be made */
    char *no_diff;        /* one line: why; NULL: there is one */
    char *note;           /* one line on what it is compared with, where that is not the very file; NULL */
    char *restore;        /* shell command that brings the file back as it was applied; NULL: git has it nowhere */
} Tampering;
void tampering_free(Tampering *tampering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tampering, tampering_free)
/* What git does not know is said in it: that is no error. */
Tampering *tampering_new(Invocation *invocation, const EditedRevision *edited);
/* Lines for a person, ending with a line end: its first names revision and file; then who edited it, the difference (of
 * at most 40 lines, but whole with -v), and unless `accepting` the ways out. With `colours` the difference is in those
 * of stdout, where it shows some. New string. */
char *tampering_text(const Invocation *invocation, const Tampering *tampering, gboolean accepting, gboolean colours);
cJSON *tampering_to_json(const Tampering *tampering);

/* The text for several, of the first five, but all with -v. `edited`: EditedRevision*. New string. */
char *tamper_report(Invocation *invocation, const GPtrArray *edited, gboolean colours);
/* Puts the report behind a RUNTIME_ERROR_EDITED that is about applied files; leaves other errors as they are. */
void tamper_explain(Invocation *invocation, GError **error);

#endif
