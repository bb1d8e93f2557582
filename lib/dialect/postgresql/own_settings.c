/* Defaults and NOT NULL that a partition, or a child of INHERITS, has of its own for columns of its parents. */
#include <string.h>

#include "base/text.h"
#include "dialect/postgresql/compiler.h"

#define DEFAULT_OF "column_default."
#define NOT_NULL_OF "column_not_null."

static const char *own_default_of(const GPtrArray *options, const char *column)
{
    g_autofree char *name = g_strconcat(DEFAULT_OF, column, NULL);
    return options_get(options, name);
}

static gboolean own_not_null_of(const GPtrArray *options, const char *column)
{
    g_autofree char *name = g_strconcat(NOT_NULL_OF, column, NULL);
    return options_get(options, name) != NULL;
}

void compiler_set_own_settings(PgCompiler *compiler, const Table *table)
{
    for (guint i = 0; i < table->options->len; i++) {
        const Option *option = table->options->pdata[i];
        if (g_str_has_prefix(option->name, DEFAULT_OF))
            compiler_set_default(compiler, table, option->name + strlen(DEFAULT_OF), option->value);
        else if (g_str_has_prefix(option->name, NOT_NULL_OF))
            compiler_alter_column(compiler, table, option->name + strlen(NOT_NULL_OF), "SET NOT NULL");
    }
}

static gboolean is_same(const GPtrArray *a, const GPtrArray *b, const char *name)
{
    return g_strcmp0(options_get(a, name), options_get(b, name)) == 0;
}

/* What goes is what the parent has then, where there still is one. */
static void take_away(PgCompiler *compiler, const Table *after, const char *name)
{
    gboolean is_default = g_str_has_prefix(name, DEFAULT_OF);
    const char *column = name + strlen(is_default ? DEFAULT_OF : NOT_NULL_OF);
    const Column *inherited = compiler_inherited_column(compiler, after, column);
    if (!inherited || (!is_default && !inherited->nullable))
        return;
    if (is_default)
        compiler_set_default(compiler, after, column, inherited->server_default);
    else
        compiler_alter_column(compiler, after, column, "DROP NOT NULL");
}

void compiler_change_own_settings(PgCompiler *compiler, const Table *table, const GPtrArray *from, const GPtrArray *to)
{
    g_autoptr(Table) after = table_copy(table), changed = table_copy(table);
    g_ptr_array_set_size(changed->options, 0);
    g_ptr_array_unref(after->options);
    after->options = options_copy(to);
    for (guint i = 0; i < to->len; i++) {
        const Option *option = to->pdata[i];
        if (!is_same(from, to, option->name))
            options_set(changed->options, option->name, option->value);
    }
    for (guint i = 0; i < from->len; i++) {
        const char *name = ((const Option *)from->pdata[i])->name;
        if ((g_str_has_prefix(name, DEFAULT_OF) || g_str_has_prefix(name, NOT_NULL_OF)) && !options_get(to, name))
            take_away(compiler, after, name);
    }
    compiler_set_own_settings(compiler, changed);
}

void compiler_keep_own_settings(PgCompiler *compiler, const Table *parent, const char *column)
{
    for (guint i = 0; i < compiler->database->tables->len; i++) {
        const Table *table = compiler->database->tables->pdata[i];
        const char *expression = own_default_of(table->options, column);
        gboolean not_null = own_not_null_of(table->options, column);
        if ((!expression && !not_null) || !compiler_descends_from(compiler, table, parent))
            continue;
        if (expression)
            compiler_set_default(compiler, table, column, expression);
        if (not_null)
            compiler_alter_column(compiler, table, column, "SET NOT NULL");
    }
}

Column *compiler_column_with_own_settings(const Table *table, const Column *inherited)
{
    Column *column = column_copy(inherited);
    const char *expression = own_default_of(table->options, column->name);
    if (expression) {
        g_free(column->server_default);
        column->server_default = g_ascii_strcasecmp(expression, "NULL") == 0 ? NULL : g_strdup(expression);
    }
    if (own_not_null_of(table->options, column->name))
        column->nullable = FALSE;
    return column;
}

/* A table that becomes a partition keeps its defaults and NOT NULL, which the model does not have. */
void compiler_adopt_settings(PgCompiler *compiler, const Table *table, const GPtrArray *to)
{
    g_autoptr(Table) after = table_copy(table);
    g_ptr_array_unref(after->options);
    after->options = options_copy(to);
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *own = table->columns->pdata[i];
        const Column *inherited = compiler_inherited_column(compiler, after, own->name);
        if (!inherited || inherited->computed || own->computed)
            continue;
        g_autoptr(Column) wanted = compiler_column_with_own_settings(after, inherited);
        if (!sql_equal(&postgresql_dialect, own->server_default, wanted->server_default))
            compiler_set_default(compiler, table, own->name, wanted->server_default);
        if (!own->nullable && wanted->nullable && !table_in_primary_key(table, own->name))
            compiler_alter_column(compiler, table, own->name, "DROP NOT NULL");
    }
}
