/* What MySQL's information_schema tells otherwise than MariaDB's: answers as its manual describes them, from a
 * connection that knows nothing else. No server is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "autogenerate/autogenerate.h"
#include "base/error.h"
#include "dialect/mysql/mysql.h"
#include "schema/model.h"

/* --- a connection with answers --- */

#define MAX_COLUMNS 10

typedef struct Answer {
    const char *query;                 /* begins a part of the query that no other has */
    const char *rows[12][MAX_COLUMNS]; /* the first without a first column ends them */
} Answer;

typedef struct Scripted {
    Connection base;
    const Answer *answers;
    guint asked;
} Scripted;

typedef struct Rows {
    Result base;
    const Answer *answer; /* NULL: no rows */
    int row;
} Rows;

static int next_row(Result *result, GError **error)
{
    (void)error;
    Rows *rows = (Rows *)(void *)result;
    return rows->answer != NULL && rows->answer->rows[++rows->row][0] != NULL ? 1 : 0;
}

static const char *text_of(Result *result, guint column)
{
    const Rows *rows = (const Rows *)(const void *)result;
    assert_in_range(column, 0, MAX_COLUMNS - 1);
    return rows->answer->rows[rows->row][column];
}

static gint64 integer_of(Result *result, guint column)
{
    const char *text = text_of(result, column);
    return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static void free_rows(Result *result)
{
    g_free(result);
}

static gboolean answer_many(Connection *connection, const Request *requests, guint n, Result **results, guint *failed,
                            GError **error)
{
    (void)failed;
    (void)error;
    Scripted *scripted = (Scripted *)(void *)connection;
    for (guint i = 0; i < n; i++) {
        Rows *rows = g_new0(Rows, 1);
        rows->base.driver = connection->driver;
        rows->row = -1;
        for (const Answer *answer = scripted->answers; answer->query != NULL; answer++)
            if (strstr(requests[i].sql, answer->query) != NULL)
                rows->answer = answer;
        results[i] = &rows->base;
        scripted->asked++;
    }
    return TRUE;
}

static const Driver scripted_driver = {
    .name = "scripted",
    .run_many = answer_many,
    .next = next_row,
    .text = text_of,
    .integer = integer_of,
    .result_free = free_rows,
};

/* --- the answers of a MySQL 8.0 --- */

static const Answer mysql_answers[] = {
    {"FROM information_schema.schemata", {{"shop", "utf8mb4_0900_ai_ci", "0"}}},
    {"FROM information_schema.tables t",
     {{"orders", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci",
       "row_format=COMPRESSED KEY_BLOCK_SIZE=8 COMPRESSION=\"zlib\" partitioned", ""},
      {"old", "BASE TABLE", "MyISAM", "utf8_general_ci", "", "it's old"}}},
    {"FROM information_schema.columns c",
     {{"orders", "id", "int unsigned", "NO", NULL, "auto_increment", NULL, "", "", NULL},
      {"orders", "state", "varchar(20)", "NO", "it's", "", "utf8mb4_bin", "", "a comment", NULL},
      {"orders", "n", "decimal(10,2)", "YES", "1.50", "", NULL, "", "", NULL},
      {"orders", "bits", "bit(3)", "YES", "b'101'", "", NULL, "", "", NULL},
      {"orders", "raw", "varbinary(4)", "YES", "0x00FF", "", NULL, "", "", NULL},
      {"orders", "made", "datetime(6)", "YES", "CURRENT_TIMESTAMP(6)",
       "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)", NULL, "", "", NULL},
      {"orders", "note", "text", "YES", "concat(_utf8mb4\\'a\\',_latin1\\'b\\\\\\\\c\\')", "DEFAULT_GENERATED",
       "utf8mb4_0900_ai_ci", "", "", NULL},
      {"orders", "low", "varchar(20)", "YES", NULL, "VIRTUAL GENERATED INVISIBLE", "utf8mb4_0900_ai_ci",
       "lower(concat(`state`,_utf8mb4\\'!\\'))", "", NULL},
      {"orders", "place", "point", "NO", NULL, "", NULL, "", "", "4326"},
      {"old", "a", "varchar(5)", "YES", "", "", "utf8mb3_general_ci", "", "", NULL},
      {"a_view", "a", "int", "YES", NULL, "", NULL, "", "", NULL}}},
    {"FROM information_schema.statistics s",
     {{"orders", "PRIMARY", "0", "BTREE", "", "0", "id", "A", NULL, NULL},
      {"orders", "ft", "1", "FULLTEXT", "", "0", "note", NULL, NULL, NULL},
      {"orders", "fx", "1", "BTREE", "", "1", NULL, "D", NULL, "lower(concat(`state`,_utf8mb4\\'x\\'))"},
      {"orders", "fx", "1", "BTREE", "", "1", "state", "A", "5", NULL},
      {"orders", "sp", "1", "SPATIAL", "", "0", "place", "A", "32", NULL}}},
    {"FROM information_schema.referential_constraints", {{"orders", "fk", "old", "NO ACTION", "SET DEFAULT"}}},
    {"FROM information_schema.key_column_usage", {{"orders", "fk", "state", "shop", "a"}}},
    {"FROM information_schema.check_constraints",
     {{"orders", "orders_chk_1", "(`state` <> _utf8mb4\\'it\\\\\\'s\\')", "0", "YES"},
      {"orders", "ck", "((`n` > 0) and (`n` < 5))", "0", "NO"}}},
    {"SHOW CREATE TABLE `shop`.`orders`",
     {{"orders", "CREATE TABLE `orders` (\n  `id` int unsigned NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`),\n"
                 "  FULLTEXT KEY `ft` (`note`) /*!50100 WITH PARSER `ngram` */ \n"
                 ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='PARTITION BY HASH (a)'\n"
                 "/*!50100 PARTITION BY RANGE (year(`made`))\n"
                 "(PARTITION p0 VALUES LESS THAN (2000) ENGINE = InnoDB,\n"
                 " PARTITION p1 VALUES LESS THAN MAXVALUE COMMENT = 'rest' ENGINE = InnoDB) */"}}},
    {NULL, {{NULL}}},
};

/* What must be read from them. */
static char *mysql_model(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    g_autofree char *path = g_build_filename(folder, "mysql_inspector", "mysql.json", NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail_msg("%s", error->message);
    return text;
}

static void mysql_answers_are_read(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    Scripted scripted = {.base = {&scripted_driver}, .answers = mysql_answers};
    g_autoptr(MetaData) metadata = mysql_inspect(&scripted.base, NULL, FLAVOUR_MYSQL, &error);

    if (metadata == NULL)
        fail_msg("%s", error->message);
    g_autofree char *model = model_write(metadata, "mysql"), *expected = mysql_model();
    assert_string_equal(model, expected);
    /* one of them is SHOW CREATE TABLE */
    assert_in_range(scripted.asked, 1, 12 + 1);
}

/* Its manual, "Identifier Case Sensitivity": with lower_case_table_names=2 InnoDB keeps names in small letters. */
static void names_in_small_letters(void **state)
{
    (void)state;
    static const Answer answers[] = {
        {"FROM information_schema.schemata", {{"Shop", "utf8mb4_0900_ai_ci", "2"}}},
        {"FROM information_schema.tables t",
         {{"Orders", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", "", ""},
          {"Items", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", "", ""},
          {"Versions", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", "", ""}}},
        {"FROM information_schema.columns c", {{"Items", "a", "int", "YES", NULL, "", NULL, "", "", NULL}}},
        {"FROM information_schema.referential_constraints", {{"items", "fk", "orders", "CASCADE", "NO ACTION"}}},
        {"FROM information_schema.key_column_usage", {{"items", "fk", "a", "shop", "id"}}},
        {NULL, {{NULL}}},
    };
    static const char *const ignored[] = {"versions", NULL};
    const InspectOptions options = {.ignore_tables = ignored};
    g_autoptr(GError) error = NULL;
    Scripted scripted = {.base = {&scripted_driver}, .answers = answers};
    g_autoptr(MetaData) metadata = mysql_inspect(&scripted.base, &options, FLAVOUR_MYSQL, &error);

    assert_int_equal(metadata->tables->len, 2);
    const Table *items = metadata->tables->pdata[0];
    assert_int_equal(items->constraints->len, 1);
    const Constraint *key = items->constraints->pdata[0];
    assert_string_equal(key->referred_table, "Orders");
    assert_null(key->referred_schema);
    assert_string_equal(key->ondelete, "CASCADE");
    assert_true(metadata->folds_names);
}

static void names_in_another_case(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL, second = NULL;
    g_autoptr(MetaData) live = metadata_new(FALSE), model = metadata_new(FALSE);
    const CompareOptions options = {.compare_type = TRUE};

    live->folds_names = TRUE;
    metadata_add_table(live, table_new(NULL, "orders"));
    metadata_add_table(model, table_new(NULL, "Orders"));
    assert_null(autogenerate_compare(&mysql_dialect, model, live, &options, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED));
    assert_string_equal(error->message, "table 'Orders' is 'orders' in the database, which compares names of tables "
                                        "without case: write 'orders' in the model");
    assert_null(autogenerate_missing(&mysql_dialect, model, live, &options, &second));
    assert_string_equal(second->message, error->message);
    metadata_rename_table(model, model->tables->pdata[0], "orders");
    g_autoptr(Comparison) same = autogenerate_compare(&mysql_dialect, model, live, &options, NULL);
    assert_non_null(same);
    assert_int_equal(same->operations->len, 0);
}

static void no_engine(void **state)
{
    (void)state;
    static const Answer answers[] = {
        {"FROM information_schema.schemata", {{"shop", "utf8mb4_0900_ai_ci", "0"}}},
        {"FROM information_schema.tables t",
         {{"bad", "BASE TABLE", NULL, NULL, NULL, "Tablespace is missing for table `shop`.`bad`."}}},
        {NULL, {{NULL}}},
    };
    g_autoptr(GError) error = NULL;
    Scripted scripted = {.base = {&scripted_driver}, .answers = answers};

    assert_null(mysql_inspect(&scripted.base, NULL, FLAVOUR_MYSQL, &error));
    assert_true(g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_CATALOG));
    assert_string_equal(error->message, "the server cannot open table 'bad': Tablespace is missing for table "
                                        "`shop`.`bad`.");
}

/* --- the form of PARTITION BY --- */

static void assert_partitions(const char *text, const char *engine, const char *expected)
{
    g_autofree char *got = mysql_partition_by(text, engine);
    g_autofree char *again = mysql_partition_by(got, engine);
    assert_string_equal(got, expected);
    assert_string_equal(again, expected);
}

static void partitions(void **state)
{
    (void)state;
    assert_partitions("range(YEAR(`d`))(partition p0 values less than(2000)comment 'x' engine=InnoDB,\n"
                      "partition p1 values less than (maxvalue))",
                      NULL,
                      "RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2000) COMMENT = 'x', PARTITION p1 VALUES LESS "
                      "THAN MAXVALUE)");
    assert_partitions("RANGE  COLUMNS(`a b`,d) (PARTITION p VALUES LESS THAN (-1,(MAXVALUE)))", NULL,
                      "RANGE COLUMNS (`a b`, d) (PARTITION p VALUES LESS THAN (-1, (MAXVALUE)))");
    assert_partitions("hash(a-1)partitions 4", NULL, "HASH (a - 1) PARTITIONS 4");
    assert_partitions("HASH (a) (PARTITION p ENGINE = MyISAM)", "MyISAM", "HASH (a) (PARTITION p)");
    assert_partitions("HASH (a) (PARTITION p STORAGE ENGINE MyISAM)", NULL,
                      "HASH (a) (PARTITION p STORAGE ENGINE = MyISAM)");
    assert_partitions("SYSTEM_TIME INTERVAL 1 year STARTS TIMESTAMP'2020-01-01 00:00:00' partitions 3", NULL,
                      "SYSTEM_TIME INTERVAL 1 YEAR PARTITIONS 3");
    assert_partitions("LIST (a) (PARTITION p VALUES IN (2, 1, NULL, 3), PARTITION q DEFAULT)", NULL,
                      "LIST (a) (PARTITION p VALUES IN (NULL, 2, 1, 3), PARTITION q DEFAULT)");
    assert_partitions("LIST COLUMNS (a) (PARTITION p VALUES IN (1, NULL))", NULL,
                      "LIST COLUMNS (a) (PARTITION p VALUES IN (1, NULL))");
    assert_partitions("KEY (`key`, `hash`)", NULL, "KEY (`key`, `hash`)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mysql_answers_are_read),
        cmocka_unit_test(names_in_small_letters),
        cmocka_unit_test(names_in_another_case),
        cmocka_unit_test(no_engine),
        cmocka_unit_test(partitions),
    };
    return cmocka_run_group_tests_name("dialect/mysql_catalog", tests, NULL, NULL);
}
