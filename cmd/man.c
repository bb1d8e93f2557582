#include <string.h>

#include "base/config.h"
#include "help.h"

/* man(7) text: '-' as a real minus (it is pasted into shells), and no line may begin with a control character. */
static void roff(GString *page, const char *text)
{
    gboolean line_start = page->len == 0 || page->str[page->len - 1] == '\n';
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            g_string_append(page, "\\&");
        if (*text == '\\')
            g_string_append(page, "\\e");
        else if (*text == '-')
            g_string_append(page, "\\-");
        else
            g_string_append_c(page, *text);
        line_start = *text == '\n';
    }
}

static void roff_line(GString *page, const char *before, const char *text, const char *after)
{
    g_string_append(page, before);
    roff(page, text);
    g_string_append(page, after);
    g_string_append_c(page, '\n');
}

static void paragraphs(GString *page, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n\n", -1);
    for (guint i = 0; parts[i]; i++) {
        if (i > 0)
            g_string_append(page, ".PP\n");
        roff(page, parts[i]);
        g_string_append_c(page, '\n');
    }
}

static void header(GString *page, const char *name, const char *section, const char *summary)
{
    g_autofree char *title = g_ascii_strup(name, -1);
    g_string_append_printf(page,
                           ".\\\" Made from the command's declaration by 'make man'.\n.TH \"%s\" \"%s\" \"\" "
                           "\"migrate\" \"migrate\"\n.SH NAME\n",
                           title, section);
    roff(page, name);
    g_string_append(page, " \\- ");
    roff(page, summary);
    g_string_append_c(page, '\n');
}

static void option_list(GString *page, const char *heading, const OptionSpec *options)
{
    if (!options || !options->name)
        return;
    g_string_append_printf(page, ".SH \"%s\"\n", heading);
    for (; options->name; options++) {
        g_autofree char *usage = help_option_usage(options);
        roff_line(page, ".TP\n.B ", g_strstrip(usage), "");
        roff(page, options->summary);
        if (options->choices) {
            g_string_append(page, " (");
            roff(page, options->choices);
            g_string_append_c(page, ')');
        }
        g_string_append_c(page, '\n');
    }
}

static void examples(GString *page, const char *text)
{
    g_string_append(page, ".SH EXAMPLES\n.nf\n");
    roff(page, text);
    g_string_append(page, "\n.fi\n");
}

static void exit_statuses(GString *page, const char *found)
{
    g_string_append(page,
                    ".SH \"EXIT STATUS\"\n.TP\n.B 0\ndone, nothing wrong\n.TP\n.B 1\nfailed: the error says what, "
                    "where, what remains and what to do\n.TP\n.B 2\nwrong usage\n");
    if (found)
        roff_line(page, ".TP\n.B 3\n", found, "");
}

static void see_also(GString *page, const Command *command)
{
    g_string_append(page, ".SH \"SEE ALSO\"\n");
    if (command)
        g_string_append(page, ".BR migrate (1),\n");
    for (guint i = 0; !command && commands[i]; i++)
        g_string_append_printf(page, ".BR migrate\\-%s (1),\n", commands[i]->name);
    g_string_append(page, ".BR migrate.ini (5),\n.BR migrate\\-models (5),\n.BR migrate\\-revisions (5)\n");
}

static char *overview_page(void)
{
    GString *page = g_string_new(NULL);
    header(page, "migrate", "1",
           "schema migrations for SQLite, PostgreSQL, MySQL and MariaDB, with Alembic's workflow");
    g_string_append(page, ".SH SYNOPSIS\n");
    g_autofree char *synopsis = help_synopsis(NULL);
    roff_line(page, ".B ", synopsis, "");
    g_string_append(page, ".SH DESCRIPTION\n");
    paragraphs(
        page,
        "migrate compares a model of a database schema with the live database, writes the difference as versioned "
        "SQL files, and applies and takes back those files in transactions. Words and workflow are Alembic's.\n\n"
        "Every command finds migrate.ini in the current folder or a parent, unless --config or MIGRATE_CONFIG "
        "names one.\n\n"
        "A command's name may be cut to a unique prefix, and '-' and '_' in it are the same.");
    g_string_append(page, ".SH COMMANDS\n");
    for (guint i = 0; commands[i]; i++) {
        g_string_append_printf(page, ".TP\n.BR migrate\\-%s (1)\n", commands[i]->name);
        roff_line(page, "", commands[i]->summary, "");
    }
    option_list(page, "OPTIONS", global_options);
    exit_statuses(
        page,
        "done, and found something: differences, a database that is not at head; or somebody else holds the lock");
    g_string_append(page, ".SH ENVIRONMENT\n.TP\n.B MIGRATE_CONFIG\nthe migrate.ini to read\n.TP\n.B "
                          "MIGRATE_TEMPLATES\na folder of your own "
                          "templates, see migrate\\-init(1)\n.TP\n.B NO_COLOR\nwhen set, "
                          "no colours\n");
    see_also(page, NULL);
    return g_string_free(page, FALSE);
}

char *man_page(const Command *command)
{
    if (!command)
        return overview_page();
    GString *page = g_string_new(NULL);
    g_autofree char *name = g_strconcat("migrate-", command->name, NULL);
    header(page, name, "1", command->summary);
    g_autofree char *synopsis = help_synopsis(command);
    g_string_append(page, ".SH SYNOPSIS\n");
    roff_line(page, ".B ", synopsis, "");
    if (command->description) {
        g_string_append(page, ".SH DESCRIPTION\n");
        paragraphs(page, command->description);
    }
    if (command->arguments)
        g_string_append(page, ".SH ARGUMENTS\n");
    for (const ArgumentSpec *argument = command->arguments; argument && argument->name; argument++) {
        roff_line(page, ".TP\n.B ", argument->name, "");
        roff_line(page, "", argument->summary, "");
    }
    option_list(page, "OPTIONS", command->options);
    option_list(page, "OPTIONS FOR EVERY COMMAND", global_options);
    if (command->examples)
        examples(page, command->examples);
    exit_statuses(page, command->exits);
    see_also(page, command);
    return g_string_free(page, FALSE);
}

static const char *config_type_name(ConfigType type)
{
    switch (type) {
    case CONFIG_STRING:
        return "text";
    case CONFIG_LIST:
        return "list";
    case CONFIG_BOOLEAN:
        return "true or false";
    case CONFIG_INTEGER:
        return "whole number";
    case CONFIG_DURATION:
        return "duration";
    case CONFIG_CHOICE:
        return "one of";
    case CONFIG_PATH:
        return "path";
    case CONFIG_PATHS:
        return "paths";
    }
    return "";
}

char *man_config_keys(void)
{
    GString *page = g_string_new(NULL);
    const char *section = NULL;
    for (const ConfigKey *key = config_keys; key->name; key++) {
        if (g_strcmp0(section, key->section) != 0)
            g_string_append_printf(page, ".SH \"KEYS OF [%s]\"\n", key->section);
        section = key->section;
        roff_line(page, ".TP\n.B ", key->name, "");
        roff(page, key->summary);
        g_string_append_printf(page, "\n.br\nType: %s", config_type_name(key->type));
        if (key->choices) {
            g_string_append_c(page, ' ');
            roff(page, key->choices);
        }
        if (key->default_value) {
            g_string_append(page, ". Default: ");
            roff(page, key->default_value);
        }
        g_string_append_c(page, '\n');
    }
    return g_string_free(page, FALSE);
}
