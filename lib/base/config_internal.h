/* What config.c (the file), config_keys.c (the declarations), config_value.c (asking for values) and
 * config_interpolate.c share. */
#ifndef MIGRATE_BASE_CONFIG_INTERNAL_H
#define MIGRATE_BASE_CONFIG_INTERNAL_H

#include "base/config.h"
#include "base/ini.h"

struct Config {
    char *path; /* NULL without a file */
    char *folder;
    char *current_folder;
    char *section;        /* of -n, or NULL */
    IniFile *file;        /* empty without a file */
    GPtrArray *overrides; /* IniEntry*, line 0 */
};

/* The declaration of a key, families included, or NULL. Every section without keys of its own has those of [migrate].
 */
const ConfigKey *config_find_key(const char *section, const char *name);
gboolean config_key_matches(const ConfigKey *key, const char *name);
extern const char *const config_fixed_sections[]; /* those with keys of their own, NULL-terminated */
gboolean config_section_is_fixed(const char *section);

/* What is wrong with `text` as a value of `key`, which the file calls `name`, or NULL. New string. */
char *config_check_value(const ConfigKey *key, const char *name, const char *text);
gboolean config_parse_boolean(const char *text, gboolean *value);
gboolean config_parse_integer(const char *text, gint64 least, gint64 *value);
gboolean config_parse_duration(const char *text, double least, double *seconds);

/* Replaces %(here)s, ${VAR}, ${VAR:-default} and ${file:PATH}. `origin` (FILE:LINE) starts the error's message. New
 * string. */
char *config_interpolate(const char *text, const char *here, const char *origin, GError **error);
/* The length of the "${…}" at `text`, or 0 when it has no end. */
gsize config_placeholder_length(const char *text);

#endif
