/*
 * Random graphs with branches, merges and dependencies, and random walks over them. What must hold whatever is done:
 * the version rows say exactly what was applied, what is applied has all it stands on, and nothing is run twice.
 */
#include "unit/script/graph.h"

enum { GRAPHS = 300, WALKS = 25, MOST_REVISIONS = 16, LARGE_GRAPHS = 12, MOST_OF_LARGE = 200 };

typedef struct World {
    RevisionMap *map;
    GHashTable *applied; /* Revision*, as a database would have it: by running each step */
    GPtrArray *rows;     /* char*, as the version table would have them; NULL-terminated when asked */
    GString *graph;      /* as graph_map() reads it */
    guint merges;        /* revisions that were added */
    GString *log;
} World;

static char *random_graph(GRand *rand, int most)
{
    GString *text = g_string_new(NULL);
    int n = g_rand_int_range(rand, most == MOST_OF_LARGE ? most / 2 : 1, most + 1);
    for (int i = 0; i < n; i++) {
        g_string_append_printf(text, "%sr%03d <", i > 0 ? "; " : "", i);
        int first = -1;
        if (i > 0 && g_rand_int_range(rand, 0, 100) < 85) {
            int back = g_rand_int_range(rand, 1, 4);
            first = MAX(0, i - back);
            g_string_append_printf(text, " r%03d", first);
            int second = g_rand_int_range(rand, 0, i);
            if (second != first && g_rand_int_range(rand, 0, 100) < 25)
                g_string_append_printf(text, ",r%03d", second);
        }
        if (i > 0 && g_rand_int_range(rand, 0, 100) < 25)
            g_string_append_printf(text, " + r%03d", g_rand_int_range(rand, 0, i));
        if (g_rand_int_range(rand, 0, 100) < 15)
            g_string_append_printf(text, " #label-%d", i);
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

/* What is stamped counts as applied, with all it stands on. FALSE when the spec is refused. */
static gboolean stamp(World *world, const char *spec)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rows = current(world);
    g_string_append_printf(world->log, "stamp %s\n", spec);
    g_autoptr(GPtrArray) targets = revision_map_stamp_targets(world->map, spec, (const char *const *)rows, &error);
    if ((targets == NULL) != (error != NULL))
        fail_msg("no targets and no error\n%s", world->log->str);
    if (targets == NULL)
        return FALSE;
    g_ptr_array_set_size(world->rows, 0);
    g_hash_table_remove_all(world->applied);
    for (guint i = 0; i < targets->len; i++) {
        const Revision *target = g_ptr_array_index(targets, i);
        g_ptr_array_add(world->rows, g_strdup(target->id));
        g_autoptr(GHashTable) below = revision_map_ancestors(world->map, target);
        GHashTableIter iter;
        gpointer revision;
        g_hash_table_iter_init(&iter, below);
        while (g_hash_table_iter_next(&iter, &revision, NULL))
            g_hash_table_add(world->applied, revision);
    }
    g_autofree char *wanted = expected_rows(world);
    g_autofree char *got = actual_rows(world);
    if (strcmp(wanted, got) != 0)
        fail_msg("after stamp %s: rows '%s', should be '%s'\n%s", spec, got, wanted, world->log->str);
    return TRUE;
}

/* Adds a revision that joins all heads; what is applied stays so. */
static void merge(World *world)
{
    g_autoptr(GPtrArray) heads = revision_map_heads(world->map);
    if (heads->len < 2)
        return;
    g_string_append_printf(world->graph, "; m%03u <", world->merges++);
    for (guint i = 0; i < heads->len; i++)
        g_string_append_printf(world->graph, "%s%s", i > 0 ? "," : " ", ((Revision *)g_ptr_array_index(heads, i))->id);
    g_string_append_printf(world->log, "merge: %s\n", world->graph->str);
    RevisionMap *map = graph_map(world->graph->str);
    GHashTable *applied = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer revision;
    g_hash_table_iter_init(&iter, world->applied);
    while (g_hash_table_iter_next(&iter, &revision, NULL))
        g_hash_table_add(applied, revision_map_get(map, ((Revision *)revision)->id));
    g_hash_table_unref(world->applied);
    revision_map_free(world->map);
    world->applied = applied;
    world->map = map;
    g_autoptr(GPtrArray) left = revision_map_heads(map);
    assert_int_equal(left->len, 1);
}

static char *random_spec(const World *world, GRand *rand)
{
    const GPtrArray *all = revision_map_all(world->map);
    const char *id = ((const Revision *)g_ptr_array_index(all, (guint)g_rand_int_range(rand, 0, (gint32)all->len)))->id;
    int steps = g_rand_int_range(rand, 1, 4);
    switch (g_rand_int_range(rand, 0, 14)) {
    case 13:
        return g_strdup_printf("%s@%.*s", id, g_rand_int_range(rand, 0, 5), id);
    case 12:
        return g_strdup_printf("label-%d%+d", g_rand_int_range(rand, 0, 20), g_rand_boolean(rand) ? steps : -steps);
    case 11:
        return g_strdup_printf("label-%d@head", g_rand_int_range(rand, 0, 20));
    case 10:
        return g_strdup_printf("%.*s", g_rand_int_range(rand, 0, 4), id);
    case 9:
        return g_strdup_printf("%s+%d", id, steps);
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
    world->graph = g_string_new(graph);
    world->merges = 0;
    world->log = g_string_new(graph);
    g_string_append_c(world->log, '\n');
}

static void world_clear(World *world)
{
    revision_map_free(world->map);
    g_hash_table_unref(world->applied);
    g_ptr_array_unref(world->rows);
    g_string_free(world->graph, TRUE);
    g_string_free(world->log, TRUE);
}

/* One random command. */
static gboolean move(World *world, GRand *rand)
{
    g_autofree char *spec = random_spec(world, rand);
    int kind = g_rand_int_range(rand, 0, 12);
    if (kind == 0)
        merge(world);
    return kind < 3 ? stamp(world, spec) : run(world, spec, kind % 2 == 0);
}

static void walk_at_random(guint32 seed, int most, guint *moves)
{
    GRand *rand = g_rand_new_with_seed(seed);
    g_autofree char *graph = random_graph(rand, most);
    World world;
    world_init(&world, graph);
    for (int i = 0; i < WALKS; i++)
        *moves += move(&world, rand);
    world_clear(&world);
    g_rand_free(rand);
}

static void test_random_walks(void **state)
{
    (void)state;
    guint moves = 0;
    for (guint32 seed = 0; seed < GRAPHS; seed++)
        walk_at_random(seed, MOST_REVISIONS, &moves);
    for (guint32 seed = 0; seed < LARGE_GRAPHS; seed++)
        walk_at_random(seed, MOST_OF_LARGE, &moves);
    /* A walk that is refused throughout would prove nothing, and neither would one that is never refused. */
    assert_true(moves > GRAPHS * WALKS / 3);
    assert_true(moves < (GRAPHS + LARGE_GRAPHS) * WALKS);
}

static void test_up_down_up(void **state)
{
    (void)state;
    for (guint32 seed = 1000; seed < 1000 + GRAPHS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand, seed % 40 == 0 ? MOST_OF_LARGE : MOST_REVISIONS);
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

/* Whatever is asked of history: revisions in order, each once, or an error. */
static void test_ranges(void **state)
{
    (void)state;
    guint found = 0;
    for (guint32 seed = 3000; seed < 3000 + GRAPHS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand, MOST_REVISIONS);
        World world;
        world_init(&world, graph);
        for (int i = 0; i < WALKS; i++) {
            g_autofree char *lower = random_spec(&world, rand);
            g_autofree char *upper = random_spec(&world, rand);
            g_autofree char *range = g_strdup_printf("%s:%s", lower, upper);
            const char *const rows[] = {"r000", NULL};
            g_autoptr(GError) error = NULL;
            g_autoptr(GPtrArray) list = revision_map_range(world.map, range, rows, &error);
            assert_true((list == NULL) == (error != NULL));
            g_hash_table_remove_all(world.applied);
            for (guint k = 0; list != NULL && k < list->len; k++) {
                const Revision *revision = g_ptr_array_index(list, k);
                if (has_any(world.applied, revision->parents) || has_any(world.applied, revision->dependencies) ||
                    !g_hash_table_add(world.applied, (gpointer)revision))
                    fail_msg("%s: '%s' comes too late\n%s", range, revision->id, graph);
            }
            found += list != NULL && list->len > 0;
        }
        world_clear(&world);
        g_rand_free(rand);
    }
    assert_true(found > GRAPHS);
}

/* The file order says nothing: the same revisions give the same order and the same paths. */
static void test_order_of_files(void **state)
{
    (void)state;
    for (guint32 seed = 2000; seed < 2100; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        g_autofree char *graph = random_graph(rand, seed % 40 == 0 ? MOST_OF_LARGE : MOST_REVISIONS);
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
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_order_of_files),
    };
    return cmocka_run_group_tests_name("script/property", tests, NULL, NULL);
}
