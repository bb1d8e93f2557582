/*
 * Several dialects from one folder, at random: portable models A and B become revisions, compared with one database,
 * which then run on every kind of database. There `check` finds nothing, the schema equals what create_all makes of
 * the model, up and down, and base leaves nothing. Once with SQL sections (`dialects`), once with operations. Where the
 * program says that it cannot know something, that is accepted and counted, up to a limit.
 *
 *   MIGRATE_TEST_PAIRS=N   how many pairs             MIGRATE_TEST_SEED=N   the first seed (1)
 *   MIGRATE_TEST_FORMAT=sql|ops                       only that one
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/dialect.h"
#include "support/backend.h"
#include "support/project.h"
#include "support/random_model.h"
#include "support/scale.h"

#define MAX_BACKENDS 3

typedef struct Place {
    const TestBackend *backend;
    char *database, *fresh; /* URLs */
    char *empty, *schema_a; /* fingerprints */
} Place;

static Place places[MAX_BACKENDS];
static guint n_places;
static const char *format;
static char *label;
static guint runs, irreversible;

static int number_from(const char *name, int otherwise)
{
    const char *value = g_getenv(name);
    return value && *value ? atoi(value) : otherwise;
}

static void place_clear(Place *place)
{
    g_clear_pointer(&place->database, g_free);
    g_clear_pointer(&place->fresh, g_free);
    g_clear_pointer(&place->empty, g_free);
    g_clear_pointer(&place->schema_a, g_free);
}

static char *schema_of(const TestBackend *backend, const char *url)
{
    g_autofree char *schema = backend->schema(url);
    return backend->without_past ? backend->without_past(schema) : g_steal_pointer(&schema);
}

static char *schema_created(Place *place, const char *what)
{
    g_free(place->fresh);
    place->fresh = place->backend->create(project_folder(), "fresh");
    PROJECT_EXPECT(label, 0, what, "create_all", "--url", place->fresh);
    return schema_of(place->backend, place->fresh);
}

static void start(void)
{
    g_autoptr(GString) settings = g_string_new(NULL);
    g_string_append_printf(settings, "revision_format = %s\n", format);
    for (guint i = 0; i < n_places; i++) {
        Place *place = &places[i];
        place_clear(place);
        place->database = place->backend->create(project_folder(), "app");
        place->empty = place->backend->schema(place->database);
        g_string_append_printf(settings, "%s%s", i ? ", " : "dialects = ", place->backend->name);
    }
    g_string_append_c(settings, '\n');
    project_new("model.json", settings->str);
}

static char *what_on(const char *what, const Place *place)
{
    return g_strdup_printf("%s on %s", what, place->backend->name);
}

static void upgrade(Place *place, const char *model)
{
    g_autofree char *up = g_strdup_printf("upgrade to %s on %s", model, place->backend->name);
    g_autofree char *check = g_strdup_printf("check %s on %s", model, place->backend->name);
    g_autofree char *same = g_strdup_printf("upgraded %s, and created afresh, on %s", model, place->backend->name);
    PROJECT_EXPECT(label, 0, up, "--url", place->database, "upgrade", "head");
    PROJECT_EXPECT(label, 0, check, "--url", place->database, "check");
    g_autofree char *wanted = schema_created(place, "create_all");
    g_autofree char *found = schema_of(place->backend, place->database);
    project_assert_same(label, same, wanted, found);
    if (!place->schema_a)
        place->schema_a = g_steal_pointer(&wanted);
}

/* FALSE: it said that it cannot. */
static gboolean downgrade(Place *place)
{
    g_autofree char *down = what_on("downgrade to A", place);
    g_autofree char *output = NULL;
    const char *const arguments[] = {"--url", place->database, "downgrade", "a", NULL};
    int status = project_run(&output, arguments);
    if (status == 1 && strstr(output, "cannot be taken down: ")) {
        irreversible++;
        print_message("%s: %s", label, output);
        return FALSE;
    }
    if (status != 0)
        fail_msg("%s: %s: exit %d\n%s", label, down, status, output);
    g_autofree char *schema = schema_of(place->backend, place->database);
    project_assert_same(label, down, place->schema_a, schema);
    return TRUE;
}

static void to_base(Place *place)
{
    g_autofree char *what = what_on("downgrade to base", place);
    PROJECT_EXPECT(label, 0, what, "--url", place->database, "downgrade", "base");
    g_autofree char *schema = place->backend->schema(place->database);
    project_assert_same(label, what, place->empty, schema);
}

static void write_revision(const Place *connected, const char *id)
{
    g_autofree char *what = g_strdup_printf("autogenerate %s from %s", id, connected->backend->name);
    PROJECT_EXPECT(label, 0, what, "--url", connected->database, "revision", "--autogenerate", "-m", id, "--rev-id", id,
                   "--no-rename");
}

static void run_pair(const Place *connected, const cJSON *model, const cJSON *changed)
{
    start();
    runs++;
    project_write_model(changed, "changed.json");
    project_write_model(model, "model.json");
    write_revision(connected, "a");
    for (guint i = 0; i < n_places; i++)
        upgrade(&places[i], "A");
    project_write_model(changed, "model.json");
    write_revision(connected, "b");
    for (guint i = 0; i < n_places; i++)
        upgrade(&places[i], "B");
    for (guint i = 0; i < n_places; i++)
        if (downgrade(&places[i]))
            to_base(&places[i]);
}

static void strip_comments(cJSON *model)
{
    cJSON *table, *column;
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(model, "tables"))
    {
        cJSON_DeleteItemFromObject(table, "comment");
        cJSON_ArrayForEach(column, cJSON_GetObjectItem(table, "columns"))
        {
            cJSON_DeleteItemFromObject(column, "comment");
        }
    }
}

/* migrate-revisions(5): SQL for several dialects has no changed comments when the database compared stores none. */
static gboolean knows_comments(const Place *connected)
{
    const Dialect *dialect = dialect_find(connected->backend->name, NULL);
    return strcmp(format, "ops") == 0 || (dialect->capabilities & DIALECT_COMMENTS);
}

static void one_seed(guint seed)
{
    static const char *const formats[] = {"ops", "sql"};
    const char *only = g_getenv("MIGRATE_TEST_FORMAT");
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    cJSON *model = random_portable_model(random), *changed = random_portable_change(model, random);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        format = formats[i];
        if (only && *only && strcmp(only, format) != 0)
            continue;
        g_free(label);
        label = g_strdup_printf("seed %u as %s from %s", seed, format, places[seed % n_places].backend->name);
        const Place *connected = &places[seed % n_places];
        cJSON *a = cJSON_Duplicate(model, TRUE), *b = cJSON_Duplicate(changed, TRUE);
        if (!knows_comments(connected)) {
            strip_comments(a);
            strip_comments(b);
        }
        run_pair(connected, a, b);
        cJSON_Delete(a);
        cJSON_Delete(b);
    }
    cJSON_Delete(model);
    cJSON_Delete(changed);
}

static void test_several_dialects(void **state)
{
    (void)state;
    guint first = (guint)number_from("MIGRATE_TEST_SEED", 1);
    guint pairs = (guint)number_from("MIGRATE_TEST_PAIRS", (int)test_scale(20, 2));
    for (n_places = 0; test_backends[n_places]; n_places++)
        places[n_places].backend = test_backends[n_places];
    for (guint seed = first; seed < first + pairs; seed++)
        one_seed(seed);
    print_message("%u folders of revisions on %u kinds of databases; %u downgrades irreversible, as they say\n", runs,
                  n_places, irreversible);
    assert_true(runs > 0);
    assert_true(irreversible * 5 <= runs * n_places);
}

int main(void)
{
    project_start();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_several_dialects)};
    int status = cmocka_run_group_tests_name("suite/several_dialects", tests, NULL, NULL);
    project_end();
    for (guint i = 0; i < n_places; i++)
        place_clear(&places[i]);
    g_free(label);
    return status;
}
