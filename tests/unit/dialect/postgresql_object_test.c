/* Objects that are known by their text, on a real server: what the catalog says of them is run again and gives the
 * same, and every change goes up and comes down; pg_dump judges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/postgresql/inspector.h"
#include "support/postgresql.h"
#include "support/postgresql_blocks.h"

static void assert_text(const char *found, const char *expected)
{
    if (g_strcmp0(found, expected) != 0)
        fail_msg("found\n%s\nexpected\n%s", found ? found : "(null)", expected ? expected : "(null)");
}

/* Of the default schema and of "audit". */
static MetaData *inspect(const char *url)
{
    static const char *const schemas[] = {"public", "audit", NULL};
    const InspectOptions options = {.include_schemas = schemas};
    const ConnectOptions connect = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(Url) parsed = url_parse(url, &error);
    g_autoptr(Connection) connection = parsed ? connection_open(&postgresql_driver, parsed, &connect, &error) : NULL;
    MetaData *metadata = connection ? postgresql_dialect.inspect(connection, &options, &error) : NULL;
    if (!metadata)
        fail_msg("%s", error->message);
    return metadata;
}

static char *text_of(const MetaData *metadata)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        g_autofree char *uses = g_strdup("");
        for (guint j = 0; j < object->depends_on->len; j++) {
            char *longer = g_strjoin(" ", uses, object->depends_on->pdata[j], NULL);
            g_free(uses);
            uses = longer;
        }
        g_string_append_printf(text, "%s %s.%s (%s) uses%s, '%s': %s\n", object->kind,
                               object->schema ? object->schema : "", object->name,
                               object->table_name ? object->table_name : "", uses,
                               object->comment ? object->comment : "", object->definition);
    }
    return g_string_free(text, FALSE);
}

static const SchemaObject *object_in(const MetaData *metadata, const char *kind, const char *name)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, kind) == 0 && strcmp(object->name, name) == 0)
            return object;
    }
    fail_msg("no %s '%s'", kind, name);
    return NULL;
}

static gboolean has_same(const MetaData *metadata, const SchemaObject *like)
{
    for (guint i = 0; i < metadata->objects->len; i++) {
        const SchemaObject *object = metadata->objects->pdata[i];
        if (strcmp(object->kind, like->kind) == 0 && strcmp(object->name, like->name) == 0 &&
            g_strcmp0(object->schema, like->schema) == 0 && g_strcmp0(object->table_name, like->table_name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* --- every kind: drop what was read, create it from what was read --- */

static const struct {
    const char *kind, *setup, *sql;
} kinds[] = {
    {"schema", "", "CREATE SCHEMA audit; COMMENT ON SCHEMA audit IS 'who did what'"},
    {"extension", "CREATE SCHEMA audit",
     "CREATE EXTENSION pg_trgm; CREATE EXTENSION hstore SCHEMA audit; COMMENT ON EXTENSION hstore IS 'ours'"},
    {"domain", "CREATE SCHEMA audit; CREATE TYPE mood AS ENUM ('sad', 'ok')",
     "CREATE DOMAIN positive AS integer DEFAULT 1 NOT NULL CONSTRAINT positive_check CHECK (VALUE > 0)"
     "  CONSTRAINT \"Not 7\" CHECK (VALUE <> 7);"
     "COMMENT ON DOMAIN positive IS 'it''s \\ positive'; COMMENT ON CONSTRAINT \"Not 7\" ON DOMAIN positive IS 'seven';"
     "ALTER DOMAIN positive ADD CONSTRAINT later CHECK (VALUE < 1000) NOT VALID;"
     "CREATE DOMAIN plain AS numeric(10, 2); CREATE DOMAIN moods AS mood[] DEFAULT '{}';"
     "CREATE DOMAIN audit.\"Code\" AS text COLLATE \"C\" DEFAULT NULL CHECK (VALUE ~ '^[a-z]+$');"
     "CREATE DOMAIN smaller AS positive CHECK (VALUE < 5)"},
    {"composite_type", "CREATE SCHEMA audit; CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer)",
     "CREATE TYPE address AS (street text COLLATE \"C\", zip varchar(10), m mood, \"Odd Name\" t[]);"
     "COMMENT ON TYPE address IS 'where'; COMMENT ON COLUMN address.zip IS 'z'; CREATE TYPE empty AS ();"
     "CREATE TYPE audit.pair AS (a address, b timestamp(3) with time zone)"},
    {"range_type",
     "CREATE FUNCTION distance(a float8, b float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT a - b'",
     "CREATE TYPE float_range AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = distance); CREATE TYPE span AS RANGE (SUBTYPE "
     "= text, COLLATION = \"C\", SUBTYPE_OPCLASS = text_pattern_ops, MULTIRANGE_TYPE_NAME = spans);"
     "COMMENT ON TYPE span IS 'from, to'"},
    {"view", "CREATE SCHEMA audit; CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE TABLE audit.log (id bigint)",
     "CREATE VIEW v WITH (security_barrier, check_option = local) AS SELECT id, a FROM t WHERE id > 0;"
     "COMMENT ON VIEW v IS 'view'; COMMENT ON COLUMN v.a IS 'column'; ALTER VIEW v ALTER COLUMN id SET DEFAULT 5;"
     "CREATE VIEW \"V 2\" (x, y) AS SELECT 1, 2 UNION SELECT id, id FROM v;"
     "CREATE VIEW audit.w AS SELECT l.*, v.a FROM audit.log l JOIN v ON v.id = l.id;"
     "CREATE RECURSIVE VIEW nums (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM nums WHERE n < 10"},
    {"materialized_view", "CREATE TABLE t (id integer PRIMARY KEY, a text)",
     "CREATE MATERIALIZED VIEW mv WITH (fillfactor = 70, toast.autovacuum_enabled = false) AS"
     "  SELECT id, a, count(*) FROM t GROUP BY id, a;"
     "CREATE UNIQUE INDEX mv_id ON mv (id); CREATE INDEX \"Mv expr\" ON mv (lower(a) DESC) WHERE id > 1;"
     "COMMENT ON INDEX mv_id IS 'index'; COMMENT ON COLUMN mv.a IS 'column'; COMMENT ON MATERIALIZED VIEW mv IS 'mv'"},
    {"function", "CREATE SCHEMA audit; CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id integer, a text)",
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 'x;y'; RETURN NEW; END $$;"
     "CREATE FUNCTION f(a integer, b text DEFAULT 'x;y', c integer[] = '{1,2}') RETURNS integer LANGUAGE sql STABLE "
     "STRICT PARALLEL SAFE COST 5 SET search_path = public AS $$ SELECT a $$;"
     "CREATE FUNCTION f(text) RETURNS mood LANGUAGE sql AS $$ SELECT 'sad'::mood $$;"
     "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS '';"
     "CREATE FUNCTION g(OUT x integer, INOUT y text, VARIADIC z integer[]) RETURNS record LANGUAGE sql AS $$ SELECT 1, "
     "y $$;"
     "CREATE FUNCTION st() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t; SELECT CASE WHEN id > 1 THEN id "
     "END, a FROM t; END;"
     "CREATE FUNCTION rt() RETURNS TABLE (a integer, b mood) LANGUAGE sql AS $$ SELECT 1, 'sad'::mood $$;"
     "CREATE FUNCTION audit.\"F\"(x t) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN END $$;"
     "COMMENT ON FUNCTION f(text) IS 'function'"},
    {"procedure", "",
     "CREATE PROCEDURE p(IN a integer, INOUT b text) LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;"
     "CREATE PROCEDURE q(OUT a integer) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;"
     "CREATE PROCEDURE q(a text) LANGUAGE plpgsql AS $$ BEGIN END $$; COMMENT ON PROCEDURE p(integer, text) IS 'p'"},
    {"aggregate",
     "CREATE SCHEMA audit; CREATE FUNCTION add_(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 "
     "+ $2'; CREATE FUNCTION sub_(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';"
     "CREATE FUNCTION add_(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';"
     "CREATE FUNCTION audit.fin_(numeric) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1::text'",
     "CREATE AGGREGATE total(numeric) (SFUNC = add_, STYPE = numeric, SSPACE = 16, FINALFUNC = audit.fin_, COMBINEFUNC "
     "= add_, INITCOND = '0', MSFUNC = add_, MINVFUNC = sub_, MSTYPE = numeric, MFINALFUNC = audit.fin_, MINITCOND = "
     "'1', PARALLEL = SAFE, FINALFUNC_MODIFY = READ_WRITE); COMMENT ON AGGREGATE total(numeric) IS 'sum';"
     "CREATE AGGREGATE glued(text) (SFUNC = textcat, STYPE = text, INITCOND = 'it''s \\');"
     "CREATE AGGREGATE biggest(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);"
     "CREATE AGGREGATE nth(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = "
     "percentile_disc_final, FINALFUNC_EXTRA);"
     "CREATE AGGREGATE my_rank(VARIADIC \"any\" ORDER BY VARIADIC \"any\") (SFUNC = ordered_set_transition_multi, "
     "STYPE "
     "= internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);"
     "CREATE AGGREGATE audit.many(*) (SFUNC = add_, STYPE = bigint, INITCOND = '0');"
     "CREATE AGGREGATE many(a integer) (SFUNC = int4larger, STYPE = integer);"
     "CREATE AGGREGATE many(text) (SFUNC = text_larger, STYPE = text)"},
    {"trigger",
     "CREATE TABLE t (id integer, a text); CREATE VIEW v AS SELECT id, a FROM t; CREATE TABLE part (id integer, a "
     "text) "
     "PARTITION BY RANGE (id); CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (9);"
     "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TABLE "
     "\"Other\" (id integer)",
     "CREATE TRIGGER touch BEFORE INSERT OR UPDATE OF a ON t FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION touch();"
     "CREATE TRIGGER touch INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION touch();"
     "CREATE TRIGGER touch AFTER DELETE ON \"Other\" EXECUTE FUNCTION touch('a', 'it''s');"
     "CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
     "touch();"
     "CREATE TRIGGER \"T t\" AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE "
     "FUNCTION touch();"
     "CREATE TRIGGER rep AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch();"
     "ALTER TABLE t DISABLE TRIGGER ct; ALTER TABLE t ENABLE ALWAYS TRIGGER \"T t\"; ALTER TABLE t ENABLE REPLICA "
     "TRIGGER rep; COMMENT ON TRIGGER touch ON t IS 'trigger';"
     "CREATE TRIGGER pt BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION touch()"},
    {"rule", "CREATE TABLE t (id integer, a text); CREATE VIEW v AS SELECT id, a FROM t",
     "CREATE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO t (id) VALUES (NEW.id); NOTIFY x);"
     "CREATE RULE \"R 2\" AS ON DELETE TO t WHERE OLD.id = 1 DO ALSO SELECT 1; ALTER TABLE t ENABLE REPLICA RULE \"R "
     "2\"; COMMENT ON RULE \"R 2\" ON t IS 'rule'; CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING"},
    {"policy", "CREATE SCHEMA audit; CREATE TABLE t (id integer, a text); CREATE TABLE audit.log (id integer, t text)",
     "CREATE POLICY p1 ON t USING (a = current_user); CREATE POLICY \"P 2\" ON t AS RESTRICTIVE FOR UPDATE TO writer, "
     "\"Reader\" USING (id IN (SELECT l.id FROM audit.log l)) WITH CHECK (true);"
     "CREATE POLICY p1 ON audit.log FOR INSERT WITH CHECK (t IS NOT NULL); COMMENT ON POLICY p1 ON t IS 'policy';"
     "CREATE POLICY p3 ON t FOR DELETE TO current_user"},
};

static void run_ops(const char *url, GPtrArray *ops, const MetaData *before)
{
    g_autofree char *text = postgresql_compiled(ops, before);
    postgresql_run_compiled(url, text);
}

static void test_kind(void **state)
{
    const char *sql = kinds[(guintptr)*state].sql;
    g_autofree char *url = postgresql_database("kind");
    postgresql_run(url, kinds[(guintptr)*state].setup);
    g_autoptr(MetaData) empty = inspect(url);
    postgresql_run(url, sql);
    g_autoptr(MetaData) full = inspect(url);
    g_autofree char *dump = postgresql_dump(url), *expected = text_of(full), *nothing = text_of(empty);
    g_autoptr(GPtrArray) drops = operations_new(), creates = operations_new();
    for (guint i = 0; i < full->objects->len; i++) {
        if (has_same(empty, full->objects->pdata[i]))
            continue;
        g_ptr_array_add(drops, migrate_op_drop_object(full->objects->pdata[i]));
        g_ptr_array_add(creates, migrate_op_create_object(full->objects->pdata[i]));
    }
    assert_true(creates->len > 0);

    run_ops(url, drops, full);
    g_autoptr(MetaData) dropped = inspect(url);
    g_autofree char *left = text_of(dropped);
    assert_text(left, nothing);
    run_ops(url, creates, empty);
    g_autoptr(MetaData) created = inspect(url);
    g_autofree char *found = text_of(created), *found_dump = postgresql_dump(url);
    assert_text(found, expected);
    assert_text(found_dump, dump);
}

/* --- replacing: up and down --- */

static const struct {
    const char *name;   /* of the case */
    const char *script; /* what is there */
    const char *kind, *existing;
    SchemaObject object; /* the model's, in a model's words */
    const char *up;      /* the statements */
    const char *probe, *rows;
} changes[] = {
    {"a comment only",
     "CREATE VIEW v AS SELECT 1 AS a; COMMENT ON VIEW v IS 'old'",
     "view",
     "v",
     {.name = "v", .definition = "CREATE OR REPLACE VIEW v AS SELECT 1 as a", .comment = "it's new"},
     "COMMENT ON VIEW v IS 'it''s new';\n",
     "SELECT obj_description('v'::regclass)",
     "it's new\n"},
    {"the body of a function, in other spellings",
     "CREATE FUNCTION f(a integer, b varchar DEFAULT 'x') RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE TABLE "
     "t (id integer CHECK (f(id)))",
     "function",
     "f",
     {.name = "f",
      .definition =
          "create function f(IN a INT, b character varying = 'y') returns bool stable language sql as 'SELECT false'"},
     "CREATE OR REPLACE FUNCTION f(IN a INT, b character varying = 'y') returns bool stable language sql as 'SELECT "
     "false';\n",
     "SELECT f(1)",
     "f\n"},
    {"another result",
     "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; COMMENT ON FUNCTION f IS 'c'",
     "function",
     "f",
     {.name = "f",
      .definition = "CREATE FUNCTION f(a integer) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$",
      .comment = "c"},
     "DROP FUNCTION f(a integer);\n"
     "CREATE OR REPLACE FUNCTION f(a integer) RETURNS text LANGUAGE sql AS $$ SELECT 'x' "
     "$$;\nCOMMENT ON FUNCTION f(a integer) IS 'c';\n",
     "SELECT f(1)",
     "x\n"},
    {"a default that goes",
     "CREATE FUNCTION f(a integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT a'",
     "function",
     "f",
     {.name = "f", .definition = "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'"},
     "DROP FUNCTION f(a integer);\n"
     "CREATE OR REPLACE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT "
     "a';\n",
     "SELECT pronargdefaults FROM pg_proc WHERE proname = 'f'",
     "0\n"},
    {"one of two functions gets another name and body",
     "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(a text) RETURNS "
     "integer LANGUAGE sql AS 'SELECT 1'",
     "function",
     "f(integer)",
     {.name = "g", .definition = "CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 2'"},
     "ALTER FUNCTION f(a integer) RENAME TO g;\nCREATE OR REPLACE FUNCTION g(a integer) RETURNS integer LANGUAGE sql "
     "AS 'SELECT 2';\n",
     "SELECT g(1), f('x')",
     "2|1\n"},
    {"a procedure",
     "CREATE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN a := 1; END'",
     "procedure",
     "p",
     {.name = "p",
      .definition = "CREATE OR REPLACE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN a := 2; END'"},
     "CREATE OR REPLACE PROCEDURE p(INOUT a integer) LANGUAGE plpgsql AS 'BEGIN a := 2; END';\n",
     "CALL p(0)",
     "2\n"},
    {"an aggregate",
     "CREATE AGGREGATE big(integer) (SFUNC = int4larger, STYPE = integer); COMMENT ON AGGREGATE big(integer) IS 'c'",
     "aggregate",
     "big",
     {.name = "big", .definition = "CREATE AGGREGATE big(integer) (SFUNC = int4smaller, STYPE = integer)"},
     "DROP AGGREGATE big(integer);\n"
     "CREATE AGGREGATE big(integer) (SFUNC = int4smaller, STYPE = integer);\n",
     "SELECT big(i) FROM generate_series(3, 5) i",
     "3\n"},
    {"a view with a trigger and a rule",
     "CREATE TABLE t (id integer, a text); CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION touch() RETURNS trigger "
     "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE "
     "FUNCTION touch(); COMMENT ON TRIGGER tr ON v IS 'mine'; CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING",
     "view",
     "v",
     {.name = "v", .definition = "CREATE VIEW v AS SELECT a, id FROM t"},
     "DROP VIEW v;\n"
     "CREATE VIEW v AS SELECT a, id FROM t;\nCREATE RULE r AS\n    ON DELETE TO v DO INSTEAD "
     "NOTHING;\nCREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION touch();\nCOMMENT ON "
     "TRIGGER tr "
     "ON v IS 'mine';\n",
     "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'v'::regclass",
     "a id\n"},
    {"a view gets another name, what is on it stays",
     "CREATE SCHEMA audit; CREATE VIEW audit.v AS SELECT 1 AS id; COMMENT ON COLUMN audit.v.id IS 'c'; CREATE RULE r "
     "AS "
     "ON DELETE TO audit.v DO INSTEAD NOTHING",
     "view",
     "v",
     {.schema = "audit",
      .name = "W",
      .definition = "CREATE VIEW audit.\"W\" AS\n SELECT 1 AS id;\nCOMMENT ON COLUMN audit.\"W\".id IS 'c'"},
     "ALTER VIEW audit.v RENAME TO \"W\";\n",
     "SELECT id FROM audit.\"W\"",
     "1\n"},
    {"a materialized view with an index",
     "CREATE TABLE t (id integer); CREATE MATERIALIZED VIEW mv AS SELECT id FROM t; CREATE UNIQUE INDEX mv_id ON mv "
     "(id)",
     "materialized_view",
     "mv",
     {.name = "mv",
      .definition =
          "CREATE MATERIALIZED VIEW IF NOT EXISTS mv WITH (fillfactor = 50) AS SELECT id, 2 FROM t WITH NO DATA"},
     "DROP MATERIALIZED VIEW mv;\n"
     "CREATE MATERIALIZED VIEW mv WITH (fillfactor = 50) AS SELECT id, 2 FROM t;\nCREATE "
     "UNIQUE INDEX mv_id ON mv USING btree (id);\n",
     "SELECT indexname FROM pg_indexes WHERE tablename = 'mv'",
     "mv_id\n"},
    {"an index of a materialized view",
     "CREATE MATERIALIZED VIEW mv AS SELECT 1 AS id; CREATE INDEX mv_id ON mv (id)",
     "index",
     "mv_id",
     {.name = "mv_id", .table_name = "mv", .definition = "CREATE UNIQUE INDEX CONCURRENTLY mv_id ON mv (id)"},
     "DROP INDEX mv_id;\nCREATE UNIQUE INDEX mv_id ON mv (id);\n",
     "SELECT indisunique FROM pg_index WHERE indexrelid = 'mv_id'::regclass",
     "t\n"},
    {"a trigger",
     "CREATE TABLE t (id integer); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
     "END'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch(); ALTER TABLE t DISABLE TRIGGER "
     "tr; COMMENT ON TRIGGER tr ON t IS 'c'",
     "trigger",
     "tr",
     {.name = "tr",
      .table_name = "t",
      .definition = "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE PROCEDURE touch()"},
     "DROP TRIGGER tr ON t;\nCREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();\n",
     "SELECT tgenabled FROM pg_trigger WHERE tgname = 'tr'",
     "O\n"},
    {"a rule",
     "CREATE TABLE t (id integer); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
     "rule",
     "r",
     {.name = "r", .table_name = "t", .definition = "CREATE RULE r AS ON INSERT TO t DO ALSO (NOTIFY a; NOTIFY b)"},
     "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (NOTIFY a; NOTIFY b);\n",
     "SELECT is_instead FROM pg_rewrite WHERE rulename = 'r'",
     "f\n"},
    {"a rule that is disabled",
     "CREATE TABLE t (id integer); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING; ALTER TABLE t DISABLE RULE r",
     "rule",
     "r",
     {.name = "r", .table_name = "t", .definition = "CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING"},
     "DROP RULE r ON t;\nCREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING;\n",
     "SELECT ev_enabled FROM pg_rewrite WHERE rulename = 'r'",
     "O\n"},
    {"a policy's roles and conditions",
     "CREATE TABLE t (id integer); CREATE POLICY p ON t FOR UPDATE TO writer USING (id > 0) WITH CHECK (id > 1)",
     "policy",
     "p",
     {.name = "p",
      .table_name = "t",
      .definition = "CREATE POLICY p ON t FOR UPDATE USING (id > 0) WITH CHECK (id > 2)"},
     "ALTER POLICY p ON t TO PUBLIC WITH CHECK (id > 2);\n",
     "SELECT roles, with_check FROM pg_policies",
     "{public}|(id > 2)\n"},
    {"a policy's condition that comes",
     "CREATE TABLE t (id integer); CREATE POLICY p ON t USING (id > 0)",
     "policy",
     "p",
     {.name = "p", .table_name = "t", .definition = "CREATE POLICY p ON t USING (id > 0) WITH CHECK (id > 2)"},
     "DROP POLICY p ON t;\nCREATE POLICY p ON t USING (id > 0) WITH CHECK (id > 2);\n",
     "SELECT with_check FROM pg_policies",
     "(id > 2)\n"},
    {"a policy's name",
     "CREATE TABLE t (id integer); CREATE POLICY p ON t USING (id > 0)",
     "policy",
     "p",
     {.name = "Q", .table_name = "t", .definition = "CREATE POLICY \"Q\" ON t USING (id > 3)"},
     "ALTER POLICY p ON t RENAME TO \"Q\";\nALTER POLICY \"Q\" ON t USING (id > 3);\n",
     "SELECT policyname, qual FROM pg_policies",
     "Q|(id > 3)\n"},
    {"all parts of a domain",
     "CREATE DOMAIN d AS integer DEFAULT 1 NOT NULL CONSTRAINT a CHECK (VALUE > 0) CONSTRAINT b CHECK (VALUE < 9) "
     "CONSTRAINT c CHECK (VALUE <> 5); COMMENT ON CONSTRAINT a ON DOMAIN d IS 'a'; COMMENT ON DOMAIN d IS 'd'; CREATE "
     "TABLE t (id d); INSERT INTO t VALUES (3)",
     "domain",
     "d",
     {.name = "d",
      .definition =
          "CREATE DOMAIN d int DEFAULT 2 CHECK (VALUE > 0) CONSTRAINT b CHECK (VALUE < 7) CHECK (VALUE <> 6)"},
     "COMMENT ON CONSTRAINT a ON DOMAIN d IS NULL;\nALTER DOMAIN d DROP NOT NULL;\nALTER DOMAIN d RENAME CONSTRAINT a "
     "TO d_check;\nALTER DOMAIN d DROP CONSTRAINT b;\nALTER DOMAIN d DROP CONSTRAINT c;\nALTER DOMAIN d ADD CONSTRAINT "
     "b CHECK (VALUE < 7);\nALTER DOMAIN d ADD CONSTRAINT d_check1 CHECK (VALUE <> 6);\nALTER DOMAIN d SET DEFAULT "
     "2;\nCOMMENT ON DOMAIN d IS NULL;\n",
     "SELECT string_agg(conname || pg_get_constraintdef(oid), ' ' ORDER BY conname) FROM pg_constraint WHERE contypid "
     "= 'd'::regtype AND contype = 'c'",
     "bCHECK ((VALUE < 7)) d_checkCHECK ((VALUE > 0)) d_check1CHECK ((VALUE <> 6))\n"},
    {"a domain's constraint becomes valid",
     "CREATE DOMAIN d AS integer; ALTER DOMAIN d ADD CONSTRAINT a CHECK (VALUE > 0) NOT VALID",
     "domain",
     "d",
     {.name = "d", .definition = "CREATE DOMAIN d AS integer CONSTRAINT a CHECK (VALUE > 0)"},
     "ALTER DOMAIN d VALIDATE CONSTRAINT a;\n",
     "SELECT convalidated FROM pg_constraint WHERE conname = 'a'",
     "t\n"},
    {"a domain's base type",
     "CREATE SCHEMA audit; CREATE DOMAIN audit.d AS integer CHECK (VALUE > 0); COMMENT ON DOMAIN audit.d IS 'c'; "
     "CREATE "
     "TABLE t (id audit.d DEFAULT 4, many audit.d[], n integer); INSERT INTO t VALUES (3, '{1,2}', 7)",
     "domain",
     "d",
     {.schema = "audit",
      .name = "d",
      .definition = "CREATE DOMAIN audit.d AS text CHECK (VALUE <> '')",
      .comment = "c"},
     "ALTER TABLE t ALTER COLUMN id DROP DEFAULT;\nALTER TABLE t ALTER COLUMN id TYPE text USING id::text;\n"
     "ALTER TABLE t ALTER COLUMN many TYPE text USING many::text;\nDROP DOMAIN audit.d;\n"
     "CREATE DOMAIN audit.d AS text CHECK (VALUE <> '');\nCOMMENT ON DOMAIN audit.d IS 'c';\n"
     "ALTER TABLE t ALTER COLUMN id TYPE audit.d USING id::audit.d;\nALTER TABLE t ALTER COLUMN id SET DEFAULT 4;\n"
     "ALTER TABLE t ALTER COLUMN many TYPE audit.d[] USING many::audit.d[];\n",
     "SELECT id || 'x', many, n FROM t",
     "3x|{1,2}|7\n"},
    {"a domain's base type under a function",
     "CREATE DOMAIN d AS integer; CREATE FUNCTION f(d) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
     "domain",
     "d",
     {.name = "d", .definition = "CREATE DOMAIN d AS text"},
     NULL,
     "SELECT format_type(typbasetype, NULL), f(NULL) FROM pg_type WHERE oid = 'd'::regtype",
     "text|1\n"},
    {"a domain in arrays gets a check",
     "CREATE DOMAIN d AS integer; CREATE TABLE t (id d[] DEFAULT '{1}'); INSERT INTO t VALUES ('{3,4}');"
     "CREATE VIEW v AS SELECT id FROM t; CREATE INDEX i ON t (id)",
     "domain",
     "d",
     {.name = "d", .definition = "CREATE DOMAIN d AS integer CHECK (VALUE > 0)"},
     NULL,
     "SELECT id FROM v",
     "{3,4}\n"},
    {"a domain's name and default",
     "CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TABLE t (id d)",
     "domain",
     "d",
     {.name = "e", .definition = "CREATE DOMAIN e AS integer DEFAULT 3 CONSTRAINT d_check CHECK (VALUE > 0)"},
     "ALTER DOMAIN d RENAME TO e;\nALTER DOMAIN e SET DEFAULT 3;\n",
     "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'id'",
     "e\n"},
    {"a composite type's attributes",
     "CREATE TYPE c AS (a integer, b text, d text); COMMENT ON COLUMN c.a IS 'a'; COMMENT ON COLUMN c.b IS 'b'",
     "composite_type",
     "c",
     {.name = "c",
      .definition = "CREATE TYPE c AS (a bigint, d text, e numeric(10, 2));\nCOMMENT ON COLUMN c.e IS 'e'"},
     "COMMENT ON COLUMN c.a IS NULL;\nCOMMENT ON COLUMN c.b IS NULL;\nALTER TYPE c DROP "
     "ATTRIBUTE b, ADD ATTRIBUTE e numeric(10, 2);\nALTER TYPE c ALTER ATTRIBUTE a TYPE bigint;\nCOMMENT ON COLUMN c.e "
     "IS 'e';\n",
     "SELECT string_agg(attribute_name, ' ' ORDER BY ordinal_position) FROM information_schema.attributes",
     "a d e\n"},
    {"an attribute of a type in use",
     "CREATE TYPE c AS (a integer, b text); CREATE TABLE t (id c); INSERT INTO t VALUES ('(1,x)')",
     "composite_type",
     "c",
     {.name = "c", .definition = "CREATE TYPE c AS (a int, b text, d text)"},
     "ALTER TYPE c ADD ATTRIBUTE d text;\n",
     "SELECT id FROM t",
     "(1,x,)\n"},
    {"the type of an attribute in use",
     "CREATE TYPE c AS (a integer, b text); CREATE TABLE t (id c[]); INSERT INTO t VALUES ('{\"(1,x)\"}');"
     "CREATE VIEW v AS SELECT id[1] AS id FROM t",
     "composite_type",
     "c",
     {.name = "c", .definition = "CREATE TYPE c AS (a bigint, b text)"},
     NULL,
     "SELECT id FROM v",
     "(1,x)\n"},
    {"a range type in use",
     "CREATE TYPE r AS RANGE (SUBTYPE = float8); CREATE TABLE t (id r, many r_multirange, CHECK (lower(id) > 0));"
     "INSERT INTO t VALUES ('[1,2)', '{[3,4)}'); CREATE INDEX i ON t USING gist (id)",
     "range_type",
     "r",
     {.name = "r", .definition = "CREATE TYPE r AS RANGE (SUBTYPE = numeric)"},
     NULL,
     "SELECT id, many FROM t",
     "[1,2)|{[3,4)}\n"},
    {"a range type",
     "CREATE TYPE r AS RANGE (SUBTYPE = float8)",
     "range_type",
     "r",
     {.name = "r", .definition = "CREATE TYPE r AS RANGE (SUBTYPE = numeric)"},
     "DROP TYPE r;\nCREATE TYPE r AS RANGE (SUBTYPE = numeric);\n",
     "SELECT rngsubtype::regtype FROM pg_range WHERE rngtypid = 'r'::regtype",
     "numeric\n"},
    {"an extension's schema",
     "CREATE SCHEMA audit; CREATE EXTENSION pg_trgm",
     "extension",
     "pg_trgm",
     {.name = "pg_trgm",
      .definition = "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA audit VERSION '1.6' CASCADE"},
     "ALTER EXTENSION pg_trgm SET SCHEMA audit;\n",
     "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_trgm'",
     "audit\n"},
    {"a schema's comment",
     "CREATE SCHEMA audit",
     "schema",
     "audit",
     {.name = "audit", .definition = "CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION postgres", .comment = "c"},
     "COMMENT ON SCHEMA audit IS 'c';\n",
     "SELECT obj_description('audit'::regnamespace)",
     "c\n"},
};

static SchemaObject *model_object(const char *kind, const SchemaObject *plain)
{
    g_autoptr(GError) error = NULL;
    SchemaObject *object = schema_object_new(kind, plain->schema, plain->name, plain->definition);
    object->comment = g_strdup(plain->comment);
    object->table_name = g_strdup(plain->table_name);
    if (!postgresql_adapt_object(object, NULL, &error))
        fail_msg("%s", error->message);
    return object;
}

static void check_rows(const char *url, const char *query, const char *expected)
{
    g_autofree char *rows = postgresql_rows(url, query);
    assert_text(rows, expected);
}

static void test_change(void **state)
{
    const guintptr i = (guintptr)*state;
    g_autoptr(GError) error = NULL;
    g_autofree char *url = postgresql_database("change");
    postgresql_run(url, changes[i].script);
    g_autofree char *dump = postgresql_dump(url);
    g_autoptr(MetaData) before = inspect(url);
    g_autoptr(SchemaObject) object = model_object(changes[i].kind, &changes[i].object);
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, migrate_op_replace_object(object_in(before, changes[i].kind, changes[i].existing), object));

    g_autofree char *up = postgresql_compiled(ops, before);
    if (changes[i].up)
        assert_text(up, changes[i].up);
    postgresql_run_compiled(url, up);
    check_rows(url, changes[i].probe, changes[i].rows);

    g_autoptr(MetaData) after = metadata_copy(before);
    assert_true(operations_apply(ops, after, &error));
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    run_ops(url, reverse, after);
    g_autofree char *found = postgresql_dump(url);
    assert_text(found, dump);
}

/* --- what cannot be done --- */

static const struct {
    const char *script, *kind, *existing, *definition, *message;
} refused[] = {
    {"CREATE TYPE c AS (a integer, b text); CREATE TABLE t (id c)", "composite_type", "c",
     "CREATE TYPE c AS (b text, a integer)",
     "composite_type 'c': the order of its attributes cannot change while column 't.id' uses it; create a type of "
     "another name, move the column to it, then drop this one"},
    {"CREATE DOMAIN d AS integer", "domain", "d", "CREATE DOMAIN d AS integer CHECK (VALUE > 0) PRIMARY KEY",
     "domain 'd': cannot read 'PRIMARY KEY' in its definition"},
};

static void test_refused(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *url = postgresql_database("refused");
        postgresql_run(url, refused[i].script);
        g_autoptr(MetaData) before = inspect(url);
        g_autoptr(SchemaObject) object =
            schema_object_new(refused[i].kind, NULL, refused[i].existing, refused[i].definition);
        g_autoptr(GPtrArray) ops = operations_new();
        g_ptr_array_add(ops,
                        migrate_op_replace_object(object_in(before, refused[i].kind, refused[i].existing), object));
        assert_null(postgresql_dialect.compile(ops, before, &error));
        assert_text(error->message, refused[i].message);
    }
}

/* --- models --- */

static void test_adapt(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name, *definition, *expected, *note;
    } cases[] = {
        {"view", "v", "create or replace view V as select 1;", "CREATE VIEW V as select 1", NULL},
        {"function", "f(integer)", "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql RETURN 1",
         "CREATE OR REPLACE FUNCTION f(integer) RETURNS integer LANGUAGE sql RETURN 1", NULL},
        {"schema", "a b", "CREATE SCHEMA \"a b\" AUTHORIZATION joe", "CREATE SCHEMA \"a b\"",
         "schema 'a b': AUTHORIZATION is left out: owners are not compared"},
        {"extension", "citext", "CREATE EXTENSION citext WITH SCHEMA public", "CREATE EXTENSION citext", NULL},
        {"extension", "hstore", "CREATE EXTENSION hstore SCHEMA audit VERSION '1.8'",
         "CREATE EXTENSION hstore SCHEMA audit",
         "extension 'hstore': VERSION is left out: the server's default version is installed"},
        {"materialized_view", "mv", "CREATE MATERIALIZED VIEW mv AS SELECT 1 WITH NO DATA",
         "CREATE MATERIALIZED VIEW mv AS SELECT 1",
         "materialized_view 'mv': WITH NO DATA is left out: a revision fills what it creates"},
        {"trigger", "t", "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON x EXECUTE PROCEDURE f()",
         "CREATE TRIGGER t BEFORE INSERT ON x EXECUTE FUNCTION f()", NULL},
        {"view", "v", "CREATE VIEW w AS SELECT 1", NULL, "view 'v': its definition creates 'w'"},
        {"view", "v", "CREATE TABLE v (id integer)", NULL, "view 'v': its definition is no CREATE VIEW with a name"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) notes = strings_new();
        g_autoptr(SchemaObject) object = schema_object_new(cases[i].kind, NULL, cases[i].name, cases[i].definition);
        if (postgresql_adapt_object(object, notes, &error)) {
            assert_text(object->definition, cases[i].expected);
            assert_text(notes->len ? notes->pdata[0] : NULL, cases[i].note);
        } else {
            assert_null(cases[i].expected);
            assert_text(error->message, cases[i].note);
        }
    }
    assert_true(postgresql_has_object_kind("policy"));
    assert_false(postgresql_has_object_kind("event"));
}

/* --- what is not reported --- */

static void test_left_out(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("left_out");
    postgresql_run(url, "CREATE SCHEMA elsewhere; CREATE VIEW elsewhere.v AS SELECT 1; CREATE EXTENSION pg_trgm;"
                        "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE r AS RANGE (SUBTYPE = float8);"
                        "CREATE TABLE t (id integer PRIMARY KEY, p integer REFERENCES t)");
    g_autoptr(MetaData) metadata = inspect(url);
    g_autofree char *text = text_of(metadata);
    assert_text(text, "extension .pg_trgm () uses, '': CREATE EXTENSION pg_trgm\n"
                      "range_type .r () uses, '': CREATE TYPE r AS RANGE (SUBTYPE = double precision)\n");
}

static int start(void **state)
{
    (void)state;
    postgresql_run(postgresql_start(), "CREATE ROLE \"Reader\"; CREATE ROLE writer");
    return 0;
}

int main(void)
{
    GArray *tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    for (guintptr i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct CMUnitTest test = {kinds[i].kind, test_kind, NULL, NULL, (void *)i};
        g_array_append_val(tests, test);
    }
    for (guintptr i = 0; i < G_N_ELEMENTS(changes); i++) {
        const struct CMUnitTest test = {changes[i].name, test_change, NULL, NULL, (void *)i};
        g_array_append_val(tests, test);
    }
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_adapt),
        cmocka_unit_test(test_left_out),
    };
    g_array_append_vals(tests, others, G_N_ELEMENTS(others));
    int failed =
        _cmocka_run_group_tests("postgresql_object", (const struct CMUnitTest *)tests->data, tests->len, start, NULL);
    g_array_unref(tests);
    return failed;
}
