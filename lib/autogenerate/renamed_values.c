/* Renamed values of enums that are no types of their own: rows hold the values, so the column's change moves them. */
#include <string.h>

#include "autogenerate/former.h"
#include "autogenerate/internal.h"

static gboolean has_value(const GPtrArray *values, const char *value)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)values, value, g_str_equal, NULL);
}

const EnumType *column_enum(const MetaData *model, const Column *column)
{
    for (guint i = 0; column->enum_name && i < model->column_enums->len; i++) {
        const EnumType *type = model->column_enums->pdata[i];
        if (name_equal(type->name, column->enum_name, model->ignore_case))
            return type;
    }
    return NULL;
}

GPtrArray *listed_values(const Comparing *comparing, const Table *table, const Column *column)
{
    GPtrArray *values = strings_new();
    for (char **value = column->type->values; value && *value; value++)
        g_ptr_array_add(values, g_strdup(*value));
    for (guint i = 0; i < table->constraints->len && values->len == 0; i++) {
        g_autofree char *name = NULL;
        if (!is_enum_check(comparing->dialect, table->constraints->pdata[i], &name, values) ||
            !name_equal(name, column->name, table->ignore_case))
            g_ptr_array_set_size(values, 0);
    }
    return values;
}

/* Two values that become one would be two values no more on the way back. */
static gboolean collides(const GPtrArray *pairs, const GPtrArray *live, const Option *pair)
{
    for (guint i = 0; i < pairs->len; i++) {
        const Option *other = pairs->pdata[i];
        if (other != pair && strcmp(other->value, pair->value) == 0)
            return TRUE;
    }
    return has_value(live, pair->value) && !options_get(pairs, pair->value);
}

static void leave_collisions(const GPtrArray *live, GPtrArray *pairs)
{
    for (guint i = 0; i < pairs->len;) {
        const Option *pair = pairs->pdata[i];
        if (!collides(pairs, live, pair)) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(pairs, i);
        i = 0;
    }
}

/* TRUE when what the model has is there already: it was done long ago. */
static gboolean has_all(const GPtrArray *live, const GPtrArray *values)
{
    for (guint i = 0; i < values->len; i++)
        if (!has_value(live, values->pdata[i]))
            return FALSE;
    return TRUE;
}

GPtrArray *renamed_values(const Comparing *comparing, const Table *live, const Column *model, const Column *existing)
{
    const EnumType *type = column_enum(comparing->model, model);
    if (!type || type->renamed_values->len == 0)
        return NULL;
    g_autoptr(GPtrArray) listed = listed_values(comparing, live, existing);
    g_autoptr(GPtrArray) pairs = options_new();
    if (has_all(listed, type->values))
        return NULL;
    for (guint i = 0; i < type->renamed_values->len; i++) {
        const Option *pair = type->renamed_values->pdata[i];
        if (has_value(listed, pair->name) && has_value(type->values, pair->value) &&
            strcmp(pair->name, pair->value) != 0)
            options_set(pairs, pair->name, pair->value);
    }
    leave_collisions(listed, pairs);
    return pairs->len > 0 ? g_steal_pointer(&pairs) : NULL;
}

static void add_values(const Comparing *comparing, const Table *table, const Column *column, GPtrArray *all)
{
    g_autoptr(GPtrArray) values = listed_values(comparing, table, column);
    for (guint i = 0; i < values->len; i++)
        if (!has_value(all, values->pdata[i]))
            g_ptr_array_add(all, g_strdup(values->pdata[i]));
}

GPtrArray *live_values_of(const Comparing *comparing, const EnumType *type)
{
    GPtrArray *all = strings_new();
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i], *live = former_table_of(comparing, model);
        for (guint j = 0; live && j < model->columns->len; j++) {
            const Column *column = model->columns->pdata[j];
            if (column_enum(comparing->model, column) != type)
                continue;
            const Column *existing = table_find_column(live, column->name);
            if (!existing && column->renamed_from)
                existing = table_find_column(live, column->renamed_from);
            if (existing)
                add_values(comparing, live, existing, all);
        }
    }
    return all;
}
