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

/* What a routine's own parenthesis says is asked of information_schema: SHOW CREATE repeats it as it was typed. */
static char *without_parameters(const char *shown)
{
    const char *open = strchr(shown, '(');
    guint depth = 0;
    for (const char *at = open; at && *at; at++) {
        const char *mark = strchr("'\"`", *at) ? strchr(at + 1, *at) : NULL;
        at = mark ? mark : at;
        depth += *at == '(';
        depth -= *at == ')';
        if (depth == 0)
            return g_strdup_printf("%.*s%s", (int)(open - shown), shown, at + 1);
    }
    return g_strdup(shown);
}

/* Numbers that were given out, who made it, what ALTER writes to the options of Aria's tables, are not the
 * schema. What follows means the same in other words: how wide an
 * integer is shown, NO ACTION, the index type that is the engine's default.
 */
static char *without_incidents(const char *text)
{
    static const char *const incidents[][2] = {
        {" AUTO_INCREMENT=\\d+| DEFINER=[`\"][^`\"]*[`\"]@[`\"][^`\"]*[`\"]| "
         "PAGE_CHECKSUM=1",
         ""},
        {"\\b((?:small|medium|big)?int|tinyint)\\((?!1\\))\\d+\\)(?! unsigned zerofill)", "\\1"},
        {"\\b((?:small|medium|big)?int)\\(1\\)(?! unsigned zerofill)", "\\1"},
        {" ON (?:DELETE|UPDATE) NO ACTION| USING (?:BTREE|HASH)", ""},
    };
    static GRegex *regexes[G_N_ELEMENTS(incidents)];
    char *result = g_strdup(text);
    for (guint i = 0; i < G_N_ELEMENTS(incidents); i++) {
        if (!regexes[i])
            regexes[i] = g_regex_new(incidents[i][0], 0, 0, NULL);
        g_autofree char *before = result;
        result = g_regex_replace(regexes[i], before, -1, 0, incidents[i][1], 0, NULL);
    }
    return result;
}

/* Each line of a CREATE TABLE is a fact of its own, whatever its place; a comma tells who stands last. */
static void add_lines(GPtrArray *lines, const char *label, const char *shown)
{
    g_autofree char *text = without_incidents(shown);
    g_auto(GStrv) parts = g_strsplit(text, "\n", -1);
    for (guint i = 0; parts[i]; i++) {
        if (g_str_has_suffix(parts[i], ","))
            parts[i][strlen(parts[i]) - 1] = '\0';
        g_ptr_array_add(lines, g_strdup_printf("%s: %s", label, parts[i]));
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
    gboolean routine = strcmp(parts[0], "FUNCTION") == 0 || strcmp(parts[0], "PROCEDURE") == 0;
    g_autofree char *text = routine ? without_parameters(shown) : g_steal_pointer(&shown);
    add_lines(lines, thing, text);
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
    g_autofree char *all_rows = mysql_rows(url, facts), *rows = without_incidents(all_rows);
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
