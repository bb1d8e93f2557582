/*
 * Small changes with a trap each (changes.json), up and down on every kind of database whose dialect has what they
 * need, see support/pair.h. A case: "name", "needs" (capabilities; none: every database), "quotes" (it
 * has names in double quotes), "not" (databases that cannot, with the reason), the models "a" and "b", and
 * "rows". MIGRATE_TEST_BACKEND=postgresql is only that one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/dialect.h"
#include "support/pair.h"
#include "support/random_parts.h"

static guint capability(const char *name)
{
    static const struct {
        const char *name;
        guint bit;
    } known[] = {
        {"comments", DIALECT_COMMENTS},   {"schemas", DIALECT_SCHEMAS}, {"enum types", DIALECT_ENUM_TYPES},
        {"sequences", DIALECT_SEQUENCES}, {"serial", DIALECT_SERIAL},   {"table rebuild", DIALECT_TABLE_REBUILD},
    };
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].bit;
    fail_msg("changes.json: unknown capability '%s'", name);
    return 0;
}

/* Some cases quote names as the standard does. */
static gboolean quotes_as_standard(const Dialect *dialect)
{
    return !dialect_has_backticks(dialect);
}

static gboolean can(const TestBackend *backend, const cJSON *item)
{
    const Dialect *dialect = dialect_find(backend->name, NULL);
    const cJSON *need;
    if (cJSON_IsTrue(cJSON_GetObjectItem(item, "quotes")) && !quotes_as_standard(dialect))
        return FALSE;
    if (cJSON_GetObjectItem(cJSON_GetObjectItem(item, "not"), backend->name))
        return FALSE;
    cJSON_ArrayForEach(need, cJSON_GetObjectItem(item, "needs"))
    {
        if (!(dialect->capabilities & capability(need->valuestring)))
            return FALSE;
    }
    return TRUE;
}

static guint run_cases(const TestBackend *backend, const cJSON *cases)
{
    guint n = 0;
    const cJSON *item, *row;
    cJSON_ArrayForEach(item, cases)
    {
        if (!can(backend, item))
            continue;
        g_autoptr(GPtrArray) rows = g_ptr_array_new();
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(item, "rows"))
        {
            g_ptr_array_add(rows, row->valuestring);
        }
        static const char *const formats[] = {"sql", "ops"};
        for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
            g_autofree char *name = g_strdup_printf("%s as %s", text(item, "name"), formats[i]);
            pair_run(backend, name, formats[i], cJSON_GetObjectItem(item, "a"), cJSON_GetObjectItem(item, "b"), rows,
                     i == 0 ? PAIR_DUMPED : PAIR_PLAIN);
        }
        n++;
    }
    return n;
}

static void test_changes(void **state)
{
    (void)state;
    g_autofree char *json = NULL;
    assert_true(g_file_get_contents("tests/suite/changes.json", &json, NULL, NULL));
    cJSON *cases = cJSON_Parse(json);
    assert_non_null(cases);
    const char *only = g_getenv("MIGRATE_TEST_BACKEND");
    for (guint i = 0; test_backends[i]; i++) {
        if (only && *only && strcmp(only, test_backends[i]->name) != 0)
            continue;
        guint n = run_cases(test_backends[i], cases);
        assert_true(n > 10);
        print_message("%u of %d changes on %s\n", n, cJSON_GetArraySize(cases), test_backends[i]->name);
    }
    cJSON_Delete(cases);
}

int main(void)
{
    pair_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changes)};
    int status = cmocka_run_group_tests_name("suite/changes", tests, NULL, NULL);
    pair_end();
    return status;
}
