#include "support.h"

#define ID "{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}"
#define TABLE(columns, rest) "{\"tables\": [{\"name\": \"t\", \"columns\": [" ID columns "]" rest "}]}"
#define SQL_ID "id INTEGER NOT NULL, "
#define SQL_KEY ", CONSTRAINT pk_t PRIMARY KEY (id)"

static void test_nothing(void **state)
{
    (void)state;
    assert_compare("{\"tables\": []}", "", "");
    assert_compare(TABLE("", ""), "CREATE TABLE t (id INTEGER PRIMARY KEY)", "");
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"String(20)\", \"server_default\": \"'it''s'\"}", ""),
                   "CREATE TABLE \"T\" (N varchar( 20 ) DEFAULT ('it''s'), [ID] INTEGER NOT NULL PRIMARY KEY)", "");
}

static void test_tables(void **state)
{
    (void)state;
    assert_compare(TABLE("", ""), "CREATE TABLE gone (a TEXT, b TEXT)", "create table t\ndrop table gone\n");
    assert_compare(TABLE("", ", \"options\": {\"sqlite\": {\"strict\": true}}"),
                   "CREATE TABLE t (" SQL_ID "PRIMARY KEY (id)) ", "change options of table t\n");
    assert_compare(TABLE("", ""), "CREATE TABLE t (" SQL_ID "PRIMARY KEY (id)) WITHOUT ROWID",
                   "change options of table t\n");
}

static void test_columns(void **state)
{
    (void)state;
    static const char table[] = "CREATE TABLE t (" SQL_ID "n INTEGER DEFAULT 1" SQL_KEY ")";
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Integer\", \"server_default\": \"1\"}", ""), table, "");
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Integer\"}", ""), table,
                   "alter column t.n: default 1 -> none\n");
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Text\", \"nullable\": false}", ""), table,
                   "alter column t.n: type Integer -> Text, not null, default 1 -> none\n");
    assert_compare(TABLE("", ""), table, "drop column t.n\n");
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Integer\", \"server_default\": \"1\"},"
                         "{\"name\": \"d\", \"type\": \"Date\"}",
                         ""),
                   table, "add column t.d\n");
    assert_compare(
        TABLE(", {\"name\": \"n\", \"type\": \"Integer\", \"server_default\": 1, \"collation\": \"NOCASE\"}", ""),
        table, "alter column t.n: collation none -> NOCASE\n");
}

static void test_generated_columns(void **state)
{
    (void)state;
    static const char table[] = "CREATE TABLE t (" SQL_ID "n INTEGER GENERATED ALWAYS AS (id + 1) STORED" SQL_KEY ")";
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Integer\","
                         "\"computed\": {\"expression\": \"ID+1\", \"persisted\": true}}",
                         ""),
                   table, "");
    assert_compare(TABLE(", {\"name\": \"n\", \"type\": \"Integer\","
                         "\"computed\": {\"expression\": \"id + 2\", \"persisted\": false}}",
                         ""),
                   table, "alter column t.n: generated as id + 1 -> id + 2, generated stored -> virtual\n");
}

static void test_facets_left_out(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(
        TABLE(", {\"name\": \"n\", \"type\": \"Text\", \"nullable\": false, \"server_default\": \"2\"}", ""));
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (" SQL_ID "n INTEGER DEFAULT 1" SQL_KEY ")");
    CompareOptions options = {.compare_type = FALSE, .compare_server_default = FALSE};
    assert_differences(model, live, &options, "alter column t.n: not null\n");
    options.compare_type = TRUE;
    assert_differences(model, live, &options, "alter column t.n: type Integer -> Text, not null\n");
}

static void test_primary_key(void **state)
{
    (void)state;
    static const char model[] = TABLE(", {\"name\": \"n\", \"type\": \"Integer\", \"nullable\": false}",
                                      ", \"primary_key\": {\"name\": \"pk\", \"columns\": [\"id\"]}");
    static const char table[] = "CREATE TABLE t (id INTEGER NOT NULL, n INTEGER NOT NULL, %s)";
    static const struct {
        const char *key, *expected;
    } rows[] = {
        {"PRIMARY KEY (id)", ""},
        {"CONSTRAINT PK PRIMARY KEY (ID)", ""},
        {"CONSTRAINT other PRIMARY KEY (id)", "drop primary key other on t\ncreate primary key pk on t\n"},
        {"CONSTRAINT pk PRIMARY KEY (id, n)", "drop primary key pk on t\ncreate primary key pk on t\n"},
        {"CHECK (n)", "drop check constraint on t (n)\ncreate primary key pk on t\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) halves = g_strsplit(table, "%s", 2);
        g_autofree char *sql = g_strconcat(halves[0], rows[i].key, halves[1], NULL);
        assert_compare(model, sql, rows[i].expected);
    }
}

/* SQLite lets NULL into a key column without NOT NULL; models cannot say so and are not blamed for it. */
static void test_nullable_key(void **state)
{
    (void)state;
    static const char model[] =
        "{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"k\", \"type\": \"Text\", \"primary_key\": true,"
        "\"collation\": \"NOCASE\"}]}]}";
    assert_compare(model, "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY)", "");
    g_autoptr(MetaData) wanted = read_model(model);
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (k TEXT PRIMARY KEY)");
    g_autoptr(Comparison) comparison = compare(wanted, live, &compare_all);
    assert_int_equal(comparison->operations->len, 1);
    const MigrateOp *op = comparison->operations->pdata[0];
    assert_string_equal(options_get(op->column->options, "nullable_key"), "true");
    assert_string_equal(op->column->collation, "NOCASE");
}

static void test_unnamed_constraints(void **state)
{
    (void)state;
    static const char named[] = TABLE(", {\"name\": \"n\", \"type\": \"Integer\"}",
                                      ", \"unique_constraints\": [{\"name\": \"uq_t_n\", \"columns\": [\"n\"]}],"
                                      "\"check_constraints\": [{\"name\": \"ck_t_n\", \"expression\": \"n > 0\"}]");
    static const char unnamed[] = TABLE(", {\"name\": \"n\", \"type\": \"Integer\"}",
                                        ", \"unique_constraints\": [{\"name\": null, \"columns\": [\"n\"]}],"
                                        "\"check_constraints\": [{\"name\": null, \"expression\": \"n > 0\"}]");
    static const char live_unnamed[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE CHECK (n>0))";
    static const char live_named[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, "
                                     "CONSTRAINT a UNIQUE (n), CONSTRAINT b CHECK (N > 0))";
    assert_compare(named, live_unnamed, "");
    assert_compare(unnamed, live_unnamed, "");
    assert_compare(unnamed, live_named, "");
    assert_compare(named, live_named,
                   "drop unique constraint a on t\ndrop check constraint b on t\n"
                   "create unique constraint uq_t_n on t\ncreate check constraint ck_t_n on t\n");
    assert_compare(unnamed, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 1))",
                   "drop check constraint on t (n > 1)\ncreate unique constraint on t (n)\n"
                   "create check constraint on t (n > 0)\n");
}

static void test_foreign_keys(void **state)
{
    (void)state;
    static const char model[] =
        "{\"tables\": [{\"name\": \"p\", \"columns\": [" ID "]}, {\"name\": \"c\", \"columns\": [" ID
        ", {\"name\": \"p_id\", \"type\": \"Integer\", \"foreign_key\": \"p.id\", \"ondelete\": \"CASCADE\"}]}]}";
    static const char parent[] = "CREATE TABLE p (id INTEGER PRIMARY KEY);";
    static const struct {
        const char *child, *expected;
    } rows[] = {
        {"REFERENCES p ON DELETE CASCADE", ""},
        {"REFERENCES \"P\" (\"ID\") ON DELETE CASCADE ON UPDATE NO ACTION MATCH SIMPLE", ""},
        {"REFERENCES p (id)", "drop foreign key on c (p_id)\ncreate foreign key fk_c_p_id_p on c\n"},
        {"REFERENCES p ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
         "drop foreign key on c (p_id)\ncreate foreign key fk_c_p_id_p on c\n"},
        {"", "create foreign key fk_c_p_id_p on c\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *sql =
            g_strdup_printf("%s CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER %s)", parent, rows[i].child);
        assert_compare(model, sql, rows[i].expected);
    }
}

static void test_indexes(void **state)
{
    (void)state;
    static const char model[] =
        TABLE(", {\"name\": \"n\", \"type\": \"Text\", \"collation\": \"NOCASE\"}",
              ", \"indexes\": [{\"name\": \"ix\", \"columns\": [\"n\", {\"expression\": \"lower(n)\"},"
              "{\"column\": \"id\", \"order\": \"desc\"}], \"unique\": true, \"where\": \"n IS NOT NULL\"}]");
    static const char table[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE);";
    static const struct {
        const char *index, *expected;
    } rows[] = {
        {"CREATE UNIQUE INDEX ix ON t (n, lower(n), id DESC) WHERE n IS NOT NULL", ""},
        {"CREATE UNIQUE INDEX IX ON T (N COLLATE nocase, LOWER ( n ), id desc) WHERE (n is not null)", ""},
        {"CREATE INDEX ix ON t (n, lower(n), id DESC) WHERE n IS NOT NULL",
         "drop index ix on t\ncreate unique index ix on t\n"},
        {"CREATE UNIQUE INDEX ix ON t (n, lower(n), id) WHERE n IS NOT NULL",
         "drop unique index ix on t\ncreate unique index ix on t\n"},
        {"CREATE UNIQUE INDEX ix ON t (n COLLATE BINARY, lower(n), id DESC) WHERE n IS NOT NULL",
         "drop unique index ix on t\ncreate unique index ix on t\n"},
        {"CREATE UNIQUE INDEX ix ON t (n, lower(n), id DESC)",
         "drop unique index ix on t\ncreate unique index ix on t\n"},
        {"CREATE UNIQUE INDEX other ON t (n, lower(n), id DESC) WHERE n IS NOT NULL",
         "drop unique index other on t\ncreate unique index ix on t\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *sql = g_strconcat(table, rows[i].index, NULL);
        assert_compare(model, sql, rows[i].expected);
    }
}

/* An index's name that moves to another table is free before it is used. */
static void test_index_moves(void **state)
{
    (void)state;
    assert_compare("{\"tables\": [{\"name\": \"a\", \"columns\": [" ID "], \"indexes\": [{\"name\": \"ix\","
                   "\"columns\": [\"id\"]}]}, {\"name\": \"b\", \"columns\": [" ID "]}]}",
                   "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY);"
                   "CREATE INDEX ix ON b (id)",
                   "drop index ix on b\ncreate index ix on a\n");
}

/* A column that goes with all that stands on it. */
static void test_used_column_is_dropped(void **state)
{
    (void)state;
    assert_compare(TABLE("", ""),
                   "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE REFERENCES t CHECK (n > 0));"
                   "CREATE INDEX ix ON t (n)",
                   "drop foreign key on t (n)\ndrop index ix on t\ndrop unique constraint on t (n)\n"
                   "drop check constraint on t (n > 0)\ndrop column t.n\n");
}

static void test_scope(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) include = words("t*", NULL), exclude = words("*_tmp", NULL);
    CompareOptions options = compare_all;
    options.include_tables = include;
    options.exclude_tables = exclude;
    assert_compare_with(TABLE("", ""),
                        "CREATE TABLE other (a); CREATE TABLE t_old (a); CREATE TABLE T_TMP (a);"
                        "CREATE TRIGGER tr AFTER INSERT ON other BEGIN SELECT 1; END;"
                        "CREATE VIEW v AS SELECT 1; CREATE VIEW tv AS SELECT 1;",
                        &options, "drop view tv\ncreate table t\ndrop table t_old\n");
    g_autoptr(MetaData) model = read_model("{\"tables\": [{\"name\": \"other\", \"columns\": [" ID "]}]}");
    g_autoptr(MetaData) live = metadata_new(TRUE);
    assert_differences(model, live, &options, "");
}

static void test_verdicts(void **state)
{
    (void)state;
    g_autoptr(MetaData) model = read_model(TABLE(", {\"name\": \"n\", \"type\": \"Text\"}", ""));
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE u (a)");
    g_autoptr(Comparison) comparison = compare(model, live, &compare_all);
    assert_int_equal(comparison->operations->len, 2);
    assert_string_equal(((const MigrateOp *)comparison->operations->pdata[0])->verdict, "canonical");
    assert_string_equal(((const MigrateOp *)comparison->operations->pdata[1])->verdict, "structure");
}

/* The server's words, and which part of the model they are about. */
static void test_bad_expressions(void **state)
{
    (void)state;
    static const struct {
        const char *json, *expected;
    } rows[] = {
        {TABLE("", ", \"check_constraints\": [{\"name\": \"ck\", \"expression\": \"id >\"}]"),
         "check constraint 'ck' of table 't': "},
        {TABLE(", {\"name\": \"n\", \"type\": \"Text\", \"server_default\": \"(((\"}", ""),
         "server_default of column 'n' of table 't': "},
        {TABLE(", {\"name\": \"n\", \"type\": \"Text\", \"computed\": {\"expression\": \"nothing\"}}", ""),
         "computed expression of column 'n' of table 't': "},
        {TABLE("", ", \"indexes\": [{\"name\": \"ix\", \"columns\": [\"id\"], \"where\": \"nothing\"}]"),
         "index 'ix' of table 't': "},
    };
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MetaData) model = read_model(rows[i].json);
        assert_null(autogenerate_compare(&sqlite_dialect, model, live, &compare_all, &error));
        if (!g_str_has_prefix(error->message, rows[i].expected))
            fail_msg("'%s' does not start with '%s'", error->message, rows[i].expected);
    }
}

static void test_missing(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(MetaData) model = read_model(
        "{\"tables\": [{\"name\": \"c\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"foreign_key\": "
        "\"p.id\"}]}, {\"name\": \"p\", \"columns\": [" ID "]}, {\"name\": \"t\", \"columns\": [" ID "]}],"
        "\"objects\": [{\"kind\": \"view\", \"name\": \"v\", \"definition\": \"CREATE VIEW v AS SELECT 1\"}]}");
    g_autoptr(MetaData) live = read_database("CREATE TABLE t (other TEXT); CREATE TABLE u (a);"
                                             "CREATE VIEW w AS SELECT 1");
    g_autoptr(Comparison) comparison = autogenerate_missing(&sqlite_dialect, model, live, &compare_all, &error);
    assert_no_error(error);
    g_autofree char *text = describe_all(comparison);
    assert_string_equal(text, "create table p\ncreate table c\ncreate view v\n");
}

static char *big_model(void)
{
    GString *json = g_string_new("{\"tables\": [");
    for (int i = 0; i < 1000; i++) {
        g_string_append_printf(json, "%s{\"name\": \"t%d\", \"columns\": [" ID, i ? ", " : "", i);
        for (int j = 0; j < 11; j++)
            g_string_append_printf(json, ", {\"name\": \"c%d\", \"type\": \"String(%d)\", \"server_default\": \"'x'\"}",
                                   j, j + 1);
        g_string_append(json, "]}");
    }
    g_string_append(json, "]}");
    return g_string_free(json, FALSE);
}

/* No difference among 12,000 columns costs milliseconds; the bound leaves room for sanitizers and slow machines. */
static void test_fast_when_equal(void **state)
{
    (void)state;
    g_autofree char *json = big_model();
    g_autoptr(MetaData) model = read_model(json);
    g_autoptr(MetaData) live = metadata_copy(model);
    gint64 start = g_get_monotonic_time();
    assert_differences(model, live, &compare_all, "");
    gint64 elapsed = g_get_monotonic_time() - start;
    print_message("1,000 tables compared in %.1f ms\n", (double)elapsed / 1000);
    assert_true(elapsed < G_USEC_PER_SEC / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),         cmocka_unit_test(test_tables),
        cmocka_unit_test(test_columns),         cmocka_unit_test(test_generated_columns),
        cmocka_unit_test(test_facets_left_out), cmocka_unit_test(test_primary_key),
        cmocka_unit_test(test_nullable_key),    cmocka_unit_test(test_unnamed_constraints),
        cmocka_unit_test(test_foreign_keys),    cmocka_unit_test(test_indexes),
        cmocka_unit_test(test_index_moves),     cmocka_unit_test(test_used_column_is_dropped),
        cmocka_unit_test(test_scope),           cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_bad_expressions), cmocka_unit_test(test_missing),
        cmocka_unit_test(test_fast_when_equal),
    };
    return cmocka_run_group_tests_name("autogenerate/compare", tests, NULL, NULL);
}
