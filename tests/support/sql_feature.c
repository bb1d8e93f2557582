#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/sql_pair.h"

static void sql_feature_free(gpointer data)
{
    SqlFeature *feature = data;
    g_free(feature->name);
    for (guint i = 0; i < N_SQL_STATES; i++) {
        g_free(feature->sql[i]);
        g_free(feature->rows[i]);
    }
    g_ptr_array_unref(feature->changes);
    g_hash_table_unref(feature->renamed);
    g_free(feature);
}

static const char *behind(const char *line, const char *prefix)
{
    return g_str_has_prefix(line, prefix) ? line + strlen(prefix) : NULL;
}

static void add_changes(SqlFeature *feature, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, ",", -1);
    for (guint i = 0; names[i]; i++)
        g_ptr_array_add(feature->changes, g_strdup(g_strstrip(names[i])));
}

static void add_renamed(SqlFeature *feature, const char *pair)
{
    g_auto(GStrv) names = g_strsplit(pair, " ", -1);
    if (g_strv_length(names) != 2 || !strchr(names[0], '.') || !strchr(names[1], '.'))
        fail_msg("%s: -- renamed: old_table.column new_table.column is wanted, not '%s'", feature->name, pair);
    g_hash_table_insert(feature->renamed, g_strdup(names[0]), g_strdup(names[1]));
}

/* FALSE: the line is SQL. *part is where SQL goes. */
static gboolean read_directive(SqlFeature *feature, const char *line, char ***part)
{
    static const struct {
        const char *line;
        SqlState state;
        gboolean rows;
    } parts[] = {
        {"-- schema A", SQL_STATE_A, FALSE},
        {"-- schema B", SQL_STATE_B, FALSE},
        {"-- rows A", SQL_STATE_A, TRUE},
        {"-- rows B", SQL_STATE_B, TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strcmp(line, parts[i].line) == 0) {
            *part = parts[i].rows ? &feature->rows[parts[i].state] : &feature->sql[parts[i].state];
            return TRUE;
        }
    const char *changes = behind(line, "-- changes: "), *renamed = behind(line, "-- renamed: ");
    if (changes)
        add_changes(feature, changes);
    if (renamed)
        add_renamed(feature, renamed);
    gboolean alone = behind(line, "-- alone: ") != NULL;
    gboolean never_absent = behind(line, "-- never absent: ") != NULL;
    gboolean never_gone = behind(line, "-- never gone: ") != NULL;
    feature->alone |= alone;
    feature->never_gone |= never_gone;
    feature->never_absent |= never_absent;
    return changes || renamed || alone || never_absent || never_gone;
}

static SqlFeature *sql_feature_load(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    SqlFeature *feature = g_new0(SqlFeature, 1);
    feature->name = g_strndup(file, strlen(file) - strlen(".sql"));
    feature->changes = g_ptr_array_new_with_free_func(g_free);
    feature->renamed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GString *parts[N_SQL_STATES * 2];
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        parts[i] = g_string_new(NULL);
    char **part = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    if (!g_str_has_prefix(text, "-- feature: "))
        fail_msg("%s: '-- feature: …' is wanted at its beginning", path);
    for (guint i = 0; lines[i]; i++) {
        if (read_directive(feature, lines[i], &part) || !part)
            continue;
        gboolean rows = part >= feature->rows && part < feature->rows + N_SQL_STATES;
        guint state = (guint)(part - (rows ? feature->rows : feature->sql));
        g_string_append_printf(parts[state * 2 + rows], "%s\n", lines[i]);
    }
    for (guint i = 0; i < N_SQL_STATES; i++) {
        feature->sql[i] = g_string_free(parts[i * 2], FALSE);
        feature->rows[i] = g_string_free(parts[i * 2 + 1], FALSE);
    }
    if (!*feature->sql[SQL_STATE_A] || !*feature->sql[SQL_STATE_B])
        fail_msg("%s: '-- schema A' and '-- schema B' are wanted, each with SQL", path);
    return feature;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp((*(SqlFeature *const *)a)->name, (*(SqlFeature *const *)b)->name);
}

GPtrArray *sql_features_load(const TestBackend *backend, const char *only)
{
    GPtrArray *features = g_ptr_array_new_with_free_func(sql_feature_free);
    g_autofree char *folder = g_build_filename("tests/fixtures/pairs", backend->sql_pairs, NULL);
    g_autofree char *wanted = only && *only ? g_strconcat(only, ".sql", NULL) : NULL;
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (!dir)
        fail_msg("no folder '%s': run the tests from the top folder", folder);
    for (const char *file; (file = g_dir_read_name(dir));)
        if (g_str_has_suffix(file, ".sql") && (!wanted || strcmp(file, wanted) == 0))
            g_ptr_array_add(features, sql_feature_load(folder, file));
    g_dir_close(dir);
    g_ptr_array_sort(features, by_name);
    return features;
}
