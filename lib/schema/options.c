#include "base/text.h"
#include "schema/metadata.h"

static void option_free(gpointer data)
{
    Option *option = data;
    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

GPtrArray *options_new(void)
{
    return g_ptr_array_new_with_free_func(option_free);
}

static Option *find_option(const GPtrArray *options, const char *name, guint *index)
{
    for (guint i = 0; i < options->len; i++) {
        Option *option = options->pdata[i];
        if (g_str_equal(option->name, name)) {
            *index = i;
            return option;
        }
    }
    return NULL;
}

void options_set(GPtrArray *options, const char *name, const char *value)
{
    guint index;
    Option *option = find_option(options, name, &index);
    char *copy = g_strdup(value); /* `value` may be the one that is replaced */
    if (!option) {
        option = g_new0(Option, 1);
        option->name = g_strdup(name);
        g_ptr_array_add(options, option);
    }
    g_free(option->value);
    option->value = copy;
}

void options_append(GPtrArray *options, const char *name, const char *value)
{
    Option *option = g_new0(Option, 1);
    option->name = g_strdup(name);
    option->value = g_strdup(value);
    g_ptr_array_add(options, option);
}

void options_remove(GPtrArray *options, const char *name)
{
    guint index;
    if (find_option(options, name, &index))
        g_ptr_array_remove_index(options, index);
}

const char *options_get(const GPtrArray *options, const char *name)
{
    guint index;
    const Option *option = find_option(options, name, &index);
    if (!option)
        return NULL;
    return option->value ? option->value : "";
}

gboolean options_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        guint index;
        const Option *option = a->pdata[i];
        const Option *other = find_option(b, option->name, &index);
        if (!other || g_strcmp0(option->value, other->value) != 0)
            return FALSE;
    }
    return TRUE;
}

GPtrArray *options_copy(const GPtrArray *options)
{
    GPtrArray *copy = options_new();
    for (guint i = 0; i < options->len; i++) {
        const Option *option = options->pdata[i];
        Option *other = g_new0(Option, 1);
        other->name = g_strdup(option->name);
        other->value = g_strdup(option->value);
        g_ptr_array_add(copy, other);
    }
    return copy;
}

GPtrArray *strings_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

GPtrArray *strings_copy(const GPtrArray *strings)
{
    GPtrArray *copy = strings_new();
    for (guint i = 0; i < strings->len; i++)
        g_ptr_array_add(copy, g_strdup(strings->pdata[i]));
    return copy;
}

gboolean strings_equal(const GPtrArray *a, const GPtrArray *b, gboolean ignore_case)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        if (!name_equal(a->pdata[i], b->pdata[i], ignore_case))
            return FALSE;
    }
    return TRUE;
}
