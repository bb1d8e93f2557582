/* Foreign keys and checks. */
#include <string.h>

#include "base/text.h"
#include "dialect/mysql/inspector.h"

/* --- foreign keys --- */

/* RESTRICT and NO ACTION are the same, and what is not said is told as one by MariaDB and as the other by MySQL. */
static char *read_rule(const char *rule)
{
    if (rule == NULL || strcmp(rule, "NO ACTION") == 0 || strcmp(rule, "RESTRICT") == 0)
        return NULL;
    return g_strdup(rule);
}

gboolean mysql_read_foreign_keys(MysqlInspector *inspector, Result *result, GError **error)
{
    enum { TABLE, NAME, REFERRED_TABLE, DELETE_RULE, UPDATE_RULE };
    int more;

    while ((more = result_next(result, error)) > 0) {
        Table *table = inspector_table(inspector, result_text(result, TABLE));
        if (table == NULL)
            continue;
        Constraint *key = constraint_new(CONSTRAINT_FOREIGN_KEY, result_text(result, NAME));
        g_ptr_array_add(table->constraints, key);
        key->referred_table = g_strdup(result_text(result, REFERRED_TABLE));
        key->ondelete = read_rule(result_text(result, DELETE_RULE));
        key->onupdate = read_rule(result_text(result, UPDATE_RULE));
    }
    return more == 0;
}

static void read_referred_schema(const MysqlInspector *inspector, Constraint *key, const char *schema)
{
    if (!name_equal(schema, inspector->database, inspector->fold_names)) {
        g_free(key->referred_schema);
        key->referred_schema = g_strdup(schema);
        return;
    }
    const Table *referred = inspector_table(inspector, key->referred_table);
    if (referred != NULL && strcmp(referred->name, key->referred_table) != 0) {
        g_free(key->referred_table);
        key->referred_table = g_strdup(referred->name);
    }
}

static void read_foreign_key_column(const MysqlInspector *inspector, Result *row, const Table *table)
{
    enum { TABLE, NAME, COLUMN, REFERRED_SCHEMA, REFERRED_COLUMN };
    Constraint *key = table_find_constraint(table, result_text(row, NAME));

    if (key == NULL || key->kind != CONSTRAINT_FOREIGN_KEY)
        return;
    g_ptr_array_add(key->columns, g_strdup(result_text(row, COLUMN)));
    g_ptr_array_add(key->referred_columns, g_strdup(result_text(row, REFERRED_COLUMN)));
    read_referred_schema(inspector, key, result_text(row, REFERRED_SCHEMA));
}

/* A foreign key that was made between the two queries has no rules yet, one that went has no columns: both are gone
 * from what is told. */
gboolean mysql_read_foreign_key_columns(MysqlInspector *inspector, Result *result, GError **error)
{
    int more;

    while ((more = result_next(result, error)) > 0) {
        const Table *table = inspector_table(inspector, result_text(result, 0));
        if (table != NULL)
            read_foreign_key_column(inspector, result, table);
    }
    for (guint i = 0; more == 0 && i < inspector->metadata->tables->len; i++) {
        GPtrArray *constraints = ((Table *)inspector->metadata->tables->pdata[i])->constraints;
        for (guint j = constraints->len; j > 0; j--) {
            const Constraint *key = constraints->pdata[j - 1];
            if (key->kind == CONSTRAINT_FOREIGN_KEY && key->columns->len == 0)
                g_ptr_array_remove_index(constraints, j - 1);
        }
    }
    return more == 0;
}

/* --- checks --- */

/* What MariaDB makes of a column of type JSON (its manual, "JSON Data Type"). */
static gboolean is_json(const MysqlInspector *inspector, const Table *table, const Column *column,
                        const char *expression)
{
    const char *collation = column->collation ? column->collation : inspector_table_collation(inspector, table);
    g_autofree char *quoted = sql_quote(column->name, '`');
    g_autofree char *validity = g_strdup_printf("json_valid(%s)", quoted);

    return column->type->kind == SQL_TYPE_NATIVE && g_ascii_strcasecmp(column->type->name, "LONGTEXT") == 0 &&
           strcmp(collation, "utf8mb4_bin") == 0 && strcmp(expression, validity) == 0;
}

/* Whose definition holds a check that is called `name`: RENAME COLUMN leaves the check its former name, which another
 * column may have by now, and writes the new one into `clause`. NULL: nobody's. */
static Column *column_of_check(const Table *table, const char *name, const char *clause)
{
    Column *named = table_find_column(table, name), *first = NULL;
    const char *place = NULL;
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        g_autofree char *quoted = sql_quote(column->name, '`');
        const char *at = strstr(clause, quoted);
        if (at && column == named)
            return named;
        if (at && (!place || at < place)) {
            place = at;
            first = column;
        }
    }
    return first ? first : named;
}

static void read_check(const MysqlInspector *inspector, Result *row, Table *table)
{
    enum { TABLE, NAME, EXPRESSION, OF_COLUMN, ENFORCED };
    const char *name = result_text(row, NAME), *enforced = result_text(row, ENFORCED);
    const char *clause = result_text(row, EXPRESSION);
    gboolean of_column = result_integer(row, OF_COLUMN) != 0;
    Column *column = of_column ? column_of_check(table, name, clause) : NULL;

    if (column != NULL && is_json(inspector, table, column, clause)) {
        sql_type_free(column->type);
        column->type = mysql_type_from_sql("json", inspector->flavour);
        g_clear_pointer(&column->collation, g_free);
        return;
    }
    Constraint *check = constraint_new(CONSTRAINT_CHECK, column != NULL ? column->name : name);
    g_ptr_array_add(table->constraints, check);
    check->expression = inspector_expression(inspector, clause);
    if (column != NULL)
        options_set(check->options, "column", column->name);
    if (enforced != NULL && strcmp(enforced, "NO") == 0)
        options_set(check->options, "not_enforced", "true");
}

gboolean mysql_read_checks(MysqlInspector *inspector, Result *result, GError **error)
{
    int more;
    while ((more = result_next(result, error)) > 0) {
        Table *table = inspector_table(inspector, result_text(result, 0));
        if (table != NULL)
            read_check(inspector, result, table);
    }
    return more == 0;
}
