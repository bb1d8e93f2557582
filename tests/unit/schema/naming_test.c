#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "schema/naming.h"

static Table *orders(const char *schema)
{
    Table *table = table_new(schema, "orders");
    static const char *const names[] = {"id", "total", "Start", "end_at", "note", NULL};
    for (int i = 0; names[i]; i++)
        g_ptr_array_add(table->columns, column_new(names[i], sql_type_new(SQL_TYPE_INTEGER)));
    return table;
}

static Constraint *add(Table *table, ConstraintKind kind, const char *name, const char *columns)
{
    Constraint *constraint = constraint_new(kind, name);
    g_auto(GStrv) words = g_strsplit(columns, " ", -1);
    for (int i = 0; words[i] && *words[i]; i++)
        g_ptr_array_add(constraint->columns, g_strdup(words[i]));
    g_ptr_array_add(table->constraints, constraint);
    return constraint;
}

static Constraint *add_check(Table *table, const char *name, const char *expression)
{
    Constraint *constraint = add(table, CONSTRAINT_CHECK, name, "");
    constraint->expression = g_strdup(expression);
    return constraint;
}

static void check_name(const NamingConvention *convention, const Table *table, const Constraint *constraint,
                       guint max_length, const char *expected)
{
    g_autofree char *name = naming_constraint_name(convention, table, constraint, (NameLimit){max_length, FALSE});
    assert_string_equal(name, expected);
}

static void test_default(void **state)
{
    (void)state;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) table = orders(NULL);
    check_name(convention, table, add(table, CONSTRAINT_UNIQUE, NULL, "total note"), 0, "uq_orders_total");
    check_name(convention, table, add(table, CONSTRAINT_PRIMARY_KEY, NULL, "id"), 0, "pk_orders");
    Constraint *key = add(table, CONSTRAINT_FOREIGN_KEY, NULL, "note total");
    key->referred_table = g_strdup("notes");
    check_name(convention, table, key, 0, "fk_orders_note_notes");
    assert_null(naming_constraint_name(convention, table, add(table, CONSTRAINT_EXCLUDE, NULL, ""), (NameLimit){0}));

    g_autoptr(Index) index = index_new(NULL);
    g_ptr_array_add(index->columns, index_column_new(NULL, "lower(note)"));
    g_autofree char *name = naming_index_name(convention, table, index, (NameLimit){0});
    assert_string_equal(name, "ix_orders_note");
    g_autoptr(Table) in_schema = orders("my.app");
    g_autofree char *qualified = naming_index_name(convention, in_schema, index, (NameLimit){0});
    assert_string_equal(qualified, "ix_my_app_orders_note");
}

/* Every token, on a foreign key of two columns. */
static void test_tokens(void **state)
{
    (void)state;
    static const struct {
        const char *format, *expected;
    } cases[] = {
        {"%(table_name)s", "orders"},
        {"%(referred_table_name)s", "p"},
        {"%(column_0_name)s", "note"},
        {"%(column_1_name)s", "total"},
        {"x%(column_7_name)s", "x"},
        {"%(column_0N_name)s", "notetotal"},
        {"%(column_0_N_name)s", "note_total"},
        {"%(column_1_N_name)s", "total"},
        {"%(column_0_key)s", "note"},
        {"%(column_0_label)s", "orders_note"},
        {"%(column_0_N_label)s", "orders_note_orders_total"},
        {"%(referred_column_0_name)s", "x"},
        {"%(referred_column_0N_name)s", "xy"},
        {"%(referred_column_0_N_name)s", "x_y"},
        {"100%%_%(table_name)s", "100%_orders"},
    };
    g_autoptr(Table) table = orders(NULL);
    Constraint *key = add(table, CONSTRAINT_FOREIGN_KEY, NULL, "note total");
    key->referred_table = g_strdup("p");
    g_ptr_array_add(key->referred_columns, g_strdup("x"));
    g_ptr_array_add(key->referred_columns, g_strdup("y"));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NamingConvention) convention = naming_convention_new_default();
        if (!naming_convention_set(convention, "fk", cases[i].format, &error))
            fail_msg("%s", error->message);
        check_name(convention, table, key, 0, cases[i].expected);
    }
}

static void test_checks(void **state)
{
    (void)state;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) table = orders(NULL);
    table->ignore_case = TRUE;
    check_name(convention, table, add_check(table, NULL, "total >= 0"), 0, "ck_orders_total");
    check_name(convention, table, add_check(table, NULL, "\"END_AT\" > START AND total<1"), 0,
               "ck_orders_end_at_Start_total");
    check_name(convention, table, add_check(table, NULL, "total(note) <> 'id' AND totals <> [note]"), 0,
               "ck_orders_note");
    Constraint *first = add_check(table, NULL, "1 = 1"), *second = add_check(table, NULL, "2 = 2");
    first->name = naming_constraint_name(convention, table, first, (NameLimit){0});
    assert_string_equal(first->name, "ck_orders_1");
    check_name(convention, table, second, 0, "ck_orders_2");
    check_name(convention, table, add_check(table, NULL, "'unfinished"), 0, "ck_orders_2");
}

static void test_unique(void **state)
{
    (void)state;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) table = orders(NULL);
    add(table, CONSTRAINT_UNIQUE, "uq_orders_total", "total note");
    Index *index = index_new("uq_orders_total_2");
    g_ptr_array_add(table->indexes, index);
    Constraint *unnamed = add(table, CONSTRAINT_UNIQUE, NULL, "total id");
    check_name(convention, table, unnamed, 0, "uq_orders_total_3");
}

static void test_long(void **state)
{
    (void)state;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) table = orders(NULL);
    assert_true(naming_convention_set(convention, "uq", "uq_%(table_name)s_%(column_0_N_name)s", NULL));
    Constraint *constraint = add(table, CONSTRAINT_UNIQUE, NULL, "total end_at note");
    /* md5("uq_orders_total_end_at_note") ends in these four digits */
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_MD5, "uq_orders_total_end_at_note", -1);
    g_autofree char *expected = g_strdup_printf("uq_orders_to_%s", hash + 28);
    check_name(convention, table, constraint, 20, expected);
    check_name(convention, table, constraint, 27, "uq_orders_total_end_at_note");

    /* A character is not cut in two, and two long names stay two. */
    g_autoptr(Table) accents = table_new(NULL, "éééééééééééé");
    g_ptr_array_add(accents->columns, column_new("c", sql_type_new(SQL_TYPE_INTEGER)));
    for (guint length = 1; length < 40; length++) {
        Constraint *one = add(accents, CONSTRAINT_UNIQUE, NULL, "c");
        one->name = naming_constraint_name(convention, accents, one, (NameLimit){length, FALSE});
        assert_true(strlen(one->name) <= length && *one->name);
        assert_true(g_utf8_validate(one->name, -1, NULL));
        for (guint i = 0; i + 1 < accents->constraints->len; i++)
            assert_string_not_equal(((Constraint *)accents->constraints->pdata[i])->name, one->name);
    }
}

static void test_cut_by_characters(void **state)
{
    (void)state;
    NameLimit limit = {12, TRUE};
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) fits = table_new(NULL, "éééééé"), too_long = table_new(NULL, "éééééééé");
    g_autofree char *whole =
        naming_constraint_name(convention, fits, add(fits, CONSTRAINT_PRIMARY_KEY, NULL, "c"), limit);
    assert_string_equal(whole, "pk_éééééé");
    limit.length = 10;
    g_autofree char *cut =
        naming_constraint_name(convention, too_long, add(too_long, CONSTRAINT_PRIMARY_KEY, NULL, "c"), limit);
    assert_int_equal(g_utf8_strlen(cut, -1), 7); /* two, and "_" with four digits of the hash */
    assert_true(g_str_has_prefix(cut, "pk_"));
}

static void check_mistake(const char *key, const char *format, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    assert_false(naming_convention_set(convention, key, format, &error));
    assert_true(g_error_matches(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL));
    if (!strstr(error->message, expected))
        fail_msg("'%s' does not say '%s'", error->message, expected);
}

static void test_mistakes(void **state)
{
    (void)state;
    check_mistake("ux", "x", "did you mean 'ix'?");
    check_mistake("primary", "x", "there are ix, uq, ck, fk and pk");
    check_mistake("uq", "%(tabel_name)s", "did you mean '%(table_name)s'?");
    check_mistake("uq", "%(column_0)s", "unknown token '%(column_0)s'");
    check_mistake("uq", "%(column_99999999999999999999_name)s", "unknown token");
    check_mistake("uq", "%(referred_table_name)s", "only 'fk'");
    check_mistake("uq", "%(constraint_name)s", "only 'ck'");
    check_mistake("fk", "%(referred_column_0_label)s", "unknown token");
    check_mistake("uq", "100%", "is no token");
    check_mistake("uq", "%(table_name)", "is no token");
    check_mistake("uq", "%(table_name", "is no token");
    check_mistake("uq", "", "is empty");
    check_mistake("ix", NULL, "is empty");
}

static void test_no_names(void **state)
{
    (void)state;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(Table) table = orders(NULL);
    assert_true(naming_convention_set(convention, "uq", NULL, NULL));
    assert_null(naming_constraint_name(convention, table, add(table, CONSTRAINT_UNIQUE, NULL, "id"), (NameLimit){0}));
    g_autoptr(NamingConvention) copy = naming_convention_copy(convention);
    assert_null(copy->uq);
    assert_string_equal(copy->ix, convention->ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default),  cmocka_unit_test(test_tokens),   cmocka_unit_test(test_checks),
        cmocka_unit_test(test_unique),   cmocka_unit_test(test_long),     cmocka_unit_test(test_cut_by_characters),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_no_names),
    };
    return cmocka_run_group_tests_name("schema/naming", tests, NULL, NULL);
}
