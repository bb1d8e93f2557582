/* What is said of mistakes in operations: in the file alone, and against the schema that they meet. */
#include "document_support.h"

#define HERE "f.json:1:31: upgrade[0]: "

static void test_document(void **state)
{
    (void)state;
    assert_mistake("5", HERE "expected an operation, {`op`: …}, not a number");
    assert_mistake("{`nop`: 1}", HERE "the key 'op' is missing");
    assert_mistake("{`op`: 1}", "f.json:1:38: upgrade[0].op: expected the name of an operation");
    assert_mistake("{`op`: `add_colum`}", "f.json:1:38: upgrade[0].op: unknown operation 'add_colum', did you mean "
                                          "'add_column'?");
    assert_mistake("{`op`: `rename_table`, `old_table_name`: `a`, `new_table`: `b`}",
                   "f.json:1:31: upgrade[0]: the argument 'new_table_name' of rename_table is missing\n"
                   "f.json:1:77: upgrade[0].new_table: unknown key 'new_table', did you mean 'new_table_name'?");
    assert_mistake("{`op`: `drop_table`, `table_name`: `a`, `table_name`: `b`}",
                   "f.json:1:71: upgrade[0].table_name: the key 'table_name' stands twice in this object");
    assert_mistake("{`op`: `drop_table`, `table_name`: `a`},", "f.json:1:70: remove this comma: nothing follows it");
}

static void test_tables(void **state)
{
    (void)state;
    assert_mistake("{`op`: `create_table`, `name`: `x`, `columns`: [{`name`: `a`}]}",
                   HERE "the key 'table_name' is missing\n"
                        "f.json:1:54: upgrade[0].name: unknown key 'name'\n"
                        "f.json:1:79: upgrade[0].columns[0]: the key 'type' is missing");
    assert_mistake("{`op`: `create_table_comment`, `table_name`: `t`}",
                   HERE "the argument 'comment' of create_table_comment is missing");
    assert_mistake("{`op`: `alter_table_options`, `table_name`: `t`, `options`: {`strict`: true}}",
                   "f.json:1:92: upgrade[0].options.strict: unknown key 'strict'\n"
                   "f.json:1:102: upgrade[0].options.strict: expected an object with options, not true");
    assert_mistake("{`op`: `batch_alter_table`, `table_name`: `t`, `copy_from`: `x`, `operations`: []}",
                   "f.json:1:91: upgrade[0].copy_from: 'copy_from' of Alembic has no meaning here: the table's "
                   "definition is known from the revisions before");
    assert_mistake(
        "{`op`: `batch_alter_table`, `table_name`: `t`, `operations`: [{`op`: `execute`, `sql`: `x`}, {`op`:"
        " `drop_column`, `table_name`: `t`, `column_name`: `a`}]}",
        "f.json:1:93: upgrade[0].operations[0]: 'execute' cannot stand in a batch_alter_table: write it "
        "before or behind it\n"
        "f.json:1:160: upgrade[0].operations[1].table_name: the batch_alter_table around it names the table");
}

static void test_columns(void **state)
{
    (void)state;
    assert_mistake("{`op`: `add_column`, `table_name`: `t`}", HERE "the argument 'column' of add_column is missing");
    assert_mistake(
        "{`op`: `add_column`, `table_name`: `t`, `column`: {`name`: `a`, `type`: `Integer`, `nulable`: true}}",
        "f.json:1:114: upgrade[0].column.nulable: unknown key 'nulable', did you mean 'nullable'?");
    assert_mistake("{`op`: `add_column`, `table_name`: `t`, `column`: {`name`: `a`, `type`: {`default`: `Integer`, "
                   "`sqlite`: `Intger`}}}",
                   "f.json:1:136: upgrade[0].column.type.sqlite: unknown type 'Intger', did you mean 'Integer'? (a "
                   "dialect's own type is written in capitals, or as Native('Intger'))");
    assert_mistake("{`op`: `add_column`, `table_name`: `t`, `column`: {`name`: `a`, `type`: `Integer`, `primary_key`: "
                   "true}}",
                   "f.json:1:129: upgrade[0].column.primary_key: an added column cannot bring a primary key: write "
                   "create_primary_key behind it");
    assert_mistake("{`op`: `add_column`, `table_name`: `t`, `column`: {`name`: `a`, `type`: `Integer`}, "
                   "`inline_references`: true}",
                   "f.json:1:136: upgrade[0].inline_references: 'inline_references' of Alembic has no meaning here: "
                   "\"foreign_key\" in the column makes the constraint");
    assert_mistake("{`op`: `drop_column`, `table_name`: `t`, `column_name`: `a`, `mssql_drop_check`: true}",
                   "f.json:1:112: upgrade[0].mssql_drop_check: 'mssql_drop_check' of Alembic has no meaning here: "
                   "there is no such dialect");
    assert_mistake("{`op`: `alter_column`, `table_name`: `t`, `column_name`: `a`, `unique`: true, `insert_after`: `b`}",
                   "f.json:1:103: upgrade[0].unique: alter_column does not change 'unique': use "
                   "create_unique_constraint\n"
                   "f.json:1:125: upgrade[0].insert_after: 'insert_after' belongs to add_column: a column keeps its "
                   "place");
    assert_mistake("{`op`: `drop_column`, `table_name`: `t`}", HERE "the argument 'column_name' of drop_column is "
                                                                    "missing");
}

static void test_keys(void **state)
{
    (void)state;
    assert_mistake("{`op`: `create_index`, `table_name`: `t`, `columns`: []}",
                   "f.json:1:84: upgrade[0].columns: an index without columns");
    assert_mistake("{`op`: `create_index`, `table_name`: `t`, `columns`: [`a`], `postgresql_ops`: {`z`: `x`}}",
                   "f.json:1:115: upgrade[0].postgresql_ops.z: the index has no column 'z'");
    assert_mistake("{`op`: `drop_index`, `table_name`: `t`}",
                   HERE "the argument 'index_name' of drop_index is missing");
    assert_mistake("{`op`: `drop_constraint`, `table_name`: `t`, `constraint_name`: `x`, `type_`: `foreign`}",
                   "f.json:1:109: upgrade[0].type_: unknown word 'foreign', did you mean 'foreignkey'?");
    assert_mistake("{`op`: `drop_constraint`, `table_name`: `t`}",
                   HERE "the argument 'constraint_name' of drop_constraint is missing");
    assert_mistake("{`op`: `create_foreign_key`, `source_table`: `a`, `referent_table`: `b`, `local_cols`: [`x`, `y`], "
                   "`remote_cols`: [`z`]}",
                   "f.json:1:145: upgrade[0].remote_cols: 2 columns refer to 1");
    assert_mistake("{`op`: `create_foreign_key`, `source_table`: `a`, `local_cols`: [`x`]}",
                   HERE "the key 'referent_table' is missing");
    assert_mistake("{`op`: `create_unique_constraint`, `table_name`: `t`}",
                   HERE "expected the names of columns in the key 'columns'");
    assert_mistake("{`op`: `create_check_constraint`, `table_name`: `t`}", HERE "the key 'condition' is missing");
    assert_mistake("{`op`: `create_exclude_constraint`, `table_name`: `t`, `elements`: [[`a`]]}",
                   "f.json:1:99: upgrade[0].elements[0]: expected a pair, [`column or expression`, `operator`], not an "
                   "array");
}

static void test_others(void **state)
{
    (void)state;
    assert_mistake("{`op`: `execute`}", HERE "the argument 'sqltext' of execute is missing");
    assert_mistake("{`op`: `execute`, `sql`: []}", "f.json:1:56: upgrade[0].sql: the text is empty");
    assert_mistake("{`op`: `execute`, `sql`: {`sqlite`: `x`, `postgres`: `y`}}",
                   "f.json:1:72: upgrade[0].sql.postgres: unknown key 'postgres', did you mean 'postgresql'?");
    assert_mistake("{`op`: `create_enum`, `name`: `x`}", HERE "an enum without values");
    assert_mistake("{`op`: `create_object`, `kind`: `veiw`, `name`: `v`, `definition`: `x`}",
                   "f.json:1:63: upgrade[0].kind: unknown word 'veiw', did you mean 'view'?");
    assert_mistake("{`op`: `drop_object`, `kind`: `veiw`, `name`: `v`}",
                   "f.json:1:61: upgrade[0].kind: there is no kind of object 'veiw'");
    assert_mistake("{`op`: `create_sequence`, `name`: `s`, `increment`: 0}",
                   "f.json:1:83: upgrade[0].increment: an increment of 0 never gets on");
    assert_mistake("{`op`: `bulk_insert`, `table_name`: `t`}", HERE "the argument 'rows' of bulk_insert is missing");
    assert_mistake("{`op`: `bulk_insert`, `table_name`: `t`, `columns`: [{`name`: `d`, `type`: `LargeBinary`}], `rows`:"
                   " [{`d`: `not base64!`}, {`d`: {`hex`: `0g`}}, 3]}",
                   "f.json:1:138: upgrade[0].rows[0].d: this is no base64; other bytes are written {`hex`: `…`}\n"
                   "f.json:1:168: upgrade[0].rows[1].d.hex: these are no pairs of hexadecimal digits\n"
                   "f.json:1:176: upgrade[0].rows[2]: expected a row, {`column`: value, …}, not a number");
}

static const char shop[] =
    "{\"enums\": [{\"name\": \"mood\", \"values\": [\"sad\"]}], \"tables\": [{\"name\": \"orders\", \"columns\":"
    " [{\"name\": \"id\", \"type\": \"Integer\", \"primary_key\": true}, {\"name\": \"total\", \"type\": \"Integer\"}],"
    " \"check_constraints\": [{\"name\": \"ck_total\", \"expression\": \"total > 0\"}],"
    " \"indexes\": [{\"name\": \"ix_total\", \"columns\": [\"total\", \"id\"]}]}]}";

static void test_misfits(void **state)
{
    (void)state;
    g_autoptr(MetaData) schema = state_of(&sqlite_dialect, shop);
    static const struct {
        const char *ops, *message;
    } rows[] = {
        {"{`op`: `drop_table`, `table_name`: `order`}",
         HERE "drop_table: there is no table 'order', did you mean 'orders'?"},
        {"{`op`: `create_table`, `table_name`: `orders`, `columns`: [{`name`: `a`, `type`: `Integer`}]}",
         HERE "create_table: there is a table 'orders' already"},
        {"{`op`: `rename_table`, `old_table_name`: `x`, `new_table_name`: `orders`}",
         HERE "rename_table: there is no table 'x'"},
        {"{`op`: `drop_column`, `table_name`: `orders`, `column_name`: `totl`}",
         "f.json:1:92: upgrade[0].column_name: drop_column: the table 'orders' has no column 'totl', did you mean "
         "'total'?"},
        {"{`op`: `drop_column`, `table_name`: `orders`, `column_name`: `total`}",
         HERE "drop_column: column 'orders.total' is used by index 'ix_total': drop that first"},
        {"{`op`: `add_column`, `table_name`: `orders`, `column`: {`name`: `total`, `type`: `Integer`}}",
         "f.json:1:95: upgrade[0].column.name: a second column 'total' in this table"},
        {"{`op`: `add_column`, `table_name`: `orders`, `column`: {`name`: `m`, `type`: `Enum(mod)`}}",
         "f.json:1:108: upgrade[0].column.type: add_column: no create_enum before it has made the enum 'mod', did you "
         "mean 'mood'?"},
        {"{`op`: `add_column`, `table_name`: `orders`, `column`: {`name`: `m`, `type`: {`postgresql`: `JSONB`}}}",
         "f.json:1:108: upgrade[0].column.type: no type for sqlite: add `sqlite` or `default`"},
        {"{`op`: `create_index`, `index_name`: `ix_total`, `table_name`: `orders`, `columns`: [`total`]}",
         HERE "create_index: the table 'orders' has an index 'ix_total' already"},
        {"{`op`: `create_index`, `index_name`: `ix`, `table_name`: `orders`, `columns`: [`totl`]}",
         "f.json:1:110: upgrade[0].columns[0]: the table has no column 'totl', did you mean 'total'?"},
        {"{`op`: `drop_index`, `index_name`: `ix_totals`}",
         HERE "drop_index: there is no index 'ix_totals', did you mean 'ix_total'?"},
        {"{`op`: `drop_constraint`, `constraint_name`: `ck_totals`, `table_name`: `orders`}",
         HERE "drop_constraint: the table 'orders' has no constraint 'ck_totals', did you mean 'ck_total'?"},
        {"{`op`: `drop_constraint`, `constraint_name`: `ck_total`, `table_name`: `orders`, `type_`: `unique`}",
         HERE "drop_constraint: the constraint 'ck_total' of table 'orders' is of another type_"},
        {"{`op`: `create_primary_key`, `table_name`: `orders`, `columns`: [`id`]}",
         HERE "create_primary_key: the table 'orders' has a primary key already"},
        {"{`op`: `bulk_insert`, `table_name`: `orders`, `rows`: [{`totl`: 1}]}",
         "f.json:1:95: upgrade[0].rows[0].totl: bulk_insert: the table 'orders' has no column 'totl', did you mean "
         "'total'?"},
        {"{`op`: `create_enum`, `name`: `mood`, `values`: []}", HERE "create_enum: there is an enum 'mood' already"},
        {"{`op`: `drop_enum`, `name`: `moods`}",
         HERE "drop_enum: no create_enum before it has made the enum 'moods', did you mean 'mood'?"},
        {"{`op`: `drop_object`, `kind`: `view`, `name`: `v`}", HERE "drop_object: there is no view 'v'"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_misfit(&sqlite_dialect, schema, TRUE, rows[i].ops, rows[i].message);
}

/* Where enums are no types, two of the same values cannot be told apart in columns. */
static void test_enums_alike(void **state)
{
    (void)state;
    static const char twins[] =
        "{\"enums\": [{\"name\": \"mood\", \"values\": [\"sad\"]}, {\"name\": \"state\", \"values\": [\"sad\"]}], "
        "\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"m\", \"type\": \"Enum(state)\"}]}]}";
    g_autoptr(MetaData) schema = state_of(&sqlite_dialect, twins);
    assert_misfit(&sqlite_dialect, schema, TRUE, "{`op`: `alter_enum`, `name`: `mood`, `values`: [`sad`, `ok`]}",
                  HERE
                  "alter_enum: the enums 'mood' and 'state' have the same values, by which alone columns are known "
                  "where enums are no types of their own, so whether 't.m' is meant cannot be told: let one of the "
                  "enums serve both, or create them with different values");
}

/* Where the state is not whole, what is missing must be said. */
static void test_unknown(void **state)
{
    (void)state;
    g_autoptr(MetaData) schema = state_of(&postgresql_dialect, shop);
    assert_misfit(&postgresql_dialect, schema, FALSE, "{`op`: `drop_index`, `index_name`: `ix`}",
                  HERE "drop_index: the revisions before do not say which table has the index 'ix': add `table_name`");
    assert_misfit(&postgresql_dialect, schema, FALSE,
                  "{`op`: `drop_constraint`, `constraint_name`: `c`, `table_name`: `t`}",
                  HERE "drop_constraint: the revisions before do not say what 'c' of table 't' is: add `type_`");
    assert_misfit(&postgresql_dialect, schema, FALSE, "{`op`: `alter_enum`, `name`: `e`, `values`: [`a`]}",
                  HERE "alter_enum: the revisions before do not say what the enum 'e' was: add `existing`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),    cmocka_unit_test(test_tables),  cmocka_unit_test(test_columns),
        cmocka_unit_test(test_keys),        cmocka_unit_test(test_others),  cmocka_unit_test(test_misfits),
        cmocka_unit_test(test_enums_alike), cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests_name("operations/document_mistakes", tests, NULL, NULL);
}
