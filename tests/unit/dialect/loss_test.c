/* What an operation loses, in words; and the notes above statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "dialect/dialect.h"

static gboolean narrows(const char *from, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SqlType) a = sql_type_parse(from, &error), b = sql_type_parse(to, &error);
    assert_null(error);
    return sql_type_narrows(a, b);
}

static void test_types(void **state)
{
    (void)state;
    static const char *const narrower[][2] = {
        {"String(20)", "String(10)"},
        {"Text", "String(10)"},
        {"BigInteger", "Integer"},
        {"Integer", "SmallInteger"},
        {"Numeric(10, 2)", "Numeric(9, 2)"},
        {"Numeric(10, 2)", "Numeric(10, 3)"},
        {"Numeric(10, 2)", "Numeric(12, 1)"},
        {"Numeric", "Numeric(10, 2)"},
        {"Double", "Float"},
        {"Double", "Integer"},
        {"Integer", "Numeric(4, 2)"},
        {"DateTime", "Date"},
        {"DateTime", "Time"},
        {"DateTime(timezone=true)", "DateTime"},
        {"DateTime(precision=6)", "DateTime(precision=0)"},
        {"Text", "Integer"},
        {"Enum('a', 'b')", "Enum('a')"},
        {"String(10)", "Enum('a')"},
        {"LargeBinary(10)", "LargeBinary(5)"},
        {"VARCHAR(20)", "VARCHAR(19)"},
        {"Integer", "String(2)"},
    };
    static const char *const as_wide[][2] = {
        {"String(10)", "String(20)"},
        {"String(10)", "Text"},
        {"Integer", "BigInteger"},
        {"Integer", "Numeric"},
        {"Integer", "Double"},
        {"Numeric(9, 2)", "Numeric(11, 3)"},
        {"Float", "Double"},
        {"Date", "DateTime"},
        {"DateTime", "DateTime(timezone=true)"},
        {"Boolean", "Integer"},
        {"JSON", "Text"},
        {"Enum('a')", "Enum('a', 'b')"},
        {"VARCHAR(20)", "VARCHAR(21)"},
        {"VARCHAR(20)", "CHAR(1)"}, /* not known */
        {"Text", "MEDIUMTEXT"},     /* not known */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(narrower); i++)
        if (!narrows(narrower[i][0], narrower[i][1]))
            fail_msg("%s -> %s is no narrower", narrower[i][0], narrower[i][1]);
    for (gsize i = 0; i < G_N_ELEMENTS(as_wide); i++)
        if (narrows(as_wide[i][0], as_wide[i][1]))
            fail_msg("%s -> %s is narrower", as_wide[i][0], as_wide[i][1]);
}

static void check_text(RowEstimate estimate, const char *wanted)
{
    g_autofree char *text = row_estimate_text(&estimate);
    assert_string_equal(text, wanted);
}

static void test_numbers(void **state)
{
    (void)state;
    check_text((RowEstimate){TRUE, FALSE, 0}, "no rows");
    check_text((RowEstimate){TRUE, FALSE, 1}, "about 1 row");
    check_text((RowEstimate){TRUE, FALSE, 999}, "about 999 rows");
    check_text((RowEstimate){TRUE, FALSE, 12345}, "about 12,300 rows");
    check_text((RowEstimate){TRUE, FALSE, 1234567}, "about 1,230,000 rows");
    check_text((RowEstimate){TRUE, FALSE, 99999}, "about 100,000 rows");
    check_text((RowEstimate){TRUE, TRUE, 100000}, "more than 100,000 rows");
    RowEstimate unknown = {0};
    assert_null(row_estimate_text(&unknown));
}

static Table *orders(void)
{
    Table *table = table_new(NULL, "orders");
    g_ptr_array_add(table->columns, column_new("id", sql_type_new(SQL_TYPE_INTEGER)));
    g_ptr_array_add(table->columns, column_new("note", sql_type_new(SQL_TYPE_TEXT)));
    return table;
}

/* drop column, drop table: both of 12,300 rows. */
static GPtrArray *drops(void)
{
    g_autoptr(Table) table = orders(), other = table_new(NULL, "ol\n-- migrate:down");
    GPtrArray *ops = operations_new();
    g_ptr_array_add(ops, migrate_op_drop_column(table, table->columns->pdata[1]));
    g_ptr_array_add(ops, migrate_op_drop_table(other));
    for (guint i = 0; i < ops->len; i++)
        ((MigrateOp *)ops->pdata[i])->rows = (RowEstimate){TRUE, FALSE, 12300};
    return ops;
}

static const char *note(const GPtrArray *ops, guint i)
{
    return ((const MigrateOp *)ops->pdata[i])->note;
}

static void test_notes(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = drops();
    operations_set_notes(ops, FALSE, TRUE);
    assert_string_equal(note(ops, 0), "drops column orders.note, in a table with about 12,300 rows: its values are "
                                      "lost, and the downgrade cannot bring them back");
    assert_string_equal(note(ops, 1), "drops table ol?-- migrate:down with about 12,300 rows: they are lost, and the "
                                      "downgrade cannot bring them back");
    g_autoptr(GPtrArray) reverse = operations_reverse(ops, &error);
    assert_null(error);
    assert_null(note(reverse, 0));
    operations_set_notes(reverse, TRUE, TRUE);
    assert_string_equal(note(reverse, 0), "the rows of ol?-- migrate:down do not come back");
    assert_string_equal(note(reverse, 1), "the values of orders.note do not come back");
    g_autoptr(GPtrArray) again = operations_reverse(reverse, &error);
    operations_set_notes(again, TRUE, TRUE);
    assert_string_equal(note(again, 0), "drops column orders.note: what was written to it since is lost");
}

/* The same statements to the server, whatever stands above them. */
static void check_statements(const Dialect *dialect, const GPtrArray *with, const GPtrArray *without)
{
    for (guint i = 0; i < with->len; i++) {
        const SqlBlock *a = with->pdata[i], *b = without->pdata[i];
        assert_int_equal(a->statements->len, b->statements->len);
        for (guint j = 0; j < a->statements->len; j++) {
            const char *noted = a->statements->pdata[j], *plain = b->statements->pdata[j];
            g_autofree char *noted_hash = sql_token_hash(dialect, noted, strlen(noted));
            g_autofree char *plain_hash = sql_token_hash(dialect, plain, strlen(plain));
            assert_string_equal(noted_hash, plain_hash);
            g_autoptr(GPtrArray) statements = dialect->split(noted, strlen(noted), NULL);
            assert_int_equal(statements->len, 1);
        }
    }
}

static gboolean stands_above(const GPtrArray *blocks, const char *line, const char *statement)
{
    g_autofree char *wanted = g_strconcat("-- ", line, "\n", statement, NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; j < block->statements->len; j++)
            if (strstr(block->statements->pdata[j], wanted))
                return TRUE;
    }
    return FALSE;
}

static void check_dialect(const Dialect *dialect, const char *column_statement)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ops = drops();
    g_autoptr(MetaData) before = metadata_new(FALSE);
    before->backticks = dialect_has_backticks(dialect);
    metadata_add_table(before, orders());
    metadata_add_table(before, table_copy(((const MigrateOp *)ops->pdata[1])->table));
    g_autoptr(GPtrArray) with = dialect->compile(ops, before, &error);
    g_autoptr(GPtrArray) without = dialect->compile(ops, before, &error);
    assert_null(error);
    operations_set_notes(ops, FALSE, TRUE);
    sql_blocks_add_notes(dialect, with, ops);
    check_statements(dialect, with, without);
    if (!stands_above(with, note(ops, 0), column_statement))
        fail_msg("%s: no note above %s", dialect->name, column_statement);
    assert_true(stands_above(with, note(ops, 1), "DROP TABLE "));
}

static void test_statements(void **state)
{
    (void)state;
    check_dialect(&sqlite_dialect, "ALTER TABLE orders DROP COLUMN note");
    check_dialect(&postgresql_dialect, "ALTER TABLE orders DROP COLUMN note");
    check_dialect(&mariadb_dialect, "ALTER TABLE orders DROP COLUMN note");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
