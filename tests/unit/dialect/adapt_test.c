/* What SQLite can store of a model, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "dialect/dialect.h"

static Column *add_column(Table *table, const char *name, const char *type)
{
    g_autoptr(GError) error = NULL;
    Column *column = column_new(name, sql_type_parse(type, &error));
    assert_null(error);
    g_ptr_array_add(table->columns, column);
    return column;
}

static Table *add_table(MetaData *model, const char *schema, const char *name)
{
    Table *table = table_new(schema, name);
    metadata_add_table(model, table);
    return table;
}

static void add_primary_key(Table *table, const char *first, const char *second)
{
    table->primary_key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
    g_ptr_array_add(table->primary_key->columns, g_strdup(first));
    if (second)
        g_ptr_array_add(table->primary_key->columns, g_strdup(second));
}

/* The notes, a line each. New string. */
static char *adapt(MetaData *model)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) notes = strings_new();
    if (!sqlite_dialect.adapt(model, notes, &error))
        fail_msg("%s", error->message);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < notes->len; i++)
        g_string_append_printf(text, "%s\n", (char *)notes->pdata[i]);
    return g_strdup(text->str);
}

static void assert_refused(MetaData *model, const char *part)
{
    g_autoptr(GError) error = NULL;
    assert_false(sqlite_dialect.adapt(model, NULL, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    if (!strstr(error->message, part))
        fail_msg("%s", error->message);
}

static void assert_type(const Table *table, const char *column, const char *type)
{
    g_autofree char *found = sql_type_to_string(table_find_column(table, column)->type);
    assert_string_equal(found, type);
}

/* --- types --- */

static void test_enum(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    EnumType *type = enum_type_new(NULL, "status");
    g_ptr_array_add(type->values, g_strdup("new"));
    g_ptr_array_add(type->values, g_strdup("it's dönë"));
    g_ptr_array_add(model->enums, type);
    Table *table = add_table(model, NULL, "orders");
    add_column(table, "status", "Enum(status)");
    add_column(table, "order", "Enum('a', 'bb')");
    Constraint *taken = constraint_new(CONSTRAINT_CHECK, "CK_orders_STATUS");
    taken->expression = g_strdup("1");
    g_ptr_array_add(table->constraints, taken);
    g_autofree char *notes = adapt(model);
    assert_string_equal(notes, "");
    assert_type(table, "status", "String(9)");
    assert_type(table, "order", "String(2)");
    const Constraint *check = table_find_constraint(table, "ck_orders_status_2");
    assert_string_equal(check->expression, "status IN ('new', 'it''s dönë')");
    check = table_find_constraint(table, "ck_orders_order");
    assert_string_equal(check->expression, "\"order\" IN ('a', 'bb')");
    assert_int_equal(model->enums->len, 0);
    /* What is adapted already stays as it is. */
    g_autofree char *again = adapt(model);
    assert_string_equal(again, "");
    assert_int_equal(table->constraints->len, 3);
}

static void test_unknown_enum_and_arrays(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    add_column(add_table(model, NULL, "t"), "c", "Enum(nowhere)");
    assert_refused(model, "column 't.c': enum 'nowhere' is not declared");
    g_autoptr(MetaData) arrays = metadata_new(TRUE);
    add_column(add_table(arrays, NULL, "t"), "c", "ARRAY(Integer)");
    assert_refused(arrays, "column 't.c': SQLite has no arrays");
}

static void test_strict_types(void **state)
{
    static const char *const cases[][2] = {
        {"Integer", "Integer"},
        {"BigInteger", "Integer"},
        {"Boolean", "Integer"},
        {"Text", "Text"},
        {"String(20)", "Text"},
        {"DateTime", "Text"},
        {"JSON", "Text"},
        {"Uuid", "Text"},
        {"LargeBinary", "LargeBinary"},
        {"Enum('a')", "Text"},
        {"Numeric(10, 2)", "REAL"},
        {"Float", "REAL"},
        {"NullType", "ANY"},
        {"INT", "INT"},
        {"DECIMAL(5)", "REAL"},
    };
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    Table *table = add_table(model, NULL, "t");
    options_set(table->options, "strict", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("c%zu", i);
        add_column(table, name, cases[i][0]);
    }
    g_autofree G_GNUC_UNUSED char *notes = adapt(model);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("c%zu", i);
        assert_type(table, name, cases[i][1]);
    }
    assert_string_equal(options_get(table->options, "strict"), "true");
}

/* --- numbering --- */

static Identity *identity(const char *start)
{
    Identity *made = g_new0(Identity, 1);
    made->options.start = g_strdup(start);
    return made;
}

static void test_numbering(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    Table *big = add_table(model, NULL, "big");
    add_column(big, "id", "BigInteger")->autoincrement = AUTOINCREMENT_TRUE;
    add_primary_key(big, "id", NULL);
    Table *plain = add_table(model, NULL, "plain");
    add_column(plain, "id", "BigInteger");
    add_primary_key(plain, "id", NULL);
    Table *identified = add_table(model, NULL, "identified");
    add_column(identified, "id", "SmallInteger")->identity = identity("1");
    add_primary_key(identified, "id", NULL);
    Table *pair = add_table(model, NULL, "pair");
    add_column(pair, "a", "Integer")->autoincrement = AUTOINCREMENT_TRUE;
    add_column(pair, "b", "Integer")->identity = identity("100");
    add_primary_key(pair, "a", "b");
    g_autofree char *notes = adapt(model);
    assert_type(big, "id", "Integer");
    assert_int_equal(table_find_column(big, "id")->autoincrement, AUTOINCREMENT_TRUE);
    assert_type(plain, "id", "BigInteger");
    assert_int_equal(table_find_column(plain, "id")->autoincrement, AUTOINCREMENT_AUTO);
    assert_type(identified, "id", "Integer");
    assert_int_equal(table_find_column(identified, "id")->autoincrement, AUTOINCREMENT_TRUE);
    assert_null(table_find_column(identified, "id")->identity);
    assert_int_equal(table_find_column(pair, "a")->autoincrement, AUTOINCREMENT_AUTO);
    assert_null(table_find_column(pair, "b")->identity);
    assert_string_equal(notes, "1 autoincrement is left out: SQLite numbers only an INTEGER primary key\n"
                               "1 identity is left out: SQLite numbers only an INTEGER primary key, from 1 by 1\n");
}

/* --- what is left out --- */

static void test_what_is_left_out(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    Table *table = add_table(model, NULL, "t");
    table->comment = g_strdup("…");
    add_column(table, "a", "Integer")->comment = g_strdup("…");
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, "uq");
    g_ptr_array_add(unique->columns, g_strdup("a"));
    unique->deferrable = TRUE;
    unique->initially = g_strdup("DEFERRED");
    g_ptr_array_add(table->constraints, unique);
    g_ptr_array_add(table->constraints, constraint_new(CONSTRAINT_EXCLUDE, "ex"));
    Index *index = index_new("ix");
    index->using = g_strdup("gin");
    g_ptr_array_add(index->include, g_strdup("a"));
    IndexColumn *column = index_column_new("a", NULL);
    column->opclass = g_strdup("text_pattern_ops");
    column->nulls = g_strdup("LAST");
    column->length = 10;
    g_ptr_array_add(index->columns, column);
    g_ptr_array_add(table->indexes, index);
    g_ptr_array_add(model->sequences, sequence_new(NULL, "s"));
    g_ptr_array_add(model->objects, schema_object_new("function", NULL, "f", "…"));
    g_ptr_array_add(model->objects, schema_object_new("view", "main", "v", "…"));
    g_ptr_array_add(model->objects, schema_object_new("function", NULL, "g", "…"));
    g_autofree char *notes = adapt(model);
    assert_string_equal(notes, "2 comments are left out: SQLite stores none\n"
                               "1 DEFERRABLE of a key or check is left out: SQLite defers foreign keys only\n"
                               "1 exclusion constraint is left out: SQLite has none\n"
                               "1 access method of an index is left out: SQLite's indexes are all B-trees\n"
                               "1 included column list is left out: SQLite's indexes have none\n"
                               "1 operator class is left out: SQLite has none\n"
                               "1 NULLS FIRST or LAST of an index is left out: SQLite's indexes have NULL first, or "
                               "last when descending\n"
                               "1 prefix length of an index is left out: SQLite's indexes hold whole values\n"
                               "1 sequence is left out: SQLite has none\n"
                               "2 functions are left out: SQLite has none\n");
    assert_int_equal(table->constraints->len, 1);
    assert_null(index->using);
    assert_null(column->opclass);
    assert_int_equal(column->length, 0);
    assert_int_equal(model->sequences->len, 0);
    assert_int_equal(model->objects->len, 1);
    g_autofree char *again = adapt(model);
    assert_string_equal(again, "");
}

/* --- schemas and options --- */

static void test_schemas(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    add_column(add_table(model, "main", "t"), "a", "Integer");
    g_autofree G_GNUC_UNUSED char *notes = adapt(model);
    assert_non_null(metadata_find_table(model, NULL, "t"));
    add_column(add_table(model, "Main", "T"), "a", "Integer");
    assert_refused(model, "table 'T' is there twice");
    g_autoptr(MetaData) other = metadata_new(TRUE);
    add_column(add_table(other, "billing", "t"), "a", "Integer");
    assert_refused(other, "table 'billing.t': SQLite has no schemas");
    g_autoptr(MetaData) referring = metadata_new(TRUE);
    Constraint *key = constraint_new(CONSTRAINT_FOREIGN_KEY, "fk");
    key->referred_schema = g_strdup("billing");
    key->referred_table = g_strdup("p");
    g_ptr_array_add(add_table(referring, NULL, "t")->constraints, key);
    assert_refused(referring, "referred table 'billing.p'");
}

static void test_options(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(TRUE);
    Table *table = add_table(model, NULL, "t");
    Column *column = add_column(table, "a", "Integer");
    options_set(table->options, "strict", "false");
    options_set(table->options, "without_rowid", "TRUE");
    options_set(column->options, "on_conflict_not_null", "abort");
    g_autofree G_GNUC_UNUSED char *notes = adapt(model);
    assert_null(options_get(table->options, "strict"));
    assert_string_equal(options_get(table->options, "without_rowid"), "true");
    assert_int_equal(column->options->len, 0);
    options_set(column->options, "on_conflict_not_null", "ignore");
    g_autofree G_GNUC_UNUSED char *more = adapt(model);
    assert_string_equal(options_get(column->options, "on_conflict_not_null"), "IGNORE");
    options_set(table->options, "strikt", "true");
    assert_refused(model, "table 't': SQLite has no option 'strikt'; did you mean 'strict'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enum),
        cmocka_unit_test(test_unknown_enum_and_arrays),
        cmocka_unit_test(test_strict_types),
        cmocka_unit_test(test_numbering),
        cmocka_unit_test(test_what_is_left_out),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests_name("dialect/adapt", tests, NULL, NULL);
}
