/* Views, triggers, routines, events and sequences on a real server: what the catalog says of them is run again and
 * gives the same, and changes arrive; the server's own dump judges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/mysql/object.h"
#include "support/connection.h"
#include "support/mysql.h"

static MetaData *inspect(const char *url)
{
    g_autoptr(Connection) connection = test_connect_set_up(&mariadb_dialect, url);
    g_autoptr(GError) error = NULL;
    MetaData *metadata = mariadb_dialect.inspect(connection, NULL, &error);
    if (!metadata)
        fail_msg("%s", error->message);
    return metadata;
}

static const SchemaObject *find(const MetaData *metadata, const char *kind, const char *name)
{
    const SchemaObject *object = metadata_find_object(metadata, kind, NULL, name);
    if (!object)
        fail_msg("there is no %s '%s'", kind, name);
    return object;
}

static void assert_definition(const MetaData *metadata, const char *kind, const char *name, const char *expected)
{
    assert_string_equal(find(metadata, kind, name)->definition, expected);
}

static void assert_uses(const MetaData *metadata, const char *kind, const char *name, const char *expected)
{
    const SchemaObject *object = find(metadata, kind, name);
    g_autoptr(GString) uses = g_string_new(NULL);
    for (guint i = 0; i < object->depends_on->len; i++)
        g_string_append_printf(uses, "%s%s", i ? " " : "", (char *)object->depends_on->pdata[i]);
    assert_string_equal(uses->str, expected);
}

/* Sorts, compiles and runs them: the statements, each with ";\n" behind it. New string. */
static char *run_ops(const char *url, GPtrArray *ops)
{
    g_autoptr(Connection) connection = test_connect_set_up(&mariadb_dialect, url);
    g_autoptr(MetaData) before = inspect(url);
    g_autoptr(GError) error = NULL;
    GString *text = g_string_new(NULL);
    assert_true(operations_sort(ops, TRUE, NULL));
    g_autoptr(GPtrArray) blocks = mariadb_dialect.compile(ops, before, &error);
    if (!blocks)
        fail_msg("%s", error->message);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++) {
            const char *sql = block->statements->pdata[j];
            g_string_append_printf(text, "%s;\n", sql);
            if (!connection_execute(connection, sql, &error))
                fail_msg("%s\n%s", error->message, sql);
        }
    }
    return g_string_free(text, FALSE);
}

/* mysqldump's word, without who created it. New string. */
static char *dump(const char *database)
{
    g_autofree char *socket = g_strdup_printf("--socket=%s", mysql_server_socket());
    const char *arguments[] = {"mariadb-dump", "--no-defaults", socket,      "--user=root", "--routines", "--triggers",
                               "--events",     "--no-data",     "--compact", database,      NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL, *complaints = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, &complaints, &status,
                      &error) ||
        status != 0)
        fail_msg("mariadb-dump: %s", error ? error->message : complaints);
    g_autoptr(GRegex) definer = g_regex_new("DEFINER=`[^`]*`@`[^`]*` ?", 0, 0, NULL);
    return g_regex_replace_literal(definer, text, -1, 0, "", 0, NULL);
}

/* --- reading --- */

/* With routines said as they are written again, which SHOW CREATE keeps. */
static const char all_kinds[] =
    "SET sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';\n"
    "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), `order` INT);\n"
    "CREATE TABLE u (id INT PRIMARY KEY, log VARCHAR(99));\n"
    "CREATE VIEW v AS SELECT id, upper(a) AS b, 'objects.t `objects`.x' AS lit, objects.t.a AS `quo``ted`, `order` "
    "FROM t WHERE a <> 'x''y\\\\';\n"
    "CREATE ALGORITHM=MERGE DEFINER=root@localhost SQL SECURITY INVOKER VIEW v2 (x, y) AS SELECT id, b FROM v WHERE "
    "id > 3 WITH CASCADED CHECK OPTION;\n"
    "CREATE VIEW a_first AS SELECT x FROM v2;\n"
    "CREATE ALGORITHM=TEMPTABLE VIEW v3 AS SELECT count(*) AS n FROM objects.t a JOIN u ON u.id = a.id;\n"
    "CREATE VIEW v4 AS SELECT id FROM t WITH LOCAL CHECK OPTION;\n"
    "CREATE TRIGGER tr1 BEFORE INSERT ON t FOR EACH ROW BEGIN\n  /* why */\n  SET new.a = upper(new.a);\nEND;\n"
    "CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr1 SET new.a = 'x';\n"
    "CREATE TRIGGER tr0 BEFORE INSERT ON t FOR EACH ROW PRECEDES tr1 INSERT INTO u VALUES (new.id, 'l');\n"
    "CREATE TRIGGER tr3 AFTER DELETE ON t FOR EACH ROW INSERT INTO u VALUES (old.id, 'x');\n"
    "CREATE FUNCTION f(a INTEGER, b VARCHAR(20)) RETURNS VARCHAR(30) DETERMINISTIC NO SQL SQL SECURITY INVOKER COMMENT "
    "'it''s' RETURN concat(a, b);\n"
    "CREATE FUNCTION f2() RETURNS DECIMAL(10,2) UNSIGNED READS SQL DATA BEGIN DECLARE x INT; SELECT count(*) INTO x "
    "FROM t; RETURN x; END;\n"
    "CREATE FUNCTION f3(e ENUM('a','b') CHARSET latin1, d DATETIME(3), j JSON, k TEXT CHARSET utf8mb4 COLLATE "
    "utf8mb4_bin) RETURNS "
    "TEXT CHARSET utf8mb3 RETURN 'x';\n"
    "CREATE VIEW with_function AS SELECT f(id, a) AS x FROM t;\n"
    "CREATE PROCEDURE p(a INTEGER, OUT b VARCHAR(10), INOUT c NUMERIC(5, 2)) MODIFIES SQL DATA\nBEGIN\n  -- why\n  SET "
    "b "
    "= 'x;';\nEND;\n"
    "CREATE PROCEDURE p0() CALL p(1, @a, @b);\n"
    "CREATE AGGREGATE FUNCTION agg(x INTEGER) RETURNS INT BEGIN DECLARE s INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR "
    "NOT "
    "FOUND RETURN s; LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END;\n"
    "CREATE EVENT e1 ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ENDS '2031-01-01 00:00:00' ON COMPLETION "
    "PRESERVE DISABLE COMMENT 'c' DO BEGIN DELETE FROM u; END;\n"
    "CREATE EVENT e2 ON SCHEDULE AT '2030-01-01 10:00:00' DO DELETE FROM u;\n"
    "CREATE EVENT e3 ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01' ON COMPLETION NOT PRESERVE ENABLE DO "
    "CALL p0();\n"
    "CREATE EVENT e4 ON SCHEDULE EVERY 5 MINUTE STARTS '2030-01-01' DISABLE ON SLAVE DO CALL p0();\n"
    "CREATE SEQUENCE s;\n"
    "CREATE SEQUENCE s2 START WITH 10 INCREMENT BY -2 MINVALUE -100 MAXVALUE 10 CACHE 5 CYCLE COMMENT='down';\n"
    "CREATE SEQUENCE s3 NOCACHE";

static void test_views(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "view", "v",
                      "CREATE VIEW v AS select t.id AS id,ucase(t.a) AS b,'objects.t `objects`.x' AS lit,t.a AS "
                      "`quo``ted`,t.`order` AS `order` from t where t.a <> 'x\\'y\\\\'");
    assert_definition(read, "view", "v2",
                      "CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v2 AS select v.id AS x,v.b AS y from v where "
                      "v.id > 3 WITH CASCADED CHECK OPTION");
    assert_definition(read, "view", "v3",
                      "CREATE ALGORITHM = TEMPTABLE VIEW v3 AS select count(0) AS n from (t a join u on(u.id = a.id))");
    assert_definition(read, "view", "v4", "CREATE VIEW v4 AS select t.id AS id from t WITH LOCAL CHECK OPTION");
    assert_definition(read, "view", "with_function", "CREATE VIEW with_function AS select `f`(t.id,t.a) AS x from t");
    assert_uses(read, "view", "v", "t");
    assert_uses(read, "view", "v2", "v");
    assert_uses(read, "view", "v3", "t u");
    assert_uses(read, "view", "with_function", "f t");
}

static void test_triggers(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "trigger", "tr0",
                      "CREATE TRIGGER tr0 BEFORE INSERT ON t FOR EACH ROW INSERT INTO u VALUES (new.id, 'l')");
    assert_definition(read, "trigger", "tr1",
                      "CREATE TRIGGER tr1 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr0 BEGIN\n  /* why */\n  SET new.a "
                      "= upper(new.a);\nEND");
    assert_definition(read, "trigger", "tr2",
                      "CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr1 SET new.a = 'x'");
    assert_definition(read, "trigger", "tr3",
                      "CREATE TRIGGER tr3 AFTER DELETE ON t FOR EACH ROW INSERT INTO u VALUES (old.id, 'x')");
    assert_string_equal(find(read, "trigger", "tr3")->table_name, "t");
    assert_uses(read, "trigger", "tr0", "u");
    assert_uses(read, "trigger", "tr1", "tr0");
}

static void test_routines(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "function", "f",
                      "CREATE FUNCTION f(a INTEGER, b VARCHAR(20)) RETURNS VARCHAR(30)\nDETERMINISTIC\nNO SQL\nSQL "
                      "SECURITY INVOKER\nRETURN concat(a, b)");
    assert_string_equal(find(read, "function", "f")->comment, "it's");
    assert_definition(read, "function", "f2",
                      "CREATE FUNCTION f2() RETURNS DECIMAL(10,2) UNSIGNED\nREADS SQL DATA\nBEGIN DECLARE x INT; "
                      "SELECT count(*) INTO x FROM t; RETURN x; END");
    assert_definition(
        read, "function", "f3",
        "CREATE FUNCTION f3(e ENUM('a','b') CHARSET latin1, d DATETIME(3), j JSON, k TEXT CHARSET utf8mb4 "
        "COLLATE utf8mb4_bin) RETURNS TEXT CHARSET utf8mb3\nRETURN 'x'");
    assert_definition(read, "procedure", "p",
                      "CREATE PROCEDURE p(a INTEGER, OUT b VARCHAR(10), INOUT c NUMERIC(5, 2))\nMODIFIES SQL DATA\n"
                      "BEGIN\n  -- why\n  SET b = 'x;';\nEND");
    assert_definition(read, "procedure", "p0", "CREATE PROCEDURE p0()\nCALL p(1, @a, @b)");
    assert_true(g_str_has_prefix(find(read, "function", "agg")->definition,
                                 "CREATE AGGREGATE FUNCTION agg(x INTEGER) RETURNS INTEGER\nBEGIN DECLARE"));
    assert_uses(read, "procedure", "p0", "p");
    assert_uses(read, "function", "f2", "t");
}

static void test_events_and_sequences(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    mysql_run(url, "CREATE EVENT now ON SCHEDULE EVERY 2 WEEK DO SELECT 1");
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "event", "e1",
                      "CREATE EVENT e1\nON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ENDS '2031-01-01 "
                      "00:00:00'\nON COMPLETION PRESERVE\nDISABLE\nDO BEGIN DELETE FROM u; END");
    assert_string_equal(find(read, "event", "e1")->comment, "c");
    assert_definition(read, "event", "e2", "CREATE EVENT e2\nON SCHEDULE AT '2030-01-01 10:00:00'\nDO DELETE FROM u");
    assert_definition(
        read, "event", "e3",
        "CREATE EVENT e3\nON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00'\nDO CALL p0()");
    assert_definition(read, "event", "e4",
                      "CREATE EVENT e4\nON SCHEDULE EVERY 5 MINUTE STARTS '2030-01-01 00:00:00'\nDISABLE ON SLAVE\nDO "
                      "CALL p0()");
    assert_definition(read, "event", "now", "CREATE EVENT now\nON SCHEDULE EVERY 2 WEEK\nDO SELECT 1");
    assert_uses(read, "event", "e3", "p0");

    assert_int_equal(read->sequences->len, 3);
    const Sequence *s = read->sequences->pdata[0], *s2 = read->sequences->pdata[1], *s3 = read->sequences->pdata[2];
    assert_null(s->options.start);
    assert_null(s->options.increment);
    assert_null(s->options.minvalue);
    assert_null(s->options.maxvalue);
    assert_null(s->options.cache);
    assert_false(s->options.cycle);
    assert_null(s->comment);
    assert_null(s2->options.start); /* a descending one starts at its maximum */
    assert_string_equal(s2->options.increment, "-2");
    assert_string_equal(s2->options.minvalue, "-100");
    assert_string_equal(s2->options.maxvalue, "10");
    assert_string_equal(s2->options.cache, "5");
    assert_true(s2->options.cycle);
    assert_string_equal(s2->comment, "down");
    assert_string_equal(s3->options.cache, "0");
}

/* A table, an alias or a database may have one name. */
static void test_names_like_the_database(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("same");
    mysql_run(url, "CREATE TABLE same (id INT, same INT); CREATE TABLE t (same INT);"
                   "CREATE VIEW a AS SELECT same.id, same.same FROM same;"
                   "CREATE VIEW b AS SELECT same.same FROM t same JOIN t ON t.same = same.same;"
                   "CREATE VIEW c AS SELECT t.same FROM t");
    g_autofree char *before = dump("same");
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "view", "a", "CREATE VIEW a AS select same.id AS id,same.same AS same from same");
    assert_definition(read, "view", "b",
                      "CREATE VIEW b AS select same.same AS same from (t same join t on(t.same = same.same))");
    assert_definition(read, "view", "c", "CREATE VIEW c AS select t.same AS same from t");
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < read->objects->len; i++) {
        const SchemaObject *object = read->objects->pdata[i];
        g_ptr_array_add(ops, migrate_op_replace_object(object, object));
    }
    G_GNUC_UNUSED g_autofree char *sql = run_ops(url, ops);
    g_autofree char *after = dump("same");
    assert_string_equal(after, before);
}

/* What information_schema does not tell of strings. */
static void test_strings_in_bodies(void **state)
{
    (void)state;
#define STRINGS "concat('\\\\', 'a\\'b', 'it''s', \"x'y\", '\\n', _latin1'z', n'q', '\\%')"
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, "CREATE TABLE t (a VARCHAR(20));"
                   "CREATE PROCEDURE p() SELECT " STRINGS ";"
                   "CREATE FUNCTION f(x VARCHAR(9)) RETURNS VARCHAR(20) COMMENT 'it''s' RETURN " STRINGS ";"
                   "CREATE TRIGGER tr1 BEFORE INSERT ON objects.t FOR EACH ROW SET new.a = " STRINGS ";"
                   "CREATE TRIGGER objects.tr2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr1 SET new.a = " STRINGS ";"
                   "CREATE EVENT e ON SCHEDULE EVERY 1 DAY COMMENT 'x' DO SET @a = " STRINGS);
    g_autoptr(MetaData) read = inspect(url);
    assert_definition(read, "procedure", "p", "CREATE PROCEDURE p()\nSELECT " STRINGS);
    assert_definition(read, "function", "f", "CREATE FUNCTION f(x VARCHAR(9)) RETURNS VARCHAR(20)\nRETURN " STRINGS);
    assert_string_equal(find(read, "function", "f")->comment, "it's");
    assert_definition(read, "trigger", "tr1",
                      "CREATE TRIGGER tr1 BEFORE INSERT ON t FOR EACH ROW SET new.a = " STRINGS);
    assert_definition(read, "trigger", "tr2",
                      "CREATE TRIGGER tr2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr1 SET new.a = " STRINGS);
    assert_definition(read, "event", "e", "CREATE EVENT e\nON SCHEDULE EVERY 1 DAY\nDO SET @a = " STRINGS);
}

/* The server tells nobody else the body of a routine, and says no less than that it is there. */
static void test_hidden_definitions(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, "CREATE PROCEDURE secret() SELECT 1; CREATE OR REPLACE USER guest; GRANT EXECUTE ON objects.* TO "
                   "guest");
    g_autofree char *guest = g_strdup_printf("mysql://guest@127.0.0.1:%d/objects", mysql_server_port());
    g_autoptr(Connection) connection = test_connect_set_up(&mariadb_dialect, guest);
    g_autoptr(GError) error = NULL;
    assert_null(mariadb_dialect.inspect(connection, NULL, &error));
    assert_string_equal(error->message, "the server does not show the definition of procedure 'secret' to this "
                                        "account: grant it SELECT ON mysql.proc");
    mysql_run(url, "DROP PROCEDURE secret; CREATE TABLE t (id INT); CREATE VIEW v AS SELECT id FROM t; GRANT SELECT ON "
                   "objects.* TO guest");
    g_clear_error(&error);
    g_autoptr(Connection) again = test_connect_set_up(&mariadb_dialect, guest); /* privileges are those of its start */
    assert_null(mariadb_dialect.inspect(again, NULL, &error));
    assert_string_equal(error->message, "the server does not show the definition of view 'v' to this account: grant it "
                                        "SHOW VIEW");
    mysql_run(url, "DROP USER guest");
}

/* --- compiling --- */

static void add_sequence_op(GPtrArray *ops, OpKind kind, const Sequence *existing, const Sequence *sequence)
{
    MigrateOp *op = migrate_op_new(kind);
    op->existing_sequence = existing ? sequence_copy(existing) : NULL;
    op->sequence = sequence ? sequence_copy(sequence) : NULL;
    g_ptr_array_add(ops, op);
}

static void test_drop_and_create_all(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    g_autofree char *before = dump("objects");
    g_autoptr(MetaData) read = inspect(url);
    g_autoptr(GPtrArray) drops = operations_new(), creates = operations_new();
    for (guint i = 0; i < read->objects->len; i++) {
        g_ptr_array_add(drops, migrate_op_drop_object(read->objects->pdata[i]));
        g_ptr_array_add(creates, migrate_op_create_object(read->objects->pdata[i]));
    }
    for (guint i = 0; i < read->sequences->len; i++) {
        add_sequence_op(drops, OP_DROP_SEQUENCE, read->sequences->pdata[i], NULL);
        add_sequence_op(creates, OP_CREATE_SEQUENCE, NULL, read->sequences->pdata[i]);
    }
    G_GNUC_UNUSED g_autofree char *dropped = run_ops(url, drops);
    g_autofree char *left =
        mysql_rows(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1");
    assert_string_equal(left, "t\nu\n");
    G_GNUC_UNUSED g_autofree char *created = run_ops(url, creates);
    g_autofree char *after = dump("objects");
    assert_string_equal(after, before);
}

/* From what the definition says now to another one, by an op of the adapted both. */
static char *replace(const char *url, const char *kind, const char *name, const char *definition, const char *comment)
{
    g_autoptr(MetaData) read = inspect(url);
    g_autoptr(SchemaObject) object = schema_object_new(kind, NULL, name, definition);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(GError) error = NULL;
    object->comment = g_strdup(comment);
    if (!mysql_adapt_object(object, FLAVOUR_MARIADB, NULL, &error))
        fail_msg("%s", error->message);
    g_ptr_array_add(ops, migrate_op_replace_object(find(read, kind, name), object));
    char *sql = run_ops(url, ops);
    g_autoptr(MetaData) after = inspect(url);
    const SchemaObject *found = find(after, kind, name);
    if (strcmp(kind, "view") != 0)
        assert_string_equal(found->definition, object->definition);
    assert_string_equal(found->comment ? found->comment : "", comment ? comment : "");
    return sql;
}

static void test_replace(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("objects");
    mysql_run(url, all_kinds);
    g_autofree char *view = replace(url, "view", "v4", "create view v4 as select id + 1 as id from t", NULL);
    assert_string_equal(view, "CREATE OR REPLACE VIEW v4 AS select id + 1 as id from t;\n");
    g_autofree char *function =
        replace(url, "function", "f", "create function f(x int) returns int no sql return x", NULL);
    assert_string_equal(function, "CREATE OR REPLACE FUNCTION f(x int) RETURNS INTEGER\nNO SQL\nreturn x;\n");
    g_autofree char *comment =
        replace(url, "function", "f", "create function f(x int) returns int no sql return x", "so\\'s");
    assert_string_equal(comment, "ALTER FUNCTION f COMMENT 'so\\\\''s';\n");
    g_autofree char *uncommented =
        replace(url, "function", "f", "create function f(x int) returns int no sql return x", NULL);
    assert_string_equal(uncommented, "ALTER FUNCTION f COMMENT '';\n");
    g_autofree char *procedure = replace(url, "procedure", "p0", "create procedure p0() begin end", "nothing");
    assert_string_equal(procedure, "CREATE OR REPLACE PROCEDURE p0()\nCOMMENT 'nothing'\nbegin end;\n");
    g_autofree char *event =
        replace(url, "event", "e2", "create event e2 on schedule every 1 year disable do call p0()", "yearly");
    assert_string_equal(event, "CREATE OR REPLACE EVENT e2\nON SCHEDULE EVERY 1 YEAR\nDISABLE\nCOMMENT 'yearly'\nDO "
                               "call p0();\n");
    g_autofree char *renamed =
        replace(url, "event", "e2", "create event e2 on schedule every 1 year disable do call p0()", "each year");
    assert_string_equal(renamed, "ALTER EVENT e2 COMMENT 'each year';\n");
    g_autofree char *trigger = replace(
        url, "trigger", "tr1", "create trigger tr1 before insert on t for each row follows tr0 set @a = 1", NULL);
    assert_string_equal(trigger,
                        "CREATE OR REPLACE TRIGGER tr1 BEFORE INSERT ON t FOR EACH ROW FOLLOWS tr0 set @a = 1;\n");
    g_autofree char *first =
        replace(url, "trigger", "tr0", "create trigger tr0 before insert on t for each row set @a = 2", NULL);
    assert_string_equal(first,
                        "CREATE OR REPLACE TRIGGER tr0 BEFORE INSERT ON t FOR EACH ROW PRECEDES tr1 set @a = 2;\n");
}

/* MySQL has no CREATE OR REPLACE for routines: what a person has to grant again is said. */
static void test_replace_on_mysql(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = metadata_new(FALSE);
    SchemaObject *existing = schema_object_new("function", NULL, "f", "CREATE FUNCTION f() RETURNS INTEGER\nRETURN 1");
    g_autoptr(SchemaObject) object =
        schema_object_new("function", NULL, "f", "CREATE FUNCTION f() RETURNS INTEGER\nRETURN 2");
    g_ptr_array_add(before->objects, existing);
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, migrate_op_replace_object(existing, object));
    g_autoptr(GPtrArray) blocks = mysql_dialect.compile(ops, before, NULL);
    assert_non_null(blocks);
    const GPtrArray *statements = ((const SqlBlock *)blocks->pdata[0])->statements;
    assert_int_equal(statements->len, 2);
    assert_string_equal(statements->pdata[0], "DROP FUNCTION f");
    assert_string_equal(statements->pdata[1], "-- Privileges granted on 'f' are lost when it is dropped: grant them "
                                              "again behind this.\nCREATE FUNCTION f() RETURNS INTEGER\nRETURN 2");
}

/* --- the order of triggers: from any to any other --- */

static void add_trigger(MetaData *model, guint number, guint body)
{
    g_autofree char *name = g_strdup_printf("tr%u", number);
    g_autofree char *definition =
        g_strdup_printf("CREATE TRIGGER %s BEFORE INSERT ON t FOR EACH ROW SET @x = %u", name, body);
    SchemaObject *object = schema_object_new("trigger", NULL, name, definition);
    assert_true(mysql_adapt_object(object, FLAVOUR_MARIADB, NULL, NULL));
    g_ptr_array_add(model->objects, object);
}

/* Some of six, in some order. */
static MetaData *random_triggers(GRand *random)
{
    MetaData *model = metadata_new(FALSE);
    guint numbers[] = {0, 1, 2, 3, 4, 5};
    guint n = (guint)g_rand_int_range(random, 1, 7);
    for (guint i = 0; i < n; i++) {
        guint other = (guint)g_rand_int_range(random, (int)i, 6), chosen = numbers[other];
        numbers[other] = numbers[i];
        numbers[i] = chosen;
        add_trigger(model, chosen, (guint)g_rand_int_range(random, 0, 10) == 0);
    }
    assert_true(mysql_order_triggers(model, NULL));
    return model;
}

static GPtrArray *trigger_ops(const MetaData *live, const MetaData *model)
{
    GPtrArray *ops = operations_new();
    for (guint i = 0; i < live->objects->len; i++) {
        const SchemaObject *existing = live->objects->pdata[i];
        const SchemaObject *object = metadata_find_same_object(model, existing);
        if (!object)
            g_ptr_array_add(ops, migrate_op_drop_object(existing));
        else if (strcmp(object->definition, existing->definition) != 0)
            g_ptr_array_add(ops, migrate_op_replace_object(existing, object));
    }
    for (guint i = 0; i < model->objects->len; i++)
        if (!metadata_find_same_object(live, model->objects->pdata[i]))
            g_ptr_array_add(ops, migrate_op_create_object(model->objects->pdata[i]));
    /* As the comparison does. */
    for (guint i = 0; i < ops->len; i++) {
        const MigrateOp *op = ops->pdata[i];
        g_auto(MysqlTrigger) parts = {.event = NULL};
        if (op->object && mysql_trigger_read(op->object, &parts, NULL) && parts.other)
            g_ptr_array_add(op->object->depends_on, g_strdup(parts.other));
    }
    return ops;
}

static void test_orders_of_triggers(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("orders");
    g_autoptr(GRand) random = g_rand_new_with_seed(17);
    mysql_run(url, "CREATE TABLE t (id INT)");
    for (guint round = 0; round < 60; round++) {
        g_autoptr(MetaData) model = random_triggers(random);
        g_autoptr(MetaData) live = inspect(url);
        g_autoptr(GPtrArray) ops = trigger_ops(live, model);
        g_autofree char *sql = run_ops(url, ops);
        g_autofree char *rows = mysql_rows(url, "SELECT trigger_name FROM information_schema.triggers WHERE "
                                                "trigger_schema = database() ORDER BY action_order");
        g_autoptr(GString) expected = g_string_new(NULL);
        for (guint i = 0; i < model->objects->len; i++)
            g_string_append_printf(expected, "%s\n", ((const SchemaObject *)model->objects->pdata[i])->name);
        if (strcmp(rows, expected->str) != 0)
            fail_msg("round %u: found\n%sexpected\n%sby\n%s", round, rows, expected->str, sql);
    }
}

/* --- sequences --- */

static Sequence *sequence_of(const char *name, const char *start, const char *increment, const char *minimum,
                             const char *maximum)
{
    Sequence *sequence = sequence_new(NULL, name);
    sequence->options.start = g_strdup(start);
    sequence->options.increment = g_strdup(increment);
    sequence->options.minvalue = g_strdup(minimum);
    sequence->options.maxvalue = g_strdup(maximum);
    return sequence;
}

/* Takes the sequence that it becomes. */
static char *alter_sequence(const char *url, Sequence *sequence)
{
    g_autoptr(MetaData) read = inspect(url);
    g_autoptr(GPtrArray) ops = operations_new();
    add_sequence_op(ops, OP_ALTER_SEQUENCE, read->sequences->pdata[0], sequence);
    char *sql = run_ops(url, ops);
    sequence_free(sequence);
    return sql;
}

static void test_alter_sequence(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("sequences");
    mysql_run(url, "CREATE SEQUENCE s; SELECT nextval(s)");
    g_autofree char *step = alter_sequence(url, sequence_of("s", NULL, "5", NULL, NULL));
    assert_string_equal(step, "ALTER SEQUENCE s INCREMENT BY 5;\n");
    g_autofree char *raised = alter_sequence(url, sequence_of("s", NULL, "5", "100", NULL));
    assert_string_equal(raised, "ALTER SEQUENCE s START WITH 100 MINVALUE 100 RESTART WITH 100;\n");
    g_autofree char *turned = alter_sequence(url, sequence_of("s", NULL, "-1", NULL, NULL));
    assert_string_equal(turned, "ALTER SEQUENCE s START WITH -1 MINVALUE -9223372036854775807 MAXVALUE -1 INCREMENT BY "
                                "-1 RESTART WITH -1;\n");
    Sequence *renamed = sequence_of("r", NULL, "-1", NULL, NULL);
    renamed->comment = g_strdup("it's");
    g_autofree char *name = alter_sequence(url, renamed);
    assert_string_equal(name, "RENAME TABLE s TO r;\nALTER TABLE r COMMENT='it''s';\n");
    g_autofree char *shown = mysql_rows(url, "SHOW CREATE SEQUENCE r");
    assert_string_equal(shown, "r|CREATE SEQUENCE `r` start with -1 minvalue -9223372036854775807 maxvalue -1 "
                               "increment by -1 cache 1000 nocycle ENGINE=InnoDB COMMENT='it''s'\n");
}

static void test_narrowed_sequence(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("limits");
    mysql_run(url, "CREATE SEQUENCE s START WITH 100; SELECT setval(s, 500)");
    g_autofree char *narrowed = alter_sequence(url, sequence_of("s", "100", NULL, "10", NULL));
    assert_string_equal(narrowed, "ALTER SEQUENCE s MINVALUE 10;\n");
    g_autofree char *next = mysql_rows(url, "SELECT nextval(s)");
    assert_string_equal(next, "501\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_triggers),
        cmocka_unit_test(test_routines),
        cmocka_unit_test(test_events_and_sequences),
        cmocka_unit_test(test_names_like_the_database),
        cmocka_unit_test(test_strings_in_bodies),
        cmocka_unit_test(test_hidden_definitions),
        cmocka_unit_test(test_drop_and_create_all),
        cmocka_unit_test(test_replace),
        cmocka_unit_test(test_replace_on_mysql),
        cmocka_unit_test(test_orders_of_triggers),
        cmocka_unit_test(test_alter_sequence),
        cmocka_unit_test(test_narrowed_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
