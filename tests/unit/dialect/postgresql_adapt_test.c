/* What a PostgreSQL server will report of a model, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/dialect.h"
#include "support/postgresql_blocks.h"

/* A model of one table: columns and what else the table has. */
static MetaData *read_table(const char *columns, const char *rest)
{
    g_autofree char *text =
        g_strdup_printf("{'tables': [{'name': 't', 'columns': [%s]%s%s}]}", columns, *rest ? ", " : "", rest);
    return postgresql_read_model(text);
}

/* The notes, a line each. New string. */
static char *adapt(MetaData *model)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) notes = strings_new();
    if (!postgresql_dialect.adapt(model, notes, &error))
        fail_msg("%s", error->message);
    return text_list(notes, "\n");
}

static MetaData *adapted(const char *columns, const char *rest)
{
    MetaData *model = read_table(columns, rest);
    g_autofree char *notes = adapt(model);
    assert_string_equal(notes, "");
    return model;
}

static Table *table_of(const MetaData *model)
{
    return metadata_find_table(model, NULL, "t");
}

static Column *column_at(const MetaData *model, guint position)
{
    return table_of(model)->columns->pdata[position];
}

static Constraint *constraint_at(const MetaData *model, guint position)
{
    return table_of(model)->constraints->pdata[position];
}

static void assert_model_refused(MetaData *model, const char *part)
{
    g_autoptr(MetaData) owned = model;
    g_autoptr(GError) error = NULL;
    assert_false(postgresql_dialect.adapt(owned, NULL, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    if (!strstr(error->message, part))
        fail_msg("%s", error->message);
}

static void assert_refused(const char *columns, const char *rest, const char *part)
{
    assert_model_refused(read_table(columns, rest), part);
}

static void assert_type(const Column *column, const char *type)
{
    g_autofree char *text = sql_type_to_string(column->type);
    assert_string_equal(text, type);
}

/* --- numbering --- */

static void assert_numbered(const char *columns, const char *rest, gboolean numbered)
{
    g_autoptr(MetaData) model = adapted(columns, rest);
    const Column *column = column_at(model, 0);
    if ((column->autoincrement == AUTOINCREMENT_TRUE) != numbered)
        fail_msg("%s, %s", columns, rest);
    if (numbered)
        assert_false(column->nullable);
}

static void single_integer_keys_are_serial(void **state)
{
    (void)state;
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true}", "", TRUE);
    assert_numbered("{'name': 'id', 'type': 'INT8', 'primary_key': true}", "", TRUE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'autoincrement': true}", "", TRUE);
    assert_numbered("{'name': 'id', 'type': 'Integer'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': false}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Uuid', 'primary_key': true}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Numeric(9, 0)', 'primary_key': true}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'server_default': '1'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'foreign_key': 't.id'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'identity': {}}", "", FALSE);
    assert_numbered("{'name': 'a', 'type': 'Integer', 'primary_key': true},"
                    "{'name': 'b', 'type': 'Integer', 'primary_key': true}",
                    "", FALSE);
    assert_numbered("{'name': 'a', 'type': 'Integer', 'primary_key': true, 'autoincrement': true},"
                    "{'name': 'b', 'type': 'Integer', 'primary_key': true}",
                    "", TRUE);
    assert_refused("{'name': 'id', 'type': 'TEXT', 'autoincrement': true}", "", "column 't.id'");
    assert_refused("{'name': 'id', 'type': 'TEXT', 'identity': {}}", "", "column 't.id'");
}

static void serial_as_a_type(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted("{'name': 'a', 'type': 'SERIAL'}, {'name': 'b', 'type': 'BIGSERIAL'}", "");
    assert_type(column_at(model, 0), "Integer");
    assert_type(column_at(model, 1), "BigInteger");
    for (guint i = 0; i < 2; i++) {
        assert_int_equal(column_at(model, i)->autoincrement, AUTOINCREMENT_TRUE);
        assert_false(column_at(model, i)->nullable);
    }
}

static void ordinary_sequence_options_go(void **state)
{
    (void)state;
    g_autoptr(MetaData) model =
        adapted("{'name': 'a', 'type': 'Integer', 'identity': {'start': 1, 'increment': 1, 'minvalue': 1, 'maxvalue': "
                "2147483647, 'cache': 1}}, {'name': 'b', 'type': 'SmallInteger', 'identity': {'start': -1, "
                "'increment': -1, 'minvalue': -32768, 'maxvalue': -1}}, {'name': 'c', 'type': 'BigInteger', "
                "'identity': {'start': 5, 'minvalue': 5, 'maxvalue': 32767}}",
                "");
    const SequenceOptions *a = &column_at(model, 0)->identity->options, *b = &column_at(model, 1)->identity->options,
                          *c = &column_at(model, 2)->identity->options;
    assert_true(!a->start && !a->increment && !a->minvalue && !a->maxvalue && !a->cache);
    assert_true(!b->start && !b->minvalue && !b->maxvalue);
    assert_string_equal(b->increment, "-1");
    assert_null(c->start);
    assert_string_equal(c->minvalue, "5");
    assert_string_equal(c->maxvalue, "32767");
    assert_false(column_at(model, 0)->nullable);
}

static void sequences(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = postgresql_read_model(
        "{'sequences': [{'name': 's', 'type': 'BIGINT', 'start': 1}, {'name': 'i', 'type': 'int4', 'maxvalue': "
        "2147483647}]}");
    g_autofree char *notes = adapt(model);
    const Sequence *s = metadata_find_sequence(model, NULL, "s"), *i = metadata_find_sequence(model, NULL, "i");
    assert_string_equal(notes, "");
    assert_null(s->type);
    assert_null(s->options.start);
    assert_string_equal(i->type, "integer");
    assert_null(i->options.maxvalue);
    assert_model_refused(postgresql_read_model("{'sequences': [{'name': 's', 'type': 'numeric'}]}"), "sequence 's'");
}

/* --- enums --- */

static void enums_without_a_name(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted("{'name': 'Size', 'type': 'Enum(`s`, `it``s`, `xxl`)'}", "");
    assert_type(column_at(model, 0), "String(4)");
    assert_string_equal(constraint_at(model, 0)->name, "ck_t_Size");
    assert_string_equal(constraint_at(model, 0)->expression, "\"Size\" IN ('s', 'it''s', 'xxl')");
    assert_int_equal(model->enums->len, 0);
    assert_refused("{'name': 'a', 'type': 'ARRAY(Enum(`a`, `b`))'}", "", "needs a name");
}

static void long_names_of_checks_are_cut(void **state)
{
    (void)state;
    g_autofree char *columns = g_strdup_printf("{'name': '%s', 'type': 'Enum(`s`)'}", "äääääääääääääääääääääääääääääx");
    g_autoptr(MetaData) model = adapted(columns, "'check_constraints': [{'name': 'ck', 'expression': 'true'}]");
    const char *name = constraint_at(model, 1)->name;
    assert_true(g_utf8_validate(name, -1, NULL));
    assert_true(strlen(name) <= 63);
}

static void enums_with_a_name(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted("{'name': 'a', 'type': 'Enum(`x`, `y`, name=mood)'},"
                                        "{'name': 'b', 'type': 'ARRAY(Enum(`x`, `y`, name=mood))'}",
                                        "");
    assert_int_equal(model->enums->len, 1);
    const EnumType *mood = metadata_find_enum(model, NULL, "mood");
    assert_int_equal(mood->values->len, 2);
    assert_string_equal(mood->values->pdata[1], "y");
    assert_type(column_at(model, 0), "Enum(mood)");
    assert_type(column_at(model, 1), "ARRAY(Enum(mood))");
    assert_refused("{'name': 'a', 'type': 'Enum(`x`, name=mood)'}, {'name': 'b', 'type': 'Enum(`y`, name=mood)'}", "",
                   "other values");
    g_autoptr(MetaData) undeclared = metadata_new(FALSE);
    Table *table = table_new(NULL, "t");
    SqlType *type = sql_type_new(SQL_TYPE_ENUM);
    type->name = g_strdup("mood");
    g_ptr_array_add(table->columns, column_new("a", type));
    metadata_add_table(undeclared, table);
    assert_model_refused(metadata_copy(undeclared), "enum 'mood' is not declared");
}

/* --- options --- */

static void options_are_normalised(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted(
        "{'name': 'a', 'type': 'Text', 'options': {'postgresql': {'storage': 'plain', 'compression': 'LZ4', "
        "'statistics': -1}}}, {'name': 'b', 'type': 'Text', 'options': {'postgresql': {'storage': 'default'}}}",
        "'options': {'postgresql': {'unlogged': false, 'row_security': true, 'partition_by': 'range(a)', 'inherits': "
        "'P,\\'Q r\\' , s.t', 'with': {'fillfactor': 70}}}, 'unique_constraints': [{'columns': ['a'], 'name': 'u', "
        "'options': {'postgresql': {'include': 'B,c', 'nulls_not_distinct': false}}}]");
    const GPtrArray *options = table_of(model)->options;
    assert_null(options_get(options, "unlogged"));
    assert_string_equal(options_get(options, "row_security"), "true");
    assert_string_equal(options_get(options, "partition_by"), "RANGE (a)");
    assert_string_equal(options_get(options, "inherits"), "p, \"Q r\", s.t");
    assert_string_equal(options_get(options, "with.fillfactor"), "70");
    assert_string_equal(options_get(column_at(model, 0)->options, "storage"), "PLAIN");
    assert_string_equal(options_get(column_at(model, 0)->options, "compression"), "lz4");
    assert_null(options_get(column_at(model, 0)->options, "statistics"));
    assert_int_equal(column_at(model, 1)->options->len, 0);
    assert_string_equal(options_get(constraint_at(model, 0)->options, "include"), "b, c");
    assert_null(options_get(constraint_at(model, 0)->options, "nulls_not_distinct"));
}

static void unknown_options(void **state)
{
    (void)state;
    const char *column = "{'name': 'a', 'type': 'Text'}";
    assert_refused(column, "'options': {'postgresql': {'unloged': true}}", "did you mean 'unlogged'?");
    assert_refused("{'name': 'a', 'type': 'Text', 'options': {'postgresql': {'storag': 'PLAIN'}}}", "",
                   "column 't.a': PostgreSQL has no option 'storag'; did you mean 'storage'?");
    assert_refused(column,
                   "'check_constraints': [{'name': 'c', 'expression': 'true', 'options': {'postgresql': {'include': "
                   "'a'}}}]",
                   "constraint 'c' of table 't'");
    assert_refused(column, "'indexes': [{'name': 'i', 'columns': ['a'], 'options': {'postgresql': {'fillfactor': 1}}}]",
                   "index 'i' of table 't'");
    assert_refused(column, "'options': {'postgresql': {'partition_of': 'p'}}", "partition_bound");
    assert_refused(column, "'options': {'postgresql': {'partition_of': 'p', 'partition_bound': 'DEFAULT'}}",
                   "columns of its parent");
}

/* --- constraints and indexes --- */

static void ordinary_constraints_and_indexes(void **state)
{
    (void)state;
    g_autoptr(MetaData) model =
        adapted("{'name': 'a', 'type': 'Integer'}",
                "'foreign_keys': [{'columns': ['a'], 'referred_table': 't', 'referred_columns': ['a'], 'ondelete': "
                "'NO ACTION', 'onupdate': 'RESTRICT', 'match': 'SIMPLE', 'initially': 'IMMEDIATE'}],"
                "'indexes': [{'name': 'i', 'columns': [{'column': 'a', 'nulls': 'last'}], 'using': 'BTREE'}, {'name': "
                "'j', 'columns': [{'column': 'a', 'order': 'desc', 'nulls': 'last'}], 'using': 'Hash', 'comment': "
                "''}]");
    const Constraint *key = constraint_at(model, 0);
    assert_null(key->ondelete);
    assert_string_equal(key->onupdate, "RESTRICT");
    assert_null(key->match);
    assert_null(key->initially);
    const Index *i = table_find_index(table_of(model), "i"), *j = table_find_index(table_of(model), "j");
    assert_null(i->using);
    assert_null(((const IndexColumn *)i->columns->pdata[0])->nulls);
    assert_string_equal(j->using, "hash");
    assert_string_equal(((const IndexColumn *)j->columns->pdata[0])->nulls, "LAST");
    assert_null(j->comment);
}

static void notes(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = postgresql_read_model(
        "{'tables': [{'name': 't', 'columns': [{'name': 'a', 'type': 'Text'}], 'check_constraints': [{'name': 'c', "
        "'expression': 'true', 'deferrable': true}], 'indexes': [{'name': 'i', 'columns': [{'column': 'a', 'length': "
        "10}]}]}], 'objects': [{'kind': 'event', 'name': 'e', 'definition': 'CREATE EVENT e'}]}");
    g_autofree char *text = adapt(model);
    assert_string_equal(text,
                        "1 DEFERRABLE of a check is left out: PostgreSQL defers keys and exclusion constraints only\n"
                        "1 prefix length of an index is left out: PostgreSQL's indexes hold whole values\n"
                        "1 event is left out: PostgreSQL has none");
    assert_int_equal(model->objects->len, 0);
    assert_false(constraint_at(model, 0)->deferrable);
    const Index *index = table_of(model)->indexes->pdata[0];
    assert_int_equal(((const IndexColumn *)index->columns->pdata[0])->length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_integer_keys_are_serial),
        cmocka_unit_test(serial_as_a_type),
        cmocka_unit_test(ordinary_sequence_options_go),
        cmocka_unit_test(sequences),
        cmocka_unit_test(enums_without_a_name),
        cmocka_unit_test(long_names_of_checks_are_cut),
        cmocka_unit_test(enums_with_a_name),
        cmocka_unit_test(options_are_normalised),
        cmocka_unit_test(unknown_options),
        cmocka_unit_test(ordinary_constraints_and_indexes),
        cmocka_unit_test(notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
