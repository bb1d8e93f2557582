/* New revision files in JSON: what is written, line by line, and that cJSON reads it as it was meant. */
#include <glib/gstdio.h>

#include "base/json.h"
#include "unit/script/graph.h"

typedef struct Project {
    char *folder, *versions;
    ScriptDirectory *directory;
} Project;

static int setup(void **state)
{
    Project *project = g_new0(Project, 1);
    project->folder = g_dir_make_tmp("create-ops-XXXXXX", NULL);
    project->versions = g_build_filename(project->folder, "versions", NULL);
    g_mkdir(project->versions, 0755);
    const ScriptDirectoryOptions options = {.location = project->folder, .timezone = "+02:00"};
    project->directory = script_directory_open(&options, NULL);
    assert_non_null(project->directory);
    *state = project;
    return 0;
}

static int teardown(void **state)
{
    Project *project = *state;
    script_directory_free(project->directory);
    g_autoptr(GDir) dir = g_dir_open(project->versions, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(project->versions, name, NULL);
        g_remove(path);
    }
    g_rmdir(project->versions);
    g_rmdir(project->folder);
    g_free(project->folder);
    g_free(project->versions);
    g_free(project);
    return 0;
}

/* The text of the new file, but for the time. */
static char *create(const Project *project, const NewRevision *revision)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = script_directory_create_revision(project->directory, revision, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    assert_true(g_str_has_suffix(path, ".json"));
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char *time = strstr(text, "\"create_date\": \"2");
    assert_non_null(time);
    time += strlen("\"create_date\": \"");
    assert_memory_equal(time + strlen("2026-11-21T08:15:00"), "+02:00\"", strlen("+02:00\""));
    memset(time, 'T', strlen("2026-11-21T08:15:00+02:00"));
    return text;
}

#define TIME "TTTTTTTTTTTTTTTTTTTTTTTTT"

static cJSON *parse(const char *text)
{
    cJSON *node = cJSON_Parse(text);
    assert_non_null(node);
    return node;
}

static void test_empty(void **state)
{
    g_autofree char *text = create(*state, &(NewRevision){.rev_id = "a1", .message = " Say \"hi\" ", .is_ops = TRUE});
    assert_string_equal(text, "{\n  \"revision\": \"a1\",\n  \"down_revision\": null,\n  \"branch_labels\": [],\n"
                              "  \"depends_on\": [],\n  \"message\": \"Say \\\"hi\\\"\",\n  \"create_date\": \"" TIME
                              "\",\n  \"upgrade\": [\n"
                              "    // operations, such as {\"op\": \"add_column\", …}: see migrate-revisions(5)\n  ],\n"
                              "  \"downgrade\": [\n"
                              "    // operations, such as {\"op\": \"add_column\", …}: see migrate-revisions(5)\n"
                              "  ]\n}\n");
}

static void test_header(void **state)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new(), depends = g_ptr_array_new();
    g_ptr_array_add(labels, (gpointer) "billing");
    g_ptr_array_add(depends, (gpointer) "other1");
    g_free(create(*state, &(NewRevision){.rev_id = "base1", .is_ops = TRUE}));
    g_free(create(*state, &(NewRevision){.rev_id = "other1", .head = "base", .is_ops = TRUE}));
    g_autofree char *text = create(*state, &(NewRevision){.rev_id = "top1",
                                                          .head = "base1",
                                                          .message = "one\n\n  \xff two",
                                                          .branch_labels = labels,
                                                          .depends_on = depends,
                                                          .is_ops = TRUE});
    assert_non_null(strstr(text, "\n  \"down_revision\": \"base1\",\n  \"branch_labels\": [\"billing\"],\n"
                                 "  \"depends_on\": [\"other1\"],\n  \"message\": [\"one\", \"\", \"  � two\"],\n"));
    g_autofree char *merge = create(*state, &(NewRevision){.rev_id = "merge1", .head = "top1, other1", .is_ops = TRUE});
    assert_non_null(strstr(merge, "\n  \"down_revision\": [\"top1\", \"other1\"],\n"));
    const RevisionMap *map = script_directory_map(((Project *)*state)->directory, NULL);
    const Revision *read = revision_map_get(map, "top1");
    assert_string_equal(read->message, "one\n\n  � two");
    assert_string_equal(g_ptr_array_index(read->depends_on, 0), "other1");
}

/* What fits into 120 columns has a line; a table has one for each of its parts. */
static void test_operations(void **state)
{
    const char *table = "{\"op\": \"create_table\", \"table_name\": \"t\", \"columns\": [{\"name\": \"id\", \"type\": "
                        "\"Integer\"}, {\"name\": \"b\", \"type\": \"Text\"}]}";
    const char *index = "{\"op\": \"create_index\", \"index_name\": \"ix\", \"table_name\": \"t\", \"columns\": "
                        "[{\"expression\": \"lower(b)\"}, \"id\"]}";
    g_autofree char *padding = g_strnfill(120, 'x');
    g_autofree char *list = g_strdup_printf("[%s, %s, {\"op\": \"execute\", \"sqltext\": [\"SELECT 1\", \"--%s\"]}]",
                                            table, index, padding);
    g_autoptr(cJSON) upgrade = parse(list);
    g_autoptr(cJSON) downgrade = parse("[{\"op\": \"drop_table\", \"table_name\": \"t\"}]");
    g_autofree char *text =
        create(*state, &(NewRevision){.rev_id = "a1", .is_ops = TRUE, .upgrade = upgrade, .downgrade = downgrade});
    g_autofree char *expected =
        g_strdup_printf("  \"upgrade\": [\n    {\n      \"op\": \"create_table\",\n      \"table_name\": \"t\",\n"
                        "      \"columns\": [\n        {\"name\": \"id\", \"type\": \"Integer\"},\n"
                        "        {\"name\": \"b\", \"type\": \"Text\"}\n      ]\n    },\n    %s,\n"
                        "    {\n      \"op\": \"execute\",\n      \"sqltext\": [\n        \"SELECT 1\",\n"
                        "        \"--%s\"\n      ]\n    }\n"
                        "  ],\n  \"downgrade\": [\n    {\"op\": \"drop_table\", \"table_name\": \"t\"}\n  ]\n}\n",
                        index, padding);
    if (strstr(text, expected) == NULL)
        assert_string_equal(text, expected);
    g_autoptr(cJSON) read = parse(text);
    assert_true(cJSON_Compare(cJSON_GetObjectItem(read, "upgrade"), upgrade, TRUE));
    assert_true(cJSON_Compare(cJSON_GetObjectItem(read, "downgrade"), downgrade, TRUE));
}

static void test_no_operations_on_purpose(void **state)
{
    g_autoptr(cJSON) none = parse("[]");
    g_autofree char *text =
        create(*state, &(NewRevision){.rev_id = "a1", .is_ops = TRUE, .upgrade = none, .downgrade = none});
    assert_non_null(strstr(text, "\n  \"upgrade\": [],\n  \"downgrade\": []\n}\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(test_header, setup, teardown),
        cmocka_unit_test_setup_teardown(test_operations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_operations_on_purpose, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
