#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "embedded.h"
#include "script/internal.h"
#include "script/template_internal.h"

#define MODEL_JSON "models.json"
#define MODEL_SQL "schema.sql"
#define EMBEDDED(name) embedded_templates_##name, sizeof embedded_templates_##name - 1

enum { TEMPLATE_GENERIC, TEMPLATE_SQL, TEMPLATE_OPS, TEMPLATE_COUNT };
enum { TEMPLATE_FILES = 4 };

/* generic stands first: it completes a person's own templates. */
static const struct {
    const char *name, *summary;
    const char *revision_format; /* a line of migrate.ini */
    struct {
        const char *path, *text;
        gsize length;
    } files[TEMPLATE_FILES];
} embedded[TEMPLATE_COUNT] = {
    [TEMPLATE_GENERIC] = {"generic",
                          "SQL revisions, the model as models.json",
                          ";revision_format = sql",
                          {{TEMPLATE_CONFIG, EMBEDDED(common_migrate_ini)},
                           {MODEL_JSON, EMBEDDED(generic_models_json)},
                           {"README", EMBEDDED(common_README)},
                           {"versions/.gitkeep", EMBEDDED(common_gitkeep)}}},
    [TEMPLATE_SQL] = {"sql",
                      "SQL revisions, the model as schema.sql",
                      ";revision_format = sql",
                      {{TEMPLATE_CONFIG, EMBEDDED(common_migrate_ini)},
                       {MODEL_SQL, EMBEDDED(sql_schema_sql)},
                       {"README", EMBEDDED(common_README)},
                       {"versions/.gitkeep", EMBEDDED(common_gitkeep)}}},
    [TEMPLATE_OPS] = {"ops",
                      "portable revisions as operations in JSON, the model as models.json",
                      "revision_format = ops",
                      {{TEMPLATE_CONFIG, EMBEDDED(common_migrate_ini)},
                       {MODEL_JSON, EMBEDDED(generic_models_json)},
                       {"README", EMBEDDED(ops_README)},
                       {"versions/.gitkeep", EMBEDDED(common_gitkeep)}}},
};

static int find_embedded(const char *name)
{
    for (int i = 0; i < TEMPLATE_COUNT; i++)
        if (strcmp(name, embedded[i].name) == 0)
            return i;
    return -1;
}

/* ---- which there are ---- */

static void template_free(Template *template)
{
    if (template == NULL)
        return;
    g_free(template->name);
    g_free(template->summary);
    g_free(template->folder);
    g_free(template);
}

GPtrArray *templates_list(const char *own, GError **error)
{
    g_autoptr(GPtrArray) names = own != NULL ? template_folder_list(own, error) : g_ptr_array_new();
    if (names == NULL)
        return NULL;
    GPtrArray *templates = g_ptr_array_new_with_free_func((GDestroyNotify)template_free);
    for (int i = 0; i < TEMPLATE_COUNT; i++) {
        if (g_ptr_array_find_with_equal_func(names, embedded[i].name, g_str_equal, NULL))
            continue;
        Template *template = g_new0(Template, 1);
        template->name = g_strdup(embedded[i].name);
        template->summary = g_strdup(embedded[i].summary);
        g_ptr_array_add(templates, template);
    }
    for (guint i = 0; i < names->len; i++) {
        Template *template = g_new0(Template, 1);
        template->name = g_strdup(g_ptr_array_index(names, i));
        template->folder = g_build_filename(own, template->name, NULL);
        template->summary = template_folder_summary(template->folder);
        g_ptr_array_add(templates, template);
    }
    return templates;
}

/* Alembic's templates that have no counterpart. */
static const struct {
    const char *name, *hint;
} alembic_templates[] = {
    {"async", "'generic' does, as no Python driver is used"},
    {"multidb", "'generic' does, with a section of migrate.ini for each database and -n SECTION"},
    {"pyproject", "'generic' does, settings are in migrate.ini"},
    {"pyproject_async", "'generic' does, settings are in migrate.ini"},
};

static void unknown_template(const char *name, const GPtrArray *templates, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(alembic_templates); i++)
        if (strcmp(alembic_templates[i].name, name) == 0) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "no template '%s': %s", name, alembic_templates[i].hint);
            return;
        }
    for (guint i = 0; i < templates->len; i++)
        g_ptr_array_add(names, ((const Template *)g_ptr_array_index(templates, i))->name);
    const char *near = text_nearest(name, (const char *const *)names->pdata, (gssize)names->len);
    if (near != NULL)
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "no template '%s': did you mean '%s'", name, near);
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                    "no template '%s': 'migrate list_templates' shows what there is, and a path needs a '/', './%s'",
                    name, name);
}

static gboolean is_path(const char *name)
{
    return strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The folder of a person's own template (new string), or its number among the embedded ones. */
static gboolean find_template(const NewProject *project, char **folder, int *number, GError **error)
{
    *folder = NULL;
    if (is_path(project->template)) {
        *folder = g_canonicalize_filename(project->template, NULL);
        return TRUE;
    }
    g_autoptr(GPtrArray) templates = templates_list(project->own, error);
    if (templates == NULL)
        return FALSE;
    for (guint i = 0; i < templates->len; i++) {
        const Template *template = g_ptr_array_index(templates, i);
        if (strcmp(template->name, project->template) != 0)
            continue;
        *folder = template->folder != NULL ? g_canonicalize_filename(template->folder, NULL) : NULL;
        *number = find_embedded(project->template);
        return TRUE;
    }
    unknown_template(project->template, templates, error);
    return FALSE;
}

/* ---- its files ---- */

static TemplateFile *find_file(const GPtrArray *files, const char *path)
{
    for (guint i = 0; i < files->len; i++)
        if (strcmp(((TemplateFile *)g_ptr_array_index(files, i))->path, path) == 0)
            return g_ptr_array_index(files, i);
    return NULL;
}

static void add_embedded(GPtrArray *files, int number, const char *path)
{
    for (int i = 0; i < TEMPLATE_FILES; i++)
        if (path == NULL || strcmp(embedded[number].files[i].path, path) == 0)
            g_ptr_array_add(files, template_file_new(embedded[number].files[i].path, embedded[number].files[i].text,
                                                     embedded[number].files[i].length));
}

static const char *model_of(const GPtrArray *files)
{
    return find_file(files, MODEL_JSON) == NULL && find_file(files, MODEL_SQL) != NULL ? MODEL_SQL : MODEL_JSON;
}

static void complete(GPtrArray *files)
{
    gboolean has_config = find_file(files, TEMPLATE_CONFIG) != NULL, has_versions = FALSE;
    for (guint i = 0; i < files->len; i++)
        has_versions |= g_str_has_prefix(((TemplateFile *)g_ptr_array_index(files, i))->path, "versions/");
    if (!has_config && find_file(files, model_of(files)) == NULL)
        add_embedded(files, TEMPLATE_GENERIC, MODEL_JSON);
    if (!has_config)
        add_embedded(files, TEMPLATE_GENERIC, TEMPLATE_CONFIG);
    if (!has_versions)
        add_embedded(files, TEMPLATE_GENERIC, "versions/.gitkeep");
}

/* The files of a folder that the project lies in would be the project. */
static GPtrArray *read_own(const char *folder, const char *project, GError **error)
{
    g_autofree char *below = g_strconcat(folder, "/", NULL);
    if (strcmp(project, folder) == 0 || g_str_has_prefix(project, below)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "folder '%s' is no template: the project lies in it", folder);
        return NULL;
    }
    GPtrArray *files = template_folder_read(folder, error);
    if (files != NULL)
        complete(files);
    return files;
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

/* What is filled in. */
typedef struct Places {
    char *script_location, *models, *url;
    const char *revision_format;
} Places;

static void places_clear(Places *places)
{
    g_free(places->script_location);
    g_free(places->models);
    g_free(places->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Places, places_clear)

/* A line of migrate.ini: a template that brings the skeleton of operations alone wants them. */
static const char *revision_format(const GPtrArray *files, int number)
{
    gboolean ops = find_file(files, SKELETON_OPS) != NULL && find_file(files, SKELETON_SQL) == NULL;
    return embedded[ops ? TEMPLATE_OPS : number].revision_format;
}

static void places_init(Places *places, const NewProject *project, const GPtrArray *files, int number)
{
    /* A list: a space would end the path. */
    const char *quote = strpbrk(project->location, " \t,") ? "\"" : "";
    places->script_location = config_script_location(project->location);
    places->models = g_strdup_printf("%s%s/%s%s", quote, places->script_location, model_of(files), quote);
    places->url = config_url(project->url);
    places->revision_format = revision_format(files, number);
}

static gboolean fill_in(TemplateFile *file, const Places *places, GError **error)
{
    static const char *const names[] = {"@SCRIPT_LOCATION@", "@MODELS@", "@URL@", "@REVISION_FORMAT@"};
    const char *const values[] = {places->script_location, places->models, places->url, places->revision_format};
    if (memchr(file->text, '\0', file->length) != NULL || memchr(file->text, '@', file->length) == NULL)
        return TRUE;
    GString *text = g_string_new_len(file->text, (gssize)file->length);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_string_replace(text, names[i], values[i], 0);
    g_free(file->text);
    file->length = text->len;
    file->text = g_string_free(text, FALSE);
    if (strcmp(file->path, TEMPLATE_CONFIG) != 0)
        return TRUE;
    g_autoptr(GRegex) place = g_regex_new("@[A-Z_]+@", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) left = NULL;
    if (!g_regex_match(place, file->text, 0, &left))
        return TRUE;
    g_autofree char *word = g_match_info_fetch(left, 0);
    const char *near = text_nearest(word, names, G_N_ELEMENTS(names));
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "the template's " TEMPLATE_CONFIG ": unknown placeholder '%s'%s%s%s", word,
                near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
    return FALSE;
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

static GPtrArray *choose_paths(const GPtrArray *files, const char *folder, const char *location, GError **error)
{
    g_autofree char *script_folder = g_canonicalize_filename(location, folder);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < files->len; i++) {
        const TemplateFile *file = g_ptr_array_index(files, i);
        gboolean in_project = strcmp(file->path, TEMPLATE_CONFIG) == 0;
        char *path = g_build_filename(in_project ? folder : script_folder, file->path, NULL);
        g_ptr_array_add(paths, path);
        if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_EXISTS, "'%s' is there already: nothing was written", path);
            return NULL;
        }
    }
    return g_steal_pointer(&paths);
}

static gboolean write_file(const TemplateFile *file, const char *path, GError **error)
{
    struct stat status;
    if (!file_write(path, file->text, file->length, FILE_WRITE_NEW, error))
        return FALSE;
    /* Who may read it may run it. */
    if (file->executable && stat(path, &status) == 0)
        (void)g_chmod(path, (int)((status.st_mode & 0777) | ((status.st_mode & 0444) >> 2)));
    return TRUE;
}

static gboolean write_files(const GPtrArray *files, const GPtrArray *paths, GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        if (write_file(g_ptr_array_index(files, i), g_ptr_array_index(paths, i), error))
            continue;
        while (i-- > 0)
            g_unlink(g_ptr_array_index(paths, i));
        return FALSE;
    }
    return TRUE;
}

gboolean template_write(const NewProject *project, GPtrArray **written, GError **error)
{
    g_autofree char *folder = g_canonicalize_filename(project->folder, NULL);
    g_autofree char *own = NULL;
    int number = TEMPLATE_GENERIC;
    if (!find_template(project, &own, &number, error) || !check_values(project->location, project->url, error))
        return FALSE;
    g_autoptr(GPtrArray) files = NULL;
    if (own != NULL) {
        files = read_own(own, folder, error);
        number = TEMPLATE_GENERIC;
    } else {
        files = g_ptr_array_new_with_free_func((GDestroyNotify)template_file_free);
        add_embedded(files, number, NULL);
    }
    g_autoptr(GPtrArray) paths = files != NULL ? choose_paths(files, folder, project->location, error) : NULL;
    if (paths == NULL)
        return FALSE;
    g_auto(Places) places = {0};
    places_init(&places, project, files, number);
    for (guint i = 0; i < files->len; i++)
        if (!fill_in(g_ptr_array_index(files, i), &places, error))
            return FALSE;
    if (!write_files(files, paths, error))
        return FALSE;
    *written = g_steal_pointer(&paths);
    return TRUE;
}
