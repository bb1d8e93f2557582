#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/runtime.h"

static Revision *parse(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse(path, text, strlen(text), &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return revision;
}

static void expect(const char *path, const char *before, const char *after, guint changes)
{
    g_autoptr(Revision) old = parse(path, before), new = parse(path, after);
    if (revision_changes(old, new) != changes)
        fail_msg("%u, not %u: %s", revision_changes(old, new), changes, after);
    assert_int_equal(revision_changes(new, old), changes);
}

#define HEADER "-- Revision: a\n-- Revises:\n"
#define UP "-- migrate:up\n"
#define DOWN "-- migrate:down\n"

static void test_sections(void **state)
{
    (void)state;
    const char *before = HEADER UP "CREATE TABLE t (a INTEGER);\n" DOWN "DROP TABLE t;\n";
    expect("a.sql", before, before, 0);
    expect("a.sql", before, HEADER UP "/* first */ CREATE  TABLE t\r\n(a INTEGER); -- t\r\n" DOWN "DROP TABLE t\n", 0);
    expect("a.sql", before, "-- Message: other\n" HEADER UP "CREATE TABLE t (a INTEGER);\n" DOWN "DROP TABLE t;\n", 0);
    expect("a.sql", before, HEADER UP "CREATE TABLE t (a BIGINT);\n" DOWN "DROP TABLE t;\n", REVISION_CHANGE_UP);
    expect("a.sql", before, HEADER UP "CREATE TABLE t (a INTEGER);\n" DOWN "DROP TABLE IF EXISTS t;\n",
           REVISION_CHANGE_DOWN);
    expect("a.sql", before, HEADER UP "SELECT 1;\n", REVISION_CHANGE_UP | REVISION_CHANGE_DOWN);
}

static void test_dialects(void **state)
{
    (void)state;
    const char *before = HEADER UP "SELECT 1;\n-- migrate:up dialect:mysql\nSELECT 2 # two\n;\n";
    /* A comment in the only dialect that the section is for. */
    expect("a.sql", before, HEADER UP "SELECT 1;\n-- migrate:up dialect:mysql\nSELECT 2 # zwei\n;\n", 0);
    expect("a.sql", before, HEADER UP "SELECT 1;\n-- migrate:up dialect:mysql\nSELECT 3;\n", REVISION_CHANGE_UP);
    expect("a.sql", before, HEADER UP "SELECT 1;\n-- migrate:up dialect:sqlite\nSELECT 2;\n", REVISION_CHANGE_UP);
    /* Other dialects' strings end elsewhere. */
    expect("a.sql", HEADER UP "SELECT '\\'';\n", HEADER UP "SELECT '\\' ';\n", REVISION_CHANGE_UP);
}

static void test_operations(void **state)
{
    (void)state;
    const char *before = "{\"revision\": \"a\", \"upgrade\": [{\"op\": \"drop_table\", \"table_name\": \"t\"}], "
                         "\"downgrade\": []}";
    expect("a.json", before,
           "{\"revision\": \"a\", // the first\n \"upgrade\": [{\"table_name\": \"t\", \"op\": \"drop_table\"}], "
           "\"downgrade\": []}",
           0);
    expect("a.json", before,
           "{\"revision\": \"a\", \"upgrade\": [{\"op\": \"drop_table\", \"table_name\": \"u\"}], \"downgrade\": []}",
           REVISION_CHANGE_UP);
    expect("a.json", before,
           "{\"revision\": \"a\", \"upgrade\": [{\"op\": \"drop_table\", \"table_name\": \"t\"}], "
           "\"downgrade\": [{\"op\": \"drop_table\", \"table_name\": \"u\"}]}",
           REVISION_CHANGE_DOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sections), cmocka_unit_test(test_dialects),
                                       cmocka_unit_test(test_operations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
