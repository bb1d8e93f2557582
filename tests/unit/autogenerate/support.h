/* Models and databases for the tests of this folder. */
#ifndef MIGRATE_TESTS_AUTOGENERATE_SUPPORT_H
#define MIGRATE_TESTS_AUTOGENERATE_SUPPORT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "autogenerate/autogenerate.h"
#include "base/error.h"
#include "schema/model.h"

#define UNUSED __attribute__((unused))

static const CompareOptions compare_all = {.compare_type = TRUE, .compare_server_default = TRUE};

static UNUSED void assert_no_error(const GError *error)
{
    if (error)
        fail_msg("%s", error->message);
}

/* A model as SQLite can store it. */
static UNUSED MetaData *read_model(const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, convention, 0);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    model_reader_add(reader, "models.json", json, strlen(json), &error);
    assert_no_error(error);
    MetaData *metadata = model_reader_finish(reader, &error);
    assert_no_error(error);
    sqlite_dialect.adapt(metadata, notes, &error);
    assert_no_error(error);
    return metadata;
}

/* What the statements leave behind in a database. */
static UNUSED MetaData *read_database(const char *sql)
{
    g_autoptr(GError) error = NULL;
    InspectOptions options = {.ignore_tables = NULL};
    g_autoptr(Session) session = engine_open_scratch(&sqlite_dialect, &error);
    assert_no_error(error);
    g_autoptr(GPtrArray) statements = sqlite_dialect.split(sql, strlen(sql), &error);
    assert_no_error(error);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *text = g_strndup(sql + statement->start, statement->length);
        connection_execute(session_connection(session), text, &error);
        assert_no_error(error);
    }
    MetaData *metadata = sqlite_dialect.inspect(session_connection(session), &options, &error);
    assert_no_error(error);
    return metadata;
}

static UNUSED Comparison *compare(const MetaData *model, const MetaData *live, const CompareOptions *options)
{
    g_autoptr(GError) error = NULL;
    Comparison *comparison = autogenerate_compare(&sqlite_dialect, model, live, options, &error);
    assert_no_error(error);
    assert_non_null(comparison);
    return comparison;
}

/* The operations as people read them, one per line, and behind them the likely renames. */
static UNUSED char *describe_all(const Comparison *comparison)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < comparison->operations->len; i++) {
        g_autofree char *line = migrate_op_describe(comparison->operations->pdata[i]);
        g_string_append_printf(text, "%s\n", line);
    }
    for (guint i = 0; i < comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->likely_renames->pdata[i];
        g_string_append_printf(text, "? %s\n", rename->flag);
    }
    return g_string_free(text, FALSE);
}

static UNUSED void assert_differences(const MetaData *model, const MetaData *live, const CompareOptions *options,
                                      const char *expected)
{
    g_autoptr(Comparison) comparison = compare(model, live, options);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, expected);
}

/* The differences between a model and a database, and that there are none left when they are applied. */
static UNUSED void assert_compare_with(const char *json, const char *sql, const CompareOptions *options,
                                       const char *expected)
{
    g_autoptr(MetaData) model = read_model(json);
    g_autoptr(MetaData) live = read_database(sql);
    g_autoptr(Comparison) comparison = compare(model, live, options);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, expected);
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) after = metadata_copy(live);
    operations_apply(comparison->operations, after, &error);
    assert_no_error(error);
    CompareOptions again = *options;
    again.renames = NULL;
    assert_differences(model, after, &again, "");
    g_autoptr(GPtrArray) reverse = operations_reverse(comparison->operations, &error);
    operations_apply(reverse, after, &error);
    assert_no_error(error);
    again = compare_all;
    assert_differences(live, after, &again, "");
}

static UNUSED void assert_compare(const char *json, const char *sql, const char *expected)
{
    assert_compare_with(json, sql, &compare_all, expected);
}

static UNUSED GPtrArray *words(const char *first, const char *second)
{
    GPtrArray *array = g_ptr_array_new();
    g_ptr_array_add(array, (gpointer)first);
    if (second)
        g_ptr_array_add(array, (gpointer)second);
    return array;
}

#endif
