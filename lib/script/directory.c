#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/log.h"
#include "script/internal.h"

enum { FOLDER_DEPTH = 32 }; /* of recursive version locations */

ScriptDirectory *script_directory_open(const ScriptDirectoryOptions *options, GError **error)
{
    if (!g_file_test(options->location, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE,
                    "script_location '%s' is no folder\nrun 'migrate init' to make it, or correct migrate.ini",
                    options->location);
        return NULL;
    }
    ScriptDirectory *directory = g_new0(ScriptDirectory, 1);
    directory->location = g_strdup(options->location);
    directory->version_locations = g_ptr_array_new_with_free_func(g_free);
    directory->locations_given = options->version_locations != NULL && options->version_locations->len > 0;
    for (guint i = 0; directory->locations_given && i < options->version_locations->len; i++)
        g_ptr_array_add(directory->version_locations,
                        g_canonicalize_filename(g_ptr_array_index(options->version_locations, i), NULL));
    if (!directory->locations_given)
        g_ptr_array_add(directory->version_locations, g_build_filename(options->location, "versions", NULL));
    directory->recursive = options->recursive;
    directory->file_template = g_strdup(options->file_template != NULL ? options->file_template : "%(rev)s_%(slug)s");
    directory->truncate_slug_length = options->truncate_slug_length > 0 ? options->truncate_slug_length : 40;
    directory->timezone = g_strdup(options->timezone);
    directory->outdated = g_ptr_array_new_with_free_func((GDestroyNotify)revision_map_free);
    return directory;
}

void script_directory_free(ScriptDirectory *directory)
{
    if (directory == NULL)
        return;
    g_free(directory->location);
    g_ptr_array_unref(directory->version_locations);
    g_free(directory->file_template);
    g_free(directory->timezone);
    revision_map_free(directory->map);
    g_ptr_array_unref(directory->outdated);
    g_free(directory);
}

const char *script_directory_location(const ScriptDirectory *directory)
{
    return directory->location;
}

void script_directory_forget_map(ScriptDirectory *directory)
{
    if (directory->map != NULL)
        g_ptr_array_add(directory->outdated, g_steal_pointer(&directory->map));
}

/* ---- listing ---- */

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds the *.sql and *.json files of a folder, each path once (`seen`). Links to folders are not followed: they may
 * lead back. */
static gboolean list_files(const ScriptDirectory *directory, const char *folder, int depth, GPtrArray *files,
                           GHashTable *seen, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &problem);
    if (dir == NULL) {
        if (g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT) && !directory->locations_given)
            return TRUE;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "version location '%s' cannot be read: %s", folder,
                    g_strerror(errno));
        return FALSE;
    }
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (*name == '.')
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_str_has_suffix(name, ".sql") || ops_file_is(name)) {
            if (!g_file_test(path, G_FILE_TEST_IS_DIR) && g_hash_table_add(seen, g_strdup(path)))
                g_ptr_array_add(files, g_strdup(path));
            continue;
        }
        struct stat status;
        if (directory->recursive && depth < FOLDER_DEPTH && lstat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
            !list_files(directory, path, depth + 1, files, seen, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_one(const char *path, GPtrArray *revisions, GError **error)
{
    gboolean foreign = FALSE;
    Revision *revision = revision_read_header_or_foreign(path, &foreign, error);
    if (revision != NULL) {
        g_ptr_array_add(revisions, revision);
        return TRUE;
    }
    if (foreign && !ops_file_is(path))
        log_info("passed over '%s': it has no '-- Revision:' header and no '-- migrate:' marker", path);
    return foreign;
}

RevisionMap *script_directory_map(ScriptDirectory *directory, GError **error)
{
    if (directory->map != NULL)
        return directory->map;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < directory->version_locations->len; i++)
        if (!list_files(directory, g_ptr_array_index(directory->version_locations, i), 0, files, seen, error))
            return NULL;
    g_ptr_array_sort(files, compare_paths);
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (guint i = 0; i < files->len; i++)
        if (!read_one(g_ptr_array_index(files, i), revisions, error))
            return NULL;
    directory->map = revision_map_new(g_steal_pointer(&revisions), error);
    return directory->map;
}
