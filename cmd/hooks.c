#include "hooks.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"

#define SECTION "post_write_hooks"

typedef struct Hook {
    char *name, *executable, *options, *folder;
} Hook;

static void hook_clear(Hook *hook)
{
    g_free(hook->name);
    g_free(hook->executable);
    g_free(hook->options);
    g_free(hook->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hook, hook_clear)

static gboolean read_setting(const Config *config, const Hook *hook, const char *setting, char **value, GError **error)
{
    g_autofree char *key = g_strdup_printf("%s.%s", hook->name, setting);
    GError *failure = NULL;
    *value = config_string(config, SECTION, key, &failure);
    if (failure)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static gboolean read_hook(const Config *config, const char *name, Hook *hook, GError **error)
{
    *hook = (Hook){.name = g_strdup(name)};
    g_autofree char *type = NULL;
    if (!read_setting(config, hook, "type", &type, error) ||
        !read_setting(config, hook, "executable", &hook->executable, error) ||
        !read_setting(config, hook, "options", &hook->options, error) ||
        !read_setting(config, hook, "cwd", &hook->folder, error))
        return FALSE;
    if (!type || !hook->executable) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "hook '%s' needs the keys '%s.type = exec' and '%s.executable' in [%s]", name, name, name, SECTION);
        return FALSE;
    }
    return TRUE;
}

#define FILE_TOKEN "REVISION_SCRIPT_FILENAME"

/* The options as a shell would split them; as in Alembic the file goes first when they do not name it. */
static char **hook_arguments(const Hook *hook, const char *path, GError **error)
{
    g_autoptr(GStrvBuilder) arguments = g_strv_builder_new();
    gboolean named = hook->options && strstr(hook->options, FILE_TOKEN);
    g_auto(GStrv) options = NULL;
    g_strv_builder_add(arguments, hook->executable);
    if (hook->options && !g_shell_parse_argv(hook->options, NULL, &options, error)) {
        g_prefix_error(error, "hook '%s', options: ", hook->name);
        return NULL;
    }
    if (!named)
        g_strv_builder_add(arguments, path);
    for (guint i = 0; options && options[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(options[i], FILE_TOKEN, -1);
        g_autofree char *argument = g_strjoinv(path, parts);
        g_strv_builder_add(arguments, argument);
    }
    return g_strv_builder_end(arguments);
}

static gboolean run_hook(const Hook *hook, const char *path, GError **error)
{
    g_auto(GStrv) arguments = hook_arguments(hook, path, error);
    if (!arguments)
        return FALSE;
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    g_autoptr(GError) failure = NULL;
    int status = 0;
    if (g_spawn_sync(hook->folder, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                     &failure) &&
        g_spawn_check_wait_status(status, &failure)) {
        if (*output)
            log_info("%s", g_strchomp(output));
        return TRUE;
    }
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
                "hook '%s' failed: %s\n%s%srevision file '%s' stays as the hook left it", hook->name, failure->message,
                errors ? errors : "", errors && *errors ? "\n" : "", path);
    return FALSE;
}

/* Runs the hooks, or with a NULL `path` only reads them. */
static gboolean each_hook(const Config *config, const char *path, GError **error)
{
    GError *failure = NULL;
    g_autoptr(GPtrArray) names = config_list(config, SECTION, "hooks", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    for (guint i = 0; names && i < names->len; i++) {
        g_auto(Hook) hook = {0};
        if (!read_hook(config, names->pdata[i], &hook, error) || (path && !run_hook(&hook, path, error)))
            return FALSE;
    }
    return TRUE;
}

gboolean hooks_check(const Config *config, GError **error)
{
    return each_hook(config, NULL, error);
}

gboolean hooks_run(const Config *config, const char *path, GError **error)
{
    return each_hook(config, path, error);
}
