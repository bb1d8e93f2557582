#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/ini.h"
#include "script/alembic.h"
#include "script/internal.h"

enum { FOLDER_DEPTH = 32 };

/* What is looked for. */
typedef struct Search {
    GPtrArray *revisions;   /* ForeignRevision* */
    GPtrArray *passed_over; /* char* */
    GHashTable *seen;       /* real paths */
    gboolean recursive;
} Search;

static const char *ini_value(const IniFile *ini, const char *key)
{
    for (guint i = 0; i < ini->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(ini->entries, i);
        if (strcmp(entry->section, "alembic") == 0 && strcmp(entry->key, key) == 0)
            return entry->value;
    }
    return NULL;
}

/* As seen from the current folder: this is what gets into files and messages. */
static char *shown_path(char *path)
{
    g_autofree char *here = g_get_current_dir();
    gsize length = strlen(here);
    if (strncmp(path, here, length) != 0 || path[length] != '/' || path[length + 1] == '\0')
        return path;
    char *shown = g_strdup(path + length + 1);
    g_free(path);
    return shown;
}

/* A path of alembic.ini: relative ones start at the file's folder, where alembic is run. New string. */
static char *ini_path(const char *ini_folder, const char *value)
{
    g_autoptr(GString) path = g_string_new(value);
    g_string_replace(path, "%(here)s", ini_folder, 0);
    g_string_replace(path, "%%", "%", 0);
    g_autofree char *text = g_strstrip(g_strdup(path->str));
    return g_canonicalize_filename(text, ini_folder);
}

/* version_locations of alembic.ini, split as path_separator (before 1.16: version_path_separator) says. */
static GPtrArray *ini_locations(const IniFile *ini, const char *ini_folder)
{
    g_autoptr(GPtrArray) locations = g_ptr_array_new_with_free_func(g_free);
    const char *value = ini_value(ini, "version_locations"), *set = ini_value(ini, "path_separator");
    if (set == NULL)
        set = ini_value(ini, "version_path_separator");
    /* Alembic's own template has a comment behind the word, which Alembic reads as one. */
    g_autofree char *separator = set != NULL ? g_strndup(set, strcspn(set, " \t#")) : NULL;
    const char *delimiters = separator == NULL                   ? ", \n"
                             : strcmp(separator, "os") == 0      ? ":"
                             : strcmp(separator, "space") == 0   ? " "
                             : strcmp(separator, "newline") == 0 ? "\n"
                                                                 : separator;
    g_auto(GStrv) words = g_strsplit_set(value != NULL ? value : "", delimiters, -1);
    for (guint i = 0; words[i] != NULL; i++)
        if (*g_strstrip(words[i]) != '\0')
            g_ptr_array_add(locations, shown_path(ini_path(ini_folder, words[i])));
    return g_steal_pointer(&locations);
}

/* The version locations that the alembic.ini in `ini_folder` says, when its script folder is `folder` or `folder` is
 * its own; empty when there is no such file, or it is about another folder. */
static GPtrArray *configured_locations(const char *ini_folder, const char *folder, gboolean *recursive)
{
    g_autofree char *path = g_build_filename(ini_folder, "alembic.ini", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!file_read_text(path, &text, &length, NULL))
        return g_ptr_array_new_with_free_func(g_free);
    g_autoptr(IniFile) ini = ini_read(text, length);
    const char *location = ini_value(ini, "script_location");
    g_autofree char *script_folder = location != NULL ? ini_path(ini_folder, location) : NULL;
    if (script_folder == NULL || (strcmp(script_folder, folder) != 0 && strcmp(ini_folder, folder) != 0))
        return g_ptr_array_new_with_free_func(g_free);
    const char *value = ini_value(ini, "recursive_version_locations");
    *recursive = value != NULL && g_ascii_strcasecmp(value, "true") == 0;
    GPtrArray *locations = ini_locations(ini, ini_folder);
    if (locations->len == 0)
        g_ptr_array_add(locations, shown_path(g_build_filename(script_folder, "versions", NULL)));
    return locations;
}

/* The folders of versions that `folder` stands for. */
static GPtrArray *find_locations(const char *folder, gboolean *recursive)
{
    g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
    g_autofree char *parent = g_path_get_dirname(absolute);
    g_autoptr(GPtrArray) locations = configured_locations(absolute, absolute, recursive);
    if (locations->len == 0) {
        g_ptr_array_unref(locations);
        locations = configured_locations(parent, absolute, recursive);
    }
    if (locations->len > 0)
        return g_steal_pointer(&locations);
    char *versions = g_build_filename(folder, "versions", NULL);
    gboolean is_script_folder = g_file_test(versions, G_FILE_TEST_IS_DIR);
    g_ptr_array_add(locations, is_script_folder ? versions : g_strdup(folder));
    if (!is_script_folder)
        g_free(versions);
    return g_steal_pointer(&locations);
}

static gboolean read_file(Search *search, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    GError *failure = NULL;
    if (!file_read_text(path, &text, &length, error))
        return FALSE;
    ForeignRevision *revision = alembic_parse(path, text, length, &failure);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (revision != NULL)
        g_ptr_array_add(search->revisions, revision);
    else
        g_ptr_array_add(search->passed_over, g_strdup(path));
    return TRUE;
}

static gboolean read_folder(Search *search, const char *folder, int depth, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "folder '%s' cannot be read: %s", folder, g_strerror(errno));
        return FALSE;
    }
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (*name == '.' || strcmp(name, "__pycache__") == 0)
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        gboolean is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
        if (is_folder && search->recursive && depth < FOLDER_DEPTH && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            if (!read_folder(search, path, depth + 1, error))
                return FALSE;
        } else if (!is_folder && g_str_has_suffix(name, ".py") && !g_str_has_prefix(name, "__init__")) {
            if (g_hash_table_add(search->seen, g_canonicalize_filename(path, NULL)) && !read_file(search, path, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gint compare_revisions(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const ForeignRevision *const *)a)->path, (*(const ForeignRevision *const *)b)->path);
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *alembic_read(const char *folder, GPtrArray **passed_over, GError **error)
{
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                    "'%s' is no folder: name Alembic's folder, or its folder of versions", folder);
        return NULL;
    }
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)foreign_revision_free);
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Search search = {.revisions = revisions, .passed_over = others, .seen = seen};
    g_autoptr(GPtrArray) locations = find_locations(folder, &search.recursive);
    for (guint i = 0; i < locations->len; i++)
        if (!read_folder(&search, g_ptr_array_index(locations, i), 0, error))
            return NULL;
    if (revisions->len == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no revision of Alembic in '%s'", folder);
        return NULL;
    }
    g_ptr_array_sort(revisions, compare_revisions);
    g_ptr_array_sort(others, compare_paths);
    *passed_over = g_steal_pointer(&others);
    return g_steal_pointer(&revisions);
}
