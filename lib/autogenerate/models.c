/* Where models come from: files or the output of a command. */
#include <string.h>
#include <sys/wait.h>

#include "autogenerate/internal.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "schema/model.h"

#define EXEC_PREFIX "exec:"

static void source_free(ModelSource *source)
{
    if (!source)
        return;
    g_free(source->name);
    g_free(source->text);
    g_free(source);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelSource, source_free)

/* --- exec:COMMAND --- */

static gboolean command_error(GError **error, const char *command, const char *what, const char *output)
{
    g_autofree char *words = g_strchomp(g_strdup(output ? output : ""));
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "model command '%s' %s%s%s", command, what, *words ? ":\n" : "",
                words);
    return FALSE;
}

static gboolean check_status(const char *command, int status, const char *output, GError **error)
{
    g_autofree char *what = NULL;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return TRUE;
    if (WIFSIGNALED(status))
        what = g_strdup_printf("was ended by signal %d (%s)", WTERMSIG(status), g_strsignal(WTERMSIG(status)));
    else
        what = g_strdup_printf("failed with exit status %d", WEXITSTATUS(status));
    return command_error(error, command, what, output);
}

static ModelSource *run_command(const char *command, const char *folder, GError **error)
{
    const char *arguments[] = {"/bin/sh", "-c", command, NULL};
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    g_autoptr(GError) failure = NULL;
    int status = 0;
    if (!g_spawn_sync(folder, (char **)arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status,
                      &failure)) {
        command_error(error, command, "could not be started", failure->message);
        return NULL;
    }
    if (!check_status(command, status, errors, error))
        return NULL;
    /* What a command notes while it succeeds is meant for who runs it. */
    if (*g_strchomp(errors) != '\0')
        log_info("%s", errors);
    if (!g_utf8_validate(output, -1, NULL)) {
        command_error(error, command, "wrote something that is not UTF-8", NULL);
        return NULL;
    }
    g_autoptr(ModelSource) source = g_new0(ModelSource, 1);
    source->name = g_strdup_printf(EXEC_PREFIX "%s", command);
    source->length = strlen(output);
    source->text = g_steal_pointer(&output);
    return g_steal_pointer(&source);
}

/* --- files --- */

static ModelSource *read_source(const FileTree *tree, const char *path, GError **error)
{
    g_autoptr(ModelSource) source = g_new0(ModelSource, 1);
    source->name = g_strdup(path);
    source->is_sql = g_str_has_suffix(path, ".sql");
    if (!file_tree_read_text(tree, path, &source->text, &source->length, error))
        return NULL;
    return g_steal_pointer(&source);
}

static gboolean read_files(const ModelOptions *options, const char *pattern, GPtrArray *sources, GError **error)
{
    const char *folder = options->folder;
    g_autofree char *path =
        g_path_is_absolute(pattern) || !folder ? g_strdup(pattern) : g_build_filename(folder, pattern, NULL);
    g_autoptr(GPtrArray) files = file_tree_glob(options->tree, path, error);
    if (!files)
        return FALSE;
    if (files->len == 0) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "no file%s%s matches '%s' of 'models'",
                    options->tree ? " of " : "", options->tree ? options->tree->name : "", pattern);
        return FALSE;
    }
    for (guint i = 0; i < files->len; i++) {
        ModelSource *source = read_source(options->tree, files->pdata[i], error);
        if (!source)
            return FALSE;
        g_ptr_array_add(sources, source);
    }
    return TRUE;
}

static GPtrArray *read_sources(const ModelOptions *options, GError **error)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    for (guint i = 0; options->models && i < options->models->len; i++) {
        const char *model = options->models->pdata[i];
        if (!g_str_has_prefix(model, EXEC_PREFIX)) {
            if (!read_files(options, model, sources, error))
                return NULL;
            continue;
        }
        if (options->tree) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                        "the model '%s' is a command, which would tell of the files that are here, not of %s\n"
                        "check that out, or keep what the command prints as a file beside the revisions",
                        model, options->tree->name);
            return NULL;
        }
        ModelSource *source = run_command(model + strlen(EXEC_PREFIX), options->folder, error);
        if (!source)
            return NULL;
        g_ptr_array_add(sources, source);
    }
    if (sources->len)
        return g_steal_pointer(&sources);
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                "no model to compare with: set 'models' in migrate.ini to the files that describe the schema");
    return NULL;
}

/* --- JSON --- */

static gboolean keys_of(const ModelOptions *options, NamingConvention *convention, GError **error)
{
    for (guint i = 0; options->naming_keys && i < options->naming_keys->len; i++)
        if (!naming_convention_set(convention, options->naming_keys->pdata[i], options->naming_formats->pdata[i],
                                   error))
            return FALSE;
    return TRUE;
}

static MetaData *read_json(const Dialect *dialect, const ModelOptions *options, GPtrArray *sources, GError **error)
{
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    if (!keys_of(options, convention, error))
        return NULL;
    g_autoptr(ModelReader) reader = model_reader_new(dialect->name, (dialect->capabilities & DIALECT_IGNORE_CASE) != 0,
                                                     convention, dialect->max_identifier_length);
    if (dialect->capabilities & DIALECT_NAMES_IN_CHARACTERS)
        model_reader_count_characters(reader);
    for (guint i = 0; i < sources->len; i++) {
        const ModelSource *source = sources->pdata[i];
        if (!source->is_sql && !model_reader_add(reader, source->name, source->text, source->length, error))
            return NULL;
    }
    MetaData *model = model_reader_finish(reader, error);
    if (model)
        model->backticks = dialect_has_backticks(dialect);
    return model;
}

static gboolean has_sql(const GPtrArray *sources)
{
    for (guint i = 0; i < sources->len; i++)
        if (((const ModelSource *)sources->pdata[i])->is_sql)
            return TRUE;
    return FALSE;
}

/* Moves everything of `from` into `to`. */
static gboolean merge(MetaData *to, MetaData *from, GError **error)
{
    while (from->tables->len) {
        const Table *table = from->tables->pdata[0];
        if (metadata_find_table(to, table->schema, table->name)) {
            g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "table '%s' is in a JSON model and in an SQL model",
                        table->name);
            return FALSE;
        }
        metadata_add_table(to, metadata_steal_table(from, table->schema, table->name));
    }
    g_ptr_array_extend_and_steal(to->enums, g_ptr_array_ref(from->enums));
    g_ptr_array_extend_and_steal(to->sequences, g_ptr_array_ref(from->sequences));
    for (guint i = 0; i < from->objects->len; i++) {
        const SchemaObject *object = from->objects->pdata[i];
        if (metadata_find_same_object(to, object)) {
            g_set_error(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, "%s '%s' is in a JSON model and in an SQL model",
                        object->kind, object->name);
            return FALSE;
        }
    }
    g_ptr_array_extend_and_steal(to->objects, g_ptr_array_ref(from->objects));
    return TRUE;
}

static gboolean is_all_sql(const GPtrArray *sources)
{
    for (guint i = 0; i < sources->len; i++)
        if (!((const ModelSource *)sources->pdata[i])->is_sql)
            return FALSE;
    return TRUE;
}

/* A database knows what has no name. */
static void mark_names(const MetaData *metadata)
{
    for (guint i = 0; i < metadata->tables->len; i++) {
        const Table *table = metadata->tables->pdata[i];
        if (table->primary_key)
            table->primary_key->exact_name = TRUE;
        for (guint j = 0; j < table->constraints->len; j++)
            ((Constraint *)table->constraints->pdata[j])->exact_name = TRUE;
    }
}

static gboolean apply_comments(const Dialect *dialect, const GPtrArray *sources, const MetaData *model, GError **error)
{
    for (guint i = 0; i < sources->len; i++) {
        const ModelSource *source = sources->pdata[i];
        if (source->is_sql && !model_apply_rename_comments(dialect, source, model, error))
            return FALSE;
    }
    return TRUE;
}

MetaData *models_load(const Dialect *dialect, const ModelOptions *options, GError **error)
{
    g_autoptr(GPtrArray) sources = read_sources(options, error);
    if (!sources)
        return NULL;
    g_autoptr(MetaData) model = read_json(dialect, options, sources, error);
    if (!model || !has_sql(sources))
        return g_steal_pointer(&model);
    g_autoptr(MetaData) from_sql = models_read_sql(dialect, options, sources, error);
    if (!from_sql || !apply_comments(dialect, sources, from_sql, error))
        return NULL;
    mark_names(from_sql);
    if (!merge(model, from_sql, error))
        return NULL;
    model->canonical = is_all_sql(sources);
    return g_steal_pointer(&model);
}
