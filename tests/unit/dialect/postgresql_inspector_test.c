/* The inspector on a real server: scripts, and the models that it must read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "dialect/postgresql/postgresql.h"
#include "schema/model.h"
#include "support/postgresql.h"

/* --- a database, and what the inspector says of it --- */

static Connection *open_url(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse(text, &error);
    const ConnectOptions options = {.lock_timeout = 0};
    Connection *connection = url ? connection_open(&postgresql_driver, url, &options, &error) : NULL;

    if (connection == NULL)
        fail_msg("%s", error->message);
    return connection;
}

static Connection *open_database(const char *name, const char *script)
{
    g_autofree char *url = postgresql_database(name);

    postgresql_run(url, script);
    return open_url(url);
}

static MetaData *inspect(Connection *connection, const InspectOptions *options)
{
    g_autoptr(GError) error = NULL;
    MetaData *metadata = postgresql_inspect(connection, options, &error);

    if (metadata == NULL)
        fail_msg("%s", error->message);
    return metadata;
}

/* --- a script and the model that must be read from it: postgresql_inspector/AREA.sql and AREA.json --- */

static char *area_file(const char *area, const char *suffix)
{
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    return g_strdup_printf("%s/postgresql_inspector/%s%s", folder, area, suffix);
}

static char *read_area(const char *area, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = area_file(area, suffix);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail_msg("%s", error->message);
    return text;
}

/* What it reads is left beside the expected text when they differ. */
static void assert_area(const char *area, const InspectOptions *options)
{
    g_autofree char *script = read_area(area, ".sql"), *expected = read_area(area, ".json");
    g_autoptr(Connection) connection = open_database("area", script);
    g_autoptr(MetaData) metadata = inspect(connection, options);
    /* what is known by its text is read elsewhere */
    g_ptr_array_set_size(metadata->objects, 0);
    g_autofree char *model = model_write(metadata, "postgresql");
    g_autofree char *got = area_file(area, ".got");

    if (strcmp(model, expected) != 0)
        g_file_set_contents(got, model, -1, NULL);
    assert_string_equal(model, expected);
    g_unlink(got);
}

static void tables(void **state)
{
    (void)state;
    static const char *const ignored[] = {"ignored", "history", NULL};
    const InspectOptions options = {.ignore_tables = ignored};
    assert_area("tables", &options);
}

static void columns(void **state)
{
    (void)state;
    assert_area("columns", NULL);
}

static void constraints(void **state)
{
    (void)state;
    assert_area("constraints", NULL);
}

static void indexes(void **state)
{
    (void)state;
    assert_area("indexes", NULL);
}

static void sequences(void **state)
{
    (void)state;
    assert_area("sequences", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),  cmocka_unit_test(columns),   cmocka_unit_test(constraints),
        cmocka_unit_test(indexes), cmocka_unit_test(sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
