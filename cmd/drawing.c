#include "drawing.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "output.h"
#include "script/lanes.h"

gboolean drawing_wanted(const Invocation *invocation, gboolean *draw, GError **error)
{
    gboolean yes = option_flag(invocation, "graph"), no = option_flag(invocation, "no-graph");
    if (yes && (no || invocation->json)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--graph and --%s exclude each other",
                    no ? "no-graph" : "json");
        return FALSE;
    }
    *draw = yes || (!no && !invocation->json && output_is_terminal());
    return TRUE;
}

/* ---- characters ---- */

typedef struct Glyphs {
    const char *lines[16]; /* by LANE_UP, _DOWN, _LEFT and _RIGHT */
    const char *revision, *head, *current, *skipped, *cut;
    guint cut_width;
} Glyphs;

static const Glyphs utf8_glyphs = {
    .lines = {" ", "│", "│", "│", "─", "╯", "╮", "┤", "─", "╰", "╭", "├", "─", "┴", "┬", "┼"},
    .revision = "○",
    .head = "●",
    .current = "◉",
    .skipped = "┊",
    .cut = "…",
    .cut_width = 1,
};
/* A joint is "|", a crossing "+". */
static const Glyphs ascii_glyphs = {
    .lines = {" ", "|", "|", "|", "-", "'", ".", "|", "-", "`", ".", "|", "-", "'", ".", "+"},
    .revision = "o",
    .head = "*",
    .current = "@",
    .skipped = ":",
    .cut = "..",
    .cut_width = 2,
};

typedef struct Drawing {
    const RevisionView *view;
    const GPtrArray *revisions; /* of the nodes */
    char *const *notes;         /* per node: a line below it, or NULL; NULL: none */
    gboolean verbose;
    gboolean whole; /* every parent is among the nodes, or said in a note */
    GHashTable *shown;
    const Glyphs *glyphs;
    guint width; /* columns; G_MAXUINT without a limit */
    GString *line;
    guint used; /* columns of `line` */
} Drawing;

/* ---- one line ---- */

static guint character_width(gunichar character)
{
    return g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
}

/* Appends as much as fits and tells whether all did. */
static gboolean put(Drawing *drawing, OutputStyle style, const char *text)
{
    g_autofree char *clean = output_clean(text);
    g_autoptr(GString) piece = g_string_new(NULL);
    gsize cut_at = 0;
    guint used = drawing->used, used_at_cut = used;
    gboolean fits = TRUE;
    for (const char *at = clean; *at && fits; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (used + drawing->glyphs->cut_width <= drawing->width) {
            cut_at = piece->len;
            used_at_cut = used;
        }
        used += character_width(character);
        fits = used <= drawing->width;
        g_string_append_unichar(piece, character);
    }
    if (!fits) {
        g_string_truncate(piece, cut_at);
        g_string_append(piece, drawing->glyphs->cut);
        used = used_at_cut + drawing->glyphs->cut_width;
    }
    g_autofree char *styled = output_styled(style, piece->str);
    g_string_append(drawing->line, styled);
    drawing->used = used;
    return fits;
}

static void end_line(Drawing *drawing)
{
    while (drawing->line->len && drawing->line->str[drawing->line->len - 1] == ' ')
        g_string_truncate(drawing->line, drawing->line->len - 1);
    g_string_append_c(drawing->line, '\n');
    fwrite(drawing->line->str, 1, drawing->line->len, stdout);
    g_string_truncate(drawing->line, 0);
    drawing->used = 0;
}

static void put_node(Drawing *drawing, const Revision *revision)
{
    const Glyphs *glyphs = drawing->glyphs;
    gboolean current = revision_view_is_current(drawing->view, revision), head = revision_is_head(revision);
    g_autofree char *styled = output_styled(current ? STYLE_GOOD
                                            : head  ? STYLE_MARK
                                                    : STYLE_PLAIN,
                                            current ? glyphs->current
                                            : head  ? glyphs->head
                                                    : glyphs->revision);
    g_string_append(drawing->line, styled);
}

/* The cells of a row, at most half of a terminal's width: what runs beyond is cut. `node`: what stands at the node's
 * column, a revision or, as text, what takes its place. */
static void put_cells(Drawing *drawing, const LaneRow *row, gboolean below, const Revision *node, const char *skipped)
{
    guint most = MAX(drawing->width / 4, 1);
    for (guint i = 0; i < row->n_cells && i < most; i++) {
        guint cell = row->cells[i];
        if (below)
            cell = (cell & LANE_DOWN) ? LANE_UP | LANE_DOWN : 0;
        if ((cell & LANE_NODE) && node)
            put_node(drawing, node);
        else if (below && skipped && i == row->column)
            g_string_append(drawing->line, skipped);
        else
            g_string_append(drawing->line, drawing->glyphs->lines[cell & 15]);
        gboolean joined = (cell & LANE_RIGHT) && i + 1 < row->n_cells;
        g_string_append(drawing->line, joined ? drawing->glyphs->lines[LANE_LEFT | LANE_RIGHT] : " ");
        drawing->used += 2;
    }
    if (row->n_cells > most) {
        g_string_append(drawing->line, drawing->glyphs->cut);
        drawing->used += drawing->glyphs->cut_width;
    }
}

/* ---- rows ---- */

static gboolean put_list(Drawing *drawing, OutputStyle style, const char *before, const GPtrArray *words,
                         const char *after)
{
    if (!words->len)
        return TRUE;
    g_autofree char *list = text_list(words, ", ");
    g_autofree char *text = g_strconcat(before, list, after, NULL);
    return put(drawing, style, text);
}

/* What the lines cannot say: dependencies, and parents that are not among the revisions drawn. */
static gboolean put_unseen(Drawing *drawing, const Revision *revision)
{
    g_autoptr(GPtrArray) beyond = g_ptr_array_new();
    for (guint i = 0; !drawing->whole && i < revision->parents->len; i++)
        if (!g_hash_table_contains(drawing->shown, revision->parents->pdata[i]))
            g_ptr_array_add(beyond, ((const Revision *)revision->parents->pdata[i])->id);
    return put_list(drawing, STYLE_FAINT, " revises ", beyond, "") &&
           put_list(drawing, STYLE_FAINT, " depends on ", revision->depends_on, "");
}

static void node_line(Drawing *drawing, const Revision *revision)
{
    g_autofree char *title = text_first_line(revision->message);
    g_autofree char *behind = *title ? g_strconcat(", ", title, NULL) : NULL;
    g_autofree char *marks = revision_marks(drawing->view, revision, LINE_TREE);
    OutputStyle style = revision_view_is_current(drawing->view, revision) ? STYLE_GOOD : STYLE_MARK;
    if (put(drawing, style, revision->id) && put_list(drawing, STYLE_PLAIN, " (", revision->branch_labels, ")") &&
        put(drawing, STYLE_PLAIN, marks) && put_unseen(drawing, revision) && behind)
        put(drawing, STYLE_PLAIN, behind);
    end_line(drawing);
}

static void entry_lines(Drawing *drawing, const LaneRow *row, const Revision *revision)
{
    g_autofree char *entry = revision_entry(drawing->view, revision);
    g_auto(GStrv) lines = g_strsplit(entry, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        put_cells(drawing, row, i > 0, revision, NULL);
        /* The first line holds the id in colours, which are control characters to put(). */
        if (i == 0)
            g_string_append(drawing->line, lines[i]);
        else
            put(drawing, STYLE_PLAIN, lines[i]);
        end_line(drawing);
    }
}

static void draw_row(const LaneRow *row, gpointer data)
{
    Drawing *drawing = data;
    if (!row->is_node) {
        put_cells(drawing, row, FALSE, NULL, NULL);
        end_line(drawing);
        return;
    }
    const Revision *revision = drawing->revisions->pdata[row->node];
    if (drawing->verbose) {
        entry_lines(drawing, row, revision);
    } else {
        put_cells(drawing, row, FALSE, revision, NULL);
        node_line(drawing, revision);
    }
    const char *note = drawing->notes ? drawing->notes[row->node] : NULL;
    if (!note || !*note)
        return;
    put_cells(drawing, row, TRUE, NULL, drawing->glyphs->skipped);
    put(drawing, STYLE_FAINT, note);
    end_line(drawing);
}

static void draw(Drawing *drawing, GArray *const *edges)
{
    setlocale(LC_CTYPE, ""); /* which characters the terminal can show */
    guint width = output_width();
    drawing->glyphs = g_get_charset(NULL) ? &utf8_glyphs : &ascii_glyphs;
    drawing->width = width ? width : G_MAXUINT;
    drawing->line = g_string_new(NULL);
    LaneGraph graph = {drawing->revisions->len, edges};
    lanes_lay_out(&graph, draw_row, drawing);
    g_string_free(drawing->line, TRUE);
}

/* ---- graphs ---- */

static GHashTable *index_of(const GPtrArray *revisions)
{
    GHashTable *index = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < revisions->len; i++)
        g_hash_table_insert(index, revisions->pdata[i], GUINT_TO_POINTER(i));
    return index;
}

static void add_edge(GArray **edges, guint from, guint to)
{
    if (!edges[from])
        edges[from] = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < edges[from]->len; i++)
        if (g_array_index(edges[from], guint, i) == to)
            return;
    g_array_append_val(edges[from], to);
}

static void free_edges(GArray **edges, guint count)
{
    for (guint i = 0; i < count; i++)
        g_clear_pointer(&edges[i], g_array_unref);
    g_free(edges);
}

void draw_history(const RevisionView *view, const GPtrArray *revisions, gboolean verbose)
{
    g_autoptr(GHashTable) index = index_of(revisions);
    GArray **edges = g_new0(GArray *, MAX(revisions->len, 1));
    for (guint i = 0; i < revisions->len; i++) {
        const Revision *revision = revisions->pdata[i];
        gpointer to;
        for (guint k = 0; k < revision->parents->len; k++)
            if (g_hash_table_lookup_extended(index, revision->parents->pdata[k], NULL, &to))
                add_edge(edges, i, GPOINTER_TO_UINT(to));
    }
    Drawing drawing = {.view = view, .revisions = revisions, .verbose = verbose, .shown = index};
    draw(&drawing, edges);
    free_edges(edges, revisions->len);
}

/* The revision that stands for `revision` among the heads: the one that all which stands on it leads to, or itself,
 * where lines part. */
static Revision *line_of(GHashTable *lines, Revision *revision, gboolean dependencies)
{
    const GPtrArray *above[] = {revision->children, dependencies ? revision->dependents : NULL};
    Revision *line = NULL;
    for (guint e = 0; e < G_N_ELEMENTS(above); e++)
        for (guint i = 0; above[e] && i < above[e]->len; i++) {
            Revision *other = g_hash_table_lookup(lines, above[e]->pdata[i]);
            if (line && line != other)
                return revision;
            line = other;
        }
    return line ? line : revision;
}

void draw_heads(const RevisionView *view, gboolean dependencies, gboolean verbose)
{
    const GPtrArray *all = revision_map_all(view->map);
    g_autoptr(GHashTable) lines = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    for (guint i = all->len; i-- > 0;) {
        Revision *revision = all->pdata[i], *line = line_of(lines, revision, dependencies);
        g_hash_table_insert(lines, revision, line);
        if (line == revision)
            g_ptr_array_add(nodes, revision);
    }
    g_autoptr(GHashTable) index = index_of(nodes);
    GArray **edges = g_new0(GArray *, MAX(nodes->len, 1));
    g_autofree guint *skipped = g_new0(guint, MAX(nodes->len, 1));
    for (guint i = 0; i < all->len; i++) {
        Revision *revision = all->pdata[i], *line = g_hash_table_lookup(lines, revision);
        guint from = GPOINTER_TO_UINT(g_hash_table_lookup(index, line));
        skipped[from] += revision != line;
        const GPtrArray *below[] = {revision->parents, dependencies ? revision->dependencies : NULL};
        for (guint e = 0; e < G_N_ELEMENTS(below); e++)
            for (guint k = 0; below[e] && k < below[e]->len; k++) {
                Revision *other = g_hash_table_lookup(lines, below[e]->pdata[k]);
                if (other != line)
                    add_edge(edges, from, GPOINTER_TO_UINT(g_hash_table_lookup(index, other)));
            }
    }
    g_auto(GStrv) notes = g_new0(char *, nodes->len + 1);
    for (guint i = 0; i < nodes->len; i++)
        notes[i] = skipped[i] == 0   ? g_strdup("")
                   : skipped[i] == 1 ? g_strdup("1 revision")
                                     : g_strdup_printf("%u revisions", skipped[i]);
    Drawing drawing = {.view = view, .revisions = nodes, .notes = notes, .verbose = verbose, .whole = TRUE};
    draw(&drawing, edges);
    free_edges(edges, nodes->len);
}
