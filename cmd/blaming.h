/* What blame and log share: an object by its name, what became of it, and how that is shown. */
#ifndef MIGRATE_CMD_BLAMING_H
#define MIGRATE_CMD_BLAMING_H

#include "commits.h"
#include "effects.h"
#include "operations/lives.h"

typedef struct Blaming {
    Effects *effects;
    Lives *lives;             /* LifeEvent.step is an index of effects->revisions */
    RevisionCommits *commits; /* NULL: no repository */
    Life *life;               /* what the person named */
} Blaming;
void blaming_clear(Blaming *blaming);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Blaming, blaming_clear)

/* Reads all revisions and finds NAME: a table, view, type …, with its schema or without, or a column behind its table.
 * With `rows` what writes rows of it counts as well. An unknown name is an error that names the nearest. */
gboolean blaming_open(Blaming *blaming, Invocation *invocation, const char *name, gboolean rows, GError **error);
const Revision *blaming_revision(const Blaming *blaming, guint step);

/* Lines with revision, what it did, commit, author and date; `object` (the first column) may be NULL for all of them.
 */
typedef struct BlameTable BlameTable;
BlameTable *blame_table_new(const Blaming *blaming, gboolean with_objects, gboolean json);
/* `life` is what the line is about, `text` what happened. */
void blame_table_add(BlameTable *table, const Life *life, guint step, const char *text);
/* Prints them, in JSON as "history" of a document about the object; frees the table. */
void blame_table_end(BlameTable *table);

#endif
