/* Changes of models on a real server: what is there behind them is what the model would have been created as, and the
 * reverse leads back to what was there before. SHOW CREATE TABLE judges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "autogenerate/autogenerate.h"
#include "base/error.h"
#include "dialect/dialect.h"
#include "schema/model.h"
#include "support/mysql.h"

/* --- models, databases --- */

/* Quotes are written ' in models; a real one is `. */
static MetaData *read_model(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    for (char *at = json; *at; at++)
        *at = (char)(*at == '\'' ? '"' : *at == '`' ? '\'' : *at);
    g_autoptr(ModelReader) reader = model_reader_new("mariadb", FALSE, NULL, 64);
    MetaData *model = NULL;
    if (model_reader_add(reader, "models.json", json, strlen(json), &error))
        model = model_reader_finish(reader, &error);
    if (!model || !mariadb_dialect.adapt(model, NULL, &error))
        fail_msg("%s", error->message);
    return model;
}

static char *compiled(const GPtrArray *ops, const MetaData *before)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) blocks = mariadb_dialect.compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            g_string_append_printf(text, "%s;\n", (char *)block->statements->pdata[j]);
    }
    return g_string_free(text, FALSE);
}

static void create(const char *url, const MetaData *model)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(MetaData) nothing = metadata_new(FALSE);
    for (guint i = 0; i < model->tables->len; i++)
        g_ptr_array_add(ops, migrate_op_create_table(model->tables->pdata[i]));
    assert_true(operations_sort(ops, TRUE, &error));
    g_autofree char *sql = compiled(ops, nothing);
    mysql_run(url, sql);
}

static MetaData *inspect(const char *address)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) url = url_parse(address, &error);
    const ConnectOptions options = {.lock_timeout = 5};
    g_autoptr(Connection) connection = url ? connection_open(&mysql_driver, url, &options, &error) : NULL;
    MetaData *live = connection ? mariadb_dialect.inspect(connection, NULL, &error) : NULL;
    if (!live)
        fail_msg("%s", error->message);
    return live;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where columns and keys stand does not count, nor does the next number; keys remember the table's KEY_BLOCK_SIZE. */
static char *in_order(const char *definition)
{
    g_autoptr(GRegex) number = g_regex_new(" AUTO_INCREMENT=[0-9]+|(?<=\\)) KEY_BLOCK_SIZE=[0-9]+", 0, 0, NULL);
    g_autofree char *text = g_regex_replace_literal(number, definition, -1, 0, "", 0, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (g_str_has_suffix(*line, ","))
            (*line)[strlen(*line) - 1] = '\0';
    qsort(lines, g_strv_length(lines), sizeof *lines, compare_lines);
    return g_strjoinv("\n", lines);
}

static char *dump(const char *url)
{
    g_autofree char *list = mysql_rows(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                                            "database() ORDER BY 1");
    g_auto(GStrv) names = g_strsplit(list, "\n", -1);
    GString *text = g_string_new(NULL);
    for (char **name = names; **name; name++) {
        g_autofree char *query = g_strdup_printf("SHOW CREATE TABLE `%s`", *name);
        g_autofree char *definition = mysql_rows(url, query);
        g_autofree char *sorted = in_order(definition);
        g_string_append_printf(text, "%s\n", sorted);
    }
    return g_string_free(text, FALSE);
}

static void assert_dump(const char *url, const char *expected, const char *what, const char *sql)
{
    g_autofree char *found = dump(url);
    if (strcmp(found, expected) != 0)
        fail_msg("%s\nfound:\n%s\nexpected:\n%s\nbehind:\n%s", what, found, expected, sql);
}

/* --- there and back --- */

typedef struct Change {
    const char *name, *before, *after;
    const char *rows;           /* SQL that fills the tables, or NULL */
    guint statements;           /* of the way there; 0: never mind */
    const char *query, *result; /* asked behind the way there; NULL: nothing */
} Change;

static guint count_statements(const char *sql)
{
    guint n = 0;
    for (const char *at = strstr(sql, ";\n"); at; at = strstr(at + 1, ";\n"))
        n++;
    return n;
}

static GPtrArray *compare(const MetaData *model, const MetaData *live)
{
    g_autoptr(GError) error = NULL;
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .assume_no_renames = TRUE};
    g_autoptr(Comparison) comparison = autogenerate_compare(&mariadb_dialect, model, live, &options, &error);
    if (!comparison)
        fail_msg("%s", error->message);
    return g_ptr_array_ref(comparison->operations);
}

/* From a model, or as SQL. */
static MetaData *make(const char *url, const char *text)
{
    if (*text == '{') {
        MetaData *model = read_model(text);
        create(url, model);
        return model;
    }
    mysql_run(url, text);
    return inspect(url);
}

static void there_and_back(const Change *change)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = mysql_database("changed"), *fresh = mysql_database("fresh");
    g_autoptr(MetaData) before = make(url, change->before), after = make(fresh, change->after);
    assert_non_null(before);
    g_autofree char *first = dump(url), *wanted = dump(fresh);
    if (change->rows)
        mysql_run(url, change->rows);
    g_autoptr(MetaData) live = inspect(url);
    g_autoptr(GPtrArray) ops = compare(after, live);
    g_autofree char *up = compiled(ops, live);
    mysql_run(url, up);
    assert_dump(url, wanted, "up", up);
    if (change->statements && change->statements != count_statements(up))
        fail_msg("not %u statements:\n%s", change->statements, up);
    if (change->query) {
        g_autofree char *rows = mysql_rows(url, change->query);
        assert_string_equal(rows, change->result);
    }
    g_autoptr(MetaData) behind = metadata_copy(live);
    g_autoptr(GPtrArray) reversed = operations_reverse(ops, &error);
    assert_true(operations_apply(ops, behind, &error));
    g_autofree char *down = compiled(reversed, behind);
    mysql_run(url, down);
    assert_dump(url, first, "down", down);
    mysql_run(url, up);
    assert_dump(url, wanted, "up again", up);
}

/* --- changes --- */

#define ID "{'name': 'id', 'type': 'Integer', 'primary_key': true}"
#define TABLE(columns, more) "{'tables': [{'name': 't', 'columns': [" ID ", " columns "]" more "}]}"

static const Change changes[] = {
    {"columns come, go and change in one statement",
     TABLE("{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'String(10)', 'comment': 'it`s'}, "
           "{'name': 'c', 'type': 'Text', 'nullable': false}",
           ""),
     TABLE("{'name': 'a', 'type': 'BigInteger', 'nullable': false, 'server_default': '7', 'comment': 'x'}, "
           "{'name': 'b', 'type': 'String(20)', 'comment': 'it`s'}, {'name': 'd', 'type': 'DateTime', "
           "'server_default': 'CURRENT_TIMESTAMP', 'nullable': false}",
           ", 'comment': 'a table'"),
     "INSERT INTO t VALUES (1, 2, 'x', 'y')", 1, "SELECT id, a, b FROM t", "1|2|x\n"},
    {"renames",
     TABLE("{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Integer'}, {'name': 'g', 'type': 'Integer', "
           "'computed': {'expression': 'a + 1', 'persisted': true}}",
           ", 'indexes': [{'name': 'ia', 'columns': ['a']}, {'name': 'ib', 'columns': ['b']}], 'check_constraints': "
           "[{'name': 'ck', 'expression': 'a > 0'}]"),
     TABLE("{'name': 'a2', 'type': 'Integer', 'renamed_from': 'a'}, {'name': 'b2', 'type': 'BigInteger', "
           "'renamed_from': 'b'}, {'name': 'g', 'type': 'Integer', 'computed': {'expression': 'a2 + 1', 'persisted': "
           "true}}",
           ", 'indexes': [{'name': 'ia2', 'columns': ['a2'], 'renamed_from': 'ia'}, {'name': 'ib', 'columns': "
           "['b2']}], 'check_constraints': [{'name': 'ck', 'expression': 'a2 > 0'}]"),
     "INSERT INTO t (id, a, b) VALUES (1, 2, 3)", 1, "SELECT a2, b2, g FROM t", "2|3|3\n"},
    {"a new column under a former name",
     TABLE("{'name': 'n', 'type': 'Integer'}", ", 'indexes': [{'name': 'ix', 'columns': ['n']}], 'check_constraints': "
                                               "[{'name': 'ck', 'expression': 'n > 0'}]"),
     TABLE("{'name': 'q', 'type': 'Integer', 'renamed_from': 'n'}, {'name': 'n', 'type': 'Integer'}",
           ", 'indexes': [{'name': 'ix', 'columns': ['q']}, {'name': 'iy', 'columns': ['n']}], 'check_constraints': "
           "[{'name': 'ck', 'expression': 'q > 0'}]"),
     "INSERT INTO t VALUES (1, 2)", 2, "SELECT q, n FROM t", "2|NULL\n"},
    {"the primary key with its numbers",
     "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': "
     "true}, {'name': 'b', 'type': 'Integer', 'nullable': false}]}]}",
     "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'nullable': false}, {'name': 'b', "
     "'type': 'Integer', 'primary_key': true, 'autoincrement': true}]}]}",
     "INSERT INTO t VALUES (1, 2)", 1, "SELECT * FROM t", "1|2\n"},
    {"indexes of every kind",
     TABLE("{'name': 'a', 'type': 'Text'}, {'name': 'b', 'type': 'Text'}, {'name': 'n', 'type': 'Integer'}",
           ", 'indexes': [{'name': 'i1', 'columns': ['n']}, {'name': 'i2', 'columns': [{'column': 'a', 'length': "
           "10}]}, {'name': 'f0', 'columns': ['a', 'b'], 'options': {'mariadb': {'prefix': 'FULLTEXT'}}}]"),
     TABLE("{'name': 'a', 'type': 'Text'}, {'name': 'b', 'type': 'Text'}, {'name': 'n', 'type': 'Integer'}",
           ", 'indexes': [{'name': 'i1', 'columns': ['n'], 'options': {'mariadb': {'invisible': true}}}, {'name': "
           "'i2', 'columns': [{'column': 'a', 'length': 20}, {'column': 'n', 'order': 'desc'}], 'unique': true}, "
           "{'name': 'f1', 'columns': ['a'], 'options': {'mariadb': {'prefix': 'FULLTEXT'}}}, {'name': 'f2', "
           "'columns': ['b', 'a'], 'comment': 'words', 'options': {'mariadb': {'prefix': 'FULLTEXT'}}}]"),
     NULL, 2, NULL, NULL},
    {"generated columns",
     TABLE("{'name': 'x', 'type': 'Integer'}, {'name': 'v', 'type': 'Integer', 'computed': {'expression': 'x + 1'}}, "
           "{'name': 's', 'type': 'Integer', 'computed': {'expression': 'x + 2', 'persisted': true}}, {'name': 'w', "
           "'type': 'Integer', 'computed': {'expression': 'v + 1'}}, {'name': 'p', 'type': 'Integer', 'computed': "
           "{'expression': 'x * 5'}}",
           ", 'indexes': [{'name': 'iv', 'columns': ['v']}, {'name': 'iw', 'columns': ['w']}], 'check_constraints': "
           "[{'name': 'cv', 'expression': 'v > 0'}]"),
     TABLE("{'name': 'x', 'type': 'Integer'}, {'name': 'v', 'type': 'Integer', 'computed': {'expression': 'x + 1', "
           "'persisted': true}}, {'name': 's', 'type': 'Integer', 'computed': {'expression': 'x + 20', 'persisted': "
           "true}}, {'name': 'w', 'type': 'Integer', 'computed': {'expression': 'v + 1'}}, {'name': 'p', 'type': "
           "'Integer'}",
           ", 'indexes': [{'name': 'iv', 'columns': ['v']}, {'name': 'iw', 'columns': ['w']}], 'check_constraints': "
           "[{'name': 'cv', 'expression': 'v > 0'}]"),
     "INSERT INTO t (id, x) VALUES (1, 2)", 0, "SELECT x, v, s, w, p FROM t", "2|3|22|4|10\n"},
    {"a dropped column and all that uses it",
     TABLE("{'name': 'a', 'type': 'Integer'}, {'name': 'd', 'type': 'Integer', 'foreign_key': 't.id'}, {'name': 'g', "
           "'type': 'Integer', 'computed': {'expression': 'd + 1'}}",
           ", 'indexes': [{'name': 'id2', 'columns': ['a', 'd']}], 'check_constraints': [{'name': 'ck', 'expression': "
           "'a > 0'}]"),
     TABLE("{'name': 'a', 'type': 'Integer'}", ""), "INSERT INTO t (id, a, d) VALUES (1, 2, 1)", 2, NULL, NULL},
    {"the types on both sides of foreign keys",
     "{'tables': [{'name': 'p', 'columns': [" ID ", {'name': 'code', 'type': 'String(10)', 'nullable': false}], "
     "'unique_constraints': [{'name': 'uc', 'columns': ['code']}]}, {'name': 'c', 'columns': [" ID
     ", {'name': 'pid', 'type': 'Integer', 'foreign_key': 'p.id', 'ondelete': 'CASCADE'}, {'name': 'pc', 'type': "
     "'String(10)', 'foreign_key': 'p.code'}]}]}",
     "{'tables': [{'name': 'p', 'columns': [{'name': 'id', 'type': 'BigInteger', 'primary_key': true}, {'name': "
     "'code', 'type': 'String(20)', 'nullable': false}], 'unique_constraints': [{'name': 'uc', 'columns': ['code']}]}, "
     "{'name': 'c', 'columns': [" ID
     ", {'name': 'pid', 'type': 'BigInteger', 'foreign_key': 'p.id', 'ondelete': 'SET NULL'}, {'name': 'pc', 'type': "
     "'String(20)', 'foreign_key': 'p.code'}]}]}",
     "INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1, 1, 'x')", 4, "SELECT * FROM c", "1|1|x\n"},
    {"the character set of a table",
     TABLE("{'name': 'a', 'type': 'String(10)'}, {'name': 'b', 'type': 'Text'}, {'name': 'own', 'type': 'String(10)', "
           "'collation': 'latin2_bin'}, {'name': 'e', 'type': 'Enum(`x`, `y`)'}",
           ", 'indexes': [{'name': 'ia', 'columns': ['a']}]"),
     TABLE("{'name': 'a', 'type': 'String(10)'}, {'name': 'b', 'type': 'Text'}, {'name': 'own', 'type': 'String(10)', "
           "'collation': 'latin2_bin'}, {'name': 'e', 'type': 'Enum(`x`, `y`)'}, {'name': 'n', 'type': 'String(4)'}",
           ", 'indexes': [{'name': 'ia', 'columns': ['a']}], 'options': {'mariadb': {'charset': 'latin1', 'collate': "
           "'latin1_bin'}}"),
     "INSERT INTO t VALUES (1, 'a', 'b', 'o', 'x')", 1, "SELECT * FROM t", "1|a|b|o|x|NULL\n"},
    {"options of a table",
     TABLE("{'name': 'a', 'type': 'Integer'}", ", 'options': {'mariadb': {'row_format': 'COMPRESSED', "
                                               "'key_block_size': '8'}}"),
     TABLE("{'name': 'a', 'type': 'Integer'}", ", 'comment': 'it`s', 'options': {'mariadb': {"
                                               "'stats_persistent': '1'}}"),
     "INSERT INTO t VALUES (1, 2)", 1, "SELECT * FROM t", "1|2\n"},
    {"another engine, and what refers to the table",
     "{'tables': [{'name': 'p', 'columns': [" ID "]}, {'name': 'c', 'columns': [" ID
     ", {'name': 'p_id', 'type': 'Integer', 'foreign_key': 'p.id'}]}]}",
     "{'tables': [{'name': 'p', 'columns': [" ID "], 'options': {'mariadb': {'engine': 'MyISAM'}}}, {'name': 'c', "
     "'columns': [" ID ", {'name': 'p_id', 'type': 'Integer', 'index': true}]}]}",
     "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)", 0, "SELECT * FROM c", "1|1\n"},
    {"a chain of tables renamed",
     "{'tables': [{'name': 'a', 'columns': [" ID ", {'name': 'b_id', 'type': 'Integer', 'foreign_key': 'b.id'}], "
     "'indexes': [{'name': 'ix', 'columns': ['b_id']}]}, "
     "{'name': 'b', 'columns': [" ID "]}]}",
     "{'tables': [{'name': 'b', 'renamed_from': 'a', 'columns': [" ID
     ", {'name': 'c_id', 'type': 'Integer', 'renamed_from': 'b_id', 'foreign_key': 'c.id'}], 'indexes': [{'name': "
     "'ix', 'columns': ['c_id']}]}, {'name': 'c', "
     "'renamed_from': 'b', 'columns': [" ID "]}]}",
     "INSERT INTO b VALUES (1); INSERT INTO a VALUES (1, 1)", 0, "SELECT * FROM b", "1|1\n"},
    {"tables that refer to each other come and go", "{'tables': [{'name': 'k', 'columns': [" ID "]}]}",
     "{'tables': [{'name': 'k', 'columns': [" ID ", {'name': 'a_id', 'type': 'Integer', 'foreign_key': 'a.id'}]}, "
     "{'name': 'a', 'columns': [" ID ", {'name': 'b_id', 'type': 'Integer', 'foreign_key': 'b.id'}]}, {'name': 'b', "
     "'columns': [" ID ", {'name': 'a_id', 'type': 'Integer', 'foreign_key': 'a.id'}, {'name': 'self', 'type': "
     "'Integer', 'foreign_key': 'b.id'}]}]}",
     NULL, 0, NULL, NULL},
    {"partitions",
     "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true}], 'options': "
     "{'mariadb': {'partition_by': 'RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN "
     "(20))'}}}]}",
     "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true}], 'options': "
     "{'mariadb': {'partition_by': 'RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN "
     "(20), PARTITION p2 VALUES LESS THAN (30), PARTITION p3 VALUES LESS THAN (40))'}}}]}",
     "INSERT INTO t VALUES (1), (15)", 1, "SELECT * FROM t", "1\n15\n"},
    {"partitions with another key", TABLE("{'name': 'd', 'type': 'Date'}", ""),
     "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'primary_key': true}, {'name': 'd', "
     "'type': 'Date', 'primary_key': true}], 'options': {'mariadb': {'partition_by': 'RANGE (year(d)) (PARTITION p0 "
     "VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE)'}}}]}",
     "INSERT INTO t VALUES (1, '2001-02-03')", 2, "SELECT * FROM t", "1|2001-02-03\n"},
    {"a history", TABLE("{'name': 'a', 'type': 'Integer'}", ", 'options': {'mariadb': {'system_versioning': 'true'}}"),
     TABLE("{'name': 'a', 'type': 'BigInteger'}, {'name': 'b', 'type': 'Integer', 'options': {'mariadb': "
           "{'without_system_versioning': 'true'}}}",
           ", 'options': {'mariadb': {'system_versioning': 'true'}}"),
     "INSERT INTO t VALUES (1, 2)", 2, "SELECT * FROM t", "1|2|NULL\n"},
    {"a history begins", TABLE("{'name': 'a', 'type': 'Integer'}", ""),
     TABLE("{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Integer'}",
           ", 'options': {'mariadb': {'system_versioning': 'true'}}"),
     "INSERT INTO t VALUES (1, 2)", 2, NULL, NULL},
    {"what takes no NULL comes back",
     TABLE("{'name': 'd', 'type': 'Date', 'nullable': false}, {'name': 'j', 'type': 'JSON', 'nullable': false}, "
           "{'name': 'e', 'type': 'Enum(`x`, `y`)', 'nullable': false}, {'name': 'p', 'type': 'POINT', 'nullable': "
           "false}, {'name': 's', 'type': 'String(5)', 'nullable': false}, {'name': 'ts', 'type': 'TIMESTAMP', "
           "'nullable': false}",
           ""),
     TABLE("{'name': 'z', 'type': 'Integer'}", ""),
     "INSERT INTO t VALUES (1, '2001-02-03', '[]', 'y', POINT(1, 2), 'x', '2001-01-01')", 1, NULL, NULL},
};

/* What models have no words for, and what the server makes of it. */
static const Change sql_changes[] = {
    {"checks in columns",
     "CREATE TABLE t (id INT PRIMARY KEY, a INT CHECK (a > 0), b INT, c INT CHECK (c > 1), d INT CHECK (d > 0))",
     "CREATE TABLE t (id INT PRIMARY KEY, a BIGINT CHECK (a > 0), b INT CHECK (b > 0), c INT, d INT CHECK (d > 5))",
     "INSERT INTO t VALUES (1, 2, 3, 4, 6)", 1, "SELECT * FROM t", "1|2|3|4|6\n"},
    {"an index that a foreign key needs",
     "CREATE TABLE p (id INT PRIMARY KEY, k INT NOT NULL, UNIQUE KEY uk (k)); CREATE TABLE c (id INT PRIMARY KEY, k "
     "INT, z INT, CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k))",
     "CREATE TABLE p (id INT PRIMARY KEY, k INT NOT NULL, UNIQUE KEY other (k, id)); CREATE TABLE c (id INT PRIMARY "
     "KEY, k INT, z INT, KEY ix (k, z), CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k))",
     "INSERT INTO p VALUES (1, 2); INSERT INTO c VALUES (1, 2, 3)", 2, "SELECT * FROM c", "1|2|3\n"},
    {"a primary key that others refer to",
     "CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL); CREATE TABLE c (id INT PRIMARY KEY, p_id "
     "INT, KEY ix (p_id), CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id))",
     "CREATE TABLE p (id INT AUTO_INCREMENT, k INT NOT NULL PRIMARY KEY, UNIQUE KEY uid (id)); CREATE TABLE c (id INT "
     "PRIMARY KEY, p_id INT, KEY ix (p_id), CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id))",
     "INSERT INTO p VALUES (1, 2); INSERT INTO c VALUES (1, 1)", 1, "SELECT * FROM c", "1|1\n"},
    {"NOT NULL where a foreign key is, and nowhere",
     "CREATE TABLE p (id INT PRIMARY KEY, k INT NOT NULL, UNIQUE KEY uk (k)); CREATE TABLE c (id INT PRIMARY KEY, k "
     "INT, KEY ix (k), CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k))",
     "CREATE TABLE p (id INT PRIMARY KEY, k INT, UNIQUE KEY uk (k)); CREATE TABLE c (id INT PRIMARY KEY, k INT NOT "
     "NULL DEFAULT 7 COMMENT 'x', KEY ix (k), CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k))",
     "INSERT INTO p VALUES (1, 2); INSERT INTO c VALUES (1, 2)", 2, "SELECT * FROM c", "1|2\n"},
    {"every attribute of a column is said again",
     "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) COMPRESSED COLLATE latin2_bin NOT NULL INVISIBLE DEFAULT 'x' "
     "COMMENT 'q', ts TIMESTAMP(3) NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(3), g POINT REF_SYSTEM_ID=4326 NOT "
     "NULL, j JSON)",
     "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(19) COMPRESSED COLLATE latin2_bin NOT NULL INVISIBLE DEFAULT 'y' "
     "COMMENT 'q', ts TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), g POINT "
     "REF_SYSTEM_ID=4326 NOT NULL, j JSON NOT NULL DEFAULT '{}', SPATIAL KEY sg (g))",
     "INSERT INTO t (id, ts, g, j) VALUES (1, '2020-01-01', POINT(1, 2), '[]')", 1, "SELECT a, j FROM t", "x|[]\n"},
    {"parts of primary keys", "CREATE TABLE t (a VARCHAR(20), b INT, c INT, PRIMARY KEY (a(10), b))",
     "CREATE TABLE t (a VARCHAR(20), b INT, c INT, PRIMARY KEY (a, c DESC))", "INSERT INTO t VALUES ('x', 1, 2)", 1,
     "SELECT * FROM t", "x|1|2\n"},
    {"a character set on both sides of a foreign key",
     "CREATE TABLE p (k VARCHAR(9) PRIMARY KEY) CHARSET latin1; CREATE TABLE c (id INT PRIMARY KEY, k VARCHAR(9), n "
     "TEXT, KEY ix (k), CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k)) CHARSET latin1",
     "CREATE TABLE p (k VARCHAR(9) PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, k VARCHAR(9), n TEXT, KEY ix (k), "
     "CONSTRAINT fk FOREIGN KEY (k) REFERENCES p (k))",
     "INSERT INTO p VALUES ('x'); INSERT INTO c VALUES (1, 'x', 'n')", 4, "SELECT * FROM c", "1|x|n\n"},
    {"a name that is used again",
     "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (id) "
     "REFERENCES p (id)); CREATE TABLE old (id INT PRIMARY KEY, CONSTRAINT fo FOREIGN KEY (id) REFERENCES p (id))",
     "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, CONSTRAINT fo FOREIGN KEY (id) "
     "REFERENCES p (id)); CREATE TABLE fresh (id INT PRIMARY KEY, CONSTRAINT fk FOREIGN KEY (id) REFERENCES p (id))",
     "INSERT INTO p VALUES (1)", 0, NULL, NULL},
    {"a history that only its foreign keys change",
     "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, p_id INT, KEY ix (p_id), CONSTRAINT fk "
     "FOREIGN KEY (p_id) REFERENCES p (id)) WITH SYSTEM VERSIONING",
     "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT PRIMARY KEY, p_id INT, KEY ix (p_id), CONSTRAINT fk "
     "FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE) WITH SYSTEM VERSIONING",
     "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)", 3, "SELECT * FROM c", "1|1\n"},
    {"numbers without the primary key", "CREATE TABLE t (a INT NOT NULL AUTO_INCREMENT, b INT, KEY ia (a))",
     "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL AUTO_INCREMENT, KEY ib (b))", "INSERT INTO t VALUES (1, 2)", 1,
     "SELECT * FROM t", "1|2\n"},
};

static void test_change(void **state)
{
    there_and_back(*state);
}

int main(void)
{
    struct CMUnitTest tests[G_N_ELEMENTS(changes) + G_N_ELEMENTS(sql_changes)];
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        const Change *change = i < G_N_ELEMENTS(changes) ? &changes[i] : &sql_changes[i - G_N_ELEMENTS(changes)];
        tests[i] = (struct CMUnitTest){change->name, test_change, NULL, NULL, (void *)change};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
