/* The comparison on a real server: canonical form meets canonical form, and nothing is left behind or locked. */
#include "support.h"
#include "support/postgresql.h"
#include "support/scale.h"

typedef struct Server {
    char *url;
    Engine *engine;
    Session *session;
    GPtrArray *statements; /* char*: all that was sent */
} Server;

static void trace(const char *sql, double seconds, const GError *error, void *data)
{
    (void)seconds;
    (void)error;
    g_ptr_array_add(data, g_strdup(sql));
}

static void server_connect(Server *server, const char *url)
{
    g_autoptr(GError) error = NULL;
    EngineOptions options = engine_options_default();
    server->statements = g_ptr_array_new_with_free_func(g_free);
    options.echo = trace;
    options.echo_data = server->statements;
    options.read_only = TRUE;
    server->url = g_strdup(url);
    server->engine = engine_new(url, NULL, &options, &error);
    assert_no_error(error);
    server->session = session_open(server->engine, &error);
    assert_no_error(error);
}

/* A new database that looks as the script says. */
static void server_open(Server *server, const char *sql)
{
    g_autofree char *url = postgresql_database("compared");
    postgresql_run(url, sql);
    server_connect(server, url);
}

static void server_clear(Server *server)
{
    session_close(server->session);
    if (server->engine)
        engine_free(server->engine);
    g_ptr_array_unref(server->statements);
    g_free(server->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Server, server_clear)

/* Quotes are written ' in models of these tests; a real one is ^. */
static MetaData *postgresql_model(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup(text);
    g_strdelimit(json, "'", '"');
    g_strdelimit(json, "^", '\'');
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(ModelReader) reader = model_reader_new("postgresql", FALSE, convention, 63);
    model_reader_add(reader, "models.json", json, strlen(json), &error);
    assert_no_error(error);
    MetaData *model = model_reader_finish(reader, &error);
    assert_no_error(error);
    postgresql_dialect.adapt(model, notes, &error);
    assert_no_error(error);
    return model;
}

static MetaData *inspect(const Server *server)
{
    g_autoptr(GError) error = NULL;
    const InspectOptions options = {.ignore_tables = NULL};
    MetaData *live = postgresql_dialect.inspect(session_connection(server->session), &options, &error);
    assert_no_error(error);
    return live;
}

static Comparison *compare_on(const Server *server, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) model = postgresql_model(json);
    g_autoptr(MetaData) live = inspect(server);
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .session = server->session};
    Comparison *comparison = autogenerate_compare(&postgresql_dialect, model, live, &options, &error);
    assert_no_error(error);
    assert_false(connection_in_transaction(session_connection(server->session)));
    return comparison;
}

static void assert_operations(const Server *server, const char *json, const char *expected)
{
    g_autoptr(Comparison) comparison = compare_on(server, json);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, expected);
}

/* The operations are those, the server takes them, nothing is left, and back again. */
static void assert_there_and_back(const char *sql, const char *json, const char *expected)
{
    g_auto(Server) server = {0};
    g_autoptr(GError) error = NULL;
    server_open(&server, sql);
    g_autoptr(MetaData) before = inspect(&server);
    g_autofree char *former = model_write(before, "postgresql");
    g_autoptr(Comparison) comparison = compare_on(&server, json);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, expected);
    g_autoptr(GPtrArray) reverse = operations_reverse(comparison->operations, &error);
    assert_no_error(error);
    g_autoptr(MetaData) after = metadata_copy(before);
    operations_apply(comparison->operations, after, &error);
    assert_no_error(error);
    const GPtrArray *const directions[] = {comparison->operations, reverse};
    const MetaData *const states[] = {before, after};
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(directions[i], states[i], &error);
        assert_no_error(error);
        for (guint j = 0; j < blocks->len; j++) {
            const SqlBlock *block = blocks->pdata[j];
            for (guint k = 0; k < block->statements->len; k++) {
                connection_execute(session_connection(server.session), block->statements->pdata[k], &error);
                if (error)
                    fail_msg("%s\n%s", (char *)block->statements->pdata[k], error->message);
            }
        }
        if (i == 0)
            assert_operations(&server, json, "");
    }
    g_autoptr(MetaData) back = inspect(&server);
    g_autofree char *again = model_write(back, "postgresql");
    assert_string_equal(again, former);
}

/* --- words of the model, words of the server --- */

#define TABLE_SQL                                                                                                      \
    "CREATE DOMAIN positive AS integer CHECK (VALUE > 0);"                                                             \
    "CREATE TABLE t (id integer PRIMARY KEY, made timestamptz NOT NULL DEFAULT now(), s varchar(20) DEFAULT 'x', "     \
    "n integer CONSTRAINT ck CHECK (n IN (1, 2)), low text GENERATED ALWAYS AS (lower(s)) STORED, p positive);"        \
    "CREATE INDEX ix ON t (lower(s)) WHERE n > 1 AND s IS NOT NULL;"                                                   \
    "CREATE VIEW v AS SELECT id, s FROM t WHERE n IN (1, 2);"                                                          \
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY po ON t FOR SELECT USING (n = ANY (ARRAY[1, 2]));"
#define DOMAIN(check)                                                                                                  \
    "{'kind': 'domain', 'name': 'positive', 'definition': 'CREATE DOMAIN positive AS INT CHECK (" check ")'}"
#define TABLE_JSON(made, s, check, low, where)                                                                         \
    "{'name': 't', 'options': {'postgresql': {'row_security': true}}, 'columns': ["                                    \
    "{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': false},"                                  \
    "{'name': 'made', 'type': 'DateTime(timezone=true)', 'nullable': false, 'server_default': '" made "'},"            \
    "{'name': 's', 'type': 'String(20)', 'server_default': '" s "'}, {'name': 'n', 'type': 'Integer'},"                \
    "{'name': 'low', 'type': 'Text', 'computed': {'expression': '" low "', 'persisted': true}},"                       \
    "{'name': 'p', 'type': 'Native(^positive^)'}],"                                                                    \
    "'primary_key': {'name': 't_pkey', 'columns': ['id']},"                                                            \
    "'check_constraints': [{'name': 'ck', 'expression': '" check "'}],"                                                \
    "'indexes': [{'name': 'ix', 'columns': [{'expression': 'lower(s)'}], 'where': '" where "'}]}"
#define VIEW_JSON(condition)                                                                                           \
    "{'kind': 'view', 'name': 'v', 'definition': 'CREATE VIEW public.v AS SELECT id, s FROM public.t WHERE " condition \
    "'}"
#define POLICY_JSON(condition)                                                                                         \
    "{'kind': 'policy', 'name': 'po', 'table_name': 't', 'definition': 'CREATE POLICY po ON t FOR SELECT USING "       \
    "(" condition ")'}"

static const char same[] =
    "{'tables': [" TABLE_JSON("now()", "^x^", "n IN (1,2)", "lower(s::text)",
                              "n>1 AND s is not null") "],"
                                                       "'objects': [" DOMAIN("value > 0") ", " VIEW_JSON(
                                                           "n in (1,2)") ", " POLICY_JSON("n IN (1, 2)") "]}";

static void test_same_in_other_words(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    server_open(&server, TABLE_SQL);
    assert_operations(&server, same, "");
}

static void test_real_differences(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    server_open(&server, TABLE_SQL);
    static const char changed[] = "{'tables': [" TABLE_JSON("clock_timestamp()", "^y^", "n IN (1, 3)", "upper(s)",
                                                            "n > 2") "],"
                                                                     "'objects': [" DOMAIN("VALUE > 0") ", " VIEW_JSON(
                                                                         "n IN (2, 3)") ", " POLICY_JSON("n = 1") "]}";
    g_autoptr(Comparison) comparison = compare_on(&server, changed);
    g_autofree char *text = describe_all(comparison);
    static const char *const parts[] = {"alter column t.made",
                                        "alter column t.s",
                                        "check constraint ck",
                                        "alter column t.low",
                                        "create index ix on t",
                                        "policy po",
                                        "view v"};
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!strstr(text, parts[i]))
            fail_msg("'%s' is not in\n%s", parts[i], text);
    assert_null(strstr(text, "domain"));
    /* In the words of the model. */
    for (guint i = 0; i < comparison->operations->len; i++) {
        const MigrateOp *op = comparison->operations->pdata[i];
        if (op->kind == OP_ALTER_COLUMN && strcmp(op->column->name, "s") == 0)
            assert_string_equal(op->column->server_default, "'y'");
    }
}

/* A default, a check and an index of a table that is new show their mistakes at once, and whose they are. */
static void test_mistakes(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    static const struct {
        const char *json, *expected;
    } rows[] = {
        {"{'tables': [{'name': 'u', 'columns': [{'name': 'a', 'type': 'Integer', 'server_default': 'nothing()'}]}]}",
         "server_default of column 'a' of table 'u': "},
        {"{'tables': [{'name': 'u', 'columns': [{'name': 'a', 'type': 'Integer'}], 'check_constraints': "
         "[{'name': 'ck', 'expression': 'b > 0'}]}]}",
         "check constraint 'ck' of table 'u': "},
        {"{'tables': [{'name': 'u', 'columns': [{'name': 'a', 'type': 'Integer'}], 'indexes': "
         "[{'name': 'ix', 'columns': ['a'], 'where': 'b > 0'}]}]}",
         "index 'ix' of table 'u': "},
    };
    server_open(&server, "");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MetaData) model = postgresql_model(rows[i].json);
        g_autoptr(MetaData) live = inspect(&server);
        const CompareOptions options = {.compare_type = TRUE, .session = server.session};
        assert_null(autogenerate_compare(&postgresql_dialect, model, live, &options, &error));
        if (!g_str_has_prefix(error->message, rows[i].expected))
            fail_msg("'%s' does not start with '%s'", error->message, rows[i].expected);
        assert_false(connection_in_transaction(session_connection(server.session)));
    }
}

/* --- what others see of it --- */

static char *fingerprint(const char *url)
{
    return postgresql_rows(
        url, "SELECT 'relation', oid::text, relname, relfilenode::text, xmin::text FROM pg_class UNION ALL "
             "SELECT 'type', oid::text, typname, '', xmin::text FROM pg_type UNION ALL "
             "SELECT 'routine', oid::text, proname, '', xmin::text FROM pg_proc UNION ALL "
             "SELECT 'schema', oid::text, nspname, '', xmin::text FROM pg_namespace UNION ALL "
             "SELECT 'dependency', classid::text, objid::text, refobjid::text, '' FROM pg_depend UNION ALL "
             "SELECT 'trigger', oid::text, tgname, '', xmin::text FROM pg_trigger ORDER BY 1, 2, 3, 4");
}

/* Locks are sampled inside the transaction by the traced connection itself: the statement that is traced has run. */
typedef struct Sample {
    char *url;
    GString *locks;
    guint statements;
} Sample;

static void sample_locks(const char *sql, double seconds, const GError *error, void *data)
{
    Sample *sample = data;
    (void)seconds;
    (void)error;
    (void)sql;
    sample->statements++;
    g_autofree char *rows = postgresql_rows(
        sample->url, "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN "
                     "pg_namespace n ON n.oid = c.relnamespace WHERE l.database = (SELECT oid FROM pg_database "
                     "WHERE datname = current_database()) AND n.nspname = 'public' AND l.mode <> 'AccessShareLock'");
    g_string_append(sample->locks, rows);
}

#define BUSY_SQL                                                                                                       \
    "CREATE TABLE log (id serial PRIMARY KEY, n integer); INSERT INTO log (n) SELECT generate_series(1, 5);"           \
    "CREATE TABLE parent (id integer PRIMARY KEY);"                                                                    \
    "CREATE TABLE child (id integer PRIMARY KEY, parent_id integer CONSTRAINT fk REFERENCES parent (id), "             \
    "n integer DEFAULT 1);"                                                                                            \
    "CREATE VIEW counted AS SELECT count(*) AS n FROM log;"                                                            \
    "CREATE RULE noted AS ON INSERT TO child DO ALSO INSERT INTO log (n) VALUES (new.n);"
#define BUSY_JSON                                                                                                      \
    "{'tables': [{'name': 'log', 'columns': [{'name': 'id', 'type': 'Integer', 'autoincrement': true},"                \
    "{'name': 'n', 'type': 'Integer'}], 'primary_key': {'name': 'log_pkey', 'columns': ['id']}},"                      \
    "{'name': 'parent', 'columns': [{'name': 'id', 'type': 'Integer', 'autoincrement': false}],"                       \
    "'primary_key': {'name': 'parent_pkey', 'columns': ['id']}},"                                                      \
    "{'name': 'child', 'columns': [{'name': 'id', 'type': 'Integer', 'autoincrement': false},"                         \
    "{'name': 'parent_id', 'type': 'Integer'}, {'name': 'n', 'type': 'Integer', 'server_default': '1 + 1'}],"          \
    "'primary_key': {'name': 'child_pkey', 'columns': ['id']}, 'foreign_keys': [{'name': 'fk', 'columns': "            \
    "['parent_id'], 'referred_table': 'parent', 'referred_columns': ['id']}]}],"                                       \
    "'objects': [{'kind': 'view', 'name': 'counted', 'definition': 'CREATE VIEW counted AS SELECT count(*) + 1 AS n "  \
    "FROM log'}, {'kind': 'materialized_view', 'name': 'drawn', 'definition': 'CREATE MATERIALIZED VIEW drawn AS "     \
    "SELECT nextval(^log_id_seq^) AS n'}, {'kind': 'rule', 'name': 'noted', 'table_name': 'child', 'definition': "     \
    "'CREATE RULE noted AS ON INSERT TO public.child DO ALSO INSERT INTO log (n) VALUES (new.n + 1)'}]}"

static void test_nothing_left_nothing_locked(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = postgresql_database("compared");
    postgresql_run(url, BUSY_SQL);
    Sample sample = {url, g_string_new(NULL), 0};
    EngineOptions options = engine_options_default();
    options.echo = sample_locks;
    options.echo_data = &sample;
    g_autofree char *before = fingerprint(url);
    g_autoptr(Engine) engine = engine_new(url, NULL, &options, &error);
    assert_no_error(error);
    Server server = {.url = url, .engine = engine, .session = session_open(engine, &error)};
    assert_no_error(error);
    g_autoptr(Comparison) comparison = compare_on(&server, BUSY_JSON);
    g_autofree char *text = describe_all(comparison);
    assert_non_null(strstr(text, "alter column child.n"));
    assert_non_null(strstr(text, "view counted"));
    assert_non_null(strstr(text, "rule noted"));
    assert_string_equal(sample.locks->str, "");
    assert_true(sample.statements > 10);
    g_autofree char *after = fingerprint(url);
    assert_string_equal(after, before);
    g_autofree char *last = postgresql_rows(url, "SELECT last_value, is_called FROM log_id_seq");
    assert_string_equal(last, "5|t\n");
    session_close(server.session);
    g_string_free(sample.locks, TRUE);
}

/* --- roles --- */

static void connect_as(Server *server, const char *grants)
{
    g_autofree char *url = postgresql_database("compared");
    g_autofree char *script =
        g_strconcat(TABLE_SQL "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN "
                              "SCHEMA public TO reader; REVOKE ALL ON DATABASE compared FROM public; GRANT CONNECT ON "
                              "DATABASE compared TO reader;",
                    grants, NULL);
    postgresql_run(url, script);
    g_autofree char *own = g_strdup_printf("postgresql://reader@127.0.0.1:%d/compared", postgresql_port());
    server_connect(server, own);
}

static void test_role_with_temporary_only(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    connect_as(&server, "GRANT TEMPORARY ON DATABASE compared TO reader");
    assert_operations(&server, same, "");
}

static void test_read_only_role(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    connect_as(&server, "");
    g_autoptr(Comparison) comparison = compare_on(&server, same);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, "");
    assert_true(comparison->findings->len > 3);
    for (guint i = 0; i < comparison->findings->len; i++)
        assert_string_equal(((const Finding *)comparison->findings->pdata[i])->verdict, "unknown");
    const Finding *last = comparison->findings->pdata[comparison->findings->len - 1];
    assert_non_null(strstr(last->text, "permission denied"));
}

/* --- there and back --- */

static void test_dependencies(void **state)
{
    (void)state;
    static const char model[] =
        "{'enums': [{'name': 'mood', 'values': ['ok', 'bad']}], 'sequences': [{'name': 'numbers', 'owned_by': "
        "'t.n'}], 'tables': [{'name': 't', 'columns': [{'name': 'm', 'type': 'Enum(mood)'}, {'name': 'n', 'type': "
        "'BigInteger', 'server_default': 'nextval(^numbers^)'}, {'name': 'd', 'type': 'Native(^positive^)'}],"
        "'check_constraints': [{'name': 'ck', 'expression': 'fine(n)'}]}],"
        "'objects': [" DOMAIN("VALUE > 0") ", {'kind': 'function', 'name': 'fine', 'definition': 'CREATE FUNCTION "
                                           "fine(bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS ^SELECT $1 > 0^'},"
                                           "{'kind': 'function', 'name': 'rows', 'definition': 'CREATE FUNCTION rows() "
                                           "RETURNS SETOF t LANGUAGE sql "
                                           "STABLE AS ^SELECT * FROM t^'}, {'kind': 'view', 'name': 'w', 'definition': "
                                           "'CREATE VIEW w AS SELECT n FROM "
                                           "rows()'}]}";
    assert_there_and_back("", model,
                          "create enum mood\ncreate sequence numbers\ncreate domain positive\ncreate function fine\n"
                          "create table t\nalter sequence numbers\ncreate function rows\ncreate view w\n");
}

static void test_step_aside(void **state)
{
    (void)state;
    static const char before[] =
        "CREATE TABLE t (id integer, a integer, gone text);"
        "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE VIEW other AS SELECT id FROM t;"
        "CREATE MATERIALIZED VIEW m AS SELECT a FROM v; CREATE UNIQUE INDEX mi ON m (a);";
    static const char model[] =
        "{'tables': [{'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'nullable': true}, {'name': 'a', "
        "'type': 'BigInteger'}]}], 'objects': ["
        "{'kind': 'view', 'name': 'v', 'definition': 'CREATE VIEW v AS SELECT a FROM t'},"
        "{'kind': 'view', 'name': 'w', 'definition': 'CREATE VIEW w AS SELECT a FROM v'},"
        "{'kind': 'view', 'name': 'other', 'definition': 'CREATE VIEW other AS SELECT id FROM t'},"
        "{'kind': 'materialized_view', 'name': 'm', 'definition': 'CREATE MATERIALIZED VIEW m AS SELECT a FROM v'},"
        "{'kind': 'index', 'name': 'mi', 'table_name': 'm', 'definition': 'CREATE UNIQUE INDEX mi ON m (a)'}]}";
    assert_there_and_back(before, model,
                          "drop index mi\ndrop materialized view m\ndrop view w\ndrop view v\n"
                          "alter column t.a: type Integer -> BigInteger\ndrop column t.gone\n"
                          "create view v\ncreate materialized view m\ncreate view w\ncreate index mi\n");
}

static void test_renames(void **state)
{
    (void)state;
    static const char before[] =
        "CREATE TABLE t (id integer, a integer); CREATE TABLE u (id integer);"
        "CREATE VIEW v AS SELECT t.id FROM t JOIN u ON t.id = u.id; CREATE VIEW c AS SELECT a FROM t;"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';"
        "CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();";
    static const char model[] =
        "{'tables': [{'name': 's', 'renamed_from': 't', 'columns': [{'name': 'id', 'type': 'Integer'}, {'name': 'b', "
        "'renamed_from': 'a', 'type': 'Integer'}]}, {'name': 'u', 'columns': [{'name': 'id', 'type': 'Integer'}]}],"
        "'objects': [{'kind': 'view', 'name': 'v', 'definition': 'CREATE VIEW v AS SELECT s.id FROM s JOIN u ON s.id "
        "= u.id'}, {'kind': 'view', 'name': 'c', 'definition': 'CREATE VIEW c AS SELECT b FROM s'},"
        "{'kind': 'function', 'name': 'f', 'definition': 'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
        "^BEGIN RETURN new; END^'}, {'kind': 'trigger', 'name': 'tr', 'table_name': 's', 'definition': 'CREATE "
        "TRIGGER tr BEFORE UPDATE OF b ON s FOR EACH ROW EXECUTE FUNCTION f()'}]}";
    assert_there_and_back(before, model, "drop view c\nrename table t to s\nrename column s.a to b\ncreate view c\n");
}

/* --- schemas --- */

static Comparison *compare_schemas(const Server *server, const char *json)
{
    g_autoptr(GError) error = NULL;
    static const char *const included[] = {"public", "sales", NULL};
    const InspectOptions inspected = {.include_schemas = included};
    const CompareOptions options = {.compare_type = TRUE, .compare_server_default = TRUE, .session = server->session};
    g_autoptr(MetaData) model = postgresql_model(json);
    g_autoptr(MetaData) live = postgresql_dialect.inspect(session_connection(server->session), &inspected, &error);
    assert_no_error(error);
    model_use_default_schema(model, "public");
    model_add_schemas(&postgresql_dialect, model);
    Comparison *comparison = autogenerate_compare(&postgresql_dialect, model, live, &options, &error);
    assert_no_error(error);
    return comparison;
}

/* Names of one schema stand for those of another while they are tried. */
static void test_schemas(void **state)
{
    (void)state;
    static const char model[] =
        "{'enums': [{'schema': 'sales', 'name': 'mood', 'values': ['ok']}], 'tables': [{'schema': 'sales', 'name': "
        "'t', 'columns': [{'name': 'id', 'type': 'Integer'}, {'name': 'm', 'type': 'Enum(sales.mood)', "
        "'server_default': '^ok^'}], 'check_constraints': [{'name': 'ck', 'expression': 'id in (1, 2)'}]},"
        "{'schema': 'public', 'name': 't', 'columns': [{'name': 'id', 'type': 'Integer', 'server_default': "
        "'1 * 2'}]}], 'objects': [{'kind': 'view', 'schema': 'sales', 'name': 'v', 'depends_on': [], 'definition': "
        "'CREATE VIEW sales.v AS SELECT id, m FROM sales.t WHERE id in (1,2)'}]}";
    g_auto(Server) server = {0};
    server_open(
        &server,
        "CREATE SCHEMA sales; CREATE TYPE sales.mood AS ENUM ('ok'); CREATE TABLE sales.t (id integer CONSTRAINT "
        "ck CHECK (id = ANY (ARRAY[1, 2])), m sales.mood DEFAULT 'ok'); CREATE TABLE t (id integer DEFAULT "
        "(1 * 2)); CREATE VIEW sales.v AS SELECT id, m FROM sales.t WHERE id IN (1, 2)");
    g_autoptr(Comparison) same_schemas = compare_schemas(&server, model);
    g_autofree char *text = describe_all(same_schemas);
    assert_string_equal(text, "");
    g_auto(Server) empty = {0};
    session_close(g_steal_pointer(&server.session));
    engine_free(g_steal_pointer(&server.engine));
    server_open(&empty, "");
    g_autoptr(Comparison) created = compare_schemas(&empty, model);
    g_autofree char *order = describe_all(created);
    assert_string_equal(order, "create schema sales\ncreate enum sales.mood\ncreate table sales.t\ncreate table t\n"
                               "create view sales.v\n");
}

/* --- how often the server is asked --- */

static void test_statements_for_many_tables(void **state)
{
    (void)state;
    g_auto(Server) server = {0};
    GString *sql = g_string_new(NULL), *json = g_string_new("{'tables': [");
    guint tables = test_scale(1000, 100);
    for (guint i = 0; i < tables; i++) {
        g_string_append_printf(sql, "CREATE TABLE t%d (a timestamptz DEFAULT now(), b integer CHECK (b IN (1, 2)));",
                               i);
        g_string_append_printf(json,
                               "%s{'name': 't%d', 'columns': [{'name': 'a', 'type': 'DateTime(timezone=true)', "
                               "'server_default': 'current_timestamp'}, {'name': 'b', 'type': 'Integer'}], "
                               "'check_constraints': [{'name': 't%d_b_check', 'expression': 'b = 1 OR b = %d'}]}",
                               i ? ", " : "", i, i, i % 100 ? 2 : 3);
    }
    g_string_append(json, "]}");
    server_open(&server, sql->str);
    gint64 start = g_get_monotonic_time();
    g_autoptr(Comparison) comparison = compare_on(&server, json->str);
    print_message("%u tables that differ in words: %.2f s\n", tables,
                  (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
    assert_true(comparison->operations->len > 0);
    g_string_free(sql, TRUE);
    g_string_free(json, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_in_other_words),
        cmocka_unit_test(test_real_differences),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_nothing_left_nothing_locked),
        cmocka_unit_test(test_role_with_temporary_only),
        cmocka_unit_test(test_read_only_role),
        cmocka_unit_test(test_dependencies),
        cmocka_unit_test(test_step_aside),
        cmocka_unit_test(test_renames),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_statements_for_many_tables),
    };
    return cmocka_run_group_tests_name("autogenerate/postgresql_compare", tests, NULL, NULL);
}
