/* Columns get other types, collations and expressions; rows stay. */
#include "postgresql_change.h"
#include "support/connection.h"

/* --- every type to every other: the server knows which casts there are --- */

static const char *const types[] = {
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "numeric(10,2)",
    "boolean",
    "text",
    "varchar(20)",
    "character(3)",
    "bytea",
    "date",
    "time",
    "time with time zone",
    "timestamp",
    "timestamp(3) with time zone",
    "interval",
    "json",
    "jsonb",
    "uuid",
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "money",
    "bit(4)",
    "bit varying",
    "xml",
    "oid",
    "tsvector",
    "point",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "int4range",
    "integer[]",
    "bigint[]",
    "text[]",
    "jsonb[]",
    "boolean[]",
    "Enum(mood)",
    "Enum(other)",
    "ARRAY(Enum(mood))",
    "ARRAY(Enum(other))",
    "dom",
    "comp",
};

static SqlType *read_type(const char *spelling)
{
    if (!strstr(spelling, "Enum"))
        return postgresql_dialect.type_from_sql(spelling);
    SqlType *type = sql_type_parse(spelling, NULL);
    assert_non_null(type);
    return type;
}

static Table *table_of(const SqlType *type)
{
    Table *table = table_new(NULL, "t");
    g_ptr_array_add(table->columns, column_new("c", sql_type_copy(type)));
    return table;
}

static char *compile_type_change(const SqlType *from, const SqlType *to, GError **error)
{
    g_autoptr(MetaData) database = metadata_new(FALSE);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) wanted = table_of(to);
    metadata_add_table(database, table_of(from));
    g_ptr_array_add(ops, migrate_op_alter_column(wanted, ((Table *)database->tables->pdata[0])->columns->pdata[0],
                                                 wanted->columns->pdata[0]));
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(ops, database, error);
    if (!blocks)
        return NULL;
    assert_true(blocks->len <= 1);
    if (blocks->len == 0)
        return g_strdup("");
    const SqlBlock *block = blocks->pdata[0];
    assert_int_equal(block->statements->len, 1);
    return g_strdup(block->statements->pdata[0]);
}

/* Inside of a transaction with the table; the server's answer. */
static gboolean accepts(Connection *connection, const char *sql)
{
    assert_true(connection_execute(connection, "SAVEPOINT s", NULL));
    gboolean ok = connection_execute(connection, sql, NULL);
    assert_true(connection_execute(connection, "ROLLBACK TO s", NULL));
    return ok;
}

static gboolean check_pair(Connection *connection, const SqlType *from, const char *from_sql, const SqlType *to,
                           const char *to_sql)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *plain = g_strdup_printf("ALTER TABLE t ALTER COLUMN c TYPE %s", to_sql);
    g_autofree char *cast = g_strdup_printf("%s USING c::%s", plain, to_sql);
    g_autofree char *sql = compile_type_change(from, to, &error);
    if (!sql) {
        g_autofree char *words = g_strdup_printf("no cast from %s to %s: add a second column", from_sql, to_sql);
        if (g_error_matches(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED) && strstr(error->message, words) &&
            !accepts(connection, cast))
            return TRUE;
        print_error("from %s to %s: %s\n", from_sql, to_sql, error->message);
        return FALSE;
    }
    gboolean own = strstr("dom comp", from_sql) || strstr("dom comp", to_sql); /* of these only the server knows */
    if (own && !accepts(connection, cast))
        return TRUE;
    if (!accepts(connection, sql)) {
        print_error("from %s to %s: %s: %s\n", from_sql, to_sql, sql, connection_last_error(connection)->message);
        return FALSE;
    }
    /* An explicit cast cuts strings without a word: none where the server needs none. */
    gboolean special = own || strstr(sql, "UTC") || strstr(sql, "convert_from");
    if (special || !*sql || accepts(connection, plain) == !strstr(sql, "USING"))
        return TRUE;
    print_error("from %s to %s: %s\n", from_sql, to_sql, sql);
    return FALSE;
}

static void test_casts(void **state)
{
    (void)state;
    g_autofree char *url = postgresql_database("casts");
    postgresql_run(url, "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE other AS ENUM ('b'); CREATE DOMAIN dom AS "
                        "integer; CREATE TYPE comp AS (a integer)");
    g_autoptr(Connection) connection = test_connect(url);
    guint wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(SqlType) from = read_type(types[i]);
        g_autofree char *from_sql = postgresql_dialect.type_sql(from, NULL);
        g_autofree char *create = g_strdup_printf("CREATE TABLE t (c %s)", from_sql);
        assert_true(connection_execute(connection, "BEGIN", NULL) && connection_execute(connection, create, NULL));
        for (gsize j = 0; j < G_N_ELEMENTS(types); j++) {
            g_autoptr(SqlType) to = read_type(types[j]);
            g_autofree char *to_sql = postgresql_dialect.type_sql(to, NULL);
            if (i != j && !check_pair(connection, from, from_sql, to, to_sql))
                wrong++;
        }
        assert_true(connection_execute(connection, "ROLLBACK", NULL));
    }
    assert_int_equal(wrong, 0);
}

/* --- rows --- */

typedef struct Change1 {                      /* one column, up and down */
    const char *sql_type, *value, *from, *to; /* the column's definition in SQL, a value, and two models' columns */
    const char *up, *down;                    /* the value behind the way up and the way back */
    const char *action;                       /* what stands behind ALTER COLUMN c; NULL: does not matter */
} Change1;

static const Change1 changes[] = {
    {"varchar(10)", "'12'", "'type': 'String(10)'", "'type': 'Integer'", "12", "12", "TYPE INTEGER USING c::INTEGER"},
    {"text", "'1.50'", "'type': 'Text'", "'type': 'Numeric(5, 2)'", "1.50", "1.50", NULL},
    {"text", "'yes'", "'type': 'Text'", "'type': 'Boolean'", "true", "true", NULL},
    {"char(5)", "'no'", "'type': 'CHAR(5)'", "'type': 'Boolean'", "false", "false", NULL},
    {"text", "'2024-02-29'", "'type': 'Text'", "'type': 'Date'", "2024-02-29", "2024-02-29", NULL},
    {"text", "'2024-02-29 10:00+00'", "'type': 'Text'", "'type': 'DateTime(timezone=true)'", "2024-02-29 10:00:00+00",
     "2024-02-29 10:00:00+00", NULL},
    {"text", "'{\"a\": 1}'", "'type': 'Text'", "'type': 'JSONB'", "{\"a\": 1}", "{\"a\": 1}", NULL},
    {"text", "'10.0.0.1'", "'type': 'Text'", "'type': 'INET'", "10.0.0.1/32", "10.0.0.1/32", NULL},
    {"text", "'6ecd8c99-4036-403d-bf84-cf8400f67836'", "'type': 'Text'", "'type': 'Uuid'",
     "6ecd8c99-4036-403d-bf84-cf8400f67836", "6ecd8c99-4036-403d-bf84-cf8400f67836", NULL},
    {"text", "'a'", "'type': 'Text'", "'type': 'Enum(mood)'", "a", "a", "TYPE mood USING c::mood"},
    {"mood", "'a'", "'type': 'Enum(mood)'", "'type': 'Enum(other)'", "a", "a", "TYPE other USING c::text::other"},
    {"mood", "'b'", "'type': 'Enum(mood)'", "'type': 'String(9)'", "b", "b", "TYPE VARCHAR(9)"},
    {"mood[]", "'{a,NULL}'", "'type': 'ARRAY(Enum(mood))'", "'type': 'ARRAY(Text)'", "{a,NULL}", "{a,NULL}", NULL},
    {"text[]", "'{1,2}'", "'type': 'ARRAY(Text)'", "'type': 'ARRAY(Integer)'", "{1,2}", "{1,2}", NULL},
    {"text", "'{1,2}'", "'type': 'Text'", "'type': 'ARRAY(Integer)'", "{1,2}", "{1,2}", NULL},
    {"integer", "7", "'type': 'Integer'", "'type': 'Boolean'", "true", "1", "TYPE BOOLEAN USING c <> 0"},
    {"bigint", "0", "'type': 'BigInteger'", "'type': 'Boolean'", "false", "0", NULL},
    {"numeric", "2.5", "'type': 'Numeric'", "'type': 'Boolean'", "true", "1", NULL},
    {"timestamp", "'2024-06-01 12:00'", "'type': 'DateTime'", "'type': 'DateTime(timezone=true)'",
     "2024-06-01 12:00:00+00", "2024-06-01 12:00:00", NULL},
    {"date", "'2024-06-01'", "'type': 'Date'", "'type': 'DateTime(timezone=true)'", "2024-06-01 00:00:00+00",
     "2024-06-01", NULL},
    {"text", "'\\303 ä'", "'type': 'Text'", "'type': 'LargeBinary'", "\\x5c33303320c3a4", "\\303 ä", NULL},
    {"integer", "5", "'type': 'Integer'", "'type': 'BigInteger'", "5", "5", "TYPE BIGINT"},
    {"text COLLATE \"C\"", "'é'", "'type': 'Text', 'collation': 'C'", "'type': 'Text'", "é", "é", "TYPE TEXT"},
    {"text", "'é'", "'type': 'Text'", "'type': 'String(5)', 'collation': 'POSIX'", "é", "é",
     "TYPE VARCHAR(5) COLLATE \"POSIX\""},
    /* defaults of the former type */
    {"text DEFAULT '5'", "DEFAULT", "'type': 'Text', 'server_default': '^5^'",
     "'type': 'Integer', 'server_default': '5'", "5", "5", NULL},
    {"varchar(5) DEFAULT 'x'", "DEFAULT", "'type': 'String(5)', 'server_default': '^x^'",
     "'type': 'Text', 'server_default': '^x^'", "x", "x", NULL},
    {"mood DEFAULT 'a'", "DEFAULT", "'type': 'Enum(mood)', 'server_default': '^a^::mood'",
     "'type': 'Text', 'nullable': false", "a", "a", NULL},
    {"boolean DEFAULT true", "DEFAULT", "'type': 'Boolean', 'server_default': 'true'",
     "'type': 'SmallInteger', 'server_default': '1'", "1", "true", NULL},
    {"text NOT NULL", "'3'", "'type': 'Text', 'nullable': false", "'type': 'Integer', 'server_default': '9'", "3", "3",
     NULL},
};

#define ENUMS "'enums': [{'name': 'mood', 'values': ['a', 'b']}, {'name': 'other', 'values': ['b', 'a']}]"
static const char enum_types[] = "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TYPE other AS ENUM ('b', 'a');";

static char *model_of(const char *column)
{
    return g_strdup_printf("{" ENUMS ", 'tables': [{'name': 't', 'columns': [{'name': 'c', %s}]}]}", column);
}

/* Enums stay as they are. */
static void drop_enum_ops(Change *change)
{
    for (guint i = change->ops->len; i-- > 0;)
        if (((const MigrateOp *)change->ops->pdata[i])->kind == OP_ALTER_ENUM)
            g_ptr_array_remove_index(change->ops, i);
}

static void check_value(const char *url, const char *expected)
{
    g_autofree char *line = g_strdup_printf("%s\n", expected);
    check_rows(url, "SELECT c::text FROM t", line);
}

static void test_rows(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        const Change1 *example = &changes[i];
        g_autofree char *script = g_strdup_printf("%s CREATE TABLE t (c %s); INSERT INTO t VALUES (%s);", enum_types,
                                                  example->sql_type, example->value);
        g_autofree char *before = model_of(example->from), *after = model_of(example->to);
        Change change;
        change_init(&change, "types", script, before, after);
        drop_enum_ops(&change);
        postgresql_run(change.url, "ALTER DATABASE types SET timezone = 'America/Caracas'");
        G_GNUC_UNUSED g_autofree char *up = change_up(&change);
        g_autofree char *action =
            example->action ? g_strdup_printf("ALTER TABLE t ALTER COLUMN c %s;\n", example->action) : g_strdup(up);
        if (!strstr(up, action))
            fail_msg("found\n%s\nexpected\n%s", up, action);
        postgresql_run(change.url, "ALTER DATABASE types SET timezone = 'UTC'");
        check_value(change.url, example->up);
        G_GNUC_UNUSED g_autofree char *down = change_down(&change);
        check_value(change.url, example->down);
        change_clear(&change);
    }
}

/* What an assignment refuses is not cut off by a cast. */
static void test_too_long(void **state)
{
    (void)state;
    g_autofree char *before = model_of("'type': 'Text'"), *after = model_of("'type': 'String(2)'");
    Change change;
    change_init(&change, "types", "CREATE TABLE t (c text); INSERT INTO t VALUES ('abc');", before, after);
    drop_enum_ops(&change);
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "value too long"));
    check_value(change.url, "abc");
    change_clear(&change);
}

/* --- what depends on the column --- */

static void check_change(const char *script, const char *before, const char *after, const char *query,
                         const char *expected)
{
    Change change;
    change_init(&change, "types", script, before, after);
    G_GNUC_UNUSED g_autofree char *up = change_up(&change);
    check_rows(change.url, query, expected);
    G_GNUC_UNUSED g_autofree char *down = change_down(&change);
    change_clear(&change);
}

static const char dependents[] =
    "CREATE TABLE t (\"C\" integer, x text, g integer GENERATED ALWAYS AS (\"C\" * 2) STORED, CONSTRAINT uq UNIQUE "
    "(g), "
    "CONSTRAINT ck CHECK (g > 0));"
    "CREATE INDEX ix ON t (g, x); COMMENT ON CONSTRAINT ck ON t IS 'twice'; ALTER TABLE t ALTER g SET STATISTICS 7;"
    "CREATE TABLE child (g integer REFERENCES t (g)); INSERT INTO t VALUES (3, 'a'); INSERT INTO child VALUES (6);";
#define DEPENDENTS(type)                                                                                               \
    "{'tables': [{'name': 't', 'columns': [{'name': 'C', 'type': '" type "'}, {'name': 'x', 'type': 'Text'}, "         \
    "{'name': 'g', 'type': 'Integer', 'computed': {'expression': '(\\'C\\' * 2)', 'persisted': true}, 'options': "     \
    "{'postgresql': {'statistics': '7'}}}], 'unique_constraints': [{'name': 'uq', 'columns': ['g']}], "                \
    "'check_constraints': [{'name': 'ck', 'expression': 'g > 0', 'comment': 'twice'}], 'indexes': [{'name': 'ix', "    \
    "'columns': ['g', 'x']}]}, {'name': 'child', 'columns': [{'name': 'g', 'type': 'Integer'}], 'foreign_keys': "      \
    "[{'name': 'child_g_fkey', 'columns': ['g'], 'referred_table': 't', 'referred_columns': ['g']}]}]}"

static void test_generated(void **state)
{
    (void)state;
    check_change(dependents, DEPENDENTS("Integer"), DEPENDENTS("BigInteger"),
                 "SELECT g, (SELECT count(*) FROM pg_constraint WHERE conrelid IN ('t'::regclass, 'child'::regclass)), "
                 "(SELECT count(*) FROM pg_indexes WHERE tablename = 't') FROM t",
                 "6|3|2\n");
}

#define KEYS(type, other)                                                                                              \
    "{'tables': [{'name': 'p', 'columns': [{'name': 'id', 'type': '" type "', 'primary_key': true}]}, {'name': 't', "  \
    "'columns': [{'name': 'c', 'type': '" other "'}], 'foreign_keys': [{'name': 't_c_fkey', 'columns': ['c'], "        \
    "'referred_table': 'p', 'referred_columns': ['id']}]}]}"

/* Both ends of a foreign key, whose types do not compare in between; and one end, whose types do. */
static void test_foreign_keys(void **state)
{
    (void)state;
    static const char keys[] = "CREATE TABLE p (id text PRIMARY KEY); CREATE TABLE t (c text REFERENCES p);"
                               "INSERT INTO p VALUES ('6ecd8c99-4036-403d-bf84-cf8400f67836');"
                               "INSERT INTO t SELECT id FROM p;";
    check_change(
        keys, KEYS("Text", "Text"), KEYS("Uuid", "Uuid"),
        "SELECT pg_typeof(c), pg_typeof(id), (SELECT convalidated FROM pg_constraint WHERE contype = 'f') FROM "
        "t JOIN p ON c = id",
        "uuid|uuid|t\n");
    check_change(keys, KEYS("Text", "Text"), KEYS("Text", "String(40)"),
                 "SELECT pg_typeof(c), (SELECT convalidated FROM pg_constraint WHERE contype = 'f') FROM t",
                 "character varying|t\n");
}

/* Checks, predicates and expressions hold constants of the former type. */
static void test_expressions(void **state)
{
    (void)state;
#define EXPRESSIONS(type)                                                                                              \
    "{'enums': [{'name': 'mood', 'values': ['a', 'b']}], 'tables': [{'name': 't', 'columns': [{'name': 'c', 'type': "  \
    "'" type                                                                                                           \
    "'}, {'name': 'n', 'type': 'Integer'}], 'check_constraints': [{'name': 'ck', 'expression': 'c <> ^b^'}], "         \
    "'indexes': [{'name': 'ix', 'columns': ['n'], 'where': 'c = ^a^'}, {'name': 'ix_c', 'columns': ['c']}]}]}"
    check_change("CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (c text, n integer, CONSTRAINT ck CHECK (c <> "
                 "'b')); CREATE INDEX ix ON t (n) WHERE c = 'a'; CREATE INDEX ix_c ON t (c); INSERT INTO t VALUES "
                 "('a', 1);",
                 EXPRESSIONS("Text"), EXPRESSIONS("Enum(mood)"),
                 "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck'",
                 "CHECK ((c <> 'b'::mood))\n");
}

static void test_partition_key(void **state)
{
    (void)state;
#define PARTED(type)                                                                                                   \
    "{'tables': [{'name': 't', 'columns': [{'name': 'c', 'type': '" type                                               \
    "'}], 'options': {'postgresql': {'partition_by': 'RANGE (c)'}}}]}"
    Change change;
    change_init(&change, "types", "CREATE TABLE t (c integer) PARTITION BY RANGE (c)", PARTED("Integer"),
                PARTED("BigInteger"));
    g_autofree char *failure = change_try(&change);
    assert_non_null(strstr(failure, "column 't.c': the table is partitioned by it"));
    change_clear(&change);
}

/* --- generated columns --- */

#define COMPUTED(expression) ", 'computed': {'expression': '" expression "', 'persisted': true}"
#define TWO(column) COLUMN_TABLE("{'name': 'a', 'type': 'Integer'}, {'name': 'g', " column "}")

static void test_expression_changes(void **state)
{
    (void)state;
    static const char script[] = "CREATE TABLE t (a integer, g integer GENERATED ALWAYS AS (a * 2) STORED);"
                                 "INSERT INTO t VALUES (5);";
    check_change(script, TWO("'type': 'Integer'" COMPUTED("a * 2")), TWO("'type': 'Integer'" COMPUTED("a * 3")),
                 "SELECT g FROM t", "15\n");
    check_change(script, TWO("'type': 'Integer'" COMPUTED("a * 2")), TWO("'type': 'BigInteger'" COMPUTED("a * 2")),
                 "SELECT g, pg_typeof(g) FROM t", "10|bigint\n");
    check_change(script, TWO("'type': 'Integer'" COMPUTED("a * 2")), TWO("'type': 'Text'" COMPUTED("(a * 4)::text")),
                 "SELECT g FROM t", "20\n");
    check_change(script, TWO("'type': 'Integer'" COMPUTED("a * 2")),
                 TWO("'type': 'Integer', 'nullable': false, 'server_default': '1'"), "SELECT g FROM t", "10\n");
    check_change(script, TWO("'type': 'Integer'" COMPUTED("a * 2")), TWO("'type': 'Text'"), "SELECT g FROM t", "10\n");
#define INDEXED(column)                                                                                                \
    "{'tables': [{'name': 't', 'columns': [{'name': 'a', 'type': 'Integer'}, {'name': 'g', " column "}], 'indexes': "  \
    "[{'name': 'ix', 'columns': ['g', 'a']}]}]}"
    check_change("CREATE TABLE t (a integer, g integer NOT NULL DEFAULT 4); CREATE INDEX ix ON t (g, a);"
                 "INSERT INTO t VALUES (5);",
                 INDEXED("'type': 'Integer', 'nullable': false, 'server_default': '4'"),
                 INDEXED("'type': 'Integer'" COMPUTED("a * 3")),
                 "SELECT g, (SELECT indexdef FROM pg_indexes WHERE tablename = 't') FROM t",
                 "15|CREATE INDEX ix ON public.t USING btree (g, a)\n");
}

/* Servers from 18 on have generated columns without stored values: their values come from the expression. */
static void test_virtual(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = read_model(TWO("'type': 'Integer', 'computed': {'expression': 'a * 2', 'persisted': "
                                                "false}"));
    g_autoptr(MetaData) after = read_model(TWO("'type': 'Integer', 'nullable': false"));
    g_autoptr(GPtrArray) ops = find_changes(before, after);
    g_autoptr(GPtrArray) blocks = postgresql_dialect.compile(ops, before, NULL);
    assert_non_null(blocks);
    g_autofree char *sql = text_of(blocks);
    assert_non_null(strstr(sql, "ALTER TABLE t DROP COLUMN g;\nALTER TABLE t ADD COLUMN g INTEGER;\n"
                                "UPDATE t SET g = a * 2;\nALTER TABLE t ALTER COLUMN g SET NOT NULL;\n"));
}

/* Both at once: the column that is computed from the other one, and what it is computed from. */
static void test_both(void **state)
{
    (void)state;
#define BOTH(type, column) COLUMN_TABLE("{'name': 'a', 'type': '" type "'}, {'name': 'g', " column "}")
    static const char script[] = "CREATE TABLE t (a text, g text GENERATED ALWAYS AS (lower(a)) STORED);"
                                 "INSERT INTO t VALUES ('12');";
    static const char before[] = BOTH("Text", "'type': 'Text'" COMPUTED("lower(a)"));
    check_change(script, before, BOTH("Integer", "'type': 'Integer'" COMPUTED("a + 1")), "SELECT a, g FROM t",
                 "12|13\n");
    check_change(script, before, BOTH("Integer", "'type': 'Text'"), "SELECT a, g FROM t", "12|12\n");
    check_change(script, before, COLUMN_TABLE("{'name': 'a', 'type': 'Integer'}"), "SELECT a FROM t", "12\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_casts),         cmocka_unit_test(test_rows),
        cmocka_unit_test(test_too_long),      cmocka_unit_test(test_generated),
        cmocka_unit_test(test_foreign_keys),  cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_partition_key), cmocka_unit_test(test_expression_changes),
        cmocka_unit_test(test_virtual),       cmocka_unit_test(test_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
