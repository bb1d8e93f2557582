#include "comparing.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "opening.h"
#include "options.h"
#include "output.h"

void model_comparison_free(ModelComparison *comparison)
{
    if (!comparison)
        return;
    metadata_free(comparison->live);
    comparison_free(comparison->comparison);
    g_ptr_array_unref(comparison->notes);
    g_free(comparison);
}

/* That which the settings speak of. */
static const char *database_name(const Invocation *invocation)
{
    return invocation->stands_for ? invocation->stands_for : engine_url(invocation->engine)->database;
}

/* A schema that cannot exist would silently compare nothing; a pattern is none. */
static gboolean check_schemas(const Invocation *invocation, const Dialect *dialect, const GPtrArray *schemas,
                              GError **error)
{
    for (guint i = 0; schemas && i < schemas->len; i++) {
        if (!strpbrk(schemas->pdata[i], "*?"))
            continue;
        g_autofree char *where = config_origin(invocation->config, "migrate", "include_schemas");
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG, "%s: include_schemas: '%s' is no name of a schema: list them",
                    where, (const char *)schemas->pdata[i]);
        return FALSE;
    }
    const char *only = dialect->default_schema_query ? database_name(invocation) : "main";
    for (guint i = 0; schemas && !(dialect->capabilities & DIALECT_SCHEMAS) && i < schemas->len; i++) {
        if (only && g_ascii_strcasecmp(schemas->pdata[i], only) == 0)
            continue;
        g_autofree char *where = config_origin(invocation->config, "migrate", "include_schemas");
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "%s: include_schemas: '%s' is not compared: on %s there is only '%s', %s", where,
                    (const char *)schemas->pdata[i], dialect->name, only ? only : "",
                    dialect->default_schema_query ? "the database of the URL" : "the file itself");
        return FALSE;
    }
    return TRUE;
}

/* The names of the tool's own tables; NULL-terminated, new. NULL: *error is set. */
static char **own_tables(const Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    g_autofree char *version_table = config_string(invocation->config, "migrate", "version_table", &failure);
    g_autofree char *history_table =
        failure ? NULL : config_string(invocation->config, "migrate", "history_table", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    char **tables = g_new0(char *, 3);
    tables[0] = g_steal_pointer(&version_table);
    tables[1] = g_steal_pointer(&history_table);
    return tables;
}

MetaData *inspect_live(Invocation *invocation, GError **error)
{
    return inspect_live_table(invocation, NULL, error);
}

/* The schemas that are looked at (char* and NULL at the end); *schemas NULL: the default one. */
static gboolean schemas_to_inspect(const Invocation *invocation, GPtrArray **schemas, GError **error)
{
    const Dialect *dialect = engine_dialect(invocation->engine);
    GError *failure = NULL;
    if (invocation->all_schemas && dialect->user_schemas_query) {
        *schemas = dialect_user_schemas(dialect, session_connection(invocation->session), error);
        return *schemas != NULL;
    }
    *schemas = config_list(invocation->config, "migrate", "include_schemas", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (!check_schemas(invocation, dialect, *schemas, error))
        return FALSE;
    if (*schemas)
        g_ptr_array_add(*schemas, NULL);
    return TRUE;
}

MetaData *inspect_live_table(Invocation *invocation, const char *table, GError **error)
{
    const Dialect *dialect = engine_dialect(invocation->engine);
    if (!invocation->session)
        return metadata_new((dialect->capabilities & DIALECT_IGNORE_CASE) != 0);
    g_autoptr(GPtrArray) schemas = NULL;
    g_auto(GStrv) ignore = own_tables(invocation, error);
    if (!ignore || !schemas_to_inspect(invocation, &schemas, error))
        return NULL;
    InspectOptions options = {
        .ignore_tables = (const char *const *)ignore,
        .include_schemas = schemas ? (const char *const *)schemas->pdata : NULL,
        .only_table = table,
        .not_modelled = invocation->verbose,
    };
    return dialect->inspect(session_connection(invocation->session), &options, error);
}

static gboolean holds(const GPtrArray *strings, const char *text)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)strings, text, g_str_equal, NULL);
}

/* What is not looked at in the database would look missing there. */
static gboolean check_included(const Invocation *invocation, const GPtrArray *included, const char *schema,
                               GError **error)
{
    if (!schema || (included && holds(included, schema)))
        return TRUE;
    g_autofree char *list = text_list(included, ", ");
    const char *where = config_path(invocation->config) ? config_path(invocation->config) : "migrate.ini";
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                "%s: the model names schema '%s', which is not compared: set include_schemas = %s%s%s", where, schema,
                list, *list ? ", " : "", schema);
    return FALSE;
}

/* What the model and the configuration say of schemas. */
typedef struct Schemas {
    GPtrArray *named, *included; /* char*; included NULL: not set */
    gboolean has_default;        /* the model has names without a schema */
} Schemas;

static void schemas_clear(Schemas *schemas)
{
    g_clear_pointer(&schemas->named, g_ptr_array_unref);
    g_clear_pointer(&schemas->included, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Schemas, schemas_clear)

static gboolean read_schemas(const Invocation *invocation, const MetaData *model, Schemas *schemas, GError **error)
{
    GError *failure = NULL;
    schemas->named = model_schemas(model, &schemas->has_default);
    schemas->included = config_list(invocation->config, "migrate", "include_schemas", &failure);
    if (failure)
        g_propagate_error(error, failure);
    return failure == NULL;
}

/* The query for where names without a schema are; NULL: it does not matter. */
static const char *standard_query(const Invocation *invocation, const Dialect *dialect, const Schemas *schemas)
{
    gboolean matters = schemas->named->len > 0 || schemas->included;
    return invocation->session && matters ? dialect->default_schema_query : NULL;
}

/* `standard` ("public") is where names without a schema are, and what the inspector reports without one. */
static gboolean settle_schemas(const Invocation *invocation, const Dialect *dialect, const Schemas *schemas,
                               const char *standard, MetaData *model, GError **error)
{
    g_autoptr(GPtrArray) compared = schemas->included ? strings_copy(schemas->included) : strings_new();
    if (!schemas->included && standard)
        g_ptr_array_add(compared, g_strdup(standard));
    if (schemas->has_default && !check_included(invocation, compared, standard, error))
        return FALSE;
    for (guint i = 0; i < schemas->named->len; i++)
        if (!check_included(invocation, compared, schemas->named->pdata[i], error))
            return FALSE;
    if (standard)
        model_use_default_schema(model, standard);
    model_add_schemas(dialect, model);
    return TRUE;
}

gboolean open_scratch_engine(const Invocation *invocation, const Dialect *dialect, Engine **engine, GError **error)
{
    GError *failure = NULL;
    g_autofree char *url = config_string(invocation->config, "migrate", "scratch_url", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (url && !dialect->scratch_database_create)
        log_warning("scratch_url is not used on %s, where nothing is needed to compare with", dialect->name);
    if (!url || !dialect->scratch_database_create)
        return TRUE;
    EngineOptions options = *engine_options(invocation->engine);
    options.any_database = TRUE;
    *engine = engine_new(url, config_folder(invocation->config), &options, error);
    if (!*engine) {
        g_prefix_error(error, "scratch_url: ");
        return FALSE;
    }
    const Dialect *other = engine_dialect(*engine);
    if (other->scratch_database_create == dialect->scratch_database_create)
        return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                "scratch_url: a database of dialect '%s' is no stand-in for one of '%s'", other->name, dialect->name);
    return FALSE;
}

/* SQL models are run beside `beside`; NULL: only where that is in memory. */
static MetaData *load_model(const Invocation *invocation, const Dialect *dialect, Engine *beside, GError **error)
{
    const Config *config = invocation->layout;
    GError *failure = NULL;
    g_autoptr(GPtrArray) models = config_list(config, "migrate", "models", &failure);
    if (!models || models->len == 0) {
        if (failure)
            g_propagate_error(error, failure);
        else
            g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                        "no model: set the key 'models' in %s to one or more models.json or schema.sql files",
                        config_path(config) ? config_path(config) : "migrate.ini");
        return NULL;
    }
    g_autoptr(GPtrArray) keys = NULL, formats = NULL;
    if (!config_family(config, "migrate", "naming_convention.", &keys, &formats, error))
        return NULL;
    g_auto(GStrv) ignore = own_tables(invocation, error);
    if (!ignore)
        return NULL;
    const ModelOptions options = {
        .models = models,
        .folder = config_folder(config),
        .tree = invocation->tree,
        .naming_keys = keys,
        .naming_formats = formats,
        .scratch_beside = beside,
        .live = invocation->session,
        .ignore_tables = (const char *const *)ignore,
    };
    return models_load(dialect, &options, error);
}

MetaData *read_model(const Invocation *invocation, const Dialect *dialect, GError **error)
{
    gboolean is_own = invocation->engine && dialect == engine_dialect(invocation->engine);
    g_autoptr(Engine) scratch = NULL;
    gboolean in_memory = (dialect->capabilities & DIALECT_MEMORY_SCRATCH) != 0;
    if (is_own && !in_memory && !open_scratch_engine(invocation, dialect, &scratch, error))
        return NULL;
    MetaData *model = load_model(invocation, dialect, scratch ? scratch : is_own ? invocation->engine : NULL, error);
    if (model && scratch)
        model->canonical = FALSE; /* another server may have other words */
    return model;
}

/* Which of the dialects of one URL it is, only a server can tell. */
static gboolean ask_server(Engine *engine, GError **error)
{
    g_autoptr(Session) session = session_open(engine, error);
    return session != NULL;
}

MetaData *read_model_alone(const Invocation *invocation, gboolean adapted, const Dialect **dialect, GError **error)
{
    g_autoptr(Engine) scratch = NULL;
    *dialect = engine_dialect(invocation->engine);
    if (!((*dialect)->capabilities & DIALECT_MEMORY_SCRATCH) &&
        !open_scratch_engine(invocation, *dialect, &scratch, error))
        return NULL;
    Engine *beside = scratch ? scratch : invocation->engine;
    if ((*dialect)->of_server && !ask_server(beside, error))
        return NULL;
    *dialect = engine_dialect(beside);
    g_autoptr(MetaData) model = load_model(invocation, *dialect, beside, error);
    if (!model || !adapted)
        return g_steal_pointer(&model);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    if ((*dialect)->capabilities & DIALECT_SCHEMAS)
        model_add_schemas(*dialect, model);
    if (!(*dialect)->adapt(model, notes, error))
        return NULL;
    for (guint i = 0; i < notes->len; i++)
        log_info("%s", (char *)notes->pdata[i]);
    return g_steal_pointer(&model);
}

static Answer ask_for_rename(const LikelyRename *rename)
{
    static const char *const with_data[] = {"table", "column", NULL};
    g_autofree char *subject = likely_rename_subject(rename);
    g_autofree char *question =
        g_strdup_printf("is %s renamed to '%s'? (no: it is dropped%s)", subject, rename->new_name,
                        g_strv_contains(with_data, rename->kind) ? " with its data" : "");
    return output_ask(question);
}

/* Adds what is confirmed to `renames`, what is not to `declined`. Without an answer nothing is settled; ANSWER_NO:
 * there is nothing new to compare with. What follows from a rename is asked for when that is done. */
static Answer ask_for_renames(const Comparison *comparison, GPtrArray *renames, GPtrArray *declined)
{
    Answer confirmed = ANSWER_NO;
    for (guint i = 0; i < comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->likely_renames->pdata[i];
        if (rename->follows || holds(declined, rename->rename))
            continue;
        Answer answer = ask_for_rename(rename);
        if (answer == ANSWER_NONE)
            return ANSWER_NONE;
        g_ptr_array_add(answer == ANSWER_NO ? declined : renames, g_strdup(rename->rename));
        if (answer == ANSWER_YES)
            confirmed = ANSWER_YES;
    }
    return confirmed;
}

static void log_likely_renames(const Comparison *comparison)
{
    for (guint i = 0; i < comparison->likely_renames->len; i++) {
        const LikelyRename *rename = comparison->likely_renames->pdata[i];
        g_autofree char *subject = likely_rename_subject(rename);
        log_warning("%s looks renamed to '%s'; say so with %s, or in the model: renamed_from, or in SQL the comment "
                    "-- renamed from: %s",
                    subject, rename->new_name, rename->flag, rename->old_name);
    }
}

static const GPtrArray *declared_strings(const Invocation *invocation, const char *name)
{
    return option_find(invocation->command, name, -1) ? option_strings(invocation, name) : NULL;
}

gboolean read_compare_options(const Invocation *invocation, CompareOptions *options, GPtrArray **include,
                              GPtrArray **exclude, GError **error)
{
    GError *failure = NULL;
    *include = config_list(invocation->config, "migrate", "include_tables", &failure);
    *exclude = failure ? NULL : config_list(invocation->config, "migrate", "exclude_tables", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    options->include_tables = *include;
    options->exclude_tables = *exclude;
    return config_boolean(invocation->config, "migrate", "compare_type", &options->compare_type, error) &&
           config_boolean(invocation->config, "migrate", "compare_server_default", &options->compare_server_default,
                          error);
}

/* Compares again with each round of answers, until no question is left. */
static Comparison *compare_answered(const Dialect *dialect, const MetaData *model, const MetaData *live,
                                    CompareOptions *options, Comparison *first, GError **error)
{
    g_autoptr(Comparison) comparison = first;
    g_autoptr(GPtrArray) renames = strings_new(), declined = strings_new();
    for (guint i = 0; options->renames && i < options->renames->len; i++)
        g_ptr_array_add(renames, g_strdup(options->renames->pdata[i]));
    for (;;) {
        Answer answer = ask_for_renames(comparison, renames, declined);
        if (answer == ANSWER_NONE) {
            comparison_rename_error(comparison, error);
            return NULL;
        }
        if (answer == ANSWER_NO)
            return g_steal_pointer(&comparison);
        comparison_free(comparison);
        options->renames = renames;
        comparison = autogenerate_compare(dialect, model, live, options, error);
        options->renames = NULL;
        if (!comparison)
            return NULL;
    }
}

/* Compares; likely renames are settled by asking, or refused. */
static Comparison *compare_confirmed(Invocation *invocation, const Dialect *dialect, const MetaData *model,
                                     const MetaData *live, CompareOptions *options, GError **error)
{
    Comparison *comparison = autogenerate_compare(dialect, model, live, options, error);
    if (!comparison || comparison->likely_renames->len == 0 || options->assume_no_renames)
        return comparison;
    if (output_can_ask(invocation))
        return compare_answered(dialect, model, live, options, comparison, error);
    comparison_rename_error(comparison, error);
    comparison_free(comparison);
    return NULL;
}

static Comparison *run_comparison(Invocation *invocation, CompareMode mode, const Dialect *dialect,
                                  const MetaData *model, const MetaData *live, GError **error)
{
    CompareOptions options = {.session = invocation->session};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    g_autoptr(Engine) scratch = NULL;
    if (!read_compare_options(invocation, &options, &include, &exclude, error) ||
        !open_scratch_engine(invocation, dialect, &scratch, error))
        return NULL;
    options.scratch_engine = scratch;
    if (mode == COMPARE_MISSING)
        return autogenerate_missing(dialect, model, live, &options, error);
    options.renames = declared_strings(invocation, "rename");
    if (mode == COMPARE_CONFIRM) {
        options.assume_no_renames = option_flag(invocation, "no-rename");
        return compare_confirmed(invocation, dialect, model, live, &options, error);
    }
    return autogenerate_compare(dialect, model, live, &options, error);
}

/* `pending` NULL: nobody wants to know. The value of `query` comes in the same round trip. */
static gboolean ask_where_it_stands(Invocation *invocation, GPtrArray **pending, const char *query, char **value,
                                    GError **error)
{
    if (!pending) {
        GError *failure = NULL;
        *value = query ? connection_scalar(session_connection(invocation->session), query, &failure) : NULL;
        if (failure)
            g_propagate_error(error, failure);
        return failure == NULL;
    }
    *pending = NULL;
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current_with(invocation, query, value, error) : NULL;
    if (!current)
        return FALSE;
    *pending = revision_map_upgrade_path(map, "heads", (const char *const *)current, error);
    return *pending != NULL;
}

/* The model as this database can have it. */
static gboolean settle_model(Invocation *invocation, MetaData *model, GPtrArray *notes, GPtrArray **pending,
                             GError **error)
{
    const Dialect *dialect = engine_dialect(invocation->engine);
    g_auto(Schemas) schemas = {0};
    g_autofree char *standard = NULL;
    if (!read_schemas(invocation, model, &schemas, error))
        return FALSE;
    const char *query = standard_query(invocation, dialect, &schemas);
    if (!ask_where_it_stands(invocation, pending, query, &standard, error))
        return FALSE;
    if (invocation->stands_for && !(dialect->capabilities & DIALECT_SCHEMAS)) {
        g_free(standard);
        standard = g_strdup(invocation->stands_for);
    }
    if (query && !settle_schemas(invocation, dialect, &schemas, standard, model, error))
        return FALSE;
    return dialect->adapt(model, notes, error);
}

void set_notes(const Dialect *dialect, const GPtrArray *operations, gboolean back)
{
    operations_set_notes(operations, back, !(dialect->capabilities & DIALECT_LOOSE_VALUES));
}

ModelComparison *model_comparison_new(const Dialect *dialect)
{
    ModelComparison *result = g_new0(ModelComparison, 1);
    result->dialect = dialect;
    result->notes = g_ptr_array_new_with_free_func(g_free);
    return result;
}

/* The model is read first: its JSON is gone before the database's schema comes into memory. */
ModelComparison *compare_model(Invocation *invocation, CompareMode mode, GPtrArray **pending, GError **error)
{
    g_autoptr(ModelComparison) result = model_comparison_new(engine_dialect(invocation->engine));
    g_autoptr(MetaData) model = read_model(invocation, result->dialect, error);
    if (!model)
        return NULL;
    if (!settle_model(invocation, model, result->notes, pending, error)) {
        if (pending)
            g_clear_pointer(pending, g_ptr_array_unref); /* that some are pending is not what is wrong */
        return NULL;
    }
    if (pending && (*pending)->len > 0)
        return NULL;
    result->live = inspect_live(invocation, error);
    if (!result->live ||
        (result->dialect->adapt_to_live && !result->dialect->adapt_to_live(model, result->live, error)))
        return NULL;
    result->comparison = run_comparison(invocation, mode, result->dialect, model, result->live, error);
    if (!result->comparison)
        return NULL;
    if (mode == COMPARE_REPORT)
        log_likely_renames(result->comparison);
    if (invocation->session && !invocation->stands_for)
        comparison_estimate_rows(result->comparison, result->dialect, result->live, invocation->session);
    set_notes(result->dialect, result->comparison->operations, FALSE);
    return g_steal_pointer(&result);
}
