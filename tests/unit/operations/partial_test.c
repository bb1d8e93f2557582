/* Operations where less is known than what is there, and those that ask first. */
#include <string.h>

#include "support.h"

static MetaData *with_table(gboolean partial)
{
    MetaData *metadata = metadata_new(TRUE);
    Table *table = new_table("t", partial ? "known" : "id known");
    table->partial = partial;
    metadata_add_table(metadata, table);
    return metadata;
}

static void apply(const MigrateOp *op, MetaData *metadata)
{
    g_autoptr(GError) error = NULL;
    if (!migrate_op_apply(op, metadata, &error))
        fail_msg("%s", error->message);
}

static MigrateOp *rename_thing(OpKind kind, const char *name, const char *new_name)
{
    MigrateOp *op = migrate_op_new(kind);
    op->table_name = g_strdup("t");
    op->name = g_strdup(name);
    op->new_name = g_strdup(new_name);
    return op;
}

/* What each op of this list wants, is not in either table. */
static GPtrArray *about_the_unknown(const Table *table)
{
    GPtrArray *ops = operations_new();
    g_autoptr(Column) old = column_new("a", sql_type_new(SQL_TYPE_NULL));
    g_autoptr(Column) new = column_new("b", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(Column) other = column_new("c", sql_type_new(SQL_TYPE_NULL));
    g_autoptr(Index) index = new_index("ix", "a");
    g_autoptr(Constraint) check = new_check("ck", "a > 0");
    g_autoptr(Constraint) unique = new_constraint(CONSTRAINT_UNIQUE, "uq", "d");
    g_ptr_array_add(ops, migrate_op_drop_constraint(table, check));
    g_ptr_array_add(ops, rename_thing(OP_RENAME_CONSTRAINT, "uq_a", "uq_b"));
    g_ptr_array_add(ops, migrate_op_create_constraint(table, unique));
    g_ptr_array_add(ops, migrate_op_drop_index(table, index));
    g_ptr_array_add(ops, rename_thing(OP_RENAME_INDEX, "ix_a", "ix_b"));
    g_ptr_array_add(ops, migrate_op_alter_column(table, old, new));
    g_ptr_array_add(ops, migrate_op_drop_column(table, other));
    return ops;
}

static void test_partial_table(void **state)
{
    (void)state;
    g_autoptr(MetaData) whole = with_table(FALSE), partial = with_table(TRUE);
    const Table *table = metadata_find_table(partial, NULL, "t");
    g_autoptr(GPtrArray) ops = about_the_unknown(table);
    for (guint i = 0; i < ops->len; i++) {
        g_autoptr(GError) error = NULL;
        assert_false(migrate_op_apply(ops->pdata[i], whole, &error));
        assert_true(g_error_matches(error, OPERATIONS_ERROR, OPERATIONS_ERROR_CONFLICT));
        apply(ops->pdata[i], partial);
    }
    /* What was said is known from then on. */
    assert_non_null(table_find_column(table, "b"));
    assert_int_equal(table_find_column(table, "b")->type->kind, SQL_TYPE_TEXT);
    assert_non_null(table_find_constraint(table, "uq"));
    g_autoptr(MetaData) copy = metadata_copy(partial);
    assert_true(metadata_find_table(copy, NULL, "t")->partial);
    /* The only column that is known need not be the only one. */
    g_autoptr(MigrateOp) known = migrate_op_drop_column(table, table_find_column(table, "known"));
    apply(known, partial);
    /* What is known still counts. */
    g_autoptr(MigrateOp) twice = migrate_op_add_column(table, table_find_column(table, "b"));
    assert_conflict(twice, partial, "'t.b' exists already");
    /* The table may have gone without notice. */
    g_autoptr(Table) anew = new_table("t", "id");
    g_autoptr(MigrateOp) create = migrate_op_create_table(anew);
    apply(create, partial);
    assert_false(metadata_find_table(partial, NULL, "t")->partial);
}

static void test_assumed_tables(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = with_table(FALSE);
    g_autoptr(GPtrArray) ops = operations_new();
    g_autoptr(Table) made = new_table("made", "id"), unknown = new_table("unknown", "id");
    g_autoptr(Table) maybe = new_table("maybe", "id"), renamed = new_table("renamed", "id");
    g_autoptr(Column) column = column_new("x", sql_type_new(SQL_TYPE_TEXT));
    g_ptr_array_add(ops, migrate_op_create_table(made));
    g_ptr_array_add(ops, migrate_op_add_column(made, column));
    g_ptr_array_add(ops, migrate_op_rename_table(unknown, "renamed"));
    g_ptr_array_add(ops, migrate_op_add_column(renamed, column));
    g_ptr_array_add(ops, migrate_op_drop_table(maybe));
    ((MigrateOp *)ops->pdata[4])->if_exists = TRUE;
    operations_assume_tables(ops, metadata);
    assert_int_equal(metadata->tables->len, 2);
    assert_true(metadata_find_table(metadata, NULL, "unknown")->partial);
    assert_false(metadata_find_table(metadata, NULL, "t")->partial);
    g_autoptr(GError) error = NULL;
    assert_true(operations_apply(ops, metadata, &error));
    assert_true(metadata_find_table(metadata, NULL, "renamed")->partial);
}

/* Under the names that they had before all operations. */
static void test_what_ops_say_was_there(void **state)
{
    (void)state;
    g_autoptr(MetaData) before = with_table(TRUE);
    Table *table = metadata_find_table(before, NULL, "t");
    g_autoptr(Table) later = new_table("u", "b");
    g_autoptr(Index) index = new_index("ix_late", "b");
    g_autoptr(GPtrArray) ops = about_the_unknown(table);
    g_ptr_array_add(ops, migrate_op_rename_table(table, "u"));
    g_ptr_array_add(ops, migrate_op_drop_index(later, index));
    g_ptr_array_add(ops, migrate_op_drop_column(later, later->columns->pdata[0]));
    g_autoptr(MetaData) learned = operations_learn(ops, before);
    const Table *then = metadata_find_table(learned, NULL, "t");
    assert_non_null(table_find_column(then, "a"));
    assert_int_equal(table_find_column(then, "a")->unknown, COLUMN_TYPE);
    assert_non_null(table_find_column(then, "c"));
    assert_null(table_find_column(then, "b")); /* a is b from then on */
    assert_non_null(table_find_constraint(then, "ck"));
    assert_null(table_find_constraint(then, "uq")); /* it is made */
    assert_non_null(table_find_index(then, "ix"));
    assert_non_null(table_find_index(then, "ix_a"));
    assert_null(table_find_index(then, "ix_b"));
    assert_non_null(table_find_index(then, "ix_late"));
    assert_int_equal(table->columns->len, 1);
    /* A table that is known has all it says. */
    g_autoptr(MetaData) whole = with_table(FALSE);
    g_autoptr(MetaData) same = operations_learn(ops, whole);
    assert_int_equal(metadata_find_table(same, NULL, "t")->columns->len, 2);
}

static void test_unknown_facets(void **state)
{
    (void)state;
    g_autoptr(Column) existing = column_new("a", sql_type_new(SQL_TYPE_NULL));
    existing->unknown = COLUMN_EVERYTHING;
    g_autoptr(Column) column = column_copy(existing);
    g_autoptr(Table) table = new_table("t", "id");
    assert_int_equal(column->unknown, COLUMN_EVERYTHING);
    static const struct {
        ColumnFacet said;
        const char *words;
    } rows[] = {
        {COLUMN_TYPE, "alter column t.a: type Text"},
        {COLUMN_NULLABLE, "alter column t.a: not null"},
        {COLUMN_SERVER_DEFAULT, "alter column t.a: default unknown -> none"},
        {COLUMN_COMMENT, "alter column t.a: comment unknown -> none"},
        {COLUMN_AUTOINCREMENT, "alter column t.a: autoincrement off -> on"},
        {0, "alter column t.a"},
    };
    sql_type_free(column->type);
    column->type = sql_type_new(SQL_TYPE_TEXT);
    column->nullable = FALSE;
    column->autoincrement = AUTOINCREMENT_TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        column->unknown = COLUMN_EVERYTHING & ~(guint)rows[i].said;
        g_autoptr(MigrateOp) op = migrate_op_alter_column(table, existing, column);
        g_autofree char *words = migrate_op_describe(op);
        assert_string_equal(words, rows[i].words);
    }
}

/* --- if_exists, if_not_exists --- */

static void test_if_exists(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = with_table(FALSE);
    const Table *table = metadata_find_table(metadata, NULL, "t");
    g_autoptr(Table) nowhere = new_table("nowhere", "id");
    g_autoptr(GPtrArray) ops = about_the_unknown(table);
    g_ptr_array_add(ops, migrate_op_drop_table(nowhere));
    guint dropped = 0;
    for (guint i = 0; i < ops->len; i++) {
        MigrateOp *op = ops->pdata[i];
        if (op->kind != OP_DROP_TABLE && op->kind != OP_DROP_COLUMN && op->kind != OP_DROP_INDEX &&
            op->kind != OP_DROP_CONSTRAINT)
            continue;
        op->if_exists = TRUE;
        apply(op, metadata);
        dropped++;
    }
    assert_int_equal(dropped, 4);
    assert_int_equal(table->columns->len, 2);
}

static void test_if_not_exists(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = with_table(FALSE);
    const Table *table = metadata_find_table(metadata, NULL, "t");
    g_autoptr(Table) other = new_table("t", "id other");
    g_autoptr(Column) known = column_new("KNOWN", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(Index) index = new_index("ix", "known");
    g_autoptr(GPtrArray) ops = operations_new();
    g_ptr_array_add(ops, migrate_op_create_table(other));
    g_ptr_array_add(ops, migrate_op_add_column(table, known));
    g_ptr_array_add(ops, migrate_op_create_index(table, index));
    g_ptr_array_add(ops, migrate_op_create_index(table, index));
    for (guint i = 0; i < ops->len; i++) {
        ((MigrateOp *)ops->pdata[i])->if_not_exists = TRUE;
        apply(ops->pdata[i], metadata);
    }
    assert_null(table_find_column(table, "other"));
    assert_int_equal(table_find_column(table, "known")->type->kind, SQL_TYPE_INTEGER);
    assert_int_equal(table->indexes->len, 1);
}

static void test_reverse_asks_too(void **state)
{
    (void)state;
    g_autoptr(Table) table = new_table("t", "id");
    g_autoptr(MigrateOp) create = migrate_op_create_table(table);
    create->if_not_exists = TRUE;
    g_autoptr(MigrateOp) drop = migrate_op_reverse(create, NULL);
    assert_true(drop->kind == OP_DROP_TABLE && drop->if_exists && !drop->if_not_exists);
    g_autofree char *words = migrate_op_describe(drop);
    assert_string_equal(words, "drop table t if it exists");
    g_autoptr(MigrateOp) again = migrate_op_reverse(drop, NULL);
    assert_true(again->kind == OP_CREATE_TABLE && again->if_not_exists && !again->if_exists);
}

/* --- where a column stands --- */

static void test_place_of_a_column(void **state)
{
    (void)state;
    g_autoptr(MetaData) metadata = with_table(FALSE);
    const Table *table = metadata_find_table(metadata, NULL, "t");
    static const struct {
        const char *name, *before, *after;
    } rows[] = {{"first", "ID", NULL}, {"second", NULL, "first"}, {"last", NULL, NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Column) column = column_new(rows[i].name, sql_type_new(SQL_TYPE_TEXT));
        g_autoptr(MigrateOp) op = migrate_op_add_column(table, column);
        op->insert_before = g_strdup(rows[i].before);
        op->insert_after = g_strdup(rows[i].after);
        apply(op, metadata);
    }
    static const char *const expected[] = {"first", "second", "id", "known", "last"};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_string_equal(((const Column *)table->columns->pdata[i])->name, expected[i]);
    g_autoptr(Column) column = column_new("x", sql_type_new(SQL_TYPE_TEXT));
    g_autoptr(MigrateOp) nowhere = migrate_op_add_column(table, column);
    nowhere->insert_after = g_strdup("nothing");
    assert_conflict(nowhere, metadata, "cannot stand beside 'nothing'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_ops_say_was_there),
        cmocka_unit_test(test_unknown_facets),
        cmocka_unit_test(test_partial_table),
        cmocka_unit_test(test_assumed_tables),
        cmocka_unit_test(test_if_exists),
        cmocka_unit_test(test_if_not_exists),
        cmocka_unit_test(test_reverse_asks_too),
        cmocka_unit_test(test_place_of_a_column),
    };
    return cmocka_run_group_tests_name("operations/partial", tests, NULL, NULL);
}
