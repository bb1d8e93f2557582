/* What operations of a revision file become on each dialect, told by the SQL that is compiled from them. */
#include "document_support.h"

static const char shop[] =
    "{\"enums\": [{\"name\": \"st\", \"values\": [\"a\", \"b\"]}],"
    " \"tables\": [{\"name\": \"customers\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": "
    "true},"
    "   {\"name\": \"email\", \"type\": \"String(100)\"}]},"
    "  {\"name\": \"orders\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"
    "   {\"name\": \"total\", \"type\": \"Numeric(10, 2)\", \"nullable\": false}, {\"name\": \"note\", \"type\": "
    "\"Text\"},"
    "   {\"name\": \"state\", \"type\": \"Enum(st)\", \"nullable\": false}],"
    "   \"check_constraints\": [{\"name\": \"ck_total\", \"expression\": \"total > 0\"}],"
    "   \"indexes\": [{\"name\": \"ix_total\", \"columns\": [\"total\"]}]}]}";

static void test_create_table(void **state)
{
    (void)state;
    static const char ops[] = "{\"op\": \"create_table\", \"table_name\": \"t\", \"comment\": \"hello\", "
                              "\"mysql_engine\": \"MyISAM\", \"columns\":"
                              " [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"
                              "  {\"name\": \"a\", \"type\": \"String(20)\", \"index\": true, \"comment\": \"x\"}]}";
    assert_sql(
        &sqlite_dialect, shop, ops,
        "CREATE TABLE t (\n    id INTEGER NOT NULL,\n    a VARCHAR(20),\n    CONSTRAINT pk_t PRIMARY KEY (id)\n)\n"
        "CREATE INDEX ix_t_a ON t (a)\n");
    assert_sql(
        &postgresql_dialect, shop, ops,
        "CREATE TABLE t (\n    id SERIAL NOT NULL,\n    a VARCHAR(20),\n    CONSTRAINT pk_t PRIMARY KEY (id)\n)\n"
        "COMMENT ON TABLE t IS 'hello'\nCOMMENT ON COLUMN t.a IS 'x'\nCREATE INDEX ix_t_a ON t (a)\n");
    assert_sql(&mariadb_dialect, shop, ops,
               "CREATE TABLE t (\n    id INTEGER NOT NULL AUTO_INCREMENT,\n    a VARCHAR(20) COMMENT 'x',\n"
               "    PRIMARY KEY (id),\n    KEY ix_t_a (a)\n) ENGINE=MyISAM COMMENT='hello'\n");
}

static void test_columns(void **state)
{
    (void)state;
    static const char ops[] =
        "{\"op\": \"add_column\", \"table_name\": \"orders\", \"column\": {\"name\": \"customer_id\", \"type\": "
        "\"Integer\","
        "  \"foreign_key\": \"customers.id\", \"ondelete\": \"CASCADE\"}},"
        "{\"op\": \"alter_column\", \"table_name\": \"orders\", \"column_name\": \"note\", \"nullable\": false,"
        "  \"server_default\": \"''\", \"type_\": \"String(50)\", \"new_column_name\": \"remark\"},"
        "{\"op\": \"drop_constraint\", \"constraint_name\": \"fk_orders_customer_id_customers\", \"table_name\": "
        "\"orders\"},"
        "{\"op\": \"drop_column\", \"table_name\": \"orders\", \"column_name\": \"customer_id\"}";
    assert_sql(&postgresql_dialect, shop, ops,
               "ALTER TABLE orders ADD COLUMN customer_id INTEGER\n"
               "ALTER TABLE orders ADD CONSTRAINT fk_orders_customer_id_customers FOREIGN KEY (customer_id) REFERENCES "
               "customers (id) ON DELETE CASCADE\n"
               "ALTER TABLE orders RENAME COLUMN note TO remark\nALTER TABLE orders ALTER COLUMN remark SET NOT NULL\n"
               "ALTER TABLE orders ALTER COLUMN remark TYPE VARCHAR(50)\n"
               "ALTER TABLE orders ALTER COLUMN remark SET DEFAULT ''\n"
               "ALTER TABLE orders DROP CONSTRAINT fk_orders_customer_id_customers\n"
               "ALTER TABLE orders DROP COLUMN customer_id\n");
    assert_sql(&mariadb_dialect, shop, ops,
               "ALTER TABLE orders\n    ADD COLUMN customer_id INTEGER,\n"
               "    ADD KEY fk_orders_customer_id_customers (customer_id)\n"
               "ALTER TABLE orders ADD CONSTRAINT fk_orders_customer_id_customers FOREIGN KEY (customer_id) REFERENCES "
               "customers (id) ON DELETE CASCADE\n"
               "ALTER TABLE orders CHANGE COLUMN note remark VARCHAR(50) NOT NULL DEFAULT ''\n"
               "ALTER TABLE orders DROP FOREIGN KEY fk_orders_customer_id_customers\n"
               "ALTER TABLE orders DROP INDEX fk_orders_customer_id_customers\n"
               "ALTER TABLE orders DROP COLUMN customer_id\n");
}

/* What names no other column goes with it. */
static void test_dropped_column(void **state)
{
    (void)state;
    static const char ops[] =
        "{\"op\": \"create_unique_constraint\", \"constraint_name\": \"uq\", \"table_name\": \"orders\", \"columns\":"
        " [\"total\"]}, {\"op\": \"drop_column\", \"table_name\": \"orders\", \"column_name\": \"total\"}";
    assert_sql(&postgresql_dialect, shop, ops,
               "ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (total)\nALTER TABLE orders DROP CONSTRAINT ck_total\n"
               "ALTER TABLE orders DROP CONSTRAINT uq\nDROP INDEX ix_total\nALTER TABLE orders DROP COLUMN total\n");
    assert_sql(&mariadb_dialect, shop, ops,
               "ALTER TABLE orders ADD UNIQUE KEY uq (total)\nALTER TABLE orders\n    DROP CONSTRAINT ck_total,\n"
               "    DROP INDEX ix_total,\n    DROP INDEX uq,\n    DROP COLUMN total\n");
}

/* Of a table that nobody knows, what is said is enough, or what is missing is said. */
static void test_unknown_table(void **state)
{
    (void)state;
    static const char ops[] =
        "{\"op\": \"alter_column\", \"table_name\": \"x\", \"column_name\": \"a\", \"nullable\": false,"
        "  \"existing_type\": \"Integer\", \"existing_server_default\": null, \"existing_comment\": null,"
        "  \"existing_autoincrement\": false},"
        "{\"op\": \"drop_column\", \"table_name\": \"x\", \"column_name\": \"b\"},"
        "{\"op\": \"drop_constraint\", \"table_name\": \"x\", \"constraint_name\": \"uq\", \"type_\": \"unique\"},"
        "{\"op\": \"drop_table\", \"table_name\": \"x\"}";
    g_autoptr(MetaData) schema = state_of(&postgresql_dialect, shop);
    g_autofree char *sql = sql_of(&postgresql_dialect, schema, FALSE, ops);
    assert_string_equal(sql, "ALTER TABLE x ALTER COLUMN a SET NOT NULL\nALTER TABLE x DROP COLUMN b\n"
                             "ALTER TABLE x DROP CONSTRAINT uq\nDROP TABLE x\n");
}

static guint count(const char *text, const char *part)
{
    guint n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        n++;
    return n;
}

/* Neighbours that alter one table are one step where tables are rebuilt; a batch is one everywhere. */
static void test_joined(void **state)
{
    (void)state;
    static const char apart[] =
        "{\"op\": \"alter_column\", \"table_name\": \"orders\", \"column_name\": \"note\", \"nullable\": false},"
        "{\"op\": \"create_foreign_key\", \"source_table\": \"orders\", \"referent_table\": \"customers\","
        " \"local_cols\": [\"id\"], \"remote_cols\": [\"id\"]},"
        "{\"op\": \"create_check_constraint\", \"table_name\": \"customers\", \"condition\": \"id > 0\"}";
    static const char batch[] =
        "{\"op\": \"batch_alter_table\", \"table_name\": \"orders\", \"operations\": ["
        "{\"op\": \"alter_column\", \"column_name\": \"note\", \"new_column_name\": \"remark\", \"nullable\": false},"
        "{\"op\": \"create_index\", \"columns\": [\"remark\"]}, {\"op\": \"drop_column\", \"column_name\": "
        "\"total\"}]}";
    g_autoptr(GError) error = NULL;
    g_autoptr(OpsDocument) document = parse_ops(apart, &error);
    g_autoptr(MetaData) schema = state_of(&sqlite_dialect, shop), rebuilt = state_of(&sqlite_dialect, shop);
    OpsTarget target = target_of(&sqlite_dialect, TRUE);
    target.joins_alters = TRUE;
    guint index = 0;
    g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, schema, &error);
    assert_non_null(step);
    assert_int_equal(index, 2);
    assert_int_equal(step->operations->len, 2);
    g_autoptr(GString) sql = g_string_new(NULL);
    append_sql(sql, &sqlite_dialect, step->operations, schema);
    assert_int_equal(count(sql->str, "CREATE TABLE _migrate_new_orders"), 1);
    g_autofree char *one = sql_of(&sqlite_dialect, rebuilt, TRUE, batch);
    assert_int_equal(count(one, "CREATE TABLE _migrate_new_orders"), 1);
    assert_sql(&mariadb_dialect, shop, batch,
               "ALTER TABLE orders\n    DROP CONSTRAINT ck_total,\n    DROP INDEX ix_total,\n    DROP COLUMN total,\n"
               "    CHANGE COLUMN note remark TEXT NOT NULL,\n    ADD KEY ix_orders_remark (remark)\n");
}

/* Where enums are no types, the columns of one are found and changed. */
static void test_enums(void **state)
{
    (void)state;
    static const char ops[] = "{\"op\": \"create_enum\", \"name\": \"mood\", \"values\": [\"sad\", \"ok\"]},"
                              "{\"op\": \"add_column\", \"table_name\": \"customers\", \"column\": {\"name\": \"m\", "
                              "\"type\": \"Enum(mood)\"}},"
                              "{\"op\": \"alter_enum\", \"name\": \"mood\", \"values\": [\"sad\", \"ok\", \"great\"]}";
    assert_sql(&postgresql_dialect, shop, ops,
               "CREATE TYPE mood AS ENUM ('sad', 'ok')\nALTER TABLE customers ADD COLUMN m mood\n"
               "ALTER TYPE mood ADD VALUE 'great'\n");
    assert_sql(&mariadb_dialect, shop, ops,
               "ALTER TABLE customers ADD COLUMN m ENUM('sad','ok')\n"
               "ALTER TABLE customers MODIFY COLUMN m ENUM('sad','ok','great')\n");
    g_autoptr(MetaData) schema = state_of(&sqlite_dialect, shop);
    g_autofree char *sql = sql_of(&sqlite_dialect, schema, TRUE, ops);
    const Table *customers = metadata_find_table(schema, NULL, "customers");
    assert_string_equal(table_find_constraint(customers, "ck_customers_m")->expression, "m IN ('sad', 'ok', 'great')");
    assert_int_equal(table_find_column(customers, "m")->type->length, 5);
    assert_int_equal(metadata_find_enum(schema, NULL, "mood")->values->len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_table),   cmocka_unit_test(test_columns), cmocka_unit_test(test_enums),
        cmocka_unit_test(test_dropped_column), cmocka_unit_test(test_joined),  cmocka_unit_test(test_unknown_table),
    };
    return cmocka_run_group_tests_name("operations/document_resolve", tests, NULL, NULL);
}
