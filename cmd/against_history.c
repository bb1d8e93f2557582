#include "against_history.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "comparing.h"
#include "exit.h"
#include "opening.h"
#include "output.h"
#include "replay.h"
#include "revisions.h"

/* What was found; NULL: not compared. */
typedef struct Findings {
    ModelComparison *models, *database;
    GPtrArray *pending; /* Revision* */
} Findings;

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

guint against_history_needs(const Invocation *invocation)
{
    gboolean known = invocation->config != NULL;
    return without_database(invocation) || (known && !config_is_set(invocation->config, "migrate", "url"))
               ? 0
               : NEEDS_SESSION | NEEDS_READ_ONLY;
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
    if (!findings->pending || !replay_revisions(replay, (const char *const *)current, error))
        return FALSE;
    findings->database = compare_database(invocation, replay, error);
    return findings->database != NULL;
}

static gboolean find_forgotten(Replay *replay, Findings *findings, GError **error)
{
    const char *const heads[] = {"heads", NULL};
    if (!replay_revisions(replay, heads, error))
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
    if ((!with_database && !replay_open_kind(invocation, error)) || !replay_open(&replay, invocation, error) ||
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
