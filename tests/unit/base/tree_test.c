/* Files of trees that are not on disk, on a tree that a table of paths makes up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/tree.h"

/* Path and content; a link's begins with "-> ". */
typedef struct TableTree {
    FileTree tree;
    const char *const (*files)[2];
} TableTree;

static const char *content_of(const FileTree *tree, const char *path)
{
    for (const char *const(*file)[2] = ((const TableTree *)tree)->files; (*file)[0] != NULL; file++)
        if (g_str_equal((*file)[0], path))
            return (*file)[1];
    return NULL;
}

static FileKind table_kind(const FileTree *tree, const char *path)
{
    const char *content = content_of(tree, path);
    if (content != NULL)
        return g_str_has_prefix(content, "-> ") ? FILE_KIND_LINK : FILE_KIND_FILE;
    g_autofree char *folder = g_strconcat(path, "/", NULL);
    for (const char *const(*file)[2] = ((const TableTree *)tree)->files; (*file)[0] != NULL; file++)
        if (*path == '\0' || g_str_has_prefix((*file)[0], folder))
            return FILE_KIND_FOLDER;
    return FILE_KIND_NONE;
}

static gboolean table_read(const FileTree *tree, const char *path, char **bytes, gsize *length, GError **error)
{
    const char *content = content_of(tree, path);
    if (!content) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "no file '%s'", path);
        return FALSE;
    }
    assert_true(error == NULL || *error == NULL);
    *bytes = g_strdup(g_str_has_prefix(content, "-> ") ? content + 3 : content);
    *length = strlen(*bytes);
    return TRUE;
}

static GPtrArray *table_list(const FileTree *tree, const char *path, GError **error)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)file_entry_free);
    gsize skip = *path == '\0' ? 0 : strlen(path) + 1;
    (void)error;
    for (const char *const(*file)[2] = ((const TableTree *)tree)->files; (*file)[0] != NULL; file++) {
        if (strlen((*file)[0]) < skip || strncmp((*file)[0], path, skip > 0 ? skip - 1 : 0) != 0)
            continue;
        const char *rest = (*file)[0] + skip, *slash = strchr(rest, '/');
        g_autofree char *name = slash != NULL ? g_strndup(rest, (gsize)(slash - rest)) : g_strdup(rest);
        gboolean known = FALSE;
        for (guint i = 0; i < entries->len; i++)
            known = known || g_str_equal(((const FileEntry *)entries->pdata[i])->name, name);
        if (known)
            continue;
        FileEntry *entry = g_new0(FileEntry, 1);
        g_autofree char *whole = skip > 0 ? g_build_filename(path, name, NULL) : g_strdup(name);
        entry->kind = table_kind(tree, whole);
        entry->name = g_steal_pointer(&name);
        g_ptr_array_add(entries, entry);
    }
    return entries;
}

static char *table_blob_id(const FileTree *tree, const char *path)
{
    const char *content = content_of(tree, path);
    return content != NULL ? file_blob_id(content, strlen(content)) : NULL;
}

static void table_free(FileTree *tree)
{
    g_free(tree);
}

static FileTree *table_tree(const char *root, const char *const (*files)[2])
{
    static const FileTreeClass class = {table_kind, table_read, table_list, table_blob_id, table_free};
    TableTree *tree = g_new0(TableTree, 1);
    tree->tree.class = &class;
    tree->tree.root = g_strdup(root);
    tree->tree.name = g_strdup("the table");
    tree->files = files;
    return &tree->tree;
}

static const char *const files[][2] = {
    {"db/migrate.ini", "[migrate]"},
    {"db/versions/b.sql", "two"},
    {"db/versions/a.sql", "one"},
    {"db/versions/.hidden.sql", "no"},
    {"db/versions/deep/c.sql", "three"},
    {"db/models/x.json", "{}"},
    {"old", "-> db/versions"},
    {"here.sql", "-> ./old/a.sql"},
    {"round", "-> round/again"},
    {"nowhere", "-> missing"},
    {NULL, NULL},
};

static void assert_reads(const FileTree *tree, const char *path, const char *expected)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    gboolean read = file_tree_read_text(tree, path, &text, &length, &error);
    assert_int_equal(read, expected != NULL);
    if (expected != NULL)
        assert_string_equal(text, expected);
    else
        assert_non_null(error);
}

static void test_files_of_a_tree_are_read(void **state)
{
    (void)state;
    g_autoptr(FileTree) tree = table_tree("/nowhere/at/all", files);
    assert_reads(tree, "/nowhere/at/all/db/versions/a.sql", "one");
    assert_reads(tree, "/nowhere/at/all/db/../db/./versions/a.sql", "one");
    assert_reads(tree, "/nowhere/at/all/db/versions", NULL);
    assert_reads(tree, "/nowhere/at/all/db/none.sql", NULL);
    assert_reads(tree, "/nowhere/at/alldb/versions/a.sql", NULL);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all"), FILE_KIND_FOLDER);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/db"), FILE_KIND_FOLDER);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/db/migrate.ini"), FILE_KIND_FILE);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/db/none"), FILE_KIND_NONE);
}

static void test_links_are_followed(void **state)
{
    (void)state;
    g_autoptr(FileTree) tree = table_tree("/nowhere/at/all", files);
    assert_reads(tree, "/nowhere/at/all/old/b.sql", "two");
    assert_reads(tree, "/nowhere/at/all/here.sql", "one");
    assert_reads(tree, "/nowhere/at/all/round", NULL);
    assert_reads(tree, "/nowhere/at/all/nowhere", NULL);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/old"), FILE_KIND_FOLDER);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/round"), FILE_KIND_LINK);
    assert_int_equal(file_tree_kind(tree, "/nowhere/at/all/nowhere"), FILE_KIND_LINK);
    g_autofree char *real = file_tree_real_path(tree, "/nowhere/at/all/here.sql");
    assert_string_equal(real, "/nowhere/at/all/db/versions/a.sql");
    assert_null(file_tree_real_path(tree, "/nowhere/at/all/nowhere"));
}

static void test_what_is_outside_is_on_disk(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("tree_test-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "x.sql", NULL), *link = g_strconcat(folder, "-link", NULL);
    assert_true(file_write(file, "on disk", 7, FILE_WRITE_NEW, NULL));
    g_autoptr(FileTree) tree = table_tree("/nowhere/at/all", files);
    assert_reads(tree, file, "on disk");
    assert_reads(NULL, file, "on disk");
    assert_null(file_tree_relative(tree, file));
    g_autofree char *id = file_tree_blob_id(tree, file), *expected = file_blob_id("on disk", 7);
    assert_string_equal(id, expected);
    /* The same folder by another name is the same folder. */
    g_autofree char *real = g_canonicalize_filename(folder, NULL);
    g_autoptr(FileTree) other = table_tree(real, files);
    assert_int_equal(symlink(real, link), 0);
    g_autofree char *through = g_build_filename(link, "db", "versions", "a.sql", NULL);
    assert_reads(other, through, "one");
    g_unlink(link);
    g_unlink(file);
    g_rmdir(folder);
}

static void assert_globs(const FileTree *tree, const char *pattern, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = file_tree_glob(tree, pattern, &error);
    assert_non_null(found);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               (const char *)found->pdata[i] + strlen("/nowhere/at/all/"));
    assert_string_equal(text->str, expected);
}

static void test_patterns_and_listings(void **state)
{
    (void)state;
    g_autoptr(FileTree) tree = table_tree("/nowhere/at/all", files);
    assert_globs(tree, "/nowhere/at/all/db/versions/*.sql", "db/versions/a.sql db/versions/b.sql");
    assert_globs(tree, "/nowhere/at/all/*/*/?.*",
                 "db/models/x.json db/versions/a.sql db/versions/b.sql old/deep/c.sql");
    assert_globs(tree, "/nowhere/at/all/db/none/*.sql", "");
    assert_globs(tree, "/nowhere/at/all/db/plain.json", "db/plain.json");
    g_autoptr(GPtrArray) entries = file_tree_list(tree, "/nowhere/at/all/db/versions", NULL);
    assert_int_equal(entries->len, 4);
    assert_string_equal(((const FileEntry *)entries->pdata[0])->name, ".hidden.sql");
    assert_int_equal(((const FileEntry *)entries->pdata[3])->kind, FILE_KIND_FOLDER);
    g_autoptr(GError) error = NULL;
    assert_null(file_tree_list(tree, "/nowhere/at/all/db/none", &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
    assert_non_null(strstr(error->message, "the table"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_of_a_tree_are_read),
        cmocka_unit_test(test_links_are_followed),
        cmocka_unit_test(test_what_is_outside_is_on_disk),
        cmocka_unit_test(test_patterns_and_listings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
