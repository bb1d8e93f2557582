#include "support/sql_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/cells.h"
#include "support/project.h"

typedef struct Pair {
    const TestBackend *backend;
    const SqlChange *changes;
    guint n;
    char *database, *fresh; /* URLs */
    GString *report;        /* what went wrong so far; empty: nothing */
} Pair;

char *sql_pair_name(const SqlChange *changes, guint n)
{
    static const char *const states[] = {"nothing", "A", "B"};
    g_autoptr(GString) name = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(name, "%s%s %s to %s", i ? " + " : "", changes[i].feature->name,
                               states[changes[i].former], states[changes[i].latter]);
    return g_strdup(name->str);
}

static gboolean failed(const Pair *pair)
{
    return pair->report->len > 0;
}

static char *write_file(const char *name, const GString *text)
{
    char *path = g_build_filename(project_folder(), name, NULL);
    assert_true(g_file_set_contents(path, text->str, -1, NULL));
    return path;
}

/* The path of a file with the schema as the changes' `former` or latter state, and maybe its rows. */
static char *write_schema(const Pair *pair, gboolean former, const char *name)
{
    g_autoptr(GString) text = g_string_new("-- one schema\n");
    for (guint i = 0; i < pair->n; i++) {
        SqlState state = former ? pair->changes[i].former : pair->changes[i].latter;
        g_string_append(text, pair->changes[i].feature->sql[state]);
        if (former)
            g_string_append(text, pair->changes[i].feature->rows[state]);
    }
    return write_file(name, text);
}

static void load(Pair *pair, const char *what, const char *url, const char *file)
{
    g_autofree char *said = failed(pair) ? NULL : pair->backend->load(url, file);
    if (said)
        g_string_append_printf(pair->report, "%s: the client says\n%s", what, said);
}

static void run(Pair *pair, const char *what, const char *const *arguments)
{
    g_autofree char *output = NULL;
    if (failed(pair))
        return;
    int status = project_run(&output, arguments);
    if (status != 0)
        g_string_append_printf(pair->report, "%s: exit %d\n%s", what, status, output);
}
#define RUN(pair, what, ...) run(pair, what, (const char *const[]){__VA_ARGS__, NULL})

static char *schema_of(const Pair *pair, const char *url)
{
    g_autofree char *schema = pair->backend->schema(url);
    return pair->backend->without_past ? pair->backend->without_past(schema) : g_steal_pointer(&schema);
}

static void expect_schema(Pair *pair, const char *what, const char *wanted, const char *url)
{
    if (failed(pair))
        return;
    g_autofree char *found = schema_of(pair, url);
    g_autofree char *difference = project_difference(wanted, found);
    if (difference)
        g_string_append_printf(pair->report, "%s: the schema differs\n%s", what, difference);
}

/* "table.column" is that name, or "table.*" all of them: what takes the column's place in `to`, or NULL. */
static char *matched(const char *pattern, const char *to, const char *column)
{
    gsize length = strlen(pattern);
    if (strcmp(pattern, column) == 0)
        return g_strdup(to);
    if (!g_str_has_suffix(pattern, ".*") || strncmp(pattern, column, length - 1) != 0)
        return NULL;
    return g_strdup_printf("%.*s%s", (int)strlen(to) - 1, to, column + length - 1);
}

static gboolean may_change(const Pair *pair, const char *column)
{
    for (guint i = 0; i < pair->n; i++) {
        const GPtrArray *names = pair->changes[i].feature->changes;
        for (guint j = 0; pair->changes[i].former != pair->changes[i].latter && j < names->len; j++) {
            g_autofree char *name = matched(names->pdata[j], names->pdata[j], column);
            if (name)
                return TRUE;
        }
    }
    return FALSE;
}

/* The column's name in the latter schema. New string. */
static char *name_after(const Pair *pair, const char *column)
{
    for (guint i = 0; i < pair->n; i++) {
        const SqlChange *change = &pair->changes[i];
        if (change->former == change->latter || !strstr(change->feature->sql[change->latter], "renamed from"))
            continue;
        gboolean back = change->former == SQL_STATE_B;
        GHashTableIter iter;
        gpointer a, b;
        g_hash_table_iter_init(&iter, change->feature->renamed);
        while (g_hash_table_iter_next(&iter, &a, &b)) {
            char *name = matched(back ? b : a, back ? a : b, column);
            if (name)
                return name;
        }
    }
    return g_strdup(column);
}

/* What was in `before` must be in `after`, as far as its column is in both; `renamed`: under its latter name. With
 * `between` only columns that were there, too, on the way. */
static void expect_cells(Pair *pair, const char *what, GHashTable *before, GHashTable *between, gboolean renamed)
{
    if (failed(pair))
        return;
    g_autoptr(GHashTable) after = pair->backend->cells(pair->database);
    GHashTableIter iter;
    gpointer column, cells;
    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, &column, &cells)) {
        g_autofree char *latter = name_after(pair, column);
        const char *name = renamed ? latter : column;
        const char *found = g_hash_table_lookup(after, name);
        if (may_change(pair, column) || may_change(pair, name))
            continue;
        if (!found || (between && !g_hash_table_contains(between, latter)))
            continue;
        gboolean sorted = !cells_are_ordered(before, column) || !cells_are_ordered(after, name);
        g_autofree char *wanted_values = cells_values(cells, sorted);
        g_autofree char *found_values = cells_values(found, sorted);
        if (strcmp(wanted_values, found_values) != 0)
            g_string_append_printf(pair->report, "%s: values of %s\n%sbecame\n%s", what, name, (char *)cells, found);
    }
}

/* Named as renamed, a column that is gone has not been renamed. */
static void expect_renamed(Pair *pair, GHashTable *before, GHashTable *after)
{
    GHashTableIter iter;
    gpointer column;
    g_hash_table_iter_init(&iter, before);
    while (!failed(pair) && g_hash_table_iter_next(&iter, &column, NULL)) {
        g_autofree char *latter = name_after(pair, column);
        if (strcmp(latter, column) != 0 && !strchr(latter, '(') && !g_hash_table_contains(after, latter))
            g_string_append_printf(pair->report, "%s should have become %s\n", (char *)column, latter);
    }
}

static void there_and_back(Pair *pair, const char *schema_latter)
{
    g_autofree char *schema_former = schema_of(pair, pair->database);
    g_autoptr(GHashTable) cells_former = pair->backend->cells(pair->database);
    RUN(pair, "autogenerate", "revision", "--autogenerate", "--no-rename", "-m", "b", "--rev-id", "b");
    RUN(pair, "upgrade", "upgrade", "head");
    expect_schema(pair, "upgraded, and loaded afresh", schema_latter, pair->database);
    RUN(pair, "check", "check");
    expect_cells(pair, "upgrade", cells_former, NULL, TRUE);
    if (failed(pair))
        return;
    g_autoptr(GHashTable) cells_latter = pair->backend->cells(pair->database);
    expect_renamed(pair, cells_former, cells_latter);
    RUN(pair, "downgrade", "downgrade", "base");
    expect_schema(pair, "before, and downgraded", schema_former, pair->database);
    expect_cells(pair, "downgrade", cells_former, cells_latter, FALSE);
}

char *sql_pair_run(const TestBackend *backend, const SqlChange *changes, guint n)
{
    Pair pair = {.backend = backend, .changes = changes, .n = n, .report = g_string_new(NULL)};
    pair.database = backend->create(project_folder(), "app");
    pair.fresh = backend->create(project_folder(), "fresh");
    g_autofree char *settings = g_strdup_printf("url = %s\n", pair.database);
    project_new("schema.sql", settings);
    g_autofree char *former = write_schema(&pair, TRUE, "former.sql");
    g_autofree char *latter = write_schema(&pair, FALSE, "schema.sql");
    load(&pair, "the former schema", pair.database, former);
    load(&pair, "the latter schema", pair.fresh, latter);
    if (!failed(&pair)) {
        g_autofree char *schema_latter = schema_of(&pair, pair.fresh);
        there_and_back(&pair, schema_latter);
    }
    g_free(pair.database);
    g_free(pair.fresh);
    char *report = g_string_free(pair.report, FALSE);
    if (!*report)
        g_clear_pointer(&report, g_free);
    return report;
}
