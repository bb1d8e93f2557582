/* The inspector on a real server: scripts, and the models that it must read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/text.h"
#include "dialect/dialect.h"
#include "dialect/postgresql/postgresql.h"
#include "schema/model.h"
#include "support/connection.h"
#include "support/postgresql.h"

/* --- a database, and what the inspector says of it --- */

static Connection *open_database(const char *name, const char *script)
{
    g_autofree char *url = postgresql_database(name);

    postgresql_run(url, script);
    return test_connect(url);
}

static void run(Connection *connection, const char *script)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) statements = postgresql_split(script, strlen(script), &error);

    for (guint i = 0; statements != NULL && i < statements->len; i++) {
        const SqlStatement *statement = statements->pdata[i];
        g_autofree char *sql = g_strndup(script + statement->start, statement->length);
        if (!connection_execute(connection, sql, &error))
            break;
    }
    if (error != NULL)
        fail_msg("%s: %s", error->message, script);
}

static MetaData *inspect(Connection *connection, const InspectOptions *options)
{
    g_autoptr(GError) error = NULL;
    MetaData *metadata = postgresql_inspect(connection, options, &error);

    if (metadata == NULL)
        fail_msg("%s", error->message);
    return metadata;
}

/* --- a script and the model that must be read from it: postgresql_inspector/AREA.sql and AREA.json --- */

static char *area_file(const char *area, const char *suffix)
{
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    return g_strdup_printf("%s/postgresql_inspector/%s%s", folder, area, suffix);
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
    g_autoptr(ModelReader) reader = model_reader_new("postgresql", FALSE, NULL, 63);
    gboolean parsed = model_reader_add(reader, "model.json", model, strlen(model), &error);
    g_autoptr(MetaData) metadata = parsed ? model_reader_finish(reader, &error) : NULL;

    if (metadata == NULL)
        fail_msg("%s", error->message);
    g_autofree char *again = model_write(metadata, "postgresql");
    assert_string_equal(again, model);
}

/* What it reads is left beside the expected text when they differ. */
static void assert_area(const char *area, const InspectOptions *options)
{
    g_autofree char *script = read_area(area, ".sql"), *expected = read_area(area, ".json");
    g_autoptr(Connection) connection = open_database("area", script);
    g_autoptr(MetaData) metadata = inspect(connection, options);
    /* what is known by its text is read elsewhere */
    g_ptr_array_set_size(metadata->objects, 0);
    g_autofree char *model = model_write(metadata, "postgresql");
    g_autofree char *got = area_file(area, ".got");

    if (strcmp(model, expected) != 0)
        g_file_set_contents(got, model, -1, NULL);
    assert_string_equal(model, expected);
    g_unlink(got);
    assert_readable(model);
}

static void tables(void **state)
{
    (void)state;
    static const char *const ignored[] = {"ignored", "history", NULL};
    const InspectOptions options = {.ignore_tables = ignored};
    assert_area("tables", &options);
}

static const char *const public_and_other[] = {"public", "other", NULL};
static const InspectOptions both_schemas = {.include_schemas = public_and_other};

static void columns(void **state)
{
    (void)state;
    assert_area("columns", &both_schemas);
}

static void constraints(void **state)
{
    (void)state;
    assert_area("constraints", &both_schemas);
}

static void indexes(void **state)
{
    (void)state;
    assert_area("indexes", NULL);
}

static void sequences(void **state)
{
    (void)state;
    assert_area("sequences", NULL);
}

/* --- which schemas --- */

static const char two_schemas[] =
    "CREATE SCHEMA app; CREATE SCHEMA empty;"
    "CREATE TYPE mood AS ENUM ('x'); CREATE TYPE app.mood AS ENUM ('y'); CREATE TYPE app.none AS ENUM (); CREATE "
    "SEQUENCE app.s;"
    "CREATE TABLE t (id serial PRIMARY KEY, m mood, a app.mood);"
    "CREATE TABLE app.t (id serial PRIMARY KEY, p integer REFERENCES t, m mood, a app.mood,"
    "                    n integer DEFAULT nextval('app.s'));"
    "CREATE TABLE app.part (a integer) PARTITION BY LIST (a);"
    "CREATE TABLE part_1 PARTITION OF app.part FOR VALUES IN (1)";

/* "schema.table column:type column:type …" and so on, each with a line end. */
static char *summary(const MetaData *metadata)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < metadata->enums->len; i++) {
        const EnumType *type = metadata->enums->pdata[i];
        g_string_append_printf(out, "enum %s.%s\n", type->schema ? type->schema : "", type->name);
    }
    for (guint i = 0; i < metadata->sequences->len; i++) {
        const Sequence *sequence = metadata->sequences->pdata[i];
        g_string_append_printf(out, "sequence %s.%s\n", sequence->schema ? sequence->schema : "", sequence->name);
    }
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        g_string_append_printf(out, "table %s.%s", table->schema ? table->schema : "", table->name);
        for (guint j = 0; j < table->columns->len; j++) {
            const Column *column = table->columns->pdata[j];
            g_autofree char *type = sql_type_to_string(column->type);
            g_string_append_printf(out, " %s:%s", column->name, type);
            if (column->server_default != NULL)
                g_string_append_printf(out, "=%s", column->server_default);
        }
        for (guint j = 0; j < table->constraints->len; j++) {
            const Constraint *key = table->constraints->pdata[j];
            g_string_append_printf(out, " -> %s.%s", key->referred_schema ? key->referred_schema : "",
                                   key->referred_table);
        }
        const char *parent = options_get(table->options, "partition_of");
        g_string_append_printf(out, "%s%s\n", parent ? " of " : "", parent ? parent : "");
    }
    return g_string_free(out, FALSE);
}

static void assert_summary(Connection *connection, const InspectOptions *options, const char *expected)
{
    g_autoptr(MetaData) metadata = inspect(connection, options);
    g_autofree char *got = summary(metadata);
    assert_string_equal(got, expected);
}

static void default_schema(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("scope", two_schemas);
    const InspectOptions app = {.default_schema = "app"};

    assert_summary(connection, NULL,
                   "enum .mood\n"
                   "table .part_1 of app.part\n"
                   "table .t id:Integer m:Enum(mood) a:Enum(app.mood)\n");
    assert_summary(connection, &app,
                   "enum .mood\nenum .none\nsequence .s\n"
                   "table .part a:Integer\n"
                   "table .t id:Integer p:Integer m:Enum(mood) a:Enum(mood) n:Integer=nextval('app.s'::regclass) "
                   "-> public.t\n");
    run(connection, "SET search_path = app, public");
    assert_summary(connection, NULL,
                   "enum .mood\nenum .none\nsequence .s\n"
                   "table .part a:Integer\n"
                   "table .t id:Integer p:Integer m:Enum(public.mood) a:Enum(mood) n:Integer=nextval('s'::regclass) "
                   "-> public.t\n");
}

static void several_schemas(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("scope", two_schemas);
    static const char *const both[] = {"public", "app", "nowhere", NULL}, *const odd[] = {"e\"mpty\\,", NULL};
    InspectOptions options = {.include_schemas = both};

    assert_summary(connection, &options,
                   "enum .mood\nenum app.mood\nenum app.none\nsequence app.s\n"
                   "table .part_1 of app.part\n"
                   "table .t id:Integer m:Enum(mood) a:Enum(app.mood)\n"
                   "table app.part a:Integer\n"
                   "table app.t id:Integer p:Integer m:Enum(mood) a:Enum(app.mood) n:Integer=nextval('app.s'::regclass)"
                   " -> .t\n");
    options.include_schemas = odd;
    assert_summary(connection, &options, "");
    run(connection, "CREATE SCHEMA \"e\"\"mpty\\,\"; CREATE TABLE \"e\"\"mpty\\,\".t (a integer)");
    assert_summary(connection, &options, "table e\"mpty\\,.t a:Integer\n");
}

static void no_schema(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("scope", two_schemas);
    g_autoptr(GError) error = NULL, second = NULL;
    static const char *const app_only[] = {"app", NULL};
    InspectOptions options = {.default_schema = "nowhere"};

    assert_null(postgresql_inspect(connection, &options, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG));
    assert_string_equal(error->message, "there is no schema 'nowhere'");
    run(connection, "SET search_path = nowhere");
    assert_null(postgresql_inspect(connection, NULL, &second));
    assert_true(g_error_matches(second, DIALECT_ERROR, DIALECT_ERROR_CATALOG));
    assert_non_null(strstr(second->message, "search_path"));

    options = (InspectOptions){.include_schemas = app_only};
    g_autoptr(MetaData) metadata = inspect(connection, &options);
    assert_int_equal(metadata->tables->len, 2);
    assert_string_equal(((const Table *)metadata->tables->pdata[1])->schema, "app");
}

/* Scratch tables, in the session's own schema. */
static void temporary_schema(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("scope", two_schemas);
    const InspectOptions options = {.default_schema = "pg_temp"};

    run(connection, "CREATE TEMP TABLE t (id serial, p integer DEFAULT 1, m mood, CHECK (id > p));"
                    "CREATE TYPE pg_temp.kind AS ENUM ('k'); ALTER TABLE pg_temp.t ADD k pg_temp.kind");
    g_autoptr(MetaData) metadata = inspect(connection, &options);
    assert_int_equal(metadata->tables->len, 1);
    assert_int_equal(metadata->sequences->len, 0);
    const Table *table = metadata->tables->pdata[0];
    assert_null(table->schema);
    assert_int_equal(table->options->len, 0);
    const Column *id = table_find_column(table, "id"), *kind = table_find_column(table, "k");
    assert_int_equal(id->autoincrement, AUTOINCREMENT_TRUE);
    assert_string_equal(kind->type->name, "kind");
    assert_string_equal(((const EnumType *)metadata->enums->pdata[0])->name, "kind");
    /* and the real one is as before */
    g_autoptr(MetaData) real = inspect(connection, NULL);
    assert_non_null(table_find_column(metadata_find_table(real, NULL, "t"), "a"));
}

/* --- round trips, transactions, locks --- */

typedef struct Trips {
    guint calls, requests;
} Trips;
static Trips trips;
static const Driver *real_driver;

static gboolean count_run_many(Connection *connection, const Request *requests, guint n, Result **results,
                               guint *failed, GError **error)
{
    trips.calls++;
    trips.requests += n;
    return real_driver->run_many(connection, requests, n, results, failed, error);
}

static gboolean count_execute(Connection *connection, const Request *request, gint64 *affected, GError **error)
{
    trips.calls++;
    return real_driver->execute(connection, request, affected, error);
}

static Result *count_query(Connection *connection, const Request *request, GError **error)
{
    trips.calls++;
    return real_driver->query(connection, request, error);
}

/* However many tables there are: one call, which the driver sends in one round trip (its own test counts those). */
static void one_round_trip(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("trips", two_schemas);
    Driver counting = *connection->driver;

    real_driver = connection->driver;
    counting.run_many = count_run_many;
    counting.execute = count_execute;
    counting.query = count_query;
    for (guint round = 0; round < 2; round++) {
        if (round == 1)
            run(connection, "DO $$ BEGIN FOR i IN 1..50 LOOP EXECUTE format('CREATE TABLE more_%s (id serial PRIMARY "
                            "KEY, a integer REFERENCES t CHECK (a > 0))', i); END LOOP; END $$");
        trips = (Trips){.calls = 0};
        connection->driver = &counting;
        g_autoptr(MetaData) metadata = inspect(connection, NULL);
        connection->driver = real_driver;
        assert_int_equal(trips.calls, 1);
        assert_int_equal(trips.requests, 3 + 16); /* BEGIN, settings, COMMIT and the queries: 16 at the most */
        assert_int_equal(metadata->tables->len, round == 0 ? 2 : 52);
    }
}

static void assert_scalar(Connection *connection, const char *query, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = connection_scalar(connection, query, &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    assert_string_equal(value, expected);
}

/* What the caller has set is as it was, and what it has done is seen. */
static void inside_a_transaction(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("inside", two_schemas);

    run(connection, "BEGIN; SET LOCAL lock_timeout = '7s'; SET LOCAL timezone = 'Asia/Tokyo'; CREATE TABLE fresh (a "
                    "timestamptz DEFAULT '2026-01-01 00:00+00')");
    g_autoptr(MetaData) metadata = inspect(connection, NULL);
    assert_true(connection_in_transaction(connection));
    const Table *fresh = metadata_find_table(metadata, NULL, "fresh");
    assert_non_null(fresh);
    assert_string_equal(table_find_column(fresh, "a")->server_default,
                        "'2026-01-01 00:00:00+00'::timestamp with time zone");
    assert_scalar(connection, "SHOW lock_timeout", "7s");
    assert_scalar(connection, "SHOW timezone", "Asia/Tokyo");
    run(connection, "ROLLBACK");
    g_autoptr(MetaData) after = inspect(connection, NULL);
    assert_false(connection_in_transaction(connection));
    assert_null(metadata_find_table(after, NULL, "fresh"));
    assert_scalar(connection, "SHOW lock_timeout", "0");
}

/* Somebody's ACCESS EXCLUSIVE on a table with a check is in the way; it fails in good time, and the connection and the
 * caller's transaction can be used again. */
static void behind_a_lock(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("locked");
    postgresql_run(url, "CREATE TABLE plain (a integer DEFAULT 1); CREATE TABLE checked (a integer CHECK (a > 0))");
    g_autoptr(Connection) holder = test_connect(url);
    g_autoptr(Connection) connection = test_connect(url);

    run(holder, "BEGIN; LOCK TABLE plain IN ACCESS EXCLUSIVE MODE");
    g_autoptr(MetaData) not_disturbed = inspect(connection, NULL);
    assert_int_equal(not_disturbed->tables->len, 2);
    run(holder, "LOCK TABLE checked IN ACCESS EXCLUSIVE MODE");
    for (guint inside = 0; inside < 2; inside++) {
        g_autoptr(GError) error = NULL;
        gint64 start = g_get_monotonic_time();
        if (inside)
            run(connection, "BEGIN; CREATE TABLE mine (a integer)");
        assert_null(postgresql_inspect(connection, NULL, &error));
        assert_true(g_error_matches(error, DRIVER_ERROR, DRIVER_ERROR_BUSY));
        assert_true(g_str_has_prefix(error->message, "cannot read the catalog: "));
        assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
        assert_int_equal(connection_in_transaction(connection), inside);
        assert_scalar(connection, inside ? "SELECT count(*) FROM mine" : "SELECT 0", "0");
    }
    run(holder, "ROLLBACK");
    g_autoptr(MetaData) again = inspect(connection, NULL);
    assert_int_equal(again->tables->len, 3);
}

/* --- what is not known is said --- */

static void assert_refused(Connection *connection, const char *change, const char *expected)
{
    g_autoptr(GError) error = NULL;

    run(connection, "BEGIN");
    run(connection, change);
    assert_null(postgresql_inspect(connection, NULL, &error));
    if (error->domain != DIALECT_ERROR || error->code != DIALECT_ERROR_CATALOG || !strstr(error->message, expected))
        fail_msg("%s", error->message);
    run(connection, "ROLLBACK");
}

static void unknown_catalog(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database(
        "unknown",
        "CREATE TABLE t (a integer PRIMARY KEY, b text GENERATED ALWAYS AS ('x') STORED, c integer REFERENCES "
        "t, d integer GENERATED ALWAYS AS IDENTITY)");

    assert_refused(connection, "UPDATE pg_constraint SET contype = '?' WHERE conname = 't_c_fkey'",
                   "table 't': the kind of constraint 't_c_fkey' is '?'");
    assert_refused(connection, "UPDATE pg_constraint SET confdeltype = '?' WHERE conname = 't_c_fkey'",
                   "ON DELETE of foreign key 't_c_fkey' is '?'");
    assert_refused(connection, "UPDATE pg_constraint SET confmatchtype = '?' WHERE conname = 't_c_fkey'",
                   "MATCH of foreign key 't_c_fkey' is '?'");
    assert_refused(connection, "UPDATE pg_constraint SET conkey = '{9}' WHERE conname = 't_c_fkey'",
                   "refers to column 9 of table 't'");
    assert_refused(connection,
                   "UPDATE pg_attribute SET attgenerated = '?' WHERE attrelid = 't'::regclass AND attname = "
                   "'b'",
                   "table 't': the generation of column 'b' is '?'");
    assert_refused(connection,
                   "UPDATE pg_attribute SET attidentity = '?' WHERE attrelid = 't'::regclass AND attname = "
                   "'d'",
                   "the identity of column 'd' is '?'");
    assert_refused(connection,
                   "UPDATE pg_attribute SET attstorage = '?' WHERE attrelid = 't'::regclass AND attname = "
                   "'b'",
                   "the storage of column 'b' is '?'");
    assert_refused(connection,
                   "UPDATE pg_attribute SET attcompression = '?' WHERE attrelid = 't'::regclass AND attname "
                   "= 'b'",
                   "the compression of column 'b' is '?'");
}

/* --- older servers --- */

/* What stands in for a column that a server does not have yet: the query with a column that no server has. */
static void catalog_columns_that_are_missing(void **state)
{
    (void)state;
    static const struct {
        const char *file, *column;
        guint place;
    } missing[] = {
        {"columns.sql", "attcompression", 17},          {"constraints.sql", "confdelsetcols", 17},
        {"constraints.sql", "conenforced", 23},         {"constraints.sql", "conperiod", 24},
        {"constraints.sql", "indnullsnotdistinct", 20}, {"indexes.sql", "indnullsnotdistinct", 9},
    };
    g_autoptr(Connection) connection = open_database(
        "older", "CREATE TABLE t (a integer, b text COMPRESSION lz4, c text, UNIQUE NULLS NOT DISTINCT (a));"
                 "CREATE UNIQUE INDEX ON t (b) NULLS NOT DISTINCT");
    g_autofree char *folder = g_path_get_dirname(__FILE__);

    for (guint i = 0; i < G_N_ELEMENTS(missing); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_strdup_printf("%s/../../../lib/dialect/postgresql/%s", folder, missing[i].file);
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_auto(GStrv) parts = g_strsplit(text, missing[i].column, -1);
        g_autofree char *sql = g_strjoinv("no_such_column", parts);
        const char *params[] = {NULL, NULL};
        g_autoptr(Result) rows = connection_query_params(connection, sql, params, G_N_ELEMENTS(params), &error);
        if (rows == NULL)
            fail_msg("%s: %s", missing[i].file, error->message);
        guint n = 0;
        for (; result_next(rows, &error) > 0; n++)
            assert_null(result_text(rows, missing[i].place));
        assert_true(n > 0);
    }
}

/* --- the names that are taken --- */

static void existing_tables(void **state)
{
    (void)state;
    g_autoptr(Connection) connection = open_database("taken", "CREATE SCHEMA app; CREATE TABLE \"Version, \"\"1\" (a "
                                                              "integer); CREATE VIEW v AS SELECT 1 AS a; CREATE TABLE "
                                                              "app.t (a integer)");
    static const char *const names[] = {"Version, \"1", "v", "t", "gone", NULL};
    static const char *const schemas[] = {NULL, "public", "app", "nowhere"};
    static const char *const expected[] = {"Version, \"1 v", "Version, \"1 v", "t", ""};

    for (guint i = 0; i < G_N_ELEMENTS(schemas); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) found = postgresql_existing_tables(connection, schemas[i], names, &error);
        g_autofree char *list = found ? text_list(found, " ") : NULL;
        assert_string_equal(list, expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(columns),
        cmocka_unit_test(constraints),
        cmocka_unit_test(indexes),
        cmocka_unit_test(sequences),
        cmocka_unit_test(default_schema),
        cmocka_unit_test(several_schemas),
        cmocka_unit_test(no_schema),
        cmocka_unit_test(temporary_schema),
        cmocka_unit_test(one_round_trip),
        cmocka_unit_test(inside_a_transaction),
        cmocka_unit_test(behind_a_lock),
        cmocka_unit_test(unknown_catalog),
        cmocka_unit_test(catalog_columns_that_are_missing),
        cmocka_unit_test(existing_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
