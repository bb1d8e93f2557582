#include "support/project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *folder, *program, *settings_now;

static void remove_tree(const char *path)
{
    const char *argv[] = {"rm", "-rf", path, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

void project_start(void)
{
    const char *keep = g_getenv("MIGRATE_TEST_KEEP");
    folder = keep ? g_strdup(keep) : g_dir_make_tmp("migrate-pairs.XXXXXX", NULL);
    program = g_canonicalize_filename(g_getenv("MIGRATE") ? g_getenv("MIGRATE") : "build/migrate", NULL);
    g_unsetenv("DATABASE_URL");
    g_unsetenv("MIGRATE_CONFIG");
}

void project_end(void)
{
    if (!g_getenv("MIGRATE_TEST_KEEP"))
        remove_tree(folder);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&program, g_free);
    g_clear_pointer(&settings_now, g_free);
}

const char *project_folder(void)
{
    return folder;
}

void project_new(const char *model, const char *settings)
{
    g_autofree char *versions = g_build_filename(folder, "versions", NULL);
    remove_tree(versions);
    assert_int_equal(g_mkdir_with_parents(versions, 0700), 0);
    g_free(settings_now);
    settings_now = g_strdup(settings);
    project_use_model(model);
}

void project_use_model(const char *model)
{
    g_autofree char *config = g_build_filename(folder, "migrate.ini", NULL);
    g_autofree char *text = g_strdup_printf("[migrate]\nscript_location = %%(here)s\n"
                                            "models = %%(here)s/%s\n%s",
                                            model, settings_now);
    assert_true(g_file_set_contents(config, text, -1, NULL));
}

void project_write_model(const cJSON *model, const char *file)
{
    cJSON *copy = cJSON_Duplicate(model, TRUE);
    cJSON *table;
    cJSON_DeleteItemFromObject(copy, "dials");
    cJSON_ArrayForEach(table, cJSON_GetObjectItem(copy, "tables"))
    {
        cJSON_DeleteItemFromObject(table, "composite");
    }
    char *text = cJSON_Print(copy);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    free(text);
    cJSON_Delete(copy);
}

int project_run(char **output, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, program);
    for (; *arguments; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    g_autofree char *out = NULL, *err = NULL;
    int status = 0;
    g_autoptr(GError) error = NULL;
    if (!g_spawn_sync(folder, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error))
        fail_msg("%s", error->message);
    *output = g_strconcat(out, err, NULL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void project_expect(const char *label, int wanted, const char *what, const char *const *arguments)
{
    g_autofree char *output = NULL;
    int status = project_run(&output, arguments);
    if (status != wanted)
        fail_msg("%s: %s: exit %d instead of %d\n%s", label, what, status, wanted, output);
}

static void add_missing(GString *report, char sign, char **lines, char **others)
{
    for (guint i = 0; lines[i]; i++)
        if (!g_strv_contains((const char *const *)others, lines[i]))
            g_string_append_printf(report, "%c %s\n", sign, lines[i]);
}

char *project_difference(const char *wanted, const char *found)
{
    if (strcmp(wanted, found) == 0)
        return NULL;
    g_auto(GStrv) a = g_strsplit(wanted, "\n", -1);
    g_auto(GStrv) b = g_strsplit(found, "\n", -1);
    g_autoptr(GString) report = g_string_new(NULL);
    add_missing(report, '-', a, b);
    add_missing(report, '+', b, a);
    if (!report->len)
        g_string_append(report, "some line is there more often\n");
    return g_strdup(report->str);
}

void project_assert_same(const char *label, const char *what, const char *wanted, const char *found)
{
    g_autofree char *difference = project_difference(wanted, found);
    if (difference)
        fail_msg("%s: %s: the schema differs\n%s", label, what, difference);
}
