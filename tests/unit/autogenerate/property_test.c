/* For random models a and b: what the comparison says takes a to b, and its reverse takes it back. */
#include "support.h"

#include "base/json.h"
#include "support/random_model.h"
#include "support/scale.h"

static guint rounds(void)
{
    return test_scale(300, 15);
}

static MetaData *metadata_of(const cJSON *json)
{
    g_autoptr(cJSON) copy = cJSON_Duplicate(json, TRUE);
    cJSON *table = NULL;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(copy, "tables"))
        cJSON_DeleteItemFromObject(table, "composite"); /* a mark of the generator for itself */
    char *text = cJSON_Print(copy);
    MetaData *metadata = read_model(text);
    cJSON_free(text);
    return metadata;
}

static void assert_equal(guint seed, const char *what, const MetaData *model, const MetaData *live)
{
    g_autoptr(Comparison) comparison = compare(model, live, &compare_all);
    g_autofree char *text = describe_all(comparison);
    if (*text)
        fail_msg("seed %u, %s:\n%s", seed, what, text);
}

static void apply(guint seed, const char *what, const GPtrArray *ops, MetaData *metadata)
{
    g_autoptr(GError) error = NULL;
    if (!operations_apply(ops, metadata, &error))
        fail_msg("seed %u, %s: %s", seed, what, error->message);
}

static void there_and_back(guint seed, const MetaData *a, const MetaData *b)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) comparison = compare(b, a, &compare_all);
    g_autoptr(MetaData) copy = metadata_copy(a);
    apply(seed, "forward", comparison->operations, copy);
    assert_equal(seed, "forward", b, copy);
    g_autoptr(GPtrArray) reverse = operations_reverse(comparison->operations, &error);
    assert_no_error(error);
    apply(seed, "back", reverse, copy);
    assert_equal(seed, "back", a, copy);
}

static void test_itself(void **state)
{
    (void)state;
    for (guint seed = 0; seed < rounds(); seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        g_autoptr(cJSON) json = random_model(random);
        g_autoptr(MetaData) a = metadata_of(json), b = metadata_of(json);
        assert_equal(seed, "itself", a, b);
    }
}

static void test_changed(void **state)
{
    (void)state;
    for (guint seed = 0; seed < rounds(); seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        g_autoptr(cJSON) json = random_model(random);
        g_autoptr(cJSON) changed = random_change(json, random);
        g_autoptr(MetaData) a = metadata_of(json), b = metadata_of(changed);
        there_and_back(seed, a, b);
    }
}

static void test_unrelated(void **state)
{
    (void)state;
    for (guint seed = 0; seed < rounds(); seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        g_autoptr(cJSON) first = random_model(random);
        g_autoptr(cJSON) second = random_model(random);
        g_autoptr(MetaData) a = metadata_of(first), b = metadata_of(second), nothing = metadata_new(TRUE);
        there_and_back(seed, a, b);
        there_and_back(seed, nothing, a);
        there_and_back(seed, b, nothing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_itself),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_unrelated),
    };
    return cmocka_run_group_tests_name("autogenerate/property", tests, NULL, NULL);
}
