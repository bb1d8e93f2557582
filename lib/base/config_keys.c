#include <math.h>
#include <string.h>

#include "base/config_internal.h"

const ConfigKey config_keys[] = {
    {"migrate", "script_location", CONFIG_PATH, NULL, "%(here)s/migrations", "the folder with the revisions"},
    {"migrate", "version_locations", CONFIG_PATHS, NULL, NULL,
     "folders with revision files, separated by white space or commas, \"with a space\" in quotes; default: versions "
     "in script_location"},
    {"migrate", "recursive_version_locations", CONFIG_BOOLEAN, NULL, "false",
     "also read the folders below a version location"},
    {"migrate", "file_template", CONFIG_STRING, NULL, "%(rev)s_%(slug)s",
     "name of a new revision file: %(rev)s, %(slug)s, %(year)d, %(month).2d, %(day).2d, %(hour).2d, %(minute).2d, "
     "%(second).2d, %(epoch)s; may hold folders where recursive_version_locations is true"},
    {"migrate", "truncate_slug_length", CONFIG_INTEGER, "1", "40", "longest slug in a file's name, in bytes"},
    {"migrate", "timezone", CONFIG_STRING, NULL, "UTC", "time zone of dates in new revision files"},
    {"migrate", "url", CONFIG_STRING, NULL, NULL,
     "the database: dialect://user:password@host:port/database?option=value"},
    {"migrate", "models", CONFIG_PATHS, NULL, NULL,
     "model files or globs (*.json, *.sql), separated by white space or commas, \"with a space\" in quotes, or "
     "exec:COMMAND on a line of its own"},
    {"migrate", "revision_format", CONFIG_CHOICE, "sql|ops", "sql", "format of new revision files"},
    {"migrate", "dialects", CONFIG_LIST, NULL, NULL,
     "dialects that autogenerate writes for, separated by white space or commas; default: the URL's, for operations "
     "all"},
    {"migrate", "version_table", CONFIG_STRING, NULL, "migrate_version", "table that holds the current revisions"},
    {"migrate", "version_table_schema", CONFIG_STRING, NULL, NULL, "schema of the version and history tables"},
    {"migrate", "history_table", CONFIG_STRING, NULL, "migrate_history", "table that holds what was applied and when"},
    {"migrate", "transaction", CONFIG_CHOICE, "revision|all", "revision",
     "one transaction for each revision, or one for all; where DDL commits by itself (MySQL, MariaDB), all is refused "
     "for revisions with DDL"},
    {"migrate", "compare_type", CONFIG_BOOLEAN, NULL, "true", "compare column types"},
    {"migrate", "compare_server_default", CONFIG_BOOLEAN, NULL, "true", "compare server defaults"},
    {"migrate", "include_schemas", CONFIG_LIST, NULL, NULL,
     "schemas to compare, separated by white space or commas; default: the connection's"},
    {"migrate", "include_tables", CONFIG_LIST, NULL, NULL,
     "globs of the tables to compare, separated by white space or commas; default: all"},
    {"migrate", "exclude_tables", CONFIG_LIST, NULL, NULL,
     "globs of tables to leave alone, separated by white space or commas"},
    {"migrate", "scratch_url", CONFIG_STRING, NULL, NULL,
     "a database on a server of the same kind and version, beside which databases may be created and dropped: for "
     "models in SQL, and on MySQL and MariaDB to compare with; default: on the server that is compared. SQLite needs "
     "none"},
    {"migrate", "lock_wait", CONFIG_DURATION, NULL, "60", "how long to wait for another run to finish"},
    {"migrate", "lock_timeout", CONFIG_DURATION, NULL, "5", "how long a statement waits for a lock; 0: not at all"},
    {"migrate", "statement_timeout", CONFIG_DURATION, NULL, "0", "how long one statement may run; 0: no limit"},
    {"migrate", "naming_convention.*", CONFIG_STRING, NULL, NULL,
     "name of unnamed constraints of a kind (ix, uq, ck, fk, pk), such as ix_%(table_name)s_%(column_0_name)s"},
    {"pool", "pool_size", CONFIG_INTEGER, "1", "5", "connections that are kept"},
    {"pool", "max_overflow", CONFIG_INTEGER, "-1", "10", "connections opened beyond pool_size; -1: no limit"},
    {"pool", "pool_timeout", CONFIG_DURATION, NULL, "30", "how long to wait for a free connection"},
    {"pool", "pool_recycle", CONFIG_DURATION, "-1", "-1", "age at which a connection is replaced; -1: never"},
    {"post_write_hooks", "hooks", CONFIG_LIST, NULL, NULL,
     "names of the hooks to run on a new revision file, in this order, separated by white space or commas"},
    {"post_write_hooks", "*.type", CONFIG_CHOICE, "exec", NULL, "how the hook runs: as a program"},
    {"post_write_hooks", "*.executable", CONFIG_STRING, NULL, NULL, "the hook's program"},
    {"post_write_hooks", "*.options", CONFIG_STRING, NULL, NULL,
     "the program's arguments; REVISION_SCRIPT_FILENAME stands for the file, which is the first one when it is not "
     "among them"},
    {"post_write_hooks", "*.cwd", CONFIG_PATH, NULL, NULL, "folder the program runs in"},
    {NULL, NULL, CONFIG_STRING, NULL, NULL, NULL},
};

const char *const config_fixed_sections[] = {"pool", "post_write_hooks", "lint", NULL};

gboolean config_section_is_fixed(const char *section)
{
    return g_strv_contains(config_fixed_sections, section);
}

gboolean config_key_matches(const ConfigKey *key, const char *name)
{
    gsize length = strlen(key->name), name_length = strlen(name);

    if (g_str_has_suffix(key->name, ".*"))
        return name_length >= length && strncmp(key->name, name, length - 1) == 0;
    if (*key->name == '*')
        return name_length >= length && g_str_has_suffix(name, key->name + 1);
    return strcmp(key->name, name) == 0;
}

const ConfigKey *config_find_key(const char *section, const char *name)
{
    const char *declared = config_section_is_fixed(section) ? section : "migrate";
    for (const ConfigKey *key = config_keys; key->name; key++) {
        if (strcmp(key->section, declared) == 0 && config_key_matches(key, name))
            return key;
    }
    return NULL;
}

/* --- values --- */

gboolean config_parse_boolean(const char *text, gboolean *value)
{
    static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {"false", "no", "off", "0"};
    for (gsize i = 0; i < G_N_ELEMENTS(yes); i++) {
        if (g_ascii_strcasecmp(text, yes[i]) == 0 || g_ascii_strcasecmp(text, no[i]) == 0) {
            *value = g_ascii_strcasecmp(text, yes[i]) == 0;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean config_parse_integer(const char *text, gint64 least, gint64 *value)
{
    return g_ascii_string_to_signed(text, 10, least, G_MAXINT, value, NULL);
}

gboolean config_parse_duration(const char *text, double least, double *seconds)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"ms", 0.001}, {"min", 60}, {"h", 3600}};

    gsize digits = strspn(text, "-0123456789.");
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);
    if (digits == 0 || end != text + digits || !isfinite(number))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(end, units[i].unit) != 0)
            continue;
        *seconds = number * units[i].seconds;
        /* -1 is a word for "never", not a length of time. */
        gboolean never = least < 0 && strcmp(text, "-1") == 0;
        return (number >= 0 || never) && *seconds <= 1e9;
    }
    return FALSE;
}

static gboolean is_choice(const char *choices, const char *text)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);
    return g_strv_contains((const char *const *)words, text);
}

static char *check_choice(const ConfigKey *key, const char *name, const char *text)
{
    if (is_choice(key->choices, text))
        return NULL;
    g_auto(GStrv) words = g_strsplit(key->choices, "|", -1);
    g_autofree char *list = g_strjoinv(" or ", words);
    /* Alembic's other types of hooks. */
    gboolean python = strcmp(key->section, "post_write_hooks") == 0 &&
                      (strcmp(text, "console_scripts") == 0 || strcmp(text, "module") == 0);
    return g_strdup_printf("'%s' is no value for '%s': expected %s%s", text, name, list,
                           python ? ", with the program's name as executable" : "");
}

char *config_check_value(const ConfigKey *key, const char *name, const char *text)
{
    gboolean boolean = FALSE;
    gint64 integer = 0, least = key->choices ? g_ascii_strtoll(key->choices, NULL, 10) : 0;
    double seconds = 0;

    switch (key->type) {
    case CONFIG_BOOLEAN:
        return config_parse_boolean(text, &boolean)
                   ? NULL
                   : g_strdup_printf("'%s' is no value for '%s': expected true or false", text, name);
    case CONFIG_INTEGER:
        return config_parse_integer(text, least, &integer)
                   ? NULL
                   : g_strdup_printf("'%s' is no value for '%s': expected a whole number from %" G_GINT64_FORMAT " on",
                                     text, name, least);
    case CONFIG_DURATION:
        return config_parse_duration(text, (double)least, &seconds)
                   ? NULL
                   : g_strdup_printf("'%s' is no value for '%s': expected seconds, or 250ms, 5s, 2min, 1h", text, name);
    case CONFIG_CHOICE:
        return check_choice(key, name, text);
    case CONFIG_STRING:
    case CONFIG_LIST:
    case CONFIG_PATH:
    case CONFIG_PATHS:
        return NULL;
    }
    return NULL;
}
