#include "graph.h"

#include <string.h>

#include "output.h"
#include "script/lanes.h"

enum { STEP = 20, MARGIN = 16, NODE_HEIGHT = 26, LINK_HEIGHT = 14, RADIUS = 5, BEND = 6, CHARACTER = 8 };

typedef struct Point {
    int x, y;
} Point;

typedef struct Picture {
    const RevisionView *view;
    const GPtrArray *revisions;
    GHashTable *index; /* Revision* -> its number */
    GString *lines;    /* data of one path: all lines between revisions */
    GArray *starts;    /* gint per column: where the vertical line began that runs there, -1 without */
    Point *points;     /* of the nodes */
    int y;             /* top of the next row */
    guint columns;     /* of the widest row */
} Picture;

static int column_x(guint column)
{
    return MARGIN + (int)column * STEP;
}

/* A vertical line is written when it ends, as one. */
static void vertical(Picture *picture, guint column, guint cell, int top, int bottom)
{
    gint *start = &g_array_index(picture->starts, gint, column);
    int middle = (top + bottom) / 2;
    int bend = (cell & (LANE_LEFT | LANE_RIGHT)) ? BEND : 0;
    if ((cell & LANE_UP) && !(cell & LANE_DOWN)) {
        g_string_append_printf(picture->lines, "M%d %dV%d", column_x(column), *start, middle - bend);
        *start = -1;
    } else if ((cell & LANE_DOWN) && !(cell & LANE_UP)) {
        *start = middle + bend;
    }
}

/* A line that turns here: it comes from above or goes down, not both. */
static gboolean is_bent(guint cell)
{
    return (cell & (LANE_UP | LANE_DOWN)) == LANE_UP || (cell & (LANE_UP | LANE_DOWN)) == LANE_DOWN;
}

/* The one horizontal line of a row, bent where it meets a lane that begins or ends there. */
static void horizontal(Picture *picture, const LaneRow *row, int top, int bottom)
{
    guint left = 0, right = row->n_cells - 1;
    while (left < row->n_cells && !(row->cells[left] & LANE_RIGHT))
        left++;
    if (left == row->n_cells)
        return;
    while (!(row->cells[right] & LANE_LEFT))
        right--;
    int middle = (top + bottom) / 2, x = column_x(left), end = column_x(right);
    if (is_bent(row->cells[left]))
        g_string_append_printf(picture->lines, "M%d %dQ%d %d %d %d", x,
                               middle + ((row->cells[left] & LANE_UP) ? -BEND : BEND), x, middle, x + BEND, middle);
    else
        g_string_append_printf(picture->lines, "M%d %d", x, middle);
    gboolean bent = is_bent(row->cells[right]);
    g_string_append_printf(picture->lines, "H%d", bent ? end - BEND : end);
    if (bent)
        g_string_append_printf(picture->lines, "Q%d %d %d %d", end, middle, end,
                               middle + ((row->cells[right] & LANE_UP) ? -BEND : BEND));
}

static void add_row(const LaneRow *row, gpointer data)
{
    Picture *picture = data;
    int top = picture->y, bottom = top + (row->is_node ? NODE_HEIGHT : LINK_HEIGHT);
    while (picture->starts->len < row->n_cells) {
        gint none = -1;
        g_array_append_val(picture->starts, none);
    }
    for (guint i = 0; i < row->n_cells; i++)
        vertical(picture, i, row->cells[i], top, bottom);
    if (row->is_node)
        picture->points[row->node] = (Point){column_x(row->column), (top + bottom) / 2};
    else if (row->n_cells)
        horizontal(picture, row, top, bottom);
    picture->columns = MAX(picture->columns, row->n_cells);
    picture->y = bottom;
}

static gboolean find(const Picture *picture, const Revision *revision, guint *number)
{
    gpointer found;
    gboolean is_there = g_hash_table_lookup_extended(picture->index, revision, NULL, &found);
    *number = is_there ? GPOINTER_TO_UINT(found) : 0;
    return is_there;
}

static void lay_out(Picture *picture)
{
    guint count = picture->revisions->len, to;
    g_autoptr(GPtrArray) edges = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < count; i++) {
        const Revision *revision = picture->revisions->pdata[i];
        GArray *below = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint k = 0; k < revision->parents->len; k++)
            if (find(picture, revision->parents->pdata[k], &to))
                g_array_append_val(below, to);
        g_ptr_array_add(edges, below);
    }
    LaneGraph graph = {count, (GArray *const *)edges->pdata};
    lanes_lay_out(&graph, add_row, picture);
}

static void append_dependencies(GString *text, const Picture *picture)
{
    for (guint i = 0; i < picture->revisions->len; i++) {
        const Revision *revision = picture->revisions->pdata[i];
        guint to;
        for (guint k = 0; k < revision->dependencies->len; k++) {
            if (!find(picture, revision->dependencies->pdata[k], &to))
                continue;
            Point a = picture->points[i], b = picture->points[to];
            g_string_append_printf(text, "<path class=\"d\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", a.x, a.y, a.x + STEP,
                                   (a.y * 2 + b.y) / 3, b.x + STEP, (a.y + b.y * 2) / 3, b.x, b.y);
        }
    }
}

/* Returns how wide the text is, about: a document cannot ask for the reader's font. */
static int append_node(GString *text, const Picture *picture, guint number, int text_x)
{
    const Revision *revision = picture->revisions->pdata[number];
    Point at = picture->points[number];
    g_autofree char *heading = graph_heading(picture->view, revision);
    g_autofree char *title = graph_title(revision);
    g_autofree char *line = g_strconcat(heading, *title ? "  " : "", title, NULL);
    g_autofree char *escaped = g_markup_escape_text(line, -1);
    const char *class = revision_view_is_current(picture->view, revision) ? " class=\"c\""
                        : revision_is_head(revision)                      ? " class=\"h\""
                                                                          : "";
    g_string_append_printf(text, "<circle%s cx=\"%d\" cy=\"%d\" r=\"%d\"/><text x=\"%d\" y=\"%d\">%s</text>\n", class,
                           at.x, at.y, RADIUS, text_x, at.y + 4, escaped);
    return (int)g_utf8_strlen(line, -1) * CHARACTER;
}

void graph_append_svg(GString *text, const RevisionView *view, const GPtrArray *revisions)
{
    Picture picture = {.view = view,
                       .revisions = revisions,
                       .index = g_hash_table_new(NULL, NULL),
                       .lines = g_string_new(NULL),
                       .starts = g_array_new(FALSE, FALSE, sizeof(gint)),
                       .points = g_new0(Point, MAX(revisions->len, 1)),
                       .y = MARGIN / 2};
    for (guint i = 0; i < revisions->len; i++)
        g_hash_table_insert(picture.index, revisions->pdata[i], GUINT_TO_POINTER(i));
    lay_out(&picture);
    g_autoptr(GString) nodes = g_string_new(NULL);
    int text_x = column_x(picture.columns) + STEP / 2, width = 0;
    for (guint i = 0; i < revisions->len; i++) {
        int needed = append_node(nodes, &picture, i, text_x);
        width = MAX(width, needed);
    }
    g_string_append_printf(text,
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" role=\"img\">\n"
                           "<title>Revisions</title>\n"
                           "<style>path{fill:none;stroke:#888;stroke-width:2}.d{stroke-width:1;stroke-dasharray:3}"
                           "circle{fill:#fff;stroke:#333;stroke-width:2}.h{fill:#333}.c{fill:#3a3;stroke:#060}"
                           "text{font:13px monospace;fill:#333}</style>\n",
                           text_x + width + MARGIN, picture.y + MARGIN / 2);
    if (picture.lines->len)
        g_string_append_printf(text, "<path d=\"%s\"/>\n", picture.lines->str);
    append_dependencies(text, &picture);
    g_string_append(text, nodes->str);
    g_string_append(text, "</svg>\n");
    g_hash_table_unref(picture.index);
    g_string_free(picture.lines, TRUE);
    g_array_unref(picture.starts);
    g_free(picture.points);
}
