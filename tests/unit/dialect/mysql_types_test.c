/* Types in MySQL's and MariaDB's spelling and back; the oracle is information_schema.COLUMNS of a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "dialect/dialect.h"
#include "support/mysql.h"

static SqlType *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    SqlType *type = sql_type_parse(text, &error);
    if (type == NULL)
        fail_msg("%s", error->message);
    return type;
}

/* As SQLAlchemy 2.0's MySQL compiler writes them. The third: MySQL's, where it is another. */
static const char *const spellings[][3] = {
    {"Integer", "INTEGER"},
    {"SmallInteger", "SMALLINT"},
    {"BigInteger", "BIGINT"},
    {"Float", "FLOAT"},
    {"Float(24)", "FLOAT(24)"},
    {"Float(53)", "FLOAT(53)"},
    {"Double", "DOUBLE"},
    {"Numeric", "NUMERIC"},
    {"Numeric(10)", "NUMERIC(10)"},
    {"Numeric(10, 2)", "NUMERIC(10, 2)"},
    {"Boolean", "BOOL"},
    {"String(20)", "VARCHAR(20)"},
    {"Text", "TEXT"},
    {"Unicode(7)", "VARCHAR(7)"},
    {"UnicodeText", "TEXT"},
    {"LargeBinary", "BLOB"},
    {"LargeBinary(7)", "BLOB(7)"},
    {"Date", "DATE"},
    {"Time", "TIME"},
    {"Time(timezone=true, precision=3)", "TIME(3)"},
    {"DateTime", "DATETIME"},
    {"DateTime(timezone=true)", "DATETIME"},
    {"DateTime(precision=6)", "DATETIME(6)"},
    {"Interval", "DATETIME"},
    {"Interval(precision=2)", "DATETIME(2)"},
    {"JSON", "JSON"},
    {"Uuid", "UUID", "CHAR(32)"},
    {"Enum('a', 'b')", "ENUM('a','b')"},
    {"Enum('it''s', 'back\\slash', name=mood)", "ENUM('it''s','back\\\\slash')"},
    {"MEDIUMTEXT", "MEDIUMTEXT"},
    {"INTEGER UNSIGNED", "INTEGER UNSIGNED"},
};

static void test_spellings(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_autoptr(SqlType) type = parse(spellings[i][0]);
        g_autofree char *mariadb = mariadb_dialect.type_sql(type, NULL);
        g_autofree char *mysql = mysql_dialect.type_sql(type, NULL);
        assert_string_equal(mariadb, spellings[i][1]);
        assert_string_equal(mysql, spellings[i][2] != NULL ? spellings[i][2] : spellings[i][1]);
    }
}

static void test_no_spelling(void **state)
{
    (void)state;
    static const char *const none[][2] = {
        {"String", "needs a length"},           {"Unicode", "needs a length"},    {"NullType", "needs a type"},
        {"ARRAY(Integer)", "JSON holds lists"}, {"Enum(mood)", "ENUM('a', 'b')"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SqlType) type = parse(none[i][0]);
        assert_null(mariadb_dialect.type_sql(type, &error));
        assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
        assert_non_null(strstr(error->message, none[i][1]));
        assert_non_null(strstr(error->message, none[i][0]));
        assert_true(mariadb_dialect.type_equal(type, type));
    }
}

/* Users' spellings and the catalog's of both products, and the type they stand for. */
static const char *const read_as[][2] = {
    {"int(11)", "Integer"},
    {"int", "Integer"},
    {"INT SIGNED", "Integer"},
    {"int(5)", "Integer"},
    {"int4", "Integer"},
    {"int(10) unsigned", "INTEGER UNSIGNED"},
    {"int unsigned", "INTEGER UNSIGNED"},
    {"int/* */unsigned", "INTEGER UNSIGNED"},
    {"int(10) unsigned zerofill", "INTEGER(10) UNSIGNED ZEROFILL"},
    {"int zerofill", "INTEGER(10) UNSIGNED ZEROFILL"},
    {"int(3) zerofill unsigned", "INTEGER(3) UNSIGNED ZEROFILL"},
    {"tinyint(1)", "Boolean"},
    {"bool", "Boolean"},
    {"BOOLEAN", "Boolean"},
    {"tinyint(4)", "TINYINT"},
    {"tinyint", "TINYINT"},
    {"int1", "TINYINT"},
    {"tinyint(1) unsigned", "TINYINT UNSIGNED"},
    {"tinyint(3) unsigned", "TINYINT UNSIGNED"},
    {"smallint(6)", "SmallInteger"},
    {"int2", "SmallInteger"},
    {"mediumint(9)", "MEDIUMINT"},
    {"middleint", "MEDIUMINT"},
    {"bigint(20)", "BigInteger"},
    {"bigint(20) unsigned", "BIGINT UNSIGNED"},
    {"float", "Float"},
    {"float(24)", "Float"},
    {"float(10,2)", "FLOAT(10,2)"},
    {"float unsigned", "FLOAT UNSIGNED"},
    {"float(25)", "Double"},
    {"float8", "Double"},
    {"double", "Double"},
    {"double precision", "Double"},
    {"REAL", "Double"},
    {"double(10, 2)", "DOUBLE(10,2)"},
    {"decimal", "Numeric(10, 0)"},
    {"dec(10)", "Numeric(10, 0)"},
    {"decimal(10,2)", "Numeric(10, 2)"},
    {"fixed(10,2)", "Numeric(10, 2)"},
    {"decimal(10,2) unsigned", "DECIMAL(10,2) UNSIGNED"},
    {"decimal zerofill", "DECIMAL(10,0) UNSIGNED ZEROFILL"},
    {"char", "CHAR(1)"},
    {"char(0)", "CHAR(0)"},
    {"character(3)", "CHAR(3)"},
    {"national char(3)", "CHAR(3)"},
    {"varchar(20)", "String(20)"},
    {"character varying(20)", "String(20)"},
    {"national varchar(20)", "String(20)"},
    {"nchar varying(20)", "String(20)"},
    {"varchar(20) character set latin1 collate latin1_bin", "String(20)"},
    {"varchar(20) binary", "String(20)"},
    {"char(5) byte", "BINARY(5)"},
    {"binary", "BINARY(1)"},
    {"varbinary(5)", "VARBINARY(5)"},
    {"tinytext", "TINYTEXT"},
    {"text", "Text"},
    {"text(63)", "TINYTEXT"},
    {"text(64)", "Text"},
    {"text(255) character set latin1", "TINYTEXT"},
    {"text(86) charset utf8mb3", "Text"},
    {"text(16384)", "MEDIUMTEXT"},
    {"long", "MEDIUMTEXT"},
    {"long varbinary", "MEDIUMBLOB"},
    {"longtext", "LONGTEXT"},
    {"blob", "LargeBinary"},
    {"blob(255)", "TINYBLOB"},
    {"blob(256)", "LargeBinary"},
    {"blob(65536)", "MEDIUMBLOB"},
    {"blob(16777216)", "LONGBLOB"},
    {"date", "Date"},
    {"time", "Time"},
    {"time(0)", "Time"},
    {"time(3)", "Time(precision=3)"},
    {"datetime", "DateTime"},
    {"datetime(6)", "DateTime(precision=6)"},
    {"timestamp", "TIMESTAMP"},
    {"timestamp(6)", "TIMESTAMP(6)"},
    {"year(4)", "YEAR"},
    {"year", "YEAR"},
    {"year(2)", "YEAR(2)"},
    {"bit", "BIT(1)"},
    {"bit(8)", "BIT(8)"},
    {"enum('a','b')", "Enum('a', 'b')"},
    {"enum( 'a ' , \"b\" )", "Enum('a', 'b')"},
    {"enum('A','b')", "Enum('A', 'b')"},
    {"enum('it''s','x,y','back\\\\slash','a\\'q','(','ü','')",
     "Enum('it''s', 'x,y', 'back\\slash', 'a''q', '(', 'ü', '')"},
    {"set('x','y''z')", "SET('x','y''z')"},
    {"uuid", "Uuid"},
    {"inet4", "INET4"},
    {"inet6", "INET6"},
    {"geometry", "GEOMETRY"},
    {"point", "POINT"},
    {"geometrycollection", "GEOMETRYCOLLECTION"},
};

static void test_read(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(read_as); i++) {
        g_autoptr(SqlType) type = mariadb_dialect.type_from_sql(read_as[i][0]);
        g_autofree char *text = sql_type_to_string(type);
        g_autoptr(SqlType) expected = parse(read_as[i][1]);
        g_autoptr(SqlType) native = sql_type_new_native(read_as[i][0]);
        if (!sql_type_equal(type, expected) || !mariadb_dialect.type_equal(type, native))
            fail_msg("%s is read as %s", read_as[i][0], text);
        g_autoptr(SqlType) again = parse(text);
        assert_true(sql_type_equal(type, again));
        g_autoptr(SqlType) mysql = mysql_dialect.type_from_sql(read_as[i][0]);
        if (strcmp(read_as[i][0], "uuid") != 0 && !sql_type_equal(mysql, type))
            fail_msg("%s is another type to MySQL", read_as[i][0]);
    }
    static const char *const others[][2] = {{"json", "JSON"},
                                            {"vector(3)", "VECTOR(3)"},
                                            {"geomcollection", "GEOMETRYCOLLECTION"},
                                            {"varchar(9) /*M!100301 COMPRESSED*/", "String(9)"},
                                            {"xmltype", "XMLTYPE"}};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(SqlType) type = mysql_dialect.type_from_sql(others[i][0]);
        g_autoptr(SqlType) expected = parse(others[i][1]);
        assert_true(sql_type_equal(type, expected));
    }
}

static void test_equal(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        gboolean equal;
    } cases[] = {
        {"Integer", "INT(11)", TRUE},
        {"INTEGER UNSIGNED", "INT(10) UNSIGNED", TRUE},
        {"Integer", "INTEGER UNSIGNED", FALSE},
        {"INT(5) ZEROFILL", "INT(6) ZEROFILL", FALSE},
        {"Boolean", "TINYINT(1)", TRUE},
        {"Boolean", "TINYINT", TRUE},
        {"Boolean", "TINYINT UNSIGNED", FALSE},
        {"Numeric", "DECIMAL(10,0)", TRUE},
        {"Numeric(10, 2)", "DEC(10,3)", FALSE},
        {"Float", "FLOAT(24)", TRUE},
        {"Float(53)", "Double", TRUE},
        {"DOUBLE(10,2)", "Double", FALSE},
        {"Interval", "DateTime", TRUE},
        {"DateTime(timezone=true)", "DateTime", TRUE},
        {"DateTime(precision=0)", "DateTime", TRUE},
        {"DateTime(precision=6)", "DateTime", FALSE},
        {"TIMESTAMP", "DateTime", FALSE},
        {"LargeBinary(300)", "BLOB", TRUE},
        {"LargeBinary(30)", "TINYBLOB", TRUE},
        {"TEXT(20)", "TINYTEXT", TRUE},
        {"Text", "LONGTEXT", FALSE},
        {"JSON", "LONGTEXT", FALSE},
        {"String(20)", "Unicode(20)", TRUE},
        {"String(20)", "VARCHAR(21)", FALSE},
        {"Enum('a', 'b', name=mood)", "ENUM('a', 'b')", TRUE},
        {"Enum('a', 'b')", "Enum('b', 'a')", FALSE},
        {"Enum('a')", "Enum('A')", FALSE},
        {"Enum('a,b')", "Enum('a', 'b')", FALSE},
        {"SET('a','b')", "Enum('a', 'b')", FALSE},
        {"YEAR", "YEAR(4)", TRUE},
        {"GEOMCOLLECTION", "GEOMETRYCOLLECTION", TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SqlType) a = parse(cases[i].a);
        g_autoptr(SqlType) b = parse(cases[i].b);
        if (mariadb_dialect.type_equal(a, b) != cases[i].equal || mysql_dialect.type_equal(b, a) != cases[i].equal)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
    g_autoptr(SqlType) uuid = parse("Uuid");
    g_autoptr(SqlType) text = parse("CHAR(32)");
    assert_true(mysql_dialect.type_equal(uuid, text));
    assert_false(mariadb_dialect.type_equal(uuid, text));
}

/* --- the server --- */

#define N_SPELLINGS (G_N_ELEMENTS(read_as) + G_N_ELEMENTS(spellings))

static const char *spelling_at(gsize i)
{
    return i < G_N_ELEMENTS(read_as) ? read_as[i][0] : spellings[i - G_N_ELEMENTS(read_as)][1];
}

/* A table with a column of each type: rows of `what` from its description. */
static char **describe(const char *url, char **types, const char *what)
{
    g_autoptr(GString) create = g_string_new("CREATE OR REPLACE TABLE t (");
    for (gsize i = 0; i < N_SPELLINGS; i++)
        g_string_append_printf(create, "%sc%" G_GSIZE_FORMAT " %s NULL", i ? ", " : "", i, types[i]);
    g_string_append_c(create, ')');
    mysql_run(url, create->str);
    g_autofree char *query = g_strdup_printf("SELECT %s FROM information_schema.columns WHERE "
                                             "table_schema = database() AND table_name = 't' ORDER BY ordinal_position",
                                             what);
    g_autofree char *rows = mysql_rows(url, query);
    char **lines = g_strsplit(g_strchomp(rows), "\n", -1);
    assert_int_equal(g_strv_length(lines), N_SPELLINGS);
    return lines;
}

static char **all_spellings(void)
{
    char **types = g_new0(char *, N_SPELLINGS + 1);
    for (gsize i = 0; i < N_SPELLINGS; i++)
        types[i] = g_strdup(spelling_at(i));
    return types;
}

/* What a spelling stands for, the server's own says too, and what is written for it gives the same again. */
static void test_server_agrees(void **state)
{
    (void)state;
    g_autofree char *url = mysql_database("types");
    g_auto(GStrv) types = all_spellings();
    g_auto(GStrv) found = describe(url, types, "column_type");
    g_auto(GStrv) written = g_new0(char *, N_SPELLINGS + 1);
    for (gsize i = 0; i < N_SPELLINGS; i++) {
        g_autoptr(SqlType) ours = mariadb_dialect.type_from_sql(types[i]);
        g_autoptr(SqlType) theirs = mariadb_dialect.type_from_sql(found[i]);
        if (strcmp(types[i], "JSON") != 0 && !sql_type_equal(ours, theirs))
            fail_msg("%s is %s", types[i], found[i]);
        written[i] = mariadb_dialect.type_sql(theirs, NULL);
    }
    g_auto(GStrv) again = describe(url, written, "column_type");
    for (gsize i = 0; i < N_SPELLINGS; i++) {
        g_autoptr(SqlType) before = mariadb_dialect.type_from_sql(found[i]);
        g_autoptr(SqlType) after = mariadb_dialect.type_from_sql(again[i]);
        if (!sql_type_equal(before, after))
            fail_msg("%s, written %s, became %s", found[i], written[i], again[i]);
    }
}

/* All that makes a type what it is, but for display widths: of lists and years there is COLUMN_TYPE only. */
static const char identity[] =
    "concat_ws('/', data_type, coalesce(character_maximum_length, '-'), coalesce(numeric_precision, '-'), "
    "coalesce(numeric_scale, '-'), coalesce(datetime_precision, '-'), column_type LIKE '%unsigned%', "
    "if(data_type IN ('enum', 'set', 'year') OR column_type LIKE '%zerofill%' "
    "OR column_type RLIKE '^(float|double)', column_type, ''))";

static void test_server_finds_the_same_equal(void **state)
{
    (void)state;
    guint n_equal = 0;
    g_autofree char *url = mysql_database("types_equal");
    g_auto(GStrv) types = all_spellings();
    g_auto(GStrv) found = describe(url, types, identity);
    for (gsize i = 0; i < N_SPELLINGS; i++) {
        g_autoptr(SqlType) a = sql_type_new_native(types[i]);
        for (gsize j = 0; j < i; j++) {
            g_autoptr(SqlType) b = sql_type_new_native(types[j]);
            gboolean same = strcmp(found[i], found[j]) == 0;
            n_equal += same;
            if (strcmp(types[i], "JSON") != 0 && mariadb_dialect.type_equal(a, b) != same)
                fail_msg("%s and %s: %s and %s", types[i], types[j], found[i], found[j]);
        }
    }
    assert_true(n_equal > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),     cmocka_unit_test(test_no_spelling),
        cmocka_unit_test(test_read),          cmocka_unit_test(test_equal),
        cmocka_unit_test(test_server_agrees), cmocka_unit_test(test_server_finds_the_same_equal),
    };
    return cmocka_run_group_tests_name("dialect/mysql_types", tests, NULL, NULL);
}
