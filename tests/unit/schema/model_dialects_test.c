/* One JSON for several dialects: what is written, and that each dialect reads its own back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema/model.h"

static const char *const all[] = {"sqlite", "postgresql", "mysql", "mariadb"};

static char *merged(guint n, const char *const *texts)
{
    cJSON *nodes[G_N_ELEMENTS(all)] = {NULL};
    for (guint i = 0; i < n; i++) {
        nodes[i] = texts[i] ? cJSON_Parse(texts[i]) : NULL;
        assert_true(!texts[i] || nodes[i]);
    }
    g_autoptr(cJSON) tree = model_merge_json((const cJSON *const *)nodes, all, n);
    GString *text = g_string_new(NULL);
    json_append_line(text, tree);
    for (guint i = 0; i < n; i++)
        cJSON_Delete(nodes[i]);
    return g_string_free(text, FALSE);
}

static void expect(const char *a, const char *b, const char *c, const char *d, const char *text)
{
    g_autofree char *got = merged(4, (const char *const[]){a, b, c, d});
    assert_string_equal(got, text);
}

static void test_same_for_all(void **state)
{
    (void)state;
    const char *column = "{\"name\": \"a\", \"type\": \"Integer\"}";
    expect(column, column, column, column, column);
}

static void test_values(void **state)
{
    (void)state;
    expect("{\"type\": \"JSON\"}", "{\"type\": \"JSONB\"}", "{\"type\": \"JSON\"}", "{\"type\": \"JSON\"}",
           "{\"type\": {\"default\": \"JSON\", \"postgresql\": \"JSONB\"}}");
    expect("{\"type\": \"A\"}", "{\"type\": \"B\"}", "{\"type\": \"C\"}", "{\"type\": \"C\"}",
           "{\"type\": {\"default\": \"C\", \"sqlite\": \"A\", \"postgresql\": \"B\"}}");
    /* mariadb would take mysql's before the default. */
    expect("{\"type\": \"A\"}", "{\"type\": \"A\"}", "{\"type\": \"C\"}", "{\"type\": \"A\"}",
           "{\"type\": {\"default\": \"A\", \"mysql\": \"C\", \"mariadb\": \"A\"}}");
}

static void test_absent_values(void **state)
{
    (void)state;
    expect("{\"type\": \"A\"}", "{\"type\": \"A\", \"comment\": \"c\"}", "{\"type\": \"A\"}", "{\"type\": \"A\"}",
           "{\"type\": \"A\", \"comment\": {\"postgresql\": \"c\"}}");
    expect("{}", "{}", "{\"where\": \"c\"}", "{\"where\": \"c\"}", "{\"where\": {\"mysql\": \"c\"}}");
    expect("{}", "{}", "{\"where\": \"c\"}", "{}", "{\"where\": {\"mysql\": \"c\", \"mariadb\": null}}");
}

static void test_options_stand_side_by_side(void **state)
{
    (void)state;
    expect("{\"options\": {\"sqlite\": {\"strict\": true}}}", "{}",
           "{\"options\": {\"mysql\": {\"engine\": \"Aria\"}}}", "{\"options\": {\"mariadb\": {\"engine\": \"Aria\"}}}",
           "{\"options\": {\"sqlite\": {\"strict\": true}, \"mysql\": {\"engine\": \"Aria\"}}}");
}

/* Left out, it means true on PostgreSQL, and false elsewhere. */
static void test_persisted(void **state)
{
    (void)state;
    const char *none = "{\"computed\": {\"expression\": \"a\"}}";
    const char *yes = "{\"computed\": {\"expression\": \"a\", \"persisted\": true}}";
    const char *no = "{\"computed\": {\"expression\": \"a\", \"persisted\": false}}";
    expect(none, yes, none, none, none);
    expect(none, no, none, none, no);
    expect(yes, yes, yes, yes, yes);
}

static void test_parts_of_some(void **state)
{
    (void)state;
    const char *few = "{\"indexes\": [{\"name\": \"i\", \"columns\": [\"a\"]}]}";
    const char *more =
        "{\"indexes\": [{\"name\": \"j\", \"columns\": [\"b\"]}, {\"name\": \"i\", \"columns\": [\"a\"]}]}";
    expect(few, more, few, few,
           "{\"indexes\": [{\"name\": {\"postgresql\": \"j\"}, \"columns\": [\"b\"]}, "
           "{\"name\": \"i\", \"columns\": [\"a\"]}]}");
    expect("{\"columns\": [\"a\", \"b\"]}", "{\"columns\": [\"a\", \"c\"]}", "{\"columns\": [\"a\", \"b\"]}",
           "{\"columns\": [\"a\", \"b\"]}", "{\"columns\": [\"a\", {\"default\": \"b\", \"postgresql\": \"c\"}]}");
}

static void test_a_thing_of_some(void **state)
{
    (void)state;
    expect(NULL, "{\"name\": \"x\", \"type\": \"A\"}", NULL, NULL,
           "{\"name\": {\"postgresql\": \"x\"}, \"type\": \"A\"}");
}

/* --- back again --- */

#define MODEL                                                                                                          \
    "{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"  \
    "{\"name\": \"j\", \"type\": {\"default\": \"JSON\", \"postgresql\": \"JSONB\", \"mariadb\": \"LONGTEXT\"},"       \
    "\"server_default\": {\"sqlite\": \"'{}'\", \"mysql\": null}},"                                                    \
    "{\"name\": \"c\", \"type\": \"Integer\", \"computed\": {\"expression\": {\"default\": \"id + 1\","                \
    "\"sqlite\": \"id + 2\"}}}, {\"name\": {\"mysql\": \"m\"}, \"type\": \"Text\"}],"                                  \
    "\"check_constraints\": [{\"name\": {\"postgresql\": \"p\"}, \"expression\": \"id > 0\"},"                         \
    "{\"name\": \"a_name_that_is_longer_than_what_postgresql_takes_and_so_is_cut_somewhere\","                         \
    "\"expression\": \"id > 1\"}],"                                                                                    \
    "\"indexes\": [{\"name\": \"i\", \"columns\": [{\"column\": {\"default\": \"j\", \"sqlite\": \"c\"}}],"            \
    "\"where\": {\"postgresql\": \"id > 3\"}}],"                                                                       \
    "\"options\": {\"mysql\": {\"engine\": \"Aria\"}, \"postgresql\": {\"with\": {\"fillfactor\": 70}}}}]}"

static MetaData *read_for(const char *dialect, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new(dialect, strcmp(dialect, "sqlite") == 0, NULL, 0);
    assert_true(model_reader_add(reader, "m.json", text, strlen(text), &error));
    MetaData *metadata = model_reader_finish(reader, &error);
    if (error)
        fail_msg("%s", error->message);
    return metadata;
}

static void test_each_dialect_reads_its_own(void **state)
{
    (void)state;
    cJSON *nodes[G_N_ELEMENTS(all)];
    char *before[G_N_ELEMENTS(all)];
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(MetaData) metadata = read_for(all[i], MODEL);
        nodes[i] = model_table_to_json(metadata->tables->pdata[0], all[i]);
        before[i] = model_write(metadata, all[i]);
    }
    g_autoptr(cJSON) table = model_merge_json((const cJSON *const *)nodes, all, G_N_ELEMENTS(all));
    GString *document = g_string_new("{\"tables\": [");
    json_append_line(document, table);
    g_string_append(document, "]}");
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(MetaData) again = read_for(all[i], document->str);
        g_autofree char *after = model_write(again, all[i]);
        assert_string_equal(after, before[i]);
        g_free(before[i]);
        cJSON_Delete(nodes[i]);
    }
    g_string_free(document, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_for_all),    cmocka_unit_test(test_values),
        cmocka_unit_test(test_absent_values),   cmocka_unit_test(test_options_stand_side_by_side),
        cmocka_unit_test(test_persisted),       cmocka_unit_test(test_parts_of_some),
        cmocka_unit_test(test_a_thing_of_some), cmocka_unit_test(test_each_dialect_reads_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
