/* Operations as MySQL's and MariaDB's statements: their text, for both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "dialect/dialect.h"

/* --- building --- */

static Column *column(const char *name, const char *type)
{
    g_autoptr(GError) error = NULL;
    SqlType *parsed = sql_type_parse(type, &error);
    if (!parsed)
        fail_msg("%s", error->message);
    return column_new(name, parsed);
}

static Column *required(const char *name, const char *type)
{
    Column *result = column(name, type);
    result->nullable = FALSE;
    return result;
}

static Table *add_table(MetaData *metadata, const char *name)
{
    Table *table = table_new(NULL, name);
    Column *id = required("id", "Integer");
    id->autoincrement = AUTOINCREMENT_TRUE;
    g_ptr_array_add(table->columns, id);
    table->primary_key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
    g_ptr_array_add(table->primary_key->columns, g_strdup("id"));
    metadata_add_table(metadata, table);
    return table;
}

static Constraint *foreign_key(const char *name, const char *from, const char *table, const char *to)
{
    Constraint *constraint = constraint_new(CONSTRAINT_FOREIGN_KEY, name);
    g_ptr_array_add(constraint->columns, g_strdup(from));
    constraint->referred_table = g_strdup(table);
    g_ptr_array_add(constraint->referred_columns, g_strdup(to));
    return constraint;
}

static Constraint *check(const char *name, const char *expression)
{
    Constraint *constraint = constraint_new(CONSTRAINT_CHECK, name);
    constraint->expression = g_strdup(expression);
    return constraint;
}

static Index *index_on(const char *name, const char *column_name)
{
    Index *result = index_new(name);
    g_ptr_array_add(result->columns, index_column_new(column_name, NULL));
    return result;
}

static void assert_compiled(const Dialect *dialect, const GPtrArray *ops, const MetaData *before, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = dialect->compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s;\n", (char *)block->statements->pdata[j]);
    }
    if (strcmp(text->str, expected) != 0)
        fail_msg("%s\nfound\n%s\nexpected\n%s", dialect->name, text->str, expected);
}

static void assert_both(const GPtrArray *ops, const MetaData *before, const char *expected)
{
    assert_compiled(&mysql_dialect, ops, before, expected);
    assert_compiled(&mariadb_dialect, ops, before, expected);
}

static void assert_refused(const Dialect *dialect, const GPtrArray *ops, const MetaData *before, const char *part)
{
    g_autoptr(GError) error = NULL;
    assert_null(dialect->compile(ops, before, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    if (!strstr(error->message, part))
        fail_msg("'%s' is not in: %s", part, error->message);
}

static GPtrArray *one(MigrateOp *op)
{
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, op);
    return ops;
}

/* --- create table --- */

static void add_columns(const Table *table)
{
    Column *name = required("name", "String(20)");
    name->collation = g_strdup("utf8mb4_bin");
    name->server_default = g_strdup("'it''s'");
    name->comment = g_strdup("back\\slash");
    g_ptr_array_add(table->columns, name);
    Column *changed = column("order", "TIMESTAMP(3)");
    changed->server_default = g_strdup("CURRENT_TIMESTAMP(3)");
    options_set(changed->options, "on_update", "CURRENT_TIMESTAMP(3)");
    g_ptr_array_add(table->columns, changed);
    Column *twice = column("twice", "Integer");
    twice->computed = computed_new("id * 2", TRUE);
    g_ptr_array_add(table->columns, twice);
    Column *key = column("token", "String(36)");
    key->server_default = g_strdup("uuid()");
    options_set(key->options, "invisible", "true");
    g_ptr_array_add(table->columns, key);
}

static void test_create_table(void **state)
{
    (void)state;
    g_autoptr(MetaData) nothing = metadata_new(FALSE), model = metadata_new(FALSE);
    Table *table = add_table(model, "orders");
    add_columns(table);
    Index *index = index_on("ix", "name");
    ((IndexColumn *)index->columns->pdata[0])->length = 10;
    g_ptr_array_add(index->columns, index_column_new("order", NULL));
    ((IndexColumn *)index->columns->pdata[1])->descending = TRUE;
    index->comment = g_strdup("why");
    g_ptr_array_add(table->indexes, index);
    g_ptr_array_add(table->constraints, check(NULL, "twice > 0"));
    Constraint *reference = foreign_key(NULL, "twice", "orders", "id");
    reference->ondelete = g_strdup("CASCADE");
    g_ptr_array_add(table->constraints, reference);
    table->comment = g_strdup("it's");
    options_set(table->options, "charset", "latin1");
    options_set(table->options, "collate", "latin1_bin");
    options_set(table->options, "row_format", "DYNAMIC");
    options_set(table->options, "partition_by", "HASH (id) PARTITIONS 2");
    g_autoptr(GPtrArray) ops = one(migrate_op_create_table(table));
#define ORDERS(check_name)                                                                                             \
    "CREATE TABLE orders (\n"                                                                                          \
    "    id INTEGER NOT NULL AUTO_INCREMENT,\n"                                                                        \
    "    name VARCHAR(20) COLLATE utf8mb4_bin NOT NULL DEFAULT 'it''s' COMMENT 'back\\\\slash',\n"                     \
    "    `order` TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),\n"                     \
    "    twice INTEGER GENERATED ALWAYS AS (id * 2) STORED,\n"                                                         \
    "    token VARCHAR(36) DEFAULT (uuid()) INVISIBLE,\n"                                                              \
    "    PRIMARY KEY (id),\n"                                                                                          \
    "    KEY ix (name(10), `order` DESC) COMMENT 'why',\n"                                                             \
    "    CONSTRAINT " check_name " CHECK (twice > 0),\n"                                                               \
    "    CONSTRAINT orders_ibfk_1 FOREIGN KEY (twice) REFERENCES orders (id) ON DELETE CASCADE\n"                      \
    ") ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_bin ROW_FORMAT=DYNAMIC COMMENT='it''s'\n"                   \
    "PARTITION BY HASH (id) PARTITIONS 2;\n"
    assert_compiled(&mysql_dialect, ops, nothing, ORDERS("orders_chk_1"));
    assert_compiled(&mariadb_dialect, ops, nothing, ORDERS("CONSTRAINT_1"));
}

/* Literal defaults of long types are expressions to MySQL. */
static void test_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *type, *expression, *mysql, *mariadb;
    } defaults[] = {
        {"Text", "'x'", "('x')", "'x'"},
        {"JSON", "'{}'", "('{}')", "'{}'"},
        {"Integer", "-1", "-1", "-1"},
        {"Integer", "1 + 1", "(1 + 1)", "(1 + 1)"},
        {"Integer", "(1) + (1)", "((1) + (1))", "((1) + (1))"},
        {"Boolean", "TRUE", "TRUE", "TRUE"},
        {"BIT(3)", "b'101'", "b'101'", "b'101'"},
        {"VARBINARY(3)", "0x41", "0x41", "0x41"},
        {"DateTime", "now()", "now()", "now()"},
        {"Date", "CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP"},
        {"String(9)", "concat('a', 'b')", "(concat('a', 'b'))", "(concat('a', 'b'))"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autoptr(MetaData) before = metadata_new(FALSE);
        Table *table = add_table(before, "t");
        g_autoptr(Column) added = column("a", defaults[i].type);
        added->server_default = g_strdup(defaults[i].expression);
        g_autoptr(GPtrArray) ops = one(migrate_op_add_column(table, added));
        for (int mysql = 0; mysql <= 1; mysql++) {
            const Dialect *dialect = mysql ? &mysql_dialect : &mariadb_dialect;
            g_autofree char *type = dialect->type_sql(added->type, NULL);
            g_autofree char *expected = g_strdup_printf("ALTER TABLE t ADD COLUMN a %s DEFAULT %s;\n", type,
                                                        mysql ? defaults[i].mysql : defaults[i].mariadb);
            assert_compiled(dialect, ops, before, expected);
        }
    }
}

/* --- alter table --- */

static void test_one_statement(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *table = add_table(before, "t");
    g_ptr_array_add(table->columns, column("a", "Integer"));
    g_ptr_array_add(table->columns, column("b", "Integer"));
    g_ptr_array_add(table->columns, column("c", "Integer"));
    g_ptr_array_add(table->indexes, index_on("ia", "a"));
    g_ptr_array_add(table->constraints, check("ck", "c > 0"));
    g_autoptr(Column) wide = required("a", "BigInteger"), renamed = column("b2", "Integer"), d = column("d", "Date");
    wide->comment = g_strdup("kept");
    g_autoptr(Index) index = index_on("id", "d");
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, migrate_op_drop_index(table, table->indexes->pdata[0]));
    g_ptr_array_add(ops, migrate_op_alter_column(table, table->columns->pdata[2], renamed));
    g_ptr_array_add(ops, migrate_op_alter_column(table, table->columns->pdata[1], wide));
    g_ptr_array_add(ops, migrate_op_add_column(table, d));
    g_ptr_array_add(ops, migrate_op_create_index(table, index));
    g_ptr_array_add(ops, migrate_op_drop_constraint(table, table->constraints->pdata[0]));
    g_ptr_array_add(ops, migrate_op_drop_column(table, table->columns->pdata[3]));
#define CLAUSES(drop_check)                                                                                            \
    "ALTER TABLE t\n    DROP " drop_check                                                                              \
    " ck,\n    DROP INDEX ia,\n    DROP COLUMN c,\n    MODIFY COLUMN a BIGINT NOT "                                    \
    "NULL COMMENT 'kept',\n    RENAME COLUMN b TO b2,\n    ADD COLUMN d DATE,\n    ADD KEY id (d);\n"
    assert_compiled(&mysql_dialect, ops, before, CLAUSES("CHECK"));
    assert_compiled(&mariadb_dialect, ops, before, CLAUSES("CONSTRAINT"));
}

/* What stands between two changes of a table makes two statements. */
static void test_execute_stands_between(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *table = add_table(before, "t");
    g_autoptr(Column) a = column("a", "Integer"), b = column("b", "Integer");
    g_autoptr(GPtrArray) ops = one(migrate_op_add_column(table, a));
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("UPDATE t SET a = 1; UPDATE t SET a = 2");
    g_ptr_array_add(ops, execute);
    g_ptr_array_add(ops, migrate_op_add_column(table, b));
    assert_both(ops, before,
                "ALTER TABLE t ADD COLUMN a INTEGER;\nUPDATE t SET a = 1;\nUPDATE t SET a = 2;\n"
                "ALTER TABLE t ADD COLUMN b INTEGER;\n");
}

/* MySQL renames no column that a check or a generated column names; MariaDB does it all. */
static void test_rename_used_column(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *table = add_table(before, "t");
    g_ptr_array_add(table->columns, column("a", "Integer"));
    Column *generated = column("g", "Integer");
    generated->computed = computed_new("a + 1", FALSE);
    g_ptr_array_add(table->columns, generated);
    g_ptr_array_add(table->indexes, index_on("ig", "g"));
    g_ptr_array_add(table->constraints, check("ck", "a > 0"));
    g_autoptr(Column) renamed = column("x", "Integer");
    g_autoptr(GPtrArray) ops = one(migrate_op_alter_column(table, table->columns->pdata[1], renamed));
    assert_compiled(&mariadb_dialect, ops, before, "ALTER TABLE t RENAME COLUMN a TO x;\n");
    assert_compiled(&mysql_dialect, ops, before,
                    "ALTER TABLE t\n    DROP CHECK ck,\n    DROP INDEX ig,\n    DROP COLUMN g,\n    RENAME COLUMN a TO "
                    "x,\n    ADD COLUMN g INTEGER GENERATED ALWAYS AS (`x` + 1) VIRTUAL,\n    ADD KEY ig (g),\n    ADD "
                    "CONSTRAINT ck CHECK (`x` > 0);\n");
}

/* --- foreign keys --- */

static void test_foreign_keys_around(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *parent = add_table(before, "p"), *child = add_table(before, "c");
    g_ptr_array_add(child->columns, column("p_id", "Integer"));
    g_ptr_array_add(child->indexes, index_on("fk", "p_id"));
    g_ptr_array_add(child->constraints, foreign_key("fk", "p_id", "p", "id"));
    g_autoptr(Column) wide = required("id", "BigInteger"), wide_child = column("p_id", "BigInteger");
    wide->autoincrement = AUTOINCREMENT_TRUE;
    g_autoptr(GPtrArray) ops = one(migrate_op_alter_column(parent, parent->columns->pdata[0], wide));
    g_ptr_array_add(ops, migrate_op_alter_column(child, child->columns->pdata[1], wide_child));
    assert_both(ops, before,
                "ALTER TABLE c DROP FOREIGN KEY fk;\n"
                "ALTER TABLE p MODIFY COLUMN id BIGINT NOT NULL AUTO_INCREMENT;\n"
                "ALTER TABLE c MODIFY COLUMN p_id BIGINT;\n"
                "ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id);\n");
}

/* What the server has named after the table is renamed with it. */
static void test_rename_table(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *table = add_table(before, "t");
    g_ptr_array_add(table->columns, column("parent", "Integer"));
    g_ptr_array_add(table->constraints, foreign_key("t_ibfk_1", "parent", "t", "id"));
    g_autoptr(GPtrArray) ops = one(migrate_op_rename_table(table, "u"));
    g_autoptr(Table) renamed = table_copy(table);
    g_free(renamed->name);
    renamed->name = g_strdup("u");
    MigrateOp *execute = migrate_op_new(OP_EXECUTE);
    execute->sql = g_strdup("DO 1");
    g_ptr_array_add(ops, execute);
    g_ptr_array_add(ops, migrate_op_drop_constraint(renamed, renamed->constraints->pdata[0]));
    assert_both(ops, before, "RENAME TABLE t TO u;\nDO 1;\nALTER TABLE u DROP FOREIGN KEY u_ibfk_1;\n");
}

static void test_dropped_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *a = add_table(before, "a"), *b = add_table(before, "b");
    g_ptr_array_add(a->constraints, foreign_key("fa", "id", "b", "id"));
    g_ptr_array_add(b->constraints, foreign_key("fb", "id", "a", "id"));
    g_autoptr(GPtrArray) ops = one(migrate_op_drop_table(a));
    g_ptr_array_add(ops, migrate_op_drop_table(b));
    assert_both(ops, before, "ALTER TABLE b DROP FOREIGN KEY fb;\nDROP TABLE a;\nDROP TABLE b;\n");
    g_ptr_array_add(ops, migrate_op_create_table(b));
    assert_both(ops, before,
                "ALTER TABLE a DROP FOREIGN KEY fa;\nDROP TABLE b;\n"
                "CREATE TABLE b (\n    id INTEGER NOT NULL AUTO_INCREMENT,\n    PRIMARY KEY (id),\n"
                "    CONSTRAINT fb FOREIGN KEY (id) REFERENCES a (id)\n) ENGINE=InnoDB;\nDROP TABLE a;\n");
}

/* On the way back, what was replaced last comes first; its former definition names the table's former name. */
static void test_replaced_view(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *table = add_table(before, "u");
    g_autoptr(SchemaObject) v = schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT id FROM u");
    g_autoptr(SchemaObject) former = schema_object_new("view", NULL, "v", "CREATE VIEW v AS SELECT id FROM t, w");
    g_autoptr(SchemaObject) w = schema_object_new("view", NULL, "w", "CREATE VIEW w AS SELECT 1 AS one");
    g_ptr_array_add(before->objects, schema_object_copy(v));
    g_autoptr(GPtrArray) ops = one(migrate_op_replace_object(v, former));
    g_ptr_array_add(ops, migrate_op_rename_table(table, "t"));
    g_ptr_array_add(ops, migrate_op_create_object(w));
    assert_both(ops, before,
                "RENAME TABLE u TO t;\nCREATE VIEW w AS SELECT 1 AS one;\n"
                "CREATE OR REPLACE VIEW v AS SELECT id FROM t, w;\n");
}

/* --- options --- */

static void test_options(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *table = add_table(before, "t");
    options_set(table->options, "engine", "MyISAM");
    options_set(table->options, "row_format", "DYNAMIC");
    options_set(table->options, "charset", "latin1");
    options_set(table->options, "collate", "latin1_bin");
    Column *text = column("a", "String(5)"), *own = column("b", "String(5)");
    own->collation = g_strdup("utf8mb4_bin");
    g_ptr_array_add(table->columns, text);
    g_ptr_array_add(table->columns, own);
    g_autoptr(GPtrArray) options = options_new();
    options_set(options, "charset", "utf8mb4");
    options_set(options, "collate", "utf8mb4_bin");
    options_set(options, "stats_persistent", "1");
    g_autoptr(GPtrArray) ops = one(migrate_op_alter_table_options(table, table->options, options));
    assert_both(
        ops, before,
        "ALTER TABLE t\n    MODIFY COLUMN a VARCHAR(5),\n    DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,\n"
        "    ENGINE=InnoDB,\n    ROW_FORMAT=DEFAULT,\n    STATS_PERSISTENT=1;\n");
    g_autoptr(GPtrArray) none = options_new();
    options_set(none, "engine", "MyISAM");
    options_set(none, "row_format", "DYNAMIC");
    g_autoptr(GPtrArray) reset = one(migrate_op_alter_table_options(table, table->options, none));
    assert_compiled(&mariadb_dialect, reset, before,
                    "ALTER TABLE t\n    MODIFY COLUMN a VARCHAR(5),\n    DEFAULT CHARACTER SET DEFAULT;\n");
    assert_refused(&mysql_dialect, reset, before, "say it: options charset and collate");
}

#define P0 "PARTITION p0 VALUES LESS THAN (10)"
#define P1 "PARTITION p1 VALUES LESS THAN (20)"

static void assert_partitions(const char *from, const char *to, const char *expected)
{
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *table = add_table(before, "t");
    g_autoptr(GPtrArray) options = options_new();
    if (from)
        options_set(table->options, "partition_by", from);
    if (to)
        options_set(options, "partition_by", to);
    g_autoptr(GPtrArray) ops = one(migrate_op_alter_table_options(table, table->options, options));
    assert_both(ops, before, expected);
}

/* No partition is dropped: its rows would go with it. */
static void test_partitions(void **state)
{
    (void)state;
    assert_partitions(NULL, "RANGE (id) (" P0 ")", "ALTER TABLE t PARTITION BY RANGE (id) (" P0 ");\n");
    assert_partitions("RANGE (id) (" P0 ")", NULL, "ALTER TABLE t REMOVE PARTITIONING;\n");
    assert_partitions("RANGE (id) (" P0 ")", "RANGE (id) (" P0 ", " P1 ")", "ALTER TABLE t ADD PARTITION (" P1 ");\n");
    assert_partitions("RANGE (id) (" P0 ", " P1 ")", "RANGE (id) (" P1 ")",
                      "ALTER TABLE t PARTITION BY RANGE (id) (" P1 ");\n");
    assert_partitions("HASH (id) PARTITIONS 2", "HASH (id) PARTITIONS 4",
                      "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4;\n");
}

/* --- what comes back --- */

static void test_restored(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *table = add_table(before, "t");
    g_autoptr(Column) day = required("day", "Date"), name = required("name", "String(5)");
    g_autoptr(GPtrArray) ops = one(migrate_op_add_column(table, day));
    g_ptr_array_add(ops, migrate_op_add_column(table, name));
    for (guint i = 0; i < ops->len; i++)
        ((MigrateOp *)ops->pdata[i])->restores = TRUE;
    assert_both(ops, before,
                "-- The values of 'day' were dropped and cannot come back: rows get '1970-01-01'.\n"
                "-- The values of 'name' were dropped and cannot come back: rows get ''.\n"
                "ALTER TABLE t\n    ADD COLUMN day DATE NOT NULL DEFAULT '1970-01-01',\n"
                "    ADD COLUMN name VARCHAR(5) NOT NULL;\nALTER TABLE t ALTER COLUMN day DROP DEFAULT;\n");
}

/* --- what cannot be done --- */

static void test_refused(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *table = add_table(before, "t");
    g_autoptr(Index) partial = index_on("ix", "id"), expression = index_new("ie");
    partial->where = g_strdup("id > 0");
    g_ptr_array_add(expression->columns, index_column_new(NULL, "id + 1"));
    g_autoptr(GPtrArray) where = one(migrate_op_create_index(table, partial));
    assert_refused(&mysql_dialect, where, before, "index 't.ix': there are no indexes with a WHERE");
    g_autoptr(GPtrArray) functional = one(migrate_op_create_index(table, expression));
    assert_refused(&mariadb_dialect, functional, before, "MariaDB has no indexes of expressions");
    assert_compiled(&mysql_dialect, functional, before, "ALTER TABLE t ADD KEY ie ((id + 1));\n");
    g_autoptr(Constraint) deferred = foreign_key("f", "id", "t", "id");
    deferred->deferrable = TRUE;
    g_autoptr(GPtrArray) late = one(migrate_op_create_constraint(table, deferred));
    assert_refused(&mysql_dialect, late, before, "constraint 'f': foreign keys cannot be deferred");
    g_autoptr(Constraint) exclude = constraint_new(CONSTRAINT_EXCLUDE, "x");
    exclude->expression = g_strdup("USING gist (id WITH =)");
    g_autoptr(GPtrArray) exclusion = one(migrate_op_create_constraint(table, exclude));
    assert_refused(&mariadb_dialect, exclusion, before, "there are no exclusion constraints");
}

static void test_versioned_engines(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    const Table *versioned = add_table(before, "t"), *plain = add_table(before, "u");
    options_set(versioned->options, "system_versioning", "true");
    g_autoptr(GPtrArray) options = options_copy(versioned->options);
    options_set(options, "engine", "Aria");
    g_autoptr(GPtrArray) moved = one(migrate_op_alter_table_options(versioned, versioned->options, options));
    assert_refused(&mariadb_dialect, moved, before,
                   "table 't': MariaDB moves no system-versioned table to or from InnoDB");
    g_autoptr(Column) without = column("note", "Integer");
    options_set(without->options, "without_system_versioning", "true");
    g_autoptr(GPtrArray) both = one(migrate_op_alter_table_options(plain, plain->options, options));
    g_ptr_array_add(both, migrate_op_add_column(plain, without));
    assert_compiled(&mariadb_dialect, both, before,
                    "SET system_versioning_alter_history = KEEP;\nALTER TABLE u ENGINE=Aria;\n"
                    "ALTER TABLE u ADD SYSTEM VERSIONING;\n"
                    "ALTER TABLE u ADD COLUMN note INTEGER WITHOUT SYSTEM VERSIONING;\n");
}

/* A unique constraint is an index, whatever a revision calls it. */
static void test_unique_constraint(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    Table *table = add_table(before, "t");
    g_ptr_array_add(table->columns, column("a", "Integer"));
    g_autoptr(Constraint) unique = constraint_new(CONSTRAINT_UNIQUE, NULL);
    g_ptr_array_add(unique->columns, g_strdup("a"));
    g_autoptr(GPtrArray) ops = one(migrate_op_create_constraint(table, unique));
    assert_both(ops, before, "ALTER TABLE t ADD UNIQUE KEY a (a);\n");
    g_ptr_array_add(table->constraints, constraint_copy(unique));
    g_autoptr(GPtrArray) drop = one(migrate_op_drop_constraint(table, unique));
    assert_both(drop, before, "ALTER TABLE t DROP INDEX a;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_table),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_one_statement),
        cmocka_unit_test(test_execute_stands_between),
        cmocka_unit_test(test_rename_used_column),
        cmocka_unit_test(test_foreign_keys_around),
        cmocka_unit_test(test_rename_table),
        cmocka_unit_test(test_dropped_tables),
        cmocka_unit_test(test_replaced_view),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_versioned_engines),
        cmocka_unit_test(test_unique_constraint),
    };
    return cmocka_run_group_tests_name("dialect/mysql/compiler", tests, NULL, NULL);
}
