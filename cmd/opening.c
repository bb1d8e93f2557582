#include "opening.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "missing.h"
#include "options.h"
#include "repository.h"

static gboolean needs(const Invocation *invocation, guint need)
{
    const Command *command = invocation->command;
    guint all = command->needs;
    if (command->needs_by_options)
        all |= command->needs_by_options(invocation);
    return (all & need) != 0;
}

/* Options that stand for a key of migrate.ini, and win over it and over -x. */
static const struct {
    const char *option, *key;
} option_keys[] = {{"url", "url"}, {"file-template", "file_template"}};

static char **config_overrides(const Invocation *invocation)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    const GPtrArray *pairs = parsed_values(invocation->parsed, "x");
    for (guint i = 0; pairs && i < pairs->len; i++)
        g_strv_builder_add(builder, pairs->pdata[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(option_keys); i++) {
        const char *name = option_keys[i].option;
        const char *value = option_find(invocation->command, name, -1) ? option_string(invocation, name) : NULL;
        g_autofree char *pair = value ? g_strconcat(option_keys[i].key, "=", value, NULL) : NULL;
        if (pair)
            g_strv_builder_add(builder, pair);
    }
    return g_strv_builder_end(builder);
}

Config *invocation_load_config(const Invocation *invocation, const FileTree *tree, const char *path, GError **error)
{
    g_auto(GStrv) overrides = config_overrides(invocation);
    return config_load(tree, path, option_string(invocation, "name"), (const char *const *)overrides, error);
}

/* The configuration that only the commit of --ref has: nothing is checked out, or the repository is bare. */
static gboolean open_config_of_tree(Invocation *invocation, GError **error)
{
    g_autofree char *folder = g_get_current_dir();
    g_autofree char *inside = file_tree_relative(invocation->tree, folder);
    const char *start = inside ? folder : invocation->tree->root;
    g_autofree char *path = config_find_in(invocation->tree, start, option_string(invocation, "config"));
    if (!path) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                    "there is no migrate.ini here, and none in %s\nname the one of the commit with -c PATH",
                    invocation->tree->name);
        return FALSE;
    }
    invocation->config = invocation_load_config(invocation, invocation->tree, path, error);
    return invocation->config != NULL;
}

static gboolean is_in_bare(Invocation *invocation)
{
    const Repository *repository = invocation_repository(invocation, NULL);
    return repository && repository_is_bare(repository);
}

/* A bare repository has no migrate.ini on disk: what reads commits alone takes HEAD's. */
static gboolean open_config_of_bare(Invocation *invocation, GError **error)
{
    if (needs(invocation, NEEDS_SCRIPT_DIRECTORY | NEEDS_SESSION)) {
        g_set_error(
            error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no migrate.ini in '%s', which is a bare repository\n%s",
            repository_root(invocation->repository),
            option_find(invocation->command, "ref", -1) ? "--ref REF takes it, and the revisions, from a commit"
                                                        : "run this in a clone, or name a migrate.ini with -c FILE");
        return FALSE;
    }
    Repository *repository = invocation->repository;
    g_autofree char *commit = repository_resolve(repository, "HEAD", error);
    invocation->tree = commit ? repository_tree(repository, commit, "HEAD", error) : NULL;
    gboolean opened = invocation->tree && open_config_of_tree(invocation, error);
    g_clear_pointer(&invocation->tree, file_tree_free);
    return opened;
}

/* Finds the file on disk, else whether it may do without. */
static gboolean open_config(Invocation *invocation, GError **error)
{
    const char *given = option_string(invocation, "config");
    g_autoptr(GError) not_found = NULL;
    g_autofree char *path = config_find(given, &not_found);
    gboolean absent = g_error_matches(not_found, BASE_ERROR, BASE_ERROR_NOT_FOUND);
    if (path) {
        invocation->config = invocation_load_config(invocation, NULL, path, error);
    } else if (invocation->tree && absent) {
        return open_config_of_tree(invocation, error);
    } else if (needs(invocation, NEEDS_URL_ONLY) && !given && option_string(invocation, "url") && absent) {
        g_auto(GStrv) overrides = config_overrides(invocation);
        invocation->config = config_new_empty((const char *const *)overrides, error);
    } else if (absent && is_in_bare(invocation)) {
        return open_config_of_bare(invocation, error);
    } else {
        g_propagate_error(error, g_steal_pointer(&not_found));
    }
    return invocation->config != NULL;
}

/* With --ref, the commit's own configuration says where its files are. */
static gboolean open_layout(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    if (invocation->tree)
        invocation->layout = config_at(invocation, invocation->tree, &failure);
    if (failure) {
        g_propagate_prefixed_error(error, failure, "in %s: ", invocation->tree->name);
        return FALSE;
    }
    if (!invocation->layout)
        invocation->layout = invocation->config;
    return TRUE;
}

ScriptDirectory *open_script_directory(const Config *config, const FileTree *tree, GError **error)
{
    GError *failure = NULL;
    g_autofree char *location = config_string(config, "migrate", "script_location", &failure);
    if (!failure && !location) {
        g_autofree char *where = g_strdup(config_path(config) ? config_path(config) : "no migrate.ini");
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "key 'script_location' is not set (%s)", where);
        return NULL;
    }
    g_autoptr(GPtrArray) locations = failure ? NULL : config_list(config, "migrate", "version_locations", &failure);
    gboolean recursive = FALSE;
    gint64 slug_length = 0;
    if (failure || !config_boolean(config, "migrate", "recursive_version_locations", &recursive, &failure) ||
        !config_integer(config, "migrate", "truncate_slug_length", &slug_length, &failure)) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_autofree char *file_template = config_string(config, "migrate", "file_template", &failure);
    g_autofree char *time_zone = failure ? NULL : config_string(config, "migrate", "timezone", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_autofree char *inside = tree ? file_tree_relative(tree, location) : NULL;
    if (tree && !inside) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "script_location '%s' is outside of the repository '%s': no commit has it", location, tree->root);
        return NULL;
    }
    ScriptDirectoryOptions options = {location, locations, recursive, file_template, (int)slug_length, time_zone, tree};
    return script_directory_open(&options, error);
}

static gboolean open_directory(Invocation *invocation, GError **error)
{
    invocation->directory = open_script_directory(invocation->layout, invocation->tree, error);
    return invocation->directory != NULL;
}

static void echo_statement(const char *sql, double seconds, const GError *error, void *data)
{
    (void)data;
    fprintf(stderr, "%s;  -- %.3f ms%s%s\n", sql, seconds * 1000, error ? ", failed: " : "",
            error ? error->message : "");
}

static gboolean read_engine_options(const Config *config, EngineOptions *options, GError **error)
{
    gint64 pool_size, max_overflow;
    if (!config_duration(config, "migrate", "lock_wait", &options->lock_wait, error) ||
        !config_duration(config, "migrate", "lock_timeout", &options->lock_timeout, error) ||
        !config_duration(config, "migrate", "statement_timeout", &options->statement_timeout, error) ||
        !config_integer(config, "pool", "pool_size", &pool_size, error) ||
        !config_integer(config, "pool", "max_overflow", &max_overflow, error) ||
        !config_duration(config, "pool", "pool_timeout", &options->pool_timeout, error) ||
        !config_duration(config, "pool", "pool_recycle", &options->pool_recycle, error))
        return FALSE;
    options->pool_size = (int)pool_size;
    options->max_overflow = (int)max_overflow;
    return TRUE;
}

/* NULL: the current one. */
static const char *invocation_config_folder(const Invocation *invocation)
{
    gboolean only_in_tree = invocation->tree && g_access(config_path(invocation->config), F_OK) != 0;
    return option_string(invocation, "url") || only_in_tree ? NULL : config_folder(invocation->config);
}

gboolean invocation_open_engine(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    g_autofree char *url = config_string(invocation->config, "migrate", "url", &failure);
    if (!url) {
        if (failure)
            g_propagate_error(error, failure);
        else
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "no database: set the key 'url' in %s, or pass --url",
                        config_path(invocation->config) ? config_path(invocation->config) : "migrate.ini");
        return FALSE;
    }
    EngineOptions options = engine_options_default();
    if (!read_engine_options(invocation->config, &options, error))
        return FALSE;
    options.read_only = needs(invocation, NEEDS_READ_ONLY);
    if (invocation->echo)
        options.echo = echo_statement;
    /* A URL from the command line is relative to where the person is, one from the file to the file, if there is one
     * on disk. */
    const char *folder = invocation_config_folder(invocation);
    invocation->engine = engine_new(url, folder, &options, error);
    return invocation->engine != NULL;
}

static gboolean wants_offline(const Invocation *invocation)
{
    return needs(invocation, NEEDS_SESSION_ONLINE) && option_find(invocation->command, "sql", -1) &&
           option_flag(invocation, "sql");
}

/* --tag, or NULL. It is stored behind a name in 255 characters, and printed in a comment. */
static gboolean read_tag(const Invocation *invocation, const char **tag, GError **error)
{
    enum { TAG_BYTES = 100 };
    *tag = option_find(invocation->command, "tag", -1) ? option_string(invocation, "tag") : NULL;
    for (const char *at = *tag; at && *at; at++)
        if (g_ascii_iscntrl(*at) || at - *tag >= TAG_BYTES) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                        "option '--tag' takes one line of at most %d bytes, not '%s'", TAG_BYTES, *tag);
            return FALSE;
        }
    if (!*tag || **tag)
        return TRUE;
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--tag' takes a word, not an empty one");
    return FALSE;
}

/* What migrate.ini says of names, for operations that have none. */
NamingConvention *read_naming_convention(const Config *config, GError **error)
{
    g_autoptr(GPtrArray) keys = NULL, formats = NULL;
    if (!config_family(config, "migrate", "naming_convention.", &keys, &formats, error))
        return NULL;
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    for (guint i = 0; i < keys->len; i++)
        if (!naming_convention_set(convention, keys->pdata[i], formats->pdata[i], error))
            return NULL;
    return g_steal_pointer(&convention);
}

MigrationContext *invocation_context_new(const Invocation *invocation, Session *session, GError **error)
{
    const Config *config = invocation->config;
    const char *tag = NULL;
    if (!read_tag(invocation, &tag, error))
        return NULL;
    GError *failure = NULL;
    g_autofree char *version_table = config_string(config, "migrate", "version_table", &failure);
    g_autofree char *schema = failure ? NULL : config_string(config, "migrate", "version_table_schema", &failure);
    g_autofree char *history_table = failure ? NULL : config_string(config, "migrate", "history_table", &failure);
    g_autofree char *transaction = failure ? NULL : config_string(config, "migrate", "transaction", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    g_autoptr(NamingConvention) convention = read_naming_convention(invocation->layout, error);
    if (!convention)
        return NULL;
    MigrationOptions options = {
        .version_table = version_table,
        /* A scratch database need not have such a schema, and nobody looks for its version there. */
        .version_table_schema = invocation->stands_for ? NULL : schema,
        .history_table = history_table,
        .one_transaction = !invocation->one_by_one && g_strcmp0(transaction, "all") == 0,
        .tool_version = MIGRATE_VERSION,
        .tag = tag,
        .naming_convention = convention,
        .finder = invocation_finder(invocation),
        .allow_edited = option_find(invocation->command, "allow-edited", -1) && option_flag(invocation, "allow-edited"),
    };
    return migration_context_new(session, invocation->directory, &options);
}

static gboolean open_context(Invocation *invocation, GError **error)
{
    invocation->context = invocation_context_new(invocation, invocation->session, error);
    return invocation->context != NULL;
}

gboolean invocation_open_session(Invocation *invocation, GError **error)
{
    if (wants_offline(invocation)) {
        invocation->offline = g_string_new(NULL);
        invocation->session = session_open_offline(engine_dialect(invocation->engine),
                                                   engine_options(invocation->engine), invocation->offline);
        return open_context(invocation, error);
    }
    if (needs(invocation, NEEDS_READ_ONLY) && engine_database_missing(invocation->engine)) {
        g_autofree char *url = engine_describe(invocation->engine);
        log_detail("database '%s' does not exist yet", url);
        return open_context(invocation, error);
    }
    invocation->session = session_open(invocation->engine, error);
    if (!invocation->session)
        return FALSE;
    engine_handle_interrupts(invocation->session);
    return open_context(invocation, error);
}

gboolean invocation_open(Invocation *invocation, GError **error)
{
    guint session = NEEDS_SESSION | NEEDS_SESSION_ONLINE;
    if (needs(invocation, NEEDS_CONFIG | NEEDS_URL_ONLY | NEEDS_SCRIPT_DIRECTORY | NEEDS_ENGINE | session) &&
        (!invocation_open_tree(invocation, error) || !open_config(invocation, error) ||
         !open_layout(invocation, error)))
        return FALSE;
    if (needs(invocation, NEEDS_SCRIPT_DIRECTORY) && !open_directory(invocation, error))
        return FALSE;
    if (needs(invocation, NEEDS_ENGINE | session) && !invocation_open_engine(invocation, error))
        return FALSE;
    return !needs(invocation, session) || invocation_open_session(invocation, error);
}

void invocation_close(Invocation *invocation)
{
    engine_handle_interrupts(NULL);
    g_clear_pointer(&invocation->context, migration_context_free);
    g_clear_pointer(&invocation->session, session_close);
    g_clear_pointer(&invocation->engine, engine_free);
    g_clear_pointer(&invocation->directory, script_directory_free);
    if (invocation->layout != invocation->config)
        g_clear_pointer(&invocation->layout, config_free);
    g_clear_pointer(&invocation->config, config_free);
    g_clear_pointer(&invocation->tree, file_tree_free);
    g_clear_pointer(&invocation->repository, repository_free);
    if (invocation->offline)
        g_string_free(g_steal_pointer(&invocation->offline), TRUE);
}

char **invocation_current_with(Invocation *invocation, const char *query, char **value, GError **error)
{
    if (invocation->context)
        return migration_context_current_with(invocation->context, query, value, error);
    *value = NULL;
    return g_new0(char *, 1);
}

char **invocation_current(Invocation *invocation, GError **error)
{
    return invocation->context ? migration_context_current(invocation->context, error) : g_new0(char *, 1);
}
