#include <glib/gstdio.h>
#include <unistd.h>

#include "unit/script/graph.h"

static Revision *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse("x.sql", text, strlen(text), &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return revision;
}

/* Parsing must fail, with these words in the message. */
static void refuse(const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_parse("x.sql", text, strlen(text), &error);
    assert_null(revision);
    assert_non_null(error);
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error->message);
    assert_true(g_error_matches(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE));
}

static char *section_text(const Revision *revision, guint index)
{
    const Section *section = g_ptr_array_index(revision->sections, index);
    return g_strndup(revision->text + section->start, section->length);
}

static void test_example(void **state)
{
    (void)state;
    g_autoptr(Revision) revision = parse("-- Message: add order status\n"
                                         "-- Revision: 3f2a9c1b7d04\n"
                                         "-- Revises: 1975ea83b712\n"
                                         "-- Branch-Labels: billing\n"
                                         "-- Depends-On: 0aa1bb2cc3dd\n"
                                         "-- Created: 2026-11-21T08:15:00Z\n"
                                         "\n"
                                         "-- migrate:up\n"
                                         "ALTER TABLE orders ADD COLUMN status VARCHAR(20);\n"
                                         "\n"
                                         "-- migrate:up transaction:false dialect:postgresql\n"
                                         "CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status);\n"
                                         "\n"
                                         "-- migrate:down\n"
                                         "ALTER TABLE orders DROP COLUMN status;\n");
    assert_string_equal(revision->id, "3f2a9c1b7d04");
    assert_string_equal(revision->message, "add order status");
    assert_string_equal(revision->created, "2026-11-21T08:15:00Z");
    assert_int_equal(revision->down_revisions->len, 1);
    assert_string_equal(g_ptr_array_index(revision->down_revisions, 0), "1975ea83b712");
    assert_string_equal(g_ptr_array_index(revision->branch_labels, 0), "billing");
    assert_string_equal(g_ptr_array_index(revision->depends_on, 0), "0aa1bb2cc3dd");
    assert_int_equal(revision->sections->len, 3);
    const Section *first = g_ptr_array_index(revision->sections, 0);
    assert_true(first->up && first->transactional && !first->foreign_keys_off);
    assert_int_equal(first->marker_line, 8);
    assert_int_equal(first->line, 9);
    assert_int_equal(first->dialects->len, 0);
    const Section *second = g_ptr_array_index(revision->sections, 1);
    assert_true(second->up && !second->transactional);
    assert_string_equal(g_ptr_array_index(second->dialects, 0), "postgresql");
    g_autofree char *text = section_text(revision, 0);
    assert_string_equal(text, "ALTER TABLE orders ADD COLUMN status VARCHAR(20);\n\n");
    g_autofree char *down = revision_down_text(revision);
    assert_string_equal(down, "-- migrate:down\nALTER TABLE orders DROP COLUMN status;\n");
}

static void test_header_forms(void **state)
{
    (void)state;
    g_autoptr(Revision) revision = parse("/* licence:\n   free */ -- a comment\n"
                                         "--REVISION:abc\n"
                                         "  --  message: one\n"
                                         "-- Note: a plain comment\n"
                                         "-- Message: two: three\n"
                                         "-- revises:\n"
                                         "-- depends-on: x1 , billing-v2,\n"
                                         "--migrate:up\n");
    assert_string_equal(revision->id, "abc");
    assert_string_equal(revision->message, "one\ntwo: three");
    assert_true(revision_is_base(revision));
    assert_int_equal(revision->depends_on->len, 2);
    assert_string_equal(g_ptr_array_index(revision->depends_on, 1), "billing-v2");
    g_autoptr(Revision) merge = parse("-- Revision: m\n-- Revises: a, b\n-- migrate:down");
    assert_true(revision_is_merge(merge));
    assert_string_equal(merge->message, "");
    g_autofree char *down = revision_down_text(merge);
    assert_string_equal(down, "-- migrate:down");
}

static void test_words_like_keys(void **state)
{
    (void)state;
    g_autoptr(Revision) revision = parse("-- Version: 3\n-- Message: m\n-- Revision: abc\n-- Reviewer: Bob\n"
                                         "-- Revises: ab\n-- Created: now\n-- Created-By: Ann\n-- migrate:up\n");
    assert_string_equal(revision->created, "now");
    assert_int_equal(revision->down_revisions->len, 1);
    refuse("-- Revision: abc\n-- Revise: ab\n-- migrate:up\n", "x.sql:2: unknown header 'Revise:': did you mean");
}

static void test_bom_crlf_and_missing_final_newline(void **state)
{
    (void)state;
    g_autoptr(Revision) revision = parse("\xEF\xBB\xBF-- Revision: abc\r\n-- Message: m\r\n\r\n-- migrate:up\r\n"
                                         "SELECT 1;\r\n-- migrate:down irreversible:\"a \\\"b\\\" \\\\ c\"");
    assert_string_equal(revision->id, "abc");
    assert_string_equal(revision->message, "m");
    assert_int_equal(revision->text[0], '-');
    g_autofree char *up = section_text(revision, 0);
    assert_string_equal(up, "SELECT 1;\r\n");
    const Section *down = g_ptr_array_index(revision->sections, 1);
    assert_string_equal(down->irreversible, "a \"b\" \\ c");
    assert_int_equal(down->length, 0);
    g_autofree char *text = revision_down_text(revision);
    assert_true(g_str_has_prefix(text, "-- migrate:down irreversible"));
}

static void test_several_downs(void **state)
{
    (void)state;
    g_autoptr(Revision) revision = parse("-- Revision: abc\n-- migrate:down\nA;\n-- migrate:up foreign-keys:off\nB;\n"
                                         "-- migrate:down dialect:mysql,postgres transaction:true foreign-keys:on\nC;");
    g_autofree char *down = revision_down_text(revision);
    assert_string_equal(down, "-- migrate:down\nA;\n-- migrate:down dialect:mysql,postgres transaction:true "
                              "foreign-keys:on\nC;");
    const Section *up = g_ptr_array_index(revision->sections, 1);
    assert_true(up->foreign_keys_off);
    assert_null(up->imported);
    const Section *last = g_ptr_array_index(revision->sections, 2);
    assert_true(last->transactional && !last->foreign_keys_off);
    assert_string_equal(g_ptr_array_index(last->dialects, 1), "postgresql");
}

static void test_bad_headers(void **state)
{
    (void)state;
    refuse("", "x.sql:1: the header has no '-- Revision: ID' line");
    refuse("-- migrate:up\nSELECT 1;\n", "x.sql:1: the header has no");
    refuse("-- Revision: abc\n\nSELECT 1;\n-- migrate:up\n", "x.sql:3: SQL before the first marker");
    refuse("-- Revision: abc\n/* a */ SELECT 1;\n-- migrate:up\n", "x.sql:2: SQL before");
    refuse("\n-- Revision: abc\n", "x.sql:2: revision 'abc' has no '-- migrate:up'");
    refuse("-- Revison: abc\n-- migrate:up\n", "x.sql:1: unknown header 'Revison:': did you mean 'Revision:'");
    refuse("-- Revision: a\n-- Depends_On: b\n-- migrate:up\n", "did you mean 'Depends-On:'");
    refuse("-- Revision: a\n-- Revision: b\n-- migrate:up\n", "x.sql:2: 'Revision:' stands twice, first on line 1");
    refuse("-- Revision: a-b\n-- migrate:up\n", "x.sql:1: revision id 'a-b' may hold only");
    refuse("-- Revision:\n-- migrate:up\n", "is empty");
    refuse("-- Revision: HEAD\n-- migrate:up\n", "reserved");
    refuse("-- Revision: 123456789012345678901234567890123\n-- migrate:up\n", "longer than 32");
    refuse("-- Revision: a\n-- Revises: b, b\n-- migrate:up\n", "x.sql:2: Revises names 'b' twice");
    refuse("-- Revision: a\n-- Revises: <base>\n-- migrate:up\n", "x.sql:2: Revises: revision id '<base>'");
    refuse("-- Revision: a\n-- Branch-Labels: head\n-- migrate:up\n", "reserved");
    refuse("-- Revision: a\n-- Branch-Labels: -x\n-- migrate:up\n", "branch label '-x'");
}

static void test_bad_markers(void **state)
{
    (void)state;
    refuse("-- Revision: a\n-- migrate:upp\n", "x.sql:2: unknown marker 'migrate:upp'");
    refuse("-- Revision: a\n-- migrate:\n", "unknown marker 'migrate:'");
    refuse("-- Revision: a\n-- migrate:up transacton:false\n", "did you mean 'transaction'");
    refuse("-- Revision: a\n-- migrate:up quick:yes\n", "unknown section option 'quick'");
    refuse("-- Revision: a\n-- migrate:up transaction\n", "has no value");
    refuse("-- Revision: a\n-- migrate:up transaction:\n", "empty value");
    refuse("-- Revision: a\n-- migrate:up transaction:maybe\n", "neither transaction:true nor transaction:false");
    refuse("-- Revision: a\n-- migrate:up foreign-keys:false\n", "neither foreign-keys:on nor foreign-keys:off");
    refuse("-- Revision: a\n-- migrate:up dialect:postgresq\n", "did you mean 'postgresql'");
    refuse("-- Revision: a\n-- migrate:up dialect:sqlite,\n", "unknown dialect ''");
    refuse("-- Revision: a\n-- migrate:up dialect:sqlite dialect:mysql\n", "stands twice");
    refuse("-- Revision: a\n-- migrate:up irreversible:\"x\"\n", "belongs on a '-- migrate:down'");
    refuse("-- Revision: a\n-- migrate:down irreversible:\"x\n\"\n", "is not closed");
    refuse("-- Revision: a\n-- migrate:down imported:\"x\"\n", "belongs on a '-- migrate:up'");
    refuse("-- Revision: a\n-- migrate:down irreversible:\"x\"y\n", "behind the closing quote");
    refuse("-- Revision: a\n-- migrate:down irreversible:\"\"\n", "empty value");
}

static void test_bad_bytes(void **state)
{
    (void)state;
    const char text[] = "-- Revision: a\n-- migrate:up\nSELECT '\0';\n";
    g_autoptr(GError) error = NULL;
    assert_null(revision_parse("x.sql", text, sizeof text - 1, &error));
    assert_non_null(strstr(error->message, "x.sql:3:9"));
    refuse("-- Revision: a\n-- migrate:up\n\xff\xfe\n", "x.sql:3:1");
}

/* ---- files ---- */

static char *write_file(const char *text, gsize length)
{
    char *path = NULL;
    int file = g_file_open_tmp("revision-XXXXXX.sql", &path, NULL);
    assert_true(file >= 0);
    close(file);
    assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
    return path;
}

static void test_header_of_a_file(void **state)
{
    (void)state;
    /* A header that ends behind the block which is read first, and a text that is only valid in the header. */
    GString *text = g_string_new("-- Revision: abc\n");
    for (int i = 0; i < 300; i++)
        g_string_append_printf(text, "-- Message: line %d of a long message\n", i);
    g_string_append(text, "-- Created: now\n-- migrate:up\nSELECT 1;\n");
    g_autofree char *path = write_file(text->str, text->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_read_header(path, &error);
    assert_non_null(revision);
    assert_string_equal(revision->created, "now");
    assert_null(revision->sections);
    assert_true(revision_load(revision, &error));
    assert_int_equal(revision->sections->len, 1);
    assert_true(revision_load(revision, &error));
    assert_memory_equal(revision->text, text->str, text->len);
    g_unlink(path);
    g_string_free(text, TRUE);
}

static void test_marker_across_the_block_end(void **state)
{
    (void)state;
    for (gsize at = 4070; at <= 4100; at++) {
        GString *text = g_string_new("-- Revision: abc\n-- ");
        while (text->len + 1 < at)
            g_string_append_c(text, 'x');
        g_string_append(text, "\n-- migrate:up\n-- migrate:down\n");
        g_autofree char *path = write_file(text->str, text->len);
        g_autoptr(GError) error = NULL;
        g_autoptr(Revision) revision = revision_read_header(path, &error);
        assert_non_null(revision);
        assert_true(revision_load(revision, &error));
        assert_int_equal(revision->sections->len, 2);
        g_unlink(path);
        g_string_free(text, TRUE);
    }
}

static void test_file_changes_under_way(void **state)
{
    (void)state;
    g_autofree char *path = write_file("-- Revision: abc\n-- migrate:up\n", 31);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_read_header(path, &error);
    assert_non_null(revision);
    assert_true(g_file_set_contents(path, "-- Revision: abd\n-- migrate:up\n", -1, NULL));
    assert_false(revision_load(revision, &error));
    assert_non_null(strstr(error->message, "'abd' now"));
    g_clear_error(&error);
    g_unlink(path);
    assert_false(revision_load(revision, &error));
    assert_non_null(strstr(error->message, path));
    assert_null(revision->sections);
}

static void test_unreadable_files(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(revision_read_header("/nowhere/x.sql", &error));
    assert_non_null(error);
    g_clear_error(&error);
    assert_null(revision_read_header("/", &error));
    assert_non_null(error);
    g_clear_error(&error);
    g_autofree char *path = write_file("\x7f"
                                       "ELF\0\0\0\1",
                                       8);
    assert_null(revision_read_header(path, &error));
    assert_non_null(strstr(error->message, path));
    g_unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_header_forms),
        cmocka_unit_test(test_words_like_keys),
        cmocka_unit_test(test_bom_crlf_and_missing_final_newline),
        cmocka_unit_test(test_several_downs),
        cmocka_unit_test(test_bad_headers),
        cmocka_unit_test(test_bad_markers),
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_header_of_a_file),
        cmocka_unit_test(test_marker_across_the_block_end),
        cmocka_unit_test(test_file_changes_under_way),
        cmocka_unit_test(test_unreadable_files),
    };
    return cmocka_run_group_tests_name("script/revision", tests, NULL, NULL);
}
