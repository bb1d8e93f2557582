/* Functions that use a table, and tables that use these functions: the table goes without the part in question. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/text.h"

/* Objects by the names that they are mentioned by. */
typedef struct Reach {
    const Comparing *comparing;
    GHashTable *objects;   /* folded base name -> GPtrArray of SchemaObject* */
    GHashTable *needs;     /* SchemaObject* -> its words; made when needed */
    GHashTable *functions; /* folded names of those that tables may call */
} Reach;

static GHashTable *words_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void reach_init(Reach *reach, const Comparing *comparing)
{
    reach->comparing = comparing;
    reach->objects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    reach->needs = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
    reach->functions = words_new();
}

static void reach_clear(Reach *reach)
{
    g_hash_table_unref(reach->objects);
    g_hash_table_unref(reach->needs);
    g_hash_table_unref(reach->functions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reach, reach_clear)

static void reach_add(const Reach *reach, const SchemaObject *object)
{
    g_autofree char *name = object_base_name(object);
    char *key = fold_name(name, reach->comparing->ignore_case);
    GPtrArray *same = g_hash_table_lookup(reach->objects, key);
    if (strcmp(object->kind, "function") == 0)
        g_hash_table_add(reach->functions, g_strdup(key));
    if (!same)
        g_hash_table_insert(reach->objects, g_strdup(key), same = g_ptr_array_new());
    g_ptr_array_add(same, (gpointer)object);
    g_free(key);
}

static GHashTable *needs_of(const Reach *reach, const SchemaObject *object)
{
    GHashTable *words = g_hash_table_lookup(reach->needs, object);
    if (!words) {
        words = object_needs(reach->comparing, object);
        g_hash_table_insert(reach->needs, (gpointer)object, words);
    }
    return words;
}

/* Whether what `name` names needs the table, by itself or through others. */
static gboolean reaches(const Reach *reach, const char *name, const char *table, GHashTable *seen)
{
    const GPtrArray *same = g_hash_table_lookup(reach->objects, name);
    for (guint i = 0; same && i < same->len; i++) {
        if (!g_hash_table_add(seen, same->pdata[i]))
            continue;
        GHashTable *words = needs_of(reach, same->pdata[i]);
        if (g_hash_table_contains(words, table))
            return TRUE;
        GHashTableIter iter;
        gpointer word;
        g_hash_table_iter_init(&iter, words);
        while (g_hash_table_iter_next(&iter, &word, NULL))
            if (g_hash_table_contains(reach->objects, word) && reaches(reach, word, table, seen))
                return TRUE;
    }
    return FALSE;
}

static void find_words(char **text, gpointer data)
{
    add_words(((gpointer *)data)[0], *text, TRUE, ((gpointer *)data)[1]);
}

/* The functions in a table's texts that need the table itself. New. */
static GHashTable *calling_back(const Reach *reach, const Table *table)
{
    GHashTable *found = words_new();
    g_autoptr(GHashTable) words = words_new();
    g_autofree char *name = fold_name(table->name, reach->comparing->ignore_case);
    gpointer data[] = {(gpointer)reach->comparing, words};
    table_texts((Table *)table, find_words, data);
    GHashTableIter iter;
    gpointer function;
    g_hash_table_iter_init(&iter, reach->functions);
    while (g_hash_table_iter_next(&iter, &function, NULL)) {
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
        if (g_hash_table_contains(words, function) && reaches(reach, function, name, seen))
            g_hash_table_add(found, g_strdup(function));
    }
    return found;
}

gboolean is_in_cycle(const Comparing *comparing, const Table *table)
{
    g_auto(Reach) reach;
    reach_init(&reach, comparing);
    for (guint i = 0; i < comparing->model->objects->len; i++)
        reach_add(&reach, comparing->model->objects->pdata[i]);
    g_autoptr(GHashTable) functions = calling_back(&reach, table);
    return g_hash_table_size(functions) > 0;
}

/* --- splitting --- */

typedef struct Splitting {
    const Comparing *comparing;
    const MigrateOp *op; /* OP_CREATE_TABLE or OP_DROP_TABLE */
    GHashTable *functions;
} Splitting;

static void split_off(const Splitting *splitting, MigrateOp *created)
{
    MigrateOp *op = created;
    if (splitting->op->kind == OP_DROP_TABLE) {
        op = migrate_op_reverse(created, NULL);
        migrate_op_free(created);
    }
    add_op(splitting->comparing->operations, op, splitting->op->verdict);
}

static gboolean calls(const Splitting *splitting, GHashTable *words)
{
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, splitting->functions);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_hash_table_contains(words, name))
            return TRUE;
    return FALSE;
}

static void split_column(const Splitting *splitting, Table *table, guint at)
{
    Column *column = table->columns->pdata[at];
    g_autoptr(GHashTable) words = words_new();
    gpointer data[] = {(gpointer)splitting->comparing, words};
    column_texts(column, find_words, data);
    if (!calls(splitting, words))
        return;
    if (column->computed) {
        split_off(splitting, migrate_op_add_column(table, column));
        g_ptr_array_remove_index(table->columns, at);
        return;
    }
    g_autoptr(Column) whole = column_copy(column);
    g_clear_pointer(&column->server_default, g_free);
    split_off(splitting, migrate_op_alter_column(table, column, whole));
}

static void split_table(const Splitting *splitting)
{
    Table *table = splitting->op->table;
    for (guint i = table->indexes->len; i-- > 0;) {
        g_autoptr(GHashTable) words = words_new();
        gpointer data[] = {(gpointer)splitting->comparing, words};
        index_texts(table->indexes->pdata[i], find_words, data);
        if (!calls(splitting, words))
            continue;
        split_off(splitting, migrate_op_create_index(table, table->indexes->pdata[i]));
        g_ptr_array_remove_index(table->indexes, i);
    }
    for (guint i = table->constraints->len; i-- > 0;) {
        g_autoptr(GHashTable) words = words_new();
        gpointer data[] = {(gpointer)splitting->comparing, words};
        constraint_texts(table->constraints->pdata[i], find_words, data);
        if (!calls(splitting, words))
            continue;
        split_off(splitting, migrate_op_create_constraint(table, table->constraints->pdata[i]));
        g_ptr_array_remove_index(table->constraints, i);
    }
    for (guint i = table->columns->len; i-- > 0;)
        split_column(splitting, table, i);
}

void split_table_cycles(const Comparing *comparing)
{
    const guint n = comparing->operations->len;
    static const OpKind kinds[] = {OP_CREATE_TABLE, OP_DROP_TABLE};
    for (guint side = 0; side < G_N_ELEMENTS(kinds); side++) {
        g_auto(Reach) reach;
        reach_init(&reach, comparing);
        for (guint i = 0; i < n; i++) {
            const MigrateOp *op = comparing->operations->pdata[i];
            const SchemaObject *object = side == 0 ? op->object : op->existing_object;
            if (object)
                reach_add(&reach, object);
        }
        for (guint i = 0; g_hash_table_size(reach.functions) && i < n; i++) {
            const MigrateOp *op = comparing->operations->pdata[i];
            if (op->kind != kinds[side])
                continue;
            g_autoptr(GHashTable) functions = calling_back(&reach, op->table);
            const Splitting splitting = {comparing, op, functions};
            if (g_hash_table_size(functions))
                split_table(&splitting);
        }
    }
}
