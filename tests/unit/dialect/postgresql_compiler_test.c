/* Operations as PostgreSQL's statements: what is written, that the server takes it, and that the reverse brings back
 * what pg_dump says was there before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/postgresql.h"
#include "support/postgresql_blocks.h"

/* --- building --- */

#define SHOP                                                                                                           \
    "{'tables': ["                                                                                                     \
    "{'name': 'customers', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true},"                        \
    "   {'name': 'name', 'type': 'String(20)', 'nullable': false}]},"                                                  \
    "{'name': 'orders', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true},"                           \
    "   {'name': 'customer_id', 'type': 'Integer'}, {'name': 'total', 'type': 'Numeric(10, 2)',"                       \
    "    'server_default': '0'}, {'name': 'note', 'type': 'Text'}],"                                                   \
    " 'foreign_keys': [{'name': 'fk_orders_customer', 'columns': ['customer_id'], 'referred_table': 'customers',"      \
    "                   'referred_columns': ['id']}],"                                                                 \
    " 'check_constraints': [{'name': 'ck_orders_total', 'expression': 'total >= 0'}],"                                 \
    " 'indexes': [{'name': 'ix_orders_customer', 'columns': ['customer_id']}]}]}"

static MetaData *one_table(const char *text)
{
    g_autofree char *json = g_strdup_printf("{'tables': [%s]}", text);
    return postgresql_model(json);
}

static Table *first_table(const MetaData *metadata)
{
    return metadata->tables->pdata[0];
}

static Table *orders_of(const MetaData *metadata)
{
    return metadata_find_table(metadata, NULL, "orders");
}

static Column *column_of(const Table *table, const char *name)
{
    Column *column = table_find_column(table, name);
    assert_non_null(column);
    return column;
}

static GPtrArray *one_op(MigrateOp *op)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, op);
    return ops;
}

static void set(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

/* --- judging --- */

/* `ops` is taken. `down` NULL: whatever it is. */
static void assert_ops(const MetaData *before, GPtrArray *ops, const char *up, const char *down)
{
    g_autoptr(GPtrArray) owned = ops;
    g_autofree char *forwards = NULL, *backwards = NULL;
    postgresql_there_and_back(before, owned, &forwards, &backwards);
    if (up)
        assert_string_equal(forwards, up);
    if (down)
        assert_string_equal(backwards, down);
}

static void assert_op(const MetaData *before, MigrateOp *op, const char *up, const char *down)
{
    assert_ops(before, one_op(op), up, down);
}

/* A table (models.json with ') is created, dropped and created. */
static void assert_table(const char *text, const char *up)
{
    g_autoptr(MetaData) wanted = one_table(text);
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    g_autofree char *name = postgresql_dialect.quote_identifier(first_table(wanted)->name);
    g_autofree char *down = g_strdup_printf("DROP TABLE %s;\n", name);
    assert_op(nothing, migrate_op_create_table(first_table(wanted)), up, down);
}

static void assert_unsupported(const MetaData *before, MigrateOp *op, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = one_op(op);
    assert_null(postgresql_dialect.compile(ops, before, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    if (!strstr(error->message, part))
        fail_msg("%s", error->message);
}

/* --- tables --- */

static void plain_table(void **state)
{
    (void)state;
    assert_table("{'name': 'orders', 'comment': 'it`s', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': "
                 "true}, {'name': 'Total', 'type': 'Numeric(10, 2)', 'server_default': '0', 'nullable': false},"
                 "{'name': 'at', 'type': 'DateTime(timezone=true)', 'server_default': 'now() AT TIME ZONE `utc`', "
                 "'comment': 'when'}, {'name': 'u', 'type': 'Text', 'computed': {'expression': 'upper(n)', "
                 "'persisted': true}}, {'name': 'n', 'type': 'String(5)'}], 'check_constraints': [{'name': 'ck', "
                 "'expression': '\\'Total\\' > 0 -- yes'}]}",
                 NULL);
}

static void every_numbering(void **state)
{
    (void)state;
    assert_table("{'name': 't', 'columns': [{'name': 'id', 'type': 'BigInteger', 'primary_key': true}]}",
                 "CREATE TABLE t (\n    id BIGSERIAL NOT NULL,\n    CONSTRAINT pk_t PRIMARY KEY (id)\n);\n");
    assert_table("{'name': 't', 'columns': [{'name': 'id', 'type': 'SmallInteger', 'primary_key': true}]}",
                 "CREATE TABLE t (\n    id SMALLSERIAL NOT NULL,\n    CONSTRAINT pk_t PRIMARY KEY (id)\n);\n");
    assert_table("{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true, 'identity': "
                 "{'always': true, 'start': 10, 'increment': 5}}]}",
                 "CREATE TABLE t (\n    id INTEGER GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5) NOT "
                 "NULL,\n    CONSTRAINT pk_t PRIMARY KEY (id)\n);\n");
    assert_table(
        "{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true, 'identity': {}}]}",
        "CREATE TABLE t (\n    id INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL,\n    CONSTRAINT pk_t PRIMARY KEY "
        "(id)\n);\n");
    assert_table("{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': "
                 "false}]}",
                 "CREATE TABLE t (\n    id INTEGER NOT NULL,\n    CONSTRAINT pk_t PRIMARY KEY (id)\n);\n");
}

static void table_options(void **state)
{
    (void)state;
    assert_table("{'name': 't', 'columns': [{'name': 'a', 'type': 'Text', 'options': {'postgresql': {'storage': "
                 "'external', 'compression': 'pglz', 'statistics': 500}}}], 'options': {'postgresql': {'unlogged': "
                 "true, 'row_security': true, 'force_row_security': true, 'with': {'fillfactor': 70, "
                 "'toast.autovacuum_enabled': false}}}}",
                 "CREATE UNLOGGED TABLE t (\n    a TEXT\n) WITH (fillfactor=70, toast.autovacuum_enabled=false);\n"
                 "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n"
                 "ALTER TABLE t FORCE ROW LEVEL SECURITY;\n"
                 "ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL;\n"
                 "ALTER TABLE t ALTER COLUMN a SET COMPRESSION pglz;\n"
                 "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500;\n");
}

static void every_constraint(void **state)
{
    (void)state;
    assert_table(
        "{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer', 'nullable': false}, {'name': 'b', 'type': "
        "'Integer'}, {'name': 'c', 'type': 'INT4RANGE'}],"
        "'primary_key': {'name': 'pk', 'columns': ['a'], 'comment': 'key', 'options': {'postgresql': {'include': "
        "'b', 'with': {'fillfactor': 80}}}},"
        "'unique_constraints': [{'name': 'uq', 'columns': ['b', 'a'], "
        "'options': {'postgresql': {'nulls_not_distinct': true}}}, {'name': 'uq2', 'columns': ['b'], 'deferrable': "
        "true, 'initially': 'DEFERRED'}],"
        "'foreign_keys': [{'name': 'fk', 'columns': ['b', 'a'], 'referred_table': 't', 'referred_columns': ['b', "
        "'a'], 'match': 'FULL', 'ondelete': 'SET NULL', 'onupdate': 'CASCADE', 'deferrable': true}],"
        "'check_constraints': [{'name': 'ck', 'expression': 'a > 0', 'comment': 'positive', 'options': "
        "{'postgresql': {'no_inherit': true}}}, {'name': 'late', 'expression': 'b > 0', 'options': {'postgresql': "
        "{'not_valid': true}}}],"
        "'exclude_constraints': [{'name': 'ex', 'expression': 'USING gist (c WITH &&) WHERE (a > 5)', 'deferrable': "
        "true}]}",
        NULL);
}

static void indexes_of_a_table(void **state)
{
    (void)state;
    assert_table("{'name': 't', 'columns': [{'name': 'a', 'type': 'Text'}, {'name': 'b', 'type': 'Text'}, {'name': "
                 "'j', 'type': 'JSONB'}], 'indexes': [{'name': 'i1', 'columns': [{'column': 'a', 'order': 'desc', "
                 "'nulls': 'last', 'opclass': 'text_pattern_ops'}, {'expression': 'lower(b)'}], 'unique': true, "
                 "'include': ['j'], 'where': 'a IS NOT NULL', 'comment': 'fast', 'options': {'postgresql': {'with': "
                 "{'fillfactor': 50}, 'nulls_not_distinct': true}}}, {'name': 'i2', 'columns': [{'column': 'j', "
                 "'opclass': 'jsonb_path_ops'}], 'using': 'GIN'}]}",
                 "CREATE TABLE t (\n    a TEXT,\n    b TEXT,\n    j JSONB\n);\n"
                 "CREATE UNIQUE INDEX i1 ON t (a text_pattern_ops DESC NULLS LAST, (lower(b))) INCLUDE (j) NULLS NOT "
                 "DISTINCT WITH (fillfactor=50) WHERE a IS NOT NULL;\n"
                 "COMMENT ON INDEX i1 IS 'fast';\n"
                 "CREATE INDEX i2 ON t USING gin (j jsonb_path_ops);\n");
}

static void partitions(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    g_autoptr(MetaData) wanted = postgresql_model(
        "{'tables': [{'name': 'p', 'columns': [{'name': 'a', 'type': 'Integer'}], 'options': {'postgresql': "
        "{'partition_by': 'range(a)'}}}, {'name': 'p1', 'columns': [], 'options': {'postgresql': "
        "{'partition_of': 'p', 'partition_bound': 'FOR VALUES FROM (1) TO (10)'}}, 'check_constraints': "
        "[{'name': 'odd', 'expression': 'a % 2 = 1'}]}]}");
    GPtrArray *ops = operations_new();
    for (guint i = 0; i < wanted->tables->len; i++)
        g_ptr_array_add(ops, migrate_op_create_table(wanted->tables->pdata[i]));
    assert_ops(nothing, ops,
               "CREATE TABLE p (\n    a INTEGER\n) PARTITION BY RANGE (a);\n"
               "CREATE TABLE p1 PARTITION OF p (\n    CONSTRAINT odd CHECK (a % 2 = 1)\n) FOR VALUES FROM (1) TO "
               "(10);\n",
               NULL);
}

/* --- columns --- */

static void change_total(const char *change, const char *up, const char *down)
{
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    g_autofree char *json = g_strdup_printf("{'name': 'orders', 'columns': [%s]}", change);
    g_autoptr(MetaData) wanted = one_table(json);
    const Column *column = first_table(wanted)->columns->pdata[0];
    assert_op(before, migrate_op_alter_column(orders_of(before), column_of(orders_of(before), "total"), column), up,
              down);
}

static void altered_columns(void **state)
{
    (void)state;
    change_total("{'name': 'total', 'type': 'Numeric(10, 2)', 'server_default': '1', 'nullable': false, 'comment': "
                 "'sum'}",
                 "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;\n"
                 "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 1;\n"
                 "COMMENT ON COLUMN orders.total IS 'sum';\n",
                 "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 0;\n"
                 "ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;\n"
                 "COMMENT ON COLUMN orders.total IS NULL;\n");
    change_total("{'name': 'Sum', 'type': 'Numeric(10, 2)'}",
                 "ALTER TABLE orders RENAME COLUMN total TO \"Sum\";\n"
                 "ALTER TABLE orders ALTER COLUMN \"Sum\" DROP DEFAULT;\n",
                 "ALTER TABLE orders RENAME COLUMN \"Sum\" TO total;\n"
                 "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 0;\n");
    change_total("{'name': 'total', 'type': 'Numeric(10, 2)', 'server_default': '0', 'options': {'postgresql': "
                 "{'storage': 'external', 'statistics': 10}}}",
                 "ALTER TABLE orders ALTER COLUMN total SET STORAGE EXTERNAL;\n"
                 "ALTER TABLE orders ALTER COLUMN total SET STATISTICS 10;\n",
                 "ALTER TABLE orders ALTER COLUMN total SET STORAGE MAIN;\n"
                 "ALTER TABLE orders ALTER COLUMN total SET STATISTICS -1;\n");
}

static void added_and_dropped_columns(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    g_autoptr(MetaData) wanted =
        one_table("{'name': 'orders', 'columns': [{'name': 'state', 'type': 'String(9)', 'nullable': false, "
                  "'server_default': '`new`', 'comment': 'where it is'}]}");
    assert_op(before, migrate_op_add_column(orders_of(before), first_table(wanted)->columns->pdata[0]),
              "ALTER TABLE orders ADD COLUMN state VARCHAR(9) DEFAULT 'new' NOT NULL;\n"
              "COMMENT ON COLUMN orders.state IS 'where it is';\n",
              "ALTER TABLE orders DROP COLUMN state;\n");
    g_autoptr(MetaData) other = postgresql_model(SHOP);
    Column *note = column_of(orders_of(other), "note");
    note->nullable = FALSE;
    assert_op(other, migrate_op_drop_column(orders_of(other), note), "ALTER TABLE orders DROP COLUMN note;\n",
              "-- The values of 'note' were dropped and cannot come back: rows get ''.\n"
              "ALTER TABLE orders ADD COLUMN note TEXT DEFAULT '' NOT NULL;\n"
              "ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;\n");
}

/* --- names and comments --- */

static void renames(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    MigrateOp *rename = migrate_op_new(OP_RENAME_INDEX);
    rename->table_name = g_strdup("orders");
    rename->name = g_strdup("ix_orders_customer");
    rename->new_name = g_strdup("Other");
    MigrateOp *constraint = migrate_op_copy(rename);
    constraint->kind = OP_RENAME_CONSTRAINT;
    set(&constraint->name, "ck_orders_total");
    assert_op(before, rename, "ALTER INDEX ix_orders_customer RENAME TO \"Other\";\n",
              "ALTER INDEX \"Other\" RENAME TO ix_orders_customer;\n");
    assert_op(before, constraint, "ALTER TABLE orders RENAME CONSTRAINT ck_orders_total TO \"Other\";\n",
              "ALTER TABLE orders RENAME CONSTRAINT \"Other\" TO ck_orders_total;\n");
    assert_op(before, migrate_op_rename_table(orders_of(before), "user"), "ALTER TABLE orders RENAME TO \"user\";\n",
              "ALTER TABLE \"user\" RENAME TO orders;\n");
}

static void table_comments(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    MigrateOp *op = migrate_op_new(OP_CREATE_TABLE_COMMENT);
    op->table_name = g_strdup("orders");
    op->comment = g_strdup("it's");
    assert_op(before, op, "COMMENT ON TABLE orders IS 'it''s';\n", "COMMENT ON TABLE orders IS NULL;\n");
}

/* --- options --- */

/* The second table of the model gives the options that the first one gets. */
static MigrateOp *options_op(const MetaData *before, const char *options)
{
    g_autofree char *json = g_strdup_printf("{'name': 't', 'columns': [], 'options': {'postgresql': %s}}", options);
    g_autoptr(MetaData) wanted = one_table(json);
    const Table *table = before->tables->pdata[before->tables->len - 1];
    return migrate_op_alter_table_options(table, table->options, first_table(wanted)->options);
}

static void changed_options(void **state)
{
    (void)state;
    g_autoptr(MetaData) before =
        one_table("{'name': 't', 'columns': [{'name': 'a', 'type': 'Text'}], 'options': {'postgresql': {'with': "
                  "{'fillfactor': 70, 'autovacuum_enabled': false}, 'force_row_security': true}}}");
    assert_op(before,
              options_op(before, "{'unlogged': true, 'row_security': true, 'with': {'fillfactor': 80, "
                                 "'toast.autovacuum_enabled': false}}"),
              "ALTER TABLE t SET UNLOGGED;\n"
              "ALTER TABLE t RESET (autovacuum_enabled);\n"
              "ALTER TABLE t SET (fillfactor=80, toast.autovacuum_enabled=false);\n"
              "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\n"
              "ALTER TABLE t NO FORCE ROW LEVEL SECURITY;\n",
              "ALTER TABLE t SET LOGGED;\n"
              "ALTER TABLE t RESET (toast.autovacuum_enabled);\n"
              "ALTER TABLE t SET (fillfactor=70, autovacuum_enabled=false);\n"
              "ALTER TABLE t DISABLE ROW LEVEL SECURITY;\n"
              "ALTER TABLE t FORCE ROW LEVEL SECURITY;\n");
    assert_unsupported(before, options_op(before, "{'partition_by': 'LIST (a)'}"), "create a new table");
}

static void changed_inheritance(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(
        "{'tables': [{'name': 'Q', 'columns': [{'name': 'a', 'type': 'Text'}]}, {'name': 'p', 'columns': [{'name': "
        "'a', 'type': 'Text'}]}, {'name': 't', 'columns': [{'name': 'a', 'type': 'Text'}], 'options': {'postgresql': "
        "{'inherits': 'p'}}}]}");
    assert_op(before, options_op(before, "{'inherits': '\\'Q\\''}"),
              "ALTER TABLE t NO INHERIT p;\nALTER TABLE t INHERIT \"Q\";\n",
              "ALTER TABLE t NO INHERIT \"Q\";\nALTER TABLE t INHERIT p;\n");
}

static GPtrArray *attached(const Table *table, const Table *partition)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, migrate_op_alter_table_options(table, table->options, partition->options));
    for (guint i = 0; i < table->columns->len; i++)
        g_ptr_array_add(ops, migrate_op_drop_column(table, table->columns->pdata[i]));
    return ops;
}

#define PARENT                                                                                                         \
    "{'tables': [{'name': 'p', 'columns': [{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Text', "           \
    "'nullable': false}], 'options': {'postgresql': {'partition_by': 'LIST (a)'}}}, "

#define DETACHED                                                                                                       \
    "-- Constraints and indexes that the table has from its parent go with it.\n"                                      \
    "DO $$\n"                                                                                                          \
    "DECLARE\n"                                                                                                        \
    "    drops text[];\n"                                                                                              \
    "    statement text;\n"                                                                                            \
    "BEGIN\n"                                                                                                          \
    "    SELECT coalesce(array_agg(inherited.text), '{}') INTO drops\n"                                                \
    "    FROM (\n"                                                                                                     \
    "        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS text\n"            \
    "        FROM pg_constraint k\n"                                                                                   \
    "        WHERE k.conrelid = 't'::regclass AND k.coninhcount > 0 AND k.contype <> 'n'\n"                            \
    "        UNION ALL\n"                                                                                              \
    "        SELECT format('DROP INDEX %s', i.indexrelid::regclass)\n"                                                 \
    "        FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid\n"                                        \
    "        WHERE i.indrelid = 't'::regclass\n"                                                                       \
    "            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = "        \
    "i.indrelid)\n"                                                                                                    \
    "    ) inherited;\n"                                                                                               \
    "    ALTER TABLE p DETACH PARTITION t;\n"                                                                          \
    "    FOREACH statement IN ARRAY drops LOOP\n"                                                                      \
    "        EXECUTE statement;\n"                                                                                     \
    "    END LOOP;\n"                                                                                                  \
    "END\n"                                                                                                            \
    "$$;\n"

/* The model lists the columns of a table, but not those of a partition. */
static void attached_partition(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(
        PARENT "{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Text', 'nullable': "
               "false}]}]}");
    g_autoptr(MetaData) wanted =
        postgresql_model(PARENT "{'name': 't', 'columns': [], 'options': {'postgresql': {'partition_of': 'p', "
                                "'partition_bound': 'FOR VALUES IN (1, 2)'}}}]}");
    const Table *table = metadata_find_table(before, NULL, "t"), *partition = metadata_find_table(wanted, NULL, "t");
    assert_ops(before, attached(table, partition), "ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1, 2);\n",
               DETACHED);
    assert_op(wanted, options_op(wanted, "{'partition_of': 'p', 'partition_bound': 'DEFAULT'}"),
              "ALTER TABLE p DETACH PARTITION t;\nALTER TABLE p ATTACH PARTITION t DEFAULT;\n",
              "ALTER TABLE p DETACH PARTITION t;\nALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1, 2);\n");
}

/* What the parent says of the column does not hold for the table on its own. */
static void child_on_its_own(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(
        "{'tables': [{'name': 'p', 'columns': [{'name': 'a', 'type': 'SERIAL'}, {'name': 'b', 'type': 'Text', "
        "'nullable': false, 'server_default': '`x`'}]}, {'name': 't', 'columns': [{'name': 'own', 'type': 'Text'}], "
        "'options': {'postgresql': {'inherits': 'p'}}}]}");
    g_autoptr(MetaData) wanted = one_table("{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer', 'nullable': "
                                           "false}, {'name': 'b', 'type': 'Text', 'server_default': '`y`'}]}");
    const Table *table = metadata_find_table(before, NULL, "t");
    g_autoptr(GPtrArray) ops = one_op(options_op(before, "{}"));
    for (guint i = 0; i < 2; i++)
        g_ptr_array_add(ops, migrate_op_add_column(table, first_table(wanted)->columns->pdata[i]));
    g_autofree char *text = postgresql_compiled(ops, before);
    assert_string_equal(text, "ALTER TABLE t NO INHERIT p;\n"
                              "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;\n"
                              "ALTER TABLE t ALTER COLUMN b SET DEFAULT 'y';\n"
                              "ALTER TABLE t ALTER COLUMN b DROP NOT NULL;\n");
    g_autofree char *url = postgresql_database("child");
    postgresql_create(url, before);
    postgresql_run_compiled(url, text);
    g_autofree char *rows =
        postgresql_rows(url, "SELECT attname, attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute a LEFT JOIN "
                             "pg_attrdef d ON (adrelid, adnum) = (attrelid, attnum) WHERE attrelid = 't'::regclass "
                             "AND attnum > 0 ORDER BY attname");
    assert_string_equal(rows, "a|t|NULL\nb|f|'y'::text\nown|f|NULL\n");
}

/* --- constraints and indexes --- */

static GPtrArray *replaced(const Table *table, const Constraint *from, const Constraint *to)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, migrate_op_drop_constraint(table, from));
    g_ptr_array_add(ops, migrate_op_create_constraint(table, to));
    return ops;
}

static GPtrArray *replaced_index(const Table *table, const Index *from, const Index *to)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, migrate_op_drop_index(table, from));
    g_ptr_array_add(ops, migrate_op_create_index(table, to));
    return ops;
}

static void created_constraints(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    assert_op(before, migrate_op_drop_constraint(orders, table_find_constraint(orders, "fk_orders_customer")),
              "ALTER TABLE orders DROP CONSTRAINT fk_orders_customer;\n",
              "ALTER TABLE orders ADD CONSTRAINT fk_orders_customer FOREIGN KEY (customer_id) REFERENCES customers "
              "(id);\n");
    g_autoptr(Constraint) unique = constraint_new(CONSTRAINT_UNIQUE, "uq");
    g_ptr_array_add(unique->columns, g_strdup("note"));
    unique->comment = g_strdup("once");
    assert_op(before, migrate_op_create_constraint(orders, unique),
              "ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (note);\n"
              "COMMENT ON CONSTRAINT uq ON orders IS 'once';\n",
              "ALTER TABLE orders DROP CONSTRAINT uq;\n");
}

static void changed_constraints(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    Constraint *key = table_find_constraint(orders, "fk_orders_customer");
    g_autoptr(Constraint) deferred = constraint_copy(key);
    deferred->deferrable = TRUE;
    deferred->initially = g_strdup("DEFERRED");
    deferred->comment = g_strdup("late");
    assert_ops(before, replaced(orders, key, deferred),
               "ALTER TABLE orders ALTER CONSTRAINT fk_orders_customer DEFERRABLE INITIALLY DEFERRED;\n"
               "COMMENT ON CONSTRAINT fk_orders_customer ON orders IS 'late';\n",
               "ALTER TABLE orders ALTER CONSTRAINT fk_orders_customer NOT DEFERRABLE INITIALLY IMMEDIATE;\n"
               "COMMENT ON CONSTRAINT fk_orders_customer ON orders IS NULL;\n");
    Constraint *check = table_find_constraint(orders, "ck_orders_total");
    g_autoptr(Constraint) valid = constraint_copy(check);
    options_set(check->options, "not_valid", "true");
    assert_ops(before, replaced(orders, check, valid), "ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total;\n",
               "ALTER TABLE orders DROP CONSTRAINT ck_orders_total;\n"
               "ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID;\n");
    g_autoptr(Constraint) other = constraint_copy(valid);
    set(&other->expression, "total > 0");
    options_remove(check->options, "not_valid");
    assert_ops(before, replaced(orders, check, other),
               "ALTER TABLE orders DROP CONSTRAINT ck_orders_total;\n"
               "ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total > 0);\n",
               NULL);
}

/* What happens to the table in the same revision does not matter, unless it rewrites a column. */
static void changed_beside_other_changes(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    const Index *index = orders->indexes->pdata[0];
    g_autoptr(Index) commented = index_copy(index);
    set(&commented->comment, "fast");
    g_autoptr(Column) total = column_copy(column_of(orders, "total"));
    set(&total->server_default, "1");
    GPtrArray *ops = replaced_index(orders, index, commented);
    g_ptr_array_add(ops, migrate_op_drop_constraint(orders, table_find_constraint(orders, "ck_orders_total")));
    g_ptr_array_add(ops, migrate_op_alter_column(orders, column_of(orders, "total"), total));
    assert_ops(before, ops,
               "ALTER TABLE orders DROP CONSTRAINT ck_orders_total;\n"
               "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 1;\n"
               "COMMENT ON INDEX ix_orders_customer IS 'fast';\n",
               NULL);
    sql_type_free(total->type);
    total->type = sql_type_new(SQL_TYPE_BIG_INTEGER);
    g_autoptr(GPtrArray) rewriting = replaced_index(orders, index, commented);
    g_ptr_array_add(rewriting, migrate_op_alter_column(orders, column_of(orders, "total"), total));
    g_autofree char *text = postgresql_compiled(rewriting, before);
    assert_non_null(strstr(text, "DROP INDEX ix_orders_customer;\n"));
}

/* An UPDATE in between may count on the drop. */
static void execute_between(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    Constraint *check = table_find_constraint(orders, "ck_orders_total");
    g_autoptr(Constraint) valid = constraint_copy(check);
    options_set(check->options, "not_valid", "true");
    g_autoptr(GPtrArray) ops = replaced(orders, check, valid);
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("UPDATE orders SET total = 0; VACUUM orders; SELECT ';'");
    g_ptr_array_insert(ops, 1, execute);
    g_autofree char *text = postgresql_compiled(ops, before);
    assert_string_equal(text, "ALTER TABLE orders DROP CONSTRAINT ck_orders_total;\n"
                              "UPDATE orders SET total = 0;\n"
                              "[alone]\nVACUUM orders;\n"
                              "SELECT ';';\n"
                              "ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0);\n");
}

static void unnamed_constraints(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = one_table(
        "{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Integer'}, {'name': 'r', "
        "'type': 'INT4RANGE'}], 'primary_key': {'columns': ['a']}}");
    static const char *const wanted[] = {
        "'unique_constraints': [{'columns': ['a', 'b'], 'name': null}]",
        "'unique_constraints': [{'columns': ['a'], 'name': null, 'options': {'postgresql': {'include': 'b'}}}]",
        "'foreign_keys': [{'columns': ['b'], 'referred_table': 't', 'referred_columns': ['a'], 'name': null}]",
        "'check_constraints': [{'expression': 'a > 0 AND a < 9', 'name': null}]",
        "'check_constraints': [{'expression': 'a > b', 'name': null}]",
        "'check_constraints': [{'expression': '1 < 2', 'name': null}]",
        "'exclude_constraints': [{'expression': 'USING gist (r WITH &&, int4range(a, b) WITH &&)', 'name': null}]",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        g_autofree char *json = g_strdup_printf(
            "{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Integer'}, {'name': "
            "'r', 'type': 'INT4RANGE'}], 'primary_key': {'columns': ['a']}, %s}",
            wanted[i]);
        g_autoptr(MetaData) other = one_table(json);
        const Constraint *constraint = first_table(other)->constraints->pdata[0];
        assert_null(constraint->name);
        assert_op(before, migrate_op_create_constraint(first_table(before), constraint), NULL, NULL);
        assert_op(other, migrate_op_drop_constraint(first_table(other), constraint), NULL, NULL);
    }
    assert_op(before, migrate_op_drop_constraint(first_table(before), first_table(before)->primary_key), NULL, NULL);
}

static void changed_indexes(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    const Index *index = orders->indexes->pdata[0];
    g_autoptr(Index) other = index_copy(index);
    options_set(other->options, "with.fillfactor", "50");
    set(&other->comment, "tight");
    assert_ops(before, replaced_index(orders, index, other),
               "ALTER INDEX ix_orders_customer SET (fillfactor=50);\n"
               "COMMENT ON INDEX ix_orders_customer IS 'tight';\n",
               "ALTER INDEX ix_orders_customer RESET (fillfactor);\n"
               "COMMENT ON INDEX ix_orders_customer IS NULL;\n");
    other->unique = TRUE;
    assert_ops(before, replaced_index(orders, index, other),
               "DROP INDEX ix_orders_customer;\n"
               "CREATE UNIQUE INDEX ix_orders_customer ON orders (customer_id) WITH (fillfactor=50);\n"
               "COMMENT ON INDEX ix_orders_customer IS 'tight';\n",
               "DROP INDEX ix_orders_customer;\n"
               "CREATE INDEX ix_orders_customer ON orders (customer_id);\n");
}

/* Foreign keys that need the key stay. */
static void changed_key(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *customers = metadata_find_table(before, NULL, "customers");
    g_autoptr(Constraint) other = constraint_copy(customers->primary_key);
    options_set(other->options, "with.fillfactor", "60");
    assert_ops(before, replaced(customers, customers->primary_key, other),
               "ALTER INDEX pk_customers SET (fillfactor=60);\n", "ALTER INDEX pk_customers RESET (fillfactor);\n");
}

/* What the server would call it is what the drop names, whatever the length. */
static void names_of_the_server(void **state)
{
    (void)state;
    static const char *const names[][3] = {
        {"a_table_whose_name_has_just_about_sixty_bytes_in_it_as_it_is", "a", "b"},
        {"t", "a_column_whose_name_has_just_about_sixty_bytes_in_it_as_it_is", "b"},
        {"a_table_with_quite_a_long_name_that_must_be_cut", "and_a_column_with_a_name_like_that", "b"},
        {"äöüäöüäöüäöüäöüäöüäöüäöü", "äöüäöüäöüäöüäöüäöü", "ß"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *json = g_strdup_printf(
            "{'name': '%s', 'columns': [{'name': '%s', 'type': 'Integer'}, {'name': '%s', 'type': 'Integer'}], "
            "'primary_key': {'columns': ['%s'], 'name': null}, 'unique_constraints': [{'columns': ['%s', '%s'], "
            "'name': null}], 'check_constraints': [{'expression': '\\'%s\\' > 0', 'name': null}, {'expression': "
            "'\\'%s\\' > 1', 'name': null}]}",
            names[i][0], names[i][1], names[i][2], names[i][1], names[i][1], names[i][2], names[i][1], names[i][1]);
        g_autoptr(MetaData) before = one_table(json);
        const Table *table = first_table(before);
        g_autoptr(GPtrArray) ops = operations_new();
        g_ptr_array_add(ops, migrate_op_drop_constraint(table, table->primary_key));
        for (guint j = 0; j < table->constraints->len; j++)
            g_ptr_array_add(ops, migrate_op_drop_constraint(table, table->constraints->pdata[j]));
        column_of(table, names[i][1])->autoincrement = AUTOINCREMENT_FALSE;
        g_autofree char *url = postgresql_database("names");
        postgresql_create(url, before);
        g_autofree char *text = postgresql_compiled(ops, before);
        postgresql_run_compiled(url, text);
        g_autofree char *left = postgresql_rows(url, "SELECT count(*) FROM pg_constraint WHERE conrelid <> 0 AND "
                                                     "connamespace = 'public'::regnamespace");
        assert_string_equal(left, "0\n");
    }
}

static void every_default(void **state)
{
    (void)state;
    static const char *const defaults[][2] = {
        {"Integer", "1"},
        {"Integer", "-1"},
        {"Integer", "1 + 2 * 3"},
        {"Text", "`a` || `b` -- joined"},
        {"Text", "`x`::character varying COLLATE \\'C\\'"},
        {"Text", "CASE WHEN 1 = 2 AND true THEN `a` ELSE `b` END"},
        {"Boolean", "1 IN (1, 2)"},
        {"Boolean", "NOT true"},
        {"Boolean", "NULL IS NULL"},
        {"Boolean", "`a` LIKE `b%`"},
        {"DateTime", "now() AT TIME ZONE `utc`"},
        {"DateTime", "CURRENT_TIMESTAMP"},
        {"DateTime", "`2020-01-01`::timestamp without time zone"},
        {"ARRAY(Integer)", "ARRAY[1, 2]"},
        {"ARRAY(Integer)", "`{}`"},
        {"JSONB", "`{\\'a\\': 1}`::jsonb"},
        {"INTERVAL", "interval `1 day`"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autofree char *column = g_strdup_printf(
            "{'name': 't', 'columns': [{'name': 'a', 'type': '%s', 'server_default': '%s', 'nullable': false}]}",
            defaults[i][0], defaults[i][1]);
        g_autoptr(MetaData) wanted = one_table(column);
        g_autoptr(MetaData) before = one_table("{'name': 't', 'columns': [{'name': 'z', 'type': 'Text'}]}");
        g_autoptr(MetaData) nothing = metadata_new(FALSE);
        Column *with = first_table(wanted)->columns->pdata[0];
        assert_op(nothing, migrate_op_create_table(first_table(wanted)), NULL, NULL);
        assert_op(before, migrate_op_add_column(first_table(before), with), NULL, NULL);
        g_autoptr(Column) without = column_copy(with);
        g_clear_pointer(&without->server_default, g_free);
        assert_op(wanted, migrate_op_alter_column(first_table(wanted), with, without),
                  "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;\n", NULL);
    }
}

static void restored_columns(void **state)
{
    (void)state;
    static const char *const types[] = {"Integer",     "Numeric(5, 2)", "Boolean",    "String(3)",
                                        "Text",        "Date",          "DateTime",   "Time",
                                        "Interval",    "JSON",          "Uuid",       "ARRAY(Integer)",
                                        "LargeBinary", "Double",        "Enum(mood)", "DateTime(timezone=true)"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *json = g_strdup_printf(
            "{'enums': [{'name': 'mood', 'values': ['it`s']}], 'tables': [{'name': 't', 'columns': [{'name': 'z', "
            "'type': 'Text'}, {'name': 'a', 'type': '%s', 'nullable': false}]}]}",
            types[i]);
        g_autoptr(MetaData) before = postgresql_model(json);
        g_autoptr(GError) error = NULL;
        const Table *table = first_table(before);
        g_autofree char *url = postgresql_database("restored");
        g_autoptr(GPtrArray) ops = one_op(migrate_op_drop_column(table, column_of(table, "a")));
        g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
        g_autofree char *drop = postgresql_compiled(ops, before);
        postgresql_create(url, before);
        g_autofree char *dump = postgresql_dump(url);
        assert_true(operations_apply(ops, before, &error));
        g_autofree char *restore = postgresql_compiled(reverse, before);
        postgresql_run_compiled(url, drop);
        postgresql_run(url, "INSERT INTO t VALUES ('row')");
        postgresql_run_compiled(url, restore);
        g_autofree char *again = postgresql_dump(url);
        assert_string_equal(again, dump);
        g_autofree char *rows = postgresql_rows(url, "SELECT count(a) FROM t");
        assert_string_equal(rows, "1\n");
    }
}

static void nullable_serial(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    g_autoptr(MetaData) wanted = one_table("{'name': 't', 'columns': [{'name': 'a', 'type': 'SERIAL'}]}");
    ((Column *)first_table(wanted)->columns->pdata[0])->nullable = TRUE;
    assert_op(nothing, migrate_op_create_table(first_table(wanted)),
              "CREATE TABLE t (\n    a SERIAL\n);\nALTER TABLE t ALTER COLUMN a DROP NOT NULL;\n", NULL);
}

/* Table, column and what stands on both, in one revision. */
static void renamed_everything(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    g_autoptr(GPtrArray) ops = operations_new();
    const Table *orders = orders_of(before);
    g_autoptr(Table) renamed = table_copy(orders);
    g_autoptr(Column) sum = column_copy(column_of(orders, "total"));
    set(&renamed->name, "sales");
    set(&sum->name, "sum");
    g_clear_pointer(&sum->server_default, g_free);
    g_ptr_array_add(ops, migrate_op_rename_table(orders, "sales"));
    g_ptr_array_add(ops, migrate_op_alter_column(renamed, column_of(orders, "total"), sum));
    g_autofree char *url = postgresql_database("renamed");
    postgresql_create(url, before);
    g_autofree char *first = postgresql_dump(url);
    g_autofree char *up = postgresql_compiled(ops, before);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    g_autoptr(MetaData) after = metadata_copy(before);
    assert_true(operations_apply(ops, after, &error));
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(reverse, after, &error);
    assert_non_null(blocks);
    postgresql_run_compiled(url, up);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            postgresql_run(url, block->statements->pdata[j]);
    }
    g_autofree char *again = postgresql_dump(url);
    assert_string_equal(again, first);
}

static void invalid_index(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = postgresql_model(SHOP);
    const Table *orders = orders_of(before);
    Index *index = orders->indexes->pdata[0];
    g_autoptr(Index) wanted = index_copy(index);
    options_set(index->options, "invalid", "true");
    g_autoptr(GPtrArray) ops = one_op(migrate_op_create_index(orders, wanted));
    g_autofree char *text = postgresql_compiled(ops, before);
    assert_string_equal(text, "DROP INDEX ix_orders_customer;\n"
                              "CREATE INDEX ix_orders_customer ON orders (customer_id);\n");
    g_autoptr(GPtrArray) pair = replaced_index(orders, index, wanted);
    g_autofree char *both = postgresql_compiled(pair, before);
    assert_string_equal(both, text);
}

/* --- schemas --- */

static void qualified_names(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("qualified");
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    g_autoptr(MetaData) wanted = postgresql_model(
        "{'tables': [{'schema': 'App', 'name': 'p', 'comment': 'c', 'columns': [{'name': 'id', 'type': 'Integer', "
        "'primary_key': true, 'comment': 'k'}], 'indexes': [{'name': 'ix', 'columns': ['id'], 'comment': 'i'}]},"
        "{'schema': 'App', 'name': 'c', 'columns': [{'name': 'p', 'type': 'Integer', 'foreign_key': 'App.p.id'}]}]}");
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < wanted->tables->len; i++)
        g_ptr_array_add(ops, migrate_op_create_table(wanted->tables->pdata[i]));
    g_autofree char *up = postgresql_compiled(ops, nothing);
    g_autoptr(GPtrArray) index = operations_new();
    const Table *table = wanted->tables->pdata[0];
    MigrateOp *drop = migrate_op_drop_index(table, table->indexes->pdata[0]);
    set(&drop->table_name, "q");
    g_ptr_array_add(index, drop);
    g_ptr_array_add(index, migrate_op_rename_table(table, "q"));
    g_autofree char *change = postgresql_compiled(index, wanted);
    assert_string_equal(change, "ALTER TABLE \"App\".p RENAME TO q;\nDROP INDEX \"App\".ix;\n");
    postgresql_run(url, "CREATE SCHEMA \"App\"");
    postgresql_run_compiled(url, up);
    postgresql_run_compiled(url, change);
    g_autofree char *rows = postgresql_rows(url, "SELECT conrelid::regclass, confrelid::regclass FROM pg_constraint "
                                                 "WHERE contype = 'f'");
    assert_string_equal(rows, "\"App\".c|\"App\".q\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_table),
        cmocka_unit_test(every_numbering),
        cmocka_unit_test(table_options),
        cmocka_unit_test(every_constraint),
        cmocka_unit_test(indexes_of_a_table),
        cmocka_unit_test(partitions),
        cmocka_unit_test(altered_columns),
        cmocka_unit_test(added_and_dropped_columns),
        cmocka_unit_test(renames),
        cmocka_unit_test(table_comments),
        cmocka_unit_test(changed_options),
        cmocka_unit_test(changed_inheritance),
        cmocka_unit_test(created_constraints),
        cmocka_unit_test(changed_constraints),
        cmocka_unit_test(execute_between),
        cmocka_unit_test(unnamed_constraints),
        cmocka_unit_test(changed_indexes),
        cmocka_unit_test(invalid_index),
        cmocka_unit_test(qualified_names),
        cmocka_unit_test(attached_partition),
        cmocka_unit_test(changed_key),
        cmocka_unit_test(changed_beside_other_changes),
        cmocka_unit_test(child_on_its_own),
        cmocka_unit_test(names_of_the_server),
        cmocka_unit_test(every_default),
        cmocka_unit_test(restored_columns),
        cmocka_unit_test(nullable_serial),
        cmocka_unit_test(renamed_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
