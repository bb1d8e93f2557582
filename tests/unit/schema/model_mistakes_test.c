/* What is wrong in a model, with the place and the path, all in one run. */
#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "schema/model.h"

static char *mistakes_for(const char *dialect, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new(dialect, strcmp(dialect, "sqlite") == 0, NULL, 63);
    if (!model_reader_add(reader, "m.json", text, strlen(text), &error))
        fail_msg("%s", error->message);
    g_autoptr(MetaData) metadata = model_reader_finish(reader, &error);
    if (metadata)
        fail_msg("no mistake in %s", text);
    assert_true(g_error_matches(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL));
    return g_strdup(error->message);
}

/* Exactly this one mistake. */
static void check(const char *text, const char *expected)
{
    g_autofree char *found = mistakes_for("sqlite", text);
    if (strcmp(found, expected) != 0)
        fail_msg("found    %s\nexpected %s\nin %s", found, expected, text);
}

/* One mistake that says `expected`. */
static void check_says(const char *text, const char *expected)
{
    g_autofree char *found = mistakes_for("sqlite", text);
    if (!strstr(found, expected) || strchr(found, '\n'))
        fail_msg("found    %s\nexpected %s\nin %s", found, expected, text);
}

#define TABLE(body) "{\"tables\": [{\"name\": \"t\", " body "}]}"
#define COLUMNS "\"columns\": [{\"name\": \"id\", \"type\": \"Integer\"}, {\"name\": \"b\", \"type\": \"Text\"}]"
#define COLUMN(body) TABLE("\"columns\": [{\"name\": \"a\", \"type\": \"Integer\"" body "}]")

static void test_places(void **state)
{
    (void)state;
    check("[]", "m.json:1:1: expected an object, not an array");
    check("{\"tabels\": []}", "m.json:1:2: tabels: unknown key 'tabels', did you mean 'tables'?");
    check("{\"tables\": [], \"tables\": []}", "m.json:1:16: tables: the key 'tables' stands twice in this object");
    check(
        "{\n \"tables\": [\n  {\"name\": \"t\", \"columns\": [\n   {\"name\": \"a\", \"type\": \"Integr\"}]}]}",
        "m.json:4:26: tables[0].columns[0].type: unknown type 'Integr', did you mean 'Integer'? (a dialect's own type "
        "is written in capitals, or as Native('Integr'))");
    check("{\"tables\": {}}", "m.json:1:12: tables: expected an array, not an object");
    check("{\"tables\": [1]}", "m.json:1:13: tables[0]: expected an object, not a number");
    check("{\"tables\": [{\"columns\": [{\"name\": \"a\", \"type\": \"Text\"}]}]}",
          "m.json:1:13: tables[0]: the key 'name' is missing");
    check("{\"tables\": [{\"name\": \"t\"}]}", "m.json:1:13: tables[0]: a table without columns");
    check(TABLE("\"columns\": []"), "m.json:1:38: tables[0].columns: a table without columns");
}

static void test_columns(void **state)
{
    (void)state;
    check_says(TABLE("\"columns\": [{\"name\": \"a\"}]"), "tables[0].columns[0]: the key 'type' is missing");
    check_says(TABLE("\"columns\": [{\"type\": \"Text\"}]"), "tables[0].columns[0]: the key 'name' is missing");
    check_says(TABLE("\"columns\": [{\"name\": \"\", \"type\": \"Text\"}]"), "name: the text is empty");
    check_says(TABLE("\"columns\": [{\"name\": null, \"type\": \"Text\"}]"), "name: expected a text, not null");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": 1}]"), "type: expected a text, not a number");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": null}]"), "type: expected a type, not null");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": {\"mysql\": \"Text\"}}]"),
               "type: no type for sqlite: add \"sqlite\" or \"default\"");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": {\"default\": \"Text\", \"mysql\": \"Txet\"}}]"),
               "type.mysql: unknown type 'Txet', did you mean 'Text'?");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": {\"default\": \"Text\", \"postgres\": \"TEXT\"}}]"),
               "unknown key 'postgres', did you mean 'postgresql'?");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": {}}]"), "or values by dialect");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": \"String(-1)\"}]"), "'-1'");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": \"Text\"}, {\"name\": \"A\", \"type\": \"Text\"}]"),
               "columns[1].name: a second column 'A' in this table");
    check_says(COLUMN(", \"nulable\": true"), "unknown key 'nulable', did you mean 'nullable'?");
    check_says(COLUMN(", \"nullable\": \"no\""), "nullable: expected true or false, not a text");
    check_says(COLUMN(", \"primary_key\": 1"), "expected true or false, not a number");
    check_says(COLUMN(", \"server_default\": \"\""), "an empty string is written \"''\"");
    check_says(COLUMN(", \"server_default\": [1]"), "server_default: expected an SQL expression");
    check_says(COLUMN(", \"autoincrement\": \"yes\""), "expected true, false or \"auto\"");
    check_says(COLUMN(", \"computed\": {\"persisted\": true}"), "computed: the key 'expression' is missing");
    check_says(COLUMN(", \"computed\": \"a + 1\""), "computed: expected an object, not a text");
    check_says(COLUMN(", \"computed\": {\"expression\": \"1\"}, \"server_default\": 1"),
               "cannot have a server_default");
    check_says(COLUMN(", \"identity\": {}, \"server_default\": 1"), "cannot have a server_default");
    check_says(COLUMN(", \"identity\": {\"increment\": 0}"), "never gets on");
    check_says(COLUMN(", \"identity\": {\"start\": 1.5}"), "at most 64 bits, not 1.5");
    check_says(COLUMN(", \"identity\": {\"start\": 9223372036854775808}"), "not 9223372036854775808");
    check_says(COLUMN(", \"identity\": {\"minvalue\": 5, \"maxvalue\": 1}"), "minvalue 5 is above maxvalue 1");
    check_says(COLUMN(", \"identity\": {\"minvalue\": 5, \"start\": 1}"), "outside of minvalue and maxvalue");
    check_says(COLUMN(", \"autoincrement\": true"), "neither a primary key nor indexed");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": \"Text\", \"primary_key\": true, \"autoincrement\": "
                     "true}]"),
               "only a column of an integer type");
    check_says(COLUMN(", \"ondelete\": \"CASCADE\""), "'ondelete' means nothing without a 'foreign_key'");
    check_says(TABLE("\"columns\": [{\"name\": \"a\", \"type\": \"Text\", \"renamed_from\": \"x\"}, {\"name\": \"b\", "
                     "\"type\": \"Text\", \"renamed_from\": \"X\"}]"),
               "renamed from 'X' already");
    check_says(COLUMN(", \"comment\": 1"), "comment: expected a text, not a number");
    check_says(COLUMN(", \"options\": {\"sqlit\": {}}"), "unknown key 'sqlit', did you mean 'sqlite'?");
    check_says(COLUMN(", \"options\": {\"sqlite\": 1}"), "options.sqlite: expected an object with options");
    check_says(COLUMN(", \"options\": {\"mysql\": {\"x\": []}}"), "options.mysql.x: expected a text, a number");
}

static void test_keys(void **state)
{
    (void)state;
    check_says(TABLE(COLUMNS ", \"primary_key\": {\"columns\": [\"idd\"]}"),
               "primary_key.columns[0]: the table has no column 'idd', did you mean 'id'?");
    check_says(TABLE(COLUMNS ", \"primary_key\": {\"columns\": []}"), "expected the names of columns");
    check_says(TABLE(COLUMNS ", \"primary_key\": {}"), "expected the names of columns in the key 'columns'");
    check_says(TABLE(COLUMNS ", \"primary_key\": {\"columns\": [\"id\", \"ID\"]}"), "stands twice");
    check_says(COLUMN(", \"primary_key\": true}, {\"name\": \"b\", \"type\": \"Text\"}], \"primary_key\": "
                      "{\"columns\": [\"a\", \"b\"]}, \"indexes\": [{\"columns\": [\"b\"]"),
               "columns[1]: the column 'b' is in the table's 'primary_key', which other columns");
    check_says(COLUMN(", \"primary_key\": false}], \"primary_key\": {\"columns\": [\"a\"]}, \"indexes\": "
                      "[{\"columns\": [\"a\"]"),
               "the column 'a' is in the table's 'primary_key'");
    check_says(TABLE(COLUMNS ", \"unique_constraints\": [{\"columns\": [\"nope\"]}]"), "no column 'nope'");
    check_says(TABLE(COLUMNS ", \"unique_constraints\": [{\"columns\": \"id\"}]"), "expected an array, not a text");
    check_says(TABLE(COLUMNS ", \"unique_constraints\": [{\"name\": \"u\", \"columns\": [\"id\"]}, {\"name\": \"U\", "
                             "\"columns\": [\"b\"]}]"),
               "unique_constraints[1]: a second constraint 'U'");
    check_says(TABLE(COLUMNS ", \"unique_constraints\": [{\"columns\": [\"id\"], \"initially\": \"LATER\"}]"),
               "unknown word 'LATER', ");
    check_says(TABLE(COLUMNS ", \"unique_constraints\": [{\"columns\": [\"id\"], \"initially\": \"DEFERRED\", "
                             "\"deferrable\": false}]"),
               "cannot be initially deferred");
    check_says(TABLE(COLUMNS ", \"check_constraints\": [{\"name\": \"c\"}]"), "the key 'expression' is missing");
    check_says(TABLE(COLUMNS ", \"check_constraints\": [{\"expression\": \" \"}]"), "the text is empty");
    check_says(TABLE(COLUMNS ", \"check_constraints\": [{\"sqltext\": \"x\", \"expression\": \"x\"}]"),
               "unknown key 'sqltext'");
}

static void test_foreign_keys(void **state)
{
    (void)state;
    check_says(COLUMN(", \"foreign_key\": \"t\""), "foreign_key: expected \"table.column\"");
    check_says(COLUMN(", \"foreign_key\": \"t.\""), "expected \"table.column\"");
    check_says(COLUMN(", \"foreign_key\": \".a\""), "expected \"table.column\"");
    check_says(COLUMN(", \"foreign_key\": 1"), "expected \"table.column\"");
    check_says(COLUMN(", \"foreign_key\": \"tt.a\""),
               "columns[0].foreign_key: the model has no table 'tt', did you mean 't'?");
    check_says(COLUMN(", \"foreign_key\": \"app.t.a\""), "the model has no table 'app.t'");
    check_says(COLUMN(", \"foreign_key\": \"t.aa\""), "the table 't' has no column 'aa', did you mean 'a'?");
    check_says(COLUMN(", \"foreign_key\": \"t.a\", \"ondelete\": \"CASCAD\""),
               "ondelete: unknown word 'CASCAD', did you mean 'CASCADE'?");
    check_says(COLUMN(", \"foreign_key\": \"t.a\", \"onupdate\": \"explode\""),
               "unknown word 'explode', expected CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION");
    check_says(COLUMN(", \"foreign_key\": \"t.a\", \"match\": \"FUL\""), "did you mean 'FULL'?");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"id\"]}]"), "the key 'referred_table' is missing");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"id\"], \"referred_table\": \"x\"}]"),
               "foreign_keys[0].referred_table: the model has no table 'x'");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"id\"], \"referred_table\": \"t\", "
                             "\"referred_columns\": [\"id\", \"b\"]}]"),
               "referred_columns: 1 columns refer to 2");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"id\"], \"referred_table\": \"t\", "
                             "\"referred_columns\": [\"ib\"]}]"),
               "foreign_keys[0].referred_columns: the table 't' has no column 'ib', did you mean 'id'?");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"id\", \"b\"], \"referred_table\": \"t\"}], "
                             "\"primary_key\": {\"columns\": [\"id\"]}"),
               "2 columns refer to the primary key of 't', which has 1: name the referred_columns");
    check_says(TABLE(COLUMNS ", \"foreign_keys\": [{\"columns\": [\"idd\"], \"referred_table\": \"t\", "
                             "\"referred_columns\": [\"id\"]}]"),
               "foreign_keys[0].columns[0]: the table has no column 'idd'");
}

static void test_indexes(void **state)
{
    (void)state;
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"name\": \"i\"}]"), "an index without columns");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [\"lower(b)\"]}]"), "the table has no column 'lower(b)'");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"c\"}]}]"), "the table has no column 'c'");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"b\", \"expression\": \"b\"}]}]"),
               "either a column or an expression");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"b\", \"order\": \"down\"}]}]"),
               "unknown word 'down', expected ASC or DESC");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"b\", \"nulls\": \"lst\"}]}]"),
               "did you mean 'LAST'?");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"b\", \"length\": -1}]}]"),
               "from 1, not -1");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [{\"column\": \"b\", \"length\": 9999999999}]}]"),
               "is no prefix");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [\"b\"], \"include\": [\"x\"]}]"), "no column 'x'");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"name\": null, \"columns\": [\"b\"]}]"), "an index has a name");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"columns\": [null]}]"), "expected a column, not null");
    check("{\"tables\": [{\"name\": \"a\", \"columns\": [{\"name\": \"b_c\", \"type\": \"Text\", \"index\": true}]},\n"
          "{\"name\": \"a_b\", \"columns\": [{\"name\": \"c\", \"type\": \"Text\", \"index\": true}]}]}",
          "m.json:2:68: tables[1].columns[0].index: the name 'ix_a_b_c' of this index is taken by the index at "
          "m.json:1:80");
    check_says(TABLE(COLUMNS ", \"indexes\": [{\"name\": \"T\", \"columns\": [\"b\"]}]"),
               "the name 'T' of this index is taken by the table at m.json:1:22");
    g_autofree char *long_name = mistakes_for(
        "postgresql", TABLE(COLUMNS ", \"indexes\": [{\"name\": "
                                    "\"i23456789012345678901234567890123456789012345678901234567890123x\", "
                                    "\"columns\": [\"b\"]}]"));
    assert_non_null(strstr(long_name, "is 64 bytes long, postgresql takes 63"));
}

static void test_beside_tables(void **state)
{
    (void)state;
    check_says("{\"enums\": [{\"name\": \"e\", \"values\": [\"a\", \"a\"]}]}", "the value 'a' stands twice");
    check_says("{\"enums\": [{\"name\": \"e\", \"values\": [1]}]}", "expected a text, not a number");
    check_says("{\"enums\": [{\"name\": \"e\", \"values\": [\"a\"], \"renamed_values\": [\"b\"]}]}",
               "expected an object, {\"former value\": \"new value\"}, not an array");
    check_says("{\"enums\": [{\"name\": \"e\", \"values\": [\"a\"], \"renamed_values\": {\"b\": \"c\"}}]}",
               "enums[0].renamed_values.b: the enum has no value 'c'");
    check_says("{\"enums\": [{\"name\": \"e\", \"values\": [\"a\"]}, {\"name\": \"E\", \"values\": [\"a\"]}]}",
               "the name 'E' of this enum is taken by the enum at m.json:1:21");
    check_says("{\"enums\": [{\"name\": \"mood\", \"values\": [\"a\"]}], \"tables\": [{\"name\": \"t\", \"columns\": "
               "[{\"name\": \"a\", \"type\": \"ARRAY(Enum(mod))\"}]}]}",
               "columns[0].type: the model has no enum 'mod', did you mean 'mood'?");
    check_says("{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"a\", \"type\": {\"default\": \"Text\", "
               "\"postgresql\": \"Enum(mood)\"}}]}]}",
               "type.postgresql: the model has no enum 'mood'");
    check_says("{\"sequences\": [{\"name\": \"s\", \"increment\": 0}]}", "never gets on");
    check_says("{\"sequences\": [{\"name\": \"s\", \"cache\": -1}]}", "from 0, not -1");
    check_says("{\"sequences\": [{\"name\": \"s\", \"start\": true}]}", "expected a whole number, not true");
    check_says("{\"sequences\": [{\"name\": \"s\", \"start\": \"x\"}]}", "not x");
    check_says("{\"objects\": [{\"name\": \"v\", \"definition\": \"x\"}]}", "the key 'kind' is missing");
    check_says("{\"objects\": [{\"kind\": \"veiw\", \"name\": \"v\", \"definition\": \"x\"}]}", "did you mean 'view'?");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"v\"}]}", "the key 'definition' is missing");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"v\", \"definition\": \" ; \"}]}", "the text is empty");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"v\", \"definition\": []}]}", "the text is empty");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"v\", \"definition\": [1]}]}",
               "definition[0]: expected");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"v\", \"definition\": \"x\", \"depends_on\": [\"w\"]}]}",
               "depends_on[0]: the model has nothing named 'w'");
    check_says("{\"objects\": [{\"kind\": \"view\", \"name\": \"t\", \"definition\": \"x\"}], \"tables\": [{\"name\": "
               "\"t\", " COLUMNS "}]}",
               "the name 't' of this view is taken by the table");
    check_says("{\"tables\": [{\"name\": \"t\", " COLUMNS "}, {\"name\": \"T\", " COLUMNS "}]}",
               "tables[1].name: the name 'T' of this table is taken by the table at m.json:1:22");
    check_says("{\"tables\": [{\"name\": \"t\", \"renamed_from\": \"x\", " COLUMNS "}, {\"name\": \"u\", "
               "\"renamed_from\": \"x\", " COLUMNS "}]}",
               "the name 'x' of this renamed_from of a table is taken");
    check_says("{\"naming_convention\": {\"uq\": \"%(x)s\"}}", "naming_convention.uq: unknown token '%(x)s'");
    check_says("{\"naming_convention\": {\"uk\": \"x\"}}", "unknown key 'uk', did you mean 'uq'?");
    check_says("{\"naming_convention\": {\"ix\": null}}", "'ix' is empty");
    check_says("{\"naming_convention\": {\"uq\": \"%(column_3_name)s\"}, \"tables\": [{\"name\": \"t\", " COLUMNS
               ", \"unique_constraints\": [{\"columns\": [\"id\"]}]}]}",
               "unique_constraints[0]: the naming convention makes an empty name");
}

/* Every mistake of every document, in the order of the files. */
static void test_all_at_once(void **state)
{
    (void)state;
    static const char first[] =
        "{\"tables\": [{\"name\": \"t\", \"columns\": [\n{\"name\": \"a\", \"type\": \"Txt\"},\n"
        "{\"name\": \"b\", \"type\": \"Text\", \"foreign_key\": \"x.y\"},\n"
        "{\"nmae\": \"c\", \"type\": \"Text\"}]}]}";
    static const char second[] = "{\"tabels\": 1}";
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, NULL, 0);
    assert_true(model_reader_add(reader, "1.json", first, strlen(first), &error));
    assert_true(model_reader_add(reader, "2.json", second, strlen(second), &error));
    assert_null(model_reader_finish(reader, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    assert_int_equal(g_strv_length(lines), 5);
    static const char *const starts[] = {"1.json:2:", "1.json:3:", "1.json:4:1: ", "1.json:4:2: ", "2.json:1:2: "};
    for (guint i = 0; i < 5; i++) {
        if (!g_str_has_prefix(lines[i], starts[i]))
            fail_msg("line %u is %s", i, lines[i]);
    }
}

static void test_broken_json(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, NULL, 0);
    assert_false(model_reader_add(reader, "m.json", "{\"tables\": [}", 13, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_SYNTAX));
    assert_non_null(strstr(error->message, "m.json:1:13"));
}

/* A thousand mistakes are counted, and take no quadratic time in guesses. */
static void test_many(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new("{\"tables\": [");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text,
                               "%s{\"name\": \"table_%d\", \"columns\": [{\"name\": \"a\", \"type\": \"Integer\", "
                               "\"foreign_key\": \"tabel_%d.a\"}]}",
                               i ? "," : "", i, i);
    g_string_append(text, "]}");
    g_autofree char *found = mistakes_for("sqlite", text->str);
    assert_non_null(strstr(found, "and 900 more"));

    /* The same file twice: every name stands twice. */
    g_autofree char *tables = g_strndup(text->str + strlen("{\"tables\": ["), text->len - strlen("{\"tables\": []}"));
    g_autofree char *twice = g_strdup_printf("{\"tables\": [%s, %s]}", tables, tables);
    gint64 start = g_get_monotonic_time();
    g_autofree char *found_twice = mistakes_for("sqlite", twice);
    assert_non_null(strstr(found_twice, "is taken by the table at m.json:1:"));
    assert_true(g_get_monotonic_time() - start < 30 * G_USEC_PER_SEC);
}

/* Damaged models of every kind are refused or read, and nothing else. */
static void test_damaged(void **state)
{
    (void)state;
    static const char sample[] =
        "{\"naming_convention\":{\"uq\":\"u%(table_name)s\"},\"enums\":[{\"name\":\"e\",\"values\":[\"a\"]}],"
        "\"tables\":"
        "[{\"name\":\"t\",\"columns\":[{\"name\":\"a\",\"type\":{\"default\":\"BigInteger\",\"sqlite\":\"INTEGER\"},"
        "\"unique\":true,\"foreign_key\":\"t.a\",\"identity\":{\"start\":1}},{\"name\":\"b\",\"type\":\"Text\","
        "\"computed\":"
        "{\"expression\":\"a\"}}],\"primary_key\":{\"columns\":[\"b\"]},\"foreign_keys\":[{\"columns\":[\"a\"],"
        "\"referred_table\":\"t\"}],\"check_constraints\":[{\"expression\":\"a\"}],\"indexes\":[{\"columns\":[\"a\",{"
        "\"expression\":\"b\",\"length\":1}],\"include\":[\"b\"]}],\"options\":{\"mysql\":{\"w\":{\"x\":1}}}}],"
        "\"sequences\":[{\"name\":\"s\"}],\"objects\":[{\"kind\":\"trigger\",\"name\":\"v\",\"definition\":[\"ON t\"],"
        "\"depends_on\":[\"t\"]}]}";
    static const char *const values[] = {"null",  "1", "\"\"", "[]", "{}", "true", "[null]", "{\"sqlite\": []}",
                                         "-1e400"};
    guint read = 0, refused = 0;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int round = 0; round < 6000; round++) {
        g_autoptr(GString) text = g_string_new(sample);
        /* one value, from behind a colon or comma to the next comma or bracket, becomes another */
        gsize at = (gsize)g_rand_int_range(random, 0, (gint32)text->len);
        gsize start = at + strcspn(text->str + at, ":[");
        if (!text->str[start])
            continue;
        gsize length = strcspn(text->str + start + 1, ",]}[{");
        g_string_erase(text, (gssize)start + 1, (gssize)length);
        g_string_insert(text, (gssize)start + 1, values[g_rand_int_range(random, 0, G_N_ELEMENTS(values))]);
        g_autoptr(GError) error = NULL;
        g_autoptr(ModelReader) reader = model_reader_new(round % 2 ? "sqlite" : "mariadb", round % 3 == 0, NULL, 20);
        g_autoptr(MetaData) metadata = NULL;
        if (model_reader_add(reader, "m.json", text->str, text->len, &error))
            metadata = model_reader_finish(reader, &error);
        assert_true(!metadata == !!error);
        g_autofree char *written = metadata ? model_write(metadata, "sqlite") : NULL;
        assert_true(!metadata == !written);
        read += metadata != NULL;
        refused += metadata == NULL;
    }
    assert_true(read > 100 && refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),       cmocka_unit_test(test_columns),     cmocka_unit_test(test_keys),
        cmocka_unit_test(test_foreign_keys), cmocka_unit_test(test_indexes),     cmocka_unit_test(test_beside_tables),
        cmocka_unit_test(test_all_at_once),  cmocka_unit_test(test_broken_json), cmocka_unit_test(test_many),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests_name("schema/model_mistakes", tests, NULL, NULL);
}
