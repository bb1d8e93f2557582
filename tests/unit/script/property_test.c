/*
 * Random graphs with branches, merges and dependencies, and random walks over them. What must hold whatever is done:
 * the version rows say exactly what was applied, what is applied has all it stands on, and nothing is run twice.
 */
#include "unit/script/graph.h"

enum { GRAPHS = 300, WALKS = 25, MOST_REVISIONS = 16 };

typedef struct World {
    RevisionMap *map;
    GHashTable *applied; /* Revision*, as a database would have it: by running each step */
    GPtrArray *rows;     /* char*, as the version table would have them; NULL-terminated when asked */
    GString *log;
} World;

static char *random_graph(GRand *rand)
{
    GString *text = g_string_new(NULL);
    int n = g_rand_int_range(rand, 1, MOST_REVISIONS + 1);
    for (int i = 0; i < n; i++) {
        g_string_append_printf(text, "%sr%02d <", i > 0 ? "; " : "", i);
        int first = -1;
        if (i > 0 && g_rand_int_range(rand, 0, 100) < 85) {
            int back = g_rand_int_range(rand, 1, 4);
            first = MAX(0, i - back);
            g_string_append_printf(text, " r%02d", first);
            int second = g_rand_int_range(rand, 0, i);
            if (second != first && g_rand_int_range(rand, 0, 100) < 25)
                g_string_append_printf(text, ",r%02d", second);
        }
        if (i > 0 && g_rand_int_range(rand, 0, 100) < 25)
            g_string_append_printf(text, " + r%02d", g_rand_int_range(rand, 0, i));
    }
    return g_string_free(text, FALSE);
}

static gboolean has_all(GHashTable *set, const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++)
        if (!g_hash_table_contains(set, g_ptr_array_index(revisions, i)))
            return FALSE;
    return TRUE;
}

static gboolean has_any(GHashTable *set, const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++)
        if (g_hash_table_contains(set, g_ptr_array_index(revisions, i)))
            return TRUE;
    return FALSE;
}

static gint compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The rows as they must be: what is applied and has nothing applied on it. */
static char *expected_rows(const World *world)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const GPtrArray *all = revision_map_all(world->map);
    for (guint i = 0; i < all->len; i++) {
        const Revision *revision = g_ptr_array_index(all, i);
        if (g_hash_table_contains(world->applied, revision) && !has_any(world->applied, revision->children) &&
            !has_any(world->applied, revision->dependents))
            g_ptr_array_add(ids, revision->id);
    }
    g_ptr_array_sort(ids, compare_strings);
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(" ", (char **)ids->pdata);
}

static char *actual_rows(const World *world)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < world->rows->len; i++)
        g_ptr_array_add(ids, g_ptr_array_index(world->rows, i));
    g_ptr_array_sort(ids, compare_strings);
    g_ptr_array_add(ids, NULL);
    return g_strjoinv(" ", (char **)ids->pdata);
}

static char **current(const World *world)
{
    g_autofree char *rows = actual_rows(world);
    return *rows == '\0' ? g_new0(char *, 1) : g_strsplit(rows, " ", -1);
}

static void step(World *world, const Revision *revision, gboolean up)
{
    gboolean was = g_hash_table_contains(world->applied, revision);
    if (was == up)
        fail_msg("'%s' goes %s twice\n%s", revision->id, up ? "up" : "down", world->log->str);
    if (up && (!has_all(world->applied, revision->parents) || !has_all(world->applied, revision->dependencies)))
        fail_msg("'%s' goes up before what it needs\n%s", revision->id, world->log->str);
    if (!up && (has_any(world->applied, revision->children) || has_any(world->applied, revision->dependents)))
        fail_msg("'%s' goes down under what needs it\n%s", revision->id, world->log->str);
    g_auto(GStrv) rows = current(world);
    g_autoptr(GPtrArray) gone = NULL;
    g_autoptr(GPtrArray) new = NULL;
    revision_map_head_change(world->map, revision, up, (const char *const *)rows, &gone, &new);
    for (guint i = 0; i < gone->len; i++) {
        guint at = 0;
        if (!g_ptr_array_find_with_equal_func(world->rows, g_ptr_array_index(gone, i), g_str_equal, &at))
            fail_msg("row '%s' is deleted and is not there\n%s", (char *)g_ptr_array_index(gone, i), world->log->str);
        g_ptr_array_remove_index(world->rows, at);
    }
    for (guint i = 0; i < new->len; i++)
        g_ptr_array_add(world->rows, g_strdup(g_ptr_array_index(new, i)));
    if (up)
        g_hash_table_add(world->applied, (gpointer)revision);
    else
        g_hash_table_remove(world->applied, revision);
    g_autofree char *wanted = expected_rows(world);
    g_autofree char *got = actual_rows(world);
    if (strcmp(wanted, got) != 0)
        fail_msg("after '%s' %s: rows '%s', should be '%s'\n%s", revision->id, up ? "up" : "down", got, wanted,
                 world->log->str);
}

/* FALSE when the spec is refused, which must change nothing. */
static gboolean run(World *world, const char *spec, gboolean up)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rows = current(world);
    g_string_append_printf(world->log, "%s %s\n", up ? "upgrade" : "downgrade", spec);
    g_autoptr(GPtrArray) path = up ? revision_map_upgrade_path(world->map, spec, (const char *const *)rows, &error)
                                   : revision_map_downgrade_path(world->map, spec, (const char *const *)rows, &error);
    if ((path == NULL) != (error != NULL))
        fail_msg("no path and no error\n%s", world->log->str);
    for (guint i = 0; path != NULL && i < path->len; i++)
        step(world, g_ptr_array_index(path, i), up);
    return path != NULL;
}

static char *random_spec(const World *world, GRand *rand)
{
    const GPtrArray *all = revision_map_all(world->map);
    const char *id = ((const Revision *)g_ptr_array_index(all, (guint)g_rand_int_range(rand, 0, (gint32)all->len)))->id;
    int steps = g_rand_int_range(rand, 1, 4);
    switch (g_rand_int_range(rand, 0, 9)) {
    case 0:
        return g_strdup("heads");
    case 1:
        return g_strdup_printf("+%d", steps);
    case 2:
        return g_strdup_printf("-%d", steps);
    case 3:
        return g_strdup_printf("%s@head", id);
    case 4:
        return g_strdup_printf("%s@%+d", id, g_rand_boolean(rand) ? steps : -steps);
    case 5:
        return g_strdup_printf("%s-%d", id, steps);
    case 6:
        return g_strdup_printf("%s@base", id);
    default:
        return g_strdup(id);
    }
}

static void world_init(World *world, const char *graph)
{
    world->map = graph_map(graph);
    world->applied = g_hash_table_new(NULL, NULL);
    world->rows = g_ptr_array_new_with_free_func(g_free);
    world->log = g_string_new(graph);
    g_string_append_c(world->log, '\n');
}

static void world_clear(World *world)
{
    revision_map_free(world->map);
    g_hash_table_unref(world->applied);
    g_ptr_array_unref(world->rows);
    g_string_free(world->log, TRUE);
}

static void test_random_walks(void **state)
{
    (void)state;
    guint moves = 0, refused = 0;
    for (guint32 seed = 0; seed < GRAPHS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand);
        World world;
        world_init(&world, graph);
        for (int i = 0; i < WALKS; i++) {
            g_autofree char *spec = random_spec(&world, rand);
            gboolean done = run(&world, spec, g_rand_boolean(rand));
            moves += done;
            refused += !done;
        }
        world_clear(&world);
        g_rand_free(rand);
    }
    /* A walk that is refused throughout would prove nothing. */
    assert_true(moves > GRAPHS * WALKS / 3);
    assert_true(refused > 0);
}

static void test_up_down_up(void **state)
{
    (void)state;
    for (guint32 seed = 1000; seed < 1000 + GRAPHS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand);
        World world;
        world_init(&world, graph);
        assert_true(run(&world, "heads", TRUE));
        assert_int_equal(g_hash_table_size(world.applied), revision_map_all(world.map)->len);
        g_autofree char *first = actual_rows(&world);
        for (int i = 0; i < 3; i++) {
            g_autofree char *spec = random_spec(&world, rand);
            run(&world, spec, FALSE);
        }
        assert_true(run(&world, "heads", TRUE));
        g_autofree char *second = actual_rows(&world);
        assert_string_equal(first, second);
        assert_true(run(&world, "base", FALSE));
        assert_int_equal(g_hash_table_size(world.applied), 0);
        assert_int_equal(world.rows->len, 0);
        world_clear(&world);
        g_rand_free(rand);
    }
}

/* The file order says nothing: the same revisions give the same order and the same paths. */
static void test_order_of_files(void **state)
{
    (void)state;
    for (guint32 seed = 2000; seed < 2100; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand);
        g_autoptr(RevisionMap) map = graph_map(graph);
        GPtrArray *shuffled = graph_revisions(graph);
        for (guint i = shuffled->len - 1; i > 0; i--) {
            guint other = (guint)g_rand_int_range(rand, 0, (gint32)i + 1);
            gpointer kept = shuffled->pdata[i];
            shuffled->pdata[i] = shuffled->pdata[other];
            shuffled->pdata[other] = kept;
        }
        g_autoptr(RevisionMap) again = revision_map_new(shuffled, NULL);
        g_autofree char *ids = graph_ids(revision_map_all(map));
        g_autofree char *again_ids = graph_ids(revision_map_all(again));
        assert_string_equal(ids, again_ids);
        g_rand_free(rand);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_walks),
        cmocka_unit_test(test_up_down_up),
        cmocka_unit_test(test_order_of_files),
    };
    return cmocka_run_group_tests_name("script/property", tests, NULL, NULL);
}
