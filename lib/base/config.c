#include "base/config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/config_internal.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#define INI_NAME "migrate.ini"

/* Alembic's names that people bring along. */
static const struct {
    const char *name, *hint;
} alembic_keys[] = {
    {"sqlalchemy.url", "it is called 'url' here"},
    {"prepend_sys_path", "no Python runs here, remove it"},
    {"sourceless", "no Python runs here, remove it"},
    {"revision_environment", "there is no env.py to run, remove it"},
    {"output_encoding", "files are UTF-8, remove it"},
    {"version_path_separator", "white space and commas separate folders, remove it"},
    {"path_separator", "white space and commas separate folders, remove it"},
};

static gboolean exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* `path`, or what the environment says; NULL: it has to be looked for. */
static const char *given_path(const char *path)
{
    const char *variable = g_getenv("MIGRATE_CONFIG");
    return path ? path : variable && *variable ? variable : NULL;
}

char *config_find_in(const FileTree *tree, const char *folder, const char *path)
{
    const char *name = given_path(path);
    g_autofree char *at = g_strdup(folder);
    for (;;) {
        g_autofree char *inside = file_tree_relative(tree, at);
        g_autofree char *candidate = g_canonicalize_filename(name ? name : INI_NAME, at);
        if (file_tree_kind(tree, candidate) == FILE_KIND_FILE)
            return g_steal_pointer(&candidate);
        if (name || !inside || !*inside)
            return NULL;
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
    }
}

char *config_find(const char *path, GError **error)
{
    const char *given = given_path(path);
    if (given) {
        if (exists(given))
            return g_strdup(given);
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no configuration file '%s'%s: %s", given,
                    path ? "" : " (from $MIGRATE_CONFIG)", g_strerror(errno));
        return NULL;
    }

    if (exists(INI_NAME))
        return g_strdup(INI_NAME);
    g_autofree char *start = g_get_current_dir();
    g_autofree char *folder = g_strdup(start);
    for (;;) {
        g_autofree char *candidate = g_build_filename(folder, INI_NAME, NULL);
        if (exists(candidate))
            return g_steal_pointer(&candidate);
        char *parent = g_path_get_dirname(folder);
        gboolean at_root = strcmp(parent, folder) == 0;
        g_free(folder);
        folder = parent;
        if (at_root)
            break;
    }
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "there is no " INI_NAME " in '%s' or a folder above it%s\nrun 'migrate init' to make one, or name one "
                "with -c FILE",
                start,
                exists("alembic.ini") ? "; alembic.ini is not read, migrate.ini(5) says what its keys are here" : "");
    return NULL;
}

/* The names that may stand in a section, for the nearest one. New array; strings are static. */
static GPtrArray *names_of_section(const char *section)
{
    GPtrArray *names = g_ptr_array_new();
    const char *declared = config_section_is_fixed(section) ? section : "migrate";
    for (const ConfigKey *key = config_keys; key->name; key++) {
        if (strcmp(key->section, declared) == 0 && !strchr(key->name, '*'))
            g_ptr_array_add(names, (gpointer)key->name);
    }
    return names;
}

/* ": set 'black.type = exec' …", or NULL for no key of a hook in Alembic. New string. */
static char *hint_for_hook(const char *section, const char *name)
{
    const char *dot = strrchr(name, '.');
    if (strcmp(section, "post_write_hooks") != 0 || !dot)
        return NULL;
    int length = (int)(dot - name);
    if (strcmp(dot + 1, "entrypoint") == 0)
        return g_strdup_printf(": set '%.*s.type = exec' and '%.*s.executable' to the program's name", length, name,
                               length, name);
    if (strcmp(dot + 1, "module") == 0)
        return g_strdup_printf(": set '%.*s.type = exec', '%.*s.executable = python3', and begin '%.*s.options' with "
                               "-m and the module",
                               length, name, length, name, length, name);
    return NULL;
}

/* "; did you mean 'url'?", "; it belongs in [pool]", … or "". New string. */
static char *hint_for_key(const char *section, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(alembic_keys); i++) {
        if (strcmp(alembic_keys[i].name, name) == 0)
            return g_strdup_printf(": %s", alembic_keys[i].hint);
    }
    for (const ConfigKey *key = config_keys; key->name; key++) {
        if (*key->name != '*' && config_key_matches(key, name))
            return g_strdup_printf(": it belongs in [%s]", key->section);
    }

    char *hook = hint_for_hook(section, name);
    if (hook)
        return hook;
    g_autoptr(GPtrArray) names = names_of_section(section);
    const char *nearest = text_nearest(name, (const char *const *)names->pdata, (gssize)names->len);
    if (nearest)
        return g_strdup_printf(", did you mean '%s'?", nearest);
    const char *dot = strchr(name, '.');
    static const char *const families[] = {"naming_convention"};
    g_autofree char *family = g_strndup(name, dot ? (gsize)(dot - name) : 0);
    if (dot && !config_section_is_fixed(section) && text_nearest(family, families, 1))
        return g_strdup_printf(", did you mean 'naming_convention%s'?", dot);
    return g_strdup("");
}

static void check_duplicates(IniFile *file)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < file->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(file->entries, i);
        char *id = g_strdup_printf("%s]%s", entry->section, entry->key);
        const IniEntry *first = g_hash_table_lookup(seen, id);
        if (first) {
            ini_file_add_mistake(file, entry->line, "'%s' stands twice in [%s], first in line %d", entry->key,
                                 entry->section, first->line);
            g_free(id);
        } else {
            g_hash_table_insert(seen, id, (gpointer)entry);
        }
    }
}

/* A continuation line that looks like a known key is a slip of indentation. */
static void check_continuation(IniFile *file, const IniEntry *entry)
{
    for (const char *line = strchr(entry->value, '\n'); line; line = strchr(line + 1, '\n')) {
        gsize length = strcspn(line + 1, " \t=:\n");
        const char *behind = line + 1 + length + strspn(line + 1 + length, " \t");
        if (*behind != '=')
            continue;
        g_autofree char *name = g_strndup(line + 1, length);
        if (config_find_key(entry->section, name))
            ini_file_add_mistake(file, entry->line,
                                 "the indented line below that sets '%s' continues the value of '%s': take its "
                                 "indentation away",
                                 name, entry->key);
    }
}

static void check_entry(IniFile *file, const IniEntry *entry)
{
    const ConfigKey *key = config_find_key(entry->section, entry->key);
    if (*entry->section == '\0' || *entry->key == '\0')
        return; /* said already */
    if (!key) {
        g_autofree char *hint = hint_for_key(entry->section, entry->key);
        ini_file_add_mistake(file, entry->line, "unknown key '%s' in [%s]%s", entry->key, entry->section, hint);
        return;
    }
    check_continuation(file, entry);
    if (*entry->value == '\0' || strstr(entry->value, "${") || strstr(entry->value, "%(here)s"))
        return; /* checked when it is asked for */
    g_autofree char *wrong = config_check_value(key, entry->key, entry->value);
    if (wrong)
        ini_file_add_mistake(file, entry->line, "%s", wrong);
}

static const IniSection *find_section(const IniFile *file, const char *name)
{
    for (guint i = 0; i < file->sections->len; i++) {
        const IniSection *section = g_ptr_array_index(file->sections, i);
        if (strcmp(section->name, name) == 0)
            return section;
    }
    return NULL;
}

/* TRUE for the sections of Alembic's logging, which are said once and not key by key. */
static gboolean is_logging(const char *section)
{
    static const char *const prefixes[] = {"logger", "handler", "formatter"};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(section, prefixes[i]) &&
            (section[strlen(prefixes[i])] == '_' || strcmp(section + strlen(prefixes[i]), "s") == 0))
            return TRUE;
    }
    return FALSE;
}

static void check_sections(IniFile *file)
{
    static const char *const main_section[] = {"migrate"};
    gboolean has_main = find_section(file, "migrate") != NULL;

    for (guint i = 0; i < file->sections->len; i++) {
        const IniSection *section = g_ptr_array_index(file->sections, i);
        if (is_logging(section->name)) {
            ini_file_add_mistake(file, section->line, "[%s] has no meaning here, remove it (see --echo, -q and -v)",
                                 section->name);
            continue;
        }
        if (*section->name == '\0' || config_section_is_fixed(section->name) || strcmp(section->name, "migrate") == 0)
            continue;
        const char *nearest = text_nearest(section->name, config_fixed_sections, -1);
        if (!has_main && text_nearest(section->name, main_section, 1))
            nearest = "migrate";
        else if (!has_main && strcmp(section->name, "alembic") == 0)
            nearest = "migrate";
        else if (!nearest)
            continue;
        /* Any name is a section for -n; one that is nearly another's is an error only if its keys say so too. */
        gboolean meant = strcmp(nearest, "migrate") == 0;
        for (guint j = 0; j < file->entries->len && !meant; j++) {
            const IniEntry *entry = g_ptr_array_index(file->entries, j);
            meant = strcmp(entry->section, section->name) == 0 && !config_find_key(section->name, entry->key) &&
                    config_find_key(nearest, entry->key);
        }
        if (meant)
            ini_file_add_mistake(file, section->line, "unknown section [%s], did you mean [%s]?", section->name,
                                 nearest);
    }
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const IniMistake *x = *(IniMistake *const *)a, *y = *(IniMistake *const *)b;
    return (x->line > y->line) - (x->line < y->line);
}

static gboolean fail_with_mistakes(const Config *config, GError **error)
{
    enum { LISTED_MAX = 100 };
    GPtrArray *mistakes = config->file->mistakes;
    if (mistakes->len == 0)
        return TRUE;

    g_autoptr(GString) text = g_string_new(NULL);
    g_ptr_array_sort(mistakes, compare_lines);
    for (guint i = 0; i < mistakes->len && i < LISTED_MAX; i++) {
        const IniMistake *mistake = g_ptr_array_index(mistakes, i);
        g_string_append_printf(text, "%s%s:%d: %s", i ? "\n" : "", config->path, mistake->line, mistake->text);
    }
    if (mistakes->len > LISTED_MAX)
        g_string_append_printf(text, "\n… and %u more", mistakes->len - LISTED_MAX);
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONFIG, text->str);
    return FALSE;
}

static gboolean check_file(const Config *config, GError **error)
{
    IniFile *file = config->file;

    check_sections(file);
    check_duplicates(file);
    for (guint i = 0; i < file->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(file->entries, i);
        if (!is_logging(entry->section))
            check_entry(file, entry);
    }
    return fail_with_mistakes(config, error);
}

static gboolean check_section_name(const Config *config, GError **error)
{
    const char *name = config->section;
    if (!name || strcmp(name, "migrate") == 0)
        return TRUE;
    if (config_section_is_fixed(name)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'-n %s': [%s] has keys of its own and is no section for -n",
                    name, name);
        return FALSE;
    }
    if (find_section(config->file, name))
        return TRUE;

    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < config->file->sections->len; i++) {
        const IniSection *section = g_ptr_array_index(config->file->sections, i);
        if (!config_section_is_fixed(section->name))
            g_ptr_array_add(names, section->name);
    }
    const char *nearest = text_nearest(name, (const char *const *)names->pdata, (gssize)names->len);
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'-n %s': there is no section [%s] in '%s'%s%s%s", name, name,
                config->path, nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return FALSE;
}

/* --- overrides --- */

/* "pool.pool_size" names a key of another section than [migrate]. */
static const char *split_section(const char *name, const char **key)
{
    for (const char *const *section = config_fixed_sections; *section; section++) {
        gsize length = strlen(*section);
        if (strncmp(name, *section, length) == 0 && name[length] == '.') {
            *key = name + length + 1;
            return *section;
        }
    }
    *key = name;
    return "migrate";
}

static gboolean add_override(Config *config, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'-x' takes key=value%s%s", equals ? "" : ", not ",
                    equals ? "" : text);
        return FALSE;
    }
    g_autofree char *name = g_strndup(text, (gsize)(equals - text));
    const char *name_in_section = NULL;
    const char *section = split_section(name, &name_in_section);
    const ConfigKey *key = config_find_key(section, name_in_section);
    if (!key) {
        g_autofree char *hint = hint_for_key(section, name_in_section);
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "'-x %s=…': unknown key '%s'%s", name, name, hint);
        return FALSE;
    }
    g_autofree char *wrong = equals[1] ? config_check_value(key, name, equals + 1) : NULL;
    if (wrong) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "command line: %s", wrong);
        return FALSE;
    }
    g_ptr_array_add(config->overrides, ini_entry_new(section, name_in_section, equals + 1, 0));
    return TRUE;
}

static Config *config_new(const char *path, const char *section, const char *text, gsize length)
{
    Config *config = g_new0(Config, 1);
    config->path = g_strdup(path);
    config->current_folder = g_get_current_dir();
    g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
    config->folder = folder ? g_canonicalize_filename(folder, NULL) : g_strdup(config->current_folder);
    config->section = g_strdup(section);
    config->file = ini_read(text, length);
    config->overrides = g_ptr_array_new_with_free_func((GDestroyNotify)ini_entry_free);
    return config;
}

static gboolean add_overrides(Config *config, const char *const *overrides, GError **error)
{
    for (; overrides && *overrides; overrides++) {
        if (!add_override(config, *overrides, error))
            return FALSE;
    }
    return TRUE;
}

Config *config_load(const FileTree *tree, const char *path, const char *section, const char *const *overrides,
                    GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!file_tree_read_text(tree, path, &text, &length, error))
        return NULL;

    g_autoptr(Config) config = config_new(path, section, text, length);
    if (!check_file(config, error) || !check_section_name(config, error) || !add_overrides(config, overrides, error))
        return NULL;
    return g_steal_pointer(&config);
}

Config *config_new_empty(const char *const *overrides, GError **error)
{
    g_autoptr(Config) config = config_new(NULL, NULL, "", 0);
    if (!add_overrides(config, overrides, error))
        return NULL;
    return g_steal_pointer(&config);
}

void config_free(Config *config)
{
    if (!config)
        return;
    g_free(config->path);
    g_free(config->folder);
    g_free(config->current_folder);
    g_free(config->section);
    ini_file_free(config->file);
    g_ptr_array_unref(config->overrides);
    g_free(config);
}

const char *config_path(const Config *config)
{
    return config->path;
}

const char *config_folder(const Config *config)
{
    return config->folder;
}
