#include "support/sql_pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/project.h"
#include "support/scale.h"
#include "support/sql_pair.h"

#define MAX_FEATURES 5 /* in a combination */

typedef struct SqlPair {
    char *name;
    SqlChange changes[MAX_FEATURES];
    guint n;
} SqlPair;

static const TestBackend *backend;
static GPtrArray *features; /* SqlFeature* */
static GHashTable *known;   /* name of a pair -> reason */

static void sql_pair_free(gpointer data)
{
    SqlPair *pair = data;
    g_free(pair->name);
    g_free(pair);
}

static void add_pair(GPtrArray *pairs, const SqlChange *changes, guint n)
{
    SqlPair *pair = g_new0(SqlPair, 1);
    memcpy(pair->changes, changes, n * sizeof *changes);
    pair->n = n;
    pair->name = sql_pair_name(changes, n);
    g_ptr_array_add(pairs, pair);
}

static void read_known(void)
{
    g_autofree char *path = g_build_filename("tests/fixtures/pairs", backend->sql_pairs, "known.txt", NULL);
    g_autofree char *text = NULL;
    known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(lines[i], ": ", 2);
        if (!*lines[i] || *lines[i] == '#')
            continue;
        if (g_strv_length(parts) != 2)
            fail_msg("%s:%u: 'name: reason' is wanted", path, i + 1);
        g_hash_table_insert(known, g_strdup(parts[0]), g_strdup(parts[1]));
    }
}

static gboolean is_known(const SqlChange *change)
{
    g_autofree char *name = sql_pair_name(change, 1);
    return g_hash_table_contains(known, name);
}

static void add_own_pairs(GPtrArray *pairs, const SqlFeature *feature)
{
    static const SqlState states[][2] = {
        {SQL_STATE_A, SQL_STATE_B},      {SQL_STATE_B, SQL_STATE_A},      {SQL_STATE_ABSENT, SQL_STATE_A},
        {SQL_STATE_A, SQL_STATE_ABSENT}, {SQL_STATE_ABSENT, SQL_STATE_B}, {SQL_STATE_B, SQL_STATE_ABSENT},
    };
    for (guint i = 0; i < (feature->never_absent ? 2 : G_N_ELEMENTS(states)); i++) {
        SqlChange change = {feature, states[i][0], states[i][1]};
        if (!feature->never_gone || change.latter != SQL_STATE_ABSENT)
            add_pair(pairs, &change, 1);
    }
}

/* Up to MAX_FEATURES different ones, at least one of which changes. */
static void add_combination(GPtrArray *pairs, const GPtrArray *sociable, GRand *random)
{
    SqlChange changes[MAX_FEATURES];
    guint n = 0, changing = 0;
    guint wanted = (guint)g_rand_int_range(random, 2, MAX_FEATURES + 1);
    for (guint tries = 0; tries < 100 && n < wanted; tries++) {
        SqlChange change = {
            .feature = sociable->pdata[g_rand_int_range(random, 0, (gint32)sociable->len)],
            .former = (SqlState)g_rand_int_range(random, 0, N_SQL_STATES),
            .latter = (SqlState)g_rand_int_range(random, 0, N_SQL_STATES),
        };
        guint absent = (change.former == SQL_STATE_ABSENT) + (change.latter == SQL_STATE_ABSENT);
        gboolean taken = is_known(&change) || absent > (change.feature->never_absent ? 0 : 1);
        taken |= change.feature->never_gone && change.latter == SQL_STATE_ABSENT;
        for (guint i = 0; i < n; i++)
            taken |= changes[i].feature == change.feature;
        if (taken)
            continue;
        changing += change.former != change.latter;
        changes[n++] = change;
    }
    if (changing)
        add_pair(pairs, changes, n);
}

static gboolean is(const char *variable, const char *value)
{
    return g_strcmp0(g_getenv(variable), value) == 0;
}

static gboolean is_set(const char *variable)
{
    return g_getenv(variable) && *g_getenv(variable);
}

static guint seed(void)
{
    return is_set("MIGRATE_TEST_SEED") ? (guint)atoi(g_getenv("MIGRATE_TEST_SEED")) : 0;
}

static GPtrArray *all_pairs(void)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(sql_pair_free);
    g_autoptr(GPtrArray) sociable = g_ptr_array_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(1 + seed());
    for (guint i = 0; i < features->len; i++) {
        SqlFeature *feature = features->pdata[i];
        if (!is("MIGRATE_TEST_PAIRS", "combinations"))
            add_own_pairs(pairs, feature);
        if (!feature->alone)
            g_ptr_array_add(sociable, feature);
    }
    for (guint i = 0; sociable->len > 1 && i < 2 * sociable->len; i++)
        add_combination(pairs, sociable, random);
    return pairs;
}

/* Every n-th pair, so that about as many are run as the backend has time for. */
static guint stride_of(const GPtrArray *pairs)
{
    guint wanted = test_scale(backend->n_sql_pairs, 5);
    if (is_set("MIGRATE_TEST_PAIRS") || is_set("MIGRATE_TEST_FEATURE") || is_set("MIGRATE_TEST_PAIR"))
        return 1;
    return MAX(1, (pairs->len + wanted - 1) / wanted);
}

/* TRUE: as expected. */
static gboolean run_pair(const SqlPair *pair)
{
    const char *reason = g_hash_table_lookup(known, pair->name);
    g_autofree char *report = sql_pair_run(backend, pair->changes, pair->n);
    if (report && reason)
        print_message("known to fail: %s, %s: %s\n", backend->name, pair->name, reason);
    else if (report)
        print_message("failed: %s, %s: %s\n", backend->name, pair->name, report);
    else if (reason)
        print_message("known.txt lists %s, %s, which passes\n", backend->name, pair->name);
    return !report == !reason;
}

static void test_pairs(void **state)
{
    (void)state;
    features = sql_features_load(backend, g_getenv("MIGRATE_TEST_FEATURE"));
    read_known();
    g_autoptr(GPtrArray) pairs = all_pairs();
    guint run = 0, wrong = 0, stride = stride_of(pairs);
    for (guint i = seed() % stride; i < pairs->len; i += stride) {
        const SqlPair *pair = pairs->pdata[i];
        if (is_set("MIGRATE_TEST_PAIR") && !is("MIGRATE_TEST_PAIR", pair->name))
            continue;
        run++;
        wrong += !run_pair(pair);
    }
    print_message("%u of %u pairs of SQL schemas (%u features) on %s, %u not as expected\n", run, pairs->len,
                  features->len, backend->name, wrong);
    g_clear_pointer(&features, g_ptr_array_unref);
    g_clear_pointer(&known, g_hash_table_unref);
    if (run == 0 || wrong > 0)
        fail_msg("%u of %u pairs are not as expected", wrong, run);
}

int sql_pairs_main(const TestBackend *on)
{
    backend = on;
    project_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs)};
    g_autofree char *name = g_strdup_printf("suite/sql_pairs_%s", on->name);
    int status = cmocka_run_group_tests_name(name, tests, NULL, NULL);
    project_end();
    return status;
}
