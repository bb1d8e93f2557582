/* The options of a dialect that has two names: what is said for "mysql" is for MariaDB too, unless it has its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "schema/model.h"

/* ' stands for ". Mistakes come back as text, and NULL. */
static MetaData *read_for(const char *dialect, const char *text, char **mistakes)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(ModelReader) reader = model_reader_new(dialect, FALSE, NULL, 10);
    model_reader_count_characters(reader);
    assert_true(model_reader_add(reader, "m.json", json, strlen(json), NULL));
    MetaData *model = model_reader_finish(reader, &error);
    if (mistakes)
        *mistakes = g_strdup(error ? error->message : "");
    else if (error)
        fail_msg("%s", error->message);
    return model;
}

static const char everything[] =
    "{'tables': [{'name': 't', 'columns': ["
    "{'name': 'a', 'type': 'Integer', 'options': {'mysql': {'invisible': true}, 'mariadb': {'compressed': true}}},"
    "{'name': 'b', 'type': 'String(9)', 'options': {'mysql': {'charset': 'latin1'}}},"
    "{'name': 'c', 'type': 'DateTime', 'options': {'mysql': {'on_update': 'CURRENT_TIMESTAMP'}, 'sqlite': {'x': 1}}}],"
    "'check_constraints': [{'name': 'k', 'expression': 'a > 0', 'options': {'mysql': {'column': 'a'}}}],"
    "'indexes': [{'name': 'i', 'columns': [{'column': 'b', 'length': 3}], 'options': {'mysql': {'key_block_size': 8}}},"
    "{'name': 'f', 'columns': ['b'], 'options': {'mysql': {'prefix': 'FULLTEXT', 'with_parser': 'ngram'}}}],"
    "'options': {'mysql': {'engine': 'MyISAM', 'charset': 'utf8mb4', 'collate': 'utf8mb4_bin', 'row_format': 'FIXED'},"
    "'postgresql': {'with': {'fillfactor': 70}}}},"
    "{'name': 'u', 'columns': [{'name': 'a', 'type': 'Integer'}],"
    "'options': {'mysql': {'engine': 'MyISAM'}, 'mariadb': {'system_versioning': true, 'partition_by': 'HASH (a)'}}}]}";

static const char *option(const GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    return value ? value : "none";
}

static void test_nearest_dialect(void **state)
{
    (void)state;
    g_autoptr(MetaData) mariadb = read_for("mariadb", everything, NULL), mysql = read_for("mysql", everything, NULL);
    const Table *t = metadata_find_table(mariadb, NULL, "t"), *u = metadata_find_table(mariadb, NULL, "u");
    assert_string_equal(option(t->options, "engine"), "MyISAM");
    assert_int_equal(t->options->len, 4);
    assert_string_equal(option(table_find_column(t, "a")->options, "compressed"), "true");
    assert_string_equal(option(table_find_column(t, "a")->options, "invisible"), "none");
    assert_string_equal(option(table_find_column(t, "b")->options, "charset"), "latin1");
    assert_string_equal(option(table_find_constraint(t, "k")->options, "column"), "a");
    assert_string_equal(option(table_find_index(t, "f")->options, "with_parser"), "ngram");
    assert_int_equal(((IndexColumn *)table_find_index(t, "i")->columns->pdata[0])->length, 3);
    assert_string_equal(option(u->options, "engine"), "none");
    assert_string_equal(option(u->options, "partition_by"), "HASH (a)");
    const Table *plain = metadata_find_table(mysql, NULL, "t");
    assert_string_equal(option(table_find_column(plain, "a")->options, "invisible"), "true");
    assert_string_equal(option(metadata_find_table(mysql, NULL, "u")->options, "system_versioning"), "none");
}

static void assert_options_kept(const MetaData *before, const MetaData *after)
{
    for (guint i = 0; i < before->tables->len; i++) {
        const Table *table = before->tables->pdata[i], *other = metadata_find_table(after, NULL, table->name);
        assert_true(options_equal(table->options, other->options));
        for (guint j = 0; j < table->columns->len; j++) {
            const Column *column = table->columns->pdata[j];
            assert_true(options_equal(column->options, table_find_column(other, column->name)->options));
        }
        for (guint j = 0; j < table->indexes->len; j++) {
            const Index *index = table->indexes->pdata[j], *same = table_find_index(other, index->name);
            assert_true(options_equal(index->options, same->options));
            assert_int_equal(((IndexColumn *)index->columns->pdata[0])->length,
                             ((IndexColumn *)same->columns->pdata[0])->length);
        }
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *constraint = table->constraints->pdata[j];
            assert_true(options_equal(constraint->options, table_find_constraint(other, constraint->name)->options));
        }
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    static const char *const dialects[] = {"mysql", "mariadb"};
    for (gsize i = 0; i < G_N_ELEMENTS(dialects); i++) {
        g_autoptr(MetaData) model = read_for(dialects[i], everything, NULL);
        g_autofree char *text = model_write(model, dialects[i]);
        g_autoptr(MetaData) again = read_for(dialects[i], text, NULL);
        g_autofree char *same = model_write(again, dialects[i]);
        assert_options_kept(model, again);
        assert_string_equal(text, same);
        assert_null(strstr(text, "postgresql"));
    }
}

static void test_names_in_characters(void **state)
{
    (void)state;
    g_autofree char *none = NULL, *some = NULL;
    g_autoptr(MetaData) fits =
        read_for("mysql", "{'tables': [{'name': 'éééééééééé', 'columns': [{'name': 'a', 'type': 'Integer'}]}]}", &none);
    g_autoptr(MetaData) too_long = read_for(
        "mysql", "{'tables': [{'name': 'ééééééééééé', 'columns': [{'name': 'a', 'type': 'Integer'}]}]}", &some);
    assert_string_equal(none, "");
    assert_non_null(fits);
    assert_null(too_long);
    assert_non_null(strstr(some, "is 11 characters long, mysql takes 10"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest_dialect),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_names_in_characters),
    };
    return cmocka_run_group_tests_name("schema/model_options", tests, NULL, NULL);
}
