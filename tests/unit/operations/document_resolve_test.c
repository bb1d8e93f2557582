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

/* The arguments of each op, as PostgreSQL, which has most of what they say, takes them. */
static void test_arguments_of_keys(void **state)
{
    (void)state;
    g_autofree char *ops =
        with_quotes("{`op`:`create_index`,`table_name`:`orders`,`columns`:[`note`,{`expression`:`lower(note)`}],"
                    "`unique`:true,`postgresql_using`:`btree`,`postgresql_ops`:{`note`:`text_pattern_ops`},"
                    "`postgresql_include`:[`total`],`postgresql_with`:{`fillfactor`:70},"
                    "`postgresql_where`:`total > 1`,`postgresql_concurrently`:true,`mysql_length`:{`note`:10},"
                    "`sqlite_where`:`total > 2`,`if_not_exists`:true,`index_name`:`ix_new`},"
                    "{`op`:`rename_index`,`index_name`:`ix_new`,`new_index_name`:`ix_newer`,`table_name`:`orders`},"
                    "{`op`:`drop_index`,`index_name`:`ix_newer`,`postgresql_concurrently`:true,`if_exists`:true},"
                    "{`op`:`drop_index`,`index_name`:`gone`,`table_name`:`orders`,`if_exists`:true},"
                    "{`op`:`create_exclude_constraint`,`constraint_name`:`ex`,`table_name`:`orders`,"
                    "`elements`:[[`total`,`=`],[`id`,`<>`]],`using`:`gist`,`where`:`total > 3`,`deferrable`:true,"
                    "`initially`:`DEFERRED`},"
                    "{`op`:`rename_constraint`,`constraint_name`:`ck_total`,`new_constraint_name`:`ck_sum`,"
                    "`table_name`:`orders`},"
                    "{`op`:`drop_constraint`,`constraint_name`:`pk_customers`,`table_name`:`customers`,"
                    "`type_`:`primary`},"
                    "{`op`:`create_primary_key`,`constraint_name`:`pk_c`,`table_name`:`customers`,`columns`:[`id`,"
                    "`email`]},"
                    "{`op`:`create_unique_constraint`,`constraint_name`:`uq_c`,`table_name`:`customers`,"
                    "`columns`:[`email`],`postgresql_include`:[`id`],`deferrable`:true}");
    assert_sql(&postgresql_dialect, shop, ops,
               "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix_new ON orders (note text_pattern_ops, (lower(note))) "
               "INCLUDE (total) WITH (fillfactor=70) WHERE total > 1\n"
               "ALTER INDEX ix_new RENAME TO ix_newer\nDROP INDEX CONCURRENTLY IF EXISTS ix_newer\n"
               "DROP INDEX IF EXISTS gone\n"
               "ALTER TABLE orders ADD CONSTRAINT ex EXCLUDE USING gist (total WITH =, id WITH <>) WHERE (total > 3) "
               "DEFERRABLE INITIALLY DEFERRED\n"
               "ALTER TABLE orders RENAME CONSTRAINT ck_total TO ck_sum\n"
               "ALTER TABLE customers DROP CONSTRAINT pk_customers\n"
               "ALTER TABLE customers ALTER COLUMN email SET NOT NULL\n"
               "ALTER TABLE customers ADD CONSTRAINT pk_c PRIMARY KEY (id, email)\n"
               "ALTER TABLE customers ADD CONSTRAINT uq_c UNIQUE (email) INCLUDE (id) DEFERRABLE\n");
}

static void test_arguments_of_tables(void **state)
{
    (void)state;
    g_autofree char *ops =
        with_quotes("{`op`:`create_table_comment`,`table_name`:`orders`,`comment`:`c`},"
                    "{`op`:`drop_table_comment`,`table_name`:`orders`},"
                    "{`op`:`alter_table_options`,`table_name`:`orders`,`options`:{`postgresql`:{`unlogged`:true},"
                    "`mysql`:{`engine`:`Aria`},`sqlite`:{`strict`:true}}},"
                    "{`op`:`alter_column`,`table_name`:`orders`,`column_name`:`total`,`type_`:`Integer`,"
                    "`postgresql_using`:`total::integer`,`comment`:{`postgresql`:`p`,`mysql`:`m`}},"
                    "{`op`:`add_column`,`table_name`:`orders`,`column`:{`name`:`z`,`type`:`String(5)`},"
                    "`if_not_exists`:true},"
                    "{`op`:`drop_column`,`table_name`:`orders`,`column_name`:`nothing`,`if_exists`:true},"
                    "{`op`:`drop_table`,`table_name`:`nothing`,`if_exists`:true}");
    assert_sql(&postgresql_dialect, shop, ops,
               "COMMENT ON TABLE orders IS 'c'\nCOMMENT ON TABLE orders IS NULL\nALTER TABLE orders SET UNLOGGED\n"
               "ALTER TABLE orders ALTER COLUMN total TYPE INTEGER USING total::integer\n"
               "COMMENT ON COLUMN orders.total IS 'p'\n"
               "ALTER TABLE orders ADD COLUMN IF NOT EXISTS z VARCHAR(5)\n"
               "ALTER TABLE orders DROP COLUMN IF EXISTS nothing\nDROP TABLE IF EXISTS nothing\n");
    assert_sql(&mariadb_dialect, shop, ops,
               "ALTER TABLE orders COMMENT='c'\nALTER TABLE orders COMMENT=''\nALTER TABLE orders ENGINE=Aria\n"
               "ALTER TABLE orders MODIFY COLUMN total INTEGER NOT NULL COMMENT 'm'\n"
               "ALTER TABLE orders ADD COLUMN IF NOT EXISTS z VARCHAR(5)\n"
               "ALTER TABLE orders DROP COLUMN IF EXISTS nothing\nDROP TABLE IF EXISTS nothing\n");
}

static void test_arguments_of_others(void **state)
{
    (void)state;
    g_autofree char *ops = with_quotes("{`op`:`create_sequence`,`name`:`s`,`start`:3},"
                                       "{`op`:`alter_sequence`,`name`:`s`,`start`:3,`increment`:2},"
                                       "{`op`:`drop_sequence`,`name`:`s`},"
                                       "{`op`:`create_object`,`kind`:`view`,`name`:`v`,"
                                       "`definition`:{`default`:`CREATE VIEW v AS SELECT id FROM orders`,"
                                       "`sqlite`:`CREATE VIEW v AS SELECT 1 AS id`}},"
                                       "{`op`:`replace_object`,`kind`:`view`,`name`:`v`,"
                                       "`definition`:`CREATE VIEW v AS SELECT id FROM customers`},"
                                       "{`op`:`drop_object`,`kind`:`view`,`name`:`v`},"
                                       "{`op`:`create_object`,`kind`:`extension`,`name`:`hstore`,"
                                       "`definition`:`CREATE EXTENSION hstore`},"
                                       "{`op`:`create_enum`,`name`:`e`,`values`:[`x`]},"
                                       "{`op`:`drop_enum`,`name`:`e`}");
    assert_sql(&postgresql_dialect, shop, ops,
               "CREATE SEQUENCE s START WITH 3\nALTER SEQUENCE s INCREMENT BY 2\nDROP SEQUENCE s\n"
               "CREATE VIEW v AS SELECT id FROM orders\nDROP VIEW v\n"
               "-- Privileges granted on 'v' are lost when it is dropped: grant them again behind this.\n"
               "CREATE VIEW v AS SELECT id FROM customers\nDROP VIEW v\nCREATE EXTENSION hstore\n"
               "CREATE TYPE e AS ENUM ('x')\nDROP TYPE e\n");
    assert_sql(
        &sqlite_dialect, shop, ops,
        "CREATE VIEW v AS SELECT 1 AS id\nDROP VIEW v\nCREATE VIEW v AS SELECT id FROM customers\nDROP VIEW v\n");
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
    g_autoptr(MetaData) other = state_of(&mariadb_dialect, shop);
    g_autofree char *said = sql_of(&mariadb_dialect, other, FALSE, ops);
    assert_string_equal(said, "ALTER TABLE x MODIFY COLUMN a INTEGER NOT NULL\nALTER TABLE x DROP COLUMN b\n"
                              "ALTER TABLE x DROP INDEX uq\nDROP TABLE x\n");
    g_autofree char *missing =
        sql_of(&mariadb_dialect, other, FALSE,
               "{\"op\": \"alter_column\", \"table_name\": \"y\", \"column_name\": \"a\", \"type_\": \"Text\"}");
    assert_non_null(strstr(missing, "add existing_nullable, existing_server_default and existing_comment"));
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

/* Where a foreign key's columns must have the types of those they refer to, both are altered while it is away, and what
 * stands between them with them. */
static void test_references(void **state)
{
    (void)state;
    static const char family[] =
        "{\"tables\": [{\"name\": \"p\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": "
        "true, "
        "\"autoincrement\": false}]}, {\"name\": \"t\", \"columns\": [{\"name\": \"p_id\", \"type\": \"Integer\", "
        "\"foreign_key\": \"p.id\"}, {\"name\": \"n\", \"type\": \"Integer\"}]}]}";
    static const char ops[] =
        "{\"op\": \"alter_column\", \"table_name\": \"p\", \"column_name\": \"id\", \"type_\": \"BigInteger\"},"
        "{\"op\": \"alter_column\", \"table_name\": \"t\", \"column_name\": \"n\", \"nullable\": false},"
        "{\"op\": \"alter_column\", \"table_name\": \"t\", \"column_name\": \"p_id\", \"type_\": \"BigInteger\"},"
        "{\"op\": \"alter_column\", \"table_name\": \"t\", \"column_name\": \"n\", \"nullable\": true}";
    static const struct {
        const Dialect *dialect;
        guint joined;
    } cases[] = {{&mariadb_dialect, 3}, {&mysql_dialect, 3}, {&postgresql_dialect, 1}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(OpsDocument) document = parse_ops(ops, &error);
        g_autoptr(MetaData) schema = state_of(cases[i].dialect, family);
        OpsTarget target = target_of(cases[i].dialect, TRUE);
        target.joins_references = ops_target_for(cases[i].dialect).joins_references;
        guint index = 0;
        g_autoptr(OpsStep) step = ops_document_resolve(document, TRUE, &index, &target, schema, &error);
        assert_non_null(step);
        assert_int_equal(index, cases[i].joined);
        assert_int_equal(step->operations->len, cases[i].joined);
    }
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
    assert_null(strstr(sql, "ERROR"));
    const Table *customers = metadata_find_table(schema, NULL, "customers");
    assert_string_equal(table_find_constraint(customers, "ck_customers_m")->expression, "m IN ('sad', 'ok', 'great')");
    assert_int_equal(table_find_column(customers, "m")->type->length, 5);
    assert_int_equal(metadata_find_enum(schema, NULL, "mood")->values->len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_table),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_references),

        cmocka_unit_test(test_enums),
        cmocka_unit_test(test_dropped_column),
        cmocka_unit_test(test_arguments_of_keys),
        cmocka_unit_test(test_arguments_of_tables),
        cmocka_unit_test(test_arguments_of_others),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_unknown_table),
    };
    return cmocka_run_group_tests_name("operations/document_resolve", tests, NULL, NULL);
}
