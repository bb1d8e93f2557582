#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"
#include "base/log.h"

#define SAVEPOINT "SAVEPOINT migrate_scratch"
#define RELEASE "RELEASE SAVEPOINT migrate_scratch"
#define ROLL_BACK "ROLLBACK TO SAVEPOINT migrate_scratch"

typedef struct Scratch {
    const Comparing *comparing;
    const Dialect *dialect;
    Session *own;           /* in memory or elsewhere; NULL: the live connection */
    Connection *connection; /* of either */
    char *name;             /* of the scratch schema; NULL in memory */
    char *home;             /* the database to go back to, where `name` is a database of its own; else NULL */
    gboolean temporary;
    char sqlstate[6]; /* of what failed last; "" unknown */
    Wanted *wanted;
} Scratch;

static void scratch_clear(Scratch *scratch)
{
    session_close(scratch->own);
    g_free(scratch->name);
    g_free(scratch->home);
    wanted_free(scratch->wanted);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scratch, scratch_clear)

/* The statements of `op`, those that can run inside a transaction. NULL: the dialect has no such thing. */
static GPtrArray *compile_op(const Scratch *scratch, const MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    g_autoptr(MetaData) nothing = metadata_new(scratch->comparing->ignore_case);
    g_ptr_array_add(ops, (gpointer)op);
    g_autoptr(GPtrArray) blocks = scratch->dialect->compile(ops, nothing, error);
    if (!blocks)
        return NULL;
    GPtrArray *statements = strings_new();
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        for (guint j = 0; block->transactional && j < block->statements->len; j++)
            g_ptr_array_add(statements, g_strdup(block->statements->pdata[j]));
    }
    return statements;
}

static void add_strings(GPtrArray *statements, const char *const *more)
{
    for (; more && *more; more++)
        g_ptr_array_add(statements, g_strdup(*more));
}

static gboolean run(const Scratch *scratch, const GPtrArray *statements, guint *failed, GError **error)
{
    return connection_execute_many(scratch->connection, (const char *const *)statements->pdata, statements->len, failed,
                                   error);
}

/* --- one part after the other, to find the one at fault --- */

/* An error that has nothing to do with what was to be created. */
static gboolean is_about_connection(const Scratch *scratch, const GError *failure)
{
    return g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_CANCELLED) || !connection_alive(scratch->connection);
}

static void keep_sqlstate(Scratch *scratch)
{
    const char *sqlstate = connection_last_error(scratch->connection)->sqlstate;
    g_strlcpy(scratch->sqlstate, sqlstate ? sqlstate : "", sizeof scratch->sqlstate);
}

/* What cannot be rolled back is dropped again; what of it is not there does not matter. */
static gboolean create_or_drop(Scratch *scratch, const MigrateOp *op, const GPtrArray *statements, gboolean keep,
                               GError **error)
{
    gboolean created = run(scratch, statements, NULL, error);
    if (!created)
        keep_sqlstate(scratch);
    g_autoptr(MigrateOp) drop = created && keep ? NULL : migrate_op_reverse(op, NULL);
    g_autoptr(GPtrArray) back = drop ? compile_op(scratch, drop, NULL) : NULL;
    if (back)
        run(scratch, back, NULL, NULL);
    return created;
}

static gboolean create(Scratch *scratch, const MigrateOp *op, gboolean keep, GError **error)
{
    g_autoptr(GPtrArray) statements = compile_op(scratch, op, error);
    scratch->sqlstate[0] = '\0';
    if (!statements)
        return FALSE;
    if (scratch->home)
        return create_or_drop(scratch, op, statements, keep, error);
    g_ptr_array_insert(statements, 0, g_strdup(SAVEPOINT));
    if (keep)
        g_ptr_array_add(statements, g_strdup(RELEASE));
    gboolean created = run(scratch, statements, NULL, error);
    if (!created)
        keep_sqlstate(scratch);
    if (!created || !keep)
        connection_execute(scratch->connection, ROLL_BACK, NULL);
    return created;
}

static gboolean can_create(Scratch *scratch, Table *table) /* takes it */
{
    g_autoptr(Table) owned = table;
    g_autoptr(MigrateOp) op = migrate_op_create_table(owned);
    return create(scratch, op, FALSE, NULL);
}

static char *blame_constraint(Scratch *scratch, const MigrateOp *op, const Table *model)
{
    for (guint i = 0; i < op->table->constraints->len; i++) {
        const Constraint *constraint = op->table->constraints->pdata[i];
        Table *without = table_copy(op->table);
        g_ptr_array_remove_index(without->constraints, i);
        if (!can_create(scratch, without))
            continue;
        return g_strdup_printf("%s '%s'", constraint->kind == CONSTRAINT_CHECK ? "check constraint" : "constraint",
                               table_find_constraint(model, constraint->name) || !constraint->expression
                                   ? constraint->name
                                   : constraint->expression);
    }
    return NULL;
}

static char *blame_column(Scratch *scratch, const MigrateOp *op)
{
    for (guint i = 0; i < op->table->columns->len; i++) {
        const Column *column = op->table->columns->pdata[i];
        if (!column->server_default && !column->computed)
            continue;
        Table *without = table_copy(op->table);
        Column *plain = without->columns->pdata[i];
        g_clear_pointer(&plain->server_default, g_free);
        g_clear_pointer(&plain->computed, computed_free);
        if (can_create(scratch, without))
            return g_strdup_printf("%s of column '%s'", column->computed ? "computed expression" : "server_default",
                                   column->name);
    }
    return NULL;
}

static char *blame_index(Scratch *scratch, const MigrateOp *op)
{
    for (guint i = 0; i < op->table->indexes->len; i++) {
        Table *without = table_copy(op->table);
        g_ptr_array_remove_index(without->indexes, i);
        if (can_create(scratch, without))
            return g_strdup_printf("index '%s'", ((const Index *)op->table->indexes->pdata[i])->name);
    }
    return NULL;
}

static void blame(Scratch *scratch, const ScratchItem *item, GError *failure, GError **error)
{
    g_autofree char *part = blame_constraint(scratch, item->op, item->model);
    if (!part)
        part = blame_column(scratch, item->op);
    if (!part)
        part = blame_index(scratch, item->op);
    g_propagate_prefixed_error(error, failure, "%s%stable '%s': ", part ? part : "", part ? " of " : "",
                               item->model->name);
}

/* Whether something that `op` hangs on was to be created and is not: the live one would be taken for it. */
static gboolean base_is_missing(const Scratch *scratch, const MigrateOp *op)
{
    if (op->kind != OP_CREATE_OBJECT || !op->object->table_name)
        return FALSE;
    for (guint i = 0; i < scratch->wanted->items->len; i++) {
        const ScratchItem *item = scratch->wanted->items->pdata[i];
        const char *name = item->model ? item->op->table_name : item->op->object ? item->op->object->name : NULL;
        const char *schema = item->model ? item->op->schema : item->op->object ? item->op->object->schema : NULL;
        if (item->created && g_strcmp0(name, op->object->table_name) == 0 && g_strcmp0(schema, op->object->schema) == 0)
            return FALSE;
    }
    return scratch->name != NULL;
}

/* Privileges, resources, locks: nothing that a model is wrong about. */
static gboolean is_no_mistake(const char *sqlstate)
{
    static const char *const states[] = {"42501", "53", "55P03", "57", "58"};
    for (guint i = 0; sqlstate && i < G_N_ELEMENTS(states); i++)
        if (g_str_has_prefix(sqlstate, states[i]))
            return TRUE;
    return FALSE;
}

/* FALSE ends everything: *error is set. */
static gboolean create_item(Scratch *scratch, ScratchItem *item, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (base_is_missing(scratch, item->op))
        return TRUE;
    item->created = create(scratch, item->op, TRUE, &failure);
    if (item->created)
        return TRUE;
    gboolean forbidden = scratch->name && is_no_mistake(scratch->sqlstate);
    if (is_about_connection(scratch, failure)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (g_error_matches(failure, DRIVER_ERROR, DRIVER_ERROR_BUSY))
        forbidden = TRUE;
    if (item->model && !forbidden && !scratch->wanted->incomplete && !is_in_cycle(scratch->comparing, item->model)) {
        blame(scratch, item, g_steal_pointer(&failure), error);
        return FALSE;
    }
    scratch->wanted->incomplete = TRUE;
    return TRUE;
}

/* --- all at once --- */

/* Everything in one go. *begun: `begin` was not refused. */
static gboolean create_all(Scratch *scratch, const char *const *begin, gboolean *begun, GError **error)
{
    g_autoptr(GPtrArray) statements = strings_new();
    guint failed = 0;
    add_strings(statements, begin);
    guint n_begin = statements->len;
    for (guint i = 0; i < scratch->wanted->items->len; i++) {
        const ScratchItem *item = scratch->wanted->items->pdata[i];
        g_autoptr(GPtrArray) own = compile_op(scratch, item->op, error);
        if (!own)
            return FALSE;
        for (guint j = 0; j < own->len; j++)
            g_ptr_array_add(statements, g_strdup(own->pdata[j]));
    }
    *begun = FALSE;
    gboolean created = run(scratch, statements, &failed, error);
    *begun = created || failed >= n_begin;
    return created;
}

static void drop_database(const Scratch *scratch, const char *name)
{
    g_auto(GStrv) end = scratch->dialect->scratch_end(name, scratch->home);
    for (guint i = 0; end[i]; i++)
        connection_execute(scratch->connection, end[i], NULL);
}

static void roll_back(const Scratch *scratch)
{
    if (scratch->home)
        drop_database(scratch, scratch->name);
    else if (scratch->name && connection_in_transaction(scratch->connection))
        connection_execute(scratch->connection, scratch->dialect->rollback, NULL);
}

static gboolean create_each(Scratch *scratch, const char *const *begin, GError **error)
{
    g_autoptr(GPtrArray) statements = strings_new();
    add_strings(statements, begin);
    if (statements->len && !run(scratch, statements, NULL, error))
        return FALSE;
    for (guint i = 0; i < scratch->wanted->items->len; i++)
        if (!create_item(scratch, scratch->wanted->items->pdata[i], error))
            return FALSE;
    return TRUE;
}

static MetaData *inspect(const Scratch *scratch, GError **error)
{
    g_autoptr(GPtrArray) schemas = g_ptr_array_new();
    const char *main = scratch->temporary ? "pg_temp" : scratch->name;
    g_ptr_array_add(schemas, (gpointer)main);
    g_ptr_array_extend(schemas, scratch->wanted->stands, NULL, NULL);
    g_ptr_array_add(schemas, NULL);
    gboolean named = main && !scratch->temporary;
    InspectOptions options = {
        .include_schemas = named ? (const char *const *)schemas->pdata : NULL,
        .default_schema = main,
        .roll_back = scratch->name != NULL && !scratch->home,
    };
    MetaData *read = scratch->dialect->inspect(scratch->connection, &options, error);
    return read ? place_back(scratch->comparing, scratch->wanted, read) : NULL;
}

/* In a database in memory all that could be created is still there when something failed, and so are tables that were
 * not. */
static gboolean fill_memory(Scratch *scratch, GError **error)
{
    scratch->own = engine_open_scratch(scratch->dialect, error);
    if (!scratch->own)
        return FALSE;
    scratch->connection = session_connection(scratch->own);
    return connection_execute(scratch->connection, scratch->dialect->begin, error) && create_each(scratch, NULL, error);
}

typedef enum Attempt { DONE, FAILED, FORBIDDEN } Attempt;

/* FORBIDDEN: *error says why, and the other way may be tried. */
static Attempt fill_transaction(Scratch *scratch, GError **error)
{
    g_auto(GStrv) begin = scratch->dialect->scratch_begin(session_connection(scratch->comparing->options->session),
                                                          scratch->name, scratch->temporary);
    g_autoptr(GError) failure = NULL;
    gboolean begun = FALSE;
    if (!begin)
        return FORBIDDEN;
    if (create_all(scratch, (const char *const *)begin, &begun, &failure))
        return DONE;
    gboolean forbidden =
        server_error_is_one_of(connection_last_error(scratch->connection), scratch->dialect->forbidden_errors);
    gboolean lost = is_about_connection(scratch, failure);
    roll_back(scratch);
    if (lost || (failure->domain == DRIVER_ERROR && (!begun || (scratch->temporary && forbidden)))) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return lost ? FAILED : FORBIDDEN;
    }
    return create_each(scratch, (const char *const *)begin, error) ? DONE : FAILED;
}

static Attempt try_transaction(Scratch *scratch, gboolean temporary, MetaData **canonical, GError **error)
{
    scratch->temporary = temporary;
    g_clear_pointer(&scratch->wanted, wanted_free);
    scratch->wanted = wanted_new(scratch->comparing, scratch->name, temporary, scratch->home);
    Attempt attempt = fill_transaction(scratch, error);
    if (attempt == DONE) {
        *canonical = inspect(scratch, error);
        attempt = *canonical ? DONE : FAILED;
    }
    roll_back(scratch);
    return attempt;
}

static gboolean read_memory(Scratch *scratch, MetaData **canonical, GError **error)
{
    scratch->wanted = wanted_new(scratch->comparing, NULL, FALSE, NULL);
    if (!fill_memory(scratch, error))
        return FALSE;
    *canonical = inspect(scratch, error);
    return *canonical != NULL;
}

/* Where the database of its own is created, if that is how it is done. */
static gboolean find_home(Scratch *scratch, GError **error)
{
    g_autoptr(GError) failure = NULL;
    Engine *engine = scratch->comparing->options->scratch_engine;
    if (!scratch->dialect->scratch_end)
        return TRUE;
    if (engine && !(scratch->own = session_open(engine, error))) {
        g_prefix_error(error, "scratch_url: ");
        return FALSE;
    }
    if (engine)
        scratch->connection = session_connection(scratch->own);
    scratch->home = connection_scalar(scratch->connection, scratch->dialect->default_schema_query, &failure);
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    else if (!scratch->home)
        g_set_error_literal(error, DIALECT_ERROR, DIALECT_ERROR_UNSUPPORTED,
                            "the URL names no database, so there is none to compare with");
    else
        scratch_databases_drop_left(scratch->dialect, scratch->connection);
    return scratch->home != NULL;
}

gboolean scratch_read(const Comparing *comparing, ScratchOutcome *outcome, MetaData **canonical, char **reason,
                      GError **error)
{
    g_auto(Scratch) scratch = {.comparing = comparing, .dialect = comparing->dialect};
    *outcome = SCRATCH_READ;
    if (comparing->dialect->capabilities & DIALECT_MEMORY_SCRATCH)
        return read_memory(&scratch, canonical, error);
    if (!comparing->dialect->scratch_begin || !comparing->options->session) {
        *outcome = SCRATCH_NONE;
        return TRUE;
    }
    scratch.connection = session_connection(comparing->options->session);
    scratch.name = scratch_database_name();
    if (!find_home(&scratch, error))
        return FALSE;
    for (int temporary = 0; temporary <= 1; temporary++) {
        g_autoptr(GError) failure = NULL;
        Attempt attempt = try_transaction(&scratch, temporary, canonical, &failure);
        if (attempt == DONE)
            return TRUE;
        if (attempt == FAILED) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (!failure)
            break;
        g_free(*reason);
        *reason = g_strdup(failure->message);
    }
    *outcome = SCRATCH_REFUSED;
    return TRUE;
}
