/* The inspector on a real server: scripts, and the models that it must read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "autogenerate/autogenerate.h"
#include "base/error.h"
#include "dialect/dialect.h"
#include "dialect/mysql/mysql.h"
#include "schema/model.h"
#include "support/connection.h"
#include "support/mysql.h"

/* --- a database, and what the inspector says of it --- */

static Connection *open_database(const char *name, const char *script)
{
    g_autofree char *url = mysql_database(name);

    if (script != NULL)
        mysql_run(url, script);
    return test_connect_set_up(&mariadb_dialect, url);
}

static void run(Connection *connection, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!connection_execute(connection, sql, &error))
        fail_msg("%s: %s", error->message, sql);
}

static MetaData *inspect(Connection *connection, const InspectOptions *options)
{
    g_autoptr(GError) error = NULL;
    MetaData *metadata = mysql_inspect(connection, options, FLAVOUR_MARIADB, &error);

    if (metadata == NULL)
        fail_msg("%s", error->message);
    return metadata;
}

static char *refused(Connection *connection, const InspectOptions *options)
{
    g_autoptr(GError) error = NULL;
    assert_null(mysql_inspect(connection, options, FLAVOUR_MARIADB, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG));
    return g_strdup(error->message);
}

/* "a b c": the names of its tables. */
static void assert_tables(const MetaData *metadata, const char *expected)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < metadata->tables->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", ((const Table *)metadata->tables->pdata[i])->name);
    assert_string_equal(names->str, expected);
}

/* --- a script and the model that must be read from it: mysql_inspector/AREA.sql and AREA.json --- */

static char *area_file(const char *area, const char *suffix)
{
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    return g_strdup_printf("%s/mysql_inspector/%s%s", folder, area, suffix);
}

static char *read_area(const char *area, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = area_file(area, suffix);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail_msg("%s", error->message);
    return text;
}

/* A model that reads back as the same. */
static void assert_readable(const char *model)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new("mariadb", FALSE, NULL, 64);
    gboolean parsed = model_reader_add(reader, "model.json", model, strlen(model), &error);
    g_autoptr(MetaData) metadata = parsed ? model_reader_finish(reader, &error) : NULL;

    if (metadata == NULL)
        fail_msg("%s", error->message);
    g_autofree char *again = model_write(metadata, "mariadb");
    assert_string_equal(again, model);
}

/* What it reads is left beside the expected text when they differ. */
static void assert_model(const char *area, const MetaData *metadata, const char *expected)
{
    g_autofree char *model = model_write(metadata, "mariadb"), *got = area_file(area, ".got");

    if (strcmp(model, expected) != 0)
        g_file_set_contents(got, model, -1, NULL);
    assert_string_equal(model, expected);
    g_unlink(got);
}

/* A model of what is there says what is there. */
static void assert_no_difference(const MetaData *metadata)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) model = metadata_copy(metadata);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE};

    if (!mysql_adapt(model, FLAVOUR_MARIADB, notes, &error))
        fail_msg("%s", error->message);
    assert_int_equal(notes->len, 0);
    g_autoptr(Comparison) comparison = autogenerate_compare(&mariadb_dialect, model, metadata, &options, &error);
    if (comparison == NULL)
        fail_msg("%s", error->message);
    for (guint i = 0; i < comparison->operations->len; i++) {
        g_autofree char *text = migrate_op_describe(comparison->operations->pdata[i]);
        fail_msg("%s", text);
    }
}

static void assert_area(const char *area, const InspectOptions *options)
{
    g_autofree char *script = read_area(area, ".sql"), *expected = read_area(area, ".json");
    g_autoptr(Connection) connection = open_database("area", script);
    g_autoptr(MetaData) metadata = inspect(connection, options);
    /* what is known by its text, and sequences, are read elsewhere */
    g_ptr_array_set_size(metadata->objects, 0);
    g_ptr_array_set_size(metadata->sequences, 0);
    assert_model(area, metadata, expected);
    assert_readable(expected);
    assert_no_difference(metadata);
}

static void tables(void **state)
{
    (void)state;
    static const char *const ignored[] = {"ignored", "history", NULL};
    const InspectOptions options = {.ignore_tables = ignored};
    assert_area("tables", &options);
}

static void columns(void **state)
{
    (void)state;
    assert_area("columns", NULL);
}

static void keys(void **state)
{
    (void)state;
    assert_area("keys", NULL);
}

static void constraints(void **state)
{
    (void)state;
    assert_area("constraints", NULL);
}

static void partitions(void **state)
{
    (void)state;
    assert_area("partitions", NULL);
}

/* --- which database --- */

static void another_database(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("one", "CREATE TABLE a (x INT)");
    g_autofree char *url = mysql_database("an-other");
    const InspectOptions other = {.default_schema = "an-other"}, none = {.default_schema = "nowhere"};

    mysql_run(url, "CREATE TABLE b (x INT, KEY (x), FULLTEXT f (t), t TEXT); "
                   "CREATE TABLE c (x INT, FOREIGN KEY (x) REFERENCES b (x))");
    g_autoptr(MetaData) here = inspect(connection, NULL), there = inspect(connection, &other);
    assert_tables(here, "a");
    assert_tables(there, "b c");
    const Table *c = there->tables->pdata[1];
    const Constraint *key = c->constraints->pdata[0];
    assert_null(key->referred_schema);
    g_autofree char *message = refused(connection, &none);
    assert_string_equal(message, "there is no database 'nowhere', or it may not be seen");
}

static void foreign_key_to_another_database(void **state)
{
    (void)state;
    g_autofree char *other = mysql_database("other_database");
    mysql_run(other, "CREATE TABLE others (a INT PRIMARY KEY)");
    g_autoptr(Connection) connection =
        open_database("one", "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES other_database.others (a))");
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    const Constraint *key = ((const Table *)metadata->tables->pdata[0])->constraints->pdata[0];
    assert_string_equal(key->name, "t_ibfk_1");
    assert_string_equal(key->referred_schema, "other_database");
    assert_string_equal(key->referred_table, "others");
}

static void no_database(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = test_connect_set_up(&mariadb_dialect, mysql_start());
    g_autofree char *message = refused(connection, NULL);
    assert_string_equal(message, "no database is chosen: name it in the URL, as in mysql://host/database");
}

/* A name in expressions that is qualified with the database. */
static void qualified_names(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_database("qualified", "CREATE SEQUENCE s; CREATE TABLE t (a INT DEFAULT (NEXT VALUE FOR qualified.s), "
                                   "b VARCHAR(20) DEFAULT '`qualified`.s', qualified INT, c INT AS (qualified + 1))");
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    const Table *table = metadata->tables->pdata[0];

    assert_string_equal(table_find_column(table, "a")->server_default, "(nextval(`s`))");
    assert_string_equal(table_find_column(table, "b")->server_default, "'`qualified`.s'");
    assert_string_equal(table_find_column(table, "c")->computed->expression, "`qualified` + 1");
}

/* --- what may not be read --- */

static void temporary_tables(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("passing", "CREATE TABLE t (a INT)");
    run(connection, "CREATE TEMPORARY TABLE passing (a INT)");
    run(connection, "CREATE TEMPORARY TABLE t (b INT)");
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    assert_tables(metadata, "t");
    assert_non_null(table_find_column(metadata->tables->pdata[0], "a"));
}

static void hidden_tables(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("hidden");
    mysql_run(url, "CREATE TABLE seen (a INT PRIMARY KEY); CREATE TABLE unseen (a INT); "
                   "CREATE OR REPLACE USER reader@localhost, reader@'127.0.0.1'; "
                   "GRANT SELECT ON hidden.seen TO reader@localhost, reader@'127.0.0.1'");
    g_autofree char *of_reader = g_strdup_printf("mysql://reader@127.0.0.1:%d/hidden", mysql_server_port());
    g_autoptr(Connection) connection = test_connect_set_up(&mariadb_dialect, of_reader);
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    assert_tables(metadata, "seen");
}

static void broken_table(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_database("broken", "CREATE TABLE good (a INT); CREATE TABLE bad (a INT) ENGINE = Aria; FLUSH TABLES");
    g_autofree char *data = connection_scalar(connection, "SELECT @@datadir", NULL);
    g_autofree char *file = g_build_filename(data, "broken", "bad.MAD", NULL);
    static const char *const bad[] = {"bad", NULL};
    const InspectOptions without = {.ignore_tables = bad};

    assert_int_equal(g_unlink(file), 0);
    g_autofree char *message = refused(connection, NULL);
    assert_true(g_str_has_prefix(message, "the server cannot open table 'bad': "));
    assert_non_null(strstr(message, "bad.MAD"));
    g_autoptr(MetaData) metadata = inspect(connection, &without);
    assert_tables(metadata, "good");
}

/* --- queries, and what a transaction is to them --- */

static gint64 questions(Connection *connection)
{
    g_autofree char *value = connection_scalar(
        connection, "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Questions'",
        NULL);
    return g_ascii_strtoll(value, NULL, 10);
}

static void few_queries(void **state)
{
    (void)state;
    g_autoptr(GString) script = g_string_new(NULL);
    for (int i = 0; i < 30; i++)
        g_string_append_printf(script,
                               "CREATE TABLE t%d (a INT PRIMARY KEY, b INT CHECK (b > 0), UNIQUE (b), FOREIGN KEY (b) "
                               "REFERENCES t%d (a)); CREATE VIEW v%d AS SELECT a FROM t%d;",
                               i, i, i, i);
    g_autoptr(Connection) connection = open_database("many", script->str);
    gint64 before = questions(connection);
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    gint64 after = questions(connection);
    assert_int_equal(metadata->tables->len, 30);
    /* one of them asked for the number itself */
    assert_in_range(after - before - 1, 1, 12);
}

static void stays_in_the_transaction(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("working", "CREATE TABLE t (a INT, b TEXT, FULLTEXT (b))");
    run(connection, "START TRANSACTION");
    run(connection, "INSERT INTO t (a) VALUES (1)");
    metadata_free(inspect(connection, NULL));
    run(connection, "ROLLBACK");
    g_autofree char *rows = connection_scalar(connection, "SELECT count(*) FROM t", NULL);
    assert_string_equal(rows, "0");
}

static void existing_tables(void **state)
{
    (void)state;
    g_autoptr(Connection) connection =
        open_database("existing", "CREATE TABLE a (x INT); CREATE VIEW b AS SELECT 1; CREATE TABLE c (x INT)");
    g_free(mysql_database("elsewhere"));
    static const char *const names[] = {"a", "b", "none", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) here = mysql_existing_tables(connection, NULL, names, &error);
    g_autoptr(GPtrArray) there = mysql_existing_tables(connection, "elsewhere", names, &error);

    assert_int_equal(here->len, 2);
    assert_string_equal(here->pdata[0], "a");
    assert_string_equal(here->pdata[1], "b");
    assert_int_equal(there->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(columns),
        cmocka_unit_test(keys),
        cmocka_unit_test(constraints),
        cmocka_unit_test(partitions),
        cmocka_unit_test(another_database),
        cmocka_unit_test(foreign_key_to_another_database),
        cmocka_unit_test(no_database),
        cmocka_unit_test(qualified_names),
        cmocka_unit_test(temporary_tables),
        cmocka_unit_test(hidden_tables),
        cmocka_unit_test(broken_table),
        cmocka_unit_test(few_queries),
        cmocka_unit_test(stays_in_the_transaction),
        cmocka_unit_test(existing_tables),
    };
    return cmocka_run_group_tests_name("dialect/mysql_inspector", tests, NULL, NULL);
}
