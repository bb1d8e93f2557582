/*
 * migrate.ini: found, read, interpolated, checked. The keys are declared once, in config_keys[] (config_keys.c); man
 * migrate.ini(5) is checked against that table.
 */
#ifndef MIGRATE_BASE_CONFIG_H
#define MIGRATE_BASE_CONFIG_H

#include <glib.h>

#include "base/tree.h"

typedef struct Config Config;

typedef enum {
    CONFIG_STRING,
    CONFIG_LIST,
    CONFIG_BOOLEAN,
    CONFIG_INTEGER,
    CONFIG_DURATION,
    CONFIG_CHOICE,
    CONFIG_PATH,
    CONFIG_PATHS
} ConfigType;

/* One known key. A name that ends in ".*" or starts with "*." stands for a family (naming_convention.*, *.options). */
typedef struct ConfigKey {
    const char *section; /* "migrate" (also any -n section), "pool", "post_write_hooks", "lint" */
    const char *name;
    ConfigType type;
    const char *choices; /* CONFIG_CHOICE: "sql|ops"; CONFIG_INTEGER: least value, NULL 0; CONFIG_DURATION: "-1" where
                            -1 is a word for never */
    const char *default_value; /* before interpolation, or NULL */
    const char *summary;       /* one line, for the man page */
} ConfigKey;
extern const ConfigKey config_keys[]; /* ends with name == NULL */

/* `path` from -c, else $MIGRATE_CONFIG, else migrate.ini in the current folder or a parent. BASE_ERROR_NOT_FOUND
 * says where was looked and to run `migrate init`. New string. */
char *config_find(const char *path, GError **error);
/* The same in a tree, for somebody who stands in `folder` of it: absolute, new; NULL: it has none. */
char *config_find_in(const FileTree *tree, const char *folder, const char *path);

/* Reads `path` (of `tree`; NULL: on disk); `section` (from -n, NULL for "migrate") inherits from [migrate]; `overrides`
 * ("key=value" from -x and --url as "url=…", NULL-terminated or NULL; "pool.pool_size=1" for other sections) win over
 * the file. All mistakes of the file in one BASE_ERROR_CONFIG; a wrong `section` or override is BASE_ERROR_USAGE. */
Config *config_load(const FileTree *tree, const char *path, const char *section, const char *const *overrides,
                    GError **error);
/* A config with defaults and overrides only (no file: `inspect --url …`). */
Config *config_new_empty(const char *const *overrides, GError **error);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

const char *config_path(const Config *config);   /* NULL without a file */
const char *config_folder(const Config *config); /* %(here)s, absolute; the current folder without a file */

/* Values of known keys; the name of an undeclared key is a programming error (g_error). Interpolation
 * (%(here)s, ${VAR}, ${VAR:-default}, ${file:PATH}) happens when the value is asked for, so that an unset variable
 * hurts only who needs it: BASE_ERROR_CONFIG with FILE:LINE. Overrides are taken as they are, the shell has done its
 * part. An empty value is as good as none. NULL without error: not set and no default. New strings. */
char *config_string(const Config *config, const char *section, const char *name, GError **error);
/* Whether the key has a value, also one that cannot be had now (a variable that is not set): who asks for it says so.
 */
gboolean config_is_set(const Config *config, const char *section, const char *name);
/* Paths are made absolute, relative to config_folder() (overrides: to the current folder). Lists are split at white
 * space, commas or line ends, except between double quotes, as the key's summary says; an `exec:` entry keeps its line
 * whole. */
GPtrArray *config_list(const Config *config, const char *section, const char *name, GError **error);
gboolean config_boolean(const Config *config, const char *section, const char *name, gboolean *value, GError **error);
gboolean config_integer(const Config *config, const char *section, const char *name, gint64 *value, GError **error);
/* "5", "5s", "250ms", "2min", "1h" in seconds. */
gboolean config_duration(const Config *config, const char *section, const char *name, double *seconds, GError **error);
/* The pairs of a family, in file order: name without the prefix ("naming_convention.", "HOOK."), value interpolated,
 * both owned by the arrays. */
gboolean config_family(const Config *config, const char *section, const char *prefix, GPtrArray **names,
                       GPtrArray **values, GError **error);
/* "FILE:LINE" where the key was set, or "default" / "command line". New string. */
char *config_origin(const Config *config, const char *section, const char *name);

#endif
