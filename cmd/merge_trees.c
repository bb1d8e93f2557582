#include "merge_trees.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "repository.h"

/* What one content says. */
typedef struct Parsed {
    Revision *revision;
    char *problem;
    gboolean foreign;
} Parsed;

struct MergeReader {
    Invocation *invocation;
    Repository *repository;
    GHashTable *parsed; /* blob, with ".json" behind it for operations -> Parsed* */
};

static void parsed_free(Parsed *parsed)
{
    revision_free(parsed->revision);
    g_free(parsed->problem);
    g_free(parsed);
}

MergeReader *merge_reader_new(Invocation *invocation, Repository *repository)
{
    MergeReader *reader = g_new0(MergeReader, 1);
    reader->invocation = invocation;
    reader->repository = repository;
    reader->parsed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)parsed_free);
    return reader;
}

void merge_reader_free(MergeReader *reader)
{
    if (!reader)
        return;
    g_hash_table_unref(reader->parsed);
    g_free(reader);
}

void merge_side_free(MergeSide *side)
{
    if (!side)
        return;
    if (side->files)
        g_ptr_array_unref(side->files);
    if (side->links)
        g_hash_table_unref(side->links);
    script_directory_free(side->directory);
    file_tree_free(side->tree);
    g_free(side);
}

/* ---- listing ---- */

/* Relative to the root of the repository. New string. */
static char *relative_path(const FileTree *tree, gsize length, const char *path)
{
    if (strncmp(path, tree->root, length) == 0 && path[length] == '/')
        return g_strdup(path + length + 1);
    char *relative = file_tree_relative(tree, path);
    return relative ? relative : g_strdup(path);
}

static gboolean list_files(MergeSide *side, GError **error)
{
    g_autoptr(GPtrArray) entries = script_directory_files(side->directory, error);
    gsize root_length = strlen(side->tree->root);
    for (guint i = 0; entries && i < entries->len; i++) {
        FileEntry *entry = entries->pdata[i];
        char *relative = relative_path(side->tree, root_length, entry->name);
        if (entry->kind == FILE_KIND_LINK) {
            /* Of what it leads to; a link that leads nowhere is what it is. */
            entry->blob = file_tree_blob_id(side->tree, entry->name);
            g_hash_table_add(side->links, g_strdup(relative));
        }
        char *blob = entry->blob ? g_steal_pointer(&entry->blob) : g_strdup(relative);
        g_ptr_array_add(side->files, merge_file_new(relative, blob));
    }
    return entries != NULL;
}

MergeSide *merge_reader_list(MergeReader *reader, FileTree *tree, GError **error)
{
    g_autoptr(MergeSide) side = g_new0(MergeSide, 1);
    GError *failure = NULL;
    side->tree = tree;
    side->files = g_ptr_array_new_with_free_func((GDestroyNotify)merge_file_free);
    side->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    side->directory = script_directory_at(reader->invocation, tree, &failure);
    if (!side->directory && g_error_matches(failure, SCRIPT_ERROR, SCRIPT_ERROR_FILE)) {
        g_clear_error(&failure); /* from before there were revisions */
        return g_steal_pointer(&side);
    }
    if (failure) {
        g_propagate_prefixed_error(error, failure, "in %s: ", tree->name);
        return NULL;
    }
    return list_files(side, error) ? g_steal_pointer(&side) : NULL;
}

gboolean merge_side_equal(const MergeSide *a, const MergeSide *b)
{
    if (a->files->len != b->files->len)
        return FALSE;
    for (guint i = 0; i < a->files->len; i++) {
        const MergeFile *one = a->files->pdata[i], *other = b->files->pdata[i];
        if (strcmp(one->blob, other->blob) != 0 || strcmp(one->path, other->path) != 0)
            return FALSE;
    }
    return TRUE;
}

/* ---- reading ---- */

static gboolean read_bytes(const MergeSide *side, const char *path, char **bytes, gsize *length, GError **error)
{
    const FileTree *tree = side->tree;
    if (!g_path_is_absolute(path) && !g_hash_table_contains(side->links, path))
        return tree->class->read(tree, path, bytes, length, error);
    g_autofree char *absolute = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(tree->root, path, NULL);
    return file_tree_read(tree, absolute, bytes, length, error);
}

static Parsed *parse(const char *path, const char *bytes, gsize length, gboolean whole)
{
    Parsed *parsed = g_new0(Parsed, 1);
    g_autoptr(GError) problem = NULL;
    parsed->revision = revision_parse_header(path, bytes, length, &parsed->foreign, &problem);
    if (whole && parsed->revision) {
        Revision *all = revision_parse(path, bytes, length, &problem);
        revision_free(all);
    }
    parsed->problem = problem ? g_strdup(problem->message) : NULL;
    return parsed;
}

static const Parsed *read_file(MergeReader *reader, const MergeSide *side, const MergeFile *file, gboolean whole,
                               GError **error)
{
    g_autofree char *key = g_str_has_suffix(file->path, ".json") ? g_strconcat(file->blob, ".json", NULL) : NULL;
    Parsed *parsed = g_hash_table_lookup(reader->parsed, key ? key : file->blob);
    if (parsed)
        return parsed;
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!read_bytes(side, file->path, &bytes, &length, error))
        return NULL;
    parsed = parse(file->path, bytes, length, whole);
    g_hash_table_insert(reader->parsed, key ? g_steal_pointer(&key) : g_strdup(file->blob), parsed);
    return parsed;
}

gboolean merge_reader_read(MergeReader *reader, MergeSide *side, gboolean whole, GError **error)
{
    guint kept = 0;
    for (guint i = 0; i < side->files->len; i++) {
        MergeFile *file = side->files->pdata[i];
        const Parsed *parsed = read_file(reader, side, file, whole, error);
        if (!parsed)
            return FALSE;
        file->revision = parsed->revision;
        file->problem = g_strdup(parsed->problem);
        if (parsed->foreign)
            continue;
        side->files->pdata[i] = side->files->pdata[kept];
        side->files->pdata[kept++] = file;
    }
    g_ptr_array_set_size(side->files, (gint)kept);
    return TRUE;
}

/* NULL: the side has no such file. New memory with a NUL behind it. */
static char *merge_side_bytes(const MergeSide *side, const char *path, gsize *length)
{
    char *bytes = NULL;
    return read_bytes(side, path, &bytes, length, NULL) ? bytes : NULL;
}

/* ---- findings ---- */

gboolean merge_sides_compare(const MergeSide *theirs, const MergeFile *their_file, const MergeSide *merged,
                             const MergeFile *merged_file, guint *changes, GError **error)
{
    g_autofree char *before = NULL, *after = NULL;
    gsize before_length = 0, after_length = 0;
    *changes = 0;
    if (!read_bytes(theirs, their_file->path, &before, &before_length, error) ||
        !read_bytes(merged, merged_file->path, &after, &after_length, error))
        return FALSE;
    g_autoptr(Revision) new = revision_parse(merged_file->path, after, after_length, error);
    if (!new)
        return FALSE;
    g_autoptr(Revision) old = revision_parse(their_file->path, before, before_length, NULL);
    if (old) /* else it never ran, and what repairs it is no edit */
        *changes = revision_changes(old, new);
    return TRUE;
}

/* The first line in which two texts differ. */
static int first_difference(const char *a, const char *b)
{
    int line = 1;
    while (*a && *a == *b) {
        line += *a == '\n';
        a++, b++;
    }
    return line;
}

/* Of "FILE:LINE: what"; 0: there is none. */
static int line_of_problem(const char *problem, const char *path)
{
    gsize length = strlen(path);
    return strncmp(problem, path, length) == 0 && problem[length] == ':' ? atoi(problem + length + 1) : 0;
}

static gboolean merge_side_has(const MergeSide *side, const MergeFile *file)
{
    return side->tree->class->kind(side->tree, file->path) != FILE_KIND_NONE;
}

int merge_side_line(const MergeSide *side, const MergeFile *file, const char *header)
{
    gsize length = 0;
    g_autofree char *bytes = header ? merge_side_bytes(side, file->path, &length) : NULL;
    return bytes ? revision_header_line(file->path, bytes, length, header) : 1;
}

int merge_finding_line(const MergeFinding *finding, const MergeSide *theirs, const MergeSide *merged)
{
    const MergeFile *file = finding->file;
    if (!file || finding->is_gone)
        return 1;
    int line = line_of_problem(finding->message, file->path);
    if (line > 0)
        return line;
    if (finding->header || finding->kind != MERGE_FINDING_EDITED)
        return merge_side_line(merge_side_has(merged, file) ? merged : theirs, file, finding->header);
    gsize length = 0, other_length = 0;
    g_autofree char *bytes = merge_side_bytes(merged, file->path, &length);
    g_autofree char *other = merge_side_bytes(theirs, finding->other->path, &other_length);
    return bytes && other ? first_difference(bytes, other) : 1;
}
