/* Values of an ENUM that are renamed: rows hold them, and MODIFY knows only values that stay. So the type takes the new
 * ones in first, the rows are changed, and then the type says what it is. */
#include "dialect/mysql/alter.h"

#include <string.h>

#include "base/text.h"

static const MysqlName *moving_name(const Alter *work, guint position)
{
    const MysqlName *name = work->change->columns->pdata[position];
    return name->current && name->renamed_values ? name : NULL;
}

gboolean mysql_moves_values(const Alter *work)
{
    for (guint i = 0; i < work->change->columns->len; i++)
        if (moving_name(work, i))
            return TRUE;
    return FALSE;
}

/* MODIFY itself finds a value whose case alone changes, and the server takes no ENUM with both. */
static gboolean is_same_value(const Column *column, const char *a, const char *b)
{
    gboolean binary = column->collation &&
                      (g_str_has_suffix(column->collation, "_bin") || g_str_has_suffix(column->collation, "_cs"));
    g_autofree char *folded_a = binary ? g_strdup(a) : g_utf8_casefold(a, -1);
    g_autofree char *folded_b = binary ? g_strdup(b) : g_utf8_casefold(b, -1);
    return strcmp(folded_a, folded_b) == 0;
}

static gboolean holds(const Column *column, char **values, const char *value)
{
    for (char **known = values; known && *known; known++)
        if (is_same_value(column, *known, value))
            return TRUE;
    return FALSE;
}

static void take_in(const Column *column, const GPtrArray *pairs)
{
    for (guint i = 0; column->type->values && i < pairs->len; i++) {
        const Option *pair = pairs->pdata[i];
        guint length = g_strv_length(column->type->values);
        if (holds(column, column->type->values, pair->value))
            continue;
        column->type->values = g_renew(char *, column->type->values, length + 2);
        column->type->values[length] = g_strdup(pair->value);
        column->type->values[length + 1] = NULL;
    }
}

/* A check that goes, or says something else, would refuse the new values. */
static void drop_checks_of(const Alter *work, const Table *between, const char *column)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_ptr_array_add(names, (gpointer)column);
    for (guint i = between->constraints->len; i-- > 0;) {
        const Constraint *check = between->constraints->pdata[i], *now = mysql_same_constraint(work->to, check);
        if (check->kind == CONSTRAINT_CHECK && mysql_mentions(check->expression, names) &&
            (!now || strcmp(now->expression, check->expression) != 0))
            g_ptr_array_remove_index(between->constraints, i);
    }
}

Table *mysql_table_of_both(const Alter *work, MysqlTableChange *first)
{
    Table *between = table_copy(work->from);
    for (guint i = 0; i < work->change->columns->len; i++) {
        const MysqlName *name = moving_name(work, i);
        const Column *column = name ? table_find_column(between, name->former) : NULL;
        if (!column)
            continue;
        take_in(column, name->renamed_values);
        drop_checks_of(work, between, name->former);
        for (guint j = 0; j < first->columns->len; j++) {
            MysqlName *widened = first->columns->pdata[j];
            const Column *former = table_find_column(work->from, widened->former);
            if (strcmp(widened->former, name->former) == 0)
                widened->altered = mysql_column_differs(former, column, work->compiler->flavour);
        }
    }
    return between;
}

/* ", changed_at = changed_at" of columns that the server would set to now. */
static void keep_others(const Table *table, const Column *column, GString *sql)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *other = table->columns->pdata[i];
        g_autofree char *name = mysql_quote_identifier(other->name);
        if (other != column && options_get(other->options, "on_update"))
            g_string_append_printf(sql, ", %s = %s", name, name);
    }
}

static char *update_sql(const Table *table, const Column *column, const GPtrArray *pairs)
{
    g_autofree char *table_name = mysql_quote_identifier(table->name), *name = mysql_quote_identifier(column->name);
    g_autoptr(GString) cases = g_string_new(NULL);
    g_autoptr(GPtrArray) former = strings_new();
    for (guint i = 0; i < pairs->len; i++) {
        const Option *pair = pairs->pdata[i];
        char *from = mysql_quote_literal(pair->name);
        g_autofree char *to = mysql_quote_literal(pair->value);
        if (column->type->values && is_same_value(column, pair->name, pair->value)) {
            g_free(from);
            continue;
        }
        g_string_append_printf(cases, " WHEN %s THEN %s", from, to);
        g_ptr_array_add(former, from);
    }
    if (former->len == 0)
        return NULL;
    g_autofree char *list = text_list(former, ", ");
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "UPDATE %s SET %s = CASE %s%s ELSE %s END", table_name, name, name, cases->str, name);
    keep_others(table, column, sql);
    g_string_append_printf(sql, " WHERE %s IN (%s)", name, list);
    return g_string_free(sql, FALSE);
}

void mysql_add_updates(const Alter *work, const Table *between)
{
    for (guint i = 0; i < work->change->columns->len; i++) {
        const MysqlName *name = moving_name(work, i);
        const Column *column = name ? table_find_column(between, name->former) : NULL;
        char *sql = column ? update_sql(between, column, name->renamed_values) : NULL;
        if (sql)
            mysql_add(work->compiler, sql);
    }
}
