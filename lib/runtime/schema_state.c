#include "runtime/schema_state.h"

#include <string.h>

#include "base/error.h"
#include "dialect/mentions.h"
#include "runtime/memory_schema.h"
#include "runtime/schema_part.h"

/* What mark() keeps. */
typedef struct Kept {
    MetaData *metadata, *types;
    SchemaIndex *index;
    GHashTable *doubts;
} Kept;

struct SchemaState {
    const Dialect *dialect;
    MemorySchema *memory; /* NULL: operations are folded only */
    MetaData *metadata;   /* NULL: the database in memory has to be asked */
    SchemaIndex *index;   /* of the metadata; NULL: nobody has looked for anything yet */
    MetaData *types;      /* enums that operations created, where no database knows them */
    GHashTable *stale;    /* set of names in lower case: these tables of the metadata have to be asked for again */
    GHashTable *doubts;   /* name in lower case -> why its definition is not known */
    Kept kept;
};

/* ---- making ---- */

static MetaData *empty_metadata(const Dialect *dialect)
{
    MetaData *metadata = metadata_new((dialect->capabilities & DIALECT_IGNORE_CASE) != 0);
    metadata->backticks = dialect_has_backticks(dialect);
    return metadata;
}

static GHashTable *doubts_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

SchemaState *schema_state_new(const Dialect *dialect, GError **error)
{
    g_autoptr(SchemaState) state = g_new0(SchemaState, 1);
    state->dialect = dialect;
    state->doubts = doubts_new();
    state->stale = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    state->types = empty_metadata(dialect);
    /* Operations are folded until somebody has to be asked: to make all tables takes a database time. */
    state->metadata = empty_metadata(dialect);
    if ((dialect->capabilities & DIALECT_MEMORY_SCRATCH) == 0)
        return g_steal_pointer(&state);
    state->memory = memory_schema_new(dialect, error);
    return state->memory != NULL ? g_steal_pointer(&state) : NULL;
}

static void kept_clear(Kept *kept)
{
    g_clear_pointer(&kept->metadata, metadata_free);
    g_clear_pointer(&kept->index, schema_index_free);
    g_clear_pointer(&kept->types, metadata_free);
    g_clear_pointer(&kept->doubts, g_hash_table_unref);
}

void schema_state_free(SchemaState *state)
{
    if (state == NULL)
        return;
    memory_schema_free(state->memory);
    metadata_free(state->metadata);
    schema_index_free(state->index);
    metadata_free(state->types);
    g_hash_table_unref(state->doubts);
    g_hash_table_unref(state->stale);
    kept_clear(&state->kept);
    g_free(state);
}

/* ---- reading ---- */

gboolean schema_state_is_whole(const SchemaState *state)
{
    return state->memory != NULL;
}

/* Of the metadata, which is there. */
static SchemaIndex *index_of(SchemaState *state)
{
    if (state->index == NULL)
        state->index = schema_index_new(state->metadata);
    return state->index;
}

static void memory_changed(SchemaState *state)
{
    g_clear_pointer(&state->metadata, metadata_free);
    g_clear_pointer(&state->index, schema_index_free);
    g_hash_table_remove_all(state->stale);
}

static void forget_tables(SchemaState *state, GHashTable *words)
{
    if (state->metadata == NULL || state->metadata->tables->len == 0)
        return;
    g_autoptr(GHashTable) tables = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer item;
    g_hash_table_iter_init(&iter, words);
    while (g_hash_table_iter_next(&iter, &item, NULL))
        schema_index_named(index_of(state), state->metadata, item, tables);
    g_hash_table_iter_init(&iter, tables);
    while (g_hash_table_iter_next(&iter, &item, NULL)) {
        const Table *table = item;
        table_free(metadata_steal_table(state->metadata, table->schema, table->name));
    }
}

/* Asks for one table again. */
static gboolean ask_again(SchemaState *state, const char *name, GError **error)
{
    g_autoptr(MetaData) told = memory_schema_inspect(state->memory, name, error);
    for (guint i = 0; told != NULL && i < told->tables->len; i++) {
        Table *table = table_copy(g_ptr_array_index(told->tables, i));
        metadata_add_table(state->metadata, table);
        schema_index_add(index_of(state), table);
    }
    return told != NULL;
}

/* FALSE: everything has to be asked for. */
static gboolean refresh_tables(SchemaState *state)
{
    const guint few = 8; /* beyond that, reading everything costs less */
    if (state->metadata == NULL || g_hash_table_size(state->stale) > few)
        return FALSE;
    if (g_hash_table_size(state->stale) == 0)
        return TRUE;
    forget_tables(state, state->stale);
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, state->stale);
    gboolean asked = TRUE;
    while (asked && g_hash_table_iter_next(&iter, &name, NULL))
        asked = ask_again(state, name, NULL);
    g_hash_table_remove_all(state->stale);
    return asked;
}

const MetaData *schema_state_metadata(SchemaState *state, GError **error)
{
    if (refresh_tables(state))
        return state->metadata;
    memory_changed(state);
    state->metadata = memory_schema_inspect(state->memory, NULL, error);
    for (guint i = 0; state->metadata != NULL && i < state->types->enums->len; i++)
        g_ptr_array_add(state->metadata->enums, enum_type_copy(g_ptr_array_index(state->types->enums, i)));
    return state->metadata;
}

MetaData *schema_state_before(SchemaState *state, const GPtrArray *operations, GError **error)
{
    const MetaData *metadata = schema_state_metadata(state, error);
    MetaData *part = metadata != NULL ? schema_part_of(metadata, index_of(state), operations) : NULL;
    if (part != NULL && state->memory == NULL)
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

static void add_doubt(SchemaState *state, const char *name, const char *why)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (!g_hash_table_contains(state->doubts, lower))
        g_hash_table_insert(state->doubts, g_steal_pointer(&lower), g_strdup(why));
}

void schema_state_doubt(SchemaState *state, const char *sql, const char *why)
{
    g_autoptr(GHashTable) words = sql_all_words(state->dialect, sql);
    if (state->memory == NULL) {
        forget_tables(state, words);
        return;
    }
    GHashTableIter iter;
    gpointer word;
    g_hash_table_iter_init(&iter, words);
    while (g_hash_table_iter_next(&iter, &word, NULL))
        add_doubt(state, word, why);
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

/* Views and triggers depend on tables in ways that the inspector knows. */
static void note_changed(SchemaState *state, const char *sql)
{
    g_autofree char *name =
        state->metadata != NULL && state->metadata->objects->len == 0 ? schema_only_table(state->dialect, sql) : NULL;
    if (name != NULL)
        g_hash_table_add(state->stale, g_steal_pointer(&name));
    else
        memory_changed(state);
}

void schema_state_run(SchemaState *state, const PlanStatement *statement, const char *source)
{
    g_autoptr(GError) failure = NULL;
    if (state->memory == NULL) {
        g_autoptr(GHashTable) words = schema_changed_words(state->dialect, statement->sql);
        forget_tables(state, words);
        return;
    }
    if (!replays(state, statement->sql))
        return;
    gboolean flushed = memory_schema_flush(state->memory, &failure);
    memory_schema_add(state->memory, statement->sql, statement->foreign_keys_off);
    if (flushed && memory_schema_flush(state->memory, &failure)) {
        note_changed(state, statement->sql);
        return;
    }
    memory_changed(state);
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
        if (state->dialect->fold != NULL)
            state->dialect->fold(op, state->metadata);
    }
    schema_index_follow(index_of(state), state->metadata, operations);
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
static void fold_or_ask(SchemaState *state, const GPtrArray *operations)
{
    if (state->metadata == NULL)
        return;
    if (folds_exactly(state, operations) && operations_apply(operations, state->metadata, NULL))
        schema_index_follow(index_of(state), state->metadata, operations);
    else
        memory_changed(state);
}

static void replay_blocks(SchemaState *state, const GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = g_ptr_array_index(blocks, i);
        for (guint j = 0; j < block->statements->len; j++) {
            const char *sql = g_ptr_array_index(block->statements, j);
            if (replays(state, sql))
                memory_schema_add(state->memory, sql, block->foreign_keys_off);
        }
    }
}

gboolean schema_state_apply(SchemaState *state, const OpsStep *step, const GPtrArray *blocks, GError **error)
{
    MetaData *types = state->memory != NULL ? state->types : state->metadata;
    if (step->declared != NULL && !operations_apply(step->declared, types, error))
        return FALSE;
    if (state->memory != NULL && step->declared != NULL)
        memory_changed(state);
    if (step->operations == NULL)
        return TRUE;
    if (state->memory == NULL) {
        fold(state, step->operations);
        return TRUE;
    }
    settle_doubts(state, step->operations);
    fold_or_ask(state, step->operations);
    replay_blocks(state, blocks);
    return TRUE;
}

/* ---- what is live ---- */

/* Runs an operation that stands for what is live already; the metadata stays as it was. */
static gboolean take_over(SchemaState *state, MigrateOp *op, GError **error)
{
    g_autoptr(GPtrArray) ops = g_ptr_array_new();
    g_ptr_array_add(ops, op);
    g_autoptr(MetaData) part = schema_part_of(state->metadata, index_of(state), ops);
    g_autoptr(GPtrArray) blocks = state->dialect->compile(ops, part, error);
    if (blocks == NULL)
        return FALSE;
    replay_blocks(state, blocks);
    return memory_schema_flush(state->memory, error);
}

/* Tables that there is a doubt about and that are live make room for what is live. */
static gboolean drop_doubted(SchemaState *state, const MetaData *live, GError **error)
{
    const MetaData *known = schema_state_metadata(state, error);
    gboolean dropped = FALSE;
    if (known == NULL)
        return FALSE;
    for (guint i = 0; i < live->tables->len && g_hash_table_size(state->doubts) > 0; i++) {
        const Table *table = g_ptr_array_index(live->tables, i);
        if (doubt_of(state, table->name) == NULL)
            continue;
        settle_doubt(state, table->name);
        if (metadata_find_table(known, table->schema, table->name) == NULL)
            continue;
        g_autofree char *name = state->dialect->quote_identifier(table->name);
        g_autofree char *sql = g_strconcat("DROP TABLE ", name, NULL);
        memory_schema_add(state->memory, sql, FALSE);
        dropped = TRUE;
    }
    /* What is not live is not there, whatever a file says. */
    g_hash_table_remove_all(state->doubts);
    if (!dropped)
        return TRUE;
    memory_changed(state);
    return memory_schema_flush(state->memory, error);
}

static gboolean add_live_tables(SchemaState *state, const MetaData *live, GError **error)
{
    const MetaData *known = schema_state_metadata(state, error);
    gboolean taken = FALSE;
    for (guint i = 0; known != NULL && i < live->tables->len; i++) {
        const Table *table = g_ptr_array_index(live->tables, i);
        if (metadata_find_table(known, table->schema, table->name) != NULL)
            continue;
        g_autoptr(GError) failure = NULL;
        g_autoptr(MigrateOp) op = migrate_op_create_table(table);
        if (take_over(state, op, &failure)) {
            taken = TRUE;
            continue;
        }
        g_autofree char *why =
            g_strdup_printf("table '%s' of the database is not known to any revision, and its definition cannot be "
                            "taken over: %s",
                            table->name, failure->message);
        add_doubt(state, table->name, why);
    }
    if (taken)
        memory_changed(state);
    return known != NULL;
}

/* Indexes and objects that somebody made by hand: a table's rebuild would lose them. What does not fit the schema that
 * the files tell of is not in anybody's way. */
static gboolean add_live_parts(SchemaState *state, const MetaData *live, GError **error)
{
    const MetaData *known = schema_state_metadata(state, error);
    gboolean taken = FALSE;
    if (known == NULL)
        return FALSE;
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = g_ptr_array_index(live->tables, i);
        const Table *own = metadata_find_table(known, table->schema, table->name);
        for (guint j = 0; own != NULL && j < table->indexes->len; j++) {
            const Index *index = g_ptr_array_index(table->indexes, j);
            g_autoptr(MigrateOp) op =
                table_find_index(own, index->name) == NULL ? migrate_op_create_index(own, index) : NULL;
            taken |= op != NULL && take_over(state, op, NULL);
        }
    }
    for (guint i = 0; i < live->objects->len; i++) {
        const SchemaObject *object = g_ptr_array_index(live->objects, i);
        g_autoptr(MigrateOp) op =
            metadata_find_same_object(known, object) == NULL ? migrate_op_create_object(object) : NULL;
        taken |= op != NULL && take_over(state, op, NULL);
    }
    if (taken)
        memory_changed(state);
    return TRUE;
}

gboolean schema_state_add_live(SchemaState *state, const MetaData *live, GError **error)
{
    return drop_doubted(state, live, error) && add_live_tables(state, live, error) &&
           add_live_parts(state, live, error);
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
    g_autoptr(GHashTable) words = sql_all_words(state->dialect, text);
    MetaData *part = schema_part(metadata, index_of(state), words);
    state->kept = (Kept){state->metadata, metadata_copy(state->types), g_steal_pointer(&state->index),
                         doubts_copy(state->doubts)};
    state->metadata = part;
    if (state->memory != NULL)
        memory_schema_mark(state->memory);
    return TRUE;
}

gboolean schema_state_return(SchemaState *state, GError **error)
{
    memory_changed(state);
    metadata_free(state->types);
    g_hash_table_unref(state->doubts);
    state->index = g_steal_pointer(&state->kept.index);
    state->metadata = g_steal_pointer(&state->kept.metadata);
    state->types = g_steal_pointer(&state->kept.types);
    state->doubts = g_steal_pointer(&state->kept.doubts);
    return state->memory == NULL || memory_schema_return(state->memory, error);
}
