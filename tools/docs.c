/*
 * Writes or checks what is made from the commands' declarations: `docs write ROOT`, `docs check ROOT`.
 * man/migrate.1, man/migrate-NAME.1, the keys in man/migrate.ini.5 (from man/migrate.ini.5.in), the README's table.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "help.h"

static gboolean writing;
static guint differences;

static void put(const char *root, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    g_autofree char *present = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (file_read(path, &present, &length, NULL) && strcmp(present, text) == 0)
        return;
    if (!writing) {
        fprintf(stderr, "%s is not what the declarations say: run 'make man'\n", path);
        differences++;
    } else if (!file_write(path, text, strlen(text), FILE_WRITE_REPLACE, &error)) {
        fprintf(stderr, "%s\n", error->message);
        differences++;
    }
}

static char *read_source(const char *root, const char *name)
{
    g_autofree char *path = g_build_filename(root, name, NULL);
    char *text = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!file_read(path, &text, &length, &error)) {
        fprintf(stderr, "%s\n", error->message);
        differences++;
    }
    return text;
}

/* The text with everything between two marker lines replaced. New string; NULL when the markers are not there. */
static char *replace_between(const char *text, const char *from, const char *to, const char *replacement)
{
    const char *start = strstr(text, from);
    const char *end = start ? strstr(start, to) : NULL;
    if (!end)
        return NULL;
    start += strlen(from);
    g_autofree char *before = g_strndup(text, (gsize)(start - text));
    return g_strconcat(before, replacement, end, NULL);
}

static void put_readme(const char *root)
{
    g_autofree char *readme = read_source(root, "README.md");
    if (!readme)
        return;
    g_autoptr(GString) table = g_string_new("\n| command | what it does |\n|---|---|\n");
    for (guint i = 0; commands[i]; i++)
        g_string_append_printf(table, "| `%s` | %s |\n", commands[i]->name, commands[i]->summary);
    g_autofree char *text = replace_between(readme, "<!-- commands -->", "<!-- /commands -->", table->str);
    if (text) {
        put(root, "README.md", text);
    } else {
        fprintf(stderr, "README.md has no <!-- commands --> … <!-- /commands -->\n");
        differences++;
    }
}

static void put_config_page(const char *root)
{
    g_autofree char *source = read_source(root, "man/migrate.ini.5.in");
    if (!source)
        return;
    g_autofree char *keys = man_config_keys();
    g_auto(GStrv) parts = g_strsplit(source, "@KEYS@\n", 2);
    g_autofree char *page = g_strconcat(parts[0], keys, parts[0] ? parts[1] : "", NULL);
    put(root, "man/migrate.ini.5", page);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: docs write|check ROOT\n", stderr);
        return 2;
    }
    writing = strcmp(argv[1], "write") == 0;
    g_autofree char *overview = man_page(NULL);
    put(argv[2], "man/migrate.1", overview);
    for (guint i = 0; commands[i]; i++) {
        g_autofree char *name = g_strdup_printf("man/migrate-%s.1", commands[i]->name);
        g_autofree char *page = man_page(commands[i]);
        put(argv[2], name, page);
    }
    put_config_page(argv[2]);
    put_readme(argv[2]);
    return differences ? 1 : 0;
}
