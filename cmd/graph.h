/* The graph of revisions as text for documents: what cmd/graph.c prints, a format per file. */
#ifndef MIGRATE_CMD_GRAPH_H
#define MIGRATE_CMD_GRAPH_H

#include "revisions.h"

/* "ID (label) (head) (current)": the first line of a node's label; the second is the message's first line. Both without
 * control characters, not yet escaped. New strings. */
char *graph_heading(const RevisionView *view, const Revision *revision);
char *graph_title(const Revision *revision);

/* An SVG document: the revisions newest first, each on a line, with the lines that `history` draws beside them;
 * dependencies as dashed curves. Stands alone: no fonts, styles or scripts from elsewhere. */
void graph_append_svg(GString *text, const RevisionView *view, const GPtrArray *revisions);

#endif
