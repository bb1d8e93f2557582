#include <string.h>

#include "base/error.h"
#include "runtime/internal.h"

void found_revision_free(FoundRevision *found)
{
    if (found == NULL)
        return;
    char *texts[] = {found->name,  found->bytes, found->blob_id, found->place,  found->where,
                     found->bring, found->path,  found->commit,  found->author, found->date};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_clear_pointer(&found->references, g_ptr_array_unref);
    g_free(found);
}

void missing_revision_free(MissingRevision *missing)
{
    if (missing == NULL)
        return;
    g_free(missing->id);
    g_free(missing->message);
    g_free(missing->applied);
    g_free(missing->looked);
    g_free(missing->detail);
    g_free(missing);
}

void missing_file_free(MissingFile *file)
{
    if (file == NULL)
        return;
    found_revision_free(file->found);
    file_tree_free(file->tree);
    g_free(file->problem);
    g_free(file->looked);
    g_free(file);
}

/* ---- one file as a tree ---- */

/* Its name is no path, so whatever path is asked for is the file. */
typedef struct OneFile {
    FileTree tree;
    const FoundRevision *found;
} OneFile;

static FileKind one_kind(const FileTree *tree, const char *path)
{
    (void)tree;
    (void)path;
    return FILE_KIND_FILE;
}

static gboolean one_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error)
{
    const FoundRevision *found = ((const OneFile *)tree)->found;
    (void)path;
    (void)error;
    *bytes = g_malloc(found->length + 1);
    memcpy(*bytes, found->bytes, found->length);
    (*bytes)[found->length] = '\0';
    *length = found->length;
    return TRUE;
}

static GPtrArray *one_list(const FileTree *tree, const char *path, GError **error)
{
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "'%s' of %s is no folder", path, tree->name);
    return NULL;
}

static char *one_blob_id(const FileTree *tree, const char *path)
{
    (void)path;
    return g_strdup(((const OneFile *)tree)->found->blob_id);
}

static void one_free(FileTree *tree)
{
    g_free(tree);
}

static FileTree *one_file(const FoundRevision *found)
{
    static const FileTreeClass class = {one_kind, one_read, one_list, one_blob_id, one_free};
    OneFile *one = g_new0(OneFile, 1);
    one->tree = (FileTree){&class, g_strdup(""), g_strdup(found->name)};
    one->found = found;
    return &one->tree;
}

/* ---- finding ---- */

static FoundMatch match_of(const MigrationContext *context, const FoundRevision *found, const Revision *revision,
                           const HistoryRow *row)
{
    if (row == NULL || (row->blob_id == NULL && row->token_hash == NULL))
        return FOUND_UNRECORDED;
    if (g_strcmp0(row->blob_id, found->blob_id) == 0)
        return FOUND_SAME;
    if (row->token_hash == NULL || revision == NULL)
        return FOUND_OTHER;
    g_autofree char *hash = sections_hash(context->dialect, revision);
    return strcmp(hash, row->token_hash) == 0 ? FOUND_SAME_TOKENS : FOUND_OTHER;
}

static MissingFile *missing_file_new(MigrationContext *context, const char *id, const HistoryRow *row)
{
    MissingFile *file = g_new0(MissingFile, 1);
    if (context->finder.find == NULL)
        return file;
    file->found = context->finder.find(id, row != NULL ? row->blob_id : NULL, &file->looked, context->finder.data);
    const FoundRevision *found = file->found;
    if (found == NULL)
        return file;
    g_autoptr(GError) problem = NULL;
    g_autoptr(Revision) revision = revision_parse(found->name, found->bytes, found->length, &problem);
    if (revision == NULL)
        file->problem = g_strdup(problem->message);
    else if (strcmp(revision->id, id) != 0)
        file->problem = g_strdup_printf("%s holds revision '%s'", found->name, revision->id);
    file->match = match_of(context, found, revision, row);
    if (file->problem == NULL && file->match != FOUND_OTHER)
        file->tree = one_file(found);
    return file;
}

const MissingFile *missing_file_get(MigrationContext *context, const char *id, const HistoryRow *row)
{
    MissingFile *file = g_hash_table_lookup(context->missing_files, id);
    if (file == NULL) {
        file = missing_file_new(context, id, row);
        g_hash_table_insert(context->missing_files, g_strdup(id), file);
    }
    return file;
}

static void set_ids(GPtrArray *list, const char *ids)
{
    g_auto(GStrv) words = g_strsplit(ids, ", ", -1);
    g_ptr_array_set_size(list, 0);
    for (guint i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            g_ptr_array_add(list, g_strdup(words[i]));
}

Revision *missing_file_revision(const MissingFile *file, const HistoryRow *row)
{
    const FoundRevision *found = file->found;
    if (file->tree == NULL)
        return NULL;
    Revision *revision = revision_parse(found->name, found->bytes, found->length, NULL);
    g_return_val_if_fail(revision != NULL, NULL);
    revision->tree = file->tree;
    g_ptr_array_set_size(revision->branch_labels, 0);
    if (row != NULL) {
        set_ids(revision->down_revisions, row->revises);
        set_ids(revision->depends_on, row->depends_on);
    }
    return revision;
}

gboolean missing_file_has(const MigrationContext *context, const Revision *revision)
{
    const MissingFile *file = g_hash_table_lookup(context->missing_files, revision->id);
    return file != NULL && file->tree != NULL && file->tree == revision->tree;
}

/* ---- telling ---- */

/* What `detail` says behind "revision 'x' has no file here". */
static char *describe(const MissingRevision *missing, const MissingFile *file)
{
    g_autofree char *applied =
        missing->applied != NULL ? g_strdup_printf(" (%s)", missing->applied) : g_strdup(" and no row in the history");
    const char *also = missing->applied != NULL ? ": its way down is that of the history table" : "";
    if (file->found == NULL)
        return missing->applied != NULL ? g_strdup_printf(", only a row in the history table%s", applied)
                                        : g_strdup_printf("%s table", applied);
    const char *where = file->found->where;
    const char *table = missing->applied != NULL ? "" : " table";
    if (file->match == FOUND_OTHER)
        return g_strdup_printf("%s%s; its file %s says other statements than those applied, so that one is not used%s",
                               applied, table, where, also);
    if (file->problem != NULL)
        return g_strdup_printf("%s%s; its file %s cannot be used: %s%s", applied, table, where, file->problem, also);
    return g_strdup_printf("%s%s: it is %s", applied, table, where);
}

MissingRevision *missing_revision_new(MigrationContext *context, const char *id, const HistoryRow *row)
{
    const MissingFile *file = missing_file_get(context, id, row);
    MissingRevision *missing = g_new0(MissingRevision, 1);
    g_autoptr(Revision) revision = missing_file_revision(file, row);
    const char *message = row != NULL ? row->message : revision != NULL ? revision->message : NULL;
    missing->id = g_strdup(id);
    missing->message = g_strdup(message);
    missing->applied = row != NULL ? history_row_describe(row) : NULL;
    missing->match = file->match;
    missing->found = file->found;
    missing->looked = g_strdup(file->looked);
    g_autofree char *rest = describe(missing, file);
    missing->detail = g_strdup_printf("revision '%s' has no file here%s", id, rest);
    return missing;
}

char *missing_revision_advice(const MissingRevision *missing)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text,
                           "take down what these files lack and go to their heads: migrate switch (--dry-run prints "
                           "the plan)\n"
                           "or take it down: migrate downgrade %s-1",
                           missing->id);
    if (missing->found != NULL)
        g_string_append_printf(text, "\nor bring it here: %s", missing->found->bring);
    else if (missing->looked != NULL)
        g_string_append_printf(text, "\nor bring its file back: %s", missing->looked);
    else
        g_string_append_printf(text, "\nor bring its file back (git log --all --oneline -- '*%s*' finds it)",
                               missing->id);
    return g_strdup(text->str);
}
