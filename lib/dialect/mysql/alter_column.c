/* The clauses of ALTER TABLE about columns. */
#include "dialect/mysql/alter.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

const Column *mysql_column_now(const MysqlTableChange *change, const Table *to, const Column *former)
{
    const char *name = mysql_current_name(change->columns, former->name);
    return name ? table_find_column(to, name) : NULL;
}

/* "Virtual generated columns cannot be altered to stored generated columns, or vice versa" (MySQL 8.0 manual, "ALTER
 * TABLE and Generated Columns"). */
static gboolean needs_rewrite(const Column *from, const Column *to)
{
    gboolean was_virtual = from->computed && !from->computed->persisted;
    gboolean is_virtual = to->computed && !to->computed->persisted;
    return was_virtual != is_virtual;
}

/* MySQL renames no column that a generated one is computed from (same section, error 3108): that one goes, and comes
 * back. MariaDB renames it in the expression, too. Names not owned. */
static GPtrArray *renamed_in_the_way(const MysqlTableChange *change, MysqlFlavour flavour)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; flavour == FLAVOUR_MYSQL && i < change->columns->len; i++) {
        const MysqlName *name = change->columns->pdata[i];
        if (name->current && strcmp(name->former, name->current) != 0)
            g_ptr_array_add(names, name->former);
    }
    return names;
}

GPtrArray *mysql_rewritten_columns(const MysqlTableChange *change, const Table *from, const Table *to,
                                   MysqlFlavour flavour)
{
    GPtrArray *rewritten = g_ptr_array_new();
    g_autoptr(GPtrArray) renamed = renamed_in_the_way(change, flavour);
    for (guint i = 0; i < from->columns->len; i++) {
        const Column *column = from->columns->pdata[i], *now = mysql_column_now(change, to, column);
        if (now && (needs_rewrite(column, now) ||
                    (column->computed && now->computed && mysql_mentions(column->computed->expression, renamed))))
            g_ptr_array_add(rewritten, column->name);
    }
    for (guint found = 0; found != rewritten->len;) {
        found = rewritten->len;
        for (guint i = 0; i < from->columns->len; i++) {
            const Column *column = from->columns->pdata[i], *now = mysql_column_now(change, to, column);
            if (now && column->computed && now->computed && !mysql_has_name(rewritten, column->name) &&
                mysql_mentions(column->computed->expression, rewritten))
                g_ptr_array_add(rewritten, column->name);
        }
    }
    return rewritten;
}

const MysqlName *mysql_column_name(const Alter *alter, const char *former)
{
    for (guint i = 0; i < alter->change->columns->len; i++) {
        const MysqlName *name = alter->change->columns->pdata[i];
        if (strcmp(name->former, former) == 0)
            return name;
    }
    return NULL;
}

/* TRUE when a check in the definition of the column `name` of `table` is not among those of `other`. */
static gboolean has_own_check(const Table *table, const char *name, const Table *other)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (g_strcmp0(options_get(constraint->options, "column"), name) == 0 &&
            !mysql_same_constraint(other, constraint))
            return TRUE;
    }
    return FALSE;
}

/* RENAME COLUMN leaves the former name to a check in the column's definition (MariaDB 10.11), CHANGE does not. */
static gboolean renames_check(const Alter *alter, const Column *from, const Column *to)
{
    for (guint i = 0; strcmp(from->name, to->name) != 0 && i < alter->to->constraints->len; i++) {
        const Constraint *constraint = alter->to->constraints->pdata[i];
        if (g_strcmp0(options_get(constraint->options, "column"), to->name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* TRUE when MODIFY has to say the column anew. */
static gboolean is_altered(const Alter *alter, const Column *from, const Column *to)
{
    const MysqlName *name = mysql_column_name(alter, from->name);
    MysqlFlavour flavour = alter->compiler->flavour;
    if ((name && name->altered) || has_own_check(alter->from, from->name, alter->to) ||
        has_own_check(alter->to, to->name, alter->from) || renames_check(alter, from, to))
        return TRUE;
    return !to->collation && !options_get(to->options, "charset") && mysql_is_text(to, flavour) &&
           mysql_collation_differs(alter->from, alter->to);
}

/* --- columns that are not known whole --- */

static void add_argument(GPtrArray *missing, gboolean is_missing, const char *name)
{
    if (is_missing)
        g_ptr_array_add(missing, (gpointer)name);
}

static gboolean may_number(const Column *column)
{
    SqlTypeKind kind = column->type->kind;
    return kind == SQL_TYPE_INTEGER || kind == SQL_TYPE_SMALL_INTEGER || kind == SQL_TYPE_BIG_INTEGER ||
           kind == SQL_TYPE_NATIVE;
}

/* MODIFY states the whole column: what it does not say is gone. */
static gboolean refuse_unknown(const Column *column, GError **error)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    add_argument(missing, column->type->kind == SQL_TYPE_NULL, "existing_type");
    add_argument(missing, column->unknown & COLUMN_NULLABLE, "existing_nullable");
    add_argument(missing, column->unknown & COLUMN_SERVER_DEFAULT, "existing_server_default");
    add_argument(missing, column->unknown & COLUMN_COMMENT, "existing_comment");
    add_argument(missing, (column->unknown & COLUMN_AUTOINCREMENT) && may_number(column), "existing_autoincrement");
    if (missing->len == 0)
        return FALSE;
    g_autofree char *names = text_join(missing, "and");
    g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                "column '%s': MODIFY states a column anew, and what it was is not known here: add %s (null for none)",
                column->name, names);
    return TRUE;
}

/* TRUE when the default alone differs: that needs no definition. */
static gboolean only_default_differs(const Column *from, const Column *to, MysqlFlavour flavour)
{
    g_autoptr(Column) same = column_copy(from);
    same->unknown = (from->unknown & ~(guint)COLUMN_SERVER_DEFAULT) | (to->unknown & COLUMN_SERVER_DEFAULT);
    g_free(same->server_default);
    same->server_default = g_strdup(to->server_default);
    return strcmp(from->name, to->name) == 0 && !mysql_column_differs(same, to, flavour);
}

static void change_default(const Alter *alter, const Column *to)
{
    g_autofree char *name = mysql_quote_identifier(to->name);
    g_autofree char *value =
        to->server_default ? mysql_default_sql(to->type, to->server_default, alter->compiler->flavour) : NULL;
    g_ptr_array_add(alter->clauses, value ? g_strdup_printf("ALTER COLUMN %s SET DEFAULT %s", name, value)
                                          : g_strdup_printf("ALTER COLUMN %s DROP DEFAULT", name));
}

static gboolean change_column(const Alter *alter, const Column *from, const Column *to, GError **error)
{
    if (to->unknown && is_altered(alter, from, to)) {
        if (only_default_differs(from, to, alter->compiler->flavour)) {
            change_default(alter, to);
            return TRUE;
        }
        if (refuse_unknown(to, error))
            return FALSE;
    }
    gboolean renamed = strcmp(from->name, to->name) != 0;
    g_autofree char *former = mysql_quote_identifier(from->name);
    if (is_altered(alter, from, to)) {
        g_autofree char *words = renamed ? g_strdup_printf("CHANGE COLUMN %s", former) : g_strdup("MODIFY COLUMN");
        return mysql_add_definition(alter->clauses, words,
                                    mysql_column_sql(alter->to, to, alter->compiler->flavour, error));
    }
    if (renamed) {
        g_autofree char *now = mysql_quote_identifier(to->name);
        g_ptr_array_add(alter->clauses, g_strdup_printf("RENAME COLUMN %s TO %s", former, now));
    }
    return TRUE;
}

gboolean mysql_change_columns(const Alter *alter, GError **error)
{
    for (guint i = 0; i < alter->from->columns->len; i++) {
        const Column *column = alter->from->columns->pdata[i];
        if (!mysql_column_now(alter->change, alter->to, column) || mysql_has_name(alter->rewritten, column->name))
            mysql_add_clause(alter->clauses, "DROP COLUMN", column->name);
    }
    for (guint i = 0; i < alter->from->columns->len; i++) {
        const Column *column = alter->from->columns->pdata[i],
                     *now = mysql_column_now(alter->change, alter->to, column);
        if (now && !mysql_has_name(alter->rewritten, column->name) && !change_column(alter, column, now, error))
            return FALSE;
    }
    return TRUE;
}

/* A column that comes back takes no NULL, and its values are gone. */
static gboolean lost_its_values(const Alter *alter, const Column *column)
{
    return mysql_has_name(alter->change->restored, column->name) && !column->nullable && !column->server_default &&
           !column->computed && column->autoincrement != AUTOINCREMENT_TRUE;
}

static gboolean restore_column(const Alter *alter, const Column *column, GError **error)
{
    MysqlFlavour flavour = alter->compiler->flavour;
    gboolean filled = FALSE;
    g_autofree char *value = mysql_neutral_value(column->type, flavour, &filled);
    g_autoptr(Column) restored = column_copy(column);
    if (value && !strchr(column->name, '\n'))
        g_string_append_printf(alter->comment,
                               "-- The values of '%s' were dropped and cannot come back: rows get %s.\n", column->name,
                               value);
    if (value && !filled) {
        restored->server_default = g_strdup(value);
        g_autofree char *name = mysql_quote_identifier(column->name);
        g_ptr_array_add(alter->finish, g_strdup_printf("ALTER COLUMN %s DROP DEFAULT", name));
    }
    return mysql_add_definition(alter->clauses, "ADD COLUMN", mysql_column_sql(alter->to, restored, flavour, error));
}

static void place_column(const Alter *alter, guint position)
{
    char **clause = (char **)&alter->clauses->pdata[alter->clauses->len - 1];
    g_autofree char *definition = *clause;
    const Column *before = position > 0 ? alter->to->columns->pdata[position - 1] : NULL;
    g_autofree char *name = before ? mysql_quote_identifier(before->name) : NULL;
    *clause = g_strconcat(definition, name ? " AFTER " : " FIRST", name, NULL);
}

gboolean mysql_add_columns(const Alter *alter, GError **error)
{
    for (guint i = 0; i < alter->to->columns->len; i++) {
        const Column *column = alter->to->columns->pdata[i];
        const char *former = mysql_former_name(alter->change->columns, column->name);
        if (former && !mysql_has_name(alter->rewritten, former))
            continue;
        gboolean added =
            lost_its_values(alter, column)
                ? restore_column(alter, column, error)
                : mysql_add_definition(alter->clauses, "ADD COLUMN",
                                       mysql_column_sql(alter->to, column, alter->compiler->flavour, error));
        if (!added)
            return FALSE;
        if (mysql_has_name(alter->change->placed, column->name))
            place_column(alter, i);
    }
    return TRUE;
}
