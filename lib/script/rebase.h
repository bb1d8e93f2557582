/*
 * What the revisions that only one side has are to revise, so that they stand on the heads of the other. Knows no git
 * and no database, and writes nothing: revision_text_reparent() gives the files.
 */
#ifndef MIGRATE_SCRIPT_REBASE_H
#define MIGRATE_SCRIPT_REBASE_H

#include "script/script.h"

typedef struct Rebase {
    const GPtrArray *ours; /* Revision*: the files here; they need make no graph: theirs may be among them or not */
    RevisionMap *theirs;
    const char *name;    /* what theirs is called: "origin/main" */
    const char *head;    /* spec of the head of theirs to choose where several stand on a parent; NULL */
    gboolean move_bases; /* bases of ours revise theirs, too, but for those with a branch label */
} Rebase;

typedef struct RebaseMove {
    Revision *revision; /* of ours, not owned */
    GPtrArray *parents; /* char*: what it is to revise */
} RebaseMove;

typedef struct RebasePlan {
    GPtrArray *own;   /* Revision*, not owned: those of ours that theirs has not, each behind what it revises */
    GPtrArray *moves; /* RebaseMove*, in that order: those whose parents change */
    GPtrArray *bases; /* Revision*, not owned: bases that stay bases beside those of theirs */
} RebasePlan;
void rebase_plan_free(RebasePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RebasePlan, rebase_plan_free)

/* A parent among theirs that is no head there becomes the head that stands on it; among several the one with the same
 * branch labels, or `head`. What becomes an ancestor of another parent is no parent any more. SCRIPT_ERROR_DUPLICATE,
 * _CYCLE and _MISSING of ours; SCRIPT_ERROR_MULTIPLE_HEADS lists the heads and asks for --head. */
RebasePlan *rebase_plan(const Rebase *rebase, GError **error);

/* Those of `ours` that the version rows say are applied: the rows and what they stand on, as the files of both sides
 * have it. Set of ids (char*); also ids that no file has. */
GHashTable *rebase_applied(const Rebase *rebase, const char *const *rows);

#endif
