#include <string.h>

#include "support.h"

/* Every kind of thing: a parent, a child that refers to it, an index and a check on the child, a view, a trigger. */
static MetaData *shop(void)
{
    MetaData *metadata = metadata_new(TRUE);
    Table *orders = new_table("orders", "id customer_id total tax");
    Column *gross = column_new("gross", sql_type_new(SQL_TYPE_INTEGER));
    gross->computed = computed_new("total + tax", TRUE);
    g_ptr_array_add(orders->columns, gross);
    g_ptr_array_add(orders->constraints, new_foreign_key("fk_customer", "customer_id", "customers", "id"));
    g_ptr_array_add(orders->constraints, new_check("ck_total", "total >= 0"));
    g_ptr_array_add(orders->constraints, new_check(NULL, "tax < total"));
    Index *index = new_index("ix_customer", "customer_id");
    index->where = g_strdup("total > 10");
    g_ptr_array_add(index->columns, index_column_new(NULL, "abs(total)"));
    g_ptr_array_add(orders->indexes, index);
    metadata_add_table(metadata, new_table("customers", "id name"));
    metadata_add_table(metadata, orders);
    SchemaObject *trigger = schema_object_new("trigger", NULL, "tr", "CREATE TRIGGER tr AFTER INSERT ON orders …");
    trigger->table_name = g_strdup("orders");
    g_ptr_array_add(metadata->objects, schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT 1"));
    g_ptr_array_add(metadata->objects, trigger);
    return metadata;
}

static void apply(MigrateOp *op, MetaData *metadata)
{
    g_autoptr(GError) error = NULL;
    gboolean applied = migrate_op_apply(op, metadata, &error);
    assert_null(error);
    assert_true(applied);
    migrate_op_free(op);
}

static void test_rename_table(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    apply(migrate_op_rename_table(metadata_find_table(metadata, NULL, "customers"), "clients"), metadata);
    assert_null(metadata_find_table(metadata, NULL, "customers"));
    assert_non_null(metadata_find_table(metadata, NULL, "clients"));
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    assert_string_equal(table_find_constraint(orders, "fk_customer")->referred_table, "clients");
    apply(migrate_op_rename_table(orders, "purchases"), metadata);
    assert_string_equal(metadata_find_object(metadata, "trigger", NULL, "tr")->table_name, "purchases");
    g_autoptr(MigrateOp) taken = migrate_op_rename_table(metadata_find_table(metadata, NULL, "clients"), "PURCHASES");
    assert_conflict(taken, metadata, "'PURCHASES', which exists already");
}

static MigrateOp *rename_column(const Table *table, const char *old_name, const char *new_name)
{
    const Column *existing = table_find_column(table, old_name);
    g_autoptr(Column) column = column_copy(existing);
    g_free(column->name);
    column->name = g_strdup(new_name);
    return migrate_op_alter_column(table, existing, column);
}

static void test_rename_column(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    const Table *customers = metadata_find_table(metadata, NULL, "customers");
    apply(rename_column(orders, "total", "amount"), metadata);
    apply(rename_column(orders, "customer_id", "client"), metadata);
    apply(rename_column(customers, "id", "number"), metadata);
    assert_string_equal(table_find_constraint(orders, "ck_total")->expression, "\"amount\" >= 0");
    assert_string_equal(table_find_column(orders, "gross")->computed->expression, "\"amount\" + tax");
    const Index *index = table_find_index(orders, "ix_customer");
    assert_string_equal(((const IndexColumn *)index->columns->pdata[0])->name, "client");
    assert_string_equal(((const IndexColumn *)index->columns->pdata[1])->expression, "abs(\"amount\")");
    assert_string_equal(index->where, "\"amount\" > 10");
    const Constraint *key = table_find_constraint(orders, "fk_customer");
    assert_string_equal(key->columns->pdata[0], "client");
    assert_string_equal(key->referred_columns->pdata[0], "number");
    assert_string_equal(customers->primary_key->columns->pdata[0], "number");
    g_autoptr(MigrateOp) taken = rename_column(orders, "amount", "tax");
    assert_conflict(taken, metadata, "'tax', which exists already");
}

static void test_drop_table_takes_triggers(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    apply(migrate_op_drop_table(metadata_find_table(metadata, NULL, "orders")), metadata);
    assert_null(metadata_find_object(metadata, "trigger", NULL, "tr"));
    assert_non_null(metadata_find_object(metadata, "view", NULL, "v"));
}

static void test_conflicts(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    g_autoptr(Table) nowhere = new_table("nowhere", "id a");
    g_autoptr(Column) column = column_new("A", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(Index) index = new_index("ix_none", "total");
    g_autoptr(MigrateOp) create = migrate_op_create_table(orders);
    assert_conflict(create, metadata, "'orders' exists already");
    g_autoptr(MigrateOp) drop = migrate_op_drop_table(nowhere);
    assert_conflict(drop, metadata, "drop_table: table 'nowhere' does not exist");
    g_autoptr(MigrateOp) add = migrate_op_add_column(orders, table_find_column(orders, "TOTAL"));
    assert_conflict(add, metadata, "'orders.total' exists already");
    g_autoptr(MigrateOp) drop_column = migrate_op_drop_column(orders, column);
    assert_conflict(drop_column, metadata, "'orders.A' does not exist");
    g_autoptr(MigrateOp) alter = migrate_op_alter_column(orders, column, column);
    assert_conflict(alter, metadata, "'orders.A' does not exist");
    g_autoptr(MigrateOp) drop_index = migrate_op_drop_index(orders, index);
    assert_conflict(drop_index, metadata, "table 'orders' has no index 'ix_none'");
    g_autoptr(Constraint) check = new_check("ck_other", "total >= 0");
    g_autoptr(MigrateOp) drop_check = migrate_op_drop_constraint(orders, check);
    assert_conflict(drop_check, metadata, "no such constraint");
    g_autoptr(Constraint) key = new_constraint(CONSTRAINT_PRIMARY_KEY, NULL, "total");
    g_autoptr(MigrateOp) second_key = migrate_op_create_constraint(orders, key);
    assert_conflict(second_key, metadata, "has a primary key already");
    g_autoptr(Constraint) unique = new_constraint(CONSTRAINT_UNIQUE, "uq", "nothing");
    g_autoptr(MigrateOp) no_column = migrate_op_create_constraint(orders, unique);
    assert_conflict(no_column, metadata, "column 'orders.nothing' does not exist");
    g_autoptr(MigrateOp) view = migrate_op_create_object(metadata_find_object(metadata, "view", NULL, "v"));
    assert_conflict(view, metadata, "create_object: 'v' exists already");
}

static void test_used_column_stays(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    g_autoptr(MigrateOp) in_key = migrate_op_drop_column(orders, table_find_column(orders, "id"));
    assert_conflict(in_key, metadata, "is in the primary key");
    g_autoptr(MigrateOp) in_foreign_key = migrate_op_drop_column(orders, table_find_column(orders, "customer_id"));
    assert_conflict(in_foreign_key, metadata, "is used by constraint 'fk_customer'");
    apply(migrate_op_drop_constraint(orders, table_find_constraint(orders, "fk_customer")), metadata);
    assert_conflict(in_foreign_key, metadata, "is used by index 'ix_customer'");
    apply(migrate_op_drop_index(orders, table_find_index(orders, "ix_customer")), metadata);
    apply(migrate_op_drop_column(orders, table_find_column(orders, "customer_id")), metadata);
    assert_null(table_find_column(orders, "customer_id"));
}

/* Two constraints that differ only in having a name: each is found by what it is. */
static void test_unnamed_constraint(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    g_autoptr(Constraint) unnamed = new_check(NULL, "tax < total"), named = new_check("ck_tax", "tax < total");
    guint before = orders->constraints->len;
    apply(migrate_op_create_constraint(orders, named), metadata);
    apply(migrate_op_drop_constraint(orders, unnamed), metadata);
    assert_int_equal(orders->constraints->len, before);
    assert_non_null(table_find_constraint(orders, "ck_tax"));
    g_autoptr(MigrateOp) again = migrate_op_drop_constraint(orders, unnamed);
    assert_conflict(again, metadata, "no such constraint");
}

/* --- there and back --- */

static MigrateOp *comment_table(const char *table, const char *comment, const char *existing)
{
    MigrateOp *op = migrate_op_new(comment ? OP_CREATE_TABLE_COMMENT : OP_DROP_TABLE_COMMENT);
    op->table_name = g_strdup(table);
    op->comment = g_strdup(comment);
    op->existing_comment = g_strdup(existing);
    return op;
}

static MigrateOp *rename_thing(OpKind kind, const char *table, const char *name, const char *new_name)
{
    MigrateOp *op = migrate_op_new(kind);
    op->table_name = g_strdup(table);
    op->name = g_strdup(name);
    op->new_name = g_strdup(new_name);
    return op;
}

static MigrateOp *create_enum(void)
{
    MigrateOp *op = migrate_op_new(OP_CREATE_ENUM);
    op->enum_type = enum_type_new(NULL, "status");
    g_ptr_array_add(op->enum_type->values, g_strdup("new"));
    return op;
}

static MigrateOp *create_sequence(void)
{
    MigrateOp *op = migrate_op_new(OP_CREATE_SEQUENCE);
    op->sequence = sequence_new(NULL, "numbers");
    op->sequence->options.start = g_strdup("9223372036854775807");
    return op;
}

static char *state_of(const MetaData *metadata)
{
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < metadata->tables->len; i++)
        g_ptr_array_add(ops, migrate_op_create_table(metadata->tables->pdata[i]));
    for (guint i = 0; i < metadata->objects->len; i++)
        g_ptr_array_add(ops, migrate_op_create_object(metadata->objects->pdata[i]));
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%u enums, %u sequences\n", metadata->enums->len, metadata->sequences->len);
    cJSON *json = operations_to_json(ops, "sqlite");
    char *printed = cJSON_Print(json);
    g_string_append(text, printed);
    cJSON_free(printed);
    cJSON_Delete(json);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static GPtrArray *some_of_everything(const MetaData *metadata)
{
    GPtrArray *ops = operations_new();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    g_autoptr(Table) items = new_table("items", "id order_id");
    g_autoptr(Column) note = column_new("note", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(Column) tax = column_copy(table_find_column(orders, "tax"));
    g_autoptr(Constraint) unique = new_constraint(CONSTRAINT_UNIQUE, "uq_note", "note");
    g_autoptr(SchemaObject) view = schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT 2");
    g_autoptr(GPtrArray) options = options_new();
    tax->server_default = g_strdup("0");
    tax->nullable = FALSE;
    options_set(options, "strict", "true");
    g_ptr_array_add(ops, migrate_op_drop_object(metadata_find_object(metadata, "trigger", NULL, "tr")));
    g_ptr_array_add(ops, rename_column(orders, "total", "amount"));
    g_ptr_array_add(ops, create_enum());
    g_ptr_array_add(ops, create_sequence());
    g_ptr_array_add(ops, migrate_op_add_column(orders, note));
    g_ptr_array_add(ops, migrate_op_alter_column(orders, table_find_column(orders, "tax"), tax));
    g_ptr_array_add(ops, migrate_op_alter_table_options(orders, orders->options, options));
    g_ptr_array_add(ops, comment_table("orders", "what was ordered", NULL));
    g_ptr_array_add(ops, comment_table("orders", NULL, "what was ordered"));
    g_ptr_array_add(ops, migrate_op_create_constraint(orders, unique));
    g_ptr_array_add(ops, rename_thing(OP_RENAME_CONSTRAINT, "orders", "uq_note", "uq_notes"));
    g_ptr_array_add(ops, rename_thing(OP_RENAME_INDEX, "orders", "ix_customer", "ix_client"));
    g_ptr_array_add(ops, migrate_op_create_table(items));
    g_ptr_array_add(ops, migrate_op_replace_object(metadata_find_object(metadata, "view", NULL, "v"), view));
    g_ptr_array_add(ops, migrate_op_rename_table(orders, "purchases"));
    return ops;
}

/* What a server changes by itself. */
static void test_renames_reach_others(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    SqlType *array = sql_type_new(SQL_TYPE_ARRAY);
    array->item = sql_type_new(SQL_TYPE_ENUM);
    array->item->name = g_strdup("status");
    g_ptr_array_add(orders->columns, column_new("states", array));
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, create_enum());
    g_ptr_array_add(ops, create_sequence());
    MigrateOp *renamed = migrate_op_new(OP_ALTER_ENUM);
    renamed->existing_enum = enum_type_new(NULL, "status");
    renamed->enum_type = enum_type_new("app", "state");
    g_ptr_array_add(ops, renamed);
    assert_true(operations_apply(ops, metadata, NULL));
    assert_string_equal(array->item->name, "app.state");

    Sequence *sequence = metadata_find_sequence(metadata, NULL, "numbers");
    sequence->owned_by_table = g_strdup("orders");
    sequence->owned_by_column = g_strdup("total");
    g_autoptr(MigrateOp) column = rename_column(orders, "total", "amount");
    g_autoptr(MigrateOp) table = migrate_op_rename_table(orders, "purchases");
    assert_true(migrate_op_apply(column, metadata, NULL) && migrate_op_apply(table, metadata, NULL));
    assert_string_equal(sequence->owned_by_table, "purchases");
    assert_string_equal(sequence->owned_by_column, "amount");
}

static void test_reverse_restores(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) metadata = shop();
    g_autofree char *before = state_of(metadata);
    g_autoptr(GPtrArray) ops = some_of_everything(metadata);
    assert_true(operations_apply(ops, metadata, &error));
    assert_null(error);
    g_autofree char *after = state_of(metadata);
    assert_string_not_equal(before, after);
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    assert_non_null(reverse);
    assert_true(operations_apply(reverse, metadata, &error));
    assert_null(error);
    /* A rename leaves its mark in the quotes of expressions. */
    g_autofree char *back = state_of(metadata);
    g_auto(GStrv) parts = g_strsplit(back, "\\\"total\\\"", -1);
    g_autofree char *unquoted = g_strjoinv("total", parts);
    assert_string_equal(unquoted, before);
    g_autoptr(GPtrArray) again = operations_reverse(reverse, &error);
    assert_true(operations_apply(again, metadata, &error));
    g_autofree char *forward = state_of(metadata);
    assert_string_equal(forward, after);
}

static void test_execute_is_irreversible(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = operations_new();
    MigrateOp *op = migrate_op_new(OP_EXECUTE);
    op->sql = g_strdup("DELETE FROM orders");
    g_ptr_array_add(ops, op);
    assert_null(operations_reverse(ops, &error));
    assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_IRREVERSIBLE));
}

static void test_loses_data(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = shop();
    const Table *orders = metadata_find_table(metadata, NULL, "orders");
    g_autoptr(MigrateOp) table = migrate_op_drop_table(orders);
    g_autoptr(MigrateOp) column = migrate_op_drop_column(orders, table_find_column(orders, "tax"));
    g_autoptr(MigrateOp) generated = migrate_op_drop_column(orders, table_find_column(orders, "gross"));
    g_autoptr(MigrateOp) index = migrate_op_drop_index(orders, table_find_index(orders, "ix_customer"));
    assert_true(migrate_op_loses_data(table));
    assert_true(migrate_op_loses_data(column));
    assert_false(migrate_op_loses_data(generated));
    assert_false(migrate_op_loses_data(index));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rename_table),
        cmocka_unit_test(test_rename_column),
        cmocka_unit_test(test_drop_table_takes_triggers),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_used_column_stays),
        cmocka_unit_test(test_unnamed_constraint),
        cmocka_unit_test(test_renames_reach_others),
        cmocka_unit_test(test_reverse_restores),
        cmocka_unit_test(test_execute_is_irreversible),
        cmocka_unit_test(test_loses_data),
    };
    return cmocka_run_group_tests_name("operations/apply", tests, NULL, NULL);
}
