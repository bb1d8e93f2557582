#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config.h"
#include "base/error.h"
#include "base/file.h"

static char *folder, *path;

static int set_up(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("migrate config XXXXXX", NULL); /* with spaces, as people's folders have */
    path = g_build_filename(folder, "migrate.ini", NULL);
    g_unsetenv("MIGRATE_CONFIG");
    return chdir(folder);
}

static int tear_down(void **state)
{
    (void)state;
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    int status = chdir("/") || system(command);
    g_free(folder);
    g_free(path);
    return status;
}

static Config *try_load(const char *text, const char *section, const char *const *overrides, GError **error)
{
    assert_true(file_write("migrate.ini", text, strlen(text), FILE_WRITE_REPLACE, NULL));
    return config_load(NULL, "migrate.ini", section, overrides, error);
}

static Config *load(const char *text)
{
    g_autoptr(GError) error = NULL;
    Config *config = try_load(text, NULL, NULL, &error);
    if (!config)
        fail_msg("%s", error->message);
    return config;
}

static void assert_value(const Config *config, const char *name, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = config_string(config, "migrate", name, &error);
    if (error)
        fail_msg("%s: %s", name, error->message);
    if (!expected)
        assert_null(value);
    else
        assert_string_equal(value, expected);
}

static void assert_list(const Config *config, const char *name, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = config_list(config, "migrate", name, &error);
    if (error)
        fail_msg("%s: %s", name, error->message);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; list && i < list->len; i++)
        g_string_append_printf(joined, "%s<%s>", i ? " " : "", (char *)g_ptr_array_index(list, i));
    assert_string_equal(joined->str, expected);
}

static void test_defaults(void **state)
{
    (void)state;
    g_autoptr(Config) config = load("");
    g_autofree char *location = g_build_filename(folder, "migrations", NULL);
    gboolean yes = FALSE;
    gint64 number = 0;
    double seconds = 0;

    assert_value(config, "script_location", location);
    assert_value(config, "url", NULL);
    assert_value(config, "version_table", "migrate_version");
    assert_value(config, "file_template", "%(rev)s_%(slug)s");
    assert_list(config, "models", "");
    assert_true(config_boolean(config, "migrate", "compare_type", &yes, NULL));
    assert_true(yes);
    assert_true(config_integer(config, "migrate", "truncate_slug_length", &number, NULL));
    assert_int_equal(number, 40);
    assert_true(config_duration(config, "migrate", "lock_timeout", &seconds, NULL));
    assert_float_equal(seconds, 5, 0);
    assert_true(config_duration(config, "pool", "pool_recycle", &seconds, NULL));
    assert_float_equal(seconds, -1, 0);
    assert_string_equal(config_folder(config), folder);
    g_autofree char *origin = config_origin(config, "migrate", "url");
    assert_string_equal(origin, "default");
}

static void test_every_default_fits_its_type(void **state)
{
    (void)state;
    g_autoptr(Config) config = load("");
    for (const ConfigKey *key = config_keys; key->name; key++) {
        g_autoptr(GError) error = NULL;
        if (strchr(key->name, '*'))
            continue;
        g_free(config_string(config, key->section, key->name, &error));
        assert_null(error);
        assert_non_null(key->summary);
        if (key->type == CONFIG_BOOLEAN || key->type == CONFIG_INTEGER || key->type == CONFIG_DURATION)
            assert_non_null(key->default_value);
    }
}

static void test_syntax(void **state)
{
    (void)state;
    g_autoptr(Config) config = load("\xEF\xBB\xBF# comment\r\n[migrate]\r\n"
                                    "url = postgresql://u:p ;x#y=z@h/d ; tail\r\n"
                                    "version_table: a = b : c\r\n"
                                    "; comment\n"
                                    "models =\n"
                                    "    a.json\n"
                                    "    # not this\n"
                                    "\n"
                                    "    exec:python dump.py, --all\n"
                                    "  b.json,c.json\n"
                                    "  timezone_is_no_key_here\n"
                                    "[other] ; fine\n"
                                    "  timezone = Europe/Berlin\n"
                                    "  history_table=\n"
                                    "[migrate]\n"
                                    "file_template = %(year)d/%(rev)s_%(slug)s 100% $5 $\n");
    g_autofree char *models = g_strdup_printf("<%s/a.json> <exec:python dump.py, --all> <%s/b.json> <%s/c.json> "
                                              "<%s/timezone_is_no_key_here>",
                                              folder, folder, folder, folder);

    assert_value(config, "url", "postgresql://u:p ;x#y=z@h/d ; tail");
    assert_value(config, "version_table", "a = b : c");
    assert_value(config, "file_template", "%(year)d/%(rev)s_%(slug)s 100% $5 $");
    assert_value(config, "timezone", "UTC");
    assert_list(config, "models", models);
    g_autofree char *origin = config_origin(config, "migrate", "file_template");
    assert_string_equal(origin, "migrate.ini:17");
}

static void test_long_lines(void **state)
{
    (void)state;
    g_autofree char *word = g_strnfill(65000, 'x'), *longer = g_strnfill(70000, 'x');
    g_autofree char *fits = g_strdup_printf("[migrate]\nurl = %s\ntimezone = X\n", word);
    g_autofree char *too_long = g_strdup_printf("[migrate]\nurl = %s\ntimezonee = X\n", longer);
    g_autoptr(Config) config = load(fits);
    g_autoptr(GError) error = NULL;

    assert_value(config, "url", word);
    assert_value(config, "timezone", "X");
    assert_null(try_load(too_long, NULL, NULL, &error));
    assert_string_equal(error->message,
                        "migrate.ini:2: the line is longer than 65536 bytes\n"
                        "migrate.ini:3: unknown key 'timezonee' in [migrate], did you mean 'timezone'?");
}

static void test_all_mistakes_at_once(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(try_load("early = 1\n"
                         "[migrate]\n"
                         "ulr = postgresql://me:secret@h/d\n"
                         "models\n"
                         "timezone = a\n"
                         "timezone = b\n"
                         "transaction = each\n"
                         "compare_type = maybe\n"
                         "lock_wait = 5 parsecs\n"
                         "truncate_slug_length = 0\n"
                         "pool_size = 3\n"
                         "naming_conventions.ix = x\n"
                         "sqlalchemy.url = x\n"
                         "= x\n"
                         "[pool\n"
                         "[]\n"
                         "[loggers]\n"
                         "keys = root\n"
                         "[pol]\n"
                         "max_overflow = 3\n"
                         "[post_write_hooks]\n"
                         "hooks = black\n"
                         "black.type = console_scripts\n"
                         "[lint] x\n"
                         "version_table = v\n"
                         "  version_table_schema = s\n",
                         NULL, NULL, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONFIG));
    assert_string_equal(
        error->message,
        "migrate.ini:1: 'early' stands before the first [section]\n"
        "migrate.ini:3: unknown key 'ulr' in [migrate], did you mean 'url'?\n"
        "migrate.ini:4: expected 'key = value' or '[section]'\n"
        "migrate.ini:6: 'timezone' stands twice in [migrate], first in line 5\n"
        "migrate.ini:7: 'each' is no value for 'transaction': expected revision or all\n"
        "migrate.ini:8: 'maybe' is no value for 'compare_type': expected true or false\n"
        "migrate.ini:9: '5 parsecs' is no value for 'lock_wait': expected seconds, or 250ms, 5s, 2min, 1h\n"
        "migrate.ini:10: '0' is no value for 'truncate_slug_length': expected a whole number from 1 on\n"
        "migrate.ini:11: unknown key 'pool_size' in [migrate]: it belongs in [pool]\n"
        "migrate.ini:12: unknown key 'naming_conventions.ix' in [migrate], did you mean 'naming_convention.ix'?\n"
        "migrate.ini:13: unknown key 'sqlalchemy.url' in [migrate]: it is called 'url' here\n"
        "migrate.ini:14: a value without a key\n"
        "migrate.ini:15: the section's name has no closing ']'\n"
        "migrate.ini:16: a section without a name\n"
        "migrate.ini:17: [loggers] has no meaning here, remove it (see --echo, -q and -v)\n"
        "migrate.ini:19: unknown section [pol], did you mean [pool]?\n"
        "migrate.ini:20: unknown key 'max_overflow' in [pol]: it belongs in [pool]\n"
        "migrate.ini:23: 'console_scripts' is no value for 'black.type': expected exec, with the program's name as "
        "executable\n"
        "migrate.ini:24: nothing may follow a section's name on its line\n"
        "migrate.ini:25: unknown key 'version_table' in [lint]: it belongs in [migrate]");
    assert_null(strstr(error->message, "secret"));
}

static void test_slips_of_structure(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"[migrate]\nurl = x\n  models = y\n",
         "migrate.ini:2: the indented line below that sets 'models' continues the value of 'url': take its indentation "
         "away"},
        {"[migrte]\nurl = x\n", "migrate.ini:1: unknown section [migrte], did you mean [migrate]?"},
        {"[alembic]\nurl = x\n", "migrate.ini:1: unknown section [alembic], did you mean [migrate]?"},
        {"[a234567890123456789012345678901234567890123456789]\n",
         "migrate.ini:1: a section's name has at most 48 bytes"},
        {"[migrate]\nnaming_convention.01234567890123456789012345678901234567890 = x\n",
         "migrate.ini:2: a key has at most 48 bytes"},
        {"[migrate]\nurl = a\x01\xFF\n", "migrate.ini:2:9: the text is not UTF-8"},
        /* What stands in alembic.ini. */
        {"[migrate]\nrevision_environment = true\n",
         "migrate.ini:2: unknown key 'revision_environment' in [migrate]: there is no env.py to run, remove it"},
        {"[post_write_hooks]\nblack.entrypoint = black\n",
         "migrate.ini:2: unknown key 'black.entrypoint' in [post_write_hooks]: set 'black.type = exec' and "
         "'black.executable' to the program's name"},
        {"[post_write_hooks]\nruff.module = ruff\n",
         "migrate.ini:2: unknown key 'ruff.module' in [post_write_hooks]: set 'ruff.type = exec', 'ruff.executable = "
         "python3', and begin 'ruff.options' with -m and the module"},
        {"[post_write_hooks]\nruff.type = module\n",
         "migrate.ini:2: 'module' is no value for 'ruff.type': expected exec, with the program's name as executable"},
        {"[post_write_hooks]\nruff.type = shell\n",
         "migrate.ini:2: 'shell' is no value for 'ruff.type': expected exec"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(try_load(rows[i].text, NULL, NULL, &error));
        assert_string_equal(error->message, rows[i].message);
    }
    g_autoptr(GError) is_folder = NULL, absent = NULL;
    assert_null(config_load(NULL, folder, NULL, NULL, &is_folder));
    assert_non_null(strstr(is_folder->message, "folder"));
    assert_null(config_load(NULL, "absent.ini", NULL, NULL, &absent));
    assert_true(g_error_matches(absent, BASE_ERROR, BASE_ERROR_NOT_FOUND));
}

static void test_interpolation(void **state)
{
    (void)state;
    g_autofree char *expected = g_strdup_printf("sqlite:///%s/a %%41 $ { }", folder);
    g_autofree char *fallback = g_strdup_printf("%s/x y", folder);
    assert_true(file_write("secret", "s3cret}\r\n", 9, FILE_WRITE_REPLACE, NULL));
    g_setenv("CONFIG_TEST_A", "value of ${a} %(here)s", TRUE);
    g_setenv("CONFIG_TEST_EMPTY", "", TRUE);
    g_unsetenv("CONFIG_TEST_NONE");
    g_autoptr(Config) config = load("[migrate]\n"
                                    "url = sqlite:///%(here)s/a %41 $ { }\n"
                                    "scratch_url = <${CONFIG_TEST_A}><${file:%(here)s/secret}><${file:secret}>\n"
                                    "version_table = ${CONFIG_TEST_EMPTY:-${CONFIG_TEST_NONE:-deep}}\n"
                                    "history_table = ${CONFIG_TEST_NONE:-}\n"
                                    "version_table_schema = ${CONFIG_TEST_NONE:-}\n"
                                    "timezone = ${CONFIG_TEST_NONE}\n"
                                    "models = ${CONFIG_TEST_NONE:-%(here)s/x y}, b.json \"c d, e.json\" \"f\n"
                                    "lock_wait = ${CONFIG_TEST_A}\n"
                                    "file_template = ${unclosed\n"
                                    "script_location = ${not a name}\n"
                                    "include_tables = ${file:absent}\n");
    g_autofree char *models =
        g_strdup_printf("<%s> <%s/b.json> <%s/c d, e.json> <%s/\"f>", fallback, folder, folder, folder);

    assert_value(config, "url", expected);
    assert_value(config, "scratch_url", "<value of ${a} %(here)s><s3cret}><s3cret}>");
    assert_value(config, "version_table", "deep");
    assert_value(config, "history_table", "migrate_history");
    assert_value(config, "version_table_schema", NULL);
    assert_list(config, "models", models);
    assert_true(config_is_set(config, "migrate", "url"));
    assert_true(config_is_set(config, "migrate", "timezone"));
    assert_false(config_is_set(config, "migrate", "version_table_schema"));
    assert_false(config_is_set(config, "migrate", "exclude_tables"));

    static const struct {
        const char *name, *start;
    } wrong[] = {{"timezone", "migrate.ini:7: the environment variable 'CONFIG_TEST_NONE' is not set"},
                 {"lock_wait", "migrate.ini:9: 'value of ${a} %(here)s' is no value for 'lock_wait'"},
                 {"file_template", "migrate.ini:10: a '${' without its '}'"},
                 {"script_location", "migrate.ini:11: '${' must be followed by a variable's name"},
                 {"include_tables", "migrate.ini:12: ${file:…}: cannot read '"}};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(config_string(config, "migrate", wrong[i].name, &error));
        assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_CONFIG));
        if (!g_str_has_prefix(error->message, wrong[i].start))
            fail_msg("'%s' is not '%s'", error->message, wrong[i].start);
    }
}

static void test_sections_inherit(void **state)
{
    (void)state;
    static const char text[] = "[migrate]\nurl = main\ntimezone = main\nversion_table = main\n"
                               "naming_convention.ix = a\nnaming_convention.pk = b\n"
                               "[tenant]\nurl = tenant\nversion_table =\nnaming_convention.pk = c\n[pool]\n";
    g_autoptr(GError) error = NULL, wrong = NULL, reserved = NULL, absent = NULL;
    g_autoptr(Config) config = try_load(text, "tenant", NULL, &error);
    g_autoptr(GPtrArray) names = NULL, values = NULL;

    assert_null(error);
    assert_value(config, "url", "tenant");
    assert_value(config, "timezone", "main");
    assert_value(config, "version_table", "migrate_version");
    assert_true(config_family(config, "migrate", "naming_convention.", &names, &values, NULL));
    assert_int_equal(names->len, 2);
    assert_string_equal(names->pdata[0], "ix");
    assert_string_equal(values->pdata[1], "c");

    assert_null(try_load(text, "tenants", NULL, &wrong));
    assert_string_equal(wrong->message,
                        "'-n tenants': there is no section [tenants] in 'migrate.ini', did you mean 'tenant'?");
    assert_null(try_load(text, "pool", NULL, &reserved));
    assert_true(g_error_matches(reserved, BASE_ERROR, BASE_ERROR_USAGE));
    assert_null(try_load(text, "nothing_like_it", NULL, &absent));
    assert_true(g_error_matches(absent, BASE_ERROR, BASE_ERROR_USAGE));
}

static void test_overrides(void **state)
{
    (void)state;
    static const char *const overrides[] = {
        "url=a=${x}", "url=b=${x}", "script_location=sub", "pool.pool_size=2", "naming_convention.ix=i", NULL};
    static const char *const wrong[][2] = {{"ulr=x", NULL}, {"url", NULL}, {"=x", NULL}, {"lock_wait=soon", NULL}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_new_empty(overrides, &error);
    g_autofree char *sub = g_build_filename(folder, "sub", NULL);
    g_autofree char *origin = config_origin(config, "migrate", "url");
    gint64 size = 0;

    assert_value(config, "url", "b=${x}");
    assert_value(config, "script_location", sub);
    assert_true(config_integer(config, "pool", "pool_size", &size, NULL));
    assert_int_equal(size, 2);
    assert_string_equal(origin, "command line");
    assert_null(config_path(config));
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) usage = NULL;
        assert_null(config_new_empty(wrong[i], &usage));
        assert_true(g_error_matches(usage, BASE_ERROR, BASE_ERROR_USAGE));
    }
}

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds; /* -1: wrong */
    } rows[] = {{"5", 5},      {"5s", 5},         {"250ms", 0.25}, {"2min", 120}, {"1h", 3600}, {"0", 0},
                {"1.5s", 1.5}, {"-1", -1},        {"5 s", -1},     {"s", -1},     {"1e3", -1},  {"nan", -1},
                {"5m", -1},    {"99999999h", -1}, {"1-2", -1},     {"0x5", -1}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *override = g_strdup_printf("lock_wait=%s", rows[i].text);
        const char *const overrides[] = {override, NULL};
        g_autoptr(GError) error = NULL;
        g_autoptr(Config) config = config_new_empty(overrides, &error);
        double seconds = -1;
        if (config)
            assert_true(config_duration(config, "migrate", "lock_wait", &seconds, NULL));
        if (seconds < rows[i].seconds || seconds > rows[i].seconds)
            fail_msg("'%s' gave %g", rows[i].text, seconds);
    }
}

static void test_hooks(void **state)
{
    (void)state;
    g_autoptr(Config) config = load("[post_write_hooks]\nhooks = fmt, lint\nfmt.type = exec\n"
                                    "fmt.executable = sqlfmt\nfmt.options = -q REVISION_SCRIPT_FILENAME\n");
    g_autoptr(GPtrArray) names = NULL, values = NULL;
    g_autoptr(GPtrArray) hooks = config_list(config, "post_write_hooks", "hooks", NULL);

    assert_int_equal(hooks->len, 2);
    assert_true(config_family(config, "post_write_hooks", "fmt.", &names, &values, NULL));
    assert_int_equal(names->len, 3);
    assert_string_equal(names->pdata[2], "options");
    assert_string_equal(values->pdata[2], "-q REVISION_SCRIPT_FILENAME");
}

static void test_find(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL, named = NULL, variable = NULL;
    unlink("migrate.ini");
    g_autofree char *absent = config_find(NULL, &error);
    if (!absent) { /* unless somebody keeps one in /tmp */
        assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
        assert_non_null(strstr(error->message, "migrate init"));
    }
    assert_true(file_write("migrate.ini", "", 0, FILE_WRITE_NEW, NULL));
    assert_true(file_write("a/b/other.ini", "", 0, FILE_WRITE_NEW, NULL));
    g_autofree char *here = config_find(NULL, NULL);
    assert_string_equal(here, "migrate.ini");
    assert_int_equal(chdir("a/b"), 0);
    g_autofree char *above = config_find(NULL, NULL);
    assert_string_equal(above, path);
    g_autofree char *given = config_find("other.ini", NULL);
    assert_string_equal(given, "other.ini");
    assert_null(config_find("absent.ini", &named));
    assert_non_null(strstr(named->message, "absent.ini"));
    g_setenv("MIGRATE_CONFIG", "gone.ini", TRUE);
    assert_null(config_find(NULL, &variable));
    assert_non_null(strstr(variable->message, "$MIGRATE_CONFIG"));
    g_unsetenv("MIGRATE_CONFIG");
    assert_int_equal(chdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_default_fits_its_type),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_all_mistakes_at_once),
        cmocka_unit_test(test_slips_of_structure),
        cmocka_unit_test(test_interpolation),
        cmocka_unit_test(test_sections_inherit),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_hooks),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests_name("base/config", tests, set_up, tear_down);
}
