#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema/metadata.h"
#include "unit/schema/random_metadata.h"

static Table *add(MetaData *metadata, const char *schema, const char *name)
{
    Table *table = table_new(schema, name);
    metadata_add_table(metadata, table);
    return table;
}

static void test_find_table(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = metadata_new(FALSE);
    Table *plain = add(metadata, NULL, "orders"), *other = add(metadata, "app", "orders");
    assert_ptr_equal(metadata_find_table(metadata, NULL, "orders"), plain);
    assert_ptr_equal(metadata_find_table(metadata, "app", "orders"), other);
    assert_null(metadata_find_table(metadata, NULL, "Orders"));
    assert_null(metadata_find_table(metadata, NULL, "app.orders"));
    assert_null(metadata_find_table(metadata, "", "orders"));
    assert_null(metadata_find_table(metadata, NULL, NULL));

    metadata_rename_table(metadata, plain, "purchases");
    assert_null(metadata_find_table(metadata, NULL, "orders"));
    assert_ptr_equal(metadata_find_table(metadata, NULL, "purchases"), plain);
    metadata_rename_table(metadata, plain, plain->name);
    assert_ptr_equal(metadata_find_table(metadata, NULL, "purchases"), plain);

    g_autoptr(Table) stolen = metadata_steal_table(metadata, "app", "orders");
    assert_ptr_equal(stolen, other);
    assert_null(metadata_find_table(metadata, "app", "orders"));
    assert_null(metadata_steal_table(metadata, "app", "orders"));
    assert_int_equal(metadata->tables->len, 1);
}

static void test_ignore_case(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = metadata_new(TRUE);
    Table *table = add(metadata, NULL, "Orders");
    assert_ptr_equal(metadata_find_table(metadata, NULL, "oRDERS"), table);
    g_ptr_array_add(table->columns, column_new("Id", sql_type_new(SQL_TYPE_INTEGER)));
    assert_non_null(table_find_column(table, "iD"));
    assert_null(table_find_column(table, "idx"));
    metadata_rename_table(metadata, table, "ORDERS");
    assert_ptr_equal(metadata_find_table(metadata, NULL, "orders"), table);
    g_ptr_array_add(metadata->enums, enum_type_new(NULL, "Mood"));
    g_ptr_array_add(metadata->sequences, sequence_new("app", "S"));
    g_ptr_array_add(metadata->objects, schema_object_new("view", NULL, "V", "CREATE VIEW V AS SELECT 1"));
    assert_non_null(metadata_find_enum(metadata, NULL, "mood"));
    assert_null(metadata_find_enum(metadata, "app", "mood"));
    assert_non_null(metadata_find_sequence(metadata, "APP", "s"));
    assert_non_null(metadata_find_object(metadata, "view", NULL, "v"));
    assert_null(metadata_find_object(metadata, "trigger", NULL, "v"));
}

/* Of two tables with one name, the first is found until it is taken away; nothing is freed twice. */
static void test_same_name(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = metadata_new(FALSE);
    Table *first = add(metadata, NULL, "t"), *second = add(metadata, NULL, "t");
    assert_ptr_equal(metadata_find_table(metadata, NULL, "t"), first);
    metadata_rename_table(metadata, second, "u");
    assert_ptr_equal(metadata_find_table(metadata, NULL, "t"), first);
    assert_ptr_equal(metadata_find_table(metadata, NULL, "u"), second);
    g_autoptr(Table) stolen = metadata_steal_table(metadata, NULL, "t");
    assert_ptr_equal(stolen, first);
}

static void test_many(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = metadata_new(TRUE);
    for (int i = 0; i < 2000; i++) {
        g_autofree char *name = g_strdup_printf("Table_%d", i);
        add(metadata, NULL, name);
    }
    for (int i = 0; i < 2000; i += 2) {
        g_autofree char *name = g_strdup_printf("TABLE_%d", i);
        table_free(metadata_steal_table(metadata, NULL, name));
    }
    for (int i = 0; i < 2000; i++) {
        g_autofree char *name = g_strdup_printf("table_%d", i);
        assert_int_equal(metadata_find_table(metadata, NULL, name) != NULL, i % 2);
    }
}

static void test_constraints(void **state)
{
    (void)state;
    g_autoptr(Table) table = table_new(NULL, "t");
    table->primary_key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
    g_ptr_array_add(table->primary_key->columns, g_strdup("id"));
    g_ptr_array_add(table->constraints, constraint_new(CONSTRAINT_CHECK, NULL));
    g_ptr_array_add(table->constraints, constraint_new(CONSTRAINT_CHECK, "ck"));
    g_ptr_array_add(table->indexes, index_new("ix"));
    assert_null(table_find_constraint(table, NULL));
    assert_null(table_find_index(table, NULL));
    assert_ptr_equal(table_find_constraint(table, "ck"), table->constraints->pdata[1]);
    assert_null(table_find_constraint(table, "CK"));
    assert_non_null(table_find_index(table, "ix"));
    assert_true(table_in_primary_key(table, "id"));
    assert_false(table_in_primary_key(table, "ID"));
}

static void test_options(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) options = options_new();
    options_set(options, "strict", "true");
    options_set(options, "flag", NULL);
    assert_string_equal(options_get(options, "flag"), "");
    assert_null(options_get(options, "Strict"));
    options_set(options, "strict", options_get(options, "strict"));
    assert_string_equal(options_get(options, "strict"), "true");

    g_autoptr(GPtrArray) other = options_new();
    options_set(other, "flag", NULL);
    assert_false(options_equal(options, other));
    options_set(other, "strict", "true");
    assert_true(options_equal(options, other));
    options_set(other, "flag", "");
    assert_false(options_equal(options, other));
    options_remove(options, "strict");
    options_remove(options, "strict");
    assert_null(options_get(options, "strict"));
}

static void test_identity(void **state)
{
    (void)state;
    Identity a = {.always = TRUE, .options = {.start = (char *)"1"}}, b = a;
    assert_true(identity_equal(&a, &b));
    assert_false(identity_equal(&a, NULL));
    assert_true(identity_equal(NULL, NULL));
    b.options.cache = (char *)"1";
    assert_false(identity_equal(&a, &b));
    Identity *copy = identity_copy(&b);
    assert_true(identity_equal(copy, &b));
    identity_free(copy);
    assert_null(identity_copy(NULL));
}

/* A copy is the same and shares nothing: the copy is compared after the original is gone. */
static void test_copy(void **state)
{
    (void)state;
    for (guint32 seed = 1; seed <= 50; seed++) {
        MetaData *metadata = random_metadata(seed);
        g_autoptr(MetaData) copy = metadata_copy(metadata);
        assert_metadata_equal(metadata, copy);
        metadata_free(metadata);
        g_autoptr(MetaData) again = random_metadata(seed);
        assert_metadata_equal(again, copy);
        for (guint i = 0; i < again->tables->len; i++) {
            const Table *table = again->tables->pdata[i];
            assert_non_null(metadata_find_table(copy, table->schema, table->name));
        }
    }
}

static void test_free_null(void **state)
{
    (void)state;
    metadata_free(NULL);
    table_free(NULL);
    column_free(NULL);
    computed_free(NULL);
    identity_free(NULL);
    constraint_free(NULL);
    index_free(NULL);
    index_column_free(NULL);
    enum_type_free(NULL);
    sequence_free(NULL);
    schema_object_free(NULL);
    sql_type_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_table), cmocka_unit_test(test_ignore_case), cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_many),       cmocka_unit_test(test_constraints), cmocka_unit_test(test_options),
        cmocka_unit_test(test_identity),   cmocka_unit_test(test_copy),        cmocka_unit_test(test_free_null),
    };
    return cmocka_run_group_tests_name("schema/metadata", tests, NULL, NULL);
}
