/* A model's CREATE statements of views, triggers, routines and events, in the words of the catalog. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/mysql/object.h"

static SchemaObject *adapted(const char *kind, const char *name, const char *definition, MysqlFlavour flavour,
                             GPtrArray *notes)
{
    g_autoptr(GError) error = NULL;
    SchemaObject *object = schema_object_new(kind, NULL, name, definition);
    if (!mysql_adapt_object(object, flavour, notes, &error))
        fail_msg("%s", error->message);
    return object;
}

/* What it becomes; adapted again, it stays so. */
static void check(const char *kind, const char *name, const char *definition, const char *expected)
{
    g_autoptr(SchemaObject) object = adapted(kind, name, definition, FLAVOUR_MARIADB, NULL);
    assert_string_equal(object->definition, expected);
    g_autoptr(SchemaObject) again = adapted(kind, name, expected, FLAVOUR_MARIADB, NULL);
    assert_string_equal(again->definition, expected);
}

static void check_refused(const char *kind, const char *name, const char *definition, const char *message)
{
    g_autoptr(SchemaObject) object = schema_object_new(kind, NULL, name, definition);
    g_autoptr(GError) error = NULL;
    assert_false(mysql_adapt_object(object, FLAVOUR_MARIADB, NULL, &error) &&
                 mysql_object_is_one_statement(object, &error));
    if (strstr(error->message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error->message, message);
}

static void test_views(void **state)
{
    (void)state;
    check("view", "v", "create view v as select 1", "CREATE VIEW v AS select 1");
    check("view", "v",
          "CREATE OR REPLACE ALGORITHM=UNDEFINED DEFINER=`a b`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1;",
          "CREATE VIEW v AS select 1");
    check("view", "order",
          "/* mine */ create algorithm = merge definer = current_user() sql security invoker view if not exists "
          "`order` (a, `b c`)\nas select 1, 2 -- end\n;\n",
          "CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW `order` (a, `b c`) AS select 1, 2");
    check("view", "v", "CREATE VIEW v AS SELECT a FROM t with check option",
          "CREATE VIEW v AS SELECT a FROM t WITH CASCADED CHECK OPTION");
    check("view", "v", "CREATE VIEW v AS SELECT 'with check option', a FROM t WITH LOCAL CHECK OPTION",
          "CREATE VIEW v AS SELECT 'with check option', a FROM t WITH LOCAL CHECK OPTION");
}

static void test_algorithm_of_mysql(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) notes = strings_new();
    g_autoptr(SchemaObject) object =
        adapted("view", "v", "CREATE ALGORITHM=TEMPTABLE DEFINER=r@h VIEW v AS select 1", FLAVOUR_MYSQL, notes);
    assert_string_equal(object->definition, "CREATE VIEW v AS select 1");
    assert_int_equal(notes->len, 2);
    assert_string_equal(notes->pdata[0], "DEFINER is left out: an object belongs to the account that creates it");
    assert_string_equal(notes->pdata[1],
                        "ALGORITHM = TEMPTABLE of view 'v' is left out: MySQL's catalog does not tell it");
}

static void test_triggers(void **state)
{
    (void)state;
    check("trigger", "tr",
          "create or replace definer='root'@'localhost' trigger if not exists tr before insert on `t` for each row "
          "begin\n  -- why\n  set new.a = 'x;';\nend;",
          "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW begin\n  -- why\n  set new.a = 'x;';\nend");
    check("trigger", "tr", "CREATE TRIGGER tr AFTER DELETE ON `select` FOR EACH ROW precedes `x y` CALL p()",
          "CREATE TRIGGER tr AFTER DELETE ON `select` FOR EACH ROW PRECEDES `x y` CALL p()");
    check("trigger", "tr",
          "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER tr BEFORE UPDATE ON t "
          "FOR EACH ROW SET new.a = 1 */",
          "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SET new.a = 1");
    g_autoptr(SchemaObject) object =
        adapted("trigger", "tr", "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a=1", FLAVOUR_MYSQL, NULL);
    assert_string_equal(object->table_name, "t");
}

static void test_routines(void **state)
{
    (void)state;
    check("procedure", "p", "create procedure p() select 1;", "CREATE PROCEDURE p()\nselect 1");
    check(
        "procedure", "p",
        "CREATE DEFINER=root@localhost PROCEDURE P(IN a int(11), out `b` varchar(10), INOUT c dec(5,2) unsigned)\n"
        "LANGUAGE SQL NOT DETERMINISTIC CONTAINS SQL SQL SECURITY DEFINER\nBEGIN\n  SET b = 'x';\nEND",
        "CREATE PROCEDURE p(IN a int(11), out `b` varchar(10), INOUT c dec(5,2) unsigned)\nBEGIN\n  SET b = 'x';\nEND");
    check(
        "function", "f",
        "create function if not exists f(a text charset utf8, b text character set utf8mb4 collate utf8mb4_bin, "
        "e enum('a,b)','c')) returns json reads sql data sql security invoker deterministic return 'x'",
        "CREATE FUNCTION f(a text charset utf8, b text character set utf8mb4 collate utf8mb4_bin, e enum('a,b)','c')) "
        "RETURNS JSON\nDETERMINISTIC\nREADS SQL DATA\nSQL SECURITY INVOKER\nreturn 'x'");
    check("function", "f",
          "create aggregate function f(x double precision) returns longtext collate utf8mb4_bin no sql "
          "begin loop fetch group next row; end loop; end",
          "CREATE AGGREGATE FUNCTION f(x double precision) RETURNS JSON\nNO SQL\nbegin loop fetch group next row; end "
          "loop; end");
    check("function", "f", "create function f(x type of t.c) returns row type of t modifies sql data return 1",
          "CREATE FUNCTION f(x type of t.c) RETURNS row type of t\nMODIFIES SQL DATA\nreturn 1");
}

static void test_comments(void **state)
{
    (void)state;
    g_autoptr(SchemaObject) object =
        adapted("procedure", "p", "CREATE PROCEDURE p() COMMENT 'it''s \\'so\\'' SELECT 1", FLAVOUR_MYSQL, NULL);
    assert_string_equal(object->definition, "CREATE PROCEDURE p()\nSELECT 1");
    assert_string_equal(object->comment, "it's 'so'");

    g_autoptr(SchemaObject) two = schema_object_new("event", NULL, "e",
                                                    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY "
                                                    "COMMENT 'a' DO SELECT 1");
    g_autoptr(GError) error = NULL;
    two->comment = g_strdup("b");
    assert_false(mysql_adapt_object(two, FLAVOUR_MARIADB, NULL, &error));
    assert_non_null(strstr(error->message, "two comments"));
}

static void test_events(void **state)
{
    (void)state;
    check("event", "e",
          "create definer=current_user event if not exists e on schedule every 1 day starts current_timestamp "
          "on completion not preserve enable do delete from t;",
          "CREATE EVENT e\nON SCHEDULE EVERY 1 DAY\nDO delete from t");
    check("event", "e",
          "CREATE EVENT e ON SCHEDULE EVERY '1 01:00' DAY_MINUTE STARTS '2030-01-01' ENDS timestamp '2031-01-01 "
          "10:00:00' ON COMPLETION PRESERVE DISABLE ON REPLICA DO BEGIN END",
          "CREATE EVENT e\nON SCHEDULE EVERY '1 1:0' DAY_MINUTE STARTS '2030-01-01 00:00:00' ENDS '2031-01-01 "
          "10:00:00'\nON COMPLETION PRESERVE\nDISABLE ON SLAVE\nDO BEGIN END");
    check("event", "e", "CREATE EVENT e ON SCHEDULE AT '2030-01-01 10:00:00' DISABLE DO CALL p()",
          "CREATE EVENT e\nON SCHEDULE AT '2030-01-01 10:00:00'\nDISABLE\nDO CALL p()");
    check("event", "e", "CREATE EVENT e ON SCHEDULE EVERY '3' hour DO CALL p()",
          "CREATE EVENT e\nON SCHEDULE EVERY 3 HOUR\nDO CALL p()");
}

static void test_refused(void **state)
{
    (void)state;
    check_refused("view", "v", "SELECT 1", "its definition has 'SELECT' where CREATE is expected");
    check_refused("view", "v", "CREATE TABLE v (a INT)", "'TABLE' where VIEW is expected");
    check_refused("view", "v", "CREATE VIEW w AS SELECT 1", "view 'v': its definition creates 'w'");
    check_refused("view", "v", "CREATE VIEW app.v AS SELECT 1", "with its database, 'app'");
    check_refused("view", "v", "CREATE VIEW v AS", "ends where its body is expected");
    check_refused("procedure", "p", "CREATE PROCEDURE p() SELECT 1; DROP TABLE t", "is 2 statements, not one");
    check_refused("procedure", "p", "CREATE PROCEDURE p() BEGIN SELECT 1;", "what opens here has no END");
    check_refused("trigger", "t", "DELIMITER //\nCREATE TRIGGER t", "DELIMITER is a command of the client");
    check_refused("trigger", "t", "CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW SET @a = 1",
                  "where BEFORE or AFTER is expected");
    check_refused("function", "f", "CREATE FUNCTION f(a INT) RETURN 1", "where RETURNS is expected");
    check_refused("procedure", "p", "CREATE PROCEDURE p(a INT b INT) SELECT 1", "where ) is expected");
    check_refused("event", "e", "CREATE EVENT e ON SCHEDULE AT now() + interval 1 day DO SELECT 1",
                  "AT now() + interval 1 day is another time whenever");
    check_refused("event", "e",
                  "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' + interval 1 day DO "
                  "SELECT 1",
                  "is another time");
    check_refused("domain", "d", "CREATE DOMAIN d", "MariaDB has no such kind of object");
    check_refused("view", "v", NULL, "has no definition for MariaDB");
}

/* --- the order of triggers --- */

static void add_trigger(MetaData *model, const char *name, const char *order)
{
    g_autofree char *definition =
        g_strdup_printf("CREATE TRIGGER %s BEFORE INSERT ON t FOR EACH ROW %sSET @%s = 1", name, order, name);
    g_ptr_array_add(model->objects, adapted("trigger", name, definition, FLAVOUR_MARIADB, NULL));
}

static char *orders(const MetaData *model)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < model->objects->len; i++) {
        const SchemaObject *object = model->objects->pdata[i];
        g_auto(MysqlTrigger) parts;
        assert_true(mysql_trigger_read(object, &parts, NULL));
        assert_string_equal(parts.event, "BEFORE INSERT");
        assert_false(parts.precedes);
        g_string_append_printf(text, "%s<%s ", object->name, parts.other ? parts.other : "");
    }
    return g_string_free(text, FALSE);
}

static void test_order(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = metadata_new(FALSE);
    add_trigger(model, "a", "FOLLOWS d ");
    add_trigger(model, "b", "");
    add_trigger(model, "c", "PRECEDES b ");
    add_trigger(model, "d", "");
    assert_true(mysql_order_triggers(model, NULL));
    g_autofree char *first = orders(model);
    assert_string_equal(first, "a<d b<c c< d<b ");
    assert_true(mysql_order_triggers(model, NULL));
    g_autofree char *second = orders(model);
    assert_string_equal(second, first);
    assert_string_equal(((SchemaObject *)model->objects->pdata[2])->definition,
                        "CREATE TRIGGER c BEFORE INSERT ON t FOR EACH ROW SET @c = 1");

    add_trigger(model, "e", "FOLLOWS nobody ");
    g_autoptr(GError) error = NULL;
    assert_false(mysql_order_triggers(model, &error));
    assert_string_equal(error->message, "trigger 'e' FOLLOWS 'nobody', but the model has no such trigger BEFORE "
                                        "INSERT on 't'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),    cmocka_unit_test(test_algorithm_of_mysql),
        cmocka_unit_test(test_triggers), cmocka_unit_test(test_routines),
        cmocka_unit_test(test_comments), cmocka_unit_test(test_events),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
