#include "script/lanes.h"

#include <string.h>

enum { FREE = -1 };

typedef struct Layout {
    GArray *lanes;     /* gint: the node that a lane leads to, or FREE */
    gint *lane_of;     /* per node: the lane that leads to it, or FREE */
    GByteArray *cells; /* of the row that is being made */
    gint ended;        /* the column where the last row was a node without edges, or FREE */
    LaneFunc row;
    gpointer data;
} Layout;

static gint *lane_at(Layout *layout, guint column)
{
    return &g_array_index(layout->lanes, gint, column);
}

/* The first free lane from `from` on. */
static guint take_lane(Layout *layout, guint from, gint node)
{
    guint column = from;
    while (column < layout->lanes->len && *lane_at(layout, column) != FREE)
        column++;
    while (column >= layout->lanes->len) {
        gint none = FREE;
        g_array_append_val(layout->lanes, none);
    }
    *lane_at(layout, column) = node;
    layout->lane_of[node] = (gint)column;
    return column;
}

static void free_lane(Layout *layout, guint column)
{
    *lane_at(layout, column) = FREE;
}

/* A row in which every lane that is taken just runs on. */
static guint8 *start_row(Layout *layout)
{
    g_byte_array_set_size(layout->cells, layout->lanes->len);
    for (guint i = 0; i < layout->lanes->len; i++)
        layout->cells->data[i] = *lane_at(layout, i) != FREE ? LANE_UP | LANE_DOWN : 0;
    return layout->cells->data;
}

static void end_row(Layout *layout, guint node, guint column, gboolean is_node)
{
    guint length = layout->cells->len;
    while (length > 0 && layout->cells->data[length - 1] == 0)
        length--;
    LaneRow row = {is_node, node, column, layout->cells->data, length};
    layout->row(&row, layout->data);
}

/* A line from lane `from`, which ends there unless `runs_on`, to lane `to`, which begins there if `is_new`. */
static void link_row(Layout *layout, guint node, guint column, guint from, gboolean runs_on, guint to, gboolean is_new)
{
    guint8 *cells = start_row(layout);
    guint left = MIN(from, to), right = MAX(from, to);
    for (guint i = left; i < right; i++) {
        cells[i] |= LANE_RIGHT;
        cells[i + 1] |= LANE_LEFT;
    }
    cells[from] = (guint8)((cells[from] & (LANE_LEFT | LANE_RIGHT)) | LANE_UP | (runs_on ? LANE_DOWN : 0));
    cells[to] = (guint8)((cells[to] & (LANE_LEFT | LANE_RIGHT)) | LANE_DOWN | (is_new ? 0 : LANE_UP));
    end_row(layout, node, column, FALSE);
}

/* The column of a node: its lane, or a free one with nothing above it. */
static guint place_node(Layout *layout, guint node, gboolean *is_top)
{
    *is_top = layout->lane_of[node] == FREE;
    if (!*is_top)
        return (guint)layout->lane_of[node];
    guint column = take_lane(layout, 0, (gint)node);
    if (layout->ended == (gint)column) {
        free_lane(layout, column);
        start_row(layout);
        end_row(layout, node, column, FALSE);
        *lane_at(layout, column) = (gint)node;
    }
    return column;
}

static void node_row(Layout *layout, guint node, guint column, gboolean is_top, gboolean has_edges)
{
    guint8 *cells = start_row(layout);
    cells[column] = (guint8)(LANE_NODE | (is_top ? 0 : LANE_UP) | (has_edges ? LANE_DOWN : 0));
    end_row(layout, node, column, TRUE);
    layout->ended = has_edges ? FREE : (gint)column;
}

/* Both lanes lead to `target`: the right one ends at the left one. */
static void join_lanes(Layout *layout, guint node, guint column, guint target)
{
    guint lane = (guint)layout->lane_of[target];
    guint left = MIN(column, lane), right = MAX(column, lane);
    free_lane(layout, right);
    *lane_at(layout, left) = (gint)target;
    layout->lane_of[target] = (gint)left;
    link_row(layout, node, column, right, FALSE, left, FALSE);
}

/* The first edge whose node has no lane yet goes straight down; each of the others gets a row of its own. */
static void edge_rows(Layout *layout, guint node, guint column, const GArray *edges)
{
    gint straight = FREE;
    for (guint i = 0; i < edges->len && straight == FREE; i++)
        if (layout->lane_of[g_array_index(edges, guint, i)] == FREE)
            straight = (gint)i;
    guint last = edges->len - 1;
    if (straight == FREE)
        straight = (gint)last;
    else
        layout->lane_of[g_array_index(edges, guint, straight)] = (gint)column;
    *lane_at(layout, column) = (gint)g_array_index(edges, guint, straight);
    for (guint i = 0; i < edges->len; i++) {
        guint target = g_array_index(edges, guint, i);
        if ((gint)i == straight)
            continue;
        gboolean is_new = layout->lane_of[target] == FREE;
        guint lane = is_new ? take_lane(layout, column + 1, (gint)target) : (guint)layout->lane_of[target];
        link_row(layout, node, column, column, TRUE, lane, is_new);
    }
    guint target = g_array_index(edges, guint, straight);
    if (layout->lane_of[target] != (gint)column)
        join_lanes(layout, node, column, target);
}

void lanes_lay_out(const LaneGraph *graph, LaneFunc row, gpointer data)
{
    Layout layout = {.lanes = g_array_new(FALSE, FALSE, sizeof(gint)),
                     .lane_of = g_new(gint, MAX(graph->count, 1)),
                     .cells = g_byte_array_new(),
                     .ended = FREE,
                     .row = row,
                     .data = data};
    for (guint i = 0; i < graph->count; i++)
        layout.lane_of[i] = FREE;
    for (guint node = 0; node < graph->count; node++) {
        const GArray *edges = graph->edges[node];
        gboolean has_edges = edges && edges->len > 0, is_top;
        guint column = place_node(&layout, node, &is_top);
        node_row(&layout, node, column, is_top, has_edges);
        if (has_edges)
            edge_rows(&layout, node, column, edges);
        else
            free_lane(&layout, column);
        while (layout.lanes->len > 0 && *lane_at(&layout, layout.lanes->len - 1) == FREE)
            g_array_set_size(layout.lanes, layout.lanes->len - 1);
    }
    g_array_unref(layout.lanes);
    g_byte_array_unref(layout.cells);
    g_free(layout.lane_of);
}
