#include "dialect/adapter.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* --- what is left out --- */

typedef struct LeftOut {
    const char *one, *many, *why;
    guint count;
} LeftOut;

void adapter_init(Adapter *adapter, const Dialect *dialect, const char *product, const MetaData *model)
{
    *adapter = (Adapter){dialect, product, model, g_array_new(FALSE, FALSE, sizeof(LeftOut))};
}

void adapter_clear(Adapter *adapter)
{
    g_array_unref(adapter->left_out);
}

void adapter_leave_out(Adapter *adapter, const char *one, const char *many, const char *why)
{
    for (guint i = 0; i < adapter->left_out->len; i++) {
        LeftOut *entry = &g_array_index(adapter->left_out, LeftOut, i);
        if (strcmp(entry->one, one) == 0) {
            entry->count++;
            return;
        }
    }
    LeftOut entry = {one, many, why, 1};
    g_array_append_val(adapter->left_out, entry);
}

void adapter_drop_text(Adapter *adapter, char **text, const char *one, const char *many, const char *why)
{
    if (!*text)
        return;
    g_clear_pointer(text, g_free);
    adapter_leave_out(adapter, one, many, why);
}

void adapter_write_notes(const Adapter *adapter, GPtrArray *notes)
{
    for (guint i = 0; notes && i < adapter->left_out->len; i++) {
        const LeftOut *entry = &g_array_index(adapter->left_out, LeftOut, i);
        g_ptr_array_add(notes, g_strdup_printf("%u %s left out: %s", entry->count,
                                               entry->count == 1 ? entry->one : entry->many, entry->why));
    }
}

/* --- small things --- */

gboolean adapter_refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, format, arguments);
    va_end(arguments);
    return FALSE;
}

void adapter_drop_ordinary(char **text, const char *ordinary)
{
    if (*text && strcmp(*text, ordinary) == 0)
        g_clear_pointer(text, g_free);
}

gboolean adapter_is_numbered_key(const Table *table, const Column *column)
{
    return table->primary_key && table->primary_key->columns->len == 1 && table_in_primary_key(table, column->name) &&
           !column->server_default && !column->computed && !table_column_refers(table, column->name);
}

/* --- options --- */

static gboolean is_known(const char *const *known, const char *name)
{
    for (; *known; known++)
        if (g_str_has_suffix(*known, ".") ? g_str_has_prefix(name, *known) : strcmp(name, *known) == 0)
            return TRUE;
    return FALSE;
}

gboolean adapter_check_options(const Adapter *adapter, const GPtrArray *options, const char *const *known,
                               const char *what, GError **error)
{
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        if (is_known(known, option->name))
            continue;
        const char *nearest = text_nearest(option->name, known, -1);
        g_set_error(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED, "%s: %s has no option '%s'%s%s%s", what,
                    adapter->product, option->name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                    nearest ? "'?" : "");
        return FALSE;
    }
    return TRUE;
}

void adapter_normalise_switch(GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    if (g_ascii_strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0)
        options_remove(options, name);
    else
        options_set(options, name, "true");
}

/* --- enums --- */

void adapter_set_type(Column *column, SqlType *type)
{
    sql_type_free(column->type);
    column->type = type;
}

static const EnumType *find_enum(const Adapter *adapter, const SqlType *type)
{
    for (guint i = 0; adapter->model && i < adapter->model->enums->len; i++) {
        const EnumType *candidate = adapter->model->enums->pdata[i];
        if (name_equal(candidate->name, type->name, adapter->model->ignore_case))
            return candidate;
    }
    return NULL;
}

void adapter_take_enums(const MetaData *model)
{
    while (model->enums->len > 0)
        g_ptr_array_add(model->column_enums, g_ptr_array_steal_index(model->enums, 0));
}

const char **adapter_enum_values(const Adapter *adapter, const Table *table, Column *column, GError **error)
{
    const SqlType *type = column->type;
    GPtrArray *values = g_ptr_array_new();
    const EnumType *declared = type->values ? NULL : find_enum(adapter, type);
    if (!type->values && !declared) {
        g_ptr_array_unref(values);
        adapter_refuse(error, "column '%s.%s': enum '%s' is not declared; add it to \"enums\"", table->name,
                       column->name, type->name ? type->name : "");
        return NULL;
    }
    for (char **value = type->values; value && *value; value++)
        g_ptr_array_add(values, *value);
    if (declared) {
        g_free(column->enum_name);
        column->enum_name = g_strdup(declared->name);
    }
    for (guint i = 0; declared && i < declared->values->len; i++)
        g_ptr_array_add(values, declared->values->pdata[i]);
    g_ptr_array_add(values, NULL);
    return (const char **)g_ptr_array_free(values, FALSE);
}

/* Cut, between characters, to what the database keeps; `number` from 2 is never cut off. */
static char *check_name(const Adapter *adapter, const Table *table, const Column *column, guint number)
{
    g_autofree char *suffix = number > 1 ? g_strdup_printf("_%u", number) : g_strdup("");
    g_autofree char *name = g_strdup_printf("ck_%s_%s", table->name, column->name);
    gsize most = adapter->dialect->max_identifier_length, length = strlen(name);
    if (most && length + strlen(suffix) > most) {
        const char *end = g_utf8_find_prev_char(name, name + most - strlen(suffix) + 1);
        name[end ? end - name : 0] = '\0';
    }
    return g_strconcat(name, suffix, NULL);
}

static char *free_constraint_name(const Adapter *adapter, const Table *table, const Column *column)
{
    char *name = check_name(adapter, table, column, 1);
    for (guint i = 2; table_find_constraint(table, name); i++) {
        g_free(name);
        name = check_name(adapter, table, column, i);
    }
    return name;
}

static gboolean has_check(const Adapter *adapter, const Table *table, const char *expression)
{
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == CONSTRAINT_CHECK && sql_equal(adapter->dialect, constraint->expression, expression))
            return TRUE;
    }
    return FALSE;
}

static void add_enum_check(const Adapter *adapter, Table *table, const Column *column, const char **values)
{
    g_autoptr(GString) expression = g_string_new(NULL);
    g_autofree char *quoted = adapter->dialect->quote_identifier(column->name);
    g_string_append_printf(expression, "%s IN (", quoted);
    for (gsize i = 0; values[i]; i++) {
        g_autofree char *literal = adapter->dialect->quote_literal(values[i]);
        g_string_append_printf(expression, "%s%s", i ? ", " : "", literal);
    }
    g_string_append_c(expression, ')');
    if (has_check(adapter, table, expression->str))
        return;
    g_autofree char *name = free_constraint_name(adapter, table, column);
    Constraint *check = constraint_new(CONSTRAINT_CHECK, name);
    check->expression = g_strdup(expression->str);
    g_ptr_array_add(table->constraints, check);
}

gboolean adapter_enum_to_check(const Adapter *adapter, Table *table, Column *column, GError **error)
{
    glong longest = 0;
    g_autofree const char **values = adapter_enum_values(adapter, table, column, error);
    if (!values)
        return FALSE;
    for (gsize i = 0; values[i]; i++)
        longest = MAX(longest, g_utf8_strlen(values[i], -1));
    if (values[0])
        add_enum_check(adapter, table, column, values);
    SqlType *type = sql_type_new(SQL_TYPE_STRING);
    type->length = longest > 0 ? (int)longest : -1;
    adapter_set_type(column, type);
    return TRUE;
}
