#include "effects.h"

#include <string.h>

#include "base/error.h"
#include "comparing.h"
#include "dialect/mentions.h"
#include "dialect/ops_target.h"
#include "dialect/reader.h"
#include "opening.h"
#include "replay.h"
#include "runtime/schema_part.h"
#include "statements_effect.h"

/* One reading of the revisions. */
typedef struct Reading {
    Invocation *invocation;
    const Dialect *dialect;
    RevisionMap *map;
    GHashTable *wanted; /* Revision*; NULL: all */
    NamingConvention *convention;
    Effects *effects;
    MetaData *declared; /* what create_enum said where the dialect has no such types: no database tells it */
    /* In a scratch database: */
    Invocation inspecting; /* on a connection on which nothing was SET */
    MetaData *before;      /* NULL: has to be asked */
    GError *failure;
} Reading;

/* ---- memory ---- */

static void revision_effect_free(gpointer data)
{
    RevisionEffect *effect = data;
    g_ptr_array_unref(effect->operations);
    g_ptr_array_unref(effect->statements);
    g_free(effect);
}

void effects_free(Effects *effects)
{
    if (!effects)
        return;
    g_ptr_array_unref(effects->revisions);
    metadata_free(effects->after);
    g_free(effects);
}

static void reading_clear(Reading *reading)
{
    naming_convention_free(reading->convention);
    effects_free(reading->effects);
    metadata_free(reading->declared);
    metadata_free(reading->before);
    g_clear_error(&reading->failure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static RevisionEffect *effect_new(const Revision *revision)
{
    RevisionEffect *effect = g_new0(RevisionEffect, 1);
    effect->revision = revision;
    effect->operations = operations_new();
    effect->statements = g_ptr_array_new_with_free_func(g_free);
    return effect;
}

static MetaData *empty_metadata(const Dialect *dialect)
{
    MetaData *metadata = metadata_new((dialect->capabilities & DIALECT_IGNORE_CASE) != 0);
    metadata->backticks = dialect_has_backticks(dialect);
    return metadata;
}

static gboolean is_wanted(const Reading *reading, const Revision *revision)
{
    return !reading->wanted || g_hash_table_contains(reading->wanted, revision);
}

static void take_operations(RevisionEffect *effect, const GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++)
        g_ptr_array_add(effect->operations, migrate_op_copy(operations->pdata[i]));
}

/* ---- files of operations ---- */

static gboolean add_texts(const Reading *reading, RevisionEffect *effect, const OpsStep *step, GPtrArray *unknown,
                          GError **error)
{
    for (guint i = 0; step->statements && i < step->statements->len; i++) {
        const char *text = step->statements->pdata[i], *verb;
        g_autoptr(GPtrArray) found = reading->dialect->split(text, strlen(text), error);
        if (!found)
            return FALSE;
        for (guint k = 0; k < found->len; k++) {
            const SqlStatement *place = found->pdata[k];
            char *sql = g_strndup(text + place->start, place->length);
            g_autofree char *written = sql_written_table(reading->dialect, sql, &verb);
            g_ptr_array_add(effect->statements, sql);
            if (!written)
                g_ptr_array_add(unknown, sql);
        }
    }
    for (guint i = 0; step->inserts && i < step->inserts->len; i++) {
        const BulkInsert *insert = step->inserts->pdata[i];
        g_autofree char *name = reading->dialect->quote_identifier(insert->table_name);
        g_ptr_array_add(effect->statements, g_strconcat("INSERT INTO ", name, NULL));
    }
    return TRUE;
}

/* The file's operations on `state`, which goes on behind them. *unknown (new, char* of the effect): statements that may
 * have changed the schema, which is not in `state`. */
static gboolean resolve_file(const Reading *reading, const Revision *revision, MetaData *state, RevisionEffect *effect,
                             GPtrArray *unknown, GError **error)
{
    OpsTarget target = ops_target_for(reading->dialect);
    target.backticks = state->backticks;
    target.naming_convention = reading->convention;
    target.state_is_whole = TRUE;
    for (guint index = 0;;) {
        GError *failure = NULL;
        g_autoptr(OpsStep) step = ops_document_resolve(revision->ops, TRUE, &index, &target, state, &failure);
        if (failure)
            g_propagate_error(error, failure);
        if (!step)
            return failure == NULL;
        if (!ops_step_apply(step, state, error) || !add_texts(reading, effect, step, unknown, error))
            return FALSE;
        if (step->declared && !operations_apply(step->declared, reading->declared, error))
            return FALSE;
        for (guint i = 0; step->operations && i < step->operations->len; i++) {
            g_ptr_array_add(effect->operations, migrate_op_copy(step->operations->pdata[i]));
            if (reading->dialect->fold)
                reading->dialect->fold(step->operations->pdata[i], state);
        }
    }
}

/* ---- without a database ---- */

static gboolean fold_revision(Reading *reading, Revision *revision, MetaData *state, GError **error)
{
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    if (!revision_load(revision, error))
        return FALSE;
    RevisionEffect *effect = effect_new(revision);
    if (is_wanted(reading, revision))
        g_ptr_array_add(reading->effects->revisions, effect);
    gboolean resolved = revision->is_ops && resolve_file(reading, revision, state, effect, unknown, error);
    if (!revision->is_ops || (resolved && unknown->len > 0)) {
        g_set_error(error, RUNTIME_ERROR, RUNTIME_ERROR_PLAN,
                    "%s: what its SQL does to a %s schema is seen only by running it: set 'url' (or 'scratch_url') to "
                    "a server where a scratch database may be created",
                    revision->path, reading->dialect->name);
        resolved = FALSE;
    }
    revision_unload(revision);
    if (!is_wanted(reading, revision))
        revision_effect_free(effect);
    return resolved;
}

/* The version rows behind the revision. */
static void move_rows(const RevisionMap *map, const Revision *revision, GPtrArray *rows)
{
    GPtrArray *gone = NULL, *come = NULL;
    g_ptr_array_add(rows, NULL);
    revision_map_head_change(map, revision, TRUE, (const char *const *)rows->pdata, &gone, &come);
    g_ptr_array_set_size(rows, (gint)rows->len - 1);
    for (guint i = 0; i < gone->len; i++)
        for (guint k = rows->len; k-- > 0;)
            if (strcmp(rows->pdata[k], gone->pdata[i]) == 0)
                g_ptr_array_remove_index(rows, k);
    for (guint i = 0; i < come->len; i++)
        g_ptr_array_add(rows, g_strdup(come->pdata[i]));
    g_ptr_array_unref(gone);
    g_ptr_array_unref(come);
}

/* The revisions (Revision*, new array) that run for the specs, in order. */
static GPtrArray *path_of(const RevisionMap *map, const char *const *specs, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free), path = g_ptr_array_new();
    for (guint i = 0; specs[i]; i++) {
        g_ptr_array_add(rows, NULL);
        g_autoptr(GPtrArray) steps = revision_map_upgrade_path(map, specs[i], (const char *const *)rows->pdata, error);
        g_ptr_array_set_size(rows, (gint)rows->len - 1);
        for (guint k = 0; steps && k < steps->len; k++) {
            move_rows(map, steps->pdata[k], rows);
            g_ptr_array_add(path, steps->pdata[k]);
        }
        if (!steps)
            return NULL;
    }
    return g_steal_pointer(&path);
}

static gboolean read_by_folding(Reading *reading, const GPtrArray *path, GError **error)
{
    g_autoptr(MetaData) state = empty_metadata(reading->dialect);
    for (guint i = 0; i < path->len; i++)
        if (!fold_revision(reading, path->pdata[i], state, error))
            return FALSE;
    reading->effects->after = g_steal_pointer(&state);
    return TRUE;
}

/* ---- in a scratch database ---- */

static MetaData *inspect(Reading *reading, GError **error)
{
    MetaData *metadata = inspect_live(&reading->inspecting, error);
    for (guint i = 0; metadata && i < reading->declared->enums->len; i++)
        g_ptr_array_add(metadata->enums, enum_type_copy(reading->declared->enums->pdata[i]));
    return metadata;
}

static void take_statements(RevisionEffect *effect, const PlanStep *step)
{
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint k = 0; k < group->statements->len; k++)
            g_ptr_array_add(effect->statements, g_strdup(((const PlanStatement *)group->statements->pdata[k])->sql));
    }
}

/* The file's operations, and what its statements did beside. FALSE without an error: they do not fit together. */
static gboolean read_operations(Reading *reading, Revision *revision, const MetaData *after, RevisionEffect *effect,
                                GError **error)
{
    g_autoptr(MetaData) state = metadata_copy(reading->before);
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    if (!revision_load(revision, error))
        return FALSE;
    gboolean resolved = resolve_file(reading, revision, state, effect, unknown, NULL);
    revision_unload(revision);
    if (!resolved || unknown->len == 0)
        return resolved;
    g_autoptr(GPtrArray) others = statements_effect(reading->dialect, unknown, state, after, error);
    if (others)
        take_operations(effect, others);
    return others != NULL;
}

/* `before` and `after` may be the part that the step is about, but for a file of operations. */
static gboolean read_effect(Reading *reading, const PlanStep *step, Revision *revision, const MetaData *before,
                            const MetaData *after, GError **error)
{
    RevisionEffect *effect = effect_new(revision);
    GError *failure = NULL;
    g_ptr_array_add(reading->effects->revisions, effect);
    if (revision->is_ops && read_operations(reading, revision, after, effect, &failure))
        return TRUE;
    if (failure) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    g_ptr_array_set_size(effect->operations, 0);
    g_ptr_array_set_size(effect->statements, 0);
    take_statements(effect, step);
    g_autoptr(GPtrArray) operations = statements_effect(reading->dialect, effect->statements, before, after, error);
    if (!operations) {
        g_prefix_error(error, "%s: what it does cannot be told: ", revision->path);
        return FALSE;
    }
    take_operations(effect, operations);
    return TRUE;
}

/* The tables (names in lower case, new array) that a step of SQL is about, when it makes or alters a few and does
 * nothing else; NULL: the whole schema has to be looked at. */
static GPtrArray *few_tables(const Reading *reading, const PlanStep *step, const Revision *revision)
{
    enum { FEW = 8 }; /* beyond that, reading everything costs less */
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    if (revision->is_ops || !(reading->dialect->capabilities & DIALECT_MEMORY_SCRATCH))
        return NULL;
    for (guint i = 0; i < step->groups->len; i++) {
        const PlanGroup *group = step->groups->pdata[i];
        for (guint k = 0; k < group->statements->len; k++) {
            const char *sql = ((const PlanStatement *)group->statements->pdata[k])->sql, *verb;
            SqlReader reader = sql_reader_new(reading->dialect, sql, strlen(sql));
            g_autofree char *written = sql_written_table(reading->dialect, sql, &verb);
            char *name = written || sql_reader_is(&reader, "DROP") ? NULL : schema_only_table(reading->dialect, sql);
            if (!written && !name)
                return NULL;
            if (name && g_ptr_array_find_with_equal_func(tables, name, g_str_equal, NULL))
                g_free(name);
            else if (name)
                g_ptr_array_add(tables, name);
        }
    }
    return tables->len <= FEW ? g_steal_pointer(&tables) : NULL;
}

/* Moves the tables of that name from the one to the other. */
static void move_tables(MetaData *from, MetaData *to, const char *name)
{
    for (guint i = from->tables->len; i-- > 0;) {
        const Table *table = from->tables->pdata[i];
        if (g_ascii_strcasecmp(table->name, name) == 0)
            metadata_add_table(to, metadata_steal_table(from, table->schema, table->name));
    }
}

/* Only these tables are asked for again. */
static gboolean look_at_tables(Reading *reading, const PlanStep *step, Revision *revision, const GPtrArray *tables,
                               GError **error)
{
    g_autoptr(MetaData) former = empty_metadata(reading->dialect), now = empty_metadata(reading->dialect);
    for (guint i = 0; i < tables->len; i++) {
        g_autoptr(MetaData) told = inspect_live_table(&reading->inspecting, tables->pdata[i], error);
        if (!told)
            return FALSE;
        move_tables(reading->before, former, tables->pdata[i]);
        move_tables(told, now, tables->pdata[i]);
    }
    gboolean read = read_effect(reading, step, revision, former, now, error);
    for (guint i = 0; i < tables->len; i++)
        move_tables(now, reading->before, tables->pdata[i]);
    return read;
}

static gboolean look_at_all(Reading *reading, const PlanStep *step, Revision *revision, GError **error)
{
    g_autoptr(MetaData) after = inspect(reading, error);
    if (!after || !read_effect(reading, step, revision, reading->before, after, error))
        return FALSE;
    metadata_free(reading->before);
    reading->before = g_steal_pointer(&after);
    return TRUE;
}

/* Between two revisions no transaction is open: then the schema is looked at. */
static void look(const PlanStep *step, guint index, guint total, gboolean done, double seconds, void *data)
{
    (void)index, (void)total, (void)seconds;
    Reading *reading = data;
    Revision *revision = revision_map_get(reading->map, step->id);
    if (reading->failure || !revision || !is_wanted(reading, revision)) {
        if (done)
            g_clear_pointer(&reading->before, metadata_free);
        return;
    }
    if (!done) {
        if (!reading->before)
            reading->before = inspect(reading, &reading->failure);
        return;
    }
    g_autoptr(GPtrArray) tables = few_tables(reading, step, revision);
    if (tables)
        look_at_tables(reading, step, revision, tables, &reading->failure);
    else
        look_at_all(reading, step, revision, &reading->failure);
}

static gboolean run_replay(Reading *reading, Replay *replay, const char *const *specs, GError **error)
{
    Session *beside = NULL;
    if (!replay_open_session(replay, error))
        return FALSE;
    reading->inspecting = replay->invocation;
    reading->inspecting.all_schemas = TRUE;
    reading->inspecting.verbose = FALSE; /* what is not modelled is not asked for */
    if (!(reading->dialect->capabilities & DIALECT_MEMORY_SCRATCH)) {
        beside = session_open(replay->invocation.engine, error);
        if (!beside)
            return FALSE;
        reading->inspecting.session = beside;
    }
    gboolean ran = replay_upgrade(replay, specs, look, reading, error);
    if (ran && !reading->failure)
        reading->effects->after =
            reading->before ? g_steal_pointer(&reading->before) : inspect(reading, &reading->failure);
    session_close(beside);
    if (ran && reading->failure)
        g_propagate_error(error, g_steal_pointer(&reading->failure));
    return ran && reading->effects->after;
}

static gboolean read_by_replay(Reading *reading, const char *const *specs, GError **error)
{
    g_auto(Replay) replay = {0};
    if (!replay_open(&replay, reading->invocation, error))
        return FALSE;
    replay.invocation.one_by_one = TRUE;
    /* Of several that a URL may mean, the one that answered. */
    reading->dialect = reading->effects->dialect = engine_dialect(replay.invocation.engine);
    return run_replay(reading, &replay, specs, error);
}

/* ---- all ---- */

static gboolean are_all_ops(const GPtrArray *path)
{
    for (guint i = 0; i < path->len; i++)
        if (!((const Revision *)path->pdata[i])->is_ops)
            return FALSE;
    return TRUE;
}

static void begin(Reading *reading)
{
    effects_free(reading->effects);
    metadata_free(reading->declared);
    reading->effects = g_new0(Effects, 1);
    reading->effects->dialect = reading->dialect;
    reading->effects->revisions = g_ptr_array_new_with_free_func(revision_effect_free);
    reading->declared = empty_metadata(reading->dialect);
}

Effects *effects_read(Invocation *invocation, const char *const *specs, GHashTable *wanted, GError **error)
{
    g_auto(Reading) reading = {.invocation = invocation, .wanted = wanted};
    reading.map = script_directory_map(invocation->directory, error);
    if (!reading.map || !replay_open_dialect(invocation, &reading.dialect, error))
        return NULL;
    g_autoptr(GPtrArray) path = path_of(reading.map, specs, error);
    reading.convention = path ? read_naming_convention(invocation->layout, error) : NULL;
    if (!reading.convention)
        return NULL;
    gboolean can_run = invocation->engine != NULL;
    begin(&reading);
    /* Files of operations need no database; what an execute of theirs does is seen only there. */
    if (!can_run || are_all_ops(path)) {
        if (read_by_folding(&reading, path, can_run ? NULL : error))
            return g_steal_pointer(&reading.effects);
        if (!can_run)
            return NULL;
        begin(&reading);
    }
    return read_by_replay(&reading, specs, error) ? g_steal_pointer(&reading.effects) : NULL;
}
