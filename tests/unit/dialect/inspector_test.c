/* The inspector: what it reads from stored definitions, held against what SQLite's PRAGMAs say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "dialect/sqlite/sqlite.h"

/* An empty database in memory, after `ddl`. */
static Connection *open_database(const char *ddl)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse("sqlite://", &error);
    const ConnectOptions options = {.lock_timeout = 0};
    g_autoptr(Connection) connection = url ? connection_open(&sqlite_driver, url, &options, &error) : NULL;
    g_autoptr(GPtrArray) statements = connection ? sqlite_dialect.split(ddl, strlen(ddl), &error) : NULL;

    if (statements == NULL)
        fail_msg("%s", error->message);
    for (guint i = 0; i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(ddl + statement->start, statement->length);
        if (!connection_execute(connection, sql, &error))
            fail_msg("%s: %s", error->message, sql);
    }
    return g_steal_pointer(&connection);
}

static MetaData *inspect(const char *ddl)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_database(ddl);
    MetaData *metadata = sqlite_dialect.inspect(connection, NULL, &error);
    if (metadata == NULL)
        fail_msg("%s", error->message);
    return metadata;
}

static const Table *table_of(const MetaData *metadata, const char *name)
{
    const Table *table = metadata_find_table(metadata, NULL, name);
    if (table == NULL)
        fail_msg("no table '%s'", name);
    return table;
}

static const Column *column_of(const Table *table, const char *name)
{
    const Column *column = table_find_column(table, name);
    if (column == NULL)
        fail_msg("no column '%s.%s'", table->name, name);
    return column;
}

static void assert_text(const char *found, const char *expected)
{
    if (g_strcmp0(found, expected) != 0)
        fail_msg("'%s', not '%s'", found ? found : "(null)", expected ? expected : "(null)");
}

static void assert_names(const GPtrArray *names, const char *expected)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(joined, "%s%s", i ? "|" : "", (const char *)names->pdata[i]);
    assert_text(joined->str, expected);
}

/* --- against the PRAGMAs --- */

/* Definitions that between them use all of the grammar. */
static const char grammar[] =
    "CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b, UNIQUE (a, b));\n"
    "CREATE TABLE plain (a INT, b text NOT NULL, c VARCHAR ( 20 ) DEFAULT 'it''s; --x', d Double /* c */ Precision,\n"
    "  e DECIMAL(10,5) NULL DEFAULT -1.5, f DEFAULT + 2, g DATETIME DEFAULT CURRENT_TIMESTAMP,\n"
    "  h TEXT DEFAULT (datetime('now', '-1 day')), i DEFAULT x'00', j DEFAULT NULL, k DEFAULT true, l DEFAULT word,\n"
    "  m DEFAULT \"word\", n DEFAULT ( (1) + 2 ), o DEFAULT -0x1F);\n"
    "CREATE TABLE [quo ted] (\"a\"\"b\" INT, `c``d` INT, [e f] INT, 'g''h' INT, \"\xC3\xA4\" INT, \"select\" INT,\n"
    "  key INT, action INT, generated INT, \"a,b)\" INT, PRIMARY KEY (\"a\"\"b\", [e f]));\n"
    "CREATE TABLE untyped (a, b, c, PRIMARY KEY (b, a)) -- nothing\n;\n"
    "CREATE TABLE computed (a INTEGER, b INT GENERATED ALWAYS AS (a + 1) STORED, c AS (a || ')') VIRTUAL,\n"
    "  d TEXT AS (upper(a)) NOT NULL, e GENERATED ALWAYS AS (a), f INT UNIQUE);\n"
    "CREATE TABLE strictly (id INTEGER PRIMARY KEY, a ANY, b BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE strict_text (id TEXT PRIMARY KEY, a REAL) STRICT;\n"
    "CREATE TABLE worowid (a TEXT, b INT, c BLOB, PRIMARY KEY (a DESC, b COLLATE NOCASE)) WITHOUT ROWID, STRICT;\n"
    "CREATE TABLE fk (a INT REFERENCES parent, b INT CONSTRAINT fk_b REFERENCES parent (id) ON DELETE SET NULL\n"
    "  ON UPDATE CASCADE MATCH FULL DEFERRABLE INITIALLY DEFERRED NOT NULL, c INT, d INT REFERENCES fk (a) ON DELETE\n"
    "  RESTRICT, CONSTRAINT pair FOREIGN KEY (c, d) REFERENCES parent (a, b) ON DELETE SET DEFAULT ON UPDATE NO "
    "ACTION,\n"
    "  FOREIGN KEY (c) REFERENCES \"quo ted\" NOT DEFERRABLE INITIALLY DEFERRED);\n"
    "CREATE TABLE checked (a INT CHECK (a > 0) CONSTRAINT named CHECK (a IN (1, 2, ')')), b INT CONSTRAINT lost NOT "
    "NULL,\n"
    "  CONSTRAINT whole CHECK (a < b -- really\n ), CHECK ((a) + (b) <> 3), UNIQUE (a) ON CONFLICT IGNORE\n"
    "  CONSTRAINT no_comma UNIQUE (b COLLATE RTRIM DESC));\n"
    "CREATE TABLE conflicts (a INT NOT NULL ON CONFLICT REPLACE DEFAULT 1, b INT UNIQUE ON CONFLICT ROLLBACK,\n"
    "  c TEXT COLLATE NOCASE PRIMARY KEY ON CONFLICT ABORT);\n"
    "CREATE TABLE desc_column (a INTEGER PRIMARY KEY DESC, b GENERATED ALWAYS, c INT GENERATED ALWAYS [x y] UNIQUE);\n"
    "CREATE TABLE desc_table (a INTEGER, b, PRIMARY KEY (a DESC));\n"
    "CREATE TABLE without_desc (a INTEGER, PRIMARY KEY (a DESC)) WITHOUT ROWID;\n"
    "CREATE TABLE int_key (a INT PRIMARY KEY, b INTEGER);\n"
    "CREATE TABLE auto_table (a INTEGER, CONSTRAINT pk PRIMARY KEY (a AUTOINCREMENT));\n"
    "CREATE TABLE made AS SELECT 1 AS one, 'x' AS \"two words\", id FROM parent;\n"
    "ALTER TABLE plain ADD COLUMN added VARCHAR(3) DEFAULT 'abc' NOT NULL;\n"
    "ALTER TABLE plain ADD COLUMN ref INT REFERENCES parent (id) -- last\n;\n"
    "ALTER TABLE checked RENAME COLUMN a TO \"new a\";\n"
    "ALTER TABLE int_key RENAME TO \"renamed key\";\n"
    "CREATE INDEX ix_plain ON plain (a, b DESC, c COLLATE NOCASE ASC);\n"
    "CREATE UNIQUE INDEX \"ix quoted\" ON [quo ted] ([e f], \"a\"\"b\") WHERE \"c``d\" IS NULL OR `c``d` = ')' -- "
    "x\n;\n"
    "CREATE INDEX ix_expression ON plain (lower(b), a + 1 DESC, (a), substr(c, 1, 2) COLLATE NOCASE DESC) WHERE b > "
    "'';\n"
    "CREATE INDEX ix_computed ON computed (b);\n";

static void assert_columns_agree(Connection *connection, const Table *table)
{
    g_autoptr(GError) error = NULL;
    const char *const names[] = {table->name};
    g_autoptr(Result) rows = connection_query_params(
        connection, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)", names, 1,
        &error);
    const Constraint *key = table->primary_key;
    guint i = 0, in_key = 0;

    for (; result_next(rows, &error) > 0; i++) {
        const Column *column = table->columns->pdata[i];
        assert_string_equal(column->name, result_text(rows, 0));
        g_autoptr(SqlType) type = sqlite_dialect.type_from_sql(result_text(rows, 1));
        if (!sql_type_equal(type, column->type))
            fail_msg("%s.%s is not %s", table->name, column->name, result_text(rows, 1));
        gint64 position = result_integer(rows, 4);
        in_key += position > 0;
        if (position > 0)
            assert_string_equal(key->columns->pdata[position - 1], column->name);
        gboolean not_null = !column->nullable && !options_get(column->options, "nullable_key");
        gboolean alias = position > 0 && !result_integer(rows, 2) && column->type->kind == SQL_TYPE_INTEGER;
        if (not_null != (result_integer(rows, 2) != 0) && !alias)
            fail_msg("%s.%s: NOT NULL %d", table->name, column->name, not_null);
        assert_text(column->server_default, result_text(rows, 3));
        gint64 hidden = result_integer(rows, 5);
        assert_int_equal(hidden, column->computed == NULL ? 0 : column->computed->persisted ? 3 : 2);
    }
    assert_null(error);
    assert_int_equal(i, table->columns->len);
    assert_int_equal(in_key, key ? key->columns->len : 0);
}

static void assert_foreign_keys_agree(Connection *connection, const Table *table)
{
    g_autoptr(GError) error = NULL;
    const char *const names[] = {table->name};
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    guint n_rows = 0, n_columns = 0;

    for (guint i = 0; i < table->constraints->len; i++)
        if (((Constraint *)table->constraints->pdata[i])->kind == CONSTRAINT_FOREIGN_KEY)
            g_ptr_array_add(keys, table->constraints->pdata[i]);
    g_autoptr(Result) rows = connection_query_params(
        connection, "SELECT id, seq, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?)",
        names, 1, &error);
    for (; result_next(rows, &error) > 0; n_rows++) {
        /* SQLite counts from the last one. */
        const Constraint *key = keys->pdata[keys->len - 1 - (guint)result_integer(rows, 0)];
        guint position = (guint)result_integer(rows, 1);
        n_columns += position == 0 ? key->columns->len : 0;
        assert_text(key->referred_table, result_text(rows, 2));
        assert_text(key->columns->pdata[position], result_text(rows, 3));
        assert_text(key->referred_columns->len ? key->referred_columns->pdata[position] : NULL, result_text(rows, 4));
        assert_text(key->onupdate ? key->onupdate : "NO ACTION", result_text(rows, 5));
        assert_text(key->ondelete ? key->ondelete : "NO ACTION", result_text(rows, 6));
    }
    assert_null(error);
    assert_int_equal(n_rows, n_columns);
}

static void assert_index_agrees(Connection *connection, const Index *index)
{
    g_autoptr(GError) error = NULL;
    const char *const names[] = {index->name};
    g_autoptr(Result) rows = connection_query_params(
        connection, "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?) WHERE key", names, 1, &error);
    guint i = 0;

    for (; result_next(rows, &error) > 0; i++) {
        const IndexColumn *column = index->columns->pdata[i];
        assert_text(column->name, result_text(rows, 0));
        assert_int_equal(column->descending, result_integer(rows, 1));
        assert_true((column->name != NULL) != (column->expression != NULL));
        if (column->collation != NULL)
            assert_int_equal(g_ascii_strcasecmp(column->collation, result_text(rows, 2)), 0);
    }
    assert_null(error);
    assert_int_equal(i, index->columns->len);
}

static void assert_indexes_agree(Connection *connection, const Table *table)
{
    g_autoptr(GError) error = NULL;
    const char *const names[] = {table->name};
    g_autoptr(Result) rows = connection_query_params(
        connection, "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)", names, 1, &error);
    guint n_unique = 0, n_indexes = 0;

    while (result_next(rows, &error) > 0) {
        n_unique += strcmp(result_text(rows, 2), "u") == 0;
        if (strcmp(result_text(rows, 2), "c") != 0)
            continue;
        const Index *index = table_find_index(table, result_text(rows, 0));
        assert_non_null(index);
        assert_int_equal(index->unique, result_integer(rows, 1));
        assert_int_equal(index->where != NULL, result_integer(rows, 3));
        assert_index_agrees(connection, index);
        n_indexes++;
    }
    assert_null(error);
    assert_int_equal(n_indexes, table->indexes->len);
    for (guint i = 0; i < table->constraints->len; i++)
        n_unique -= ((Constraint *)table->constraints->pdata[i])->kind == CONSTRAINT_UNIQUE;
    assert_int_equal(n_unique, 0);
}

static void assert_options_agree(Connection *connection, const Table *table)
{
    const char *const names[] = {table->name};
    g_autoptr(Result) rows =
        connection_query_params(connection, "SELECT wr, strict FROM pragma_table_list(?)", names, 1, NULL);

    assert_int_equal(result_next(rows, NULL), 1);
    assert_text(options_get(table->options, "without_rowid"), result_integer(rows, 0) ? "true" : NULL);
    assert_text(options_get(table->options, "strict"), result_integer(rows, 1) ? "true" : NULL);
}

static void test_pragmas_agree(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_database(grammar);
    g_autoptr(MetaData) metadata = sqlite_dialect.inspect(connection, NULL, &error);

    if (metadata == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(metadata->tables->len, 17);
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        assert_columns_agree(connection, table);
        assert_foreign_keys_agree(connection, table);
        assert_indexes_agree(connection, table);
        assert_options_agree(connection, table);
    }
}

/* --- what the PRAGMAs do not say --- */

static const Constraint *constraint_at(const Table *table, guint position, ConstraintKind kind)
{
    assert_true(position < table->constraints->len);
    const Constraint *constraint = table->constraints->pdata[position];
    assert_int_equal(constraint->kind, kind);
    return constraint;
}

static void test_constraints(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(grammar);
    const Table *checked = table_of(metadata, "CHECKED");
    const struct {
        ConstraintKind kind;
        const char *name, *expression, *columns, *on_conflict, *sort;
    } expected[] = {
        {CONSTRAINT_CHECK, NULL, "\"new a\" > 0", "", NULL, NULL},
        {CONSTRAINT_CHECK, "named", "\"new a\" IN (1, 2, ')')", "", NULL, NULL},
        {CONSTRAINT_CHECK, "whole", "\"new a\" < b", "", NULL, NULL},
        {CONSTRAINT_CHECK, NULL, "(\"new a\") + (b) <> 3", "", NULL, NULL},
        {CONSTRAINT_UNIQUE, NULL, NULL, "new a", "IGNORE", NULL},
        {CONSTRAINT_UNIQUE, "no_comma", NULL, "b", NULL, "COLLATE RTRIM DESC"},
    };
    assert_int_equal(checked->constraints->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        const Constraint *constraint = constraint_at(checked, i, expected[i].kind);
        assert_text(constraint->name, expected[i].name);
        assert_text(constraint->expression, expected[i].expression);
        assert_names(constraint->columns, expected[i].columns);
        assert_text(options_get(constraint->options, "on_conflict"), expected[i].on_conflict);
        assert_text(options_get(constraint->options, "sort"), expected[i].sort);
    }
    const Table *conflicts = table_of(metadata, "conflicts");
    assert_text(options_get(column_of(conflicts, "a")->options, "on_conflict_not_null"), "REPLACE");
    assert_text(options_get(constraint_at(conflicts, 0, CONSTRAINT_UNIQUE)->options, "on_conflict"), "ROLLBACK");
    assert_text(column_of(conflicts, "c")->collation, "NOCASE");
    assert_int_equal(conflicts->primary_key->options->len, 0);
    const Table *computed = table_of(metadata, "computed");
    assert_text(column_of(computed, "b")->computed->expression, "a + 1");
    assert_text(column_of(computed, "c")->computed->expression, "a || ')'");
    assert_text(column_of(computed, "d")->computed->expression, "upper(a)");
    assert_text(column_of(computed, "e")->computed->expression, "a");
}

static void test_foreign_keys(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(grammar);
    const Table *table = table_of(metadata, "fk");
    assert_int_equal(table->constraints->len, 5);

    const Constraint *bare = constraint_at(table, 0, CONSTRAINT_FOREIGN_KEY);
    assert_null(bare->name);
    assert_int_equal(bare->referred_columns->len, 0);
    assert_false(bare->deferrable);
    const Constraint *full = constraint_at(table, 1, CONSTRAINT_FOREIGN_KEY);
    assert_text(full->name, "fk_b");
    assert_text(full->match, "FULL");
    assert_true(full->deferrable);
    assert_text(full->initially, "DEFERRED");
    assert_false(column_of(table, "b")->nullable);
    const Constraint *pair = constraint_at(table, 3, CONSTRAINT_FOREIGN_KEY);
    assert_text(pair->name, "pair");
    assert_names(pair->columns, "c|d");
    assert_names(pair->referred_columns, "a|b");
    assert_text(pair->ondelete, "SET DEFAULT");
    assert_null(pair->onupdate);
    const Constraint *not_deferrable = constraint_at(table, 4, CONSTRAINT_FOREIGN_KEY);
    assert_text(not_deferrable->referred_table, "quo ted");
    assert_false(not_deferrable->deferrable);
    assert_null(not_deferrable->initially);
}

static void assert_key(const MetaData *metadata, const char *table_name, const char *column_name, const char *facts)
{
    const Table *table = table_of(metadata, table_name);
    const Column *column = column_of(table, column_name);
    g_autoptr(GString) found = g_string_new(table->primary_key->name ? table->primary_key->name : "-");

    assert_true(table_in_primary_key(table, column_name));
    assert_false(column->nullable);
    if (options_get(column->options, "nullable_key"))
        g_string_append(found, " nullable");
    if (column->autoincrement == AUTOINCREMENT_TRUE)
        g_string_append(found, " autoincrement");
    for (guint i = 0; i < table->primary_key->options->len; i++) {
        const Option *option = table->primary_key->options->pdata[i];
        g_string_append_printf(found, " %s=%s", option->name, option->value);
    }
    assert_text(found->str, facts);
}

static void test_primary_keys(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(grammar);
    assert_key(metadata, "parent", "id", "- autoincrement");
    assert_key(metadata, "auto_table", "a", "pk autoincrement");
    assert_key(metadata, "untyped", "a", "- nullable");
    assert_key(metadata, "renamed key", "a", "- nullable");
    assert_key(metadata, "conflicts", "c", "- nullable");
    assert_key(metadata, "desc_column", "a", "- nullable not_rowid=true");
    assert_key(metadata, "desc_table", "a", "-");
    assert_key(metadata, "strictly", "id", "-");
    assert_key(metadata, "strict_text", "id", "-");
    assert_key(metadata, "worowid", "b", "- sort=DESC,COLLATE NOCASE");
    assert_key(metadata, "without_desc", "a", "- sort=DESC");
    assert_names(table_of(metadata, "worowid")->primary_key->columns, "a|b");
    assert_names(table_of(metadata, "untyped")->primary_key->columns, "b|a");
    assert_null(table_of(metadata, "plain")->primary_key);
}

static void assert_index_column(const Table *table, const char *index_name, guint position, const char *name,
                                const char *expression, const char *collation)
{
    const Index *index = table_find_index(table, index_name);
    assert_non_null(index);
    const IndexColumn *column = index->columns->pdata[position];
    assert_text(column->name, name);
    assert_text(column->expression, expression);
    assert_text(column->collation, collation);
}

static void test_indexes(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(grammar);
    const Table *plain = table_of(metadata, "plain"), *quoted = table_of(metadata, "quo ted");

    assert_index_column(plain, "ix_plain", 2, "c", NULL, "NOCASE");
    assert_index_column(plain, "ix_expression", 0, NULL, "lower(b)", NULL);
    assert_index_column(plain, "ix_expression", 1, NULL, "a + 1", NULL);
    assert_index_column(plain, "ix_expression", 2, "a", NULL, NULL);
    assert_index_column(plain, "ix_expression", 3, NULL, "substr(c, 1, 2)", "NOCASE");
    assert_text(table_find_index(plain, "ix_expression")->where, "b > ''");
    assert_index_column(quoted, "ix quoted", 1, "a\"b", NULL, NULL);
    assert_text(table_find_index(quoted, "ix quoted")->where, "\"c``d\" IS NULL OR `c``d` = ')'");
    assert_true(table_find_index(quoted, "ix quoted")->unique);
}

/* A text that is read as wrong would show as another default; these are what the PRAGMA says, too. */
static void test_defaults(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(grammar);
    const Table *plain = table_of(metadata, "plain");
    const char *const expected[][2] = {{"a", NULL},
                                       {"c", "'it''s; --x'"},
                                       {"e", "-1.5"},
                                       {"f", "+ 2"},
                                       {"g", "CURRENT_TIMESTAMP"},
                                       {"i", "x'00'"},
                                       {"h", "datetime('now', '-1 day')"},
                                       {"j", "NULL"},
                                       {"k", "true"},
                                       {"m", "\"word\""},
                                       {"n", "(1) + 2"},
                                       {"added", "'abc'"}};
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_text(column_of(plain, expected[i][0])->server_default, expected[i][1]);
}

/* --- objects, and what is left out --- */

static const char objects[] =
    "CREATE TABLE a (x INT); CREATE TABLE b (x INT); CREATE TABLE unused (x INT);\n"
    "CREATE VIEW IF NOT EXISTS v2 AS SELECT * FROM V1 JOIN \"B\";\n"
    "CREATE VIEW v1 AS SELECT x FROM a -- a comment about unused\n;\n"
    "CREATE TRIGGER a_trigger AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.x); SELECT 1; END;\n"
    "CREATE TRIGGER v_trigger INSTEAD OF INSERT ON v1 BEGIN SELECT 1; END;\n"
    "CREATE INDEX ix_a ON a (x);\n";

static const SchemaObject *object_at(const MetaData *metadata, guint position, const char *kind, const char *name)
{
    const SchemaObject *object = metadata->objects->pdata[position];
    assert_text(object->kind, kind);
    assert_text(object->name, name);
    return object;
}

static void test_objects(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(objects);

    assert_int_equal(metadata->objects->len, 4);
    const SchemaObject *v1 = object_at(metadata, 0, "view", "v1"), *v2 = object_at(metadata, 1, "view", "v2");
    const SchemaObject *a_trigger = object_at(metadata, 2, "trigger", "a_trigger");
    const SchemaObject *v_trigger = object_at(metadata, 3, "trigger", "v_trigger");
    assert_names(v1->depends_on, "a");
    assert_names(v2->depends_on, "v1|b");
    assert_null(v1->table_name);
    assert_text(v2->definition, "CREATE VIEW v2 AS SELECT * FROM V1 JOIN \"B\"");
    assert_text(a_trigger->table_name, "a");
    assert_names(a_trigger->depends_on, "a|b");
    assert_text(v_trigger->table_name, "v1");
    assert_true(g_str_has_suffix(a_trigger->definition, "SELECT 1; END"));
}

static void test_left_out(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect(
        "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, u UNIQUE); INSERT INTO b (u) VALUES (1); ANALYZE;\n"
        "CREATE TABLE A (x); CREATE VIRTUAL TABLE words USING fts5(body); CREATE VIRTUAL TABLE boxes USING\n"
        "rtree(id, x0, x1); CREATE TEMP TABLE t (x); CREATE TEMP VIEW tv AS SELECT 1;\n"
        "CREATE TABLE words_other (x); CREATE TABLE sqlitex (x);");
    const char *const names[] = {"A", "b", "sqlitex", "words_other"};

    assert_int_equal(metadata->tables->len, G_N_ELEMENTS(names));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        assert_string_equal(((Table *)metadata->tables->pdata[i])->name, names[i]);
    assert_int_equal(metadata->objects->len, 2);
    object_at(metadata, 0, "virtual_table", "boxes");
    object_at(metadata, 1, "virtual_table", "words");
    assert_int_equal(table_of(metadata, "b")->indexes->len, 0);
}

static void test_ignored(void **state)
{
    (void)state;
    const char *const ignored[] = {"A", "unused", NULL};
    const InspectOptions options = {.ignore_tables = ignored};
    g_autoptr(Connection) connection = open_database(objects);
    g_autoptr(MetaData) metadata = sqlite_dialect.inspect(connection, &options, NULL);

    assert_int_equal(metadata->tables->len, 1);
    assert_int_equal(metadata->objects->len, 3);
    object_at(metadata, 2, "trigger", "v_trigger");
}

static void test_existing_tables(void **state)
{
    (void)state;
    const char *const names[] = {"nothing", "A", "v1", "it's \"", NULL}, *const none[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(Connection) connection = open_database(objects);
    g_autoptr(GPtrArray) found = sqlite_dialect.existing_tables(connection, NULL, names, &error);
    g_autoptr(GPtrArray) empty = sqlite_dialect.existing_tables(connection, "main", none, NULL);

    assert_names(found, "A|v1");
    assert_names(empty, "");
    assert_null(sqlite_dialect.existing_tables(connection, "no schema", names, &error));
    assert_non_null(error);
}

static void test_empty(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = inspect("");
    assert_int_equal(metadata->tables->len, 0);
    assert_true(metadata->ignore_case);
}

/* What only a damaged catalog holds is refused with its place. */
static void test_damaged(void **state)
{
    (void)state;
    const char *const texts[][2] = {
        {"CREATE TABLE t", "expected '(', but the text ends"},
        {"CREATE TABLE t (", "expected a column's name, but the text ends"},
        {"CREATE TABLE t (a INT", "expected a column constraint, but the text ends"},
        {"CREATE TABLE t (a INT,)", "1:23: expected a column's name before ')'"},
        {"CREATE TABLE t (a INT SOME(1) THING)", "expected a column constraint before 'THING'"},
        {"CREATE TABLE t (a CHECK (1)", "but the text ends"},
        {"CREATE TABLE t (a CHECK (1", "expected ')', but the text ends"},
        {"CREATE TABLE t (a REFERENCES)", "expected the referred table's name before ')'"},
        {"CREATE TABLE t (a REFERENCES p ON DELETE FORGET)", "expected a foreign key's action before 'FORGET'"},
        {"CREATE TABLE t (a PRIMARY KEY PRIMARY KEY)", "no second primary key"},
        {"CREATE TABLE t (a DEFAULT )", "expected a default value before ')'"},
        {"CREATE TABLE t (a, UNIQUE (1))", "expected a column's name before '1'"},
        {"CREATE TABLE t (a) WITHOUT WINGS", "expected WITHOUT ROWID or STRICT before 'WITHOUT'"},
        {"CREATE TABLE t (a) STRICT more", "expected the end before 'more'"},
        {"CREATE VIEW t", "expected 'TABLE' before 'VIEW'"},
        {"", "expected 'CREATE'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Table) table = table_new(NULL, "t");
        assert_false(sqlite_read_table(table, texts[i][0], &error));
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG));
        if (strstr(error->message, texts[i][1]) == NULL)
            fail_msg("%s: '%s'", texts[i][0], error->message);
    }
    g_autoptr(Table) table = table_new(NULL, "t");
    const char *const indexes[] = {"CREATE INDEX i ON t",          "CREATE INDEX i ON t ()",
                                   "CREATE INDEX i ON t (a,)",     "CREATE INDEX i ON t (a) HOW",
                                   "CREATE INDEX i ON t ((a)",     "CREATE INDEX ON t (a)",
                                   "CREATE INDEX i ON t (a) WHERE"};
    for (gsize i = 0; i < G_N_ELEMENTS(indexes); i++)
        assert_null(sqlite_read_index(table, "i", indexes[i], NULL));
}

/* Wide tables and deep expressions take no time. */
static void test_large(void **state)
{
    (void)state;
    g_autoptr(GString) sql = g_string_new("CREATE TABLE t (");
    for (guint i = 0; i < 30000; i++)
        g_string_append_printf(sql, "c%u, ", i);
    g_string_append(sql, "PRIMARY KEY (");
    for (guint i = 0; i < 30000; i++)
        g_string_append_printf(sql, "%sc%u", i ? ", " : "", i);
    g_string_append(sql, "), CHECK ");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(sql, '(');
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(sql, ')');
    g_string_append(sql, ")");
    g_autoptr(Table) table = table_new(NULL, "t");
    gint64 start = g_get_monotonic_time();
    assert_true(sqlite_read_table(table, sql->str, NULL));
    assert_int_equal(table->primary_key->columns->len, 30000);
    assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pragmas_agree),   cmocka_unit_test(test_constraints), cmocka_unit_test(test_foreign_keys),
        cmocka_unit_test(test_primary_keys),    cmocka_unit_test(test_indexes),     cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_objects),         cmocka_unit_test(test_left_out),    cmocka_unit_test(test_ignored),
        cmocka_unit_test(test_existing_tables), cmocka_unit_test(test_empty),       cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests_name("dialect/inspector", tests, NULL, NULL);
}
