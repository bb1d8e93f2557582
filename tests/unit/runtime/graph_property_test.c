/*
 * Random graphs through the real runner, on a file of SQLite: after any sequence of upgrades, downgrades and stamps,
 * what is applied has all it stands on, and the version rows are exactly its heads.
 */
#include "unit/runtime/project.h"

enum { GRAPHS = 6, MOVES = 14, REVISIONS = 10 };

typedef struct Node {
    char *id;
    GPtrArray *below; /* Node*: Revises and Depends-On */
    gboolean applied;
} Node;

static Node nodes[REVISIONS];

static Node *node_of(const char *id)
{
    for (int i = 0; i < REVISIONS; i++)
        if (strcmp(nodes[i].id, id) == 0)
            return &nodes[i];
    fail_msg("'%s' is no revision", id);
    return NULL;
}

static void write_node(const Project *project, GRand *rand, int i)
{
    Node *node = &nodes[i];
    node->id = g_strdup_printf("rev%d", i);
    node->below = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "-- Revision: %s\n-- Revises: ", node->id);
    int first = i > 0 && g_rand_int_range(rand, 0, 100) < 75 ? MAX(0, i - g_rand_int_range(rand, 1, 4)) : -1;
    int second = first >= 0 && g_rand_int_range(rand, 0, 100) < 25 ? g_rand_int_range(rand, 0, i) : -1;
    int needed = i > 0 && g_rand_int_range(rand, 0, 100) < 40 ? g_rand_int_range(rand, 0, i) : -1;
    const int below[] = {first, second != first ? second : -1, needed};
    for (guint k = 0; k < G_N_ELEMENTS(below); k++) {
        if (k == 2)
            g_string_append(text, "\n-- Depends-On: ");
        if (below[k] < 0)
            continue;
        g_string_append_printf(text, "%srev%d", k == 1 ? ", " : "", below[k]);
        g_ptr_array_add(node->below, &nodes[below[k]]);
    }
    g_string_append(text, "\n\n-- migrate:up\n-- migrate:down\n");
    g_autofree char *path = project_file(project, node->id);
    assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

static void apply(Node *node)
{
    node->applied = TRUE;
    for (guint i = 0; i < node->below->len; i++)
        apply(g_ptr_array_index(node->below, i));
}

static gboolean is_needed(const Node *node)
{
    for (int i = 0; i < REVISIONS; i++)
        if (nodes[i].applied && g_ptr_array_find(nodes[i].below, node, NULL))
            return TRUE;
    return FALSE;
}

/* The rows are the heads of what is applied. */
static void check_rows(const Project *project, const char *log)
{
    g_autoptr(GString) wanted = g_string_new(NULL);
    for (int i = 0; i < REVISIONS; i++)
        if (nodes[i].applied && !is_needed(&nodes[i]))
            g_string_append_printf(wanted, "%s%s", wanted->len > 0 ? "\n" : "", nodes[i].id);
    g_autofree char *rows = project_query(project, "SELECT version_num FROM migrate_version ORDER BY 1");
    if (strcmp(rows, wanted->str) != 0)
        fail_msg("rows are\n%s\nshould be\n%s\nafter\n%s", rows, wanted->str, log);
}

static void take_step(const char *id, gboolean up, const char *log)
{
    Node *node = node_of(id);
    if (node->applied == up || (!up && is_needed(node)))
        fail_msg("'%s' goes %s where it cannot\n%s", id, up ? "up" : "down", log);
    for (guint i = 0; up && i < node->below->len; i++)
        if (!((Node *)g_ptr_array_index(node->below, i))->applied)
            fail_msg("'%s' goes up before what it needs\n%s", id, log);
    node->applied = up;
}

/* What a stamp has done shows in the rows alone. */
static void take_rows(const Project *project)
{
    g_autofree char *rows = project_query(project, "SELECT version_num FROM migrate_version");
    g_auto(GStrv) ids = g_strsplit(rows, "\n", -1);
    for (int i = 0; i < REVISIONS; i++)
        nodes[i].applied = FALSE;
    for (guint i = 0; ids[i] != NULL; i++)
        if (*ids[i] != '\0')
            apply(node_of(ids[i]));
}

static gboolean move(Project *project, GRand *rand, GString *log)
{
    static const char *const forms[] = {"rev%d", "rev%d", "heads",   "rev%d@head", "rev%d@base",
                                        "+1",    "-1",    "rev%d-1", "base"};
    StepDirection direction = g_rand_int_range(rand, 0, 8) == 0 ? STEP_STAMP
                              : g_rand_boolean(rand)            ? STEP_UP
                                                                : STEP_DOWN;
    const char *form = forms[g_rand_int_range(rand, 0, G_N_ELEMENTS(forms))];
    g_auto(GStrv) parts = g_strsplit(form, "%d", 2);
    g_autofree char *number = g_strdup_printf("%d", g_rand_int_range(rand, 0, REVISIONS));
    g_autofree char *spec = g_strjoinv(number, parts);
    g_string_append_printf(log, "%s %s\n",
                           direction == STEP_UP     ? "upgrade"
                           : direction == STEP_DOWN ? "downgrade"
                                                    : "stamp",
                           spec);
    g_autoptr(GError) error = NULL;
    g_autofree char *ran = project_run(project, direction, spec, &error);
    g_auto(GStrv) steps = ran != NULL && direction != STEP_STAMP ? g_strsplit(ran, " ", -1) : NULL;
    for (guint i = 0; steps != NULL && steps[i] != NULL; i++)
        if (*steps[i] != '\0')
            take_step(steps[i], direction == STEP_UP, log->str);
    if (ran != NULL && direction == STEP_STAMP)
        take_rows(project);
    return ran != NULL;
}

static void nodes_clear(void)
{
    for (int i = 0; i < REVISIONS; i++) {
        g_free(nodes[i].id);
        g_ptr_array_unref(nodes[i].below);
        nodes[i].applied = FALSE;
    }
}

static void test_random_moves(void **state)
{
    (void)state;
    guint moves = 0;
    for (guint32 seed = 1; seed <= GRAPHS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autoptr(Project) project = project_new();
        g_autoptr(GString) log = g_string_new(NULL);
        for (int i = 0; i < REVISIONS; i++)
            write_node(project, rand, i);
        g_autofree char *first = project_run(project, STEP_UP, "rev0", NULL);
        assert_string_equal(first, "rev0");
        take_step("rev0", TRUE, "");
        for (int i = 0; i < MOVES; i++) {
            moves += move(project, rand, log);
            check_rows(project, log->str);
        }
        /* Up, down and up again: the same heads. */
        g_autofree char *up = project_run(project, STEP_UP, "heads", NULL);
        assert_non_null(up);
        g_autofree char *heads = project_query(project, "SELECT version_num FROM migrate_version ORDER BY 1");
        g_autofree char *down = project_run(project, STEP_DOWN, "base", NULL);
        assert_non_null(down);
        assert_query(project, "SELECT count(*) FROM migrate_version", "0");
        g_autofree char *again = project_run(project, STEP_UP, "heads", NULL);
        assert_non_null(again);
        assert_query(project, "SELECT version_num FROM migrate_version ORDER BY 1", heads);
        nodes_clear();
        g_rand_free(rand);
    }
    assert_true(moves > GRAPHS * MOVES / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_moves)};
    return cmocka_run_group_tests_name("runtime/graph_property", tests, NULL, NULL);
}
