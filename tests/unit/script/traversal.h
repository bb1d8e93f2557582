/* Commands on a graph: what runs, and the version rows afterwards. */
#ifndef MIGRATE_TESTS_UNIT_SCRIPT_TRAVERSAL_H
#define MIGRATE_TESTS_UNIT_SCRIPT_TRAVERSAL_H

#include "unit/script/graph.h"

static inline gint traversal_compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Runs the steps on the rows (sorted afterwards). */
static inline void traversal_run(const RevisionMap *map, const GPtrArray *steps, gboolean up, GPtrArray *rows)
{
    for (guint i = 0; i < steps->len; i++) {
        g_autoptr(GPtrArray) gone = NULL;
        g_autoptr(GPtrArray) new = NULL;
        g_ptr_array_add(rows, NULL);
        revision_map_head_change(map, g_ptr_array_index(steps, i), up, (const char *const *)rows->pdata, &gone, &new);
        g_ptr_array_remove_index(rows, rows->len - 1);
        for (guint k = 0; k < gone->len; k++) {
            guint at = 0;
            assert_true(g_ptr_array_find_with_equal_func(rows, g_ptr_array_index(gone, k), g_str_equal, &at));
            g_ptr_array_remove_index(rows, at);
        }
        for (guint k = 0; k < new->len; k++)
            g_ptr_array_add(rows, g_strdup(g_ptr_array_index(new, k)));
    }
    g_ptr_array_sort(rows, traversal_compare);
}

/* "upgrade SPEC", "downgrade SPEC", "stamp SPEC", "history A:B" or "current", from the rows (with spaces between) gives
 * "steps | rows" ("steps" for history, "| rows" for stamp and current), or "!words of the error". */
static inline void traversal(const char *graph, const char *rows, const char *command, const char *expected)
{
    g_autoptr(RevisionMap) map = graph_map(graph);
    g_auto(GStrv) words = g_strsplit(command, " ", 2);
    const char *spec = words[1] != NULL ? words[1] : "";
    gboolean up = strcmp(words[0], "upgrade") == 0, down = strcmp(words[0], "downgrade") == 0;
    gboolean is_history = strcmp(words[0], "history") == 0;
    g_auto(GStrv) current = *rows != '\0' ? g_strsplit(rows, " ", -1) : g_new0(char *, 1);
    const char *const *at = (const char *const *)current;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = up                                 ? revision_map_upgrade_path(map, spec, at, &error)
                                 : down                             ? revision_map_downgrade_path(map, spec, at, &error)
                                 : is_history                       ? revision_map_range(map, spec, at, &error)
                                 : strcmp(words[0], "current") == 0 ? revision_map_all_current(map, at, &error)
                                                                    : revision_map_stamp_targets(map, spec, at, &error);
    if (found == NULL && (*expected != '!' || strstr(error->message, expected + 1) == NULL))
        fail_msg("%s from '%s': wanted '%s', got the error: %s", command, rows, expected, error->message);
    if (found == NULL)
        return;
    g_autoptr(GPtrArray) after = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; current[i] != NULL && (up || down); i++)
        g_ptr_array_add(after, g_strdup(current[i]));
    if (up || down)
        traversal_run(map, found, up, after);
    g_ptr_array_add(after, NULL);
    g_autofree char *steps = graph_ids(found);
    g_autofree char *left = g_strjoinv(" ", (char **)after->pdata);
    g_autofree char *got =
        up || down   ? g_strdup_printf("%s%s|%s%s", steps, *steps != '\0' ? " " : "", *left != '\0' ? " " : "", left)
        : is_history ? g_strdup(steps)
                     : g_strdup_printf("| %s", steps);
    if (strcmp(got, expected) != 0)
        fail_msg("%s from '%s': wanted '%s', got '%s'", command, rows, expected, got);
}

#endif
