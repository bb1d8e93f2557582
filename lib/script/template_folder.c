/* Templates that a person keeps as folders. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "script/template_internal.h"

enum { FOLDER_DEPTH = 32 };

TemplateFile *template_file_new(const char *path, const char *text, gsize length)
{
    TemplateFile *file = g_new0(TemplateFile, 1);
    file->path = g_strdup(path);
    file->text = g_malloc(length + 1);
    memcpy(file->text, text, length);
    file->text[length] = '\0';
    file->length = length;
    return file;
}

void template_file_free(TemplateFile *file)
{
    if (file == NULL)
        return;
    g_free(file->path);
    g_free(file->text);
    g_free(file);
}

static gint compare_files(gconstpointer a, gconstpointer b)
{
    return strcmp((*(TemplateFile *const *)a)->path, (*(TemplateFile *const *)b)->path);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GDir *open_folder(const char *folder, GError **error)
{
    g_autoptr(GError) problem = NULL;
    GDir *dir = g_dir_open(folder, 0, &problem);
    if (dir == NULL)
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "folder of templates '%s' cannot be read: %s", folder,
                    g_strerror(errno));
    return dir;
}

static gboolean add_file(const char *path, const char *name, gboolean executable, GPtrArray *files, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!file_read(path, &text, &length, error))
        return FALSE;
    TemplateFile *file = template_file_new(name, text, length);
    file->executable = executable;
    g_ptr_array_add(files, file);
    return TRUE;
}

/* `below`: the path in the template, "" for its top. */
static gboolean add_folder(const char *folder, const char *below, int depth, GPtrArray *files, GError **error)
{
    if (depth > FOLDER_DEPTH) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "template '%s': folders are nested deeper than %d", folder,
                    FOLDER_DEPTH);
        return FALSE;
    }
    g_autoptr(GDir) dir = open_folder(folder, error);
    if (dir == NULL)
        return FALSE;
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (strcmp(name, ".git") == 0 || g_str_has_suffix(name, "~"))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *inside = g_build_filename(below, name, NULL);
        struct stat status;
        if (stat(path, &status) != 0) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "'%s' cannot be read: %s", path, g_strerror(errno));
            return FALSE;
        }
        if (S_ISDIR(status.st_mode) ? !add_folder(path, inside, depth + 1, files, error)
                                    : !add_file(path, inside, (status.st_mode & S_IXUSR) != 0, files, error))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *template_folder_read(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)template_file_free);
    if (!add_folder(folder, "", 0, files, error))
        return NULL;
    if (files->len == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "template '%s' holds no file", folder);
        return NULL;
    }
    g_ptr_array_sort(files, compare_files);
    return g_steal_pointer(&files);
}

char *template_folder_summary(const char *folder)
{
    static const char *const names[] = {"README", "README.md", "README.txt"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autofree char *text = NULL;
        gsize length = 0;
        if (!file_read_text(path, &text, &length, NULL))
            continue;
        g_autofree char *line = text_first_line(text + strspn(text, " \t\r\n#"));
        return g_strdup(g_strstrip(line));
    }
    return g_strdup("");
}

GPtrArray *template_folder_list(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = open_folder(folder, error);
    if (dir == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_DIR))
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, compare_names);
    return names;
}
