/* The graph of revisions as a drawing of lines on a terminal. */
#ifndef MIGRATE_CMD_DRAWING_H
#define MIGRATE_CMD_DRAWING_H

#include "revisions.h"

/* The options of a command that draws. */
#define OPTION_GRAPH                                                                                                   \
    {                                                                                                                  \
        "graph", 0, OPTION_FLAG, NULL, "draw the graph, on a terminal or not", NULL                                    \
    }
#define OPTION_NO_GRAPH                                                                                                \
    {                                                                                                                  \
        "no-graph", 0, OPTION_FLAG, NULL, "print plain lines, on a terminal too", NULL                                 \
    }
/* *draw by --graph and --no-graph, else by whether stdout is a terminal; FALSE where they contradict each other, or
 * --json. */
gboolean drawing_wanted(const Invocation *invocation, gboolean *draw, GError **error);

/* Draws revisions, newest first, on stdout: a line for each, what it revises by lines down to it as far as that is
 * among them. Characters by the locale, cut to the width of the terminal. With `verbose` each is followed by its entry.
 */
void draw_history(const RevisionView *view, const GPtrArray *revisions, gboolean verbose);
/* Draws the heads and where their lines part: each of the others is only counted. `dependencies`: what others depend on
 * is no head. */
void draw_heads(const RevisionView *view, gboolean dependencies, gboolean verbose);

#endif
