/*
 * Lanes: where the lines of a graph run when its nodes are written one below the other, as `git log --graph` does it.
 * Knows neither revisions nor characters: what is drawn, and with which glyphs, is the caller's.
 */
#ifndef MIGRATE_SCRIPT_LANES_H
#define MIGRATE_SCRIPT_LANES_H

#include <glib.h>

/* What a cell shows: lines from its middle to its sides. UP|DOWN|LEFT|RIGHT without a node is a crossing, always: a
 * line that ends at another one has three arms at most. */
typedef enum LaneCell {
    LANE_UP = 1 << 0,
    LANE_DOWN = 1 << 1,
    LANE_LEFT = 1 << 2,
    LANE_RIGHT = 1 << 3,
    LANE_NODE = 1 << 4,
} LaneCell;

/* One row of cells, from the left. RIGHT of a cell and LEFT of the next come together, so do DOWN and the UP below. */
typedef struct LaneRow {
    gboolean is_node;
    guint node;   /* which one this row shows, or whose edges it leads to their lanes */
    guint column; /* of that node */
    const guint8 *cells;
    guint n_cells; /* without empty ones at the end */
} LaneRow;

typedef void (*LaneFunc)(const LaneRow *row, gpointer data);

/* The graph: `count` nodes in the order in which they are to be written; edges[i] are the nodes (guint) that a line
 * goes down to from node i, each larger than i (NULL: none). */
typedef struct LaneGraph {
    guint count;
    GArray *const *edges;
} LaneGraph;

/* Calls `row` for every row from the top: one for each node, one behind it for each edge that leaves its lane, and an
 * empty one where a node would otherwise seem to stand on one it has nothing to do with. A row's cells are valid during
 * the call. All lines that lead to one node share a lane, so that no more lanes run side by side than needed; time and
 * memory are those of what is written. */
void lanes_lay_out(const LaneGraph *graph, LaneFunc row, gpointer data);

#endif
