#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "script/internal.h"

enum { FOLDER_DEPTH = 32 }; /* of recursive version locations */

ScriptDirectory *script_directory_open(const ScriptDirectoryOptions *options, GError **error)
{
    if (file_tree_kind(options->tree, options->location) != FILE_KIND_FOLDER) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "script_location '%s' is no folder%s%s\n%s",
                    options->location, options->tree != NULL ? " in " : "",
                    options->tree != NULL ? options->tree->name : "",
                    options->tree != NULL ? "say where it was then: -x script_location=FOLDER"
                                          : "run 'migrate init' to make it, or correct migrate.ini");
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
    directory->tree = options->tree;
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

void script_directory_allow_gaps(ScriptDirectory *directory)
{
    directory->gaps = TRUE;
}

const GPtrArray *script_directory_version_locations(const ScriptDirectory *directory)
{
    return directory->version_locations;
}

/* ---- listing ---- */

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gint compare_entries(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const FileEntry *const *)a)->name, (*(const FileEntry *const *)b)->name);
}

/* The files of all version locations. */
typedef struct Listing {
    const ScriptDirectory *directory;
    GPtrArray *files;          /* FileEntry*, by their paths */
    GPtrArray *links;          /* char*: paths; they are files, too, and looked into at the end */
    GHashTable *seen;          /* char*: real paths of folders, and of what links lead to */
    gboolean missing_is_empty; /* folders that a tree does not have are no error */
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
    g_autofree char *real = file_tree_real_path(listing->directory->tree, path);
    return real != NULL && g_hash_table_add(listing->seen, g_steal_pointer(&real));
}

const char *const revision_suffixes[] = {".sql", ".json", NULL};

static gboolean is_revision_name(const char *name)
{
    for (const char *const *suffix = revision_suffixes; *name != '.' && *suffix; suffix++)
        if (g_str_has_suffix(name, *suffix))
            return TRUE;
    return FALSE;
}

/* Adds the *.sql and *.json files of a folder, unless it was listed. Links to folders are not followed: they may lead
 * back. */
static gboolean list_files(Listing *listing, const char *folder, int depth, GError **error)
{
    const ScriptDirectory *directory = listing->directory;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) entries = file_tree_list(directory->tree, folder, &problem);
    if (entries == NULL) {
        if (g_error_matches(problem, BASE_ERROR, BASE_ERROR_NOT_FOUND) &&
            (!directory->locations_given || listing->missing_is_empty) &&
            file_tree_kind(directory->tree, folder) == FILE_KIND_NONE)
            return TRUE;
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "version location: %s%s", problem->message,
                    g_error_matches(problem, BASE_ERROR, BASE_ERROR_NOT_FOUND)
                        ? "\ngit keeps no empty folder: make it, or correct version_locations"
                        : "");
        return FALSE;
    }
    gboolean is_new = see(listing, folder);
    for (guint i = 0; is_new && i < entries->len; i++) {
        FileEntry *entry = g_ptr_array_index(entries, i);
        gboolean is_revision = is_revision_name(entry->name), is_folder = entry->kind == FILE_KIND_FOLDER;
        if (*entry->name == '.' || is_revision == is_folder || (is_folder && !directory->recursive))
            continue;
        g_autofree char *path = g_strconcat(folder, G_DIR_SEPARATOR_S, entry->name, NULL);
        if (is_revision && entry->kind == FILE_KIND_LINK) {
            g_ptr_array_add(listing->links, g_steal_pointer(&path));
        } else if (is_revision) {
            g_free(entry->name);
            entry->name = g_steal_pointer(&path);
            g_ptr_array_add(listing->files, entry);
            g_ptr_array_index(entries, i) = NULL;
        } else if (depth < FOLDER_DEPTH && !list_files(listing, path, depth + 1, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Links to files that are listed themselves are left out, and all but the first to the same file. A link that leads
 * nowhere is kept, so that reading it says so. */
static void add_links(Listing *listing)
{
    const FileTree *tree = listing->directory->tree;
    g_ptr_array_sort(listing->links, compare_paths);
    for (guint i = 0; i < listing->links->len; i++) {
        const char *link = g_ptr_array_index(listing->links, i);
        g_autofree char *real = file_tree_real_path(tree, link);
        g_autofree char *folder = real != NULL ? g_path_get_dirname(real) : NULL;
        g_autofree char *name = real != NULL ? g_path_get_basename(real) : NULL;
        gboolean is_listed = folder != NULL && g_hash_table_contains(listing->seen, folder) && is_revision_name(name);
        if (file_tree_kind(tree, link) == FILE_KIND_FOLDER || is_listed || (folder != NULL && !see(listing, link)))
            continue;
        FileEntry *entry = g_new0(FileEntry, 1);
        entry->name = g_strdup(link);
        entry->kind = FILE_KIND_LINK;
        g_ptr_array_add(listing->files, entry);
    }
}

static GPtrArray *list_all(const ScriptDirectory *directory, gboolean missing_is_empty, GError **error)
{
    g_auto(Listing) listing = {.directory = directory,
                               .missing_is_empty = missing_is_empty,
                               .files = g_ptr_array_new_with_free_func((GDestroyNotify)file_entry_free),
                               .links = g_ptr_array_new_with_free_func(g_free),
                               .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    for (guint i = 0; i < directory->version_locations->len; i++)
        if (!list_files(&listing, g_ptr_array_index(directory->version_locations, i), 0, error))
            return NULL;
    add_links(&listing);
    g_ptr_array_sort(listing.files, compare_entries);
    return g_ptr_array_ref(listing.files);
}

GPtrArray *script_directory_files(const ScriptDirectory *directory, GError **error)
{
    return list_all(directory, directory->tree != NULL, error);
}

static gboolean read_one(const FileTree *tree, const char *path, GPtrArray *revisions, GError **error)
{
    gboolean foreign = FALSE;
    Revision *revision = revision_read_header_or_foreign(tree, path, &foreign, error);
    if (revision != NULL) {
        g_ptr_array_add(revisions, revision);
        return TRUE;
    }
    if (foreign && !ops_file_is(path))
        log_info("passed over '%s': it has no '-- Revision:' header and no '-- migrate:' marker", path);
    return foreign;
}

/* Without any, it is a name that is wrong. */
static gboolean has_location(const ScriptDirectory *directory)
{
    for (guint i = 0; i < directory->version_locations->len; i++)
        if (file_tree_kind(directory->tree, g_ptr_array_index(directory->version_locations, i)) == FILE_KIND_FOLDER)
            return TRUE;
    return FALSE;
}

GPtrArray *script_directory_read(const ScriptDirectory *directory, GPtrArray *mistakes, GError **error)
{
    g_autoptr(GPtrArray) files = list_all(directory, directory->gaps && has_location(directory), error);
    if (files == NULL)
        return NULL;
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (guint i = 0; i < files->len; i++) {
        GError *failure = NULL;
        if (read_one(directory->tree, ((const FileEntry *)g_ptr_array_index(files, i))->name, revisions, &failure))
            continue;
        if (mistakes == NULL) {
            g_propagate_error(error, failure);
            return NULL;
        }
        g_ptr_array_add(mistakes, g_strdup(failure->message));
        g_error_free(failure);
    }
    return g_steal_pointer(&revisions);
}

RevisionMap *script_directory_map(ScriptDirectory *directory, GError **error)
{
    if (directory->map != NULL)
        return directory->map;
    GPtrArray *revisions = script_directory_read(directory, NULL, error);
    directory->map = revisions != NULL ? revision_map_new(revisions, error) : NULL;
    return directory->map;
}
