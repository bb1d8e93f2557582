/* bulk_insert, execute, and what a document says of itself. */
#include "document_support.h"

static const char shop[] =
    "{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true},"
    " {\"name\": \"ok\", \"type\": \"Boolean\"}, {\"name\": \"b\", \"type\": \"LargeBinary\"},"
    " {\"name\": \"j\", \"type\": \"JSON\"}, {\"name\": \"d\", \"type\": \"Date\"}]}]}";

static OpsStep *resolve(const Dialect *dialect, gboolean whole, const char *ops)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = with_quotes(ops);
    g_autoptr(MetaData) state = state_of(dialect, shop);
    g_autoptr(OpsDocument) document = parse_ops(json, &error);
    if (!document)
        fail_msg("%s", error->message);
    const OpsTarget target = target_of(dialect, whole);
    guint index = 0;
    OpsStep *step = ops_document_resolve(document, TRUE, &index, &target, state, &error);
    if (!step)
        fail_msg("%s", error->message);
    assert_int_equal(index, 1);
    return step;
}

/* "id=NUMBER 1, …" of each row, a line each; a line "--" between inserts. */
static char *rows_of(const OpsStep *step)
{
    static const char *const kinds[] = {"NULL", "TEXT", "NUMBER", "BOOLEAN", "BINARY", "JSON"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < step->inserts->len; i++) {
        const BulkInsert *insert = step->inserts->pdata[i];
        g_string_append(text, i > 0 ? "--\n" : "");
        for (guint j = 0; j < insert->rows->len; j++) {
            const BulkValue *row = insert->rows->pdata[j];
            for (guint k = 0; k < insert->columns->len; k++) {
                g_string_append_printf(text, "%s%s=%s", k ? ", " : "", (const char *)insert->columns->pdata[k],
                                       kinds[row[k].kind]);
                for (gsize b = 0; row[k].kind == BULK_BINARY && b < row[k].length; b++)
                    g_string_append_printf(text, " %02x", (guchar)row[k].text[b]);
                if (row[k].kind != BULK_NULL && row[k].kind != BULK_BINARY)
                    g_string_append_printf(text, " %s", row[k].text);
                assert_true(row[k].kind == BULK_NULL || row[k].text[row[k].length] == '\0');
            }
            g_string_append_c(text, '\n');
        }
    }
    return g_string_free(text, FALSE);
}

static void assert_rows(gboolean whole, const char *ops, const char *expected)
{
    const Dialect *const all[] = {&sqlite_dialect, &postgresql_dialect, &mariadb_dialect};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(OpsStep) step = resolve(all[i], whole, ops);
        assert_null(step->operations);
        g_autofree char *rows = rows_of(step), *quoted = with_quotes(expected);
        assert_string_equal(rows, quoted);
    }
}

static void test_values(void **state)
{
    (void)state;
    assert_rows(TRUE,
                "{`op`: `bulk_insert`, `table_name`: `t`, `rows`: [{`id`: 12345678901234567890, `ok`: true, `b`: "
                "`AAH/`, `j`: {`a`: [1.10, null]}, `d`: `2026-11-21`}, {`d`: null, `j`: {`json`: null}, `b`: {`hex`: "
                "`00fF`}, `ok`: false, `id`: -1.50}]}",
                "id=NUMBER 12345678901234567890, ok=BOOLEAN true, b=BINARY 00 01 ff, j=JSON {`a`: [1.10, null]}, "
                "d=TEXT 2026-11-21\n"
                "id=NUMBER -1.50, ok=BOOLEAN false, b=BINARY 00 ff, j=JSON null, d=NULL\n");
    assert_rows(TRUE, "{`op`: `bulk_insert`, `table_name`: `t`, `rows`: [{`b`: ``, `d`: ``}]}", "b=BINARY, d=TEXT \n");
    assert_rows(TRUE, "{`op`: `bulk_insert`, `table_name`: `t`, `rows`: [{`b`: {`base64`: `QQ==`}}]}", "b=BINARY 41\n");
}

/* The op's own types are enough, and stand before those of the schema. */
static void test_own_types(void **state)
{
    (void)state;
    assert_rows(FALSE,
                "{`op`: `bulk_insert`, `table`: {`name`: `other`, `columns`: [{`name`: `x`, `type`: `LargeBinary`}, "
                "{`name`: `f`, `type`: `Boolean`}, {`name`: `j`, `type`: `JSON`}]}, `rows`: [{`x`: `QUI=`, `f`: 1, `j`:"
                " `s`, `n`: 1, `s`: `x`, `o`: {}}]}",
                "x=BINARY 41 42, f=BOOLEAN true, j=JSON `s`, n=NUMBER 1, s=TEXT x, o=JSON {}\n");
}

/* A row that leaves a column out has its default, so it is not one of the others. */
static void test_different_rows(void **state)
{
    (void)state;
    assert_rows(TRUE,
                "{`op`: `bulk_insert`, `table_name`: `t`, `rows`: [{`id`: 1, `d`: null}, {`id`: 2}, {`id`: 3}, {`d`: "
                "`x`, `id`: 4}]}",
                "id=NUMBER 1, d=NULL\n--\nid=NUMBER 2\nid=NUMBER 3\n--\nd=TEXT x, id=NUMBER 4\n");
    g_autoptr(OpsStep) step = resolve(&sqlite_dialect, TRUE, "{`op`: `bulk_insert`, `table_name`: `t`, `rows`: []}");
    assert_null(step->inserts);
}

static void test_execute(void **state)
{
    (void)state;
    g_autoptr(OpsStep) plain = resolve(&sqlite_dialect, TRUE, "{`op`: `execute`, `sqltext`: `SELECT 1; SELECT 2`}");
    assert_int_equal(plain->statements->len, 1);
    assert_string_equal(plain->statements->pdata[0], "SELECT 1; SELECT 2");
    assert_int_equal(plain->line, 1);
    assert_int_equal(plain->column, 31);
    static const char by_dialect[] = "{`op`: `execute`, `sql`: {`postgresql`: [`SELECT`, ` 1`], `mysql`: `m`}}";
    g_autoptr(OpsStep) lines = resolve(&postgresql_dialect, TRUE, by_dialect);
    assert_string_equal(lines->statements->pdata[0], "SELECT\n 1");
    g_autoptr(OpsStep) mariadb = resolve(&mariadb_dialect, TRUE, by_dialect);
    assert_string_equal(mariadb->statements->pdata[0], "m");
    g_autoptr(OpsStep) nothing = resolve(&sqlite_dialect, TRUE, by_dialect);
    assert_null(nothing->statements);
    g_autoptr(OpsStep) otherwise =
        resolve(&sqlite_dialect, TRUE, "{`op`: `execute`, `sql`: {`postgresql`: `a`, `default`: `b`}}");
    assert_string_equal(otherwise->statements->pdata[0], "b");
}

static OpsDocument *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = with_quotes(text);
    OpsDocument *document = ops_document_parse("f.json", json, strlen(json), &error);
    if (!document)
        fail_msg("%s", error->message);
    return document;
}

/* Comments, space and the order of keys do not count; everything else does. */
static void test_canonical(void **state)
{
    (void)state;
    g_autoptr(OpsDocument) a = parse("{`revision`: `r`, // x\n `upgrade`: [{`op`: `bulk_insert`, `table_name`: `t`,\n"
                                     "  `rows`: [{`a`: 1.10, `b`: [2, 1]}]}], `downgrade`: []}");
    g_autoptr(OpsDocument) b = parse("{`upgrade`:[/* y */{`rows`:[{`b`:[2,1],`a`:1.10}],`table_name`:`t`,`op`:"
                                     "`bulk_insert`}],`revision`:`s`}");
    g_autoptr(OpsDocument) c = parse("{`upgrade`: [{`op`: `bulk_insert`, `table_name`: `t`, `rows`: [{`a`: 1.1, `b`: "
                                     "[2, 1]}]}]}");
    g_autofree char *text_a = ops_document_canonical(a, TRUE), *text_b = ops_document_canonical(b, TRUE);
    g_autofree char *text_c = ops_document_canonical(c, TRUE), *down = ops_document_canonical(b, FALSE);
    g_autofree char *empty = ops_document_canonical(a, FALSE);
    assert_string_equal(text_a, text_b);
    assert_string_not_equal(text_a, text_c);
    assert_string_equal(down, empty);
    assert_int_equal(ops_document_count(a, TRUE), 1);
    assert_int_equal(ops_document_count(b, FALSE), 0);
    assert_non_null(ops_document_json(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),  cmocka_unit_test(test_own_types), cmocka_unit_test(test_different_rows),
        cmocka_unit_test(test_execute), cmocka_unit_test(test_canonical),
    };
    return cmocka_run_group_tests_name("operations/document_data", tests, NULL, NULL);
}
