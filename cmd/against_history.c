#include "against_history.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "comparing.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "revisions.h"

/* A scratch database in which the revisions run. */
typedef struct Replay {
    Engine *beside; /* of scratch_url */
    ScratchDatabase *database;
    Invocation invocation; /* the caller's, with this database instead of the live one */
} Replay;

/* What was found; NULL: not compared. */
typedef struct Findings {
    ModelComparison *models, *database;
    GPtrArray *pending; /* Revision* */
} Findings;

static void close_session(Replay *replay)
{
    g_clear_pointer(&replay->invocation.session, session_close);
}

static void replay_clear(Replay *replay)
{
    close_session(replay);
    g_clear_pointer(&replay->database, scratch_database_free);
    g_clear_pointer(&replay->beside, engine_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Replay, replay_clear)

static void findings_clear(Findings *findings)
{
    g_clear_pointer(&findings->models, model_comparison_free);
    g_clear_pointer(&findings->database, model_comparison_free);
    g_clear_pointer(&findings->pending, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Findings, findings_clear)

/* --- which database --- */

static gboolean without_database(const Invocation *invocation)
{
    return option_flag(invocation, "no-database");
}

static gboolean has_key(const Invocation *invocation, const char *key)
{
    g_autoptr(GError) unset = NULL; /* a variable of its value: who opens it says so */
    g_autofree char *value = config_string(invocation->config, "migrate", key, &unset);
    return value || unset;
}

guint against_history_needs(const Invocation *invocation)
{
    gboolean known = invocation->config != NULL;
    return without_database(invocation) || (known && !has_key(invocation, "url")) ? 0 : NEEDS_SESSION | NEEDS_READ_ONLY;
}

/* Without a live database scratch_url says of which kind it would be. */
static gboolean open_kind(Invocation *invocation, GError **error)
{
    GError *failure = NULL;
    g_autofree char *scratch = config_string(invocation->config, "migrate", "scratch_url", &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    if (invocation_open_engine(invocation, scratch ? NULL : error))
        return TRUE;
    if (!scratch) {
        g_prefix_error(error, "no kind of database to run the revisions in (the key 'scratch_url' says it, too): ");
        return FALSE;
    }
    EngineOptions options = engine_options_default();
    options.any_database = TRUE;
    invocation->engine = engine_new(scratch, config_folder(invocation->config), &options, error);
    if (!invocation->engine)
        g_prefix_error(error, "scratch_url: ");
    return invocation->engine != NULL;
}

/* --- running the revisions --- */

static gboolean replay_open(Replay *replay, Invocation *invocation, GError **error)
{
    if (!open_scratch_engine(invocation, engine_dialect(invocation->engine), &replay->beside, error))
        return FALSE;
    replay->database = scratch_database_new(replay->beside ? replay->beside : invocation->engine, error);
    if (!replay->database)
        return FALSE;
    replay->invocation = *invocation;
    replay->invocation.session = NULL;
    replay->invocation.context = NULL;
    replay->invocation.engine = scratch_database_engine(replay->database);
    const char *name = engine_url(invocation->engine)->database;
    replay->invocation.stands_for = name ? name : "";
    return TRUE;
}

static gboolean open_session(Replay *replay, GError **error)
{
    close_session(replay);
    replay->invocation.session = session_open(replay->invocation.engine, error);
    if (replay->invocation.session)
        engine_handle_interrupts(replay->invocation.session);
    return replay->invocation.session != NULL;
}

/* Beside the live database lie others, and what belongs to them all. */
static gboolean check_statement(const Replay *replay, const PlanStep *step, const PlanStatement *statement,
                                GError **error)
{
    const Dialect *dialect = engine_dialect(replay->invocation.engine);
    const char *what = dialect->reaches_beyond ? dialect->reaches_beyond(statement->sql, strlen(statement->sql)) : NULL;
    if (!what)
        return TRUE;
    gboolean memory = (dialect->capabilities & DIALECT_MEMORY_SCRATCH) != 0;
    g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                "%s:%d:%d: this statement would change more than the scratch database: %s%s", step->source,
                statement->line, statement->column, what,
                memory ? "" : "\nset scratch_url to a server where nothing is lost: there it runs");
    return FALSE;
}

static gboolean check_step(const Replay *replay, const PlanStep *step, GError **error)
{
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint j = 0; j < group->statements->len; j++)
            if (!check_statement(replay, step, group->statements->pdata[j], error))
                return FALSE;
    }
    return TRUE;
}

/* Before anything runs. On the server of scratch_url, everything may. */
static gboolean check_reach(const Replay *replay, MigrationContext *context, const char *spec, GError **error)
{
    if (replay->beside)
        return TRUE;
    g_autoptr(Plan) plan = migration_plan(context, spec, STEP_UP, error);
    for (guint i = 0; plan && i < plan->steps->len; i++)
        if (!check_step(replay, plan->steps->pdata[i], error))
            return FALSE;
    return plan != NULL;
}

/* What the runner advises is about a database that stays. */
static gboolean fail_replay(GError **error)
{
    if (error && *error) {
        g_autoptr(GError) failure = g_steal_pointer(error);
        g_set_error(error, failure->domain, failure->code,
                    "running the revisions in a scratch database: %s\nall this happened in the scratch database, which "
                    "is gone; no other is changed: correct the revision, then check again",
                    failure->message);
    }
    return FALSE;
}

static gboolean upgrade(const Replay *replay, const char *const *specs, GError **error)
{
    g_autoptr(MigrationContext) context =
        invocation_context_new(&replay->invocation, replay->invocation.session, error);
    if (!context)
        return FALSE;
    for (guint i = 0; specs[i]; i++) {
        g_autoptr(RunResult) result = check_reach(replay, context, specs[i], error)
                                          ? migration_upgrade(context, specs[i], NULL, NULL, error)
                                          : NULL;
        if (result)
            continue;
        return fail_replay(error);
    }
    return TRUE;
}

/* Leaves a connection on which nothing was SET; one in memory would go with its database. */
static gboolean replay_upgrade(Replay *replay, const char *const *specs, GError **error)
{
    if (!open_session(replay, error) || !upgrade(replay, specs, error))
        return FALSE;
    if (!(engine_dialect(replay->invocation.engine)->capabilities & DIALECT_MEMORY_SCRATCH))
        session_discard(replay->invocation.session);
    return open_session(replay, error);
}

/* --- comparing --- */

/* Renames are no matter of a model here: what has another name than the revisions gave it has drifted. */
static ModelComparison *compare_database(Invocation *invocation, Replay *replay, GError **error)
{
    CompareOptions options = {.session = replay->invocation.session, .assume_no_renames = TRUE};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    g_autoptr(ModelComparison) result = model_comparison_new(engine_dialect(replay->invocation.engine));
    g_autoptr(MetaData) told = inspect_live(&replay->invocation, error);
    result->live = told ? inspect_live(invocation, error) : NULL;
    if (!result->live || !read_compare_options(invocation, &options, &include, &exclude, error))
        return NULL;
    result->comparison = autogenerate_compare(result->dialect, told, result->live, &options, error);
    if (result->comparison && invocation->session)
        comparison_estimate_rows(result->comparison, result->dialect, result->live, invocation->session);
    return result->comparison ? g_steal_pointer(&result) : NULL;
}

static gboolean find_drift(Invocation *invocation, Replay *replay, Findings *findings, GError **error)
{
    RevisionMap *map = script_directory_map(invocation->directory, error);
    g_auto(GStrv) current = map ? invocation_current(invocation, error) : NULL;
    if (!current)
        return FALSE;
    findings->pending = revision_map_upgrade_path(map, "heads", (const char *const *)current, error);
    if (!findings->pending || !replay_upgrade(replay, (const char *const *)current, error))
        return FALSE;
    findings->database = compare_database(invocation, replay, error);
    return findings->database != NULL;
}

static gboolean find_forgotten(Replay *replay, Findings *findings, GError **error)
{
    const char *const heads[] = {"heads", NULL};
    if (!replay_upgrade(replay, heads, error))
        return FALSE;
    findings->models = compare_model(&replay->invocation, COMPARE_REPORT, NULL, error);
    return findings->models != NULL;
}

/* --- the result --- */

/* Two sides of a comparison: what its operations would bring to the second from the first. */
typedef struct Sides {
    const char *first, *second, *advice;
} Sides;

static const Sides of_models = {"the models", "the revisions",
                                "run 'migrate revision --autogenerate -m \"…\"' to write them as a revision"};
static const Sides of_database = {"the revisions", "the database",
                                  "somebody changed it by hand: take that back, or write it as a revision"};

typedef enum Place { PLACE_FIRST, PLACE_SECOND, PLACE_BOTH } Place;

static Place place_of(const MigrateOp *op)
{
    const char *name = migrate_op_name(op);
    if (g_str_has_prefix(name, "drop_"))
        return PLACE_SECOND;
    return g_str_has_prefix(name, "create_") || g_str_has_prefix(name, "add_") ? PLACE_FIRST : PLACE_BOTH;
}

static void print_heading(const Sides *sides, Place place)
{
    if (place == PLACE_BOTH)
        printf("otherwise in %s than in %s:\n", sides->first, sides->second);
    else
        printf("in %s, but not in %s:\n", place == PLACE_FIRST ? sides->first : sides->second,
               place == PLACE_FIRST ? sides->second : sides->first);
}

static void print_place(const GPtrArray *operations, const Sides *sides, Place place)
{
    gboolean headed = FALSE;
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = operations->pdata[i];
        if (place_of(op) != place)
            continue;
        if (!headed)
            print_heading(sides, place);
        headed = TRUE;
        g_autofree char *text = operation_line(op);
        printf("  %s%s%s%s\n", text, op->verdict ? " (" : "", op->verdict ? op->verdict : "", op->verdict ? ")" : "");
    }
}

static void print_part(const ModelComparison *result, const Sides *sides)
{
    const GPtrArray *operations = result->comparison->operations;
    if (operations->len == 0) {
        printf("%s and %s agree\n", sides->first, sides->second);
        return;
    }
    printf("%s and %s differ, %u operation%s would make %s what %s say:\n", sides->first, sides->second,
           operations->len, operations->len == 1 ? "" : "s", sides->second, sides->first);
    print_place(operations, sides, PLACE_FIRST);
    print_place(operations, sides, PLACE_SECOND);
    print_place(operations, sides, PLACE_BOTH);
    puts(sides->advice);
}

static cJSON *part_to_json(const ModelComparison *result)
{
    if (!result)
        return cJSON_CreateNull();
    const GPtrArray *operations = result->comparison->operations;
    cJSON *part = cJSON_CreateObject();
    cJSON_AddBoolToObject(part, "equal", operations->len == 0);
    cJSON_AddItemToObject(part, "operations", operations_to_json(operations, result->dialect->name));
    cJSON_AddItemToObject(part, "findings", findings_to_json(result));
    return part;
}

static void print_json(const Findings *findings, gboolean equal)
{
    cJSON *document = cJSON_CreateObject();
    cJSON_AddBoolToObject(document, "equal", equal);
    cJSON_AddItemToObject(document, "models", part_to_json(findings->models));
    cJSON_AddItemToObject(document, "database", part_to_json(findings->database));
    cJSON *pending = cJSON_AddArrayToObject(document, "pending");
    for (guint i = 0; findings->pending && i < findings->pending->len; i++)
        cJSON_AddItemToArray(pending, revision_to_json(findings->pending->pdata[i]));
    output_json(document);
}

static void print_text(const Findings *findings)
{
    print_part(findings->models, &of_models);
    if (findings->database)
        print_part(findings->database, &of_database);
    if (!findings->pending || findings->pending->len == 0)
        return;
    g_autofree char *lines = pending_lines(findings->pending);
    printf("not applied in the database yet, which is no difference, %u revision%s:\n%s", findings->pending->len,
           findings->pending->len == 1 ? "" : "s", lines);
}

int check_against_history(Invocation *invocation, GError **error)
{
    g_auto(Findings) findings = {0};
    g_auto(Replay) replay = {0};
    gboolean with_database = invocation->engine != NULL;
    if ((!with_database && !open_kind(invocation, error)) || !replay_open(&replay, invocation, error) ||
        (with_database && !find_drift(invocation, &replay, &findings, error)) ||
        !find_forgotten(&replay, &findings, error))
        return -1;
    log_findings(findings.models, LOG_DETAIL);
    if (findings.database)
        log_findings(findings.database, LOG_DETAIL);
    gboolean equal = findings.models->comparison->operations->len == 0 &&
                     (!findings.database || findings.database->comparison->operations->len == 0);
    if (invocation->json)
        print_json(&findings, equal);
    else
        print_text(&findings);
    return equal ? EXIT_DONE : EXIT_FOUND;
}
