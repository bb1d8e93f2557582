#include <string.h>

#include "support.h"

#include "base/json.h"

/* Compact JSON of `op` without what the model's own tests look at. */
static char *json_of(MigrateOp *op)
{
    g_autoptr(cJSON) json = migrate_op_to_json(op, "sqlite");
    static const char *const parts[] = {"table", "column", "existing", "constraint", "index", "object"};
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(json, parts[i])))
            cJSON_ReplaceItemInObjectCaseSensitive(json, parts[i], cJSON_CreateTrue());
    migrate_op_free(op);
    char *printed = cJSON_PrintUnformatted(json);
    char *text = g_strdup(printed);
    cJSON_free(printed);
    return text;
}

static void assert_json(MigrateOp *op, const char *expected)
{
    g_autofree char *text = json_of(op);
    assert_string_equal(text, expected);
}

static MigrateOp *with_verdict(MigrateOp *op, const char *verdict)
{
    op->verdict = verdict;
    return op;
}

static void test_tables_and_columns(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    const Column *a = table->columns->pdata[1];
    g_autoptr(Column) b = column_new("b", sql_type_new(SQL_TYPE_TEXT));
    assert_json(with_verdict(migrate_op_create_table(table), "structure"),
                "{\"op\":\"create_table\",\"table_name\":\"t\",\"table\":true,\"verdict\":\"structure\"}");
    assert_json(migrate_op_drop_table(table), "{\"op\":\"drop_table\",\"table_name\":\"t\",\"table\":true}");
    assert_json(migrate_op_rename_table(table, "u"),
                "{\"op\":\"rename_table\",\"table_name\":\"t\",\"new_table_name\":\"u\"}");
    assert_json(migrate_op_add_column(table, a), "{\"op\":\"add_column\",\"table_name\":\"t\",\"column\":true}");
    assert_json(migrate_op_drop_column(table, a),
                "{\"op\":\"drop_column\",\"table_name\":\"t\",\"column_name\":\"a\",\"existing\":true}");
    assert_json(migrate_op_alter_column(table, a, a), "{\"op\":\"alter_column\",\"table_name\":\"t\",\"column_name\":"
                                                      "\"a\",\"column\":true,\"existing\":true}");
    assert_json(migrate_op_alter_column(table, a, b),
                "{\"op\":\"alter_column\",\"table_name\":\"t\",\"column_name\":\"a\",\"new_column_name\":\"b\","
                "\"column\":true,\"existing\":true}");
    g_autoptr(GPtrArray) options = options_new(), none = options_new();
    options_set(options, "strict", "true");
    options_set(options, "flag", NULL);
    assert_json(migrate_op_alter_table_options(table, none, options),
                "{\"op\":\"alter_table_options\",\"table_name\":\"t\",\"options\":{\"strict\":\"true\",\"flag\":true},"
                "\"existing_options\":{}}");
}

static void test_constraints_and_indexes(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    static const struct {
        ConstraintKind kind;
        const char *name, *type;
    } rows[] = {
        {CONSTRAINT_PRIMARY_KEY, "create_primary_key", "primary"},
        {CONSTRAINT_UNIQUE, "create_unique_constraint", "unique"},
        {CONSTRAINT_FOREIGN_KEY, "create_foreign_key", "foreignkey"},
        {CONSTRAINT_CHECK, "create_check_constraint", "check"},
        {CONSTRAINT_EXCLUDE, "create_exclude_constraint", "exclude"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Constraint) constraint = new_foreign_key(NULL, "a", "t", "id");
        constraint->kind = rows[i].kind;
        constraint->expression = g_strdup("a > 0");
        g_autofree char *created = g_strdup_printf("{\"op\":\"%s\",\"table_name\":\"t\",\"constraint_name\":null,"
                                                   "\"type_\":\"%s\",\"constraint\":true}",
                                                   rows[i].name, rows[i].type);
        assert_json(migrate_op_create_constraint(table, constraint), created);
        g_autofree char *dropped = g_strdup_printf("{\"op\":\"drop_constraint\",\"table_name\":\"t\","
                                                   "\"constraint_name\":null,\"type_\":\"%s\",\"constraint\":true}",
                                                   rows[i].type);
        assert_json(migrate_op_drop_constraint(table, constraint), dropped);
    }
    g_autoptr(Index) index = new_index("ix", "a");
    assert_json(migrate_op_create_index(table, index),
                "{\"op\":\"create_index\",\"table_name\":\"t\",\"index_name\":\"ix\",\"index\":true}");
}

static void test_others(void **state)
{
    (void)state;
    g_autoptr(SchemaObject) view = schema_object_new("view", "s", "v", "CREATE VIEW v AS SELECT 1");
    assert_json(migrate_op_replace_object(view, view), "{\"op\":\"replace_object\",\"object\":true,\"existing\":true}");
    assert_json(migrate_op_drop_object(view), "{\"op\":\"drop_object\",\"existing\":true}");
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("UPDATE t SET a = '\"'");
    assert_json(execute, "{\"op\":\"execute\",\"sql\":\"UPDATE t SET a = '\\\"'\"}");
    MigrateOp *sequence = migrate_op_new(OP_CREATE_SEQUENCE);
    sequence->sequence = sequence_new(NULL, "s");
    sequence->sequence->options.start = g_strdup("9223372036854775807");
    sequence->sequence->options.cycle = TRUE;
    assert_json(sequence, "{\"op\":\"create_sequence\",\"sequence\":{\"name\":\"s\",\"start\":9223372036854775807,"
                          "\"cycle\":true}}");
    MigrateOp *type = migrate_op_new(OP_DROP_ENUM);
    type->existing_enum = enum_type_new(NULL, "e");
    g_ptr_array_add(type->existing_enum->values, g_strdup("x"));
    assert_json(type, "{\"op\":\"drop_enum\",\"existing\":true}");
}

/* What only revision files say. */
static void test_manner(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id a");
    g_autoptr(Index) index = new_index("ix", "a");
    MigrateOp *create = migrate_op_create_index(table, index);
    create->concurrently = create->if_not_exists = TRUE;
    assert_json(create, "{\"op\":\"create_index\",\"table_name\":\"t\",\"index_name\":\"ix\",\"index\":true,"
                        "\"if_not_exists\":true,\"postgresql_concurrently\":true}");
    g_autoptr(MigrateOp) alter = migrate_op_alter_column(table, table->columns->pdata[1], table->columns->pdata[1]);
    alter->using = g_strdup("a::integer");
    alter->recreate = RECREATE_NEVER;
    assert_json(migrate_op_copy(alter),
                "{\"op\":\"alter_column\",\"table_name\":\"t\",\"column_name\":\"a\",\"column\":true,"
                "\"existing\":true,\"postgresql_using\":\"a::integer\",\"recreate\":\"never\"}");
    assert_json(migrate_op_reverse(alter, NULL),
                "{\"op\":\"alter_column\",\"table_name\":\"t\",\"column_name\":\"a\",\"column\":true,"
                "\"existing\":true,\"recreate\":\"never\"}");
    MigrateOp *add = migrate_op_add_column(table, table->columns->pdata[1]);
    add->insert_after = g_strdup("id");
    assert_json(add, "{\"op\":\"add_column\",\"table_name\":\"t\",\"column\":true,\"insert_after\":\"id\"}");
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
        cmocka_unit_test(test_tables_and_columns),
        cmocka_unit_test(test_constraints_and_indexes),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_manner),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests_name("operations/json", tests, NULL, NULL);
}
