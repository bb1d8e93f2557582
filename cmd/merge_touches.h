/* Which objects revisions have to do with, by what they do and by what their SQL mentions. */
#ifndef MIGRATE_CMD_MERGE_TOUCHES_H
#define MIGRATE_CMD_MERGE_TOUCHES_H

#include "effects.h"

/* What one revision has to do with one object. */
typedef struct Touch {
    char *name; /* the object's, in lower case, without schema and arguments */
    char *how;  /* one line: the operation, or the start of the statement */
    const Revision *revision;
} Touch;
void touch_free(gpointer touch);

/* What nobody can know from the text. */
typedef struct Doubt {
    char *text; /* the statement, its first line, and why */
    const Revision *revision;
} Doubt;
void doubt_free(gpointer doubt);

/* Adds the names (char*, in lower case) of all objects that the effects leave behind, or that they drop or rename, to a
 * set that owns them. */
void known_names_add(GHashTable *known, const Effects *effects);
/* Adds what the revisions of the effects touch (Touch*), the first thing that each has to do with an object, and what
 * cannot be told of them (Doubt*). Of SQL only `known` names count, also those behind views, routines and triggers. The
 * revisions are those of the map that the effects are of. */
void touches_read(const Effects *effects, GHashTable *known, GPtrArray *touches, GPtrArray *doubts);

#endif
