#include "support.h"

#define TABLE                                                                                                          \
    "{\"name\": \"t\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"                \
    "{\"name\": \"a\", \"type\": \"Integer\"}]}"
#define VIEW(name, select)                                                                                             \
    "{\"kind\": \"view\", \"name\": \"" name "\", \"definition\": \"CREATE VIEW " name " AS " select "\"}"
#define TRIGGER(name, table, body)                                                                                     \
    "{\"kind\": \"trigger\", \"name\": \"" name "\", \"table_name\": \"" table                                         \
    "\", \"definition\": \"CREATE TRIGGER " name " " body "\"}"
#define MODEL(objects) "{\"tables\": [" TABLE "], \"objects\": [" objects "]}"
#define SQL_TABLE "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER);"
#define SQL_WIDE_TABLE "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);"
#define AUDIT "AFTER INSERT ON t BEGIN SELECT new.a; END"

static void test_added_dropped_changed(void **state)
{
    (void)state;
    static const char model[] = MODEL(VIEW("v", "SELECT a FROM t") ", " TRIGGER("tr", "t", AUDIT));
    assert_compare(model, SQL_TABLE, "create view v\ncreate trigger tr\n");
    assert_compare(model, SQL_TABLE "CREATE VIEW V as select \"a\" from T; CREATE TRIGGER tr " AUDIT ";", "");
    assert_compare(model, SQL_TABLE "CREATE VIEW v AS SELECT a FROM t WHERE a > 1; CREATE TRIGGER tr " AUDIT ";",
                   "change view v\n");
    assert_compare(MODEL(""), SQL_TABLE "CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER tr " AUDIT ";",
                   "drop trigger tr\ndrop view v\n");
}

/* Spellings that the database does not keep are no difference. */
static void test_canonical(void **state)
{
    (void)state;
    static const char if_not_exists[] = MODEL(
        "{\"kind\": \"view\", \"name\": \"v\", \"definition\": \"CREATE VIEW IF NOT EXISTS v AS SELECT a FROM t;\"},"
        "{\"kind\": \"trigger\", \"name\": \"tr\", \"table_name\": \"t\","
        "\"definition\": \"CREATE TRIGGER IF NOT EXISTS tr " AUDIT "\"}");
    assert_compare(if_not_exists, SQL_TABLE "CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER tr " AUDIT ";", "");
}

static void test_dropped_table_takes_trigger_first(void **state)
{
    (void)state;
    assert_compare(MODEL(""),
                   SQL_TABLE "CREATE TABLE u (x, y, z); CREATE TRIGGER tr AFTER INSERT ON u BEGIN SELECT 1; END;",
                   "drop trigger tr\ndrop table u\n");
}

static void test_views_in_order(void **state)
{
    (void)state;
    assert_compare(MODEL(VIEW("a", "SELECT * FROM b") ", " VIEW("b", "SELECT * FROM c") ", " VIEW(
                       "c", "SELECT 1 AS x") ", " TRIGGER("tr", "a", "INSTEAD OF INSERT ON a BEGIN SELECT 1; END")),
                   SQL_TABLE, "create view c\ncreate view b\ncreate view a\ncreate trigger tr\n");
    assert_compare(MODEL(""),
                   SQL_TABLE "CREATE VIEW c AS SELECT 1 AS x; CREATE VIEW b AS SELECT * FROM c;"
                             "CREATE VIEW a AS SELECT * FROM b;"
                             "CREATE TRIGGER tr INSTEAD OF INSERT ON a BEGIN SELECT 1; END;",
                   "drop trigger tr\ndrop view a\ndrop view b\ndrop view c\n");
}

/* A view that stays must step aside while its column goes, and so must all that stands on the view. */
static void test_step_aside_for_drop_column(void **state)
{
    (void)state;
    assert_compare(
        MODEL(VIEW("v", "SELECT a, 1 AS b FROM t") ", " VIEW("w", "SELECT a FROM v") ", " VIEW(
            "other", "SELECT id FROM t") ", " TRIGGER("tr", "v", "INSTEAD OF INSERT ON v BEGIN SELECT 1; END")),
        SQL_WIDE_TABLE "CREATE VIEW v AS SELECT a, 1 AS b FROM t; CREATE VIEW w AS SELECT a FROM v;"
                       "CREATE VIEW other AS SELECT id FROM t;"
                       "CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN SELECT 1; END;",
        "drop trigger tr\ndrop view w\ndrop view v\ndrop column t.b\n"
        "create view v\ncreate view w\ncreate trigger tr\n");
}

static void test_step_aside_for_renames(void **state)
{
    (void)state;
    assert_compare(
        "{\"tables\": [{\"name\": \"s\", \"renamed_from\": \"t\", \"primary_key\": {\"name\": null, \"columns\":"
        "[\"id\"]}, \"columns\": [{\"name\": \"id\", \"type\": \"Integer\"},"
        "{\"name\": \"c\", \"type\": \"Integer\", \"renamed_from\": \"a\"}]}],"
        "\"objects\": [" VIEW("v", "SELECT c FROM s") ", " VIEW("w", "SELECT 1 AS a") "," TRIGGER(
            "tr", "s", "AFTER INSERT ON s BEGIN SELECT new.c; END") "]}",
        SQL_TABLE "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT 1 AS a;"
                  "CREATE TRIGGER tr " AUDIT ";",
        "drop trigger tr\ndrop view v\nrename table t to s\nrename column s.a to c\n"
        "create view v\ncreate trigger tr\n");
}

static void test_dependents_of_changed_view(void **state)
{
    (void)state;
    assert_compare(
        MODEL(VIEW("v", "SELECT a, id FROM t") ", " VIEW("w", "SELECT a FROM v") ", " VIEW("x", "SELECT id FROM t")),
        SQL_TABLE "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;"
                  "CREATE VIEW x AS SELECT id FROM t;",
        "drop view w\nchange view v\ncreate view w\n");
}

/* Two views that change places in who uses whom. */
static void test_dependencies_turn_around(void **state)
{
    (void)state;
    assert_compare(MODEL(VIEW("v", "SELECT a FROM w") ", " VIEW("w", "SELECT a FROM t")),
                   SQL_TABLE "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;",
                   "drop view w\ncreate view w\nchange view v\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_added_dropped_changed),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_dropped_table_takes_trigger_first),
        cmocka_unit_test(test_views_in_order),
        cmocka_unit_test(test_step_aside_for_drop_column),
        cmocka_unit_test(test_step_aside_for_renames),
        cmocka_unit_test(test_dependents_of_changed_view),
        cmocka_unit_test(test_dependencies_turn_around),
    };
    return cmocka_run_group_tests_name("autogenerate/object", tests, NULL, NULL);
}
