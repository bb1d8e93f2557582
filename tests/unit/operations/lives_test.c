#include "operations/lives.h"

#include "support.h"

static void follow(Lives *lives, MigrateOp *made, guint step)
{
    g_autoptr(MigrateOp) op = made;
    lives_follow(lives, op, step);
}

static Table *people(void)
{
    Table *table = table_new(NULL, "people");
    g_ptr_array_add(table->columns, column_new("id", sql_type_parse("Integer", NULL)));
    g_ptr_array_add(table->columns, column_new("mail", sql_type_parse("String(20)", NULL)));
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, NULL);
    g_ptr_array_add(unique->columns, g_strdup("mail"));
    g_ptr_array_add(table->constraints, unique);
    return table;
}

static void assert_event(const Life *life, guint index, guint step, const char *text)
{
    assert_true(index < life->events->len);
    const LifeEvent *event = g_ptr_array_index(life->events, index);
    assert_string_equal(event->text, text);
    assert_int_equal(event->step, step);
}

static Lives *renamed(void)
{
    Lives *lives = lives_new(FALSE, NULL);
    g_autoptr(Table) table = people();
    g_autoptr(Column) email = column_copy(g_ptr_array_index(table->columns, 1));
    follow(lives, migrate_op_create_table(table), 0);
    follow(lives, migrate_op_rename_table(table, "users"), 1);
    g_free(table->name);
    table->name = g_strdup("users");
    g_free(email->name);
    email->name = g_strdup("email");
    follow(lives, migrate_op_alter_column(table, g_ptr_array_index(table->columns, 1), email), 2);
    return lives;
}

static void test_renames_are_followed(void **state)
{
    (void)state;
    g_autoptr(Lives) lives = renamed();
    const Life *users = lives_find(lives, NULL, "users");
    assert_non_null(users);
    assert_int_equal(users->events->len, 2);
    assert_event(users, 1, 1, "rename table people to users");
    assert_null(lives_find(lives, NULL, "people"));
    assert_ptr_equal(lives_find_former(lives, NULL, "people"), users);
    const Life *email = lives_find_column(lives, users, "email");
    assert_int_equal(email->events->len, 2);
    assert_event(email, 0, 0, "create table people, with mail String(20)");
    assert_event(email, 1, 2, "rename column users.mail to email");
    assert_ptr_equal(lives_find_column(lives, users, "mail"), email);
    g_autofree char *label = life_label(email);
    assert_string_equal(label, "users.email");
}

/* A key without a name is known by its columns, also under their other names. */
static void test_keys_without_names(void **state)
{
    (void)state;
    g_autoptr(Lives) lives = renamed();
    const Life *users = lives_find(lives, NULL, "users");
    g_autoptr(Table) table = table_new(NULL, "users");
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, NULL);
    g_ptr_array_add(table->constraints, unique);
    g_ptr_array_add(unique->columns, g_strdup("email"));
    follow(lives, migrate_op_drop_constraint(table, unique), 3);
    guint gone = 0;
    for (guint i = 0; i < users->parts->len; i++) {
        const Life *part = g_ptr_array_index(users->parts, i);
        gone += part->gone;
        if (part->gone)
            assert_int_equal(part->events->len, 2);
    }
    assert_int_equal(gone, 1);
    assert_int_equal(users->parts->len, 3);
}

static void test_what_is_dropped(void **state)
{
    (void)state;
    g_autoptr(Lives) lives = renamed();
    g_autoptr(Table) table = table_new(NULL, "users");
    follow(lives, migrate_op_drop_table(table), 4);
    const Life *users = lives_find(lives, NULL, "users");
    assert_true(users->gone);
    assert_event(users, 2, 4, "drop table users");
    assert_true(lives_find_column(lives, users, "email")->gone);
    follow(lives, migrate_op_create_table(table), 5);
    const Life *again = lives_find(lives, NULL, "users");
    assert_ptr_not_equal(again, users);
    assert_event(again, 0, 5, "create table users");
}

static void test_made_anew_in_one_step(void **state)
{
    (void)state;
    g_autoptr(Lives) lives = renamed();
    g_autoptr(Table) table = table_new(NULL, "users");
    g_autoptr(Index) index = index_new("ix");
    g_ptr_array_add(index->columns, index_column_new("email", NULL));
    follow(lives, migrate_op_create_index(table, index), 3);
    follow(lives, migrate_op_drop_index(table, index), 4);
    follow(lives, migrate_op_create_index(table, index), 4);
    follow(lives, migrate_op_drop_index(table, index), 5);
    follow(lives, migrate_op_create_index(table, index), 6);
    guint events[2] = {0}, n = 0;
    const Life *users = lives_find(lives, NULL, "users");
    for (guint i = 0; i < users->parts->len; i++) {
        const Life *part = g_ptr_array_index(users->parts, i);
        if (g_strcmp0(part->name, "ix") == 0 && n < G_N_ELEMENTS(events))
            events[n++] = part->events->len;
    }
    assert_int_equal(n, 2);
    assert_int_equal(events[0], 4);
    assert_int_equal(events[1], 1);
}

static void test_objects(void **state)
{
    (void)state;
    g_autoptr(Lives) lives = lives_new(TRUE, NULL);
    g_autoptr(SchemaObject) view = schema_object_new("materialized_view", "billing", "Totals", "CREATE …");
    follow(lives, migrate_op_create_object(view), 0);
    const Life *life = lives_find(lives, "billing", "totals");
    assert_string_equal(life->kind, "materialized view");
    g_autofree char *label = life_label(life);
    assert_string_equal(label, "billing.Totals");
    assert_null(lives_find(lives, "other", "totals"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renames_are_followed),
        cmocka_unit_test(test_keys_without_names),
        cmocka_unit_test(test_what_is_dropped),
        cmocka_unit_test(test_made_anew_in_one_step),
        cmocka_unit_test(test_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
