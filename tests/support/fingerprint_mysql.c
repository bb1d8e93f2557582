#include "support/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/mysql.h"

/* What there is to be shown: the kind of SHOW CREATE, a name, and the column of its answer. */
static const char things[] =
    "SELECT concat(if(table_type = 'VIEW', 'VIEW', if(table_type = 'SEQUENCE', 'SEQUENCE', 'TABLE')), '\\t', "
    "table_name) FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE "
    "'migrate\\_%' "
    "UNION ALL SELECT concat('TRIGGER\\t', trigger_name) FROM information_schema.triggers WHERE trigger_schema = "
    "database() "
    "UNION ALL SELECT concat(routine_type, '\\t', routine_name) FROM information_schema.routines WHERE routine_schema "
    "= database() "
    "UNION ALL SELECT concat('EVENT\\t', event_name) FROM information_schema.events WHERE event_schema = database()";

static char *ticked(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "`", -1);
    g_autofree char *doubled = g_strjoinv("``", parts);
    return g_strdup_printf("`%s`", doubled);
}

/* Numbers that were given out, who made it, and what ALTER writes to the options of Aria's tables, are not the schema.
 */
static char *without_incidents(const char *line)
{
    static GRegex *incidents;
    if (!incidents)
        incidents = g_regex_new(" AUTO_INCREMENT=\\d+| DEFINER=`[^`]*`@`[^`]*`| PAGE_CHECKSUM=1", 0, 0, NULL);
    return g_regex_replace_literal(incidents, line, -1, 0, "", 0, NULL);
}

/* Each line of a CREATE TABLE is a fact of its own, whatever its place; a comma tells who stands last. */
static void add_lines(GPtrArray *lines, const char *label, const char *shown)
{
    g_auto(GStrv) parts = g_strsplit(shown, "\n", -1);
    for (guint i = 0; parts[i]; i++) {
        g_autofree char *line = without_incidents(parts[i]);
        if (g_str_has_suffix(line, ","))
            line[strlen(line) - 1] = '\0';
        g_ptr_array_add(lines, g_strdup_printf("%s: %s", label, line));
    }
}

static void show(const char *url, const char *thing, GPtrArray *lines)
{
    g_auto(GStrv) parts = g_strsplit(thing, "\t", 2);
    g_autofree char *name = ticked(parts[1]);
    g_autofree char *query = g_strdup_printf("SHOW CREATE %s %s", parts[0], name);
    g_autofree char *shown = mysql_rows(url, query);
    /* The trigger's last column says when it was made. */
    char *created = strcmp(parts[0], "TRIGGER") == 0 ? strrchr(shown, '|') : NULL;
    if (created)
        *created = '\0';
    add_lines(lines, thing, shown);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *fingerprint_mysql(const char *url)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *facts = NULL;
    if (!g_file_get_contents("tests/support/fingerprint-mysql.sql", &facts, NULL, NULL))
        fail_msg("run the tests from the top folder");
    g_autofree char *rows = mysql_rows(url, facts);
    g_autofree char *names = mysql_rows(url, things);
    g_auto(GStrv) all_facts = g_strsplit(rows, "\n", -1);
    g_auto(GStrv) all_things = g_strsplit(names, "\n", -1);
    for (guint i = 0; all_facts[i]; i++)
        if (*all_facts[i])
            g_ptr_array_add(lines, g_strdup(all_facts[i]));
    for (guint i = 0; all_things[i]; i++)
        if (*all_things[i])
            show(url, all_things[i], lines);
    g_ptr_array_sort(lines, compare_lines);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}
