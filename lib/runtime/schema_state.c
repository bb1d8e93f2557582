#include "runtime/schema_state.h"

#include <string.h>

#include "base/error.h"
#include "engine/engine.h"
#include "runtime/schema_part.h"

#define MARK "SAVEPOINT migrate_mark"
#define RETURN "ROLLBACK TO SAVEPOINT migrate_mark"
#define RELEASE "RELEASE SAVEPOINT migrate_mark"

/* What mark() keeps. */
typedef struct Kept {
    MetaData *metadata, *types;
    GHashTable *doubts;
    guint n_pending; /* of the state's pending statements those of before */
    gboolean is_set;
    gboolean is_open; /* the savepoint was set */
} Kept;

/* A statement for the database in memory. */
typedef struct Pending {
    char *sql;
    gboolean foreign_keys_off; /* its section says foreign-keys:off */
} Pending;

struct SchemaState {
    const Dialect *dialect;
    Session *scratch;   /* in memory; NULL: operations are folded */
    MetaData *metadata; /* NULL: the database in memory has to be asked */
    GPtrArray *pending; /* Pending*: what the database in memory has still to be told, when it is asked */
    MetaData *types;    /* enums that operations created, where no database knows them */
    GHashTable *doubts; /* name in lower case -> why its definition is not known */
    Kept kept;
};

/* ---- making ---- */

static MetaData *empty_metadata(const Dialect *dialect)
{
    MetaData *metadata = metadata_new((dialect->capabilities & DIALECT_IGNORE_CASE) != 0);
    /* How a dialect quotes names shows in a name that needs it. */
    g_autofree char *quoted = dialect->quote_identifier("a b");
    metadata->backticks = *quoted == '`';
    return metadata;
}

static void pending_free(gpointer data)
{
    Pending *pending = data;
    g_free(pending->sql);
    g_free(pending);
}

static GHashTable *doubts_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static Connection *scratch_of(const SchemaState *state)
{
    return session_connection(state->scratch);
}

SchemaState *schema_state_new(const Dialect *dialect, GError **error)
{
    g_autoptr(SchemaState) state = g_new0(SchemaState, 1);
    state->dialect = dialect;
    state->doubts = doubts_new();
    state->pending = g_ptr_array_new_with_free_func(pending_free);
    state->types = empty_metadata(dialect);
    if ((dialect->capabilities & DIALECT_MEMORY_SCRATCH) == 0) {
        state->metadata = empty_metadata(dialect);
        return g_steal_pointer(&state);
    }
    state->scratch = engine_open_scratch(dialect, error);
    if (state->scratch == NULL)
        return NULL;
    for (const char *const *sql = dialect->before_foreign_keys_off; sql != NULL && *sql != NULL; sql++)
        if (!connection_execute(scratch_of(state), *sql, error))
            return NULL;
    return g_steal_pointer(&state);
}

static void kept_clear(Kept *kept)
{
    g_clear_pointer(&kept->metadata, metadata_free);
    g_clear_pointer(&kept->types, metadata_free);
    g_clear_pointer(&kept->doubts, g_hash_table_unref);
    kept->is_set = kept->is_open = FALSE;
}

void schema_state_free(SchemaState *state)
{
    if (state == NULL)
        return;
    session_close(state->scratch);
    metadata_free(state->metadata);
    metadata_free(state->types);
    g_hash_table_unref(state->doubts);
    g_ptr_array_unref(state->pending);
    kept_clear(&state->kept);
    g_free(state);
}

/* ---- the database in memory ---- */

/* Sends DDL as its section would. */
static gboolean scratch_send(const SchemaState *state, const Pending *pending, GError **error)
{
    const char *begin = pending->foreign_keys_off ? state->dialect->section_begin : NULL;
    const char *end = pending->foreign_keys_off ? state->dialect->section_end : NULL;
    if (begin != NULL && !connection_execute(scratch_of(state), begin, error))
        return FALSE;
    gboolean sent = connection_execute(scratch_of(state), pending->sql, error);
    return (end == NULL || connection_execute(scratch_of(state), end, sent ? error : NULL)) && sent;
}

static gboolean send_pending(SchemaState *state, guint n, GError **error)
{
    gboolean sent = TRUE;
    for (guint i = 0; i < n && sent; i++)
        sent = scratch_send(state, g_ptr_array_index(state->pending, i), error);
    if (n > 0)
        g_ptr_array_remove_range(state->pending, 0, n);
    return sent;
}

/* Most steps are folded, and nobody asks: then nothing is sent at all. A rollback makes SQLite read its whole schema
 * again, so there is a savepoint only when something is sent behind a mark. */
static gboolean flush(SchemaState *state, GError **error)
{
    if (state->kept.is_set && !state->kept.is_open) {
        if (!send_pending(state, state->kept.n_pending, error) || !connection_execute(scratch_of(state), MARK, error))
            return FALSE;
        state->kept.is_open = TRUE;
        state->kept.n_pending = 0;
    }
    return send_pending(state, state->pending->len, error);
}

static void add_pending(SchemaState *state, const char *sql, gboolean foreign_keys_off)
{
    Pending *pending = g_new0(Pending, 1);
    pending->sql = g_strdup(sql);
    pending->foreign_keys_off = foreign_keys_off;
    g_ptr_array_add(state->pending, pending);
}

/* ---- reading ---- */

gboolean schema_state_is_whole(const SchemaState *state)
{
    return state->scratch != NULL;
}

const MetaData *schema_state_metadata(SchemaState *state, GError **error)
{
    if (state->metadata != NULL)
        return state->metadata;
    state->metadata = flush(state, error) ? state->dialect->inspect(scratch_of(state), NULL, error) : NULL;
    for (guint i = 0; state->metadata != NULL && i < state->types->enums->len; i++)
        g_ptr_array_add(state->metadata->enums, enum_type_copy(g_ptr_array_index(state->types->enums, i)));
    return state->metadata;
}

MetaData *schema_state_before(SchemaState *state, const GPtrArray *operations, GError **error)
{
    const MetaData *metadata = schema_state_metadata(state, error);
    MetaData *part = metadata != NULL ? schema_part_of(metadata, operations) : NULL;
    if (part != NULL && state->scratch == NULL)
        operations_assume_tables(operations, part);
    return part;
}

/* ---- names in statements ---- */

static gboolean starts_with(const SchemaState *state, const char *sql, const char *const *words)
{
    gsize position = 0;
    SqlToken token = sql_next_significant(state->dialect, sql, strlen(sql), &position);
    for (; *words != NULL; words++)
        if (sql_token_is(&token, sql, *words))
            return TRUE;
    return FALSE;
}

static void forget_tables(SchemaState *state, GHashTable *words)
{
    for (guint i = state->metadata != NULL ? state->metadata->tables->len : 0; i > 0; i--) {
        const Table *table = g_ptr_array_index(state->metadata->tables, i - 1);
        if (schema_has_word(words, table->name))
            table_free(metadata_steal_table(state->metadata, table->schema, table->name));
    }
}

void schema_state_doubt(SchemaState *state, const char *sql, const char *why)
{
    g_autoptr(GHashTable) words = schema_words(state->dialect, sql);
    if (state->scratch == NULL) {
        forget_tables(state, words);
        return;
    }
    GHashTableIter iter;
    gpointer word;
    g_hash_table_iter_init(&iter, words);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        if (!g_hash_table_contains(state->doubts, word))
            g_hash_table_insert(state->doubts, g_strdup(word), g_strdup(why));
}

static const char *doubt_of(const SchemaState *state, const char *name)
{
    g_autofree char *lower = name != NULL ? g_ascii_strdown(name, -1) : NULL;
    return lower != NULL ? g_hash_table_lookup(state->doubts, lower) : NULL;
}

const char *schema_state_find_doubt(const SchemaState *state, const GPtrArray *operations)
{
    const char *doubt = NULL;
    for (guint i = 0; i < operations->len && doubt == NULL; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        /* A table that is created or dropped need not be known. */
        if (op->kind != OP_CREATE_TABLE && op->kind != OP_DROP_TABLE)
            doubt = doubt_of(state, op->table_name);
    }
    return doubt;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *schema_state_doubts(const SchemaState *state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    GHashTableIter iter;
    gpointer why;
    g_hash_table_iter_init(&iter, state->doubts);
    while (g_hash_table_iter_next(&iter, NULL, &why))
        if (g_hash_table_add(seen, why))
            g_ptr_array_add(texts, why);
    if (texts->len == 0)
        return NULL;
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv("\n", (char **)texts->pdata);
}

/* ---- changing ---- */

static void scratch_changed(SchemaState *state)
{
    g_clear_pointer(&state->metadata, metadata_free);
}

/* DDL alone: rows are not there, and files and settings are none of its business. */
static gboolean replays(const SchemaState *state, const char *sql)
{
    static const char *const words[] = {"CREATE", "ALTER", "DROP", NULL};
    return starts_with(state, sql, words);
}

/* What is created anew or dropped is no doubt any more. */
static void settle_doubt(SchemaState *state, const char *name)
{
    if (name == NULL || g_hash_table_size(state->doubts) == 0)
        return;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    g_hash_table_remove(state->doubts, lower);
}

void schema_state_run(SchemaState *state, const PlanStatement *statement, const char *source)
{
    static const char *const rows[] = {"INSERT", "UPDATE", "DELETE",  "REPLACE", "WITH",     "COPY",
                                       "GRANT",  "REVOKE", "ANALYZE", "LOCK",    "TRUNCATE", NULL};
    g_autoptr(GError) failure = NULL;
    if (state->scratch == NULL) {
        if (!starts_with(state, statement->sql, rows))
            schema_state_doubt(state, statement->sql, "");
        return;
    }
    if (!replays(state, statement->sql))
        return;
    gboolean flushed = flush(state, &failure);
    scratch_changed(state);
    add_pending(state, statement->sql, statement->foreign_keys_off);
    if (flushed && flush(state, &failure))
        return;
    g_autofree char *why =
        g_strdup_printf("%s:%d:%d: what this statement has made is not known: replayed without the database it fails "
                        "(%s)",
                        source, statement->line, statement->column, failure->message);
    schema_state_doubt(state, statement->sql, why);
}

/* Where the state is not whole, an op may be about what nobody knows. */
static void fold(SchemaState *state, const GPtrArray *operations)
{
    operations_assume_tables(operations, state->metadata);
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        if (!migrate_op_apply(op, state->metadata, NULL) && op->table_name != NULL)
            table_free(metadata_steal_table(state->metadata, op->schema, op->table_name));
    }
}

/* What the operations are about as a whole is no doubt any more. */
static void settle_doubts(SchemaState *state, const GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        if (op->kind == OP_CREATE_TABLE || op->kind == OP_DROP_TABLE)
            settle_doubt(state, op->table_name);
    }
}

/* SQLite writes new names into views and triggers by itself; and what an object depends on, the inspector knows. */
static gboolean folds_exactly(const SchemaState *state, const GPtrArray *operations)
{
    gboolean has_objects = state->metadata->objects->len > 0;
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        gboolean renames = op->kind == OP_RENAME_TABLE ||
                           (op->kind == OP_ALTER_COLUMN && g_strcmp0(op->existing->name, op->column->name) != 0);
        if (op->kind >= OP_CREATE_ENUM || (renames && has_objects))
            return FALSE;
    }
    return TRUE;
}

/* Reading all of the database in memory behind each step would take too long. */
static void follow_scratch(SchemaState *state, const GPtrArray *operations)
{
    if (state->metadata != NULL &&
        (!folds_exactly(state, operations) || !operations_apply(operations, state->metadata, NULL)))
        scratch_changed(state);
}

static void replay_blocks(SchemaState *state, const GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = g_ptr_array_index(blocks, i);
        for (guint j = 0; j < block->statements->len; j++) {
            const char *sql = g_ptr_array_index(block->statements, j);
            if (replays(state, sql))
                add_pending(state, sql, block->foreign_keys_off);
        }
    }
}

gboolean schema_state_apply(SchemaState *state, const OpsStep *step, const GPtrArray *blocks, GError **error)
{
    MetaData *types = state->scratch != NULL ? state->types : state->metadata;
    if (step->declared != NULL && !operations_apply(step->declared, types, error))
        return FALSE;
    if (state->scratch != NULL && step->declared != NULL)
        scratch_changed(state);
    if (step->operations == NULL)
        return TRUE;
    if (state->scratch == NULL) {
        fold(state, step->operations);
        return TRUE;
    }
    settle_doubts(state, step->operations);
    follow_scratch(state, step->operations);
    replay_blocks(state, blocks);
    return TRUE;
}

/* ---- what is live ---- */

static gboolean drop_doubted(SchemaState *state, const char *name, GError **error)
{
    g_autofree char *quoted = state->dialect->quote_identifier(name);
    g_autofree char *sql = g_strconcat("DROP TABLE ", quoted, NULL);
    scratch_changed(state);
    settle_doubt(state, name);
    add_pending(state, sql, FALSE);
    return flush(state, error);
}

/* Runs operations that stand for what is live already. */
static gboolean take_over(SchemaState *state, const GPtrArray *ops, GError **error)
{
    const MetaData *known = schema_state_metadata(state, error);
    g_autoptr(GPtrArray) blocks = known != NULL ? state->dialect->compile(ops, known, error) : NULL;
    if (blocks == NULL)
        return FALSE;
    scratch_changed(state);
    replay_blocks(state, blocks);
    return flush(state, error);
}

static gboolean add_live_tables(SchemaState *state, const MetaData *live, GError **error)
{
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = g_ptr_array_index(live->tables, i);
        const MetaData *known = schema_state_metadata(state, error);
        if (known == NULL)
            return FALSE;
        gboolean is_known = metadata_find_table(known, table->schema, table->name) != NULL;
        if (is_known && doubt_of(state, table->name) == NULL)
            continue;
        if (is_known && !drop_doubted(state, table->name, error))
            return FALSE;
        settle_doubt(state, table->name);
        g_ptr_array_add(ops, migrate_op_create_table(table));
    }
    return ops->len == 0 || (operations_sort(ops, FALSE, error) && take_over(state, ops, error));
}

/* Indexes and objects that somebody made by hand: a table's rebuild would lose them. What does not fit the schema that
 * the files tell of is not in anybody's way. */
static gboolean add_live_parts(SchemaState *state, const MetaData *live, GError **error)
{
    const MetaData *known = schema_state_metadata(state, error);
    if (known == NULL)
        return FALSE;
    g_autoptr(GPtrArray) ops = operations_new();
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = g_ptr_array_index(live->tables, i);
        const Table *own = metadata_find_table(known, table->schema, table->name);
        for (guint j = 0; own != NULL && j < table->indexes->len; j++) {
            const Index *index = g_ptr_array_index(table->indexes, j);
            if (table_find_index(own, index->name) == NULL)
                g_ptr_array_add(ops, migrate_op_create_index(own, index));
        }
    }
    for (guint i = 0; i < live->objects->len; i++) {
        const SchemaObject *object = g_ptr_array_index(live->objects, i);
        if (metadata_find_same_object(known, object) == NULL)
            g_ptr_array_add(ops, migrate_op_create_object(object));
    }
    for (guint i = 0; i < ops->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, g_ptr_array_index(ops, i));
        take_over(state, one, NULL);
    }
    return TRUE;
}

gboolean schema_state_add_live(SchemaState *state, const MetaData *live, GError **error)
{
    return add_live_tables(state, live, error) && add_live_parts(state, live, error);
}

/* ---- marks ---- */

static GHashTable *doubts_copy(GHashTable *doubts)
{
    GHashTable *copy = doubts_new();
    GHashTableIter iter;
    gpointer name, why;
    g_hash_table_iter_init(&iter, doubts);
    while (g_hash_table_iter_next(&iter, &name, &why))
        g_hash_table_insert(copy, g_strdup(name), g_strdup(why));
    return copy;
}

gboolean schema_state_mark(SchemaState *state, const char *text, GError **error)
{
    const MetaData *metadata = schema_state_metadata(state, error);
    if (metadata == NULL)
        return FALSE;
    g_autoptr(GHashTable) words = schema_words(state->dialect, text);
    MetaData *part = schema_part(metadata, words);
    state->kept = (Kept){.metadata = state->metadata,
                         .types = metadata_copy(state->types),
                         .doubts = doubts_copy(state->doubts),
                         .n_pending = state->pending->len,
                         .is_set = TRUE};
    state->metadata = part;
    return TRUE;
}

gboolean schema_state_return(SchemaState *state, GError **error)
{
    metadata_free(state->metadata);
    metadata_free(state->types);
    g_hash_table_unref(state->doubts);
    state->metadata = g_steal_pointer(&state->kept.metadata);
    state->types = g_steal_pointer(&state->kept.types);
    state->doubts = g_steal_pointer(&state->kept.doubts);
    gboolean is_open = state->kept.is_open;
    g_ptr_array_set_size(state->pending, (gint)state->kept.n_pending);
    kept_clear(&state->kept);
    return !is_open || (connection_execute(scratch_of(state), RETURN, error) &&
                        connection_execute(scratch_of(state), RELEASE, error));
}
