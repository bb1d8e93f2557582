#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "script/alembic.h"
#include "script/internal.h"

/* A file that is to be written. */
typedef struct NewFile {
    const ForeignRevision *revision;
    char *path, *text;
    char *former; /* text of the file that it takes the place of, or NULL */
} NewFile;

static void new_file_free(NewFile *file)
{
    g_free(file->path);
    g_free(file->text);
    g_free(file->former);
    g_free(file);
}

static gboolean same_names(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; i < a->len; i++)
        if (!g_ptr_array_find_with_equal_func((GPtrArray *)b, g_ptr_array_index(a, i), g_str_equal, NULL))
            return FALSE;
    return a->len == b->len;
}

/* Nothing but markers, and SQL of elsewhere is stood for. */
static gboolean is_placeholder(const Revision *revision)
{
    gboolean imported = FALSE;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        imported = imported || section->imported != NULL;
        for (gsize k = 0; k < section->length; k++)
            if (!g_ascii_isspace(revision->text[section->start + k]))
                return FALSE;
    }
    return imported;
}

static gboolean brings_sql(const ForeignRevision *revision)
{
    for (guint i = 0; revision->sections != NULL && i < revision->sections->len; i++) {
        const NewSection *section = g_ptr_array_index(revision->sections, i);
        if (section->statements != NULL && section->statements->len > 0)
            return TRUE;
    }
    return FALSE;
}

/* Whether the revision is there already, and whether it may be filled now with what an earlier import had not. */
static gboolean is_there(const RevisionMap *map, const ForeignRevision *revision, Revision **there, gboolean *fill,
                         GError **error)
{
    Revision *old = revision_map_get(map, revision->id);
    *there = old;
    *fill = FALSE;
    if (old == NULL)
        return TRUE;
    if (same_names(old->down_revisions, revision->down_revisions)) {
        if (!brings_sql(revision) || !revision_load(old, error))
            return !brings_sql(revision);
        *fill = is_placeholder(old);
        return TRUE;
    }
    g_autofree char *here = text_list(old->down_revisions, ", "), *wanted = text_list(revision->down_revisions, ", ");
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_DUPLICATE,
                "revision '%s' is there already ('%s'), but revises '%s' there and '%s' in '%s'", revision->id,
                old->path, here, wanted, revision->path);
    return FALSE;
}

/* For the name of the file: what Alembic says, or now. */
static GDateTime *time_of(const ForeignRevision *revision)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    GDateTime *time = revision->created != NULL ? g_date_time_new_from_iso8601(revision->created, utc) : NULL;
    return time != NULL ? time : g_date_time_new_now(utc);
}

static NewFile *file_of(const ScriptDirectory *directory, const char *folder, const ForeignRevision *revision,
                        GError **error)
{
    g_autoptr(GDateTime) time = time_of(revision);
    g_autofree char *title = text_first_line(revision->message);
    g_autofree char *path = file_template_expand(directory, folder, revision->id, title, FALSE, time, error);
    if (path == NULL)
        return NULL;
    const RevisionText says = {.id = revision->id,
                               .message = revision->message,
                               .created = revision->created,
                               .down_revisions = revision->down_revisions,
                               .branch_labels = revision->branch_labels,
                               .depends_on = revision->depends_on,
                               .sections = revision->sections};
    g_autofree char *text = revision_text_write(&says, revision->path, error);
    if (text == NULL)
        return NULL;
    NewFile *file = g_new0(NewFile, 1);
    file->revision = revision;
    file->path = g_steal_pointer(&path);
    file->text = g_steal_pointer(&text);
    return file;
}

/* The old revisions and the new ones as one graph, the new ones under the names of their Python files. */
static gboolean check_graph(const RevisionMap *map, const GPtrArray *files, GError **error)
{
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    const GPtrArray *old = revision_map_all(map);
    g_autoptr(GHashTable) replaced = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < files->len; i++)
        g_hash_table_add(replaced, ((const NewFile *)g_ptr_array_index(files, i))->revision->id);
    for (guint i = 0; i < old->len; i++) {
        const Revision *known = g_ptr_array_index(old, i);
        if (g_hash_table_contains(replaced, known->id))
            continue;
        Revision *revision = revision_read_header(known->path, error);
        if (revision == NULL)
            return FALSE;
        g_ptr_array_add(revisions, revision);
    }
    for (guint i = 0; i < files->len; i++) {
        const NewFile *file = g_ptr_array_index(files, i);
        Revision *revision = revision_parse(file->revision->path, file->text, strlen(file->text), error);
        if (revision == NULL)
            return FALSE;
        g_ptr_array_add(revisions, revision);
    }
    g_autoptr(RevisionMap) whole = revision_map_new(g_steal_pointer(&revisions), error);
    return whole != NULL;
}

static gboolean check_paths(const GPtrArray *files, GError **error)
{
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < files->len; i++) {
        const NewFile *file = g_ptr_array_index(files, i);
        if (g_hash_table_add(paths, file->path) &&
            (file->former != NULL || !g_file_test(file->path, G_FILE_TEST_EXISTS)))
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_EXISTS,
                    "revision '%s' would be written over '%s': nothing was written\n"
                    "move that file away, or put %%(rev)s into file_template",
                    file->revision->id, file->path);
        return FALSE;
    }
    return TRUE;
}

static void take_back(const NewFile *file)
{
    if (file->former == NULL)
        g_unlink(file->path);
    else
        file_write(file->path, file->former, strlen(file->former), FILE_WRITE_REPLACE, NULL);
}

/* All or none. */
static gboolean write_files(const GPtrArray *files, GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        const NewFile *file = g_ptr_array_index(files, i);
        if (file_write(file->path, file->text, strlen(file->text),
                       file->former != NULL ? FILE_WRITE_REPLACE : FILE_WRITE_NEW, error))
            continue;
        while (i-- > 0)
            take_back(g_ptr_array_index(files, i));
        return FALSE;
    }
    return TRUE;
}

GPtrArray *script_directory_import(ScriptDirectory *directory, const GPtrArray *revisions, const char *version_path,
                                   GError **error)
{
    const RevisionMap *map = script_directory_map(directory, error);
    const char *folder = map != NULL ? script_directory_choose_folder(directory, version_path, NULL, error) : NULL;
    if (folder == NULL)
        return NULL;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)new_file_free);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < revisions->len; i++) {
        const ForeignRevision *revision = g_ptr_array_index(revisions, i);
        Revision *there;
        gboolean fill;
        if (!is_there(map, revision, &there, &fill, error))
            return NULL;
        gboolean wanted = there == NULL || fill;
        NewFile *file = wanted ? file_of(directory, folder, revision, error) : NULL;
        if (file == NULL && wanted)
            return NULL;
        if (file != NULL)
            g_ptr_array_add(files, file);
        if (fill) {
            g_free(file->path);
            file->path = g_strdup(there->path);
            file->former = g_strdup(there->text);
        }
        g_ptr_array_add(paths, file != NULL ? g_strdup(file->path) : NULL);
    }
    if (!check_graph(map, files, error) || !check_paths(files, error) || !write_files(files, error))
        return NULL;
    script_directory_forget_map(directory);
    return g_steal_pointer(&paths);
}
