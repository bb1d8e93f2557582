/*
 * The drawing is read back as a reader would: from each node along the lines, straight over crossings, to the node they
 * end at. What is read must be the graph, edge by edge, whatever graph it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "script/lanes.h"
#include "support/scale.h"

enum { GRAPHS = 2000, MOST_NODES = 40 };

typedef struct Picture {
    GPtrArray *rows; /* GByteArray* */
    GArray *nodes;   /* guint per row: the node it shows, G_MAXUINT without */
    GArray *sources; /* guint per row: the column of LaneRow */
    gsize cells;
} Picture;

static void keep_row(const LaneRow *row, gpointer data)
{
    Picture *picture = data;
    GByteArray *cells = g_byte_array_new();
    g_byte_array_append(cells, row->cells, row->n_cells);
    g_ptr_array_add(picture->rows, cells);
    guint node = row->is_node ? row->node : G_MAXUINT;
    g_array_append_val(picture->nodes, node);
    g_array_append_val(picture->sources, row->column);
    picture->cells += row->n_cells;
}

static Picture draw(GArray *const *edges, guint count)
{
    Picture picture = {g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref),
                       g_array_new(FALSE, FALSE, sizeof(guint)), g_array_new(FALSE, FALSE, sizeof(guint)), 0};
    LaneGraph graph = {count, edges};
    lanes_lay_out(&graph, keep_row, &picture);
    return picture;
}

static void picture_free(Picture *picture)
{
    g_ptr_array_unref(picture->rows);
    g_array_unref(picture->nodes);
    g_array_unref(picture->sources);
}

static guint cell(const Picture *picture, guint row, guint column)
{
    const GByteArray *cells = row < picture->rows->len ? g_ptr_array_index(picture->rows, row) : NULL;
    return cells && column < cells->len ? cells->data[column] : 0;
}

/* "o" a node, else "." for nothing or one of the box-drawing characters. */
static char *to_text(const Picture *picture)
{
    static const char *const glyphs[16] = {".", "?", "?", "│", "?", "╯", "╮", "┤",
                                           "?", "╰", "╭", "├", "─", "┴", "┬", "┼"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < picture->rows->len; i++) {
        const GByteArray *cells = g_ptr_array_index(picture->rows, i);
        for (guint k = 0; k < cells->len; k++)
            g_string_append(text, (cells->data[k] & LANE_NODE) != 0 ? "o" : glyphs[cells->data[k]]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* Lines end nowhere but at nodes: every arm meets one. */
static void check_arms(const Picture *picture)
{
    for (guint row = 0; row < picture->rows->len; row++) {
        guint length = ((const GByteArray *)g_ptr_array_index(picture->rows, row))->len;
        guint below =
            row + 1 < picture->rows->len ? ((const GByteArray *)g_ptr_array_index(picture->rows, row + 1))->len : 0;
        assert_true(length == 0 || cell(picture, row, length - 1) != 0);
        for (guint column = 0; column < MAX(length, below); column++) {
            guint here = cell(picture, row, column);
            assert_int_equal((here & LANE_DOWN) != 0, (cell(picture, row + 1, column) & LANE_UP) != 0);
            assert_int_equal((here & LANE_RIGHT) != 0, (cell(picture, row, column + 1) & LANE_LEFT) != 0);
            /* Two nodes one below the other are taken for connected. */
            if ((here & LANE_NODE) != 0 && (cell(picture, row + 1, column) & LANE_NODE) != 0)
                assert_true((here & LANE_DOWN) != 0);
        }
        assert_int_equal(cell(picture, 0, 0) & LANE_UP, 0);
    }
}

/* The column of the cell where the line that leaves `column` sideways ends. */
static guint end_of_link(const Picture *picture, guint row, guint column)
{
    gboolean to_right = (cell(picture, row, column) & LANE_RIGHT) != 0;
    guint onward = to_right ? LANE_RIGHT : LANE_LEFT;
    assert_true(to_right != ((cell(picture, row, column) & LANE_LEFT) != 0));
    guint at = column + (to_right ? 1 : -1);
    for (; (cell(picture, row, at) & onward) != 0; at += to_right ? 1 : -1) {
        guint upright = cell(picture, row, at) & (LANE_UP | LANE_DOWN);
        assert_true(upright == 0 || upright == (LANE_UP | LANE_DOWN));
    }
    return at;
}

static guint node_below(const Picture *picture, guint row, guint column)
{
    for (;; row++) {
        guint here = cell(picture, row, column);
        assert_true((here & LANE_UP) != 0);
        if ((here & LANE_NODE) != 0)
            return g_array_index(picture->nodes, guint, row);
        if ((here & LANE_DOWN) == 0)
            column = end_of_link(picture, row, column);
        assert_true((cell(picture, row, column) & LANE_DOWN) != 0);
    }
}

/* The nodes that the lines of the node in `row` lead to: one straight down, one for each line that leaves it below. */
static GArray *read_edges(const Picture *picture, guint row)
{
    GArray *read = g_array_new(FALSE, FALSE, sizeof(guint));
    guint column = g_array_index(picture->sources, guint, row);
    assert_true((cell(picture, row, column) & LANE_NODE) != 0);
    if ((cell(picture, row, column) & LANE_DOWN) == 0)
        return read;
    guint end = node_below(picture, row + 1, column);
    g_array_append_val(read, end);
    for (guint at = row + 1; at < picture->rows->len && g_array_index(picture->nodes, guint, at) == G_MAXUINT; at++) {
        guint here = cell(picture, at, column);
        if ((here & (LANE_LEFT | LANE_RIGHT)) == 0 || (here & LANE_DOWN) == 0 ||
            g_array_index(picture->sources, guint, at) != column)
            continue;
        guint to = end_of_link(picture, at, column);
        if ((cell(picture, at, to) & LANE_DOWN) == 0) /* that one ends here */
            continue;
        end = node_below(picture, at + 1, to);
        g_array_append_val(read, end);
    }
    return read;
}

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a, right = *(const guint *)b;
    return left < right ? -1 : left > right;
}

static void check_edges(const Picture *picture, GArray *const *edges, guint count)
{
    guint seen = 0;
    for (guint row = 0; row < picture->rows->len; row++) {
        guint node = g_array_index(picture->nodes, guint, row);
        if (node == G_MAXUINT)
            continue;
        assert_int_equal(node, seen++);
        g_autoptr(GArray) read = read_edges(picture, row);
        g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(guint));
        if (edges[node])
            g_array_append_vals(wanted, edges[node]->data, edges[node]->len);
        g_array_sort(read, compare_numbers);
        g_array_sort(wanted, compare_numbers);
        gboolean same = read->len == wanted->len &&
                        (read->len == 0 || memcmp(read->data, wanted->data, read->len * sizeof(guint)) == 0);
        if (!same) {
            g_autofree char *text = to_text(picture);
            fail_msg("node %u has %u edges, and %u are drawn:\n%s", node, wanted->len, read->len, text);
        }
    }
    assert_int_equal(seen, count);
}

static GArray **random_graph(GRand *rand, guint count, guint reach)
{
    GArray **edges = g_new0(GArray *, count);
    for (guint i = 0; i + 1 < count; i++) {
        edges[i] = g_array_new(FALSE, FALSE, sizeof(guint));
        int wanted = g_rand_int_range(rand, 0, 10);
        for (int k = 0; k < (wanted < 1 ? 0 : wanted < 7 ? 1 : wanted < 9 ? 2 : 4); k++) {
            guint last = MIN(count - 1, i + reach);
            guint target = (guint)g_rand_int_range(rand, (gint)i + 1, (gint)last + 1);
            gboolean twice = FALSE;
            for (guint e = 0; e < edges[i]->len; e++)
                twice = twice || g_array_index(edges[i], guint, e) == target;
            if (!twice)
                g_array_append_val(edges[i], target);
        }
    }
    return edges;
}

static void free_graph(GArray **edges, guint count)
{
    for (guint i = 0; i < count; i++)
        g_clear_pointer(&edges[i], g_array_unref);
    g_free(edges);
}

static void test_random_graphs(void **state)
{
    (void)state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(20260101);
    for (int i = 0; i < GRAPHS; i++) {
        guint count = (guint)g_rand_int_range(rand, 1, MOST_NODES + 1);
        GArray **edges = random_graph(rand, count, i % 2 == 0 ? 5 : MOST_NODES);
        Picture picture = draw(edges, count);
        check_arms(&picture);
        check_edges(&picture, edges, count);
        picture_free(&picture);
        free_graph(edges, count);
    }
}

/* Ten thousand, with branches that stay open for long: rows are nodes, edges and few more, and their width is bounded
 * by the lines that are open. */
static void test_large_graph(void **state)
{
    (void)state;
    enum { COUNT = 10000, REACH = 60 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    GArray **edges = random_graph(rand, COUNT, REACH);
    gsize n_edges = 0;
    for (guint i = 0; i < COUNT; i++)
        n_edges += edges[i] ? edges[i]->len : 0;
    /* Of the processor, which other programs may have, too. */
    clock_t start = clock();
    Picture picture = draw(edges, COUNT);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_true(picture.rows->len <= 2 * COUNT + n_edges);
    assert_true(picture.cells <= picture.rows->len * (gsize)(REACH + 2));
    if (seconds > test_scale(2, 40))
        fail_msg("%u rows took %.1f seconds", picture.rows->len, seconds);
    check_edges(&picture, edges, COUNT);
    picture_free(&picture);
    free_graph(edges, COUNT);
}

static void expect(const char *graph, const char *expected)
{
    g_auto(GStrv) nodes = g_strsplit(graph, ";", -1);
    guint count = g_strv_length(nodes);
    GArray **edges = g_new0(GArray *, count);
    for (guint i = 0; i < count; i++) {
        g_auto(GStrv) words = g_strsplit(nodes[i], " ", -1);
        edges[i] = g_array_new(FALSE, FALSE, sizeof(guint));
        for (guint k = 0; words[k]; k++) {
            guint target = (guint)g_ascii_strtoull(words[k], NULL, 10);
            if (*words[k])
                g_array_append_val(edges[i], target);
        }
    }
    Picture picture = draw(edges, count);
    g_autofree char *text = to_text(&picture);
    assert_string_equal(text, expected);
    picture_free(&picture);
    free_graph(edges, count);
}

static void test_pictures(void **state)
{
    (void)state;
    expect("1;2;", "o\no\no\n");
    expect("2;2;", "o\n│o\n├╯\no\n");                              /* a branch point */
    expect("1 2;3;3;", "o\n├╮\no│\n│o\n├╯\no\n");                  /* a merge of two branches */
    expect(";", "o\n\no\n");                                       /* two that have nothing to do with each other */
    expect("3;2;4;4;", "o\n│o\n│o\no│\n├╯\no\n");                  /* the left line joins where the right one goes */
    expect("2;3;3 4;;", "o\n│o\no│\n├┤\n│o\no\n");                 /* a merge with a line that is open already */
    expect("3;4;5;5 6;;;", "o\n│o\n││o\no││\n├┼┤\n│o│\n│.o\no\n"); /* over one it has nothing to do with */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_random_graphs),
        cmocka_unit_test(test_large_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
