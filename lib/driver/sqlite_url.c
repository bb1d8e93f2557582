#include "driver/sqlite_url.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

typedef enum { VALUE_MODE, VALUE_CACHE, VALUE_BOOLEAN, VALUE_SECONDS, VALUE_ANY } ValueKind;

/* Python's own options concern its module only; they are known so that one URL serves application and migrations. */
static const struct {
    const char *name;
    ValueKind kind;
    gboolean passed_on; /* in the URI that SQLite reads */
} options[] = {
    {"mode", VALUE_MODE, FALSE},
    {"cache", VALUE_CACHE, TRUE},
    {"immutable", VALUE_BOOLEAN, TRUE},
    {"nolock", VALUE_BOOLEAN, TRUE},
    {"psow", VALUE_BOOLEAN, TRUE},
    {"uri", VALUE_BOOLEAN, FALSE},
    {"timeout", VALUE_SECONDS, FALSE},
    {"vfs", VALUE_ANY, FALSE},
    {"check_same_thread", VALUE_ANY, FALSE},
    {"cached_statements", VALUE_ANY, FALSE},
    {"detect_types", VALUE_ANY, FALSE},
    {"isolation_level", VALUE_ANY, FALSE},
};

static const char *const modes[] = {"ro", "rw", "rwc", "memory", NULL};
static const char *const caches[] = {"shared", "private", NULL};
static const char *const yes[] = {"1", "true", "yes", "on", NULL};
static const char *const no[] = {"0", "false", "no", "off", NULL};

static gboolean is_one_of(const char *value, const char *const *words)
{
    for (; *words; words++)
        if (g_ascii_strcasecmp(value, *words) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_on(const Url *url, const char *name)
{
    const char *value = url_option(url, name);
    return value && is_one_of(value, yes);
}

static gboolean parse_seconds(const char *value, double *seconds)
{
    char *end;
    *seconds = g_ascii_strtod(value, &end);
    return end != value && *end == '\0' && isfinite(*seconds) && *seconds >= 0;
}

/* NULL when the value is fine, else what is expected. */
static const char *expected_instead_of(const char *value, ValueKind kind)
{
    double seconds;
    switch (kind) {
    case VALUE_MODE:
        return g_strv_contains(modes, value) ? NULL : "ro, rw, rwc or memory";
    case VALUE_CACHE:
        return g_strv_contains(caches, value) ? NULL : "shared or private";
    case VALUE_BOOLEAN:
        return is_one_of(value, yes) || is_one_of(value, no) ? NULL : "true or false";
    case VALUE_SECONDS:
        return parse_seconds(value, &seconds) ? NULL : "a number of seconds";
    case VALUE_ANY:
        break;
    }
    return NULL;
}

static gboolean unknown_option(const char *name, GError **error)
{
    const char *known[G_N_ELEMENTS(options)];
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        known[i] = options[i].name;
    const char *nearest = text_nearest(name, known, G_N_ELEMENTS(options));
    if (nearest)
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "unknown option '%s' in the sqlite URL, did you mean '%s'?",
                    name, nearest);
    else
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                    "unknown option '%s' in the sqlite URL\nknown are mode, cache, immutable, nolock, psow, vfs, "
                    "timeout and uri",
                    name);
    return FALSE;
}

static gboolean check_option(const char *name, const char *value, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        const char *expected = expected_instead_of(value, options[i].kind);
        if (expected)
            g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL, "option '%s' of the sqlite URL must be %s, not '%s'",
                        name, expected, value);
        return expected == NULL;
    }
    return unknown_option(name, error);
}

/* The file's path in the URL's database; "" for none. file://localhost/path and file:///path name the same file. */
static gboolean database_path(const Url *url, const char **path, GError **error)
{
    *path = url->database ? url->database : "";
    if (!g_str_has_prefix(*path, "file:"))
        return TRUE;
    if (!is_on(url, "uri")) {
        g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                    "sqlite database '%s' looks like a URI\nadd ?uri=true to the URL, or write './%s' for a file of "
                    "that name",
                    *path, *path);
        return FALSE;
    }
    *path += strlen("file:");
    if (!g_str_has_prefix(*path, "//"))
        return TRUE;
    *path += 2;
    if (g_str_has_prefix(*path, "localhost/"))
        *path += strlen("localhost");
    if (**path == '/')
        return TRUE;
    g_set_error(error, DRIVER_ERROR, DRIVER_ERROR_URL,
                "sqlite database '%s' names another host; only file:PATH, file:///PATH and file://localhost/PATH can "
                "be opened",
                url->database);
    return FALSE;
}

/* The URI form carries the options that only SQLite itself understands; a plain path needs none. */
static char *open_name(const Url *url, const char *path, gboolean memory)
{
    if (memory && (*path == '\0' || strcmp(path, ":memory:") == 0) && !url_option(url, "cache"))
        return g_strdup(":memory:");
    g_autofree char *escaped = g_uri_escape_string(*path ? path : ":memory:", "/", TRUE);
    GString *uri = g_string_new(*path == '/' ? "file://" : "file:");
    g_string_append(uri, escaped);
    const gsize bare = uri->len;
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        const char *value = options[i].passed_on ? url_option(url, options[i].name) : NULL;
        if (value)
            g_string_append_printf(uri, "%c%s=%s", uri->len == bare ? '?' : '&', options[i].name, value);
    }
    if (memory)
        g_string_append_printf(uri, "%cmode=memory", uri->len == bare ? '?' : '&');
    if (uri->len > bare)
        return g_string_free(uri, FALSE);
    g_string_free(uri, TRUE);
    /* A library built with SQLITE_USE_URI takes file: in any name for a URI. */
    return g_strconcat(g_str_has_prefix(path, "file:") ? "./" : "", path, NULL);
}

gboolean sqlite_target_init(SqliteTarget *target, const Url *url, GError **error)
{
    *target = (SqliteTarget){.lock_timeout = -1};
    for (guint i = 0; i < url->names->len; i++)
        if (!check_option(url->names->pdata[i], url->values->pdata[i], error))
            return FALSE;
    const char *path;
    if (!database_path(url, &path, error))
        return FALSE;
    const char *mode = url_option(url, "mode");
    target->memory = *path == '\0' || strcmp(path, ":memory:") == 0 || g_strcmp0(mode, "memory") == 0;
    if (g_strcmp0(mode, "ro") == 0 || is_on(url, "immutable"))
        target->mode = SQLITE_TARGET_READ;
    else if (g_strcmp0(mode, "rw") == 0)
        target->mode = SQLITE_TARGET_WRITE;
    target->path = target->memory ? NULL : g_strdup(path);
    target->name = open_name(url, path, target->memory);
    target->vfs = url_option(url, "vfs");
    if (url_option(url, "timeout"))
        parse_seconds(url_option(url, "timeout"), &target->lock_timeout);
    return TRUE;
}

void sqlite_target_clear(SqliteTarget *target)
{
    g_clear_pointer(&target->path, g_free);
    g_clear_pointer(&target->name, g_free);
}
