#include "runtime/schema_index.h"

/* A table by name: its place in memory is another one when it was dropped and made again. */
typedef struct Entry {
    char *schema, *name;
    guint number; /* in the order of adding */
} Entry;

struct SchemaIndex {
    GHashTable *entries;   /* name in lower case -> GPtrArray of Entry* */
    GHashTable *referring; /* name in lower case -> set of Entry* whose tables refer to it */
    GHashTable *always;    /* set of Entry* */
    guint n;
};

static void entry_free(gpointer data)
{
    Entry *entry = data;
    g_free(entry->schema);
    g_free(entry->name);
    g_free(entry);
}

static void unref_array(gpointer array)
{
    g_ptr_array_unref(array);
}

static void unref_table(gpointer table)
{
    g_hash_table_unref(table);
}

SchemaIndex *schema_index_new(const MetaData *metadata)
{
    SchemaIndex *index = g_new0(SchemaIndex, 1);
    index->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    index->referring = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_table);
    index->always = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < metadata->tables->len; i++)
        schema_index_add(index, g_ptr_array_index(metadata->tables, i));
    return index;
}

void schema_index_free(SchemaIndex *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->always);
    g_hash_table_unref(index->referring);
    g_hash_table_unref(index->entries);
    g_free(index);
}

/* ---- adding ---- */

static Entry *find_entry(const SchemaIndex *index, const char *lower, const Table *table)
{
    const GPtrArray *entries = g_hash_table_lookup(index->entries, lower);
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        Entry *entry = g_ptr_array_index(entries, i);
        if (g_strcmp0(entry->schema, table->schema) == 0 && g_strcmp0(entry->name, table->name) == 0)
            return entry;
    }
    return NULL;
}

static Entry *add_entry(SchemaIndex *index, const Table *table)
{
    g_autofree char *lower = g_ascii_strdown(table->name, -1);
    Entry *entry = find_entry(index, lower, table);
    if (entry != NULL)
        return entry;
    GPtrArray *entries = g_hash_table_lookup(index->entries, lower);
    if (entries == NULL) {
        entries = g_ptr_array_new_with_free_func(entry_free);
        g_hash_table_insert(index->entries, g_steal_pointer(&lower), entries);
    }
    entry = g_new0(Entry, 1);
    entry->schema = g_strdup(table->schema);
    entry->name = g_strdup(table->name);
    entry->number = index->n++;
    g_ptr_array_add(entries, entry);
    return entry;
}

static void add_reference(SchemaIndex *index, const char *referred, Entry *entry)
{
    g_autofree char *lower = g_ascii_strdown(referred, -1);
    GHashTable *referring = g_hash_table_lookup(index->referring, lower);
    if (referring == NULL) {
        referring = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(index->referring, g_steal_pointer(&lower), referring);
    }
    g_hash_table_add(referring, entry);
}

void schema_index_add(SchemaIndex *index, const Table *table)
{
    Entry *entry = add_entry(index, table);
    /* A rebuild looks for a name that is free, "_new_…". */
    if (table_inherits(table) || *table->name == '_')
        g_hash_table_add(index->always, entry);
    for (guint i = 0; i < table->constraints->len; i++) {
        const Constraint *constraint = g_ptr_array_index(table->constraints, i);
        if (constraint->referred_table != NULL)
            add_reference(index, constraint->referred_table, entry);
    }
}

/* What referred to the old name refers to the new one. */
static void follow_name(SchemaIndex *index, const char *old_name, const char *new_name)
{
    g_autofree char *lower = g_ascii_strdown(old_name, -1);
    GHashTable *referring = g_hash_table_lookup(index->referring, lower);
    if (referring == NULL)
        return;
    g_autoptr(GList) entries = g_hash_table_get_keys(referring);
    for (const GList *item = entries; item != NULL; item = item->next)
        add_reference(index, new_name, item->data);
}

static void follow_table(SchemaIndex *index, const MetaData *metadata, const char *schema, const char *name)
{
    const Table *table = metadata_find_table(metadata, schema, name);
    if (table != NULL)
        schema_index_add(index, table);
}

void schema_index_follow(SchemaIndex *index, const MetaData *metadata, const GPtrArray *operations)
{
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = g_ptr_array_index(operations, i);
        if (op->kind == OP_RENAME_TABLE) {
            follow_name(index, op->table_name, op->new_name);
            follow_table(index, metadata, op->schema, op->new_name);
        }
        follow_table(index, metadata, op->schema, op->table_name);
    }
}

/* ---- finding ---- */

static void find_table(const MetaData *metadata, const Entry *entry, GHashTable *tables)
{
    Table *table = metadata_find_table(metadata, entry->schema, entry->name);
    if (table != NULL)
        g_hash_table_add(tables, table);
}

static void find_all(const MetaData *metadata, GHashTable *entries, GHashTable *tables)
{
    GHashTableIter iter;
    gpointer entry;
    if (entries == NULL)
        return;
    g_hash_table_iter_init(&iter, entries);
    while (g_hash_table_iter_next(&iter, &entry, NULL))
        find_table(metadata, entry, tables);
}

void schema_index_named(SchemaIndex *index, const MetaData *metadata, const char *word, GHashTable *tables)
{
    const GPtrArray *entries = g_hash_table_lookup(index->entries, word);
    for (guint i = 0; entries != NULL && i < entries->len; i++)
        find_table(metadata, g_ptr_array_index(entries, i), tables);
}

void schema_index_referring(SchemaIndex *index, const MetaData *metadata, const char *word, GHashTable *tables)
{
    find_all(metadata, g_hash_table_lookup(index->referring, word), tables);
}

void schema_index_always(SchemaIndex *index, const MetaData *metadata, GHashTable *tables)
{
    find_all(metadata, index->always, tables);
}

typedef struct Numbered {
    guint number;
    Table *table;
} Numbered;

static gint compare_numbers(gconstpointer a, gconstpointer b)
{
    const Numbered *left = a, *right = b;
    return left->number < right->number ? -1 : left->number > right->number;
}

GPtrArray *schema_index_sort(SchemaIndex *index, GHashTable *tables)
{
    g_autoptr(GArray) numbered = g_array_new(FALSE, FALSE, sizeof(Numbered));
    GHashTableIter iter;
    gpointer table;
    g_hash_table_iter_init(&iter, tables);
    while (g_hash_table_iter_next(&iter, &table, NULL)) {
        const Numbered one = {add_entry(index, table)->number, table};
        g_array_append_val(numbered, one);
    }
    g_array_sort(numbered, compare_numbers);
    GPtrArray *sorted = g_ptr_array_new();
    for (guint i = 0; i < numbered->len; i++)
        g_ptr_array_add(sorted, g_array_index(numbered, Numbered, i).table);
    return sorted;
}
