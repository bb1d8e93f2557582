/* Serial, identity and plain columns become one another, and the next number follows the last. */
#include "postgresql_change.h"

#define PLAIN "{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': false}"
#define SERIAL "{'name': 'id', 'type': 'Integer', 'primary_key': true, 'autoincrement': true}"
#define BIG_SERIAL "{'name': 'id', 'type': 'BigInteger', 'primary_key': true, 'autoincrement': true}"
#define IDENTITY(options) "{'name': 'id', 'type': 'Integer', 'primary_key': true, 'identity': {" options "}}"
#define BIG_IDENTITY(options) "{'name': 'id', 'type': 'BigInteger', 'primary_key': true, 'identity': {" options "}}"
#define TEXT_ID "{'name': 'id', 'type': 'Text', 'primary_key': true}"
#define BEFORE "CREATE TABLE t (id integer PRIMARY KEY, x text);"
#define REST ", {'name': 'x', 'type': 'Text'}"

static const char serial_table[] = "CREATE TABLE t (id serial PRIMARY KEY, x text);"
                                   "INSERT INTO t (x) VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE id = 3;";
static const char identity_table[] =
    "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (INCREMENT BY 5) PRIMARY KEY, x text);"
    "INSERT INTO t (x) VALUES ('a'), ('b'), ('c'); DELETE FROM t WHERE id = 11;";
static const char plain_table[] = BEFORE "INSERT INTO t VALUES (7, 'a'), (2, 'b');";

typedef struct Case {
    const char *script, *before, *after;
    const char *numbers, *back; /* of two rows more, behind the way up and behind the way down; NULL: not numbered */
} Case;

static const Case cases[] = {
    {serial_table, SERIAL, IDENTITY("'always': false"), "1 2 4 5", "1 2 4 5 6 7"},
    {serial_table, SERIAL, IDENTITY("'always': true, 'increment': 10"), "1 2 13 23", "1 2 13 23 24 25"},
    {serial_table, SERIAL, BIG_SERIAL, "1 2 4 5", "1 2 4 5 6 7"},
    {serial_table, SERIAL, BIG_IDENTITY(""), "1 2 4 5", "1 2 4 5 6 7"},
    {identity_table, IDENTITY("'always': true, 'increment': 5"), SERIAL, "1 6 12 13", "1 6 12 13 18 23"},
    {identity_table, IDENTITY("'always': true, 'increment': 5"), BIG_SERIAL, "1 6 12 13", "1 6 12 13 18 23"},
    {identity_table, IDENTITY("'always': true, 'increment': 5"),
     IDENTITY("'increment': 2, 'maxvalue': 900, 'cache': 1, 'cycle': true, 'minvalue': -4, 'start': 3"), "1 6 13 15",
     "1 6 13 15 20 25"},
    {identity_table, IDENTITY("'always': true, 'increment': 5"),
     IDENTITY("'increment': 5, 'minvalue': 100, 'start': 100"), "1 6 100 105", "1 6 100 105 110 115"},
    {plain_table, PLAIN, SERIAL, "2 7 8 9", NULL},
    {plain_table, PLAIN, IDENTITY(""), "2 7 8 9", NULL},
    {plain_table, PLAIN, IDENTITY("'start': 50"), "2 7 50 51", NULL},
    {plain_table, PLAIN, IDENTITY("'increment': -1, 'start': 5, 'maxvalue': 9"), "0 1 2 7", NULL},
    {plain_table, PLAIN, BIG_IDENTITY("'always': true"), "2 7 8 9", NULL},
};

static void insert_two(const char *url)
{
    postgresql_run(url, "INSERT INTO t (x) VALUES ('y'), ('z')");
}

static void check_case(const Case *example)
{
    g_autofree char *before = g_strdup_printf(COLUMN_TABLE("%s" REST), example->before);
    g_autofree char *after = g_strdup_printf(COLUMN_TABLE("%s" REST), example->after);
    static const char numbers[] = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM t";
    Change change;
    change_init(&change, "numbering", example->script, before, after);
    G_GNUC_UNUSED g_autofree char *up = change_up(&change);
    insert_two(change.url);
    g_autofree char *expected = g_strdup_printf("%s\n", example->numbers);
    check_rows(change.url, numbers, expected);
    G_GNUC_UNUSED g_autofree char *down = change_down(&change);
    if (example->back) {
        g_autofree char *back = g_strdup_printf("%s\n", example->back);
        insert_two(change.url);
        check_rows(change.url, numbers, back);
    } else {
        check_rows(change.url, numbers, expected);
    }
    change_clear(&change);
}

static void test_cases(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        check_case(&cases[i]);
}

/* The other way round: from numbered to plain, where nothing of the sequence may stay. */
static void test_numbering_ends(void **state)
{
    (void)state;
    static const char *const columns[][3] = {
        {serial_table, SERIAL, PLAIN},
        {identity_table, IDENTITY("'always': true, 'increment': 5"), PLAIN},
        {serial_table, SERIAL, TEXT_ID},
        {identity_table, IDENTITY("'always': true, 'increment': 5"), TEXT_ID},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *before = g_strdup_printf(COLUMN_TABLE("%s" REST), columns[i][1]);
        g_autofree char *after = g_strdup_printf(COLUMN_TABLE("%s" REST), columns[i][2]);
        Change change;
        change_init(&change, "numbering", columns[i][0], before, after);
        G_GNUC_UNUSED g_autofree char *up = change_up(&change);
        check_rows(change.url, "SELECT count(*) FROM pg_class WHERE relkind = 'S'", "0\n");
        postgresql_run(change.url, "INSERT INTO t VALUES ('40', 'p')");
        G_GNUC_UNUSED g_autofree char *down = change_down(&change);
        insert_two(change.url);
        check_rows(change.url, "SELECT count(*), min(id) FILTER (WHERE x = 'y') > 40 FROM t", "5|t\n");
        change_clear(&change);
    }
}

/* Names that need quotes, a schema, a renamed table whose sequence has its old name, percent signs. */
static void test_names(void **state)
{
    (void)state;
    static const char script[] =
        "CREATE SCHEMA \"My Shop\"; CREATE TABLE \"My Shop\".\"Old\" (\"The Id%\" serial PRIMARY KEY, x text);"
        "ALTER TABLE \"My Shop\".\"Old\" RENAME TO \"It's 100%\";"
        "INSERT INTO \"My Shop\".\"It's 100%\" (x) VALUES ('a'), ('b');";
    static const char before[] = "{'tables': [{'schema': 'My Shop', 'name': 'It^s 100%', 'columns': [{'name': "
                                 "'The Id%', 'type': 'Integer', 'primary_key': true, 'autoincrement': true}]}]}";
    static const char *const after[] = {
        "{'tables': [{'schema': 'My Shop', 'name': 'It^s 100%', 'columns': [{'name': 'The Id%', 'type': 'Integer', "
        "'primary_key': true, 'identity': {'always': false}}]}]}",
        "{'tables': [{'schema': 'My Shop', 'name': 'It^s 100%', 'columns': [{'name': 'The Id%', 'type': 'BigInteger', "
        "'primary_key': true, 'autoincrement': true}]}]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(after); i++) {
        Change change;
        change_init(&change, "numbering", script, before, after[i]);
        G_GNUC_UNUSED g_autofree char *up = change_up(&change);
        postgresql_run(change.url, "INSERT INTO \"My Shop\".\"It's 100%\" (x) VALUES ('c')");
        check_rows(change.url, "SELECT max(\"The Id%\") FROM \"My Shop\".\"It's 100%\"", "3\n");
        check_rows(change.url, "SELECT relname FROM pg_class WHERE relkind = 'S'", "Old_The Id%_seq\n");
        G_GNUC_UNUSED g_autofree char *down = change_down(&change);
        postgresql_run(change.url, "INSERT INTO \"My Shop\".\"It's 100%\" (x) VALUES ('d')");
        check_rows(change.url, "SELECT max(\"The Id%\") FROM \"My Shop\".\"It's 100%\"", "4\n");
        change_clear(&change);
    }
}

/* The sequence gets the name that the server gives it for SERIAL, cut to 63 bytes, beside one that is there. */
static void test_sequence_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"t", "id"},
        {"a_table_whose_name_is_quite_long_indeed_and_so_on", "and_a_column_with_a_long_name_as_well"},
        {"tabelle_der_größten_überschüsse_äöüäöüäöü", "ökonomische_zählung"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *table = names[i][0], *column = names[i][1];
        g_autofree char *script = g_strdup_printf("CREATE SCHEMA made; CREATE TABLE made.\"%s\" (\"%s\" serial);"
                                                  "CREATE TABLE \"%s\" (\"%s\" integer PRIMARY KEY);",
                                                  table, column, table, column);
        g_autofree char *before =
            g_strdup_printf("{'tables': [{'name': '%s', 'columns': [{'name': '%s', 'type': 'Integer', 'primary_key': "
                            "true, 'autoincrement': false}]}]}",
                            table, column);
        g_autofree char *after =
            g_strdup_printf("{'tables': [{'name': '%s', 'columns': [{'name': '%s', 'type': 'Integer', 'primary_key': "
                            "true, 'autoincrement': true}]}]}",
                            table, column);
        Change change;
        change_init(&change, "numbering", script, before, after);
        G_GNUC_UNUSED g_autofree char *up = change_up(&change);
        check_rows(change.url, "SELECT count(*), count(DISTINCT relname) FROM pg_class WHERE relkind = 'S'", "2|1\n");
        G_GNUC_UNUSED g_autofree char *down = change_down(&change);
        change_clear(&change);
    }
    Change change;
    change_init(&change, "numbering", BEFORE "CREATE SEQUENCE t_id_seq;",
                "{'sequences': [{'name': 't_id_seq'}], 'tables': [{'name': 't', 'columns': [" PLAIN "]}]}",
                "{'sequences': [{'name': 't_id_seq'}], 'tables': [{'name': 't', 'columns': [" SERIAL "]}]}");
    G_GNUC_UNUSED g_autofree char *up = change_up(&change);
    check_rows(change.url, "SELECT pg_get_serial_sequence('t', 'id')", "public.t_id_seq1\n");
    change_clear(&change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_numbering_ends),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_sequence_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
