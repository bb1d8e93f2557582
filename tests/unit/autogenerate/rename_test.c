#include "support.h"

#define ID "{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}"
#define COLUMN(name, rest) "{\"name\": \"" name "\", \"type\": \"Integer\"" rest "}"
#define TABLE(name, columns, rest) "{\"name\": \"" name "\", \"columns\": [" ID columns "]" rest "}"
#define MODEL(tables) "{\"tables\": [" tables "]}"
#define FROM(name) ", \"renamed_from\": \"" name "\""

static void assert_with_flag(const char *json, const char *sql, const char *flag, const char *expected)
{
    g_autoptr(GPtrArray) renames = words(flag, NULL);
    CompareOptions options = compare_all;
    options.renames = renames;
    assert_compare_with(json, sql, &options, expected);
}

static void assert_flag_error(const char *json, const char *sql, const char *flag, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) renames = words(flag, NULL);
    g_autoptr(MetaData) model = read_model(json);
    g_autoptr(MetaData) live = read_database(sql);
    CompareOptions options = compare_all;
    options.renames = renames;
    assert_null(autogenerate_compare(&sqlite_dialect, model, live, &options, &error));
    assert_true(g_error_matches(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_RENAME));
    if (!strstr(error->message, expected))
        fail_msg("'%s' does not hold '%s'", error->message, expected);
}

static void test_renamed_from(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("new", ", " COLUMN("b", FROM("a")),
                                            FROM("old") ", \"primary_key\": {\"name\": null, \"columns\": "
                                                        "[\"id\"]}"));
    assert_compare(model, "CREATE TABLE old (id INTEGER PRIMARY KEY, a INTEGER)",
                   "rename table old to new\nrename column new.a to b\n");
    assert_compare(model, "CREATE TABLE new (id INTEGER PRIMARY KEY, a INTEGER)", "rename column new.a to b\n");
    assert_compare(model, "CREATE TABLE new (id INTEGER PRIMARY KEY, b INTEGER)", "");
    assert_compare(model, "CREATE TABLE new (id INTEGER PRIMARY KEY)", "add column new.b\n");
    assert_compare(model, "", "create table new\n");
}

static void test_rename_and_change(void **state)
{
    (void)state;
    assert_compare(MODEL(TABLE("new", ", {\"name\": \"b\", \"type\": \"Text\"" FROM("a") "}",
                               FROM("old") ", \"primary_key\": {\"name\": null, \"columns\": [\"id\"]}")),
                   "CREATE TABLE old (id INTEGER PRIMARY KEY, a INTEGER)",
                   "rename table old to new\nrename column new.a to b\nalter column new.b: type Integer -> Text\n");
}

/* What refers to the table or uses the column follows by itself. */
static void test_references_follow(void **state)
{
    (void)state;
    assert_compare(
        MODEL(TABLE(
            "parents", ", " COLUMN("size", FROM("width") ", \"nullable\": true"),
            FROM("p") ", \"check_constraints\": [{\"name\": \"ck\", \"expression\": \"size > 0\"}],"
                      "\"indexes\": [{\"name\": \"ix\", \"columns\": [{\"expression\": \"abs(size)\"}]}],"
                      "\"primary_key\": {\"name\": null, \"columns\": [\"id\"]}") "," TABLE("c",
                                                                                            ", " COLUMN("p_id", ""),
                                                                                            ", \"foreign_keys\": "
                                                                                            "[{\"name\": null, "
                                                                                            "\"columns\": [\"p_id\"], "
                                                                                            "\"referred_table\": "
                                                                                            "\"parents\","
                                                                                            "\"referred_columns\": "
                                                                                            "[\"id\"]}]")),
        "CREATE TABLE p (id INTEGER PRIMARY KEY, width INTEGER, CONSTRAINT ck CHECK (width > 0));"
        "CREATE INDEX ix ON p (abs(width)); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id));",
        "rename table p to parents\nrename column parents.width to size\n");
}

/* Names made by the convention hold the table's name. */
static void test_conventional_names_follow(void **state)
{
    (void)state;
    assert_compare(MODEL(TABLE("new", ", " COLUMN("a", ", \"index\": true"), FROM("old"))),
                   "CREATE TABLE old (id INTEGER NOT NULL, a INTEGER, CONSTRAINT pk_old PRIMARY KEY (id));"
                   "CREATE INDEX ix_old_a ON old (a);",
                   "rename table old to new\ndrop index ix_old_a on new\ndrop primary key pk_old on new\n"
                   "create primary key pk_new on new\ncreate index ix_new_a on new\n");
}

static void test_chain(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("t", ", " COLUMN("b", FROM("a")) ", " COLUMN("c", FROM("b")), ""));
    assert_compare(model, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)",
                   "rename column t.b to c\nrename column t.a to b\n");
    assert_compare(model, "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER, c INTEGER)", "");
    static const char swap[] = MODEL(TABLE("t", ", " COLUMN("a", FROM("b")) ", " COLUMN("b", FROM("a")), ""));
    assert_compare(swap, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)", "");
}

/* The reader of models refuses this; whoever makes a MetaData otherwise gets one rename. */
static void test_same_source_twice(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(MODEL(TABLE("t", ", " COLUMN("b", FROM("a")) ", " COLUMN("c", ""), "")));
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)");
    const Table *table = metadata_find_table(model, NULL, "t");
    table_find_column(table, "c")->renamed_from = g_strdup("a");
    assert_differences(model, live, &compare_all, "rename column t.a to b\nadd column t.c\n");
}

/* The freed name may go to something new, which must not inherit the values. */
static void test_old_name_is_used_again(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(MODEL(TABLE("t", ", " COLUMN("b", FROM("a")) ", " COLUMN("a", ""), "")));
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)");
    assert_differences(model, live, &compare_all, "rename column t.a to b\nadd column t.a\n");
}

static void test_both_exist(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(MODEL(TABLE("new", "", FROM("old"))));
    g_autoptr(MetaData) live = read_database("CREATE TABLE old (a); CREATE TABLE new (id INTEGER PRIMARY KEY)");
    g_autoptr(Comparison) comparison = compare(model, live, &compare_all);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, "drop table old\n");
    assert_int_equal(comparison->findings->len, 1);
    assert_string_equal(((const Finding *)comparison->findings->pdata[0])->subject, "new");
}

static void test_flags(void **state)
{
    (void)state;
    static const char model[] =
        MODEL(TABLE("new", ", " COLUMN("b", ""), ", \"primary_key\": {\"name\": null, \"columns\": [\"id\"]}"));
    static const char new_table[] = "CREATE TABLE new (id INTEGER PRIMARY KEY, a INTEGER)";
    assert_with_flag(model, "CREATE TABLE old (id INTEGER PRIMARY KEY, b INTEGER)", "old:new",
                     "rename table old to new\n");
    assert_with_flag(model, new_table, "new.a:b", "rename column new.a to b\n");
    assert_with_flag(model, new_table, "NEW.A:New.B", "rename column new.a to b\n");
    g_autoptr(GPtrArray) both = words("old:new", "old.a:old.b");
    CompareOptions options = compare_all;
    options.renames = both;
    assert_compare_with(model, "CREATE TABLE old (id INTEGER PRIMARY KEY, a INTEGER)", &options,
                        "rename table old to new\nrename column new.a to b\n");
}

static void test_bad_flags(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("t", ", " COLUMN("a", "") ", " COLUMN("b", ""), ""));
    static const char live[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, c INTEGER)";
    static const struct {
        const char *flag, *expected;
    } rows[] = {
        {"", "write 'old:new'"},
        {"t", "write 'old:new'"},
        {":t", "write 'old:new'"},
        {"t:", "write 'old:new'"},
        {"x:t", "the database has no 'x'"},
        {"t:x", "the database has no 't' that the model calls 'x'"},
        {"t.x:b", "the database has no 't.x'"},
        {"t.a:b", "the model still has 'a'"},
        {"t.c:a", "the database has 'a' already"},
        {"u.c:u.b", "the database has no 'u.c'"},
        {"t.:b", "the database has no 't.'"},
        {".:.", "the database has no '.'"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_flag_error(model, live, rows[i].flag, rows[i].expected);
}

/* Of a column and an index the column is meant: an index whose name alone differs is renamed anyway. */
static void test_flag_of_index(void **state)
{
    (void)state;
    static const char model[] =
        MODEL(TABLE("t", ", " COLUMN("b", ", \"nullable\": true"),
                    ", \"indexes\": [{\"name\": \"b\", \"columns\": [\"b\"]}], \"primary_key\": {\"name\": null, "
                    "\"columns\": [\"id\"]}"));
    static const char live[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER); CREATE INDEX a ON t (a)";
    assert_with_flag(model, live, "t.a:t.b", "rename column t.a to b\ndrop index a on t\ncreate index b on t\n");
    static const char index_only[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER); CREATE INDEX a ON t (b)";
    assert_with_flag(model, index_only, "t.a:t.b", "drop index a on t\ncreate index b on t\n");
    assert_with_flag(model, index_only, "a:b", "drop index a on t\ncreate index b on t\n");
}

/* Dots and colons may be part of a name. */
static void test_flag_of_odd_names(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("a.b:c", ", " COLUMN("x.y", ", \"nullable\": true"),
                                            ", \"primary_key\": {\"name\": null, \"columns\": [\"id\"]}"));
    static const char live[] = "CREATE TABLE \"o:ld\" (id INTEGER PRIMARY KEY, \"x.y\" INTEGER)";
    assert_with_flag(model, live, "o:ld:a.b:c", "rename table o:ld to a.b:c\n");
    static const char column[] = "CREATE TABLE \"a.b:c\" (id INTEGER PRIMARY KEY, \"x:\" INTEGER)";
    assert_with_flag(model, column, "a.b:c.x::x.y", "rename column a.b:c.x: to x.y\n");
}

static void test_ambiguous_flag(void **state)
{
    (void)state;
    static const char model[] = "{\"tables\": [" TABLE(
        "t", "", "") "], \"objects\": ["
                     "{\"kind\": \"view\", \"name\": \"b\", \"definition\": \"CREATE VIEW b AS SELECT 1\"},"
                     "{\"kind\": \"trigger\", \"name\": \"b\", \"table_name\": \"t\", "
                     "\"definition\": \"CREATE TRIGGER b AFTER INSERT ON t BEGIN SELECT 1; END\"}]}";
    static const char live[] = "CREATE TABLE t (id INTEGER NOT NULL, CONSTRAINT pk_t PRIMARY KEY (id)); CREATE VIEW a "
                               "AS SELECT 1; CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END";
    assert_flag_error(model, live, "a:b", "may mean several: view 'b', trigger 't.b'");
    assert_flag_error(model, live, "x:y",
                      "only in the database: view 'a', trigger 't.a'\n"
                      "only in the model: view 'b', trigger 't.b'");
}

static void assert_flags_error(const char *json, const char *sql, const char *first, const char *second,
                               const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) renames = words(first, second);
    g_autoptr(MetaData) model = read_model(json);
    g_autoptr(MetaData) live = read_database(sql);
    CompareOptions options = compare_all;
    options.renames = renames;
    assert_null(autogenerate_compare(&sqlite_dialect, model, live, &options, &error));
    if (!strstr(error->message, expected))
        fail_msg("'%s' does not hold '%s'", error->message, expected);
}

static void test_flags_against_each_other(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("t", ", " COLUMN("c", "") ", " COLUMN("d", ""), ""));
    static const char live[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)";
    assert_flags_error(model, live, "t.a:c", "t.b:c", "--rename 't.a:c' says another former name");
    assert_flags_error(model, live, "t.a:c", "t.a:d", "--rename 't.a:c' takes it already");
}

static void test_likely_tables(void **state)
{
    (void)state;
    static const char model[] = MODEL(TABLE("people", ", " COLUMN("age", "") ", " COLUMN("height", ""),
                                            "") "," TABLE("cars", ", " COLUMN("wheels", ""), ""));
    assert_compare(model,
                   "CREATE TABLE persons (id INTEGER PRIMARY KEY, age INTEGER, height INTEGER);"
                   "CREATE TABLE bikes (id INTEGER PRIMARY KEY, gears INTEGER, brakes TEXT);",
                   "create table people\ncreate table cars\ndrop table bikes\ndrop table persons\n"
                   "? --rename persons:people\n");
    g_autoptr(MetaData) wanted = read_model(model);
    g_autoptr(MetaData) live = read_database("CREATE TABLE persons (id INTEGER PRIMARY KEY, age INTEGER)");
    CompareOptions options = compare_all;
    options.assume_no_renames = TRUE;
    assert_differences(wanted, live, &options, "create table people\ncreate table cars\ndrop table persons\n");
}

static void test_likely_columns(void **state)
{
    (void)state;
    assert_compare(MODEL(TABLE("t", ", " COLUMN("amount", "") ", {\"name\": \"note\", \"type\": \"Text\"}", "")),
                   "CREATE TABLE t (id INTEGER PRIMARY KEY, total INTEGER, other INTEGER, when_ DATE)",
                   "add column t.amount\nadd column t.note\n"
                   "drop column t.total\ndrop column t.other\ndrop column t.when_\n"
                   "? --rename t.total:t.amount\n");
    assert_compare(MODEL(TABLE("t", ", " COLUMN("first_name", "") ", " COLUMN("family_name", ""), "")),
                   "CREATE TABLE t (id INTEGER PRIMARY KEY, familyname INTEGER, firstname INTEGER)",
                   "add column t.first_name\nadd column t.family_name\n"
                   "drop column t.familyname\ndrop column t.firstname\n"
                   "? --rename t.firstname:t.first_name\n? --rename t.familyname:t.family_name\n");
    assert_compare(MODEL(TABLE("t", ", {\"name\": \"a\", \"type\": \"Text\"}", "")),
                   "CREATE TABLE t (id INTEGER PRIMARY KEY, b DATE)", "add column t.a\ndrop column t.b\n");
}

/* The flags that the error names are those that work. */
static void test_rename_error(void **state)
{
    (void)state;
    static const char json[] = MODEL(TABLE("t", ", " COLUMN("b", ""), ""));
    static const char sql[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)";
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) model = read_model(json);
    g_autoptr(MetaData) live = read_database(sql);
    g_autoptr(Comparison) comparison = compare(model, live, &compare_all);
    comparison_rename_error(comparison, &error);
    assert_true(g_error_matches(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_RENAME));
    assert_non_null(strstr(error->message, "column 't.a' -> 'b': pass --rename t.a:t.b"));
    assert_with_flag(json, sql, "t.a:t.b", "rename column t.a to b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renamed_from),
        cmocka_unit_test(test_rename_and_change),
        cmocka_unit_test(test_references_follow),
        cmocka_unit_test(test_conventional_names_follow),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_same_source_twice),
        cmocka_unit_test(test_old_name_is_used_again),
        cmocka_unit_test(test_both_exist),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_bad_flags),
        cmocka_unit_test(test_flag_of_index),
        cmocka_unit_test(test_flag_of_odd_names),
        cmocka_unit_test(test_ambiguous_flag),
        cmocka_unit_test(test_flags_against_each_other),
        cmocka_unit_test(test_likely_tables),
        cmocka_unit_test(test_likely_columns),
        cmocka_unit_test(test_rename_error),
    };
    return cmocka_run_group_tests_name("autogenerate/rename", tests, NULL, NULL);
}
