/* Operations as SQLite's statements: what is written, and that SQLite takes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/sqlite_blocks.h"

/* --- building --- */

static Column *add_column(Table *table, const char *name, const char *type)
{
    g_autoptr(GError) error = NULL;
    SqlType *parsed = sql_type_parse(type, &error);
    assert_null(error);
    Column *column = column_new(name, parsed);
    g_ptr_array_add(table->columns, column);
    return column;
}

static void add_primary_key(Table *table, const char *column)
{
    g_autofree char *name = g_strdup_printf("pk_%s", table->name);
    table->primary_key = constraint_new(CONSTRAINT_PRIMARY_KEY, name);
    g_ptr_array_add(table->primary_key->columns, g_strdup(column));
    table_find_column(table, column)->nullable = FALSE;
}

static Constraint *foreign_key(const char *name, const char *column, const char *parent)
{
    Constraint *constraint = constraint_new(CONSTRAINT_FOREIGN_KEY, name);
    g_ptr_array_add(constraint->columns, g_strdup(column));
    constraint->referred_table = g_strdup(parent);
    g_ptr_array_add(constraint->referred_columns, g_strdup("id"));
    return constraint;
}

static Constraint *check(const char *name, const char *expression)
{
    Constraint *constraint = constraint_new(CONSTRAINT_CHECK, name);
    constraint->expression = g_strdup(expression);
    return constraint;
}

static Index *index_on(const char *name, const char *column)
{
    Index *index = index_new(name);
    g_ptr_array_add(index->columns, index_column_new(column, NULL));
    return index;
}

/* customers (id, name) and orders (id, customer_id -> customers, total, note), an index on orders.customer_id. */
static MetaData *shop(void)
{
    MetaData *metadata = metadata_new(TRUE);
    Table *customers = table_new(NULL, "customers");
    add_column(customers, "id", "Integer");
    add_column(customers, "name", "String(20)")->nullable = FALSE;
    add_primary_key(customers, "id");
    metadata_add_table(metadata, customers);
    Table *orders = table_new(NULL, "orders");
    add_column(orders, "id", "Integer");
    add_column(orders, "customer_id", "Integer");
    add_column(orders, "total", "Numeric(10, 2)")->server_default = g_strdup("0");
    add_column(orders, "note", "Text");
    add_primary_key(orders, "id");
    g_ptr_array_add(orders->constraints, foreign_key("fk_orders_customer", "customer_id", "customers"));
    g_ptr_array_add(orders->constraints, check("ck_orders_total", "total >= 0"));
    g_ptr_array_add(orders->indexes, index_on("ix_orders_customer", "customer_id"));
    metadata_add_table(metadata, orders);
    return metadata;
}

static Table *orders_of(const MetaData *metadata)
{
    return metadata_find_table(metadata, NULL, "orders");
}

static void add_op(GPtrArray *ops, MigrateOp *op)
{
    g_ptr_array_add(ops, op);
}

static GPtrArray *create_ops(const MetaData *metadata)
{
    GPtrArray *ops = operations_new();
    for (guint i = 0; i < metadata->tables->len; i++)
        add_op(ops, migrate_op_create_table(metadata->tables->pdata[i]));
    for (guint i = 0; i < metadata->objects->len; i++)
        add_op(ops, migrate_op_create_object(metadata->objects->pdata[i]));
    return ops;
}

static GPtrArray *compile(const GPtrArray *ops, const MetaData *before)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *blocks = sqlite_dialect.compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    return blocks;
}

/* The compiled text, which also has run on a database that looks like `before` and has rows. */
static char *compile_and_run(const GPtrArray *ops, const MetaData *before)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = memory_open();
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(GPtrArray) create = create_ops(before);
    g_autoptr(GPtrArray) created = compile(create, nothing);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    char *text = blocks_text(blocks);
    if (!blocks_run(connection, created, &error))
        fail_msg("%s", error->message);
    if (metadata_find_table(before, NULL, "orders"))
        memory_run(connection,
                   "INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo');"
                   "INSERT INTO orders (id, customer_id, total, note) VALUES (1, 1, 5, 'n'), (7, 2, 9.5, '')");
    if (!blocks_run(connection, blocks, &error))
        fail_msg("%s\n%s", error->message, text);
    return text;
}

static void assert_compiles_to(const GPtrArray *ops, const MetaData *before, const char *expected)
{
    g_autofree char *text = compile_and_run(ops, before);
    assert_string_equal(text, expected);
}

static void assert_refused(const GPtrArray *ops, const MetaData *before, const char *part)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *blocks = sqlite_dialect.compile(ops, before, &error);
    assert_null(blocks);
    assert_true(error && strstr(error->message, part));
}

/* --- creating --- */

static void test_create_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(MetaData) model = shop();
    g_autoptr(GPtrArray) ops = create_ops(model);
    assert_compiles_to(ops, nothing,
                       "CREATE TABLE customers (\n"
                       "    id INTEGER NOT NULL,\n"
                       "    name VARCHAR(20) NOT NULL,\n"
                       "    CONSTRAINT pk_customers PRIMARY KEY (id)\n"
                       ");\n"
                       "CREATE TABLE orders (\n"
                       "    id INTEGER NOT NULL,\n"
                       "    customer_id INTEGER,\n"
                       "    total NUMERIC(10, 2) DEFAULT 0,\n"
                       "    note TEXT,\n"
                       "    CONSTRAINT pk_orders PRIMARY KEY (id),\n"
                       "    CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id),\n"
                       "    CONSTRAINT ck_orders_total CHECK (total >= 0)\n"
                       ");\n"
                       "CREATE INDEX ix_orders_customer ON orders (customer_id);\n");
}

static void test_create_table_with_everything(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(Table) table = table_new(NULL, "select");
    Column *id = add_column(table, "id", "Integer");
    id->autoincrement = AUTOINCREMENT_TRUE;
    add_primary_key(table, "id");
    options_set(table->primary_key->options, "on_conflict", "FAIL");
    Column *name = add_column(table, "a \"b\"", "Text");
    name->collation = g_strdup("NOCASE");
    name->server_default = g_strdup("lower('X') || '--;'");
    name->nullable = FALSE;
    options_set(name->options, "on_conflict_not_null", "IGNORE");
    add_column(table, "order", "NullType");
    Column *computed = add_column(table, "c", "Integer");
    computed->computed = computed_new("id * 2 -- twice", TRUE);
    add_column(table, "p", "Integer");
    Constraint *reference = foreign_key(NULL, "p", "select");
    reference->ondelete = g_strdup("SET NULL");
    reference->onupdate = g_strdup("CASCADE");
    reference->match = g_strdup("FULL");
    reference->deferrable = TRUE;
    reference->initially = g_strdup("DEFERRED");
    g_ptr_array_add(table->constraints, reference);
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, "uq");
    g_ptr_array_add(unique->columns, g_strdup("p"));
    g_ptr_array_add(unique->columns, g_strdup("c"));
    options_set(unique->options, "sort", ",COLLATE NOCASE DESC");
    options_set(unique->options, "on_conflict", "REPLACE");
    g_ptr_array_add(table->constraints, unique);
    Index *index = index_new("ix");
    index->unique = TRUE;
    g_ptr_array_add(index->columns, index_column_new(NULL, "lower(\"a \"\"b\"\"\")"));
    IndexColumn *column = index_column_new("order", NULL);
    column->descending = TRUE;
    column->collation = g_strdup("RTRIM");
    g_ptr_array_add(index->columns, column);
    index->where = g_strdup("p IS NOT NULL");
    g_ptr_array_add(table->indexes, index);
    options_set(table->options, "strict", "false");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_create_table(table));
    assert_compiles_to(
        ops, nothing,
        "CREATE TABLE \"select\" (\n"
        "    id INTEGER NOT NULL CONSTRAINT pk_select PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT,\n"
        "    \"a \"\"b\"\"\" TEXT COLLATE NOCASE DEFAULT (lower('X') || '--;') NOT NULL ON CONFLICT IGNORE,\n"
        "    \"order\",\n"
        "    c INTEGER GENERATED ALWAYS AS (id * 2 -- twice\n) STORED,\n"
        "    p INTEGER,\n"
        "    FOREIGN KEY (p) REFERENCES \"select\" (id) ON DELETE SET NULL ON UPDATE CASCADE MATCH FULL DEFERRABLE "
        "INITIALLY DEFERRED,\n"
        "    CONSTRAINT uq UNIQUE (p, c COLLATE NOCASE DESC) ON CONFLICT REPLACE\n"
        ");\n"
        "CREATE UNIQUE INDEX ix ON \"select\" (lower(\"a \"\"b\"\"\"), \"order\" COLLATE RTRIM DESC) WHERE p IS NOT "
        "NULL;\n");
}

static void test_defaults(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"'x'", "DEFAULT 'x'"},
        {"-1", "DEFAULT -1"},
        {"+ 1.5", "DEFAULT + 1.5"},
        {"x'00ff'", "DEFAULT x'00ff'"},
        {"CURRENT_TIMESTAMP", "DEFAULT CURRENT_TIMESTAMP"},
        {"true", "DEFAULT true"},
        {"NULL", "DEFAULT NULL"},
        {"(1 + 2)", "DEFAULT (1 + 2)"},
        {"(1) + (2)", "DEFAULT ((1) + (2))"},
        {"1 + 2", "DEFAULT (1 + 2)"},
        {"datetime('now')", "DEFAULT (datetime('now'))"},
        {"- -1", "DEFAULT (- -1)"},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MetaData) nothing = metadata_new(TRUE);
        g_autoptr(Table) table = table_new(NULL, "t");
        add_column(table, "c", "Text")->server_default = g_strdup(cases[i].text);
        g_autoptr(GPtrArray) ops = operations_new();
        add_op(ops, migrate_op_create_table(table));
        g_autofree char *text = compile_and_run(ops, nothing);
        g_autofree char *expected = g_strdup_printf("CREATE TABLE t (\n    c TEXT %s\n);\n", cases[i].written);
        assert_string_equal(text, expected);
    }
}

/* --- native ALTER TABLE --- */

static void test_add_column_native(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) scratch = table_new(NULL, "orders");
    Column *status = add_column(scratch, "status", "String(10)");
    status->server_default = g_strdup("'new'");
    status->nullable = FALSE;
    add_op(ops, migrate_op_add_column(orders_of(before), status));
    add_op(ops, migrate_op_add_column(orders_of(before), add_column(scratch, "parent_id", "Integer")));
    g_autoptr(Constraint) reference = foreign_key("fk_orders_parent", "parent_id", "orders");
    reference->ondelete = g_strdup("SET NULL");
    add_op(ops, migrate_op_create_constraint(orders_of(before), reference));
    g_autoptr(Constraint) length = check("ck_status", "length(status) > 0");
    add_op(ops, migrate_op_create_constraint(orders_of(before), length));
    g_autoptr(Index) index = index_on("ix_status", "status");
    add_op(ops, migrate_op_create_index(orders_of(before), index));
    assert_compiles_to(ops, before,
                       "ALTER TABLE orders ADD COLUMN status VARCHAR(10) DEFAULT 'new' NOT NULL CONSTRAINT ck_status "
                       "CHECK (length(status) > 0);\n"
                       "ALTER TABLE orders ADD COLUMN parent_id INTEGER CONSTRAINT fk_orders_parent REFERENCES orders "
                       "(id) ON DELETE SET NULL;\n"
                       "CREATE INDEX ix_status ON orders (status);\n");
}

/* Some of these pass on an empty table only, so they must not be tried. */
static void test_add_column_that_needs_a_rebuild(void **state)
{
    static const char *const defaults[] = {"CURRENT_TIMESTAMP", "(1 + 2)", "random()", NULL};
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autoptr(MetaData) before = shop();
        g_autoptr(GPtrArray) ops = operations_new();
        g_autoptr(Table) scratch = table_new(NULL, "orders");
        Column *column = add_column(scratch, "c", "Integer");
        column->server_default = g_strdup(defaults[i]);
        if (!defaults[i])
            column->computed = computed_new("id + 1", TRUE);
        add_op(ops, migrate_op_add_column(orders_of(before), column));
        g_autofree char *text = compile_and_run(ops, before);
        assert_true(g_str_has_prefix(text, "[off]\n-- Table orders is rebuilt"));
        assert_non_null(strstr(text, "INSERT INTO _migrate_new_orders (id, customer_id, total, note)"));
    }
}

static void test_drop_column(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_column(orders_of(before), table_find_column(orders_of(before), "note")));
    assert_compiles_to(ops, before, "ALTER TABLE orders DROP COLUMN note;\n");
}

/* An index of it goes first; a check about it means a rebuild. */
static void test_drop_used_columns(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    Table *orders = orders_of(before);
    g_ptr_array_add(orders->indexes, index_on("ix_note", "note"));
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_index(orders, table_find_index(orders, "ix_note")));
    add_op(ops, migrate_op_drop_column(orders, table_find_column(orders, "note")));
    assert_compiles_to(ops, before, "DROP INDEX ix_note;\nALTER TABLE orders DROP COLUMN note;\n");
    g_autoptr(GPtrArray) more = operations_new();
    add_op(more, migrate_op_drop_constraint(orders, table_find_constraint(orders, "ck_orders_total")));
    add_op(more, migrate_op_drop_column(orders, table_find_column(orders, "total")));
    g_autofree char *text = compile_and_run(more, before);
    assert_non_null(strstr(text, "-- The values of 'total' are dropped.\n"));
    assert_null(strstr(text, "ADD COLUMN"));
}

/* DROP COLUMN accepts a column that a trigger's body uses; the checks behind a rebuild do not. */
static void test_drop_column_used_by_trigger(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    SchemaObject *trigger = schema_object_new(
        "trigger", NULL, "tr", "CREATE TRIGGER tr AFTER INSERT ON customers BEGIN UPDATE orders SET note = 'x'; END");
    trigger->table_name = g_strdup("customers");
    g_ptr_array_add(before->objects, trigger);
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_column(orders_of(before), table_find_column(orders_of(before), "note")));
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autoptr(GPtrArray) create = create_ops(before);
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(GPtrArray) created = compile(create, nothing);
    g_autoptr(Connection) connection = memory_open();
    g_autoptr(GError) error = NULL;
    assert_true(blocks_run(connection, created, &error));
    assert_false(blocks_run(connection, blocks, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_CHECK));
    assert_non_null(strstr(error->message, "trigger tr (INSERT of 'customers')"));
    assert_non_null(strstr(error->message, "no such column: note"));
}

/* The new column of the same name must not inherit the dropped one's values. */
static void test_drop_and_add_column_of_the_same_name(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) scratch = table_new(NULL, "orders");
    add_op(ops, migrate_op_drop_column(orders_of(before), table_find_column(orders_of(before), "note")));
    add_op(ops, migrate_op_add_column(orders_of(before), add_column(scratch, "note", "Integer")));
    assert_compiles_to(ops, before,
                       "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders ADD COLUMN note INTEGER;\n");
}

static MigrateOp *rename_column_op(const MetaData *before, const char *from, const char *to)
{
    const Column *existing = table_find_column(orders_of(before), from);
    g_autoptr(Column) column = column_copy(existing);
    g_free(column->name);
    column->name = g_strdup(to);
    return migrate_op_alter_column(orders_of(before), existing, column);
}

static void test_renames(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, rename_column_op(before, "total", "sum"));
    add_op(ops, migrate_op_rename_table(orders_of(before), "purchases"));
    assert_compiles_to(ops, before,
                       "ALTER TABLE orders RENAME COLUMN total TO sum;\nALTER TABLE orders RENAME TO purchases;\n");
    g_autoptr(GPtrArray) case_only = operations_new();
    add_op(case_only, migrate_op_rename_table(orders_of(before), "Orders"));
    assert_compiles_to(case_only, before,
                       "ALTER TABLE orders RENAME TO _migrate_new_Orders;\n"
                       "ALTER TABLE _migrate_new_Orders RENAME TO Orders;\n");
}

/* What the comparator sees behind a rename, a check with the new name instead of the old, is no change at all. */
static void test_rename_rewrites_checks(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    Table *orders = orders_of(before);
    Column *twice = add_column(orders, "twice", "Integer");
    twice->computed = computed_new("total * 2", FALSE);
    g_ptr_array_insert(orders->constraints, 0, check(NULL, "total < 1e6"));
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Constraint) renamed = check("ck_orders_total", "\"sum\" >= 0");
    g_autoptr(Constraint) unnamed = check(NULL, "sum < 1e6");
    g_autoptr(Constraint) quoted = check(NULL, "\"sum\" < 1e6");
    add_op(ops, rename_column_op(before, "total", "sum"));
    add_op(ops, migrate_op_drop_constraint(orders, quoted));
    add_op(ops, migrate_op_drop_constraint(orders, renamed));
    add_op(ops, migrate_op_create_constraint(orders, renamed));
    add_op(ops, migrate_op_create_constraint(orders, unnamed));
    assert_compiles_to(ops, before, "ALTER TABLE orders RENAME COLUMN total TO sum;\n");
}

/* All that refers to the renamed table follows it, and what hangs on it is made again with the new names. */
static void test_rename_and_rebuild(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    SchemaObject *view = schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT id, note FROM orders");
    g_ptr_array_add(before->objects, view);
    SchemaObject *trigger = schema_object_new("trigger", NULL, "tr",
                                              "CREATE TRIGGER tr AFTER UPDATE OF note ON orders BEGIN UPDATE orders "
                                              "SET total = 0 WHERE note = NEW.note; END");
    trigger->table_name = g_strdup("orders");
    g_ptr_array_add(before->objects, trigger);
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_rename_table(orders_of(before), "purchases"));
    g_autoptr(MetaData) renamed = metadata_copy(before);
    assert_true(operations_apply(ops, renamed, NULL));
    const Table *purchases = metadata_find_table(renamed, NULL, "purchases");
    const Column *note = table_find_column(purchases, "note");
    g_autoptr(Column) column = column_copy(note);
    g_free(column->name);
    column->name = g_strdup("remark");
    column->nullable = FALSE;
    column->server_default = g_strdup("''");
    add_op(ops, migrate_op_alter_column(purchases, note, column));
    g_autofree char *text = compile_and_run(ops, before);
    assert_true(g_str_has_prefix(text, "ALTER TABLE orders RENAME TO purchases;\n"
                                       "ALTER TABLE purchases RENAME COLUMN note TO remark;\n"
                                       "[off]\n-- Table purchases is rebuilt"));
    assert_non_null(strstr(text, "coalesce(remark, '')"));
    assert_non_null(strstr(text, "CREATE TRIGGER tr AFTER UPDATE OF remark ON purchases BEGIN UPDATE purchases SET "
                                 "total = 0 WHERE remark = NEW.remark; END;\n"));
    assert_null(strstr(strstr(text, "[off]") + 1, "[off]"));
}

/* Only SQLite knows which of the two columns a bare word means. */
static void test_rename_with_doubtful_trigger(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    SchemaObject *trigger = schema_object_new("trigger", NULL, "tr",
                                              "CREATE TRIGGER tr AFTER INSERT ON orders BEGIN INSERT INTO orders "
                                              "SELECT NULL, 1, 1, id AS note FROM customers; END");
    trigger->table_name = g_strdup("orders");
    g_ptr_array_add(before->objects, trigger);
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, rename_column_op(before, "note", "remark"));
    assert_compiles_to(ops, before, "ALTER TABLE orders RENAME COLUMN note TO remark;\n");
    g_autoptr(Constraint) added = check("ck", "id > 0");
    add_op(ops, migrate_op_create_constraint(orders_of(before), added));
    assert_refused(ops, before, "trigger 'tr': a rename changes its text");
}

/* --- dropping tables --- */

static void test_drop_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_table(orders_of(before)));
    add_op(ops, migrate_op_drop_table(metadata_find_table(before, NULL, "customers")));
    assert_compiles_to(ops, before, "DROP TABLE orders;\nDROP TABLE customers;\n");
}

/* The rows of a table that stays must neither be deleted nor emptied with their parents. */
static void test_drop_parent_of_a_table_that_stays(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    Table *orders = orders_of(before);
    Constraint *key = table_find_constraint(orders, "fk_orders_customer");
    key->ondelete = g_strdup("CASCADE");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_constraint(orders, key));
    add_op(ops, migrate_op_drop_table(metadata_find_table(before, NULL, "customers")));
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(GPtrArray) create = create_ops(before);
    g_autoptr(GPtrArray) created = compile(create, nothing);
    g_autoptr(Connection) connection = memory_open();
    g_autoptr(GError) error = NULL;
    assert_true(blocks_run(connection, created, &error));
    memory_run(connection, "INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO orders VALUES (3, 1, 2, 'n')");
    assert_true(blocks_run(connection, blocks, &error));
    g_autofree char *rows = memory_rows(connection, "SELECT * FROM orders");
    assert_string_equal(rows, "3|1|2|n\n");
}

static void test_drop_parent_that_is_still_needed(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_drop_table(metadata_find_table(before, NULL, "customers")));
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(GPtrArray) create = create_ops(before);
    g_autoptr(GPtrArray) created = compile(create, nothing);
    g_autoptr(Connection) connection = memory_open();
    g_autoptr(GError) error = NULL;
    assert_true(blocks_run(connection, created, &error));
    memory_run(connection, "INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO orders VALUES (3, 1, 2, 'n')");
    assert_false(blocks_run(connection, blocks, &error));
    assert_non_null(strstr(error->message, "row 3 of table 'orders' would refer to a row that does not exist, by its "
                                           "foreign key (customer_id) to 'customers'"));
    g_autofree char *rows = memory_rows(connection, "SELECT count(*) FROM customers");
    assert_string_equal(rows, "1\n");
    g_autofree char *pragmas = memory_rows(connection, "SELECT * FROM pragma_foreign_keys, pragma_legacy_alter_table");
    assert_string_equal(pragmas, "1|0\n");
}

/* --- other operations --- */

static void test_execute_stays_in_place(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) scratch = table_new(NULL, "orders");
    add_op(ops, migrate_op_add_column(orders_of(before), add_column(scratch, "size", "Integer")));
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("-- sizes\nUPDATE orders SET size = 1; DELETE FROM customers WHERE id > 100;");
    add_op(ops, execute);
    Column *size = table_find_column(scratch, "size");
    g_autoptr(Column) filled = column_copy(size);
    filled->nullable = FALSE;
    add_op(ops, migrate_op_alter_column(orders_of(before), size, filled));
    MigrateOp *vacuum = migrate_op_new(OP_EXECUTE);
    vacuum->sql = g_strdup("VACUUM");
    add_op(ops, vacuum);
    g_autofree char *text = compile_and_run(ops, before);
    assert_true(g_str_has_prefix(text, "ALTER TABLE orders ADD COLUMN size INTEGER;\nUPDATE orders SET size = 1;\n"
                                       "DELETE FROM customers WHERE id > 100;\n[off]\n-- Table orders is rebuilt"));
    assert_true(g_str_has_suffix(text, "[no transaction]\nVACUUM;\n"));
}

static void test_index_moves_between_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    const Table *customers = metadata_find_table(before, NULL, "customers");
    g_autoptr(Index) moved = index_on("ix_orders_customer", "name");
    g_autoptr(Index) other = index_on("ix_customers_id", "id");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_create_index(customers, other));
    add_op(ops, migrate_op_drop_index(orders_of(before), table_find_index(orders_of(before), "ix_orders_customer")));
    add_op(ops, migrate_op_create_index(customers, moved));
    assert_compiles_to(ops, before,
                       "DROP INDEX ix_orders_customer;\nCREATE INDEX ix_customers_id ON customers (id);\n"
                       "CREATE INDEX ix_orders_customer ON customers (name);\n");
}

static void test_views_and_triggers(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(SchemaObject) view = schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT id FROM orders");
    g_autoptr(SchemaObject) wider =
        schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT id, note FROM orders");
    g_autoptr(SchemaObject) trigger =
        schema_object_new("trigger", NULL, "tr",
                          "CREATE TRIGGER tr INSTEAD OF DELETE ON v BEGIN DELETE FROM orders WHERE id = OLD.id; END");
    trigger->table_name = g_strdup("v");
    g_autoptr(SchemaObject) function = schema_object_new("function", NULL, "f", "CREATE FUNCTION f() …");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_create_object(view));
    add_op(ops, migrate_op_create_object(trigger));
    add_op(ops, migrate_op_create_object(function));
    add_op(ops, migrate_op_replace_object(view, wider));
    add_op(ops, migrate_op_drop_object(trigger));
    add_op(ops, migrate_op_drop_object(wider));
    g_autofree char *expected =
        g_strdup_printf("%s;\n%s;\nDROP VIEW v;\n%s;\n%s;\nDROP TRIGGER tr;\nDROP VIEW v;\n", view->definition,
                        trigger->definition, wider->definition, trigger->definition);
    assert_compiles_to(ops, before, expected);
}

static void test_what_sqlite_has_not(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(Table) elsewhere = table_new("billing", "t");
    add_column(elsewhere, "a", "Integer");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_create_table(elsewhere));
    assert_refused(ops, nothing, "SQLite has no schema 'billing'");
    g_autoptr(Table) array = table_new(NULL, "t");
    add_column(array, "a", "ARRAY(Integer)");
    g_autoptr(GPtrArray) arrays = operations_new();
    add_op(arrays, migrate_op_create_table(array));
    assert_refused(arrays, nothing, "column 't.a': SQLite has no arrays");
    g_autoptr(Table) empty = table_new(NULL, "t");
    g_autoptr(GPtrArray) empties = operations_new();
    add_op(empties, migrate_op_create_table(empty));
    assert_refused(empties, nothing, "table 't' has no columns");
}

static void test_main_is_the_default_schema(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(TRUE);
    g_autoptr(Table) table = table_new("main", "t");
    add_column(table, "a", "Integer");
    g_autoptr(GPtrArray) ops = operations_new();
    add_op(ops, migrate_op_create_table(table));
    assert_compiles_to(ops, nothing, "CREATE TABLE t (\n    a INTEGER\n);\n");
}

/* An enum's new value is a new check for every column of that type. */
static void test_enum(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(TRUE);
    EnumType *status = enum_type_new(NULL, "status");
    g_ptr_array_add(status->values, g_strdup("it's"));
    g_ptr_array_add(before->enums, status);
    Table *table = table_new(NULL, "t");
    add_column(table, "s", "Enum(status)");
    metadata_add_table(before, table);
    g_autoptr(GPtrArray) ops = operations_new();
    MigrateOp *op = migrate_op_new(OP_ALTER_ENUM);
    op->existing_enum = enum_type_copy(status);
    op->enum_type = enum_type_copy(status);
    g_ptr_array_add(op->enum_type->values, g_strdup("done"));
    add_op(ops, op);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autofree char *text = blocks_text(blocks);
    assert_non_null(strstr(text, "s VARCHAR(4),\n    CONSTRAINT ck_t_s CHECK (s IN ('it''s', 'done'))\n"));
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = shop();
    g_autoptr(GPtrArray) ops = operations_new();
    assert_compiles_to(ops, before, "");
    MigrateOp *comment = migrate_op_new(OP_CREATE_TABLE_COMMENT);
    comment->table_name = g_strdup("orders");
    comment->comment = g_strdup("…");
    add_op(ops, comment);
    g_autoptr(Table) passing = table_new(NULL, "passing");
    add_column(passing, "a", "Integer");
    add_op(ops, migrate_op_create_table(passing));
    add_op(ops, migrate_op_drop_table(passing));
    assert_compiles_to(ops, before, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_tables),
        cmocka_unit_test(test_create_table_with_everything),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_add_column_native),
        cmocka_unit_test(test_add_column_that_needs_a_rebuild),
        cmocka_unit_test(test_drop_column),
        cmocka_unit_test(test_drop_used_columns),
        cmocka_unit_test(test_drop_column_used_by_trigger),
        cmocka_unit_test(test_drop_and_add_column_of_the_same_name),
        cmocka_unit_test(test_renames),
        cmocka_unit_test(test_rename_rewrites_checks),
        cmocka_unit_test(test_rename_and_rebuild),
        cmocka_unit_test(test_rename_with_doubtful_trigger),
        cmocka_unit_test(test_drop_tables),
        cmocka_unit_test(test_drop_parent_of_a_table_that_stays),
        cmocka_unit_test(test_drop_parent_that_is_still_needed),
        cmocka_unit_test(test_execute_stays_in_place),
        cmocka_unit_test(test_index_moves_between_tables),
        cmocka_unit_test(test_views_and_triggers),
        cmocka_unit_test(test_what_sqlite_has_not),
        cmocka_unit_test(test_main_is_the_default_schema),
        cmocka_unit_test(test_enum),
        cmocka_unit_test(test_nothing_to_do),
    };
    return cmocka_run_group_tests_name("dialect/compiler", tests, NULL, NULL);
}
