#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, closedir)

/* The files of all version locations. */
typedef struct Listing {
    const ScriptDirectory *directory;
    GPtrArray *files, *links; /* char*: paths; the links are files, too, and looked into at the end */
    GHashTable *seen;         /* char*: real paths of folders, and of what links lead to */
} Listing;

static void listing_clear(Listing *listing)
{
    g_ptr_array_unref(listing->files);
    g_ptr_array_unref(listing->links);
    g_hash_table_unref(listing->seen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

/* FALSE when the real path was seen before, or leads nowhere. */
static gboolean see(Listing *listing, const char *path)
{
    char *real = realpath(path, NULL);
    if (real != NULL && !g_hash_table_contains(listing->seen, real))
        return g_hash_table_add(listing->seen, real);
    free(real);
    return FALSE;
}

/* DT_DIR, DT_LNK, or something else. Not every file system says it while it lists. */
static int kind_of(const struct dirent *entry, const char *path)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN || lstat(path, &status) != 0)
        return entry->d_type;
    return S_ISDIR(status.st_mode) ? DT_DIR : S_ISLNK(status.st_mode) ? DT_LNK : DT_REG;
}

static gboolean is_revision_name(const char *name)
{
    return *name != '.' && (g_str_has_suffix(name, ".sql") || ops_file_is(name));
}

/* Adds the *.sql and *.json files of a folder, unless it was listed. Links to folders are not followed: they may lead
 * back. */
static gboolean list_files(Listing *listing, const char *folder, int depth, GError **error)
{
    const ScriptDirectory *directory = listing->directory;
    g_autoptr(DIR) dir = opendir(folder);
    if (dir == NULL) {
        if (errno == ENOENT && !directory->locations_given)
            return TRUE;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "version location '%s' cannot be read: %s", folder,
                    g_strerror(errno));
        return FALSE;
    }
    const struct dirent *entry = see(listing, folder) ? readdir(dir) : NULL;
    for (; entry != NULL; entry = readdir(dir)) {
        gboolean is_revision = is_revision_name(entry->d_name);
        if (*entry->d_name == '.' || (!is_revision && !directory->recursive))
            continue;
        g_autofree char *path = g_strconcat(folder, G_DIR_SEPARATOR_S, entry->d_name, NULL);
        int kind = kind_of(entry, path);
        if (is_revision && kind != DT_DIR)
            g_ptr_array_add(kind == DT_LNK ? listing->links : listing->files, g_steal_pointer(&path));
        else if (!is_revision && kind == DT_DIR && depth < FOLDER_DEPTH && !list_files(listing, path, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* Links to files that are listed themselves are left out, and all but the first to the same file. A link that leads
 * nowhere is kept, so that reading it says so. */
static void add_links(Listing *listing)
{
    g_ptr_array_sort(listing->links, compare_paths);
    for (guint i = 0; i < listing->links->len; i++) {
        const char *link = g_ptr_array_index(listing->links, i);
        char *real = realpath(link, NULL);
        g_autofree char *folder = real != NULL ? g_path_get_dirname(real) : NULL;
        g_autofree char *name = real != NULL ? g_path_get_basename(real) : NULL;
        gboolean is_listed = folder != NULL && g_hash_table_contains(listing->seen, folder) && is_revision_name(name);
        free(real);
        if (g_file_test(link, G_FILE_TEST_IS_DIR) || is_listed || (folder != NULL && !see(listing, link)))
            continue;
        g_ptr_array_add(listing->files, g_strdup(link));
    }
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
    g_auto(Listing) listing = {.directory = directory,
                               .files = g_ptr_array_new_with_free_func(g_free),
                               .links = g_ptr_array_new_with_free_func(g_free),
                               .seen = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL)};
    for (guint i = 0; i < directory->version_locations->len; i++)
        if (!list_files(&listing, g_ptr_array_index(directory->version_locations, i), 0, error))
            return NULL;
    add_links(&listing);
    g_ptr_array_sort(listing.files, compare_paths);
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (guint i = 0; i < listing.files->len; i++)
        if (!read_one(g_ptr_array_index(listing.files, i), revisions, error))
            return NULL;
    directory->map = revision_map_new(g_steal_pointer(&revisions), error);
    return directory->map;
}
