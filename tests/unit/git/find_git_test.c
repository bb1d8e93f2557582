#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "git/repository.h"
#include "support/git_answers.h"

static const char *const suffixes[] = {".sql", NULL};
static guint asked; /* how often contains() was */

static gboolean contains(const char *path, const char *bytes, gsize length, void *data)
{
    assert_true(g_str_has_suffix(path, ".sql"));
    assert_int_equal(bytes[length], '\0');
    asked++;
    return strstr(bytes, data) != NULL;
}

static FoundFile *find(Repository *repository, const char *blob, const char *hint, const char *text)
{
    g_autoptr(GError) error = NULL;
    asked = 0;
    FoundFile *file =
        repository_find_file(repository, blob, hint, suffixes, text ? contains : NULL, (void *)text, &error);
    if (error)
        fail_msg("%s", error->message);
    return file;
}

static void assert_found(const FoundFile *file, const char *path, const char *commit, const char *references)
{
    if (!file)
        fail_msg("'%s' was not found", path);
    assert_string_equal(file->path, path);
    assert_string_equal(file->commit ? file->commit->id : "none", commit ? commit : "none");
    g_autofree char *names = text_list(file->references, " ");
    assert_string_equal(names, references);
    assert_string_equal(file->bytes ? "bytes" : "none", "bytes");
    g_autofree char *id = file_blob_id(file->bytes, file->length);
    assert_string_equal(file->blob, id);
}

/* ---- by its id, against git ---- */

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What git says of the references that have a blob at their tip; else of those that contain a commit. */
static char *expected_references(const char *root, const FoundFile *file)
{
    g_auto(GStrv) references = git_lines(root, "for-each-ref --format='%%(refname:short)' refs/heads");
    g_autoptr(GPtrArray) having = g_ptr_array_new();
    for (guint i = 0; references[i]; i++) {
        g_autofree char *listed = git_says(root, "ls-tree -r %s", references[i]);
        if (strstr(listed, file->blob))
            g_ptr_array_add(having, references[i]);
    }
    assert_int_equal(file->at_tip, having->len > 0);
    if (having->len > 0)
        return text_list(having, " ");
    g_auto(GStrv) reaching =
        git_lines(root, "for-each-ref --format='%%(refname:short)' --contains %s refs/heads", file->commit->id);
    return g_strjoinv(" ", reaching);
}

static void check_blob(Repository *repository, const char *root, const char *blob)
{
    g_autoptr(FoundFile) file = find(repository, blob, NULL, NULL);
    assert_non_null(file);
    assert_string_equal(file->blob, blob);
    assert_non_null(file->commit);
    g_autofree char *has = git_says(root, "rev-parse %s:%s", file->commit->id, file->path);
    assert_string_equal(has, blob);
    g_autofree char *touched = git_says(root, "log -1 --format=%%H %s -- %s", file->commit->id, file->path);
    assert_string_equal(touched, file->commit->id);
    g_autofree char *expected = expected_references(root, file);
    g_ptr_array_sort(file->references, by_name);
    g_autofree char *names = text_list(file->references, " ");
    assert_string_equal(names, expected);
    g_autofree char *content = git_says(root, "cat-file blob %s", blob);
    assert_string_equal(g_strchomp(file->bytes), content);
}

static void every_blob_of_random_histories_is_found(void **state)
{
    (void)state;
    for (guint seed = 31; seed < 35; seed++) {
        g_autofree char *name = g_strdup_printf("random%u", seed);
        g_autoptr(GitFixture) fixture = git_tests_fixture(name);
        git_random_history(fixture, seed, 40);
        if (seed % 2)
            git_fixture_pack(fixture);
        g_autoptr(Repository) repository = git_tests_open(fixture->folder);
        g_auto(GStrv) blobs =
            git_lines(fixture->folder, "rev-list --objects --all --no-object-names --filter=object:type=blob "
                                       "--filter-provided-objects");
        assert_true(g_strv_length(blobs) >= 5);
        for (guint i = 0; blobs[i]; i++)
            check_blob(repository, fixture->folder, blobs[i]);
    }
}

/* ---- by hand ---- */

static void a_file_that_is_gone_is_found_in_history(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("gone");
    g_free(git_fixture_commit(fixture, "main", "a", "v/a.sql", "-- a", "v/notes.txt", "-- wanted, too", NULL));
    g_free(git_fixture_commit(fixture, "main", "brings", "v/wanted.sql", "-- wanted, early", NULL));
    g_autofree char *changes = git_fixture_commit(fixture, "main", "changes", "v/wanted.sql", "-- wanted", NULL);
    git_fixture_tag(fixture, "v1", "main", "with a message");
    g_free(git_fixture_commit(fixture, "main", "removes", "v/wanted.sql", NULL, NULL));
    git_fixture_branch(fixture, "later", "main");
    git_fixture_tag(fixture, "v0", "main~3", NULL);
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) tagged = find(repository, NULL, NULL, "wanted");
    assert_found(tagged, "v/wanted.sql", changes, "v1");
    assert_true(tagged->at_tip);

    assert_int_equal(git_tag_delete(fixture->git, "v1"), 0);
    g_autoptr(FoundFile) file = find(repository, NULL, NULL, "wanted");
    assert_found(file, "v/wanted.sql", changes, "later main");
    assert_false(file->at_tip);
    assert_int_equal(asked, 2); /* "-- a", and the newest of the file */
    g_autoptr(FoundFile) by_id = find(repository, file->blob, NULL, NULL);
    assert_found(by_id, "v/wanted.sql", changes, "later main");
    g_autoptr(FoundFile) early = find(repository, NULL, NULL, "early");
    assert_non_null(early);
    assert_null(find(repository, NULL, NULL, "nowhere"));
    assert_int_equal(asked, 3); /* each content once */
    assert_null(find(repository, "0123456789012345678901234567890123456789", NULL, NULL));
}

static void files_of_the_hint_come_first(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("hint");
    g_autofree char *id = git_fixture_commit(fixture, "main", "a", "a/copy.sql", "-- same", "a/z.sql", "-- same too",
                                             "v/z.sql", "-- same again", NULL);
    git_fixture_branch(fixture, "other", "main");
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) any = find(repository, NULL, NULL, "same");
    assert_found(any, "a/copy.sql", id, "main other");
    g_autoptr(FoundFile) name = find(repository, NULL, "z.sql", "same");
    assert_found(name, "a/z.sql", id, "main other");
    assert_int_equal(asked, 1);
    g_autoptr(FoundFile) path = find(repository, NULL, "v/z.sql", "same");
    assert_found(path, "v/z.sql", id, "main other");
    /* a blob that nothing has falls back to what matches */
    g_autoptr(FoundFile) edited = find(repository, "0123456789012345678901234567890123456789", "v/z.sql", "same");
    assert_found(edited, "v/z.sql", id, "main other");
}

static void what_no_commit_has_is_found_by_its_id(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("dangling"), other = git_tests_fixture("borrowing");
    g_free(git_fixture_commit(fixture, "main", "a", "v/a.sql", "-- a", NULL));
    g_free(git_fixture_commit(other, "main", "b", "v/b.sql", "-- b", NULL));
    git_oid id;
    assert_int_equal(git_blob_create_from_buffer(&id, fixture->git, "-- staged once", 14), 0);
    char blob[GIT_OID_HEXSZ + 1];
    git_oid_tostr(blob, sizeof(blob), &id);
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) file = find(repository, blob, "v/lost.sql", NULL);
    assert_found(file, "v/lost.sql", NULL, "");

    /* objects of another repository that this one borrows */
    g_autofree char *alternates = g_build_filename(other->folder, ".git/objects/info/alternates", NULL);
    g_autofree char *line = g_strdup_printf("%s/.git/objects\n", fixture->folder);
    assert_true(file_write(alternates, line, strlen(line), FILE_WRITE_REPLACE, NULL));
    g_autoptr(Repository) borrowing = git_tests_open(other->folder);
    g_autoptr(FoundFile) borrowed = find(borrowing, blob, NULL, NULL);
    assert_found(borrowed, "", NULL, "");
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length = 0;
    assert_true(repository_read_blob(borrowing, blob, &bytes, &length, &error));
    assert_string_equal(bytes, "-- staged once");
    g_clear_pointer(&bytes, g_free);
    assert_false(repository_read_blob(borrowing, "0123456789012345678901234567890123456789", &bytes, &length, &error));
    assert_true(g_error_matches(error, REPOSITORY_ERROR, REPOSITORY_ERROR_NOT_FOUND));
}

/* The loose object in place of another one's inflates, and is another one. */
static void what_was_exchanged_is_refused(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("damaged");
    g_autofree char *commit =
        git_fixture_commit(fixture, "main", "a", "v/a.sql", "-- good", "v/b.sql", "-- evil", NULL);
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FileTree) tree = repository_tree(repository, commit, NULL, NULL);
    g_autofree char *good_path = repository_absolute(repository, "v/a.sql");
    g_autofree char *evil_path = repository_absolute(repository, "v/b.sql");
    g_autofree char *good = file_tree_blob_id(tree, good_path), *evil = file_tree_blob_id(tree, evil_path);
    g_autofree char *to = g_strdup_printf("%s/.git/objects/%.2s/%s", fixture->folder, good, good + 2);
    g_autofree char *from = g_strdup_printf("%s/.git/objects/%.2s/%s", fixture->folder, evil, evil + 2);
    g_autofree char *object = NULL;
    gsize length = 0;
    assert_true(file_read(from, &object, &length, NULL));
    assert_int_equal(g_remove(to), 0);
    assert_true(file_write(to, object, length, FILE_WRITE_NEW, NULL));
    g_autoptr(Repository) again = git_tests_open(fixture->folder);
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    assert_false(repository_read_blob(again, good, &bytes, &length, &error));
    assert_true(g_error_matches(error, REPOSITORY_ERROR, REPOSITORY_ERROR_READ));
    assert_non_null(strstr(error->message, "damaged"));
}

static void what_head_was_at_is_found(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("detached");
    g_autofree char *first = git_fixture_commit(fixture, "main", "a", "v/a.sql", "-- a", NULL);
    git_fixture_checkout(fixture, first);
    g_autofree char *path = g_build_filename(fixture->folder, "v/lost.sql", NULL);
    assert_true(file_write(path, "-- lost", 7, FILE_WRITE_NEW, NULL));
    g_autofree char *lost = git_fixture_commit_all(fixture, "on no branch");
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) here = find(repository, NULL, "lost.sql", "lost");
    assert_found(here, "v/lost.sql", lost, "HEAD");
    assert_true(here->at_tip);
    git_fixture_checkout(fixture, "main");
    g_autoptr(Repository) again = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) file = find(again, NULL, "lost.sql", "lost");
    assert_found(file, "v/lost.sql", lost, "");
    assert_false(file->at_tip);
}

static void the_stash_is_looked_into(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("stashed");
    g_free(git_fixture_commit(fixture, "main", "a", "v/a.sql", "-- a", NULL));
    git_fixture_checkout(fixture, "main");
    g_autofree char *path = g_build_filename(fixture->folder, "v/a.sql", NULL);
    assert_true(file_write(path, "-- put away", 11, FILE_WRITE_REPLACE, NULL));
    git_signature *ada = NULL;
    git_oid id;
    assert_int_equal(git_signature_new(&ada, "Ada", "ada@example.org", 1767225700, 0), 0);
    assert_int_equal(git_stash_save(&id, fixture->git, ada, "later", 0), 0);
    git_signature_free(ada);
    char stash[GIT_OID_HEXSZ + 1];
    git_oid_tostr(stash, sizeof(stash), &id);
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    g_autoptr(FoundFile) file = find(repository, NULL, "a.sql", "put away");
    assert_found(file, "v/a.sql", stash, "stash");
}

static void assert_incomplete(Repository *repository, const char *blob, const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FoundFile) file =
        repository_find_file(repository, blob, "v/old.sql", suffixes, text ? contains : NULL, (void *)text, &error);
    assert_null(file);
    if (!g_error_matches(error, REPOSITORY_ERROR, REPOSITORY_ERROR_INCOMPLETE))
        fail_msg("%s", error ? error->message : "no error");
    if (!strstr(error->message, expected))
        fail_msg("'%s' is not in '%s'", expected, error->message);
}

static void what_a_clone_lacks_is_not_said_to_be_nowhere(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("whole");
    g_autofree char *brings = git_fixture_commit(fixture, "main", "a", "v/old.sql", "-- old", NULL);
    g_autofree char *blob = git_says(fixture->folder, "rev-parse %s:v/old.sql", brings);
    g_free(git_fixture_commit(fixture, "main", "b", "v/old.sql", NULL, "v/new.sql", "-- new", NULL));
    g_free(git_fixture_commit(fixture, "main", "c", "v/newer.sql", "-- newer", NULL));
    git_fixture_checkout(fixture, "main");
    g_autofree char *shallow = git_tests_path("shallow");
    git_fixture_free(git_fixture_clone_shallow(fixture->folder, shallow, 1, NULL));
    g_autoptr(Repository) repository = git_tests_open(shallow);
    assert_incomplete(repository, blob, "old", "git fetch --unshallow");
    assert_incomplete(repository, NULL, "old", "git fetch --unshallow");
    g_autoptr(FoundFile) there = find(repository, NULL, NULL, "newer");
    assert_non_null(there);

    g_autofree char *partial = git_tests_path("partial");
    git_fixture_free(git_fixture_clone_partial(fixture->folder, partial));
    g_autoptr(Repository) filtered = git_tests_open(partial);
    g_autofree char *show = g_strdup_printf("git show %.8s:v/old.sql", brings);
    assert_incomplete(filtered, blob, NULL, show);
    assert_incomplete(filtered, NULL, "old", "git fetch --refetch --no-filter");
}

static void nothing_is_found_before_the_first_commit(void **state)
{
    (void)state;
    g_autoptr(GitFixture) fixture = git_tests_fixture("unborn");
    g_autoptr(Repository) repository = git_tests_open(fixture->folder);
    assert_null(find(repository, NULL, "a.sql", "a"));
    assert_null(find(repository, "0123456789012345678901234567890123456789", "a.sql", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_blob_of_random_histories_is_found),
        cmocka_unit_test(a_file_that_is_gone_is_found_in_history),
        cmocka_unit_test(files_of_the_hint_come_first),
        cmocka_unit_test(what_no_commit_has_is_found_by_its_id),
        cmocka_unit_test(what_was_exchanged_is_refused),
        cmocka_unit_test(what_head_was_at_is_found),
        cmocka_unit_test(the_stash_is_looked_into),
        cmocka_unit_test(what_a_clone_lacks_is_not_said_to_be_nowhere),
        cmocka_unit_test(nothing_is_found_before_the_first_commit),
    };
    return cmocka_run_group_tests_name("git find", tests, git_tests_setup, git_tests_teardown);
}
