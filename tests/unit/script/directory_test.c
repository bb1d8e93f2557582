#include <glib/gstdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "unit/script/graph.h"

/* A project folder with migrations/versions in it, and the directory on it. */
typedef struct Project {
    char *folder, *location, *versions;
    ScriptDirectoryOptions options;
    ScriptDirectory *directory;
} Project;

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static int setup(void **state)
{
    Project *project = g_new0(Project, 1);
    project->folder = g_dir_make_tmp("script-XXXXXX", NULL);
    project->location = g_build_filename(project->folder, "migrations", NULL);
    project->versions = g_build_filename(project->location, "versions", NULL);
    g_mkdir_with_parents(project->versions, 0755);
    project->options.location = project->location;
    *state = project;
    return 0;
}

static int teardown(void **state)
{
    Project *project = *state;
    script_directory_free(project->directory);
    remove_tree(project->folder);
    g_free(project->folder);
    g_free(project->location);
    g_free(project->versions);
    g_free(project);
    return 0;
}

static ScriptDirectory *reopen(Project *project)
{
    g_autoptr(GError) error = NULL;
    script_directory_free(project->directory);
    project->directory = script_directory_open(&project->options, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return project->directory;
}

static void put(const Project *project, const char *path, const char *text)
{
    g_autofree char *full = g_build_filename(project->folder, path, NULL);
    g_autofree char *folder = g_path_get_dirname(full);
    g_mkdir_with_parents(folder, 0755);
    assert_true(g_file_set_contents(full, text, -1, NULL));
}

static void put_revision(const Project *project, const char *path, const char *id, const char *revises)
{
    g_autofree char *text =
        g_strdup_printf("-- Message: m\n-- Revision: %s\n-- Revises: %s\n\n-- migrate:up\n", id, revises);
    put(project, path, text);
}

static void expect_ids(Project *project, const char *ids)
{
    g_autoptr(GError) error = NULL;
    const RevisionMap *map = script_directory_map(project->directory, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    g_autofree char *got = graph_ids(revision_map_all(map));
    assert_string_equal(got, ids);
}

static void expect_map_error(Project *project, const char *words)
{
    g_autoptr(GError) error = NULL;
    assert_null(script_directory_map(reopen(project), &error));
    if (error == NULL || strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error != NULL ? error->message : "no error");
}

static char *create(Project *project, const NewRevision *revision)
{
    g_autoptr(GError) error = NULL;
    char *path = script_directory_create_revision(project->directory, revision, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return path;
}

static void refuse(Project *project, const NewRevision *revision, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = script_directory_create_revision(project->directory, revision, &error);
    assert_null(path);
    if (strstr(error->message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, error->message);
}

/* ---- reading ---- */

static void count_lines(LogLevel level, const char *text, void *data)
{
    (void)level;
    *(int *)data += strstr(text, "passed over") != NULL;
}

static void test_reads_what_is_a_revision(void **state)
{
    Project *project = *state;
    int notes = 0;
    put_revision(project, "migrations/versions/2_b.sql", "b", "a");
    put_revision(project, "migrations/versions/1_a.sql", "a", "");
    put_revision(project, "migrations/versions/.hidden.sql", "a", "");
    put_revision(project, "migrations/versions/old.sql.bak", "a", "");
    put_revision(project, "migrations/versions/deep/c.sql", "c", "b");
    put(project, "migrations/versions/seed.sql", "INSERT INTO t VALUES (1);\n");
    put(project, "migrations/versions/empty.sql", "");
    put(project, "migrations/versions/data.json", "{\"revisions\": []}");
    put(project, "migrations/versions/broken.json", "{");
    reopen(project);
    log_set_handler(count_lines, &notes);
    expect_ids(project, "a b");
    expect_ids(project, "a b");
    log_set_handler(NULL, NULL);
    assert_int_equal(notes, 3); /* data.json is JSON, and somebody else's */
    project->options.recursive = TRUE;
    reopen(project);
    log_set_handler(count_lines, &notes);
    expect_ids(project, "a b c");
    log_set_handler(NULL, NULL);
}

static void test_several_locations(void **state)
{
    Project *project = *state;
    g_autoptr(GPtrArray) locations = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(locations, g_strdup(project->versions));
    g_ptr_array_add(locations, g_build_filename(project->folder, "billing", NULL));
    project->options.version_locations = locations;
    put_revision(project, "migrations/versions/a.sql", "a", "");
    expect_map_error(project, "billing' cannot be read: No such file");
    put_revision(project, "billing/b.sql", "b", "");
    reopen(project);
    expect_ids(project, "b a");
    /* A new revision stands beside what it revises; a new base has to say where. */
    g_autofree char *path = create(project, &(NewRevision){.rev_id = "b2", .head = "b"});
    assert_non_null(strstr(path, "/billing/b2.sql"));
    refuse(project, &(NewRevision){.head = "base"}, "--version-path");
    refuse(project, &(NewRevision){.head = "base", .version_path = project->folder}, "not among");
    g_autofree char *other =
        create(project, &(NewRevision){.rev_id = "c", .head = "base", .version_path = g_ptr_array_index(locations, 1)});
    assert_non_null(strstr(other, "/billing/c.sql"));
    /* A location inside another one is not read twice. */
    g_ptr_array_add(locations, g_build_filename(project->versions, "..", "versions", NULL));
    reopen(project);
    expect_ids(project, "c b b2 a");
}

static void test_links_that_lead_back(void **state)
{
    Project *project = *state;
    g_autofree char *link = g_build_filename(project->versions, "loop", NULL);
    assert_int_equal(symlink(".", link), 0);
    put_revision(project, "migrations/versions/a.sql", "a", "");
    project->options.recursive = TRUE;
    reopen(project);
    expect_ids(project, "a");
}

static void make_link(const Project *project, const char *target, const char *path)
{
    g_autofree char *link = g_build_filename(project->folder, path, NULL);
    assert_int_equal(symlink(target, link), 0);
}

/* Both formats stand in one history; one id in both is in two files. */
static void test_both_formats(void **state)
{
    Project *project = *state;
    put_revision(project, "migrations/versions/a.sql", "a", "");
    put(project, "migrations/versions/b.json",
        "{\"revision\": \"b\", \"down_revision\": \"a\", \"upgrade\": [], \"downgrade\": []}");
    put_revision(project, "migrations/versions/c.sql", "c", "b");
    reopen(project);
    expect_ids(project, "a b c");
    put_revision(project, "migrations/versions/again.sql", "b", "a");
    reopen(project);
    expect_map_error(project, "versions/again.sql' and '");
    expect_map_error(project, "versions/b.json'");
}

/* One file is one revision, by whatever ways it is reached. */
static void test_one_file_by_several_ways(void **state)
{
    Project *project = *state;
    g_autoptr(GPtrArray) locations = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(locations, g_strdup(project->versions));
    g_ptr_array_add(locations, g_build_filename(project->versions, "deep", NULL));
    g_ptr_array_add(locations, g_build_filename(project->folder, "again", NULL));
    put_revision(project, "migrations/versions/a.sql", "a", "");
    put_revision(project, "migrations/versions/deep/b.sql", "b", "a");
    put_revision(project, "elsewhere/c.txt", "c", "b");
    make_link(project, "migrations/versions", "again");
    make_link(project, "a.sql", "migrations/versions/a_link.sql");
    make_link(project, "../../elsewhere/c.txt", "migrations/versions/c1.sql");
    make_link(project, "../../elsewhere/c.txt", "migrations/versions/c2.sql");
    project->options.version_locations = locations;
    project->options.recursive = TRUE;
    reopen(project);
    expect_ids(project, "a b c");
    const Revision *revision = revision_map_get(script_directory_map(project->directory, NULL), "c");
    assert_true(g_str_has_suffix(revision->path, "/versions/c1.sql"));
    make_link(project, "nowhere.sql", "migrations/versions/lost.sql");
    reopen(project);
    expect_map_error(project, "versions/lost.sql");
}

static void test_bad_directories(void **state)
{
    Project *project = *state;
    put(project, "migrations/versions/x.json", "{\"revision\": \"abc\", \"upgrade\": []}");
    reopen(project);
    expect_ids(project, "abc");
    put(project, "migrations/versions/x.json", "{\"revision\": 7}");
    expect_map_error(project, "x.json:1:14: revision: a string is expected: the revision's id");
    put(project, "migrations/versions/x.json", "{\"revision\": \"abc\",");
    expect_map_error(project, "x.json:1:20: ");
    put(project, "migrations/versions/x.json", "[]");
    put(project, "migrations/versions/bad.sql", "-- migrate:up\nSELECT 1;\n");
    expect_map_error(project, "bad.sql:1: the header has no '-- Revision: ID' line");
    put(project, "migrations/versions/bad.sql", "-- Revision: b\nSELECT 1;\n-- migrate:up\n");
    expect_map_error(project, "bad.sql:2: SQL before the first marker");
    put(project, "migrations/versions/bad.sql", "-- Revision: b\n");
    expect_map_error(project, "bad.sql:1: revision 'b' has no");
    put(project, "migrations/versions/bad.sql", "\xff\xfe-\0-\0");
    expect_map_error(project, "bad.sql");
    g_autoptr(GError) error = NULL;
    assert_null(script_directory_open(&(ScriptDirectoryOptions){.location = "/nowhere"}, &error));
    assert_non_null(strstr(error->message, "migrate init"));
    /* git keeps no empty folder. */
    remove_tree(project->versions);
    reopen(project);
    expect_ids(project, "");
}

/* ---- writing ---- */

static void test_first_and_second_revision(void **state)
{
    Project *project = *state;
    reopen(project);
    g_autofree char *first = create(project, &(NewRevision){.message = "Create the Shop!"});
    g_autofree char *name = g_path_get_basename(first);
    assert_true(g_regex_match_simple("^[0-9a-f]{12}_create_the_shop\\.sql$", name, 0, 0));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) heads = revision_map_heads(script_directory_map(project->directory, &error));
    const Revision *head = g_ptr_array_index(heads, 0);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(first, &text, NULL, NULL));
    g_autofree char *pattern =
        g_strdup_printf("^-- Message: Create the Shop!\n-- Revision: %s\n-- Revises:\n-- Created: "
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\n\n-- migrate:up\n\n-- migrate:down\n$",
                        head->id);
    if (!g_regex_match_simple(pattern, text, 0, 0))
        fail_msg("%s", text);
    g_autofree char *second = create(project, &(NewRevision){.rev_id = "second"});
    assert_true(g_str_has_suffix(second, "/versions/second.sql"));
    g_autofree char *order = g_strdup_printf("%s second", head->id);
    expect_ids(project, order);
    refuse(project, &(NewRevision){.rev_id = "second"}, "revision id 'second' is taken by '");
    refuse(project, &(NewRevision){.rev_id = "a-b"}, "may hold only");
}

static GPtrArray *statements(const char *first, const char *second)
{
    GPtrArray *list = g_ptr_array_new();
    g_ptr_array_add(list, (gpointer)first);
    if (second != NULL)
        g_ptr_array_add(list, (gpointer)second);
    return list;
}

static void test_sections(void **state)
{
    Project *project = *state;
    reopen(project);
    g_autoptr(GPtrArray) one =
        statements("-- a note\nCREATE TABLE t (\n    id INTEGER\n)", "CREATE INDEX i ON t (id)\n");
    g_autoptr(GPtrArray) two = statements("VACUUM -- tidy up", NULL);
    NewSection sections[] = {
        {.up = TRUE, .transactional = TRUE, .foreign_keys_off = TRUE, .statements = one},
        {.up = TRUE, .transactional = FALSE, .dialect = "sqlite", .statements = two},
        {.up = FALSE, .transactional = TRUE, .irreversible = "the \"old\" data\nis gone"},
    };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++)
        g_ptr_array_add(list, &sections[i]);
    g_autofree char *path =
        create(project, &(NewRevision){.rev_id = "r", .message = "a\r\n\r\nb: c", .sections = list});
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_true(g_str_has_prefix(text, "-- Message: a\n-- Message:\n-- Message: b: c\n-- Revision: r\n"));
    assert_non_null(strstr(text, "\n\n-- migrate:up foreign-keys:off\n-- a note\nCREATE TABLE t (\n    id INTEGER\n);\n"
                                 "\nCREATE INDEX i ON t (id);\n"
                                 "\n-- migrate:up dialect:sqlite transaction:false\nVACUUM -- tidy up\n;\n"
                                 "\n-- migrate:down irreversible:\"the \\\"old\\\" data is gone\"\n"));
    /* A statement that would tear its section is refused, and nothing is written. */
    g_autoptr(GPtrArray) torn = statements("INSERT INTO t VALUES ('\n-- migrate:down\n')", NULL);
    NewSection bad = {.up = TRUE, .transactional = TRUE, .statements = torn};
    g_autoptr(GPtrArray) bad_list = g_ptr_array_new();
    g_ptr_array_add(bad_list, &bad);
    refuse(project, &(NewRevision){.rev_id = "torn", .sections = bad_list}, "starts like a section marker");
    reopen(project);
    expect_ids(project, "r");
}

static void test_branches(void **state)
{
    Project *project = *state;
    put_revision(project, "migrations/versions/a.sql", "aaaa1", "");
    put_revision(project, "migrations/versions/b.sql", "bbbb1", "aaaa1");
    reopen(project);
    g_autoptr(GPtrArray) labels = statements("billing", "v-2");
    refuse(project, &(NewRevision){.head = "aaaa1"}, "revision 'aaaa1' is not a head ('bbbb1')");
    g_autofree char *branch =
        create(project, &(NewRevision){.rev_id = "c", .head = "aaaa1", .splice = TRUE, .branch_labels = labels});
    assert_true(g_str_has_suffix(branch, "/c.sql"));
    refuse(project, &(NewRevision){.message = "x"}, "there are several heads to revise: 'bbbb1' and 'c'");
    refuse(project, &(NewRevision){.head = "bbbb1", .branch_labels = labels}, "branch label 'billing' is taken by");
    refuse(project, &(NewRevision){.head = "nix"}, "no revision or branch 'nix'");
    refuse(project, &(NewRevision){.head = ""}, "empty text");
    refuse(project, &(NewRevision){.head = "+1"}, "not known here");
    refuse(project, &(NewRevision){.head = "aaaa1 c", .splice = TRUE}, "cannot be merged");
    g_autoptr(GPtrArray) depends = statements("billing", "bbbb");
    g_autofree char *other =
        create(project, &(NewRevision){.rev_id = "d", .head = "billing@head", .depends_on = depends});
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(other, &text, NULL, NULL));
    assert_non_null(strstr(text, "-- Revises: c\n-- Depends-On: billing, bbbb1\n-- Created:"));
    g_autoptr(GPtrArray) nowhere = statements("zzzz", NULL);
    refuse(project, &(NewRevision){.head = "d", .depends_on = nowhere}, "no revision or branch 'zzzz'");
    g_autofree char *merge = create(project, &(NewRevision){.rev_id = "m", .message = "merge", .head = "heads"});
    assert_true(g_str_has_suffix(merge, "/m_merge.sql"));
    expect_ids(project, "aaaa1 bbbb1 c d m");
    const Revision *revision = revision_map_get(script_directory_map(project->directory, NULL), "m");
    assert_int_equal(revision->parents->len, 2);
}

static void test_file_names(void **state)
{
    Project *project = *state;
    project->options.file_template = "%(year)d/%(month).2d%(day)02d_%(rev)s-%(slug)s%%";
    reopen(project);
    refuse(project, &(NewRevision){.message = "x"}, "set recursive_version_locations = true");
    project->options.recursive = TRUE;
    project->options.truncate_slug_length = 7;
    project->options.timezone = "Pacific/Kiritimati";
    reopen(project);
    g_autofree char *path = create(project, &(NewRevision){.rev_id = "r1", .message = "one two three"});
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Pacific/Kiritimati");
    g_autoptr(GDateTime) now = g_date_time_new_now(zone);
    g_autofree char *wanted = g_date_time_format(now, "/versions/%Y/%m%d_r1-one_two%%.sql");
    assert_true(g_str_has_suffix(path, wanted));
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_non_null(strstr(text, "+14:00\n"));
    expect_ids(project, "r1");

    static const char *const bad[][2] = {{"%(rev", "'%(' without ')'"},   {"%(slugg)s", "did you mean 'slug'"},
                                         {"%(rev)x", "not 's', 'd'"},     {"../%(rev)s", "no path below"},
                                         {"a//%(rev)s", "no path below"}, {"/%(rev)s", "no path below"},
                                         {"%(quux)s", "are known"},       {"", "empty name"},
                                         {"%%(rev)s", "has one '%' here"}};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        project->options.file_template = bad[i][0];
        reopen(project);
        refuse(project, &(NewRevision){.message = "x"}, bad[i][1]);
    }
    project->options.file_template = "%(epoch)s";
    project->options.timezone = "Europe/Nowhere";
    reopen(project);
    refuse(project, &(NewRevision){.message = "x"}, "unknown timezone 'Europe/Nowhere'");
    /* The name, the header and the epoch say the same time. */
    project->options.file_template = "%(year)d-%(month).2d-%(day).2d_%(hour).2d-%(minute).2d-%(second).2d_%(epoch)s";
    project->options.timezone = "utc";
    reopen(project);
    g_autofree char *timed = create(project, &(NewRevision){.rev_id = "r2"});
    g_autofree char *name = g_path_get_basename(timed);
    g_autofree char *timed_text = NULL;
    assert_true(g_file_get_contents(timed, &timed_text, NULL, NULL));
    g_autoptr(GMatchInfo) created = NULL;
    g_autoptr(GRegex) line = g_regex_new("^-- Created: (.*)Z$", G_REGEX_MULTILINE, 0, NULL);
    assert_true(g_regex_match(line, timed_text, 0, &created));
    g_autofree char *when = g_match_info_fetch(created, 1);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(when, utc);
    g_autofree char *date = g_date_time_format(time, "%Y-%m-%d_%H-%M-%S_%s.sql");
    assert_string_equal(name, date);
}

static void test_never_overwrites(void **state)
{
    Project *project = *state;
    put(project, "migrations/versions/r1.sql", "precious\n");
    project->options.file_template = "%(rev)s";
    reopen(project);
    refuse(project, &(NewRevision){.rev_id = "r1"}, "r1.sql");
    g_autofree char *path = g_build_filename(project->versions, "r1.sql", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "precious\n");
}

/* ---- templates ---- */

static char *written_text(const Project *project, const char *path)
{
    g_autofree char *full = g_build_filename(project->folder, path, NULL);
    char *text = NULL;
    if (!g_file_get_contents(full, &text, NULL, NULL))
        fail_msg("'%s' was not written", full);
    return text;
}

static gboolean init(const Project *project, const char *name, const char *location, const char *url,
                     GPtrArray **written, GError **error)
{
    const NewProject wanted = {.template = name, .folder = project->folder, .location = location, .url = url};
    return template_write(&wanted, written, error);
}

static void test_templates(void **state)
{
    Project *project = *state;
    g_autoptr(GPtrArray) list = templates_list(NULL, NULL);
    assert_int_equal(list->len, 3);
    for (guint i = 0; i < list->len; i++) {
        const Template *template = g_ptr_array_index(list, i);
        assert_null(template->folder);
        assert_string_not_equal(template->summary, "");
        remove_tree(project->folder);
        g_mkdir(project->folder, 0755);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) written = NULL;
        if (!init(project, template->name, "migrations", NULL, &written, &error))
            fail_msg("%s", error->message);
        assert_int_equal(written->len, 4);
        g_autofree char *config = written_text(project, "migrate.ini");
        assert_non_null(strstr(config, "\nscript_location = %(here)s/migrations\n"));
        assert_non_null(strstr(config, "\nurl = ${DATABASE_URL:-sqlite:///app.db}\n"));
        assert_false(g_regex_match_simple("@[A-Z_]+@", config, 0, 0)); /* a place that nothing was put into */
        reopen(project);
        expect_ids(project, "");
        g_autofree char *path = create(project, &(NewRevision){.message = "first"});
        assert_non_null(path);
        /* Again: refused before anything is written. */
        g_autofree char *readme = g_build_filename(project->location, "README", NULL);
        g_unlink(readme);
        GPtrArray *again = NULL;
        assert_false(init(project, template->name, "migrations", NULL, &again, &error));
        assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_EXISTS));
        assert_false(g_file_test(readme, G_FILE_TEST_EXISTS));
    }
    g_autofree char *config = written_text(project, "migrate.ini");
    assert_non_null(strstr(config, "\nrevision_format = ops\n"));
}

static void test_template_of_models_is_valid(void **state)
{
    Project *project = *state;
    g_autoptr(GPtrArray) written = NULL;
    g_autoptr(GError) error = NULL;
    remove_tree(project->location);
    assert_true(init(project, "generic", "db/schema", "sqlite:////var/x.db", &written, &error));
    g_autofree char *text = written_text(project, "db/schema/models.json");
    g_autoptr(JsonDocument) document = json_document_parse("models.json", text, strlen(text), &error);
    assert_non_null(document);
    g_autofree char *config = written_text(project, "migrate.ini");
    assert_non_null(strstr(config, "\nmodels = %(here)s/db/schema/models.json\n"));
    assert_non_null(strstr(config, "\nurl = ${DATABASE_URL:-sqlite:////var/x.db}\n"));
}

static void test_template_refusals(void **state)
{
    Project *project = *state;
    g_autoptr(GError) error = NULL;
    GPtrArray *written = NULL;
    assert_false(init(project, "genric", "migrations", NULL, &written, &error));
    assert_non_null(strstr(error->message, "did you mean 'generic'"));
    g_clear_error(&error);
    assert_false(init(project, "generic", "", NULL, &written, &error));
    g_clear_error(&error);
    assert_false(init(project, "generic", "m", "sqlite://\n[x]", &written, &error));
    g_clear_error(&error);
    /* A file stands where a folder has to be: what was written before it is taken back. */
    put(project, "m", "a file");
    assert_false(init(project, "generic", "m", NULL, &written, &error));
    g_autofree char *config = g_build_filename(project->folder, "migrate.ini", NULL);
    assert_false(g_file_test(config, G_FILE_TEST_EXISTS));
    assert_null(written);
}

static void test_template_keeps_passwords_out(void **state)
{
    Project *project = *state;
    g_autoptr(GPtrArray) written = NULL;
    g_autoptr(GError) error = NULL;
    remove_tree(project->location);
    assert_true(init(project, "generic", ".", "postgresql://me:secret@host/db", &written, &error));
    g_autofree char *config = written_text(project, "migrate.ini");
    assert_null(strstr(config, "me:secret"));
    assert_non_null(strstr(config, "\nurl = ${DATABASE_URL}\n"));
    assert_non_null(strstr(config, "\nscript_location = %(here)s\n"));
}

#define PROJECT_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROJECT_TEST(test_reads_what_is_a_revision),
        PROJECT_TEST(test_several_locations),
        PROJECT_TEST(test_links_that_lead_back),
        PROJECT_TEST(test_both_formats),
        PROJECT_TEST(test_one_file_by_several_ways),
        PROJECT_TEST(test_bad_directories),
        PROJECT_TEST(test_first_and_second_revision),
        PROJECT_TEST(test_sections),
        PROJECT_TEST(test_branches),
        PROJECT_TEST(test_file_names),
        PROJECT_TEST(test_never_overwrites),
        PROJECT_TEST(test_templates),
        PROJECT_TEST(test_template_of_models_is_valid),
        PROJECT_TEST(test_template_refusals),
        PROJECT_TEST(test_template_keeps_passwords_out),
    };
    return cmocka_run_group_tests_name("script/directory", tests, NULL, NULL);
}
