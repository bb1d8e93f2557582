#include <string.h>

#include "base/config_internal.h"
#include "base/error.h"

/* A raw value and where it comes from: an override, a line of the file (`entry`), or the key's default (NULL). */
typedef struct Source {
    const char *name;
    const ConfigKey *key;
    const IniEntry *entry;
    gboolean is_override;
    const char *text;
} Source;

static const IniEntry *find_entry(const GPtrArray *entries, const char *section, const char *name)
{
    for (guint i = entries->len; i > 0; i--) {
        const IniEntry *entry = g_ptr_array_index(entries, i - 1);
        if (strcmp(entry->section, section) == 0 && strcmp(entry->key, name) == 0)
            return entry;
    }
    return NULL;
}

static gboolean is_main(const char *section)
{
    return !config_section_is_fixed(section);
}

static Source find_source(const Config *config, const char *section, const char *name)
{
    Source source = {.name = name, .key = config_find_key(section, name)};
    if (!source.key)
        g_error("the key '%s' of [%s] is not declared in config_keys[]", name, section);

    const char *base = is_main(section) ? "migrate" : section;
    source.entry = find_entry(config->overrides, base, name);
    source.is_override = source.entry != NULL;
    if (!source.entry && is_main(section) && config->section)
        source.entry = find_entry(config->file->entries, config->section, name);
    if (!source.entry)
        source.entry = find_entry(config->file->entries, base, name);
    source.text = source.entry && *source.entry->value ? source.entry->value : source.key->default_value;
    return source;
}

static char *origin_of(const Config *config, const Source *source)
{
    if (source->is_override)
        return g_strdup("command line");
    if (source->entry)
        return g_strdup_printf("%s:%d", config->path, source->entry->line);
    return g_strdup("default");
}

char *config_origin(const Config *config, const char *section, const char *name)
{
    Source source = find_source(config, section, name);
    return origin_of(config, &source);
}

/* The shell has done its own replacing on what comes from the command line. */
static char *interpolate(const Config *config, const Source *source, const char *text, GError **error)
{
    if (source->is_override && text != source->key->default_value)
        return g_strdup(text);
    g_autofree char *origin = origin_of(config, source);
    return config_interpolate(text, config->folder, origin, error);
}

static char *absolute(const Config *config, const Source *source, const char *path)
{
    gboolean typed = source->is_override && source->text != source->key->default_value;
    return g_canonicalize_filename(path, typed ? config->current_folder : config->folder);
}

/* The checked value; NULL without error: not set and no default. */
static char *value_of(const Config *config, const Source *source, GError **error)
{
    if (!source->text)
        return NULL;
    g_autofree char *value = interpolate(config, source, source->text, error);
    if (!value)
        return NULL;
    if (*value == '\0') { /* such as ${VAR:-} */
        if (!source->key->default_value)
            return NULL;
        g_free(value);
        value = config_interpolate(source->key->default_value, config->folder, "default", error);
    }
    g_autofree char *wrong = config_check_value(source->key, source->name, value);
    if (wrong) {
        g_autofree char *origin = origin_of(config, source);
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s: %s", origin, wrong);
        return NULL;
    }
    return g_steal_pointer(&value);
}

char *config_string(const Config *config, const char *section, const char *name, GError **error)
{
    Source source = find_source(config, section, name);
    g_autofree char *value = value_of(config, &source, error);
    if (value && source.key->type == CONFIG_PATH)
        return absolute(config, &source, value);
    return g_steal_pointer(&value);
}

gboolean config_is_set(const Config *config, const char *section, const char *name)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *value = config_string(config, section, name, &failure);
    return value || failure;
}

/* The length of the word at `text`, its quotes included; *quoted is 1 for "a word in quotes", to be left out. */
static gsize word_length(const char *text, const char *separators, gsize *quoted)
{
    const char *closing = *text == '"' ? strpbrk(text + 1, "\"\n") : NULL;
    *quoted = closing && *closing == '"' && (!closing[1] || strchr(separators, closing[1]));
    if (*quoted)
        return (gsize)(closing + 1 - text);
    gsize length = 0;
    while (text[length] && !strchr(separators, text[length])) {
        gsize placeholder = g_str_has_prefix(text + length, "${") ? config_placeholder_length(text + length) : 0;
        length += MAX(placeholder, 1);
    }
    return length;
}

/* Cuts at white space and commas, but neither between quotes, nor inside "${…}", nor in an exec: entry, which takes its
 * whole line. */
static GPtrArray *split_list(const char *text, gboolean allow_exec)
{
    static const char separators[] = " \t\r\n,";
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    while (*(text += strspn(text, separators))) {
        gsize quoted = 0;
        gsize length = allow_exec && g_str_has_prefix(text, "exec:") ? strcspn(text, "\n")
                                                                     : word_length(text, separators, &quoted);
        g_ptr_array_add(words, g_strchomp(g_strndup(text + quoted, length - 2 * quoted)));
        text += length;
    }
    return words;
}

/* Paths are cut before they are interpolated, because the folder of %(here)s may have a space in its name. */
static GPtrArray *paths_of(const Config *config, const Source *source, GError **error)
{
    g_autoptr(GPtrArray) words = split_list(source->text, TRUE);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < words->len; i++) {
        g_autofree char *path = interpolate(config, source, g_ptr_array_index(words, i), error);
        if (!path)
            return NULL;
        if (g_str_has_prefix(path, "exec:"))
            g_ptr_array_add(paths, g_steal_pointer(&path));
        else if (*path)
            g_ptr_array_add(paths, absolute(config, source, path));
    }
    return paths->len > 0 ? g_steal_pointer(&paths) : NULL;
}

GPtrArray *config_list(const Config *config, const char *section, const char *name, GError **error)
{
    Source source = find_source(config, section, name);
    if (source.text && source.key->type == CONFIG_PATHS)
        return paths_of(config, &source, error);

    g_autofree char *value = value_of(config, &source, error);
    g_autoptr(GPtrArray) words = value ? split_list(value, FALSE) : NULL;
    return words && words->len > 0 ? g_steal_pointer(&words) : NULL;
}

/* For types whose keys all have a default. */
static char *required_value(const Config *config, const char *section, const char *name, ConfigType type,
                            GError **error)
{
    Source source = find_source(config, section, name);
    if (source.key->type != type || !source.key->default_value)
        g_error("the key '%s' of [%s] is declared with another type or without a default", name, section);
    return value_of(config, &source, error);
}

gboolean config_boolean(const Config *config, const char *section, const char *name, gboolean *value, GError **error)
{
    g_autofree char *text = required_value(config, section, name, CONFIG_BOOLEAN, error);
    return text && config_parse_boolean(text, value);
}

gboolean config_integer(const Config *config, const char *section, const char *name, gint64 *value, GError **error)
{
    g_autofree char *text = required_value(config, section, name, CONFIG_INTEGER, error);
    return text && config_parse_integer(text, G_MININT, value);
}

gboolean config_duration(const Config *config, const char *section, const char *name, double *seconds, GError **error)
{
    g_autofree char *text = required_value(config, section, name, CONFIG_DURATION, error);
    return text && config_parse_duration(text, -1, seconds);
}

/* --- families --- */

static gboolean add_member(const Config *config, const char *section, const char *prefix, const char *key,
                           GPtrArray *names, GPtrArray *values, GError **error)
{
    const char *name = key + strlen(prefix);
    if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        return TRUE;
    g_autoptr(GError) failure = NULL;
    char *value = config_string(config, section, key, &failure);
    if (failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (value) {
        g_ptr_array_add(names, g_strdup(name));
        g_ptr_array_add(values, value);
    }
    return TRUE;
}

gboolean config_family(const Config *config, const char *section, const char *prefix, GPtrArray **names,
                       GPtrArray **values, GError **error)
{
    const char *base = is_main(section) ? "migrate" : section;
    const struct {
        const GPtrArray *entries;
        const char *section;
    } levels[] = {{config->file->entries, base},
                  {config->file->entries, is_main(section) ? config->section : NULL},
                  {config->overrides, base}};
    g_autoptr(GPtrArray) found_names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) found_values = g_ptr_array_new_with_free_func(g_free);

    for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
        for (guint j = 0; levels[i].section && j < levels[i].entries->len; j++) {
            const IniEntry *entry = g_ptr_array_index(levels[i].entries, j);
            if (strcmp(entry->section, levels[i].section) == 0 && g_str_has_prefix(entry->key, prefix) &&
                !add_member(config, section, prefix, entry->key, found_names, found_values, error))
                return FALSE;
        }
    }
    *names = g_steal_pointer(&found_names);
    *values = g_steal_pointer(&found_values);
    return TRUE;
}
