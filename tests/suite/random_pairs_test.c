/*
 * Pairs of random schemas with rows on every kind of database, see support/pair.h.
 *
 *   MIGRATE_TEST_PAIRS=N   how many pairs             MIGRATE_TEST_SEED=N   the first seed (1)
 *   MIGRATE_TEST_BACKEND=postgresql                   only that one
 *   MIGRATE_TEST_FORMAT=sql|ops                       revision files; else backend.h's ops_pairs
 *   MIGRATE_TEST_SQL_MODELS=0|1                       whether model B is SQL; else each fifth
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/pair.h"
#include "support/scale.h"

#define SQL_MODELS 5 /* each of so many pairs has one */

static int number_from(const char *name, int otherwise)
{
    const char *value = g_getenv(name);
    return value && *value ? atoi(value) : otherwise;
}

static void one_pair(const TestBackend *backend, guint seed)
{
    const char *wanted = g_getenv("MIGRATE_TEST_FORMAT");
    gboolean ops = backend->ops_pairs > 0 && seed % (guint)backend->ops_pairs == 0;
    const char *format = wanted && *wanted ? wanted : ops ? "ops" : "sql";
    g_autofree char *name = g_strdup_printf("seed %u as %s", seed, format);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    cJSON *model = backend->model(random), *changed = backend->change(model, random);
    g_autoptr(GPtrArray) rows = backend->rows(model, random);
    PairOptions options = seed % 10 == 0 ? PAIR_DUMPED : PAIR_PLAIN; /* a dump takes as long as the pair */
    if (number_from("MIGRATE_TEST_SQL_MODELS", seed % SQL_MODELS == 0))
        options |= PAIR_SQL_MODEL;
    pair_run(backend, name, format, model, changed, rows, options);
    cJSON_Delete(model);
    cJSON_Delete(changed);
}

static void test_random_pairs(void **state)
{
    (void)state;
    const char *only = g_getenv("MIGRATE_TEST_BACKEND");
    guint first = (guint)number_from("MIGRATE_TEST_SEED", 1);
    guint backends = 0;
    for (guint i = 0; test_backends[i]; i++) {
        const TestBackend *backend = test_backends[i];
        if (only && *only && strcmp(only, backend->name) != 0)
            continue;
        int pairs = number_from("MIGRATE_TEST_PAIRS", (int)test_scale((guint)backend->pairs, 5));
        for (guint seed = first; seed < first + (guint)pairs; seed++)
            one_pair(backend, seed);
        print_message("%d pairs of random schemas on %s\n", pairs, backend->name);
        backends++;
    }
    assert_true(backends > 0);
}

int main(void)
{
    pair_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_pairs)};
    int status = cmocka_run_group_tests_name("suite/random_pairs", tests, NULL, NULL);
    pair_end();
    return status;
}
