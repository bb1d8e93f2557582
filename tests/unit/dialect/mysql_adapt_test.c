/* What a MySQL or MariaDB server will report of a model, and what is said about the rest; the oracle of names, keys and
 * defaults is information_schema of a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/dialect.h"
#include "schema/model.h"
#include "support/mysql.h"

/* ' stands for " and ` for '. */
static MetaData *read_model(const Dialect *dialect, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    g_autoptr(ModelReader) reader = model_reader_new(dialect->name, FALSE, NULL, dialect->max_identifier_length);
    g_strdelimit(json, "'", '"');
    g_strdelimit(json, "`", '\'');
    if (!model_reader_add(reader, "model.json", json, strlen(json), &error))
        fail_msg("%s", error->message);
    MetaData *model = model_reader_finish(reader, &error);
    if (!model)
        fail_msg("%s", error->message);
    return model;
}

/* A model of one table: columns and what else the table has. */
static MetaData *read_table(const Dialect *dialect, const char *columns, const char *rest)
{
    g_autofree char *text =
        g_strdup_printf("{'tables': [{'name': 't', 'columns': [%s]%s%s}]}", columns, *rest ? ", " : "", rest);
    return read_model(dialect, text);
}

/* The notes, a line each. New string. */
static char *adapt(const Dialect *dialect, MetaData *model)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) notes = strings_new();
    if (!dialect->adapt(model, notes, &error))
        fail_msg("%s", error->message);
    return text_list(notes, "\n");
}

static MetaData *adapted(const Dialect *dialect, const char *columns, const char *rest)
{
    MetaData *model = read_table(dialect, columns, rest);
    g_autofree char *notes = adapt(dialect, model);
    assert_string_equal(notes, "");
    return model;
}

static Table *table_of(const MetaData *model)
{
    return metadata_find_table(model, NULL, "t");
}

static Column *column_at(const MetaData *model, guint position)
{
    return table_of(model)->columns->pdata[position];
}

static void assert_model_refused(const Dialect *dialect, MetaData *model, const char *part)
{
    g_autoptr(MetaData) owned = model;
    g_autoptr(GError) error = NULL;
    assert_false(dialect->adapt(owned, NULL, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    if (!strstr(error->message, part))
        fail_msg("%s", error->message);
}

static void assert_refused(const char *columns, const char *rest, const char *part)
{
    assert_model_refused(&mariadb_dialect, read_table(&mariadb_dialect, columns, rest), part);
}

static void assert_noted(const Dialect *dialect, const char *columns, const char *rest, const char *note)
{
    g_autoptr(MetaData) model = read_table(dialect, columns, rest);
    g_autofree char *notes = adapt(dialect, model);
    assert_string_equal(notes, note);
}

static void assert_type(const Column *column, const char *type)
{
    g_autofree char *text = sql_type_to_string(column->type);
    assert_string_equal(text, type);
}

/* --- types --- */

static void enums_stand_in_the_column(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(
        &mysql_dialect, "{'enums': [{'name': 'mood', 'values': ['sad', 'it`s']}], 'tables': [{'name': 't', 'columns': ["
                        "{'name': 'a', 'type': 'Enum(mood)'}, {'name': 'b', 'type': 'Enum(`x`, `y`, name=z)'}]}]}");
    g_autofree char *notes = adapt(&mysql_dialect, model);
    assert_string_equal(notes, "");
    assert_int_equal(model->enums->len, 0);
    assert_type(column_at(model, 0), "Enum('sad', 'it''s')");
    assert_type(column_at(model, 1), "Enum('x', 'y')");
    g_autofree char *sql = mysql_dialect.type_sql(column_at(model, 0)->type, NULL);
    assert_string_equal(sql, "ENUM('sad','it''s')");
}

static void types_may_say_more(void **state)
{
    (void)state;
    g_autoptr(MetaData) model =
        adapted(&mariadb_dialect,
                "{'name': 'a', 'type': 'VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin'},"
                "{'name': 'b', 'type': 'NATIONAL VARCHAR(20)'}, {'name': 'c', 'type': 'CHAR(3) BINARY'},"
                "{'name': 'd', 'type': 'TEXT(255)'}, {'name': 'e', 'type': 'SERIAL'},"
                "{'name': 'f', 'type': 'VARCHAR(9) COMPRESSED'}, {'name': 'g', 'type': 'INT(11)'}",
                "'options': {'mysql': {'charset': 'latin1'}}");
    assert_type(column_at(model, 0), "String(20)");
    assert_string_equal(column_at(model, 0)->collation, "latin1_bin");
    assert_null(options_get(column_at(model, 0)->options, "charset"));
    assert_type(column_at(model, 1), "String(20)");
    assert_string_equal(options_get(column_at(model, 1)->options, "charset"), "utf8mb3");
    assert_type(column_at(model, 2), "CHAR(3)");
    assert_string_equal(column_at(model, 2)->collation, "latin1_bin");
    assert_type(column_at(model, 3), "TINYTEXT"); /* 255 bytes; of utf8mb4 it would be TEXT */
    assert_type(column_at(model, 4), "BIGINT UNSIGNED");
    assert_int_equal(column_at(model, 4)->autoincrement, AUTOINCREMENT_TRUE);
    assert_false(column_at(model, 4)->nullable);
    assert_true(table_find_index(table_of(model), "e")->unique);
    assert_type(column_at(model, 5), "String(9)");
    assert_string_equal(options_get(column_at(model, 5)->options, "compressed"), "true");
    assert_type(column_at(model, 6), "INT(11)");
    assert_refused("{'name': 'a', 'type': 'CHAR(3) BINARY'}", "", "give the collation");
    assert_refused("{'name': 'a', 'type': 'String'}", "", "column 't.a': MariaDB has no type for 'String'");
    assert_refused("{'name': 'a', 'type': 'ARRAY(Integer)'}", "", "column 't.a'");
}

/* --- numbering --- */

static void assert_numbered(const char *columns, const char *rest, gboolean numbered)
{
    g_autoptr(MetaData) model = adapted(&mariadb_dialect, columns, rest);
    const Column *column = column_at(model, 0);
    if ((column->autoincrement == AUTOINCREMENT_TRUE) != numbered)
        fail_msg("%s, %s", columns, rest);
    if (numbered)
        assert_false(column->nullable);
}

static void single_integer_keys_are_numbered(void **state)
{
    (void)state;
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true}", "", TRUE);
    assert_numbered("{'name': 'id', 'type': 'INT(10) UNSIGNED', 'primary_key': true}", "", TRUE);
    assert_numbered("{'name': 'id', 'type': 'Integer'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': false}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Uuid', 'primary_key': true}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Boolean', 'primary_key': true}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'server_default': '1'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'foreign_key': 't.id'}", "", FALSE);
    assert_numbered("{'name': 'id', 'type': 'Integer', 'primary_key': true, 'identity': {}}", "", TRUE);
    assert_numbered("{'name': 'a', 'type': 'Integer', 'autoincrement': true, 'unique': true}", "", TRUE);
    assert_numbered("{'name': 'a', 'type': 'Integer', 'autoincrement': true},{'name': 'b', 'type': 'Integer'}",
                    "'indexes': [{'name': 'i', 'columns': ['a', 'b']}]", TRUE);
    assert_numbered("{'name': 'a', 'type': 'Integer', 'primary_key': true, 'autoincrement': true},"
                    "{'name': 'b', 'type': 'Integer', 'primary_key': true}",
                    "", TRUE);
    assert_refused("{'name': 'b', 'type': 'Integer', 'primary_key': true},"
                   "{'name': 'a', 'type': 'Integer', 'primary_key': true, 'autoincrement': true}",
                   "", "column 't.a': MariaDB numbers only");
    assert_refused("{'name': 'id', 'type': 'TEXT', 'primary_key': true, 'autoincrement': true}", "", "column 't.id'");
    assert_refused("{'name': 'a', 'type': 'SERIAL'}, {'name': 'b', 'type': 'SERIAL'}", "", "'a' and 'b'");
    assert_noted(&mariadb_dialect, "{'name': 'a', 'type': 'Integer', 'identity': {}}", "",
                 "1 identity is left out: AUTO_INCREMENT takes an integer that a key begins with");
}

/* --- keys --- */

static void keys_are_the_catalogs(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted(
        &mysql_dialect,
        "{'name': 'id', 'type': 'Integer', 'primary_key': true}, {'name': 'a', 'type': 'String(20)'},"
        "{'name': 'b', 'type': 'Integer'}",
        "'primary_key': {'name': 'pk_t', 'columns': ['id']},"
        "'unique_constraints': [{'name': null, 'columns': ['a']}, {'name': null, 'columns': ['a', 'b']},"
        "{'name': 'uq', 'columns': ['b'], 'comment': 'c', 'options': {'mysql': {'invisible': true}}}],"
        "'check_constraints': [{'name': null, 'expression': 'b > 0'}],"
        "'indexes': [{'name': 'i', 'columns': ['a'], 'options': {'mysql': {'length': 5}}, 'using': 'BTREE'},"
        "{'name': 'j', 'columns': [{'column': 'a', 'length': 20}, {'expression': 'lower(a)'}]},"
        "{'name': 'f', 'columns': ['a'], 'options': {'mysql': {'prefix': 'fulltext', 'with_parser': 'ngram'}}}]");
    Table *table = table_of(model);
    assert_null(table->primary_key->name);
    assert_int_equal(table->constraints->len, 1);
    assert_null(((Constraint *)table->constraints->pdata[0])->name);
    assert_int_equal(table->indexes->len, 6);
    assert_int_equal(table_find_index(table, "a")->columns->len, 1);
    assert_int_equal(table_find_index(table, "a_2")->columns->len, 2);
    Index *unique = table_find_index(table, "uq");
    assert_true(unique->unique);
    assert_string_equal(unique->comment, "c");
    assert_string_equal(options_get(unique->options, "invisible"), "true");
    Index *prefix = table_find_index(table, "i");
    assert_int_equal(((IndexColumn *)prefix->columns->pdata[0])->length, 5);
    assert_null(options_get(prefix->options, "length"));
    assert_null(prefix->using);
    assert_int_equal(((IndexColumn *)table_find_index(table, "j")->columns->pdata[0])->length, 0);
    assert_string_equal(options_get(table_find_index(table, "f")->options, "prefix"), "FULLTEXT");
}

#define ONE "{'name': 'a', 'type': 'Integer'}"

static void keys_that_are_refused(void **state)
{
    (void)state;
    assert_refused(ONE, "'indexes': [{'name': 'i', 'columns': [{'expression': 'a + 1'}]}]", "add a generated column");
    assert_refused(ONE, "'indexes': [{'name': 'i', 'columns': ['a'], 'unique': true, 'where': 'a > 0'}]",
                   "no partial indexes");
    assert_refused(ONE, "'indexes': [{'name': 'i', 'columns': ['a'], 'options': {'mysql': {'prefx': 'x'}}}]",
                   "did you mean 'prefix'");
    assert_refused(ONE, "'indexes': [{'name': 'i', 'columns': ['a']}, {'name': 'I', 'columns': ['a']}]", "two indexes");
    assert_refused(ONE,
                   "'check_constraints': [{'name': 'c', 'expression': 'a', 'options': {'mysql': {'not_enforced': "
                   "true}}}]",
                   "enforces all checks");
    assert_refused("{'name': 'a', 'type': 'Integer', 'primary_key': true}",
                   "'foreign_keys': [{'name': 'f', 'columns': ['a'], 'referred_table': 't', 'referred_columns': ['a'],"
                   "'ondelete': 'SET DEFAULT'}]",
                   "SET DEFAULT");
    assert_noted(&mariadb_dialect, ONE,
                 "'indexes': [{'name': 'i', 'columns': [{'column': 'a', 'nulls': 'last', 'opclass': 'o'}],"
                 "'where': 'a > 0', 'using': 'gin', 'include': ['a']}]",
                 "1 \"where\" of an index is left out: there are no partial indexes; all rows are in it\n"
                 "1 included column list is left out: indexes of MySQL and MariaDB have none\n"
                 "1 access method of an index is left out: InnoDB's indexes are B-trees; FULLTEXT and SPATIAL are an "
                 "option, 'prefix'\n"
                 "1 NULLS FIRST or LAST of an index is left out: NULL comes first, or last when descending\n"
                 "1 operator class is left out: there are none on MySQL and MariaDB");
    assert_noted(&mysql_dialect, ONE,
                 "'unique_constraints': [{'name': 'u', 'columns': ['a'], 'deferrable': true}],"
                 "'exclude_constraints': [{'name': 'x', 'expression': 'USING gist (a WITH =)'}]",
                 "1 DEFERRABLE of a constraint is left out: InnoDB looks at each row at once\n"
                 "1 exclusion constraint is left out: MySQL has none");
}

static void a_check_of_a_column(void **state)
{
    (void)state;
    static const char rest[] = "'check_constraints': [{'name': 'c', 'expression': 'a > 0', "
                               "'options': {'mysql': {'column': 'a'}}}]";
    g_autoptr(MetaData) mariadb = adapted(&mariadb_dialect, ONE, rest);
    g_autoptr(MetaData) mysql = adapted(&mysql_dialect, ONE, rest);
    assert_non_null(table_find_constraint(table_of(mariadb), "a"));
    assert_int_equal(table_find_constraint(table_of(mysql), "c")->options->len, 0);
}

/* --- tables --- */

static void options_of_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = adapted(
        &mariadb_dialect,
        "{'name': 'a', 'type': 'String(9)', 'collation': 'utf8_general_ci'},"
        "{'name': 'b', 'type': 'String(9)', 'collation': 'UTF8_bin', 'options': {'mysql': {'charset': 'utf8'}}},"
        "{'name': 'c', 'type': 'DateTime', 'server_default': 'now() on update current_timestamp()'}",
        "'options': {'mysql': {'engine': 'innodb', 'default_charset': 'utf8', 'collate': 'utf8_general_ci',"
        "'row_format': 'compressed', 'stats_persistent': true, 'system_versioning': false}}");
    const GPtrArray *options = table_of(model)->options;
    assert_int_equal(options->len, 4);
    assert_string_equal(options_get(options, "charset"), "utf8mb3");
    assert_string_equal(options_get(options, "collate"), "utf8mb3_general_ci");
    assert_string_equal(options_get(options, "row_format"), "COMPRESSED");
    assert_string_equal(options_get(options, "stats_persistent"), "1");
    assert_null(column_at(model, 0)->collation);
    assert_string_equal(column_at(model, 1)->collation, "utf8mb3_bin");
    assert_int_equal(column_at(model, 1)->options->len, 0);
    assert_string_equal(column_at(model, 2)->server_default, "CURRENT_TIMESTAMP");
    assert_string_equal(options_get(column_at(model, 2)->options, "on_update"), "CURRENT_TIMESTAMP");
    assert_refused(ONE, "'options': {'mysql': {'engin': 'x'}}", "did you mean 'engine'");
    assert_refused(ONE, "'schema': 'app'", "table 'app.t'");
    assert_model_refused(
        &mysql_dialect,
        read_table(&mysql_dialect, ONE, "'options': {'mariadb': {}, 'mysql': {'system_versioning': 1}}"),
        "MySQL has no 'system_versioning'");
    g_autofree char *comment = g_strnfill(2049, 'x');
    g_autofree char *rest = g_strdup_printf("'comment': '%s'", comment);
    assert_refused(ONE, rest, "its comment has 2049 characters, MariaDB takes 2048");
}

static void what_stands_beside_tables(void **state)
{
    (void)state;
    static const char text[] =
        "{'sequences': [{'name': 's', 'start': 1, 'cache': 1000, 'maxvalue': 9223372036854775806}, "
        "{'name': 'd', 'increment': -1, 'start': -1}], 'objects': [{'kind': 'domain', 'name': 'd', "
        "'definition': 'CREATE DOMAIN d AS INTEGER'}]}";
    g_autoptr(MetaData) mariadb = read_model(&mariadb_dialect, text);
    g_autoptr(MetaData) mysql = read_model(&mysql_dialect, text);
    g_autofree char *notes = adapt(&mariadb_dialect, mariadb);
    g_autofree char *others = adapt(&mysql_dialect, mysql);
    assert_string_equal(notes, "1 domain is left out: MariaDB has none");
    assert_string_equal(others, "2 sequences are left out: MySQL has none\n1 domain is left out: MySQL has none");
    const SequenceOptions *options = &metadata_find_sequence(mariadb, NULL, "s")->options;
    assert_null(options->start);
    assert_null(options->cache);
    assert_null(options->maxvalue);
    assert_null(metadata_find_sequence(mariadb, NULL, "d")->options.start);
    assert_int_equal(mysql->sequences->len, 0);
}

/* --- the server --- */

static const struct {
    const char *type, *given, *said; /* said: what MySQL is told, where it is not the same */
} defaults[] = {
    {"Integer", "'7'", NULL},
    {"Integer", "+7", NULL},
    {"Integer", "-3", NULL},
    {"Integer", "(1)", "(1)"},
    {"Boolean", "true", NULL},
    {"Boolean", "FALSE", NULL},
    {"Boolean", "'1'", NULL},
    {"Integer", "1 + 1", NULL},
    {"Integer", "NULL", NULL},
    {"Numeric(10, 2)", "'0'", NULL},
    {"Numeric(10, 2)", "1.5", NULL},
    {"Numeric(10, 2)", "-1", NULL},
    {"Double", "'1.5'", NULL},
    {"String(20)", "0", NULL},
    {"String(20)", "true", NULL},
    {"String(20)", "\"it's\"", NULL},
    {"String(20)", "'back\\\\slash'", NULL},
    {"String(20)", "''", NULL},
    {"String(36)", "uuid()", NULL},
    {"Enum('a', 'b')", "\"b\"", NULL},
    {"Text", "'x'", "('x')"},
    {"BIT(3)", "b'101'", NULL},
    {"DateTime", "now()", NULL},
    {"DateTime", "LOCALTIMESTAMP", NULL},
    {"DateTime", "CURRENT_TIMESTAMP(0)", NULL},
    {"DateTime(precision=6)", "current_timestamp(6)", NULL},
    {"TIMESTAMP(3)", "(now(3))", "(now(3))"},
    {"DateTime", "'2020-01-01 00:00:00'", NULL},
    {"Date", "curdate()", NULL},
    {"String(20)", "'a\\nb'", NULL},
};

static MetaData *model_of_default(const Dialect *dialect, gsize i)
{
    g_autoptr(GError) error = NULL;
    MetaData *model = metadata_new(FALSE);
    Table *table = table_new(NULL, "t");
    Column *column = column_new("a", sql_type_parse(defaults[i].type, &error));
    assert_null(error);
    column->server_default = g_strdup(defaults[i].given);
    g_ptr_array_add(table->columns, column);
    metadata_add_table(model, table);
    g_autofree char *notes = adapt(dialect, model);
    assert_string_equal(notes, "");
    return model;
}

/* A default is said as the server says it, and means what was given. */
static void defaults_are_the_servers(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("adapt_defaults");
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autoptr(MetaData) model = model_of_default(&mariadb_dialect, i);
        const char *ours = column_at(model, 0)->server_default;
        g_autofree char *type = mariadb_dialect.type_sql(column_at(model, 0)->type, NULL);
        const char *given = strcmp(defaults[i].given, "1 + 1") == 0 ? "(1 + 1)" : defaults[i].given;
        g_autofree char *create = g_strdup_printf("CREATE OR REPLACE TABLE t (a %s DEFAULT %s, b %s DEFAULT %s)", type,
                                                  given, type, ours ? ours : "NULL");
        mysql_run(url, create);
        g_autofree char *rows = mysql_rows(url, "SELECT column_default FROM information_schema.columns WHERE "
                                                "table_schema = database() AND table_name = 't' ORDER BY column_name");
        g_auto(GStrv) both = g_strsplit(g_strchomp(rows), "\n", -1);
        assert_string_equal(both[0], both[1]);
        if (strcmp(both[0], "current_timestamp()") == 0) /* as mysql.h says that it is told */
            *strchr(both[0], '(') = '\0';
        if (!sql_equal(&mariadb_dialect, ours ? ours : "NULL", both[0]))
            fail_msg("%s DEFAULT %s: %s, the server says %s", type, given, ours, both[0]);
    }
}

/* What no server here can show: MySQL tells literals from expressions, and TEXT takes expressions only (MySQL 8.0
 * manual, "Data Type Default Values"). */
static void defaults_of_mysql(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autoptr(MetaData) mariadb = model_of_default(&mariadb_dialect, i);
        g_autoptr(MetaData) mysql = model_of_default(&mysql_dialect, i);
        const char *expected = defaults[i].said ? defaults[i].said : column_at(mariadb, 0)->server_default;
        if (g_strcmp0(column_at(mysql, 0)->server_default, expected) != 0)
            fail_msg("%s: %s", defaults[i].given, column_at(mysql, 0)->server_default);
    }
}

static const struct {
    const char *rest; /* of the model */
    const char *sql;  /* the same, of CREATE TABLE */
} with_foreign_keys[] = {
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}]",
     "CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (x)"},
    {"'foreign_keys': [{'name': null, 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}]",
     "FOREIGN KEY (a) REFERENCES p (x)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']},"
     "{'name': 'f2', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['y']}]",
     "CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (x), CONSTRAINT f2 FOREIGN KEY (a) REFERENCES p (y)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a', 'b'], 'referred_table': 'p', 'referred_columns': ['x', 'y']},"
     "{'name': 'f2', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}]",
     "CONSTRAINT f1 FOREIGN KEY (a, b) REFERENCES p (x, y), CONSTRAINT f2 FOREIGN KEY (a) REFERENCES p (x)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}],"
     "'indexes': [{'name': 'i', 'columns': ['a', 'b']}]",
     "CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (x), KEY i (a, b)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}],"
     "'indexes': [{'name': 'i', 'columns': ['b', 'a']}]",
     "CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (x), KEY i (b, a)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['a'], 'referred_table': 'p', 'referred_columns': ['x']}],"
     "'primary_key': {'columns': ['a', 'b']}",
     "CONSTRAINT f1 FOREIGN KEY (a) REFERENCES p (x), PRIMARY KEY (a, b)"},
    {"'foreign_keys': [{'name': 'f1', 'columns': ['c'], 'referred_table': 'p', 'referred_columns': ['z']}],"
     "'indexes': [{'name': 'i', 'columns': [{'column': 'c', 'length': 3}]}]",
     "CONSTRAINT f1 FOREIGN KEY (c) REFERENCES p (z), KEY i (c(3))"},
    {"'unique_constraints': [{'name': null, 'columns': ['a']}, {'name': null, 'columns': ['a', 'b']},"
     "{'name': null, 'columns': ['b']}, {'name': 'a_3', 'columns': ['a', 'c']}]",
     "UNIQUE (a), UNIQUE (a, b), UNIQUE (b), UNIQUE a_3 (a, c)"},
};

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The indexes of an adapted model: name|columns, a line each in the order of the names. New string. */
static char *index_lines(const Table *table)
{
    g_autoptr(GPtrArray) lines = strings_new();
    for (guint i = 0; i < table->indexes->len; i++) {
        const Index *index = table->indexes->pdata[i];
        GString *line = g_string_new(index->name);
        for (guint j = 0; j < index->columns->len; j++)
            g_string_append_printf(line, "%s%s", j ? "," : "|", ((IndexColumn *)index->columns->pdata[j])->name);
        g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    g_ptr_array_sort(lines, compare_lines);
    g_autofree char *text = text_list(lines, "\n");
    return g_strconcat(text, "\n", NULL);
}

static void indexes_are_the_servers(void **state)
{
    (void)state;
    static const char columns[] = "{'name': 'a', 'type': 'Integer'}, {'name': 'b', 'type': 'Integer'}, "
                                  "{'name': 'c', 'type': 'String(9)'}";
    g_autofree char *url = mysql_database("adapt_indexes");
    mysql_run(url, "CREATE TABLE p (x INT UNIQUE, y INT UNIQUE, z VARCHAR(9) UNIQUE, UNIQUE (x, y))");
    for (gsize i = 0; i < G_N_ELEMENTS(with_foreign_keys); i++) {
        g_autofree char *text =
            g_strdup_printf("{'tables': [{'name': 't', 'columns': [%s], %s}, {'name': 'p', 'columns': ["
                            "{'name': 'x', 'type': 'Integer', 'unique': true}, {'name': 'y', 'type': 'Integer', "
                            "'unique': true}, {'name': 'z', 'type': 'String(9)', 'unique': true}], "
                            "'unique_constraints': [{'columns': ['x', 'y']}]}]}",
                            columns, with_foreign_keys[i].rest);
        g_autoptr(MetaData) model = read_model(&mariadb_dialect, text);
        g_autofree char *notes = adapt(&mariadb_dialect, model);
        g_autofree char *ours = index_lines(table_of(model));
        g_autofree char *create =
            g_strdup_printf("CREATE OR REPLACE TABLE t (a INT, b INT, c VARCHAR(9), %s)", with_foreign_keys[i].sql);
        mysql_run(url, create);
        g_autofree char *theirs = mysql_rows(
            url, "SELECT index_name, group_concat(column_name ORDER BY seq_in_index) FROM "
                 "information_schema.statistics WHERE table_schema = database() AND table_name = 't' AND "
                 "index_name <> 'PRIMARY' GROUP BY index_name ORDER BY concat(index_name, '|') COLLATE utf8mb3_bin");
        assert_string_equal(notes, "");
        assert_string_equal(ours, *theirs ? theirs : "\n");
    }
}

/* --- what the inspector reports stays as it is --- */

static MetaData *read_file(const Dialect *dialect, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename("tests/unit/dialect/mysql_inspector", file, NULL), *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, &error))
        fail_msg("%s", error->message);
    g_autoptr(ModelReader) reader = model_reader_new(dialect->name, FALSE, NULL, dialect->max_identifier_length);
    if (!model_reader_add(reader, file, text, length, &error))
        fail_msg("%s", error->message);
    MetaData *model = model_reader_finish(reader, &error);
    if (!model)
        fail_msg("%s", error->message);
    return model;
}

/* The answers of MySQL are made up: their foreign keys have no index, and a rule that InnoDB refuses. */
static void drop_foreign_keys(const MetaData *model)
{
    for (guint i = 0; i < model->tables->len; i++) {
        GPtrArray *constraints = ((Table *)model->tables->pdata[i])->constraints;
        for (guint j = constraints->len; j > 0; j--)
            if (((Constraint *)constraints->pdata[j - 1])->kind == CONSTRAINT_FOREIGN_KEY)
                g_ptr_array_remove_index(constraints, j - 1);
    }
}

static void what_is_inspected_stays(void **state)
{
    (void)state;
    static const char *const files[] = {"tables.json",      "columns.json",    "keys.json",
                                        "constraints.json", "partitions.json", "mysql.json"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        const Dialect *dialect = strcmp(files[i], "mysql.json") == 0 ? &mysql_dialect : &mariadb_dialect;
        g_autoptr(MetaData) model = read_file(dialect, files[i]);
        if (dialect == &mysql_dialect)
            drop_foreign_keys(model);
        g_autofree char *before = model_write(model, dialect->name), *notes = adapt(dialect, model);
        g_autofree char *after = model_write(model, dialect->name);
        assert_string_equal(notes, "");
        assert_true(model->tables->len > 0);
        assert_string_equal(before, after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enums_stand_in_the_column),
        cmocka_unit_test(types_may_say_more),
        cmocka_unit_test(single_integer_keys_are_numbered),
        cmocka_unit_test(keys_are_the_catalogs),
        cmocka_unit_test(keys_that_are_refused),
        cmocka_unit_test(a_check_of_a_column),
        cmocka_unit_test(options_of_tables),
        cmocka_unit_test(what_stands_beside_tables),
        cmocka_unit_test(defaults_are_the_servers),
        cmocka_unit_test(defaults_of_mysql),
        cmocka_unit_test(indexes_are_the_servers),
        cmocka_unit_test(what_is_inspected_stays),
    };
    return cmocka_run_group_tests_name("dialect/mysql_adapt", tests, NULL, NULL);
}
