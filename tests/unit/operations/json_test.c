/* The arguments that operations are written with. That they are read back as the same is document_property_test's. */
#include <string.h>

#include "support.h"

#include "base/json.h"

static void assert_json(MigrateOp *taken, const char *expected)
{
    g_autoptr(MigrateOp) op = taken;
    g_autoptr(cJSON) json = migrate_op_to_json(op, "sqlite");
    g_autoptr(GString) text = g_string_new(NULL);
    json_append_line(text, json);
    for (char *p = text->str; *p; p++) /* so that the tests can be read */
        if (*p == '"')
            *p = '\'';
    assert_string_equal(text->str, expected);
}

static MigrateOp *with_verdict(MigrateOp *op, const char *verdict)
{
    op->verdict = verdict;
    return op;
}

static void test_tables(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    table->schema = g_strdup("s");
    assert_json(with_verdict(migrate_op_create_table(table), "structure"),
                "{'op': 'create_table', 'table_name': 't', 'schema': 's', 'columns': [{'name': 'id', 'type': 'Integer'"
                ", 'nullable': true}, {'name': 'a', 'type': 'Integer'}], 'primary_key': {'name': null, 'columns': "
                "['id']}, 'verdict': 'structure'}");
    assert_json(migrate_op_drop_table(table),
                "{'op': 'drop_table', 'table_name': 't', 'schema': 's', 'existing': {'name': 't', 'schema': 's', "
                "'columns': [{'name': 'id', 'type': 'Integer', 'nullable': true}, {'name': 'a', 'type': 'Integer'}], "
                "'primary_key': {'name': null, 'columns': ['id']}}}");
    assert_json(migrate_op_rename_table(table, "u"),
                "{'op': 'rename_table', 'old_table_name': 't', 'new_table_name': 'u', 'schema': 's'}");
    g_autoptr(GPtrArray) options = options_new(), none = options_new();
    options_set(options, "strict", "true");
    options_set(options, "flag", NULL);
    assert_json(migrate_op_alter_table_options(table, none, options),
                "{'op': 'alter_table_options', 'table_name': 't', 'schema': 's', 'options': {'sqlite': {'strict': "
                "'true', 'flag': null}}, 'existing_options': {'sqlite': {}}}");
}

static void test_columns(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    const Column *a = table->columns->pdata[1];
    g_autoptr(Column) b = column_new("b", sql_type_new(SQL_TYPE_TEXT));
    b->server_default = g_strdup("'x'");
    b->nullable = FALSE;
    assert_json(migrate_op_add_column(table, a),
                "{'op': 'add_column', 'table_name': 't', 'column': {'name': 'a', 'type': 'Integer'}}");
    assert_json(migrate_op_drop_column(table, a), "{'op': 'drop_column', 'table_name': 't', 'column_name': 'a', "
                                                  "'existing': {'name': 'a', 'type': 'Integer'}}");
    assert_json(migrate_op_alter_column(table, a, b),
                "{'op': 'alter_column', 'table_name': 't', 'column_name': 'a', 'new_column_name': 'b', 'type_': 'Text'"
                ", 'nullable': false, 'server_default': ''x'', 'existing': {'name': 'a', 'type': 'Integer'}}");
}

/* Absent means unchanged; null, that it goes. */
static void test_changed_column(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    g_autoptr(Column) from = column_new("a", sql_type_new(SQL_TYPE_INTEGER));
    g_autoptr(Column) to = column_copy(from);
    from->comment = g_strdup("c");
    from->server_default = g_strdup("1");
    from->computed = computed_new("id + 1", TRUE);
    from->autoincrement = AUTOINCREMENT_TRUE;
    assert_json(migrate_op_alter_column(table, from, to),
                "{'op': 'alter_column', 'table_name': 't', 'column_name': 'a', 'server_default': null, 'computed': "
                "null, 'autoincrement': 'auto', 'comment': null, 'existing': {'name': 'a', 'type': 'Integer', "
                "'server_default': '1', 'computed': {'expression': 'id + 1', 'persisted': true}, 'autoincrement': "
                "true, 'comment': 'c'}}");
}

/* What is not known is not made up. */
static void test_unknown(void **state)
{
    (void)state;
    g_autoptr(Table) table = table_new(NULL, "t");
    table->partial = TRUE;
    g_autoptr(Column) from = column_new("a", sql_type_new(SQL_TYPE_NULL));
    from->unknown = COLUMN_EVERYTHING & ~(guint)COLUMN_NULLABLE;
    g_autoptr(Column) to = column_copy(from);
    to->nullable = FALSE;
    assert_json(migrate_op_alter_column(table, from, to), "{'op': 'alter_column', 'table_name': 't', 'column_name': 'a'"
                                                          ", 'nullable': false, 'existing_nullable': true}");
    assert_json(migrate_op_drop_column(table, from), "{'op': 'drop_column', 'table_name': 't', 'column_name': 'a'}");
    assert_json(migrate_op_drop_table(table), "{'op': 'drop_table', 'table_name': 't'}");
    g_autoptr(Index) index = index_new("ix");
    assert_json(migrate_op_drop_index(table, index), "{'op': 'drop_index', 'index_name': 'ix', 'table_name': 't'}");
    g_autoptr(Constraint) constraint = constraint_new(CONSTRAINT_CHECK, "ck");
    assert_json(migrate_op_drop_constraint(table, constraint),
                "{'op': 'drop_constraint', 'constraint_name': 'ck', 'table_name': 't', 'type_': 'check'}");
}

static void test_constraints(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    g_autoptr(Constraint) unique = new_constraint(CONSTRAINT_UNIQUE, NULL, "a"), check = new_check("ck", "a > 0");
    g_autoptr(Constraint) key = new_foreign_key("fk", "a", "u", "id"),
                          primary = new_constraint(CONSTRAINT_PRIMARY_KEY, "pk", "id");
    g_autoptr(Constraint) exclude = constraint_new(CONSTRAINT_EXCLUDE, "ex");
    exclude->expression = g_strdup("USING gist (a WITH =)");
    key->ondelete = g_strdup("CASCADE");
    assert_json(migrate_op_create_constraint(table, unique),
                "{'op': 'create_unique_constraint', 'table_name': 't', 'constraint_name': null, 'columns': ['a']}");
    assert_json(migrate_op_create_constraint(table, primary),
                "{'op': 'create_primary_key', 'table_name': 't', 'constraint_name': 'pk', 'columns': ['id']}");
    assert_json(migrate_op_create_constraint(table, check),
                "{'op': 'create_check_constraint', 'table_name': 't', 'constraint_name': 'ck', 'condition': 'a > 0'}");
    assert_json(migrate_op_create_constraint(table, key),
                "{'op': 'create_foreign_key', 'source_table': 't', 'constraint_name': 'fk', 'local_cols': ['a'], "
                "'referent_table': 'u', 'remote_cols': ['id'], 'ondelete': 'CASCADE'}");
    assert_json(migrate_op_create_constraint(table, exclude),
                "{'op': 'create_exclude_constraint', 'table_name': 't', 'constraint_name': 'ex', 'expression': "
                "'USING gist (a WITH =)'}");
    assert_json(migrate_op_drop_constraint(table, unique),
                "{'op': 'drop_constraint', 'constraint_name': null, 'table_name': 't', 'type_': 'unique', 'existing': "
                "{'name': null, 'columns': ['a']}}");
}

static void test_others(void **state)
{
    (void)state;
    g_autoptr(SchemaObject) view = schema_object_new("view", "s", "v", "CREATE VIEW v AS SELECT 1");
    assert_json(migrate_op_create_object(view), "{'op': 'create_object', 'kind': 'view', 'name': 'v', 'schema': 's', "
                                                "'definition': 'CREATE VIEW v AS SELECT 1'}");
    assert_json(migrate_op_drop_object(view),
                "{'op': 'drop_object', 'kind': 'view', 'name': 'v', 'schema': 's', 'existing': {'kind': 'view', 'name':"
                " 'v', 'schema': 's', 'definition': 'CREATE VIEW v AS SELECT 1'}}");
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("UPDATE t SET a = 1");
    assert_json(execute, "{'op': 'execute', 'sqltext': 'UPDATE t SET a = 1'}");
    MigrateOp *sequence = migrate_op_new(OP_CREATE_SEQUENCE);
    sequence->sequence = sequence_new(NULL, "s");
    sequence->sequence->options.start = g_strdup("9223372036854775807");
    sequence->sequence->options.cycle = TRUE;
    assert_json(sequence, "{'op': 'create_sequence', 'name': 's', 'start': 9223372036854775807, 'cycle': true}");
    MigrateOp *type = migrate_op_new(OP_ALTER_ENUM);
    type->existing_enum = enum_type_new(NULL, "e");
    type->enum_type = enum_type_new(NULL, "e");
    g_ptr_array_add(type->enum_type->values, g_strdup("x"));
    assert_json(type, "{'op': 'alter_enum', 'name': 'e', 'values': ['x'], 'existing': {'name': 'e', 'values': []}}");
}

/* What only revision files say. */
static void test_manner(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    g_autoptr(Index) index = new_index("ix", "a");
    MigrateOp *create = migrate_op_create_index(table, index);
    create->concurrently = create->if_not_exists = TRUE;
    assert_json(create, "{'op': 'create_index', 'table_name': 't', 'index_name': 'ix', 'columns': ['a'], "
                        "'if_not_exists': true, 'postgresql_concurrently': true}");
    g_autoptr(MigrateOp) alter = migrate_op_alter_column(table, table->columns->pdata[1], table->columns->pdata[1]);
    alter->using = g_strdup("a::integer");
    alter->recreate = RECREATE_NEVER;
    assert_json(migrate_op_copy(alter),
                "{'op': 'batch_alter_table', 'table_name': 't', 'recreate': 'never', 'operations': [{'op': "
                "'alter_column', 'column_name': 'a', 'existing': {'name': 'a', 'type': 'Integer'}, 'postgresql_using': "
                "'a::integer'}]}");
    MigrateOp *add = migrate_op_add_column(table, table->columns->pdata[1]);
    add->insert_after = g_strdup("id");
    add->restores = TRUE;
    assert_json(add, "{'op': 'add_column', 'table_name': 't', 'column': {'name': 'a', 'type': 'Integer'}, 'restores': "
                     "true, 'insert_after': 'id'}");
}

static void test_list(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id");
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, migrate_op_create_table(table));
    g_ptr_array_add(ops, migrate_op_drop_table(table));
    g_autoptr(cJSON) json = operations_to_json(ops, "sqlite");
    assert_int_equal(cJSON_GetArraySize(json), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_columns),     cmocka_unit_test(test_changed_column),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_constraints), cmocka_unit_test(test_others),
        cmocka_unit_test(test_manner),  cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests_name("operations/json", tests, NULL, NULL);
}
