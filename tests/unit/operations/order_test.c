#include <string.h>

#include "support.h"

static void assert_order(GPtrArray *ops, gboolean split, const char *expected)
{
    g_autoptr(GError) error = NULL;
    gboolean sorted = operations_sort(ops, split, &error);
    assert_null(error);
    assert_true(sorted);
    g_autofree char *text = describe_all(ops);
    assert_string_equal(text, expected);
}

static void take(GPtrArray *ops, MigrateOp *op)
{
    g_ptr_array_add(ops, op);
}

static Table *table_with_key(const char *name, const char *referred)
{
    Table *table = new_table(name, "id other_id");
    g_autofree char *key = g_strdup_printf("fk_%s_%s", name, referred);
    g_ptr_array_add(table->constraints, new_foreign_key(key, "other_id", referred, "id"));
    return table;
}

static void test_created_tables(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "C"), c = new_table("c", "id");
    g_autoptr(Table) self = table_with_key("self", "self"), first = new_table("zz", "id");
    take(ops, migrate_op_create_table(first));
    take(ops, migrate_op_create_table(a));
    take(ops, migrate_op_create_table(b));
    take(ops, migrate_op_create_table(self));
    take(ops, migrate_op_create_table(c));
    assert_order(ops, TRUE, "create table zz\ncreate table c\ncreate table b\ncreate table a\ncreate table self\n");
}

static void test_dropped_tables(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "c"), c = new_table("c", "id");
    take(ops, migrate_op_drop_table(c));
    take(ops, migrate_op_drop_table(b));
    take(ops, migrate_op_drop_table(a));
    assert_order(ops, TRUE, "drop table a\ndrop table b\ndrop table c\n");
}

static Table *partition(const char *name, const char *parent)
{
    Table *table = new_table(name, "");
    options_set(table->options, "partition_of", parent);
    return table;
}

static void test_dropped_partitions(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) whole = table_with_key("The whole", "The whole"), user = table_with_key("user", "The whole");
    g_autoptr(Table) part = partition("part", "app.\"The whole\""), inner = partition("inner", "part");
    MigrateOp *drop_part = migrate_op_drop_table(part), *drop_inner = migrate_op_drop_table(inner);
    drop_part->depends_on = strings_new();
    g_ptr_array_add(drop_part->depends_on, g_strdup("The whole"));
    drop_inner->depends_on = strings_new();
    g_ptr_array_add(drop_inner->depends_on, g_strdup("part"));
    take(ops, drop_inner);
    take(ops, drop_part);
    take(ops, migrate_op_drop_table(whole));
    take(ops, migrate_op_drop_table(user));
    assert_order(ops, TRUE, "drop table user\ndrop table inner\ndrop table part\ndrop table The whole\n");
}

static void test_cycle_is_split(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "a");
    take(ops, migrate_op_create_table(a));
    take(ops, migrate_op_create_table(b));
    assert_order(ops, TRUE, "create table b\ncreate table a\ncreate foreign key fk_b_a on b\n");
    assert_int_equal(((const MigrateOp *)ops->pdata[0])->table->constraints->len, 0);
    assert_int_equal(((const MigrateOp *)ops->pdata[1])->table->constraints->len, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) metadata = metadata_new(TRUE);
    assert_true(operations_apply(ops, metadata, &error));
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    assert_true(operations_apply(reverse, metadata, &error));
    assert_int_equal(metadata->tables->len, 0);
}

static void test_dropped_cycle_is_split(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "a");
    take(ops, migrate_op_drop_table(a));
    take(ops, migrate_op_drop_table(b));
    assert_order(ops, TRUE, "drop foreign key fk_a_b on a\ndrop table b\ndrop table a\n");
}

static void test_cycle_stays_whole(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "a");
    take(ops, migrate_op_create_table(a));
    take(ops, migrate_op_create_table(b));
    assert_order(ops, FALSE, "create table b\ncreate table a\n");
    assert_int_equal(((const MigrateOp *)ops->pdata[0])->table->constraints->len, 1);
}

/* As long as a schema may be: no recursion. */
static void test_long_chain(void **state)
{
    (void)state;
    enum { N = 20000 };
    g_autoptr(GPtrArray) ops = operations_new();
    for (int i = 0; i < N; i++) {
        g_autofree char *name = g_strdup_printf("t%d", i), *next = g_strdup_printf("t%d", i + 1);
        g_autoptr(Table) table = table_with_key(name, next);
        take(ops, migrate_op_create_table(table));
    }
    assert_true(operations_sort(ops, TRUE, NULL));
    assert_string_equal(((const MigrateOp *)ops->pdata[0])->table_name, "t19999");
    assert_string_equal(((const MigrateOp *)ops->pdata[N - 1])->table_name, "t0");
}

static MigrateOp *alter(const Table *table, const char *old_name, const char *new_name)
{
    g_autoptr(Column) existing = column_new(old_name, sql_type_new(SQL_TYPE_INTEGER));
    g_autoptr(Column) column = column_new(new_name, sql_type_new(SQL_TYPE_INTEGER));
    return migrate_op_alter_column(table, existing, column);
}

static void test_renames_run_from_the_free_end(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = new_table("a", "x y"), b = new_table("b", "x"), c = new_table("c", "x");
    take(ops, alter(c, "x", "y"));
    take(ops, alter(c, "y", "z"));
    take(ops, migrate_op_rename_table(a, "b"));
    take(ops, migrate_op_rename_table(b, "c"));
    assert_order(ops, TRUE,
                 "rename table b to c\nrename table a to b\nrename column c.y to z\nrename column c.x to y\n");
}

static void test_rename_circle(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = table_with_key("a", "b"), b = table_with_key("b", "a");
    take(ops, migrate_op_create_table(a));
    take(ops, migrate_op_create_table(b));
    take(ops, migrate_op_rename_table(a, "b"));
    take(ops, migrate_op_rename_table(b, "a"));
    assert_false(operations_sort(ops, TRUE, &error));
    assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CYCLE));
    assert_true(ops->len >= 4);
}

static SchemaObject *object(const char *kind, const char *name, const char *table, const char *needs)
{
    SchemaObject *made = schema_object_new(kind, NULL, name, "CREATE …");
    made->table_name = g_strdup(table);
    if (needs)
        g_ptr_array_add(made->depends_on, g_strdup(needs));
    return made;
}

static void test_everything(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) t = new_table("t", "id a b c"), old = new_table("old", "id"), new = new_table("new", "id");
    g_autoptr(Constraint) key = new_foreign_key("fk", "a", "new", "id");
    g_autoptr(Constraint) old_key = new_foreign_key("fk_old", "a", "old", "id");
    g_autoptr(Constraint) check = new_check("ck", "a > 0"), unique = new_constraint(CONSTRAINT_UNIQUE, "uq", "b");
    g_autoptr(Index) index = new_index("ix", "b");
    g_autoptr(SchemaObject) view = object("view", "v", NULL, "w"), base = object("view", "w", NULL, NULL);
    g_autoptr(SchemaObject) trigger = object("trigger", "tr", "v", NULL);
    g_autoptr(SchemaObject) domain = object("domain", "d", NULL, NULL), gone = object("domain", "g", NULL, NULL);
    g_ptr_array_add(new->columns, column_new("x", sql_type_new(SQL_TYPE_INTEGER)));
    take(ops, migrate_op_create_object(trigger));
    take(ops, migrate_op_create_object(view));
    take(ops, migrate_op_create_object(base));
    take(ops, migrate_op_drop_table(old));
    take(ops, migrate_op_create_constraint(t, key));
    take(ops, migrate_op_create_index(t, index));
    take(ops, migrate_op_create_constraint(t, check));
    take(ops, migrate_op_create_constraint(t, unique));
    take(ops, migrate_op_drop_column(t, t->columns->pdata[3]));
    take(ops, migrate_op_create_table(new));
    take(ops, migrate_op_add_column(t, new->columns->pdata[1]));
    take(ops, migrate_op_create_object(domain));
    take(ops, migrate_op_drop_constraint(t, check));
    take(ops, migrate_op_drop_constraint(t, old_key));
    take(ops, migrate_op_drop_index(t, index));
    take(ops, migrate_op_drop_object(gone));
    take(ops, migrate_op_drop_object(base));
    take(ops, migrate_op_drop_object(view));
    take(ops, migrate_op_drop_object(trigger));
    take(ops, alter(t, "b", "b"));
    take(ops, alter(t, "a", "aa"));
    assert_order(ops, TRUE,
                 "drop trigger tr\ndrop view v\ndrop view w\n"
                 "rename column t.a to aa\n"
                 "drop foreign key fk_old on t\ndrop index ix on t\ndrop check constraint ck on t\n"
                 "create domain d\n"
                 "add column t.x\nalter column t.b\n"
                 "create unique constraint uq on t\ncreate index ix on t\ncreate table new\n"
                 "drop column t.c\ncreate check constraint ck on t\ncreate foreign key fk on t\n"
                 "drop table old\ndrop domain g\n"
                 "create view w\ncreate view v\ncreate trigger tr\n");
}

/* Names of indexes are unique in a schema: the dropped table must free its index's name first, and what refers to the
 * table goes with it. */
static void test_name_used_again(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) old = new_table("old", "id a"), new = new_table("new", "id a"), kept = new_table("other", "id");
    g_autoptr(Table) child = table_with_key("child", "old");
    g_ptr_array_add(old->indexes, new_index("ix_a", "a"));
    g_ptr_array_add(new->indexes, new_index("IX_A", "a"));
    take(ops, migrate_op_create_table(new));
    take(ops, migrate_op_drop_table(kept));
    take(ops, migrate_op_drop_table(old));
    take(ops, migrate_op_drop_table(child));
    assert_order(ops, TRUE, "drop table child\ndrop table old\ncreate table new\ndrop table other\n");
}

/* A default calls a function that reads a view of another table; on the way back the other way round. */
static void test_needs_across_kinds(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = new_table("a", "id"), b = new_table("b", "id x");
    g_autoptr(SchemaObject) view = object("view", "v", NULL, "a"), function = object("function", "f", NULL, "v");
    MigrateOp *table = migrate_op_create_table(b), *column = migrate_op_add_column(a, b->columns->pdata[1]);
    table->depends_on = strings_new();
    g_ptr_array_add(table->depends_on, g_strdup("f"));
    take(ops, table);
    take(ops, migrate_op_create_object(function));
    take(ops, migrate_op_create_object(view));
    take(ops, column);
    assert_order(ops, TRUE, "add column a.x\ncreate view v\ncreate function f\ncreate table b\n");
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, NULL);
    assert_order(reverse, TRUE, "drop table b\ndrop function f\ndrop view v\ndrop column a.x\n");
}

/* What takes the name of another kind waits until it is free; what changes in place does so before what it used goes.
 */
static void test_names_change_hands(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(SchemaObject) function = object("function", "f", NULL, NULL),
                            procedure = object("procedure", "f", NULL, NULL);
    g_autoptr(SchemaObject) former = object("domain", "d", NULL, "check_it"),
                            domain = object("domain", "d", NULL, NULL);
    g_autoptr(SchemaObject) check = object("function", "check_it", NULL, NULL);
    take(ops, migrate_op_create_object(procedure));
    take(ops, migrate_op_drop_object(function));
    take(ops, migrate_op_drop_object(check));
    take(ops, migrate_op_replace_object(former, domain));
    assert_order(ops, TRUE, "change domain d\ndrop function f\ncreate procedure f\ndrop function check_it\n");
}

static void test_execute_is_a_barrier(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) a = new_table("a", "id"), b = new_table("b", "id");
    take(ops, migrate_op_drop_table(a));
    take(ops, migrate_op_new(OP_EXECUTE));
    take(ops, migrate_op_create_table(b));
    take(ops, migrate_op_new(OP_EXECUTE));
    assert_order(ops, TRUE, "drop table a\nexecute SQL\ncreate table b\nexecute SQL\n");
    g_autoptr(GPtrArray) none = operations_new();
    assert_order(none, TRUE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_created_tables),
        cmocka_unit_test(test_dropped_tables),
        cmocka_unit_test(test_dropped_partitions),
        cmocka_unit_test(test_cycle_is_split),
        cmocka_unit_test(test_dropped_cycle_is_split),
        cmocka_unit_test(test_cycle_stays_whole),
        cmocka_unit_test(test_long_chain),
        cmocka_unit_test(test_renames_run_from_the_free_end),
        cmocka_unit_test(test_rename_circle),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_name_used_again),
        cmocka_unit_test(test_needs_across_kinds),
        cmocka_unit_test(test_names_change_hands),
        cmocka_unit_test(test_execute_is_a_barrier),
    };
    return cmocka_run_group_tests_name("operations/order", tests, NULL, NULL);
}
