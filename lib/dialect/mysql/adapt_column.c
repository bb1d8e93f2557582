/* Columns of a model. */
#include <string.h>

#include "base/text.h"
#include "dialect/mysql/adapt.h"
#include "dialect/mysql/spelling.h"

#define COMMENT_MAX 1024 /* characters, as for indexes (MySQL 8.0 manual, "CREATE TABLE Statement") */

/* --- types --- */

char *mysql_type_word(const Column *column, MysqlFlavour flavour)
{
    const char *name = mysql_generic_name(column->type);
    if (name != NULL)
        return g_strdup(name);
    g_autofree char *sql = mysql_type_sql(column->type, flavour, NULL);
    g_auto(Spelling) spelling = {0};
    spelling_init(&spelling, sql ? sql : "");
    return g_strdup(spelling.name->str);
}

/* An enum's values stand in the column, whatever its name. */
static gboolean adapt_enum(const MysqlAdapter *adapter, const Table *table, Column *column, GError **error)
{
    g_autofree const char **values = adapter_enum_values(&adapter->adapter, table, column, error);
    if (!values)
        return FALSE;
    SqlType *type = sql_type_new(SQL_TYPE_ENUM);
    type->values = g_strdupv((char **)values);
    adapter_set_type(column, type);
    return TRUE;
}

/* What decides how many bytes a character takes, as far as the model says. New string, or NULL. */
static char *charset_of_column(const Table *table, const Column *column)
{
    const char *own = options_get(column->options, "charset"), *of_table = options_get(table->options, "charset");
    if (own)
        return g_strdup(own);
    char *charset = column->collation ? mysql_charset_of(column->collation) : NULL;
    return charset || !of_table ? charset : g_strdup(of_table);
}

static gboolean apply_attributes(const Table *table, Column *column, const MysqlTypeAttributes *attributes,
                                 GError **error)
{
    if (attributes->charset)
        options_set(column->options, "charset", attributes->charset);
    if (attributes->compressed)
        options_set(column->options, "compressed", "true");
    if (attributes->collation) {
        g_free(column->collation);
        column->collation = g_strdup(attributes->collation);
    }
    if (attributes->binary && !column->collation) {
        g_autofree char *charset = charset_of_column(table, column);
        if (!charset)
            return adapter_refuse(error,
                                  "column '%s.%s': give the collation instead of BINARY: "
                                  "\"collation\": \"utf8mb4_bin\"",
                                  table->name, column->name);
        column->collation = g_strconcat(charset, "_bin", NULL);
    }
    if (attributes->serial) {
        column->autoincrement = AUTOINCREMENT_TRUE;
        column->nullable = FALSE;
    }
    return TRUE;
}

/* SERIAL is no type, but a way to write a numbered column with a key of its own. */
static void add_serial_key(Table *table, const Column *column)
{
    g_autoptr(GPtrArray) columns = strings_new();
    g_ptr_array_add(columns, g_strdup(column->name));
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_UNIQUE && strings_equal(constraint->columns, columns, TRUE))
            return;
    }
    if (mysql_key_begins_with(table, columns))
        return;
    Constraint *key = constraint_new(CONSTRAINT_UNIQUE, NULL);
    g_ptr_array_add(key->columns, g_strdup(column->name));
    g_ptr_array_add(table->constraints, key);
}

/* A spelling that says more than the type becomes the type and what it says; TEXT(n) becomes what the server picks. */
static gboolean adapt_native(const MysqlAdapter *adapter, Table *table, Column *column, GError **error)
{
    g_auto(MysqlTypeAttributes) attributes = {0};
    g_autoptr(SqlType) type = mysql_read_type(column->type->name, adapter->flavour, &attributes);
    gboolean says_more =
        attributes.charset || attributes.collation || attributes.binary || attributes.serial || attributes.compressed;
    if (!apply_attributes(table, column, &attributes, error))
        return FALSE;
    g_autofree char *charset = charset_of_column(table, column);
    if (charset && g_ascii_strncasecmp(column->type->name, "TEXT", 4) == 0 && strchr(column->type->name, '(')) {
        g_autofree char *spelling = g_strconcat(column->type->name, " CHARACTER SET ", charset, NULL);
        sql_type_free(type);
        type = mysql_type_from_sql(spelling, adapter->flavour);
        says_more = TRUE;
    }
    if (says_more)
        adapter_set_type(column, g_steal_pointer(&type));
    if (attributes.serial)
        add_serial_key(table, column);
    return TRUE;
}

static gboolean adapt_type(const MysqlAdapter *adapter, Table *table, Column *column, GError **error)
{
    gboolean ok = column->type->kind == SQL_TYPE_ENUM     ? adapt_enum(adapter, table, column, error)
                  : column->type->kind == SQL_TYPE_NATIVE ? adapt_native(adapter, table, column, error)
                                                          : TRUE;
    if (!ok)
        return FALSE;
    g_autofree char *sql = mysql_type_sql(column->type, adapter->flavour, error);
    if (!sql)
        g_prefix_error(error, "column '%s.%s': ", table->name, column->name);
    return sql != NULL;
}

/* --- character sets --- */

/* The inspector tells a column's collation when it is not the table's, and no character set beside it. */
static void adapt_collation(const Table *table, Column *column)
{
    const char *charset = options_get(column->options, "charset"), *of_table = options_get(table->options, "collate");
    if (!column->collation)
        return;
    char *collation = mysql_charset_name(column->collation);
    g_free(column->collation);
    column->collation = collation;
    g_autofree char *implied = mysql_charset_of(collation);
    if (charset && g_strcmp0(charset, implied) == 0)
        options_remove(column->options, "charset");
    if (of_table)
        adapter_drop_ordinary(&column->collation, of_table);
}

/* --- columns --- */

static void adapt_options(MysqlAdapter *adapter, GPtrArray *options)
{
    adapter_normalise_switch(options, "invisible");
    adapter_normalise_switch(options, "without_system_versioning");
    adapter_normalise_switch(options, "compressed");
    adapter_normalise_switch(options, "row_start");
    adapter_normalise_switch(options, "row_end");
    mysql_normalise_charset(options, "charset");
    if (adapter->flavour == FLAVOUR_MARIADB)
        return;
    mysql_leave_option_out(adapter, options, "without_system_versioning", "WITHOUT SYSTEM VERSIONING is",
                           "WITHOUT SYSTEM VERSIONING of columns are");
    mysql_leave_option_out(adapter, options, "compressed", "COMPRESSED of a column is", "COMPRESSED of columns are");
}

/* A default is what computes the column already; MariaDB takes no NOT NULL for what is generated (its manual,
 * "Generated Columns"). */
static void adapt_computed(MysqlAdapter *adapter, Column *column)
{
    if (!column->computed || column->nullable || adapter->flavour == FLAVOUR_MYSQL)
        return;
    column->nullable = TRUE;
    adapter_leave_out(&adapter->adapter, "NOT NULL of a generated column is", "NOT NULL of generated columns are",
                      "MariaDB has none for them");
}

gboolean mysql_adapt_column(MysqlAdapter *adapter, Table *table, Column *column, GError **error)
{
    static const char *const known[] = {"on_update",  "invisible", "charset", "srid", "without_system_versioning",
                                        "compressed", "row_start", "row_end", NULL};
    g_autofree char *what = g_strdup_printf("column '%s.%s'", table->name, column->name);
    if (!adapter_check_options(&adapter->adapter, column->options, known, what, error) ||
        !adapt_type(adapter, table, column, error) ||
        !mysql_adapt_comment(adapter, &column->comment, COMMENT_MAX, what, error))
        return FALSE;
    adapt_options(adapter, column->options);
    adapt_collation(table, column);
    if (table_in_primary_key(table, column->name))
        column->nullable = FALSE;
    adapt_computed(adapter, column);
    mysql_adapt_default(column, adapter->flavour, &column->server_default, column->options);
    return TRUE;
}

/* --- numbering --- */

static gboolean is_integer(const Column *column, MysqlFlavour flavour)
{
    static const char *const integers[] = {"TINYINT", "SMALLINT", "MEDIUMINT", "INTEGER", "BIGINT", NULL};
    g_autofree char *word = mysql_type_word(column, flavour);
    return column->type->kind != SQL_TYPE_BOOLEAN && g_strv_contains(integers, word);
}

static gboolean has_own_numbers(const Identity *identity)
{
    const SequenceOptions *options = &identity->options;
    return (options->start && strcmp(options->start, "1") != 0) ||
           (options->increment && strcmp(options->increment, "1") != 0) || options->minvalue || options->maxvalue ||
           options->cache || options->cycle;
}

static gboolean begins_a_key(const Table *table, const Column *column)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_ptr_array_add(columns, column->name);
    return mysql_key_begins_with(table, columns);
}

/* Identity columns are AUTO_INCREMENT where there may be one; SQLAlchemy does no more. */
static gboolean adapt_identity(MysqlAdapter *adapter, const Table *table, Column *column)
{
    gboolean can = is_integer(column, adapter->flavour) && begins_a_key(table, column) && !column->server_default;
    if (!can)
        adapter_leave_out(&adapter->adapter, "identity is", "identities are",
                          "AUTO_INCREMENT takes an integer that a key begins with");
    else if (has_own_numbers(column->identity))
        adapter_leave_out(&adapter->adapter, "identity option set is", "identity option sets are",
                          "AUTO_INCREMENT counts from 1 by 1");
    g_clear_pointer(&column->identity, identity_free);
    return can;
}

static gboolean adapt_number(MysqlAdapter *adapter, const Table *table, Column *column, GError **error)
{
    const char *product = mysql_product(adapter->flavour), *engine = options_get(table->options, "engine");
    gboolean wanted = column->identity
                          ? adapt_identity(adapter, table, column)
                          : column->autoincrement == AUTOINCREMENT_AUTO && adapter_is_numbered_key(table, column) &&
                                is_integer(column, adapter->flavour);
    wanted = wanted || column->autoincrement == AUTOINCREMENT_TRUE;
    if (wanted)
        column->autoincrement = AUTOINCREMENT_TRUE;
    if (!wanted)
        return TRUE;
    column->nullable = FALSE;
    g_autofree char *word = mysql_type_word(column, adapter->flavour);
    if (!is_integer(column, adapter->flavour) && strcmp(word, "DOUBLE") != 0 && strcmp(word, "FLOAT") != 0)
        return adapter_refuse(error, "column '%s.%s': %s numbers columns of an integer type only", table->name,
                              column->name, product);
    if (column->server_default)
        return adapter_refuse(error, "column '%s.%s': it has a server_default and autoincrement; leave one of them out",
                              table->name, column->name);
    if (!engine && !begins_a_key(table, column)) /* other engines number behind other columns of a key, too */
        return adapter_refuse(error,
                              "column '%s.%s': %s numbers only a column that a key begins with; give it an index",
                              table->name, column->name, product);
    return TRUE;
}

gboolean mysql_adapt_numbering(MysqlAdapter *adapter, Table *table, GError **error)
{
    const Column *numbered = NULL;
    for (guint i = 0; i < table->columns->len; i++) {
        Column *column = table->columns->pdata[i];
        if (!adapt_number(adapter, table, column, error))
            return FALSE;
        if (column->autoincrement != AUTOINCREMENT_TRUE)
            continue;
        if (numbered)
            return adapter_refuse(error, "table '%s': %s numbers one column of a table, not '%s' and '%s'", table->name,
                                  mysql_product(adapter->flavour), numbered->name, column->name);
        numbered = column;
    }
    return TRUE;
}
