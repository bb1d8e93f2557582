/* Table rebuilds on real databases: no row, key, number, index or trigger may be lost, and what goes wrong must be loud
 * and change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/sqlite_blocks.h"

#define SCHEMA "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'node' ORDER BY name"
#define NODES "SELECT id, parent_id, label, typeof(label), price, twice, stored FROM node ORDER BY rowid"

/* What rebuilds are known to break. */
static const char everything[] =
    "CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE node (\n"
    "  id INTEGER CONSTRAINT pk_node PRIMARY KEY AUTOINCREMENT,\n"
    "  parent_id INTEGER CONSTRAINT fk_self REFERENCES node (id) ON DELETE SET NULL,\n"
    "  owner_id INTEGER REFERENCES owner,\n"
    "  label TEXT COLLATE NOCASE DEFAULT 'it''s -- \"not\" a /* comment',\n"
    "  price NUMERIC(10, 2) NOT NULL ON CONFLICT FAIL DEFAULT (1 + 1),\n"
    "  twice GENERATED ALWAYS AS (price * 2) VIRTUAL,\n"
    "  stored INTEGER GENERATED ALWAYS AS (id + 100) STORED,\n"
    "  \"select\" TEXT,\n"
    "  CONSTRAINT uq_label UNIQUE (label, owner_id) ON CONFLICT ROLLBACK,\n"
    "  CHECK (price >= 0), CONSTRAINT ck_label CHECK (length(label) < 100)\n"
    ");"
    "CREATE TABLE child (node_id INTEGER NOT NULL REFERENCES node (id) ON DELETE CASCADE, n INTEGER NOT NULL, "
    "PRIMARY KEY (node_id, n)) WITHOUT ROWID;"
    "CREATE INDEX ix_desc ON node (price DESC, label);"
    "CREATE UNIQUE INDEX ix_expression ON node (lower(label), \"select\") WHERE price > 0 AND label <> 'x;y';"
    "CREATE INDEX ix_collated ON node (label COLLATE RTRIM);"
    "CREATE TABLE log (line TEXT);"
    "CREATE VIEW v_node AS SELECT id, label, price FROM node;"
    "CREATE VIEW v_dear AS SELECT * FROM v_node WHERE price > 5;"
    "CREATE TRIGGER tr_own AFTER UPDATE OF price ON node WHEN NEW.price > 10 BEGIN INSERT INTO log VALUES ('own; ' || "
    "NEW.id); END;"
    "CREATE TRIGGER tr_other AFTER INSERT ON owner BEGIN UPDATE node SET owner_id = NEW.id WHERE owner_id IS NULL; END;"
    "CREATE TRIGGER tr_view INSTEAD OF DELETE ON v_node BEGIN DELETE FROM node WHERE id = OLD.id; END;"
    "INSERT INTO owner VALUES (1, 'Ada');"
    "INSERT INTO node (id, parent_id, owner_id, label, price) VALUES (1, NULL, 1, 'root', 3), (2, 1, NULL, 'a', 7.5), "
    "(4, 2, 1, NULL, 8), (3, 1, 1, x'00ff', 1), (9, 1, 1, 'gone', 1);"
    "INSERT INTO child VALUES (1, 1), (2, 1), (2, 2), (4, 7);"
    "DELETE FROM node WHERE id = 9;";

/* --- helpers --- */

static MetaData *inspect(Connection *connection)
{
    g_autoptr(GError) error = NULL;
    MetaData *metadata = sqlite_dialect.inspect(connection, NULL, &error);
    if (!metadata)
        fail_msg("%s", error->message);
    return metadata;
}

static Connection *open_with(const char *script)
{
    Connection *connection = memory_open();
    memory_run(connection, script);
    return connection;
}

static Table *table_of(const MetaData *metadata, const char *name)
{
    Table *table = metadata_find_table(metadata, NULL, name);
    assert_non_null(table);
    return table;
}

static GPtrArray *compile(const GPtrArray *ops, const MetaData *before)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *blocks = sqlite_dialect.compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    return blocks;
}

static void run(Connection *connection, const GPtrArray *ops)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autofree char *text = blocks_text(blocks);
    if (!blocks_run(connection, blocks, &error))
        fail_msg("%s\n%s", error->message, text);
}

/* Runs and expects a failure that leaves everything as it was. The message is returned. */
static char *run_failing(Connection *connection, const GPtrArray *ops)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autofree char *schema = memory_rows(connection, "SELECT * FROM sqlite_schema ORDER BY name");
    assert_false(blocks_run(connection, blocks, &error));
    g_autofree char *after = memory_rows(connection, "SELECT * FROM sqlite_schema ORDER BY name");
    assert_string_equal(after, schema);
    g_autofree char *pragmas = memory_rows(connection, "SELECT * FROM pragma_foreign_keys, pragma_legacy_alter_table");
    assert_string_equal(pragmas, "1|0\n");
    assert_false(connection_in_transaction(connection));
    return g_strdup(error->message);
}

static void assert_rows(Connection *connection, const char *query, const char *expected)
{
    g_autofree char *rows = memory_rows(connection, query);
    assert_string_equal(rows, expected);
}

typedef void (*ColumnChange)(Column *column);

static void add_alter(GPtrArray *ops, const MetaData *before, const char *table, const char *column,
                      ColumnChange change)
{
    const Column *existing = table_find_column(table_of(before, table), column);
    g_autoptr(Column) altered = column_copy(existing);
    change(altered);
    g_ptr_array_add(ops, migrate_op_alter_column(table_of(before, table), existing, altered));
}

static void make_not_null(Column *column)
{
    column->nullable = FALSE;
}

static void make_not_null_with_default(Column *column)
{
    column->nullable = FALSE;
    g_free(column->server_default);
    column->server_default = g_strdup("'none'");
}

static void make_type(Column *column, const char *type)
{
    sql_type_free(column->type);
    column->type = sql_type_parse(type, NULL);
    assert_non_null(column->type);
}

static void make_text(Column *column)
{
    make_type(column, "Text");
}

static void make_integer(Column *column)
{
    make_type(column, "Integer");
}

static void make_blob(Column *column)
{
    make_type(column, "LargeBinary");
}

static void add_check(GPtrArray *ops, const MetaData *before, const char *table, const char *name,
                      const char *expression)
{
    g_autoptr(Constraint) check = constraint_new(CONSTRAINT_CHECK, name);
    check->expression = g_strdup(expression);
    g_ptr_array_add(ops, migrate_op_create_constraint(table_of(before, table), check));
}

static Constraint *unique_on(const char *name, const char *column)
{
    Constraint *unique = constraint_new(CONSTRAINT_UNIQUE, name);
    g_ptr_array_add(unique->columns, g_strdup(column));
    return unique;
}

/* --- nothing is lost --- */

static void assert_alive(Connection *connection)
{
    /* The trigger of the table, its number generator, the cascade into the child, the trigger of another table. */
    memory_run(connection, "UPDATE node SET price = 11 WHERE id = 1; INSERT INTO node (price, label) VALUES (2, 'new');"
                           "DELETE FROM v_node WHERE id = 2; INSERT INTO owner VALUES (7, 'Bo')");
    assert_rows(connection, "SELECT * FROM log", "own; 1\n");
    assert_rows(connection, "SELECT id, parent_id, owner_id, twice, stored FROM node ORDER BY id",
                "1|NULL|1|22|101\n3|1|1|2|103\n4|NULL|1|16|104\n10|NULL|7|4|110\n");
    assert_rows(connection, "SELECT node_id, n FROM child", "1|1\n4|7\n");
    assert_rows(connection, "SELECT detail FROM pragma_foreign_key_check, (SELECT 1 AS detail)", "");
    g_autofree char *plan = memory_rows(connection, "EXPLAIN QUERY PLAN SELECT id FROM node ORDER BY price DESC");
    assert_non_null(strstr(plan, "ix_desc"));
}

static void test_everything_survives(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(everything);
    g_autoptr(MetaData) before = inspect(connection);
    g_autofree char *schema = memory_rows(connection, SCHEMA), *nodes = memory_rows(connection, NODES);
    g_autofree char *children = memory_rows(connection, "SELECT * FROM child");
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "node", "ck_new", "id > 0");
    add_alter(ops, before, "node", "select", make_not_null_with_default);
    add_alter(ops, before, "node", "stored", make_text);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    assert_int_equal(blocks->len, 1);
    run(connection, ops);
    assert_rows(connection, SCHEMA, schema);
    assert_rows(connection, "SELECT * FROM child", children);
    assert_rows(connection, "SELECT name, seq FROM sqlite_sequence", "node|9\n");
    assert_rows(connection, "SELECT DISTINCT \"select\", typeof(stored) FROM node", "none|text\n");
    g_autoptr(MetaData) middle = inspect(connection);
    g_autoptr(GPtrArray) back = operations_reverse(ops, NULL);
    g_autoptr(GPtrArray) back_blocks = compile(back, middle);
    assert_int_equal(back_blocks->len, 1);
    run(connection, back);
    assert_rows(connection, SCHEMA, schema);
    assert_rows(connection, NODES, nodes);
    assert_rows(connection, "SELECT name, seq FROM sqlite_sequence", "node|9\n");
    assert_alive(connection);
}

/* What the inspector reads and the compiler writes is the same again, and again. */
static void test_definitions_round_trip(void **state)
{
    static const char more[] =
        "CREATE TABLE k1 (a INTEGER PRIMARY KEY DESC, b TEXT UNIQUE ON CONFLICT IGNORE);"
        "CREATE TABLE k2 (a TEXT, b TEXT NOT NULL, PRIMARY KEY (a DESC, b COLLATE NOCASE) ON CONFLICT REPLACE);"
        "CREATE TABLE k3 (a INT PRIMARY KEY, b DEFAULT abc, c DEFAULT CURRENT_DATE, d DEFAULT -1);"
        "CREATE TABLE k4 (a TEXT PRIMARY KEY, b ANY) STRICT, WITHOUT ROWID;"
        "CREATE TABLE [k 5] (\"a\"\"b\" VARCHAR(10) COLLATE \"RTRIM\", `group` INT REFERENCES k1 ON UPDATE SET DEFAULT "
        "MATCH FULL DEFERRABLE INITIALLY DEFERRED, CHECK (\"a\"\"b\" <> ')'), CHECK (`group` > 0 -- ( comment\n));";
    (void)state;
    g_autoptr(GString) script = g_string_new(everything);
    g_string_append(script, more);
    g_autoptr(Connection) first = open_with(script->str);
    g_autoptr(MetaData) metadata = inspect(first), nothing = metadata_new(TRUE);
    g_autoptr(GPtrArray) create = operations_new();
    for (guint i = 0; i < metadata->tables->len; i++)
        g_ptr_array_add(create, migrate_op_create_table(metadata->tables->pdata[i]));
    for (guint i = 0; i < metadata->objects->len; i++)
        g_ptr_array_add(create, migrate_op_create_object(metadata->objects->pdata[i]));
    assert_true(operations_sort(create, FALSE, NULL));
    g_autoptr(Connection) second = memory_open();
    run(second, create);
    static const char *const facts[] = {
        "SELECT m.name, x.cid, x.name, x.type, x.\"notnull\" OR (x.type = 'INTEGER' AND x.pk), x.dflt_value, x.pk, "
        "x.hidden FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' ORDER BY 1, 2",
        "SELECT m.name, f.* FROM sqlite_schema m, pragma_foreign_key_list(m.name) f ORDER BY m.name, f.\"from\"",
        "SELECT m.name, i.name LIKE 'sqlite_%', i.\"unique\", i.origin, i.partial, x.seqno, x.cid, x.name, x.desc, "
        "x.coll, x.key FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) x WHERE m.type = "
        "'table' ORDER BY 1, 2, 3, 4, 8, i.name, 6",
        "SELECT name, type, ncol, wr, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY 1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
        g_autofree char *expected = memory_rows(first, facts[i]);
        assert_rows(second, facts[i], expected);
    }
    g_autoptr(MetaData) again = inspect(second);
    g_autoptr(GPtrArray) blocks = compile(create, nothing), blocks_again = NULL;
    g_autoptr(GPtrArray) create_again = operations_new();
    for (guint i = 0; i < create->len; i++) {
        const MigrateOp *op = create->pdata[i];
        g_ptr_array_add(create_again, op->kind == OP_CREATE_TABLE
                                          ? migrate_op_create_table(table_of(again, op->table_name))
                                          : migrate_op_copy(op));
    }
    blocks_again = compile(create_again, nothing);
    g_autofree char *text = blocks_text(blocks), *text_again = blocks_text(blocks_again);
    assert_string_equal(text_again, text);
}

/* Full-text tables and applications refer to rowids, though nobody declared them. */
static void test_rowids_are_kept(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(
        "CREATE TABLE t (rowid TEXT, _ROWID_ TEXT, a TEXT PRIMARY KEY, b INT);"
        "INSERT INTO t (oid, rowid, a, b) VALUES (5, 'x', 'k', 1), (3, 'y', 'm', 2), (-4, 'z', 'n', NULL);"
        "CREATE TABLE hidden (rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO hidden VALUES (3, 2, 1), (1, 2, 3)");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "t", "ck", "length(a) > 0");
    add_check(ops, before, "hidden", "ck", "oid > 0");
    run(connection, ops);
    assert_rows(connection, "SELECT oid, rowid, a, b FROM t ORDER BY oid", "-4|z|n|NULL\n3|y|m|2\n5|x|k|1\n");
    assert_rows(connection, "SELECT * FROM hidden", "3|2|1\n1|2|3\n");
}

/* A new INTEGER PRIMARY KEY takes over the rowids; one that goes leaves them. */
static void test_primary_key_comes_and_goes(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (a TEXT); INSERT INTO t (rowid, a) VALUES (4, 'x'), "
                                                 "(2, 'y')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Column) id = column_new("id", sql_type_new(SQL_TYPE_INTEGER));
    id->nullable = FALSE;
    id->autoincrement = AUTOINCREMENT_TRUE;
    g_autoptr(Constraint) key = constraint_new(CONSTRAINT_PRIMARY_KEY, "pk_t");
    g_ptr_array_add(key->columns, g_strdup("id"));
    g_ptr_array_add(ops, migrate_op_add_column(table_of(before, "t"), id));
    g_ptr_array_add(ops, migrate_op_create_constraint(table_of(before, "t"), key));
    run(connection, ops);
    assert_rows(connection, "SELECT id, a FROM t", "2|y\n4|x\n");
    assert_rows(connection, "SELECT seq FROM sqlite_sequence", "4\n");
    g_autoptr(GPtrArray) back = operations_reverse(ops, NULL);
    run(connection, back);
    assert_rows(connection, "SELECT rowid, a FROM t", "2|y\n4|x\n");
    assert_rows(connection, "SELECT sql FROM sqlite_schema WHERE name = 't'", "CREATE TABLE \"t\" (\n    a TEXT\n)\n");
}

static void test_without_rowid_and_strict(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(
        "CREATE TABLE t (a TEXT NOT NULL, b INTEGER, PRIMARY KEY (a)); INSERT INTO t VALUES ('z', 1), ('a', 2)");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) options = options_new();
    options_set(options, "strict", "true");
    options_set(options, "without_rowid", "true");
    g_autoptr(GPtrArray) ops = operations_new();
    const Table *table = table_of(before, "t");
    g_ptr_array_add(ops, migrate_op_alter_table_options(table, table->options, options));
    run(connection, ops);
    assert_rows(connection, "SELECT a, b FROM t", "a|2\nz|1\n");
    assert_rows(connection, "SELECT wr, strict FROM pragma_table_list('t')", "1|1\n");
    g_autoptr(GPtrArray) back = operations_reverse(ops, NULL);
    run(connection, back);
    assert_rows(connection, "SELECT wr, strict FROM pragma_table_list('t')", "0|0\n");
    assert_rows(connection, "SELECT a, b FROM t ORDER BY a", "a|2\nz|1\n");
}

static void test_autoincrement_on_an_empty_table(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE \"it's\" (id INTEGER PRIMARY KEY AUTOINCREMENT);"
                                                 "INSERT INTO \"it's\" VALUES (41); DELETE FROM \"it's\"");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "it's", "ck", "id <> 13");
    run(connection, ops);
    memory_run(connection, "INSERT INTO \"it's\" DEFAULT VALUES");
    assert_rows(connection, "SELECT id FROM \"it's\"", "42\n");
    assert_rows(connection, "SELECT count(*) FROM sqlite_sequence", "1\n");
}

static void test_taken_scratch_name(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(
        "CREATE TABLE t (a INT); CREATE TABLE _MIGRATE_new_t (a INT); CREATE VIEW _migrate_new_t_2 AS SELECT 1;"
        "INSERT INTO t VALUES (1); INSERT INTO _migrate_new_t VALUES (2)");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "t", "ck", "a = 1");
    run(connection, ops);
    assert_rows(connection, "SELECT t.a, n.a FROM t, _migrate_new_t n", "1|2\n");
}

/* --- values --- */

static void test_types_convert_values(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE t (a TEXT, b BLOB, c TEXT, d INTEGER);"
                  "INSERT INTO t VALUES ('12', x'c3a4', 'ä', 9007199254740993), ('x7', NULL, NULL, 1)");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_alter(ops, before, "t", "a", make_integer);
    add_alter(ops, before, "t", "b", make_text);
    add_alter(ops, before, "t", "c", make_blob);
    add_alter(ops, before, "t", "d", make_text);
    g_autoptr(GPtrArray) blocks = compile(ops, before);
    g_autofree char *text = blocks_text(blocks);
    assert_non_null(strstr(text, "-- Text in 'a' that reads as a number becomes one: '007' becomes 7.\n"));
    run(connection, ops);
    assert_rows(connection, "SELECT a, typeof(a), b, typeof(b), hex(c), typeof(c), d, typeof(d) FROM t",
                "12|integer|ä|text|C3A4|blob|9007199254740993|text\nx7|text|NULL|null||null|1|text\n");
}

static void test_nulls_become_the_default(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (a TEXT); INSERT INTO t VALUES (NULL), ('b')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_alter(ops, before, "t", "a", make_not_null_with_default);
    run(connection, ops);
    assert_rows(connection, "SELECT a FROM t", "none\nb\n");
}

static void test_nulls_without_default_are_refused(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (a TEXT); INSERT INTO t VALUES (NULL), ('b')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_alter(ops, before, "t", "a", make_not_null);
    g_autofree char *message = run_failing(connection, ops);
    assert_non_null(strstr(message, "NOT NULL constraint failed"));
    assert_rows(connection, "SELECT a FROM t", "NULL\nb\n");
}

/* The new constraint's own ON CONFLICT would throw rows away in silence. */
static void test_conflict_clauses_drop_no_rows(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('x')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Constraint) unique = unique_on("uq", "a");
    options_set(unique->options, "on_conflict", "REPLACE");
    g_ptr_array_add(ops, migrate_op_create_constraint(table_of(before, "t"), unique));
    g_autofree char *message = run_failing(connection, ops);
    assert_non_null(strstr(message, "UNIQUE constraint failed"));
    assert_rows(connection, "SELECT count(*) FROM t", "2\n");
}

/* Their values are gone; the way back is not barred by that. */
static void test_dropped_columns_come_back(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_with(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT NOT NULL, c DATE NOT NULL, d BLOB NOT "
        "NULL, \"e f\" VARCHAR(3) NOT NULL, g REAL, h TEXT NOT NULL DEFAULT 'h', CONSTRAINT ck CHECK (\"e f\" "
        "IN ('it''s', 'b'))); INSERT INTO t VALUES (3, 'a', 1, '2020-01-01', x'01', 'b', 2, 'x')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    const Table *table = table_of(before, "t");
    g_ptr_array_add(ops, migrate_op_drop_constraint(table, table_find_constraint(table, "ck")));
    for (guint i = 1; i < table->columns->len; i++)
        g_ptr_array_add(ops, migrate_op_drop_column(table, table->columns->pdata[i]));
    run(connection, ops);
    assert_rows(connection, "SELECT * FROM t", "3\n");
    g_autoptr(GPtrArray) back = operations_reverse(ops, NULL);
    run(connection, back);
    assert_rows(connection, "SELECT id, a, b, c, hex(d), typeof(d), \"e f\", g, h FROM t",
                "3||0|1970-01-01||blob|it's|NULL|h\n");
}

static void test_no_column_stays(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE t (a TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID; INSERT INTO t VALUES ('x')");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    const Table *table = table_of(before, "t");
    g_autoptr(Column) other = column_new("b", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(Constraint) key = constraint_new(CONSTRAINT_PRIMARY_KEY, NULL);
    g_ptr_array_add(key->columns, g_strdup("b"));
    other->nullable = FALSE;
    g_ptr_array_add(ops, migrate_op_add_column(table, other));
    g_ptr_array_add(ops, migrate_op_drop_constraint(table, table->primary_key));
    g_ptr_array_add(ops, migrate_op_drop_column(table, table_find_column(table, "a")));
    g_ptr_array_add(ops, migrate_op_create_constraint(table, key));
    g_autoptr(GError) error = NULL;
    GPtrArray *blocks = sqlite_dialect.compile(ops, before, &error);
    assert_null(blocks);
    assert_non_null(strstr(error->message, "no column stays"));
}

/* --- checks --- */

static void test_old_violations_are_not_blamed_on_us(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INT REFERENCES p, n INT);"
                  "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (77, 1), (78, 1); PRAGMA foreign_keys = ON;"
                  "CREATE VIEW broken AS SELECT x FROM nowhere; CREATE TABLE odd (a INT REFERENCES c (n))");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "p", "ck", "id > 0");
    run(connection, ops);
    assert_rows(connection, "SELECT * FROM c", "77|1\n78|1\n");
}

static void test_old_violations_follow_a_rename(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p_id INT REFERENCES p, n INT);"
                  "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (77, 1), (78, 1); PRAGMA foreign_keys = ON");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    add_check(ops, before, "p", "ck", "id > 0");
    g_ptr_array_add(ops, migrate_op_rename_table(table_of(before, "c"), "kids"));
    g_ptr_array_add(ops, migrate_op_rename_table(table_of(before, "p"), "parents"));
    run(connection, ops);
    assert_rows(connection, "SELECT sql FROM sqlite_schema WHERE name = 'kids'",
                "CREATE TABLE \"kids\" (p_id INT REFERENCES \"parents\", n INT)\n");
}

static void test_new_violations_are_found(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (a INT, b INT);"
                  "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1), (2, 2), (3, 3)");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Constraint) key = constraint_new(CONSTRAINT_FOREIGN_KEY, "fk");
    g_ptr_array_add(key->columns, g_strdup("b"));
    key->referred_table = g_strdup("p");
    g_ptr_array_add(ops, migrate_op_create_constraint(table_of(before, "c"), key));
    g_autofree char *message = run_failing(connection, ops);
    assert_non_null(strstr(message, "row 2 of table 'c' (and 1 more) would refer to a row that does not exist, by its "
                                    "foreign key (b) to 'p'"));
}

static void test_lost_parent_key_is_found(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_with("CREATE TABLE p (a INT, CONSTRAINT uq UNIQUE (a)); CREATE TABLE c (a INT REFERENCES p (a))");
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new();
    const Table *parent = table_of(before, "p");
    g_ptr_array_add(ops, migrate_op_drop_constraint(parent, table_find_constraint(parent, "uq")));
    g_autofree char *message = run_failing(connection, ops);
    assert_non_null(strstr(message, "the foreign keys of table 'c' would no longer work"));
    assert_non_null(strstr(message, "foreign key mismatch"));
}

static void test_broken_views_and_triggers_are_found(void **state)
{
    static const struct {
        const char *script, *message;
    } cases[] = {
        {"CREATE VIEW v AS SELECT b FROM t", "view 'v' would no longer work: no such column: b"},
        {"CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT NEW.b; END",
         "trigger tr (INSERT of 't') would no longer work"},
        {"CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN SELECT OLD.b; END", "trigger tr (UPDATE of 't')"},
        {"CREATE TABLE u (x); CREATE TRIGGER tr BEFORE DELETE ON u BEGIN DELETE FROM t WHERE b = 1; END",
         "trigger tr (DELETE of 'u')"},
        {"CREATE VIEW w AS SELECT 1 AS one; CREATE TRIGGER tr INSTEAD OF UPDATE ON w BEGIN UPDATE t SET b = 1; END",
         "trigger tr (UPDATE of 'w')"},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Connection) connection = open_with("CREATE TABLE t (a INT, b INT, c INT)");
        memory_run(connection, cases[i].script);
        g_autoptr(MetaData) before = inspect(connection);
        g_autoptr(GPtrArray) ops = operations_new();
        const Table *table = table_of(before, "t");
        g_ptr_array_add(ops, migrate_op_drop_column(table, table_find_column(table, "b")));
        g_autofree char *message = run_failing(connection, ops);
        if (!strstr(message, cases[i].message))
            fail_msg("%s", message);
    }
}

/* Every table of a schema as people have them, rebuilt at once and back. */
static void rebuild_all(const char *name)
{
    g_autofree char *path = g_strdup_printf("tests/fixtures/%s.sql", name), *schema = NULL, *rows = NULL;
    g_autofree char *rows_path = g_strdup_printf("tests/fixtures/%s-rows.sql", name);
    assert_true(g_file_get_contents(path, &schema, NULL, NULL));
    assert_true(g_file_get_contents(rows_path, &rows, NULL, NULL));
    g_autoptr(Connection) connection = open_with(schema);
    memory_run(connection, rows);
    g_autoptr(MetaData) before = inspect(connection);
    g_autoptr(GPtrArray) ops = operations_new(), contents = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < before->tables->len; i++) {
        const Table *table = before->tables->pdata[i];
        g_autofree char *query = g_strdup_printf("SELECT * FROM \"%s\"", table->name);
        add_check(ops, before, table->name, "ck_added", "1");
        g_ptr_array_add(contents, memory_rows(connection, query));
    }
    assert_true(ops->len > 5);
    run(connection, ops);
    g_autoptr(MetaData) middle = inspect(connection);
    g_autoptr(GPtrArray) back = operations_reverse(ops, NULL);
    run(connection, back);
    for (guint i = 0; i < before->tables->len; i++) {
        const Table *table = before->tables->pdata[i];
        g_autofree char *query = g_strdup_printf("SELECT * FROM \"%s\"", table->name);
        assert_non_null(table_find_constraint(table_of(middle, table->name), "ck_added"));
        assert_rows(connection, query, contents->pdata[i]);
    }
    g_autoptr(MetaData) after = inspect(connection);
    g_autoptr(GPtrArray) create = operations_new(), create_after = operations_new();
    for (guint i = 0; i < before->tables->len; i++) {
        g_ptr_array_add(create, migrate_op_create_table(before->tables->pdata[i]));
        g_ptr_array_add(create_after, migrate_op_create_table(after->tables->pdata[i]));
    }
    g_autoptr(MetaData) empty = metadata_new(TRUE);
    g_autoptr(GPtrArray) blocks = compile(create, empty), blocks_after = compile(create_after, empty);
    g_autofree char *text = blocks_text(blocks), *text_after = blocks_text(blocks_after);
    assert_string_equal(text_after, text);
}

static void test_known_schemas(void **state)
{
    (void)state;
    rebuild_all("chinook");
    rebuild_all("sakila");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_survives),
        cmocka_unit_test(test_definitions_round_trip),
        cmocka_unit_test(test_rowids_are_kept),
        cmocka_unit_test(test_primary_key_comes_and_goes),
        cmocka_unit_test(test_without_rowid_and_strict),
        cmocka_unit_test(test_autoincrement_on_an_empty_table),
        cmocka_unit_test(test_taken_scratch_name),
        cmocka_unit_test(test_types_convert_values),
        cmocka_unit_test(test_nulls_become_the_default),
        cmocka_unit_test(test_nulls_without_default_are_refused),
        cmocka_unit_test(test_conflict_clauses_drop_no_rows),
        cmocka_unit_test(test_dropped_columns_come_back),
        cmocka_unit_test(test_no_column_stays),
        cmocka_unit_test(test_old_violations_are_not_blamed_on_us),
        cmocka_unit_test(test_old_violations_follow_a_rename),
        cmocka_unit_test(test_new_violations_are_found),
        cmocka_unit_test(test_lost_parent_key_is_found),
        cmocka_unit_test(test_broken_views_and_triggers_are_found),
        cmocka_unit_test(test_known_schemas),
    };
    return cmocka_run_group_tests_name("dialect/rebuild", tests, NULL, NULL);
}
