#include "support/cells.h"

#include <string.h>

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *cells_values(const char *cells, gboolean sorted)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    g_auto(GStrv) lines = g_strsplit(cells, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (strchr(lines[i], ':'))
            g_ptr_array_add(values, strchr(lines[i], ':') + 1);
    if (sorted)
        g_ptr_array_sort(values, compare_lines);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < values->len; i++)
        g_string_append_printf(text, "%s\n", (char *)values->pdata[i]);
    return g_strdup(text->str);
}

gboolean cells_are_ordered(GHashTable *cells, const char *table_column)
{
    const char *dot = strrchr(table_column, '.');
    g_autofree char *id = g_strdup_printf("%.*s.id", (int)(dot - table_column), table_column);
    return g_hash_table_contains(cells, id);
}
