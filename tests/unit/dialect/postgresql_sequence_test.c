/* Sequences with all their options, made, changed, renamed, owned, and back. */
#include "postgresql_change.h"

static void check_change(const char *script, const char *before, const char *after, const char *query,
                         const char *expected, const char *expected_sql)
{
    Change change;
    change_init(&change, "sequence", script, before, after);
    G_GNUC_UNUSED g_autofree char *up = change_up(&change);
    if (expected_sql && strcmp(up, expected_sql) != 0)
        fail_msg("found\n%s\nexpected\n%s", up, expected_sql);
    check_rows(change.url, query, expected);
    G_GNUC_UNUSED g_autofree char *down = change_down(&change);
    change_clear(&change);
}

#define OPTIONS                                                                                                        \
    "SELECT data_type, start_value, min_value, max_value, increment_by, cycle, cache_size FROM pg_sequences WHERE "    \
    "schemaname || '.' || sequencename = "

static void test_create(void **state)
{
    (void)state;
    check_change("CREATE SCHEMA \"Shop\"", "{}",
                 "{'sequences': [{'name': 'No 1', 'schema': 'Shop', 'type': 'smallint', 'start': 7, 'increment': 3, "
                 "'minvalue': 2, 'maxvalue': 900, 'cache': 5, 'cycle': true, 'comment': 'it^s'}]}",
                 OPTIONS "'Shop.No 1'", "smallint|7|2|900|3|t|5\n",
                 "CREATE SEQUENCE \"Shop\".\"No 1\" AS smallint START WITH 7 INCREMENT BY 3 MINVALUE 2 MAXVALUE 900 "
                 "CACHE 5 CYCLE;\nCOMMENT ON SEQUENCE \"Shop\".\"No 1\" IS 'it''s';\n");
    check_change("", "{}", "{'sequences': [{'name': 's'}]}", OPTIONS "'public.s'",
                 "bigint|1|1|9223372036854775807|1|f|1\n", "CREATE SEQUENCE s;\n");
}

static void test_alter(void **state)
{
    (void)state;
    static const char plain[] = "{'sequences': [{'name': 's'}]}";
    check_change("CREATE SEQUENCE s", plain,
                 "{'sequences': [{'name': 's', 'type': 'integer', 'start': 7, 'increment': 3, 'minvalue': -2, "
                 "'maxvalue': 900, 'cache': 5, 'cycle': true, 'comment': 'c'}]}",
                 OPTIONS "'public.s'", "integer|7|-2|900|3|t|5\n",
                 "ALTER SEQUENCE s AS integer INCREMENT BY 3 MINVALUE -2 MAXVALUE 900 START WITH 7 CACHE 5 CYCLE;\n"
                 "COMMENT ON SEQUENCE s IS 'c';\n");
    check_change("CREATE SEQUENCE s", plain,
                 "{'sequences': [{'name': 's', 'increment': -1, 'minvalue': -100, 'maxvalue': 5}]}",
                 OPTIONS "'public.s'", "bigint|5|-100|5|-1|f|1\n", NULL);
    check_change("CREATE SEQUENCE s AS integer; SELECT nextval('s');",
                 "{'sequences': [{'name': 's', 'type': 'integer'}]}", plain, OPTIONS "'public.s'",
                 "bigint|1|1|9223372036854775807|1|f|1\n", "ALTER SEQUENCE s AS bigint;\n");
    check_change("CREATE SEQUENCE s AS integer INCREMENT -1; SELECT nextval('s');",
                 "{'sequences': [{'name': 's', 'type': 'integer', 'increment': -1}]}",
                 "{'sequences': [{'name': 's', 'increment': 2}]}", OPTIONS "'public.s'",
                 "bigint|1|1|9223372036854775807|2|f|1\n",
                 "ALTER SEQUENCE s AS bigint;\nALTER SEQUENCE s INCREMENT BY 2 NO MINVALUE NO MAXVALUE START WITH 1 "
                 "RESTART;\n");
}

/* Numbers go on where they were, or at the new limit. */
static void test_goes_on(void **state)
{
    (void)state;
    static const char plain[] = "{'sequences': [{'name': 's'}]}";
    check_change("CREATE SEQUENCE s; SELECT nextval('s'), nextval('s');", plain,
                 "{'sequences': [{'name': 's', 'increment': 10}]}", "SELECT nextval('s'), nextval('s')", "12|22\n",
                 "ALTER SEQUENCE s INCREMENT BY 10;\n");
    check_change("CREATE SEQUENCE s; SELECT nextval('s');", plain,
                 "{'sequences': [{'name': 's', 'minvalue': 50, 'start': 60}]}", "SELECT nextval('s')", "50\n", NULL);
    check_change("CREATE SEQUENCE s; SELECT setval('s', 70);", plain,
                 "{'sequences': [{'name': 's', 'minvalue': 50, 'start': 60}]}", "SELECT nextval('s')", "71\n", NULL);
    Change change;
    change_init(&change, "sequence", "CREATE SEQUENCE s; SELECT setval('s', 70);", plain,
                "{'sequences': [{'name': 's', 'maxvalue': 50}]}");
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "MAXVALUE (50)"));
    change_clear(&change);
}

static void test_rename(void **state)
{
    (void)state;
    check_change("CREATE SCHEMA a; CREATE SCHEMA b; CREATE SEQUENCE a.\"S\"; SELECT nextval('a.\"S\"');",
                 "{'sequences': [{'name': 'S', 'schema': 'a'}]}", "{'sequences': [{'name': 'r', 'schema': 'b'}]}",
                 "SELECT nextval('b.r')", "2\n",
                 "ALTER SEQUENCE a.\"S\" SET SCHEMA b;\nALTER SEQUENCE b.\"S\" RENAME TO r;\n");
    Change change;
    change_init(&change, "sequence", "CREATE SCHEMA a; CREATE SEQUENCE a.s;",
                "{'sequences': [{'name': 's', 'schema': 'a'}]}", "{'sequences': [{'name': 's'}]}");
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "a.s leaves its schema for the default one"));
    change_clear(&change);
}

/* The owner may be made later than the sequence, and takes it along when it goes. */
static void test_owner(void **state)
{
    (void)state;
    static const char owned[] = "{'sequences': [{'name': 's', 'owned_by': 't.n'}], 'tables': [{'name': 't', 'columns': "
                                "[{'name': 'n', 'type': 'BigInteger', 'server_default': 'nextval(^s^)'}]}]}";
    static const char owner[] = "SELECT pg_get_serial_sequence('t', 'n')";
    check_change("", "{}", owned, owner, "public.s\n",
                 "CREATE SEQUENCE s;\nCREATE TABLE t (\n    n BIGINT DEFAULT nextval('s')\n);\n"
                 "ALTER SEQUENCE s OWNED BY t.n;\n");
    check_change("CREATE SEQUENCE s; CREATE TABLE t (n bigint DEFAULT nextval('s'));",
                 "{'sequences': [{'name': 's'}], 'tables': [{'name': 't', 'columns': "
                 "[{'name': 'n', 'type': 'BigInteger', 'server_default': 'nextval(^s^)'}]}]}",
                 owned, owner, "public.s\n", "ALTER SEQUENCE s OWNED BY t.n;\n");
    check_change("CREATE TABLE t (n bigint); CREATE SEQUENCE s OWNED BY t.n; "
                 "ALTER TABLE t ALTER n SET DEFAULT nextval('s');",
                 owned, "{}", "SELECT count(*) FROM pg_class WHERE relkind IN ('S', 'r') AND relname IN ('s', 't')",
                 "0\n", "DROP TABLE t;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create), cmocka_unit_test(test_alter), cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_rename), cmocka_unit_test(test_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
