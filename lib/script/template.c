#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "embedded.h"
#include "script/internal.h"

/* A file that a template writes. `path` is below the script location, or below the project folder for the config. */
typedef struct TemplateFile {
    const char *path;
    const char *text;
    gsize length;
    gboolean in_project;
} TemplateFile;

#define EMBEDDED(name) embedded_templates_##name, sizeof embedded_templates_##name - 1

enum { TEMPLATE_GENERIC, TEMPLATE_SQL, TEMPLATE_COUNT };
enum { TEMPLATE_FILES = 4 };

static const Template templates[TEMPLATE_COUNT] = {
    [TEMPLATE_GENERIC] = {"generic", "SQL revisions, the model as models.json"},
    [TEMPLATE_SQL] = {"sql", "SQL revisions, the model as schema.sql"},
};
static const TemplateFile template_files[TEMPLATE_COUNT][TEMPLATE_FILES] = {
    [TEMPLATE_GENERIC] = {{"migrate.ini", EMBEDDED(common_migrate_ini), TRUE},
                          {"models.json", EMBEDDED(generic_models_json), FALSE},
                          {"README", EMBEDDED(common_README), FALSE},
                          {"versions/.gitkeep", EMBEDDED(common_gitkeep), FALSE}},
    [TEMPLATE_SQL] = {{"migrate.ini", EMBEDDED(common_migrate_ini), TRUE},
                      {"schema.sql", EMBEDDED(sql_schema_sql), FALSE},
                      {"README", EMBEDDED(common_README), FALSE},
                      {"versions/.gitkeep", EMBEDDED(common_gitkeep), FALSE}},
};
static const char *const template_models[TEMPLATE_COUNT] = {"models.json", "schema.sql"};

const Template *templates_list(guint *n)
{
    *n = TEMPLATE_COUNT;
    return templates;
}

static int find_template(const char *name, GError **error)
{
    const char *names[TEMPLATE_COUNT];
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        names[i] = templates[i].name;
        if (strcmp(name, names[i]) == 0)
            return i;
    }
    const char *near = text_nearest(name, names, TEMPLATE_COUNT);
    if (near != NULL)
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "no template '%s': did you mean '%s'", name, near);
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "no template '%s': 'migrate list_templates' shows what there is", name);
    return -1;
}

/* The URL as the config shall say it: the environment goes first, and a password never gets into a file. */
static char *config_url(const char *url)
{
    if (url == NULL)
        return g_strdup("${DATABASE_URL:-sqlite:///app.db}");
    if (g_regex_match_simple("^[^/]*://[^/@]*:[^/]*@", url, 0, 0))
        return g_strdup("${DATABASE_URL}");
    /* What is interpolated already, or would end the interpolation, stays as it is. */
    if (strstr(url, "${") != NULL || strchr(url, '}') != NULL)
        return g_strdup(url);
    return g_strdup_printf("${DATABASE_URL:-%s}", url);
}

static char *config_script_location(const char *location)
{
    if (g_path_is_absolute(location))
        return g_strdup(location);
    return strcmp(location, ".") == 0 ? g_strdup("%(here)s") : g_strdup_printf("%%(here)s/%s", location);
}

static char *expand_config(const TemplateFile *file, const char *model, const char *location, const char *url)
{
    g_autofree char *script_location = config_script_location(location);
    /* A list: a space would end the path. */
    const char *quote = strpbrk(location, " \t,") ? "\"" : "";
    g_autofree char *models = g_strdup_printf("%s%s/%s%s", quote, script_location, model, quote);
    g_autofree char *value = config_url(url);
    GString *text = g_string_new_len(file->text, (gssize)file->length);
    g_string_replace(text, "@SCRIPT_LOCATION@", script_location, 0);
    g_string_replace(text, "@MODELS@", models, 0);
    g_string_replace(text, "@URL@", value, 0);
    return g_string_free(text, FALSE);
}

static gboolean check_values(const char *location, const char *url, GError **error)
{
    if (*location == '\0' || strpbrk(location, "\r\n") != NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'%s' is no folder for migrations", location);
        return FALSE;
    }
    if (url != NULL && (*url == '\0' || strpbrk(url, "\r\n") != NULL)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'%s' is no database URL", url);
        return FALSE;
    }
    return TRUE;
}

static GPtrArray *choose_paths(int template, const char *folder, const char *location, GError **error)
{
    g_autofree char *script_folder = g_canonicalize_filename(location, folder);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < TEMPLATE_FILES; i++) {
        const TemplateFile *file = &template_files[template][i];
        char *path = g_build_filename(file->in_project ? folder : script_folder, file->path, NULL);
        g_ptr_array_add(paths, path);
        if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_EXISTS, "'%s' is there already: nothing was written", path);
            return NULL;
        }
    }
    return g_steal_pointer(&paths);
}

gboolean template_write(const char *name, const char *folder, const char *location, const char *url,
                        GPtrArray **written, GError **error)
{
    int template = find_template(name, error);
    if (template <0 || !check_values(location, url, error))
        return FALSE;
    g_autofree char *project = g_canonicalize_filename(folder, NULL);
    g_autoptr(GPtrArray) paths = choose_paths(template, project, location, error);
    if (paths == NULL)
        return FALSE;
    for (guint i = 0; i < paths->len; i++) {
        const TemplateFile *file = &template_files[template][i];
        g_autofree char *config =
            file->in_project ? expand_config(file, template_models[template], location, url) : NULL;
        const char *text = config != NULL ? config : file->text;
        gsize length = config != NULL ? strlen(config) : file->length;
        if (!file_write(g_ptr_array_index(paths, i), text, length, FILE_WRITE_NEW, error)) {
            while (i-- > 0)
                g_unlink(g_ptr_array_index(paths, i));
            return FALSE;
        }
    }
    *written = g_steal_pointer(&paths);
    return TRUE;
}
